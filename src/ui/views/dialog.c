#include "ui/views/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

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
    struct rect in = ui_dialog(canvas, area, fits, height, title);
    int above, below;

    form_draw(form, canvas, in, focus);
    form_hidden(form, in.width, in.height, &above, &below);
    if (above + below > 0) {
        char *more =
            below > 0 ? xasprintf(" %d more: PgDn ", below) : xasprintf(" %d more: PgUp ", above);

        canvas_text(canvas, in.x + in.width - text_width(more), in.y + in.height, more, STYLE_KEY);
        free(more);
    }
}

bool dialog_page(struct form *form, const struct ui *ui, const struct ui_event *event, int width)
{
    struct rect area = ui_body(ui);
    int lines;

    width = (area.width < width ? area.width : width) - 4;
    lines = form_lines(form, width);
    return form_page(form, event, width, lines < area.height - 2 ? lines : area.height - 2);
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
    if (dialog_page(dialog->form, ui, event, WIDTH)) {
        return PANE_HANDLED;
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
