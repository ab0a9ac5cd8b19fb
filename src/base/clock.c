#include "base/clock.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)
#define MS_YEAR (365 * MS_DAY)

static int64_t read_clock(clockid_t id)
{
    struct timespec now = {0};

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * MS_SECOND + now.tv_nsec / 1000000;
}

/* Days from 1970-01-01 in the Gregorian calendar; years count from March, so that the leap day is
 * the last. */
static int64_t days_of(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1;
    int m = month > 2 ? month - 3 : month + 9;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * m + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return (int64_t)era * 146097 + day_of_era - 719468;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Exactly `count` digits with a value in low..high; moves *at behind them. */
static bool take_number(const char **at, int count, int low, int high, int *out)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        char c = (*at)[i];

        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    if (value < low || value > high) {
        return false;
    }
    *at += count;
    *out = value;
    return true;
}

static bool take_char(const char **at, const char *choice)
{
    if (**at == '\0' || strchr(choice, **at) == NULL) {
        return false;
    }
    (*at)++;
    return true;
}

static bool take_date(const char **at, int64_t *out_ms)
{
    int year;
    int month;
    int day;

    if (!take_number(at, 4, 0, 9999, &year) || !take_char(at, "-") ||
        !take_number(at, 2, 1, 12, &month) || !take_char(at, "-") ||
        !take_number(at, 2, 1, days_in(year, month), &day)) {
        return false;
    }
    *out_ms = days_of(year, month, day) * MS_DAY;
    return true;
}

/* A point and its digits; what is finer than a millisecond is dropped. */
static bool take_fraction(const char **at, int *out_ms)
{
    int value = 0;
    int digits = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++, digits++) {
        if (digits < 3) {
            value = value * 10 + (**at - '0');
        }
    }
    if (digits == 0) {
        return false;
    }
    for (; digits < 3; digits++) {
        value *= 10;
    }
    *out_ms = value;
    return true;
}

static bool take_clock(const char **at, int64_t *out_ms)
{
    int hour;
    int minute;
    int second;
    int fraction = 0;

    if (!take_number(at, 2, 0, 23, &hour) || !take_char(at, ":") ||
        !take_number(at, 2, 0, 59, &minute) || !take_char(at, ":") ||
        !take_number(at, 2, 0, 59, &second)) {
        return false;
    }
    if (take_char(at, ".") && !take_fraction(at, &fraction)) {
        return false;
    }
    *out_ms = hour * MS_HOUR + minute * MS_MINUTE + second * MS_SECOND + fraction;
    return true;
}

/* "Z" or "+05:30". Without one only the old form (a space before the time) is right, and that is
 * UTC. */
static bool take_zone(const char **at, bool required, int64_t *out_ms)
{
    bool west = **at == '-';
    int hour;
    int minute;

    *out_ms = 0;
    if (take_char(at, "Zz")) {
        return true;
    }
    if (!take_char(at, "+-")) {
        return !required;
    }
    if (!take_number(at, 2, 0, 23, &hour) || !take_char(at, ":") ||
        !take_number(at, 2, 0, 59, &minute)) {
        return false;
    }
    *out_ms = (hour * MS_HOUR + minute * MS_MINUTE) * (west ? -1 : 1);
    return true;
}

/* TIME_NONE has no calendar date, nor has anything that gmtime_r gives up on. */
static bool broken_down(int64_t ms, struct tm *out, int *out_fraction)
{
    int64_t seconds = ms / MS_SECOND;
    int64_t fraction = ms % MS_SECOND;
    time_t when;

    if (ms == TIME_NONE) {
        return false;
    }
    if (fraction < 0) {
        fraction += MS_SECOND;
        seconds--;
    }
    when = (time_t)seconds;
    *out_fraction = (int)fraction;
    return gmtime_r(&when, out) != NULL;
}

void clock_init(struct clock *clock)
{
    *clock = (struct clock){0};
}

void clock_fix(struct clock *clock, int64_t start_ms)
{
    clock->offset_ms = start_ms - read_clock(CLOCK_REALTIME);
}

void clock_advance(struct clock *clock, int64_t ms)
{
    clock->offset_ms += ms;
}

int64_t clock_local(const struct clock *clock)
{
    return read_clock(CLOCK_REALTIME) + clock->offset_ms;
}

int64_t clock_now(const struct clock *clock)
{
    return clock_local(clock) + clock->server_ms;
}

void clock_follow(struct clock *clock, int64_t server_ms)
{
    clock->server_ms = server_ms > -2 * MS_SECOND && server_ms < 2 * MS_SECOND ? 0 : server_ms;
}

int64_t clock_mono_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_mono_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_worked_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_boot_ms(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

bool time_parse(const char *text, int64_t *out_ms)
{
    const char *at = text;
    int64_t date;
    int64_t clock;
    int64_t zone;
    bool rfc;

    if (!take_date(&at, &date)) {
        return false;
    }
    if (*at == '\0') {
        *out_ms = date;
        return true;
    }
    rfc = *at != ' ';
    if (!take_char(&at, "Tt ") || !take_clock(&at, &clock) || !take_zone(&at, rfc, &zone) ||
        *at != '\0') {
        return false;
    }
    *out_ms = date + clock - zone;
    return true;
}

void time_format(int64_t ms, char out[TIME_TEXT_SIZE])
{
    struct tm tm;
    int fraction;

    if (ms == TIME_UNREAD || !broken_down(ms, &tm, &fraction)) {
        snprintf(out, TIME_TEXT_SIZE, "%s", ms == TIME_UNREAD ? "?" : "");
        return;
    }
    snprintf(out, TIME_TEXT_SIZE, "%04lld-%02u-%02uT%02u:%02u:%02u.%03uZ", tm.tm_year + 1900LL,
             (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100,
             (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100,
             (unsigned)fraction % 1000);
}

void time_strftime(int64_t ms, const char *format, char *out, size_t size)
{
    /* The C locale on purpose: the program speaks English, and columns are laid out for "%b" of 3
     * letters. */
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    struct tm tm;
    int fraction;

    if (plain == (locale_t)0 || size == 0) {
        return;
    }
    if (ms == TIME_UNREAD) {
        format = "?";
        ms = 0;
    }
    if (!broken_down(ms, &tm, &fraction) || strftime_l(out, size, format, &tm, plain) == 0) {
        out[0] = '\0';
    }
    freelocale(plain);
}

void time_span(int64_t ms, char out[TIME_TEXT_SIZE])
{
    uint64_t size = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    const uint64_t day = (uint64_t)MS_DAY;
    const uint64_t year = (uint64_t)MS_YEAR;
    uint64_t count;
    char unit;

    if (size < (uint64_t)MS_MINUTE) {
        count = size / (uint64_t)MS_SECOND;
        unit = 's';
    } else if (size < (uint64_t)MS_HOUR) {
        count = size / (uint64_t)MS_MINUTE;
        unit = 'm';
    } else if (size < day) {
        count = size / (uint64_t)MS_HOUR;
        unit = 'h';
    } else if (size < 2 * year) {
        count = size / day;
        unit = 'd';
    } else {
        count = size / year;
        unit = 'y';
    }
    snprintf(out, TIME_TEXT_SIZE, "%u%c", count < 999 ? (unsigned)count : 999u, unit);
}
