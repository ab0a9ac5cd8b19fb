/* Records and drafts: JSON to rows and back. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/codec.h"
#include "api/json.h"
#include "base/clock.h"

#include "base/banned.h"

static struct inventory *inv;

static int set_up(void **state)
{
    (void)state;
    inv = inventory_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    inventory_free(inv);
    return 0;
}

static json_t *parse(const char *text)
{
    struct err err = {0};
    json_t *value = json_read(text, strlen(text), &err);

    if (value == NULL) {
        fail_msg("%s: %s", text, err.text);
    }
    return value;
}

static const char *word(str_ref ref)
{
    const char *text = arena_text(&inv->arena, ref);

    return text == NULL ? "(none)" : text;
}

static struct key_row key(const char *text)
{
    json_t *json = parse(text);
    struct err err = {0};
    struct key_row row;

    if (!key_decode(json, inv, &row, &err)) {
        fail_msg("%s: %s", text, err.text);
    }
    json_decref(json);
    return row;
}

/* -- keys -- */

/* As a workspace key was recorded, field by field. */
static void test_recorded_key(void **state)
{
    struct key_row row = key(
        "{\"id\":\"0b2f2f36-6b9c-4c1c-8a3e-5d6a0f1f2a3b\",\"key\":\"z1*****3AX\",\"name\":\"n\","
        "\"description\":\"\",\"type\":\"workspace-service\","
        "\"organisation_id\":\"11111111-2222-4333-8444-555555555555\","
        "\"workspace_id\":\"aaaaaaaa-2222-4333-8444-555555555555\",\"user_id\":null,"
        "\"status\":\"active\",\"created_at\":\"2026-05-03T17:08:55.000Z\","
        "\"last_updated_at\":\"2026-05-03T17:08:55.000Z\",\"creation_mode\":\"api\","
        "\"rate_limits\":[],\"usage_limits\":null,\"reset_usage\":null,\"expires_at\":null,"
        "\"last_reset_at\":null,\"alert_emails\":null,\"expiry_enforced\":0,"
        "\"next_usage_reset_at\":null,\"allow_config_override\":null,\"api_key_defaults_id\":null,"
        "\"scopes\":[\"completions.write\",\"logs.list\"],"
        "\"defaults\":{\"metadata\":null,\"config_id\":null,\"allow_config_override\":false},"
        "\"object\":\"api-key\"}");
    char id[ID_TEXT_SIZE];

    (void)state;
    assert_string_equal(inventory_id_text(inv, row.id, id), "0b2f2f36-6b9c-4c1c-8a3e-5d6a0f1f2a3b");
    assert_string_equal(inventory_id_text(inv, row.workspace_id, id),
                        "aaaaaaaa-2222-4333-8444-555555555555");
    assert_true(id_is_none(row.user_id));
    assert_int_equal(row.kind, KEY_WORKSPACE_SERVICE);
    assert_int_equal(row.status, STATUS_ACTIVE);
    assert_string_equal(word(row.mask), "z1*****3AX");
    assert_string_equal(word(row.creation_mode), "api");
    assert_string_equal(word(row.description.raw), "");
    assert_int_equal(row.created_at, 1777828135000);
    assert_int_equal(row.expires_at, TIME_NONE);
    assert_int_equal(scope_set_count(&row.scopes), 2);
    assert_int_equal(row.unknown_scopes, STR_NONE);
    assert_int_equal(row.extra, 0); /* nothing that is worth more bytes */
    assert_string_equal(inventory_id_text(inv, inv->organisation_id, id),
                        "11111111-2222-4333-8444-555555555555");
}

