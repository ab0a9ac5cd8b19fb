/* The last step: the request as it will be sent, the button that sends it, and what became of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/scroll.h"
#include "ui/views/create_internal.h"

#include "base/banned.h"

/* -- the request -- */

static int field_of_name(const char *name)
{
    for (int i = 0; i < DRAFT_FIELD_COUNT; i++) {
        if (name[0] != '\0' && strcmp(name, draft_field_name((enum draft_field)i)) == 0) {
            return i;
        }
    }
    return -1;
}

/* What is reviewed is what is sent: days become a time once, when the review opens. */
static struct key_draft fixed(const struct create *create)
{
    struct key_draft out = create->draft;
    char text[TIME_TEXT_SIZE];
    int64_t at;

    if (draft_expires_at(&out, create->reviewed_at, &at) && at != TIME_NONE) {
        time_format(at, text);
        snprintf(out.expires, sizeof(out.expires), "%s", text);
    }
    return out;
}

void create_review(struct create *create)
{
    const struct host *host = ui_host(create->ui);
    struct err err = {0};
    struct key_draft draft;

    create->reviewed = false;
    create->reviewed_at = ui_now(create->ui);
    create->trouble = err;
    create->scroll = 0;
    if (create->check.errors > 0) {
        return;
    }
    draft = fixed(create);
    create->reviewed = host->ops->create_review(host->ctx, &draft, &err);
    create->trouble = err;
}

/* -- the room -- */

#define STEPS_FROM 12 /* lines of the body: below, the steps give way to the target */
#define FORM_LEAST 2  /* the buttons and what they wait for */

struct layout {
    int target, page, form; /* lines of each; lines between them are apart */
    bool whole;             /* all of the target is seen, and the buttons */
};

struct rect create_review_area(struct rect body)
{
    int steps = body.height < STEPS_FROM ? 0 : 2;

    return (struct rect){body.x + 1, body.y + steps, body.width > 2 ? body.width - 2 : 1,
                         body.height - steps};
}

static struct layout lay_out(const struct create *create, struct rect area)
{
    struct layout out = {.target = doc_lines(create->target, area.width),
                         .form = form_lines(create->form, area.width)};
    int least = out.form < FORM_LEAST ? out.form : FORM_LEAST;
    int left;

    out.whole = area.height >= out.target + 1 + least;
    /* A low window: the buttons stay, and say why they are shut. */
    if (!out.whole) {
        out.form = out.form < area.height ? out.form : area.height;
        out.target = area.height - out.form;
        return out;
    }
    left = area.height - out.target - 1;
    out.form = out.form < left ? out.form : left;
    out.page = left - out.form - 1;
    out.page = out.page < 0 ? 0 : out.page;
    return out;
}

/* Why Create cannot be pressed now; "" when it can. */
static void send_why(const struct create *create, char *why, size_t size)
{
    struct host_session session;

    ui_session(create->ui, &session);
    why[0] = '\0';
    if (strcmp(session.profile, create->profile) != 0) {
        snprintf(why, size, "another organisation is open now: this draft is for %s",
                 create->profile);
    } else if (!lay_out(create, create_review_area(ui_body(create->ui))).whole) {
        snprintf(why, size, "make the window taller: what is made has to be seen");
    } else if (create->check.errors > 0) {
        snprintf(why, size, "%d %s not right yet", create->check.errors,
                 create->check.errors == 1 ? "thing is" : "things are");
    } else if (!create->reviewed) {
        snprintf(why, size, "%s",
                 create->trouble.text[0] == '\0' ? "there is no review yet" : create->trouble.text);
    } else if (session.writing_left) {
        snprintf(why, size, "%s: wait for its end", session.writing);
    } else if (!session.armed) {
        snprintf(why, size, "read-only: press ! first, it lets writes through");
    }
}

/* -- the form -- */

static void build_lost(struct create *create)
{
    struct host_operation op;

    create_operation(create, &op);
    form_add_button(create->form, F_CANCEL, "Leave");
    if (op.candidates == 1) {
        form_add_button(create->form, F_LOOK, "Look at it");
        form_beside(create->form);
    } else if (op.candidates == 0 && (op.new_id == NULL || op.new_id[0] == '\0')) {
        form_add_button(create->form, F_SEND, "Look again, then send again");
        form_beside(create->form);
    }
}

void create_build_review(struct create *create)
{
    if (create->mode == MODE_LOST) {
        build_lost(create);
    } else if (create->mode == MODE_FILL) {
        form_add_button(create->form, F_CANCEL, "Cancel");
        form_add_button(create->form, F_SEND, "Create");
        form_beside(create->form);
    }
    form_set_focus(create->form, F_CANCEL);
}

