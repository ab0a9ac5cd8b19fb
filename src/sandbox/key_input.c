#include "sandbox/key_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/derive.h"
#include "sandbox/input.h"
#include "sandbox/rotation.h"
#include "sandbox/usage.h"

#include "base/banned.h"

/* What a body is read into. */
struct key_body {
    struct key_rec *key;
    bool reset; /* reset_usage */
};

static struct key_rec *key_of(const struct input *in)
{
    return ((struct key_body *)in->record)->key;
}

static bool take_name(struct input *in, json_t *value)
{
    const char *name = json_string_value(value);
    if (name == NULL || *name == '\0' || input_characters(name) > 100) {
        reply_invalid(in->reply, "name must be a string of 1 to 100 characters");
        return false;
    }
    input_replace(&key_of(in)->name, xstrdup(name));
    return true;
}

static bool take_description(struct input *in, json_t *value)
{
    const char *text = value == NULL ? "" : json_string_value(value);
    if (text == NULL || input_characters(text) > 200) {
        reply_invalid(in->reply, "description must be a string of at most 200 characters");
        return false;
    }
    input_replace(&key_of(in)->description, xstrdup(text));
    return true;
}

static bool take_scope(struct input *in, const char *name, struct scope_set *set)
{
    int scope = name != NULL ? scope_find(name) : -1;
    enum key_kind kind = key_of(in)->kind;
    if (scope < 0 || (kind != KEY_KIND_UNKNOWN && !scope_legal(scope, kind))) {
        reply_invalid(in->reply, "scopes: %s is not a scope%s%s", name != NULL ? name : "?",
                      kind != KEY_KIND_UNKNOWN ? " of keys of type " : "",
                      kind != KEY_KIND_UNKNOWN ? key_kind_name(kind) : "");
        return false;
    }
    scope_set_add(set, scope);
    return true;
}

/* Quirk grant: scopes that the key has not had already are handed out by one who holds them. What
 * no key of the caller's kind can hold, as completions.write on an admin key, can still be given.
 */
static bool may_grant(const struct input *in, const struct scope_set *set)
{
    const struct key_rec *caller = &in->request->caller;
    for (int i = 0; in->request->sandbox->quirks.grant_own_only && i < SCOPE_COUNT; i++) {
        if (scope_set_has(set, i) && !scope_set_has(&key_of(in)->scopes, i) &&
            !scope_set_has(&caller->scopes, i) && scope_legal(i, caller->kind)) {
            return false;
        }
    }
    return true;
}

static bool take_scopes(struct input *in, json_t *value)
{
    struct scope_set set = {{0}};
    size_t i;
    json_t *item;
    if (!json_is_array(value) || json_array_size(value) == 0) {
        reply_invalid(in->reply, "scopes must be an array with at least one scope");
        return false;
    }
    json_array_foreach(value, i, item)
    {
        if (!take_scope(in, json_string_value(item), &set)) {
            return false;
        }
    }
    if (key_of(in)->kind != KEY_KIND_UNKNOWN && !may_grant(in, &set)) {
        reply_forbidden(in->reply);
        return false;
    }
    key_of(in)->scopes = set;
    return true;
}

static bool take_rates(struct input *in, json_t *value)
{
    static const char *const UNITS[] = {"rps", "rpm", "rph", "rpd", "rpw", NULL};
    size_t i;
    json_t *item;
    bool ok = value == NULL || json_is_array(value);
    json_array_foreach(value, i, item)
    {
        ok = ok && input_is_rate(item, UNITS);
    }
    if (!ok) {
        reply_invalid(in->reply, "rate_limits must be an array of {type, unit, value}");
        return false;
    }
    input_replace(&key_of(in)->rate_limits, value == NULL ? NULL : json_dumps(value, JSON_COMPACT));
    return true;
}

static bool take_usage(struct input *in, json_t *value)
{
    if (value == NULL) {
        input_replace(&key_of(in)->usage_limits, NULL);
        return true;
    }
    if (!input_is_budget(value)) {
        reply_invalid(
            in->reply,
            "usage_limits must be {credit_limit >= 1, alert_threshold <= credit_limit, ...}");
        return false;
    }
    struct usage before;
    usage_init(&before, key_of(in), in->request->now);
    usage_store(key_of(in), value, before.used, in->request->now);
    usage_done(&before);
    return true;
}

