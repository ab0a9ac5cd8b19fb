#include "sandbox/key_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/calendar.h"
#include "sandbox/derive.h"
#include "sandbox/usage.h"

#include "base/banned.h"

#define TRANSITION_MIN_MS 1800000
#define TRANSITION_MAX_MS (365 * DAY_MS)

struct input {
    const struct request *request;
    bool partial;
    struct key_rec *key;
    struct reply *reply;
};

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static void replace(char **place, char *text)
{
    free(*place);
    *place = text;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; text != NULL && *words != NULL; words++) {
        if (strcmp(text, *words) == 0) {
            return true;
        }
    }
    return false;
}

static bool take_name(struct input *in)
{
    const json_t *value = json_object_get(in->request->body, "name");
    if (value == NULL && in->partial) {
        return true;
    }
    const char *name = json_string_value(value);
    if (name == NULL || *name == '\0' || characters(name) > 100) {
        reply_invalid(in->reply, "name must be a string of 1 to 100 characters");
        return false;
    }
    replace(&in->key->name, xstrdup(name));
    return true;
}

static bool take_description(struct input *in)
{
    const json_t *value = json_object_get(in->request->body, "description");
    if (value == NULL || json_is_null(value)) {
        if (!in->partial || json_is_null(value)) {
            replace(&in->key->description, xstrdup(""));
        }
        return true;
    }
    const char *text = json_string_value(value);
    if (text == NULL || characters(text) > 200) {
        reply_invalid(in->reply, "description must be a string of at most 200 characters");
        return false;
    }
    replace(&in->key->description, xstrdup(text));
    return true;
}

static bool take_scope(struct input *in, const char *name, struct scope_set *set)
{
    int scope = name != NULL ? scope_find(name) : -1;
    enum key_kind kind = in->key->kind;
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
        if (scope_set_has(set, i) && !scope_set_has(&in->key->scopes, i) &&
            !scope_set_has(&caller->scopes, i) && scope_legal(i, caller->kind)) {
            return false;
        }
    }
    return true;
}

static bool take_scopes(struct input *in)
{
    const json_t *value = json_object_get(in->request->body, "scopes");
    struct scope_set set = {{0}};
    size_t i;
    json_t *item;
    if (value == NULL && in->partial) {
        return true;
    }
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
    if (in->key->kind != KEY_KIND_UNKNOWN && !may_grant(in, &set)) {
        reply_forbidden(in->reply);
        return false;
    }
    in->key->scopes = set;
    return true;
}

static bool take_rates(struct input *in)
{
    static const char *const TYPES[] = {"requests", "tokens", NULL};
    static const char *const UNITS[] = {"rps", "rpm", "rph", "rpd", "rpw", NULL};
    const json_t *value = json_object_get(in->request->body, "rate_limits");
    size_t i;
    json_t *item;
    if (value == NULL) {
        return true;
    }
    if (json_is_null(value)) {
        replace(&in->key->rate_limits, NULL);
        return true;
    }
    bool ok = json_is_array(value);
    json_array_foreach(value, i, item)
    {
        ok = ok && is_one_of(json_string_value(json_object_get(item, "type")), TYPES) &&
             is_one_of(json_string_value(json_object_get(item, "unit")), UNITS) &&
             json_is_number(json_object_get(item, "value")) &&
             json_number_value(json_object_get(item, "value")) >= 0;
    }
    if (!ok) {
        reply_invalid(in->reply, "rate_limits must be an array of {type, unit, value}");
        return false;
    }
    replace(&in->key->rate_limits, json_dumps(value, JSON_COMPACT));
    return true;
}

static bool usage_is_legal(const json_t *value)
{
    static const char *const TYPES[] = {"cost", "tokens", NULL};
    static const char *const RESETS[] = {"weekly", "monthly", NULL};
    const json_t *limit = json_object_get(value, "credit_limit");
    const json_t *alert = json_object_get(value, "alert_threshold");
    const json_t *type = json_object_get(value, "type");
    const json_t *reset = json_object_get(value, "periodic_reset");
    const json_t *days = json_object_get(value, "periodic_reset_days");
    const json_t *next = json_object_get(value, "next_usage_reset_at");
    int64_t at;
    if (!json_is_object(value) || (json_is_string(reset) && json_is_integer(days)) ||
        (next != NULL && !json_is_null(next) &&
         (!json_is_string(next) || !time_parse(json_string_value(next), &at)))) {
        return false;
    }
    return json_is_number(limit) && json_number_value(limit) >= 1 &&
           (type == NULL || is_one_of(json_string_value(type), TYPES)) &&
           (alert == NULL || json_is_null(alert) ||
            (json_is_number(alert) && json_number_value(alert) >= 1 &&
             json_number_value(alert) <= json_number_value(limit))) &&
           (reset == NULL || json_is_null(reset) || is_one_of(json_string_value(reset), RESETS)) &&
           (days == NULL || json_is_null(days) ||
            (json_is_integer(days) && json_integer_value(days) >= 1 &&
             json_integer_value(days) <= 365));
}

