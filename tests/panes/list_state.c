/* What is known of a list, in words: a state in, a sentence out. What was not read is never said to
 * be none, nothing or all. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/secret.h"
#include "panes/fake_host.h"
#include "panes/fake_org.h"
#include "ui/ui.h"
#include "ui/views/list_internal.h"

#include "base/banned.h"

#define KEYS_LACK "Your key lacks workspace_user_api_keys.list: workspace-user keys are hidden."

struct fixture {
    struct fake_host fake;
    struct ui *ui;
    struct inventory *inv; /* the fake's */
    struct buf out;
};

static int setup(void **state)
{
    static struct fixture f;

    if (!secret_setup()) {
        return 1;
    }
    fake_host_init(&f.fake);
    f.ui = ui_new(&f.fake.host, &(struct ui_options){0});
    f.inv = f.fake.inventory;
    buf_init(&f.out, 0);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    ui_free(f->ui);
    fake_host_done(&f->fake);
    buf_done(&f->out);
    return 0;
}

/* An organisation of which nothing came, with all lists in this state. */
static struct list_state *nothing_came(struct fixture *f, enum list_progress progress)
{
    inventory_free(f->fake.inventory);
    f->inv = inventory_new();
    f->fake.inventory = f->inv;
    for (int list = 0; list < LIST_COUNT; list++) {
        f->inv->lists[list] =
            (struct list_state){.progress = progress, .total = -1, .loaded_at = TIME_NONE};
    }
    ui_changed(f->ui);
    return &f->inv->lists[LIST_KEYS];
}

static void own_scope(struct fixture *f, const char *scope, bool held)
{
    struct key_row *own = &f->inv->keys[f->inv->own_key];

    (held ? scope_set_add : scope_set_remove)(&own->scopes, scope_find(scope));
}

/* -- the state line -- */

static const char *line(struct fixture *f, enum list_kind list, const char *noun, bool bad)
{
    buf_clear(&f->out);
    assert_int_equal(list_state_words(f->inv, list, noun, FAKE_NOW, &f->out), bad);
    return f->out.data;
}

/* Every state with rows and without, with a total and without: only a whole read is no bad news and
 * counts like one, and nothing is said to be none. */
static void no_state_claims_what_was_not_read(void **state)
{
    static const char *const NEVER[] = {"none",     "There are no", "asked, and none",
                                        "complete", "has no",       "  "};
    struct fixture *f = *state;

    for (int progress = PROGRESS_NEVER; progress <= PROGRESS_FAILED; progress++) {
        for (int i = 0; i < 8; i++) {
            struct list_state *keys = nothing_came(f, (enum list_progress)progress);
            const char *said;

            keys->counted = (i & 1) != 0 ? 40 : 0;
            keys->total = (i & 2) != 0 ? 318 : -1;
            snprintf(keys->why, sizeof(keys->why), "%s", (i & 4) != 0 ? "The server rests." : "");
            buf_clear(&f->out);
            list_state_words(f->inv, LIST_KEYS, "keys", FAKE_NOW, &f->out);
            said = f->out.data;
            for (size_t n = 0; n < sizeof(NEVER) / sizeof(*NEVER); n++) {
                if (strstr(said, NEVER[n]) != NULL) {
                    fail_msg("progress %d, %d: %s", progress, i, said);
                }
            }
            /* A number of keys where none were read is a number of none. */
            if ((progress == PROGRESS_NEVER || progress == PROGRESS_PARTIAL ||
                 progress == PROGRESS_REFUSED || progress == PROGRESS_FAILED) &&
                keys->counted == 0 && strpbrk(said, "0123456789") != NULL) {
                fail_msg("progress %d, %d: %s", progress, i, said);
            }
            if (keys->why[0] != '\0' && progress >= PROGRESS_PARTIAL) {
                assert_non_null(strstr(said, "The server rests."));
            }
        }
    }
}

static void never_asked(void **state)
{
    struct fixture *f = *state;

    nothing_came(f, PROGRESS_NEVER);
    assert_string_equal(line(f, LIST_KEYS, "keys", false),
                        "The keys were not asked for yet: r reads them.");
}

static void loading(void **state)
{
    struct fixture *f = *state;
    struct list_state *keys = nothing_came(f, PROGRESS_LOADING);

    assert_string_equal(line(f, LIST_KEYS, "keys", false), "Loading keys: 0 so far.");
    keys->counted = 200;
    assert_string_equal(line(f, LIST_KEYS, "keys", false), "Loading keys: 200 so far.");
    keys->total = 318;
    assert_string_equal(line(f, LIST_KEYS, "keys", false), "Loading keys: 200 of 318 so far.");
}

