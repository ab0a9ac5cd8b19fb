/* The one check that every write passes: writes are off until the operator arms them, for ten
 * minutes. Pure: the time is handed in. Knows nothing of what is written. */
#ifndef PORTCULLIS_APP_GATE_H
#define PORTCULLIS_APP_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define GATE_ARMED_MS ((int64_t)10 * 60 * 1000)

/* Plain data; zeroed is disarmed. All times are monotonic milliseconds that
 * count the time asleep too (clock_boot_ms). */
struct gate {
    bool armed;
    int64_t until;
    char reason[200];
};

/* Lets writes through until now + GATE_ARMED_MS. reason may be "" or NULL unless the tag is that of
 * production: then ERR_GUARD. */
bool gate_arm(struct gate *gate, const char *tag, const char *reason, int64_t now, struct err *err);
void gate_disarm(struct gate *gate);
/* May a write be sent now? ERR_GUARD when not. Disarms when the time is over. */
bool gate_check(struct gate *gate, int64_t now, struct err *err);
/* How long writes stay on; 0 when they are off. */
int64_t gate_left_ms(const struct gate *gate, int64_t now);

#endif
