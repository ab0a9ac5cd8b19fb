/* The details of a key, a person, a workspace: what they say, tabs, scrolling, refreshes, gone. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/inventory.h"
#include "panes/stage.h"

#include "base/banned.h"

#define GIRA "key 60571396-bd81-4e58-8c82-000000000007"

static struct key_row *key(struct stage *stage, const char *id)
{
    struct inventory *inv = stage->fake.inventory;

    return &inv->keys[inventory_find_key(inv, inventory_find_id(inv, id))];
}

static void a_key_at_a_glance(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, GIRA);
    stage_expect_screen(stage, "key-80x24");
    stage_keys(stage, ".");
    stage_expect_screen(stage, "key-scopes-80x24");
    stage_keys(stage, ".");
    stage_expect_screen(stage, "key-fields-80x24");
    stage_size(stage, 140, 40);
    stage_keys(stage, ".");
    stage_expect_screen(stage, "key-140x40");
}

static void a_key_is_read_once_when_opened(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "j Enter . , j k");
    ui_changed(stage->ui);
    assert_string_equal(stage->fake.log.data, "read_key 60571396-bd81-4e58-8c82-000000000002\n");
}

static void dangerous_scopes_are_marked(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 100, 40);
    ui_command(stage->ui, "key 60571396-bd81-4e58-8c82-00000000000c"); /* tf-provisioner */
    stage_expect(stage, "! M keys   - no expiry   P people   D deletes   L logs   A audit");
    stage_keys(stage, ".");
    stage_expect(stage, "7 SCOPES, 7 OF THEM DANGEROUS (!)");
    stage_expect(stage, "organisation_service_api_keys   (Organization Management)");
    assert_int_equal(stage_style(stage, "delete an organisation (admin) service key   ! delete"),
                     STYLE_WARN);
    ui_command(stage->ui, "key 60571396-bd81-4e58-8c82-00000000000d"); /* the own key */
    stage_expect(stage, "@ YOUR OWN");
    stage_keys(stage, ".");
    stage_keys(stage, "End");
    stage_expect(stage, "? made.up");
}

/* Who can renew the secret of a key, or change what it may do, has it: in words, by kind. */
static void what_a_key_can_take_over_is_told(void **state)
{
    static const struct {
        const char *scopes[3];
        bool expired;
        const char *want, *lacks;
    } ROWS[] = {
        {{"workspace_user_api_keys.rotate"},
         false,
         "can take over workspace-user keys of tools: rotates them\n",
         "workspace-service keys of"},
        {{"workspace_service_api_keys.update"},
         false,
         "can take over workspace-service keys of tools: changes them\n",
         "workspace-user keys of"},
        {{"workspace_service_api_keys.create", "workspace_user_api_keys.update",
          "workspace_user_api_keys.rotate"},
         false,
         "can take over workspace-user keys of tools: rotates them, changes them",
         "organisation-service keys of"},
        {{"workspace_service_api_keys.create"},
         false,
         "can take over workspace-service keys of tools: makes others like them\n",
         "workspace-user keys of"},
        {{"workspace_user_api_keys.read", "workspace_user_api_keys.list",
          "workspace_user_api_keys.delete"},
         false,
         "Id",
         "can take over"},
        {{"workspace_user_api_keys.rotate"}, true, "Id", "can take over"},
    };
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;

    stage_size(stage, 100, 60);
    ui_command(stage->ui, GIRA);
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); i++) {
        struct key_row *gira = key(stage, FAKE_KEY_GIRA);

        gira->scopes = (struct scope_set){0};
        gira->status = ROWS[i].expired ? STATUS_EXPIRED : STATUS_ACTIVE;
        for (size_t s = 0; s < 3 && ROWS[i].scopes[s] != NULL; s++) {
            scope_set_add(&gira->scopes, scope_find(ROWS[i].scopes[s]));
        }
        inv->generation++;
        ui_changed(stage->ui);
        stage_expect(stage, ROWS[i].want);
        stage_expect_not(stage, ROWS[i].lacks);
    }
}

static void what_was_cleaned_is_shown_escaped(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, "key 60571396-bd81-4e58-8c82-00000000000e");
    stage_expect(stage, "as sent: \\u{1b}[2J\\u{202e}gnp.exe");
    assert_null(strchr(stage_text(stage), '\x1b'));
}

