/* What an inventory promises: ids, rows that are added, replaced and taken away, what is found, and
 * counts that are right after each of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/inventory_index.h"
#include "unit/model_org.h"

#include "base/banned.h"

#define UUID "60571396-bd81-4e58-8c82-4858930ede0b"

static void ids_come_back_as_they_were(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        UUID,
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "60571396-BD81-4E58-8C82-4858930EDE0B", /* upper case is another text */
        "60571396-bd81-4e58-8c82-4858930ede0b ",
        "60571396bd814e588c824858930ede0b",
        "60571396-bd81-4e58-8c82-4858930ede0",
        "key_1",
        "\x1b[31m",
        "検索",
    };
    struct inventory *inv = inventory_new();
    char text[ID_TEXT_SIZE];
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        assert_true(strcmp(TEXTS[i], UUID) == 0 || id_is_none(inventory_find_id(inv, TEXTS[i])));
        struct id id = inventory_id(inv, TEXTS[i]);
        assert_false(id_is_none(id));
        assert_string_equal(inventory_id_text(inv, id, text), TEXTS[i]);
        assert_true(id_equal(id, inventory_id(inv, TEXTS[i])));
        assert_true(id_equal(id, inventory_find_id(inv, TEXTS[i])));
        for (size_t j = 0; j < i; j++) {
            assert_false(id_equal(id, inventory_find_id(inv, TEXTS[j])));
        }
    }
    assert_true(id_is_none(inventory_id(inv, NULL)));
    assert_true(id_is_none(inventory_id(inv, "")));
    assert_string_equal(inventory_id_text(inv, (struct id){0, 0}, text), "");
    inventory_free(inv);
}

static void texts_are_kept_raw_and_clean(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    struct text_pair plain = org_text(inv, "gira-app");
    struct text_pair hostile = org_text(inv, "a\x1b[2Jb\nc");
    struct text_pair none = org_text(inv, NULL);
    struct text_pair empty = org_text(inv, "");
    assert_int_equal(plain.clean, STR_NONE);
    assert_string_equal(inventory_clean(inv, plain), "gira-app");
    assert_string_equal(inventory_raw(inv, hostile), "a\x1b[2Jb\nc");
    assert_null(strpbrk(inventory_clean(inv, hostile), "\x1b\n"));
    assert_null(inventory_raw(inv, none));
    assert_string_equal(inventory_clean(inv, none), "");
    assert_string_equal(inventory_raw(inv, empty), "");
    inventory_free(inv);
    inventory_free(NULL);
}

static bool everywhere(const struct inventory *inv, const struct member_row *member)
{
    int user = inventory_find_user(inv, member->user_id);
    return user >= 0 && inv->users[user].role <= ORG_ADMIN;
}

