/* Reports of a small organisation made by hand: shapes, completeness, hostile names, what could not
 * be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/inventory.h"
#include "report/report.h"

#include "base/banned.h"

#define WS_ID "6e5a9f93-ae3a-46b4-a87d-2464d373ef7e"
#define USER_ID "2f1a1d3c-0000-11f0-8000-0242ac130002"
#define KEY_ID "60571396-bd81-4e58-8c82-4858930ede0b"

static const struct report_options JSON_OPTIONS = {.format = REPORT_JSON};
static const struct report_options CSV_OPTIONS = {.format = REPORT_CSV,
                                                  .columns = "name,type,mask"};

static struct text_pair pair(struct inventory *inv, const char *text)
{
    return inventory_text(inv, text, strlen(text));
}

static void complete(struct inventory *inv, enum list_kind list, size_t counted)
{
    inv->lists[list].progress = PROGRESS_COMPLETE;
    inv->lists[list].counted = counted;
    inv->lists[list].total = (int64_t)counted;
}

static void add_key(struct inventory *inv, const char *id, const char *name)
{
    struct key_row key = {.id = inventory_id(inv, id), .workspace_id = inventory_id(inv, WS_ID)};
    key.name = pair(inv, name);
    key.mask = arena_add(&inv->arena, "z1*****3AX", 10);
    key.kind = KEY_WORKSPACE_SERVICE;
    key.created_at = 1777828135000;
    key.updated_at = TIME_NONE;
    key.expires_at = TIME_NONE;
    key.unknown_scopes = arena_add(&inv->arena, "robots.dance", 12);
    scope_set_add(&key.scopes, scope_find("completions.write"));
    scope_set_add(&key.scopes, scope_find("workspace_service_api_keys.create"));
    assert_true(inventory_add_key(inv, &key));
}

static struct inventory *organisation(void)
{
    struct inventory *inv = inventory_new();
    struct workspace_row ws = {.id = inventory_id(inv, WS_ID)};
    ws.slug = arena_add(&inv->arena, "ws-tools-e2a85b", 15);
    ws.name = pair(inv, "tools");
    ws.created_at = ws.updated_at = TIME_NONE;
    inventory_add_workspace(inv, &ws);
    struct user_row user = {.id = inventory_id(inv, USER_ID), .role = ORG_MEMBER};
    user.first_name = pair(inv, "Ada");
    user.last_name = pair(inv, "Quill");
    user.email = pair(inv, "a.quill@acme.example");
    user.created_at = user.updated_at = TIME_NONE;
    inventory_add_user(inv, &user);
    struct member_row member = {.workspace_id = ws.id, .user_id = user.id, .role = WS_MANAGER};
    member.org_role = ORG_MEMBER;
    member.created_at = TIME_NONE;
    inventory_add_member(inv, &member);
    add_key(inv, KEY_ID, "=cmd|'/c calc'!A1");
    complete(inv, LIST_WORKSPACES, 1);
    complete(inv, LIST_USERS, 1);
    complete(inv, LIST_MEMBERS, 1);
    complete(inv, LIST_KEYS, 1);
    inv->member_states[0].progress = PROGRESS_COMPLETE;
    return inv;
}

/* The own key is an admin key that may list all kinds. */
static void see_all(struct inventory *inv)
{
    struct key_row own = {.id = inventory_id(inv, "90571396-bd81-4e58-8c82-4858930ede0b")};
    own.name = pair(inv, "own");
    own.mask = arena_add(&inv->arena, "Tb*****k3Q", 10);
    own.kind = KEY_ORGANISATION_SERVICE;
    own.created_at = own.updated_at = own.expires_at = TIME_NONE;
    scope_set_add(&own.scopes, scope_find("organisation_service_api_keys.list"));
    scope_set_add(&own.scopes, scope_find("workspace_service_api_keys.list"));
    scope_set_add(&own.scopes, scope_find("workspace_user_api_keys.list"));
    assert_true(inventory_add_key(inv, &own));
    complete(inv, LIST_KEYS, 2);
    inventory_find_own(inv, "Tb", "k3Q");
}

/* Gives what the report wrote. */
static char *written(struct inventory *inv, enum list_kind list,
                     const struct report_options *options)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    uint32_t row = 0;
    struct err err = {0};
    assert_true(report_list(out, inv, list, &row, 1, options, &err));
    fclose(out);
    return text;
}

