/* The list of keys. */
#include <stdio.h>

#include "ui/views/facts.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

static struct field_context context(struct ui *ui)
{
    return (struct field_context){.inv = ui_inventory(ui), .now = ui_now(ui)};
}

static void summary(struct ui *ui, enum list_kind list, size_t row, struct doc *out)
{
    struct field_context ctx = context(ui);

    (void)list;
    facts_key(&ctx, row, true, out);
    facts_key_warnings(&ctx, row, 0, out);
    facts_key_scopes_brief(&ctx, row, 0, out);
}

static void add(const struct field_context *ctx, const char *before, const char *field, size_t row,
                struct buf *out)
{
    buf_adds(out, before);
    facts_text(ctx, LIST_KEYS, field, row, out);
}

static void foot(struct ui *ui, enum list_kind list, size_t row, struct buf *out)
{
    struct field_context ctx = context(ui);

    (void)list;
    add(&ctx, "", "name", row, out);
    add(&ctx, "   ", "mask", row, out);
    add(&ctx, "   ", "kind", row, out);
    add(&ctx, "   ", "workspace", row, out);
    add(&ctx, "\n", "status", row, out);
    add(&ctx, "   expires ", "expires", row, out);
    add(&ctx, "   limits ", "limits", row, out);
    add(&ctx, "   rotation ", "rotation", row, out);
    add(&ctx, "\nid ", "id", row, out);
    add(&ctx, "   risk ", "risk", row, out);
    add(&ctx, "   created ", "created", row, out);
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
