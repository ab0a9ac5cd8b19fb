/* The people of a workspace and the keys of a person or a workspace, as lines of a page. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/access.h"
#include "ui/views/facts.h"
#include "ui/views/list_internal.h"

#include "base/banned.h"

/* The text of a field, cut and padded to a width. */
static void cell(const struct field_context *ctx, enum list_kind list, const char *field,
                 size_t row, int width, struct buf *out)
{
    struct field_context fitted = *ctx;
    struct buf text;

    fitted.room = width;
    buf_init(&text, 0);
    facts_text(&fitted, list, field, row, &text);
    text_fit(text.data, width, out);
    buf_adds(out, "  ");
    buf_done(&text);
}

/* The names of the first rows of a view: each is cut so that it differs from the others. */
struct names {
    char **texts;
    size_t count;
};

static void names_init(struct names *names, const struct field_context *ctx,
                       const struct view *view, size_t most)
{
    enum list_kind list = view_list(view);
    size_t count = view_len(view) < most ? view_len(view) : most;

    names->texts = xcalloc(count + 1, sizeof(*names->texts));
    names->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct buf text;

        if (view_row(view, i) >= field_rows(ctx->inv, list)) {
            break;
        }
        buf_init(&text, 0);
        facts_text(ctx, list, "name", view_row(view, i), &text);
        names->texts[names->count++] = xstrdup(text.data);
        buf_done(&text);
    }
}

static void names_done(struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->texts[i]);
    }
    free(names->texts);
}

static void name_cell(const struct field_context *ctx, enum list_kind list,
                      const struct names *names, size_t row, int width, struct buf *out)
{
    struct buf text, cut;

    buf_init(&text, 0);
    buf_init(&cut, 0);
    facts_text(ctx, list, "name", row, &text);
    text_cut_apart(text.data, (const char *const *)names->texts, names->count, width, &cut);
    text_fit(cut.data, width, out);
    buf_adds(out, "  ");
    buf_done(&cut);
    buf_done(&text);
}

/* False when there is nothing to show yet, or nothing was read; says why. */
static bool ready(const struct field_context *ctx, const struct view *view, enum list_kind list,
                  struct doc *doc)
{
    if (!inventory_list_read(ctx->inv, list)) {
        doc_text(doc, STYLE_WARN, "? %s",
                 ctx->inv->lists[list].why[0] == '\0' ? "they were not read"
                                                      : ctx->inv->lists[list].why);
        return false;
    }
    if (!view_done(view)) {
        doc_text(doc, STYLE_DIM, "Looking..");
        return false;
    }
    return true;
}

/* The next place from `place` on whose row is of the kind; view_len at the end. */
static size_t next_of_kind(const struct field_context *ctx, const struct view *keys, int kind,
                           size_t place, size_t *row)
{
    for (; place < view_len(keys); place++) {
        *row = view_row(keys, place);
        if (*row < ctx->inv->key_count && ctx->inv->keys[*row].kind == kind) {
            break;
        }
    }
    return place;
}

static void one_key(const struct field_context *ctx, enum list_kind whose,
                    const struct names *names, size_t row, struct doc *doc)
{
    struct buf line;

    buf_init(&line, 0);
    cell(ctx, LIST_KEYS, "flag", row, 2, &line);
    line.data[--line.len] = '\0';
    name_cell(ctx, LIST_KEYS, names, row, 18, &line);
    cell(ctx, LIST_KEYS, "mask", row, 10, &line);
    cell(ctx, LIST_KEYS, whose == LIST_USERS ? "workspace" : "owner", row, 12, &line);
    /* What is alive says until when. */
    facts_text(ctx, LIST_KEYS, ctx->inv->keys[row].status == STATUS_ACTIVE ? "expires" : "status",
               row, &line);
    doc_text(doc, STYLE_NORMAL, "%s", line.data);
    buf_done(&line);
}

/* Keys of some sort may be there that the operator's own key does not see. */
static bool may_hide(const struct inventory *inv, enum list_kind whose)
{
    return inv->lists[LIST_KEYS].progress != PROGRESS_COMPLETE ||
           access_may(inv, ENDPOINT_KEYS, KEY_WORKSPACE_USER, NULL) != ANSWER_YES ||
           (whose == LIST_WORKSPACES &&
            access_may(inv, ENDPOINT_KEYS, KEY_WORKSPACE_SERVICE, NULL) != ANSWER_YES);
}

static void no_keys(const struct field_context *ctx, enum list_kind whose, int column,
                    struct doc *doc)
{
    bool hidden = may_hide(ctx->inv, whose);

    doc_section(doc, column, hidden ? "KEYS ?" : "KEYS 0");
    if (!hidden) {
        doc_text(doc, STYLE_DIM, "none");
    }
}

