#!/usr/bin/env python3
"""Plays traces of a model of the write protocol against the real programs, and compares what stands in the journal after
each process: nothing, open (with candidates or not), gone, made, refused, none.

    traces.py BUILD_DIR                     all of tests/cases/traces.jsonl
    traces.py BUILD_DIR --cell 17           one alone, with all that was said and seen

A line of that file is one trace: `cfg` is the world it happens in; `processes` are what is run, one after the other: the
write ("me2": the same once more), and the starts after it ("A" the same key, "B" another organisation, "A2" a key of the same organisation that sees
another workspace only). Each tells the requests that the model made in their order, with what became of each (`fault`,
`lags`), what others did before it (`before`), where it was killed, and what is known `after` it. The real programs may
read more often: what the model did not ask for is answered as on a healthy day."""
import argparse
import json
import os
import sys
import time
from datetime import datetime
from email.utils import formatdate

import drive
import matrix
import world
from cell import answer, envelope, page
from oracle import lines_of
from world import HURRY, Api, Stuck, World

TRACES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cases", "traces.jsonl")
# Seconds from the write to each start: two before, one behind the 120 in which a write may still come, with room for a
# machine that is slow and a Date that counts whole seconds.
LOOKS = (40, 60, 150)
TRIES = 4                               # of a read, by itself
NO = envelope(403, "AB03", "You do not have enough permissions to execute this request")
READ_FAULTS = {
    "no answer": ("cut", 12, ""),           # some bytes: of none at all, libcurl asks once more by itself
    "page 403": ("bytes", 0, page(403, "Forbidden")),
    "page 502": ("bytes", 0, page(502, "Bad Gateway")),
    "envelope 403 for another reason": ("bytes", 0, NO),
    "an old answer from a cache": ("cached", 0, "Age: 60\r\n"),
}
WRITE_FAULTS = {
    "no answer, not done": ("rst", 0, ""),
    "no answer, done": ("lost", 0, ""),
    "no answer, done 30 s later": ("rst", 0, ""),        # an event of its own, where the model has it
    "no answer, done 100 s later": ("rst", 0, ""),
    "page 403, not done": ("bytes", 0, page(403, "Forbidden")),
    "page 403, done": ("instead", 0, page(403, "Forbidden")),
    "502, not done": ("bytes", 0, page(502, "Bad Gateway")),
    "502, done": ("instead", 0, page(502, "Bad Gateway")),
    "sent twice by a box: 2nd answer": ("twice", 0, ""),
    "answer 200 {}, not done": ("bytes", 0, answer(200, "OK", "application/json", "{}")),
    "envelope 403, not done": ("bytes", 0, NO),
    "envelope 403, done": ("instead", 0, NO),
}
# Where the program stops itself, by the step that the model dies before.
STOPS = {"journal intent": "before-intent", "journal handing": "before-hand-over", "print the secret": "before-hand-over",
         "journal taken": "after-hand-over", "journal done": "before-outcome", "journal refused": "before-outcome",
         "journal none": "before-outcome", "journal candidate": "before-outcome", "journal void": "before-outcome"}


