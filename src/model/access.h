/* Who may do what, and why: what a role allows in the organisation and in a workspace, what a key's
 * scopes allow, and whether the operator's own key allows an act. Pure functions over an inventory.
 */
#ifndef PORTCULLIS_MODEL_ACCESS_H
#define PORTCULLIS_MODEL_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/endpoint_scopes.h"
#include "model/inventory.h"

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* What a person may do in one workspace. The order is that of the detail pane. */
enum power {
    POWER_READ_WORKSPACE,
    POWER_CHANGE_WORKSPACE,
    POWER_READ_MEMBERS,
    POWER_SEE_NAMES, /* of its members: reading the workspace gives them away */
    POWER_CHANGE_MEMBERS,
    POWER_READ_SERVICE_KEYS,
    POWER_MAKE_SERVICE_KEYS,
    POWER_READ_USER_KEYS,
    POWER_MAKE_USER_KEYS, /* for others */
    POWER_MAKE_OWN_KEYS,
    POWER_READ_LOGS,
    POWER_READ_LOG_METADATA,
    POWER_READ_ANALYTICS,
    POWER_READ_ALL_DATA, /* beside that of their own keys */
    POWER_READ_CONFIGS,
    POWER_CHANGE_CONFIGS,
    POWER_READ_PROMPTS,
    POWER_CHANGE_PROMPTS,
    POWER_READ_GUARDRAILS,
    POWER_CHANGE_GUARDRAILS,
    POWER_READ_PROVIDERS,
    POWER_CHANGE_PROVIDERS,
    POWER_CHANGE_MCP_SERVERS,
    POWER_CHANGE_INTEGRATIONS,
    POWER_CHANGE_MCP_INTEGRATIONS,
    POWER_COUNT,
};

struct power_answer {
    enum answer answer;
    const char *why; /* a constant in plain words: "organisation owner", "the switches for members
                        are on", "switch managersWriteApiKeys is off" */
};

/* Lends "make service keys". */
const char *power_name(enum power power);
/* The effective powers of a role in a workspace, security switches applied. Organisation owners and
 * admins act as admin in all workspaces [DOC, user roles and permissions]. is_member false: role is
 * not looked at. What hangs on a switch or a role that could not be read is UNKNOWN. */
struct power_answer access_power(const struct workspace_row *ws, enum org_role org_role,
                                 bool is_member, enum ws_role role, enum power power);
/* Is this person admin of the workspace by the role in the organisation? Then the role of the
 * membership counts for nothing. */
bool access_by_org_role(const struct inventory *inv, const struct member_row *member);
/* The role that counts. */
enum ws_role access_ws_role(const struct inventory *inv, const struct member_row *member);
/* Adds a row, marked as granted, for each of the people who act as admin in this workspace by their
 * role in the organisation and are no members of it, so that its list tells who can reach it. Does
 * nothing while people or members are read, and nothing twice. */
void access_grant(struct inventory *inv, struct id workspace);
/* How many people can reach a workspace, by the role that counts there: those who own or administer
 * the organisation are admins, members or not. Asks the people, not the rows that access_grant
 * adds; the admins are too few while the people are not all read. Needs the members of the
 * workspace. */
struct people {
    size_t admins, managers, members, other;
    size_t by_org_role; /* of the admins */
};
void access_people(const struct inventory *inv, size_t workspace, struct people *out);
/* What a role in the organisation allows, as sentences in plain words; lends a NULL-ended constant
 * list. */
const char *const *access_org_role_words(enum org_role role);
const char *const *access_ws_role_words(enum ws_role role);

/* What became of the owner of a key. Left the organisation: not in a list of people that is
 * complete. Left the workspace: no member of the key's workspace, whose members were all read,
 * whatever the role in the organisation. */
enum owner_state {
    OWNER_NONE, /* a service key has none */
    OWNER_HERE,
    OWNER_LEFT_WORKSPACE,
    OWNER_LEFT_ORGANISATION,
    OWNER_UNKNOWN,
};
enum owner_state access_owner(const struct inventory *inv, size_t key);
/* Lends "left the workspace"; "" for none and here, "?" where it is not known. */
const char *access_owner_words(enum owner_state state);

/* May the operator's own key use this endpoint, about keys of this kind where it is about keys?
 * UNKNOWN while the own key is not found. *missing gets the scope that is not held (a constant)
 * when NO. */
enum answer access_may(const struct inventory *inv, enum endpoint endpoint, enum key_kind kind,
                       const char **missing);

/* What any key may do, as the server has it. */
enum key_power {
    KEY_MAY_LIST_KEYS, /* of a kind, in a workspace; so the next five */
    KEY_MAY_READ_KEYS,
    KEY_MAY_MAKE_KEYS,
    KEY_MAY_CHANGE_KEYS,
    KEY_MAY_ROTATE_KEYS,
    KEY_MAY_DELETE_KEYS,
    KEY_MAY_LIST_WORKSPACES, /* of a workspace: find it in the list */
    KEY_MAY_READ_WORKSPACE,
    KEY_MAY_LIST_MEMBERS,
    KEY_MAY_READ_MEMBERS,
    KEY_MAY_LIST_PEOPLE, /* of the organisation */
    KEY_MAY_READ_PEOPLE,
    KEY_MAY_SEE_NAMES, /* of the members of a workspace, by any way */
    KEY_POWER_COUNT,
};
/* Lends "rotate keys". */
const char *key_power_name(enum key_power power);
/* May this key do this with keys of this kind (not looked at where it is not about keys) in this
 * workspace (row; -1: in the organisation itself)? A key of a workspace gets no further than that;
 * the switches bind the keys of people. UNKNOWN where it hangs on what was not read. */
struct power_answer access_key(const struct inventory *inv, size_t row, enum key_power power,
                               enum key_kind kind, int workspace, int64_t now);
/* May a user key of this workspace (row) belong to this person? Only to a member. */
struct power_answer access_can_own(const struct inventory *inv, struct id user, int workspace);
/* How this key can take over keys of a kind within its reach: by giving them a new secret, by
 * changing what they may do, by making others like them. */
enum take_over {
    TAKE_ROTATE = 1 << 0,
    TAKE_CHANGE = 1 << 1,
    TAKE_MAKE = 1 << 2,
    TAKE_UNKNOWN = 1 << 3, /* and perhaps more */
};
unsigned access_takes_over(const struct inventory *inv, size_t row, enum key_kind kind,
                           int64_t now);

/* Is this the operator's own key? UNKNOWN while it was not found or is ambiguous. */
enum answer access_is_own(const struct inventory *inv, size_t key);
/* Is it the last active admin key that is held? UNKNOWN unless the keys list is complete. */
enum answer access_is_last_admin(const struct inventory *inv, size_t key);
/* Does a rate limit of 0 block every call? */
bool access_blocked(const struct key_extra *extra);
/* Can models be called with this key now? Workspace keys with completions.write only, and none
 * that is expired, used up or blocked, by itself or by its workspace; why says it: "it is expired".
 * UNKNOWN where that hangs on what was not read or not understood. */
struct power_answer access_can_complete(const struct inventory *inv, size_t row, int64_t now);

#endif
