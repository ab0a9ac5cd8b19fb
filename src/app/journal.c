#include "app/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/journal_internal.h"
#include "app/journal_line.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

#include "base/banned.h"

#define LOCK_TRIES 60
#define LOCK_PAUSE_MS 5

/* The end of the file: where the chain goes on. */
struct tail {
    off_t size;
    bool empty;
    bool unended; /* the last line lacks its newline */
    bool cut;     /* and is no whole line */
    char hash[HASH_TEXT_SIZE];
};

struct journal *journal_new(const char *path, const struct clock *clock)
{
    struct journal *journal = xcalloc(1, sizeof(*journal));

    journal->path = xstrdup(path);
    journal->clock = clock;
    journal->holds = journal_holds_new(path);
    return journal;
}

void journal_free(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    journal_holds_free(journal->holds);
    free(journal->path);
    free(journal);
}

const char *journal_path(const struct journal *journal)
{
    return journal->path;
}

static bool fail(const struct journal *journal, const char *what, int number, struct err *err)
{
    bool ok = err_set(err, ERR_FILE, "The journal %s could not be %s: %s.", journal->path, what,
                      strerror(number));

    if (err != NULL) {
        err->status = number;
    }
    return ok;
}

static bool check_private(const struct journal *journal, int fd, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return fail(journal, "looked at", errno, err);
    }
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
        return err_set(
            err, ERR_FILE,
            "The journal %s must be a regular file of yours that nobody else can open (mode 0600).",
            journal->path);
    }
    return true;
}

/* Another console holds the lock for milliseconds only; one that was stopped must not stop this one
 * for ever. */
static bool lock(const struct journal *journal, int fd, int how, struct err *err)
{
    for (int try = 0; try < LOCK_TRIES; try++) {
        if (flock(fd, how | LOCK_NB) == 0) {
            return true;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return fail(journal, "locked", errno, err);
        }
        poll(NULL, 0, LOCK_PAUSE_MS);
    }
    return err_set(err, ERR_FILE, "Another console holds the journal %s and does not let go of it.",
                   journal->path);
}

static bool make_folder(const struct journal *journal, struct err *err)
{
    char *folder = xstrdup(journal->path);
    char *slash = strrchr(folder, '/');
    bool ok = true;

    if (slash != NULL && slash != folder) {
        *slash = '\0';
        ok = file_mkdirs(folder, err);
    }
    free(folder);
    return ok;
}

static bool open_for_writing(const struct journal *journal, int *out, struct err *err)
{
    int fd;

    if (!make_folder(journal, err)) {
        return false;
    }
    fd = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(journal, "opened for writing", errno, err);
    }
    if (!check_private(journal, fd, err) || !lock(journal, fd, LOCK_EX, err)) {
        close(fd);
        return false;
    }
    *out = fd;
    return true;
}

/* Reads the last line of the file, as much of it as can matter. */
static bool read_tail(const struct journal *journal, int fd, struct tail *out, struct err *err)
{
    struct stat st;
    struct tail tail = {0};
    size_t want, len, start;
    char *bytes;
    ssize_t got;

    if (fstat(fd, &st) != 0) {
        return fail(journal, "looked at", errno, err);
    }
    tail.size = st.st_size;
    if (st.st_size == 0) {
        tail.empty = true;
        *out = tail;
        return true;
    }
    want = (uint64_t)st.st_size > JOURNAL_LINE_MAX + 1 ? JOURNAL_LINE_MAX + 1 : (size_t)st.st_size;
    bytes = xmalloc(want);
    got = pread(fd, bytes, want, st.st_size - (off_t)want);
    if (got != (ssize_t)want) {
        free(bytes);
        return fail(journal, "read", got < 0 ? errno : EIO, err);
    }
    tail.unended = bytes[want - 1] != '\n';
    len = tail.unended ? want : want - 1;
    for (start = len; start > 0 && bytes[start - 1] != '\n'; start--) {
    }
    if (!journal_line_whole(bytes + start, len - start, tail.hash)) {
        tail.cut = true;
        journal_line_cut_hash(bytes + start, len - start, tail.hash);
    }
    free(bytes);
    *out = tail;
    return true;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (text_is_utf8(text, strlen(text))) {
        json_object_set_new(object, key, json_string(text));
    } else {
        char *clean = text_cleaned(text);

        json_object_set_new(object, key, json_string(clean));
        free(clean);
    }
}

