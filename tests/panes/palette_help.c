/* The palette and the help: both tell what the table of actions says of the view below. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/field.h"
#include "panes/stage.h"
#include "ui/action.h"
#include "ui/views/help_words.h"

#include "base/banned.h"

static void finds_as_it_is_typed(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, ":");
    stage_expect(stage, "Do or say");
    stage_keys(stage, "refr");
    assert_int_equal(stage_style(stage, "refresh"), STYLE_SELECTED);
    stage_expect(stage, "r ^R F5");
    stage_keys(stage, "Enter");
    assert_string_equal(stage->fake.log.data, "refresh\n");
    stage_expect_not(stage, "Do or say");
}

static void finds_by_what_it_does(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "F2");
    stage_type(stage, "clipboard");
    stage_expect(stage, "copy ");
    stage_keys(stage, "^U zzzz");
    stage_expect(stage, "Nothing is called that.");
    stage_keys(stage, "Enter");
    stage_expect(stage, "Do or say");
    stage_keys(stage, "Esc");
    stage_expect_not(stage, "Do or say");
}

static void greys_what_cannot_be_done_and_says_why(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, ": revoke");
    stage_expect(stage, "your key needs workspace_service");
    stage_keys(stage, "Down");
    stage_keys(stage, "Up Enter");
    stage_expect(stage, "revoke: your key needs workspace_service_api_keys.delete.");
    stage_expect(stage, "Do or say");
    stage_keys(stage, "^U unma");
    assert_int_equal(stage_style(stage, "unmark"), STYLE_SELECTED);
    /* In a detail there is nothing to filter. */
    stage_keys(stage, "Esc Enter : sort");
    assert_int_equal(stage_style(stage, "not in this view"), STYLE_SELECTED);
}

static void offers_what_may_follow(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, ": workspace Space");
    stage_expect(stage, "payments");
    stage_keys(stage, "fin");
    stage_expect_not(stage, "payments  ");
    stage_keys(stage, "Enter");
    stage_expect(stage, "Org > finance > Keys");
    stage_keys(stage, ": workspace Space all Enter");
    stage_expect(stage, "Org > All workspaces > Keys");
    stage_keys(stage, ": member Space jide Enter");
    stage_expect(stage, "> Jide Okoro");
    stage_keys(stage, "Esc : sort Space mask Enter");
    stage_expect(stage, "sort: mask^");
    stage_keys(stage, ": go Space work Enter");
    stage_expect(stage, "Org > Workspaces");
    stage_keys(stage, ": profile Space eu Enter");
    assert_non_null(strstr(stage->fake.log.data, "open_profile acme-eu\n"));
}

static void a_command_alone_asks_for_the_rest(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, ": go");
    stage_keys(stage, "Enter");
    stage_expect(stage, ": go");
    stage_expect(stage, "organisations");
    stage_keys(stage, "members Enter");
    stage_expect(stage, "7 people");
}

static void runs_what_is_typed_whole(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, ":");
    stage_type(stage, "filter status:expired !loadtest");
    stage_keys(stage, "Enter");
    stage_expect(stage, "0 keys match `status:expired !loadtest`");
    stage_keys(stage, ":");
    stage_type(stage, "key 60571396-bd81-4e58-8c82-000000000007");
    stage_keys(stage, "Enter");
    stage_expect(stage, "> gira-app");
    stage_keys(stage, ":");
    stage_type(stage, "key nonsense");
    stage_keys(stage, "Enter");
    stage_expect(stage, "No key here has \"nonsense\" as its id or in its name or mask.");
    ui_command(stage->ui, "go nowhere");
    stage_expect(stage, "go: there is no list called \"nowhere\"");
    stage_expect(stage, "organisations, workspaces, members");
    ui_command(stage->ui, "blow up");
    stage_expect(stage, "There is no act or command called \"blow\"");
}

/* A key is found by what an operator has at hand: its name, or the end of its mask. */
static void a_key_is_found_by_name_and_mask(void **state)
{
    struct stage *stage = *state;

    ui_command(stage->ui, "key gira");
    stage_expect(stage, "> gira-app");
    stage_keys(stage, "Esc");
    ui_command(stage->ui, "key 3ax");
    stage_expect(stage, "> gira-app");
    stage_keys(stage, "Esc 2 Enter"); /* narrowed: the list that comes is not */
    ui_command(stage->ui, "key default_user_key");
    stage_expect(stage, "Org > All workspaces > Keys");
    stage_expect(stage, "2 of 15 keys");
    stage_expect(stage, "2 keys have default_user_key in their name or mask.");
    stage_keys(stage, "Esc :");
    stage_type(stage, "key 8wz");
    stage_expect(stage, "Kd*****8wZ  ml-eval");
    stage_keys(stage, "Enter");
    stage_expect(stage, "> ci-eval-runner");
    stage_keys(stage, "Esc :");
    stage_type(stage, "key default");
    stage_expect(stage, "all of these");
    stage_keys(stage, "Enter");
    stage_expect(stage, "2 of 15 keys");
}

