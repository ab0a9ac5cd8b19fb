/* Loads against a real sandbox, a proxy between them where something is to go wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/rig.h"
#include "base/alloc.h"
#include "support/proxy.h"
#include "support/sandbox.h"

#include "base/banned.h"

#define KEYS 199 /* and the admin key: two full pages */
#define STATUS(line, headers, body)                                                                \
    "HTTP/1.1 " line "\r\nContent-Type: application/json\r\n" headers                              \
    "Connection: close\r\n\r\n" body

static struct sandbox_process *world;

static int start_world(void **state)
{
    static const char *const args[] = {"--seed", "scale",  "--workspaces", "5", "--users",
                                       "120",    "--keys", "200",          NULL};

    (void)state;
    world = sandbox_start(args);
    return 0;
}

static int stop_world(void **state)
{
    (void)state;
    return sandbox_stop(world);
}

static void open_rig(struct rig *rig, const char *base_url, const char *key)
{
    rig_init(rig, &(struct api_config){.base_url = base_url, .patience_ms = 20000}, key);
    rig->hurry = true;
}

static const struct list_state *state_of(const struct loaded *loaded, enum list_kind list)
{
    return &loaded->inv->lists[list];
}

static void expect(const struct loaded *loaded, enum list_kind list, enum list_progress progress,
                   long counted, long total)
{
    const struct list_state *got = state_of(loaded, list);

    if (got->progress != progress || (long)got->counted != counted || got->total != total) {
        fail_msg("%s: progress %d, %zu of %lld, scope \"%s\", \"%s\"", list_name(list),
                 got->progress, got->counted, (long long)got->total, got->scope, got->why);
    }
}

/* Loads through a proxy with these rules. */
static struct proxy *load_through(const struct proxy_rule *rules, size_t count, unsigned lists,
                                  struct loaded *loaded)
{
    struct proxy *proxy = proxy_start(sandbox_port(world), rules, count);
    struct rig rig;

    open_rig(&rig, proxy_base_url(proxy), sandbox_admin_key(world, 0));
    load_all(&rig, lists, loaded);
    rig_done(&rig);
    return proxy;
}

/* -- whole -- */

static void test_all(void **state)
{
    struct loaded loaded;
    struct proxy *proxy = load_through(NULL, 0, LOAD_ALL, &loaded);
    char why[256];

    (void)state;
    assert_false(loaded.failed);
    expect(&loaded, LIST_WORKSPACES, PROGRESS_COMPLETE, 5, 5);
    expect(&loaded, LIST_USERS, PROGRESS_COMPLETE, 120, 120);
    expect(&loaded, LIST_KEYS, PROGRESS_COMPLETE, KEYS + 1, KEYS + 1);
    assert_int_equal(state_of(&loaded, LIST_MEMBERS)->progress, PROGRESS_COMPLETE);
    assert_int_equal(state_of(&loaded, LIST_MEMBERS)->counted,
                     state_of(&loaded, LIST_MEMBERS)->total);
    assert_true(loaded.inv->member_count > 0);
    for (int list = 0; list < LIST_COUNT; list++) {
        assert_true(loaded.inv->lists[list].loaded_at != TIME_NONE);
        assert_string_equal(loaded.inv->lists[list].why, "");
    }
    assert_true(loaded.inv->own_key >= 0);
    assert_int_equal(loaded.inv->own_candidates, 1);
    assert_true(inventory_keys_complete(loaded.inv, why, sizeof(why)));
    /* Two full pages, and one more behind them because the last was full. */
    assert_int_equal(proxy_seen(proxy, "GET", "/v1/api-keys?page_size=100&current_page="), 3);
    /* Users have other names and a last page that is not full. */
    assert_int_equal(proxy_seen(proxy, "GET", "/v1/admin/users?pageSize=100&currentPage="), 2);
    assert_int_equal(proxy_seen(proxy, NULL, NULL) - proxy_seen(proxy, "GET", NULL), 0);
    loaded_clear(&loaded);
    proxy_stop(proxy);
}

/* The filter for both statuses is refused; what comes of the archived ones by themselves is told.
 */
