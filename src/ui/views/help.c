/* The keys of the view below, from the table of actions: what can be done now, what cannot and why.
 * And the signs of the lists. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/scope.h"
#include "ui/doc.h"
#include "ui/scroll.h"
#include "ui/ui.h"
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

/* A line for an action that the view has: dimmed with the reason while it cannot run. */
static void one_action(const struct action_info *info, bool can, const char *why, struct doc *doc)
{
    if (!can && why[0] != '\0') {
        doc_field(doc, info->keys, STYLE_DISABLED, "%s (%s)", info->help, why);
    } else if (info->keys[0] == '\0') {
        doc_field(doc, ":", STYLE_NORMAL, "%s: %s", info->name, info->help);
    } else {
        doc_field(doc, info->keys, STYLE_NORMAL, "%s", info->help);
    }
}

static void one_group(const struct ui *ui, enum action_group group, struct doc *doc)
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
        one_action(info, can, why, doc);
    }
}

static void signs(struct doc *doc)
{
    doc_section(doc, 0, "Signs");
    doc_field(doc, "!", STYLE_WARN,
              "look twice: no expiry or one within a week, can make keys, or 50 scopes and more");
    doc_field(doc, "X", STYLE_BAD,
              "works no more: expired, its budget used up, or blocked by a rate limit of 0");
    doc_field(doc, "@", STYLE_OWN, "your own key");
    doc_field(doc, "~", STYLE_NORMAL, "rotates by itself");
    doc_field(doc, "*", STYLE_MARKED, "marked");
    doc_field(doc, "?", STYLE_WARN, "is there, but could not be read; 0 means asked and none");
    doc_field(doc, "WS WU OS", STYLE_NORMAL,
              "key of a workspace's service, of a workspace's person, of the organisation (admin)");
    doc_field(doc, "M P D A O V", STYLE_WARN,
              "its scopes can: make keys, change people, delete, read logs or audit, change the"
              " organisation, change providers");
    doc_section(doc, 0, "Filter");
    doc_field(doc, "RvI", STYLE_NORMAL,
              "anywhere in a row, as it stands. Only where no row has all the words so: the letters"
              " in this order in a name; then \"fuzzy\" stands beside the counts");
    doc_field(doc, "mask:RvI", STYLE_NORMAL,
              "in that column: the last characters of a leaked key find it");
    doc_field(doc, "name:=gira", STYLE_NORMAL, "the column is gira and nothing else");
    doc_field(doc, "!word", STYLE_NORMAL, "the rows that do not have it");
    doc_field(doc, "\"two words\"", STYLE_NORMAL, "keep their blank, and are never fuzzy");
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
    struct buf words;

    help->title = xasprintf("Keys here: %s", of->name);
    help->doc = doc_new(LABEL_WIDTH);
    buf_init(&words, 0);
    ui_hints(ui, &words);
    if (words.len > 0) {
        doc_section(help->doc, 0, "In this form");
        doc_text(help->doc, STYLE_NORMAL, "%s", words.data);
    }
    buf_done(&words);
    if (of->takes_text) {
        doc_text(help->doc, STYLE_DIM,
                 "Letters are text while a field has the focus: of the keys below those that are no"
                 " letters.");
    }
    for (int group = 0; group < GROUP_COUNT; group++) {
        one_group(ui, (enum action_group)group, help->doc);
    }
    signs(help->doc);
    return (struct pane){&OPS, help};
}
