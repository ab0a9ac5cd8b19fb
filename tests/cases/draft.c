/* Every check of a key that is to be made, one row a case: what is typed into one field of a draft
 * that is right otherwise, and what is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "cases/draft_case.h"
#include "unit/model_org.h"

#include "base/banned.h"

#define DAY ORG_DAY

static char *place_of(struct key_draft *draft, enum draft_field field, size_t *size)
{
    switch (field) {
    case DRAFT_WORKSPACE:
        *size = sizeof draft->workspace;
        return draft->workspace;
    case DRAFT_OWNER:
        *size = sizeof draft->owner;
        return draft->owner;
    case DRAFT_NAME:
        *size = sizeof draft->name;
        return draft->name;
    case DRAFT_DESCRIPTION:
        *size = sizeof draft->description;
        return draft->description;
    case DRAFT_CONFIG:
        *size = sizeof draft->config;
        return draft->config;
    case DRAFT_EMAILS:
        *size = sizeof draft->emails;
        return draft->emails;
    case DRAFT_BUDGET:
        *size = sizeof draft->budget;
        return draft->budget;
    case DRAFT_EXPIRES:
        *size = sizeof draft->expires;
        return draft->expires;
    case DRAFT_TRANSITION:
        *size = sizeof draft->transition;
        return draft->transition;
    default:
        fail_msg("no text");
        return NULL;
    }
}

#define SVC KEY_WORKSPACE_SERVICE
#define USER KEY_WORKSPACE_USER
#define ORG KEY_ORGANISATION_SERVICE
#define C10 "0123456789"
#define C100 C10 C10 C10 C10 C10 C10 C10 C10 C10 C10
#define E10 "éééééééééé"
#define E100 E10 E10 E10 E10 E10 E10 E10 E10 E10 E10

static const struct text_case {
    enum key_kind kind;
    enum draft_field field;
    const char *text;
    char said;         /* '-' nothing, 'W', 'E' */
    const char *words; /* a part of what is said */
} TEXT_CASES[] = {
    {SVC, DRAFT_WORKSPACE, "", 'E', "needs its workspace"},
    {SVC, DRAFT_WORKSPACE, "tools", '-', NULL},
    {SVC, DRAFT_WORKSPACE, "nowhere", 'E', "no such workspace"},
    {SVC, DRAFT_WORKSPACE, "lab", 'E', "several"},
    {SVC, DRAFT_WORKSPACE, "ws-lab-c2c3d4", '-', NULL},
    {ORG, DRAFT_WORKSPACE, "tools", 'E', "no workspace"},
    {ORG, DRAFT_WORKSPACE, "", '-', NULL},
    {USER, DRAFT_OWNER, "", 'E', "needs its owner"},
    {USER, DRAFT_OWNER, "somebody", 'E', "not a member"},
    {SVC, DRAFT_OWNER, "somebody", 'E', "only a user key"},
    {SVC, DRAFT_NAME, "", 'E', "needed"},
    {SVC, DRAFT_NAME, " \t ", 'E', "needed"},
    {SVC, DRAFT_NAME, "new", '-', NULL},
    {SVC, DRAFT_NAME, "キー 🧪", '-', NULL},
    {SVC, DRAFT_NAME, C100, '-', NULL},
    {SVC, DRAFT_NAME, C100 "1", 'E', "these are 101"},
    {SVC, DRAFT_NAME, E100, '-', NULL}, /* characters, not bytes */
    {SVC, DRAFT_NAME, E100 "é", 'E', "these are 101"},
    {SVC, DRAFT_NAME, "a\nb", 'E', "U+000A, a line break"},
    {SVC, DRAFT_NAME, "a\xe2\x80\xa8z", 'E', "U+2028, a line break"},
    {SVC, DRAFT_NAME, "a\x1b[31m", 'E', "U+001B, a control character"},
    {SVC, DRAFT_NAME, "a\x01", 'E', "U+0001, a control character"},
    {SVC, DRAFT_NAME, "a\x7f", 'E', "U+007F, a control character"},
    {SVC, DRAFT_NAME, "a\xc2\x9b", 'E', "U+009B, a control character"},
    {SVC, DRAFT_NAME, "a\xff", 'E', "UTF-8"},
    {SVC, DRAFT_NAME, "a\xe2\x80\xaez", 'E', "U+202E, which turns"},
    {SVC, DRAFT_NAME, "a\xe2\x81\xa7z", 'E', "U+2067, which turns"},
    {SVC, DRAFT_NAME, "a\xe2\x80\x8bz", 'W', "U+200B, which is not shown"},
    {SVC, DRAFT_NAME, "a\xe2\x80\x8dz", 'W', "U+200D, which is not shown"},
    {SVC, DRAFT_NAME, "a\xe2\x80\x8ez", 'W', "U+200E, which is not shown"},
    {SVC, DRAFT_NAME, "a\xee\x80\x80", 'W', "U+E000, which is not shown"},
    /* Emoji of several parts, and marks on letters, mean no harm. */
    {SVC, DRAFT_NAME, "team 👩‍💻 ❤️ 👍🏽", '-', NULL},
    {SVC, DRAFT_NAME, "1️⃣", '-', NULL},
    {SVC, DRAFT_NAME, "e\xcc\x81tude", '-', NULL},
    {SVC, DRAFT_NAME, "فارسی‌زبان", '-', NULL},
    {SVC, DRAFT_NAME, "default_user_key", 'E', "by itself"},
    {USER, DRAFT_NAME, "Default_User_Key", 'E', "by itself"},
    {SVC, DRAFT_NAME, "gira-app", 'W', "there already"},
    {SVC, DRAFT_NAME, "Gira-APP", 'W', "there already"},
    {SVC, DRAFT_NAME, "elsewhere", '-', NULL},
    {SVC, DRAFT_NAME, "org-wide", '-', NULL},
    {ORG, DRAFT_NAME, "org-wide", 'W', "there already"},
    {SVC, DRAFT_DESCRIPTION, "", 'W', "ticket"},
    {SVC, DRAFT_DESCRIPTION, C100 C100, '-', NULL},
    {SVC, DRAFT_DESCRIPTION, C100 C100 "1", 'E', "these are 201"},
    {SVC, DRAFT_DESCRIPTION, "a\rb", 'E', "U+000D, a line break"},
    {SVC, DRAFT_DESCRIPTION, "a\x1b]0;", 'E', "U+001B"},
    {SVC, DRAFT_DESCRIPTION, "a\xe2\x80\xae", 'E', "U+202E"},
    {SVC, DRAFT_DESCRIPTION, "a\xe2\x80\x8b", 'W', "U+200B"},
    {SVC, DRAFT_CONFIG, "", '-', NULL},
    {SVC, DRAFT_CONFIG, "pc-gira-prd-4f2", '-', NULL},
    {ORG, DRAFT_CONFIG, "60571396-bd81-4e58-8C82-4858930ede0b", '-', NULL},
    {SVC, DRAFT_CONFIG, "config-abc", 'W', "this is neither"},
    {SVC, DRAFT_CONFIG, "60571396-bd81-4e58-8c82-4858930ede0", 'W', "this is neither"},
    {SVC, DRAFT_CONFIG, "60571396-bd81-4e58-8c82-4858930ede0b0", 'W', "this is neither"},
    {SVC, DRAFT_CONFIG, " ", 'E', "a slug (pc-...) or an id"},
    {SVC, DRAFT_CONFIG, "pc-gira prd", 'E', "a slug (pc-...) or an id"},
    {SVC, DRAFT_CONFIG, "pc-gira/prd", 'E', "a slug (pc-...) or an id"},
    {SVC, DRAFT_CONFIG, "pc-é", 'E', "a slug (pc-...) or an id"},
    {SVC, DRAFT_CONFIG, "pc-a\n", 'E', "a slug (pc-...) or an id"},
    {SVC, DRAFT_EMAILS, "", '-', NULL},
    {SVC, DRAFT_EMAILS, " , ,", '-', NULL},
    {SVC, DRAFT_EMAILS, "oncall@acme.example", '-', NULL},
    {SVC, DRAFT_EMAILS, "a.b+c@x-1.acme.example,  B@y.example ,", '-', NULL},
    {SVC, DRAFT_EMAILS, "oncall", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "oncall@", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "@acme.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "oncall@acme", 'E', "name@example.com"},
    {SVC, DRAFT_EMAILS, "a@b@c.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a..b@c.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, ".a@c.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a@c.example.", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a@c..example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a@-c.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a@c-.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a@c_d.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "é@c.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "On Call <a@c.example>", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a@c.example b@c.example", 'E', "address 1: not like"},
    {SVC, DRAFT_EMAILS, "a@c.example; b@c.example", 'E', "commas between them"},
    {SVC, DRAFT_EMAILS, "a@c.example, , b@c", 'E', "address 2: not like"},
    {SVC, DRAFT_EMAILS, "a@c.example\nb@c.example", 'E', "U+000A, a line break"},
    {SVC, DRAFT_EMAILS, "a@c.example, b@c.example, A@C.example", 'W',
     "addresses 1 and 3 are the same"},
    {SVC, DRAFT_BUDGET, "100", '-', NULL},
    {SVC, DRAFT_BUDGET, "1", '-', NULL},
    {SVC, DRAFT_BUDGET, "10.5", '-', NULL},
    {SVC, DRAFT_BUDGET, "0.99", 'E', "1 or more"},
    {SVC, DRAFT_BUDGET, "0", 'E', "1 or more"},
    {SVC, DRAFT_BUDGET, "-5", 'E', "1 or more"},
    {SVC, DRAFT_BUDGET, "1e3", 'E', "1 or more"},
    {SVC, DRAFT_BUDGET, "1.2.3", 'E', "1 or more"},
    {SVC, DRAFT_BUDGET, "nan", 'E', "1 or more"},
    {SVC, DRAFT_BUDGET, "1000000000000000000", 'E', "too big"},
    {SVC, DRAFT_EXPIRES, "", 'W', "never expires"},
    {SVC, DRAFT_EXPIRES, "1d", '-', NULL},
    {SVC, DRAFT_EXPIRES, "365d", '-', NULL},
    {SVC, DRAFT_EXPIRES, "366d", 'W', "year"},
    {SVC, DRAFT_EXPIRES, "0d", 'E', "future"},
    {SVC, DRAFT_EXPIRES, "-1d", 'E', "90d"},
    {SVC, DRAFT_EXPIRES, "d", 'E', "90d"},
    {SVC, DRAFT_EXPIRES, "1.5d", 'E', "90d"},
    {SVC, DRAFT_EXPIRES, "99999d", 'E', "at most 36500 days"},
    {SVC, DRAFT_EXPIRES, "99999999999999999999d", 'E', "at most 36500 days"},
    {SVC, DRAFT_EXPIRES, "2026-12-31", '-', NULL},
    {SVC, DRAFT_EXPIRES, "2026-12-31T12:00:00Z", '-', NULL},
    {SVC, DRAFT_EXPIRES, "2026-12-31T12:00:00+02:00", '-', NULL},
    {SVC, DRAFT_EXPIRES, "2026-02-30", 'E', "there is no such day: 2026-02-30"},
    {SVC, DRAFT_EXPIRES, "2027-02-29", 'E', "there is no such day"},
    {SVC, DRAFT_EXPIRES, "2027-02-29T12:00:00Z", 'E', "there is no such day"},
    {SVC, DRAFT_EXPIRES, "2028-02-29T25:00:00Z", 'E', "90d"},
    {SVC, DRAFT_EXPIRES, "2020-01-01", 'E', "future"},
    {SVC, DRAFT_EXPIRES, "2031-01-01", 'W', "year"},
    {SVC, DRAFT_EXPIRES, "soon", 'E', "90d"},
    {SVC, DRAFT_TRANSITION, "24h", 'E', "no rotation"},
    {SVC, DRAFT_TRANSITION, "0m", 'E', "no rotation"},
    {SVC, DRAFT_TRANSITION, "1 week", 'E', "30m"},
    {SVC, DRAFT_TRANSITION, "h", 'E', "30m"},
    {SVC, DRAFT_TRANSITION, "", '-', NULL},
};

static void texts(void **state)
{
    (void)state;
    struct inventory *inv = draft_case_organisation();
    for (size_t i = 0; i < sizeof TEXT_CASES / sizeof *TEXT_CASES; i++) {
        const struct text_case *c = &TEXT_CASES[i];
        struct key_draft draft = draft_case_good(c->kind);
        struct draft_check check;
        const char *words;
        size_t size;
        char *place = place_of(&draft, c->field, &size);
        snprintf(place, size, "%s", c->text);
        draft_check(&draft, inv, ORG_NOW, &check);
        char said = draft_case_said(&check, c->field, &words);
        if (said != c->said || (c->words != NULL && strstr(words, c->words) == NULL)) {
            fail_msg("%s \"%s\": %c \"%s\"", draft_field_name(c->field), c->text, said, words);
        }
        /* Nothing is said of any other field. */
        assert_int_equal(check.count, said == '-' ? 0 : 1);
        assert_int_equal(check.errors, said == 'E' ? 1 : 0);
    }
    inventory_free(inv);
}

/* What cannot be known is no error: no inventory, none of its lists read. */
static void nothing_is_known(void **state)
{
    (void)state;
    struct inventory *empty = inventory_new();
    struct inventory *known[] = {NULL, empty};
    for (int i = 0; i < 2; i++) {
        for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
            struct key_draft draft = draft_case_good((enum key_kind)kind);
            struct draft_check check;
            draft_check(&draft, known[i], ORG_NOW, &check);
            assert_int_equal(check.count, 0);
        }
    }
    struct inventory *inv = draft_case_organisation();
    inv->member_states[0].progress = PROGRESS_REFUSED;
    struct key_draft draft = draft_case_good(USER);
    struct draft_check check;
    snprintf(draft.owner, sizeof draft.owner, "somebody");
    draft_check(&draft, inv, ORG_NOW, &check);
    assert_int_equal(check.count, 0);
    inventory_free(inv);
    inventory_free(empty);
}

static void an_empty_draft_says_all_at_once(void **state)
{
    (void)state;
    struct key_draft draft;
    struct draft_check check;
    draft_init(&draft, KEY_WORKSPACE_USER);
    draft_check(&draft, NULL, ORG_NOW, &check);
    assert_int_equal(check.errors, 4); /* workspace, owner, name, scopes */
    draft_init(&draft, KEY_KIND_UNKNOWN);
    scope_set_add(&draft.scopes, 0);
    draft_check(&draft, NULL, ORG_NOW, &check);
    const char *words;
    assert_int_equal(draft_case_said(&check, DRAFT_KIND, &words), 'E');
    assert_int_equal(draft_case_said(&check, DRAFT_SCOPES, &words), '-');
}

static void scopes_fit_the_kind(void **state)
{
    (void)state;
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        for (int scope = 0; scope < SCOPE_COUNT; scope++) {
            struct key_draft draft = draft_case_good((enum key_kind)kind);
            struct draft_check check;
            const char *words;
            memset(&draft.scopes, 0, sizeof draft.scopes);
            scope_set_add(&draft.scopes, scope);
            draft_check(&draft, NULL, ORG_NOW, &check);
            bool makes_keys = (scope_info(scope)->marks & SCOPE_MARK_KEYS) != 0;
            char want = !scope_legal(scope, (enum key_kind)kind) ? 'E' : makes_keys ? 'W' : '-';
            assert_int_equal(draft_case_said(&check, DRAFT_SCOPES, &words), want);
            assert_true(want != 'E' || strstr(words, scope_info(scope)->name) != NULL);
        }
    }
}