static void archived_workspaces_by_themselves(void **state)
{
    static const char path[] = "/v1/admin/workspaces?page_size=100&current_page=0&status=";
    static const struct {
        const char *bytes; /* NULL: as the server answers */
        enum list_progress progress;
        int64_t counted, total;
        const char *why;
    } rows[] = {
        {NULL, PROGRESS_COMPLETE, 5, 5, ""},
        {"HTTP/1.1 403 No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
         "{\"success\":false,\"data\":{\"message\":\"No permissions\",\"errorCode\":\"AB03\"}}",
         PROGRESS_PARTIAL, 5, -1, "Archived workspaces are not shown"},
        {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
         "{\"object\":\"list\",\"total\":3,\"data\":[]}",
         PROGRESS_PARTIAL, 5, -1, "The server tells of 3 workspaces and gave 0"},
    };
    char both[sizeof(path) + 32], alone[sizeof(path) + 32];

    (void)state;
    snprintf(both, sizeof(both), "%sactive", path);
    snprintf(alone, sizeof(alone), "%sarchived", path);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct proxy_rule rules[] = {
            {.path = both,
             .act = PROXY_BYTES,
             .bytes = "HTTP/1.1 400 No\r\nContent-Type: application/json\r\n"
                      "Connection: close\r\n\r\n{\"success\":false,\"data\":{\"message\":"
                      "\"Invalid\",\"errorCode\":\"AB01\"}}"},
            {.path = alone,
             .act = rows[i].bytes == NULL ? PROXY_PASS : PROXY_BYTES,
             .bytes = rows[i].bytes},
        };
        struct loaded loaded;
        struct proxy *proxy = load_through(rules, 2, 1u << LIST_WORKSPACES, &loaded);

        expect(&loaded, LIST_WORKSPACES, rows[i].progress, rows[i].counted, rows[i].total);
        if (strstr(state_of(&loaded, LIST_WORKSPACES)->why, rows[i].why) == NULL) {
            fail_msg("row %zu: %s", i, state_of(&loaded, LIST_WORKSPACES)->why);
        }
        assert_true(proxy_seen(proxy, "GET", alone) >= 1);
        loaded_clear(&loaded);
        proxy_stop(proxy);
    }
}

static void test_one_page_a_turn(void **state)
{
    struct loaded loaded = {.inv = inventory_new()};
    struct rig rig;
    int before = 0;

    (void)state;
    open_rig(&rig, sandbox_base_url(world), sandbox_admin_key(world, 0));
    loaded.load = api_load_start(rig.client, loaded.inv, LOAD_ALL, keep_load, &loaded);
    assert_int_equal(loaded.pages, 0);
    assert_int_equal(loaded.inv->lists[LIST_KEYS].progress, PROGRESS_LOADING);
    while (!loaded.done) {
        loop_turn(rig.loop, 1000);
        assert_true(loaded.pages - before <= 1);
        before = loaded.pages;
    }
    assert_true(before > 5);
    loaded_clear(&loaded);
    rig_done(&rig);
}

static void test_nothing_to_do(void **state)
{
    struct loaded loaded = {.inv = inventory_new()};
    struct rig rig;

    (void)state;
    open_rig(&rig, sandbox_base_url(world), sandbox_admin_key(world, 0));
    loaded.load = api_load_start(rig.client, loaded.inv, 0, keep_load, &loaded);
    assert_false(loaded.done);
    rig_wait(&rig, &loaded.done);
    assert_false(loaded.failed);
    loaded_clear(&loaded);
    /* Members alone, of an inventory that knows no workspaces. */
    loaded = (struct loaded){.inv = inventory_new()};
    loaded.load = api_load_start(rig.client, loaded.inv, 1u << LIST_MEMBERS, keep_load, &loaded);
    assert_false(loaded.done);
    rig_wait(&rig, &loaded.done);
    assert_int_equal(state_of(&loaded, LIST_MEMBERS)->progress, PROGRESS_FAILED);
    loaded_clear(&loaded);
    rig_done(&rig);
}

