#include "sandbox/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/scope.h"
#include "sandbox/derive.h"
#include "sandbox/key_input.h"
#include "sandbox/people.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* The scope that a verb needs for a kind of key (endpoint-scopes, split by the kind of the target).
 */
static const char *const VERBS[] = {"list", "read", "create", "update", "delete", "rotate"};
enum verb { VERB_LIST, VERB_READ, VERB_CREATE, VERB_UPDATE, VERB_DELETE, VERB_ROTATE };

static bool caller_may(const struct request *request, enum verb verb, enum key_kind kind)
{
    static const char *const RESOURCES[] = {
        "organisation_service_api_keys", "workspace_service_api_keys", "workspace_user_api_keys"};
    char scope[80];
    snprintf(scope, sizeof scope, "%s.%s", RESOURCES[kind], VERBS[verb]);
    return caller_has(request, scope);
}

/* -- shape [LIVE] -- */

bool key_is_exhausted(const struct key_rec *key)
{
    json_t *usage = stored_json(key->usage_limits);
    const json_t *limit = json_object_get(usage, "credit_limit");
    bool exhausted =
        json_is_number(limit) &&
        json_number_value(json_object_get(usage, "current_usage")) >= json_number_value(limit);
    json_decref(usage);
    return exhausted;
}

const char *key_status_word(const struct sandbox *sandbox, const struct key_rec *key)
{
    int64_t worker_ms = (int64_t)sandbox->quirks.expiry_worker_seconds * 1000;
    if (key->expires_at != TIME_NONE && key->expires_at + worker_ms <= clock_now(&sandbox->clock)) {
        return "expired";
    }
    return key_is_exhausted(key) ? "exhausted" : "active";
}

/* A key that has expired carries a mark in usage_limits though it has no budget [LIVE]. */
static json_t *usage_json(const struct sandbox *sandbox, const struct key_rec *key,
                          const char *status)
{
    json_t *usage = stored_json(key->usage_limits);
    if (sandbox->quirks.no_usage_extra) {
        json_object_del(usage, "current_usage");
        return usage;
    }
    if (strcmp(status, "expired") == 0) {
        if (!json_is_object(usage)) {
            json_decref(usage);
            usage = json_object();
        }
        json_object_set_new(usage, "is_expired_alerts_sent", json_true());
    }
    if (json_object_get(usage, "credit_limit") != NULL) {
        json_object_set_new(usage, "is_exhausted_alerts_sent",
                            json_boolean(strcmp(status, "exhausted") == 0));
        json_object_set_new(usage, "is_threshold_alerts_sent", json_false());
    }
    return usage;
}

static json_t *defaults_json(const struct key_rec *key, bool detail)
{
    json_t *stored = stored_json(key->defaults);
    json_t *metadata = json_object_get(stored, "metadata");
    json_t *config = json_object_get(stored, "config_id");
    json_t *json = json_object();
    json_object_set(json, "metadata", metadata != NULL ? metadata : json_null());
    json_object_set(json, "config_id", config != NULL ? config : json_null());
    if (detail) {
        json_t *override = json_object_get(stored, "allow_config_override");
        json_object_set_new(json, "allow_config_override", json_boolean(json_is_true(override)));
    }
    json_decref(stored);
    return json;
}

static json_t *scopes_json(const struct scope_set *set)
{
    json_t *json = json_array();
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(set, i)) {
            json_array_append_new(json, json_string(scope_info(i)->name));
        }
    }
    return json;
}