static const struct rates_case {
    const char *rates[3];
    char said;
    const char *words;
} RATES_CASES[] = {
    {{"requests:rpm:100"}, '-', NULL},
    {{"requests:rpm:0"}, 'W', "blocks every call"},
    {{"requests:rpm:1.5"}, 'E', "row 1"},
    {{"requests:rpm:-1"}, 'E', "row 1"},
    {{"requests:rpm:"}, 'E', "row 1"},
    {{"requests:rpm:99999999999999999999"}, 'E', "row 1: too big: at most 15 digits"},
    {{"requests:rpm:100", "tokens:rpm:100", "requests:rpd:100"}, '-', NULL},
    {{"requests:rpm:100", "tokens:rps:1", "requests:rpm:5"}, 'E', "rows 1 and 3"},
};

static void rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof RATES_CASES / sizeof *RATES_CASES; i++) {
        struct key_draft draft = draft_case_good(SVC);
        struct draft_check check;
        const char *words;
        for (int r = 0; r < 3 && RATES_CASES[i].rates[r] != NULL; r++) {
            assert_true(draft_parse_rate(&draft, RATES_CASES[i].rates[r], NULL));
        }
        draft_check(&draft, NULL, ORG_NOW, &check);
        assert_int_equal(draft_case_said(&check, DRAFT_RATES, &words), RATES_CASES[i].said);
        assert_true(RATES_CASES[i].words == NULL || strstr(words, RATES_CASES[i].words) != NULL);
    }
}

