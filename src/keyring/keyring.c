#include "keyring/keyring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "keyring/job.h"

#include "base/banned.h"

#define DEADLINE_S 120
#define DEADLINE_S_MAX 3600
#define HELPER_NAME "portcullis-keyring"

/* The end of every sentence where the keyring cannot be used at all. */
#define OTHER_WAYS                                                                                 \
    " Or take the key from elsewhere: `portcullis login` with --key command, file or ask."

#define LATE_WORDS                                                                                 \
    "The keyring did not answer in time and is no longer waited for. It may still be asking in "   \
    "another window: answer it there, then try again. Else it hangs: log out of the desktop and "  \
    "in again, which starts it anew."

static const char *const WORDS[] = {
    [KEYRING_OK] = "The keyring did as asked.",
    [KEYRING_NONE] = "The keyring holds no key for this profile and base URL: `portcullis login` "
                     "stores one.",
    [KEYRING_LOCKED] = "The keyring is locked, and nothing here can ask for its password (as is "
                       "usual over SSH): unlock it on the desktop, then try again." OTHER_WAYS,
    [KEYRING_DISMISSED] = "The keyring asked for its password or for leave, and the question was "
                          "closed without an answer: nothing was done. Try again, and answer it "
                          "in its own window.",
    [KEYRING_NO_BUS] = "There is no D-Bus session, so there is no keyring to ask: log in on the "
                       "desktop, or start one with `dbus-run-session`." OTHER_WAYS,
    [KEYRING_DEAD_BUS] = "DBUS_SESSION_BUS_ADDRESS names a bus that nobody answers, left from an "
                         "earlier login? Log in anew, or unset it and start one with "
                         "`dbus-run-session`." OTHER_WAYS,
    [KEYRING_NO_SERVICE] = "No keyring program answers on the D-Bus session: start or install "
                           "gnome-keyring, KWallet or KeePassXC." OTHER_WAYS,
    [KEYRING_NO_PROMPT] = "The keyring would have to ask something (there is none yet to open, or "
                          "it wants leave) and cannot do that here: log in on the desktop once and "
                          "store the key there." OTHER_WAYS,
    [KEYRING_REFUSED] = "The keyring did not do as asked, although it reported no error: looking "
                        "again showed something else. Look at it with the keyring's own program, "
                        "then try again.",
    [KEYRING_TIMEOUT] = LATE_WORDS,
    [KEYRING_DIED] = "The keyring, or the program that asks it, ended before it answered: try "
                     "again. When that does not help, log out of the desktop and in again, which "
                     "starts it anew.",
    [KEYRING_NO_HELPER] = "The program portcullis-keyring is not where it should be (beside "
                          "portcullis or in its libexec folder): install it again." OTHER_WAYS,
    [KEYRING_OTHER] =
        "The keyring answered with an error that portcullis does not know." OTHER_WAYS,
};

const char *keyring_words(enum keyring_outcome outcome)
{
    return (size_t)outcome < sizeof(WORDS) / sizeof(WORDS[0]) ? WORDS[outcome]
                                                              : WORDS[KEYRING_OTHER];
}

/* -- the helper -- */

static void fail_plain(struct job *job, enum keyring_outcome outcome)
{
    job_fail(job, outcome, keyring_words(outcome));
}

/* The library's error by name and number: its sentence could hold anything. */
static void fail_other(struct job *job, const char *detail, size_t len)
{
    struct buf words;

    buf_init(&words, 0);
    buf_adds(&words, keyring_words(KEYRING_OTHER));
    if (len > 0 && len <= 80) {
        buf_adds(&words, " (");
        for (size_t i = 0; i < len; i++) {
            buf_addc(&words, detail[i] >= ' ' && detail[i] <= '~' ? detail[i] : '?');
        }
        buf_adds(&words, ")");
    }
    job_fail(job, KEYRING_OTHER, words.data);
    buf_done(&words);
}