static void test_full_key(void **state)
{
    struct key_row row = key(
        "{\"id\":\"k\",\"key\":\"ab*****xyz\",\"type\":\"workspace-user\",\"status\":\"exhausted\","
        "\"user_id\":\"u1\",\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":60},"
        "{\"type\":\"tokens\",\"unit\":\"rpd\",\"value\":\"1000.0\"},"
        "{\"type\":\"moons\",\"unit\":\"rpm\",\"value\":1}],"
        "\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":10.0,\"alert_threshold\":8,"
        "\"current_usage\":10.25,\"periodic_reset\":\"monthly\",\"id\":\"x\"},"
        "\"rotation_policy\":{\"rotation_period\":\"weekly\",\"next_rotation_at\":"
        "\"2026-05-10T00:00:00.000Z\",\"key_transition_period_ms\":3600000,\"status\":\"ACTIVE\"},"
        "\"last_reset_at\":\"2026-05-01T00:00:00.000Z\","
        "\"next_usage_reset_at\":\"2026-06-01T00:00:00.000Z\","
        "\"alert_emails\":[\"a@x\",7,\"b@x\"],\"allow_config_override\":1,"
        "\"defaults\":{\"metadata\":{\"team\":\"\\u001bx\"},\"config_id\":\"pc-1\"},"
        "\"orbit\":{\"deep\":[1,2]},\"nothing\":null}");
    const struct key_extra *extra = inventory_extra(inv, &row);

    (void)state;
    assert_int_equal(row.kind, KEY_WORKSPACE_USER);
    assert_int_equal(row.status, STATUS_EXHAUSTED);
    assert_int_equal(extra->rate_count, 3);
    assert_int_equal(extra->rates[0].type, LIMIT_REQUESTS);
    assert_int_equal(extra->rates[0].unit, RATE_RPM);
    assert_int_equal((int)extra->rates[0].value, 60);
    assert_int_equal((int)extra->rates[1].value, 1000);
    assert_int_equal(extra->rates[2].type, LIMIT_TYPE_OTHER);
    assert_non_null(strstr(word(extra->rates[2].raw), "moons"));
    assert_true(extra->usage.has_budget);
    assert_int_equal(extra->usage.type, LIMIT_COST);
    assert_int_equal((int)extra->usage.credit_limit, 10);
    assert_int_equal((int)(extra->usage.current_usage * 100), 1025);
    assert_string_equal(word(extra->usage.periodic_reset), "monthly");
    assert_true(extra->rotation.set);
    assert_string_equal(word(extra->rotation.period), "weekly");
    assert_int_equal(extra->rotation.transition_ms, 3600000);
    assert_string_equal(word(extra->config_id), "pc-1");
    assert_string_equal(word(extra->alert_emails.raw), "a@x, b@x");
    assert_int_equal(extra->allow_config_override, 1);
    assert_string_equal(word(extra->metadata.raw), "{\"team\":\"\\u001Bx\"}");
    assert_string_equal(word(extra->unknown.raw), "{\"orbit\":{\"deep\":[1,2]}}");
}

/* A report gives what came: of each object what is not known, of a list all when a part is not. */
static void test_all_is_kept_for_a_report(void **state)
{
    static const char text[] =
        "{\"id\":\"k\",\"key\":\"ab*****xyz\",\"api_key_defaults_id\":\"d1\",\"reset_usage\":null,"
        "\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":60,\"id\":\"r1\"}],"
        "\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":1,\"id\":\"u1\",\"is_sent\":false},"
        "\"defaults\":{\"config_id\":null,\"guard\":\"g\"},\"orbit\":null}";
    (void)state;
    struct key_row row = key(text);
    assert_int_equal(inventory_extra(inv, &row)->unknown.raw, STR_NONE);
    inv->keeps_all = true;
    row = key(text);
    assert_string_equal(word(inventory_extra(inv, &row)->unknown.raw),
                        "{\"orbit\":null,\"usage_limits\":{\"id\":\"u1\",\"is_sent\":false},"
                        "\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":60,"
                        "\"id\":\"r1\"}],\"defaults\":{\"guard\":\"g\"},"
                        "\"api_key_defaults_id\":\"d1\"}");
    /* No budget is no reason to drop the rest. */
    row = key("{\"id\":\"k\",\"usage_limits\":{\"is_expired_alerts_sent\":true}}");
    assert_string_equal(word(inventory_extra(inv, &row)->unknown.raw),
                        "{\"usage_limits\":{\"is_expired_alerts_sent\":true}}");
}