void facts_keys(const struct field_context *ctx, const struct view *keys, enum list_kind whose,
                int column, size_t most, struct doc *doc)
{
    static const int KINDS[] = {KEY_WORKSPACE_SERVICE, KEY_WORKSPACE_USER, KEY_ORGANISATION_SERVICE,
                                KEY_KIND_UNKNOWN};
    static const char *const WORDS[] = {"SERVICE KEYS", "USER KEYS", "ADMIN KEYS",
                                        "KEYS OF A KIND NOT KNOWN HERE"};
    struct names names;
    size_t shown = 0;

    if (!inventory_list_read(ctx->inv, LIST_KEYS) || !view_done(keys)) {
        doc_section(doc, column, "KEYS ?");
        ready(ctx, keys, LIST_KEYS, doc);
        return;
    }
    if (view_len(keys) == 0) {
        no_keys(ctx, whose, column, doc);
    }
    names_init(&names, ctx, keys, most);
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(*KINDS); i++) {
        size_t row = 0;
        size_t place = next_of_kind(ctx, keys, KINDS[i], 0, &row);

        if (place < view_len(keys)) {
            doc_section(doc, column, "%s", WORDS[i]);
        }
        for (; place < view_len(keys) && shown < most; shown++) {
            one_key(ctx, whose, &names, row, doc);
            place = next_of_kind(ctx, keys, KINDS[i], place + 1, &row);
        }
        if (shown >= most) {
            break;
        }
    }
    names_done(&names);
    if (view_len(keys) > shown) {
        doc_text(doc, STYLE_DIM, "and %zu more. Enter lists all %zu.", view_len(keys) - shown,
                 view_len(keys));
    } else if (view_len(keys) > 0) {
        doc_text(doc, STYLE_DIM, "Enter lists them.");
    }
    if (may_hide(ctx->inv, whose)) {
        doc_text(doc, STYLE_WARN, "? your key may not see them all");
    }
}

static void one_person(const struct field_context *ctx, const struct names *names, size_t row,
                       struct doc *doc)
{
    struct buf line;

    buf_init(&line, 0);
    name_cell(ctx, LIST_MEMBERS, names, row, 20, &line);
    cell(ctx, LIST_MEMBERS, "mail", row, 26, &line);
    facts_text(ctx, LIST_MEMBERS, "org", row, &line);
    if (access_by_org_role(ctx->inv, &ctx->inv->members[row])) {
        buf_adds(&line, " (A)");
    }
    doc_text(doc, STYLE_NORMAL, "%s", line.data);
    buf_done(&line);
}

static void one_role(const struct field_context *ctx, const struct view *members,
                     const struct names *names, enum ws_role role, size_t *shown, size_t most,
                     int column, struct doc *doc)
{
    static const char *const WORDS[] = {"ADMINS", "MANAGERS", "MEMBERS", "WITH ANOTHER ROLE"};
    bool headed = false;

    for (size_t i = 0; i < view_len(members) && *shown < most; i++) {
        size_t row = view_row(members, i);

        if (row >= ctx->inv->member_count ||
            access_ws_role(ctx->inv, &ctx->inv->members[row]) != role) {
            continue;
        }
        if (!headed) {
            doc_section(doc, column, "%s", WORDS[role]);
            headed = true;
        }
        one_person(ctx, names, row, doc);
        ++*shown;
    }
}

/* The members of this workspace may have been refused where those of others were not. */
static bool refused(const struct inventory *inv, size_t workspace, struct doc *doc)
{
    const struct member_state *state =
        inv->member_states == NULL ? NULL : &inv->member_states[workspace];

    if (state == NULL ||
        (state->progress != PROGRESS_REFUSED && state->progress != PROGRESS_FAILED)) {
        return false;
    }
    const char *why = arena_text(&inv->arena, state->why);
    struct buf text;

    buf_init(&text, 0);
    if (state->progress == PROGRESS_REFUSED) {
        list_refused_words(inv, "members", why, state->scope, &text);
    } else {
        buf_addf(&text, "the members could not be read. %s", why == NULL ? "" : why);
    }
    doc_text(doc, STYLE_WARN, "? %s", text.data);
    buf_done(&text);
    return true;
}

void facts_people(const struct field_context *ctx, const struct view *members, size_t workspace,
                  int column, size_t most, struct doc *doc)
{
    struct names names;
    size_t shown = 0;

    if (!inventory_list_read(ctx->inv, LIST_MEMBERS) || !view_done(members) ||
        view_len(members) == 0) {
        doc_section(doc, column, "PEOPLE");
        if (!refused(ctx->inv, workspace, doc) && ready(ctx, members, LIST_MEMBERS, doc)) {
            doc_text(doc, STYLE_DIM, "nobody is a member of this workspace");
        }
        return;
    }
    names_init(&names, ctx, members, most);
    for (int role = WS_ADMIN; role <= WS_ROLE_OTHER; role++) {
        one_role(ctx, members, &names, (enum ws_role)role, &shown, most, column, doc);
    }
    names_done(&names);
    refused(ctx->inv, workspace, doc);
    doc_text(doc, STYLE_DIM, "(A) admin by the role in the organisation");
    if (ctx->inv->lists[LIST_USERS].progress != PROGRESS_COMPLETE) {
        doc_text(doc, STYLE_WARN, "? and all other owners and admins of the organisation");
    }
    if (view_len(members) > shown) {
        doc_text(doc, STYLE_DIM,
                 column == 0 ? "and %zu more" : "and %zu more: the tab People has all",
                 view_len(members) - shown);
    }
}
