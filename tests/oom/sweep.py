"""Every allocation fails once, or all from one on: each program then ends with one line and 70, the terminal is given back,
the journal is whole and knows what was sent. Then a write and a flush fail in every way they can.

sweep.py BUILD FAILING.so [--only NAME] [--first N] [--step N] [--jobs N]
"""
import argparse
import concurrent.futures
import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

NOW = "2026-11-24T02:47:10Z"
SENTENCE = b"portcullis: there is no memory left.\n"
DEADLINE = 60
MINE, WORLDS = threading.local(), []


def environment(home, **more):
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": home, "PORTCULLIS_TEST_HURRY": "20", **more}


class World:
    """A server with three keys, and a home that knows it."""

    def __init__(self, build):
        self.build, self.folder = build, tempfile.mkdtemp(prefix="oom.")
        self.server = subprocess.Popen(
            [f"{build}/bin/portcullis-sandbox", "--listen", "127.0.0.1:0", "--seed", "scale", "--keys", "3", "--workspaces", "1", "--users", "1",
             "--now", NOW], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        ready = json.loads(self.server.stdout.readline())
        self.key, base = ready["organisations"][0]["admin_key"], ready["base_url"]
        self.home = f"{self.folder}/home"
        profiles = f"{self.home}/.config/portcullis/profiles"
        os.makedirs(profiles, 0o700)
        for path, text in ((f"{self.folder}/key", self.key), (f"{profiles}/three.ini", f"base_url = {base}\nkey = file\nkey_file = {self.folder}/key\n")):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(text)

    def argv(self, *words):
        return [f"{self.build}/bin/portcullis", "--now", NOW, *words]

    def run(self, *words):
        """Undisturbed: exit code, stdout."""
        got = subprocess.run(self.argv(*words), env=environment(self.home), stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE)
        return got.returncode, got.stdout

    def keys(self):
        return {row["id"]: row for row in json.loads(self.run("keys", "--format", "json")[1])["items"]}

    def close(self):
        self.server.terminate()
        self.server.wait(DEADLINE)
        self.server.stdout.close()
        shutil.rmtree(self.folder)


class Lists:
    name, writes = "keys", False

    def words(self, world):
        return ["keys", "--format", "json"]


class Creates:
    name, writes = "create-key", True

    def words(self, world):
        return ["create-key", "--kind", "organisation-service", "--name", "probe", "--scope", "workspaces.list", "--yes"]


class Revokes:
    name, writes = "revoke-key", True

    def words(self, world):
        row = [row for row in world.keys().values() if row["name"] == "key-0000001"][0]
        return ["revoke-key", row["id"], "--confirm", row["key"].rsplit("*", 1)[1], "--reason", "a test"]


class Console:
    name, writes = "console", False

    def words(self, world):
        return []


ACTS = (Lists(), Creates(), Revokes(), Console())


def command(world, words, env):
    got = subprocess.run(world.argv(*words), env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE)
    return got.returncode, got.stdout, got.stderr, ""


def console(world, env):
    """Opens it, leaves when the keys are there. What stands behind the last screen is what a person sees."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    modes = termios.tcgetattr(slave)
    process = subprocess.Popen(["/usr/bin/setsid", "--ctty", "/usr/bin/env", *(f"{n}={env.pop(n)}" for n in ("LD_PRELOAD", "FAILING", "FAILING_COUNTS") if n in env),
                                *world.argv()], stdin=slave, stdout=slave, stderr=slave, env=dict(env, TERM="xterm-256color"))
    text, asked, end = b"", 0.0, time.monotonic() + DEADLINE
    while process.poll() is None and time.monotonic() < end:
        if select.select([master], [], [], 0.01)[0]:
            text += os.read(master, 65536)
        elif b"console-admin" in text and time.monotonic() > asked + 0.5:
            os.write(master, b"q")
            asked = time.monotonic()
    stuck = process.poll() is None
    if stuck:
        process.kill()
    process.wait()
    while select.select([master], [], [], 0)[0]:
        text += os.read(master, 65536)
    wrong = "it did not end" if stuck else ""
    if termios.tcgetattr(slave)[:4] != modes[:4]:
        wrong += " the line is not as it was"
    for on, off, what in ((b"\x1b[?1049h", b"\x1b[?1049l", "screen"), (b"\x1b[?2004h", b"\x1b[?2004l", "pastes"), (b"\x1b[?25l", b"\x1b[?25h", "cursor")):
        if text.rfind(on) > text.rfind(off):
            wrong += f" the {what} is not given back"
    os.close(master)
    os.close(slave)
    seen = text[text.rfind(b"\x1b[?1049l") + 8:] if b"\x1b[?1049l" in text else text
    return process.returncode, b"", seen.replace(b"\r\n", b"\n"), wrong


def run(act, world, words, failing, counts=None):
    env = environment(world.home, LD_PRELOAD=PRELOAD, FAILING=failing)
    if counts:
        env["FAILING_COUNTS"] = counts
    return console(world, env) if isinstance(act, Console) else command(world, words, env)


def afterwards(act, world, before, code):
    """What is wrong with what is left."""
    if not act.writes:
        return ""
    wrong = ""
    verify = world.run("journal", "verify")[0] if os.path.exists(f"{world.home}/.local/state/portcullis/journal.jsonl") else 0
    if verify != 0:
        wrong += f" journal verify ends with {verify}"
    moved = set(world.keys()) != set(before)
    pending = world.run("pending")[0]
    if moved and code != 0 and pending != 6:
        lines = open(f"{world.home}/.local/state/portcullis/journal.jsonl").read()
        if '"outcome"' not in lines:
            wrong += f" the server was changed and pending ends with {pending}"
    if not moved and code == 0:
        wrong += " it says done, and nothing is"
    return wrong


def world_for(build, act):
    """Its own for what writes; else the one of this thread."""
    if act.writes:
        return World(build)
    if not hasattr(MINE, "world"):
        MINE.world = World(build)
        WORLDS.append(MINE.world)
    return MINE.world


def try_one(build, act, failing, usual):
    """What is wrong; "" when nothing is."""
    world = world_for(build, act)
    try:
        words = act.words(world)
        before = world.keys() if act.writes else {}
        counts = f"{world.folder}/counts.{threading.get_ident()}"
        code, _, err, wrong = run(act, world, words, failing, counts)
        memory = failing.startswith("alloc")
        plain = code == usual
        if code == 70 and err[-len(SENTENCE):] == SENTENCE and err.count(b"no memory") == 1:
            plain = memory
        elif memory and failing.endswith("on"):
            plain = code == usual and allocations(counts) < int(failing.split()[1])  # it did not come so far
        elif memory:
            plain = code == usual
        elif not memory:
            plain = code == usual or (code in (1, 5, 6) and err.strip() != b"")
        if not plain:
            wrong += f" ends with {code}: {err[-300:]!r}"
        wrong += afterwards(act, world, before, code)
    except subprocess.TimeoutExpired:
        wrong = " does not end"
    finally:
        if act.writes:
            world.close()
    return wrong


def count(build, act):
    """How many calls of each kind there are when all goes well; and the exit code."""
    world = World(build)
    path = f"{world.folder}/counts"
    code = run(act, world, act.words(world), "", path)[0]
    numbers = [int(word) for word in open(path).read().split()]
    world.close()
    return code, dict(zip(("alloc", "write", "sync"), numbers))


def allocations(counts):
    with open(counts) as file:
        return int(file.read().split()[0])


def plan(numbers, first, step):
    allocs = [n for n in range(1, numbers["alloc"] + 1) if n <= first or (n - first) % step == 0]
    for how in ("on", "once"):
        yield from (f"alloc {n} {how}" for n in allocs)
    for how in ("short", "EINTR", "ENOSPC", "EIO"):
        yield from (f"write {n} {how}" for n in range(1, numbers["write"] + 1))
    for how in ("EIO", "ENOSPC"):
        yield from (f"sync {n} {how}" for n in range(1, numbers["sync"] + 1))


def main():
    global PRELOAD
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("preload")
    parser.add_argument("--only", default="")
    parser.add_argument("--first", type=int, default=500)
    parser.add_argument("--step", type=int, default=97)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    PRELOAD = os.path.abspath(options.preload)
    failed = tried = 0
    for act in ACTS:
        if options.only not in act.name:
            continue
        code, numbers = count(options.build, act)
        if code != 0:
            print(f"{act.name}: ends with {code} when nothing fails")
            failed += 1
            continue
        todo = list(plan(numbers, options.first, options.step))
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = pool.map(lambda failing: (failing, try_one(options.build, act, failing, code)), todo)
            wrongs = [(failing, wrong) for failing, wrong in results if wrong]
        for failing, wrong in wrongs:
            print(f"{act.name}: {failing}:{wrong}")
        print(f"{act.name}: {numbers}, {len(todo)} tried, {len(wrongs)} wrong", flush=True)
        tried += len(todo)
        failed += len(wrongs)
    for world in WORLDS:
        world.close()
    print(f"{tried} tried, {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
