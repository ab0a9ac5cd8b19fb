#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/derive.h"
#include "sandbox/routes.h"

#include "base/banned.h"

/* Unrouted paths fall through to the inference proxy, which misses its own header [SRC]. */
static void reply_unknown_path(struct reply *reply)
{
    reply->status = 400;
    reply->json = json_pack("{s:s,s:s}", "status", "failure", "message",
                            "Either x-portkey-config or x-portkey-provider header is required");
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
    reply->status = 401;
    reply->json = json_pack("{s:s,s:s}", "status", "failure", "message",
                            "Portkey Error: Invalid API Key. Error Code: 03");
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
        char *role = db_member_role(db, key->workspace, key->user);
        snprintf(request->caller_role, sizeof request->caller_role, "%s", role != NULL ? role : "");
        free(role);
    }
    return true;
}

static bool authorized(const struct request *request, const struct route *route)
{
    if ((route->kinds & 1u << request->caller.kind) == 0 ||
        (route->enterprise && request->sandbox->quirks.plan_pro)) {
        return false;
    }
    bool allowed = route->no_scope;
    for (int i = 0; i < ROUTE_SCOPES_MAX && route->scopes[i] != NULL; i++) {
        allowed = allowed || caller_has(request, route->scopes[i]);
    }
    if (!allowed && request->sandbox->quirks.rotate_by_update &&
        strcmp(route->action, "rotate") == 0) {
        allowed = caller_has(request, "organisation_service_api_keys.update") ||
                  caller_has(request, "workspace_service_api_keys.update") ||
                  caller_has(request, "workspace_user_api_keys.update");
    }
    return allowed;
}

/* Mutations only, failures included [OBS]. */
static void audit(const struct request *request, const struct route *route,
                  const struct reply *reply)
{
    if (strcmp(request->method, "GET") == 0) {
        return;
    }
    char id[UUID_SIZE];
    derive_uuid(request->sandbox->number, "request", request->sandbox->requests, id);
    char *body = request->body == NULL ? NULL : json_dumps(request->body, JSON_COMPACT);
    char *uri = xasprintf("/v2%s", request->path);
    struct audit_rec rec = {
        .time = request->now,
        .org = request->caller.org,
        .workspace = request->caller.workspace_id != NULL ? request->caller.workspace_id : "",
        .actor = request->caller.id,
        .actor_type = "api_key",
        .method = request->method,
        .uri = uri,
        .request_id = id,
        .request_body = body,
        .resource_type = route->resource,
        .action = route->action,
        .client_ip = "127.0.0.1",
        .status = reply->status,
    };
    db_add_audit(request->sandbox->db, &rec);
    free(uri);
    free(body);
}

void sandbox_handle(struct request *request, const char *api_key, struct reply *reply)
{
    const struct route *route = route_find(request);
    request->sandbox->requests++;
    request->now = clock_now(&request->sandbox->clock) / 1000 * 1000;
    if (route == NULL) {
        reply_unknown_path(reply);
        return;
    }
    if (!authenticate(request, api_key)) {
        reply_unauthorized(request, reply);
    } else {
        if (authorized(request, route)) {
            route->handler(request, reply);
        } else {
            reply_forbidden(reply);
        }
        audit(request, route, reply);
    }
    key_rec_done(&request->caller);
}
