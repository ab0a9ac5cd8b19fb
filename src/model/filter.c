#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/filter_internal.h"
#include "model/inventory_index.h"

#include "base/banned.h"

/* One part of a filter as it was typed: what is in quotes is taken as it stands. */
struct token {
    struct buf text; /* without its quotes and the marks below */
    bool invert;
    size_t column; /* bytes of the column's name at the start of text; 0: a word */
    bool whole;
    bool quoted; /* some of it */
};

/* A mark at this place, outside quotes? */
static void take_char(struct token *token, char c, bool quoted)
{
    bool at_start = token->text.len == 0 && token->column == 0;
    if (!quoted && c == '!' && at_start && !token->invert) {
        token->invert = true;
    } else if (!quoted && c == ':' && token->column == 0 && token->text.len > 0) {
        token->column = token->text.len;
    } else if (!quoted && c == '=' && token->column > 0 && token->text.len == token->column &&
               !token->whole) {
        token->whole = true;
    } else {
        buf_addc(&token->text, c);
    }
}

/* Reads one token; false at the end. A quote that is still open ends with the text. */
static bool next_token(const char **at, struct token *token)
{
    *at += strspn(*at, " \t");
    if (**at == '\0') {
        return false;
    }
    *token = (struct token){.column = 0};
    buf_init(&token->text, 0);
    bool quoted = false;
    for (; **at != '\0' && (quoted || strchr(" \t", **at) == NULL); ++*at) {
        if (**at == '"') {
            quoted = !quoted;
            token->quoted = true;
        } else {
            take_char(token, **at, quoted);
        }
    }
    return true;
}

static bool no_column(enum list_kind list, const char *name, struct err *err)
{
    struct buf known;
    buf_init(&known, 0);
    size_t count;
    const struct field *fields = field_table(list, &count);
    for (size_t i = 0; i < count; i++) {
        buf_addf(&known, "%s%s", i ? ", " : "", fields[i].key);
    }
    err_set(err, ERR_INVALID,
            "There is no column \"%s\" in %s. Columns: %s. Put quotes around text with a colon.",
            name, list_name(list), known.data);
    buf_done(&known);
    return false;
}

/* The masks of two keys may differ in case alone: who types capitals has the case before them. */
static bool has_case(enum list_kind list, const struct term *term)
{
    return list == LIST_KEYS && term->field >= 0 && term->field == field_find(list, "mask") &&
           strpbrk(term->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
}

static bool add_term(struct filter *filter, const struct token *token, struct err *err)
{
    struct term term = {.field = -1, .invert = token->invert, .whole = token->whole};
    term.loose = token->column == 0 && !token->invert && !token->quoted;
    if (token->column > 0) {
        char *name = xstrndup(token->text.data, token->column);
        term.field = field_find(filter->list, name);
        bool ok = term.field >= 0 || no_column(filter->list, name, err);
        free(name);
        if (!ok) {
            return false;
        }
    }
    if (token->text.len == token->column && !token->whole) {
        return true; /* "!" or "name:" while it is being typed: nothing to hold yet */
    }
    term.text = xstrdup(token->text.data + token->column);
    term.exact = has_case(filter->list, &term);
    filter_plan_term(filter, &term);
    filter->terms = xgrow(filter->terms, &filter->cap, filter->count + 1, sizeof *filter->terms);
    filter->terms[filter->count++] = term;
    return true;
}

struct filter *filter_parse(enum list_kind list, const char *text, struct err *err)
{
    struct filter *filter = xcalloc(1, sizeof *filter);
    filter->list = list;
    buf_init(&filter->text, 0);
    /* What is looked through is cleaned text, so what is looked for is too. */
    char *clean = text_cleaned(text);
    const char *at = clean;
    struct token token;
    bool ok = true;
    while (ok && next_token(&at, &token)) {
        ok = add_term(filter, &token, err);
        buf_done(&token.text);
    }
    free(clean);
    if (!ok) {
        filter_free(filter);
        return NULL;
    }
    return filter;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL) {
        return;
    }
    for (size_t i = 0; i < filter->count; i++) {
        free(filter->terms[i].text);
        free(filter->terms[i].lower);
        free(filter->terms[i].upper);
        free(filter->terms[i].workspaces);
        free(filter->terms[i].users);
    }
    free(filter->terms);
    buf_done(&filter->text);
    free(filter);
}

