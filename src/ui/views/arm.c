/* Writes are let through after this: it says for how long, and takes the reason that production
 * asks for. */
#include <string.h>

#include "model/tag.h"
#include "ui/views/dialog.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define REASON_MAX 190

enum field { REASON, ARM, CANCEL };

static bool required(const struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    return tag_is_production(session.tag);
}

static void say_armed(struct ui *ui)
{
    ui_message(ui, false,
               "Armed for ten minutes: writes go through after their review. ! ends it.");
}

static bool refuse(struct form *form, const char *words)
{
    form_set_problem(form, REASON, true, words);
    form_set_focus(form, REASON);
    return false;
}

static bool arm(struct dialog *dialog, struct ui *ui)
{
    const struct host *host = ui_host(ui);
    const char *reason = form_text(dialog->form, REASON);
    struct err err = {0};

    if (required(ui) && !reason_is_given(reason)) {
        return refuse(dialog->form, "production asks why: a ticket or a sentence.");
    }
    if (!host->ops->arm(host->ctx, reason, &err)) {
        return refuse(dialog->form, err.text);
    }
    say_armed(ui);
    return true;
}

static const struct dialog_kind KIND = {
    .title = "Arm writes",
    .hints = "Enter arm   Tab move   Esc stay read-only",
    .go = ARM,
    .enter = REASON,
    .act = arm,
};

static const struct pane_ops OPS = DIALOG_OPS("arm");

static struct pane arm_new(struct ui *ui)
{
    struct dialog *dialog = dialog_new(&KIND, 18);
    struct form *form = dialog->form;

    form_add_note(form, -1, STYLE_NORMAL,
                  "Writes go through for ten minutes, each after its review. ! ends it sooner; so "
                  "does leaving.");
    form_add_gap(form);
    form_add_text(form, REASON, required(ui) ? "Reason (required)" : "Reason", REASON_MAX, 0);
    form_add_gap(form);
    form_add_button(form, ARM, "Arm");
    form_add_button(form, CANCEL, "Cancel");
    form_beside(form);
    form_set_focus(form, REASON);
    return (struct pane){&OPS, dialog};
}

void view_arm(struct ui *ui)
{
    const struct host *host = ui_host(ui);
    struct host_session session;
    struct err err = {0};

    ui_session(ui, &session);
    if (session.armed) {
        host->ops->disarm(host->ctx);
        ui_message(ui, false, "Read-only again.");
    } else if (session.tag[0] != '\0' || !host->ops->arm(host->ctx, "", &err)) {
        ui_push(ui, arm_new(ui));
    } else {
        say_armed(ui);
    }
}
