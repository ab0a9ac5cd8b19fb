#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "model/field.h"
#include "report/json.h"

#include "base/banned.h"

/* The columns of one report: numbers into the field table. */
struct columns {
    const struct field *fields;
    size_t chosen[64];
    int widths[64];
    size_t count;
};

/* More columns than any text has: it is a table, where owners are told apart, and cuts nothing. */
#define ROOM_FOR_ALL INT16_MAX

#define COLUMNS_MAX (sizeof((struct columns *)0)->chosen / sizeof(size_t))

bool report_list_complete(const struct inventory *inv, enum list_kind list)
{
    return inventory_list_complete(inv, list);
}

bool report_complete(const struct inventory *inv, enum list_kind list)
{
    for (int other = 0; other < LIST_COUNT; other++) {
        if (report_lacks(inv, list, (enum list_kind)other)) {
            return false;
        }
    }
    return true;
}

static bool choose_named(struct columns *columns, enum list_kind list, const char *names,
                         struct err *err)
{
    char *copy = xstrdup(names);
    char *rest = copy;
    bool ok = true;
    for (char *name = strsep(&rest, ","); ok && name != NULL; name = strsep(&rest, ",")) {
        int field = field_find(list, name);
        if (field < 0) {
            struct buf known;
            buf_init(&known, 0);
            size_t count;
            const struct field *fields = field_table(list, &count);
            for (size_t i = 0; i < count; i++) {
                buf_addf(&known, "%s%s", i ? ", " : "", fields[i].key);
            }
            char *clean = text_cleaned(name);
            ok = err_set(err, ERR_INVALID, "There is no column \"%s\" in %s. Columns: %s.", clean,
                         list_name(list), known.data);
            free(clean);
            buf_done(&known);
        } else if (columns->count < COLUMNS_MAX) {
            columns->chosen[columns->count++] = (size_t)field;
        }
    }
    free(copy);
    return ok;
}

static bool choose(struct columns *columns, enum list_kind list,
                   const struct report_options *options, struct err *err)
{
    size_t count;
    columns->fields = field_table(list, &count);
    columns->count = 0;
    if (options->columns != NULL) {
        return choose_named(columns, list, options->columns, err);
    }
    bool all = options->format == REPORT_CSV;
    enum field_width upto = FIELD_L;
    if (options->width > 0 && options->width < 140) {
        upto = options->width < 100 ? FIELD_S : FIELD_M;
    }
    for (size_t i = 0; i < count && columns->count < COLUMNS_MAX; i++) {
        /* For one workspace the role in it is what is asked for. */
        bool asked = list == LIST_USERS && !id_is_none(options->workspace) &&
                     strcmp(columns->fields[i].key, "roles") == 0;
        if (all || asked || columns->fields[i].from <= upto) {
            columns->chosen[columns->count++] = i;
        }
    }
    return true;
}

bool report_columns_check(enum list_kind list, const struct report_options *options,
                          struct err *err)
{
    struct columns columns;
    return choose(&columns, list, options, err);
}

bool report_columns_of_members(enum list_kind list, const struct report_options *options)
{
    struct columns columns;
    bool of_members = false;
    if (options->format == REPORT_JSON || !choose(&columns, list, options, NULL)) {
        return false;
    }
    for (size_t i = 0; i < columns.count; i++) {
        of_members = of_members || columns.fields[columns.chosen[i]].of_members;
    }
    return of_members;
}

static void cell(const struct columns *columns, size_t column, const struct field_context *ctx,
                 size_t row, struct buf *out)
{
    buf_clear(out);
    columns->fields[columns->chosen[column]].text(ctx, row, out);
}

/* A column is as wide as its widest cell; on a terminal within reason, and the widest give way
 * until the line fits. */
