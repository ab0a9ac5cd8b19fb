#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/commands/common.h"
#include "app/commands/given.h"
#include "app/commands/hand_to.h"
#include "app/commands/write_wait.h"
#include "base/text.h"
#include "model/draft.h"
#include "model/mask.h"
#include "model/tag.h"

#include "base/banned.h"

#define NAMED_MAX 1000 /* bytes of what names a workspace or a person */

struct create_flags {
    struct key_draft draft;
    struct report_options report; /* JSON unless another is asked for: the API's answer */
    const char *workspace;
    const char *owner;
    const char *preset;
    const char *reason;
    const char *hand_to; /* a command; NULL: standard output gets the secret */
    bool has_override;
    bool has_kind;
    bool dry_run;
    bool yes;
};

enum {
    FLAG_KIND = 256,
    FLAG_WORKSPACE,
    FLAG_OWNER,
    FLAG_NAME,
    FLAG_DESCRIPTION,
    FLAG_PRESET,
    FLAG_BUDGET,
    FLAG_EXPIRES,
    FLAG_ROTATE,
    FLAG_RESET,
    FLAG_ALERT,
    FLAG_FIRST_RESET,
    FLAG_OVERLAP,
    FLAG_CONFIG,
    FLAG_OVERRIDE,
    FLAG_REASON,
    FLAG_HAND_TO,
    FLAG_DRY_RUN,
    FLAG_YES,
    FLAG_FORMAT,
    FLAG_SCOPE = 1 | FLAG_MANY,
    FLAG_RATE = 2 | FLAG_MANY,
    FLAG_METADATA = 3 | FLAG_MANY,
    FLAG_EMAIL = 4 | FLAG_MANY,
};

