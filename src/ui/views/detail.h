/* What the full-screen details share: tabs, scrolling, the record kept by its id, what is said when
 * it is gone. Each kind of record gives a struct detail_kind. */
#ifndef PORTCULLIS_UI_VIEWS_DETAIL_H
#define PORTCULLIS_UI_VIEWS_DETAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "model/field.h"
#include "model/view.h"
#include "ui/doc.h"
#include "ui/pane.h"
#include "ui/ui.h"

#define DETAIL_TABS_MAX 4
/* A page never holds more rows of another list than this: the list itself is a key away. */
#define DETAIL_ROWS_MAX 500

/* What a page is made of. The views hold the keys and the people of the record; NULL where the kind
 * has none. */
struct detail_page {
    struct field_context ctx;
    struct id id;
    const struct view *keys;
    const struct view *people;
    bool two_columns;
};

struct detail_kind {
    enum list_kind list; /* whose age is told */
    const char *noun;    /* "key" */
    const char *list_noun;
    const char *gone; /* why it may be gone, a sentence */
    const char *tabs[DETAIL_TABS_MAX];
    int tab_count;
    int label_width;
    const char *open_label;    /* what Enter does; NULL: nothing */
    const char *open_help;     /* the same for the help */
    bool has_keys, has_people; /* it wants views of these, narrowed by scope() */
    void (*scope)(const struct detail_page *page, struct view_scope *out);
    bool (*held)(const struct detail_page *page);
    void (*name)(const struct detail_page *page, struct buf *out);
    /* What stands behind the name and is never cut. NULL: nothing. */
    void (*mark)(const struct detail_page *page, struct buf *out);
    void (*fill)(const struct detail_page *page, int tab, struct doc *doc);
    /* As pane_ops.can, for what the kind alone knows; the record is held. NULL: nothing. */
    bool (*can)(const struct detail_page *page, enum action action, char *why, size_t size);
    /* A new key, Enter where it has a label, and what can() allows; the record is held. */
    void (*act)(struct ui *ui, const char *id, const struct detail_page *page, enum action action);
};

/* Copies id. */
struct pane detail_new(struct ui *ui, const struct detail_kind *kind, const struct pane_ops *ops,
                       const char *id);

/* They differ in their names alone: what help and scripts call them. */
extern const struct pane_ops DETAIL_OF_KEY;
extern const struct pane_ops DETAIL_OF_MEMBER;
extern const struct pane_ops DETAIL_OF_WORKSPACE;

#endif
