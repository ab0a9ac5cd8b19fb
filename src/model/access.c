#include "model/access.h"

#include <string.h>

#include "base/clock.h"

#include "base/banned.h"

/* -- roles [DOC, user roles and permissions; API key access permissions] -- */

/* A switch of a workspace, and what it means for an answer. */
struct gate_words {
    const char *name, *off, *unknown;
};

#define SWITCH(name)                                                                               \
    &(const struct gate_words)                                                                     \
    {                                                                                              \
        name, "switch " name " is off", "switch " name " could not be read"                        \
    }

static const struct gate_words MAY = {"", NULL, NULL};
#define ALWAYS &MAY
#define NEVER NULL

/* Each power, and the switch that gives it to managers and members of a workspace, and that leaves
 * it to the admins of the organisation. All 35 switches have their place here. */
static const struct power_info {
    const char *name;
    const struct gate_words *manager, *member, *org_admin;
} POWERS[POWER_COUNT] = {
    [POWER_READ_WORKSPACE] = {"see the workspace", ALWAYS, ALWAYS, ALWAYS},
    [POWER_CHANGE_WORKSPACE] = {"change the workspace", SWITCH("managersUpdateWs"), NEVER, ALWAYS},
    [POWER_READ_MEMBERS] = {"see its members", SWITCH("managersWriteWsUsers"),
                            SWITCH("managersWriteWsUsers"), ALWAYS},
    [POWER_SEE_NAMES] = {"see the names of its members", ALWAYS, ALWAYS, ALWAYS},
    [POWER_CHANGE_MEMBERS] = {"change its members", SWITCH("managersWriteWsUsers"), NEVER, ALWAYS},
    [POWER_READ_SERVICE_KEYS] = {"see service keys", SWITCH("managersViewApiKeys"), NEVER, ALWAYS},
    [POWER_MAKE_SERVICE_KEYS] = {"make service keys", SWITCH("managersWriteApiKeys"), NEVER,
                                 ALWAYS},
    [POWER_READ_USER_KEYS] = {"see user keys", SWITCH("managersViewApiKeys"),
                              SWITCH("membersViewApiKeys"), ALWAYS},
    [POWER_MAKE_USER_KEYS] = {"make user keys for others", SWITCH("managersWriteApiKeys"), NEVER,
                              ALWAYS},
    [POWER_MAKE_OWN_KEYS] = {"make user keys of their own", SWITCH("managersWriteApiKeys"),
                             SWITCH("membersWriteApiKeys"), ALWAYS},
    [POWER_READ_LOGS] = {"see logs", SWITCH("managersViewLogs"), SWITCH("membersViewLogs"),
                         SWITCH("organisationAdminsViewLogs")},
    [POWER_READ_LOG_METADATA] = {"see log metadata", SWITCH("managersViewLogMetadata"),
                                 SWITCH("membersViewLogMetadata"),
                                 SWITCH("organisationAdminsViewLogMetadata")},
    [POWER_READ_ANALYTICS] = {"see analytics", SWITCH("managersViewAnalytics"),
                              SWITCH("membersViewAnalytics"), ALWAYS},
    [POWER_READ_ALL_DATA] = {"see the data of others", SWITCH("managersViewAllData"),
                             SWITCH("membersViewAllData"), ALWAYS},
    [POWER_READ_CONFIGS] = {"see configs", SWITCH("managersViewConfigs"),
                            SWITCH("membersViewConfigs"), ALWAYS},
    [POWER_CHANGE_CONFIGS] = {"change configs", SWITCH("managersWriteConfigs"),
                              SWITCH("membersWriteConfigs"), ALWAYS},
    [POWER_READ_PROMPTS] = {"see prompts", SWITCH("managersViewPrompts"),
                            SWITCH("membersViewPrompts"), ALWAYS},
    [POWER_CHANGE_PROMPTS] = {"change prompts", SWITCH("managersWritePrompts"),
                              SWITCH("membersWritePrompts"), ALWAYS},
    [POWER_READ_GUARDRAILS] = {"see guardrails", SWITCH("managersViewGuardrails"),
                               SWITCH("membersViewGuardrails"), ALWAYS},
    [POWER_CHANGE_GUARDRAILS] = {"change guardrails", SWITCH("managersWriteGuardrails"),
                                 SWITCH("membersWriteGuardrails"), ALWAYS},
    [POWER_READ_PROVIDERS] = {"see virtual keys (providers)", SWITCH("managersViewVirtualKeys"),
                              SWITCH("membersViewVirtualKeys"), ALWAYS},
    [POWER_CHANGE_PROVIDERS] = {"change virtual keys (providers)",
                                SWITCH("managersWriteVirtualKeys"),
                                SWITCH("membersWriteVirtualKeys"), ALWAYS},
    [POWER_CHANGE_MCP_SERVERS] = {"change MCP servers", SWITCH("managersWriteMcpServers"), NEVER,
                                  ALWAYS},
    [POWER_CHANGE_INTEGRATIONS] = {"change integrations", SWITCH("managersWriteWsIntegrations"),
                                   NEVER, ALWAYS},
    [POWER_CHANGE_MCP_INTEGRATIONS] = {"change MCP integrations",
                                       SWITCH("managersWriteWsMcpIntegrations"), NEVER, ALWAYS},
};