static const struct option FLAGS[] = {
    {"kind", required_argument, NULL, FLAG_KIND},
    {"workspace", required_argument, NULL, FLAG_WORKSPACE},
    {"owner", required_argument, NULL, FLAG_OWNER},
    {"name", required_argument, NULL, FLAG_NAME},
    {"description", required_argument, NULL, FLAG_DESCRIPTION},
    {"metadata", required_argument, NULL, FLAG_METADATA},
    {"config", required_argument, NULL, FLAG_CONFIG},
    {"allow-config-override", required_argument, NULL, FLAG_OVERRIDE},
    {"scope", required_argument, NULL, FLAG_SCOPE},
    {"preset", required_argument, NULL, FLAG_PRESET},
    {"rate-limit", required_argument, NULL, FLAG_RATE},
    {"budget", required_argument, NULL, FLAG_BUDGET},
    {"expires", required_argument, NULL, FLAG_EXPIRES},
    {"rotate", required_argument, NULL, FLAG_ROTATE},
    {"reset", required_argument, NULL, FLAG_RESET},
    {"alert", required_argument, NULL, FLAG_ALERT},
    {"first-reset", required_argument, NULL, FLAG_FIRST_RESET},
    {"overlap", required_argument, NULL, FLAG_OVERLAP},
    {"alert-email", required_argument, NULL, FLAG_EMAIL},
    {"reason", required_argument, NULL, FLAG_REASON},
    {"hand-to", required_argument, NULL, FLAG_HAND_TO},
    {"dry-run", no_argument, NULL, FLAG_DRY_RUN},
    {"yes", no_argument, NULL, FLAG_YES},
    {"format", required_argument, NULL, FLAG_FORMAT},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* Copies a flag's value; too long is said here, since a cut value would be another one. */
static bool copy(char *out, size_t size, const char *flag, const char *value, struct err *err)
{
    if (strlen(value) >= size) {
        return err_set(err, ERR_INVALID, "--%s is longer than %zu bytes.", flag, size - 1);
    }
    memcpy(out, value, strlen(value) + 1);
    return true;
}

static bool add_scope(struct key_draft *draft, const char *name, struct err *err)
{
    int scope = scope_find(name);
    if (scope >= 0) {
        scope_set_add(&draft->scopes, scope);
        return true;
    }
    char *clean = text_cleaned(name);
    int near = scope_nearest(name);
    if (near >= 0) {
        err_set(err, ERR_INVALID, "There is no scope \"%s\". Did you mean %s?", clean,
                scope_info(near)->name);
    } else {
        err_set(err, ERR_INVALID, "There is no scope \"%s\".", clean);
    }
    free(clean);
    return false;
}

static bool take(struct create_flags *out, int flag, const char *value, struct err *err)
{
    struct key_draft *draft = &out->draft;
    switch (flag) {
    case FLAG_KIND:
        out->has_kind = true;
        draft->kind = key_kind_parse(value);
        return draft->kind != KEY_KIND_UNKNOWN ||
               err_set(err, ERR_INVALID,
                       "--kind is workspace-service, workspace-user or organisation-service.");
    case FLAG_WORKSPACE:
        out->workspace = value;
        return flags_text_ok("workspace", value, NAMED_MAX, err);
    case FLAG_OWNER:
        out->owner = value;
        return flags_text_ok("owner", value, NAMED_MAX, err);
    case FLAG_NAME:
        return copy(draft->name, sizeof draft->name, "name", value, err);
    case FLAG_DESCRIPTION:
        return copy(draft->description, sizeof draft->description, "description", value, err);
    case FLAG_METADATA:
        return draft_parse_metadata(draft, value, err);
    case FLAG_CONFIG:
        return copy(draft->config, sizeof draft->config, "config", value, err);
    case FLAG_OVERRIDE:
        out->has_override = true;
        return draft_parse_override(draft, value, err);
    case FLAG_EMAIL:
        return draft_parse_email(draft, value, err);
    case FLAG_SCOPE:
        return add_scope(draft, value, err);
    case FLAG_PRESET:
        out->preset = value;
        return true;
    case FLAG_RATE:
        return draft_parse_rate(draft, value, err);
    case FLAG_BUDGET:
        return draft_parse_budget(draft, value, err);
    case FLAG_EXPIRES:
        return copy(draft->expires, sizeof draft->expires, "expires", value, err);
    case FLAG_ROTATE:
        return draft_parse_rotation(draft, value, err);
    case FLAG_RESET:
        return draft_parse_reset(draft, value, err);
    case FLAG_ALERT:
        return copy(draft->alert, sizeof draft->alert, "alert", value, err);
    case FLAG_FIRST_RESET:
        return copy(draft->reset_at, sizeof draft->reset_at, "first-reset", value, err);
    case FLAG_OVERLAP:
        return copy(draft->transition, sizeof draft->transition, "overlap", value, err);
    case FLAG_REASON:
        out->reason = value;
        return flags_text_ok("reason", value, sizeof((struct gate *)0)->reason - 1, err);
    case FLAG_HAND_TO:
        out->hand_to = value;
        return hand_to_ok(value, err);
    case FLAG_DRY_RUN:
        out->dry_run = true;
        return true;
    case FLAG_YES:
        out->yes = true;
        return true;
    default:
        return err_set(err, ERR_INVALID, "unknown flag");
    }
}

/* A preset adds to the scopes that were named one by one. */
static bool apply_preset(struct create_flags *flags, struct err *err)
{
    if (flags->preset == NULL) {
        return true;
    }
    struct scope_set named = flags->draft.scopes;
    if (!draft_apply_preset(&flags->draft, flags->preset)) {
        struct buf known;
        buf_init(&known, 0);
        size_t count;
        const struct draft_preset *presets = draft_presets(flags->draft.kind, &count);
        for (size_t i = 0; i < count; i++) {
            buf_addf(&known, "%s%s", i ? ", " : "", presets[i].name);
        }
        err_set(err, ERR_INVALID, "There is no such preset for %s %s key. Presets: %s.",
                flags->draft.kind == KEY_ORGANISATION_SERVICE ? "an" : "a",
                key_kind_name(flags->draft.kind), known.data);
        buf_done(&known);
        return false;
    }
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&named, i)) {
            scope_set_add(&flags->draft.scopes, i);
        }
    }
    return true;
}

static int help(const char *name)
{
    size_t count;
    const struct draft_preset *presets = draft_presets(KEY_WORKSPACE_SERVICE, &count);
    command_help(name);
    puts("presets:");
    for (size_t i = 0; i < count; i++) {
        printf("  %-14s %s\n", presets[i].name, presets[i].words);
    }
    return EXIT_DONE;
}

