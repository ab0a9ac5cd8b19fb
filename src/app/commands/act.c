/* One command for each act of model/act: its flags, its usage and its record come from its row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/commands/common.h"
#include "app/commands/hand_to.h"
#include "app/commands/write_wait.h"
#include "app/journal_find.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/text.h"
#include "model/field.h"
#include "model/mask.h"
#include "model/tag.h"

#include "base/banned.h"

#define OPTIONS_MAX 32

struct act_flags {
    const struct act *act;
    void *input;
    char **ids; /* of argv */
    int count;
    long max;       /* so many at most */
    const char *id; /* the one that it is about now */
    const char *confirm, *reason, *hand_to;
    bool yes, dry_run, i_know;
    struct report_options report;
};

enum {
    FLAG_FIELD = 256, /* and on: a field each */
    FLAG_CONFIRM = 512,
    FLAG_YES,
    FLAG_REASON,
    FLAG_HAND_TO,
    FLAG_DRY_RUN,
    FLAG_I_KNOW,
    FLAG_FORMAT,
    FLAG_MAX,
};

/* -- what is given -- */

/* The flags of an act: those of its fields, and those that all have. */
static void options_of(const struct act *act, struct option options[OPTIONS_MAX])
{
    static const struct option COMMON[] = {
        {"reason", required_argument, NULL, FLAG_REASON},
        {"format", required_argument, NULL, FLAG_FORMAT},
        {"dry-run", no_argument, NULL, FLAG_DRY_RUN},
        {"i-know-this-is-not-my-key", no_argument, NULL, FLAG_I_KNOW},
        {"help", no_argument, NULL, 'h'},
    };
    size_t count = 0;

    for (size_t i = 0; i < act->field_count; i++) {
        const struct input_field *field = &act->fields[i];

        options[count++] =
            (struct option){field->name, field->value == NULL ? no_argument : required_argument,
                            NULL, (FLAG_FIELD + (int)i) | (field->many ? FLAG_MANY : 0)};
    }
    if (act->confirm != CONFIRM_BUTTON) {
        options[count++] = (struct option){"confirm", required_argument, NULL, FLAG_CONFIRM};
    }
    if (act->confirm != CONFIRM_PHRASE) {
        options[count++] = (struct option){"yes", no_argument, NULL, FLAG_YES};
    }
    if (act->many) {
        options[count++] = (struct option){"max", required_argument, NULL, FLAG_MAX};
    }
    if (act->secret) {
        options[count++] = (struct option){"hand-to", required_argument, NULL, FLAG_HAND_TO};
    }
    for (size_t i = 0; i < sizeof(COMMON) / sizeof(COMMON[0]); i++) {
        options[count++] = COMMON[i];
    }
    options[count] = (struct option){NULL, 0, NULL, 0};
}

char *act_usage(const struct act *act)
{
    struct buf out;

    buf_init(&out, 0);
    buf_addf(&out, "%s ID%s", act->name, act->many ? "..." : "");
    for (size_t i = 0; i < act->field_count; i++) {
        const struct input_field *field = &act->fields[i];

        buf_addf(&out, "%s[--%s%s%s]%s", i > 0 && i % 3 == 0 ? "\n      " : " ", field->name,
                 field->value == NULL ? "" : " ", field->value == NULL ? "" : field->value,
                 field->many ? "..." : "");
    }
    buf_adds(&out, act->secret ? " [--hand-to COMMAND]" : act->many ? " [--max N]" : "");
    buf_adds(&out, " [--reason R] [--i-know-this-is-not-my-key]\n"
                   "      [--format table|json|csv] [--dry-run] ");
    buf_adds(&out, act->confirm == CONFIRM_PHRASE   ? "--confirm SUFFIX"
                   : act->confirm == CONFIRM_BUTTON ? "--yes"
                                                    : "--yes|--confirm SUFFIX");
    return buf_take(&out);
}

static bool take(struct act_flags *out, int flag, const char *value, struct err *err)
{
    switch (flag) {
    case FLAG_CONFIRM:
        out->confirm = value;
        return true;
    case FLAG_YES:
        out->yes = true;
        return true;
    case FLAG_DRY_RUN:
        out->dry_run = true;
        return true;
    case FLAG_I_KNOW:
        out->i_know = true;
        return true;
    case FLAG_REASON:
        out->reason = value;
        return flags_text_ok("reason", value, sizeof((struct gate *)0)->reason - 1, err);
    case FLAG_MAX:
        out->max = strtol(value, NULL, 10);
        return (out->max > 0 && out->max <= 10000 && value[strspn(value, "0123456789")] == '\0') ||
               err_set(err, ERR_INVALID, "--max is a number from 1 to 10000.");
    case FLAG_HAND_TO:
        out->hand_to = value;
        return hand_to_ok(value, err);
    default:
        return input_parse(&out->act->fields[(flag & ~FLAG_MANY) - FLAG_FIELD], value, out->input,
                           err);
    }
}

