#include "model/field_tables.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"

#include "base/banned.h"

/* -- people of the organisation -- */

static const struct user_row *user_at(const struct field_context *ctx, size_t row)
{
    return &ctx->inv->users[row];
}

static void user_name(const struct field_context *ctx, size_t row, struct buf *out)
{
    char name[256];
    if ((user_at(ctx, row)->unread & UNREAD_NAME) != 0) {
        buf_adds(out, "? ");
    }
    buf_adds(out, inventory_user_name(ctx->inv, user_at(ctx, row), name, sizeof name));
}

static void user_mail(const struct field_context *ctx, size_t row, struct buf *out)
{
    const char *mail = inventory_clean(ctx->inv, user_at(ctx, row)->email);
    buf_adds(out, *mail != '\0' ? mail : "?");
}

static void role_word(const struct field_context *ctx, bool other, const char *name, str_ref text,
                      struct buf *out)
{
    if (other) {
        field_odd(ctx, text, out);
    } else {
        buf_adds(out, name);
    }
}

static void user_org_role(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct user_row *user = user_at(ctx, row);
    role_word(ctx, user->role == ORG_ROLE_OTHER, org_role_name((enum org_role)user->role),
              user->role_text, out);
}

/* In one workspace it is the role there, as in its list of members. */
static void user_role(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct user_row *user = user_at(ctx, row);
    if (id_is_none(ctx->workspace)) {
        user_org_role(ctx, row, out);
        return;
    }
    int member = inventory_find_member(ctx->inv, ctx->workspace, user->id);
    if (org_role_everywhere((enum org_role)user->role)) {
        buf_adds(out, "admin(A)");
    } else if (member < 0) {
        buf_adds(out, "?");
    } else {
        const struct member_row *here = &ctx->inv->members[member];
        role_word(ctx, here->role == WS_ROLE_OTHER, ws_role_name((enum ws_role)here->role),
                  here->role_text, out);
    }
}

static uint64_t user_role_rank(const struct field_context *ctx, size_t row)
{
    return user_at(ctx, row)->role;
}

static enum field_tone user_role_tone(const struct field_context *ctx, size_t row)
{
    return user_at(ctx, row)->role == ORG_MEMBER ? TONE_PLAIN : TONE_WARN;
}

/* How many workspaces: `?` as long as some workspace's members could not be read. */
static void user_workspaces(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_count(inventory_user_counts(ctx->inv, row)->workspaces,
                ctx->inv->lists[LIST_MEMBERS].progress == PROGRESS_COMPLETE, out);
}

static uint64_t user_workspaces_rank(const struct field_context *ctx, size_t row)
{
    return field_rank_count(inventory_user_counts(ctx->inv, row)->workspaces,
                            ctx->inv->lists[LIST_MEMBERS].progress == PROGRESS_COMPLETE);
}

static void user_keys(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_count(inventory_user_counts(ctx->inv, row)->keys,
                inventory_kind_known(ctx->inv, KEY_WORKSPACE_USER), out);
}

static uint64_t user_keys_rank(const struct field_context *ctx, size_t row)
{
    return field_rank_count(inventory_user_counts(ctx->inv, row)->keys,
                            inventory_kind_known(ctx->inv, KEY_WORKSPACE_USER));
}

/* The name of the workspace that a membership is of. */
static void place_name(const struct inventory *inv, int member, struct buf *out)
{
    int row = inventory_workspace_of(inv, member);
    if (row < 0) {
        field_workspace_name(inv, inv->members[member].workspace_id, out);
    } else {
        buf_adds(out, inventory_workspace_name(inv, &inv->workspaces[row]));
    }
}

/* "payments:A", as wide as `room` lets it (0: no limit). */
static void one_role(const struct inventory *inv, int member, int room, struct buf *out)
{
    static const char LETTERS[] = {'A', 'M', 'U', '?'};
    if (room > 0) {
        struct buf name;
        buf_init(&name, 0);
        place_name(inv, member, &name);
        text_shorten(name.data, room - 2, out);
        buf_done(&name);
    } else {
        place_name(inv, member, out);
    }
    buf_addc(out, ':');
    buf_addc(out, LETTERS[inv->members[member].role]);
}