static void the_palette_tells_how_much_there_is(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 80, 50);
    stage_keys(stage, ":");
    stage_expect(stage, "1 of 3");
    stage_keys(stage, "End");
    stage_expect_not(stage, "1 of 3");
    stage_keys(stage, "Home");
    stage_expect(stage, "1 of 3");
    stage_expect(stage, "to a list");           /* the last command, */
    stage_expect(stage, "take all marks away"); /* and more than 14 lines at a time */
    stage_size(stage, 80, 24);
    stage_keys(stage, "PgDn");
    stage_expect(stage, "16 of 3");
}

static void tab_completes(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, ": works Tab");
    stage_expect(stage, ": works");
    stage_keys(stage, "^U");
    stage_type(stage, "workspace ");
    stage_keys(stage, "too Tab");
    stage_expect(stage, ": workspace tools");
    stage_keys(stage, "Bs Bs Bs Bs Bs Bs Bs Bs Bs Bs Bs Bs Bs Bs Bs");
    stage_expect(stage, "Do or say");
    stage_keys(stage, "Bs");
    stage_expect_not(stage, "Do or say");
}

static void letters_are_text(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, ": q X !");
    stage_expect(stage, ": qX!");
    assert_false(stage->fake.session.armed);
    stage_keys(stage, "Esc");
    stage_expect(stage, "15 keys");
}

static void help_has_the_keys_of_the_view(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 100, 110);
    stage_keys(stage, "?");
    stage_expect_screen(stage, "help-keys-100x110");
    stage_keys(stage, "Esc 1 F1");
    stage_expect(stage, "Keys here: organisations");
    stage_expect_not(stage, "filter as you type");
    stage_keys(stage, "Esc 4 Enter ?");
    stage_expect(stage, "Keys here: key");
    stage_expect(stage, "the next tab of a detail");
    stage_expect_not(stage, "filter as you type");
    stage_keys(stage, "?");
    stage_expect_not(stage, "Keys here");
}

static void help_scrolls(void **state)
{
    struct stage *stage = *state;

    stage_keys(stage, "?");
    stage_expect(stage, "Records");
    stage_expect(stage, "more lines below");
    stage_keys(stage, "PgDn");
    stage_expect_not(stage, "Records");
    stage_keys(stage, "G");
    stage_expect(stage, "two words");
    stage_expect_not(stage, "below  PgDn");
    stage_keys(stage, "PgDn j G g");
    stage_expect(stage, "Records");
    stage_keys(stage, "Tab");
    stage_expect(stage, "─┐\n│ The list "); /* the next section stands first */
    stage_keys(stage, "S-Tab");
    stage_expect(stage, "─┐\n│ Records ");
    stage_keys(stage, "q");
    stage_expect(stage, "15 keys");
    assert_false(stage->fake.quit);
}

