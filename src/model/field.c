#include "model/field.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
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
        if (strcasecmp(fields[i].key, key) == 0 || strcasecmp(fields[i].label, key) == 0) {
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

void field_time(int64_t ms, struct buf *out)
{
    char text[TIME_TEXT_SIZE];
    if (ms == TIME_NONE) {
        buf_adds(out, "-");
        return;
    }
    time_strftime(ms, "%Y-%m-%d %H:%MZ", text, sizeof text);
    buf_adds(out, text);
}

void field_day(int64_t ms, int64_t now, struct buf *out)
{
    char year[8], this_year[8], text[TIME_TEXT_SIZE];
    if (ms == TIME_NONE) {
        buf_adds(out, "-");
        return;
    }
    time_strftime(ms, "%Y", year, sizeof year);
    time_strftime(now, "%Y", this_year, sizeof this_year);
    time_strftime(ms, strcmp(year, this_year) == 0 ? "%d %b" : "%b %Y", text, sizeof text);
    buf_adds(out, text);
}

void field_id(const struct inventory *inv, struct id id, struct buf *out)
{
    char text[ID_TEXT_SIZE];
    const char *shown = inventory_id_text(inv, id, text);
    if (*shown == '\0') {
        buf_adds(out, "-");
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

int field_compare_time(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

int field_compare_number(double a, double b)
{
    return a < b ? -1 : a > b;
}

bool field_list_read(const struct inventory *inv, enum list_kind list)
{
    enum list_progress progress = inv->lists[list].progress;
    return progress == PROGRESS_LOADING || progress == PROGRESS_COMPLETE ||
           progress == PROGRESS_PARTIAL;
}
