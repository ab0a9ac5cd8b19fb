#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/view.h"

#include "base/banned.h"

/* One thing that must hold. A word (field -1) is looked for in the whole row: fuzzily in its first
 * text field, its name, and as a substring in the other fields. */
struct term {
    int field; /* -1: a word */
    bool invert;
    bool whole;
    char *text;
};

struct filter {
    enum list_kind list;
    struct term *terms;
    size_t count;
    size_t cap;
    int name_field;
};

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
    filter->terms = xgrow(filter->terms, &filter->cap, filter->count + 1, sizeof *filter->terms);
    filter->terms[filter->count++] = term;
    return true;
}

struct filter *filter_parse(enum list_kind list, const char *text, struct err *err)
{
    struct filter *filter = xcalloc(1, sizeof *filter);
    filter->list = list;
    filter->name_field = field_find(list, "name");
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
    }
    free(filter->terms);
    free(filter);
}

static bool word_in_row(const struct filter *filter, const struct field_context *ctx, size_t row,
                        const char *word, struct buf *text)
{
    size_t count;
    const struct field *fields = field_table(filter->list, &count);
    buf_clear(text);
    fields[filter->name_field].text(ctx, row, text);
    if (text_fuzzy(text->data, word) > 0) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        if ((int)i == filter->name_field) {
            continue;
        }
        buf_clear(text);
        fields[i].text(ctx, row, text);
        if (text_contains(text->data, word)) {
            return true;
        }
    }
    return false;
}

static bool term_holds(const struct filter *filter, const struct term *term,
                       const struct field_context *ctx, size_t row, struct buf *text)
{
    bool holds;
    if (term->field < 0) {
        holds = word_in_row(filter, ctx, row, term->text, text);
    } else {
        size_t count;
        const struct field *fields = field_table(filter->list, &count);
        buf_clear(text);
        fields[term->field].text(ctx, row, text);
        holds = term->whole ? text_casecmp(text->data, term->text) == 0
                            : text_contains(text->data, term->text);
    }
    return holds != term->invert;
}

bool filter_match(const struct filter *filter, const struct field_context *ctx, size_t row)
{
    if (filter->count == 0) {
        return true;
    }
    struct buf text;
    buf_init(&text, 0);
    bool all = true;
    for (size_t i = 0; i < filter->count && all; i++) {
        all = term_holds(filter, &filter->terms[i], ctx, row, &text);
    }
    buf_done(&text);
    return all;
}
