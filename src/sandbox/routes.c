#include "sandbox/routes.h"

#include <string.h>

#include "model/scope.h"
#include "sandbox/keys.h"
#include "sandbox/people.h"

#include "base/banned.h"

#define ADMIN (1u << KEY_ORGANISATION_SERVICE)
#define SERVICE (1u << KEY_WORKSPACE_SERVICE)
#define USER (1u << KEY_WORKSPACE_USER)

#define KEY_SCOPES(verb)                                                                           \
    {                                                                                              \
        "organisation_service_api_keys." verb, "workspace_service_api_keys." verb,                 \
            "workspace_user_api_keys." verb                                                        \
    }

#define ALL (ADMIN | SERVICE | USER)

/* clang-format off */
static const struct route ROUTES[] = {
    {"GET",    "/api-keys",                      ADMIN | SERVICE, KEY_SCOPES("list"),                       handle_list_keys,          RECORD_NONE,      RESOURCE_KEYS,       ACTION_LIST,   0},
    {"POST",   "/api-keys/organisation/service", ADMIN,           {"organisation_service_api_keys.create"}, handle_create_org_service, RECORD_NONE,      RESOURCE_KEYS,       ACTION_CREATE, ROUTE_ENTERPRISE},
    {"POST",   "/api-keys/organisation/user",    ADMIN,           {NULL},                                   handle_create_org_user,    RECORD_NONE,      RESOURCE_KEYS,       ACTION_CREATE, ROUTE_NO_SCOPE},
    {"POST",   "/api-keys/workspace/service",    ADMIN | SERVICE, {"workspace_service_api_keys.create"},    handle_create_ws_service,  RECORD_NONE,      RESOURCE_KEYS,       ACTION_CREATE, 0},
    {"POST",   "/api-keys/workspace/user",       ADMIN | SERVICE, {"workspace_user_api_keys.create"},       handle_create_ws_user,     RECORD_NONE,      RESOURCE_KEYS,       ACTION_CREATE, 0},
    {"GET",    "/api-keys/{}",                   ADMIN | SERVICE, KEY_SCOPES("read"),                       handle_get_key,            RECORD_KEY,       RESOURCE_KEYS,       ACTION_READ,   0},
    {"PUT",    "/api-keys/{}",                   ADMIN | SERVICE, KEY_SCOPES("update"),                     handle_update_key,         RECORD_KEY,       RESOURCE_KEYS,       ACTION_UPDATE, 0},
    {"DELETE", "/api-keys/{}",                   ADMIN | SERVICE, KEY_SCOPES("delete"),                     handle_delete_key,         RECORD_KEY,       RESOURCE_KEYS,       ACTION_DELETE, 0},
    {"POST",   "/api-keys/{}/rotate",            ADMIN | SERVICE, KEY_SCOPES("rotate"),                     handle_rotate_key,         RECORD_KEY,       RESOURCE_KEYS,       ACTION_ROTATE, 0},
    {"GET",    "/admin/users",                   ADMIN,           {"organisation_users.list"},              handle_list_users,         RECORD_NONE,      RESOURCE_USERS,      ACTION_LIST,   ROUTE_ENTERPRISE},
    {"GET",    "/admin/users/{}",                ADMIN,           {"organisation_users.read"},              handle_get_user,           RECORD_USER,      RESOURCE_USERS,      ACTION_READ,   ROUTE_ENTERPRISE},
    {"GET",    "/admin/workspaces",              ALL,             {"workspaces.list"},                      handle_list_workspaces,    RECORD_NONE,      RESOURCE_WORKSPACES, ACTION_LIST,   0},
    {"GET",    "/admin/workspaces/{}",           ALL,             {"workspaces.read"},                      handle_get_workspace,      RECORD_WORKSPACE, RESOURCE_WORKSPACES, ACTION_READ,   0},
    {"GET",    "/admin/workspaces/{}/users",     ALL,             {"workspace_users.list"},                 handle_list_members,       RECORD_MEMBERS,   RESOURCE_MEMBERS,    ACTION_LIST,   0},
    {"GET",    "/admin/workspaces/{}/users/{}",  ALL,             {"workspace_users.read"},                 handle_get_member,         RECORD_MEMBER,    RESOURCE_MEMBERS,    ACTION_READ,   0},
    {"POST",   "/chat/completions",              SERVICE | USER,  {"completions.write"},                    handle_chat,               RECORD_NONE,      RESOURCE_NONE,       ACTION_CREATE, 0},
};
/* clang-format on */

