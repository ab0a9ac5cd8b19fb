/* Who gave an answer: the API itself, the inference gateway in front of it, or something in between
 * (a proxy, a firewall, a portal, a page of a dashboard). Only what is in the API's own shape is
 * believed; status alone says nothing. Pure. */
#ifndef PORTCULLIS_API_ORIGIN_H
#define PORTCULLIS_API_ORIGIN_H

#include <jansson.h>
#include <stdbool.h>

#include "api/endpoints.h"
#include "api/transport.h"
#include "base/err.h"

struct origin {
    enum err_source source;
    bool good;    /* a 2xx in the shape that the endpoint promises, about what was asked for */
    bool other;   /* in that shape, but about another id */
    long meaning; /* the status that is meant: that of the code when a 2xx says "success": false */
};

/* id: what was asked for; NULL: nothing with an id. root: the body when it is JSON, else NULL.
 * HTTP_WHOLE is what an answer is; anything else is ERR_FROM_NOBODY. */
struct origin origin_of(enum endpoint endpoint, const char *id, const struct http_result *result,
                        const json_t *root);

/* May a write that was answered like this be called refused, once a look shows that it was not
 * done? False: nobody knows. code: the envelope's, "" when none. */
bool origin_refuses(const struct origin *origin, const char *code);

/* Is the content type JSON? False when none is told. */
bool origin_is_json(const struct http_result *result);

/* What a page says of itself, cleaned for the terminal; "" when it does not say. */
struct page_words {
    char title[160];    /* its title, or how its text begins */
    char reference[80]; /* a number to give to whoever runs what answered */
};
/* secret: the answer may hold one, so that nothing but a title is taken. What looks like a record
 * is never quoted. */
void page_read(const struct http_result *result, const json_t *root, bool secret,
               struct page_words *out);

#endif
