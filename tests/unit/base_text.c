/* Cleaning, measuring, cutting and matching text. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"

#include "base/banned.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BAD "\xef\xbf\xbd" /* U+FFFD */

struct row {
    const char *what;
    const char *raw;
    const char *clean;
    int columns;
};

static const struct row rows[] = {
    {"plain", "Payments (prod) #1", "Payments (prod) #1", 18},
    {"empty", "", "", 0},
    {"every printable ASCII stays", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
     "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", 32},
    {"ESC", "\x1b", "\xe2\x90\x9b", 1},
    {"CSI clears the screen", "a\x1b[2Jb", "a\xe2\x90\x9b[2Jb", 6},
    {"OSC sets the title", "\x1b]0;own\x07", "\xe2\x90\x9b]0;own\xe2\x90\x87", 8},
    {"OSC 52 writes the clipboard", "\x1b]52;c;eA==\x1b\\", "\xe2\x90\x9b]52;c;eA==\xe2\x90\x9b\\",
     13},
    {"C1 CSI",
     "\xc2\x9b"
     "2J",
     BAD "2J", 3},
    {"C1 as a lone byte",
     "\x9b"
     "2J",
     BAD "2J", 3},
    {"DEL", "a\x7f", "a" BAD, 2},
    {"new lines and tabs", "a\nb\tc\rd", "a b c d", 7},
    {"line and paragraph separator",
     "a\xe2\x80\xa8"
     "b\xe2\x80\xa9"
     "c",
     "a b c", 5},
    {"right-to-left override",
     "user\xe2\x80\xae"
     "txt.exe",
     "user" BAD "txt.exe", 12},
    {"isolates",
     "\xe2\x81\xa6"
     "a\xe2\x81\xa9",
     BAD "a" BAD, 3},
    {"Arabic letter mark", "\xd8\x9c", BAD, 1},
    {"tag characters", "a\xf3\xa0\x81\x81", "a" BAD, 2},
    {"interlinear annotation",
     "\xef\xbf\xb9"
     "a",
     BAD "a", 2},
    {"zero width space, joiners, soft hyphen, BOM",
     "a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xc2\xad\xef\xbb\xbf\xe2\x81\xa0"
     "b",
     "ab", 2},
    {"family emoji loses its joiners",
     "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
     "\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9\xf0\x9f\x91\xa7", 6},
    {"variation selector", "\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4", 1},
    {"skin tone after an emoji", "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd!", "\xf0\x9f\x91\x8d!", 3},
    {"CJK is two columns", "\xe6\x9d\xb1\xe4\xba\xac", "\xe6\x9d\xb1\xe4\xba\xac", 4},
    {"Hangul", "\xed\x95\x9c\xea\xb5\xad", "\xed\x95\x9c\xea\xb5\xad", 4},
    {"Arabic stays", "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7",
     "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7", 5},
    {"Cyrillic stays", "\xd0\x9c\xd0\xb8\xd1\x80", "\xd0\x9c\xd0\xb8\xd1\x80", 3},
    {"composed and decomposed e acute", "\xc3\xa9 e\xcc\x81", "\xc3\xa9 e\xcc\x81", 3},
    {"three marks stay, the fourth goes", "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84x",
     "e\xcc\x81\xcc\x82\xcc\x83x", 2},
    {"a mark without a base", "\xcc\x81x", "\xe2\x97\x8c\xcc\x81x", 2},
    {"Hangul filler looks like nothing",
     "a\xe3\x85\xa4"
     "b",
     "a" BAD "b", 3},
    {"Braille blank", "\xe2\xa0\x80", BAD, 1},
    {"private use", "\xee\x80\x80", BAD, 1},
    {"unassigned", "\xf3\xb0\x80\x80 \xcd\xb8", BAD " " BAD, 3},
    {"noncharacter", "\xef\xbf\xbe", BAD, 1},
    {"surrogate", "\xed\xa0\x80", BAD BAD BAD, 3},
    {"overlong slash", "\xc0\xaf", BAD BAD, 2},
    {"cut short", "ab\xe6\x9d", "ab" BAD BAD, 4},
    {"beyond Unicode", "\xf4\x90\x80\x80", BAD BAD BAD BAD, 4},
    {"lone continuation",
     "\x80"
     "a",
     BAD "a", 2},
    {"byte FF", "\xff", BAD, 1},
    {"Windows-1252 name", "Z\xfcrich", "Z" BAD "rich", 6},
    {"replacement that was there already", BAD, BAD, 1},
};

