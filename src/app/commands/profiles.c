#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/commands/common.h"
#include "app/commands/progress.h"
#include "app/login.h"
#include "app/settings.h"

#include "base/banned.h"

enum {
    FLAG_NAME = 256,
    FLAG_BASE_URL,
    FLAG_KEY,
    FLAG_KEY_COMMAND,
    FLAG_KEY_FILE,
    FLAG_CA_FILE,
    FLAG_PROXY,
    FLAG_TAG,
    FLAG_FORMAT,
    FLAG_REPLACE,
    FLAG_AGENTS,
};

static const struct option LOGIN_FLAGS[] = {
    {"name", required_argument, NULL, FLAG_NAME},
    {"base-url", required_argument, NULL, FLAG_BASE_URL},
    {"key", required_argument, NULL, FLAG_KEY},
    {"key-command", required_argument, NULL, FLAG_KEY_COMMAND},
    {"key-file", required_argument, NULL, FLAG_KEY_FILE},
    {"ca-file", required_argument, NULL, FLAG_CA_FILE},
    {"proxy", required_argument, NULL, FLAG_PROXY},
    {"tag", required_argument, NULL, FLAG_TAG},
    {"format", required_argument, NULL, FLAG_FORMAT},
    {"replace", no_argument, NULL, FLAG_REPLACE},
    {"agents", no_argument, NULL, FLAG_AGENTS},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct login_flags {
    struct host_login login;
    struct report_options report;
};

/* What can be wrong without a key is said before one is typed. */
static int check_login(const char *name, const struct host_login *login)
{
    struct err err = {0};

    if (!profile_name_check(login->name, &err) ||
        !api_check_base_url(login->base_url, NULL, &err)) {
        return command_usage(name, "%s", err.text);
    }
    if (profile_source_parse(login->source) == PROFILE_UNKNOWN) {
        return command_usage(name,
                             "--key is keyring, command, file or ask; the key itself is typed "
                             "or comes on standard input");
    }
    return -1;
}

/* -1: parsed; else the exit code. */
static int parse_login(int argc, char **argv, struct login_flags *out)
{
    struct host_login *login = &out->login;
    const char **const places[] = {&login->name,        &login->base_url, &login->source,
                                   &login->key_command, &login->key_file, &login->ca_file,
                                   &login->proxy,       &login->tag};
    struct flag_reader reader = {.options = LOGIN_FLAGS};
    int flag;

    *out = (struct login_flags){.login = {.source = ""}};
    optind = 0;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        if (flag == 'h') {
            return command_help(argv[0]);
        }
        if (flag == '?' ||
            (flag == FLAG_FORMAT && !command_format(argv[0], optarg, &out->report))) {
            return EXIT_USAGE;
        }
        if (flag == FLAG_REPLACE) {
            login->replace = true;
        } else if (flag == FLAG_AGENTS) {
            login->agents = true;
        } else if (flag != FLAG_FORMAT) {
            *places[flag - FLAG_NAME] = optarg;
        }
    }
    if (optind < argc) {
        /* Perhaps the key itself: it is not repeated. */
        return command_usage(argv[0],
                             "takes no argument; a key is typed or comes on standard input");
    }
    if (login->name == NULL) {
        return command_usage(argv[0], "--name is needed");
    }
    if (login->source[0] == '\0' &&
        (!login->replace || login->key_command != NULL || login->key_file != NULL)) {
        login->source = login->key_command != NULL ? "command"
                        : login->key_file != NULL  ? "file"
                                                   : "keyring";
    }
    return -1;
}

/* A profile that is there keeps what no flag changes: above all its server, or a private
 * installation's key would be tried at another one. old may be NULL. */
static void keep_stored(struct host_login *login, const struct profile *old)
{
    /* A key that is replaced stays where the one before was. */
    if (login->source[0] == '\0') {
        login->source = old == NULL ? "keyring" : profile_source_name(old->source);
        login->key_command = old == NULL ? NULL : old->key_command;
        login->key_file = old == NULL ? NULL : old->key_file;
    }
    login->agents = login->agents || (old != NULL && old->agents);
    if (login->base_url == NULL) {
        login->base_url = old == NULL ? API_DEFAULT_BASE_URL : old->base_url;
    }
    if (login->tag == NULL) {
        login->tag = old == NULL || old->tag == NULL ? "" : old->tag;
    }
    if (old != NULL && login->ca_file == NULL) {
        login->ca_file = old->ca_file;
    }
    if (old != NULL && login->proxy == NULL && old->proxy != NULL) {
        login->proxy = old->proxy[0] == '\0' ? "none" : old->proxy;
    }
}

/* How a login or a logout ended. */
struct ended {
    struct app *app;
    struct login *login;
    bool done;
    bool ok;
    struct err err;
    char words[1200];
};

static bool has_ended(void *ctx)
{
    const struct ended *ended = ctx;

    return ended->done || (ended->login != NULL && login_asked_to_wait(ended->login, NULL));
}

static void on_login(void *ctx, const struct host_login_state *state, bool done)
{
    struct ended *ended = ctx;

    ended->done = done;
    ended->ok = state->phase == LOGIN_DONE;
    ended->err = state->error;
    snprintf(ended->words, sizeof ended->words, "%s", state->words);
    if (!done) {
        ended->app->on_say(ended->app->front, false, state->words);
    }
}

/* NULL without an error: the source brings it. The file that a profile has is not read for the key
 * that takes its place. */
