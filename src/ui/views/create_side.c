/* A draft in words, and the panel beside the steps on wide screens: the request as it would be, and
 * every check. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/views/create_internal.h"

#include "base/banned.h"

const char *create_kind_words(enum key_kind kind)
{
    static const char *const words[] = {"organisation service", "workspace service",
                                        "workspace user", "not chosen"};

    return words[kind];
}

void create_marks_words(unsigned marks, struct buf *out)
{
    bool first = true;

    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        if ((marks & 1u << i) != 0) {
            buf_addf(out, "%s%c %s", first ? "" : ", ", scope_mark_letter(i), grid_mark_words(i));
            first = false;
        }
    }
}

void create_metadata_words(const struct key_draft *draft, struct buf *out)
{
    buf_adds(out, draft->pair_count == 0 ? "none" : "");
    for (int i = 0; i < draft->pair_count; i++) {
        const struct draft_pair *pair = &draft->metadata[i];

        buf_addf(out, "%s%s=%s", i == 0 ? "" : ", ", pair->key, pair->value);
    }
}

void create_config_words(const struct key_draft *draft, struct buf *out)
{
    if (draft->config[0] == '\0') {
        buf_adds(out, "none");
        return;
    }
    buf_addf(out, "%s, callers may %soverride it", draft->config,
             draft->allow_override ? "" : "not ");
}

void create_rates_words(const struct key_draft *draft, struct buf *out)
{
    static const char *const units[] = {"a second", "a minute", "an hour", "a day", "a week", "?"};

    if (draft->rate_count == 0) {
        buf_adds(out, "none");
    }
    for (int i = 0; i < draft->rate_count; i++) {
        const struct draft_rate *rate = &draft->rates[i];

        buf_addf(out, "%s%s %s %s", i == 0 ? "" : ", ", rate->value[0] == '\0' ? "?" : rate->value,
                 limit_type_name(rate->type), units[rate->unit]);
    }
}

static void add_reset(const struct key_draft *draft, struct buf *out)
{
    switch (draft->reset) {
    case RESET_NONE:
        return;
    case RESET_WEEKLY:
        buf_adds(out, ", again every week");
        break;
    case RESET_MONTHLY:
        buf_adds(out, ", again every month");
        break;
    case RESET_DAYS:
        buf_addf(out, ", again every %s days",
                 draft->reset_days[0] == '\0' ? "?" : draft->reset_days);
        break;
    }
    if (draft->reset_at[0] != '\0') {
        buf_addf(out, ", first on %s at 00:00 UTC", draft->reset_at);
    }
}

void create_budget_words(const struct key_draft *draft, struct buf *out)
{
    if (draft->budget[0] == '\0') {
        buf_adds(out, "none");
        return;
    }
    buf_addf(out, "%s %s", draft->budget,
             draft->budget_type == LIMIT_TOKENS ? "tokens" : "US dollars");
    if (draft->alert[0] != '\0') {
        int percent = draft_alert_percent(draft);

        buf_addf(out, ", alert at %s", draft->alert);
        if (percent >= 0) {
            buf_addf(out, " (%d %%)", percent);
        }
    }
    add_reset(draft, out);
}

void create_expires_words(const struct key_draft *draft, int64_t now, struct buf *out)
{
    char text[40];
    int64_t at;

    if (!draft_expires_at(draft, now, &at)) {
        buf_adds(out, "?");
    } else if (at == TIME_NONE) {
        buf_adds(out, "never");
    } else {
        time_strftime(at, "%Y-%m-%d %H:%MZ", text, sizeof(text));
        buf_adds(out, text);
    }
}

void create_rotation_words(const struct key_draft *draft, struct buf *out)
{
    static const char *const words[] = {"none", "weekly", "monthly"};

    if (draft->rotation == ROTATE_DAYS) {
        buf_addf(out, "every %s days",
                 draft->rotation_days[0] == '\0' ? "?" : draft->rotation_days);
    } else if (draft->rotation == ROTATE_DATE) {
        buf_addf(out, "once, on %s at 00:00 UTC",
                 draft->rotation_at[0] == '\0' ? "?" : draft->rotation_at);
    } else {
        buf_adds(out, words[draft->rotation]);
    }
    if (draft->transition[0] != '\0') {
        buf_addf(out, ", the old secret lives on for %s", draft->transition);
    }
}

/* -- the panel -- */

/* Under the name that the field has in the request. */
static void side_field(struct doc *doc, enum draft_field field, struct buf *words)
{
    char *clean = text_cleaned(words->data);
    const char *name = draft_field_name(field);

    /* Of a name with a dot the last part: the panel is narrow. */
    name = strrchr(name, '.') == NULL ? name : strrchr(name, '.') + 1;
    doc_field(doc, name, clean[0] == '\0' ? STYLE_DIM : STYLE_NORMAL, "%s",
              clean[0] == '\0' ? "-" : clean);
    free(clean);
    buf_clear(words);
}