class Player:
    def __init__(self, trace, folder, binaries, template, facts):
        self.trace, self.cfg, self.facts, self.story, self.wrong = trace, trace["cfg"], facts, [], []
        self.create = self.cfg["act"] == "create"
        self.left, self.tried, self.written, self.program, self.write_at = {}, {}, False, None, None
        self.dropped = False
        flags = ["--quirk", "gone=404-AB08"] if self.cfg.get("gone") == "404" else []
        self.world = World(folder, binaries, template, facts, self.choose, young=bool(self.cfg.get("young")), flags=flags)
        self.world.profile("first", facts["keys"][0], f"own_key_id = {facts['own_id']}\n")
        self.world.profile("third", facts["narrow"])
        self.lost = {world.SCOPE + right.split(":")[0] for right in self.cfg.get("lacks", [])}
        if self.lost:
            self.rights(set())
        if self.cfg.get("sib") is False:
            self.world.api.call("DELETE", f"/api-keys/{facts['sibling']}")
        self.began = time.monotonic()

    def tell(self, what):
        self.story.append(f"[{time.monotonic() - self.began:6.2f}] {what}")

    # -- what others do --
    def rights(self, without):
        scopes = [name for name in self.facts["scopes"] if name not in self.lost | without]
        status, body = self.world.api.call("PUT", f"/api-keys/{self.facts['own_id']}", {"scopes": scopes})
        if status != 200:
            raise Stuck(f"the rights do not change: {status} {body}")

    def mine(self):
        return [row["id"] for row in self.world.api.keys().values() if row["name"] == drive.NAME and row["id"] not in self.others]

    def happen(self, event):
        self.tell(f"** {event}")
        api, service = self.world.api, {world.SCOPE + verb for verb in ("read", "list", "delete", "create", "update")}
        new = {"name": drive.NAME, "workspace_id": self.facts["workspace"], "scopes": ["completions.write"]}
        if event == "rights for this kind are lost":
            self.rights(service)
        elif event == "read right alone is lost":
            self.rights({world.SCOPE + "read"})
        elif event == "rights come back":
            self.rights(set())
        elif event == "other deletes the target":
            api.call("DELETE", f"/api-keys/{self.facts['target']}")
        elif event == "the write is carried out":
            self.carry_out(Api(self.world.sandbox.port, self.facts["keys"][0]))
        elif event == "other renames mine":
            for key_id in self.mine():
                # A change shows in times, which are told in seconds.
                made = datetime.fromisoformat(api.keys()[key_id]["created_at"]).timestamp()
                world.wait_until(5, "another second", lambda: time.time() >= int(made) + 1)
                api.call("PUT", f"/api-keys/{key_id}", {"name": "renamed"})
        elif event == "other deletes mine":
            for key_id in self.mine():
                api.call("DELETE", f"/api-keys/{key_id}")
        else:
            if event == "other makes it with other scopes":
                new["scopes"] = ["logs.list"]
            elif event == "other makes the namesake in W2":
                new["workspace_id"] = self.facts["search"]
            self.others.add(api.call("POST", "/api-keys/workspace/service", new)[1]["id"])

    def carry_out(self, own):
        """What was sent and not answered comes late."""
        if self.create:
            own.call("POST", "/api-keys/workspace/service", {"name": drive.NAME, "description": "for the matrix",
                     "workspace_id": self.facts["workspace"], "scopes": ["completions.write"]})
        else:
            own.call("DELETE", f"/api-keys/{self.facts['target']}")

    def drop_scopes(self):
        """The server stores other scopes than it was asked for: as far as a read can tell, somebody changes them at once."""
        for key_id in self.mine():
            self.world.api.call("PUT", f"/api-keys/{key_id}", {"scopes": ["logs.list"]})

    # -- requests --
    def kind(self, method, target):
        if method != "GET":
            return "WRITE"
        if "/api-keys/" in target:
            key_id = target.rsplit("/", 1)[1]
            return "GET 2" if key_id == self.facts["target"] else "GET 3" if key_id == self.facts["sibling"] else \
                "GET 1" if key_id == self.facts["own_id"] else "GET new"
        if "/api-keys?" in target:
            return "IDS" if "ids=" in target else "LIST"
        return ""

    def dated(self, act):
        """Every answer of the API has the Date of a clock that is ahead."""
        edge = self.cfg.get("edge", 0)
        if act[0] == "pass" and edge:
            return "headed", 0, f"Date: {formatdate(time.time() + edge, usegmt=True)}\r\n"
        return act

    def choose(self, method, target):
        kind = self.kind(method, target)
        if kind == "WRITE":
            return self.write(method, target)
        if kind == "":
            return self.dated(("pass", 0, ""))
        if self.cfg.get("drops") and self.written and not self.dropped:
            self.dropped = True
            self.drop_scopes()
        queue = self.left.get((kind, self.written), [])
        again = self.tried.get(target)
        if again and again[1] < TRIES and again[0].get("fault") in ("no answer", "page 502"):
            again[1] += 1                               # the same read, tried again
            return READ_FAULTS[again[0]["fault"]]
        if not queue:
            return self.dated(("pass", 0, ""))
        # Before the write, and while they look for what a create made, the programs may read more often than the model:
        # what was read last stays as it was.
        stays = len(queue) == 1 and (not self.written or self.create and not self.start and bool({"fault", "lags"} & set(queue[0])))
        entry = queue[0] if stays else queue.pop(0)
        self.tried[target] = [entry, 1]
        return self.read(entry, kind, target)

    def read(self, entry, kind, target):
        for event in entry.pop("before", []):
            self.happen(event)
        if entry.get("kill"):
            self.kill(kind)
            return "rst", 0, ""
        if "fault" in entry:
            self.tell(f"{kind}: {entry['fault']}")
            return READ_FAULTS[entry["fault"]]
        if entry.get("lags"):
            self.tell(f"{kind} lags")
            if self.cfg.get("young"):                   # of a replica that has not heard of it yet
                return "bytes", 0, NO
            return "cached", 0, f"Date: {formatdate(time.time(), usegmt=True)}\r\n"
        return self.dated(("pass", 0, ""))

    def write(self, method, target):
        queue = self.left.get(("WRITE", self.written), [])
        self.written = True
        if not queue:
            self.wrong.append(f"double: {method} {target} is sent, and not by the model")
            return self.dated(("pass", 0, ""))
        self.write_at = time.monotonic()
        entry = queue.pop(0)
        for event in entry.get("before", []):
            self.happen(event)
        if entry.get("kill") == "before":
            self.kill(method)
            return "rst", 0, ""
        fault = entry.get("fault")
        self.tell(f"{method}: {fault or 'fine'}")
        act = WRITE_FAULTS[fault] if fault else self.dated(("pass", 0, ""))
        if entry.get("kill") == "after":                # its work is done, and nobody hears of it
            self.kill_after = True
            return "late", 0, ""
        return act

    def kill(self, where):
        self.tell(f"** kill -9 at {where}")
        os.kill(self.program.process.pid, 9)

    # -- processes --
    def expect(self, process):
        """The requests of the model, by kind, before and after the write."""
        self.left, self.tried, self.written, self.start = {}, {}, False, process["what"] == "start"
        requests = [dict(entry) for entry in process["requests"]]
        where = process.get("kill", "")
        if where.startswith("request "):
            requests[process["kill_after"] - 1]["kill"] = "before"
        elif where in ("journal accepted", "journal made"):
            for entry in requests:
                if entry["kind"] in ("POST", "DELETE"):
                    entry["kill"] = "after"
        written = process["what"] == "start"
        for entry in requests:
            kind = entry["kind"]
            if kind in ("POST", "DELETE"):
                self.left[("WRITE", False)] = [entry]
                written = True
                continue
            if kind == "GET":
                number = entry.get("id")
                kind = f"GET {number}" if number in (1, 2, 3) else "GET new"
            self.left.setdefault((kind, written), []).append(entry)
        self.written = self.start
        return STOPS.get(where, "") if where and "request" not in where else ""

    def play(self, process, number):
        stop = self.expect(process)
        self.kill_after = False
        skew = self.cfg.get("skew", 0) // 60
        if process["what"] == "write":
            profile, args = "first", drive.write_args(self.facts, self.cfg["act"])
        else:
            profile = {"A": "first", "B": "second", "A2": "third"}[process["who"]]
            args = ["pending", "--look"]
        told = len(self.world.proxy.told)
        self.program = self.world.command(profile, skew, args, stop, "kill")
        killed = False

        def look():
            nonlocal killed
            if self.kill_after and not killed and any(line[1] != "GET" for line in self.world.proxy.told[told:]):
                self.kill("the answer to the write")
                killed = True
            return self.program.look()
        world.wait_until(90, "the program ends", look)
        out, err = self.program.said()
        self.tell(f"{process['what']} {process['who']}: {' '.join(args)[:50]}: exit {self.program.exit}"
                  f"{' (stopped at ' + stop + ')' if self.program.reached else ''}")
        self.story += ["  out: " + line for line in out.splitlines()[:12]] + ["  err: " + line for line in err.splitlines()]

    def state(self):
        """What the journal says of the first write: the words of the model."""
        journal, wrong = lines_of(self.world.journal())
        if wrong and wrong != ["the last line is cut"]:
            self.wrong.append("journal: " + "; ".join(wrong))
        intents = [line["id"] for line in journal if line.get("kind") == "intent"]
        if not intents:
            return {"state": "nothing"}
        mine = [line for line in journal if line.get("intent") == intents[0]]
        results = [line["result"] for line in mine if line["kind"] == "outcome" and line["result"] not in ("unknown", "accepted")]
        if results:
            words = {"done": "made" if self.create else "gone", "not-done": "none"}
            return {"state": words.get(results[-1], results[-1])}
        found = {"state": "open"}
        candidates = {line.get("target") for line in mine if line["kind"] in ("candidate", "event") and
                      line.get("event", "candidate") == "candidate"}
        if candidates:
            found["candidates"] = len(candidates)
        if any("made" in (line["kind"], line.get("event")) for line in mine):
            found["made"] = True
        return found

    def compare(self, process, number):
        wanted, got = process["after"], self.state()
        self.tell(f"after {process['what']} {number}: {got}, the model: {wanted}")
        if wanted != got:
            self.wrong.append(f"words: after {process['what']} {number} the model has {wanted}, and the programs have {got}")
        if process["who"] == "me1" and "kill" not in process:
            codes = {"gone": (0,), "made": (0,), "refused": (1, 4, 5), "none": (1, 4, 5, 6), "open": (6,), "nothing": (1, 3, 4, 5, 6)}
            fits = (0, 6) if wanted.get("made") else codes[wanted["state"]]
            if got["state"] == wanted["state"] and self.program.exit not in fits:
                self.wrong.append(f"exit: {wanted['state']}, and it ended with {self.program.exit}")

    def pass_time(self, seconds):
        """The time that went by since the write is what a start judges by: nothing else tells when it may begin."""
        since = (self.write_at or self.began) + seconds / HURRY
        time.sleep(max(0.0, since - time.monotonic()))

    def spoil_journal(self, how):
        self.tell(f"** the journal {how}")
        path = os.path.join(self.world.home, ".local/state/portcullis/journal.jsonl")
        if how == "is lost":
            os.remove(path)
            return
        with open(path, "rb+") as file:
            file.truncate(file.read()[:-1].rfind(b"\n") + 1)

    def run(self):
        self.others = {self.facts["twin"], self.facts["sibling"], self.facts["target"]}
        starts = 0
        try:
            for number, process in enumerate(self.trace["processes"]):
                if process["what"] == "start":
                    self.pass_time(LOOKS[starts])
                    starts += 1
                if process.get("journal"):
                    self.spoil_journal(process["journal"])
                self.play(process, number)
                self.compare(process, number)
                if self.wrong:
                    break
        except Stuck as stuck:
            self.wrong.append(f"stuck: {stuck}")
        finally:
            if hasattr(self.world.proxy, "problem"):
                self.wrong.append("test: " + repr(self.world.proxy.problem))
            self.tell("requests: " + "; ".join(f"{method} {target}" for method, target in self.world.proxy.seen))
            self.story += ["  journal: " + json.dumps({k: v for k, v in line.items() if k not in ("hash", "prev", "body", "host", "user", "pid")})
                           for line in lines_of(self.world.journal())[0]]
            self.world.stop()
        return {"wrong": self.wrong, "story": self.story, "notes": [], "reached": any("kill" in process for process in self.trace["processes"])}


def read_traces():
    return [json.loads(line) for line in open(TRACES)]


def run_one(build, number, trace, folder):
    place = os.path.join(folder, f"cell{number}")
    return Player(trace, place, matrix.binaries(build), os.path.join(folder, "template.db"), matrix.read_facts(folder)).run()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    matrix.flags(ap)
    every = list(enumerate(read_traces(), 1))
    assert len(every) >= 300
    return matrix.run(ap.parse_args(), every, lambda trace: trace["name"], run_one, "traces")


if __name__ == "__main__":
    sys.exit(main())
