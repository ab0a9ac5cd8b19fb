#include "model/field.h"

#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "model/field_tables.h"

#include "base/banned.h"

const struct field *field_table(enum list_kind list, size_t *count)
{
    switch (list) {
    case LIST_WORKSPACES:
        *count = WORKSPACE_FIELD_COUNT;
        return WORKSPACE_FIELDS;
    case LIST_USERS:
        *count = USER_FIELD_COUNT;
        return USER_FIELDS;
    case LIST_MEMBERS:
        *count = MEMBER_FIELD_COUNT;
        return MEMBER_FIELDS;
    case LIST_KEYS:
    case LIST_COUNT:
        break;
    }
    *count = KEY_FIELD_COUNT;
    return KEY_FIELDS;
}

int field_find(enum list_kind list, const char *key)
{
    size_t count;
    const struct field *fields = field_table(list, &count);
    for (size_t i = 0; i < count; i++) {
        if (ascii_same(fields[i].key, key) || ascii_same(fields[i].label, key)) {
            return (int)i;
        }
    }
    return -1;
}

size_t field_rows(const struct inventory *inv, enum list_kind list)
{
    const size_t counts[LIST_COUNT] = {inv->workspace_count, inv->user_count, inv->member_count,
                                       inv->key_count};
    return counts[list];
}

struct id field_row_id(const struct inventory *inv, enum list_kind list, size_t row)
{
    switch (list) {
    case LIST_WORKSPACES:
        return inv->workspaces[row].id;
    case LIST_USERS:
        return inv->users[row].id;
    case LIST_MEMBERS:
        return inv->members[row].user_id;
    case LIST_KEYS:
    case LIST_COUNT:
        break;
    }
    return inv->keys[row].id;
}

