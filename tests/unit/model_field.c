/* What every column says of a record: what was read, and ? where it was not, never a zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/field_tables.h"
#include "unit/model_org.h"

#include "base/banned.h"

static const char *const LIST_SCOPES[] = {"organisation_service_api_keys.list",
                                          "workspace_service_api_keys.list",
                                          "workspace_user_api_keys.list"};

/* Workspaces 0 and 1, people 0 to 2, keys 0 to 4; key 0 is the operator's. */
static struct inventory *organisation(void)
{
    struct inventory *inv = inventory_new();
    struct workspace_row tools = org_workspace(inv, 1, "ws-tools-e2a85b", "🔧 tools");
    tools.icon = org_text(inv, "🔧");
    tools.description = org_text(inv, "a\x1b[2Jb");
    tools.scim_source = org_word(inv, "src");
    tools.is_default = tools.has_usage_limits = tools.has_rate_limits = true;
    tools.switches_known = UINT64_C(1) << switch_find("membersWriteApiKeys") |
                           UINT64_C(1) << switch_find("membersViewApiKeys");
    tools.switches_on = UINT64_C(1) << switch_find("membersWriteApiKeys");
    struct workspace_row bare = org_workspace(inv, 2, NULL, "bare");
    bare.status = STR_NONE;
    bare.created_at = TIME_NONE;
    inventory_add_workspace(inv, &tools);
    inventory_add_workspace(inv, &bare);
    struct user_row people[] = {
        org_user(inv, 1, "R", "Shah", "r.shah@acme.example", ORG_ADMIN),
        org_user(inv, 2, "花子", NULL, NULL, ORG_ROLE_OTHER),
        org_user(inv, 3, "No", "Body", "no@acme.example", ORG_MEMBER),
    };
    people[1].role_text = org_word(inv, "billing");
    for (size_t i = 0; i < 3; i++) {
        inventory_add_user(inv, &people[i]);
    }
    struct member_row members[] = {
        org_member(inv, 1, 1, WS_MANAGER),
        org_member(inv, 1, 2, WS_ROLE_OTHER),
        org_member(inv, 7, 9, WS_MEMBER),
    };
    members[1].org_role = ORG_ROLE_OTHER;
    members[2].created_at = TIME_NONE;
    for (size_t i = 0; i < 3; i++) {
        inventory_add_member(inv, &members[i]);
    }
    struct key_row keys[] = {
        org_key(inv, 1, "admin", "Tb*****k3Q", 0, 0), org_key(inv, 2, "gira", "z1*****3AX", 1, 0),
        org_key(inv, 3, "note", NULL, 1, 1),          org_key(inv, 4, "odd", "aa*****bbb", 7, 9),
        org_key(inv, 5, "late", "cc*****ddd", 1, 0),
    };
    struct key_extra extra = org_extra();
    extra.rates[0] = (struct rate_limit){LIMIT_TOKENS, RATE_RPM, 5000000, STR_NONE};
    extra.rates[1] =
        (struct rate_limit){LIMIT_TYPE_OTHER, RATE_RPM, 5, org_word(inv, "{\"type\":\"images\"}")};
    extra.rate_count = 2;
    extra.rates_total = 5;
    extra.usage.has_budget = true;
    extra.usage.type = LIMIT_COST;
    extra.usage.credit_limit = 99.5;
    extra.rotation.set = true;
    extra.rotation.period_days = 9;
    keys[1].extra = inventory_add_extra(inv, &extra);
    keys[1].expires_at = ORG_NOW + 3 * ORG_DAY;
    keys[1].creation_mode = org_word(inv, "ui");
    org_scope(&keys[1], "completions.write");
    keys[1].unknown_scopes = org_word(inv, "made.up\nrobots.dance");
    for (int i = 0; i < KEY_KIND_COUNT; i++) {
        org_scope(&keys[0], LIST_SCOPES[i]);
    }
    keys[3].kind = KEY_KIND_UNKNOWN;
    keys[3].type_text = org_word(inv, "robot");
    keys[3].status = STATUS_OTHER;
    keys[3].expires_at = ORG_NOW + 200 * ORG_DAY;
    keys[4].expires_at = ORG_NOW - PAST_SURE_MS;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        inventory_add_key(inv, &keys[i]);
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        org_complete(inv, (enum list_kind)list);
    }
    inventory_find_own(inv, "Tb", "k3Q");
    return inv;
}

