/* Keys are made, changed and deleted: what each field may be, null against absent, what comes back.
 */
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

static struct sandbox_process *server;
static const char *root;
static char *workspace, *slug, *member, *stranger;

/* A body for a service key with these members more. */
static char *service_body(const char *more)
{
    return text(
        "{\"name\":\"made\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"%s\"%s%s}",
        workspace, *more != '\0' ? "," : "", more);
}

static struct made_key service_key(const char *more)
{
    char *body = service_body(more);
    struct made_key made = make_key(server, root, "workspace/service", body);
    free(body);
    return made;
}

static json_t *read_key(const char *id)
{
    char *path = text("/api-keys/%s", id);
    json_t *json = get(server, root, path);
    free(path);
    return json;
}

static void update(const char *id, const char *body)
{
    char *path = text("/api-keys/%s", id);
    json_t *json = expect(server, root, "PUT", path, body, 200);
    assert_int_equal(json_object_size(json), 0);
    json_decref(json);
    free(path);
}

static void made_keys_read_as_they_were_asked_for(void **state)
{
    (void)state;
    char *body = text("{\"name\":\"näme 🚀\",\"description\":\"what for\",\"scopes\":[\"logs.list\","
                      "\"completions.write\"],\"workspace_id\":\"%s\",\"user_id\":\"%s\","
                      "\"type\":\"ignored\",\"sub-type\":\"too\",\"id\":\"x\","
                      "\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":100}],"
                      "\"usage_limits\":{\"type\":\"tokens\",\"credit_limit\":10.0,"
                      "\"alert_threshold\":8},\"alert_emails\":[\"a@b.example\"],"
                      "\"expires_at\":\"2027-01-31T00:00:00+01:00\","
                      "\"defaults\":{\"metadata\":{\"team\":\"x\"},\"config_id\":\"pc-abc-123\","
                      "\"allow_config_override\":true}}",
                      slug, member);
    struct made_key made = make_key(server, root, "workspace/user", body);
    json_t *key = read_key(made.id);
    assert_string_equal(string_at(key, "name"), "näme 🚀");
    assert_string_equal(string_at(key, "description"), "what for");
    assert_string_equal(string_at(key, "type"), "workspace-user");
    assert_string_equal(string_at(key, "workspace_id"), workspace); /* never the slug */
    assert_string_equal(string_at(key, "user_id"), member);
    assert_string_equal(string_at(key, "status"), "active");
    assert_string_equal(string_at(key, "creation_mode"), "api");
    assert_string_equal(string_at(key, "created_at"), string_at(key, "last_updated_at"));
    assert_string_equal(string_at(key, "expires_at"), "2027-01-30T23:00:00.000Z");
    assert_int_equal(json_array_size(at(key, "scopes")), 2);
    assert_int_equal(number_at(key, "rate_limits.0.value"), 100);
    assert_true(json_is_object(at(key, "usage_limits"))); /* one object; workspaces have an array */
    assert_true(json_real_value(at(key, "usage_limits.credit_limit")) == 10.0);
    assert_true(json_real_value(at(key, "usage_limits.current_usage")) == 0.0);
    assert_string_equal(string_at(key, "alert_emails.0"), "a@b.example");
    assert_string_equal(string_at(key, "defaults.metadata.team"), "x");
    assert_int_equal(strlen(string_at(key, "defaults.config_id")), 36); /* the id, not the slug */
    assert_true(json_is_true(at(key, "defaults.allow_config_override")));
    assert_int_equal(strncmp(string_at(key, "key"), made.secret, 2), 0);
    assert_null(json_object_get(key, "rotation_policy"));
    json_decref(key);
    free(body);
}

