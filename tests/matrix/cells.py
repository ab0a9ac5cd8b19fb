"""The factors, and the cells: chosen so that every pair of values of any two factors is in one of them."""
import itertools
import random

FACTORS = {
    "act": ["create", "revoke"],
    "way": ["command", "console"],
    "fault": ["none", "before", "silent", "lost", "cut", "refused", "refused-done", "5xx", "5xx-done", "page403", "page403-done",
              "page502", "page502-done", "499-done", "302-done", "wrong-id", "late", "false", "false-done"],
    "back": ["fine", "page403", "rights", "page404", "502", "hang", "lag"],
    "blow": ["kill", "term", "int"],
    "point": ["none", "before-intent", "after-intent", "after-send", "find-out", "before-hand-over", "after-hand-over",
              "before-outcome"],
    "clock": [0, 10, -10],
    "start": ["same", "other"],
    "colleague": ["no", "yes"],
}
NAMES = list(FACTORS)
COUNT = 420

def directed(act, way, fault, back="fine", blow="kill", point="none", start="same", colleague="no"):
    return dict(act=act, way=way, fault=fault, back=back, blow=blow, point=point, clock=0, start=start, colleague=colleague)


# Where the covering set would meet a point seldom or never: the points that only an answer in time leads to, an answer
# without a body, and what once went wrong.
DIRECTED = [
    dict(act="create", way=way, fault="none", back=back, blow=blow, point=point, clock=0, start=start, colleague=colleague)
    for way in FACTORS["way"]
    for blow, start in (("kill", "same"), ("term", "same"), ("int", "other"))
    for point in ("before-hand-over", "after-hand-over")
    for back, colleague in (("fine", "no"), ("hang", "yes"))
] + [
    dict(act=act, way=way, fault="none", back=back, blow="kill", point="none", clock=clock, start="same", colleague="no")
    for act in FACTORS["act"] for way in FACTORS["way"] for back, clock in (("fine", 0), ("lag", 10), ("rights", -10))
] + [
    directed("revoke", way, "204-done", back) for way in FACTORS["way"] for back in ("fine", "lag", "hang")
] + [
    directed("create", "command", "wrong-id", point="before-hand-over", start="other"),
    directed("create", "console", "wrong-id", point="after-hand-over", colleague="yes"),
    directed("create", "command", "refused-done", "lag", point="before-outcome", start="other", colleague="yes"),
    directed("create", "command", "none", point="before-outcome"),
    directed("create", "console", "none", point="before-outcome", start="other"),
]


def pairs(cell):
    """Every pair of values of two factors in it. How it is ended says nothing where it is not ended."""
    values = [(name, cell[name]) for name in NAMES if not (name == "blow" and cell["point"] == "none")]
    return set(itertools.combinations(values, 2))


def wanted():
    for a, b in itertools.combinations(NAMES, 2):
        for x, y in itertools.product(FACTORS[a], FACTORS[b]):
            if not ({a, b} == {"blow", "point"} and "none" in (x, y)):
                yield ((a, x), (b, y))


def triples(cell):
    values = [(name, cell[name]) for name in ("act", "way", "fault", "back", "point", "start")]
    return set(itertools.combinations(values, 3))


def cover(count=COUNT, seed=7):
    """The same cells every time: each new one has the most that no earlier one has, of 60 drawn at random."""
    dice = random.Random(seed)
    cells = list(DIRECTED)
    left = set(wanted())
    seen = set()
    for cell in cells:
        left -= pairs(cell)
        seen |= triples(cell)
    while len(cells) < count or left:
        best, value = None, (-1, -1)
        for _ in range(60):
            cell = {name: dice.choice(FACTORS[name]) for name in NAMES}
            if left and dice.random() < 0.5:           # one that holds a pair that is missing
                for name, wanted_value in dice.choice(sorted(left, key=repr)):
                    cell[name] = wanted_value
            got = (len(pairs(cell) & left), len(triples(cell) - seen))
            if got > value:
                best, value = cell, got
        cells.append(best)
        left -= pairs(best)
        seen |= triples(best)
    return cells


def words(cell):
    return " ".join(f"{name}={cell[name]}" for name in NAMES if not (name == "blow" and cell["point"] == "none"))
