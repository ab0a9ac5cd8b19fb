/* Asks before a profile and its key are forgotten. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/form.h"
#include "ui/ui.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define WIDTH 70

enum field { CANCEL, FORGET };

struct logout {
    const struct host *host;
    char *profile;
    struct form *form;
};

static void draw(const void *pane, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct logout *self = pane;
    int width = area.width < WIDTH ? area.width : WIDTH;
    struct rect inside =
        ui_dialog(canvas, area, width, form_lines(self->form, width - 4) + 2, "Log out");

    (void)ui;
    form_draw(self->form, canvas, inside, true);
}

static enum pane_result forget(struct logout *self, struct ui *ui)
{
    struct err err = {0};

    if (!self->host->ops->logout(self->host->ctx, self->profile, &err)) {
        ui_message(ui, true, "%s", err.text);
        return PANE_CLOSE;
    }
    ui_message(ui, false, "Forgetting %s..", self->profile);
    return PANE_CLOSE;
}

static enum pane_result event(void *pane, struct ui *ui, const struct ui_event *event)
{
    struct logout *self = pane;
    int id = -1;

    if (event->key == UI_KEY_ESC) {
        return PANE_CLOSE;
    }
    switch (form_event(self->form, event, &id)) {
    case FORM_PRESSED:
        return id == FORGET ? forget(self, ui) : PANE_CLOSE;
    case FORM_IGNORED:
        break;
    default:
        return PANE_HANDLED;
    }
    if (event->key == UI_KEY_CHAR && strcmp(event->text, "q") == 0) {
        return PANE_CLOSE;
    }
    return event->key == UI_KEY_PASTE ? PANE_HANDLED : PANE_IGNORED;
}

static void title(const void *pane, const struct ui *ui, struct buf *out)
{
    const struct logout *self = pane;

    (void)ui;
    buf_addf(out, "Log out of %s", self->profile);
}

static void hints(const void *pane, const struct ui *ui, struct buf *out)
{
    (void)pane;
    (void)ui;
    buf_adds(out, "Tab move   Enter press   Esc cancel");
}

static void logout_free(void *pane)
{
    struct logout *self = pane;

    form_free(self->form);
    free(self->profile);
    free(self);
}

static const struct pane_ops OPS = {
    .name = "logout",
    .draw = draw,
    .event = event,
    .title = title,
    .modal = true,
    .free = logout_free,
    .hints = hints,
};

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

static void add_words(struct logout *self, const struct host_profile *row)
{
    char *text = xasprintf("Forget the profile %s (%s)?", row->name, row->base_url);

    form_add_note(self->form, -1, STYLE_BOLD, text);
    free(text);
    form_add_gap(self->form);
    form_add_note(self->form, -1, STYLE_NORMAL, source_words(row->source));
    if (row->current) {
        form_add_note(self->form, -1, STYLE_WARN, "It is the one that is open: it is closed.");
    }
}

struct pane view_logout_new(struct ui *ui, const char *profile)
{
    struct logout *self = xcalloc(1, sizeof(*self));
    struct host_profile row;
    bool found = find_profile(ui, profile, &row);

    self->host = ui_host(ui);
    self->profile = text_cleaned(profile);
    self->form = form_new(2);
    if (found) {
        add_words(self, &row);
    } else {
        char *text = profile[0] == '\0' ? xstrdup("No profile is chosen.")
                                        : xasprintf("No profile is called %s.", self->profile);

        form_add_note(self->form, -1, STYLE_WARN, text);
        free(text);
    }
    form_add_gap(self->form);
    form_add_button(self->form, CANCEL, found ? "Cancel" : "Close");
    if (found) {
        form_add_button(self->form, FORGET, "Log out");
        form_beside(self->form);
    }
    form_set_focus(self->form, CANCEL);
    return (struct pane){&OPS, self};
}
