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
/* Of the file; the first one did not say. */
#define FORMAT 2

#define USER_COLUMNS                                                                               \
    "u.seq,u.org,u.id,u.first_name,u.last_name,u.email,u.role,u.created_at,u.updated_at"
#define WORKSPACE_COLUMNS                                                                          \
    "seq,org,id,slug,name,icon,description,is_default,scim_source_id,usage_limits,rate_limits,"    \
    "defaults,switches,"                                                                           \
    "status,created_by,created_at,updated_at"
#define KEY_COLUMNS                                                                                \
    "k.seq,k.org,k.id,k.name,k.description,k.kind,k.workspace,k.user,k.scopes,k.creation_mode,k."  \
    "created_at,"                                                                                  \
    "k.updated_at,k.expires_at,k.rate_limits,k.usage_limits,k.alert_emails,k.rotation_policy,k."   \
    "defaults,"                                                                                    \
    "k.last_reset_at,k.mask,k.hash,k.old_hash,k.old_until,k.secrets,w.id,u.id"
#define KEY_FROM                                                                                   \
    " FROM keys k LEFT JOIN workspaces w ON w.seq=k.workspace LEFT JOIN users u ON u.seq=k.user "
#define USER_FILTER "(?2 IS NULL OR u.role=?2) AND (?3 IS NULL OR lower(u.email)=lower(?3))"
#define MEMBER_FILTER                                                                              \
    "m.workspace=?1 AND (?2 IS NULL OR CASE u.role WHEN 'owner' THEN 'admin' ELSE m.role END=?2) " \
    "AND (?3 IS NULL OR lower(u.email)=lower(?3))"
#define WORKSPACE_FILTER                                                                           \
    "org=?1 AND (?2=0 OR seq=?2) AND (?3 IS NULL OR instr(name,?3)>0) AND (?4 IS NULL OR "         \
    "name=?4) AND "                                                                                \
    "instr(',' || ?5 || ',', ',' || status || ',')>0"

