/* Who may do what: every role with every power, every switch on, off and unread; the acts of the
 * operator's own key; the last admin key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/access.h"
#include "unit/model_org.h"

#include "base/banned.h"

#define ALL_SWITCHES ((UINT64_C(1) << SWITCH_COUNT) - 1)

#define SAME_FOR_ALL(answer)                                                                       \
    {                                                                                              \
        answer, answer, answer, answer, answer, answer, answer, answer, answer, answer, answer,    \
            answer, answer, answer, answer, answer, answer, answer, answer, answer, answer,        \
            answer, answer, answer, answer                                                         \
    }

/* In the order of the powers: y yes, n no, ? not known; else the switch that decides. */
static const char *const MANAGER[] = {
    "y",
    "managersUpdateWs",
    "managersWriteWsUsers",
    "y",
    "managersWriteWsUsers",
    "managersViewApiKeys",
    "managersWriteApiKeys",
    "managersViewApiKeys",
    "managersWriteApiKeys",
    "managersWriteApiKeys",
    "managersViewLogs",
    "managersViewLogMetadata",
    "managersViewAnalytics",
    "managersViewAllData",
    "managersViewConfigs",
    "managersWriteConfigs",
    "managersViewPrompts",
    "managersWritePrompts",
    "managersViewGuardrails",
    "managersWriteGuardrails",
    "managersViewVirtualKeys",
    "managersWriteVirtualKeys",
    "managersWriteMcpServers",
    "managersWriteWsIntegrations",
    "managersWriteWsMcpIntegrations",
};
static const char *const MEMBER[] = {
    "y",
    "n",
    "managersWriteWsUsers",
    "y",
    "n",
    "n",
    "n",
    "membersViewApiKeys",
    "n",
    "membersWriteApiKeys",
    "membersViewLogs",
    "membersViewLogMetadata",
    "membersViewAnalytics",
    "membersViewAllData",
    "membersViewConfigs",
    "membersWriteConfigs",
    "membersViewPrompts",
    "membersWritePrompts",
    "membersViewGuardrails",
    "membersWriteGuardrails",
    "membersViewVirtualKeys",
    "membersWriteVirtualKeys",
    "n",
    "n",
    "n",
};
static const char *const ORG_ADMINS[] = {
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "organisationAdminsViewLogs",
    "organisationAdminsViewLogMetadata",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
    "y",
};
static const char *const YES[] = SAME_FOR_ALL("y");
static const char *const NO[] = SAME_FOR_ALL("n");
static const char *const NOT_KNOWN[] = SAME_FOR_ALL("?");

static const struct role_case {
    enum org_role org_role;
    bool is_member;
    enum ws_role role;
    const char *const *powers;
} ROLE_CASES[] = {
    {ORG_OWNER, false, WS_ROLE_OTHER, ORG_ADMINS},
    {ORG_OWNER, true, WS_MEMBER, ORG_ADMINS},
    {ORG_ADMIN, false, WS_ROLE_OTHER, ORG_ADMINS},
    {ORG_ADMIN, true, WS_MEMBER, ORG_ADMINS},
    {ORG_MEMBER, false, WS_ADMIN, NO},
    {ORG_MEMBER, true, WS_ADMIN, YES},
    {ORG_MEMBER, true, WS_MANAGER, MANAGER},
    {ORG_MEMBER, true, WS_MEMBER, MEMBER},
    {ORG_MEMBER, true, WS_ROLE_OTHER, NOT_KNOWN},
    {ORG_ROLE_OTHER, false, WS_ROLE_OTHER, NOT_KNOWN},
    {ORG_ROLE_OTHER, true, WS_MANAGER, MANAGER},
};

static struct power_answer ask(const struct role_case *c, uint64_t known, uint64_t on, int power)
{
    struct workspace_row ws = {.switches_known = known, .switches_on = on};
    struct power_answer answer =
        access_power(&ws, c->org_role, c->is_member, c->role, (enum power)power);
    assert_non_null(answer.why);
    assert_true(strlen(answer.why) > 5);
    return answer;
}

static void expect(size_t i, int power, struct power_answer answer, enum answer want)
{
    if (answer.answer != want) {
        fail_msg("case %zu: \"%s\" is %d, not %d (%s)", i, power_name((enum power)power),
                 answer.answer, want, answer.why);
    }
}

