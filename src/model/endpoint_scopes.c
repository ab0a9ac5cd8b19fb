#include "model/endpoint_scopes.h"

#include <assert.h>
#include <stddef.h>

#include "base/banned.h"

#define OF_KEYS(verb)                                                                              \
    {                                                                                              \
        "organisation_service_api_keys." verb, "workspace_service_api_keys." verb,                 \
            "workspace_user_api_keys." verb                                                        \
    }

static const struct need {
    enum scope_match match;
    const char *scopes[KEY_KIND_COUNT]; /* by enum key_kind; one that is for all stands first */
} NEEDS[ENDPOINT_COUNT] = {
    [ENDPOINT_KEYS] = {SCOPES_ANY, OF_KEYS("list")},
    [ENDPOINT_KEY] = {SCOPES_BY_KIND, OF_KEYS("read")},
    [ENDPOINT_CREATE_ORGANISATION_SERVICE] = {SCOPES_ALL, {"organisation_service_api_keys.create"}},
    [ENDPOINT_CREATE_WORKSPACE_SERVICE] = {SCOPES_ALL, {"workspace_service_api_keys.create"}},
    [ENDPOINT_CREATE_WORKSPACE_USER] = {SCOPES_ALL, {"workspace_user_api_keys.create"}},
    [ENDPOINT_UPDATE_KEY] = {SCOPES_BY_KIND, OF_KEYS("update")},
    [ENDPOINT_ROTATE_KEY] = {SCOPES_BY_KIND, OF_KEYS("rotate")},
    [ENDPOINT_DELETE_KEY] = {SCOPES_BY_KIND, OF_KEYS("delete")},
    [ENDPOINT_USERS] = {SCOPES_ALL, {"organisation_users.list"}},
    [ENDPOINT_USER] = {SCOPES_ALL, {"organisation_users.read"}},
    [ENDPOINT_WORKSPACES] = {SCOPES_ALL, {"workspaces.list"}},
    [ENDPOINT_WORKSPACE] = {SCOPES_ALL, {"workspaces.read"}},
    [ENDPOINT_MEMBERS] = {SCOPES_ALL, {"workspace_users.list"}},
    [ENDPOINT_MEMBER] = {SCOPES_ALL, {"workspace_users.read"}},
};

enum endpoint endpoint_create(enum key_kind kind)
{
    assert(kind != KEY_KIND_UNKNOWN);
    return kind == KEY_ORGANISATION_SERVICE ? ENDPOINT_CREATE_ORGANISATION_SERVICE
           : kind == KEY_WORKSPACE_SERVICE  ? ENDPOINT_CREATE_WORKSPACE_SERVICE
                                            : ENDPOINT_CREATE_WORKSPACE_USER;
}

enum scope_match endpoint_match(enum endpoint endpoint)
{
    return NEEDS[endpoint].match;
}

const char *endpoint_scope(enum endpoint endpoint, enum key_kind kind)
{
    const struct need *need = &NEEDS[endpoint];

    if (need->match == SCOPES_ALL) {
        return need->scopes[0];
    }
    return kind == KEY_KIND_UNKNOWN ? NULL : need->scopes[kind];
}
