#include "ui/term_screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "ui/term.h"
#include "ui/term_diff.h"
#include "ui/term_info.h"
#include "ui/term_tty.h"

#include "base/banned.h"

#define PAINT_BEGINS "\033[?2026h"
#define PAINT_ENDS "\033[?2026l"
/* Keys as bytes and sequences that all terminals have: a program before us may have asked for
 * others (xterm's modifyOtherKeys, kitty's protocol). The second is how the terminal itself starts.
 */
#define OTHER_KEYS_OFF "\033[>4;0m\033[=0u"
#define OTHER_KEYS_GIVE_BACK "\033[>4m\033[=0u"

struct term_screen {
    struct term_info info;
    struct term_diff *diff;
    struct termios settings, modes; /* as they were, and ours */
    int width, height;
    bool marks; /* paints are marked */
    struct buf out;
};

/* -- opening, sizes -- */

void term_screen_fit(struct term_screen *screen)
{
    struct winsize size;

    screen->width = 80;
    screen->height = 24;
    /* Asked for after the notice of a change, so that the last of many is never missed. */
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        screen->width = size.ws_col > TERM_WIDTH_MAX ? TERM_WIDTH_MAX : size.ws_col;
        screen->height = size.ws_row > TERM_HEIGHT_MAX ? TERM_HEIGHT_MAX : size.ws_row;
    }
    term_screen_redraw(screen);
}

/* Every byte as it is typed, none of them a signal; what we send goes out as it is. */
static struct termios raw_modes(const struct termios *settings)
{
    struct termios modes = *settings;

    modes.c_iflag &= (tcflag_t) ~(BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    modes.c_oflag &= (tcflag_t)~OPOST;
    modes.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    return modes;
}

struct term_screen *term_screen_open(const struct termios *settings, bool color, struct err *err)
{
    struct term_screen *screen = xcalloc(1, sizeof(*screen));

    if (!term_info_init(&screen->info, color, err)) {
        free(screen);
        return NULL;
    }
    screen->diff = term_diff_new(&screen->info);
    screen->settings = *settings;
    screen->modes = raw_modes(settings);
    buf_init(&screen->out, 0);
    return screen;
}

void term_screen_close(struct term_screen *screen)
{
    if (screen == NULL) {
        return;
    }
    term_diff_free(screen->diff);
    term_info_done(&screen->info);
    buf_done(&screen->out);
    free(screen);
}

static void add(struct buf *out, const char *text)
{
    buf_adds(out, text == NULL ? "" : text);
}

static void send(struct term_screen *screen)
{
    term_tty_send(screen->out.data, screen->out.len);
    buf_clear(&screen->out);
}

/* Nothing of ours stays on the other screen, nor on the only one. */
static void add_end(const struct term_screen *screen, struct buf *out)
{
    const struct term_info *info = &screen->info;

    add(out, info->reset);
    add(out, info->clear);
    add(out, info->keys_off);
    add(out, info->cursor_on);
    add(out, info->leave);
    add(out, info->xterm ? OTHER_KEYS_GIVE_BACK : NULL);
}

void term_screen_leave(struct term_screen *screen)
{
    add_end(screen, &screen->out);
    send(screen);
    term_screen_redraw(screen);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->settings);
}

void term_screen_enter(struct term_screen *screen)
{
    const struct term_info *info = &screen->info;

    tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->modes);
    term_screen_fit(screen);
    add(&screen->out, info->enter);
    add(&screen->out, info->xterm ? OTHER_KEYS_OFF : NULL);
    term_info_tame(info, screen->height, &screen->out);
    add(&screen->out, info->keys_on);
    send(screen);
}

void term_screen_size(const struct term_screen *screen, int *width, int *height)
{
    *width = screen->width;
    *height = screen->height;
}

void term_screen_redraw(struct term_screen *screen)
{
    term_diff_lost(screen->diff);
}

void term_screen_mark_paints(struct term_screen *screen, bool on)
{
    screen->marks = on;
}

bool term_screen_may_ask(const struct term_screen *screen)
{
    return screen->info.xterm;
}

void term_screen_rescue(const struct term_screen *screen, struct buf *out)
{
    add(out, screen->info.xterm ? PAINT_ENDS : NULL);
    add_end(screen, out);
}

/* -- painting -- */

void term_screen_paint(struct term_screen *screen, const struct canvas *canvas)
{
    struct buf *out = &screen->out;
    bool secret = canvas_has_secret(canvas);
    size_t empty;

    add(out, screen->marks ? PAINT_BEGINS : NULL);
    empty = out->len;
    term_diff_paint(screen->diff, canvas, screen->width, screen->height, out);
    if (out->len > empty) {
        add(out, screen->marks ? PAINT_ENDS : NULL);
        term_tty_send(out->data, out->len);
    }
    if (secret) {
        secret_wipe(out->data, out->len);
    }
    buf_clear(out);
}

/* -- what can be said without taking it -- */

char *term_describe(void)
{
    const char *over_ssh = getenv("SSH_CONNECTION");
    struct winsize size = {0};
    char *kind, *text;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return xstrdup("none: standard output is no terminal");
    }
    kind = term_info_describe();
    if (kind == NULL) {
        return xstrdup("unknown: TERM names none that is known here");
    }
    text = xasprintf("%s, %ux%u%s%s", kind, size.ws_col, size.ws_row,
                     term_tty_inside_tmux() ? ", tmux" : "", over_ssh != NULL ? ", over SSH" : "");
    free(kind);
    return text;
}
