/* The files of the journal: opened with care, locked, added to, and whether the end is where it was
 * left. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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

#include "base/banned.h"

#define LOCK_TRIES 400
#define LOCK_PAUSE_MS 5
#define HEAD_SIZE 192 /* always: written in one go, over what was there */

/* Where the chain goes on. */
struct end {
    int64_t at; /* behind the last line that stays */
    int64_t lines;
    char hash[HASH_TEXT_SIZE];
    int64_t torn; /* bytes behind it that a crash left, to be cut off */
    bool unended; /* the last line lacks only its newline */
    enum journal_damage damage;
};

/* -- refusals -- */

bool journal_fail(const char *path, const char *what, int number, struct err *err)
{
    const char *way = number == ENOSPC || number == EDQUOT
                          ? " Make room, or set XDG_STATE_HOME to a folder on another disk: the "
                            "journal is kept there then."
                      : number == EROFS || number == EACCES || number == EPERM
                          ? " Set XDG_STATE_HOME to a folder that you may write to: the journal is "
                            "kept there then."
                          : "";

    err_set(err, ERR_FILE, "The journal %s could not be %s: %s.%s", path, what,
            strerrordesc_np(number), way);
    if (err != NULL) {
        err->status = number;
    }
    return false;
}

/* A folder that others may write to lets them put another journal in the place of this one. */
static bool check_folder(const struct journal *journal, struct err *err)
{
    char *parent = xasprintf("%s/..", journal->folder);
    struct stat st, above;
    bool ok = false;

    if (stat(journal->folder, &st) != 0 || stat(parent, &above) != 0) {
        journal_fail(journal->path, "looked for", errno, err);
    } else if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        err_set(err, ERR_FILE,
                "The folder of the journal, %s, must be yours, and nobody else may write to it "
                "(chmod go-w would mend that).",
                journal->folder);
    } else if ((above.st_mode & S_IWOTH) != 0 && (above.st_mode & S_ISVTX) == 0) {
        err_set(err, ERR_FILE,
                "Everybody may write to the folder above that of the journal, %s, and so put "
                "another in its place (chmod o-w would mend that).",
                parent);
    } else {
        ok = true;
    }
    free(parent);
    return ok;
}

static bool check_private(const char *path, int fd, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return journal_fail(path, "looked at", errno, err);
    }
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
        return err_set(
            err, ERR_FILE,
            "The journal %s must be a regular file of yours that nobody else can open (mode 0600).",
            path);
    }
    return true;
}

/* O_NONBLOCK, so that a pipe that somebody put there cannot hang us before it is refused. -1 with
 * errno. */
