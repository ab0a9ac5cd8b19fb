/* What gives the terminal back when the program crashes: bytes and settings that were made ready
 * while all was well, and handlers that do nothing but write(2) and tcsetattr(3). Knows no curses.
 * One terminal at a time. */
#ifndef PORTCULLIS_UI_TERM_RESCUE_H
#define PORTCULLIS_UI_TERM_RESCUE_H

#include <stddef.h>
#include <termios.h>

#define TERM_RESCUE_MAX 512

/* Copies both and installs the handlers (SEGV, BUS, FPE, ILL, ABRT, TRAP, SYS, XCPU, XFSZ; on a
 * stack of their own, so that a full stack is survived too). Bytes past TERM_RESCUE_MAX are left
 * out. */
void term_rescue_setup(const char *bytes, size_t len, const struct termios *settings);
/* The terminal is ours (1) or somebody else's (0): then a crash leaves it alone. */
void term_rescue_arm(int ours);
/* Answers of the terminal are on their way (1): a crash waits for them a moment, so that the shell
 * does not read them. */
void term_rescue_expect(int answers);
/* Puts the handlers that were there before back. */
void term_rescue_done(void);

#endif
