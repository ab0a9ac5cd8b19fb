#include "model/field_tables.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"

#include "base/banned.h"

#define MANY_SCOPES 50

static const struct key_row *key_at(const struct field_context *ctx, size_t row)
{
    return &ctx->inv->keys[row];
}

static bool is_own(const struct field_context *ctx, size_t row)
{
    return ctx->inv->own_key >= 0 && (size_t)ctx->inv->own_key == row;
}

static bool is_dead(const struct field_context *ctx, const struct key_row *key)
{
    return key_is_expired(key, ctx->now);
}

static bool unread(const struct field_context *ctx, size_t row, unsigned bits)
{
    return (key_at(ctx, row)->unread & bits) != 0;
}

int field_key_scope_count(const struct inventory *inv, const struct key_row *key)
{
    int count = scope_set_count(&key->scopes);
    const char *unknown = arena_text(&inv->arena, key->unknown_scopes);
    for (; unknown != NULL && *unknown != '\0'; unknown = strchr(unknown, '\n')) {
        unknown += *unknown == '\n';
        count++;
    }
    return count;
}

static int scope_total(const struct field_context *ctx, size_t row)
{
    return field_key_scope_count(ctx->inv, key_at(ctx, row));
}

void field_key_scopes(const struct inventory *inv, const struct key_row *key, struct buf *out)
{
    field_count((uint32_t)field_key_scope_count(inv, key), (key->unread & UNREAD_SCOPES) == 0, out);
}

void field_key_brief(const struct inventory *inv, const struct key_row *key, struct buf *out)
{
    const char *mask = arena_text(&inv->arena, key->mask);
    const char *name = inventory_clean(inv, key->name);
    bool named = name[0] != '\0' && (key->unread & UNREAD_NAME) == 0;
    buf_addf(out, "%s  %s  ", named ? name : "?", mask == NULL ? "?" : mask);
    if (key->kind == KEY_KIND_UNKNOWN) {
        const char *type = arena_text(&inv->arena, key->type_text);
        buf_adds(out, type == NULL ? "?" : "? ");
        text_clean(type == NULL ? "" : type, type == NULL ? 0 : strlen(type), out);
    } else {
        buf_adds(out, key_kind_name((enum key_kind)key->kind));
    }
    buf_adds(out, "  ");
    field_key_scopes(inv, key, out);
    buf_addf(out, " scope%s", field_key_scope_count(inv, key) == 1 ? "" : "s");
}

static unsigned life_notices(const struct field_context *ctx, const struct key_row *key)
{
    if (is_dead(ctx, key)) {
        return NOTICE_EXPIRED;
    }
    if (key->expires_at == TIME_NONE) {
        return NOTICE_NO_EXPIRY;
    }
    /* One that was not understood is neither near nor far. */
    return key->expires_at < ctx->now + 7 * DAY_MS ? NOTICE_ENDS_SOON : 0;
}

static unsigned limit_notices(const struct key_row *key, const struct key_extra *extra)
{
    if (access_blocked(extra)) {
        return NOTICE_BLOCKED;
    }
    bool none =
        extra->rates_total == 0 && !extra->usage.has_budget && (key->unread & UNREAD_LIMITS) == 0;
    return none && key->kind != KEY_ORGANISATION_SERVICE ? NOTICE_NO_LIMITS : 0;
}

/* Only a key that is made for models can be kept from them by its workspace. */
static unsigned workspace_notices(const struct field_context *ctx, const struct key_row *key)
{
    int row = inventory_find_workspace(ctx->inv, key->workspace_id);
    if (row < 0 || !scope_set_has_name(&key->scopes, "completions.write")) {
        return 0;
    }
    const struct workspace_row *ws = &ctx->inv->workspaces[row];
    return ws->archived || access_blocked(inventory_extra_at(ctx->inv, ws->extra))
               ? NOTICE_BLOCKED_THERE
               : 0;
}

