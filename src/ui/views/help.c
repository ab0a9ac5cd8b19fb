/* The keys of the view below, from the table of actions: what can be done now, what cannot and why.
 * And the signs of the view. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/doc.h"
#include "ui/scroll.h"
#include "ui/ui.h"
#include "ui/views/help_words.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define HELP_WIDTH 100
#define LABEL_WIDTH 12

/* It is walked by whole items: no sentence is cut in two, and no head stands alone at the end. */
struct help {
    char *title;
    struct doc *doc;
    struct doc_span *spans; /* of the items, as of the last prepare */
    size_t count;
    size_t top, last; /* the first and the last item that are seen */
    int inside;       /* lines of the first that are out of sight: it may be higher than the room */
    int height;
};

/* The keys without letters, which a form takes for text: "n F7 Ins" is "F7 Ins" there. */
static void named_keys(const char *keys, struct buf *out)
{
    while (*keys != '\0') {
        size_t len = strcspn(keys, " ");
        bool letter =
            len == 1 && ((keys[0] >= 'a' && keys[0] <= 'z') || (keys[0] >= 'A' && keys[0] <= 'Z'));

        if (!letter && len > 0) {
            buf_addf(out, "%s%.*s", out->len > 0 ? " " : "", (int)len, keys);
        }
        keys += len;
        keys += strspn(keys, " ");
    }
}

/* A line for an action that the view has: dimmed with the reason while it cannot run. */
static void one_action(const struct ui *ui, const struct action_info *info, bool form, bool can,
                       const char *why, struct doc *doc)
{
    const char *words = ui_action_help(ui, info);
    struct buf keys;

    buf_init(&keys, 0);
    if (form) {
        named_keys(info->keys, &keys);
    } else {
        buf_adds(&keys, info->keys);
    }
    if (!can && why[0] != '\0') {
        doc_field(doc, keys.data, STYLE_DISABLED, "%s (%s)", words, why);
    } else if (info->keys[0] == '\0') {
        doc_field(doc, ":", STYLE_NORMAL, "%s: %s", info->name, words);
    } else if (keys.len > 0) {
        doc_field(doc, keys.data, STYLE_NORMAL, "%s", words);
    }
    buf_done(&keys);
}

static void one_group(const struct ui *ui, enum action_group group, bool form, struct doc *doc)
{
    const struct action_info *info;
    bool headed = false;

    for (size_t i = 0; (info = action_number(i)) != NULL; i++) {
        char why[256] = "";
        bool can = info->group == group && ui_can(ui, info->action, why, sizeof(why));

        /* Back is everywhere, if not always. */
        if (info->group != group || (!can && why[0] == '\0' && info->action != ACTION_BACK)) {
            continue;
        }
        if (!headed) {
            doc_section(doc, 0, "%s", action_group_name(group));
            headed = true;
        }
        one_action(ui, info, form, can, why, doc);
    }
}

static struct rect room(struct rect area)
{
    int width = area.width < HELP_WIDTH ? area.width : HELP_WIDTH;

    return (struct rect){area.x + (area.width - width) / 2, area.y, width, area.height};
}

/* The last item that is seen when this one is the first. */
static size_t last_from(const struct help *help, size_t top)
{
    size_t last = top;

    while (last + 1 < help->count &&
           help->spans[last + 1].to - help->spans[top].from <= help->height) {
        last++;
    }
    while (last > top && last + 1 < help->count && help->spans[last].section) {
        last--;
    }
    return last;
}

/* The first item of the page that ends with this one. */
static size_t page_up_to(const struct help *help, size_t last)
{
    size_t top = last;

    while (top > 0 && help->spans[last].to - help->spans[top - 1].from <= help->height) {
        top--;
    }
    return top;
}

static void go_to(struct help *help, size_t top)
{
    size_t end = help->count == 0 ? 0 : page_up_to(help, help->count - 1);

    help->top = top > end ? end : top;
    help->last = help->count == 0 ? 0 : last_from(help, help->top);
}

static bool prepare(void *self, struct ui *ui)
{
    struct help *help = self;
    struct rect area = room(ui_body(ui));
    int rest;

    help->height = area.height > 2 ? area.height - 2 : 1;
    free(help->spans);
    help->spans = doc_spans(help->doc, area.width > 4 ? area.width - 4 : 1, &help->count);
    go_to(help, help->top);
    rest = help->count == 0
               ? 0
               : help->spans[help->top].to - help->spans[help->top].from - help->height;
    help->inside = rest < 0 ? 0 : help->inside > rest ? rest : help->inside;
    return false;
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct help *help = self;
    struct rect in;
    int lines;

    (void)ui;
    area = room(area);
    in = ui_dialog(canvas, area, area.width, area.height, help->title);
    if (help->count == 0) {
        return;
    }
    lines = help->spans[help->last].to - help->spans[help->top].from - help->inside;
    in.height = lines < in.height ? lines : in.height;
    doc_draw(help->doc, canvas, in, help->spans[help->top].from + help->inside);
}

