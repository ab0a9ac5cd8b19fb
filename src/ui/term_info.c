#include "ui/term_info.h"

#include <curses.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/term_look.h"

/* Makes macros of words like columns and lines, so nothing comes behind it. */
#include <term.h>

#include "base/banned.h"

#define CSI "\033["

/* -- terminfo -- */

/* Without its delays: "$<5>" was for terminals that could not keep up with a line. Gives; NULL. */
static char *capability(const char *name)
{
    const char *text = tigetstr(name);
    struct buf out;

    if (text == NULL || (intptr_t)text == -1 || text[0] == '\0') {
        return NULL;
    }
    buf_init(&out, 0);
    for (; *text != '\0'; text++) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;

        if (end != NULL) {
            text = end;
        } else {
            buf_addc(&out, *text);
        }
    }
    return buf_take(&out);
}

/* With its numbers; "" when it cannot be made. Lends until the next call. */
static const char *filled(const char *text, int first, int second)
{
    const char *made;

    errno = 0;
    made = tparm(text, first, second, 0, 0, 0, 0, 0, 0, 0);
    if (made == NULL && errno == ENOMEM) {
        die_no_memory();
    }
    return made == NULL ? "" : made;
}

static bool read_entry(const char *name)
{
    int status = 0;
    bool ok;

    if (cur_term != NULL) {
        del_curterm(cur_term);
    }
    errno = 0;
    ok = setupterm(name, STDOUT_FILENO, &status) == OK;
    if (!ok && errno == ENOMEM) {
        die_no_memory();
    }
    return ok;
}

/* Reads the description of the terminal. Those that call themselves xterm-something (kitty,
 * ghostty) bring their own, which is not there on another machine: they do what xterm does. False:
 * there is none. */
static bool set_up(const char *name)
{
    return read_entry(name) ||
           (strncmp(name, "xterm-", strlen("xterm-")) == 0 && read_entry("xterm-256color"));
}

static bool has(const char *name)
{
    char *text = capability(name);

    free(text);
    return text != NULL;
}

static bool is(const char *text, const char *wanted)
{
    return text != NULL && strcmp(text, wanted) == 0;
}

/* Has none, or has it as ECMA-48 does. */
static bool usual(const char *name, const char *wanted)
{
    char *text = capability(name);
    bool fits = text == NULL || strcmp(text, wanted) == 0;

    free(text);
    return fits;
}

static bool colours_are_usual(const char *setaf)
{
    const char *red = setaf == NULL ? CSI "31m" : filled(setaf, 1, 0);

    return is(red, CSI "31m") || is(red, CSI "38;5;1m");
}

static bool speaks_ansi(const struct term_info *info, const char *setaf)
{
    const char *reset = info->reset == NULL ? "" : info->reset;

    return is(info->cup, CSI "%i%p1%d;%p2%dH") &&
           (strstr(reset, CSI "m") != NULL || strstr(reset, CSI "0m") != NULL) &&
           usual("bold", CSI "1m") && usual("dim", CSI "2m") && usual("smul", CSI "4m") &&
           usual("rev", CSI "7m") && usual("cuf", CSI "%p1%dC") && colours_are_usual(setaf);
}

/* -- styles -- */

static const struct flag {
    unsigned flag;
    int number;   /* of SGR */
    unsigned bit; /* in no_color_video */
    const char *name;
} FLAGS[] = {
    {LOOK_BOLD, 1, 1u << 5, "bold"},
    {LOOK_DIM, 2, 1u << 4, "dim"},
    {LOOK_UNDERLINE, 4, 1u << 1, "smul"},
    {LOOK_REVERSE, 7, 1u << 2, "rev"},
};
#define FLAG_COUNT (sizeof(FLAGS) / sizeof(FLAGS[0]))

static void add_number(struct buf *out, int number)
{
    buf_addf(out, "%s%d", out->len > 0 ? ";" : "", number);
}

static void add_colour(struct buf *out, int colour, int base)
{
    if (colour >= 0 && colour < 8) {
        add_number(out, base + colour);
    } else if (colour >= 8) {
        add_number(out, base + 8);
        add_number(out, 5);
        add_number(out, colour);
    }
}

static void add_flags(struct buf *out, unsigned flags)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        if ((flags & FLAGS[i].flag) != 0) {
            add_number(out, FLAGS[i].number);
        }
    }
}

