/* Preloaded into a program, this makes one call of it fail, or every one from there on: an
 * allocation, a write, or an fsync. The program itself has no switch for that.
 *
 *   FAILING="alloc 17 on"      the 17th allocation fails, and all that follow
 *   FAILING="alloc 17 once"    the 17th alone
 *   FAILING="write 3 ENOSPC"   the 3rd write fails so; also EIO, EINTR, and short: half is written
 *   FAILING="sync 1 EIO"       the first fsync or fdatasync
 *   FAILING_COUNTS=FILE        how many of each there were, written at the end
 *
 * Only in the process that was started so, not in its children. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum what { WHAT_ALLOC, WHAT_WRITE, WHAT_SYNC, WHAT_COUNT };

static const char *const WHATS[WHAT_COUNT] = {"alloc", "write", "sync"};

static struct {
    atomic_long counts[WHAT_COUNT];
    enum what what;
    long at; /* 0: none fails */
    bool on; /* and those that follow */
    bool half;
    int number; /* errno */
    pid_t owner;
} failing;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static int number_of(const char *how)
{
    static const struct {
        const char *name;
        int number;
    } NUMBERS[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EINTR", EINTR}, {"EDQUOT", EDQUOT}};

    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++) {
        if (strcmp(NUMBERS[i].name, how) == 0) {
            return NUMBERS[i].number;
        }
    }
    return ENOMEM;
}

__attribute__((constructor)) static void setup(void)
{
    const char *text = getenv("FAILING");
    char what[16] = "", how[16] = "";
    long at = 0;

    for (int i = 0; i < WHAT_COUNT; i++) {
        atomic_store(&failing.counts[i], 0);
    }
    if (text == NULL || sscanf(text, "%15s %ld %15s", what, &at, how) != 3) {
        return;
    }
    for (int i = 0; i < WHAT_COUNT; i++) {
        if (strcmp(WHATS[i], what) == 0) {
            failing.what = (enum what)i;
        }
    }
    failing.on = strcmp(how, "on") == 0;
    failing.half = strcmp(how, "short") == 0;
    failing.number = number_of(how);
    failing.owner = getpid();
    unsetenv("FAILING");
    failing.at = at;
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("FAILING_COUNTS");
    char line[128];
    int len;
    int fd;

    if (path == NULL) {
        return;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    len =
        snprintf(line, sizeof(line), "%ld %ld %ld\n", atomic_load(&failing.counts[WHAT_ALLOC]),
                 atomic_load(&failing.counts[WHAT_WRITE]), atomic_load(&failing.counts[WHAT_SYNC]));
    if (fd >= 0) {
        len = (int)syscall(SYS_write, fd, line, (size_t)len);
        close(fd);
    }
}

static bool fails(enum what what)
{
    long now = atomic_fetch_add(&failing.counts[what], 1) + 1;

    if (failing.at == 0 || failing.what != what || now < failing.at ||
        (now > failing.at && !failing.on) || getpid() != failing.owner) {
        return false;
    }
    errno = failing.number;
    return true;
}

/* -- memory -- */

void *malloc(size_t size)
{
    return fails(WHAT_ALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(WHAT_ALLOC) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(WHAT_ALLOC) ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    size_t all;

    if (__builtin_mul_overflow(count, size, &all)) {
        errno = ENOMEM;
        return NULL;
    }
    return fails(WHAT_ALLOC) ? NULL : __libc_realloc(old, all);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *memory = fails(WHAT_ALLOC) ? NULL : __libc_memalign(alignment, size);

    if (memory == NULL) {
        return ENOMEM;
    }
    *out = memory;
    return 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(WHAT_ALLOC) ? NULL : __libc_memalign(alignment, size);
}

/* -- files -- */

ssize_t write(int fd, const void *bytes, size_t len)
{
    if (fails(WHAT_WRITE)) {
        if (!failing.half) {
            return -1;
        }
        len = len > 1 ? len / 2 : len;
    }
    return syscall(SYS_write, fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    if (fails(WHAT_WRITE)) {
        if (!failing.half) {
            return -1;
        }
        len = len > 1 ? len / 2 : len;
    }
    return syscall(SYS_pwrite64, fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    return pwrite(fd, bytes, len, (off_t)at);
}

static int sync_file(long call, int fd)
{
    return fails(WHAT_SYNC) ? -1 : (int)syscall(call, fd);
}

int fsync(int fd)
{
    return sync_file(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_file(SYS_fdatasync, fd);
}
