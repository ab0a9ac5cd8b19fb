#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

/* -- records -- */

static void *field(void *record, const struct column *column)
{
    return (char *)record + column->at;
}

static const void *field_of(const void *record, const struct column *column)
{
    return (const char *)record + column->at;
}

static bool is_stored(const struct column *column)
{
    return column->type != COL_SEQ && strchr(column->name, '.') == NULL;
}

static char *text_at(sqlite3_stmt *s, int at)
{
    const unsigned char *text = sqlite3_column_text(s, at);
    return text == NULL ? NULL : xstrdup((const char *)text);
}

/* A blob of just this size; zeroes otherwise. */
static bool blob_at(sqlite3_stmt *s, int at, void *out, size_t size)
{
    const void *blob = sqlite3_column_blob(s, at);
    bool fits = blob != NULL && sqlite3_column_bytes(s, at) == (int)size;
    if (fits) {
        memcpy(out, blob, size);
    }
    return fits;
}

static void read_column(sqlite3_stmt *s, int at, const struct column *column, void *record)
{
    void *place = field(record, column);
    bool null = sqlite3_column_type(s, at) == SQLITE_NULL;
    switch (column->type) {
    case COL_SEQ:
    case COL_INT:
        *(int64_t *)place = sqlite3_column_int64(s, at);
        break;
    case COL_TIME:
        *(int64_t *)place = null ? TIME_NONE : sqlite3_column_int64(s, at);
        break;
    case COL_ENUM:
        *(int *)place = sqlite3_column_int(s, at);
        break;
    case COL_FLAG:
        *(bool *)place = sqlite3_column_int(s, at) != 0;
        break;
    case COL_TEXT:
        *(char **)place = text_at(s, at);
        break;
    case COL_SCOPES:
        blob_at(s, at, place, sizeof(struct scope_set));
        break;
    case COL_HASH:
        blob_at(s, at, place, HASH_SIZE);
        if (column->has != 0) {
            *(bool *)((char *)record + column->has) = !null;
        }
        break;
    }
}

static void read_record(sqlite3_stmt *s, const struct record_info *info, void *out)
{
    memset(out, 0, info->size);
    for (size_t i = 0; i < info->count; i++) {
        read_column(s, (int)i, &info->columns[i], out);
    }
}

static void bind_text(sqlite3_stmt *s, int at, const char *text)
{
    if (text != NULL) {
        sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT);
    }
}

static void bind_time(sqlite3_stmt *s, int at, int64_t time)
{
    if (time != TIME_NONE) {
        sqlite3_bind_int64(s, at, time);
    }
}

static void bind_column(sqlite3_stmt *s, int at, const struct column *column, const void *record)
{
    const void *place = field_of(record, column);
    switch (column->type) {
    case COL_SEQ:
    case COL_INT:
        sqlite3_bind_int64(s, at, *(const int64_t *)place);
        break;
    case COL_TIME:
        bind_time(s, at, *(const int64_t *)place);
        break;
    case COL_ENUM:
        sqlite3_bind_int(s, at, *(const int *)place);
        break;
    case COL_FLAG:
        sqlite3_bind_int(s, at, *(const bool *)place);
        break;
    case COL_TEXT:
        bind_text(s, at, *(char *const *)place);
        break;
    case COL_SCOPES:
        sqlite3_bind_blob(s, at, place, (int)sizeof(struct scope_set), SQLITE_TRANSIENT);
        break;
    case COL_HASH:
        if (column->has == 0 || *(const bool *)((const char *)record + column->has)) {
            sqlite3_bind_blob(s, at, place, HASH_SIZE, SQLITE_TRANSIENT);
        }
        break;
    }
}

/* Gives how many there are. */
static int bind_record(sqlite3_stmt *s, const struct record_info *info, const void *record)
{
    int at = 0;
    for (size_t i = 0; i < info->count; i++) {
        if (is_stored(&info->columns[i])) {
            bind_column(s, ++at, &info->columns[i], record);
        }
    }
    return at;
}

void record_done(const struct record_info *info, void *record)
{
    for (size_t i = 0; i < info->count; i++) {
        if (info->columns[i].type == COL_TEXT) {
            free(*(char **)field(record, &info->columns[i]));
        }
    }
    memset(record, 0, info->size);
}

/* -- statements -- */

/* "SELECT k.id,.. FROM keys k .." with the text behind it. */
static void write_rows(struct buf *out, const struct record_info *info, const char *tail)
{
    const char *alias = strchr(info->table, ' ') + 1;
    for (size_t i = 0; i < info->count; i++) {
        const char *name = info->columns[i].name;
        bool joined = strchr(name, '.') != NULL;
        buf_addf(out, "%s%s%s%s", i == 0 ? "SELECT " : ",", joined ? "" : alias, joined ? "" : ".",
                 name);
    }
    buf_addf(out, " FROM %s %s %s", info->table, info->joins, tail);
}

static void write_add(struct buf *out, const struct record_info *info)
{
    int count = 0;
    buf_addf(out, "INSERT %sINTO %.*s(", info->replaces ? "OR REPLACE " : "",
             (int)strcspn(info->table, " "), info->table);
    for (size_t i = 0; i < info->count; i++) {
        if (is_stored(&info->columns[i])) {
            buf_addf(out, "%s%s", count++ > 0 ? "," : "", info->columns[i].name);
        }
    }
    buf_adds(out, ") VALUES(");
    for (int i = 1; i <= count; i++) {
        buf_addf(out, "%s?%d", i > 1 ? "," : "", i);
    }
    buf_addc(out, ')');
}