static struct secret *read_key(const struct host_login *login, const struct profile *old,
                               struct err *err)
{
    struct secret *key;
    bool terminal = isatty(STDIN_FILENO) != 0;
    bool replaces_file = login->replace && old != NULL && strcmp(login->source, "file") == 0 &&
                         login->key_file == old->key_file;

    if (strcmp(login->source, "keyring") != 0 && strcmp(login->source, "ask") != 0 &&
        !replaces_file) {
        return NULL;
    }
    if (terminal) {
        fputs("Admin key (not shown): ", stderr);
    }
    key = keyring_read_fd(STDIN_FILENO, err);
    if (terminal) {
        fputc('\n', stderr);
    }
    return key;
}

static int print_login(const struct login *login, const struct login_flags *flags)
{
    const struct profile *profile = login_profile(login);
    /* The proxy itself may have a password in it. */
    char *route = api_describe_route(profile->base_url, profile->proxy);
    const struct report_item items[] = {
        {"name", profile->name, REPORT_TEXT},
        {"base_url", profile->base_url, REPORT_TEXT},
        {"key", profile_source_name(profile->source), REPORT_TEXT},
        {"tag", profile->tag, REPORT_TEXT},
        {"ca_file", profile->ca_file, REPORT_TEXT},
        {"agents", profile->agents ? "allow" : NULL, REPORT_TEXT},
        {"route", route, REPORT_TEXT},
        {"result", "stored", REPORT_TEXT},
    };
    struct err err = {0};
    bool ok;

    ok = !flags->report.given || report_act(stdout, items, sizeof items / sizeof *items,
                                            login_missing(login), flags->report.format, &err);
    free(route);
    return ok ? EXIT_DONE : command_fail(&err);
}

int run_login(struct app *app, int argc, char **argv)
{
    struct login_flags flags;
    int code = parse_login(argc, argv, &flags);
    if (code >= 0) {
        return code;
    }
    struct err err = {0};

    if (flags.login.agents && app->gate.who.kind == ACTOR_AGENT) {
        err_set(&err, ERR_GUARD,
                "An agent is at work here (%s is set), and --agents is for a person to give. "
                "Nothing was stored.",
                app->gate.who.agent);
        return command_fail(&err);
    }
    struct profile *old = profile_load(app->paths, flags.login.name, NULL);
    if (flags.login.replace && old == NULL) {
        err_set(&err, ERR_GONE, "There is no profile of that name whose key could be replaced.");
        return command_fail(&err);
    }
    keep_stored(&flags.login, old);
    code = check_login(argv[0], &flags.login);
    if (code >= 0) {
        profile_free(old);
        return code;
    }
    struct secret *key = read_key(&flags.login, old, &err);
    if (key == NULL && err.kind != ERR_NONE) {
        profile_free(old);
        return command_fail(&err);
    }
    struct ended ended = {.app = app};
    progress_doing(app, "trying the key");
    ended.login = login_start(app, &flags.login, key, on_login, &ended);
    app_wait(app, has_ended, &ended);
    if (!ended.done) {
        login_asked_to_wait(ended.login, &ended.err);
    }
    if (ended.ok) {
        fprintf(stderr, "portcullis: %s\n", ended.words);
        settings_set_last_profile(app->paths, login_profile(ended.login)->name);
        code = print_login(ended.login, &flags);
    } else {
        code = command_fail(&ended.err);
    }
    login_free(ended.login);
    profile_free(old);
    return code;
}

static void on_logout(void *ctx, bool ok, const char *words)
{
    struct ended *ended = ctx;

    ended->done = true;
    ended->ok = ok;
    snprintf(ended->words, sizeof ended->words, "%s", words);
}

/* What was removed. */
static int print_logout(const struct profile *profile, const struct logout *logout,
                        enum report_format format)
{
    const struct report_item items[] = {
        {"name", profile->name, REPORT_TEXT},
        {"base_url", profile->base_url, REPORT_TEXT},
        {"key", profile_source_name(profile->source), REPORT_TEXT},
        {"key_removed", logout_key_removed(logout) ? "yes" : "no", REPORT_YES_NO},
        {"result", "removed", REPORT_TEXT},
    };
    struct err err = {0};

    return report_act(stdout, items, sizeof items / sizeof *items, NULL, format, &err)
               ? EXIT_DONE
               : command_fail(&err);
}

int run_logout(struct app *app, int argc, char **argv)
{
    struct report_options options;
    int first = 0;
    int code = command_parse(app, argc, argv, 1, "the name of one profile", &options, &first);
    if (code >= 0) {
        return code;
    }
    struct err err = {0};
    struct ended ended = {.app = app};
    struct profile *profile = profile_load(app->paths, argv[first], &err);
    struct logout *logout =
        profile == NULL ? NULL : logout_start(app, argv[first], on_logout, &ended, &err);
    if (logout == NULL) {
        profile_free(profile);
        command_fail(&err);
        /* A name that could be one, and that no profile has, is not found; --profile is another
         * thing. */
        return err.kind == ERR_INVALID && profile_name_check(argv[first], NULL)
                   ? EXIT_REFUSED
                   : app_exit_code(&err);
    }
    progress_doing(app, "taking the key out of the keyring");
    app_wait(app, has_ended, &ended);
    fprintf(stderr, "portcullis: %s\n", ended.words);
    if (!ended.ok) {
        code = app_exit_code(&(struct err){.kind = logout_failure(logout)});
    } else {
        code = options.given ? print_logout(profile, logout, options.format) : EXIT_DONE;
    }
    logout_free(logout);
    profile_free(profile);
    return code;
}
