#include "sandbox/rate.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/calendar.h"

#include "base/banned.h"

/* One limit, as it is stored. False for a unit that nobody knows: it limits nothing. */
static bool read_limit(const json_t *item, bool *tokens, int64_t *unit_ms, double *value)
{
    static const struct {
        const char *name;
        int64_t ms;
    } UNITS[] = {
        {"rps", 1000}, {"rpm", 60000}, {"rph", 3600000}, {"rpd", DAY_MS}, {"rpw", 7 * DAY_MS}};
    const char *type = json_string_value(json_object_get(item, "type"));
    const char *unit = json_string_value(json_object_get(item, "unit"));

    if (type == NULL || unit == NULL) {
        return false;
    }
    *tokens = strcmp(type, "tokens") == 0;
    *value = json_number_value(json_object_get(item, "value"));
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (strcmp(UNITS[i].name, unit) == 0) {
            *unit_ms = UNITS[i].ms;
            return true;
        }
    }
    return false;
}

static struct rate_count *find(const struct rates *rates, const struct rate_count *like)
{
    for (size_t i = 0; i < rates->count; i++) {
        struct rate_count *at = &rates->counts[i];

        if (at->owner == like->owner && at->seq == like->seq && at->unit_ms == like->unit_ms &&
            at->tokens == like->tokens) {
            return at;
        }
    }
    return NULL;
}

bool rate_allows(const struct rates *rates, enum rate_owner owner, int64_t seq, const char *limits,
                 int64_t now)
{
    json_t *list = limits == NULL ? NULL : json_loads(limits, 0, NULL);
    bool allowed = true;
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        struct rate_count like = {.owner = owner, .seq = seq};
        const struct rate_count *count;
        int64_t used = 0;
        double value;

        if (read_limit(item, &like.tokens, &like.unit_ms, &value)) {
            count = find(rates, &like);
            if (count != NULL && count->window == now / like.unit_ms) {
                used = count->used;
            }
            allowed = allowed && (double)used < value;
        }
    }
    json_decref(list);
    return allowed;
}

void rate_use(struct rates *rates, enum rate_owner owner, int64_t seq, const char *limits,
              int64_t tokens, int64_t now)
{
    json_t *list = limits == NULL ? NULL : json_loads(limits, 0, NULL);
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        struct rate_count like = {.owner = owner, .seq = seq};
        struct rate_count *count;
        double value;

        if (!read_limit(item, &like.tokens, &like.unit_ms, &value)) {
            continue;
        }
        count = find(rates, &like);
        if (count == NULL) {
            rates->counts =
                xgrow(rates->counts, &rates->cap, rates->count + 1, sizeof(*rates->counts));
            count = &rates->counts[rates->count++];
            *count = like;
        }
        if (count->window != now / like.unit_ms) {
            count->window = now / like.unit_ms;
            count->used = 0;
        }
        count->used += like.tokens ? tokens : 1;
    }
    json_decref(list);
}

void rates_done(struct rates *rates)
{
    free(rates->counts);
    *rates = (struct rates){0};
}
