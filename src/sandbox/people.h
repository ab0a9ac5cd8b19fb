/* Users, workspaces and members: handlers and JSON shapes. */
#ifndef PORTCULLIS_SANDBOX_PEOPLE_H
#define PORTCULLIS_SANDBOX_PEOPLE_H

#include "sandbox/server.h"

handler_fn handle_list_users;
handler_fn handle_get_user;
handler_fn handle_list_workspaces;
handler_fn handle_get_workspace;
handler_fn handle_list_members;
handler_fn handle_get_member;

/* The 35 security switches by their names on the wire, in the order of the live capture; numbers
 * are bits. */
#define SANDBOX_SWITCH_COUNT 35
extern const char *const SANDBOX_SWITCHES[SANDBOX_SWITCH_COUNT];
/* The bit of a switch; 0 for an unknown name. */
uint64_t sandbox_switch(const char *name);
/* All on but membersWriteConfigs and membersWriteGuardrails, as recorded live. */
uint64_t sandbox_default_switches(void);
/* The active workspace with this id (or slug), when the caller may act in it. */
bool find_workspace_for(const struct request *request, const char *text, bool by_slug,
                        struct workspace_rec *out);

#endif
