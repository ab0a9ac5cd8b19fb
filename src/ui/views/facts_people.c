/* A person and a workspace as a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/access.h"
#include "ui/views/facts.h"

#include "base/banned.h"

/* Keys looked at for a side pane: more would hold up a key press. */
#define LOOKED_AT 50000

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

void facts_member_alone(const struct field_context *ctx, size_t member, struct doc *doc)
{
    const struct member_row *row = &ctx->inv->members[member];
    char id[ID_TEXT_SIZE];

    doc_section(doc, 0, "PERSON");
    facts_field(ctx, LIST_MEMBERS, "name", "Name", member, doc);
    facts_field(ctx, LIST_MEMBERS, "mail", "Mail", member, doc);
    doc_field(doc, "Id", STYLE_NORMAL, "%s", inventory_id_text(ctx->inv, row->user_id, id));
    doc_section(doc, 0, "IN THE ORGANISATION");
    facts_field(ctx, LIST_MEMBERS, "org", "Role", member, doc);
    doc_text(doc, STYLE_WARN, "? the people of the organisation could not be read");
}

static void everywhere(const struct user_row *user, struct doc *doc)
{
    if (user->role == ORG_OWNER || user->role == ORG_ADMIN) {
        doc_text(doc, STYLE_WARN, "acts as admin in every workspace (%s of the organisation)",
                 org_role_name((enum org_role)user->role));
    }
}

void facts_memberships(const struct field_context *ctx, struct id user, int column, size_t most,
                       struct doc *doc)
{
    const struct inventory *inv = ctx->inv;
    int row = inventory_find_user(inv, user);
    size_t found = 0;

    doc_section(doc, column, "WORKSPACES");
    if (row >= 0) {
        everywhere(&inv->users[row], doc);
    }
    for (int member = inventory_first_membership(inv, user); member >= 0 && found < most;
         member = inventory_next_membership(inv, member)) {
        struct buf role, name;

        buf_init(&role, 0);
        buf_init(&name, 0);
        role_text(inv, &inv->members[member], &role);
        facts_text(ctx, LIST_MEMBERS, "workspace", (size_t)member, &name);
        doc_field(doc, role.data, STYLE_NORMAL, "%s", name.data);
        buf_done(&role);
        buf_done(&name);
        found++;
    }
    if (row >= 0 && inventory_user_counts(inv, (size_t)row)->workspaces > found) {
        doc_text(doc, STYLE_DIM, "and %zu more",
                 inventory_user_counts(inv, (size_t)row)->workspaces - found);
    }
    if (inv->lists[LIST_MEMBERS].progress != PROGRESS_COMPLETE) {
        doc_text(doc, STYLE_WARN, "? not every workspace's members could be read");
    } else if (found == 0) {
        doc_text(doc, STYLE_DIM, "member of no workspace");
    }
}

static void one_key(const struct field_context *ctx, size_t row, struct doc *doc)
{
    struct buf text;

    buf_init(&text, 0);
    facts_text(ctx, LIST_KEYS, "name", row, &text);
    buf_adds(&text, "  ");
    facts_text(ctx, LIST_KEYS, "mask", row, &text);
    buf_adds(&text, "  ");
    facts_text(ctx, LIST_KEYS, "workspace", row, &text);
    buf_adds(&text, "  ");
    facts_text(ctx, LIST_KEYS, "status", row, &text);
    doc_text(doc, STYLE_NORMAL, "%s", text.data);
    buf_done(&text);
}

void facts_user_keys(const struct field_context *ctx, size_t row, int column, size_t most,
                     struct doc *doc)
{
    const struct inventory *inv = ctx->inv;
    struct id id = inv->users[row].id;
    struct buf count;
    size_t total;
    size_t found = 0;
    bool hidden;

    if (!inventory_list_read(inv, LIST_KEYS)) {
        doc_section(doc, column, "KEYS ?");
        doc_text(doc, STYLE_WARN, "? the keys were not read");
        return;
    }
    total = inventory_user_counts(ctx->inv, row)->keys;
    /* "?" or "5?" where user keys may be hidden, as in the column of the list. */
    buf_init(&count, 0);
    facts_text(ctx, LIST_USERS, "keys", row, &count);
    hidden = strchr(count.data, '?') != NULL;
    doc_section(doc, column, "KEYS %s", count.data);
    buf_done(&count);
    for (size_t i = 0; i < inv->key_count && i < LOOKED_AT && found < total && found < most; i++) {
        if (id_equal(inv->keys[i].user_id, id)) {
            one_key(ctx, i, doc);
            found++;
        }
    }
    if (total > found) {
        doc_text(doc, STYLE_DIM, "%zu %s: F3 lists them", total - found,
                 found == 0 ? "in all" : "more");
    }
    if (hidden) {
        doc_text(doc, STYLE_WARN, "? your key may not see them all");
    } else if (total == 0) {
        doc_text(doc, STYLE_DIM, "none");
    }
}

