/* The checks of numbers and times: rate limits, budget, expiry, rotation. A sentence says what is
 * wrong with what was typed, not only what would be right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "model/draft_internal.h"

#include "base/banned.h"

#define DIGITS_MAX 15 /* what a double holds exactly */
#define DAYS_MAX 365
#define EXPIRES_DAYS_MAX 36500

static bool all_digits(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static bool whole_number(const char *text, int64_t *out)
{
    if (!all_digits(text) || strlen(text) > DIGITS_MAX) {
        return false;
    }
    *out = strtoll(text, NULL, 10);
    return true;
}

static bool is_number(const char *text)
{
    char *end;
    if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789.") != strlen(text)) {
        return false;
    }
    (void)strtod(text, &end);
    return *end == '\0';
}

static bool amount(const char *text, double *out)
{
    if (!is_number(text) || strlen(text) > DIGITS_MAX) {
        return false;
    }
    *out = strtod(text, NULL);
    return true;
}

/* -- rate limits -- */

static void check_rate(const struct draft_rate *rate, int row, struct draft_check *out)
{
    int64_t value;
    if (all_digits(rate->value) && strlen(rate->value) > DIGITS_MAX) {
        draft_problem_at(out, DRAFT_RATES, DRAFT_ERROR, row, DRAFT_PART_WHOLE,
                         "too big: at most %d digits", DIGITS_MAX);
    } else if (!whole_number(rate->value, &value)) {
        draft_problem_at(out, DRAFT_RATES, DRAFT_ERROR, row, DRAFT_PART_WHOLE,
                         "a whole number of 0 or more");
    } else if (value == 0) {
        draft_problem_at(out, DRAFT_RATES, DRAFT_WARN, row, DRAFT_PART_WHOLE,
                         "0 blocks every call");
    }
}

static void check_rates(const struct key_draft *draft, struct draft_check *out)
{
    for (int i = 0; i < draft->rate_count; i++) {
        const struct draft_rate *rate = &draft->rates[i];
        check_rate(rate, i + 1, out);
        for (int j = 0; j < i; j++) {
            if (draft->rates[j].type == rate->type && draft->rates[j].unit == rate->unit) {
                draft_problem_twins(out, DRAFT_RATES, j + 1, i + 1, DRAFT_PART_WHOLE,
                                    "limit the same thing");
                break;
            }
        }
    }
}

/* -- days and dates -- */

bool draft_days(const char *text, int *out)
{
    int64_t days;
    if (!whole_number(text, &days) || days < 1 || days > DAYS_MAX) {
        return false;
    }
    *out = (int)days;
    return true;
}

static bool looks_like_date(const char *text)
{
    static const char SHAPE[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof SHAPE - 1; i++) {
        bool digit = ascii_is_digit(text[i]);
        if (SHAPE[i] == 'd' ? !digit : text[i] != SHAPE[i]) {
            return false;
        }
    }
    return true;
}

bool draft_date(const char *text, int64_t *out)
{
    return looks_like_date(text) && strlen(text) == strlen("2027-01-31") && time_parse(text, out);
}

/* A date has the shape of one and still is none: the 30th of February. */
static bool no_such_day(const char *text)
{
    char day[sizeof "2027-01-31"];
    int64_t at;
    if (!looks_like_date(text)) {
        return false;
    }
    snprintf(day, sizeof day, "%.10s", text);
    return !time_parse(day, &at);
}

static void check_days(const char *text, enum draft_field field, struct draft_check *out)
{
    int days;
    if (!draft_days(text, &days)) {
        draft_problem_at(out, field, DRAFT_ERROR, 0, DRAFT_PART_DAYS,
                         "every how many days: a whole number, 1 to %d", DAYS_MAX);
    }
}

static void check_date(const char *text, int64_t now, enum draft_field field,
                       struct draft_check *out)
{
    int64_t at;
    if (no_such_day(text)) {
        draft_problem(out, field, DRAFT_ERROR, "there is no such day: %.10s", text);
    } else if (!draft_date(text, &at)) {
        draft_problem(out, field, DRAFT_ERROR, "a date like 2027-01-31: it counts from 00:00 UTC");
    } else if (at <= now) {
        draft_problem(out, field, DRAFT_ERROR, "this is not in the future");
    }
}