static void measure(struct columns *columns, const struct field_context *ctx, const uint32_t *rows,
                    size_t count, int limit)
{
    struct field_context all = *ctx;
    struct buf text;
    all.room = ROOM_FOR_ALL;
    buf_init(&text, 0);
    for (size_t c = 0; c < columns->count; c++) {
        columns->widths[c] = text_width(columns->fields[columns->chosen[c]].label);
        for (size_t i = 0; i < count; i++) {
            cell(columns, c, &all, rows[i], &text);
            int width = text_width(text.data);
            if (width > columns->widths[c]) {
                columns->widths[c] = width > 60 ? 60 : width;
            }
        }
    }
    buf_done(&text);
    if (limit <= 0) {
        return;
    }
    for (;;) {
        int sum = (int)columns->count - 1;
        size_t widest = 0;
        for (size_t c = 0; c < columns->count; c++) {
            sum += columns->widths[c];
            widest = columns->widths[c] > columns->widths[widest] ? c : widest;
        }
        if (sum <= limit || columns->count == 0) {
            return;
        }
        if (columns->widths[widest] > 12) {
            columns->widths[widest]--;
        } else if (columns->count > 1) {
            columns->count--;
        } else {
            return;
        }
    }
}

static void table_line(FILE *out, struct buf *line)
{
    while (line->len > 0 && line->data[line->len - 1] == ' ') {
        line->data[--line->len] = '\0';
    }
    fprintf(out, "%s\n", line->data);
    buf_clear(line);
}

/* Where there is no terminal nothing is cut: what is wider than its column moves the rest. */
static void table_cell(struct buf *line, const struct field *field, const char *text, int width,
                       bool whole)
{
    int used = text_width(text);
    if (field->right && used < width) {
        buf_addf(line, "%*s", width - used, "");
        buf_adds(line, text);
    } else if (whole && used > width) {
        buf_adds(line, text);
    } else {
        text_fit(text, width, line);
    }
}

static bool members_unread(const struct inventory *inv, struct id workspace)
{
    int row = inventory_find_workspace(inv, workspace);
    enum list_progress progress = row < 0 ? PROGRESS_NEVER : inv->member_states[row].progress;
    return progress != PROGRESS_COMPLETE && progress != PROGRESS_PARTIAL;
}

/* The people who can reach one workspace: its members as its list has them, and who acts in it by
 * the role in the organisation without being one. */
static void reach(const struct inventory *inv, struct id workspace, size_t *members, size_t *acting)
{
    int row = inventory_find_workspace(inv, workspace);
    struct people people = {0};
    *members = 0;
    if (row >= 0) {
        const struct workspace_counts *counts = inventory_workspace_counts(inv, (size_t)row);
        access_people(inv, (size_t)row, &people);
        *members =
            (size_t)counts->admins + counts->managers + counts->members + counts->roles_other;
    }
    *acting = row < 0 ? inventory_everywhere(inv)
                      : people.admins + people.managers + people.members + people.other - *members;
}

static bool roles_known(const struct inventory *inv)
{
    return report_list_complete(inv, LIST_USERS);
}

static void reach_words(const struct inventory *inv, struct id workspace, struct buf *out)
{
    int row = inventory_find_workspace(inv, workspace);
    const char *name = row < 0 ? "?" : inventory_workspace_name(inv, &inv->workspaces[row]);
    const char *why = row < 0 ? NULL : arena_text(&inv->arena, inv->member_states[row].why);
    const char *least = roles_known(inv) ? "" : "?";
    size_t members, acting;
    reach(inv, workspace, &members, &acting);
    if (members_unread(inv, workspace)) {
        buf_addf(out, "Members of %s: ? could not be read. %s%s", name, why != NULL ? why : "",
                 why != NULL ? " " : "");
        buf_addf(out, "%zu%s act%s as admin of it by the role in the organisation: (A). ", acting,
                 least, acting == 1 ? "s" : "");
        return;
    }
    bool part = inv->member_states[row].progress == PROGRESS_PARTIAL;
    buf_addf(out, "%zu%s member%s of %s; %zu%s more act%s as admin of it by the role in the ",
             members, part ? "?" : "", members == 1 && !part ? "" : "s", name, acting, least,
             acting == 1 ? "s" : "");
    buf_adds(out, "organisation. (A): admin by that role. ");
}

