/* What table.c, table_act.c and table_draw.c share. */
#ifndef PORTCULLIS_UI_TABLE_INTERNAL_H
#define PORTCULLIS_UI_TABLE_INTERNAL_H

#include "model/field.h"
#include "ui/line.h"
#include "ui/marks.h"
#include "ui/table.h"
#include "ui/table_page.h"
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
    enum list_order order; /* of the server, as of that generation */
    bool asked_for; /* the selection was asked for by its id: when it is not shown that is said */
    bool seeking;   /* the selection has to be found again when the view is done */
    bool filtering; /* the filter changed since the selection was found */
    bool editing;   /* the filter is being typed */
    struct line line;
    char *before; /* the filter before typing, for Esc */
    bool wide;
    int shift;                        /* columns scrolled out of sight on the left */
    uint64_t columns_on, columns_off; /* chosen; all others go by the width */
    struct marks marks;
    struct table_page *page; /* as it was drawn last */
};

/* The id of the row at a place of the view: lent, or written to text. */
const char *table_id_at(const struct table *table, const struct inventory *inv, size_t place,
                        char text[ID_TEXT_SIZE]);
/* The row with this id is looked for at the next prepare; "" for none. Copied. */
void table_select_id(struct table *table, const char *id);
/* Chooses the row at a place, or the nearest there is. */
void table_move_to(struct table *table, struct ui *ui, size_t place);
/* Sets the filter; a text that is no filter is told, and the one before stays. */
void table_apply_filter(struct table *table, struct ui *ui, const char *text);
/* From now on letters go to the filter. */
void table_open_filter(struct table *table);
/* Heads and rule take these lines. */
int table_head_lines(int height);

#endif
