/* The body of a create or an update of a key, as the sandbox takes it: refused with an envelope, or
 * a record that is within its bounds and reads back as JSON. The first byte chooses the kind and
 * the way. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "fuzz/fuzz.h"
#include "sandbox/key_input.h"
#include "sandbox/keys.h"

#include "base/banned.h"

static struct sandbox sandbox = {.number = 1};

static void close_database(void)
{
    db_free(sandbox.db);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct err err;

    (void)argc;
    (void)argv;
    clock_init(&sandbox.clock);
    quirks_init(&sandbox.quirks);
    sandbox.db = db_open(NULL, &err);
    if (!secret_setup() || sandbox.db == NULL) {
        fuzz_broken("no sandbox");
    }
    db_add_organisation(sandbox.db, "942a7a2d-4eea-4df0-8ea7-a4b665cb748b", "Fuzz");
    atexit(close_database);
    return 0;
}

static struct key_rec a_key(enum key_kind kind)
{
    return (struct key_rec){
        .org = 1,
        .seq = 1,
        .kind = kind,
        .id = xstrdup("c81969d4-ac39-460a-b999-28047b0916a0"),
        .name = xstrdup("before"),
        .mask = xstrdup("aa*****bbb"),
        .creation_mode = xstrdup("api"),
        .expires_at = TIME_NONE,
        .last_reset_at = TIME_NONE,
        .old_until = TIME_NONE,
    };
}

static void check_key(const struct request *request, const struct key_rec *key)
{
    static const enum key_view VIEWS[] = {KEY_OBJECT, KEY_ROW};

    if (key->name == NULL || key->name[0] == '\0' || strlen(key->name) > 400) {
        fuzz_broken("a name out of its bounds");
    }
    for (int i = 0; i < 2; i++) {
        struct buf text;
        json_t *json;

        buf_init(&text, 0);
        key_text(request, key, VIEWS[i], &text);
        json = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(json) ||
            strcmp(json_string_value(json_object_get(json, "name")), key->name) != 0) {
            fuzz_broken("a key that does not read back");
        }
        json_decref(json);
        buf_done(&text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request request = {.sandbox = &sandbox, .now = 1795576320000};
    struct reply reply = {0};
    bool partial = size > 0 && data[0] % 2 == 1;
    struct key_rec key = a_key(size > 0 ? (enum key_kind)(data[0] / 2 % KEY_KIND_COUNT) : 0);
    bool reset;
    int64_t transition;

    request.body = size > 0 ? json_loadb((const char *)data + 1, size - 1, 0, NULL) : NULL;
    if (request.body != NULL && !json_is_object(request.body)) {
        json_decref(request.body);
        request.body = NULL;
    }
    request.caller.kind = KEY_ORGANISATION_SERVICE;
    if (key_input(&request, partial, &key, &reset, &reply)) {
        check_key(&request, &key);
    } else if ((reply.status != 400 && reply.status != 403) ||
               json_object_get(reply.json, "data") == NULL) {
        fuzz_broken("refused without an envelope");
    }
    (void)key_input_transition(&request, &key, &transition, &reply);
    json_decref(request.body);
    reply_done(&reply);
    key_rec_done(&key);
    return 0;
}