static json_t *new_line(const struct journal *journal, const char *kind, const char *id)
{
    char time[TIME_TEXT_SIZE];
    json_t *object = json_object();

    time_format(clock_now(journal->clock), time);
    json_object_set_new(object, "v", json_integer(JOURNAL_VERSION));
    json_object_set_new(object, "time", json_string(time));
    json_object_set_new(object, "kind", json_string(kind));
    set_text(object, "id", id);
    json_object_set_new(object, "pid", json_integer(getpid()));
    return object;
}

/* Mends what a crash left at the end of the file, as the first bytes of the next write. */
static bool mend(const struct journal *journal, struct tail *tail, struct buf *out)
{
    json_t *note;
    bool ok;

    if (tail->empty) {
        return true;
    }
    if (tail->unended && !buf_addc(out, '\n')) {
        return false;
    }
    if (!tail->cut) {
        return true;
    }
    note = new_line(journal, "note", NULL);
    set_text(note, "note", "cut");
    set_text(note, "text",
             "The line before this one was cut short while it was written, or damaged.");
    ok = journal_line_make(note, tail->hash, out, tail->hash);
    json_decref(note);
    return ok;
}

/* A file that was just made is in its folder for good only when the folder is synced too. */
static bool sync_folder(const struct journal *journal, struct err *err)
{
    char *folder = xstrdup(journal->path);
    char *slash = strrchr(folder, '/');
    bool ok = true;
    int fd;

    if (slash != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ok = fd >= 0 && fsync(fd) == 0;
        if (!ok) {
            fail(journal, "made safe on the disk", errno, err);
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    free(folder);
    return ok;
}

static bool write_all(const struct journal *journal, int fd, const struct tail *tail,
                      const struct buf *bytes, struct err *err)
{
    size_t done = 0;
    int number = 0;

    while (done < bytes->len && number == 0) {
        ssize_t got = write(fd, bytes->data + done, bytes->len - done);

        if (got > 0) {
            done += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            number = got == 0 ? EIO : errno;
        }
    }
    if (number == 0 && fdatasync(fd) != 0) {
        number = errno;
    }
    if (number == 0) {
        return true;
    }
    /* The lock is ours, so what stands behind the old end is our own half line. Should this fail
     * too, the next write names it as cut. */
    if (ftruncate(fd, tail->size) != 0) {
        return fail(journal, "written, nor cut back", number, err);
    }
    return fail(journal, "written", number, err);
}

/* Takes the object. */
static bool append(struct journal *journal, json_t *object, struct err *err)
{
    struct tail tail = {0};
    struct buf bytes;
    char prev[HASH_TEXT_SIZE];
    bool ok = false;
    int fd = -1;

    buf_init(&bytes, 4 * JOURNAL_LINE_MAX);
    if (!open_for_writing(journal, &fd, err) || !read_tail(journal, fd, &tail, err)) {
        goto out;
    }
    if (!mend(journal, &tail, &bytes)) {
        err_set(err, ERR_INTERNAL, "The journal line could not be made.");
        goto out;
    }
    memcpy(prev, tail.hash, sizeof(prev));
    if (!journal_line_make(object, prev, &bytes, tail.hash)) {
        err_set(err, ERR_INTERNAL, "The journal line is too long.");
        goto out;
    }
    ok = write_all(journal, fd, &tail, &bytes, err) && (!tail.empty || sync_folder(journal, err));
out:
    if (fd >= 0) {
        close(fd); /* lets go of the lock */
    }
    buf_done(&bytes);
    json_decref(object);
    return ok;
}

static void set_user(json_t *object)
{
    const struct passwd *user = getpwuid(geteuid());
    char host[256];

    set_text(object, "user", user == NULL ? NULL : user->pw_name);
    if (gethostname(host, sizeof(host)) == 0) {
        host[sizeof(host) - 1] = '\0';
        set_text(object, "host", host);
    }
}

static void set_time(json_t *object, const char *key, int64_t time)
{
    char text[TIME_TEXT_SIZE];

    if (time != TIME_NONE && time != 0) {
        time_format(time, text);
        json_object_set_new(object, key, json_string(text));
    }
}

/* What a later look needs to tell what this write did. */
static void set_before(json_t *line, const struct journal_intent *intent)
{
    set_time(line, "server_time", intent->server_time);
    json_object_set_new(line, "young", json_boolean(intent->young));
    json_object_set_new(line, "blind", json_boolean(intent->blind));
    set_time(line, "newest", intent->newest);
    if (intent->seen_count > 0) {
        json_t *seen = json_array();

        for (size_t i = 0; i < intent->seen_count; i++) {
            json_array_append_new(seen, json_string(intent->seen[i]));
        }
        json_object_set_new(line, "seen", seen);
    }
}

bool journal_write_intent(struct journal *journal, const struct journal_intent *intent,
                          char id[JOURNAL_ID_SIZE], struct err *err)
{
    char made[JOURNAL_ID_SIZE];
    json_t *line;

    hash_random_text(made, sizeof(made));
    line = new_line(journal, "intent", made);
    set_user(line);
    set_text(line, "profile", intent->profile);
    set_text(line, "base_url", intent->base_url);
    set_text(line, "organisation_id", intent->organisation_id);
    set_text(line, "own_mask", intent->own_mask);
    set_text(line, "act", intent->act);
    set_text(line, "target", intent->target);
    set_text(line, "target_kind", intent->kind);
    set_text(line, "name", intent->name);
    set_text(line, "mask", intent->mask);
    set_text(line, "workspace", intent->workspace);
    set_text(line, "owner", intent->owner);
    set_text(line, "method", intent->method);
    set_text(line, "path", intent->path);
    set_text(line, "body", intent->body);
    set_text(line, "reason", intent->reason);
    set_before(line, intent);
    if (!make_folder(journal, err) || !journal_hold(journal->holds, made, err)) {
        json_decref(line);
        err_prefix(err, "Nothing was sent");
        return false;
    }
    if (!append(journal, line, err)) {
        journal_release(journal->holds, made);
        err_prefix(err, "Nothing was sent");
        return false;
    }
    memcpy(id, made, sizeof(made));
    return true;
}

void journal_let_go(struct journal *journal, const char *intent_id)
{
    journal_release(journal->holds, intent_id);
}

bool journal_write_event(struct journal *journal, const char *intent_id, const char *event,
                         const char *id, const char *mask, struct err *err)
{
    json_t *line = new_line(journal, event, NULL);

    set_text(line, "intent", intent_id);
    set_text(line, "target", id);
    set_text(line, "mask", mask);
    return append(journal, line, err);
}

bool journal_write_outcome(struct journal *journal, const char *intent_id,
                           const struct journal_outcome *outcome, struct err *err)
{
    char made[JOURNAL_ID_SIZE];
    json_t *line;
    bool ok;

    hash_random_text(made, sizeof(made));
    line = new_line(journal, "outcome", made);
    set_text(line, "intent", intent_id);
    set_text(line, "result", outcome->result);
    set_text(line, "target", outcome->target);
    if (outcome->status != 0) {
        json_object_set_new(line, "status", json_integer(outcome->status));
    }
    set_text(line, "detail", outcome->detail);
    set_text(line, "reading", outcome->reading);
    set_text(line, "control", outcome->control);
    set_text(line, "by", outcome->by);
    set_text(line, "reason", outcome->reason);
    ok = append(journal, line, err);
    journal_release(journal->holds, intent_id);
    return ok;
}
