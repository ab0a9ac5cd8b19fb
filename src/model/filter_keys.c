/* What lets a million keys be filtered while somebody types: a term is told from the characters of
 * a row, from what is known of its workspace and its owner, and only then from its text. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/field_tables.h"
#include "model/filter_internal.h"
#include "model/inventory_index.h"

#include "base/banned.h"

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
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

void filter_plan_term(struct filter *filter, struct term *term)
{
    if (filter->list != LIST_KEYS) {
        return;
    }
    static const char *const MISSING[] = {"", "?", "-"};
    term->signature = signature_of(term->text);
    term->plain = (term->signature & SIGNATURE_OPAQUE) == 0;
    for (size_t i = 0; i < sizeof MISSING / sizeof *MISSING; i++) {
        term->plain = term->plain && strcmp(term->text, MISSING[i]) != 0;
    }
    plan_id(term);
    for (int i = 0; i < STATUS_OTHER; i++) {
        term->in_status[i] = text_contains(key_status_name((enum key_status)i), term->text);
    }
    term->in_service = text_contains("svc", term->text);
}

static bool says(const struct term *term, const char *text)
{
    return term->field >= 0 && term->whole ? text_casecmp(text, term->text) == 0
                                           : text_contains(text, term->text);
}

static bool workspace_says(struct filter *filter, struct term *term, const struct inventory *inv,
                           uint32_t place)
{
    unsigned char *verdict = &term->workspaces[place];
    if (*verdict == VERDICT_UNKNOWN) {
        buf_clear(&filter->text);
        field_workspace_name(inv, inv->index->workspaces.ids[place], &filter->text);
        *verdict = says(term, filter->text.data) ? VERDICT_YES : VERDICT_NO;
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
        *verdict = says(term, filter->text.data) ? VERDICT_YES : VERDICT_NO;
    }
    return *verdict == VERDICT_YES;
}

/* Both without characters outside ASCII. */
static bool ascii_fuzzy(const char *hay, const char *needle)
{
    unsigned char want = fold(*needle);
    for (; *hay != '\0'; hay++) {
        if (fold(*hay) == want) {
            want = fold(*++needle);
            if (want == '\0') {
                return true;
            }
        }
    }
    return want == '\0';
}

static bool ascii_contains(const char *hay, const char *needle)
{
    unsigned char first = fold(*needle);
    for (; *hay != '\0'; hay++) {
        size_t i = 0;
        while (needle[i] != '\0' && fold(hay[i]) == fold(needle[i])) {
            i++;
        }
        if (needle[i] == '\0') {
            return true;
        }
    }
    return first == '\0';
}

/* The texts that the signature is about. */
static bool texts_say(const struct term *term, const struct inventory *inv,
                      const struct key_row *key, bool ascii)
{
    const char *name = inventory_clean(inv, key->name);
    const char *mask = arena_text(&inv->arena, key->mask);
    const char *description = inventory_clean(inv, key->description);
    if (ascii) {
        return ascii_fuzzy(name, term->text) ||
               (mask != NULL && ascii_contains(mask, term->text)) ||
               ascii_contains(description, term->text);
    }
    return text_fuzzy(name, term->text) > 0 || (mask != NULL && text_contains(mask, term->text)) ||
           text_contains(description, term->text);
}

static bool status_says(const struct term *term, const struct field_context *ctx,
                        const struct key_row *key)
{
    bool late =
        key->status == STATUS_ACTIVE && key->expires_at != TIME_NONE && key->expires_at <= ctx->now;
    return term->in_status[late ? STATUS_EXPIRED : key->status];
}

static bool word_holds(struct filter *filter, struct term *term, const struct field_context *ctx,
                       size_t row)
{
    const struct inventory *inv = ctx->inv;
    const struct key_place *place = &inv->index->key_places[row];
    if (workspace_says(filter, term, inv, place->workspace) ||
        (place->user != 0 && owner_says(filter, term, inv, place->user))) {
        return true;
    }
    const struct key_row *key = &inv->keys[row];
    if (term->id_start && (key->id.hi & term->mask_hi) == term->id_hi &&
        (key->id.lo & term->mask_lo) == term->id_lo) {
        return true;
    }
    if ((term->in_status[0] || term->in_status[1] || term->in_status[2]) &&
        status_says(term, ctx, key)) {
        return true;
    }
    if (term->in_service && place->user == 0 && key->kind != KEY_WORKSPACE_USER) {
        return true;
    }
    return (term->signature & ~place->signature) == 0 && texts_say(term, inv, key, true);
}

/* A row with odd characters, an odd status, an id that is no UUID, or one that is the operator's
 * own is rare: its texts are made. */
static bool is_odd(const struct inventory *inv, size_t row)
{
    return (inv->index->key_places[row].signature & SIGNATURE_OPAQUE) != 0 ||
           (inv->own_key >= 0 && (size_t)inv->own_key == row);
}

static bool column_holds(struct filter *filter, struct term *term, const struct field_context *ctx,
                         size_t row)
{
    const struct field *field = &KEY_FIELDS[term->field];
    const struct key_place *place = &ctx->inv->index->key_places[row];
    if (strcmp(field->key, "workspace") == 0) {
        return workspace_says(filter, term, ctx->inv, place->workspace);
    }
    if (strcmp(field->key, "owner") == 0 && place->user != 0) {
        return owner_says(filter, term, ctx->inv, place->user);
    }
    bool signed_field = field->search == SEARCH_FUZZY || strcmp(field->key, "mask") == 0 ||
                        strcmp(field->key, "description") == 0;
    if (signed_field && term->plain && !is_odd(ctx->inv, row) &&
        (term->signature & ~place->signature) != 0) {
        return false;
    }
    return filter_term_holds(filter, term, ctx, row, &filter->text);
}

bool filter_key_term_holds(struct filter *filter, struct term *term,
                           const struct field_context *ctx, size_t row)
{
    if (term->field >= 0) {
        return column_holds(filter, term, ctx, row);
    }
    if (term->plain && !is_odd(ctx->inv, row)) {
        return word_holds(filter, term, ctx, row);
    }
    return filter_term_holds(filter, term, ctx, row, &filter->text);
}
