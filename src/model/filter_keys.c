/* What lets a million keys be filtered while somebody types: a term is told from the characters of
 * a row, from what is known of its workspace and its owner, and only then from its text. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "model/field_tables.h"
#include "model/filter_internal.h"
#include "model/inventory_index.h"

#include "base/banned.h"

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool is_alnum(char c)
{
    unsigned char folded = fold(c);
    return (folded >= 'a' && folded <= 'z') || (folded >= '0' && folded <= '9');
}

static int nibble(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads a word as the start of a UUID. */
static void plan_id(struct term *term)
{
    int digits = 0;
    for (size_t i = 0; term->text[i] != '\0'; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        int value = nibble(fold(term->text[i]));
        if (i >= 36 || (dash ? term->text[i] != '-' : value < 0)) {
            return;
        }
        if (dash) {
            continue;
        }
        unsigned shift = (unsigned)(60 - digits % 16 * 4);
        *(digits < 16 ? &term->id_hi : &term->id_lo) |= (uint64_t)value << shift;
        *(digits < 16 ? &term->mask_hi : &term->mask_lo) |= UINT64_C(15) << shift;
        digits++;
    }
    term->id_start = true;
}

static bool says(const struct term *term, const char *text)
{
    return term->field >= 0 && term->whole ? text_means(text, term->text)
                                           : text_contains(text, term->text);
}

/* The scopes that the text means, of those in the catalogue. */
static void plan_scopes(struct term *term)
{
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (filter_names_say(term, scope_info(i)->name)) {
            scope_set_add(&term->scopes, i);
        }
    }
}

static enum column_way way_of(const struct term *term)
{
    static const char *const KEYS[] = {NULL,        "name",  "mask",   "description",
                                       "workspace", "owner", "status", "scope"};
    if (term->op != OP_IN) {
        return WAY_VALUE;
    }
    for (size_t way = WAY_NAME; term->field >= 0 && way < sizeof KEYS / sizeof *KEYS; way++) {
        if (strcmp(KEY_FIELDS[term->field].key, KEYS[way]) == 0) {
            return (enum column_way)way;
        }
    }
    return WAY_TEXT;
}

