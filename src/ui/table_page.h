/* A table as it was drawn last. As long as nothing changed that its rows go by, only those are
 * drawn again that are chosen or marked now and were not, or were and are not. Knows what a page
 * goes by, not how it looks. */
#ifndef PORTCULLIS_UI_TABLE_PAGE_H
#define PORTCULLIS_UI_TABLE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/field.h"
#include "ui/canvas.h"
#include "ui/ui.h"

#define TABLE_COLUMNS_MAX 32

struct table_column {
    const struct field *field;
    int number;
    int x, width;
};

struct table_layout {
    struct table_column columns[TABLE_COLUMNS_MAX];
    size_t count;
    int left, right; /* columns that are wanted and out of sight */
};

/* The texts of a column that names things, of all rows that are seen: names are cut so that they
 * still differ. */
struct table_names {
    char **texts; /* NULL: another column */
    size_t count;
};

/* What all of it goes by, apart from the filter and the rows. All bytes are set: compared as such.
 */
struct table_look {
    struct ui_look inventory;
    int width, height, screen;
    uint64_t columns;
    int sort;
    bool descending, ascii;
    size_t top;
    int shift;
};

struct table_row {
    size_t row; /* of the list */
    bool marked;
};

struct table_page {
    struct canvas *cells; /* NULL: nothing was drawn */
    struct table_look look;
    char *filter;
    struct table_row *rows; /* that are seen */
    size_t seen, row_cap;
    struct table_layout layout;
    struct table_names names[TABLE_COLUMNS_MAX];
};

struct table_page *table_page_new(void);
void table_page_free(struct table_page *page);
/* Does what was drawn still hold, up to which rows are marked? When it does not, all
 * of it is forgotten, and the cells are blank. rows is what is to be seen now, in order. */
bool table_page_holds(struct table_page *page, const struct table_look *look, const char *filter,
                      const struct table_row *rows, size_t seen);

#endif
