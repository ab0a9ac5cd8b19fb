/* --hand-to COMMAND: a new secret goes to a program that keeps it, unseen. Only for the files of
 * this folder. */
#ifndef PORTCULLIS_APP_COMMANDS_HAND_TO_H
#define PORTCULLIS_APP_COMMANDS_HAND_TO_H

#include <stdbool.h>

struct err;
struct secret;
struct write_wait;

/* Can this be a command? ERR_INVALID. */
bool hand_to_ok(const char *command, struct err *err);

enum handed {
    HANDED,       /* it ended well: it has it */
    HANDED_NO,    /* it did not start: nobody has it */
    HANDED_MAYBE, /* it ended badly, or not: it may have it */
};

/* Says what is run, runs it with sh -c, the secret and a line end on its standard input. What it
 * prints on standard output is seen by nobody; a minute is its time. err tells what HANDED is not.
 */
enum handed hand_to(struct write_wait *wait, const char *command, const struct secret *secret,
                    struct err *err);

#endif
