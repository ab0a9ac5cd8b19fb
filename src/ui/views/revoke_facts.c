/* What the revoke dialog says about its key. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "ui/views/facts.h"
#include "ui/views/revoke_internal.h"

#include "base/banned.h"

/* So many twins are named; the rest is counted. */
#define TWINS_NAMED 3

static const struct seen_field {
    const char *key;
    const char *label;
} SEEN_FIELDS[SEEN_TEXTS] = {
    {"name", "name"},           {"mask", "mask"},   {"kind", "kind"},       {"status", "status"},
    {"workspace", "workspace"}, {"owner", "owner"}, {"expires", "expires"}, {"updated", "updated"},
};

static char *field_words(const struct field_context *ctx, const char *field, size_t row)
{
    struct buf text;
    char *words;

    buf_init(&text, 0);
    facts_text(ctx, LIST_KEYS, field, row, &text);
    words = xstrdup(text.data);
    buf_done(&text);
    return words;
}

void revoke_seen_done(struct revoke_seen *seen)
{
    for (int i = 0; i < SEEN_TEXTS; i++) {
        free(seen->texts[i]);
    }
    *seen = (struct revoke_seen){0};
}

void revoke_seen_take(struct revoke_seen *seen, const struct field_context *ctx, size_t row)
{
    revoke_seen_done(seen);
    seen->any = true;
    seen->calls_nothing = ctx->inv->keys[row].kind == KEY_ORGANISATION_SERVICE ||
                          (field_key_notices(ctx, row) & (NOTICE_EXPIRED | NOTICES_NO_MODELS)) != 0;
    seen->scopes = ctx->inv->keys[row].scopes;
    for (int i = 0; i < SEEN_TEXTS; i++) {
        seen->texts[i] = field_words(ctx, SEEN_FIELDS[i].key, row);
    }
}

static int diff_scopes(const struct revoke_seen *before, const struct revoke_seen *now,
                       struct buf *out)
{
    int lines = 0;

    for (int i = 0; i < SCOPE_COUNT; i++) {
        bool had = scope_set_has(&before->scopes, i);
        bool has = scope_set_has(&now->scopes, i);

        if (had != has) {
            buf_addf(out, "%s%s %s", lines == 0 ? "scopes:" : ",", has ? " now also" : " no more",
                     scope_info(i)->name);
            lines++;
        }
    }
    if (lines > 0) {
        buf_addc(out, '\n');
    }
    return lines > 0 ? 1 : 0;
}

int revoke_seen_diff(const struct revoke_seen *before, const struct revoke_seen *now,
                     struct buf *out)
{
    int lines = 0;

    if (!before->any || !now->any) {
        return 0;
    }
    for (int i = 0; i < SEEN_TEXTS; i++) {
        if (strcmp(before->texts[i], now->texts[i]) != 0) {
            buf_addf(out, "%s: was %s, is now %s\n", SEEN_FIELDS[i].label, before->texts[i],
                     now->texts[i]);
            lines++;
        }
    }
    return lines + diff_scopes(before, now, out);
}

void revoke_twins(const struct inventory *inv, size_t row, struct buf *out)
{
    const struct field_context ctx = {.inv = (struct inventory *)inv, .now = 0};
    const char *name = inventory_clean(inv, inv->keys[row].name);
    struct buf named;
    size_t count = 0;

    buf_init(&named, 0);
    for (int at = inventory_next_named(inv, name, 0); at >= 0;
         at = inventory_next_named(inv, name, (size_t)at + 1)) {
        size_t i = (size_t)at;

        if (i == row) {
            continue;
        }
        if (count++ < TWINS_NAMED) {
            buf_adds(&named, count == 1 ? "" : ", ");
            facts_text(&ctx, LIST_KEYS, "mask", i, &named);
            buf_adds(&named, " in ");
            facts_text(&ctx, LIST_KEYS, "workspace", i, &named);
        }
    }
    if (count > 0) {
        buf_addf(out, "%zu other key%s %s this name: %s%s", count, count == 1 ? "" : "s",
                 count == 1 ? "has" : "have", named.data, count > TWINS_NAMED ? ", .." : "");
    }
    buf_done(&named);
}

/* -- the page -- */

static void place_line(const struct field_context *ctx, const struct key_row *key, struct doc *doc)
{
    const struct inventory *inv = ctx->inv;
    int at = inventory_find_workspace(inv, key->workspace_id);
    char id[ID_TEXT_SIZE];

    if (id_is_none(key->workspace_id)) {
        doc_field(doc, "Workspace", STYLE_WARN, "none: it acts on the whole organisation");
    } else if (at < 0) {
        doc_field(doc, "Workspace", STYLE_WARN, "? %s",
                  inventory_id_text(inv, key->workspace_id, id));
    } else {
        const struct workspace_row *ws = &inv->workspaces[at];
        const char *slug = arena_text(&inv->arena, ws->slug);
        char *clean = text_cleaned(slug == NULL ? "?" : slug);

        doc_field(doc, "Workspace", STYLE_NORMAL, "%s   %s", inventory_workspace_name(inv, ws),
                  clean);
        free(clean);
    }
}