static json_t *key_json(const struct request *request, const struct key_rec *key, bool detail)
{
    const struct sandbox *sandbox = request->sandbox;
    const char *status = key_status_word(sandbox, key);
    struct org_row org = {0};
    db_organisation(sandbox->db, (size_t)key->org - 1, &org);
    json_t *json = json_object();
    json_object_set_new(json, "id", json_string(key->id));
    json_object_set_new(json, "key", json_string(key->mask));
    json_object_set_new(json, "name", json_string(key->name));
    json_object_set_new(json, "description", json_string(key->description));
    json_object_set_new(json, "type", json_string(key_kind_name(key->kind)));
    json_object_set_new(json, "organisation_id", text_json(org.id));
    json_object_set_new(json, "workspace_id", text_json(key->workspace_id));
    json_object_set_new(json, "user_id", text_json(key->user_id));
    json_object_set_new(json, "status", json_string(status));
    json_object_set_new(json, "created_at", time_json(key->created_at));
    json_object_set_new(json, "last_updated_at", time_json(key->updated_at));
    json_object_set_new(json, "creation_mode", json_string(key->creation_mode));
    json_object_set_new(json, "rate_limits",
                        key->rate_limits ? stored_json(key->rate_limits) : json_array());
    json_object_set_new(json, "usage_limits", usage_json(sandbox, key, status));
    json_object_set_new(json, "reset_usage", json_null());
    json_object_set_new(json, "expires_at", time_json(key->expires_at));
    json_object_set_new(json, "last_reset_at", time_json(key->last_reset_at));
    json_object_set_new(json, "alert_emails", stored_json(key->alert_emails));
    json_object_set_new(json, "expiry_enforced", json_integer(0));
    json_object_set_new(json, "allow_config_override", json_null());
    json_object_set_new(json, "api_key_defaults_id", json_null());
    json_object_set_new(json, "scopes", scopes_json(&key->scopes));
    json_object_set_new(json, "defaults", defaults_json(key, detail));
    if (key->rotation_policy != NULL) {
        json_object_set_new(json, "rotation_policy", stored_json(key->rotation_policy));
    }
    if (detail) {
        json_object_set_new(json, "next_usage_reset_at", json_null());
    }
    json_object_set_new(json, "object", json_string("api-key"));
    free(org.id);
    free(org.name);
    return json;
}

/* -- reads that lag (quirk stale-reads) -- */

static void remember_stale(struct request *request, const char *id, json_t *before)
{
    struct sandbox *sandbox = request->sandbox;
    if (sandbox->quirks.stale_seconds == 0) {
        json_decref(before);
        return;
    }
    struct stale_key *oldest = &sandbox->stale[0];
    for (size_t i = 1; i < sizeof sandbox->stale / sizeof *sandbox->stale; i++) {
        oldest = sandbox->stale[i].until < oldest->until ? &sandbox->stale[i] : oldest;
    }
    json_decref(oldest->before);
    snprintf(oldest->id, sizeof oldest->id, "%s", id);
    oldest->before = before;
    oldest->until = request->now + (int64_t)sandbox->quirks.stale_seconds * 1000;
}

static const struct stale_key *find_stale(const struct request *request, const char *id)
{
    const struct sandbox *sandbox = request->sandbox;
    for (size_t i = 0; i < sizeof sandbox->stale / sizeof *sandbox->stale; i++) {
        if (sandbox->stale[i].until > request->now && strcmp(sandbox->stale[i].id, id) == 0) {
            return &sandbox->stale[i];
        }
    }
    return NULL;
}

/* -- reads -- */

void handle_list_keys(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct key_rec keys[PAGE_MAX];
    struct key_filter filter = {.org = request->caller.org, .workspace = request->caller.workspace};
    const char *workspace = request_parameter(request, "workspace_id");
    int64_t total = 0;
    if (!request_paging(request, "page_size", "current_page", &paging, reply)) {
        return;
    }
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        filter.kinds |= caller_may(request, VERB_LIST, (enum key_kind)kind) ? 1u << kind : 0;
    }
    if (workspace != NULL && *workspace != '\0') {
        struct workspace_rec ws;
        if (!find_workspace_for(request, workspace, &ws)) {
            reply_forbidden(reply);
            return;
        }
        filter.workspace = ws.seq;
        workspace_rec_done(&ws);
    }
    size_t count =
        db_list_keys(request->sandbox->db, &filter, paging.offset, paging.limit, keys, &total);
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct stale_key *stale = find_stale(request, keys[i].id);
        if (stale == NULL) {
            json_array_append_new(rows, key_json(request, &keys[i], false));
        } else if (stale->before != NULL) {
            json_array_append_new(rows, json_deep_copy(stale->before));
        }
        key_rec_done(&keys[i]);
    }
    reply_json(reply, list_json(total, rows));
}

