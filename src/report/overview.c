#include "report/report.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "model/field.h"
#include "report/json.h"

#include "base/banned.h"

/* A number, and whether it is the whole truth: what was counted is all there is. Where it is not,
 * it is the least that there is. */
struct number {
    const char *name;
    size_t count;
    bool exact;
};

#define GROUP_MAX 8

/* Numbers that belong together: a line of the table, an object in JSON. */
struct group {
    const char *key;   /* "keys_by_kind"; "" for those that stand alone */
    const char *label; /* "Keys" */
    struct number numbers[GROUP_MAX];
    int length;
};

enum { BY_KIND, BY_PLACE, BY_STATUS, BY_ORG_ROLE, BY_WS_ROLE, ALONE, GROUP_COUNT };
enum { IN_WORKSPACES, IN_NONE, UNPLACED, PLACE_COUNT };
enum {
    NO_EXPIRY,
    EXPIRE_SOON,
    NO_LIMITS,
    CHANGE_KEYS,
    LEFT_ORGANISATION,
    LEFT_WORKSPACE,
    NOWHERE,
    ALONE_COUNT
};

static void name_all(struct group *group, const char *key, const char *label, int length,
                     const char *(*word)(int))
{
    *group = (struct group){.key = key, .label = label, .length = length};
    for (int i = 0; i < length; i++) {
        group->numbers[i].name = word(i);
    }
}

static const char *kind_word(int i)
{
    return key_kind_name((enum key_kind)i);
}

static const char *status_word(int i)
{
    return key_status_name((enum key_status)i);
}

/* In some workspace; of the organisation itself; it is not known where. */
static const char *place_word(int i)
{
    static const char *const WORDS[] = {
        [IN_WORKSPACES] = "in_workspaces", [IN_NONE] = "organisation", [UNPLACED] = "unplaced"};
    return WORDS[i];
}

static const char *org_word(int i)
{
    return org_role_name((enum org_role)i);
}

static const char *ws_word(int i)
{
    return ws_role_name((enum ws_role)i);
}

static const char *alone_word(int i)
{
    static const char *const WORDS[] = {
        [NO_EXPIRY] = "active_without_expiry",
        [EXPIRE_SOON] = "active_expiring_in_7_days",
        [NO_LIMITS] = "active_without_limits",
        [CHANGE_KEYS] = "active_that_change_keys",
        [LEFT_ORGANISATION] = "keys_of_owners_who_left_the_organisation",
        [LEFT_WORKSPACE] = "keys_of_owners_who_left_the_workspace",
        [NOWHERE] = "people_without_workspace",
    };
    return WORDS[i];
}

/* A key of which it cannot be told makes a number the least there is. */
static void count_keys(const struct inventory *inv, int64_t now, struct group *groups)
{
    struct number *alone = groups[ALONE].numbers;
    for (size_t i = 0; i < inv->key_count; i++) {
        const struct key_row *key = &inv->keys[i];
        const struct key_extra *extra = inventory_extra(inv, key);
        bool live = !key_is_expired(key, now);
        bool active = live && key->status == STATUS_ACTIVE;
        bool perhaps = live && key->status == STATUS_OTHER;
        groups[BY_KIND].numbers[key->kind].count++;
        groups[BY_STATUS]
            .numbers[key->status == STATUS_ACTIVE && !live ? STATUS_EXPIRED : key->status]
            .count++;
        alone[NO_EXPIRY].count += active && key->expires_at == TIME_NONE;
        alone[EXPIRE_SOON].count +=
            active && key->expires_at != TIME_NONE && key->expires_at < now + 7 * DAY_MS;
        /* Danger does not end where models do: every key that is not expired counts. */
        alone[CHANGE_KEYS].count += live && (scope_set_marks(&key->scopes) & SCOPE_MARK_KEYS) != 0;
        /* The organisation's keys call no models: nobody sets limits on them. */
        bool no_limits = extra->rates_total == 0 && !extra->usage.has_budget &&
                         (key->unread & UNREAD_LIMITS) == 0;
        alone[NO_LIMITS].count += active && key->kind != KEY_ORGANISATION_SERVICE && no_limits;
        enum owner_state owner = access_owner(inv, i);
        alone[LEFT_ORGANISATION].count += owner == OWNER_LEFT_ORGANISATION;
        alone[LEFT_WORKSPACE].count += owner == OWNER_LEFT_WORKSPACE;
        if (owner == OWNER_UNKNOWN) {
            alone[LEFT_ORGANISATION].exact = alone[LEFT_WORKSPACE].exact = false;
        }
        if (perhaps || (active && (key->unread & UNREAD_EXPIRES) != 0)) {
            alone[NO_EXPIRY].exact = alone[EXPIRE_SOON].exact = false;
        }
        if (perhaps || (active && (key->unread & (UNREAD_LIMITS | UNREAD_TYPE)) != 0)) {
            alone[NO_LIMITS].exact = false;
        }
        if (live && (key->unread & (UNREAD_SCOPES | UNREAD_EXPIRES)) != 0) {
            alone[CHANGE_KEYS].exact = false;
        }
    }
}