void revoke_target(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    char *name = field_words(ctx, "name", row), *mask = field_words(ctx, "mask", row);
    char *kind = field_words(ctx, "kind", row), *status = field_words(ctx, "status", row);
    char *owner = field_words(ctx, "owner", row);
    bool owned = !id_is_none(key->user_id) || key->kind == KEY_WORKSPACE_USER;

    doc_field(doc, "Key", STYLE_BOLD, "%s   %s", name[0] == '\0' ? "(no name)" : name, mask);
    doc_field(doc, "Type", STYLE_NORMAL, "%s, %s, %s%s", kind, status,
              owned ? "owner: " : "no owner", owned ? owner : "");
    place_line(ctx, key, doc);
    free(name);
    free(mask);
    free(kind);
    free(status);
    free(owner);
}

/* Where the name is not what a screen shows. */
static void raw_line(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    const char *raw = inventory_raw(ctx->inv, key->name);
    struct buf escaped;

    if (key->name.clean == STR_NONE || raw == NULL) {
        return;
    }
    buf_init(&escaped, 0);
    text_escape(raw, strlen(raw), &escaped);
    doc_field(doc, "Raw name", STYLE_WARN, "%s", escaped.data);
    buf_done(&escaped);
}

static void life_lines(const struct field_context *ctx, size_t row, bool wide, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    struct buf created, expires;

    buf_init(&created, 0);
    buf_init(&expires, 0);
    if (key->expires_at == TIME_NONE) {
        buf_adds(&expires, "never");
    } else if (wide) {
        facts_time(key->expires_at, ctx->now, &expires);
    } else {
        facts_text(ctx, LIST_KEYS, "expires", row, &expires);
    }
    facts_time(key->created_at, ctx->now, &created);
    if (wide) {
        doc_field(doc, "Created", STYLE_NORMAL, "%s", created.data);
        doc_field(doc, "Expires", STYLE_NORMAL, "%s", expires.data);
    } else {
        doc_field(doc, "Created", STYLE_NORMAL, "%s, expires %s", created.data, expires.data);
    }
    buf_done(&created);
    buf_done(&expires);
}

/* "9: prompts create read list !D, logs view !A", a resource after the other. */
static void scope_words(const struct inventory *inv, const struct key_row *key, struct buf *out)
{
    const char *resource = "";
    unsigned marks = 0;

    field_key_scopes(inv, key, out);
    buf_addc(out, ':');
    for (int i = 0; i <= SCOPE_COUNT; i++) {
        const struct scope_info *info = i == SCOPE_COUNT ? NULL : scope_info(i);

        if (info != NULL && !scope_set_has(&key->scopes, i)) {
            continue;
        }
        if (info == NULL || strcmp(info->resource, resource) != 0) {
            buf_adds(out, marks != 0 ? " !" : "");
            for (int mark = 0; mark < SCOPE_MARK_COUNT; mark++) {
                if ((marks & 1u << mark) != 0) {
                    buf_addc(out, scope_mark_letter(mark));
                }
            }
            if (info == NULL) {
                break;
            }
            buf_addf(out, "%s %s", resource[0] == '\0' ? "" : ",", info->resource);
            resource = info->resource;
            marks = 0;
        }
        buf_addf(out, " %s", info->verb);
        marks |= info->marks;
    }
    buf_adds(out, key->unknown_scopes != STR_NONE ? ", ? and names not in the catalogue" : "");
}

static bool makes_keys(const struct scope_set *scopes)
{
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        enum endpoint create = endpoint_create((enum key_kind)kind);

        if (scope_set_has_name(scopes, endpoint_scope(create, (enum key_kind)kind))) {
            return true;
        }
    }
    return false;
}

static void scope_lines(const struct field_context *ctx, size_t row, bool wide, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    unsigned marks = scope_set_marks(&key->scopes);
    struct buf text;

    if (makes_keys(&key->scopes)) {
        doc_field(doc, "Makes keys", STYLE_WARN,
                  "YES: keys that it made live on when it is revoked");
    } else if ((key->unread & UNREAD_SCOPES) != 0) {
        doc_field(doc, "Makes keys", STYLE_WARN, "? (its scopes were not understood)");
    } else if (key->unknown_scopes != STR_NONE) {
        doc_field(doc, "Makes keys", STYLE_WARN, "? (it has scopes this program does not know)");
    } else if ((marks & SCOPE_MARK_KEYS) != 0) {
        doc_field(doc, "Makes keys", STYLE_WARN, "no, but it can change or rotate keys");
    } else {
        doc_field(doc, "Makes keys", STYLE_NORMAL, "no");
    }
    if (wide) {
        return;
    }
    buf_init(&text, 0);
    scope_words(ctx->inv, key, &text);
    doc_field(doc, "Scopes", marks != 0 ? STYLE_WARN : STYLE_NORMAL, "%s", text.data);
    buf_done(&text);
}

void revoke_facts(const struct field_context *ctx, size_t row, const char *twins, bool wide,
                  struct doc *doc)
{
    doc_clear(doc);
    if (wide) {
        doc_section(doc, 0, "KEY");
    }
    raw_line(ctx, row, doc);
    if (twins[0] != '\0') {
        doc_field(doc, "Same name", STYLE_WARN, "%s", twins);
    }
    life_lines(ctx, row, wide, doc);
    scope_lines(ctx, row, wide, doc);
    if (wide) {
        facts_key_warnings(ctx, row, false, doc);
        facts_key_scopes_brief(ctx, row, 1, doc);
    }
}
