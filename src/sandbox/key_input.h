/* What a create or an update of a key may hold: reads the body into a record, or answers 400 AB01
 * with the field. */
#ifndef PORTCULLIS_SANDBOX_KEY_INPUT_H
#define PORTCULLIS_SANDBOX_KEY_INPUT_H

#include "sandbox/server.h"

/* Reads the fields that create and update share into *key, whose texts are replaced. On update
 * (partial) absent means unchanged and null clears. key->kind is set. *reset gets reset_usage.
 * False when the reply is an error. */
bool key_input(const struct request *request, bool partial, struct key_rec *key, bool *reset,
               struct reply *reply);
/* What of an update can be checked before its key is looked up: the body comes before the object.
 */
bool key_input_precheck(const struct request *request, struct reply *reply);
/* How long the old secret lives on: of the body, or of the key's policy, or 30 minutes. key NULL:
 * before it is looked up. False: answered 400. */
bool key_input_transition(const struct request *request, const struct key_rec *key, int64_t *ms,
                          struct reply *reply);

#endif