/* All of them; false when they take more than `room` columns. */
static bool whole_roles(const struct inventory *inv, const struct user_row *user, int room,
                        size_t before, struct buf *out)
{
    for (int member = inventory_first_membership(inv, user->id); member >= 0;
         member = inventory_next_membership(inv, member)) {
        buf_adds(out, out->len > before ? " " : "");
        one_role(inv, member, 0, out);
        if (room > 0 && text_width(out->data + before) > room) {
            return false;
        }
    }
    return true;
}

/* The roles of a person as long as they fit, and "..17 more" for the others. */
static void all_roles(const struct inventory *inv, const struct user_row *user, int room,
                      size_t before, struct buf *out)
{
    size_t left = inventory_user_counts(inv, (size_t)(user - inv->users))->workspaces;
    size_t first = out->len;
    struct buf one;
    if (whole_roles(inv, user, room, before, out)) {
        return;
    }
    out->len = first;
    out->data[first] = '\0';
    buf_init(&one, 0);
    for (int member = inventory_first_membership(inv, user->id); member >= 0;
         member = inventory_next_membership(inv, member)) {
        char more[32] = "";
        int gap = out->len > before;
        if (left > 1) {
            snprintf(more, sizeof more, " ..%zu more", left - 1);
        }
        int rest = room - text_width(out->data + before) - gap - (int)strlen(more);
        buf_clear(&one);
        one_role(inv, member, gap ? 0 : rest, &one);
        if (gap && text_width(one.data) > rest) {
            buf_addf(out, " ..%zu more", left);
            break;
        }
        buf_addf(out, "%s%s", gap ? " " : "", one.data);
        left--;
    }
    buf_done(&one);
}

/* "payments:A tools:M": the roles in short. "all:(A)" is who acts as admin everywhere by the role
 * in the organisation, whatever the memberships say. */
static void user_roles(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct inventory *inv = ctx->inv;
    const struct user_row *user = user_at(ctx, row);
    bool here = !id_is_none(ctx->workspace);
    bool everywhere = org_role_everywhere((enum org_role)user->role);
    bool known = inv->lists[LIST_MEMBERS].progress == PROGRESS_COMPLETE;
    size_t before = out->len;
    if (everywhere) {
        buf_adds(out, here ? "(A)" : "all:(A)");
    }
    if (here) {
        int member = inventory_find_member(inv, ctx->workspace, user->id);
        if (member >= 0) {
            buf_adds(out, everywhere ? " " : "");
            one_role(inv, member, 0, out);
        }
    } else if (inventory_list_read(inv, LIST_MEMBERS)) {
        int mark = known ? 0 : 2;
        all_roles(inv, user, ctx->room > mark ? ctx->room - mark : ctx->room, before, out);
    }
    if (!known) {
        buf_adds(out, out->len > before ? " ?" : "?");
    } else if (out->len == before) {
        buf_adds(out, "none");
    }
}

/* May the person make keys in this workspace: for services, for others, or of their own? */
static enum answer makes_keys(const struct inventory *inv, const struct user_row *user,
                              const struct workspace_row *ws, int member)
{
    static const enum power MAKING[] = {POWER_MAKE_SERVICE_KEYS, POWER_MAKE_USER_KEYS,
                                        POWER_MAKE_OWN_KEYS};
    enum ws_role role = member < 0 ? WS_ROLE_OTHER : (enum ws_role)inv->members[member].role;
    enum answer best = ANSWER_NO;
    for (size_t i = 0; i < sizeof MAKING / sizeof *MAKING; i++) {
        enum answer answer =
            access_power(ws, (enum org_role)user->role, member >= 0, role, MAKING[i]).answer;
        best =
            answer == ANSWER_YES || (answer == ANSWER_UNKNOWN && best == ANSWER_NO) ? answer : best;
        if (best == ANSWER_YES) {
            break;
        }
    }
    return best;
}

/* In one workspace yes or no; else the names of those where the person may make keys, and ? behind
 * one where that is not known. */
