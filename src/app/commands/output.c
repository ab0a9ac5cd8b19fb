/* What a command writes on stdout, and what becomes of it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands/common.h"
#include "base/alloc.h"
#include "base/secret.h"

#include "base/banned.h"

/* More than any record that holds a new key: for its buffer, and for the room that is asked for on
 * the disk before it is made. */
#define OUTPUT_MAX 8192

static bool not_written(int cause, struct err *err)
{
    err_set(err, ERR_FILE, "Standard output cannot be written to (%s).", strerrordesc_np(cause));
    if (err != NULL) {
        err->status = cause;
    }
    return false;
}

/* 0, or why nothing can be written to this file. */
static int file_trouble(int fd)
{
    struct stat st;
    off_t end;

    if (fstat(fd, &st) != 0) {
        return errno;
    }
    if (S_ISCHR(st.st_mode) && write(fd, "", 0) < 0) {
        return errno; /* /dev/full */
    }
    if (!S_ISREG(st.st_mode)) {
        return 0;
    }
    end = (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? st.st_size : lseek(fd, 0, SEEK_CUR);
    if (end >= 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, end, OUTPUT_MAX) != 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
        return errno;
    }
    return 0; /* or the file system cannot tell */
}

bool command_output_ready(struct err *err)
{
    struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    int cause;

    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
        return not_written(EBADF, err);
    }
    if (poll(&fd, 1, 0) > 0 && (fd.revents & (POLLERR | POLLNVAL)) != 0) {
        return not_written(EPIPE, err);
    }
    cause = file_trouble(STDOUT_FILENO);
    return cause == 0 || not_written(cause, err);
}

bool command_write_secret(const struct report_item *items, size_t count, const char *last,
                          enum report_format format, struct err *err)
{
    char space[OUTPUT_MAX];
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    bool ok;

    if (out == NULL && errno == ENOMEM) {
        die_no_memory();
    }
    if (out == NULL) {
        return not_written(errno, err);
    }
    setvbuf(out, space, _IOFBF, sizeof(space));
    ok = report_act_begin(out, items, count, last, format, err);
    /* A disk that is full, or a network that is down, may say so only now. A pipe or a terminal
     * knows no fsync. */
    if (ok && fsync(fd) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT)) {
        ok = not_written(errno, err);
    }
    fclose(out);
    secret_wipe(space, sizeof(space));
    return ok;
}

int command_width(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return 0;
    }
    return size.ws_col;
}

int command_finish(int code)
{
    struct err err = {0};

    if ((code != EXIT_DONE && code != EXIT_INCOMPLETE) || report_flush(stdout, &err)) {
        return code;
    }
    return command_fail(&err);
}