#define ROUTE_COUNT (sizeof ROUTES / sizeof *ROUTES)

const char *action_name(enum action action)
{
    static const char *const NAMES[ACTION_COUNT] = {"list",   "read",   "create",
                                                    "update", "delete", "rotate"};
    return NAMES[action];
}

const char *resource_name(enum resource resource)
{
    static const char *const NAMES[RESOURCE_COUNT] = {"", "api-keys", "users", "workspaces",
                                                      "workspace-users"};
    return NAMES[resource];
}

bool routes_check(struct err *err)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = &ROUTES[i];
        bool scoped = false;
        for (int s = 0; s < ROUTE_SCOPES_MAX && route->scopes[s] != NULL; s++) {
            scoped = true;
            if (scope_find(route->scopes[s]) < 0) {
                return err_set(err, ERR_INTERNAL, "%s %s: there is no scope %s.", route->method,
                               route->pattern, route->scopes[s]);
            }
        }
        if (route->kinds == 0 || scoped == ((route->flags & ROUTE_NO_SCOPE) != 0)) {
            return err_set(err, ERR_INTERNAL, "%s %s has no policy.", route->method,
                           route->pattern);
        }
    }
    return true;
}

/* Paths of the live service that are not served here and that a {} would swallow: they are unknown,
 * not somebody else's object. */
static const char *const NOT_SERVED[] = {"/admin/users/invites"};

/* Does the path fit? Both walk in step; {} is one part that is not empty. Paths come decoded. */
static bool fits(const char *pattern, const char *path)
{
    while (*pattern != '\0') {
        if (pattern[0] == '{') {
            size_t len = strcspn(path, "/");
            if (len == 0 || len >= REQUEST_ARG_SIZE) {
                return false;
            }
            path += len;
            pattern += 2;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

/* Of two patterns that fit, the one that is literal where they part. */
static const char *more_literal(const char *a, const char *b)
{
    size_t same = 0;
    while (a != NULL && a[same] != '\0' && a[same] == b[same]) {
        same++;
    }
    return a == NULL || a[same] == '{' ? b : a;
}

static const char *pattern_of(const char *path)
{
    const char *best = NULL;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (fits(ROUTES[i].pattern, path)) {
            best = more_literal(best, ROUTES[i].pattern);
        }
    }
    for (size_t i = 0; i < sizeof NOT_SERVED / sizeof *NOT_SERVED; i++) {
        if (fits(NOT_SERVED[i], path)) {
            best = more_literal(best, NOT_SERVED[i]);
        }
    }
    return best;
}

static void take_args(const char *pattern, struct request *request)
{
    const char *path = request->path;
    for (int arg = 0; *pattern != '\0';) {
        if (*pattern == '{') {
            size_t len = strcspn(path, "/");
            memcpy(request->arg_text[arg], path, len);
            request->arg_text[arg][len] = '\0';
            request->args[arg] = request->arg_text[arg];
            arg++;
            path += len;
            pattern += 2;
        } else {
            path++;
            pattern++;
        }
    }
}

const struct route *route_find(struct request *request)
{
    const char *pattern = pattern_of(request->path);
    for (size_t i = 0; pattern != NULL && i < ROUTE_COUNT; i++) {
        if (strcmp(ROUTES[i].method, request->method) == 0 &&
            strcmp(ROUTES[i].pattern, pattern) == 0) {
            take_args(pattern, request);
            return &ROUTES[i];
        }
    }
    return NULL;
}
