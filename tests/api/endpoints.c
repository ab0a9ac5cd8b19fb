/* Paths and queries, and that the table is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/client.h"
#include "api/endpoints.h"

#include "base/banned.h"

static void test_table(void **state)
{
    (void)state;
    for (int i = 0; i < ENDPOINT_COUNT; i++) {
        const struct endpoint_info *info = endpoint_info((enum endpoint)i);

        assert_true(info->path != NULL && info->path[0] == '/');
        assert_non_null(info->what);
        /* What changes something is never repeated and never on a connection that may die. */
        assert_int_equal(info->repeat, info->method == HTTP_GET);
        assert_int_equal(info->fresh, info->method != HTTP_GET);
        assert_int_equal(info->size_name != NULL, info->rows_name != NULL);
        assert_int_equal(info->size_name != NULL, info->number_name != NULL);
        assert_true(!info->by_id || strstr(info->path, "{}") != NULL);
        for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
            const char *scope = endpoint_scope((enum endpoint)i, (enum key_kind)kind);

            assert_non_null(scope);
            if (scope_find(scope) < 0) {
                fail_msg("%s is no scope", scope);
            }
        }
        assert_int_equal(endpoint_scope((enum endpoint)i, KEY_KIND_UNKNOWN) != NULL,
                         endpoint_match((enum endpoint)i) == SCOPES_ALL);
    }
    assert_int_equal(endpoint_create(KEY_ORGANISATION_SERVICE),
                     ENDPOINT_CREATE_ORGANISATION_SERVICE);
    assert_int_equal(endpoint_create(KEY_WORKSPACE_SERVICE), ENDPOINT_CREATE_WORKSPACE_SERVICE);
    assert_int_equal(endpoint_create(KEY_WORKSPACE_USER), ENDPOINT_CREATE_WORKSPACE_USER);
}

static void test_paths(void **state)
{
    static const struct {
        enum endpoint endpoint;
        const char *id, *path, *in;
    } rows[] = {
        {ENDPOINT_KEYS, NULL, "/api-keys", NULL},
        {ENDPOINT_KEY, "abc-1_2.3~4", "/api-keys/abc-1_2.3~4", NULL},
        {ENDPOINT_KEY, "a/b", "/api-keys/a%2Fb", NULL},
        {ENDPOINT_KEY, "../x", "/api-keys/..%2Fx", NULL},
        {ENDPOINT_KEY, "a?b#c d%", "/api-keys/a%3Fb%23c%20d%25", NULL},
        {ENDPOINT_KEY, "\xc3\xa9\xff\n", "/api-keys/%C3%A9%FF%0A", NULL},
        {ENDPOINT_MEMBERS, "ws-1", "/admin/workspaces/ws-1/users", NULL},
        {ENDPOINT_MEMBER, "u/1", "/admin/workspaces/ws%3F1/users/u%2F1", "ws?1"},
        {ENDPOINT_ROTATE_KEY, "a b", "/api-keys/a%20b/rotate", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = endpoint_path(rows[i].endpoint, rows[i].id, rows[i].in);

        assert_string_equal(path, rows[i].path);
        free(path);
    }
    assert_true(endpoint_ids_ok(ENDPOINT_KEYS, NULL, NULL));
    assert_false(endpoint_ids_ok(ENDPOINT_KEY, NULL, "ws"));
    assert_false(endpoint_ids_ok(ENDPOINT_MEMBER, "user", NULL));
    assert_false(endpoint_ids_ok(ENDPOINT_MEMBER, "user", ".."));
    assert_true(endpoint_ids_ok(ENDPOINT_MEMBER, "user", "ws"));
    assert_false(endpoint_id_ok(NULL));
    assert_false(endpoint_id_ok(""));
    assert_false(endpoint_id_ok("."));
    assert_false(endpoint_id_ok(".."));
    assert_true(endpoint_id_ok("..."));
    assert_true(endpoint_id_ok("a"));
}

static void test_queries(void **state)
{
    char *query = endpoint_query(ENDPOINT_KEYS, 100, 0);

    (void)state;
    assert_string_equal(query, "?page_size=100&current_page=0");
    free(query);
    query = endpoint_query(ENDPOINT_USERS, 100, 12345678901LL);
    assert_string_equal(query, "?pageSize=100&currentPage=12345678901");
    free(query);
    query = endpoint_query(ENDPOINT_MEMBERS, 100, 3);
    assert_string_equal(query, "?page_size=100&current_page=3");
    free(query);
}

/* -- base URLs -- */

static void test_base_urls(void **state)
{
    static const struct {
        const char *url, *out; /* NULL: refused */
        const char *says;
    } rows[] = {
        {"https://api.portkey.ai/v1", "https://api.portkey.ai/v1", NULL},
        {"https://API.Portkey.ai/v1//", "https://api.portkey.ai/v1", NULL},
        {"https://api.portkey.ai", "https://api.portkey.ai", NULL},
        {"https://api.portkey.ai:443/V1/", "https://api.portkey.ai/V1", NULL},
        {"https://api.portkey.ai:8443/a/b", "https://api.portkey.ai:8443/a/b", NULL},
        {"http://127.0.0.1:9000/v1/", "http://127.0.0.1:9000/v1", NULL},
        {"http://127.9.9.9/v1", "http://127.9.9.9/v1", NULL},
        {"http://localhost/v1", "http://localhost/v1", NULL},
        {"http://LOCALHOST/v1", "http://localhost/v1", NULL},
        {"http://[::1]:80/v1", "http://[::1]/v1", NULL},
        {"https://[2001:db8::1]/v1", "https://[2001:db8::1]/v1", NULL},
        {"http://api.portkey.ai/v1", NULL, "use https"},
        {"http://10.0.0.1/v1", NULL, "use https"},
        {"http://127.0.0.1.evil.example/v1", NULL, "use https"},
        {"http://localhost.evil.example/v1", NULL, "use https"},
        {"http://[::ffff:127.0.0.1]/v1", NULL, "use https"},
        {"http://[::2]/v1", NULL, "use https"},
        {"http://0.0.0.0/v1", NULL, "use https"},
        {"ftp://127.0.0.1/v1", NULL, "https://"},
        {"file:///etc/passwd", NULL, NULL},
        {"https://user:pass@api.portkey.ai/v1", NULL, "no user"},
        {"https://api.portkey.ai@evil.example/v1", NULL, "no user"},
        {"https://api.portkey.ai/v1?x=1", NULL, "leave out"},
        {"https://api.portkey.ai/v1#x", NULL, "leave out"},
        {"https://api.portkey.ai/v 1", NULL, "blank"},
        {"https://api.portkey.ai/v1\r\nX: y", NULL, "blank"},
        {"api.portkey.ai/v1", NULL, NULL},
        {"https://", NULL, NULL},
        {"", NULL, "empty"},
        {NULL, NULL, "empty"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {0};
        char *out = NULL;
        bool ok = api_check_base_url(rows[i].url, &out, &err);

        if (ok != (rows[i].out != NULL) || (ok && strcmp(out, rows[i].out) != 0) ||
            (rows[i].says != NULL && strstr(err.text, rows[i].says) == NULL)) {
            fail_msg("%s: %d, %s, %s", rows[i].url == NULL ? "NULL" : rows[i].url, ok,
                     ok ? out : "", err.text);
        }
        assert_int_equal(err.kind, ok ? ERR_NONE : ERR_INVALID);
        assert_int_equal(api_check_base_url(rows[i].url, NULL, NULL), ok);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_base_urls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
