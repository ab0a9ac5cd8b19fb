/* The terminal is given back whatever happens: a normal end, a signal, a crash, ^Z, a program that
 * borrows it, a terminal that goes away. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "terminal/vt.h"

#include "base/banned.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* The crash itself is looked at here, not what a sanitizer makes of it. */
#define NO_HANDLERS                                                                                \
    "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_sigtrap=0:handle_abort=" \
    "0"

static struct vt *open_show(const char *asan, const char *term)
{
    struct vt_options options = {.asan = asan, .term = term};
    static const char *const argv[] = {SHOW, NULL};
    struct vt *vt = vt_open(&options, argv);
    struct termios modes;

    vt_wait(vt, "foot");
    vt_quiet(vt);
    vt_modes(vt, &modes);
    vt_assert(vt, (modes.c_lflag & (ICANON | ECHO | ISIG)) == 0);
    return vt;
}

static void check_sane(struct vt *vt)
{
    int x, y;

    vt_assert(vt, !vt_alternate(vt));
    vt_assert(vt, vt_cursor(vt, &x, &y));
    vt_assert(vt, vt_modes_restored(vt));
    /* The pastes and clicks of the next program are its own affair. */
    vt_assert(vt, vt_sent(vt, 0, "\033[?2004l"));
    vt_assert(vt, vt_keys_are_plain(vt));
    vt_assert(vt, vt_find(vt, "size ") < 0);
}

static void ends_by(struct vt *vt, int signo)
{
    int status = vt_wait_end(vt);

    vt_assert(vt, WIFSIGNALED(status) && WTERMSIG(status) == signo);
    check_sane(vt);
    vt_close(vt);
}

static void test_quit(void **state)
{
    struct vt *vt = open_show(NULL, NULL);

    (void)state;
    vt_send(vt, "q");
    vt_assert(vt, vt_wait_end(vt) == 0);
    check_sane(vt);
    vt_close(vt);
}

static void test_signals(void **state)
{
    const int signals[] = {SIGTERM, SIGHUP, SIGINT,  SIGQUIT,   SIGUSR1, SIGUSR2,  SIGALRM,
                           SIGPROF, SIGPWR, SIGPOLL, SIGVTALRM, SIGXCPU, SIGRTMIN, SIGXFSZ};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct vt *vt = open_show(NULL, NULL);

        kill(vt_pid(vt), signals[i]);
        ends_by(vt, signals[i]);
    }
}

/* The program ignores what is an error of write to it: then nothing is given back, for it goes on.
 */
static void test_ignored_signals(void **state)
{
    struct vt *vt;

    (void)state;
    signal(SIGXFSZ, SIG_IGN); /* what is started inherits it */
    vt = open_show(NULL, NULL);
    signal(SIGXFSZ, SIG_DFL);
    kill(vt_pid(vt), SIGXFSZ);
    vt_quiet(vt);
    vt_assert(vt, vt_alternate(vt) && !vt_modes_restored(vt));
    vt_send(vt, "q");
    vt_assert(vt, vt_wait_end(vt) == 0);
    check_sane(vt);
    vt_close(vt);
}

static void test_keys_that_end(void **state)
{
    struct vt *vt = open_show(NULL, NULL);

    (void)state;
    vt_send(vt, "\003");
    ends_by(vt, SIGINT);
    vt = open_show(NULL, NULL);
    vt_send(vt, "\034");
    ends_by(vt, SIGQUIT);
}

static void crash(const char *how, int signo, const char *term)
{
    struct vt *vt = open_show(NO_HANDLERS, term);

    vt_send(vt, how);
    ends_by(vt, signo);
}

static void test_crashes(void **state)
{
    (void)state;
    crash("S", SIGSEGV, NULL);
    crash("O", SIGSEGV, NULL); /* a full stack */
    crash("A", SIGABRT, NULL);
    crash("I", SIGILL, NULL);
    crash("T", SIGTRAP, NULL);
    crash("F", SIGFPE, NULL);
    crash("U", SIGBUS, NULL);
}

