#include "ui/marks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

static size_t hash(const char *id)
{
    uint64_t sum = UINT64_C(14695981039346656037);

    for (; *id != '\0'; id++) {
        sum = (sum ^ (unsigned char)*id) * UINT64_C(1099511628211);
    }
    return (size_t)(sum ^ (sum >> 32));
}

/* The slot that holds the id, or the free one where it belongs. */
static size_t place(const struct marks *marks, const char *id)
{
    size_t slot = hash(id) & (marks->cap - 1);

    while (marks->slots[slot] != NULL && strcmp(marks->slots[slot], id) != 0) {
        slot = (slot + 1) & (marks->cap - 1);
    }
    return slot;
}

static void rebuild(struct marks *marks, size_t cap)
{
    struct marks bigger = {.slots = xcalloc(cap, sizeof(char *)), .cap = cap, .len = marks->len};

    for (size_t i = 0; i < marks->cap; i++) {
        if (marks->slots[i] != NULL) {
            bigger.slots[place(&bigger, marks->slots[i])] = marks->slots[i];
        }
    }
    free(marks->slots);
    *marks = bigger;
}

void marks_clear(struct marks *marks)
{
    for (size_t i = 0; i < marks->cap; i++) {
        free(marks->slots[i]);
        marks->slots[i] = NULL;
    }
    marks->len = 0;
}

void marks_done(struct marks *marks)
{
    marks_clear(marks);
    free(marks->slots);
    *marks = (struct marks){0};
}

bool marks_has(const struct marks *marks, const char *id)
{
    return marks->len > 0 && marks->slots[place(marks, id)] != NULL;
}

void marks_add(struct marks *marks, const char *id)
{
    size_t slot;

    if ((marks->len + 1) * 3 > marks->cap * 2) {
        rebuild(marks, marks->cap == 0 ? 64 : marks->cap * 2);
    }
    slot = place(marks, id);
    if (marks->slots[slot] == NULL) {
        marks->slots[slot] = xstrdup(id);
        marks->len++;
    }
}

void marks_remove(struct marks *marks, const char *id)
{
    size_t slot;

    if (!marks_has(marks, id)) {
        return;
    }
    slot = place(marks, id);
    free(marks->slots[slot]);
    marks->slots[slot] = NULL;
    marks->len--;
    /* Those after it may have been pushed on by it: put them in again. */
    for (slot = (slot + 1) & (marks->cap - 1); marks->slots[slot] != NULL;
         slot = (slot + 1) & (marks->cap - 1)) {
        char *moved = marks->slots[slot];

        marks->slots[slot] = NULL;
        marks->slots[place(marks, moved)] = moved;
    }
}

void marks_list(const struct marks *marks, struct buf *out)
{
    for (size_t i = 0; i < marks->cap; i++) {
        if (marks->slots[i] != NULL) {
            buf_addf(out, "%s\n", marks->slots[i]);
        }
    }
}
