/* What the helper program asks of the Secret Service, step by step. Every question to the person is
 * asked here and not inside libsecret, which reports a dismissed question as nothing stored and
 * waits for ever when the service goes away meanwhile. Knows nothing of the socket. */
#ifndef PORTCULLIS_KEYRING_HELPER_SERVICE_H
#define PORTCULLIS_KEYRING_HELPER_SERVICE_H

#include "keyring/keyring.h"

struct service_entry {
    const char *profile; /* lent */
    const char *service;
};

struct service_answer {
    enum keyring_outcome outcome;
    char *key;       /* of a get that went well; secret_password_free */
    char detail[80]; /* for KEYRING_OTHER: the library's error by name and number */
};

/* Each fills the answer, whose outcome is KEYRING_OTHER before. They may block for ever: whoever
 * started this program sets the deadline. */
void service_get(const struct service_entry *entry, struct service_answer *answer);
void service_set(const struct service_entry *entry, const char *secret,
                 struct service_answer *answer);
void service_delete(const struct service_entry *entry, struct service_answer *answer);

#endif