/* Counts made the long way. */
static void counts_are_right(struct inventory *inv)
{
    for (size_t w = 0; w < inv->workspace_count; w++) {
        struct workspace_counts want = {0};
        uint32_t *roles[] = {&want.admins, &want.managers, &want.members, &want.roles_other};
        for (size_t m = 0; m < inv->member_count; m++) {
            const struct member_row *member = &inv->members[m];
            if (id_equal(member->workspace_id, inv->workspaces[w].id)) {
                ++*roles[member->role];
                want.overruled[member->role] += everywhere(inv, member);
            }
        }
        for (size_t k = 0; k < inv->key_count; k++) {
            if (id_equal(inv->keys[k].workspace_id, inv->workspaces[w].id)) {
                want.service_keys += inv->keys[k].kind == KEY_WORKSPACE_SERVICE;
                want.user_keys += inv->keys[k].kind == KEY_WORKSPACE_USER;
                want.other_keys += inv->keys[k].kind != KEY_WORKSPACE_SERVICE &&
                                   inv->keys[k].kind != KEY_WORKSPACE_USER;
            }
        }
        assert_memory_equal(inventory_workspace_counts(inv, w), &want, sizeof want);
    }
    size_t over_all = 0;
    for (size_t u = 0; u < inv->user_count; u++) {
        struct user_counts want = {0};
        over_all += inv->users[u].role <= ORG_ADMIN;
        for (size_t m = 0; m < inv->member_count; m++) {
            want.workspaces += id_equal(inv->members[m].user_id, inv->users[u].id);
        }
        for (size_t k = 0; k < inv->key_count; k++) {
            want.keys += id_equal(inv->keys[k].user_id, inv->users[u].id);
        }
        assert_memory_equal(inventory_user_counts(inv, u), &want, sizeof want);
    }
    assert_int_equal(inventory_everywhere(inv), over_all);
    size_t organisation = 0;
    for (size_t k = 0; k < inv->key_count; k++) {
        organisation += inv->keys[k].kind == KEY_ORGANISATION_SERVICE &&
                        id_is_none(inv->keys[k].workspace_id) &&
                        (inv->keys[k].unread & UNREAD_WORKSPACE) == 0;
    }
    assert_int_equal(inventory_organisation_keys(inv), organisation);
    size_t keys = organisation + inventory_unplaced_keys(inv);
    for (size_t w = 0; w < inv->workspace_count; w++) {
        const struct workspace_counts *counts = inventory_workspace_counts(inv, w);
        keys += counts->service_keys + counts->user_keys + counts->other_keys;
    }
    assert_int_equal(keys, inv->key_count); /* they add up */
}

/* Each membership once, in the order of the workspaces, also of people who are no rows. */
static void memberships_are_linked(const struct inventory *inv)
{
    size_t met = 0;
    for (size_t u = 0; u < inv->user_count; u++) {
        int last = -1;
        for (int m = inventory_first_membership(inv, inv->users[u].id); m >= 0;
             m = inventory_next_membership(inv, m)) {
            int workspace = inventory_find_workspace(inv, inv->members[m].workspace_id);
            assert_true(id_equal(inv->members[m].user_id, inv->users[u].id));
            assert_int_equal(inventory_workspace_of(inv, m), workspace);
            assert_true(workspace > last);
            last = workspace;
            met++;
        }
    }
    assert_int_equal(met, inv->member_count);
    assert_int_equal(inventory_first_membership(inv, (struct id){0, 0}), -1);
    assert_int_equal(inventory_first_membership(inv, (struct id){7, 7}), -1);
}

static void everything_is_found(const struct inventory *inv)
{
    for (size_t i = 0; i < inv->key_count; i++) {
        assert_int_equal(inventory_find_key(inv, inv->keys[i].id), i);
    }
    for (size_t i = 0; i < inv->workspace_count; i++) {
        assert_int_equal(inventory_find_workspace(inv, inv->workspaces[i].id), i);
    }
    for (size_t i = 0; i < inv->user_count; i++) {
        assert_int_equal(inventory_find_user(inv, inv->users[i].id), i);
    }
    for (size_t i = 0; i < inv->member_count; i++) {
        assert_int_equal(
            inventory_find_member(inv, inv->members[i].workspace_id, inv->members[i].user_id), i);
    }
}

