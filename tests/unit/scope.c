/* The catalogue of scopes: every one is found by its name, counts are what Portkey documents,
 * typing errors are near. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "model/scope.h"

#include "base/banned.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void same(const json_t *row, const char *field, const char *got)
{
    assert_string_equal(json_string_value(json_object_get(row, field)), got);
}

static void test_catalogue_round_trip(void **state)
{
    static const char *const kinds[] = {"admin", "workspace_service", "workspace_user"};
    json_error_t error;
    json_t *all = json_load_file(SCOPES_JSON, 0, &error);
    json_t *row;
    size_t i;

    (void)state;
    assert_non_null(all);
    assert_int_equal(json_array_size(all), SCOPE_COUNT);
    json_array_foreach(all, i, row)
    {
        const struct scope_info *info = scope_info((int)i);
        const json_t *marks = json_object_get(row, "marks");
        unsigned want = 0;

        same(row, "scope", info->name);
        same(row, "description", info->description);
        same(row, "category", info->category);
        same(row, "resource", info->resource);
        same(row, "verb", info->verb);
        assert_int_equal(scope_find(info->name), i);
        for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
            assert_int_equal(scope_legal((int)i, (enum key_kind)kind),
                             json_is_true(json_object_get(row, kinds[kind])));
        }
        for (int mark = 0; mark < SCOPE_MARK_COUNT; mark++) {
            for (size_t m = 0; m < json_array_size(marks); m++) {
                if (strcmp(json_string_value(json_array_get(marks, m)), scope_mark_name(mark)) ==
                    0) {
                    want |= 1u << mark;
                }
            }
        }
        assert_int_equal(__builtin_popcount(want), json_array_size(marks));
        assert_int_equal(info->marks, want);
    }
    json_decref(all);
}

static void test_counts(void **state)
{
    static const int want[] = {133, 91, 79};

    (void)state;
    assert_int_equal(SCOPE_COUNT, 139);
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        struct scope_set set = scope_set_legal((enum key_kind)kind);

        assert_int_equal(scope_set_count(&set), want[kind]);
    }
    assert_false(scope_legal(0, KEY_KIND_UNKNOWN));
    assert_false(scope_legal(-1, KEY_ORGANISATION_SERVICE));
    assert_false(scope_legal(SCOPE_COUNT, KEY_ORGANISATION_SERVICE));
}

static void test_unknown(void **state)
{
    static const char *const names[] = {"",
                                        "a",
                                        "zzz",
                                        "completions",
                                        "completions.write ",
                                        "Completions.write",
                                        "organisation_users.lis",
                                        "organisation_users.listx",
                                        "~"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(scope_find(names[i]), -1);
    }
}

static void test_nearest(void **state)
{
    static const struct {
        const char *typed;
        const char *want; /* NULL: none */
    } cases[] = {
        {"completions.write", "completions.write"},
        {"completion.write", "completions.write"},
        {"compeltions.write", "completions.write"},
        {"COMPLETIONS.WRITE", "completions.write"},
        {"organization_users.create", "organisation_users.create"},
        {"organisation_users.creat", "organisation_users.create"},
        {"organisation_user.list", "organisation_users.list"},
        {"", NULL},
        {"x", NULL},
        {"qqqqqqqqqqqqqqqqqqqqqqqq", NULL},
        {"organisation_users.create.organisation_users.create.organisation_users.create", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int got = scope_nearest(cases[i].typed);

        if (cases[i].want == NULL) {
            assert_int_equal(got, -1);
        } else {
            assert_true(got >= 0);
            assert_string_equal(scope_info(got)->name, cases[i].want);
        }
    }
    for (int i = 0; i < SCOPE_COUNT; i++) {
        assert_int_equal(scope_nearest(scope_info(i)->name), i);
    }
}

static void test_sets(void **state)
{
    struct scope_set set = {0};
    struct scope_set other = {0};

    (void)state;
    for (int i = 0; i < SCOPE_COUNT; i += 3) {
        scope_set_add(&set, i);
        scope_set_add(&set, i);
    }
    assert_int_equal(scope_set_count(&set), (SCOPE_COUNT + 2) / 3);
    for (int i = 0; i < SCOPE_COUNT; i++) {
        assert_int_equal(scope_set_has(&set, i), i % 3 == 0);
        assert_int_equal(scope_set_has_name(&set, scope_info(i)->name), i % 3 == 0);
    }
    assert_false(scope_set_has(&set, -1));
    assert_false(scope_set_has(&set, SCOPE_COUNT));
    assert_false(scope_set_has_name(&set, "no.such"));
    assert_false(scope_set_equal(&set, &other));
    for (int i = 0; i < SCOPE_COUNT; i++) {
        scope_set_remove(&set, i);
    }
    assert_true(scope_set_equal(&set, &other));
}

static void test_marks(void **state)
{
    struct scope_set set = {0};
    unsigned want = 0;
    char letters[SCOPE_MARK_COUNT + 1] = "";

    (void)state;
    assert_int_equal(scope_set_marks(&set), 0);
    for (int i = 0; i < SCOPE_COUNT; i++) {
        scope_set_add(&set, i);
        want |= scope_info(i)->marks;
        assert_int_equal(scope_set_marks(&set), want);
    }
    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        letters[i] = scope_mark_letter(i);
    }
    assert_string_equal(letters, "MPDCLAOV");
}

static void test_kinds(void **state)
{
    (void)state;
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        assert_int_equal(key_kind_parse(key_kind_name((enum key_kind)kind)), kind);
    }
    assert_int_equal(key_kind_parse("organisation-service"), KEY_ORGANISATION_SERVICE);
    assert_int_equal(key_kind_parse("workspace-user"), KEY_WORKSPACE_USER);
    assert_int_equal(key_kind_parse(""), KEY_KIND_UNKNOWN);
    assert_int_equal(key_kind_parse("unknown"), KEY_KIND_UNKNOWN);
    assert_int_equal(key_kind_parse("workspace-User"), KEY_KIND_UNKNOWN);
    assert_string_equal(key_kind_name(KEY_KIND_UNKNOWN), "unknown");
    assert_string_equal(key_kind_short(KEY_ORGANISATION_SERVICE), "OS");
    assert_string_equal(key_kind_short(KEY_WORKSPACE_SERVICE), "WS");
    assert_string_equal(key_kind_short(KEY_WORKSPACE_USER), "WU");
    assert_string_equal(key_kind_short(KEY_KIND_UNKNOWN), "??");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_catalogue_round_trip),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