static const char *const SQL[SQL_COUNT] = {
    [SQL_META] = "SELECT value FROM meta WHERE name=?1",
    [SQL_SET_META] = "INSERT OR REPLACE INTO meta VALUES(?1,?2)",
    [SQL_ADD_ORG] = "INSERT INTO organisations(id,name) VALUES(?1,?2)",
    [SQL_COUNT_ORG] = "SELECT count(*) FROM organisations",
    [SQL_ORG] = "SELECT seq,id,name FROM organisations ORDER BY seq LIMIT 1 OFFSET ?1",
    [SQL_ORG_ID] = "SELECT id FROM organisations WHERE seq=?1",
    [SQL_ADD_USER] =
        "INSERT INTO users(org,id,first_name,last_name,email,role,created_at,updated_at) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    [SQL_FIND_USER] = "SELECT " USER_COLUMNS " FROM users u WHERE u.org=?1 AND u.id=?2",
    [SQL_USER_SEQ] = "SELECT " USER_COLUMNS " FROM users u WHERE u.seq=?1",
    [SQL_LIST_USERS] = "SELECT " USER_COLUMNS " FROM users u WHERE u.org=?1 AND " USER_FILTER
                       " ORDER BY u.seq LIMIT ?4 OFFSET ?5",
    [SQL_COUNT_USERS] = "SELECT count(*) FROM users u WHERE u.org=?1 AND " USER_FILTER,
    [SQL_ADD_WORKSPACE] =
        "INSERT INTO workspaces(org,id,slug,name,icon,description,is_default,scim_source_id,"
        "usage_limits,rate_limits,defaults,switches,status,created_by,created_at,updated_at) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
    [SQL_FIND_WORKSPACE] =
        "SELECT " WORKSPACE_COLUMNS
        " FROM workspaces WHERE org=?1 AND (id=?2 OR (?3 AND slug=?2)) AND status='active'",
    [SQL_LIST_WORKSPACES] = "SELECT seq FROM workspaces WHERE " WORKSPACE_FILTER " ORDER BY seq",
    [SQL_WORKSPACE_SEQ] = "SELECT " WORKSPACE_COLUMNS " FROM workspaces WHERE seq=?1",
    [SQL_ADD_MEMBER] = "INSERT OR REPLACE INTO members VALUES(?1,?2,?3,?4,?4)",
    [SQL_MEMBER_ROLE] = "SELECT role FROM members WHERE workspace=?1 AND user=?2",
    [SQL_FIND_MEMBER] = "SELECT " USER_COLUMNS
                        ",m.role,m.created_at,m.updated_at,m.workspace FROM members m JOIN users u "
                        "ON u.seq=m.user WHERE m.workspace=?1 AND u.id=?2",
    [SQL_LIST_MEMBERS] =
        "SELECT " USER_COLUMNS
        ",m.role,m.created_at,m.updated_at,m.workspace FROM members m JOIN users u "
        "ON u.seq=m.user WHERE " MEMBER_FILTER " ORDER BY m.user LIMIT ?4 OFFSET ?5",
    [SQL_COUNT_MEMBERS] =
        "SELECT count(*) FROM members m JOIN users u ON u.seq=m.user WHERE " MEMBER_FILTER,
    [SQL_USER_WORKSPACES] =
        "SELECT group_concat(slug) FROM (SELECT slug FROM workspaces w WHERE w.org=?1 AND "
        "w.status='active' AND (?2=0 OR EXISTS(SELECT 1 FROM members m WHERE m.workspace=w.seq AND "
        "m.user=?2)) ORDER BY w.seq)",
    [SQL_NEXT_KEY] = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name='keys'),0)+1",
    [SQL_FIRST_KEY_SINCE] = "SELECT coalesce(min(seq),0) FROM keys WHERE created_at>?1",
    [SQL_ADD_KEY] =
        "INSERT INTO "
        "keys(org,id,name,description,kind,workspace,user,scopes,creation_mode,created_at,"
        "updated_at,expires_at,rate_limits,usage_limits,alert_emails,rotation_policy,defaults,last_"
        "reset_at,"
        "mask,hash,old_hash,old_until,secrets) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,"
        "?16,?17,?18,?19,?20,?21,?22,?23)",
    [SQL_UPDATE_KEY] =
        "UPDATE keys SET "
        "name=?3,description=?4,scopes=?8,updated_at=?11,expires_at=?12,rate_limits=?13,"
        "usage_limits=?14,alert_emails=?15,rotation_policy=?16,defaults=?17,last_reset_at=?18,mask="
        "?19,"
        "hash=?20,old_hash=?21,old_until=?22,secrets=?23 WHERE seq=?24",
    [SQL_DELETE_KEY] = "DELETE FROM keys WHERE seq=?1",
    [SQL_FIND_KEY] = "SELECT " KEY_COLUMNS KEY_FROM "WHERE k.org=?1 AND k.id=?2",
    [SQL_KEY_BY_HASH] =
        "SELECT " KEY_COLUMNS KEY_FROM "WHERE k.hash=?1 UNION ALL SELECT " KEY_COLUMNS KEY_FROM
        "WHERE k.old_hash=?1 LIMIT 1",
    [SQL_KEY_SEQ] = "SELECT " KEY_COLUMNS KEY_FROM "WHERE k.seq=?1",
    [SQL_ADD_AUDIT] =
        "INSERT INTO "
        "audit_log(time,org,workspace,actor,actor_type,method,uri,request_id,request_body,status,"
        "resource_type,action,client_ip) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
};

/* Our own SQL is wrong, or the file broke under us: nothing sensible can follow. */
static _Noreturn void give_up(struct db *db, const char *what)
{
    fprintf(stderr, "portcullis-sandbox: %s: %s\n", what, sqlite3_errmsg(db->sqlite));
    abort();
}

sqlite3_stmt *db_statement(struct db *db, enum statement number)
{
    sqlite3_stmt *statement = db->statements[number];
    if (statement == NULL) {
        if (sqlite3_prepare_v3(db->sqlite, SQL[number], -1, SQLITE_PREPARE_PERSISTENT, &statement,
                               NULL) != SQLITE_OK) {
            give_up(db, SQL[number]);
        }
        db->statements[number] = statement;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return statement;
}

bool db_step(struct db *db, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    db->failed |= code != SQLITE_ROW && code != SQLITE_DONE;
    return code == SQLITE_ROW;
}

bool db_run(struct db *db, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    db->failed |= code != SQLITE_DONE && code != SQLITE_ROW && code != SQLITE_CONSTRAINT;
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

void db_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    if (text != NULL) {
        sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
    }
}

void db_bind_time(sqlite3_stmt *statement, int at, int64_t time)
{
    if (time != TIME_NONE) {
        sqlite3_bind_int64(statement, at, time);
    }
}

char *db_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text == NULL ? NULL : xstrdup((const char *)text);
}