static const struct text_case {
    enum list_kind list;
    const char *column;
    size_t row;
    const char *text;
} CASES[] = {
    {LIST_KEYS, "flag", 0, "@ "},
    {LIST_KEYS, "flag", 1, "~!"}, /* rotates; three days are left */
    {LIST_KEYS, "flag", 2, "  "},
    {LIST_KEYS, "flag", 4, "X "},
    {LIST_KEYS, "name", 0, "admin (YOU)"},
    {LIST_KEYS, "name", 1, "gira"},
    {LIST_KEYS, "type", 0, "OS"},
    {LIST_KEYS, "type", 3, "??"},
    {LIST_KEYS, "kind", 2, "workspace-user"},
    {LIST_KEYS, "kind", 3, "? robot"},
    {LIST_KEYS, "workspace", 0, "(org)"},
    {LIST_KEYS, "workspace", 1, "tools"},
    {LIST_KEYS, "owner", 1, "svc"},
    {LIST_KEYS, "owner", 2, "R Shah"},
    {LIST_KEYS, "mask", 2, "?"},
    {LIST_KEYS, "expires", 0, "never"},
    {LIST_KEYS, "expires", 1, "24 Sep"},
    {LIST_KEYS, "expires", 3, "Apr 2027"},
    {LIST_KEYS, "expires", 4, "EXPIRED"},
    {LIST_KEYS, "scopes", 1, "3"},
    {LIST_KEYS, "scopes", 2, "0"},
    {LIST_KEYS, "status", 1, "active"},
    {LIST_KEYS, "status", 3, "?"},
    {LIST_KEYS, "status", 4, "expired"},
    {LIST_KEYS, "risk", 2, "--------"},
    {LIST_KEYS, "rotation", 1, "9d"},
    {LIST_KEYS, "rotation", 2, "-"},
    {LIST_KEYS, "limits", 1, "5000000 tokens/rpm, ? {\"type\":\"images\"}, 3 more, $99.5"},
    {LIST_KEYS, "limits", 2, "none"},
    {LIST_KEYS, "mode", 1, "ui"},
    {LIST_KEYS, "mode", 2, "?"},
    {LIST_KEYS, "created", 1, "2026-09-19 14:13Z"},
    {LIST_KEYS, "updated", 1, "-"},
    {LIST_KEYS, "description", 1, "-"},
    {LIST_WORKSPACES, "name", 0, "tools"},
    {LIST_WORKSPACES, "slug", 0, "ws-tools-e2a85b"},
    {LIST_WORKSPACES, "slug", 1, "?"},
    {LIST_WORKSPACES, "members", 0, "1/0/0+1"},
    {LIST_WORKSPACES, "members", 1, "1/0/0"},
    {LIST_WORKSPACES, "keys", 0, "2/1"},
    {LIST_WORKSPACES, "keys", 1, "0/0"},
    {LIST_WORKSPACES, "limits", 0, "budget+rate"},
    {LIST_WORKSPACES, "limits", 1, "none"},
    {LIST_WORKSPACES, "make", 0, "yes"},
    {LIST_WORKSPACES, "make", 1, "?"},
    {LIST_WORKSPACES, "view", 0, "no"},
    {LIST_WORKSPACES, "logs", 0, "?"},
    {LIST_WORKSPACES, "scim", 0, "yes"},
    {LIST_WORKSPACES, "default", 0, "yes"},
    {LIST_WORKSPACES, "status", 0, "active"},
    {LIST_WORKSPACES, "status", 1, "?"},
    {LIST_USERS, "name", 0, "R Shah"},
    {LIST_USERS, "mail", 1, "?"},
    {LIST_USERS, "role", 0, "admin"},
    {LIST_USERS, "role", 1, "? billing"},
    {LIST_USERS, "workspaces", 0, "1"},
    {LIST_USERS, "workspaces", 2, "0"},
    {LIST_USERS, "keys", 0, "1"},
    {LIST_USERS, "keys", 2, "0"},
    {LIST_USERS, "roles", 0, "all:(A) tools:M"},
    {LIST_USERS, "roles", 1, "tools:?"},
    {LIST_USERS, "roles", 2, "none"},
    {LIST_MEMBERS, "name", 0, "R Shah"},
    {LIST_MEMBERS, "mail", 0, "r.shah@acme.example"}, /* from the people */
    {LIST_MEMBERS, "mail", 2, "?"},
    {LIST_MEMBERS, "role", 0, "admin(A)"},
    {LIST_MEMBERS, "role", 1, "?"},
    {LIST_MEMBERS, "org", 0, "member"},
    {LIST_MEMBERS, "org", 1, "? billing"}, /* from the people */
    {LIST_MEMBERS, "since", 2, "-"},
};

