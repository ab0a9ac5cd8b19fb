/* A measurement beside a peer in the same run: what is printed are ratios, because the seconds of
 * one machine say nothing about another. */
#ifndef PORTCULLIS_BENCH_BENCH_H
#define PORTCULLIS_BENCH_BENCH_H

/* Does the thing `times` times over. Returns something that depends on all of it, so that it cannot
 * be left out. */
typedef unsigned long bench_fn(void *ctx, unsigned times);

/* Runs ours and the peer by turns, takes the fastest of each, prints "name: ours ns, peer ns,
 * ratio". */
void bench_pair(const char *name, bench_fn *ours, const char *peer_name, bench_fn *peer, void *ctx,
                unsigned times);

#endif
