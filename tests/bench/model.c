/* A million keys held: what a key press costs while a filter is typed, a sort, the longest a view
 * holds up the screen, and how many bytes a key takes. Peers: a loop over the same rows as lines of
 * text that looks for the same word, and qsort over the same names. BENCH_KEYS changes the number.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "bench/bench.h"
#include "model/view.h"
#include "unit/model_org.h"

/* What ours is compared with. */
static char *(*const libc_casestr)(const char *, const char *) = strcasestr;
static int (*const libc_casecmp)(const char *, const char *) = strcasecmp;

#include "base/banned.h"

#define ROUNDS 7
#define SLICE_US 1500 /* what the table gives a view a turn */

static const struct org_size SIZE = {200, 10000, 0};

/* The rows as lines: what `grep -i` would be given. */
struct lines {
    struct buf text;
    char **line;
    char **name;
    size_t count;
};

/* Of the processor, not of the wall: others may work on the same machine. */
static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void make_lines(struct inventory *inv, struct lines *out)
{
    static const char *const COLUMNS[] = {"name",   "workspace",   "owner", "mask",
                                          "status", "description", "id"};
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    size_t count;
    const struct field *fields = field_table(LIST_KEYS, &count);
    struct buf line;
    buf_init(&line, 0);
    out->count = inv->key_count;
    out->line = xcalloc(out->count, sizeof *out->line);
    out->name = xcalloc(out->count, sizeof *out->name);
    for (size_t row = 0; row < out->count; row++) {
        buf_clear(&line);
        for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++) {
            fields[field_find(LIST_KEYS, COLUMNS[i])].text(&ctx, row, &line);
            buf_addc(&line, ' ');
        }
        out->line[row] = xstrdup(line.data);
        out->name[row] = xstrdup(inventory_clean(inv, inv->keys[row].name));
    }
    buf_done(&line);
}

static size_t look_through(const struct lines *lines, const char *word)
{
    size_t found = 0;
    for (size_t i = 0; i < lines->count; i++) {
        found += libc_casestr(lines->line[i], word) != NULL;
    }
    return found;
}

/* Milliseconds until the view is whole; *longest gets the longest turn. */
static double finish(struct view *view, struct inventory *inv, double *longest)
{
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    double start = now_ms();
    for (bool done = false; !done;) {
        double turn = now_ms();
        done = view_work(view, &ctx, SLICE_US);
        double took = now_ms() - turn;
        *longest = took > *longest ? took : *longest;
    }
    return now_ms() - start;
}

/* What is long in every round is ours; what is long in one only is the machine's. */
static void take_longest(const double turns[ROUNDS], double *longest)
{
    double least = turns[0];
    for (int i = 1; i < ROUNDS; i++) {
        least = turns[i] < least ? turns[i] : least;
    }
    *longest = least > *longest ? least : *longest;
}

static double peer_grep(const struct lines *lines, const char *word)
{
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now_ms();
        volatile size_t found = look_through(lines, word);
        (void)found;
        double took = now_ms() - start;
        best = i == 0 || took < best ? took : best;
    }
    return best;
}

/* Types a word, one character a step, on a view that shows all; the best of each step. */
static void bench_typing(struct inventory *inv, const struct lines *lines, const char *word,
                         double *longest)
{
    double best[32] = {0};
    double turns[ROUNDS] = {0};
    size_t len = strlen(word);
    size_t shown[32] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct view *view = view_new(LIST_KEYS);
        finish(view, inv, &turns[round]);
        for (size_t n = 1; n <= len; n++) {
            char part[32];
            snprintf(part, sizeof part, "%.*s", (int)n, word);
            view_set_filter(view, part, NULL);
            double took = finish(view, inv, &turns[round]);
            best[n - 1] = round == 0 || took < best[n - 1] ? took : best[n - 1];
            shown[n - 1] = view_len(view);
        }
        view_free(view);
    }
    take_longest(turns, longest);
    for (size_t n = 1; n <= len; n++) {
        char part[32];
        snprintf(part, sizeof part, "%.*s", (int)n, word);
        double peer = peer_grep(lines, part);
        printf("filter %-18s %8zu rows %7.1f ms   strcasestr %7.1f ms   ratio %.2f\n", part,
               shown[n - 1], best[n - 1], peer, best[n - 1] / peer);
    }
}

