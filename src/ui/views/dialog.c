#include "ui/views/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

#define WIDTH 70

struct dialog *dialog_new(const struct dialog_kind *kind, int label_width)
{
    struct dialog *dialog = xcalloc(1, sizeof(*dialog));

    dialog->kind = kind;
    dialog->form = form_new(label_width);
    dialog->subject = xstrdup("");
    return dialog;
}

void dialog_free(void *self)
{
    struct dialog *dialog = self;

    form_free(dialog->form);
    free(dialog->subject);
    free(dialog);
}

void dialog_draw_form(const struct form *form, struct canvas *canvas, struct rect area, int width,
                      const char *title, bool focus)
{
    int fits = area.width < width ? area.width : width;
    /* The frame takes two columns and a blank beside each, and a line above and below. */
    int height = form_lines(form, fits - 4) + 2;

    form_draw(form, canvas, ui_dialog(canvas, area, fits, height, title), focus);
}

void dialog_draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct dialog *dialog = self;

    (void)ui;
    dialog_draw_form(dialog->form, canvas, area, WIDTH, dialog->kind->title, true);
}

static enum pane_result leave(struct dialog *dialog, struct ui *ui)
{
    if (dialog->kind->leave != NULL) {
        dialog->kind->leave(ui);
    }
    return PANE_CLOSE;
}

static enum pane_result go(struct dialog *dialog, struct ui *ui)
{
    return dialog->kind->act(dialog, ui) ? PANE_CLOSE : PANE_HANDLED;
}

/* What the form did not want. Letters beside the fields are no commands, but for leaving and the
 * help. */
static enum pane_result other_event(struct dialog *dialog, struct ui *ui,
                                    const struct ui_event *event)
{
    if (event->key == UI_KEY_CHAR && !dialog->kind->mute) {
        if (strcmp(event->text, "q") == 0) {
            return leave(dialog, ui);
        }
        if (strcmp(event->text, "?") == 0) {
            return PANE_IGNORED;
        }
    }
    return event->key == UI_KEY_CHAR || event->key == UI_KEY_PASTE ? PANE_HANDLED : PANE_IGNORED;
}

enum pane_result dialog_event(void *self, struct ui *ui, const struct ui_event *event)
{
    struct dialog *dialog = self;
    const struct dialog_kind *kind = dialog->kind;
    int id = -1;

    if (event->key == UI_KEY_ESC) {
        return leave(dialog, ui);
    }
    if (event->key == UI_KEY_ENTER && form_focus(dialog->form) == kind->enter) {
        return go(dialog, ui);
    }
    switch (form_event(dialog->form, event, &id)) {
    case FORM_PRESSED:
        return id == kind->go ? go(dialog, ui) : leave(dialog, ui);
    case FORM_CHANGED:
        form_clear_problems(dialog->form);
        return PANE_HANDLED;
    case FORM_IGNORED:
        return other_event(dialog, ui, event);
    default:
        return PANE_HANDLED;
    }
}

void dialog_title(const void *self, const struct ui *ui, struct buf *out)
{
    const struct dialog *dialog = self;

    (void)ui;
    buf_adds(out, dialog->kind->title);
    if (dialog->subject[0] != '\0') {
        buf_addf(out, " of %s", dialog->subject);
    }
}

void dialog_hints(const void *self, const struct ui *ui, struct buf *out)
{
    (void)ui;
    buf_adds(out, ((const struct dialog *)self)->kind->hints);
}
