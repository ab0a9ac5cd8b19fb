/* edit-key: what may be told of it, what it may not be done to, and when it gives a key more. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/act_rows.h"

#include "base/banned.h"

static bool is_none(const char *text)
{
    return strcmp(text, "none") == 0;
}

static void give(struct edit_input *edit, enum draft_field field)
{
    edit->given |= 1u << field;
}

static bool copy(struct edit_input *edit, enum draft_field field, char *out, size_t size,
                 const char *text, struct err *err)
{
    if (strlen(text) >= size) {
        return err_set(err, ERR_INVALID, "--%s is longer than %zu bytes.", draft_field_name(field),
                       size - 1);
    }
    memcpy(out, text, strlen(text) + 1);
    give(edit, field);
    return true;
}

static bool take_name(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    return (text[0] != '\0' || err_set(err, ERR_INVALID, "--name cannot be nothing.")) &&
           copy(edit, DRAFT_NAME, edit->draft.name, sizeof edit->draft.name, text, err);
}

static bool take_description(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    return copy(edit, DRAFT_DESCRIPTION, edit->draft.description, sizeof edit->draft.description,
                text, err);
}

static bool take_scope(struct scope_set *set, const char *text, struct err *err)
{
    int scope = scope_find(text);
    int near = scope < 0 ? scope_nearest(text) : -1;

    if (scope >= 0) {
        scope_set_add(set, scope);
        return true;
    }
    return near >= 0 ? err_set(err, ERR_INVALID, "There is no such scope. Did you mean %s?",
                               scope_info(near)->name)
                     : err_set(err, ERR_INVALID, "There is no such scope.");
}

static bool take_added(void *input, const char *text, struct err *err)
{
    return take_scope(&((struct edit_input *)input)->added, text, err);
}

static bool take_dropped(void *input, const char *text, struct err *err)
{
    return take_scope(&((struct edit_input *)input)->dropped, text, err);
}

static bool take_rate(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    give(edit, DRAFT_RATES);
    return is_none(text) || draft_parse_rate(&edit->draft, text, err);
}

static bool take_budget(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    give(edit, DRAFT_BUDGET);
    return is_none(text) || draft_parse_budget(&edit->draft, text, err);
}

static bool take_alert(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    return copy(edit, DRAFT_RESET, edit->draft.alert, sizeof edit->draft.alert, text, err);
}

static bool take_reset(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    give(edit, DRAFT_RESET);
    return draft_parse_reset(&edit->draft, text, err);
}

static bool take_email(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    give(edit, DRAFT_EMAILS);
    return is_none(text) || draft_parse_email(&edit->draft, text, err);
}

static bool take_expires(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;
    const struct input_field field = {.name = "expires", .kind = INPUT_EXPIRY};

    give(edit, DRAFT_EXPIRES);
    return input_parse(&field, text, &edit->expires, err);
}

static bool take_rotation(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    give(edit, DRAFT_ROTATION);
    return is_none(text) || draft_parse_rotation(&edit->draft, text, err);
}

static bool take_overlap(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    return copy(edit, DRAFT_TRANSITION, edit->draft.transition, sizeof edit->draft.transition, text,
                err);
}

static bool take_config(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    return copy(edit, DRAFT_CONFIG, edit->draft.config, sizeof edit->draft.config,
                is_none(text) ? "" : text, err);
}

static bool take_override(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    give(edit, DRAFT_OVERRIDE);
    return draft_parse_override(&edit->draft, text, err);
}

static bool take_metadata(void *input, const char *text, struct err *err)
{
    struct edit_input *edit = input;

    give(edit, DRAFT_METADATA);
    return is_none(text) || draft_parse_metadata(&edit->draft, text, err);
}

static bool take_reset_usage(void *input, const char *text, struct err *err)
{
    (void)text;
    (void)err;
    ((struct edit_input *)input)->reset_usage = true;
    return true;
}

#define OTHER(flag, words, member, fn)                                                             \
    {                                                                                              \
        .name = (flag), .value = (words), .wire = (member), .kind = INPUT_OTHER, .take = (fn)      \
    }
#define MANY(flag, words, member, fn)                                                              \
    {                                                                                              \
        .name = (flag), .value = (words), .wire = (member), .kind = INPUT_OTHER, .take = (fn),     \
        .many = true                                                                               \
    }

const struct input_field EDIT_FIELDS[EDIT_FIELD_COUNT] = {
    OTHER("name", "N", "name", take_name),
    OTHER("description", "D", "description", take_description),
    MANY("add-scope", "S", "scopes", take_added),
    MANY("drop-scope", "S", "scopes", take_dropped),
    MANY("rate-limit", "none|requests:rpm:100", "rate_limits", take_rate),
    OTHER("budget", "none|cost:100", "usage_limits", take_budget),
    OTHER("alert", "N", "usage_limits.alert_threshold", take_alert),
    OTHER("reset", "weekly|monthly|Nd", "usage_limits.periodic_reset", take_reset),
    {.name = "reset-usage", .wire = "reset_usage", .kind = INPUT_OTHER, .take = take_reset_usage},
    MANY("alert-email", "none|MAIL", "alert_emails", take_email),
    OTHER("expires", "never|TIME|Nd", "expires_at", take_expires),
    OTHER("rotate", "none|weekly|monthly|Nd|DATE", "rotation_policy", take_rotation),
    OTHER("overlap", "24h", "rotation_policy.key_transition_period_ms", take_overlap),
    OTHER("config", "none|ID", "defaults.config_id", take_config),
    OTHER("allow-config-override", "yes|no", "defaults.allow_config_override", take_override),
    MANY("metadata", "none|KEY=VALUE", "defaults.metadata", take_metadata),
};

static bool has(const struct edit_input *edit, enum draft_field field)
{
    return (edit->given & 1u << field) != 0;
}

static bool changes_scopes(const struct edit_input *edit)
{
    return scope_set_count(&edit->added) > 0 || scope_set_count(&edit->dropped) > 0;
}

struct scope_set edit_scopes(const struct edit_input *edit, const struct key_row *row)
{
    struct scope_set scopes = row->scopes;

    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&edit->added, i)) {
            scope_set_add(&scopes, i);
        }
        if (scope_set_has(&edit->dropped, i)) {
            scope_set_remove(&scopes, i);
        }
    }
    return scopes;
}

static bool scopes_are_right(const struct act_look *look, struct err *err)
{
    const struct edit_input *edit = look->input;
    struct scope_set legal = scope_set_legal((enum key_kind)look->row->kind);

    if ((look->row->unread & UNREAD_SCOPES) != 0) {
        return err_set(err, ERR_GUARD,
                       "Its scopes were not understood, and the whole list would be replaced.");
    }
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&edit->added, i) && scope_set_has(&edit->dropped, i)) {
            return err_set(err, ERR_INVALID, "%s is to be added and dropped.", scope_info(i)->name);
        }
        if (scope_set_has(&edit->added, i) && !scope_set_has(&legal, i)) {
            return err_set(err, ERR_INVALID, "A %s key cannot hold %s.",
                           key_kind_name((enum key_kind)look->row->kind), scope_info(i)->name);
        }
    }
    return true;
}

/* What the form would say of these values; the fields that are not given are the key's own. */
static bool values_are_right(const struct act_look *look, struct err *err)
{
    const struct edit_input *edit = look->input;
    struct draft_check check;

    draft_check(&edit->draft, NULL, look->now, &check);
    for (int i = 0; i < check.count; i++) {
        const struct draft_problem *problem = &check.problems[i];

        if (problem->severity == DRAFT_ERROR && has(edit, problem->field)) {
            return err_set(err, ERR_INVALID, "%s: %s.", draft_field_name(problem->field),
                           problem->text);
        }
    }
    return true;
}

