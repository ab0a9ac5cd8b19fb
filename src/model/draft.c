#include "model/draft.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/inventory_index.h"

#include "base/banned.h"

static const char *const FIELD_NAMES[DRAFT_FIELD_COUNT] = {
    "kind",   "workspace_id", "user_id",      "name",       "description",
    "scopes", "rate_limits",  "usage_limits", "expires_at", "rotation_policy",
};

const char *draft_field_name(enum draft_field field)
{
    return FIELD_NAMES[field];
}

/* Not within another word: "username" is not "name". */
static bool names_field(const char *message, const char *word)
{
    for (const char *at = message; (at = strcasestr(at, word)) != NULL; at++) {
        if (at == message || !isalpha((unsigned char)at[-1])) {
            return true;
        }
    }
    return false;
}

int draft_field_of_message(const char *message)
{
    static const struct {
        const char *word;
        enum draft_field field;
    } WORDS[] = {
        {"workspace_id", DRAFT_WORKSPACE},
        {"user_id", DRAFT_OWNER},
        {"scope", DRAFT_SCOPES},
        {"rate_limit", DRAFT_RATES},
        {"usage_limit", DRAFT_BUDGET},
        {"credit_limit", DRAFT_BUDGET},
        {"alert_threshold", DRAFT_BUDGET},
        {"expires_at", DRAFT_EXPIRES},
        {"rotation", DRAFT_ROTATION},
        {"key_transition", DRAFT_ROTATION},
        {"description", DRAFT_DESCRIPTION},
        {"name", DRAFT_NAME},
    };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (names_field(message, WORDS[i].word)) {
            return (int)WORDS[i].field;
        }
    }
    return -1;
}

void draft_init(struct key_draft *draft, enum key_kind kind)
{
    memset(draft, 0, sizeof *draft);
    draft->kind = kind;
    draft->budget_type = LIMIT_COST;
}

void draft_set_kind(struct key_draft *draft, enum key_kind kind)
{
    draft->kind = kind;
    struct scope_set legal = scope_set_legal(kind);
    for (int i = 0; i < SCOPE_WORDS; i++) {
        draft->scopes.bits[i] &= legal.bits[i];
    }
    if (kind == KEY_ORGANISATION_SERVICE) {
        draft->workspace[0] = '\0';
    }
    if (kind != KEY_WORKSPACE_USER) {
        draft->owner[0] = '\0';
    }
}

/* -- checks -- */