static void says(struct inventory *inv, enum list_kind list, const char *column, size_t row,
                 const char *want)
{
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    size_t count;
    const struct field *fields = field_table(list, &count);
    struct buf text;
    buf_init(&text, 0);
    assert_true(field_find(list, column) >= 0);
    fields[field_find(list, column)].text(&ctx, row, &text);
    if (strcmp(text.len > 0 ? text.data : "", want) != 0) {
        fail_msg("%s %s of row %zu: \"%s\", not \"%s\"", list_name(list), column, row, text.data,
                 want);
    }
    buf_done(&text);
}

static void texts(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        says(inv, CASES[i].list, CASES[i].column, CASES[i].row, CASES[i].text);
    }
    inventory_free(inv);
}

/* In a file all of them; on a screen as many as fit, and how many more there are. */
static void roles_are_cut_on_screens_alone(void **state)
{
    enum { PLACES = 20 };
    (void)state;
    struct inventory *inv = inventory_new();
    struct user_row user = org_user(inv, 1, "R", "Shah", "r@x", ORG_MEMBER);
    struct buf text, all;
    inventory_add_user(inv, &user);
    for (unsigned w = 1; w <= PLACES; w++) {
        char name[32];
        snprintf(name, sizeof name, "workspace-%u", w);
        struct workspace_row ws = org_workspace(inv, w, name, name);
        struct member_row member = org_member(inv, w, 1, WS_MANAGER);
        inventory_add_workspace(inv, &ws);
        inventory_add_member(inv, &member);
    }
    org_complete(inv, LIST_USERS);
    org_complete(inv, LIST_MEMBERS);
    size_t count;
    const struct field *roles = &field_table(LIST_USERS, &count)[field_find(LIST_USERS, "roles")];
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    buf_init(&text, 0);
    buf_init(&all, 0);
    roles->text(&ctx, 0, &all);
    assert_non_null(strstr(all.data, "workspace-1:M workspace-2:M "));
    assert_non_null(strstr(all.data, " workspace-20:M"));
    assert_null(strstr(all.data, ".."));
    for (int room = 12; room < text_width(all.data); room++) {
        unsigned told = 0;
        ctx.room = room;
        buf_clear(&text);
        roles->text(&ctx, 0, &text);
        assert_true(text_width(text.data) <= room);
        const char *more = strstr(text.data, " ..");
        for (const char *at = text.data; (at = strstr(at, ":M")) != NULL; at++) {
            told++;
        }
        assert_non_null(more);
        assert_int_equal(told + (unsigned)strtoul(more + 3, NULL, 10), PLACES);
    }
    ctx.room = text_width(all.data);
    buf_clear(&text);
    roles->text(&ctx, 0, &text);
    assert_string_equal(text.data, all.data);
    buf_done(&text);
    buf_done(&all);
    inventory_free(inv);
}