static void complete(void **state)
{
    struct fixture *f = *state;
    struct list_state *people = &f->inv->lists[LIST_USERS];

    assert_string_equal(line(f, LIST_KEYS, "keys", false), "15 of 15 keys, read <1m ago.");
    f->inv->lists[LIST_KEYS].loaded_at = FAKE_NOW - 120000;
    f->inv->lists[LIST_KEYS].total = -1;
    assert_string_equal(line(f, LIST_KEYS, "keys", false), "15 keys, read 2m ago.");
    people->counted = 1;
    people->total = 1;
    people->loaded_at = TIME_NONE;
    assert_string_equal(line(f, LIST_USERS, "people", false), "1 of 1 person.");
    people->counted = 0;
    people->total = 0;
    assert_string_equal(line(f, LIST_USERS, "people", false), "0 of 0 people.");
}

/* All that came is not all that is. */
static void complete_for_a_key_that_lacks_a_scope(void **state)
{
    struct fixture *f = *state;

    own_scope(f, "workspace_user_api_keys.list", false);
    assert_string_equal(line(f, LIST_KEYS, "keys", true), "15 of ? keys, read <1m ago. " KEYS_LACK);
    f->inv->lists[LIST_KEYS].counted = 1;
    f->inv->lists[LIST_KEYS].total = 1;
    assert_string_equal(line(f, LIST_KEYS, "keys", true), "1 of ? keys, read <1m ago. " KEYS_LACK);
    /* The other lists do not hang on it. */
    assert_string_equal(line(f, LIST_USERS, "people", false), "7 of 7 people, read <1m ago.");
    own_scope(f, "workspace_user_api_keys.list", true);
    f->inv->own_key = -1;
    f->inv->lists[LIST_KEYS].counted = 15;
    f->inv->lists[LIST_KEYS].total = 15;
    assert_string_equal(line(f, LIST_KEYS, "keys", true),
                        "15 of ? keys, read <1m ago. Your own key is not in the list, so it is not "
                        "known whether it sees all keys.");
}

static void partial_and_interrupted(void **state)
{
    struct fixture *f = *state;
    struct list_state *keys = nothing_came(f, PROGRESS_PARTIAL);

    snprintf(keys->why, sizeof(keys->why), "The reading was stopped.");
    assert_string_equal(line(f, LIST_KEYS, "keys", true),
                        "No keys were read. The reading was stopped.");
    keys->counted = 200;
    assert_string_equal(line(f, LIST_KEYS, "keys", true),
                        "Not all keys: 200. The reading was stopped. r tries again.");
    keys->total = 318;
    keys->loaded_at = FAKE_NOW - 180000;
    assert_string_equal(
        line(f, LIST_KEYS, "keys", true),
        "Not all keys: 200 of 318, read 3m ago. The reading was stopped. r tries again.");
}

static void refused(void **state)
{
    struct fixture *f = *state;
    struct list_state *people = &f->inv->lists[LIST_USERS];

    *people =
        (struct list_state){.progress = PROGRESS_REFUSED, .total = -1, .loaded_at = TIME_NONE};
    assert_string_equal(line(f, LIST_USERS, "people", true), "The server refused the people.");
    snprintf(people->scope, sizeof(people->scope), "organisation_users.list");
    own_scope(f, "organisation_users.list", false);
    assert_string_equal(
        line(f, LIST_USERS, "people", true),
        "The server refused the people. Your key likely lacks organisation_users.list.");
    /* A scope that is held is not what is missing. */
    own_scope(f, "organisation_users.list", true);
    assert_string_equal(line(f, LIST_USERS, "people", true),
                        "The server refused the people. Your key holds organisation_users.list: "
                        "the reason is another.");
    snprintf(people->why, sizeof(people->why), "The server said: not for you.");
    assert_string_equal(line(f, LIST_USERS, "people", true),
                        "The server said: not for you. Your key holds organisation_users.list: the "
                        "reason is another.");
    own_scope(f, "organisation_users.list", false);
    assert_string_equal(line(f, LIST_USERS, "people", true), "The server said: not for you.");
}

static void failed(void **state)
{
    struct fixture *f = *state;
    struct list_state *keys = nothing_came(f, PROGRESS_FAILED);

    snprintf(keys->why, sizeof(keys->why), "No answer within 30 s.");
    assert_string_equal(line(f, LIST_KEYS, "keys", true),
                        "The keys could not be read. No answer within 30 s. r tries again.");
}

/* -- the empty body -- */

static const char *empty(struct fixture *f, const struct list_kind_ops *kind, enum list_kind list)
{
    buf_clear(&f->out);
    list_empty_words(f->ui, kind, list, &f->out);
    return f->out.data;
}

static const char *no_keys(struct fixture *f)
{
    return empty(f, &LIST_OF_KEYS, LIST_KEYS);
}

