/* Time: wall clock (which --now can fix and tests can move), monotonic clock, and the two text
 * forms of the API. */
#ifndef PORTCULLIS_BASE_CLOCK_H
#define PORTCULLIS_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* All times are milliseconds since 1970-01-01T00:00:00Z. TIME_NONE: not set, null, absent. */
#define TIME_NONE INT64_MIN
/* A time that is there, and was not understood: later than any, so it is never taken for over. */
#define TIME_UNREAD INT64_MAX
#define DAY_MS ((int64_t)24 * 3600 * 1000)
/* Clocks differ: what a row says of a time is past only when it is past by so much. */
#define PAST_SURE_MS ((int64_t)15 * 60 * 1000)

struct clock {
    int64_t offset_ms; /* added to the real wall clock */
    int64_t server_ms; /* by how much the server's clock is ahead of that; 0 until it is known */
};

/* The real time. */
void clock_init(struct clock *clock);
/* From now on clock_now runs on from start_ms. */
void clock_fix(struct clock *clock, int64_t start_ms);
void clock_advance(struct clock *clock, int64_t ms);
/* The time of the server, once clock_follow told of it; until then, and without one, our own. */
int64_t clock_now(const struct clock *clock);
/* Our own, whatever the server says. */
int64_t clock_local(const struct clock *clock);
/* The server's clock is ahead of our own by so much. Less than two seconds are none: a Date tells
 * whole seconds, and an answer takes its time. */
void clock_follow(struct clock *clock, int64_t server_ms);
/* More than this is worth a word: what is told by this machine's clock elsewhere is not true. */
#define CLOCK_OFF_TOLD_MS ((int64_t)2 * 60 * 1000)
/* Never jumps; for deadlines and durations. Not affected by clock_fix. */
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
/* How long the processor has worked for us: what others take of it does not count. */
int64_t clock_worked_us(void);
/* The same, but it goes on while the machine sleeps. */
int64_t clock_boot_ms(void);

/* Reads RFC 3339 ("2026-05-03T17:08:55.000Z", offsets, no fraction) and the old "2024-01-25
 * 11:35:07" (UTC) and the bare date "2026-05-03". Strict: 30 February, 24:00 and trailing bytes are
 * refused. */
bool time_parse(const char *text, int64_t *out_ms);
#define TIME_TEXT_SIZE 32
/* "2026-05-03T17:08:55.000Z"; "?" for TIME_UNREAD. */
void time_format(int64_t ms, char out[TIME_TEXT_SIZE]);
/* strftime in UTC: "%d %b", "%Y-%m-%d %H:%MZ"; "?" for TIME_UNREAD. */
void time_strftime(int64_t ms, const char *format, char *out, size_t size);
/* A short age or span: "0s" "14s" "9m" "3h" "41d" "2y"; at most 4 columns. Negative spans as their
 * size. */
void time_span(int64_t ms, char out[TIME_TEXT_SIZE]);

#endif
