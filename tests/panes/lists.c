/* The lists: narrowing, filter, sort, marks, columns, the selection across refreshes, Esc. */
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

static void screens(void **state)
{
    struct stage *stage = *state;

    stage_expect_screen(stage, "keys-80x24");
    stage_keys(stage, "2");
    stage_expect_screen(stage, "workspaces-80x24");
    stage_keys(stage, "3");
    stage_expect_screen(stage, "members-80x24");
    stage_keys(stage, "1");
    stage_expect_screen(stage, "organisations-80x24");
    stage_size(stage, 140, 40);
    stage_keys(stage, "4");
    stage_expect_screen(stage, "keys-140x40");
}

static void enter_on_a_workspace_narrows(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "2 G k Enter"); /* finance */
    stage_expect(stage, "Org > finance > Keys");
    stage_expect(stage, "invoice-summary");
    stage_expect_not(stage, "gira-app");
    stage_expect(stage, "3 keys");
    stage_keys(stage, "3");
    stage_expect(stage, "Org > Members of finance");
    /* One member, and two of the organisation who are none and act as admin all the same. */
    stage_expect(stage, "3 members");
    stage_expect(stage, "admin(A) owner");
    stage_keys(stage, "Esc");
    stage_expect(stage, "7 people");
    stage_keys(stage, "4");
    stage_expect(stage, "Org > All workspaces > Keys");
    stage_expect(stage, "gira-app");
}

static void an_empty_workspace_says_so(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "2 G Enter");
    stage_expect(stage, "has no keys: asked, and none came.");
    stage_keys(stage, "3");
    stage_expect(stage, "2 members"); /* who act as admin everywhere */
    stage_expect(stage, "admin(A) owner");
}

/* Those of the organisation are shown; that they are all is not said. */
static void members_that_could_not_be_read(void **state)
{
    struct stage *stage = *state;

    stage->fake.inventory->member_states[4].progress = PROGRESS_FAILED;
    stage->fake.inventory->lists[LIST_MEMBERS].progress = PROGRESS_PARTIAL;
    stage_keys(stage, "2 G k Enter 3");
    stage_expect(stage, "Org > Members of finance");
    stage_expect(stage, "? members");
    stage_expect(stage, "admin(A)");
}

static void filters_as_it_is_typed(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "/ g i r");
    stage_expect(stage, "/gir");
    stage_expect(stage, "1 of 15 keys");
    stage_expect_not(stage, "checkout-api");
    stage_keys(stage, "^L Bs Bs Bs"); /* to draw again leaves no field */
    stage_expect(stage, "15 keys");
    stage_keys(stage, "status:expired Enter");
    stage_expect(stage, "filter: status:expired");
    stage_expect(stage, "loadtest-2025");
    stage_expect_not(stage, "checkout-api");
    stage_keys(stage, "/ ^U !status:active Enter");
    stage_expect(stage, "2 of 15 keys");
    stage_keys(stage, "/ ^U zzz Enter");
    stage_expect(stage, "0 keys match `zzz`. 15 without the filter: Esc clears it.");
}

/* That none matches is true of what was read alone. */
static void a_filter_over_a_part_of_the_list(void **state)
{
    struct stage *stage = *state;

    stage->fake.inventory->lists[LIST_KEYS].progress = PROGRESS_LOADING;
    stage->fake.inventory->lists[LIST_KEYS].total = 318;
    stage_keys(stage, "/ zzz Enter");
    stage_expect(stage, "0 of the keys match `zzz`. 15 without the filter, and there may be more");
    stage_expect(stage, "Loading keys: 15 of 318 so far.");
    stage->fake.inventory->lists[LIST_KEYS].progress = PROGRESS_COMPLETE;
    stage->fake.inventory->own_key = -1;
    stage_expect(stage, "0 of the keys match `zzz`. 15 without the filter, and there may be more");
}

/* A row that is asked for by its id, as a new key is, may be hidden by the filter. */
static void a_filter_that_hides_what_is_asked_for(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "/ checkout Enter");
    stage_expect(stage, "1 of 15 keys");
    ui_command(stage->ui, "select " FAKE_KEY_GIRA);
    stage_expect(stage, "The key is not among the rows shown: a filter or a narrowing hides it.");
    stage_keys(stage, "Esc");
    stage_expect(stage, "15 keys");
    ui_command(stage->ui, "select " FAKE_KEY_GIRA);
    stage_expect_not(stage, "not among the rows");
    stage_keys(stage, "Enter");
    stage_expect(stage, "> gira-app");
}

/* A row has the sign of a second look exactly where the panel beside it has a line of that sign. */
static void signs_and_panel_say_the_same(void **state)
{
    struct stage *stage = *state;
    int looks = 0;

    stage_size(stage, 140, 40);
    for (int y = 4; y < 4 + 15; y++) {
        const char *row = strstr(stage_line(stage, y), "│");
        char sign, look;

        assert_non_null(row);
        sign = row[strlen("│") + 1];
        look = row[strlen("│") + 2];
        looks += look == '!' ? 1 : 0;
        if (stage_has(stage, "│ LOOK TWICE") != (strchr("@Xx", sign) != NULL || look == '!') ||
            (look == '!' && !stage_has(stage, "│ ! "))) {
            fail_msg("sign %c%c, but the panel: %s", sign, look, stage_text(stage));
        }
        stage_keys(stage, "j");
    }
    assert_true(looks > 2);
}

/* A part of a mask leads to its key, and never to one that has the letters in its name. */
static void a_word_as_it_stands_comes_first(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "/ 3AX"); /* of gira-app */
    stage_expect(stage, "1 of 15 keys");
    assert_int_equal(stage_style(stage, "gira-app"), STYLE_SELECTED);
    assert_int_equal(stage_style(stage, "3AX never"), STYLE_HIT_SELECTED);
    stage_keys(stage, "Bs Bs Bs");
    stage_type(stage, "gapp");
    stage_expect(stage, "1 of 15 keys, fuzzy");
    stage_expect(stage, "gira-app");
    stage_keys(stage, "^U");
    stage_type(stage, "\"gapp\"");
    stage_expect(stage, "0 keys match");
}

