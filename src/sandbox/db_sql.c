/* The statements, each with the record that it reads or writes. */
#include "sandbox/db_core.h"

#include "base/banned.h"

#define USER_FILTER "(?2 IS NULL OR u.role=?2) AND (?3 IS NULL OR lower(u.email)=lower(?3))"
#define MEMBER_FILTER                                                                              \
    "m.workspace=?1 AND (?2 IS NULL OR CASE u.role WHEN 'owner' THEN 'admin' ELSE m.role END=?2) " \
    "AND (?3 IS NULL OR lower(u.email)=lower(?3))"
#define WORKSPACE_FILTER                                                                           \
    "org=?1 AND (?2=0 OR seq=?2) AND (?3 IS NULL OR instr(name,?3)>0) AND (?4 IS NULL OR "         \
    "name=?4) AND instr(',' || ?5 || ',', ',' || status || ',')>0"

/* clang-format off */
const struct sql DB_SQL[SQL_COUNT] = {
    [SQL_META] = {SQL_TEXT, NULL, "SELECT value FROM meta WHERE name=?1"},
    [SQL_SET_META] = {SQL_TEXT, NULL, "INSERT OR REPLACE INTO meta VALUES(?1,?2)"},
    [SQL_ADD_ORG] = {SQL_ADD, &ORG_RECORD, NULL},
    [SQL_COUNT_ORG] = {SQL_TEXT, NULL, "SELECT count(*) FROM organisations"},
    [SQL_ORG] = {SQL_ROWS, &ORG_RECORD, "ORDER BY o.seq LIMIT 1 OFFSET ?1"},

    [SQL_ADD_USER] = {SQL_ADD, &USER_RECORD, NULL},
    [SQL_FIND_USER] = {SQL_ROWS, &USER_RECORD, "WHERE u.org=?1 AND u.id=?2"},
    [SQL_USER_SEQ] = {SQL_ROWS, &USER_RECORD, "WHERE u.seq=?1"},
    [SQL_LIST_USERS] = {SQL_ROWS, &USER_RECORD, "WHERE u.org=?1 AND " USER_FILTER " ORDER BY u.seq LIMIT ?4 OFFSET ?5"},
    [SQL_COUNT_USERS] = {SQL_TEXT, NULL, "SELECT count(*) FROM users u WHERE u.org=?1 AND " USER_FILTER},

    [SQL_ADD_WORKSPACE] = {SQL_ADD, &WORKSPACE_RECORD, NULL},
    [SQL_FIND_WORKSPACE] = {SQL_ROWS, &WORKSPACE_RECORD, "WHERE org=?1 AND (id=?2 OR (?3 AND slug=?2)) AND status='active'"},
    [SQL_LIST_WORKSPACES] = {SQL_TEXT, NULL, "SELECT seq FROM workspaces WHERE " WORKSPACE_FILTER " ORDER BY seq"},
    [SQL_WORKSPACE_SEQ] = {SQL_ROWS, &WORKSPACE_RECORD, "WHERE seq=?1"},

    [SQL_ADD_MEMBER] = {SQL_ADD, &MEMBER_RECORD, NULL},
    [SQL_MEMBER_ROLE] = {SQL_TEXT, NULL, "SELECT role FROM members WHERE workspace=?1 AND user=?2"},
    [SQL_FIND_MEMBER] = {SQL_ROWS, &MEMBER_RECORD, "WHERE m.workspace=?1 AND u.id=?2"},
    [SQL_LIST_MEMBERS] = {SQL_ROWS, &MEMBER_RECORD, "WHERE " MEMBER_FILTER " ORDER BY m.user LIMIT ?4 OFFSET ?5"},
    [SQL_COUNT_MEMBERS] = {SQL_TEXT, NULL, "SELECT count(*) FROM members m JOIN users u ON u.seq=m.user WHERE " MEMBER_FILTER},
    [SQL_USER_WORKSPACES] = {SQL_TEXT, NULL,
        "SELECT group_concat(slug) FROM (SELECT slug FROM workspaces w WHERE w.org=?1 AND w.status='active' AND "
        "(?2=0 OR EXISTS(SELECT 1 FROM members m WHERE m.workspace=w.seq AND m.user=?2)) ORDER BY w.seq)"},

    [SQL_NEXT_KEY] = {SQL_TEXT, NULL, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name='keys'),0)+1"},
    [SQL_FIRST_KEY_SINCE] = {SQL_TEXT, NULL, "SELECT coalesce(min(seq),0) FROM keys WHERE created_at>?1"},
    [SQL_ADD_KEY] = {SQL_ADD, &KEY_RECORD, NULL},
    [SQL_UPDATE_KEY] = {SQL_PUT, &KEY_RECORD, NULL},
    [SQL_DELETE_KEY] = {SQL_TEXT, NULL, "DELETE FROM keys WHERE seq=?1"},
    [SQL_FIND_KEY] = {SQL_ROWS, &KEY_RECORD, "WHERE k.org=?1 AND k.id=?2"},
    [SQL_KEY_BY_HASH] = {SQL_ROWS, &KEY_RECORD, "WHERE k.hash=?1"},
    [SQL_KEY_BY_OLD_HASH] = {SQL_ROWS, &KEY_RECORD, "WHERE k.old_hash=?1 LIMIT 1"},
    [SQL_KEY_SEQ] = {SQL_ROWS, &KEY_RECORD, "WHERE k.seq=?1"},

    [SQL_ADD_AUDIT] = {SQL_ADD, &AUDIT_RECORD, NULL},
};
/* clang-format on */
