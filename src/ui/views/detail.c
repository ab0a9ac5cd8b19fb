#include "ui/views/detail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/access.h"
#include "ui/scroll.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define TITLE_COLUMNS 28

struct detail {
    const struct detail_kind *kind;
    char *id;
    char *name, *mark; /* as they were last seen; "" never */
    struct view *keys, *people;
    struct doc *doc;
    int tab;
    int scroll[DETAIL_TABS_MAX];
    int height, lines; /* of the page, as of the last prepare */
    bool held;
    bool stale; /* the page has to be made again */
    uint64_t seen_generation;
    int64_t seen_minute;
    bool seen_two_columns;
};

/* Below the rule. */
static struct rect inside(struct rect area)
{
    if (area.height > 1) {
        area.y++;
        area.height--;
    }
    if (area.width > 2) {
        area.x++;
        area.width -= 2;
    }
    return area;
}

static struct detail_page page_of(const struct detail *detail, const struct ui *ui)
{
    struct detail_page page = {
        .ctx = ui_context(ui),
        .keys = detail->keys,
        .people = detail->people,
        .two_columns = doc_two_columns(inside(ui_body(ui)).width),
    };

    if (page.ctx.inv != NULL) {
        page.id = inventory_find_id(page.ctx.inv, detail->id);
    }
    return page;
}

/* -- making the page -- */

static bool held(const struct detail *detail, const struct detail_page *page)
{
    return page->ctx.inv != NULL && !id_is_none(page->id) && detail->kind->held(page);
}

static bool look(struct ui *ui, struct view *view, const struct detail_page *page,
                 const struct view_scope *scope)
{
    if (view == NULL) {
        return true;
    }
    view_set_scope(view, scope);
    return view_work(view, &page->ctx, ui_slice_us(ui));
}

static void keep_text(char **slot, const struct detail_page *page,
                      void (*ask)(const struct detail_page *, struct buf *))
{
    struct buf text;

    buf_init(&text, 0);
    if (ask != NULL) {
        ask(page, &text);
    }
    xreplace(slot, text.data);
    buf_done(&text);
}

static void say_gone(const struct detail *detail, const struct detail_page *page, struct doc *doc)
{
    const struct inventory *inv = page->ctx.inv;
    bool reading = inv == NULL || inv->lists[detail->kind->list].progress == PROGRESS_LOADING ||
                   inv->lists[detail->kind->list].progress == PROGRESS_NEVER;

    doc_section(doc, 0, "%s", reading ? "NOT READ YET" : "GONE");
    if (reading) {
        doc_text(doc, STYLE_NORMAL, "This %s is not among what was read so far.",
                 detail->kind->noun);
    } else {
        doc_text(doc, STYLE_BAD, "X This %s is not there any more.", detail->kind->noun);
        doc_text(doc, STYLE_NORMAL, "%s", detail->kind->gone);
    }
    doc_gap(doc);
    if (detail->name[0] != '\0') {
        doc_field(doc, "Last seen as", STYLE_NORMAL, "%s%s%s", detail->name,
                  detail->mark[0] == '\0' ? "" : " ", detail->mark);
    }
    doc_field(doc, "Id", STYLE_NORMAL, "%s", detail->id);
}

static void make_page(struct detail *detail, const struct detail_page *page)
{
    doc_clear(detail->doc);
    detail->held = held(detail, page);
    if (detail->held) {
        keep_text(&detail->name, page, detail->kind->name);
        keep_text(&detail->mark, page, detail->kind->mark);
        detail->kind->fill(page, detail->tab, detail->doc);
    } else {
        say_gone(detail, page, detail->doc);
    }
    detail->stale = false;
    detail->seen_generation = page->ctx.inv == NULL ? 0 : page->ctx.inv->generation;
    detail->seen_minute = page->ctx.now / MINUTE_MS;
    detail->seen_two_columns = page->two_columns;
}

static void keep_in_sight(struct detail *detail)
{
    int *scroll = &detail->scroll[detail->tab];

    *scroll = scroll_limit(*scroll, detail->height, detail->lines);
}

static bool prepare(void *self, struct ui *ui)
{
    struct detail *detail = self;
    struct detail_page page = page_of(detail, ui);
    struct rect area = inside(ui_body(ui));
    bool done = true;
    bool was_done = (detail->keys == NULL || view_done(detail->keys)) &&
                    (detail->people == NULL || view_done(detail->people));

    if (held(detail, &page) && detail->kind->scope != NULL) {
        struct view_scope scope = {0};

        detail->kind->scope(&page, &scope);
        if (detail->kind->has_people) {
            access_grant(page.ctx.inv, page.id);
        }
        done = look(ui, detail->keys, &page, &scope);
        done = look(ui, detail->people, &page, &scope) && done;
    }
    if (detail->stale || done != was_done ||
        (page.ctx.inv != NULL && page.ctx.inv->generation != detail->seen_generation) ||
        page.ctx.now / MINUTE_MS != detail->seen_minute ||
        page.two_columns != detail->seen_two_columns) {
        make_page(detail, &page);
    }
    detail->height = area.height;
    detail->lines = doc_lines(detail->doc, area.width);
    keep_in_sight(detail);
    return !done;
}

