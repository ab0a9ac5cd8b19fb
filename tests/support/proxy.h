/* A server that misbehaves byte by byte, in front of a real one or alone. It runs in a process of
 * its own that dies with the test program. Requests that no rule is for are passed on; every
 * request is counted. */
#ifndef PORTCULLIS_SUPPORT_PROXY_H
#define PORTCULLIS_SUPPORT_PROXY_H

#include <stdbool.h>
#include <stddef.h>

enum proxy_act {
    PROXY_PASS,    /* on to the server */
    PROXY_NEVER,   /* reads the request and says nothing */
    PROXY_BYTES,   /* answers with `bytes` as they are, then closes */
    PROXY_JSON,    /* answers 200 application/json with `bytes` as the body */
    PROXY_CUT,     /* passes it on, sends all of the answer but the last `value` bytes, closes */
    PROXY_LOST,    /* passes it on, reads the whole answer, closes without sending any of it */
    PROXY_RST,     /* resets the connection once the request was read */
    PROXY_BIG,     /* 200 application/json, then `value` bytes of blanks, chunked */
    PROXY_HEADERS, /* header lines without an end */
    PROXY_STALL,   /* sends `bytes`, then nothing more, and stays open */
    PROXY_WHEN,    /* before it passes the request on it does `bytes`, a whole request of its own */
    PROXY_CLOSE,   /* passes it on, answers, then closes though it promised to keep open */
    /* What stands between a client and the server, or what the server does late or wrongly. */
    PROXY_INSTEAD,  /* passes it on, and whatever the answer is says `bytes` instead, then closes */
    PROXY_LATE,     /* says nothing, and passes it on `value` ms later, whoever still waits */
    PROXY_LATER,    /* the same, but it closes at once */
    PROXY_TWICE,    /* passes it on twice and answers with the second answer */
    PROXY_WRONG_ID, /* passes it on; the first "id" of the answer is `bytes`, a UUID */
    PROXY_HEADED,   /* passes it on; header lines `bytes` ("Age: 9\r\n") replace those of the answer
                     */
    PROXY_CACHED,   /* the last answer to the same line, as it was then (with lines `bytes`) */
};

struct proxy_rule {
    const char *method; /* NULL: any */
    const char *path;   /* how path and query begin; NULL: any */
    enum proxy_act act;
    const char *bytes; /* NUL-terminated; copied */
    long value;
    int skip;         /* leaves so many alone first */
    int times;        /* 0: for ever */
    bool after_write; /* only what comes after a request that was no GET */
};

struct proxy;

/* Gives. upstream_port 0: there is no server behind it. The rules are tried in order; one that is
 * used up is passed over. */
struct proxy *proxy_start(int upstream_port, const struct proxy_rule *rules, size_t count);
void proxy_stop(struct proxy *proxy);
/* "http://127.0.0.1:PORT/v1"; lends. */
const char *proxy_base_url(const struct proxy *proxy);
int proxy_port(const struct proxy *proxy);
/* How many requests came whose method is this (NULL: any) and whose path begins like this. */
int proxy_seen(const struct proxy *proxy, const char *method, const char *path);
/* How many connections were made. */
int proxy_connections(const struct proxy *proxy);
/* The head of request number n as it came (lends), or NULL. */
const char *proxy_head(const struct proxy *proxy, int number);

#endif
