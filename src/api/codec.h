/* JSON of the API to rows of an inventory, one pure function a record. Unknown members are ignored
 * (those of a key, a workspace and a user are kept as text); null, absent and empty stay apart;
 * what is there and is not understood is marked in the row, and kept as it came. Every text is
 * cleaned beside its raw form. */
#ifndef PORTCULLIS_API_CODEC_H
#define PORTCULLIS_API_CODEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/draft.h"
#include "model/inventory.h"

/* Each fills *out with a row whose references point into inv. False with ERR_DECODE, naming the
 * path, when it is no object or has no id; then nothing is added. A key that was not masked by the
 * server is masked here. */
bool key_decode(const json_t *json, struct inventory *inv, struct key_row *out, struct err *err);
bool workspace_decode(const json_t *json, struct inventory *inv, struct workspace_row *out,
                      struct err *err);
bool user_decode(const json_t *json, struct inventory *inv, struct user_row *out, struct err *err);
/* workspace: the one that was asked; the row's own workspace_id is not needed. */
bool member_decode(const json_t *json, struct inventory *inv, struct id workspace,
                   struct member_row *out, struct err *err);

/* The body of a create request, only with what was filled in (gives). now: for "30d". */
json_t *draft_encode(const struct key_draft *draft, int64_t now);

/* Masks every key value that is not masked yet, in the object itself, in its `data` object and in
 * the rows of `data`. True when anything was changed. */
bool keys_mask(json_t *root);

/* The mask of a key that came whole. What no key of ours can have in it, and a mask may cut in the
 * middle, shows nothing but stars. */
void codec_mask(const char *secret, char *out, size_t size);

/* For the codecs: what of one object was not understood. */
struct codec_odd {
    const json_t *json;
    json_t *sent;  /* those members as they came; NULL: none */
    uint32_t bits; /* enum unread */
};
void codec_odd(struct codec_odd *odd, const char *name, enum unread bit);
/* Gives the members as text, and lets go of them. */
struct text_pair codec_odd_end(struct codec_odd *odd, struct inventory *inv);
/* Is the member there, and not null? */
bool codec_there(const json_t *json, const char *name);
/* The member as text, word, id, time: what is there in another type is odd. A time without a zone
 * is UTC. */
struct text_pair codec_text_or(struct codec_odd *odd, struct inventory *inv, const char *name,
                               enum unread bit);
str_ref codec_word_or(struct codec_odd *odd, struct inventory *inv, const char *name,
                      enum unread bit);
struct id codec_id_or(struct codec_odd *odd, struct inventory *inv, const char *name,
                      enum unread bit);
int64_t codec_time_or(struct codec_odd *odd, const char *name, enum unread bit);
/* The same for a member of a member: TIME_UNREAD, and the caller marks it. */
int64_t codec_time(const json_t *json, const char *name);

/* For the codecs: the member as a kept text, cleaned beside; as interned word; as id. Absent and
 * null give none. */
struct text_pair codec_text(struct inventory *inv, const json_t *json, const char *name);
str_ref codec_word(struct inventory *inv, const json_t *json, const char *name);
struct id codec_id(struct inventory *inv, const json_t *json, const char *name);
/* A member of any type as one line of JSON text. */
struct text_pair codec_json(struct inventory *inv, const json_t *value);
/* The members that are told and are none of the known names (ended by NULL), as text; none. */
struct text_pair codec_unknown(struct inventory *inv, const json_t *json, const char *const *known);
/* The usage and rate limits of a workspace; gives what inventory_add_extra gave, 0: none. */
uint32_t codec_limits(struct codec_odd *odd, struct inventory *inv);

#endif
