"""One cell, from a fresh world to the verdict."""
import json
import os
import time

import drive
from oracle import Oracle, lines_of
from world import HURRY, SECRET, Stuck, World, wait_until

PAGE = "<html><head><title>Request blocked</title></head><body><h1>Request blocked</h1>Reference 18.5f2c</body></html>"
ANOTHER = "11111111-2222-4333-8444-555555555555"
WINDOW = 120.0 / HURRY                   # after that a write that was not carried out will not be


def answer(status, reason, kind, body, more=""):
    return (f"HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body.encode())}\r\n"
            f"Connection: close\r\n\r\n{body}")


def page(status, reason):
    return answer(status, reason, "text/html", PAGE.replace("Request blocked", f"{status} {reason}"))


def envelope(status, code, words):
    return answer(status, words, "application/json", json.dumps({"success": False, "data": {"message": words, "errorCode": code}}))


FALSE = answer(200, "OK", "application/json", json.dumps({"success": False, "message": "Something is wrong"}))
# What becomes of the one write: an act of the proxy, its value and its bytes.
FAULTS = {
    "none": ("pass", 0, ""),
    "before": ("pass", 0, ""),
    "silent": ("never", 0, ""),
    "lost": ("lost", 0, ""),
    "cut": ("cut", 12, ""),
    "refused": ("bytes", 0, envelope(403, "AB03", "You do not have enough permissions to execute this request")),
    "refused-done": ("instead", 0, envelope(403, "AB03", "You do not have enough permissions to execute this request")),
    "5xx": ("bytes", 0, envelope(500, "AB04", "Something went wrong")),
    "5xx-done": ("instead", 0, envelope(500, "AB04", "Something went wrong")),
    "page403": ("bytes", 0, page(403, "Forbidden")),
    "page403-done": ("instead", 0, page(403, "Forbidden")),
    "page502": ("bytes", 0, page(502, "Bad Gateway")),
    "page502-done": ("instead", 0, page(502, "Bad Gateway")),
    "499-done": ("instead", 0, answer(499, "Client Closed Request", "text/plain", "")),
    "204-done": ("instead", 0, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
    "302-done": ("instead", 0, answer(302, "Found", "text/html", "", "Location: https://login.example/\r\n")),
    "wrong-id": ("wrong-id", 0, ANOTHER),
    "late": ("late", 60000, ""),      # longer than an answer is waited for, however hurried
    "false": ("bytes", 0, FALSE),
    "false-done": ("instead", 0, FALSE),
}
# What a DELETE answers has no id to be wrong in: the server's answer to another is put there.
WRONG_DELETE = ("instead", 0, answer(200, "OK", "application/json", json.dumps({"id": ANOTHER, "object": "api-key"})))
BACK = {
    "fine": ("pass", 0, ""), "rights": ("pass", 0, ""), "lag": ("pass", 0, ""),
    "page403": ("bytes", 0, page(403, "Forbidden")),
    "page404": ("bytes", 0, page(404, "Not Found")),
    "502": ("bytes", 0, page(502, "Bad Gateway")),
    "hang": ("never", 0, ""),
}


class Cell:
    def __init__(self, cell, folder, binaries, template, facts):
        self.cell, self.facts = cell, facts
        self.armed = self.written = self.over = self.lost_rights = False
        self.world = World(folder, binaries, template, facts, self.choose, lag=5 if cell["back"] == "lag" else 0)
        self.oracle = Oracle(cell, self.world, facts)
        self.handed = []
        self.story = []

    def tell(self, what):
        self.story.append(f"[{time.monotonic() - self.began:6.2f}] {what}")

    # -- what the server and what stands before it do --
    def choose(self, method, target):
        if method != "GET":
            return self.write(method, target)
        if self.over:
            return "pass", 0, ""
        if self.cell["fault"] == "before" and self.armed:
            return BACK["502"]
        if not self.written:
            return "pass", 0, ""
        if self.cell["back"] == "rights" and not self.lost_rights:
            self.lost_rights = True
            self.world.rights(True)
        return BACK[self.cell["back"]]

    def write(self, method, target):
        if self.written:
            return "pass", 0, ""
        self.written = True
        if self.cell["colleague"] == "yes":
            body = self.world.api.call("POST", "/api-keys/workspace/service", {
                "name": drive.NAME, "workspace_id": self.facts["workspace"], "scopes": ["completions.write"]})[1]
            self.oracle.others.add(body["id"])
            self.tell(f"a colleague makes {body['id']} of the same name")
        if self.cell["fault"] == "wrong-id" and method == "DELETE":
            return WRONG_DELETE
        return FAULTS[self.cell["fault"]]

    # -- the runs --
    def command(self, profile, args, stop="", blow=""):
        program = self.world.command(profile, self.cell["clock"], args, stop, blow)
        try:
            program.end(90)
        except Stuck as stuck:
            self.oracle.bad("stuck", str(stuck))
        out, err = program.said()
        self.handed += [word for word in SECRET.findall(out) if word not in self.handed and self.oracle.lives(word)]
        self.tell(f"{' '.join(args)[:60]}: exit {program.exit}{' (stopped at ' + stop + ')' if program.reached else ''}")
        self.story += ["  out: " + line for line in out.splitlines()] + ["  err: " + line for line in err.splitlines()]
        return program, out + "\n" + err

    def console(self, profile, act=None, stop="", blow=""):
        console = self.world.console(profile, self.cell["clock"], stop, blow)
        try:
            if drive.open_console(console) and act is not None:
                act(console, self.facts, self.arm)
            console.quiet()
            drive.leave(console)
            console.end(30)
        except Stuck as stuck:
            self.oracle.bad("stuck", str(stuck))
            self.story += ["  | " + line for line in console.screen.lines()]
            if not console.look():
                os.kill(console.process.pid, 9)
                console.end(20)
        shown = "\n\n".join(console.shown)
        words = set(SECRET.findall(shown))
        self.handed += [word for word in words if word not in self.handed and self.oracle.lives(word)]
        self.tell(f"console: exit {console.exit}{' (stopped at ' + stop + ')' if console.reached else ''}")
        for number, text in enumerate(console.shown[-6:]):
            self.story += [f"  screen {number - 6}"] + ["  | " + line for line in text.splitlines() if line.strip()]
        if console.exit != 128 + 9 and console.sane():
            self.oracle.bad("terminal", console.sane())
        # What is told after the screen is left stands in the bytes behind it.
        rest = b"".join(console.screen.raw)[-3000:].decode("utf-8", "replace")
        console.close()
        return console, shown + "\n\n" + rest.rpartition("\x1b[?1049l")[2]

    def arm(self):
        self.armed = True

    def write_once(self):
        stop = "" if self.cell["point"] == "none" else self.cell["point"]
        if self.cell["way"] == "command":
            self.armed = True
            return self.command("first", drive.write_args(self.facts, self.cell["act"]), stop, self.cell["blow"])
        return self.console("first", drive.create if self.cell["act"] == "create" else drive.revoke, stop, self.cell["blow"])

    def start_again(self, profile, which):
        before = self.world.journal()
        if self.cell["way"] == "command":
            args = ["pending", "--look"] if which == "a later start" else ["keys", "--format", "csv"]
            program, said = self.command(profile, args)
            if args[0] == "keys":
                said = program.said()[1]         # the list itself tells nothing
        else:
            program, said = self.console(profile)
        if profile == "second":
            self.oracle.elsewhere(before, said)
        self.oracle.process(which, program, said, program.exit)

    def let_late_work_come(self, ended):
        """What comes late is waited for. The time after which nothing comes any more is what a look judges by, so it really
        has to go by where something is open."""
        if self.written and self.cell["fault"] == "late":
            wait_until(30, "the late work is done", self.world.proxy.writes)
        if self.oracle.is_open():
            time.sleep(max(0.0, ended + WINDOW + 1.2 - time.monotonic()))

    def run(self):
        self.began = time.monotonic()
        try:
            program, said = self.write_once()
            ended = time.monotonic()
            self.oracle.process("the write", program, said, program.exit)
            self.over = True
            self.start_again("second" if self.cell["start"] == "other" else "first", "the next start")
            self.let_late_work_come(ended)
            if self.lost_rights:
                self.world.rights(False)
            self.start_again("first", "a later start")
            self.oracle.end(self.handed, said, program, program.exit)
        except Stuck as stuck:
            self.oracle.bad("stuck", str(stuck))
        finally:
            if hasattr(self.world.proxy, "problem"):
                self.oracle.bad("test", repr(self.world.proxy.problem))
            self.tell("requests: " + "; ".join(f"{method} {target}" for method, target in self.world.proxy.seen))
            self.tell(f"answers to writes: {self.world.proxy.writes()}")
            self.story += ["  journal: " + json.dumps({k: v for k, v in line.items() if k not in ("hash", "prev", "body", "host", "user", "pid")})
                           for line in lines_of(self.world.journal())[0]]
            self.world.stop()
        return {"wrong": self.oracle.wrong, "notes": self.oracle.notes, "story": self.story, "seconds": round(time.monotonic() - self.began, 1),
                "reached": program.reached if "program" in locals() else False}
