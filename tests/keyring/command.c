/* Key commands: what of their output counts, what is shown of their complaints, and that nothing of
 * theirs outlives a cancel. */
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "keyring/answer.h"

#include "base/banned.h"

struct fixture {
    struct loop *loop;
    struct keyring *keyring;
    char folder[64];
    struct answer answer;
};

static int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));

    assert_true(secret_setup());
    f->loop = loop_new();
    f->keyring = keyring_new(f->loop, "/nonexistent");
    snprintf(f->folder, sizeof(f->folder), "/tmp/portcullis-command.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char *path = file_join(f->folder, "pid");

    keyring_free(f->keyring);
    loop_free(f->loop);
    unlink(path);
    assert_int_equal(rmdir(f->folder), 0);
    free(path);
    free(f);
    return 0;
}

static const struct answer *run(struct fixture *f, const char *command)
{
    f->answer = (struct answer){0};
    assert_true(keyring_command(f->keyring, command, false, answer_take, &f->answer) > 0);
    assert_int_equal(f->answer.times, 0);
    answer_wait(f->loop, &f->answer);
    assert_int_equal(f->answer.times, 1);
    return &f->answer;
}

/* What prints without end is stopped long before its minute is over. */
static void a_flood_is_stopped(void **state)
{
    static const char *const COMMANDS[] = {"yes good-key", "yes noise >&2", "cat /dev/zero"};

    for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++) {
        const struct answer *answer = run(*state, COMMANDS[i]);

        assert_int_equal(answer->outcome, KEYRING_OTHER);
        assert_non_null(strstr(answer->err.text, "prints without end"));
    }
}

static void the_first_line_is_the_key(void **state)
{
    static const char *const COMMANDS[] = {
        "printf 'good-key\\nuser: me\\nurl: there\\n'",
        "printf good-key",
        "printf 'good-key\\r\\n'",
        /* More than a pipe holds: it must not block. */
        "echo good-key; head -c 300000 /dev/zero",
        /* Nothing to read, and no key of ours to see. */
        "cat; test -z \"$PORTKEY_API_KEY\" && echo good-key",
        "echo noise >&2; echo good-key",
        /* Standard streams, the script's own look at them, and nothing else. */
        "test \"$(ls /proc/self/fd | wc -l)\" = 4 && echo good-key",
    };
    struct fixture *f = *state;

    setenv("PORTKEY_API_KEY", "not-to-be-seen", 1);
    for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++) {
        run(f, COMMANDS[i]);
        assert_int_equal(f->answer.outcome, KEYRING_OK);
        assert_string_equal(f->answer.key, "good-key");
        assert_false(f->answer.has_err);
    }
    unsetenv("PORTKEY_API_KEY");
}

static void a_child_that_stays_does_not_hold_the_answer(void **state)
{
    struct fixture *f = *state;
    int64_t start = clock_mono_ms();

    run(f, "sleep 10 & echo good-key");
    assert_int_equal(f->answer.outcome, KEYRING_OK);
    assert_string_equal(f->answer.key, "good-key");
    assert_true(clock_mono_ms() - start < 9000);
}

struct failure {
    const char *command;
    enum keyring_outcome outcome;
    const char *words;  /* are in the error */
    const char *absent; /* is not; NULL */
};

static const struct failure FAILURES[] = {
    {"true", KEYRING_NONE, "is empty", NULL},
    {"echo; echo late-key", KEYRING_NONE, "is empty", "late-key"},
    {"echo two words", KEYRING_OTHER, "is no key", "two words"},
    {"printf 'a\\033b'", KEYRING_OTHER, "is no key", "\033"},
    {"head -c 5000 /dev/zero | tr '\\0' x", KEYRING_OTHER, "longer than", "xxx"},
    {"echo no such entry >&2; exit 3", KEYRING_OTHER, "status 3. It said: no such entry", NULL},
    {"exit 2", KEYRING_OTHER, "status 2. It said nothing", NULL},
    {"no-such-command-here", KEYRING_OTHER, "was not found (status 127)", NULL},
    {"kill -9 $$", KEYRING_OTHER, "signal 9 (Killed)", NULL},
    {"kill -TERM $$; echo survived", KEYRING_OTHER, "signal 15 (Terminated)", "survived"},
    /* Both streams: neither is shown. */
    {"echo s3cr3t; echo bad: s3cr3t >&2; exit 1", KEYRING_OTHER, "may be a key", "s3cr3t"},
    /* Only stderr, but with what looks like a key in it. */
    {"echo \"+ curl -H 'Bearer Abcdef0123456789xyz' https://vault.example/v1\" >&2; exit 1",
     KEYRING_OTHER, "Bearer ***' https://vault.example/v1", "Abcdef"},
    /* Nothing that steers a terminal. */
    {"printf '\\033[2Jbad\\nthing\\342\\200\\256' >&2; exit 1", KEYRING_OTHER, "bad thing", "\033"},
};