static bool can(const void *self, const struct ui *ui, enum action action, char *why, size_t size)
{
    (void)self;
    (void)ui;
    (void)why;
    (void)size;
    return scroll_is(action) || action == ACTION_OPEN || action == ACTION_HELP ||
           action == ACTION_NEXT_PANE || action == ACTION_PREV_PANE;
}

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *what)
{
    (void)self;
    (void)ui;
    return what->key == UI_KEY_CHAR && strcmp(what->text, "q") == 0 ? PANE_CLOSE : PANE_IGNORED;
}

static void to_section(struct help *help, int step)
{
    size_t at = help->top;

    while (step < 0 ? at > 0 : at + 1 < help->count) {
        at = step < 0 ? at - 1 : at + 1;
        if (help->spans[at].section) {
            break;
        }
    }
    go_to(help, at);
}

/* In an item that is higher than the room: a part further. False: there is none. */
static bool walk_inside(struct help *help, int step)
{
    int rest = help->spans[help->top].to - help->spans[help->top].from - help->height;

    if (rest <= 0 || (step > 0 ? help->inside >= rest : help->inside <= 0)) {
        return false;
    }
    help->inside += step;
    help->inside = help->inside > rest ? rest : help->inside < 0 ? 0 : help->inside;
    return true;
}

static void walk(struct help *help, enum action action)
{
    int page = help->height > 1 ? help->height - 1 : 1;
    int step = action == ACTION_UP          ? -1
               : action == ACTION_DOWN      ? 1
               : action == ACTION_PAGE_UP   ? -page
               : action == ACTION_PAGE_DOWN ? page
                                            : 0;
    size_t half = (help->last - help->top) / 2 + 1;

    if (step != 0 && walk_inside(help, step)) {
        return;
    }
    help->inside = 0;
    switch (action) {
    case ACTION_UP:
        go_to(help, help->top > 0 ? help->top - 1 : 0);
        break;
    case ACTION_DOWN:
        go_to(help, help->top + 1);
        break;
    case ACTION_PAGE_UP:
        go_to(help, help->top > 0 ? page_up_to(help, help->top - 1) : 0);
        break;
    case ACTION_PAGE_DOWN:
        go_to(help, help->last + 1);
        break;
    case ACTION_HALF_UP:
        go_to(help, help->top > half ? help->top - half : 0);
        break;
    case ACTION_HALF_DOWN:
        go_to(help, help->top + half);
        break;
    case ACTION_FIRST:
        go_to(help, 0);
        break;
    default:
        go_to(help, help->count);
        break;
    }
}

static enum pane_result act(void *self, struct ui *ui, enum action action)
{
    struct help *help = self;

    prepare(help, ui);
    if (action == ACTION_NEXT_PANE || action == ACTION_PREV_PANE) {
        help->inside = 0;
        to_section(help, action == ACTION_NEXT_PANE ? 1 : -1);
        return PANE_HANDLED;
    }
    if (!scroll_is(action)) {
        return PANE_CLOSE;
    }
    walk(help, action);
    return PANE_HANDLED;
}

static void title(const void *self, const struct ui *ui, struct buf *out)
{
    (void)self;
    (void)ui;
    buf_adds(out, "Help");
}

static void hints(const void *self, const struct ui *ui, struct buf *out)
{
    const struct help *help = self;
    int below = help->count == 0 ? 0 : help->spans[help->count - 1].to - help->spans[help->last].to;

    (void)ui;
    if (below > 0) {
        buf_addf(out, "%d more line%s below  ", below, below == 1 ? "" : "s");
    }
    buf_adds(out,
             help->top > 0 || below > 0 ? "PgDn PgUp page  Tab section  Esc back" : "Esc back");
}

static void help_free(void *self)
{
    struct help *help = self;

    doc_free(help->doc);
    free(help->spans);
    free(help->title);
    free(help);
}

static const struct pane_ops OPS = {
    .name = "help",
    .draw = draw,
    .event = event,
    .act = act,
    .can = can,
    .prepare = prepare,
    .title = title,
    .modal = true,
    .free = help_free,
    .hints = hints,
};

/* What can be done comes before how to move. */
static const enum action_group ORDER[] = {GROUP_RECORD, GROUP_LIST, GROUP_PLACES, GROUP_MOVING,
                                          GROUP_CONSOLE};

struct pane view_help_new(struct ui *ui, const struct pane_ops *of)
{
    struct help *help = xcalloc(1, sizeof(*help));
    bool form = of->modal && of->event != NULL; /* it has fields that take letters */
    struct buf words;

    help->title = xasprintf("Keys here: %s", of->name);
    help->doc = doc_new(LABEL_WIDTH);
    buf_init(&words, 0);
    ui_hints(ui, &words);
    if (words.len > 0) {
        doc_section(help->doc, 0, "%s", form ? "In this form" : "Here");
        doc_text(help->doc, STYLE_NORMAL, "%s", words.data);
    }
    buf_done(&words);
    for (size_t i = 0; i < sizeof(ORDER) / sizeof(*ORDER); i++) {
        one_group(ui, ORDER[i], form, help->doc);
    }
    help_signs(of->name, help->doc);
    return (struct pane){&OPS, help};
}
