#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "sandbox/derive.h"
#include "sandbox/keys.h"
#include "sandbox/routes.h"
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

static bool authorized(const struct request *request, const struct route *route)
{
    if ((route->kinds & 1u << request->caller.kind) == 0 ||
        ((route->flags & ROUTE_ENTERPRISE) != 0 && request->sandbox->quirks.plan_pro)) {
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

/* Members by whose name a client may have sent a secret: they are stored masked. */
static bool names_a_secret(const char *name)
{
    static const char *const WORDS[] = {"key",      "api_key",       "apikey", "x-portkey-api-key",
                                        "password", "authorization", "token",  "secret"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (ascii_same(name, WORDS[i])) {
            return true;
        }
    }
    return false;
}

/* Masks secrets wherever they stand: by the name of the member, and the caller's own by its value.
 */
static void mask_secrets(json_t *json, const char *api_key)
{
    const char *name;
    json_t *value;
    void *next;
    size_t i;
    json_object_foreach_safe(json, next, name, value)
    {
        const char *text = json_string_value(value);
        if (text != NULL && (names_a_secret(name) || strstr(text, api_key) != NULL)) {
            json_object_set_new(json, name, json_string("*****"));
        } else {
            mask_secrets(value, api_key);
        }
    }
    json_array_foreach(json, i, value)
    {
        const char *text = json_string_value(value);
        if (text != NULL && strstr(text, api_key) != NULL) {
            json_array_set_new(json, i, json_string("*****"));
        } else {
            mask_secrets(value, api_key);
        }
    }
}

/* Mutations only, failures included [OBS]. Completions are no act on the organisation. */
static void audit(const struct request *request, const struct route *route, const char *api_key,
                  const struct reply *reply)
{
    if (route->resource == RESOURCE_NONE || strcmp(request->method, "GET") == 0) {
        return;
    }
    char id[UUID_SIZE];
    derive_uuid(request->sandbox->number, "request", request->sandbox->requests, id);
    json_t *masked = json_deep_copy(request->body);
    mask_secrets(masked, api_key);
    char *body = masked == NULL ? NULL : json_dumps(masked, JSON_COMPACT);
    char *uri = strstr(request->path, api_key) != NULL ? xstrdup("/v2/*****")
                                                       : xasprintf("/v2%s", request->path);
    const char *own = request->caller.workspace_id != NULL ? request->caller.workspace_id : "";
    struct audit_rec rec = {
        .time = request->now,
        .org = request->caller.org,
        .workspace = request->workspace_id[0] != '\0' ? request->workspace_id : own,
        .actor = request->caller.id,
        .actor_type = "api_key",
        .method = request->method,
        .uri = uri,
        .request_id = id,
        .request_body = body,
        .resource_type = resource_name(route->resource),
        .action = action_name(route->action),
        .client_ip = "127.0.0.1",
        .status = reply->status,
    };
    db_add_audit(request->sandbox->db, &rec);
    json_decref(masked);
    free(uri);
    free(body);
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
    audit(request, route, api_key, reply);
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
    /* The change and its line in the audit log are there together, or neither. */
    struct stale_key held[STALE_MAX];
    bool begun = db_begin(db);
    stale_hold(request->sandbox, held);
    if (begun) {
        stale_settle(request->sandbox, request->now);
        if (authenticate(request, api_key)) {
            work(request, route, api_key, reply);
        } else {
            reply_unauthorized(request, reply);
        }
    }
    if (request->commit_fails) {
        db_spoil_commit(db);
    }
    bool done = begun && db_commit(db);
    stale_let_go(request->sandbox, held, !done);
    if (!done) {
        reply_error(reply, 500, "AB04", "Something went wrong");
    }
    key_rec_done(&request->caller);
    target_done(&request->target);
}
