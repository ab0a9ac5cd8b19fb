/* Which key is meant: by its id, by its name, or by what its mask shows of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands/common.h"
#include "base/ascii.h"
#include "base/text.h"
#include "model/field.h"
#include "model/view.h"

#include "base/banned.h"

#define CANDIDATES_SHOWN 10
#define NAME_MAX_BYTES 400 /* a name has 100 characters at most [SPEC] */

bool command_is_uuid(const char *text)
{
    return strlen(text) == 36 && strspn(text, "0123456789abcdefABCDEF-") == 36 && text[8] == '-' &&
           text[13] == '-' && text[18] == '-' && text[23] == '-';
}

bool command_key_ok(const char *name, const char *text)
{
    bool odd = !text_is_utf8(text, strlen(text));
    for (const char *c = text; *c != '\0' && !odd; c++) {
        odd = (unsigned char)*c < ' ' || *c == 0x7f;
    }
    if (command_is_uuid(text)) {
        return command_id_ok(name, text);
    }
    if (text[0] == '\0' || odd || strlen(text) > NAME_MAX_BYTES) {
        char *quoted = flags_quoted(text, strlen(text));
        command_usage(name, "\"%s\" can be no key: give its id, its name or the end of its mask",
                      quoted);
        free(quoted);
        return false;
    }
    return true;
}

/* The last three characters as they stand, or both ends with a star between them. */
static bool mask_meant(const char *mask, const char *text)
{
    size_t len = strlen(text), of = mask == NULL ? 0 : strlen(mask);
    if (mask == NULL) {
        return false;
    }
    if (strchr(text, '*') != NULL) {
        return strspn(text, "*") < len && ascii_matches(text, mask, of, true);
    }
    return len == FILTER_MASK_TAIL && of >= len && memcmp(mask + of - len, text, len) == 0;
}

static bool is_meant(const struct inventory *inv, size_t row, const char *text)
{
    const struct key_row *key = &inv->keys[row];
    char id[ID_TEXT_SIZE];
    const char *name = inventory_raw(inv, key->name);
    return (name != NULL && *name != '\0' && text_casecmp(name, text) == 0) ||
           strcmp(inventory_id_text(inv, key->id, id), text) == 0 ||
           mask_meant(arena_text(&inv->arena, key->mask), text);
}

static void tell_candidate(struct inventory *inv, size_t row)
{
    static const char *const TOLD[] = {"id", "mask", "type", "workspace", "name"};
    struct field_context ctx = {.inv = inv, .dated = true};
    size_t count;
    const struct field *fields = field_table(LIST_KEYS, &count);
    struct buf line;
    buf_init(&line, 0);
    for (size_t i = 0; i < sizeof TOLD / sizeof *TOLD; i++) {
        buf_adds(&line, "  ");
        fields[field_find(LIST_KEYS, TOLD[i])].text(&ctx, row, &line);
    }
    fprintf(stderr, "%s\n", line.data);
    buf_done(&line);
}

static void tell_candidates(struct inventory *inv, const char *text, size_t found)
{
    size_t told = 0;
    for (size_t row = 0; row < inv->key_count && told < CANDIDATES_SHOWN; row++) {
        if (is_meant(inv, row, text)) {
            tell_candidate(inv, row);
            told++;
        }
    }
    if (found > told) {
        fprintf(stderr, "  and %zu more\n", found - told);
    }
}

int command_find_key(const char *name, struct inventory *inv, const char *text,
                     char id[ID_TEXT_SIZE])
{
    size_t found = 0;
    char why[INVENTORY_WHY_SIZE] = "";
    for (size_t row = 0; row < inv->key_count; row++) {
        if (is_meant(inv, row, text) && found++ == 0) {
            char space[ID_TEXT_SIZE];
            snprintf(id, ID_TEXT_SIZE, "%s", inventory_id_text(inv, inv->keys[row].id, space));
        }
    }
    bool complete = inventory_keys_complete(inv, why, sizeof why);
    char *quoted = flags_quoted(text, strlen(text));
    int code = -1;
    if (found > 1) {
        fprintf(stderr, "portcullis %s: \"%s\" may be any of %zu keys: give the id.\n", name,
                quoted, found);
        tell_candidates(inv, text, found);
        code = EXIT_REFUSED;
    } else if (!complete) {
        /* Another key that cannot be seen may be meant as well, or the only one. */
        fprintf(stderr, "portcullis %s: %s, and not all keys could be read (%s): give the id.\n",
                name,
                found == 0 ? "no key that could be read has this name or end of a mask"
                           : "one key of those that could be read has it",
                why);
        tell_candidates(inv, text, found);
        code = EXIT_INCOMPLETE;
    } else if (found == 0) {
        fprintf(stderr,
                "portcullis %s: no key has the name \"%s\", nor a mask that ends so (three "
                "characters, or both ends: W6*RvI).\n",
                name, quoted);
        code = EXIT_REFUSED;
    }
    free(quoted);
    return code;
}