/* The leaked key is revoked, and the filter that found it stands: no other key comes under the
 * cursor of somebody who is armed. */
static void what_was_found_and_went_turns_to_nothing_else(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;
    struct key_row leaked = inv->keys[0];

    leaked.id = inventory_id(inv, "60571396-bd81-4e58-8c82-00000000ffff");
    leaked.mask = arena_add(&inv->arena, "aa*****gAp", 10);
    inventory_add_key(inv, &leaked);
    inv->lists[LIST_KEYS].counted = inv->key_count;
    inv->lists[LIST_KEYS].total = (int64_t)inv->key_count;
    ui_changed(stage->ui);
    stage_keys(stage, "/ gAp Enter");
    stage_expect(stage, "1 of 16 keys\n");
    assert_true(inventory_remove_key(inv, leaked.id));
    ui_changed(stage->ui);
    stage_expect(stage, "0 keys match `gAp`: what it found is not here any more. 15 without");
    stage_keys(stage, "X");
    stage_expect_not(stage, "> Revoke");
    fake_host_refill(&stage->fake, 0);
    ui_changed(stage->ui);
    stage_expect(stage, "0 keys match `gAp`");
    stage_keys(stage, "/ Bs p"); /* typed anew */
    stage_expect(stage, "1 of 15 keys, fuzzy");
}

/* "1916/14.." is another number. */
static void numbers_are_never_cut(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;
    struct key_row key = inv->keys[0]; /* of payments */

    stage_keys(stage, "2");
    stage_expect(stage, "payments");
    for (unsigned i = 0; i < 2100; i++) {
        char id[ID_TEXT_SIZE];

        snprintf(id, sizeof(id), "60571396-bd81-4e58-8c83-%012x", i);
        key.id = inventory_id(inv, id);
        key.kind = i < 1050 ? KEY_WORKSPACE_SERVICE : KEY_WORKSPACE_USER;
        inventory_add_key(inv, &key);
    }
    ui_changed(stage->ui);
    for (int width = 60; width <= 160; width += 20) {
        stage_size(stage, width, 24);
        stage_expect(stage, " 1051/1050");
    }
}

/* Names of a family differ in their ends, or in the middle alone; what is cut says so by dots. */
static void names_are_cut_where_they_differ(void **state)
{
    static const char *const NAMES[] = {
        "invoice-summary-of-the-night-shift-prod", "invoice-summary-of-the-night-shift-staging",
        "invoice-summary-of-the-night-shift-01-eu", "invoice-summary-of-the-night-shift-02-eu",
        "a name that is much too long for its column (YOU)"};
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;
    struct key_row key = inv->keys[0];

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
        char id[ID_TEXT_SIZE];

        snprintf(id, sizeof(id), "60571396-bd81-4e58-8c83-%012zx", i);
        key.id = inventory_id(inv, id);
        key.name.raw = arena_add(&inv->arena, NAMES[i], strlen(NAMES[i]));
        key.name.clean = STR_NONE;
        inventory_add_key(inv, &key);
    }
    ui_changed(stage->ui);
    stage_keys(stage, "G");
    stage_expect(stage, " invoice-..night-shift-prod WS");
    stage_expect(stage, " invoice-..ht-shift-staging WS");
    stage_expect(stage, " invoice-..ight-shift-01-eu WS");
    stage_expect(stage, " invoice-..ight-shift-02-eu WS");
    stage_expect(stage, " a name that is muc.. (YOU) WS");
    stage_size(stage, 60, 24);
    stage_expect(stage, "-01-eu ");
    stage_expect(stage, "-02-eu ");
    stage_expect(stage, "-prod ");
    stage_expect(stage, "-staging ");
}

/* Of several rows that have the word the one that is called so is chosen, and a mask goes before a
 * part of a name. */
static void the_cursor_goes_to_what_is_meant(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "/ spent");
    assert_int_equal(stage_style(stage, "spent 💸"), STYLE_HIT_SELECTED);
    stage_keys(stage, "^U");
    stage_type(stage, "pro"); /* tf-PROvisioner, rag-PROd */
    assert_int_equal(stage_style(stage, "prod "), STYLE_HIT_SELECTED);
    assert_int_equal(stage_style(stage, "provisioner"), STYLE_HIT);
}

/* What is typed goes into the field: no key of the list is offered meanwhile. */
static void the_filter_tells_its_own_keys(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "/ r");
    stage_expect(stage, "Enter keeps  Esc undoes  any part of a name or mask  mask:RvI  !not");
    stage_expect_not(stage, "n new..");
    stage_keys(stage, "Enter");
    stage_expect(stage, "n new..");
    stage_expect_not(stage, "Esc undoes");
}

/* Wherever one is: what is typed is seen, at any width. */
static void the_filter_is_seen_while_it_is_typed(void **state)
{
    struct stage *stage = *state;

    for (int width = 40; width <= 140; width += 20) {
        stage_size(stage, width, width == 40 ? 10 : 15);
        stage_keys(stage, "Esc / gira-a");
        stage_expect(stage, "/gira-a");
        stage_expect(stage, "1 of 15 keys");
        stage_keys(stage, "Enter");
    }
    stage_keys(stage, "Esc 3 Enter ."); /* the keys of one person */
    stage_size(stage, 40, 10);
    stage->fake.inventory->lists[LIST_KEYS].progress = PROGRESS_LOADING;
    stage->fake.inventory->lists[LIST_KEYS].total = 318000;
    stage_keys(stage, "4 / longer-than-the-field");
    stage_expect(stage, "the-field");
    stage_expect(stage, " 0/0");
}

/* The row under the cursor does not fit the filter: the first that fits is selected, not the one
 * that came to stand there. */
