/* Values in a filter: numbers, days and spans that compare, and names of scopes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/filter_internal.h"

#include "base/banned.h"

#define HOUR_MS (DAY_MS / 24)

static bool has_order(const struct field *field)
{
    switch (field->type) {
    case TYPE_TIME:
    case TYPE_END:
    case TYPE_SPAN:
    case TYPE_COUNT:
        return true;
    case TYPE_TEXT:
    case TYPE_FLAG:
    case TYPE_ID:
    case TYPE_NAMES:
        break;
    }
    return false;
}

/* A whole number of at most nine digits; NULL when there is none. Gives what stands after it. */
static const char *read_digits(const char *text, int64_t *out)
{
    size_t len = strspn(text, "0123456789");
    int64_t value = 0;
    if (len == 0 || len > 9) {
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return text + len;
}

/* "30d", "24h", "2w", "1y"; a number alone counts days. */
static bool read_span(const char *text, int64_t *out)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } UNITS[] = {
        {"", DAY_MS}, {"h", HOUR_MS}, {"d", DAY_MS}, {"w", 7 * DAY_MS}, {"y", 365 * DAY_MS},
    };
    int64_t number;
    const char *rest = read_digits(text, &number);
    for (size_t i = 0; rest != NULL && i < sizeof UNITS / sizeof *UNITS; i++) {
        if (strcmp(rest, UNITS[i].unit) == 0) {
            *out = number * UNITS[i].ms;
            return true;
        }
    }
    return false;
}

static bool read_operand(const struct field *field, const char *text, struct term *term)
{
    if (field->type == TYPE_COUNT) {
        const char *rest = read_digits(text, &term->number);
        term->upto = term->number + 1;
        return rest != NULL && *rest == '\0';
    }
    if (read_span(text, &term->number)) {
        term->relative = field->type != TYPE_SPAN;
        term->upto = term->number + (field->type == TYPE_SPAN ? DAY_MS : 0);
        return true;
    }
    if (field->type == TYPE_SPAN || !time_parse(text, &term->number)) {
        return false;
    }
    /* A day is all of it. */
    term->upto = term->number + (strlen(text) == strlen("2026-09-01") ? DAY_MS : 1);
    return true;
}

static const char *operand_words(enum field_type type)
{
    return type == TYPE_COUNT  ? "a number, as in >5"
           : type == TYPE_SPAN ? "a span, as in >90d"
                               : "a day (>=2026-09-01) or a span (<30d, 24h, 2w, 1y)";
}

/* Takes the sign from the front of the text; how many bytes it has. */
static size_t read_op(const char *text, enum term_op *op)
{
    static const struct {
        const char *sign;
        enum term_op op;
    } OPS[] = {{"<=", OP_LESS_EQUAL}, {">=", OP_MORE_EQUAL}, {"<", OP_LESS}, {">", OP_MORE}};
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++) {
        if (strncmp(text, OPS[i].sign, strlen(OPS[i].sign)) == 0) {
            *op = OPS[i].op;
            return strlen(OPS[i].sign);
        }
    }
    return 0;
}

/* "<=" a day holds to its end, ">" begins after it. */
static void to_the_end(struct term *term)
{
    if (!term->relative && (term->op == OP_LESS_EQUAL || term->op == OP_MORE)) {
        term->op = term->op == OP_LESS_EQUAL ? OP_LESS : OP_MORE_EQUAL;
        term->number = term->upto;
    }
}

bool filter_read_value(const struct field *field, struct term *term, struct err *err)
{
    size_t sign = read_op(term->text, &term->op);
    if (sign == 0) {
        /* "=" and a number or a day compares; "=never" is a text. */
        if (term->whole && has_order(field) && read_operand(field, term->text, term) &&
            !term->relative) {
            term->op = OP_EQUAL;
        }
        return true;
    }
    if (!has_order(field)) {
        return err_set(err, ERR_INVALID,
                       "The column \"%s\" has no order: < and > compare numbers, times and spans. "
                       "Put quotes around text that begins with them.",
                       field->key);
    }
    if (term->text[sign] != '\0' && !read_operand(field, term->text + sign, term)) {
        return err_set(err, ERR_INVALID, "\"%s\" is nothing to compare %s with: it takes %s.",
                       term->text + sign, field->key, operand_words(field->type));
    }
    if (term->text[sign] == '\0') {
        term->op = OP_IN; /* being typed: nothing to hold yet */
        term->text[0] = '\0';
        return true;
    }
    to_the_end(term);
    return true;
}

static bool compares(const struct term *term, int64_t value)
{
    switch (term->op) {
    case OP_LESS:
        return value < term->number;
    case OP_LESS_EQUAL:
        return value <= term->number;
    case OP_MORE:
        return value > term->number;
    case OP_MORE_EQUAL:
        return value >= term->number;
    case OP_EQUAL:
        return value >= term->number && value < term->upto;
    case OP_IN:
        break;
    }
    return false;
}

enum term_says filter_value_says(const struct field *field, const struct term *term,
                                 const struct field_context *ctx, size_t row)
{
    int64_t value = 0;
    enum field_known known = field->value(ctx, row, &value);
    if (known == VALUE_NONE) {
        return SAYS_NO;
    }
    if (known == VALUE_UNKNOWN) {
        return SAYS_UNKNOWN;
    }
    if (term->relative) {
        value = field->type == TYPE_END ? value - ctx->now : ctx->now - value;
        /* What ended already does not end within 30 days. */
        if (field->type == TYPE_END && value < 0) {
            return SAYS_NO;
        }
    }
    if (known == VALUE_AT_LEAST) {
        bool over = (term->op == OP_MORE || term->op == OP_MORE_EQUAL) && compares(term, value);
        return over ? SAYS_YES : SAYS_UNKNOWN;
    }
    return compares(term, value) ? SAYS_YES : SAYS_NO;
}

static bool name_fits(const struct term *term, const char *name, size_t len)
{
    /* With a dot it is the whole name: logs.list is not audit_logs.list. */
    if (term->whole || strpbrk(term->text, ".*") != NULL) {
        return ascii_matches(term->text, name, len, false);
    }
    char *one = xstrndup(name, len);
    bool fits = text_contains(one, term->text);
    free(one);
    return fits;
}

bool filter_names_say(const struct term *term, const char *names)
{
    while (*names != '\0') {
        size_t len = strcspn(names, " \n");
        if (len > 0 && name_fits(term, names, len)) {
            return true;
        }
        names += len + (names[len] != '\0');
    }
    return false;
}
