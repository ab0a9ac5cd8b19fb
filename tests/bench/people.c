/* What the reports of people and workspaces cost as the organisation grows: from 1 000 to 50 000
 * workspaces, as many people, three memberships a workspace. Prints the exponent of the time
 * between the smallest and the largest (1.0: twice the size takes twice the time), and what one
 * screen of people costs beside one screen of keys. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "report/report.h"
#include "unit/model_org.h"

#include "base/banned.h"

#define ROUNDS 5
#define SCREEN 50

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double fastest(const double times[ROUNDS])
{
    double best = times[0];
    for (int i = 1; i < ROUNDS; i++) {
        best = times[i] < best ? times[i] : best;
    }
    return best;
}

static struct inventory *organisation(unsigned workspaces)
{
    struct inventory *inv = org_new((struct org_size){workspaces, workspaces, 2 * workspaces}, 1);
    for (unsigned w = 1; w <= workspaces; w++) {
        for (unsigned m = 0; m < 3; m++) {
            struct member_row member =
                org_member(inv, w, (w * 7 + m * 31) % workspaces + 1, (enum ws_role)m);
            inventory_add_member(inv, &member);
        }
    }
    org_complete(inv, LIST_MEMBERS);
    return inv;
}

static double report_ms(struct inventory *inv, enum list_kind list, enum report_format format)
{
    size_t count = field_rows(inv, list);
    uint32_t *rows = xcalloc(count, sizeof *rows);
    struct report_options options = {.format = format, .now = ORG_NOW};
    double times[ROUNDS];
    for (size_t i = 0; i < count; i++) {
        rows[i] = (uint32_t)i;
    }
    for (int round = 0; round < ROUNDS; round++) {
        struct err err = {0};
        FILE *out = fopen("/dev/null", "w");
        double start = now_ms();
        report_list(out, inv, list, rows, count, &options, &err);
        times[round] = now_ms() - start;
        fclose(out);
    }
    free(rows);
    return fastest(times);
}

/* All cells that a screen of a list shows. */
static double screen_ms(struct inventory *inv, enum list_kind list)
{
    struct field_context ctx = {.inv = inv, .now = ORG_NOW, .room = 24};
    size_t count;
    const struct field *fields = field_table(list, &count);
    double times[ROUNDS];
    struct buf text;
    buf_init(&text, 0);
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_ms();
        for (int again = 0; again < 100; again++) {
            for (size_t row = 0; row < SCREEN; row++) {
                for (size_t i = 0; i < count; i++) {
                    buf_clear(&text);
                    fields[i].text(&ctx, row, &text);
                }
            }
        }
        times[round] = (now_ms() - start) / 100;
    }
    buf_done(&text);
    return fastest(times);
}

int main(void)
{
    static const unsigned SIZES[] = {1000, 5000, 50000};
    static const struct {
        const char *name;
        enum list_kind list;
        enum report_format format;
    } REPORTS[] = {{"members csv", LIST_USERS, REPORT_CSV},
                   {"members json", LIST_USERS, REPORT_JSON},
                   {"workspaces csv", LIST_WORKSPACES, REPORT_CSV},
                   {"workspaces json", LIST_WORKSPACES, REPORT_JSON}};
    double ms[4][3], people[3], keys[3];
    setlocale(LC_ALL, "C.UTF-8");
    for (size_t size = 0; size < 3; size++) {
        struct inventory *inv = organisation(SIZES[size]);
        for (size_t i = 0; i < 4; i++) {
            ms[i][size] = report_ms(inv, REPORTS[i].list, REPORTS[i].format);
        }
        people[size] = screen_ms(inv, LIST_USERS);
        keys[size] = screen_ms(inv, LIST_KEYS);
        inventory_free(inv);
    }
    for (size_t i = 0; i < 4; i++) {
        printf("%-16s %9.1f ms at 1k  %9.1f at 5k  %9.1f at 50k   exponent %.2f\n", REPORTS[i].name,
               ms[i][0], ms[i][1], ms[i][2], log(ms[i][2] / ms[i][0]) / log(50));
    }
    for (size_t size = 0; size < 3; size++) {
        printf("a screen of people at %5u workspaces %6.3f ms, of keys %6.3f ms: %.2f x\n",
               SIZES[size], people[size], keys[size], people[size] / keys[size]);
    }
    return 0;
}
