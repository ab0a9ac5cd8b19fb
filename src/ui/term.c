#define NCURSES_WIDECHAR 1
#include "ui/term.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/term_clipboard.h"
#include "ui/term_input.h"
#include "ui/term_look.h"
#include "ui/term_rescue.h"
#include "ui/term_tty.h"

#include "base/banned.h"

#define READ_SIZE 4096
/* Input that is drained before the turn goes on, so that a flood of keys cannot hold the paint. */
#define READS_MAX 16

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

/* The columns of a row that hold a secret. */
struct span {
    int from, to; /* to is past the last; equal: none */
};

struct term {
    struct loop *loop;
    struct term_hooks hooks;
    SCREEN *screen;
    struct term_input *input;
    struct termios settings; /* as they were */
    sigset_t mask;
    struct sigaction stop_action;
    int signal_fd;
    int input_watch, signal_watch, sequence_timer, resize_defer;
    int width, height;
    int colours;
    bool ended, mouse, away; /* away: lent or stopped */
    bool redraw;
    cchar_t *row;             /* width + 1 */
    struct span *secrets;     /* a row each: what of them is on the terminal now */
    char *cup, *bold, *plain; /* terminfo's; lent by curses */
};

static char *capability(const char *name)
{
    char *text = tigetstr(name);

    return (intptr_t)text == -1 ? NULL : text;
}

/* -- ends, sizes -- */

static void end(struct term *term, int signo)
{
    if (term->ended) {
        return;
    }
    term->ended = true;
    term->hooks.ended(term->hooks.ctx, signo);
}

static void allocate_rows(struct term *term)
{
    free(term->row);
    free(term->secrets);
    term->row = xcalloc((size_t)term->width + 1, sizeof(*term->row));
    term->secrets = xcalloc((size_t)term->height, sizeof(*term->secrets));
}

/* The size is asked for after the notice of a change, so that the last of many is never missed. */
static void ask_size(struct term *term)
{
    struct winsize size;
    int width = 80;
    int height = 24;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        width = size.ws_col;
        height = size.ws_row;
    }
    if (width != COLS || height != LINES) {
        resize_term(height, width);
    }
    /* Where curses could not follow, what it has counts. */
    term->width = COLS;
    term->height = LINES;
    term->redraw = true;
    allocate_rows(term);
}

