/* The scopes of a key in plain words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/views/facts.h"

#include "base/banned.h"

static void marks_text(unsigned marks, struct buf *out)
{
    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        if ((marks & 1u << i) != 0) {
            buf_addc(out, scope_mark_letter(i));
        }
    }
}

static void unknown_scopes(const struct inventory *inv, str_ref names, struct doc *doc)
{
    const char *at = arena_text(&inv->arena, names);

    if (at == NULL) {
        return;
    }
    doc_section(doc, 0, "NOT IN THE CATALOGUE OF THIS PROGRAM");
    while (*at != '\0') {
        size_t len = strcspn(at, "\n");
        struct buf clean;

        buf_init(&clean, 0);
        text_clean(at, len, &clean);
        doc_text(doc, STYLE_WARN, "? %s", clean.data);
        buf_done(&clean);
        at += len + (at[len] == '\n' ? 1 : 0);
    }
}

static void one_scope(const struct scope_info *info, bool first, struct doc *doc)
{
    struct buf text;

    buf_init(&text, 0);
    buf_adds(&text, info->description);
    if (info->marks != 0) {
        buf_adds(&text, "  [!");
        marks_text(info->marks, &text);
        buf_adds(&text, "]");
    }
    buf_addf(&text, "  %s", info->name);
    doc_field(doc, first ? info->resource : "", info->marks != 0 ? STYLE_WARN : STYLE_NORMAL, "%s",
              text.data);
    buf_done(&text);
}

void facts_key_scopes(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    const char *category = "";
    const char *resource = "";

    doc_section(doc, 0, "%d SCOPES", scope_set_count(&key->scopes));
    doc_text(doc, STYLE_DIM,
             "[!..] dangerous: M makes keys, P changes people, D deletes, A reads logs or audit, O "
             "changes the"
             " organisation, V changes providers");
    for (int i = 0; i < SCOPE_COUNT; i++) {
        const struct scope_info *info = scope_info(i);

        if (!scope_set_has(&key->scopes, i)) {
            continue;
        }
        if (strcmp(info->category, category) != 0) {
            category = info->category;
            resource = "";
            doc_section(doc, 0, "%s", category);
        }
        one_scope(info, strcmp(info->resource, resource) != 0, doc);
        resource = info->resource;
    }
    unknown_scopes(ctx->inv, key->unknown_scopes, doc);
}

void facts_key_scopes_brief(const struct field_context *ctx, size_t row, int column,
                            struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    const char *resource = "";
    unsigned marks = 0;
    struct buf line;

    doc_section(doc, column, "SCOPES %d", scope_set_count(&key->scopes));
    buf_init(&line, 0);
    for (int i = 0; i <= SCOPE_COUNT; i++) {
        const struct scope_info *info = i == SCOPE_COUNT ? NULL : scope_info(i);

        if (info != NULL && !scope_set_has(&key->scopes, i)) {
            continue;
        }
        if (line.len > 0 && (info == NULL || strcmp(info->resource, resource) != 0)) {
            if (marks != 0) {
                buf_adds(&line, " !");
                marks_text(marks, &line);
            }
            doc_text(doc, marks != 0 ? STYLE_WARN : STYLE_NORMAL, "%s", line.data);
            buf_clear(&line);
            marks = 0;
        }
        if (info == NULL) {
            break;
        }
        if (line.len == 0) {
            buf_addf(&line, "%s:", info->resource);
            resource = info->resource;
        }
        buf_addf(&line, " %s", info->verb);
        marks |= info->marks;
    }
    buf_done(&line);
    if (key->unknown_scopes != STR_NONE) {
        doc_text(doc, STYLE_WARN, "? and names not in the catalogue");
    }
}
