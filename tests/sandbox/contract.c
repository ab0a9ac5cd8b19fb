/* Names, methods, bodies and answers of every route, from a table made of the published
 * specification of the Admin API, corrected by what its clients have seen. The table knows nothing
 * of the server's own tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "sandbox/wire.h"

#include "base/banned.h"

/* What is made on the way, and stands for {name} in later rows. */
enum made { MADE_NONE, MADE_WORKSPACE, MADE_INVITE, MADE_KEY, MADE_MAPPING, MADE_COUNT };

/* answer, rows: "name:type", types s text, n text or null, i whole number, f 0 or 1, z number 0 or
 * 1 or null, b true or false, a array, A array or null, o object, O object or null, N null. An
 * answer has these members and no others; NULL: {}. rows: of each row of `list`, and likewise no
 * others. */
struct row {
    const char *method, *path, *body;
    const char *answer;
    const char *list, *rows;
    enum made makes;
};

#define LIST "object:s total:i data:a"
#define USER "object:s id:s first_name:n last_name:n role:s email:s created_at:s last_updated_at:s"
#define MEMBER                                                                                     \
    "object:s id:s first_name:n last_name:n org_role:s role:s created_at:s last_updated_at:s "     \
    "status:s workspace_id:s email:s scopes:a settings:O"
#define INVITE                                                                                     \
    "object:s id:s email:s role:s created_at:s expires_at:s accepted_at:n status:s invited_by:s "  \
    "workspaces:a"
#define WORKSPACE                                                                                  \
    "id:s slug:s name:s icon:n description:n created_at:s last_updated_at:s defaults:O "           \
    "is_default:f usage_limits:A rate_limits:A security_settings:o object:s"
#define KEY                                                                                        \
    "id:s key:s name:s description:n type:s organisation_id:s workspace_id:n user_id:n status:s "  \
    "created_at:s last_updated_at:s creation_mode:s rate_limits:a usage_limits:O reset_usage:N "   \
    "expires_at:n last_reset_at:n alert_emails:A expiry_enforced:f allow_config_override:z "       \
    "api_key_defaults_id:n scopes:a defaults:o object:s"
#define MAPPING "id:s workspace_id:s scim_group:s scim_group_id:s role:s"
#define RECORD                                                                                     \
    "timestamp:s method:s uri:s request_id:s request_body:s query_params:s request_headers:s "     \
    "user_id:s user_type:s organisation_id:s workspace_id:s response_status_code:i "               \
    "resource_type:s action:s client_ip:s country:s"