int64_t db_time(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? TIME_NONE
               : sqlite3_column_int64(statement, column);
}

int64_t db_number(struct db *db, sqlite3_stmt *statement)
{
    int64_t number = db_step(db, statement) ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return number;
}

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
    bool old = ours && format == 0;
    if (sqlite3_exec(db->sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        (!old || sqlite3_exec(db->sqlite, FROM_1, NULL, NULL, NULL) == SQLITE_OK) &&
        sqlite3_exec(db->sqlite, SCHEMA, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db->sqlite, "PRAGMA user_version=2;COMMIT", NULL, NULL, NULL) == SQLITE_OK) {
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
    free(db->workspaces.seqs);
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
        if (!db_load_places(db)) {
            give_up(db, "the keys cannot be read again");
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
    sqlite3_stmt *statement = db_statement(db, SQL_META);
    db_bind_text(statement, 1, name);
    free(db->meta);
    db->meta = db_step(db, statement) ? db_text(statement, 0) : NULL;
    sqlite3_reset(statement);
    return db->meta != NULL ? db->meta : "";
}

void db_set_meta(struct db *db, const char *name, const char *value)
{
    sqlite3_stmt *statement = db_statement(db, SQL_SET_META);
    db_bind_text(statement, 1, name);
    db_bind_text(statement, 2, value);
    db_run(db, statement);
}

int64_t db_add_organisation(struct db *db, const char *id, const char *name)
{
    sqlite3_stmt *statement = db_statement(db, SQL_ADD_ORG);
    db_bind_text(statement, 1, id);
    db_bind_text(statement, 2, name);
    db_run(db, statement);
    return sqlite3_last_insert_rowid(db->sqlite);
}

size_t db_organisation_count(struct db *db)
{
    return (size_t)db_number(db, db_statement(db, SQL_COUNT_ORG));
}

bool db_organisation(struct db *db, size_t number, struct org_row *out)
{
    sqlite3_stmt *statement = db_statement(db, SQL_ORG);
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
    bool found = db_step(db, statement);
    if (found) {
        *out = (struct org_row){sqlite3_column_int64(statement, 0), db_text(statement, 1),
                                db_text(statement, 2)};
    }
    sqlite3_reset(statement);
    return found;
}

const char *db_organisation_id(struct db *db, int64_t org)
{
    while ((int64_t)db->org_count < org) {
        size_t cap = db->org_count;
        sqlite3_stmt *statement = db_statement(db, SQL_ORG_ID);
        sqlite3_bind_int64(statement, 1, (sqlite3_int64)db->org_count + 1);
        char *id = db_step(db, statement) ? db_text(statement, 0) : NULL;
        sqlite3_reset(statement);
        if (id == NULL) {
            return NULL;
        }
        db->org_ids = xgrow(db->org_ids, &cap, db->org_count + 1, sizeof *db->org_ids);
        db->org_ids[db->org_count++] = id;
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

void db_add_audit(struct db *db, const struct audit_rec *audit)
{
    sqlite3_stmt *statement = db_statement(db, SQL_ADD_AUDIT);
    sqlite3_bind_int64(statement, 1, audit->time);
    sqlite3_bind_int64(statement, 2, audit->org);
    const char *const texts[] = {audit->workspace,   audit->actor, audit->actor_type,
                                 audit->method,      audit->uri,   audit->request_id,
                                 audit->request_body};
    for (int i = 0; i < 7; i++) {
        db_bind_text(statement, 3 + i, texts[i]);
    }
    sqlite3_bind_int(statement, 10, audit->status);
    db_bind_text(statement, 11, audit->resource_type);
    db_bind_text(statement, 12, audit->action);
    db_bind_text(statement, 13, audit->client_ip);
    db_run(db, statement);
}
