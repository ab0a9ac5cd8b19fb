/* The statements, each with the record that it reads or writes. */
#include "sandbox/db_core.h"

#include "base/banned.h"

#define USER_FILTER                                                                                \
    "u.removed_at=0 AND (?2 IS NULL OR u.role=?2) AND (?3 IS NULL OR lower(u.email)=lower(?3))"
#define MEMBER_FILTER                                                                              \
    "m.workspace=?1 AND (?2 IS NULL OR CASE u.role WHEN 'owner' THEN 'admin' ELSE m.role END=?2) " \
    "AND (?3 IS NULL OR lower(u.email)=lower(?3))"
/* Invites end by themselves. */
#define INVITE_STATUS                                                                              \
    "CASE WHEN i.status='pending' AND i.expires_at<=?5 THEN 'expired' ELSE i.status END"
#define INVITE_FILTER                                                                              \
    "i.org=?1 AND (?2 IS NULL OR i.role=?2) AND (?3 IS NULL OR lower(i.email)=lower(?3)) AND "     \
    "(?4 IS NULL OR " INVITE_STATUS "=?4)"
#define GROUP_FILTER "g.org=?1 AND (?2 IS NULL OR instr(lower(g.name),lower(?2))>0)"
#define MAPPING_FILTER                                                                             \
    "m.org=?1 AND (?2=0 OR m.workspace=?2) AND (?3 IS NULL OR g.id=?3) AND (?4 IS NULL OR "        \
    "m.role=?4)"
