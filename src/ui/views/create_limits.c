/* The fields of the step Limits and life. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ui/views/create_internal.h"

#include "base/banned.h"

static const enum limit_type RATE_TYPES[] = {LIMIT_REQUESTS, LIMIT_TOKENS};
static const struct form_option RATE_TYPE_WORDS[] = {{"requests", NULL, NULL},
                                                     {"tokens", NULL, NULL}};
static const struct form_option RATE_UNIT_WORDS[] = {
    {"a second", NULL, NULL}, {"a minute", NULL, NULL}, {"an hour", NULL, NULL},
    {"a day", NULL, NULL},    {"a week", NULL, NULL},
};
#define RATE_UNITS ((int)RATE_UNIT_OTHER)
static const enum limit_type BUDGET_TYPES[] = {LIMIT_COST, LIMIT_TOKENS};
static const struct form_option BUDGET_TYPE_WORDS[] = {{"US dollars", NULL, NULL},
                                                       {"tokens", NULL, NULL}};
/* In the order of enum draft_reset and of enum draft_rotation, which has all of them. */
static const struct form_option PERIOD_WORDS[] = {{"none", NULL, NULL},
                                                  {"weekly", NULL, NULL},
                                                  {"monthly", NULL, NULL},
                                                  {"days", NULL, NULL},
                                                  {"date", NULL, NULL}};
#define RESET_CHOICES 4
#define ROTATION_CHOICES 5
static const struct form_option EXPIRES_WORDS[] = {{"never", NULL, NULL},
                                                   {"30 days", NULL, NULL},
                                                   {"90 days", NULL, NULL},
                                                   {"365 days", NULL, NULL},
                                                   {"other", NULL, NULL}};
static const char *const EXPIRES_VALUES[] = {"", "30d", "90d", "365d"};
#define EXPIRES_OTHER 4

#define NUMBER_WIDTH 12
#define DAYS_WIDTH 4
#define DATE_WIDTH 11 /* and the cursor */

/* -- building -- */

static void build_rate(struct create *create, int row)
{
    const struct draft_rate *rate = &create->draft.rates[row];
    int id = F_RATE + row * RATE_FIELDS;
    struct form *form = create->form;

    form_add_text(form, id + RATE_VALUE, row == 0 ? "Rate limits" : "", sizeof(rate->value) - 1,
                  NUMBER_WIDTH);
    form_set_text(form, id + RATE_VALUE, rate->value);
    form_add_choice(form, id + RATE_TYPE, "", RATE_TYPE_WORDS, 2, false);
    form_beside(form);
    form_set_choice(form, id + RATE_TYPE, rate->type == LIMIT_TOKENS);
    form_add_choice(form, id + RATE_UNIT, "", RATE_UNIT_WORDS, RATE_UNITS, false);
    form_beside(form);
    form_set_choice(form, id + RATE_UNIT, (int)rate->unit);
    form_add_button(form, id + RATE_REMOVE, "Remove");
    form_beside(form);
}

static void build_budget(struct create *create)
{
    struct form *form = create->form;
    const struct key_draft *draft = &create->draft;

    form_add_text(form, F_BUDGET, "Budget", sizeof(draft->budget) - 1, NUMBER_WIDTH);
    form_set_text(form, F_BUDGET, draft->budget);
    form_add_choice(form, F_BUDGET_TYPE, "", BUDGET_TYPE_WORDS, 2, false);
    form_beside(form);
    form_set_choice(form, F_BUDGET_TYPE, draft->budget_type == LIMIT_TOKENS);
    form_add_text(form, F_ALERT, "alert at", sizeof(draft->alert) - 1, NUMBER_WIDTH);
    form_beside(form);
    form_set_text(form, F_ALERT, draft->alert);
    form_add_note(form, F_BUDGET_NOTE, STYLE_DIM, "");
    form_add_choice(form, F_RESET, "Reset", PERIOD_WORDS, RESET_CHOICES, false);
    form_set_choice(form, F_RESET, (int)draft->reset);
    form_add_text(form, F_RESET_DAYS, "  days 1-365", sizeof(draft->reset_days) - 1, DAYS_WIDTH);
    form_set_text(form, F_RESET_DAYS, draft->reset_days);
    form_add_text(form, F_RESET_AT, "  first on", sizeof(draft->reset_at) - 1, DATE_WIDTH);
    form_set_text(form, F_RESET_AT, draft->reset_at);
    form_add_note(form, F_RESET_NOTE, STYLE_DIM,
                  " A date like 2027-01-31, 00:00 UTC. Empty: the server says when.");
}