static void rows_come_change_and_go(void **state)
{
    (void)state;
    struct org_size size = {9, 40, 700};
    struct inventory *inv = org_new(size, 1);
    counts_are_right(inv);
    everything_is_found(inv);
    for (unsigned i = 0; i < 200; i++) {
        uint64_t generation = inv->generation;
        struct key_row key = inv->keys[i * 3 % inv->key_count];
        key.workspace_id = inv->workspaces[i % 9].id;
        key.user_id = i % 2 == 0 ? inv->users[i % 40].id : (struct id){0, 0};
        key.kind = i % 2 == 0 ? KEY_WORKSPACE_USER : KEY_WORKSPACE_SERVICE;
        assert_false(inventory_add_key(inv, &key));
        struct member_row member = inv->members[i % inv->member_count];
        member.role = (uint8_t)(i % 4);
        assert_false(inventory_add_member(inv, &member));
        struct user_row user = inv->users[i * 5 % inv->user_count];
        user.role = (uint8_t)(i % 4);
        assert_false(inventory_add_user(inv, &user));
        assert_true(inventory_remove_key(inv, inv->keys[i * 7 % inv->key_count].id));
        assert_true(inv->generation >= generation + 4);
    }
    memberships_are_linked(inv);
    assert_int_equal(inv->key_count, 500);
    assert_int_equal(inv->lists[LIST_KEYS].counted, 500);
    assert_int_equal(inv->lists[LIST_KEYS].total, 500);
    counts_are_right(inv);
    everything_is_found(inv);
    assert_false(inventory_remove_key(inv, (struct id){7, 7}));
    org_add_keys(inv, size, 5000, 300, 2);
    counts_are_right(inv);
    everything_is_found(inv);
    while (inv->key_count > 0) {
        assert_true(inventory_remove_key(inv, inv->keys[inv->key_count / 2].id));
    }
    counts_are_right(inv);
    inventory_free(inv);
}

/* The pages of many workspaces come side by side, so memberships come in any order. */
static void memberships_come_in_any_order(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    for (unsigned i = 1; i <= 50; i++) {
        struct workspace_row ws = org_workspace(inv, i, NULL, "w");
        struct user_row user =
            org_user(inv, i, "A", "B", NULL, i % 7 == 0 ? ORG_ADMIN : ORG_MEMBER);
        inventory_add_workspace(inv, &ws);
        if (i % 2 == 0) {
            inventory_add_user(inv, &user);
        }
    }
    for (unsigned i = 0; i < 50 * 50; i++) {
        unsigned at = i * 1009 % (50 * 50);
        struct member_row member = org_member(inv, at / 50 + 1, at % 50 + 1, (enum ws_role)(i % 4));
        if (at % 3 != 0) {
            inventory_add_member(inv, &member);
        }
    }
    for (unsigned i = 1; i <= 50; i += 2) { /* who is known later than the memberships */
        struct user_row user =
            org_user(inv, i, "A", "B", NULL, i % 7 == 0 ? ORG_OWNER : ORG_MEMBER);
        inventory_add_user(inv, &user);
    }
    counts_are_right(inv);
    memberships_are_linked(inv);
    inventory_free(inv);
}

/* A row that stands for a role in the organisation is no membership; a real one may come later. */
static void a_granted_row_is_no_membership(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    struct workspace_row ws = org_workspace(inv, 1, "ws-x", "x");
    struct user_row owner = org_user(inv, 1, "O", "W", NULL, ORG_OWNER);
    inventory_add_workspace(inv, &ws);
    inventory_add_user(inv, &owner);
    struct member_row member = org_member(inv, 1, 1, WS_ADMIN);
    member.granted = true;
    inventory_add_member(inv, &member);
    assert_int_equal(inventory_first_membership(inv, owner.id), -1);
    assert_int_equal(inventory_user_counts(inv, 0)->workspaces, 0);
    member.granted = false;
    member.role = WS_MEMBER;
    inventory_add_member(inv, &member);
    inventory_add_member(inv, &member);
    counts_are_right(inv);
    memberships_are_linked(inv);
    inventory_free(inv);
}

static void workspaces_with_unread_members(void **state)
{
    (void)state;
    struct inventory *inv = org_new((struct org_size){9, 40, 0}, 1);
    size_t count = 99;
    inventory_unread_members(inv, &count);
    assert_int_equal(count, 0);
    inv->member_states[3].progress = PROGRESS_REFUSED;
    inv->member_states[7].progress = PROGRESS_PARTIAL;
    inv->generation++;
    const size_t *rows = inventory_unread_members(inv, &count);
    assert_int_equal(count, 2);
    assert_int_equal(rows[0], 3);
    assert_int_equal(rows[1], 7);
    inventory_free(inv);
}

