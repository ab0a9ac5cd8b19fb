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

static void decode_scopes(struct codec_odd *odd, struct inventory *inv, struct key_row *row)
{
    json_t *scopes = json_object_get(odd->json, "scopes");
    struct buf unknown;
    size_t index;
    json_t *value;

    /* A key always has a list of them, if an empty one. */
    if (!json_is_array(scopes)) {
        codec_odd(odd, "scopes", UNREAD_SCOPES);
    }
    buf_init(&unknown, 0);
    json_array_foreach(scopes, index, value)
    {
        const char *name = json_string_value(value);
        int known = name != NULL ? scope_find(name) : -1;

        if (known >= 0) {
            scope_set_add(&row->scopes, known);
        } else if (name != NULL && name[0] != '\0') {
            if (unknown.len > 0) {
                buf_addc(&unknown, '\n');
            }
            text_clean(name, json_string_length(value), &unknown);
        } else {
            codec_odd(odd, "scopes", UNREAD_SCOPES);
        }
    }
    row->unknown_scopes =
        unknown.len > 0 ? arena_intern(&inv->arena, unknown.data, unknown.len) : STR_NONE;
    buf_done(&unknown);
}

/* -- limits -- */

/* True when all of it was understood. */
static bool decode_rate(struct inventory *inv, const json_t *json, struct rate_limit *out)
{
    const char *type = json_get_word(json, "type");
    const char *unit = json_get_word(json, "unit");
    bool valued = json_get_number(json, "value", &out->value);

    out->type = type != NULL && valued ? limit_type_parse(type) : LIMIT_TYPE_OTHER;
    out->unit = unit != NULL ? rate_unit_parse(unit) : RATE_UNIT_OTHER;
    if (out->type == LIMIT_TYPE_OTHER || out->unit == RATE_UNIT_OTHER) {
        struct text_pair pair = codec_json(inv, json);

        out->raw = pair.clean != STR_NONE ? pair.clean : pair.raw;
        return false;
    }
    return true;
}

static bool decode_rates(struct codec_odd *odd, struct inventory *inv, struct key_extra *extra)
{
    const json_t *rates = json_object_get(odd->json, "rate_limits");
    size_t count = json_is_object(rates) ? 1 : json_array_size(rates);
    bool understood =
        !codec_there(odd->json, "rate_limits") || json_is_object(rates) || json_is_array(rates);

    for (size_t i = 0; i < count; i++) {
        const json_t *rate = json_is_object(rates) ? rates : json_array_get(rates, i);

        if (extra->rate_count < RATE_LIMITS_MAX) {
            understood = decode_rate(inv, rate, &extra->rates[extra->rate_count++]) && understood;
        }
    }
    if (!understood) {
        codec_odd(odd, "rate_limits", UNREAD_RATES);
    }
    extra->rates_total = count > INT32_MAX ? INT32_MAX : (int)count;
    return count > 0;
}

static int whole_days(const json_t *json, const char *name)
{
    int64_t days;

    return json_get_whole(json, name, &days) && days > 0 && days < INT32_MAX ? (int)days : 0;
}

/* There, and no number: an amount that nobody can compare with. */
static bool is_amount(const json_t *json, const char *name, double *out, bool *understood)
{
    bool read = json_get_number(json, name, out);

    *understood = *understood && (read || !codec_there(json, name));
    return read;
}

static bool is_text(const json_t *json, const char *name)
{
    return !codec_there(json, name) || json_is_string(json_object_get(json, name));
}

static bool is_days(const json_t *json, const char *name)
{
    return !codec_there(json, name) || whole_days(json, name) > 0;
}

/* A budget, where there is one; false in *understood where part of it is none that we know. */
static bool decode_budget(struct inventory *inv, const json_t *usage, struct usage_limit *out,
                          bool *understood)
{
    const char *type = json_get_word(usage, "type");
    const char *reset = json_get_word(usage, "periodic_reset");

    if (!is_amount(usage, "credit_limit", &out->credit_limit, understood)) {
        return false; /* bookkeeping alone is no budget [LIVE] */
    }
    out->has_budget = true;
    out->type = type != NULL ? limit_type_parse(type) : LIMIT_TYPE_OTHER;
    if (!is_amount(usage, "alert_threshold", &out->alert_threshold, understood)) {
        out->alert_threshold = -1;
    }
    if (!is_amount(usage, "current_usage", &out->current_usage, understood)) {
        out->current_usage = -1;
    }
    out->periodic_reset = reset != NULL ? codec_word(inv, usage, "periodic_reset") : STR_NONE;
    out->reset_days = whole_days(usage, "periodic_reset_days");
    out->status = json_has_value(usage, "status") ? codec_word(inv, usage, "status") : STR_NONE;
    *understood = *understood && out->type != LIMIT_TYPE_OTHER &&
                  is_text(usage, "periodic_reset") && is_days(usage, "periodic_reset_days");
    return true;
}

