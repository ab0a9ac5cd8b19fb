/* The organisations: one profile a row. One admin key is one organisation; the API lists none. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/tag.h"
#include "ui/ui.h"
#include "ui/views/views.h"

#include "base/banned.h"

struct organisations {
    char *selected; /* the profile's name */
};

static size_t count(const struct ui *ui)
{
    return ui_host(ui)->ops->profile_count(ui_host(ui)->ctx);
}

static bool profile(const struct ui *ui, size_t number, struct host_profile *out)
{
    return ui_host(ui)->ops->profile(ui_host(ui)->ctx, number, out);
}

/* The place of the selected profile; the current one, or the first, when there is none of that
 * name. */
static size_t place(const struct organisations *self, const struct ui *ui)
{
    struct host_profile row;
    size_t current = 0;

    for (size_t i = 0; profile(ui, i, &row); i++) {
        if (self->selected[0] != '\0' && strcmp(row.name, self->selected) == 0) {
            return i;
        }
        if (row.current) {
            current = i;
        }
    }
    return current;
}

static void choose(struct organisations *self, struct ui *ui, size_t number)
{
    struct host_profile row;
    size_t total = count(ui);

    if (total == 0) {
        return;
    }
    if (profile(ui, number < total ? number : total - 1, &row)) {
        xreplace(&self->selected, row.name);
    }
}

struct column {
    const char *label;
    int width; /* 0: what is left */
    int from;  /* screen columns */
};
enum { NAME, TAG, STATE, SOURCE, MASK, SCOPES, BASE_URL, COLUMN_COUNT };
static const struct column COLUMNS[COLUMN_COUNT] = {
    [NAME] = {"NAME", 18, 0},           [TAG] = {"TAG", 8, 0},     [STATE] = {"STATE", 0, 0},
    [SOURCE] = {"KEY FROM", 8, 60},     [MASK] = {"MASK", 10, 70}, [SCOPES] = {"SCOPES", 6, 70},
    [BASE_URL] = {"BASE URL", 40, 110},
};

static void cell_text(const struct host_profile *row, int column, struct buf *out)
{
    switch (column) {
    case NAME:
        buf_adds(out, row->name);
        break;
    case TAG:
        buf_adds(out, row->tag[0] == '\0' ? "-" : row->tag);
        break;
    case STATE:
        buf_adds(out, row->state);
        break;
    case SOURCE:
        buf_adds(out, row->source);
        break;
    case MASK:
        buf_adds(out, row->mask[0] == '\0' ? "?" : row->mask);
        break;
    case SCOPES:
        if (row->scopes >= 0) {
            buf_addf(out, "%d", row->scopes);
        } else {
            buf_adds(out, "?");
        }
        break;
    default:
        buf_adds(out, row->base_url);
        break;
    }
}

static enum style cell_style(const struct host_profile *row, int column)
{
    switch (column) {
    case TAG:
        return tag_is_production(row->tag) ? STYLE_PROD : STYLE_NORMAL;
    case STATE:
        return strncmp(row->state, "failed", 6) == 0 ? STYLE_BAD
               : row->current                        ? STYLE_GOOD
                                                     : STYLE_DIM;
    case MASK:
        return row->mask[0] == '\0' ? STYLE_DIM : STYLE_OWN;
    case BASE_URL:
    case SOURCE:
        return STYLE_DIM;
    default:
        return STYLE_NORMAL;
    }
}

/* Draws the heads when row is NULL. */
static void draw_line(struct canvas *canvas, struct rect line, int screen,
                      const struct host_profile *row, bool selected)
{
    int fixed = 3;
    int x = line.x + 3;
    struct buf text;

    for (int i = 0; i < COLUMN_COUNT; i++) {
        fixed += screen >= COLUMNS[i].from ? COLUMNS[i].width + 2 : 0;
    }
    buf_init(&text, 0);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        int width = COLUMNS[i].width > 0 ? COLUMNS[i].width : line.width - fixed;
        enum style style = STYLE_HEADER;

        if (screen < COLUMNS[i].from || width < 1) {
            continue;
        }
        buf_clear(&text);
        if (row == NULL) {
            buf_adds(&text, COLUMNS[i].label);
        } else {
            cell_text(row, i, &text);
            style = selected ? STYLE_SELECTED : cell_style(row, i);
        }
        canvas_fit(canvas, x, line.y, width, text.data, style, false);
        x += width + 2;
    }
    buf_done(&text);
}