static void a_filter_selects_the_first(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "G");
    ui_command(stage->ui, "filter type:=OS");
    assert_int_equal(stage_style(stage, "tf-provisioner"), STYLE_SELECTED);
}

static void a_wrong_column_finds_nothing_and_says_so(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "/ gira Enter");
    ui_command(stage->ui, "filter colour:red");
    stage_expect(stage, "There is no column \"colour\" in keys");
    stage_expect(stage, "0 of 15 keys");
    stage_expect_not(stage, "gira-app");
    assert_int_equal(stage_style(stage, "There is no column"), STYLE_WARN);
    stage_keys(stage, "j"); /* the sentence stays where the rows would be */
    stage_expect(stage, "There is no column \"colour\" in keys");
    stage_keys(stage, "/ ^U");
    ui_command(stage->ui, "filter ownr:shah");
    stage_expect(stage, "did you mean \"owner\"?");
    ui_command(stage->ui, "filter gira");
    stage_expect(stage, "1 of 15 keys");
}

static void a_pasted_key_is_cut_to_its_mask(void **state)
{
    struct stage *stage = *state;
    struct ui_event paste = {.key = UI_KEY_PASTE, .text = "9fSECRETSECRETSECRETSECRETQm4"};

    stage_keys(stage, "/ mask:");
    ui_event(stage->ui, &paste);
    stage_expect(stage, "/mask:9f*Qm4");
    stage_expect_not(stage, "SECRET");
    stage_keys(stage, "Esc");
    ui_command(stage->ui, "filter mask:9fSECRETSECRETSECRETSECRETQm4");
    stage_expect(stage, "filter: mask:9f*Qm4");
    stage_expect_not(stage, "SECRET");
}

/* Esc: closes the field, else stops the wait, else clears the filter, else goes back. */
static void esc_goes_one_step_at_a_time(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "2 Enter"); /* payments */
    stage_keys(stage, "/ checkout Enter /");
    stage_keys(stage, "x");
    stage_expect(stage, "/checkoutx");
    stage->fake.session.loading = true;
    stage->fake.session.work = "loading keys 400 of 318000";
    ui_changed(stage->ui);
    stage_keys(stage, "Esc"); /* the field */
    stage_expect(stage, "filter: checkout");
    stage_expect_not(stage, "checkoutx");
    stage_expect(stage, "loading keys 400 of 318000   Esc stops");
    assert_string_equal(stage->fake.log.data, "");
    stage_keys(stage, "Esc"); /* the wait */
    assert_string_equal(stage->fake.log.data, "stop\n");
    stage_expect(stage, "filter: checkout");
    stage_keys(stage, "Esc"); /* the filter */
    stage_expect(stage, "filter: none");
    stage_expect(stage, "Org > payments > Keys");
    stage_keys(stage, "Esc");                /* the narrowing */
    stage_expect(stage, "Org > Workspaces"); /* where it began */
    stage_keys(stage, "Esc");
    stage_expect(stage, "Org > Workspaces");
    assert_false(stage->fake.quit);
}

static int line_of(struct stage *stage, const char *text)
{
    for (int y = 0; y < 24; y++) {
        if (strstr(stage_line(stage, y), text) != NULL) {
            return y;
        }
    }
    fail_msg("not on the screen: %s", text);
    return -1;
}

static void sorts_by_any_column(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "s");
    stage_expect(stage, "sort: flag^"); /* as the command and the columns call it */
    stage_expect(stage, "Sorted by flag, rising.");
    stage_keys(stage, "s");
    stage_expect(stage, "sort: name^");
    assert_true(line_of(stage, "checkout-api") < line_of(stage, "gira-app"));
    assert_true(line_of(stage, "gira-app") < line_of(stage, "invoice-summary"));
    stage_keys(stage, "S");
    stage_expect(stage, "sort: namev");
    ui_command(stage->ui, "sort scopes desc");
    stage_expect(stage, "sort: scopesv");
    assert_true(line_of(stage, "oncall-admin") < line_of(stage, "gira-app"));
    ui_command(stage->ui, "sort wrong");
    stage_expect(stage, "There is no column wrong to sort by.");
    ui_command(stage->ui, "sort");
    stage_keys(stage, "j");
}

static void marks_rows(void **state)
{
    struct stage *stage = *state;
    struct ui_requests requests;

    stage_keys(stage, "Space j Space");
    stage_expect(stage, "2 marked");
    stage_expect(stage, "*   checkout-api");
    stage_expect_not(stage, "* ! ci-eval-runner");
    stage_expect(stage, "*   old-notebook");
    stage_keys(stage, "y");
    stage_expect(stage, "take the ids of the 2 marked rows.");
    stage_keys(stage, "y");
    ui_take_requests(stage->ui, &requests);
    assert_non_null(requests.clipboard);
    assert_non_null(strstr(requests.clipboard, "60571396-bd81-4e58-8c82-000000000001\n"));
    assert_non_null(strstr(requests.clipboard, "60571396-bd81-4e58-8c82-000000000003\n"));
    free(requests.clipboard);
    stage_keys(stage, "*");
    stage_expect(stage, "15 marked");
    stage_keys(stage, "u");
    stage_expect_not(stage, "marked");
}

static void copies_the_id_of_the_row(void **state)
{
    struct stage *stage = *state;
    struct ui_requests requests;

    stage_keys(stage, "j y i");
    ui_take_requests(stage->ui, &requests);
    assert_string_equal(requests.clipboard, "60571396-bd81-4e58-8c82-000000000002");
    free(requests.clipboard);
    stage_expect(stage, COPIED "60571396-bd81-4e58-8c82-000000000002");
}

static void expect_copied(struct stage *stage, const char *keys, const char *text)
{
    struct ui_requests requests;

    stage_keys(stage, keys);
    ui_take_requests(stage->ui, &requests);
    if (text == NULL) {
        assert_null(requests.clipboard);
    } else {
        assert_non_null(requests.clipboard);
        assert_string_equal(requests.clipboard, text);
    }
    free(requests.clipboard);
}

