/* Keys from a file, from standard input and from the environment. */
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "keyring/answer.h"

#include "base/banned.h"

#define KEY "Typed0123456789Secret"

/* -- key file -- */

struct file_case {
    const char *content;
    size_t len;
    mode_t mode;
    const char *key;   /* NULL: refused */
    const char *words; /* in the error */
};

static const struct file_case FILES[] = {
    {KEY "\n", sizeof(KEY), 0600, KEY, NULL},
    {KEY, sizeof(KEY) - 1, 0400, KEY, NULL},
    {KEY "\r\nmore\n", sizeof(KEY) + 6, 0600, KEY, NULL},
    {KEY, sizeof(KEY) - 1, 0640, NULL, "others may read"},
    {KEY, sizeof(KEY) - 1, 0604, NULL, "others may read"},
    {"", 0, 0600, NULL, "is no key"},
    {"\n" KEY, sizeof(KEY), 0600, NULL, "is no key"},
    {"two words", 9, 0600, NULL, "is no key"},
    {"a\0b", 3, 0600, NULL, "is no key"},
};

static void write_file(const char *path, const char *content, size_t len, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, len), len);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void a_key_file_is_read_or_refused(void **state)
{
    char folder[] = "/tmp/portcullis-source.XXXXXX";
    char *path, *link;
    struct secret *key;
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = file_join(folder, "key");
    link = file_join(folder, "link");
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        const struct file_case *c = &FILES[i];

        unlink(path);
        write_file(path, c->content, c->len, c->mode);
        err = (struct err){0};
        key = keyring_read_file(path, &err);
        if (c->key != NULL) {
            assert_non_null(key);
            assert_string_equal(secret_text(key), c->key);
            assert_int_equal(err.kind, ERR_NONE);
        } else {
            assert_null(key);
            assert_int_equal(err.kind, ERR_NO_KEY);
            assert_non_null(strstr(err.text, c->words));
            assert_non_null(strstr(err.text, path));
            assert_null(strstr(err.text, "two words"));
        }
        secret_free(key);
    }
    assert_int_equal(symlink(path, link), 0);
    assert_null(keyring_read_file(link, &err));
    assert_non_null(strstr(err.text, "symbolic link"));
    assert_null(keyring_read_file(folder, &err));
    assert_non_null(strstr(err.text, "not a regular file"));
    unlink(path);
    assert_null(keyring_read_file(path, &err));
    assert_int_equal(err.kind, ERR_NO_KEY);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(keyring_read_file(path, &err));
    assert_null(keyring_read_file(path, NULL));
    unlink(path);
    unlink(link);
    assert_int_equal(rmdir(folder), 0);
    free(path);
    free(link);
}

static void a_credential_of_the_service_manager_comes_first(void **state)
{
    char folder[] = "/tmp/portcullis-source.XXXXXX";
    struct loop *loop = loop_new();
    struct keyring *keyring = keyring_new(loop, "/nonexistent");
    struct answer answer = {0};
    char *path;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = file_join(folder, "admin-key");
    write_file(path, KEY, strlen(KEY), 0400);
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    keyring_file(keyring, "admin-key", answer_take, &answer);
    assert_int_equal(answer.times, 0);
    answer_wait(loop, &answer);
    assert_int_equal(answer.outcome, KEYRING_OK);
    assert_string_equal(answer.key, KEY);
    unsetenv("CREDENTIALS_DIRECTORY");
    answer = (struct answer){0};
    keyring_file(keyring, "admin-key", answer_take, &answer);
    answer_wait(loop, &answer);
    assert_int_equal(answer.outcome, KEYRING_OTHER);
    assert_int_equal(answer.err.kind, ERR_NO_KEY);
    keyring_free(keyring);
    loop_free(loop);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    free(path);
}

/* -- from a pipe -- */

static struct secret *read_pipe(const char *bytes, size_t len, struct err *err)
{
    struct secret *key;
    int fds[2];

    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(write(fds[1], bytes, len), len);
    close(fds[1]);
    *err = (struct err){0};
    key = keyring_read_fd(fds[0], err);
    close(fds[0]);
    return key;
}

