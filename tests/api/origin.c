/* Who answered: the API's own shapes are known, everything else is something in between, and what
 * that says of itself is told without a word that only the API could say. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/errors.h"
#include "api/json.h"
#include "api/origin.h"

#include "base/banned.h"

#define JSON "application/json"
#define HTML "text/html; charset=utf-8"

struct row {
    long status;
    const char *type, *body;
    enum err_source source;
    bool good;
};

static void fill(struct http_result *result, const struct row *row)
{
    *result = (struct http_result){.failure = HTTP_WHOLE, .status = row->status};
    snprintf(result->content_type, sizeof(result->content_type), "%s", row->type);
    buf_init(&result->body, 0);
    buf_adds(&result->body, row->body);
}

static void check(enum endpoint endpoint, const char *id, const struct row *row)
{
    struct http_result result;
    struct origin origin;
    json_t *root = json_read(row->body, strlen(row->body), NULL);

    fill(&result, row);
    origin = origin_of(endpoint, id, &result, root);
    if (origin.source != row->source || origin.good != row->good) {
        fail_msg("%ld %s %s: source %d, good %d", row->status, row->type, row->body, origin.source,
                 origin.good);
    }
    json_decref(root);
    buf_done(&result.body);
}

static void lists(void **state)
{
    static const struct row rows[] = {
        {200, JSON, "{\"data\":[],\"total\":0}", ERR_FROM_API, true},
        {200, "APPLICATION/JSON ; x=y", "{\"data\":[]}", ERR_FROM_API, true},
        {200, "application/problem+json", "{\"success\":true,\"data\":[]}", ERR_FROM_API, true},
        {200, "", "{\"data\":[]}", ERR_FROM_BETWEEN, false},
        {200, "text/html", "{\"data\":[]}", ERR_FROM_BETWEEN, false},
        {200, "application/jsonx", "{\"data\":[]}", ERR_FROM_BETWEEN, false},
        {200, "json", "{\"data\":[]}", ERR_FROM_BETWEEN, false},
        {200, JSON, "{\"success\":false,\"data\":[]}", ERR_FROM_BETWEEN, false},
        {200, JSON, "{\"success\":false,\"data\":{\"message\":\"no\"}}", ERR_FROM_API, false},
        {200, JSON, "{\"data\":{}}", ERR_FROM_BETWEEN, false},
        {200, JSON, "{\"captive\":true}", ERR_FROM_BETWEEN, false},
        {200, JSON, "[]", ERR_FROM_BETWEEN, false},
        {200, JSON, "", ERR_FROM_BETWEEN, false},
        {204, "", "", ERR_FROM_BETWEEN, false},
        {304, JSON, "{\"success\":false,\"message\":\"no\"}", ERR_FROM_BETWEEN, false},
        {403, JSON, "{\"success\":false,\"data\":{\"message\":\"no\",\"errorCode\":\"AB03\"}}",
         ERR_FROM_API, false},
        {403, JSON, "{\"success\":false,\"error\":{\"message\":\"no\",\"code\":\"AB03\"}}",
         ERR_FROM_API, false},
        {403, "text/html", "{\"success\":false,\"data\":{\"message\":\"no\"}}", ERR_FROM_BETWEEN,
         false},
        {403, JSON, "{\"success\":false}", ERR_FROM_BETWEEN, false},
        {403, JSON, "{\"message\":\"Forbidden\"}", ERR_FROM_BETWEEN, false},
        {403, JSON, "{\"success\":false,\"errors\":[{\"code\":1,\"message\":\"no\"}]}",
         ERR_FROM_BETWEEN, false},
        {404, JSON, "{\"message\":\"no Route matched with those values\"}", ERR_FROM_BETWEEN,
         false},
        {404, "text/plain", "default backend - 404", ERR_FROM_BETWEEN, false},
        {404, JSON, "{\"message\":\"Not Found\",\"ok\":false}", ERR_FROM_GATEWAY, false},
        {400, JSON, "{\"status\":\"failure\",\"message\":\"Either x-portkey-config\"}",
         ERR_FROM_GATEWAY, false},
        {401, JSON, "{\"message\":\"Portkey Error: Invalid API Key. Error Code: 03\"}",
         ERR_FROM_GATEWAY, false},
        {401, JSON, "{\"message\":\"Unauthorized\"}", ERR_FROM_BETWEEN, false},
        {407, HTML, "<html>", ERR_FROM_BETWEEN, false},
        {511, HTML, "<html>", ERR_FROM_BETWEEN, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check(ENDPOINT_KEYS, NULL, &rows[i]);
    }
}

static void one_key(void **state)
{
    static const struct row rows[] = {
        {200, JSON, "{\"id\":\"a\"}", ERR_FROM_API, true},
        {200, JSON, "{\"id\":\"A\"}", ERR_FROM_API, true},
        {200, JSON, "{\"id\":\"b\"}", ERR_FROM_BETWEEN, false},
        {200, JSON, "{\"id\":1}", ERR_FROM_BETWEEN, false},
        {200, JSON, "{\"data\":[{\"id\":\"a\"}]}", ERR_FROM_BETWEEN, false},
        {200, JSON, "{\"success\":false,\"id\":\"a\"}", ERR_FROM_BETWEEN, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check(ENDPOINT_KEY, "a", &rows[i]);
    }
}

/* -- what a page says -- */

