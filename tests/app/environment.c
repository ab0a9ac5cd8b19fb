/* What the environment says about the organisation, every variable unset, empty and wrong; and
 * flags of the program on either side of the command. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/environment.h"
#include "app/flags.h"

#include "base/banned.h"

static void put(const char *name, const char *value)
{
    if (value == NULL) {
        unsetenv(name);
    } else {
        setenv(name, value, 1);
    }
}

static void the_environment_is_explicit(void **state)
{
    static const struct {
        const char *key, *url, *ca;
        bool named;
        const char *why; /* NULL: it can be used, or is not named */
    } rows[] = {
        {NULL, NULL, NULL, false, NULL},
        {NULL, NULL, "/ca.pem", false, NULL},
        {"abcdefgh12345678", NULL, NULL, true, NULL},
        {"abcdefgh12345678\r\n", "https://h.example/v1", "/ca.pem", true, NULL},
        {"abcdefgh123456==", NULL, NULL, true, NULL},
        {"", NULL, NULL, true, "PORTKEY_API_KEY is set to nothing"},
        {"\n", NULL, NULL, true, "PORTKEY_API_KEY is set to nothing"},
        {"", "", "", true, "PORTKEY_API_KEY is set to nothing"},
        {NULL, "https://h.example/v1", NULL, true, "PORTKEY_BASE_URL is set and"},
        {NULL, "", NULL, true, "PORTKEY_BASE_URL is set and"},
        {"abcdefgh12345678", "", NULL, true, "PORTKEY_BASE_URL is set to nothing"},
        {"abcdefgh12345678", "nonsense://", NULL, true, "PORTKEY_BASE_URL"},
        {"abcdefgh12345678", NULL, "", true, "PORTKEY_CA_FILE is set to nothing"},
        {"\"abcdefgh12345678\"", NULL, NULL, true, "PORTKEY_API_KEY"},
        {"'abcdefgh12345678'", NULL, NULL, true, "PORTKEY_API_KEY"},
        {"{\"key\":1}", NULL, NULL, true, "PORTKEY_API_KEY"},
        {"Bearer abcdefgh", NULL, NULL, true, "PORTKEY_API_KEY"},
        {"KEY=abcdefgh12345678", NULL, NULL, true, "PORTKEY_API_KEY"},
        {"abcd\nefgh", NULL, NULL, true, "PORTKEY_API_KEY"},
        {"====", NULL, NULL, true, "PORTKEY_API_KEY"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct environment got;
        bool usable = rows[i].named && rows[i].why == NULL;

        put("PORTKEY_API_KEY", rows[i].key);
        put("PORTKEY_BASE_URL", rows[i].url);
        put("PORTKEY_CA_FILE", rows[i].ca);
        environment_take(&got);
        if (got.named != rows[i].named || (got.profile != NULL) != usable ||
            (rows[i].why != NULL &&
             (strstr(got.err.text, rows[i].why) == NULL || got.err.kind != ERR_INVALID ||
              strstr(got.err.text, "abcdefgh") != NULL))) {
            fail_msg("row %zu: named %d, %s", i, got.named, got.err.text);
        }
        assert_null(getenv("PORTKEY_API_KEY"));
        if (usable) {
            assert_true(secret_len(got.key) == 16);
            assert_int_equal(got.profile->ca_file != NULL, rows[i].ca != NULL);
        }
        environment_done(&got);
    }
}

static void flags_stand_on_either_side(void **state)
{
    static const struct option options[] = {{"profile", required_argument, NULL, 256},
                                            {"log", no_argument, NULL, 257},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    static const struct {
        const char *before, *after;
    } rows[] = {
        {"p keys --profile x", "p --profile x keys"},
        {"p keys --format json --profile=x --log", "p --profile=x --log keys --format json"},
        {"p --log keys --profile x a", "p --log --profile x keys a"},
        {"p --profile y keys --profile x", "p --profile y --profile x keys"},
        {"p keys --profile", "p keys --profile"},
        {"p keys --profile --log", "p --log keys --profile"},
        {"p keys -- --profile x", "p keys -- --profile x"},
        {"p keys --help", "p keys --help"},
        {"p --log", "p --log"},
        {"p", "p"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[200] = "", *argv[20], *copy = strdup(rows[i].before), *save = NULL;
        int argc = 0;

        for (char *word = strtok_r(copy, " ", &save); word != NULL;
             word = strtok_r(NULL, " ", &save)) {
            argv[argc++] = word;
        }
        flags_hoist(argc, argv, options);
        for (int n = 0; n < argc; n++) {
            size_t len = strlen(text);

            memcpy(text + len, n > 0 ? " " : "", n > 0 ? 2 : 1);
            len = strlen(text);
            memcpy(text + len, argv[n], strlen(argv[n]) + 1);
        }
        assert_string_equal(text, rows[i].after);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_is_explicit),
        cmocka_unit_test(flags_stand_on_either_side),
    };

    setlocale(LC_ALL, "C.UTF-8");
    if (!secret_setup()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
