/* What time does to keys: rotations, expiry and the worker that marks it, budgets and their resets,
 * completions. The clock is the sandbox's own and is moved by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

#define HOUR 3600LL
#define DAY (24 * HOUR)

struct world {
    struct sandbox_process *sandbox;
    const char *root;
    char *workspace;
};

static struct made_key service_key(const struct world *w, const char *scope, const char *more)
{
    char *body = text("{\"name\":\"made\",\"scopes\":[\"%s\"],\"workspace_id\":\"%s\"%s%s}", scope,
                      w->workspace, *more != '\0' ? "," : "", more);
    struct made_key made = make_key(w->sandbox, w->root, "workspace/service", body);
    free(body);
    return made;
}

/* Is the secret still known? It lists workspaces. */
static bool works(const struct world *w, const char *secret)
{
    struct answer answer = call(w->sandbox, secret, "GET", "/admin/workspaces", NULL);
    int status = answer.status;
    answer_done(&answer);
    if (status != 200 && status != 401) {
        fail_msg("neither known nor unknown: %d", status);
    }
    return status == 200;
}

static json_t *read_key(const struct world *w, const char *id)
{
    char *path = text("/api-keys/%s", id);
    json_t *json = get(w->sandbox, w->root, path);
    free(path);
    return json;
}

static void status_is(const struct world *w, const char *id, const char *status)
{
    json_t *key = read_key(w, id);
    assert_string_equal(string_at(key, "status"), status);
    json_decref(key);
}

static struct made_key rotate(const struct world *w, const char *id, const char *body,
                              const char *until)
{
    struct made_key made;
    char *path = text("/api-keys/%s/rotate", id);
    json_t *json = expect(w->sandbox, w->root, "POST", path, body, 200);
    assert_int_equal(json_object_size(json), 3);
    snprintf(made.id, sizeof made.id, "%s", string_at(json, "id"));
    snprintf(made.secret, sizeof made.secret, "%s", string_at(json, "key"));
    assert_string_equal(made.id, id);
    if (until != NULL) {
        assert_int_equal(
            strncmp(string_at(json, "key_transition_expires_at"), until, strlen(until)), 0);
    }
    json_decref(json);
    free(path);
    return made;
}

static void both_secrets_until_the_transition_ends(void **state)
{
    const struct world *w = *state;
    struct made_key old = service_key(w, "workspaces.list", "");
    struct made_key new = rotate(w, old.id, NULL, "2026-11-25T03:4"); /* half an hour */
    char *path = text("/api-keys/%s/rotate", old.id);
    assert_string_not_equal(old.secret, new.secret);
    assert_true(works(w, old.secret));
    assert_true(works(w, new.secret));
    json_t *key = read_key(w, old.id);
    assert_int_equal(strncmp(string_at(key, "key"), new.secret, 2), 0);
    assert_null(json_object_get(key, "key_transition_expires_at"));
    json_decref(key);
    advance(w->sandbox, HOUR / 2 - 60);
    assert_true(works(w, old.secret));
    expect_error(w->sandbox, w->root, "POST", path, NULL, 409, "AB07");
    advance(w->sandbox, 61);
    assert_false(works(w, old.secret));
    assert_true(works(w, new.secret));
    struct made_key third = rotate(w, old.id, "{\"key_transition_period_ms\":7200000}", NULL);
    assert_false(works(w, old.secret));
    assert_true(works(w, new.secret));
    assert_true(works(w, third.secret));
    advance(w->sandbox, 2 * HOUR + 1);
    assert_false(works(w, new.secret));
    assert_true(works(w, third.secret));
    free(path);
}

static void transitions_are_shorter_than_the_period(void **state)
{
    const struct world *w = *state;
    struct made_key made = service_key(w, "workspaces.list",
                                       "\"rotation_policy\":{\"rotation_period_days\":2,"
                                       "\"key_transition_period_ms\":3600000}");
    static const char *const BAD[] = {"1799999", "172800000", "-1",
                                      "\"x\"",   "1800000.5", "9223372036854775807"};
    char *path = text("/api-keys/%s/rotate", made.id);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char *body = text("{\"key_transition_period_ms\":%s}", BAD[i]);
        expect_error(w->sandbox, w->root, "POST", path, body, 400, "AB01");
        free(body);
    }
    struct made_key new = rotate(w, made.id, "{\"key_transition_period_ms\":null}", NULL);
    advance(w->sandbox, HOUR - 60); /* of the policy */
    assert_true(works(w, made.secret));
    advance(w->sandbox, 61);
    assert_false(works(w, made.secret));
    assert_true(works(w, new.secret));
    free(path);
}