static int expires_choice(const struct key_draft *draft)
{
    for (int i = 0; i < EXPIRES_OTHER; i++) {
        if (strcmp(draft->expires, EXPIRES_VALUES[i]) == 0) {
            return i;
        }
    }
    return EXPIRES_OTHER;
}

static void build_life(struct create *create)
{
    struct form *form = create->form;
    const struct key_draft *draft = &create->draft;
    int choice = expires_choice(draft);

    form_add_choice(form, F_EXPIRES_KIND, "Expires", EXPIRES_WORDS, EXPIRES_OTHER + 1, false);
    form_set_choice(form, F_EXPIRES_KIND, choice);
    form_add_text(form, F_EXPIRES, "  on", sizeof(draft->expires) - 1, 26);
    form_set_text(form, F_EXPIRES,
                  strcmp(draft->expires, EXPIRES_NOT_YET) == 0 ? "" : draft->expires);
    form_add_note(form, F_EXPIRES_NOTE, STYLE_DIM, "");
    form_add_gap(form);
    form_add_choice(form, F_ROTATION, "Rotation", PERIOD_WORDS, ROTATION_CHOICES, false);
    form_set_choice(form, F_ROTATION, (int)draft->rotation);
    form_add_text(form, F_ROTATION_DAYS, "  days 1-365", sizeof(draft->rotation_days) - 1,
                  DAYS_WIDTH);
    form_set_text(form, F_ROTATION_DAYS, draft->rotation_days);
    form_add_text(form, F_ROTATION_AT, "  once, on", sizeof(draft->rotation_at) - 1, DATE_WIDTH);
    form_set_text(form, F_ROTATION_AT, draft->rotation_at);
    form_add_text(form, F_TRANSITION, "  overlap", sizeof(draft->transition) - 1, 8);
    form_set_text(form, F_TRANSITION, draft->transition);
    form_add_note(form, F_TRANSITION_NOTE, STYLE_DIM,
                  " The old secret works on for: 30m, 24h, 2d. Empty: 30m.");
}

/* Only what the choices ask for is there. */
static void show_fields(struct create *create)
{
    const struct key_draft *draft = &create->draft;
    struct form *form = create->form;

    form_set_hidden(form, F_RESET_DAYS, draft->reset != RESET_DAYS);
    form_set_hidden(form, F_RESET_AT, draft->reset == RESET_NONE);
    form_set_hidden(form, F_RESET_NOTE, draft->reset == RESET_NONE);
    form_set_hidden(form, F_EXPIRES, expires_choice(draft) != EXPIRES_OTHER);
    form_set_hidden(form, F_ROTATION_DAYS, draft->rotation != ROTATE_DAYS);
    form_set_hidden(form, F_ROTATION_AT, draft->rotation != ROTATE_DATE);
    form_set_hidden(form, F_TRANSITION, draft->rotation == ROTATE_NONE);
    form_set_hidden(form, F_TRANSITION_NOTE, draft->rotation == ROTATE_NONE);
}