static void people_who_share_a_name(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    static const char *const NAMES[][2] = {{"Ada", "Quill"}, {"ADA", "quill"}, {"Ada Quill", NULL},
                                           {"Ada", "Quinn"}, {NULL, NULL},     {NULL, NULL}};
    for (unsigned i = 0; i < 6; i++) {
        struct user_row user = org_user(inv, i + 1, NAMES[i][0], NAMES[i][1], "m", ORG_MEMBER);
        inventory_add_user(inv, &user);
    }
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(inventory_shares_name(inv, i), i < 3);
    }
    struct user_row other = org_user(inv, 1, "Eve", "Quill", "m", ORG_MEMBER);
    inventory_add_user(inv, &other);
    other = org_user(inv, 3, "Eve", "Quill", "m", ORG_MEMBER);
    inventory_add_user(inv, &other);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(inventory_shares_name(inv, i), i == 0 || i == 2);
    }
    inventory_free(inv);
}

/* Many at once are what they are one by one. */
static void many_go_at_once(void **state)
{
    (void)state;
    struct org_size size = {9, 40, 700};
    struct inventory *inv = org_new(size, 1);
    struct inventory *other = org_new(size, 1);
    static const size_t GONE[] = {0, 1, 2, 50, 51, 100, 400, 690};
    size_t count = sizeof GONE / sizeof *GONE;
    struct id own = inv->keys[300].id;
    inv->own_key = 300;
    inv->own_candidates = 1;
    uint64_t generation = inv->generation;
    inventory_remove_keys(inv, GONE, 0);
    assert_int_equal(inv->generation, generation);
    inventory_remove_keys(inv, GONE, count);
    assert_true(inv->generation > generation);
    for (size_t i = count; i > 0; i--) {
        assert_true(inventory_remove_key(other, other->keys[GONE[i - 1]].id));
    }
    assert_int_equal(inv->key_count, 700 - count);
    for (size_t i = 0; i < inv->key_count; i++) {
        assert_true(id_equal(inv->keys[i].id, other->keys[i].id));
    }
    assert_int_equal(inv->lists[LIST_KEYS].counted, inv->key_count);
    assert_int_equal(inv->lists[LIST_KEYS].total, inv->key_count);
    assert_int_equal(inv->own_key, 300 - 6);
    assert_true(id_equal(inv->keys[inv->own_key].id, own));
    counts_are_right(inv);
    everything_is_found(inv);
    size_t it = (size_t)inv->own_key;
    inventory_remove_keys(inv, &it, 1);
    assert_int_equal(inv->own_key, -1);
    org_add_keys(inv, size, 5000, 300, 2);
    everything_is_found(inv);
    inventory_free(inv);
    inventory_free(other);
}

static void finds_the_next_of_a_name(void **state)
{
    (void)state;
    struct inventory *inv = org_new((struct org_size){9, 40, 700}, 1);
    for (size_t row = 0; row < inv->key_count; row += 7) {
        const char *name = inventory_clean(inv, inv->keys[row].name);
        size_t from = 0;
        for (size_t i = 0; i < inv->key_count; i++) {
            if (strcmp(inventory_clean(inv, inv->keys[i].name), name) == 0) {
                assert_int_equal(inventory_next_named(inv, name, from), i);
                from = i + 1;
            }
        }
        assert_true(from > 0);
        assert_int_equal(inventory_next_named(inv, name, from), -1);
    }
    assert_int_equal(inventory_next_named(inv, "no such name", 0), -1);
    inventory_free(inv);
}

/* Members and keys may come before the workspace and the person they name. */
static void counts_wait_for_their_rows(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    struct key_row key = org_key(inv, 1, "a", "z1*****3AX", 4, 5);
    struct member_row member = org_member(inv, 4, 5, WS_MANAGER);
    inventory_add_key(inv, &key);
    inventory_add_member(inv, &member);
    struct workspace_row ws = org_workspace(inv, 4, "ws-x", "x");
    struct user_row user = org_user(inv, 5, "A", "B", NULL, ORG_MEMBER);
    inventory_add_workspace(inv, &ws);
    inventory_add_user(inv, &user);
    assert_int_equal(inventory_workspace_counts(inv, 0)->user_keys, 1);
    assert_int_equal(inventory_workspace_counts(inv, 0)->managers, 1);
    assert_int_equal(inventory_user_counts(inv, 0)->keys, 1);
    assert_int_equal(inventory_user_counts(inv, 0)->workspaces, 1);
    assert_int_equal(inv->member_states[0].progress, PROGRESS_NEVER);
    inventory_free(inv);
}

