/* The sentences, and the shapes of error bodies they are made from. */
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

#include "base/banned.h"

#define KEY "pkSecret0123456789abcdefGHIJ"

/* -- envelopes -- */

struct envelope_case {
    const char *body;
    const char *message, *code, *request_id;
};

static const struct envelope_case ENVELOPES[] = {
    {"{\"success\":false,\"data\":{\"message\":\"no\",\"errorCode\":\"AB03\"}}", "no", "AB03", ""},
    {"{\"error\":{\"message\":\"no\",\"code\":\"AB01\"}}", "no", "AB01", ""},
    {"{\"error\":{\"message\":\"no\",\"code\":17}}", "no", "17", ""},
    {"{\"error\":\"just text\"}", "just text", "", ""},
    {"{\"message\":\"no\",\"errorCode\":\"AB05\",\"request_id\":\"r-1\"}", "no", "AB05", "r-1"},
    {"{\"message\":\"no\",\"code\":\"X\"}", "no", "X", ""},
    /* The innermost wins. */
    {"{\"error\":{\"message\":\"in\",\"request_id\":\"r\"},\"message\":\"out\",\"code\":\"C\"}",
     "in", "C", "r"},
    {"{\"data\":[1,2],\"error\":null,\"message\":7}", "", "", ""},
    {"{}", "", "", ""},
    {"[]", "", "", ""},
    /* What could harm a terminal is cleaned. */
    {"{\"message\":\"a\\u001b[31mb\\u202ec\\nd\"}",
     "a\xe2\x90\x9b[31mb\xef\xbf\xbd"
     "c d",
     "", ""},
};

static void test_envelopes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ENVELOPES) / sizeof(ENVELOPES[0]); i++) {
        const struct envelope_case *c = &ENVELOPES[i];
        json_t *root = json_read(c->body, strlen(c->body), NULL);
        struct envelope got;

        envelope_read(root, &got);
        if (strcmp(got.message, c->message) != 0 || strcmp(got.code, c->code) != 0 ||
            strcmp(got.request_id, c->request_id) != 0) {
            fail_msg("%s: \"%s\" \"%s\" \"%s\"", c->body, got.message, got.code, got.request_id);
        }
        json_decref(root);
    }
}

static void test_long_envelope(void **state)
{
    char body[4000] = "{\"message\":\"";
    struct envelope got;
    json_t *root;
    size_t len = strlen(body);

    (void)state;
    for (int i = 0; i < 600; i++) {
        memcpy(body + len, "\xc3\xa4", 2);
        len += 2;
    }
    memcpy(body + len, "\"}", 3);
    root = json_read(body, strlen(body), NULL);
    envelope_read(root, &got);
    assert_true(strlen(got.message) >= sizeof(got.message) - 3);
    assert_int_equal(strlen(got.message) % 2, 0); /* cut between characters */
    json_decref(root);
}

/* -- redacting -- */

static void test_redact(void **state)
{
    static const struct {
        const char *key, *text, *out;
    } rows[] = {
        {KEY, "the key " KEY " is bad", "the key **************************** is bad"},
        {KEY, "Secret01", "********"},
        {KEY, "Secret0", "Secret0"},
        {KEY, "x456789abcdefy", "x************y"},
        {KEY, "pkSecret pkSecret", "******** ********"},
        {KEY, "", ""},
        {"short", "a short word", "a ***** word"},
    };

    (void)state;
    assert_true(secret_setup());
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct secret *key = secret_new(rows[i].key, strlen(rows[i].key));
        char text[200];

        snprintf(text, sizeof(text), "%s", rows[i].text);
        error_redact(text, key);
        assert_string_equal(text, rows[i].out);
        error_redact(text, NULL);
        assert_string_equal(text, rows[i].out);
        secret_free(key);
    }
}

/* -- sentences -- */

struct sentence {
    const char *name;
    enum endpoint endpoint;
    enum key_kind kind;
    enum http_failure failure;
    long status;
    const char *body;
    bool unknown;
    enum err_kind err;
    const char *scope;
    const char *says;
};

#define NO "{\"success\":false,\"data\":{\"message\":\"no\"}}"

