/* The sandbox's storage: SQLite behind records. Of secrets it only ever sees hashes. All calls are
 * made under the server's lock. Knows nothing of HTTP or JSON shapes: JSON columns are text here.
 */
#ifndef PORTCULLIS_SANDBOX_DB_H
#define PORTCULLIS_SANDBOX_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/scope.h"
#include "sandbox/texts.h"

#define HASH_SIZE 16
#define UUID_SIZE 37

struct db;

/* Gives. path NULL: in memory. The schema is made when it is not there. */
struct db *db_open(const char *path, struct err *err);
/* Gives a copy in memory, as all is now; between transactions. NULL: there is no memory. */
struct db *db_copy(struct db *db);
void db_free(struct db *db);
/* What stands between the two is done whole or not at all. False: nothing of it is done, and what
 * was read meanwhile may be wrong too (a disk that fails or is full). */
bool db_begin(struct db *db);
bool db_commit(struct db *db);
/* The next commit fails, as one on a full disk does. */
void db_spoil_commit(struct db *db);
/* "" when not set; lends until the next call. */
const char *db_meta(struct db *db, const char *name);
void db_set_meta(struct db *db, const char *name, const char *value);

/* Rows. Texts are owned by the row: x_done frees them. A NULL text is null. A seq of 0 is none. */
struct org_row {
    int64_t seq;
    char *id, *name;
};
struct user_rec {
    int64_t seq, org;
    char *id, *first_name, *last_name, *email, *role;
    int64_t created_at, updated_at;
    int64_t removed_at; /* 0: is still there */
};
struct workspace_rec {
    int64_t seq, org;
    char *id, *slug, *name, *icon, *description, *scim_source_id, *usage_limits, *rate_limits,
        *defaults, *status, *created_by, *source;
    bool is_default;
    uint64_t switches; /* bit n: number n of the sandbox's switch table */
    int64_t created_at, updated_at;
};
struct member_rec {
    int64_t workspace;
    struct user_rec user;
    char *role;
    int64_t created_at, updated_at;
};
struct key_rec {
    int64_t seq, org, workspace, user;
    char *id, *name, *description, *creation_mode, *rate_limits, *usage_limits, *alert_emails,
        *rotation_policy, *defaults, *mask, *created_by, *updated_by;
    char *workspace_id, *user_id; /* joined */
    enum key_kind kind;
    struct scope_set scopes;
    int64_t created_at, updated_at, expires_at, last_reset_at, old_until; /* TIME_NONE: null */
    unsigned char hash[HASH_SIZE], old_hash[HASH_SIZE];
    bool has_old_hash;
    int64_t secrets; /* how many secrets it had so far */
};

struct invite_rec {
    int64_t seq, org;
    char *id, *email, *role, *workspaces, *first_key, *status, *invited_by;
    int64_t created_at, expires_at, accepted_at;
    unsigned char hash[HASH_SIZE]; /* of the link's token */
    int64_t links;                 /* how many it had so far */
};
struct group_rec {
    int64_t seq, org;
    char *id, *name;
    int64_t created_at;
};
struct mapping_rec {
    int64_t seq, org, workspace, group;
    char *id, *role;
    int64_t created_at;
    char *workspace_id, *group_id, *group_name; /* joined */
};
/* NULL texts are told as "". */
struct audit_rec {
    int64_t seq, time, org;
    char *workspace, *actor, *actor_type, *method, *uri, *request_id, *request_body, *resource_type,
        *action, *client_ip, *query_params, *request_headers, *country;
    char *event; /* of a rotation: its four members as a JSON object */
    int status;
};

void user_rec_done(struct user_rec *user);
void workspace_rec_done(struct workspace_rec *ws);
void member_rec_done(struct member_rec *member);
void key_rec_done(struct key_rec *key);
void invite_rec_done(struct invite_rec *invite);
void group_rec_done(struct group_rec *group);
void mapping_rec_done(struct mapping_rec *mapping);
void audit_rec_done(struct audit_rec *audit);

/* Organisations. */
int64_t db_add_organisation(struct db *db, const char *id, const char *name);
size_t db_organisation_count(struct db *db);
bool db_organisation(struct db *db, size_t number, struct org_row *out); /* gives the texts */
/* Lends; NULL: there is none. */
const char *db_organisation_id(struct db *db, int64_t org);

/* Users. filters NULL: none. Rows come oldest first. *total counts what the filters leave. */
int64_t db_add_user(struct db *db, const struct user_rec *user);
bool db_find_user(struct db *db, int64_t org, const char *id, struct user_rec *out);
bool db_user_by_seq(struct db *db, int64_t seq, struct user_rec *out);
size_t db_list_users(struct db *db, int64_t org, const char *role, const char *email,
                     int64_t offset, size_t limit, struct user_rec *out, int64_t *total);
/* Writes the role, and that somebody has left. */
bool db_put_user(struct db *db, const struct user_rec *user);
int64_t db_next_user_seq(struct db *db);
/* Somebody with this address is in the organisation. */
bool db_has_email(struct db *db, int64_t org, const char *email);
int64_t db_owner_count(struct db *db, int64_t org);

/* Workspaces; by id, or by slug where by_slug. only 0: all. */
struct workspace_filter {
    int64_t org, only;
    const char *name, *exact_name, *status; /* status: comma list; NULL: active */
};
int64_t db_add_workspace(struct db *db, const struct workspace_rec *ws);
bool db_find_workspace(struct db *db, int64_t org, const char *text, bool by_slug,
                       struct workspace_rec *out);