/* Keys of the organisation act in each workspace, and are of none. */
static void acting_words(const struct inventory *inv, struct id workspace, struct buf *out)
{
    int row = inventory_find_workspace(inv, workspace);
    size_t acting = inventory_organisation_keys(inv);
    buf_addf(out, "%zu%s key%s of the organisation act%s in %s too. ", acting,
             inventory_kind_known(inv, KEY_ORGANISATION_SERVICE) ? "" : "?", acting == 1 ? "" : "s",
             acting == 1 ? "s" : "",
             row < 0 ? "?" : inventory_workspace_name(inv, &inv->workspaces[row]));
}

/* No server promises its order: what is said of it is what is seen. */
static const char *order_words(enum list_order order)
{
    return order == ORDER_NEWEST_FIRST   ? "In the server's order: newest first. "
           : order == ORDER_OLDEST_FIRST ? "In the server's order: oldest first. "
                                         : "In the server's order. ";
}

void report_shown_words(const struct inventory *inv, enum list_kind list, size_t shown,
                        const struct report_options *options, struct buf *out)
{
    size_t rows = field_rows(inv, list);
    bool narrowed = !id_is_none(options->workspace);
    if (options->filtered || (narrowed && list == LIST_KEYS) || shown != rows) {
        buf_addf(out, "Shown: %zu of %zu%s %s. ", shown, rows,
                 report_list_complete(inv, list) ? "" : "?", list_name(list));
    }
    if (narrowed && list == LIST_USERS) {
        reach_words(inv, options->workspace, out);
    } else if (narrowed && list == LIST_KEYS) {
        acting_words(inv, options->workspace, out);
    }
}

void report_order_words(const struct inventory *inv, enum list_kind list, size_t shown,
                        const struct report_options *options, struct buf *out)
{
    if (shown > 1 && options->sort == NULL) {
        buf_adds(out, order_words(inventory_order(inv, list)));
    } else if (shown > 1) {
        buf_addf(out, "Sorted by %s. ", options->sort);
    }
}

static void write_table(FILE *out, struct columns *columns, const struct field_context *ctx,
                        enum list_kind list, const uint32_t *rows, size_t count,
                        const struct report_options *options)
{
    bool whole = options->width <= 0;
    measure(columns, ctx, rows, count, options->width);
    struct buf line, text;
    buf_init(&line, 0);
    buf_init(&text, 0);
    for (size_t c = 0; c < columns->count; c++) {
        const struct field *field = &columns->fields[columns->chosen[c]];
        buf_adds(&line, c ? " " : "");
        table_cell(&line, field, field->label, columns->widths[c], whole);
    }
    table_line(out, &line);
    for (size_t i = 0; i < count && !ferror(out); i++) {
        for (size_t c = 0; c < columns->count; c++) {
            struct field_context fitted = *ctx;
            fitted.room = whole ? ROOM_FOR_ALL : columns->widths[c];
            cell(columns, c, &fitted, rows[i], &text);
            buf_adds(&line, c ? " " : "");
            table_cell(&line, &columns->fields[columns->chosen[c]], text.data, columns->widths[c],
                       whole);
        }
        table_line(out, &line);
    }
    buf_clear(&text);
    report_shown_words(ctx->inv, list, count, options, &text);
    report_order_words(ctx->inv, list, count, options, &text);
    report_words(ctx->inv, list, &text);
    fprintf(out, "\n%s\n", text.data);
    buf_done(&line);
    buf_done(&text);
}

/* A script compares these to the letter, and nobody can write a formula into them. */
static bool exact(const struct field *field)
{
    return strcmp(field->key, "flag") == 0 || strcmp(field->key, "mask") == 0;
}

int64_t report_as_of(const struct inventory *inv, enum list_kind list)
{
    return inv->lists[list].loaded_at;
}

/* When, of whom, with which key, and whether all of it was read: beside each row, so that a row
 * alone is evidence.
 */
