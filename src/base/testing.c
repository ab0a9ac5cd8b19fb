#include "base/testing.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define SHORTEST_DEADLINE_MS 2000

int64_t testing_ms(int64_t ms)
{
    const char *text = getenv("PORTCULLIS_TEST_HURRY");
    long by = text == NULL ? 1 : strtol(text, NULL, 10);

    return by > 1 ? ms / by : ms;
}

int64_t testing_deadline_ms(int64_t ms)
{
    int64_t hurried = testing_ms(ms);
    int64_t least = ms < SHORTEST_DEADLINE_MS ? ms : SHORTEST_DEADLINE_MS;

    return hurried < least ? least : hurried;
}

void testing_stop(const char *point)
{
    const char *wanted = getenv("PORTCULLIS_TEST_STOP");

    if (wanted != NULL && strcmp(wanted, point) == 0) {
        unsetenv("PORTCULLIS_TEST_STOP");
        raise(SIGSTOP);
    }
}
