/* What the revoke dialog says about the request and what became of it: a heading and sentences for
 * each phase. */
#include <string.h>

#include "base/clock.h"
#include "ui/ui.h"
#include "ui/views/op_words.h"
#include "ui/views/revoke_internal.h"

#include "base/banned.h"

/* Gone at the API is not yet refused everywhere; but what was refused before stays so. */
#define GATEWAYS "A gateway that is cut off may accept it for 7 more days."

static void add_error(struct doc *doc, enum style style, const struct err *err, const char *words)
{
    if (err->kind != ERR_NONE) {
        doc_text(doc, style, "%s", err->text);
    }
    if (words != NULL && words[0] != '\0') {
        doc_text(doc, style, "%s", words);
    }
}

static void add_changes(const char *changes, struct doc *doc)
{
    const char *at = changes;

    while (*at != '\0') {
        size_t len = strcspn(at, "\n");

        doc_field(doc, at == changes ? "CHANGED" : "", STYLE_BAD, "%.*s", (int)len, at);
        at += len + (at[len] == '\n' ? 1 : 0);
    }
}

static void add_read_age(const struct host_operation *op, int64_t now, bool armed, struct doc *doc)
{
    int64_t age = now < op->read_at ? 0 : now - op->read_at; /* a clock may be set back */
    char span[TIME_TEXT_SIZE];

    if (op->read_at == TIME_NONE) {
        return;
    }
    time_span(age, span);
    /* Unarmed, the screen wakes up once a minute: seconds would be wrong at once. */
    doc_field(doc, "Read again", op->changed ? STYLE_BAD : STYLE_NORMAL, "%s%s: %s",
              age < MINUTE_MS && !armed ? "less than a minute" : span, " ago",
              op->changed ? "NOT as it was when you looked" : "as you see it here");
}

static void add_request(const struct host_operation *op, const struct revoke_seen *seen,
                        int64_t now, bool armed, struct doc *doc)
{
    static const char *const HELD[] = {
        [HELD_NO] = "your key does NOT hold it",
        [HELD_YES] = "your key holds it",
        [HELD_UNKNOWN] = "? not known whether your key holds it",
    };
    static const enum style STYLES[] = {
        [HELD_NO] = STYLE_BAD, [HELD_YES] = STYLE_GOOD, [HELD_UNKNOWN] = STYLE_WARN};

    if (op->earlier != NULL && op->earlier[0] != '\0') {
        doc_text(doc, STYLE_BAD, "%s", op->earlier);
    }
    add_read_age(op, now, armed, doc);
    if (op->scope != NULL && op->scope[0] != '\0') {
        doc_field(doc, "Needs", STYLES[op->scope_held], "%s: %s", op->scope, HELD[op->scope_held]);
    } else {
        doc_field(doc, "Needs", STYLE_WARN, "? the scope for a kind of key not known here");
    }
    doc_text(doc, STYLE_WARN,
             seen->calls_nothing ? "Cannot be undone." : "Cannot be undone. " GATEWAYS);
}

static const char *unknown_heading(const struct host_operation *op)
{
    return op->accepted      ? "ACCEPTED, NOT PROVEN"
           : op->still_works ? "IT STILL WORKS"
                             : "THE OUTCOME IS NOT KNOWN";
}

static const char *lost_heading(const struct host_operation *op)
{
    return op->said_no               ? "THE SERVER SAID NO"
           : op->error.status >= 500 ? "THE SERVER FAILED"
                                     : "THE ANSWER WAS LOST";
}

void revoke_words(const struct host_operation *op, const struct err *start, const char *changes,
                  const struct revoke_seen *seen, int64_t now, bool armed, struct doc *doc)
{
    doc_clear(doc);
    switch (op->phase) {
    case OP_NONE:
        if (start->kind == ERR_NONE) {
            doc_text(doc, STYLE_DIM, "There is no review any more. r begins one.");
            return;
        }
        doc_text(doc, STYLE_BAD, "NO REVIEW");
        add_error(doc, STYLE_BAD, start, "Nothing was sent.");
        return;
    case OP_READING:
        doc_text(doc, STYLE_NORMAL, "%s", op->words);
        op_wait_words(op, doc);
        return;
    case OP_REVIEW:
        if (op->changed && op->words[0] != '\0') {
            doc_text(doc, STYLE_BAD, "%s", op->words);
        }
        add_changes(changes, doc);
        add_request(op, seen, now, armed, doc);
        return;
    case OP_BLOCKED:
        doc_text(doc, STYLE_BAD, op->proven ? "GONE ALREADY" : "BLOCKED");
        add_error(doc, STYLE_BAD, &op->error, op->words);
        return;
    case OP_SENDING:
        doc_text(doc, STYLE_WARN, "SENDING   %s %s", op->method, op->path);
        add_error(doc, STYLE_WARN, &op->error, op->words);
        break;
    case OP_PROVING:
        doc_text(doc, STYLE_WARN, "ACCEPTED, NOT PROVEN YET");
        add_error(doc, STYLE_WARN, &op->error, op->words);
        break;
    case OP_LOST:
        doc_text(doc, STYLE_BAD, "%s", lost_heading(op));
        add_error(doc, STYLE_WARN, &op->error, op->words);
        break;
    case OP_DONE:
        doc_text(doc, STYLE_GOOD, "REVOKED");
        doc_text(doc, STYLE_NORMAL, "%s", op->words);
        if (!seen->calls_nothing) {
            doc_text(doc, STYLE_WARN, GATEWAYS);
        }
        return;
    case OP_REFUSED:
        doc_text(doc, STYLE_BAD, "THE SERVER REFUSED");
        add_error(doc, STYLE_BAD, &op->error, op->words);
        return;
    case OP_UNKNOWN:
        doc_text(doc, STYLE_BAD, "%s", unknown_heading(op));
        add_error(doc, STYLE_BAD, &op->error, op->words);
        return;
    }
    op_wait_words(op, doc);
    doc_text(doc, STYLE_DIM, "Whatever comes of it is written to the journal.");
}
