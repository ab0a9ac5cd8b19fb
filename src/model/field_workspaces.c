#include "model/field_tables.h"

#include "base/clock.h"
#include "model/access.h"

#include "base/banned.h"

static const struct workspace_row *workspace_at(const struct field_context *ctx, size_t row)
{
    return &ctx->inv->workspaces[row];
}

static void name_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    buf_adds(out, (workspace_at(ctx, row)->unread & UNREAD_NAME) != 0
                      ? "?"
                      : inventory_workspace_name(ctx->inv, workspace_at(ctx, row)));
    if (workspace_at(ctx, row)->archived && !ctx->plain) {
        buf_adds(out, " (archived)");
    }
}

static enum field_tone name_tone(const struct field_context *ctx, size_t row)
{
    return workspace_at(ctx, row)->archived ? TONE_DIM : TONE_PLAIN;
}

static void slug_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_told(ctx, workspace_at(ctx, row)->slug, out);
}

static bool members_read(const struct field_context *ctx, size_t row)
{
    enum list_progress progress = ctx->inv->member_states[row].progress;
    return progress == PROGRESS_COMPLETE || progress == PROGRESS_PARTIAL;
}

/* Of the people who can reach a workspace, or of its keys. */
enum part { PART_ALL, PART_ADMINS, PART_MANAGERS, PART_MEMBERS, PART_SERVICE, PART_USER };

/* A role that is not known may be any; and whoever has one in the organisation is admin. */
static enum field_known people_value(const struct field_context *ctx, size_t row, enum part part,
                                     int64_t *out)
{
    const struct inventory *inv = ctx->inv;
    struct people people;
    if (workspace_at(ctx, row)->archived) {
        return VALUE_NONE; /* nobody gets in, and no server tells who once did */
    }
    if (!members_read(ctx, row)) {
        return VALUE_UNKNOWN;
    }
    access_people(inv, row, &people);
    size_t all = people.admins + people.managers + people.members + people.other;
    size_t count = part == PART_ADMINS     ? people.admins
                   : part == PART_MANAGERS ? people.managers
                   : part == PART_MEMBERS  ? people.members
                                           : all;
    bool exact = inv->member_states[row].progress == PROGRESS_COMPLETE &&
                 (part == PART_ALL || people.other == 0);
    if (part == PART_ALL || part == PART_ADMINS) {
        exact = exact && inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE &&
                (inventory_unread(inv, LIST_USERS) & UNREAD_ROLE) == 0;
    }
    return field_value_count(count, exact, out);
}

static enum field_known key_value(const struct field_context *ctx, size_t row, enum part part,
                                  int64_t *out)
{
    const struct workspace_counts *counts = inventory_workspace_counts(ctx->inv, row);
    bool service = field_keys_known(ctx->inv, KEY_WORKSPACE_SERVICE);
    bool user = field_keys_known(ctx->inv, KEY_WORKSPACE_USER);
    if (part == PART_SERVICE) {
        return field_value_count(counts->service_keys, service, out);
    }
    if (part == PART_USER) {
        return field_value_count(counts->user_keys, user, out);
    }
    return field_value_count((uint64_t)counts->service_keys + counts->user_keys +
                                 counts->other_keys,
                             service && user, out);
}

/* "12", "12?" where there may be more, "?". */
static void value_text(const struct field_context *ctx, enum field_known known, int64_t value,
                       struct buf *out)
{
    if (known == VALUE_NONE) {
        field_none(ctx, out);
    } else {
        field_count((uint32_t)(known == VALUE_UNKNOWN ? 0 : value), known == VALUE_IS, out);
    }
}

/* What is not known comes first. */
static uint64_t value_rank(enum field_known known, int64_t value)
{
    return known == VALUE_IS || known == VALUE_AT_LEAST ? field_rank_count((uint32_t)value, true)
                                                        : 0;
}

static void people_text(const struct field_context *ctx, size_t row, enum part part,
                        struct buf *out)
{
    int64_t value = 0;
    enum field_known known = people_value(ctx, row, part, &value);
    value_text(ctx, known, value, out);
}

static void key_text(const struct field_context *ctx, size_t row, enum part part, struct buf *out)
{
    int64_t value = 0;
    enum field_known known = key_value(ctx, row, part, &value);
    value_text(ctx, known, value, out);
}

/* admins/managers/members, by the role that counts; a file has how many these are together, since a
 * spreadsheet makes days of such texts, and a column for each. */
static void members_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    if (ctx->plain) {
        people_text(ctx, row, PART_ALL, out);
        return;
    }
    if (workspace_at(ctx, row)->archived) {
        buf_adds(out, "archived");
        return;
    }
    if (!members_read(ctx, row)) {
        buf_adds(out, "?");
        return;
    }
    struct people people;
    access_people(ctx->inv, row, &people);
    field_count((uint32_t)people.admins, ctx->inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE,
                out);
    buf_addf(out, "/%zu/%zu", people.managers, people.members);
    if (people.other > 0) {
        buf_addf(out, "+%zu", people.other);
    }
    if (ctx->inv->member_states[row].progress == PROGRESS_PARTIAL) {
        buf_addc(out, '?');
    }
}