/* What ends the program by itself can be read, below the prompt that comes next. */
static void test_die(void **state)
{
    struct vt *vt = open_show(NO_HANDLERS, NULL);
    int status;

    (void)state;
    vt_send(vt, "D");
    status = vt_wait_end(vt);
    vt_assert(vt, WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    check_sane(vt);
    vt_assert(vt, vt_find(vt, "portcullis: the test wants it so.") >= 0);
    vt_close(vt);
}

/* Without a second screen too nothing of ours is left. */
static void test_crash_on_one_screen(void **state)
{
    (void)state;
    crash("S", SIGSEGV, "linux");
    crash("A", SIGABRT, "vt100");
}

/* Sent from outside, where no instruction fails. */
static void test_crash_signals(void **state)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGSYS};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct vt *vt = open_show(NO_HANDLERS, NULL);

        kill(vt_pid(vt), signals[i]);
        ends_by(vt, signals[i]);
    }
}

static void test_exit_inside(void **state)
{
    struct vt *vt = open_show("detect_leaks=0", NULL);

    (void)state;
    vt_send(vt, "E");
    vt_assert(vt, vt_wait_end(vt) == 4 << 8);
    check_sane(vt);
    vt_close(vt);
}

/* Whoever handled crashes before still does, and sees the place; and a report fails a test. */
static void test_sanitizer_sees_it(void **state)
{
    struct vt *vt;

    (void)state;
    if (!SANITIZED) {
        skip();
    }
    vt = open_show(NULL, NULL);
    vt_send(vt, "S");
    vt_wait_end(vt);
    check_sane(vt);
    assert_true(vt_close_reported(vt));
}

static struct vt *open_shell(const char *script)
{
    struct vt_options options = {0};
    const char *const argv[] = {"/bin/bash", "-c", script, NULL};

    return vt_open(&options, argv);
}

/* A shell with job control around it: stopped and resized meanwhile, then on again. */
static void stop_and_go(const char *key)
{
    struct vt *vt =
        open_shell("set -m; " SHOW "; echo stopped=$?; read x; fg >/dev/null; echo done=$?");
    const char *paste_on = "\033[?2004h";
    size_t before;
    int x, y;

    vt_wait(vt, "foot");
    vt_wait(vt, "events=0");
    vt_send(vt, key);
    vt_wait(vt, "stopped=148");
    vt_assert(vt, !vt_alternate(vt));
    vt_assert(vt, vt_cursor(vt, &x, &y));
    vt_assert(vt, vt_modes_restored(vt));
    vt_resize(vt, 100, 30);
    before = vt_bytes(vt);
    vt_send(vt, "\n");
    vt_wait_row(vt, 0, "size 100x30");
    vt_wait_row(vt, 29, "foot");
    vt_assert(vt, vt_alternate(vt));
    vt_assert(vt, vt_sent(vt, before, paste_on));
    vt_send(vt, "j");
    vt_wait(vt, "last=0/0/0,0[j]");
    vt_send(vt, "q");
    vt_wait(vt, "done=0");
    vt_assert(vt, vt_wait_end(vt) == 0);
    check_sane(vt);
    vt_close(vt);
}

static void test_suspend(void **state)
{
    (void)state;
    stop_and_go("z");
    stop_and_go("\032");
    /* SIGTSTP from elsewhere. */
    stop_and_go("K");
}

/* Where no shell could wake it, it does not stop. */
static void test_suspend_without_shell(void **state)
{
    struct vt *vt = open_show(NULL, NULL);

    (void)state;
    vt_send(vt, "z");
    vt_wait(vt, "events=1");
    vt_send(vt, "j");
    vt_wait(vt, "events=2");
    vt_assert(vt, vt_alternate(vt));
    kill(vt_pid(vt), SIGTERM);
    ends_by(vt, SIGTERM);
}

static void test_stopped_from_outside(void **state)
{
    struct vt *vt = open_show(NULL, NULL);
    size_t before;

    (void)state;
    kill(vt_pid(vt), SIGSTOP);
    vt_resize(vt, 90, 20);
    before = vt_bytes(vt);
    kill(vt_pid(vt), SIGCONT);
    vt_wait_row(vt, 0, "size 90x20");
    vt_wait_row(vt, 19, "foot");
    vt_assert(vt, vt_sent(vt, before, "\033[?2004h"));
    vt_send(vt, "q");
    vt_assert(vt, vt_wait_end(vt) == 0);
    vt_close(vt);
}