static void all_exact(struct group *group, bool exact)
{
    for (int i = 0; i < group->length; i++) {
        group->numbers[i].exact = exact;
    }
}

/* People who are a member of no workspace and do not act in all of them by their role. */
static void count_nowhere(const struct inventory *inv, struct number *number)
{
    number->exact = inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE &&
                    inv->lists[LIST_MEMBERS].progress == PROGRESS_COMPLETE &&
                    (inventory_unread(inv, LIST_USERS) & UNREAD_ROLE) == 0;
    for (size_t i = 0; inventory_list_read(inv, LIST_MEMBERS) && i < inv->user_count; i++) {
        number->count += !org_role_everywhere((enum org_role)inv->users[i].role) &&
                         inventory_user_counts(inv, i)->workspaces == 0;
    }
}

/* With those of no workspace the keys of all workspaces are all keys. */
static void count_places(const struct inventory *inv, struct group *places)
{
    struct number *numbers = places->numbers;
    bool placed = inventory_kind_known(inv, KEY_WORKSPACE_SERVICE) &&
                  inventory_kind_known(inv, KEY_WORKSPACE_USER) &&
                  inventory_unplaced_keys(inv) == 0;
    numbers[IN_NONE].count = inventory_organisation_keys(inv);
    numbers[UNPLACED].count = inventory_unplaced_keys(inv);
    numbers[IN_WORKSPACES].count =
        inv->key_count - numbers[IN_NONE].count - numbers[UNPLACED].count;
    numbers[IN_NONE].exact = inventory_kind_known(inv, KEY_ORGANISATION_SERVICE);
    numbers[IN_WORKSPACES].exact = placed;
    numbers[UNPLACED].exact = placed && numbers[IN_NONE].exact;
}

static bool roles_known(const struct inventory *inv, enum list_kind list)
{
    return inv->lists[list].progress == PROGRESS_COMPLETE &&
           (inventory_unread(inv, list) & UNREAD_ROLE) == 0;
}

static void count(const struct inventory *inv, int64_t now, struct group *groups)
{
    char why[INVENTORY_WHY_SIZE];
    bool keys = inventory_keys_held(inv, why, sizeof why);
    unsigned odd = inventory_unread(inv, LIST_KEYS);
    name_all(&groups[BY_KIND], "keys_by_kind", "Keys", KEY_KIND_COUNT + 1, kind_word);
    name_all(&groups[BY_PLACE], "keys_by_place", "", PLACE_COUNT, place_word);
    name_all(&groups[BY_STATUS], "keys_by_status", "", STATUS_OTHER + 1, status_word);
    name_all(&groups[BY_ORG_ROLE], "users_by_role", "People", ORG_ROLE_OTHER + 1, org_word);
    name_all(&groups[BY_WS_ROLE], "members_by_role", "Memberships", WS_ROLE_OTHER + 1, ws_word);
    name_all(&groups[ALONE], "", "", ALONE_COUNT, alone_word);
    all_exact(&groups[BY_KIND], keys && (odd & UNREAD_TYPE) == 0);
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        groups[BY_KIND].numbers[kind].exact = inventory_kind_known(inv, (enum key_kind)kind);
    }
    count_places(inv, &groups[BY_PLACE]);
    all_exact(&groups[BY_STATUS], keys && (odd & (UNREAD_STATUS | UNREAD_EXPIRES)) == 0);
    all_exact(&groups[ALONE], keys);
    all_exact(&groups[BY_ORG_ROLE], roles_known(inv, LIST_USERS));
    all_exact(&groups[BY_WS_ROLE], roles_known(inv, LIST_MEMBERS));
    count_keys(inv, now, groups);
    count_nowhere(inv, &groups[ALONE].numbers[NOWHERE]);
    for (size_t i = 0; i < inv->user_count; i++) {
        groups[BY_ORG_ROLE].numbers[inv->users[i].role].count++;
    }
    for (size_t i = 0; i < inv->member_count; i++) {
        groups[BY_WS_ROLE].numbers[inv->members[i].role].count++;
    }
}

