/* The last step: the request as it will be sent, the button that sends it, and what became of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "ui/scroll.h"
#include "ui/views/create_internal.h"
#include "ui/views/op_words.h"
#include "ui/views/where.h"

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
        form_add_button(create->form, F_REVOKE, "Review its revocation");
        form_beside(create->form);
    } else if (op.candidates == 0) {
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
    snprintf(create->refused, sizeof(create->refused), "%s", err->text);
    create->scroll = 0;
    ui_message(create->ui, true, "Refused: nothing was made.");
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
    if (op.phase == OP_DONE || (op.phase == OP_PROVING && op.new_key != NULL)) {
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

/* -- the page -- */

static void write_earlier(struct create *create)
{
    struct host_operation op;

    create_operation(create, &op);
    if (create->reviewed && op.earlier != NULL && op.earlier[0] != '\0') {
        doc_section(create->page, 0, "LOOK TWICE: SENT BEFORE");
        doc_text(create->page, STYLE_BAD, "%s", op.earlier);
    }
}

static void write_problems(struct create *create)
{
    static const char *const steps[STEP_COUNT] = {"1 Kind", "2 Identity", "3 Scopes", "4 Limits",
                                                  "5 Review"};
    const struct draft_check *check = &create->check;

    if (create->refused[0] != '\0') {
        doc_section(create->page, 0, "THE SERVER REFUSED");
        doc_text(create->page, STYLE_BAD, "%s", create->refused);
    }
    if (create->reviewed && create->trouble.text[0] != '\0') {
        doc_section(create->page, 0, "NOTHING WAS SENT");
        doc_text(create->page, STYLE_BAD, "%s", create->trouble.text);
    }
    if (check->errors > 0) {
        doc_section(create->page, 0, "NOT RIGHT YET");
    }
    for (int severity = DRAFT_ERROR; severity >= DRAFT_WARN; severity--) {
        if (severity == DRAFT_WARN && check->count > check->errors) {
            doc_section(create->page, 0, "LOOK TWICE");
        }
        for (int i = 0; i < check->count; i++) {
            const struct draft_problem *problem = &check->problems[i];

            if ((int)problem->severity == severity) {
                doc_field(create->page, steps[create_step_of(problem->field)],
                          severity == DRAFT_ERROR ? STYLE_BAD : STYLE_WARN, "%s%s",
                          severity == DRAFT_ERROR ? "error: " : "", problem->text);
            }
        }
    }
}

static void field_to(struct doc *doc, const char *label, enum style style, struct buf *words)
{
    char *clean = text_cleaned(words->data);

    doc_field(doc, label, style, "%s", clean[0] == '\0' ? "-" : clean);
    free(clean);
    buf_clear(words);
}

static void page_field(struct create *create, const char *label, struct buf *words)
{
    field_to(create->page, label, STYLE_NORMAL, words);
}

/* What is made and where: seen at all times, whatever is scrolled. */
static void write_target(struct create *create)
{
    const struct key_draft *draft = &create->draft;
    struct host_operation op;
    struct buf words;

    doc_clear(create->target);
    buf_init(&words, 0);
    buf_adds(&words, draft->name);
    field_to(create->target, "Name", STYLE_BOLD, &words);
    buf_adds(&words, create_kind_words(draft->kind));
    if (draft->kind != KEY_ORGANISATION_SERVICE) {
        buf_adds(&words, ", in ");
        create_workspace_words(create, &words);
    }
    field_to(create->target, "Kind", STYLE_NORMAL, &words);
    if (draft->kind == KEY_WORKSPACE_USER) {
        create_owner_words(create, &words);
        field_to(create->target, "Owner", STYLE_NORMAL, &words);
    }
    buf_done(&words);
    where_line(create->ui, "Organisation", create->target);
    if (create->reviewed) {
        create_operation(create, &op);
        doc_field(create->target, "Request", STYLE_BOLD, "%s %s",
                  op.method == NULL ? "" : op.method, op.path == NULL ? "" : op.path);
    }
}

static void write_expires(struct create *create, struct buf *words)
{
    const char *typed = create->draft.expires;
    size_t len = strlen(typed);

    create_expires_words(&create->draft, create->reviewed_at, words);
    if (len > 1 && typed[len - 1] == 'd') {
        buf_addf(words, ", %.*s days from the opening of this review", (int)len - 1, typed);
    }
    page_field(create, "Expires", words);
}

