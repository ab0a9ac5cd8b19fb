/* Every answer of model/access.h about a key is tried: random organisations (fixed seeds) are
 * served by a sandbox, read over raw HTTP into an inventory, and what the model says that each key
 * may do is done with it, over raw HTTP again. What it says of people cannot be tried with keys: it
 * is compared with a second table, written from the rules for roles and switches.
 * POWERS_ORGANISATIONS changes how many organisations there are; both numbers of comparisons are
 * printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/codec.h"
#include "base/alloc.h"
#include "base/secret.h"
#include "model/access.h"
#include "sandbox/derive.h"
#include "sandbox/http.h"
#include "sandbox/people.h"
#include "sandbox/seed.h"
#include "sandbox/stale.h"

/* model/access.h has an enum of this name. */
#define answer http_answer
#include "sandbox/wire.h"
#undef answer

#include "base/banned.h"

#define ORGANISATIONS 300
#define MEMBERS_MAX 64
#define KEYS_MAX 12
#define PLACES_MAX 4
#define USERS_MAX 8

/* -- a random organisation -- */

struct world {
    struct sandbox sandbox;
    struct http_server *server;
    int port;
    uint64_t dice;
    int64_t org;
    size_t users, places, keys;
    int64_t user_seq[USERS_MAX], place_seq[PLACES_MAX];
    const char *org_role[USERS_MAX];
    const char *ws_role[PLACES_MAX][USERS_MAX]; /* NULL: no member */
    uint64_t switches[PLACES_MAX];
    bool archived[PLACES_MAX];
    char secret[KEYS_MAX + 1][DERIVED_SECRET_SIZE]; /* the console's is number 0 */
    char key_id[KEYS_MAX + 1][UUID_SIZE];
    bool dead[KEYS_MAX + 1];
    struct inventory *inv;
    int64_t now;
};

static size_t tries, compared;

static unsigned roll(struct world *w, unsigned below)
{
    w->dice ^= w->dice << 13;
    w->dice ^= w->dice >> 7;
    w->dice ^= w->dice << 17;
    return (unsigned)(w->dice >> 11) % below;
}

static void add_people(struct world *w, int64_t born)
{
    w->users = 3 + roll(w, USERS_MAX - 3);
    for (size_t i = 0; i < w->users; i++) {
        char id[UUID_SIZE];
        w->org_role[i] = i == 0 ? "owner" : roll(w, 5) == 0 ? "admin" : "member";
        struct user_rec user = {.org = w->org, .created_at = born, .updated_at = born};
        derive_uuid_v1(w->sandbox.number, "user", (uint32_t)i + 1, id);
        user.id = xstrdup(id);
        user.first_name = xstrdup("User");
        user.last_name = xasprintf("%zu", i);
        user.email = xasprintf("u%zu@x.example", i);
        user.role = xstrdup(w->org_role[i]);
        w->user_seq[i] = db_add_user(w->sandbox.db, &user);
        user_rec_done(&user);
    }
}

static void add_places(struct world *w, int64_t born)
{
    static const char *const ROLES[] = {"admin", "manager", "member"};
    w->places = 2 + roll(w, PLACES_MAX - 1);
    for (size_t i = 0; i < w->places; i++) {
        char id[UUID_SIZE];
        struct workspace_rec ws = {.org = w->org, .created_at = born, .updated_at = born};
        derive_uuid(w->sandbox.number, "workspace", i + 1, id);
        w->archived[i] = i > 0 && roll(w, 6) == 0;
        w->switches[i] = ((uint64_t)roll(w, 1u << 18) << 18 | roll(w, 1u << 18)) &
                         (((uint64_t)1 << SWITCH_COUNT) - 1);
        ws.id = xstrdup(id);
        ws.slug = xasprintf("ws-%zu", i);
        ws.name = xasprintf("place %zu", i);
        ws.status = xstrdup(w->archived[i] ? "archived" : "active");
        ws.switches = w->switches[i];
        ws.rate_limits = roll(w, 6) == 0
                             ? xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":0}]")
                             : NULL;
        w->place_seq[i] = db_add_workspace(w->sandbox.db, &ws);
        workspace_rec_done(&ws);
        for (size_t u = 0; u < w->users; u++) {
            if (roll(w, 2) == 0) {
                w->ws_role[i][u] = ROLES[roll(w, 3)];
                db_add_member(w->sandbox.db, w->place_seq[i], w->user_seq[u], w->ws_role[i][u],
                              born);
            }
        }
    }
}

