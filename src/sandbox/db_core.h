/* What the db_*.c files share: records told as tables of columns, and statements by number.
 * Reading, writing, freeing a record and the SQL for it all follow from its table. */
#ifndef PORTCULLIS_SANDBOX_DB_CORE_H
#define PORTCULLIS_SANDBOX_DB_CORE_H

#include <sqlite3.h>

#include "sandbox/db.h"

enum column_type { COL_SEQ, COL_INT, COL_ENUM, COL_FLAG, COL_TEXT, COL_TIME, COL_SCOPES, COL_HASH };

/* A name with a dot is of a joined table: it is read only. */
struct column {
    const char *name;
    enum column_type type;
    size_t at; /* in the record */
    size_t
        has; /* COL_HASH: where the bool is that tells whether there is one; 0: there always is */
};

struct record_info {
    const char *table; /* "keys k" */
    const char *joins; /* "LEFT JOIN ..", or "" */
    const struct column *columns;
    size_t count;
    size_t size;
    bool replaces; /* a row that is added takes the place of one with its key */
};

extern const struct record_info ORG_RECORD, USER_RECORD, WORKSPACE_RECORD, MEMBER_RECORD,
    KEY_RECORD, INVITE_RECORD, GROUP_RECORD, MAPPING_RECORD, AUDIT_RECORD;

enum statement {
    SQL_META,
    SQL_SET_META,
    SQL_ADD_ORG,
    SQL_COUNT_ORG,
    SQL_ORG,
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
    SQL_ADD_KEY,
    SQL_UPDATE_KEY,
    SQL_DELETE_KEY,
    SQL_FIND_KEY,
    SQL_KEY_BY_HASH,
    SQL_KEY_BY_OLD_HASH,
    SQL_KEY_SEQ,
    SQL_KEYS_OF,
    SQL_ROTATING_KEYS,
    SQL_NEXT_SEQ,
    SQL_PUT_USER,
    SQL_NEXT_USER,
    SQL_HAS_EMAIL,
    SQL_OWNER_COUNT,
    SQL_PUT_WORKSPACE,
    SQL_NEXT_WORKSPACE,
    SQL_SET_MEMBER_ROLE,
    SQL_DELETE_MEMBERS,
    SQL_ADD_INVITE,
    SQL_PUT_INVITE,
    SQL_DELETE_INVITE,
    SQL_FIND_INVITE,
    SQL_INVITE_BY_HASH,
    SQL_HAS_INVITE,
    SQL_COUNT_INVITES,
    SQL_LIST_INVITES,
    SQL_ADD_GROUP,
    SQL_FIND_GROUP,
    SQL_GROUP_BY_NAME,
    SQL_COUNT_GROUPS,
    SQL_LIST_GROUPS,
    SQL_ADD_MAPPING,
    SQL_FIND_MAPPING,
    SQL_GROUP_ROLE,
    SQL_IS_MAPPED,
    SQL_DELETE_MAPPING,
    SQL_DELETE_MAPPINGS_OF,
    SQL_COUNT_MAPPINGS,
    SQL_LIST_MAPPINGS,
    SQL_ADD_AUDIT,
    SQL_LIST_AUDIT,
    SQL_AUDIT_SEQ,
    SQL_COUNT,
};

/* Rows of a record, a record that is added, one that is put in place of itself: their text is made
 * from the record, with what stands here behind it. */
struct sql {
    enum { SQL_TEXT, SQL_ROWS, SQL_ADD, SQL_PUT } verb;
    const struct record_info *record; /* NULL with SQL_TEXT */
    const char *text;
};

extern const struct sql DB_SQL[SQL_COUNT];

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
    size_t count;
};

/* The same of the audit log, newest first. */
struct audit_pass {
    int64_t org, from, to, status; /* org 0: of no list */
    char *texts[10];               /* owned, as are the seqs */
    int64_t *seqs;
    size_t count;
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
    struct audit_pass audit;          /* .. of the audit log */
    struct texts key_texts, workspace_texts;
    char **org_ids; /* by seq - 1 */
    size_t org_count;
};

/* Statements are run with what stands for ?1, ?2 .. in the order of `types`: 'i' int64_t, 't' text
 * or NULL, 'T' a time, 'h' a hash. A failure is remembered until the commit; a wrong SQL text is
 * our own mistake and ends the program. */
/* Those that read rows of a record: one, false when there is none; up to `limit`; the caller frees
 * them with record_done. */
bool db_one(struct db *db, enum statement number, void *out, const char *types, ...);
size_t db_rows(struct db *db, enum statement number, void *out, size_t limit, const char *types,
               ...);
/* The first column of the first row: a number, 0 when there is none; a text (gives), or NULL. */
int64_t db_number(struct db *db, enum statement number, const char *types, ...);
char *db_word(struct db *db, enum statement number, const char *types, ...);
/* Gives the first column of all rows. */
int64_t *db_numbers(struct db *db, enum statement number, size_t *count, const char *types, ...);
/* No rows; true when it was carried out. */
bool db_do(struct db *db, enum statement number, const char *types, ...);
/* A record that is added, and one that is written again; the seq, or 0. */
int64_t db_add(struct db *db, enum statement number, const void *record);
bool db_put(struct db *db, enum statement number, const void *record);
/* Frees the texts of a record and zeroes it. */
void record_done(const struct record_info *info, void *record);

/* One step of a statement that is none of these: true when there is a row. */
bool db_step(struct db *db, sqlite3_stmt *statement);
_Noreturn void db_give_up(struct db *db, const char *what);
/* Forget what the list of workspaces, or of the audit log, was. */
void db_forget_workspaces(struct db *db);
void db_forget_audit(struct db *db);
/* Reads the order of all keys. */
bool db_load_places(struct db *db);

#endif