static void write_scopes(struct create *create, struct buf *words)
{
    const struct key_draft *draft = &create->draft;
    const char *resource = "";

    buf_addf(words, "%d", scope_set_count(&draft->scopes));
    for (int i = 0; i < SCOPE_COUNT; i++) {
        const struct scope_info *info = scope_info(i);

        if (scope_set_has(&draft->scopes, i)) {
            bool same = strcmp(info->resource, resource) == 0;

            buf_addf(words, "%s%s%s %s", same ? "" : "; ", same ? "" : info->resource,
                     same ? "" : ":", info->verb);
            resource = info->resource;
        }
    }
    page_field(create, "Scopes", words);
    create_marks_words(scope_set_marks(&draft->scopes), words);
    if (words->len > 0) {
        doc_field(create->page, "Danger", STYLE_WARN, "%s", words->data);
        buf_clear(words);
    }
}

static void write_key(struct create *create)
{
    const struct key_draft *draft = &create->draft;
    struct buf words;

    buf_init(&words, 0);
    doc_section(create->page, 0, "THE NEW KEY");
    buf_adds(&words, draft->description);
    page_field(create, "Description", &words);
    write_scopes(create, &words);
    create_rates_words(draft, &words);
    page_field(create, "Rate limits", &words);
    create_budget_words(draft, &words);
    page_field(create, "Budget", &words);
    write_expires(create, &words);
    create_rotation_words(draft, &words);
    page_field(create, "Rotation", &words);
    buf_done(&words);
}

static void write_body(struct create *create, const char *body)
{
    while (*body != '\0') {
        size_t len = strcspn(body, "\n");
        char *raw = xstrndup(body, len);
        char *clean = text_cleaned(raw);

        doc_text(create->page, STYLE_NORMAL, "%s", clean);
        free(clean);
        free(raw);
        body += len + (body[len] == '\n' ? 1 : 0);
    }
}

static void write_request(struct create *create)
{
    static const char *const held[] = {"your key does not hold it", "your key holds it",
                                       "? not known whether your key holds it"};
    struct host_operation op;

    if (!create->reviewed) {
        return;
    }
    create_operation(create, &op);
    doc_section(create->page, 1, "THE BODY, BYTE FOR BYTE");
    doc_text(create->page, op.scope_held == HELD_YES ? STYLE_GOOD : STYLE_WARN, "needs %s: %s",
             op.scope == NULL ? "" : op.scope, held[op.scope_held]);
    write_body(create, op.body == NULL ? "" : op.body);
}

static void write_outcome(struct create *create)
{
    struct host_operation op;

    create_operation(create, &op);
    doc_section(create->page, 0, "%s", create->mode == MODE_LOST ? "NOT KNOWN" : "UNDER WAY");
    if (op.words != NULL && op.words[0] != '\0') {
        doc_text(create->page, STYLE_BOLD, "%s", op.words);
    }
    if (op.error.text[0] != '\0') {
        doc_text(create->page, STYLE_WARN, "%s", op.error.text);
    }
    if (create->mode == MODE_WAIT) {
        op_wait_words(&op, create->page);
    }
    if (create->mode == MODE_LOST && op.candidates == 1) {
        doc_field(create->page, "It may be", STYLE_NORMAL, "%s",
                  op.candidate_id == NULL ? "?" : op.candidate_id);
    } else if (create->mode == MODE_LOST && op.candidates > 1) {
        doc_field(create->page, "It may be", STYLE_NORMAL, "one of %zu keys of that name",
                  op.candidates);
    }
    if (create->mode == MODE_LOST) {
        doc_text(create->page, STYLE_DIM, "Nothing more happens by itself. The draft is kept.");
    }
}

static void write_review(struct create *create)
{
    char why[1100];

    write_earlier(create);
    write_problems(create);
    write_key(create);
    write_request(create);
    send_why(create, why, sizeof(why));
    if (form_has(create->form, F_SEND)) {
        form_set_disabled(create->form, F_SEND, why);
    }
}

void create_write_page(struct create *create, struct rect area)
{
    doc_clear(create->page);
    write_target(create);
    if (create->mode == MODE_WAIT || create->mode == MODE_LOST) {
        write_outcome(create);
    } else {
        write_review(create);
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