static void user_make(const struct field_context *ctx, size_t row, struct buf *out)
{
    static const char *const WORDS[] = {
        [ANSWER_NO] = "no", [ANSWER_YES] = "yes", [ANSWER_UNKNOWN] = "?"};
    struct inventory *inv = ctx->inv;
    const struct user_row *user = user_at(ctx, row);
    size_t before = out->len;
    if (!id_is_none(ctx->workspace)) {
        int at = inventory_find_workspace(inv, ctx->workspace);
        int member = inventory_find_member(inv, ctx->workspace, user->id);
        buf_adds(out, at < 0 ? "?" : WORDS[makes_keys(inv, user, &inv->workspaces[at], member)]);
        return;
    }
    if (org_role_everywhere((enum org_role)user->role)) {
        buf_adds(out, "all");
        return;
    }
    for (int member = inventory_first_membership(inv, user->id); member >= 0;
         member = inventory_next_membership(inv, member)) {
        int at = inventory_workspace_of(inv, member);
        enum answer may =
            at < 0 ? ANSWER_UNKNOWN : makes_keys(inv, user, &inv->workspaces[at], member);
        if (may == ANSWER_NO || (at >= 0 && inv->workspaces[at].archived)) {
            continue;
        }
        buf_adds(out, out->len > before ? ", " : "");
        place_name(inv, member, out);
        buf_adds(out, may == ANSWER_UNKNOWN ? "?" : "");
    }
    if (user->role == ORG_ROLE_OTHER || inv->lists[LIST_MEMBERS].progress != PROGRESS_COMPLETE) {
        buf_adds(out, out->len > before ? ", ?" : "?");
    } else if (out->len == before) {
        buf_adds(out, "none");
    }
}

static void user_since(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct user_row *user = user_at(ctx, row);
    if (user->of_members) {
        buf_adds(out, "?");
    } else {
        field_time(ctx, user->created_at, out);
    }
}

static uint64_t user_since_rank(const struct field_context *ctx, size_t row)
{
    return field_rank_time(user_at(ctx, row)->created_at);
}

static void user_id(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_id(ctx, user_at(ctx, row)->id, out);
}

static enum field_known user_workspaces_value(const struct field_context *ctx, size_t row,
                                              int64_t *out)
{
    return field_value_count(inventory_user_counts(ctx->inv, row)->workspaces,
                             ctx->inv->lists[LIST_MEMBERS].progress == PROGRESS_COMPLETE, out);
}

static enum field_known user_keys_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    return field_value_count(inventory_user_counts(ctx->inv, row)->keys,
                             inventory_kind_known(ctx->inv, KEY_WORKSPACE_USER), out);
}

static enum field_known user_since_value(const struct field_context *ctx, size_t row, int64_t *out)
{
    const struct user_row *user = user_at(ctx, row);
    return user->of_members ? VALUE_UNKNOWN : field_value_time(user->created_at, out);
}

const struct field USER_FIELDS[] = {
    {"name", "NAME", 0, 0, FIELD_S, false, user_name, NULL, NULL, .search = SEARCH_FUZZY},
    {"mail", "MAIL", 28, 34, FIELD_S, false, user_mail, NULL, NULL, .search = SEARCH_PART},
    {"role", "ROLE", 6, 6, FIELD_S, false, user_role, user_role_rank, user_role_tone,
     .search = SEARCH_PART},
    {"workspaces", "WS", 4, 4, FIELD_S, true, user_workspaces, user_workspaces_rank, NULL,
     SEARCH_NO, .type = TYPE_COUNT, .value = user_workspaces_value},
    {"keys", "KEYS", 4, 4, FIELD_S, true, user_keys, user_keys_rank, NULL, SEARCH_NO,
     .type = TYPE_COUNT, .value = user_keys_value},
    {"roles", "ROLES", 24, 40, FIELD_M, false, user_roles, NULL, NULL, .search = SEARCH_NO},
    {"org", "ORG ROLE", 8, 8, FIELD_DETAIL, false, user_org_role, NULL, NULL, .search = SEARCH_NO},
    {"since", "SINCE", 17, 17, FIELD_L, false, user_since, user_since_rank, NULL, SEARCH_NO,
     .type = TYPE_TIME, .value = user_since_value},
    {"make", "MAKES KEYS", 24, 40, FIELD_DETAIL, false, user_make, NULL, NULL, .search = SEARCH_NO},
    {"id", "ID", 36, 36, FIELD_DETAIL, false, user_id, NULL, NULL, SEARCH_START, .type = TYPE_ID},
};
const size_t USER_FIELD_COUNT = sizeof USER_FIELDS / sizeof *USER_FIELDS;