/* What compares as a number has to stand in the order of numbers, not of texts. */
static void what_compares_is_ordered_so(void **state)
{
    (void)state;
    for (int list = 0; list < LIST_COUNT; list++) {
        size_t count;
        const struct field *fields = field_table((enum list_kind)list, &count);
        for (size_t i = 0; i < count; i++) {
            if (fields[i].value != NULL && fields[i].rank == NULL) {
                fail_msg("%s of %s has no rank", fields[i].key, list_name((enum list_kind)list));
            }
        }
    }
}

/* For a file: how many people and keys there are, and of each sort, as numbers. */
static void counts_are_numbers_in_a_file(void **state)
{
    static const struct {
        const char *column, *here, *there;
    } ROWS[] = {
        {"members", "2", "1"},      {"admins", "1?", "1"}, /* the role of one is not known */
        {"managers", "?", "0"},     {"plain_members", "?", "0"}, {"keys", "3", "0"},
        {"service_keys", "2", "0"}, {"user_keys", "1", "0"},
    };
    (void)state;
    struct inventory *inv = organisation();
    size_t count;
    const struct field *fields = field_table(LIST_WORKSPACES, &count);
    struct field_context ctx = {.inv = inv, .now = ORG_NOW, .plain = true};
    struct buf text;
    buf_init(&text, 0);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const char *want[] = {ROWS[i].here, ROWS[i].there};
        for (size_t row = 0; row < 2; row++) {
            buf_clear(&text);
            fields[field_find(LIST_WORKSPACES, ROWS[i].column)].text(&ctx, row, &text);
            if (strcmp(text.data, want[row]) != 0) {
                fail_msg("%s of row %zu: \"%s\", not \"%s\"", ROWS[i].column, row, text.data,
                         want[row]);
            }
        }
    }
    buf_done(&text);
    inventory_free(inv);
}

/* Lists that were refused, or kinds the own key may not list: no zero, and what is held is no more
 * than the least there is. */
static void what_could_not_be_read(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    scope_set_remove(&inv->keys[0].scopes, scope_find("workspace_user_api_keys.list"));
    says(inv, LIST_WORKSPACES, "keys", 0, "2/1?");
    says(inv, LIST_WORKSPACES, "keys", 1, "0/?");
    says(inv, LIST_USERS, "keys", 0, "1?");
    says(inv, LIST_USERS, "keys", 2, "?");
    inv->own_key = -1;
    says(inv, LIST_WORKSPACES, "keys", 1, "?");
    inventory_find_own(inv, "Tb", "k3Q");
    org_scope(&inv->keys[0], "workspace_user_api_keys.list");
    says(inv, LIST_USERS, "keys", 2, "0");
    static const enum list_progress BAD[] = {PROGRESS_NEVER, PROGRESS_LOADING, PROGRESS_PARTIAL,
                                             PROGRESS_REFUSED, PROGRESS_FAILED};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        inv->lists[LIST_KEYS].progress = BAD[i];
        inv->lists[LIST_MEMBERS].progress = BAD[i];
        inv->member_states[1].progress = PROGRESS_REFUSED;
        says(inv, LIST_WORKSPACES, "keys", 1, "?");
        says(inv, LIST_WORKSPACES, "members", 1, "?");
        says(inv, LIST_USERS, "keys", 2, "?");
        says(inv, LIST_USERS, "workspaces", 2, "?");
        says(inv, LIST_USERS, "roles", 2, "?");
    }
    inv->member_states[0].progress = PROGRESS_PARTIAL;
    says(inv, LIST_WORKSPACES, "members", 0, "1/0/0+1?");
    inv->lists[LIST_USERS].progress = PROGRESS_PARTIAL;
    says(inv, LIST_WORKSPACES, "members", 0, "1?/0/0+1?");
    inventory_free(inv);
}