static enum field_known members_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return people_value(ctx, row, PART_ALL, out);
}

static uint64_t members_rank(const struct field_context *ctx, size_t row)
{
    int64_t value = 0;
    enum field_known known = members_value(ctx, row, &value);
    return value_rank(known, value);
}

/* service/user; a file as for the members. */
static void keys_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct workspace_counts *counts = inventory_workspace_counts(ctx->inv, row);
    bool service = field_keys_known(ctx->inv, KEY_WORKSPACE_SERVICE);
    bool user = field_keys_known(ctx->inv, KEY_WORKSPACE_USER);
    if (ctx->plain) {
        key_text(ctx, row, PART_ALL, out);
        return;
    }
    if (!service && !user && counts->service_keys + counts->user_keys + counts->other_keys == 0) {
        buf_adds(out, "?");
        return;
    }
    field_count(counts->service_keys, service, out);
    buf_addc(out, '/');
    field_count(counts->user_keys, user, out);
    if (counts->other_keys > 0) {
        buf_addf(out, "+%u", counts->other_keys);
    }
}

static enum field_known keys_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return key_value(ctx, row, PART_ALL, out);
}

static uint64_t keys_rank(const struct field_context *ctx, size_t row)
{
    int64_t value = 0;
    enum field_known known = keys_value(ctx, row, &value);
    return value_rank(known, value);
}

/* Each part as a number of its own. */
#define PART_COLUMN(name, what, part)                                                              \
    static void name##_text(const struct field_context *ctx, size_t row, struct buf *out)          \
    {                                                                                              \
        what##_text(ctx, row, part, out);                                                          \
    }                                                                                              \
    static enum field_known name##_value(const struct field_context *ctx, size_t row,              \
                                         int64_t *out)                                             \
    {                                                                                              \
        return what##_value(ctx, row, part, out);                                                  \
    }                                                                                              \
    static uint64_t name##_rank(const struct field_context *ctx, size_t row)                       \
    {                                                                                              \
        int64_t value = 0;                                                                         \
        enum field_known known = name##_value(ctx, row, &value);                                   \
        return value_rank(known, value);                                                           \
    }
PART_COLUMN(admins, people, PART_ADMINS)
PART_COLUMN(managers, people, PART_MANAGERS)
PART_COLUMN(plain_members, people, PART_MEMBERS)
PART_COLUMN(service_keys, key, PART_SERVICE)
PART_COLUMN(user_keys, key, PART_USER)
#undef PART_COLUMN

static void switch_text(const struct field_context *ctx, size_t row, const char *name,
                        struct buf *out)
{
    const struct workspace_row *ws = workspace_at(ctx, row);
    int number = switch_find(name);
    if ((ws->switches_known >> number & 1) == 0) {
        buf_adds(out, "?");
    } else {
        buf_adds(out, (ws->switches_on >> number & 1) != 0 ? "yes" : "no");
    }
}

static enum field_tone switch_tone(const struct field_context *ctx, size_t row, const char *name)
{
    return (workspace_at(ctx, row)->switches_on >> switch_find(name) & 1) != 0 ? TONE_WARN
                                                                               : TONE_PLAIN;
}

static void make_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    switch_text(ctx, row, "membersWriteApiKeys", out);
}

static enum field_tone make_tone(const struct field_context *ctx, size_t row)
{
    return switch_tone(ctx, row, "membersWriteApiKeys");
}

static void view_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    switch_text(ctx, row, "membersViewApiKeys", out);
}

static enum field_tone view_tone(const struct field_context *ctx, size_t row)
{
    return switch_tone(ctx, row, "membersViewApiKeys");
}

static void logs_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    switch_text(ctx, row, "membersViewLogs", out);
}

static enum field_tone logs_tone(const struct field_context *ctx, size_t row)
{
    return switch_tone(ctx, row, "membersViewLogs");
}

static void limits_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct workspace_row *ws = workspace_at(ctx, row);
    if (!ws->has_usage_limits && !ws->has_rate_limits) {
        buf_adds(out, (ws->unread & UNREAD_LIMITS) != 0 ? "?" : "none");
        return;
    }
    buf_addf(out, "%s%s%s%s", ws->has_usage_limits ? "budget" : "",
             ws->has_usage_limits && ws->has_rate_limits ? "+" : "",
             ws->has_rate_limits ? "rate" : "", (ws->unread & UNREAD_LIMITS) != 0 ? "?" : "");
}

/* A fact that few have: the others are left blank for the eye. */
static void yes_text(const struct field_context *ctx, bool yes, struct buf *out)
{
    buf_adds(out, yes ? "yes" : ctx->plain ? "no" : "-");
}

