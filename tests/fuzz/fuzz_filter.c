/* The text of a filter, cut in two where there is a line feed: both ways to ask pass the same rows,
 * the result does not depend on quoting what needs none, and what narrows only takes rows away. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "model/filter_internal.h"
#include "unit/model_org.h"

#include "base/banned.h"

#define ROWS_MAX 64

static const struct org_size SIZE = {4, 6, 24};

/* Keys of every odd sort beside the plain ones. */
static struct inventory *organisation(void)
{
    struct inventory *inv = org_new(SIZE, 3);
    struct key_row keys[] = {
        org_key(inv, 901, "foo:bar \"q\" !x", NULL, 9, 9),
        org_key(inv, 902, "", "*****", 1, 0),
        org_key(inv, 903, "İstanbul ſ K", "aa*****bbb", 2, 3),
        org_key(inv, 904, "\x1b[31mred\nline", "+/*****+/+", 1, 0),
        org_key(inv, 905, "?", "-", 0, 0),
    };
    keys[1].id = inventory_id(inv, "key_1");
    keys[0].status = STATUS_OTHER;
    keys[2].description = org_text(inv, "Straße 5, INC-1");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        inventory_add_key(inv, &keys[i]);
    }
    inv->own_key = 2;
    return inv;
}

static struct filter *look(struct inventory *inv, enum list_kind list, const char *text,
                           enum filter_hit passes[ROWS_MAX])
{
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    struct err err = {0};
    struct filter *filter = filter_parse(list, text, &err);
    if (filter == NULL) {
        if (err.kind != ERR_INVALID || err.text[0] == '\0') {
            fuzz_broken("a filter is refused without a word");
        }
        return NULL;
    }
    filter_prepare(filter, inv);
    size_t rows = field_rows(inv, list);
    for (size_t row = 0; row < rows && row < ROWS_MAX; row++) {
        passes[row] = org_filter_hit(filter, &ctx, row);
        if (passes[row] != filter_passes(filter, &ctx, row)) {
            fuzz_broken("the two ways to ask a filter differ");
        }
    }
    return filter;
}

static struct inventory *org;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size > 400 ? 400 : size, 1);
    enum filter_hit before[ROWS_MAX] = {HIT_NONE};
    enum filter_hit after[ROWS_MAX] = {HIT_NONE};
    if (org == NULL) {
        org = organisation();
    }
    char *second = strchr(text, '\n');
    if (second != NULL) {
        *second++ = '\0';
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        struct filter *a = look(org, (enum list_kind)list, text, before);
        struct filter *b = second == NULL ? NULL : look(org, (enum list_kind)list, second, after);
        for (size_t row = 0; a != NULL && b != NULL && row < ROWS_MAX; row++) {
            if (row < field_rows(org, (enum list_kind)list) && after[row] > before[row] &&
                filter_narrows(a, b)) {
                fuzz_broken("what narrows lets a row through");
            }
        }
        filter_free(a);
        filter_free(b);
    }
    free(text);
    return 0;
}
