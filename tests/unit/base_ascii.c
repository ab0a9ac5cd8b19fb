/* Protocol words by ASCII alone, text of people by NFC and case folding: in every locale, Turkish
 * above all, whose I has a dot or none. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/text.h"
#include "model/field.h"
#include "model/record.h"
#include "model/tag.h"
#include "report/report.h"

#include "base/banned.h"

static void letters_and_digits(void **state)
{
    (void)state;
    for (int c = -128; c < 256; c++) {
        bool upper = c >= 'A' && c <= 'Z';
        bool lower = c >= 'a' && c <= 'z';
        bool digit = c >= '0' && c <= '9';
        assert_int_equal(ascii_is_letter(c), upper || lower);
        assert_int_equal(ascii_is_digit(c), digit);
        assert_int_equal(ascii_is_alnum(c), upper || lower || digit);
        assert_int_equal(ascii_is_hex(c),
                         digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
        assert_int_equal(ascii_lower(c), (char)(upper ? c + 32 : c));
        assert_int_equal(ascii_upper(c), (char)(lower ? c - 32 : c));
    }
}

static void words(void **state)
{
    (void)state;
    assert_true(ascii_same("LIVE", "live"));
    assert_true(ascii_same("", ""));
    assert_false(ascii_same("live", "liv"));
    assert_false(ascii_same("liv", "live"));
    assert_false(ascii_same("l\xc4\xb1ve", "live")); /* a dotless i */
    assert_false(ascii_same("\xe2\x84\xaa", "k"));   /* a Kelvin sign */
    assert_true(ascii_same_start("Ctrl-x", "ctrl-", 5));
    assert_true(ascii_same_start("ab", "AB", 9)); /* both end */
    assert_false(ascii_same_start("ab", "abc", 3));
    assert_string_equal(ascii_find("x-Portkey-Api-KEY: v", "api-key"), "Api-KEY: v");
    assert_string_equal(ascii_find("abc", ""), "abc");
    assert_null(ascii_find("abc", "abcd"));
    assert_null(ascii_find("", "a"));
}

/* All that is decided by a word. */
static void guards(void)
{
    enum report_format format;
    static const char *const TAGS[] = {"LIVE", "live", "PROD", "PRODUCTION"};
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++) {
        assert_true(tag_is_production(TAGS[i]));
    }
    assert_int_equal(field_find(LIST_KEYS, "DESCRIPTION"), field_find(LIST_KEYS, "description"));
    assert_true(field_find(LIST_KEYS, "DESCRIPTION") >= 0);
    assert_true(report_format_parse("TABLE", &format));
    assert_int_equal(org_role_parse("ADMIN"), org_role_parse("admin"));
    assert_true(ascii_same("ORGANISATION-SERVICE", "organisation-service"));
    assert_int_equal(text_casecmp("FINANCE", "finance"), 0);
    assert_true(text_contains("Billing API", "api"));
    assert_true(text_fuzzy("BILLING", "bi") > 0);
}

static void no_locale_decides(void **state)
{
    (void)state;
    guards();
    if (setlocale(LC_ALL, "tr_TR.UTF-8") == NULL) {
        print_message("there is no Turkish locale here\n");
        skip();
    }
    guards();
    setlocale(LC_ALL, "C.UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_and_digits),
        cmocka_unit_test(words),
        cmocka_unit_test(no_locale_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
