/* The end of the console: what was sent goes on to its end, and the terminal says what became of
 * it, since the screen that would have said it is gone. */
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/console_internal.h"

#include "base/banned.h"

struct wait {
    struct console *console;
    int fd; /* of the signals; -1: none */
    bool interrupted;
};

static void on_signal(void *ctx, short revents)
{
    struct wait *wait = ctx;
    struct signalfd_siginfo info;

    (void)revents;
    if (read(wait->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        wait->interrupted = true;
    }
}

static bool over(void *ctx)
{
    const struct wait *wait = ctx;

    return wait->interrupted || !session_writes_pending(wait->console->app->session);
}

static void set_of_ends(sigset_t *ends)
{
    sigemptyset(ends);
    sigaddset(ends, SIGINT);
    sigaddset(ends, SIGTERM);
    sigaddset(ends, SIGQUIT);
    sigaddset(ends, SIGHUP);
}

void console_hold_signals(struct console *console)
{
    sigset_t ends;

    set_of_ends(&ends);
    sigprocmask(SIG_BLOCK, &ends, &console->mask_before);
}

void console_let_signals(struct console *console)
{
    sigprocmask(SIG_SETMASK, &console->mask_before, NULL);
}

/* False when a signal ended the wait. */
static bool wait_for_writes(struct console *console)
{
    struct wait wait = {.console = console};
    sigset_t ends;
    int watch = 0;

    set_of_ends(&ends);
    wait.fd = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
    if (wait.fd >= 0) {
        watch = loop_watch(console->app->loop, wait.fd, POLLIN, LOOP_SIGNALS, on_signal, &wait);
    }
    app_wait(console->app, over, &wait);
    if (wait.fd >= 0) {
        loop_unwatch(console->app->loop, watch);
        close(wait.fd);
    }
    return !wait.interrupted;
}

static void say_how_to_find_out(const struct session *session)
{
    fprintf(stderr,
            "portcullis: What was sent stands in the journal. To find out: portcullis --profile %s "
            "pending --look\n",
            session_profile_name(session));
}

int console_finish_writes(struct console *console)
{
    struct session *session = console->app->session;
    const struct session_result *result = session_result(session);
    bool ended = true;

    session_close_operation(session);
    if (session_writes_pending(session)) {
        fprintf(stderr,
                "portcullis: %s: waiting for its end, half a minute at most. Ctrl-C ends at once; "
                "then nobody knows what became of it.\n",
                session_writing(session));
        ended = wait_for_writes(console);
    }
    if (!ended) {
        fprintf(
            stderr,
            "portcullis: OUTCOME UNKNOWN: it was sent, and the wait for its end was broken off. "
            "%s, as far as is known here.\n",
            session_writing(session));
    } else if (result->text[0] != '\0') {
        fprintf(stderr, "portcullis: %s\n", result->text);
    }
    if (ended && !result->unknown) {
        return EXIT_DONE;
    }
    say_how_to_find_out(session);
    return EXIT_UNKNOWN;
}