static const struct sentence SENTENCES[] = {
    {"list of keys, 403", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 403, NO, false,
     ERR_FORBIDDEN, "organisation_service_api_keys.list", "one opens the list"},
    {"users, 403", ENDPOINT_USERS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 403, NO, false, ERR_FORBIDDEN,
     "organisation_users.list", "plan"},
    {"members, 403", ENDPOINT_MEMBERS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 403, NO, false, ERR_FORBIDDEN,
     "workspace_users.list", "workspace that is gone or not yours"},
    {"a key, 403", ENDPOINT_KEY, KEY_KIND_UNKNOWN, HTTP_WHOLE, 403, NO, false, ERR_GONE, "",
     "It is gone, or in another workspace or organisation"},
    {"a user key, 403", ENDPOINT_KEY, KEY_WORKSPACE_USER, HTTP_WHOLE, 403, NO, false, ERR_GONE,
     "workspace_user_api_keys.read", "workspace_user_api_keys.read"},
    {"a key, 404", ENDPOINT_KEY, KEY_KIND_UNKNOWN, HTTP_WHOLE, 404, NO, false, ERR_GONE, "",
     "gone"},
    {"revoke, 404", ENDPOINT_DELETE_KEY, KEY_WORKSPACE_SERVICE, HTTP_WHOLE, 404, NO, false,
     ERR_GONE, "", "The server refused the revoking of the key (404: \"no\"): it knows none."},
    {"revoke, 403", ENDPOINT_DELETE_KEY, KEY_WORKSPACE_SERVICE, HTTP_WHOLE, 403, NO, false,
     ERR_FORBIDDEN, "workspace_service_api_keys.delete", "gone already"},
    {"create, 403", ENDPOINT_CREATE_WORKSPACE_USER, KEY_WORKSPACE_USER, HTTP_WHOLE, 403, NO, false,
     ERR_FORBIDDEN, "workspace_user_api_keys.create", "security setting"},
    {"list, 404", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 404, NO, false, ERR_REFUSED, "",
     "ends with /v1"},
    {"a gateway", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 400,
     "{\"status\":\"failure\",\"message\":\"Either x-portkey-config or x-portkey-provider header "
     "is required\"}",
     false, ERR_REFUSED, "", "base URL"},
    {"401", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 401, NO, false, ERR_AUTH, "",
     "Log in again"},
    {"401 of a gateway", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 401,
     "{\"message\":\"Portkey Error: Invalid API Key. Error Code: 03\"}", false, ERR_AUTH, "",
     "control plane"},
    {"402", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 402, NO, false, ERR_REFUSED, "",
     "subscription"},
    {"412", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 412, NO, false, ERR_REFUSED, "", "budget"},
    {"429 to a write", ENDPOINT_DELETE_KEY, KEY_KIND_UNKNOWN, HTTP_WHOLE, 429, NO, false,
     ERR_RATE_LIMIT, "", "asked too often (429: \"no\")."},
    {"429 to a read", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_WHOLE, 429, NO, false, ERR_RATE_LIMIT,
     "", "Try again later."},
    {"409", ENDPOINT_DELETE_KEY, KEY_KIND_UNKNOWN, HTTP_WHOLE, 409, NO, false, ERR_CONFLICT, "",
     "Refresh"},
    {"the name is not known", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_RESOLVE, 0, "", false,
     ERR_NETWORK, "", "not known"},
    {"refused", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_CONNECT, 0, "", false, ERR_NETWORK, "",
     "refuses connections"},
    {"not trusted", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_UNTRUSTED, 0, "", false, ERR_NETWORK, "",
     "ca_file"},
    {"no connection in time", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_TIMED_OUT, 0, "", false,
     ERR_TIMEOUT, "", "no connection came about"},
    {"leads outside", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_OUTSIDE, 0, "", false, ERR_NETWORK, "",
     "Nothing was sent"},
    {"an unknown write", ENDPOINT_DELETE_KEY, KEY_KIND_UNKNOWN, HTTP_CLOSED, 0, "", true,
     ERR_UNKNOWN, "", "It is not known whether the revoking of the key was carried out"},
    {"a lost create", ENDPOINT_CREATE_WORKSPACE_SERVICE, KEY_WORKSPACE_SERVICE, HTTP_CLOSED, 0, "",
     true, ERR_UNKNOWN, "", "a new service key was made: it was sent"},
    {"a lost create has no advice to repeat it", ENDPOINT_CREATE_WORKSPACE_SERVICE,
     KEY_WORKSPACE_SERVICE, HTTP_TIMED_OUT, 0, "", true, ERR_UNKNOWN, "",
     "). Do not send it again before the list of keys was looked at."},
    {"a create that failed", ENDPOINT_CREATE_WORKSPACE_SERVICE, KEY_WORKSPACE_SERVICE, HTTP_WHOLE,
     500, NO, true, ERR_UNKNOWN, "", "(500: \"no\"). Do not send it again"},
    {"a read may be tried again", ENDPOINT_KEYS, KEY_KIND_UNKNOWN, HTTP_TIMED_OUT, 0, "", false,
     ERR_TIMEOUT, "", "Try again."},
};

