/* One request and its answer, and the world they live in: what handlers work with. */
#ifndef PORTCULLIS_SANDBOX_SERVER_H
#define PORTCULLIS_SANDBOX_SERVER_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "sandbox/db.h"
#include "sandbox/fault.h"
#include "sandbox/quirk.h"
#include "sandbox/rate.h"

struct MHD_Connection;

/* How all was before a write, while reads lag. See stale.h. */
struct past {
    struct db *db; /* owned */
    int64_t until;
};
#define PASTS_MAX 64

struct sandbox {
    struct db *db;
    struct clock clock;
    bool clock_moves; /* --now: /_sandbox/clock works */
    struct quirks quirks;
    struct faults faults;
    uint64_t number;
    uint64_t requests;            /* for request ids */
    struct past pasts[PASTS_MAX]; /* oldest first */
    size_t past_count;
    bool rotations_known;  /* what follows is */
    int64_t next_rotation; /* by a policy; TIME_NONE: none will be. See rotation.h */
    struct rates rates;
    pthread_mutex_t lock;
};

/* What came with a request behind its head. */
enum body_state { BODY_OK, BODY_BAD, BODY_TOO_LARGE };

#define REQUEST_ARG_SIZE 256

struct route;

/* The record of the path, with what it lies in; what is not there is zero. Owned by the request. */
struct target {
    struct key_rec key;
    struct user_rec user;
    struct workspace_rec workspace;
    struct member_rec member;
    struct invite_rec invite;
    struct mapping_rec mapping;
};

struct request {
    struct sandbox *sandbox;
    struct MHD_Connection *connection;
    const char *method;
    const char *path; /* behind /v1, or /v2 */
    bool v2;
    const char *args[2]; /* what stood for {} in the route */
    char arg_text[2][REQUEST_ARG_SIZE];
    const struct route *route;
    struct target target; /* see target.h */
    json_t *body;         /* an object; NULL: none */
    enum body_state body_state;
    char workspace_id[UUID_SIZE]; /* of what is changed, for the audit log; "" not known */
    struct key_rec caller;
    char caller_role[16]; /* of the owner of a user key in the workspace; "" none */
    int64_t now;
    bool commit_fails; /* by a fault */
    char *event;       /* what the audit log tells of a rotation beside the request; owned */
};

struct reply {
    int status;
    json_t *json; /* owned */
    char *text;   /* owned; JSON that is text already stands here, and json is NULL */
};

typedef void handler_fn(struct request *request, struct reply *reply);

/* Errors, as the control plane sends them [DOC, OBS]. */
void reply_error(struct reply *reply, int status, const char *code, const char *message);
/* As the gateway in front of it says no: {"status":"failure","message":...} [SRC]. */
void reply_failure(struct reply *reply, int status, const char *message);
void reply_invalid(struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void reply_forbidden(struct reply *reply);
/* 403 AB03, or 404 AB08: quirk gone. */
void reply_gone(const struct request *request, struct reply *reply);
void reply_json(struct reply *reply, json_t *json);     /* takes; 200 */
void reply_text(struct reply *reply, struct buf *json); /* takes what is in it; 200 */
/* This (taken), or an empty body: quirk delete-body. */
void reply_deleted(const struct request *request, struct reply *reply, json_t *json);
void reply_done(struct reply *reply);

/* A query parameter, or NULL. */
const char *request_parameter(const struct request *request, const char *name);
struct paging {
    int64_t offset;
    size_t limit;
};
/* Reads the two parameters of this list. False when the answer is an error already. */
bool request_paging(const struct request *request, const char *size_name, const char *page_name,
                    struct paging *out, struct reply *reply);
/* {"object":"list","total":N,"data":[...]} as text: the start, before each row, the end. */
void list_text_start(struct buf *out, int64_t total);
void list_text_next(struct buf *out, size_t row);
void list_text_end(struct buf *out);
json_t *time_json(int64_t ms);
json_t *text_json(const char *text);
/* JSON that was stored as text; null for NULL. */
json_t *stored_json(const char *text);
bool caller_has(const struct request *request, const char *scope);
/* Who acts, by id: the owner of a user key, else the key. Lends. */
const char *request_actor(const struct request *request);

/* The whole of a request: finds the route, checks the key, runs the handler, writes the audit log.
 */
void sandbox_handle(struct request *request, const char *api_key, struct reply *reply);

#endif