/* -- budget -- */

static void check_alert(const struct key_draft *draft, double budget, struct draft_check *out)
{
    double alert = 0;
    if (draft->alert[0] == '\0') {
        return;
    }
    if (is_number(draft->alert) && strlen(draft->alert) > DIGITS_MAX) {
        draft_problem_at(out, DRAFT_BUDGET, DRAFT_ERROR, 0, DRAFT_PART_ALERT,
                         "the alert is too big: at most %d digits", DIGITS_MAX);
    } else if (!amount(draft->alert, &alert) || alert < 1) {
        draft_problem_at(out, DRAFT_BUDGET, DRAFT_ERROR, 0, DRAFT_PART_ALERT,
                         "the alert is an amount of 1 or more, not a percentage");
    } else if (alert > budget) {
        draft_problem_at(out, DRAFT_BUDGET, DRAFT_ERROR, 0, DRAFT_PART_ALERT,
                         "the alert is above the budget");
    }
}

int draft_alert_percent(const struct key_draft *draft)
{
    double budget, alert;
    if (!amount(draft->budget, &budget) || !amount(draft->alert, &alert) || budget < 1 ||
        alert < 1 || alert > budget) {
        return -1;
    }
    return (int)(alert / budget * 100 + 0.5);
}

static void check_reset(const struct key_draft *draft, int64_t now, struct draft_check *out)
{
    if (draft->reset == RESET_DAYS) {
        check_days(draft->reset_days, DRAFT_RESET, out);
    }
    if (draft->reset_at[0] != '\0' && draft->reset == RESET_NONE) {
        draft_problem(out, DRAFT_RESET, DRAFT_ERROR,
                      "a first reset needs to know how often: weekly, monthly or days");
    } else if (draft->reset_at[0] != '\0') {
        check_date(draft->reset_at, now, DRAFT_RESET, out);
    }
}

static void check_budget(const struct key_draft *draft, int64_t now, struct draft_check *out)
{
    double budget = 0;
    if (draft->budget[0] == '\0') {
        if (draft->alert[0] != '\0') {
            draft_problem_at(out, DRAFT_BUDGET, DRAFT_ERROR, 0, DRAFT_PART_ALERT,
                             "an alert needs a budget");
        }
        if (draft->reset != RESET_NONE || draft->reset_at[0] != '\0') {
            draft_problem(out, DRAFT_BUDGET, DRAFT_ERROR, "a reset needs a budget");
        }
        return;
    }
    if (is_number(draft->budget) && strlen(draft->budget) > DIGITS_MAX) {
        draft_problem(out, DRAFT_BUDGET, DRAFT_ERROR, "too big: at most %d digits", DIGITS_MAX);
    } else if (!amount(draft->budget, &budget) || budget < 1) {
        draft_problem(out, DRAFT_BUDGET, DRAFT_ERROR, "a number of 1 or more");
    } else {
        check_alert(draft, budget, out);
    }
    check_reset(draft, now, out);
}

void draft_check_limits(const struct key_draft *draft, int64_t now, struct draft_check *out)
{
    check_rates(draft, out);
    check_budget(draft, now, out);
}

/* -- expiry -- */

/* The number before the "d"; false when it is none. */
static bool expires_days(const char *text, int64_t *out)
{
    char digits[sizeof((struct key_draft *)0)->expires];
    size_t len = strlen(text);
    if (len < 2 || text[len - 1] != 'd') {
        return false;
    }
    snprintf(digits, sizeof digits, "%.*s", (int)len - 1, text);
    if (all_digits(digits) && strlen(digits) > DIGITS_MAX) {
        *out = INT64_MAX;
        return true;
    }
    return whole_number(digits, out);
}

bool draft_expires_at(const struct key_draft *draft, int64_t now, int64_t *out)
{
    int64_t days;
    if (draft->expires[0] == '\0') {
        *out = TIME_NONE;
        return true;
    }
    if (expires_days(draft->expires, &days)) {
        if (days > EXPIRES_DAYS_MAX) {
            return false;
        }
        /* To the second, as the server keeps it. */
        *out = (now / 1000 * 1000) + days * DAY_MS;
        return true;
    }
    return time_parse(draft->expires, out);
}