static void flags_that_cannot_be_read(void **state)
{
    (void)state;
    static const char *const RATES[] = {"",
                                        "requests",
                                        "requests:rpm",
                                        "cost:rpm:1",
                                        "requests:rpy:1",
                                        ":rpm:1",
                                        "requests:rpm:123456789012345678901234567890",
                                        "other:rpm:1",
                                        "requests:other:1"};
    static const char *const BUDGETS[] = {"",
                                          "100",
                                          "cost:",
                                          "requests:100",
                                          ":100",
                                          "other:1",
                                          "cost:123456789012345678901234567890"};
    struct key_draft draft = draft_case_good(SVC);
    struct key_draft before = draft;
    for (size_t i = 0; i < sizeof RATES / sizeof *RATES; i++) {
        struct err err = {0};
        assert_false(draft_parse_rate(&draft, RATES[i], &err));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_non_null(strstr(err.text, "requests:rpm:100"));
    }
    for (size_t i = 0; i < sizeof BUDGETS / sizeof *BUDGETS; i++) {
        struct err err = {0};
        assert_false(draft_parse_budget(&draft, BUDGETS[i], &err));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_non_null(strstr(err.text, "cost:100"));
    }
    assert_memory_equal(&draft, &before, sizeof draft);
    assert_true(draft_parse_budget(&draft, "TOKENS:5000000", NULL));
    assert_int_equal(draft.budget_type, LIMIT_TOKENS);
    assert_string_equal(draft.budget, "5000000");
    for (int i = 0; i < DRAFT_RATES_MAX; i++) {
        assert_true(draft_parse_rate(&draft, "requests:rpm:1", NULL));
    }
    struct err err = {0};
    assert_false(draft_parse_rate(&draft, "requests:rpd:1", &err));
    assert_int_equal(err.kind, ERR_INVALID);
}