static void test_clean_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out;
        bool changed;

        buf_init(&out, 0);
        changed = text_clean(rows[i].raw, strlen(rows[i].raw), &out);
        if (strcmp(out.data, rows[i].clean) != 0) {
            fail_msg("%s: got \"%s\", want \"%s\"", rows[i].what, out.data, rows[i].clean);
        }
        if (changed != (strcmp(rows[i].raw, rows[i].clean) != 0)) {
            fail_msg("%s: changed is %d", rows[i].what, changed);
        }
        if (text_width(out.data) != rows[i].columns) {
            fail_msg("%s: %d columns, want %d", rows[i].what, text_width(out.data),
                     rows[i].columns);
        }
        buf_done(&out);
    }
}

static void test_clean_is_idempotent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *once = text_cleaned(rows[i].raw);
        struct buf twice;

        buf_init(&twice, 0);
        if (text_clean(once, strlen(once), &twice) || strcmp(once, twice.data) != 0) {
            fail_msg("%s: cleaning \"%s\" again changes it", rows[i].what, once);
        }
        buf_done(&twice);
        free(once);
    }
}

static void test_every_control_is_gone(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char raw[3] = {'a', (char)c, 'b'};
        struct buf out;

        buf_init(&out, 0);
        text_clean(raw, sizeof(raw), &out);
        assert_int_equal(strlen(out.data), out.len);
        assert_int_equal(text_width(out.data), 3);
        assert_true(text_is_utf8(out.data, out.len));
        for (size_t i = 0; i < out.len; i++) {
            assert_true((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
        }
        buf_done(&out);
    }
}

/* All of Unicode, each after a letter: whatever it is, the letter stays, nothing is added to the
 * line but 0 to 2 columns, and cleaning again changes nothing. */
static void test_every_character(void **state)
{
    struct buf once;
    struct buf twice;

    (void)state;
    buf_init(&once, 0);
    buf_init(&twice, 0);
    for (utf8proc_int32_t c = 1; c <= 0x10ffff; c++) {
        char raw[5] = "a";
        utf8proc_ssize_t len = utf8proc_encode_char(c, (utf8proc_uint8_t *)raw + 1);
        int columns;

        buf_clear(&once);
        buf_clear(&twice);
        text_clean(raw, 1 + (size_t)len, &once);
        columns = text_width(once.data);
        /* A surrogate is no character: each of its three bytes is replaced. */
        if (once.data[0] != 'a' || columns < 1 || columns > (c >> 11 == 0x1b ? 4 : 3) ||
            text_clean(once.data, once.len, &twice)) {
            fail_msg("U+%04X: \"%s\", %d columns", (unsigned)c, once.data, columns);
        }
    }
    buf_done(&twice);
    buf_done(&once);
}

static void test_clean_nul_and_append(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    assert_false(text_clean("x: ", 3, &out));
    assert_true(text_clean("a\0b", 3, &out));
    assert_string_equal(out.data, "x: a\xe2\x90\x80"
                                  "b");
    buf_done(&out);
}

static void test_clean_combining_storm(void **state)
{
    char raw[2001];
    char *clean;

    (void)state;
    raw[0] = 'Z';
    for (size_t i = 1; i + 1 < sizeof(raw); i += 2) {
        raw[i] = '\xcc';
        raw[i + 1] = (char)(0x80 + i % 32);
    }
    raw[sizeof(raw) - 2] = 'z';
    raw[sizeof(raw) - 1] = '\0';
    clean = text_cleaned(raw);
    assert_true(strlen(clean) <= 1 + 3 * 2 + 3 + 1);
    assert_true(text_width(clean) <= 3);
    free(clean);
}

static void test_clean_hundred_characters(void **state)
{
    struct buf raw;
    char *clean;

    (void)state;
    buf_init(&raw, 0);
    for (int i = 0; i < 50; i++) {
        buf_adds(&raw, "\xe6\x9d\xb1x");
    }
    clean = text_cleaned(raw.data);
    assert_string_equal(clean, raw.data);
    assert_int_equal(text_width(clean), 150);
    free(clean);
    buf_done(&raw);
}

static void test_clean_respects_the_cap(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 7);
    assert_true(text_clean("\x01\x02\x03\x04", 4, &out));
    assert_true(out.overflow);
    assert_string_equal(out.data, "\xe2\x90\x81\xe2\x90\x82");
    buf_done(&out);
}

