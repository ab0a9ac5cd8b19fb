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

/* Reads that lag (stale.c). Each of the two takes before, the key as GET told it. stale_delete ends
 * the key: at once, or when the lag is over. */
void stale_updated(struct request *request, const struct key_rec *key, json_t *before);
void stale_delete(struct request *request, struct key_rec *key, json_t *before);
/* Lends; NULL when reads of this key are up to date. */
const struct stale_key *stale_find(const struct sandbox *sandbox, int64_t seq);
/* The key is too new to be read. */
bool stale_hides(const struct request *request, const struct key_rec *key);
/* Around a transaction: hold copies the lags, let_go frees the copies, or puts them back when the
 * transaction came to nothing. */
void stale_hold(const struct sandbox *sandbox, struct stale_key held[STALE_MAX]);
void stale_let_go(struct sandbox *sandbox, struct stale_key held[STALE_MAX], bool put_back);
/* Ends the lags that are over by now; all of them. */
void stale_settle(struct sandbox *sandbox, int64_t now);
void stale_end(struct sandbox *sandbox);

/* A key as GET by id shows it (gives); list rows lack two fields. */
json_t *key_json(const struct request *request, const struct key_rec *key);
void key_json_to_row(json_t *json);

#endif