static void names_of_what_is_not_there(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    char id[ID_TEXT_SIZE];
    char want[32];
    snprintf(want, sizeof want, "? %.8s", org_id(LIST_WORKSPACES, 7, id));
    says(inv, LIST_KEYS, "workspace", 3, want);
    snprintf(want, sizeof want, "? %.8s", org_id(LIST_USERS, 9, id));
    says(inv, LIST_KEYS, "owner", 3, want);
    inventory_free(inv);
}

/* Whatever a record holds: one line, nothing that moves a terminal, and something to see. */
static void every_text_is_clean(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    struct buf text, again;
    buf_init(&text, 0);
    buf_init(&again, 0);
    for (int list = 0; list < LIST_COUNT; list++) {
        size_t count;
        const struct field *fields = field_table((enum list_kind)list, &count);
        for (size_t i = 0; i < count; i++) {
            for (size_t row = 0; row < field_rows(inv, (enum list_kind)list); row++) {
                buf_clear(&text);
                buf_clear(&again);
                fields[i].text(&ctx, row, &text);
                assert_true(text.len > 0);
                assert_false(text_clean(text.data, text.len, &again));
                if (fields[i].tone != NULL) {
                    assert_true(fields[i].tone(&ctx, row) <= TONE_OWN);
                }
            }
        }
    }
    buf_done(&text);
    buf_done(&again);
    inventory_free(inv);
}

/* Amounts, not their digits: $50 before $200, and 1 a second is more than 40 a minute. */
static void limits_in_their_order(void **state)
{
    (void)state;
    static const struct {
        bool budget;
        enum limit_type type;
        double credit;
        enum rate_unit unit;
        double rate; /* 0: none */
    } RISING[] = {
        {false, LIMIT_COST, 0, RATE_RPM, 0},  {false, LIMIT_COST, 0, RATE_RPM, 40},
        {false, LIMIT_COST, 0, RATE_RPS, 1},  {true, LIMIT_TOKENS, 5000000, RATE_RPM, 0},
        {true, LIMIT_COST, 5, RATE_RPS, 1},   {true, LIMIT_COST, 50, RATE_RPM, 0},
        {true, LIMIT_COST, 200, RATE_RPM, 0}, {true, LIMIT_COST, 1e300, RATE_RPM, 0},
    };
    struct inventory *inv = organisation();
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    size_t count;
    const struct field *field = &field_table(LIST_KEYS, &count)[field_find(LIST_KEYS, "limits")];
    uint64_t before = 0;
    for (size_t i = 0; i < sizeof RISING / sizeof *RISING; i++) {
        struct key_extra extra = org_extra();
        extra.usage.has_budget = RISING[i].budget;
        extra.usage.type = RISING[i].type;
        extra.usage.credit_limit = RISING[i].credit;
        extra.rates[0] =
            (struct rate_limit){LIMIT_REQUESTS, RISING[i].unit, RISING[i].rate, STR_NONE};
        extra.rate_count = extra.rates_total = RISING[i].rate > 0;
        inv->keys[0].extra = inventory_add_extra(inv, &extra);
        uint64_t rank = field->rank(&ctx, 0);
        assert_true(i == 0 || before < rank);
        before = rank;
    }
    inventory_free(inv);
}

static void ranks(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    const struct field *expires = &KEY_FIELDS[field_find(LIST_KEYS, "expires")];
    assert_true(expires->rank(&ctx, 4) < expires->rank(&ctx, 1));
    assert_true(expires->rank(&ctx, 3) < expires->rank(&ctx, 0)); /* never is last */
    assert_true(field_rank_time(TIME_NONE) < field_rank_time(-1));
    assert_true(field_rank_time(-1) < field_rank_time(0));
    assert_true(field_rank_time(0) < field_rank_time(1));
    /* Not known, none, some. */
    assert_true(field_rank_count(0, false) < field_rank_count(0, true));
    assert_true(field_rank_count(0, true) < field_rank_count(1, false));
    const struct field *role = &USER_FIELDS[field_find(LIST_USERS, "role")];
    assert_true(role->rank(&ctx, 0) < role->rank(&ctx, 2));
    assert_true(role->rank(&ctx, 2) < role->rank(&ctx, 1));
    inventory_free(inv);
}

