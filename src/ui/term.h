/* The terminal: bytes and signals come in as events, a canvas goes out as cells. It gives the
 * terminal back whatever happens: a normal end, a signal, a crash. Knows nothing of panes or the
 * host; terminfo is in ui/term_info.c.
 *
 * Wiring, in the program: term_start() with hooks that feed ui_event() and ui_resize();
 * loop_set_paint() with a function that calls ui_draw() and term_paint(); after each event
 * ui_take_requests() and the calls below. A key press paints in the turn it came in (loop_dirty);
 * what the background does should paint at most twice a second. */
#ifndef PORTCULLIS_UI_TERM_H
#define PORTCULLIS_UI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/loop.h"
#include "ui/canvas.h"
#include "ui/event.h"

struct term;

struct term_options {
    bool no_color; /* also when NO_COLOR is set and not empty */
};

struct term_hooks {
    /* All are called from the loop, never from inside a call made here. */
    void (*event)(void *ctx, const struct ui_event *event);
    /* The size changed; also called once after the start. Cells are lost: paint. */
    void (*resize)(void *ctx, int width, int height);
    /* The program has to end: SIGTERM, SIGHUP, SIGINT, SIGQUIT, or the terminal is gone (SIGHUP).
     */
    void (*ended)(void *ctx, int signo);
    /* Ctrl-C was typed: true when the program asks first and goes on. NULL: it ends. */
    bool (*interrupted)(void *ctx);
    void *ctx;
};

/* Takes the terminal over (stdin and stdout must be one). Blocks the signals it reads, so call it
 * before any thread or child is made. Gives; NULL with ERR_FILE that names what is wrong (no
 * terminal, TERM unknown). One at a time. */
struct term *term_start(struct loop *loop, const struct term_options *options,
                        const struct term_hooks *hooks, struct err *err);
/* Gives the terminal back. NULL is fine. */
void term_stop(struct term *term);
/* After term_stop: ends the program by this signal, so that the parent sees the true status. SIGHUP
 * of a terminal that is gone exits with 129. Does nothing for 0. */
void term_end_by(int signo);
void term_size(const struct term *term, int *width, int *height);
/* Copies the cells that changed to the terminal. Nothing happens while it is lent or stopped. */
void term_paint(struct term *term, const struct canvas *canvas);
/* The next paint draws every cell. */
void term_redraw(struct term *term);
/* ^Z: gives the terminal back, stops the process, takes it again when it goes on, asks for the
 * size. */
void term_suspend(struct term *term);
/* Lends the terminal to another program (a key command) and takes it back. Input is left alone
 * meanwhile. */
void term_lend(struct term *term);
void term_take_back(struct term *term);
/* True: it is on from now. */
bool term_toggle_mouse(struct term *term);
/* Sends text to the clipboard by OSC 52 (through tmux when TMUX is set). ERR_INVALID when it is
 * longer than TERM_CLIPBOARD_MAX. It cannot be read back: whether the terminal took it is not
 * known. Makes and wipes its own copy. */
#define TERM_CLIPBOARD_MAX 74994
bool term_copy(struct term *term, const char *text, size_t len, struct err *err);
/* For `info`, without taking the terminal: "xterm-256color, 256 colours, 80x24, tmux, over SSH", or
 * that standard output is none (gives). */
char *term_describe(void);

#endif