/* Does the last line of the box that has words have the head of a section alone? */
static bool ends_with_a_head(struct stage *stage, int height)
{
    static const char *const HEADS[] = {"│ The list ", "│ Places ", "│ Moving ", "│ Columns ",
                                        "│ Signs ",    "│ Filter ", "│ Risk: "};
    int y = height - 1;

    while (y > 0 && (strncmp(stage_line(stage, y), "│", strlen("│")) != 0 ||
                     strspn(stage_line(stage, y) + strlen("│"), " ") > 30)) {
        y--;
    }
    for (size_t i = 0; i < sizeof(HEADS) / sizeof(*HEADS); i++) {
        if (strncmp(stage_line(stage, y), HEADS[i], strlen(HEADS[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Page by page all of it is seen, at any size, and no head stands alone at an end. */
static void all_of_the_help_is_seen(void **state)
{
    static const char *const PARTS[] = {"Records", "The list",    "Places",     "Moving",
                                        "Columns", "The console", "Signs",      "Risk: what",
                                        "Filter",  "admin key",   "their blank"};
    static const int SIZES[][2] = {{80, 24}, {60, 15}, {40, 10}};
    struct stage *stage = *state;

    for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
        unsigned seen = 0;

        stage_size(stage, SIZES[i][0], SIZES[i][1]);
        stage_keys(stage, "?");
        for (int page = 0; page < 150; page++) {
            for (size_t part = 0; part < sizeof(PARTS) / sizeof(*PARTS); part++) {
                seen |= stage_has(stage, PARTS[part]) ? 1u << part : 0;
            }
            assert_false(SIZES[i][1] > 10 && ends_with_a_head(stage, SIZES[i][1]));
            stage_keys(stage, "PgDn");
        }
        assert_int_equal(seen, (1u << sizeof(PARTS) / sizeof(*PARTS)) - 1);
        stage_keys(stage, "PgUp PgUp g");
        stage_expect(stage, "Records");
        stage_keys(stage, "Esc");
    }
}

static void every_action_has_all_it_needs(void **state)
{
    (void)state;
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        const struct action_info *info = action_info((enum action)i);

        assert_non_null(info);
        assert_true(info->name[0] != '\0' && info->help[0] != '\0' && info->label[0] != '\0');
        assert_int_equal(action_find(info->name), i);
        assert_non_null(action_group_name(info->group));
        for (int j = i + 1; j < ACTION_COUNT; j++) {
            assert_string_not_equal(info->name, action_info((enum action)j)->name);
        }
    }
    assert_int_equal(action_find("no-such"), ACTION_NONE);
    assert_null(action_number(ACTION_COUNT));
}

/* What the table shows as a key's name is what the key does. */
static void keys_shown_are_the_keys_bound(void **state)
{
    (void)state;
    for (size_t i = 0; action_number(i) != NULL; i++) {
        const struct action_info *info = action_number(i);
        const char *at = info->keys;

        while (*at != '\0') {
            size_t len = strcspn(at, " ");
            char word[16] = "";
            struct ui_event event = {.text = ""};

            memcpy(word, at, len);
            if (stage_event(word, &event)) {
                assert_int_equal(action_of_event(&event, true), info->action);
            } else {
                fail_msg("%s: what key is %s?", info->name, word);
            }
            at += len;
            at += strspn(at, " ");
        }
    }
}

/* Each view tells what is true of it, and no more. */
static void help_is_about_the_view(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 100, 120);
    stage_keys(stage, "?");
    stage_expect(stage, "all about the key");
    stage_expect(stage, "the row above");
    stage_expect(stage, "WS: service key of a workspace");
    stage_expect(stage, "mask:RvI");
    stage_keys(stage, "Esc 2 ?");
    stage_expect(stage, "show only its keys and members; v tells all about it");
    stage_expect(stage, "people: admins (the organisation's too) / managers / members");
    stage_expect_not(stage, "mask:RvI");
    stage_keys(stage, "Esc 4 Enter ?"); /* a key */
    stage_expect(stage, "a line up");
    stage_expect(stage, "the tab before; from the first one to the last");
    stage_expect_not(stage, "the row above");
    stage_expect_not(stage, "open the row");
    stage_expect_not(stage, "on a workspace");
    stage_expect_not(stage, "Filter");
    stage_keys(stage, "Esc Esc 3 Enter ?"); /* a person */
    stage_expect(stage, "list the keys of this person");
    stage_keys(stage, "Esc Esc 4 c F1");
    stage_expect(stage, "the column above");
    stage_expect(stage, "all as the width says");
    stage_expect_not(stage, "the row above");
}

/* In a form letters are text: no letter is named as a key. The marks of its grid are told. */
static void help_of_a_form_names_no_letters(void **state)
{
    struct stage *stage = *state;

    stage_size(stage, 100, 60);
    stage_keys(stage, "n F1");
    stage_expect(stage, "Keys here: create");
    stage_expect(stage, "│ Esc          leave; the draft is kept");
    stage_expect(stage, "│ F7 Ins       to the review; nothing is sent by it");
    stage_expect_not(stage, "Esc h");
    stage_expect(stage, "the scope exists, but not for a key of this kind");
    stage_expect(stage, "there is no such scope");
}

static void help_has_words_for_every_column(void **state)
{
    (void)state;
    for (int list = 0; list < LIST_COUNT; list++) {
        size_t count;
        const struct field *fields = field_table((enum list_kind)list, &count);

        for (size_t i = 0; i < count; i++) {
            if (help_column((enum list_kind)list, fields[i].key) == NULL) {
                fail_msg("no words for the column %s of %s", fields[i].key,
                         list_name((enum list_kind)list));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(finds_as_it_is_typed),
        STAGE_TEST(finds_by_what_it_does),
        STAGE_TEST(greys_what_cannot_be_done_and_says_why),
        STAGE_TEST(offers_what_may_follow),
        STAGE_TEST(a_command_alone_asks_for_the_rest),
        STAGE_TEST(runs_what_is_typed_whole),
        STAGE_TEST(a_key_is_found_by_name_and_mask),
        STAGE_TEST(the_palette_tells_how_much_there_is),
        STAGE_TEST(help_is_about_the_view),
        STAGE_TEST(help_of_a_form_names_no_letters),
        cmocka_unit_test(help_has_words_for_every_column),
        STAGE_TEST(tab_completes),
        STAGE_TEST(letters_are_text),
        STAGE_TEST(help_has_the_keys_of_the_view),
        STAGE_TEST(help_scrolls),
        STAGE_TEST(all_of_the_help_is_seen),
        STAGE_TEST(every_action_has_all_it_needs),
        STAGE_TEST(keys_shown_are_the_keys_bound),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