static void tables_are_whole(void **state)
{
    (void)state;
    for (int list = 0; list < LIST_COUNT; list++) {
        size_t count;
        const struct field *fields = field_table((enum list_kind)list, &count);
        int sum = 0;
        int flexible = 0;
        for (size_t i = 0; i < count; i++) {
            assert_non_null(fields[i].text);
            assert_true(fields[i].wide == 0 || fields[i].wide >= fields[i].width);
            assert_int_equal(field_find((enum list_kind)list, fields[i].key), i);
            assert_int_equal(field_find((enum list_kind)list, fields[i].label), i);
            if (fields[i].from == FIELD_S) {
                sum += fields[i].width + 1;
                flexible += fields[i].width == 0;
            }
        }
        assert_int_equal(flexible, 1);
        assert_true(sum <= 80 - 8); /* a name has room at 80 columns */
        assert_int_equal(field_find((enum list_kind)list, "nonsense"), -1);
        assert_int_equal(field_find((enum list_kind)list, ""), -1);
    }
    assert_int_equal(field_find(LIST_KEYS, "NaMe"), field_find(LIST_KEYS, "name"));
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } NUMBERS[] = {{0, "0"}, {100, "100"}, {0.5, "0.5"}, {5e6, "5000000"}, {1e18, "1e+18"}};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        struct buf text;
        buf_init(&text, 0);
        field_number(NUMBERS[i].value, &text);
        assert_string_equal(text.data, NUMBERS[i].text);
        buf_done(&text);
    }
}

/* What came and was not understood is `?` in every column, and no filter takes it for none. */
static void what_was_not_understood(void **state)
{
    (void)state;
    static const struct {
        const char *column, *text, *plain;
    } WANT[] = {
        {"name", "?", "?"},
        {"workspace", "?", "?"},
        {"owner", "?", "?"},
        {"expires", "?", "?"},
        {"scopes", "1?", "1?"},
        {"status", "? limbo", "? limbo"},
        {"rotation", "?", "?"},
        {"limits", "?", "?"},
        {"created", "?", "?"},
        {"updated", "?", "?"},
        {"kind", "? ghost", "? ghost"},
        {"description", "?", "?"},
        {"risk", "----L---?", "L?"},
    };
    struct inventory *inv = inventory_new();
    struct key_row key = org_key(inv, 1, "seen", "aa*****bbb", 0, 0);
    struct buf text;
    key.unread = (1u << UNREAD_COUNT) - 1;
    key.created_at = key.updated_at = key.expires_at = TIME_UNREAD;
    key.kind = KEY_KIND_UNKNOWN;
    key.type_text = org_word(inv, "ghost");
    key.status = STATUS_OTHER;
    key.status_text = org_word(inv, "limbo");
    org_scope(&key, "logs.view");
    inventory_add_key(inv, &key);
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    struct field_context plain = {.inv = inv, .now = ORG_NOW, .plain = true};
    buf_init(&text, 0);
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
        const struct field *field = &KEY_FIELDS[field_find(LIST_KEYS, WANT[i].column)];
        buf_clear(&text);
        field->text(&ctx, 0, &text);
        assert_string_equal(text.data, WANT[i].text);
        buf_clear(&text);
        field->text(&plain, 0, &text);
        assert_string_equal(text.data, WANT[i].plain);
    }
    /* Neither over, nor near, nor never. */
    unsigned notices = field_key_notices(&ctx, 0);
    assert_int_equal(notices & (NOTICE_EXPIRED | NOTICE_ENDS_SOON | NOTICE_NO_EXPIRY |
                                NOTICE_NO_LIMITS | NOTICE_BLOCKED),
                     0);
    assert_int_equal(notices & NOTICE_UNREAD, NOTICE_UNREAD);
    buf_done(&text);
    inventory_free(inv);
}

