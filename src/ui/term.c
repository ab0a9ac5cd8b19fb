#include "ui/term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "ui/term_ask.h"
#include "ui/term_clipboard.h"
#include "ui/term_input.h"
#include "ui/term_rescue.h"
#include "ui/term_screen.h"
#include "ui/term_tty.h"

#include "base/banned.h"

#define READ_SIZE 4096
/* Input that is drained before the turn goes on, so that a flood of keys cannot hold the paint. */
#define READS_MAX 16

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

struct term {
    struct loop *loop;
    struct term_hooks hooks;
    struct term_screen *screen;
    struct term_input *input;
    struct term_ask ask;
    struct termios settings; /* as they were */
    sigset_t mask;
    struct sigaction stop_action;
    int signal_fd;
    int input_watch, signal_watch, sequence_timer, resize_defer;
    bool ended, mouse, away; /* away: lent or stopped */
};

/* -- ends, sizes -- */

static void end(struct term *term, int signo)
{
    if (term->ended) {
        return;
    }
    term->ended = true;
    term->hooks.ended(term->hooks.ctx, signo);
}

static void on_resize(void *ctx)
{
    struct term *term = ctx;
    int width, height;

    term->resize_defer = 0;
    term_screen_size(term->screen, &width, &height);
    term->hooks.resize(term->hooks.ctx, width, height);
}

static void tell_size(struct term *term)
{
    if (term->resize_defer == 0) {
        term->resize_defer = loop_defer(term->loop, on_resize, term);
    }
}

/* -- input -- */

static void on_sequence_timer(void *ctx)
{
    struct term *term = ctx;

    term->sequence_timer = 0;
    term_input_timeout(term->input);
}

static void wait_for_sequence(struct term *term)
{
    int ms = term_input_wait_ms(term->input);

    loop_untimer(term->loop, term->sequence_timer);
    term->sequence_timer = ms == 0 ? 0 : loop_timer(term->loop, ms, on_sequence_timer, term);
}

static void on_key(void *ctx, const struct ui_event *event)
{
    struct term *term = ctx;

    if (term->away) {
        return; /* typed while the last answers were waited for */
    }
    /* The terminal sends these as bytes, so that they are data inside a paste. */
    if (event->key == UI_KEY_CTRL && event->number == 'c' && !term->ended &&
        term->hooks.interrupted != NULL && term->hooks.interrupted(term->hooks.ctx)) {
        return;
    }
    if (event->key == UI_KEY_CTRL && (event->number == 'c' || event->number == '\\')) {
        end(term, event->number == 'c' ? SIGINT : SIGQUIT);
    } else if (event->key != UI_KEY_MOUSE || term->mouse) {
        term->hooks.event(term->hooks.ctx, event);
    }
}

static void on_answer(void *ctx, const struct term_sequence *sequence)
{
    struct term *term = ctx;

    term_ask_answer(&term->ask, sequence);
    term_screen_mark_paints(term->screen, term->ask.marks);
    term_rescue_expect(term->ask.open);
}

/* One read. False when the terminal is gone. *more: there may be more. */
static bool read_input(struct term *term, bool *more)
{
    char bytes[READ_SIZE];
    ssize_t len = read(STDIN_FILENO, bytes, sizeof(bytes));

    if (len == 0 || (len < 0 && errno != EINTR && errno != EAGAIN)) {
        return false;
    }
    *more = len < 0 || (size_t)len == sizeof(bytes);
    if (len > 0) {
        term_input_feed(term->input, bytes, (size_t)len);
        secret_wipe(bytes, (size_t)len);
    }
    return true;
}

static void on_input(void *ctx, short revents)
{
    struct term *term = ctx;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    bool more = true;

    (void)revents;
    for (int i = 0; i < READS_MAX && more && !term->away && !term->ended; i++) {
        if (i > 0 && poll(&input, 1, 0) <= 0) {
            break;
        }
        if (!read_input(term, &more)) {
            loop_unwatch(term->loop, term->input_watch);
            term->input_watch = 0;
            end(term, SIGHUP);
            break;
        }
    }
    wait_for_sequence(term);
}

static void watch_input(struct term *term, bool watch)
{
    loop_unwatch(term->loop, term->input_watch);
    term->input_watch =
        watch ? loop_watch(term->loop, STDIN_FILENO, POLLIN, LOOP_INPUT, on_input, term) : 0;
}

/* -- giving it away and taking it again -- */

/* Answers that come after us would be typed into the shell. */
static void take_answers(struct term *term)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    bool more;
    int ms;

    while ((ms = term_ask_wait_ms(&term->ask, clock_mono_ms())) > 0) {
        int ready = poll(&input, 1, ms);

        if ((ready < 0 && errno != EINTR) || (ready > 0 && !read_input(term, &more))) {
            break;
        }
    }
    term->ask.open = false;
}

static void leave(struct term *term)
{
    if (term->away) {
        return;
    }
    term->away = true;
    take_answers(term);
    term_tty_sends(MOUSE_OFF PASTE_OFF);
    term_screen_leave(term->screen);
    term_rescue_arm(0);
}