unsigned field_key_notices(const struct field_context *ctx, size_t row)
{
    const struct key_row *key = key_at(ctx, row);
    unsigned notices = life_notices(ctx, key) | limit_notices(key, inventory_extra(ctx->inv, key));
    notices |= workspace_notices(ctx, key);
    notices |= is_own(ctx, row) ? NOTICE_OWN : 0;
    notices |= key->status == STATUS_EXHAUSTED ? NOTICE_EXHAUSTED : 0;
    notices |= (scope_set_marks(&key->scopes) & SCOPE_MARK_KEYS) != 0 ? NOTICE_MAKES_KEYS : 0;
    notices |= scope_total(ctx, row) >= MANY_SCOPES ? NOTICE_MANY_SCOPES : 0;
    notices |= key->unknown_scopes != STR_NONE ? NOTICE_ODD_SCOPES : 0;
    notices |= key->unread != 0 ? NOTICE_UNREAD : 0;
    notices |= key->no_answer ? NOTICE_NO_ANSWER : 0;
    return notices;
}

char field_key_state(const struct field_context *ctx, size_t row, unsigned notices)
{
    if ((notices & NOTICE_OWN) != 0) {
        return '@';
    }
    if ((notices & NOTICE_EXPIRED) != 0) {
        return 'X';
    }
    if ((notices & NOTICE_NO_ANSWER) != 0) {
        return '?';
    }
    if ((notices & NOTICES_NO_MODELS) != 0) {
        return 'x';
    }
    return inventory_extra(ctx->inv, key_at(ctx, row))->rotation.set ? '~' : ' ';
}

bool field_key_look(unsigned notices)
{
    return (notices & NOTICE_EXPIRED) == 0 && (notices & NOTICES_LOOK) != 0;
}

/* Two cells: the state, then `!`. */
static void flag_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    unsigned notices = field_key_notices(ctx, row);
    char state = field_key_state(ctx, row, notices);
    bool look = field_key_look(notices);
    if (state != ' ' || !ctx->plain) {
        buf_addc(out, state);
    }
    if (look || !ctx->plain) {
        buf_addc(out, look ? '!' : ' ');
    }
}

static enum field_tone flag_tone(const struct field_context *ctx, size_t row)
{
    unsigned notices = field_key_notices(ctx, row);
    if ((notices & NOTICE_OWN) != 0) {
        return TONE_OWN;
    }
    if ((notices & (NOTICE_EXPIRED | NOTICES_NO_MODELS)) != 0) {
        return TONE_BAD;
    }
    return field_key_look(notices) || (notices & NOTICE_NO_ANSWER) != 0 ? TONE_WARN : TONE_PLAIN;
}

static void name_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    buf_adds(out, unread(ctx, row, UNREAD_NAME)
                      ? "?"
                      : inventory_clean(ctx->inv, key_at(ctx, row)->name));
    if (is_own(ctx, row) && !ctx->plain) {
        buf_adds(out, " (YOU)");
    }
}

static enum field_tone name_tone(const struct field_context *ctx, size_t row)
{
    if (is_own(ctx, row)) {
        return TONE_OWN;
    }
    return is_dead(ctx, key_at(ctx, row)) || key_at(ctx, row)->no_answer ? TONE_DIM : TONE_PLAIN;
}

static void type_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    buf_adds(out, key_kind_short((enum key_kind)key_at(ctx, row)->kind));
}

static void kind_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct key_row *key = key_at(ctx, row);
    if (key->kind != KEY_KIND_UNKNOWN) {
        buf_adds(out, key_kind_name((enum key_kind)key->kind));
    } else {
        field_odd(ctx, key->type_text, out);
    }
}

static uint64_t type_rank(const struct field_context *ctx, size_t row)
{
    return key_at(ctx, row)->kind;
}

static void workspace_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    if (unread(ctx, row, UNREAD_WORKSPACE)) {
        buf_addc(out, '?');
    } else {
        field_workspace_name(ctx->inv, key_at(ctx, row)->workspace_id, out);
    }
}

static void owner_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct key_row *key = key_at(ctx, row);
    if (!id_is_none(key->user_id)) {
        field_owner(ctx, row, out);
    } else {
        bool service =
            (key->unread & (UNREAD_OWNER | UNREAD_TYPE)) == 0 && key->kind != KEY_WORKSPACE_USER;
        buf_adds(out, service ? "svc" : "?");
    }
}

static void mask_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const char *mask = arena_text(&ctx->inv->arena, key_at(ctx, row)->mask);
    buf_adds(out, mask != NULL ? mask : "?");
}

