#include "ui/term_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

#define CSI "\033["

/* So many cells at least are worth a sequence that erases them: its bytes and those of the move
 * behind it. */
#define LINE_WORTH 6
#define ERASE_WORTH 10

struct term_diff {
    const struct term_info *info;
    struct canvas *shown; /* NULL: not known */
    bool *changed;        /* of the row at work; one more than it has cells */
    /* The terminal's: */
    int x, y; /* -1: not known */
    enum style style;
    bool cursor;
};

struct row {
    const struct canvas_cell *now, *shown;
    int y, width;
    int blank_from; /* all behind is blank, and can be erased */
};

/* -- where the terminal stands -- */

/* CSI, up to two numbers and what is to be done with them. By hand, since a paint has dozens of
 * them. */
static void add_csi(struct buf *out, int first, int second, char what)
{
    char bytes[32];
    size_t at = sizeof(bytes);

    bytes[--at] = what;
    for (int rest = second; rest > 0; rest /= 10) {
        bytes[--at] = (char)('0' + rest % 10);
    }
    if (second > 0) {
        bytes[--at] = ';';
    }
    for (int rest = first; rest > 0; rest /= 10) {
        bytes[--at] = (char)('0' + rest % 10);
    }
    bytes[--at] = '[';
    bytes[--at] = '\033';
    buf_add(out, bytes + at, sizeof(bytes) - at);
}

static void set_style(struct term_diff *diff, enum style style, struct buf *out)
{
    const struct term_info *info = diff->info;
    bool plain = info->styles[diff->style][0] == '\0';

    if (info->look[diff->style] == info->look[style]) {
        return;
    }
    if (info->ansi) {
        term_info_restyle(info, diff->style, style, out);
    } else {
        buf_adds(out, plain || info->reset == NULL ? "" : info->reset);
        buf_adds(out, info->styles[style]);
    }
    diff->style = style;
}

/* Along the row that the terminal stands in. */
static void move_along(struct term_diff *diff, int x, struct buf *out)
{
    int by = x - diff->x;

    if (x == 0) {
        buf_addc(out, '\r');
    } else if (by >= -3 && by < 0) {
        buf_add(out, "\b\b\b", (size_t)-by);
    } else if (by == 1) {
        buf_adds(out, CSI "C");
    } else if (by != 0) {
        add_csi(out, by < 0 ? -by : by, 0, by < 0 ? 'D' : 'C');
    }
    diff->x = x;
}

static void move_to(struct term_diff *diff, int x, int y, struct buf *out)
{
    const struct term_info *info = diff->info;
    int down = y - diff->y;
    bool near = info->ansi && diff->y >= 0 && down >= 0 && down <= 2;

    if (diff->x == x && diff->y == y) {
        return;
    }
    if (near && (diff->x >= 0 || x == 0 || info->hpa)) {
        buf_add(out, "\n\n", (size_t)down); /* there are so many below, so nothing scrolls */
        if (diff->x >= 0 || x == 0) {
            move_along(diff, x, out);
        } else {
            add_csi(out, x + 1, 0, 'G');
        }
    } else if (info->ansi) {
        add_csi(out, x == 0 && y == 0 ? 0 : y + 1, x == 0 ? 0 : x + 1, 'H');
    } else {
        term_info_move(info, x, y, out);
    }
    diff->x = x;
    diff->y = y;
}

/* -- a row -- */

/* A blank that looks as an erased cell does. */
static bool blank(const struct term_diff *diff, const struct canvas_cell *cell)
{
    return cell->text[0] == ' ' && cell->text[1] == '\0' && cell->columns == 1 &&
           diff->info->erasable[cell->style];
}

/* On this terminal one cannot tell them apart. A secret is not kept, so that nothing is like it. */
static bool looks_the_same(const struct term_diff *diff, const struct canvas_cell *a,
                           const struct canvas_cell *b)
{
    if (a->style == STYLE_SECRET || b->style == STYLE_SECRET) {
        return false;
    }
    return (diff->info->look[a->style] == diff->info->look[b->style] && a->columns == b->columns &&
            strcmp(a->text, b->text) == 0) ||
           (blank(diff, a) && blank(diff, b));
}

