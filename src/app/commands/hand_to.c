#include "app/commands/hand_to.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/commands/write_wait.h"
#include "app/flags.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"
#include "keyring/process.h"

#include "base/banned.h"

#define SHELL "/bin/sh"
#define COMMAND_MAX 1000

bool hand_to_ok(const char *command, struct err *err)
{
    if (command[0] == '\0') {
        return err_set(err, ERR_INVALID, "--hand-to needs a command, which gets the key.");
    }
    return flags_text_ok("hand-to", command, COMMAND_MAX, err);
}

/* A pipe holds far more than a key: nothing waits here, and our own end of it keeps it open. */
static bool fill(int fd, const struct secret *secret)
{
    const char *text = secret_text(secret);
    size_t len = strlen(text);

    return write(fd, text, len) == (ssize_t)len && write(fd, "\n", 1) == 1;
}

static int start(const char *command, int in, struct process *process)
{
    char shell[] = SHELL;
    char flag[] = "-c";
    char *text = xstrdup(command);
    char *const argv[] = {shell, flag, text, NULL};
    const struct process_spec spec = {
        .path = SHELL, .argv = argv, .in_fd = in, .out_fd = -1, .err_fd = STDERR_FILENO};
    int failed = process_start(&spec, process);

    free(text);
    return failed;
}

static enum handed ended(int status, struct err *err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return HANDED;
    }
    if (WIFSIGNALED(status)) {
        err_set(err, ERR_FILE,
                "The program that was to keep the secret was ended by signal %d (%s).",
                WTERMSIG(status), sigdescr_np(WTERMSIG(status)));
    } else {
        err_set(err, ERR_FILE, "The program that was to keep the secret ended with status %d%s.",
                WEXITSTATUS(status), WEXITSTATUS(status) == 127 ? " (not found)" : "");
    }
    return HANDED_MAYBE;
}

static enum handed wait_for(struct write_wait *wait, struct process *process, struct err *err)
{
    bool over = write_wait_child(wait, process->pidfd);
    int status;

    if (!over) {
        process_kill(process);
    }
    process_reap(process, true, &status);
    if (!over) {
        err_set(err, ERR_FILE,
                "The program that was to keep the secret did not end, and was stopped.");
        return HANDED_MAYBE;
    }
    return ended(status, err);
}

enum handed hand_to(struct write_wait *wait, const char *command, const struct secret *secret,
                    struct err *err)
{
    char *clean = text_cleaned(command);
    struct process process = {.pidfd = -1};
    int ends[2] = {-1, -1};
    int failed;

    fprintf(stderr, "portcullis: The secret of the new key goes to: %s\n", clean);
    free(clean);
    failed = pipe2(ends, O_CLOEXEC) != 0 ? errno
             : !fill(ends[1], secret)    ? EIO
                                         : start(command, ends[0], &process);
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0) {
            close(ends[i]);
        }
    }
    if (failed != 0) {
        err_set(err, ERR_FILE, "The program that was to keep the secret could not be started (%s).",
                strerrordesc_np(failed));
        return HANDED_NO;
    }
    return wait_for(wait, &process, err);
}
