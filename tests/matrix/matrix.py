#!/usr/bin/env python3
"""The fault matrix: one write, everything that can happen to it, and what the programs say of it afterwards.

    matrix.py BUILD_DIR                   all cells, sixteen beside each other
    matrix.py BUILD_DIR --cell 17         one cell alone, with all that was said and seen
    matrix.py BUILD_DIR --only revoke     the cells whose words hold this
    matrix.py BUILD_DIR --list            the cells

Cells that fail today stand in known-failures.txt; one there that passes is a failure too."""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import cells
import world
from cell import Cell

HERE = os.path.dirname(os.path.abspath(__file__))


def binaries(build):
    return {"portcullis": os.path.join(build, "bin/portcullis"), "sandbox": os.path.join(build, "bin/portcullis-sandbox"),
            "proxy": os.path.join(build, "tests/test-proxy")}


def run_one(build, number, cell, folder):
    """In a process of its own."""
    place = os.path.join(folder, f"cell{number}")
    return Cell(cell, place, binaries(build), os.path.join(folder, "template.db"), read_facts(folder)).run()


def read_facts(folder):
    return json.load(open(os.path.join(folder, "facts.json")))


def read_known(path):
    """What fails today, in its own words, and why."""
    if not os.path.exists(path):
        return {}
    found = {}
    for line in open(path):
        text, _, why = line.partition("#")
        if text.strip():
            found[text.strip()] = why.strip()
    return found


def write_known(path, names, every, tried, words):
    """What was tried and failed is known now, and what passed is not; the rest stays."""
    with open(path, "w") as out:
        out.write("# What fails today, in its own words (--list), and by which rule. What passes has to leave this list: --update.\n")
        for _, cell in every:
            name = words(cell)
            kinds = sorted({why.split(":")[0] for why in tried.get(name, [])})
            if kinds or name in names and name not in tried:
                out.write(f"{name}  # {', '.join(kinds) or names[name]}\n")


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


def run_all(args, chosen, folder, script):
    """Each in a process of its own, so many beside each other."""
    waiting, running, results = list(chosen), {}, {}
    while waiting or running:
        while waiting and len(running) < args.jobs:
            number, _ = waiting.pop(0)
            argv = [sys.executable, script, args.build, "--cell", str(number), "--in", folder]
            with open(os.path.join(folder, f"cell{number}.log"), "wb") as log:
                running[number] = (subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True),
                                   time.monotonic())
        done = []
        for number, (process, since) in running.items():
            if process.poll() is None and time.monotonic() - since > args.timeout:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.poll() is not None:
                done.append(number)
        for number in done:
            running.pop(number)
            results[number] = read_result(folder, number)
            if not args.keep and not results[number]["wrong"]:
                shutil.rmtree(os.path.join(folder, f"cell{number}"), ignore_errors=True)
        time.sleep(0 if done else 0.02)
    return results


def report(chosen, results, seconds, known, words, what):
    failed, fixed, kinds = 0, 0, {}
    for number, cell in chosen:
        name, wrong = words(cell), results[number]["wrong"]
        if wrong:
            failed += name not in known
            print(f"{'known ' if name in known else 'FAILED'} {number:3}  {name}")
        elif name in known:
            fixed += 1
            print(f"PASSES NOW {number:3}  {name}   (take it off the list of known failures)")
        for why in wrong:
            kinds[why.split(":")[0]] = kinds.get(why.split(":")[0], 0) + 1
            print("        " + why)
    print(f"{what}: {len(chosen)} in {seconds:.0f} s, {failed} failures, {fixed} that pass now, "
          f"{sum(1 for number, _ in chosen if results[number]['wrong']) - failed} known failures, "
          f"{sum(1 for number, _ in chosen if results[number].get('reached'))} stopped at a point")
    if kinds:
        print("        " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    return failed + fixed


def flags(ap):
    ap.add_argument("build")
    ap.add_argument("--cell", type=int, help="this one alone, with all that was seen")
    ap.add_argument("--only", default="", help="those whose words this pattern finds")
    ap.add_argument("--every", type=int, default=1, help="every Nth")
    ap.add_argument("--jobs", type=int, default=16)
    ap.add_argument("--timeout", type=float, default=240)
    ap.add_argument("--keep", action="store_true", help="keep what passes too")
    ap.add_argument("--known", action="store_true", help="those that are known to fail")
    ap.add_argument("--update", action="store_true", help="write what failed and what passed into the list of known failures")
    ap.add_argument("--list", action="store_true")
    ap.add_argument("--in", dest="folder", default="", help=argparse.SUPPRESS)


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


def run(args, every, words, runner, script, known, what):
    """Lists them, runs one, or all that were asked for. Gives the exit status."""
    args.build = os.path.abspath(args.build)
    os.environ.setdefault("PORTCULLIS_TEST_HURRY", "20")
    if args.list:
        print("\n".join(f"{number:4} {words(cell)}" for number, cell in every))
        return 0
    folder = args.folder or tempfile.mkdtemp(prefix=f"portcullis-{what}-")
    if not args.folder:
        prepare(args.build, folder)
    if args.cell:
        return one(args, args.cell, every[args.cell - 1][1], words, runner, folder)
    names = read_known(known)
    chosen = [(number, cell) for number, cell in every if re.search(args.only, words(cell))
              and (not args.known or words(cell) in names)][::args.every]
    print(f"{what}: {len(chosen)}, {args.jobs} beside each other", flush=True)
    began = time.monotonic()
    results = run_all(args, chosen, folder, script)
    failures = report(chosen, results, time.monotonic() - began, names, words, what)
    if args.update:
        write_known(known, names, every, {words(cell): results[number]["wrong"] for number, cell in chosen}, words)
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
    return run(ap.parse_args(), every, cells.words, run_one, os.path.abspath(__file__), os.path.join(HERE, "known-failures.txt"), "matrix")


if __name__ == "__main__":
    sys.exit(main())