static void test_sentences(void **state)
{
    struct secret *key = secret_new(KEY, strlen(KEY));

    (void)state;
    for (size_t i = 0; i < sizeof(SENTENCES) / sizeof(SENTENCES[0]); i++) {
        const struct sentence *s = &SENTENCES[i];
        struct http_result result = {
            .failure = s->failure, .status = s->status, .content_type = "application/json"};
        json_t *root = json_read(s->body, strlen(s->body), NULL);
        struct err err = {0};

        snprintf(result.detail, sizeof(result.detail), "detail with %s in it", KEY);
        buf_init(&result.body, 0);
        buf_adds(&result.body, s->body);
        error_describe(&(struct api_failure){.endpoint = s->endpoint,
                                             .origin = origin_of(s->endpoint, NULL, &result, root),
                                             .kind = s->kind,
                                             .base_url = "https://api.example/v1",
                                             .result = &result,
                                             .root = root,
                                             .key = key,
                                             .attempts = 1,
                                             .unknown = s->unknown},
                       &err);
        if (err.kind != s->err || strcmp(err.scope, s->scope) != 0 || err.status != s->status ||
            strstr(err.text, s->says) == NULL) {
            fail_msg("%s: %s, scope \"%s\": %s", s->name, err_kind_name(err.kind), err.scope,
                     err.text);
        }
        assert_null(strstr(err.text, "Secret0123"));
        json_decref(root);
        buf_done(&result.body);
    }
    secret_free(key);
}

/* -- an answer to a write says what the server said, and nothing of what became of it: a box in
 * between may have sent it twice, and this is the echo -- */

static void check_no_verdict(enum endpoint endpoint, long status, const char *type,
                             const char *body)
{
    static const char *const VERDICTS[] = {"Nothing was",  "nothing was",     "was not done",
                                           "was not made", "was not revoked", "not carried out",
                                           "ry again in",  "ry again later"};
    struct http_result result = {.status = status, .retry_after_ms = 3000};
    json_t *root = json_read(body, strlen(body), NULL);
    struct api_failure failure = {.endpoint = endpoint,
                                  .kind = KEY_WORKSPACE_SERVICE,
                                  .base_url = "https://api.example/v1",
                                  .result = &result,
                                  .root = root,
                                  .attempts = 2};
    struct envelope said;
    struct err err = {0};

    snprintf(result.content_type, sizeof(result.content_type), "%s", type);
    buf_init(&result.body, 0);
    buf_adds(&result.body, body);
    envelope_read(root, &said);
    failure.origin = origin_of(endpoint, NULL, &result, root);
    failure.unknown = !origin_refuses(&failure.origin, said.code);
    error_describe(&failure, &err);
    for (size_t i = 0; i < sizeof(VERDICTS) / sizeof(VERDICTS[0]) && !failure.origin.good; i++) {
        if (strstr(err.text, VERDICTS[i]) != NULL) {
            fail_msg("%ld %s says \"%s\": %s", status, body, VERDICTS[i], err.text);
        }
    }
    assert_null(strstr(err.text, "every time"));
    json_decref(root);
    buf_done(&result.body);
}

static void test_no_verdict(void **state)
{
    static const enum endpoint WRITES[] = {ENDPOINT_DELETE_KEY, ENDPOINT_CREATE_WORKSPACE_SERVICE,
                                           ENDPOINT_CREATE_WORKSPACE_USER};
    static const char *const BODIES[] = {
        NO,
        "{\"success\":false,\"data\":{\"message\":\"no\",\"errorCode\":\"AB06\"}}",
        "{\"success\":false,\"data\":{\"message\":\"no\",\"errorCode\":\"AB03\"}}",
        "{\"status\":\"failure\",\"message\":\"no\"}",
        "{}",
        "[]"};
    static const long STATUSES[] = {200, 204, 400, 401, 402, 403, 404, 408, 409,
                                    412, 413, 422, 425, 429, 444, 460, 499};

    (void)state;
    for (size_t w = 0; w < sizeof(WRITES) / sizeof(WRITES[0]); w++) {
        for (size_t s = 0; s < sizeof(STATUSES) / sizeof(STATUSES[0]); s++) {
            for (size_t b = 0; b < sizeof(BODIES) / sizeof(BODIES[0]); b++) {
                check_no_verdict(WRITES[w], STATUSES[s], "application/json", BODIES[b]);
            }
            check_no_verdict(WRITES[w], STATUSES[s], "text/html", "<title>No</title>");
        }
        for (long status = 500; status < 520; status++) {
            check_no_verdict(WRITES[w], status, "application/json", NO);
            check_no_verdict(WRITES[w], status, "text/html", "<title>No</title>");
        }
    }
}

/* A message of a create names its field. */
static void test_field(void **state)
{
    struct http_result result = {.status = 400, .content_type = "application/json"};
    const char *body =
        "{\"success\":false,\"data\":{\"message\":\"expires_at must be a future date\"}}";
    json_t *root = json_read(body, strlen(body), NULL);
    struct err err = {0};

    (void)state;
    buf_init(&result.body, 0);
    error_describe(&(struct api_failure){.endpoint = ENDPOINT_CREATE_WORKSPACE_SERVICE,
                                         .origin = origin_of(ENDPOINT_CREATE_WORKSPACE_SERVICE,
                                                             NULL, &result, root),
                                         .kind = KEY_WORKSPACE_SERVICE,
                                         .base_url = "https://api.example/v1",
                                         .result = &result,
                                         .root = root},
                   &err);
    assert_string_equal(err.field, "expires_at");
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_envelopes), cmocka_unit_test(test_long_envelope),
        cmocka_unit_test(test_redact),    cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_field),     cmocka_unit_test(test_no_verdict),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
