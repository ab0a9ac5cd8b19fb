/* Writes are let through after this: it says for how long, and takes the reason that production
 * asks for. */
#include "ui/views/arm.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "ui/form.h"
#include "ui/ui.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define REASON_MAX 190
#define WIDTH 70

enum field { REASON, ARM, CANCEL };

struct arm {
    const struct host *host;
    struct form *form;
    bool required;
};

bool arm_needs_reason(const char *tag)
{
    return tag != NULL && (strncasecmp(tag, "prod", 4) == 0 || strcasecmp(tag, "live") == 0);
}

static void draw(const void *pane, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct arm *self = pane;
    int width = area.width < WIDTH ? area.width : WIDTH;
    struct rect inside =
        ui_dialog(canvas, area, width, form_lines(self->form, width - 4) + 2, "Arm writes");

    (void)ui;
    form_draw(self->form, canvas, inside, true);
}

/* False: it stays open, and says why. */
static bool try_arm(struct arm *self, struct ui *ui)
{
    struct err err = {0};
    const char *reason = form_text(self->form, REASON);

    if (self->required && reason[strspn(reason, " ")] == '\0') {
        form_set_problem(self->form, REASON, true, "production asks why: a ticket or a sentence.");
        form_set_focus(self->form, REASON);
        return false;
    }
    if (!self->host->ops->arm(self->host->ctx, reason, &err)) {
        form_set_problem(self->form, REASON, true, err.text);
        form_set_focus(self->form, REASON);
        return false;
    }
    ui_message(ui, false,
               "Armed for ten minutes: writes go through after their review. ! ends it.");
    return true;
}

static enum pane_result event(void *pane, struct ui *ui, const struct ui_event *event)
{
    struct arm *self = pane;
    bool in_reason = form_focus(self->form) == REASON;
    int id = -1;

    if (event->key == UI_KEY_ESC) {
        return PANE_CLOSE;
    }
    if (event->key == UI_KEY_ENTER && in_reason) {
        return try_arm(self, ui) ? PANE_CLOSE : PANE_HANDLED;
    }
    switch (form_event(self->form, event, &id)) {
    case FORM_PRESSED:
        return id == CANCEL || try_arm(self, ui) ? PANE_CLOSE : PANE_HANDLED;
    case FORM_CHANGED:
        form_clear_problems(self->form);
        return PANE_HANDLED;
    case FORM_HANDLED:
        return PANE_HANDLED;
    default:
        break;
    }
    if (event->key == UI_KEY_CHAR && strcmp(event->text, "q") == 0) {
        return PANE_CLOSE;
    }
    /* Pressed again, ! does not open this once more. */
    return event->key == UI_KEY_CHAR || event->key == UI_KEY_PASTE ? PANE_HANDLED : PANE_IGNORED;
}

static void title(const void *pane, const struct ui *ui, struct buf *out)
{
    (void)pane;
    (void)ui;
    buf_adds(out, "Arm writes");
}

static void hints(const void *pane, const struct ui *ui, struct buf *out)
{
    (void)pane;
    (void)ui;
    buf_adds(out, "Enter arm   Tab move   Esc stay read-only");
}

static void arm_free(void *pane)
{
    struct arm *self = pane;

    form_free(self->form);
    free(self);
}

static const struct pane_ops OPS = {
    .name = "arm",
    .draw = draw,
    .event = event,
    .title = title,
    .modal = true,
    .free = arm_free,
    .hints = hints,
};

struct pane view_arm_new(struct ui *ui)
{
    struct arm *self = xcalloc(1, sizeof(*self));
    struct host_session session;

    ui_session(ui, &session);
    self->host = ui_host(ui);
    self->required = arm_needs_reason(session.tag);
    self->form = form_new(18);
    form_add_note(self->form, -1, STYLE_NORMAL,
                  "Writes go through for ten minutes, each after its review. ! ends it sooner; so "
                  "does leaving.");
    form_add_gap(self->form);
    form_add_text(self->form, REASON, self->required ? "Reason (required)" : "Reason", REASON_MAX,
                  0);
    form_add_gap(self->form);
    form_add_button(self->form, ARM, "Arm");
    form_add_button(self->form, CANCEL, "Cancel");
    form_beside(self->form);
    form_set_focus(self->form, REASON);
    return (struct pane){&OPS, self};
}
