"""One organisation of its own for one cell: a sandbox on a copy of a small database, the misbehaving server in front of
it, a home, and the programs run in it, as commands or in a terminal."""
import contextlib
import fcntl
import http.client
import json
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import termios
import threading
import time

from screen import Screen

HURRY = int(os.environ.get("PORTCULLIS_TEST_HURRY", "20"))
SECRET = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{28}(?![A-Za-z0-9+/])")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SCOPE = "workspace_service_api_keys."


class Stuck(Exception):
    """What was waited for did not come."""


def wait_until(seconds, what, test):
    """Waits for a condition of another process: that it stopped or ended (waitpid tells it, and has no time limit), or what
    its server answers. Nothing tells us, so it is asked for again and again."""
    end = time.monotonic() + seconds
    while True:
        got = test()
        if got:
            return got
        if time.monotonic() > end:
            raise Stuck(what)
        time.sleep(0.01)


class Api:
    """Straight to a sandbox, past everything that misbehaves: what is really so."""

    def __init__(self, port, key):
        self.port, self.key = port, key

    def call(self, method, path, body=None, key=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"x-portkey-api-key": key or self.key, "content-type": "application/json"}
        link.request(method, "/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = link.getresponse()
        text = answer.read()
        link.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, None

    def keys(self):
        found, page = {}, 0
        while True:
            status, body = self.call("GET", f"/api-keys?page_size=100&current_page={page}")
            if status != 200:
                raise Stuck(f"the sandbox lists no keys: {status} {body}")
            found.update({row["id"]: row for row in body["data"]})
            page += 1
            if len(body["data"]) < 100:
                return found

    def there(self, key_id):
        return self.call("GET", f"/api-keys/{key_id}")[0] == 200


class Sandbox:
    def __init__(self, binary, db, *flags):
        env = clean_env()
        self.log = open(db + ".log", "ab")
        self.process = subprocess.Popen([binary, "--listen", "127.0.0.1:0", "--db", db, *flags], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self.log, env=env)
        line = self.process.stdout.readline()
        if not line:
            raise Stuck("the sandbox does not start: " + open(db + ".log").read()[-500:])
        self.ready = json.loads(line)
        self.port = int(self.ready["base_url"].rsplit(":", 1)[1].split("/")[0])

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.process.stdout.close()


class Proxy:
    """test-proxy, with a function that says what to do with each request."""

    def __init__(self, binary, port, choose):
        self.process = subprocess.Popen([binary, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_env())
        self.port = int(self.process.stdout.readline().split()[1])
        self.choose, self.seen, self.told = choose, [], []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        for line in self.process.stdout:
            words = line.decode("utf-8", "replace").split()
            if words[0] == "told":
                number, status = int(words[1]), int(words[2])
                self.told.append((number, self.seen[number][0], self.seen[number][1], status))
                continue
            number, method, target = int(words[1]), words[2], words[3]
            while len(self.seen) <= number:
                self.seen.append(("", ""))
            self.seen[number] = (method, target)
            try:
                act, value, data = self.choose(method, target)
            except Exception as problem:                   # a fault of the test itself: told at the end
                self.problem = problem
                act, value, data = "pass", 0, ""
            data = data.encode()
            try:
                self.process.stdin.write(f"{number} {act} {value} {len(data)}\n".encode() + data)
                self.process.stdin.flush()
            except BrokenPipeError:
                return

    def writes(self):
        """Those that were passed on, with the status that the server gave."""
        return [told for told in self.told if told[1] != "GET"]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.thread.join(5)
        with contextlib.suppress(BrokenPipeError):       # an answer that nobody takes any more
            self.process.stdin.close()
        self.process.stdout.close()


def clean_env(**more):
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PORTCULLIS_TEST_HURRY": str(HURRY)}
    for name in ("TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(more)
    return env


class Program:
    """A process that may be stopped at a named point, and what is done with it there."""

    def __init__(self):
        self.stopped, self.status, self.reached = False, None, False

    def look(self):
        """What waitpid knows."""
        if self.status is not None:
            return True
        pid, status = os.waitpid(self.process.pid, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return False
        if os.WIFSTOPPED(status):
            self.stopped = self.reached = True
            self.at_stop()
            return False
        self.status = status
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return True

    def at_stop(self):
        """The person, or the machine, ends it here."""
        if self.blow == "kill":
            os.kill(self.process.pid, signal.SIGKILL)
        elif self.blow == "term":
            os.kill(self.process.pid, signal.SIGTERM)
        elif self.blow == "int":
            self.interrupt()
        if self.blow != "kill":
            os.kill(self.process.pid, signal.SIGCONT)

    def end(self, seconds):
        try:
            wait_until(seconds, "the program ends", self.look)
        except Stuck:
            os.kill(self.process.pid, signal.SIGKILL)
            wait_until(20, "the program dies", self.look)
            raise

    @property
    def exit(self):
        """Its exit code; 128 + the signal that it died of."""
        if self.status is None:
            return None
        return os.WEXITSTATUS(self.status) if os.WIFEXITED(self.status) else 128 + os.WTERMSIG(self.status)


class Command(Program):
    def __init__(self, argv, env, blow="", folder="."):
        super().__init__()
        self.blow = blow
        self.out, self.err = os.path.join(folder, "out"), os.path.join(folder, "err")
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, start_new_session=True)

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)

    def said(self):
        return open(self.out, errors="replace").read(), open(self.err, errors="replace").read()


class Console(Program):
    def __init__(self, argv, env, blow=""):
        super().__init__()
        self.blow = blow
        self.screen = Screen(140, 40)
        self.shown = []                                # every screen that stood still, for the oracle
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
        self.modes = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(["/usr/bin/setsid", "--ctty", *argv], stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        env=dict(env, TERM="xterm-256color"))

    def interrupt(self):
        os.write(self.master, b"\x03")                 # as it would be typed

    def read(self, seconds=0.0):
        """Takes what was written; True when there was something."""
        got = False
        while select.select([self.master], [], [], 0 if got else seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return got
            if not data:
                return got
            self.screen.feed(data)
            got = True
        if got:
            text = self.screen.text()
            if not self.shown or self.shown[-1] != text:
                self.shown.append(text)
        return got

    def step(self):
        self.read(0.02)
        return self.look()

    def wait(self, pattern, seconds=30.0):
        """Until the screen shows it; None when the program ended before."""
        rule = re.compile(pattern)

        def test():
            ended = self.step()
            found = rule.search(self.screen.flat())
            return found or ended
        got = wait_until(seconds, f"the screen shows {pattern}", test)
        return got if isinstance(got, re.Match) else None

    def quiet(self):
        """Until nothing is written any more for a moment."""
        calm = 0
        while calm < 4 and not self.look():
            calm = 0 if self.read(0.03) else calm + 1

    def type(self, text):
        if self.look():
            return
        os.write(self.master, text.encode())
        self.quiet()

    def end(self, seconds):
        def ended():
            return self.step()
        try:
            wait_until(seconds, "the console ends", ended)
        except Stuck:
            os.kill(self.process.pid, signal.SIGKILL)
            wait_until(20, "the console dies", ended)
            raise
        self.read()

    def sane(self):
        wrong = self.screen.sane()
        if termios.tcgetattr(self.slave)[:4] != self.modes[:4]:
            wrong += (", " if wrong else "") + "the line is not as it was"
        return wrong

    def close(self):
        os.close(self.master)
        os.close(self.slave)


# -- the small database --

def make_template(binary, path):
    """Two organisations with a handful of keys. Gives what the cells have to know of it."""
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.remove(path + end)
    sandbox = Sandbox(binary, path, "--seed", "demo")
    organisations = sandbox.ready["organisations"]
    first = Api(sandbox.port, organisations[0]["admin_key"])
    own = [row for row in first.keys().values() if row["name"] == "console-admin"][0]
    scopes = first.call("GET", f"/api-keys/{own['id']}")[1]["scopes"]
    workspaces = {row["name"]: row for row in first.call("GET", "/admin/workspaces?page_size=100")[1]["data"]}
    place = [row for row in workspaces.values() if row["slug"].startswith("ws-tools")][0]
    other = [row for row in workspaces.values() if row["slug"].startswith("ws-search")][0]
    root = first.call("POST", "/api-keys/organisation/service", {"name": "root", "scopes": scopes})[1]
    service = {"scopes": ["completions.write"], "workspace_id": place["id"]}
    target = first.call("POST", "/api-keys/workspace/service", dict(service, name="mx-target"))[1]
    sibling = first.call("POST", "/api-keys/workspace/service", dict(service, name="mx-sibling"))[1]
    twin = first.call("POST", "/api-keys/workspace/service", dict(service, name="mx-new", workspace_id=other["id"]))[1]
    verbs = [SCOPE + verb for verb in ("create", "read", "list", "update", "delete")]
    narrow = first.call("POST", "/api-keys/workspace/service", {"name": "narrow", "workspace_id": other["id"], "scopes": verbs})[1]
    mask = first.call("GET", f"/api-keys/{target['id']}")[1]["key"]
    second = Api(sandbox.port, organisations[1]["admin_key"])
    seconds = [row["id"] for row in second.keys().values()][:4]
    sandbox.stop()
    keep = [own["id"], root["id"], target["id"], sibling["id"], twin["id"], narrow["id"], *seconds]
    db = sqlite3.connect(path)
    marks = ",".join("?" * len(keep))
    db.execute(f"DELETE FROM keys WHERE org = 1 AND id NOT IN ({marks})", keep)
    db.execute("DELETE FROM keys WHERE org = 2 AND name NOT IN ('console-admin') AND seq % 12 != 0")
    db.execute("DELETE FROM workspaces WHERE seq > 2 AND id NOT IN (?, ?)", (place["id"], other["id"]))
    db.execute("DELETE FROM members WHERE workspace NOT IN (SELECT seq FROM workspaces)")
    db.execute("UPDATE keys SET created_at = created_at - 86400000, updated_at = updated_at - 86400000 WHERE name LIKE 'mx-%' OR name IN ('root', 'narrow')")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return {"own_id": own["id"], "keys": [row["admin_key"] for row in organisations], "root": root["key"], "target": target["id"],
            "target_secret": target["key"], "sibling": sibling["id"], "twin": twin["id"], "mask": mask, "workspace": place["id"], "search": other["id"], "narrow": narrow["key"],
            "slug": place["slug"], "scopes": scopes, "ids": [row["id"] for row in organisations]}


class World:
    def __init__(self, folder, binaries, template, facts, choose, lag=0, young=False, flags=()):
        self.folder, self.binaries, self.facts = folder, binaries, facts
        self.home = os.path.join(folder, "home")
        os.makedirs(os.path.join(self.home, ".config/portcullis/profiles"), 0o700)
        os.chmod(os.path.join(self.home, ".config/portcullis"), 0o700)
        db = os.path.join(folder, "sandbox.db")
        shutil.copy(template, db)
        if young:
            link = sqlite3.connect(db)
            now = int(time.time() * 1000) - 60000
            link.execute("UPDATE keys SET created_at = ?, updated_at = ? WHERE id = ?", (now, now, facts["target"]))
            link.commit()
            link.close()
        flags = [*flags, *(["--quirk", f"stale-reads={lag}"] if lag else [])]
        self.sandbox = Sandbox(binaries["sandbox"], db, *flags)
        self.api = Api(self.sandbox.port, facts["root"])
        self.proxy = Proxy(binaries["proxy"], self.sandbox.port, choose)
        for name, key in (("first", 0), ("second", 1)):
            self.profile(name, facts["keys"][key])
        self.runs = 0

    def profile(self, name, key, more=""):
        base = os.path.join(self.home, ".config/portcullis/profiles", name)
        path = os.path.join(self.folder, name + ".key")
        for file, text in ((path, key + "\n"), (base + ".ini", f"base_url = http://127.0.0.1:{self.proxy.port}/v1\nkey = file\nkey_file = {path}\n{more}")):
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(text)

    def env(self, stop=""):
        env = clean_env(HOME=self.home)
        env["ASAN_OPTIONS"] = f"detect_leaks=0:log_path={self.folder}/sanitizer"
        env["UBSAN_OPTIONS"] = f"print_stacktrace=1:log_path={self.folder}/sanitizer"
        if stop:
            env["PORTCULLIS_TEST_STOP"] = stop
        return env

    def argv(self, profile, clock, *more):
        now = []
        if clock:
            at = time.time() + clock * 60
            now = ["--now", time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + "Z"]
        return [self.binaries["portcullis"], *now, "--profile", profile, *more]

    def command(self, profile, clock, args, stop="", blow=""):
        self.runs += 1
        folder = os.path.join(self.folder, f"run{self.runs}")
        os.makedirs(folder)
        return Command(self.argv(profile, clock, *args), self.env(stop), blow, folder)

    def console(self, profile, clock, stop="", blow=""):
        self.runs += 1
        return Console(self.argv(profile, clock), self.env(stop), blow)

    def journal(self):
        path = os.path.join(self.home, ".local/state/portcullis/journal.jsonl")
        return open(path, "rb").read() if os.path.exists(path) else b""

    def sanitizer(self):
        return [name for name in os.listdir(self.folder) if name.startswith("sanitizer.")]

    def rights(self, lost):
        """The own key loses, or has again, the scopes to read and list service keys. Really, at the server."""
        gone = {SCOPE + "read", SCOPE + "list", SCOPE + "delete"} if lost else set()
        scopes = [name for name in self.facts["scopes"] if name not in gone]
        status, body = self.api.call("PUT", f"/api-keys/{self.facts['own_id']}", {"scopes": scopes})
        if status != 200:
            raise Stuck(f"the rights do not change: {status} {body}")

    def stop(self):
        self.proxy.stop()
        self.sandbox.stop()
