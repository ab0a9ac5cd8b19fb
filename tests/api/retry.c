/* Every verdict of retry.c, as a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/retry.h"

#include "base/banned.h"

struct row {
    const char *name;
    struct retry_facts facts;
    enum retry_act act;
    int64_t least_ms, most_ms;
};

#define GET .repeat = true, .attempt = 1, .budget = 20
#define POST .repeat = false, .attempt = 1, .budget = 20, .sent = true

static const struct row ROWS[] = {
    {"200", {GET, .status = 200}, RETRY_NO, 0, 0},
    {"200 and cut", {GET, .status = 200, .cut = true}, RETRY_AGAIN, 0, 500},
    {"400", {GET, .status = 400}, RETRY_NO, 0, 0},
    {"401", {GET, .status = 401}, RETRY_NO, 0, 0},
    {"403", {GET, .status = 403}, RETRY_NO, 0, 0},
    {"404", {GET, .status = 404}, RETRY_NO, 0, 0},
    {"408", {GET, .status = 408}, RETRY_AGAIN, 0, 500},
    {"409", {GET, .status = 409}, RETRY_NO, 0, 0},
    {"425", {GET, .status = 425}, RETRY_AGAIN, 0, 500},
    {"500", {GET, .status = 500}, RETRY_AGAIN, 0, 500},
    {"501", {GET, .status = 501}, RETRY_NO, 0, 0},
    {"502", {GET, .status = 502}, RETRY_AGAIN, 0, 500},
    {"503", {GET, .status = 503}, RETRY_AGAIN, 0, 500},
    {"504", {GET, .status = 504}, RETRY_AGAIN, 0, 500},
    {"302", {GET, .status = 302}, RETRY_NO, 0, 0},
    {"503 with a time", {GET, .status = 503, .retry_after_ms = 4000}, RETRY_PACE, 4000, 4000},
    {"429 with a time", {GET, .status = 429, .retry_after_ms = 60000}, RETRY_PACE, 60000, 60000},
    {"429 with a long time",
     {GET, .status = 429, .retry_after_ms = 60001},
     RETRY_ASK,
     60001,
     60001},
    {"429 without a time", {GET, .status = 429}, RETRY_AGAIN, 1000, 2000},
    {"429 without a time, for the fourth time",
     {.repeat = true, .attempt = 4, .budget = 20, .status = 429},
     RETRY_NO,
     0,
     0},
    {"429 with a time again",
     {GET, .status = 429, .retry_after_ms = 7000, .paced = 1},
     RETRY_AGAIN,
     7000,
     7000},
    {"429 with a time again, at the end",
     {.repeat = true, .attempt = 4, .budget = 20, .status = 429, .retry_after_ms = 7, .paced = 1},
     RETRY_NO,
     0,
     0},
    {"429 at the fourth attempt is no attempt",
     {.repeat = true, .attempt = 4, .status = 429, .retry_after_ms = 1000},
     RETRY_PACE,
     1000,
     1000},
    {"the name", {GET, .failure = HTTP_RESOLVE}, RETRY_AGAIN, 0, 500},
    {"the connection", {GET, .failure = HTTP_CONNECT}, RETRY_AGAIN, 0, 500},
    {"TLS", {GET, .failure = HTTP_TLS}, RETRY_AGAIN, 0, 500},
    {"not trusted", {GET, .failure = HTTP_UNTRUSTED}, RETRY_NO, 0, 0},
    {"no answer", {GET, .failure = HTTP_TIMED_OUT, .sent = true}, RETRY_AGAIN, 0, 500},
    {"cut", {GET, .failure = HTTP_CUT, .sent = true}, RETRY_AGAIN, 0, 500},
    {"closed", {GET, .failure = HTTP_CLOSED, .sent = true}, RETRY_AGAIN, 0, 500},
    {"garbage", {GET, .failure = HTTP_GARBAGE, .sent = true}, RETRY_NO, 0, 0},
    {"too big", {GET, .failure = HTTP_BODY_BIG, .sent = true}, RETRY_NO, 0, 0},
    {"head too big", {GET, .failure = HTTP_HEADER_BIG, .sent = true}, RETRY_NO, 0, 0},
    {"outside", {GET, .failure = HTTP_OUTSIDE}, RETRY_NO, 0, 0},
    {"the proxy", {GET, .failure = HTTP_PROXY}, RETRY_AGAIN, 0, 500},
    {"407 of the proxy",
     {GET, .failure = HTTP_PROXY, .from_proxy = true, .status = 407},
     RETRY_NO,
     0,
     0},
    {"503 of the proxy",
     {GET, .failure = HTTP_PROXY, .from_proxy = true, .status = 503},
     RETRY_AGAIN,
     0,
     500},
    {"407", {GET, .status = 407}, RETRY_NO, 0, 0},
    {"511", {GET, .status = 511}, RETRY_NO, 0, 0},
    {"the second",
     {.repeat = true, .attempt = 2, .budget = 1, .status = 500},
     RETRY_AGAIN,
     0,
     1000},
    {"the third", {.repeat = true, .attempt = 3, .budget = 1, .status = 500}, RETRY_AGAIN, 0, 2000},
    {"the fourth", {.repeat = true, .attempt = 4, .budget = 1, .status = 500}, RETRY_NO, 0, 0},
    {"no budget", {.repeat = true, .attempt = 1, .budget = 0, .status = 500}, RETRY_NO, 0, 0},
    /* Writes. */
    {"write, 500", {POST, .status = 500}, RETRY_NO, 0, 0},
    {"write, 429", {POST, .status = 429, .retry_after_ms = 1000}, RETRY_NO, 0, 0},
    {"write, 503 with a time", {POST, .status = 503, .retry_after_ms = 1000}, RETRY_NO, 0, 0},
    {"write, 200 and cut", {POST, .status = 200, .cut = true}, RETRY_NO, 0, 0},
    {"write, sent and closed", {POST, .failure = HTTP_CLOSED}, RETRY_NO, 0, 0},
    {"write, sent and no answer", {POST, .failure = HTTP_TIMED_OUT}, RETRY_NO, 0, 0},
    {"write, refused connection",
     {.attempt = 1, .budget = 20, .failure = HTTP_CONNECT},
     RETRY_AGAIN,
     0,
     500},
    {"write, no connection in time",
     {.attempt = 1, .budget = 20, .failure = HTTP_TIMED_OUT},
     RETRY_AGAIN,
     0,
     500},
    {"write, refused for the fourth time",
     {.attempt = 4, .budget = 20, .failure = HTTP_CONNECT},
     RETRY_NO,
     0,
     0},
};

static void test_table(void **state)
{
    static const uint32_t numbers[] = {0, 1, 499, 500, 501, 0x7fffffff, 0xffffffff};

    (void)state;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        const struct row *row = &ROWS[i];

        for (size_t j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++) {
            struct retry_facts facts = row->facts;
            struct retry_verdict verdict;

            facts.random = numbers[j];
            verdict = retry_decide(&facts);
            if (verdict.act != row->act || verdict.delay_ms < row->least_ms ||
                verdict.delay_ms > row->most_ms) {
                fail_msg("%s: act %d, %lld ms", row->name, verdict.act,
                         (long long)verdict.delay_ms);
            }
        }
    }
}

/* The waits grow, and no more than that. */
static void test_ceiling(void **state)
{
    int64_t longest = 0;

    (void)state;
    for (uint32_t random = 0; random < 20000; random += 7) {
        struct retry_facts facts = {
            .repeat = true, .attempt = 3, .budget = 20, .status = 429, .random = random};
        struct retry_verdict verdict = retry_decide(&facts);

        longest = verdict.delay_ms > longest ? verdict.delay_ms : longest;
    }
    assert_true(longest > 4900 && longest <= 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
