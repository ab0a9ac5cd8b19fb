"""How a person makes or revokes a key with the programs: as a command, and at the console."""
import os
import time

NAME = "mx-new"
# Headings under which the console tells an end, or that there is none.
ENDS = r"REVOKED|THE SERVER REFUSED|REFUSED|NOT KNOWN|NOT SENT|ACCEPTED|NOT PROVEN|STILL (?:THERE|WORKS)|The secret was not taken yet|only time that the secret|GONE"
GIVEN_UP = r"Nothing was sent|could not be read|No organisation is open|cannot be|failed"


def write_args(facts, act):
    if act == "revoke":
        return ["revoke", facts["target"], "--confirm", facts["mask"].rsplit("*", 1)[1], "--reason", "for the matrix", "--format", "json"]
    return ["create-key", "--kind", "workspace-service", "--workspace", facts["workspace"], "--name", NAME, "--description", "for the matrix",
            "--scope", "completions.write", "--yes"]


def open_console(console):
    """Until the keys are there and nothing moves any more."""
    found = console.wait(r"\d+(?: of \S+)? keys.*(?:q quit|F10 quit)", 45)
    console.quiet()
    return found is not None


def arm(console):
    console.type("!")
    return console.wait("ARMED", 30) is not None


def revoke(console, facts, armed):
    console.type("/")
    console.type("mx-target")
    console.type("\r")
    if not arm(console):
        return
    console.type("X")
    if console.wait(r"Type REVOKE|" + GIVEN_UP, 40) is None:
        return
    console.quiet()
    console.type("\x1b[A")
    console.type("REVOKE " + facts["mask"].rsplit("*", 1)[1])
    console.type("\t")
    console.type("\t")
    armed()
    console.type("\r")
    console.wait(ENDS + "|" + GIVEN_UP, 70)


def create(console, facts, armed):
    if not arm(console):
        return
    console.type("n")
    console.wait(r"\[1 Kind\]", 30)
    console.type("\x0e")                 # ^N: the next step
    console.type("\r")                   # the list of workspaces
    console.type("tools")
    console.type("\r")                   # and on to the name
    console.type(NAME)
    console.type("\t")
    console.type("for the matrix")
    console.type("\x0e")
    console.type("p")                    # the first preset
    console.type("\r")
    console.type("\x1b[18~")             # F7: the review
    if console.wait(r"\[5 Review\]", 30) is None:
        return
    console.quiet()
    console.type("\t")
    armed()
    console.type("\r")
    console.wait(ENDS + "|" + GIVEN_UP, 70)
    console.quiet()
    if "time that the secret" in console.screen.flat():
        console.type("\r")               # shows it
        console.quiet()


def leave(console):
    """Out, whatever is asked on the way; no button is pressed, it could be the one that sends again."""
    for keys in ("\x1b", "\x1b", "\x1b", "q", "q", "\x1b", "\x1b[21~", "\x1b[21~"):
        if console.look():
            return
        console.type(keys)
        console.quiet()
    end = time.monotonic() + 20
    while not console.look() and time.monotonic() < end:
        console.read(0.1)
        console.type("q")
    if not console.look():
        os.kill(console.process.pid, 15)