static void problem(struct draft_check *out, enum draft_field field, enum draft_severity severity,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

static void problem(struct draft_check *out, enum draft_field field, enum draft_severity severity,
                    const char *format, ...)
{
    out->errors += severity == DRAFT_ERROR;
    if (out->count == DRAFT_PROBLEMS_MAX) {
        return;
    }
    struct draft_problem *p = &out->problems[out->count++];
    p->field = field;
    p->severity = severity;
    va_list args;
    va_start(args, format);
    vsnprintf(p->text, sizeof p->text, format, args);
    va_end(args);
}

static void check_workspace(const struct key_draft *draft, const struct inventory *inv,
                            struct draft_check *out)
{
    if (draft->kind == KEY_ORGANISATION_SERVICE) {
        if (draft->workspace[0] != '\0') {
            problem(out, DRAFT_WORKSPACE, DRAFT_ERROR, "an organisation key has no workspace");
        }
        return;
    }
    if (draft->workspace[0] == '\0') {
        problem(out, DRAFT_WORKSPACE, DRAFT_ERROR, "a workspace key needs its workspace");
        return;
    }
    int found = inv == NULL ? -1 : inventory_find_workspace_text(inv, draft->workspace);
    if (found == -2) {
        problem(out, DRAFT_WORKSPACE, DRAFT_ERROR,
                "several workspaces have this name: give the slug or the id");
    } else if (found < 0 && inv != NULL &&
               inv->lists[LIST_WORKSPACES].progress == PROGRESS_COMPLETE) {
        problem(out, DRAFT_WORKSPACE, DRAFT_ERROR,
                "there is no such workspace in what your key can list");
    }
}

static void check_owner(const struct key_draft *draft, const struct inventory *inv,
                        struct draft_check *out)
{
    if (draft->kind != KEY_WORKSPACE_USER) {
        if (draft->owner[0] != '\0') {
            problem(out, DRAFT_OWNER, DRAFT_ERROR, "only a user key has an owner");
        }
        return;
    }
    if (draft->owner[0] == '\0') {
        problem(out, DRAFT_OWNER, DRAFT_ERROR,
                "a user key needs its owner; it cannot be changed later");
        return;
    }
    int ws = inv != NULL ? inventory_find_workspace_text(inv, draft->workspace) : -1;
    if (ws >= 0 && inv->member_states[ws].progress == PROGRESS_COMPLETE &&
        inventory_find_member(inv, inv->workspaces[ws].id, inventory_find_id(inv, draft->owner)) <
            0) {
        problem(out, DRAFT_OWNER, DRAFT_ERROR, "the owner is not a member of this workspace");
    }
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

/* Asked at every key press, of a million keys: the rows are looked at last. */
static bool name_is_taken(const struct key_draft *draft, const struct inventory *inv)
{
    const struct id_index *index = inv->index;
    int ws = inventory_find_workspace_text(inv, draft->workspace);
    struct id workspace = ws >= 0 ? inv->workspaces[ws].id : (struct id){0, 0};
    ptrdiff_t place = places_find(&index->workspaces, workspace);
    for (size_t i = 0; place >= 0 && i < inv->key_count; i++) {
        if (index->key_places[i].workspace != (size_t)place) {
            continue;
        }
        const char *name = inventory_raw(inv, inv->keys[i].name);
        if (name != NULL && strcmp(name, draft->name) == 0) {
            return true;
        }
    }
    return false;
}

/* Would a screen show something else? */
static bool looks_different(const char *text)
{
    struct buf clean;
    buf_init(&clean, 0);
    bool changed = text_clean(text, strlen(text), &clean);
    buf_done(&clean);
    return changed;
}

static void check_name(const struct key_draft *draft, const struct inventory *inv,
                       struct draft_check *out)
{
    if (is_blank(draft->name)) {
        problem(out, DRAFT_NAME, DRAFT_ERROR, "a name is needed");
    } else if (!text_is_utf8(draft->name, strlen(draft->name)) || has_control(draft->name)) {
        problem(out, DRAFT_NAME, DRAFT_ERROR, "the name holds control characters or broken UTF-8");
    } else if (characters(draft->name) > 100) {
        problem(out, DRAFT_NAME, DRAFT_ERROR, "at most 100 characters; these are %zu",
                characters(draft->name));
    } else if (strcasecmp(draft->name, "default_user_key") == 0) {
        problem(out, DRAFT_NAME, DRAFT_ERROR,
                "this is the name of keys that Portkey makes by itself");
    } else if (inv != NULL && name_is_taken(draft, inv)) {
        problem(out, DRAFT_NAME, DRAFT_WARN, "a key of this name is there already");
    } else if (looks_different(draft->name)) {
        problem(out, DRAFT_NAME, DRAFT_WARN, "the name holds characters that are not shown");
    }
}

static void check_description(const struct key_draft *draft, struct draft_check *out)
{
    if (!text_is_utf8(draft->description, strlen(draft->description)) ||
        has_control(draft->description)) {
        problem(out, DRAFT_DESCRIPTION, DRAFT_ERROR,
                "the description holds control characters or broken UTF-8");
    } else if (characters(draft->description) > 200) {
        problem(out, DRAFT_DESCRIPTION, DRAFT_ERROR, "at most 200 characters; these are %zu",
                characters(draft->description));
    } else if (is_blank(draft->description)) {
        problem(out, DRAFT_DESCRIPTION, DRAFT_WARN, "say what the key is for, or a ticket");
    }
}

static void check_scopes(const struct key_draft *draft, struct draft_check *out)
{
    if (scope_set_count(&draft->scopes) == 0) {
        problem(out, DRAFT_SCOPES, DRAFT_ERROR, "at least one scope is needed");
        return;
    }
    for (int i = 0; i < SCOPE_COUNT && draft->kind != KEY_KIND_UNKNOWN; i++) {
        if (scope_set_has(&draft->scopes, i) && !scope_legal(i, draft->kind)) {
            problem(out, DRAFT_SCOPES, DRAFT_ERROR, "%s is not legal for a %s key",
                    scope_info(i)->name, key_kind_name(draft->kind));
            return;
        }
    }
    if ((scope_set_marks(&draft->scopes) & SCOPE_MARK_KEYS) != 0) {
        problem(out, DRAFT_SCOPES, DRAFT_WARN, "this key can make or change keys");
    }
}

static bool whole_number(const char *text, int64_t *out)
{
    char *end;
    if (*text < '0' || *text > '9' || strlen(text) > 15) {
        return false;
    }
    *out = strtoll(text, &end, 10);
    return *end == '\0';
}

static bool amount(const char *text, double *out)
{
    char *end;
    if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789.") != strlen(text) ||
        strlen(text) > 15) {
        return false;
    }
    *out = strtod(text, &end);
    return *end == '\0';
}

static void check_rates(const struct key_draft *draft, struct draft_check *out)
{
    for (int i = 0; i < draft->rate_count; i++) {
        const struct draft_rate *rate = &draft->rates[i];
        int64_t value;
        if (!whole_number(rate->value, &value)) {
            problem(out, DRAFT_RATES, DRAFT_ERROR, "row %d: a whole number of 0 or more", i + 1);
        } else if (value == 0) {
            problem(out, DRAFT_RATES, DRAFT_WARN, "row %d: 0 blocks every call", i + 1);
        }
        for (int j = 0; j < i; j++) {
            if (draft->rates[j].type == rate->type && draft->rates[j].unit == rate->unit) {
                problem(out, DRAFT_RATES, DRAFT_ERROR, "rows %d and %d limit the same thing", j + 1,
                        i + 1);
            }
        }
    }
}

static void check_budget(const struct key_draft *draft, struct draft_check *out)
{
    double budget = 0;
    double alert = 0;
    if (draft->budget[0] == '\0') {
        if (draft->alert[0] != '\0') {
            problem(out, DRAFT_BUDGET, DRAFT_ERROR, "an alert needs a budget");
        }
        if (draft->reset != RESET_NONE) {
            problem(out, DRAFT_BUDGET, DRAFT_ERROR, "a reset needs a budget");
        }
        return;
    }
    if (!amount(draft->budget, &budget) || budget < 1) {
        problem(out, DRAFT_BUDGET, DRAFT_ERROR, "a number of 1 or more");
        return;
    }
    if (draft->alert[0] == '\0') {
        return;
    }
    if (!amount(draft->alert, &alert) || alert < 1) {
        problem(out, DRAFT_BUDGET, DRAFT_ERROR,
                "the alert is an amount of 1 or more, not a percentage");
    } else if (alert > budget) {
        problem(out, DRAFT_BUDGET, DRAFT_ERROR, "the alert is above the budget");
    }
}

#define DAY_MS ((int64_t)24 * 3600 * 1000)

bool draft_expires_at(const struct key_draft *draft, int64_t now, int64_t *out)
{
    const char *text = draft->expires;
    size_t len = strlen(text);
    if (len == 0) {
        *out = TIME_NONE;
        return true;
    }
    if (text[len - 1] == 'd') {
        char digits[sizeof draft->expires];
        int64_t days;
        snprintf(digits, sizeof digits, "%.*s", (int)len - 1, text);
        if (!whole_number(digits, &days) || days > 36500) {
            return false;
        }
        /* To the second, as the server keeps it. */
        *out = (now / 1000 * 1000) + days * DAY_MS;
        return true;
    }
    return time_parse(text, out);
}

bool draft_transition_ms(const struct key_draft *draft, int64_t *out)
{
    static const struct {
        char unit;
        int64_t ms;
    } UNITS[] = {{'m', 60000}, {'h', 3600000}, {'d', DAY_MS}};
    const char *text = draft->transition;
    size_t len = strlen(text);
    if (len == 0) {
        *out = 0;
        return true;
    }
    char digits[sizeof draft->transition];
    int64_t value;
    snprintf(digits, sizeof digits, "%.*s", (int)len - 1, text);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (text[len - 1] == UNITS[i].unit && whole_number(digits, &value) && value < 100000) {
            *out = value * UNITS[i].ms;
            return true;
        }
    }
    return false;
}

