#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/filter_internal.h"
#include "model/inventory_index.h"

#include "base/banned.h"

/* Reads one token, quotes taken off; gives it. NULL at the end. */
static char *next_token(const char **at)
{
    while (**at == ' ') {
        ++*at;
    }
    if (**at == '\0') {
        return NULL;
    }
    struct buf token;
    buf_init(&token, 0);
    bool quoted = false;
    for (; **at != '\0' && (quoted || **at != ' '); ++*at) {
        if (**at == '"') {
            quoted = !quoted;
        } else {
            buf_addc(&token, **at);
        }
    }
    return buf_take(&token);
}

static bool add_term(struct filter *filter, const char *token, struct err *err)
{
    struct term term = {.field = -1};
    if (*token == '!' && token[1] != '\0') {
        term.invert = true;
        token++;
    }
    const char *colon = strchr(token, ':');
    if (colon != NULL && colon > token) {
        char *name = xstrndup(token, (size_t)(colon - token));
        term.field = field_find(filter->list, name);
        if (term.field < 0) {
            char *clean = text_cleaned(name);
            err_set(err, ERR_INVALID, "There is no column \"%s\" in %s.", clean,
                    list_name(filter->list));
            free(clean);
            free(name);
            return false;
        }
        free(name);
        token = colon + 1;
        if (*token == '=') {
            term.whole = true;
            token++;
        }
    }
    term.text = xstrdup(token);
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
    char *token;
    while ((token = next_token(&text)) != NULL) {
        bool ok = add_term(filter, token, err);
        free(token);
        if (!ok) {
            filter_free(filter);
            return NULL;
        }
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

static bool word_in_row(const struct filter *filter, const struct field_context *ctx, size_t row,
                        const char *word, struct buf *text)
{
    size_t count;
    const struct field *fields = field_table(filter->list, &count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].search == SEARCH_NO) {
            continue;
        }
        buf_clear(text);
        fields[i].text(ctx, row, text);
        if (fields[i].search == SEARCH_FUZZY   ? text_fuzzy(text->data, word) > 0
            : fields[i].search == SEARCH_START ? starts_with(text->data, word)
                                               : text_contains(text->data, word)) {
            return true;
        }
    }
    return false;
}

/* Before inversion. */
bool filter_term_holds(const struct filter *filter, const struct term *term,
                       const struct field_context *ctx, size_t row, struct buf *text)
{
    if (term->field < 0) {
        return word_in_row(filter, ctx, row, term->text, text);
    }
    size_t count;
    const struct field *fields = field_table(filter->list, &count);
    buf_clear(text);
    fields[term->field].text(ctx, row, text);
    return term->whole ? text_casecmp(text->data, term->text) == 0
                       : text_contains(text->data, term->text);
}

bool filter_match(const struct filter *filter, const struct field_context *ctx, size_t row)
{
    struct buf text;
    buf_init(&text, 0);
    bool all = true;
    for (size_t i = 0; i < filter->count && all; i++) {
        const struct term *term = &filter->terms[i];
        all = filter_term_holds(filter, term, ctx, row, &text) != term->invert;
    }
    buf_done(&text);
    return all;
}

bool filter_passes(struct filter *filter, const struct field_context *ctx, size_t row)
{
    for (size_t i = 0; i < filter->count; i++) {
        struct term *term = &filter->terms[i];
        bool holds = filter->list == LIST_KEYS
                         ? filter_key_term_holds(filter, term, ctx, row)
                         : filter_term_holds(filter, term, ctx, row, &filter->text);
        if (holds == term->invert) {
            return false;
        }
    }
    return true;
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

bool filter_is_empty(const struct filter *filter)
{
    return filter->count == 0;
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
            (!same && !grown)) {
            return false;
        }
    }
    return true;
}