static void write_request(struct create *create)
{
    const struct key_draft *draft = &create->draft;
    struct doc *doc = create->side;
    struct buf words;

    buf_init(&words, 0);
    doc_section(doc, 0, "THE REQUEST SO FAR");
    buf_adds(&words, create_kind_words(draft->kind));
    side_field(doc, DRAFT_KIND, &words);
    if (draft->kind != KEY_ORGANISATION_SERVICE) {
        create_workspace_words(create, &words);
        side_field(doc, DRAFT_WORKSPACE, &words);
    }
    if (draft->kind == KEY_WORKSPACE_USER) {
        create_owner_words(create, &words);
        side_field(doc, DRAFT_OWNER, &words);
    }
    buf_adds(&words, draft->name);
    side_field(doc, DRAFT_NAME, &words);
    buf_adds(&words, draft->description);
    side_field(doc, DRAFT_DESCRIPTION, &words);
    create_metadata_words(draft, &words);
    side_field(doc, DRAFT_METADATA, &words);
    create_config_words(draft, &words);
    side_field(doc, DRAFT_CONFIG, &words);
    buf_addf(&words, "%d", scope_set_count(&draft->scopes));
    side_field(doc, DRAFT_SCOPES, &words);
    if (scope_set_marks(&draft->scopes) != 0) {
        create_marks_words(scope_set_marks(&draft->scopes), &words);
        doc_field(doc, "  danger", STYLE_WARN, "%s", words.data);
        buf_clear(&words);
    }
    create_rates_words(draft, &words);
    side_field(doc, DRAFT_RATES, &words);
    create_budget_words(draft, &words);
    side_field(doc, DRAFT_BUDGET, &words);
    buf_adds(&words, draft->emails[0] == '\0' ? "none" : draft->emails);
    side_field(doc, DRAFT_EMAILS, &words);
    create_expires_words(draft, ui_now(create->ui), &words);
    side_field(doc, DRAFT_EXPIRES, &words);
    create_rotation_words(draft, &words);
    side_field(doc, DRAFT_ROTATION, &words);
    buf_done(&words);
}

const char *create_field_words(enum draft_field field)
{
    static const char *const words[DRAFT_FIELD_COUNT] = {
        "kind",        "workspace", "owner",    "name",        "description", "metadata",
        "config",      "override",  "scopes",   "rate limits", "budget",      "reset",
        "alert mails", "expires",   "rotation", "overlap"};

    return words[field];
}

static bool concerns(const struct key_draft *draft, enum draft_field field)
{
    return !(field == DRAFT_WORKSPACE && draft->kind == KEY_ORGANISATION_SERVICE) &&
           !(field == DRAFT_OWNER && draft->kind != KEY_WORKSPACE_USER) &&
           !(field == DRAFT_METADATA && draft->pair_count == 0) &&
           !(field == DRAFT_CONFIG && draft->config[0] == '\0') &&
           !(field == DRAFT_OVERRIDE && !draft->allow_override) &&
           !(field == DRAFT_EMAILS && draft->emails[0] == '\0') &&
           !(field == DRAFT_RESET && draft->reset == RESET_NONE) &&
           !(field == DRAFT_TRANSITION && draft->rotation == ROTATE_NONE);
}

/* What is wrong or worth a look of one field; false when there is nothing. */
static bool write_problems(struct create *create, int field, const char *label)
{
    struct doc *doc = create->side;
    bool any = field == create->refused_field;

    if (any) {
        doc_field(doc, label, STYLE_BAD, "x  refused by the server");
    }
    for (int i = 0; i < create->check.count; i++) {
        const struct draft_problem *problem = &create->check.problems[i];
        bool error = problem->severity == DRAFT_ERROR;

        if ((int)problem->field == field) {
            doc_field(doc, label, error ? STYLE_BAD : STYLE_WARN, "%s %s", error ? "x " : "! ",
                      problem->text);
            any = true;
        }
    }
    return any;
}

/* What is right goes into one line, so that nothing that is wrong falls off the end. */
static void write_checks(struct create *create)
{
    struct buf right;

    buf_init(&right, 0);
    doc_section(create->side, 0, "CHECKS");
    for (int field = 0; field < DRAFT_FIELD_COUNT; field++) {
        const char *label = create_field_words((enum draft_field)field);

        if (concerns(&create->draft, (enum draft_field)field) &&
            !write_problems(create, field, label)) {
            buf_addf(&right, "%s%s", right.len == 0 ? "" : ", ", label);
        }
    }
    if (right.len > 0) {
        doc_field(create->side, "ok", STYLE_GOOD, "%s", right.data);
    }
    buf_done(&right);
}

void create_write_side(struct create *create)
{
    doc_clear(create->side);
    write_request(create);
    write_checks(create);
    doc_section(create->side, 0, "IF THE ANSWER IS LOST");
    doc_text(
        create->side, STYLE_DIM,
        "it is looked for among what is new in the list. What may be it is named, for a person to "
        "judge; nothing is revoked and nothing made twice by itself.");
}