/* No member in a type that it should not have is taken for none. */
static void test_wrong_types(void **state)
{
    struct key_row row = key(
        "{\"id\":\"k\",\"key\":7,\"name\":[],\"description\":{},\"type\":1,\"status\":true,"
        "\"organisation_id\":[],\"workspace_id\":{},\"user_id\":false,\"created_at\":12,"
        "\"last_updated_at\":{},\"expires_at\":[],\"creation_mode\":null,\"rate_limits\":\"none\","
        "\"usage_limits\":[],\"scopes\":\"all\",\"defaults\":3,\"rotation_policy\":\"weekly\","
        "\"alert_emails\":\"a@x\",\"allow_config_override\":\"maybe\"}");

    (void)state;
    assert_int_equal(row.kind, KEY_KIND_UNKNOWN);
    assert_int_equal(row.status, STATUS_OTHER);
    assert_int_equal(row.name.raw, STR_NONE);
    assert_int_equal(row.mask, STR_NONE);
    assert_int_equal(row.created_at, TIME_UNREAD);
    assert_int_equal(row.expires_at, TIME_UNREAD);
    assert_int_equal(row.unread, UNREAD_NAME | UNREAD_DESCRIPTION | UNREAD_MASK | UNREAD_TYPE |
                                     UNREAD_STATUS | UNREAD_WORKSPACE | UNREAD_OWNER |
                                     UNREAD_CREATED | UNREAD_UPDATED | UNREAD_EXPIRES |
                                     UNREAD_RATES | UNREAD_SCOPES | UNREAD_ROTATION | UNREAD_MORE);
    assert_null(strstr(word(inventory_extra(inv, &row)->as_sent.raw), "\"key\""));
    assert_non_null(strstr(word(inventory_extra(inv, &row)->as_sent.raw), "\"scopes\":\"all\""));
    assert_int_equal(scope_set_count(&row.scopes), 0);
    assert_false(inventory_extra(inv, &row)->rotation.set);
    assert_int_equal(inventory_extra(inv, &row)->rate_count, 0);
    assert_false(inventory_extra(inv, &row)->usage.has_budget);
}