static void tabs_go_round(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 100, 30);
    ui_command(stage->ui, GIRA);
    stage_expect(stage, "[Overview]");
    stage_keys(stage, ".");
    stage_expect(stage, "[Scopes]");
    stage_keys(stage, "Right");
    stage_expect(stage, "[All fields]");
    stage_keys(stage, ".");
    stage_expect(stage, "[Overview]");
    stage_keys(stage, ",");
    stage_expect(stage, "[All fields]");
    stage_keys(stage, "Left");
    stage_expect(stage, "[Scopes]");
}

static void scrolls_and_keeps_the_place_of_each_tab(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, GIRA);
    stage_expect(stage, " KEY");
    stage_expect(stage, " more lines: j PgDn ");
    err_set(&stage->fake.last_error, ERR_NETWORK, "The server is gone.");
    stage->fake.session.error = &stage->fake.last_error;
    ui_changed(stage->ui);
    stage_expect(stage, "The server is gone.   r tries again");
    stage_expect(stage, " more lines: j PgDn "); /* whatever else has to be said */
    stage->fake.session.error = NULL;
    ui_changed(stage->ui);
    stage_keys(stage, "j j j");
    stage_expect_not(stage, " KEY\n");
    stage_keys(stage, ".");
    stage_expect(stage, "9 SCOPES, 5 OF THEM DANGEROUS (!)");
    stage_keys(stage, ",");
    stage_expect_not(stage, " KEY\n");
    stage_keys(stage, "G");
    stage_expect(stage, "Alert mails");
    stage_expect(stage, " the end: k PgUp ");
    stage_keys(stage, "j PgDn ^D");
    stage_expect(stage, "Alert mails");
    stage_keys(stage, "g");
    stage_expect(stage, " KEY\n");
    stage_keys(stage, "k PgUp");
    stage_expect(stage, " KEY\n");
}

static void follows_its_record_across_refreshes(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, GIRA);
    stage_keys(stage, "j");
    fake_host_refill(&stage->fake, 50);
    key(stage, FAKE_KEY_GIRA)->status = STATUS_EXHAUSTED;
    stage->fake.inventory->generation++;
    ui_changed(stage->ui);
    stage_expect(stage, "Status         exhausted");
    stage_expect_not(stage, "   exhausted   ! no expiry"); /* still scrolled */
    inventory_remove_key(stage->fake.inventory,
                         inventory_find_id(stage->fake.inventory, FAKE_KEY_GIRA));
    ui_changed(stage->ui);
    stage_expect(stage, "X This key is not there any more.");
    stage_expect(stage, "It was revoked, or your key may not see it any more.");
    stage_expect(stage, "gira-app z1*****3AX");
    stage_keys(stage, "X");
    stage_expect(stage, "revoke: this key is not there.");
    fake_host_refill(&stage->fake, 0);
    ui_changed(stage->ui);
    stage_expect(stage, "Status         active");
}

static void not_read_yet_is_not_gone(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, GIRA);
    inventory_remove_key(stage->fake.inventory,
                         inventory_find_id(stage->fake.inventory, FAKE_KEY_GIRA));
    stage->fake.inventory->lists[LIST_KEYS].progress = PROGRESS_LOADING;
    ui_changed(stage->ui);
    stage_expect(stage, "NOT READ YET");
    stage_expect_not(stage, "GONE");
    inventory_free(stage->fake.inventory);
    stage->fake.inventory = NULL;
    ui_changed(stage->ui);
    stage_expect(stage, "NOT READ YET");
    stage_keys(stage, "X n y");
    stage_expect(stage, "NOT READ YET");
    assert_null(strstr(stage->fake.log.data, "revoke_review"));
    fake_host_refill(&stage->fake, 0);
}

