/* Masks of any length and shape, and the words of the records on the wire, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/mask.h"
#include "model/record.h"

#include "base/banned.h"

static const struct split_case {
    const char *mask, *head, *tail; /* head NULL: no mask */
} SPLIT_CASES[] = {
    {"z1*****3AX", "z1", "3AX"},
    {"Xk*******S4", "Xk", "S4"},
    {"pk-acme-z1*****3AX", "pk-acme-z1", "3AX"}, /* an installation may put a prefix in front */
    {"*****3AX", "", "3AX"},
    {"z1*****", "z1", ""},
    {"*", "", ""},
    {"a*b*c", "a", "c"},
    {"+/*****=+/", "+/", "=+/"},
    {"no stars", NULL, NULL},
    {"", NULL, NULL},
};

static void masks_are_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SPLIT_CASES / sizeof *SPLIT_CASES; i++) {
        char head[32], tail[32];
        bool split = mask_split(SPLIT_CASES[i].mask, head, sizeof head, tail, sizeof tail);
        assert_int_equal(split, SPLIT_CASES[i].head != NULL);
        if (split) {
            assert_string_equal(head, SPLIT_CASES[i].head);
            assert_string_equal(tail, SPLIT_CASES[i].tail);
        }
    }
    char small[3], other[32];
    assert_false(mask_split("abc*d", small, sizeof small, other, sizeof other));
    assert_false(mask_split("a*bcd", other, sizeof other, small, sizeof small));
}

static void masks_are_made(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *mask;
    } CASES[] = {
        {"z1abcdefghijkl3AX", "z1*****3AX"},
        {"z1abc3AX", "z1*****3AX"},
        {"z1ab3AX", "**********"},
        {"z", "**********"},
        {"", "**********"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char mask[32];
        mask_make(CASES[i].secret, mask, sizeof mask);
        assert_string_equal(mask, CASES[i].mask);
    }
    char small[4];
    mask_make("z1abcdefghijkl3AX", small, sizeof small);
    assert_string_equal(small, "z1*");
}

static void what_is_typed_to_revoke(void **state)
{
    (void)state;
    static const struct {
        const char *mask, *id, *phrase;
    } CASES[] = {
        {"z1*****3AX", "0123-4567", "3AX"}, {"z1*****", "0123-4567", "z1"},
        {"*****", "0123-4567", "4567"},     {"no stars", "0123-4567", "4567"},
        {"", "0123-4567", "4567"},          {"*", "ab", "ab"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char phrase[64];
        mask_phrase(CASES[i].mask, CASES[i].id, phrase, sizeof phrase);
        assert_string_equal(phrase, CASES[i].phrase);
    }
}

/* Every word comes back; what nobody knows is the last of its kind. */
static void words_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i <= STATUS_OTHER; i++) {
        assert_int_equal(key_status_parse(key_status_name((enum key_status)i)), i);
    }
    for (int i = 0; i <= ORG_ROLE_OTHER; i++) {
        assert_int_equal(org_role_parse(org_role_name((enum org_role)i)), i);
    }
    for (int i = 0; i <= WS_ROLE_OTHER; i++) {
        assert_int_equal(ws_role_parse(ws_role_name((enum ws_role)i)), i);
    }
    for (int i = 0; i <= LIMIT_TYPE_OTHER; i++) {
        assert_int_equal(limit_type_parse(limit_type_name((enum limit_type)i)), i);
    }
    for (int i = 0; i <= RATE_UNIT_OTHER; i++) {
        assert_int_equal(rate_unit_parse(rate_unit_name((enum rate_unit)i)), i);
    }
    for (int i = 0; i < SWITCH_COUNT; i++) {
        assert_int_equal(switch_find(switch_info(i)->name), i);
        assert_true(strlen(switch_info(i)->words) > 8);
    }
    static const char *const STRANGE[] = {"", "frozen", "activ", "active ", "administrator", "ws-"};
    for (size_t i = 0; i < sizeof STRANGE / sizeof *STRANGE; i++) {
        assert_int_equal(key_status_parse(STRANGE[i]), STATUS_OTHER);
        assert_int_equal(org_role_parse(STRANGE[i]), ORG_ROLE_OTHER);
        assert_int_equal(ws_role_parse(STRANGE[i]), WS_ROLE_OTHER);
        assert_int_equal(limit_type_parse(STRANGE[i]), LIMIT_TYPE_OTHER);
        assert_int_equal(rate_unit_parse(STRANGE[i]), RATE_UNIT_OTHER);
        assert_int_equal(switch_find(STRANGE[i]), -1);
    }
    assert_int_equal(key_status_parse("ACTIVE"), STATUS_ACTIVE);
    assert_int_equal(ws_role_parse("ws-admin"), WS_ADMIN);
    assert_int_equal(ws_role_parse("ws-member"), WS_MEMBER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_are_split),
        cmocka_unit_test(masks_are_made),
        cmocka_unit_test(what_is_typed_to_revoke),
        cmocka_unit_test(words_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