/* Told to send: from now on the operation says what is shown. */
static void sent(struct create *create, bool accepted, const struct err *err)
{
    if (!accepted) {
        create->trouble = *err;
        ui_message(create->ui, true, "%s", err->text);
        return;
    }
    create->sent = true;
    create->mode = MODE_WAIT;
    snprintf(create->made_name, sizeof(create->made_name), "%s", create->draft.name);
    create_build(create);
    create_follow(create);
}

static void press_send(struct create *create)
{
    const struct host *host = ui_host(create->ui);
    struct err err = {0};
    char why[1100];

    if (create->mode == MODE_LOST) {
        sent(create, host->ops->create_again(host->ctx, &err), &err);
        return;
    }
    send_why(create, why, sizeof(why));
    if (why[0] == '\0') {
        sent(create, host->ops->create_send(host->ctx, &err), &err);
    }
}

void create_press_review(struct create *create, int id)
{
    if (id == F_SEND) {
        press_send(create);
    }
}

/* -- what became of it -- */

static void on_refused(struct create *create, const struct err *err)
{
    /* Only what the server named goes to a field: a 403 tells of the operator's key, not of the new
     * one, though it speaks of scopes. */
    int field = err->kind == ERR_FORBIDDEN ? -1 : field_of_name(err->field);
    struct draft_problem problem = {.field = DRAFT_KIND};

    /* This runs inside the operation's own callback: no other review may be asked for here. It can
     * be sent again as it is. */
    create->mode = MODE_FILL;
    create->refused_field = field;
    create->unsent = err->source == ERR_FROM_NOBODY;
    snprintf(create->refused, sizeof(create->refused), "%s", err->text);
    create->scroll = 0;
    ui_message(create->ui, true,
               create->unsent ? "Nothing was sent." : "Refused: nothing was made.");
    if (field < 0) {
        create_build(create);
        return;
    }
    problem.field = (enum draft_field)field;
    create_go(create, create_step_of(problem.field));
    if (create_id_of(create, &problem) >= 0) {
        form_set_focus(create->form, create_id_of(create, &problem));
    }
}

static void set_mode(struct create *create, enum create_mode mode)
{
    if (create->mode != mode) {
        create->mode = mode;
        create->asked = false;
        create->scroll = 0;
        create_build(create);
    }
}

void create_follow(struct create *create)
{
    struct host_operation op;

    if (!create->sent) {
        return;
    }
    create_operation(create, &op);
    if (op.phase == OP_DONE ||
        ((op.phase == OP_PROVING || op.phase == OP_UNKNOWN) && op.new_key != NULL)) {
        set_mode(create, MODE_SECRET);
        return;
    }
    switch (op.phase) {
    case OP_UNKNOWN:
        set_mode(create, MODE_LOST);
        break;
    case OP_REFUSED:
        create->sent = false;
        on_refused(create, &op.error);
        break;
    case OP_BLOCKED:
    case OP_NONE:
    case OP_REVIEW:
        create->sent = false;
        create->trouble = op.error;
        create->reviewed = op.phase != OP_NONE;
        set_mode(create, MODE_FILL);
        if (op.error.text[0] != '\0' && create->reviewed) {
            ui_message(create->ui, true, "Nothing was sent.");
        } else if (op.error.text[0] != '\0') {
            ui_message(create->ui, true, "%s", op.error.text);
        }
        break;
    default:
        set_mode(create, MODE_WAIT);
        break;
    }
}

/* -- drawing -- */

void create_write_page(struct create *create, struct rect area)
{
    char why[1100];

    create_write_target(create);
    create_write_review(create);
    if (create->mode != MODE_WAIT && create->mode != MODE_LOST && form_has(create->form, F_SEND)) {
        send_why(create, why, sizeof(why));
        form_set_disabled(create->form, F_SEND, why);
    }
    create->scroll = scroll_limit(create->scroll, lay_out(create, area).page,
                                  doc_lines(create->page, area.width));
}

void create_draw_review(const struct create *create, struct canvas *canvas, struct rect area)
{
    struct layout lay = lay_out(create, area);
    int lines = doc_lines(create->page, area.width);
    int scroll = scroll_limit(create->scroll, lay.page, lines);
    int y = area.y;

    if (lay.target > 0) {
        doc_draw(create->target, canvas, (struct rect){area.x, y, area.width, lay.target}, 0);
    }
    y += lay.target;
    if (lay.page > 0) {
        canvas_hline(canvas, area.x, y++, area.width);
        doc_draw(create->page, canvas, (struct rect){area.x, y, area.width, lay.page}, scroll);
        y += lay.page;
    }
    if (lay.whole) {
        canvas_hline(canvas, area.x, y, area.width);
        if (lines > lay.page && lay.page > 0) {
            canvas_textf(canvas, area.x + 2, y, STYLE_DIM, " lines %d-%d of %d, Up Down ",
                         scroll + 1, scroll + lay.page > lines ? lines : scroll + lay.page, lines);
        }
        y++;
    }
    form_draw(create->form, canvas, (struct rect){area.x, y, area.width, lay.form}, true);
}
