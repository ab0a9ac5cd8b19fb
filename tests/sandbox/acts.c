/* Workspaces, their members and the people of the organisation are made, changed and removed. Each
 * quirk of these acts both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

#define NOW "2026-11-25T03:12:00Z"

static struct sandbox_process *start(const char *quirk)
{
    return sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, "--quirk",
                                               quirk != NULL ? quirk : "gone=403-AB03", NULL});
}

static void stop(struct sandbox_process *sandbox)
{
    assert_int_equal(sandbox_stop(sandbox), 0);
}

static const char *root_of(const struct sandbox_process *sandbox)
{
    return sandbox_admin_key(sandbox, 0);
}

/* A member of a row of a list, as text (gives). */
static char *listed(const struct sandbox_process *sandbox, const char *path, const char *where)
{
    json_t *list = get(sandbox, root_of(sandbox), path);
    char *value = xstrdup(string_at(list, where));
    json_decref(list);
    return value;
}

static void act(const struct sandbox_process *sandbox, const char *method, const char *path,
                const char *body)
{
    json_t *json = expect(sandbox, root_of(sandbox), method, path, body, 200);
    assert_int_equal(json_object_size(json), 0);
    json_decref(json);
}

static void refused(const struct sandbox_process *sandbox, const char *method, const char *path,
                    const char *body, int status, const char *code)
{
    expect_error(sandbox, root_of(sandbox), method, path, body, status, code);
}

/* Gives the path of a workspace that is made with this body. */
static char *made_workspace(const struct sandbox_process *sandbox, const char *body)
{
    json_t *made = expect(sandbox, root_of(sandbox), "POST", "/admin/workspaces", body, 200);
    char *path = text("/admin/workspaces/%s", string_at(made, "id"));
    json_decref(made);
    return path;
}

/* -- workspaces -- */

static void workspaces_are_made(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    char *person = listed(sandbox, "/admin/users", "data.7.id");
    char *body = text("{\"name\":\"🧾 Claims intake\",\"description\":\"claims bots\","
                      "\"defaults\":{\"metadata\":{\"team\":\"claims\"}},\"users\":[\"%s\"],"
                      "\"usage_limits\":[{\"type\":\"cost\",\"credit_limit\":500,"
                      "\"alert_threshold\":400,\"periodic_reset\":\"monthly\"}],"
                      "\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":120}],"
                      "\"slug\":\"mine\",\"is_default\":1}",
                      person);
    json_t *made = expect(sandbox, root_of(sandbox), "POST", "/admin/workspaces", body, 200);
    assert_int_equal(strncmp(string_at(made, "slug"), "ws-claims-", 10), 0);
    assert_int_equal(strlen(string_at(made, "slug")), 16);
    assert_string_equal(string_at(made, "name"), "🧾 Claims intake");
    assert_string_equal(string_at(made, "users.0.id"), person);
    assert_null(json_object_get(made, "icon")); /* the answer lacks some [SCM] */
    assert_null(json_object_get(made, "status"));
    assert_null(json_object_get(made, "usage_limits"));
    char *path = text("/admin/workspaces/%s?name_format=plain", string_at(made, "slug"));
    json_t *ws = get(sandbox, root_of(sandbox), path);
    assert_string_equal(string_at(ws, "id"), string_at(made, "id"));
    assert_string_equal(string_at(ws, "name"), "Claims intake"); /* the emoji is the icon [TF] */
    assert_string_equal(string_at(ws, "icon"), "🧾");
    assert_string_equal(string_at(ws, "description"), "claims bots");
    assert_string_equal(string_at(ws, "defaults.metadata.team"), "claims");
    assert_string_equal(string_at(ws, "creation_source"), "api");
    assert_int_equal(number_at(ws, "usage_limits.0.credit_limit"), 500);
    assert_int_equal(number_at(ws, "rate_limits.0.value"), 120);
    assert_int_equal(number_at(ws, "is_default"), 0);
    assert_string_equal(string_at(ws, "users.0.role"), "member");
    json_t *list = get(sandbox, root_of(sandbox), "/admin/workspaces?exact_name=Claims%20intake");
    assert_int_equal(number_at(list, "total"), 1);
    assert_string_equal(string_at(list, "data.0.status"), "active");
    json_decref(list);
    json_decref(ws);
    json_decref(made);
    free(path);
    free(body);
    free(person);
    stop(sandbox);
}

