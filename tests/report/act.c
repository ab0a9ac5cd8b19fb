/* What a command did, as one record: what each form keeps as it is and what it cleans. */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "report/report.h"

#include "base/banned.h"

static const struct report_item ITEMS[] = {
    {"id", "60571396", REPORT_TEXT},        {"name", "=a\x1b[31m,\"b", REPORT_TEXT},
    {"key", "=s\"e,c\\ret", REPORT_SECRET}, {"tag", NULL, REPORT_TEXT},
    {"proven", "yes", REPORT_YES_NO},       {"body", "{\n  \"n\": 1\n}", REPORT_BODY},
};

static char *written(enum report_format format, const struct report_missing *missing)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct err err = {0};

    assert_true(report_act(out, ITEMS, sizeof ITEMS / sizeof *ITEMS, missing, format, &err));
    fclose(out);
    return text;
}

static void json_holds_it_as_it_came(void **state)
{
    (void)state;
    struct report_missing missing[] = {
        {"keys", "workspace_service_api_keys.list", "It may not."},
        {"users", "organisation_users.list", "Nor that."},
        {NULL, NULL, NULL},
    };
    char *text = written(REPORT_JSON, missing);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_string_equal(json_string_value(json_object_get(root, "name")), "=a\x1b[31m,\"b");
    assert_string_equal(json_string_value(json_object_get(root, "key")), "=s\"e,c\\ret");
    assert_true(json_is_null(json_object_get(root, "tag")));
    assert_true(json_is_true(json_object_get(root, "proven")));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "body"), "n")), 1);
    const json_t *first = json_array_get(json_object_get(root, "missing"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "scope")),
                        "workspace_service_api_keys.list");
    assert_int_equal(json_array_size(json_object_get(root, "missing")), 2);
    json_decref(root);
    free(text);

    text = written(REPORT_CSV, missing);
    assert_non_null(strstr(text, ",It may not. Nor that.\n"));
    free(text);
    text = written(REPORT_TABLE, missing);
    assert_non_null(strstr(text, "\nmissing      It may not.\nmissing      Nor that.\n"));
    free(text);
    text = written(REPORT_JSON, &missing[2]);
    assert_non_null(strstr(text, "\"missing\":[]"));
    free(text);
    text = written(REPORT_JSON, NULL);
    assert_null(strstr(text, "missing"));
    free(text);
}

/* A spreadsheet gets no formula and a terminal no escape; a key is what it is. */
static void csv_keeps_the_key_exact(void **state)
{
    (void)state;
    char *text = written(REPORT_CSV, NULL);
    assert_ptr_equal(strstr(text, "id,name,key,tag,proven,body\n"), text);
    assert_non_null(strstr(text, "\"'=a\xe2\x90\x9b[31m,\"\"b\","));
    assert_non_null(strstr(text, ",\"=s\"\"e,c\\ret\",,yes,"));
    free(text);
}

static void a_table_is_a_line_each(void **state)
{
    (void)state;
    struct report_missing missing = {"keys", NULL, NULL};
    char *text = written(REPORT_TABLE, &missing);
    assert_null(strchr(text, 0x1b));
    assert_non_null(strstr(text, "key          =s\"e,c\\ret\n"));
    assert_non_null(strstr(text, "tag          -\n"));
    assert_non_null(strstr(text, "missing      -\n"));
    free(text);
}

static void no_reader_and_a_full_disk_are_told_apart(void **state)
{
    (void)state;
    static const char *const PATHS[] = {"/dev/full", NULL};
    for (int i = 0; i < 2; i++) {
        int ends[2] = {-1, -1};
        struct err err = {0};
        if (PATHS[i] == NULL) {
            assert_int_equal(pipe(ends), 0);
            close(ends[0]);
        }
        FILE *out = PATHS[i] == NULL ? fdopen(ends[1], "w") : fopen(PATHS[i], "w");
        assert_false(report_act(out, ITEMS, 1, NULL, REPORT_TABLE, &err));
        assert_int_equal(err.kind, ERR_FILE);
        assert_int_equal(err.status, PATHS[i] == NULL ? EPIPE : ENOSPC);
        fclose(out);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_holds_it_as_it_came),
        cmocka_unit_test(csv_keeps_the_key_exact),
        cmocka_unit_test(a_table_is_a_line_each),
        cmocka_unit_test(no_reader_and_a_full_disk_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
