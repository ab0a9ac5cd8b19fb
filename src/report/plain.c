/* Reports of what is no record of the organisation: profiles, paths, limits. */
#include "report/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "report/json.h"

#include "base/banned.h"

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

/* "ids[]": an array; *len is that of the name alone. */
static bool is_array(const char *head, size_t *len)
{
    *len = strlen(head);
    if (*len > 2 && strcmp(head + *len - 2, "[]") == 0) {
        *len -= 2;
        return true;
    }
    return false;
}

static json_t *words_json(const char *text)
{
    json_t *array = json_array();
    size_t len;

    for (; text != NULL && *(text += strspn(text, " ")) != '\0'; text += len) {
        len = strcspn(text, " ");
        json_array_append_new(array, json_stringn(text, len));
    }
    return array;
}

static void plain_json(FILE *out, const char *const *heads, size_t columns,
                       const char *const *cells, size_t rows)
{
    json_t *items = json_array();

    for (size_t row = 0; row < rows; row++) {
        json_t *item = json_object();

        for (size_t i = 0; i < columns; i++) {
            const char *cell = cells[row * columns + i];
            size_t len;
            bool array = is_array(heads[i], &len);

            json_object_setn_new(item, heads[i], len,
                                 array ? words_json(cell) : text_or_null(cell));
        }
        json_array_append_new(items, item);
    }
    report_json_write(out,
                      json_pack("{s:b, s:I, s:I, s:[], s:o}", "complete", 1, "counted",
                                (json_int_t)rows, "total", (json_int_t)rows, "missing", "items",
                                items),
                      JSON_INDENT(2));
    fputc('\n', out);
}

static void csv_row(FILE *out, const char *const *cells, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        char *text = text_cleaned(cells[i] == NULL ? "" : cells[i]);

        fputs(i == 0 ? "" : ",", out);
        report_csv_cell(out, text);
        free(text);
    }
    fputs("\n", out);
}

static void table_row(FILE *out, const char *const *cells, size_t columns, const int *widths)
{
    for (size_t i = 0; i < columns; i++) {
        char *text = text_cleaned(cells[i] == NULL ? "-" : cells[i]);

        fprintf(out, "%s%s", text, i + 1 == columns ? "\n" : "  ");
        for (int pad = text_width(text); i + 1 < columns && pad < widths[i]; pad++) {
            fputc(' ', out);
        }
        free(text);
    }
}

static void plain_table(FILE *out, const char *const *heads, size_t columns,
                        const char *const *cells, size_t rows)
{
    int *widths = xcalloc(columns, sizeof(*widths));

    for (size_t i = 0; i < columns * (rows + 1); i++) {
        const char *cell = i < columns ? heads[i] : cells[i - columns];
        char *text = text_cleaned(cell == NULL ? "-" : cell);
        int width = text_width(text);

        free(text);

        if (width > widths[i % columns]) {
            widths[i % columns] = width;
        }
    }
    table_row(out, heads, columns, widths);
    for (size_t row = 0; row < rows; row++) {
        table_row(out, cells + row * columns, columns, widths);
    }
    free(widths);
}

bool report_plain(FILE *out, const char *const *heads, size_t columns, const char *const *cells,
                  size_t rows, const struct report_options *options, struct err *err)
{
    switch (options->format) {
    case REPORT_JSON:
        plain_json(out, heads, columns, cells, rows);
        break;
    case REPORT_TABLE:
        plain_table(out, heads, columns, cells, rows);
        break;
    case REPORT_CSV:
        csv_row(out, heads, columns);
        for (size_t row = 0; row < rows; row++) {
            csv_row(out, cells + row * columns, columns);
        }
        break;
    }
    return report_flush(out, err);
}

bool report_facts(FILE *out, const struct report_fact *facts, size_t count,
                  const struct report_options *options, struct err *err)
{
    json_t *object;

    switch (options->format) {
    case REPORT_JSON:
        object = json_object();
        for (size_t i = 0; i < count; i++) {
            json_object_set_new(object, facts[i].name, text_or_null(facts[i].value));
        }
        report_json_write(out, object, JSON_INDENT(2));
        fputc('\n', out);
        break;
    case REPORT_TABLE:
        for (size_t i = 0; i < count; i++) {
            fprintf(out, "%-16s %s\n", facts[i].name,
                    facts[i].value == NULL ? "-" : facts[i].value);
        }
        break;
    case REPORT_CSV:
        csv_row(out, (const char *const[]){"name", "value"}, 2);
        for (size_t i = 0; i < count; i++) {
            csv_row(out, (const char *const[]){facts[i].name, facts[i].value}, 2);
        }
        break;
    }
    return report_flush(out, err);
}