/* Members of a key, and which of them is not understood; 0: all of it is. */
static void test_understood_or_not(void **state)
{
    static const char GOOD[] = "\"type\":\"workspace-service\",\"workspace_id\":\"w\","
                               "\"status\":\"active\",\"scopes\":[],";
    static const struct {
        const char *members;
        unsigned bits;
    } ROWS[] = {
        {"\"expires_at\":null", 0},
        {"\"expires_at\":\"2026-05-03T17:08:55.000Z\"", 0},
        {"\"expires_at\":\"2026-05-03T17:08:55\"", 0}, /* without a zone: UTC */
        {"\"expires_at\":\"2026-05-03T17:08:55.5\"", 0},
        {"\"expires_at\":\"2026-05-03 17:08:55\"", 0},
        {"\"expires_at\":1777828135", UNREAD_EXPIRES},
        {"\"expires_at\":1777828135000", UNREAD_EXPIRES},
        {"\"expires_at\":0", UNREAD_EXPIRES},
        {"\"expires_at\":false", UNREAD_EXPIRES},
        {"\"expires_at\":\"next Tuesday\"", UNREAD_EXPIRES},
        {"\"expires_at\":\"never\"", UNREAD_EXPIRES},
        {"\"expires_at\":\"\"", UNREAD_EXPIRES},
        {"\"expires_at\":\"2026-02-30T00:00:00Z\"", UNREAD_EXPIRES},
        {"\"created_at\":\"03/05/2026\"", UNREAD_CREATED},
        {"\"last_updated_at\":{\"$date\":1}", UNREAD_UPDATED},
        {"\"last_reset_at\":7", UNREAD_RESETS},
        {"\"next_usage_reset_at\":\"soon\"", UNREAD_RESETS},
        {"\"scopes\":\"completions.write,logs.list\"", UNREAD_SCOPES},
        {"\"scopes\":{\"completions.write\":true}", UNREAD_SCOPES},
        {"\"scopes\":null", UNREAD_SCOPES},
        {"\"scopes\":[{\"name\":\"completions.write\"}]", UNREAD_SCOPES},
        {"\"scopes\":[\"completions.write\",7]", UNREAD_SCOPES},
        {"\"scopes\":[\"robots.dance\"]", 0}, /* a gap of the catalogue */
        {"\"workspace_id\":null", UNREAD_WORKSPACE},
        {"\"workspace_id\":\"not an id\"", UNREAD_WORKSPACE},
        {"\"type\":\"organisation-service\",\"workspace_id\":null", 0},
        {"\"type\":\"workspace-user\"", UNREAD_OWNER},
        {"\"type\":\"workspace-user\",\"user_id\":\"u\"", 0},
        {"\"type\":\"workspace-user\",\"user_id\":{\"id\":\"u\"}", UNREAD_OWNER},
        {"\"type\":\"organisation-user\"", UNREAD_TYPE},
        {"\"type\":null", UNREAD_TYPE},
        {"\"status\":\"suspended\"", UNREAD_STATUS},
        {"\"status\":1", UNREAD_STATUS},
        {"\"status\":null", UNREAD_STATUS},
        {"\"name\":null", UNREAD_NAME},
        {"\"type\":null,\"workspace_id\":null", UNREAD_TYPE | UNREAD_WORKSPACE},
        {"\"name\":42", UNREAD_NAME},
        {"\"usage_limits\":null", 0},
        {"\"usage_limits\":{\"is_expired_alerts_sent\":true}", 0},
        {"\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":\"10.0\"}", 0},
        {"\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":null}", 0},
        {"\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":\"ten\"}", UNREAD_BUDGET},
        {"\"usage_limits\":{\"type\":\"beans\",\"credit_limit\":1}", UNREAD_BUDGET},
        {"\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":1,\"alert_threshold\":\"80%\"}",
         UNREAD_BUDGET},
        {"\"usage_limits\":\"100 USD\"", UNREAD_BUDGET},
        {"\"rate_limits\":null", 0},
        {"\"rate_limits\":\"60 rpm\"", UNREAD_RATES},
        {"\"rate_limits\":[60]", UNREAD_RATES},
        {"\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":\"many\"}]",
         UNREAD_RATES},
        {"\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"per hour\",\"value\":1}]",
         UNREAD_RATES},
        {"\"rotation_policy\":null", 0},
        {"\"rotation_policy\":{}", 0},
        {"\"rotation_policy\":\"weekly\"", UNREAD_ROTATION},
        {"\"rotation_policy\":{\"rotation_period\":\"weekly\",\"next_rotation_at\":1}",
         UNREAD_ROTATION},
        {"\"rotation_policy\":{\"rotation_period\":7}", UNREAD_ROTATION},
        {"\"alert_emails\":[\"a@x\"]", 0},
        {"\"alert_emails\":\"a@x\"", UNREAD_MORE},
        {"\"orbit\":{\"what\":[1]}", 0}, /* nobody asks for it */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        json_t *json = json_object();
        char text[400];
        json_t *part;
        struct key_row row;

        snprintf(text, sizeof(text), "{%s\"name\":\"n\",\"id\":\"k\"}", GOOD);
        json_object_update_new(json, parse(text));
        snprintf(text, sizeof(text), "{%s}", ROWS[i].members);
        part = parse(text);
        json_object_update_new(json, json_incref(part));
        assert_true(key_decode(json, inv, &row, NULL));
        if (row.unread != ROWS[i].bits) {
            fail_msg("%s: %#x, not %#x", ROWS[i].members, row.unread, ROWS[i].bits);
        }
        if (row.unread == 0) {
            assert_int_equal(inventory_extra(inv, &row)->as_sent.raw, STR_NONE);
        }
        json_decref(part);
        json_decref(json);
    }
}

