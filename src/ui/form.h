/* What is filled in: labelled fields one under the other, their focus, the sentence under a field
 * that is wrong, buttons. Used by the wizard, the login and the dialogs. Holds what was typed and
 * draws itself at any size, scrolled so that the field with the focus is seen; what a value means
 * is the caller's. Knows nothing of panes, the host or drafts.
 *
 * A caller builds the fields once (or again after form_clear), hands every event to form_event and
 * acts on the answer. Fields have ids of the caller's choice, 0 or more and different from each
 * other; a function that is given an unknown id, or one of another kind, is our own mistake. */
#ifndef PORTCULLIS_UI_FORM_H
#define PORTCULLIS_UI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "ui/canvas.h"
#include "ui/event.h"

struct form;

struct form_option {
    const char *label;
    const char *note; /* shown after it in a tall choice; NULL or "": none */
    const char *why;  /* why it cannot be chosen; NULL or "": it can */
};

enum form_answer {
    FORM_IGNORED,    /* not for a form: Esc, function keys, letters outside text fields */
    FORM_HANDLED,    /* the focus or the cursor moved */
    FORM_CHANGED,    /* the value of *id is another */
    FORM_PAST_END,   /* Tab or Enter in the last field of a form that is not round */
    FORM_PAST_START, /* Shift-Tab in its first */
    FORM_PRESSED,    /* Enter or Space on the button or the pick field *id, which is not disabled */
};

/* label_width: columns of the labels; narrow areas cut them to a third. */
struct form *form_new(int label_width);
void form_free(struct form *form);
/* Takes all fields away (secrets are wiped). The focus goes to the field with the same id once that
 * is added again. */
void form_clear(struct form *form);

/* -- fields, in order; the first that can have the focus has it. All text is copied. -- */

/* max: bytes. width: columns of the input, 0 for what the area has. */
void form_add_text(struct form *form, int id, const char *label, size_t max, int width);
/* What is pasted into the text field stays as it came: the caller says what is wrong with it. Other
 * text fields clean it. */
void form_keep_raw(struct form *form, int id);
/* Typed without echo, kept in locked memory: only stars and the number of characters are drawn. A
 * pasted value loses the blanks and line ends around it. */
void form_add_secret(struct form *form, int id, const char *label);
/* One of several: all in a line where they fit, else the chosen one between < and >. tall: one a
 * line, with their notes. The first that can be chosen is. */
void form_add_choice(struct form *form, int id, const char *label,
                     const struct form_option *options, size_t count, bool tall);
void form_add_check(struct form *form, int id, const char *label, const char *words);
/* Shows a value that is chosen elsewhere; pressed to do so. width as for text. */
void form_add_pick(struct form *form, int id, const char *label, int width);
void form_add_button(struct form *form, int id, const char *words);
/* Lines without focus: a section head, a sentence (wrapped; id -1: never changed again; one that
 * begins with a blank stands under the fields, not under the labels), a blank line. */
void form_add_section(struct form *form, const char *text);
void form_add_note(struct form *form, int id, enum style style, const char *text);
void form_add_gap(struct form *form);
/* A label for the button that was added last: by itself it has none. */
void form_label(struct form *form, const char *label);
/* The field added last goes to the right of the one before it, if there is room. */
void form_beside(struct form *form);

/* -- values -- */

/* Lends until the field changes. Of text and pick fields. */
const char *form_text(const struct form *form, int id);
/* Of text, pick and note fields. Puts the cursor at the end. */
void form_set_text(struct form *form, int id, const char *text);
/* Lends. Empty when nothing was typed. */
const struct secret *form_secret(const struct form *form, int id);
/* Overwrites it; the field is empty again. */
void form_wipe(struct form *form, int id);
int form_choice(const struct form *form, int id); /* -1: none can be chosen */
/* Is there such a field now? For callers whose fields come and go. */
bool form_has(const struct form *form, int id);
void form_set_choice(struct form *form, int id, int number);
bool form_checked(const struct form *form, int id);
void form_set_checked(struct form *form, int id, bool checked);

/* -- state -- */

/* The sentence under the field, with its severity in words; NULL or "" takes it away. */
void form_set_problem(struct form *form, int id, bool error, const char *text);
/* Takes the sentences of all fields away. */
void form_clear_problems(struct form *form);
/* Why the button or field cannot be used now, shown under it; NULL or "": it can. It keeps its
 * place in the order of the focus, so that it can be asked why. */
void form_set_disabled(struct form *form, int id, const char *why);
/* Hidden fields take no room and no focus. */
void form_set_hidden(struct form *form, int id, bool hidden);
/* The id with the focus; -1 when nothing can have it. */
int form_focus(const struct form *form);
void form_set_focus(struct form *form, int id);
/* The focus goes on to the next field; from the last it stays. */
void form_focus_next(struct form *form);
/* round (the start): Tab after the last field goes to the first. Otherwise the focus stays there
 * and the caller is told: forms of several pages go on. */
void form_set_round(struct form *form, bool round);
/* The focus goes to the last field. */
void form_focus_last(struct form *form);
/* Does a text or secret field have the focus? Then letters are text. */
bool form_takes_text(const struct form *form);

/* Tab, Shift-Tab, Up, Down move the focus; Enter in a field goes to the next;
 * Left, Right change choices (Up, Down tall ones too), Space changes checks and leaves a choice as
 * it is; the rest is for the text field. *id gets the field that the answer is about. */
enum form_answer form_event(struct form *form, const struct ui_event *event, int *id);

/* Lines it takes in this width. */
int form_lines(const struct form *form, int width);
/* Lines of it that an area of this size does not show above and below those that it shows. */
void form_hidden(const struct form *form, int width, int height, int *above, int *below);
/* PgUp and PgDn show what is out of sight in an area of this size, and leave the focus where it is;
 * any other key leads back to it. False: not such a key, or all is in sight. */
bool form_page(struct form *form, const struct ui_event *event, int width, int height);
/* focus: draw the focus and the cursor (false: another part of the pane has it). */
void form_draw(const struct form *form, struct canvas *canvas, struct rect area, bool focus);

#endif