static void rotation_dates(void **state)
{
    const struct world *w = *state;
    static const struct {
        const char *policy, *next;
    } CASES[] = {
        {"{\"rotation_period\":\"weekly\"}", "2026-11-30T00:00:00.000Z"}, /* a Monday */
        {"{\"rotation_period\":\"monthly\"}", "2026-12-01T00:00:00.000Z"},
        {"{\"rotation_period_days\":1}", "2026-11-26T00:00:00.000Z"},
        {"{\"rotation_period\":null,\"rotation_period_days\":30}", "2026-12-25T00:00:00.000Z"},
        {"{\"next_rotation_at\":\"2027-02-03T04:05:06Z\"}", "2027-02-03T00:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *more = text("\"rotation_policy\":%s", CASES[i].policy);
        struct made_key made = service_key(w, "workspaces.list", more);
        json_t *key = read_key(w, made.id);
        assert_string_equal(string_at(key, "rotation_policy.next_rotation_at"), CASES[i].next);
        assert_string_equal(string_at(key, "rotation_policy.status"), "ACTIVE");
        json_decref(key);
        free(more);
    }
}

/* The secret dies at once; a worker turns the status ten minutes later [LIVE]. */
/* By its policy, again and again: the old secret lives on for the transition, nobody is told the
 * new one, and the audit log tells of each. */
static void keys_rotate_by_themselves(void **state)
{
    const struct world *w = *state;
    struct made_key made = service_key(w, "workspaces.list",
                                       "\"rotation_policy\":{\"rotation_period_days\":2,"
                                       "\"key_transition_period_ms\":3600000}");
    struct made_key once =
        service_key(w, "workspaces.list",
                    "\"rotation_policy\":{\"next_rotation_at\":\"2026-11-27T00:00:00Z\"}");
    struct made_key dead =
        service_key(w, "workspaces.list",
                    "\"expires_at\":\"2026-11-25T12:00:00Z\",\"rotation_policy\":"
                    "{\"rotation_period_days\":2}");
    json_t *before = read_key(w, made.id);
    json_t *dead_before = read_key(w, dead.id);
    advance(w->sandbox, 2 * DAY); /* 2026-11-27T03:12, due at 00:00 */
    json_t *after = read_key(w, made.id);
    assert_string_not_equal(string_at(after, "key"), string_at(before, "key"));
    assert_string_equal(string_at(after, "last_updated_at"), "2026-11-27T00:00:00.000Z");
    assert_string_equal(string_at(after, "rotation_policy.next_rotation_at"),
                        "2026-11-29T00:00:00.000Z");
    expect_error(w->sandbox, made.secret, "GET", "/admin/workspaces", NULL, 401, "AB05");
    json_t *over = read_key(w, once.id); /* a single time is over */
    assert_null(json_object_get(over, "rotation_policy"));
    json_t *dead_after = read_key(w, dead.id);
    assert_string_equal(string_at(dead_after, "key"), string_at(dead_before, "key"));
    json_t *log = get(w->sandbox, w->root,
                      "/audit-logs?start_time=2026-11-01&end_time=2027-01-01&action=rotate");
    assert_int_equal(number_at(log, "total"), 2);
    assert_non_null(strstr(string_at(log, "records.0.request_body"), "\"auto\""));
    assert_string_equal(string_at(log, "records.0.timestamp"), "2026-11-27T00:00:00.000Z");
    json_decref(log);
    advance(w->sandbox, 5 * DAY); /* missed none */
    log = get(w->sandbox, w->root,
              "/audit-logs?start_time=2026-11-01&end_time=2027-01-01&action=rotate");
    assert_int_equal(number_at(log, "total"), 4);
    json_decref(log);
    json_decref(dead_after);
    json_decref(over);
    json_decref(after);
    json_decref(dead_before);
    json_decref(before);
}

static void expiry(void **state)
{
    const struct world *w = *state;
    struct made_key made =
        service_key(w, "workspaces.list", "\"expires_at\":\"2026-11-25T04:12:00Z\"");
    advance(w->sandbox, HOUR - 60);
    assert_true(works(w, made.secret));
    advance(w->sandbox, 61);
    assert_false(works(w, made.secret));
    status_is(w, made.id, "active");
    advance(w->sandbox, 500);
    status_is(w, made.id, "active");
    advance(w->sandbox, 100);
    json_t *key = read_key(w, made.id);
    assert_string_equal(string_at(key, "status"), "expired");
    assert_string_equal(string_at(key, "last_updated_at"), "2026-11-25T04:22:00.000Z");
    assert_true(json_is_true(at(key, "usage_limits.is_expired_alerts_sent")));
    assert_int_equal(json_object_size(at(key, "usage_limits")), 1); /* and no budget in it */
    json_decref(key);
    /* Given more time it lives again. */
    char *path = text("/api-keys/%s", made.id);
    json_decref(expect(w->sandbox, w->root, "PUT", path, "{\"expires_at\":null}", 200));
    assert_true(works(w, made.secret));
    status_is(w, made.id, "active");
    free(path);
}