/* -- memberships -- */

static const struct member_row *member_at(const struct field_context *ctx, size_t row)
{
    return &ctx->inv->members[row];
}

static void member_name(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct member_row *member = member_at(ctx, row);
    const char *first = inventory_clean(ctx->inv, member->first_name);
    const char *last = inventory_clean(ctx->inv, member->last_name);
    if (*first == '\0' && *last == '\0') {
        field_user_name(ctx->inv, member->user_id, out);
    } else {
        buf_addf(out, "%s%s%s", first, *first != '\0' && *last != '\0' ? " " : "", last);
    }
}

static void member_mail(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct member_row *member = member_at(ctx, row);
    const char *mail = inventory_clean(ctx->inv, member->email);
    int user = inventory_find_user(ctx->inv, member->user_id);
    if (*mail == '\0' && user >= 0) {
        user_mail(ctx, (size_t)user, out); /* the members of a workspace have none [LIVE] */
    } else {
        buf_adds(out, *mail != '\0' ? mail : "?");
    }
}

static void member_role(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct member_row *member = member_at(ctx, row);
    if (access_by_org_role(ctx->inv, member)) {
        buf_adds(out, "admin(A)");
        return;
    }
    role_word(ctx, member->role == WS_ROLE_OTHER, ws_role_name((enum ws_role)member->role),
              member->role_text, out);
}

static uint64_t member_role_rank(const struct field_context *ctx, size_t row)
{
    return access_ws_role(ctx->inv, member_at(ctx, row));
}

static void member_org_role(const struct field_context *ctx, size_t row, struct buf *out)
{
    const struct member_row *member = member_at(ctx, row);
    int user = inventory_find_user(ctx->inv, member->user_id);
    if (member->org_role == ORG_ROLE_OTHER && user >= 0) {
        user_org_role(ctx, (size_t)user, out);
    } else {
        role_word(ctx, member->org_role == ORG_ROLE_OTHER,
                  org_role_name((enum org_role)member->org_role), STR_NONE, out);
    }
}

static void member_workspace(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_workspace_name(ctx->inv, member_at(ctx, row)->workspace_id, out);
}

static void member_since(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_time(ctx, member_at(ctx, row)->created_at, out);
}

static uint64_t member_since_rank(const struct field_context *ctx, size_t row)
{
    return field_rank_time(member_at(ctx, row)->created_at);
}

static void member_id(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_id(ctx, member_at(ctx, row)->user_id, out);
}

static enum field_known member_since_value(const struct field_context *ctx, size_t row,
                                           int64_t *out)
{
    return field_value_time(member_at(ctx, row)->created_at, out);
}

static void member_workspace_also(const struct field_context *ctx, size_t row, struct buf *out)
{
    field_workspace_also(ctx->inv, member_at(ctx, row)->workspace_id, out);
}

const struct field MEMBER_FIELDS[] = {
    {"name", "NAME", 0, 0, FIELD_S, false, member_name, NULL, NULL, .search = SEARCH_FUZZY},
    {"mail", "MAIL", 28, 34, FIELD_S, false, member_mail, NULL, NULL, .search = SEARCH_PART},
    {"role", "ROLE", 8, 8, FIELD_S, false, member_role, member_role_rank, NULL,
     .search = SEARCH_PART},
    {"org", "ORG ROLE", 8, 8, FIELD_S, false, member_org_role, NULL, NULL, .search = SEARCH_PART},
    {"workspace", "WORKSPACE", 16, 20, FIELD_S, false, member_workspace, NULL, NULL, SEARCH_PART,
     .also = member_workspace_also},
    {"since", "SINCE", 17, 17, FIELD_L, false, member_since, member_since_rank, NULL, SEARCH_NO,
     .type = TYPE_TIME, .value = member_since_value},
    {"id", "ID", 36, 36, FIELD_DETAIL, false, member_id, NULL, NULL, SEARCH_START, .type = TYPE_ID},
};
const size_t MEMBER_FIELD_COUNT = sizeof MEMBER_FIELDS / sizeof *MEMBER_FIELDS;
