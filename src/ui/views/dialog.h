/* A small form in a box that asks one thing: one button does it, the others and Esc leave. What is
 * asked and done is a struct dialog_kind's; each dialog has a file of its own. */
#ifndef PORTCULLIS_UI_VIEWS_DIALOG_H
#define PORTCULLIS_UI_VIEWS_DIALOG_H

#include <stdbool.h>

#include "ui/form.h"
#include "ui/pane.h"
#include "ui/ui.h"

struct dialog {
    const struct dialog_kind *kind;
    struct form *form;
    char *subject; /* whose or what: "" none */
};

struct dialog_kind {
    const char *title;
    const char *hints;
    int go;    /* the button that does it */
    int enter; /* the field in which Enter is as good as the button; -1: none */
    /* No letter is a command, wherever the focus is: it may be one of a key that is typed. */
    bool mute;
    /* False: it stays open, and the form says why. */
    bool (*act)(struct dialog *dialog, struct ui *ui);
    void (*leave)(struct ui *ui); /* NULL: nothing has to be said */
};

/* Gives a dialog with an empty form for the caller to fill. */
struct dialog *dialog_new(const struct dialog_kind *kind, int label_width);

/* The pane_ops of each. */
#define DIALOG_OPS(called)                                                                         \
    {                                                                                              \
        .name = (called), .draw = dialog_draw, .event = dialog_event, .title = dialog_title,       \
        .modal = true, .free = dialog_free, .hints = dialog_hints,                                 \
    }
void dialog_draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area);
enum pane_result dialog_event(void *self, struct ui *ui, const struct ui_event *event);
void dialog_title(const void *self, const struct ui *ui, struct buf *out);
void dialog_hints(const void *self, const struct ui *ui, struct buf *out);
void dialog_free(void *self);

/* The form in a box in the middle of area, as high as it needs. focus: as for form_draw. */
void dialog_draw_form(const struct form *form, struct canvas *canvas, struct rect area, int width,
                      const char *title, bool focus);

/* PgUp and PgDn in such a box; as form_page. */
bool dialog_page(struct form *form, const struct ui *ui, const struct ui_event *event, int width);

#endif
