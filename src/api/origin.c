#include "api/origin.h"

#include <stdlib.h>
#include <string.h>

#include "api/errors.h"
#include "api/json.h"
#include "base/ascii.h"

#include "base/banned.h"

bool origin_is_json(const struct http_result *result)
{
    const char *type = result->content_type;
    size_t len = strcspn(type, "; ");

    return (len == 16 && ascii_starts(type, "application/json")) ||
           (len > 5 && ascii_starts(type + len - 5, "+json"));
}

/* -- shapes -- */

static bool ids_differ(const char *asked, const char *got)
{
    return asked != NULL && !ascii_same(asked, got);
}

/* What the answer to a DELETE or a PUT may hold beside nothing: a server may tell what it did. */
static bool is_receipt(const json_t *root)
{
    return json_object_size(root) == 0 || json_get_flag(root, "success") == 1 ||
           json_get_word(root, "id") != NULL || json_get_word(root, "object") != NULL;
}

/* *other: it is, but about another id. */
static bool is_promised(const struct endpoint_info *info, const char *id, const json_t *root,
                        bool *other)
{
    const char *got = json_get_word(root, "id");
    const char *slug = json_get_word(root, "slug");

    if (!json_is_object(root)) {
        return false;
    }
    if (info->rows_name != NULL) {
        return json_is_array(json_object_get(root, info->rows_name));
    }
    if (info->method == HTTP_POST) {
        *other = info->by_id && got != NULL && ids_differ(id, got);
        return endpoint_id_ok(got) && json_get_word(root, "key") != NULL && !*other;
    }
    if (info->method == HTTP_DELETE || info->method == HTTP_PUT ? !is_receipt(root)
                                                                : !endpoint_id_ok(got)) {
        return false;
    }
    /* A workspace can be asked for by its slug. */
    *other = got != NULL && ids_differ(id, got) && (slug == NULL || ids_differ(id, slug));
    return !*other;
}

/* {"success": false} with words where the API has them. */
static bool is_envelope(const json_t *root)
{
    const json_t *success = json_object_get(root, "success");

    return success != NULL && json_get_flag(root, "success") == 0 &&
           (json_get_word(json_object_get(root, "data"), "message") != NULL ||
            json_get_word(json_object_get(root, "error"), "message") != NULL ||
            json_get_word(root, "message") != NULL);
}

/* The gateway marks its own: {"status": "failure", "message"}, {"message", "ok": false}. At a key
 * that it cannot check it says no more than a message, which begins with its name. */
static bool is_gateway(const json_t *root, long status)
{
    static const char NAME[] = "Portkey Error: ";
    const char *message = json_get_word(root, "message");
    const char *mark = json_get_word(root, "status");

    if (message == NULL || json_object_get(root, "success") != NULL) {
        return false;
    }
    return (mark != NULL && strcmp(mark, "failure") == 0) ||
           (status == 404 && json_is_false(json_object_get(root, "ok"))) ||
           (status == 401 && strncmp(message, NAME, sizeof(NAME) - 1) == 0);
}

/* -- what is meant -- */

static const struct {
    const char *code;
    long status;
} CODES[] = {
    {"AB01", 400}, {"AB02", 404}, {"AB03", 403}, {"AB04", 500}, {"AB05", 401},
    {"AB06", 429}, {"AB07", 409}, {"AB08", 404}, {"AB09", 402},
};

static long meaning_of(const json_t *root, long status)
{
    struct envelope said;

    if (status >= 300) {
        return status;
    }
    envelope_read(root, &said);
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++) {
        if (strcmp(said.code, CODES[i].code) == 0) {
            return CODES[i].status;
        }
    }
    return 400;
}

struct origin origin_of(enum endpoint endpoint, const char *id, const struct http_result *result,
                        const json_t *root)
{
    struct origin origin = {.source = ERR_FROM_BETWEEN, .meaning = result->status};

    if (result->failure != HTTP_WHOLE) {
        origin.source = result->from_proxy ? ERR_FROM_BETWEEN : ERR_FROM_NOBODY;
    } else if (!origin_is_json(result) || root == NULL) {
        /* No answer of the API to anything we ask for is empty. */
    } else if (is_envelope(root)) {
        origin.source =
            result->status < 300 || result->status >= 400 ? ERR_FROM_API : ERR_FROM_BETWEEN;
        origin.meaning = meaning_of(root, result->status);
    } else if (result->status >= 200 && result->status < 300) {
        origin.good = json_get_flag(root, "success") != 0 &&
                      is_promised(endpoint_info(endpoint), id, root, &origin.other);
        origin.source = origin.good ? ERR_FROM_API : ERR_FROM_BETWEEN;
    } else if (result->status >= 400 && is_gateway(root, result->status)) {
        origin.source = ERR_FROM_GATEWAY;
    }
    return origin;
}

bool origin_refuses(const struct origin *origin, const char *code)
{
    if (origin->source == ERR_FROM_GATEWAY) {
        return origin->meaning == 400 || origin->meaning == 401;
    }
    if (origin->source != ERR_FROM_API || origin->good) {
        return false;
    }
    switch (origin->meaning) {
    case 400:
    case 401:
    case 402:
    case 403:
    case 404:
    case 409:
        return code[0] == '\0' || (strncmp(code, "AB0", 3) == 0 && strcmp(code, "AB04") != 0);
    case 429:
        return strcmp(code, "AB06") == 0;
    default:
        return false;
    }
}
