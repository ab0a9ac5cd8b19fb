/* A loop with an API client on it, for tests: waits for a condition with a deadline, never for a
 * time. */
#ifndef PORTCULLIS_TESTS_API_RIG_H
#define PORTCULLIS_TESTS_API_RIG_H

#include <stdbool.h>

#include "api/client.h"
#include "api/load.h"
#include "base/loop.h"
#include "model/inventory.h"

struct rig {
    struct loop *loop;
    struct clock clock;
    struct api_client *client;
    bool hurry; /* waits for retries end at once */
};

/* cmocka fails when the client cannot be made. The config's base_url is to be set; its clock is
 * ours. */
void rig_init(struct rig *rig, const struct api_config *config, const char *key);
void rig_done(struct rig *rig);
/* Turns until *flag; fails after 30 s. */
void rig_wait(struct rig *rig, const bool *flag);
void rig_wait_for(struct rig *rig, bool (*ready)(void *ctx), void *ctx);

/* The answer to one call, kept. */
struct kept {
    bool done;
    int calls;
    bool ok;
    struct err err;
    long status;
    int64_t date;
    bool cached;
    char *body;
    char *id;
    struct secret *key;
};
api_reply_fn keep_reply;
void kept_clear(struct kept *kept);

/* A load from start to end. */
struct loaded {
    bool done;
    int pages;
    bool failed;
    struct err err;
    struct api_load *load;
    struct inventory *inv;
};
api_load_fn keep_load;
/* Loads into a new inventory and waits for the end. */
void load_all(struct rig *rig, unsigned lists, struct loaded *out);
void loaded_clear(struct loaded *loaded);

#endif
