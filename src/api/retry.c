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

static struct retry_verdict pace(const struct retry_facts *facts)
{
    int64_t asked = facts->retry_after_ms;

    if (asked > RETRY_AFTER_MAX_MS) {
        return (struct retry_verdict){RETRY_ASK, asked};
    }
    if (facts->paced >= RETRY_PACED) {
        return (struct retry_verdict){RETRY_NO, 0};
    }
    if (asked <= 0) {
        asked = PACE_DELAY_MS / 2 + backoff(facts->paced + 2, facts->random);
    }
    return (struct retry_verdict){RETRY_PACE, testing_ms(asked)};
}

struct retry_verdict retry_decide(const struct retry_facts *facts)
{
    bool again;

    if (facts->failure == HTTP_WHOLE) {
        bool asks = facts->status == 429 || (facts->status == 503 && facts->retry_after_ms > 0);

        if (asks && facts->repeat) {
            return pace(facts);
        }
        again = facts->repeat && (transient_status(facts->status) || facts->cut);
    } else {
        /* What certainly never left may be sent again whatever it is. */
        again = transient_failure(facts->failure) && (facts->repeat || !facts->sent) &&
                (!facts->from_proxy || transient_status(facts->status));
    }
    if (!again || facts->attempt >= RETRY_ATTEMPTS || facts->budget <= 0) {
        return (struct retry_verdict){RETRY_NO, 0};
    }
    return (struct retry_verdict){RETRY_AGAIN, testing_ms(backoff(facts->attempt, facts->random))};
}
