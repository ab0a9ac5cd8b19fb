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
    snprintf(status->text, sizeof(status->text), "%ld: the server asks to wait %s",
             client->paused_status, span);
    status->until_mono = client->paused_until;
}

void client_status_update(struct api_client *client)
{
    struct api_status status = client->status;
    const struct request *next = NULL;

    status.in_flight = 0;
    status.text[0] = '\0';
    status.until_mono = 0;
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
    }
    status.waiting = status.text[0] != '\0';
    status.asks = client->asks;
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