/* y asks what; the next key says it, or drops the question. */
static void copies_what_a_letter_says(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, "select " FAKE_KEY_GIRA);
    stage_keys(stage, "y");
    stage_expect(stage, "Copy what of gira-app?");
    stage_expect(stage, "y i id  n name  m mask  c command  j JSON  l row  Esc nothing");
    expect_copied(stage, "n", "gira-app");
    stage_expect(stage, COPIED "the name gira-app");
    stage_expect_not(stage, "Copy what");
    expect_copied(stage, "y m", "z1*****3AX");
    expect_copied(stage, "y c", "portcullis key " FAKE_KEY_GIRA " --profile acme-corp");
    stage_expect(stage, COPIED "the command ");
    expect_copied(stage, "y j", "{\"id\":\"" FAKE_KEY_GIRA "\"}");
    stage_expect(stage, COPIED "gira-app as JSON, ");
    expect_copied(stage, "y l",
                  "gira-app  WS  tools  svc  z1*****3AX  never  9  active  CL  -  none  "
                  "2026-05-03T02:47:09.000Z  api");
    expect_copied(stage, "y y", FAKE_KEY_GIRA);
    expect_copied(stage, "y x", NULL);
    stage_expect_not(stage, "Copy what");
    expect_copied(stage, "y Esc", NULL);
    expect_copied(stage, "y q", NULL);
    stage_expect(stage, "> Keys "); /* nothing was left */
    stage_keys(stage, "2 y");
    stage_expect(stage, "y i id  n name  c command  j JSON  l row"); /* it has no mask */
    expect_copied(stage, "c",
                  "portcullis workspaces --filter 'id:=" FAKE_WS_PAYMENTS "' --profile acme-corp");
    stage_keys(stage, "3 j j");
    expect_copied(stage, "y c",
                  "portcullis members --filter 'id:=" FAKE_USER_SHAH "' --profile acme-corp");
    stage_keys(stage, "Enter");
    expect_copied(stage, "y n", "R Shah");
    stage_expect(stage, "> R Shah");
}

/* Marks outlive a filter: what is copied of rows that nobody sees is said. */
static void tells_of_marks_that_are_not_shown(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "Space j Space y y");
    stage_expect(stage, COPIED "2 ids, of the marked rows.");
    stage_keys(stage, "/ checkout Enter y y");
    stage_expect(stage, COPIED "2 ids, 1 of them not shown by the filter.");
    stage_keys(stage, "Esc 2 Enter 4 y i"); /* payments alone */
    stage_expect(stage, COPIED "2 ids, 1 of them not shown in this list.");
}

static void a_revocation_is_about_the_cursor_alone(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "Space Space X"); /* old-notebook */
    stage_expect(stage, "> Revoke old-notebook");
    stage_expect(stage, "the row under the cursor alone; 2 marked rows are left");
}

static void chooses_columns(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "c");
    stage_expect(stage, "[x] flag");
    stage_keys(stage, "j j j j j j j j"); /* status */
    stage_keys(stage, "Space Enter");
    stage_expect(stage, "STATUS");
    stage_keys(stage, "c u Esc");
    stage_expect_not(stage, "STATUS");
}

/* What was chosen is fixed, all else goes on following the width; a row keeps its name. */
static void a_choice_of_columns_fixes_nothing_else(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "c j j Space Esc"); /* without TY */
    stage_expect_not(stage, "TY WORKSPACE");
    stage_size(stage, 140, 40);
    stage_expect(stage, "STATUS");
    stage_expect_not(stage, "TY WORKSPACE");
    stage_size(stage, 80, 24);
    stage_keys(stage, "c G k Space"); /* DESCRIPTION, which does not fit beside the others */
    stage_expect(stage, "Space on or off   u as the width says   Up Down   Esc done");
    stage_keys(stage, "j");
    stage_expect(stage, "24 of 24, more above");
    stage_keys(stage, "g j Space");
    stage_expect(stage, "NAME stays: a row without it says nothing.");
    stage_expect(stage, "more below");
    stage_keys(stage, "Esc");
    stage_expect(stage, "DESCRIPTION");
    stage_expect(stage, "NAME");
}

/* What is chosen and has no room is marked, and can be scrolled to. */
static void columns_out_of_sight_can_be_scrolled_to(void **state)
{
    struct stage *stage = *state;

    stage_expect_not(stage, "more >");
    stage_keys(stage, "Right");
    stage_expect(stage,
                 "All columns that are chosen are seen: c chooses more, w takes all the room");
    stage_keys(stage, "w");
    stage_expect(stage, "5 more >");
    stage_expect_not(stage, "MADE BY");
    stage_keys(stage, "c");
    stage_expect(stage, "[x] mode           MADE BY           no room");
    stage_expect(stage, "; Left Right scroll");
    assert_int_equal(stage_style(stage, "no room"), STYLE_WARN);
    stage_keys(stage, "Esc Right");
    stage_expect(stage, "< 1 more");
    stage_expect_not(stage, " TY ");
    stage_keys(stage, "Right Right Right Right Right Right Right Right Right Right");
    stage_expect(stage, " MADE BY");
    stage_expect(stage, " checkout-api"); /* its name stays */
    stage_expect(stage, " more");
    stage_expect_not(stage, "more >");
    stage_keys(stage, "c");
    stage_expect(stage, "[x] type           TY                no room");
    stage_keys(stage, "Esc Left");
    stage_expect(stage, "1 more >");
    for (int i = 0; i < 12; i++) {
        stage_keys(stage, "Left");
    }
    stage_expect_not(stage, "< ");
    stage_expect(stage, " TY ");
    stage_keys(stage, "Right Right");
    stage_expect(stage, "< 2 more");
    stage_size(stage, 200, 50); /* all of them fit */
    stage_expect_not(stage, "< 2 more");
    stage_expect(stage, " TY ");
    stage_size(stage, 40, 10);
    stage_expect(stage, ">\n");
    for (int i = 0; i < 14; i++) {
        stage_keys(stage, "Right");
    }
    stage_expect(stage, "MADE BY\n");
}

