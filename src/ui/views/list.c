/* The pane of a list: table, side lists, summary. What differs between lists is in list_*.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/access.h"
#include "ui/views/columns.h"
#include "ui/views/facts.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define SIDES_FROM 120
#define FOOT_FROM 17
#define FOOT_LINES 4

struct list {
    const struct list_kind_ops *kind;
    struct table *table;
    /* The members pane shows memberships where it is narrowed to a workspace, and where the
     * organisation's people could not be read. */
    struct table *memberships;
    struct doc *summary;
    struct buf foot;
    struct told {
        struct ui_look look;
        const struct table *table; /* NULL: of none */
        size_t row;
        bool side;
    } told; /* what summary and foot are about */
    struct nav *nav;
    struct kept {
        struct canvas *cells; /* NULL: to be drawn */
    } * side;                 /* the summary as it was drawn last */
};

struct areas {
    struct rect nav, table, side, foot;
};

static struct table *table_of(const struct list *list, const struct ui *ui)
{
    const struct inventory *inv = ui_inventory(ui);

    if (list->memberships == NULL || inv == NULL) {
        return list->table;
    }
    if (ui_workspace(ui)[0] != '\0') {
        return list->memberships;
    }
    if (inv->user_count == 0 && inv->member_count > 0 &&
        inv->lists[LIST_USERS].progress != PROGRESS_LOADING) {
        return list->memberships;
    }
    return list->table;
}

static struct areas split(const struct table *table, const struct ui *ui, struct rect area)
{
    struct areas out = {.table = area};
    int width = ui_width(ui);

    if (table_wide(table)) {
        return out;
    }
    if (width >= SIDES_FROM) {
        int nav = width >= 180 ? 24 : 20;
        int side = width >= 180 ? 40 : width >= 150 ? 34 : width >= 140 ? 28 : 24;

        out.nav = (struct rect){area.x, area.y, nav, area.height};
        out.side = (struct rect){area.x + area.width - side, area.y, side, area.height};
        out.table =
            (struct rect){area.x + nav + 1, area.y, area.width - nav - side - 2, area.height};
    } else if (area.height >= FOOT_FROM) {
        out.table.height = area.height - FOOT_LINES;
        out.foot = (struct rect){area.x, area.y + out.table.height, area.width, FOOT_LINES};
    }
    return out;
}

static void scope_of(const struct ui *ui, const struct inventory *inv, enum list_kind list,
                     struct view_scope *out)
{
    memset(out, 0, sizeof(*out));
    if (inv == NULL || list == LIST_WORKSPACES) {
        return;
    }
    if (ui_workspace(ui)[0] != '\0') {
        out->by_workspace = true;
        out->workspace = inventory_find_id(inv, ui_workspace(ui));
    }
    if (ui_user(ui)[0] != '\0' && list == LIST_KEYS) {
        out->by_user = true;
        out->user = inventory_find_id(inv, ui_user(ui));
    }
}

void list_add_parts(const struct field_context *ctx, enum list_kind list,
                    const struct list_part *parts, size_t row, struct buf *out)
{
    for (; parts->field != NULL; parts++) {
        buf_adds(out, parts->before);
        facts_text(ctx, list, parts->field, row, out);
    }
}

/* What stands beside the table or below it about the row under the cursor. */
static void tell(struct list *list, const struct ui *ui, const struct table *table,
                 const struct areas *areas)
{
    struct field_context ctx = ui_context(ui);
    struct told told = {.look = ui_look(ui), .side = areas->side.width > 0};
    const struct told *last = &list->told;

    if ((told.side || areas->foot.height > 0) && table_selected(table, ui, &told.row)) {
        told.table = table;
    }
    if (told.table == last->table && told.row == last->row && told.side == last->side &&
        ui_look_same(&told.look, &last->look)) {
        return;
    }
    list->told = told;
    canvas_free(list->side->cells);
    list->side->cells = NULL;
    doc_clear(list->summary);
    buf_clear(&list->foot);
    if (told.table != NULL && told.side) {
        list->kind->summary(&ctx, table_list(table), told.row, list->summary);
    } else if (told.table != NULL) {
        list->kind->foot(&ctx, table_list(table), told.row, &list->foot);
    }
}