static void icons_are_taken_from_names(void **state)
{
    (void)state;
    static const struct {
        const char *body, *icon, *name;
    } CASES[] = {
        {"{\"name\":\"🚪 Door\"}", "🚪", "Door"},
        {"{\"name\":\"🧑‍🚀Astro\"}", "🧑‍🚀", "Astro"},
        {"{\"name\":\"☎️ Calls\"}", "☎️", "Calls"},
        {"{\"name\":\"🚪 Door\",\"icon\":\"🏠\"}", "🏠", "🚪 Door"},
        {"{\"name\":\"Élan\"}", NULL, "Élan"},
        {"{\"name\":\"客服\"}", NULL, "客服"},
    };
    struct sandbox_process *sandbox = start("names=plain");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *path = made_workspace(sandbox, CASES[i].body);
        json_t *ws = get(sandbox, root_of(sandbox), path);
        assert_string_equal(string_at(ws, "name"), CASES[i].name);
        if (CASES[i].icon != NULL) {
            assert_string_equal(string_at(ws, "icon"), CASES[i].icon);
        } else {
            assert_true(json_is_null(at(ws, "icon")));
        }
        json_decref(ws);
        free(path);
    }
    stop(sandbox);
}

static void wrong_workspaces_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *body, *says;
    } CASES[] = {
        {"{\"name\":7}", "name"},
        {"{\"name\":\"\"}", "name"},
        {"{\"name\":\"🚪\"}", "name"},
        {"{\"name\":\"n\",\"icon\":7}", "icon"},
        {"{\"name\":\"n\",\"description\":[]}", "description"},
        {"{\"name\":\"n\",\"defaults\":7}", "defaults"},
        {"{\"name\":\"n\",\"defaults\":{\"metadata\":{\"a\":1}}}", "defaults.metadata"},
        {"{\"name\":\"n\",\"defaults\":{\"user_api_key_config\":\"a b\"}}",
         "defaults.user_api_key_config"},
        {"{\"name\":\"n\",\"defaults\":{\"input_guardrails\":\"x\"}}", "defaults.input_guardrails"},
        {"{\"name\":\"n\",\"defaults\":{\"output_guardrails\":[7]}}", "defaults.output_guardrails"},
        {"{\"name\":\"n\",\"usage_limits\":{\"credit_limit\":5}}", "usage_limits"},
        {"{\"name\":\"n\",\"usage_limits\":[{\"credit_limit\":0}]}", "usage_limits"},
        {"{\"name\":\"n\",\"usage_limits\":[{\"credit_limit\":1.5}]}", "usage_limits"},
        {"{\"name\":\"n\",\"usage_limits\":[{\"credit_limit\":5,\"periodic_reset\":\"weekly\","
         "\"periodic_reset_days\":3}]}",
         "usage_limits"},
        {"{\"name\":\"n\",\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpw\",\"value\":1}]}",
         "rate_limits"}, /* of keys only */
    };
    struct sandbox_process *sandbox = start(NULL);
    char *path = made_workspace(sandbox, "{\"name\":\"n\"}");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        static const char *const METHODS[] = {"POST", "PUT"};
        for (int m = 0; m < 2; m++) {
            json_t *json = expect(sandbox, root_of(sandbox), METHODS[m],
                                  m == 0 ? "/admin/workspaces" : path, CASES[i].body, 400);
            assert_non_null(strstr(string_at(json, "data.message"), CASES[i].says));
            json_decref(json);
        }
    }
    refused(sandbox, "POST", "/admin/workspaces", "{}", 400, "AB01");
    refused(sandbox, "POST", "/admin/workspaces", "{\"name\":\"n\",\"users\":[\"nobody\"]}", 400,
            "AB01");
    refused(sandbox, "POST", "/admin/workspaces", "{\"name\":\"n\",\"users\":\"x\"}", 400, "AB01");
    refused(sandbox, "PUT", path, "{}", 400, "AB01");
    refused(sandbox, "PUT", path, "{\"colour\":\"red\"}", 400, "AB01");
    refused(sandbox, "PUT", path, "{\"security_settings\":{\"membersViewLogs\":true}}", 400,
            "AB01");
    refused(sandbox, "PUT", path, NULL, 400, "AB01");
    /* The body comes before the object. */
    refused(sandbox, "PUT", "/admin/workspaces/none", "{}", 400, "AB01");
    refused(sandbox, "PUT", "/admin/workspaces/none", "{\"name\":\"n\"}", 403, "AB03");
    free(path);
    stop(sandbox);
}

