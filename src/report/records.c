#include "report/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "model/field.h"
#include "report/report.h"

#include "base/banned.h"

json_t *report_json_text(const struct inventory *inv, struct text_pair text)
{
    return report_json_ref(inv, text.raw);
}

json_t *report_json_ref(const struct inventory *inv, str_ref ref)
{
    if (ref == STR_NONE) {
        return json_null();
    }
    json_t *value = json_stringn(arena_text(&inv->arena, ref), arena_len(&inv->arena, ref));
    /* A raw text that is no UTF-8 cannot be JSON; the decoder kept a cleaned one in that case. */
    return value != NULL ? value : json_null();
}

json_t *report_json_id(const struct inventory *inv, struct id id)
{
    char text[ID_TEXT_SIZE];
    return id_is_none(id) ? json_null() : json_string(inventory_id_text(inv, id, text));
}

static json_t *json_time(int64_t ms)
{
    if (ms == TIME_NONE || ms == TIME_UNREAD) {
        return json_null(); /* what was not understood is added as it came */
    }
    char text[TIME_TEXT_SIZE];
    time_format(ms, text);
    return json_string(text);
}

json_t *report_json_marks(unsigned marks)
{
    json_t *list = json_array();
    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        if ((marks & 1u << i) != 0) {
            json_array_append_new(list, json_string(scope_mark_name(i)));
        }
    }
    return list;
}

static json_t *scopes_json(const struct inventory *inv, const struct key_row *key)
{
    json_t *list = json_array();
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&key->scopes, i)) {
            json_array_append_new(list, json_string(scope_info(i)->name));
        }
    }
    if (key->unknown_scopes != STR_NONE) {
        char *copy = xstrdup(arena_text(&inv->arena, key->unknown_scopes));
        char *rest = copy;
        for (char *name = strsep(&rest, "\n"); name != NULL; name = strsep(&rest, "\n")) {
            json_array_append_new(list, json_string(name));
        }
        free(copy);
    }
    return list;
}

