/* What the db_*.c files share: prepared statements by number, columns out and in. */
#ifndef PORTCULLIS_SANDBOX_DB_CORE_H
#define PORTCULLIS_SANDBOX_DB_CORE_H

#include <sqlite3.h>

#include "sandbox/db.h"

enum statement {
    SQL_META,
    SQL_SET_META,
    SQL_ADD_ORG,
    SQL_COUNT_ORG,
    SQL_ORG,
    SQL_ORG_ID,
    SQL_ADD_USER,
    SQL_FIND_USER,
    SQL_USER_SEQ,
    SQL_LIST_USERS,
    SQL_COUNT_USERS,
    SQL_ADD_WORKSPACE,
    SQL_FIND_WORKSPACE,
    SQL_LIST_WORKSPACES,
    SQL_WORKSPACE_SEQ,
    SQL_ADD_MEMBER,
    SQL_MEMBER_ROLE,
    SQL_FIND_MEMBER,
    SQL_LIST_MEMBERS,
    SQL_COUNT_MEMBERS,
    SQL_USER_WORKSPACES,
    SQL_NEXT_KEY,
    SQL_FIRST_KEY_SINCE,
    SQL_ADD_KEY,
    SQL_UPDATE_KEY,
    SQL_DELETE_KEY,
    SQL_FIND_KEY,
    SQL_KEY_BY_HASH,
    SQL_KEY_SEQ,
    SQL_ADD_AUDIT,
    SQL_COUNT,
};

/* One key in the order that lists have: enough to filter and page without a query for each row. */
struct key_place {
    uint32_t seq, workspace;
    uint16_t org;
    uint8_t kind;
};

/* The workspaces that a filter leaves, oldest first. */
struct workspace_pass {
    int64_t org, only; /* org 0: of no list */
    char *name, *exact_name, *status;
    int64_t *seqs;
    size_t count, cap;
};

struct db {
    sqlite3 *sqlite;
    sqlite3_stmt *statements[SQL_COUNT];
    char *meta;
    bool failed;              /* a step since db_begin could not be carried out: no commit */
    bool spoiled;             /* the next commit fails on purpose */
    struct key_place *places; /* oldest first */
    size_t place_count, place_cap;
    struct key_filter passing_of; /* of the list that was asked for last; org 0: of none */
    uint32_t *passing;            /* the seqs of its keys, newest first */
    size_t passing_count, passing_cap;
    struct workspace_pass workspaces; /* of the list of workspaces that was asked for last */
    struct texts key_texts, workspace_texts;
    char **org_ids; /* by seq - 1 */
    size_t org_count;
};

/* The statement, reset and with nothing bound. A wrong SQL text is our own mistake and ends the
 * program. */
sqlite3_stmt *db_statement(struct db *db, enum statement number);
/* One step: true when there is a row. A failure is remembered until the commit. */
bool db_step(struct db *db, sqlite3_stmt *statement);
/* Runs a statement that gives no rows; true when it was carried out. */
bool db_run(struct db *db, sqlite3_stmt *statement);
void db_bind_text(sqlite3_stmt *statement, int at, const char *text);
void db_bind_time(sqlite3_stmt *statement, int at, int64_t time);
/* Gives; NULL for null. */
char *db_text(sqlite3_stmt *statement, int column);
int64_t db_time(sqlite3_stmt *statement, int column);
/* One number from a statement that gives one row. */
int64_t db_number(struct db *db, sqlite3_stmt *statement);
/* Forgets what the list of workspaces was. */
void db_forget_workspaces(struct db *db);
/* Reads the order of all keys. */
bool db_load_places(struct db *db);

#endif