/* Nobody counted is not nobody there, where the members of this workspace were refused. */
static bool members_known(const struct inventory *inv, size_t row)
{
    enum list_progress progress =
        inv->member_states == NULL ? PROGRESS_COMPLETE : inv->member_states[row].progress;

    return inventory_list_read(inv, LIST_MEMBERS) && progress != PROGRESS_REFUSED &&
           progress != PROGRESS_FAILED && progress != PROGRESS_NEVER;
}

/* The column of the list says "9/?" where keys of a sort may be hidden; so does this. */
static void key_counts(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const char *slash;
    struct buf text;

    buf_init(&text, 0);
    facts_text(ctx, LIST_WORKSPACES, "keys", row, &text);
    slash = strchr(text.data, '/');
    if (slash == NULL) {
        doc_field(doc, "Keys", STYLE_WARN, "%s", text.data);
    } else {
        doc_field(doc, "Keys", strchr(text.data, '?') == NULL ? STYLE_NORMAL : STYLE_WARN,
                  "%.*s service, %s user", (int)(slash - text.data), text.data, slash + 1);
    }
    buf_done(&text);
}

/* Members by the role that counts: who acts as admin in all workspaces is one here too. */
static void people(const struct field_context *ctx, size_t row, struct doc *doc)
{
    bool all = ctx->inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE;
    struct people people;

    if (ctx->inv->workspaces[row].archived) {
        doc_field(doc, "People", STYLE_DIM, "nobody: archived");
        return;
    }
    access_people(ctx->inv, row, &people);
    if (!members_known(ctx->inv, row)) {
        doc_field(doc, "People", STYLE_WARN, "?");
    } else {
        doc_field(doc, "People", all ? STYLE_NORMAL : STYLE_WARN,
                  "%zu%s admin%s, %zu manager%s, %zu member%s", people.admins, all ? "" : "?",
                  people.admins == 1 && all ? "" : "s", people.managers,
                  people.managers == 1 ? "" : "s", people.members, people.members == 1 ? "" : "s");
        if (people.other > 0) {
            doc_field(doc, "", STYLE_WARN, "%zu with a role not known here", people.other);
        }
    }
    doc_field(doc, "", all ? STYLE_DIM : STYLE_WARN, "%zu%s admin%s by organisation role (A)",
              people.by_org_role, all ? "" : "?", people.by_org_role == 1 && all ? "" : "s");
}

static void counts(const struct field_context *ctx, size_t row, struct doc *doc)
{
    doc_section(doc, 0, "PEOPLE AND KEYS");
    people(ctx, row, doc);
    key_counts(ctx, row, doc);
}

/* Amounts in words; what we cannot read as an amount is shown as it came. */
static void limits(const struct field_context *ctx, const struct workspace_row *ws, struct doc *doc)
{
    struct buf text;

    buf_init(&text, 0);
    if (ws->extra == 0 && ws->limits.raw != STR_NONE) {
        buf_adds(&text, inventory_clean(ctx->inv, ws->limits));
    } else {
        field_limits(ctx->inv, inventory_extra_at(ctx->inv, ws->extra), ws->unread, &text);
    }
    doc_field(doc, "Limits", STYLE_NORMAL, "%s", text.data);
    buf_done(&text);
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
    limits(ctx, ws, doc);
    facts_field(ctx, LIST_WORKSPACES, "scim", "SCIM", row, doc);
    if (!brief) {
        facts_field(ctx, LIST_WORKSPACES, "default", "Default", row, doc);
        facts_field(ctx, LIST_WORKSPACES, "description", "Description", row, doc);
        if (ws->rest.raw != STR_NONE) {
            doc_field(doc, "Also told", STYLE_NORMAL, "%s", inventory_clean(ctx->inv, ws->rest));
        }
    }
    counts(ctx, row, doc);
    if (brief) {
        doc_section(doc, 0, "MEMBERS: KEYS, LOGS");
        facts_field(ctx, LIST_WORKSPACES, "make", "make", row, doc);
        facts_field(ctx, LIST_WORKSPACES, "view", "see", row, doc);
        facts_field(ctx, LIST_WORKSPACES, "logs", "logs", row, doc);
    }
}
