#include "sandbox/texts.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"

#include "base/banned.h"

#define SLOTS ((size_t)1 << 16)
#define BYTES_MAX ((size_t)96 << 20)

static struct text_slot *slot_of(const struct texts *texts, int64_t seq)
{
    return &texts->slots[(size_t)seq % SLOTS];
}

static void empty(struct texts *texts, struct text_slot *slot)
{
    texts->bytes -= slot->len;
    free(slot->text);
    *slot = (struct text_slot){0};
}

const char *texts_find(const struct texts *texts, int64_t seq, int64_t now, size_t *len)
{
    const struct text_slot *slot = texts->slots == NULL ? NULL : slot_of(texts, seq);
    if (slot == NULL || slot->seq != seq || (slot->until != TIME_NONE && slot->until <= now)) {
        return NULL;
    }
    *len = slot->len;
    return slot->text;
}

void texts_keep(struct texts *texts, int64_t seq, int64_t until, const char *text, size_t len)
{
    if (texts->slots == NULL) {
        texts->slots = xcalloc(SLOTS, sizeof *texts->slots);
    }
    struct text_slot *slot = slot_of(texts, seq);
    empty(texts, slot);
    if (texts->bytes + len <= BYTES_MAX) {
        *slot = (struct text_slot){seq, until, xstrndup(text, len), len};
        texts->bytes += len;
    }
}

void texts_drop(struct texts *texts, int64_t seq)
{
    if (texts->slots != NULL && slot_of(texts, seq)->seq == seq) {
        empty(texts, slot_of(texts, seq));
    }
}

void texts_clear(struct texts *texts)
{
    for (size_t i = 0; texts->slots != NULL && i < SLOTS; i++) {
        empty(texts, &texts->slots[i]);
    }
}

void texts_done(struct texts *texts)
{
    texts_clear(texts);
    free(texts->slots);
    texts->slots = NULL;
}