static int open_safely(const char *path, int how)
{
    return open(path, how | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
}

static bool refuse(const char *path, const char *what, int number, struct err *err)
{
    if (number == ELOOP || number == ENXIO || number == EISDIR) {
        return err_set(err, ERR_FILE,
                       "The journal %s must be a regular file of yours: it is another thing.",
                       path);
    }
    return journal_fail(path, what, number, err);
}

/* Another console holds the lock while the disk takes a line; one that was stopped must not stop
 * this one for ever. */
static bool lock(const struct journal *journal, int fd, int how, struct err *err)
{
    for (int try = 0; try < LOCK_TRIES; try++) {
        if (flock(fd, how | LOCK_NB) == 0) {
            return true;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return journal_fail(journal->path, "locked", errno, err);
        }
        poll(NULL, 0, LOCK_PAUSE_MS);
    }
    return err_set(err, ERR_FILE, "Another console holds the journal %s and does not let go of it.",
                   journal->path);
}

/* -- the head -- */

static bool parse_head(const char *bytes, size_t len, struct journal_head *out)
{
    json_t *json = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
    const char *hash = json_string_value(json_object_get(json, "hash"));
    const json_t *length = json_object_get(json, "length"), *lines = json_object_get(json, "lines");
    bool ok = json_is_integer(length) && json_integer_value(length) >= 0 &&
              json_is_integer(lines) && hash != NULL && strlen(hash) < HASH_TEXT_SIZE;

    if (ok) {
        *out = (struct journal_head){.there = true,
                                     .length = json_integer_value(length),
                                     .lines = json_integer_value(lines)};
        snprintf(out->hash, sizeof(out->hash), "%s", hash);
    }
    json_decref(json);
    return ok;
}

/* One that says nothing is as good as none. */
static bool read_head(const struct journal *journal, struct journal_head *out, struct err *err)
{
    char bytes[HEAD_SIZE];
    ssize_t got;
    bool ok;
    int fd = open_safely(journal->head_path, O_RDONLY);

    *out = (struct journal_head){0};
    if (fd < 0) {
        return errno == ENOENT || refuse(journal->head_path, "read", errno, err);
    }
    ok = check_private(journal->head_path, fd, err);
    got = ok ? pread(fd, bytes, sizeof(bytes), 0) : 0;
    if (got < 0) {
        ok = journal_fail(journal->head_path, "read", errno, err);
    } else if (got > 0) {
        (void)parse_head(bytes, (size_t)got, out);
    }
    close(fd);
    return ok;
}

static bool sync_folder(const struct journal *journal, struct err *err)
{
    int fd = open(journal->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

    if (!ok) {
        journal_fail(journal->path, "made safe on the disk", errno, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* 0, or the number of the error. */
static int write_at_start(int fd, const char *bytes, size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t got = pwrite(fd, bytes + done, len - done, (off_t)done);

        if (got > 0) {
            done += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            return got == 0 ? EIO : errno;
        }
    }
    return 0;
}

static bool write_head(const struct journal *journal, const struct end *end, struct err *err)
{
    char bytes[HEAD_SIZE + 1];
    int used =
        snprintf(bytes, sizeof(bytes), "{\"v\":1,\"length\":%lld,\"lines\":%lld,\"hash\":\"%s\"}",
                 (long long)end->at, (long long)end->lines, end->hash);
    bool ok;
    int fd = open_safely(journal->head_path, O_RDWR | O_CREAT);

    if (fd < 0) {
        return refuse(journal->head_path, "written", errno, err);
    }
    memset(bytes + used, ' ', HEAD_SIZE - (size_t)used);
    bytes[HEAD_SIZE - 1] = '\n';
    ok = check_private(journal->head_path, fd, err);
    if (ok) {
        int number = write_at_start(fd, bytes, HEAD_SIZE);

        number = number == 0 && fdatasync(fd) != 0 ? errno : number;
        ok = number == 0 || journal_fail(journal->head_path, "written", number, err);
    }
    close(fd);
    return ok;
}

/* -- opening, reading -- */

static bool open_for_writing(const struct journal *journal, struct journal_file *file,
                             struct err *err)
{
    struct err mine = {0};

    if (!file_mkdirs(journal->folder, &mine)) {
        return journal_fail(journal->path, "kept", mine.status, err);
    }
    if (!check_folder(journal, err)) {
        return false;
    }
    file->fd = open_safely(journal->path, O_RDWR | O_APPEND);
    if (file->fd < 0 && errno == ENOENT) {
        file->fd = open_safely(journal->path, O_RDWR | O_APPEND | O_CREAT);
        file->made = true;
    }
    return file->fd >= 0 || refuse(journal->path, "opened for writing", errno, err);
}

static bool open_for_reading(const struct journal *journal, struct journal_file *file,
                             struct err *err)
{
    for (int try = 0;; try++) {
        file->fd = open_safely(journal->path, O_RDONLY);
        if (file->fd >= 0) {
            return check_folder(journal, err);
        }
        if (errno != ENOENT) {
            return refuse(journal->path, "read", errno, err);
        }
        if (!read_head(journal, &file->head, err)) {
            return false;
        }
        /* The head alone: the journal is lost, or has just been made by another. */
        if (!file->head.there || try > 0) {
            return true;
        }
    }
}

bool journal_file_open(const struct journal *journal, bool write, struct journal_file *out,
                       struct err *err)
{
    struct journal_file file = {.fd = -1};
    bool ok = write ? open_for_writing(journal, &file, err) : open_for_reading(journal, &file, err);

    if (ok && file.fd >= 0) {
        ok = check_private(journal->path, file.fd, err) &&
             lock(journal, file.fd, write ? LOCK_EX : LOCK_SH, err) &&
             read_head(journal, &file.head, err);
    }
    if (!ok) {
        journal_file_close(&file);
        return false;
    }
    *out = file;
    return true;
}

void journal_file_close(struct journal_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
    }
    file->fd = -1;
}

bool journal_file_scan(const struct journal *journal, const struct journal_file *file, int64_t from,
                       journal_line_fn *fn, void *ctx, struct err *err)
{
    int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t got;
    bool ok;

    if (stream == NULL || fseeko(stream, from, SEEK_SET) != 0) {
        int number = errno;

        if (number == ENOMEM) {
            die_no_memory();
        }
        if (stream != NULL) {
            fclose(stream);
        } else if (fd >= 0) {
            close(fd);
        }
        return journal_fail(journal->path, "read", number, err);
    }
    while ((got = getline(&line, &cap, stream)) > 0) {
        bool ended = line[got - 1] == '\n';

        from += got;
        fn(ctx, line, (size_t)(ended ? got - 1 : got), ended, from);
    }
    /* A line that no room was found for is not the end of the journal. */
    if (feof(stream) == 0 && ferror(stream) == 0) {
        die_no_memory();
    }
    ok = ferror(stream) == 0 || journal_fail(journal->path, "read", EIO, err);
    free(line);
    fclose(stream);
    return ok;
}

/* -- the end -- */

struct finder {
    struct end end;
    bool fits;          /* every line so far goes on from the one before */
    bool first_version; /* of the last whole line */
};

static void find_line(void *ctx, const char *text, size_t len, bool ended, int64_t at)
{
    struct finder *finder = ctx;
    char hash[HASH_TEXT_SIZE];
    json_t *line;

    if (!journal_line_whole(text, len, hash)) {
        if (!ended) {
            finder->end.torn = (int64_t)len;
            return;
        }
        finder->fits = false;
        journal_line_cut_hash(text, len, hash);
    } else {
        const char *prev;

        line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
        prev = json_string_value(json_object_get(line, "prev"));
        finder->fits = finder->fits && prev != NULL && strcmp(prev, finder->end.hash) == 0;
        finder->first_version = json_integer_value(json_object_get(line, "v")) < JOURNAL_VERSION;
        json_decref(line);
    }
    finder->end.unended = !ended;
    finder->end.at = at;
    finder->end.lines++;
    memcpy(finder->end.hash, hash, sizeof(hash));
}

/* Is the line that the head speaks of where it says? */
static bool head_fits(const struct journal_file *file)
{
    const struct journal_head *head = &file->head;
    size_t want =
        head->length > (int64_t)JOURNAL_LINE_MAX + 1 ? JOURNAL_LINE_MAX + 1 : (size_t)head->length;
    char hash[HASH_TEXT_SIZE];
    size_t start;
    char *bytes;
    bool ok;

    if (want == 0) {
        return true;
    }
    bytes = xmalloc(want);
    ok = pread(file->fd, bytes, want, head->length - (off_t)want) == (ssize_t)want &&
         bytes[want - 1] == '\n';
    for (start = want - 1; ok && start > 0 && bytes[start - 1] != '\n'; start--) {
    }
    if (ok && !journal_line_whole(bytes + start, want - 1 - start, hash)) {
        journal_line_cut_hash(bytes + start, want - 1 - start, hash);
    }
    ok = ok && strcmp(hash, head->hash) == 0;
    free(bytes);
    return ok;
}

/* Everything is read when the head cannot be gone by. */
static bool find_end_without_head(const struct journal *journal, const struct journal_file *file,
                                  enum journal_damage damage, struct end *out, struct err *err)
{
    struct finder finder = {.first_version = true};

    if (!journal_file_scan(journal, file, 0, find_line, &finder, err)) {
        return false;
    }
    if (damage == JOURNAL_WHOLE && !finder.first_version) {
        damage = JOURNAL_HEADLESS;
    }
    *out = finder.end;
    out->damage = damage;
    return true;
}

static bool find_end(const struct journal *journal, const struct journal_file *file,
                     struct end *out, struct err *err)
{
    const struct journal_head *head = &file->head;
    struct finder finder = {.fits = true, .end = {.at = head->length, .lines = head->lines}};
    struct stat st;

    if (fstat(file->fd, &st) != 0) {
        return journal_fail(journal->path, "looked at", errno, err);
    }
    if (!head->there) {
        return find_end_without_head(journal, file, JOURNAL_WHOLE, out, err);
    }
    if (st.st_size < head->length) {
        return find_end_without_head(journal, file,
                                     st.st_size == 0 ? JOURNAL_LOST : JOURNAL_SHORTENED, out, err);
    }
    memcpy(finder.end.hash, head->hash, sizeof(head->hash));
    if (!head_fits(file)) {
        return find_end_without_head(journal, file, JOURNAL_BROKEN, out, err);
    }
    if (!journal_file_scan(journal, file, head->length, find_line, &finder, err)) {
        return false;
    }
    if (!finder.fits) {
        return find_end_without_head(journal, file, JOURNAL_BROKEN, out, err);
    }
    *out = finder.end;
    return true;
}

/* -- adding -- */

/* Adds a line of ours to what is written. */
static bool add_line(struct end *end, json_t *line, struct buf *out)
{
    char prev[HASH_TEXT_SIZE];
    bool ok;

    memcpy(prev, end->hash, sizeof(prev));
    ok = journal_line_make(line, prev, out, end->hash);
    end->lines += ok ? 1 : 0;
    json_decref(line);
    return ok;
}

static json_t *new_note(const struct journal *journal, const char *note, const char *text)
{
    json_t *line = journal_new_line(journal, "note", NULL);

    journal_set_text(line, "note", note);
    journal_set_text(line, "text", text);
    return line;
}

/* What is to be said of the end of the file, as the first bytes of what is written. */
static bool add_notes(const struct journal *journal, struct end *end, struct buf *out)
{
    json_t *note;

    if (end->unended && !buf_addc(out, '\n')) {
        return false;
    }
    if (end->torn > 0) {
        note = new_note(journal, "cut",
                        "A last line that was cut short while it was written was cut off here.");
        json_object_set_new(note, "bytes", json_integer(end->torn));
        if (!add_line(end, note, out)) {
            return false;
        }
    }
    if (end->damage == JOURNAL_WHOLE) {
        return true;
    }
    note = new_note(journal, "damaged", "What stands before this line is not what was written.");
    journal_set_text(note, "damage", journal_damage_name(end->damage));
    return add_line(end, note, out);
}

static bool write_all(const struct journal *journal, int fd, int64_t size, const struct buf *bytes,
                      struct err *err)
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
     * too, the next write cuts it off. */
    if (ftruncate(fd, size) != 0) {
        return journal_fail(journal->path, "written, nor cut back", number, err);
    }
    return journal_fail(journal->path, "written", number, err);
}

bool journal_file_append(const struct journal *journal, struct journal_file *file, json_t *line,
                         struct err *err)
{
    struct end end = {0};
    struct buf bytes;
    int64_t size;
    bool ok = false;

    buf_init(&bytes, 4 * JOURNAL_LINE_MAX);
    if (!find_end(journal, file, &end, err)) {
        goto out;
    }
    /* The head comes before the first line that counts on it. */
    if (!file->head.there && (!write_head(journal, &end, err) || !sync_folder(journal, err))) {
        goto out;
    }
    if (end.torn > 0 && ftruncate(file->fd, end.at) != 0) {
        journal_fail(journal->path, "mended", errno, err);
        goto out;
    }
    size = end.at;
    if (!add_notes(journal, &end, &bytes)) {
        err_set(err, ERR_INTERNAL, "The journal line could not be made.");
        goto out;
    }
    ok = add_line(&end, json_incref(line), &bytes);
    if (!ok) {
        err_set(err, ERR_INTERNAL, "The journal line is too long.");
        goto out;
    }
    ok = write_all(journal, file->fd, size, &bytes, err) &&
         (!file->made || sync_folder(journal, err));
    if (ok) {
        end.at = size + (int64_t)bytes.len;
        /* The line is safe. A head that stays behind is one that the journal goes on from. */
        (void)write_head(journal, &end, NULL);
    }
out:
    buf_done(&bytes);
    json_decref(line);
    return ok;
}