/* Of a wide character both halves differ from what is no half of the same, so both are sent. */
static bool compare(struct term_diff *diff, const struct row *row)
{
    bool any = false;

    for (int x = 0; x < row->width; x++) {
        const struct canvas_cell *now = &row->now[x];

        diff->changed[x] =
            (now->style == STYLE_SECRET || memcmp(now, &row->shown[x], sizeof(*now)) != 0) &&
            !looks_the_same(diff, &row->shown[x], now);
        any = any || diff->changed[x];
    }
    return any;
}

static int count_changed(const struct term_diff *diff, int from, int to)
{
    int count = 0;

    for (int x = from; x < to; x++) {
        count += diff->changed[x] ? 1 : 0;
    }
    return count;
}

/* Changed blanks from here on that one sequence can erase. */
static int run_of_blanks(const struct term_diff *diff, const struct row *row, int x)
{
    int end = x;

    while (end < row->width && diff->changed[end] && blank(diff, &row->now[end])) {
        end++;
    }
    return end - x;
}

/* A blank needs no style of its own while what is set is as good. */
static void set_plain(struct term_diff *diff, struct buf *out)
{
    if (!diff->info->erasable[diff->style]) {
        set_style(diff, STYLE_NORMAL, out);
    }
}

/* Is it one code point, which all terminals give one cell? */
static bool simple(const char *text, int columns)
{
    unsigned char first = (unsigned char)text[0];
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    return columns == 1 && strlen(text) <= len;
}

/* Where a terminal gives a wide character one cell, what stood in the other would stay: that is
 * blank first. */
static void clear_below(const struct term_diff *diff, const struct row *row, int x, struct buf *out)
{
    const struct canvas_cell *cell = &row->now[x];
    const struct canvas_cell *stood = &row->shown[x + 1];
    bool empty = strcmp(stood->text, " ") == 0 &&
                 diff->info->look[stood->style] == diff->info->look[cell->style];

    if (!empty && x + 2 < row->width) {
        buf_adds(out, "  \b\b");
    }
}

static void send_cell(struct term_diff *diff, const struct row *row, int x, struct buf *out)
{
    const struct canvas_cell *cell = &row->now[x];
    const char *text = cell->text;
    int columns = cell->columns;

    if (columns == 0) {
        return; /* sent with its left half */
    }
    move_to(diff, x, row->y, out);
    if (blank(diff, &row->now[x])) {
        set_plain(diff, out);
    } else {
        set_style(diff, (enum style)cell->style, out);
    }
    if (x + columns > row->width) {
        text = " ";
        columns = 1;
    }
    if (columns == 2) {
        clear_below(diff, row, x, out);
    }
    if (text[0] != '\0' && text[1] == '\0') {
        buf_addc(out, text[0]);
    } else {
        buf_adds(out, text);
    }
    diff->x = x + columns;
    /* Terminals do not agree how wide such a character is, nor where they stand at the end of a
     * line. */
    if (!simple(text, columns) || diff->x >= row->width) {
        diff->x = -1;
        diff->y = diff->info->last_cell ? row->y : -1;
    }
}

static void send_row(struct term_diff *diff, const struct row *row, bool last, struct buf *out)
{
    const struct term_info *info = diff->info;
    int end = row->width;
    bool erase = info->clear_line != NULL && row->blank_from < end &&
                 count_changed(diff, row->blank_from, end) >= LINE_WORTH;

    if (erase) {
        end = row->blank_from;
    } else if (last && !info->last_cell) {
        end--; /* it would scroll the screen */
    }
    for (int x = 0; x < end; x++) {
        int blanks;

        if (!diff->changed[x]) {
            continue;
        }
        blanks = info->ansi && info->erase != NULL ? run_of_blanks(diff, row, x) : 0;
        if (x + blanks < end && blanks >= ERASE_WORTH) {
            move_to(diff, x, row->y, out);
            set_plain(diff, out);
            add_csi(out, blanks, 0, 'X');
            x += blanks - 1;
        } else {
            send_cell(diff, row, x, out);
        }
    }
    if (erase) {
        move_to(diff, row->blank_from, row->y, out);
        set_plain(diff, out);
        buf_adds(out, info->clear_line);
    }
}

