#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

void fuzz_broken(const char *what)
{
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

char *fuzz_copy(const uint8_t *data, size_t size, int text)
{
    char *copy = xmalloc(size + (text ? 1 : 0));

    if (size > 0) {
        memcpy(copy, data, size);
    }
    if (text) {
        copy[size] = '\0';
    }
    return copy;
}