/* -1: parsed; else the exit code. */
static int parse(int argc, char **argv, struct create_flags *out)
{
    struct err err = {0};
    struct flag_reader reader = {.options = FLAGS};
    memset(out, 0, sizeof *out);
    out->report.format = REPORT_JSON;
    draft_init(&out->draft, KEY_WORKSPACE_SERVICE);
    optind = 0;
    int flag;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        if (flag == 'h') {
            return help(argv[0]);
        }
        if (flag == '?' ||
            (flag == FLAG_FORMAT && !command_format(argv[0], optarg, &out->report))) {
            return EXIT_USAGE;
        }
        if (flag != FLAG_FORMAT && !take(out, flag, optarg, &err)) {
            return command_usage(argv[0], "%s", err.text);
        }
    }
    if (optind < argc) {
        return command_surplus(argv[0], argv[optind]);
    }
    if (!out->has_kind) {
        return command_usage(argv[0], "--kind is needed");
    }
    if (out->has_override && out->draft.config[0] == '\0') {
        return command_usage(argv[0], "--allow-config-override says something of a config: give "
                                      "--config too");
    }
    return apply_preset(out, &err) ? -1 : command_usage(argv[0], "%s", err.text);
}

static bool hangs_on_time(const struct key_draft *draft)
{
    return draft->expires[0] != '\0' || draft->reset_at[0] != '\0' || draft->rotation_at[0] != '\0';
}

/* Names and mail addresses become ids, and days count from the server's. */
static bool resolve(struct app *app, struct create_flags *flags, struct err *err)
{
    struct key_draft *draft = &flags->draft;

    if (flags->workspace != NULL &&
        !given_workspace(app, flags->workspace, draft->workspace, sizeof draft->workspace, err)) {
        return false;
    }
    if (flags->owner != NULL &&
        !given_owner(app, flags->owner, draft->workspace, draft->owner, sizeof draft->owner, err)) {
        return false;
    }
    return !hangs_on_time(draft) || given_time(app, err);
}

/* What was typed where the draft has this problem. */
static const char *flag_of(const struct key_draft *draft, const struct draft_problem *problem)
{
    static const char *const NAMES[DRAFT_FIELD_COUNT] = {
        [DRAFT_KIND] = "--kind",
        [DRAFT_WORKSPACE] = "--workspace",
        [DRAFT_OWNER] = "--owner",
        [DRAFT_NAME] = "--name",
        [DRAFT_DESCRIPTION] = "--description",
        [DRAFT_METADATA] = "--metadata",
        [DRAFT_CONFIG] = "--config",
        [DRAFT_OVERRIDE] = "--allow-config-override",
        [DRAFT_SCOPES] = "--scope",
        [DRAFT_RATES] = "--rate-limit",
        [DRAFT_BUDGET] = "--budget",
        [DRAFT_RESET] = "--reset",
        [DRAFT_EMAILS] = "--alert-email",
        [DRAFT_EXPIRES] = "--expires",
        [DRAFT_ROTATION] = "--rotate",
        [DRAFT_TRANSITION] = "--overlap",
    };

    if (problem->field == DRAFT_BUDGET && problem->part == DRAFT_PART_ALERT) {
        return "--alert";
    }
    if (problem->field == DRAFT_RESET && draft->reset_at[0] != '\0') {
        return "--first-reset";
    }
    return NAMES[problem->field];
}

/* Tells every problem of the draft; true when none is an error. */
static bool check(const struct key_draft *draft, const struct inventory *inv, int64_t now)
{
    struct draft_check problems;
    draft_check(draft, inv, now, &problems);
    for (int i = 0; i < problems.count; i++) {
        const struct draft_problem *problem = &problems.problems[i];
        fprintf(stderr, "portcullis: %s: %s: %s\n",
                problem->severity == DRAFT_ERROR ? "error" : "warning", flag_of(draft, problem),
                problem->text);
    }
    return problems.errors == 0;
}