static void a_workspace_is_found_by_what_people_type(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    char id[ID_TEXT_SIZE];
    struct workspace_row rows[] = {
        org_workspace(inv, 1, "ws-one", "Payments"),
        org_workspace(inv, 2, "ws-two", "twin"),
        org_workspace(inv, 3, "ws-three", "twin"),
        org_workspace(inv, 4, "twin-slug", "ws-one"),
        org_workspace(inv, 5, "ws-lab", "🧪 ml-eval"),
        org_workspace(inv, 6, NULL, ""),
    };
    rows[4].icon = org_text(inv, "🧪");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        inventory_add_workspace(inv, &rows[i]);
    }
    assert_int_equal(inventory_find_workspace_text(inv, org_id(LIST_WORKSPACES, 3, id)), 2);
    assert_int_equal(inventory_find_workspace_text(inv, "ws-one"), 0); /* the slug wins */
    assert_int_equal(inventory_find_workspace_text(inv, "Payments"), 0);
    assert_int_equal(inventory_find_workspace_text(inv, "payments"), -1);
    assert_int_equal(inventory_find_workspace_text(inv, "twin"), -2);
    assert_int_equal(inventory_find_workspace_text(inv, "ml-eval"), 4);
    assert_int_equal(inventory_find_workspace_text(inv, "🧪 ml-eval"), 4);
    assert_int_equal(inventory_find_workspace_text(inv, "nothing"), -1);
    assert_int_equal(inventory_find_workspace_text(inv, ""), -1);
    assert_int_equal(inventory_find_workspace_text(inv, NULL), -1);
    assert_string_equal(inventory_workspace_name(inv, &inv->workspaces[4]), "ml-eval");
    inventory_free(inv);
}

static void a_person_is_found_and_named(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    char id[ID_TEXT_SIZE];
    char name[128];
    char long_name[201];
    memset(long_name, 'x', 199);
    memcpy(long_name + 120, "検索検索検索", 18);
    long_name[199] = '\0';
    struct user_row rows[] = {
        org_user(inv, 1, "Ada", "Lovelace", "ada@acme.example", ORG_MEMBER),
        org_user(inv, 2, NULL, NULL, "only.mail@acme.example", ORG_MEMBER),
        org_user(inv, 3, "", "Last", "", ORG_MEMBER),
        org_user(inv, 4, NULL, NULL, NULL, ORG_MEMBER),
        org_user(inv, 5, NULL, NULL, NULL, ORG_MEMBER),
        org_user(inv, 6, long_name, NULL, NULL, ORG_MEMBER),
    };
    rows[4].id = inventory_id(inv, "\x1b[2Juser");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        inventory_add_user(inv, &rows[i]);
    }
    assert_int_equal(inventory_find_user_text(inv, "ADA@acme.example"), 0);
    assert_int_equal(inventory_find_user_text(inv, org_id(LIST_USERS, 4, id)), 3);
    assert_int_equal(inventory_find_user_text(inv, "Ada Lovelace"), -1);
    assert_int_equal(inventory_find_user_text(inv, ""), -1); /* not the one without a mail */
    assert_string_equal(inventory_user_name(inv, &rows[0], name, sizeof name), "Ada Lovelace");
    assert_string_equal(inventory_user_name(inv, &rows[1], name, sizeof name),
                        "only.mail@acme.example");
    assert_string_equal(inventory_user_name(inv, &rows[2], name, sizeof name), "Last");
    assert_string_equal(inventory_user_name(inv, &rows[3], name, sizeof name), id);
    assert_null(strchr(inventory_user_name(inv, &rows[4], name, sizeof name), '\x1b'));
    inventory_user_name(inv, &rows[5], name, sizeof name);
    assert_true(strlen(name) > 120 && text_is_utf8(name, strlen(name)));
    inventory_free(inv);
}

