#include "app/commands/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/load.h"
#include "base/alloc.h"
#include "base/ascii.h"
#include "base/text.h"
#include "model/view.h"

#include "base/banned.h"

/* One slice of sorting and filtering: nobody waits for a key press here. */
#define SLICE_US 100000

struct list_flags {
    struct report_options report;
    const char *workspace;
    const char *filter;
    const char *sort;
    bool ids; /* --format ids */
};

enum {
    FLAG_WORKSPACE = 'w',
    FLAG_FILTER = 'f',
    FLAG_SORT = 's',
    FLAG_COLUMNS = 'c',
    FLAG_FORMAT = 'F',
    FLAG_EVIDENCE = 'e',
    FLAG_EOL = 'l',
    FLAG_NO_HEADER = 'n'
};

/* The usage, and the names that --columns, --sort and a filter take. */
static int help(const char *name, enum list_kind list)
{
    size_t count;
    const struct field *fields = field_table(list, &count);
    command_help(name);
    printf("columns:");
    for (size_t i = 0; i < count; i++) {
        printf("%s%s", i == 0 ? " " : i == 10 ? ",\n  " : ", ", fields[i].key);
    }
    puts("\n`man portcullis` tells what they mean.");
    return EXIT_DONE;
}

/* -1: parsed; else the exit code. */
static int parse(struct app *app, int argc, char **argv, enum list_kind list,
                 struct list_flags *out)
{
    static const struct option FLAGS[] = {
        {"filter", required_argument, NULL, FLAG_FILTER},
        {"sort", required_argument, NULL, FLAG_SORT},
        {"columns", required_argument, NULL, FLAG_COLUMNS},
        {"format", required_argument, NULL, FLAG_FORMAT},
        {"workspace", required_argument, NULL, FLAG_WORKSPACE},
        {"evidence", no_argument, NULL, FLAG_EVIDENCE},
        {"eol", required_argument, NULL, FLAG_EOL},
        {"no-header", no_argument, NULL, FLAG_NO_HEADER},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *out = (struct list_flags){.report = {.width = command_width(), .now = clock_now(&app->clock)}};
    struct flag_reader reader = {.options = FLAGS};
    optind = 0;
    int flag;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        switch (flag) {
        case FLAG_WORKSPACE:
            out->workspace = optarg;
            break;
        case FLAG_FILTER:
            out->filter = optarg;
            break;
        case FLAG_SORT:
            out->sort = optarg;
            break;
        case FLAG_COLUMNS:
            out->report.columns = optarg;
            break;
        case FLAG_FORMAT:
            out->ids = ascii_same(optarg, "ids");
            if (!out->ids && !report_format_parse(optarg, &out->report.format)) {
                return command_usage(argv[0], "--format is table, json, csv or ids");
            }
            break;
        case FLAG_EVIDENCE:
            out->report.evidence = true;
            break;
        case FLAG_EOL:
            if (!ascii_same(optarg, "crlf") && !ascii_same(optarg, "lf")) {
                return command_usage(argv[0], "--eol is lf or crlf");
            }
            out->report.crlf = ascii_same(optarg, "crlf");
            break;
        case FLAG_NO_HEADER:
            out->report.no_header = true;
            break;
        case 'h':
            return help(argv[0], list);
        default:
            return EXIT_USAGE;
        }
    }
    bool csv = out->report.format == REPORT_CSV && !out->ids;
    if (!csv && (out->report.evidence || out->report.crlf || out->report.no_header)) {
        return command_usage(argv[0], "--evidence, --eol and --no-header are for --format csv");
    }
    if (optind < argc) {
        return command_surplus(argv[0], argv[optind]);
    }
    if (out->filter != NULL && filter_holds_key(out->filter)) {
        return command_usage(argv[0],
                             "a value of mask: that is so long may be a whole key, and what stands "
                             "in a command line is kept by the shell and seen by others. Give the "
                             "last three characters: mask:RvI");
    }
    if (out->workspace != NULL && list == LIST_WORKSPACES) {
        return command_usage(argv[0], "takes no --workspace");
    }
    return -1;
}

/* The column and direction of --sort; false with the sentence. */
static bool set_sort(struct view *view, enum list_kind list, const char *sort, struct err *err)
{
    if (sort == NULL) {
        return true;
    }
    bool descending = *sort == '-';
    int field = field_find(list, sort + descending);
    if (field < 0) {
        char *clean = text_cleaned(sort + descending);
        err_set(err, ERR_INVALID, "There is no column \"%s\" to sort by in %s.", clean,
                list_name(list));
        free(clean);
        return false;
    }
    view_set_sort(view, field, descending);
    return true;
}

static bool find_workspace(const struct inventory *inv, const char *text, struct id *out,
                           struct err *err)
{
    int row = inventory_find_workspace_text(inv, text);
    if (row >= 0) {
        *out = inv->workspaces[row].id;
        return true;
    }
    char *clean = text_cleaned(text);
    if (row == -2) {
        err_set(err, ERR_REFUSED, "Several workspaces are called \"%s\": give the slug or the id.",
                clean);
    } else {
        err_set(err, ERR_GONE, "There is no workspace \"%s\" in what this key can list.", clean);
    }
    free(clean);
    return false;
}

