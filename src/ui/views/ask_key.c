/* The admin key of a profile that stores none: typed without echo, kept in memory. */
#include <stdlib.h>

#include "base/alloc.h"
#include "ui/views/dialog.h"
#include "ui/views/views.h"

#include "base/banned.h"

enum field { KEY, OPEN, CANCEL };

static bool give(struct dialog *dialog, struct ui *ui)
{
    const struct secret *key = form_secret(dialog->form, KEY);
    const struct host *host = ui_host(ui);
    struct err err = {0};

    if (!secret_is_key(secret_text(key), secret_len(key), &err)) {
        form_set_problem(dialog->form, KEY, true, err.text);
        form_wipe(dialog->form, KEY);
        form_set_focus(dialog->form, KEY);
        return false;
    }
    ui_message(ui, false, "Opening..");
    host->ops->give_key(host->ctx, secret_text(key), secret_len(key));
    form_wipe(dialog->form, KEY);
    return true;
}

static void leave(struct ui *ui)
{
    ui_message(ui, false, "No key was given: 1 lists the organisations, Enter there asks again.");
}

static const struct dialog_kind KIND = {
    .title = "Admin key",
    .hints = "Enter open   ^U empty   Esc leave it",
    .go = OPEN,
    .enter = KEY,
    .mute = true,
    .act = give,
    .leave = leave,
};

/* The console looks for a pane of this name before it asks. */
static const struct pane_ops OPS = DIALOG_OPS("ask-key");

struct pane view_ask_key_new(struct ui *ui)
{
    struct dialog *dialog = dialog_new(&KIND, 11);
    struct form *form = dialog->form;
    struct host_session session;
    char *text;

    ui_session(ui, &session);
    text = xasprintf("The admin key of %s (%s). It is stored nowhere and kept in memory only.",
                     session.profile, session.base_url);
    form_add_note(form, -1, STYLE_NORMAL, text);
    free(text);
    form_add_gap(form);
    form_add_secret(form, KEY, "Admin key");
    form_add_gap(form);
    form_add_button(form, OPEN, "Open");
    form_add_button(form, CANCEL, "Cancel");
    form_beside(form);
    form_set_focus(form, KEY);
    return (struct pane){&OPS, dialog};
}