static void draw_none(struct canvas *canvas, struct rect area)
{
    canvas_wrap(canvas, (struct rect){area.x + 1, area.y + 3, area.width - 2, area.height - 3},
                "No organisation is known here yet. n (or F7) takes an admin key, tries it with "
                "one read, and keeps it in"
                " the keyring. Nothing is written to a file but the address and a name.",
                STYLE_NORMAL);
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    size_t chosen = place(self, ui);
    size_t rows = area.height > 3 ? (size_t)area.height - 2 : 1;
    size_t top = chosen >= rows ? chosen - rows + 1 : 0;
    struct host_profile row;

    draw_line(canvas, (struct rect){area.x, area.y, area.width, 1}, ui_width(ui), NULL, false);
    canvas_hline(canvas, area.x, area.y + 1, area.width);
    if (count(ui) == 0) {
        draw_none(canvas, area);
    }
    for (size_t i = top; i < top + rows && profile(ui, i, &row); i++) {
        struct rect line = {area.x, area.y + 2 + (int)(i - top), area.width, 1};

        if (i == chosen) {
            canvas_fill(canvas, line, STYLE_SELECTED);
        }
        canvas_text(canvas, line.x + 1, line.y, row.current ? "▸" : " ",
                    i == chosen ? STYLE_SELECTED : STYLE_KEY);
        draw_line(canvas, line, ui_width(ui), &row, i == chosen);
    }
}

static bool can(const void *self, const struct ui *ui, enum action action, char *why, size_t size)
{
    (void)self;
    (void)why;
    (void)size;
    switch (action) {
    case ACTION_NEW:
        return true;
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_FIRST:
    case ACTION_LAST:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_OPEN:
    case ACTION_LOGOUT:
        return count(ui) > 0;
    default:
        return false;
    }
}

static void open_chosen(struct ui *ui, const struct host_profile *row)
{
    struct host_session session;
    char *name = xstrdup(row->name);

    ui_session(ui, &session);
    if (row->current && session.phase == SESSION_OPEN) {
        ui_run(ui, ACTION_KEYS);
    } else {
        ui_host(ui)->ops->open_profile(ui_host(ui)->ctx, name);
    }
    free(name);
}

static enum pane_result act(void *self, struct ui *ui, enum action action)
{
    size_t at = place(self, ui);
    struct host_profile row;

    switch (action) {
    case ACTION_UP:
        choose(self, ui, at > 0 ? at - 1 : 0);
        return PANE_HANDLED;
    case ACTION_DOWN:
        choose(self, ui, at + 1);
        return PANE_HANDLED;
    case ACTION_PAGE_UP:
    case ACTION_FIRST:
        choose(self, ui, 0);
        return PANE_HANDLED;
    case ACTION_PAGE_DOWN:
    case ACTION_LAST:
        choose(self, ui, count(ui));
        return PANE_HANDLED;
    case ACTION_NEW:
        ui_push(ui, view_login_new(ui));
        return PANE_HANDLED;
    default:
        break;
    }
    if (!profile(ui, at, &row)) {
        return PANE_IGNORED;
    }
    if (action == ACTION_LOGOUT) {
        ui_push(ui, view_logout_new(ui, row.name));
    } else {
        open_chosen(ui, &row);
    }
    return PANE_HANDLED;
}

static void status(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    size_t all = count(ui);
    char *text = xasprintf("%zu/%zu %s", all == 0 ? 0 : place(self, ui) + 1, all,
                           all == 1 ? "profile" : "profiles");
    int width = text_width(text);

    if (width <= area.width) {
        canvas_text(canvas, area.x + area.width - width, area.y, text, STYLE_NORMAL);
    }
    free(text);
}

static bool state(const void *self, const struct ui *ui, struct buf *out)
{
    (void)self;
    if (count(ui) > 0) {
        buf_adds(out,
                 "Enter opens an organisation, n takes another admin key, :logout forgets one.");
    }
    return false;
}

static void organisations_free(void *self)
{
    struct organisations *organisations = self;

    free(organisations->selected);
    free(organisations);
}

static const char *help(const void *self, enum action action)
{
    (void)self;
    return action == ACTION_OPEN      ? "open the organisation"
           : action == ACTION_NEW     ? "a new profile: another admin key"
           : action == ACTION_REFRESH ? "read everything again, the profiles too"
                                      : NULL;
}

static const struct pane_ops OPS = {
    .help = help,
    .name = "organisations",
    .draw = draw,
    .act = act,
    .can = can,
    .status = status,
    .state = state,
    .free = organisations_free,
};

struct pane view_organisations_new(struct ui *ui)
{
    struct organisations *self = xcalloc(1, sizeof(*self));

    (void)ui;
    self->selected = xstrdup("");
    return (struct pane){&OPS, self};
}
