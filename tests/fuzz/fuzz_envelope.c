/* Error bodies of any kind: the first byte chooses status and content type, the rest is the body.
 * What is made of it is clean, ends, and holds no piece of the key. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/errors.h"
#include "api/json.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

#define KEY "pkSecret0123456789abcdefGHIJ"

static struct secret *key;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    json_setup();
    if (!secret_setup()) {
        fuzz_broken("libsodium does not start");
    }
    key = secret_new(KEY, strlen(KEY));
    return 0;
}

static void check_text(const char *text, size_t size)
{
    struct buf again;

    buf_init(&again, 0);
    if (memchr(text, '\0', size) == NULL || !text_is_utf8(text, strlen(text)) ||
        text_clean(text, strlen(text), &again)) {
        fuzz_broken("a sentence that is not clean");
    }
    for (size_t i = 0; i + 8 <= strlen(KEY); i++) {
        if (memmem(text, strlen(text), &KEY[i], 8) != NULL) {
            fuzz_broken("a piece of the key in a sentence");
        }
    }
    buf_done(&again);
}

static void describe(const struct http_result *result, const json_t *root, enum endpoint endpoint)
{
    struct err err = {0};

    error_describe(&(struct api_failure){.endpoint = endpoint,
                                         .origin = origin_of(endpoint, NULL, result, root),
                                         .kind = KEY_KIND_UNKNOWN,
                                         .base_url = "https://api.example/v1",
                                         .result = result,
                                         .root = root,
                                         .key = key,
                                         .attempts = 1},
                   &err);
    if (err.kind == ERR_NONE) {
        fuzz_broken("an error without a kind");
    }
    check_text(err.text, sizeof(err.text));
    check_text(err.code, sizeof(err.code));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const long statuses[] = {400, 401, 403, 404, 200, 429, 500, 302};
    static const char *const types[] = {"application/json", "text/plain", "text/html", ""};
    struct http_result result = {0};
    struct envelope said;
    json_t *root;
    char *text;

    if (size == 0) {
        return 0;
    }
    text = fuzz_copy(data + 1, size - 1, 1);
    result.status = statuses[data[0] % 8];
    snprintf(result.content_type, sizeof(result.content_type), "%s", types[data[0] / 8 % 4]);
    snprintf(result.location, sizeof(result.location), "%s", text);
    buf_init(&result.body, 0);
    buf_add(&result.body, text, size - 1);
    root = json_read(text, size - 1, NULL);
    envelope_read(root, &said);
    error_redact(said.message, key);
    check_text(said.message, sizeof(said.message));
    for (int i = 0; i < ENDPOINT_COUNT; i++) {
        describe(&result, root, (enum endpoint)i);
    }
    json_decref(root);
    buf_done(&result.body);
    free(text);
    return 0;
}