/* A key has one object where a workspace has an array; either is read. */
static bool decode_usage(struct codec_odd *odd, struct inventory *inv, struct usage_limit *out)
{
    const json_t *json = json_object_get(odd->json, "usage_limits");
    const json_t *usage = json_is_array(json) ? json_array_get(json, 0) : json;
    bool understood = !codec_there(odd->json, "usage_limits") || json_is_object(usage) ||
                      (json_is_array(json) && usage == NULL);
    bool any = decode_budget(inv, usage, out, &understood);

    if (!understood || json_array_size(json) > 1) {
        codec_odd(odd, "usage_limits", UNREAD_BUDGET);
    }
    return any;
}

uint32_t codec_limits(struct codec_odd *odd, struct inventory *inv)
{
    struct key_extra extra = {
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
        .last_reset_at = TIME_NONE,
        .next_reset_at = TIME_NONE,
        .allow_config_override = -1,
    };
    bool any = decode_rates(odd, inv, &extra);

    any = decode_usage(odd, inv, &extra.usage) || any;
    return any ? inventory_add_extra(inv, &extra) : 0;
}

static bool decode_rotation(struct codec_odd *odd, struct inventory *inv,
                            struct rotation_policy *out)
{
    const json_t *json = json_object_get(odd->json, "rotation_policy");
    int64_t ms;

    if (!json_is_object(json) || json_object_size(json) == 0) {
        if (codec_there(odd->json, "rotation_policy") && !json_is_object(json) &&
            !(json_is_array(json) && json_array_size(json) == 0)) {
            codec_odd(odd, "rotation_policy", UNREAD_ROTATION);
        }
        return false;
    }
    out->set = true;
    out->period = json_get_word(json, "rotation_period") != NULL
                      ? codec_word(inv, json, "rotation_period")
                      : STR_NONE;
    out->period_days = whole_days(json, "rotation_period_days");
    out->next_at = codec_time(json, "next_rotation_at");
    out->transition_ms = json_get_whole(json, "key_transition_period_ms", &ms) && ms > 0 ? ms : 0;
    out->status = codec_word(inv, json, "status");
    if (out->next_at == TIME_UNREAD || !is_text(json, "rotation_period") ||
        !is_days(json, "rotation_period_days") ||
        (codec_there(json, "key_transition_period_ms") &&
         !json_get_whole(json, "key_transition_period_ms", &ms))) {
        codec_odd(odd, "rotation_policy", UNREAD_ROTATION);
    }
    return true;
}

static struct text_pair decode_emails(struct codec_odd *odd, struct inventory *inv)
{
    const json_t *emails = json_object_get(odd->json, "alert_emails");
    struct text_pair pair = {STR_NONE, STR_NONE};
    bool understood = !codec_there(odd->json, "alert_emails") || json_is_array(emails);
    struct buf all;
    size_t index;
    json_t *value;

    buf_init(&all, 0);
    json_array_foreach((json_t *)emails, index, value)
    {
        understood = understood && json_is_string(value);
        if (json_is_string(value)) {
            buf_adds(&all, all.len > 0 ? ", " : "");
            buf_add(&all, json_string_value(value), json_string_length(value));
        }
    }
    if (!understood) {
        codec_odd(odd, "alert_emails", UNREAD_MORE);
    }
    if (all.len > 0) {
        pair = inventory_text(inv, all.data, all.len);
    }
    buf_done(&all);
    return pair;
}

static void decode_defaults(struct codec_odd *odd, struct inventory *inv, struct key_extra *out)
{
    const json_t *defaults = json_object_get(odd->json, "defaults");

    out->config_id =
        json_has_value(defaults, "config_id") ? codec_word(inv, defaults, "config_id") : STR_NONE;
    out->allow_config_override = json_get_flag(odd->json, "allow_config_override");
    if (out->allow_config_override < 0) {
        out->allow_config_override = json_get_flag(defaults, "allow_config_override");
    }
    if (json_has_value(defaults, "metadata")) {
        out->metadata = codec_json(inv, json_object_get(defaults, "metadata"));
    }
    if ((codec_there(odd->json, "defaults") && !json_is_object(defaults)) ||
        !is_text(defaults, "config_id")) {
        codec_odd(odd, "defaults", UNREAD_MORE);
    }
}

