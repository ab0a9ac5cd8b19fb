#include "sandbox/target.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/keys.h"
#include "sandbox/people.h"
#include "sandbox/routes.h"

#include "base/banned.h"

bool caller_may(const struct request *request, enum key_kind kind)
{
    static const char *const RESOURCES[] = {
        "organisation_service_api_keys", "workspace_service_api_keys", "workspace_user_api_keys"};
    char scope[80];
    snprintf(scope, sizeof scope, "%s.%s", RESOURCES[kind], action_name(request->route->action));
    if (caller_has(request, scope)) {
        return true;
    }
    snprintf(scope, sizeof scope, "%s.%s", RESOURCES[kind], action_name(ACTION_UPDATE));
    return request->route->action == ACTION_ROTATE && request->sandbox->quirks.rotate_by_update &&
           caller_has(request, scope);
}

bool find_workspace_for(const struct request *request, const char *text, bool by_slug,
                        struct workspace_rec *out)
{
    if (!db_find_workspace(request->sandbox->db, request->caller.org, text, by_slug, out)) {
        return false;
    }
    if (request->caller.workspace != 0 && request->caller.workspace != out->seq) {
        workspace_rec_done(out);
        return false;
    }
    return true;
}

void note_workspace(struct request *request, const char *id)
{
    snprintf(request->workspace_id, sizeof request->workspace_id, "%s", id != NULL ? id : "");
}

/* -- the records: is it there, may the caller, is it there too -- */

static bool key_is_there(struct request *request)
{
    struct key_rec *key = &request->target.key;
    bool there = db_find_key(request->sandbox->db, request->caller.org, request->args[0], key);
    note_workspace(request, key->workspace_id);
    return there;
}

static bool key_is_in_reach(struct request *request)
{
    const struct key_rec *key = &request->target.key;
    return (request->caller.workspace == 0 || request->caller.workspace == key->workspace) &&
           caller_may(request, key->kind);
}

static bool user_is_there(struct request *request)
{
    return db_find_user(request->sandbox->db, request->caller.org, request->args[0],
                        &request->target.user);
}

static bool workspace_is_there(struct request *request)
{
    bool there =
        find_workspace_for(request, request->args[0], !request->sandbox->quirks.no_slug_paths,
                           &request->target.workspace);
    note_workspace(request, request->target.workspace.id);
    return there;
}

/* People change it when they are its admin, or its manager where managersUpdateWs is on. */
static bool workspace_is_in_reach(struct request *request)
{
    if (request->route->action != ACTION_UPDATE || request->caller.kind != KEY_WORKSPACE_USER ||
        strcmp(request->caller_role, "admin") == 0) {
        return true;
    }
    return strcmp(request->caller_role, "manager") == 0 &&
           (request->target.workspace.switches & sandbox_switch("managersUpdateWs")) != 0;
}

static bool invite_is_there(struct request *request)
{
    return db_find_invite(request->sandbox->db, request->caller.org, request->args[0],
                          &request->target.invite);
}

static bool mapping_is_there(struct request *request)
{
    bool there = db_find_mapping(request->sandbox->db, request->caller.org, request->args[0],
                                 &request->target.mapping);
    note_workspace(request, request->target.mapping.workspace_id);
    return there;
}

/* Members of a workspace are behind managersWriteWsUsers for people who are not its admin. One who
 * is no longer in the workspace sees nothing. True for other kinds of key: switches bind people. */
static bool members_are_in_reach(struct request *request)
{
    const struct workspace_rec *ws = &request->target.workspace;
    if (request->caller.kind != KEY_WORKSPACE_USER || strcmp(request->caller_role, "admin") == 0) {
        return true;
    }
    return request->caller_role[0] != '\0' &&
           (ws->switches & sandbox_switch("managersWriteWsUsers")) != 0;
}

static bool member_is_there(struct request *request)
{
    return db_find_member(request->sandbox->db, request->target.workspace.seq, request->args[1],
                          &request->target.member);
}

typedef bool target_fn(struct request *request);

/* NULL: yes. Gone, forbidden, gone. */
static const struct {
    target_fn *there, *in_reach, *also_there;
} FINDERS[RECORD_COUNT] = {
    [RECORD_KEY] = {key_is_there, key_is_in_reach, NULL},
    [RECORD_USER] = {user_is_there, NULL, NULL},
    [RECORD_WORKSPACE] = {workspace_is_there, workspace_is_in_reach, NULL},
    [RECORD_MEMBERS] = {workspace_is_there, members_are_in_reach, NULL},
    [RECORD_INVITE] = {invite_is_there, NULL, NULL},
    [RECORD_MAPPING] = {mapping_is_there, NULL, NULL},
    [RECORD_MEMBER] = {workspace_is_there, members_are_in_reach, member_is_there},
};

bool find_target(struct request *request, struct reply *reply)
{
    enum record record = request->route->record;
    if (!FINDERS[record].there(request)) {
        reply_gone(request, reply);
        return false;
    }
    if (FINDERS[record].in_reach != NULL && !FINDERS[record].in_reach(request)) {
        reply_forbidden(reply);
        return false;
    }
    if (FINDERS[record].also_there != NULL && !FINDERS[record].also_there(request)) {
        reply_gone(request, reply);
        return false;
    }
    return true;
}

void target_done(struct target *target)
{
    key_rec_done(&target->key);
    user_rec_done(&target->user);
    workspace_rec_done(&target->workspace);
    member_rec_done(&target->member);
    invite_rec_done(&target->invite);
    mapping_rec_done(&target->mapping);
}
