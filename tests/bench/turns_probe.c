/* Loaded into the program before all others (LD_PRELOAD): how long the processor works between two
 * waits of its loop. The program knows nothing of it. With PORTCULLIS_BENCH_TRACE=MICROSECONDS it
 * writes on stderr where a turn is that works longer. */
#include <curl/curl.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench/turns.h"

#define FRAMES 40

static struct turns *turns;
static int64_t began_ns = -1;
static timer_t timer;
static int64_t trace_us;
static int trace_fd;

static int64_t worked_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void on_long(int signo)
{
    void *frames[FRAMES];
    int count;

    (void)signo;
    if (worked_ns() - began_ns < trace_us * 700) {
        return; /* others had the processor */
    }
    count = backtrace(frames, FRAMES);
    backtrace_symbols_fd(frames, count, trace_fd);
    (void)!write(trace_fd, "--\n", 3);
}

static void start_trace(const char *text)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGURG};
    const char *file = getenv("PORTCULLIS_BENCH_TRACE_FILE");
    void *frames[1];

    trace_us = strtol(text, NULL, 10);
    trace_fd =
        open(file == NULL ? "/dev/stderr" : file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    backtrace(frames, 1); /* loads what it needs, which no handler may do */
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
        trace_us = 0;
    }
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv(TURNS_FILE);
    const char *trace = getenv("PORTCULLIS_BENCH_TRACE");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *mapped;

    if (fd < 0) {
        return;
    }
    mapped = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED) {
        turns = mapped;
    }
    if (trace != NULL) {
        start_trace(trace);
    }
}

static void arm(int64_t us)
{
    struct sigaction action = {.sa_handler = on_long, .sa_flags = SA_RESTART};
    struct itimerspec after = {
        .it_value = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000}};

    if (trace_us > 0) {
        /* SIGURG: the program takes most others for itself. */
        sigaction(SIGURG, &action, NULL);
        timer_settime(timer, 0, &after, NULL);
    }
}

static void count(int64_t ns)
{
    long us = (long)(ns / 1000);
    long bucket = us / TURNS_BUCKET_US;

    turns->buckets[bucket < TURNS_BUCKETS ? bucket : TURNS_BUCKETS - 1]++;
    if (us > turns->longest_us) {
        turns->longest_us = us;
    }
}

/* The one place where the loop waits. */
CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned number, int ms, int *out)
{
    static CURLMcode (*real)(CURLM *, struct curl_waitfd[], unsigned, int, int *);
    CURLMcode code;

    if (real == NULL) {
        void *found = dlsym(RTLD_NEXT, "curl_multi_poll");

        memcpy(&real, &found, sizeof(real));
    }
    arm(0);
    if (turns != NULL && began_ns >= 0) {
        count(worked_ns() - began_ns);
    }
    code = real(multi, fds, number, ms, out);
    began_ns = worked_ns();
    arm(trace_us);
    return code;
}
