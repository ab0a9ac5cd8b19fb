/* Raw HTTP to a sandbox, without any of the client's code: if both used one codec, a wrong field
 * name would agree with itself. Everything here fails the test with a sentence when it cannot do
 * its work. */
#ifndef PORTCULLIS_TESTS_SANDBOX_WIRE_H
#define PORTCULLIS_TESTS_SANDBOX_WIRE_H

#include <jansson.h>
#include <stdbool.h>

#include "support/sandbox.h"

struct answer {
    int status;   /* 0: the connection was closed without an answer */
    json_t *json; /* owned; NULL: none */
    char *head;   /* owned */
};

/* One request. The connection is kept for the next. path is that behind /v1; key NULL: no key is
 * sent; body NULL: none. */
struct answer call(const struct sandbox_process *sandbox, const char *key, const char *method,
                   const char *path, const char *body);
/* The same with the path as it stands, in front of which nothing is put. */
struct answer call_root(const struct sandbox_process *sandbox, const char *key, const char *method,
                        const char *path, const char *body);
/* The same by the port alone. */
struct answer call_port(int port, const char *key, const char *method, const char *path,
                        const char *body);
void answer_done(struct answer *answer);

/* Gives the JSON of an answer with this status. */
json_t *expect(const struct sandbox_process *sandbox, const char *key, const char *method,
               const char *path, const char *body, int status);
/* The answer is envelope A with this status and code (NULL: no code). */
void expect_error(const struct sandbox_process *sandbox, const char *key, const char *method,
                  const char *path, const char *body, int status, const char *code);
/* A GET that answers 200 (gives). */
json_t *get(const struct sandbox_process *sandbox, const char *key, const char *path);
/* printf for paths and bodies: gives. */
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A value by a path of members and numbers: "data.0.name". Fails when a step is not there. */
json_t *at(const json_t *json, const char *path);
const char *string_at(const json_t *json, const char *path);
long long number_at(const json_t *json, const char *path);

struct made_key {
    char id[64], secret[64];
};
/* Makes a key by POST /api-keys/WHERE ("workspace/service") with this body. */
struct made_key make_key(const struct sandbox_process *sandbox, const char *key, const char *where,
                         const char *body);
/* POST /_sandbox/clock. */
void advance(const struct sandbox_process *sandbox, long long seconds);

#endif
