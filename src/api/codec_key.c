#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/codec.h"
#include "api/json.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#include "base/banned.h"

/* The members of a key that have a place in its row or say nothing by themselves. All others are
 * kept as text. */
static const char *const KNOWN[] = {
    "id",
    "key",
    "name",
    "description",
    "type",
    "organisation_id",
    "workspace_id",
    "user_id",
    "status",
    "created_at",
    "last_updated_at",
    "creation_mode",
    "rate_limits",
    "usage_limits",
    "reset_usage",
    "expires_at",
    "last_reset_at",
    "next_usage_reset_at",
    "alert_emails",
    "expiry_enforced",
    "allow_config_override",
    "api_key_defaults_id",
    "scopes",
    "defaults",
    "rotation_policy",
    "object",
    NULL,
};
static const char *const KNOWN_USAGE[] = {
    "type",           "credit_limit",        "alert_threshold", "current_usage",
    "periodic_reset", "periodic_reset_days", "status",          NULL};
static const char *const KNOWN_RATE[] = {"type", "unit", "value", NULL};
static const char *const KNOWN_ROTATION[] = {"rotation_period",  "rotation_period_days",
                                             "next_rotation_at", "key_transition_period_ms",
                                             "status",           NULL};
static const char *const KNOWN_DEFAULTS[] = {"metadata", "config_id", "allow_config_override",
                                             NULL};

/* *from: where in the list to look first. A server's members come in its order mostly, so it is the
 * next one. */
static bool is_known(const char *const *known, const char *const **from, const char *name)
{
    for (const char *const *at = *from; *at != NULL; at++) {
        if (strcmp(*at, name) == 0) {
            *from = at + 1;
            return true;
        }
    }
    for (const char *const *at = known; at < *from; at++) {
        if (strcmp(*at, name) == 0) {
            *from = at + 1;
            return true;
        }
    }
    return false;
}

/* The members that are told and not known (gives); NULL for none. all: also those that say nothing,
 * null and false. */
static json_t *unknown_of(const json_t *json, const char *const *known, bool all)
{
    json_t *rest = json_object();
    const char *name;
    json_t *value;
    const char *const *from = known;

    json_object_foreach((json_t *)json, name, value)
    {
        if (!is_known(known, &from, name) && (all || json_has_value(json, name))) {
            json_object_set(rest, name, value);
        }
    }
    if (json_object_size(rest) == 0) {
        json_decref(rest);
        return NULL;
    }
    return rest;
}

/* What a row has no place for in a member of the key: the part of an object; an array whole. */
static void keep_part(json_t *rest, const json_t *json, const char *name, const char *const *known)
{
    json_t *value = json_object_get(json, name), *part = NULL;
    size_t index;
    json_t *entry;
    bool odd = json_array_size(value) > RATE_LIMITS_MAX;

    json_array_foreach(value, index, entry)
    {
        json_t *more = unknown_of(entry, known, true);

        odd = odd || more != NULL;
        json_decref(more);
    }
    part = odd ? json_incref(value) : unknown_of(value, known, true);
    if (part != NULL) {
        json_object_set_new(rest, name, part);
    }
}

/* Only for reports: a server's bookkeeping is an id and some flags in every budget, which no screen
 * shows and a million keys need not hold. */
static void keep_parts(json_t *rest, const json_t *json)
{
    static const char *const ALONE[] = {"api_key_defaults_id", "reset_usage"};

    keep_part(rest, json, "usage_limits", KNOWN_USAGE);
    keep_part(rest, json, "rate_limits", KNOWN_RATE);
    keep_part(rest, json, "rotation_policy", KNOWN_ROTATION);
    keep_part(rest, json, "defaults", KNOWN_DEFAULTS);
    for (size_t i = 0; i < sizeof(ALONE) / sizeof(ALONE[0]); i++) {
        if (json_has_value(json, ALONE[i])) {
            json_object_set(rest, ALONE[i], json_object_get(json, ALONE[i]));
        }
    }
}

struct text_pair codec_unknown(struct inventory *inv, const json_t *json, const char *const *known)
{
    json_t *rest = unknown_of(json, known, false);
    struct text_pair pair = {STR_NONE, STR_NONE};

    if (rest != NULL) {
        pair = codec_json(inv, rest);
    }
    json_decref(rest);
    return pair;
}

static struct text_pair decode_unknown(struct inventory *inv, const json_t *json)
{
    struct text_pair pair = {STR_NONE, STR_NONE};
    json_t *rest;

    if (!inv->keeps_all) {
        return codec_unknown(inv, json, KNOWN);
    }
    rest = unknown_of(json, KNOWN, true);
    rest = rest == NULL ? json_object() : rest;
    keep_parts(rest, json);
    if (json_object_size(rest) > 0) {
        pair = codec_json(inv, rest);
    }
    json_decref(rest);
    return pair;
}