static void answer_reply(struct job *job, enum keyring_outcome outcome, const char *field,
                         size_t len)
{
    struct secret *key;

    if (outcome == KEYRING_OTHER) {
        fail_other(job, field, len);
    } else if (outcome != KEYRING_OK) {
        fail_plain(job, outcome);
    } else if (job->op != HELPER_GET) {
        job_answer(job, KEYRING_OK, NULL, NULL);
    } else if (!secret_is_key(field, len, NULL)) {
        job_fail(job, KEYRING_OTHER,
                 "What the keyring holds under this name is no key (empty, or with spaces or "
                 "control characters in it): `portcullis login` replaces it.");
    } else {
        key = secret_new(field, len);
        job_answer(job, KEYRING_OK, key, NULL);
        secret_free(key);
    }
}

static void died(struct job *job)
{
    fail_plain(job, KEYRING_DIED);
}

/* Answers once a whole reply is there, without waiting for the helper's end. */
static void helper_came(struct job *job)
{
    int outcome;
    size_t len;

    switch (helper_reply_parse((const unsigned char *)job->out, job->out_len, KEYRING_OTHER,
                               &outcome, &len)) {
    case HELPER_REPLY_WHOLE:
        answer_reply(job, (enum keyring_outcome)outcome, job->out + HELPER_REPLY_HEAD, len);
        return;
    case HELPER_REPLY_BAD:
        died(job);
        return;
    case HELPER_REPLY_PART:
        break;
    }
    if (job->out_ended) {
        died(job);
    }
}

static void helper_ended(struct job *job, int status)
{
    (void)status;
    job->out_ended = true;
    helper_came(job);
}

static const struct job_ops HELPER_OPS = {
    .slow_words = "The keyring has not answered yet: it may be waiting for you in another window.",
    .late_words = LATE_WORDS,
    .flood_words = LATE_WORDS,
    .came = helper_came,
    .ended = helper_ended,
};

static void add_field(struct buf *out, const char *bytes, size_t len)
{
    buf_addc(out, (char)(len >> 8));
    buf_addc(out, (char)(len & 0xff));
    buf_add(out, bytes, len);
}

static bool send_request(int fd, enum helper_op op, const struct keyring_entry *entry,
                         const struct secret *key)
{
    const char head[] = {HELPER_REQUEST_MARK, HELPER_VERSION, (char)op};
    struct buf request;
    ssize_t sent;
    bool ok;

    buf_init(&request, HELPER_REQUEST_MAX);
    buf_add(&request, head, sizeof(head));
    add_field(&request, entry->profile, strlen(entry->profile));
    add_field(&request, entry->service, strlen(entry->service));
    add_field(&request, key == NULL ? "" : secret_text(key), key == NULL ? 0 : secret_len(key));
    /* It is smaller than any socket buffer: it goes out whole, before the helper reads. */
    sent = send(fd, request.data, request.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    ok = !request.overflow && sent >= 0 && (size_t)sent == request.len;
    buf_wipe_done(&request);
    shutdown(fd, SHUT_WR);
    return ok;
}

static uint64_t ask(struct keyring *keyring, enum helper_op op, const struct keyring_entry *entry,
                    const struct secret *key, int deadline_ms, keyring_fn *fn, void *ctx)
{
    struct job *job = job_new(keyring, &HELPER_OPS, fn, ctx);
    char name[] = HELPER_NAME;
    char *const argv[] = {name, NULL};
    struct process_spec spec = {.path = keyring->helper, .argv = argv, .in_fd = -1, .err_fd = -1};
    struct process process;
    int sockets[2];

    job->op = op;
    job->name = xasprintf("Key of profile %s", entry->profile);
    if (strlen(entry->profile) > HELPER_PROFILE_MAX ||
        strlen(entry->service) > HELPER_SERVICE_MAX ||
        (key != NULL && !secret_is_key(secret_text(key), secret_len(key), NULL))) {
        return job_fail_later(job, KEYRING_OTHER,
                              "The profile's name or base URL is too long for a keyring, or the "
                              "key is no key. Nothing was stored.");
    }
    if (keyring->helper == NULL) {
        return job_fail_later(job, KEYRING_NO_HELPER, keyring_words(KEYRING_NO_HELPER));
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
        return job_fail_later(job, KEYRING_DIED, keyring_words(KEYRING_DIED));
    }
    spec.in_fd = sockets[1];
    spec.out_fd = sockets[1];
    if (process_start(&spec, &process) != 0) {
        close(sockets[0]);
        close(sockets[1]);
        return job_fail_later(job, KEYRING_NO_HELPER, keyring_words(KEYRING_NO_HELPER));
    }
    close(sockets[1]);
    /* When it is gone already, the end of the stream says so. */
    (void)send_request(sockets[0], op, entry, key);
    job_watch(job, &process, sockets[0], -1, deadline_ms > 0 ? deadline_ms : keyring->deadline_ms);
    return job->ticket;
}

/* -- public -- */

/* Gives the helper beside the running program, else the installed one; NULL when there is none. */
static char *find_helper(void)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *path = NULL;

    if (len > 0) {
        self[len] = '\0';
        *strrchr(self, '/') = '\0';
        path = file_join(self[0] == '\0' ? "/" : self, HELPER_NAME);
        if (access(path, X_OK) == 0) {
            return path;
        }
        free(path);
    }
    return access(KEYRING_HELPER_PATH, X_OK) == 0 ? xstrdup(KEYRING_HELPER_PATH) : NULL;
}

