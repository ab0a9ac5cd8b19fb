#include "support/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"

#include "base/banned.h"

#define ARGS_MAX 60
/* A seed of a million rows under sanitizers takes its time. */
#define READY_MS 120000

struct sandbox_process {
    pid_t pid;
    int out;
    json_t *ready;
    int port;
};

static _Noreturn void run(const char *const *args, int out)
{
    char *argv[ARGS_MAX + 4] = {(char *)SANDBOX_PROGRAM, (char *)"--listen", (char *)"127.0.0.1:0"};
    int count = 3;

    while (*args != NULL && count < ARGS_MAX + 3) {
        argv[count++] = (char *)*args++;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    execv(argv[0], argv);
    _exit(127);
}

static bool read_line(int fd, struct buf *line)
{
    int64_t deadline = clock_mono_ms() + READY_MS;

    for (;;) {
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_mono_ms();
        char c;

        if (left <= 0 || (poll(&waits, 1, (int)left) <= 0 && errno != EINTR)) {
            return false;
        }
        if (waits.revents == 0) {
            continue;
        }
        if (read(fd, &c, 1) != 1) {
            return false;
        }
        if (c == '\n') {
            return true;
        }
        buf_addc(line, c);
    }
}

struct sandbox_process *sandbox_start(const char *const *args)
{
    struct sandbox_process *sandbox = xcalloc(1, sizeof(*sandbox));
    struct buf line;
    const char *colon;
    int out[2];

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    sandbox->pid = fork();
    if (sandbox->pid == 0) {
        run(args, out[1]);
    }
    assert_true(sandbox->pid > 0);
    close(out[1]);
    sandbox->out = out[0];
    buf_init(&line, 0);
    if (!read_line(sandbox->out, &line)) {
        fail_msg("portcullis-sandbox gave no ready line");
    }
    sandbox->ready = json_loads(line.data, 0, NULL);
    assert_non_null(sandbox->ready);
    colon = strrchr(sandbox_base_url(sandbox), ':');
    assert_non_null(colon);
    sandbox->port = (int)strtol(colon + 1, NULL, 10);
    buf_done(&line);
    return sandbox;
}

int sandbox_stop(struct sandbox_process *sandbox)
{
    int status = 0;

    if (sandbox == NULL) {
        return 0;
    }
    kill(sandbox->pid, SIGCONT);
    kill(sandbox->pid, SIGTERM);
    while (waitpid(sandbox->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(sandbox->out);
    json_decref(sandbox->ready);
    free(sandbox);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const char *sandbox_base_url(const struct sandbox_process *sandbox)
{
    return json_string_value(json_object_get(sandbox->ready, "base_url"));
}

int sandbox_port(const struct sandbox_process *sandbox)
{
    return sandbox->port;
}

pid_t sandbox_pid(const struct sandbox_process *sandbox)
{
    return sandbox->pid;
}

size_t sandbox_organisation_count(const struct sandbox_process *sandbox)
{
    return json_array_size(json_object_get(sandbox->ready, "organisations"));
}

static const char *of_organisation(const struct sandbox_process *sandbox, size_t number,
                                   const char *member)
{
    const json_t *list = json_object_get(sandbox->ready, "organisations");
    const char *text = json_string_value(json_object_get(json_array_get(list, number), member));

    assert_non_null(text);
    return text;
}

const char *sandbox_organisation_id(const struct sandbox_process *sandbox, size_t number)
{
    return of_organisation(sandbox, number, "id");
}

const char *sandbox_organisation_name(const struct sandbox_process *sandbox, size_t number)
{
    return of_organisation(sandbox, number, "name");
}

const char *sandbox_admin_key(const struct sandbox_process *sandbox, size_t number)
{
    return of_organisation(sandbox, number, "admin_key");
}