/* -- scopes -- */

static void decode_scopes(const json_t *scopes, struct inventory *inv, struct key_row *row)
{
    struct buf unknown;
    size_t index;
    json_t *value;

    buf_init(&unknown, 0);
    json_array_foreach((json_t *)scopes, index, value)
    {
        const char *name = json_string_value(value);
        int known = name != NULL ? scope_find(name) : -1;

        if (known >= 0) {
            scope_set_add(&row->scopes, known);
        } else if (name != NULL) {
            if (unknown.len > 0) {
                buf_addc(&unknown, '\n');
            }
            text_clean(name, json_string_length(value), &unknown);
        }
    }
    row->unknown_scopes =
        unknown.len > 0 ? arena_intern(&inv->arena, unknown.data, unknown.len) : STR_NONE;
    buf_done(&unknown);
}

/* -- limits -- */

static void decode_rate(struct inventory *inv, const json_t *json, struct rate_limit *out)
{
    const char *type = json_get_word(json, "type");
    const char *unit = json_get_word(json, "unit");
    bool valued = json_get_number(json, "value", &out->value);

    out->type = type != NULL && valued ? limit_type_parse(type) : LIMIT_TYPE_OTHER;
    out->unit = unit != NULL ? rate_unit_parse(unit) : RATE_UNIT_OTHER;
    if (out->type == LIMIT_TYPE_OTHER || out->unit == RATE_UNIT_OTHER) {
        struct text_pair pair = codec_json(inv, json);

        out->raw = pair.clean != STR_NONE ? pair.clean : pair.raw;
    }
}

static bool decode_rates(struct inventory *inv, const json_t *rates, struct key_extra *extra)
{
    size_t count = json_is_object(rates) ? 1 : json_array_size(rates);

    for (size_t i = 0; i < count; i++) {
        const json_t *rate = json_is_object(rates) ? rates : json_array_get(rates, i);

        if (extra->rate_count < RATE_LIMITS_MAX) {
            decode_rate(inv, rate, &extra->rates[extra->rate_count++]);
        }
    }
    extra->rates_total = count > INT32_MAX ? INT32_MAX : (int)count;
    return count > 0;
}

static int whole_days(const json_t *json, const char *name)
{
    int64_t days;

    return json_get_whole(json, name, &days) && days > 0 && days < INT32_MAX ? (int)days : 0;
}

/* A key has one object where a workspace has an array; either is read. */
static bool decode_usage(struct inventory *inv, const json_t *json, struct usage_limit *out)
{
    const json_t *usage = json_is_array(json) ? json_array_get(json, 0) : json;
    const char *type = json_get_word(usage, "type");
    const char *reset = json_get_word(usage, "periodic_reset");

    if (!json_get_number(usage, "credit_limit", &out->credit_limit)) {
        return false; /* bookkeeping alone is no budget [LIVE] */
    }
    out->has_budget = true;
    out->type = type != NULL ? limit_type_parse(type) : LIMIT_TYPE_OTHER;
    if (!json_get_number(usage, "alert_threshold", &out->alert_threshold)) {
        out->alert_threshold = -1;
    }
    if (!json_get_number(usage, "current_usage", &out->current_usage)) {
        out->current_usage = -1;
    }
    out->periodic_reset = reset != NULL ? codec_word(inv, usage, "periodic_reset") : STR_NONE;
    out->reset_days = whole_days(usage, "periodic_reset_days");
    out->status = json_has_value(usage, "status") ? codec_word(inv, usage, "status") : STR_NONE;
    return true;
}

uint32_t codec_limits(struct inventory *inv, const json_t *json)
{
    struct key_extra extra = {
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
        .last_reset_at = TIME_NONE,
        .next_reset_at = TIME_NONE,
        .allow_config_override = -1,
    };
    bool any = decode_rates(inv, json_object_get(json, "rate_limits"), &extra);

    any = decode_usage(inv, json_object_get(json, "usage_limits"), &extra.usage) || any;
    return any ? inventory_add_extra(inv, &extra) : 0;
}

static bool decode_rotation(struct inventory *inv, const json_t *json, struct rotation_policy *out)
{
    if (!json_is_object(json) || json_object_size(json) == 0) {
        return false;
    }
    out->set = true;
    out->period = json_get_word(json, "rotation_period") != NULL
                      ? codec_word(inv, json, "rotation_period")
                      : STR_NONE;
    out->period_days = whole_days(json, "rotation_period_days");
    out->next_at = json_get_time(json, "next_rotation_at");
    if (!json_get_whole(json, "key_transition_period_ms", &out->transition_ms) ||
        out->transition_ms < 0) {
        out->transition_ms = 0;
    }
    out->status = codec_word(inv, json, "status");
    return true;
}

