#include "sandbox/usage.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sandbox/calendar.h"

#include "base/banned.h"

/* Keys and workspaces start anew on Sundays or on the first [DOC]. */
static int64_t next_reset(const json_t *limits, int64_t after)
{
    const char *period = json_string_value(json_object_get(limits, "periodic_reset"));
    const json_t *days = json_object_get(limits, "periodic_reset_days");
    if (json_is_integer(days)) {
        return next_midnight(after) + (json_integer_value(days) - 1) * DAY_MS;
    }
    if (period == NULL) {
        return TIME_NONE;
    }
    return strcmp(period, "weekly") == 0 ? next_weekday(after, 0) : next_month(after);
}

void usage_init(struct usage *usage, const struct key_rec *key, int64_t now)
{
    json_t *stored = key->usage_limits == NULL ? NULL : json_loads(key->usage_limits, 0, NULL);
    const json_t *resets_at = json_object_get(stored, "resets_at");
    *usage = (struct usage){
        .stored = stored != NULL ? stored : json_null(),
        .used = json_number_value(json_object_get(stored, "current_usage")),
        .limit = json_number_value(json_object_get(stored, "credit_limit")),
        .resets_at = json_is_integer(resets_at) ? json_integer_value(resets_at) : TIME_NONE,
        .last_reset = key->last_reset_at,
    };
    while (usage->resets_at != TIME_NONE && usage->resets_at <= now) {
        usage->last_reset = usage->resets_at;
        usage->resets_at = next_reset(stored, usage->resets_at);
        usage->used = 0;
    }
}

void usage_done(struct usage *usage)
{
    json_decref(usage->stored);
    usage->stored = NULL;
}

bool usage_exhausted(const struct usage *usage)
{
    return usage->limit > 0 && usage->used >= usage->limit;
}

static void put(struct key_rec *key, json_t *stored, double used, int64_t resets_at)
{
    json_object_set_new(stored, "current_usage", json_real(used));
    if (resets_at != TIME_NONE) {
        json_object_set_new(stored, "resets_at", json_integer(resets_at));
    }
    free(key->usage_limits);
    key->usage_limits = json_dumps(stored, JSON_COMPACT);
}

void usage_store(struct key_rec *key, const json_t *limits, double used, int64_t now)
{
    static const char *const FIELDS[] = {"type", "credit_limit", "alert_threshold",
                                         "periodic_reset", "periodic_reset_days"};
    json_t *stored = json_pack("{s:s}", "type", "cost");
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        json_t *field = json_object_get(limits, FIELDS[i]);
        if (field != NULL && !json_is_null(field)) {
            json_object_set(stored, FIELDS[i], field);
        }
    }
    int64_t first = TIME_NONE;
    const char *wanted = json_string_value(json_object_get(limits, "next_usage_reset_at"));
    if (wanted != NULL && time_parse(wanted, &first)) {
        first = first / DAY_MS * DAY_MS;
    } else {
        first = next_reset(stored, now);
    }
    put(key, stored, used, first);
    json_decref(stored);
}

void usage_add(struct key_rec *key, double used, int64_t now)
{
    struct usage usage;
    usage_init(&usage, key, now);
    if (usage.limit > 0) {
        put(key, usage.stored, usage.used + used, usage.resets_at);
        key->last_reset_at = usage.last_reset;
    }
    usage_done(&usage);
}

void usage_reset(struct key_rec *key, int64_t now)
{
    struct usage usage;
    usage_init(&usage, key, now);
    if (usage.limit > 0) {
        put(key, usage.stored, 0, usage.resets_at);
    }
    key->last_reset_at = now;
    usage_done(&usage);
}
