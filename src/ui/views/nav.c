/* The lists on the left of a wide screen: the workspaces with their keys, and the views. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "ui/views/list_internal.h"

#include "base/banned.h"

#define VIEW_LINES 6

/* Does the operator's own key see every kind of key? */
static bool sees_all_keys(const struct inventory *inv)
{
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        if (access_may(inv, ENDPOINT_KEYS, (enum key_kind)kind, NULL) != ANSWER_YES) {
            return false;
        }
    }
    return !inventory_own_is_of_workspace(inv);
}

static bool may_be_more(const struct inventory *inv, enum list_kind list)
{
    return inv->lists[list].progress == PROGRESS_PARTIAL ||
           (list == LIST_KEYS && !sees_all_keys(inv));
}

/* "7", "7?" where there may be more, and "?" rather than a zero that is not known. */
static void count_text(const struct inventory *inv, enum list_kind list, size_t count, char *out,
                       size_t size)
{
    bool more = may_be_more(inv, list);

    if (inventory_list_read(inv, list) && (count > 0 || !more)) {
        snprintf(out, size, "%zu%s", count, more ? "?" : "");
    } else {
        snprintf(out, size, "?");
    }
}

/* Cut so that it differs from the names beside it. */
static void draw_entry(struct canvas *canvas, struct rect line, const char *name,
                       const char *const *others, size_t other_count, const char *count,
                       bool chosen)
{
    int width = (int)strlen(count);
    struct buf cut;

    buf_init(&cut, 0);
    text_cut_apart(name, others, other_count, line.width - width - 3, &cut);
    if (chosen) {
        canvas_text(canvas, line.x, line.y, "▸", STYLE_KEY);
    }
    canvas_text(canvas, line.x + 2, line.y, cut.data, chosen ? STYLE_BOLD : STYLE_NORMAL);
    buf_done(&cut);
    canvas_text(canvas, line.x + line.width - width, line.y, count,
                strchr(count, '?') != NULL ? STYLE_WARN : STYLE_DIM);
}

/* Where the seen part starts, so that the chosen workspace is in it. */
static size_t first_seen(const struct inventory *inv, int chosen, size_t room)
{
    if (chosen < 0 || (size_t)chosen < room || inv->workspace_count <= room) {
        return 0;
    }
    return (size_t)chosen - room + 1;
}

/* While the workspaces come, the keys of the others are not placed yet. */
static size_t unplaced_keys(const struct inventory *inv)
{
    enum list_progress progress = inv->lists[LIST_WORKSPACES].progress;

    return progress == PROGRESS_COMPLETE || progress == PROGRESS_PARTIAL
               ? inventory_unplaced_keys(inv)
               : 0;
}

static void draw_workspaces(const struct ui *ui, struct canvas *canvas, struct rect area)
{
    struct inventory *inv = ui_inventory(ui);
    int chosen =
        ui_workspace(ui)[0] == '\0' ? -1 : inventory_find_workspace_text(inv, ui_workspace(ui));
    size_t unplaced = unplaced_keys(inv);
    int around = unplaced > 0 ? 5 : 4; /* what else stands there */
    size_t room = area.height > around ? (size_t)(area.height - around) : 0;
    size_t first = first_seen(inv, chosen, room);
    const char **names;
    size_t shown;
    char count[24];
    int y = area.y;

    canvas_text(canvas, area.x, y, "WORKSPACES", STYLE_HEADER);
    canvas_text(canvas, area.x + area.width - 4, y++, "keys", STYLE_DIM);
    count_text(inv, LIST_KEYS, inv->key_count, count, sizeof(count));
    draw_entry(canvas, (struct rect){area.x, y++, area.width, 1}, "all", NULL, 0, count,
               chosen < 0);
    if (!inventory_list_read(inv, LIST_WORKSPACES)) {
        canvas_fit(canvas, area.x + 2, y, area.width - 2, "? not read", STYLE_WARN, false);
        return;
    }
    shown = inv->workspace_count - first < room ? inv->workspace_count - first : room;
    names = xcalloc(shown + 1, sizeof(*names));
    for (size_t i = 0; i < shown; i++) {
        names[i] = inventory_workspace_name(inv, &inv->workspaces[first + i]);
    }
    for (size_t i = 0; i < shown; i++) {
        const struct workspace_counts *counts = inventory_workspace_counts(inv, first + i);

        count_text(inv, LIST_KEYS, counts->service_keys + counts->user_keys + counts->other_keys,
                   count, sizeof(count));
        draw_entry(canvas, (struct rect){area.x, y++, area.width, 1}, names[i], names, shown, count,
                   chosen == (int)(first + i));
    }
    free(names);
    /* So that they add up to all. */
    count_text(inv, LIST_KEYS, inventory_organisation_keys(inv), count, sizeof(count));
    draw_entry(canvas, (struct rect){area.x, y++, area.width, 1}, "(organisation)", NULL, 0, count,
               false);
    if (unplaced > 0) {
        count_text(inv, LIST_KEYS, unplaced, count, sizeof(count));
        draw_entry(canvas, (struct rect){area.x, y++, area.width, 1}, "(not known)", NULL, 0, count,
                   false);
    }
    if (inv->workspace_count > room) {
        canvas_textf(canvas, area.x + 2, y, STYLE_DIM, "(%zu more)", inv->workspace_count - room);
    }
}