static void write_notes(struct create *create)
{
    const struct key_draft *draft = &create->draft;
    int percent = draft_alert_percent(draft);
    char text[160] = " The alert is an amount in the same unit, not a percentage.";
    char until[40];
    int64_t at;

    if (percent >= 0) {
        snprintf(text, sizeof(text), " The alert comes at %d %% of the budget.", percent);
    }
    form_set_text(create->form, F_BUDGET_NOTE, text);
    text[0] = '\0';
    if (draft_expires_at(draft, ui_now(create->ui), &at) && at != TIME_NONE) {
        time_strftime(at, "%Y-%m-%d %H:%MZ", until, sizeof(until));
        snprintf(text, sizeof(text), " until %s", until);
    } else if (expires_choice(draft) == EXPIRES_OTHER) {
        snprintf(text, sizeof(text),
                 " a number of days (45d), a date (2027-01-31), or a time "
                 "(2027-01-31T12:00:00Z)");
    }
    form_set_text(create->form, F_EXPIRES_NOTE, text);
}

void create_build_limits(struct create *create)
{
    struct form *form = create->form;

    form_add_section(form, "LIMITS");
    for (int i = 0; i < create->draft.rate_count; i++) {
        build_rate(create, i);
    }
    if (create->draft.rate_count == 0) {
        form_add_note(form, -1, STYLE_DIM, "Rate limits   none: as many calls as it likes");
    }
    form_add_button(form, F_ADD_RATE, "Add a rate limit");
    if (create->draft.rate_count == DRAFT_RATES_MAX) {
        form_set_disabled(form, F_ADD_RATE, "six are the most");
    }
    build_budget(create);
    form_add_text(form, F_EMAILS, "Alert mails", sizeof(create->draft.emails) - 1, 0);
    form_keep_raw(form, F_EMAILS);
    form_set_text(form, F_EMAILS, create->draft.emails);
    form_add_gap(form);
    form_add_section(form, "LIFE");
    build_life(create);
    show_fields(create);
    write_notes(create);
}

/* -- reading -- */

static void read_rate(struct create *create, int id)
{
    struct draft_rate *rate = &create->draft.rates[(id - F_RATE) / RATE_FIELDS];

    switch ((id - F_RATE) % RATE_FIELDS) {
    case RATE_TYPE:
        rate->type = RATE_TYPES[form_choice(create->form, id)];
        break;
    case RATE_UNIT:
        rate->unit = (enum rate_unit)form_choice(create->form, id);
        break;
    default:
        snprintf(rate->value, sizeof(rate->value), "%s", form_text(create->form, id));
        break;
    }
    create_changed(create, DRAFT_RATES);
}

static void read_expires(struct create *create, int id)
{
    struct key_draft *draft = &create->draft;
    int choice = form_choice(create->form, F_EXPIRES_KIND);
    const char *typed = form_text(create->form, F_EXPIRES);

    if (choice != EXPIRES_OTHER) {
        snprintf(draft->expires, sizeof(draft->expires), "%s", EXPIRES_VALUES[choice]);
    } else if (id == F_EXPIRES_KIND || typed[0] == '\0') {
        snprintf(draft->expires, sizeof(draft->expires), "%s", EXPIRES_NOT_YET);
        form_set_text(create->form, F_EXPIRES, "");
    } else {
        snprintf(draft->expires, sizeof(draft->expires), "%s", typed);
    }
    create_changed(create, DRAFT_EXPIRES);
}

static void take_text(const struct create *create, int id, char *out, size_t size)
{
    snprintf(out, size, "%s", form_text(create->form, id));
}

/* What its choice does not ask for is not sent, but stays in the field. */
static void read_rotation(struct create *create, int id)
{
    struct key_draft *draft = &create->draft;

    draft->rotation = (enum draft_rotation)form_choice(create->form, F_ROTATION);
    take_text(create, F_ROTATION_DAYS, draft->rotation_days, sizeof(draft->rotation_days));
    take_text(create, F_ROTATION_AT, draft->rotation_at, sizeof(draft->rotation_at));
    if (draft->rotation == ROTATE_NONE) {
        form_set_text(create->form, F_TRANSITION, "");
    }
    take_text(create, F_TRANSITION, draft->transition, sizeof(draft->transition));
    create_changed(create, id == F_TRANSITION ? DRAFT_TRANSITION : DRAFT_ROTATION);
}

