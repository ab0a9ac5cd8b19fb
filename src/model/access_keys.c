/* What a key may do, as the server has it: its scopes, its reach, and for the key of a person the
 * person's role and the switches of the workspace. */
#include <string.h>

#include "base/clock.h"
#include "model/access.h"

#include "base/banned.h"

static struct power_answer say(enum answer answer, const char *why)
{
    return (struct power_answer){answer, why};
}

/* Each power, and what of the API is its way. Keys are made by an endpoint a kind. */
static const struct key_power_info {
    const char *name;
    enum endpoint endpoint;
    bool of_keys, of_organisation;
} POWERS[KEY_POWER_COUNT] = {
    [KEY_MAY_LIST_KEYS] = {"list keys", ENDPOINT_KEYS, true, false},
    [KEY_MAY_READ_KEYS] = {"read keys", ENDPOINT_KEY, true, false},
    [KEY_MAY_MAKE_KEYS] = {"make keys", ENDPOINT_COUNT, true, false},
    [KEY_MAY_CHANGE_KEYS] = {"change keys", ENDPOINT_UPDATE_KEY, true, false},
    [KEY_MAY_ROTATE_KEYS] = {"rotate keys", ENDPOINT_ROTATE_KEY, true, false},
    [KEY_MAY_DELETE_KEYS] = {"delete keys", ENDPOINT_DELETE_KEY, true, false},
    [KEY_MAY_LIST_WORKSPACES] = {"list workspaces", ENDPOINT_WORKSPACES, false, false},
    [KEY_MAY_READ_WORKSPACE] = {"read the workspace", ENDPOINT_WORKSPACE, false, false},
    [KEY_MAY_LIST_MEMBERS] = {"list members", ENDPOINT_MEMBERS, false, false},
    [KEY_MAY_READ_MEMBERS] = {"read members", ENDPOINT_MEMBER, false, false},
    [KEY_MAY_LIST_PEOPLE] = {"list people", ENDPOINT_USERS, false, true},
    [KEY_MAY_READ_PEOPLE] = {"read people", ENDPOINT_USER, false, true},
    [KEY_MAY_SEE_NAMES] = {"see the names of members", ENDPOINT_COUNT, false, false},
};

const char *key_power_name(enum key_power power)
{
    return POWERS[power].name;
}

/* The scope itself: no where it is missing, not known where the scopes were not understood. */
static struct power_answer holds(const struct key_row *key, enum endpoint endpoint,
                                 enum key_kind kind)
{
    const char *scope = endpoint_scope(endpoint, kind);

    if (scope_set_has_name(&key->scopes, scope)) {
        return say(ANSWER_YES, "it holds the scope");
    }
    return (key->unread & UNREAD_SCOPES) != 0
               ? say(ANSWER_UNKNOWN, "its scopes were not understood")
               : say(ANSWER_NO, "it lacks the scope");
}

/* Does the key get to the workspace (row; -1: the organisation itself) at all? */
static struct power_answer reaches(const struct inventory *inv, const struct key_row *key,
                                   int workspace)
{
    if (key->kind == KEY_ORGANISATION_SERVICE) {
        return say(ANSWER_YES, "an admin key");
    }
    if (key->kind == KEY_KIND_UNKNOWN || (key->unread & UNREAD_WORKSPACE) != 0) {
        return say(ANSWER_UNKNOWN, "its kind or workspace is not known");
    }
    bool own = workspace >= 0 && id_equal(inv->workspaces[workspace].id, key->workspace_id);
    return own ? say(ANSWER_YES, "its own workspace") : say(ANSWER_NO, "outside its workspace");
}

/* Switches bind people: their keys see members only as far as they may themselves. */
static struct power_answer owner_sees_members(const struct inventory *inv,
                                              const struct key_row *key, int workspace)
{
    int user = inventory_find_user(inv, key->user_id);
    int member = inventory_find_member(inv, key->workspace_id, key->user_id);
    bool read = inv->member_states[workspace].progress == PROGRESS_COMPLETE;
    enum org_role org_role = user >= 0     ? (enum org_role)inv->users[user].role
                             : member >= 0 ? (enum org_role)inv->members[member].org_role
                                           : ORG_ROLE_OTHER;
    if (user < 0 && inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE) {
        return say(ANSWER_NO, "its owner left the organisation");
    }
    if (member < 0 && !org_role_everywhere(org_role) && org_role != ORG_ROLE_OTHER) {
        return read ? say(ANSWER_NO, "its owner left the workspace")
                    : say(ANSWER_UNKNOWN, "the members of the workspace were not read");
    }
    return access_power(&inv->workspaces[workspace], org_role, member >= 0,
                        member >= 0 ? (enum ws_role)inv->members[member].role : WS_ROLE_OTHER,
                        POWER_READ_MEMBERS);
}

static struct power_answer sees_members(const struct inventory *inv, const struct key_row *key,
                                        int workspace, enum endpoint endpoint)
{
    struct power_answer answer = holds(key, endpoint, KEY_KIND_UNKNOWN);
    if (answer.answer == ANSWER_NO || key->kind != KEY_WORKSPACE_USER) {
        return answer;
    }
    struct power_answer owner = owner_sees_members(inv, key, workspace);
    return owner.answer == ANSWER_YES ? answer : owner;
}