/* A sentence that names three fields could be put at none of them. */
static void wrong_defaults_name_their_field(void **state)
{
    (void)state;
    static const struct {
        const char *value, *says;
    } CASES[] = {
        {"{\"metadata\":\"x\"}", "defaults.metadata must be"},
        {"{\"config_id\":\"my config\"}", "defaults.config_id must be"},
        {"{\"allow_config_override\":1}", "defaults.allow_config_override must be"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *more = text("\"defaults\":%s", CASES[i].value);
        char *body = service_body(more);
        json_t *json = expect(server, root, "POST", "/api-keys/workspace/service", body, 400);
        assert_non_null(strstr(string_at(json, "data.message"), CASES[i].says));
        json_decref(json);
        free(body);
        free(more);
    }
}

/* The newest key is the first of the list, and the whole secret is in no read. */
static void secrets_are_told_once(void **state)
{
    (void)state;
    struct made_key made = service_key("");
    json_t *list = get(server, root, "/api-keys?page_size=100");
    char *dump = json_dumps(list, 0);
    assert_string_equal(string_at(list, "data.0.id"), made.id);
    assert_null(strstr(dump, made.secret));
    assert_int_equal(strlen(made.secret), 28);
    json_decref(list);
    free(dump);
}

static void wrong_fields_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *field, *value;
    } CASES[] = {
        {"description", "7"},
        {"rate_limits", "{}"},
        {"rate_limits", "[{}]"},
        {"rate_limits", "[7]"},
        {"rate_limits", "[{\"type\":\"requests\",\"unit\":\"rpy\",\"value\":1}]"},
        {"rate_limits", "[{\"type\":\"bytes\",\"unit\":\"rpm\",\"value\":1}]"},
        {"rate_limits", "[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":-1}]"},
        {"rate_limits", "[{\"type\":\"requests\",\"unit\":\"rpm\"}]"},
        {"usage_limits", "[]"},
        {"usage_limits", "{}"},
        {"usage_limits", "{\"credit_limit\":0}"},
        {"usage_limits", "{\"credit_limit\":\"5\"}"},
        {"usage_limits", "{\"credit_limit\":5,\"alert_threshold\":6}"},
        {"usage_limits", "{\"credit_limit\":5,\"type\":\"euros\"}"},
        {"usage_limits", "{\"credit_limit\":5,\"periodic_reset\":\"daily\"}"},
        {"usage_limits", "{\"credit_limit\":5,\"periodic_reset_days\":0}"},
        {"usage_limits", "{\"credit_limit\":5,\"periodic_reset_days\":366}"},
        {"usage_limits",
         "{\"credit_limit\":5,\"periodic_reset\":\"weekly\",\"periodic_reset_days\":3}"},
        {"usage_limits", "{\"credit_limit\":5,\"next_usage_reset_at\":\"soon\"}"},
        {"alert_emails", "\"a@b\""},
        {"alert_emails", "[\"nobody\"]"},
        {"alert_emails", "[1]"},
        {"alert_emails", "[\"@b.example\"]"},
        {"alert_emails", "[\"a@b\"]"},
        {"alert_emails", "[\"a@.example\"]"},
        {"alert_emails", "[\"a@b.\"]"},
        {"alert_emails", "[\"a@b.example c@d.example\"]"},
        {"alert_emails", "[\"a@b.example\",\"a@@b.example\"]"},
        {"expires_at", "\"tomorrow\""},
        {"expires_at", "17"},
        {"expires_at", "\"2027-02-30T00:00:00Z\""},
        {"rotation_policy", "{}"},
        {"rotation_policy", "\"weekly\""},
        {"rotation_policy", "{\"rotation_period\":\"daily\"}"},
        {"rotation_policy", "{\"rotation_period_days\":366}"},
        {"rotation_policy", "{\"rotation_period\":\"weekly\",\"rotation_period_days\":7}"},
        {"rotation_policy",
         "{\"rotation_period\":\"weekly\",\"key_transition_period_ms\":1799999}"},
        {"rotation_policy",
         "{\"rotation_period\":\"weekly\",\"key_transition_period_ms\":604800000}"},
        {"rotation_policy", "{\"next_rotation_at\":\"never\"}"},
        {"defaults", "[]"},
        {"defaults", "{\"metadata\":7}"},
        {"defaults", "{\"config_id\":7}"},
        {"defaults", "{\"config_id\":\"\"}"},
        {"defaults", "{\"config_id\":\"my config\"}"},
        {"defaults", "{\"allow_config_override\":\"yes\"}"},
        {"reset_usage", "\"yes\""},
        {"workspace_id", "7"},
    };
    struct made_key made = service_key("");
    char *path = text("/api-keys/%s", made.id);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *more = text("\"%s\":%s", CASES[i].field, CASES[i].value);
        char *body = service_body(more);
        char *change = text("{%s}", more);
        json_t *json = expect(server, root, "POST", "/api-keys/workspace/service", body, 400);
        assert_string_equal(string_at(json, "data.errorCode"), "AB01");
        assert_non_null(strstr(string_at(json, "data.message"), CASES[i].field));
        json_decref(json);
        if (strcmp(CASES[i].field, "workspace_id") != 0) { /* never changes: ignored */
            expect_error(server, root, "PUT", path, change, 400, "AB01");
        }
        free(change);
        free(body);
        free(more);
    }
    free(path);
}

