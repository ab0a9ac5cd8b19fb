/* The watch over the service that the helper program asks: libsecret waits for ever when the
 * service goes away while a question to the person is open. Knows nothing of the Secret Service but
 * its name on the bus. */
#ifndef PORTCULLIS_KEYRING_HELPER_DEATH_H
#define PORTCULLIS_KEYRING_HELPER_DEATH_H

/* Runs fn in a thread of its own when the holder of this name (lent for ever) has left the session
 * bus and a call that was under way then has not ended a second later. Once per process. Without a
 * bus it does nothing. */
void death_watch(const char *name, void (*fn)(void));

#endif