/* -- what it looks like -- */

/* The rule under the path says what is out of sight: it is there whatever the state line has to
 * say.
 */
static void draw_rule(const struct detail *detail, struct canvas *canvas, struct rect area)
{
    int above = detail->scroll[detail->tab];
    int below = detail->lines - above - detail->height;
    char text[80] = "";

    canvas_hline(canvas, area.x, area.y, area.width);
    if (below > 0) {
        snprintf(text, sizeof(text), " %d more line%s: j PgDn ", below, below == 1 ? "" : "s");
    } else if (above > 0) {
        snprintf(text, sizeof(text), " the end: k PgUp ");
    }
    canvas_text(canvas, area.x + area.width - 1 - (int)strlen(text), area.y, text, STYLE_KEY);
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct detail *detail = self;

    (void)ui;
    if (area.height > 1) {
        draw_rule(detail, canvas, area);
    }
    doc_draw(detail->doc, canvas, inside(area), detail->scroll[detail->tab]);
}

/* The mask tells one key from another: a long name gives way to it, and neither pushes the tabs
 * out. */
static void title(const void *self, const struct ui *ui, struct buf *out)
{
    const struct detail *detail = self;
    const char *name = detail->name[0] == '\0' ? detail->id : detail->name;
    int mark = text_width(detail->mark);
    int room = mark == 0 ? TITLE_COLUMNS : TITLE_COLUMNS - mark - 1;

    (void)ui;
    text_shorten(name, room, out);
    buf_addf(out, "%s%s", mark == 0 ? "" : " ", detail->mark);
}

/* The columns of all tabs side by side. */
static int status_room(const void *self)
{
    const struct detail *detail = self;
    int width = 0;

    for (int i = 0; i < detail->kind->tab_count; i++) {
        width += text_width(detail->kind->tabs[i]) + 3;
    }
    return width;
}

/* The tabs, the chosen one in brackets; where they do not fit, the chosen one alone, and then its
 * number. */
static void status(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct detail *detail = self;
    int width = status_room(self);
    int x;

    (void)ui;
    if (width > area.width) {
        char *alone = xasprintf("[%s] %d of %d", detail->kind->tabs[detail->tab], detail->tab + 1,
                                detail->kind->tab_count);
        const char *shown =
            text_width(alone) <= area.width ? alone : strchr(alone, ']') + strlen("] ");

        width = text_width(shown) < area.width ? text_width(shown) : area.width;
        canvas_fit(canvas, area.x + area.width - width, area.y, width, shown, STYLE_HEADER, false);
        free(alone);
        return;
    }
    x = area.x + area.width - width;
    for (int i = 0; i < detail->kind->tab_count; i++) {
        const char *tab = detail->kind->tabs[i];

        x += canvas_textf(canvas, x, area.y, i == detail->tab ? STYLE_HEADER : STYLE_DIM,
                          i == detail->tab ? "[%s] " : " %s  ", tab);
    }
}

static bool state(const void *self, const struct ui *ui, struct buf *out)
{
    const struct detail *detail = self;
    const struct inventory *inv = ui_inventory(ui);

    return inv != NULL &&
           list_state_words(inv, detail->kind->list, detail->kind->list_noun, ui_now(ui), out);
}

/* -- what it does -- */

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *what)
{
    (void)self;
    (void)ui;
    /* F10 leaves the program from everywhere; q only goes back from here. */
    return what->key == UI_KEY_CHAR && strcmp(what->text, "q") == 0 ? PANE_CLOSE : PANE_IGNORED;
}

static bool can(const void *self, const struct ui *ui, enum action action, char *why, size_t size)
{
    const struct detail *detail = self;
    struct detail_page page = page_of(detail, ui);

    if (scroll_is(action)) {
        return true;
    }
    switch (action) {
    case ACTION_LEFT:
    case ACTION_RIGHT:
    case ACTION_NEXT_TAB:
    case ACTION_PREV_TAB:
    case ACTION_COPY:
        return true;
    case ACTION_NEW:
        if (page.ctx.inv == NULL) {
            snprintf(why, size, "nothing was read yet");
            return false;
        }
        return list_can_create(page.ctx.inv, why, size);
    default:
        break;
    }
    if (action == ACTION_OPEN && detail->kind->open_label != NULL) {
        return held(detail, &page);
    }
    if (detail->kind->can == NULL) {
        return false;
    }
    if (!held(detail, &page)) {
        if (action == ACTION_REVOKE) {
            snprintf(why, size, "this %s is not there", detail->kind->noun);
        }
        return false;
    }
    return detail->kind->can(&page, action, why, size);
}

