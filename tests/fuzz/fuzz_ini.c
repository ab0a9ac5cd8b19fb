/* A profile file of any bytes: it is read or refused with a line, and what was read is written so
 * that it reads the same. */
#include <stdlib.h>
#include <string.h>

#include "app/profile_file.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void check_written(const struct profile *profile)
{
    struct profile *again = profile_new("fuzz");
    struct err err = {0};
    struct buf first;
    struct buf second;

    buf_init(&first, 0);
    buf_init(&second, 0);
    profile_write(profile, &first);
    if (!profile_parse(first.data, first.len, again, &err)) {
        fuzz_broken("what was written cannot be read");
    }
    profile_write(again, &second);
    if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0) {
        fuzz_broken("a profile changes by being written");
    }
    buf_done(&first);
    buf_done(&second);
    profile_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size, 0);
    struct profile *profile = profile_new("fuzz");
    struct err err = {0};

    if (!profile_parse(text, size, profile, &err)) {
        if (err.kind != ERR_INVALID || strncmp(err.text, "line ", 5) != 0) {
            fuzz_broken("refused without a line");
        }
    } else if (profile_check(profile, &err)) {
        check_written(profile);
    }
    profile_free(profile);
    free(text);
    return 0;
}
