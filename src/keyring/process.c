#include "keyring/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

#include "base/banned.h"

/* Never handed on, even when nobody took it out of our own environment. */
#define KEY_VARIABLE "PORTKEY_API_KEY="
/* pinentry asks gpg-agent's clients on which terminal it may ask. */
#define TTY_VARIABLE "GPG_TTY="

/* Gives an array that lends environ's strings and the terminal's (its last but one, which the
 * caller frees apart). */
static char **child_environment(char *tty_variable)
{
    size_t count = 0, kept = 0;
    bool has_tty = tty_variable == NULL;
    char **out;

    while (environ[count] != NULL) {
        count++;
    }
    out = xcalloc(count + 2, sizeof(*out));
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], KEY_VARIABLE, strlen(KEY_VARIABLE)) == 0) {
            continue;
        }
        if (strncmp(environ[i], TTY_VARIABLE, strlen(TTY_VARIABLE)) == 0) {
            has_tty = true;
        }
        out[kept++] = environ[i];
    }
    if (!has_tty) {
        out[kept] = tty_variable;
    }
    return out;
}

static void add_fd(posix_spawn_file_actions_t *actions, int from, int to)
{
    if (from < 0) {
        posix_spawn_file_actions_addopen(actions, to, "/dev/null", O_RDWR, 0);
    } else {
        posix_spawn_file_actions_adddup2(actions, from, to);
    }
}

/* Gives the terminal's foreground to a group. The caller may be in the background by now. */
static void set_foreground(int fd, pid_t group)
{
    sigset_t block, before;

    sigemptyset(&block);
    sigaddset(&block, SIGTTOU);
    sigprocmask(SIG_BLOCK, &block, &before);
    tcsetpgrp(fd, group);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void take_terminal_back(struct process *process)
{
    sigset_t block, before;

    if (!process->terminal) {
        return;
    }
    process->terminal = false;
    set_foreground(STDIN_FILENO, getpgrp());
    sigemptyset(&block);
    sigaddset(&block, SIGTTOU);
    sigprocmask(SIG_BLOCK, &block, &before);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &process->modes);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static int spawn(const struct process_spec *spec, bool terminal, char **environment, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int failed;

    posix_spawn_file_actions_init(&actions);
    add_fd(&actions, spec->in_fd, STDIN_FILENO);
    add_fd(&actions, spec->out_fd, STDOUT_FILENO);
    add_fd(&actions, spec->err_fd, STDERR_FILENO);
    if (terminal) {
        posix_spawn_file_actions_addtcsetpgrp_np(&actions, STDIN_FILENO);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setpgroup(&attr, 0);
    /* Without the terminal it gets a session of its own, so that it cannot ask there behind our
     * screen, and ^C meant for us does not reach it. */
    posix_spawnattr_setflags(&attr,
                             (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                     (terminal ? POSIX_SPAWN_SETPGROUP : POSIX_SPAWN_SETSID)));
    failed = posix_spawn(pid, spec->path, &actions, &attr, spec->argv, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

int process_start(const struct process_spec *spec, struct process *out)
{
    struct process process = {.pidfd = -1};
    const char *tty = spec->terminal ? ttyname(STDIN_FILENO) : NULL;
    char *variable = tty == NULL ? NULL : xasprintf("%s%s", TTY_VARIABLE, tty);
    char **environment = child_environment(variable);
    int failed;

    /* A job in the background must not grab the terminal from whoever has it. */
    process.terminal = spec->terminal && tcgetpgrp(STDIN_FILENO) == getpgrp() &&
                       tcgetattr(STDIN_FILENO, &process.modes) == 0;
    failed = spawn(spec, process.terminal, environment, &process.pid);
    free(environment);
    free(variable);
    if (failed != 0) {
        /* The child may have come as far as the terminal before its exec failed. */
        take_terminal_back(&process);
        return failed;
    }
    process.pidfd = pidfd_open(process.pid, 0);
    if (process.pidfd < 0) {
        int number = errno;
        int status;

        process_kill(&process);
        process_reap(&process, true, &status);
        return number;
    }
    *out = process;
    return 0;
}

void process_kill(struct process *process)
{
    if (process->pid != 0) {
        kill(-process->pid, SIGKILL);
    }
    take_terminal_back(process);
}

bool process_reap(struct process *process, bool wait, int *status)
{
    pid_t got;

    if (process->pid == 0) {
        *status = 0;
        return true;
    }
    do {
        got = waitpid(process->pid, status, wait ? 0 : WNOHANG);
    } while (got < 0 && errno == EINTR);
    if (got == 0) {
        return false;
    }
    if (got < 0) {
        *status = 0; /* somebody else waited for it, or SIGCHLD is ignored */
    }
    process->pid = 0;
    if (process->pidfd >= 0) {
        close(process->pidfd);
        process->pidfd = -1;
    }
    take_terminal_back(process);
    return true;
}
