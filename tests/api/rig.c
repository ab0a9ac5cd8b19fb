#include "api/rig.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"

#include "base/banned.h"

#define DEADLINE_MS 30000

void rig_init(struct rig *rig, const struct api_config *config, const char *key)
{
    struct err err = {0};
    struct api_config ours = *config;

    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    assert_true(secret_setup());
    *rig = (struct rig){.loop = loop_new()};
    clock_init(&rig->clock);
    ours.clock = &rig->clock;
    rig->client = api_client_new(rig->loop, &ours, secret_new(key, strlen(key)), &err);
    if (rig->client == NULL) {
        fail_msg("%s", err.text);
    }
}

void rig_done(struct rig *rig)
{
    api_client_free(rig->client);
    loop_free(rig->loop);
    *rig = (struct rig){0};
}

void rig_wait_for(struct rig *rig, bool (*ready)(void *ctx), void *ctx)
{
    int64_t deadline = clock_mono_ms() + DEADLINE_MS;

    while (!ready(ctx)) {
        int64_t left = deadline - clock_mono_ms();

        if (left <= 0) {
            fail_msg("nothing came within %d s", DEADLINE_MS / 1000);
        }
        if (rig->hurry && api_client_status(rig->client)->waiting) {
            api_retry_now(rig->client);
        }
        loop_turn(rig->loop, (int)left);
    }
}

static bool flag_is_set(void *ctx)
{
    return *(const bool *)ctx;
}

void rig_wait(struct rig *rig, const bool *flag)
{
    rig_wait_for(rig, flag_is_set, (void *)flag);
}

void keep_reply(void *ctx, struct api_reply *reply)
{
    struct kept *kept = ctx;

    kept_clear(kept);
    kept->done = true;
    kept->calls++;
    kept->ok = reply->ok;
    kept->err = reply->err;
    kept->status = reply->status;
    kept->date = reply->server_date;
    kept->cached = reply->cached;
    kept->body = xstrndup(reply->body, reply->body_len);
    kept->id = reply->id != NULL ? xstrdup(reply->id) : NULL;
    kept->key = reply->key;
    reply->key = NULL;
}

void kept_clear(struct kept *kept)
{
    int calls = kept->calls;

    free(kept->body);
    free(kept->id);
    secret_free(kept->key);
    *kept = (struct kept){.calls = calls};
}

void keep_load(void *ctx, bool finished, const struct err *err)
{
    struct loaded *loaded = ctx;

    if (!finished) {
        loaded->pages++;
        return;
    }
    assert_false(loaded->done);
    loaded->done = true;
    if (err != NULL) {
        loaded->failed = true;
        loaded->err = *err;
    }
    api_load_free(loaded->load);
    loaded->load = NULL;
}

void load_all(struct rig *rig, unsigned lists, struct loaded *out)
{
    *out = (struct loaded){.inv = inventory_new()};
    out->load = api_load_start(rig->client, out->inv, lists, keep_load, out);
    rig_wait(rig, &out->done);
}

void loaded_clear(struct loaded *loaded)
{
    api_load_free(loaded->load);
    inventory_free(loaded->inv);
    *loaded = (struct loaded){0};
}
