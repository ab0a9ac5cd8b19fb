/* The list of keys. */
#include <stdio.h>

#include "ui/views/facts.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

static void summary(const struct field_context *ctx, enum list_kind list, size_t row,
                    struct doc *out)
{
    (void)list;
    facts_key(ctx, row, true, out);
    facts_key_warnings(ctx, row, 0, out);
    facts_key_scopes_brief(ctx, row, 0, out);
}

static void foot(const struct field_context *ctx, enum list_kind list, size_t row, struct buf *out)
{
    static const struct list_part PARTS[] = {
        {"", "name"},
        {"   ", "mask"},
        {"   ", "kind"},
        {"   ", "workspace"},
        {"\n", "status"},
        {"   expires ", "expires"},
        {"   limits ", "limits"},
        {"   rotation ", "rotation"},
        {"\nid ", "id"},
        {"   risk ", "risk"},
        {"   created ", "created"},
        {"", NULL},
    };

    list_add_parts(ctx, list, PARTS, row, out);
}

static void open_key(struct ui *ui, const char *id, enum action action)
{
    (void)action;
    if (id[0] != '\0') {
        ui_push(ui, view_key_new(ui, id));
    }
}

static bool can(const struct ui *ui, const struct inventory *inv, bool has_row, size_t row,
                enum action action, char *why, size_t size)
{
    (void)ui;
    if (action != ACTION_REVOKE) {
        return false;
    }
    if (!has_row) {
        snprintf(why, size, "no key is selected");
        return false;
    }
    return list_can_revoke(inv, row, why, size);
}

static void act(struct ui *ui, const char *id, enum action action)
{
    if (action == ACTION_REVOKE && id[0] != '\0') {
        ui_push(ui, view_revoke_new(ui, id));
    }
}

const struct list_kind_ops LIST_OF_KEYS = {
    .list = LIST_KEYS,
    .noun = "keys",
    .empty = "There are no keys: asked, and none came. n makes one.",
    .summary = summary,
    .foot = foot,
    .open = open_key,
    .can = can,
    .act = act,
};
