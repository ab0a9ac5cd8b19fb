#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/banned.h"

#define READ_STEP 16384

/* Says what was tried on what; the number of the error stays in err->status. */
static bool fail(struct err *err, const char *tried, const char *path, int number)
{
    err_set(err, ERR_FILE, "Could not %s %s: %s.", tried, path, strerrordesc_np(number));
    if (err != NULL) {
        err->status = number;
    }
    return false;
}

static bool refuse(struct err *err, const char *path, const char *why, int number)
{
    err_set(err, ERR_FILE, "%s was not read: %s.", path, why);
    if (err != NULL) {
        err->status = number;
    }
    return false;
}

/* O_NONBLOCK, so that a pipe put there by somebody cannot hang us before it is refused. */
static int open_regular(const char *path, struct stat *st, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);

    if (fd < 0) {
        if (errno == ELOOP) {
            refuse(err, path, "it is a symbolic link", ELOOP);
        } else {
            fail(err, "open", path, errno);
        }
        return -1;
    }
    if (fstat(fd, st) != 0) {
        fail(err, "look at", path, errno);
    } else if (!S_ISREG(st->st_mode)) {
        refuse(err, path, "it is not a regular file", S_ISDIR(st->st_mode) ? EISDIR : EINVAL);
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

static bool read_all(int fd, const char *path, struct buf *out, struct err *err)
{
    size_t start = out->len;
    char *step = xmalloc(READ_STEP);
    bool ok = false;

    for (;;) {
        ssize_t got = read(fd, step, READ_STEP);

        if (got == 0) {
            ok = true;
            break;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            fail(err, "read", path, errno);
            break;
        }
        if (!buf_add(out, step, (size_t)got)) {
            refuse(err, path, "it is larger than a file of its kind may be", EFBIG);
            break;
        }
    }
    if (!ok) {
        explicit_bzero(out->data + start, out->len - start);
        out->len = start;
    }
    explicit_bzero(step, READ_STEP);
    free(step);
    return ok;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return false;
        }
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

/* The folder that holds path (gives). */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL) {
        return xstrdup(".");
    }
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

/* A rename is only safe from a power cut once its folder is on the disk. Some file systems cannot
 * do that for a folder (EINVAL) and are forgiven. */
static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok;
    int number;

    if (fd < 0) {
        return false;
    }
    ok = fsync(fd) == 0 || errno == EINVAL;
    number = errno;
    close(fd);
    errno = number;
    return ok;
}

bool file_read(const char *path, struct buf *out, struct err *err)
{
    struct stat st;
    int fd = open_regular(path, &st, err);
    bool ok;

    if (fd < 0) {
        return false;
    }
    ok = read_all(fd, path, out, err);
    close(fd);
    return ok;
}

bool file_read_private(const char *path, struct buf *out, struct err *err)
{
    struct stat st;
    int fd = open_regular(path, &st, err);
    bool ok = false;

    if (fd < 0) {
        return false;
    }
    if (st.st_uid != geteuid()) {
        refuse(err, path, "it belongs to somebody else", EPERM);
    } else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        refuse(err, path, "others may read or write it (chmod 600 would mend that)", EPERM);
    } else {
        ok = read_all(fd, path, out, err);
    }
    close(fd);
    return ok;
}

bool file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode,
                       struct err *err)
{
    char *folder = folder_of(path);
    char *temporary = xasprintf("%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    bool ok = false;

    if (fd < 0) {
        fail(err, "make a file beside", path, errno);
        goto out;
    }
    if (fchmod(fd, mode) != 0 || !write_all(fd, bytes, len) || fsync(fd) != 0) {
        fail(err, "write", path, errno);
        close(fd);
        goto out_unlink;
    }
    if (close(fd) != 0) {
        fail(err, "write", path, errno);
        goto out_unlink;
    }
    if (rename(temporary, path) != 0) {
        fail(err, "replace", path, errno);
        goto out_unlink;
    }
    ok = sync_folder(folder) || fail(err, "bring to the disk the folder of", path, errno);
    goto out;
out_unlink:
    unlink(temporary);
out:
    free(temporary);
    free(folder);
    return ok;
}

bool file_mkdirs(const char *path, struct err *err)
{
    char *part = xstrdup(path);
    char *at = part;
    struct stat st;
    bool ok = true;

    for (;;) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        bool last = *at == '\0';

        *at = '\0';
        if (part[0] != '\0' && mkdir(part, S_IRWXU) != 0 && errno != EEXIST) {
            ok = fail(err, "make the folder", part, errno);
            break;
        }
        if (last) {
            break;
        }
        *at = '/';
    }
    if (ok && stat(path, &st) != 0) {
        ok = fail(err, "make the folder", path, errno);
    } else if (ok && !S_ISDIR(st.st_mode)) {
        ok = fail(err, "make the folder", path, ENOTDIR);
    }
    free(part);
    return ok;
}

char *file_join(const char *folder, const char *name)
{
    size_t len = strlen(folder);

    if (len == 0) {
        return xstrdup(name);
    }
    return xasprintf("%s%s%s", folder, folder[len - 1] == '/' ? "" : "/", name);
}
