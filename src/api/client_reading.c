/* What the body of an answer is, who gave it, and what it is worth. Read a little at a time. */
#include <stdio.h>

#include "api/client_internal.h"
#include "api/errors.h"
#include "api/json.h"
#include "base/clock.h"

#include "base/banned.h"

/* Servers that share the work may differ by so much. */
#define CLOCKS_DIFFER_MS 3000

static bool good_status(const struct http_result *result)
{
    return result->failure == HTTP_WHOLE && result->status >= 200 && result->status < 300;
}

/* Only what is said to be JSON is read as JSON, and nothing that came packed. */
static bool may_be_json(const struct http_result *result)
{
    return result->failure == HTTP_WHOLE && origin_is_json(result) && result->encoding[0] == '\0';
}

static void conclude(struct request *request)
{
    struct reading *reading = &request->reading;

    reading->origin =
        origin_of(request->spec.endpoint, request->id, &request->result, reading->root);
}

bool request_read_body(struct request *request, int64_t until_us)
{
    const struct http_result *result = &request->result;
    struct reading *reading = &request->reading;

    if (!may_be_json(result)) {
        conclude(request);
        return true;
    }
    if (request->reader == NULL) {
        request->reader = json_reader_new(result->body.data, result->body.len);
    }
    if (!json_reader_work(request->reader, until_us, &reading->root, &reading->cut,
                          good_status(result) ? &reading->broken : NULL)) {
        return false;
    }
    /* What ends where it was told to end is not longer than that. */
    snprintf(reading->broken_rows, sizeof(reading->broken_rows), "%s",
             json_reader_broken(request->reader));
    reading->cut = reading->cut && !result->delimited && good_status(result);
    json_reader_free(request->reader);
    request->reader = NULL;
    conclude(request);
    return true;
}

bool request_is_cached(const struct request *request)
{
    const struct api_client *client = request->client;
    const struct http_result *result = &request->result;

    if (result->age > 0) {
        return true;
    }
    return result->date != TIME_NONE && client->api_date != TIME_NONE &&
           result->date <
               client->api_date + (request->sent_at - client->api_date_at) - CLOCKS_DIFFER_MS;
}

void request_note_date(const struct request *request)
{
    struct api_client *client = request->client;
    const struct http_result *result = &request->result;

    if (request->reading.origin.source == ERR_FROM_API && result->date != TIME_NONE &&
        result->age == 0 && (client->api_date == TIME_NONE || result->date > client->api_date)) {
        client->api_date = result->date;
        client->api_date_at = request->came_at;
    }
}

void request_describe(const struct request *request, bool unknown, struct err *err)
{
    const struct reading *reading = &request->reading;

    error_describe(&(struct api_failure){.endpoint = request->spec.endpoint,
                                         .origin = reading->origin,
                                         .kind = request->spec.kind,
                                         .base_url = request->client->base_url,
                                         .result = &request->result,
                                         .root = reading->root,
                                         .undecodable = reading->broken.kind != ERR_NONE
                                                            ? reading->broken.text
                                                            : NULL,
                                         .key = request->client->key,
                                         .attempts = request->attempt,
                                         .unknown = unknown},
                   err);
}
