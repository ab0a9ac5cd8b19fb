/* What the state line says about the client: what is under way and what it waits for. */
#include <stdio.h>
#include <string.h>

#include "api/client_internal.h"

#include "base/banned.h"

static void tell_status(void *ctx)
{
    struct api_client *client = ctx;

    client->status_deferred = 0;
    if (client->on_status != NULL) {
        client->on_status(client->on_status_ctx);
    }
}

static void describe_pause(const struct api_client *client, struct api_status *status)
{
    char span[TIME_TEXT_SIZE];

    if (client->paused_for < 120000) {
        snprintf(span, sizeof(span), "%lld s", (long long)(client->paused_for + 999) / 1000);
    } else {
        time_span(client->paused_for, span);
    }
    snprintf(status->text, sizeof(status->text), "%ld: %s %s", client->paused_status,
             client->paused_asked ? "the server asks to wait" : "slowing down for", span);
    status->until_mono = client->paused_until;
    status->waiting = true;
}

/* From the third second on a person is told. */
#define SLOW_MS 3000

static void on_slow(void *ctx)
{
    struct api_client *client = ctx;

    client->slow_timer = 0;
    client_status_update(client);
}

/* Says that nothing comes when one waits long, and comes back when one may. */
static void describe_slow(struct api_client *client, struct api_status *status)
{
    int64_t now = loop_now(client->loop), first = INT64_MAX;

    for (const struct request *r = client->first; r != NULL; r = r->next) {
        if (r->state == REQUEST_FLYING && r->started < first) {
            first = r->started;
        }
    }
    loop_untimer(client->loop, client->slow_timer);
    client->slow_timer = 0;
    status->since_mono = first == INT64_MAX ? -1 : first;
    if (first == INT64_MAX) {
        return;
    }
    if (now - first < SLOW_MS) {
        client->slow_timer = loop_timer(client->loop, first + SLOW_MS - now, on_slow, client);
    } else if (status->text[0] == '\0') {
        snprintf(status->text, sizeof(status->text), "no answer for more than %d s",
                 SLOW_MS / 1000);
    }
}

void client_status_update(struct api_client *client)
{
    struct api_status status = client->status;
    const struct request *next = NULL;

    status.in_flight = 0;
    status.text[0] = '\0';
    status.until_mono = 0;
    status.waiting = false;
    for (const struct request *r = client->first; r != NULL; r = r->next) {
        status.in_flight++;
        if (r->state == REQUEST_WAITING && (next == NULL || r->attempt > next->attempt)) {
            next = r;
        }
    }
    if (client->paused_until != 0) {
        describe_pause(client, &status);
    } else if (next != NULL) {
        snprintf(status.text, sizeof(status.text), "%s: retry %d of %d", next->trouble,
                 next->attempt, RETRY_ATTEMPTS);
        status.until_mono = next->due;
        status.waiting = true;
    }
    describe_slow(client, &status);
    status.asks = client->asks;
    client->status.since_mono = status.since_mono;
    if (status.in_flight == client->status.in_flight && status.waiting == client->status.waiting &&
        status.asks == client->status.asks && status.until_mono == client->status.until_mono &&
        strcmp(status.text, client->status.text) == 0) {
        return;
    }
    client->status = status;
    if (client->on_status != NULL && client->status_deferred == 0) {
        client->status_deferred = loop_defer(client->loop, tell_status, client);
    }
}