static void status_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct key_row *key = key_at(ctx, row);
    if (key->status == STATUS_OTHER) {
        field_odd(ctx, key->status_text, out);
        return;
    }
    /* A worker turns the status minutes after the secret died [LIVE]. */
    bool late = key->status == STATUS_ACTIVE && is_dead(ctx, key);
    buf_adds(out, late ? "expired" : key_status_name((enum key_status)key->status));
    buf_adds(out, key->no_answer ? "?" : "");
}

static enum field_tone status_tone(const struct field_context *ctx, size_t row)
{
    const struct key_row *key = key_at(ctx, row);
    if (is_dead(ctx, key) || key->status == STATUS_EXHAUSTED) {
        return TONE_BAD;
    }
    return key->status == STATUS_ACTIVE && !key->no_answer ? TONE_GOOD : TONE_WARN;
}

static void expires_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct key_row *key = key_at(ctx, row);
    if (is_dead(ctx, key) && !(ctx->plain && key->expires_at != TIME_NONE)) {
        buf_adds(out, "EXPIRED");
    } else if (key->expires_at == TIME_NONE) {
        buf_adds(out, "never");
    } else {
        field_day(ctx, key->expires_at, out);
    }
}

static uint64_t expires_rank(const struct field_context *ctx, size_t row)
{
    int64_t at = key_at(ctx, row)->expires_at;
    return at == TIME_UNREAD ? 0 : at == TIME_NONE ? UINT64_MAX : field_rank_time(at);
}

static enum field_tone expires_tone(const struct field_context *ctx, size_t row)
{
    unsigned notices = life_notices(ctx, key_at(ctx, row));
    return (notices & NOTICE_EXPIRED) != 0 ? TONE_BAD : notices != 0 ? TONE_WARN : TONE_PLAIN;
}

static void scopes_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_count((uint32_t)scope_total(ctx, row), !unread(ctx, row, UNREAD_SCOPES), out);
}

static uint64_t scopes_rank(const struct field_context *ctx, size_t row)
{
    return (uint64_t)scope_total(ctx, row);
}

static enum field_tone scopes_tone(const struct field_context *ctx, size_t row)
{
    return scope_total(ctx, row) >= MANY_SCOPES ? TONE_WARN : TONE_PLAIN;
}

static void risk_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    unsigned marks = scope_set_marks(&key_at(ctx, row)->scopes);
    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        if ((marks & 1u << i) != 0) {
            buf_addc(out, scope_mark_letter(i));
        } else {
            field_none(ctx, out);
        }
    }
    buf_adds(out, unread(ctx, row, UNREAD_SCOPES) ? "?" : "");
}

static enum field_tone risk_tone(const struct field_context *ctx, size_t row)
{
    return (scope_set_marks(&key_at(ctx, row)->scopes) & SCOPE_MARK_KEYS) != 0 ? TONE_WARN
                                                                               : TONE_PLAIN;
}

static void rotation_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct rotation_policy *rotation = &inventory_extra(ctx->inv, key_at(ctx, row))->rotation;
    if (!rotation->set && unread(ctx, row, UNREAD_ROTATION)) {
        buf_addc(out, '?');
    } else if (!rotation->set) {
        field_none(ctx, out);
    } else if (rotation->period != STR_NONE) {
        field_told(ctx, rotation->period, out);
    } else if (rotation->period_days > 0) {
        buf_addf(out, "%dd", rotation->period_days);
    } else {
        buf_adds(out, unread(ctx, row, UNREAD_ROTATION) ? "?" : "yes");
    }
}

/* What we do not know is shown as it came. */
static void rate_text(const struct inventory *inv, const struct rate_limit *rate, struct buf *out)
{
    bool odd = rate->type == LIMIT_TYPE_OTHER || rate->unit == RATE_UNIT_OTHER;
    if (odd && rate->raw != STR_NONE) {
        buf_adds(out, "? ");
        field_word(inv, rate->raw, out);
        return;
    }
    field_number(rate->value, out);
    buf_addf(out, " %s/%s", limit_type_name(rate->type), rate_unit_name(rate->unit));
}

