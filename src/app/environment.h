/* What the environment says about the organisation to work on: PORTKEY_API_KEY, PORTKEY_BASE_URL
 * and PORTKEY_CA_FILE. It is explicit: once one of the first two is set, even to nothing, no stored
 * profile is used; what cannot be used is an error that names the variable. */
#ifndef PORTCULLIS_APP_ENVIRONMENT_H
#define PORTCULLIS_APP_ENVIRONMENT_H

#include <stdbool.h>

#include "app/profile.h"
#include "base/err.h"
#include "base/secret.h"

struct environment {
    bool named;              /* it names an organisation, or tries to */
    struct err err;          /* named, and it cannot be used: why */
    struct profile *profile; /* NULL unless it can be used */
    struct secret *key;
};

/* Takes the key out of the environment block, whatever else is there. */
void environment_take(struct environment *environment);
void environment_done(struct environment *environment);

#endif