static void plan_cases(struct term *term)
{
    term->lower = xstrdup(term->text);
    term->upper = xstrdup(term->text);
    for (size_t i = 0; term->text[i] != '\0'; i++) {
        char c = (char)fold(term->text[i]);
        term->lower[i] = c;
        term->upper[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
}

void filter_plan_term(struct filter *filter, struct term *term)
{
    if (filter->list != LIST_KEYS) {
        return;
    }
    static const char *const MISSING[] = {"", "?", "-"};
    term->way = way_of(term);
    term->signature = signature_of(term->text);
    term->plain = (term->signature & SIGNATURE_ODD) == 0;
    for (size_t i = 0; i < sizeof MISSING / sizeof *MISSING; i++) {
        term->plain = term->plain && strcmp(term->text, MISSING[i]) != 0;
    }
    term->one = term->text[0] != '\0' && term->text[1] == '\0' && is_alnum(term->text[0]);
    if ((term->signature & SIGNATURE_WORLD) == 0) {
        plan_cases(term);
    }
    plan_id(term);
    if (term->way == WAY_SCOPES) {
        plan_scopes(term);
    }
    for (int i = 0; i < STATUS_OTHER; i++) {
        term->in_status[i] = says(term, key_status_name((enum key_status)i));
    }
    term->in_service = says(term, "svc");
    term->in_left = term->field >= 0 && (filter_text_says(term, "left the workspace") ||
                                         filter_text_says(term, "left the organisation"));
}

static bool workspace_says(struct filter *filter, struct term *term, const struct inventory *inv,
                           uint32_t place)
{
    unsigned char *verdict = &term->workspaces[place];
    if (*verdict == VERDICT_UNKNOWN) {
        buf_clear(&filter->text);
        field_workspace_name(inv, inv->index->workspaces.ids[place], &filter->text);
        bool yes = says(term, filter->text.data);
        if (!yes && term->field >= 0) {
            buf_clear(&filter->text);
            field_workspace_also(inv, inv->index->workspaces.ids[place], &filter->text);
            yes = filter_lines_say(term, filter->text.data);
        }
        *verdict = yes ? VERDICT_YES : VERDICT_NO;
    }
    return *verdict == VERDICT_YES;
}

/* Only for a key that has an owner. */
static bool owner_says(struct filter *filter, struct term *term, const struct inventory *inv,
                       uint32_t place)
{
    unsigned char *verdict = &term->users[place];
    if (*verdict == VERDICT_UNKNOWN) {
        buf_clear(&filter->text);
        field_user_name(inv, inv->index->users.ids[place], &filter->text);
        bool yes = says(term, filter->text.data);
        if (!yes && term->field >= 0) {
            buf_clear(&filter->text);
            field_user_also(inv, inv->index->users.ids[place], &filter->text);
            yes = filter_lines_say(term, filter->text.data);
        }
        *verdict = yes ? VERDICT_YES : VERDICT_NO;
    }
    return *verdict == VERDICT_YES;
}

/* A needle in both cases, all ASCII: no byte of another character is one of its bytes, and the
 * loops that a million names go through call nothing. */
static bool ascii_fuzzy(const char *hay, const char *lower, const char *upper)
{
    for (char c = *hay; c != '\0'; c = *++hay) {
        if (c == *lower || c == *upper) {
            upper++;
            if (*++lower == '\0') {
                return true;
            }
        }
    }
    return false;
}

static bool ascii_starts(const char *hay, const char *lower, const char *upper)
{
    for (; *lower != '\0'; hay++, lower++, upper++) {
        if (*hay != *lower && *hay != *upper) {
            return false;
        }
    }
    return true;
}

static bool ascii_contains(const char *hay, const char *lower, const char *upper)
{
    for (char c = *hay; c != '\0'; c = *++hay) {
        if ((c == *lower || c == *upper) && ascii_starts(hay, lower, upper)) {
            return true;
        }
    }
    return false;
}

static bool in_text(const struct term *term, const char *text)
{
    return term->lower != NULL ? ascii_contains(text, term->lower, term->upper)
                               : text_contains(text, term->text);
}

static bool in_mask(const struct term *term, const struct inventory *inv, const struct key_row *key)
{
    const char *mask = arena_text(&inv->arena, key->mask);
    if (mask != NULL && term->pattern) {
        return filter_text_says(term, mask);
    }
    return mask != NULL && (term->exact ? strstr(mask, term->text) != NULL : in_text(term, mask));
}

/* The texts that the signature is about. */
static enum term_says texts_say(const struct term *term, const struct inventory *inv,
                                const struct key_row *key, bool letters)
{
    const char *name = inventory_clean(inv, key->name);
    if (in_text(term, name) || in_mask(term, inv, key) ||
        in_text(term, inventory_clean(inv, key->description))) {
        return SAYS_YES;
    }
    if (letters && (term->lower != NULL ? ascii_fuzzy(name, term->lower, term->upper)
                                        : text_fuzzy(name, term->text) > 0)) {
        return SAYS_LETTERS;
    }
    return SAYS_NO;
}

static bool status_says(const struct term *term, const struct field_context *ctx,
                        const struct key_row *key)
{
    bool late = key->status == STATUS_ACTIVE && key_is_expired(key, ctx->now);
    return term->in_status[late ? STATUS_EXPIRED : key->status];
}

static enum term_says word_says(struct filter *filter, struct term *term,
                                const struct field_context *ctx, size_t row)
{
    const struct inventory *inv = ctx->inv;
    const struct key_place *place = &inv->index->key_places[row];
    bool may_say = (term->signature & ~place->signature) == 0;
    if (may_say && term->one) {
        return SAYS_YES; /* the row itself is not even looked at */
    }
    if (workspace_says(filter, term, inv, place->workspace) ||
        (place->user != 0 && owner_says(filter, term, inv, place->user))) {
        return SAYS_YES;
    }
    const struct key_row *key = &inv->keys[row];
    if (term->id_start && (key->id.hi & term->mask_hi) == term->id_hi &&
        (key->id.lo & term->mask_lo) == term->id_lo) {
        return SAYS_YES;
    }
    if ((term->in_status[0] || term->in_status[1] || term->in_status[2]) &&
        status_says(term, ctx, key)) {
        return SAYS_YES;
    }
    if (term->in_service && place->user == 0 && key->kind != KEY_WORKSPACE_USER) {
        return SAYS_YES;
    }
    return may_say ? texts_say(term, inv, key, term->loose && !filter->literal_only) : SAYS_NO;
}

/* A row with an odd character or status, an id that is no UUID, or one that is the operator's own
 * is rare: its texts are made. */
static bool is_odd(const struct inventory *inv, size_t row)
{
    return (inv->index->key_places[row].signature & SIGNATURE_ODD) != 0 ||
           (inv->own_key >= 0 && (size_t)inv->own_key == row);
}

/* Of a row that is not odd: does the signature leave it open, and then the text itself? */
static bool signed_says(const struct term *term, const struct inventory *inv, size_t row)
{
    const struct key_row *key = &inv->keys[row];
    if ((term->signature & ~inv->index->key_places[row].signature) != 0) {
        return false;
    }
    switch (term->way) {
    case WAY_NAME:
        return in_text(term, inventory_clean(inv, key->name));
    case WAY_MASK:
        return in_mask(term, inv, key);
    case WAY_DESCRIPTION:
    case WAY_WORKSPACE:
    case WAY_OWNER:
    case WAY_STATUS:
    case WAY_SCOPES:
    case WAY_VALUE:
    case WAY_TEXT:
        break;
    }
    return in_text(term, inventory_clean(inv, key->description));
}

/* Names that the catalogue lacks are looked through as they came. */
static bool scopes_say(const struct term *term, const struct inventory *inv,
                       const struct key_row *key)
{
    for (int i = 0; i < SCOPE_WORDS; i++) {
        if ((term->scopes.bits[i] & key->scopes.bits[i]) != 0) {
            return true;
        }
    }
    const char *unknown = arena_text(&inv->arena, key->unknown_scopes);
    return unknown != NULL && filter_names_say(term, unknown);
}

static enum term_says said(bool yes)
{
    return yes ? SAYS_YES : SAYS_NO;
}

/* Of a row that was not all understood: `?` stands in its texts, and scopes that nobody could read
 * neither hold a name nor lack it. */
static enum term_says unread_says(struct filter *filter, struct term *term,
                                  const struct field_context *ctx, size_t row)
{
    const struct key_row *key = &ctx->inv->keys[row];
    if (term->way != WAY_SCOPES) {
        return filter_term_says(filter, term, ctx, row);
    }
    if (scopes_say(term, ctx->inv, key)) {
        return SAYS_YES;
    }
    return (key->unread & UNREAD_SCOPES) != 0 ? SAYS_UNKNOWN : SAYS_NO;
}

static enum term_says column_says(struct filter *filter, struct term *term,
                                  const struct field_context *ctx, size_t row)
{
    const struct inventory *inv = ctx->inv;
    if (is_odd(inv, row) && inv->keys[row].unread != 0) {
        return unread_says(filter, term, ctx, row);
    }
    const struct key_place *place = &inv->index->key_places[row];
    switch (term->way) {
    case WAY_WORKSPACE:
        return said(workspace_says(filter, term, inv, place->workspace));
    case WAY_OWNER:
        if (place->user != 0) {
            return said(owner_says(filter, term, inv, place->user) ||
                        (term->in_left &&
                         filter_text_says(term, access_owner_words(access_owner(inv, row)))));
        }
        if (inv->keys[row].kind != KEY_WORKSPACE_USER) {
            return said(term->in_service);
        }
        break;
    case WAY_STATUS:
        if (!is_odd(inv, row)) {
            return said(status_says(term, ctx, &inv->keys[row]));
        }
        break;
    case WAY_NAME:
    case WAY_MASK:
    case WAY_DESCRIPTION:
        if (term->plain && !term->whole && !term->pattern && !is_odd(inv, row)) {
            return said(signed_says(term, inv, row));
        }
        break;
    case WAY_SCOPES:
        return said(scopes_say(term, inv, &inv->keys[row]));
    case WAY_VALUE:
    case WAY_TEXT:
        break;
    }
    return filter_term_says(filter, term, ctx, row);
}

enum term_says filter_key_term_says(struct filter *filter, struct term *term,
                                    const struct field_context *ctx, size_t row)
{
    if (term->field >= 0) {
        return column_says(filter, term, ctx, row);
    }
    if (term->plain && !is_odd(ctx->inv, row)) {
        return word_says(filter, term, ctx, row);
    }
    return filter_term_says(filter, term, ctx, row);
}
