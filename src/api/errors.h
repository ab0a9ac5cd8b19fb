/* Every way a request can fail, as a sentence with its cause and the next step. Reads all shapes of
 * error bodies that the API and what stands before it are known to send. Never quotes a key. */
#ifndef PORTCULLIS_API_ERRORS_H
#define PORTCULLIS_API_ERRORS_H

#include <jansson.h>
#include <stdbool.h>

#include "api/endpoints.h"
#include "api/origin.h"
#include "api/transport.h"
#include "base/err.h"
#include "base/secret.h"

/* The end of the sentence for a path that a server does not know. */
#define ERROR_CHECK_BASE_URL " Check the base URL: it usually ends with /v1."
/* Where what the server said of a refusal ends, and what we guess of it begins. */
#define ERROR_GUESS " Your key likely lacks "

/* What an error body says. All cleaned for the terminal; "" when it does not say. */
struct envelope {
    char message[400];
    char code[32];
    char request_id[80];
};

/* root may be NULL: then it says nothing. */
void envelope_read(const json_t *root, struct envelope *out);

/* Overwrites with stars what looks like a piece of the key: eight characters of it in a row, or all
 * of a shorter one. */
void error_redact(char *text, const struct secret *key);

struct api_failure {
    enum endpoint endpoint;
    struct origin origin;
    enum key_kind kind; /* of the key it is about; KEY_KIND_UNKNOWN: not told */
    const char *base_url;
    const struct http_result *result;
    const json_t *root;      /* the body, when it is JSON */
    const char *undecodable; /* a 2xx with broken JSON: what is wrong with it; else NULL */
    const struct secret *key;
    int attempts;
    bool unknown; /* a write that may have been carried out */
};

/* Fills *err. Not to be asked about a good answer. */
void error_describe(const struct api_failure *failure, struct err *err);

#endif
