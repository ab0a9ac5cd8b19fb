#include "sandbox/routes.h"

#include <string.h>

#include "model/scope.h"
#include "sandbox/audit.h"
#include "sandbox/invites.h"
#include "sandbox/keys.h"
#include "sandbox/people.h"
#include "sandbox/scim.h"

#include "base/banned.h"

#define ADMIN (1u << KEY_ORGANISATION_SERVICE)
#define SERVICE (1u << KEY_WORKSPACE_SERVICE)
#define USER (1u << KEY_WORKSPACE_USER)

#define KEY_SCOPES(verb)                                                                           \
    {                                                                                              \
        "organisation_service_api_keys." verb, "workspace_service_api_keys." verb,                 \
            "workspace_user_api_keys." verb                                                        \
    }

/* There is no scope for it. */
#define SCIM (ROUTE_SCIM | ROUTE_NO_SCOPE | ROUTE_ENTERPRISE)
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
    {"PUT",    "/admin/users/{}",                ADMIN,           {"organisation_users.update"},            handle_update_user,        RECORD_USER,      RESOURCE_USERS,      ACTION_UPDATE, ROUTE_ENTERPRISE},
    {"DELETE", "/admin/users/{}",                ADMIN,           {"organisation_users.delete"},            handle_delete_user,        RECORD_USER,      RESOURCE_USERS,      ACTION_DELETE, ROUTE_ENTERPRISE},
    {"GET",    "/admin/users/invites",           ADMIN,           {"organisation_users.list"},              handle_list_invites,       RECORD_NONE,      RESOURCE_INVITES,    ACTION_LIST,   ROUTE_ENTERPRISE},
    {"POST",   "/admin/users/invites",           ADMIN,           {"organisation_users.create"},            handle_create_invite,      RECORD_NONE,      RESOURCE_INVITES,    ACTION_CREATE, ROUTE_ENTERPRISE},
    {"GET",    "/admin/users/invites/{}",        ADMIN,           {"organisation_users.read"},              handle_get_invite,         RECORD_INVITE,    RESOURCE_INVITES,    ACTION_READ,   ROUTE_ENTERPRISE},
    {"DELETE", "/admin/users/invites/{}",        ADMIN,           {"organisation_users.delete"},            handle_delete_invite,      RECORD_INVITE,    RESOURCE_INVITES,    ACTION_DELETE, ROUTE_ENTERPRISE},
    {"POST",   "/admin/users/invites/{}/resend", ADMIN,           {"organisation_users.create"},            handle_resend_invite,      RECORD_INVITE,    RESOURCE_INVITES,    ACTION_RESEND, ROUTE_ENTERPRISE},
    {"GET",    "/admin/workspaces",              ALL,             {"workspaces.list"},                      handle_list_workspaces,    RECORD_NONE,      RESOURCE_WORKSPACES, ACTION_LIST,   0},
    {"GET",    "/admin/workspaces/{}",           ALL,             {"workspaces.read"},                      handle_get_workspace,      RECORD_WORKSPACE, RESOURCE_WORKSPACES, ACTION_READ,   0},
    {"POST",   "/admin/workspaces",              ADMIN,           {"workspaces.create"},                    handle_create_workspace,   RECORD_NONE,      RESOURCE_WORKSPACES, ACTION_CREATE, 0},
    {"PUT",    "/admin/workspaces/{}",           ALL,             {"workspaces.update"},                    handle_update_workspace,   RECORD_WORKSPACE, RESOURCE_WORKSPACES, ACTION_UPDATE, 0},
    {"DELETE", "/admin/workspaces/{}",           ADMIN,           {"workspaces.delete"},                    handle_delete_workspace,   RECORD_WORKSPACE, RESOURCE_WORKSPACES, ACTION_DELETE, 0},
    {"GET",    "/admin/workspaces/{}/users",     ALL,             {"workspace_users.list"},                 handle_list_members,       RECORD_MEMBERS,   RESOURCE_MEMBERS,    ACTION_LIST,   0},
    {"GET",    "/admin/workspaces/{}/users/{}",  ALL,             {"workspace_users.read"},                 handle_get_member,         RECORD_MEMBER,    RESOURCE_MEMBERS,    ACTION_READ,   0},
    {"POST",   "/admin/workspaces/{}/users",     ALL,             {"workspace_users.create"},               handle_add_members,        RECORD_MEMBERS,   RESOURCE_MEMBERS,    ACTION_CREATE, 0},
    {"PUT",    "/admin/workspaces/{}/users/{}",  ALL,             {"workspace_users.update"},               handle_update_member,      RECORD_MEMBER,    RESOURCE_MEMBERS,    ACTION_UPDATE, 0},
    {"DELETE", "/admin/workspaces/{}/users/{}",  ALL,             {"workspace_users.delete"},               handle_delete_member,      RECORD_MEMBER,    RESOURCE_MEMBERS,    ACTION_DELETE, 0},
    {"GET",    "/scim/workspaces",               ADMIN,           {NULL},                                   handle_list_mappings,      RECORD_NONE,      RESOURCE_MAPPINGS,   ACTION_LIST,   SCIM},
    {"POST",   "/scim/workspaces",               ADMIN,           {NULL},                                   handle_create_mapping,     RECORD_NONE,      RESOURCE_MAPPINGS,   ACTION_CREATE, SCIM},
    {"DELETE", "/scim/workspaces/{}",            ADMIN,           {NULL},                                   handle_delete_mapping,     RECORD_MAPPING,   RESOURCE_MAPPINGS,   ACTION_DELETE, SCIM},
    {"GET",    "/scim/groups",                   ADMIN,           {NULL},                                   handle_list_groups,        RECORD_NONE,      RESOURCE_MAPPINGS,   ACTION_LIST,   SCIM | ROUTE_GROUPS},
    {"GET",    "/audit-logs",                    ADMIN,           {"audit_logs.list"},                      handle_list_audit,         RECORD_NONE,      RESOURCE_AUDIT,      ACTION_LIST,   ROUTE_ENTERPRISE | ROUTE_AUDIT},
    {"POST",   "/chat/completions",              SERVICE | USER,  {"completions.write"},                    handle_chat,               RECORD_NONE,      RESOURCE_NONE,       ACTION_CREATE, 0},
};
/* clang-format on */