/* "None" only after a whole read by a key that sees all of it. */
static void none_only_when_all_was_seen(void **state)
{
    struct fixture *f = *state;

    for (int progress = PROGRESS_NEVER; progress <= PROGRESS_FAILED; progress++) {
        static const struct {
            const struct list_kind_ops *kind;
            enum list_kind list;
        } lists[] = {{&LIST_OF_KEYS, LIST_KEYS},
                     {&LIST_OF_MEMBERS, LIST_USERS},
                     {&LIST_OF_WORKSPACES, LIST_WORKSPACES}};

        nothing_came(f, (enum list_progress)progress);
        for (size_t i = 0; i < 3; i++) {
            const char *said = empty(f, lists[i].kind, lists[i].list);
            bool none = strstr(said, "none came") != NULL || strstr(said, "There are no") != NULL;

            if (none != (progress == PROGRESS_COMPLETE && lists[i].list != LIST_KEYS)) {
                fail_msg("progress %d: %s", progress, said);
            }
        }
    }
    /* Whose key it is is not known: it may see nothing and there may be many. */
    nothing_came(f, PROGRESS_COMPLETE);
    assert_non_null(strstr(no_keys(f), "No keys came, but there may be some. Your own key is not "
                                       "in the list, so organisation-service, "));
    nothing_came(f, PROGRESS_COMPLETE)->total = 12;
    assert_non_null(strstr(no_keys(f), "0 keys were read, and the server counts 12."));
}

static void none_in_a_narrowed_list(void **state)
{
    struct fixture *f = *state;

    ui_narrow_workspace(f->ui, FAKE_WS_TOOLS);
    assert_string_equal(no_keys(f),
                        "tools has no keys: asked, and none came. Esc shows all workspaces.");
    assert_string_equal(empty(f, &LIST_OF_MEMBERS, LIST_MEMBERS),
                        "tools has no members: asked, and none came. Esc shows all workspaces.");
    /* Keys of the organisation are in no workspace: those of this one are all here. */
    own_scope(f, "organisation_service_api_keys.list", false);
    assert_non_null(strstr(no_keys(f), "tools has no keys"));
    own_scope(f, "workspace_user_api_keys.list", false);
    assert_non_null(strstr(no_keys(f), "No keys in tools came, but there may be some. Your key "
                                       "lacks "));
    ui_narrow_user(f->ui, FAKE_USER_SHAH);
    assert_non_null(strstr(no_keys(f), "No keys of R Shah in tools came, but there may be some."));
    own_scope(f, "workspace_user_api_keys.list", true);
    own_scope(f, "workspace_service_api_keys.list", false);
    assert_string_equal(no_keys(f), "R Shah has no keys in tools. Esc shows those of everybody.");
}

static void members_that_were_refused_or_failed(void **state)
{
    struct fixture *f = *state;
    int row = inventory_find_workspace_text(f->inv, FAKE_WS_TOOLS);
    struct member_state *members = &f->inv->member_states[row];
    const char *said;

    ui_narrow_workspace(f->ui, FAKE_WS_TOOLS);
    members->progress = PROGRESS_REFUSED;
    snprintf(members->scope, sizeof(members->scope), "workspace_users.list");
    said = empty(f, &LIST_OF_MEMBERS, LIST_MEMBERS);
    assert_non_null(strstr(said, "The server refused the members."));
    assert_null(strstr(said, "none"));
    members->progress = PROGRESS_FAILED;
    said = empty(f, &LIST_OF_MEMBERS, LIST_MEMBERS);
    assert_non_null(strstr(said, "The members of tools could not be read."));
    assert_null(strstr(said, "none"));
}

static void nothing_is_open(void **state)
{
    static const struct {
        enum session_phase phase;
        const char *says;
    } phases[] = {
        {SESSION_NONE, "No organisation is open: 1 lists the profiles."},
        {SESSION_KEY, "Waiting for the admin key of acme-corp."},
        {SESSION_ASK, "The admin key of acme-corp has to be typed."},
        {SESSION_FAILED, "acme-corp is not open, for the reason below."},
        {SESSION_OPEN, "Nothing was read yet."},
    };
    struct fixture *f = *state;

    inventory_free(f->fake.inventory);
    f->fake.inventory = NULL;
    for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++) {
        f->fake.session.phase = phases[i].phase;
        if (strstr(no_keys(f), phases[i].says) == NULL) {
            fail_msg("%s: %s", phases[i].says, f->out.data);
        }
        assert_null(strstr(f->out.data, "There are no"));
    }
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(no_state_claims_what_was_not_read),
        CASE(never_asked),
        CASE(loading),
        CASE(complete),
        CASE(complete_for_a_key_that_lacks_a_scope),
        CASE(partial_and_interrupted),
        CASE(refused),
        CASE(failed),
        CASE(none_only_when_all_was_seen),
        CASE(none_in_a_narrowed_list),
        CASE(members_that_were_refused_or_failed),
        CASE(nothing_is_open),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
