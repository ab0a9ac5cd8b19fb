/* The review of a revocation. The key is read again; what will be sent is shown; Cancel has the
 * focus. Enter on the Revoke button is the one thing that sends, and the button waits until writes
 * are armed, the reason is there and the phrase from the mask was typed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/text.h"
#include "ui/ui.h"
#include "ui/views/revoke_internal.h"
#include "ui/views/views.h"
#include "ui/views/where.h"

#include "base/banned.h"

#define LABELS 11

/* The operation, when it is that of this dialog: there is one at a time. */
static void look(const struct revoke *self, struct host_operation *out)
{
    self->host->ops->operation(self->host->ctx, out);
    if (out->phase != OP_NONE &&
        (out->target_id == NULL || strcmp(out->target_id, self->key_id) != 0)) {
        out->phase = OP_NONE;
    }
}

/* Nothing is sent yet and nothing under way that could end by itself. */
static bool may_read_again(enum op_phase phase)
{
    return phase == OP_NONE || phase == OP_REVIEW || phase == OP_BLOCKED || phase == OP_REFUSED ||
           phase == OP_UNKNOWN;
}

static bool under_way(enum op_phase phase)
{
    return phase == OP_SENDING || phase == OP_PROVING || phase == OP_LOST;
}

bool revoke_in_motion(enum op_phase phase)
{
    return under_way(phase) || phase == OP_READING;
}

static void start_review(struct revoke *self)
{
    struct err err = {0};

    self->phase = OP_NONE;
    self->start = (struct err){0};
    if (!self->host->ops->revoke_review(self->host->ctx, self->key_id, &err)) {
        self->start = err;
        if (err.kind == ERR_NONE) {
            err_set(&self->start, ERR_INTERNAL, "The review could not begin.");
        }
    }
}

/* -- what is shown: worked out before drawing -- */

static int key_row(const struct revoke *self, const struct inventory *inv)
{
    return inv == NULL ? -1 : inventory_find_key(inv, inventory_find_id(inv, self->key_id));
}

/* Searching every key is not for every key press; while the list still grows it would not be true
 * either. */
static void find_twins(struct revoke *self, const struct inventory *inv, size_t row)
{
    struct buf text;

    if (self->twins_known && self->twins_of == inv->generation) {
        return;
    }
    buf_init(&text, 0);
    if (inv->lists[LIST_KEYS].progress == PROGRESS_LOADING) {
        buf_adds(&text, "? the list of keys is still being read");
    } else {
        revoke_twins(inv, row, &text);
        self->twins_known = true;
        self->twins_of = inv->generation;
    }
    xreplace(&self->twins, text.data);
    buf_done(&text);
}

/* A review has come: what changed since the operator looked last, and from now on this is what was
 * looked at. A phrase that was typed for another state of the key counts no more. */
static void new_review(struct revoke *self, const struct host_operation *op,
                       const struct field_context *ctx, size_t row)
{
    struct revoke_seen now = {0};
    struct buf text;

    revoke_seen_take(&now, ctx, row);
    buf_init(&text, 0);
    if (op->changed && revoke_seen_diff(&self->seen, &now, &text) == 0) {
        buf_adds(&text, "something that is not shown here\n");
    }
    xreplace(&self->changes, text.data);
    buf_done(&text);
    revoke_seen_done(&self->seen);
    self->seen = now;
    if (op->changed) {
        xreplace(&self->typed, "");
        self->i_know = false;
        self->scroll = 0;
    }
}

static void follow_phase(struct revoke *self, const struct host_operation *op,
                         const struct field_context *ctx, int row)
{
    if (op->phase == self->phase) {
        return;
    }
    self->phase = op->phase;
    if (op->phase == OP_REVIEW && row >= 0) {
        new_review(self, op, ctx, (size_t)row);
    }
}

static void shown(void *pane, struct ui *ui)
{
    struct revoke *self = pane;
    struct field_context ctx = ui_context(ui);
    struct host_operation op;
    struct host_session session;
    int row = key_row(self, ctx.inv);

    look(self, &op);
    follow_phase(self, &op, &ctx, row);
    /* When the key is gone its page stays as it was. */
    if (row >= 0) {
        find_twins(self, ctx.inv, (size_t)row);
        xreplace(&self->name, inventory_clean(ctx.inv, ctx.inv->keys[row].name));
        doc_clear(self->target);
        revoke_target(&ctx, (size_t)row, self->target);
        where_line(ui, "Org", self->target);
        if (op.phase == OP_REVIEW) {
            doc_text(self->target, STYLE_BOLD, "%s %s", op.method, op.path);
        }
        revoke_facts(&ctx, (size_t)row, self->twins, doc_two_columns(ui_body(ui).width - 2),
                     self->facts);
    }
    ui_session(ui, &session);
    revoke_words(&op, &self->start, self->changes, &self->seen, ctx.now, session.armed,
                 self->request);
    revoke_update_form(self, ui, &op);
}