static void test_members_later(void **state)
{
    struct loaded loaded;
    struct rig rig;

    (void)state;
    open_rig(&rig, sandbox_base_url(world), sandbox_admin_key(world, 0));
    load_all(&rig, 1u << LIST_WORKSPACES, &loaded);
    assert_int_equal(state_of(&loaded, LIST_MEMBERS)->progress, PROGRESS_NEVER);
    loaded.done = false;
    loaded.load = api_load_start(rig.client, loaded.inv, 1u << LIST_MEMBERS, keep_load, &loaded);
    rig_wait(&rig, &loaded.done);
    assert_int_equal(state_of(&loaded, LIST_MEMBERS)->progress, PROGRESS_COMPLETE);
    assert_true(loaded.inv->member_count > 0);
    /* And again: nothing is counted twice. */
    loaded.done = false;
    loaded.load = api_load_start(rig.client, loaded.inv, LOAD_ALL, keep_load, &loaded);
    rig_wait(&rig, &loaded.done);
    assert_int_equal(state_of(&loaded, LIST_MEMBERS)->progress, PROGRESS_COMPLETE);
    expect(&loaded, LIST_WORKSPACES, PROGRESS_COMPLETE, 5, 5);
    loaded_clear(&loaded);
    rig_done(&rig);
}

/* -- refused -- */

static struct secret *make_key(const char *const *scopes)
{
    struct kept made = {0};
    struct key_draft draft;
    struct secret *key;
    char *body;
    struct rig rig;

    open_rig(&rig, sandbox_base_url(world), sandbox_admin_key(world, 0));
    draft_init(&draft, KEY_ORGANISATION_SERVICE);
    snprintf(draft.name, sizeof(draft.name), "narrow");
    draft.scopes = (struct scope_set){0};
    for (; *scopes != NULL; scopes++) {
        scope_set_add(&draft.scopes, scope_find(*scopes));
    }
    body = api_create_body(&draft, clock_now(&rig.clock));
    api_create_key(rig.client, draft.kind, body, keep_reply, &made);
    free(body);
    rig_wait(&rig, &made.done);
    assert_true(made.ok);
    key = secret_dup(made.key);
    /* It is kept, so that it can list: the other tests count it away again. */
    kept_clear(&made);
    rig_done(&rig);
    return key;
}

/* Takes the key away again, so that the counts of the other tests hold. */
static void drop_keys_named(const char *name)
{
    struct loaded loaded;
    struct kept kept = {0};
    struct rig rig;
    char id[ID_TEXT_SIZE];

    open_rig(&rig, sandbox_base_url(world), sandbox_admin_key(world, 0));
    load_all(&rig, 1u << LIST_KEYS, &loaded);
    for (size_t i = 0; i < loaded.inv->key_count; i++) {
        if (strcmp(inventory_raw(loaded.inv, loaded.inv->keys[i].name), name) == 0) {
            kept.done = false;
            api_delete_key(rig.client, inventory_id_text(loaded.inv, loaded.inv->keys[i].id, id),
                           keep_reply, &kept);
            rig_wait(&rig, &kept.done);
            assert_true(kept.ok);
        }
    }
    kept_clear(&kept);
    loaded_clear(&loaded);
    rig_done(&rig);
}

/* What the server said is told as it said it, before what we think of it. */
static bool said_before_guess(const struct list_state *state)
{
    const char *said = strstr(state->why, "403 AB03: \"");
    const char *guess = strstr(state->why, "likely lacks");

    return said != NULL && guess != NULL && said < guess && strstr(guess, state->scope) != NULL;
}

/* The people of the workspaces stand in for those of a list that is refused. */
static void test_people_refused(void **state)
{
    static const char *const scopes[] = {"workspaces.list", "workspace_users.list", NULL};
    struct secret *key = make_key(scopes);
    struct loaded loaded;
    struct rig rig;

    (void)state;
    open_rig(&rig, sandbox_base_url(world), secret_text(key));
    load_all(&rig, LOAD_ALL, &loaded);
    assert_false(loaded.failed);
    assert_int_equal(state_of(&loaded, LIST_USERS)->progress, PROGRESS_PARTIAL);
    assert_true(loaded.inv->user_count > 0);
    assert_non_null(strstr(state_of(&loaded, LIST_USERS)->why, "people of the workspaces"));
    assert_string_equal(state_of(&loaded, LIST_USERS)->scope, "organisation_users.list");
    assert_true(said_before_guess(state_of(&loaded, LIST_USERS)));
    loaded_clear(&loaded);
    rig_done(&rig);
    secret_free(key);
    drop_keys_named("narrow");
}

