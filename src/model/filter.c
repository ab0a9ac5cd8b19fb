#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/text.h"
#include "model/filter_internal.h"
#include "model/inventory_index.h"

#include "base/banned.h"

/* One of the values of a token: "active" in status:active|expired. */
struct part {
    size_t at; /* where it begins in the text */
    bool whole;
    bool quoted; /* its first character */
};

/* One part of a filter as it was typed: what is in quotes is taken as it stands. */
struct token {
    struct buf text; /* without its quotes and the marks below */
    bool invert;
    size_t column; /* bytes of the column's name at the start of text; 0: a word */
    bool quoted;   /* some of it */
    struct part *parts;
    size_t count, cap;
};

static void new_part(struct token *token)
{
    token->parts = xgrow(token->parts, &token->cap, token->count + 1, sizeof *token->parts);
    token->parts[token->count++] = (struct part){.at = token->text.len};
}

/* A mark at this place, outside quotes? */
static void take_char(struct token *token, char c, bool quoted)
{
    struct part *part = &token->parts[token->count - 1];
    bool at_start = token->text.len == part->at && !part->whole;
    bool in_column = token->column > 0;
    if (!quoted && c == '!' && at_start && !in_column && token->count == 1 && !token->invert) {
        token->invert = true;
    } else if (!quoted && c == ':' && !in_column && token->count == 1 && token->text.len > 0) {
        part->at = token->column = token->text.len;
    } else if (!quoted && c == '=' && in_column && at_start) {
        part->whole = true;
    } else if (!quoted && c == '|') {
        if (!at_start) {
            new_part(token); /* an empty value stands for nothing yet */
        }
    } else {
        part->quoted = part->quoted || (quoted && at_start);
        buf_addc(&token->text, c);
    }
}

static void token_done(struct token *token)
{
    buf_done(&token->text);
    free(token->parts);
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
    new_part(token);
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
    const char *near = NULL;
    int best = text_near_limit(name);
    for (size_t i = 0; i < count; i++) {
        buf_addf(&known, "%s%s", i ? ", " : "", fields[i].key);
        near = text_nearer(name, fields[i].key, &best) ? fields[i].key : near;
    }
    err_set(
        err, ERR_INVALID,
        "There is no column \"%s\" in %s%s%s%s Columns: %s. Put quotes around text with a colon.",
        name, list_name(list), near != NULL ? "; did you mean \"" : ".", near != NULL ? near : "",
        near != NULL ? "\"?" : "", known.data);
    buf_done(&known);
    return false;
}

static bool is_mask(enum list_kind list, const struct term *term)
{
    return list == LIST_KEYS && term->field >= 0 && term->field == field_find(list, "mask");
}

/* The masks of two keys may differ in case alone: who types capitals has the case before them. Of
 * the flags x is one and X another. */
