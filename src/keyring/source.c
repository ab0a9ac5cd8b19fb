#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "keyring/job.h"

#include "base/banned.h"

#define TYPE_DEADLINE_MS ((int64_t)5 * 60 * 1000)
#define FILE_MAX ((size_t)SECRET_KEY_MAX * 4)

/* -- key file -- */

/* Gives the path of a key file: systemd's credentials first for a bare name. */
static char *find_file(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    struct stat st;
    char *there;

    if (path[0] != '/' && folder != NULL && folder[0] == '/') {
        there = file_join(folder, path);
        if (lstat(there, &st) == 0) {
            return there;
        }
        free(there);
    }
    return xstrdup(path);
}

struct secret *keyring_read_file(const char *path, struct err *err)
{
    char *found = find_file(path);
    struct secret *key = NULL;
    struct err mine = {0};
    struct buf bytes;
    size_t len;

    buf_init(&bytes, FILE_MAX);
    if (!file_read_private(found, &bytes, &mine)) {
        err_prefix(&mine, "Key file");
    } else {
        len = strcspn(bytes.data, "\r\n");
        if (strlen(bytes.data) != bytes.len) {
            len = bytes.len; /* a NUL is no end of a line: let it be refused */
        }
        if (secret_is_key(bytes.data, len, &mine)) {
            key = secret_new(bytes.data, len);
        } else {
            err_prefix(&mine, "The first line of the key file %s is no key", found);
        }
    }
    if (key == NULL) {
        mine.kind = ERR_NO_KEY;
        if (err != NULL) {
            *err = mine;
        }
    }
    buf_wipe_done(&bytes);
    free(found);
    return key;
}

static void never(struct job *job)
{
    (void)job;
}

static void never_ended(struct job *job, int status)
{
    (void)job;
    (void)status;
}

static const struct job_ops FILE_OPS = {"", "", "", never, never_ended};

uint64_t keyring_file(struct keyring *keyring, const char *path, keyring_fn *fn, void *ctx)
{
    struct job *job = job_new(keyring, &FILE_OPS, fn, ctx);
    struct err err = {0};
    struct secret *key = keyring_read_file(path, &err);

    return job_answer_later(job, key != NULL ? KEYRING_OK : KEYRING_OTHER, key, &err);
}

/* -- typed, or from a pipe -- */

/* What would end or stop us while the terminal does not echo. They are blocked, waited for beside
 * the terminal, and take effect once it is as it was. */
static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

struct typing {
    int fd;
    int signals; /* signalfd */
    bool terminal;
    struct termios before;
    sigset_t mask;
    int64_t until;
};

static void echo_off(struct typing *typing)
{
    struct termios quiet;

    if (!typing->terminal) {
        return;
    }
    quiet = typing->before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= ICANON | ISIG;
    quiet.c_iflag |= ICRNL;
    /* What was typed ahead was typed with echo: it is no part of the key. */
    tcsetattr(typing->fd, TCSAFLUSH, &quiet);
}

static void echo_back(const struct typing *typing)
{
    if (typing->terminal) {
        /* The rest of a paste must not land, with echo, in the shell. */
        tcsetattr(typing->fd, TCSAFLUSH, &typing->before);
    }
}

static bool typing_start(struct typing *typing, int fd, struct err *err)
{
    sigset_t set;

    *typing = (struct typing){.fd = fd, .until = clock_mono_ms() + TYPE_DEADLINE_MS};
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(SIGNALS) / sizeof(SIGNALS[0]); i++) {
        sigaddset(&set, SIGNALS[i]);
    }
    typing->terminal = isatty(fd) && tcgetattr(fd, &typing->before) == 0;
    sigprocmask(SIG_BLOCK, &set, &typing->mask);
    typing->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (typing->signals < 0) {
        sigprocmask(SIG_SETMASK, &typing->mask, NULL);
        return err_set(err, ERR_NO_KEY, "The key could not be read: %s.", strerrordesc_np(errno));
    }
    echo_off(typing);
    return true;
}

static void typing_done(struct typing *typing)
{
    echo_back(typing);
    close(typing->signals);
    /* A signal that waited takes effect here. */
    sigprocmask(SIG_SETMASK, &typing->mask, NULL);
}

