/* One write whose end is not known is closed by a person's word. */
#include <stdio.h>
#include <string.h>

#include "app/commands/common.h"
#include "app/open_words.h"

#include "base/banned.h"

struct settle_flags {
    const char *intent, *result, *reason;
    struct report_options report;
};

static int take(const char *name, struct settle_flags *out, int flag, char *value)
{
    switch (flag) {
    case 'a':
        out->result = value;
        return strcmp(value, "done") == 0 || strcmp(value, "not-done") == 0
                   ? -1
                   : command_usage(name, "--as is done or not-done");
    case 'r':
        out->reason = value;
        return command_word_of_person(name, "reason", value);
    case 'F':
        return command_format(name, value, &out->report) ? -1 : EXIT_USAGE;
    case 'h':
        return command_help(name);
    default:
        return EXIT_USAGE;
    }
}

static int parse(int argc, char **argv, struct settle_flags *out)
{
    static const struct option OPTIONS[] = {{"as", required_argument, NULL, 'a'},
                                            {"reason", required_argument, NULL, 'r'},
                                            {"format", required_argument, NULL, 'F'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct flag_reader reader = {.options = OPTIONS};
    int flag, code;

    *out = (struct settle_flags){.intent = "", .result = ""};
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
    if (argc == optind || out->result[0] == '\0' || out->reason == NULL) {
        return command_usage(argv[0], "takes an intent (`portcullis pending` lists them), --as and "
                                      "--reason");
    }
    out->intent = argv[optind];
    return -1;
}

static const struct journal_open *find(const struct journal_report *report, const char *id)
{
    for (size_t i = 0; i < report->open_count; i++) {
        if (strcmp(report->open[i].id, id) == 0) {
            return &report->open[i];
        }
    }
    return NULL;
}

static bool settle(struct app *app, const struct journal_report *report,
                   const struct settle_flags *flags, struct err *err)
{
    const struct journal_open *open = find(report, flags->intent);
    const struct journal_outcome outcome = {.result = flags->result,
                                            .detail = "Closed by a person's word.",
                                            .by = "person",
                                            .reason = flags->reason};

    if (open == NULL) {
        return err_set(err, ERR_REFUSED,
                       "No open write has that number: `portcullis pending` lists those that are.");
    }
    if (open->held) {
        return err_set(err, ERR_GUARD,
                       "Its writer is still at work on it (process %d on %s): wait for its end.",
                       open->pid, open->host[0] == '\0' ? "this machine" : open->host);
    }
    return journal_write_outcome(app->journal, open->id, &outcome, err);
}

static bool print_settled(const struct journal_open *open, const struct settle_flags *flags,
                          struct err *err)
{
    const struct report_item items[] = {
        {"intent", open->id, REPORT_TEXT},      {"act", open->act, REPORT_TEXT},
        {"target", open->target, REPORT_TEXT},  {"name", open->name, REPORT_TEXT},
        {"result", flags->result, REPORT_TEXT}, {"by", "person", REPORT_TEXT},
        {"reason", flags->reason, REPORT_TEXT},
    };

    return !flags->report.given || report_act(stdout, items, sizeof(items) / sizeof(items[0]), NULL,
                                              flags->report.format, err);
}

int run_settle(struct app *app, int argc, char **argv)
{
    struct settle_flags flags;
    int parsed = parse(argc, argv, &flags);
    struct journal_report report;
    const struct journal_open *open;
    struct buf words;
    struct err err = {0};
    bool ok;

    if (parsed >= 0) {
        return parsed;
    }
    if (!command_is_person(app, &err) || !journal_read(app->journal, &report, &err)) {
        return command_fail(&err);
    }
    command_say_damage(app, &report);
    ok = settle(app, &report, &flags, &err);
    open = find(&report, flags.intent);
    if (ok) {
        buf_init(&words, 0);
        open_name(open, &words);
        fprintf(stderr, "portcullis: %s: closed as %s by your word.\n", words.data,
                strcmp(flags.result, "done") == 0 ? "done" : "not done");
        buf_done(&words);
        ok = print_settled(open, &flags, &err);
    }
    journal_report_done(&report);
    return ok ? EXIT_DONE : command_fail(&err);
}