#undef SWITCH

const char *power_name(enum power power)
{
    return POWERS[power].name;
}

static struct power_answer say(enum answer answer, const char *why)
{
    return (struct power_answer){answer, why};
}

#define ADMINS_ON "the switches for organisation admins are on"

/* The words for: it always may; its switch is on; it never may. */
struct role_words {
    const char *always, *on, *never;
};

static struct power_answer by_gate(const struct workspace_row *ws, const struct gate_words *gate,
                                   const struct role_words *words)
{
    if (gate == NEVER) {
        return say(ANSWER_NO, words->never);
    }
    if (gate == ALWAYS) {
        return say(ANSWER_YES, words->always);
    }
    int number = switch_find(gate->name);
    if ((ws->switches_known >> number & 1) == 0) {
        return say(ANSWER_UNKNOWN, gate->unknown);
    }
    return (ws->switches_on >> number & 1) != 0 ? say(ANSWER_YES, words->on)
                                                : say(ANSWER_NO, gate->off);
}

struct power_answer access_power(const struct workspace_row *ws, enum org_role org_role,
                                 bool is_member, enum ws_role role, enum power power)
{
    static const struct role_words OWNER = {"organisation owner", ADMINS_ON, NULL};
    static const struct role_words ADMIN = {"organisation admin", ADMINS_ON, NULL};
    static const struct role_words MANAGER = {"workspace manager",
                                              "the switches for managers are on", NULL};
    static const struct role_words MEMBER = {"workspace member", "the switches for members are on",
                                             "workspace members may not"};
    if (org_role == ORG_OWNER || org_role == ORG_ADMIN) {
        return by_gate(ws, POWERS[power].org_admin, org_role == ORG_OWNER ? &OWNER : &ADMIN);
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
        return by_gate(ws, POWERS[power].manager, &MANAGER);
    case WS_MEMBER:
        return by_gate(ws, POWERS[power].member, &MEMBER);
    case WS_ROLE_OTHER:
        break;
    }
    return say(ANSWER_UNKNOWN, "the role in the workspace is not known");
}

/* -- who can reach a workspace -- */

bool access_by_org_role(const struct inventory *inv, const struct member_row *member)
{
    int user = inventory_find_user(inv, member->user_id);
    return org_role_everywhere(
        (enum org_role)(user >= 0 ? inv->users[user].role : member->org_role));
}

enum ws_role access_ws_role(const struct inventory *inv, const struct member_row *member)
{
    return access_by_org_role(inv, member) ? WS_ADMIN : (enum ws_role)member->role;
}