static void evidence(const struct inventory *inv, enum list_kind list, const char *read_with,
                     struct buf *out)
{
    char time[TIME_TEXT_SIZE] = "", id[ID_TEXT_SIZE];
    if (report_as_of(inv, list) != TIME_NONE) {
        time_format(report_as_of(inv, list), time);
    }
    buf_addf(out, ",%s,%s,%s,%s", time, inventory_id_text(inv, inv->organisation_id, id),
             read_with == NULL ? "" : read_with, report_complete(inv, list) ? "true" : "false");
}

/* A line for keys that are in no workspace: a name, and their number in each column that counts
 * such keys. */
static void placeless_line(FILE *out, const struct columns *columns, const char *name,
                           const char *number, const char *proof, const char *end)
{
    for (size_t c = 0; c < columns->count; c++) {
        const char *key = columns->fields[columns->chosen[c]].key;
        bool counts = strcmp(key, "keys") == 0;
        fprintf(out, "%s%s", c ? "," : "", counts ? number : strcmp(key, "name") == 0 ? name : "");
    }
    fprintf(out, "%s%s", proof, end);
}

/* So that the keys of the lines are all keys. */
static void placeless_csv(FILE *out, const struct columns *columns, const struct inventory *inv,
                          const char *proof, const char *end)
{
    char number[32];
    size_t unplaced = inventory_unplaced_keys(inv);
    if (!inventory_list_read(inv, LIST_KEYS)) {
        snprintf(number, sizeof number, "?");
    } else {
        snprintf(number, sizeof number, "%zu%s", inventory_organisation_keys(inv),
                 inventory_kind_known(inv, KEY_ORGANISATION_SERVICE) ? "" : "?");
    }
    placeless_line(out, columns, "(organisation)", number, proof, end);
    if (unplaced > 0) {
        snprintf(number, sizeof number, "%zu", unplaced);
        placeless_line(out, columns, "(not known)", number, proof, end);
    }
}

static void write_csv(FILE *out, const struct columns *columns, const struct field_context *ctx,
                      enum list_kind list, const uint32_t *rows, size_t count,
                      const struct report_options *options)
{
    const char *end = options->crlf ? "\r\n" : "\n";
    struct buf text, proof;
    buf_init(&text, 0);
    buf_init(&proof, 0);
    for (size_t c = 0; c < columns->count && !options->no_header; c++) {
        fprintf(out, "%s%s", c ? "," : "", columns->fields[columns->chosen[c]].key);
    }
    if (!options->no_header) {
        fprintf(out, "%s%s", options->evidence ? ",as_of,organisation_id,read_with,complete" : "",
                end);
    }
    if (options->evidence) {
        evidence(ctx->inv, list, options->read_with, &proof);
    }
    for (size_t i = 0; i < count && !ferror(out); i++) {
        for (size_t c = 0; c < columns->count; c++) {
            cell(columns, c, ctx, rows[i], &text);
            fputs(c ? "," : "", out);
            (exact(&columns->fields[columns->chosen[c]]) ? report_csv_exact
                                                         : report_csv_cell)(out, text.data);
        }
        fprintf(out, "%s%s", proof.data, end);
    }
    if (list == LIST_WORKSPACES && !options->filtered) {
        placeless_csv(out, columns, ctx->inv, proof.data, end);
    }
    buf_done(&text);
    buf_done(&proof);
}

bool report_item(FILE *out, struct inventory *inv, enum list_kind list, size_t row, struct err *err)
{
    report_json_write(out, report_json_row(inv, list, row, (struct id){0}), JSON_INDENT(2));
    return report_flush(out, err);
}

bool report_ids(FILE *out, struct inventory *inv, enum list_kind list, const uint32_t *rows,
                size_t count, struct err *err)
{
    char text[ID_TEXT_SIZE];
    struct buf clean;
    buf_init(&clean, 0);
    for (size_t i = 0; i < count && !ferror(out); i++) {
        const char *id = inventory_id_text(inv, field_row_id(inv, list, rows[i]), text);
        buf_clear(&clean);
        text_clean(id, strlen(id), &clean);
        fprintf(out, "%s\n", clean.data);
    }
    buf_done(&clean);
    return report_flush(out, err);
}

