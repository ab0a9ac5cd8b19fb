#include "keyring/helper_wire.h"

#include <string.h>

#include "base/banned.h"

static size_t two_bytes(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 8 | bytes[1];
}

static bool take_field(const unsigned char *bytes, size_t len, size_t *at, char *out, size_t max)
{
    size_t size;

    if (len - *at < 2) {
        return false;
    }
    size = two_bytes(bytes + *at);
    *at += 2;
    if (size > max || size > len - *at || memchr(bytes + *at, '\0', size) != NULL) {
        return false;
    }
    memcpy(out, bytes + *at, size);
    out[size] = '\0';
    *at += size;
    return true;
}

bool helper_request_parse(const unsigned char *bytes, size_t len, struct helper_request *out)
{
    size_t at = HELPER_REQUEST_HEAD;

    if (len < HELPER_REQUEST_HEAD || bytes[0] != HELPER_REQUEST_MARK ||
        bytes[1] != HELPER_VERSION || bytes[2] < HELPER_GET || bytes[2] > HELPER_DELETE) {
        return false;
    }
    out->op = (enum helper_op)bytes[2];
    return take_field(bytes, len, &at, out->profile, HELPER_PROFILE_MAX) &&
           take_field(bytes, len, &at, out->service, HELPER_SERVICE_MAX) &&
           take_field(bytes, len, &at, out->secret, HELPER_SECRET_MAX) && at == len &&
           (out->op == HELPER_SET) == (out->secret[0] != '\0');
}

enum helper_reply helper_reply_parse(const unsigned char *bytes, size_t len, int outcome_max,
                                     int *outcome, size_t *field_len)
{
    size_t size;

    if (len >= 1 && bytes[0] != HELPER_REPLY_MARK) {
        return HELPER_REPLY_BAD;
    }
    if (len < HELPER_REPLY_HEAD) {
        return HELPER_REPLY_PART;
    }
    size = two_bytes(bytes + 2);
    if (bytes[1] > outcome_max || size > HELPER_SECRET_MAX) {
        return HELPER_REPLY_BAD;
    }
    if (len < HELPER_REPLY_HEAD + size) {
        return HELPER_REPLY_PART;
    }
    *outcome = bytes[1];
    *field_len = size;
    return HELPER_REPLY_WHOLE;
}
