/* The one check that every write passes: who is at work, and whether writes are on: they are off
 * until the operator arms them, for ten minutes. Pure: the time is handed in. Knows nothing of what
 * is written. */
#ifndef PORTCULLIS_APP_GATE_H
#define PORTCULLIS_APP_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/actor.h"
#include "base/err.h"

#define GATE_ARMED_MS ((int64_t)10 * 60 * 1000)

/* Plain data; zeroed is disarmed, with a person at work. All times are monotonic milliseconds that
 * count the time asleep too (clock_boot_ms). */
struct gate {
    struct actor who;
    bool agents;  /* the profile lets an agent write */
    bool refused; /* it was refused to an agent */
    bool armed;
    int64_t until;
    char reason[200];
};

/* May whoever is at work write at all? ERR_GUARD for an agent, unless the profile lets it. */
bool gate_lets(const struct gate *gate, struct err *err);
/* The same for what makes a new secret: a screen or an output that an agent reads is no place for
 * it. ERR_GUARD for every agent. */
bool gate_lets_secrets(const struct gate *gate, struct err *err);
/* Lets writes through until now + GATE_ARMED_MS. reason may be "" or NULL unless the tag is that of
 * production: then ERR_GUARD, as where gate_lets says no. */
bool gate_arm(struct gate *gate, const char *tag, const char *reason, int64_t now, struct err *err);
void gate_disarm(struct gate *gate);
/* May a write be sent now? ERR_GUARD when not. Disarms when the time is over. */
bool gate_check(struct gate *gate, int64_t now, struct err *err);
/* How long writes stay on; 0 when they are off. */
int64_t gate_left_ms(const struct gate *gate, int64_t now);

#endif
