/* The list of workspaces. Enter narrows everything to one; F3 tells all about it. */
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
    facts_workspace(&ctx, row, true, out);
}

static void add(const struct field_context *ctx, const char *before, const char *field, size_t row,
                struct buf *out)
{
    buf_adds(out, before);
    facts_text(ctx, LIST_WORKSPACES, field, row, out);
}

static void foot(struct ui *ui, enum list_kind list, size_t row, struct buf *out)
{
    struct field_context ctx = context(ui);

    (void)list;
    add(&ctx, "", "name", row, out);
    add(&ctx, "   ", "slug", row, out);
    add(&ctx, "   ", "status", row, out);
    add(&ctx, "\nmembers may: make keys ", "make", row, out);
    add(&ctx, "   see keys ", "view", row, out);
    add(&ctx, "   see logs ", "logs", row, out);
    add(&ctx, "\nid ", "id", row, out);
    add(&ctx, "   created ", "created", row, out);
}

static void open_workspace(struct ui *ui, const char *id, enum action action)
{
    if (id[0] == '\0') {
        return;
    }
    if (action == ACTION_VIEW) {
        ui_push(ui, view_workspace_new(ui, id));
        return;
    }
    ui_narrow_user(ui, NULL);
    ui_narrow_workspace(ui, id);
    ui_run(ui, ACTION_KEYS);
    ui_message(ui, false, "Only %s: its keys and members. Esc shows all workspaces.",
               ui_workspace_name(ui));
}

const struct list_kind_ops LIST_OF_WORKSPACES = {
    .list = LIST_WORKSPACES,
    .noun = "workspaces",
    .empty = "There are no workspaces: asked, and none came.",
    .summary = summary,
    .foot = foot,
    .open = open_workspace,
};