/* can: the flags that the terminal has. */
static char *ansi_style(const struct term_look *look, unsigned can)
{
    struct buf out;

    buf_init(&out, 0);
    add_flags(&out, look->flags & can);
    add_colour(&out, look->fg, 30);
    add_colour(&out, look->bg, 40);
    return out.len == 0 ? xstrdup("") : buf_take(&out);
}

static char *terminfo_style(const struct term_look *look, unsigned can)
{
    char *fg = capability("setaf");
    char *bg = capability("setab");
    struct buf out;

    buf_init(&out, 0);
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        if ((look->flags & can & FLAGS[i].flag) != 0) {
            char *text = capability(FLAGS[i].name);

            buf_adds(&out, text == NULL ? "" : text);
            free(text);
        }
    }
    if (look->fg >= 0 && fg != NULL) {
        buf_adds(&out, filled(fg, look->fg, 0));
    }
    if (look->bg >= 0 && bg != NULL) {
        buf_adds(&out, filled(bg, look->bg, 0));
    }
    free(fg);
    free(bg);
    return out.len == 0 ? xstrdup("") : buf_take(&out);
}

static void make_styles(struct term_info *info, unsigned can, unsigned not_with_colour)
{
    for (int style = 0; style < STYLE_COUNT; style++) {
        const struct term_look *look = term_look((enum style)style, info->colours);
        unsigned flags = can;

        for (size_t i = 0; i < FLAG_COUNT; i++) {
            if ((look->fg >= 0 || look->bg >= 0) && (not_with_colour & FLAGS[i].bit) != 0) {
                flags &= ~FLAGS[i].flag;
            }
        }
        info->styles[style] = info->ansi ? ansi_style(look, flags) : terminfo_style(look, flags);
        info->erasable[style] =
            look->bg < 0 && (look->flags & (LOOK_REVERSE | LOOK_UNDERLINE)) == 0;
        info->made_of[style].flags = look->flags & flags;
        info->made_of[style].fg = look->fg;
        info->made_of[style].bg = look->bg;
        while (strcmp(info->styles[info->look[style]], info->styles[style]) != 0) {
            info->look[style]++;
        }
    }
}

/* The attributes that it has: those without a cookie in a cell of its own. */
static unsigned flags_there(const struct term_info *info)
{
    unsigned can = 0;

    for (size_t i = 0; i < FLAG_COUNT; i++) {
        char *text = capability(FLAGS[i].name);

        can |= text != NULL ? FLAGS[i].flag : 0;
        free(text);
    }
    return tigetnum("xmc") > 0 || info->reset == NULL ? 0 : can;
}

static int colours_there(const char *setaf)
{
    int colours = tigetnum("colors");

    return setaf == NULL || colours < 0 ? 0 : colours;
}

/* -- the whole -- */

static bool unknown(const char *name, struct err *err)
{
    char *clean = text_cleaned(name);

    err_set(err, ERR_FILE,
            "The terminal \"%.60s\" (TERM) is not known here or cannot place text. Set TERM to one "
            "that is, e.g. TERM=xterm-256color.",
            clean);
    free(clean);
    return false;
}

static void read_strings(struct term_info *info)
{
    char *sgr0 = capability("sgr0");
    char *op = capability("op");

    info->cup = capability("cup");
    info->enter = capability("smcup");
    info->leave = capability("rmcup");
    info->keys_on = capability("smkx");
    info->keys_off = capability("rmkx");
    info->clear = capability("clear");
    info->clear_line = capability("el");
    info->erase = capability("ech");
    info->cursor_on = capability("cnorm");
    info->cursor_off = capability("civis");
    info->reset = sgr0 == NULL ? NULL : xasprintf("%s%s", sgr0, op == NULL ? "" : op);
    free(sgr0);
    free(op);
}