static void both_secrets_die_of_expiry(void **state)
{
    const struct world *w = *state;
    struct made_key made =
        service_key(w, "workspaces.list", "\"expires_at\":\"2026-11-25T03:22:00Z\"");
    struct made_key new = rotate(w, made.id, NULL, NULL);
    advance(w->sandbox, 601);
    assert_false(works(w, made.secret));
    assert_false(works(w, new.secret));
}

static int chat(const struct world *w, const char *secret, const char *words)
{
    char *body = text("{\"model\":\"gpt-9\",\"messages\":[{\"role\":\"system\",\"content\":\"no\"},"
                      "{\"role\":\"user\",\"content\":\"%s\"}]}",
                      words);
    struct answer answer = call(w->sandbox, secret, "POST", "/chat/completions", body);
    int status = answer.status;
    answer_done(&answer);
    free(body);
    return status;
}

static void completions(void **state)
{
    const struct world *w = *state;
    struct made_key made = service_key(w, "completions.write", "");
    json_t *json = expect(w->sandbox, made.secret, "POST", "/chat/completions",
                          "{\"model\":\"gpt-9\",\"messages\":[{\"role\":\"user\",\"content\":"
                          "\"one two  three\"}]}",
                          200);
    assert_string_equal(string_at(json, "object"), "chat.completion");
    assert_string_equal(string_at(json, "model"), "gpt-9");
    assert_string_equal(string_at(json, "choices.0.message.role"), "assistant");
    assert_string_equal(string_at(json, "choices.0.message.content"), "one two  three");
    assert_string_equal(string_at(json, "choices.0.finish_reason"), "stop");
    assert_int_equal(number_at(json, "usage.prompt_tokens"), 3);
    assert_int_equal(number_at(json, "usage.total_tokens"), 6);
    assert_true(number_at(json, "created") >= 1795576320);
    json_decref(json);
    json_decref(expect(w->sandbox, made.secret, "POST", "/chat/completions", "{}", 400));
    json_decref(expect(w->sandbox, made.secret, "POST", "/chat/completions",
                       "{\"model\":\"m\",\"messages\":[]}", 400));
    json_decref(expect(w->sandbox, made.secret, "POST", "/chat/completions", NULL, 400));
    assert_int_equal(chat(w, w->root, "never with an admin key"), 403);
}

/* A budget of tokens is used up, refuses with 412, and is let go by a reset or a higher limit. */
static void budgets(void **state)
{
    const struct world *w = *state;
    struct made_key made = service_key(
        w, "completions.write",
        "\"usage_limits\":{\"type\":\"tokens\",\"credit_limit\":6,\"alert_threshold\":4}");
    char *path = text("/api-keys/%s", made.id);
    assert_int_equal(chat(w, made.secret, "a b"), 200);
    json_t *key = read_key(w, made.id);
    assert_true(json_number_value(at(key, "usage_limits.current_usage")) == 4);
    assert_true(json_is_true(at(key, "usage_limits.is_threshold_alerts_sent")));
    assert_true(json_is_false(at(key, "usage_limits.is_exhausted_alerts_sent")));
    assert_null(json_object_get(at(key, "usage_limits"), "resets_at"));
    json_decref(key);
    assert_int_equal(chat(w, made.secret, "c"), 200);
    status_is(w, made.id, "exhausted");
    assert_int_equal(chat(w, made.secret, "d"), 412);
    json_decref(expect(w->sandbox, w->root, "PUT", path, "{\"reset_usage\":false}", 200));
    status_is(w, made.id, "exhausted");
    json_decref(expect(w->sandbox, w->root, "PUT", path, "{\"reset_usage\":true}", 200));
    key = read_key(w, made.id);
    assert_string_equal(string_at(key, "status"), "active");
    assert_true(json_number_value(at(key, "usage_limits.current_usage")) == 0);
    assert_int_equal(strncmp(string_at(key, "last_reset_at"), "2026-11-25T03:12", 16), 0);
    assert_true(json_is_null(at(key, "reset_usage"))); /* never echoed */
    json_decref(key);
    assert_int_equal(chat(w, made.secret, "e f g"), 200);
    status_is(w, made.id, "exhausted");
    json_decref(expect(w->sandbox, w->root, "PUT", path,
                       "{\"usage_limits\":{\"type\":\"tokens\",\"credit_limit\":60}}", 200));
    status_is(w, made.id, "active");
    assert_int_equal(chat(w, made.secret, "h"), 200);
    free(path);
}

