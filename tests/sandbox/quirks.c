/* Each --quirk, both ways: the default is in the other tests too, the other answer is here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

static const char NOW[] = "2026-11-25T03:12:00Z";

static struct sandbox_process *start(const char *quirk)
{
    return sandbox_start(
        (const char *const[]){"--seed", "demo", "--now", NOW, "--quirk", quirk, NULL});
}

/* Gives the id of a workspace by its number in the list. */
static char *workspace_id(const struct sandbox_process *sandbox, const char *number)
{
    json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), "/admin/workspaces");
    char *id = xstrdup(string_at(at(at(list, "data"), number), "id"));
    json_decref(list);
    return id;
}

static struct made_key service_key(const struct sandbox_process *sandbox, const char *scopes,
                                   const char *more)
{
    char *id = workspace_id(sandbox, "0");
    char *body =
        text("{\"name\":\"made\",\"scopes\":[%s],\"workspace_id\":\"%s\"%s}", scopes, id, more);
    struct made_key made =
        make_key(sandbox, sandbox_admin_key(sandbox, 0), "workspace/service", body);
    free(body);
    free(id);
    return made;
}

static void stop(struct sandbox_process *sandbox)
{
    assert_int_equal(sandbox_stop(sandbox), 0);
}

static void unauthorized(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("unauthorized=envelope-bare");
    expect_error(sandbox, "x", "GET", "/api-keys", NULL, 401, NULL);
    stop(sandbox);
    sandbox = start("unauthorized=gateway");
    json_t *json = expect(sandbox, "x", "GET", "/api-keys", NULL, 401);
    assert_string_equal(string_at(json, "status"), "failure");
    assert_string_equal(string_at(json, "message"),
                        "Portkey Error: Invalid API Key. Error Code: 03");
    json_decref(json);
    stop(sandbox);
    sandbox = start("unauthorized=envelope-AB05");
    expect_error(sandbox, "x", "GET", "/api-keys", NULL, 401, "AB05");
    stop(sandbox);
}

static void gone(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("gone=404-AB08");
    const char *root = sandbox_admin_key(sandbox, 0);
    expect_error(sandbox, root, "GET", "/api-keys/none", NULL, 404, "AB08");
    expect_error(sandbox, root, "DELETE", "/api-keys/none", NULL, 404, "AB08");
    expect_error(sandbox, root, "GET", "/admin/users/none", NULL, 404, "AB08");
    expect_error(sandbox, root, "GET", "/admin/workspaces/none", NULL, 404, "AB08");
    /* What is there and not the caller's stays forbidden. */
    struct made_key made = service_key(sandbox, "\"workspace_service_api_keys.read\"", "");
    json_t *list = get(sandbox, root, "/api-keys?page_size=100&current_page=1");
    char *path = text("/api-keys/%s", string_at(list, "data.50.id"));
    expect_error(sandbox, made.secret, "GET", path, NULL, 403, "AB03");
    json_decref(list);
    free(path);
    stop(sandbox);
}

static void page_size_and_over_max(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = sandbox_start((const char *const[]){
        "--seed", "demo", "--quirk", "page-size=100", "--quirk", "over-max=400", NULL});
    const char *root = sandbox_admin_key(sandbox, 0);
    json_t *list = get(sandbox, root, "/api-keys");
    assert_int_equal(json_array_size(at(list, "data")), 100);
    json_decref(list);
    json_decref(get(sandbox, root, "/api-keys?page_size=100"));
    expect_error(sandbox, root, "GET", "/api-keys?page_size=101", NULL, 400, "AB01");
    expect_error(sandbox, root, "GET", "/admin/users?pageSize=101", NULL, 400, "AB01");
    json_decref(get(sandbox, root, "/admin/users?page_size=101")); /* not its name */
    stop(sandbox);
}

