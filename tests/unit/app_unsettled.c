/* Which writes are the same, and which one's end is the end of another: a row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/unsettled.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ORG "11111111-1111-4111-8111-111111111111"
#define OTHER_ORG "22222222-2222-4222-8222-222222222222"
#define URL "https://api.example/v1"
#define MAKE(where, what, whose, called)                                                           \
    {                                                                                              \
        .act = "create-key", .organisation = ORG, .base_url = URL, .profile = "acme",              \
        .kind = (what), .place = (where), .owner = (whose), .name = (called)                       \
    }
#define REVOKE(id, called)                                                                         \
    {                                                                                              \
        .act = "revoke-key", .organisation = ORG, .base_url = URL, .profile = "acme",              \
        .kind = "workspace-service", .place = "w1", .target = (id), .name = (called)               \
    }

struct row {
    const char *what;
    struct trace a, b;
    bool want;
};

static void check(const struct row *rows, size_t count,
                  bool (*fn)(const struct trace *, const struct trace *))
{
    for (size_t i = 0; i < count; i++) {
        if (fn(&rows[i].a, &rows[i].b) != rows[i].want) {
            fail_msg("%s: not %s", rows[i].what, rows[i].want ? "true" : "false");
        }
    }
}

static void same_would_do_it_again(void **state)
{
    static const struct row rows[] = {
        {"the same key made twice", MAKE("w1", "workspace-service", "", "ci"),
         MAKE("w1", "workspace-service", "", "ci"), true},
        {"the name in another workspace", MAKE("w1", "workspace-service", "", "ci"),
         MAKE("w2", "workspace-service", "", "ci"), false},
        {"another name", MAKE("w1", "workspace-service", "", "ci"),
         MAKE("w1", "workspace-service", "", "cd"), false},
        {"names are compared as they are", MAKE("w1", "workspace-service", "", "ci"),
         MAKE("w1", "workspace-service", "", "CI"), false},
        {"another kind", MAKE("w1", "workspace-service", "", "ci"),
         MAKE("w1", "workspace-user", "u1", "ci"), false},
        {"for another person", MAKE("w1", "workspace-user", "u1", "ci"),
         MAKE("w1", "workspace-user", "u2", "ci"), false},
        {"an older line tells no kind", MAKE("w1", "", "", "ci"),
         MAKE("w1", "workspace-user", "u2", "ci"), true},
        {"a key of the organisation has no place", MAKE("", "organisation-service", "", "ci"),
         MAKE("", "organisation-service", "", "ci"), true},
        {"in a workspace and in none", MAKE("", "", "", "ci"), MAKE("w1", "", "", "ci"), false},
        {"no name, twice: the same request", MAKE("w1", "workspace-service", "", ""),
         MAKE("w1", "workspace-service", "", ""), true},
        {"a name and none", MAKE("w1", "workspace-service", "", "ci"),
         MAKE("w1", "workspace-service", "", ""), false},
        {"the same key revoked twice", REVOKE("k1", "ci"), REVOKE("k1", "ci"), true},
        {"renamed in between", REVOKE("k1", "ci"), REVOKE("k1", "old ci"), true},
        {"a namesake revoked", REVOKE("k1", "ci"), REVOKE("k2", "ci"), false},
        {"made and revoked", MAKE("w1", "workspace-service", "", "ci"), REVOKE("k1", "ci"), false},
        {"a target on one side only", REVOKE("k1", "ci"), REVOKE("", "ci"), false},
    };

    (void)state;
    check(rows, COUNT(rows), trace_same);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(trace_same(&rows[i].b, &rows[i].a) == rows[i].want);
        assert_true(trace_same(&rows[i].a, &rows[i].a));
    }
}

#define EDIT                                                                                       \
    {                                                                                              \
        .act = "edit-key", .organisation = ORG, .target = "k1"                                     \
    }

static void only_a_proven_end_of_the_target_ends_others(void **state)
{
    static const struct row rows[] = {
        {"a revocation ends another of its target", REVOKE("k1", "ci"), REVOKE("k1", "ci"), true},
        {"whatever its name is by now", REVOKE("k1", "ci"), REVOKE("k1", "old ci"), true},
        {"an edit of the target", REVOKE("k1", "ci"), EDIT, true},
        {"an edit ends no edit", EDIT, EDIT, false},
        {"an edit ends no revocation", EDIT, REVOKE("k1", "ci"), false},
        {"a namesake's revocation", REVOKE("k2", "ci"), REVOKE("k1", "ci"), false},
        {"a revocation ends no create of that name", REVOKE("k1", "ci"),
         MAKE("w1", "workspace-service", "", "ci"), false},
        {"a done create ends no create", MAKE("w1", "workspace-service", "", "ci"),
         MAKE("w1", "workspace-service", "", "ci"), false},
        {"nor a revocation of that name", MAKE("w1", "workspace-service", "", "ci"),
         REVOKE("k1", "ci"), false},
        {"no target, no end", REVOKE("", "ci"), REVOKE("", "ci"), false},
        {"no target is no target", REVOKE(NULL, "ci"), MAKE("w1", "", "", "ci"), false},
    };

    (void)state;
    check(rows, COUNT(rows), trace_ends);
}

static void an_organisation_is_known_by_its_id(void **state)
{
    static const struct trace acme = {.organisation = ORG, .base_url = URL, .profile = "acme"},
                              by_other_name = {.organisation = ORG,
                                               .base_url = "http://127.0.0.1:9/v1",
                                               .profile = "renamed"},
                              other = {.organisation = OTHER_ORG,
                                       .base_url = URL,
                                       .profile = "acme"},
                              old = {.base_url = URL, .profile = "acme"},
                              old_other = {.base_url = URL, .profile = "beta"};
    static const struct {
        const char *what;
        const struct trace *a, *b;
        bool want;
    } rows[] = {
        {"by its id, however it is reached", &acme, &by_other_name, true},
        {"another one behind the same profile", &acme, &other, false},
        {"an older line: address and profile", &acme, &old, true},
        {"an older line of another profile", &acme, &old_other, false},
        {"two older lines", &old, &old, true},
        {"two older lines of two profiles", &old, &old_other, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (trace_same_organisation(rows[i].a, rows[i].b) != rows[i].want ||
            trace_same_organisation(rows[i].b, rows[i].a) != rows[i].want) {
            fail_msg("%s", rows[i].what);
        }
    }
}

/* The guards hold across all of it. */
static void nothing_crosses_an_organisation(void **state)
{
    struct trace here = REVOKE("k1", "ci"), there = REVOKE("k1", "ci");
    struct trace make = MAKE("w1", "workspace-service", "", "ci"), make_there = make;

    (void)state;
    there.organisation = OTHER_ORG;
    make_there.organisation = OTHER_ORG;
    assert_false(trace_same(&here, &there));
    assert_false(trace_ends(&here, &there));
    assert_false(trace_same(&make, &make_there));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_would_do_it_again),
        cmocka_unit_test(only_a_proven_end_of_the_target_ends_others),
        cmocka_unit_test(an_organisation_is_known_by_its_id),
        cmocka_unit_test(nothing_crosses_an_organisation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