/* The numbers go along with the rows, and such a list is not complete. */
static void a_list_that_was_not_all_understood(void **state)
{
    (void)state;
    struct inventory *inv = org_new((struct org_size){3, 5, 20}, 1);
    for (int list = 0; list < LIST_COUNT; list++) {
        assert_int_equal(inventory_unread_rows(inv, (enum list_kind)list), 0);
    }
    assert_true(inventory_list_complete(inv, LIST_USERS));
    struct user_row user = inv->users[1];
    user.unread = UNREAD_ROLE | UNREAD_CREATED;
    inventory_add_user(inv, &user);
    assert_false(inventory_list_complete(inv, LIST_USERS));
    struct buf words;
    buf_init(&words, 0);
    inventory_unread_words(inv, LIST_USERS, &words);
    assert_string_equal(words.data, "1 of the users holds what this program does not understand "
                                    "(role, created): it is shown as ?.");
    user.unread = 0;
    inventory_add_user(inv, &user);
    assert_true(inventory_list_complete(inv, LIST_USERS));
    struct key_row key = inv->keys[3];
    key.unread = UNREAD_EXPIRES;
    inventory_add_key(inv, &key);
    inventory_add_key(inv, &key);
    assert_int_equal(inventory_unread_rows(inv, LIST_KEYS), 1);
    assert_int_equal(inventory_unread(inv, LIST_KEYS), UNREAD_EXPIRES);
    inventory_remove_key(inv, key.id);
    assert_int_equal(inventory_unread_rows(inv, LIST_KEYS), 0);
    assert_int_equal(inventory_unread(inv, LIST_KEYS), 0);
    buf_done(&words);
    inventory_free(inv);
}

