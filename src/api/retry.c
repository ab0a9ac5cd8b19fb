#include "api/retry.h"

#include "base/testing.h"

#include "base/banned.h"

#define FIRST_DELAY_MS 500
#define LONGEST_DELAY_MS 8000
/* A 429 that names no time. */
#define PACE_DELAY_MS 2000

static bool transient_failure(enum http_failure failure)
{
    switch (failure) {
    case HTTP_RESOLVE:
    case HTTP_CONNECT:
    case HTTP_TLS:
    case HTTP_TIMED_OUT:
    case HTTP_CUT:
    case HTTP_CLOSED:
    case HTTP_PROXY:
        return true;
    default:
        return false;
    }
}

static bool transient_status(long status)
{
    return status == 408 || status == 425 || status == 500 || status == 502 || status == 503 ||
           status == 504;
}

/* Full jitter: many clients that failed together do not come back together. */
static int64_t backoff(int attempt, uint32_t random)
{
    int64_t ceiling = FIRST_DELAY_MS;

    for (int i = 1; i < attempt && ceiling < LONGEST_DELAY_MS; i++) {
        ceiling *= 2;
    }
    if (ceiling > LONGEST_DELAY_MS) {
        ceiling = LONGEST_DELAY_MS;
    }
    return (int64_t)(random % (uint64_t)(ceiling + 1));
}

/* A 429 without a time is no wait that was asked for: we slow down by ourselves. */
static int64_t pace(const struct retry_facts *facts)
{
    return facts->retry_after_ms > 0
               ? facts->retry_after_ms
               : PACE_DELAY_MS / 2 + backoff(facts->attempt + 1, facts->random);
}

static bool may_repeat(const struct retry_facts *facts)
{
    if (facts->failure == HTTP_WHOLE) {
        return facts->repeat &&
               (facts->status == 429 || transient_status(facts->status) || facts->cut);
    }
    /* What certainly never left may be sent again whatever it is. */
    return transient_failure(facts->failure) && (facts->repeat || !facts->sent) &&
           (!facts->from_proxy || transient_status(facts->status));
}

struct retry_verdict retry_decide(const struct retry_facts *facts)
{
    bool slowed = facts->failure == HTTP_WHOLE && facts->status == 429;
    bool asked = facts->failure == HTTP_WHOLE && facts->retry_after_ms > 0 &&
                 (facts->status == 429 || facts->status == 503);

    if (!may_repeat(facts)) {
        return (struct retry_verdict){RETRY_NO, 0};
    }
    if (asked && facts->retry_after_ms > RETRY_AFTER_MAX_MS) {
        return (struct retry_verdict){RETRY_ASK, facts->retry_after_ms};
    }
    if (asked && facts->paced < RETRY_PACED) {
        return (struct retry_verdict){RETRY_PACE, testing_ms(facts->retry_after_ms)};
    }
    if (facts->attempt >= RETRY_ATTEMPTS || facts->budget <= 0) {
        return (struct retry_verdict){RETRY_NO, 0};
    }
    return (struct retry_verdict){
        RETRY_AGAIN,
        testing_ms(asked || slowed ? pace(facts) : backoff(facts->attempt, facts->random))};
}