static void acts_of_a_key(void **state)
{
    struct stage *stage = *state;
    struct ui_requests requests;

    ui_command(stage->ui, GIRA);
    stage_keys(stage, "y y");
    ui_take_requests(stage->ui, &requests);
    assert_string_equal(requests.clipboard, FAKE_KEY_GIRA);
    free(requests.clipboard);
    stage_keys(stage, "n ^N"); /* in its workspace */
    stage_expect(stage, "New key  step 2 of 5");
    stage_expect(stage, "id " FAKE_WS_TOOLS);
    stage_keys(stage, "Esc");
    assert_int_equal(stage_style(stage, "X revoke.."), STYLE_DISABLED);
    stage_keys(stage, "X");
    stage_expect(stage, "revoke: your key needs workspace_service_api_keys.delete.");
    ui_command(stage->ui, "key 60571396-bd81-4e58-8c82-000000000003"); /* a user key */
    stage_keys(stage, "F8");
    stage_expect(stage, "> Revoke old-notebook");
    assert_non_null(
        strstr(stage->fake.log.data, "revoke_review 60571396-bd81-4e58-8c82-000000000003\n"));
    stage_keys(stage, "Esc q");
    stage_expect(stage, "> gira-app");
    stage_keys(stage, "q");
    stage_expect(stage, "15 keys");
}

static void q_goes_back_and_f10_leaves(void **state)
{
    struct stage *stage = *state;
    struct ui_requests requests;

    ui_command(stage->ui, GIRA);
    stage_keys(stage, "q");
    ui_take_requests(stage->ui, &requests);
    assert_false(requests.quit);
    stage_expect(stage, "15 keys");
    ui_command(stage->ui, GIRA);
    stage_keys(stage, "F10");
    ui_take_requests(stage->ui, &requests);
    assert_true(requests.quit);
}

static void a_person(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "3 j j Enter");
    stage_expect_screen(stage, "member-80x24");
    stage_keys(stage, ".");
    stage_expect(stage, "IN ml-eval: member");
    stage_expect(stage, "change configs, see prompts");
    stage_expect(stage, "may not");
    stage_keys(stage, ".");
    stage_expect(stage, "old-notebook");
    stage_keys(stage, "Enter");
    stage_expect(stage, "Org > All workspaces > R Shah > Keys");
    stage_expect(stage, "1/1 key");
    stage_keys(stage, "Esc");
    stage_expect(stage, "Org > All workspaces > People"); /* back where it began */
}

static void an_owner_acts_everywhere(void **state)
{
    struct stage *stage = *state;

    stage->fake.inventory->workspaces[4].switches_on &=
        ~(UINT64_C(1) << switch_find("organisationAdminsViewLogs"));
    stage->fake.inventory->generation++;
    stage_size(stage, 80, 40);
    ui_command(stage->ui, "member a.lindqvist@acme.example");
    stage_expect(stage, "everything in the organisation, billing included");
    stage_expect(stage, "acts as admin in every workspace (owner of the organisation)");
    stage_keys(stage, ".");
    stage_expect(stage, "IN 5 WORKSPACES, BY THE ROLE IN THE ORGANISATION");
    stage_expect(stage, "see logs, see log metadata  (the switches for organisation");
    stage_expect(stage, "IN 1 WORKSPACE,");
    stage_expect(stage, "see logs  (switch organisationAdminsViewLogs is off)");
    stage_keys(stage, ".");
    stage_expect(stage, "KEYS 0");
}

static void people_that_were_refused(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;

    stage->fake.inventory->lists[LIST_MEMBERS].progress = PROGRESS_PARTIAL;
    inv->generation++;
    stage_keys(stage, "3 j j Enter");
    stage_expect(stage, "? not every workspace's members could be read");
    stage_keys(stage, ".");
    stage_keys(stage, "G");
    stage_expect(stage, "? not every workspace's members could be read");
}

static void a_workspace(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "2 v");
    stage_expect_screen(stage, "workspace-80x24");
    stage_keys(stage, ".");
    stage_expect(stage, "ADMINS\n   Anna Lindqvist");
    stage_expect(stage, "MEMBERS\n   Jide Okoro");
    stage_keys(stage, ".");
    stage_expect(stage, "SERVICE KEYS\n      checkout-api");
    stage_keys(stage, ".");
    stage_expect(stage, "no           members make user keys               membersWriteApiKeys");
    stage_expect(stage, "yes          members see logs                     membersViewLogs");
    stage_keys(stage, "n ^N");
    stage_expect(stage, "id " FAKE_WS_PAYMENTS);
    stage_keys(stage, "Esc Enter");
    stage_expect(stage, "Org > payments > Keys");
}

