/* The table of routes. It is the authorisation policy: which kinds of key may come in and which
 * scope they need. */
#ifndef PORTCULLIS_SANDBOX_ROUTES_H
#define PORTCULLIS_SANDBOX_ROUTES_H

#include "sandbox/server.h"

#define ROUTE_SCOPES_MAX 3

/* What a route does, in the words of the audit log. */
enum action {
    ACTION_LIST,
    ACTION_READ,
    ACTION_CREATE,
    ACTION_UPDATE,
    ACTION_DELETE,
    ACTION_ROTATE,
    ACTION_RESEND,
    ACTION_COUNT
};
/* What it is about, there. */
enum resource {
    RESOURCE_NONE,
    RESOURCE_KEYS,
    RESOURCE_USERS,
    RESOURCE_INVITES,
    RESOURCE_WORKSPACES,
    RESOURCE_MEMBERS,
    RESOURCE_MAPPINGS,
    RESOURCE_AUDIT,
    RESOURCE_COUNT
};
/* Lend the words; "" for RESOURCE_NONE, of which nothing is written down. */
const char *action_name(enum action action);
const char *resource_name(enum resource resource);

/* Whose record is in the path (target.h). */
enum record {
    RECORD_NONE,
    RECORD_KEY,
    RECORD_USER,
    RECORD_WORKSPACE,
    RECORD_MEMBERS, /* the workspace whose members are meant */
    RECORD_MEMBER,
    RECORD_INVITE,
    RECORD_MAPPING,
    RECORD_COUNT
};

struct route {
    const char *method;
    const char *pattern;                  /* "/api-keys/{}" */
    unsigned kinds;                       /* 1u << enum key_kind */
    const char *scopes[ROUTE_SCOPES_MAX]; /* any of these lets in; by the kind of the target where
                                             there are three */
    handler_fn *handler;
    enum record record;
    enum resource resource;
    enum action action;
    unsigned flags;
};

#define ROUTE_NO_SCOPE 1u   /* on purpose */
#define ROUTE_ENTERPRISE 2u /* 403 on lower plans */
#define ROUTE_SCIM 4u       /* may answer errors without an envelope */
#define ROUTE_AUDIT 16u     /* may be switched off, as SCIM may */
#define ROUTE_GROUPS 8u     /* behind /v1, or behind /v2: quirk scim-groups */

/* Lends; NULL when no route fits: a literal part wins over {}, whatever the method. Fills
 * request->args. */
const struct route *route_find(struct request *request);
/* Every route has a policy: kinds, and a scope that exists, unless it says that it needs none. */
bool routes_check(struct err *err);

#endif