static void paint_row(struct term_diff *diff, const struct canvas *canvas, int y, int width,
                      bool last, struct buf *out)
{
    struct row row = {
        .now = canvas_row(canvas, y), .shown = canvas_row(diff->shown, y), .y = y, .width = width};

    if ((!canvas_has_secret(canvas) &&
         memcmp(row.now, row.shown, (size_t)width * sizeof(*row.now)) == 0) ||
        !compare(diff, &row)) {
        return;
    }
    for (row.blank_from = width; row.blank_from > 0; row.blank_from--) {
        if (!blank(diff, &row.now[row.blank_from - 1])) {
            break;
        }
    }
    send_row(diff, &row, last, out);
    canvas_keep_row(diff->shown, canvas, y);
}

/* -- the whole -- */

static void clear(struct term_diff *diff, const struct canvas *canvas, struct buf *out)
{
    canvas_free(diff->shown);
    free(diff->changed);
    diff->shown = canvas_new(canvas_width(canvas), canvas_height(canvas));
    diff->changed = xcalloc((size_t)canvas_width(canvas) + 1, sizeof(*diff->changed));
    buf_adds(out, diff->info->reset == NULL ? "" : diff->info->reset);
    buf_adds(out, diff->info->clear);
    diff->style = STYLE_NORMAL;
    diff->x = diff->y = 0;
}

static void place_cursor(struct term_diff *diff, const struct canvas *canvas, int width, int height,
                         struct buf *out)
{
    int x, y;

    if (!canvas_cursor_at(canvas, &x, &y) || x >= width || y >= height) {
        return;
    }
    move_to(diff, x, y, out);
    if (!diff->cursor) {
        buf_adds(out, diff->info->cursor_on == NULL ? "" : diff->info->cursor_on);
        diff->cursor = true;
    }
}

static void hide_cursor(struct term_diff *diff, const struct canvas *canvas, int width, int height,
                        struct buf *out)
{
    int x, y;

    if (diff->cursor && (!canvas_cursor_at(canvas, &x, &y) || x >= width || y >= height)) {
        buf_adds(out, diff->info->cursor_off == NULL ? "" : diff->info->cursor_off);
        diff->cursor = false;
    }
}

struct term_diff *term_diff_new(const struct term_info *info)
{
    struct term_diff *diff = xcalloc(1, sizeof(*diff));

    diff->info = info;
    term_diff_lost(diff);
    return diff;
}

void term_diff_free(struct term_diff *diff)
{
    if (diff == NULL) {
        return;
    }
    canvas_free(diff->shown);
    free(diff->changed);
    free(diff);
}

void term_diff_lost(struct term_diff *diff)
{
    canvas_free(diff->shown);
    diff->shown = NULL;
    diff->x = diff->y = -1;
    diff->style = STYLE_NORMAL;
    diff->cursor = true;
}

void term_diff_paint(struct term_diff *diff, const struct canvas *canvas, int width, int height,
                     struct buf *out)
{
    int whole = canvas_width(canvas);
    int rows = canvas_height(canvas) < height ? canvas_height(canvas) : height;
    int last = height - 1;

    width = whole < width ? whole : width;
    hide_cursor(diff, canvas, width, height, out);
    if (diff->shown == NULL || canvas_width(diff->shown) != whole ||
        canvas_height(diff->shown) != canvas_height(canvas)) {
        clear(diff, canvas, out);
    }
    for (int y = 0; y < rows; y++) {
        paint_row(diff, canvas, y, width, y == last, out);
    }
    set_style(diff, STYLE_NORMAL, out);
    place_cursor(diff, canvas, width, height, out);
}
