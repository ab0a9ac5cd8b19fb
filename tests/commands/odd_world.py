"""What no sandbox sends: rows with members that are not as they should be, and texts that mean harm. Each has what is to be said
of it. `odd_world.py make SCOPES.json WORLD` writes them for odd_server.py; `odd_world.py check CSV JSON` compares what came out,
and prints what is wrong; `odd_world.py counts` prints how many keys are said to expire never, to call a kind known, and so on."""
import csv
import json
import sys


def uuid(number):
    return "00000000-0000-4000-8000-%012d" % number


ORG, PLACE, ANN, BOB = uuid(999), uuid(501), uuid(601), uuid(602)
SENT = object()  # JSON has it as it was sent

# Name, what it sends, {column of the CSV: what stands there}, {member of the JSON: what stands there}.
KEYS = [
    ("time as seconds", {"expires_at": 1798761600}, {"expires": "?"}, {"expires_at": SENT}),
    ("time as milliseconds", {"expires_at": 1798761600000}, {"expires": "?"}, {"expires_at": SENT}),
    ("time without a zone", {"expires_at": "2027-01-01 00:00:00"}, {"expires": "2027-01-01T00:00:00.000Z"}, {}),
    ("time with an offset", {"expires_at": "2027-01-01T00:00:00+02:00"}, {"expires": "2026-12-31T22:00:00.000Z"}, {}),
    ("time in words", {"expires_at": "next Friday"}, {"expires": "?"}, {"expires_at": SENT}),
    ("no day of the year", {"expires_at": "2027-02-30T00:00:00Z"}, {"expires": "?"}, {"expires_at": SENT}),
    ("a day of zeros", {"expires_at": "0000-00-00"}, {"expires": "?"}, {"expires_at": SENT}),
    ("a time too far", {"expires_at": "99999-01-01T00:00:00Z"}, {"expires": "?"}, {"expires_at": SENT}),
    ("an empty time", {"expires_at": ""}, {"expires": "?"}, {"expires_at": SENT}),
    ("a time that is false", {"expires_at": False}, {"expires": "?"}, {"expires_at": SENT}),
    ("made at a number", {"created_at": 1790000000}, {"created": "?", "age": "?"}, {"created_at": SENT}),
    ("scopes as text", {"scopes": "logs.view completions.write"}, {"scopes": "?", "scope": "?"}, {"scopes": SENT}),
    ("scopes as objects", {"scopes": [{"name": "logs.view"}, "completions.write"]},
     {"scopes": "1?", "scope": "completions.write ?"}, {"scopes": SENT}),
    ("no scopes told", {"scopes": None}, {"scopes": "?"}, {"scopes": None}),
    ("a scope of tomorrow", {"scopes": ["completions.write", "moon.fly"]},
     {"scopes": "2", "scope": "completions.write moon.fly"}, {"scopes": SENT}),
    ("no workspace", {"workspace_id": None}, {"workspace": "?", "type": "WS"}, {"workspace_id": None}),
    ("a number for a workspace", {"workspace_id": 501}, {"workspace": "? 501"}, {"workspace_id": "501"}),
    ("no owner", {"type": "workspace-user"}, {"owner": "?", "owner_state": "?", "type": "WU"}, {"user_id": None}),
    ("an owner who is not there", {"type": "workspace-user", "user_id": uuid(700)},
     {"owner_id": uuid(700), "owner_state": "left the organisation"}, {"user_id": uuid(700)}),
    ("a type of tomorrow", {"type": "robot"}, {"type": "??", "kind": "? robot", "owner_state": "?"}, {"type": "robot"}),
    ("a type that is none", {"type": 7}, {"type": "??"}, {"type": SENT}),
    ("a state of tomorrow", {"status": "frozen"}, {"status": "? frozen"}, {"status": "frozen"}),
    ("rates as text", {"rate_limits": "100 rpm"}, {"limits": "?"}, {"rate_limits": SENT}),
    ("a budget of words", {"usage_limits": {"type": "cost", "credit_limit": "a lot"}}, {"limits": "?"}, {"usage_limits": SENT}),
    ("a use that is no number", {"usage_limits": {"type": "cost", "credit_limit": 10, "current_usage": "NaN"}},
     {"limits": "$10?"}, {"usage_limits": SENT}),
    ("a rotation as text", {"rotation_policy": "monthly"}, {"rotation": "?"}, {"rotation_policy": SENT}),
    ("a member of tomorrow", {"colour": "red"}, {"expires": "never"}, {"other": {"colour": "red"}}),
]

# Names, and how the CSV has them: what a screen would obey is gone, what a spreadsheet would is guarded.
NAMES = [
    ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"), ("\t=1+1", "' =1+1"), ("  @sum(1)", "'  @sum(1)"), ("-2+3", "'-2+3"),
    ("+1", "'+1"), ("a;=1+1", "a;'=1+1"), ("1/2/9", "'1/2/9"), ("3-4", "'3-4"), ("\uff1dwide", "'\uff1dwide"),
    ("c1\u009b31mred", "c1\ufffd31mred"), ("del\u007fx", "del\ufffdx"), ("\u202egnp.exe", "\ufffdgnp.exe"),
    ("\u2066iso\u2069", "\ufffdiso\ufffd"), ("\x1b[2Jgone", "\u241b[2Jgone"), ("tag\U000e0041x", "tag\ufffdx"),
    ("line\nbreak\rcr", "line break cr"), ('"quoted", comma', '"quoted", comma'), ("\U0001f600 smile", "\U0001f600 smile"),
    ("x" * 300, "x" * 300), ("plain", "plain"),
]


