/* The checks of what calls with a key bring along, and the flags that give it: one row a case.
 * Those of single texts (config, alert mails) are in draft.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cases/draft_case.h"
#include "unit/model_org.h"

#include "base/banned.h"

static void metadata(void **state)
{
    (void)state;
    static const struct {
        struct draft_pair pairs[3];
        int count;
        char said;
        const char *words;
    } CASES[] = {
        {{{"owner", "team-tools"}}, 1, '-', NULL},
        {{{"owner", "a=b, \"c\""}, {"Owner", "é 🚀"}, {"managed_by", "hand"}}, 3, '-', NULL},
        {{{"", ""}}, 1, 'E', "row 1: a key is needed"},
        {{{"", "x"}}, 1, 'E', "row 1: a key is needed"},
        {{{"owner", "x"}, {"env", ""}}, 2, 'E', "row 2: a value is needed"},
        {{{"owner", "x"}, {"env", "y"}, {"owner", "x"}}, 3, 'E', "rows 1 and 3 have the same key"},
        {{{"own\ner", "x"}}, 1, 'E', "row 1: it holds U+000A, a line break"},
        {{{"owner", "x\x1b[31m"}}, 1, 'E', "row 1: it holds U+001B, a control character"},
        {{{"owner", "x"}, {"env", "\xe2\x80\xae"}}, 2, 'E', "row 2: it holds U+202E, which turns"},
        {{{"owner", "\xff"}}, 1, 'E', "row 1: it holds bytes that are no UTF-8"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct key_draft draft = draft_case_good(KEY_WORKSPACE_SERVICE);
        struct draft_check check;
        const char *words;
        memcpy(draft.metadata, CASES[i].pairs, sizeof CASES[i].pairs);
        draft.pair_count = CASES[i].count;
        draft_check(&draft, NULL, ORG_NOW, &check);
        char said = draft_case_said(&check, DRAFT_METADATA, &words);
        if (said != CASES[i].said ||
            (CASES[i].words != NULL && strstr(words, CASES[i].words) == NULL)) {
            fail_msg("case %zu: %c \"%s\"", i, said, words);
        }
        assert_int_equal(check.count, said == '-' ? 0 : 1);
    }
}

/* Much that is wrong hides nothing of what comes after it. */
static void all_rows_wrong(void **state)
{
    (void)state;
    struct key_draft draft = draft_case_good(KEY_WORKSPACE_SERVICE);
    struct draft_check check;
    const char *words;
    for (int i = 0; i < DRAFT_PAIRS_MAX; i++) {
        draft.metadata[i] = (struct draft_pair){"owner", ""};
    }
    draft.pair_count = DRAFT_PAIRS_MAX;
    for (int i = 0; i < DRAFT_RATES_MAX; i++) {
        assert_true(draft_parse_rate(&draft, "requests:rpm:x", NULL));
    }
    snprintf(draft.expires, sizeof draft.expires, "soon");
    draft_check(&draft, NULL, ORG_NOW, &check);
    assert_int_equal(check.count, check.errors);
    assert_int_equal(draft_case_said(&check, DRAFT_EXPIRES, &words), 'E');
}

static void an_override_needs_a_config(void **state)
{
    (void)state;
    struct key_draft draft = draft_case_good(KEY_WORKSPACE_SERVICE);
    struct draft_check check;
    const char *words;
    draft.allow_override = true;
    draft_check(&draft, NULL, ORG_NOW, &check);
    assert_int_equal(draft_case_said(&check, DRAFT_OVERRIDE, &words), 'E');
    assert_non_null(strstr(words, "no config"));
    assert_int_equal(check.count, 1);
    snprintf(draft.config, sizeof draft.config, "pc-a");
    draft_check(&draft, NULL, ORG_NOW, &check);
    assert_int_equal(check.count, 0);
}

static void flags_of_the_defaults(void **state)
{
    (void)state;
    static const char *const METADATA[] = {"", "owner", "=x", "="};
    static const char *const OVERRIDES[] = {"", "true", "Yes", "1"};
    struct key_draft draft = draft_case_good(KEY_WORKSPACE_SERVICE);
    struct key_draft before = draft;
    char longer[1100];
    memset(longer, 'k', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    for (size_t i = 0; i < sizeof METADATA / sizeof *METADATA; i++) {
        struct err err = {0};
        assert_false(draft_parse_metadata(&draft, METADATA[i], &err));
        assert_non_null(strstr(err.text, "owner=team-tools"));
    }
    for (size_t i = 0; i < sizeof OVERRIDES / sizeof *OVERRIDES; i++) {
        assert_false(draft_parse_override(&draft, OVERRIDES[i], NULL));
    }
    assert_false(draft_parse_email(&draft, longer, NULL));
    longer[1000] = '=';
    assert_false(draft_parse_metadata(&draft, longer, NULL)); /* the key */
    longer[1] = '=';
    assert_false(draft_parse_metadata(&draft, longer, NULL)); /* the value */
    assert_memory_equal(&draft, &before, sizeof draft);

    assert_true(draft_parse_metadata(&draft, "a=b=c", NULL));
    assert_string_equal(draft.metadata[0].key, "a");
    assert_string_equal(draft.metadata[0].value, "b=c");
    while (draft.pair_count < DRAFT_PAIRS_MAX) {
        assert_true(draft_parse_metadata(&draft, "k=", NULL));
    }
    assert_false(draft_parse_metadata(&draft, "k=v", NULL));
    assert_true(draft_parse_override(&draft, "yes", NULL));
    assert_true(draft.allow_override);
    assert_true(draft_parse_override(&draft, "no", NULL));
    assert_false(draft.allow_override);
    assert_true(draft_parse_email(&draft, "a@b.example", NULL));
    assert_true(draft_parse_email(&draft, "c@d.example,e@f.example", NULL));
    assert_string_equal(draft.emails, "a@b.example, c@d.example,e@f.example");
    const char *text = draft.emails, *email;
    size_t len;
    int count = 0;
    while (draft_next_email(&text, &email, &len)) {
        assert_int_equal(len, strlen("a@b.example"));
        count++;
    }
    assert_int_equal(count, 3);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata),
        cmocka_unit_test(all_rows_wrong),
        cmocka_unit_test(an_override_needs_a_config),
        cmocka_unit_test(flags_of_the_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