static void test_lend(void **state)
{
    struct vt *vt = open_show(NULL, NULL);

    (void)state;
    vt_send(vt, "l");
    vt_wait(vt, "lent");
    vt_assert(vt, !vt_alternate(vt));
    vt_assert(vt, vt_find(vt, "-icanon") < 0);
    vt_assert(vt, vt_find(vt, "icanon") >= 0);
    vt_resize(vt, 70, 22);
    vt_send(vt, "the answer\n");
    /* What was typed there is not ours, and the size is asked for again. */
    vt_wait_row(vt, 0, "size 70x22");
    vt_wait(vt, "events=1");
    vt_wait_row(vt, 21, "foot");
    vt_assert(vt, vt_sent(vt, 0, "got the answer"));
    vt_send(vt, "j");
    vt_wait(vt, "events=2");
    kill(vt_pid(vt), SIGTERM);
    ends_by(vt, SIGTERM);
}

/* What the terminal was asked at the start is taken back before the shell could read it, however
 * late it comes. */
static void leaves_no_answer(const char *how)
{
    static const char script[] = SHOW "; read -rs -t 0.3 -n 9 rest; echo \"rest=[$rest]\"";
    struct vt_options options = {.late = true, .asan = NO_HANDLERS};
    const char *const argv[] = {"/bin/bash", "-c", script, NULL};
    struct vt *vt = vt_open(&options, argv);

    vt_wait(vt, "foot");
    vt_send(vt, how);
    vt_quiet(vt);
    vt_answer(vt);
    vt_wait(vt, "rest=[");
    vt_assert(vt, vt_find(vt, "rest=[]") >= 0);
    vt_wait_end(vt);
    vt_close(vt);
}

static void test_no_answer_is_left(void **state)
{
    (void)state;
    leaves_no_answer("q");
    leaves_no_answer("\003");
}

/* SIGHUP comes with it, or only the end of the file: it ends either way and never spins. */
static void test_terminal_gone(void **state)
{
    struct vt *vt = open_show(NULL, NULL);
    int status;

    (void)state;
    vt_hang_up(vt);
    status = vt_wait_end(vt);
    vt_assert(vt, (WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP) || status == 129 << 8);
    vt_close(vt);
}

/* In a session of its own nobody sends it a signal: only the reading ends. */
static void test_terminal_gone_silently(void **state)
{
    struct vt *vt = open_shell("trap '' HUP; setsid -w " SHOW "; echo $? >$HOME/status");
    char *path;
    struct buf status;
    struct err err;

    (void)state;
    vt_wait(vt, "foot");
    vt_quiet(vt);
    vt_hang_up(vt);
    vt_wait_end(vt);
    path = file_join(vt_home(vt), "status");
    buf_init(&status, 0);
    vt_assert(vt, file_read(path, &status, &err));
    assert_string_equal(status.data, "129\n");
    unlink(path);
    free(path);
    buf_done(&status);
    vt_close(vt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quit),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_ignored_signals),
        cmocka_unit_test(test_keys_that_end),
        cmocka_unit_test(test_crashes),
        cmocka_unit_test(test_die),
        cmocka_unit_test(test_crash_on_one_screen),
        cmocka_unit_test(test_crash_signals),
        cmocka_unit_test(test_exit_inside),
        cmocka_unit_test(test_sanitizer_sees_it),
        cmocka_unit_test(test_suspend),
        cmocka_unit_test(test_suspend_without_shell),
        cmocka_unit_test(test_stopped_from_outside),
        cmocka_unit_test(test_lend),
        cmocka_unit_test(test_no_answer_is_left),
        cmocka_unit_test(test_terminal_gone),
        cmocka_unit_test(test_terminal_gone_silently),
    };

    return cmocka_run_group_tests_name("terminal.ending", tests, NULL, NULL);
}