static void read_budget(struct create *create)
{
    struct key_draft *draft = &create->draft;

    take_text(create, F_BUDGET, draft->budget, sizeof(draft->budget));
    take_text(create, F_ALERT, draft->alert, sizeof(draft->alert));
    draft->budget_type = BUDGET_TYPES[form_choice(create->form, F_BUDGET_TYPE)];
    create_changed(create, DRAFT_BUDGET);
}

static void read_reset(struct create *create)
{
    struct key_draft *draft = &create->draft;

    draft->reset = (enum draft_reset)form_choice(create->form, F_RESET);
    take_text(create, F_RESET_DAYS, draft->reset_days, sizeof(draft->reset_days));
    if (draft->reset == RESET_NONE) {
        form_set_text(create->form, F_RESET_AT, "");
    }
    take_text(create, F_RESET_AT, draft->reset_at, sizeof(draft->reset_at));
    /* Without a budget there is nothing to start anew. */
    create->touched |= 1u << DRAFT_BUDGET;
    create_changed(create, DRAFT_RESET);
}

void create_read_limits(struct create *create, int id)
{
    switch (id) {
    case F_BUDGET:
    case F_BUDGET_TYPE:
    case F_ALERT:
        read_budget(create);
        break;
    case F_RESET:
    case F_RESET_DAYS:
    case F_RESET_AT:
        read_reset(create);
        break;
    case F_EMAILS:
        take_text(create, F_EMAILS, create->draft.emails, sizeof(create->draft.emails));
        create_changed(create, DRAFT_EMAILS);
        break;
    case F_EXPIRES_KIND:
    case F_EXPIRES:
        read_expires(create, id);
        break;
    case F_ROTATION:
    case F_ROTATION_DAYS:
    case F_ROTATION_AT:
    case F_TRANSITION:
        read_rotation(create, id);
        break;
    default:
        if (id >= F_RATE) {
            read_rate(create, id);
        }
        break;
    }
    show_fields(create);
    write_notes(create);
}

/* The first pair that no row has: two rows of one pair limit the same thing. */
static struct draft_rate free_rate(const struct key_draft *draft)
{
    for (int pair = 0; pair < 2 * RATE_UNITS; pair++) {
        int unit = (pair % RATE_UNITS + (int)RATE_RPM) % RATE_UNITS;
        struct draft_rate rate = {RATE_TYPES[pair / RATE_UNITS], (enum rate_unit)unit, ""};
        bool used = false;

        for (int i = 0; i < draft->rate_count; i++) {
            used = used || (draft->rates[i].type == rate.type && draft->rates[i].unit == rate.unit);
        }
        if (!used) {
            return rate;
        }
    }
    return (struct draft_rate){LIMIT_REQUESTS, RATE_RPM, ""};
}

bool create_press_limits(struct create *create, int id)
{
    struct key_draft *draft = &create->draft;
    int row = (id - F_RATE) / RATE_FIELDS;

    if (id == F_ADD_RATE && draft->rate_count < DRAFT_RATES_MAX) {
        draft->rates[draft->rate_count] = free_rate(draft);
        form_set_focus(create->form, F_RATE + draft->rate_count * RATE_FIELDS + RATE_VALUE);
        draft->rate_count++;
    } else if (id >= F_RATE && (id - F_RATE) % RATE_FIELDS == RATE_REMOVE &&
               row < draft->rate_count) {
        memmove(&draft->rates[row], &draft->rates[row + 1],
                (size_t)(draft->rate_count - row - 1) * sizeof(*draft->rates));
        draft->rate_count--;
        form_set_focus(create->form, F_ADD_RATE);
    } else {
        return false;
    }
    create_changed(create, DRAFT_RATES);
    create_build(create);
    return true;
}
