#include "sandbox/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

/* -- users -- */

#define AT(field) offsetof(struct user_rec, field)
static const struct column USER_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"org", COL_INT, AT(org), 0},
    {"id", COL_TEXT, AT(id), 0},
    {"first_name", COL_TEXT, AT(first_name), 0},
    {"last_name", COL_TEXT, AT(last_name), 0},
    {"email", COL_TEXT, AT(email), 0},
    {"role", COL_TEXT, AT(role), 0},
    {"created_at", COL_TIME, AT(created_at), 0},
    {"updated_at", COL_TIME, AT(updated_at), 0},
    {"removed_at", COL_INT, AT(removed_at), 0},
};
#undef AT
const struct record_info USER_RECORD = {"users u",
                                        "",
                                        USER_COLUMNS,
                                        sizeof USER_COLUMNS / sizeof *USER_COLUMNS,
                                        sizeof(struct user_rec),
                                        false};

void user_rec_done(struct user_rec *user)
{
    record_done(&USER_RECORD, user);
}

int64_t db_add_user(struct db *db, const struct user_rec *user)
{
    return db_add(db, SQL_ADD_USER, user);
}

bool db_find_user(struct db *db, int64_t org, const char *id, struct user_rec *out)
{
    return db_one(db, SQL_FIND_USER, out, "it", org, id);
}

bool db_user_by_seq(struct db *db, int64_t seq, struct user_rec *out)
{
    return db_one(db, SQL_USER_SEQ, out, "i", seq);
}

bool db_put_user(struct db *db, const struct user_rec *user)
{
    return db_put(db, SQL_PUT_USER, user);
}

int64_t db_next_user_seq(struct db *db)
{
    return db_number(db, SQL_NEXT_USER, "");
}

bool db_has_email(struct db *db, int64_t org, const char *email)
{
    return db_number(db, SQL_HAS_EMAIL, "it", org, email) > 0;
}

int64_t db_owner_count(struct db *db, int64_t org)
{
    return db_number(db, SQL_OWNER_COUNT, "i", org);
}

size_t db_list_users(struct db *db, int64_t org, const char *role, const char *email,
                     int64_t offset, size_t limit, struct user_rec *out, int64_t *total)
{
    *total = db_number(db, SQL_COUNT_USERS, "itt", org, role, email);
    return db_rows(db, SQL_LIST_USERS, out, limit, "ittii", org, role, email, (int64_t)limit,
                   offset);
}

/* -- workspaces -- */

#define AT(field) offsetof(struct workspace_rec, field)
static const struct column WORKSPACE_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"org", COL_INT, AT(org), 0},
    {"id", COL_TEXT, AT(id), 0},
    {"slug", COL_TEXT, AT(slug), 0},
    {"name", COL_TEXT, AT(name), 0},
    {"icon", COL_TEXT, AT(icon), 0},
    {"description", COL_TEXT, AT(description), 0},
    {"is_default", COL_FLAG, AT(is_default), 0},
    {"scim_source_id", COL_TEXT, AT(scim_source_id), 0},
    {"usage_limits", COL_TEXT, AT(usage_limits), 0},
    {"rate_limits", COL_TEXT, AT(rate_limits), 0},
    {"defaults", COL_TEXT, AT(defaults), 0},
    {"switches", COL_INT, AT(switches), 0},
    {"status", COL_TEXT, AT(status), 0},
    {"created_by", COL_TEXT, AT(created_by), 0},
    {"created_at", COL_TIME, AT(created_at), 0},
    {"updated_at", COL_TIME, AT(updated_at), 0},
    {"source", COL_TEXT, AT(source), 0},
};
#undef AT
const struct record_info WORKSPACE_RECORD = {"workspaces w",
                                             "",
                                             WORKSPACE_COLUMNS,
                                             sizeof WORKSPACE_COLUMNS / sizeof *WORKSPACE_COLUMNS,
                                             sizeof(struct workspace_rec),
                                             false};

void workspace_rec_done(struct workspace_rec *ws)
{
    record_done(&WORKSPACE_RECORD, ws);
}

int64_t db_add_workspace(struct db *db, const struct workspace_rec *ws)
{
    db_forget_workspaces(db);
    return db_add(db, SQL_ADD_WORKSPACE, ws);
}

bool db_find_workspace(struct db *db, int64_t org, const char *text, bool by_slug,
                       struct workspace_rec *out)
{
    return db_one(db, SQL_FIND_WORKSPACE, out, "iti", org, text, (int64_t)by_slug);
}

bool db_workspace_by_seq(struct db *db, int64_t seq, struct workspace_rec *out)
{
    return db_one(db, SQL_WORKSPACE_SEQ, out, "i", seq);
}

bool db_put_workspace(struct db *db, const struct workspace_rec *ws)
{
    db_forget_workspaces(db);
    texts_drop(&db->workspace_texts, ws->seq);
    return db_put(db, SQL_PUT_WORKSPACE, ws);
}