static void test_times_without_a_zone(void **state)
{
    struct key_row row = key("{\"id\":\"k\",\"created_at\":\"2026-05-03T17:08:55\"}");

    (void)state;
    assert_int_equal(row.created_at, 1777828135000);
}

static void test_odd_people_and_workspaces(void **state)
{
    json_t *ws = parse("{\"id\":\"w\",\"name\":\"n\",\"status\":\"dormant\",\"created_at\":5,"
                       "\"is_default\":\"perhaps\",\"rate_limits\":\"60 rpm\","
                       "\"security_settings\":{\"membersViewLogs\":\"sometimes\"}}");
    json_t *user = parse("{\"id\":\"u\",\"first_name\":{\"en\":\"Ada\"},\"role\":\"emperor\","
                         "\"email\":[],\"created_at\":\"yesterday\"}");
    json_t *member = parse("{\"id\":\"u\",\"role\":\"guest\",\"org_role\":\"emperor\"}");
    struct workspace_row workspace_row;
    struct user_row user_row;
    struct member_row member_row;

    (void)state;
    assert_true(workspace_decode(ws, inv, &workspace_row, NULL));
    assert_int_equal(workspace_row.unread, UNREAD_STATUS | UNREAD_CREATED | UNREAD_DEFAULT |
                                               UNREAD_RATES | UNREAD_SWITCHES);
    assert_false(workspace_row.archived);
    assert_int_equal(workspace_row.switches_known, 0);
    assert_true(user_decode(user, inv, &user_row, NULL));
    assert_int_equal(user_row.unread, UNREAD_NAME | UNREAD_ROLE | UNREAD_MAIL | UNREAD_CREATED);
    assert_non_null(strstr(word(user_row.as_sent.raw), "\"first_name\":{\"en\":\"Ada\"}"));
    assert_true(member_decode(member, inv, (struct id){7, 8}, &member_row, NULL));
    assert_int_equal(member_row.unread, UNREAD_ROLE | UNREAD_ORG_ROLE);
    json_decref(ws);
    json_decref(user);
    json_decref(member);
}

static void test_scopes_are_kept(void **state)
{
    struct key_row row = key("{\"id\":\"k\",\"scopes\":[\"workspaces.list\",\"logs.read\","
                             "\"agent_server_skills.\\u001blist\",\"workspaces.list\"]}");

    (void)state;
    assert_int_equal(scope_set_count(&row.scopes), 1);
    assert_string_equal(word(row.unknown_scopes),
                        "logs.read\nagent_server_skills.\xe2\x90\x9blist");
}

static void test_names(void **state)
{
    struct key_row row =
        key("{\"id\":\"k\",\"name\":\"a\\u001b[2Jb\\u202e\",\"key\":\"rawSecret1\"}");

    (void)state;
    assert_string_equal(inventory_raw(inv, row.name), "a\x1b[2Jb\xe2\x80\xae");
    assert_null(strchr(inventory_clean(inv, row.name), '\x1b'));
    assert_string_equal(word(row.mask), "ra*****et1");
    assert_null(memmem(inv->arena.data, inv->arena.len, "rawSecret1", 10));
    row = key("{\"id\":\"k\",\"name\":\"plain\"}");
    assert_int_equal(row.name.clean, STR_NONE);
}

static void test_ids(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{\"id\":null}",
        "{\"id\":\"\"}",
        "{\"id\":\"with blank\"}",
        "{\"id\":\"a\\nb\"}",
        "{\"id\":\"a\\u0000b\"}",
        "{\"id\":\"\\u00e9\"}",
        "{\"id\":[]}",
        "{\"id\":1.5}",
        "[]",
    };
    struct key_row key_row;
    struct user_row user_row;
    struct member_row member_row;
    struct workspace_row workspace_row;
    char text[ID_TEXT_SIZE], longest[300];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        json_t *json = parse(bad[i]);
        struct err err = {0};

        memset(&key_row, 0x55, sizeof(key_row));
        if (key_decode(json, inv, &key_row, &err) || err.kind != ERR_DECODE ||
            user_decode(json, inv, &user_row, NULL) ||
            workspace_decode(json, inv, &workspace_row, NULL) ||
            member_decode(json, inv, (struct id){1, 1}, &member_row, NULL)) {
            fail_msg("%s was taken", bad[i]);
        }
        assert_int_equal(key_row.kind, 0x55); /* left alone */
        json_decref(json);
    }
    assert_string_equal(inventory_id_text(inv, key("{\"id\":17}").id, text), "17");
    snprintf(longest, sizeof(longest), "{\"id\":\"%0200d\"}", 1);
    assert_false(id_is_none(key(longest).id));
}