static void names_and_scopes(void **state)
{
    (void)state;
    char longest[400] = "";
    for (int i = 0; i < 100; i++) {
        memcpy(longest + strlen(longest), "é", sizeof "é");
    }
    static const char *const BAD[] = {
        "",
        "\"name\":null",
        "\"name\":\"\"",
        "\"name\":7",
        "\"name\":\"n\"",
        "\"name\":\"n\",\"scopes\":null",
        "\"name\":\"n\",\"scopes\":[]",
        "\"name\":\"n\",\"scopes\":\"completions.write\"",
        "\"name\":\"n\",\"scopes\":[7]",
        "\"name\":\"n\",\"scopes\":[\"no.such.scope\"]",
        "\"name\":\"n\",\"scopes\":[\"completions.write\",\"organisation_users.list\"]",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char *body =
            text("{%s%s\"workspace_id\":\"%s\"}", BAD[i], *BAD[i] != '\0' ? "," : "", workspace);
        expect_error(server, root, "POST", "/api-keys/workspace/service", body, 400, "AB01");
        free(body);
    }
    /* Characters are counted, not bytes. */
    char *body =
        text("{\"name\":\"%s\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"%s\"}",
             longest, slug);
    (void)make_key(server, root, "workspace/service", body);
    free(body);
    body = text("{\"name\":\"%sx\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"%s\"}",
                longest, slug);
    expect_error(server, root, "POST", "/api-keys/workspace/service", body, 400, "AB01");
    free(body);
    body = text("{\"name\":\"n\",\"scopes\":[\"%s%s%s\"],\"workspace_id\":\"%s\"}", longest,
                longest, longest, slug);
    expect_error(server, root, "POST", "/api-keys/workspace/service", body, 400, "AB01");
    free(body);
}

static void malformed_bodies_do_nothing(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "{", "[]", "7", "\"text\"", "{\"name\":\"\\ud800\"}", "{\"name\":\"\xff\"}"};
    struct made_key made = service_key("");
    char *path = text("/api-keys/%s", made.id);
    char *rotate = text("/api-keys/%s/rotate", made.id);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        expect_error(server, root, "POST", "/api-keys/workspace/service", BAD[i], 400, "AB01");
        expect_error(server, root, "PUT", path, BAD[i], 400, "AB01");
        expect_error(server, root, "POST", rotate, BAD[i], 400, "AB01");
    }
    expect_error(server, root, "PUT", path, NULL, 400, "AB01");
    char *huge = xcalloc(1, (size_t)2 << 20);
    memset(huge, ' ', ((size_t)2 << 20) - 1);
    expect_error(server, root, "PUT", path, huge, 400, "AB01");
    free(huge);
    expect_error(server, made.secret, "GET", "/api-keys", NULL, 403, "AB03"); /* it still works */
    free(path);
    free(rotate);
}

static void owners_of_user_keys(void **state)
{
    (void)state;
    static const char *const BAD[] = {"", ",\"user_id\":null", ",\"user_id\":7",
                                      ",\"user_id\":\"no-such-user\""};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char *body =
            text("{\"name\":\"n\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"%s\""
                 "%s}",
                 workspace, BAD[i]);
        expect_error(server, root, "POST", "/api-keys/workspace/user", body, 400, "AB01");
        free(body);
    }
    /* A user of the organisation, but not in this workspace. */
    char *body = text("{\"name\":\"n\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"%s\","
                      "\"user_id\":\"%s\"}",
                      workspace, stranger);
    expect_error(server, root, "POST", "/api-keys/workspace/user", body, 400, "AB01");
    free(body);
}