/* What was looked for in one organisation says nothing of another. */
static void another_organisation_has_no_filter(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "s s Space / gira Enter");
    stage_expect(stage, "filter: gira");
    stage_expect(stage, "1 marked");
    stage_keys(stage, "3 / shah");
    fake_host_refill(&stage->fake, 0);
    stage->fake.session.profile = "acme-eu";
    ui_changed(stage->ui);
    stage_expect(stage, "filter: none");
    stage_keys(stage, "4");
    stage_expect(stage, "sort: name^  filter: none");
    stage_expect(stage, "15 keys\n");
    stage_keys(stage, "y y");
    stage_expect_not(stage, "of the marked rows");
}

/* The mark of the order takes nothing from a head, and the title names what cannot be seen. */
static void the_order_is_told_beside_the_head(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, "sort type");
    stage_expect(stage, " TY^WORKSPACE");
    ui_command(stage->ui, "sort flag desc");
    stage_expect(stage, " !v NAME");
    stage_expect(stage, "sort: flagv");
    ui_command(stage->ui, "sort scopes");
    stage_expect(stage, " SC^");
    stage_size(stage, 60, 15);
    stage_expect(stage, "sort: scopes^  1/15 keys");
    stage_expect_not(stage, "filter:");
    stage_keys(stage, "/ r Enter");
    stage_expect(stage, "filter: r");
}

static void wide_takes_all_the_room(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 140, 40);
    stage_expect(stage, "WORKSPACES");
    stage_keys(stage, "w");
    stage_expect_not(stage, "WORKSPACES");
    stage_expect(stage, "MADE BY");
    stage_keys(stage, "w");
    stage_expect(stage, "WORKSPACES");
}

static void the_selection_stays_on_its_record(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "s s"); /* by name */
    ui_command(stage->ui, "select " FAKE_KEY_GIRA);
    assert_int_equal(stage_style(stage, "gira-app"), STYLE_SELECTED);
    fake_host_refill(&stage->fake, 100);
    ui_changed(stage->ui);
    assert_int_equal(stage_style(stage, "gira-app"), STYLE_SELECTED); /* among batch-00000 */
    /* It goes: the neighbour is selected, never nothing. */
    inventory_remove_key(stage->fake.inventory,
                         inventory_find_id(stage->fake.inventory, FAKE_KEY_GIRA));
    ui_changed(stage->ui);
    stage_expect_not(stage, "gira-app");
    assert_int_equal(stage_style(stage, "invoice-summary"), STYLE_SELECTED);
}

/* Another order, and what a new filter finds, are read from their begin. */
static void a_sort_and_a_filter_begin_at_the_top(void **state)
{
    struct stage *stage = *state;

    fake_host_refill(&stage->fake, 3000);
    ui_changed(stage->ui);
    stage_keys(stage, "G s s");
    assert_int_equal(stage_style(stage, "batch-00000"), STYLE_SELECTED);
    stage_keys(stage, "G S S G / batch");
    assert_int_equal(stage_style(stage, "batch-00000"), STYLE_HIT_SELECTED);
    stage_keys(stage, "Enter j j Esc"); /* without it the row that was found stays */
    assert_int_equal(stage_style(stage, "batch-00002"), STYLE_SELECTED);
}

/* Back to the list, and to the row, from which it was narrowed. */
static void esc_leads_back_to_the_row(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "2 j Enter");
    stage_expect(stage, "> Keys");
    stage_keys(stage, "Esc");
    stage_expect(stage, "Org > Workspaces");
    stage_keys(stage, "k Enter 3 Esc"); /* whoever went on by a digit stays there */
    stage_expect(stage, "Org > All workspaces > People");
}

/* Which row of how many: whatever the width, and whatever else stands beside it. */
static void the_place_is_always_told(void **state)
{
    static const struct {
        int width, height;
    } SIZES[] = {{40, 10}, {60, 15}, {80, 24}, {100, 30}, {140, 40}, {200, 50}};
    struct stage *stage = *state;

    fake_host_refill(&stage->fake, 135);
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
        stage->fake.inventory->lists[LIST_KEYS].progress = PROGRESS_COMPLETE;
        ui_changed(stage->ui);
        stage_size(stage, SIZES[i].width, SIZES[i].height);
        stage_keys(stage, "4 u g j j j");
        stage_expect(stage, " 4/150");
        stage_keys(stage, "Space G");
        stage_expect(stage, " 150/150");
        if (SIZES[i].width >= 80) {
            stage_expect(stage, " 150/150 keys  1 marked");
        }
        stage->fake.inventory->lists[LIST_KEYS].progress = PROGRESS_PARTIAL;
        ui_changed(stage->ui);
        stage_expect(stage, " 150/150 of ?");
        stage_keys(stage, "/ batch");
        stage_expect(stage, " 1/136");
        stage_keys(stage, "Enter j");
        stage_expect(stage, " 2/136 of 150?");
        ui_command(stage->ui,
                   "filter a-filter-that-is-longer-than-the-line-is-wide-and-finds-nothing");
        stage_expect(stage, " 0/0 of 150?");
        stage_keys(stage, "Esc 2 g j");
        stage_expect(stage, " 2/6");
        stage_keys(stage, "Enter 3"); /* the members of one, whose name is long enough */
        stage_expect(stage, " 1/5");
        stage_keys(stage, "Esc 1 g j");
        stage_expect(stage, " 2/3");
    }
}