/* -- the others -- */

static void test_workspace(void **state)
{
    json_t *json = parse(
        "{\"id\":\"w\",\"slug\":\"ws-shared-e2a85b\",\"name\":\"\\ud83d\\udeaa Production\","
        "\"icon\":\"\\ud83d\\udeaa\",\"description\":null,\"created_at\":"
        "\"2026-05-03T17:08:55.000Z\",\"is_default\":1,\"usage_limits\":[{\"credit_limit\":5}],"
        "\"rate_limits\":null,\"status\":\"archived\",\"defaults\":{\"a\":1},"
        "\"quota\":7,\"security_settings\":{\"membersViewLogs\":"
        "true,"
        "\"managersUpdateWs\":0,\"membersWriteApiKeys\":\"false\",\"newSwitch\":true}}");
    struct workspace_row row;

    (void)state;
    assert_true(workspace_decode(json, inv, &row, NULL));
    assert_string_equal(word(row.slug), "ws-shared-e2a85b");
    assert_string_equal(inventory_workspace_name(inv, &row), "Production");
    assert_true(row.is_default);
    assert_true(row.has_usage_limits);
    assert_false(row.has_rate_limits);
    assert_int_equal(__builtin_popcountll(row.switches_known), 3);
    assert_int_equal(__builtin_popcountll(row.switches_on), 1);
    assert_int_equal(row.updated_at, TIME_NONE);
    assert_true(row.archived);
    assert_true(inventory_extra_at(inv, row.extra)->usage.has_budget);
    assert_true(inventory_extra_at(inv, row.extra)->usage.credit_limit == 5);
    assert_string_equal(word(row.rest.raw), "{\"defaults\":{\"a\":1},\"quota\":7}");
    json_decref(json);
}

static void test_people(void **state)
{
    json_t *json =
        parse("{\"id\":\"u\",\"first_name\":\"Ada\",\"last_name\":null,\"role\":\"owner\","
              "\"email\":\"a@x\",\"org_role\":\"member\",\"status\":\"active\"}");
    json_t *odd = parse("{\"user_id\":\"u2\",\"role\":\"ws-manager\",\"org_role\":\"emperor\"}");
    struct user_row user;
    struct member_row member;
    char id[ID_TEXT_SIZE];

    (void)state;
    assert_true(user_decode(json, inv, &user, NULL));
    assert_int_equal(user.role, ORG_OWNER);
    assert_string_equal(word(user.first_name.raw), "Ada");
    assert_int_equal(user.last_name.raw, STR_NONE);
    assert_true(member_decode(json, inv, (struct id){7, 8}, &member, NULL));
    assert_int_equal(member.workspace_id.hi, 7);
    assert_int_equal(member.role, WS_ROLE_OTHER);
    assert_string_equal(word(member.role_text), "owner");
    assert_int_equal(member.org_role, ORG_MEMBER);
    assert_true(member_decode(odd, inv, (struct id){7, 8}, &member, NULL));
    assert_string_equal(inventory_id_text(inv, member.user_id, id), "u2");
    assert_int_equal(member.role, WS_MANAGER);
    assert_int_equal(member.org_role, ORG_ROLE_OTHER);
    json_decref(json);
    json_decref(odd);
}

/* -- masks -- */

