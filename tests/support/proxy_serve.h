/* What a misbehaving server does with one request after the other: it asks for a rule and acts by
 * it. Knows no test; a process of its own runs it. */
#ifndef PORTCULLIS_SUPPORT_PROXY_SERVE_H
#define PORTCULLIS_SUPPORT_PROXY_SERVE_H

#include "support/proxy.h"

struct proxy_server;

/* What to do with this request (its bytes as they came, NUL-terminated); `number` counts from 0 in
 * the order of arrival. Called from the thread of the connection. The rule's bytes are lent until
 * the request is done. */
typedef struct proxy_rule proxy_choose_fn(void *ctx, int number, const char *request);
/* A request was passed on and the server's answer has this status; 0: no answer came. May be NULL.
 */
typedef void proxy_told_fn(void *ctx, int number, int status);

struct proxy_service {
    int upstream_port;
    proxy_choose_fn *choose;
    proxy_told_fn *told;
    void (*connected)(void *ctx); /* may be NULL */
    void *ctx;
};

/* A socket that listens on a free port of the loopback; -1 with errno when there is none. */
int proxy_listen(int *port);
/* Serves for ever. */
_Noreturn void proxy_serve(const struct proxy_service *service, int fd);

#endif