static void test_refused(void **state)
{
    static const char *const scopes[] = {"organisation_service_api_keys.list", "workspaces.list",
                                         NULL};
    struct secret *key = make_key(scopes);
    struct loaded loaded;
    struct rig rig;
    char why[256];

    (void)state;
    open_rig(&rig, sandbox_base_url(world), secret_text(key));
    load_all(&rig, LOAD_ALL, &loaded);
    assert_false(loaded.failed);
    assert_int_equal(state_of(&loaded, LIST_USERS)->progress, PROGRESS_REFUSED);
    assert_string_equal(state_of(&loaded, LIST_USERS)->scope, "organisation_users.list");
    assert_non_null(strstr(state_of(&loaded, LIST_USERS)->why, "organisation_users.list"));
    assert_int_equal(state_of(&loaded, LIST_USERS)->total, -1);
    assert_int_equal(state_of(&loaded, LIST_USERS)->loaded_at, TIME_NONE);
    expect(&loaded, LIST_WORKSPACES, PROGRESS_COMPLETE, 5, 5);
    expect(&loaded, LIST_MEMBERS, PROGRESS_REFUSED, 0, -1);
    assert_string_equal(state_of(&loaded, LIST_MEMBERS)->scope, "workspace_users.list");
    assert_true(said_before_guess(state_of(&loaded, LIST_MEMBERS)));
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(loaded.inv->member_states[i].progress, PROGRESS_REFUSED);
        assert_string_equal(loaded.inv->member_states[i].scope, "workspace_users.list");
    }
    /* The keys it may list are all there, but they are not all keys. */
    assert_int_equal(state_of(&loaded, LIST_KEYS)->progress, PROGRESS_COMPLETE);
    assert_true(loaded.inv->own_key >= 0);
    assert_false(inventory_keys_complete(loaded.inv, why, sizeof(why)));
    assert_non_null(strstr(why, "workspace_service_api_keys.list"));
    loaded_clear(&loaded);
    rig_done(&rig);
    secret_free(key);
    drop_keys_named("narrow");
}

/* After some refusals the others are not asked: nothing is told as the server's word on them. */
static void test_not_asked(void **state)
{
    static const char *const args[] = {
        "--seed", "scale", "--workspaces", "60", "--users", "2", "--keys", "4", NULL};
    static const char *const scopes[] = {"organisation_service_api_keys.list", "workspaces.list",
                                         NULL};
    struct sandbox_process *before = world;
    struct secret *key;
    struct loaded loaded;
    struct rig rig;
    size_t asked = 0, unasked = 0;

    (void)state;
    world = sandbox_start(args);
    key = make_key(scopes);
    open_rig(&rig, sandbox_base_url(world), secret_text(key));
    load_all(&rig, LOAD_ALL, &loaded);
    for (size_t i = 0; i < loaded.inv->workspace_count; i++) {
        const struct member_state *member = &loaded.inv->member_states[i];
        const char *why = arena_text(&loaded.inv->arena, member->why);

        assert_int_equal(member->progress, PROGRESS_REFUSED);
        assert_non_null(why);
        if (strstr(why, "They were not asked for") != NULL) {
            assert_null(strstr(why, "refused"));
            unasked++;
        } else {
            assert_non_null(strstr(why, "403 AB03"));
            asked++;
        }
    }
    assert_true(asked >= 8 && unasked > 0);
    loaded_clear(&loaded);
    rig_done(&rig);
    secret_free(key);
    sandbox_stop(world);
    world = before;
}

static void test_workspaces_refused(void **state)
{
    static const char *const scopes[] = {"organisation_users.list", NULL};
    struct secret *key = make_key(scopes);
    struct loaded loaded;
    struct rig rig;

    (void)state;
    open_rig(&rig, sandbox_base_url(world), secret_text(key));
    load_all(&rig, LOAD_ALL, &loaded);
    assert_false(loaded.failed);
    expect(&loaded, LIST_USERS, PROGRESS_COMPLETE, 120, 120);
    expect(&loaded, LIST_WORKSPACES, PROGRESS_REFUSED, 0, -1);
    expect(&loaded, LIST_MEMBERS, PROGRESS_REFUSED, 0, -1);
    assert_string_equal(state_of(&loaded, LIST_MEMBERS)->scope, "workspaces.list");
    expect(&loaded, LIST_KEYS, PROGRESS_REFUSED, 0, -1);
    loaded_clear(&loaded);
    rig_done(&rig);
    secret_free(key);
    drop_keys_named("narrow");
}

