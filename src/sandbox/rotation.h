/* Rotation: of one key by hand, and of those whose policy says that it is time. */
#ifndef PORTCULLIS_SANDBOX_ROTATION_H
#define PORTCULLIS_SANDBOX_ROTATION_H

#include "sandbox/derive.h"
#include "sandbox/server.h"

#define TRANSITION_MIN_MS ((int64_t)30 * 60 * 1000)
#define TRANSITION_MAX_MS (365 * DAY_MS)

/* The shortest that the period of a policy can be; 0: it has none. */
int64_t rotation_period_ms(const json_t *policy);
/* When the next rotation is: weekly on Monday, monthly on the first, at 00:00 UTC. */
int64_t rotation_next(const json_t *policy, int64_t after);
/* How long the old secret lives on by a policy, or without one. */
int64_t rotation_transition_ms(const json_t *policy);
/* Gives the key its next secret; the old one lives on for so long. Not stored. */
void rotation_turn(const struct sandbox *sandbox, struct key_rec *key, int64_t at,
                   int64_t transition, char out[DERIVED_SECRET_SIZE]);

/* Rotates the keys whose time has come, each with a row of the audit log that is nobody's act.
 * Inside a transaction. */
void rotations_settle(struct sandbox *sandbox, int64_t now);
/* Keys were changed: what is due is not known any more. */
void rotations_forget(struct sandbox *sandbox);

#endif