static struct scope_set random_scopes(struct world *w, enum key_kind kind)
{
    struct scope_set set = {{0}};
    unsigned odds = 1 + roll(w, 3); /* keys with few, and keys with many */
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_legal(i, kind) && roll(w, 4) < odds) {
            scope_set_add(&set, i);
        }
    }
    return set;
}

static void add_key(struct world *w, size_t number, int64_t born)
{
    struct key_rec key = {.org = w->org,
                          .kind = (enum key_kind)roll(w, KEY_KIND_COUNT),
                          .created_at = born + (int64_t)number * 1000,
                          .updated_at = born,
                          .expires_at = TIME_NONE,
                          .last_reset_at = TIME_NONE,
                          .old_until = TIME_NONE};
    key.name = xasprintf("key %zu", number);
    key.description = xstrdup("");
    key.creation_mode = xstrdup("api");
    if (key.kind != KEY_ORGANISATION_SERVICE) {
        key.workspace = w->place_seq[roll(w, (unsigned)w->places)];
    }
    if (key.kind == KEY_WORKSPACE_USER) {
        key.user = w->user_seq[roll(w, (unsigned)w->users)]; /* a member, or one who has left */
    }
    key.scopes = random_scopes(w, key.kind);
    if (roll(w, 6) == 0) {
        key.expires_at = w->now + (roll(w, 2) == 0 ? -DAY_MS : DAY_MS);
    }
    if (roll(w, 6) == 0) {
        key.rate_limits = xstrdup("[{\"type\":\"tokens\",\"unit\":\"rpd\",\"value\":0}]");
    }
    if (roll(w, 5) == 0) {
        key.usage_limits = xasprintf("{\"type\":\"cost\",\"credit_limit\":5,\"current_usage\":%d}",
                                     roll(w, 2) == 0 ? 5 : 1);
    }
    int64_t seq = seed_add_key(&w->sandbox, &key);
    derive_secret(w->sandbox.number, (uint64_t)seq, 1, w->secret[number]);
    derive_uuid(w->sandbox.number, "key", (uint64_t)seq, w->key_id[number]);
}

static void world_init(struct world *w, uint64_t number)
{
    struct err err = {0};
    char id[UUID_SIZE];
    *w = (struct world){.sandbox = {.number = number, .lock = PTHREAD_MUTEX_INITIALIZER}};
    w->dice = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    clock_init(&w->sandbox.clock);
    quirks_init(&w->sandbox.quirks);
    w->now = clock_now(&w->sandbox.clock);
    w->sandbox.db = db_open(NULL, &err);
    assert_non_null(w->sandbox.db);
    int64_t born = w->now - 30 * DAY_MS;
    db_begin(w->sandbox.db);
    derive_uuid(number, "organisation", 1, id);
    w->org = db_add_organisation(w->sandbox.db, id, "Random");
    seed_add_admin_key(&w->sandbox, w->org, born, NULL);
    seed_admin_key(&w->sandbox, w->org, w->secret[0]);
    add_people(w, born);
    add_places(w, born);
    w->keys = 5 + roll(w, KEYS_MAX - 5);
    for (size_t i = 1; i <= w->keys; i++) {
        add_key(w, i, born);
    }
    db_commit(w->sandbox.db);
    w->server = http_start(&w->sandbox, "127.0.0.1:0", false, &w->port, &err);
    assert_non_null(w->server);
}

