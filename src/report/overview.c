#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "report/json.h"

#include "base/banned.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* The numbers of an organisation. Only what was counted is here; whether it is all is told beside
 * it. */
struct overview {
    size_t by_kind[KEY_KIND_COUNT + 1];
    size_t by_status[STATUS_OTHER + 1];
    size_t by_org_role[ORG_ROLE_OTHER + 1];
    size_t by_ws_role[WS_ROLE_OTHER + 1];
    size_t no_expiry, expire_soon, make_keys, unlimited;
};

static void count_keys(const struct inventory *inv, int64_t now, struct overview *out)
{
    for (size_t i = 0; i < inv->key_count; i++) {
        const struct key_row *key = &inv->keys[i];
        const struct key_extra *extra = inventory_extra(inv, key);
        out->by_kind[key->kind]++;
        out->by_status[key->status]++;
        if (key->status != STATUS_ACTIVE) {
            continue;
        }
        out->no_expiry += key->expires_at == TIME_NONE;
        out->expire_soon += key->expires_at != TIME_NONE && key->expires_at < now + 7 * DAY_MS;
        out->make_keys += (scope_set_marks(&key->scopes) & SCOPE_MARK_KEYS) != 0;
        out->unlimited += extra->rates_total == 0 && !extra->usage.has_budget;
    }
}

static void count(const struct inventory *inv, int64_t now, struct overview *out)
{
    memset(out, 0, sizeof *out);
    count_keys(inv, now, out);
    for (size_t i = 0; i < inv->user_count; i++) {
        out->by_org_role[inv->users[i].role]++;
    }
    for (size_t i = 0; i < inv->member_count; i++) {
        out->by_ws_role[inv->members[i].role]++;
    }
}

/* A kind that the own key may not list is hidden: its number is not zero but not known. */
static bool kind_readable(const struct inventory *inv, int kind)
{
    const char *scope;
    return inventory_list_read(inv, LIST_KEYS) &&
           (kind >= KEY_KIND_COUNT ||
            access_own_key(inv, OWN_LIST, (enum key_kind)kind, &scope) != ANSWER_NO);
}

static json_t *number(bool known, size_t value)
{
    return known ? json_integer((json_int_t)value) : json_null();
}

/* Of this list alone: people and their memberships are two. */
static bool complete(const struct inventory *inv, enum list_kind list)
{
    return list == LIST_USERS ? inv->lists[list].progress == PROGRESS_COMPLETE
                              : report_complete(inv, list);
}