/* What to type to revoke the key that was made. */
static void say_revoke(struct app *app, const struct host_operation *made, const char *mask)
{
    const struct inventory *inv = session_inventory(app->session);
    int row = inventory_find_key(inv, inventory_find_id(inv, made->new_id));
    char phrase[64];

    mask_phrase(row >= 0 ? arena_text(&inv->arena, inv->keys[row].mask) : mask, made->new_id,
                phrase, sizeof phrase);
    fprintf(stderr, "  portcullis --profile %s revoke %s --confirm %s%s\n",
            session_profile_name(app->session), made->new_id, phrase,
            tag_is_production(session_profile(app->session)->tag) ? " --reason lost-secret" : "");
}

/* The key is there and its secret did not get where it was to go: whoever reads this has to be able
 * to act at once. */
static int secret_lost(struct app *app, const struct host_operation *made, const struct err *why,
                       const char *who)
{
    char mask[32];

    mask_make(secret_text(made->new_key), mask, sizeof mask);
    fprintf(stderr, "portcullis: %s The key %s was made all the same. %s\n", why->text,
            made->new_id, who);
    say_revoke(app, made, mask);
    operation_forget_secret(session_operation(app->session));
    return EXIT_UNKNOWN;
}

static struct report_item read_back_item(bool read_back)
{
    return (struct report_item){"read_back", read_back ? "yes" : "no", REPORT_YES_NO};
}

#define NOBODY "Nobody has its secret: revoke it, then make it again:"

/* The record without the secret, which a program has. */
static bool print_handed(const struct host_operation *made, enum report_format format)
{
    char mask[32];

    mask_make(secret_text(made->new_key), mask, sizeof mask);
    const struct report_item items[] = {
        {"id", made->new_id, REPORT_TEXT},
        {"key", mask, REPORT_TEXT},
        {"object", "api-key", REPORT_TEXT},
    };
    return report_act_begin(stdout, items, sizeof items / sizeof *items, "read_back", format, NULL);
}

/* The secret goes to a program, and no further. */
static int hand_to_program(struct app *app, struct write_wait *wait,
                           const struct create_flags *flags, const struct host_operation *made)
{
    struct err err = {0};
    enum handed handed = hand_to(wait, flags->hand_to, made->new_key, &err);

    if (handed != HANDED) {
        return secret_lost(
            app, made, &err,
            handed == HANDED_NO
                ? NOBODY
                : "It may have its secret or not. Revoke it unless it has, then make "
                  "it again:");
    }
    operation_secret_taken(session_operation(app->session));
    /* What cannot be printed is no loss: the program has the secret, and stderr tells the id. */
    (void)print_handed(made, flags->report.format);
    return -1;
}

/* The one place where the secret leaves: the API's answer, once, on stdout. What the reading back
 * came to is its last member, which is written when that is known. -1: handed over; else the exit
 * code. */
static int hand_over(struct app *app, struct write_wait *wait, const struct create_flags *flags)
{
    struct operation *op = session_operation(app->session);
    struct host_operation made;
    struct err err = {0};

    operation_look(op, &made);
    if (!operation_hand_over(op, &err)) {
        return secret_lost(app, &made, &err, NOBODY);
    }
    if (flags->hand_to != NULL) {
        return hand_to_program(app, wait, flags, &made);
    }
    const struct report_item items[] = {
        {"id", made.new_id, REPORT_TEXT},
        {"key", secret_text(made.new_key), REPORT_SECRET},
        {"object", "api-key", REPORT_TEXT},
    };
    if (!write_wait_room(wait, STDOUT_FILENO)) {
        err_set(&err, ERR_FILE, "Standard output did not take it.");
        return secret_lost(app, &made, &err, NOBODY);
    }
    if (!command_write_secret(items, sizeof items / sizeof *items, "read_back",
                              flags->report.format, &err)) {
        return secret_lost(app, &made, &err,
                           "Its secret is lost here, and whoever has a part of the output may have "
                           "it. Revoke it unless somebody has it whole, then make it again:");
    }
    operation_secret_taken(op);
    return -1;
}

static int report_made(struct app *app, const struct host_operation *made, bool handed,
                       enum report_format format)
{
    if (handed) {
        const struct report_item last = read_back_item(made->read_back);

        /* Whoever read the secret may be gone by now: that is no loss. */
        (void)report_act_end(stdout, &last, format, NULL);
        operation_forget_secret(session_operation(app->session));
    }
    if (made->phase == OP_DONE) {
        fprintf(stderr, "portcullis: %s\n", made->words);
        return EXIT_DONE;
    }
    fprintf(stderr, "portcullis: %s\n", made->words);
    return command_fail_once(app, &made->error);
}