static const struct own_case {
    const char *head, *tail;
    int own, candidates;
} OWN_CASES[] = {
    {"z1", "3AX", 0, 1},       {"z1", "3A", -1, 0},         /* shorter than the mask shows */
    {"zzz1", "3AX", -1, 0},    {"z123456", "7893AX", 0, 1}, /* more than the mask shows */
    {"tw", "win", -1, 2},                                   /* two keys with this mask */
    {"", "", -1, 0},           {"longer-head", "x", 4, 1},
    {"longer-he", "x", -1, 0}, {"onlyhead", "abc", 5, 1},
};

static void the_own_key_is_told_by_its_mask(void **state)
{
    (void)state;
    static const char *const MASKS[] = {"z1*****3AX",      "tw*****win", "tw*****win", "**********",
                                        "longer-head***x", "onlyhead**", NULL,         "no stars"};
    struct inventory *inv = inventory_new();
    for (unsigned i = 0; i < sizeof MASKS / sizeof *MASKS; i++) {
        struct key_row key = org_key(inv, i + 1, "k", MASKS[i], 0, 0);
        inventory_add_key(inv, &key);
    }
    assert_int_equal(inv->own_key, -1);
    for (size_t i = 0; i < sizeof OWN_CASES / sizeof *OWN_CASES; i++) {
        inventory_find_own(inv, OWN_CASES[i].head, OWN_CASES[i].tail);
        assert_int_equal(inv->own_key, OWN_CASES[i].own);
        assert_int_equal(inv->own_candidates, OWN_CASES[i].candidates);
    }
    inventory_find_own(inv, "longer-head", "x");
    inventory_remove_key(inv, inv->keys[1].id); /* before it */
    assert_int_equal(inv->own_key, 3);
    inventory_remove_key(inv, inv->keys[5].id); /* behind it */
    assert_int_equal(inv->own_key, 3);
    inventory_remove_key(inv, inv->keys[3].id);
    assert_int_equal(inv->own_key, -1);
    assert_int_equal(inv->own_candidates, 0);
    inventory_free(inv);
}

static void the_own_key_is_told_by_its_id(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    for (unsigned i = 1; i <= 5; i++) {
        struct key_row key = org_key(inv, i, "k", "z1*****3AX", 0, 0);
        inventory_add_key(inv, &key);
    }
    struct id ids[] = {{7, 7}, inv->keys[3].id, inv->keys[1].id};
    inventory_set_own(inv, ids, 2); /* one of them is not held */
    assert_int_equal(inv->own_key, 3);
    assert_int_equal(inv->own_candidates, 1);
    inventory_set_own(inv, ids, 3);
    assert_int_equal(inv->own_key, -1);
    assert_int_equal(inv->own_candidates, 2);
    inventory_set_own(inv, ids, 1);
    assert_int_equal(inv->own_key, -1);
    assert_int_equal(inv->own_candidates, 0);
    inventory_free(inv);
}

/* Nothing is left behind, wherever it is broken off; nothing big goes at once. */
static void a_big_one_is_freed_in_parts(void **state)
{
    (void)state;
    struct org_size size = {5, 10, 17000};
    for (int stop = 0; stop < 4; stop++) {
        struct inventory *inv = org_new(size, 3);
        size_t bytes = inv->key_cap * sizeof *inv->keys;
        int parts = 0;
        while (parts < stop) {
            assert_false(inventory_free_some(inv));
            parts++;
        }
        if (stop % 2 == 0) {
            inventory_free(inv);
            continue;
        }
        while (!inventory_free_some(inv)) {
            parts++;
        }
        assert_true((size_t)parts >= bytes >> 22);
    }
    struct inventory *small = inventory_new();
    while (!inventory_free_some(small)) {
    }
}