static void check_expires(const struct key_draft *draft, int64_t now, struct draft_check *out)
{
    int64_t at;
    if (!draft_expires_at(draft, now, &at)) {
        problem(out, DRAFT_EXPIRES, DRAFT_ERROR,
                "a number of days like 90d, a date, or an RFC 3339 time");
    } else if (at == TIME_NONE) {
        problem(out, DRAFT_EXPIRES, DRAFT_WARN, "this key never expires");
    } else if (at <= now) {
        problem(out, DRAFT_EXPIRES, DRAFT_ERROR, "this is not in the future");
    } else if (at > now + 365 * DAY_MS) {
        problem(out, DRAFT_EXPIRES, DRAFT_WARN, "more than a year");
    }
}

static void check_rotation(const struct key_draft *draft, struct draft_check *out)
{
    int64_t ms;
    bool given = draft->transition[0] != '\0';
    int64_t period = draft->rotation == ROTATE_WEEKLY ? 7 * DAY_MS : 28 * DAY_MS;
    if (!draft_transition_ms(draft, &ms)) {
        problem(out, DRAFT_ROTATION, DRAFT_ERROR,
                "the old secret lives on for a span like 30m, 24h or 2d");
    } else if (given && draft->rotation == ROTATE_NONE) {
        problem(out, DRAFT_ROTATION, DRAFT_ERROR,
                "there is no rotation for the old secret to outlive");
    } else if (given && ms < (int64_t)30 * 60000) {
        problem(out, DRAFT_ROTATION, DRAFT_ERROR,
                "the old secret lives on for 30 minutes at least");
    } else if (given && ms >= period) {
        problem(out, DRAFT_ROTATION, DRAFT_ERROR,
                "the old secret must die before the next rotation");
    }
}

