/* All about one person: the role in the organisation and in each workspace, what these allow, and
 * the keys the person owns. Works from the memberships alone where the people could not be read. */
#include <stdio.h>
#include <string.h>

#include "ui/views/detail.h"
#include "ui/views/facts.h"
#include "ui/views/views.h"

#include "base/banned.h"

enum { OVERVIEW, POWERS, KEYS };

/* A membership of the person: the first that is held, -1 none. */
static int any_membership(const struct detail_page *page)
{
    return inventory_first_membership(page->ctx.inv, page->id);
}

static int row_of(const struct detail_page *page)
{
    return inventory_find_user(page->ctx.inv, page->id);
}

static bool held(const struct detail_page *page)
{
    return row_of(page) >= 0 || any_membership(page) >= 0;
}

static void scope(const struct detail_page *page, struct view_scope *out)
{
    out->by_user = true;
    out->user = page->id;
}

static void name(const struct detail_page *page, struct buf *out)
{
    int row = row_of(page);

    if (row >= 0) {
        facts_text(&page->ctx, LIST_USERS, "name", (size_t)row, out);
    } else {
        facts_text(&page->ctx, LIST_MEMBERS, "name", (size_t)any_membership(page), out);
    }
}

static void fill(const struct detail_page *page, int tab, struct doc *doc)
{
    int row = row_of(page);

    switch (tab) {
    case OVERVIEW:
        if (row >= 0) {
            facts_user(&page->ctx, (size_t)row, false, doc);
        } else {
            facts_member_alone(&page->ctx, (size_t)any_membership(page), doc);
        }
        facts_memberships(&page->ctx, page->id, 1, DETAIL_ROWS_MAX, doc);
        facts_keys(&page->ctx, page->keys, LIST_USERS, 1, 8, doc);
        break;
    case POWERS:
        facts_powers(&page->ctx, page->id, DETAIL_ROWS_MAX, doc);
        break;
    default:
        facts_keys(&page->ctx, page->keys, LIST_USERS, 0, DETAIL_ROWS_MAX, doc);
        break;
    }
}

static void act(struct ui *ui, const char *id, const struct detail_page *page, enum action action)
{
    (void)page;
    if (action == ACTION_NEW) {
        ui_push(ui, view_create_new(ui, ui_workspace(ui)));
    } else if (action == ACTION_OPEN) {
        ui_show_user(ui, id);
    }
}

static const struct detail_kind KIND = {
    .list = LIST_USERS,
    .noun = "person",
    .list_noun = "people",
    .gone = "They left the organisation, or your key may not see them any more.",
    .tabs = {"Overview", "May do", "Keys"},
    .tab_count = 3,
    .label_width = 12,
    .open_label = "keys",
    .open_help = "list the keys of this person",
    .has_keys = true,
    .scope = scope,
    .held = held,
    .name = name,
    .fill = fill,
    .act = act,
};

struct pane view_member_new(struct ui *ui, const char *user_id)
{
    return detail_new(ui, &KIND, &DETAIL_OF_MEMBER, user_id);
}
