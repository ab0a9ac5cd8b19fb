#define NCURSES_WIDECHAR 1
#include "ui/term_screen.h"

#include <curses.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/term.h"
#include "ui/term_look.h"
#include "ui/term_tty.h"

#include "base/banned.h"

/* The columns of a row that hold a secret. */
struct span {
    int from, to; /* to is past the last; equal: none */
};

struct term_screen {
    SCREEN *curses;
    int width, height;
    int colours;
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

/* -- opening, sizes -- */

static void allocate_rows(struct term_screen *screen)
{
    free(screen->row);
    free(screen->secrets);
    screen->row = xcalloc((size_t)screen->width + 1, sizeof(*screen->row));
    screen->secrets = xcalloc((size_t)screen->height, sizeof(*screen->secrets));
}

/* The size is asked for after the notice of a change, so that the last of many is never missed. */
void term_screen_fit(struct term_screen *screen)
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
    screen->width = COLS;
    screen->height = LINES;
    screen->redraw = true;
    allocate_rows(screen);
}

static bool open_terminal(struct term_screen *screen, struct err *err)
{
    const char *name = getenv("TERM");
    char *clean;

    if (name == NULL || name[0] == '\0') {
        return err_set(err, ERR_FILE, "TERM is not set, so the kind of terminal is not known.");
    }
    screen->curses = newterm(NULL, stdout, stdin);
    if (screen->curses != NULL && capability("cup") != NULL) {
        return true;
    }
    if (screen->curses != NULL) {
        endwin();
        delscreen(screen->curses);
        screen->curses = NULL;
    }
    clean = text_cleaned(name);
    err_set(err, ERR_FILE,
            "The terminal \"%.60s\" (TERM) is not known here or cannot place text. Set TERM to one "
            "that is, e.g. TERM=xterm-256color.",
            clean);
    free(clean);
    return false;
}

static void start_colors(struct term_screen *screen, bool wanted)
{
    /* Without the terminal's own fore- and background we would paint it black. */
    if (!wanted || !has_colors() || start_color() == ERR || use_default_colors() == ERR) {
        return;
    }
    if (COLORS < 8 || COLOR_PAIRS <= STYLE_COUNT) {
        return;
    }
    screen->colours = COLORS;
    for (int style = 0; style < STYLE_COUNT; style++) {
        const struct term_look *look = term_look((enum style)style, screen->colours);

        init_pair((short)(style + 1), look->fg, look->bg);
    }
}

struct term_screen *term_screen_open(bool color, struct err *err)
{
    struct term_screen *screen = xcalloc(1, sizeof(*screen));

    if (!open_terminal(screen, err)) {
        free(screen);
        return NULL;
    }
    screen->cup = capability("cup");
    screen->bold = capability("bold");
    screen->plain = capability("sgr0");
    raw();
    noecho();
    nonl();
    start_colors(screen, color);
    return screen;
}

void term_screen_close(struct term_screen *screen)
{
    if (screen == NULL) {
        return;
    }
    delscreen(screen->curses);
    free(screen->row);
    free(screen->secrets);
    free(screen);
}

void term_screen_leave(struct term_screen *screen)
{
    /* Nothing of ours stays on the other screen, nor on the only one. */
    clear();
    refresh();
    memset(screen->secrets, 0, (size_t)screen->height * sizeof(*screen->secrets));
    endwin();
}

void term_screen_enter(struct term_screen *screen)
{
    term_screen_fit(screen);
    clearok(curscr, TRUE);
    refresh();
    keypad(stdscr, TRUE);
}

void term_screen_set_modes(void)
{
    reset_prog_mode();
}

void term_screen_size(const struct term_screen *screen, int *width, int *height)
{
    *width = screen->width;
    *height = screen->height;
}

void term_screen_redraw(struct term_screen *screen)
{
    screen->redraw = true;
}

void term_screen_rescue(struct buf *out)
{
    static const char *const NAMES[] = {"sgr0", "op", "clear", "rmkx", "cnorm", "rmcup"};

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        const char *part = capability(NAMES[i]);

        buf_adds(out, part == NULL ? "" : part);
    }
}

