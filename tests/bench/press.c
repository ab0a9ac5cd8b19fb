/* What one press of a cursor key costs, beside tig and less in the same run: bytes and write calls
 * to the terminal, the time that the program itself works, and how long until the last byte of the
 * answer is there. All programs are open at once and pressed by turns, so that whatever else the
 * machine does meets all of them; a ratio is the median of those of the single rounds.
 * BENCH_PRESSES changes their number. At last one in the list of people beside one in that of keys,
 * in an organisation of 5 000 workspaces; `bench_press people` does that alone. */
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

/* Down so many rows, up again as many: on one page, after a first step. */
#define WALK 6

enum figure { BYTES, WRITES, WORKED, LAST_BYTE, FIGURES };

static const char *const NAMES[FIGURES] = {"bytes", "write calls", "worked, ms", "last byte, ms"};

struct program {
    const char *name;
    const char *const *argv;
    const char *const *env;
    const char *ready; /* stands once keys move a row */
    const char *first; /* keys before the first press; "" for none */
    const char *read;  /* stands below once all is read; NULL: it stands already */
    struct vt *vt;
    double (*figures)[FIGURES]; /* a press each */
};

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* How long the program worked so far. */
static double worked_ms(const struct vt *vt)
{
    clockid_t clock;
    struct timespec at = {0};

    if (clock_getcpuclockid(vt_pid(vt), &clock) == 0) {
        clock_gettime(clock, &at);
    }
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* Calls that wrote, of whatever kind. */
static double writes_of(const struct vt *vt)
{
    char *path = xasprintf("/proc/%d/io", (int)vt_pid(vt));
    FILE *file = fopen(path, "re");
    char line[128];
    double count = 0;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "syscw:", 6) == 0) {
            count = strtod(line + 6, NULL);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    free(path);
    return count;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void press(struct program *program, const char *key, double out[FIGURES])
{
    struct vt *vt = program->vt;
    size_t bytes = vt_bytes(vt);
    double writes = writes_of(vt);
    double worked = worked_ms(vt);
    double start = now_ms();

    vt_send(vt, key);
    while (vt_bytes(vt) == bytes && vt_pump(vt, 1000)) {
    }
    vt_quiet(vt);
    out[BYTES] = (double)(vt_bytes(vt) - bytes);
    out[WRITES] = writes_of(vt) - writes;
    out[WORKED] = worked_ms(vt) - worked;
    out[LAST_BYTE] = vt_last_byte_ms(vt) - start;
}

static double at_rank(const struct program *program, enum figure figure, int count, int percent)
{
    double *values = xcalloc((size_t)count, sizeof(*values));
    double value;

    for (int i = 0; i < count; i++) {
        values[i] = program->figures[i][figure];
    }
    qsort(values, (size_t)count, sizeof(*values), by_size);
    value = values[count * percent / 100];
    free(values);
    return value;
}

static double pair_ratio(const struct program *ours, const struct program *peer, enum figure figure,
                         int count)
{
    double *values = xcalloc((size_t)count, sizeof(*values));
    double value;

    for (int i = 0; i < count; i++) {
        double other = peer->figures[i][figure];

        values[i] = other > 0 ? ours->figures[i][figure] / other : 0;
    }
    qsort(values, (size_t)count, sizeof(*values), by_size);
    value = values[count / 2];
    free(values);
    return value;
}

static void say(const struct program *programs, size_t count, int presses)
{
    for (int figure = 0; figure < FIGURES; figure++) {
        printf("  %-14s", NAMES[figure]);
        for (size_t i = 0; i < count; i++) {
            printf("  %s %.2f (p99 %.2f)", programs[i].name,
                   at_rank(&programs[i], (enum figure)figure, presses, 50),
                   at_rank(&programs[i], (enum figure)figure, presses, 99));
        }
        for (size_t i = 1; i < count; i++) {
            printf("  ratio to %s %.2f", programs[i].name,
                   pair_ratio(&programs[0], &programs[i], (enum figure)figure, presses));
        }
        printf("\n");
    }
    fflush(stdout);
}

static void measure(const char *what, int width, int height, struct program *programs, size_t count)
{
    const char *number = getenv("BENCH_PRESSES");
    int presses = number != NULL ? (int)strtol(number, NULL, 10) : 300;
    struct vt_options options = {.width = width, .height = height};

    printf("%s, %dx%d\n", what, width, height);
    for (size_t i = 0; i < count; i++) {
        options.env = programs[i].env;
        programs[i].figures = xcalloc((size_t)presses, sizeof(*programs[i].figures));
        programs[i].vt = vt_open(&options, programs[i].argv);
        vt_wait(programs[i].vt, programs[i].ready);
        vt_quiet(programs[i].vt);
        vt_send(programs[i].vt, programs[i].first);
        if (programs[i].read != NULL) {
            vt_wait(programs[i].vt, programs[i].read);
        }
        vt_quiet(programs[i].vt);
    }
    for (int round = 0; round < presses; round++) {
        for (size_t i = 0; i < count; i++) {
            press(&programs[i], round / WALK % 2 == 0 ? "j" : "k", programs[i].figures[round]);
        }
    }
    say(programs, count, presses);
    for (size_t i = 0; i < count; i++) {
        vt_close_reported(programs[i].vt);
        free(programs[i].figures);
    }
}

/* The people of many workspaces, and as many keys. */
static int people_beside_keys(void)
{
    static const char *const seed[] = {"--seed", "scale",  "--workspaces", "5000", "--users",
                                       "5000",   "--keys", "5000",         NULL};
    static const char *const argv[] = {PORTCULLIS, NULL};
    struct sandbox_process *sandbox = sandbox_start(seed);
    char *url = xasprintf("PORTKEY_BASE_URL=%s", sandbox_base_url(sandbox));
    char *key = xasprintf("PORTKEY_API_KEY=%s", sandbox_admin_key(sandbox, 0));
    const char *const env[] = {url, key, NULL};
    struct program programs[] = {
        {.name = "people",
         .argv = argv,
         .env = env,
         .ready = "data <1m",
         .first = "3j",
         .read = "people, read"},
        {.name = "keys",
         .argv = argv,
         .env = env,
         .ready = "data <1m",
         .first = "j",
         .read = "keys, read"},
    };

    measure("a cursor move at 5 000 workspaces", 80, 24, programs, 2);
    programs[0].first = "3wj";
    programs[1].first = "wj";
    measure("a cursor move at 5 000 workspaces, zoomed", 80, 24, programs, 2);
    programs[0].first = "3j";
    programs[1].first = "j";
    measure("a cursor move at 5 000 workspaces, with the side panes", 140, 40, programs, 2);
    free(url);
    free(key);
    return sandbox_stop(sandbox);
}

int main(int count_given, char **given)
{
    if (count_given > 1 && strcmp(given[1], "people") == 0) {
        return people_beside_keys();
    }

    static const char *const seed[] = {"--seed", "demo", NULL};
    static const char *const argv[] = {PORTCULLIS, NULL};
    static const char *const less_argv[] = {"/usr/bin/less", "-S", SOURCE "/README.md", NULL};
    static const char *const tig_argv[] = {"/usr/bin/tig", "-C", SOURCE, NULL};
    struct sandbox_process *sandbox = sandbox_start(seed);
    char *url = xasprintf("PORTKEY_BASE_URL=%s", sandbox_base_url(sandbox));
    char *key = xasprintf("PORTKEY_API_KEY=%s", sandbox_admin_key(sandbox, 0));
    const char *const env[] = {url, key, NULL};
    bool tig = access("/usr/bin/tig", X_OK) == 0;
    const struct program start[] = {
        {.name = "portcullis", .argv = argv, .env = env, .ready = "data <1m", .first = "j"},
        {.name = "less", .argv = less_argv, .ready = "README.md", .first = "j"},
        {.name = "tig", .argv = tig_argv, .ready = "[main]", .first = "j"},
    };
    struct program programs[3];
    size_t count = tig ? 3 : 2;

    memcpy(programs, start, sizeof(start));
    measure("a cursor move, with lines about the row below", 80, 24, programs, count);
    memcpy(programs, start, sizeof(start));
    programs[0].first = "wj";
    measure("a cursor move, zoomed", 80, 24, programs, count);
    memcpy(programs, start, sizeof(start));
    programs[0].first = "wj";
    measure("a cursor move, zoomed", 140, 40, programs, count);
    memcpy(programs, start, sizeof(start));
    measure("a cursor move with the side panes", 140, 40, programs, count);
    free(url);
    free(key);
    return sandbox_stop(sandbox) + people_beside_keys();
}