/* -1: taken; else the exit code. */
static int take_ids(int argc, char **argv, struct act_flags *out)
{
    struct err err = {0};

    out->ids = argv + optind;
    out->count = argc - optind;
    if (out->count < 1 || (out->count > 1 && !out->act->many)) {
        return command_usage(argv[0], "takes %s", out->act->many ? "key ids" : "one key id");
    }
    if (out->count > out->max) {
        return command_usage(argv[0],
                             "%d keys are more than %ld: --max says that so many are meant",
                             out->count, out->max);
    }
    for (int i = 0; i < out->count; i++) {
        if (!command_id_ok(argv[0], out->ids[i])) {
            return EXIT_USAGE;
        }
        for (int j = 0; j < i; j++) {
            if (strcmp(out->ids[i], out->ids[j]) == 0) {
                return command_usage(argv[0], "%.60s is given twice", out->ids[i]);
            }
        }
    }
    out->id = out->ids[0];
    return out->count == 1 || act_same_for_all(out->act, out->input, &err)
               ? -1
               : command_usage(argv[0], "%s", err.text);
}

/* -1: parsed; else the exit code. */
static int parse(int argc, char **argv, struct act_flags *out)
{
    struct option options[OPTIONS_MAX];
    struct flag_reader reader = {.options = options};
    struct err err = {0};
    int flag;

    options_of(out->act, options);
    optind = 0;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        if (flag == 'h') {
            return command_help(argv[0]);
        }
        if (flag == '?' ||
            (flag == FLAG_FORMAT && !command_format(argv[0], optarg, &out->report))) {
            return EXIT_USAGE;
        }
        if (flag != FLAG_FORMAT && !take(out, flag, optarg, &err)) {
            return command_usage(argv[0], "%s", err.text);
        }
    }
    flag = take_ids(argc, argv, out);
    if (flag >= 0) {
        return flag;
    }
    if (out->dry_run || out->yes || out->confirm != NULL) {
        return -1;
    }
    return command_usage(argv[0], "%s",
                         out->act->confirm == CONFIRM_PHRASE
                             ? "--confirm SUFFIX is needed: what the key's mask shows after its "
                               "last star"
                         : out->act->confirm == CONFIRM_BUTTON
                             ? "--yes is needed, or --dry-run to see the request"
                             : "--yes or --confirm SUFFIX is needed, or --dry-run to see which");
}

/* What freeze-key set, and what was before: the journal's word, where thaw-key is given none. */
static void remember(struct app *app, struct act_flags *flags)
{
    struct thaw_input *input = flags->input;
    const struct profile *profile = session_profile(app->session);

    if (flags->act->id != ACT_KEY_THAW || input->expires.how != EXPIRY_NOT_GIVEN) {
        return;
    }
    input->remembered =
        journal_find_frozen(app->journal, flags->id, profile->name, profile->base_url,
                            &input->expires.value, &input->frozen_at);
    if (input->remembered) {
        input->expires.how = input->expires.value == TIME_NONE ? EXPIRY_NEVER : EXPIRY_AT;
    }
}

/* -- what is said -- */

/* One member, as it is and as it is to be. */
static void print_change(void *ctx, const char *name, const char *was, const char *now)
{
    char *old = text_cleaned(was), *anew = text_cleaned(now);

    (void)ctx;
    fprintf(stderr, "  %s: %s -> %s\n", name, old, anew);
    free(old);
    free(anew);
}

static void print_review(struct app *app, const struct act *act, const struct write_look *look)
{
    const struct inventory *inv = session_inventory(app->session);
    const struct key_row *key = look->target;

    if (key == NULL) {
        return; /* it was not read: there is no review */
    }
    struct buf brief;

    buf_init(&brief, 0);
    field_key_brief(inv, key, &brief);
    fprintf(stderr, "%s %s\n%s\n  %s\n", look->method, look->path, look->body, brief.data);
    buf_done(&brief);
    act_each_change(look->before, look->body, print_change, NULL);
    if (look->changed) {
        fputs("  It changed since you looked at it.\n", stderr);
    }
    if (look->earlier[0] != '\0') {
        fprintf(stderr, "  %s\n", look->earlier);
    }
    fprintf(stderr, "  %s\n", act->undone);
}