static void test_escape(void **state)
{
    static const struct {
        const char *raw;
        const char *want;
    } cases[] = {
        {"plain name", "plain name"},
        {"back\\slash", "back\\\\slash"},
        {"a\x1b[2J", "a\\u{1b}[2J"},
        {"\xe2\x80\xae"
         "evil",
         "\\u{202e}evil"},
        {"\xf0\x9f\x91\x8d", "\\u{1f44d}"},
        {"Z\xfcrich", "Z\\xfcrich"},
        {"\\u{202e}", "\\\\u{202e}"},
    };
    struct buf out;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_init(&out, 0);
        text_escape(cases[i].raw, strlen(cases[i].raw), &out);
        assert_string_equal(out.data, cases[i].want);
        buf_done(&out);
    }
    buf_init(&out, 0);
    text_escape("a\0b", 3, &out);
    assert_string_equal(out.data, "a\\u{0}b");
    buf_done(&out);
}

static void test_is_utf8(void **state)
{
    (void)state;
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0b", 3));
    assert_true(text_is_utf8("\xf0\x9f\x91\x8d", 4));
    assert_false(text_is_utf8("\xf0\x9f\x91", 3));
    assert_false(text_is_utf8("\xc0\x80", 2));
    assert_false(text_is_utf8("\xed\xbf\xbf", 3));
}

static void test_steps(void **state)
{
    static const char text[] = "a\xe6\x9d\xb1"
                               "e\xcc\x81\xcc\x82!";
    int columns;

    (void)state;
    assert_int_equal(text_next(text, &columns), 1);
    assert_int_equal(columns, 1);
    assert_int_equal(text_next(text + 1, &columns), 3);
    assert_int_equal(columns, 2);
    assert_int_equal(text_next(text + 4, &columns), 5);
    assert_int_equal(columns, 1);
    assert_int_equal(text_next(text + 10, &columns), 0);
    assert_int_equal(columns, 0);
    assert_int_equal(text_prev(text, 10), 1);
    assert_int_equal(text_prev(text, 9), 5);
    assert_int_equal(text_prev(text, 4), 3);
    assert_int_equal(text_prev(text, 1), 1);
    assert_int_equal(text_prev(text, 0), 0);
}

static void test_cut(void **state)
{
    static const char text[] = "a\xe6\x9d\xb1"
                               "e\xcc\x81!";
    static const struct {
        int columns;
        size_t bytes;
        int used;
    } cases[] = {{-1, 0, 0}, {0, 0, 0}, {1, 1, 1}, {2, 1, 1},
                 {3, 4, 3},  {4, 7, 4}, {5, 8, 5}, {99, 8, 5}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int used = -1;

        assert_int_equal(text_cut(text, cases[i].columns, &used), cases[i].bytes);
        assert_int_equal(used, cases[i].used);
        assert_int_equal(text_cut(text, cases[i].columns, NULL), cases[i].bytes);
    }
}