struct page_row {
    long status;
    const char *type, *body, *reference; /* the header's */
    const char *title, *number;
};

static const struct page_row PAGES[] = {
    {403, HTML,
     "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n"
     "You don't have permission.<P>\nReference&#32;&#35;18&#46;2f3c1702&#46;1764\n</BODY>",
     "", "Access Denied", "18.2f3c1702.1764"},
    {403, HTML,
     "<html><head><title>Attention Required! | Cloudflare</title><style>.x{a:b1234567}</style>"
     "</head><body>Ray ID: <strong class=\"f\">8f2a1b3c4d5e6f70</strong></body>",
     "8f2a1b3c4d5e6f70-FRA", "Attention Required! | Cloudflare", "8f2a1b3c4d5e6f70"},
    {403, HTML, "<html><title>Request Rejected</title><body>Your support ID is: 1234567890123", "",
     "Request Rejected", "1234567890123"},
    {404, "text/plain; charset=utf-8", "default backend - 404", "", "default backend - 404", ""},
    {404, JSON, "{\"message\":\"no Route matched with those values\",\"request_id\":\"ab12cd34\"}",
     "", "no Route matched with those values", "ab12cd34"},
    {502, HTML, "<html><head></head><body><center><h1>502 Bad Gateway</h1></center></body>", "",
     "502 Bad Gateway", ""},
    {200, HTML, "<!doctype html><html><head><title>\n Sign in &amp; go\n</title>", "",
     "Sign in & go", ""},
    {200, "text/plain", "{\"key\":\"abcdefghijklmnop\"}", "", "", ""},
    {200, HTML, "\xef\xbb\xbf[\"abcdefghijklmnop\"]", "", "", ""},
    {403, HTML, "", "x-1234567", "", "x-1234567"},
    {403, HTML, "<title>unended", "", "unended", ""},
    {403, HTML, "\x1b[31m\xff\xfe red", "", "\xe2\x90\x9b[31m\xef\xbf\xbd\xef\xbf\xbd red", ""},
    {503, HTML, "<script>var a='incident 1234567'</script><p>Down</p><!-- ticket 1234567 -->", "",
     "Down", ""},
};

static void pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(PAGES) / sizeof(PAGES[0]); i++) {
        const struct page_row *p = &PAGES[i];
        struct http_result result;
        struct page_words got;
        json_t *root = json_read(p->body, strlen(p->body), NULL);

        fill(&result, &(struct row){.status = p->status, .type = p->type, .body = p->body});
        snprintf(result.reference, sizeof(result.reference), "%s", p->reference);
        page_read(&result, strcmp(p->type, JSON) == 0 ? root : NULL, false, &got);
        if (strcmp(got.title, p->title) != 0 || strcmp(got.reference, p->number) != 0) {
            fail_msg("%s: \"%s\" \"%s\"", p->body, got.title, got.reference);
        }
        json_decref(root);
        buf_done(&result.body);
    }
}

/* An answer to a write may hold the new key anywhere. */
static void a_secret_is_not_quoted(void **state)
{
    const struct row row = {.status = 200,
                            .type = HTML,
                            .body = "<html><title>Done</title>Your key: abcdefghijklmnop ticket "
                                    "12345678"};
    struct http_result result;
    struct page_words got;

    (void)state;
    fill(&result, &row);
    page_read(&result, NULL, true, &got);
    assert_string_equal(got.title, "Done");
    assert_string_equal(got.reference, "");
    buf_done(&result.body);
}

/* No page may speak for the API. */
static void sentences_claim_nothing(void **state)
{
    static const long statuses[] = {200, 204, 301, 302, 400, 401, 403, 404, 407, 409,
                                    410, 429, 444, 460, 499, 500, 502, 503, 511};
    static const char *const claims[] = {"scope", "key", "gone", "revoked", "refused"};
    static const char *const bodies[] = {"", "<html><title>Portal</title>", "{}", "not found"};

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        for (size_t j = 0; j < sizeof(bodies) / sizeof(bodies[0]); j++) {
            const struct row row = {.status = statuses[i], .type = HTML, .body = bodies[j]};
            struct http_result result;
            struct err err = {0};

            fill(&result, &row);
            error_describe(
                &(struct api_failure){.endpoint = ENDPOINT_KEY,
                                      .origin = origin_of(ENDPOINT_KEY, "a", &result, NULL),
                                      .base_url = "https://api.example/v1",
                                      .result = &result,
                                      .attempts = 1},
                &err);
            assert_int_equal(err.source, ERR_FROM_BETWEEN);
            assert_true(err.kind == ERR_NETWORK || err.kind == ERR_SERVER ||
                        err.kind == ERR_RATE_LIMIT);
            for (size_t k = 0; k < sizeof(claims) / sizeof(claims[0]); k++) {
                if (strstr(err.text, claims[k]) != NULL) {
                    fail_msg("%s in: %s", claims[k], err.text);
                }
            }
            buf_done(&result.body);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(one_key),
        cmocka_unit_test(pages),
        cmocka_unit_test(a_secret_is_not_quoted),
        cmocka_unit_test(sentences_claim_nothing),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
