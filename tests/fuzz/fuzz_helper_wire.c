/* What the console and the keyring helper say to each other: any bytes are a whole message, a part
 * of one, or none; a part never becomes another message by what follows. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fuzz/fuzz.h"
#include "keyring/helper_wire.h"

#include "base/banned.h"

#define OUTCOME_MAX 9

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void check_reply(const unsigned char *bytes, size_t size)
{
    enum helper_reply before = HELPER_REPLY_PART;

    for (size_t len = 0; len <= size; len++) {
        unsigned char *part = (unsigned char *)fuzz_copy(bytes, len, 0);
        int outcome = -1;
        size_t field = 0;
        enum helper_reply state = helper_reply_parse(part, len, OUTCOME_MAX, &outcome, &field);

        if (before != HELPER_REPLY_PART && state != before) {
            fuzz_broken("a reply that was whole, or bad, is not so any more");
        }
        if (state == HELPER_REPLY_WHOLE &&
            (outcome < 0 || outcome > OUTCOME_MAX || HELPER_REPLY_HEAD + field > len)) {
            fuzz_broken("a reply that says more than it holds");
        }
        before = state;
        free(part);
        if (len > 64 && len + 64 < size) {
            len += 61; /* long ones in steps */
        }
    }
}

static void check_request(const unsigned char *bytes, size_t size)
{
    struct helper_request *request = xcalloc(1, sizeof(*request));
    unsigned char *copy = (unsigned char *)fuzz_copy(bytes, size, 0);

    if (helper_request_parse(copy, size, request)) {
        size_t told = strlen(request->profile) + strlen(request->service) +
                      strlen(request->secret) + HELPER_REQUEST_HEAD + 6;

        if (told != size || request->op < HELPER_GET || request->op > HELPER_DELETE ||
            (request->op == HELPER_SET) != (request->secret[0] != '\0')) {
            fuzz_broken("a request that is not what was sent");
        }
    }
    free(copy);
    free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_request(data, size);
    check_reply(data, size);
    return 0;
}