/* A date without the detour over struct tm: a filter on a column of times asks for a million. */
struct day {
    int64_t year;
    int month, day; /* from 1 */
    int minute;     /* of the day */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static struct day day_of(int64_t ms)
{
    int64_t minutes = floor_div(ms, 60000);
    int64_t days = floor_div(minutes, 1440);
    /* Days since 1 March 0000, in eras of 400 years: leap days come last in a year that starts in
     * March. */
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    return (struct day){year + era * 400 + (month <= 2), month,
                        (int)(of_year - (153 * shifted + 2) / 5) + 1, (int)(minutes - days * 1440)};
}

static void add_digits(struct buf *out, int value, int digits)
{
    char text[8];
    for (int i = digits - 1; i >= 0; i--) {
        text[i] = (char)('0' + value % 10);
        value /= 10;
    }
    buf_add(out, text, (size_t)digits);
}

static void add_year(struct buf *out, int64_t year)
{
    if (year >= 0 && year <= 9999) {
        add_digits(out, (int)year, 4);
    } else {
        buf_addf(out, "%lld", (long long)year);
    }
}

void field_none(const struct field_context *ctx, struct buf *out)
{
    buf_adds(out, ctx->plain ? "" : "-");
}

static void add_date(struct buf *out, const struct day *day)
{
    add_year(out, day->year);
    buf_addc(out, '-');
    add_digits(out, day->month, 2);
    buf_addc(out, '-');
    add_digits(out, day->day, 2);
}

void field_time(const struct field_context *ctx, int64_t ms, struct buf *out)
{
    if (ms == TIME_NONE) {
        field_none(ctx, out);
        return;
    }
    if (ctx->plain || ms == TIME_UNREAD) {
        char text[TIME_TEXT_SIZE];
        time_format(ms, text);
        buf_adds(out, text);
        return;
    }
    struct day day = day_of(ms);
    add_date(out, &day);
    buf_addc(out, ' ');
    add_digits(out, day.minute / 60, 2);
    buf_addc(out, ':');
    add_digits(out, day.minute % 60, 2);
    buf_addc(out, 'Z');
}

void field_day(const struct field_context *ctx, int64_t ms, struct buf *out)
{
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (ms == TIME_NONE || ms == TIME_UNREAD || ctx->plain) {
        field_time(ctx, ms, out);
        return;
    }
    struct day day = day_of(ms);
    if (ctx->dated) {
        add_date(out, &day);
    } else if (day.year == day_of(ctx->now).year) {
        add_digits(out, day.day, 2);
        buf_addc(out, ' ');
        buf_adds(out, MONTHS[day.month - 1]);
    } else {
        buf_adds(out, MONTHS[day.month - 1]);
        buf_addc(out, ' ');
        add_year(out, day.year);
    }
}

void field_id(const struct field_context *ctx, struct id id, struct buf *out)
{
    char text[ID_TEXT_SIZE];
    const char *shown = inventory_id_text(ctx->inv, id, text);
    if (*shown == '\0') {
        field_none(ctx, out);
    } else {
        text_clean(shown, strlen(shown), out);
    }
}

static void unknown_id(const struct inventory *inv, struct id id, struct buf *out)
{
    char text[ID_TEXT_SIZE];
    struct buf clean;
    buf_init(&clean, 0);
    const char *shown = inventory_id_text(inv, id, text);
    text_clean(shown, strlen(shown), &clean);
    buf_addf(out, "? %.8s", clean.data);
    buf_done(&clean);
}

void field_workspace_name(const struct inventory *inv, struct id workspace, struct buf *out)
{
    if (id_is_none(workspace)) {
        buf_adds(out, "(org)");
        return;
    }
    int row = inventory_find_workspace(inv, workspace);
    if (row < 0) {
        unknown_id(inv, workspace, out);
        return;
    }
    buf_adds(out, inventory_workspace_name(inv, &inv->workspaces[row]));
}

void field_user_name(const struct inventory *inv, struct id user, struct buf *out)
{
    int row = inventory_find_user(inv, user);
    if (row < 0) {
        unknown_id(inv, user, out);
        return;
    }
    char name[256];
    buf_adds(out, inventory_user_name(inv, &inv->users[row], name, sizeof name));
}

/* Columns that have room for a name behind "left org: ". */
#define LEFT_NAMED 14

void field_owner(const struct field_context *ctx, size_t key, struct buf *out)
{
    const struct inventory *inv = ctx->inv;
    struct id user = inv->keys[key].user_id;
    int row = inventory_find_user(inv, user);
    enum owner_state state = access_owner(inv, key);
    char text[ID_TEXT_SIZE];
    if (ctx->plain && row < 0) {
        field_id(ctx, user, out); /* a file is never cut */
        return;
    }
    if (ctx->room > 0 && (state == OWNER_LEFT_ORGANISATION || state == OWNER_LEFT_WORKSPACE)) {
        buf_adds(out, state == OWNER_LEFT_WORKSPACE ? "left ws" : "left org");
        if (ctx->room < LEFT_NAMED) {
            return; /* a name cut to nothing tells less than that */
        }
        buf_adds(out, ": ");
    }
    if (ctx->room > 0 && row < 0 && state == OWNER_LEFT_ORGANISATION) {
        buf_addf(out, "%.8s", inventory_id_text(inv, user, text));
    } else if (ctx->room > 0 && row >= 0 && inventory_shares_name(inv, (size_t)row) &&
               *inventory_clean(inv, inv->users[row].email) != '\0') {
        buf_adds(out, inventory_clean(inv, inv->users[row].email)); /* the name tells nobody */
    } else {
        field_user_name(inv, user, out);
    }
}

static void add_line(const char *text, struct buf *out)
{
    if (*text != '\0') {
        buf_adds(out, out->len > 0 ? "\n" : "");
        text_clean(text, strlen(text), out);
    }
}

void field_workspace_also(const struct inventory *inv, struct id workspace, struct buf *out)
{
    char text[ID_TEXT_SIZE];
    int row = inventory_find_workspace(inv, workspace);
    const char *slug = row < 0 ? NULL : arena_text(&inv->arena, inv->workspaces[row].slug);
    if (!id_is_none(workspace)) {
        add_line(slug == NULL ? "" : slug, out);
        add_line(inventory_id_text(inv, workspace, text), out);
    }
}

void field_user_also(const struct inventory *inv, struct id user, struct buf *out)
{
    char text[ID_TEXT_SIZE];
    int row = inventory_find_user(inv, user);
    if (!id_is_none(user)) {
        add_line(row < 0 ? "" : inventory_clean(inv, inv->users[row].email), out);
        add_line(inventory_id_text(inv, user, text), out);
    }
}

enum field_known field_value_time(int64_t ms, int64_t *out)
{
    *out = ms;
    return ms == TIME_NONE ? VALUE_NONE : ms == TIME_UNREAD ? VALUE_UNKNOWN : VALUE_IS;
}

enum field_known field_value_count(uint64_t count, bool known, int64_t *out)
{
    *out = (int64_t)count;
    return known ? VALUE_IS : count > 0 ? VALUE_AT_LEAST : VALUE_UNKNOWN;
}

uint64_t field_rank_time(int64_t ms)
{
    return (uint64_t)ms ^ UINT64_C(1) << 63;
}

void field_count(uint32_t count, bool known, struct buf *out)
{
    if (known || count > 0) {
        buf_addf(out, "%u", count);
    }
    buf_adds(out, known ? "" : "?");
}

uint64_t field_rank_count(uint32_t count, bool known)
{
    return count > 0 ? (uint64_t)count + 1 : known;
}

void field_number(double value, struct buf *out)
{
    bool whole = value > -1e15 && value < 1e15 && value == (double)(int64_t)value;
    buf_addf(out, whole ? "%.0f" : "%g", value);
}

void field_word(const struct inventory *inv, str_ref ref, struct buf *out)
{
    const char *text = arena_text(&inv->arena, ref);
    if (text == NULL) {
        buf_adds(out, "?");
    } else if (*text == '\0') {
        buf_adds(out, "-");
    } else {
        text_clean(text, strlen(text), out);
    }
}

void field_told(const struct field_context *ctx, str_ref ref, struct buf *out)
{
    const char *text = arena_text(&ctx->inv->arena, ref);
    if (text != NULL && *text == '\0') {
        field_none(ctx, out);
    } else {
        field_word(ctx->inv, ref, out);
    }
}

void field_odd(const struct field_context *ctx, str_ref ref, struct buf *out)
{
    buf_addc(out, '?');
    const char *text = arena_text(&ctx->inv->arena, ref);
    if (text != NULL && *text != '\0') {
        buf_addc(out, ' ');
        text_clean(text, strlen(text), out);
    }
}

void field_text(const struct field_context *ctx, struct text_pair text, bool unread,
                struct buf *out)
{
    const char *clean = inventory_clean(ctx->inv, text);
    if (unread) {
        buf_addc(out, '?');
    } else if (*clean != '\0') {
        buf_adds(out, clean);
    } else {
        field_none(ctx, out);
    }
}

bool field_keys_known(const struct inventory *inv, enum key_kind kind)
{
    return inv->lists[LIST_KEYS].progress == PROGRESS_COMPLETE &&
           (inventory_unread(inv, LIST_KEYS) & (UNREAD_TYPE | UNREAD_WORKSPACE)) == 0 &&
           access_may(inv, ENDPOINT_KEYS, kind, NULL) == ANSWER_YES;
}
