/* Leaving the wizard, and what becomes of its draft: kept, brought back, thrown away. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/access.h"
#include "ui/views/create_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

/* -- leaving -- */

static void wipe_secret(struct create *create)
{
    const struct host *host = ui_host(create->ui);

    host->ops->forget_secret(host->ctx);
    host->ops->close_operation(host->ctx);
    host->ops->save_draft(host->ctx, create->profile, NULL);
    create->sent = false;
    create->changed = false;
    create->reviewed = false;
    create->mode = MODE_FILL;
}

static bool ask_first(struct create *create, const char *sentence)
{
    if (create->asked) {
        return false;
    }
    create->asked = true;
    ui_message(create->ui, true, "%s", sentence);
    return true;
}

static void keep_draft(struct create *create)
{
    const struct host *host = ui_host(create->ui);
    struct host_operation op;
    const char *first = "", *until = ": n brings it back.";

    create_operation(create, &op);
    if (create->mode == MODE_WAIT && op.phase == OP_READING) {
        first = "Nothing was sent. ";
    } else if (create->mode == MODE_WAIT) {
        first = "The request was sent and goes on; its end is said here. ";
        until = " until the key is made.";
    }
    if (create->reviewed || create->sent) {
        host->ops->close_operation(host->ctx);
        create->reviewed = false;
        create->sent = false;
    }
    if (create->changed || create->restored) {
        host->ops->save_draft(host->ctx, create->profile, &create->draft);
        ui_message(create->ui, false, "%sThe draft is kept%s", first, until);
    }
}

/* Would leaving lose the secret? Then it is asked about, once. */
bool create_asks(struct create *create, const char *how)
{
    struct host_operation op;
    char text[200];

    create_operation(create, &op);
    if (create->mode == MODE_SECRET && !create->taken && op.new_key != NULL) {
        snprintf(text, sizeof(text),
                 "The secret was not taken: leaving wipes it for good. %s again leaves.", how);
        return ask_first(create, text);
    }
    /* Before it is sent there is nothing to lose. */
    if (create->mode == MODE_WAIT && op.phase != OP_READING) {
        snprintf(text, sizeof(text),
                 "The request was sent: leaving now loses the secret of the new key. %s again "
                 "leaves.",
                 how);
        return ask_first(create, text);
    }
    return false;
}

/* A draft lives as long as the program. */
bool create_asks_to_end(struct create *create)
{
    if (create_asks(create, "Ctrl-C")) {
        return true;
    }
    return create->mode == MODE_FILL && (create->changed || create->restored) &&
           ask_first(create,
                     "portcullis would end, and the draft with it: Esc leaves and keeps the "
                     "draft. Ctrl-C again ends.");
}

/* The palette line that puts the cursor of the list of keys on the new one (gives); NULL where that
 * list is not what is seen next. */
static char *select_made(const struct create *create)
{
    const struct host *host = ui_host(create->ui);
    struct host_operation op;

    host->ops->operation(host->ctx, &op);
    if (ui_list(create->ui) != LIST_KEYS || op.new_id == NULL || op.new_id[0] == '\0') {
        return NULL;
    }
    return xasprintf("select %s", op.new_id);
}

/* Keeps the draft, or asks first when something would be lost. */
enum pane_result create_leave(struct create *create)
{
    if (create_asks(create, "Esc")) {
        return PANE_HANDLED;
    }
    create_secret_seen(create);
    if (create->mode == MODE_SECRET) {
        char *select = select_made(create);

        wipe_secret(create);
        /* Of one that nobody took the session tells the result. */
        if (create->taken) {
            ui_message(create->ui, false, "%s was made; its secret is wiped here.",
                       create->made_name);
        }
        if (select != NULL) {
            ui_command_later(create->ui, select);
        }
        free(select);
        return PANE_CLOSE;
    }
    keep_draft(create);
    return PANE_CLOSE;
}

/* Whose it is a person has to find out: its detail, from which it can be revoked too. The draft
 * waits for the next try. */
enum pane_result create_look_at_candidate(struct create *create)
{
    struct host_operation op;
    char *id;

    create_operation(create, &op);
    if (op.candidate_id == NULL || op.candidate_id[0] == '\0') {
        return PANE_HANDLED;
    }
    id = xstrdup(op.candidate_id);
    keep_draft(create);
    ui_push(create->ui, view_key_new(create->ui, id));
    free(id);
    return PANE_CLOSE;
}

/* -- a draft -- */

static enum key_kind first_kind(const struct ui *ui)
{
    static const enum key_kind kinds[] = {KEY_WORKSPACE_SERVICE, KEY_WORKSPACE_USER,
                                          KEY_ORGANISATION_SERVICE};
    const struct inventory *inv = ui_inventory(ui);

    for (size_t i = 0; inv != NULL && i < sizeof(kinds) / sizeof(*kinds); i++) {
        const char *missing;

        if (access_may(inv, endpoint_create(kinds[i]), kinds[i], &missing) != ANSWER_NO) {
            return kinds[i];
        }
    }
    return KEY_WORKSPACE_SERVICE;
}

void create_fresh(struct create *create)
{
    draft_init(&create->draft, first_kind(create->ui));
    snprintf(create->draft.expires, sizeof(create->draft.expires), "90d");
    create->touched = 0;
    create->changed = false;
    create->restored = false;
    create->refused_field = -1;
    create->refused[0] = '\0';
    line_set(&create->grid.filter, "");
    grid_set_kind(&create->grid, KEY_KIND_UNKNOWN);
    grid_set_kind(&create->grid, create->draft.kind);
}

/* Alt-D, twice: a draft that was typed is not thrown away by a slip. */
bool create_throw_away(struct create *create, const struct ui_event *what)
{
    const struct host *host = ui_host(create->ui);
    bool again = create->start_over_asked;

    create->start_over_asked = false;
    if (what->key != UI_KEY_ALT || what->number != 'd' || create->mode != MODE_FILL ||
        !(create->changed || create->restored)) {
        return false;
    }
    if (!again) {
        create->start_over_asked = true;
        ui_message(create->ui, true, "Throw the draft away? Alt-D again does it.");
        return true;
    }
    if (create->reviewed) {
        host->ops->close_operation(host->ctx);
        create->reviewed = false;
    }
    host->ops->save_draft(host->ctx, create->profile, NULL);
    create_fresh(create);
    create->step = STEP_KIND;
    form_set_focus(create->form, -1);
    create_build(create);
    ui_message(create->ui, false, "Thrown away. This is a new draft.");
    return true;
}