static json_t *written_json(struct inventory *inv, enum list_kind list)
{
    char *text = written(inv, list, &JSON_OPTIONS);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static void keys_json_keeps_unknown_scopes(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    json_t *root = written_json(inv, LIST_KEYS);
    /* The own key was not found: the list may not be called complete. */
    assert_true(json_is_false(json_object_get(root, "complete")));
    assert_true(json_array_size(json_object_get(root, "missing")) > 0);
    json_t *key = json_array_get(json_object_get(root, "items"), 0);
    assert_string_equal(json_string_value(json_object_get(key, "id")), KEY_ID);
    assert_string_equal(json_string_value(json_object_get(key, "key")), "z1*****3AX");
    assert_true(json_is_null(json_object_get(key, "expires_at")));
    json_t *scopes = json_object_get(key, "scopes");
    assert_int_equal(json_array_size(scopes), 3);
    assert_string_equal(json_string_value(json_array_get(scopes, 2)), "robots.dance");
    assert_string_equal(json_string_value(json_array_get(json_object_get(key, "scope_marks"), 0)),
                        "keys");
    json_decref(root);
    inventory_free(inv);
}

static void csv_does_not_run_in_a_spreadsheet(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    inv->keys[0].mask = arena_add(&inv->arena, "+1*****3AX", 10); /* compared to the letter */
    char *text = written(inv, LIST_KEYS, &CSV_OPTIONS);
    assert_string_equal(text, "name,type,mask\n\"'=cmd|'/c calc'!A1\",WS,+1*****3AX\n");
    free(text);
    inventory_free(inv);
}

static void csv_guards_what_a_spreadsheet_would_change(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cell;
    } CASES[] = {
        {"plain", "plain"},
        {"=1+1", "\"'=1+1\""},
        {"-x", "\"'-x\""},
        {"\uff1d1+1", "\"'\uff1d1+1\""},
        {"\uff0b1", "\"'\uff0b1\""},
        {"\uff20sum", "\"'\uff20sum\""},
        {"a;=1+1", "\"a;'=1+1\""},
        {"a; +1;b;@x", "\"a; '+1;b;'@x\""},
        {"a;b", "\"a;b\""},
        {"1/2/9", "\"'1/2/9\""},
        {"5/0", "\"'5/0\""},
        {"3-4", "\"'3-4\""},
        {"1.2.2026", "\"'1.2.2026\""},
        {"2026-09-01", "2026-09-01"},
        {"2026-05-03T17:08:55.000Z", "2026-05-03T17:08:55.000Z"},
        {"127.0.0.1", "127.0.0.1"},
        {"1234", "1234"},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *text = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        report_csv_cell(out, CASES[i].text);
        fclose(out);
        assert_string_equal(text, CASES[i].cell);
        free(text);
    }
}

/* What nobody told of stands apart, and nothing in the text acts on a terminal. */
static void json_keeps_the_unknown_apart_and_unseen(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    inv->users[0].unknown = pair(inv, "{\"status\":\"x\",\"workspace_ids\":[\"a\"]}");
    inv->users[0].first_name = pair(inv, "a\xc2\x9b\x7f\xe2\x80\xae\u00e9");
    char *text = written(inv, LIST_USERS, &JSON_OPTIONS);
    assert_null(strpbrk(text, "\x7f"));
    assert_null(strstr(text, "\xc2\x9b"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_non_null(strstr(text, "a\\u009B\\u007F\\u202E\u00e9"));
    json_t *root = json_loads(text, 0, NULL);
    json_t *user = json_array_get(json_object_get(root, "items"), 0);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(user, "other"), "status")), "x");
    assert_true(json_is_array(json_object_get(user, "workspace_ids")));
    assert_null(json_object_get(user, "status"));
    json_decref(root);
    free(text);
    inventory_free(inv);
}