static void test_some_members_refused(void **state)
{
    struct proxy_rule rules[] = {
        {.path = "/v1/admin/workspaces?", .act = PROXY_PASS},
        {.path = "/v1/admin/workspaces/",
         .act = PROXY_BYTES,
         .bytes =
             STATUS("403 Forbidden", "",
                    "{\"success\":false,\"data\":{\"message\":\"no\",\"errorCode\":\"AB03\"}}"),
         .skip = 1,
         .times = 2},
    };
    struct loaded loaded;
    struct proxy *proxy = load_through(rules, 2, LOAD_ALL, &loaded);
    int refused = 0;

    (void)state;
    assert_int_equal(state_of(&loaded, LIST_MEMBERS)->progress, PROGRESS_PARTIAL);
    assert_non_null(strstr(state_of(&loaded, LIST_MEMBERS)->why, "2 of 5 workspaces"));
    assert_string_equal(state_of(&loaded, LIST_MEMBERS)->scope, "workspace_users.list");
    for (size_t i = 0; i < 5; i++) {
        refused += loaded.inv->member_states[i].progress == PROGRESS_REFUSED;
    }
    assert_int_equal(refused, 2);
    assert_true(loaded.inv->member_count > 0);
    loaded_clear(&loaded);
    proxy_stop(proxy);
}

/* -- the key goes bad -- */

static void test_401(void **state)
{
    const struct proxy_rule rule = {
        .path = "/v1/api-keys?page_size=100&current_page=1",
        .act = PROXY_BYTES,
        .bytes =
            STATUS("401 Unauthorized", "", "{\"success\":false,\"data\":{\"message\":\"no\"}}")};
    struct loaded loaded;
    struct proxy *proxy = load_through(&rule, 1, LOAD_ALL, &loaded);

    (void)state;
    assert_true(loaded.failed);
    assert_int_equal(loaded.err.kind, ERR_AUTH);
    assert_int_equal(state_of(&loaded, LIST_KEYS)->progress, PROGRESS_PARTIAL);
    assert_non_null(strstr(state_of(&loaded, LIST_KEYS)->why, "does not accept the key"));
    for (int list = 0; list < LIST_COUNT; list++) {
        assert_true(loaded.inv->lists[list].progress != PROGRESS_LOADING);
    }
    loaded_clear(&loaded);
    proxy_stop(proxy);
}

static void test_wrong_key(void **state)
{
    struct loaded loaded;
    struct rig rig;

    (void)state;
    open_rig(&rig, sandbox_base_url(world), "pk-not-a-key-at-all");
    load_all(&rig, LOAD_ALL, &loaded);
    assert_true(loaded.failed);
    assert_int_equal(loaded.err.kind, ERR_AUTH);
    assert_int_equal(loaded.inv->key_count, 0);
    loaded_clear(&loaded);
    rig_done(&rig);
}

/* -- nobody there -- */

static void test_nobody(void **state)
{
    struct proxy *proxy = proxy_start(0, NULL, 0);
    struct loaded loaded;
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy_base_url(proxy), "pk-0123456789");
    proxy_stop(proxy);
    load_all(&rig, LOAD_ALL, &loaded);
    assert_true(loaded.failed);
    assert_int_equal(loaded.err.kind, ERR_NETWORK);
    for (int list = 0; list < LIST_COUNT; list++) {
        expect(&loaded, (enum list_kind)list, PROGRESS_FAILED, 0, -1);
        assert_true(loaded.inv->lists[list].why[0] != '\0');
    }
    loaded_clear(&loaded);
    rig_done(&rig);
}