static void budgets_alerts_and_resets(void **state)
{
    (void)state;
    static const struct {
        const char *budget, *alert;
        enum draft_reset reset;
        int percent;
        char said;
        const char *words;
    } CASES[] = {
        {"100", "80", RESET_NONE, 80, '-', NULL},
        {"100", "100", RESET_WEEKLY, 100, '-', NULL},
        {"600", "1", RESET_WEEKLY, 0, '-', NULL},
        {"8", "5", RESET_WEEKLY, 63, '-', NULL},
        {"100", "100.5", RESET_NONE, -1, 'E', "above"},
        {"100", "0.8", RESET_NONE, -1, 'E', "not a percentage"},
        {"100", "80%", RESET_NONE, -1, 'E', "not a percentage"},
        {"100", "99999999999999999999", RESET_NONE, -1, 'E', "the alert is too big"},
        {"0", "80", RESET_NONE, -1, 'E', "1 or more"},
        {"", "80", RESET_NONE, -1, 'E', "alert needs"},
        {"", "", RESET_MONTHLY, -1, 'E', "reset needs"},
        {"", "", RESET_NONE, -1, '-', NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct key_draft draft = draft_case_good(SVC);
        struct draft_check check;
        const char *words;
        snprintf(draft.budget, sizeof draft.budget, "%s", CASES[i].budget);
        snprintf(draft.alert, sizeof draft.alert, "%s", CASES[i].alert);
        draft.reset = CASES[i].reset;
        draft_check(&draft, NULL, ORG_NOW, &check);
        assert_int_equal(draft_case_said(&check, DRAFT_BUDGET, &words), CASES[i].said);
        assert_int_equal(draft_alert_percent(&draft), CASES[i].percent);
        assert_true(CASES[i].words == NULL || strstr(words, CASES[i].words) != NULL);
    }
}

static void days_and_dates(void **state)
{
    (void)state;
    static const struct {
        const char *days, *date;
        enum draft_reset reset;
        enum draft_rotation rotation;
        char reset_said, rotation_said;
        const char *words;
    } CASES[] = {
        {"1", "", RESET_DAYS, ROTATE_DAYS, '-', '-', NULL},
        {"365", "2028-02-29", RESET_DAYS, ROTATE_DATE, '-', '-', NULL},
        {"0", "", RESET_DAYS, ROTATE_DAYS, 'E', 'E', "1 to 365"},
        {"366", "", RESET_DAYS, ROTATE_DAYS, 'E', 'E', "1 to 365"},
        {"", "", RESET_DAYS, ROTATE_DAYS, 'E', 'E', "1 to 365"},
        {"1.5", "", RESET_DAYS, ROTATE_DAYS, 'E', 'E', "1 to 365"},
        {"30", "2027-02-29", RESET_DAYS, ROTATE_DATE, 'E', 'E', "no such day: 2027-02-29"},
        {"30", "2020-01-01", RESET_WEEKLY, ROTATE_DATE, 'E', 'E', "future"},
        {"30", "31.1.2027", RESET_MONTHLY, ROTATE_DATE, 'E', 'E', "a date like"},
        {"30", "2027-01-31T10:00:00Z", RESET_MONTHLY, ROTATE_DATE, 'E', 'E', "a date like"},
        {"366", "never", RESET_WEEKLY, ROTATE_WEEKLY, 'E', '-', "a date like"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct key_draft draft = draft_case_good(SVC);
        struct draft_check check;
        const char *reset, *rotation;
        snprintf(draft.budget, sizeof draft.budget, "100");
        draft.reset = CASES[i].reset;
        draft.rotation = CASES[i].rotation;
        snprintf(draft.reset_days, sizeof draft.reset_days, "%s", CASES[i].days);
        snprintf(draft.rotation_days, sizeof draft.rotation_days, "%s", CASES[i].days);
        snprintf(draft.reset_at, sizeof draft.reset_at, "%s", CASES[i].date);
        snprintf(draft.rotation_at, sizeof draft.rotation_at, "%s", CASES[i].date);
        draft_check(&draft, NULL, ORG_NOW, &check);
        assert_int_equal(draft_case_said(&check, DRAFT_RESET, &reset), CASES[i].reset_said);
        assert_int_equal(draft_case_said(&check, DRAFT_ROTATION, &rotation),
                         CASES[i].rotation_said);
        assert_true(CASES[i].words == NULL || strstr(reset, CASES[i].words) != NULL);
    }
    struct key_draft draft = draft_case_good(SVC);
    struct draft_check check;
    const char *words;
    snprintf(draft.budget, sizeof draft.budget, "100");
    snprintf(draft.reset_at, sizeof draft.reset_at, "2027-03-01");
    draft_check(&draft, NULL, ORG_NOW, &check);
    assert_int_equal(draft_case_said(&check, DRAFT_RESET, &words), 'E');
    assert_non_null(strstr(words, "how often"));
    /* Flags of the command. */
    assert_true(draft_parse_rotation(&draft, "14d", NULL));
    assert_string_equal(draft.rotation_days, "14");
    assert_true(draft_parse_rotation(&draft, "2027-05-01", NULL));
    assert_int_equal(draft.rotation, ROTATE_DATE);
    assert_true(draft_parse_reset(&draft, "30d", NULL));
    assert_int_equal(draft.reset, RESET_DAYS);
    assert_false(draft_parse_rotation(&draft, "daily", NULL));
    assert_false(draft_parse_rotation(&draft, "d", NULL));
    assert_false(draft_parse_reset(&draft, "2027-05-01", NULL));
    assert_false(draft_parse_reset(&draft, "-1d", NULL));
}

static void rotations(void **state)
{
    (void)state;
    static const struct {
        enum draft_rotation rotation;
        const char *transition;
        char said;
        int64_t ms;
        const char *days;
    } CASES[] = {
        {ROTATE_WEEKLY, "", '-', 0, NULL},
        {ROTATE_WEEKLY, "30m", '-', 1800000, NULL},
        {ROTATE_WEEKLY, "29m", 'E', 1740000, NULL},
        {ROTATE_WEEKLY, "0m", 'E', 0, NULL},
        {ROTATE_WEEKLY, "24h", '-', DAY, NULL},
        {ROTATE_WEEKLY, "6d", '-', 6 * DAY, NULL},
        {ROTATE_WEEKLY, "7d", 'E', 7 * DAY, NULL},
        {ROTATE_WEEKLY, "168h", 'E', 7 * DAY, NULL},
        {ROTATE_MONTHLY, "27d", '-', 27 * DAY, NULL},
        {ROTATE_MONTHLY, "28d", 'E', 28 * DAY, NULL}, /* February */
        {ROTATE_DAYS, "23h", '-', 23 * DAY / 24, "1"},
        {ROTATE_DAYS, "24h", 'E', DAY, "1"},
        {ROTATE_DAYS, "29d", '-', 29 * DAY, "30"},
        {ROTATE_DAYS, "30d", 'E', 30 * DAY, "30"},
        {ROTATE_DAYS, "29m", 'E', 1740000, "365"},
        /* The period is not known yet: its own sentence says so. */
        {ROTATE_DAYS, "30d", '-', 30 * DAY, ""},
        {ROTATE_DATE, "364d", '-', 364 * DAY, NULL},
        {ROTATE_DATE, "365d", 'E', 365 * DAY, NULL},
        {ROTATE_NONE, "24h", 'E', DAY, NULL},
        {ROTATE_MONTHLY, "5w", 'E', -1, NULL},
        {ROTATE_MONTHLY, "999999h", 'E', -1, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct key_draft draft = draft_case_good(SVC);
        struct draft_check check;
        const char *words;
        int64_t ms = -1;
        draft.rotation = CASES[i].rotation;
        snprintf(draft.rotation_days, sizeof draft.rotation_days, "%s",
                 CASES[i].days == NULL ? "" : CASES[i].days);
        snprintf(draft.transition, sizeof draft.transition, "%s", CASES[i].transition);
        assert_int_equal(draft_transition_ms(&draft, &ms), CASES[i].ms >= 0);
        assert_int_equal(ms, CASES[i].ms);
        draft_check(&draft, NULL, ORG_NOW, &check);
        if (draft_case_said(&check, DRAFT_TRANSITION, &words) != CASES[i].said) {
            fail_msg("\"%s\": %s", CASES[i].transition, words);
        }
    }
}

static void expiries(void **state)
{
    (void)state;
    struct key_draft draft = draft_case_good(SVC);
    int64_t at = 1;
    int64_t now = ORG_NOW + 123;
    snprintf(draft.expires, sizeof draft.expires, "30d");
    assert_true(draft_expires_at(&draft, now, &at));
    assert_int_equal(at, ORG_NOW + 30 * DAY);
    snprintf(draft.expires, sizeof draft.expires, "2027-01-31");
    assert_true(draft_expires_at(&draft, now, &at));
    assert_int_equal(at, INT64_C(1801353600000));
    draft.expires[0] = '\0';
    assert_true(draft_expires_at(&draft, now, &at));
    assert_int_equal(at, TIME_NONE);
    snprintf(draft.expires, sizeof draft.expires, "thirty");
    assert_false(draft_expires_at(&draft, now, &at));
}

static void a_change_of_kind_drops_what_does_not_fit(void **state)
{
    (void)state;
    struct key_draft draft = draft_case_good(USER);
    draft.scopes = scope_set_legal(KEY_WORKSPACE_USER);
    draft_set_kind(&draft, KEY_WORKSPACE_SERVICE);
    assert_string_equal(draft.owner, "");
    assert_string_equal(draft.workspace, "ws-tools-e2a85b");
    draft_set_kind(&draft, KEY_ORGANISATION_SERVICE);
    assert_string_equal(draft.workspace, "");
    assert_string_equal(draft.name, "new-key");
    struct scope_set legal = scope_set_legal(KEY_ORGANISATION_SERVICE);
    for (int i = 0; i < SCOPE_WORDS; i++) {
        assert_int_equal(draft.scopes.bits[i] & ~legal.bits[i], 0);
    }
    assert_false(scope_set_has_name(&draft.scopes, "completions.write"));
    draft_set_kind(&draft, KEY_KIND_UNKNOWN);
    assert_int_equal(scope_set_count(&draft.scopes), 0);
}

static void presets_are_legal(void **state)
{
    (void)state;
    size_t counts[] = {2, 4, 3};
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        size_t count;
        const struct draft_preset *presets = draft_presets((enum key_kind)kind, &count);
        assert_int_equal(count, counts[kind]);
        for (size_t i = 0; i < count; i++) {
            struct key_draft draft = draft_case_good((enum key_kind)kind);
            struct draft_check check;
            assert_true(strlen(presets[i].words) > 5);
            assert_true(draft_apply_preset(&draft, presets[i].name));
            assert_true(scope_set_count(&draft.scopes) > 0);
            draft_check(&draft, NULL, ORG_NOW, &check);
            assert_int_equal(check.count, 0); /* none makes keys */
            assert_int_equal(scope_set_marks(&draft.scopes) &
                                 ~(unsigned)(SCOPE_MARK_LOGS | SCOPE_MARK_AUDIT |
                                             SCOPE_MARK_ORGANISATION | SCOPE_MARK_PEOPLE |
                                             SCOPE_MARK_PROVIDERS),
                             0);
        }
    }
    struct key_draft draft = draft_case_good(ORG);
    struct key_draft before = draft;
    assert_false(draft_apply_preset(&draft, "inference"));
    assert_false(draft_apply_preset(&draft, "nonsense"));
    assert_memory_equal(&draft, &before, sizeof draft);
    size_t count = 1;
    draft_presets(KEY_KIND_UNKNOWN, &count);
    assert_int_equal(count, 0);
    assert_true(draft_apply_preset(&draft, "audit"));
    assert_false(scope_set_has_name(&draft.scopes, "logs.list"));
    assert_int_equal(scope_set_count(&draft.scopes), 12);
}

static void messages_name_their_field(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        int field;
    } CASES[] = {
        {"name is required", DRAFT_NAME},
        {"\"description\" length must be at most 200", DRAFT_DESCRIPTION},
        {"scopes.3 is not allowed for this key", DRAFT_SCOPES},
        {"Invalid scope: x.y", DRAFT_SCOPES},
        {"rate_limits[0].value must be 0 or more", DRAFT_RATES},
        {"usage_limits.credit_limit must be 1 or more", DRAFT_BUDGET},
        {"alert_threshold is above credit_limit", DRAFT_BUDGET},
        {"expires_at must be in the future", DRAFT_EXPIRES},
        {"rotation_policy.key_transition_period_ms is too short", DRAFT_ROTATION},
        {"user_id is not a member of workspace", DRAFT_OWNER},
        {"workspace_id is required", DRAFT_WORKSPACE},
        {"defaults.metadata must be an object", DRAFT_METADATA},
        {"metadata must have required property 'name'", DRAFT_METADATA},
        {"\"defaults.config_id\" is not allowed to be empty", DRAFT_CONFIG},
        {"allow_config_override needs a config_id", DRAFT_OVERRIDE},
        {"\"alert_emails[0]\" must be a valid email", DRAFT_EMAILS},
        {"the username is taken", -1},
        {"something went wrong", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_int_equal(draft_field_of_message(CASES[i].message), CASES[i].field);
    }
    for (int field = 0; field < DRAFT_FIELD_COUNT; field++) {
        assert_true(strlen(draft_field_name((enum draft_field)field)) > 3);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(nothing_is_known),
        cmocka_unit_test(an_empty_draft_says_all_at_once),
        cmocka_unit_test(scopes_fit_the_kind),
        cmocka_unit_test(rates),
        cmocka_unit_test(flags_that_cannot_be_read),
        cmocka_unit_test(budgets_alerts_and_resets),
        cmocka_unit_test(rotations),
        cmocka_unit_test(days_and_dates),
        cmocka_unit_test(expiries),
        cmocka_unit_test(a_change_of_kind_drops_what_does_not_fit),
        cmocka_unit_test(presets_are_legal),
        cmocka_unit_test(messages_name_their_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