static void budget_words(const struct inventory *inv, const struct usage_limit *usage,
                         struct buf *out)
{
    field_number(usage->credit_limit, out);
    buf_adds(out, usage->type == LIMIT_COST     ? " USD"
                  : usage->type == LIMIT_TOKENS ? " tokens"
                                                : " of a kind not known");
    if (usage->periodic_reset != STR_NONE) {
        buf_addc(out, ' ');
        field_word(inv, usage->periodic_reset, out);
    } else if (usage->reset_days > 0) {
        buf_addf(out, " every %d days", usage->reset_days);
    }
    if (usage->alert_threshold >= 0) {
        buf_adds(out, " (alert at ");
        field_number(usage->alert_threshold, out);
        buf_addc(out, ')');
    }
}

/* There is more to the budget than was understood: its use, its alert, when it begins anew. */
static bool budget_is_part(const struct usage_limit *usage, unsigned unread)
{
    return usage->type != LIMIT_TYPE_OTHER && (unread & UNREAD_BUDGET) != 0;
}

void field_limits(const struct inventory *inv, const struct key_extra *extra, unsigned unread,
                  struct buf *out)
{
    size_t before = out->len;
    if (extra->usage.has_budget) {
        budget_words(inv, &extra->usage, out);
        buf_adds(out, budget_is_part(&extra->usage, unread) ? " ?" : "");
    } else if ((unread & UNREAD_BUDGET) != 0) {
        buf_adds(out, "budget ?");
    }
    for (int i = 0; i < extra->rate_count; i++) {
        buf_adds(out, out->len > before ? ", " : "");
        rate_text(inv, &extra->rates[i], out);
    }
    if (extra->rates_total > extra->rate_count) {
        buf_addf(out, ", %d more", extra->rates_total - extra->rate_count);
    }
    if (extra->rate_count == 0 && (unread & UNREAD_RATES) != 0) {
        buf_adds(out, out->len > before ? ", rates ?" : "rates ?");
    }
    if (out->len == before) {
        buf_adds(out, "none");
    }
}

static void limits_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct key_extra *extra = inventory_extra(ctx->inv, key_at(ctx, row));
    const char *gap = "";
    for (int i = 0; i < extra->rate_count; i++) {
        buf_adds(out, gap);
        rate_text(ctx->inv, &extra->rates[i], out);
        gap = ", ";
    }
    if (extra->rates_total > extra->rate_count) {
        buf_addf(out, "%s%d more", gap, extra->rates_total - extra->rate_count);
        gap = ", ";
    }
    if (extra->usage.has_budget) {
        const struct usage_limit *usage = &extra->usage;
        buf_addf(out, "%s%s", gap, usage->type == LIMIT_COST ? "$" : "");
        field_number(usage->credit_limit, out);
        buf_adds(out, usage->type == LIMIT_COST     ? ""
                      : usage->type == LIMIT_TOKENS ? " tokens"
                                                    : " of a kind not known");
        buf_adds(out, budget_is_part(usage, key_at(ctx, row)->unread) ? "?" : "");
        gap = ", ";
    }
    if ((extra->rate_count == 0 && unread(ctx, row, UNREAD_RATES)) ||
        (!extra->usage.has_budget && unread(ctx, row, UNREAD_BUDGET))) {
        buf_addf(out, "%s?", gap);
        gap = ", ";
    }
    if (*gap == '\0') {
        buf_adds(out, "none");
    }
}

/* By the budget, dollars after tokens; where there is none, by the first rate limit; none at all
 * comes first. */
static uint64_t limits_rank(const struct field_context *ctx, size_t row)
{
    static const double IN_A_WEEK[] = {
        [RATE_RPS] = 604800, [RATE_RPM] = 10080, [RATE_RPH] = 168, [RATE_RPD] = 7, [RATE_RPW] = 1};
    const struct key_extra *extra = inventory_extra(ctx->inv, key_at(ctx, row));
    double value = 0;
    uint64_t sort = 0;
    if (extra->usage.has_budget) {
        sort = extra->usage.type == LIMIT_COST ? 3 : 2;
        value = extra->usage.credit_limit * 100;
    } else if (extra->rates_total > 0) {
        bool known = extra->rate_count > 0 && extra->rates[0].unit < RATE_UNIT_OTHER;
        sort = 1;
        value = known ? extra->rates[0].value * IN_A_WEEK[extra->rates[0].unit] : 0;
    }
    value = value > 0 ? value : 0;
    return sort << 60 | (value < 1e17 ? (uint64_t)value : (uint64_t)1e17);
}