static void failures_say_why_and_nothing_more(void **state)
{
    struct fixture *f = *state;
    sigset_t block, before;

    /* The console blocks these; a command must not inherit that. */
    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigprocmask(SIG_BLOCK, &block, &before);
    for (size_t i = 0; i < sizeof(FAILURES) / sizeof(FAILURES[0]); i++) {
        const struct failure *failure = &FAILURES[i];

        run(f, failure->command);
        assert_int_equal(f->answer.outcome, failure->outcome);
        assert_string_equal(f->answer.key, "");
        assert_int_equal(f->answer.err.kind, ERR_NO_KEY);
        if (strstr(f->answer.err.text, failure->words) == NULL ||
            (failure->absent != NULL && strstr(f->answer.err.text, failure->absent) != NULL)) {
            fail_msg("%s: %s", failure->command, f->answer.err.text);
        }
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void a_long_complaint_is_cut(void **state)
{
    struct fixture *f = *state;

    run(f, "head -c 100000 /dev/zero | tr '\\0' ' ' >&2; yes no | head -c 100000 >&2; exit 1");
    assert_int_equal(f->answer.outcome, KEYRING_OTHER);
    assert_true(strlen(f->answer.err.text) < 600);
}

static void cancelling_kills_the_whole_group(void **state)
{
    struct fixture *f = *state;
    char *command = xasprintf("sleep 1000 & echo $! > %s/pid.new; mv %s/pid.new %s/pid; wait",
                              f->folder, f->folder, f->folder);
    char *path = file_join(f->folder, "pid");
    int64_t until = clock_mono_ms() + 30000;
    uint64_t ticket;
    char *text;

    ticket = keyring_command(f->keyring, command, false, answer_take, &f->answer);
    while (access(path, R_OK) != 0) {
        assert_true(clock_mono_ms() < until);
        loop_turn(f->loop, 20);
    }
    keyring_cancel(f->keyring, ticket);
    text = slurp(path, NULL);
    wait_gone(f->loop, (int)strtol(text, NULL, 10));
    assert_int_equal(f->answer.times, 0);
    free(text);
    free(path);
    free(command);
}

/* A minute, hurried: it and what it started are gone, though none of them minds a polite signal and
 * one has its output closed; and that is told in words. */
static void what_never_ends_is_stopped_with_its_children(void **state)
{
    static const char *const WAYS[] = {
        "wait",                  /* silent */
        "echo half-a-key; wait", /* a line counts at the end of the command alone */
        "exec >&- 2>&-; wait",
        "while :; do sleep 0.1; echo tick >&2; done",
    };
    struct fixture *f = *state;
    char *path = file_join(f->folder, "pid");

    setenv("PORTCULLIS_TEST_HURRY", "1000", 1);
    for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
        char *command = xasprintf("trap '' TERM HUP INT; sleep 1000 >&- 2>&- & echo $$ $! > %s; %s",
                                  path, WAYS[i]);
        int64_t start = clock_mono_ms();
        int shell, child;
        char *text;

        run(f, command);
        assert_int_equal(f->answer.outcome, KEYRING_TIMEOUT);
        assert_string_equal(f->answer.key, "");
        assert_int_equal(f->answer.err.kind, ERR_NO_KEY);
        assert_non_null(strstr(f->answer.err.text, "did not end within a minute and was stopped"));
        assert_null(strstr(f->answer.err.text, "half-a-key"));
        assert_true(clock_mono_ms() - start >= 1900);
        text = slurp(path, NULL);
        assert_int_equal(sscanf(text, "%d %d", &shell, &child), 2);
        wait_gone(f->loop, shell);
        wait_gone(f->loop, child);
        free(text);
        free(command);
    }
    unsetenv("PORTCULLIS_TEST_HURRY");
    free(path);
}

/* -- with a terminal -- */

/* Runs in a process of its own whose terminal is a pty: the exit status says what was wrong. */
static int run_on_terminal(const char *command, const char *key)
{
    struct answer answer = {0};
    struct loop *loop = loop_new();
    struct keyring *keyring = keyring_new(loop, "/nonexistent");
    struct termios modes;

    keyring_command(keyring, command, true, answer_take, &answer);
    while (answer.times == 0) {
        loop_turn(loop, 1000);
    }
    keyring_free(keyring);
    loop_free(loop);
    if (answer.outcome != KEYRING_OK) {
        fprintf(stderr, "%s\n", answer.err.text);
        return 1;
    }
    if (strcmp(answer.key, key) != 0) {
        fprintf(stderr, "<%s>\n", answer.key);
        return 2;
    }
    if (tcgetpgrp(STDIN_FILENO) != getpgrp()) {
        return 3;
    }
    return tcgetattr(STDIN_FILENO, &modes) == 0 && (modes.c_lflag & ECHO) != 0 ? 0 : 4;
}

static void on_a_terminal_it_may_ask(void **state)
{
    static const char TYPED[] = "1234\n";
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    char seen[4096];
    size_t len = 0;
    int master, status;
    ssize_t got;
    pid_t pid;

    (void)state;
    pid = forkpty(&master, NULL, NULL, &size);
    assert_true(pid >= 0);
    if (pid == 0) {
        unsetenv("GPG_TTY");
        /* A pinentry: asks on the terminal without echo, and leaves it so. */
        _exit(run_on_terminal("stty -echo; printf PIN: >/dev/tty; read -r pin; "
                              "test \"$GPG_TTY\" = \"$(tty)\" && echo \"key-$pin\"",
                              "key-1234"));
    }
    while (len + 1 < sizeof(seen) && (got = read(master, seen + len, sizeof(seen) - 1 - len)) > 0) {
        len += (size_t)got;
        seen[len] = '\0';
        if (strstr(seen, "PIN:") != NULL && strstr(seen, "PIN:")[4] == '\0') {
            assert_int_equal(write(master, TYPED, strlen(TYPED)), strlen(TYPED));
        }
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("status %x: %s", (unsigned)status, seen);
    }
    close(master);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_flood_is_stopped, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_line_is_the_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_child_that_stays_does_not_hold_the_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(failures_say_why_and_nothing_more, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_complaint_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(cancelling_kills_the_whole_group, setup, teardown),
        cmocka_unit_test_setup_teardown(what_never_ends_is_stopped_with_its_children, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(on_a_terminal_it_may_ask, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