static void complete_says_what_may_be_hidden(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    char why[256];
    assert_false(inventory_keys_complete(inv, why, sizeof why));
    assert_string_not_equal(why, "");
    struct key_row own = org_key(inv, 1, "admin", "Tb*****k3Q", 0, 0);
    inventory_add_key(inv, &own);
    org_complete(inv, LIST_KEYS);
    assert_false(inventory_keys_complete(inv, why, sizeof why));
    /* A kind of which there are keys can be listed; the others are named with their scopes. */
    assert_non_null(strstr(why, "own key"));
    assert_non_null(strstr(why, "workspace-user"));
    assert_non_null(strstr(why, "workspace_user_api_keys.list"));
    assert_null(strstr(why, "organisation"));
    assert_false(inventory_kind_known(inv, KEY_ORGANISATION_SERVICE));
    inventory_find_own(inv, "Tb", "k3Q");
    static const char *const SCOPES[] = {"organisation_service_api_keys.list",
                                         "workspace_service_api_keys.list",
                                         "workspace_user_api_keys.list"};
    for (int i = 0; i < 3; i++) {
        assert_false(inventory_keys_complete(inv, why, sizeof why));
        assert_non_null(strstr(why, SCOPES[i]));
        assert_false(inventory_kind_known(inv, (enum key_kind)i));
        org_scope(&inv->keys[0], SCOPES[i]);
        assert_true(inventory_kind_known(inv, (enum key_kind)i));
    }
    assert_true(inventory_keys_complete(inv, why, sizeof why));
    assert_string_equal(why, "");
    inv->lists[LIST_KEYS].total = 5;
    assert_false(inventory_keys_complete(inv, why, sizeof why));
    assert_non_null(strstr(why, "5"));
    inv->lists[LIST_KEYS].progress = PROGRESS_PARTIAL;
    snprintf(inv->lists[LIST_KEYS].why, sizeof inv->lists[LIST_KEYS].why, "Page 3 did not come.");
    assert_false(inventory_keys_complete(inv, why, sizeof why));
    assert_string_equal(why, "Page 3 did not come.");
    struct key_row twin = org_key(inv, 2, "twin", "Tb*****k3Q", 0, 0);
    inventory_add_key(inv, &twin);
    org_complete(inv, LIST_KEYS);
    inventory_find_own(inv, "Tb", "k3Q");
    assert_false(inventory_keys_complete(inv, why, sizeof why));
    assert_non_null(strstr(why, "Several"));
    inventory_free(inv);
}

static void a_workspace_key_sees_its_own(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    char why[INVENTORY_WHY_SIZE];
    struct key_row own = org_key(inv, 1, "service", "Tb*****k3Q", 1, 0);
    org_scope(&own, "workspace_service_api_keys.list");
    org_scope(&own, "workspace_user_api_keys.list");
    inventory_add_key(inv, &own);
    org_complete(inv, LIST_KEYS);
    assert_false(inventory_own_is_of_workspace(inv));
    inventory_find_own(inv, "Tb", "k3Q");
    assert_true(inventory_own_is_of_workspace(inv));
    assert_false(inventory_keys_complete(inv, why, sizeof why));
    assert_string_equal(why, OWN_WORKSPACE_ONLY ".");
    assert_false(inventory_kind_known(inv, KEY_WORKSPACE_SERVICE));
    scope_set_remove(&inv->keys[0].scopes, scope_find("workspace_user_api_keys.list"));
    assert_false(inventory_keys_complete(inv, why, sizeof why));
    assert_non_null(strstr(why, "lacks workspace_user_api_keys.list."));
    assert_null(strstr(why, "organisation_service"));
    inventory_free(inv);
}

