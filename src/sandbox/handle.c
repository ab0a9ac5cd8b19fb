#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/audit.h"
#include "sandbox/derive.h"
#include "sandbox/rotation.h"
#include "sandbox/routes.h"
#include "sandbox/stale.h"
#include "sandbox/target.h"

#include "base/banned.h"

/* Unrouted paths fall through to the inference proxy, which misses its own header [SRC]. */
static void reply_unknown_path(struct reply *reply)
{
    reply_failure(reply, 400, "Either x-portkey-config or x-portkey-provider header is required");
}

static void reply_unauthorized(const struct request *request, struct reply *reply)
{
    switch (request->sandbox->quirks.unauthorized) {
    case UNAUTHORIZED_AB05:
        reply_error(reply, 401, "AB05", "Unauthorised Request");
        return;
    case UNAUTHORIZED_BARE:
        reply_error(reply, 401, NULL, "Unauthorised Request");
        return;
    case UNAUTHORIZED_GATEWAY:
        break;
    }
    reply_failure(reply, 401, "Portkey Error: Invalid API Key. Error Code: 03");
}

/* What the owner of a user key is in the key's workspace. Owners and admins of the organisation act
 * as admin everywhere. */
static void read_caller_role(struct request *request)
{
    struct db *db = request->sandbox->db;
    struct user_rec user;
    if (!db_user_by_seq(db, request->caller.user, &user)) {
        return;
    }
    bool over_all = strcmp(user.role, "owner") == 0 || strcmp(user.role, "admin") == 0;
    char *role = over_all ? xstrdup("admin")
                          : db_member_role(db, request->caller.workspace, request->caller.user);
    snprintf(request->caller_role, sizeof request->caller_role, "%s", role != NULL ? role : "");
    free(role);
    user_rec_done(&user);
}

/* Who calls: a key whose secret, or whose previous secret during a transition, this is, and that
 * has not expired. */
static bool authenticate(struct request *request, const char *api_key)
{
    unsigned char hash[HASH_SIZE];
    struct db *db = request->sandbox->db;
    if (api_key == NULL || *api_key == '\0') {
        return false;
    }
    derive_hash(api_key, hash);
    if (!db_find_key_by_hash(db, hash, &request->caller)) {
        return false;
    }
    const struct key_rec *key = &request->caller;
    bool is_old = memcmp(hash, key->hash, HASH_SIZE) != 0;
    if (is_old && key->old_until <= request->now) {
        return false;
    }
    if (key->expires_at != TIME_NONE && key->expires_at <= request->now) {
        return false;
    }
    if (key->kind == KEY_WORKSPACE_USER) {
        read_caller_role(request);
    }
    return true;
}

/* By the plan, or by what the installation has switched off. */
static bool is_closed(const struct quirks *quirks, const struct route *route)
{
    return ((route->flags & ROUTE_ENTERPRISE) != 0 && quirks->plan_pro) ||
           ((route->flags & ROUTE_AUDIT) != 0 && quirks->audit_off) ||
           ((route->flags & ROUTE_SCIM) != 0 && quirks->scim_off);
}

static bool authorized(const struct request *request, const struct route *route)
{
    if ((route->kinds & 1u << request->caller.kind) == 0 ||
        is_closed(&request->sandbox->quirks, route)) {
        return false;
    }
    bool allowed = (route->flags & ROUTE_NO_SCOPE) != 0;
    for (int i = 0; i < ROUTE_SCOPES_MAX && route->scopes[i] != NULL; i++) {
        allowed = allowed || caller_has(request, route->scopes[i]);
    }
    if (!allowed && request->sandbox->quirks.rotate_by_update && route->action == ACTION_ROTATE) {
        allowed = caller_has(request, "organisation_service_api_keys.update") ||
                  caller_has(request, "workspace_service_api_keys.update") ||
                  caller_has(request, "workspace_user_api_keys.update");
    }
    return allowed;
}

/* The routes of SCIM may speak without the envelope: quirk scim-errors. */
static void unwrap(const struct request *request, struct reply *reply)
{
    const char *message =
        json_string_value(json_object_get(json_object_get(reply->json, "data"), "message"));
    if ((request->route->flags & ROUTE_SCIM) != 0 && request->sandbox->quirks.scim_errors_bare &&
        message != NULL) {
        json_t *bare = json_pack("{s:s}", "message", message);
        json_decref(reply->json);
        reply->json = bare;
    }
}

static void work(struct request *request, const struct route *route, const char *api_key,
                 struct reply *reply)
{
    if (!authorized(request, route)) {
        reply_forbidden(reply);
    } else if (request->body_state != BODY_OK) {
        reply_invalid(reply, request->body_state == BODY_TOO_LARGE
                                 ? "the body is larger than 1 MB"
                                 : "the body must be a JSON object");
    } else {
        route->handler(request, reply);
    }
    unwrap(request, reply);
    audit_request(request, api_key, reply);
}

/* Reads may tell what was (quirk stale-reads); who asks, and what they may, is of now. */
static bool is_read(const struct route *route, const char *method)
{
    return route->resource != RESOURCE_NONE && strcmp(method, "GET") == 0;
}

static void handle(struct request *request, const char *api_key, struct reply *reply)
{
    struct sandbox *sandbox = request->sandbox;
    struct db *now = sandbox->db;
    if (!authenticate(request, api_key)) {
        reply_unauthorized(request, reply);
        return;
    }
    if (is_read(request->route, request->method)) {
        sandbox->db = stale_db(sandbox, request->now);
    }
    work(request, request->route, api_key, reply);
    sandbox->db = now;
}

void sandbox_handle(struct request *request, const char *api_key, struct reply *reply)
{
    struct db *db = request->sandbox->db;
    const struct route *route = route_find(request);
    request->route = route;
    request->sandbox->requests++;
    request->now = clock_now(&request->sandbox->clock) / 1000 * 1000;
    if (route == NULL) {
        reply_unknown_path(reply);
        return;
    }
    bool writes = route->resource != RESOURCE_NONE && !is_read(route, request->method);
    struct db *before = writes ? stale_take(request->sandbox) : NULL;
    /* The change and its line in the audit log are there together, or neither. */
    bool begun = db_begin(db);
    if (begun) {
        rotations_settle(request->sandbox, request->now);
        handle(request, api_key, reply);
    }
    if (request->commit_fails) {
        db_spoil_commit(db);
    }
    bool done = begun && db_commit(db);
    stale_keep(request->sandbox, before, done && reply->status == 200, request->now);
    if (writes || !done) {
        rotations_forget(request->sandbox);
    }
    if (!done) {
        reply_error(reply, 500, "AB04", "Something went wrong");
    }
    key_rec_done(&request->caller);
    target_done(&request->target);
    free(request->event);
}