/* Whoever reads a file later has to know the year, the minute, and what is not set. */
static void csv_has_whole_times_and_no_marks(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct report_options csv = {.format = REPORT_CSV,
                                 .now = 1777828135000,
                                 .columns = "flag,created,updated,expires,risk,"
                                            "rotation,description"};
    struct report_options table = {
        .format = REPORT_TABLE, .now = 1777828135000, .columns = "expires,created,updated,risk"};
    inv->keys[0].expires_at = 1811810522000;
    char *text = written(inv, LIST_KEYS, &csv);
    assert_string_equal(text, "flag,created,updated,expires,risk,rotation,description\n"
                              "!,2026-05-03T17:08:55.000Z,,2027-06-01T00:42:02.000Z,M,,\n");
    free(text);
    text = written(inv, LIST_KEYS, &table);
    assert_non_null(strstr(text, "\n2027-06-01 2026-05-03 17:08Z -       M-------\n"));
    free(text);
    inv->keys[0].expires_at = 1777827235000; /* over: the file tells since when */
    text = written(inv, LIST_KEYS, &csv);
    assert_non_null(strstr(text, "X,2026-05-03T17:08:55.000Z,,2026-05-03T16:53:55.000Z,"));
    free(text);
    text = written(inv, LIST_KEYS, &table);
    assert_non_null(strstr(text, "\nEXPIRED 2026-05-03"));
    free(text);
    csv.columns = "name,scim,default,created,description";
    text = written(inv, LIST_WORKSPACES, &csv);
    assert_non_null(strstr(text, "\ntools,no,no,,\n"));
    free(text);
    inventory_free(inv);
}

/* More may, as long as the organisation's owners and admins are not all known. */
static void people_of_a_workspace_are_the_least(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    const struct report_options of = {.workspace = inventory_id(inv, WS_ID)};
    see_all(inv);
    char *text = written(inv, LIST_USERS, &of);
    assert_non_null(strstr(text, "1 member of tools; 0 more act as admin of it by the role"));
    free(text);
    inv->lists[LIST_USERS].progress = PROGRESS_REFUSED;
    text = written(inv, LIST_USERS, &of);
    assert_non_null(strstr(text, "1 member of tools; 0? more act as admin of it by the role"));
    free(text);
    inventory_free(inv);
}

static void members_join_roles(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    see_all(inv);
    json_t *root = written_json(inv, LIST_USERS);
    assert_true(json_is_true(json_object_get(root, "complete")));
    json_t *user = json_array_get(json_object_get(root, "items"), 0);
    json_t *ws = json_array_get(json_object_get(user, "workspaces"), 0);
    assert_string_equal(json_string_value(json_object_get(ws, "workspace_id")), WS_ID);
    assert_string_equal(json_string_value(json_object_get(ws, "role")), "manager");
    json_decref(root);
    inventory_free(inv);
}

static void refused_members_are_null_and_named(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct list_state *members = &inv->lists[LIST_MEMBERS];
    members->progress = PROGRESS_REFUSED;
    snprintf(members->scope, sizeof members->scope, "workspace_users.list");
    json_t *root = written_json(inv, LIST_USERS);
    assert_true(json_is_false(json_object_get(root, "complete")));
    json_t *missing = json_array_get(json_object_get(root, "missing"), 0);
    assert_string_equal(json_string_value(json_object_get(missing, "list")), "members");
    assert_string_equal(json_string_value(json_object_get(missing, "scope")),
                        "workspace_users.list");
    json_t *user = json_array_get(json_object_get(root, "items"), 0);
    assert_true(json_is_null(json_object_get(user, "workspaces")));
    json_decref(root);
    inventory_free(inv);
}

static void unknown_columns_are_named(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct report_options options = {.format = REPORT_TABLE, .columns = "name,nonsense"};
    struct err err = {0};
    uint32_t row = 0;
    FILE *out = fopen("/dev/null", "w");
    assert_false(report_list(out, inv, LIST_KEYS, &row, 1, &options, &err));
    assert_int_equal(err.kind, ERR_INVALID);
    assert_non_null(strstr(err.text, "nonsense"));
    assert_non_null(strstr(err.text, "mask"));
    fclose(out);
    inventory_free(inv);
}

static void a_table_fits_its_width(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct report_options options = {.format = REPORT_TABLE, .width = 80};
    char *text = written(inv, LIST_KEYS, &options);
    size_t line = strcspn(text, "\n");
    assert_true(line <= 80);
    assert_non_null(strstr(text, "1 of ? key, not complete"));
    free(text);
    inventory_free(inv);
}

static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    struct err err = {0};
    uint32_t row = 0;
    assert_false(report_list(out, inv, LIST_KEYS, &row, 1, &JSON_OPTIONS, &err));
    assert_int_equal(err.kind, ERR_FILE);
    fclose(out);
    inventory_free(inv);
}

static char *overview_table_of(struct inventory *inv)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct err err = {0};
    struct report_options options = {.format = REPORT_TABLE};
    assert_true(report_overview(out, inv, "acme", "http://127.0.0.1:1/v1", &options, &err));
    fclose(out);
    return text;
}