/* null: not known, or perhaps more. */
static void json_count(FILE *out, const char *name, size_t count, bool exact)
{
    fprintf(out, ",\"%s\":", name);
    if (exact) {
        fprintf(out, "%zu", count);
    } else {
        fputs("null", out);
    }
}

/* What the items are of all there is. */
static void json_shown(FILE *out, const struct inventory *inv, enum list_kind list, size_t shown,
                       const struct report_options *options)
{
    bool admin_keys =
        inventory_list_read(inv, LIST_KEYS) && inventory_kind_known(inv, KEY_ORGANISATION_SERVICE);
    size_t members, acting;
    json_count(out, "shown", shown, true);
    if (!id_is_none(options->workspace)) {
        int row = inventory_find_workspace(inv, options->workspace);
        bool whole = row >= 0 && inv->member_states[row].progress == PROGRESS_COMPLETE;
        fputs(",\"workspace_id\":", out);
        report_json_write(out, report_json_id(inv, options->workspace), 0);
        reach(inv, options->workspace, &members, &acting);
        if (list == LIST_USERS) {
            json_count(out, "members", members, whole);
            json_count(out, "acting_everywhere", acting, whole && roles_known(inv));
        } else {
            json_count(out, "acting_everywhere", inventory_organisation_keys(inv), admin_keys);
        }
    }
    if (list == LIST_WORKSPACES) {
        json_count(out, "organisation_keys", inventory_organisation_keys(inv), admin_keys);
        json_count(out, "unplaced_keys", inventory_unplaced_keys(inv),
                   inventory_list_read(inv, LIST_KEYS));
    }
}

/* Written row by row: a million keys never stand in memory as JSON. */
static void write_json(FILE *out, struct inventory *inv, enum list_kind list, const uint32_t *rows,
                       size_t count, struct id workspace, const struct report_options *options)
{
    const struct list_state *state = &inv->lists[list];
    bool unread = !id_is_none(workspace) && members_unread(inv, workspace);
    const char *name;
    json_t *value, *head = report_json_head(inv, report_as_of(inv, list), options);
    fputc('{', out);
    json_object_foreach(head, name, value)
    {
        fprintf(out, "\"%s\":", name);
        report_json_write(out, json_incref(value), 0);
        fputc(',', out);
    }
    json_decref(head);
    fprintf(out, "\"complete\":%s,\"counted\":", report_complete(inv, list) ? "true" : "false");
    if (unread) {
        fputs("null", out);
    } else {
        fprintf(out, "%zu", state->counted);
    }
    fputs(",\"total\":", out);
    if (state->total < 0 || unread) {
        fputs("null", out);
    } else {
        fprintf(out, "%" PRId64, state->total);
    }
    fputs(",\"missing\":", out);
    json_t *missing = report_json_missing(inv, list);
    for (int other = 0; other < LIST_COUNT; other++) {
        if (other != (int)list && report_lacks(inv, list, (enum list_kind)other)) {
            json_t *more = report_json_missing(inv, (enum list_kind)other);
            json_array_extend(missing, more);
            json_decref(more);
        }
    }
    report_json_write(out, missing, JSON_COMPACT);
    json_shown(out, inv, list, count, options);
    fputs(",\"items\":[", out);
    for (size_t i = 0; i < count && !ferror(out); i++) {
        fputs(i ? ",\n" : "\n", out);
        report_json_write(out, report_json_row(inv, list, rows[i], workspace), JSON_COMPACT);
    }
    fputs("]}\n", out);
}

bool report_list(FILE *out, struct inventory *inv, enum list_kind list, const uint32_t *rows,
                 size_t count, const struct report_options *options, struct err *err)
{
    struct columns columns;
    if (!choose(&columns, list, options, err)) {
        return false;
    }
    struct id workspace = list == LIST_USERS ? options->workspace : (struct id){0, 0};
    struct field_context ctx = {.inv = inv,
                                .now = options->now,
                                .plain = options->format == REPORT_CSV,
                                .dated = true,
                                .workspace = workspace};
    switch (options->format) {
    case REPORT_TABLE:
        write_table(out, &columns, &ctx, list, rows, count, options);
        break;
    case REPORT_JSON:
        write_json(out, inv, list, rows, count, workspace, options);
        break;
    case REPORT_CSV:
        write_csv(out, &columns, &ctx, list, rows, count, options);
        break;
    }
    return report_flush(out, err);
}

