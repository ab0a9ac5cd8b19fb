/* Which tags are production, and which reasons are some: a row each, in more than one locale. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/tag.h"

#include "base/banned.h"

static const struct {
    const char *tag;
    bool production;
} TAGS[] = {
    {NULL, false},
    {"", false},
    {"PROD", true},
    {"prod", true},
    {"Production", true},
    {"LIVE", true},
    {"live", true},
    {"prod-eu", true},
    {"eu-prod", true},
    {"eu_prod_2", true},
    {"prod2", true},
    {"2live", true},
    {"non-prod", true}, /* to be safe */
    {"acme (production)", true},
    {"\xf0\x9f\x94\xa5prod", true},
    {"prod\xe2\x80\x93"
     "eu",
     true},
    {"staging prod", true},
    {"product", false},
    {"produce", false},
    {"reproduction", false},
    {"preprod", false},
    {"productions", false},
    {"lively", false},
    {"olive", false},
    {"alive", false},
    {"staging", false},
    {"prod\xc3\xa9", false}, /* e with an accent is a letter */
    {"prod\xcc\x81", false}, /* and so is d with one */
    {"\xc3\xa9live", false},
    {"L\xc4\xb0VE", false}, /* a dotted capital I is no I */
    {"l\xc4\xb1ve", false},
    {"pro d", false},
};

static const struct {
    const char *reason;
    bool given;
} REASONS[] = {
    {NULL, false},
    {"", false},
    {"   \t", false},
    {"x", false},
    {"ok", false},
    {"...", false},
    {"--- -- a1", false},
    {"\xe2\x9c\x93\xe2\x9c\x93\xe2\x9c\x93", false}, /* ticks */
    {"abc", true},
    {"a.b.c", true},
    {"123", true},
    {" 1 2 3 ", true},
    {"INC-2210", true},
    {"\xe7\xb7\x8a\xe6\x80\xa5\xe5\xaf\xbe\xe5\xbf\x9c", true},
    {"\xd9\xa1\xd9\xa2\xd9\xa3", true}, /* digits of another script */
    {"\xff\xfe\xfd", false},
};

static void check(void)
{
    for (size_t i = 0; i < sizeof(TAGS) / sizeof(TAGS[0]); i++) {
        if (tag_is_production(TAGS[i].tag) != TAGS[i].production) {
            fail_msg("the tag \"%s\"", TAGS[i].tag == NULL ? "(none)" : TAGS[i].tag);
        }
    }
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++) {
        if (reason_is_given(REASONS[i].reason) != REASONS[i].given) {
            fail_msg("the reason \"%s\"", REASONS[i].reason == NULL ? "(none)" : REASONS[i].reason);
        }
    }
}

static void words_are_found_between_non_letters(void **state)
{
    (void)state;
    check();
}

static void no_locale_changes_that(void **state)
{
    static const char *const NAMES[] = {"C", "C.UTF-8", "tr_TR.UTF-8", "az_AZ.UTF-8"};

    (void)state;
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        if (setlocale(LC_ALL, NAMES[i]) != NULL) {
            check();
        }
    }
}

static void a_reason_is_asked_for_in_production_alone(void **state)
{
    (void)state;
    assert_true(tag_takes_reason("staging", NULL));
    assert_true(tag_takes_reason(NULL, ""));
    assert_false(tag_takes_reason("PROD", NULL));
    assert_false(tag_takes_reason("PROD", "ok"));
    assert_true(tag_takes_reason("PROD", "INC-1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_between_non_letters),
        cmocka_unit_test(no_locale_changes_that),
        cmocka_unit_test(a_reason_is_asked_for_in_production_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