static bool has_case(enum list_kind list, const struct term *term)
{
    if (list == LIST_KEYS && term->field >= 0 && term->field == field_find(list, "flag")) {
        return true;
    }
    return is_mask(list, term) && strpbrk(term->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
}

static const struct field *field_of(const struct filter *filter, const struct term *term)
{
    size_t count;
    const struct field *fields = field_table(filter->list, &count);
    return term->field < 0 ? NULL : &fields[term->field];
}

/* The value of a column, or a word. True also for what stands for nothing yet. */
static bool add_part(struct filter *filter, const struct token *token, size_t number, int field,
                     struct err *err)
{
    const struct part *part = &token->parts[number];
    size_t end = number + 1 < token->count ? part[1].at : token->text.len;
    struct term term = {.field = field, .invert = token->invert, .whole = part->whole};
    if (end == part->at && !part->whole) {
        return true;
    }
    term.loose = token->column == 0 && !token->invert && !token->quoted && token->count == 1;
    term.text = xstrndup(token->text.data + part->at, end - part->at);
    term.exact = has_case(filter->list, &term);
    term.pattern = is_mask(filter->list, &term) && strchr(term.text, '*') != NULL;
    const struct field *info = field_of(filter, &term);
    if (info != NULL && !part->quoted && !filter_read_value(info, &term, err)) {
        free(term.text);
        return false;
    }
    if (term.text[0] == '\0' && !part->whole) {
        free(term.text); /* "<" while it is being typed */
        return true;
    }
    filter_plan_term(filter, &term);
    filter->of_members = filter->of_members || (info != NULL && info->of_members) ||
                         (term.way == WAY_OWNER && term.in_left);
    filter->terms = xgrow(filter->terms, &filter->cap, filter->count + 1, sizeof *filter->terms);
    filter->terms[filter->count++] = term;
    return true;
}

static bool add_token(struct filter *filter, const struct token *token, struct err *err)
{
    int field = -1;
    if (token->column > 0) {
        char *name = xstrndup(token->text.data, token->column);
        field = field_find(filter->list, name);
        bool ok = field >= 0 || no_column(filter->list, name, err);
        free(name);
        if (!ok) {
            return false;
        }
    }
    size_t first = filter->count;
    for (size_t i = 0; i < token->count; i++) {
        if (!add_part(filter, token, i, field, err)) {
            return false;
        }
    }
    for (size_t i = first; i + 1 < filter->count; i++) {
        filter->terms[i].more = true;
    }
    return true;
}

struct filter *filter_parse(enum list_kind list, const char *text, struct err *err)
{
    struct filter *filter = xcalloc(1, sizeof *filter);
    filter->list = list;
    buf_init(&filter->text, 0);
    /* What is looked through is cleaned text, so what is looked for is too; no more of a key is
     * looked for than masks show. */
    char *clean = text_cleaned(text);
    struct buf cut;
    buf_init(&cut, 0);
    filter_cut_masks(clean, &cut);
    const char *at = cut.data;
    struct token token;
    bool ok = true;
    while (ok && next_token(&at, &token)) {
        ok = add_token(filter, &token, err);
        token_done(&token);
    }
    buf_done(&cut);
    free(clean);
    if (!ok) {
        filter_free(filter);
        return NULL;
    }
    return filter;
}

struct filter *filter_none(enum list_kind list)
{
    struct filter *filter = filter_parse(list, "", NULL);
    filter->none = true;
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

static enum term_says word_in_row(struct filter *filter, const struct term *term,
                                  const struct field_context *ctx, size_t row)
{
    enum term_says best = SAYS_NO;
    size_t count;
    const struct field *fields = field_table(filter->list, &count);
    struct buf *text = &filter->text;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].search == SEARCH_NO) {
            continue;
        }
        buf_clear(text);
        fields[i].text(ctx, row, text);
        if (fields[i].search == SEARCH_START ? starts_with(text->data, term->text)
                                             : text_contains(text->data, term->text)) {
            return SAYS_YES;
        }
        if (fields[i].search == SEARCH_FUZZY && term->loose && !filter->literal_only &&
            text_fuzzy(text->data, term->text) > 0) {
            best = SAYS_LETTERS;
        }
    }
    return best;
}

bool filter_text_says(const struct term *term, const char *text)
{
    if (term->pattern) {
        return ascii_matches(term->text, text, strlen(text), term->exact);
    }
    if (term->whole) {
        return term->exact ? strcmp(text, term->text) == 0 : text_means(text, term->text);
    }
    return term->exact ? strstr(text, term->text) != NULL : text_contains(text, term->text);
}

bool filter_lines_say(const struct term *term, const char *lines)
{
    bool says = false;
    while (!says && *lines != '\0') {
        size_t len = strcspn(lines, "\n");
        char *line = xstrndup(lines, len);
        says = filter_text_says(term, line);
        free(line);
        lines += len + (lines[len] != '\0');
    }
    return says;
}

