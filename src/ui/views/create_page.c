/* What the review says: the key in words, what is wrong with it, the request byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/text.h"
#include "ui/views/create_internal.h"
#include "ui/views/op_words.h"
#include "ui/views/where.h"

#include "base/banned.h"

static void write_earlier(struct create *create)
{
    struct host_operation op;

    create_operation(create, &op);
    if (create->reviewed && op.earlier != NULL && op.earlier[0] != '\0') {
        doc_section(create->page, 0, "LOOK TWICE: SENT BEFORE");
        doc_text(create->page, STYLE_BAD, "%s", op.earlier);
    }
    if (create->reviewed && op.notice != NULL && op.notice[0] != '\0') {
        doc_section(create->page, 0, "LOOK TWICE");
        doc_text(create->page, STYLE_WARN, "%s", op.notice);
    }
}

/* "Budget: a number of 1 or more", "Rate limit 2: ..": the sentences are made to stand at their
 * field, and here they stand alone. */
static void problem_words(const struct draft_problem *problem, struct buf *out)
{
    const char *label = create_field_words(problem->field);
    int length = (int)strlen(label);

    if (problem->head == 0) {
        buf_addf(out, "%c%s: %s", ascii_upper(label[0]), label + 1, problem->text);
        return;
    }
    length -= label[length - 1] == 's'; /* one of the rate limits */
    buf_addf(out, "%c%.*s %d: %s", ascii_upper(label[0]), length - 1, label + 1, problem->row,
             problem->text + problem->head);
}

static void write_problems(struct create *create)
{
    static const char *const steps[STEP_COUNT] = {"1 Kind", "2 Identity", "3 Scopes", "4 Limits",
                                                  "5 Review"};
    const struct draft_check *check = &create->check;
    struct buf words;

    buf_init(&words, 0);
    if (create->refused[0] != '\0') {
        doc_section(create->page, 0, create->unsent ? "NOTHING WAS SENT" : "THE SERVER REFUSED");
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
                problem_words(problem, &words);
                doc_field(create->page, steps[create_step_of(problem->field)],
                          severity == DRAFT_ERROR ? STYLE_BAD : STYLE_WARN, "%s%s",
                          severity == DRAFT_ERROR ? "error: " : "", words.data);
                buf_clear(&words);
            }
        }
    }
    buf_done(&words);
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

void create_write_target(struct create *create)
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
        buf_adds(&words, draft->workspace[0] == '\0' ? ", in no workspace yet" : ", in ");
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
    create_metadata_words(draft, &words);
    page_field(create, "Metadata", &words);
    create_config_words(draft, &words);
    page_field(create, "Config", &words);
    write_scopes(create, &words);
    create_rates_words(draft, &words);
    page_field(create, "Rate limits", &words);
    create_budget_words(draft, &words);
    page_field(create, "Budget", &words);
    buf_adds(&words, draft->emails[0] == '\0' ? "none" : draft->emails);
    page_field(create, "Alert mails", &words);
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
        doc_field(create->page, "It may be", STYLE_NORMAL, "one of %zu keys", op.candidates);
    }
    if (create->mode == MODE_LOST) {
        doc_text(create->page, STYLE_DIM, "Nothing more happens by itself. The draft is kept.");
    }
}

void create_write_review(struct create *create)
{
    doc_clear(create->page);
    if (create->mode == MODE_WAIT || create->mode == MODE_LOST) {
        write_outcome(create);
        return;
    }
    write_earlier(create);
    write_problems(create);
    write_key(create);
    write_request(create);
}
