/* Users, workspaces and members: handlers and JSON shapes. */
#ifndef PORTCULLIS_SANDBOX_PEOPLE_H
#define PORTCULLIS_SANDBOX_PEOPLE_H

#include "sandbox/server.h"

handler_fn handle_list_users;
handler_fn handle_get_user;
handler_fn handle_update_user;
handler_fn handle_delete_user;
handler_fn handle_list_workspaces;
handler_fn handle_get_workspace;
handler_fn handle_create_workspace;
handler_fn handle_update_workspace;
handler_fn handle_delete_workspace;
handler_fn handle_list_members;
handler_fn handle_get_member;
handler_fn handle_add_members;
handler_fn handle_update_member;
handler_fn handle_delete_member;

/* The bit of a security switch by its name on the wire; 0 for an unknown name. */
uint64_t sandbox_switch(const char *name);
/* All on but membersWriteConfigs and membersWriteGuardrails, as recorded live. */
uint64_t sandbox_default_switches(void);
/* A person becomes a member; by quirk auto-keys with a key made at once. */
void member_joins(struct request *request, const struct workspace_rec *ws, int64_t user,
                  const char *role);
/* Deletes the keys of a user, in one workspace or (0) in all. */
void delete_keys_of(struct request *request, int64_t workspace, int64_t user);
/* The members of a workspace as they stand inside it: appends a JSON array. */
void members_text(const struct request *request, const struct workspace_rec *ws, struct buf *out);

#endif