static void test_web_page(void **state)
{
    const struct proxy_rule rule = {
        .act = PROXY_BYTES,
        .bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>"};
    struct loaded loaded;
    struct proxy *proxy = load_through(&rule, 1, LOAD_ALL, &loaded);

    (void)state;
    assert_true(loaded.failed);
    assert_int_equal(loaded.err.kind, ERR_NETWORK);
    assert_non_null(strstr(loaded.err.text, "dashboard"));
    loaded_clear(&loaded);
    proxy_stop(proxy);
}

static void test_one_page_fails(void **state)
{
    const struct proxy_rule rule = {.path = "/v1/api-keys?page_size=100&current_page=1",
                                    .act = PROXY_BYTES,
                                    .bytes = STATUS("500 Oops", "", "{}")};
    struct loaded loaded;
    struct proxy *proxy = load_through(&rule, 1, LOAD_ALL, &loaded);

    (void)state;
    assert_false(loaded.failed);
    expect(&loaded, LIST_KEYS, PROGRESS_PARTIAL, 100, KEYS + 1);
    assert_non_null(strstr(state_of(&loaded, LIST_KEYS)->why, "500"));
    expect(&loaded, LIST_USERS, PROGRESS_COMPLETE, 120, 120);
    loaded_clear(&loaded);
    proxy_stop(proxy);
}

static void test_429_on_the_way(void **state)
{
    const struct proxy_rule rules[] = {
        {.path = "/v1/api-keys",
         .act = PROXY_BYTES,
         .bytes = STATUS("429 Slow", "Retry-After: 20\r\n", "{}"),
         .skip = 1,
         .times = 1},
        {.path = "/v1/admin/users", .act = PROXY_CLOSE},
        {.path = "/v1/admin/workspaces/", .act = PROXY_CUT, .value = 3, .times = 2},
    };
    struct loaded loaded;
    struct proxy *proxy = load_through(rules, 3, LOAD_ALL, &loaded);

    (void)state;
    for (int list = 0; list < LIST_COUNT; list++) {
        assert_int_equal(loaded.inv->lists[list].progress, PROGRESS_COMPLETE);
    }
    loaded_clear(&loaded);
    proxy_stop(proxy);
}

/* -- stopping -- */

static void no_call(void *ctx, bool finished, const struct err *err)
{
    (void)ctx;
    (void)finished;
    (void)err;
    fail_msg("a freed load called back");
}

static void test_stop(void **state)
{
    struct inventory *inv = inventory_new();
    struct api_load *load;
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, sandbox_base_url(world), sandbox_admin_key(world, 0));
    load = api_load_start(rig.client, inv, LOAD_ALL, no_call, NULL);
    api_load_free(load);
    for (int list = 0; list < LIST_COUNT; list++) {
        assert_int_equal(inv->lists[list].progress, PROGRESS_PARTIAL);
        assert_non_null(strstr(inv->lists[list].why, "Stopped"));
    }
    api_probe(rig.client, keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_int_equal(api_client_status(rig.client)->in_flight, 0);
    kept_clear(&kept);
    api_load_free(NULL);
    inventory_free(inv);
    rig_done(&rig);
}

/* -- rows that come and go while they are read -- */

static char *delete_request(const char *key, const char *id)
{
    return xasprintf("DELETE /v1/api-keys/%s HTTP/1.1\r\nHost: localhost\r\n"
                     "x-portkey-api-key: %s\r\n\r\n",
                     id, key);
}

static char *create_request(const char *key, const char *name)
{
    char *body = xasprintf("{\"name\":\"%s\",\"scopes\":[\"workspaces.list\"]}", name);
    char *request =
        xasprintf("POST /v1/api-keys/organisation/service HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Type: application/json\r\nContent-Length: %zu\r\n"
                  "x-portkey-api-key: %s\r\n\r\n%s",
                  strlen(body), key, body);

    free(body);
    return request;
}

static char *make_named(const char *name)
{
    struct kept made = {0};
    struct key_draft draft;
    struct rig rig;
    char *id, *body;

    open_rig(&rig, sandbox_base_url(world), sandbox_admin_key(world, 0));
    draft_init(&draft, KEY_ORGANISATION_SERVICE);
    snprintf(draft.name, sizeof(draft.name), "%s", name);
    scope_set_add(&draft.scopes, scope_find("workspaces.list"));
    body = api_create_body(&draft, clock_now(&rig.clock));
    api_create_key(rig.client, draft.kind, body, keep_reply, &made);
    free(body);
    rig_wait(&rig, &made.done);
    assert_true(made.ok);
    id = xstrdup(made.id);
    kept_clear(&made);
    rig_done(&rig);
    return id;
}

/* A key of the first page goes while the second is asked for: a row slips past between them, and
 * the one that is gone was read already. Counted and total agree all the same. */
static void test_slipped_by_delete(void **state)
{
    char *id = make_named("short-lived");
    char *request = delete_request(sandbox_admin_key(world, 0), id);
    const struct proxy_rule rule = {.path = "/v1/api-keys?page_size=100&current_page=1",
                                    .act = PROXY_WHEN,
                                    .bytes = request,
                                    .times = 1};
    struct loaded loaded;
    struct proxy *proxy = load_through(&rule, 1, 1u << LIST_KEYS, &loaded);

    (void)state;
    expect(&loaded, LIST_KEYS, PROGRESS_COMPLETE, KEYS + 1, KEYS + 1);
    assert_int_equal(loaded.inv->key_count, KEYS + 1);
    assert_int_equal(inventory_find_key(loaded.inv, inventory_find_id(loaded.inv, id)), -1);
    assert_true(loaded.inv->own_key >= 0);
    /* It was read twice. */
    assert_int_equal(proxy_seen(proxy, "GET", "/v1/api-keys?page_size=100&current_page=0"), 2);
    loaded_clear(&loaded);
    proxy_stop(proxy);
    free(request);
    free(id);
}

/* A new key moves a row onto the next page: it comes twice, and the new one is only seen by reading
 * once more. */
static void test_slipped_by_create(void **state)
{
    char *request = create_request(sandbox_admin_key(world, 0), "newcomer");
    const struct proxy_rule rule = {.path = "/v1/api-keys?page_size=100&current_page=1",
                                    .act = PROXY_WHEN,
                                    .bytes = request,
                                    .times = 1};
    struct loaded loaded;
    struct proxy *proxy = load_through(&rule, 1, 1u << LIST_KEYS, &loaded);
    size_t found = 0;

    (void)state;
    expect(&loaded, LIST_KEYS, PROGRESS_COMPLETE, KEYS + 2, KEYS + 2);
    for (size_t i = 0; i < loaded.inv->key_count; i++) {
        found += strcmp(inventory_raw(loaded.inv, loaded.inv->keys[i].name), "newcomer") == 0;
    }
    assert_int_equal(found, 1);
    loaded_clear(&loaded);
    proxy_stop(proxy);
    free(request);
    drop_keys_named("newcomer");
}

/* Every reading meets another change: then it is told that it is not whole. */
static void test_never_still(void **state)
{
    char *request = create_request(sandbox_admin_key(world, 0), "restless");
    const struct proxy_rule rule = {
        .path = "/v1/api-keys?page_size=100&current_page=1", .act = PROXY_WHEN, .bytes = request};
    struct loaded loaded;
    struct proxy *proxy = load_through(&rule, 1, 1u << LIST_KEYS, &loaded);

    (void)state;
    assert_int_equal(state_of(&loaded, LIST_KEYS)->progress, PROGRESS_PARTIAL);
    assert_non_null(strstr(state_of(&loaded, LIST_KEYS)->why, "second reading"));
    assert_int_equal(proxy_seen(proxy, "GET", "/v1/api-keys?page_size=100&current_page=0"), 2);
    loaded_clear(&loaded);
    proxy_stop(proxy);
    free(request);
    drop_keys_named("restless");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(archived_workspaces_by_themselves),
        cmocka_unit_test(test_one_page_a_turn),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_members_later),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_people_refused),
        cmocka_unit_test(test_not_asked),
        cmocka_unit_test(test_workspaces_refused),
        cmocka_unit_test(test_some_members_refused),
        cmocka_unit_test(test_401),
        cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_web_page),
        cmocka_unit_test(test_one_page_fails),
        cmocka_unit_test(test_429_on_the_way),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_slipped_by_delete),
        cmocka_unit_test(test_slipped_by_create),
        cmocka_unit_test(test_never_still),
    };

    return cmocka_run_group_tests(tests, start_world, stop_world);
}
