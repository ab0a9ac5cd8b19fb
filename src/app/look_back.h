/* What became of the writes that earlier runs left open (decisions 34, 36, 37): of one
 * organisation, as far as the key of this session can tell. Reads the journal, then only what these
 * writes need, for half a minute at most, and writes to the journal what is known now. Sends
 * nothing but GET. Knows no screen. */
#ifndef PORTCULLIS_APP_LOOK_BACK_H
#define PORTCULLIS_APP_LOOK_BACK_H

#include <stdbool.h>
#include <stdint.h>

#include "api/client.h"
#include "app/journal.h"
#include "base/clock.h"
#include "base/loop.h"
#include "model/inventory.h"

/* What it works with. All lent; must outlive it. */
struct look_back_env {
    struct loop *loop;
    const struct clock *clock;
    struct api_client *client;
    struct journal *journal;
    const char *profile, *base_url;
    const char *own_mask; /* of the key of this session */
    const char *own_id;   /* "" not known */
    /* Is this the mask of the secret in hand? */
    bool (*mask_is_own)(void *ctx, const char *mask);
    /* What is held of the organisation; it may be empty, never NULL. */
    const struct inventory *(*inventory)(void *ctx);
    bool not_mine;    /* leaves out what this process wrote: it was looked for just now */
    int64_t list_max; /* rows of a whole list that may be read for a proof; -1: any number */
    /* A sentence about a write that is open, or was: how it stands now. */
    void (*say)(void *ctx, const struct journal_open *open, const char *text);
    /* The end of this write is known, and is in the journal. gone: that its target is gone. */
    void (*ended)(void *ctx, const struct journal_open *open, bool gone);
    /* It is over. again_ms: by then a later look can know more; 0: there is no need for one. It may
     * be freed from here. Called once, from the loop. */
    void (*over)(void *ctx, int64_t again_ms);
    void *ctx;
};

struct look_back;

/* Gives; NULL when there is nothing to look for, or (err is set) the journal cannot be read. */
struct look_back *look_back_start(const struct look_back_env *env, struct err *err);
/* Cancels what is under way; over is not called any more. */
void look_back_free(struct look_back *back);

#endif