/* Absent is unchanged, null clears, [] is not null. */
static void workspaces_are_changed(void **state)
{
    (void)state;
    static const struct {
        const char *body, *member, *value;
    } STEPS[] = {
        {"{\"description\":\"d\"}", "description", "\"d\""},
        {"{\"icon\":\"🏠\"}", "icon", "\"🏠\""},
        {"{\"icon\":\"\"}", "icon", "null"},
        {"{\"name\":\"other\"}", "name", "\"other\""},
        {"{\"description\":null}", "description", "null"},
        {"{\"usage_limits\":[{\"type\":\"cost\",\"credit_limit\":5}]}", "usage_limits",
         "[{\"type\":\"cost\",\"credit_limit\":5}]"},
        {"{\"usage_limits\":[]}", "usage_limits", "[]"},
        {"{\"usage_limits\":null}", "usage_limits", "null"},
        {"{\"defaults\":{\"user_api_key_config\":\"pc-x\"}}", "defaults",
         "{\"user_api_key_config\":\"pc-x\"}"},
        {"{\"defaults\":{\"user_api_key_config\":null}}", "defaults", "null"},
    };
    struct sandbox_process *sandbox = start(NULL);
    char *path = made_workspace(sandbox, "{\"name\":\"n\"}");
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        advance(sandbox, 1);
        act(sandbox, "PUT", path, STEPS[i].body);
        json_t *ws = get(sandbox, root_of(sandbox), path);
        char *value = json_dumps(at(ws, STEPS[i].member), JSON_COMPACT | JSON_ENCODE_ANY);
        assert_string_equal(value, STEPS[i].value);
        assert_string_not_equal(string_at(ws, "last_updated_at"), string_at(ws, "created_at"));
        json_t *list = get(sandbox, root_of(sandbox), "/admin/workspaces?exact_name=other");
        assert_int_equal(number_at(list, "total"), i >= 3);
        json_decref(list);
        free(value);
        json_decref(ws);
    }
    free(path);
    stop(sandbox);
}

static void defaults_merge_or_replace(void **state)
{
    (void)state;
    for (int replace = 0; replace < 2; replace++) {
        struct sandbox_process *sandbox =
            start(replace ? "workspace-defaults=replace" : "workspace-defaults=merge");
        char *path =
            made_workspace(sandbox, "{\"name\":\"n\",\"defaults\":{\"metadata\":{\"a\":\"b\"}}}");
        act(sandbox, "PUT", path, "{\"defaults\":{\"user_api_key_config\":\"pc-x\"}}");
        json_t *ws = get(sandbox, root_of(sandbox), path);
        assert_string_equal(string_at(ws, "defaults.user_api_key_config"), "pc-x");
        assert_int_equal(json_object_size(at(ws, "defaults")), replace ? 1 : 2);
        json_decref(ws);
        free(path);
        stop(sandbox);
    }
}

static char *key_in(const struct sandbox_process *sandbox, const char *path)
{
    char *body = text("{\"name\":\"k\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"%s\"}",
                      strrchr(path, '/') + 1);
    char *id = xstrdup(make_key(sandbox, root_of(sandbox), "workspace/service", body).id);
    free(body);
    return id;
}

