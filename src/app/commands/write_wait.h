/* The wait of a command for a write that was confirmed, and what ^C and TERM do to it. Before
 * anything was sent they end the command as they end any other. Once it was sent the first says
 * what is under way and waits for its end, half a minute at most; the second, or the end of that
 * time, leaves with what is known: that nobody knows. Only for the files of this folder. */
#ifndef PORTCULLIS_APP_COMMANDS_WRITE_WAIT_H
#define PORTCULLIS_APP_COMMANDS_WRITE_WAIT_H

#include <stdbool.h>

struct app;
struct err;
struct write_wait;

/* Gives; from here on the signals are held. */
struct write_wait *write_wait_new(struct app *app);
/* Lets the signals be again; one that came last does not end the program any more. */
void write_wait_free(struct write_wait *wait);
/* Runs the loop until the open write needs a decision, is over, or has a secret to hand over. False
 * with ERR_RATE_LIMIT when nothing was sent yet and the server asks for a long wait, and with
 * ERR_UNKNOWN when the wait for its end was broken off. A new key that was handed over is not read
 * back once a signal has come. */
bool write_wait_run(struct write_wait *wait, struct err *err);
/* Waits until this file takes bytes. False when a second signal ended that. */
bool write_wait_room(struct write_wait *wait, int fd);
/* Waits until this child (its pidfd) has ended, a minute at most. False when that, or a second
 * signal, ended the wait. */
bool write_wait_child(struct write_wait *wait, int pidfd);

#endif
