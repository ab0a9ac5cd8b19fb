/* The table of routes. It is the authorisation policy: which kinds of key may come in and which
 * scope they need. */
#ifndef PORTCULLIS_SANDBOX_ROUTES_H
#define PORTCULLIS_SANDBOX_ROUTES_H

#include "sandbox/server.h"

#define ROUTE_SCOPES_MAX 3

struct route {
    const char *method;
    const char *pattern;                  /* "/api-keys/{}" */
    unsigned kinds;                       /* 1u << enum key_kind */
    const char *scopes[ROUTE_SCOPES_MAX]; /* any of these lets in; by the kind of the target where
                                             there are three */
    handler_fn *handler;
    const char *resource; /* for the audit log; NULL: not audited */
    const char *action;
    bool no_scope;   /* on purpose */
    bool enterprise; /* 403 on lower plans */
};

/* Lends; NULL when no route fits: a literal part wins over {}, whatever the method. Fills
 * request->args. */
const struct route *route_find(struct request *request);
/* Every route has a policy: kinds, and a scope that exists, unless it says that it needs none. */
bool routes_check(struct err *err);

#endif