/* So many requests or tokens in a window of the clock, then 429 until the next one; 0 is never. */
static void rates(void **state)
{
    const struct world *w = *state;
    struct made_key requests =
        service_key(w, "completions.write",
                    "\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":2}]");
    struct made_key tokens =
        service_key(w, "completions.write",
                    "\"rate_limits\":[{\"type\":\"tokens\",\"unit\":\"rph\",\"value\":5}]");
    struct made_key none =
        service_key(w, "completions.write",
                    "\"rate_limits\":[{\"type\":\"requests\",\"unit\":\"rpd\",\"value\":0}]");

    assert_int_equal(chat(w, requests.secret, "a"), 200);
    assert_int_equal(chat(w, requests.secret, "a"), 200);
    assert_int_equal(chat(w, requests.secret, "a"), 429);
    assert_int_equal(chat(w, tokens.secret, "a b"), 200);
    assert_int_equal(chat(w, tokens.secret, "a"), 200);
    assert_int_equal(chat(w, tokens.secret, "a"), 429);
    assert_int_equal(chat(w, none.secret, "a"), 429);
    advance(w->sandbox, 60);
    assert_int_equal(chat(w, requests.secret, "a"), 200);
    assert_int_equal(chat(w, tokens.secret, "a"), 429);
    advance(w->sandbox, 3600);
    assert_int_equal(chat(w, tokens.secret, "a"), 200);
    advance(w->sandbox, DAY);
    assert_int_equal(chat(w, none.secret, "a"), 429);
}

static void budgets_start_anew(void **state)
{
    const struct world *w = *state;
    static const struct {
        const char *reset, *next;
        long long wait;
    } CASES[] = {
        {"\"periodic_reset\":\"weekly\"", "2026-11-29T00:00:00.000Z", 4 * DAY}, /* a Sunday */
        {"\"periodic_reset\":\"monthly\"", "2026-12-01T00:00:00.000Z", 2 * DAY},
        {"\"periodic_reset_days\":10", "2026-12-11T00:00:00.000Z", 10 * DAY},
        {"\"next_usage_reset_at\":\"2026-12-20T12:00:00Z\"", "2026-12-20T00:00:00.000Z", 9 * DAY},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *more =
            text("\"usage_limits\":{\"type\":\"tokens\",\"credit_limit\":2,%s}", CASES[i].reset);
        struct made_key made = service_key(w, "completions.write", more);
        json_t *key = read_key(w, made.id);
        assert_string_equal(string_at(key, "next_usage_reset_at"), CASES[i].next);
        json_decref(key);
        assert_int_equal(chat(w, made.secret, "a"), 200);
        assert_int_equal(chat(w, made.secret, "a"), 412);
        advance(w->sandbox, CASES[i].wait);
        key = read_key(w, made.id);
        assert_string_equal(string_at(key, "status"), "active");
        assert_string_equal(string_at(key, "last_reset_at"), CASES[i].next);
        json_decref(key);
        assert_int_equal(chat(w, made.secret, "a"), 200);
        free(more);
    }
}

static void the_clock_is_moved_by_hand(void **state)
{
    const struct world *w = *state;
    static const char *const BAD[] = {"{\"advance_seconds\":-1}", "{\"advance_seconds\":1.5}",
                                      "{\"advance_seconds\":9223372036854775807}", "{}", "x"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct answer answer = call_root(w->sandbox, NULL, "POST", "/_sandbox/clock", BAD[i]);
        assert_int_equal(answer.status, 400);
        answer_done(&answer);
    }
    struct answer answer =
        call_root(w->sandbox, NULL, "POST", "/_sandbox/clock", "{\"advance_seconds\":86400}");
    assert_int_equal(strncmp(string_at(answer.json, "now"), "2026-11-26T03:12:", 17), 0);
    assert_non_null(strstr(answer.head, "Date: Thu, 26 Nov 2026 03:12:"));
    answer_done(&answer);
}

static int setup(void **state)
{
    struct world *w = xcalloc(1, sizeof *w);
    w->sandbox =
        sandbox_start((const char *const[]){"--seed", "scale", "--workspaces", "2", "--users", "5",
                                            "--keys", "3", "--now", "2026-11-25T03:12:00Z", NULL});
    w->root = sandbox_admin_key(w->sandbox, 0);
    json_t *places = get(w->sandbox, w->root, "/admin/workspaces");
    w->workspace = xstrdup(string_at(places, "data.0.id"));
    json_decref(places);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    int status = sandbox_stop(w->sandbox);
    free(w->workspace);
    free(w);
    return status;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_secrets_until_the_transition_ends),
        TEST(transitions_are_shorter_than_the_period),
        TEST(rotation_dates),
        TEST(keys_rotate_by_themselves),
        TEST(expiry),
        TEST(both_secrets_die_of_expiry),
        TEST(completions),
        TEST(budgets),
        TEST(rates),
        TEST(budgets_start_anew),
        TEST(the_clock_is_moved_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
