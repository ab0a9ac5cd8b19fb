"""What was really so, against what was said. Claims come from fields (exit code, JSON, journal); of the prose and the
screens only headings and the few words that a false claim would need."""
import hashlib
import json
import re

from world import UUID

# An outcome in the journal, by act, as a claim.
CLAIMS = {
    ("revoke-key", "done"): "gone", ("revoke-key", "refused"): "not done", ("revoke-key", "not-done"): "not done",
    ("revoke-key", "none"): "not done", ("create-key", "done"): "made", ("create-key", "refused"): "not made",
    ("create-key", "not-done"): "not made", ("create-key", "none"): "not made",
}
OPEN = ("unknown", "accepted")
GONE_WORDS = re.compile(r"\bREVOKED\b|Revoked: |(?:^ ?|[.:!] |, but |, and )(?:The key|the key|It) is gone\b(?! from where)|"
                        r'The key "[^"]*" \([^)]*\) is gone\b(?! from where)')
OPEN_WORDS = re.compile(r"not known whether|may still come|may have been made|cannot be (?:told|found out)|person has to|"
                        r"could not be looked for|no time to find|still works|is being made")
SURE = re.compile(r"(?i)nobody has (?:its|the) secret|revoke it\b|revoke that one")
FRAMES = re.compile(r"[\s│┃║|─━═╭╮╰╯┌┐└┘├┤┬┴┼]+")
IF_NOBODY = re.compile(r"(?i)(?:if|unless) (?:nobody|somebody|someone|no one)[^.]*\.|may (?:have been|be)[^.]*\.")


def lines_of(journal):
    """The lines, and what is wrong with the chain of hashes."""
    found, wrong, before = [], [], None
    for number, line in enumerate(journal.split(b"\n")[:-1], 1):
        head, mark, tail = line.rpartition(b',"hash":"')
        try:
            found.append(json.loads(line))
        except ValueError:
            wrong.append(f"line {number} is no JSON")
            before = hashlib.blake2b(b"cut:" + line, digest_size=32).hexdigest()
            continue
        if not mark or tail[:-2].decode() != hashlib.blake2b(head, digest_size=32).hexdigest():
            wrong.append(f"line {number}: its hash does not fit")
        elif before is not None and found[-1].get("prev") != before:
            wrong.append(f"line {number}: it does not follow the one before")
        before = tail[:-2].decode()
    if journal and not journal.endswith(b"\n"):
        wrong.append("the last line is cut")
    return found, wrong