static void test_fit(void **state)
{
    static const struct {
        const char *text;
        int columns;
        const char *want;
    } cases[] = {
        {"abc", 5, "abc  "},
        {"abc", 3, "abc"},
        {"abcd", 3, "ab."},
        {"abcd", 1, "."},
        {"abcdefg", 6, "abcd.."},
        {"abcd", 0, ""},
        {"", 2, "  "},
        {"\xe6\x9d\xb1\xe4\xba\xac", 4, "\xe6\x9d\xb1\xe4\xba\xac"},
        {"\xe6\x9d\xb1\xe4\xba\xac", 3, "\xe6\x9d\xb1."},
        {"\xe6\x9d\xb1\xe4\xba\xac", 2, ". "},
        {"e\xcc\x81"
         "e\xcc\x81"
         "e\xcc\x81",
         2, "e\xcc\x81."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out;

        buf_init(&out, 0);
        text_fit(cases[i].text, cases[i].columns, &out);
        assert_string_equal(out.data, cases[i].want);
        assert_int_equal(text_width(out.data), cases[i].columns);
        buf_done(&out);
    }
}

/* Each among the others: none is cut to what another is cut to. */
static void test_cut_apart(void **state)
{
    static const struct {
        const char *texts[3];
        int columns;
        const char *wants[3];
    } cases[] = {
        {{"invoice-summary-prod", "invoice-summary-staging", "gira"},
         15,
         {"invoi..ary-prod", "invoi..-staging", "gira"}},
        {{"invoice-summary-prod", "other-summary-prod", "gira"},
         15,
         {"invoice-summa..", "other-summary..", "gira"}},
        /* They differ in the middle alone. */
        {{"batch-000001-of-the-night", "batch-000002-of-the-night", "batch-000002-of-the-day"},
         12,
         {"batc..01-o..", "batc..-night", "batc..he-day"}},
        {{"abcdefgh-1", "abcdefgh-2", "abcdefgh"}, 8, {"..efgh-1", "..efgh-2", "abcdefgh"}},
        {{"abcdefgh-12", "abcdefgh-1", "abcdefgh-"}, 8, {"..fgh-12", "..efgh-1", "..defgh-"}},
        {{"same-name-here", "same-name-here", "x"}, 8, {"same-n..", "same-n..", "x"}},
        {{"abcdefgh-\xe6\x9d\xb1\xe4\xba\xac", "abcdefgh-\xe6\x9d\xb1\xe6\x9d\xb1", "x"},
         9,
         {"abc..\xe6\x9d\xb1\xe4\xba\xac", "abc..\xe6\x9d\xb1\xe6\x9d\xb1", "x"}},
        {{"abc", "abd", "x"}, 1, {".", ".", "x"}},
        {{"abc", "abd", "x"}, 0, {"", "", ""}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t n = 0; n < 3; n++) {
            struct buf out;

            buf_init(&out, 0);
            text_cut_apart(cases[i].texts[n], cases[i].texts, 3, cases[i].columns, &out);
            assert_string_equal(out.data, cases[i].wants[n]);
            assert_true(text_width(out.data) <= cases[i].columns);
            buf_done(&out);
        }
    }
}

static void test_casecmp(void **state)
{
    (void)state;
    assert_int_equal(text_casecmp("Prod", "pROD"), 0);
    assert_int_equal(text_casecmp("\xc3\x84rger", "\xc3\xa4RGER"), 0);
    assert_int_equal(text_casecmp("\xce\xa3", "\xcf\x82"), 0); /* capital and final sigma */
    assert_int_equal(text_casecmp("", ""), 0);
    assert_true(text_casecmp("a", "b") < 0);
    assert_true(text_casecmp("b", "A") > 0);
    assert_true(text_casecmp("ab", "abc") < 0);
    assert_true(text_casecmp("abc", "ab") > 0);
}

/* The same text in other characters: NFC, and full case folding. */
static void test_text_of_people(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
    } same[] = {
        {"\xc3\xa9t\xc3\xa9", "e\xcc\x81t\xc3\x89"}, /* e acute, as one and as two */
        {"Stra\xc3\x9f"
         "e",
         "STRASSE"},
        {"\xe1\xba\x9e", "ss"},                       /* capital sharp s */
        {"\xef\xac\x81n", "FIN"},                     /* ligature fi */
        {"\xce\x9f\xce\xa3", "\xce\xbf\xcf\x82"},     /* a final sigma */
        {"\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80"}, /* Hangul in parts */
        {"a\xcc\xa3\xcc\x88", "a\xcc\x88\xcc\xa3"},   /* marks in another order */
        {"\xe2\x84\xab", "\xc3\xa5"},                 /* Angstrom sign */
        {"\xff"
         "A",
         "\xff"
         "a"},
    };
    for (size_t i = 0; i < COUNT(same); i++) {
        if (text_casecmp(same[i].a, same[i].b) != 0 || !text_contains(same[i].a, same[i].b) ||
            !text_contains(same[i].b, same[i].a) || text_fuzzy(same[i].a, same[i].b) == 0) {
            fail_msg("\"%s\" is not \"%s\"", same[i].a, same[i].b);
        }
    }
    assert_int_not_equal(text_casecmp("\xc4\xb1", "i"), 0); /* a dotless i is a letter of its own */
    assert_int_not_equal(text_casecmp("e", "\xc3\xa9"), 0);
    assert_int_not_equal(text_casecmp("\xff", "\xfe"), 0);
    assert_true(text_contains("Gro\xc3\x9f", "ROS"));
    assert_false(text_contains("\xff", "\xfe"));
    /* Longer than what is folded without memory of its own. */
    char *longer = xasprintf("%0300d\xc3\x84%0300dX", 0, 0);
    char *other = xasprintf("%0300d\xc3\xa4%0300dx", 0, 0);
    assert_int_equal(text_casecmp(longer, other), 0);
    assert_true(text_contains(longer, "0\xc3\xa4"
                                      "0"));
    free(longer);
    free(other);
}

