#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/journal_internal.h"
#include "base/alloc.h"
#include "base/file.h"

#include "base/banned.h"

struct hold {
    char intent[JOURNAL_ID_SIZE];
    int fd;
};

struct journal_holds {
    char *folder;
    struct hold *items;
    size_t count, cap;
};

struct journal_holds *journal_holds_new(const char *folder)
{
    struct journal_holds *holds = xcalloc(1, sizeof(*holds));

    holds->folder = file_join(folder, "held");
    return holds;
}

void journal_holds_free(struct journal_holds *holds)
{
    if (holds == NULL) {
        return;
    }
    for (size_t i = 0; i < holds->count; i++) {
        close(holds->items[i].fd);
    }
    free(holds->items);
    free(holds->folder);
    free(holds);
}

/* An id from the journal is a part of a path here: only what we made ourselves is one. */
static bool is_id(const char *intent)
{
    return strlen(intent) == JOURNAL_ID_SIZE - 1 &&
           strspn(intent, "0123456789abcdef") == JOURNAL_ID_SIZE - 1;
}

bool journal_hold(struct journal_holds *holds, const char *intent, struct err *err)
{
    struct err mine = {0};
    char *path;
    bool ok;
    int fd;

    if (!file_mkdirs(holds->folder, &mine)) {
        return journal_fail(holds->folder, "kept", mine.status, err);
    }
    path = file_join(holds->folder, intent);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    ok = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (ok) {
        struct hold hold = {.fd = fd};

        memcpy(hold.intent, intent, sizeof(hold.intent));
        holds->items = xgrow(holds->items, &holds->cap, holds->count + 1, sizeof(hold));
        holds->items[holds->count++] = hold;
    } else {
        journal_fail(path, "made and locked", errno, err);
        if (fd >= 0) {
            close(fd);
        }
    }
    free(path);
    return ok;
}

void journal_release(struct journal_holds *holds, const char *intent)
{
    char *path;

    if (intent == NULL || !is_id(intent)) {
        return;
    }
    path = file_join(holds->folder, intent);
    for (size_t i = 0; i < holds->count; i++) {
        if (strcmp(holds->items[i].intent, intent) == 0) {
            close(holds->items[i].fd);
            holds->items[i] = holds->items[--holds->count];
            break;
        }
    }
    if (!journal_is_held(holds, intent)) {
        (void)unlink(path);
    }
    free(path);
}

bool journal_is_held(const struct journal_holds *holds, const char *intent)
{
    char *path;
    bool held = false;
    int fd;

    if (!is_id(intent)) {
        return false;
    }
    path = file_join(holds->folder, intent);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    free(path);
    if (fd >= 0) {
        held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        close(fd);
    }
    return held;
}
