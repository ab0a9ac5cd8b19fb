#include "bench/bench.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/banned.h"

#define ROUNDS 15

static volatile unsigned long sink;

static double measure(bench_fn *fn, void *ctx, unsigned times)
{
    struct timespec start;
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &start);
    sink += fn(ctx, times);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
           times;
}

void bench_pair(const char *name, bench_fn *ours, const char *peer_name, bench_fn *peer, void *ctx,
                unsigned times)
{
    double best = 0;
    double best_peer = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double now = measure(ours, ctx, times);
        double now_peer = measure(peer, ctx, times);

        best = round == 0 || now < best ? now : best;
        best_peer = round == 0 || now_peer < best_peer ? now_peer : best_peer;
    }
    printf("%-28s %9.1f ns   %-22s %9.1f ns   ratio %.2f\n", name, best, peer_name, best_peer,
           best / best_peer);
}
