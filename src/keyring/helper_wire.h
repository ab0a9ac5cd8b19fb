/* What keyring.c and the helper program say to each other over a socket pair. Shared by these two
 * alone, so that both are built with the same numbers. Pure: bytes in, fields out.
 *
 * Request:  'K', version, op, then three fields: profile, service, secret.
 * Reply:    'R', outcome (enum keyring_outcome), then one field: the key after a get that went
 *           well, for KEYRING_OTHER the name and number of the library's error, else nothing.
 * A field is its length in two bytes, the high one first, and its bytes. */
#ifndef PORTCULLIS_KEYRING_HELPER_WIRE_H
#define PORTCULLIS_KEYRING_HELPER_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#define HELPER_REQUEST_MARK 'K'
#define HELPER_REPLY_MARK 'R'
#define HELPER_VERSION 1

enum helper_op { HELPER_GET = 1, HELPER_SET = 2, HELPER_DELETE = 3 };

#define HELPER_REQUEST_HEAD 3
#define HELPER_REPLY_HEAD 4 /* with the length of its field */
#define HELPER_PROFILE_MAX 256
#define HELPER_SERVICE_MAX 4096
#define HELPER_SECRET_MAX 4096
#define HELPER_REQUEST_MAX                                                                         \
    (HELPER_REQUEST_HEAD + 6 + HELPER_PROFILE_MAX + HELPER_SERVICE_MAX + HELPER_SECRET_MAX)
#define HELPER_REPLY_MAX (HELPER_REPLY_HEAD + HELPER_SECRET_MAX)

struct helper_request {
    enum helper_op op;
    char profile[HELPER_PROFILE_MAX + 1];
    char service[HELPER_SERVICE_MAX + 1];
    char secret[HELPER_SECRET_MAX + 1]; /* "" unless op is HELPER_SET */
};
/* A whole request; anything else is false, and *out is of no use then. */
bool helper_request_parse(const unsigned char *bytes, size_t len, struct helper_request *out);

enum helper_reply { HELPER_REPLY_PART, HELPER_REPLY_WHOLE, HELPER_REPLY_BAD };
/* What has come of a reply so far. *outcome, up to outcome_max, and the length of the field, which
 * stands at HELPER_REPLY_HEAD, are written when it is whole. */
enum helper_reply helper_reply_parse(const unsigned char *bytes, size_t len, int outcome_max,
                                     int *outcome, size_t *field_len);

#endif
