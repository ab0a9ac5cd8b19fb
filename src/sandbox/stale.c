/* Reads that lag behind writes (quirk stale-reads). For so long a new key is not there, a changed
 * one reads as before, and a deleted one still reads though its secret is dead: its row goes when
 * the lag is over. */
#include <sodium.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/testing.h"
#include "sandbox/keys.h"

#include "base/banned.h"

int64_t stale_lag_ms(const struct sandbox *sandbox)
{
    return testing_ms((int64_t)sandbox->quirks.stale_seconds * 1000);
}

static void finish(struct sandbox *sandbox, struct stale_key *stale)
{
    if (stale->deleted) {
        db_delete_key(sandbox->db, stale->seq);
    }
    key_told_done(&stale->before);
    *stale = (struct stale_key){0};
}

void stale_settle(struct sandbox *sandbox, int64_t now)
{
    for (int i = 0; i < STALE_MAX; i++) {
        struct stale_key *stale = &sandbox->stale[i];
        if (stale->seq != 0 && stale->until <= now) {
            finish(sandbox, stale);
        }
    }
}

/* The place of this key, else a free one, else the oldest, which then ends early. */
static struct stale_key *place_for(struct sandbox *sandbox, int64_t seq)
{
    struct stale_key *best = &sandbox->stale[0];
    for (int i = 0; i < STALE_MAX; i++) {
        struct stale_key *stale = &sandbox->stale[i];
        if (stale->seq == seq) {
            return stale;
        }
        if (best->seq != 0 && (stale->seq == 0 || stale->until < best->until)) {
            best = stale;
        }
    }
    if (best->seq != 0) {
        finish(sandbox, best);
    }
    return best;
}

void stale_tell(const struct request *request, const struct key_rec *key, struct key_told *before)
{
    *before = (struct key_told){0};
    if (request->sandbox->quirks.stale_seconds > 0) {
        key_tell(request, key, before);
    }
}

void stale_updated(struct request *request, const struct key_rec *key, struct key_told *before)
{
    struct sandbox *sandbox = request->sandbox;
    struct stale_key *stale = place_for(sandbox, key->seq);
    if (sandbox->quirks.stale_seconds == 0 || stale->seq != 0) {
        key_told_done(before); /* of two changes the older state is the one that is still read */
        return;
    }
    *stale = (struct stale_key){
        .seq = key->seq,
        .before = *before,
        .until = request->now + stale_lag_ms(sandbox),
    };
}

void stale_delete(struct request *request, struct key_rec *key, struct key_told *before)
{
    struct sandbox *sandbox = request->sandbox;
    if (sandbox->quirks.stale_seconds == 0) {
        key_told_done(before);
        db_delete_key(sandbox->db, key->seq);
        return;
    }
    stale_updated(request, key, before);
    place_for(sandbox, key->seq)->deleted = true;
    randombytes_buf(key->hash, sizeof key->hash); /* no secret has this hash */
    key->has_old_hash = false;
    db_update_key(sandbox->db, key);
}

const struct stale_key *stale_find(const struct sandbox *sandbox, int64_t seq)
{
    for (int i = 0; i < STALE_MAX; i++) {
        if (sandbox->stale[i].seq == seq) {
            return &sandbox->stale[i];
        }
    }
    return NULL;
}

bool stale_hides(const struct request *request, const struct key_rec *key)
{
    int64_t lag = stale_lag_ms(request->sandbox);
    return lag > 0 && key->created_at + lag > request->now;
}

void stale_hold(const struct sandbox *sandbox, struct stale_key held[STALE_MAX])
{
    for (int i = 0; i < STALE_MAX; i++) {
        const struct stale_key *stale = &sandbox->stale[i];
        held[i] = *stale;
        if (stale->seq != 0) {
            held[i].before =
                (struct key_told){xstrdup(stale->before.object), xstrdup(stale->before.row)};
        }
    }
}

void stale_let_go(struct sandbox *sandbox, struct stale_key held[STALE_MAX], bool put_back)
{
    for (int i = 0; i < STALE_MAX; i++) {
        struct stale_key *stale = &sandbox->stale[i];
        key_told_done(put_back ? &stale->before : &held[i].before);
        if (put_back) {
            *stale = held[i];
        }
    }
}

void stale_end(struct sandbox *sandbox)
{
    stale_settle(sandbox, INT64_MAX);
}
