/* Groups of the identity provider, and the workspaces that they are mapped to. */
#ifndef PORTCULLIS_SANDBOX_SCIM_H
#define PORTCULLIS_SANDBOX_SCIM_H

#include "sandbox/server.h"

handler_fn handle_list_mappings;
handler_fn handle_create_mapping;
handler_fn handle_delete_mapping;
handler_fn handle_list_groups;

#endif
