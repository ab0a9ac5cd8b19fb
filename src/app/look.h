/* Finds out by reading what became of the DELETE of a key: drives proof.h, reads what it asks for,
 * waits as long as it says. Sends nothing but GET. Knows no screen, no journal and no words of an
 * outcome. */
#ifndef PORTCULLIS_APP_LOOK_H
#define PORTCULLIS_APP_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "api/client.h"
#include "app/proof.h"
#include "base/hash.h"
#include "base/loop.h"
#include "model/inventory.h"

/* So many rows at most does a command read to compare with, where a server knows no ids. */
#define LOOK_LIST_MAX 500
/* How long is looked after a write; at a start it is less. Measured when a round begins. */
#define LOOK_AFTER_WRITE_MS 45000
#define LOOK_AT_START_MS 30000

/* What a person decides by: name, mask, kind, status, expiry, owner, workspace, scopes. Two rows
 * with the same print are the same to them. */
void look_print(const struct inventory *inv, const struct key_row *row, char out[HASH_TEXT_SIZE]);

/* What is looked for. All text is copied; "" or NULL: none, or not known. */
struct look_what {
    const char *target;
    enum key_kind kind;    /* of the target; KEY_KIND_UNKNOWN: nothing can be compared with it */
    const char *workspace; /* its id; none for an organisation key */
    const char *own_id;    /* of the key that reads */
    bool own_is_control; /* its row is known: an admin key with list and read scope of that kind */
    bool own_reads;      /* the same, with read scope at least */
    const char *other;   /* a live key of that kind and workspace; else a page is read for one */
    const char *before;  /* look_print of the target before the write; none: not compared */
    int64_t updated_before;
    bool accepted, young, refusal, narrow; /* as in struct proof_delete */
    bool reach_unknown; /* narrow only as long as it is not seen that this key sees more */
    int64_t list_max;
    int64_t limit_ms;     /* gives up then, with what is known */
    bool ends_on_silence; /* gives up as soon as a request got no answer with all its tries */
};

struct look;

/* *proof and what it points to are lent for the time of the call. The look is over; free it, from
 * inside the call or later. */
typedef void look_fn(void *ctx, const struct proof *proof);

/* Gives. fn runs once, from the loop, unless it is freed before. changed (may be NULL) runs when
 * what look_waits tells has changed. */
struct look *look_start(struct loop *loop, struct api_client *client, const struct look_what *what,
                        look_fn *fn, loop_fn *changed, void *ctx);
void look_free(struct look *look);

/* Does it wait now, and until when (clock_mono_ms)? -1: no, a request is under way. */
int64_t look_waits_until(const struct look *look);
/* The request that is under way; 0 none. */
api_ticket look_ticket(const struct look *look);
/* The last answer that came; NULL: none yet. Lends. */
const struct reading *look_last(const struct look *look);

/* Does the 200 of the DELETE still count? Reads that show the key make it void. */
bool look_accepted(const struct look *look);

#define LOOK_WORDS_SIZE 240
/* What a reading was, in words: "its id: 403 AB03", for records and the journal with the server's
 * time: "its id: 403 AB03 at 11:02:03Z". "" for NULL. */
void look_words(const struct reading *reading, bool time, char *out, size_t size);

#endif