/* The order is told also where nobody sorted, as it is seen: no server promises one. */
static void the_order_of_the_server_is_told(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;

    stage_expect(stage, "server's order  filter: none  1/15 keys");
    for (size_t i = 0; i < inv->key_count; i++) {
        inv->keys[i].created_at = FAKE_NOW - (int64_t)i;
    }
    inv->generation++;
    stage_expect(stage, "newest first  filter: none  1/15 keys");
    stage_keys(stage, "/ r Enter");
    stage_expect(stage, "newest first  filter: r");
    stage_size(stage, 60, 15);
    stage_expect(stage, "filter: r");
    stage_keys(stage, "Esc g");
    stage_expect(stage, "newest first  1/15 keys");
    stage_size(stage, 80, 24);
    stage_keys(stage, "3");
    for (size_t i = 0; i < inv->user_count; i++) {
        inv->users[i].created_at = FAKE_NOW + (int64_t)i;
    }
    inv->generation++;
    stage_expect(stage, "oldest first  filter: none");
    for (size_t i = 0; i < inv->user_count; i++) {
        inv->users[i].of_members = true;
    }
    inv->generation++;
    stage_expect(stage, "by workspace  filter: none");
}

/* What the server said goes before what is guessed about the own key, and is said once. */
static void a_refusal_is_told_as_the_server_said_it(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;
    struct list_state *keys = &inv->lists[LIST_KEYS];

    inv->key_count = 0;
    inv->own_key = -1;
    keys->progress = PROGRESS_REFUSED;
    snprintf(keys->scope, sizeof(keys->scope), "organisation_service_api_keys.list");
    snprintf(keys->why, sizeof(keys->why),
             "The server refused the list of keys (403 AB03: \"not you\"). Your key likely lacks "
             "one of three scopes.");
    inv->generation++;
    ui_changed(stage->ui);
    stage_expect(stage, "────\n The server refused the list of keys (403 AB03: \"not you\"). Your");
    stage_expect(stage, "\n The keys were refused. r tries again.\n");
    stage_expect_not(stage, "your key needs");
    keys->why[0] = '\0';
    ui_changed(stage->ui);
    stage_expect(stage, " The server refused the keys. Your key likely lacks");
    fake_host_refill(&stage->fake, 0);
    inv = stage->fake.inventory;
    keys = &inv->lists[LIST_WORKSPACES];
    inv->workspace_count = 0;
    keys->progress = PROGRESS_REFUSED;
    snprintf(keys->scope, sizeof(keys->scope), "workspaces.list");
    snprintf(keys->why, sizeof(keys->why), "The server said no.");
    scope_set_add(&inv->keys[inv->own_key].scopes, scope_find("workspaces.list"));
    ui_changed(stage->ui);
    stage_keys(stage, "2"); /* a guess that is known to be wrong is not left alone */
    stage_expect(stage,
                 " The server said no. Your key holds workspaces.list: the reason is another.");
}

/* Also where rows stand below: people who are known by their workspaces alone. */
static void a_refusal_of_people_is_told_beside_those_of_the_workspaces(void **state)
{
    struct stage *stage = *state;
    struct list_state *users = &stage->fake.inventory->lists[LIST_USERS];

    users->progress = PROGRESS_PARTIAL;
    snprintf(users->scope, sizeof(users->scope), "organisation_users.list");
    snprintf(users->why, sizeof(users->why),
             "Only the people of the workspaces are shown. The server refused the list of users "
             "(403 AB03: \"You do not have enough permissions to execute this request\"). Your "
             "key likely lacks organisation_users.list.");
    stage->fake.inventory->own_key = -1;
    stage->fake.inventory->generation++;
    stage_keys(stage, "3");
    stage_expect(stage, " shown. The server refused the list of users (403 AB03: \"You do not have "
                        "enough\n permissions to execute this request\"). Your key likely lacks\n "
                        "organisation_users.list. r tries again.\n");
}

/* One 403 proves nothing: the row stays, but not as if nothing had been seen. */
static void a_key_that_answers_no_more_is_not_green(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;

    stage_size(stage, 140, 40);
    inventory_key_answers_no_more(inv, inventory_find_id(inv, FAKE_KEY_GIRA));
    ui_changed(stage->ui);
    stage_expect(stage, " ?  gira-app");
    assert_int_equal(stage_style(stage, "active?"), STYLE_WARN);
    ui_command(stage->ui, "select " FAKE_KEY_GIRA);
    stage_expect(stage, "? the server answers no");
    fake_host_refill(&stage->fake, 0);
    ui_changed(stage->ui);
    stage_expect_not(stage, "active?");
}

/* In words, at any width: whoever left may still hold the key. */
static void owners_who_left_are_told(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;

    for (size_t i = 0; i < inv->key_count; i++) {
        if (i % 2 == 0) {
            continue;
        }
        inv->keys[i].kind = KEY_WORKSPACE_USER;
        inv->keys[i].user_id =
            inventory_id(inv, i % 4 == 1 ? FAKE_USER_SHAH : "a1b2c3d4-0000-4000-8000-00000000dead");
    }
    inv->generation++;
    ui_changed(stage->ui);
    stage_expect(stage, " left org ");
    stage_expect(stage, " left ws ");
    stage_keys(stage, "j j j");
    stage_expect(stage, "   left org: a1b2c3d4   ");
    stage_size(stage, 200, 50);
    stage_expect(stage, " left org: a1b2..");
    stage_expect(stage, " left ws: R Shah");
    stage_expect(stage, "- its owner left the organisation");
    stage_size(stage, 80, 24);
    stage_keys(stage, "v");
    stage_expect(stage, "   - owner left org");
}

/* The lists at the side say of each number whether there may be more. */
static void counts_at_the_side_say_what_they_are(void **state)
{
    struct stage *stage = *state;
    struct inventory *inv = stage->fake.inventory;

    stage_size(stage, 140, 25); /* what stands on the other side says where it goes on */
    stage_expect(stage, " more lines: v\n");
    stage_size(stage, 140, 40);
    stage_expect_not(stage, "more lines: v");
    stage_expect(stage, "▸ all             15│");
    stage_expect(stage, "▸ 4 Keys      15 <1m│");
    inv->lists[LIST_KEYS].progress = PROGRESS_PARTIAL; /* the own key holds all three scopes */
    inv->lists[LIST_USERS].progress = PROGRESS_PARTIAL;
    inv->generation++;
    ui_changed(stage->ui);
    stage_expect(stage, "▸ all            15?│");
    stage_expect(stage, "  payments        1?│");
    stage_expect(stage, "  3 People    7? <1m│");
    stage_expect(stage, "▸ 4 Keys     15? <1m│");
}