/* A key hands out only what it holds; an admin key can hold no completions.write, and gives it. */
static void grant(void **state)
{
    (void)state;
    static const struct {
        const char *quirk;
        int status;
    } CASES[] = {{"grant=allow", 200}, {"grant=refuse-lacking", 403}};
    for (int i = 0; i < 2; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        struct made_key made = service_key(sandbox,
                                           "\"workspace_service_api_keys.create\","
                                           "\"workspace_service_api_keys.update\","
                                           "\"logs.list\",\"completions.write\"",
                                           "");
        struct made_key other = make_key(sandbox, made.secret, "workspace/service",
                                         "{\"name\":\"n\",\"scopes\":[\"logs.list\"]}");
        char *path = text("/api-keys/%s", other.id);
        json_decref(expect(sandbox, made.secret, "POST", "/api-keys/workspace/service",
                           "{\"name\":\"n\",\"scopes\":[\"logs.list\",\"logs.export\"]}",
                           CASES[i].status));
        json_decref(expect(sandbox, made.secret, "PUT", path, "{\"scopes\":[\"logs.export\"]}",
                           CASES[i].status));
        /* What the key has already is not handed out again. */
        json_decref(expect(sandbox, sandbox_admin_key(sandbox, 0), "PUT", path,
                           "{\"scopes\":[\"logs.list\",\"logs.export\"]}", 200));
        json_decref(expect(sandbox, made.secret, "PUT", path,
                           "{\"scopes\":[\"logs.export\",\"completions.write\"]}", 200));
        free(path);
        stop(sandbox);
    }
}

static void in_transition_and_rotate_scope(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = sandbox_start((const char *const[]){
        "--seed", "demo", "--quirk", "in-transition=400", "--quirk", "rotate-scope=either", NULL});
    struct made_key target = service_key(sandbox, "\"completions.write\"", "");
    struct made_key updater = service_key(sandbox, "\"workspace_service_api_keys.update\"", "");
    struct made_key other = service_key(sandbox, "\"workspace_user_api_keys.update\"", "");
    char *path = text("/api-keys/%s/rotate", target.id);
    expect_error(sandbox, other.secret, "POST", path, NULL, 403, "AB03");
    json_decref(expect(sandbox, updater.secret, "POST", path, NULL, 200));
    expect_error(sandbox, updater.secret, "POST", path, NULL, 400, "AB01");
    free(path);
    stop(sandbox);
}

static long long total_keys(const struct sandbox_process *sandbox)
{
    json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), "/api-keys");
    long long total = number_at(list, "total");
    json_decref(list);
    return total;
}

/* For 30 s reads tell what was; what was written counts at once. */
static void stale_reads(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("stale-reads=30");
    const char *root = sandbox_admin_key(sandbox, 0);
    assert_int_equal(total_keys(sandbox), 150);
    struct made_key made = service_key(sandbox, "\"workspaces.list\"", "");
    char *path = text("/api-keys/%s", made.id);
    json_decref(get(sandbox, made.secret, "/admin/workspaces"));
    expect_error(sandbox, root, "GET", path, NULL, 403, "AB03");
    assert_int_equal(total_keys(sandbox), 150);
    advance(sandbox, 31);
    assert_int_equal(total_keys(sandbox), 151);

    json_decref(expect(sandbox, root, "PUT", path, "{\"name\":\"second\"}", 200));
    json_decref(expect(sandbox, root, "PUT", path, "{\"name\":\"third\"}", 200));
    json_t *key = get(sandbox, root, path);
    json_t *list = get(sandbox, root, "/api-keys");
    assert_string_equal(string_at(key, "name"), "made");
    assert_string_equal(string_at(list, "data.0.name"), "made");
    assert_null(json_object_get(at(list, "data.0"), "next_usage_reset_at"));
    json_decref(key);
    json_decref(list);
    /* The old state is no way around the rules. */
    struct made_key weak = service_key(sandbox, "\"workspace_user_api_keys.read\"", "");
    expect_error(sandbox, weak.secret, "GET", path, NULL, 403, "AB03");
    advance(sandbox, 31);
    key = get(sandbox, root, path);
    assert_string_equal(string_at(key, "name"), "third");
    json_decref(key);

    json_decref(expect(sandbox, root, "DELETE", path, NULL, 200));
    expect_error(sandbox, made.secret, "GET", "/admin/workspaces", NULL, 401, "AB05");
    json_decref(get(sandbox, root, path));
    assert_int_equal(total_keys(sandbox), 152);
    expect_error(sandbox, root, "DELETE", path, NULL, 403, "AB03");
    advance(sandbox, 31);
    expect_error(sandbox, root, "GET", path, NULL, 403, "AB03");
    assert_int_equal(total_keys(sandbox), 151);
    free(path);
    stop(sandbox);
}

/* What stands for a letter in braces: {W} a workspace, {S} its slug, {U} a plain member of it, {K}
 * a key. */
struct names {
    char *w, *s, *u, *k;
};

