/* What the console's two drivers, the terminal and the script, share. Included by console*.c only.
 */
#ifndef PORTCULLIS_APP_CONSOLE_INTERNAL_H
#define PORTCULLIS_APP_CONSOLE_INTERNAL_H

#include <signal.h>

#include "app/console.h"
#include "app/host.h"
#include "ui/canvas.h"
#include "ui/ui.h"

struct term;

struct console {
    struct app *app;
    struct app_host *host;
    struct ui *ui;
    struct canvas *canvas;
    struct term *term; /* NULL: a script */
    int tick_timer;    /* the screen changes by itself */
    int paint_timer;   /* a background repaint that waits for its turn, */
    int64_t paint_due; /* and when that is, clock_mono_ms */
    int work_defer;    /* views have work left */
    bool fed;          /* a key came in this turn */
    bool waited_for;   /* a key gave the views their work: the end of it is shown at once */
    bool rows_shown;   /* the list had rows when it was painted last */
    int64_t painted_at;
    char *said; /* a sentence from before the screens were there; NULL */
    bool quit;
    int signo;            /* the terminal ended the console by this signal; 0: not */
    sigset_t mask_before; /* of the signals that end a program */
};

/* Feeds one event and paints at the end of the turn. */
void console_event(struct console *console, const struct ui_event *event);
void console_resize(struct console *console, int width, int height);
/* Draws the screens into the canvas. */
void console_draw(struct console *console);
/* Does what the screens asked for: clipboard, suspend, redraw, quit. */
void console_requests(struct console *console);
/* Lets the views work until they are done. */
void console_finish_work(struct console *console);

/* The terminal's part of console_requests. */
void console_term_requests(struct console *console, struct ui_requests *requests);
/* Opens the profile to start with. No profile at all is the first login, which the screens offer.
 */
bool console_open_first(struct console *console, struct err *err);
/* From here to console_let_signals one of the signals that end a program waits until somebody reads
 * it: none may end it between the screens and console_finish_writes, which has something to say. */
void console_hold_signals(struct console *console);
void console_let_signals(struct console *console);
/* Waits for what was sent and says on stderr what became of it. EXIT_UNKNOWN when nobody knows. */
int console_finish_writes(struct console *console);
int console_run_term(struct console *console);
int console_run_script(struct console *console);

#endif
