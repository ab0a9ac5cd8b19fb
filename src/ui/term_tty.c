#include "ui/term_tty.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "ui/term.h"

#include "base/banned.h"

/* Those that mean something here, and all whose usual action ends a program on the spot. */
static const int SIGNALS[] = {SIGTERM, SIGHUP,  SIGINT,    SIGQUIT, SIGWINCH,
                              SIGTSTP, SIGCONT, SIGUSR1,   SIGUSR2, SIGALRM,
                              SIGPROF, SIGPOLL, SIGVTALRM, SIGPWR,  SIGSTKFLT};
#define SIGNAL_COUNT (sizeof(SIGNALS) / sizeof(SIGNALS[0]))

static sigset_t our_signals(void)
{
    sigset_t ours;

    sigemptyset(&ours);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        sigaddset(&ours, SIGNALS[i]);
    }
    for (int signo = SIGRTMIN; signo <= SIGRTMAX; signo++) {
        sigaddset(&ours, signo);
    }
    return ours;
}

void term_tty_send(const char *bytes, size_t len)
{
    size_t done = 0;
    int failed = 0;

    while (done < len) {
        ssize_t written = write(STDOUT_FILENO, bytes + done, len - done);

        if (written > 0) {
            done += (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

            poll(&room, 1, -1);
        } else if (written == 0 || errno != EINTR) {
            /* What is lost here is missing on the screen, or the terminal is not given back. One
             * that is gone fails again. */
            if (++failed > 1) {
                return;
            }
        }
    }
}

void term_tty_sends(const char *text)
{
    term_tty_send(text, strlen(text));
}

int term_tty_block_signals(sigset_t *mask, struct sigaction *stop)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t ours = our_signals();

    sigprocmask(SIG_BLOCK, &ours, mask);
    /* Blocked it reaches us even so; ignored it cannot stop us while it is unblocked elsewhere. */
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGTSTP, &ignore, stop);
    return signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
}

void term_tty_unblock_signals(int fd, const sigset_t *mask, const struct sigaction *stop)
{
    close(fd);
    sigaction(SIGTSTP, stop, NULL);
    sigprocmask(SIG_SETMASK, mask, NULL);
}

bool term_tty_inside_tmux(void)
{
    const char *tmux = getenv("TMUX");

    return tmux != NULL && tmux[0] != '\0';
}

void term_tty_stop_job(void)
{
    const struct timespec now = {0, 0};
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction before;
    sigset_t stop, go_on;

    sigemptyset(&usual.sa_mask);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigemptyset(&go_on);
    sigaddset(&go_on, SIGCONT);
    sigaction(SIGTSTP, &usual, &before);
    /* The whole job, as the key of the terminal would: a shell script around us has to stop too.
     * Where nobody could wake us (no job control) the kernel drops it. */
    kill(0, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    sigaction(SIGTSTP, &before, NULL);
    /* We know that we go on. */
    while (sigtimedwait(&go_on, NULL, &now) > 0) {
    }
}

void term_end_by(int signo)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct termios settings;
    sigset_t one;

    if (signo == 0) {
        return;
    }
    if (signo == SIGHUP && tcgetattr(STDIN_FILENO, &settings) != 0) {
        exit(128 + SIGHUP);
    }
    sigemptyset(&usual.sa_mask);
    sigemptyset(&one);
    sigaddset(&one, signo);
    sigaction(signo, &usual, NULL);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    raise(signo);
}
