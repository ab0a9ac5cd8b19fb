/* How the acts of model/act travel: which endpoint, which body, and how it is told by reading what
 * became of one. Written from the API's documentation and recordings. */
#ifndef PORTCULLIS_API_ACT_WIRE_H
#define PORTCULLIS_API_ACT_WIRE_H

#include "api/client.h"
#include "api/endpoints.h"
#include "model/act.h"

/* What reading the target again can tell of a request whose answer is not known. */
enum lost_way {
    LOST_COMPARE, /* PUT: whether its members are as wanted, as before, or a third way */
    LOST_CHANGED, /* rotate: whether the mask is another; never by whom */
};

struct act_wire {
    enum act_id act;
    enum endpoint endpoint;
    enum lost_way lost;
};
/* Lends the row. */
const struct act_wire *act_wire(enum act_id act);

/* The body of the request, compact JSON (gives). */
char *act_body(const struct act_look *look);
/* Of the record as it was read: the members that the body changes, the mask where the secret
 * changes, and the time of the last change. Compact JSON (gives); for the journal, and to compare
 * with. row: the API's object. NULL when it is none. */
char *act_before(enum act_id act, const char *body, const char *row, size_t len);

/* What a record shows, compared with what was before and what was asked for. */
enum act_seen {
    ACT_SEEN_NOTHING, /* no record, or one that lacks what would tell */
    ACT_SEEN_WANTED,  /* LOST_CHANGED: the mask is another */
    ACT_SEEN_BEFORE,
    ACT_SEEN_THIRD,
};
/* body: what was asked for; before: as act_before gave it; row: the record as it was read now.
 * *touched: its last change is later than before, or cannot be told to be the same. */
enum act_seen act_compare(enum act_id act, const char *body, const char *before, const char *row,
                          size_t len, bool *touched);

/* What a body changes of a record: each member, as it was (from act_before) and as it is to be, as
 * text; of lists only what goes and comes. Nothing for LOST_CHANGED. */
typedef void act_change_fn(void *ctx, const char *name, const char *was, const char *now);
void act_each_change(const char *before, const char *body, act_change_fn *fn, void *ctx);

/* "PUT": lends a constant. */
const char *act_method(enum act_id act);
/* The path of the request (gives); "" for an id that is none. */
char *act_path(const struct api_client *client, enum act_id act, const char *id);
/* Sends it, once. ERR_UNKNOWN as for api_create_key; reply->key is the new secret, reply->body the
 * answer with that masked. kind: of the target, for the scope in sentences. */
api_ticket act_send(struct api_client *client, enum act_id act, enum key_kind kind, const char *id,
                    const char *body, api_reply_fn *fn, void *ctx);
/* A member of an answer that is a time: TIME_NONE when it is not there, or is none. */
int64_t act_answer_time(const char *body, size_t len, const char *member);
/* One that is text, cut to what fits. False when it is not there. */
bool act_answer_text(const char *body, size_t len, const char *member, char *out, size_t size);

#endif
