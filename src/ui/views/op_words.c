/* What is said of a write that is under way, by the wizard and the review of a revocation alike. */
#include "ui/views/op_words.h"

#include "base/banned.h"

#define WORTH_TELLING_MS 2000

void op_wait_words(const struct host_operation *op, struct doc *doc)
{
    struct buf text;

    buf_init(&text, 0);
    if (op->waited_ms >= WORTH_TELLING_MS) {
        buf_addf(&text, "Waiting for %lld s", (long long)op->waited_ms / 1000);
        if (op->attempts > 1) {
            buf_addf(&text, ", try %d of %d", op->attempt, op->attempts);
        }
        buf_adds(&text, ". ");
    }
    if (op->phase == OP_READING) {
        buf_adds(&text, "Nothing was sent yet: Esc gives up.");
    }
    if (text.len > 0) {
        doc_text(doc, STYLE_DIM, "%s", text.data);
    }
    buf_done(&text);
}
