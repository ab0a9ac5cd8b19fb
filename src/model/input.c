#include "model/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"

#include "base/banned.h"

#define DAYS_MAX 36500
#define DIGITS_MAX 6

static bool whole(const char *text, size_t len, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_is_digit(text[i])) {
            return false;
        }
        *out = *out * 10 + (text[i] - '0');
    }
    return len > 0 && len <= DIGITS_MAX;
}

bool input_span(const char *text, int64_t *out_ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } UNITS[] = {{'m', 60000}, {'h', 3600000}, {'d', DAY_MS}};
    size_t len = strlen(text);

    for (size_t i = 0; len > 1 && i < sizeof UNITS / sizeof *UNITS; i++) {
        if (text[len - 1] == UNITS[i].unit && whole(text, len - 1, out_ms) && *out_ms > 0) {
            *out_ms *= UNITS[i].ms;
            return true;
        }
    }
    return false;
}

static bool parse_expiry(const char *text, struct input_expiry *out)
{
    size_t len = strlen(text);

    if (ascii_same(text, "never")) {
        out->how = EXPIRY_NEVER;
        return true;
    }
    if (len > 1 && text[len - 1] == 'd' && whole(text, len - 1, &out->value)) {
        out->how = EXPIRY_DAYS;
        return out->value > 0 && out->value <= DAYS_MAX;
    }
    out->how = EXPIRY_AT;
    return time_parse(text, &out->value);
}

bool input_parse(const struct input_field *field, const char *text, void *input, struct err *err)
{
    void *at = (char *)input + field->at;

    if (field->take != NULL) {
        return field->take(input, text, err);
    }
    switch (field->kind) {
    case INPUT_SPAN:
        return input_span(text, at) ||
               err_set(err, ERR_INVALID, "--%s is a span like 30m, 24h or 2d.", field->name);
    case INPUT_EXPIRY:
        return parse_expiry(text, at) ||
               err_set(err, ERR_INVALID,
                       "--%s is never, a number of days like 90d, a day, or an RFC 3339 time.",
                       field->name);
    case INPUT_OTHER:
        break;
    }
    return false;
}

int64_t input_expiry_at(const struct input_expiry *expiry, int64_t now)
{
    return expiry->how == EXPIRY_NEVER ? TIME_NONE
           : expiry->how == EXPIRY_AT  ? expiry->value
                                       : now / 1000 * 1000 + expiry->value * DAY_MS;
}
