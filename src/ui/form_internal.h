/* What the files of a form share. Included by form*.c only. */
#ifndef PORTCULLIS_UI_FORM_INTERNAL_H
#define PORTCULLIS_UI_FORM_INTERNAL_H

#include "ui/form.h"
#include "ui/line.h"

enum item_kind {
    ITEM_TEXT,
    ITEM_SECRET,
    ITEM_CHOICE,
    ITEM_CHECK,
    ITEM_PICK,
    ITEM_BUTTON,
    ITEM_SECTION,
    ITEM_NOTE,
    ITEM_GAP,
};

struct option {
    char *label, *note, *why;
};

struct item {
    enum item_kind kind;
    int id;
    char *label;
    char *text; /* words of a check or button, value of a pick, text of a note */
    char *problem;
    char *why; /* why it is disabled; "" when it is not */
    bool problem_error;
    bool beside;
    bool hidden;
    bool tall;
    bool checked;
    int width;
    int chosen;
    enum style style;
    struct line line;
    struct secret *secret;
    struct option *options;
    size_t option_count;
};

struct form {
    struct item *items;
    size_t count, cap;
    int label_width;
    bool once; /* not round */
    int focus; /* an id; may be of an item that is not there (yet) */
};

/* Where an item stands: y and lines count the sentences under its row only for the last of a row.
 */
struct place {
    int x, y, width, lines;
    int row; /* number of the row, to move up and down by */
};

/* Sections, sentences and gaps never have the focus, nor what is hidden. */
bool form_item_can_focus(const struct item *item);
/* Is there such an option of a choice, and is it not refused? */
bool form_item_can_choose(const struct item *item, int number);
/* The index of the item with the focus; -1. */
int form_focus_index(const struct form *form);
/* Gives an array with a place for each item; *lines gets the height of all. */
struct place *form_layout(const struct form *form, int width, int *lines);

#endif