int64_t db_next_workspace_seq(struct db *db)
{
    return db_number(db, SQL_NEXT_WORKSPACE, "");
}

static char *copy(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

void db_forget_workspaces(struct db *db)
{
    struct workspace_pass *pass = &db->workspaces;
    free(pass->name);
    free(pass->exact_name);
    free(pass->status);
    free(pass->seqs);
    *pass = (struct workspace_pass){0};
}

/* Pages of one list are asked for one after the other: it is gone through once for all of them. */
static void pass_workspaces(struct db *db, const struct workspace_filter *filter,
                            const char *status)
{
    struct workspace_pass *pass = &db->workspaces;
    if (pass->org == filter->org && pass->only == filter->only && same(pass->name, filter->name) &&
        same(pass->exact_name, filter->exact_name) && same(pass->status, status)) {
        return;
    }
    db_forget_workspaces(db);
    pass->org = filter->org;
    pass->only = filter->only;
    pass->name = copy(filter->name);
    pass->exact_name = copy(filter->exact_name);
    pass->status = copy(status);
    pass->seqs = db_numbers(db, SQL_LIST_WORKSPACES, &pass->count, "iittt", filter->org,
                            filter->only, filter->name, filter->exact_name, status);
}

size_t db_list_workspaces(struct db *db, const struct workspace_filter *filter, int64_t offset,
                          size_t limit, int64_t *out, int64_t *total)
{
    const struct workspace_pass *pass = &db->workspaces;
    size_t count = 0;
    pass_workspaces(db, filter, filter->status != NULL ? filter->status : "active");
    for (size_t i = (size_t)offset; i < pass->count && count < limit; i++) {
        out[count++] = pass->seqs[i];
    }
    *total = (int64_t)pass->count;
    return count;
}

/* -- members -- */

#define AT(field) offsetof(struct member_rec, field)
static const struct column MEMBER_COLUMNS[] = {
    {"workspace", COL_INT, AT(workspace), 0},
    {"user", COL_INT, AT(user.seq), 0},
    {"role", COL_TEXT, AT(role), 0},
    {"created_at", COL_TIME, AT(created_at), 0},
    {"updated_at", COL_TIME, AT(updated_at), 0},
    {"u.org", COL_INT, AT(user.org), 0},
    {"u.id", COL_TEXT, AT(user.id), 0},
    {"u.first_name", COL_TEXT, AT(user.first_name), 0},
    {"u.last_name", COL_TEXT, AT(user.last_name), 0},
    {"u.email", COL_TEXT, AT(user.email), 0},
    {"u.role", COL_TEXT, AT(user.role), 0},
    {"u.created_at", COL_TIME, AT(user.created_at), 0},
    {"u.updated_at", COL_TIME, AT(user.updated_at), 0},
};
#undef AT
const struct record_info MEMBER_RECORD = {"members m",
                                          "JOIN users u ON u.seq=m.user",
                                          MEMBER_COLUMNS,
                                          sizeof MEMBER_COLUMNS / sizeof *MEMBER_COLUMNS,
                                          sizeof(struct member_rec),
                                          true};

void member_rec_done(struct member_rec *member)
{
    record_done(&MEMBER_RECORD, member);
}

void db_add_member(struct db *db, int64_t workspace, int64_t user, const char *role, int64_t now)
{
    const struct member_rec member = {.workspace = workspace,
                                      .user = {.seq = user},
                                      .role = (char *)role,
                                      .created_at = now,
                                      .updated_at = now};
    db_add(db, SQL_ADD_MEMBER, &member);
}

char *db_member_role(struct db *db, int64_t workspace, int64_t user)
{
    return db_word(db, SQL_MEMBER_ROLE, "ii", workspace, user);
}

bool db_find_member(struct db *db, int64_t workspace, const char *user_id, struct member_rec *out)
{
    return db_one(db, SQL_FIND_MEMBER, out, "it", workspace, user_id);
}

size_t db_list_members(struct db *db, int64_t workspace, const char *role, const char *email,
                       int64_t offset, size_t limit, struct member_rec *out, int64_t *total)
{
    *total = db_number(db, SQL_COUNT_MEMBERS, "itt", workspace, role, email);
    return db_rows(db, SQL_LIST_MEMBERS, out, limit, "ittii", workspace, role, email,
                   (int64_t)limit, offset);
}

bool db_set_member_role(struct db *db, int64_t workspace, int64_t user, const char *role,
                        int64_t now)
{
    return db_do(db, SQL_SET_MEMBER_ROLE, "iiti", workspace, user, role, now);
}

bool db_delete_members(struct db *db, int64_t workspace, int64_t user)
{
    return db_do(db, SQL_DELETE_MEMBERS, "ii", workspace, user);
}

char *db_user_workspaces(struct db *db, int64_t org, int64_t user)
{
    char *slugs = db_word(db, SQL_USER_WORKSPACES, "ii", org, user);
    return slugs != NULL ? slugs : xstrdup("");
}