static const char *label(const void *self, enum action action)
{
    const struct detail *detail = self;

    return action == ACTION_OPEN ? detail->kind->open_label : NULL;
}

static const char *help(const void *self, enum action action)
{
    const struct detail *detail = self;

    switch (action) {
    case ACTION_UP:
        return "a line up";
    case ACTION_DOWN:
        return "a line down";
    case ACTION_FIRST:
        return "the first line";
    case ACTION_LAST:
        return "the last line";
    case ACTION_LEFT:
        return "the tab before; from the first one to the last";
    case ACTION_RIGHT:
        return "the next tab; from the last one to the first";
    case ACTION_OPEN:
        return detail->kind->open_help;
    case ACTION_BACK:
        return "stop the wait, else back to the list";
    case ACTION_QUIT:
        return "q back to the list, F10 leaves the program";
    case ACTION_COPY:
        return "copy: then y or i its id, n name, m mask, c the command that shows it, j JSON, l "
               "row";
    case ACTION_NEW:
        return "a new key; nothing is sent before the review";
    default:
        return NULL;
    }
}

static void turn(struct detail *detail, int step)
{
    int count = detail->kind->tab_count;

    detail->tab = (detail->tab + step + count) % count;
    detail->stale = true;
}

static void copy(const struct detail *detail, const struct detail_page *page, struct ui *ui)
{
    const struct inventory *inv = page->ctx.inv;
    enum list_kind list = detail->kind->list;
    int row = inv == NULL               ? -1
              : list == LIST_KEYS       ? inventory_find_key(inv, page->id)
              : list == LIST_WORKSPACES ? inventory_find_workspace(inv, page->id)
                                        : inventory_find_user(inv, page->id);

    if (row < 0) {
        ui_copy(ui, detail->id, false); /* all that is known of it */
    } else {
        ui_push(ui, view_copy_new(ui, list, (size_t)row, NULL));
    }
}

static enum pane_result act(void *self, struct ui *ui, enum action action)
{
    struct detail *detail = self;
    struct detail_page page = page_of(detail, ui);

    if (scroll_is(action)) {
        detail->scroll[detail->tab] +=
            (int)scroll_step(action, detail->height, (size_t)detail->lines);
        keep_in_sight(detail);
        return PANE_HANDLED;
    }
    switch (action) {
    case ACTION_LEFT:
    case ACTION_PREV_TAB:
        turn(detail, -1);
        return PANE_HANDLED;
    case ACTION_RIGHT:
    case ACTION_NEXT_TAB:
        turn(detail, 1);
        return PANE_HANDLED;
    case ACTION_COPY:
        copy(detail, &page, ui);
        return PANE_HANDLED;
    default:
        break;
    }
    if (held(detail, &page)) {
        detail->kind->act(ui, detail->id, &page, action);
    } else if (action == ACTION_NEW) {
        ui_push(ui, view_create_new(ui, ui_workspace(ui)));
    } else {
        return PANE_IGNORED;
    }
    return PANE_HANDLED;
}

static void shown(void *self, struct ui *ui)
{
    struct detail *detail = self;

    (void)ui;
    detail->stale = true;
}

static void detail_free(void *self)
{
    struct detail *detail = self;

    view_free(detail->keys);
    view_free(detail->people);
    doc_free(detail->doc);
    free(detail->name);
    free(detail->mark);
    free(detail->id);
    free(detail);
}

struct pane detail_new(struct ui *ui, const struct detail_kind *kind, const struct pane_ops *ops,
                       const char *id)
{
    struct detail *detail = xcalloc(1, sizeof(*detail));
    struct detail_page page;

    detail->kind = kind;
    detail->id = xstrdup(id);
    detail->name = xstrdup("");
    detail->mark = xstrdup("");
    detail->doc = doc_new(kind->label_width);
    if (kind->has_keys) {
        detail->keys = view_new(LIST_KEYS);
        view_set_sort(detail->keys, field_find(LIST_KEYS, "name"), false);
    }
    if (kind->has_people) {
        detail->people = view_new(LIST_MEMBERS);
        view_set_sort(detail->people, field_find(LIST_MEMBERS, "name"), false);
    }
    page = page_of(detail, ui);
    make_page(detail, &page);
    detail->stale = true;
    return (struct pane){ops, detail};
}

#define DETAIL_OPS(NAME)                                                                           \
    {                                                                                              \
        .name = (NAME), .draw = draw, .event = event, .act = act, .can = can, .prepare = prepare,  \
        .title = title, .shown = shown, .full_screen = true, .free = detail_free,                  \
        .status = status, .status_room = status_room, .state = state, .label = label,              \
        .help = help,                                                                              \
    }
const struct pane_ops DETAIL_OF_KEY = DETAIL_OPS("key");
const struct pane_ops DETAIL_OF_MEMBER = DETAIL_OPS("member");
const struct pane_ops DETAIL_OF_WORKSPACE = DETAIL_OPS("workspace");
#undef DETAIL_OPS