static bool take_usage(struct input *in)
{
    const json_t *value = json_object_get(in->request->body, "usage_limits");
    if (value == NULL) {
        return true;
    }
    if (json_is_null(value)) {
        replace(&in->key->usage_limits, NULL);
        return true;
    }
    if (!usage_is_legal(value)) {
        reply_invalid(
            in->reply,
            "usage_limits must be {credit_limit >= 1, alert_threshold <= credit_limit, ...}");
        return false;
    }
    struct usage before;
    usage_init(&before, in->key, in->request->now);
    usage_store(in->key, value, before.used, in->request->now);
    usage_done(&before);
    return true;
}

/* format: email [SPEC], roughly: something, @, a domain with a dot inside. */
static bool is_email(const char *text)
{
    const char *at = text != NULL ? strchr(text, '@') : NULL;
    if (at == NULL || at == text || strchr(at + 1, '@') != NULL ||
        strpbrk(text, " \t\r\n,;<>\"") != NULL) {
        return false;
    }
    const char *dot = strchr(at + 1, '.');
    return dot != NULL && dot != at + 1 && dot[1] != '\0' && text[strlen(text) - 1] != '.';
}

static bool take_emails(struct input *in)
{
    const json_t *value = json_object_get(in->request->body, "alert_emails");
    size_t i;
    json_t *item;
    if (value == NULL) {
        return true;
    }
    if (json_is_null(value)) {
        replace(&in->key->alert_emails, NULL);
        return true;
    }
    bool ok = json_is_array(value);
    json_array_foreach(value, i, item)
    {
        ok = ok && is_email(json_string_value(item));
    }
    if (!ok) {
        reply_invalid(in->reply, "alert_emails must be an array of mail addresses");
        return false;
    }
    replace(&in->key->alert_emails, json_dumps(value, JSON_COMPACT));
    return true;
}

static bool take_expiry(struct input *in)
{
    const json_t *value = json_object_get(in->request->body, "expires_at");
    int64_t at = TIME_NONE;
    if (value == NULL) {
        return true;
    }
    if (!json_is_null(value) &&
        (!json_is_string(value) || !time_parse(json_string_value(value), &at))) {
        reply_invalid(in->reply, "expires_at must be an RFC 3339 time");
        return false;
    }
    if (at != TIME_NONE && at <= in->request->now && in->request->sandbox->quirks.past_expiry_400) {
        reply_invalid(in->reply, "expires_at must be in the future");
        return false;
    }
    in->key->expires_at = at;
    return true;
}

/* The shortest a rotation period can be; 0: none is set. */
static int64_t rotation_period_ms(const json_t *policy)
{
    const char *period = json_string_value(json_object_get(policy, "rotation_period"));
    const json_t *days = json_object_get(policy, "rotation_period_days");
    if (json_is_integer(days)) {
        return json_integer_value(days) * DAY_MS;
    }
    if (period == NULL) {
        return 0;
    }
    return strcmp(period, "weekly") == 0 ? 7 * DAY_MS : 28 * DAY_MS;
}

/* When the next rotation is: weekly on Monday, monthly on the first, at 00:00 UTC. */
static int64_t next_rotation(const json_t *policy, int64_t now)
{
    const char *period = json_string_value(json_object_get(policy, "rotation_period"));
    const json_t *days = json_object_get(policy, "rotation_period_days");
    if (json_is_integer(days)) {
        return next_midnight(now) + (json_integer_value(days) - 1) * DAY_MS;
    }
    return period != NULL && strcmp(period, "weekly") == 0 ? next_weekday(now, 1) : next_month(now);
}