static struct names read_names(const struct sandbox_process *sandbox)
{
    const char *root = sandbox_admin_key(sandbox, 0);
    json_t *places = get(sandbox, root, "/admin/workspaces");
    json_t *users = get(sandbox, root, "/admin/users?role=member");
    json_t *keys = get(sandbox, root, "/api-keys?page_size=1");
    struct names names = {
        xstrdup(string_at(places, "data.0.id")),
        xstrdup(string_at(places, "data.0.slug")),
        NULL,
        xstrdup(string_at(keys, "data.0.id")),
    };
    char *members = text("/admin/workspaces/%s/users?role=member&page_size=100", names.w);
    json_t *list = get(sandbox, root, members);
    size_t i;
    json_t *row;
    json_array_foreach(at(list, "data"), i, row)
    {
        if (names.u == NULL && strcmp(string_at(row, "org_role"), "member") == 0) {
            names.u = xstrdup(string_at(row, "id"));
        }
    }
    json_decref(list);
    free(members);
    json_decref(keys);
    json_decref(users);
    json_decref(places);
    return names;
}

static void names_done(struct names *names)
{
    free(names->w);
    free(names->s);
    free(names->u);
    free(names->k);
}

static char *fill(const char *template, const struct names *names)
{
    char *out = xstrdup("");
    for (const char *c = template; *c != '\0';) {
        const char *name = c[0] != '{' || c[2] != '}' ? NULL
                           : c[1] == 'W'              ? names->w
                           : c[1] == 'S'              ? names->s
                           : c[1] == 'U'              ? names->u
                                                      : names->k;
        char *longer = name != NULL ? text("%s%s", out, name) : text("%s%c", out, *c);
        free(out);
        out = longer;
        c += name != NULL ? 3 : 1;
    }
    return out;
}

/* A request, and what comes of it under both values of a quirk. */
static const struct {
    const char *quirks[2];
    const char *method, *path, *body;
    int statuses[2];
    const char *where;     /* in the answer; NULL: the status says it */
    const char *values[2]; /* NULL: what was sent for {S} */
} BOTH_WAYS[] = {
    {{"member-role=plain", "member-role=ws-prefixed"},
     "GET",
     "/admin/workspaces/{W}/users/{U}",
     NULL,
     {200, 200},
     "role",
     {"member", "ws-member"}},
    {{"member-role=plain", "member-role=ws-prefixed"},
     "GET",
     "/admin/workspaces/{W}/users?role=member",
     NULL,
     {200, 200},
     "data.0.role",
     {"member", "member"}},
    {{"same-name=200", "same-name=409"},
     "POST",
     "/admin/workspaces",
     "{\"name\":\"payments\"}",
     {200, 409},
     NULL,
     {NULL}},
    {{"same-name=200", "same-name=409"},
     "POST",
     "/admin/workspaces",
     "{\"name\":\"archive-2024\"}", /* of one that is archived */
     {200, 200},
     NULL,
     {NULL}},
    {{"mapping-workspace=id", "mapping-workspace=as-sent"},
     "POST",
     "/scim/workspaces",
     "{\"workspace_id\":\"{S}\",\"role\":\"member\",\"scim_group_name\":\"g\"}",
     {200, 200},
     "workspace_id",
     {"{W}", "{S}"}},
    {{"group-name=display_name", "group-name=name"},
     "GET",
     "/scim/groups?search=on-call",
     NULL,
     {200, 200},
     "groups.0.display_name|groups.0.name",
     {"Platform on-call", "Platform on-call"}},
    {{"audit-log=on", "audit-log=off"},
     "GET",
     "/audit-logs?start_time=2020-01-01&end_time=2027-01-01",
     NULL,
     {200, 403},
     NULL,
     {NULL}},
    {{"scim=on", "scim=off"}, "GET", "/scim/workspaces", NULL, {200, 403}, NULL, {NULL}},
    {{"scim=on", "scim=off"}, "GET", "/scim/groups", NULL, {200, 403}, NULL, {NULL}},
    {{"metadata-schema=none", "metadata-schema=team"},
     "POST",
     "/admin/workspaces",
     "{\"name\":\"n\"}",
     {200, 400},
     NULL,
     {NULL}},
    {{"metadata-schema=none", "metadata-schema=team"},
     "POST",
     "/admin/workspaces",
     "{\"name\":\"n\",\"defaults\":{\"metadata\":{\"team\":\"x\"}}}",
     {200, 200},
     NULL,
     {NULL}},
    {{"metadata-schema=none", "metadata-schema=team"},
     "PUT",
     "/admin/workspaces/{W}", /* a mere change of the description */
     "{\"description\":\"d\"}",
     {200, 400},
     NULL,
     {NULL}},
    {{"metadata-schema=none", "metadata-schema=team"},
     "POST",
     "/api-keys/workspace/service",
     "{\"name\":\"k\",\"scopes\":[\"logs.list\"],\"workspace_id\":\"{W}\"}",
     {200, 400},
     NULL,
     {NULL}},
    {{"metadata-schema=none", "metadata-schema=team"},
     "POST",
     "/api-keys/workspace/service",
     "{\"name\":\"k\",\"scopes\":[\"logs.list\"],\"workspace_id\":\"{W}\",\"defaults\":"
     "{\"metadata\":{\"team\":\"x\"}}}",
     {200, 200},
     NULL,
     {NULL}},
    {{"metadata-schema=none", "metadata-schema=team"},
     "PUT",
     "/api-keys/{K}",
     "{\"name\":\"another\"}",
     {200, 400},
     NULL,
     {NULL}},
};

