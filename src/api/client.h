/* The Portkey Admin API over HTTP: one client a session. Sends requests, waits, retries where that
 * is safe, and turns every failure into a sentence. Every call gives a ticket; its callback runs
 * exactly once, from the loop, never from inside the call; after api_cancel it does not run at all.
 * Knows nothing of screens or of the keyring. */
#ifndef PORTCULLIS_API_CLIENT_H
#define PORTCULLIS_API_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/secret.h"
#include "model/draft.h"
#include "model/inventory.h"

#define API_DEFAULT_BASE_URL "https://api.portkey.ai/v1"

struct api_config {
    const char *base_url; /* with or without a trailing slash */
    const char *ca_file;  /* PEM; NULL: the system's roots */
    const char *proxy;    /* NULL: as the environment says; "": none */
    const struct clock *clock;
    /* The longest wait for one answer, with no bound for all attempts; 0: 10 s, 20 s for a page of
     * a list, 30 s for a read with all its attempts. */
    int patience_ms;
};

struct api_client;

/* Checks a base URL without sending: https, or http to loopback only; no user, no query. *out (may
 * be NULL) gets the normalised form (gives). */
bool api_check_base_url(const char *base_url, char **out, struct err *err);

/* Before anything else of JSON or HTTP, once a program: memory that does not run out in silence. */
bool api_setup(struct err *err);

/* Gives. Sets the loop's wait to curl_multi_poll (one client a loop at a time; freeing it sets poll
 * back). Takes the key, even on failure. NULL with ERR_INVALID for a bad URL, CA file or key. */
struct api_client *api_client_new(struct loop *loop, const struct api_config *config,
                                  struct secret *key, struct err *err);
/* Cancels everything that is under way. */
void api_client_free(struct api_client *client);
const char *api_client_base_url(const struct api_client *client);
/* How requests to this address would go, without sending any: "direct", "proxy http://host:3128"
 * (gives). proxy as in api_config. */
char *api_describe_route(const char *base_url, const char *proxy);

/* What goes on, for the state line. */
struct api_status {
    int in_flight; /* requests under way or waiting for a retry */
    bool waiting;  /* a pause or a retry holds requests back */
    bool asks;     /* the server asked for more than 60 s: api_retry_now or api_cancel decides */
    int64_t until_mono; /* when the wait ends, loop_now */
    int64_t since_mono; /* when the oldest try under way was sent, loop_now; -1: none is */
    char text[160]; /* "429: the server asks to wait 8 s", "no answer: retry 2 of 4", "no answer for
                       more than 3 s"; "" when all is well */
    int64_t last_ms; /* how long the last answer took; -1: none yet */
    int64_t last_ok; /* wall clock of the last good answer; TIME_NONE: none */
};
const struct api_status *api_client_status(const struct api_client *client);
/* Called from the loop when the status changed. */
void api_client_on_status(struct api_client *client, loop_fn *fn, void *ctx);
void api_retry_now(struct api_client *client);
/* By how much the server's clock is ahead of our own (clock_local), by the Date of the API's own
 * answers; ms, to about a second. False until one came. */
bool api_server_skew(const struct api_client *client, int64_t *ms);

typedef uint64_t api_ticket; /* 0: none */
void api_cancel(struct api_client *client, api_ticket ticket);
/* Which try of this request runs now, from 1, and of how many; 0 when it is over. */
int api_attempt(const struct api_client *client, api_ticket ticket, int *of);

/* Answer to one request. Everything is lent for the time of the callback. */
struct api_reply {
    bool ok;
    struct err err;      /* when not ok */
    long status;         /* HTTP status, 0: none */
    int64_t server_date; /* the Date header, ms; TIME_NONE: none */
    bool cached;      /* it came from a cache (a Date older than what was seen, an Age): it proves
                         nothing */
    const char *body; /* when ok: JSON text as it came, key values masked; else "" */
    size_t body_len;
    const char *id;     /* create: the new key's id, also when no usable secret came with it */
    struct secret *key; /* create: the new key. The callback may take it by setting it to NULL. */
};
typedef void api_reply_fn(void *ctx, struct api_reply *reply);

/* GET /api-keys?page_size=1&current_page=0: does this key work? ok for 200; a 403 has ERR_FORBIDDEN
 * (key is good, a scope is missing). */
api_ticket api_probe(struct api_client *client, api_reply_fn *fn, void *ctx);