void draft_check(const struct key_draft *draft, const struct inventory *inv, int64_t now,
                 struct draft_check *out)
{
    *out = (struct draft_check){.count = 0};
    if (draft->kind == KEY_KIND_UNKNOWN) {
        problem(out, DRAFT_KIND, DRAFT_ERROR, "choose the kind of key");
    }
    check_workspace(draft, inv, out);
    check_owner(draft, inv, out);
    check_name(draft, inv, out);
    check_description(draft, out);
    check_scopes(draft, out);
    check_rates(draft, out);
    check_budget(draft, out);
    check_expires(draft, now, out);
    check_rotation(draft, out);
}

/* -- presets -- */

/* In an order in which each kind of key has those that are next to each other. */
static const struct draft_preset PRESETS[] = {
    {"inference", "completions only"},
    {"prompt-runner", "completions and rendering prompts"},
    {"read-only", "see everything, change nothing"},
    {"audit", "who is who and what keys there are; no logs"},
};

#define PRESET_COUNT (sizeof PRESETS / sizeof *PRESETS)

/* What each takes in, as far as it is legal: whole names, or "*.verb" for that verb of every
 * resource. */
static const char *const PATTERNS[PRESET_COUNT][13] = {
    {"completions.write"},
    {"completions.write", "prompts.render", "prompts.read", "prompts.list"},
    {"*.read", "*.list", "*.view"},
    {"organisation_users.read", "organisation_users.list", "organisation_service_api_keys.read",
     "organisation_service_api_keys.list", "workspaces.read", "workspaces.list",
     "workspace_service_api_keys.read", "workspace_service_api_keys.list",
     "workspace_user_api_keys.read", "workspace_user_api_keys.list", "workspace_users.read",
     "workspace_users.list"},
};