static void switches_that_were_not_told(void **state)
{
    struct stage *stage = *state;

    stage->fake.inventory->workspaces[0].switches_known = 0;
    stage->fake.inventory->generation++;
    stage_size(stage, 80, 60);
    stage_keys(stage, "2 v");
    stage_expect(stage, "SWITCHES: 0 on, 0 off, 35 ?");
    stage_keys(stage, ",");
    stage_expect(stage, "?            members make user keys");
    stage_expect(stage, "? the server told none of them");
    stage_expect_not(stage, "yes          members");
}

static void members_that_were_refused_are_not_nobody(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;

    inv->member_states[5].progress = PROGRESS_REFUSED; /* the empty one */
    snprintf(inv->member_states[5].scope, sizeof(inv->member_states[5].scope),
             "workspace_users.list");
    inv->generation++;
    stage_keys(stage, "2 G v");
    stage_expect(stage, "People       ?");
    stage_keys(stage, ".");
    stage_expect(stage, "? The server refused the members. Your key holds workspace_users.list");
    inv->member_states[5].why = arena_add(
        &inv->arena, "The server refused the list of members (403 AB03). It names x.list.", 67);
    inv->generation++;
    stage_expect(stage, "? The server refused the list of members (403 AB03). It names x.list.");
    stage_expect_not(stage, "likely lacks");
    stage_expect_not(stage, "nobody is a member");
}

static void another_organisation_closes_details(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, GIRA);
    stage->fake.session.profile = "acme-eu";
    ui_changed(stage->ui);
    stage_expect_not(stage, "> gira-app");
}

static void a_large_workspace_is_looked_through_in_slices(void **state)
{
    struct stage *stage = *state;

    fake_host_refill(&stage->fake, 20000);
    ui_changed(stage->ui);
    stage_keys(stage, "2 j v . .");
    stage_expect(stage, "SERVICE KEYS");
    stage_keys(stage, "G");
    stage_expect(stage, "Enter lists all");
}

/* The tabs stand side by side where they fit; a long name gives way to the mask. */
static void the_title_has_mask_and_tabs(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, "key gira");
    stage_expect(stage, "gira-app z1*****3AX");
    stage_expect(stage, "[Overview]  Scopes   All fields");
    stage_keys(stage, "Left");
    stage_expect(stage, "Overview   Scopes  [All fields]");
    stage_size(stage, 60, 20);
    stage_expect(stage, "3 of 3");
    stage_size(stage, 80, 24);
    stage_keys(stage, "Esc");
    ui_command(stage->ui, "key il0");
    stage_expect(stage, ".. Ev*****il0");
    stage_expect(stage, "[Overview]  Scopes   All fields");
    stage_size(stage, 60, 20);
    stage_expect(stage, ".. Ev*****il0");
    stage_expect(stage, "1 of 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(a_key_at_a_glance),
        STAGE_TEST(the_title_has_mask_and_tabs),
        STAGE_TEST(a_key_is_read_once_when_opened),
        STAGE_TEST(dangerous_scopes_are_marked),
        STAGE_TEST(what_a_key_can_take_over_is_told),
        STAGE_TEST(what_was_cleaned_is_shown_escaped),
        STAGE_TEST(tabs_go_round),
        STAGE_TEST(scrolls_and_keeps_the_place_of_each_tab),
        STAGE_TEST(follows_its_record_across_refreshes),
        STAGE_TEST(not_read_yet_is_not_gone),
        STAGE_TEST(acts_of_a_key),
        STAGE_TEST(q_goes_back_and_f10_leaves),
        STAGE_TEST(a_person),
        STAGE_TEST(an_owner_acts_everywhere),
        STAGE_TEST(people_that_were_refused),
        STAGE_TEST(a_workspace),
        STAGE_TEST(switches_that_were_not_told),
        STAGE_TEST(members_that_were_refused_are_not_nobody),
        STAGE_TEST(another_organisation_closes_details),
        STAGE_TEST(a_large_workspace_is_looked_through_in_slices),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
