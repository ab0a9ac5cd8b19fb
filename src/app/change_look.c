#include "app/change_look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/proof.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/testing.h"
#include "model/mask.h"

#include "base/banned.h"

#define READINGS_MAX 64
/* On top, where the server's clock has to pass a time: no test hurries that. */
#define UNTIL_MS 20000

struct change_look {
    struct loop *loop;
    struct api_client *client;
    enum act_id act;
    char *target, *body, *before;
    const struct secret *secret;
    struct change_what facts;
    struct change_reading readings[READINGS_MAX];
    size_t count;
    char words[120];
    int64_t deadline, waits_until;
    api_ticket ticket;
    int timer;
    change_look_fn *fn;
    void *ctx;
};

static void read_target(void *ctx);

static bool fits(const struct change_look *look, const char *body, size_t len)
{
    char mask[64];

    return look->secret != NULL && act_answer_text(body, len, "key", mask, sizeof(mask)) &&
           mask_fits(mask, secret_text(look->secret), secret_text(look->secret));
}

static struct change_reading reading_of(struct change_look *look, const struct api_reply *reply)
{
    static const char *const SEEN[] = {"not told", "as wanted", "as before", "another"};
    struct change_reading reading = {
        .good = reply->ok && !reply->cached, .at = clock_mono_ms(), .date = reply->server_date};

    if (reply->ok) {
        reading.seen = act_compare(look->act, look->body, look->before, reply->body,
                                   reply->body_len, &reading.touched);
        reading.fits = fits(look, reply->body, reply->body_len);
        snprintf(look->words, sizeof(look->words), "its id: 200, %s%s", SEEN[reading.seen],
                 reply->cached ? ", from a cache" : "");
    } else if (reply->err.status != 0) {
        snprintf(look->words, sizeof(look->words), "its id: %d%s%s", reply->err.status,
                 reply->err.code[0] == '\0' ? "" : " ", reply->err.code);
    } else {
        snprintf(look->words, sizeof(look->words), "its id: no answer");
    }
    return reading;
}

/* Runs fn, or waits for the next reading. Does not touch the look after fn. */
static void go_on(struct change_look *look, const struct api_reply *reply)
{
    struct change change = change_of(&look->facts, look->readings, look->count);
    int64_t now = clock_mono_ms();

    if (change.state == CHANGE_GOES_ON &&
        (now + change.wait_ms > look->deadline || look->count == READINGS_MAX)) {
        change = change_now(&look->facts, look->readings, look->count);
    }
    if (change.state != CHANGE_GOES_ON) {
        look->fn(look->ctx, &change, reply);
        return;
    }
    look->waits_until = now + change.wait_ms;
    look->timer = loop_timer(look->loop, change.wait_ms, read_target, look);
}

static void on_target(void *ctx, struct api_reply *reply)
{
    struct change_look *look = ctx;

    look->ticket = 0;
    look->readings[look->count++] = reading_of(look, reply);
    go_on(look, reply);
}

static void read_target(void *ctx)
{
    struct change_look *look = ctx;

    look->timer = 0;
    look->waits_until = -1;
    look->ticket = api_get_key(look->client, look->target, on_target, look);
}

struct change_look *change_look_start(struct loop *loop, struct api_client *client,
                                      const struct change_look_what *what, change_look_fn *fn,
                                      void *ctx)
{
    struct change_look *look = xcalloc(1, sizeof(*look));

    look->loop = loop;
    look->client = client;
    look->act = what->act;
    look->target = xstrdup(what->target);
    look->body = xstrdup(what->body);
    look->before = xstrdup(what->before);
    look->secret = what->secret;
    look->facts = (struct change_what){.lost = act_wire(what->act)->lost,
                                       .accepted = what->accepted,
                                       .said_no = what->said_no,
                                       .secret = what->secret != NULL,
                                       .sent = what->sent,
                                       .until = what->until,
                                       .gap_ms = testing_ms(PROOF_GAP_MS),
                                       .late_ms = testing_ms(CHANGE_LATE_MS)};
    look->deadline = clock_mono_ms() + testing_deadline_ms(what->limit_ms) +
                     (what->until == TIME_NONE ? 0 : UNTIL_MS);
    look->fn = fn;
    look->ctx = ctx;
    read_target(look);
    return look;
}

void change_look_free(struct change_look *look)
{
    if (look == NULL) {
        return;
    }
    api_cancel(look->client, look->ticket);
    loop_untimer(look->loop, look->timer);
    free(look->target);
    free(look->body);
    free(look->before);
    free(look);
}

int64_t change_look_waits_until(const struct change_look *look)
{
    return look->waits_until;
}

api_ticket change_look_ticket(const struct change_look *look)
{
    return look->ticket;
}

const char *change_look_words(const struct change_look *look)
{
    return look->words;
}