/* One rule for the sign in front of a key and for the words about it. */
static void the_sign_of_a_key(void **state)
{
    (void)state;
    static const struct {
        int64_t expires_at;
        const char *scope;
        int status, scopes;
        double rate; /* -1: none */
        bool admin, rotates;
        unsigned notices;
        const char *sign;
    } SIGNS[] = {
        {ORG_NOW + 200 * ORG_DAY, NULL, STATUS_ACTIVE, 0, 10, false, false, 0, "  "},
        {ORG_NOW + 200 * ORG_DAY, NULL, STATUS_ACTIVE, 0, 10, false, true, 0, "~ "},
        {ORG_NOW + 200 * ORG_DAY, NULL, STATUS_ACTIVE, 0, -1, false, false, NOTICE_NO_LIMITS, "  "},
        {ORG_NOW + 200 * ORG_DAY, NULL, STATUS_ACTIVE, 0, -1, true, false, 0, "  "},
        {TIME_NONE, NULL, STATUS_ACTIVE, 0, 10, false, true, NOTICE_NO_EXPIRY, "~ "},
        {ORG_NOW + 6 * ORG_DAY, NULL, STATUS_ACTIVE, 0, 10, false, false, NOTICE_ENDS_SOON, " !"},
        {ORG_NOW + 8 * ORG_DAY, NULL, STATUS_ACTIVE, 0, 10, false, false, 0, "  "},
        /* What the server calls active is not over on a clock that is minutes ahead. */
        {ORG_NOW, NULL, STATUS_ACTIVE, 0, 10, false, false, NOTICE_ENDS_SOON, " !"},
        {ORG_NOW - PAST_SURE_MS + 1, NULL, STATUS_ACTIVE, 0, 10, false, false, NOTICE_ENDS_SOON,
         " !"},
        {ORG_NOW - PAST_SURE_MS, NULL, STATUS_ACTIVE, 0, 10, false, false, NOTICE_EXPIRED, "X "},
        {ORG_NOW + ORG_DAY, NULL, STATUS_EXPIRED, 0, 10, false, false, NOTICE_EXPIRED, "X "},
        {ORG_NOW + 200 * ORG_DAY, NULL, STATUS_EXHAUSTED, 0, 10, false, false, NOTICE_EXHAUSTED,
         "x "},
        {TIME_NONE, NULL, STATUS_ACTIVE, 0, 0, false, false, NOTICE_NO_EXPIRY | NOTICE_BLOCKED,
         "x "},
        {ORG_NOW + 200 * ORG_DAY, "workspace_service_api_keys.create", STATUS_ACTIVE, 0, 10, false,
         false, NOTICE_MAKES_KEYS, " !"},
        {ORG_NOW + 200 * ORG_DAY, NULL, STATUS_ACTIVE, 49, 10, false, false, NOTICE_ODD_SCOPES,
         "  "},
        {ORG_NOW + 200 * ORG_DAY, NULL, STATUS_ACTIVE, 50, 10, false, false,
         NOTICE_ODD_SCOPES | NOTICE_MANY_SCOPES, " !"},
        /* Danger does not stop where models do, but it does with the key. */
        {ORG_NOW + 6 * ORG_DAY, "workspace_service_api_keys.update", STATUS_EXHAUSTED, 0, 10, false,
         true, NOTICE_ENDS_SOON | NOTICE_MAKES_KEYS | NOTICE_EXHAUSTED, "x!"},
        {ORG_NOW - ORG_DAY, "workspace_service_api_keys.update", STATUS_ACTIVE, 0, 10, false, true,
         NOTICE_EXPIRED | NOTICE_MAKES_KEYS, "X "},
    };
    struct inventory *inv = inventory_new();
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        struct key_row key =
            org_key(inv, (unsigned)i + 1, "key", "aa*****bbb", SIGNS[i].admin ? 0 : 1, 0);
        struct key_extra extra = org_extra();
        struct buf unknown;
        struct buf sign;
        key.expires_at = SIGNS[i].expires_at;
        key.status = (unsigned char)SIGNS[i].status;
        extra.rotation.set = SIGNS[i].rotates;
        extra.rate_count = extra.rates_total = SIGNS[i].rate < 0 ? 0 : 1;
        extra.rates[0] = (struct rate_limit){LIMIT_TOKENS, RATE_RPM, SIGNS[i].rate, STR_NONE};
        key.extra = inventory_add_extra(inv, &extra);
        if (SIGNS[i].scope != NULL) {
            org_scope(&key, SIGNS[i].scope);
        }
        buf_init(&unknown, 0);
        for (int n = 0; n < SIGNS[i].scopes; n++) {
            buf_addf(&unknown, "%smade.up%d", n > 0 ? "\n" : "", n);
        }
        if (unknown.len > 0) {
            key.unknown_scopes = org_word(inv, unknown.data);
        }
        buf_done(&unknown);
        inventory_add_key(inv, &key);
        buf_init(&sign, 0);
        KEY_FIELDS[0].text(&ctx, i, &sign);
        if (field_key_notices(&ctx, i) != SIGNS[i].notices ||
            strcmp(sign.data, SIGNS[i].sign) != 0) {
            fail_msg("case %zu: notices %#x, sign \"%s\"", i, field_key_notices(&ctx, i),
                     sign.data);
        }
        buf_done(&sign);
    }
    inventory_free(inv);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_understood),
        cmocka_unit_test(a_list_that_was_not_all_understood),
        cmocka_unit_test(the_sign_of_a_key),
        cmocka_unit_test(texts),
        cmocka_unit_test(roles_are_cut_on_screens_alone),
        cmocka_unit_test(what_compares_is_ordered_so),
        cmocka_unit_test(counts_are_numbers_in_a_file),
        cmocka_unit_test(what_could_not_be_read),
        cmocka_unit_test(names_of_what_is_not_there),
        cmocka_unit_test(every_text_is_clean),
        cmocka_unit_test(ranks),
        cmocka_unit_test(limits_in_their_order),
        cmocka_unit_test(tables_are_whole),
        cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