static json_t *lists_json(const struct inventory *inv)
{
    json_t *lists = json_object();
    for (int l = 0; l < LIST_COUNT; l++) {
        const struct list_state *state = &inv->lists[l];
        json_t *entry = json_object();
        json_object_set_new(entry, "complete", json_boolean(complete(inv, (enum list_kind)l)));
        json_object_set_new(entry, "counted",
                            number(inventory_list_read(inv, (enum list_kind)l), state->counted));
        json_object_set_new(entry, "total",
                            state->total < 0 ? json_null() : json_integer(state->total));
        json_object_set_new(entry, "missing", report_json_missing(inv, (enum list_kind)l));
        json_object_set_new(lists, list_name((enum list_kind)l), entry);
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
    json_object_set_new(object, "mask", report_json_ref(inv, own->mask));
    json_object_set_new(object, "scopes", json_integer(scope_set_count(&own->scopes)));
    return object;
}

static void overview_json(FILE *out, const struct inventory *inv, const char *organisation,
                          const char *base_url, const struct overview *o)
{
    bool keys = inventory_list_read(inv, LIST_KEYS);
    bool users = inventory_list_read(inv, LIST_USERS);
    bool members = inventory_list_read(inv, LIST_MEMBERS);
    json_t *object = json_object();
    json_object_set_new(object, "organisation", json_string(organisation));
    json_object_set_new(object, "base_url", json_string(base_url));
    json_object_set_new(object, "own_key", own_json(inv));
    json_object_set_new(object, "lists", lists_json(inv));
    json_t *kinds = json_object();
    for (int i = 0; i <= KEY_KIND_COUNT; i++) {
        json_object_set_new(kinds, key_kind_name((enum key_kind)i),
                            number(kind_readable(inv, i), o->by_kind[i]));
    }
    json_object_set_new(object, "keys_by_kind", kinds);
    json_t *statuses = json_object();
    for (int i = 0; i <= STATUS_OTHER; i++) {
        json_object_set_new(statuses, key_status_name((enum key_status)i),
                            number(keys, o->by_status[i]));
    }
    json_object_set_new(object, "keys_by_status", statuses);
    json_t *roles = json_object();
    for (int i = 0; i <= ORG_ROLE_OTHER; i++) {
        json_object_set_new(roles, org_role_name((enum org_role)i),
                            number(users, o->by_org_role[i]));
    }
    json_object_set_new(object, "users_by_role", roles);
    json_t *ws_roles = json_object();
    for (int i = 0; i <= WS_ROLE_OTHER; i++) {
        json_object_set_new(ws_roles, ws_role_name((enum ws_role)i),
                            number(members, o->by_ws_role[i]));
    }
    json_object_set_new(object, "members_by_role", ws_roles);
    json_object_set_new(object, "active_without_expiry", number(keys, o->no_expiry));
    json_object_set_new(object, "active_expiring_in_7_days", number(keys, o->expire_soon));
    json_object_set_new(object, "active_without_limits", number(keys, o->unlimited));
    json_object_set_new(object, "active_that_change_keys", number(keys, o->make_keys));
    report_json_write(out, object, JSON_INDENT(2));
    fputc('\n', out);
}

static void print_number(FILE *out, bool known, size_t value)
{
    if (known) {
        fprintf(out, "%zu", value);
    } else {
        fputc('?', out);
    }
}

/* Prints "12 owner, 3 admin": every word with its number. */
static void print_counts(FILE *out, const char *label, const bool *known, const size_t *counts,
                         int length, const char *(*word)(int))
{
    fprintf(out, "%-14s", label);
    bool first = true;
    for (int i = 0; i < length; i++) {
        if (i == length - 1 && counts[i] == 0) {
            continue;
        }
        fputs(first ? "" : ", ", out);
        print_number(out, known[i], counts[i]);
        fprintf(out, " %s", word(i));
        first = false;
    }
    fputc('\n', out);
}

static const char *kind_word(int i)
{
    return key_kind_name((enum key_kind)i);
}

static const char *status_word(int i)
{
    return key_status_name((enum key_status)i);
}

static const char *org_word(int i)
{
    return org_role_name((enum org_role)i);
}

static const char *ws_word(int i)
{
    return ws_role_name((enum ws_role)i);
}

/* More words than any of the counts has. */
#define COUNTS_MAX 8

static void all(bool known[COUNTS_MAX], bool value)
{
    for (int i = 0; i < COUNTS_MAX; i++) {
        known[i] = value;
    }
}

static void overview_table(FILE *out, const struct inventory *inv, const char *organisation,
                           const char *base_url, const struct overview *o)
{
    bool keys = inventory_list_read(inv, LIST_KEYS);
    fprintf(out, "%-14s%s\n%-14s%s\n", "Organisation", organisation, "Base URL", base_url);
    if (inv->own_key >= 0) {
        const struct key_row *own = &inv->keys[inv->own_key];
        fprintf(out, "%-14s%s  %s  %d scopes\n", "Own key", inventory_clean(inv, own->name),
                arena_text(&inv->arena, own->mask), scope_set_count(&own->scopes));
    } else {
        fprintf(out, "%-14s? not found in the list, so what it may do is not known\n", "Own key");
    }
    fputc('\n', out);
    struct buf words;
    buf_init(&words, 0);
    for (int l = 0; l < LIST_COUNT; l++) {
        buf_clear(&words);
        report_list_words(inv, (enum list_kind)l, &words);
        fprintf(out, "%-14s%s\n", list_name((enum list_kind)l), words.data);
    }
    buf_done(&words);
    fputc('\n', out);
    bool known[COUNTS_MAX];
    for (int i = 0; i <= KEY_KIND_COUNT; i++) {
        known[i] = kind_readable(inv, i);
    }
    print_counts(out, "Keys", known, o->by_kind, KEY_KIND_COUNT + 1, kind_word);
    all(known, keys);
    print_counts(out, "", known, o->by_status, STATUS_OTHER + 1, status_word);
    all(known, inventory_list_read(inv, LIST_USERS));
    print_counts(out, "People", known, o->by_org_role, ORG_ROLE_OTHER + 1, org_word);
    all(known, inventory_list_read(inv, LIST_MEMBERS));
    print_counts(out, "Memberships", known, o->by_ws_role, WS_ROLE_OTHER + 1, ws_word);
    fputs(report_complete(inv, LIST_KEYS) ? "\nOf the active keys: "
                                          : "\nOf the active keys that can be seen: ",
          out);
    print_number(out, keys, o->no_expiry);
    fputs(" never expire, ", out);
    print_number(out, keys, o->expire_soon);
    fputs(" expire within 7 days, ", out);
    print_number(out, keys, o->unlimited);
    fputs(" have no limit, ", out);
    print_number(out, keys, o->make_keys);
    fputs(" can make or change keys.\n", out);
}

static void csv_number(FILE *out, const char *group, const char *name, bool known, size_t value)
{
    fprintf(out, "%s%s%s,", group, group[0] == '\0' ? "" : ".", name);
    print_number(out, known, value);
    fputs("\r\n", out);
}

static void csv_text(FILE *out, const char *name, const char *text)
{
    fprintf(out, "%s,", name);
    report_csv_cell(out, text);
    fputs("\r\n", out);
}

/* A head, then a name and a value a line; ? where it is not known. */
static void overview_csv(FILE *out, const struct inventory *inv, const char *organisation,
                         const char *base_url, const struct overview *o)
{
    bool keys = inventory_list_read(inv, LIST_KEYS);
    csv_text(out, "name", "value");
    csv_text(out, "organisation", organisation);
    csv_text(out, "base_url", base_url);
    csv_text(out, "own_key",
             inv->own_key < 0 ? "?" : arena_text(&inv->arena, inv->keys[inv->own_key].mask));
    for (int l = 0; l < LIST_COUNT; l++) {
        enum list_kind list = (enum list_kind)l;
        fprintf(out, "%s.complete,%s\r\n", list_name(list), complete(inv, list) ? "true" : "false");
        csv_number(out, list_name(list), "counted", inventory_list_read(inv, list),
                   inv->lists[l].counted);
        csv_number(out, list_name(list), "total", inv->lists[l].total >= 0,
                   (size_t)inv->lists[l].total);
    }
    for (int i = 0; i <= KEY_KIND_COUNT; i++) {
        csv_number(out, "keys_by_kind", kind_word(i), kind_readable(inv, i), o->by_kind[i]);
    }
    for (int i = 0; i <= STATUS_OTHER; i++) {
        csv_number(out, "keys_by_status", status_word(i), keys, o->by_status[i]);
    }
    for (int i = 0; i <= ORG_ROLE_OTHER; i++) {
        csv_number(out, "users_by_role", org_word(i), inventory_list_read(inv, LIST_USERS),
                   o->by_org_role[i]);
    }
    for (int i = 0; i <= WS_ROLE_OTHER; i++) {
        csv_number(out, "members_by_role", ws_word(i), inventory_list_read(inv, LIST_MEMBERS),
                   o->by_ws_role[i]);
    }
    csv_number(out, "", "active_without_expiry", keys, o->no_expiry);
    csv_number(out, "", "active_expiring_in_7_days", keys, o->expire_soon);
    csv_number(out, "", "active_without_limits", keys, o->unlimited);
    csv_number(out, "", "active_that_change_keys", keys, o->make_keys);
}

bool report_overview(FILE *out, struct inventory *inv, const char *organisation,
                     const char *base_url, const struct report_options *options, struct err *err)
{
    struct overview o;
    count(inv, options->now, &o);
    switch (options->format) {
    case REPORT_JSON:
        overview_json(out, inv, organisation, base_url, &o);
        break;
    case REPORT_TABLE:
        overview_table(out, inv, organisation, base_url, &o);
        break;
    case REPORT_CSV:
        overview_csv(out, inv, organisation, base_url, &o);
        break;
    }
    return report_flush(out, err);
}