class Oracle:
    def __init__(self, cell, world, facts):
        self.cell, self.world, self.facts = cell, world, facts
        self.act = "revoke-key" if cell["act"] == "revoke" else "create-key"
        self.wrong, self.notes = [], []
        self.read = 0                     # lines of the journal that were judged
        self.others = {facts["twin"], facts["sibling"], facts["target"], facts["own_id"]}
        self.texts = []
        self.denied = None

    def bad(self, rule, why):
        self.wrong.append(f"{rule}: {why}")

    # -- the truth --
    def usable(self):
        return self.world.api.call("GET", "/api-keys?page_size=1", key=self.facts["target_secret"])[0] != 401

    def mine(self):
        return [row["id"] for row in self.world.api.keys().values() if row["name"] == "mx-new" and row["id"] not in self.others]

    def lives(self, secret):
        return self.world.api.call("GET", "/api-keys?page_size=1", key=secret)[0] != 401

    # -- one process has ended --
    def claim(self, what, where, key_id=""):
        self.notes.append(f"claims {what} {key_id} ({where})")
        if what == "gone" and self.usable():
            self.bad("false gone", f"{where} tells that the key is gone, and its secret works")
        if what == "made":
            if key_id and not self.world.api.there(key_id) and self.cell["back"] != "lag":
                self.bad("false made", f"{where} tells that {key_id} was made, and it is not there")
            if key_id in self.others:
                self.bad("false made", f"{where} takes {key_id} of somebody else for its own")
        if what in ("not done", "not made"):
            self.denied = where           # judged at the end: late work may still come

    def process(self, which, program, said, code):
        """After a process: what it wrote to the journal and said."""
        journal, wrong = lines_of(self.world.journal())
        if wrong and not (program.blow == "kill" and wrong == ["the last line is cut"]):
            self.bad("journal", "; ".join(wrong))
        new, self.read = journal[self.read:], len(journal)
        for line in new:
            if line.get("kind") == "outcome":
                what = CLAIMS.get((self.act, line.get("result")))
                if what:
                    self.claim(what, f"the journal, {which}", line.get("target", ""))
        self.texts.append(said)
        if which == "the write":
            self.exit(program, code, said, new)
        gone = GONE_WORDS.search(FRAMES.sub(" ", said)) if self.act == "revoke-key" else None
        if gone and self.usable():
            self.bad("false gone", f"{which} says {gone.group(0)!r}, and the secret works")
        self.advice(which, said)
        if self.world.sanitizer():
            self.bad("sanitizer", ", ".join(self.world.sanitizer()))

    def exit(self, program, code, said, new):
        if code == 0 and self.cell["way"] == "command":
            ids = UUID.findall(said)
            read_back = '"read_back":false' not in said       # then the id is what the answer told, and nothing more is said
            self.claim("gone" if self.act == "revoke-key" else "made", "exit 0", ids[0] if self.act == "create-key" and ids and read_back else "")
        if code not in (0, 1, 3, 4, 5, 6, 128 + 9, 128 + 15, 128 + 2):
            self.bad("exit", f"it ended with {code}")
        sent = any(line.get("kind") == "intent" for line in new)
        if sent and not program.reached and self.cell["way"] == "command" and code not in (0, 6) and not self.closed():
            self.bad("exit", f"something was sent and its end is open, but it ended with {code}")

    def is_open(self):
        """Something was to be sent, and its end is not known."""
        return any(line.get("kind") == "intent" for line in lines_of(self.world.journal())[0]) and not self.closed()

    def closed(self):
        """The intent has an outcome that ends it."""
        journal, _ = lines_of(self.world.journal())
        return any(line.get("kind") == "outcome" and line.get("result") not in OPEN for line in journal)

    def advice(self, which, said):
        """Nobody is told to revoke a key that somebody else made, or that nobody has its secret. What is said so is said of
        the id named last before it."""
        for part in re.split(r"\n\s*\n", said):
            rest = IF_NOBODY.sub("", FRAMES.sub(" ", part))
            for sure in SURE.finditer(rest):
                ids = UUID.findall(rest[:sure.start()])[-1:] or UUID.findall(rest)
                for key_id in self.others.intersection(ids) - {self.facts["target"], self.facts["own_id"]}:
                    self.bad("advice", f"{which} advises to revoke {key_id}, which somebody else made: "
                             f"{rest[max(0, sure.start() - 200):sure.end() + 60]}")

    def elsewhere(self, before, said):
        after = self.world.journal()
        if after != before:
            self.bad("another organisation", "its start wrote to the journal: " + after[len(before):].decode(errors="replace")[:300])

    # -- the end --
    def end(self, handed, first, program, code):
        proxy = self.world.proxy
        sends = [seen for seen in proxy.seen if seen[0] in ("POST", "DELETE", "PUT")]
        if len(sends) > 1:
            self.bad("double", f"it was sent {len(sends)} times: {sends}")
        done = not self.usable() if self.act == "revoke-key" else bool(self.mine())
        if self.denied and done:
            self.bad("false refused", f"{self.denied} tells that it was not done, and it was")
        if self.act == "create-key":
            mine = self.mine()
            if len(mine) > 1:
                self.bad("double", f"{len(mine)} keys were made: {mine}")
            for key_id in mine:
                if not handed and not any(key_id in text for text in self.texts):
                    if self.closed() or not OPEN_WORDS.search(FRAMES.sub(" ", self.texts[-1])):
                        self.bad("secret lost", f"{key_id} was made, its secret went nowhere, and nobody is told")
        self.healthy(handed, done, code, program)
        journal, wrong = lines_of(self.world.journal())
        for text in [self.world.journal().decode(errors="replace")]:
            for secret in [*self.facts["keys"], self.facts["target_secret"], *handed]:
                if secret in text:
                    self.bad("secret in a file", "the journal")

    def healthy(self, handed, done, code, program):
        """A healthy server, and nobody ends it: then it is told, and proven. That an answer has no body is no matter."""
        cell = self.cell
        if cell["fault"] not in ("none", "204-done") or cell["back"] not in ("fine",) or program.reached:
            return
        if not done:
            self.bad("health", "nothing is in the way, and it is not done")
        elif cell["way"] == "command" and code != 0:
            self.bad("health", f"nothing is in the way, and it ended with {code}")
        elif not any(note.startswith("claims gone" if self.act == "revoke-key" else "claims made") for note in self.notes):
            self.bad("health", "nothing is in the way, and the journal does not tell it done")
        elif self.act == "create-key" and not handed:
            self.bad("health", "nothing is in the way, and the secret was not handed over")