static uint32_t decode_extra(struct codec_odd *odd, struct inventory *inv)
{
    struct key_extra extra = {
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
        .last_reset_at = codec_time_or(odd, "last_reset_at", UNREAD_RESETS),
        .next_reset_at = codec_time_or(odd, "next_usage_reset_at", UNREAD_RESETS),
    };

    decode_defaults(odd, inv, &extra);
    bool any = extra.last_reset_at != TIME_NONE || extra.next_reset_at != TIME_NONE ||
               extra.config_id != STR_NONE;

    any = decode_rates(odd, inv, &extra) || any;
    any = decode_usage(odd, inv, &extra.usage) || any;
    any = decode_rotation(odd, inv, &extra.rotation) || any;
    extra.alert_emails = decode_emails(odd, inv);
    extra.unknown = decode_unknown(inv, odd->json);
    extra.as_sent = codec_odd_end(odd, inv);
    /* allow_config_override false is what every key has; alone it is not worth three hundred bytes
     * a key. */
    any = any || extra.metadata.raw != STR_NONE || extra.alert_emails.raw != STR_NONE ||
          extra.unknown.raw != STR_NONE || extra.as_sent.raw != STR_NONE ||
          extra.allow_config_override == 1;
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

/* What says which key it is and what it can do: what is missing there is not understood either. */
static void decode_identity(struct codec_odd *odd, struct inventory *inv, struct key_row *row)
{
    const char *type = json_get_word(odd->json, "type");
    const char *status = json_get_word(odd->json, "status");

    row->kind = (uint8_t)(type != NULL ? key_kind_parse(type) : KEY_KIND_UNKNOWN);
    row->status = (uint8_t)(status != NULL ? key_status_parse(status) : STATUS_OTHER);
    row->workspace_id = codec_id_or(odd, inv, "workspace_id", UNREAD_WORKSPACE);
    row->user_id = codec_id_or(odd, inv, "user_id", UNREAD_OWNER);
    if (row->kind == KEY_KIND_UNKNOWN) {
        row->type_text = codec_word(inv, odd->json, "type");
        codec_odd(odd, "type", UNREAD_TYPE);
    }
    /* Where no type was told, none says that it is of no workspace. */
    if (type == NULL && !codec_there(odd->json, "workspace_id")) {
        codec_odd(odd, "workspace_id", UNREAD_WORKSPACE);
    }
    if (row->status == STATUS_OTHER) {
        row->status_text = codec_word(inv, odd->json, "status");
        codec_odd(odd, "status", UNREAD_STATUS);
    }
    if ((row->kind == KEY_WORKSPACE_SERVICE || row->kind == KEY_WORKSPACE_USER) &&
        id_is_none(row->workspace_id)) {
        codec_odd(odd, "workspace_id", UNREAD_WORKSPACE);
    }
    if (row->kind == KEY_WORKSPACE_USER && id_is_none(row->user_id)) {
        codec_odd(odd, "user_id", UNREAD_OWNER);
    }
}

bool key_decode(const json_t *json, struct inventory *inv, struct key_row *out, struct err *err)
{
    struct key_row row = {.id = codec_id(inv, json, "id")};
    struct codec_odd odd = {.json = json};

    if (id_is_none(row.id)) {
        return err_set(err, ERR_DECODE, "A key has no usable id.");
    }
    decode_identity(&odd, inv, &row);
    decode_scopes(&odd, inv, &row);
    row.name = codec_text_or(&odd, inv, "name", UNREAD_NAME);
    if (!codec_there(json, "name")) {
        codec_odd(&odd, "name", UNREAD_NAME); /* each has one */
    }
    row.description = codec_text_or(&odd, inv, "description", UNREAD_DESCRIPTION);
    row.mask = decode_mask(inv, json);
    if (codec_there(json, "key") && row.mask == STR_NONE) {
        odd.bits |= UNREAD_MASK; /* never kept as it came: it could be a key */
    }
    row.creation_mode = codec_word_or(&odd, inv, "creation_mode", UNREAD_MORE);
    row.created_at = codec_time_or(&odd, "created_at", UNREAD_CREATED);
    row.updated_at = codec_time_or(&odd, "last_updated_at", UNREAD_UPDATED);
    row.expires_at = codec_time_or(&odd, "expires_at", UNREAD_EXPIRES);
    row.expiry_enforced = (int8_t)json_get_flag(json, "expiry_enforced");
    row.extra = decode_extra(&odd, inv);
    row.unread = odd.bits;
    if (id_is_none(inv->organisation_id)) {
        inv->organisation_id = codec_id(inv, json, "organisation_id");
    }
    *out = row;
    return true;
}
