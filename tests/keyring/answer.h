/* What the keyring's tests share: an answer that is waited for on the loop, with a deadline. */
#ifndef PORTCULLIS_TESTS_KEYRING_ANSWER_H
#define PORTCULLIS_TESTS_KEYRING_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/loop.h"
#include "keyring/keyring.h"

struct answer {
    int times;
    enum keyring_outcome outcome;
    bool has_err;
    struct err err;
    char key[SECRET_KEY_MAX + 1]; /* "" when none was lent */
};

void answer_take(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                 const struct err *err);
/* Turns the loop until the answer is there; fails the test after 30 s. */
void answer_wait(struct loop *loop, const struct answer *answer);
/* Turns the loop until the process is gone (reaped, not a zombie); fails the test after 30 s. */
void wait_gone(struct loop *loop, int pid);
/* Reads a file whole (gives); fails the test when it is not there. *len may be NULL. */
char *slurp(const char *path, size_t *len);
/* Writes a file whole, over what was there. */
void spill(const char *path, const char *text);
/* Is the text in these bytes, which may hold NUL? */
bool bytes_hold(const char *bytes, size_t len, const char *text);

#endif
