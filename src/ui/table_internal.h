/* What table.c and table_draw.c share. */
#ifndef PORTCULLIS_UI_TABLE_INTERNAL_H
#define PORTCULLIS_UI_TABLE_INTERNAL_H

#include "model/field.h"
#include "ui/line.h"
#include "ui/marks.h"
#include "ui/table.h"
#include "ui/ui.h"

struct table {
    const char *noun;
    struct view *view;
    const struct field *fields;
    size_t field_count;
    char *selected;   /* the id under the cursor, "" none */
    size_t place;     /* its place in the view */
    size_t top;       /* the first place seen */
    int rows;         /* lines for rows, as of the last prepare */
    struct rect body; /* where they are */
    uint64_t seen_generation;
    bool asked_for; /* the selection was asked for by its id: when it is not shown that is said */
    bool seeking;   /* the selection has to be found again when the view is done */
    bool filtering; /* the filter changed since the selection was found */
    bool editing;   /* the filter is being typed */
    struct line line;
    char *before; /* the filter before typing, for Esc */
    bool wide;
    uint64_t columns_on, columns_off; /* chosen; all others go by the width */
    struct marks marks;
};

/* Heads and rule take these lines. */
int table_head_lines(int height);

#endif