static void test_masks(void **state)
{
    static const struct {
        const char *in, *out; /* NULL: unchanged */
    } rows[] = {
        {"{\"key\":\"abcdefghij\"}", "{\"key\":\"ab*****hij\"}"},
        {"{\"key\":\"ab*****hij\"}", NULL},
        {"{\"key\":\"short\"}", "{\"key\":\"**********\"}"},
        {"{\"key\":\"\"}", NULL},
        {"{\"key\":null}", NULL},
        {"{\"data\":{\"key\":\"abcdefghij\"}}", "{\"data\":{\"key\":\"ab*****hij\"}}"},
        {"{\"data\":[7,{\"key\":\"abcdefghij\"},{\"key\":\"x*\"}]}",
         "{\"data\":[7,{\"key\":\"ab*****hij\"},{\"key\":\"x*\"}]}"},
        {"[]", NULL},
        /* A mask does not cut a character in two, and shows no control. */
        {"{\"key\":\"a\xc3\xa9xxxxxxxxxx\"}", "{\"key\":\"**********\"}"},
        {"{\"key\":\"\\u001babcdefghij\"}", "{\"key\":\"**********\"}"},
        {"{\"key\":\"a\\u0000bcdefghijk\"}", "{\"key\":\"**********\"}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *json = parse(rows[i].in);
        char *text;

        assert_int_equal(keys_mask(json), rows[i].out != NULL);
        text = json_write(json, false);
        assert_string_equal(text, rows[i].out != NULL ? rows[i].out : rows[i].in);
        free(text);
        json_decref(json);
    }
}

/* -- drafts -- */

static void expect_body(const struct key_draft *draft, const char *want)
{
    json_t *json = draft_encode(draft, 1777828135000);
    char *text = json_write(json, false);

    assert_string_equal(text, want);
    free(text);
    json_decref(json);
}

static void test_drafts(void **state)
{
    struct key_draft draft;

    (void)state;
    draft_init(&draft, KEY_WORKSPACE_USER);
    draft.scopes = (struct scope_set){0};
    snprintf(draft.name, sizeof(draft.name), "n");
    snprintf(draft.workspace, sizeof(draft.workspace), "w");
    snprintf(draft.owner, sizeof(draft.owner), "u");
    expect_body(&draft, "{\"name\":\"n\",\"workspace_id\":\"w\",\"user_id\":\"u\",\"scopes\":[]}");
    draft.kind = KEY_WORKSPACE_SERVICE; /* a service key has no owner */
    expect_body(&draft, "{\"name\":\"n\",\"workspace_id\":\"w\",\"scopes\":[]}");
    draft.kind = KEY_ORGANISATION_SERVICE;
    scope_set_add(&draft.scopes, scope_find("workspaces.list"));
    snprintf(draft.description, sizeof(draft.description), "d \"q\" \xc3\xa4");
    draft.rates[0] = (struct draft_rate){LIMIT_REQUESTS, RATE_RPM, "60"};
    draft.rates[1] = (struct draft_rate){LIMIT_TOKENS, RATE_RPD, "1.5"};
    draft.rate_count = 2;
    draft.budget_type = LIMIT_COST;
    snprintf(draft.budget, sizeof(draft.budget), "100");
    snprintf(draft.alert, sizeof(draft.alert), "80");
    draft.reset = RESET_MONTHLY;
    snprintf(draft.expires, sizeof(draft.expires), "30d");
    draft.rotation = ROTATE_WEEKLY;
    snprintf(draft.transition, sizeof(draft.transition), "24h");
    expect_body(&draft,
                "{\"name\":\"n\",\"description\":\"d \\\"q\\\" \xc3\xa4\","
                "\"scopes\":[\"workspaces.list\"],"
                "\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":60},"
                "{\"type\":\"tokens\",\"unit\":\"rpd\",\"value\":1.5}],"
                "\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":100,\"alert_threshold\":80,"
                "\"periodic_reset\":\"monthly\"},"
                "\"expires_at\":\"2026-06-02T17:08:55.000Z\","
                "\"rotation_policy\":{\"rotation_period\":\"weekly\","
                "\"key_transition_period_ms\":86400000}}");
    /* Days and dates in place of the periods, each under its own name. */
    draft.rate_count = 0;
    draft.expires[0] = draft.alert[0] = draft.description[0] = draft.transition[0] = '\0';
    draft.reset = RESET_DAYS;
    snprintf(draft.reset_days, sizeof(draft.reset_days), "30");
    snprintf(draft.reset_at, sizeof(draft.reset_at), "2027-03-01");
    draft.rotation = ROTATE_DAYS;
    snprintf(draft.rotation_days, sizeof(draft.rotation_days), "14");
    expect_body(&draft, "{\"name\":\"n\",\"scopes\":[\"workspaces.list\"],"
                        "\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":100,"
                        "\"periodic_reset_days\":30,"
                        "\"next_usage_reset_at\":\"2027-03-01T00:00:00.000Z\"},"
                        "\"rotation_policy\":{\"rotation_period_days\":14}}");
    /* What is left of another choice is not sent with this one: they exclude each other. */
    draft.reset = RESET_WEEKLY;
    draft.rotation = ROTATE_MONTHLY;
    draft.reset_at[0] = '\0';
    expect_body(&draft, "{\"name\":\"n\",\"scopes\":[\"workspaces.list\"],"
                        "\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":100,"
                        "\"periodic_reset\":\"weekly\"},"
                        "\"rotation_policy\":{\"rotation_period\":\"monthly\"}}");
    draft.rotation = ROTATE_DATE;
    draft.budget[0] = '\0';
    snprintf(draft.rotation_at, sizeof(draft.rotation_at), "2027-05-01");
    expect_body(&draft, "{\"name\":\"n\",\"scopes\":[\"workspaces.list\"],"
                        "\"rotation_policy\":{\"next_rotation_at\":\"2027-05-01T00:00:00.000Z\"}}");
    draft.reset_at[0] = '\0';
    /* What is no number goes out as it was typed, for the server to refuse. */
    draft.rotation = ROTATE_NONE;
    draft.expires[0] = draft.alert[0] = draft.description[0] = '\0';
    draft.reset = RESET_NONE;
    snprintf(draft.budget, sizeof(draft.budget), "lots");
    expect_body(&draft, "{\"name\":\"n\",\"scopes\":[\"workspaces.list\"],"
                        "\"usage_limits\":{\"type\":\"cost\",\"credit_limit\":\"lots\"}}");
}

