/* Starts one child process with nothing of ours in it: no open files, no blocked signals, no admin
 * key in its environment. Its end is an fd that a loop can watch. Knows neither loop nor keyring.
 */
#ifndef PORTCULLIS_KEYRING_PROCESS_H
#define PORTCULLIS_KEYRING_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct process_spec {
    const char *path;
    char *const *argv;
    int in_fd; /* -1: /dev/null; so for all three */
    int out_fd;
    int err_fd;
    bool terminal; /* in_fd is our terminal: the child becomes its foreground group */
};

struct process {
    pid_t pid; /* 0: none, or reaped */
    int pidfd; /* readable when it has ended; -1 */
    bool terminal;
    struct termios modes; /* of the terminal, before it was handed over */
};

/* Returns 0 or an error number. The child leads a group of its own. */
int process_start(const struct process_spec *spec, struct process *out);
/* Kills the whole group and takes the terminal back. Does not wait: reap when pidfd says so. */
void process_kill(struct process *process);
/* Waits when wait is set. Returns false while it still runs; else *status is as from waitpid, the
 * pidfd is closed and the terminal is ours again. */
bool process_reap(struct process *process, bool wait, int *status);

#endif
