/* What of the Admin API we use, and which scope each part needs: the one place that knows. How a
 * request travels stands in api/endpoints. Pure. */
#ifndef PORTCULLIS_MODEL_ENDPOINT_SCOPES_H
#define PORTCULLIS_MODEL_ENDPOINT_SCOPES_H

#include "model/scope.h"

enum endpoint {
    ENDPOINT_KEYS,
    ENDPOINT_KEY,
    ENDPOINT_CREATE_ORGANISATION_SERVICE,
    ENDPOINT_CREATE_WORKSPACE_SERVICE,
    ENDPOINT_CREATE_WORKSPACE_USER,
    ENDPOINT_UPDATE_KEY,
    ENDPOINT_ROTATE_KEY,
    ENDPOINT_DELETE_KEY,
    ENDPOINT_USERS,
    ENDPOINT_USER,
    ENDPOINT_WORKSPACES,
    ENDPOINT_WORKSPACE,
    ENDPOINT_MEMBERS,
    ENDPOINT_MEMBER,
    ENDPOINT_COUNT
};

/* How the scopes of a row are to be read. */
enum scope_match {
    SCOPES_ALL,     /* the one scope that is named */
    SCOPES_ANY,     /* one of them opens the list; each kind of row needs its own */
    SCOPES_BY_KIND, /* the one of the target key's kind */
};

/* The endpoint that makes keys of a kind. Not for KEY_KIND_UNKNOWN. */
enum endpoint endpoint_create(enum key_kind kind);

enum scope_match endpoint_match(enum endpoint endpoint);
/* The scope that it needs (a constant), about keys of this kind where it is about keys; NULL where
 * that hangs on a kind that is not known. */
const char *endpoint_scope(enum endpoint endpoint, enum key_kind kind);

#endif
