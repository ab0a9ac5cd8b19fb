/* Invites, and the groups of SCIM with their mappings. */
#include "sandbox/db.h"

#include <stddef.h>

#include "sandbox/db_core.h"

#include "base/banned.h"

int64_t db_next_seq(struct db *db, const char *table)
{
    return db_number(db, SQL_NEXT_SEQ, "t", table);
}

/* -- invites -- */

#define AT(field) offsetof(struct invite_rec, field)
static const struct column INVITE_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"org", COL_INT, AT(org), 0},
    {"id", COL_TEXT, AT(id), 0},
    {"email", COL_TEXT, AT(email), 0},
    {"role", COL_TEXT, AT(role), 0},
    {"workspaces", COL_TEXT, AT(workspaces), 0},
    {"first_key", COL_TEXT, AT(first_key), 0},
    {"status", COL_TEXT, AT(status), 0},
    {"invited_by", COL_TEXT, AT(invited_by), 0},
    {"created_at", COL_TIME, AT(created_at), 0},
    {"expires_at", COL_TIME, AT(expires_at), 0},
    {"accepted_at", COL_TIME, AT(accepted_at), 0},
    {"hash", COL_HASH, AT(hash), 0},
    {"links", COL_INT, AT(links), 0},
};
#undef AT
const struct record_info INVITE_RECORD = {"invites i",
                                          "",
                                          INVITE_COLUMNS,
                                          sizeof INVITE_COLUMNS / sizeof *INVITE_COLUMNS,
                                          sizeof(struct invite_rec),
                                          false};

void invite_rec_done(struct invite_rec *invite)
{
    record_done(&INVITE_RECORD, invite);
}

int64_t db_add_invite(struct db *db, const struct invite_rec *invite)
{
    return db_add(db, SQL_ADD_INVITE, invite);
}

bool db_put_invite(struct db *db, const struct invite_rec *invite)
{
    return db_put(db, SQL_PUT_INVITE, invite);
}

bool db_delete_invite(struct db *db, int64_t seq)
{
    return db_do(db, SQL_DELETE_INVITE, "i", seq);
}

bool db_find_invite(struct db *db, int64_t org, const char *id, struct invite_rec *out)
{
    return db_one(db, SQL_FIND_INVITE, out, "it", org, id);
}

bool db_find_invite_by_hash(struct db *db, const unsigned char hash[HASH_SIZE],
                            struct invite_rec *out)
{
    return db_one(db, SQL_INVITE_BY_HASH, out, "h", hash);
}

bool db_has_invite(struct db *db, int64_t org, const char *email, int64_t now)
{
    return db_number(db, SQL_HAS_INVITE, "iti", org, email, now) > 0;
}

size_t db_list_invites(struct db *db, const struct invite_filter *filter, int64_t offset,
                       size_t limit, struct invite_rec *out, int64_t *total)
{
    *total = db_number(db, SQL_COUNT_INVITES, "ittti", filter->org, filter->role, filter->email,
                       filter->status, filter->now);
    return db_rows(db, SQL_LIST_INVITES, out, limit, "itttiii", filter->org, filter->role,
                   filter->email, filter->status, filter->now, (int64_t)limit, offset);
}

/* -- groups -- */

#define AT(field) offsetof(struct group_rec, field)
static const struct column GROUP_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"org", COL_INT, AT(org), 0},
    {"id", COL_TEXT, AT(id), 0},
    {"name", COL_TEXT, AT(name), 0},
    {"created_at", COL_TIME, AT(created_at), 0},
};
#undef AT
const struct record_info GROUP_RECORD = {
    "scim_groups g",          "",   GROUP_COLUMNS, sizeof GROUP_COLUMNS / sizeof *GROUP_COLUMNS,
    sizeof(struct group_rec), false};

void group_rec_done(struct group_rec *group)
{
    record_done(&GROUP_RECORD, group);
}

int64_t db_add_group(struct db *db, const struct group_rec *group)
{
    return db_add(db, SQL_ADD_GROUP, group);
}

bool db_find_group(struct db *db, int64_t org, const char *id, struct group_rec *out)
{
    return db_one(db, SQL_FIND_GROUP, out, "it", org, id);
}

bool db_find_group_by_name(struct db *db, int64_t org, const char *name, struct group_rec *out)
{
    return db_one(db, SQL_GROUP_BY_NAME, out, "it", org, name);
}

size_t db_list_groups(struct db *db, int64_t org, const char *search, int64_t offset, size_t limit,
                      struct group_rec *out, int64_t *total)
{
    *total = db_number(db, SQL_COUNT_GROUPS, "it", org, search);
    return db_rows(db, SQL_LIST_GROUPS, out, limit, "itii", org, search, (int64_t)limit, offset);
}

/* -- mappings -- */

#define AT(field) offsetof(struct mapping_rec, field)
static const struct column MAPPING_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"org", COL_INT, AT(org), 0},
    {"id", COL_TEXT, AT(id), 0},
    {"workspace", COL_INT, AT(workspace), 0},
    {"scim_group", COL_INT, AT(group), 0},
    {"role", COL_TEXT, AT(role), 0},
    {"created_at", COL_TIME, AT(created_at), 0},
    {"w.id", COL_TEXT, AT(workspace_id), 0},
    {"g.id", COL_TEXT, AT(group_id), 0},
    {"g.name", COL_TEXT, AT(group_name), 0},
};
#undef AT
const struct record_info MAPPING_RECORD = {
    "scim_mappings m",
    "JOIN workspaces w ON w.seq=m.workspace JOIN scim_groups g ON g.seq=m.scim_group",
    MAPPING_COLUMNS,
    sizeof MAPPING_COLUMNS / sizeof *MAPPING_COLUMNS,
    sizeof(struct mapping_rec),
    false};

void mapping_rec_done(struct mapping_rec *mapping)
{
    record_done(&MAPPING_RECORD, mapping);
}

int64_t db_add_mapping(struct db *db, const struct mapping_rec *mapping)
{
    return db_add(db, SQL_ADD_MAPPING, mapping);
}

bool db_find_mapping(struct db *db, int64_t org, const char *id, struct mapping_rec *out)
{
    return db_one(db, SQL_FIND_MAPPING, out, "it", org, id);
}

char *db_group_role(struct db *db, int64_t group)
{
    return db_word(db, SQL_GROUP_ROLE, "i", group);
}

bool db_is_mapped(struct db *db, int64_t group, int64_t workspace)
{
    return db_number(db, SQL_IS_MAPPED, "ii", group, workspace) > 0;
}

bool db_delete_mapping(struct db *db, int64_t seq)
{
    return db_do(db, SQL_DELETE_MAPPING, "i", seq);
}

bool db_delete_mappings_of(struct db *db, int64_t workspace)
{
    return db_do(db, SQL_DELETE_MAPPINGS_OF, "i", workspace);
}

size_t db_list_mappings(struct db *db, const struct mapping_filter *filter, int64_t offset,
                        size_t limit, struct mapping_rec *out, int64_t *total)
{
    *total = db_number(db, SQL_COUNT_MAPPINGS, "iitt", filter->org, filter->workspace,
                       filter->group_id, filter->role);
    return db_rows(db, SQL_LIST_MAPPINGS, out, limit, "iittii", filter->org, filter->workspace,
                   filter->group_id, filter->role, (int64_t)limit, offset);
}
