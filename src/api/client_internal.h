/* What the files of the client and the load share: one request with its retries, and the answer to
 * it. Included by client*.c and load*.c only. */
#ifndef PORTCULLIS_API_CLIENT_INTERNAL_H
#define PORTCULLIS_API_CLIENT_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/client.h"
#include "api/endpoints.h"
#include "api/json.h"
#include "api/origin.h"
#include "api/retry.h"
#include "api/transport.h"

/* Pages of a list ask for this many rows (decision 11). */
#define PAGE_SIZE 100

enum request_state {
    REQUEST_QUEUED,  /* waits for a place or for the end of a pause */
    REQUEST_FLYING,  /* an exchange is under way */
    REQUEST_READ,    /* an answer is here and waits to be parsed, or is being taken in */
    REQUEST_WAITING, /* for its retry */
};

struct request;

/* What a request came to. Everything is lent for the time of the callback. */
struct answer {
    bool ok; /* a 2xx whose body is a JSON object, or is empty where that is allowed */
    struct err err;
    const struct http_result *result;
    json_t *root;            /* NULL: no JSON */
    bool cached;             /* it comes from a cache: it proves nothing */
    const char *broken_rows; /* what is wrong with the first row that was no JSON, and stands as
                                null among the rows; "" none */
    int64_t until_us; /* clock_mono_us: what takes longer is for the next turn, request_go_on */
};

/* Called from the loop's work slot, once; again only after request_go_on or request_next_page. */
typedef void answer_fn(void *ctx, struct request *request, struct answer *answer);

struct request_spec {
    enum endpoint endpoint;
    enum key_kind kind; /* of the key it is about: for the scope in sentences */
    const char *id;     /* for the path; NULL: none */
    const char *in;     /* the workspace it is in, for the path; NULL: none */
    int size;           /* of a page; 0: no page */
    long long page;
    const char *filter; /* behind the page in the query; copied; NULL: none */
    const char *body;   /* NULL: none; copied */
    bool bulk;          /* one of many pages: waits behind everything else */
    answer_fn *fn;
    void *ctx;
    bool (*wanted)(void *ctx); /* false: its answer waits, it is not its turn; NULL: it always is */
    void (*free_ctx)(void *ctx); /* NULL: nothing; runs when the request is gone, called or not */
};

/* What a body is, and what is wrong with it. */
struct reading {
    json_t *root;
    struct err broken; /* a 2xx that is no JSON: why */
    bool cut;          /* it ends in the middle, and may well have been longer */
    char broken_rows[JSON_WHY_SIZE];
    struct origin origin;
};

struct request {
    struct api_client *client;
    struct request *prev, *next;
    api_ticket ticket;
    struct request_spec spec; /* ids, filter and body are not kept here */
    char *url;
    char *id, *in;
    char *filter;
    char *body;
    enum request_state state;
    struct exchange *exchange;
    struct http_result result;  /* REQUEST_READ */
    struct json_reader *reader; /* of a body that is not read to its end yet; NULL: none */
    struct reading reading;     /* REQUEST_READ */
    struct answer answer;       /* REQUEST_READ: ready when it has a result */
    uint64_t arrived;           /* the order of answers */
    int64_t sent_at;            /* this attempt, clock_boot_ms */
    int64_t came_at;            /* its answer, clock_boot_ms */
    int attempt;                /* 1: the first */
    int paced;                  /* waits that the server asked for and that came on top */
    int timer;                  /* REQUEST_WAITING */
    int64_t due;                /* when that ends, loop_now */
    int expiry;                 /* REQUEST_FLYING: the end of this attempt */
    int64_t started;            /* this attempt, loop_now */
    int64_t until;              /* all attempts; 0: not begun */
    const char *trouble;        /* why it waits: "no answer" */
    char trouble_text[24];
    bool bad_id;  /* none that can be in a path */
    bool again;   /* its callback wants another page: request_next_page */
    bool goes_on; /* its callback is not done with the answer: request_go_on */
};

struct api_client {
    struct loop *loop;
    const struct clock *clock;
    struct transport *transport;
    struct secret *key;
    char *base_url;
    int patience_ms;
    struct request *first, *last; /* oldest first */
    api_ticket last_ticket;
    uint64_t arrivals;
    int budget; /* retries that are left */
    bool multiplexed;

    int64_t api_date;    /* the newest Date of the API, ms; TIME_NONE: none yet */
    int64_t api_date_at; /* when it came, clock_boot_ms */

    /* Pages of lists wait; what a person waits for goes on. */
    int64_t paused_until; /* loop_now; 0: not paused */
    int64_t paused_for;   /* ms */
    bool paused_asked;    /* the server named the time */
    long paused_status;
    int slow_timer; /* tells of requests that take long */
    bool asks;
    int pause_timer;

    struct api_status status;
    loop_fn *on_status;
    void *on_status_ctx;
    int status_deferred;
    bool *gone; /* set true when the client is freed from inside a callback */
};

/* Queues a request. Gives its ticket. */
api_ticket client_send(struct api_client *client, const struct request_spec *spec);
/* From inside an answer_fn: sends the same request for another page, under the same ticket. */
void request_next_page(struct request *request, long long page);
/* From inside an answer_fn: it is called again with the same answer, in another turn. */
void request_go_on(struct request *request);
/* How many pages may be under way at once; more over HTTP/2. */
int client_bulk_places(const struct api_client *client);

/* Cancels without starting anything else: client_pump is to follow. */
void client_drop(struct api_client *client, api_ticket ticket);
/* Starts what may start. */
void client_pump(struct api_client *client);
/* Works out the status anew and tells about it from the loop. */
void client_status_update(struct api_client *client);
/* Ends a pause and all waits for retries. */
void client_wake(struct api_client *client);
/* The work slot of the loop. */
bool client_work(void *ctx);
void request_free(struct request *request);

/* -- client_reading.c -- */

/* Reads the body on until about until_us. True when request->reading tells all of it. */
bool request_read_body(struct request *request, int64_t until_us);
/* Came it from a cache? As proof it counts as none then. */
bool request_is_cached(const struct request *request);
/* The API told what time it is. */
void request_note_date(const struct request *request);
/* Why it is not. unknown: a write, and nobody knows whether it was done. */
void request_describe(const struct request *request, bool unknown, struct err *err);

#endif