/* -- JSON -- */

static json_t *lists_json(const struct inventory *inv)
{
    json_t *lists = json_object();
    for (int l = 0; l < LIST_COUNT; l++) {
        enum list_kind list = (enum list_kind)l;
        const struct list_state *state = &inv->lists[l];
        json_t *entry = json_object();
        json_object_set_new(entry, "complete", json_boolean(report_list_complete(inv, list)));
        json_object_set_new(entry, "counted",
                            inventory_list_read(inv, list)
                                ? json_integer((json_int_t)state->counted)
                                : json_null());
        json_object_set_new(entry, "total",
                            state->total < 0 ? json_null() : json_integer(state->total));
        json_object_set_new(entry, "missing", report_json_missing(inv, list));
        json_object_set_new(lists, list_name(list), entry);
    }
    return lists;
}

static json_t *own_json(const struct inventory *inv)
{
    if (inv->own_key < 0) {
        return json_null();
    }
    const struct key_row *own = &inv->keys[inv->own_key];
    json_t *object = json_object();
    json_object_set_new(object, "id", report_json_id(inv, own->id));
    json_object_set_new(object, "name", report_json_text(inv, own->name));
    json_object_set_new(object, "type", json_string(key_kind_name((enum key_kind)own->kind)));
    json_object_set_new(object, "mask", report_json_ref(inv, own->mask));
    json_object_set_new(object, "scopes",
                        (own->unread & UNREAD_SCOPES) != 0
                            ? json_null()
                            : json_integer(field_key_scope_count(inv, own)));
    return object;
}

/* An exact number stands in place. What is only the least there is stands under "at_least", and
 * null in its place, so that no script takes it for the truth. */
static void group_json(const struct group *group, json_t *root, json_t *at_least)
{
    bool alone = group->key[0] == '\0';
    json_t *exact = alone ? json_incref(root) : json_object();
    json_t *least = alone ? json_incref(at_least) : json_object();
    for (int i = 0; i < group->length; i++) {
        const struct number *number = &group->numbers[i];
        json_object_set_new(exact, number->name,
                            number->exact ? json_integer((json_int_t)number->count) : json_null());
        if (!number->exact && number->count > 0) {
            json_object_set_new(least, number->name, json_integer((json_int_t)number->count));
        }
    }
    if (!alone) {
        json_object_set(root, group->key, exact);
        if (json_object_size(least) > 0) {
            json_object_set(at_least, group->key, least);
        }
    }
    json_decref(exact);
    json_decref(least);
}

/* The oldest reading of what is told. */
static int64_t oldest(const struct inventory *inv)
{
    int64_t oldest = TIME_NONE;
    for (int list = 0; list < LIST_COUNT; list++) {
        int64_t at = report_as_of(inv, (enum list_kind)list);
        oldest = at != TIME_NONE && (oldest == TIME_NONE || at < oldest) ? at : oldest;
    }
    return oldest;
}