/* With its name, without its icon; archived afterwards, and gone by id. */
static void workspaces_are_deleted(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    char *path = made_workspace(sandbox, "{\"name\":\"🧾 Claims\"}");
    char *key = key_in(sandbox, path);
    char *key_path = text("/api-keys/%s", key);
    refused(sandbox, "DELETE", path, NULL, 400, "AB01");
    refused(sandbox, "DELETE", path, "{}", 400, "AB01");
    refused(sandbox, "DELETE", path, "{\"name\":\"claims\"}", 400, "AB01");
    refused(sandbox, "DELETE", path, "{\"name\":\"🧾 Claims\"}", 400, "AB01");
    refused(sandbox, "DELETE", path, "{\"name\":\"Claims\"}", 409, "AB07");
    json_decref(get(sandbox, root_of(sandbox), key_path));
    act(sandbox, "DELETE", path, "{\"name\":\"Claims\",\"force_delete\":true}");
    refused(sandbox, "GET", path, NULL, 403, "AB03");
    refused(sandbox, "DELETE", path, "{\"name\":\"Claims\"}", 403, "AB03");
    refused(sandbox, "GET", key_path, NULL, 403, "AB03");
    json_t *list = get(sandbox, root_of(sandbox), "/admin/workspaces?exact_name=Claims");
    assert_int_equal(number_at(list, "total"), 0);
    json_decref(list);
    list = get(sandbox, root_of(sandbox), "/admin/workspaces?exact_name=Claims&status=archived");
    assert_int_equal(number_at(list, "total"), 1);
    assert_string_equal(string_at(list, "data.0.status"), "archived");
    json_decref(list);
    char *slug = listed(sandbox, "/admin/workspaces", "data.0.slug");
    char *first = text("/admin/workspaces/%s", slug);
    refused(sandbox, "DELETE", first, "{\"name\":\"Shared Team Workspace\",\"force_delete\":true}",
            400, "AB01");
    free(first);
    free(slug);
    free(key_path);
    free(key);
    free(path);
    stop(sandbox);
}

static void deleting_by_other_rules(void **state)
{
    (void)state;
    static const struct {
        const char *quirk, *body;
        int status;
    } CASES[] = {
        {"delete-name=required", NULL, 400},
        {"delete-name=optional", NULL, 200},
        {"delete-name=optional", "{\"name\":\"x\"}", 400},
        {"delete-wrong-name=400", "{\"name\":\"x\"}", 400},
        {"delete-wrong-name=409", "{\"name\":\"x\"}", 409},
        {"delete-body=object", "{\"name\":\"n\"}", 200},
        {"delete-body=empty", "{\"name\":\"n\"}", 200},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        char *path = made_workspace(sandbox, "{\"name\":\"n\"}");
        struct answer answer = call(sandbox, root_of(sandbox), "DELETE", path, CASES[i].body);
        assert_int_equal(answer.status, CASES[i].status);
        assert_int_equal(answer.json == NULL, strcmp(CASES[i].quirk, "delete-body=empty") == 0);
        answer_done(&answer);
        free(path);
        stop(sandbox);
    }
    struct sandbox_process *sandbox = start("delete-default=403");
    char *id = listed(sandbox, "/admin/workspaces", "data.0.id");
    char *path = text("/admin/workspaces/%s", id);
    refused(sandbox, "DELETE", path, "{\"name\":\"Shared Team Workspace\"}", 403, "AB03");
    free(path);
    free(id);
    stop(sandbox);
}

/* -- members -- */

/* Gives a path behind a fresh workspace with this person in this role in it. */
static char *with_member(const struct sandbox_process *sandbox, const char *person,
                         const char *role)
{
    char *path = made_workspace(sandbox, "{\"name\":\"n\"}");
    char *users = text("%s/users", path);
    char *body = text("{\"users\":[{\"id\":\"%s\",\"role\":\"%s\"}]}", person, role);
    act(sandbox, "POST", users, body);
    free(body);
    free(path);
    return users;
}

static void role_reads(const struct sandbox_process *sandbox, const char *users, const char *person,
                       const char *role)
{
    char *path = text("%s/%s", users, person);
    json_t *member = get(sandbox, root_of(sandbox), path);
    assert_string_equal(string_at(member, "role"), role);
    json_decref(member);
    free(path);
}

static void members_come_change_and_go(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
    char *owner = listed(sandbox, "/admin/users?role=owner", "data.0.id");
    char *users = with_member(sandbox, person, "manager");
    char *one = text("%s/%s", users, person);
    char *owners = text("%s/%s", users, owner);
    char *body = text("{\"users\":[{\"id\":\"%s\",\"role\":\"member\"}]}", owner);
    role_reads(sandbox, users, person, "manager");
    act(sandbox, "PUT", one, "{\"role\":\"admin\"}");
    role_reads(sandbox, users, person, "admin");
    refused(sandbox, "PUT", one, "{\"role\":\"owner\"}", 400, "AB01");
    refused(sandbox, "PUT", one, "{}", 400, "AB01");
    act(sandbox, "POST", users, body); /* an owner reads admin whatever is asked [TF] */
    role_reads(sandbox, users, owner, "admin");
    act(sandbox, "PUT", owners, "{\"role\":\"member\"}");
    role_reads(sandbox, users, owner, "admin");
    act(sandbox, "DELETE", one, NULL);
    refused(sandbox, "GET", one, NULL, 403, "AB03");
    refused(sandbox, "DELETE", one, NULL, 403, "AB03");
    refused(sandbox, "PUT", one, "{\"role\":\"member\"}", 403, "AB03");
    static const char *const BAD[] = {"{}",
                                      "{\"users\":[]}",
                                      "{\"users\":[{\"id\":\"x\"}]}",
                                      "{\"users\":[{\"role\":\"member\"}]}",
                                      "{\"users\":[{\"id\":\"x\",\"role\":\"owner\"}]}",
                                      "{\"user_id\":\"x\",\"role\":\"member\"}"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        refused(sandbox, "POST", users, BAD[i], 400, "AB01");
    }
    free(body);
    free(owners);
    free(one);
    free(users);
    free(owner);
    free(person);
    stop(sandbox);
}

