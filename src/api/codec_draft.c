#include <stdlib.h>
#include <string.h>

#include "api/codec.h"
#include "base/clock.h"

#include "base/banned.h"

/* A number as it was typed: whole where it is whole. The checks of the draft have seen it; what is
 * no number after all is sent as text, so that the server refuses it rather than we change it. */
static json_t *number(const char *text)
{
    char *end;
    long long whole = strtoll(text, &end, 10);

    if (*text != '\0' && *end == '\0') {
        return json_integer(whole);
    }
    double real = strtod(text, &end);

    if (*text != '\0' && *end == '\0') {
        json_t *value = json_real(real);

        if (value != NULL) {
            return value;
        }
    }
    return json_string(text);
}

static void put_text(json_t *body, const char *name, const char *text)
{
    if (text[0] != '\0') {
        json_object_set_new(body, name, json_string(text));
    }
}

/* What calls with the key bring along by themselves. Whether the config may be overridden is always
 * said with it: what a server takes silence for is not sure. */
static void put_defaults(json_t *body, const struct key_draft *draft)
{
    json_t *defaults = json_object();

    if (draft->pair_count > 0) {
        json_t *metadata = json_object();

        for (int i = 0; i < draft->pair_count; i++) {
            put_text(metadata, draft->metadata[i].key, draft->metadata[i].value);
        }
        json_object_set_new(defaults, "metadata", metadata);
    }
    if (draft->config[0] != '\0') {
        put_text(defaults, "config_id", draft->config);
        json_object_set_new(defaults, "allow_config_override", json_boolean(draft->allow_override));
    }
    if (json_object_size(defaults) > 0) {
        json_object_set(body, "defaults", defaults);
    }
    json_decref(defaults);
}

static void put_emails(json_t *body, const struct key_draft *draft)
{
    const char *text = draft->emails;
    const char *email;
    size_t len;
    json_t *emails = json_array();

    while (draft_next_email(&text, &email, &len)) {
        json_array_append_new(emails, json_stringn(email, len));
    }
    if (json_array_size(emails) > 0) {
        json_object_set(body, "alert_emails", emails);
    }
    json_decref(emails);
}

static void put_scopes(json_t *body, const struct key_draft *draft)
{
    json_t *scopes = json_array();

    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&draft->scopes, i)) {
            json_array_append_new(scopes, json_string(scope_info(i)->name));
        }
    }
    json_object_set_new(body, "scopes", scopes);
}

static void put_rates(json_t *body, const struct key_draft *draft)
{
    json_t *rates;

    if (draft->rate_count == 0) {
        return;
    }
    rates = json_array();
    for (int i = 0; i < draft->rate_count; i++) {
        const struct draft_rate *rate = &draft->rates[i];
        json_t *row = json_object();

        json_object_set_new(row, "type", json_string(limit_type_name(rate->type)));
        json_object_set_new(row, "unit", json_string(rate_unit_name(rate->unit)));
        json_object_set_new(row, "value", number(rate->value));
        json_array_append_new(rates, row);
    }
    json_object_set_new(body, "rate_limits", rates);
}

/* Midnight of the date; what is none goes out as it was typed, for the server to refuse. */
static json_t *date(const char *text)
{
    char formatted[TIME_TEXT_SIZE];
    int64_t at;

    if (!draft_date(text, &at)) {
        return json_string(text);
    }
    time_format(at, formatted);
    return json_string(formatted);
}

/* periodic_reset and periodic_reset_days exclude each other [SPEC]. */
static void put_reset(json_t *usage, const struct key_draft *draft)
{
    switch (draft->reset) {
    case RESET_NONE:
        return;
    case RESET_WEEKLY:
    case RESET_MONTHLY:
        json_object_set_new(usage, "periodic_reset",
                            json_string(draft->reset == RESET_WEEKLY ? "weekly" : "monthly"));
        break;
    case RESET_DAYS:
        json_object_set_new(usage, "periodic_reset_days", number(draft->reset_days));
        break;
    }
    if (draft->reset_at[0] != '\0') {
        json_object_set_new(usage, "next_usage_reset_at", date(draft->reset_at));
    }
}

/* One object: only workspaces have an array here. */
static void put_budget(json_t *body, const struct key_draft *draft)
{
    json_t *usage;

    if (draft->budget[0] == '\0') {
        return;
    }
    usage = json_object();
    json_object_set_new(usage, "type", json_string(limit_type_name(draft->budget_type)));
    json_object_set_new(usage, "credit_limit", number(draft->budget));
    if (draft->alert[0] != '\0') {
        json_object_set_new(usage, "alert_threshold", number(draft->alert));
    }
    put_reset(usage, draft);
    json_object_set_new(body, "usage_limits", usage);
}

static void put_expiry(json_t *body, const struct key_draft *draft, int64_t now)
{
    char text[TIME_TEXT_SIZE];
    int64_t expires = TIME_NONE;

    if (draft_expires_at(draft, now, &expires) && expires != TIME_NONE) {
        time_format(expires, text);
        json_object_set_new(body, "expires_at", json_string(text));
    }
}

/* One of rotation_period, rotation_period_days [DOC], next_rotation_at [SPEC]. */
static void put_rotation(json_t *body, const struct key_draft *draft)
{
    json_t *policy;
    int64_t transition = 0;

    if (draft->rotation == ROTATE_NONE) {
        return;
    }
    policy = json_object();
    if (draft->rotation == ROTATE_DAYS) {
        json_object_set_new(policy, "rotation_period_days", number(draft->rotation_days));
    } else if (draft->rotation == ROTATE_DATE) {
        json_object_set_new(policy, "next_rotation_at", date(draft->rotation_at));
    } else {
        json_object_set_new(policy, "rotation_period",
                            json_string(draft->rotation == ROTATE_WEEKLY ? "weekly" : "monthly"));
    }
    if (draft_transition_ms(draft, &transition) && transition > 0) {
        json_object_set_new(policy, "key_transition_period_ms", json_integer(transition));
    }
    json_object_set_new(body, "rotation_policy", policy);
}

json_t *draft_encode(const struct key_draft *draft, int64_t now)
{
    json_t *body = json_object();

    put_text(body, "name", draft->name);
    put_text(body, "description", draft->description);
    if (draft->kind != KEY_ORGANISATION_SERVICE) {
        put_text(body, "workspace_id", draft->workspace);
    }
    if (draft->kind == KEY_WORKSPACE_USER) {
        put_text(body, "user_id", draft->owner);
    }
    put_defaults(body, draft);
    put_scopes(body, draft);
    put_rates(body, draft);
    put_budget(body, draft);
    put_emails(body, draft);
    put_expiry(body, draft, now);
    put_rotation(body, draft);
    return body;
}
