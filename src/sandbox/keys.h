/* API keys: handlers, JSON shape, status. */
#ifndef PORTCULLIS_SANDBOX_KEYS_H
#define PORTCULLIS_SANDBOX_KEYS_H

#include "sandbox/server.h"

handler_fn handle_list_keys;
handler_fn handle_get_key;
handler_fn handle_create_org_service;
handler_fn handle_create_org_user;
handler_fn handle_create_ws_service;
handler_fn handle_create_ws_user;
handler_fn handle_update_key;
handler_fn handle_delete_key;
handler_fn handle_rotate_key;
handler_fn handle_chat;

/* "active", "exhausted" or "expired", as reads tell it: a worker turns it late. */
const char *key_status_word(const struct sandbox *sandbox, const struct key_rec *key);
/* The budget is used up. */
bool key_is_exhausted(const struct key_rec *key);

#endif
