/* The table of a list: which rows and columns are seen, what is selected and marked, the filter
 * being typed. Reads the field table of the list and a view over it. Keeps the selection by record
 * id, so that a refresh does not move it. A part of a pane, not a pane. */
#ifndef PORTCULLIS_UI_TABLE_H
#define PORTCULLIS_UI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/view.h"
#include "ui/action.h"
#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/pane.h"

struct table;

/* noun: "keys", for counts. */
struct table *table_new(enum list_kind list, const char *noun);
void table_free(struct table *table);
/* Typing in the filter. PANE_IGNORED when it is not open. */
enum pane_result table_event(struct table *table, struct ui *ui, const struct ui_event *event);
bool table_act(struct table *table, struct ui *ui, enum action action);
/* Another organisation: no filter, no marks, nothing selected. Order and columns stay. */
void table_forget(struct table *table);
/* Only for what table_act knows. */
bool table_can(const struct table *table, enum action action);
bool table_command(struct table *table, struct ui *ui, const char *verb, const char *rest);
/* One slice of filter and sort, then selection and scroll for this area. True while more is left.
 */
bool table_prepare(struct table *table, struct ui *ui, const struct view_scope *scope,
                   struct rect area);
/* empty: what is said when there are no rows and no filter. */
void table_draw(const struct table *table, const struct ui *ui, struct canvas *canvas,
                struct rect area, const char *empty);
/* The right part of the second line: filter, sort, counts. */
void table_status(const struct table *table, const struct ui *ui, struct canvas *canvas,
                  struct rect area);
/* Columns that the place and the counts take at least, and the filter where there is one: "filter:
 * gira  57/150 of ?". */
int table_status_least(const struct table *table, const struct ui *ui);
/* The row under the cursor; false when there is none. */
bool table_selected(const struct table *table, const struct ui *ui, size_t *row);
/* Lends the id of the row under the cursor until it moves, "" when there is none. */
const char *table_selected_id(const struct table *table);
bool table_wide(const struct table *table);
bool table_filtered(const struct table *table);
enum list_kind table_list(const struct table *table);
/* Is the filter being typed? */
bool table_editing(const struct table *table);
size_t table_marked(const struct table *table);
/* Copies the ids of the marked rows, or that of the row under the cursor, and says which. */
void table_copy_ids(const struct table *table, struct ui *ui);
/* The columns wanted: bit n is field n. They go by the width, but for those that were chosen. */
uint64_t table_columns(const struct table *table, const struct ui *ui);
/* Those of them that are seen, and how many are out of sight on either side. */
uint64_t table_fitting(const struct table *table, const struct ui *ui, int *left, int *right);
/* Chooses or drops one column, whatever the width. False: this one is always there. */
bool table_choose_column(struct table *table, size_t number, bool on);
/* All by the width again. */
void table_forget_columns(struct table *table);

/* Lends the word for one of them: "key", "person". */
const char *table_one_of(const char *noun);

#endif
