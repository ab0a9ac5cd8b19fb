/* What a command did, as one record. */
#include "report/report.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "report/json.h"

#include "base/banned.h"

static json_t *item_json(const struct report_item *item)
{
    json_t *value = NULL;

    if (item->value == NULL) {
        return json_null();
    }
    switch (item->kind) {
    case REPORT_YES_NO:
        return json_boolean(strcmp(item->value, "yes") == 0);
    case REPORT_BODY:
        value = json_loads(item->value, JSON_REJECT_DUPLICATES, NULL);
        break;
    case REPORT_TEXT:
    case REPORT_SECRET:
        value = json_string(item->value);
        break;
    }
    return value == NULL ? json_null() : value; /* what is no UTF-8 is no JSON either */
}

/* One line, so that a script may read it as one. */
static void act_json(FILE *out, const struct report_item *items, size_t count,
                     const struct report_missing *missing)
{
    json_t *object = json_object();

    for (size_t i = 0; i < count; i++) {
        json_object_set_new(object, items[i].name, item_json(&items[i]));
    }
    if (missing != NULL) {
        json_t *list = json_array();

        for (; missing->reason != NULL; missing++) {
            json_array_append_new(list,
                                  json_pack("{s:s, s:s?, s:s}", "list", missing->list, "scope",
                                            missing->scope, "reason", missing->reason));
        }
        json_object_set_new(object, "missing", list);
    }
    report_json_write(out, object, JSON_COMPACT);
    fputc('\n', out);
}

static void act_table(FILE *out, const struct report_item *items, size_t count,
                      const struct report_missing *missing)
{
    struct buf clean;

    buf_init(&clean, 0);
    for (size_t i = 0; i < count; i++) {
        const char *value = items[i].value == NULL ? "-" : items[i].value;

        if (items[i].kind == REPORT_TEXT) {
            buf_clear(&clean);
            text_clean(value, strlen(value), &clean);
            value = clean.data;
        }
        fprintf(out, "%-12s %s\n", items[i].name, value);
    }
    if (missing != NULL && missing->reason == NULL) {
        fprintf(out, "%-12s -\n", "missing");
    }
    for (; missing != NULL && missing->reason != NULL; missing++) {
        fprintf(out, "%-12s %s\n", "missing", missing->reason);
    }
    buf_done(&clean);
}

static void csv_value(FILE *out, const struct report_item *item)
{
    struct buf clean;

    if (item->value == NULL) {
        return;
    }
    if (item->kind == REPORT_SECRET || item->kind == REPORT_BODY) {
        report_csv_exact(out, item->value);
        return;
    }
    buf_init(&clean, 0);
    text_clean(item->value, strlen(item->value), &clean);
    report_csv_cell(out, clean.data);
    buf_done(&clean);
}

static void act_csv(FILE *out, const struct report_item *items, size_t count,
                    const struct report_missing *missing)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%s", i == 0 ? "" : ",", items[i].name);
    }
    fputs(missing == NULL ? "\n" : ",missing\n", out);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : ",", out);
        csv_value(out, &items[i]);
    }
    if (missing != NULL) {
        struct buf all; /* one cell */

        buf_init(&all, 0);
        for (; missing->reason != NULL; missing++) {
            buf_addf(&all, "%s%s", all.len > 0 ? " " : "", missing->reason);
        }
        fputc(',', out);
        report_csv_cell(out, all.data);
        buf_done(&all);
    }
    fputs("\n", out);
}

bool report_act(FILE *out, const struct report_item *items, size_t count,
                const struct report_missing *missing, enum report_format format, struct err *err)
{
    switch (format) {
    case REPORT_JSON:
        act_json(out, items, count, missing);
        break;
    case REPORT_TABLE:
        act_table(out, items, count, missing);
        break;
    case REPORT_CSV:
        act_csv(out, items, count, missing);
        break;
    }
    return report_flush(out, err);
}

static void json_begin(FILE *out, const struct report_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s\"%s\":", i == 0 ? "{" : ",", items[i].name);
        report_json_write(out, item_json(&items[i]), JSON_COMPACT | JSON_ENCODE_ANY);
    }
}

static void csv_begin(FILE *out, const struct report_item *items, size_t count, const char *last)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s,", items[i].name);
    }
    fprintf(out, "%s\n", last);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : ",", out);
        csv_value(out, &items[i]);
    }
}

bool report_act_begin(FILE *out, const struct report_item *items, size_t count, const char *last,
                      enum report_format format, struct err *err)
{
    switch (format) {
    case REPORT_JSON:
        json_begin(out, items, count);
        break;
    case REPORT_TABLE:
        act_table(out, items, count, NULL);
        break;
    case REPORT_CSV:
        csv_begin(out, items, count, last);
        break;
    }
    return report_flush(out, err);
}

bool report_act_end(FILE *out, const struct report_item *last, enum report_format format,
                    struct err *err)
{
    switch (format) {
    case REPORT_JSON:
        fprintf(out, ",\"%s\":", last->name);
        report_json_write(out, item_json(last), JSON_COMPACT | JSON_ENCODE_ANY);
        fputs("}\n", out);
        break;
    case REPORT_TABLE:
        act_table(out, last, 1, NULL);
        break;
    case REPORT_CSV:
        fputc(',', out);
        csv_value(out, last);
        fputs("\n", out);
        break;
    }
    return report_flush(out, err);
}