/* The key of the path, when it is there, in the caller's reach, and of a kind for which the scope
 * is held. */
static bool find_target(struct request *request, enum verb verb, struct key_rec *out,
                        struct reply *reply)
{
    if (!db_find_key(request->sandbox->db, request->caller.org, request->args[0], out)) {
        reply_gone(request, reply);
        return false;
    }
    bool in_reach = request->caller.workspace == 0 || request->caller.workspace == out->workspace;
    bool may = caller_may(request, verb, out->kind) ||
               (verb == VERB_ROTATE && request->sandbox->quirks.rotate_by_update &&
                caller_may(request, VERB_UPDATE, out->kind));
    if (!in_reach || !may) {
        key_rec_done(out);
        reply_forbidden(reply);
        return false;
    }
    return true;
}

void handle_get_key(struct request *request, struct reply *reply)
{
    struct key_rec key;
    const struct stale_key *stale = find_stale(request, request->args[0]);
    if (stale != NULL) {
        if (stale->before == NULL) {
            reply_gone(request, reply);
        } else {
            reply_json(reply, json_deep_copy(stale->before));
        }
        return;
    }
    if (find_target(request, VERB_READ, &key, reply)) {
        reply_json(reply, key_json(request, &key, true));
        key_rec_done(&key);
    }
}

/* -- writes -- */

/* Gives the key a new secret; out gets it, for the one answer that holds it. */
static void new_secret(struct request *request, struct key_rec *key, char out[DERIVED_SECRET_SIZE])
{
    derive_secret(request->sandbox->number, (uint64_t)key->seq, (uint64_t)key->secrets, out);
    derive_hash(out, key->hash);
    free(key->mask);
    key->mask = xasprintf("%.2s*****%s", out, out + DERIVED_SECRET_SIZE - 4);
}

/* The workspace of a create: the caller's own, or that of the body. */
static bool create_workspace(struct request *request, struct key_rec *key, struct reply *reply)
{
    const json_t *value = json_object_get(request->body, "workspace_id");
    const char *text = json_string_value(value);
    struct workspace_rec ws;
    if (value != NULL && text == NULL) {
        reply_invalid(reply, "workspace_id must be a string");
        return false;
    }
    if (text == NULL) {
        if (request->caller.workspace == 0) {
            reply_invalid(reply, "workspace_id is required");
            return false;
        }
        key->workspace = request->caller.workspace;
        return true;
    }
    /* A workspace key may take slugs too, whatever paths do (tf 5aa56d8). */
    bool found = db_find_workspace(request->sandbox->db, request->caller.org, text, true, &ws);
    if (!found || (request->caller.workspace != 0 && request->caller.workspace != ws.seq)) {
        if (found) {
            workspace_rec_done(&ws);
        }
        reply_forbidden(reply);
        return false;
    }
    key->workspace = ws.seq;
    workspace_rec_done(&ws);
    return true;
}

static bool create_owner(struct request *request, struct key_rec *key, struct reply *reply)
{
    const char *text = json_string_value(json_object_get(request->body, "user_id"));
    struct user_rec user;
    if (text == NULL) {
        reply_invalid(reply, "user_id is required for user keys");
        return false;
    }
    if (!db_find_user(request->sandbox->db, request->caller.org, text, &user)) {
        reply_invalid(reply, "user_id is not a user of this organisation");
        return false;
    }
    char *role = db_member_role(request->sandbox->db, key->workspace, user.seq);
    key->user = user.seq;
    user_rec_done(&user);
    if (role == NULL) {
        reply_invalid(reply, "user_id is not a member of this workspace");
        return false;
    }
    free(role);
    return true;
}