/* Key 401, route and scope 403, body 400, object 403, conflict 409. */
static void checks_come_in_order(void **state)
{
    (void)state;
    struct made_key weak = service_key("");
    struct made_key made = service_key("");
    char *path = text("/api-keys/%s/rotate", made.id);
    json_decref(expect(server, NULL, "POST", "/no/such/path", "{", 400));
    expect_error(server, "nobody's", "PUT", "/api-keys/no-such-key", "{", 401, "AB05");
    expect_error(server, weak.secret, "PUT", "/api-keys/no-such-key", "{", 403, "AB03");
    expect_error(server, root, "PUT", "/api-keys/no-such-key", "{\"name\":7}", 400, "AB01");
    expect_error(server, root, "PUT", "/api-keys/no-such-key", "{\"scopes\":[\"x\"]}", 400, "AB01");
    expect_error(server, root, "PUT", "/api-keys/no-such-key", "{\"name\":\"n\"}", 403, "AB03");
    expect_error(server, root, "POST", "/api-keys/no-such-key/rotate",
                 "{\"key_transition_period_ms\":1}", 400, "AB01");
    expect_error(server, root, "POST", "/api-keys/workspace/user",
                 "{\"name\":\"n\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"none\"}",
                 400, "AB01");
    json_decref(expect(server, root, "POST", path, NULL, 200));
    expect_error(server, root, "POST", path, "{\"key_transition_period_ms\":1}", 400, "AB01");
    expect_error(server, root, "POST", path, NULL, 409, "AB07");
    free(path);
}

static const char FULL[] =
    "\"description\":\"d\",\"rate_limits\":[{\"type\":\"tokens\",\"unit\":\"rpd\",\"value\":5}],"
    "\"usage_limits\":{\"credit_limit\":7,\"alert_threshold\":5,\"periodic_reset\":\"monthly\"},"
    "\"alert_emails\":[\"a@b.example\"],\"expires_at\":\"2027-01-01T00:00:00Z\","
    "\"rotation_policy\":{\"rotation_period\":\"weekly\"},"
    "\"defaults\":{\"metadata\":{\"a\":\"b\"},\"config_id\":\"pc-x\"}";

/* Absent is unchanged; the update says nothing. */
static void absent_is_unchanged(void **state)
{
    (void)state;
    struct made_key made = service_key(FULL);
    json_t *before = read_key(made.id);
    update(made.id, "{}");
    json_t *after = read_key(made.id);
    /* A second may turn in between. */
    json_object_set(after, "last_updated_at", at(before, "last_updated_at"));
    assert_true(json_equal(before, after));
    json_decref(after);
    update(made.id, "{\"name\":\"another\",\"type\":\"workspace-user\",\"user_id\":\"x\","
                    "\"status\":\"expired\",\"scopes\":[\"logs.list\"]}");
    after = read_key(made.id);
    assert_string_equal(string_at(after, "name"), "another");
    assert_int_equal(json_array_size(at(after, "scopes")), 1);
    assert_string_equal(string_at(after, "scopes.0"), "logs.list");
    json_object_set(after, "name", at(before, "name"));
    json_object_set(after, "scopes", at(before, "scopes"));
    json_object_set(after, "last_updated_at", at(before, "last_updated_at"));
    assert_true(json_equal(before, after));
    json_decref(after);
    json_decref(before);
}

static void null_clears(void **state)
{
    (void)state;
    struct made_key made = service_key(FULL);
    update(made.id, "{\"rate_limits\":null,\"usage_limits\":null,\"alert_emails\":null,"
                    "\"expires_at\":null,\"rotation_policy\":null,\"description\":null,"
                    "\"defaults\":{\"config_id\":null}}");
    json_t *key = read_key(made.id);
    assert_int_equal(json_array_size(at(key, "rate_limits")), 0);
    assert_true(json_is_array(at(key, "rate_limits")));
    static const char *const NULLS[] = {"usage_limits",       "alert_emails",        "expires_at",
                                        "defaults.config_id", "next_usage_reset_at", "reset_usage"};
    for (size_t i = 0; i < sizeof NULLS / sizeof *NULLS; i++) {
        assert_true(json_is_null(at(key, NULLS[i])));
    }
    assert_null(json_object_get(key, "rotation_policy"));
    assert_string_equal(string_at(key, "description"), "");
    assert_string_equal(string_at(key, "defaults.metadata.a"), "b");
    json_decref(key);
    char *path = text("/api-keys/%s", made.id);
    expect_error(server, root, "PUT", path, "{\"name\":null}", 400, "AB01");
    expect_error(server, root, "PUT", path, "{\"scopes\":null}", 400, "AB01");
    free(path);
}

