/* What people may do in a workspace with keys of their own: each route, by their role, by the two
 * switches that bind them, in their own workspace and in another. The table is written from the
 * rules of roles and switches, not from the server's code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "sandbox/derive.h"
#include "sandbox/http.h"
#include "sandbox/people.h"
#include "sandbox/seed.h"
#include "sandbox/stale.h"
#include "sandbox/wire.h"

#include "base/banned.h"

enum who { OWNER, ORG_ADMIN, ADMIN, MANAGER, MEMBER, LEFT, WHO_COUNT };

static const struct {
    const char *org_role, *ws_role; /* ws_role NULL: no member (any more) */
} PEOPLE[WHO_COUNT] = {
    [OWNER] = {"owner", NULL},       [ORG_ADMIN] = {"admin", NULL},
    [ADMIN] = {"member", "admin"},   [MANAGER] = {"member", "manager"},
    [MEMBER] = {"member", "member"}, [LEFT] = {"member", NULL},
};

/* Who may: A admins (of the organisation or the workspace), G also managers, M also members, E
 * everybody whose key it is. The switch that a manager or a member needs besides; NULL: none. */
static const struct {
    const char *method, *path, *body; /* {W} the workspace, {T} somebody in it who is a member, {X}
                                         who is its admin, {N} who is none */
    char who;
    const char *needs;
} RULES[] = {
    {"GET", "/admin/workspaces/{W}", NULL, 'E', NULL},
    {"PUT", "/admin/workspaces/{W}", "{\"description\":\"d\"}", 'G', "managersUpdateWs"},
    {"GET", "/admin/workspaces/{W}/users", NULL, 'M', "managersWriteWsUsers"},
    {"GET", "/admin/workspaces/{W}/users/{T}", NULL, 'M', "managersWriteWsUsers"},
    {"POST", "/admin/workspaces/{W}/users", "{\"users\":[{\"id\":\"{N}\",\"role\":\"member\"}]}",
     'G', "managersWriteWsUsers"},
    {"POST", "/admin/workspaces/{W}/users", "{\"users\":[{\"id\":\"{N}\",\"role\":\"manager\"}]}",
     'G', "managersWriteWsUsers"},
    {"POST", "/admin/workspaces/{W}/users", "{\"users\":[{\"id\":\"{N}\",\"role\":\"admin\"}]}",
     'A', "managersWriteWsUsers"},
    {"PUT", "/admin/workspaces/{W}/users/{T}", "{\"role\":\"manager\"}", 'G',
     "managersWriteWsUsers"},
    {"PUT", "/admin/workspaces/{W}/users/{T}", "{\"role\":\"admin\"}", 'A', "managersWriteWsUsers"},
    {"PUT", "/admin/workspaces/{W}/users/{X}", "{\"role\":\"member\"}", 'A',
     "managersWriteWsUsers"},
    {"DELETE", "/admin/workspaces/{W}/users/{T}", NULL, 'G', "managersWriteWsUsers"},
    {"DELETE", "/admin/workspaces/{W}/users/{X}", NULL, 'A', "managersWriteWsUsers"},
    /* Never with a key of a user. */
    {"DELETE", "/admin/workspaces/{W}", "{\"name\":\"place\"}", '-', NULL},
    {"POST", "/admin/workspaces", "{\"name\":\"n\"}", '-', NULL},
};

static bool may(enum who who, size_t rule, uint64_t switches)
{
    char needed = RULES[rule].who;
    bool open = RULES[rule].needs == NULL || (switches & sandbox_switch(RULES[rule].needs)) != 0;
    if (needed == '-') {
        return false;
    }
    if (needed == 'E' || who <= ADMIN) {
        return true;
    }
    return open && ((who == MANAGER && needed != 'A') || (who == MEMBER && needed == 'M'));
}

struct world {
    struct sandbox sandbox;
    struct http_server *server;
    int port;
    int64_t org, place, other;
    char place_id[UUID_SIZE], other_id[UUID_SIZE];
    int64_t seqs[WHO_COUNT];
    char secrets[WHO_COUNT][DERIVED_SECRET_SIZE];
    int64_t target, boss, stranger;
    char target_id[UUID_SIZE], boss_id[UUID_SIZE], stranger_id[UUID_SIZE];
    uint64_t switches;
};

static int64_t add_user(struct world *w, uint64_t number, const char *role, char id[UUID_SIZE])
{
    derive_uuid_v1(1, "user", number, id);
    struct user_rec user = {.org = w->org, .id = id, .email = "u@x.example", .role = (char *)role};
    return db_add_user(w->sandbox.db, &user);
}

static int64_t add_place(struct world *w, uint64_t number, char id[UUID_SIZE])
{
    char slug[32];
    derive_uuid(1, "place", number, id);
    snprintf(slug, sizeof slug, "ws-%d", (int)number);
    struct workspace_rec ws = {.org = w->org,
                               .id = id,
                               .slug = slug,
                               .name = "place",
                               .status = "active",
                               .switches = w->switches};
    return db_add_workspace(w->sandbox.db, &ws);
}