static void adding_by_other_rules(void **state)
{
    (void)state;
    static const struct {
        const char *quirk;
        bool again; /* else with somebody unknown */
        int status;
        int total; /* of members afterwards */
    } CASES[] = {
        {"member-again=200", true, 200, 1},
        {"member-again=409", true, 409, 1},
        {"member-add=all", false, 400, 1},
        {"member-add=each", false, 200, 2},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
        char *other = listed(sandbox, "/admin/users?role=member", "data.4.id");
        char *users = with_member(sandbox, person, "member");
        char *body = text("{\"users\":[{\"id\":\"%s\",\"role\":\"admin\"}%s]}",
                          CASES[i].again ? person : other,
                          CASES[i].again ? "" : ",{\"id\":\"nobody\",\"role\":\"member\"}");
        json_decref(expect(sandbox, root_of(sandbox), "POST", users, body, CASES[i].status));
        json_t *list = get(sandbox, root_of(sandbox), users);
        assert_int_equal(number_at(list, "total"), CASES[i].total);
        role_reads(sandbox, users, person, "member"); /* adding again changes nothing */
        json_decref(list);
        free(body);
        free(users);
        free(other);
        free(person);
        stop(sandbox);
    }
}

static long long keys_in(const struct sandbox_process *sandbox, const char *users)
{
    char *ws = xstrndup(users + strlen("/admin/workspaces/"), 36);
    char *path = text("/api-keys?workspace_id=%s", ws);
    json_t *list = get(sandbox, root_of(sandbox), path);
    long long total = number_at(list, "total");
    json_decref(list);
    free(path);
    free(ws);
    return total;
}

static struct made_key user_key(const struct sandbox_process *sandbox, const char *users,
                                const char *person)
{
    char *ws = xstrndup(users + strlen("/admin/workspaces/"), 36);
    char *body =
        text("{\"name\":\"k\",\"scopes\":[\"workspace_users.list\",\"workspace_users.create\","
             "\"workspace_users.update\",\"workspace_users.delete\",\"workspaces.update\"],"
             "\"workspace_id\":\"%s\",\"user_id\":\"%s\"}",
             ws, person);
    struct made_key made = make_key(sandbox, root_of(sandbox), "workspace/user", body);
    free(body);
    free(ws);
    return made;
}

