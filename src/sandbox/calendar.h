/* Days, weeks and months in UTC, as limits are reset and keys are rotated by them. */
#ifndef PORTCULLIS_SANDBOX_CALENDAR_H
#define PORTCULLIS_SANDBOX_CALENDAR_H

#include <stdint.h>

#include "base/clock.h" /* DAY_MS */

#define HOUR_MS ((int64_t)3600 * 1000)

/* All give a midnight after `after`. weekday 0 is Sunday. */
int64_t next_midnight(int64_t after);
int64_t next_weekday(int64_t after, int weekday);
int64_t next_month(int64_t after);

#endif
