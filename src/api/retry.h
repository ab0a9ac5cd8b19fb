/* Whether a request is sent again, and when. Pure: the facts of one attempt in, a verdict out.
 * Knows nothing of sockets or of what is asked for. */
#ifndef PORTCULLIS_API_RETRY_H
#define PORTCULLIS_API_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "api/transport.h"

#define RETRY_ATTEMPTS 4
/* A wait that the server asked for comes on top of all else, once; what it asks for again counts.
 */
#define RETRY_PACED 1
/* A server may ask for this much without the operator being asked. */
#define RETRY_AFTER_MAX_MS 60000
/* The budget of a whole client: so that a server that answers every other request is not stormed.
 */
#define RETRY_BUDGET 20

struct retry_facts {
    bool repeat; /* safe to send again (GET) */
    enum http_failure failure;
    bool sent;              /* a byte may have left */
    bool cut;               /* a 2xx whose JSON ends in the middle, and so may have been longer */
    bool from_proxy;        /* HTTP_PROXY with an answer of the proxy: status is its own */
    long status;            /* as it is meant (api/origin.h); 0: none */
    int64_t retry_after_ms; /* 0: none */
    int attempt;            /* 1: the first */
    int paced;              /* waits so far that the server asked for */
    int budget;             /* what the client has left */
    uint32_t random;        /* any number: the jitter */
};

enum retry_act {
    RETRY_NO,    /* this is the answer */
    RETRY_AGAIN, /* after delay_ms */
    RETRY_PACE,  /* the server asks to wait delay_ms; not an attempt */
    RETRY_ASK,   /* the same, but longer than we wait without asking */
};

struct retry_verdict {
    enum retry_act act;
    int64_t delay_ms;
};

struct retry_verdict retry_decide(const struct retry_facts *facts);

#endif