/* "15 <1m", "15? 3h" where there may be more, "400.." while it loads, "?". */
static void list_words(const struct inventory *inv, enum list_kind list, int64_t now, char *out,
                       size_t size)
{
    const struct list_state *state = &inv->lists[list];
    char age[TIME_TEXT_SIZE] = "?";

    if (!inventory_list_read(inv, list)) {
        snprintf(out, size, "?");
        return;
    }
    if (state->progress == PROGRESS_LOADING) {
        snprintf(out, size, "%zu..", state->counted);
        return;
    }
    if (state->loaded_at != TIME_NONE) {
        ui_age_text(now - state->loaded_at, age);
    }
    snprintf(out, size, "%zu%s %3s", state->counted, may_be_more(inv, list) ? "?" : "", age);
}

static void draw_views(const struct ui *ui, struct canvas *canvas, struct rect area,
                       enum list_kind current)
{
    static const struct {
        const char *name;
        enum list_kind list;
    } VIEWS[] = {{"1 Organisations", LIST_COUNT},
                 {"2 Workspaces", LIST_WORKSPACES},
                 {"3 People", LIST_USERS},
                 {"4 Keys", LIST_KEYS}};
    const struct inventory *inv = ui_inventory(ui);
    int y = area.y;

    canvas_text(canvas, area.x, y, "VIEWS", STYLE_HEADER);
    canvas_text(canvas, area.x + area.width - 3, y++, "age", STYLE_DIM);
    for (size_t i = 0; i < sizeof(VIEWS) / sizeof(*VIEWS); i++) {
        char words[24 + TIME_TEXT_SIZE];

        if (VIEWS[i].list == LIST_COUNT) {
            snprintf(words, sizeof(words), "%zu",
                     ui_host(ui)->ops->profile_count(ui_host(ui)->ctx));
        } else {
            list_words(inv, VIEWS[i].list, ui_now(ui), words, sizeof(words));
        }
        draw_entry(canvas, (struct rect){area.x, y++, area.width, 1}, VIEWS[i].name, NULL, 0, words,
                   VIEWS[i].list == current);
    }
}

static void draw_lists(const struct ui *ui, struct canvas *canvas, struct rect area,
                       enum list_kind current)
{
    const struct inventory *inv = ui_inventory(ui);
    int room = area.height - VIEW_LINES;
    int wanted = inv->workspace_count > 1000 ? 1004 : (int)inv->workspace_count + 4;

    if (wanted < room) {
        room = wanted;
    }
    draw_workspaces(ui, canvas, (struct rect){area.x, area.y, area.width, room});
    draw_views(ui, canvas, (struct rect){area.x, area.y + room, area.width, VIEW_LINES}, current);
}

struct nav {
    struct canvas *cells; /* as they were drawn last; NULL: never */
    struct ui_look look;
    char *workspace;
    size_t profiles;
};

struct nav *nav_new(void)
{
    struct nav *nav = xcalloc(1, sizeof(*nav));

    nav->workspace = xstrdup("");
    return nav;
}

void nav_free(struct nav *nav)
{
    if (nav == NULL) {
        return;
    }
    canvas_free(nav->cells);
    free(nav->workspace);
    free(nav);
}

void nav_draw(struct nav *nav, const struct ui *ui, struct canvas *canvas, struct rect area,
              enum list_kind current)
{
    struct ui_look look = ui_look(ui);
    size_t profiles = ui_host(ui)->ops->profile_count(ui_host(ui)->ctx);

    if (ui_inventory(ui) == NULL || area.height - VIEW_LINES < 5) {
        return;
    }
    if (nav->cells == NULL || canvas_width(nav->cells) != area.width ||
        canvas_height(nav->cells) != area.height || !ui_look_same(&look, &nav->look) ||
        profiles != nav->profiles || strcmp(nav->workspace, ui_workspace(ui)) != 0 ||
        canvas_ascii(nav->cells) != canvas_ascii(canvas)) {
        canvas_free(nav->cells);
        nav->cells = canvas_new(area.width, area.height);
        canvas_set_ascii(nav->cells, canvas_ascii(canvas));
        draw_lists(ui, nav->cells, (struct rect){0, 0, area.width, area.height}, current);
        nav->look = look;
        nav->profiles = profiles;
        xreplace(&nav->workspace, ui_workspace(ui));
    }
    canvas_put(canvas, area.x, area.y, nav->cells);
}
