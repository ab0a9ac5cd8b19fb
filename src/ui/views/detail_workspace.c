/* All about one workspace: its people by role, its keys by kind, its switches in plain words. */
#include "ui/views/detail.h"
#include "ui/views/facts.h"
#include "ui/views/views.h"

#include "base/banned.h"

enum { OVERVIEW, PEOPLE, KEYS, SWITCHES };

static int row_of(const struct detail_page *page)
{
    return inventory_find_workspace(page->ctx.inv, page->id);
}

static bool held(const struct detail_page *page)
{
    return row_of(page) >= 0;
}

static void scope(const struct detail_page *page, struct view_scope *out)
{
    out->by_workspace = true;
    out->workspace = page->id;
}

static void name(const struct detail_page *page, struct buf *out)
{
    facts_text(&page->ctx, LIST_WORKSPACES, "name", (size_t)row_of(page), out);
}

static void fill(const struct detail_page *page, int tab, struct doc *doc)
{
    size_t row = (size_t)row_of(page);

    switch (tab) {
    case OVERVIEW:
        facts_workspace(&page->ctx, row, false, doc);
        facts_people(&page->ctx, page->people, row, 1, 8, doc);
        facts_switches_brief(&page->ctx, row, 0, doc);
        facts_keys(&page->ctx, page->keys, LIST_WORKSPACES, 1, 8, doc);
        break;
    case PEOPLE:
        facts_people(&page->ctx, page->people, row, 0, DETAIL_ROWS_MAX, doc);
        break;
    case KEYS:
        facts_keys(&page->ctx, page->keys, LIST_WORKSPACES, 0, DETAIL_ROWS_MAX, doc);
        break;
    default:
        facts_switches(&page->ctx, row, doc);
        break;
    }
}

static void act(struct ui *ui, const char *id, const struct detail_page *page, enum action action)
{
    (void)page;
    if (action == ACTION_NEW) {
        ui_push(ui, view_create_new(ui, id));
    } else if (action == ACTION_OPEN) {
        ui_show_workspace(ui, id);
    }
}

static const struct detail_kind KIND = {
    .list = LIST_WORKSPACES,
    .noun = "workspace",
    .list_noun = "workspaces",
    .gone = "It was deleted, or your key may not see it any more.",
    .tabs = {"Overview", "People", "Keys", "Switches"},
    .tab_count = 4,
    .label_width = 12,
    .open_label = "keys",
    .open_help = "show only the keys and members of this workspace",
    .has_keys = true,
    .has_people = true,
    .scope = scope,
    .held = held,
    .name = name,
    .fill = fill,
    .act = act,
};

struct pane view_workspace_new(struct ui *ui, const char *workspace_id)
{
    return detail_new(ui, &KIND, &DETAIL_OF_WORKSPACE, workspace_id);
}
