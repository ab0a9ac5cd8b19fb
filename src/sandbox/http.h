/* HTTP for the sandbox: libmicrohttpd in front, one request at a time behind a lock. */
#ifndef PORTCULLIS_SANDBOX_HTTP_H
#define PORTCULLIS_SANDBOX_HTTP_H

#include "sandbox/server.h"

struct http_server;

/* address "127.0.0.1:0"; not loopback only with allow_remote. *port gets the bound one. Lends the
 * sandbox. */
struct http_server *http_start(struct sandbox *sandbox, const char *address, bool allow_remote,
                               int *port, struct err *err);
void http_stop(struct http_server *server);

#endif