/* -- painting -- */

static attr_t attributes(const struct term_screen *screen, enum style style)
{
    unsigned flags = term_look(style, screen->colours)->flags;

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

static void to_cell(const struct term_screen *screen, const char *text, enum style style,
                    cchar_t *out)
{
    wchar_t wide[CCHARW_MAX + 1] = {L' '};
    attr_t attrs = attributes(screen, style);
    short pair = (short)(screen->colours > 0 ? style + 1 : 0);
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
static struct span paint_row(struct term_screen *screen, const struct canvas *canvas, int y)
{
    struct span secret = {0, 0};
    int count = 0;
    int x = 0;

    while (x < screen->width) {
        enum style style = STYLE_NORMAL;
        int columns = 1;
        const char *text = canvas_cell(canvas, x, y, &columns, &style);

        columns = columns < 1 ? 1 : columns;
        if (style == STYLE_SECRET) {
            secret.from = secret.to == 0 ? x : secret.from;
            secret.to = x + columns;
            for (int i = 0; i < columns && x + i < screen->width; i++) {
                to_cell(screen, " ", STYLE_NORMAL, &screen->row[count++]);
            }
        } else if (x + columns > screen->width) {
            to_cell(screen, " ", style, &screen->row[count++]);
        } else {
            to_cell(screen, text, style, &screen->row[count++]);
        }
        x += columns;
    }
    mvadd_wchnstr(y, 0, screen->row, count);
    return secret;
}

static void send_secret_row(struct term_screen *screen, const struct canvas *canvas, int y,
                            struct span secret)
{
    struct term_direct direct = {.len = 0};
    bool placed = false;

    term_direct_add(&direct, screen->bold);
    for (int x = secret.from; x < secret.to; x++) {
        enum style style = STYLE_NORMAL;
        int columns = 1;
        const char *text = canvas_cell(canvas, x, y, &columns, &style);
        bool last = x + columns >= screen->width && y == screen->height - 1;

        /* The last cell of all could scroll the screen. */
        if (style != STYLE_SECRET || last) {
            placed = false;
            continue;
        }
        if (!placed) {
            term_direct_add(&direct, tparm(screen->cup, y, x, 0, 0, 0, 0, 0, 0, 0));
            placed = true;
        }
        term_direct_add(&direct, text);
    }
    term_direct_add(&direct, screen->plain);
    term_direct_flush(&direct);
}

/* What curses does not know of it cannot paint over by itself. */
static void paint_cells(struct term_screen *screen, const struct canvas *canvas)
{
    for (int y = 0; y < screen->height; y++) {
        struct span secret = paint_row(screen, canvas, y);
        struct span *old = &screen->secrets[y];

        if (old->to > old->from && (old->from != secret.from || old->to != secret.to)) {
            wredrawln(stdscr, y, 1);
        }
        *old = secret;
    }
}

static void send_secrets(struct term_screen *screen, const struct canvas *canvas, int x, int y)
{
    bool any = false;

    for (int row = 0; row < screen->height; row++) {
        if (screen->secrets[row].to > screen->secrets[row].from) {
            send_secret_row(screen, canvas, row, screen->secrets[row]);
            any = true;
        }
    }
    if (any) {
        term_tty_sends(tparm(screen->cup, y, x, 0, 0, 0, 0, 0, 0, 0));
    }
}

void term_screen_paint(struct term_screen *screen, const struct canvas *canvas)
{
    int x = 0;
    int y = 0;
    bool cursor;

    paint_cells(screen, canvas);
    cursor = canvas_cursor_at(canvas, &x, &y) && x < screen->width && y < screen->height;
    if (!cursor) {
        x = 0;
        y = screen->height - 1;
    }
    curs_set(cursor ? 1 : 0);
    move(y, x);
    if (screen->redraw) {
        clearok(curscr, TRUE);
        screen->redraw = false;
    }
    refresh();
    send_secrets(screen, canvas, x, y);
}

/* -- what can be said without taking it -- */

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
                     term_tty_inside_tmux() ? ", tmux" : "", over_ssh != NULL ? ", over SSH" : "");
}
