/* A key as reads show it [LIVE]. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/derive.h"
#include "sandbox/keys.h"
#include "sandbox/usage.h"

#include "base/banned.h"

/* "active", "exhausted" or "expired", as reads tell it: a worker turns it late. */
static const char *status_word(const struct request *request, const struct key_rec *key,
                               const struct usage *usage)
{
    int64_t worker_ms = (int64_t)request->sandbox->quirks.expiry_worker_seconds * 1000;
    if (key->expires_at != TIME_NONE && key->expires_at + worker_ms <= request->now) {
        return "expired";
    }
    return usage_exhausted(usage) ? "exhausted" : "active";
}

/* The budget with its bookkeeping [OBS]. A key that has expired carries a mark here though it has
 * no budget [LIVE]. */
static json_t *usage_json(const struct request *request, const struct key_rec *key,
                          const struct usage *usage, const char *status)
{
    const struct sandbox *sandbox = request->sandbox;
    json_t *json = json_deep_copy(usage->stored);
    const json_t *alert = json_object_get(json, "alert_threshold");
    bool extra = !sandbox->quirks.no_usage_extra;
    json_object_del(json, "resets_at");
    json_object_del(json, "current_usage");
    if (!extra) {
        return json;
    }
    if (usage->limit > 0) {
        char id[UUID_SIZE];
        bool warned = json_is_number(alert) && usage->used >= json_number_value(alert);
        derive_uuid(sandbox->number, "usage", (uint64_t)key->seq, id);
        json_object_set_new(json, "id", json_string(id));
        json_object_set_new(json, "status",
                            json_string(usage_exhausted(usage) ? "exhausted" : "active"));
        json_object_set_new(json, "current_usage", json_real(usage->used));
        json_object_set_new(json, "is_exhausted_alerts_sent", json_boolean(usage_exhausted(usage)));
        json_object_set_new(json, "is_threshold_alerts_sent", json_boolean(warned));
    }
    if (strcmp(status, "expired") == 0) {
        if (!json_is_object(json)) {
            json_decref(json);
            json = json_object();
        }
        json_object_set_new(json, "is_expired_alerts_sent", json_true());
    }
    return json;
}

static json_t *defaults_json(const struct key_rec *key)
{
    json_t *stored = stored_json(key->defaults);
    json_t *metadata = json_object_get(stored, "metadata");
    json_t *config = json_object_get(stored, "config_id");
    const json_t *override = json_object_get(stored, "allow_config_override");
    json_t *json = json_object();
    json_object_set(json, "metadata", metadata != NULL ? metadata : json_null());
    json_object_set(json, "config_id", config != NULL ? config : json_null());
    json_object_set_new(json, "allow_config_override", json_boolean(json_is_true(override)));
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

/* The worker that marks a key expired writes the row [LIVE: last_updated_at is later]. */
static int64_t updated_at(const struct request *request, const struct key_rec *key,
                          const char *status)
{
    int64_t marked = key->expires_at;
    if (strcmp(status, "expired") != 0) {
        return key->updated_at;
    }
    marked += (int64_t)request->sandbox->quirks.expiry_worker_seconds * 1000;
    return marked > key->updated_at ? marked : key->updated_at;
}

static void set_limits(json_t *json, const struct request *request, const struct key_rec *key,
                       const struct usage *usage, const char *status)
{
    json_object_set_new(json, "rate_limits",
                        key->rate_limits ? stored_json(key->rate_limits) : json_array());
    json_object_set_new(json, "usage_limits", usage_json(request, key, usage, status));
    json_object_set_new(json, "reset_usage", json_null());
    json_object_set_new(json, "expires_at", time_json(key->expires_at));
    json_object_set_new(json, "last_reset_at", time_json(usage->last_reset));
    json_object_set_new(json, "alert_emails", stored_json(key->alert_emails));
    json_object_set_new(json, "expiry_enforced", json_integer(0));
    json_object_set_new(json, "next_usage_reset_at", time_json(usage->resets_at));
    json_object_set_new(json, "allow_config_override", json_null());
    json_object_set_new(json, "api_key_defaults_id", json_null());
}

json_t *key_json(const struct request *request, const struct key_rec *key)
{
    struct usage usage;
    struct org_row org = {0};
    usage_init(&usage, key, request->now);
    const char *status = status_word(request, key, &usage);
    db_organisation(request->sandbox->db, (size_t)key->org - 1, &org);
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
    json_object_set_new(json, "last_updated_at", time_json(updated_at(request, key, status)));
    json_object_set_new(json, "creation_mode", json_string(key->creation_mode));
    set_limits(json, request, key, &usage, status);
    json_object_set_new(json, "scopes", scopes_json(&key->scopes));
    json_object_set_new(json, "defaults", defaults_json(key));
    if (key->rotation_policy != NULL) {
        json_object_set_new(json, "rotation_policy", stored_json(key->rotation_policy));
    }
    json_object_set_new(json, "object", json_string("api-key"));
    usage_done(&usage);
    free(org.id);
    free(org.name);
    return json;
}

void key_json_to_row(json_t *json)
{
    json_object_del(json, "next_usage_reset_at");
    json_object_del(json_object_get(json, "defaults"), "allow_config_override");
}
