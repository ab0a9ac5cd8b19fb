/* The admin key of a profile that stores none: typed without echo, kept in memory. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/form.h"
#include "ui/ui.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define WIDTH 70

enum field { KEY, OPEN, CANCEL };

struct ask_key {
    const struct host *host;
    struct form *form;
};

static void draw(const void *pane, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct ask_key *self = pane;
    int width = area.width < WIDTH ? area.width : WIDTH;
    struct rect inside =
        ui_dialog(canvas, area, width, form_lines(self->form, width - 4) + 2, "Admin key");

    (void)ui;
    form_draw(self->form, canvas, inside, true);
}

/* False: it is no key, and why stands under it. */
static bool give(struct ask_key *self, struct ui *ui)
{
    const struct secret *key = form_secret(self->form, KEY);
    struct err err = {0};

    if (!secret_is_key(secret_text(key), secret_len(key), &err)) {
        form_set_problem(self->form, KEY, true, err.text);
        form_wipe(self->form, KEY);
        form_set_focus(self->form, KEY);
        return false;
    }
    ui_message(ui, false, "Opening..");
    self->host->ops->give_key(self->host->ctx, secret_text(key), secret_len(key));
    form_wipe(self->form, KEY);
    return true;
}

static enum pane_result leave(struct ui *ui)
{
    ui_message(ui, false, "No key was given: 1 lists the organisations, Enter there asks again.");
    return PANE_CLOSE;
}

static enum pane_result event(void *pane, struct ui *ui, const struct ui_event *event)
{
    struct ask_key *self = pane;
    bool typing = form_focus(self->form) == KEY;
    int id = -1;

    if (event->key == UI_KEY_ESC) {
        return leave(ui);
    }
    if (typing && event->key == UI_KEY_ENTER) {
        return give(self, ui) ? PANE_CLOSE : PANE_HANDLED;
    }
    switch (form_event(self->form, event, &id)) {
    case FORM_PRESSED:
        if (id == CANCEL) {
            return leave(ui);
        }
        return give(self, ui) ? PANE_CLOSE : PANE_HANDLED;
    case FORM_CHANGED:
        form_clear_problems(self->form);
        return PANE_HANDLED;
    case FORM_HANDLED:
        return PANE_HANDLED;
    default:
        /* A key typed where no field has the focus must not become commands. */
        return event->key == UI_KEY_CHAR || event->key == UI_KEY_PASTE ? PANE_HANDLED
                                                                       : PANE_IGNORED;
    }
}

static void title(const void *pane, const struct ui *ui, struct buf *out)
{
    (void)pane;
    (void)ui;
    buf_adds(out, "Admin key");
}

static void hints(const void *pane, const struct ui *ui, struct buf *out)
{
    (void)pane;
    (void)ui;
    buf_adds(out, "Enter open   ^U empty   Esc leave it");
}

static void ask_key_free(void *pane)
{
    struct ask_key *self = pane;

    form_free(self->form);
    free(self);
}

/* The console looks for a pane of this name before it asks. */
static const struct pane_ops OPS = {
    .name = "ask-key",
    .draw = draw,
    .event = event,
    .title = title,
    .modal = true,
    .free = ask_key_free,
    .hints = hints,
};

struct pane view_ask_key_new(struct ui *ui)
{
    struct ask_key *self = xcalloc(1, sizeof(*self));
    struct host_session session;
    char *text;

    ui_session(ui, &session);
    self->host = ui_host(ui);
    self->form = form_new(11);
    text = xasprintf("The admin key of %s (%s). It is stored nowhere and kept in memory only.",
                     session.profile, session.base_url);
    form_add_note(self->form, -1, STYLE_NORMAL, text);
    free(text);
    form_add_gap(self->form);
    form_add_secret(self->form, KEY, "Admin key");
    form_add_gap(self->form);
    form_add_button(self->form, OPEN, "Open");
    form_add_button(self->form, CANCEL, "Cancel");
    form_beside(self->form);
    form_set_focus(self->form, KEY);
    return (struct pane){&OPS, self};
}
