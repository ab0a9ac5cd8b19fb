/* Two things a person feels, beside a program they know: how long until the first screen stands,
 * and how long from a key to the first changed cell. The peer is tig where it is installed, else
 * less. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/sandbox.h"
#include "terminal/vt.h"

#include "base/banned.h"

#define STARTS 25
#define KEYS 400

struct program {
    const char *name;
    const char *const *argv;
    const char *const *env;
    const char *first; /* stands on the first whole screen */
    const char *ready; /* stands once keys move a row */
    const char *data;  /* of its first rows */
};

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static struct vt *open_program(const struct program *program)
{
    struct vt_options options = {.env = program->env};

    return vt_open(&options, program->argv);
}

/* vt_wait polls no faster than it has to; here every byte counts. */
static double start_once(const struct program *program, const char *text)
{
    double start = now_ms();
    struct vt *vt = open_program(program);

    while (vt_find(vt, text) < 0 && vt_pump(vt, 1000)) {
    }
    start = now_ms() - start;
    vt_close_reported(vt);
    return start;
}

static void keys(const struct program *program, double *out)
{
    struct vt *vt = open_program(program);

    vt_wait(vt, program->ready);
    vt_quiet(vt);
    for (int i = 0; i < KEYS; i++) {
        size_t before = vt_bytes(vt);
        double start = now_ms();

        vt_send(vt, i % 2 == 0 ? "j" : "k");
        while (vt_bytes(vt) == before && vt_pump(vt, 1000)) {
        }
        out[i] = now_ms() - start;
        vt_quiet(vt);
    }
    vt_close_reported(vt);
    qsort(out, KEYS, sizeof(*out), by_size);
}

static void compare(const char *what, double ours, const char *peer_name, double peer)
{
    printf("%-30s %8.2f ms   %-8s %8.2f ms   ratio %.2f\n", what, ours, peer_name, peer,
           ours / peer);
}

static void starts(const char *what, const struct program *ours, const char *our_text,
                   const struct program *peer, const char *peer_text)
{
    double times[2][STARTS];
    char *text;

    for (int i = 0; i < STARTS; i++) {
        times[0][i] = start_once(ours, our_text);
        times[1][i] = start_once(peer, peer_text);
    }
    qsort(times[0], STARTS, sizeof(double), by_size);
    qsort(times[1], STARTS, sizeof(double), by_size);
    text = xasprintf("start to %s, best", what);
    compare(text, times[0][0], peer->name, times[1][0]);
    free(text);
    text = xasprintf("start to %s, median", what);
    compare(text, times[0][STARTS / 2], peer->name, times[1][STARTS / 2]);
    free(text);
}

static void measure(const struct program *ours, const struct program *peer)
{
    double presses[2][KEYS];

    starts("first screen", ours, ours->first, peer, peer->first);
    starts("first rows", ours, ours->data, peer, peer->data);
    keys(ours, presses[0]);
    keys(peer, presses[1]);
    compare("key to changed cell, median", presses[0][KEYS / 2], peer->name, presses[1][KEYS / 2]);
    compare("key to changed cell, 99 %", presses[0][KEYS * 99 / 100], peer->name,
            presses[1][KEYS * 99 / 100]);
}

int main(void)
{
    static const char *const seed[] = {"--seed", "demo", NULL};
    static const char *const argv[] = {PORTCULLIS, NULL};
    static const char *const less_argv[] = {"/usr/bin/less", "-S", SOURCE "/README.md", NULL};
    static const char *const tig_argv[] = {"/usr/bin/tig", "-C", SOURCE, NULL};
    const struct program less = {"less", less_argv, NULL, "README.md", "README.md", "README.md"};
    const struct program tig = {"tig", tig_argv, NULL, "[main]", "[main]", "+0000"};
    struct sandbox_process *sandbox = sandbox_start(seed);
    char *url = xasprintf("PORTKEY_BASE_URL=%s", sandbox_base_url(sandbox));
    char *key = xasprintf("PORTKEY_API_KEY=%s", sandbox_admin_key(sandbox, 0));
    const char *const env[] = {url, key, NULL};
    const struct program ours = {"portcullis", argv,       env,
                                 "F1help",     "data <1m", "expires-this-week"};

    measure(&ours, access("/usr/bin/tig", X_OK) == 0 ? &tig : &less);
    free(url);
    free(key);
    return sandbox_stop(sandbox);
}
