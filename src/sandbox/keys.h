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

/* Reads that lag (stale.c). stale_tell keeps what the key is like before a write; each of the two
 * takes it afterwards. stale_delete ends the key: at once, or when the lag is over. */
void stale_tell(const struct request *request, const struct key_rec *key, struct key_told *before);
void stale_updated(struct request *request, const struct key_rec *key, struct key_told *before);
void stale_delete(struct request *request, struct key_rec *key, struct key_told *before);
/* Lends; NULL when reads of this key are up to date. */
const struct stale_key *stale_find(const struct sandbox *sandbox, int64_t seq);
/* The key is too new to be read. */
bool stale_hides(const struct request *request, const struct key_rec *key);
/* How long reads lag. */
int64_t stale_lag_ms(const struct sandbox *sandbox);
/* Around a transaction: hold copies the lags, let_go frees the copies, or puts them back when the
 * transaction came to nothing. */
void stale_hold(const struct sandbox *sandbox, struct stale_key held[STALE_MAX]);
void stale_let_go(struct sandbox *sandbox, struct stale_key held[STALE_MAX], bool put_back);
/* Ends the lags that are over by now; all of them. */
void stale_settle(struct sandbox *sandbox, int64_t now);
void stale_end(struct sandbox *sandbox);

/* A key as GET by id shows it; rows of lists lack two members. Appends JSON. */
enum key_view { KEY_OBJECT, KEY_ROW };
void key_text(const struct request *request, const struct key_rec *key, enum key_view view,
              struct buf *out);
/* How long that stays true by itself; TIME_NONE: for good. */
int64_t key_text_until(const struct request *request, const struct key_rec *key);
/* Both views. */
void key_tell(const struct request *request, const struct key_rec *key, struct key_told *out);
void key_told_done(struct key_told *told);

#endif
