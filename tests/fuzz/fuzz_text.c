/* What text_clean gives is safe and exact whatever comes in, and so is what is cut, fitted and
 * escaped from it. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

static int hostile(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
        return 1;
    default:
        return 0;
    }
}

/* Character by character: valid, harmless, on a base, with few marks; and the columns add up. */
static void check_clean(const struct buf *clean)
{
    size_t at = 0;
    int sum = 0;
    int marks = 0;
    int base = 0;

    if (strlen(clean->data) != clean->len) {
        fuzz_broken("a NUL in clean text");
    }
    while (at < clean->len) {
        utf8proc_int32_t c;
        utf8proc_ssize_t got = utf8proc_iterate((const utf8proc_uint8_t *)clean->data + at,
                                                (utf8proc_ssize_t)(clean->len - at), &c);
        int columns;

        if (got < 1) {
            fuzz_broken("clean text is not UTF-8");
        }
        columns = wcwidth((wchar_t)c);
        if (hostile(c) || columns < 0) {
            fuzz_broken("a hostile character in clean text");
        }
        if (columns == 0) {
            if (!base || ++marks > 3) {
                fuzz_broken("a mark without a base, or too many");
            }
        } else {
            base = 1;
            marks = 0;
        }
        sum += columns;
        at += (size_t)got;
    }
    if (text_width(clean->data) != sum) {
        fuzz_broken("text_width is not the sum of the columns");
    }
}

static void check_steps(const struct buf *clean)
{
    size_t at = 0;
    int columns;
    size_t len;

    while ((len = text_next(clean->data + at, &columns)) > 0) {
        at += len;
        if (columns < 1 || columns > 2) {
            fuzz_broken("a step of no columns");
        }
        if (text_prev(clean->data, at) != len) {
            fuzz_broken("text_prev does not undo text_next");
        }
    }
    if (at != clean->len) {
        fuzz_broken("text_next stops early");
    }
}

static void check_cuts(const struct buf *clean, int columns)
{
    struct buf fit;
    int used;
    size_t len = text_cut(clean->data, columns, &used);

    if (len > clean->len || used > columns || used < 0) {
        fuzz_broken("text_cut passes its columns");
    }
    if (len < clean->len && used < columns - 1) {
        fuzz_broken("text_cut gives up early");
    }
    buf_init(&fit, 0);
    text_fit(clean->data, columns, &fit);
    if (text_width(fit.data) != columns) {
        fuzz_broken("text_fit does not fit");
    }
    buf_done(&fit);
}

static void check_escape(const char *raw, size_t size)
{
    struct buf out;

    buf_init(&out, 0);
    text_escape(raw, size, &out);
    for (size_t i = 0; i < out.len; i++) {
        if (out.data[i] < 0x20 || out.data[i] > 0x7e) {
            fuzz_broken("an escaped text is not printable ASCII");
        }
    }
    buf_done(&out);
}

static void check_matches(const char *clean, const char *part)
{
    if (text_casecmp(clean, clean) != 0 || text_contains(clean, clean) == 0 ||
        text_fuzzy(clean, clean) == 0) {
        fuzz_broken("a text does not match itself");
    }
    if (text_contains(clean, part) && text_fuzzy(clean, part) == 0) {
        fuzz_broken("contained, but no fuzzy match");
    }
    if (text_casecmp(clean, part) != -text_casecmp(part, clean)) {
        fuzz_broken("text_casecmp has no order");
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (setlocale(LC_ALL, "C.UTF-8") == NULL) {
        fuzz_broken("no UTF-8 locale");
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf clean;
    struct buf again;
    struct buf small;
    char *raw;
    int columns;
    int changed;

    if (size < 2) {
        return 0;
    }
    columns = data[1] % 120;
    raw = fuzz_copy(data + 2, size - 2, 0);
    buf_init(&clean, 0);
    buf_init(&again, 0);
    buf_init(&small, (size_t)data[0] + 1);
    changed = text_clean(raw, size - 2, &clean);
    if (changed != (clean.len != size - 2 || memcmp(clean.data, raw, size - 2) != 0)) {
        fuzz_broken("changed, or not, and says otherwise");
    }
    check_clean(&clean);
    check_steps(&clean);
    check_cuts(&clean, columns);
    check_escape(raw, size - 2);
    if (text_clean(clean.data, clean.len, &again) || again.len != clean.len) {
        fuzz_broken("cleaning twice is not cleaning once");
    }
    /* Into a buffer that is too small: cut between characters. */
    text_clean(raw, size - 2, &small);
    check_clean(&small);
    if (!small.overflow && small.len != clean.len) {
        fuzz_broken("a part is missing and nobody says so");
    }
    check_matches(clean.data, small.data);
    buf_done(&small);
    buf_done(&again);
    buf_done(&clean);
    free(raw);
    return 0;
}
