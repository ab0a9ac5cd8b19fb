#include "ui/term_rescue.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#include "base/banned.h"

#define STACK_SIZE ((size_t)64 << 10)

/* How long a crash waits for an answer, in all at most. */
#define ANSWER_MS 300
#define READS_MAX 8

/* The last two are limits: whoever is past one may not come to read a signal any more. */
static const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE,  SIGILL, SIGABRT,
                              SIGTRAP, SIGSYS, SIGXCPU, SIGXFSZ};
#define SIGNAL_COUNT (sizeof(SIGNALS) / sizeof(SIGNALS[0]))

/* A handler can reach nothing else. */
static struct {
    char bytes[TERM_RESCUE_MAX];
    size_t len;
    struct termios settings;
    pid_t owner; /* a child that crashes before it runs its program leaves the terminal alone */
    volatile sig_atomic_t armed;
    volatile sig_atomic_t expecting;
    struct sigaction before[SIGNAL_COUNT];
    stack_t stack_before;
    char *stack;
} rescue;

/* The last answer ends in c; nothing that is typed at such a moment is worth more. */
static void take_answers(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char bytes[256];

    for (int i = 0; rescue.expecting && i < READS_MAX && poll(&input, 1, ANSWER_MS) > 0; i++) {
        ssize_t len = read(STDIN_FILENO, bytes, sizeof(bytes));

        if (len <= 0 || bytes[len - 1] == 'c') {
            break;
        }
    }
    rescue.expecting = 0;
}

static void give_back(void)
{
    struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
    size_t done = 0;
    int failed = 0;

    if (!rescue.armed || getpid() != rescue.owner) {
        return;
    }
    rescue.armed = 0;
    while (done < rescue.len) {
        ssize_t written = write(STDOUT_FILENO, rescue.bytes + done, rescue.len - done);

        if (written < 0 && errno == EAGAIN) {
            failed += poll(&room, 1, ANSWER_MS) <= 0;
        } else if (written < 0 && errno != EINTR) {
            failed++;
        }
        if (failed > 1) {
            break;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    take_answers();
    tcsetattr(STDIN_FILENO, TCSANOW, &rescue.settings);
}

static void on_crash(int signo, siginfo_t *info, void *context)
{
    int saved = errno;
    int fault = signo == SIGSEGV || signo == SIGBUS || signo == SIGFPE || signo == SIGILL;

    (void)context;
    give_back();
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        if (SIGNALS[i] == signo) {
            sigaction(signo, &rescue.before[i], NULL);
        }
    }
    /* The instruction that failed fails again, and what was there before us sees the true place.
     * All else has to be sent again; it arrives when this returns. */
    if (!fault || info->si_code <= 0) {
        raise(signo);
    }
    errno = saved;
}

void term_rescue_setup(const char *bytes, size_t len, const struct termios *settings)
{
    static int at_exit;
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    stack_t stack = {.ss_size = STACK_SIZE};

    rescue.len = len < sizeof(rescue.bytes) ? len : sizeof(rescue.bytes);
    memcpy(rescue.bytes, bytes, rescue.len);
    rescue.settings = *settings;
    rescue.owner = getpid();
    rescue.stack = malloc(STACK_SIZE);
    stack.ss_sp = rescue.stack;
    if (rescue.stack == NULL || sigaltstack(&stack, &rescue.stack_before) != 0) {
        free(rescue.stack);
        rescue.stack = NULL;
        action.sa_flags = SA_SIGINFO;
    }
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(SIGNALS[i], &action, &rescue.before[i]);
        /* What is ignored ends nothing: the terminal would be given back and the program go on. */
        if (rescue.before[i].sa_handler == SIG_IGN) {
            sigaction(SIGNALS[i], &rescue.before[i], NULL);
        }
    }
    /* A library that calls exit() ends us without a signal. */
    if (!at_exit) {
        at_exit = atexit(give_back) == 0;
    }
    die_after(give_back);
}

void term_rescue_arm(int ours)
{
    rescue.armed = ours;
}

void term_rescue_expect(int answers)
{
    rescue.expecting = answers;
}

void term_rescue_done(void)
{
    rescue.armed = 0;
    die_after(NULL);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(SIGNALS[i], &rescue.before[i], NULL);
    }
    if (rescue.stack != NULL) {
        sigaltstack(&rescue.stack_before, NULL);
        free(rescue.stack);
        rescue.stack = NULL;
    }
}