void access_grant(struct inventory *inv, struct id workspace)
{
    int row = inventory_find_workspace(inv, workspace);
    if (row < 0 || inv->workspaces[row].archived ||
        inv->member_states[row].granted == inv->user_count ||
        inv->lists[LIST_USERS].progress == PROGRESS_LOADING ||
        inv->lists[LIST_MEMBERS].progress == PROGRESS_LOADING) {
        return;
    }
    inv->member_states[row].granted = inv->user_count;
    for (size_t i = 0; i < inv->user_count; i++) {
        const struct user_row *user = &inv->users[i];
        if (!org_role_everywhere((enum org_role)user->role) ||
            inventory_find_member(inv, workspace, user->id) >= 0) {
            continue;
        }
        struct member_row member = {
            .workspace_id = workspace,
            .user_id = user->id,
            .first_name = user->first_name,
            .last_name = user->last_name,
            .email = user->email,
            .created_at = TIME_NONE,
            .role = WS_ADMIN,
            .org_role = user->role,
            .granted = true,
        };
        inventory_add_member(inv, &member);
    }
}

void access_people(const struct inventory *inv, size_t workspace, struct people *out)
{
    const struct workspace_counts *counts = inventory_workspace_counts(inv, workspace);
    const uint32_t *overruled = counts->overruled;
    size_t everywhere = inventory_everywhere(inv);
    *out = (struct people){counts->admins - overruled[WS_ADMIN] + everywhere,
                           counts->managers - overruled[WS_MANAGER],
                           counts->members - overruled[WS_MEMBER],
                           counts->roles_other - overruled[WS_ROLE_OTHER], everywhere};
}

/* -- owners -- */

static bool members_read(const struct inventory *inv, struct id workspace)
{
    int row = inventory_find_workspace(inv, workspace);
    /* No server tells who was in an archived one. */
    return row >= 0 && !inv->workspaces[row].archived &&
           inv->member_states[row].progress == PROGRESS_COMPLETE;
}

enum owner_state access_owner(const struct inventory *inv, size_t key)
{
    const struct key_row *row = &inv->keys[key];
    if (id_is_none(row->user_id)) {
        bool none =
            (row->unread & (UNREAD_OWNER | UNREAD_TYPE)) == 0 && row->kind != KEY_WORKSPACE_USER;
        return none ? OWNER_NONE : OWNER_UNKNOWN;
    }
    int user = inventory_find_user(inv, row->user_id);
    bool listed = user >= 0 && !inv->users[user].of_members;
    if (!listed && inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE) {
        return OWNER_LEFT_ORGANISATION;
    }
    if (id_is_none(row->workspace_id)) {
        return listed && (row->unread & UNREAD_WORKSPACE) == 0 ? OWNER_HERE : OWNER_UNKNOWN;
    }
    if (inventory_find_member(inv, row->workspace_id, row->user_id) >= 0) {
        return OWNER_HERE;
    }
    return members_read(inv, row->workspace_id) ? OWNER_LEFT_WORKSPACE : OWNER_UNKNOWN;
}

const char *access_owner_words(enum owner_state state)
{
    static const char *const WORDS[] = {
        [OWNER_NONE] = "",
        [OWNER_HERE] = "",
        [OWNER_LEFT_WORKSPACE] = "left the workspace",
        [OWNER_LEFT_ORGANISATION] = "left the organisation",
        [OWNER_UNKNOWN] = "?",
    };
    return WORDS[state];
}

/* -- words -- */

/* The one thing that a workspace can keep from the organisation's owners and admins. */
#define LOGS_BY_SWITCH "sees logs only where a workspace lets organisation admins"

const char *const *access_org_role_words(enum org_role role)
{
    static const char *const OWNER[] = {"everything in the organisation, billing included",
                                        "acts as admin in all workspaces", LOGS_BY_SWITCH,
                                        "makes admin keys", NULL};
    static const char *const ADMIN[] = {"everything in the organisation but billing",
                                        "acts as admin in all workspaces", LOGS_BY_SWITCH,
                                        "makes admin keys", NULL};
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
    if ((inv->keys[inv->own_key].unread & UNREAD_SCOPES) != 0) {
        return ANSWER_UNKNOWN;
    }
    if (missing != NULL) {
        *missing = scope;
    }
    return ANSWER_NO;
}

