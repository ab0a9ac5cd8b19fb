#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/testing.h"
#include "base/text.h"
#include "keyring/job.h"

#include "base/banned.h"

#define COMMAND_DEADLINE_MS 60000
#define SHELL "/bin/sh"
/* What is shown of a command's complaint. */
#define SAID_SHOWN_MAX 400
/* A run of this many letters, digits and signs, of more than one kind, may be a key. */
#define KEY_RUN_MIN 16

static bool is_run_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=' || c == '_' || c == '-';
}

static size_t key_run(const char *text)
{
    size_t len = 0;
    bool digit = false, letter = false;

    for (; is_run_byte(text[len]); len++) {
        bool is_digit = text[len] >= '0' && text[len] <= '9';

        digit = digit || is_digit;
        letter = letter || (!is_digit && text[len] >= 'A');
    }
    return len >= KEY_RUN_MIN && digit && letter ? len : 0;
}

/* Appends one line's worth of what the command said: cleaned, cut, and without what may be a key.
 */
static void add_said(struct buf *out, const char *said, size_t len)
{
    struct buf clean;
    size_t start = out->len;
    const char *at;

    while (len > 0 && (said[len - 1] == '\n' || said[len - 1] == '\r')) {
        len--;
    }
    buf_init(&clean, 0);
    text_clean(said, len, &clean);
    at = clean.data;
    while (*at != '\0' && out->len - start < SAID_SHOWN_MAX) {
        size_t run = 0;
        int columns;

        if (!is_run_byte(*at)) {
            run = text_next(at, &columns);
            buf_add(out, at, run);
        } else if ((run = key_run(at)) > 0) {
            buf_adds(out, "***");
        } else {
            while (is_run_byte(at[run])) {
                run++;
            }
            buf_add(out, at, run);
        }
        at += run;
    }
    buf_adds(out, *at == '\0' ? "" : "..");
    buf_wipe_done(&clean);
}

/* On failure the command's own words are the best cause there is. But when it printed anything, its
 * words may repeat it, and a sentence that is shown can end up anywhere. */
static void fail_status(struct job *job, int status)
{
    struct buf words;

    buf_init(&words, 0);
    if (WIFSIGNALED(status)) {
        buf_addf(&words, "The key command was ended by signal %d (%s).", WTERMSIG(status),
                 sigdescr_np(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) == 127) {
        buf_adds(&words, "The key command was not found (status 127).");
    } else {
        buf_addf(&words, "The key command failed with status %d.", WEXITSTATUS(status));
    }
    if (job->out_len > 0) {
        buf_adds(&words, " It printed something all the same, which may be a key: neither that nor "
                         "what it said is shown. Run it by hand.");
    } else if (job->said_len > 0) {
        buf_adds(&words, " It said: ");
        add_said(&words, job->said, job->said_len);
    } else {
        buf_adds(&words, " It said nothing. Run it by hand.");
    }
    job_fail(job, KEYRING_OTHER, words.data);
    buf_wipe_done(&words);
}

static void command_ended(struct job *job, int status)
{
    const char *newline = memchr(job->out, '\n', job->out_len);
    size_t len = newline == NULL ? job->out_len : (size_t)(newline - job->out);
    struct secret *key;
    struct err err = {0};

    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_status(job, status);
        return;
    }
    if (len > 0 && job->out[len - 1] == '\r') {
        len--;
    }
    if (len == 0) {
        job_fail(job, KEYRING_NONE,
                 "The key command ended well, but the first line of what it printed is empty.");
        return;
    }
    if (!secret_is_key(job->out, len, &err)) {
        err.kind = ERR_NO_KEY;
        err_prefix(&err, "The first line that the key command printed is no key");
        job_answer(job, KEYRING_OTHER, NULL, &err);
        return;
    }
    key = secret_new(job->out, len);
    job_answer(job, KEYRING_OK, key, NULL);
    secret_free(key);
}

/* Nothing is decided before its end: the status says whether the line counts. */
static void command_came(struct job *job)
{
    (void)job;
}

static const struct job_ops COMMAND_OPS = {
    .slow_words = "The key command has not ended yet: it may be waiting for you in another window.",
    .late_words = "The key command did not end within a minute and was stopped: it may have waited "
                  "for an answer in another window. Try again, or run it by hand.",
    .flood_words =
        "The key command prints without end and was stopped: it is to print the key, in one "
        "line. Run it by hand.",
    .came = command_came,
    .ended = command_ended,
};

static int start(const char *command, bool use_tty, const int out[2], const int said[2],
                 struct process *process)
{
    char shell[] = SHELL;
    char flag[] = "-c";
    char *text = xstrdup(command);
    char *const argv[] = {shell, flag, text, NULL};
    struct process_spec spec = {
        .path = SHELL,
        .argv = argv,
        .in_fd = -1,
        .out_fd = out[1],
        .err_fd = said[1],
    };
    int failed;

    if (use_tty && isatty(STDIN_FILENO)) {
        spec.in_fd = STDIN_FILENO;
        spec.terminal = true;
    }
    failed = process_start(&spec, process);
    free(text);
    return failed;
}

uint64_t keyring_command(struct keyring *keyring, const char *command, bool use_tty, keyring_fn *fn,
                         void *ctx)
{
    struct job *job = job_new(keyring, &COMMAND_OPS, fn, ctx);
    struct process process;
    int out[2] = {-1, -1}, said[2] = {-1, -1};

    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(said, O_CLOEXEC) != 0 ||
        start(command, use_tty, out, said, &process) != 0) {
        for (int i = 0; i < 2; i++) {
            if (out[i] >= 0) {
                close(out[i]);
            }
            if (said[i] >= 0) {
                close(said[i]);
            }
        }
        return job_fail_later(job, KEYRING_OTHER,
                              "The key command could not be started: " SHELL
                              " did not run, or there are too many processes or open files.");
    }
    close(out[1]);
    close(said[1]);
    job_watch(job, &process, out[0], said[0], (int)testing_deadline_ms(COMMAND_DEADLINE_MS));
    return job->ticket;
}