static void refused_numbers_are_not_zero(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    inv->lists[LIST_USERS].progress = PROGRESS_REFUSED;
    char *text = overview_table_of(inv);
    assert_non_null(strstr(text, "? owner"));
    assert_null(strstr(text, "0 owner"));
    free(text);
    inventory_free(inv);
}

/* Numbers as the API sends them, raw text, and null where it is not known whose key it is. */
static void keys_json_is_as_it_came(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct key_row key = inv->keys[0];
    struct key_extra extra = {.rate_count = 2, .rates_total = 2};
    extra.rates[0] = (struct rate_limit){LIMIT_REQUESTS, RATE_RPM, 100, STR_NONE};
    extra.rates[1] = (struct rate_limit){LIMIT_TYPE_OTHER, RATE_RPM, 5,
                                         arena_add(&inv->arena, "{\"type\":\"images\"}", 17)};
    extra.usage = (struct usage_limit){.has_budget = true,
                                       .type = LIMIT_COST,
                                       .credit_limit = 10.5,
                                       .alert_threshold = 9,
                                       .current_usage = -1};
    key.name = pair(inv, "a\x1b[31mb");
    key.extra = inventory_add_extra(inv, &extra);
    inventory_add_key(inv, &key);
    char *text = written(inv, LIST_KEYS, &JSON_OPTIONS);
    assert_non_null(strstr(text, "\"value\":100}"));
    assert_non_null(strstr(text, "{\"type\":\"images\"}"));
    assert_non_null(strstr(text, "\"credit_limit\":10.5,\"alert_threshold\":9}"));
    assert_non_null(strstr(text, "a\\u001B[31mb"));
    assert_non_null(strstr(text, "\"own\":null"));
    free(text);
    inventory_find_own(inv, "z1", "3AX");
    text = written(inv, LIST_KEYS, &JSON_OPTIONS);
    assert_non_null(strstr(text, "\"own\":true"));
    free(text);
    text = written(inv, LIST_KEYS, &CSV_OPTIONS);
    assert_null(strchr(text, 0x1b));
    assert_null(strstr(text, "(YOU)")); /* a mark for the eye is no part of a name */
    free(text);
    inventory_free(inv);
}

static void csv_cells(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cell;
    } CASES[] = {
        {"plain", "plain"},    {"", ""},          {"a,b", "\"a,b\""},   {"a\"b", "\"a\"\"b\""},
        {"=1+1", "\"'=1+1\""}, {"+1", "\"'+1\""}, {"-1", "\"'-1\""},    {"@x", "\"'@x\""},
        {"\tx", "\"'\tx\""},   {"a=b", "a=b"},    {"a\nb", "\"a\nb\""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *text = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        report_csv_cell(out, CASES[i].text);
        fclose(out);
        assert_string_equal(text, CASES[i].cell);
        free(text);
    }
}

static json_t *overview_of(struct inventory *inv)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct err err = {0};
    assert_true(report_overview(out, inv, "acme", "http://127.0.0.1:1/v1", &JSON_OPTIONS, &err));
    fclose(out);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static void overview_counts_or_says_null(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    json_t *root = overview_of(inv);
    json_t *kinds = json_object_get(root, "keys_by_kind");
    json_t *organisation_json = json_object_get(root, "organisation");
    assert_string_equal(json_string_value(json_object_get(organisation_json, "name")), "acme");
    assert_true(json_is_null(json_object_get(organisation_json, "id")));
    assert_true(json_is_null(json_object_get(root, "own_key")));
    /* The own key is not known, so no number of keys is the whole truth. */
    json_t *least = json_object_get(json_object_get(root, "at_least"), "keys_by_kind");
    assert_true(json_is_null(json_object_get(kinds, "workspace-service")));
    assert_true(json_is_null(json_object_get(kinds, "organisation-service")));
    assert_int_equal(json_integer_value(json_object_get(least, "workspace-service")), 1);
    assert_null(json_object_get(least, "organisation-service"));
    assert_int_equal(json_object_size(json_object_get(root, "lists")), LIST_COUNT);
    json_decref(root);
    inventory_find_own(inv, "z1", "3AX");
    inv->lists[LIST_USERS].progress = PROGRESS_REFUSED;
    root = overview_of(inv);
    json_t *own = json_object_get(root, "own_key");
    json_t *users = json_object_get(json_object_get(root, "lists"), "users");
    assert_string_equal(json_string_value(json_object_get(own, "mask")), "z1*****3AX");
    assert_true(json_is_null(json_object_get(users, "counted")));
    assert_true(json_is_false(json_object_get(users, "complete")));
    assert_true(json_is_null(json_object_get(json_object_get(root, "users_by_role"), "owner")));
    json_decref(root);
    inventory_free(inv);
}