static void add_person(struct world *w, enum who who)
{
    char id[UUID_SIZE];
    struct key_rec key = {.org = w->org,
                          .kind = KEY_WORKSPACE_USER,
                          .name = xstrdup("k"),
                          .creation_mode = xstrdup("api"),
                          .workspace = w->place,
                          .scopes = scope_set_legal(KEY_WORKSPACE_USER),
                          .expires_at = TIME_NONE,
                          .last_reset_at = TIME_NONE,
                          .old_until = TIME_NONE};
    w->seqs[who] = key.user = add_user(w, who, PEOPLE[who].org_role, id);
    if (PEOPLE[who].ws_role != NULL) {
        db_add_member(w->sandbox.db, w->place, key.user, PEOPLE[who].ws_role, 0);
    }
    int64_t seq = seed_add_key(&w->sandbox, &key);
    derive_secret(1, (uint64_t)seq, 1, w->secrets[who]);
}

static void world_init(struct world *w, uint64_t switches)
{
    struct err err = {0};
    char id[UUID_SIZE];
    *w = (struct world){.sandbox = {.number = 1, .lock = PTHREAD_MUTEX_INITIALIZER},
                        .switches = switches};
    clock_init(&w->sandbox.clock);
    quirks_init(&w->sandbox.quirks);
    w->sandbox.db = db_open(NULL, &err);
    assert_non_null(w->sandbox.db);
    db_begin(w->sandbox.db);
    derive_uuid(1, "organisation", 1, id);
    w->org = db_add_organisation(w->sandbox.db, id, "People");
    w->place = add_place(w, 1, w->place_id);
    w->other = add_place(w, 2, w->other_id);
    for (int who = 0; who < WHO_COUNT; who++) {
        add_person(w, (enum who)who);
    }
    w->target = add_user(w, 100, "member", w->target_id);
    w->boss = add_user(w, 101, "member", w->boss_id);
    w->stranger = add_user(w, 102, "member", w->stranger_id);
    assert_true(db_commit(w->sandbox.db));
    w->server = http_start(&w->sandbox, "127.0.0.1:0", false, &w->port, &err);
    assert_non_null(w->server);
}

static void world_done(struct world *w)
{
    http_stop(w->server);
    stale_end(&w->sandbox);
    rates_done(&w->sandbox.rates);
    db_free(w->sandbox.db);
}

/* Both workspaces as they are before each request. */
static void set_members(const struct world *w)
{
    const int64_t places[] = {w->place, w->other};
    assert_true(db_begin(w->sandbox.db));
    for (int i = 0; i < 2; i++) {
        db_add_member(w->sandbox.db, places[i], w->target, "member", 0);
        db_add_member(w->sandbox.db, places[i], w->boss, "admin", 0);
        db_delete_members(w->sandbox.db, places[i], w->stranger);
    }
    assert_true(db_commit(w->sandbox.db));
}

static char *fill(const struct world *w, const char *template, const char *place)
{
    char *out = xstrdup("");
    for (const char *c = template; *c != '\0';) {
        const char *name = c[0] != '{' || c[2] != '}' ? NULL
                           : c[1] == 'W'              ? place
                           : c[1] == 'T'              ? w->target_id
                           : c[1] == 'X'              ? w->boss_id
                                                      : w->stranger_id;
        char *longer = name != NULL ? text("%s%s", out, name) : text("%s%c", out, *c);
        free(out);
        out = longer;
        c += name != NULL ? 3 : 1;
    }
    return out;
}

static size_t cells;

static void check(const struct world *w, enum who who, size_t rule, bool own)
{
    static const char *const WHO[] = {"owner",   "organisation admin", "admin", "manager", "member",
                                      "who left"};
    const char *place = own ? w->place_id : w->other_id;
    char *path = fill(w, RULES[rule].path, place);
    char *whole = text("/v1%s", path);
    char *body = RULES[rule].body == NULL ? NULL : fill(w, RULES[rule].body, place);
    set_members(w);
    struct answer answer = call_port(w->port, w->secrets[who], RULES[rule].method, whole, body);
    int wanted = own && may(who, rule, w->switches) ? 200 : 403;
    if (answer.status != wanted) {
        fail_msg("%s %s %s by %s, switches %llx, %s: %d is not %d", RULES[rule].method, path,
                 body != NULL ? body : "", WHO[who], (unsigned long long)w->switches,
                 own ? "own" : "other", answer.status, wanted);
    }
    cells++;
    answer_done(&answer);
    free(body);
    free(whole);
    free(path);
}

static void every_role_by_every_switch(void **state)
{
    (void)state;
    const uint64_t all = sandbox_default_switches();
    const uint64_t users = sandbox_switch("managersWriteWsUsers");
    const uint64_t update = sandbox_switch("managersUpdateWs");
    const uint64_t sets[] = {all, all & ~users, all & ~update, all & ~users & ~update};
    for (int i = 0; i < 4; i++) {
        struct world *w = xcalloc(1, sizeof *w);
        world_init(w, sets[i]);
        for (int who = 0; who < WHO_COUNT; who++) {
            for (size_t rule = 0; rule < sizeof RULES / sizeof *RULES; rule++) {
                check(w, (enum who)who, rule, true);
                check(w, (enum who)who, rule, false);
            }
        }
        world_done(w);
        free(w);
    }
    print_message("%zu cells\n", cells);
}

int main(void)
{
    if (!secret_setup()) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_by_every_switch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
