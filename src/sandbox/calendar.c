#include "sandbox/calendar.h"

#include <string.h>

#include "base/banned.h"

int64_t next_midnight(int64_t after)
{
    return (after / DAY_MS + 1) * DAY_MS;
}

int64_t next_weekday(int64_t after, int weekday)
{
    int64_t at = next_midnight(after);
    while ((at / DAY_MS + 4) % 7 != weekday) { /* 1970-01-01 was a Thursday */
        at += DAY_MS;
    }
    return at;
}

int64_t next_month(int64_t after)
{
    char day[TIME_TEXT_SIZE];
    int64_t at = next_midnight(after);
    time_strftime(at, "%d", day, sizeof day);
    while (strcmp(day, "01") != 0) {
        at += DAY_MS;
        time_strftime(at, "%d", day, sizeof day);
    }
    return at;
}
