/* What the body of an answer is: JSON, a page of HTML, nothing, and whether that is what the API
 * promises. Read a little at a time. */
#include "api/client_internal.h"
#include "api/errors.h"
#include "api/json.h"

#include "base/banned.h"

static bool good_status(const struct http_result *result)
{
    return result->failure == HTTP_WHOLE && result->status >= 200 && result->status < 300;
}

/* A DELETE may be answered with nothing [OBS]. */
static bool may_be_empty(const struct request *request)
{
    return !good_status(&request->result) || request->result.status == 204 ||
           endpoint_info(request->spec.endpoint)->method == HTTP_DELETE;
}

bool request_read_body(struct request *request, int64_t until_us)
{
    const struct http_result *result = &request->result;
    struct reading *reading = &request->reading;
    bool good = good_status(result);

    reading->page = good && error_is_page(result);
    if (result->failure != HTTP_WHOLE || reading->page ||
        (result->body.len == 0 && may_be_empty(request))) {
        return true;
    }
    if (request->reader == NULL) {
        request->reader = json_reader_new(result->body.data, result->body.len);
    }
    if (!json_reader_work(request->reader, until_us, &reading->root,
                          good ? &reading->broken : NULL)) {
        return false;
    }
    json_reader_free(request->reader);
    request->reader = NULL;
    reading->odd = good && reading->root != NULL && !json_is_object(reading->root);
    return true;
}

bool request_is_good(const struct request *request)
{
    const struct reading *reading = &request->reading;

    return good_status(&request->result) && reading->broken.kind == ERR_NONE && !reading->odd &&
           !reading->page;
}

void request_describe(const struct request *request, bool unknown, struct err *err)
{
    const struct reading *reading = &request->reading;

    error_describe(&(struct api_failure){.endpoint = request->spec.endpoint,
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
