/* Who may do what: every role with every power, every switch on, off and unread; the acts of the
 * operator's own key; the last admin key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "model/access.h"
#include "unit/model_org.h"

#include "base/banned.h"

#define ALL_SWITCHES ((UINT64_C(1) << SWITCH_COUNT) - 1)

/* A letter a power, in their order: y yes, n no, ? not known; a capital letter of a switch of
 * SWITCHES decides. */
static const char *const SWITCHES[] = {
    ['A'] = "organisationAdminsViewLogs",
    ['B'] = "managersUpdateWs",
    ['C'] = "managersWriteWsUsers",
    ['D'] = "managersViewApiKeys",
    ['E'] = "managersWriteApiKeys",
    ['F'] = "managersViewLogs",
    ['G'] = "membersViewApiKeys",
    ['H'] = "membersWriteApiKeys",
    ['I'] = "membersViewLogs",
};

static const struct role_case {
    enum org_role org_role;
    bool is_member;
    enum ws_role role;
    const char *powers; /* all but the last, which hangs on several switches */
    const char *last;   /* "y", "n", "?", or the start of the names of its switches */
} ROLE_CASES[] = {
    {ORG_OWNER, false, WS_ROLE_OTHER, "yyyyyyyyyA", "y"},
    {ORG_OWNER, true, WS_MEMBER, "yyyyyyyyyA", "y"},
    {ORG_ADMIN, false, WS_ROLE_OTHER, "yyyyyyyyyA", "y"},
    {ORG_ADMIN, true, WS_MEMBER, "yyyyyyyyyA", "y"},
    {ORG_MEMBER, false, WS_ADMIN, "nnnnnnnnnn", "n"},
    {ORG_MEMBER, true, WS_ADMIN, "yyyyyyyyyy", "y"},
    {ORG_MEMBER, true, WS_MANAGER, "yByCDEDEEF", "managers"},
    {ORG_MEMBER, true, WS_MEMBER, "ynynnnGnHI", "members"},
    {ORG_MEMBER, true, WS_ROLE_OTHER, "??????????", "?"},
    {ORG_ROLE_OTHER, false, WS_ROLE_OTHER, "??????????", "?"},
    {ORG_ROLE_OTHER, true, WS_MANAGER, "yByCDEDEEF", "managers"},
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
    for (size_t i = 0; i < sizeof ROLE_CASES / sizeof *ROLE_CASES; i++) {
        const struct role_case *c = &ROLE_CASES[i];
        assert_int_equal(strlen(c->powers), POWER_COUNT - 1);
        for (int power = 0; power < POWER_COUNT - 1; power++) {
            char way = c->powers[power];
            if (way == 'y' || way == 'n' || way == '?') {
                enum answer want = way == 'y'   ? ANSWER_YES
                                   : way == 'n' ? ANSWER_NO
                                                : ANSWER_UNKNOWN;
                expect(i, power, ask(c, ALL_SWITCHES, ALL_SWITCHES, power), want);
                expect(i, power, ask(c, ALL_SWITCHES, 0, power), want);
                expect(i, power, ask(c, 0, 0, power), want);
                continue;
            }
            uint64_t bit = UINT64_C(1) << switch_find(SWITCHES[(unsigned char)way]);
            expect(i, power, ask(c, ALL_SWITCHES, bit, power), ANSWER_YES);
            expect(i, power, ask(c, ALL_SWITCHES, ALL_SWITCHES & ~bit, power), ANSWER_NO);
            expect(i, power, ask(c, ALL_SWITCHES & ~bit, 0, power), ANSWER_UNKNOWN);
            expect(i, power, ask(c, bit, bit, power), ANSWER_YES);
            struct power_answer off = ask(c, bit, 0, power);
            assert_non_null(strstr(off.why, SWITCHES[(unsigned char)way]));
        }
    }
}