/* Folded once and compared as bytes: the same order as folded while comparing. */
static void test_fold_orders_like_casecmp(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "a",
                                        "A",
                                        "ab",
                                        "AB\xc3\xa4",
                                        "ab\xc3\x84",
                                        "\xce\xa3",
                                        "\xcf\x82",
                                        "\xc5\xbf",
                                        "s",
                                        "\xe2\x84\xaa",
                                        "k",
                                        "\xf0\x9f\x91\xa9",
                                        "\xef\xbf\xbd",
                                        "\xff",
                                        "\xc3",
                                        "a\xff",
                                        "a\x80",
                                        "a\xf4\x8f\xbf\xbf",
                                        "Z",
                                        "[",
                                        "_",
                                        "0123456789012345678901234567890123456789012345678901"
                                        "23456789x",
                                        "0123456789012345678901234567890123456789012345678901"
                                        "23456789X\xc3\xa4"};

    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t j = 0; j < COUNT(texts); j++) {
            struct buf a;
            struct buf b;
            int got, want = text_casecmp(texts[i], texts[j]);

            buf_init(&a, 0);
            buf_init(&b, 0);
            text_fold(texts[i], &a);
            text_fold(texts[j], &b);
            got = strcmp(a.data, b.data);
            if ((got > 0) - (got < 0) != (want > 0) - (want < 0)) {
                fail_msg("\"%s\" and \"%s\": %d, want %d", texts[i], texts[j], got, want);
            }
            buf_done(&a);
            buf_done(&b);
        }
    }
}