def key(number, **changes):
    row = {
        "id": uuid(number), "key": "ab*****%03d" % number, "name": "", "description": None, "type": "workspace-service",
        "organisation_id": ORG, "workspace_id": PLACE, "user_id": None, "status": "active",
        "created_at": "2026-10-%02dT00:00:00.000Z" % (30 - number % 29), "last_updated_at": "2026-10-05T00:00:00.000Z",
        "expires_at": None, "creation_mode": "ui", "rate_limits": None, "usage_limits": None, "scopes": ["completions.write"],
        "object": "api-key"}
    return {**row, **changes}


def person(number, **changes):
    row = {"object": "user", "id": number, "first_name": "Ann", "last_name": "Lee", "role": "owner", "email": "ann@x.example",
           "created_at": "2025-01-01T00:00:00.000Z", "last_updated_at": "2025-01-01T00:00:00.000Z"}
    return {**row, **changes}


def world(catalogue):
    with open(catalogue, encoding="utf-8") as file:
        scopes = [scope["scope"] for scope in json.load(file) if scope["admin"]]
    keys = [key(1, name="own", type="organisation-service", workspace_id=None, key="Ow*****key", scopes=scopes)]
    keys += [key(100 + i, name=name, **sends) for i, (name, sends, _, _) in enumerate(KEYS)]
    keys += [key(200 + i, name=name) for i, (name, _) in enumerate(NAMES)]
    place = {"id": PLACE, "slug": "ws-one-000001", "name": "one", "description": None, "created_at": "2025-01-01T00:00:00.000Z",
             "last_updated_at": "2025-01-01T00:00:00.000Z", "defaults": None, "is_default": 1, "status": "active",
             "object": "workspace", "icon": None, "scim_source_id": None, "usage_limits": None, "rate_limits": None,
             "security_settings": {}}
    member = {"object": "workspace-user", "id": ANN, "first_name": "Ann", "last_name": "Lee", "org_role": "owner", "role": "admin",
              "workspace_id": PLACE, "created_at": "2025-01-01T00:00:00.000Z", "last_updated_at": None, "status": "active"}
    return {"keys": keys, "users": [person(ANN), person(BOB, first_name="Bob", role="member", email="bob@x.example")],
            "workspaces": [place], "members": {PLACE: [member, {**member, "id": BOB, "first_name": "Bob", "org_role": "member",
                                                                "role": "member"}]}}


def check(csv_name, json_name):
    with open(csv_name, encoding="utf-8", newline="") as file:
        lines = {line["id"]: line for line in csv.DictReader(file)}
    with open(json_name, encoding="utf-8") as file:
        text = file.read()
    items = {item["id"]: item for item in json.loads(text)["items"]}
    wrong = ["JSON holds a raw %#x" % ord(c) for c in set(text)
             if 0x7f <= ord(c) < 0xa0 or c in "\u202e\u2066\u2069\U000e0041" or (c < " " and c != "\n")]
    for i, (name, sends, columns, members) in enumerate(KEYS):
        line, item = lines[uuid(100 + i)], items[uuid(100 + i)]
        for column, want in columns.items():
            if line[column] != want:
                wrong.append("CSV: %s: %s is %r, not %r" % (name, column, line[column], want))
        for member, want in members.items():
            want = sends[member] if want is SENT else want
            if item.get(member) != want:
                wrong.append("JSON: %s: %s is %r, not %r" % (name, member, item.get(member), want))
    for i, (name, cell) in enumerate(NAMES):
        if lines[uuid(200 + i)]["name"] != cell:
            wrong.append("CSV: the name %r is %r, not %r" % (name, lines[uuid(200 + i)]["name"], cell))
        if items[uuid(200 + i)]["name"] != name:
            wrong.append("JSON: the name %r is %r" % (name, items[uuid(200 + i)]["name"]))
    return wrong


def counts():
    """What holds of how many keys, from what was sent alone."""
    expires = [columns.get("expires", "never") for _, _, columns, _ in KEYS]
    return {
        "never": expires.count("never") + len(NAMES) + 1,
        "not_read": expires.count("?"),
        "all": len(KEYS) + len(NAMES) + 1,
        "organisation": 1,
        "unplaced": sum(1 for _, sends, _, _ in KEYS if "workspace_id" in sends),
    }


if __name__ == "__main__":
    if sys.argv[1] == "make":
        with open(sys.argv[3], "w", encoding="utf-8") as out:
            json.dump(world(sys.argv[2]), out)
    elif sys.argv[1] == "check":
        found = check(sys.argv[2], sys.argv[3])
        print("\n".join(found))
        sys.exit(bool(found))
    else:
        for what, number in counts().items():
            print("%s=%d" % (what, number))