static bool prepare(void *self, struct ui *ui)
{
    struct list *list = self;
    struct table *table = table_of(list, ui);
    struct areas areas = split(table, ui, ui_body(ui));
    struct field_context ctx = ui_context(ui);
    struct view_scope scope;
    bool more;

    scope_of(ui, ctx.inv, list->kind->list, &scope);
    if (table == list->memberships && scope.by_workspace) {
        access_grant(ctx.inv, scope.workspace);
    }
    more = table_prepare(table, ui, &scope, areas.table);
    tell(list, ui, table, &areas);
    return more;
}

/* What has no room beside the list is all in the detail. */
static void draw_summary(const struct doc *summary, struct canvas *canvas, struct rect area)
{
    int more = doc_lines(summary, area.width) - area.height;

    if (more <= 0 || area.height < 2) {
        doc_draw(summary, canvas, area, 0);
        return;
    }
    area.height--;
    doc_draw(summary, canvas, area, 0);
    canvas_textf(canvas, area.x, area.y + area.height, STYLE_KEY, "%d more lines: v", more + 1);
}

static void draw_side(const struct list *list, struct canvas *canvas, struct rect area)
{
    struct kept *side = list->side;

    if (side->cells == NULL || canvas_width(side->cells) != area.width ||
        canvas_height(side->cells) != area.height ||
        canvas_ascii(side->cells) != canvas_ascii(canvas)) {
        canvas_free(side->cells);
        side->cells = canvas_new(area.width, area.height);
        canvas_set_ascii(side->cells, canvas_ascii(canvas));
        draw_summary(list->summary, side->cells, (struct rect){0, 0, area.width, area.height});
    }
    canvas_put(canvas, area.x, area.y, side->cells);
}

static void draw_foot(const struct list *list, struct canvas *canvas, struct rect area)
{
    const char *line = list->foot.data;

    canvas_hline(canvas, area.x, area.y, area.width);
    for (int i = 1; i < area.height && *line != '\0'; i++) {
        size_t len = strcspn(line, "\n");
        char *copy = xstrndup(line, len);

        canvas_fit(canvas, area.x + 1, area.y + i, area.width - 2, copy,
                   i == 1 ? STYLE_BOLD : STYLE_NORMAL, false);
        free(copy);
        line += len + (line[len] == '\n' ? 1 : 0);
    }
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct list *list = self;
    const struct table *table = table_of(list, ui);
    struct areas areas = split(table, ui, area);
    struct buf empty;

    buf_init(&empty, 0);
    list_empty_words(ui, list->kind, table_list(table), &empty);
    table_draw(table, ui, canvas, areas.table, empty.data);
    buf_done(&empty);
    if (areas.side.width > 0) {
        nav_draw(list->nav, ui, canvas, areas.nav, list->kind->list);
        canvas_vline(canvas, areas.nav.x + areas.nav.width, area.y, area.height);
        canvas_vline(canvas, areas.side.x - 1, area.y, area.height);
        areas.side.x++;
        areas.side.width--;
        draw_side(list, canvas, areas.side);
    }
    if (areas.foot.height > 0) {
        draw_foot(list, canvas, areas.foot);
    }
}

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *what)
{
    return table_event(table_of(self, ui), ui, what);
}

static bool can(const void *self, const struct ui *ui, enum action action, char *why, size_t size)
{
    const struct list *list = self;
    const struct table *table = table_of(list, ui);
    const struct inventory *inv = ui_inventory(ui);
    size_t row = 0;
    bool has_row = table_selected(table, ui, &row);

    switch (action) {
    case ACTION_OPEN:
    case ACTION_VIEW:
        return has_row;
    default:
        break;
    }
    if (table_can(table, action)) {
        return true;
    }
    if (action == ACTION_MARK || action == ACTION_MARK_ALL || action == ACTION_COPY) {
        snprintf(why, size, "there is no row");
        return false;
    }
    if (inv == NULL) {
        return false;
    }
    if (action == ACTION_NEW) {
        return list_can_create(inv, why, size);
    }
    return list->kind->can != NULL && list->kind->can(ui, inv, has_row, row, action, why, size);
}

