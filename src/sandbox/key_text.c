/* A key as reads show it [LIVE]. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/derive.h"
#include "sandbox/json_text.h"
#include "sandbox/keys.h"
#include "sandbox/usage.h"

#include "base/banned.h"

/* The status as reads tell it: a worker turns it late. */
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
                          const struct usage *usage, bool expired)
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
    if (expired) {
        json_object_set_new(json, "is_expired_alerts_sent", json_true());
    }
    return json;
}

static void add_usage(const struct request *request, const struct key_rec *key,
                      const struct usage *usage, bool expired, struct buf *out)
{
    if (!json_is_object(usage->stored)) {
        bool marked = expired && !request->sandbox->quirks.no_usage_extra;
        buf_adds(out, marked ? "{\"is_expired_alerts_sent\":true}" : "null");
        return;
    }
    json_t *json = usage_json(request, key, usage, expired);
    char *text = json_dumps(json, JSON_COMPACT);
    buf_adds(out, text);
    free(text);
    json_decref(json);
}

/* What a key gives its callers along. */
struct defaults {
    json_t *stored; /* owned */
    const json_t *metadata, *config;
    bool has_row;   /* keys with metadata or a config, and those made by the server itself [LIVE] */
    bool overrides; /* callers may send another config */
};

static struct defaults read_defaults(const struct key_rec *key)
{
    struct defaults defaults = {.stored = stored_json(key->defaults)};
    const json_t *override = json_object_get(defaults.stored, "allow_config_override");
    defaults.metadata = json_object_get(defaults.stored, "metadata");
    defaults.config = json_object_get(defaults.stored, "config_id");
    defaults.has_row = strcmp(key->creation_mode, "auto") == 0 ||
                       json_is_object(defaults.metadata) || json_is_string(defaults.config);
    defaults.overrides = json_is_true(override) || (defaults.has_row && !json_is_false(override));
    return defaults;
}

static void add_metadata(const json_t *metadata, struct buf *out)
{
    char *text = metadata == NULL ? NULL : json_dumps(metadata, JSON_COMPACT | JSON_ENCODE_ANY);
    buf_adds(out, text != NULL ? text : "null");
    free(text);
}

/* The row of defaults that a key has, or has not: both members are set together [LIVE]. */
static void add_defaults_row(const struct request *request, const struct key_rec *key,
                             const struct defaults *defaults, struct buf *out)
{
    if (!defaults->has_row) {
        buf_adds(out, "\"allow_config_override\":null,\"api_key_defaults_id\":null");
        return;
    }
    char id[UUID_SIZE];
    derive_uuid_v1(request->sandbox->number, "defaults", (uint64_t)key->seq, id);
    buf_addf(out, "\"allow_config_override\":%d,\"api_key_defaults_id\":\"%s\"",
             defaults->overrides, id);
}

static void add_scopes(const struct scope_set *set, struct buf *out)
{
    const char *between = "\"scopes\":[\"";
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(set, i)) {
            buf_adds(out, between);
            buf_adds(out, scope_info(i)->name);
            between = "\",\"";
        }
    }
    buf_adds(out, scope_set_count(set) > 0 ? "\"]" : "\"scopes\":[]");
}

/* The worker that marks a key expired writes the row [LIVE: last_updated_at is later]. */
static int64_t updated_at(const struct request *request, const struct key_rec *key, bool expired)
{
    int64_t marked = key->expires_at;
    if (!expired) {
        return key->updated_at;
    }
    marked += (int64_t)request->sandbox->quirks.expiry_worker_seconds * 1000;
    return marked > key->updated_at ? marked : key->updated_at;
}

static void add_member(struct buf *out, const char *name, const char *text)
{
    buf_addf(out, ",\"%s\":", name);
    json_text_string(out, text);
}

static void add_time(struct buf *out, const char *name, int64_t time)
{
    buf_addf(out, ",\"%s\":", name);
    json_text_time(out, time);
}

