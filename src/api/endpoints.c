#include "api/endpoints.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

#define SNAKE                                                                                      \
    .size_name = "page_size", .number_name = "current_page", .rows_name = "data",                  \
    .total_name = "total"
#define CAMEL                                                                                      \
    .size_name = "pageSize", .number_name = "currentPage", .rows_name = "data",                    \
    .total_name = "total"

/* Paging names and the first page differ from list to list [OBS]; the server ignores names that it
 * does not know, so a wrong one is only seen as missing rows. */
static const struct endpoint_info ENDPOINTS[ENDPOINT_COUNT] = {
    [ENDPOINT_KEYS] = {.path = "/api-keys", .what = "the list of keys", SNAKE, .repeat = true},
    [ENDPOINT_KEY] = {.path = "/api-keys/{}", .what = "the key", .repeat = true, .by_id = true},
    [ENDPOINT_CREATE_ORGANISATION_SERVICE] = {.method = HTTP_POST,
                                              .path = "/api-keys/organisation/service",
                                              .what = "a new organisation key",
                                              .fresh = true},
    [ENDPOINT_CREATE_WORKSPACE_SERVICE] = {.method = HTTP_POST,
                                           .path = "/api-keys/workspace/service",
                                           .what = "a new service key",
                                           .fresh = true},
    [ENDPOINT_CREATE_WORKSPACE_USER] = {.method = HTTP_POST,
                                        .path = "/api-keys/workspace/user",
                                        .what = "a new user key",
                                        .fresh = true},
    [ENDPOINT_UPDATE_KEY] = {.method = HTTP_PUT,
                             .path = "/api-keys/{}",
                             .what = "the change of the key",
                             .fresh = true,
                             .by_id = true},
    [ENDPOINT_ROTATE_KEY] = {.method = HTTP_POST,
                             .path = "/api-keys/{}/rotate",
                             .what = "the rotation of the key",
                             .fresh = true,
                             .by_id = true},
    [ENDPOINT_DELETE_KEY] = {.method = HTTP_DELETE,
                             .path = "/api-keys/{}",
                             .what = "the revoking of the key",
                             .fresh = true,
                             .by_id = true},
    [ENDPOINT_USERS] = {.path = "/admin/users", .what = "the list of users", CAMEL, .repeat = true},
    [ENDPOINT_USER] = {.path = "/admin/users/{}",
                       .what = "the user",
                       .repeat = true,
                       .by_id = true},
    [ENDPOINT_WORKSPACE] = {.path = "/admin/workspaces/{}",
                            .what = "the workspace",
                            .repeat = true,
                            .by_id = true},
    [ENDPOINT_WORKSPACES] = {.path = "/admin/workspaces",
                             .what = "the list of workspaces",
                             SNAKE,
                             .repeat = true},
    /* The defaults of this list are swapped in the specification: both are always sent. */
    [ENDPOINT_MEMBERS] = {.path = "/admin/workspaces/{}/users",
                          .what = "the members of the workspace",
                          SNAKE,
                          .repeat = true},
    [ENDPOINT_MEMBER] = {.path = "/admin/workspaces/{in}/users/{}",
                         .what = "the member of the workspace",
                         .repeat = true,
                         .by_id = true},
};

const struct endpoint_info *endpoint_info(enum endpoint endpoint)
{
    return &ENDPOINTS[endpoint];
}

bool endpoint_id_ok(const char *id)
{
    return id != NULL && id[0] != '\0' && strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}

bool endpoint_ids_ok(enum endpoint endpoint, const char *id, const char *in)
{
    const char *path = ENDPOINTS[endpoint].path;

    return (strstr(path, "{}") == NULL || endpoint_id_ok(id)) &&
           (strstr(path, "{in}") == NULL || endpoint_id_ok(in));
}

void endpoint_encode(struct buf *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    for (; *text != '\0'; text++) {
        if (strchr(plain, *text) != NULL) {
            buf_addc(out, *text);
        } else {
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
}

char *endpoint_path(enum endpoint endpoint, const char *id, const char *in)
{
    struct buf out;

    buf_init(&out, 0);
    for (const char *at = ENDPOINTS[endpoint].path; *at != '\0';) {
        const char *hole = strchr(at, '{');
        const char *what = hole == NULL ? NULL : hole[1] == 'i' ? in : id;

        if (hole == NULL) {
            buf_adds(&out, at);
            break;
        }
        assert(endpoint_id_ok(what));
        buf_add(&out, at, (size_t)(hole - at));
        endpoint_encode(&out, what);
        at = strchr(hole, '}') + 1;
    }
    return buf_take(&out);
}

char *endpoint_query(enum endpoint endpoint, int size, long long page)
{
    const struct endpoint_info *info = &ENDPOINTS[endpoint];

    assert(info->size_name != NULL);
    return xasprintf("?%s=%d&%s=%lld", info->size_name, size, info->number_name,
                     info->first_page + page);
}