static void overview_json(FILE *out, const struct inventory *inv, const char *profile,
                          const char *base_url, const struct group *groups,
                          const struct report_options *options)
{
    json_t *object = report_json_head(inv, oldest(inv), options);
    json_t *at_least = json_object();
    json_object_set_new(
        object, "organisation",
        json_pack("{s:o,s:s?}", "id", report_json_id(inv, inv->organisation_id), "name", profile));
    json_object_set_new(object, "base_url", json_string(base_url));
    json_object_set_new(object, "own_key", own_json(inv));
    json_object_set_new(object, "lists", lists_json(inv));
    for (int i = 0; i < GROUP_COUNT; i++) {
        group_json(&groups[i], object, at_least);
    }
    json_object_set_new(object, "at_least", at_least);
    report_json_write(out, object, JSON_INDENT(2));
    fputc('\n', out);
}

/* -- table -- */

/* "12", "12?" where there may be more, and "?" rather than a zero that is not known. */
static void print_number(FILE *out, const struct number *number)
{
    if (number->exact || number->count > 0) {
        fprintf(out, "%zu", number->count);
    }
    fputs(number->exact ? "" : "?", out);
}

/* Prints "12 owner, 3 admin": every word with its number. */
static void print_group(FILE *out, const struct group *group)
{
    fprintf(out, "%-14s", group->label);
    bool first = true;
    for (int i = 0; i < group->length; i++) {
        if (i == group->length - 1 && group->numbers[i].count == 0) {
            continue;
        }
        fputs(first ? "" : ", ", out);
        print_number(out, &group->numbers[i]);
        fprintf(out, " %s", group->numbers[i].name);
        first = false;
    }
    fputc('\n', out);
}

/* Where the keys are, in the words of the other lists. */
static void print_places(FILE *out, const struct group *places)
{
    const struct number *numbers = places->numbers;
    fprintf(out, "%-14s", "");
    print_number(out, &numbers[IN_WORKSPACES]);
    fputs(" in workspaces, ", out);
    print_number(out, &numbers[IN_NONE]);
    fputs(" (organisation)", out);
    if (numbers[UNPLACED].count > 0) {
        fprintf(out, ", %zu of which it is not known in which workspace", numbers[UNPLACED].count);
    }
    fputc('\n', out);
}

static void print_head(FILE *out, const struct inventory *inv, const char *profile,
                       const char *base_url, const struct report_options *options)
{
    char id[ID_TEXT_SIZE];
    const char *shown = inventory_id_text(inv, inv->organisation_id, id);
    struct buf clean;
    buf_init(&clean, 0);
    text_clean(shown, strlen(shown), &clean);
    fprintf(out, "%-14s%s  id %s\n%-14s%s\n", "Organisation",
            profile != NULL ? profile : "of PORTKEY_API_KEY", clean.len > 0 ? clean.data : "?",
            "Base URL", base_url);
    buf_done(&clean);
    if (inv->own_key >= 0) {
        const struct key_row *own = &inv->keys[inv->own_key];
        struct buf brief;
        buf_init(&brief, 0);
        field_key_brief(inv, own, &brief);
        fprintf(out, "%-14s%s\n", "Own key", brief.data);
        buf_done(&brief);
    } else {
        fprintf(out, "%-14s? not found in the list, so what it may do is not known\n", "Own key");
    }
    char time[TIME_TEXT_SIZE] = "?";
    if (oldest(inv) != TIME_NONE) {
        time_format(oldest(inv), time);
    }
    fprintf(out, "%-14s%s%s%s\n", "Read", time, options->read_with == NULL ? "" : " with ",
            options->read_with == NULL ? "" : options->read_with);
    fputc('\n', out);
}

static const char *if_one(const struct number *number, const char *one, const char *many)
{
    return number->count == 1 ? one : many;
}