static bool print(struct inventory *inv, struct view *view, enum list_kind list,
                  struct list_flags *flags, size_t *shown, struct err *err)
{
    struct view_scope scope = {.by_workspace = flags->workspace != NULL};
    if (flags->workspace != NULL && !find_workspace(inv, flags->workspace, &scope.workspace, err)) {
        return false;
    }
    view_set_scope(view, &scope);
    /* The filter looks at what a table shows, whatever the format is. */
    struct field_context ctx = {
        .inv = inv, .now = flags->report.now, .dated = true, .workspace = scope.workspace};
    while (!view_work(view, &ctx, SLICE_US)) {
    }
    size_t count = view_len(view);
    uint32_t *rows = xcalloc(count + 1, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (uint32_t)view_row(view, i);
    }
    if (flags->filter != NULL && view_by_letters(view)) {
        fprintf(stderr,
                "portcullis: no row has the words of the filter as they stand: these have their"
                " letters in this order. Quotes leave them out.\n");
    }
    flags->report.workspace = scope.workspace;
    flags->report.filtered = flags->filter != NULL;
    flags->report.sort = flags->sort;
    bool ok = flags->ids ? report_ids(stdout, inv, list, rows, count, err)
                         : report_list(stdout, inv, list, rows, count, &flags->report, err);
    *shown = count;
    free(rows);
    return ok;
}

/* What is missing, on stderr; under a table it stands already where a person sees it. Of a CSV that
 * does not tell by itself: when it was read, of which organisation and with which key, and whether
 * it is all. */
static void tell(const struct inventory *inv, enum list_kind list, const struct list_flags *flags,
                 size_t shown)
{
    bool csv = flags->report.format == REPORT_CSV && !flags->ids;
    bool alone = csv && !flags->report.evidence;
    bool on_screen = flags->report.format == REPORT_TABLE && !flags->ids && isatty(STDOUT_FILENO);
    char time[TIME_TEXT_SIZE], id[ID_TEXT_SIZE];
    struct buf words;
    if (on_screen) {
        return;
    }
    buf_init(&words, 0);
    if (csv) {
        report_shown_words(inv, list, shown, &flags->report, &words);
    }
    if (alone) {
        report_order_words(inv, list, shown, &flags->report, &words);
    }
    if (alone || !report_complete(inv, list)) {
        report_words(inv, list, &words);
    }
    if (alone && report_as_of(inv, list) != TIME_NONE) {
        time_format(report_as_of(inv, list), time);
        buf_addf(&words, " Read at %s%s%s.", time, flags->report.read_with == NULL ? "" : " with ",
                 flags->report.read_with == NULL ? "" : flags->report.read_with);
    }
    if (alone && !id_is_none(inv->organisation_id)) {
        buf_addf(&words, " Organisation %s.", inventory_id_text(inv, inv->organisation_id, id));
    }
    if (words.len > 0) {
        fprintf(stderr, "portcullis: %s\n", words.data);
    }
    buf_done(&words);
}

static int run_list(struct app *app, int argc, char **argv, enum list_kind list, unsigned lists)
{
    struct list_flags flags;
    int done = parse(app, argc, argv, list, &flags);
    if (done >= 0) {
        return done;
    }
    /* What can be wrong in the flags is said before a key is read and anything is asked for. */
    struct err err = {0};
    struct view *view = view_new(list);
    if (flags.report.format == REPORT_JSON) {
        session_keep_all(app->session);
    }
    int code = EXIT_DONE;
    bool ok = set_sort(view, list, flags.sort, &err) &&
              (flags.filter == NULL || view_set_filter(view, flags.filter, &err)) &&
              report_columns_check(list, &flags.report, &err);
    /* Who is a member of what is a request for each workspace: only where it is asked for. */
    bool of_members =
        ok && list == LIST_KEYS &&
        (view_of_members(view) || (!flags.ids && report_columns_of_members(list, &flags.report)));
    if (!ok || !app_open_wait(app, lists | (of_members ? 1u << LIST_MEMBERS : 0), &err)) {
        view_free(view);
        return command_fail(&err);
    }
    struct inventory *inv = session_inventory(app->session);
    flags.report.read_with = session_own_mask(app->session);
    flags.report.now = clock_now(&app->clock); /* the server's, from its first answer on */
    size_t shown = 0;
    if (!print(inv, view, list, &flags, &shown, &err)) {
        code = command_fail(&err);
    } else {
        tell(inv, list, &flags, shown);
        /* Not one row of what was asked for, and the server is why. */
        code = report_complete(inv, list)                     ? EXIT_DONE
               : inv->lists[list].progress == PROGRESS_FAILED ? EXIT_NETWORK
                                                              : EXIT_INCOMPLETE;
    }
    view_free(view);
    return code;
}

int run_workspaces(struct app *app, int argc, char **argv)
{
    return run_list(app, argc, argv, LIST_WORKSPACES, LOAD_ALL);
}

int run_members(struct app *app, int argc, char **argv)
{
    return run_list(app, argc, argv, LIST_USERS, LOAD_ALL);
}

int run_keys(struct app *app, int argc, char **argv)
{
    return run_list(app, argc, argv, LIST_KEYS,
                    1u << LIST_WORKSPACES | 1u << LIST_USERS | 1u << LIST_KEYS);
}