static void a_pipe_gives_its_first_line(void **state)
{
    static const char *const GOOD[] = {KEY, KEY "\n", KEY "\r\n", KEY "\nnext"};
    static const char *const BAD[] = {"two words\n", "tab\there", "caf\303\251"};
    char *big = xmalloc(5000);
    struct secret *key;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        key = read_pipe(GOOD[i], strlen(GOOD[i]), &err);
        assert_non_null(key);
        assert_string_equal(secret_text(key), KEY);
        assert_int_equal(err.kind, ERR_NONE);
        secret_free(key);
    }
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        assert_null(read_pipe(BAD[i], strlen(BAD[i]), &err));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_null(strstr(err.text, "here"));
    }
    assert_null(read_pipe("", 0, &err));
    assert_int_equal(err.kind, ERR_NO_KEY);
    assert_null(read_pipe("\n", 1, &err));
    assert_int_equal(err.kind, ERR_NO_KEY);
    memset(big, 'k', 5000);
    assert_null(read_pipe(big, 5000, &err));
    assert_non_null(strstr(err.text, "longer than 4096"));
    key = read_pipe(big, 4096, &err);
    assert_non_null(key);
    secret_free(key);
    free(big);
}

static void what_follows_the_line_is_left(void **state)
{
    char rest[16] = "";
    struct secret *key;
    int fds[2];

    (void)state;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(write(fds[1], "one-key\nrest", 12), 12);
    close(fds[1]);
    key = keyring_read_fd(fds[0], NULL);
    assert_non_null(key);
    assert_int_equal(read(fds[0], rest, sizeof(rest)), 4);
    assert_string_equal(rest, "rest");
    secret_free(key);
    close(fds[0]);
}

/* -- typed -- */

/* A session with a foreground process that reads a key, as a shell would have it. */
struct typist {
    int master;
    pid_t leader;
    int report; /* a letter and a number from the leader for each change */
    char seen[4096];
    size_t seen_len;
};

/* The process that types: 0 when it got KEY, else what went wrong. */
static int type_key(void)
{
    struct err err = {0};
    struct secret *key = keyring_read_fd(STDIN_FILENO, &err);

    if (key == NULL) {
        return err.kind == ERR_CANCELLED ? 4 : 3;
    }
    return strcmp(secret_text(key), KEY) == 0 ? 0 : 5;
}

/* Never returns: tells what becomes of its child, and wakes it when it has stopped. */
static void lead(int report)
{
    sigset_t block;
    pid_t pid;
    int status;

    sigemptyset(&block);
    sigaddset(&block, SIGTTOU);
    sigprocmask(SIG_BLOCK, &block, NULL);
    pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpgrp());
        sigprocmask(SIG_UNBLOCK, &block, NULL);
        _exit(type_key());
    }
    while (waitpid(pid, &status, WUNTRACED) == pid) {
        unsigned char said[2] = {'?', 0};
        struct termios modes;

        if (WIFSTOPPED(status)) {
            said[0] = 'Z';
            said[1] = tcgetattr(STDIN_FILENO, &modes) == 0 && (modes.c_lflag & ECHO) != 0;
        } else {
            said[0] = WIFEXITED(status) ? 'E' : 'S';
            said[1] = (unsigned char)(WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        }
        (void)!write(report, said, 2);
        if (!WIFSTOPPED(status)) {
            break;
        }
        kill(pid, SIGCONT);
    }
    /* The terminal stays until the test has looked at it. */
    for (;;) {
        pause();
    }
}

static void typist_init(struct typist *typist)
{
    int fds[2];

    *typist = (struct typist){0};
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    typist->leader = forkpty(&typist->master, NULL, NULL, NULL);
    assert_true(typist->leader >= 0);
    if (typist->leader == 0) {
        lead(fds[1]);
    }
    close(fds[1]);
    typist->report = fds[0];
    fcntl(typist->master, F_SETFL, O_NONBLOCK);
}

static void typist_done(struct typist *typist)
{
    kill(typist->leader, SIGKILL);
    waitpid(typist->leader, NULL, 0);
    close(typist->master);
    close(typist->report);
}