static void each_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BOTH_WAYS / sizeof *BOTH_WAYS; i++) {
        for (int way = 0; way < 2; way++) {
            struct sandbox_process *sandbox = start(BOTH_WAYS[i].quirks[way]);
            struct names names = read_names(sandbox);
            char *path = fill(BOTH_WAYS[i].path, &names);
            char *body = BOTH_WAYS[i].body == NULL ? NULL : fill(BOTH_WAYS[i].body, &names);
            json_t *json = expect(sandbox, sandbox_admin_key(sandbox, 0), BOTH_WAYS[i].method, path,
                                  body, BOTH_WAYS[i].statuses[way]);
            if (BOTH_WAYS[i].where != NULL) {
                const char *second = strchr(BOTH_WAYS[i].where, '|');
                char *where = second == NULL ? xstrdup(BOTH_WAYS[i].where)
                              : way == 1     ? xstrdup(second + 1)
                                             : xstrndup(BOTH_WAYS[i].where,
                                                        (size_t)(second - BOTH_WAYS[i].where));
                char *value = fill(BOTH_WAYS[i].values[way], &names);
                assert_string_equal(string_at(json, where), value);
                free(value);
                free(where);
            }
            json_decref(json);
            free(body);
            free(path);
            names_done(&names);
            stop(sandbox);
        }
    }
}

/* Every record lags, and lists and objects tell of the same moment. */
static void everything_is_stale(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body, *read, *where, *before, *after;
    } CASES[] = {
        {"PUT", "/admin/workspaces/{W}", "{\"description\":\"other\"}", "/admin/workspaces/{W}",
         "description", "Everybody", "other"},
        {"PUT", "/admin/workspaces/{W}", "{\"description\":\"other\"}", "/admin/workspaces",
         "data.0.description", "Everybody", "other"},
        {"POST", "/admin/workspaces", "{\"name\":\"new\"}", "/admin/workspaces?exact_name=new",
         "total", "0", "1"},
        {"PUT", "/admin/users/{U}", "{\"role\":\"admin\"}", "/admin/users/{U}", "role", "member",
         "admin"},
        {"DELETE", "/admin/users/{U}", NULL, "/admin/users", "total", "32", "31"},
        {"DELETE", "/admin/workspaces/{W}/users/{U}", NULL, "/admin/workspaces/{W}/users", "total",
         "30", "29"},
        {"POST", "/admin/users/invites", "{\"email\":\"a@b.example\",\"role\":\"member\"}",
         "/admin/users/invites", "total", "5", "6"},
        {"POST", "/scim/workspaces",
         "{\"workspace_id\":\"{W}\",\"role\":\"member\","
         "\"scim_group_name\":\"g\"}",
         "/scim/workspaces", "total_count", "4", "5"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sandbox_process *sandbox = start("stale-reads=30");
        const char *root = sandbox_admin_key(sandbox, 0);
        struct names names = read_names(sandbox);
        char *path = fill(CASES[i].path, &names);
        char *body = CASES[i].body == NULL ? NULL : fill(CASES[i].body, &names);
        char *read = fill(CASES[i].read, &names);
        json_decref(expect(sandbox, root, CASES[i].method, path, body, 200));
        for (int later = 0; later < 2; later++) {
            const char *want = later ? CASES[i].after : CASES[i].before;
            json_t *json = get(sandbox, root, read);
            const json_t *value = at(json, CASES[i].where);
            char *said = json_is_string(value) ? xstrdup(json_string_value(value))
                                               : json_dumps(value, JSON_ENCODE_ANY);
            if (want != NULL) {
                assert_string_equal(said, want);
            }
            free(said);
            json_decref(json);
            advance(sandbox, 31);
        }
        free(read);
        free(body);
        free(path);
        names_done(&names);
        stop(sandbox);
    }
}

