/* A base URL of any text: refused, or normalised to one that is safe and normalises to itself. */
#include <stdlib.h>
#include <string.h>

#include "api/transport.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void check_url(const char *url)
{
    char *again = NULL;
    struct err err = {0};
    char *route;

    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://127.", 11) != 0 &&
        strncmp(url, "http://localhost", 16) != 0 && strncmp(url, "http://[", 8) != 0) {
        fuzz_broken("plain http to another machine");
    }
    if (url[strlen(url) - 1] == '/' || strpbrk(url, "@?# \t\r\n") != NULL) {
        fuzz_broken("more than a base URL");
    }
    if (!transport_check_url(url, &again, &err) || strcmp(url, again) != 0) {
        fuzz_broken("normalising twice is not normalising once");
    }
    route = transport_describe_route(url, "http://user:hunter2@proxy.example:3128");
    if (strstr(route, "hunter2") != NULL) {
        fuzz_broken("a password in the route");
    }
    free(route);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size, 1);
    char *url = NULL;
    struct err err = {0};

    if (transport_check_url(text, &url, &err)) {
        check_url(url);
        free(url);
    } else if (err.kind != ERR_INVALID || err.text[0] == '\0') {
        fuzz_broken("refused without a word");
    }
    free(text);
    return 0;
}