static bool take_emails(struct input *in, json_t *value)
{
    size_t i;
    json_t *item;
    bool ok = value == NULL || json_is_array(value);
    json_array_foreach(value, i, item)
    {
        ok = ok && input_is_email(json_string_value(item));
    }
    if (!ok) {
        reply_invalid(in->reply, "alert_emails must be an array of mail addresses");
        return false;
    }
    input_replace(&key_of(in)->alert_emails,
                  value == NULL ? NULL : json_dumps(value, JSON_COMPACT));
    return true;
}

static bool take_expiry(struct input *in, json_t *value)
{
    int64_t at = TIME_NONE;
    if (value != NULL && (!json_is_string(value) || !time_parse(json_string_value(value), &at))) {
        reply_invalid(in->reply, "expires_at must be an RFC 3339 time");
        return false;
    }
    if (at != TIME_NONE && at <= in->request->now && in->request->sandbox->quirks.past_expiry_400) {
        reply_invalid(in->reply, "expires_at must be in the future");
        return false;
    }
    key_of(in)->expires_at = at;
    return true;
}

static bool rotation_is_legal(const json_t *value, int64_t *next_at)
{
    static const char *const PERIODS[] = {"weekly", "monthly", NULL};
    const json_t *period = input_value(value, "rotation_period");
    const json_t *days = input_value(value, "rotation_period_days");
    const json_t *next = input_value(value, "next_rotation_at");
    const json_t *transition = input_value(value, "key_transition_period_ms");
    *next_at = TIME_NONE;
    if (!json_is_object(value) || (period == NULL && days == NULL && next == NULL) ||
        (period && days)) {
        return false;
    }
    if (next != NULL && (!json_is_string(next) || !time_parse(json_string_value(next), next_at))) {
        return false;
    }
    bool ok = (period == NULL || input_is_one_of(json_string_value(period), PERIODS)) &&
              (days == NULL || (json_is_integer(days) && json_integer_value(days) >= 1 &&
                                json_integer_value(days) <= 365));
    if (ok && transition != NULL) {
        int64_t longest = rotation_period_ms(value);
        ok = json_is_integer(transition) && json_integer_value(transition) >= TRANSITION_MIN_MS &&
             json_integer_value(transition) <= TRANSITION_MAX_MS &&
             (longest == 0 || json_integer_value(transition) < longest);
    }
    return ok;
}

static bool take_rotation(struct input *in, json_t *value)
{
    int64_t next_at;
    if (value == NULL) {
        input_replace(&key_of(in)->rotation_policy, NULL);
        return true;
    }
    if (!rotation_is_legal(value, &next_at)) {
        reply_invalid(
            in->reply,
            "rotation_policy needs one of rotation_period (weekly, monthly), rotation_period_days "
            "(1 to 365), next_rotation_at; key_transition_period_ms from 1800000 to the period");
        return false;
    }
    json_t *kept = json_object();
    static const char *const FIELDS[] = {"rotation_period", "rotation_period_days",
                                         "key_transition_period_ms"};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        json_t *field = json_object_get(value, FIELDS[i]);
        if (field != NULL && !json_is_null(field)) {
            json_object_set(kept, FIELDS[i], field);
        }
    }
    int64_t at =
        next_at != TIME_NONE ? next_at / DAY_MS * DAY_MS : rotation_next(value, in->request->now);
    json_object_set_new(kept, "next_rotation_at", time_json(at));
    json_object_set_new(kept, "status", json_string("ACTIVE"));
    input_replace(&key_of(in)->rotation_policy, json_dumps(kept, JSON_COMPACT));
    json_decref(kept);
    return true;
}

/* Slugs are taken, ids are kept [LIVE]: a slug stands for the same id every time. */
static json_t *config_id(const struct input *in, const char *text)
{
    unsigned char hash[HASH_SIZE];
    char id[UUID_SIZE];
    uint64_t index;
    if (text == NULL || strncmp(text, "pc-", 3) != 0) {
        return text_json(text);
    }
    derive_hash(text, hash);
    memcpy(&index, hash, sizeof index);
    derive_uuid(in->request->sandbox->number, "config", index, id);
    return json_string(id);
}