static void created_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_time(ctx, key_at(ctx, row)->created_at, out);
}

static uint64_t created_rank(const struct field_context *ctx, size_t row)
{
    return field_rank_time(key_at(ctx, row)->created_at);
}

static void updated_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_time(ctx, key_at(ctx, row)->updated_at, out);
}

static uint64_t updated_rank(const struct field_context *ctx, size_t row)
{
    return field_rank_time(key_at(ctx, row)->updated_at);
}

static void mode_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_told(ctx, key_at(ctx, row)->creation_mode, out);
}

static void id_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_id(ctx, key_at(ctx, row)->id, out);
}

static void description_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_text(ctx, key_at(ctx, row)->description, unread(ctx, row, UNREAD_DESCRIPTION), out);
}

static enum field_known expires_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return field_value_time(key_at(ctx, row)->expires_at, out);
}

static enum field_known scopes_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return field_value_count((uint64_t)scope_total(ctx, row), !unread(ctx, row, UNREAD_SCOPES),
                             out);
}

static enum field_known created_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return field_value_time(key_at(ctx, row)->created_at, out);
}

static enum field_known updated_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return field_value_time(key_at(ctx, row)->updated_at, out);
}

static enum field_known age_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    int64_t created = key_at(ctx, row)->created_at;
    if (created == TIME_NONE || created == TIME_UNREAD) {
        return VALUE_UNKNOWN;
    }
    *out = ctx->now - created;
    return VALUE_IS;
}

static uint64_t age_rank(const struct field_context *ctx, size_t row)
{
    return ~created_rank(ctx, row);
}

/* For a file in days, whole ones. */
static void age_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    char text[TIME_TEXT_SIZE];
    int64_t age;
    if (age_value(ctx, row, &age) != VALUE_IS) {
        buf_adds(out, "?");
    } else if (ctx->plain) {
        buf_addf(out, "%lld", (long long)(age / DAY_MS));
    } else {
        time_span(age < 0 ? 0 : age, text);
        buf_adds(out, text);
    }
}

/* All of them, those that the catalogue lacks last and as they came. */
static void scope_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct key_row *key = key_at(ctx, row);
    size_t before = out->len;
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&key->scopes, i)) {
            buf_addf(out, "%s%s", out->len > before ? " " : "", scope_info(i)->name);
        }
    }
    const char *unknown = arena_text(&ctx->inv->arena, key->unknown_scopes);
    while (unknown != NULL && *unknown != '\0') {
        size_t len = strcspn(unknown, "\n");
        buf_adds(out, out->len > before ? " " : "");
        text_clean(unknown, len, out);
        unknown += len + (unknown[len] != '\0');
    }
    if (unread(ctx, row, UNREAD_SCOPES)) {
        buf_adds(out, out->len > before ? " ?" : "?");
    } else if (out->len == before) {
        field_none(ctx, out);
    }
}

static void workspace_also(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_workspace_also(ctx->inv, key_at(ctx, row)->workspace_id, out);
}

static void owner_also(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_user_also(ctx->inv, key_at(ctx, row)->user_id, out);
    buf_adds(out, access_owner_words(access_owner(ctx->inv, row)));
}

static void owner_state_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    enum owner_state state = access_owner(ctx->inv, row);
    const char *words = access_owner_words(state);
    if (*words != '\0') {
        buf_adds(out, words);
    } else if (state == OWNER_HERE) {
        buf_adds(out, "member");
    } else {
        field_none(ctx, out);
    }
}

static enum field_tone owner_tone(const struct field_context *ctx, size_t row)
{
    enum owner_state state = access_owner(ctx->inv, row);
    return state == OWNER_LEFT_ORGANISATION || state == OWNER_LEFT_WORKSPACE ? TONE_WARN
                                                                             : TONE_PLAIN;
}

static void workspace_id_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_id(ctx, key_at(ctx, row)->workspace_id, out);
}

static void owner_id_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_id(ctx, key_at(ctx, row)->user_id, out);
}

