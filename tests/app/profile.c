/* Profiles: what can be stored comes back as it was, what cannot is refused with its field, and
 * each line of a file that nobody understands is told with its number. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/profile.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/file.h"

#include "base/banned.h"

struct place {
    char home[32];
    struct paths *paths;
};

static int set_up(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));

    umask(077);
    snprintf(place->home, sizeof(place->home), "/tmp/profile.XXXXXX");
    assert_non_null(mkdtemp(place->home));
    setenv("HOME", place->home, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_STATE_HOME");
    place->paths = paths_new(NULL);
    assert_non_null(place->paths);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;

    paths_free(place->paths);
    temp_remove(place->home);
    free(place);
    return 0;
}

static void write_profile(const struct place *place, const char *name, const char *text,
                          mode_t mode)
{
    char *file = xasprintf("%s.ini", name), *path = file_join(place->paths->profiles, file);

    assert_true(file_mkdirs(place->paths->profiles, NULL));
    assert_true(file_write_atomic(path, text, strlen(text), mode, NULL));
    free(path);
    free(file);
}

static void names(void **state)
{
    static const struct {
        const char *name;
        bool ok;
    } rows[] = {
        {"acme", true},     {"A.b_c-9", true}, {"9", true},         {"", false},
        {".hidden", false}, {"-x", false},     {"a/b", false},      {"..", false},
        {"a b", false},     {"a\nb", false},   {"\xc3\xa4", false}, {"environment", false},
    };
    char longest[66];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {0};

        if (profile_name_check(rows[i].name, &err) != rows[i].ok) {
            fail_msg("\"%s\": %s", rows[i].name, err.text);
        }
        assert_true(rows[i].ok || (err.kind == ERR_INVALID && strcmp(err.field, "name") == 0));
    }
    memset(longest, 'x', sizeof(longest));
    longest[65] = '\0';
    assert_false(profile_name_check(longest, NULL));
    longest[64] = '\0';
    assert_true(profile_name_check(longest, NULL));
}

static void assert_same(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        assert_true(a == b);
    } else {
        assert_string_equal(a, b);
    }
}

static void what_is_stored_comes_back(void **state)
{
    static const struct {
        enum profile_source source;
        const char *command, *file, *ca, *proxy, *tag, *own;
        bool agents;
    } rows[] = {
        {PROFILE_KEYRING, NULL, NULL, NULL, NULL, NULL, NULL, false},
        {PROFILE_COMMAND, "pass show 'a b' | head -1 # ; x", NULL, "/ca; x.pem", "none", "PROD",
         NULL, false},
        {PROFILE_FILE, NULL, "/run/a key=b", NULL, "http://p.example:3128", "non-prod \xc3\xa4",
         "60571396-bd81-4e58-8c82-4858930ede0b", true},
        {PROFILE_ASK, NULL, NULL, NULL, NULL, "[x]", NULL, false},
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct profile *profile = profile_new("acme"), *got;
        struct err err = {0};

        profile_set(&profile->base_url, "https://h.example/v1");
        profile->source = rows[i].source;
        profile_set(&profile->key_command, rows[i].command);
        profile_set(&profile->key_file, rows[i].file);
        profile_set(&profile->ca_file, rows[i].ca);
        profile_set_proxy(profile, rows[i].proxy);
        profile_set(&profile->tag, rows[i].tag);
        profile_set(&profile->own_key_id, rows[i].own);
        profile->agents = rows[i].agents;
        if (!profile_save(place->paths, profile, &err)) {
            fail_msg("row %zu: %s", i, err.text);
        }
        got = profile_load(place->paths, "acme", &err);
        if (got == NULL) {
            fail_msg("row %zu: %s", i, err.text);
        }
        assert_int_equal(got->source, profile->source);
        assert_same(got->base_url, profile->base_url);
        assert_same(got->key_command, profile->key_command);
        assert_same(got->key_file, profile->key_file);
        assert_same(got->ca_file, profile->ca_file);
        assert_same(got->proxy, profile->proxy);
        assert_same(got->tag, profile->tag);
        assert_same(got->own_key_id, profile->own_key_id);
        assert_int_equal(got->agents, profile->agents);
        profile_free(got);
        profile_free(profile);
    }
}

static void what_cannot_be_stored_is_refused(void **state)
{
    static const struct {
        enum profile_source source;
        const char *command, *file, *tag, *field;
    } rows[] = {
        {PROFILE_COMMAND, NULL, NULL, NULL, "key_command"},
        {PROFILE_FILE, NULL, NULL, NULL, "key_file"},
        {PROFILE_KEYRING, NULL, NULL, "a\nkey = ask", "tag"},
        {PROFILE_KEYRING, NULL, NULL, "a\x1b[31m", "tag"},
        {PROFILE_COMMAND, "a\nb", NULL, NULL, "key_command"},
        {PROFILE_SESSION, NULL, NULL, NULL, "key"},
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct profile *profile = profile_new("acme");
        struct err err = {0};

        profile_set(&profile->base_url, "https://h.example/v1");
        profile->source = rows[i].source;
        profile_set(&profile->key_command, rows[i].command);
        profile_set(&profile->key_file, rows[i].file);
        profile_set(&profile->tag, rows[i].tag);
        if (profile_save(place->paths, profile, &err) || strcmp(err.field, rows[i].field) != 0) {
            fail_msg("row %zu: field %s: %s", i, err.field, err.text);
        }
        profile_free(profile);
    }
}

static void a_bad_line_is_told_with_its_number(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"base_url = https://h.example/v1\nkey = file\nkey_file = /x\ncolour = red\n", "4"},
        {"base_url = https://h.example/v1\nkey = wallet\n", "2"},
        {"base_url = https://h.example/v1\nkey = session\n", "2"},
        {"base_url = https://h.example/v1\nbase_url = https://i.example/v1\n", "2"},
        {"nonsense\n", "1"},
        {"key = file\nkey_file = /x\n", "base_url"},
        {"", "base_url"},
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {0};

        write_profile(place, "acme", rows[i].text, 0600);
        assert_null(profile_load(place->paths, "acme", &err));
        if (err.kind != ERR_INVALID || strstr(err.text, rows[i].says) == NULL) {
            fail_msg("row %zu: %s", i, err.text);
        }
    }
}

static void a_file_of_others_is_not_read(void **state)
{
    static const char good[] = "base_url = https://h.example/v1\nkey = ask\n";
    struct place *place = *state;
    struct err err = {0};
    size_t count;
    struct profile **list;

    write_profile(place, "open", good, 0644);
    assert_null(profile_load(place->paths, "open", &err));
    assert_int_equal(err.kind, ERR_FILE);
    write_profile(place, "b", good, 0600);
    write_profile(place, "a", good, 0600);
    err = (struct err){0};
    list = profile_list(place->paths, &count, &err);
    assert_int_equal(count, 2); /* the good ones, and why not the other */
    assert_int_equal(err.kind, ERR_FILE);
    assert_string_equal(list[0]->name, "a");
    assert_string_equal(list[1]->name, "b");
    for (size_t i = 0; i < count; i++) {
        profile_free(list[i]);
    }
    free(list);
    assert_true(profile_remove(place->paths, "a", &err));
    assert_false(profile_remove(place->paths, "a", &err));
    assert_null(profile_load(place->paths, "a", &err));
}

/* The file of another profile by the same name keeps its own key. */
static void the_own_key_is_kept_with_its_profile(void **state)
{
    static const char id[] = "60571396-bd81-4e58-8c82-4858930ede0b";
    struct place *place = *state;
    struct profile *profile, *got;
    struct err err = {0};

    write_profile(place, "acme", "base_url = https://h.example/v1\nkey = ask\n", 0600);
    profile = profile_load(place->paths, "acme", &err);
    assert_true(profile_keep_own(place->paths, profile, id, &err));
    got = profile_load(place->paths, "acme", &err);
    assert_string_equal(got->own_key_id, id);
    profile_free(got);
    write_profile(place, "acme", "base_url = https://other.example/v1\nkey = ask\n", 0600);
    profile_keep_own(place->paths, profile, id, NULL);
    got = profile_load(place->paths, "acme", &err);
    assert_null(got->own_key_id);
    profile_free(got);
    profile_free(profile);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        PLACED(what_is_stored_comes_back),
        PLACED(what_cannot_be_stored_is_refused),
        PLACED(a_bad_line_is_told_with_its_number),
        PLACED(a_file_of_others_is_not_read),
        PLACED(the_own_key_is_kept_with_its_profile),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