static void list_words(const struct inventory *inv, enum list_kind list, bool named,
                       struct buf *out)
{
    const struct list_state *state = &inv->lists[list];
    const char *name = list == LIST_MEMBERS ? "workspace memberships" : list_name(list);
    char why[INVENTORY_WHY_SIZE] = "";
    if (named && (state->progress == PROGRESS_NEVER || state->progress == PROGRESS_REFUSED ||
                  state->progress == PROGRESS_FAILED)) {
        buf_addf(out, "%s: ", name);
    }
    switch (state->progress) {
    case PROGRESS_NEVER:
        buf_adds(out, "not read.");
        return;
    case PROGRESS_REFUSED:
        buf_adds(out, "? refused.");
        break;
    case PROGRESS_FAILED:
        buf_adds(out, "? could not be read.");
        break;
    case PROGRESS_LOADING:
    case PROGRESS_PARTIAL:
    case PROGRESS_COMPLETE:
        buf_addf(out, "%zu of ", state->counted);
        if (state->total < 0 || (list == LIST_KEYS && !inventory_keys_held(inv, why, sizeof why) &&
                                 state->progress == PROGRESS_COMPLETE)) {
            buf_adds(out, "?"); /* the server counts those that this key may see */
        } else {
            buf_addf(out, "%" PRId64, state->total);
        }
        bool complete = report_list_complete(inv, list);
        if (list == LIST_KEYS) {
            inventory_keys_complete(inv, why, sizeof why);
        }
        /* "1 of 1 key": the last letter of every name makes it many. */
        buf_addf(out, " %.*s, %s.", (int)strlen(name) - (state->total == 1), name,
                 complete ? "complete" : "not complete");
        break;
    }
    const char *cause = state->why[0] != '\0' ? state->why : why;
    if (cause[0] != '\0' && strstr(out->data, cause) == NULL) { /* one cause is told once */
        buf_addf(out, " %s%s", cause, strchr(".?!", cause[strlen(cause) - 1]) != NULL ? "" : ".");
    }
    if (list != LIST_KEYS && inventory_unread_rows(inv, list) > 0) {
        buf_addc(out, ' ');
        inventory_unread_words(inv, list, out);
    }
    if (state->scope[0] != '\0' && strstr(state->why, state->scope) == NULL) {
        buf_addf(out, " Likely missing: %s.", state->scope);
    }
}

void report_list_words(const struct inventory *inv, enum list_kind list, struct buf *out)
{
    list_words(inv, list, true, out);
}

void report_list_words_unnamed(const struct inventory *inv, enum list_kind list, struct buf *out)
{
    list_words(inv, list, false, out);
}

void report_words(const struct inventory *inv, enum list_kind list, struct buf *out)
{
    char why[INVENTORY_WHY_SIZE];
    report_list_words(inv, list, out);
    if (list == LIST_WORKSPACES && inventory_list_read(inv, LIST_KEYS)) {
        size_t keys = inventory_organisation_keys(inv), unplaced = inventory_unplaced_keys(inv);
        buf_addf(out, " (organisation): %zu%s key%s in no workspace.", keys,
                 inventory_keys_held(inv, why, sizeof why) ? "" : "?", keys == 1 ? "" : "s");
        if (unplaced > 0) {
            buf_addf(out, " %zu key%s of which it is not known in which workspace.", unplaced,
                     unplaced == 1 ? "" : "s");
        }
    }
    for (int other = 0; other < LIST_COUNT; other++) {
        bool joined = list == LIST_USERS && other == LIST_MEMBERS;
        if (other != (int)list && (joined || report_lacks(inv, list, (enum list_kind)other))) {
            buf_adds(out, " ");
            report_list_words(inv, (enum list_kind)other, out);
        }
    }
}