static enum pane_result act(void *self, struct ui *ui, enum action action)
{
    struct list *list = self;
    struct table *table = table_of(list, ui);
    char *id = xstrdup(table_selected_id(table));
    size_t row;
    enum pane_result result = PANE_HANDLED;

    switch (action) {
    case ACTION_OPEN:
        list->kind->open(ui, id, ACTION_OPEN);
        break;
    case ACTION_VIEW:
        list->kind->open(ui, id, ACTION_VIEW);
        break;
    case ACTION_NEW:
        ui_push(ui,
                view_create_new(ui, list->kind->list == LIST_WORKSPACES ? id : ui_workspace(ui)));
        break;
    case ACTION_COLUMNS:
        ui_push(ui, view_columns_new(ui, table));
        break;
    case ACTION_COPY:
        if (table_selected(table, ui, &row)) {
            ui_push(ui, view_copy_new(ui, table_list(table), row, table));
        }
        break;
    default:
        if (table_act(table, ui, action)) {
            break;
        }
        if (list->kind->act == NULL) {
            result = PANE_IGNORED;
        } else {
            list->kind->act(ui, id, action);
            if (action == ACTION_REVOKE && table_marked(table) > 0) {
                ui_message(ui, true,
                           "This is about the row under the cursor alone; %zu marked row%s left as"
                           " they are.",
                           table_marked(table), table_marked(table) == 1 ? " is" : "s are");
            }
        }
        break;
    }
    free(id);
    return result;
}

static void status(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    table_status(table_of(self, ui), ui, canvas, area);
}

static int status_least(const void *self, const struct ui *ui)
{
    return table_status_least(table_of(self, ui), ui);
}

static bool status_typed(const void *self, const struct ui *ui)
{
    return table_editing(table_of(self, ui));
}

static bool state(const void *self, const struct ui *ui, struct buf *out)
{
    const struct list *list = self;
    const struct inventory *inv = ui_inventory(ui);

    if (inv == NULL) {
        return false;
    }
    if (list->memberships != NULL && inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE &&
        inv->lists[LIST_MEMBERS].progress != PROGRESS_COMPLETE) {
        return list_state_words(inv, LIST_MEMBERS, "memberships", ui_now(ui), out);
    }
    const struct list_state *held = &inv->lists[list->kind->list];
    size_t row;

    /* The body says all of it where there are no rows. */
    if (!table_selected(table_of(list, ui), ui, &row) &&
        (held->progress == PROGRESS_REFUSED || held->progress == PROGRESS_FAILED)) {
        buf_addf(out, "The %s %s. r tries again.", list->kind->noun,
                 held->progress == PROGRESS_REFUSED ? "were refused" : "could not be read");
        return true;
    }
    bool bad = list_state_words(inv, list->kind->list, list->kind->noun, ui_now(ui), out);

    /* So that the keys of all workspaces add up to all keys. */
    if (list->kind->list == LIST_WORKSPACES && inventory_list_read(inv, LIST_WORKSPACES) &&
        inventory_list_read(inv, LIST_KEYS)) {
        char why[INVENTORY_WHY_SIZE];
        size_t keys = inventory_organisation_keys(inv);

        buf_addf(out, " (organisation): %zu%s key%s.", keys,
                 inventory_keys_held(inv, why, sizeof(why)) ? "" : "?", keys == 1 ? "" : "s");
        keys = inventory_unplaced_keys(inv);
        if (keys > 0 && inv->lists[LIST_WORKSPACES].progress != PROGRESS_LOADING) {
            buf_addf(out, " %zu in a workspace that is not known.", keys);
        }
    }
    return bad;
}