/* The footer says of what a new one would be. */
static void the_footer_says_what_is_new(void **state)
{
    struct stage *stage = *state;

    stage_expect(stage, " n new..  ");
    stage_keys(stage, "3");
    stage_expect(stage, " n new key..  ");
    stage_expect(stage, " F7new key.. ");
    stage_keys(stage, "2");
    stage_expect(stage, " n new key..  ");
    stage_keys(stage, "n");
    stage_expect(stage, "> New key  step 1 of 5");
}

static void leaving_with_marks_asks(void **state)
{
    struct stage *stage = *state;
    struct ui_requests requests;

    stage_keys(stage, "Space Space q");
    stage_expect(stage, "2 marked rows would be lost. The same again leaves.");
    ui_take_requests(stage->ui, &requests);
    assert_false(requests.quit);
    stage_keys(stage, "q");
    ui_take_requests(stage->ui, &requests);
    assert_true(requests.quit);
}

static void walks(void **state)
{
    struct stage *stage = *state;

    fake_host_refill(&stage->fake, 200);
    ui_changed(stage->ui);
    stage_keys(stage, "G");
    assert_int_equal(stage_style(stage, "batch-00199"), STYLE_SELECTED);
    stage_keys(stage, "PgUp k");
    stage_keys(stage, "g");
    assert_int_equal(stage_style(stage, "checkout-api"), STYLE_SELECTED);
    stage_keys(stage, "PgDn PgUp ^D ^U");
    assert_int_equal(stage_style(stage, "checkout-api"), STYLE_SELECTED);
    stage_keys(stage, "k");
    assert_int_equal(stage_style(stage, "checkout-api"), STYLE_SELECTED);
}

static void says_what_is_not_there(void **state)
{
    struct stage *stage = *state;
    struct list_state *keys = &stage->fake.inventory->lists[LIST_KEYS];

    keys->progress = PROGRESS_PARTIAL;
    keys->total = 318;
    snprintf(keys->why, sizeof(keys->why), "Page 3 was cut off.");
    stage->fake.inventory->generation++;
    ui_changed(stage->ui);
    stage_expect(stage, "15 of ? keys");
    stage_expect(stage,
                 "Not all keys: 15 of 318, read <1m ago. Page 3 was cut off. r tries again.");
    keys->progress = PROGRESS_LOADING;
    ui_changed(stage->ui);
    stage_expect(stage, "15 of 318 so far");
    stage->fake.inventory->lists[LIST_USERS].progress = PROGRESS_REFUSED;
    snprintf(stage->fake.inventory->lists[LIST_USERS].scope, 80, "organisation_users.list");
    stage_keys(stage, "3");
    stage_expect(stage, "? ");
    stage_expect_not(stage, "7 people");
}

/* A sentence that stays takes its lines from the table, not from what is told of the row. */
static void a_long_state_leaves_the_foot_alone(void **state)
{
    struct stage *stage = *state;
    struct list_state *keys = &stage->fake.inventory->lists[LIST_KEYS];

    keys->progress = PROGRESS_PARTIAL;
    keys->total = 318;
    snprintf(keys->why, sizeof(keys->why),
             "Page 3 was cut off, and the server said that it would be back in a minute or two.");
    stage->fake.inventory->generation++;
    ui_changed(stage->ui);
    stage_expect(stage, "back in a minute or");
    stage_expect(stage, "r tries again.");
    stage_expect(stage, " id 60571396-bd81-4e58-8c82-000000000001   made 2025-10-19   risk L logs");
    stage_keys(stage, "G");
    assert_int_equal(stage_style(stage, "Ar*****ab1 Nov"), STYLE_SELECTED);
    stage_keys(stage, "g");
    stage_type(stage, "/loadtest");
    stage_keys(stage, "Enter");
    stage_expect(stage, " expired 2026-");
    stage_expect_not(stage, "expires EXPIRED");
}

static void old_data_tells_its_age(void **state)
{
    struct stage *stage = *state;

    stage->fake.now += 3 * INT64_C(3600000);
    stage->fake.session.data_age_ms = 3 * INT64_C(3600000);
    ui_changed(stage->ui);
    stage_expect(stage, "data 3h");
    stage_expect(stage, "15 of 15 keys, read 3h ago.");
}

static void acts_that_are_not_allowed_are_grey_and_say_why(void **state)
{
    struct stage *stage = *state;

    /* The own key may not delete service keys. */
    assert_int_equal(stage_style(stage, "X revoke.."), STYLE_DISABLED);
    stage_keys(stage, "X");
    stage_expect(stage, "revoke: your key needs workspace_service_api_keys.delete.");
    assert_string_equal(stage->fake.log.data, "");
    stage_keys(stage, "j j"); /* old-notebook, a user key: that it may */
    assert_int_equal(stage_style(stage, "X revoke.."), STYLE_KEY);
    stage_keys(stage, "X");
    stage_expect(stage, "> Revoke old-notebook");
    assert_string_equal(stage->fake.log.data,
                        "revoke_review 60571396-bd81-4e58-8c82-000000000003\n");
    stage_keys(stage, "Esc");
    stage_expect_not(stage, "> Revoke");
}

static void wide_names_never_break_columns(void **state)
{
    struct stage *stage = *state;
    const char *line;
    const char *mask;

    stage_size(stage, 140, 40);
    line = stage_line(stage, 2 + 2 + 13);
    mask = strstr(line, "Ev*****il0");
    assert_non_null(mask);
    assert_null(strstr(line, "\x1b"));
    assert_null(strstr(line, "\xe2\x80\xae"));
    for (int y = 4; y < 19; y++) {
        int columns;
        enum style style;

        /* The rule between table and summary stands in one column in every row. */
        assert_string_equal(canvas_cell(stage->canvas, 111, y, &columns, &style), "│");
    }
}