static bool prepare(void *pane, struct ui *ui)
{
    shown(pane, ui);
    return false;
}

/* -- keys -- */

static enum pane_result leave(struct ui *ui, const struct host_operation *op)
{
    if (under_way(op->phase)) {
        ui_message(ui, false, "It goes on: its end is said here, and the journal has it.");
    } else if (op->phase == OP_REVIEW || op->phase == OP_READING) {
        ui_message(ui, false, "Nothing was sent.");
    }
    return PANE_CLOSE;
}

static void send(struct revoke *self, struct ui *ui, const struct host_operation *op)
{
    struct err err = {0};
    struct buf why;

    buf_init(&why, 0);
    if (!revoke_ready(self, ui, op, &why)) {
        ui_message(ui, true, "Nothing was sent: %s.", why.data);
    } else if (!self->host->ops->revoke_send(self->host->ctx, self->typed, self->reason,
                                             self->i_know, &err)) {
        ui_message(ui, true, "%s", err.text);
    }
    buf_done(&why);
}

/* A letter while a button has the focus, other than those that act here, is meant for the phrase:
 * the focus goes there with it. Nothing is sent from there. */
static void to_phrase(struct revoke *self, struct ui *ui, const struct host_operation *op,
                      const struct ui_event *event)
{
    bool letter = event->key == UI_KEY_CHAR &&
                  (ascii_is_letter(event->text[0]) || ascii_is_digit(event->text[0]));

    if (op->phase != OP_REVIEW || form_takes_text(self->form) || !letter ||
        strchr("rqyhl", event->text[0]) != NULL) {
        return;
    }
    form_set_focus(self->form, PHRASE);
    ui_message(ui, false, "What is typed goes into the phrase; nothing is sent from there.");
}

static enum pane_result form_key(struct revoke *self, struct ui *ui,
                                 const struct host_operation *op, const struct ui_event *event)
{
    int id = -1;

    to_phrase(self, ui, op, event);
    /* Enter alone presses Revoke; a space there is nothing. */
    if (form_focus(self->form) == REVOKE && event->key == UI_KEY_CHAR &&
        strcmp(event->text, " ") == 0) {
        return PANE_HANDLED;
    }
    if (form_focus(self->form) == REVOKE && event->key == UI_KEY_ENTER) {
        send(self, ui, op);
        return PANE_HANDLED;
    }
    /* The next field is Cancel: Enter twice after the phrase would drop all that was typed. */
    if (form_focus(self->form) == PHRASE && event->key == UI_KEY_ENTER) {
        ui_message(ui, false, "Tab goes on to the buttons.");
        return PANE_HANDLED;
    }
    switch (form_event(self->form, event, &id)) {
    case FORM_IGNORED:
        return PANE_IGNORED;
    case FORM_PRESSED:
        return id == CANCEL ? leave(ui, op) : PANE_HANDLED;
    case FORM_CHANGED:
        revoke_take_values(self, ui, op);
        return PANE_HANDLED;
    default:
        return PANE_HANDLED;
    }
}

/* Whatever could be meant for the form that is to come: all but what leaves, scrolls, or is the
 * terminal's own. */
static bool may_be_typed_ahead(const struct ui_event *event)
{
    switch (event->key) {
    case UI_KEY_ESC:
    case UI_KEY_PAGE_UP:
    case UI_KEY_PAGE_DOWN:
    case UI_KEY_MOUSE:
        return false;
    case UI_KEY_CTRL:
        return strchr("clz\\", event->number) == NULL;
    default:
        return true;
    }
}

static enum pane_result event(void *pane, struct ui *ui, const struct ui_event *event)
{
    struct revoke *self = pane;
    struct host_operation op;
    enum pane_result result;

    look(self, &op);
    if (event->key == UI_KEY_ESC) {
        return leave(ui, &op);
    }
    if (event->key == UI_KEY_PAGE_DOWN || event->key == UI_KEY_PAGE_UP) {
        revoke_scroll(self, ui, event->key == UI_KEY_PAGE_DOWN ? 1 : -1);
        return PANE_HANDLED;
    }
    /* While it is read there is no field yet: what is typed ahead is meant for one, and must not
     * act on the console behind. */
    if (revoke_in_motion(op.phase) && may_be_typed_ahead(event)) {
        return PANE_HANDLED;
    }
    result = form_key(self, ui, &op, event);
    if (result != PANE_IGNORED) {
        return result;
    }
    if (event->key == UI_KEY_PASTE) {
        ui_message(ui, true, "What was pasted went nowhere: Tab to a field first.");
        return PANE_HANDLED; /* data for a field, and no field has the focus */
    }
    /* Letters while no text field has the focus: ! and ? are the console's, r and y come back as
     * actions, q would end the program. */
    if (event->key == UI_KEY_CHAR && strcmp(event->text, "q") == 0) {
        return leave(ui, &op);
    }
    return PANE_IGNORED;
}

