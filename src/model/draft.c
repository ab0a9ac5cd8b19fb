#include "model/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/draft_internal.h"

#include "base/banned.h"

static const char *const FIELD_NAMES[DRAFT_FIELD_COUNT] = {
    [DRAFT_KIND] = "kind",
    [DRAFT_WORKSPACE] = "workspace_id",
    [DRAFT_OWNER] = "user_id",
    [DRAFT_NAME] = "name",
    [DRAFT_DESCRIPTION] = "description",
    [DRAFT_METADATA] = "defaults.metadata",
    [DRAFT_CONFIG] = "defaults.config_id",
    [DRAFT_OVERRIDE] = "defaults.allow_config_override",
    [DRAFT_SCOPES] = "scopes",
    [DRAFT_RATES] = "rate_limits",
    [DRAFT_BUDGET] = "usage_limits",
    [DRAFT_RESET] = "usage_limits",
    [DRAFT_EMAILS] = "alert_emails",
    [DRAFT_EXPIRES] = "expires_at",
    [DRAFT_ROTATION] = "rotation_policy",
    [DRAFT_TRANSITION] = "rotation_policy",
};

const char *draft_field_name(enum draft_field field)
{
    return FIELD_NAMES[field];
}

/* Not within another word: "username" is not "name". */
static bool names_field(const char *message, const char *word)
{
    for (const char *at = message; (at = ascii_find(at, word)) != NULL; at++) {
        if (at == message || !ascii_is_letter(at[-1])) {
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
        {"metadata", DRAFT_METADATA},
        {"allow_config_override", DRAFT_OVERRIDE},
        {"config_id", DRAFT_CONFIG},
        {"alert_email", DRAFT_EMAILS},
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

/* NULL: it does not fit. */
static struct draft_problem *add_problem(struct draft_check *out, enum draft_field field,
                                         enum draft_severity severity)
{
    out->errors += severity == DRAFT_ERROR;
    if (out->count == DRAFT_PROBLEMS_MAX) {
        return NULL;
    }
    struct draft_problem *p = &out->problems[out->count++];
    *p = (struct draft_problem){.field = field, .severity = severity};
    return p;
}

void draft_problem(struct draft_check *out, enum draft_field field, enum draft_severity severity,
                   const char *format, ...)
{
    struct draft_problem *p = add_problem(out, field, severity);
    if (p == NULL) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(p->text, sizeof p->text, format, args);
    va_end(args);
}

void draft_problem_at(struct draft_check *out, enum draft_field field, enum draft_severity severity,
                      int row, enum draft_part part, const char *format, ...)
{
    struct draft_problem *p = add_problem(out, field, severity);
    if (p == NULL) {
        return;
    }
    p->row = row;
    p->part = part;
    if (row > 0) {
        p->head = snprintf(p->text, sizeof p->text, "row %d: ", row);
    }
    va_list args;
    va_start(args, format);
    vsnprintf(p->text + p->head, sizeof p->text - (size_t)p->head, format, args);
    va_end(args);
}

void draft_problem_twins(struct draft_check *out, enum draft_field field, int first, int second,
                         enum draft_part part, const char *words)
{
    struct draft_problem *p = add_problem(out, field, DRAFT_ERROR);
    if (p != NULL) {
        p->row = second;
        p->part = part;
        snprintf(p->text, sizeof p->text, "rows %d and %d %s", first, second, words);
    }
}

static void check_workspace(const struct key_draft *draft, const struct inventory *inv,
                            struct draft_check *out)
{
    if (draft->kind == KEY_ORGANISATION_SERVICE) {
        if (draft->workspace[0] != '\0') {
            draft_problem(out, DRAFT_WORKSPACE, DRAFT_ERROR,
                          "an organisation key has no workspace");
        }
        return;
    }
    if (draft->workspace[0] == '\0') {
        draft_problem(out, DRAFT_WORKSPACE, DRAFT_ERROR, "a workspace key needs its workspace");
        return;
    }
    int found = inv == NULL ? -1 : inventory_find_workspace_text(inv, draft->workspace);
    if (found == -2) {
        draft_problem(out, DRAFT_WORKSPACE, DRAFT_ERROR,
                      "several workspaces have this name: give the slug or the id");
    } else if (found < 0 && inv != NULL &&
               inv->lists[LIST_WORKSPACES].progress == PROGRESS_COMPLETE) {
        draft_problem(out, DRAFT_WORKSPACE, DRAFT_ERROR,
                      "there is no such workspace in what your key can list");
    } else if (found >= 0 && inv->workspaces[found].archived) {
        draft_problem(out, DRAFT_WORKSPACE, DRAFT_ERROR,
                      "this workspace is archived: no key can be made in it");
    }
}

static void check_owner(const struct key_draft *draft, const struct inventory *inv,
                        struct draft_check *out)
{
    if (draft->kind != KEY_WORKSPACE_USER) {
        if (draft->owner[0] != '\0') {
            draft_problem(out, DRAFT_OWNER, DRAFT_ERROR, "only a user key has an owner");
        }
        return;
    }
    if (draft->owner[0] == '\0') {
        draft_problem(out, DRAFT_OWNER, DRAFT_ERROR,
                      "a user key needs its owner; it cannot be changed later");
        return;
    }
    int ws = inv != NULL ? inventory_find_workspace_text(inv, draft->workspace) : -1;
    if (ws >= 0 && inv->member_states[ws].progress == PROGRESS_COMPLETE &&
        inventory_find_member(inv, inv->workspaces[ws].id, inventory_find_id(inv, draft->owner)) <
            0) {
        draft_problem(out, DRAFT_OWNER, DRAFT_ERROR, "the owner is not a member of this workspace");
    }
}

static void check_scopes(const struct key_draft *draft, struct draft_check *out)
{
    if (scope_set_count(&draft->scopes) == 0) {
        draft_problem(out, DRAFT_SCOPES, DRAFT_ERROR, "at least one scope is needed");
        return;
    }
    for (int i = 0; i < SCOPE_COUNT && draft->kind != KEY_KIND_UNKNOWN; i++) {
        if (scope_set_has(&draft->scopes, i) && !scope_legal(i, draft->kind)) {
            draft_problem(out, DRAFT_SCOPES, DRAFT_ERROR, "%s is not legal for a %s key",
                          scope_info(i)->name, key_kind_name(draft->kind));
            return;
        }
    }
    if ((scope_set_marks(&draft->scopes) & SCOPE_MARK_KEYS) != 0) {
        draft_problem(out, DRAFT_SCOPES, DRAFT_WARN, "this key can make or change keys");
    }
}

void draft_check(const struct key_draft *draft, const struct inventory *inv, int64_t now,
                 struct draft_check *out)
{
    *out = (struct draft_check){.count = 0};
    if (draft->kind == KEY_KIND_UNKNOWN) {
        draft_problem(out, DRAFT_KIND, DRAFT_ERROR, "choose the kind of key");
    }
    check_workspace(draft, inv, out);
    check_owner(draft, inv, out);
    draft_check_texts(draft, inv, out);
    draft_check_defaults(draft, out);
    check_scopes(draft, out);
    draft_check_limits(draft, now, out);
    draft_check_life(draft, now, out);
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

/* "30d": how many days, as digits. False when it has no room or another shape. */
static bool take_days(const char *text, char *out, size_t size)
{
    size_t len = strlen(text);
    if (len < 2 || text[len - 1] != 'd' || len - 1 >= size ||
        strspn(text, "0123456789") != len - 1) {
        return false;
    }
    memcpy(out, text, len - 1);
    out[len - 1] = '\0';
    return true;
}

bool draft_parse_rotation(struct key_draft *draft, const char *text, struct err *err)
{
    int64_t at;
    if (strcmp(text, "weekly") == 0) {
        draft->rotation = ROTATE_WEEKLY;
    } else if (strcmp(text, "monthly") == 0) {
        draft->rotation = ROTATE_MONTHLY;
    } else if (take_days(text, draft->rotation_days, sizeof draft->rotation_days)) {
        draft->rotation = ROTATE_DAYS;
    } else if (draft_date(text, &at)) {
        draft->rotation = ROTATE_DATE;
        snprintf(draft->rotation_at, sizeof draft->rotation_at, "%s", text);
    } else {
        return err_set(err, ERR_INVALID,
                       "A rotation is weekly, monthly, a number of days like 30d, or one date "
                       "like 2027-01-31.");
    }
    return true;
}

bool draft_parse_reset(struct key_draft *draft, const char *text, struct err *err)
{
    if (strcmp(text, "weekly") == 0) {
        draft->reset = RESET_WEEKLY;
    } else if (strcmp(text, "monthly") == 0) {
        draft->reset = RESET_MONTHLY;
    } else if (take_days(text, draft->reset_days, sizeof draft->reset_days)) {
        draft->reset = RESET_DAYS;
    } else {
        return err_set(err, ERR_INVALID,
                       "A reset is weekly, monthly, or a number of days like 30d.");
    }
    return true;
}
