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

/* clang-format off */
static const struct quirk_row ROWS[] = {
    {"unauthorized", {"envelope-AB05", "envelope-bare", "gateway"}, QUIRK_CHOICE, AT(unauthorized), 0, "the body of a 401"},
    {"gone", {"403-AB03", "404-AB08"}, QUIRK_FLAG, AT(gone_404), 0, "an object that is not there"},
    {"page-size", {"50", "100"}, QUIRK_NUMBER, AT(page_size), 50, "rows a page when none is asked for"},
    {"over-max", {"clamp", "400"}, QUIRK_FLAG, AT(over_max_400), 0, "more than 100 rows asked for"},
    {"grant", {"allow", "refuse-lacking"}, QUIRK_FLAG, AT(grant_own_only), 0, "handing out scopes one lacks"},
    {"bad-scope", {"400"}, QUIRK_CHOICE, SIZE_MAX, 0, "a scope that is not legal for the kind"},
    {"in-transition", {"409", "400"}, QUIRK_FLAG, AT(in_transition_400), 0, "rotating while a transition runs"},
    {"rotate-scope", {"rotate", "either"}, QUIRK_FLAG, AT(rotate_by_update), 0, "which scope rotates"},
    {"stale-reads", {"0", "SECONDS"}, QUIRK_SECONDS, AT(stale_seconds), 0, "how long reads lag behind writes"},
    {"past-expiry", {"accept", "400"}, QUIRK_FLAG, AT(past_expiry_400), 0, "an expires_at in the past"},
    {"expiry-worker", {"600", "SECONDS"}, QUIRK_SECONDS, AT(expiry_worker_seconds), 600, "how long after its expiry a key's status turns"},
    {"slug-paths", {"yes", "no"}, QUIRK_FLAG, AT(no_slug_paths), 0, "slugs in place of ids in paths"},
    {"usage-limits-extra", {"yes", "no"}, QUIRK_FLAG, AT(no_usage_extra), 0, "bookkeeping inside usage_limits"},
    {"names", {"icon-prefixed", "plain"}, QUIRK_FLAG, AT(plain_names), 0, "workspace names in reads"},
    {"plan", {"enterprise", "pro"}, QUIRK_FLAG, AT(plan_pro), 0, "pro: people, invites, SCIM, the audit log and organisation keys answer 403"},
    {"workspace-status", {"list", "single"}, QUIRK_FLAG, AT(single_status), 0, "status of the list of workspaces: a comma list, or one (else 400)"},
    {"ids", {"filter", "ignored"}, QUIRK_FLAG, AT(ids_ignored), 0, "?ids= of the list of keys"},
    {"member-id", {"yes", "no"}, QUIRK_FLAG, AT(no_member_id), 0, "id in the GET of a member"},
    {"same-role", {"400", "200"}, QUIRK_FLAG, AT(same_role_200), 0, "giving a user the role it has"},
    {"same-member-role", {"200", "400"}, QUIRK_FLAG, AT(same_member_role_400), 0, "giving a member the role it has"},
    {"owner-demotion", {"403", "400"}, QUIRK_FLAG, AT(owner_demotion_400), 0, "changing the role of an owner"},
    {"owner-removal", {"403", "200"}, QUIRK_FLAG, AT(owner_removal_200), 0, "removing an owner who is not the last"},
    {"remove-user-keys", {"keep", "remove"}, QUIRK_FLAG, AT(remove_user_keys), 0, "the keys of a user who is removed"},
    {"remove-member-keys", {"keep", "remove"}, QUIRK_FLAG, AT(remove_member_keys), 0, "the keys of a member who is removed, in that workspace"},
    {"member-again", {"200", "409"}, QUIRK_FLAG, AT(member_again_409), 0, "adding a member again, which changes nothing"},
    {"member-add", {"all", "each"}, QUIRK_FLAG, AT(members_each), 0, "one unknown id among the users to add: all are refused, or only that one is left out"},
    {"workspace-defaults", {"merge", "replace"}, QUIRK_FLAG, AT(defaults_replace), 0, "members of defaults that an update does not send"},
    {"delete-name", {"required", "optional"}, QUIRK_FLAG, AT(delete_name_optional), 0, "the name in the body that deletes a workspace"},
    {"delete-wrong-name", {"400", "409"}, QUIRK_FLAG, AT(wrong_name_409), 0, "another name there"},
    {"delete-default", {"400", "403"}, QUIRK_FLAG, AT(delete_default_403), 0, "deleting the default workspace"},
    {"delete-body", {"object", "empty"}, QUIRK_FLAG, AT(delete_empty), 0, "the answer to deleting a workspace or a mapping"},
    {"auto-keys", {"no", "yes"}, QUIRK_FLAG, AT(auto_keys), 0, "a default_user_key for who joins a workspace"},
    {"invite-duplicate", {"409", "200"}, QUIRK_FLAG, AT(invite_duplicate_200), 0, "inviting who is invited or there already"},
    {"invite-delete", {"cancelled", "gone"}, QUIRK_FLAG, AT(invite_delete_gone), 0, "what is left of an invite that is deleted"},
    {"invite-workspaces", {"yes", "no"}, QUIRK_FLAG, AT(no_invite_workspaces), 0, "workspaces in reads of invites"},
    {"scim-groups", {"v1", "v2"}, QUIRK_FLAG, AT(groups_v2), 0, "the version whose path the groups are behind"},
    {"scim-errors", {"envelope", "bare"}, QUIRK_FLAG, AT(scim_errors_bare), 0, "the shape of errors of the SCIM routes"},
    {"mapping-conflict", {"409", "400"}, QUIRK_FLAG, AT(mapping_conflict_400), 0, "mapping a group again, or with another role"},
    {"rotate-actor", {"yes", "no"}, QUIRK_FLAG, AT(rotate_no_actor), 0, "an actor, whom nobody knows, of rotations by schedule in the audit log"},
    {"audit-action", {"full", "empty-some"}, QUIRK_FLAG, AT(empty_actions), 0, "actions in the audit log"},
    {"audit-org", {"403", "ignored"}, QUIRK_FLAG, AT(audit_org_ignored), 0, "organisation_id sent to the audit log"},
    {"key-makers", {"no", "yes"}, QUIRK_FLAG, AT(key_makers), 0, "who made and changed a key, on the key"},
    {"member-role", {"plain", "ws-prefixed"}, QUIRK_FLAG, AT(member_role_prefixed), 0, "the role in the GET of a member"},
    {"same-name", {"200", "409"}, QUIRK_FLAG, AT(unique_names), 0, "making a workspace with the name of another"},
    {"mapping-workspace", {"id", "as-sent"}, QUIRK_FLAG, AT(mapping_as_sent), 0, "workspace_id in the answer to a mapping"},
    {"group-name", {"display_name", "name"}, QUIRK_FLAG, AT(group_name_short), 0, "the member of a group that is its name"},
    {"audit-log", {"on", "off"}, QUIRK_FLAG, AT(audit_off), 0, "off answers 403"},
    {"scim", {"on", "off"}, QUIRK_FLAG, AT(scim_off), 0, "off answers 403"},
    {"metadata-schema", {"none", "team"}, QUIRK_FLAG, AT(needs_team), 0, "metadata of keys and workspaces that has to name a team, on create and on update"},
    {"invite-expiry", {"0", "SECONDS"}, QUIRK_SECONDS, AT(invite_expiry_seconds), 0, "how long after its end an invite reads as expired"},
    {"rotate-event", {"body", "top", "absent"}, QUIRK_CHOICE, AT(rotate_event), 0, "where a row of the audit log tells of a rotation"},
};
/* clang-format on */

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
            *(int *)place = i; /* an enum */
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