/* The way back to its own rights is not to be cut off by a slip. */
static bool keeps_own_rights(const struct act_look *look, struct err *err)
{
    const struct edit_input *edit = look->input;

    return !look->own || (scope_set_count(&edit->dropped) == 0 && !has(edit, DRAFT_EXPIRES)) ||
           err_set(err, ERR_GUARD,
                   "This is the key that this profile works with: its scopes are not dropped and "
                   "its expiry is not set with it, since that may be taken back by no one.");
}

bool edit_may(const struct act_look *look, struct err *err)
{
    const struct edit_input *edit = look->input;

    if (edit->given == 0 && !changes_scopes(edit) && !edit->reset_usage) {
        return err_set(err, ERR_INVALID, "What is to be changed? No flag says so.");
    }
    if (has(edit, DRAFT_RESET) && edit->draft.budget[0] == '\0') {
        return err_set(err, ERR_INVALID, "--alert and --reset are told with the whole --budget.");
    }
    if (has(edit, DRAFT_TRANSITION) && edit->draft.rotation == ROTATE_NONE) {
        return err_set(err, ERR_INVALID, "--overlap is told with the whole --rotate.");
    }
    if (has(edit, DRAFT_EXPIRES) && look->now != TIME_NONE) {
        int64_t at = input_expiry_at(&edit->expires, look->now);

        if (at != TIME_NONE && at <= look->now) {
            return err_set(err, ERR_INVALID,
                           "--expires: this is not in the future; freeze-key stops a key.");
        }
    }
    return keeps_own_rights(look, err) && (!changes_scopes(edit) || scopes_are_right(look, err)) &&
           values_are_right(look, err);
}

/* Of several keys only life and limits are set at once: names and scopes are each key's own. */
bool edit_same_for_all(const struct edit_input *edit, struct err *err)
{
    const unsigned common =
        1u << DRAFT_EXPIRES | 1u << DRAFT_RATES | 1u << DRAFT_BUDGET | 1u << DRAFT_RESET;

    return ((edit->given & ~common) == 0 && !changes_scopes(edit) && !edit->reset_usage) ||
           err_set(err, ERR_INVALID,
                   "of several keys only --expires, --rate-limit, --budget, --alert and --reset "
                   "are changed at once");
}

/* Scopes that it did not have, limits that go or are set anew, a longer life: these give a key more
 * than it had, or may. */
enum act_confirm edit_confirm(const struct act_look *look)
{
    const struct edit_input *edit = look->input;
    const struct key_extra *extra = inventory_extra(look->inv, look->row);
    struct scope_set scopes = edit_scopes(edit, look->row);
    bool limited = extra->rates_total > 0 || extra->usage.has_budget ||
                   (look->row->unread & UNREAD_LIMITS) != 0;
    bool more = scope_set_count(&scopes) > scope_set_count(&look->row->scopes);

    for (int i = 0; i < SCOPE_COUNT; i++) {
        more = more || (scope_set_has(&scopes, i) && !scope_set_has(&look->row->scopes, i));
    }
    if (has(edit, DRAFT_EXPIRES) && look->row->expires_at != TIME_NONE) {
        int64_t at = input_expiry_at(&edit->expires, look->now);

        more = more || at == TIME_NONE || at > look->row->expires_at;
    }
    return more || look->own || edit->reset_usage ||
                   (limited && (has(edit, DRAFT_RATES) || has(edit, DRAFT_BUDGET)))
               ? CONFIRM_PHRASE
               : CONFIRM_BUTTON;
}