static const char *time_text(int64_t time, char out[TIME_TEXT_SIZE])
{
    if (time == TIME_NONE) {
        return NULL;
    }
    time_format(time, out);
    return out;
}

static const char *result_word(const struct write_look *look, int code)
{
    switch (look->phase) {
    case OP_DONE:
        return "done";
    case OP_UNKNOWN:
        return look->state == CHANGE_STALE ? "accepted" : "unknown";
    case OP_REFUSED:
        return look->state == CHANGE_REFUSED ? "refused" : "not done";
    default:
        return code == EXIT_REFUSED ? "refused" : "not sent";
    }
}

/* What became of it, on stdout, where a format was asked for; else the id of what was done. */
static bool print_result(struct app *app, const struct act_flags *flags, const char *result,
                         const char *detail, struct err *err)
{
    const struct inventory *inv = session_inventory(app->session);
    struct write_look look = {.phase = OP_NONE};
    char until[TIME_TEXT_SIZE], was[TIME_TEXT_SIZE], now[TIME_TEXT_SIZE];

    if (session_write(app->session) != NULL) {
        write_look(session_write(app->session), &look);
    }
    const struct key_row *row = look.target;
    const struct report_item items[] = {
        {"id", flags->id, REPORT_TEXT},
        {"name", row == NULL ? NULL : inventory_raw(inv, row->name), REPORT_TEXT},
        {"key", row == NULL ? NULL : arena_text(&inv->arena, row->mask), REPORT_TEXT},
        {"act", flags->act->name, REPORT_TEXT},
        {"result", result, REPORT_TEXT},
        {"frozen",
         look.until == TIME_NONE         ? NULL
         : look.status == STATUS_EXPIRED ? "yes"
                                         : "no",
         REPORT_YES_NO},
        {"stops_at", time_text(look.until, until), REPORT_TEXT},
        {"expires_before", row == NULL ? NULL : time_text(look.was_expires, was), REPORT_TEXT},
        {"expires_at", row == NULL ? NULL : time_text(row->expires_at, now), REPORT_TEXT},
        {"detail", detail, REPORT_TEXT},
        {"reading", look.reading == NULL || look.reading[0] == '\0' ? NULL : look.reading,
         REPORT_TEXT},
    };

    if (flags->report.given) {
        return report_act(stdout, items, sizeof items / sizeof *items, NULL, flags->report.format,
                          err);
    }
    if (look.phase == OP_DONE) {
        printf("%s\n", flags->id);
    }
    return report_flush(stdout, err);
}

/* It was not done, or nobody knows: why, and the exit code for that. */
static int not_done(struct app *app, const struct act_flags *flags, const struct err *why)
{
    struct err reason = *why; /* it may be the write's */
    struct write_look look = {.phase = OP_NONE};
    struct err err = {0};

    if (session_write(app->session) != NULL) {
        write_look(session_write(app->session), &look);
    }
    if (!print_result(app, flags, result_word(&look, app_exit_code(&reason)),
                      look.phase == OP_REFUSED ? look.words : reason.text, &err)) {
        command_fail(&err);
    }
    if (look.phase == OP_REFUSED && strcmp(look.words, reason.text) != 0) {
        /* What the server said was told when it came. */
        fprintf(stderr, "portcullis: %s\n", look.words);
        return app_exit_code(&reason);
    }
    return command_fail(&reason);
}

/* -- the secret -- */

static int secret_lost(struct app *app, const struct write_look *look, const struct err *why,
                       const char *who)
{
    fprintf(stderr,
            "portcullis: %s The key has a new secret all the same. %s\n"
            "  portcullis --profile %s rotate-key %s --confirm ..\n",
            why->text, who, session_profile_name(app->session), look->target_id);
    return EXIT_UNKNOWN;
}

static int to_program(struct app *app, struct write_wait *wait, const struct act_flags *flags,
                      const struct write_look *look)
{
    struct err err = {0};
    enum handed handed = hand_to(wait, flags->hand_to, look->new_key, &err);

    if (handed != HANDED) {
        return secret_lost(app, look, &err,
                           handed == HANDED_NO
                               ? "Nobody has it: rotate it again:"
                               : "The program may have it or not. Rotate it again unless it has:");
    }
    write_secret_taken(session_write(app->session));
    return -1;
}

/* Its last member is printed once it was read back. */
static bool print_secret(const struct write_look *look, const char *key, enum report_item_kind kind,
                         enum report_format format, struct err *err)
{
    char until[TIME_TEXT_SIZE];
    const struct report_item items[] = {
        {"id", look->target_id, REPORT_TEXT},
        {"key", key, kind},
        {"key_transition_expires_at", time_text(look->old_secret_until, until), REPORT_TEXT},
    };