static void world_done(struct world *w)
{
    inventory_free(w->inv);
    http_stop(w->server);
    stale_end(&w->sandbox);
    rates_done(&w->sandbox.rates);
    db_free(w->sandbox.db);
}

/* -- reading it -- */

static int do_it(const struct world *w, size_t key, const char *method, const char *path,
                 const char *body, json_t **out)
{
    char *whole = xasprintf("/v1%s", path);
    struct http_answer answer = call_port(w->port, w->secret[key], method, whole, body);
    int status = answer.status;
    free(whole);
    if (out != NULL) {
        *out = answer.json;
        answer.json = NULL;
    }
    answer_done(&answer);
    return status;
}

static void complete(struct inventory *inv, enum list_kind list, size_t count)
{
    inv->lists[list].progress = PROGRESS_COMPLETE;
    inv->lists[list].counted = count;
    inv->lists[list].total = (int64_t)count;
}

static json_t *rows_of(const struct world *w, const char *path)
{
    json_t *root = NULL;
    assert_int_equal(do_it(w, 0, "GET", path, NULL, &root), 200);
    json_t *data = json_incref(json_object_get(root, "data"));
    json_decref(root);
    assert_true(json_is_array(data));
    return data;
}

static void read_members(struct world *w, size_t place)
{
    struct inventory *inv = w->inv;
    char id[ID_TEXT_SIZE];
    size_t i;
    json_t *json;
    inv->member_states[place].progress = PROGRESS_COMPLETE;
    if (inv->workspaces[place].archived) {
        return;
    }
    char *path = xasprintf("/admin/workspaces/%s/users?page_size=100&current_page=0",
                           inventory_id_text(inv, inv->workspaces[place].id, id));
    json_t *rows = rows_of(w, path);
    json_array_foreach(rows, i, json)
    {
        struct member_row row;
        assert_true(member_decode(json, inv, inv->workspaces[place].id, &row, NULL));
        inventory_add_member(inv, &row);
    }
    json_decref(rows);
    free(path);
}

static void read_world(struct world *w)
{
    struct inventory *inv = w->inv = inventory_new();
    size_t i;
    json_t *json;
    json_t *rows = rows_of(w, "/admin/users?pageSize=100&currentPage=0");
    json_array_foreach(rows, i, json)
    {
        struct user_row row;
        assert_true(user_decode(json, inv, &row, NULL));
        inventory_add_user(inv, &row);
    }
    json_decref(rows);
    static const char *const STATUSES[] = {"active", "archived"};
    for (size_t s = 0; s < 2; s++) {
        char *path =
            xasprintf("/admin/workspaces?page_size=100&current_page=0&status=%s", STATUSES[s]);
        rows = rows_of(w, path);
        free(path);
        json_array_foreach(rows, i, json)
        {
            struct workspace_row row;
            assert_true(workspace_decode(json, inv, &row, NULL));
            inventory_add_workspace(inv, &row);
        }
        json_decref(rows);
    }
    for (size_t place = 0; place < inv->workspace_count; place++) {
        read_members(w, place);
    }
    rows = rows_of(w, "/api-keys?page_size=100&current_page=0");
    json_array_foreach(rows, i, json)
    {
        struct key_row row;
        assert_true(key_decode(json, inv, &row, NULL));
        assert_int_equal(row.unread, 0);
        inventory_add_key(inv, &row);
    }
    json_decref(rows);
    complete(inv, LIST_USERS, inv->user_count);
    complete(inv, LIST_WORKSPACES, inv->workspace_count);
    complete(inv, LIST_MEMBERS, inv->member_count);
    complete(inv, LIST_KEYS, inv->key_count);
    assert_int_equal(inv->key_count, w->keys + 1);
    assert_int_equal(inv->workspace_count, w->places);
}

/* -- keys: the answer, and the try -- */

static int row_of(const struct world *w, size_t key)
{
    return inventory_find_key(w->inv, inventory_find_id(w->inv, w->key_id[key]));
}

