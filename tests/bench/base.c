/* The hot paths of base and of the scope catalogue: text of a million names, one turn of the loop,
 * one look-up. */
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/loop.h"
#include "base/text.h"
#include "bench/bench.h"
#include "model/scope.h"

/* What ours is compared with. */
static char *(*const libc_casestr)(const char *, const char *) = strcasestr;

#include "base/banned.h"

static const char *const ascii_names[] = {"payments-prod", "Search (staging) EU",
                                          "nightly evaluation runner", "jira-bot"};
static const char *const world_names[] = {"Z\xc3\xbcrich B\xc3\xbcro", "\xe6\x9d\xb1\xe4\xba\xac",
                                          "equipe-donn\xc3\xa9"
                                          "es",
                                          "\xd9\x85\xd8\xb1\xd8\xad"};

struct names {
    const char *const *list;
    const char *needle;
};

static unsigned long clean(void *ctx, unsigned times)
{
    const struct names *names = ctx;
    unsigned long total = 0;
    struct buf out;

    buf_init(&out, 0);
    for (unsigned i = 0; i < times; i++) {
        const char *name = names->list[i % 4];

        buf_clear(&out);
        text_clean(name, strlen(name), &out);
        total += (unsigned long)text_width(out.data);
    }
    buf_done(&out);
    return total;
}

/* What a program does that trusts its text: decode and measure. */
static unsigned long decode(void *ctx, unsigned times)
{
    const struct names *names = ctx;
    unsigned long total = 0;
    wchar_t wide[64];

    for (unsigned i = 0; i < times; i++) {
        size_t count = mbstowcs(wide, names->list[i % 4], 64);

        total += (unsigned long)wcswidth(wide, count);
    }
    return total;
}

static unsigned long contains(void *ctx, unsigned times)
{
    const struct names *names = ctx;
    unsigned long total = 0;

    for (unsigned i = 0; i < times; i++) {
        total += text_contains(names->list[i % 4], names->needle);
    }
    return total;
}

static unsigned long libc_contains(void *ctx, unsigned times)
{
    const struct names *names = ctx;
    unsigned long total = 0;

    for (unsigned i = 0; i < times; i++) {
        total += libc_casestr(names->list[i % 4], names->needle) != NULL;
    }
    return total;
}

static unsigned long find_scope(void *ctx, unsigned times)
{
    unsigned long total = 0;

    (void)ctx;
    for (unsigned i = 0; i < times; i++) {
        total += (unsigned long)scope_find(scope_info((int)(i * 37 % SCOPE_COUNT))->name);
    }
    return total;
}

/* Interning the same names: the other way to look one up. */
static unsigned long find_interned(void *ctx, unsigned times)
{
    unsigned long total = 0;

    for (unsigned i = 0; i < times; i++) {
        const char *name = scope_info((int)(i * 37 % SCOPE_COUNT))->name;

        total += arena_intern(ctx, name, strlen(name));
    }
    return total;
}

struct turn {
    struct loop *loop;
    struct pollfd fds[3];
};

static void ignore(void *ctx, short revents)
{
    (void)ctx;
    (void)revents;
}

static unsigned long turn(void *ctx, unsigned times)
{
    struct turn *at = ctx;

    for (unsigned i = 0; i < times; i++) {
        loop_turn(at->loop, 0);
    }
    return times;
}

static unsigned long bare_poll(void *ctx, unsigned times)
{
    struct turn *at = ctx;
    unsigned long total = 0;

    for (unsigned i = 0; i < times; i++) {
        total += (unsigned long)poll(at->fds, 3, 0);
    }
    return total;
}

static void never(void *ctx)
{
    (void)ctx;
}

static int bench_loop(void)
{
    struct turn at = {.loop = loop_new()};
    int ends[3][2];

    for (int i = 0; i < 3; i++) {
        if (pipe(ends[i]) != 0) {
            return 1;
        }
        at.fds[i] = (struct pollfd){.fd = ends[i][0], .events = POLLIN};
        loop_watch(at.loop, ends[i][0], POLLIN, (enum loop_order)i, ignore, NULL);
    }
    for (int i = 0; i < 20; i++) {
        loop_timer(at.loop, 3600000 + i, never, NULL);
    }
    bench_pair("loop_turn, 3 fds, 20 timers", turn, "poll", bare_poll, &at, 20000);
    for (int i = 0; i < 3; i++) {
        close(ends[i][0]);
        close(ends[i][1]);
    }
    loop_free(at.loop);
    return 0;
}

int main(void)
{
    struct names ascii = {ascii_names, "RUNNER"};
    struct names world = {world_names, "es"};
    struct arena arena;

    if (setlocale(LC_ALL, "C.UTF-8") == NULL) {
        return 1;
    }
    arena_init(&arena);
    bench_pair("text_clean, ASCII", clean, "mbstowcs + wcswidth", decode, &ascii, 100000);
    bench_pair("text_clean, other", clean, "mbstowcs + wcswidth", decode, &world, 100000);
    bench_pair("text_contains, ASCII", contains, "strcasestr", libc_contains, &ascii, 100000);
    bench_pair("text_contains, other", contains, "strcasestr", libc_contains, &world, 100000);
    bench_pair("scope_find", find_scope, "arena_intern", find_interned, &arena, 100000);
    arena_done(&arena);
    return bench_loop();
}
