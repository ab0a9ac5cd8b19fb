#include "report/report.h"

#include <string.h>

#include "base/text.h"
#include "model/field.h"
#include "report/json.h"

#include "base/banned.h"

static bool key_json(FILE *out, const struct inventory *inv, size_t row, bool own, const char *json,
                     size_t len, struct err *err)
{
    json_t *object = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return err_set(err, ERR_DECODE, "The key was read, but the answer is no JSON object.");
    }
    json_object_set_new(object, "own", json_boolean(own));
    json_object_set_new(object, "scope_marks",
                        report_json_marks(scope_set_marks(&inv->keys[row].scopes)));
    report_json_write(out, object, JSON_INDENT(2));
    fputc('\n', out);
    return true;
}

static void scope_line(FILE *out, const struct scope_info *info)
{
    const char *before = "   [!] ";
    fprintf(out, "    %-12s %s", info->verb, info->description);
    for (int mark = 0; mark < SCOPE_MARK_COUNT; mark++) {
        if ((info->marks & 1u << mark) != 0) {
            fprintf(out, "%s%s", before, scope_mark_name(mark));
            before = ", ";
        }
    }
    fputc('\n', out);
}

/* Each resource once with all that is held of it: the catalogue has some in several places. */
static void scope_groups(FILE *out, const struct scope_set *held)
{
    struct scope_set told = {0};
    for (int first = 0; first < SCOPE_COUNT; first++) {
        if (!scope_set_has(held, first) || scope_set_has(&told, first)) {
            continue;
        }
        fprintf(out, "  %s\n", scope_info(first)->resource);
        for (int i = first; i < SCOPE_COUNT; i++) {
            if (scope_set_has(held, i) &&
                strcmp(scope_info(i)->resource, scope_info(first)->resource) == 0) {
                scope_line(out, scope_info(i));
                scope_set_add(&told, i);
            }
        }
    }
}

static void scope_lines(FILE *out, const struct inventory *inv, const struct key_row *key)
{
    struct buf count;
    buf_init(&count, 0);
    field_key_scopes(inv, key, &count);
    fprintf(out, "\nScopes: %s%s\n", count.data,
            (key->unread & UNREAD_SCOPES) != 0 ? ", not all of them understood" : "");
    buf_done(&count);
    scope_groups(out, &key->scopes);
    if (key->unknown_scopes != STR_NONE) {
        fputs("  not in our catalogue\n", out);
        const char *name = arena_text(&inv->arena, key->unknown_scopes);
        struct buf clean;
        buf_init(&clean, 0);
        while (*name != '\0') {
            size_t len = strcspn(name, "\n");
            buf_clear(&clean);
            text_clean(name, len, &clean);
            fprintf(out, "    %s\n", clean.data);
            name += len + (name[len] == '\n');
        }
        buf_done(&clean);
    }
}

static void key_table(FILE *out, struct inventory *inv, size_t row, bool own, int64_t now)
{
    /* One key has room for whole times, and for all of its marks. */
    struct field_context ctx = {.inv = inv, .now = now, .plain = true};
    size_t count;
    const struct field *fields = field_table(LIST_KEYS, &count);
    struct buf text;
    buf_init(&text, 0);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].type == TYPE_NAMES) {
            continue; /* they follow, by resource */
        }
        buf_clear(&text);
        fields[i].text(&ctx, row, &text);
        fprintf(out, "%-14s%s\n", fields[i].key, text.len > 0 ? text.data : "-");
    }
    if (own) {
        fprintf(out, "%-14s%s\n", "own", "yes: this is the key that portcullis works with");
    }
    buf_done(&text);
    scope_lines(out, inv, &inv->keys[row]);
}

bool report_key(FILE *out, struct inventory *inv, size_t row, bool own, const char *json,
                size_t len, const struct report_options *options, struct err *err)
{
    switch (options->format) {
    case REPORT_JSON:
        if (!key_json(out, inv, row, own, json, len, err)) {
            return false;
        }
        break;
    case REPORT_TABLE:
        key_table(out, inv, row, own, options->now);
        break;
    case REPORT_CSV: {
        uint32_t one = (uint32_t)row;
        return report_list(out, inv, LIST_KEYS, &one, 1, options, err);
    }
    }
    return report_flush(out, err);
}
