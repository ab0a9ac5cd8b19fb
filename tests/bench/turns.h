/* What the probe in the program (turns_probe.c) and the benchmark (turns.c) share: a file that both
 * have mapped. */
#ifndef PORTCULLIS_BENCH_TURNS_H
#define PORTCULLIS_BENCH_TURNS_H

#include <stdatomic.h>

/* Its path is in this variable of the program's environment. */
#define TURNS_FILE "PORTCULLIS_BENCH_TURNS"
/* Turns by their length: so many buckets of so many microseconds, all longer ones in the last. */
#define TURNS_BUCKETS 400
#define TURNS_BUCKET_US 50

struct turns {
    _Atomic long longest_us; /* the processor's time, not the wall's */
    _Atomic long buckets[TURNS_BUCKETS];
};

#endif