static const struct row ROWS[] = {
    {"POST", "/admin/workspaces",
     "{\"name\":\"contract\",\"description\":\"d\",\"icon\":\"🧾\",\"defaults\":{\"metadata\":{"
     "\"a\":\"b\"}},"
     "\"users\":[\"{user}\"],\"usage_limits\":[{\"credit_limit\":5}],\"rate_limits\":[{\"type\":"
     "\"requests\",\"unit\":\"rpm\",\"value\":5}]}",
     "id:s slug:s name:s description:s created_at:s last_updated_at:s defaults:o users:a object:s",
     NULL, NULL, MADE_WORKSPACE},
    {"GET",
     "/admin/workspaces?page_size=1&current_page=0&name=contr&exact_name=contract&status=active",
     NULL, LIST, "data", WORKSPACE " scim_source_id:n status:s", MADE_NONE},
    {"GET", "/admin/workspaces/{workspace}?name_format=plain", NULL,
     WORKSPACE
     " settings:o organisation_id:s last_reset_at:n created_by:s creation_source:s users:a",
     "users",
     "id:s first_name:n last_name:n org_role:s role:s created_at:s last_updated_at:s status:s "
     "workspace_id:s",
     MADE_NONE},
    {"PUT", "/admin/workspaces/{workspace}",
     "{\"name\":\"contract\",\"description\":\"x\",\"icon\":\"\",\"defaults\":{\"metadata\":{\"a\":"
     "\"c\"},"
     "\"input_guardrails\":[\"g\"],\"output_guardrails\":[],\"user_api_key_config\":\"pc-1\"},"
     "\"usage_limits\":null,\"rate_limits\":[]}",
     NULL, NULL, NULL, MADE_NONE},
    {"POST", "/admin/workspaces/{workspace}/users",
     "{\"users\":[{\"id\":\"{other}\",\"role\":\"manager\"}]}", NULL, NULL, NULL, MADE_NONE},
    {"GET", "/admin/workspaces/{workspace}/users?page_size=5&current_page=0&role=manager", NULL,
     LIST, "data", MEMBER, MADE_NONE},
    {"GET", "/admin/workspaces/{workspace}/users/{other}", NULL, MEMBER, NULL, NULL, MADE_NONE},
    {"PUT", "/admin/workspaces/{workspace}/users/{other}", "{\"role\":\"admin\"}", NULL, NULL, NULL,
     MADE_NONE},

    {"POST", "/api-keys/workspace/user",
     "{\"name\":\"k\",\"description\":\"d\",\"workspace_id\":\"{workspace}\",\"user_id\":\"{other}"
     "\","
     "\"organisation_id\":\"x\",\"scopes\":[\"completions.write\"],\"rate_limits\":[{\"type\":"
     "\"requests\",\"unit\":\"rpw\",\"value\":1}],\"usage_limits\":{\"credit_limit\":5},\"alert_"
     "emails\":"
     "[\"a@b.example\"],\"expires_at\":\"2027-01-01T00:00:00Z\",\"defaults\":{\"metadata\":{\"a\":"
     "\"b\"},\"config_id\":\"pc-1\"},\"rotation_policy\":{\"rotation_period\":\"weekly\"}}",
     "id:s key:s object:s", NULL, NULL, MADE_KEY},
    {"GET", "/api-keys?page_size=2&current_page=0&workspace_id={workspace}&ids={key}", NULL, LIST,
     "data", KEY " rotation_policy:o", MADE_NONE},
    {"GET", "/api-keys/{key}", NULL, KEY " next_usage_reset_at:n rotation_policy:o", NULL, NULL,
     MADE_NONE},
    {"PUT", "/api-keys/{key}",
     "{\"name\":\"n\",\"description\":\"\",\"scopes\":[\"completions.write\"],\"rate_limits\":null,"
     "\"usage_limits\":{\"credit_limit\":9},\"reset_usage\":true,\"alert_emails\":null,\"expires_"
     "at\":"
     "null,\"defaults\":{\"config_id\":null},\"rotation_policy\":null}",
     NULL, NULL, NULL, MADE_NONE},
    {"POST", "/api-keys/{key}/rotate", "{\"key_transition_period_ms\":1800000}",
     "id:s key:s key_transition_expires_at:s", NULL, NULL, MADE_NONE},
    {"DELETE", "/api-keys/{key}", NULL, NULL, NULL, NULL, MADE_NONE},

    {"POST", "/admin/users/invites",
     "{\"email\":\"contract@x.example\",\"role\":\"admin\",\"workspaces\":[{\"id\":\"{workspace}\","
     "\"role\":\"admin\"}],\"workspace_api_key_details\":{\"scopes\":[\"completions.write\"]}}",
     "id:s invite_link:s", NULL, NULL, MADE_INVITE},
    {"GET",
     "/admin/users/"
     "invites?pageSize=2&currentPage=0&role=admin&email=contract%40x.example&status=pending",
     NULL, LIST, "data", INVITE, MADE_NONE},
    {"GET", "/admin/users/invites/{invite}", NULL, INVITE, "workspaces", "workspace_id:s role:s",
     MADE_NONE},
    {"POST", "/admin/users/invites/{invite}/resend", NULL, "inviteLink:s", NULL, NULL, MADE_NONE},
    {"DELETE", "/admin/users/invites/{invite}", NULL, NULL, NULL, NULL, MADE_NONE},

    {"GET", "/admin/users?pageSize=5&currentPage=1&role=member", NULL, LIST, "data", USER,
     MADE_NONE},
    {"GET", "/admin/users/{other}", NULL, USER " workspace_ids:a", NULL, NULL, MADE_NONE},
    {"PUT", "/admin/users/{other}", "{\"role\":\"admin\"}", NULL, NULL, NULL, MADE_NONE},

    {"POST", "/scim/workspaces",
     "{\"workspace_id\":\"{workspace}\",\"role\":\"manager\",\"scim_group_name\":\"contract\"}",
     MAPPING, NULL, NULL, MADE_MAPPING},
    {"GET", "/scim/workspaces?page=0&page_size=5&workspace_id={workspace}&role=manager", NULL,
     "mappings:a total_count:i page:i page_size:i", "mappings", MAPPING, MADE_NONE},
    {"GET", "/scim/groups?search=contract&page=0&page_size=5", NULL,
     "groups:a total_count:i page:i page_size:i", "groups", "id:s display_name:s created_at:s",
     MADE_NONE},
    {"DELETE", "/scim/workspaces/{mapping}", NULL, "success:b", NULL, NULL, MADE_NONE},

    {"DELETE", "/admin/workspaces/{workspace}/users/{other}", NULL, NULL, NULL, NULL, MADE_NONE},
    {"DELETE", "/admin/users/{other}", NULL, NULL, NULL, NULL, MADE_NONE},
    {"DELETE", "/admin/workspaces/{workspace}", "{\"name\":\"contract\",\"force_delete\":true}",
     NULL, NULL, NULL, MADE_NONE},
    {"GET",
     "/audit-logs?start_time=2020-01-01&end_time=2099-01-01&method=POST&user_type=api_key&"
     "response_status_code=200&resource_type=workspaces&action=create&current_page=0&page_size=5",
     NULL, "records:a total:i object:s", "records", RECORD, MADE_NONE},
};

struct world {
    struct sandbox_process *sandbox;
    char *made[MADE_COUNT];
    char *user, *other;
};

static const char *value_of(const struct world *w, const char *name, size_t len)
{
    static const char *const NAMES[MADE_COUNT] = {"", "workspace", "invite", "key", "mapping"};
    for (int i = 1; i < MADE_COUNT; i++) {
        if (strlen(NAMES[i]) == len && strncmp(NAMES[i], name, len) == 0) {
            return w->made[i];
        }
    }
    return strncmp(name, "user", len) == 0    ? w->user
           : strncmp(name, "other", len) == 0 ? w->other
                                              : NULL;
}

