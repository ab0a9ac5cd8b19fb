#include "sandbox/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

static const char SCHEMA[] =
#include "schema.inc"
    ;
static const char FROM_1[] =
#include "from_1.inc"
    ;
static const char FROM_2[] =
#include "from_2.inc"
    ;
/* Of the file; the first one did not say. */
#define FORMAT 3

#define AT(field) offsetof(struct org_row, field)
static const struct column ORG_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"id", COL_TEXT, AT(id), 0},
    {"name", COL_TEXT, AT(name), 0},
};
#undef AT
const struct record_info ORG_RECORD = {
    "organisations o",      "",   ORG_COLUMNS, sizeof ORG_COLUMNS / sizeof *ORG_COLUMNS,
    sizeof(struct org_row), false};

/* Asked by SQLite before it commits; anything but 0 makes it roll back. */
static int refuse_commit(void *cls)
{
    struct db *db = cls;
    return db->spoiled;
}

static int64_t ask(struct db *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    sqlite3_prepare_v2(db->sqlite, sql, -1, &s, NULL);
    int64_t number = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;
    sqlite3_finalize(s);
    return number;
}

static bool does(struct db *db, const char *sql)
{
    return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Makes the tables, or brings those of an earlier version to the form of now, all or nothing. */
static bool make_schema(struct db *db, const char *path, struct err *err)
{
    static const char OURS[] = "SELECT count(*) FROM sqlite_master WHERE name='organisations'";
    int64_t format = ask(db, "PRAGMA user_version");
    int64_t tables = ask(db, "SELECT count(*) FROM sqlite_master");
    bool ours = ask(db, OURS) == 1;
    if (tables > 0 && !ours) {
        return err_set(err, ERR_FILE, "The database %s is of another program: give another --db.",
                       path);
    }
    if (format > FORMAT) {
        return err_set(err, ERR_FILE,
                       "The database %s was made by a later version (its format is %lld, this one "
                       "reads up to %d): run that version, or give another --db.",
                       path, (long long)format, FORMAT);
    }
    bool first = ours && format == 0;
    bool second = first || format == 2;
    if (does(db, "BEGIN IMMEDIATE") && (!first || does(db, FROM_1)) &&
        (!second || does(db, FROM_2)) && does(db, SCHEMA) &&
        does(db, "PRAGMA user_version=3;COMMIT")) {
        return true;
    }
    return err_set(err, ERR_FILE, "The tables in %s cannot be made: %s.",
                   path == NULL ? "memory" : path, sqlite3_errmsg(db->sqlite));
}

struct db *db_open(const char *path, struct err *err)
{
    struct db *db = xcalloc(1, sizeof *db);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    /* One server a file: the order of the keys is held in memory. */
    const char *setup = path == NULL ? "PRAGMA journal_mode=MEMORY"
                                     : "PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=WAL;"
                                       "PRAGMA secure_delete=ON;PRAGMA cache_size=-131072;"
                                       "BEGIN IMMEDIATE;COMMIT";
    if (sqlite3_open_v2(path == NULL ? ":memory:" : path, &db->sqlite, flags, NULL) != SQLITE_OK ||
        (path != NULL && chmod(path, 0600) != 0) ||
        sqlite3_exec(db->sqlite, setup, NULL, NULL, NULL) != SQLITE_OK) {
        err_set(err, ERR_FILE, "The database %s cannot be opened: %s.",
                path == NULL ? "in memory" : path,
                db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : "no memory");
        db_free(db);
        return NULL;
    }
    if (!make_schema(db, path, err)) {
        db_free(db);
        return NULL;
    }
    sqlite3_commit_hook(db->sqlite, refuse_commit, db);
    if (!db_load_places(db)) {
        err_set(err, ERR_FILE, "The keys in %s cannot be read: %s.", path == NULL ? "memory" : path,
                sqlite3_errmsg(db->sqlite));
        db_free(db);
        return NULL;
    }
    return db;
}

struct db *db_copy(struct db *db)
{
    struct db *copy = xcalloc(1, sizeof *copy);
    bool copied = sqlite3_open(":memory:", &copy->sqlite) == SQLITE_OK;
    sqlite3_backup *backup =
        copied ? sqlite3_backup_init(copy->sqlite, "main", db->sqlite, "main") : NULL;
    copied = backup != NULL && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
    if (backup != NULL) {
        sqlite3_backup_finish(backup);
    }
    if (!copied || !db_load_places(copy)) {
        db_free(copy);
        return NULL;
    }
    return copy;
}

void db_free(struct db *db)
{
    if (db == NULL) {
        return;
    }
    for (int i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(db->statements[i]);
    }
    sqlite3_close(db->sqlite);
    free(db->meta);
    free(db->places);
    free(db->passing);
    texts_done(&db->key_texts);
    texts_done(&db->workspace_texts);
    db_forget_workspaces(db);
    db_forget_audit(db);
    for (size_t i = 0; i < db->org_count; i++) {
        free(db->org_ids[i]);
    }
    free(db->org_ids);
    free(db);
}

bool db_begin(struct db *db)
{
    db->failed = false;
    return sqlite3_exec(db->sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
}

bool db_commit(struct db *db)
{
    bool done = !db->failed && sqlite3_exec(db->sqlite, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    db->spoiled = false;
    if (!done) {
        if (!sqlite3_get_autocommit(db->sqlite)) { /* SQLite may have rolled back by itself */
            sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
        }
        texts_clear(&db->key_texts);
        texts_clear(&db->workspace_texts);
        db_forget_workspaces(db);
        db_forget_audit(db);
        if (!db_load_places(db)) {
            db_give_up(db, "the keys cannot be read again");
        }
    }
    return done;
}

void db_spoil_commit(struct db *db)
{
    db->spoiled = true;
}

const char *db_meta(struct db *db, const char *name)
{
    free(db->meta);
    db->meta = db_word(db, SQL_META, "t", name);
    return db->meta != NULL ? db->meta : "";
}

void db_set_meta(struct db *db, const char *name, const char *value)
{
    db_do(db, SQL_SET_META, "tt", name, value);
}

int64_t db_add_organisation(struct db *db, const char *id, const char *name)
{
    const struct org_row org = {0, (char *)id, (char *)name};
    return db_add(db, SQL_ADD_ORG, &org);
}

size_t db_organisation_count(struct db *db)
{
    return (size_t)db_number(db, SQL_COUNT_ORG, "");
}

bool db_organisation(struct db *db, size_t number, struct org_row *out)
{
    return db_one(db, SQL_ORG, out, "i", (int64_t)number);
}

const char *db_organisation_id(struct db *db, int64_t org)
{
    while ((int64_t)db->org_count < org) {
        size_t cap = db->org_count;
        struct org_row row;
        if (!db_organisation(db, db->org_count, &row)) {
            return NULL;
        }
        db->org_ids = xgrow(db->org_ids, &cap, db->org_count + 1, sizeof *db->org_ids);
        db->org_ids[db->org_count++] = row.id;
        free(row.name);
    }
    return db->org_ids[org - 1];
}

struct texts *db_key_texts(struct db *db)
{
    return &db->key_texts;
}

struct texts *db_workspace_texts(struct db *db)
{
    return &db->workspace_texts;
}