/* A refused change changes nothing, though its first fields were good. */
static void refused_changes_leave_no_trace(void **state)
{
    (void)state;
    struct made_key made = service_key(FULL);
    char *path = text("/api-keys/%s", made.id);
    json_t *before = read_key(made.id);
    expect_error(server, root, "PUT", path,
                 "{\"name\":\"other\",\"rate_limits\":null,\"defaults\":7}", 400, "AB01");
    expect_error(server, root, "PUT", path, "{\"name\":\"other\",\"scopes\":[\"audit_logs.list\"]}",
                 400, "AB01"); /* legal, but not for this kind */
    json_t *after = read_key(made.id);
    assert_true(json_equal(before, after));
    json_decref(before);
    json_decref(after);
    free(path);
}

static void deleted_is_gone(void **state)
{
    (void)state;
    struct made_key made = service_key("");
    char *path = text("/api-keys/%s", made.id);
    json_t *list = get(server, root, "/api-keys");
    long long total = number_at(list, "total");
    json_decref(list);
    expect_error(server, made.secret, "GET", "/api-keys", NULL, 403, "AB03");
    json_t *json = expect(server, root, "DELETE", path, "{\"tolerated\":true}", 200);
    assert_int_equal(json_object_size(json), 0);
    json_decref(json);
    expect_error(server, made.secret, "GET", "/api-keys", NULL, 401, "AB05");
    expect_error(server, root, "GET", path, NULL, 403, "AB03");
    expect_error(server, root, "PUT", path, "{}", 403, "AB03");
    expect_error(server, root, "DELETE", path, NULL, 403, "AB03");
    list = get(server, root, "/api-keys");
    assert_int_equal(number_at(list, "total"), total - 1);
    json_decref(list);
    free(path);
}

static int setup(void **state)
{
    (void)state;
    server = sandbox_start(
        (const char *const[]){"--seed", "demo", "--now", "2026-11-25T03:12:00Z", NULL});
    root = sandbox_admin_key(server, 0);
    json_t *places = get(server, root, "/admin/workspaces");
    workspace = xstrdup(string_at(places, "data.2.id"));
    slug = xstrdup(string_at(places, "data.2.slug"));
    char *path = text("/admin/workspaces/%s/users?page_size=100", workspace);
    json_t *members = get(server, root, path);
    member = xstrdup(string_at(members, "data.3.id"));
    json_t *users = get(server, root, "/admin/users?pageSize=100");
    size_t n;
    json_t *user;
    char *all = json_dumps(members, 0);
    json_array_foreach(at(users, "data"), n, user)
    {
        if (stranger == NULL && strstr(all, string_at(user, "id")) == NULL) {
            stranger = xstrdup(string_at(user, "id"));
        }
    }
    assert_non_null(stranger);
    free(all);
    free(path);
    json_decref(users);
    json_decref(members);
    json_decref(places);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(workspace);
    free(slug);
    free(member);
    free(stranger);
    return sandbox_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_keys_read_as_they_were_asked_for),
        cmocka_unit_test(secrets_are_told_once),
        cmocka_unit_test(wrong_fields_are_refused_by_name),
        cmocka_unit_test(wrong_defaults_name_their_field),
        cmocka_unit_test(names_and_scopes),
        cmocka_unit_test(malformed_bodies_do_nothing),
        cmocka_unit_test(owners_of_user_keys),
        cmocka_unit_test(checks_come_in_order),
        cmocka_unit_test(absent_is_unchanged),
        cmocka_unit_test(null_clears),
        cmocka_unit_test(refused_changes_leave_no_trace),
        cmocka_unit_test(deleted_is_gone),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
