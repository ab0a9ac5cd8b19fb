/* A time that is read comes back the same when it is written and read again; spans fit their
 * columns. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

static void check_written(int64_t ms)
{
    char text[TIME_TEXT_SIZE];
    char again[TIME_TEXT_SIZE];
    int64_t back;

    time_format(ms, text);
    if (strlen(text) != strlen("2026-05-03T17:08:55.000Z") || text[0] == '-') {
        return; /* an offset moved it out of the years 0000 to 9999 */
    }
    if (!time_parse(text, &back) || back != ms) {
        fuzz_broken("a time does not come back");
    }
    time_strftime(ms, "%Y-%m-%dT%H:%M:%S", again, sizeof(again));
    if (ms >= 0 && strncmp(text, again, strlen(again)) != 0) {
        fuzz_broken("two ways to write a time differ");
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size, 1);
    char span[TIME_TEXT_SIZE];
    int64_t ms = 0;

    if (time_parse(text, &ms)) {
        check_written(ms);
    }
    if (size >= sizeof(ms)) {
        memcpy(&ms, data, sizeof(ms));
        time_span(ms, span);
        if (strlen(span) < 2 || strlen(span) > 4) {
            fuzz_broken("a span does not fit");
        }
        time_format(ms, span);
        check_written(ms % 253402300799999);
    }
    free(text);
    return 0;
}