/* More deletes than there are places to remember: the oldest ends early, none is lost. */
static void many_stale_deletes(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("stale-reads=30");
    const char *root = sandbox_admin_key(sandbox, 0);
    json_t *list = get(sandbox, root, "/api-keys?page_size=80");
    size_t n;
    json_t *row;
    json_array_foreach(at(list, "data"), n, row)
    {
        char *path = text("/api-keys/%s", string_at(row, "id"));
        json_decref(expect(sandbox, root, "DELETE", path, NULL, 200));
        free(path);
    }
    assert_int_equal(total_keys(sandbox), 150 - 80 + 64);
    advance(sandbox, 31);
    assert_int_equal(total_keys(sandbox), 70);
    json_decref(list);
    stop(sandbox);
}

static void past_expiry_and_worker(void **state)
{
    (void)state;
    struct sandbox_process *sandbox =
        sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, "--quirk",
                                            "past-expiry=400", "--quirk", "expiry-worker=0", NULL});
    const char *root = sandbox_admin_key(sandbox, 0);
    struct made_key made =
        service_key(sandbox, "\"completions.write\"", ",\"expires_at\":\"2026-11-25T04:12:00Z\"");
    char *path = text("/api-keys/%s", made.id);
    expect_error(sandbox, root, "PUT", path, "{\"expires_at\":\"2026-11-25T03:11:00Z\"}", 400,
                 "AB01");
    advance(sandbox, 3600);
    json_t *key = get(sandbox, root, path);
    assert_string_equal(string_at(key, "status"), "expired");
    json_decref(key);
    free(path);
    stop(sandbox);
    sandbox = start("past-expiry=accept");
    (void)service_key(sandbox, "\"completions.write\"", ",\"expires_at\":\"2020-01-01T00:00:00Z\"");
    stop(sandbox);
}

static void slug_paths(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("slug-paths=no");
    const char *root = sandbox_admin_key(sandbox, 0);
    json_t *list = get(sandbox, root, "/admin/workspaces");
    const char *slug = string_at(list, "data.0.slug");
    char *path = text("/admin/workspaces/%s", slug);
    char *members = text("/admin/workspaces/%s/users", slug);
    char *keys = text("/api-keys?workspace_id=%s", slug);
    char *by_id = text("/admin/workspaces/%s", string_at(list, "data.0.id"));
    expect_error(sandbox, root, "GET", path, NULL, 403, "AB03");
    expect_error(sandbox, root, "GET", members, NULL, 403, "AB03");
    json_decref(get(sandbox, root, keys)); /* parameters and bodies take them all the same */
    json_decref(get(sandbox, root, by_id));
    free(path);
    free(members);
    free(keys);
    free(by_id);
    json_decref(list);
    stop(sandbox);
}

static void usage_limits_extra(void **state)
{
    (void)state;
    static const char LIMIT[] = ",\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":5}";
    static const struct {
        const char *quirk;
        size_t members;
    } CASES[] = {{"usage-limits-extra=yes", 7}, {"usage-limits-extra=no", 2}};
    for (int i = 0; i < 2; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        struct made_key made = service_key(sandbox, "\"completions.write\"", LIMIT);
        char *path = text("/api-keys/%s", made.id);
        json_t *key = get(sandbox, sandbox_admin_key(sandbox, 0), path);
        assert_int_equal(json_object_size(at(key, "usage_limits")), CASES[i].members);
        json_decref(key);
        free(path);
        stop(sandbox);
    }
}

static void names(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("names=plain");
    json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), "/admin/workspaces");
    assert_string_equal(string_at(list, "data.1.name"), "payments");
    assert_string_equal(string_at(list, "data.1.icon"), "💳");
    json_decref(list);
    stop(sandbox);
}