static void extras_are_kept_apart(void **state)
{
    (void)state;
    struct inventory *inv = inventory_new();
    struct key_row bare = org_key(inv, 1, "bare", NULL, 0, 0);
    const struct key_extra *none = inventory_extra(inv, &bare);
    assert_false(none->usage.has_budget);
    assert_true(none->usage.current_usage < 0 && none->usage.alert_threshold < 0);
    assert_int_equal(none->rotation.next_at, TIME_NONE);
    assert_int_equal(none->allow_config_override, -1);
    struct key_row rows[60];
    for (int i = 0; i < 60; i++) {
        struct key_extra extra = org_extra();
        extra.rate_count = i % (RATE_LIMITS_MAX + 1);
        extra.rates_total = extra.rate_count + 2;
        for (int r = 0; r < extra.rate_count; r++) {
            extra.rates[r].value = i * 10 + r;
        }
        rows[i].extra = inventory_add_extra(inv, &extra);
        assert_int_not_equal(rows[i].extra, 0);
    }
    for (int i = 0; i < 60; i++) {
        const struct key_extra *extra = inventory_extra(inv, &rows[i]);
        assert_int_equal(extra->rate_count, i % (RATE_LIMITS_MAX + 1));
        assert_int_equal(extra->rates_total, extra->rate_count + 2);
        for (int r = 0; r < extra->rate_count; r++) {
            assert_true(extra->rates[r].value == i * 10 + r);
        }
    }
    inventory_free(inv);
}

/* The filter passes rows over whose characters do not hold those of a word. Folded, what is outside
 * ASCII may hold any letter (sharp s is ss): such a row is looked into. */
static void characters_outside_ascii_are_looked_at(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"\xc3\x9f",     "\xc4\xb0",  "\xe2\x84\xaa",
                                        "\xef\xac\x81", "a\xcc\x81", "\xe5\xae\xa2"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        uint64_t both = SIGNATURE_WORLD | SIGNATURE_ODD;
        assert_true((signature_of(TEXTS[i]) & both) == both);
    }
    assert_int_equal(signature_of("gira-app 7") & (SIGNATURE_WORLD | SIGNATURE_ODD), 0);
}

/* The bound of the design, with all that stands beside the rows. */
static void a_key_takes_less_than_400_bytes(void **state)
{
    (void)state;
    struct org_size size = {20, 200, 20000};
    struct inventory *inv = org_new(size, 4);
    const struct id_index *index = inv->index;
    size_t bytes = inv->key_count * sizeof *inv->keys + inv->extra_len * sizeof *inv->extras +
                   inv->arena.len + inv->key_count * sizeof *index->key_places +
                   index->maps[LIST_KEYS].cap * sizeof *index->maps[LIST_KEYS].slots;
    assert_true(bytes / inv->key_count < 400 - 8); /* a view takes 4, and there is one a pane */
    inventory_free(inv);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_come_back_as_they_were),
        cmocka_unit_test(texts_are_kept_raw_and_clean),
        cmocka_unit_test(rows_come_change_and_go),
        cmocka_unit_test(memberships_come_in_any_order),
        cmocka_unit_test(a_granted_row_is_no_membership),
        cmocka_unit_test(workspaces_with_unread_members),
        cmocka_unit_test(people_who_share_a_name),
        cmocka_unit_test(many_go_at_once),
        cmocka_unit_test(finds_the_next_of_a_name),
        cmocka_unit_test(counts_wait_for_their_rows),
        cmocka_unit_test(a_workspace_is_found_by_what_people_type),
        cmocka_unit_test(a_person_is_found_and_named),
        cmocka_unit_test(the_own_key_is_told_by_its_mask),
        cmocka_unit_test(the_own_key_is_told_by_its_id),
        cmocka_unit_test(a_big_one_is_freed_in_parts),
        cmocka_unit_test(complete_says_what_may_be_hidden),
        cmocka_unit_test(a_workspace_key_sees_its_own),
        cmocka_unit_test(extras_are_kept_apart),
        cmocka_unit_test(characters_outside_ascii_are_looked_at),
        cmocka_unit_test(a_key_takes_less_than_400_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
