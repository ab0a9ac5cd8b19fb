/* A person and a workspace as a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/access.h"
#include "ui/views/facts.h"

#include "base/banned.h"

static bool was_read(const struct inventory *inv, enum list_kind list)
{
    return inv->lists[list].progress == PROGRESS_COMPLETE ||
           inv->lists[list].progress == PROGRESS_PARTIAL ||
           inv->lists[list].progress == PROGRESS_LOADING;
}

static void role_text(const struct inventory *inv, const struct member_row *member, struct buf *out)
{
    const char *other = arena_text(&inv->arena, member->role_text);

    if (member->role == WS_ROLE_OTHER && other != NULL) {
        text_clean(other, strlen(other), out);
    } else {
        buf_adds(out, ws_role_name((enum ws_role)member->role));
    }
}

void facts_user(const struct field_context *ctx, size_t row, bool brief, struct doc *doc)
{
    const struct user_row *user = &ctx->inv->users[row];
    char id[ID_TEXT_SIZE];
    const char *const *words = access_org_role_words((enum org_role)user->role);

    doc_section(doc, 0, "%s", brief ? "" : "PERSON");
    facts_field(ctx, LIST_USERS, "name", "Name", row, doc);
    facts_field(ctx, LIST_USERS, "mail", "Mail", row, doc);
    doc_field(doc, "Id", brief ? STYLE_DIM : STYLE_NORMAL, "%s",
              inventory_id_text(ctx->inv, user->id, id));
    facts_field(ctx, LIST_USERS, "since", "Since", row, doc);
    doc_section(doc, 0, "IN THE ORGANISATION");
    facts_field(ctx, LIST_USERS, "role", "Role", row, doc);
    for (; *words != NULL; words++) {
        doc_text(doc, STYLE_NORMAL, "%s", *words);
    }
}

void facts_user_workspaces(const struct field_context *ctx, size_t row, int column, struct doc *doc)
{
    const struct inventory *inv = ctx->inv;
    const struct user_row *user = &inv->users[row];
    size_t found = 0;

    doc_section(doc, column, "WORKSPACES");
    if (user->role == ORG_OWNER || user->role == ORG_ADMIN) {
        doc_text(doc, STYLE_WARN, "acts as admin in every workspace (%s of the organisation)",
                 org_role_name((enum org_role)user->role));
    }
    for (size_t i = 0; i < inv->workspace_count; i++) {
        int member = inventory_find_member(inv, inv->workspaces[i].id, user->id);
        struct buf role;

        if (member < 0) {
            continue;
        }
        buf_init(&role, 0);
        role_text(inv, &inv->members[member], &role);
        doc_field(doc, role.data, STYLE_NORMAL, "%s",
                  inventory_workspace_name(inv, &inv->workspaces[i]));
        buf_done(&role);
        found++;
    }
    if (inv->lists[LIST_MEMBERS].progress != PROGRESS_COMPLETE) {
        doc_text(doc, STYLE_WARN, "? not every workspace's members could be read");
    } else if (found == 0) {
        doc_text(doc, STYLE_DIM, "member of no workspace");
    }
}

void facts_user_keys(const struct field_context *ctx, size_t row, int column, size_t most,
                     struct doc *doc)
{
    const struct inventory *inv = ctx->inv;
    struct id id = inv->users[row].id;
    size_t found = 0;

    doc_section(doc, column, "KEYS");
    for (size_t i = 0; i < inv->key_count; i++) {
        struct buf text;

        if (!id_equal(inv->keys[i].user_id, id) || found++ >= most) {
            continue;
        }
        buf_init(&text, 0);
        facts_text(ctx, LIST_KEYS, "name", i, &text);
        buf_adds(&text, "  ");
        facts_text(ctx, LIST_KEYS, "mask", i, &text);
        buf_adds(&text, "  ");
        facts_text(ctx, LIST_KEYS, "workspace", i, &text);
        buf_adds(&text, "  ");
        facts_text(ctx, LIST_KEYS, "status", i, &text);
        doc_text(doc, STYLE_NORMAL, "%s", text.data);
        buf_done(&text);
    }
    if (found > most) {
        doc_text(doc, STYLE_DIM, "and %zu more: Enter lists them", found - most);
    }
    if (!was_read(inv, LIST_KEYS)) {
        doc_text(doc, STYLE_WARN, "? the keys were not read");
    } else if (found == 0) {
        doc_text(doc, STYLE_DIM, "none");
    }
}

static void counts(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct workspace_counts *count = &inventory_workspace_counts(ctx->inv)[row];

    doc_section(doc, 0, "PEOPLE AND KEYS");
    if (was_read(ctx->inv, LIST_MEMBERS)) {
        doc_field(doc, "People", STYLE_NORMAL, "%u admins, %u managers, %u members", count->admins,
                  count->managers, count->members);
        if (count->roles_other > 0) {
            doc_field(doc, "", STYLE_WARN, "%u with a role not known here", count->roles_other);
        }
    } else {
        doc_field(doc, "People", STYLE_WARN, "?");
    }
    if (was_read(ctx->inv, LIST_KEYS)) {
        doc_field(doc, "Keys", STYLE_NORMAL, "%u service, %u user", count->service_keys,
                  count->user_keys);
    } else {
        doc_field(doc, "Keys", STYLE_WARN, "?");
    }
}

void facts_workspace(const struct field_context *ctx, size_t row, bool brief, struct doc *doc)
{
    const struct workspace_row *ws = &ctx->inv->workspaces[row];
    char id[ID_TEXT_SIZE];

    doc_section(doc, 0, "%s", brief ? "" : "WORKSPACE");
    facts_field(ctx, LIST_WORKSPACES, "name", "Name", row, doc);
    facts_field(ctx, LIST_WORKSPACES, "slug", "Slug", row, doc);
    doc_field(doc, "Id", brief ? STYLE_DIM : STYLE_NORMAL, "%s",
              inventory_id_text(ctx->inv, ws->id, id));
    facts_field(ctx, LIST_WORKSPACES, "status", "Status", row, doc);
    facts_field(ctx, LIST_WORKSPACES, "created", "Created", row, doc);
    facts_field(ctx, LIST_WORKSPACES, "limits", "Limits", row, doc);
    facts_field(ctx, LIST_WORKSPACES, "scim", "SCIM", row, doc);
    if (!brief) {
        facts_field(ctx, LIST_WORKSPACES, "default", "Default", row, doc);
        facts_field(ctx, LIST_WORKSPACES, "description", "Description", row, doc);
    }
    counts(ctx, row, doc);
    if (brief) {
        doc_section(doc, 0, "MEMBERS MAY");
        facts_field(ctx, LIST_WORKSPACES, "make", "make keys", row, doc);
        facts_field(ctx, LIST_WORKSPACES, "view", "see keys", row, doc);
        facts_field(ctx, LIST_WORKSPACES, "logs", "see logs", row, doc);
    }
}
