/* Reports of what is no record of the organisation: profiles, paths, limits. */
#include "report/report.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "report/json.h"

#include "base/banned.h"

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static void plain_json(FILE *out, const char *const *heads, size_t columns,
                       const char *const *cells, size_t rows)
{
    json_t *items = json_array();

    for (size_t row = 0; row < rows; row++) {
        json_t *item = json_object();

        for (size_t i = 0; i < columns; i++) {
            json_object_set_new(item, heads[i], text_or_null(cells[row * columns + i]));
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
        fputs(i == 0 ? "" : ",", out);
        report_csv_cell(out, cells[i] == NULL ? "" : cells[i]);
    }
    fputs("\r\n", out);
}

static void table_row(FILE *out, const char *const *cells, size_t columns, const int *widths)
{
    for (size_t i = 0; i < columns; i++) {
        const char *text = cells[i] == NULL ? "-" : cells[i];

        fprintf(out, "%s%s", text, i + 1 == columns ? "\n" : "  ");
        for (int pad = text_width(text); i + 1 < columns && pad < widths[i]; pad++) {
            fputc(' ', out);
        }
    }
}

static void plain_table(FILE *out, const char *const *heads, size_t columns,
                        const char *const *cells, size_t rows)
{
    int *widths = xcalloc(columns, sizeof(*widths));

    for (size_t i = 0; i < columns * (rows + 1); i++) {
        const char *text = i < columns ? heads[i] : cells[i - columns];
        int width = text == NULL ? 1 : text_width(text);

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
