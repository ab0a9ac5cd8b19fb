/* The choice of a table's columns: a small dialog. */
#ifndef PORTCULLIS_UI_VIEWS_COLUMNS_H
#define PORTCULLIS_UI_VIEWS_COLUMNS_H

#include "ui/pane.h"
#include "ui/table.h"

/* The table must outlive the dialog. */
struct pane view_columns_new(struct ui *ui, struct table *table);

#endif
