#include "sandbox/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

/* -- users -- */

void user_rec_done(struct user_rec *user)
{
    free(user->id);
    free(user->first_name);
    free(user->last_name);
    free(user->email);
    free(user->role);
    *user = (struct user_rec){0};
}

static void read_user(sqlite3_stmt *s, struct user_rec *out)
{
    *out = (struct user_rec){
        .seq = sqlite3_column_int64(s, 0),
        .org = sqlite3_column_int64(s, 1),
        .id = db_text(s, 2),
        .first_name = db_text(s, 3),
        .last_name = db_text(s, 4),
        .email = db_text(s, 5),
        .role = db_text(s, 6),
        .created_at = db_time(s, 7),
        .updated_at = db_time(s, 8),
    };
}

int64_t db_add_user(struct db *db, const struct user_rec *user)
{
    sqlite3_stmt *s = db_statement(db, SQL_ADD_USER);
    sqlite3_bind_int64(s, 1, user->org);
    db_bind_text(s, 2, user->id);
    db_bind_text(s, 3, user->first_name);
    db_bind_text(s, 4, user->last_name);
    db_bind_text(s, 5, user->email);
    db_bind_text(s, 6, user->role);
    db_bind_time(s, 7, user->created_at);
    db_bind_time(s, 8, user->updated_at);
    return db_run(db, s) ? sqlite3_last_insert_rowid(db->sqlite) : 0;
}

bool db_find_user(struct db *db, int64_t org, const char *id, struct user_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_FIND_USER);
    sqlite3_bind_int64(s, 1, org);
    db_bind_text(s, 2, id);
    bool found = db_step(db, s);
    if (found) {
        read_user(s, out);
    }
    sqlite3_reset(s);
    return found;
}

bool db_user_by_seq(struct db *db, int64_t seq, struct user_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_USER_SEQ);
    sqlite3_bind_int64(s, 1, seq);
    bool found = db_step(db, s);
    if (found) {
        read_user(s, out);
    }
    sqlite3_reset(s);
    return found;
}

/* Binds what a list of people and its count have in common. */
static void bind_people(sqlite3_stmt *s, int64_t of, const char *role, const char *email)
{
    sqlite3_bind_int64(s, 1, of);
    db_bind_text(s, 2, role);
    db_bind_text(s, 3, email);
}

size_t db_list_users(struct db *db, int64_t org, const char *role, const char *email,
                     int64_t offset, size_t limit, struct user_rec *out, int64_t *total)
{
    sqlite3_stmt *s = db_statement(db, SQL_COUNT_USERS);
    bind_people(s, org, role, email);
    *total = db_number(db, s);
    s = db_statement(db, SQL_LIST_USERS);
    bind_people(s, org, role, email);
    sqlite3_bind_int64(s, 4, (sqlite3_int64)limit);
    sqlite3_bind_int64(s, 5, offset);
    size_t count = 0;
    while (count < limit && db_step(db, s)) {
        read_user(s, &out[count++]);
    }
    sqlite3_reset(s);
    return count;
}

/* -- workspaces -- */

void workspace_rec_done(struct workspace_rec *ws)
{
    char *texts[] = {ws->id,          ws->slug,           ws->name,         ws->icon,
                     ws->description, ws->scim_source_id, ws->usage_limits, ws->rate_limits,
                     ws->defaults,    ws->status,         ws->created_by};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        free(texts[i]);
    }
    *ws = (struct workspace_rec){0};
}

static void read_workspace(sqlite3_stmt *s, struct workspace_rec *out)
{
    *out = (struct workspace_rec){
        .seq = sqlite3_column_int64(s, 0),
        .org = sqlite3_column_int64(s, 1),
        .id = db_text(s, 2),
        .slug = db_text(s, 3),
        .name = db_text(s, 4),
        .icon = db_text(s, 5),
        .description = db_text(s, 6),
        .is_default = sqlite3_column_int(s, 7) != 0,
        .scim_source_id = db_text(s, 8),
        .usage_limits = db_text(s, 9),
        .rate_limits = db_text(s, 10),
        .defaults = db_text(s, 11),
        .switches = (uint64_t)sqlite3_column_int64(s, 12),
        .status = db_text(s, 13),
        .created_by = db_text(s, 14),
        .created_at = db_time(s, 15),
        .updated_at = db_time(s, 16),
    };
}

int64_t db_add_workspace(struct db *db, const struct workspace_rec *ws)
{
    sqlite3_stmt *s = db_statement(db, SQL_ADD_WORKSPACE);
    sqlite3_bind_int64(s, 1, ws->org);
    db_bind_text(s, 2, ws->id);
    db_bind_text(s, 3, ws->slug);
    db_bind_text(s, 4, ws->name);
    db_bind_text(s, 5, ws->icon);
    db_bind_text(s, 6, ws->description);
    sqlite3_bind_int(s, 7, ws->is_default);
    db_bind_text(s, 8, ws->scim_source_id);
    db_bind_text(s, 9, ws->usage_limits);
    db_bind_text(s, 10, ws->rate_limits);
    db_bind_text(s, 11, ws->defaults);
    sqlite3_bind_int64(s, 12, (sqlite3_int64)ws->switches);
    db_bind_text(s, 13, ws->status);
    db_bind_text(s, 14, ws->created_by);
    db_bind_time(s, 15, ws->created_at);
    db_bind_time(s, 16, ws->updated_at);
    db_forget_workspaces(db);
    return db_run(db, s) ? sqlite3_last_insert_rowid(db->sqlite) : 0;
}