static void owner_mail_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    struct id user = key_at(ctx, row)->user_id;
    int found = inventory_find_user(ctx->inv, user);
    const char *mail = found < 0 ? "" : inventory_clean(ctx->inv, ctx->inv->users[found].email);
    if (id_is_none(user)) {
        field_none(ctx, out);
    } else {
        buf_adds(out, *mail != '\0' ? mail : "?");
    }
}

const struct field KEY_FIELDS[] = {
    {"flag", "!", 2, 2, FIELD_S, false, flag_text, NULL, flag_tone, .search = SEARCH_NO},
    {"name", "NAME", 0, 0, FIELD_S, false, name_text, NULL, name_tone, .search = SEARCH_FUZZY},
    {"type", "TY", 2, 2, FIELD_S, false, type_text, type_rank, NULL, .search = SEARCH_NO},
    {"workspace", "WORKSPACE", 11, 16, FIELD_S, false, workspace_text, NULL, NULL, SEARCH_PART,
     .also = workspace_also},
    {"owner", "OWNER", 9, 16, FIELD_S, false, owner_text, NULL, owner_tone, SEARCH_PART,
     .also = owner_also},
    {"mask", "MASK", 10, 10, FIELD_S, false, mask_text, NULL, NULL, .search = SEARCH_PART},
    {"expires", "EXPIRES", 8, 8, FIELD_S, false, expires_text, expires_rank, expires_tone,
     SEARCH_NO, .type = TYPE_END, .value = expires_value},
    {"scopes", "SC", 3, 3, FIELD_S, true, scopes_text, scopes_rank, scopes_tone, SEARCH_NO,
     .type = TYPE_COUNT, .value = scopes_value},
    {"status", "STATUS", 9, 9, FIELD_M, false, status_text, NULL, status_tone,
     .search = SEARCH_PART},
    {"risk", "RISK", 8, 8, FIELD_M, false, risk_text, NULL, risk_tone, .search = SEARCH_NO},
    {"rotation", "ROTATION", 8, 8, FIELD_L, false, rotation_text, NULL, NULL, .search = SEARCH_NO},
    {"limits", "LIMITS", 12, 18, FIELD_L, false, limits_text, limits_rank, NULL,
     .search = SEARCH_NO},
    {"created", "CREATED", 17, 17, FIELD_L, false, created_text, created_rank, NULL, SEARCH_NO,
     .type = TYPE_TIME, .value = created_value},
    {"mode", "MADE BY", 7, 7, FIELD_L, false, mode_text, NULL, NULL, .search = SEARCH_NO},
    {"kind", "KIND", 20, 20, FIELD_DETAIL, false, kind_text, type_rank, NULL, .search = SEARCH_NO},
    {"updated", "UPDATED", 17, 17, FIELD_DETAIL, false, updated_text, updated_rank, NULL, SEARCH_NO,
     .type = TYPE_TIME, .value = updated_value},
    {"age", "AGE", 4, 4, FIELD_DETAIL, true, age_text, age_rank, NULL, SEARCH_NO, .type = TYPE_SPAN,
     .value = age_value},
    {"scope", "SCOPE NAMES", 30, 40, FIELD_DETAIL, false, scope_text, NULL, NULL, SEARCH_NO,
     .type = TYPE_NAMES},
    {"owner_mail", "OWNER MAIL", 28, 34, FIELD_DETAIL, false, owner_mail_text, NULL, NULL,
     .search = SEARCH_NO},
    {"owner_state", "OWNER STATE", 21, 21, FIELD_DETAIL, false, owner_state_text, NULL, owner_tone,
     .search = SEARCH_NO, .of_members = true},
    {"owner_id", "OWNER ID", 36, 36, FIELD_DETAIL, false, owner_id_text, NULL, NULL, SEARCH_NO,
     .type = TYPE_ID},
    {"workspace_id", "WORKSPACE ID", 36, 36, FIELD_DETAIL, false, workspace_id_text, NULL, NULL,
     SEARCH_NO, .type = TYPE_ID},
    {"description", "DESCRIPTION", 30, 40, FIELD_DETAIL, false, description_text, NULL, NULL,
     .search = SEARCH_PART},
    {"id", "ID", 36, 36, FIELD_DETAIL, false, id_text, NULL, NULL, SEARCH_START, .type = TYPE_ID},
};
const size_t KEY_FIELD_COUNT = sizeof KEY_FIELDS / sizeof *KEY_FIELDS;