static void agree(const struct world *w, size_t key, const char *what, const char *on,
                  struct power_answer said, bool did)
{
    tries++;
    if (said.answer == ANSWER_UNKNOWN || (said.answer == ANSWER_YES) != did) {
        fail_msg("organisation %llu, key %zu (%s): %s %s: the model says %s (%s), the server %s",
                 (unsigned long long)w->sandbox.number, key,
                 key_kind_name((enum key_kind)w->inv->keys[row_of(w, key)].kind), what, on,
                 said.answer == ANSWER_YES  ? "yes"
                 : said.answer == ANSWER_NO ? "no"
                                            : "?",
                 said.why, did ? "does it" : "refuses");
    }
}

static struct power_answer ask(const struct world *w, size_t key, enum key_power power,
                               enum key_kind kind, int place)
{
    return access_key(w->inv, (size_t)row_of(w, key), power, kind, place, w->now);
}

/* The place of another key; -1: the organisation. */
static int place_of(const struct world *w, const struct key_row *target)
{
    return inventory_find_workspace(w->inv, target->workspace_id);
}

static bool has_id(const json_t *rows, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)rows, i, row)
    {
        const char *text = json_string_value(json_object_get(row, "id"));
        if (text != NULL && strcmp(text, id) == 0) {
            return true;
        }
    }
    return false;
}

static bool allowed(int status)
{
    return status != 401 && status != 403;
}

static void try_lists(const struct world *w, size_t key)
{
    json_t *keys = NULL;
    int status = do_it(w, key, "GET", "/api-keys?page_size=100&current_page=0", NULL, &keys);
    for (size_t t = 0; t <= w->keys; t++) {
        int row = t == 0 ? -1 : row_of(w, t);
        if (row < 0) {
            continue;
        }
        const struct key_row *target = &w->inv->keys[row];
        agree(w, key, "list keys", w->key_id[t],
              ask(w, key, KEY_MAY_LIST_KEYS, (enum key_kind)target->kind, place_of(w, target)),
              status == 200 && has_id(json_object_get(keys, "data"), w->key_id[t]));
    }
    json_decref(keys);
}

static void try_targets(const struct world *w, size_t key)
{
    static const struct {
        enum key_power power;
        const char *method, *end, *body;
    } ACTS[] = {{KEY_MAY_READ_KEYS, "GET", "", NULL},
                {KEY_MAY_CHANGE_KEYS, "PUT", "", "{\"description\":\"changed\"}"},
                {KEY_MAY_ROTATE_KEYS, "POST", "/rotate", "{}"}};
    for (size_t t = 1; t <= w->keys; t++) {
        int row = row_of(w, t);
        for (size_t a = 0; row >= 0 && a < sizeof ACTS / sizeof *ACTS; a++) {
            const struct key_row *target = &w->inv->keys[row];
            char *path = xasprintf("/api-keys/%s%s", w->key_id[t], ACTS[a].end);
            agree(w, key, key_power_name(ACTS[a].power), w->key_id[t],
                  ask(w, key, ACTS[a].power, (enum key_kind)target->kind, place_of(w, target)),
                  allowed(do_it(w, key, ACTS[a].method, path, ACTS[a].body, NULL)));
            free(path);
        }
    }
}

