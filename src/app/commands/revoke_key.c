#include "app/commands/common.h"

#include <stdio.h>
#include <string.h>

#include "api/load.h"

#include "base/banned.h"

struct revoke_flags {
    const char *id;
    const char *confirm;
    const char *reason;
    bool dry_run;
    bool i_know;
};

/* -1: parsed; else the exit code. */
static int parse(int argc, char **argv, struct revoke_flags *out)
{
    static const struct option FLAGS[] = {
        {"confirm", required_argument, NULL, 'c'},
        {"reason", required_argument, NULL, 'r'},
        {"dry-run", no_argument, NULL, 'd'},
        {"i-know-this-is-not-my-key", no_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *out = (struct revoke_flags){0};
    optind = 0;
    int flag;
    while ((flag = command_flag(argc, argv, FLAGS)) != -1) {
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
        case 'k':
            out->i_know = true;
            break;
        case 'h':
            return command_help(argv[0]);
        default:
            return command_usage(argv[0], "unknown flag");
        }
    }
    if (argc - optind != 1) {
        return command_usage(argv[0], "takes one key id");
    }
    out->id = argv[optind];
    if (out->confirm == NULL && !out->dry_run) {
        return command_usage(
            argv[0], "--confirm SUFFIX is needed: what the key's mask shows after its last star");
    }
    return -1;
}

static void print_target(struct app *app, const struct host_operation *review)
{
    const struct inventory *inv = session_inventory(app->session);
    fprintf(stderr, "%s %s\n", review->method, review->path);
    if (review->target != NULL) {
        fprintf(stderr, "  %s  %s  %s  %d scopes\n", inventory_clean(inv, review->target->name),
                arena_text(&inv->arena, review->target->mask),
                key_kind_name((enum key_kind)review->target->kind),
                scope_set_count(&review->target->scopes));
    }
    fprintf(stderr, "  %s\n", review->words);
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

static int send_it(struct app *app, struct operation *op, const struct revoke_flags *flags)
{
    struct err err = {0};
    const char *tag = session_profile(app->session)->tag;
    if (gate_tag_is_prod(tag) && flags->reason == NULL) {
        err_set(&err, ERR_GUARD, "This profile is tagged %s: --reason is needed. Nothing was sent.",
                tag);
        return command_fail(&err);
    }
    if (!gate_arm(&app->gate, tag, flags->reason, app_mono(app), &err) ||
        !operation_revoke_send(op, flags->confirm, flags->reason, flags->i_know, &err)) {
        return command_fail(&err);
    }
    app_wait_operation(app);
    struct host_operation look;
    operation_look(op, &look);
    if (look.phase == OP_DONE) {
        fprintf(stderr, "portcullis: %s\n", look.words);
        printf("%s\n", flags->id);
        return report_flush(stdout, &err) ? EXIT_DONE : command_fail(&err);
    }
    if (look.phase == OP_REVIEW) {
        fputs("portcullis: The key changed while it was reviewed. Nothing was sent: look at it and "
              "try again.\n",
              stderr);
        print_target(app, &look);
        return EXIT_REFUSED;
    }
    return command_fail(&look.error);
}

int run_revoke(struct app *app, int argc, char **argv)
{
    struct revoke_flags flags;
    int done = parse(argc, argv, &flags);
    if (done >= 0) {
        return done;
    }
    struct err err = {0};
    if (!app_open_wait(app, 1u << LIST_WORKSPACES | 1u << LIST_USERS | 1u << LIST_KEYS, &err) ||
        !session_revoke(app->session, flags.id, &err)) {
        return command_fail(&err);
    }
    app_wait_operation(app);
    struct operation *op = session_operation(app->session);
    struct host_operation look;
    operation_look(op, &look);
    if (look.phase != OP_REVIEW) {
        return command_fail(&look.error);
    }
    print_target(app, &look);
    if (flags.confirm != NULL && !confirm_fits(&look, flags.confirm, &err)) {
        return command_fail(&err);
    }
    if (flags.dry_run) {
        fputs("  nothing was sent\n", stderr);
        return EXIT_DONE;
    }
    return send_it(app, op, &flags);
}
