/* The list of workspaces. Enter narrows everything to one; F3 tells all about it. */
#include "ui/views/facts.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

static void summary(const struct field_context *ctx, enum list_kind list, size_t row,
                    struct doc *out)
{
    (void)list;
    facts_workspace(ctx, row, true, out);
}

static void foot(const struct field_context *ctx, enum list_kind list, size_t row, struct buf *out)
{
    static const struct list_part PARTS[] = {
        {"", "name"},
        {"   ", "slug"},
        {"   ", "status"},
        {"\nmembers may: make keys ", "make"},
        {"   see keys ", "view"},
        {"   see logs ", "logs"},
        {"\nid ", "id"},
        {"   created ", "created"},
        {"", NULL},
    };

    list_add_parts(ctx, list, PARTS, row, out);
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
    ui_show_workspace(ui, id);
}

const struct list_kind_ops LIST_OF_WORKSPACES = {
    .list = LIST_WORKSPACES,
    .noun = "workspaces",
    .empty = "There are no workspaces: asked, and none came.",
    .open_help = "show only its keys and members; v tells all about it",
    .summary = summary,
    .foot = foot,
    .open = open_workspace,
};
