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

/* "delete an organisation service key   ! keys, delete" */
static void one_scope(const struct scope_info *info, struct doc *doc)
{
    struct buf text;
    const char *gap = "   ! ";

    buf_init(&text, 0);
    buf_adds(&text, info->description);
    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        if ((info->marks & 1u << i) != 0) {
            buf_addf(&text, "%s%s", gap, scope_mark_name(i));
            gap = ", ";
        }
    }
    doc_field(doc, info->verb, info->marks != 0 ? STYLE_WARN : STYLE_NORMAL, "%s", text.data);
    buf_done(&text);
}

static int dangerous(const struct scope_set *scopes)
{
    int count = 0;

    for (int i = 0; i < SCOPE_COUNT; i++) {
        count += scope_set_has(scopes, i) && scope_info(i)->marks != 0 ? 1 : 0;
    }
    return count;
}

/* "12", "12?" and "?" where they were not all understood. */
static void count_words(int count, bool odd, char *out, size_t size)
{
    if (odd && count == 0) {
        snprintf(out, size, "?");
    } else {
        snprintf(out, size, "%d%s", count, odd ? "?" : "");
    }
}

void facts_key_scopes(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    bool odd = (key->unread & UNREAD_SCOPES) != 0;
    const char *resource = "";
    const char *category = "";
    char count[24], marked[24];

    count_words(scope_set_count(&key->scopes), odd, count, sizeof(count));
    count_words(dangerous(&key->scopes), odd, marked, sizeof(marked));
    doc_section(doc, 0, "%s SCOPES, %s OF THEM DANGEROUS (!)", count, marked);
    for (int i = 0; i < SCOPE_COUNT; i++) {
        const struct scope_info *info = scope_info(i);

        if (!scope_set_has(&key->scopes, i)) {
            continue;
        }
        /* A resource may have scopes in two categories. */
        if (strcmp(info->resource, resource) != 0 || strcmp(info->category, category) != 0) {
            resource = info->resource;
            category = info->category;
            doc_section(doc, 0, "%s   (%s)", resource, info->category);
        }
        one_scope(info, doc);
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
    char count[24];

    count_words(scope_set_count(&key->scopes), (key->unread & UNREAD_SCOPES) != 0, count,
                sizeof(count));
    doc_section(doc, column, "SCOPES %s", count);
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
