#!/usr/bin/env python3
"""The fault matrix: one write, everything that can happen to it, and what the programs say of it afterwards.

    matrix.py BUILD_DIR                   all cells, sixteen beside each other
    matrix.py BUILD_DIR --cell 17         one cell alone, with all that was said and seen
    matrix.py BUILD_DIR --only revoke     the cells whose words hold this
    matrix.py BUILD_DIR --list            the cells"""
import argparse
import json
import os
import re
import shutil
import select
import signal
import sys
import tempfile
import time
import traceback

import cells
import world
from cell import Cell

def binaries(build):
    return {"portcullis": os.path.join(build, "bin/portcullis"), "sandbox": os.path.join(build, "bin/portcullis-sandbox"),
            "proxy": os.path.join(build, "tests/test-proxy")}


def run_one(build, number, cell, folder):
    place = os.path.join(folder, f"cell{number}")
    return Cell(cell, place, binaries(build), os.path.join(folder, "template.db"), read_facts(folder)).run()


def read_facts(folder):
    return json.load(open(os.path.join(folder, "facts.json")))


def prepare(build, folder):
    facts = world.make_template(binaries(build)["sandbox"], os.path.join(folder, "template.db"))
    with open(os.path.join(folder, "facts.json"), "w") as out:
        json.dump(facts, out)


def read_result(folder, number):
    try:
        return json.load(open(os.path.join(folder, f"cell{number}", "result.json")))
    except (OSError, ValueError):
        log = open(os.path.join(folder, f"cell{number}.log"), errors="replace").read()
        return {"wrong": ["test: it did not come to its end: " + log[-600:]], "reached": False}


def start(args, number, cell, words, runner, folder):
    """In a process and a session of its own; what it says goes to its log."""
    pid = os.fork()
    if pid:
        return pid
    code = 2
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        with open(os.path.join(folder, f"cell{number}.log"), "wb") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        code = one(args, number, cell, words, runner, folder)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def run_all(args, chosen, folder, words, runner):
    """So many beside each other."""
    running = {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        return run_beside(args, chosen, folder, words, runner, running)
    finally:
        for _, pid, _ in running.values():              # it is ended itself: none of them is left
            os.killpg(pid, signal.SIGKILL)


def run_beside(args, chosen, folder, words, runner, running):
    waiting, results = list(chosen), {}
    while waiting or running:
        while waiting and len(running) < args.jobs:
            number, cell = waiting.pop(0)
            pid = start(args, number, cell, words, runner, folder)
            running[os.pidfd_open(pid)] = (number, pid, time.monotonic())
        ended = select.select(list(running), [], [], 1)[0]
        for fd, (_, pid, since) in running.items():
            if fd not in ended and time.monotonic() - since > args.timeout:
                os.killpg(pid, signal.SIGKILL)
        for fd in ended:
            number, pid, _ = running.pop(fd)
            os.close(fd)
            os.waitpid(pid, 0)
            results[number] = read_result(folder, number)
            if not args.keep and not results[number]["wrong"]:
                shutil.rmtree(os.path.join(folder, f"cell{number}"), ignore_errors=True)
    return results


def report(chosen, results, seconds, words, what):
    failed, kinds = 0, {}
    for number, cell in chosen:
        wrong = results[number]["wrong"]
        if wrong:
            failed += 1
            print(f"FAILED {number:3}  {words(cell)}")
        for why in wrong:
            kinds[why.split(":")[0]] = kinds.get(why.split(":")[0], 0) + 1
            print("        " + why)
    print(f"{what}: {len(chosen)} in {seconds:.0f} s, {failed} failures, "
          f"{sum(1 for number, _ in chosen if results[number].get('reached'))} stopped at a point")
    if kinds:
        print("        " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    return failed


def flags(ap):
    ap.add_argument("build")
    ap.add_argument("--cell", type=int, help="this one alone, with all that was seen")
    ap.add_argument("--only", default="", help="those whose words this pattern finds")
    ap.add_argument("--every", type=int, default=1, help="every Nth")
    ap.add_argument("--jobs", type=int, default=16)
    ap.add_argument("--timeout", type=float, default=240)
    ap.add_argument("--keep", action="store_true", help="keep what passes too")
    ap.add_argument("--list", action="store_true")


def one(args, number, cell, words, runner, folder):
    place = os.path.join(folder, f"cell{number}")
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place, 0o700)
    result = runner(args.build, number, cell, folder)
    with open(os.path.join(place, "result.json"), "w") as out:
        json.dump(result, out)
    print(words(cell))
    print("\n".join(result["story"] + result["notes"]))
    print("\n".join("WRONG " + why for why in result["wrong"]) or "right")
    print(f"kept in {place}")
    return 1 if result["wrong"] else 0


def run(args, every, words, runner, what):
    """Lists them, runs one, or all that were asked for. Gives the exit status."""
    args.build = os.path.abspath(args.build)
    os.environ.setdefault("PORTCULLIS_TEST_HURRY", "20")
    if args.list:
        print("\n".join(f"{number:4} {words(cell)}" for number, cell in every))
        return 0
    folder = tempfile.mkdtemp(prefix=f"portcullis-{what}-")
    prepare(args.build, folder)
    if args.cell:
        return one(args, args.cell, every[args.cell - 1][1], words, runner, folder)
    chosen = [(number, cell) for number, cell in every if re.search(args.only, words(cell))][::args.every]
    print(f"{what}: {len(chosen)}, {args.jobs} beside each other", flush=True)
    began = time.monotonic()
    results = run_all(args, chosen, folder, words, runner)
    failures = report(chosen, results, time.monotonic() - began, words, what)
    if failures or args.keep:
        print(f"        what was seen: {folder}/cell*.log")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags(ap)
    every = list(enumerate(cells.cover(), 1))
    assert len(every) >= 400 and not set(cells.wanted()) - set().union(*(cells.pairs(cell) for _, cell in every))
    return run(ap.parse_args(), every, cells.words, run_one, "matrix")


if __name__ == "__main__":
    sys.exit(main())