static void try_make(struct world *w, size_t key)
{
    static const char *const PATHS[] = {"/api-keys/organisation/service",
                                        "/api-keys/workspace/service", "/api-keys/workspace/user"};
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        int place = kind == KEY_ORGANISATION_SERVICE ? -1 : (int)roll(w, (unsigned)w->places);
        size_t user = roll(w, (unsigned)w->users);
        char ws_id[ID_TEXT_SIZE] = "", user_id[ID_TEXT_SIZE];
        struct power_answer said = ask(w, key, KEY_MAY_MAKE_KEYS, (enum key_kind)kind, place);
        char *more = xstrdup("");
        if (place >= 0) {
            free(more);
            more = xasprintf(",\"workspace_id\":\"%s\",\"user_id\":\"%s\"",
                             inventory_id_text(w->inv, w->inv->workspaces[place].id, ws_id),
                             inventory_id_text(w->inv, w->inv->users[user].id, user_id));
        }
        if (kind == KEY_WORKSPACE_USER && said.answer == ANSWER_YES) {
            said = access_can_own(w->inv, w->inv->users[user].id, place);
        }
        char *body = xasprintf("{\"name\":\"made\",\"scopes\":[\"%s\"]%s}",
                               place < 0 ? "workspaces.list" : "completions.write", more);
        agree(w, key, "make keys", PATHS[kind], said,
              do_it(w, key, "POST", PATHS[kind], body, NULL) == 200);
        free(body);
        free(more);
    }
}

static bool names_in(const json_t *people)
{
    return json_string_value(json_object_get(json_array_get(people, 0), "first_name")) != NULL;
}

/* What gives the names of members away: all ways are tried. */
static bool try_place(const struct world *w, size_t key, int place, bool all_people)
{
    const struct inventory *inv = w->inv;
    char text[ID_TEXT_SIZE], person[ID_TEXT_SIZE];
    const char *id = inventory_id_text(inv, inv->workspaces[place].id, text);
    bool names = all_people;
    json_t *json = NULL;
    char *path = xasprintf("/admin/workspaces/%s", id);
    int status = do_it(w, key, "GET", path, NULL, &json);
    agree(w, key, "read workspace", id, ask(w, key, KEY_MAY_READ_WORKSPACE, 0, place),
          status == 200);
    names = names || names_in(json_object_get(json, "users"));
    json_decref(json);
    free(path);
    path = xasprintf("/admin/workspaces/%s/users?page_size=100&current_page=0", id);
    status = do_it(w, key, "GET", path, NULL, &json);
    agree(w, key, "list members", id, ask(w, key, KEY_MAY_LIST_MEMBERS, 0, place), status == 200);
    names = names || names_in(json_object_get(json, "data"));
    json_decref(json);
    free(path);
    int member = -1;
    for (size_t i = 0; i < inv->user_count && member < 0; i++) {
        member = inventory_find_member(inv, inv->workspaces[place].id, inv->users[i].id);
    }
    if (member < 0) {
        return false;
    }
    path = xasprintf("/admin/workspaces/%s/users/%s", id,
                     inventory_id_text(inv, inv->members[member].user_id, person));
    status = do_it(w, key, "GET", path, NULL, NULL);
    agree(w, key, "read members", id, ask(w, key, KEY_MAY_READ_MEMBERS, 0, place), status == 200);
    free(path);
    agree(w, key, "see names", id, ask(w, key, KEY_MAY_SEE_NAMES, 0, place),
          names || status == 200);
    return true;
}

static void try_places(const struct world *w, size_t key)
{
    const struct inventory *inv = w->inv;
    char id[ID_TEXT_SIZE];
    json_t *active = NULL, *archived = NULL, *people = NULL;
    do_it(w, key, "GET", "/admin/workspaces?page_size=100&current_page=0", NULL, &active);
    do_it(w, key, "GET", "/admin/workspaces?page_size=100&current_page=0&status=archived", NULL,
          &archived);
    int status = do_it(w, key, "GET", "/admin/users?pageSize=100&currentPage=0", NULL, &people);
    agree(w, key, "list people", "", ask(w, key, KEY_MAY_LIST_PEOPLE, 0, -1), status == 200);
    bool all_people = status == 200;
    char *path = xasprintf("/admin/users/%s", inventory_id_text(inv, inv->users[1].id, id));
    agree(w, key, "read people", "", ask(w, key, KEY_MAY_READ_PEOPLE, 0, -1),
          do_it(w, key, "GET", path, NULL, NULL) == 200);
    free(path);
    for (size_t place = 0; place < inv->workspace_count; place++) {
        const char *text = inventory_id_text(inv, inv->workspaces[place].id, id);
        agree(w, key, "list workspaces", text, ask(w, key, KEY_MAY_LIST_WORKSPACES, 0, (int)place),
              has_id(json_object_get(active, "data"), text) ||
                  has_id(json_object_get(archived, "data"), text));
        /* Nobody is read of an archived one: the list of people has names all the same. */
        try_place(w, key, (int)place, all_people && !inv->workspaces[place].archived);
    }
    json_decref(active);
    json_decref(archived);
    json_decref(people);
}

