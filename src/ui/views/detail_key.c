/* All about one key: what it is, whose, where, its life and limits; its scopes; every field. */
#include "model/access.h"
#include "ui/views/detail.h"
#include "ui/views/facts.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

enum { OVERVIEW, SCOPES, FIELDS };

static int row_of(const struct detail_page *page)
{
    return inventory_find_key(page->ctx.inv, page->id);
}

static bool held(const struct detail_page *page)
{
    return row_of(page) >= 0;
}

static void name(const struct detail_page *page, struct buf *out)
{
    facts_text(&page->ctx, LIST_KEYS, "name", (size_t)row_of(page), out);
}

static void mark(const struct detail_page *page, struct buf *out)
{
    facts_text(&page->ctx, LIST_KEYS, "mask", (size_t)row_of(page), out);
}

static void fill(const struct detail_page *page, int tab, struct doc *doc)
{
    size_t row = (size_t)row_of(page);

    switch (tab) {
    case OVERVIEW:
        if (!page->two_columns) {
            facts_key_verdict(&page->ctx, row, doc);
        }
        facts_key(&page->ctx, row, false, doc);
        if (page->two_columns) {
            facts_key_warnings(&page->ctx, row, false, doc);
        }
        facts_key_scopes_brief(&page->ctx, row, 1, doc);
        break;
    case SCOPES:
        facts_key_scopes(&page->ctx, row, doc);
        break;
    default:
        facts_key_raw(&page->ctx, row, doc);
        break;
    }
}

static bool can(const struct detail_page *page, enum action action, char *why, size_t size)
{
    return action == ACTION_REVOKE &&
           list_can_revoke(page->ctx.inv, (size_t)row_of(page), why, size);
}

static void act(struct ui *ui, const char *id, const struct detail_page *page, enum action action)
{
    char workspace[ID_TEXT_SIZE];

    if (action == ACTION_REVOKE) {
        ui_push(ui, view_revoke_new(ui, id));
    } else if (action == ACTION_NEW) {
        const struct key_row *key = &page->ctx.inv->keys[row_of(page)];

        ui_push(ui, view_create_new(
                        ui, inventory_id_text(page->ctx.inv, key->workspace_id, workspace)));
    }
}

static const struct detail_kind KIND = {
    .list = LIST_KEYS,
    .noun = "key",
    .list_noun = "keys",
    .gone = "It was revoked, or your key may not see it any more. What it was is in the journal "
            "if it was revoked from here.",
    .tabs = {"Overview", "Scopes", "All fields"},
    .tab_count = 3,
    .label_width = 14,
    .held = held,
    .name = name,
    .mark = mark,
    .fill = fill,
    .can = can,
    .act = act,
};

struct pane view_key_new(struct ui *ui, const char *key_id)
{
    /* The list may leave out what a GET tells. Asked once: it comes as a change of the host. */
    if (ui_inventory(ui) != NULL) {
        ui_host(ui)->ops->read_key(ui_host(ui)->ctx, key_id);
    }
    return detail_new(ui, &KIND, &DETAIL_OF_KEY, key_id);
}
