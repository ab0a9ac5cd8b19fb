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
    [ENDPOINT_KEYS] = {.path = "/api-keys",
                       .what = "the list of keys",
                       SNAKE,
                       .repeat = true,
                       .match = SCOPES_ANY,
                       .scopes = {"organisation_service_api_keys.list",
                                  "workspace_service_api_keys.list",
                                  "workspace_user_api_keys.list"}},
    [ENDPOINT_KEY] = {.path = "/api-keys/{}",
                      .what = "the key",
                      .repeat = true,
                      .by_id = true,
                      .match = SCOPES_BY_KIND,
                      .scopes = {"organisation_service_api_keys.read",
                                 "workspace_service_api_keys.read",
                                 "workspace_user_api_keys.read"}},
    [ENDPOINT_CREATE_ORGANISATION_SERVICE] = {.method = HTTP_POST,
                                              .path = "/api-keys/organisation/service",
                                              .what = "a new organisation key",
                                              .fresh = true,
                                              .scopes = {"organisation_service_api_keys.create"}},
    [ENDPOINT_CREATE_WORKSPACE_SERVICE] = {.method = HTTP_POST,
                                           .path = "/api-keys/workspace/service",
                                           .what = "a new service key",
                                           .fresh = true,
                                           .scopes = {"workspace_service_api_keys.create"}},
    [ENDPOINT_CREATE_WORKSPACE_USER] = {.method = HTTP_POST,
                                        .path = "/api-keys/workspace/user",
                                        .what = "a new user key",
                                        .fresh = true,
                                        .scopes = {"workspace_user_api_keys.create"}},
    [ENDPOINT_DELETE_KEY] = {.method = HTTP_DELETE,
                             .path = "/api-keys/{}",
                             .what = "the revoking of the key",
                             .fresh = true,
                             .by_id = true,
                             .match = SCOPES_BY_KIND,
                             .scopes = {"organisation_service_api_keys.delete",
                                        "workspace_service_api_keys.delete",
                                        "workspace_user_api_keys.delete"}},
    [ENDPOINT_USERS] = {.path = "/admin/users",
                        .what = "the list of users",
                        CAMEL,
                        .repeat = true,
                        .scopes = {"organisation_users.list"}},
    [ENDPOINT_USER] = {.path = "/admin/users/{}",
                       .what = "the user",
                       .repeat = true,
                       .by_id = true,
                       .scopes = {"organisation_users.read"}},
    [ENDPOINT_WORKSPACE] = {.path = "/admin/workspaces/{}",
                            .what = "the workspace",
                            .repeat = true,
                            .by_id = true,
                            .scopes = {"workspaces.read"}},
    [ENDPOINT_WORKSPACES] = {.path = "/admin/workspaces",
                             .what = "the list of workspaces",
                             SNAKE,
                             .repeat = true,
                             .scopes = {"workspaces.list"}},
    /* The defaults of this list are swapped in the specification: both are always sent. */
    [ENDPOINT_MEMBERS] = {.path = "/admin/workspaces/{}/users",
                          .what = "the members of the workspace",
                          SNAKE,
                          .repeat = true,
                          .scopes = {"workspace_users.list"}},
};

const struct endpoint_info *endpoint_info(enum endpoint endpoint)
{
    return &ENDPOINTS[endpoint];
}

enum endpoint endpoint_create(enum key_kind kind)
{
    assert(kind != KEY_KIND_UNKNOWN);
    return kind == KEY_ORGANISATION_SERVICE ? ENDPOINT_CREATE_ORGANISATION_SERVICE
           : kind == KEY_WORKSPACE_SERVICE  ? ENDPOINT_CREATE_WORKSPACE_SERVICE
                                            : ENDPOINT_CREATE_WORKSPACE_USER;
}

bool endpoint_id_ok(const char *id)
{
    return id != NULL && id[0] != '\0' && strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
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

char *endpoint_path(enum endpoint endpoint, const char *id)
{
    const char *path = ENDPOINTS[endpoint].path;
    const char *hole = strstr(path, "{}");
    struct buf out;

    buf_init(&out, 0);
    if (hole == NULL) {
        buf_adds(&out, path);
    } else {
        assert(endpoint_id_ok(id));
        buf_add(&out, path, (size_t)(hole - path));
        endpoint_encode(&out, id);
        buf_adds(&out, hole + 2);
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