/* The seqs, oldest first. */
size_t db_list_workspaces(struct db *db, const struct workspace_filter *filter, int64_t offset,
                          size_t limit, int64_t *out, int64_t *total);
bool db_workspace_by_seq(struct db *db, int64_t seq, struct workspace_rec *out);
bool db_put_workspace(struct db *db, const struct workspace_rec *ws);
int64_t db_next_workspace_seq(struct db *db);

/* Members. */
void db_add_member(struct db *db, int64_t workspace, int64_t user, const char *role, int64_t now);
/* Gives the role; NULL: no member. */
char *db_member_role(struct db *db, int64_t workspace, int64_t user);
bool db_find_member(struct db *db, int64_t workspace, const char *user_id, struct member_rec *out);
size_t db_list_members(struct db *db, int64_t workspace, const char *role, const char *email,
                       int64_t offset, size_t limit, struct member_rec *out, int64_t *total);
bool db_set_member_role(struct db *db, int64_t workspace, int64_t user, const char *role,
                        int64_t now);
/* workspace 0: all of them. */
bool db_delete_members(struct db *db, int64_t workspace, int64_t user);
/* The slugs of a user's active workspaces, comma-separated (gives); user 0: all of them. */
char *db_user_workspaces(struct db *db, int64_t org, int64_t user);

/* Keys. */
struct key_filter {
    int64_t org, workspace; /* workspace 0: all */
    unsigned kinds;         /* 1u << enum key_kind */
    bool by_only;           /* only these, by seq, highest first; lent */
    int64_t *only;
    size_t only_count;
};
int64_t db_next_key_seq(struct db *db);
int64_t db_add_key(struct db *db, const struct key_rec *key);
bool db_update_key(struct db *db, const struct key_rec *key);
bool db_delete_key(struct db *db, int64_t seq);
bool db_find_key(struct db *db, int64_t org, const char *id, struct key_rec *out);
bool db_find_key_by_hash(struct db *db, const unsigned char hash[HASH_SIZE], struct key_rec *out);
/* The seqs, newest first. */
size_t db_list_keys(struct db *db, const struct key_filter *filter, int64_t offset, size_t limit,
                    int64_t *out, int64_t *total);
bool db_key_by_seq(struct db *db, int64_t seq, struct key_rec *out);
/* The seqs of the keys in a workspace, of a user, or of a user in a workspace (0: any); gives. */
int64_t *db_keys_of(struct db *db, int64_t workspace, int64_t user, size_t *count);
/* The seqs of the keys that have a rotation policy; gives. */
int64_t *db_rotating_keys(struct db *db, size_t *count);
/* What readers made of keys and of workspaces; a row that changes is dropped. Lends. */
struct texts *db_key_texts(struct db *db);
struct texts *db_workspace_texts(struct db *db);

/* Invites. NULL filters: none; the status is that of `now`, as invites end by themselves. */
struct invite_filter {
    int64_t org, now;
    const char *role, *email, *status;
};
int64_t db_next_seq(struct db *db, const char *table);
int64_t db_add_invite(struct db *db, const struct invite_rec *invite);
bool db_put_invite(struct db *db, const struct invite_rec *invite);
bool db_delete_invite(struct db *db, int64_t seq);
bool db_find_invite(struct db *db, int64_t org, const char *id, struct invite_rec *out);
bool db_find_invite_by_hash(struct db *db, const unsigned char hash[HASH_SIZE],
                            struct invite_rec *out);
/* One that waits for this address. */
bool db_has_invite(struct db *db, int64_t org, const char *email, int64_t now);
/* Newest first. */
size_t db_list_invites(struct db *db, const struct invite_filter *filter, int64_t offset,
                       size_t limit, struct invite_rec *out, int64_t *total);

/* Groups of SCIM, and the workspaces that they are mapped to. Oldest first. */
int64_t db_add_group(struct db *db, const struct group_rec *group);
bool db_find_group(struct db *db, int64_t org, const char *id, struct group_rec *out);
bool db_find_group_by_name(struct db *db, int64_t org, const char *name, struct group_rec *out);
size_t db_list_groups(struct db *db, int64_t org, const char *search, int64_t offset, size_t limit,
                      struct group_rec *out, int64_t *total);
int64_t db_add_mapping(struct db *db, const struct mapping_rec *mapping);
bool db_find_mapping(struct db *db, int64_t org, const char *id, struct mapping_rec *out);
/* The role of a group's mappings (gives); NULL: it has none. */
char *db_group_role(struct db *db, int64_t group);
bool db_is_mapped(struct db *db, int64_t group, int64_t workspace);
bool db_delete_mapping(struct db *db, int64_t seq);
bool db_delete_mappings_of(struct db *db, int64_t workspace);
struct mapping_filter {
    int64_t org, workspace; /* workspace 0: any */
    const char *group_id, *role;
};
size_t db_list_mappings(struct db *db, const struct mapping_filter *filter, int64_t offset,
                        size_t limit, struct mapping_rec *out, int64_t *total);

/* The audit log. */
/* All are optional but org, from and to, both of which are within; NULL or 0: any. */
struct audit_filter {
    int64_t org, from, to;
    const char *method, *uri, *request_id, *actor, *actor_type, *workspace, *resource_type, *action,
        *client_ip, *country;
    int64_t status;
};
void db_add_audit(struct db *db, const struct audit_rec *audit);
/* The seqs, newest first. */
size_t db_list_audit(struct db *db, const struct audit_filter *filter, int64_t offset, size_t limit,
                     int64_t *out, int64_t *total);
bool db_audit_by_seq(struct db *db, int64_t seq, struct audit_rec *out);

#endif