    if (kind == REPORT_SECRET) {
        return command_write_secret(items, sizeof items / sizeof *items, "read_back", format, err);
    }
    return report_act_begin(stdout, items, sizeof items / sizeof *items, "read_back", format, err);
}

/* -1: handed over; else the exit code. */
static int hand_over(struct app *app, struct write_wait *wait, const struct act_flags *flags)
{
    struct write *write = session_write(app->session);
    struct write_look look = {.phase = OP_NONE};
    struct err err = {0};
    char mask[32];

    write_look(write, &look);
    if (!write_hand_over(write, &err)) {
        return secret_lost(app, &look, &err, "Nobody has it: rotate it again:");
    }
    if (flags->hand_to != NULL) {
        int code = to_program(app, wait, flags, &look);

        if (code < 0) {
            mask_make(secret_text(look.new_key), mask, sizeof(mask));
            (void)print_secret(&look, mask, REPORT_TEXT, flags->report.format, NULL);
        }
        return code;
    }
    if (!write_wait_room(wait, STDOUT_FILENO)) {
        err_set(&err, ERR_FILE, "Standard output did not take it.");
        return secret_lost(app, &look, &err, "Nobody has it: rotate it again:");
    }
    if (!print_secret(&look, secret_text(look.new_key), REPORT_SECRET, flags->report.format,
                      &err)) {
        return secret_lost(app, &look, &err,
                           "Whoever has a part of the output may have it. Rotate it again unless "
                           "somebody has it whole:");
    }
    write_secret_taken(write);
    return -1;
}

/* -- the run -- */

static void say_old_secret(const struct write_look *look)
{
    char until[TIME_TEXT_SIZE];

    if (look->old_secret_until == TIME_NONE) {
        fputs("portcullis: The server did not tell how long the old secret works on.\n", stderr);
        return;
    }
    time_format(look->old_secret_until, until);
    fprintf(stderr, "portcullis: The old secret works on until %s.\n", until);
}

static void say_stops(const struct write_look *look)
{
    char until[TIME_TEXT_SIZE];

    if (look->until == TIME_NONE) {
        return;
    }
    time_format(look->until, until);
    if (look->status == STATUS_EXPIRED) {
        fputs("portcullis: Frozen: the server has it as expired.\n", stderr);
    } else {
        fprintf(stderr,
                "portcullis: It stopped at %s by the server's clock; the server marks it expired "
                "some minutes later.\n",
                until);
    }
}

static int tell_end(struct app *app, const struct act_flags *flags, bool handed)
{
    struct write_look look = {.phase = OP_NONE};
    struct err err = {0};

    write_look(session_write(app->session), &look);
    if (look.phase == OP_REVIEW) {
        print_review(app, flags->act, &look);
        err_set(&err, ERR_GUARD,
                "The key changed while it was reviewed. Nothing was sent: look at it and try "
                "again.");
        return not_done(app, flags, &err);
    }
    if (handed) {
        const struct report_item last = {"read_back", look.read_back ? "yes" : "no", REPORT_YES_NO};

        (void)report_act_end(stdout, &last, flags->report.format, NULL);
        say_old_secret(&look);
    }
    if (look.phase != OP_DONE) {
        return handed ? command_fail(&look.error) : not_done(app, flags, &look.error);
    }
    fprintf(stderr, "portcullis: %s\n", look.words);
    say_stops(&look);
    return handed || print_result(app, flags, result_word(&look, EXIT_DONE), look.words, &err)
               ? EXIT_DONE
               : command_fail(&err);
}

static int run_write(struct app *app, struct write_wait *wait, const struct act_flags *flags)
{
    struct write *write = session_write(app->session);
    const struct consent consent = {.typed = flags->confirm,
                                    .reason = flags->reason,
                                    .counted = flags->count > 1 && flags->confirm != NULL,
                                    .i_know = flags->i_know};
    struct err err = {0};
    bool handed = false;

    if (!write_send(write, &consent, &err) || !write_wait_run(wait, &err)) {
        return not_done(app, flags, &err);
    }
    if (write_secret_waits(write)) {
        int code = hand_over(app, wait, flags);

        if (code >= 0) {
            return code;
        }
        handed = true;
        if (!write_wait_run(wait, &err)) {
            return command_fail(&err);
        }
    }
    return tell_end(app, flags, handed);
}