struct keyring *keyring_new(struct loop *loop, const char *helper_path)
{
    struct keyring *keyring = xcalloc(1, sizeof(*keyring));

    keyring->loop = loop;
    keyring->deadline_ms = DEADLINE_S * 1000;
    keyring->helper = helper_path != NULL ? xstrdup(helper_path) : find_helper();
    return keyring;
}

bool keyring_set_deadline(struct keyring *keyring, const char *seconds, struct err *err)
{
    long value = 0;

    for (const char *at = seconds; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || value > DEADLINE_S_MAX) {
            value = 0;
            break;
        }
        value = value * 10 + (*at - '0');
    }
    if (value < 1 || value > DEADLINE_S_MAX) {
        return err_set(err, ERR_INVALID,
                       "How long to wait for the keyring is a number of seconds, "
                       "1 to %d.",
                       DEADLINE_S_MAX);
    }
    keyring->deadline_ms = (int)value * 1000;
    return true;
}

void keyring_free(struct keyring *keyring)
{
    if (keyring == NULL) {
        return;
    }
    while (keyring->jobs != NULL) {
        struct job *job = keyring->jobs;

        if (job->ticket != 0) {
            job_drop(job); /* which frees it when it has no process */
            continue;
        }
        job_reap(job);
    }
    free(keyring->helper);
    free(keyring);
}

const char *keyring_helper_path(const struct keyring *keyring)
{
    return keyring->helper;
}

void keyring_on_slow(struct keyring *keyring, loop_fn *fn, void *ctx)
{
    keyring->on_slow = fn;
    keyring->on_slow_ctx = ctx;
}

static struct job *find(const struct keyring *keyring, uint64_t ticket)
{
    struct job *job = ticket == 0 ? NULL : keyring->jobs;

    while (job != NULL && job->ticket != ticket) {
        job = job->next;
    }
    return job;
}

const char *keyring_slow(const struct keyring *keyring, uint64_t ticket)
{
    const struct job *job = find(keyring, ticket);

    return job != NULL && job->slow ? job->ops->slow_words : NULL;
}

uint64_t keyring_get(struct keyring *keyring, const struct keyring_entry *entry, int deadline_ms,
                     keyring_fn *fn, void *ctx)
{
    return ask(keyring, HELPER_GET, entry, NULL, deadline_ms, fn, ctx);
}

uint64_t keyring_set(struct keyring *keyring, const struct keyring_entry *entry,
                     const struct secret *key, int deadline_ms, keyring_fn *fn, void *ctx)
{
    return ask(keyring, HELPER_SET, entry, key, deadline_ms, fn, ctx);
}

uint64_t keyring_delete(struct keyring *keyring, const struct keyring_entry *entry, int deadline_ms,
                        keyring_fn *fn, void *ctx)
{
    return ask(keyring, HELPER_DELETE, entry, NULL, deadline_ms, fn, ctx);
}

void keyring_cancel(struct keyring *keyring, uint64_t ticket)
{
    struct job *job = find(keyring, ticket);

    if (job != NULL) {
        job_drop(job);
    }
}