static void check_expires(const struct key_draft *draft, int64_t now, struct draft_check *out)
{
    int64_t at, days;
    if (expires_days(draft->expires, &days) && days > EXPIRES_DAYS_MAX) {
        draft_problem(out, DRAFT_EXPIRES, DRAFT_ERROR, "too far: at most %d days",
                      EXPIRES_DAYS_MAX);
    } else if (no_such_day(draft->expires)) {
        draft_problem(out, DRAFT_EXPIRES, DRAFT_ERROR, "there is no such day: %.10s",
                      draft->expires);
    } else if (!draft_expires_at(draft, now, &at)) {
        draft_problem(out, DRAFT_EXPIRES, DRAFT_ERROR,
                      "a number of days like 90d, a date, or an RFC 3339 time");
    } else if (at == TIME_NONE) {
        draft_problem(out, DRAFT_EXPIRES, DRAFT_WARN, "this key never expires");
    } else if (at <= now) {
        draft_problem(out, DRAFT_EXPIRES, DRAFT_ERROR, "this is not in the future");
    } else if (at > now + 365 * DAY_MS) {
        draft_problem(out, DRAFT_EXPIRES, DRAFT_WARN, "more than a year");
    }
}

/* -- rotation -- */

bool draft_transition_ms(const struct key_draft *draft, int64_t *out)
{
    static const struct {
        char unit;
        int64_t ms;
    } UNITS[] = {{'m', 60000}, {'h', 3600000}, {'d', DAY_MS}};
    const char *text = draft->transition;
    size_t len = strlen(text);
    if (len == 0) {
        *out = 0;
        return true;
    }
    char digits[sizeof draft->transition];
    int64_t value;
    snprintf(digits, sizeof digits, "%.*s", (int)len - 1, text);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (text[len - 1] == UNITS[i].unit && whole_number(digits, &value) && value < 100000) {
            *out = value * UNITS[i].ms;
            return true;
        }
    }
    return false;
}

/* The shortest time between two rotations. */
static int64_t period_ms(const struct key_draft *draft)
{
    int days;
    switch (draft->rotation) {
    case ROTATE_WEEKLY:
        return 7 * DAY_MS;
    case ROTATE_MONTHLY:
        return 28 * DAY_MS; /* February */
    case ROTATE_DAYS:
        return draft_days(draft->rotation_days, &days) ? days * DAY_MS : INT64_MAX;
    default:
        return DAYS_MAX * DAY_MS;
    }
}

static void check_transition(const struct key_draft *draft, struct draft_check *out)
{
    int64_t ms;
    if (draft->transition[0] == '\0') {
        return;
    }
    if (!draft_transition_ms(draft, &ms)) {
        draft_problem(out, DRAFT_TRANSITION, DRAFT_ERROR,
                      "the old secret lives on for a span like 30m, 24h or 2d");
    } else if (draft->rotation == ROTATE_NONE) {
        draft_problem(out, DRAFT_TRANSITION, DRAFT_ERROR,
                      "there is no rotation for the old secret to outlive");
    } else if (ms < (int64_t)30 * 60000) {
        draft_problem(out, DRAFT_TRANSITION, DRAFT_ERROR,
                      "the old secret lives on for 30 minutes at least");
    } else if (ms >= period_ms(draft)) {
        draft_problem(out, DRAFT_TRANSITION, DRAFT_ERROR,
                      "the old secret must die before the next rotation");
    }
}

void draft_check_life(const struct key_draft *draft, int64_t now, struct draft_check *out)
{
    check_expires(draft, now, out);
    if (draft->rotation == ROTATE_DAYS) {
        check_days(draft->rotation_days, DRAFT_ROTATION, out);
    } else if (draft->rotation == ROTATE_DATE) {
        check_date(draft->rotation_at, now, DRAFT_ROTATION, out);
    }
    check_transition(draft, out);
}