/* What is wrong with the defaults; NULL: nothing. Lends a constant. */
static const char *wrong_defaults(const json_t *value)
{
    const json_t *metadata = input_value(value, "metadata");
    const json_t *config = input_value(value, "config_id");
    const json_t *override = input_value(value, "allow_config_override");
    if (!json_is_object(value)) {
        return "defaults must be an object";
    }
    if (metadata != NULL && !json_is_object(metadata)) {
        return "defaults.metadata must be an object";
    }
    if (config != NULL && !input_is_config(config)) {
        return "defaults.config_id must be the slug or the id of a config";
    }
    if (override != NULL && !json_is_boolean(override)) {
        return "defaults.allow_config_override must be true or false";
    }
    return NULL;
}

static bool take_defaults(struct input *in, json_t *value)
{
    if (value == NULL) {
        input_replace(&key_of(in)->defaults, NULL);
        return true;
    }
    const char *wrong = wrong_defaults(value);
    if (wrong != NULL) {
        reply_invalid(in->reply, "%s", wrong);
        return false;
    }
    json_t *kept = stored_json(key_of(in)->defaults);
    if (!json_is_object(kept)) {
        json_decref(kept);
        kept = json_object();
    }
    json_object_update(kept, value);
    if (json_object_get(value, "config_id") != NULL) {
        const char *config = json_string_value(json_object_get(value, "config_id"));
        json_object_set_new(kept, "config_id", config_id(in, config));
    }
    input_replace(&key_of(in)->defaults, json_dumps(kept, JSON_COMPACT));
    json_decref(kept);
    return true;
}

static bool take_reset(struct input *in, json_t *value)
{
    ((struct key_body *)in->record)->reset = json_is_true(value);
    if (value != NULL && !json_is_boolean(value)) {
        reply_invalid(in->reply, "reset_usage must be true or false");
        return false;
    }
    return true;
}

/* clang-format off */
static const struct input_member MEMBERS[] = {
    {"reset_usage",     take_reset,       INPUT_GIVEN,  INPUT_GIVEN},
    {"name",            take_name,        INPUT_ALWAYS, INPUT_GIVEN},
    {"description",     take_description, INPUT_ALWAYS, INPUT_GIVEN},
    {"scopes",          take_scopes,      INPUT_ALWAYS, INPUT_GIVEN},
    {"rate_limits",     take_rates,       INPUT_GIVEN,  INPUT_GIVEN},
    {"usage_limits",    take_usage,       INPUT_GIVEN,  INPUT_GIVEN},
    {"alert_emails",    take_emails,      INPUT_GIVEN,  INPUT_GIVEN},
    {"expires_at",      take_expiry,      INPUT_GIVEN,  INPUT_GIVEN},
    {"rotation_policy", take_rotation,    INPUT_GIVEN,  INPUT_GIVEN},
    {"defaults",        take_defaults,    INPUT_GIVEN,  INPUT_GIVEN},
};
/* clang-format on */

bool key_input(const struct request *request, bool partial, struct key_rec *key, bool *reset,
               struct reply *reply)
{
    struct key_body body = {.key = key};
    struct input in = {request, partial, &body, reply};
    bool ok = input_run(&in, MEMBERS, sizeof MEMBERS / sizeof *MEMBERS);
    *reset = body.reset;
    return ok;
}

bool key_input_precheck(const struct request *request, struct reply *reply)
{
    struct key_rec scratch = {.kind = KEY_KIND_UNKNOWN};
    bool reset;
    bool ok = key_input(request, true, &scratch, &reset, reply);
    key_rec_done(&scratch);
    return ok;
}

bool key_input_transition(const struct request *request, const struct key_rec *key, int64_t *ms,
                          struct reply *reply)
{
    json_t *policy = stored_json(key != NULL ? key->rotation_policy : NULL);
    const json_t *asked = input_value(request->body, "key_transition_period_ms");
    int64_t period = rotation_period_ms(policy);
    *ms = rotation_transition_ms(policy);
    json_decref(policy);
    if (asked == NULL) {
        return true;
    }
    *ms = json_integer_value(asked);
    if (!json_is_integer(asked) || *ms < TRANSITION_MIN_MS || *ms > TRANSITION_MAX_MS ||
        (period != 0 && *ms >= period)) {
        reply_invalid(reply,
                      "key_transition_period_ms must be from 1800000 to the rotation period");
        return false;
    }
    return true;
}
