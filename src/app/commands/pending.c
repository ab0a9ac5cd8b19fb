/* What is open: writes that were sent and whose end is not known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands/common.h"
#include "app/open_words.h"
#include "base/alloc.h"

#include "base/banned.h"

#define COLUMNS 11

struct pending_flags {
    struct report_options report;
    bool look;
};

static int parse(int argc, char **argv, struct pending_flags *out)
{
    static const struct option OPTIONS[] = {{"look", no_argument, NULL, 'l'},
                                            {"format", required_argument, NULL, 'F'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct flag_reader reader = {.options = OPTIONS};
    int flag;

    *out = (struct pending_flags){.report = {.width = command_width()}};
    optind = 0;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        switch (flag) {
        case 'l':
            out->look = true;
            break;
        case 'F':
            if (!command_format(argv[0], optarg, &out->report)) {
                return EXIT_USAGE;
            }
            break;
        case 'h':
            return command_help(argv[0]);
        default:
            return EXIT_USAGE;
        }
    }
    return optind < argc ? command_surplus(argv[0], argv[optind]) : -1;
}

/* "" is not told. */
static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

/* What was made, and what may be, with blanks between (gives). */
static char *candidates_of(const struct journal_open *open)
{
    struct buf out;

    buf_init(&out, 0);
    buf_adds(&out, open->made);
    for (size_t i = 0; i < open->candidate_count; i++) {
        buf_addf(&out, "%s%s", out.len == 0 ? "" : " ", open->candidates[i]);
    }
    return buf_take(&out);
}

/* Give, NULL: not told. */
static char *time_of(const struct journal_open *open)
{
    char text[TIME_TEXT_SIZE];

    if (open->time == TIME_NONE) {
        return NULL;
    }
    time_format(open->time, text);
    return xstrdup(text);
}

static bool print_open(const struct journal_report *report, const struct report_options *options,
                       struct err *err)
{
    static const char *const HEADS[COLUMNS] = {
        "intent",          "act",     "target",  "name",  "mask",        "workspace_id",
        "organisation_id", "profile", "sent_at", "state", "candidates[]"};
    static const char *const SHORT[] = {"intent", "sent_at", "state", "act", "name", "target"};
    enum { SHORT_COLUMNS = sizeof(SHORT) / sizeof(SHORT[0]) };
    bool table = options->format == REPORT_TABLE;
    size_t columns = table ? SHORT_COLUMNS : COLUMNS, count = report->open_count;
    const char **cells = xcalloc(count + 1, columns * sizeof(*cells));
    char **times = xcalloc(count + 1, sizeof(*times)), **ids = xcalloc(count + 1, sizeof(*ids));
    bool ok;

    for (size_t i = 0; i < count; i++) {
        const struct journal_open *open = &report->open[i];
        const char *const whole[COLUMNS] = {
            open->id,
            open->act,
            or_null(open->target),
            open->name,
            or_null(open->mask),
            or_null(open->workspace),
            or_null(open->organisation_id),
            or_null(open->profile),
            times[i] = time_of(open),
            open_state(open),
            ids[i] = candidates_of(open),
        };
        const char *const narrow[SHORT_COLUMNS] = {
            open->id,  times[i],   open_state(open),
            open->act, open->name, or_null(open->target[0] != '\0' ? open->target : open->made)};

        memcpy(cells + i * columns, table ? narrow : whole, columns * sizeof(*cells));
    }
    ok = report_plain(stdout, table ? SHORT : HEADS, columns, cells, count, options, err);
    for (size_t i = 0; i < count; i++) {
        free(times[i]);
        free(ids[i]);
    }
    free(times);
    free(ids);
    free(cells);
    return ok;
}

/* A sentence for each on stderr, and how to go on. */
static void say_open(const struct journal_report *report, bool looked)
{
    struct buf words;

    for (size_t i = 0; !looked && i < report->open_count; i++) {
        const struct journal_open *open = &report->open[i];

        buf_init(&words, 0);
        open_tell(open, report->damage != JOURNAL_WHOLE, &words);
        fprintf(stderr, "portcullis: %s: %s\n", open->id, words.data);
        buf_done(&words);
    }
    if (report->open_count > 0) {
        fprintf(stderr,
                "portcullis: %s`portcullis settle INTENT --as done|not-done --reason R` closes one "
                "by your word.\n",
                looked ? "" : "`portcullis pending --look` looks what became of them; ");
    }
}

void command_say_damage(const struct app *app, const struct journal_report *report)
{
    struct buf words;

    buf_init(&words, 0);
    journal_damage_words(app->journal, report, &words);
    if (words.len > 0) {
        fprintf(stderr, "portcullis: %s\n", words.data);
    }
    if (report->cut_tail) {
        fputs("portcullis: The last line of the journal was cut short while it was written; the "
              "next write cuts it off.\n",
              stderr);
    }
    buf_done(&words);
}

int run_pending(struct app *app, int argc, char **argv)
{
    struct pending_flags flags;
    int parsed = parse(argc, argv, &flags);
    struct journal_report report;
    struct err err = {0};
    bool ok;
    int code;

    if (parsed >= 0) {
        return parsed;
    }
    if (flags.look) {
        if (!app_open_wait(app, 0, &err)) {
            return command_fail(&err);
        }
        app_look_back(app);
    }
    if (!journal_read(app->journal, &report, &err)) {
        return command_fail(&err);
    }
    command_say_damage(app, &report);
    ok = print_open(&report, &flags.report, &err);
    say_open(&report, flags.look); /* the look has said what it found */
    code = report.open_count > 0            ? EXIT_UNKNOWN
           : report.damage != JOURNAL_WHOLE ? EXIT_INCOMPLETE
                                            : EXIT_DONE;
    journal_report_done(&report);
    return ok ? code : command_fail(&err);
}