/* What would be sent, on stdout; nothing is. */
static int dry_run(const struct host_operation *review, const struct report_options *options)
{
    const struct report_item items[] = {
        {"method", review->method, REPORT_TEXT},
        {"path", review->path, REPORT_TEXT},
        {"body", review->body, REPORT_BODY},
    };
    struct err err = {0};

    if (!options->given) {
        printf("%s %s\n%s\n", review->method, review->path, review->body);
        return EXIT_DONE;
    }
    return report_act(stdout, items, sizeof items / sizeof *items, NULL, options->format, &err)
               ? EXIT_DONE
               : command_fail(&err);
}

/* Sends what was reviewed. What there is to know before is said, and then it goes on: it was
 * confirmed. */
static bool send_reviewed(struct operation *op, struct write_wait *wait, struct err *err)
{
    struct host_operation look;

    if (!operation_create_send(op, err) || !write_wait_run(wait, err)) {
        return false;
    }
    operation_look(op, &look);
    if (look.phase != OP_REVIEW) {
        return true;
    }
    fprintf(stderr, "portcullis: %s\n", look.notice);
    return operation_create_send(op, err) && write_wait_run(wait, err);
}

static int run_write(struct app *app, struct operation *op, struct write_wait *wait,
                     const struct create_flags *flags)
{
    struct host_operation look;
    struct err err = {0};
    bool handed = false;

    if (!send_reviewed(op, wait, &err)) {
        return command_fail(&err);
    }
    if (operation_secret_waits(op)) {
        int code = hand_over(app, wait, flags);

        if (code >= 0) {
            return code;
        }
        handed = true;
        if (!write_wait_run(wait, &err)) {
            return command_fail(&err);
        }
    }
    operation_look(op, &look);
    return report_made(app, &look, handed, flags->report.format);
}

static int send_it(struct app *app, struct operation *op, const struct create_flags *flags)
{
    const char *tag = session_profile(app->session)->tag;
    struct err err = {0};

    if (!command_reason_ok(tag, flags->reason, &err)) {
        return command_fail(&err);
    }
    if (!command_output_ready(&err)) {
        err_prefix(&err, "Nothing was sent, since the new key could not be handed over");
        err.status = 0; /* a reader that went away is told here: a key was asked for */
        return command_fail(&err);
    }
    if (flags->hand_to == NULL && !gate_lets_secrets(&app->gate, &err)) {
        app->gate.refused = true;
        return command_fail(&err);
    }
    if (!gate_arm(&app->gate, tag, flags->reason, app_mono(app), &err)) {
        return command_fail(&err);
    }
    struct write_wait *wait = write_wait_new(app);
    int code = run_write(app, op, wait, flags);
    write_wait_free(wait);
    return code;
}

int run_create_key(struct app *app, int argc, char **argv)
{
    struct create_flags flags;
    int done = parse(argc, argv, &flags);
    if (done >= 0) {
        return done;
    }
    struct err err = {0};
    /* No list: what is needed is asked for by itself. */
    if (!app_open_wait(app, 0, &err) || !resolve(app, &flags, &err)) {
        return command_fail(&err);
    }
    if (!check(&flags.draft, session_inventory(app->session), clock_now(&app->clock))) {
        fputs("portcullis: nothing was sent.\n", stderr);
        return EXIT_USAGE;
    }
    if (!session_create(app->session, &flags.draft, &err)) {
        return command_fail(&err);
    }
    struct operation *op = session_operation(app->session);
    struct host_operation look;
    operation_look(op, &look);
    if (look.earlier[0] != '\0') {
        fprintf(stderr, "portcullis: %s\n", look.earlier);
    }
    if (look.notice[0] != '\0') {
        fprintf(stderr, "portcullis: %s\n", look.notice);
    }
    if (flags.dry_run) {
        return dry_run(&look, &flags.report);
    }
    if (!flags.yes) {
        fprintf(stderr,
                "portcullis: %s %s was not sent: add --yes, or --dry-run to see the request.\n",
                look.method, look.path);
        return EXIT_USAGE;
    }
    return send_it(app, op, &flags);
}
