/* Asks before a profile and its key are forgotten. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/views/dialog.h"
#include "ui/views/views.h"

#include "base/banned.h"

enum field { CANCEL, FORGET };

static bool forget(struct dialog *dialog, struct ui *ui)
{
    const struct host *host = ui_host(ui);
    struct err err = {0};

    if (!host->ops->logout(host->ctx, dialog->subject, &err)) {
        ui_message(ui, true, "%s", err.text);
    } else {
        ui_message(ui, false, "Forgetting %s..", dialog->subject);
    }
    return true;
}

static const struct dialog_kind KIND = {
    .title = "Log out",
    .hints = "Tab move   Enter press   Esc cancel",
    .go = FORGET,
    .enter = -1,
    .act = forget,
};

static const struct pane_ops OPS = DIALOG_OPS("logout");

static bool find_profile(const struct ui *ui, const char *name, struct host_profile *out)
{
    const struct host *host = ui_host(ui);

    for (size_t i = 0; host->ops->profile(host->ctx, i, out); i++) {
        if (strcmp(out->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* What goes, by where the key comes from. */
static const char *source_words(const char *source)
{
    static const struct {
        const char *source, *words;
    } WORDS[] = {
        {"keyring",
         "Its admin key is taken out of the keyring of this computer, then the profile is "
         "removed. The key itself goes on working until it is revoked."},
        {"command", "The profile is removed. Its key comes from a command and stays where that has "
                    "it."},
        {"file", "The profile is removed. Its key file stays where it is."},
        {"ask", "The profile is removed. Its key was typed and is stored nowhere."},
        {"session", "Its key comes from the environment of this session: nothing is stored that "
                    "could be forgotten."},
    };

    for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++) {
        if (strcmp(WORDS[i].source, source) == 0) {
            return WORDS[i].words;
        }
    }
    return "The profile is removed.";
}

static void add_words(struct form *form, const struct host_profile *row)
{
    char *text = xasprintf("Forget the profile %s (%s)?", row->name, row->base_url);

    form_add_note(form, -1, STYLE_BOLD, text);
    free(text);
    form_add_gap(form);
    form_add_note(form, -1, STYLE_NORMAL, source_words(row->source));
    if (row->current) {
        form_add_note(form, -1, STYLE_WARN, "It is the one that is open: it is closed.");
    }
}

struct pane view_logout_new(struct ui *ui, const char *profile)
{
    struct dialog *dialog = dialog_new(&KIND, 2);
    struct form *form = dialog->form;
    struct host_profile row;
    bool found = find_profile(ui, profile, &row);

    free(dialog->subject);
    dialog->subject = text_cleaned(profile);
    if (found) {
        add_words(form, &row);
    } else {
        char *text = profile[0] == '\0' ? xstrdup("No profile is chosen.")
                                        : xasprintf("No profile is called %s.", dialog->subject);

        form_add_note(form, -1, STYLE_WARN, text);
        free(text);
    }
    form_add_gap(form);
    form_add_button(form, CANCEL, found ? "Cancel" : "Close");
    if (found) {
        form_add_button(form, FORGET, "Log out");
        form_beside(form);
    }
    form_set_focus(form, CANCEL);
    return (struct pane){&OPS, dialog};
}
