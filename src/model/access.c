#include "model/access.h"

#include <string.h>

#include "base/banned.h"

static const char *const POWER_NAMES[POWER_COUNT] = {
    "see the workspace",
    "change the workspace",
    "see its members",
    "change its members",
    "see service keys",
    "make service keys",
    "see user keys",
    "make user keys for others",
    "make user keys of their own",
    "see logs",
    "change configs, prompts, guardrails",
};

const char *power_name(enum power power)
{
    return POWER_NAMES[power];
}

/* -- roles [DOC, user roles and permissions; API key access permissions] -- */

static struct power_answer say(enum answer answer, const char *why)
{
    return (struct power_answer){answer, why};
}

struct gate_words {
    const char *name, *off, *on, *unknown;
};

#define SWITCH_WORDS(name)                                                                         \
    {                                                                                              \
        name, "switch " name " is off", "switch " name " is on",                                   \
            "switch " name " could not be read"                                                    \
    }

static const struct gate_words MANAGERS_UPDATE = SWITCH_WORDS("managersUpdateWs");
static const struct gate_words MANAGERS_USERS = SWITCH_WORDS("managersWriteWsUsers");
static const struct gate_words MANAGERS_VIEW_KEYS = SWITCH_WORDS("managersViewApiKeys");
static const struct gate_words MANAGERS_WRITE_KEYS = SWITCH_WORDS("managersWriteApiKeys");
static const struct gate_words MANAGERS_LOGS = SWITCH_WORDS("managersViewLogs");
static const struct gate_words MEMBERS_VIEW_KEYS = SWITCH_WORDS("membersViewApiKeys");
static const struct gate_words MEMBERS_WRITE_KEYS = SWITCH_WORDS("membersWriteApiKeys");
static const struct gate_words MEMBERS_LOGS = SWITCH_WORDS("membersViewLogs");
static const struct gate_words ORG_ADMINS_LOGS = SWITCH_WORDS("organisationAdminsViewLogs");

#undef SWITCH_WORDS

static struct power_answer by_switch(const struct workspace_row *ws, const struct gate_words *words)
{
    int number = switch_find(words->name);
    if ((ws->switches_known >> number & 1) == 0) {
        return say(ANSWER_UNKNOWN, words->unknown);
    }
    return (ws->switches_on >> number & 1) != 0 ? say(ANSWER_YES, words->on)
                                                : say(ANSWER_NO, words->off);
}

static const char *const MANAGERS_WRITE[] = {"managersWriteConfigs", "managersWritePrompts",
                                             "managersWriteGuardrails", "managersWriteVirtualKeys",
                                             NULL};
static const char *const MEMBERS_WRITE[] = {"membersWriteConfigs", "membersWritePrompts",
                                            "membersWriteGuardrails", "membersWriteVirtualKeys",
                                            NULL};

/* Each resource has a switch of its own: who may change one of them may change something. */
static struct power_answer by_resources(const struct workspace_row *ws, const char *const *names)
{
    int on = 0;
    int off = 0;
    int unknown = 0;
    for (; *names != NULL; names++) {
        int number = switch_find(*names);
        bool known = (ws->switches_known >> number & 1) != 0;
        bool set = (ws->switches_on >> number & 1) != 0;
        unknown += !known;
        on += known && set;
        off += known && !set;
    }
    if (on > 0) {
        return say(ANSWER_YES, off + unknown == 0 ? "the switches for them are on"
                                                  : "some of them: not all switches are on");
    }
    return unknown > 0 ? say(ANSWER_UNKNOWN, "the switches for them could not be read")
                       : say(ANSWER_NO, "the switches for them are off");
}

static struct power_answer manager_power(const struct workspace_row *ws, enum power power)
{
    switch (power) {
    case POWER_CHANGE_WORKSPACE:
        return by_switch(ws, &MANAGERS_UPDATE);
    case POWER_CHANGE_MEMBERS:
        return by_switch(ws, &MANAGERS_USERS);
    case POWER_READ_SERVICE_KEYS:
    case POWER_READ_USER_KEYS:
        return by_switch(ws, &MANAGERS_VIEW_KEYS);
    case POWER_MAKE_SERVICE_KEYS:
    case POWER_MAKE_USER_KEYS:
    case POWER_MAKE_OWN_KEYS:
        return by_switch(ws, &MANAGERS_WRITE_KEYS);
    case POWER_READ_LOGS:
        return by_switch(ws, &MANAGERS_LOGS);
    case POWER_CHANGE_RESOURCES:
        return by_resources(ws, MANAGERS_WRITE);
    case POWER_READ_WORKSPACE:
    case POWER_READ_MEMBERS:
    case POWER_COUNT:
        break;
    }
    return say(ANSWER_YES, "workspace manager");
}

static struct power_answer member_power(const struct workspace_row *ws, enum power power)
{
    switch (power) {
    case POWER_READ_WORKSPACE:
    case POWER_READ_MEMBERS:
        return say(ANSWER_YES, "workspace member");
    case POWER_READ_USER_KEYS:
        return by_switch(ws, &MEMBERS_VIEW_KEYS);
    case POWER_MAKE_OWN_KEYS:
        return by_switch(ws, &MEMBERS_WRITE_KEYS);
    case POWER_READ_LOGS:
        return by_switch(ws, &MEMBERS_LOGS);
    case POWER_CHANGE_RESOURCES:
        return by_resources(ws, MEMBERS_WRITE);
    case POWER_CHANGE_WORKSPACE:
    case POWER_CHANGE_MEMBERS:
    case POWER_READ_SERVICE_KEYS:
    case POWER_MAKE_SERVICE_KEYS:
    case POWER_MAKE_USER_KEYS:
    case POWER_COUNT:
        break;
    }
    return say(ANSWER_NO, "workspace members may not");
}