static void try_models(const struct world *w, size_t key)
{
    int status =
        do_it(w, key, "POST", "/chat/completions",
              "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", NULL);
    agree(w, key, "call models", "", access_can_complete(w->inv, (size_t)row_of(w, key), w->now),
          status == 200);
}

/* What it can take over follows from what it may do to each. */
static void check_take_over(const struct world *w, size_t key)
{
    for (size_t t = 1; t <= w->keys; t++) {
        const struct key_row *target = &w->inv->keys[row_of(w, t)];
        unsigned ways =
            access_takes_over(w->inv, (size_t)row_of(w, key), (enum key_kind)target->kind, w->now);
        if (ask(w, key, KEY_MAY_ROTATE_KEYS, (enum key_kind)target->kind, place_of(w, target))
                .answer == ANSWER_YES) {
            assert_true((ways & TAKE_ROTATE) != 0);
        }
        assert_int_equal(ways & TAKE_UNKNOWN, 0);
    }
}

/* The last: what is deleted can neither act nor be acted on. */
static void try_deletes(struct world *w)
{
    for (size_t key = 1; key <= w->keys; key++) {
        size_t t = 1 + roll(w, (unsigned)w->keys);
        int row = row_of(w, t);
        if (row < 0 || row_of(w, key) < 0) {
            continue;
        }
        const struct key_row *target = &w->inv->keys[row];
        char *path = xasprintf("/api-keys/%s", w->key_id[t]);
        struct power_answer said =
            ask(w, key, KEY_MAY_DELETE_KEYS, (enum key_kind)target->kind, place_of(w, target));
        bool did = do_it(w, key, "DELETE", path, NULL, NULL) == 200;
        agree(w, key, "delete keys", w->key_id[t], said, did);
        free(path);
        if (did) {
            inventory_remove_key(w->inv, target->id);
        }
    }
}

/* -- people: a second table -- */

/* From the rules: what a manager and a member of a workspace may, by the switch that gives it; ""
 * always, NULL never. A workspace admin may all of it; who owns or administers the organisation
 * too, but for logs. */
static const struct rule {
    const char *power, *manager, *member;
} RULES[] = {
    {"see the workspace", "", ""},
    {"change the workspace", "managersUpdateWs", NULL},
    {"see its members", "managersWriteWsUsers", "managersWriteWsUsers"},
    {"see the names of its members", "", ""},
    {"change its members", "managersWriteWsUsers", NULL},
    {"see service keys", "managersViewApiKeys", NULL},
    {"make service keys", "managersWriteApiKeys", NULL},
    {"see user keys", "managersViewApiKeys", "membersViewApiKeys"},
    {"make user keys for others", "managersWriteApiKeys", NULL},
    {"make user keys of their own", "managersWriteApiKeys", "membersWriteApiKeys"},
    {"see logs", "managersViewLogs", "membersViewLogs"},
    {"see log metadata", "managersViewLogMetadata", "membersViewLogMetadata"},
    {"see analytics", "managersViewAnalytics", "membersViewAnalytics"},
    {"see the data of others", "managersViewAllData", "membersViewAllData"},
    {"see configs", "managersViewConfigs", "membersViewConfigs"},
    {"change configs", "managersWriteConfigs", "membersWriteConfigs"},
    {"see prompts", "managersViewPrompts", "membersViewPrompts"},
    {"change prompts", "managersWritePrompts", "membersWritePrompts"},
    {"see guardrails", "managersViewGuardrails", "membersViewGuardrails"},
    {"change guardrails", "managersWriteGuardrails", "membersWriteGuardrails"},
    {"see virtual keys (providers)", "managersViewVirtualKeys", "membersViewVirtualKeys"},
    {"change virtual keys (providers)", "managersWriteVirtualKeys", "membersWriteVirtualKeys"},
    {"change MCP servers", "managersWriteMcpServers", NULL},
    {"change integrations", "managersWriteWsIntegrations", NULL},
    {"change MCP integrations", "managersWriteWsMcpIntegrations", NULL},
};