/* GET /api-keys/{id}. ERR_GONE for the API's own 403 and 404; ERR_DECODE with source
 * ERR_FROM_BETWEEN for a record of another id. Reads are repeated as far as safe. */
api_ticket api_get_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx);
/* Decodes a key's JSON into the inventory: adds it or replaces its row. *row gets the index. */
bool api_key_into(struct inventory *inv, const char *json, size_t len, int *row, struct err *err);
/* GET /admin/workspaces/{id}: body only. */

/* One page of keys, newest first. */
struct api_keys {
    bool ok;
    struct err err; /* when not ok */
    /* Its rows; lent for the time of the callback, which keeps it by setting *owner to NULL. Its
     * list state has the total where every row was understood, else it is PROGRESS_PARTIAL and the
     * total -1; its own_key is that whose mask fits the key of this client. */
    struct inventory *found, **owner;
    size_t bad_rows;     /* that could not be understood, and are not in it */
    int64_t total;       /* as the server tells it; -1: it does not */
    bool cached;         /* as in api_reply */
    int64_t server_date; /* as in api_reply */
};
typedef void api_keys_fn(void *ctx, const struct api_keys *keys);
/* GET /api-keys?ids=a,b: 1 to 100 of them. A server that does not know `ids` gives rows that were
 * not asked for. */
api_ticket api_keys_by_ids(struct api_client *client, const char *const *ids, size_t count,
                           api_keys_fn *fn, void *ctx);
/* The newest 100, of one workspace or (NULL) of all that the key may list. */
api_ticket api_keys_page(struct api_client *client, const char *workspace_id, api_keys_fn *fn,
                         void *ctx);

/* POST /api-keys/{organisation|workspace}/{service|user}, sent once on a fresh connection.
 * ERR_UNKNOWN: it was sent, and what came back (nothing, a page, an answer in another shape) does
 * not tell what became of it. Any other error has the source ERR_FROM_API or ERR_FROM_GATEWAY, or
 * nothing was sent. */
api_ticket api_create_key(struct api_client *client, enum key_kind kind, const char *body,
                          api_reply_fn *fn, void *ctx);
/* The request as it is reviewed and then sent, byte for byte: "/v1/api-keys/workspace/service" and
 * the body, indented JSON (gives). What a screen would not show as it is stands there as \uXXXX. */
char *api_create_path(const struct api_client *client, const struct key_draft *draft);
char *api_create_body(const struct key_draft *draft, int64_t now);
/* The newest keys, read page by page: so many pages (0: all of them). */
struct api_newest {
    bool ok;
    const struct err *err; /* when not ok */
    /* Lent for the time of the callback, which keeps it by setting *owner to NULL. */
    struct inventory *found, **owner;
    bool whole; /* there are no more, and every row was understood */
};
typedef void api_newest_fn(void *ctx, const struct api_newest *newest);
api_ticket api_newest_keys(struct api_client *client, int pages, api_newest_fn *fn, void *ctx);

/* What a write was given by name, read into the inventory by itself. ok: the API answered so;
 * whole: all that fits came, so that what is not in the inventory now is not there. */
struct api_given {
    bool ok, whole;
    const struct err *err; /* when not ok */
};
typedef void api_given_fn(void *ctx, const struct api_given *given);
/* GET /admin/workspaces/{id}, also by slug where the server takes it; and those with this in their
 * names (NULL: all): the ones in use, or the archived ones. */
api_ticket api_read_workspace(struct api_client *client, struct inventory *inv, const char *id,
                              api_given_fn *fn, void *ctx);
api_ticket api_find_workspace(struct api_client *client, struct inventory *inv, const char *name,
                              bool archived, api_given_fn *fn, void *ctx);
/* GET /admin/users/{id}; and who has this mail address. */
api_ticket api_read_user(struct api_client *client, struct inventory *inv, const char *id,
                         api_given_fn *fn, void *ctx);
api_ticket api_find_user(struct api_client *client, struct inventory *inv, const char *mail,
                         api_given_fn *fn, void *ctx);
/* The membership of the person with this mail address in a workspace (its id). */
api_ticket api_find_member(struct api_client *client, struct inventory *inv, const char *workspace,
                           const char *mail, api_given_fn *fn, void *ctx);

/* DELETE /api-keys/{id}, sent once. ERR_UNKNOWN as for api_create_key. */
api_ticket api_delete_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx);
char *api_delete_path(const struct api_client *client, const char *id);

#endif
