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
    int peek;  /* lines scrolled away from the focus */
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

#define FORM_GAP 2 /* columns between fields beside each other */

/* -- form_layout.c: sizes, in columns and lines of an area of this width -- */

int form_label_columns(const struct form *form, int width);
/* Of a choice: all options in a line; the chosen one between < and >. */
int form_inline_width(const struct item *item);
int form_compact_width(const struct item *item);
/* The sentence under the row, what goes before it, and its lines. Lend. */
const char *form_sentence(const struct item *item);
const char *form_prefix(const struct item *item);
int form_sentence_lines(const struct form *form, const struct item *item, int width);
/* Of a tall choice: what stands beside an option (lends), its lines, the lines of those before. */
const char *form_option_note(const struct option *option);
int form_option_lines(const struct item *item, size_t number, int width);
int form_lines_before(const struct item *item, size_t number, int width);
/* Of a note. Lends. */
const char *form_note_text(const struct item *item);
/* The columns that the fields have: where not all lines are seen, one is for the signs of that. */
int form_shown_width(const struct form *form, int width, int height);
/* The first line that is shown in an area of this height. */
int form_scroll_to(const struct form *form, const struct place *places, int lines, int height);
/* Gives an array with a place for each item; *lines gets the height of all. */
struct place *form_layout(const struct form *form, int width, int *lines);

#endif