enum term_says filter_term_says(struct filter *filter, const struct term *term,
                                const struct field_context *ctx, size_t row)
{
    const struct field *field = field_of(filter, term);
    if (field == NULL) {
        return word_in_row(filter, term, ctx, row);
    }
    if (term->op != OP_IN) {
        return filter_value_says(field, term, ctx, row);
    }
    /* A day is looked for as a table of a command shows it, here as there. */
    struct field_context dated = *ctx;
    dated.dated = field->type == TYPE_TIME || field->type == TYPE_END || ctx->dated;
    buf_clear(&filter->text);
    field->text(&dated, row, &filter->text);
    if (field->type == TYPE_NAMES) {
        return filter_names_say(term, filter->text.data) ? SAYS_YES : SAYS_NO;
    }
    if (filter_text_says(term, filter->text.data)) {
        return SAYS_YES;
    }
    buf_clear(&filter->text);
    if (field->also != NULL) {
        field->also(ctx, row, &filter->text);
    }
    return filter_lines_say(term, filter->text.data) ? SAYS_YES : SAYS_NO;
}

/* What a row is worth is what its worst term is. An inverted word is never loose: it holds as it
 * stands or not at all; what is not known holds neither way. */
static enum filter_hit hit_of(enum term_says says, bool invert)
{
    switch (says) {
    case SAYS_YES:
        return invert ? HIT_NONE : HIT_LITERAL;
    case SAYS_LETTERS:
        return invert ? HIT_NONE : HIT_LETTERS;
    case SAYS_NO:
        return invert ? HIT_LITERAL : HIT_NONE;
    case SAYS_UNKNOWN:
        break;
    }
    return HIT_NONE;
}

static enum filter_hit passes(struct filter *filter, const struct field_context *ctx, size_t row,
                              bool plainly)
{
    enum filter_hit all = filter->none ? HIT_NONE : HIT_LITERAL;
    for (size_t i = 0; i < filter->count && all != HIT_NONE; i++) {
        enum term_says best = SAYS_NO;
        for (bool more = true; more; i++) {
            struct term *term = &filter->terms[i];
            enum term_says says = best == SAYS_YES ? SAYS_YES
                                  : plainly || filter->list != LIST_KEYS
                                      ? filter_term_says(filter, term, ctx, row)
                                      : filter_key_term_says(filter, term, ctx, row);
            best = says > best ? says : best;
            more = term->more;
        }
        i--;
        enum filter_hit hit = hit_of(best, filter->terms[i].invert);
        all = hit < all ? hit : all;
    }
    return all;
}

enum filter_hit filter_passes(struct filter *filter, const struct field_context *ctx, size_t row)
{
    return passes(filter, ctx, row, false);
}

enum filter_hit filter_passes_plainly(struct filter *filter, const struct field_context *ctx,
                                      size_t row)
{
    return passes(filter, ctx, row, true);
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
 * grows is inverted, compared, or names what has to be met whole. */
bool filter_narrows(const struct filter *before, const struct filter *after)
{
    if (before->list != after->list || before->none || after->none || before->count == 0 ||
        after->count < before->count) {
        return false;
    }
    for (size_t i = 0; i < before->count; i++) {
        const struct term *old = &before->terms[i];
        const struct term *new = &after->terms[i];
        bool same = strcmp(old->text, new->text) == 0;
        const struct field *field = field_of(before, old);
        bool by_parts = old->op == OP_IN && !old->pattern && !new->pattern &&
                        (field == NULL || field->type != TYPE_NAMES);
        bool grown = i == before->count - 1 && by_parts && !old->invert && !old->whole &&
                     strncmp(old->text, new->text, strlen(old->text)) == 0;
        if (old->field != new->field || old->invert != new->invert || old->whole != new->whole ||
            old->loose != new->loose || old->op != new->op || old->more != new->more ||
            (!same && !grown)) {
            return false;
        }
    }
    return true;
}