struct power_answer access_power(const struct workspace_row *ws, enum org_role org_role,
                                 bool is_member, enum ws_role role, enum power power)
{
    if (org_role == ORG_OWNER) {
        return power == POWER_READ_LOGS ? by_switch(ws, &ORG_ADMINS_LOGS)
                                        : say(ANSWER_YES, "organisation owner");
    }
    if (org_role == ORG_ADMIN) {
        return power == POWER_READ_LOGS ? by_switch(ws, &ORG_ADMINS_LOGS)
                                        : say(ANSWER_YES, "organisation admin");
    }
    if (!is_member) {
        return org_role == ORG_MEMBER
                   ? say(ANSWER_NO, "not a member of the workspace")
                   : say(ANSWER_UNKNOWN, "the role in the organisation is not known");
    }
    switch (role) {
    case WS_ADMIN:
        return say(ANSWER_YES, "workspace admin");
    case WS_MANAGER:
        return manager_power(ws, power);
    case WS_MEMBER:
        return member_power(ws, power);
    case WS_ROLE_OTHER:
        break;
    }
    return say(ANSWER_UNKNOWN, "the role in the workspace is not known");
}

const char *const *access_org_role_words(enum org_role role)
{
    static const char *const OWNER[] = {"everything in the organisation, billing included",
                                        "acts as admin in all workspaces", "makes admin keys",
                                        NULL};
    static const char *const ADMIN[] = {"everything in the organisation but billing",
                                        "acts as admin in all workspaces", "makes admin keys",
                                        NULL};
    static const char *const MEMBER[] = {"nothing in the organisation itself",
                                         "in a workspace only what its role there gives", NULL};
    static const char *const OTHER[] = {"not known: this role is none of owner, admin, member",
                                        NULL};
    static const char *const *const WORDS[] = {OWNER, ADMIN, MEMBER, OTHER};
    return WORDS[role];
}

const char *const *access_ws_role_words(enum ws_role role)
{
    static const char *const ADMIN[] = {"everything in the workspace", "assigns any role in it",
                                        "makes and revokes its service and user keys", NULL};
    static const char *const MANAGER[] = {"manages the workspace, unless a switch takes it away",
                                          "assigns roles not above manager",
                                          "makes and revokes its service and user keys", NULL};
    static const char *const MEMBER[] = {
        "reads the workspace", "makes user keys of their own where the switch allows it", NULL};
    static const char *const OTHER[] = {"not known: this role is none of admin, manager, member",
                                        NULL};
    static const char *const *const WORDS[] = {ADMIN, MANAGER, MEMBER, OTHER};
    return WORDS[role];
}

/* -- the operator's own key -- */

static enum answer own_has(const struct inventory *inv, const char *scope, const char **missing)
{
    if (inv->own_key < 0) {
        return ANSWER_UNKNOWN;
    }
    if (scope_set_has_name(&inv->keys[inv->own_key].scopes, scope)) {
        return ANSWER_YES;
    }
    if (missing != NULL) {
        *missing = scope;
    }
    return ANSWER_NO;
}

enum answer access_own_key(const struct inventory *inv, enum own_act act, enum key_kind kind,
                           const char **missing)
{
    static const char *const SCOPES[][KEY_KIND_COUNT] = {
        {"organisation_service_api_keys.list", "workspace_service_api_keys.list",
         "workspace_user_api_keys.list"},
        {"organisation_service_api_keys.read", "workspace_service_api_keys.read",
         "workspace_user_api_keys.read"},
        {"organisation_service_api_keys.create", "workspace_service_api_keys.create",
         "workspace_user_api_keys.create"},
        {"organisation_service_api_keys.update", "workspace_service_api_keys.update",
         "workspace_user_api_keys.update"},
        {"organisation_service_api_keys.delete", "workspace_service_api_keys.delete",
         "workspace_user_api_keys.delete"},
    };
    return kind == KEY_KIND_UNKNOWN ? ANSWER_UNKNOWN : own_has(inv, SCOPES[act][kind], missing);
}

enum answer access_is_own(const struct inventory *inv, size_t key)
{
    if (inv->own_key < 0) {
        return ANSWER_UNKNOWN;
    }
    return (size_t)inv->own_key == key ? ANSWER_YES : ANSWER_NO;
}

enum answer access_is_last_admin(const struct inventory *inv, size_t key)
{
    char why[256];
    const struct key_row *row = &inv->keys[key];
    if (row->kind != KEY_ORGANISATION_SERVICE || row->status == STATUS_EXPIRED) {
        return ANSWER_NO; /* what is dead already takes nothing along */
    }
    for (size_t i = 0; i < inv->key_count; i++) {
        if (i != key && inv->keys[i].kind == KEY_ORGANISATION_SERVICE &&
            inv->keys[i].status == STATUS_ACTIVE) {
            return ANSWER_NO;
        }
    }
    /* None other is held: that is the whole truth only when all keys are. */
    return inventory_keys_complete(inv, why, sizeof why) ? ANSWER_YES : ANSWER_UNKNOWN;
}

bool access_can_complete(const struct key_row *row)
{
    return (row->kind == KEY_WORKSPACE_SERVICE || row->kind == KEY_WORKSPACE_USER) &&
           scope_set_has_name(&row->scopes, "completions.write");
}
