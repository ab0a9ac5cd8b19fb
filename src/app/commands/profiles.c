#include "app/commands/common.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/login.h"
#include "base/text.h"

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
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* -1: parsed; else the exit code. */
static int parse_login(int argc, char **argv, struct host_login *out)
{
    *out = (struct host_login){.base_url = API_DEFAULT_BASE_URL, .source = "", .tag = ""};
    optind = 0;
    int flag;
    while ((flag = command_flag(argc, argv, LOGIN_FLAGS)) != -1) {
        const char **const places[] = {&out->name,        &out->base_url, &out->source,
                                       &out->key_command, &out->key_file, &out->ca_file,
                                       &out->proxy,       &out->tag};
        if (flag == 'h') {
            return command_help(argv[0]);
        }
        if (flag < FLAG_NAME || flag > FLAG_TAG) {
            return command_usage(argv[0], "unknown flag");
        }
        *places[flag - FLAG_NAME] = optarg;
    }
    if (optind < argc) {
        /* Perhaps the key itself: it is not repeated. */
        return command_usage(argv[0],
                             "takes no argument; a key is typed or comes on standard input");
    }
    if (out->name == NULL) {
        return command_usage(argv[0], "--name is needed");
    }
    if (out->source[0] == '\0') {
        out->source = out->key_command != NULL ? "command"
                      : out->key_file != NULL  ? "file"
                                               : "keyring";
    }
    return -1;
}

/* How a login or a logout ended. */
struct ended {
    bool done;
    bool ok;
    struct err err;
    char words[512];
};

static bool has_ended(void *ctx)
{
    const struct ended *ended = ctx;
    return ended->done;
}

static void on_login(void *ctx, const struct host_login_state *state, bool done)
{
    struct ended *ended = ctx;
    ended->done = done;
    ended->ok = state->phase == LOGIN_DONE;
    ended->err = state->error;
    snprintf(ended->words, sizeof ended->words, "%s", state->words);
    if (!done && isatty(STDERR_FILENO)) {
        fprintf(stderr, "portcullis: %s\n", state->words);
    }
}

int run_login(struct app *app, int argc, char **argv)
{
    struct host_login params;
    int parsed = parse_login(argc, argv, &params);
    if (parsed >= 0) {
        return parsed;
    }
    struct err err = {0};
    struct secret *key = NULL;
    if (strcmp(params.source, "keyring") == 0 || strcmp(params.source, "ask") == 0) {
        if (isatty(STDIN_FILENO)) {
            fputs("Admin key (not shown): ", stderr);
        }
        key = keyring_read_fd(STDIN_FILENO, &err);
        if (isatty(STDIN_FILENO)) {
            fputc('\n', stderr);
        }
        if (key == NULL) {
            return command_fail(&err);
        }
    }
    struct ended ended = {0};
    struct login *login = login_start(app, &params, key, on_login, &ended);
    app_wait(app, has_ended, &ended);
    login_free(login);
    if (!ended.ok) {
        return command_fail(&ended.err);
    }
    fprintf(stderr, "portcullis: %s\n", ended.words);
    return EXIT_DONE;
}

static void on_logout(void *ctx, bool ok, const char *words)
{
    struct ended *ended = ctx;
    ended->done = true;
    ended->ok = ok;
    snprintf(ended->words, sizeof ended->words, "%s", words);
}

int run_logout(struct app *app, int argc, char **argv)
{
    static const struct option FLAGS[] = {{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    optind = 0;
    int flag = command_flag(argc, argv, FLAGS);
    if (flag != -1) {
        return flag == 'h' ? command_help(argv[0]) : command_usage(argv[0], "unknown flag");
    }
    if (argc - optind != 1) {
        return command_usage(argv[0], "takes the name of one profile");
    }
    struct err err = {0};
    struct ended ended = {0};
    struct logout *logout = logout_start(app, argv[optind], on_logout, &ended, &err);
    if (logout == NULL) {
        return command_fail(&err);
    }
    app_wait(app, has_ended, &ended);
    logout_free(logout);
    fprintf(stderr, "portcullis: %s\n", ended.words);
    return ended.ok ? EXIT_DONE : EXIT_NO_KEY;
}
