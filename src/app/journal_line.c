#include "app/journal_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static const char hash_head[] = ",\"hash\":\"";
#define HASH_HEAD (sizeof(hash_head) - 1)
#define HASH_PART (HASH_HEAD + HASH_TEXT_SIZE - 1 + 2) /* ,"hash":"64 digits"} */

bool journal_line_make(json_t *object, const char *prev, struct buf *out, char hash[HASH_TEXT_SIZE])
{
    char *text;
    size_t len;
    bool ok;

    json_object_set_new(object, "prev", json_string(prev));
    text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text == NULL) {
        return false;
    }
    len = strlen(text) - 1; /* without the closing brace, which comes back after the hash */
    ok = len + HASH_PART + 1 <= JOURNAL_LINE_MAX;
    if (ok) {
        hash_text(text, len, NULL, 0, hash);
        ok = buf_add(out, text, len) && buf_addf(out, "%s%s\"}\n", hash_head, hash);
    }
    free(text);
    return ok;
}

bool journal_line_whole(const char *line, size_t len, char hash[HASH_TEXT_SIZE])
{
    char made[HASH_TEXT_SIZE];
    const char *part;

    if (len < HASH_PART + 1 || line[0] != '{') {
        return false;
    }
    part = line + len - HASH_PART;
    if (memcmp(part, hash_head, HASH_HEAD) != 0 || memcmp(line + len - 2, "\"}", 2) != 0) {
        return false;
    }
    hash_text(line, len - HASH_PART, NULL, 0, made);
    if (memcmp(part + HASH_HEAD, made, HASH_TEXT_SIZE - 1) != 0) {
        return false;
    }
    memcpy(hash, made, HASH_TEXT_SIZE);
    return true;
}

void journal_line_cut_hash(const char *line, size_t len, char hash[HASH_TEXT_SIZE])
{
    hash_text("cut:", 4, line, len, hash);
}
