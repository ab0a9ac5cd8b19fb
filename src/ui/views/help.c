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

struct help {
    char *title;
    struct doc *doc;
    int scroll;
    int height, lines;
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

static struct rect inside(struct rect area)
{
    int width = area.width < HELP_WIDTH ? area.width : HELP_WIDTH;

    return (struct rect){area.x + (area.width - width) / 2, area.y, width, area.height};
}

static bool prepare(void *self, struct ui *ui)
{
    struct help *help = self;
    struct rect area = inside(ui_body(ui));

    help->height = area.height > 2 ? area.height - 2 : 1;
    help->lines = doc_lines(help->doc, area.width > 4 ? area.width - 4 : 1);
    help->scroll = scroll_limit(help->scroll, help->height, help->lines);
    return false;
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct help *help = self;

    (void)ui;
    area = inside(area);
    doc_draw(help->doc, canvas, ui_dialog(canvas, area, area.width, area.height, help->title),
             help->scroll);
}

static bool can(const void *self, const struct ui *ui, enum action action, char *why, size_t size)
{
    (void)self;
    (void)ui;
    (void)why;
    (void)size;
    return scroll_is(action) || action == ACTION_OPEN || action == ACTION_HELP;
}

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *what)
{
    (void)self;
    (void)ui;
    return what->key == UI_KEY_CHAR && strcmp(what->text, "q") == 0 ? PANE_CLOSE : PANE_IGNORED;
}

static enum pane_result act(void *self, struct ui *ui, enum action action)
{
    struct help *help = self;

    if (!scroll_is(action)) {
        return PANE_CLOSE;
    }
    help->scroll += (int)scroll_step(action, help->height, (size_t)help->lines);
    prepare(help, ui);
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
    int below = help->lines - help->scroll - help->height;

    (void)ui;
    if (below > 0) {
        buf_addf(out, "j k PgDn PgUp  %d more lines below   ", below);
    }
    buf_adds(out, "Esc back");
}

static void help_free(void *self)
{
    struct help *help = self;

    doc_free(help->doc);
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
    for (int group = 0; group < GROUP_COUNT; group++) {
        one_group(ui, (enum action_group)group, form, help->doc);
    }
    help_signs(of->name, help->doc);
    return (struct pane){&OPS, help};
}