#define AUDIT_FILTER                                                                               \
    "org=?1 AND time>=?2 AND time<=?3 AND (?4=0 OR status=?4) AND (?5 IS NULL OR method=?5) AND "  \
    "(?6 IS NULL OR uri=?6) AND (?7 IS NULL OR request_id=?7) AND (?8 IS NULL OR actor=?8) AND "   \
    "(?9 IS NULL OR actor_type=?9) AND (?10 IS NULL OR workspace=?10) AND (?11 IS NULL OR "        \
    "resource_type=?11) AND (?12 IS NULL OR action=?12) AND (?13 IS NULL OR client_ip=?13) AND "   \
    "(?14 IS NULL OR country=?14)"
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
    [SQL_FIND_USER] = {SQL_ROWS, &USER_RECORD, "WHERE u.org=?1 AND u.id=?2 AND u.removed_at=0"},
    [SQL_USER_SEQ] = {SQL_ROWS, &USER_RECORD, "WHERE u.seq=?1 AND u.removed_at=0"},
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
    [SQL_ADD_KEY] = {SQL_ADD, &KEY_RECORD, NULL},
    [SQL_UPDATE_KEY] = {SQL_PUT, &KEY_RECORD, NULL},
    [SQL_DELETE_KEY] = {SQL_TEXT, NULL, "DELETE FROM keys WHERE seq=?1"},
    [SQL_FIND_KEY] = {SQL_ROWS, &KEY_RECORD, "WHERE k.org=?1 AND k.id=?2"},
    [SQL_KEY_BY_HASH] = {SQL_ROWS, &KEY_RECORD, "WHERE k.hash=?1"},
    [SQL_KEY_BY_OLD_HASH] = {SQL_ROWS, &KEY_RECORD, "WHERE k.old_hash=?1 LIMIT 1"},
    [SQL_KEY_SEQ] = {SQL_ROWS, &KEY_RECORD, "WHERE k.seq=?1"},

    [SQL_KEYS_OF] = {SQL_TEXT, NULL, "SELECT seq FROM keys WHERE (?1=0 OR workspace=?1) AND (?2=0 OR user=?2)"},
    [SQL_ROTATING_KEYS] = {SQL_TEXT, NULL, "SELECT seq FROM keys WHERE rotation_policy IS NOT NULL ORDER BY seq"},
    [SQL_NEXT_SEQ] = {SQL_TEXT, NULL, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name=?1),0)+1"},

    [SQL_PUT_USER] = {SQL_PUT, &USER_RECORD, NULL},
    [SQL_NEXT_USER] = {SQL_TEXT, NULL, "SELECT coalesce(max(seq),0)+1 FROM users"},
    [SQL_HAS_EMAIL] = {SQL_TEXT, NULL, "SELECT count(*) FROM users WHERE org=?1 AND removed_at=0 AND lower(email)=lower(?2)"},
    [SQL_OWNER_COUNT] = {SQL_TEXT, NULL, "SELECT count(*) FROM users WHERE org=?1 AND removed_at=0 AND role='owner'"},
    [SQL_PUT_WORKSPACE] = {SQL_PUT, &WORKSPACE_RECORD, NULL},
    [SQL_NEXT_WORKSPACE] = {SQL_TEXT, NULL, "SELECT coalesce(max(seq),0)+1 FROM workspaces"},
    [SQL_SET_MEMBER_ROLE] = {SQL_TEXT, NULL, "UPDATE members SET role=?3,updated_at=?4 WHERE workspace=?1 AND user=?2"},
    [SQL_DELETE_MEMBERS] = {SQL_TEXT, NULL, "DELETE FROM members WHERE (?1=0 OR workspace=?1) AND user=?2"},

    [SQL_ADD_INVITE] = {SQL_ADD, &INVITE_RECORD, NULL},
    [SQL_PUT_INVITE] = {SQL_PUT, &INVITE_RECORD, NULL},
    [SQL_DELETE_INVITE] = {SQL_TEXT, NULL, "DELETE FROM invites WHERE seq=?1"},
    [SQL_FIND_INVITE] = {SQL_ROWS, &INVITE_RECORD, "WHERE i.org=?1 AND i.id=?2"},
    [SQL_INVITE_BY_HASH] = {SQL_ROWS, &INVITE_RECORD, "WHERE i.hash=?1"},
    [SQL_HAS_INVITE] = {SQL_TEXT, NULL, "SELECT count(*) FROM invites WHERE org=?1 AND lower(email)=lower(?2) AND status='pending' AND expires_at>?3"},
    [SQL_COUNT_INVITES] = {SQL_TEXT, NULL, "SELECT count(*) FROM invites i WHERE " INVITE_FILTER},
    [SQL_LIST_INVITES] = {SQL_ROWS, &INVITE_RECORD, "WHERE " INVITE_FILTER " ORDER BY i.seq DESC LIMIT ?6 OFFSET ?7"},

    [SQL_ADD_GROUP] = {SQL_ADD, &GROUP_RECORD, NULL},
    [SQL_FIND_GROUP] = {SQL_ROWS, &GROUP_RECORD, "WHERE g.org=?1 AND g.id=?2"},
    [SQL_GROUP_BY_NAME] = {SQL_ROWS, &GROUP_RECORD, "WHERE g.org=?1 AND g.name=?2"},
    [SQL_COUNT_GROUPS] = {SQL_TEXT, NULL, "SELECT count(*) FROM scim_groups g WHERE " GROUP_FILTER},
    [SQL_LIST_GROUPS] = {SQL_ROWS, &GROUP_RECORD, "WHERE " GROUP_FILTER " ORDER BY g.seq LIMIT ?3 OFFSET ?4"},

    [SQL_ADD_MAPPING] = {SQL_ADD, &MAPPING_RECORD, NULL},
    [SQL_FIND_MAPPING] = {SQL_ROWS, &MAPPING_RECORD, "WHERE m.org=?1 AND m.id=?2"},
    [SQL_GROUP_ROLE] = {SQL_TEXT, NULL, "SELECT role FROM scim_mappings WHERE scim_group=?1 LIMIT 1"},
    [SQL_IS_MAPPED] = {SQL_TEXT, NULL, "SELECT count(*) FROM scim_mappings WHERE scim_group=?1 AND workspace=?2"},
    [SQL_DELETE_MAPPING] = {SQL_TEXT, NULL, "DELETE FROM scim_mappings WHERE seq=?1"},
    [SQL_DELETE_MAPPINGS_OF] = {SQL_TEXT, NULL, "DELETE FROM scim_mappings WHERE workspace=?1"},
    [SQL_COUNT_MAPPINGS] = {SQL_TEXT, NULL, "SELECT count(*) FROM scim_mappings m JOIN scim_groups g ON g.seq=m.scim_group WHERE " MAPPING_FILTER},
    [SQL_LIST_MAPPINGS] = {SQL_ROWS, &MAPPING_RECORD, "WHERE " MAPPING_FILTER " ORDER BY m.seq LIMIT ?5 OFFSET ?6"},

    [SQL_ADD_AUDIT] = {SQL_ADD, &AUDIT_RECORD, NULL},
    [SQL_LIST_AUDIT] = {SQL_TEXT, NULL, "SELECT seq FROM audit_log WHERE " AUDIT_FILTER " ORDER BY time DESC,seq DESC"},
    [SQL_AUDIT_SEQ] = {SQL_ROWS, &AUDIT_RECORD, "WHERE seq=?1"},
};
/* clang-format on */
