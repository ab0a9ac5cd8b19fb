/* The list of people: the organisation's users, or the memberships of one workspace. */
#include "model/access.h"
#include "ui/views/facts.h"
#include "ui/views/list_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

/* The row of the person in the list of users, -1 when that could not be read. */
static int user_row(const struct inventory *inv, enum list_kind list, size_t row)
{
    return list == LIST_USERS ? (int)row : inventory_find_user(inv, inv->members[row].user_id);
}

static void role_here(const struct field_context *ctx, size_t row, struct doc *out)
{
    const struct member_row *member = &ctx->inv->members[row];
    const char *const *words = access_ws_role_words(access_ws_role(ctx->inv, member));

    doc_section(out, 0, "IN THIS WORKSPACE");
    facts_field(ctx, LIST_MEMBERS, "workspace", "Where", row, out);
    facts_field(ctx, LIST_MEMBERS, "role", "Role", row, out);
    if (access_by_org_role(ctx->inv, member)) {
        doc_text(out, STYLE_WARN, "(A): by the role in the organisation");
    }
    for (; *words != NULL; words++) {
        doc_text(out, STYLE_NORMAL, "%s", *words);
    }
}

static void summary(const struct field_context *ctx, enum list_kind list, size_t row,
                    struct doc *out)
{
    int user = user_row(ctx->inv, list, row);

    if (user >= 0) {
        facts_user(ctx, (size_t)user, true, out);
    } else {
        doc_section(out, 0, "%s", "");
        facts_field(ctx, LIST_MEMBERS, "name", "Name", row, out);
        doc_field(out, "Mail", STYLE_WARN, "?");
    }
    if (list == LIST_MEMBERS) {
        role_here(ctx, row, out);
    }
    if (user >= 0) {
        facts_memberships(ctx, ctx->inv->users[user].id, 0, 12, out);
        facts_user_keys(ctx, (size_t)user, 0, 5, out);
    }
}

static void foot(const struct field_context *ctx, enum list_kind list, size_t row, struct buf *out)
{
    static const struct list_part WHO[] = {{"", "name"}, {"   ", "mail"}, {"", NULL}};
    static const struct list_part HERE[] = {{"", "role"}, {" of ", "workspace"}, {"", NULL}};
    static const struct list_part ORGANISATION[] = {
        {"", "role"},
        {" of the organisation   workspaces ", "workspaces"},
        {"   keys ", "keys"},
        {"", NULL}};
    static const struct list_part WHICH[] = {{"\nid ", "id"}, {"   since ", "since"}, {"", NULL}};
    int user = user_row(ctx->inv, list, row);

    list_add_parts(ctx, list, WHO, row, out);
    buf_addc(out, '\n');
    if (list == LIST_MEMBERS) {
        list_add_parts(ctx, list, HERE, row, out);
        buf_adds(out, "   ");
    }
    if (user >= 0) {
        list_add_parts(ctx, LIST_USERS, ORGANISATION, (size_t)user, out);
    }
    list_add_parts(ctx, list, WHICH, row, out);
}

static void open_member(struct ui *ui, const char *id, enum action action)
{
    (void)action;
    if (id[0] != '\0') {
        ui_push(ui, view_member_new(ui, id));
    }
}

const struct list_kind_ops LIST_OF_MEMBERS = {
    .list = LIST_USERS,
    .noun = "people",
    .empty = "There are no people: asked, and none came.",
    .open_help = "all about the person",
    .summary = summary,
    .foot = foot,
    .open = open_member,
};