static bool by_rule(const struct world *w, size_t place, size_t user, const struct rule *rule)
{
    const char *role = w->ws_role[place][user];
    const char *gate;
    if (strcmp(w->org_role[user], "member") != 0) {
        gate = strcmp(rule->power, "see logs") == 0           ? "organisationAdminsViewLogs"
               : strcmp(rule->power, "see log metadata") == 0 ? "organisationAdminsViewLogMetadata"
                                                              : "";
    } else if (role == NULL) {
        return false;
    } else if (strcmp(role, "admin") == 0) {
        return true;
    } else {
        gate = strcmp(role, "manager") == 0 ? rule->manager : rule->member;
    }
    return gate != NULL && (*gate == '\0' || (w->switches[place] & sandbox_switch(gate)) != 0);
}

static void compare_people(const struct world *w)
{
    const struct inventory *inv = w->inv;
    assert_int_equal(sizeof RULES / sizeof *RULES, POWER_COUNT);
    for (size_t place = 0; place < w->places; place++) {
        char *slug = xasprintf("ws-%zu", place);
        int row = inventory_find_workspace_text(inv, slug);
        free(slug);
        assert_true(row >= 0);
        for (size_t user = 0; !w->archived[place] && user < w->users; user++) {
            int member = inventory_find_member(inv, inv->workspaces[row].id, inv->users[user].id);
            assert_int_equal(member >= 0, w->ws_role[place][user] != NULL);
            for (int power = 0; power < POWER_COUNT; power++) {
                const struct rule *rule = RULES;
                while (strcmp(rule->power, power_name((enum power)power)) != 0) {
                    rule++;
                }
                struct power_answer said = access_power(
                    &inv->workspaces[row], (enum org_role)inv->users[user].role, member >= 0,
                    member >= 0 ? (enum ws_role)inv->members[member].role : WS_ROLE_OTHER,
                    (enum power)power);
                compared++;
                if (said.answer == ANSWER_UNKNOWN ||
                    (said.answer == ANSWER_YES) != by_rule(w, place, user, rule)) {
                    fail_msg("organisation %llu: %s, %s: %s: the model says %d (%s)",
                             (unsigned long long)w->sandbox.number, w->org_role[user],
                             w->ws_role[place][user] != NULL ? w->ws_role[place][user]
                                                             : "no member",
                             rule->power, said.answer, said.why);
                }
            }
        }
    }
}

static void every_answer_is_what_the_server_does(void **state)
{
    (void)state;
    const char *wanted = getenv("POWERS_ORGANISATIONS");
    unsigned long count = wanted != NULL ? strtoul(wanted, NULL, 10) : ORGANISATIONS;
    for (unsigned long number = 1; number <= count; number++) {
        struct world *w = xcalloc(1, sizeof *w);
        world_init(w, number);
        read_world(w);
        compare_people(w);
        for (size_t key = 1; key <= w->keys; key++) {
            check_take_over(w, key);
            try_lists(w, key);
            try_places(w, key);
            try_models(w, key);
            try_make(w, key);
            try_targets(w, key);
        }
        try_deletes(w);
        world_done(w);
        free(w);
    }
    print_message("%lu organisations: %zu answers about keys tried, %zu about people compared\n",
                  count, tries, compared);
}

int main(void)
{
    if (!secret_setup()) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_is_what_the_server_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