static void create(struct request *request, struct reply *reply, enum key_kind kind)
{
    struct db *db = request->sandbox->db;
    struct key_rec key = {.org = request->caller.org, .kind = kind, .secrets = 1};
    key.created_at = key.updated_at = request->now;
    key.expires_at = key.last_reset_at = key.old_until = TIME_NONE;
    bool reset;
    char secret[DERIVED_SECRET_SIZE];
    if (key_input(request, false, &key, &reset, reply) &&
        (kind == KEY_ORGANISATION_SERVICE || create_workspace(request, &key, reply)) &&
        (kind != KEY_WORKSPACE_USER || create_owner(request, &key, reply))) {
        char id[UUID_SIZE];
        key.seq = db_next_key_seq(db);
        derive_uuid(request->sandbox->number, "key", (uint64_t)key.seq, id);
        key.id = xstrdup(id);
        key.creation_mode = xstrdup("api");
        new_secret(request, &key, secret);
        db_add_key(db, &key);
        remember_stale(request, id, NULL);
        reply_json(reply, json_pack("{s:s,s:s,s:s}", "id", id, "key", secret, "object", "api-key"));
    }
    key_rec_done(&key);
}

void handle_create_org_service(struct request *request, struct reply *reply)
{
    if (request->sandbox->quirks.plan_pro) {
        reply_forbidden(reply);
        return;
    }
    create(request, reply, KEY_ORGANISATION_SERVICE);
}

void handle_create_org_user(struct request *request, struct reply *reply)
{
    (void)request;
    /* Legal in the path, not in the type [INF]. */
    reply_invalid(reply, "organisation-user keys do not exist");
}

void handle_create_ws_service(struct request *request, struct reply *reply)
{
    create(request, reply, KEY_WORKSPACE_SERVICE);
}

void handle_create_ws_user(struct request *request, struct reply *reply)
{
    create(request, reply, KEY_WORKSPACE_USER);
}

static void reset_usage(struct request *request, struct key_rec *key)
{
    json_t *usage = stored_json(key->usage_limits);
    if (json_is_object(usage)) {
        json_object_set_new(usage, "current_usage", json_real(0));
        free(key->usage_limits);
        key->usage_limits = json_dumps(usage, JSON_COMPACT);
    }
    json_decref(usage);
    key->last_reset_at = request->now;
}

void handle_update_key(struct request *request, struct reply *reply)
{
    struct key_rec key;
    bool reset;
    if (!find_target(request, VERB_UPDATE, &key, reply)) {
        return;
    }
    json_t *before = key_json(request, &key, true);
    if (key_input(request, true, &key, &reset, reply)) {
        if (reset) {
            reset_usage(request, &key);
        }
        key.updated_at = request->now;
        db_update_key(request->sandbox->db, &key);
        remember_stale(request, key.id, json_incref(before));
        reply_json(reply, json_object());
    }
    json_decref(before);
    key_rec_done(&key);
}

void handle_delete_key(struct request *request, struct reply *reply)
{
    struct key_rec key;
    if (!find_target(request, VERB_DELETE, &key, reply)) {
        return;
    }
    remember_stale(request, key.id, key_json(request, &key, true));
    db_delete_key(request->sandbox->db, key.seq);
    key_rec_done(&key);
    reply_json(reply, json_object());
}

void handle_rotate_key(struct request *request, struct reply *reply)
{
    struct key_rec key;
    int64_t transition;
    char secret[DERIVED_SECRET_SIZE];
    if (!find_target(request, VERB_ROTATE, &key, reply)) {
        return;
    }
    if (!key_input_transition(request, &key, &transition, reply)) {
        key_rec_done(&key);
        return;
    }
    if (key.has_old_hash && key.old_until > request->now) {
        if (request->sandbox->quirks.in_transition_400) {
            reply_invalid(reply, "a previous version of this key is still in transition");
        } else {
            reply_error(reply, 409, "AB07",
                        "A previous version of this key is still in transition");
        }
        key_rec_done(&key);
        return;
    }
    memcpy(key.old_hash, key.hash, HASH_SIZE);
    key.has_old_hash = true;
    key.old_until = request->now + transition;
    key.secrets++;
    key.updated_at = request->now;
    new_secret(request, &key, secret);
    db_update_key(request->sandbox->db, &key);
    reply_json(reply, json_pack("{s:s,s:s,s:o}", "id", key.id, "key", secret,
                                "key_transition_expires_at", time_json(key.old_until)));
    key_rec_done(&key);
}