static void scim_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    if ((workspace_at(ctx, row)->unread & UNREAD_SCIM) != 0) {
        buf_addc(out, '?');
    } else {
        yes_text(ctx, workspace_at(ctx, row)->scim_source != STR_NONE, out);
    }
}

static void default_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    if ((workspace_at(ctx, row)->unread & UNREAD_DEFAULT) != 0) {
        buf_addc(out, '?');
    } else {
        yes_text(ctx, workspace_at(ctx, row)->is_default, out);
    }
}

static void status_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct workspace_row *ws = workspace_at(ctx, row);
    if ((ws->unread & UNREAD_STATUS) != 0) {
        field_odd(ctx, ws->status, out);
    } else {
        field_told(ctx, ws->status, out);
    }
}

static void created_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_time(ctx, workspace_at(ctx, row)->created_at, out);
}

static uint64_t created_rank(const struct field_context *ctx, size_t row)
{
    return field_rank_time(workspace_at(ctx, row)->created_at);
}

static void description_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_text(ctx, workspace_at(ctx, row)->description,
               (workspace_at(ctx, row)->unread & UNREAD_DESCRIPTION) != 0, out);
}

static void id_text(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_id(ctx, workspace_at(ctx, row)->id, out);
}

static enum field_known created_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return field_value_time(workspace_at(ctx, row)->created_at, out);
}

const struct field WORKSPACE_FIELDS[] = {
    {"name", "NAME", 0, 0, FIELD_S, false, name_text, NULL, name_tone, .search = SEARCH_FUZZY},
    {"slug", "SLUG", 17, 17, FIELD_S, false, slug_text, NULL, NULL, .search = SEARCH_PART},
    {"members", "A/M/U", 8, 8, FIELD_S, true, members_text, members_rank, NULL, SEARCH_NO,
     .type = TYPE_COUNT, .value = members_value},
    {"keys", "SVC/USR", 8, 8, FIELD_S, true, keys_text, keys_rank, NULL, SEARCH_NO,
     .type = TYPE_COUNT, .value = keys_value},
    {"limits", "LIMITS", 11, 11, FIELD_S, false, limits_text, NULL, NULL, .search = SEARCH_NO},
    {"make", "MAKE KEYS", 9, 9, FIELD_M, false, make_text, NULL, make_tone, .search = SEARCH_NO},
    {"scim", "SCIM", 4, 4, FIELD_M, false, scim_text, NULL, NULL, SEARCH_NO, .type = TYPE_FLAG},
    {"view", "SEE KEYS", 8, 8, FIELD_L, false, view_text, NULL, view_tone, .search = SEARCH_NO},
    {"logs", "SEE LOGS", 8, 8, FIELD_L, false, logs_text, NULL, logs_tone, .search = SEARCH_NO},
    {"default", "DEFAULT", 7, 7, FIELD_L, false, default_text, NULL, NULL, SEARCH_NO,
     .type = TYPE_FLAG},
    {"status", "STATUS", 8, 8, FIELD_L, false, status_text, NULL, NULL, .search = SEARCH_PART},
    {"created", "CREATED", 17, 17, FIELD_L, false, created_text, created_rank, NULL, SEARCH_NO,
     .type = TYPE_TIME, .value = created_value},
    {"admins", "ADMINS", 6, 6, FIELD_DETAIL, true, admins_text, admins_rank, NULL, SEARCH_NO,
     .type = TYPE_COUNT, .value = admins_value},
    {"managers", "MANAGERS", 8, 8, FIELD_DETAIL, true, managers_text, managers_rank, NULL,
     SEARCH_NO, .type = TYPE_COUNT, .value = managers_value},
    {"plain_members", "PLAIN MEMBERS", 13, 13, FIELD_DETAIL, true, plain_members_text,
     plain_members_rank, NULL, SEARCH_NO, .type = TYPE_COUNT, .value = plain_members_value},
    {"service_keys", "SERVICE KEYS", 12, 12, FIELD_DETAIL, true, service_keys_text,
     service_keys_rank, NULL, SEARCH_NO, .type = TYPE_COUNT, .value = service_keys_value},
    {"user_keys", "USER KEYS", 9, 9, FIELD_DETAIL, true, user_keys_text, user_keys_rank, NULL,
     SEARCH_NO, .type = TYPE_COUNT, .value = user_keys_value},
    {"description", "DESCRIPTION", 30, 40, FIELD_DETAIL, false, description_text, NULL, NULL,
     .search = SEARCH_PART},
    {"id", "ID", 36, 36, FIELD_DETAIL, false, id_text, NULL, NULL, SEARCH_START, .type = TYPE_ID},
};
const size_t WORKSPACE_FIELD_COUNT = sizeof WORKSPACE_FIELDS / sizeof *WORKSPACE_FIELDS;
