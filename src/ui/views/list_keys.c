/* The list of keys. */
#include <stdio.h>

#include "base/clock.h"
#include "ui/views/facts.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

static void summary(const struct field_context *ctx, enum list_kind list, size_t row,
                    struct doc *out)
{
    (void)list;
    facts_key(ctx, row, true, out);
    facts_key_warnings(ctx, row, true, out);
    facts_key_scopes_brief(ctx, row, 0, out);
}

/* The time of the day that a key was made is worth less than its date in full. */
static void foot(const struct field_context *ctx, enum list_kind list, size_t row, struct buf *out)
{
    static const struct list_part FIRST[] = {
        {"", "name"}, {"   ", "mask"}, {"   ", "kind"}, {"", NULL}};
    static const struct list_part LIMITS[] = {
        {"   limits ", "limits"},
        {"   rotation ", "rotation"},
        {"", NULL},
    };
    const struct key_row *key = &ctx->inv->keys[row];
    char day[TIME_TEXT_SIZE] = "-";

    list_add_parts(ctx, list, FIRST, row, out);
    if (!id_is_none(key->user_id)) {
        buf_adds(out, "   ");
        facts_key_owner(ctx, row, out);
    }
    buf_adds(out, "   ");
    facts_text(ctx, list, "workspace", row, out);
    buf_addc(out, '\n');
    facts_text(ctx, list, "status", row, out);
    if ((field_key_notices(ctx, row) & NOTICE_EXPIRED) == 0) {
        buf_adds(out, "   expires ");
        facts_text(ctx, list, "expires", row, out);
    } else if (key->expires_at != TIME_NONE) {
        buf_adds(out, " ");
        facts_date(key->expires_at, ctx->now, out);
    }
    list_add_parts(ctx, list, LIMITS, row, out);
    buf_adds(out, "\nid ");
    facts_text(ctx, list, "id", row, out);
    if (key->created_at != TIME_NONE) {
        time_strftime(key->created_at, "%Y-%m-%d", day, sizeof(day));
    }
    buf_addf(out, "   made %s   risk ", day);
    facts_key_risk(ctx, row, out);
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
    .open_help = "all about the key",
    .summary = summary,
    .foot = foot,
    .open = open_key,
    .can = can,
    .act = act,
};