bool term_info_init(struct term_info *info, bool color, struct err *err)
{
    const char *name = getenv("TERM");
    int video;
    char *setaf;

    *info = (struct term_info){0};
    if (name == NULL || name[0] == '\0') {
        return err_set(err, ERR_FILE, "TERM is not set, so the kind of terminal is not known.");
    }
    if (!set_up(name)) {
        return unknown(name, err);
    }
    read_strings(info);
    if (info->cup == NULL || info->clear == NULL) {
        term_info_done(info);
        return unknown(name, err);
    }
    setaf = capability("setaf");
    video = tigetnum("ncv");
    info->ansi = speaks_ansi(info, setaf);
    info->hpa = info->ansi && has("hpa") && usual("hpa", CSI "%i%p1%dG");
    info->xterm = tigetflag("XT") == 1 || (info->enter != NULL && strstr(info->enter, "1049h"));
    info->last_cell = tigetflag("am") != 1 || tigetflag("xenl") == 1;
    info->colours = color ? colours_there(setaf) : 0;
    make_styles(info, flags_there(info), video < 0 ? 0 : (unsigned)video);
    free(setaf);
    return true;
}

void term_info_init_ansi(struct term_info *info, int colours)
{
    *info = (struct term_info){
        .ansi = true,
        .hpa = true,
        .last_cell = true,
        .colours = colours,
        .clear = xstrdup(CSI "H" CSI "2J"),
        .clear_line = xstrdup(CSI "K"),
        .erase = xstrdup(CSI "%p1%dX"),
        .cursor_on = xstrdup(CSI "?25h"),
        .cursor_off = xstrdup(CSI "?25l"),
        .reset = xstrdup(CSI "m"),
    };
    make_styles(info, LOOK_BOLD | LOOK_DIM | LOOK_REVERSE | LOOK_UNDERLINE, 0);
}

void term_info_done(struct term_info *info)
{
    char *const strings[] = {info->enter,      info->leave,      info->keys_on, info->keys_off,
                             info->clear,      info->clear_line, info->erase,   info->cursor_on,
                             info->cursor_off, info->reset,      info->cup};

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        free(strings[i]);
    }
    for (int style = 0; style < STYLE_COUNT; style++) {
        free(info->styles[style]);
    }
    /* The library keeps its entry: to free it, it asks for memory, and where there is none it
     * crashes instead of saying so. The next one that is read takes its place. */
    *info = (struct term_info){0};
}

void term_info_restyle(const struct term_info *info, enum style from, enum style to,
                       struct buf *out)
{
    unsigned had = info->made_of[from].flags, flags = info->made_of[to].flags;
    int fg = info->made_of[to].fg, bg = info->made_of[to].bg;
    struct buf numbers;

    if (info->styles[to][0] == '\0') {
        buf_adds(out, CSI "m");
        return;
    }
    buf_adds(out, CSI);
    if ((had & ~flags) != 0 || (info->made_of[from].fg >= 0 && fg < 0) ||
        (info->made_of[from].bg >= 0 && bg < 0)) {
        buf_addc(out, ';'); /* a number left out is 0, which takes all back */
        buf_adds(out, info->styles[to]);
    } else {
        buf_init(&numbers, 0);
        add_flags(&numbers, flags & ~had);
        add_colour(&numbers, fg == info->made_of[from].fg ? -1 : fg, 30);
        add_colour(&numbers, bg == info->made_of[from].bg ? -1 : bg, 40);
        buf_adds(out, numbers.data);
        buf_done(&numbers);
    }
    buf_addc(out, 'm');
}

void term_info_move(const struct term_info *info, int x, int y, struct buf *out)
{
    if (!info->ansi) {
        buf_adds(out, filled(info->cup, y, x));
    } else if (x == 0) {
        buf_addf(out, y == 0 ? CSI "H" : CSI "%dH", y + 1);
    } else {
        buf_addf(out, CSI "%d;%dH", y + 1, x + 1);
    }
}

void term_info_tame(const struct term_info *info, int height, struct buf *out)
{
    static const char *const NAMES[] = {"rmir", "smam"};
    char *region = capability("csr");

    if (region != NULL) {
        buf_adds(out, filled(region, 0, height - 1));
    }
    buf_adds(out, info->reset == NULL ? "" : info->reset);
    free(region);
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        char *text = capability(NAMES[i]);

        buf_adds(out, text == NULL ? "" : text);
        free(text);
    }
}

char *term_info_describe(void)
{
    const char *name = getenv("TERM");
    int count;

    if (name == NULL || !set_up(name)) {
        return NULL;
    }
    count = tigetnum("colors");
    return xasprintf("%s, %d colours", name, count < 0 ? 0 : count);
}