/* Gives the template with the names in braces filled in. */
static char *filled(const struct world *w, const char *template)
{
    struct buf out;
    buf_init(&out, 0);
    for (const char *c = template; *c != '\0';) {
        size_t len = *c == '{' && ascii_is_letter(c[1]) ? strcspn(c, "}") : 0;
        if (len > 0) {
            buf_adds(&out, value_of(w, c + 1, len - 1));
            c += len + 1;
        } else {
            buf_addc(&out, *c++);
        }
    }
    return buf_take(&out);
}

static bool is_of_type(const json_t *value, char type)
{
    switch (type) {
    case 's':
        return json_is_string(value);
    case 'n':
        return json_is_string(value) || json_is_null(value);
    case 'i':
        return json_is_integer(value);
    case 'f':
        return json_is_integer(value) && json_integer_value(value) / 2 == 0;
    case 'z':
        return json_is_integer(value) || json_is_null(value);
    case 'b':
        return json_is_boolean(value);
    case 'a':
        return json_is_array(value);
    case 'A':
        return json_is_array(value) || json_is_null(value);
    case 'o':
        return json_is_object(value);
    case 'O':
        return json_is_object(value) || json_is_null(value);
    default:
        return json_is_null(value);
    }
}

static void has_members(const struct row *row, const json_t *object, const char *members)
{
    char *copy = xstrdup(members != NULL ? members : "");
    char *rest = copy;
    size_t count = 0;
    for (char *one = strsep(&rest, " "); one != NULL && *one != '\0'; one = strsep(&rest, " ")) {
        char *type = strchr(one, ':');
        *type++ = '\0';
        const json_t *value = json_object_get(object, one);
        if (value == NULL || !is_of_type(value, *type)) {
            char *dump = json_dumps(object, 0);
            fail_msg("%s %s: %s is not as told (%c) in %s", row->method, row->path, one, *type,
                     dump);
        }
        count++;
    }
    if (json_object_size(object) != count) {
        char *dump = json_dumps(object, 0);
        fail_msg("%s %s: more than %s in %s", row->method, row->path, members ? members : "{}",
                 dump);
    }
    free(copy);
}

static void check(struct world *w, const struct row *row)
{
    char *path = filled(w, row->path);
    char *body = row->body != NULL ? filled(w, row->body) : NULL;
    json_t *json =
        expect(w->sandbox, sandbox_admin_key(w->sandbox, 0), row->method, path, body, 200);
    has_members(row, json, row->answer);
    if (row->list != NULL) {
        size_t i;
        json_t *item;
        assert_true(json_array_size(at(json, row->list)) > 0);
        json_array_foreach(at(json, row->list), i, item)
        {
            has_members(row, item, row->rows);
        }
    }
    if (row->makes != MADE_NONE) {
        w->made[row->makes] = xstrdup(string_at(json, "id"));
    }
    json_decref(json);
    free(body);
    free(path);
}

static void every_route_is_as_told(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check(w, &ROWS[i]);
    }
}

/* Neither in the specification nor seen: they fall through to the gateway. */
static void what_is_not_there(void **state)
{
    static const struct {
        const char *method, *path;
    } NONE[] = {
        {"PUT", "/admin/users/invites/x"},
        {"POST", "/admin/users"},
        {"POST", "/admin/users/x"},
        {"PATCH", "/admin/workspaces/x"},
        {"POST", "/admin/workspaces/x"},
        {"DELETE", "/admin/workspaces/x/users"},
        {"GET", "/scim/workspaces/x"},
        {"PUT", "/scim/workspaces/x"},
        {"POST", "/scim/groups"},
        {"GET", "/scim/groups/x"},
        {"POST", "/audit-logs"},
        {"GET", "/audit-logs/x"},
        {"GET", "/admin/users/invites/x/resend"},
        {"GET", "/auth/self"},
    };
    const struct world *w = *state;
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
        json_t *json = expect(w->sandbox, sandbox_admin_key(w->sandbox, 0), NONE[i].method,
                              NONE[i].path, NULL, 400);
        assert_string_equal(string_at(json, "status"), "failure");
        json_decref(json);
    }
}

static int setup(void **state)
{
    struct world *w = xcalloc(1, sizeof *w);
    w->sandbox = sandbox_start(
        (const char *const[]){"--seed", "demo", "--now", "2026-11-25T03:12:00Z", NULL});
    json_t *list = get(w->sandbox, sandbox_admin_key(w->sandbox, 0), "/admin/users?role=member");
    w->user = xstrdup(string_at(list, "data.4.id"));
    w->other = xstrdup(string_at(list, "data.5.id"));
    json_decref(list);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    int status = sandbox_stop(w->sandbox);
    for (int i = 0; i < MADE_COUNT; i++) {
        free(w->made[i]);
    }
    free(w->user);
    free(w->other);
    free(w);
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_as_told),
        cmocka_unit_test(what_is_not_there),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
