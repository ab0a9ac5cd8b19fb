/* What the terminal's two file descriptors and its signals need: bytes that go out, stopping as a
 * job, ending by a signal. */
#ifndef PORTCULLIS_UI_TERM_TTY_H
#define PORTCULLIS_UI_TERM_TTY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes all to stdout, unless the terminal is gone. */
void term_tty_send(const char *bytes, size_t len);
void term_tty_sends(const char *text);

/* Blocks the signals of a terminal program and gives an fd that reads them; *mask and *stop get the
 * mask and the action of SIGTSTP as they were, for the other. */
int term_tty_block_signals(sigset_t *mask, struct sigaction *stop);
void term_tty_unblock_signals(int fd, const sigset_t *mask, const struct sigaction *stop);
/* Does a tmux stand between us and the terminal? */
bool term_tty_inside_tmux(void);
/* Stops the job as ^Z would; returns when it goes on. */
void term_tty_stop_job(void);

#endif