static struct power_answer of_keys(const struct inventory *inv, const struct key_row *key,
                                   enum key_power power, enum key_kind kind, int workspace)
{
    if (key->kind == KEY_WORKSPACE_USER) {
        return say(ANSWER_NO, "keys of people manage no keys");
    }
    if (kind == KEY_KIND_UNKNOWN) {
        return say(ANSWER_UNKNOWN, "the kind of the other key is not known");
    }
    if (kind == KEY_ORGANISATION_SERVICE && key->kind != KEY_ORGANISATION_SERVICE) {
        return say(ANSWER_NO, "outside its workspace");
    }
    if (power == KEY_MAY_MAKE_KEYS && workspace >= 0 && inv->workspaces[workspace].archived) {
        return say(ANSWER_NO, "the workspace is archived");
    }
    return holds(key, power == KEY_MAY_MAKE_KEYS ? endpoint_create(kind) : POWERS[power].endpoint,
                 kind);
}

/* Any of the ways to a name: a GET of the workspace gives its people away to everybody who may read
 * it, whatever the switches say of members. */
static struct power_answer sees_names(const struct inventory *inv, const struct key_row *key,
                                      int workspace)
{
    struct power_answer ways[] = {holds(key, ENDPOINT_WORKSPACE, KEY_KIND_UNKNOWN),
                                  sees_members(inv, key, workspace, ENDPOINT_MEMBERS),
                                  sees_members(inv, key, workspace, ENDPOINT_MEMBER),
                                  holds(key, ENDPOINT_USERS, KEY_KIND_UNKNOWN)};
    struct power_answer best = say(ANSWER_NO, "no way to them");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (ways[i].answer == ANSWER_YES) {
            return ways[i];
        }
        best = ways[i].answer == ANSWER_UNKNOWN ? ways[i] : best;
    }
    return best;
}

struct power_answer access_key(const struct inventory *inv, size_t row, enum key_power power,
                               enum key_kind kind, int workspace, int64_t now)
{
    const struct key_row *key = &inv->keys[row];
    const struct key_power_info *info = &POWERS[power];
    if (key_is_expired(key, now)) {
        return say(ANSWER_NO, "it is expired");
    }
    if ((key->unread & UNREAD_EXPIRES) != 0) {
        return say(ANSWER_UNKNOWN, "its expiry was not understood");
    }
    if (info->of_organisation && key->kind != KEY_ORGANISATION_SERVICE) {
        return key->kind == KEY_KIND_UNKNOWN ? say(ANSWER_UNKNOWN, "its kind is not known")
                                             : say(ANSWER_NO, "no admin key");
    }
    if (info->of_organisation) {
        return holds(key, info->endpoint, KEY_KIND_UNKNOWN);
    }
    struct power_answer reach = reaches(inv, key, workspace);
    if (reach.answer != ANSWER_YES) {
        return reach;
    }
    if (info->of_keys) {
        return of_keys(inv, key, power, kind, workspace);
    }
    if (workspace >= 0 && inv->workspaces[workspace].archived &&
        (power != KEY_MAY_LIST_WORKSPACES || key->kind != KEY_ORGANISATION_SERVICE)) {
        return say(ANSWER_NO, "the workspace is archived");
    }
    switch (power) {
    case KEY_MAY_LIST_MEMBERS:
    case KEY_MAY_READ_MEMBERS:
        return sees_members(inv, key, workspace, info->endpoint);
    case KEY_MAY_SEE_NAMES:
        return sees_names(inv, key, workspace);
    default:
        return holds(key, info->endpoint, KEY_KIND_UNKNOWN);
    }
}

struct power_answer access_can_own(const struct inventory *inv, struct id user, int workspace)
{
    if (inventory_find_member(inv, inv->workspaces[workspace].id, user) >= 0) {
        return say(ANSWER_YES, "a member of the workspace");
    }
    return inv->member_states[workspace].progress == PROGRESS_COMPLETE
               ? say(ANSWER_NO, "not a member of the workspace")
               : say(ANSWER_UNKNOWN, "the members of the workspace were not read");
}

/* Who can rotate a key has its secret, who can change it can make it do more, who can make one has
 * another that does the same. */
static unsigned taken_over(const struct inventory *inv, size_t row, enum key_kind kind,
                           int workspace, int64_t now)
{
    static const enum key_power TAKE[] = {KEY_MAY_ROTATE_KEYS, KEY_MAY_CHANGE_KEYS,
                                          KEY_MAY_MAKE_KEYS};
    unsigned ways = 0;
    for (unsigned i = 0; i < sizeof TAKE / sizeof *TAKE; i++) {
        enum answer answer = access_key(inv, row, TAKE[i], kind, workspace, now).answer;
        ways |= answer == ANSWER_YES ? 1u << i : answer == ANSWER_UNKNOWN ? TAKE_UNKNOWN : 0;
    }
    return ways;
}

unsigned access_takes_over(const struct inventory *inv, size_t row, enum key_kind kind, int64_t now)
{
    const struct key_row *key = &inv->keys[row];
    int workspace = inventory_find_workspace(inv, key->workspace_id);
    /* A workspace that was not read is its own all the same. */
    if (key->kind == KEY_WORKSPACE_SERVICE && workspace < 0) {
        return TAKE_UNKNOWN;
    }
    return taken_over(inv, row, kind, key->kind == KEY_ORGANISATION_SERVICE ? -1 : workspace, now);
}
