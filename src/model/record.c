#include "model/record.h"

#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"

#include "base/banned.h"

static const char *const STATUS_NAMES[] = {"active", "exhausted", "expired", "other"};
static const char *const ORG_ROLE_NAMES[] = {"owner", "admin", "member", "other"};
static const char *const WS_ROLE_NAMES[] = {"admin", "manager", "member", "other"};
static const char *const LIMIT_NAMES[] = {"requests", "tokens", "cost", "other"};
static const char *const UNIT_NAMES[] = {"rps", "rpm", "rph", "rpd", "rpw", "other"};

/* In the order of the live capture. */
static const struct switch_info SWITCHES[SWITCH_COUNT] = {
    {"membersViewLogs", "members see logs"},
    {"managersUpdateWs", "managers change the workspace"},
    {"managersViewLogs", "managers see logs"},
    {"membersViewAllData", "members see everybody's usage"},
    {"membersViewApiKeys", "members see user keys"},
    {"membersViewConfigs", "members see configs"},
    {"membersViewPrompts", "members see prompts"},
    {"managersViewAllData", "managers see everybody's usage"},
    {"managersViewApiKeys", "managers see keys"},
    {"managersViewConfigs", "managers see configs"},
    {"managersViewPrompts", "managers see prompts"},
    {"membersWriteApiKeys", "members make user keys"},
    {"membersWriteConfigs", "members change configs"},
    {"membersWritePrompts", "members change prompts"},
    {"managersWriteApiKeys", "managers make keys"},
    {"managersWriteConfigs", "managers change configs"},
    {"managersWritePrompts", "managers change prompts"},
    {"managersWriteWsUsers", "managers change who is a member"},
    {"membersViewAnalytics", "members see analytics"},
    {"managersViewAnalytics", "managers see analytics"},
    {"membersViewGuardrails", "members see guardrails"},
    {"managersViewGuardrails", "managers see guardrails"},
    {"membersViewLogMetadata", "members see log metadata"},
    {"membersViewVirtualKeys", "members see virtual keys"},
    {"membersWriteGuardrails", "members change guardrails"},
    {"managersViewLogMetadata", "managers see log metadata"},
    {"managersViewVirtualKeys", "managers see virtual keys"},
    {"managersWriteGuardrails", "managers change guardrails"},
    {"managersWriteMcpServers", "managers change MCP servers"},
    {"membersWriteVirtualKeys", "members change virtual keys"},
    {"managersWriteVirtualKeys", "managers change virtual keys"},
    {"organisationAdminsViewLogs", "organisation admins see logs"},
    {"managersWriteWsIntegrations", "managers change integrations"},
    {"managersWriteWsMcpIntegrations", "managers change MCP integrations"},
    {"organisationAdminsViewLogMetadata", "organisation admins see log metadata"},
};

/* The last name of each table is the one for anything else. */
static int find_word(const char *const *names, int count, const char *text)
{
    for (int i = 0; i < count - 1; i++) {
        if (ascii_same(names[i], text)) {
            return i;
        }
    }
    return count - 1;
}

#define FIND(names, text) find_word((names), (int)(sizeof(names) / sizeof *(names)), (text))

const struct switch_info *switch_info(int number)
{
    return &SWITCHES[number];
}

int switch_find(const char *name)
{
    for (int i = 0; i < SWITCH_COUNT; i++) {
        if (strcmp(SWITCHES[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

enum key_status key_status_parse(const char *text)
{
    return (enum key_status)FIND(STATUS_NAMES, text);
}

const char *key_status_name(enum key_status status)
{
    return STATUS_NAMES[status];
}

bool key_is_expired(const struct key_row *key, int64_t now)
{
    return key->status == STATUS_EXPIRED ||
           (key->expires_at != TIME_NONE && key->expires_at <= now - PAST_SURE_MS);
}

enum org_role org_role_parse(const char *text)
{
    return (enum org_role)FIND(ORG_ROLE_NAMES, text);
}

const char *org_role_name(enum org_role role)
{
    return ORG_ROLE_NAMES[role];
}

const char *unread_name(int number)
{
    static const char *const NAMES[UNREAD_COUNT] = {
        "name",        "description", "mask",      "type",    "status",          "role",
        "org role",    "mail",        "workspace", "owner",   "scopes",          "budget",
        "rate limits", "rotation",    "created",   "updated", "expires",         "usage resets",
        "switches",    "default",     "slug",      "SCIM",    "further members",
    };
    return NAMES[number];
}

bool org_role_everywhere(enum org_role role)
{
    return role == ORG_OWNER || role == ORG_ADMIN;
}

enum ws_role ws_role_parse(const char *text)
{
    /* Some servers send "ws-admin" [?]. */
    return (enum ws_role)FIND(WS_ROLE_NAMES, strncmp(text, "ws-", 3) == 0 ? text + 3 : text);
}

const char *ws_role_name(enum ws_role role)
{
    return WS_ROLE_NAMES[role];
}

enum limit_type limit_type_parse(const char *text)
{
    return (enum limit_type)FIND(LIMIT_NAMES, text);
}

const char *limit_type_name(enum limit_type type)
{
    return LIMIT_NAMES[type];
}

enum rate_unit rate_unit_parse(const char *text)
{
    return (enum rate_unit)FIND(UNIT_NAMES, text);
}

const char *rate_unit_name(enum rate_unit unit)
{
    return UNIT_NAMES[unit];
}
