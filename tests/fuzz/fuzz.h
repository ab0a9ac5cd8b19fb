/* What every fuzz target offers: libFuzzer calls these two, and so does replay.c, which feeds a
 * target its corpus under any compiler. A target aborts when an invariant is broken. */
#ifndef PORTCULLIS_FUZZ_FUZZ_H
#define PORTCULLIS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run with the sentence; never compiled out, as an assert could be. */
_Noreturn void fuzz_broken(const char *what);
/* A copy of the input in a block of exactly its size, so that reading past it is seen, with a NUL
 * behind it when `text`. The caller frees it. */
char *fuzz_copy(const uint8_t *data, size_t size, int text);

#endif