/* What was read of a list that is not complete is the least there is. */
static void overview_marks_what_is_not_exact(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    inv->lists[LIST_USERS].progress = PROGRESS_PARTIAL;
    inv->lists[LIST_MEMBERS].progress = PROGRESS_PARTIAL;
    json_t *root = overview_of(inv);
    json_t *least = json_object_get(root, "at_least");
    json_t *users = json_object_get(root, "users_by_role");
    json_t *members = json_object_get(root, "members_by_role");
    assert_true(json_is_null(json_object_get(users, "member")));
    assert_true(json_is_null(json_object_get(users, "owner")));
    assert_true(json_is_null(json_object_get(members, "manager")));
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(least, "users_by_role"), "member")), 1);
    json_decref(root);
    char *text = overview_table_of(inv);
    assert_non_null(strstr(text, "? owner, ? admin, 1? member"));
    assert_non_null(strstr(text, "? admin, 1? manager, ? member"));
    free(text);
    inventory_free(inv);
}

/* A workspace key sees one workspace: nothing about the organisation is exact, and no scope that it
 * can never hold is asked for. */
static void a_workspace_key_is_told_apart(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    scope_set_add(&inv->keys[0].scopes, scope_find("workspace_service_api_keys.list"));
    inventory_find_own(inv, "z1", "3AX");
    json_t *root = written_json(inv, LIST_KEYS);
    json_t *missing = json_object_get(root, "missing");
    assert_true(json_is_false(json_object_get(root, "complete")));
    assert_int_equal(json_array_size(missing), 2);
    assert_true(json_is_null(json_object_get(json_array_get(missing, 0), "scope")));
    assert_non_null(strstr(json_string_value(json_object_get(json_array_get(missing, 0), "reason")),
                           "own workspace"));
    assert_string_equal(json_string_value(json_object_get(json_array_get(missing, 1), "scope")),
                        "workspace_user_api_keys.list");
    json_decref(root);
    root = overview_of(inv);
    json_t *kinds = json_object_get(root, "keys_by_kind");
    assert_true(json_is_null(json_object_get(kinds, "workspace-service")));
    json_decref(root);
    inventory_free(inv);
}

/* Where the own key is not in the list, the kinds that did not come are named with their scopes. */
static void hidden_kinds_are_named(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    json_t *root = written_json(inv, LIST_KEYS);
    json_t *missing = json_object_get(root, "missing");
    assert_int_equal(json_array_size(missing), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(missing, 0), "scope")),
                        "organisation_service_api_keys.list");
    assert_string_equal(json_string_value(json_object_get(json_array_get(missing, 1), "scope")),
                        "workspace_user_api_keys.list");
    json_decref(root);
    inventory_free(inv);
}

/* The columns of one list are made of others: what is missing of them is missing here. */
static void columns_of_other_lists_count(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    inv->lists[LIST_KEYS].progress = PROGRESS_REFUSED;
    snprintf(inv->lists[LIST_KEYS].scope, sizeof inv->lists[LIST_KEYS].scope, "a.list");
    assert_false(report_complete(inv, LIST_WORKSPACES));
    assert_false(report_complete(inv, LIST_USERS));
    json_t *root = written_json(inv, LIST_WORKSPACES);
    json_t *missing = json_object_get(root, "missing");
    assert_true(json_is_false(json_object_get(root, "complete")));
    assert_int_equal(json_array_size(missing), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(missing, 0), "list")),
                        "keys");
    json_decref(root);
    inventory_free(inv);
}

/* The organisation's own keys have no limits to set. */
static void limits_are_asked_of_workspace_keys(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct key_row admin = inv->keys[0];
    admin.id = inventory_id(inv, "70571396-bd81-4e58-8c82-4858930ede0b");
    admin.workspace_id = (struct id){0, 0};
    admin.kind = KEY_ORGANISATION_SERVICE;
    inventory_add_key(inv, &admin);
    char *text = overview_table_of(inv);
    assert_non_null(strstr(text, ": 2? never expire, ? expire within"));
    assert_non_null(strstr(text, " 1? workspace key has no limit"));
    free(text);
    inventory_free(inv);
}