static void enter(struct term *term)
{
    term_rescue_arm(1);
    term_input_reset(term->input);
    wait_for_sequence(term);
    term_screen_enter(term->screen);
    /* Before the first paint: what a terminal prints that does not know the question is gone then.
     */
    if (!term->ask.asked && term_screen_may_ask(term->screen) && term_ask_wanted()) {
        term_rescue_expect(1);
        term_tty_sends(term_ask_begin(&term->ask, clock_mono_ms()));
    }
    term_tty_sends(PASTE_ON);
    if (term->mouse) {
        term_tty_sends(MOUSE_ON);
    }
    term->away = false;
    tell_size(term);
}

void term_suspend(struct term *term)
{
    if (term->away) {
        term_tty_stop_job();
        return;
    }
    leave(term);
    term_tty_stop_job();
    enter(term);
}

void term_lend(struct term *term)
{
    leave(term);
    watch_input(term, false);
}

void term_take_back(struct term *term)
{
    if (!term->away) {
        return;
    }
    enter(term);
    if (!term->ended) {
        watch_input(term, true);
    }
}

/* -- signals -- */

static void on_signal(struct term *term, int signo)
{
    switch (signo) {
    case SIGWINCH:
        if (!term->away) {
            term_screen_fit(term->screen);
            tell_size(term);
        }
        break;
    case SIGTSTP:
        term_suspend(term);
        break;
    case SIGCONT:
        /* Stopped by SIGSTOP, and the shell has set its own modes since. */
        if (!term->away) {
            enter(term);
        }
        break;
    case SIGINT:
    case SIGQUIT:
        /* While lent the keys of the terminal mean the other program. */
        if (term->away) {
            break;
        }
        end(term, signo);
        break;
    default:
        end(term, signo);
        break;
    }
}

static void on_signals(void *ctx, short revents)
{
    struct term *term = ctx;
    struct signalfd_siginfo info;

    (void)revents;
    while (read(term->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        on_signal(term, (int)info.ssi_signo);
    }
}

/* -- start and stop -- */

static bool wants_color(const struct term_options *options)
{
    const char *no_color = getenv("NO_COLOR");

    return !options->no_color && (no_color == NULL || no_color[0] == '\0');
}

static void start_rescue(const struct term *term)
{
    struct buf bytes;

    buf_init(&bytes, TERM_RESCUE_MAX);
    buf_adds(&bytes, MOUSE_OFF PASTE_OFF);
    term_screen_rescue(term->screen, &bytes);
    term_rescue_setup(bytes.data, bytes.len, &term->settings);
    buf_done(&bytes);
}

static bool open_screen(struct term *term, const struct term_options *options, struct err *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &term->settings) != 0) {
        return err_set(err, ERR_FILE, "There is no terminal here: input and output must be one.");
    }
    term->screen = term_screen_open(&term->settings, wants_color(options), err);
    return term->screen != NULL;
}

struct term *term_start(struct loop *loop, const struct term_options *options,
                        const struct term_hooks *hooks, struct err *err)
{
    struct term *term = xcalloc(1, sizeof(*term));

    term->loop = loop;
    term->hooks = *hooks;
    term->signal_fd = term_tty_block_signals(&term->mask, &term->stop_action);
    if (!open_screen(term, options, err)) {
        term_tty_unblock_signals(term->signal_fd, &term->mask, &term->stop_action);
        free(term);
        return NULL;
    }
    start_rescue(term);
    term->input = term_input_new(on_key, term);
    term_input_on_answer(term->input, on_answer);
    enter(term);
    watch_input(term, true);
    term->signal_watch = loop_watch(loop, term->signal_fd, POLLIN, LOOP_SIGNALS, on_signals, term);
    return term;
}

void term_stop(struct term *term)
{
    if (term == NULL) {
        return;
    }
    leave(term);
    watch_input(term, false);
    loop_unwatch(term->loop, term->signal_watch);
    loop_untimer(term->loop, term->sequence_timer);
    loop_undefer(term->loop, term->resize_defer);
    term_screen_close(term->screen);
    term_rescue_done();
    term_tty_unblock_signals(term->signal_fd, &term->mask, &term->stop_action);
    term_input_free(term->input);
    free(term);
}

/* -- painting -- */

void term_size(const struct term *term, int *width, int *height)
{
    term_screen_size(term->screen, width, height);
}

void term_paint(struct term *term, const struct canvas *canvas)
{
    if (!term->away && !term->ended) {
        term_screen_paint(term->screen, canvas);
    }
}

void term_redraw(struct term *term)
{
    term_screen_redraw(term->screen);
}

bool term_toggle_mouse(struct term *term)
{
    term->mouse = !term->mouse;
    if (!term->away) {
        term_tty_sends(term->mouse ? MOUSE_ON : MOUSE_OFF);
    }
    return term->mouse;
}

bool term_copy(struct term *term, const char *text, size_t len, struct err *err)
{
    size_t size;
    char *bytes;

    if (len > TERM_CLIPBOARD_MAX) {
        return err_set(
            err, ERR_INVALID,
            "The text is too long for the terminal's clipboard: %zu bytes of at most %d.", len,
            TERM_CLIPBOARD_MAX);
    }
    if (term->away) {
        return err_set(err, ERR_INVALID, "The terminal belongs to another program just now.");
    }
    bytes = term_clipboard_bytes(text, len, term_tty_inside_tmux(), &size);
    term_tty_send(bytes, size);
    secret_wipe(bytes, size);
    free(bytes);
    return true;
}
