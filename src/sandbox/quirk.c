#include "sandbox/quirk.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum quirk_type { QUIRK_CHOICE, QUIRK_FLAG, QUIRK_NUMBER, QUIRK_SECONDS };

/* choices: the values in the order of the field's numbers; the first is the default. */
struct quirk_row {
    const char *name;
    const char *choices[4];
    enum quirk_type type;
    size_t offset;
    int fallback; /* QUIRK_NUMBER, QUIRK_SECONDS */
    const char *about;
};

#define SECONDS_MAX 86400
#define AT(field) offsetof(struct quirks, field)

static const struct quirk_row ROWS[] = {
    {"unauthorized",
     {"envelope-AB05", "envelope-bare", "gateway"},
     QUIRK_CHOICE,
     AT(unauthorized),
     0,
     "the body of a 401"},
    {"gone", {"403-AB03", "404-AB08"}, QUIRK_FLAG, AT(gone_404), 0, "an object that is not there"},
    {"page-size",
     {"50", "100"},
     QUIRK_NUMBER,
     AT(page_size),
     50,
     "rows a page when none is asked for"},
    {"over-max", {"clamp", "400"}, QUIRK_FLAG, AT(over_max_400), 0, "more than 100 rows asked for"},
    {"grant",
     {"allow", "refuse-lacking"},
     QUIRK_FLAG,
     AT(grant_own_only),
     0,
     "handing out scopes one lacks"},
    {"bad-scope", {"400"}, QUIRK_CHOICE, SIZE_MAX, 0, "a scope that is not legal for the kind"},
    {"in-transition",
     {"409", "400"},
     QUIRK_FLAG,
     AT(in_transition_400),
     0,
     "rotating while a transition runs"},
    {"rotate-scope",
     {"rotate", "either"},
     QUIRK_FLAG,
     AT(rotate_by_update),
     0,
     "which scope rotates"},
    {"stale-reads",
     {"0", "SECONDS"},
     QUIRK_SECONDS,
     AT(stale_seconds),
     0,
     "how long reads lag behind writes"},
    {"past-expiry",
     {"accept", "400"},
     QUIRK_FLAG,
     AT(past_expiry_400),
     0,
     "an expires_at in the past"},
    {"expiry-worker",
     {"600", "SECONDS"},
     QUIRK_SECONDS,
     AT(expiry_worker_seconds),
     600,
     "how long after its expiry a key's status turns"},
    {"slug-paths",
     {"yes", "no"},
     QUIRK_FLAG,
     AT(no_slug_paths),
     0,
     "slugs in place of ids in paths"},
    {"usage-limits-extra",
     {"yes", "no"},
     QUIRK_FLAG,
     AT(no_usage_extra),
     0,
     "bookkeeping inside usage_limits"},
    {"names",
     {"icon-prefixed", "plain"},
     QUIRK_FLAG,
     AT(plain_names),
     0,
     "workspace names in reads"},
    {"plan",
     {"enterprise", "pro"},
     QUIRK_FLAG,
     AT(plan_pro),
     0,
     "pro: users and organisation keys answer 403"},
    {"workspace-status",
     {"list", "single"},
     QUIRK_FLAG,
     AT(single_status),
     0,
     "status of the list of workspaces: a comma list, or one (else 400)"},
    {"ids", {"filter", "ignored"}, QUIRK_FLAG, AT(ids_ignored), 0, "?ids= of the list of keys"},
    {"member-id", {"yes", "no"}, QUIRK_FLAG, AT(no_member_id), 0, "id in the GET of a member"},
};

#define ROW_COUNT (sizeof ROWS / sizeof *ROWS)

void quirks_init(struct quirks *quirks)
{
    memset(quirks, 0, sizeof *quirks);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (ROWS[i].type >= QUIRK_NUMBER) {
            *(int *)(void *)((char *)quirks + ROWS[i].offset) = ROWS[i].fallback;
        }
    }
}

static bool bad_value(const struct quirk_row *row, struct err *err)
{
    return err_set(err, ERR_INVALID, "--quirk %s is %s%s%s%s%s.", row->name, row->choices[0],
                   row->choices[1] ? " or " : "", row->choices[1] ? row->choices[1] : "",
                   row->choices[2] ? " or " : "", row->choices[2] ? row->choices[2] : "");
}

static bool set_seconds(int *place, const char *value)
{
    char *end;
    long number = strtol(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || number > SECONDS_MAX) {
        return false;
    }
    *place = (int)number;
    return true;
}

static bool set_row(struct quirks *quirks, const struct quirk_row *row, const char *value,
                    struct err *err)
{
    void *place = (char *)quirks + row->offset;
    if (row->type == QUIRK_SECONDS) {
        return set_seconds(place, value) || bad_value(row, err);
    }
    for (int i = 0; i < 4 && row->choices[i] != NULL; i++) {
        if (strcmp(row->choices[i], value) != 0) {
            continue;
        }
        if (row->offset == SIZE_MAX) {
            return true; /* there is only one answer */
        }
        if (row->type == QUIRK_FLAG) {
            *(bool *)place = i == 1;
        } else if (row->type == QUIRK_NUMBER) {
            *(int *)place = (int)strtol(value, NULL, 10);
        } else {
            *(enum unauthorized *)place = (enum unauthorized)i;
        }
        return true;
    }
    return bad_value(row, err);
}

bool quirks_set(struct quirks *quirks, const char *setting, struct err *err)
{
    const char *equals = strchr(setting, '=');
    for (size_t i = 0; equals != NULL && i < ROW_COUNT; i++) {
        size_t len = strlen(ROWS[i].name);
        if ((size_t)(equals - setting) == len && strncmp(setting, ROWS[i].name, len) == 0) {
            return set_row(quirks, &ROWS[i], equals + 1, err);
        }
    }
    return err_set(err, ERR_INVALID, "There is no --quirk \"%s\": see --help.", setting);
}

void quirks_help(FILE *out)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        fprintf(out, "  %s=%s", ROWS[i].name, ROWS[i].choices[0]);
        for (int c = 1; c < 4 && ROWS[i].choices[c] != NULL; c++) {
            fprintf(out, "|%s", ROWS[i].choices[c]);
        }
        fprintf(out, "  (%s)\n", ROWS[i].about);
    }
}