static void mouse(struct stage *stage, int button, int x, int y)
{
    ui_event(stage->ui,
             &(struct ui_event){.key = UI_KEY_MOUSE, .number = button, .x = x, .y = y, .text = ""});
}

static void the_mouse_chooses_opens_and_walks(void **state)
{
    struct stage *stage = *state;

    mouse(stage, 1, 10, 10); /* the seventh row */
    assert_int_equal(stage_style(stage, "gira-app"), STYLE_SELECTED);
    mouse(stage, 5, 10, 10);
    assert_int_equal(stage_style(stage, "spent"), STYLE_SELECTED);
    mouse(stage, 4, 10, 10);
    assert_int_equal(stage_style(stage, "gira-app"), STYLE_SELECTED);
    /* Neither heads nor foot are rows. */
    mouse(stage, 1, 10, 2);
    mouse(stage, 1, 10, 19);
    mouse(stage, 1, 10, 23);
    assert_int_equal(stage_style(stage, "gira-app"), STYLE_SELECTED);
    mouse(stage, 1, 10, 10);
    stage_expect(stage, "> gira-app z1*****3AX");
    mouse(stage, 5, 10, 10);
    stage_expect_not(stage, " KEY\n");
}

static void tab_goes_round_the_lists(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "Tab");
    stage_expect(stage, "acme-eu");
    stage_keys(stage, "Tab");
    stage_expect(stage, "Org > Workspaces");
    stage_keys(stage, "S-Tab S-Tab");
    stage_expect(stage, "> Keys");
    stage_keys(stage, "2 -");
    stage_expect(stage, "> Keys");
}

static void opens_another_organisation(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "4 Enter");
    stage_expect(stage, "> checkout-api");
    stage_keys(stage, "1 j Enter");
    assert_non_null(strstr(stage->fake.log.data, "open_profile acme-eu\n"));
    stage_keys(stage, "n");
    stage_expect(stage, "Log in");
}

static void nothing_open_asks_for_a_login(void **state)
{
    struct stage *stage = *state;

    ui_free(stage->ui);
    fake_host_empty(&stage->fake);
    stage->ui = ui_new(&stage->fake.host, NULL);
    stage_size(stage, 80, 24);
    stage_expect(stage, "Log in");
    stage_keys(stage, "Esc");
    stage_expect(stage, "No organisation is known here yet.");
    stage_keys(stage, "4");
    stage_expect(stage, "keys: no organisation is open.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(screens),
        STAGE_TEST(a_filter_over_a_part_of_the_list),
        STAGE_TEST(a_filter_that_hides_what_is_asked_for),
        STAGE_TEST(enter_on_a_workspace_narrows),
        STAGE_TEST(an_empty_workspace_says_so),
        STAGE_TEST(members_that_could_not_be_read),
        STAGE_TEST(filters_as_it_is_typed),
        STAGE_TEST(signs_and_panel_say_the_same),
        STAGE_TEST(a_word_as_it_stands_comes_first),
        STAGE_TEST(numbers_are_never_cut),
        STAGE_TEST(names_are_cut_where_they_differ),
        STAGE_TEST(what_was_found_and_went_turns_to_nothing_else),
        STAGE_TEST(the_cursor_goes_to_what_is_meant),
        STAGE_TEST(the_filter_is_seen_while_it_is_typed),
        STAGE_TEST(the_filter_tells_its_own_keys),
        STAGE_TEST(tells_of_marks_that_are_not_shown),
        STAGE_TEST(a_revocation_is_about_the_cursor_alone),
        STAGE_TEST(a_choice_of_columns_fixes_nothing_else),
        STAGE_TEST(columns_out_of_sight_can_be_scrolled_to),
        STAGE_TEST(another_organisation_has_no_filter),
        STAGE_TEST(the_order_is_told_beside_the_head),
        STAGE_TEST(a_filter_selects_the_first),
        STAGE_TEST(a_wrong_column_finds_nothing_and_says_so),
        STAGE_TEST(a_pasted_key_is_cut_to_its_mask),
        STAGE_TEST(esc_goes_one_step_at_a_time),
        STAGE_TEST(sorts_by_any_column),
        STAGE_TEST(marks_rows),
        STAGE_TEST(copies_the_id_of_the_row),
        STAGE_TEST(copies_what_a_letter_says),
        STAGE_TEST(chooses_columns),
        STAGE_TEST(wide_takes_all_the_room),
        STAGE_TEST(the_selection_stays_on_its_record),
        STAGE_TEST(a_sort_and_a_filter_begin_at_the_top),
        STAGE_TEST(esc_leads_back_to_the_row),
        STAGE_TEST(the_place_is_always_told),
        STAGE_TEST(the_order_of_the_server_is_told),
        STAGE_TEST(a_refusal_is_told_as_the_server_said_it),
        STAGE_TEST(a_refusal_of_people_is_told_beside_those_of_the_workspaces),
        STAGE_TEST(a_key_that_answers_no_more_is_not_green),
        STAGE_TEST(owners_who_left_are_told),
        STAGE_TEST(counts_at_the_side_say_what_they_are),
        STAGE_TEST(the_footer_says_what_is_new),
        STAGE_TEST(leaving_with_marks_asks),
        STAGE_TEST(walks),
        STAGE_TEST(says_what_is_not_there),
        STAGE_TEST(a_long_state_leaves_the_foot_alone),
        STAGE_TEST(old_data_tells_its_age),
        STAGE_TEST(acts_that_are_not_allowed_are_grey_and_say_why),
        STAGE_TEST(wide_names_never_break_columns),
        STAGE_TEST(the_mouse_chooses_opens_and_walks),
        STAGE_TEST(tab_goes_round_the_lists),
        STAGE_TEST(opens_another_organisation),
        STAGE_TEST(nothing_open_asks_for_a_login),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