/* A member of an object; NULL also when it is null. */
static const json_t *given(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

static bool rotation_is_legal(const json_t *value, int64_t *next_at)
{
    static const char *const PERIODS[] = {"weekly", "monthly", NULL};
    const json_t *period = given(value, "rotation_period");
    const json_t *days = given(value, "rotation_period_days");
    const json_t *next = given(value, "next_rotation_at");
    const json_t *transition = given(value, "key_transition_period_ms");
    *next_at = TIME_NONE;
    if (!json_is_object(value) || (period == NULL && days == NULL && next == NULL) ||
        (period && days)) {
        return false;
    }
    if (next != NULL && (!json_is_string(next) || !time_parse(json_string_value(next), next_at))) {
        return false;
    }
    bool ok = (period == NULL || is_one_of(json_string_value(period), PERIODS)) &&
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

static bool take_rotation(struct input *in)
{
    const json_t *value = json_object_get(in->request->body, "rotation_policy");
    int64_t next_at;
    if (value == NULL) {
        return true;
    }
    if (json_is_null(value)) {
        replace(&in->key->rotation_policy, NULL);
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
        next_at != TIME_NONE ? next_at / DAY_MS * DAY_MS : next_rotation(value, in->request->now);
    json_object_set_new(kept, "next_rotation_at", time_json(at));
    json_object_set_new(kept, "status", json_string("ACTIVE"));
    replace(&in->key->rotation_policy, json_dumps(kept, JSON_COMPACT));
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

/* A slug or an id: neither is empty or holds blanks. Which configs there are is not kept here. */
static bool is_config(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && *text != '\0' && strpbrk(text, " \t\r\n/") == NULL;
}

/* What is wrong with the defaults; NULL: nothing. Lends a constant. */
static const char *wrong_defaults(const json_t *value)
{
    const json_t *metadata = given(value, "metadata");
    const json_t *config = given(value, "config_id");
    const json_t *override = given(value, "allow_config_override");
    if (!json_is_object(value)) {
        return "defaults must be an object";
    }
    if (metadata != NULL && !json_is_object(metadata)) {
        return "defaults.metadata must be an object";
    }
    if (config != NULL && !is_config(config)) {
        return "defaults.config_id must be the slug or the id of a config";
    }
    if (override != NULL && !json_is_boolean(override)) {
        return "defaults.allow_config_override must be true or false";
    }
    return NULL;
}

static bool take_defaults(struct input *in)
{
    json_t *value = json_object_get(in->request->body, "defaults");
    if (value == NULL) {
        return true;
    }
    if (json_is_null(value)) {
        replace(&in->key->defaults, NULL);
        return true;
    }
    const char *wrong = wrong_defaults(value);
    if (wrong != NULL) {
        reply_invalid(in->reply, "%s", wrong);
        return false;
    }
    json_t *kept = stored_json(in->key->defaults);
    if (!json_is_object(kept)) {
        json_decref(kept);
        kept = json_object();
    }
    json_object_update(kept, value);
    if (json_object_get(value, "config_id") != NULL) {
        const char *config = json_string_value(json_object_get(value, "config_id"));
        json_object_set_new(kept, "config_id", config_id(in, config));
    }
    replace(&in->key->defaults, json_dumps(kept, JSON_COMPACT));
    json_decref(kept);
    return true;
}

bool key_input(const struct request *request, bool partial, struct key_rec *key, bool *reset,
               struct reply *reply)
{
    struct input in = {request, partial, key, reply};
    if (request->body == NULL) {
        reply_invalid(reply, "the body must be a JSON object");
        return false;
    }
    const json_t *reset_usage = json_object_get(request->body, "reset_usage");
    *reset = json_is_true(reset_usage);
    if (reset_usage != NULL && !json_is_boolean(reset_usage) && !json_is_null(reset_usage)) {
        reply_invalid(reply, "reset_usage must be true or false");
        return false;
    }
    return take_name(&in) && take_description(&in) && take_scopes(&in) && take_rates(&in) &&
           take_usage(&in) && take_emails(&in) && take_expiry(&in) && take_rotation(&in) &&
           take_defaults(&in);
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
    const json_t *of_policy = json_object_get(policy, "key_transition_period_ms");
    const json_t *asked = given(request->body, "key_transition_period_ms");
    int64_t period = rotation_period_ms(policy);
    *ms = json_is_integer(of_policy) ? json_integer_value(of_policy) : TRANSITION_MIN_MS;
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