/* Configs, prompts, guardrails and virtual keys have a switch each. */
static void resources(void **state)
{
    (void)state;
    static const char *const KINDS[] = {"Configs", "Prompts", "Guardrails", "VirtualKeys"};
    int power = POWER_CHANGE_RESOURCES;
    for (size_t i = 0; i < sizeof ROLE_CASES / sizeof *ROLE_CASES; i++) {
        const struct role_case *c = &ROLE_CASES[i];
        if (c->last[1] == '\0') {
            enum answer want = c->last[0] == 'y'   ? ANSWER_YES
                               : c->last[0] == 'n' ? ANSWER_NO
                                                   : ANSWER_UNKNOWN;
            expect(i, power, ask(c, ALL_SWITCHES, 0, power), want);
            expect(i, power, ask(c, 0, 0, power), want);
            continue;
        }
        uint64_t all = 0;
        for (size_t k = 0; k < 4; k++) {
            char name[64];
            snprintf(name, sizeof name, "%sWrite%s", c->last, KINDS[k]);
            uint64_t bit = UINT64_C(1) << switch_find(name);
            all |= bit;
            struct power_answer some = ask(c, ALL_SWITCHES, bit, power);
            expect(i, power, some, ANSWER_YES);
            assert_non_null(strstr(some.why, "some"));
        }
        expect(i, power, ask(c, ALL_SWITCHES, all, power), ANSWER_YES);
        assert_null(strstr(ask(c, ALL_SWITCHES, all, power).why, "some"));
        expect(i, power, ask(c, ALL_SWITCHES, ALL_SWITCHES & ~all, power), ANSWER_NO);
        expect(i, power, ask(c, 0, 0, power), ANSWER_UNKNOWN);
    }
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
    static const char *const ACTS[] = {"list", "read", "create", "update", "delete"};
    static const char *const KINDS[] = {"organisation_service", "workspace_service",
                                        "workspace_user"};
    for (int act = OWN_LIST; act <= OWN_DELETE; act++) {
        for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
            struct inventory *inv = with_own();
            const char *missing = NULL;
            char scope[80];
            snprintf(scope, sizeof scope, "%s_api_keys.%s", KINDS[kind], ACTS[act]);
            assert_true(scope_find(scope) >= 0);
            assert_int_equal(access_own_key(inv, (enum own_act)act, (enum key_kind)kind, &missing),
                             ANSWER_NO);
            assert_string_equal(missing, scope);
            /* Every scope but the right one does not help. */
            inv->keys[0].scopes = scope_set_legal(KEY_ORGANISATION_SERVICE);
            scope_set_remove(&inv->keys[0].scopes, scope_find(scope));
            assert_int_equal(access_own_key(inv, (enum own_act)act, (enum key_kind)kind, NULL),
                             ANSWER_NO);
            memset(&inv->keys[0].scopes, 0, sizeof inv->keys[0].scopes);
            org_scope(&inv->keys[0], scope);
            assert_int_equal(access_own_key(inv, (enum own_act)act, (enum key_kind)kind, &missing),
                             ANSWER_YES);
            assert_int_equal(access_own_key(inv, (enum own_act)act, KEY_KIND_UNKNOWN, &missing),
                             ANSWER_UNKNOWN);
            inv->own_key = -1;
            missing = NULL;
            assert_int_equal(access_own_key(inv, (enum own_act)act, (enum key_kind)kind, &missing),
                             ANSWER_UNKNOWN);
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
    for (int kind = 0; kind <= KEY_KIND_COUNT; kind++) {
        struct key_row key = {.kind = (uint8_t)kind};
        assert_false(access_can_complete(&key));
        org_scope(&key, "completions.write");
        assert_int_equal(access_can_complete(&key),
                         kind == KEY_WORKSPACE_SERVICE || kind == KEY_WORKSPACE_USER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_powers_and_switches),
        cmocka_unit_test(resources),
        cmocka_unit_test(words_for_roles),
        cmocka_unit_test(acts_of_the_own_key),
        cmocka_unit_test(the_own_key_by_its_mask),
        cmocka_unit_test(the_own_key_and_the_last_admin_key),
        cmocka_unit_test(completions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