static void bench_column(struct inventory *inv, const struct lines *lines, const char *text,
                         double *longest)
{
    double best = 0;
    double turns[ROUNDS] = {0};
    size_t shown = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct view *view = view_new(LIST_KEYS);
        view_set_filter(view, text, NULL);
        double took = finish(view, inv, &turns[round]);
        best = round == 0 || took < best ? took : best;
        shown = view_len(view);
        view_free(view);
    }
    take_longest(turns, longest);
    const char *colon = strrchr(text, ':');
    double peer = peer_grep(lines, colon != NULL ? colon + 1 : text);
    printf("filter %-18s %8zu rows %7.1f ms   strcasestr %7.1f ms   ratio %.2f\n", text, shown,
           best, peer, best / peer);
}

static int by_text(const void *a, const void *b)
{
    return libc_casecmp(*(char *const *)a, *(char *const *)b);
}

static double peer_sort(const struct lines *lines)
{
    char **copy = xcalloc(lines->count, sizeof *copy);
    memcpy(copy, lines->name, lines->count * sizeof *copy);
    double start = now_ms();
    qsort(copy, lines->count, sizeof *copy, by_text);
    double took = now_ms() - start;
    free(copy);
    return took;
}

static void bench_sort(struct inventory *inv, const struct lines *lines, double *longest)
{
    static const char *const COLUMNS[] = {"name", "workspace", "owner", "created", "mask", "id"};
    double peer = peer_sort(lines);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++) {
        double best = 0;
        double turns[ROUNDS] = {0};
        for (int round = 0; round < ROUNDS; round++) {
            struct view *view = view_new(LIST_KEYS);
            view_set_sort(view, field_find(LIST_KEYS, COLUMNS[i]), false);
            double took = finish(view, inv, &turns[round]);
            best = round == 0 || took < best ? took : best;
            view_free(view);
        }
        take_longest(turns, longest);
        printf("sort by %-17s %8zu rows %7.0f ms   qsort of names %4.0f ms   ratio %.2f\n",
               COLUMNS[i], lines->count, best, peer, best / peer);
    }
}

/* In memory: what is only reserved costs nothing. */
static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;
    if (file == NULL || fscanf(file, "%*u %lu", &pages) != 1) {
        die("/proc/self/statm cannot be read.");
    }
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Page by page, as a load does. */
static struct inventory *make(struct org_size size)
{
    struct org_size nobody = {size.workspaces, size.users, 0};
    struct inventory *inv = org_new(nobody, 1);
    double longest = 0;
    for (unsigned from = 1; from <= size.keys; from += 100) {
        unsigned left = size.keys + 1 - from;
        double turn = now_ms();
        org_add_keys(inv, size, from, left < 100 ? left : 100, 1);
        double took = now_ms() - turn;
        longest = took > longest ? took : longest;
    }
    org_complete(inv, LIST_KEYS);
    printf("longest page of 100 keys      %.2f ms\n", longest);
    return inv;
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    alloc_setup(); /* as the program does */
    const char *number = getenv("BENCH_KEYS");
    struct org_size size = SIZE;
    size.keys = number != NULL ? (unsigned)strtoul(number, NULL, 10) : 1000000;
    size_t before = resident_bytes();
    double start = now_ms();
    struct inventory *inv = make(size);
    printf("%u keys made in %.0f ms\n", size.keys, now_ms() - start);
    struct view *view = view_new(LIST_KEYS);
    double longest = 0;
    finish(view, inv, &longest);
    printf("memory a key, view included   %.0f bytes\n",
           (double)(resident_bytes() - before) / size.keys);
    view_free(view);
    view = view_new(LIST_KEYS);
    view_set_sort(view, field_find(LIST_KEYS, "name"), false);
    finish(view, inv, &longest);
    printf("with a view sorted by name    %.0f bytes\n",
           (double)(resident_bytes() - before) / size.keys);
    view_free(view);
    longest = 0;
    struct lines lines = {.count = 0};
    make_lines(inv, &lines);
    bench_typing(inv, &lines, "runner", &longest);
    bench_typing(inv, &lines, "payments", &longest);
    bench_typing(inv, &lines, "ntly", &longest); /* whole: in letters only */
    bench_column(inv, &lines, "owner:shah", &longest);
    bench_column(inv, &lines, "name:batch", &longest);
    bench_column(inv, &lines, "!svc status:expired", &longest);
    printf("longest turn while filtering  %.2f ms (a slice is %.1f ms)\n", longest, SLICE_US / 1e3);
    longest = 0;
    bench_sort(inv, &lines, &longest);
    printf("longest turn while sorting    %.2f ms\n", longest);
    longest = 0;
    for (bool done = false; !done;) {
        double turn = now_ms();
        done = inventory_free_some(inv);
        double took = now_ms() - turn;
        longest = took > longest ? took : longest;
    }
    printf("longest turn while freeing    %.2f ms\n", longest);
    return 0;
}
