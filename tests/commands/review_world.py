"""The world of the review questions, and their right answers, from the sandbox's own database: nothing of the console is
used. `review_world.py change DB` makes what the demo lacks; `review_world.py answers DB SCOPES.json` prints a line for each
question: its name, then the ids, sorted."""
import json
import sqlite3
import sys

NOW = 1795488430000  # 2026-11-24T02:47:10Z, as in lib.sh
DAY = 86400000
ORG, SERVICE, USER = range(3)
MEMBERS_MAKE, MANAGERS_MAKE = 11, 14  # bits of the switches membersWriteApiKeys, managersWriteApiKeys


def change(db):
    """People who left, somebody without a workspace, keys that call no models and have powers."""
    one = lambda sql, *args: db.execute(sql, args).fetchone()[0]
    grace = one("SELECT seq FROM users WHERE org = 1 AND first_name = 'Grace'")
    db.execute("DELETE FROM members WHERE user = ?", (grace,))
    db.execute("DELETE FROM users WHERE seq = ?", (grace,))
    samira = one("SELECT seq FROM users WHERE org = 1 AND first_name = 'Samira'")
    tools = one("SELECT seq FROM workspaces WHERE org = 1 AND name = 'tools'")
    db.execute("DELETE FROM members WHERE user = ? AND workspace = ?", (samira, tools))
    elif_ = one("SELECT seq FROM users WHERE org = 1 AND first_name = 'Elif'")
    db.execute("DELETE FROM members WHERE user = ?", (elif_,))
    for name in ("key-minter-dev", "gira-app"):
        key = one("SELECT max(seq) FROM keys WHERE org = 1 AND name = ?", name)
        limits = '[{"type":"requests","unit":"rpm","value":0}]'
        db.execute("UPDATE keys SET rate_limits = ?, expires_at = NULL WHERE seq = ?", (limits, key))
    db.commit()


def answers(db, catalogue):
    with open(catalogue, encoding="utf-8") as file:
        marks = {scope["scope"]: scope["marks"] for scope in json.load(file)}
    names = list(marks)  # in the order of the bits
    makes = {name for name in names if "keys" in marks[name]}
    users = {u: (id, role, mail) for u, id, role, mail in db.execute("SELECT seq, id, role, email FROM users WHERE org = 1")}
    places = {w: (id, status, switches) for w, id, status, switches in
              db.execute("SELECT seq, id, status, switches FROM workspaces WHERE org = 1")}
    members = [(w, u, role) for w, u, role in db.execute("SELECT workspace, user, role FROM members") if w in places]
    keys = []
    for id, kind, place, user, bits, created, expires, rates, usage in db.execute(
            "SELECT id, kind, workspace, user, scopes, created_at, expires_at, rate_limits, usage_limits FROM keys WHERE org = 1"):
        scopes = {name for i, name in enumerate(names) if bits[i // 8] >> i % 8 & 1}
        budget = json.loads(usage) if usage else {}
        used_up = budget.get("current_usage", 0) >= budget["credit_limit"] if budget else False
        stopped = used_up or any(rate["value"] == 0 for rate in json.loads(rates or "[]"))
        expired = expires is not None and expires <= NOW
        keys.append(dict(id=id, kind=kind, place=place, user=user, scopes=scopes, created=created, expires=expires,
                         stopped=stopped, expired=expired, makes=bool(scopes & makes),
                         logs=bool(scopes & {"logs.view", "logs.list", "logs.export"})))
    in_place = {(w, u) for w, u, _ in members}
    pick = lambda test: sorted(key["id"] for key in keys if test(key))
    owned = lambda key: key["kind"] == USER
    left_org = lambda key: owned(key) and key["user"] not in users
    left_place = lambda key: owned(key) and key["user"] in users and (key["place"], key["user"]) not in in_place \
        and places[key["place"]][1] != "archived"
    everywhere = {u for u, (_, role, _) in users.items() if role in ("owner", "admin")}

    def may_make(u):
        return u in everywhere or any(
            user == u and places[w][1] != "archived" and
            (role == "admin" or places[w][2] >> (MANAGERS_MAKE if role == "manager" else MEMBERS_MAKE) & 1)
            for w, user, role in members)

    dariusz = next(u for u, (_, _, mail) in users.items() if mail.startswith("d.nowak@"))
    powers = lambda key: any(marks[name] for name in key["scopes"])
    return {
        "service-logs-forever": pick(lambda k: k["kind"] != USER and k["logs"] and k["expires"] is None),
        "without-workspace": sorted(id for u, (id, _, _) in users.items() if not any(m == u for _, m, _ in members)),
        "left-organisation": pick(left_org),
        "left-workspace": pick(left_place),
        "left": pick(lambda k: left_org(k) or left_place(k)),
        "privileged": sorted(users[u][0] for u in everywhere),
        "workspace-admins": sorted({users[u][0] for _, u, role in members if role == "admin"} | {users[u][0] for u in everywhere}),
        "make-keys": pick(lambda k: k["makes"] and not k["expired"]),
        "since": pick(lambda k: k["created"] >= 1793491200000),  # 2026-11-01
        "older": pick(lambda k: k["created"] < NOW - 90 * DAY),
        "make-and-logs": pick(lambda k: k["makes"] and k["logs"]),
        "may-make": sorted(users[u][0] for u in users if may_make(u)),
        "may-not-make": sorted(users[u][0] for u in users if not may_make(u)),
        "keys-of-one": pick(lambda k: k["user"] == dariusz),
        "one": [users[dariusz][0]],
        "dead-but-dangerous": pick(lambda k: k["stopped"] and not k["expired"] and powers(k)),
        "all-keys": pick(lambda k: True),
        "all-people": sorted(id for id, _, _ in users.values()),
        "all-workspaces": sorted(id for id, _, _ in places.values()),
    }


if __name__ == "__main__":
    database = sqlite3.connect(sys.argv[2])
    if sys.argv[1] == "change":
        change(database)
    else:
        for name, ids in answers(database, sys.argv[3]).items():
            print(name, *ids)
