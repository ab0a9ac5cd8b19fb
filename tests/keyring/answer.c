#include "keyring/answer.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"

#include "base/banned.h"

#define WAIT_MS 30000

void answer_take(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                 const struct err *err)
{
    struct answer *answer = ctx;

    answer->times++;
    answer->outcome = outcome;
    answer->has_err = err != NULL;
    if (err != NULL) {
        answer->err = *err;
    }
    snprintf(answer->key, sizeof(answer->key), "%s", key == NULL ? "" : secret_text(key));
}

void answer_wait(struct loop *loop, const struct answer *answer)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (answer->times == 0) {
        assert_true(clock_mono_ms() < until);
        loop_turn(loop, 100);
    }
}

/* A process that nobody has reaped yet, and that is not ours to reap, is gone all the same. */
static bool is_strangers_zombie(int pid)
{
    char path[64];
    char state = '\0';
    int parent = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    if (fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent) != 2) { /* NOLINT(cert-err34-c) */
        state = '\0';
    }
    fclose(file);
    return state == 'Z' && parent != (int)getpid();
}

void wait_gone(struct loop *loop, int pid)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    assert_true(pid > 0);
    while ((kill(pid, 0) == 0 || errno != ESRCH) && !is_strangers_zombie(pid)) {
        assert_true(clock_mono_ms() < until);
        loop_turn(loop, 20);
    }
}

char *slurp(const char *path, size_t *len)
{
    FILE *file = fopen(path, "re");
    char step[4096];
    struct buf out;
    size_t got;

    assert_non_null(file);
    buf_init(&out, 0);
    while ((got = fread(step, 1, sizeof(step), file)) > 0) {
        buf_add(&out, step, got);
    }
    fclose(file);
    if (len != NULL) {
        *len = out.len;
    }
    return buf_take(&out);
}

void spill(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

bool bytes_hold(const char *bytes, size_t len, const char *text)
{
    return memmem(bytes, len, text, strlen(text)) != NULL;
}