static int send_it(struct app *app, const struct act_flags *flags)
{
    const char *tag = session_profile(app->session)->tag;
    struct write_wait *wait;
    struct err err = {0};
    int code;

    if (!command_reason_ok(tag, flags->reason, &err)) {
        return not_done(app, flags, &err);
    }
    if (flags->act->secret && flags->hand_to == NULL && !gate_lets_secrets(&app->gate, &err)) {
        app->gate.refused = true;
        return not_done(app, flags, &err);
    }
    if (flags->act->secret && !command_output_ready(&err)) {
        err_prefix(&err, "Nothing was sent, since the new secret could not be handed over");
        err.status = 0;
        return command_fail(&err);
    }
    if (!gate_arm(&app->gate, tag, flags->reason, app_mono(app), &err)) {
        return not_done(app, flags, &err);
    }
    wait = write_wait_new(app);
    code = run_write(app, wait, flags);
    write_wait_free(wait);
    return code;
}

static int dry_run(struct app *app, const struct act_flags *flags, const struct write_look *look)
{
    const struct report_item items[] = {
        {"method", look->method, REPORT_TEXT},
        {"path", look->path, REPORT_TEXT},
        {"body", look->body, REPORT_BODY},
    };
    struct err err = {0};

    print_review(app, flags->act, look);
    fputs("  Nothing was sent.\n", stderr);
    return !flags->report.given || report_act(stdout, items, sizeof items / sizeof *items, NULL,
                                              flags->report.format, &err)
               ? EXIT_DONE
               : command_fail(&err);
}

/* Reads the target: -1 when it stands in review; else the exit code. */
static int review(struct app *app, const struct act_flags *flags, struct write_look *look)
{
    struct err err = {0};

    if (!session_act(app->session, flags->act, flags->id, flags->input, &err) ||
        !app_wait_operation(app, &err)) {
        return not_done(app, flags, &err);
    }
    write_look(session_write(app->session), look);
    return look->phase == OP_REVIEW ? -1 : not_done(app, flags, &look->error);
}

static int run_one(struct app *app, const struct act_flags *flags)
{
    struct write_look look = {.phase = OP_NONE};
    int code = review(app, flags, &look);

    if (code >= 0) {
        return code;
    }
    if (flags->dry_run) {
        return dry_run(app, flags, &look);
    }
    print_review(app, flags->act, &look);
    return send_it(app, flags);
}

/* All are reviewed before the first is sent; the count is what has to be typed then. -1: go on. */
static int review_all(struct app *app, struct act_flags *flags)
{
    struct write_look look = {.phase = OP_NONE};
    char count[16];
    bool phrase = false;

    for (int i = 0; i < flags->count; i++) {
        int code;

        flags->id = flags->ids[i];
        code = review(app, flags, &look);
        if (code >= 0) {
            fprintf(stderr, "portcullis: Nothing was sent to any of the %d keys.\n", flags->count);
            return code;
        }
        print_review(app, flags->act, &look);
        phrase = phrase || look.confirm == CONFIRM_PHRASE;
    }
    snprintf(count, sizeof(count), "%d", flags->count);
    if (flags->dry_run) {
        fputs("  Nothing was sent.\n", stderr);
        return EXIT_DONE;
    }
    if (phrase && (flags->confirm == NULL || strcmp(flags->confirm, count) != 0)) {
        fprintf(stderr,
                "portcullis: --confirm %s is needed, the number of keys. Nothing was sent.\n",
                count);
        return EXIT_REFUSED;
    }
    return -1;
}

/* One by one; the first that ends otherwise than done ends it. */
static int run_all(struct app *app, struct act_flags *flags)
{
    int code = review_all(app, flags);

    for (int i = 0; code < 0 && i < flags->count; i++) {
        int ended;

        flags->id = flags->ids[i];
        ended = run_one(app, flags);
        if (ended != EXIT_DONE) {
            fprintf(stderr, "portcullis: %d of %d done; stopped at %s. Nothing was sent to %d.\n",
                    i, flags->count, flags->id, flags->count - i - 1);
            return ended;
        }
    }
    return code < 0 ? EXIT_DONE : code;
}

static int run(struct app *app, struct act_flags *flags)
{
    struct err err = {0};

    if (!app_open_wait(app, 0, &err)) {
        return not_done(app, flags, &err);
    }
    remember(app, flags);
    return flags->count == 1 ? run_one(app, flags) : run_all(app, flags);
}

int run_act(struct app *app, int argc, char **argv)
{
    struct act_flags flags = {
        .act = act_find(argv[0]), .max = ACT_MANY_MAX, .report = {.format = REPORT_JSON}};
    int code;

    flags.input = xcalloc(1, flags.act->input_size + 1);
    code = parse(argc, argv, &flags);
    if (code < 0) {
        code = run(app, &flags);
    }
    free(flags.input);
    return code;
}