static void keys_of_who_is_removed(void **state)
{
    (void)state;
    static const struct {
        const char *quirk;
        bool user; /* removed from the organisation */
        int left;
    } CASES[] = {
        {"remove-member-keys=keep", false, 1},
        {"remove-member-keys=remove", false, 0},
        {"remove-user-keys=keep", true, 1},
        {"remove-user-keys=remove", true, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
        char *users = with_member(sandbox, person, "member");
        struct made_key key = user_key(sandbox, users, person);
        char *path = CASES[i].user ? text("/admin/users/%s", person) : text("%s/%s", users, person);
        assert_int_equal(keys_in(sandbox, users), 1);
        act(sandbox, "DELETE", path, NULL);
        refused(sandbox, "GET", path, NULL, 403, "AB03");
        assert_int_equal(keys_in(sandbox, users), CASES[i].left);
        if (CASES[i].left >
            0) { /* it still tells whose it is, and lets its owner do nothing here */
            char *key_path = text("/api-keys/%s", key.id);
            json_t *json = get(sandbox, root_of(sandbox), key_path);
            assert_string_equal(string_at(json, "user_id"), person);
            expect_error(sandbox, key.secret, "GET", users, NULL, 403, "AB03");
            json_decref(json);
            free(key_path);
        }
        free(path);
        free(users);
        free(person);
        stop(sandbox);
    }
}

/* By quirk who joins gets a key at once. */
static void keys_of_who_joins(void **state)
{
    (void)state;
    for (int automatic = 0; automatic < 2; automatic++) {
        struct sandbox_process *sandbox = start(automatic ? "auto-keys=yes" : "auto-keys=no");
        char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
        char *users = with_member(sandbox, person, "member");
        char *ws_path = xstrndup(users, strlen(users) - strlen("/users"));
        json_t *ws = get(sandbox, root_of(sandbox), ws_path);
        assert_int_equal(keys_in(sandbox, users), automatic);
        assert_int_equal(
            json_is_true(json_object_get(at(ws, "settings"), "user_api_key_auto_create")),
            automatic);
        if (automatic) {
            json_t *list = get(sandbox, root_of(sandbox), "/api-keys?page_size=1");
            assert_string_equal(string_at(list, "data.0.name"), "default_user_key");
            assert_string_equal(string_at(list, "data.0.creation_mode"), "auto");
            assert_string_equal(string_at(list, "data.0.user_id"), person);
            json_decref(list);
        }
        json_decref(ws);
        free(ws_path);
        free(users);
        free(person);
        stop(sandbox);
    }
}

/* What people may by their keys: roles up to their own, and only where the switch is on. */
static void people_give_roles_up_to_their_own(void **state)
{
    (void)state;
    static const struct {
        const char *role, *method, *other_is, *body;
        int status;
    } CASES[] = {
        {"admin", "PUT", "member", "{\"role\":\"admin\"}", 200},
        {"manager", "PUT", "member", "{\"role\":\"manager\"}", 200},
        {"manager", "PUT", "member", "{\"role\":\"admin\"}", 403},
        {"manager", "PUT", "admin", "{\"role\":\"member\"}", 403},
        {"member", "PUT", "member", "{\"role\":\"member\"}", 403},
        {"admin", "DELETE", "admin", NULL, 200},
        {"manager", "DELETE", "member", NULL, 200},
        {"manager", "DELETE", "admin", NULL, 403},
        {"member", "DELETE", "member", NULL, 403},
    };
    struct sandbox_process *sandbox = start(NULL);
    char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
    char *other = listed(sandbox, "/admin/users?role=member", "data.4.id");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *users = with_member(sandbox, person, CASES[i].role);
        char *add = text("{\"users\":[{\"id\":\"%s\",\"role\":\"%s\"}]}", other, CASES[i].other_is);
        char *path = text("%s/%s", users, other);
        struct made_key key = user_key(sandbox, users, person);
        bool adds =
            strcmp(CASES[i].role, "admin") == 0 ||
            (strcmp(CASES[i].role, "manager") == 0 && strcmp(CASES[i].other_is, "admin") != 0);
        json_decref(expect(sandbox, key.secret, "POST", users, add, adds ? 200 : 403));
        if (!adds) {
            act(sandbox, "POST", users, add);
        }
        json_decref(
            expect(sandbox, key.secret, CASES[i].method, path, CASES[i].body, CASES[i].status));
        char *ws = xstrndup(users, strlen(users) - strlen("/users"));
        json_decref(expect(sandbox, key.secret, "PUT", ws, "{\"description\":\"d\"}",
                           strcmp(CASES[i].role, "member") == 0 ? 403 : 200));
        free(ws);
        free(path);
        free(add);
        free(users);
    }
    free(other);
    free(person);
    stop(sandbox);
}

/* -- users -- */

static void roles_of_users(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
    char *path = text("/admin/users/%s", person);
    static const char *const BAD[] = {"{}", "{\"role\":\"owner\"}", "{\"role\":7}",
                                      "{\"role\":\"manager\"}"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        refused(sandbox, "PUT", path, BAD[i], 400, "AB01");
    }
    advance(sandbox, 5);
    act(sandbox, "PUT", path, "{\"role\":\"admin\",\"first_name\":\"X\"}");
    json_t *user = get(sandbox, root_of(sandbox), path);
    assert_string_equal(string_at(user, "role"), "admin");
    assert_string_not_equal(string_at(user, "first_name"), "X");
    assert_string_not_equal(string_at(user, "last_updated_at"), string_at(user, "created_at"));
    json_decref(user);
    refused(sandbox, "PUT", "/admin/users/nobody", "{\"role\":\"admin\"}", 403, "AB03");
    refused(sandbox, "DELETE", "/admin/users/nobody", NULL, 403, "AB03");
    free(path);
    free(person);
    stop(sandbox);
}

