#include "app/commands/write_wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/app.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/testing.h"

#include "base/banned.h"

#define LEAVE_MS 30000
#define CHILD_MS 60000

struct write_wait {
    struct app *app;
    sigset_t ends, before;
    int fd; /* of the signals; -1: none */
    int watch;
    int timer;   /* half a minute since the first */
    int signals; /* that came once something was sent */
    int signo;   /* the first that came */
    bool late;
};

/* The open write, by whichever engine. */
struct view {
    bool none, settled, in_flight, handed, waits; /* waits: for its secret to be handed over */
};

static struct view view_of(const struct write_wait *wait)
{
    const struct write *write = session_write(wait->app->session);
    const struct operation *op = session_operation(wait->app->session);

    if (write != NULL) {
        return (struct view){.settled = write_settled(write),
                             .in_flight = write_in_flight(write),
                             .handed = write_is_handed(write),
                             .waits = write_secret_waits(write)};
    }
    if (op == NULL) {
        return (struct view){.none = true};
    }
    return (struct view){.settled = operation_settled(op),
                         .in_flight = operation_in_flight(op),
                         .handed = operation_is_handed(op),
                         .waits = operation_secret_waits(op)};
}

static void say_doing(const struct write_wait *wait, char *out, size_t size)
{
    const struct write *write = session_write(wait->app->session);

    if (write != NULL) {
        write_doing(write, out, size);
    } else {
        operation_doing(session_operation(wait->app->session), out, size);
    }
}

static void stop_reading(struct write_wait *wait)
{
    struct write *write = session_write(wait->app->session);

    if (write != NULL) {
        write_stop_reading(write);
    } else {
        operation_stop_reading(session_operation(wait->app->session));
    }
}

static void on_late(void *ctx)
{
    struct write_wait *wait = ctx;

    wait->timer = 0;
    wait->late = true;
}

/* Nothing was sent: the signal does what it does to any program. */
static void die_of_it(struct write_wait *wait)
{
    signal(wait->signo, SIG_DFL);
    sigprocmask(SIG_SETMASK, &wait->before, NULL);
    raise(wait->signo);
}

static void say(const struct write_wait *wait)
{
    char doing[400];

    say_doing(wait, doing, sizeof(doing));
    wait->app->on_say(wait->app->front, true, doing);
    fputs("portcullis: waiting for its end, half a minute at most. Once more ends at once; then "
          "nobody knows what became of it.\n",
          stderr);
}

static void take_signal(struct write_wait *wait)
{
    struct view view = view_of(wait);
    struct signalfd_siginfo info;

    if (read(wait->fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
        return;
    }
    wait->signo = (int)info.ssi_signo;
    if (wait->signals == 0 && !view.in_flight) {
        die_of_it(wait);
        return;
    }
    wait->signals++;
    if (wait->signals == 1 && !view.none && !view.settled && !view.handed) {
        say(wait);
        wait->timer = loop_timer(wait->app->loop, testing_ms(LEAVE_MS), on_late, wait);
    }
}

static void on_signal(void *ctx, short revents)
{
    (void)revents;
    take_signal(ctx);
}

struct write_wait *write_wait_new(struct app *app)
{
    struct write_wait *wait = xcalloc(1, sizeof(*wait));

    wait->app = app;
    sigemptyset(&wait->ends);
    sigaddset(&wait->ends, SIGINT);
    sigaddset(&wait->ends, SIGTERM);
    sigaddset(&wait->ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &wait->ends, &wait->before);
    wait->fd = signalfd(-1, &wait->ends, SFD_NONBLOCK | SFD_CLOEXEC);
    if (wait->fd >= 0) {
        wait->watch = loop_watch(app->loop, wait->fd, POLLIN, LOOP_SIGNALS, on_signal, wait);
    }
    return wait;
}

void write_wait_free(struct write_wait *wait)
{
    struct timespec none = {0, 0};

    loop_untimer(wait->app->loop, wait->timer);
    if (wait->fd >= 0) {
        loop_unwatch(wait->app->loop, wait->watch);
        close(wait->fd);
    }
    while (sigtimedwait(&wait->ends, NULL, &none) > 0) {
    }
    sigprocmask(SIG_SETMASK, &wait->before, NULL);
    free(wait);
}

static bool is_over(void *ctx)
{
    const struct write_wait *wait = ctx;
    struct view view = view_of(wait);

    return view.none || view.settled || view.waits || wait->signals > 1 || wait->late ||
           (wait->signals > 0 && view.handed) ||
           (!view.in_flight && app_asked_to_wait(wait->app, NULL));
}

bool write_wait_run(struct write_wait *wait, struct err *err)
{
    struct view view;
    char doing[400];

    app_wait(wait->app, is_over, wait);
    view = view_of(wait);
    if (view.none || view.settled || view.waits) {
        return true;
    }
    if (view.handed) {
        stop_reading(wait);
        return true;
    }
    if (wait->signals > 1 || wait->late) {
        say_doing(wait, doing, sizeof(doing));
        return err_set(err, ERR_UNKNOWN,
                       "OUTCOME UNKNOWN: it was sent, and the wait for its end was broken off. %s, "
                       "as far as is known here. What was sent stands in the journal; to find out: "
                       "portcullis --profile %s pending --look",
                       doing, session_profile_name(wait->app->session));
    }
    (void)app_asked_to_wait(wait->app, err);
    err_prefix(err, "Nothing was sent");
    return false;
}

/* The key is made; a first signal says what is waited for, a second ends that. */
static bool wait_for(struct write_wait *wait, struct pollfd file, int limit_ms, const char *words)
{
    struct pollfd files[] = {file, {.fd = wait->fd, .events = POLLIN}};
    int64_t end = clock_mono_ms() + limit_ms;
    bool told = false;

    for (;;) {
        int64_t left = limit_ms < 0 ? -1 : end - clock_mono_ms();
        int got = limit_ms >= 0 && left <= 0 ? 0 : poll(files, 2, (int)left);

        if (got > 0 && files[0].revents != 0) {
            return true;
        }
        if (got > 0 && files[1].revents != 0) {
            take_signal(wait);
        }
        if (wait->signals > 1 || got == 0) {
            return false;
        }
        if (wait->signals == 1 && !told) {
            told = true;
            fprintf(stderr,
                    "portcullis: The key is made, and %s. Once more ends at once; then the secret "
                    "is lost.\n",
                    words);
        }
        if (got < 0 && errno != EINTR) {
            return true;
        }
    }
}

bool write_wait_room(struct write_wait *wait, int fd)
{
    return wait_for(wait, (struct pollfd){.fd = fd, .events = POLLOUT}, -1,
                    "standard output does not take its secret");
}

bool write_wait_child(struct write_wait *wait, int pidfd)
{
    return wait_for(wait, (struct pollfd){.fd = pidfd, .events = POLLIN}, CHILD_MS,
                    "the program that is to keep its secret has not ended");
}
