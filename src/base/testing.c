#include "base/testing.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define SHORTEST_DEADLINE_MS 2000
#define SHORTEST_LIMIT_MS 10000

int64_t testing_ms(int64_t ms)
{
    const char *text = getenv("PORTCULLIS_TEST_HURRY");
    long by = text == NULL ? 1 : strtol(text, NULL, 10);

    return by > 1 ? ms / by : ms;
}

static int64_t at_least(int64_t ms, int64_t shortest)
{
    int64_t hurried = getenv("PORTCULLIS_TEST_PATIENT") == NULL ? testing_ms(ms) : ms;
    int64_t least = ms < shortest ? ms : shortest;

    return hurried < least ? least : hurried;
}

int64_t testing_deadline_ms(int64_t ms)
{
    return at_least(ms, SHORTEST_DEADLINE_MS);
}

int64_t testing_limit_ms(int64_t ms)
{
    return at_least(ms, SHORTEST_LIMIT_MS);
}

void testing_stop(const char *point)
{
    const char *wanted = getenv("PORTCULLIS_TEST_STOP");

    if (wanted != NULL && strcmp(wanted, point) == 0) {
        unsetenv("PORTCULLIS_TEST_STOP");
        raise(SIGSTOP);
    }
}
