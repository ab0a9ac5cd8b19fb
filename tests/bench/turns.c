/* The longest turn of the console's loop, in the processor's own time, while a million keys come,
 * are sorted, filtered and read again, and old ones are given back: what a key that is pressed just
 * then waits for at most. BENCH_KEYS changes the number, BENCH_TRACE=FILE writes where the turns
 * are that take longer than two milliseconds. */
#include "bench/turns.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/sandbox.h"
#include "terminal/vt.h"

#include "base/banned.h"

static struct turns *map_turns(char *path)
{
    int fd = mkstemp(path);
    void *mapped = MAP_FAILED;

    if (fd >= 0 && ftruncate(fd, sizeof(struct turns)) == 0) {
        mapped = mmap(NULL, sizeof(struct turns), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (mapped == MAP_FAILED) {
        die("there is no file to count turns in.");
    }
    close(fd);
    return mapped;
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void wait_for(struct vt *vt, const char *text)
{
    while (vt_find(vt, text) < 0 && vt_pump(vt, 1000)) {
    }
}

/* A key now and then meets the work. */
static void press_for(struct vt *vt, double ms)
{
    for (double end = now_ms() + ms; now_ms() < end;) {
        vt_send(vt, "jk");
        vt_pump(vt, 30);
    }
}

static void say(const char *what, struct turns *turns)
{
    long all = 0, over = 0, seen = 0;
    int at = TURNS_BUCKETS - 1;

    for (int i = 0; i < TURNS_BUCKETS; i++) {
        all += turns->buckets[i];
        over += i * TURNS_BUCKET_US >= 2000 ? turns->buckets[i] : 0;
    }
    while (at > 0 && seen + turns->buckets[at] <= all / 1000) {
        seen += turns->buckets[at--];
    }
    printf("%-34s %8ld turns, longest %6.2f ms, 99.9 %% %5.2f ms, %ld of 2 ms and more\n", what,
           all, (double)turns->longest_us / 1e3, (double)((at + 1) * TURNS_BUCKET_US) / 1e3, over);
    fflush(stdout);
    memset(turns, 0, sizeof(*turns));
}

/* As a person types. */
static void type(struct vt *vt, const char *text)
{
    for (; *text != '\0'; text++) {
        vt_send_bytes(vt, text, 1);
        vt_quiet(vt);
    }
}

static void load(struct vt *vt, const char *all)
{
    vt_send(vt, "4");
    while (vt_find(vt, "loading") < 0 && vt_find(vt, all) < 0) {
        press_for(vt, 100);
    }
    while (vt_find(vt, "loading") >= 0 || vt_find(vt, all) < 0) {
        press_for(vt, 100);
    }
    vt_quiet(vt);
}

static void refresh(struct vt *vt, bool stop)
{
    vt_send(vt, "r");
    wait_for(vt, "refreshing keys");
    if (stop) {
        press_for(vt, 2000);
        type(vt, "\033");
    }
    while (vt_find(vt, "refreshing") >= 0) {
        press_for(vt, 100);
    }
    press_for(vt, 3000);
    vt_quiet(vt);
}

static void measure(const char *const *env, unsigned long keys, struct turns *turns)
{
    static const char *const argv[] = {PORTCULLIS, NULL};
    struct vt *vt = vt_open(&(struct vt_options){.env = env}, argv);
    char *all = xasprintf("%lu keys", keys);

    wait_for(vt, "F1help");
    memset(turns, 0, sizeof(*turns));
    load(vt, all);
    say("load", turns);
    type(vt, ":sort name\r");
    press_for(vt, 3000);
    vt_quiet(vt);
    say("sort by name", turns);
    type(vt, "/key 99\r");
    press_for(vt, 1000);
    vt_quiet(vt);
    type(vt, "\033");
    press_for(vt, 1000);
    vt_quiet(vt);
    say("filter, and without it again", turns);
    refresh(vt, false);
    say("refresh, swap, the old given back", turns);
    refresh(vt, true);
    say("refresh, stopped by Esc", turns);
    vt_close_reported(vt);
    free(all);
}

int main(void)
{
    const char *number = getenv("BENCH_KEYS");
    const char *trace = getenv("BENCH_TRACE");
    unsigned long keys = number != NULL ? strtoul(number, NULL, 10) : 1000000;
    char path[] = "/tmp/portcullis-turns-XXXXXX";
    struct turns *turns = map_turns(path);
    char *count = xasprintf("%lu", keys);
    const char *const seed[] = {"--seed", "scale",  "--workspaces", "1000", "--users",
                                "5000",   "--keys", count,          NULL};
    struct sandbox_process *sandbox = sandbox_start(seed);
    char *url = xasprintf("PORTKEY_BASE_URL=%s", sandbox_base_url(sandbox));
    char *key = xasprintf("PORTKEY_API_KEY=%s", sandbox_admin_key(sandbox, 0));
    char *file = xasprintf(TURNS_FILE "=%s", path);
    char *where = xasprintf("PORTCULLIS_BENCH_TRACE_FILE=%s", trace == NULL ? "" : trace);
    const char *const env[] = {url,   key,
                               file,  "LD_PRELOAD=" TURNS_PROBE,
                               where, trace == NULL ? NULL : "PORTCULLIS_BENCH_TRACE=2000",
                               NULL};

    measure(env, keys, turns);
    munmap(turns, sizeof(*turns));
    unlink(path);
    free(url);
    free(key);
    free(file);
    free(where);
    free(count);
    return sandbox_stop(sandbox);
}
