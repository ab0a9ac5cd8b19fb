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

/* A key as GET by id shows it; rows of lists lack two members. Appends JSON. */
enum key_view { KEY_OBJECT, KEY_ROW };
void key_text(const struct request *request, const struct key_rec *key, enum key_view view,
              struct buf *out);
/* How long that stays true by itself; TIME_NONE: for good. */
int64_t key_text_until(const struct request *request, const struct key_rec *key);

#endif