static void add_stored(struct buf *out, const char *name, const char *stored, const char *none)
{
    buf_addf(out, ",\"%s\":%s", name, stored != NULL ? stored : none);
}

static void add_identity(const struct request *request, const struct key_rec *key,
                         const char *status, struct buf *out)
{
    buf_adds(out, "{\"id\":");
    json_text_string(out, key->id);
    add_member(out, "key", key->mask);
    add_member(out, "name", key->name);
    add_member(out, "description", key->description);
    add_member(out, "type", key_kind_name(key->kind));
    add_member(out, "organisation_id", db_organisation_id(request->sandbox->db, key->org));
    add_member(out, "workspace_id", key->workspace_id);
    add_member(out, "user_id", key->user_id);
    add_member(out, "status", status);
    add_time(out, "created_at", key->created_at);
    add_time(out, "last_updated_at", updated_at(request, key, strcmp(status, "expired") == 0));
    add_member(out, "creation_mode", key->creation_mode);
}

void key_text(const struct request *request, const struct key_rec *key, enum key_view view,
              struct buf *out)
{
    struct usage usage;
    usage_init(&usage, key, request->now);
    struct defaults defaults = read_defaults(key);
    const char *status = status_word(request, key, &usage);
    add_identity(request, key, status, out);
    add_stored(out, "rate_limits", key->rate_limits, "[]");
    buf_adds(out, ",\"usage_limits\":");
    add_usage(request, key, &usage, strcmp(status, "expired") == 0, out);
    buf_adds(out, ",\"reset_usage\":null");
    add_time(out, "expires_at", key->expires_at);
    add_time(out, "last_reset_at", usage.last_reset);
    add_stored(out, "alert_emails", key->alert_emails, "null");
    buf_adds(out, ",\"expiry_enforced\":0");
    if (view == KEY_OBJECT) {
        add_time(out, "next_usage_reset_at", usage.resets_at);
    }
    buf_addc(out, ',');
    add_defaults_row(request, key, &defaults, out);
    buf_addc(out, ',');
    add_scopes(&key->scopes, out);
    buf_adds(out, ",\"defaults\":{\"metadata\":");
    add_metadata(defaults.metadata, out);
    add_member(out, "config_id", json_string_value(defaults.config));
    if (view == KEY_OBJECT) {
        buf_addf(out, ",\"allow_config_override\":%s", defaults.overrides ? "true" : "false");
    }
    buf_addc(out, '}');
    if (key->rotation_policy != NULL) {
        add_stored(out, "rotation_policy", key->rotation_policy, "null");
    }
    buf_adds(out, ",\"object\":\"api-key\"}");
    json_decref(defaults.stored);
    usage_done(&usage);
}

static void sooner(int64_t *until, int64_t time, int64_t now)
{
    if (time != TIME_NONE && time > now && (*until == TIME_NONE || time < *until)) {
        *until = time;
    }
}

int64_t key_text_until(const struct request *request, const struct key_rec *key)
{
    int64_t until = TIME_NONE;
    int64_t worker_ms = (int64_t)request->sandbox->quirks.expiry_worker_seconds * 1000;
    if (key->expires_at != TIME_NONE) {
        sooner(&until, key->expires_at + worker_ms, request->now);
    }
    if (key->usage_limits != NULL) {
        struct usage usage;
        usage_init(&usage, key, request->now);
        sooner(&until, usage.resets_at, request->now);
        usage_done(&usage);
    }
    return until;
}

void key_tell(const struct request *request, const struct key_rec *key, struct key_told *out)
{
    struct buf buf;
    buf_init(&buf, 0);
    key_text(request, key, KEY_OBJECT, &buf);
    out->object = buf_take(&buf);
    key_text(request, key, KEY_ROW, &buf);
    out->row = buf_take(&buf);
    buf_done(&buf);
}

void key_told_done(struct key_told *told)
{
    free(told->object);
    free(told->row);
    *told = (struct key_told){0};
}
