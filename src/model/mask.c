#include "model/mask.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define HEAD_SHOWN 2
#define TAIL_SHOWN 3
/* A shorter key would be told by its mask. */
#define SHOWN_FROM 8

static bool copy(char *out, size_t size, const char *text, size_t len)
{
    if (len >= size) {
        return false;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

bool mask_split(const char *mask, char *head, size_t head_size, char *tail, size_t tail_size)
{
    const char *first = strchr(mask, '*');
    const char *last = strrchr(mask, '*');
    return first != NULL && copy(head, head_size, mask, (size_t)(first - mask)) &&
           copy(tail, tail_size, last + 1, strlen(last + 1));
}

bool mask_fits(const char *mask, const char *start, const char *end)
{
    char head[64], tail[64];
    if (!mask_split(mask, head, sizeof head, tail, sizeof tail)) {
        return false;
    }
    size_t head_len = strlen(head);
    size_t tail_len = strlen(tail);
    size_t end_len = strlen(end);
    return head_len + tail_len > 0 && strncmp(start, head, head_len) == 0 && tail_len <= end_len &&
           strcmp(end + end_len - tail_len, tail) == 0;
}

void mask_make(const char *secret, char *out, size_t size)
{
    size_t len = strlen(secret);
    if (len < SHOWN_FROM) {
        snprintf(out, size, "**********");
    } else {
        snprintf(out, size, "%.*s*****%s", HEAD_SHOWN, secret, secret + len - TAIL_SHOWN);
    }
}

void mask_phrase(const char *mask, const char *id, char *out, size_t size)
{
    char head[64], tail[64];
    if (mask_split(mask, head, sizeof head, tail, sizeof tail) &&
        (head[0] != '\0' || tail[0] != '\0')) {
        snprintf(out, size, "%s", tail[0] != '\0' ? tail : head);
        return;
    }
    size_t len = strlen(id);
    snprintf(out, size, "%s", len > 4 ? id + len - 4 : id);
}