static bool echoes(const struct typist *typist)
{
    struct termios modes;

    assert_int_equal(tcgetattr(typist->master, &modes), 0);
    return (modes.c_lflag & ECHO) != 0;
}

/* Waits without a fixed sleep: polls a pipe that nothing is written to. */
static void wait_echo(const struct typist *typist, bool on)
{
    int64_t until = clock_mono_ms() + 20000;

    while (echoes(typist) != on) {
        assert_true(clock_mono_ms() < until);
        poll(NULL, 0, 5);
    }
}

static void assert_report(const struct typist *typist, char what, int number)
{
    struct pollfd fd = {.fd = typist->report, .events = POLLIN};
    unsigned char said[2];

    assert_int_equal(poll(&fd, 1, 20000), 1);
    assert_int_equal(read(typist->report, said, 2), 2);
    assert_int_equal(said[0], what);
    assert_int_equal(said[1], number);
}

static void type(struct typist *typist, const char *text)
{
    assert_int_equal(write(typist->master, text, strlen(text)), strlen(text));
}

static void assert_unseen(struct typist *typist)
{
    ssize_t got = read(typist->master, typist->seen, sizeof(typist->seen) - 1);

    if (got > 0) {
        assert_false(bytes_hold(typist->seen, (size_t)got, "Typed"));
    }
}

static void a_typed_key_is_not_echoed(void **state)
{
    struct typist typist;

    (void)state;
    typist_init(&typist);
    wait_echo(&typist, false);
    type(&typist, KEY "\n");
    assert_report(&typist, 'E', 0);
    assert_unseen(&typist);
    assert_true(echoes(&typist));
    typist_done(&typist);
}

static void an_interrupt_gives_the_terminal_back(void **state)
{
    struct typist typist;

    (void)state;
    typist_init(&typist);
    wait_echo(&typist, false);
    type(&typist, "half\003");
    assert_report(&typist, 'S', SIGINT);
    assert_true(echoes(&typist));
    typist_done(&typist);
}

static void a_stop_gives_the_terminal_back_and_goes_on(void **state)
{
    struct typist typist;

    (void)state;
    typist_init(&typist);
    wait_echo(&typist, false);
    type(&typist, "\032");
    assert_report(&typist, 'Z', 1);
    wait_echo(&typist, false);
    type(&typist, KEY "\n");
    assert_report(&typist, 'E', 0);
    assert_unseen(&typist);
    assert_true(echoes(&typist));
    typist_done(&typist);
}

/* -- environment -- */

static bool block_holds(const char *text)
{
    size_t len;
    char *block = slurp("/proc/self/environ", &len);
    bool holds = bytes_hold(block, len, text);

    free(block);
    return holds;
}

static void the_environment_forgets_the_key(void **state)
{
    struct secret *key;
    bool set;

    (void)state;
    assert_true(block_holds("EnvSecret0123"));
    key = keyring_take_env("PORTCULLIS_TEST_KEY", &set);
    assert_true(set);
    assert_non_null(key);
    assert_string_equal(secret_text(key), "EnvSecret0123");
    secret_free(key);
    assert_false(block_holds("EnvSecret"));
    assert_null(getenv("PORTCULLIS_TEST_KEY"));
    assert_null(keyring_take_env("PORTCULLIS_TEST_KEY", &set));
    assert_false(set);
    setenv("PORTCULLIS_TEST_KEY", "\r\n", 1);
    assert_null(keyring_take_env("PORTCULLIS_TEST_KEY", &set));
    assert_true(set);
    assert_null(getenv("PORTCULLIS_TEST_KEY"));
    assert_non_null(getenv("PATH"));
}

static int setup(void **state)
{
    (void)state;
    return secret_setup() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_file_is_read_or_refused),
        cmocka_unit_test(a_credential_of_the_service_manager_comes_first),
        cmocka_unit_test(a_pipe_gives_its_first_line),
        cmocka_unit_test(what_follows_the_line_is_left),
        cmocka_unit_test(a_typed_key_is_not_echoed),
        cmocka_unit_test(an_interrupt_gives_the_terminal_back),
        cmocka_unit_test(a_stop_gives_the_terminal_back_and_goes_on),
        cmocka_unit_test(the_environment_forgets_the_key),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
