/* The journal itself: is it whole, and what stands in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands/common.h"
#include "base/alloc.h"

#include "base/banned.h"

struct journal_flags {
    struct report_options report;
    const char *verb, *accept;
};

static int take(const char *name, struct journal_flags *out, int flag, char *value)
{
    switch (flag) {
    case 'a':
        out->accept = value;
        return command_word_of_person(name, "accept", value);
    case 'F':
        return command_format(name, value, &out->report) ? -1 : EXIT_USAGE;
    case 'h':
        return command_help(name);
    default:
        return EXIT_USAGE;
    }
}

static int parse(int argc, char **argv, struct journal_flags *out)
{
    static const struct option OPTIONS[] = {{"accept", required_argument, NULL, 'a'},
                                            {"format", required_argument, NULL, 'F'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct flag_reader reader = {.options = OPTIONS};
    int flag, code;

    *out = (struct journal_flags){.verb = "", .report = {.width = command_width()}};
    optind = 0;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        code = take(argv[0], out, flag, optarg);
        if (code >= 0) {
            return code;
        }
    }
    if (argc - optind > 1) {
        return command_surplus(argv[0], argv[optind + 1]);
    }
    out->verb = optind < argc ? argv[optind] : "";
    if (strcmp(out->verb, "verify") == 0) {
        return -1;
    }
    if (strcmp(out->verb, "list") == 0) {
        return out->accept == NULL ? -1 : command_usage(argv[0], "list takes no --accept");
    }
    return command_usage(argv[0], "takes verify or list");
}

/* -- verify -- */

static bool print_state(const struct app *app, const struct journal_report *report,
                        const struct report_options *options, struct err *err)
{
    char lines[24], open[24], cut[24], looks[24], broken[24];
    const struct report_fact facts[] = {
        {"journal", journal_path(app->journal)},
        {"state", journal_damage_name(report->damage)},
        {"first_broken", report->first_broken == 0 ? NULL : broken},
        {"lines", lines},
        {"open", open},
        {"cut", cut},
        {"accepted", looks},
    };

    snprintf(lines, sizeof(lines), "%zu", report->lines);
    snprintf(open, sizeof(open), "%zu", report->open_count);
    snprintf(cut, sizeof(cut), "%zu", report->cut + (report->cut_tail ? 1 : 0));
    snprintf(looks, sizeof(looks), "%zu", report->looks);
    snprintf(broken, sizeof(broken), "%zu", report->first_broken);
    return report_facts(stdout, facts, sizeof(facts) / sizeof(facts[0]), options, err);
}

static int verify(struct app *app, const struct journal_flags *flags)
{
    struct journal_report report;
    struct err err = {0};
    bool ok, whole;

    if ((flags->accept != NULL && !command_is_person(app, &err)) ||
        !journal_read(app->journal, &report, &err)) {
        return command_fail(&err);
    }
    if (flags->accept != NULL && report.damage != JOURNAL_WHOLE) {
        command_say_damage(app, &report);
        journal_report_done(&report);
        if (!journal_accept(app->journal, flags->accept, &err) ||
            !journal_read(app->journal, &report, &err)) {
            return command_fail(&err);
        }
        fputs("portcullis: You looked at it, and the journal says so: from here on it counts.\n",
              stderr);
    } else if (flags->accept != NULL) {
        fputs("portcullis: The journal is whole: there is nothing to accept.\n", stderr);
    }
    command_say_damage(app, &report);
    whole = report.damage == JOURNAL_WHOLE;
    ok = print_state(app, &report, &flags->report, &err);
    journal_report_done(&report);
    return !ok ? command_fail(&err) : whole ? EXIT_DONE : EXIT_REFUSED;
}

/* -- list -- */

enum {
    TIME,
    LINE,
    INTENT,
    ACT,
    TARGET,
    MASK,
    NAME,
    PROFILE,
    USER,
    RESULT,
    REASON,
    DETAIL,
    ACTOR,
    AGENT,
    PARENT,
    COLUMNS
};

struct rows {
    char **cells;
    size_t count, cap;
};

/* What was written, and on what, is told once, by the line of the intent: the lines that follow it
 * are given the same, so that each can be read by itself. It is hardly ever far above. */