static void write_put(struct buf *out, const struct record_info *info)
{
    int count = 0;
    buf_addf(out, "UPDATE %.*s SET ", (int)strcspn(info->table, " "), info->table);
    for (size_t i = 0; i < info->count; i++) {
        if (is_stored(&info->columns[i])) {
            buf_addf(out, "%s%s=?%d", count > 0 ? "," : "", info->columns[i].name, count + 1);
            count++;
        }
    }
    buf_addf(out, " WHERE seq=?%d", count + 1);
}

/* Our own SQL is wrong, or the file broke under us: nothing sensible can follow. */
_Noreturn void db_give_up(struct db *db, const char *what)
{
    fprintf(stderr, "portcullis-sandbox: %s: %s\n", what, sqlite3_errmsg(db->sqlite));
    abort();
}

static sqlite3_stmt *prepare(struct db *db, const struct sql *sql)
{
    sqlite3_stmt *statement = NULL;
    struct buf text;
    buf_init(&text, 0);
    switch (sql->verb) {
    case SQL_TEXT:
        buf_adds(&text, sql->text);
        break;
    case SQL_ROWS:
        write_rows(&text, sql->record, sql->text);
        break;
    case SQL_ADD:
        write_add(&text, sql->record);
        break;
    case SQL_PUT:
        write_put(&text, sql->record);
        break;
    }
    if (sqlite3_prepare_v3(db->sqlite, text.data, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           NULL) != SQLITE_OK) {
        db_give_up(db, text.data);
    }
    buf_done(&text);
    return statement;
}

/* Reset, and with nothing bound. */
static sqlite3_stmt *statement(struct db *db, enum statement number)
{
    if (db->statements[number] == NULL) {
        db->statements[number] = prepare(db, &DB_SQL[number]);
    }
    sqlite3_reset(db->statements[number]);
    sqlite3_clear_bindings(db->statements[number]);
    return db->statements[number];
}

bool db_step(struct db *db, sqlite3_stmt *s)
{
    int code = sqlite3_step(s);
    db->failed |= code != SQLITE_ROW && code != SQLITE_DONE;
    return code == SQLITE_ROW;
}

static bool run(struct db *db, sqlite3_stmt *s)
{
    int code = sqlite3_step(s);
    sqlite3_reset(s);
    db->failed |= code != SQLITE_DONE && code != SQLITE_ROW && code != SQLITE_CONSTRAINT;
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

static sqlite3_stmt *bound(struct db *db, enum statement number, const char *types, va_list args)
{
    sqlite3_stmt *s = statement(db, number);
    for (int at = 1; types[at - 1] != '\0'; at++) {
        switch (types[at - 1]) {
        case 'i':
            sqlite3_bind_int64(s, at, va_arg(args, int64_t));
            break;
        case 'T':
            bind_time(s, at, va_arg(args, int64_t));
            break;
        case 'h':
            sqlite3_bind_blob(s, at, va_arg(args, const void *), HASH_SIZE, SQLITE_TRANSIENT);
            break;
        default:
            bind_text(s, at, va_arg(args, const char *));
            break;
        }
    }
    return s;
}

bool db_one(struct db *db, enum statement number, void *out, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = bound(db, number, types, args);
    va_end(args);
    bool found = db_step(db, s);
    if (found) {
        read_record(s, DB_SQL[number].record, out);
    }
    sqlite3_reset(s);
    return found;
}

size_t db_rows(struct db *db, enum statement number, void *out, size_t limit, const char *types,
               ...)
{
    const struct record_info *info = DB_SQL[number].record;
    size_t count = 0;
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = bound(db, number, types, args);
    va_end(args);
    while (count < limit && db_step(db, s)) {
        read_record(s, info, (char *)out + count++ * info->size);
    }
    sqlite3_reset(s);
    return count;
}

int64_t db_number(struct db *db, enum statement number, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = bound(db, number, types, args);
    va_end(args);
    int64_t value = db_step(db, s) ? sqlite3_column_int64(s, 0) : 0;
    sqlite3_reset(s);
    return value;
}

char *db_word(struct db *db, enum statement number, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = bound(db, number, types, args);
    va_end(args);
    char *word = db_step(db, s) ? text_at(s, 0) : NULL;
    sqlite3_reset(s);
    return word;
}

int64_t *db_numbers(struct db *db, enum statement number, size_t *count, const char *types, ...)
{
    int64_t *numbers = NULL;
    size_t cap = 0;
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = bound(db, number, types, args);
    va_end(args);
    for (*count = 0; db_step(db, s); (*count)++) {
        numbers = xgrow(numbers, &cap, *count + 1, sizeof(*numbers));
        numbers[*count] = sqlite3_column_int64(s, 0);
    }
    sqlite3_reset(s);
    return numbers;
}

bool db_do(struct db *db, enum statement number, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = bound(db, number, types, args);
    va_end(args);
    return run(db, s);
}

int64_t db_add(struct db *db, enum statement number, const void *record)
{
    sqlite3_stmt *s = statement(db, number);
    bind_record(s, DB_SQL[number].record, record);
    return run(db, s) ? sqlite3_last_insert_rowid(db->sqlite) : 0;
}

bool db_put(struct db *db, enum statement number, const void *record)
{
    const struct record_info *info = DB_SQL[number].record;
    sqlite3_stmt *s = statement(db, number);
    int count = bind_record(s, info, record);
    bind_column(s, count + 1, &info->columns[0], record);
    return run(db, s);
}