enum answer access_may(const struct inventory *inv, enum endpoint endpoint, enum key_kind kind,
                       const char **missing)
{
    const char *scope = endpoint_scope(endpoint, kind);
    return scope == NULL ? ANSWER_UNKNOWN : own_has(inv, scope, missing);
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
    char why[INVENTORY_WHY_SIZE];
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

/* -- calling models -- */

bool access_blocked(const struct key_extra *extra)
{
    for (int i = 0; i < extra->rate_count; i++) {
        if (extra->rates[i].type != LIMIT_TYPE_OTHER && extra->rates[i].value <= 0) {
            return true;
        }
    }
    return false;
}

static bool used_up(const struct usage_limit *usage)
{
    return usage->has_budget && usage->credit_limit > 0 &&
           usage->current_usage >= usage->credit_limit;
}

/* What the workspace of a key lets through. */
static struct power_answer through_workspace(const struct inventory *inv, const struct key_row *key)
{
    int row = inventory_find_workspace(inv, key->workspace_id);
    if (row < 0) {
        return say(ANSWER_UNKNOWN, "its workspace was not read");
    }
    const struct workspace_row *ws = &inv->workspaces[row];
    const struct key_extra *limits = inventory_extra_at(inv, ws->extra);
    if (ws->archived) {
        return say(ANSWER_NO, "its workspace is archived");
    }
    if (access_blocked(limits)) {
        return say(ANSWER_NO, "a rate limit of 0 blocks its workspace");
    }
    if (used_up(&limits->usage)) {
        return say(ANSWER_NO, "the budget of its workspace is used up");
    }
    return (ws->unread & (UNREAD_LIMITS | UNREAD_STATUS)) != 0
               ? say(ANSWER_UNKNOWN, "the limits of its workspace were not understood")
               : say(ANSWER_YES, "active");
}

/* What stops a key for certain by itself; NULL: nothing does. */
static const char *what_stops(const struct key_row *key, const struct key_extra *extra, int64_t now)
{
    if (key->kind == KEY_ORGANISATION_SERVICE) {
        return "an admin key";
    }
    if (key_is_expired(key, now)) {
        return "it is expired";
    }
    if ((key->unread & UNREAD_SCOPES) == 0 &&
        !scope_set_has_name(&key->scopes, "completions.write")) {
        return "it lacks completions.write";
    }
    if (key->status == STATUS_EXHAUSTED || used_up(&extra->usage)) {
        return "its budget is used up";
    }
    return access_blocked(extra) ? "a rate limit of 0 blocks it" : NULL;
}

/* What hangs on a member that was not understood; NULL: nothing does. */
static const char *what_is_not_known(const struct key_row *key)
{
    if (key->kind == KEY_KIND_UNKNOWN) {
        return "its kind is not known";
    }
    if (!scope_set_has_name(&key->scopes, "completions.write")) {
        return "its scopes were not understood";
    }
    if (key->status == STATUS_OTHER) {
        return "its status is not known";
    }
    return (key->unread & UNREAD_EXPIRES) != 0  ? "its expiry was not understood"
           : (key->unread & UNREAD_LIMITS) != 0 ? "its limits were not understood"
                                                : NULL;
}

struct power_answer access_can_complete(const struct inventory *inv, size_t row, int64_t now)
{
    const struct key_row *key = &inv->keys[row];
    const char *why = what_stops(key, inventory_extra(inv, key), now);
    if (why != NULL) {
        return say(ANSWER_NO, why);
    }
    struct power_answer workspace = through_workspace(inv, key);
    why = what_is_not_known(key);
    return workspace.answer == ANSWER_NO || why == NULL ? workspace : say(ANSWER_UNKNOWN, why);
}