static void plan(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("plan=pro");
    const char *root = sandbox_admin_key(sandbox, 0);
    expect_error(sandbox, root, "GET", "/admin/users", NULL, 403, "AB03");
    expect_error(sandbox, root, "GET", "/admin/users/x", NULL, 403, "AB03");
    expect_error(sandbox, root, "GET", "/admin/users/invites", NULL, 403, "AB03");
    expect_error(sandbox, root, "GET", "/scim/workspaces", NULL, 403, "AB03");
    expect_error(sandbox, root, "GET", "/audit-logs?start_time=2020-01-01&end_time=2027-01-01",
                 NULL, 403, "AB03");
    expect_error(sandbox, root, "POST", "/api-keys/organisation/service",
                 "{\"name\":\"n\",\"scopes\":[\"logs.list\"]}", 403, "AB03");
    json_decref(get(sandbox, root, "/api-keys"));
    json_decref(get(sandbox, root, "/admin/workspaces"));
    stop(sandbox);
}

static void member_id(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("member-id=no");
    const char *root = sandbox_admin_key(sandbox, 0);
    char *id = workspace_id(sandbox, "0");
    char *members = text("/admin/workspaces/%s/users", id);
    json_t *list = get(sandbox, root, members);
    char *path = text("%s/%s", members, string_at(list, "data.2.id"));
    json_t *one = get(sandbox, root, path);
    assert_null(json_object_get(one, "id"));
    assert_string_equal(string_at(one, "email"), string_at(list, "data.2.email"));
    json_decref(one);
    json_decref(list);
    free(path);
    free(members);
    free(id);
    stop(sandbox);
}

/* A scope that is not legal for the kind: the one answer that is assumed. */
static void bad_scope(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("bad-scope=400");
    expect_error(sandbox, sandbox_admin_key(sandbox, 0), "POST", "/api-keys/organisation/service",
                 "{\"name\":\"n\",\"scopes\":[\"completions.write\"]}", 400, "AB01");
    stop(sandbox);
}

static void workspace_status(void **state)
{
    (void)state;
    static const struct {
        const char *quirk, *status;
        int total; /* -1: 400 AB01 */
    } CASES[] = {
        {"workspace-status=list", "active", 8},
        {"workspace-status=list", "archived", 1},
        {"workspace-status=list", "active,archived", 9},
        {"workspace-status=single", "active", 8},
        {"workspace-status=single", "archived", 1},
        {"workspace-status=single", "active,archived", -1},
        {"workspace-status=single", "", -1},
        {"workspace-status=single", "Active", -1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        const char *root = sandbox_admin_key(sandbox, 0);
        char *path = text("/admin/workspaces?status=%s", CASES[i].status);
        if (CASES[i].total < 0) {
            expect_error(sandbox, root, "GET", path, NULL, 400, "AB01");
        } else {
            json_t *list = get(sandbox, root, path);
            assert_int_equal(number_at(list, "total"), CASES[i].total);
            json_decref(list);
        }
        free(path);
        stop(sandbox);
    }
}

/* An older server does not know ids and gives its first page. */
static void ids(void **state)
{
    (void)state;
    static const struct {
        const char *quirk;
        int total;
    } CASES[] = {{"ids=filter", 1}, {"ids=ignored", 150}};
    for (int i = 0; i < 2; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        const char *root = sandbox_admin_key(sandbox, 0);
        json_t *list = get(sandbox, root, "/api-keys?page_size=3");
        char *path = text("/api-keys?page_size=3&ids=%s", string_at(list, "data.2.id"));
        json_t *one = get(sandbox, root, path);
        assert_int_equal(number_at(one, "total"), CASES[i].total);
        assert_string_equal(string_at(one, "data.0.id"),
                            string_at(list, i == 0 ? "data.2.id" : "data.0.id"));
        json_decref(one);
        json_decref(list);
        free(path);
        stop(sandbox);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unauthorized),
        cmocka_unit_test(gone),
        cmocka_unit_test(page_size_and_over_max),
        cmocka_unit_test(grant),
        cmocka_unit_test(in_transition_and_rotate_scope),
        cmocka_unit_test(stale_reads),
        cmocka_unit_test(each_way),
        cmocka_unit_test(everything_is_stale),
        cmocka_unit_test(many_stale_deletes),
        cmocka_unit_test(past_expiry_and_worker),
        cmocka_unit_test(slug_paths),
        cmocka_unit_test(usage_limits_extra),
        cmocka_unit_test(names),
        cmocka_unit_test(plan),
        cmocka_unit_test(member_id),
        cmocka_unit_test(bad_scope),
        cmocka_unit_test(workspace_status),
        cmocka_unit_test(ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
