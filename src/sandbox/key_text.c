/* A key as reads show it [LIVE]. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/derive.h"
#include "sandbox/json_text.h"
#include "sandbox/keys.h"
#include "sandbox/shape.h"
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

/* A key with what is worked out for a moment; a view of it is a bit. */
struct shown_key {
    struct key_rec key; /* lent */
    struct usage usage;
    struct defaults defaults;
    const char *status;
    int64_t updated_at;
    bool expired;
};

static void write_kind(const struct request *request, const void *record, struct buf *out)
{
    (void)request;
    json_text_string(out, key_kind_name(((const struct shown_key *)record)->key.kind));
}

static void write_organisation(const struct request *request, const void *record, struct buf *out)
{
    const struct shown_key *shown = record;
    json_text_string(out, db_organisation_id(request->sandbox->db, shown->key.org));
}

static void write_usage(const struct request *request, const void *record, struct buf *out)
{
    const struct shown_key *shown = record;
    add_usage(request, &shown->key, &shown->usage, shown->expired, out);
}

static void write_override(const struct request *request, const void *record, struct buf *out)
{
    const struct defaults *defaults = &((const struct shown_key *)record)->defaults;
    (void)request;
    buf_adds(out, !defaults->has_row ? "null" : defaults->overrides ? "1" : "0");
}

static void write_defaults_id(const struct request *request, const void *record, struct buf *out)
{
    const struct shown_key *shown = record;
    char id[UUID_SIZE];
    derive_uuid_v1(request->sandbox->number, "defaults", (uint64_t)shown->key.seq, id);
    json_text_string(out, shown->defaults.has_row ? id : NULL);
}

static void write_scopes(const struct request *request, const void *record, struct buf *out)
{
    const struct scope_set *set = &((const struct shown_key *)record)->key.scopes;
    const char *between = "[\"";
    (void)request;
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(set, i)) {
            buf_adds(out, between);
            buf_adds(out, scope_info(i)->name);
            between = "\",\"";
        }
    }
    buf_adds(out, scope_set_count(set) > 0 ? "\"]" : "[]");
}

static void add_defaults(const struct defaults *defaults, bool whole, struct buf *out)
{
    char *metadata = defaults->metadata == NULL
                         ? NULL
                         : json_dumps(defaults->metadata, JSON_COMPACT | JSON_ENCODE_ANY);
    buf_addf(out, "{\"metadata\":%s,\"config_id\":", metadata != NULL ? metadata : "null");
    json_text_string(out, json_string_value(defaults->config));
    if (whole) {
        buf_addf(out, ",\"allow_config_override\":%s", defaults->overrides ? "true" : "false");
    }
    buf_addc(out, '}');
    free(metadata);
}

static void write_defaults(const struct request *request, const void *record, struct buf *out)
{
    (void)request;
    add_defaults(&((const struct shown_key *)record)->defaults, true, out);
}

static void write_row_defaults(const struct request *request, const void *record, struct buf *out)
{
    (void)request;
    add_defaults(&((const struct shown_key *)record)->defaults, false, out);
}

/* Views, by bit; others say what more there is. */
#define OBJECT (1u << KEY_OBJECT)
#define ROW (1u << KEY_ROW)
#define ROTATES (1u << 2)
#define MAKERS (1u << 3) /* newer servers tell who made and changed it: quirk key-makers */

#define KEY(field) offsetof(struct shown_key, field)
/* clang-format off */
static const struct shape_member MEMBERS[] = {
    {"id", SHAPE_TEXT, KEY(key.id), NULL, NULL, 0},
    {"key", SHAPE_TEXT, KEY(key.mask), NULL, NULL, 0},
    {"name", SHAPE_TEXT, KEY(key.name), NULL, NULL, 0},
    {"description", SHAPE_TEXT, KEY(key.description), NULL, NULL, 0},
    {"type", SHAPE_MADE, 0, NULL, write_kind, 0},
    {"organisation_id", SHAPE_MADE, 0, NULL, write_organisation, 0},
    {"workspace_id", SHAPE_TEXT, KEY(key.workspace_id), NULL, NULL, 0},
    {"user_id", SHAPE_TEXT, KEY(key.user_id), NULL, NULL, 0},
    {"status", SHAPE_TEXT, KEY(status), NULL, NULL, 0},
    {"created_at", SHAPE_TIME, KEY(key.created_at), NULL, NULL, 0},
    {"last_updated_at", SHAPE_TIME, KEY(updated_at), NULL, NULL, 0},
    {"creation_mode", SHAPE_TEXT, KEY(key.creation_mode), NULL, NULL, 0},
    {"rate_limits", SHAPE_STORED, KEY(key.rate_limits), "[]", NULL, 0},
    {"usage_limits", SHAPE_MADE, 0, NULL, write_usage, 0},
    {"reset_usage", SHAPE_WORD, 0, "null", NULL, 0},
    {"expires_at", SHAPE_TIME, KEY(key.expires_at), NULL, NULL, 0},
    {"last_reset_at", SHAPE_TIME, KEY(usage.last_reset), NULL, NULL, 0},
    {"alert_emails", SHAPE_STORED, KEY(key.alert_emails), NULL, NULL, 0},
    {"expiry_enforced", SHAPE_WORD, 0, "0", NULL, 0},
    {"next_usage_reset_at", SHAPE_TIME, KEY(usage.resets_at), NULL, NULL, OBJECT},
    {"allow_config_override", SHAPE_MADE, 0, NULL, write_override, 0},
    {"api_key_defaults_id", SHAPE_MADE, 0, NULL, write_defaults_id, 0},
    {"created_by", SHAPE_TEXT, KEY(key.created_by), NULL, NULL, MAKERS},
    {"last_updated_by", SHAPE_TEXT, KEY(key.updated_by), NULL, NULL, MAKERS},
    {"scopes", SHAPE_MADE, 0, NULL, write_scopes, 0},
    {"defaults", SHAPE_MADE, 0, NULL, write_defaults, OBJECT},
    {"defaults", SHAPE_MADE, 0, NULL, write_row_defaults, ROW},
    {"rotation_policy", SHAPE_STORED, KEY(key.rotation_policy), NULL, NULL, ROTATES},
    {"object", SHAPE_WORD, 0, "\"api-key\"", NULL, 0},
};
/* clang-format on */
static const struct shape SHAPE = {MEMBERS, sizeof MEMBERS / sizeof *MEMBERS};

void key_text(const struct request *request, const struct key_rec *key, enum key_view view,
              struct buf *out)
{
    struct shown_key shown = {.key = *key, .defaults = read_defaults(key)};
    usage_init(&shown.usage, key, request->now);
    shown.status = status_word(request, key, &shown.usage);
    shown.expired = strcmp(shown.status, "expired") == 0;
    shown.updated_at = updated_at(request, key, shown.expired);
    unsigned views = 1u << view | (key->rotation_policy != NULL ? ROTATES : 0) |
                     (request->sandbox->quirks.key_makers ? MAKERS : 0);
    shape_text(request, &SHAPE, views, &shown, out);
    json_decref(shown.defaults.stored);
    usage_done(&shown.usage);
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