static void tell_what(const struct rows *rows, char **row)
{
    static const size_t TOLD[] = {ACT, TARGET, MASK, NAME};

    for (size_t i = rows->count; row[INTENT] != NULL && i > 0; i--) {
        char **before = rows->cells + (i - 1) * COLUMNS;

        if (before[INTENT] == NULL || strcmp(before[INTENT], row[INTENT]) != 0) {
            continue;
        }
        for (size_t t = 0; t < sizeof(TOLD) / sizeof(TOLD[0]); t++) {
            if (row[TOLD[t]] == NULL && before[TOLD[t]] != NULL) {
                row[TOLD[t]] = xstrdup(before[TOLD[t]]);
            }
        }
        return;
    }
}

static void add_row(void *ctx, const struct journal_entry *entry)
{
    struct rows *rows = ctx;
    const char *const texts[COLUMNS] = {
        [TIME] = entry->time,     [LINE] = entry->whole ? entry->kind : "damaged",
        [INTENT] = entry->intent, [ACT] = entry->act,
        [TARGET] = entry->target, [MASK] = entry->mask,
        [NAME] = entry->name,     [PROFILE] = entry->profile,
        [USER] = entry->user,     [RESULT] = entry->result,
        [REASON] = entry->reason, [DETAIL] = entry->detail,
        [ACTOR] = entry->actor,   [AGENT] = entry->agent,
        [PARENT] = entry->parent,
    };

    rows->cells = xgrow(rows->cells, &rows->cap, (rows->count + 1) * COLUMNS, sizeof(*rows->cells));
    for (size_t i = 0; i < COLUMNS; i++) {
        rows->cells[rows->count * COLUMNS + i] = texts[i][0] == '\0' ? NULL : xstrdup(texts[i]);
    }
    if (entry->whole) {
        tell_what(rows, rows->cells + rows->count * COLUMNS);
    }
    rows->count++;
}

/* A table has no room for all of it. */
static bool print_rows(const struct rows *rows, const struct report_options *options,
                       struct err *err)
{
    static const char *const HEADS[COLUMNS] = {
        [TIME] = "time",     [LINE] = "line",     [INTENT] = "intent", [ACT] = "act",
        [TARGET] = "target", [MASK] = "mask",     [NAME] = "name",     [PROFILE] = "profile",
        [USER] = "user",     [RESULT] = "result", [REASON] = "reason", [DETAIL] = "detail",
        [ACTOR] = "actor",   [AGENT] = "agent",   [PARENT] = "parent"};
    static const size_t SHORT[] = {TIME, LINE, INTENT, ACT, NAME, RESULT, ACTOR};
    enum { SHORT_COLUMNS = sizeof(SHORT) / sizeof(SHORT[0]) };
    const char *const *all = (const char *const *)rows->cells;
    const char **cells;
    const char *heads[SHORT_COLUMNS];
    bool ok;

    if (options->format != REPORT_TABLE) {
        return report_plain(stdout, HEADS, COLUMNS, all, rows->count, options, err);
    }
    cells = xcalloc(rows->count + 1, sizeof(*cells) * SHORT_COLUMNS);
    for (size_t i = 0; i < rows->count * SHORT_COLUMNS; i++) {
        cells[i] = all[i / SHORT_COLUMNS * COLUMNS + SHORT[i % SHORT_COLUMNS]];
    }
    for (size_t i = 0; i < SHORT_COLUMNS; i++) {
        heads[i] = HEADS[SHORT[i]];
    }
    ok = report_plain(stdout, heads, SHORT_COLUMNS, cells, rows->count, options, err);
    free(cells);
    return ok;
}

static int list(struct app *app, const struct journal_flags *flags)
{
    struct rows rows = {0};
    struct err err = {0};
    bool ok =
        journal_each(app->journal, add_row, &rows, &err) && print_rows(&rows, &flags->report, &err);

    for (size_t i = 0; i < rows.count * COLUMNS; i++) {
        free(rows.cells[i]);
    }
    free(rows.cells);
    return ok ? EXIT_DONE : command_fail(&err);
}

int run_journal(struct app *app, int argc, char **argv)
{
    struct journal_flags flags;
    int parsed = parse(argc, argv, &flags);

    if (parsed >= 0) {
        return parsed;
    }
    return strcmp(flags.verb, "list") == 0 ? list(app, &flags) : verify(app, &flags);
}