/* Whoever types no accents means letters with accents too. */
static void accents_are_optional_where_none_is_typed(void **state)
{
    (void)state;
    assert_true(text_contains("Jos\xc3\xa9", "jose"));
    assert_true(text_contains("Jose\xcc\x81", "JOSE"));
    assert_false(text_contains("Jose", "jos\xc3\xa9"));
    assert_true(text_contains("\xc4\xb0stanbul", "istanbul")); /* a capital I with a dot */
    assert_true(text_contains("\xce\x86\xce\xbb\xcf\x86\xce\xb1",
                              "\xce\xb1\xce\xbb\xcf\x86\xce\xb1")); /* Greek alpha */
    /* A vowel sign is no accent: ki is not ka. */
    assert_false(text_contains("\xe0\xa4\x95\xe0\xa4\xbf\xe0\xa4\xae", "\xe0\xa4\x95\xe0\xa4\xae"));
    assert_true(text_means("Jos\xc3\xa9", "jose"));
    assert_false(text_means("Jos\xc3\xa9 B", "jose"));
    assert_false(text_means("Jose", "jos\xc3\xa9"));
    assert_true(text_fuzzy("Jos\xc3\xa9 Beltr\xc3\xa1n", "jebn") > 0);
    /* A broken byte is in the way of nothing else. */
    assert_true(text_contains("\xff Jos\xc3\xa9", "jose"));
    assert_int_not_equal(text_casecmp("Jos\xc3\xa9", "jose"), 0); /* names are two */
}

static void test_contains(void **state)
{
    (void)state;
    assert_true(text_contains("Payments Prod", "PROD"));
    assert_true(text_contains("aab", "ab"));
    assert_true(text_contains("abc", ""));
    assert_true(text_contains("\xc3\x9c"
                              "bung",
                              "\xc3\xbc"
                              "B"));
    assert_true(text_contains("x\xe6\x9d\xb1\xe4\xba\xac", "\xe4\xba\xac"));
    assert_false(text_contains("abc", "abcd"));
    assert_false(text_contains("", "a"));
    assert_false(text_contains("prod", "prd"));
}

static void test_fuzzy(void **state)
{
    (void)state;
    assert_int_equal(text_fuzzy("anything", ""), 1);
    assert_int_equal(text_fuzzy("prod", "x"), 0);
    assert_int_equal(text_fuzzy("abc", "acb"), 0);
    assert_int_equal(text_fuzzy("", "a"), 0);
    assert_true(text_fuzzy("Revoke key", "rk") > 0);
    /* A run of neighbours beats letters far apart, a word's start beats its middle. */
    assert_true(text_fuzzy("revoke", "rev") > text_fuzzy("r-e-v", "rev"));
    assert_true(text_fuzzy("xx revoke", "rev") > text_fuzzy("rxxexxv", "rev"));
    assert_true(text_fuzzy("create key", "k") > text_fuzzy("make", "k"));
    assert_true(text_fuzzy("axbxc abc", "abc") > text_fuzzy("axbxc", "abc"));
    assert_true(text_fuzzy("\xc3\x9c"
                           "bersicht",
                           "\xc3\xbc"
                           "s") > 0);
}

static int set_locale(void **state)
{
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") != NULL ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean_table),
        cmocka_unit_test(test_clean_is_idempotent),
        cmocka_unit_test(test_every_control_is_gone),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_clean_nul_and_append),
        cmocka_unit_test(test_clean_combining_storm),
        cmocka_unit_test(test_clean_hundred_characters),
        cmocka_unit_test(test_clean_respects_the_cap),
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_is_utf8),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_cut_apart),
        cmocka_unit_test(test_casecmp),
        cmocka_unit_test(test_text_of_people),
        cmocka_unit_test(test_fold_orders_like_casecmp),
        cmocka_unit_test(test_contains),
        cmocka_unit_test(accents_are_optional_where_none_is_typed),
        cmocka_unit_test(test_fuzzy),
    };

    return cmocka_run_group_tests(tests, set_locale, NULL);
}
