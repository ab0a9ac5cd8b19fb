/* What the tests share that run under with-keyring.sh, against a real gnome-keyring on a private
 * bus: a loop with the real helper, and questions that are waited for. */
#ifndef PORTCULLIS_TESTS_KEYRING_BUS_H
#define PORTCULLIS_TESTS_KEYRING_BUS_H

#include <sys/types.h>

#include "base/loop.h"
#include "keyring/answer.h"
#include "keyring/keyring.h"

#define SERVICE "https://api.example.test/v1"

struct fixture {
    struct loop *loop;
    struct keyring *keyring;
    struct answer answer;
};

extern const struct keyring_entry ENTRY; /* profile prod of SERVICE */

int setup(void **state);
int teardown(void **state);

/* Each asks the keyring, waits for the answer and leaves it in f->answer. */
enum keyring_outcome ask_get(struct fixture *f, const struct keyring_entry *entry);
enum keyring_outcome ask_set(struct fixture *f, const struct keyring_entry *entry,
                             const char *text);
enum keyring_outcome ask_delete(struct fixture *f, const struct keyring_entry *entry);

/* Gives what a shell command printed on its standard output. */
char *shell(const char *command);
/* The daemon that with-keyring.sh started. */
pid_t daemon_pid(void);
/* Locks the keyring that with-keyring.sh opened. */
void lock_keyring(void);
/* Another daemon over the same keyring files, which nobody gave a password; waits until it is on
 * the bus. The caller ends and reaps it. */
pid_t start_locked_daemon(void);

#endif
