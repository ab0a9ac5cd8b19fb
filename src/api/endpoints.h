/* What the Admin API offers that we use, and how it travels: one row each, written from the API's
 * documentation and recordings, not from our sandbox. Which scopes each needs stands in
 * model/endpoint_scopes. Pure: names, paths and numbers. */
#ifndef PORTCULLIS_API_ENDPOINTS_H
#define PORTCULLIS_API_ENDPOINTS_H

#include <stdbool.h>

#include "api/transport.h"
#include "base/buf.h"
#include "model/endpoint_scopes.h"

struct endpoint_info {
    enum http_method method;
    const char *path; /* below the base URL; {} is the id, {in} that of the workspace it is in */
    const char *what; /* "the list of keys": for sentences */
    const char *size_name; /* paging, NULL: not a list */
    const char *number_name;
    int first_page;
    const char *rows_name;
    const char *total_name;
    bool repeat; /* safe to send again when no whole answer came */
    bool fresh;  /* on a connection of its own */
    bool by_id;  /* 403 and 404 also mean gone */
};

/* Lends the row. */
const struct endpoint_info *endpoint_info(enum endpoint endpoint);
/* False for ids that would change the path: "", ".", "..". */
bool endpoint_id_ok(const char *id);
/* Are the ids there that the path wants, and none that would change it? */
bool endpoint_ids_ok(enum endpoint endpoint, const char *id, const char *in);
/* The path with the ids percent-encoded (gives). Either may be NULL where the path has none. */
char *endpoint_path(enum endpoint endpoint, const char *id, const char *in);
/* Appends text with everything percent-encoded that has a meaning in a URL. */
void endpoint_encode(struct buf *out, const char *text);
/* "?page_size=100&current_page=0" for page 0, 1, .. counted from 0 whatever the server's first is
 * (gives). */
char *endpoint_query(enum endpoint endpoint, int size, long long page);

#endif
