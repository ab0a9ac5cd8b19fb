/* What the Admin API offers that we use: one row each, written from the API's documentation and
 * recordings, not from our sandbox. Pure: names, paths and numbers. */
#ifndef PORTCULLIS_API_ENDPOINTS_H
#define PORTCULLIS_API_ENDPOINTS_H

#include <stdbool.h>

#include "api/transport.h"
#include "base/buf.h"
#include "model/scope.h"

enum endpoint {
    ENDPOINT_KEYS,
    ENDPOINT_KEY,
    ENDPOINT_CREATE_ORGANISATION_SERVICE,
    ENDPOINT_CREATE_WORKSPACE_SERVICE,
    ENDPOINT_CREATE_WORKSPACE_USER,
    ENDPOINT_DELETE_KEY,
    ENDPOINT_USERS,
    ENDPOINT_USER,
    ENDPOINT_WORKSPACES,
    ENDPOINT_WORKSPACE,
    ENDPOINT_MEMBERS,
    ENDPOINT_COUNT
};

/* How the scopes of a row are to be read. */
enum scope_match {
    SCOPES_ALL,     /* the one scope that is named */
    SCOPES_ANY,     /* one of them opens the list; each kind of row needs its own */
    SCOPES_BY_KIND, /* the one of the target key's kind */
};

struct endpoint_info {
    enum http_method method;
    const char *path;      /* below the base URL; {} is the id */
    const char *what;      /* "the list of keys": for sentences */
    const char *size_name; /* paging, NULL: not a list */
    const char *number_name;
    int first_page;
    const char *rows_name;
    const char *total_name;
    bool repeat; /* safe to send again when no whole answer came */
    bool fresh;  /* on a connection of its own */
    bool by_id;  /* 403 and 404 also mean gone */
    enum scope_match match;
    const char *scopes[3]; /* in the order of enum key_kind when by kind */
};

/* Lends the row. */
const struct endpoint_info *endpoint_info(enum endpoint endpoint);
/* The row that makes keys of a kind. Not for KEY_KIND_UNKNOWN. */
enum endpoint endpoint_create(enum key_kind kind);
/* False for ids that would change the path: "", ".", "..". */
bool endpoint_id_ok(const char *id);
/* The whole path with the id percent-encoded (gives). id may be NULL where the path has none. */
char *endpoint_path(enum endpoint endpoint, const char *id);
/* Appends text with everything percent-encoded that has a meaning in a URL. */
void endpoint_encode(struct buf *out, const char *text);
/* "?page_size=100&current_page=0" for page 0, 1, .. counted from 0 whatever the server's first is
 * (gives). */
char *endpoint_query(enum endpoint endpoint, int size, long long page);

#endif
