#include "ui/table_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

static void forget(struct table_page *page)
{
    for (size_t i = 0; i < page->layout.count; i++) {
        for (size_t n = 0; n < page->names[i].count; n++) {
            free(page->names[i].texts[n]);
        }
        free(page->names[i].texts);
        page->names[i] = (struct table_names){0};
    }
    page->layout.count = page->seen = 0;
    canvas_free(page->cells);
    page->cells = NULL;
}

struct table_page *table_page_new(void)
{
    struct table_page *page = xcalloc(1, sizeof(*page));

    page->filter = xstrdup("");
    return page;
}

void table_page_free(struct table_page *page)
{
    if (page == NULL) {
        return;
    }
    forget(page);
    free(page->filter);
    free(page->rows);
    free(page);
}

static bool same_look(const struct table_look *a, const struct table_look *b)
{
    return ui_look_same(&a->inventory, &b->inventory) && a->width == b->width &&
           a->height == b->height && a->screen == b->screen && a->columns == b->columns &&
           a->sort == b->sort && a->descending == b->descending && a->ascii == b->ascii &&
           a->top == b->top && a->shift == b->shift;
}

static bool same_rows(const struct table_page *page, const struct table_row *rows, size_t seen)
{
    for (size_t i = 0; i < seen && i < page->seen; i++) {
        if (rows[i].row != page->rows[i].row) {
            return false;
        }
    }
    return page->seen == seen;
}

bool table_page_holds(struct table_page *page, const struct table_look *look, const char *filter,
                      const struct table_row *rows, size_t seen)
{
    if (page->cells != NULL && same_look(&page->look, look) && strcmp(page->filter, filter) == 0 &&
        same_rows(page, rows, seen)) {
        return true;
    }
    forget(page);
    page->look = *look;
    xreplace(&page->filter, filter);
    page->rows = xgrow(page->rows, &page->row_cap, seen + 1, sizeof(*page->rows));
    page->seen = seen;
    memcpy(page->rows, rows, seen * sizeof(*rows));
    page->cells = canvas_new(look->width, look->height);
    canvas_set_ascii(page->cells, look->ascii);
    return false;
}