static bool starts_with(const char *text, const char *start)
{
    char *head = xstrndup(text, strlen(start));
    bool same = text_casecmp(head, start) == 0;
    free(head);
    return same;
}

static enum filter_hit word_in_row(const struct filter *filter, const struct term *term,
                                   const struct field_context *ctx, size_t row, struct buf *text)
{
    enum filter_hit best = HIT_NONE;
    size_t count;
    const struct field *fields = field_table(filter->list, &count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].search == SEARCH_NO) {
            continue;
        }
        buf_clear(text);
        fields[i].text(ctx, row, text);
        if (fields[i].search == SEARCH_START ? starts_with(text->data, term->text)
                                             : text_contains(text->data, term->text)) {
            return HIT_LITERAL;
        }
        if (fields[i].search == SEARCH_FUZZY && term->loose && !filter->literal_only &&
            text_fuzzy(text->data, term->text) > 0) {
            best = HIT_LETTERS;
        }
    }
    return best;
}

static bool value_says(const struct term *term, const char *text)
{
    if (term->whole) {
        return term->exact ? strcmp(text, term->text) == 0 : text_casecmp(text, term->text) == 0;
    }
    return term->exact ? strstr(text, term->text) != NULL : text_contains(text, term->text);
}

/* Before inversion. */
enum filter_hit filter_term_holds(const struct filter *filter, const struct term *term,
                                  const struct field_context *ctx, size_t row, struct buf *text)
{
    if (term->field < 0) {
        return word_in_row(filter, term, ctx, row, text);
    }
    size_t count;
    const struct field *fields = field_table(filter->list, &count);
    buf_clear(text);
    fields[term->field].text(ctx, row, text);
    return value_says(term, text->data) ? HIT_LITERAL : HIT_NONE;
}

/* What a row is worth is what its worst term is. An inverted word is never loose: it holds as it
 * stands or not at all. */
static enum filter_hit worse(enum filter_hit so_far, const struct term *term, enum filter_hit hit)
{
    if (term->invert) {
        hit = hit == HIT_NONE ? HIT_LITERAL : HIT_NONE;
    }
    return hit < so_far ? hit : so_far;
}

enum filter_hit filter_passes(struct filter *filter, const struct field_context *ctx, size_t row)
{
    enum filter_hit all = HIT_LITERAL;
    for (size_t i = 0; i < filter->count && all != HIT_NONE; i++) {
        struct term *term = &filter->terms[i];
        all = worse(all, term,
                    filter->list == LIST_KEYS
                        ? filter_key_term_holds(filter, term, ctx, row)
                        : filter_term_holds(filter, term, ctx, row, &filter->text));
    }
    return all;
}

void filter_prepare(struct filter *filter, const struct inventory *inv)
{
    const struct id_index *index = inv->index;
    if (filter->list != LIST_KEYS || filter->count == 0 ||
        (filter->serial == index->serial && filter->generation == inv->generation)) {
        return;
    }
    filter->serial = index->serial;
    filter->generation = inv->generation;
    filter->workspace_places = index->workspaces.len;
    filter->user_places = index->users.len;
    for (size_t i = 0; i < filter->count; i++) {
        free(filter->terms[i].workspaces);
        free(filter->terms[i].users);
        filter->terms[i].workspaces = xcalloc(filter->workspace_places, 1);
        filter->terms[i].users = xcalloc(filter->user_places, 1);
    }
}

/* More terms, or more characters of the last one, can only take rows away, unless the one that
 * grows is inverted or compared whole. */
bool filter_narrows(const struct filter *before, const struct filter *after)
{
    if (before->list != after->list || before->count == 0 || after->count < before->count) {
        return false;
    }
    for (size_t i = 0; i < before->count; i++) {
        const struct term *old = &before->terms[i];
        const struct term *new = &after->terms[i];
        bool same = strcmp(old->text, new->text) == 0;
        bool grown = i == before->count - 1 && !old->invert && !old->whole &&
                     strncmp(old->text, new->text, strlen(old->text)) == 0;
        if (old->field != new->field || old->invert != new->invert || old->whole != new->whole ||
            old->loose != new->loose || (!same && !grown)) {
            return false;
        }
    }
    return true;
}
