/* The form of the revoke dialog: the reason, the phrase, the two buttons, and what the Revoke
 * button still waits for. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/tag.h"
#include "ui/views/revoke_internal.h"

#include "base/banned.h"

#define LABELS_MIN 18
#define REASON_MAX 200
#define PHRASE_MAX 100

static bool blank(const char *text)
{
    return text[strspn(text, " ")] == '\0';
}

/* The phrase, or its begin as it is typed, in the field above it. */
static bool phrase_is_reason(const struct revoke *self, const struct host_operation *op)
{
    char *phrase = xasprintf("REVOKE %s", op->phrase == NULL ? "" : op->phrase);
    const char *reason = self->reason + strspn(self->reason, " ");
    size_t len = strlen(reason);

    while (len > 0 && reason[len - 1] == ' ') {
        len--;
    }
    bool is = len >= strlen("REVOKE") && strncmp(phrase, reason, len) == 0;

    free(phrase);
    return is;
}

enum typed { TYPED_NOTHING, TYPED_PART, TYPED_WRONG, TYPED_ALL };

/* How far what was typed is the phrase. */
static enum typed phrase_typed(const struct revoke *self, const struct host_operation *op)
{
    char *phrase = xasprintf("REVOKE %s", op->phrase == NULL ? "" : op->phrase);
    size_t len = strlen(self->typed);
    enum typed out = TYPED_WRONG;

    if (len == 0) {
        out = TYPED_NOTHING;
    } else if (strcmp(phrase, self->typed) == 0) {
        out = op->phrase == NULL || op->phrase[0] == '\0' ? TYPED_WRONG : TYPED_ALL;
    } else if (strncmp(phrase, self->typed, len) == 0) {
        out = TYPED_PART;
    }
    free(phrase);
    return out;
}

static void missing(struct buf *out, const char *what)
{
    buf_adds(out, out->len > 0 ? "; " : "");
    buf_adds(out, what);
}

/* True when nothing is missing; else out says what. */
bool revoke_ready(const struct revoke *self, const struct ui *ui, const struct host_operation *op,
                  struct buf *out)
{
    static const char *const PHRASE_WORDS[] = {
        [TYPED_NOTHING] = "phrase not typed",
        [TYPED_PART] = "phrase not typed to its end",
        [TYPED_WRONG] = "phrase does not match",
    };
    enum typed typed = phrase_typed(self, op);
    struct host_session session;

    if (op->phase != OP_REVIEW) {
        missing(out, "there is no review");
        return false;
    }
    if (!revoke_all_seen(self, ui)) {
        missing(out, "make the window taller: what is revoked has to be seen");
        return false;
    }
    ui_session(ui, &session);
    if (session.writing_left) {
        missing(out, session.writing);
        buf_adds(out, ": wait for its end");
    }
    if (!session.armed) {
        missing(out, form_takes_text(self->form) ? "read-only (! on Cancel arms)"
                                                 : "read-only (! arms)");
    }
    if (!tag_takes_reason(session.tag, self->reason)) {
        missing(out, "reason missing");
    }
    if (phrase_is_reason(self, op)) {
        missing(out, "the phrase stands in the field of the reason");
    }
    if (op->needs_own_override && !self->i_know) {
        missing(out, "box not ticked");
    }
    if (typed != TYPED_ALL) {
        missing(out, PHRASE_WORDS[typed]);
    }
    return out->len == 0;
}

/* -- the fields and buttons -- */

static const char *cancel_label(enum op_phase phase)
{
    return phase == OP_REVIEW ? "Cancel" : "Close";
}

static void add_review(struct revoke *self, const struct host_operation *op, const char *phrase,
                       bool production)
{
    struct form *form = self->form;

    form_add_text(form, REASON, production ? "Reason (required)" : "Reason", REASON_MAX, 0);
    form_set_text(form, REASON, self->reason);
    form_add_text(form, PHRASE, phrase, PHRASE_MAX, 0);
    form_set_text(form, PHRASE, self->typed);
    if (op->needs_own_override) {
        form_add_check(form, KNOW, "Your own key: ?", "I know this is not my key");
        form_set_checked(form, KNOW, self->i_know);
    }
}

/* The form is made anew only when it is another: the focus stays where it is, but for a new review
 * it is on Cancel. */
static void build_form(struct revoke *self, const struct ui *ui, const struct host_operation *op)
{
    char *phrase = xasprintf("Type REVOKE %s", op->phrase == NULL ? "" : op->phrase);
    struct host_session session;
    char *form_of;
    int width = text_width(phrase) + 1;

    ui_session(ui, &session);
    form_of = xasprintf("%d %d %d %s %s", op->phase, op->needs_own_override, op->changed, phrase,
                        session.tag);
    if (self->form == NULL || strcmp(self->form_of, form_of) != 0) {
        form_free(self->form);
        self->form = form_new(width < LABELS_MIN ? LABELS_MIN : width);
        xreplace(&self->form_of, form_of);
        if (op->phase == OP_REVIEW) {
            add_review(self, op, phrase, tag_is_production(session.tag));
        }
        if (!revoke_in_motion(op->phase)) {
            form_add_button(self->form, CANCEL, cancel_label(op->phase));
            form_set_focus(self->form, CANCEL);
        }
        if (op->phase == OP_REVIEW) {
            form_add_button(self->form, REVOKE, "Revoke");
            form_beside(self->form);
        }
    }
    free(form_of);
    free(phrase);
}

/* The reason that was given for arming is a good one for what is done while armed: it need not be
 * typed twice. */
static void take_reason(struct revoke *self, const struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    if (session.armed && !self->was_armed && blank(self->reason)) {
        xreplace(&self->reason, session.armed_reason);
        form_set_text(self->form, REASON, self->reason);
    }
    self->was_armed = session.armed;
}

/* What the button waits for stands under it. */
void revoke_update_form(struct revoke *self, const struct ui *ui, const struct host_operation *op)
{
    struct buf why;

    build_form(self, ui, op);
    if (op->phase != OP_REVIEW) {
        return;
    }
    take_reason(self, ui);
    buf_init(&why, 0);
    form_set_problem(self->form, REVOKE, false,
                     revoke_ready(self, ui, op, &why) ? "Enter on Revoke sends it, once." : "");
    form_set_disabled(self->form, REVOKE, why.data);
    form_set_problem(self->form, PHRASE, true,
                     phrase_typed(self, op) == TYPED_WRONG
                         ? "does not match: case counts, and so do blanks"
                         : "");
    form_set_problem(self->form, REASON, true,
                     phrase_is_reason(self, op) ? "that is the phrase: it goes into the next field"
                                                : "");
    buf_done(&why);
}

void revoke_take_values(struct revoke *self, struct ui *ui, const struct host_operation *op)
{
    xreplace(&self->reason, form_text(self->form, REASON));
    ui_keep_reason(ui, self->key_id, self->reason);
    xreplace(&self->typed, form_text(self->form, PHRASE));
    self->i_know = op->needs_own_override && form_checked(self->form, KNOW);
}