static void overview_table(FILE *out, const struct inventory *inv, const char *profile,
                           const char *base_url, const struct group *groups,
                           const struct report_options *options)
{
    const struct number *alone = groups[ALONE].numbers;
    struct buf words;
    print_head(out, inv, profile, base_url, options);
    buf_init(&words, 0);
    for (int l = 0; l < LIST_COUNT; l++) {
        buf_clear(&words);
        report_list_words_unnamed(inv, (enum list_kind)l, &words);
        fprintf(out, "%-14s%s\n", list_name((enum list_kind)l), words.data);
    }
    buf_done(&words);
    fputc('\n', out);
    for (int i = 0; i < ALONE; i++) {
        if (i == BY_PLACE) {
            print_places(out, &groups[i]);
        } else {
            print_group(out, &groups[i]);
        }
    }
    fputs("\nOf the active keys: ", out);
    if (!inventory_list_read(inv, LIST_KEYS)) {
        fputs("?\n", out);
        return;
    }
    print_number(out, &alone[NO_EXPIRY]);
    fprintf(out, " never expire%s, ", if_one(&alone[NO_EXPIRY], "s", ""));
    print_number(out, &alone[EXPIRE_SOON]);
    fprintf(out, " expire%s within 7 days, ", if_one(&alone[EXPIRE_SOON], "s", ""));
    print_number(out, &alone[NO_LIMITS]);
    fprintf(out, " workspace key%s no limit.\n", if_one(&alone[NO_LIMITS], " has", "s have"));
    fputs("Of the keys that are not expired: ", out);
    print_number(out, &alone[CHANGE_KEYS]);
    fputs(" can make or change keys.\nOf all keys: ", out);
    print_number(out, &alone[LEFT_ORGANISATION]);
    fputs(" belong to people who left the organisation, ", out);
    print_number(out, &alone[LEFT_WORKSPACE]);
    fputs(" to people who left the workspace.\nOf the people: ", out);
    print_number(out, &alone[NOWHERE]);
    fputs(" without a workspace.\n", out);
}

/* -- CSV -- */

static void csv_text(FILE *out, const char *name, const char *text)
{
    fprintf(out, "%s,", name);
    report_csv_cell(out, text);
    fputs("\n", out);
}

static void csv_number(FILE *out, const char *group, const struct number *number)
{
    fprintf(out, "%s%s%s,", group, group[0] == '\0' ? "" : ".", number->name);
    print_number(out, number);
    fputs("\n", out);
}

/* A head, then a name and a value a line; ? where it is not known. */
static void overview_csv(FILE *out, const struct inventory *inv, const char *profile,
                         const char *base_url, const struct group *groups,
                         const struct report_options *options)
{
    char id[ID_TEXT_SIZE], time[TIME_TEXT_SIZE] = "?";
    if (oldest(inv) != TIME_NONE) {
        time_format(oldest(inv), time);
    }
    csv_text(out, "name", "value");
    csv_text(out, "as_of", time);
    csv_text(out, "read_with", options->read_with == NULL ? "?" : options->read_with);
    csv_text(out, "organisation.id",
             id_is_none(inv->organisation_id) ? "?"
                                              : inventory_id_text(inv, inv->organisation_id, id));
    csv_text(out, "organisation.name", profile != NULL ? profile : "?");
    csv_text(out, "base_url", base_url);
    csv_text(out, "own_key",
             inv->own_key < 0 ? "?" : arena_text(&inv->arena, inv->keys[inv->own_key].mask));
    for (int l = 0; l < LIST_COUNT; l++) {
        enum list_kind list = (enum list_kind)l;
        const struct list_state *state = &inv->lists[l];
        struct number counted = {"counted", inventory_list_read(inv, list) ? state->counted : 0,
                                 inventory_list_read(inv, list)};
        struct number total = {"total", state->total >= 0 ? (size_t)state->total : 0,
                               state->total >= 0};
        fprintf(out, "%s.complete,%s\n", list_name(list),
                report_list_complete(inv, list) ? "true" : "false");
        csv_number(out, list_name(list), &counted);
        csv_number(out, list_name(list), &total);
    }
    for (int i = 0; i < GROUP_COUNT; i++) {
        for (int n = 0; n < groups[i].length; n++) {
            csv_number(out, groups[i].key, &groups[i].numbers[n]);
        }
    }
}

bool report_overview(FILE *out, struct inventory *inv, const char *profile, const char *base_url,
                     const struct report_options *options, struct err *err)
{
    struct group groups[GROUP_COUNT];
    count(inv, options->now, groups);
    switch (options->format) {
    case REPORT_JSON:
        overview_json(out, inv, profile, base_url, groups, options);
        break;
    case REPORT_TABLE:
        overview_table(out, inv, profile, base_url, groups, options);
        break;
    case REPORT_CSV:
        overview_csv(out, inv, profile, base_url, groups, options);
        break;
    }
    return report_flush(out, err);
}
