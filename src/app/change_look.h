/* Finds out by reading the target what became of a write that changed it: drives change.h. Sends
 * nothing but GET. Knows no screen, no journal and no words of an outcome. */
#ifndef PORTCULLIS_APP_CHANGE_LOOK_H
#define PORTCULLIS_APP_CHANGE_LOOK_H

#include "api/client.h"
#include "app/change.h"
#include "base/loop.h"
#include "base/secret.h"

/* What is looked for. Text is copied; secret is lent for its life. */
struct change_look_what {
    enum act_id act;
    const char *target;
    const char *body;            /* what was asked for */
    const char *before;          /* as act_before gave it */
    const struct secret *secret; /* that our own answer gave; NULL: none */
    bool accepted, said_no;
    int64_t sent, until; /* as in struct change_what */
    int64_t limit_ms;    /* gives up then, with what is known */
};

/* *change and what it points to are lent. row: the record as it was read last, "" none. It is over;
 * free it, from inside the call or later. */
typedef void change_look_fn(void *ctx, const struct change *change, const struct api_reply *row);

struct change_look;
/* Gives. fn runs once, from the loop, unless it is freed before. */
struct change_look *change_look_start(struct loop *loop, struct api_client *client,
                                      const struct change_look_what *what, change_look_fn *fn,
                                      void *ctx);
void change_look_free(struct change_look *look);
/* Until when it waits (clock_mono_ms); -1: a request is under way. */
int64_t change_look_waits_until(const struct change_look *look);
api_ticket change_look_ticket(const struct change_look *look);
/* "200, as before" "403 AB03": what came last, in words; "" nothing yet. */
const char *change_look_words(const struct change_look *look);

#endif
