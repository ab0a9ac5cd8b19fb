/* One HTTP exchange at a time of many: bytes out, bytes in, nothing decided. The only part that
 * knows libcurl. Knows nothing of endpoints, JSON, retries or of what a status means. */
#ifndef PORTCULLIS_API_TRANSPORT_H
#define PORTCULLIS_API_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/secret.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE };

/* How an exchange ended below HTTP. Everything but HTTP_WHOLE means that no whole answer came. */
enum http_failure {
    HTTP_WHOLE,
    HTTP_RESOLVE,    /* the host's or the proxy's name is not known */
    HTTP_CONNECT,    /* refused, unreachable */
    HTTP_TLS,        /* no common way to encrypt, cut while shaking hands */
    HTTP_UNTRUSTED,  /* the certificate is not for this host, expired, or signed by nobody we trust
                      */
    HTTP_TIMED_OUT,  /* no answer in time, or not all of it */
    HTTP_CUT,        /* the answer ended before its announced length */
    HTTP_CLOSED,     /* reset, closed without an answer, a broken stream */
    HTTP_GARBAGE,    /* what came is not HTTP */
    HTTP_BODY_BIG,   /* more than TRANSPORT_BODY_MAX */
    HTTP_HEADER_BIG, /* more than TRANSPORT_HEADER_MAX */
    HTTP_OUTSIDE,    /* plain http would have left this machine: nothing was sent */
    HTTP_PROXY,      /* the proxy refused or failed */
    HTTP_OTHER,
    HTTP_FAILURE_COUNT
};

#define TRANSPORT_BODY_MAX ((size_t)8 << 20)
#define TRANSPORT_HEADER_MAX ((size_t)64 << 10)

struct http_request {
    enum http_method method;
    const char *url;
    const char *body; /* NULL: none */
    size_t body_len;
    bool fresh; /* on a connection of its own: libcurl sends a request again when a used one dies
                   under it */
    int timeout_ms;
    const struct secret *key; /* lent for the call; the header is wiped when the exchange ends */
};

struct http_result {
    enum http_failure failure;
    bool sent;              /* a byte of the request may have left: false is certain, true is not */
    long status;            /* 0: none */
    int64_t date;           /* the Date header, ms; TIME_NONE: none */
    int64_t retry_after_ms; /* 0: none */
    int64_t took_ms;
    bool multiplexed;      /* HTTP/2: many requests share a connection */
    bool delimited;        /* its end was told beforehand, so what came is all of it */
    bool from_proxy;       /* HTTP_PROXY: the proxy answered, and status is its own */
    long age;              /* the Age header in seconds: a cache had it; 0: none */
    char encoding[40];     /* Content-Encoding, which nobody asked for; "" when none */
    char reference[80];    /* a number that what answered gave it; "" when none; as it came */
    char content_type[80]; /* "" when none */
    char location[256];    /* "" when none; as it came */
    char detail[256];      /* libcurl's own words for a failure; may quote the server */
    struct buf body;       /* may hold a key: whoever takes it wipes it */
};

struct transport;

struct transport_config {
    const char *base_url; /* as transport_check_url gives it */
    const char *ca_file;  /* NULL: the system's roots */
    const char *proxy;    /* NULL: as the environment says; "": none */
};

/* Checks a base URL: https, or http to this machine only; no user, no query, no fragment. *out gets
 * the normalised form without a trailing slash (gives). ERR_INVALID. */
bool transport_check_url(const char *base_url, char **out, struct err *err);

/* Gives libcurl memory that does not run out in silence. Before anything here; again does no harm.
 * False when libcurl cannot start. */
bool transport_setup(void);

/* Gives. Sets the loop's wait to curl_multi_poll. NULL with ERR_INTERNAL when libcurl cannot start.
 */
struct transport *transport_new(struct loop *loop, const struct transport_config *config,
                                struct err *err);
/* Ends all exchanges without their callbacks and sets the loop's wait back to poll. */
void transport_free(struct transport *transport);
/* How requests to this address go: "direct", or "proxy http://host:3128" without its password
 * (gives). */
char *transport_describe_route(const char *base_url, const char *proxy);

/* Runs once, from the loop, outside of every curl call. The result is lent; its body may be taken
 * (buf_init on it). */
typedef void transport_fn(void *ctx, struct http_result *result);
struct exchange;
/* Starts an exchange; lends it until its callback ran or transport_cancel. */
struct exchange *transport_start(struct transport *transport, const struct http_request *request,
                                 transport_fn *fn, void *ctx);
/* Its time is over: its callback runs before this returns, with HTTP_TIMED_OUT. */
void transport_expire(struct transport *transport, struct exchange *exchange);
void transport_cancel(struct transport *transport, struct exchange *exchange);

#endif
