#include <stdio.h>
#include <string.h>

#include "app/commands/common.h"
#include "app/commands/write_wait.h"
#include "model/field.h"

#include "base/banned.h"

struct revoke_flags {
    const char *id; /* for a dry run also a name, or the end of a mask, until it is found */
    char found[ID_TEXT_SIZE]; /* what that was */
    const char *confirm;
    const char *reason;
    bool dry_run;
    bool i_know;
    bool ensure;
    struct report_options report;
};

/* -1: parsed; else the exit code. */
static int parse(int argc, char **argv, struct revoke_flags *out)
{
    static const struct option FLAGS[] = {
        {"confirm", required_argument, NULL, 'c'},
        {"reason", required_argument, NULL, 'r'},
        {"dry-run", no_argument, NULL, 'd'},
        {"ensure", no_argument, NULL, 'e'},
        {"i-know-this-is-not-my-key", no_argument, NULL, 'k'},
        {"format", required_argument, NULL, 'F'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *out = (struct revoke_flags){0};
    struct flag_reader reader = {.options = FLAGS};
    optind = 0;
    int flag;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        switch (flag) {
        case 'c':
            out->confirm = optarg;
            break;
        case 'r':
            out->reason = optarg;
            break;
        case 'd':
            out->dry_run = true;
            break;
        case 'e':
            out->ensure = true;
            break;
        case 'k':
            out->i_know = true;
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
    if (argc - optind != 1) {
        return command_usage(argv[0],
                             "takes one key id; with --dry-run also a name or the end of a "
                             "mask");
    }
    struct err err = {0};
    if (out->reason != NULL &&
        !flags_text_ok("reason", out->reason, sizeof((struct gate *)0)->reason - 1, &err)) {
        return command_usage(argv[0], "%s", err.text);
    }
    out->id = argv[optind];
    if (!(out->dry_run ? command_key_ok : command_id_ok)(argv[0], out->id)) {
        return EXIT_USAGE;
    }
    if (out->confirm == NULL && !out->dry_run) {
        return command_usage(
            argv[0], "--confirm SUFFIX is needed: what the key's mask shows after its last star");
    }
    return -1;
}

/* What is about to be sent, and what is to be known before. Whether it was sent is told behind it.
 */
static void print_target(struct app *app, const struct host_operation *review)
{
    const struct inventory *inv = session_inventory(app->session);
    const struct key_row *key = review->target;
    fprintf(stderr, "%s %s\n", review->method, review->path);
    if (key != NULL) {
        struct buf brief;
        buf_init(&brief, 0);
        field_key_brief(inv, key, &brief);
        fprintf(stderr, "  %s\n", brief.data);
        buf_done(&brief);
    }
    if (review->changed) {
        fputs("  It was read a moment ago, and differs from what the list showed.\n", stderr);
    }
    if (review->earlier[0] != '\0') {
        fprintf(stderr, "  %s\n", review->earlier);
    }
}

/* The right phrase is not told: whoever confirms has looked at the key. */
static bool confirm_fits(const struct host_operation *review, const char *confirm, struct err *err)
{
    const char *typed = strncmp(confirm, "REVOKE ", 7) == 0 ? confirm + 7 : confirm;
    return strcmp(typed, review->phrase) == 0 ||
           err_set(
               err, ERR_GUARD,
               "--confirm is not what the mask of this key shows after its last star. Nothing was "
               "sent.");
}

static const char *type_name(const struct key_row *row)
{
    return row->kind == KEY_KIND_UNKNOWN ? NULL : key_kind_name((enum key_kind)row->kind);
}

static const char *text_or_null(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

/* What became of it, on stdout. result is "revoked" only when a read has shown that the key is
 * gone; otherwise only the id of a key that was revoked goes there, so that nobody counts another.
 * op may be NULL. */
static bool print_result(struct app *app, const struct revoke_flags *flags, const char *result,
                         const char *detail, struct err *err)
{
    const struct inventory *inv = session_inventory(app->session);
    const struct operation *op = session_operation(app->session);
    struct host_operation look = {0};

    if (op != NULL) {
        operation_look(op, &look);
    }
    const struct key_row *row = look.target;
    bool done = look.phase == OP_DONE;
    const struct report_item items[] = {
        {"id", flags->id, REPORT_TEXT},
        {"name", row == NULL ? NULL : inventory_raw(inv, row->name), REPORT_TEXT},
        {"key", row == NULL ? NULL : arena_text(&inv->arena, row->mask), REPORT_TEXT},
        {"type", row == NULL ? NULL : type_name(row), REPORT_TEXT},
        {"result", result, REPORT_TEXT},
        {"proven", look.proven ? "yes" : "no", REPORT_YES_NO},
        {"detail", detail, REPORT_TEXT},
        {"reading", text_or_null(look.reading), REPORT_TEXT},
        {"control", text_or_null(look.control), REPORT_TEXT},
    };

    if (flags->report.given) {
        return report_act(stdout, items, sizeof items / sizeof *items, NULL, flags->report.format,
                          err);
    }
    if (done) {
        printf("%s\n", flags->id);
    }
    return report_flush(stdout, err);
}

/* Refused by the server, or here by one of our own guards; or nothing came so far as to be sent. */
static const char *result_word(const struct app *app, int code)
{
    const struct operation *op = session_operation(app->session);
    struct host_operation look = {0};

    if (op != NULL) {
        operation_look(op, &look);
    }
    if (code == EXIT_UNKNOWN) {
        return look.accepted ? "accepted" : look.still_works ? "still works" : "unknown";
    }
    if (look.phase == OP_BLOCKED && look.proven) {
        return "gone";
    }
    if (look.phase == OP_BLOCKED && look.error.source != ERR_FROM_NOBODY) {
        return "not sent"; /* it could not be read: that says nothing of it */
    }
    return code == EXIT_REFUSED || look.phase == OP_REFUSED ? "refused" : "not sent";
}

/* The key was not revoked, or nobody knows: says why, and gives the exit code for that. */
static int not_revoked(struct app *app, const struct revoke_flags *flags, const struct err *why)
{
    struct err reason = *why; /* it may be the operation's */
    struct err err = {0};

    if (!print_result(app, flags, result_word(app, app_exit_code(&reason)), reason.text, &err)) {
        command_fail(&err);
    }
    return command_fail_once(app, &reason);
}

/* The same of an operation that has ended: first how it ended. */
static int ended_badly(struct app *app, const struct revoke_flags *flags,
                       const struct host_operation *look)
{
    fprintf(stderr, "portcullis: %s\n", look->words);
    return not_revoked(app, flags, &look->error);
}

static int report_end(struct app *app, const struct revoke_flags *flags,
                      const struct host_operation *look)
{
    struct err err = {0};

    if (look->phase == OP_REVIEW) {
        print_target(app, look);
        err_set(&err, ERR_GUARD,
                "The key changed while it was reviewed. Nothing was sent: look at it and try "
                "again.");
        return not_revoked(app, flags, &err);
    }
    if (look->phase != OP_DONE) {
        return ended_badly(app, flags, look);
    }
    fprintf(stderr, "portcullis: %s\n", look->words);
    return print_result(app, flags, "revoked", look->words, &err) ? EXIT_DONE : command_fail(&err);
}

static int send_it(struct app *app, struct operation *op, const struct revoke_flags *flags)
{
    struct err err = {0};
    const char *tag = session_profile(app->session)->tag;
    if (!command_reason_ok(tag, flags->reason, &err)) {
        return not_revoked(app, flags, &err);
    }
    struct write_wait *wait = write_wait_new(app);
    bool over = gate_arm(&app->gate, tag, flags->reason, app_mono(app), &err) &&
                operation_revoke_send(op, flags->confirm, flags->reason, flags->i_know, &err) &&
                write_wait_run(wait, &err);
    write_wait_free(wait);
    if (!over) {
        return not_revoked(app, flags, &err);
    }
    struct host_operation look;
    operation_look(op, &look);
    return report_end(app, flags, &look);
}

/* --ensure: it was, and is gone. */
static int gone_already(struct app *app, const struct revoke_flags *flags,
                        const struct host_operation *look)
{
    struct err err = {0};

    fprintf(stderr, "portcullis: %s\n", look->error.text);
    return print_result(app, flags, "gone", look->error.text, &err) ? EXIT_DONE
                                                                    : command_fail(&err);
}

/* A dry run may be told a name or the end of a mask, which is looked for in the list. Whoever
 * revokes gives the id that it tells: nothing that could be slow, and no likeness of names, stands
 * in front of a revocation. -1: flags->id is an id; else the exit code. */
static int find_target(struct app *app, const char *name, struct revoke_flags *flags)
{
    bool by_id = !flags->dry_run || command_is_uuid(flags->id);
    struct err err = {0};

    if (!app_open_wait(app, by_id ? 0 : 1u << LIST_KEYS | 1u << LIST_WORKSPACES, &err)) {
        return not_revoked(app, flags, &err);
    }
    if (by_id) {
        return -1;
    }
    int code = command_find_key(name, session_inventory(app->session), flags->id, flags->found);
    flags->id = code < 0 ? flags->found : NULL;
    if (code >= 0) {
        fputs("  Nothing was sent.\n", stderr);
    }
    if (code >= 0 && flags->report.given &&
        !print_result(app, flags, "not sent", "Which key is meant is not known.", &err)) {
        return command_fail(&err);
    }
    return code;
}

int run_revoke(struct app *app, int argc, char **argv)
{
    struct revoke_flags flags;
    int done = parse(argc, argv, &flags);
    if (done >= 0) {
        return done;
    }
    struct err err = {0};
    bool was_there = false;
    done = find_target(app, argv[0], &flags);
    if (done >= 0) {
        return done;
    }
    if (!session_revoke(app->session, flags.id, &err)) {
        return not_revoked(app, &flags, &err);
    }
    if (flags.ensure) {
        was_there = session_revoke_ensure(app->session, flags.id);
    }
    if (!app_wait_operation(app, &err)) {
        return not_revoked(app, &flags, &err);
    }
    struct operation *op = session_operation(app->session);
    struct host_operation look;
    operation_look(op, &look);
    if (look.phase != OP_REVIEW) {
        return look.phase == OP_BLOCKED && look.proven && was_there
                   ? gone_already(app, &flags, &look)
                   : ended_badly(app, &flags, &look);
    }
    print_target(app, &look);
    if (flags.confirm != NULL && !confirm_fits(&look, flags.confirm, &err)) {
        return not_revoked(app, &flags, &err);
    }
    if (flags.dry_run) {
        fputs("  Nothing was sent.\n", stderr);
        return !flags.report.given || print_result(app, &flags, "not sent", look.words, &err)
                   ? EXIT_DONE
                   : command_fail(&err);
    }
    return send_it(app, op, &flags);
}