static bool one_workspace(struct db *db, sqlite3_stmt *s, struct workspace_rec *out)
{
    bool found = db_step(db, s);
    if (found) {
        read_workspace(s, out);
    }
    sqlite3_reset(s);
    return found;
}

bool db_find_workspace(struct db *db, int64_t org, const char *text, bool by_slug,
                       struct workspace_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_FIND_WORKSPACE);
    sqlite3_bind_int64(s, 1, org);
    db_bind_text(s, 2, text);
    sqlite3_bind_int(s, 3, by_slug);
    return one_workspace(db, s, out);
}

bool db_workspace_by_seq(struct db *db, int64_t seq, struct workspace_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_WORKSPACE_SEQ);
    sqlite3_bind_int64(s, 1, seq);
    return one_workspace(db, s, out);
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
    *pass = (struct workspace_pass){.seqs = pass->seqs, .cap = pass->cap};
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
    sqlite3_stmt *s = db_statement(db, SQL_LIST_WORKSPACES);
    sqlite3_bind_int64(s, 1, filter->org);
    sqlite3_bind_int64(s, 2, filter->only);
    db_bind_text(s, 3, filter->name);
    db_bind_text(s, 4, filter->exact_name);
    db_bind_text(s, 5, status);
    while (db_step(db, s)) {
        pass->seqs = xgrow(pass->seqs, &pass->cap, pass->count + 1, sizeof *pass->seqs);
        pass->seqs[pass->count++] = sqlite3_column_int64(s, 0);
    }
    sqlite3_reset(s);
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

void member_rec_done(struct member_rec *member)
{
    user_rec_done(&member->user);
    free(member->role);
    member->role = NULL;
}

static void read_member(sqlite3_stmt *s, struct member_rec *out)
{
    read_user(s, &out->user);
    out->role = db_text(s, 9);
    out->created_at = db_time(s, 10);
    out->updated_at = db_time(s, 11);
    out->workspace = sqlite3_column_int64(s, 12);
}

void db_add_member(struct db *db, int64_t workspace, int64_t user, const char *role, int64_t now)
{
    sqlite3_stmt *s = db_statement(db, SQL_ADD_MEMBER);
    sqlite3_bind_int64(s, 1, workspace);
    sqlite3_bind_int64(s, 2, user);
    db_bind_text(s, 3, role);
    sqlite3_bind_int64(s, 4, now);
    db_run(db, s);
}

char *db_member_role(struct db *db, int64_t workspace, int64_t user)
{
    sqlite3_stmt *s = db_statement(db, SQL_MEMBER_ROLE);
    sqlite3_bind_int64(s, 1, workspace);
    sqlite3_bind_int64(s, 2, user);
    char *role = db_step(db, s) ? db_text(s, 0) : NULL;
    sqlite3_reset(s);
    return role;
}

bool db_find_member(struct db *db, int64_t workspace, const char *user_id, struct member_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_FIND_MEMBER);
    sqlite3_bind_int64(s, 1, workspace);
    db_bind_text(s, 2, user_id);
    bool found = db_step(db, s);
    if (found) {
        read_member(s, out);
    }
    sqlite3_reset(s);
    return found;
}

size_t db_list_members(struct db *db, int64_t workspace, const char *role, const char *email,
                       int64_t offset, size_t limit, struct member_rec *out, int64_t *total)
{
    sqlite3_stmt *s = db_statement(db, SQL_COUNT_MEMBERS);
    bind_people(s, workspace, role, email);
    *total = db_number(db, s);
    s = db_statement(db, SQL_LIST_MEMBERS);
    bind_people(s, workspace, role, email);
    sqlite3_bind_int64(s, 4, (sqlite3_int64)limit);
    sqlite3_bind_int64(s, 5, offset);
    size_t count = 0;
    while (count < limit && db_step(db, s)) {
        read_member(s, &out[count++]);
    }
    sqlite3_reset(s);
    return count;
}

char *db_user_workspaces(struct db *db, int64_t org, int64_t user)
{
    sqlite3_stmt *s = db_statement(db, SQL_USER_WORKSPACES);
    sqlite3_bind_int64(s, 1, org);
    sqlite3_bind_int64(s, 2, user);
    char *slugs = db_step(db, s) ? db_text(s, 0) : NULL;
    sqlite3_reset(s);
    return slugs != NULL ? slugs : xstrdup("");
}
