#include <microhttpd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/server.h"

#include "base/banned.h"

#define PAGE_MAX 100

void reply_done(struct reply *reply)
{
    json_decref(reply->json);
    free(reply->text);
    *reply = (struct reply){0};
}

void reply_error(struct reply *reply, int status, const char *code, const char *message)
{
    reply_done(reply);
    reply->status = status;
    json_t *data = json_pack("{s:s}", "message", message);
    if (code != NULL) {
        json_object_set_new(data, "errorCode", json_string(code));
    }
    reply->json = json_pack("{s:b,s:o}", "success", 0, "data", data);
}

void reply_failure(struct reply *reply, int status, const char *message)
{
    reply_done(reply);
    reply->status = status;
    reply->json = json_pack("{s:s,s:s}", "status", "failure", "message", message);
}

void reply_invalid(struct reply *reply, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    char *message = xasprintf("Invalid request. Please check and try again. %s", text);
    reply_error(reply, 400, "AB01", message);
    free(message);
    free(text);
}

void reply_forbidden(struct reply *reply)
{
    reply_error(reply, 403, "AB03", "You do not have enough permissions to execute this request");
}

void reply_gone(const struct request *request, struct reply *reply)
{
    if (request->sandbox->quirks.gone_404) {
        reply_error(reply, 404, "AB08", "Not found");
    } else {
        reply_forbidden(reply);
    }
}

void reply_json(struct reply *reply, json_t *json)
{
    reply_done(reply);
    reply->status = 200;
    reply->json = json;
}

void reply_text(struct reply *reply, struct buf *json)
{
    reply_done(reply);
    reply->status = 200;
    reply->text = buf_take(json);
}

void reply_deleted(const struct request *request, struct reply *reply, json_t *json)
{
    if (!request->sandbox->quirks.delete_empty) {
        reply_json(reply, json);
        return;
    }
    json_decref(json);
    reply_done(reply);
    reply->status = 200;
    reply->text = xstrdup("");
}

const char *request_parameter(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

static bool read_number(const struct request *request, const char *name, int64_t fallback,
                        int64_t *out, struct reply *reply)
{
    const char *text = request_parameter(request, name);
    char *end;
    *out = fallback;
    if (text == NULL) {
        return true;
    }
    *out = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0' || *out < 0 || *out > INT32_MAX) {
        reply_invalid(reply, "%s must be a number of 0 or more", name);
        return false;
    }
    return true;
}

bool request_paging(const struct request *request, const char *size_name, const char *page_name,
                    struct paging *out, struct reply *reply)
{
    const struct quirks *quirks = &request->sandbox->quirks;
    int64_t size, page;
    if (!read_number(request, size_name, quirks->page_size, &size, reply) ||
        !read_number(request, page_name, 0, &page, reply)) {
        return false;
    }
    if (size > PAGE_MAX && quirks->over_max_400) {
        reply_invalid(reply, "%s must not exceed %d", size_name, PAGE_MAX);
        return false;
    }
    if (size == 0) {
        reply_invalid(reply, "%s must be at least 1", size_name);
        return false;
    }
    out->limit = size > PAGE_MAX ? PAGE_MAX : (size_t)size;
    out->offset = page * (int64_t)out->limit;
    return true;
}

void list_text_start(struct buf *out, int64_t total)
{
    buf_addf(out, "{\"object\":\"list\",\"total\":%lld,\"data\":[", (long long)total);
}

void list_text_next(struct buf *out, size_t row)
{
    if (row > 0) {
        buf_addc(out, ',');
    }
}

void list_text_end(struct buf *out)
{
    buf_adds(out, "]}");
}

json_t *time_json(int64_t ms)
{
    char text[TIME_TEXT_SIZE];
    if (ms == TIME_NONE) {
        return json_null();
    }
    time_format(ms / 1000 * 1000, text);
    return json_string(text);
}

json_t *text_json(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

json_t *stored_json(const char *text)
{
    json_t *json = text == NULL ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);
    return json == NULL ? json_null() : json;
}

bool caller_has(const struct request *request, const char *scope)
{
    return scope_set_has_name(&request->caller.scopes, scope);
}

const char *request_actor(const struct request *request)
{
    const struct key_rec *caller = &request->caller;
    return caller->user_id != NULL ? caller->user_id : caller->id;
}