/* 100, not 100.0: as the API sends it. */
static json_t *number_json(double value)
{
    bool whole = value > -1e15 && value < 1e15 && value == (double)(json_int_t)value;
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

/* An entry of a kind we do not know is given as it came. */
static json_t *rate_json(const struct inventory *inv, const struct rate_limit *rate)
{
    bool odd = rate->type == LIMIT_TYPE_OTHER || rate->unit == RATE_UNIT_OTHER;
    json_t *raw = odd && rate->raw != STR_NONE
                      ? json_loads(arena_text(&inv->arena, rate->raw), JSON_REJECT_DUPLICATES, NULL)
                      : NULL;
    return raw != NULL ? raw
                       : json_pack("{s:s,s:s,s:o}", "type", limit_type_name(rate->type), "unit",
                                   rate_unit_name(rate->unit), "value", number_json(rate->value));
}

static json_t *rates_json(const struct inventory *inv, const struct key_extra *extra)
{
    json_t *list = json_array();
    for (int i = 0; i < extra->rate_count; i++) {
        json_array_append_new(list, rate_json(inv, &extra->rates[i]));
    }
    return list;
}

static json_t *usage_json(const struct inventory *inv, const struct usage_limit *usage)
{
    if (!usage->has_budget) {
        return json_null();
    }
    json_t *object = json_pack("{s:s,s:o}", "type", limit_type_name(usage->type), "credit_limit",
                               number_json(usage->credit_limit));
    if (usage->alert_threshold >= 0) {
        json_object_set_new(object, "alert_threshold", number_json(usage->alert_threshold));
    }
    if (usage->current_usage >= 0) {
        json_object_set_new(object, "current_usage", number_json(usage->current_usage));
    }
    if (usage->periodic_reset != STR_NONE) {
        json_object_set_new(object, "periodic_reset", report_json_ref(inv, usage->periodic_reset));
    }
    if (usage->reset_days > 0) {
        json_object_set_new(object, "periodic_reset_days", json_integer(usage->reset_days));
    }
    if (usage->status != STR_NONE) {
        json_object_set_new(object, "status", report_json_ref(inv, usage->status));
    }
    return object;
}

static json_t *rotation_json(const struct inventory *inv, const struct rotation_policy *rotation)
{
    if (!rotation->set) {
        return json_null();
    }
    json_t *object =
        json_pack("{s:o,s:o}", "rotation_period", report_json_ref(inv, rotation->period),
                  "next_rotation_at", json_time(rotation->next_at));
    if (rotation->period_days > 0) {
        json_object_set_new(object, "rotation_period_days", json_integer(rotation->period_days));
    }
    if (rotation->transition_ms > 0) {
        json_object_set_new(object, "key_transition_period_ms",
                            json_integer(rotation->transition_ms));
    }
    if (rotation->status != STR_NONE) {
        json_object_set_new(object, "status", report_json_ref(inv, rotation->status));
    }
    return object;
}

/* JSON text that was kept as it came; null for none. */
static json_t *kept_json(const struct inventory *inv, struct text_pair text)
{
    const char *raw = inventory_raw(inv, text);
    json_t *value = raw != NULL ? json_loads(raw, JSON_DECODE_ANY, NULL) : NULL;
    return value != NULL ? value : json_null();
}

/* What was kept goes where nothing is; an array was kept where ours is not all of it. */
static void fill(json_t *object, json_t *kept)
{
    const char *name;
    json_t *value;
    json_object_foreach(kept, name, value)
    {
        json_t *ours = json_object_get(object, name);
        if (json_is_object(ours) && json_is_object(value)) {
            fill(ours, value);
        } else if (ours == NULL || json_is_null(ours) || json_is_array(ours)) {
            json_object_set(object, name, value);
        }
    }
}

static bool is_named(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* What was kept as it came: the members that the API is known to have (facts) stand by name, those
 * that nobody told of under "other". */
static void add_kept(json_t *object, const struct inventory *inv, struct text_pair text,
                     const char *const *facts)
{
    json_t *kept = kept_json(inv, text);
    json_t *known = json_object(), *other = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(kept, name, value)
    {
        bool by_name = is_named(facts, name) || json_object_get(object, name) != NULL;
        json_object_set(by_name ? known : other, name, value);
    }
    fill(object, known);
    if (json_object_size(other) > 0) {
        json_t *before = json_object_get(object, "other");
        if (before != NULL) {
            json_object_update(before, other);
        } else {
            json_object_set(object, "other", other);
        }
    }
    json_decref(known);
    json_decref(other);
    json_decref(kept);
}

/* What was not understood, as it came, in its own place. */
static void add_sent(json_t *object, const struct inventory *inv, struct text_pair text)
{
    json_t *sent = kept_json(inv, text);
    fill(object, sent);
    json_decref(sent);
}

/* Members that the API has on newer servers or on some objects [LIVE][SCM]. */
static const char *const KEY_FACTS[] = {
    "object",      "created_by", "last_updated_by", "api_key_defaults_id", "allow_config_override",
    "reset_usage", NULL};
static const char *const WORKSPACE_FACTS[] = {"object",          "settings",
                                              "defaults",        "usage_limits",
                                              "rate_limits",     "created_by",
                                              "creation_source", "last_reset_at",
                                              "users",           "data_plane_security_settings",
                                              "export_settings", NULL};
static const char *const USER_FACTS[] = {"object", "workspace_ids", NULL};

static json_t *flag_json(int flag)
{
    return flag < 0 ? json_null() : json_boolean(flag != 0);
}

static json_t *emails_json(const struct inventory *inv, const struct key_extra *extra)
{
    const char *all = inventory_raw(inv, extra->alert_emails);
    if (all == NULL) {
        return json_null();
    }
    json_t *list = json_array();
    while (*all != '\0') {
        size_t len = strcspn(all, ",");
        json_array_append_new(list, json_stringn(all, len));
        all += len;
        all += strspn(all, ", ");
    }
    return list;
}

static json_t *defaults_json(const struct inventory *inv, const struct key_extra *extra)
{
    return json_pack("{s:o,s:o,s:o}", "metadata", kept_json(inv, extra->metadata), "config_id",
                     report_json_ref(inv, extra->config_id), "allow_config_override",
                     flag_json(extra->allow_config_override));
}

static json_t *key_json(const struct inventory *inv, size_t row)
{
    const struct key_row *key = &inv->keys[row];
    const struct key_extra *extra = inventory_extra(inv, key);
    json_t *type = key->kind == KEY_KIND_UNKNOWN
                       ? report_json_ref(inv, key->type_text)
                       : json_string(key_kind_name((enum key_kind)key->kind));
    json_t *status = key->status == STATUS_OTHER
                         ? report_json_ref(inv, key->status_text)
                         : json_string(key_status_name((enum key_status)key->status));
    json_t *object = json_object();
    json_object_set_new(object, "id", report_json_id(inv, key->id));
    json_object_set_new(object, "key", report_json_ref(inv, key->mask));
    json_object_set_new(object, "name", report_json_text(inv, key->name));
    json_object_set_new(object, "description", report_json_text(inv, key->description));
    json_object_set_new(object, "type", type);
    json_object_set_new(object, "organisation_id", report_json_id(inv, inv->organisation_id));
    json_object_set_new(object, "workspace_id", report_json_id(inv, key->workspace_id));
    json_object_set_new(object, "user_id", report_json_id(inv, key->user_id));
    json_object_set_new(object, "status", status);
    json_object_set_new(object, "created_at", json_time(key->created_at));
    json_object_set_new(object, "last_updated_at", json_time(key->updated_at));
    json_object_set_new(object, "expires_at", json_time(key->expires_at));
    json_object_set_new(object, "creation_mode", report_json_ref(inv, key->creation_mode));
    json_object_set_new(object, "rate_limits", rates_json(inv, extra));
    json_object_set_new(object, "usage_limits", usage_json(inv, &extra->usage));
    json_object_set_new(object, "rotation_policy", rotation_json(inv, &extra->rotation));
    json_object_set_new(object, "expiry_enforced", flag_json(key->expiry_enforced));
    json_object_set_new(object, "last_reset_at", json_time(extra->last_reset_at));
    json_object_set_new(object, "next_usage_reset_at", json_time(extra->next_reset_at));
    json_object_set_new(object, "alert_emails", emails_json(inv, extra));
    json_object_set_new(object, "defaults", defaults_json(inv, extra));
    json_object_set_new(object, "scopes", scopes_json(inv, key));
    json_object_set_new(object, "scope_marks", report_json_marks(scope_set_marks(&key->scopes)));
    /* null: whether it is our own is not known. */
    json_object_set_new(object, "own",
                        inv->own_key < 0 ? json_null() : json_boolean((size_t)inv->own_key == row));
    add_sent(object, inv, extra->as_sent);
    add_kept(object, inv, extra->unknown, KEY_FACTS);
    return object;
}

static json_t *workspace_json(const struct inventory *inv, size_t row)
{
    const struct workspace_row *ws = &inv->workspaces[row];
    json_t *switches = json_object();
    for (int i = 0; i < SWITCH_COUNT; i++) {
        if ((ws->switches_known >> i & 1) != 0) {
            json_object_set_new(switches, switch_info(i)->name,
                                json_boolean((ws->switches_on >> i & 1) != 0));
        }
    }
    json_t *object = json_object();
    json_object_set_new(object, "id", report_json_id(inv, ws->id));
    json_object_set_new(object, "slug", report_json_ref(inv, ws->slug));
    json_object_set_new(object, "name", report_json_text(inv, ws->name));
    json_object_set_new(object, "icon", report_json_text(inv, ws->icon));
    json_object_set_new(object, "description", report_json_text(inv, ws->description));
    json_object_set_new(object, "is_default", json_boolean(ws->is_default));
    json_object_set_new(object, "status", report_json_ref(inv, ws->status));
    json_object_set_new(object, "created_at", json_time(ws->created_at));
    json_object_set_new(object, "last_updated_at", json_time(ws->updated_at));
    json_object_set_new(object, "organisation_id", report_json_id(inv, inv->organisation_id));
    json_object_set_new(object, "scim_source_id", report_json_ref(inv, ws->scim_source));
    json_object_set_new(object, "security_settings", switches);
    add_kept(object, inv, ws->limits, WORKSPACE_FACTS); /* usage_limits and rate_limits */
    add_kept(object, inv, ws->rest, WORKSPACE_FACTS);
    add_sent(object, inv, ws->as_sent);
    static const char *const UNSET[] = {"usage_limits", "rate_limits", "defaults"};
    for (size_t i = 0; i < sizeof UNSET / sizeof *UNSET; i++) {
        if (json_object_get(object, UNSET[i]) == NULL) {
            json_object_set_new(object, UNSET[i], json_null());
        }
    }
    return object;
}

static json_t *ws_role_json(const struct inventory *inv, const struct member_row *member)
{
    return member->role == WS_ROLE_OTHER ? report_json_ref(inv, member->role_text)
                                         : json_string(ws_role_name((enum ws_role)member->role));
}

static void add_membership(json_t *list, const struct inventory *inv, struct id workspace,
                           json_t *role)
{
    json_array_append_new(
        list, json_pack("{s:o,s:o}", "workspace_id", report_json_id(inv, workspace), "role", role));
}

/* The workspaces of one person: null when no workspace's members could be read, a null role for a
 * workspace whose members could not be. */
static json_t *memberships_json(struct inventory *inv, struct id user)
{
    enum list_progress progress = inv->lists[LIST_MEMBERS].progress;
    if (progress == PROGRESS_REFUSED || progress == PROGRESS_FAILED || progress == PROGRESS_NEVER) {
        return json_null();
    }
    json_t *list = json_array();
    size_t unread_count;
    const size_t *unread = inventory_unread_members(inv, &unread_count);
    int member = inventory_first_membership(inv, user);
    size_t next = 0;
    while (member >= 0 || next < unread_count) {
        int row = member < 0 ? -1 : inventory_workspace_of(inv, member);
        size_t of_member = row < 0 ? SIZE_MAX : (size_t)row;
        if (member < 0 || (next < unread_count && unread[next] < of_member)) {
            add_membership(list, inv, inv->workspaces[unread[next++]].id, json_null());
            continue;
        }
        next += next < unread_count && unread[next] == of_member;
        add_membership(list, inv, inv->members[member].workspace_id,
                       ws_role_json(inv, &inv->members[member]));
        member = inventory_next_membership(inv, member);
    }
    return list;
}

/* How the person gets into a workspace: by the role in the organisation, or by a membership; null
 * where it is not known. */
static json_t *access_json(const struct inventory *inv, const struct user_row *user,
                           struct id workspace)
{
    int member = inventory_find_member(inv, workspace, user->id);
    bool everywhere = org_role_everywhere((enum org_role)user->role);
    json_t *role = everywhere    ? json_string(ws_role_name(WS_ADMIN))
                   : member >= 0 ? ws_role_json(inv, &inv->members[member])
                                 : json_null();
    return json_pack("{s:o,s:o,s:s}", "workspace_id", report_json_id(inv, workspace), "role", role,
                     "by", everywhere ? "organisation" : "membership");
}

static json_t *user_json(struct inventory *inv, size_t row, struct id workspace)
{
    const struct user_row *user = &inv->users[row];
    json_t *role = user->role == ORG_ROLE_OTHER
                       ? report_json_ref(inv, user->role_text)
                       : json_string(org_role_name((enum org_role)user->role));
    json_t *object = json_object();
    json_object_set_new(object, "id", report_json_id(inv, user->id));
    json_object_set_new(object, "first_name", report_json_text(inv, user->first_name));
    json_object_set_new(object, "last_name", report_json_text(inv, user->last_name));
    json_object_set_new(object, "email", report_json_text(inv, user->email));
    json_object_set_new(object, "role", role);
    json_object_set_new(object, "created_at", json_time(user->created_at));
    json_object_set_new(object, "last_updated_at", json_time(user->updated_at));
    json_object_set_new(object, "admin_in_all_workspaces",
                        user->role == ORG_ROLE_OTHER
                            ? json_null()
                            : json_boolean(org_role_everywhere((enum org_role)user->role)));
    json_object_set_new(object, "workspaces", memberships_json(inv, user->id));
    if (!id_is_none(workspace)) {
        json_object_set_new(object, "access", access_json(inv, user, workspace));
    }
    add_sent(object, inv, user->as_sent);
    add_kept(object, inv, user->unknown, USER_FACTS);
    return object;
}

static json_t *member_json(const struct inventory *inv, size_t row)
{
    const struct member_row *member = &inv->members[row];
    json_t *object = json_object();
    json_object_set_new(object, "workspace_id", report_json_id(inv, member->workspace_id));
    json_object_set_new(object, "id", report_json_id(inv, member->user_id));
    json_object_set_new(object, "first_name", report_json_text(inv, member->first_name));
    json_object_set_new(object, "last_name", report_json_text(inv, member->last_name));
    json_object_set_new(object, "email", report_json_text(inv, member->email));
    json_object_set_new(object, "role", ws_role_json(inv, member));
    json_object_set_new(object, "org_role",
                        member->org_role == ORG_ROLE_OTHER
                            ? json_null()
                            : json_string(org_role_name((enum org_role)member->org_role)));
    add_sent(object, inv, member->as_sent);
    return object;
}

json_t *report_json_row(struct inventory *inv, enum list_kind list, size_t row, struct id workspace)
{
    switch (list) {
    case LIST_WORKSPACES:
        return workspace_json(inv, row);
    case LIST_USERS:
        return user_json(inv, row, workspace);
    case LIST_MEMBERS:
        return member_json(inv, row);
    case LIST_KEYS:
    case LIST_COUNT:
        break;
    }
    return key_json(inv, row);
}

static void add_missing(json_t *out, const char *list, const char *scope, const char *reason)
{
    json_t *entry = json_object();
    json_object_set_new(entry, "list", json_string(list));
    json_object_set_new(entry, "scope", scope[0] != '\0' ? json_string(scope) : json_null());
    json_object_set_new(entry, "reason", json_string(reason));
    json_array_append_new(out, entry);
}

bool report_lacks(const struct inventory *inv, enum list_kind list, enum list_kind other)
{
    static const unsigned TELLS[LIST_COUNT] = {
        [LIST_WORKSPACES] = 1u << LIST_WORKSPACES | 1u << LIST_MEMBERS | 1u << LIST_KEYS,
        [LIST_USERS] =
            1u << LIST_WORKSPACES | 1u << LIST_USERS | 1u << LIST_MEMBERS | 1u << LIST_KEYS,
        [LIST_MEMBERS] = 1u << LIST_WORKSPACES | 1u << LIST_USERS | 1u << LIST_MEMBERS,
        [LIST_KEYS] = 1u << LIST_WORKSPACES | 1u << LIST_USERS | 1u << LIST_KEYS,
    };
    /* For the keys the members are read only where what is told of them hangs on it. */
    bool asked = list == LIST_KEYS && other == LIST_MEMBERS &&
                 inv->lists[LIST_MEMBERS].progress != PROGRESS_NEVER;
    if (!asked && (TELLS[list] & 1u << other) == 0) {
        return false;
    }
    if (other != LIST_KEYS || list == LIST_KEYS) {
        return !report_list_complete(inv, other);
    }
    return !inventory_kind_known(inv, KEY_WORKSPACE_USER) ||
           (list == LIST_WORKSPACES && !inventory_kind_known(inv, KEY_WORKSPACE_SERVICE));
}

/* The kinds of keys that the own key may not list are hidden from it without a word [INF]: one
 * entry for each. */
static void add_hidden_kinds(json_t *out, const struct inventory *inv)
{
    unsigned hidden = inventory_hidden_kinds(inv);
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        const char *scope = endpoint_scope(ENDPOINT_KEYS, (enum key_kind)kind);
        char why[256];
        if ((hidden & 1u << kind) == 0) {
            continue;
        }
        if (inv->own_key >= 0) {
            snprintf(why, sizeof why, "Your key lacks %s: %s keys are hidden.", scope,
                     key_kind_name((enum key_kind)kind));
        } else {
            snprintf(why, sizeof why,
                     "No %s key came and your own key is not in the list: it likely lacks %s.",
                     key_kind_name((enum key_kind)kind), scope);
        }
        add_missing(out, list_name(LIST_KEYS), scope, why);
    }
}

json_t *report_json_head(const struct inventory *inv, int64_t as_of,
                         const struct report_options *options)
{
    return json_pack("{s:o,s:o,s:s?}", "as_of", json_time(as_of), "organisation_id",
                     report_json_id(inv, inv->organisation_id), "read_with", options->read_with);
}

/* What came and was not understood, else what else is wrong with the list. */
static void add_unread(json_t *out, const struct inventory *inv, enum list_kind list,
                       const char *why)
{
    struct buf words;
    buf_init(&words, 0);
    inventory_unread_words(inv, list, &words);
    add_missing(out, list_name(list), words.len > 0 ? "" : inv->lists[list].scope,
                words.len > 0 ? words.data : why);
    buf_done(&words);
}

json_t *report_json_missing(const struct inventory *inv, enum list_kind list)
{
    json_t *out = json_array();
    const struct list_state *state = &inv->lists[list];
    char why[INVENTORY_WHY_SIZE] = "";
    if (state->progress != PROGRESS_COMPLETE) {
        add_missing(out, list_name(list), state->scope,
                    state->why[0] != '\0' ? state->why : "not read");
    } else if (list == LIST_KEYS && !inventory_keys_complete(inv, why, sizeof why)) {
        if (inventory_own_is_of_workspace(inv)) {
            add_missing(out, list_name(list), "", OWN_WORKSPACE_ONLY ".");
        }
        add_hidden_kinds(out, inv);
        if (json_array_size(out) == 0 || inventory_unread_rows(inv, list) > 0) {
            add_unread(out, inv, list, why);
        }
    } else if (!inventory_list_complete(inv, list)) {
        add_unread(out, inv, list, why);
    }
    return out;
}

/* Printable ASCII is as it is in any case. */
static bool all_seen(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((*text < ' ' && *text != '\n') || *text == 0x7f || (unsigned char)*text >= 0x80) {
            return false;
        }
    }
    return true;
}

void report_json_write(FILE *out, json_t *value, size_t flags)
{
    char *text = json_dumps(value, flags | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
    if (text != NULL && all_seen(text)) {
        fputs(text, out);
    } else if (text != NULL) {
        struct buf seen;
        buf_init(&seen, 0);
        text_escape_unseen(text, &seen);
        fputs(seen.data, out);
        buf_done(&seen);
    }
    free(text);
    json_decref(value);
}
