/* A key that is to be made: what was filled in, and what is wrong with it. Pure; the one place for
 * the checks of the form and of the command. */
#ifndef PORTCULLIS_MODEL_DRAFT_H
#define PORTCULLIS_MODEL_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/inventory.h"

enum draft_field {
    DRAFT_KIND,
    DRAFT_WORKSPACE,
    DRAFT_OWNER,
    DRAFT_NAME,
    DRAFT_DESCRIPTION,
    DRAFT_METADATA, /* this and the next two within the server's defaults */
    DRAFT_CONFIG,
    DRAFT_OVERRIDE,
    DRAFT_SCOPES,
    DRAFT_RATES,
    DRAFT_BUDGET,
    DRAFT_RESET, /* of the budget; within the server's usage_limits */
    DRAFT_EMAILS,
    DRAFT_EXPIRES,
    DRAFT_ROTATION,
    DRAFT_TRANSITION, /* within the server's rotation_policy */
    DRAFT_FIELD_COUNT,
};

/* "kind", "workspace_id", "user_id", "name", ...: the server's field name. Lends a constant. */
const char *draft_field_name(enum draft_field field);
/* Which field a server message is about ("name is required", "scopes.3 ..."); -1 when it names
 * none. */
int draft_field_of_message(const char *message);

struct draft_rate {
    enum limit_type type; /* requests or tokens */
    enum rate_unit unit;
    char value[24]; /* as typed */
};
#define DRAFT_RATES_MAX 6

/* One entry of the metadata: both are strings for the server. */
struct draft_pair {
    char key[128];
    char value[512];
};
#define DRAFT_PAIRS_MAX 12

enum draft_rotation { ROTATE_NONE, ROTATE_WEEKLY, ROTATE_MONTHLY, ROTATE_DAYS, ROTATE_DATE };
enum draft_reset { RESET_NONE, RESET_WEEKLY, RESET_MONTHLY, RESET_DAYS };

/* Texts as typed. Owned by the draft. */
struct key_draft {
    enum key_kind kind;
    char workspace[64]; /* id; "" none */
    char owner[64];     /* user id; "" none */
    char name[512];
    char description[1024];
    struct draft_pair metadata[DRAFT_PAIRS_MAX];
    int pair_count;
    char config[128];    /* slug or id; "" none */
    bool allow_override; /* callers may send another config; needs a config */
    struct scope_set scopes;
    struct draft_rate rates[DRAFT_RATES_MAX];
    int rate_count;
    enum limit_type budget_type; /* cost or tokens */
    char budget[24];             /* "" none */
    char alert[24];              /* "" none */
    enum draft_reset reset;
    char reset_days[8]; /* of RESET_DAYS */
    char reset_at[24];  /* "", "2027-01-31": the first reset; it needs a reset */
    char emails[1024];  /* to tell of alerts, with commas between them; "" none */
    char expires[40];   /* "", "30d", "2027-01-31", RFC 3339 */
    enum draft_rotation rotation;
    char rotation_days[8]; /* of ROTATE_DAYS */
    char rotation_at[24];  /* of ROTATE_DATE: "2027-01-31" */
    char transition[24];   /* "", "24h", "30m": how long the old secret lives on after a rotation */
};

void draft_init(struct key_draft *draft, enum key_kind kind);
/* Changing the kind drops the scopes that are not legal for it, and the owner or workspace that it
 * does not have. */
void draft_set_kind(struct key_draft *draft, enum key_kind kind);

enum draft_severity { DRAFT_WARN, DRAFT_ERROR };
/* Which input of a field, or of one of its rows, a problem is about. */
enum draft_part {
    DRAFT_PART_WHOLE,
    DRAFT_PART_KEY,   /* of a row of metadata; else it is its value */
    DRAFT_PART_ALERT, /* of the budget */
    DRAFT_PART_DAYS,  /* of what comes again: how often; else it is the day */
};
struct draft_problem {
    enum draft_field field;
    enum draft_severity severity;
    int row; /* of the field, from 1; 0: it has none, or all of it */
    enum draft_part part;
    int head; /* bytes of the text that name the row: "row 2: " */
    char text[200];
};
#define DRAFT_PROBLEMS_MAX 48
struct draft_check {
    struct draft_problem problems[DRAFT_PROBLEMS_MAX];
    int count;
    int errors;
};
/* Every check of the form. inv may be NULL or incomplete: what cannot be known gives no error. */
void draft_check(const struct key_draft *draft, const struct inventory *inv, int64_t now,
                 struct draft_check *out);
/* The expiry as a time: TIME_NONE for none. False when it cannot be read. "30d" counts from now. */
bool draft_expires_at(const struct key_draft *draft, int64_t now, int64_t *out);
/* "1" to "365". */
bool draft_days(const char *text, int *out);
/* The alert in percent of the budget, 0 to 100; -1 when either is missing or not right. */
int draft_alert_percent(const struct key_draft *draft);
/* A date ("2027-01-31") as its midnight in UTC. */
bool draft_date(const char *text, int64_t *out);
/* The transition in ms: 0 for none given. False when it cannot be read. */
bool draft_transition_ms(const struct key_draft *draft, int64_t *out);

/* The next address of a list with commas between them: where it begins in *text, and its length;
 * *text goes on behind it. False when there is none left. Empty ones are left out. */
bool draft_next_email(const char **text, const char **email, size_t *len);

struct draft_preset {
    const char *name;  /* "inference" */
    const char *words; /* "completions only" */
};
/* Lends the presets that make sense for a kind; *count gets their number. */
const struct draft_preset *draft_presets(enum key_kind kind, size_t *count);
/* Sets the scopes of a preset, as far as legal for the draft's kind. False for an unknown name. */
bool draft_apply_preset(struct key_draft *draft, const char *name);

/* "requests:rpm:100", "cost:100", as flags of a command give them. */
bool draft_parse_rate(struct key_draft *draft, const char *text, struct err *err);
bool draft_parse_budget(struct key_draft *draft, const char *text, struct err *err);
/* "weekly", "monthly", "30d", and for a rotation "2027-01-31". Whether days and date can be is a
 * matter of the checks. */
bool draft_parse_rotation(struct key_draft *draft, const char *text, struct err *err);
bool draft_parse_reset(struct key_draft *draft, const char *text, struct err *err);
/* "owner=team-tools": split at the first "=". */
bool draft_parse_metadata(struct key_draft *draft, const char *text, struct err *err);
/* "yes" or "no". */
bool draft_parse_override(struct key_draft *draft, const char *text, struct err *err);
/* Adds an address, or several with commas between them. */
bool draft_parse_email(struct key_draft *draft, const char *text, struct err *err);

#endif