static void roles_powers_and_switches(void **state)
{
    (void)state;
    uint64_t used = 0;
    assert_int_equal(sizeof MANAGER / sizeof *MANAGER, POWER_COUNT);
    for (size_t i = 0; i < sizeof ROLE_CASES / sizeof *ROLE_CASES; i++) {
        const struct role_case *c = &ROLE_CASES[i];
        for (int power = 0; power < POWER_COUNT; power++) {
            const char *way = c->powers[power];
            if (way[1] == '\0') {
                enum answer want = *way == 'y'   ? ANSWER_YES
                                   : *way == 'n' ? ANSWER_NO
                                                 : ANSWER_UNKNOWN;
                expect(i, power, ask(c, ALL_SWITCHES, ALL_SWITCHES, power), want);
                expect(i, power, ask(c, ALL_SWITCHES, 0, power), want);
                expect(i, power, ask(c, 0, 0, power), want);
                continue;
            }
            uint64_t bit = UINT64_C(1) << switch_find(way);
            used |= bit;
            expect(i, power, ask(c, ALL_SWITCHES, bit, power), ANSWER_YES);
            expect(i, power, ask(c, ALL_SWITCHES, ALL_SWITCHES & ~bit, power), ANSWER_NO);
            expect(i, power, ask(c, ALL_SWITCHES & ~bit, 0, power), ANSWER_UNKNOWN);
            expect(i, power, ask(c, bit, bit, power), ANSWER_YES);
            assert_non_null(strstr(ask(c, bit, 0, power).why, way));
        }
    }
    /* No switch is without effect on what is told. */
    assert_true(used == ALL_SWITCHES);
}

static void words_for_roles(void **state)
{
    (void)state;
    for (int role = 0; role <= ORG_ROLE_OTHER; role++) {
        assert_non_null(access_org_role_words((enum org_role)role)[0]);
    }
    for (int role = 0; role <= WS_ROLE_OTHER; role++) {
        assert_non_null(access_ws_role_words((enum ws_role)role)[0]);
    }
    assert_non_null(strstr(access_org_role_words(ORG_ADMIN)[0], "but billing"));
    for (int power = 0; power < POWER_COUNT; power++) {
        for (int other = 0; other < power; other++) {
            assert_string_not_equal(power_name((enum power)power), power_name((enum power)other));
        }
    }
}

static struct inventory *with_own(void)
{
    struct inventory *inv = inventory_new();
    struct key_row own = org_key(inv, 1, "admin", "Tb*****k3Q", 0, 0);
    inventory_add_key(inv, &own);
    org_complete(inv, LIST_KEYS);
    inventory_find_own(inv, "Tb", "k3Q");
    return inv;
}

static void acts_of_the_own_key(void **state)
{
    (void)state;
    static const char *const ACTS[] = {"list", "read", "create", "update", "rotate", "delete"};
    static const enum endpoint ENDPOINTS[] = {ENDPOINT_KEYS,       ENDPOINT_KEY,
                                              ENDPOINT_COUNT,      ENDPOINT_UPDATE_KEY,
                                              ENDPOINT_ROTATE_KEY, ENDPOINT_DELETE_KEY};
    static const char *const KINDS[] = {"organisation_service", "workspace_service",
                                        "workspace_user"};
    for (size_t act = 0; act < sizeof ENDPOINTS / sizeof *ENDPOINTS; act++) {
        for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
            struct inventory *inv = with_own();
            const char *missing = NULL;
            char scope[80];
            enum endpoint way = ENDPOINTS[act] == ENDPOINT_COUNT
                                    ? endpoint_create((enum key_kind)kind)
                                    : ENDPOINTS[act];
            snprintf(scope, sizeof scope, "%s_api_keys.%s", KINDS[kind], ACTS[act]);
            assert_true(scope_find(scope) >= 0);
            assert_int_equal(access_may(inv, way, (enum key_kind)kind, &missing), ANSWER_NO);
            assert_string_equal(missing, scope);
            /* Every scope but the right one does not help. */
            inv->keys[0].scopes = scope_set_legal(KEY_ORGANISATION_SERVICE);
            scope_set_remove(&inv->keys[0].scopes, scope_find(scope));
            assert_int_equal(access_may(inv, way, (enum key_kind)kind, NULL), ANSWER_NO);
            memset(&inv->keys[0].scopes, 0, sizeof inv->keys[0].scopes);
            org_scope(&inv->keys[0], scope);
            assert_int_equal(access_may(inv, way, (enum key_kind)kind, &missing), ANSWER_YES);
            assert_int_equal(access_may(inv, way, KEY_KIND_UNKNOWN, &missing),
                             ENDPOINTS[act] == ENDPOINT_COUNT ? ANSWER_YES : ANSWER_UNKNOWN);
            inv->own_key = -1;
            missing = NULL;
            assert_int_equal(access_may(inv, way, (enum key_kind)kind, &missing), ANSWER_UNKNOWN);
            assert_null(missing);
            inventory_free(inv);
        }
    }
}