static struct text_pair decode_emails(struct inventory *inv, const json_t *emails)
{
    struct text_pair pair = {STR_NONE, STR_NONE};
    struct buf all;
    size_t index;
    json_t *value;

    buf_init(&all, 0);
    json_array_foreach((json_t *)emails, index, value)
    {
        if (json_is_string(value)) {
            buf_adds(&all, all.len > 0 ? ", " : "");
            buf_add(&all, json_string_value(value), json_string_length(value));
        }
    }
    if (all.len > 0) {
        pair = inventory_text(inv, all.data, all.len);
    }
    buf_done(&all);
    return pair;
}

static uint32_t decode_extra(struct inventory *inv, const json_t *json)
{
    const json_t *defaults = json_object_get(json, "defaults");
    const json_t *metadata = json_object_get(defaults, "metadata");
    struct key_extra extra = {
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
        .last_reset_at = json_get_time(json, "last_reset_at"),
        .next_reset_at = json_get_time(json, "next_usage_reset_at"),
        .config_id = json_has_value(defaults, "config_id") ? codec_word(inv, defaults, "config_id")
                                                           : STR_NONE,
        .allow_config_override = json_get_flag(json, "allow_config_override"),
    };
    bool any = extra.last_reset_at != TIME_NONE || extra.next_reset_at != TIME_NONE ||
               extra.config_id != STR_NONE;

    if (extra.allow_config_override < 0) {
        extra.allow_config_override = json_get_flag(defaults, "allow_config_override");
    }
    any = decode_rates(inv, json_object_get(json, "rate_limits"), &extra) || any;
    any = decode_usage(inv, json_object_get(json, "usage_limits"), &extra.usage) || any;
    any = decode_rotation(inv, json_object_get(json, "rotation_policy"), &extra.rotation) || any;
    if (json_has_value(defaults, "metadata")) {
        extra.metadata = codec_json(inv, metadata);
    }
    extra.alert_emails = decode_emails(inv, json_object_get(json, "alert_emails"));
    extra.unknown = decode_unknown(inv, json);
    /* allow_config_override false is what every key has; alone it is not worth three hundred bytes
     * a key. */
    any = any || extra.metadata.raw != STR_NONE || extra.alert_emails.raw != STR_NONE ||
          extra.unknown.raw != STR_NONE || extra.allow_config_override == 1;
    return any ? inventory_add_extra(inv, &extra) : 0;
}

/* -- the key -- */

static str_ref decode_mask(struct inventory *inv, const json_t *json)
{
    size_t len = 0;
    const char *text = json_get_text(json, "key", &len);
    char mask[32];
    struct buf clean;
    str_ref ref;

    if (text == NULL) {
        return STR_NONE;
    }
    if (strchr(text, '*') == NULL) {
        /* A caller may be sent its own key unmasked: only the mask is kept. */
        codec_mask(text, mask, sizeof(mask));
        text = mask;
        len = strlen(mask);
    }
    buf_init(&clean, 0);
    text_clean(text, len, &clean);
    /* Hardly two keys have the same: there is nothing to gain from looking for it. */
    ref = arena_add(&inv->arena, clean.data, clean.len);
    buf_done(&clean);
    return ref;
}

bool key_decode(const json_t *json, struct inventory *inv, struct key_row *out, struct err *err)
{
    struct key_row row = {.id = codec_id(inv, json, "id")};
    const char *type = json_get_word(json, "type");
    const char *status = json_get_word(json, "status");

    if (id_is_none(row.id)) {
        return err_set(err, ERR_DECODE, "A key has no usable id.");
    }
    row.workspace_id = codec_id(inv, json, "workspace_id");
    row.user_id = codec_id(inv, json, "user_id");
    decode_scopes(json_object_get(json, "scopes"), inv, &row);
    row.name = codec_text(inv, json, "name");
    row.description = codec_text(inv, json, "description");
    row.mask = decode_mask(inv, json);
    row.creation_mode = codec_word(inv, json, "creation_mode");
    row.kind = (uint8_t)(type != NULL ? key_kind_parse(type) : KEY_KIND_UNKNOWN);
    row.type_text = row.kind == KEY_KIND_UNKNOWN ? codec_word(inv, json, "type") : STR_NONE;
    row.status = (uint8_t)(status != NULL ? key_status_parse(status) : STATUS_OTHER);
    row.status_text = row.status == STATUS_OTHER ? codec_word(inv, json, "status") : STR_NONE;
    row.created_at = json_get_time(json, "created_at");
    row.updated_at = json_get_time(json, "last_updated_at");
    row.expires_at = json_get_time(json, "expires_at");
    row.expiry_enforced = (int8_t)json_get_flag(json, "expiry_enforced");
    row.extra = decode_extra(inv, json);
    if (id_is_none(inv->organisation_id)) {
        inv->organisation_id = codec_id(inv, json, "organisation_id");
    }
    *out = row;
    return true;
}