static bool can(const void *pane, const struct ui *ui, enum action action, char *why, size_t size)
{
    struct host_operation op;

    (void)ui;
    look(pane, &op);
    if (action == ACTION_REFRESH && !may_read_again(op.phase)) {
        snprintf(why, size, "%s",
                 op.phase == OP_READING ? "the key is being read"
                 : under_way(op.phase)  ? "the revocation is under way"
                                        : "the key is revoked");
        return false;
    }
    return action == ACTION_REFRESH || action == ACTION_COPY;
}

static enum pane_result act(void *pane, struct ui *ui, enum action action)
{
    struct revoke *self = pane;

    if (action == ACTION_COPY) {
        ui_copy(ui, self->key_id, false);
        return PANE_HANDLED;
    }
    if (action == ACTION_REFRESH) {
        start_review(self);
        shown(self, ui);
        return PANE_HANDLED;
    }
    return PANE_IGNORED;
}

/* -- the frame, life -- */

static void title(const void *pane, const struct ui *ui, struct buf *out)
{
    const struct revoke *self = pane;

    (void)ui;
    buf_addf(out, "Revoke %s", self->name[0] == '\0' ? self->key_id : self->name);
}

static bool state(const void *pane, const struct ui *ui, struct buf *out)
{
    struct host_operation op;

    (void)ui;
    look(pane, &op);
    switch (op.phase) {
    case OP_REVIEW:
        buf_adds(out, "Nothing has been sent. Cancel has the focus at first.");
        return false;
    case OP_NONE:
    case OP_BLOCKED:
    case OP_READING:
        buf_adds(out, "Nothing has been sent.");
        return false;
    case OP_SENDING:
    case OP_PROVING:
    case OP_LOST:
        buf_adds(out, "It was sent. Esc leaves; what was sent goes on to its end.");
        return true;
    default:
        return false;
    }
}

static void hints(const void *pane, const struct ui *ui, struct buf *out)
{
    const struct revoke *self = pane;
    struct host_operation op;

    look(self, &op);
    if (revoke_in_motion(op.phase)) {
        buf_adds(out, "Esc leave");
    } else if (form_takes_text(self->form)) {
        buf_adds(out, "Tab next   S-Tab back   ^U empty   PgDn more   Esc cancel");
    } else if (op.phase == OP_REVIEW) {
        buf_addf(out, "Tab move  Enter press  ! %s  r read again  y copy id  ? help  Esc cancel",
                 ui_armed(ui) ? "disarm" : "arm");
    } else {
        buf_addf(out, "Enter close   Esc close%s",
                 may_read_again(op.phase) ? "   r read again" : "");
    }
}

static void revoke_free(void *pane)
{
    struct revoke *self = pane;

    self->host->ops->close_operation(self->host->ctx);
    form_free(self->form);
    free(self->form_of);
    free(self->reason);
    free(self->typed);
    doc_free(self->target);
    doc_free(self->facts);
    doc_free(self->request);
    revoke_seen_done(&self->seen);
    free(self->changes);
    free(self->twins);
    free(self->name);
    free(self->key_id);
    free(self);
}

static const struct pane_ops OPS = {
    .name = "revoke",
    .draw = revoke_draw,
    .event = event,
    .act = act,
    .can = can,
    .prepare = prepare,
    .title = title,
    .shown = shown,
    .modal = true,
    .full_screen = true,
    .free = revoke_free,
    .state = state,
    .hints = hints,
};

struct pane view_revoke_new(struct ui *ui, const char *key_id)
{
    struct revoke *self = xcalloc(1, sizeof(*self));
    struct field_context ctx = ui_context(ui);
    int row;

    self->host = ui_host(ui);
    self->key_id = xstrdup(key_id);
    self->name = xstrdup("");
    self->changes = xstrdup("");
    self->twins = xstrdup("");
    self->target = doc_new(LABELS);
    self->facts = doc_new(LABELS);
    self->request = doc_new(LABELS);
    self->reason = xstrdup(ui_kept_reason(ui, key_id));
    self->typed = xstrdup("");
    self->form_of = xstrdup("");
    /* What the list shows now is what the first reading is compared with. */
    row = key_row(self, ctx.inv);
    if (row >= 0) {
        revoke_seen_take(&self->seen, &ctx, (size_t)row);
    }
    start_review(self);
    shown(self, ui);
    return (struct pane){&OPS, self};
}