/* What is known of the own key is at least what a mask shows of it. */
static void the_own_key_by_its_mask(void **state)
{
    (void)state;
    static const struct {
        const char *mask, *head, *tail;
        bool own;
    } CASES[] = {
        {"z1*****3AX", "z1", "3AX", true},    {"z1*****3AX", "z1ab", "cd3AX", true},
        {"z1*****3AX", "z2", "3AX", false},   {"z1*****3AX", "z1", "3Ax", false},
        {"z1ab*****3AX", "z1", "3AX", false}, {"z1*****d3AX", "z1", "3AX", false},
        {"z1*****", "z1", "3AX", true},       {"*****3AX", "z1", "3AX", true},
        {"**********", "z1", "3AX", false},   {"z13AX", "z1", "3AX", false},
        {"z1*****3AX", "", "", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct inventory *inv = inventory_new();
        struct key_row key = org_key(inv, 1, "admin", CASES[i].mask, 0, 0);
        inventory_add_key(inv, &key);
        inventory_find_own(inv, CASES[i].head, CASES[i].tail);
        if ((inv->own_key == 0) != CASES[i].own) {
            fail_msg("%s and %s..%s", CASES[i].mask, CASES[i].head, CASES[i].tail);
        }
        inventory_free(inv);
    }
}

static void the_own_key_and_the_last_admin_key(void **state)
{
    (void)state;
    struct inventory *inv = with_own();
    struct key_row service = org_key(inv, 2, "svc", "aa*****bbb", 1, 0);
    inventory_add_key(inv, &service);
    org_complete(inv, LIST_KEYS);
    assert_int_equal(access_is_own(inv, 0), ANSWER_YES);
    assert_int_equal(access_is_own(inv, 1), ANSWER_NO);
    assert_int_equal(access_is_last_admin(inv, 1), ANSWER_NO);
    /* Kinds may be hidden: that none other is seen proves nothing. */
    assert_int_equal(access_is_last_admin(inv, 0), ANSWER_UNKNOWN);
    inv->keys[0].scopes = scope_set_legal(KEY_ORGANISATION_SERVICE);
    assert_int_equal(access_is_last_admin(inv, 0), ANSWER_YES);
    struct key_row second = org_key(inv, 3, "second", "cc*****ddd", 0, 0);
    for (int status = 0; status <= STATUS_OTHER; status++) {
        second.status = (uint8_t)status;
        inventory_add_key(inv, &second);
        org_complete(inv, LIST_KEYS);
        assert_int_equal(access_is_last_admin(inv, 0),
                         status == STATUS_ACTIVE ? ANSWER_NO : ANSWER_YES);
    }
    second.status = STATUS_EXPIRED;
    inventory_add_key(inv, &second);
    assert_int_equal(access_is_last_admin(inv, 2), ANSWER_NO); /* it is dead already */
    inv->lists[LIST_KEYS].progress = PROGRESS_PARTIAL;
    assert_int_equal(access_is_last_admin(inv, 0), ANSWER_UNKNOWN);
    inv->own_key = -1;
    assert_int_equal(access_is_own(inv, 1), ANSWER_UNKNOWN);
    inventory_free(inv);
}

static void completions(void **state)
{
    (void)state;
    static const enum answer WANT[] = {ANSWER_NO, ANSWER_YES, ANSWER_YES, ANSWER_UNKNOWN};
    for (int kind = 0; kind <= KEY_KIND_COUNT; kind++) {
        struct inventory *inv = inventory_new();
        struct key_row key = org_key(inv, 1, "k", "Tb*****k3Q", 1, 0);
        struct workspace_row ws = org_workspace(inv, 1, "ws-x", "x");
        key.kind = (uint8_t)kind;
        inventory_add_workspace(inv, &ws);
        inventory_add_key(inv, &key);
        assert_int_not_equal(access_can_complete(inv, 0, ORG_NOW).answer, ANSWER_YES);
        org_scope(&inv->keys[0], "completions.write");
        assert_int_equal(access_can_complete(inv, 0, ORG_NOW).answer, WANT[kind]);
        inventory_free(inv);
    }
}

/* What a workspace keeps from its keys, and what hangs on something that was not understood. */
static void completions_and_the_workspace(void **state)
{
    (void)state;
    static const struct {
        bool held, archived, blocked, used_up;
        unsigned ws_unread, key_unread;
        bool scope;
        enum answer want;
        const char *why;
    } CASES[] = {
        {true, false, false, false, 0, 0, true, ANSWER_YES, "active"},
        {false, false, false, false, 0, 0, true, ANSWER_UNKNOWN, "its workspace was not read"},
        {true, true, false, false, 0, 0, true, ANSWER_NO, "its workspace is archived"},
        {true, false, true, false, 0, 0, true, ANSWER_NO, "a rate limit of 0 blocks its workspace"},
        {true, false, false, true, 0, 0, true, ANSWER_NO, "the budget of its workspace is used up"},
        {true, false, false, false, UNREAD_RATES, 0, true, ANSWER_UNKNOWN,
         "the limits of its workspace were not understood"},
        {true, false, false, false, UNREAD_CREATED, UNREAD_CREATED, true, ANSWER_YES, "active"},
        {true, false, false, false, 0, UNREAD_EXPIRES, true, ANSWER_UNKNOWN,
         "its expiry was not understood"},
        {true, false, false, false, 0, UNREAD_BUDGET, true, ANSWER_UNKNOWN,
         "its limits were not understood"},
        {true, false, false, false, 0, UNREAD_SCOPES, true, ANSWER_YES, "active"},
        {true, false, false, false, 0, UNREAD_SCOPES, false, ANSWER_UNKNOWN,
         "its scopes were not understood"},
        {true, false, false, false, 0, 0, false, ANSWER_NO, "it lacks completions.write"},
        /* A no that is certain is not made uncertain by the rest. */
        {true, true, false, false, 0, UNREAD_SCOPES, false, ANSWER_NO, "its workspace is archived"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct inventory *inv = inventory_new();
        struct workspace_row ws = org_workspace(inv, 1, "ws-x", "x");
        struct key_extra limits = org_extra();
        struct key_row key = org_key(inv, 1, "k", "Tb*****k3Q", 1, 0);
        limits.rate_count = limits.rates_total = CASES[i].blocked;
        limits.rates[0] = (struct rate_limit){LIMIT_REQUESTS, RATE_RPM, 0, STR_NONE};
        limits.usage.has_budget = true;
        limits.usage.credit_limit = 10;
        limits.usage.current_usage = CASES[i].used_up ? 10 : 9;
        ws.extra = inventory_add_extra(inv, &limits);
        ws.archived = CASES[i].archived;
        ws.unread = CASES[i].ws_unread;
        if (CASES[i].held) {
            inventory_add_workspace(inv, &ws);
        }
        key.unread = CASES[i].key_unread;
        if (CASES[i].scope) {
            org_scope(&key, "completions.write");
        }
        inventory_add_key(inv, &key);
        struct power_answer answer = access_can_complete(inv, 0, ORG_NOW);
        if (answer.answer != CASES[i].want || strcmp(answer.why, CASES[i].why) != 0) {
            fail_msg("case %zu: %d, %s", i, answer.answer, answer.why);
        }
        inventory_free(inv);
    }
}

/* A key that holds the scope and is dead all the same. */
static void completions_of_the_dead(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    struct key_row key = org_key(inv, 1, "k", "Tb*****k3Q", 1, 0);
    struct workspace_row ws = org_workspace(inv, 1, "ws-x", "x");
    org_scope(&key, "completions.write");
    inventory_add_workspace(inv, &ws);
    inventory_add_key(inv, &key);
    struct key_row *row = &inv->keys[0];
    row->status = STATUS_ACTIVE;
    row->expires_at = ORG_NOW - PAST_SURE_MS + 1; /* our clock may be ahead by so much */
    assert_int_equal(access_can_complete(inv, 0, ORG_NOW).answer, ANSWER_YES);
    row->expires_at = ORG_NOW - PAST_SURE_MS; /* the status turns minutes after the secret died */
    assert_int_equal(access_can_complete(inv, 0, ORG_NOW).answer, ANSWER_NO);
    assert_string_equal(access_can_complete(inv, 0, ORG_NOW).why, "it is expired");
    assert_int_equal(access_can_complete(inv, 0, ORG_NOW - 1).answer, ANSWER_YES);
    row->status = STATUS_EXPIRED;
    assert_string_equal(access_can_complete(inv, 0, ORG_NOW - 1).why, "it is expired");
    row->status = STATUS_EXHAUSTED;
    assert_string_equal(access_can_complete(inv, 0, ORG_NOW - 1).why, "its budget is used up");
    row->status = STATUS_OTHER;
    assert_int_equal(access_can_complete(inv, 0, ORG_NOW - 1).answer, ANSWER_UNKNOWN);
    row->status = STATUS_ACTIVE;
    struct key_extra extra = org_extra();
    extra.rate_count = extra.rates_total = 1;
    extra.rates[0] = (struct rate_limit){LIMIT_REQUESTS, RATE_RPM, 0, STR_NONE};
    row->extra = inventory_add_extra(inv, &extra);
    assert_string_equal(access_can_complete(inv, 0, ORG_NOW - 1).why,
                        "a rate limit of 0 blocks it");
    inventory_free(inv);
}

/* Who can reach a workspace: its members, and the organisation's owners and admins whatever they
 * are in it. */
static void who_can_reach(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    struct workspace_row ws = org_workspace(inv, 1, "ws-a", "a");
    struct workspace_row old = org_workspace(inv, 2, "ws-b", "b");
    struct user_row owner = org_user(inv, 1, "O", "O", "o@x", ORG_OWNER);
    struct user_row admin = org_user(inv, 2, "A", "A", "a@x", ORG_ADMIN);
    struct user_row plain = org_user(inv, 3, "M", "M", "m@x", ORG_MEMBER);
    struct user_row other = org_user(inv, 4, "N", "N", "n@x", ORG_MEMBER);
    old.archived = true;
    inventory_add_workspace(inv, &ws);
    inventory_add_workspace(inv, &old);
    inventory_add_user(inv, &owner);
    inventory_add_user(inv, &admin);
    inventory_add_user(inv, &plain);
    inventory_add_user(inv, &other);
    struct member_row lower = org_member(inv, 1, 2, WS_MEMBER);
    struct member_row manager = org_member(inv, 1, 3, WS_MANAGER);
    inventory_add_member(inv, &lower);
    inventory_add_member(inv, &manager);
    org_complete(inv, LIST_USERS);
    org_complete(inv, LIST_MEMBERS);
    assert_int_equal(access_ws_role(inv, &inv->members[0]), WS_ADMIN);
    assert_int_equal(access_ws_role(inv, &inv->members[1]), WS_MANAGER);
    struct people people;
    access_people(inv, 0, &people);
    assert_int_equal(people.by_org_role, 2);
    assert_int_equal(people.admins, 2);
    assert_int_equal(people.managers, 1);
    assert_int_equal(people.members, 0);
    for (int twice = 0; twice < 2; twice++) {
        access_grant(inv, ws.id);
        access_grant(inv, old.id);
        assert_int_equal(inv->member_count, 3);
        assert_true(inv->members[2].granted);
        assert_true(id_equal(inv->members[2].user_id, owner.id));
    }
    /* It is no membership: nothing that counts or looks for one meets it. */
    assert_int_equal(inventory_find_member(inv, ws.id, owner.id), -1);
    assert_int_equal(inventory_workspace_counts(inv, 0)->admins, 0);
    assert_int_equal(inventory_user_counts(inv, 0)->workspaces, 0);
    access_people(inv, 0, &people);
    assert_int_equal(people.admins, 2);
    struct member_row real = org_member(inv, 1, 1, WS_ADMIN);
    assert_false(inventory_add_member(inv, &real));
    assert_int_equal(inventory_find_member(inv, ws.id, owner.id), 2);
    assert_int_equal(inventory_workspace_counts(inv, 0)->admins, 1);
    inventory_free(inv);
}

/* Who left is told only by lists that were read to their end: else it is not known. */
static void owners_who_left(void **state)
{
    enum { HERE = 1, LEFT_PLACE, LEFT_ORG, OF_MEMBERS };
    static const struct {
        unsigned user; /* 0: none, a service key */
        unsigned workspace;
        bool users_read, members_read;
        unsigned unread;
        enum owner_state want;
    } ROWS[] = {
        {0, 1, true, true, 0, OWNER_NONE},
        {0, 1, false, false, 0, OWNER_NONE},
        {0, 1, true, true, UNREAD_OWNER, OWNER_UNKNOWN},
        {HERE, 1, true, true, 0, OWNER_HERE},
        {HERE, 1, true, false, 0, OWNER_HERE}, /* the membership itself is there */
        {HERE, 2, true, true, 0,
         OWNER_UNKNOWN}, /* an archived workspace: nobody tells who was in it */
        {HERE, 3, true, true, 0, OWNER_UNKNOWN}, /* one that is not held */
        {LEFT_PLACE, 1, true, true, 0, OWNER_LEFT_WORKSPACE},
        {LEFT_PLACE, 1, true, false, 0, OWNER_UNKNOWN},
        {LEFT_ORG, 1, true, true, 0, OWNER_LEFT_ORGANISATION},
        {LEFT_ORG, 1, true, false, 0, OWNER_LEFT_ORGANISATION},
        {LEFT_ORG, 1, false, true, 0, OWNER_LEFT_WORKSPACE}, /* that much is known */
        {LEFT_ORG, 1, false, false, 0, OWNER_UNKNOWN},
        /* Known from a membership only, while the people could not be read. */
        {OF_MEMBERS, 1, false, true, 0, OWNER_HERE},
        {OF_MEMBERS, 1, true, true, 0, OWNER_LEFT_ORGANISATION},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct inventory *inv = inventory_new();
        struct workspace_row ws = org_workspace(inv, 1, "ws-a", "a");
        struct workspace_row old = org_workspace(inv, 2, "ws-b", "b");
        struct user_row here = org_user(inv, HERE, "H", "H", "h@x", ORG_MEMBER);
        struct user_row left = org_user(inv, LEFT_PLACE, "L", "L", "l@x", ORG_MEMBER);
        struct user_row joined = org_user(inv, OF_MEMBERS, "J", "J", "j@x", ORG_MEMBER);
        struct member_row member = org_member(inv, 1, HERE, WS_MEMBER);
        struct member_row other = org_member(inv, 1, OF_MEMBERS, WS_MEMBER);
        struct key_row key = org_key(inv, 1, "k", "ab*****xyz", ROWS[i].workspace, ROWS[i].user);
        old.archived = true;
        joined.of_members = true;
        key.unread = ROWS[i].unread;
        inventory_add_workspace(inv, &ws);
        inventory_add_workspace(inv, &old);
        inventory_add_user(inv, &here);
        inventory_add_user(inv, &left);
        inventory_add_user(inv, &joined);
        inventory_add_member(inv, &member);
        inventory_add_member(inv, &other);
        inventory_add_key(inv, &key);
        if (ROWS[i].users_read) {
            org_complete(inv, LIST_USERS);
        }
        if (ROWS[i].members_read) {
            org_complete(inv, LIST_MEMBERS);
        }
        if (access_owner(inv, 0) != ROWS[i].want) {
            fail_msg("row %zu: \"%s\"", i, access_owner_words(access_owner(inv, 0)));
        }
        inventory_free(inv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_powers_and_switches),
        cmocka_unit_test(words_for_roles),
        cmocka_unit_test(acts_of_the_own_key),
        cmocka_unit_test(the_own_key_by_its_mask),
        cmocka_unit_test(the_own_key_and_the_last_admin_key),
        cmocka_unit_test(completions),
        cmocka_unit_test(who_can_reach),
        cmocka_unit_test(owners_who_left),
        cmocka_unit_test(completions_and_the_workspace),
        cmocka_unit_test(completions_of_the_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