static void on_resize(void *ctx)
{
    struct term *term = ctx;

    term->resize_defer = 0;
    term->hooks.resize(term->hooks.ctx, term->width, term->height);
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

static void on_input(void *ctx, short revents)
{
    struct term *term = ctx;
    char bytes[READ_SIZE];

    (void)revents;
    for (int i = 0; i < READS_MAX && !term->away && !term->ended; i++) {
        struct pollfd more = {.fd = STDIN_FILENO, .events = POLLIN};
        ssize_t len;

        if (poll(&more, 1, 0) <= 0) {
            break;
        }
        len = read(STDIN_FILENO, bytes, sizeof(bytes));
        if (len == 0 || (len < 0 && errno != EINTR && errno != EAGAIN)) {
            loop_unwatch(term->loop, term->input_watch);
            term->input_watch = 0;
            end(term, SIGHUP);
            break;
        }
        if (len > 0) {
            term_input_feed(term->input, bytes, (size_t)len);
            secret_wipe(bytes, (size_t)len);
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

static void leave(struct term *term)
{
    if (term->away) {
        return;
    }
    term->away = true;
    /* Nothing of ours stays on the other screen, nor on the only one. */
    clear();
    refresh();
    memset(term->secrets, 0, (size_t)term->height * sizeof(*term->secrets));
    term_tty_sends(MOUSE_OFF PASTE_OFF);
    endwin();
    term_rescue_arm(0);
}

static void enter(struct term *term)
{
    term_rescue_arm(1);
    term_input_reset(term->input);
    wait_for_sequence(term);
    ask_size(term);
    clearok(curscr, TRUE);
    refresh();
    keypad(stdscr, TRUE);
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
            ask_size(term);
            tell_size(term);
        }
        break;
    case SIGTSTP:
        term_suspend(term);
        break;
    case SIGCONT:
        /* Stopped by SIGSTOP, and the shell has set its own modes since. */
        if (!term->away) {
            reset_prog_mode();
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

static bool open_screen(struct term *term, struct err *err)
{
    const char *name = getenv("TERM");
    char *clean;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &term->settings) != 0) {
        return err_set(err, ERR_FILE, "There is no terminal here: input and output must be one.");
    }
    if (name == NULL || name[0] == '\0') {
        return err_set(err, ERR_FILE, "TERM is not set, so the kind of terminal is not known.");
    }
    term->screen = newterm(NULL, stdout, stdin);
    if (term->screen != NULL && capability("cup") != NULL) {
        return true;
    }
    if (term->screen != NULL) {
        endwin();
        delscreen(term->screen);
        term->screen = NULL;
    }
    clean = text_cleaned(name);
    err_set(err, ERR_FILE,
            "The terminal \"%.60s\" (TERM) is not known here or cannot place text. Set TERM to one "
            "that is, e.g. TERM=xterm-256color.",
            clean);
    free(clean);
    return false;
}

static bool wants_color(const struct term_options *options)
{
    const char *no_color = getenv("NO_COLOR");

    return !options->no_color && (no_color == NULL || no_color[0] == '\0');
}

static void start_colors(struct term *term, bool wanted)
{
    /* Without the terminal's own fore- and background we would paint it black. */
    if (!wanted || !has_colors() || start_color() == ERR || use_default_colors() == ERR) {
        return;
    }
    if (COLORS < 8 || COLOR_PAIRS <= STYLE_COUNT) {
        return;
    }
    term->colours = COLORS;
    for (int style = 0; style < STYLE_COUNT; style++) {
        const struct term_look *look = term_look((enum style)style, term->colours);

        init_pair((short)(style + 1), look->fg, look->bg);
    }
}

static void start_rescue(struct term *term)
{
    char bytes[TERM_RESCUE_MAX];
    char *const parts[] = {
        MOUSE_OFF,           PASTE_OFF,          capability("sgr0"),  capability("op"),
        capability("clear"), capability("rmkx"), capability("cnorm"), capability("rmcup"),
    };
    size_t len = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        size_t more = parts[i] == NULL ? 0 : strlen(parts[i]);

        if (more > 0 && len + more <= sizeof(bytes)) {
            memcpy(bytes + len, parts[i], more);
            len += more;
        }
    }
    term_rescue_setup(bytes, len, &term->settings);
}

struct term *term_start(struct loop *loop, const struct term_options *options,
                        const struct term_hooks *hooks, struct err *err)
{
    struct term *term = xcalloc(1, sizeof(*term));

    term->loop = loop;
    term->hooks = *hooks;
    /* Before curses sees them: it would install handlers that lose a resize. */
    term->signal_fd = term_tty_block_signals(&term->mask, &term->stop_action);
    if (!open_screen(term, err)) {
        term_tty_unblock_signals(term->signal_fd, &term->mask, &term->stop_action);
        free(term);
        return NULL;
    }
    term->cup = capability("cup");
    term->bold = capability("bold");
    term->plain = capability("sgr0");
    start_rescue(term);
    raw();
    noecho();
    nonl();
    start_colors(term, wants_color(options));
    term->input = term_input_new(on_key, term);
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
    delscreen(term->screen);
    term_rescue_done();
    term_tty_unblock_signals(term->signal_fd, &term->mask, &term->stop_action);
    term_input_free(term->input);
    free(term->row);
    free(term->secrets);
    free(term);
}

void term_size(const struct term *term, int *width, int *height)
{
    *width = term->width;
    *height = term->height;
}

/* -- painting -- */

static attr_t attributes(const struct term *term, enum style style)
{
    unsigned flags = term_look(style, term->colours)->flags;

    return ((flags & LOOK_BOLD) != 0 ? A_BOLD : 0) | ((flags & LOOK_DIM) != 0 ? A_DIM : 0) |
           ((flags & LOOK_REVERSE) != 0 ? A_REVERSE : 0) |
           ((flags & LOOK_UNDERLINE) != 0 ? A_UNDERLINE : 0);
}

/* Lines by curses' own names, so that a terminal that has them in another character set is served.
 */
static const cchar_t *line_glyph(wchar_t c)
{
    switch (c) {
    case L'─':
        return WACS_HLINE;
    case L'│':
        return WACS_VLINE;
    case L'┌':
        return WACS_ULCORNER;
    case L'┐':
        return WACS_URCORNER;
    case L'└':
        return WACS_LLCORNER;
    case L'┘':
        return WACS_LRCORNER;
    default:
        return NULL;
    }
}

static void to_cell(const struct term *term, const char *text, enum style style, cchar_t *out)
{
    wchar_t wide[CCHARW_MAX + 1] = {L' '};
    attr_t attrs = attributes(term, style);
    short pair = (short)(term->colours > 0 ? style + 1 : 0);
    const cchar_t *line;

    if (text[0] == '\0' || text[1] == '\0') {
        wide[0] = text[0] == '\0' ? L' ' : (wchar_t)(unsigned char)text[0];
    } else {
        size_t count = mbstowcs(wide, text, CCHARW_MAX);

        if (count == (size_t)-1 || count == 0) {
            wide[0] = L'?';
            count = 1;
        }
        wide[count] = L'\0';
        line = line_glyph(wide[0]);
        if (line != NULL) {
            attr_t own;
            short ignored;

            getcchar(line, wide, &own, &ignored, NULL);
            attrs |= own;
        }
    }
    if (setcchar(out, wide, attrs, pair, NULL) == ERR) {
        setcchar(out, L"?", attrs, pair, NULL);
    }
}

/* Secret cells are blanks for curses: it keeps several copies of the screen and of what it sends.
 */
static struct span paint_row(struct term *term, const struct canvas *canvas, int y)
{
    struct span secret = {0, 0};
    int count = 0;
    int x = 0;

    while (x < term->width) {
        enum style style = STYLE_NORMAL;
        int columns = 1;
        const char *text = canvas_cell(canvas, x, y, &columns, &style);

        columns = columns < 1 ? 1 : columns;
        if (style == STYLE_SECRET) {
            secret.from = secret.to == 0 ? x : secret.from;
            secret.to = x + columns;
            for (int i = 0; i < columns && x + i < term->width; i++) {
                to_cell(term, " ", STYLE_NORMAL, &term->row[count++]);
            }
        } else if (x + columns > term->width) {
            to_cell(term, " ", style, &term->row[count++]);
        } else {
            to_cell(term, text, style, &term->row[count++]);
        }
        x += columns;
    }
    mvadd_wchnstr(y, 0, term->row, count);
    return secret;
}

static void send_secret_row(struct term *term, const struct canvas *canvas, int y,
                            struct span secret)
{
    struct term_direct direct = {.len = 0};
    bool placed = false;

    term_direct_add(&direct, term->bold);
    for (int x = secret.from; x < secret.to; x++) {
        enum style style = STYLE_NORMAL;
        int columns = 1;
        const char *text = canvas_cell(canvas, x, y, &columns, &style);
        bool last = x + columns >= term->width && y == term->height - 1;

        /* The last cell of all could scroll the screen. */
        if (style != STYLE_SECRET || last) {
            placed = false;
            continue;
        }
        if (!placed) {
            term_direct_add(&direct, tparm(term->cup, y, x, 0, 0, 0, 0, 0, 0, 0));
            placed = true;
        }
        term_direct_add(&direct, text);
    }
    term_direct_add(&direct, term->plain);
    term_direct_flush(&direct);
}

/* What curses does not know of it cannot paint over by itself. */
static void paint_cells(struct term *term, const struct canvas *canvas)
{
    for (int y = 0; y < term->height; y++) {
        struct span secret = paint_row(term, canvas, y);
        struct span *old = &term->secrets[y];

        if (old->to > old->from && (old->from != secret.from || old->to != secret.to)) {
            wredrawln(stdscr, y, 1);
        }
        *old = secret;
    }
}

static void send_secrets(struct term *term, const struct canvas *canvas, int x, int y)
{
    bool any = false;

    for (int row = 0; row < term->height; row++) {
        if (term->secrets[row].to > term->secrets[row].from) {
            send_secret_row(term, canvas, row, term->secrets[row]);
            any = true;
        }
    }
    if (any) {
        term_tty_sends(tparm(term->cup, y, x, 0, 0, 0, 0, 0, 0, 0));
    }
}

void term_paint(struct term *term, const struct canvas *canvas)
{
    int x = 0;
    int y = 0;
    bool cursor;

    if (term->away || term->ended) {
        return;
    }
    paint_cells(term, canvas);
    cursor = canvas_cursor_at(canvas, &x, &y) && x < term->width && y < term->height;
    if (!cursor) {
        x = 0;
        y = term->height - 1;
    }
    curs_set(cursor ? 1 : 0);
    move(y, x);
    if (term->redraw) {
        clearok(curscr, TRUE);
        term->redraw = false;
    }
    refresh();
    send_secrets(term, canvas, x, y);
}

void term_redraw(struct term *term)
{
    term->redraw = true;
}

bool term_toggle_mouse(struct term *term)
{
    term->mouse = !term->mouse;
    if (!term->away) {
        term_tty_sends(term->mouse ? MOUSE_ON : MOUSE_OFF);
    }
    return term->mouse;
}

static bool inside_tmux(void)
{
    const char *tmux = getenv("TMUX");

    return tmux != NULL && tmux[0] != '\0';
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
    bytes = term_clipboard_bytes(text, len, inside_tmux(), &size);
    term_tty_send(bytes, size);
    secret_wipe(bytes, size);
    free(bytes);
    return true;
}

/* Of <term.h>, which makes macros of words like columns and lines. */
extern int setupterm(const char *name, int fd, int *status);

char *term_describe(void)
{
    const char *name = getenv("TERM"), *over_ssh = getenv("SSH_CONNECTION");
    struct winsize size = {0};
    char colours[32];
    int status = 0, count;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return xstrdup("none: standard output is no terminal");
    }
    if (name == NULL || setupterm(name, STDOUT_FILENO, &status) != OK) {
        return xstrdup("unknown: TERM names none that is known here");
    }
    count = tigetnum("colors");
    snprintf(colours, sizeof(colours), "%d colours", count < 0 ? 0 : count);
    return xasprintf("%s, %s, %ux%u%s%s", name, colours, size.ws_col, size.ws_row,
                     inside_tmux() ? ", tmux" : "", over_ssh != NULL ? ", over SSH" : "");
}