#define ROUTE_COUNT (sizeof ROUTES / sizeof *ROUTES)

const char *action_name(enum action action)
{
    static const char *const NAMES[ACTION_COUNT] = {"list",   "read",   "create", "update",
                                                    "delete", "rotate", "resend"};
    return NAMES[action];
}

const char *resource_name(enum resource resource)
{
    static const char *const NAMES[RESOURCE_COUNT] = {
        "",           "api-keys",        "users",           "invites",
        "workspaces", "workspace-users", "scim-workspaces", "audit-logs"};
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

/* Only the groups of SCIM may be behind /v2. */
static bool is_served(const struct request *request, const struct route *route)
{
    bool v2 = (route->flags & ROUTE_GROUPS) != 0 && request->sandbox->quirks.groups_v2;
    return request->v2 == v2;
}

static const char *pattern_of(const struct request *request)
{
    const char *best = NULL;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (is_served(request, &ROUTES[i]) && fits(ROUTES[i].pattern, request->path)) {
            best = more_literal(best, ROUTES[i].pattern);
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
    const char *pattern = pattern_of(request);
    for (size_t i = 0; pattern != NULL && i < ROUTE_COUNT; i++) {
        if (strcmp(ROUTES[i].method, request->method) == 0 &&
            strcmp(ROUTES[i].pattern, pattern) == 0) {
            take_args(pattern, request);
            return &ROUTES[i];
        }
    }
    return NULL;
}