static void users_by_other_rules(void **state)
{
    (void)state;
    static const struct {
        const char *quirk, *role, *method, *body;
        int status;
    } CASES[] = {
        {"same-role=400", "member", "PUT", "{\"role\":\"member\"}", 400},
        {"same-role=200", "member", "PUT", "{\"role\":\"member\"}", 200},
        {"owner-demotion=403", "owner", "PUT", "{\"role\":\"member\"}", 403},
        {"owner-demotion=400", "owner", "PUT", "{\"role\":\"member\"}", 400},
        {"owner-removal=403", "owner", "DELETE", NULL, 403},
        {"owner-removal=200", "owner", "DELETE", NULL, 403}, /* the last one */
        {"owner-removal=200", "admin", "DELETE", NULL, 200},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        char *list = text("/admin/users?role=%s", CASES[i].role);
        char *id = listed(sandbox, list, "data.0.id");
        char *path = text("/admin/users/%s", id);
        json_decref(expect(sandbox, root_of(sandbox), CASES[i].method, path, CASES[i].body,
                           CASES[i].status));
        free(path);
        free(id);
        free(list);
        stop(sandbox);
    }
}

static void same_role_of_a_member(void **state)
{
    (void)state;
    for (int refuses = 0; refuses < 2; refuses++) {
        struct sandbox_process *sandbox =
            start(refuses ? "same-member-role=400" : "same-member-role=200");
        char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
        char *users = with_member(sandbox, person, "member");
        char *path = text("%s/%s", users, person);
        json_decref(expect(sandbox, root_of(sandbox), "PUT", path, "{\"role\":\"member\"}",
                           refuses ? 400 : 200));
        free(path);
        free(users);
        free(person);
        stop(sandbox);
    }
}

/* Gone from the lists, from workspaces and from the total; the mail can be invited again. */
static void who_is_removed_is_nowhere(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    char *person = listed(sandbox, "/admin/users?role=member", "data.3.id");
    char *mail = listed(sandbox, "/admin/users?role=member", "data.3.email");
    char *users = with_member(sandbox, person, "admin");
    char *path = text("/admin/users/%s", person);
    char *invite = text("{\"email\":\"%s\",\"role\":\"member\"}", mail);
    refused(sandbox, "POST", "/admin/users/invites", invite, 409, "AB07");
    act(sandbox, "DELETE", path, NULL);
    json_t *list = get(sandbox, root_of(sandbox), users);
    assert_int_equal(number_at(list, "total"), 0);
    json_decref(list);
    list = get(sandbox, root_of(sandbox), "/admin/users?pageSize=100");
    assert_int_equal(number_at(list, "total"), 31);
    json_decref(list);
    char *body = text("{\"users\":[{\"id\":\"%s\",\"role\":\"member\"}]}", person);
    refused(sandbox, "POST", users, body, 400, "AB01");
    json_decref(expect(sandbox, root_of(sandbox), "POST", "/admin/users/invites", invite, 200));
    free(body);
    free(invite);
    free(path);
    free(users);
    free(mail);
    free(person);
    stop(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workspaces_are_made),
        cmocka_unit_test(icons_are_taken_from_names),
        cmocka_unit_test(wrong_workspaces_are_refused_by_name),
        cmocka_unit_test(workspaces_are_changed),
        cmocka_unit_test(defaults_merge_or_replace),
        cmocka_unit_test(workspaces_are_deleted),
        cmocka_unit_test(deleting_by_other_rules),
        cmocka_unit_test(members_come_change_and_go),
        cmocka_unit_test(adding_by_other_rules),
        cmocka_unit_test(keys_of_who_is_removed),
        cmocka_unit_test(keys_of_who_joins),
        cmocka_unit_test(people_give_roles_up_to_their_own),
        cmocka_unit_test(roles_of_users),
        cmocka_unit_test(users_by_other_rules),
        cmocka_unit_test(same_role_of_a_member),
        cmocka_unit_test(who_is_removed_is_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