const struct draft_preset *draft_presets(enum key_kind kind, size_t *count)
{
    switch (kind) {
    case KEY_ORGANISATION_SERVICE: /* never completions */
        *count = 2;
        return &PRESETS[2];
    case KEY_WORKSPACE_SERVICE:
        *count = PRESET_COUNT;
        return PRESETS;
    case KEY_WORKSPACE_USER: /* never keys or people */
        *count = 3;
        return PRESETS;
    case KEY_KIND_UNKNOWN:
        break;
    }
    *count = 0;
    return PRESETS;
}

static bool pattern_takes(const char *pattern, const struct scope_info *info)
{
    return pattern[0] == '*' ? strcmp(pattern + 2, info->verb) == 0
                             : strcmp(pattern, info->name) == 0;
}

bool draft_apply_preset(struct key_draft *draft, const char *name)
{
    size_t count;
    const struct draft_preset *presets = draft_presets(draft->kind, &count);
    size_t chosen = 0;
    while (chosen < count && strcmp(presets[chosen].name, name) != 0) {
        chosen++;
    }
    if (chosen == count) {
        return false;
    }
    const char *const *patterns = PATTERNS[&presets[chosen] - PRESETS];
    memset(&draft->scopes, 0, sizeof draft->scopes);
    for (int i = 0; i < SCOPE_COUNT; i++) {
        for (size_t k = 0; scope_legal(i, draft->kind) && patterns[k] != NULL; k++) {
            if (pattern_takes(patterns[k], scope_info(i))) {
                scope_set_add(&draft->scopes, i);
            }
        }
    }
    return true;
}

/* -- flags -- */

bool draft_parse_rate(struct key_draft *draft, const char *text, struct err *err)
{
    char *copy = xstrdup(text);
    char *rest = copy;
    const char *type = strsep(&rest, ":");
    const char *unit = strsep(&rest, ":");
    const char *value = rest;
    struct draft_rate rate = {LIMIT_TYPE_OTHER, RATE_UNIT_OTHER, ""};
    bool ok = unit != NULL && value != NULL && strlen(value) < sizeof rate.value;
    if (ok) {
        rate.type = limit_type_parse(type);
        rate.unit = rate_unit_parse(unit);
        snprintf(rate.value, sizeof rate.value, "%s", value);
        ok = (rate.type == LIMIT_REQUESTS || rate.type == LIMIT_TOKENS) &&
             rate.unit != RATE_UNIT_OTHER;
    }
    free(copy);
    if (!ok) {
        return err_set(
            err, ERR_INVALID,
            "A rate limit reads requests:rpm:100 (requests or tokens; rps, rpm, rph, rpd or rpw).");
    }
    if (draft->rate_count == DRAFT_RATES_MAX) {
        return err_set(err, ERR_INVALID, "At most %d rate limits.", DRAFT_RATES_MAX);
    }
    draft->rates[draft->rate_count++] = rate;
    return true;
}

bool draft_parse_budget(struct key_draft *draft, const char *text, struct err *err)
{
    const char *value = strchr(text, ':');
    enum limit_type type = LIMIT_TYPE_OTHER;
    if (value != NULL) {
        char *word = xstrndup(text, (size_t)(value++ - text));
        type = limit_type_parse(word);
        free(word);
    }
    if (value == NULL || *value == '\0' || strlen(value) >= sizeof draft->budget ||
        (type != LIMIT_COST && type != LIMIT_TOKENS)) {
        return err_set(err, ERR_INVALID, "A budget reads cost:100 or tokens:5000000.");
    }
    draft->budget_type = type;
    snprintf(draft->budget, sizeof draft->budget, "%s", value);
    return true;
}