/* The defaults are one object, and whether the config may be overridden is said with it, always. */
static void test_draft_defaults(void **state)
{
    struct key_draft draft;

    (void)state;
    draft_init(&draft, KEY_ORGANISATION_SERVICE);
    snprintf(draft.name, sizeof(draft.name), "n");
    draft.metadata[0] = (struct draft_pair){"owner", "team \"x\""};
    draft.metadata[1] = (struct draft_pair){"\xc3\xa4", "1"}; /* a string all the same */
    draft.pair_count = 2;
    draft.allow_override = true; /* of no config: the checks refuse it, and it is not sent */
    expect_body(&draft, "{\"name\":\"n\",\"defaults\":{\"metadata\":{\"owner\":\"team \\\"x\\\"\","
                        "\"\xc3\xa4\":\"1\"}},\"scopes\":[]}");
    draft.pair_count = 0;
    snprintf(draft.config, sizeof(draft.config), "pc-a");
    expect_body(&draft, "{\"name\":\"n\",\"defaults\":{\"config_id\":\"pc-a\","
                        "\"allow_config_override\":true},\"scopes\":[]}");
    draft.allow_override = false;
    snprintf(draft.emails, sizeof(draft.emails), " a@b.example ,, c@d.example,");
    expect_body(&draft, "{\"name\":\"n\",\"defaults\":{\"config_id\":\"pc-a\","
                        "\"allow_config_override\":false},\"scopes\":[],"
                        "\"alert_emails\":[\"a@b.example\",\"c@d.example\"]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_recorded_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_is_kept_for_a_report, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_types, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_understood_or_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_times_without_a_zone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_people_and_workspaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scopes_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_workspace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_people, set_up, tear_down),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_drafts),
        cmocka_unit_test(test_draft_defaults),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
