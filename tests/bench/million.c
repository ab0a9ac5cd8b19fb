/* What a person feels with a million keys held: how long they take to come and what they take in
 * memory; a key press while they come, while a refresh hangs on a server that is stopped, and in
 * peace; how often the program wakes when nothing happens. The peer is less on as many lines. Where
 * others use the processors, the time that the program itself worked tells more than the wall.
 * BENCH_KEYS changes the number, BENCH_IDLE the seconds of peace. */
#include <signal.h>
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

#define PRESSES 400
#define FIRST_ROW 4 /* of the table */
#define LAST_ROW 15

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

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* "VmRSS" in KiB, "voluntary_ctxt_switches", .. of /proc/PID/status; -1: it is not told. */
static long status_of(pid_t pid, const char *name)
{
    char *path = xasprintf("/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    char line[256];
    long value = -1;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            value = strtol(line + strlen(name) + 1, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    free(path);
    return value;
}

static void wait_for(struct vt *vt, const char *text)
{
    while (vt_find(vt, text) < 0) {
        if (!vt_pump(vt, 1000) && vt_pid(vt) <= 0) {
            die("the program ended.");
        }
    }
}

static void wait_gone(struct vt *vt, const char *text)
{
    while (vt_find(vt, text) >= 0) {
        vt_pump(vt, 1000);
    }
}

/* -- a key press -- */

struct times {
    double wall[PRESSES], worked[PRESSES];
};

static void sort_times(struct times *times)
{
    qsort(times->wall, PRESSES, sizeof(double), by_size);
    qsort(times->worked, PRESSES, sizeof(double), by_size);
}

/* The row under the cursor of the table; -1: none. */
static int selected_row(struct vt *vt)
{
    for (int row = FIRST_ROW; row <= LAST_ROW; row++) {
        if (vt_cell(vt, 4, row).attrs.reverse) {
            return row;
        }
    }
    return -1;
}

/* Down and up by turns, each until the row under the cursor is another: what the load paints
 * meanwhile does not count. */
static void press(struct vt *vt, struct times *out)
{
    for (int i = 0; i < PRESSES; i++) {
        int before = selected_row(vt);
        double worked = worked_ms(vt);
        double start = now_ms();

        vt_send(vt, i % 2 == 0 ? "j" : "k");
        while (selected_row(vt) == before) {
            vt_pump(vt, 1000);
        }
        /* One write shows it: the byte that was read last is its last. */
        out->wall[i] = vt_last_byte_ms(vt) - start;
        out->worked[i] = worked_ms(vt) - worked;
        /* Not in step with what the program does. */
        for (double until = now_ms() + 2 + i % 7; now_ms() < until;) {
            vt_pump(vt, 1);
        }
    }
    sort_times(out);
}

static void press_less(struct vt *vt, struct times *out)
{
    for (int i = 0; i < PRESSES; i++) {
        size_t before = vt_bytes(vt);
        double worked = worked_ms(vt);
        double start = now_ms();

        vt_send(vt, i % 2 == 0 ? "j" : "k");
        while (vt_bytes(vt) == before) {
            vt_pump(vt, 1000);
        }
        out->worked[i] = worked_ms(vt) - worked;
        vt_quiet(vt);
        out->wall[i] = vt_last_byte_ms(vt) - start;
    }
    sort_times(out);
}

static void say(const char *when, const struct times *ours, const struct times *peer)
{
    int last = PRESSES * 99 / 100;

    printf("key, %-26s median %6.2f  99 %% %6.2f ms  (worked %5.2f, %5.2f)   less %5.2f, %5.2f "
           "(%4.2f, %4.2f)   ratio %.2f\n",
           when, ours->wall[PRESSES / 2], ours->wall[last], ours->worked[PRESSES / 2],
           ours->worked[last], peer->wall[PRESSES / 2], peer->wall[last], peer->worked[PRESSES / 2],
           peer->worked[last], ours->wall[last] / peer->wall[last]);
    fflush(stdout);
}

/* -- the peer -- */

static void measure_less(unsigned long keys, struct times *out)
{
    char path[] = "/tmp/portcullis-bench-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (file == NULL) {
        die("there is no file for the lines of less.");
    }
    for (unsigned long i = 0; i < keys; i++) {
        fprintf(file, "key-%07lu  WS workspace-%05lu  User %05lu  ZX*****kRw never 91 active\n", i,
                i % 1000, i % 5000);
    }
    fclose(file);
    const char *const argv[] = {"/usr/bin/less", "-S", path, NULL};
    struct vt *vt = vt_open(&(struct vt_options){0}, argv);

    vt_wait(vt, "key-0000000");
    press_less(vt, out);
    vt_close_reported(vt);
    unlink(path);
}

/* -- ours -- */

static void measure_idle(struct vt *vt)
{
    const char *number = getenv("BENCH_IDLE");
    double seconds = number != NULL ? strtod(number, NULL) : 120;
    pid_t pid = vt_pid(vt);
    long before;

    vt_quiet(vt);
    before = status_of(pid, "voluntary_ctxt_switches");
    for (double until = now_ms() + seconds * 1e3; now_ms() < until;) {
        vt_pump(vt, 1000);
    }
    printf("idle                          %.1f wake-ups a minute\n",
           (double)(status_of(pid, "voluntary_ctxt_switches") - before) * 60 / seconds);
    fflush(stdout);
}

static void measure(const struct sandbox_process *sandbox, const char *const *env,
                    unsigned long keys, const struct times *peer)
{
    static const char *const argv[] = {PORTCULLIS, NULL};
    struct vt *vt = vt_open(&(struct vt_options){.env = env}, argv);
    char *all = xasprintf("%lu keys", keys);
    struct times times;
    double start = now_ms();
    long empty;

    wait_for(vt, "F1help");
    empty = status_of(vt_pid(vt), "VmRSS");
    vt_send(vt, "4");
    wait_for(vt, "key-");
    while (selected_row(vt) < 0) {
        vt_pump(vt, 100);
    }
    press(vt, &times);
    say("the first load runs", &times, peer);
    wait_gone(vt, "loading");
    wait_for(vt, all);
    printf("%lu keys in %.1f s, %.0f bytes a key resident\n", keys, (now_ms() - start) / 1e3,
           (double)(status_of(vt_pid(vt), "VmRSS") - empty) * 1024 / (double)keys);
    vt_quiet(vt);
    press(vt, &times);
    say("all held, nothing runs", &times, peer);
    measure_idle(vt);
    vt_send(vt, "r");
    wait_for(vt, "refreshing keys");
    press(vt, &times);
    say("all held, a refresh runs", &times, peer);
    kill(sandbox_pid(sandbox), SIGSTOP);
    press(vt, &times);
    say("all held, server stalled", &times, peer);
    kill(sandbox_pid(sandbox), SIGCONT);
    vt_close_reported(vt);
    free(all);
}

int main(void)
{
    const char *number = getenv("BENCH_KEYS");
    unsigned long keys = number != NULL ? strtoul(number, NULL, 10) : 1000000;
    char *count = xasprintf("%lu", keys);
    const char *const seed[] = {"--seed", "scale",  "--workspaces", "1000", "--users",
                                "5000",   "--keys", count,          NULL};
    struct times peer;
    struct sandbox_process *sandbox = sandbox_start(seed);
    char *url = xasprintf("PORTKEY_BASE_URL=%s", sandbox_base_url(sandbox));
    char *key = xasprintf("PORTKEY_API_KEY=%s", sandbox_admin_key(sandbox, 0));
    const char *const env[] = {url, key, NULL};

    measure_less(keys, &peer);
    measure(sandbox, env, keys, &peer);
    free(url);
    free(key);
    free(count);
    return sandbox_stop(sandbox);
}