/* A signal waits. A stop takes effect and typing goes on afterwards; any other ends it. */
static bool typing_signal(struct typing *typing)
{
    sigset_t pending, blocked, open;

    sigpending(&pending);
    for (size_t i = 0; i < sizeof(SIGNALS) / sizeof(SIGNALS[0]); i++) {
        if (SIGNALS[i] != SIGTSTP && sigismember(&pending, SIGNALS[i]) == 1) {
            return false;
        }
    }
    if (sigismember(&typing->mask, SIGTSTP) == 1) {
        return false; /* the caller handles stops itself */
    }
    echo_back(typing);
    open = typing->mask;
    sigdelset(&open, SIGTSTP);
    sigprocmask(SIG_SETMASK, &open, &blocked); /* stops here, and goes on here */
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    echo_off(typing);
    return true;
}

enum typed { TYPED_BYTE, TYPED_END, TYPED_STOP };

static enum typed type_byte(struct typing *typing, char *out, struct err *err)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = typing->fd, .events = POLLIN},
                                {.fd = typing->signals, .events = POLLIN}};
        int64_t left = typing->until - clock_mono_ms();
        int ready = left <= 0 ? 0 : poll(fds, 2, (int)left);
        ssize_t got;

        if (ready == 0) {
            err_set(err, ERR_NO_KEY, "No key was given within five minutes.");
            return TYPED_STOP;
        }
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready > 0 && fds[1].revents != 0) {
            if (typing_signal(typing)) {
                continue;
            }
            err_set(err, ERR_CANCELLED, "The input of the key was interrupted.");
            return TYPED_STOP;
        }
        /* A byte at a time: what follows the line belongs to somebody else. */
        got = ready < 0 ? -1 : read(typing->fd, out, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (got < 0) {
            err_set(err, ERR_NO_KEY, "The key could not be read: %s.", strerrordesc_np(errno));
            return TYPED_STOP;
        }
        return got == 0 ? TYPED_END : TYPED_BYTE;
    }
}

struct secret *keyring_read_fd(int fd, struct err *err)
{
    struct secret *key = secret_new_empty();
    struct typing typing;
    enum typed typed = TYPED_STOP;
    bool fits = true;
    char byte = '\0';
    size_t len;

    if (!typing_start(&typing, fd, err)) {
        secret_free(key);
        return NULL;
    }
    while ((typed = type_byte(&typing, &byte, err)) == TYPED_BYTE && byte != '\n') {
        fits = fits && secret_add(key, &byte, 1);
    }
    typing_done(&typing);
    secret_wipe(&byte, sizeof(byte));
    len = secret_len(key);
    if (typed != TYPED_STOP && len > 0 && secret_text(key)[len - 1] == '\r') {
        secret_backspace(key);
        len--;
    }
    if (typed == TYPED_STOP) {
        /* err says it. */
    } else if (!fits) {
        err_set(err, ERR_INVALID, "The key is longer than %d bytes.", SECRET_KEY_MAX);
    } else if (len == 0) {
        err_set(err, ERR_NO_KEY, "No key was given.");
    } else if (secret_is_key(secret_text(key), len, err)) {
        return key;
    }
    secret_free(key);
    return NULL;
}

/* -- environment -- */

struct secret *keyring_take_env(const char *name, bool *set)
{
    size_t name_len = strlen(name);
    struct secret *key = NULL;

    *set = false;
    for (char **at = environ; at != NULL && *at != NULL; at++) {
        if (strncmp(*at, name, name_len) == 0 && (*at)[name_len] == '=') {
            char *value = *at + name_len + 1;
            size_t len = strlen(value), kept = len;

            /* `export X=$(cat FILE)` has none, other ways do. */
            while (kept > 0 && (value[kept - 1] == '\n' || value[kept - 1] == '\r')) {
                kept--;
            }
            if (!*set && kept > 0) {
                key = secret_new(value, kept);
            }
            *set = true;
            /* In place: /proc/PID/environ shows this very memory. */
            secret_wipe(value, len);
        }
    }
    unsetenv(name);
    return key;
}