/* While the filter is typed its own keys: those of the list would go into the field. */
static void hints(const void *self, const struct ui *ui, struct buf *out)
{
    const struct list *list = self;
    bool keys = list->kind->list == LIST_KEYS;
    const char *const parts[] = {
        "Enter keeps",
        "Esc undoes",
        keys ? "any part of a name or mask" : "any part of a name",
        keys ? "mask:RvI" : "name:ann",
        "!not",
        "F1 help",
        "column:value",
        "column:=whole",
        "\"as it stands\"",
    };

    if (!table_editing(table_of(list, ui))) {
        return;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        if (text_width(out->data) + 2 + text_width(parts[i]) <= ui_width(ui) - 2) {
            buf_addf(out, "%s%s", i == 0 ? "" : "  ", parts[i]);
        }
    }
}

static const char *help(const void *self, enum action action)
{
    const struct list *list = self;

    switch (action) {
    case ACTION_OPEN:
        return list->kind->open_help;
    case ACTION_LEFT:
        return "the columns out of sight on the left (<)";
    case ACTION_RIGHT:
        return "the columns out of sight on the right (>)";
    case ACTION_NEW:
        return list->kind->list == LIST_WORKSPACES
                   ? "a new key in this workspace; nothing is sent before the review"
                   : "a new key; nothing is sent before the review";
    case ACTION_REVOKE:
        return "review the revocation of the row under the cursor, whatever is marked; nothing is"
               " sent before the typed phrase";
    case ACTION_QUIT:
        return "leave the program";
    default:
        return NULL;
    }
}

/* Among people and workspaces "new" alone would be one of those. */
static const char *label(const void *self, enum action action)
{
    const struct list *list = self;

    return action == ACTION_NEW && list->kind->list != LIST_KEYS ? "new key.." : NULL;
}

static bool command(void *self, struct ui *ui, const char *verb, const char *rest)
{
    struct list *list = self;

    if (list->memberships != NULL && table_of(list, ui) == list->table) {
        return table_command(list->table, ui, verb, rest);
    }
    return table_command(table_of(list, ui), ui, verb, rest);
}

static size_t marked(const void *self)
{
    const struct list *list = self;

    return table_marked(list->table) +
           (list->memberships == NULL ? 0 : table_marked(list->memberships));
}

static void forget(void *self)
{
    struct list *list = self;

    table_forget(list->table);
    if (list->memberships != NULL) {
        table_forget(list->memberships);
    }
}

static void list_free(void *self)
{
    struct list *list = self;

    table_free(list->table);
    table_free(list->memberships);
    doc_free(list->summary);
    buf_done(&list->foot);
    nav_free(list->nav);
    canvas_free(list->side->cells);
    free(list->side);
    free(list);
}

#define LIST_OPS                                                                                   \
    .draw = draw, .event = event, .act = act, .can = can, .prepare = prepare, .status = status,    \
    .forget = forget, .marked = marked, .status_typed = status_typed,                              \
    .status_least = status_least, .state = state, .command = command, .free = list_free,           \
    .hints = hints, .help = help, .label = label
static const struct pane_ops OPS[LIST_COUNT] = {
    [LIST_WORKSPACES] = {.name = "workspaces", LIST_OPS},
    [LIST_USERS] = {.name = "members", LIST_OPS},
    [LIST_KEYS] = {.name = "keys", LIST_OPS},
};
#undef LIST_OPS

struct pane view_list_new(struct ui *ui, enum list_kind kind)
{
    struct list *list = xcalloc(1, sizeof(*list));

    (void)ui;
    list->kind = kind == LIST_KEYS         ? &LIST_OF_KEYS
                 : kind == LIST_WORKSPACES ? &LIST_OF_WORKSPACES
                                           : &LIST_OF_MEMBERS;
    list->table = table_new(kind, list->kind->noun);
    if (kind == LIST_USERS) {
        list->memberships = table_new(LIST_MEMBERS, "members");
    }
    list->summary = doc_new(7);
    list->nav = nav_new();
    list->side = xcalloc(1, sizeof(*list->side));
    buf_init(&list->foot, 0);
    return (struct pane){&OPS[kind], list};
}