/* What came and was not understood: as it came in JSON, named in missing, `?` in numbers. */
static void what_was_not_understood(void **state)
{
    (void)state;
    static const char SENT[] = "{\"expires_at\":1777828135,\"scopes\":\"logs.view\","
                               "\"rate_limits\":\"60 rpm\",\"usage_limits\":\"5 USD\","
                               "\"status\":\"limbo\",\"rotation_policy\":\"weekly\"}";
    struct inventory *inv = organisation();
    see_all(inv);
    assert_true(report_complete(inv, LIST_KEYS));
    struct key_row key = inv->keys[0];
    struct key_extra extra = {.usage = {.alert_threshold = -1, .current_usage = -1},
                              .rotation = {.next_at = TIME_NONE},
                              .last_reset_at = TIME_NONE,
                              .next_reset_at = TIME_NONE,
                              .allow_config_override = -1,
                              .as_sent = pair(inv, SENT)};
    key.extra = inventory_add_extra(inv, &extra);
    key.expires_at = TIME_UNREAD;
    key.scopes = (struct scope_set){0};
    key.unknown_scopes = STR_NONE;
    key.status = STATUS_OTHER;
    key.status_text = arena_add(&inv->arena, "limbo", 5);
    key.unread = UNREAD_EXPIRES | UNREAD_SCOPES | UNREAD_LIMITS | UNREAD_ROTATION | UNREAD_STATUS;
    inventory_add_key(inv, &key);
    assert_false(report_complete(inv, LIST_KEYS));
    json_t *root = written_json(inv, LIST_KEYS);
    json_t *item = json_array_get(json_object_get(root, "items"), 0);
    json_t *sent = json_loads(SENT, 0, NULL);
    const char *name;
    json_t *value;
    json_object_foreach(sent, name, value)
    {
        if (!json_equal(value, json_object_get(item, name))) {
            fail_msg("%s is not as it came", name);
        }
    }
    json_t *missing = json_object_get(root, "missing");
    assert_int_equal(json_array_size(missing), 1);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(missing, 0), "reason")),
        "1 of the keys holds what this program does not understand (status, scopes, budget, rate "
        "limits, rotation, expires): it is shown as ?.");
    assert_true(json_is_null(json_object_get(json_array_get(missing, 0), "scope")));
    json_decref(sent);
    json_decref(root);
    struct report_options csv = CSV_OPTIONS;
    csv.columns = "expires,scopes,status,rotation,limits";
    char *text = written(inv, LIST_KEYS, &csv);
    assert_non_null(strstr(text, "?,?,? limbo,?,?"));
    free(text);
    text = overview_table_of(inv);
    assert_non_null(strstr(text, "1 organisation-service, 1 workspace-service, 0 workspace-user"));
    assert_non_null(strstr(text, "? exhausted"));
    assert_non_null(strstr(text, "1? never expire"));
    free(text);
    inventory_free(inv);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_json_keeps_unknown_scopes),
        cmocka_unit_test(csv_does_not_run_in_a_spreadsheet),
        cmocka_unit_test(csv_guards_what_a_spreadsheet_would_change),
        cmocka_unit_test(json_keeps_the_unknown_apart_and_unseen),
        cmocka_unit_test(csv_has_whole_times_and_no_marks),
        cmocka_unit_test(keys_json_is_as_it_came),
        cmocka_unit_test(csv_cells),
        cmocka_unit_test(overview_counts_or_says_null),
        cmocka_unit_test(overview_marks_what_is_not_exact),
        cmocka_unit_test(a_workspace_key_is_told_apart),
        cmocka_unit_test(hidden_kinds_are_named),
        cmocka_unit_test(columns_of_other_lists_count),
        cmocka_unit_test(limits_are_asked_of_workspace_keys),
        cmocka_unit_test(people_of_a_workspace_are_the_least),
        cmocka_unit_test(members_join_roles),
        cmocka_unit_test(refused_members_are_null_and_named),
        cmocka_unit_test(unknown_columns_are_named),
        cmocka_unit_test(a_table_fits_its_width),
        cmocka_unit_test(a_full_disk_is_an_error),
        cmocka_unit_test(refused_numbers_are_not_zero),
        cmocka_unit_test(what_was_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
