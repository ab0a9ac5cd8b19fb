/* The program: hardening first, then options, then the console or a command. */
#include <fcntl.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "app/app.h"
#include "app/commands/commands.h"
#include "app/console.h"
#include "app/flags.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/text.h"

#include "base/banned.h"

enum {
    OPTION_PROFILE = 256,
    OPTION_NOW,
    OPTION_ASCII,
    OPTION_NO_COLOR,
    OPTION_SCRIPT,
    OPTION_LOG,
    OPTION_VERSION
};

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif

/* Nothing of this process is for others: no core file with a key in it, no debugger of the same
 * user, no file that another may read, no TLS secrets written down by libcurl's backend. */
static void harden(void)
{
    struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
#if defined(NDEBUG) && !defined(UNDER_SANITIZER)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    umask(077);
    unsetenv("SSLKEYLOGFILE");
    /* A pipe that closes, and a file that may not grow, are errors of write, not the end of the
     * program: what was sent has to come to its end in the journal. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

/* A closed 0, 1 or 2 would be given to the next file that is opened, and what is printed would land
 * in the journal or on a socket. They are opened the wrong way round, so that reading and writing
 * them go on to fail. */
static bool keep_standard_files(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) {
            return false;
        }
    }
    return true;
}

/* The exit code, or the end by SIGPIPE that EXIT_PIPE asks for. */
static int end(int code)
{
    sigset_t set;

    if (code == EXIT_PIPE) {
        sigemptyset(&set);
        sigaddset(&set, SIGPIPE);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return code;
}

/* Widths and the decoding of text hang on a UTF-8 locale; C.UTF-8 is always there on Debian. */
static void set_locale(void)
{
    if (setlocale(LC_ALL, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        setlocale(LC_ALL, "C.UTF-8");
    }
    /* Numbers and dates of the API do not follow the operator's country. */
    setlocale(LC_NUMERIC, "C");
    setlocale(LC_TIME, "C");
}

static int help(void)
{
    puts("usage: portcullis [OPTIONS] [COMMAND [ARGUMENTS]]\n"
         "\n"
         "A terminal console for the people who run an organisation on Portkey. Without a command "
         "it opens the console.\n"
         "\n"
         "options, before the command or behind it:\n"
         "  --profile NAME   the profile to use (else PORTCULLIS_PROFILE, the only one, the one "
         "used last)\n"
         "  --ascii          borders in ASCII\n"
         "  --no-color       no colours (also NO_COLOR)\n"
         "  --script FILE    run the console by a script, without a terminal\n"
         "  --now TIME       start the clock at this RFC 3339 time\n"
         "  --log            write a log (never a secret) to the state folder\n"
         "  --help, --version\n"
         "\n"
         "commands:");
    for (const struct command *command = COMMANDS; command->name != NULL; command++) {
        printf("  %-16s %s\n", command->name, command_summary(command));
    }
    puts(
        "\nexit status: 0 done, 1 refused or not found, 2 usage, 3 read but not complete, 4 no "
        "usable "
        "key,\n5 network or server unusable, 6 sent and the outcome is not known (the console, too)"
        "\n\n`portcullis COMMAND --help` shows its flags.");
    return EXIT_DONE;
}

static int usage(const char *text)
{
    fprintf(stderr, "portcullis: %s\nTry `portcullis --help`.\n", text);
    return EXIT_USAGE;
}

static int no_command(const char *name)
{
    char *text = flags_quoted(name, strlen(name));
    const char *near = NULL;
    int best = text_near_limit(name);

    for (const struct command *command = COMMANDS; command->name != NULL; command++) {
        if (text_nearer(name, command->name, &best)) {
            near = command->name;
        }
    }
    fprintf(stderr, "portcullis: there is no such command: %s.%s%s%s\nTry `portcullis --help`.\n",
            text, near == NULL ? "" : " Did you mean ", near == NULL ? "" : near,
            near == NULL ? "" : "?");
    free(text);
    return EXIT_USAGE;
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct app_options *out)
{
    static const struct option flags[] = {
        {"profile", required_argument, NULL, OPTION_PROFILE},
        {"now", required_argument, NULL, OPTION_NOW},
        {"ascii", no_argument, NULL, OPTION_ASCII},
        {"no-color", no_argument, NULL, OPTION_NO_COLOR},
        {"script", required_argument, NULL, OPTION_SCRIPT},
        {"log", no_argument, NULL, OPTION_LOG},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, OPTION_VERSION},
        {NULL, 0, NULL, 0},
    };
    struct flag_reader reader = {.options = flags, .stop = true};
    struct err err = {0};
    int flag;

    flags_hoist(argc, argv, flags);
    while ((flag = flags_next(argc, argv, &reader, &err)) != -1) {
        switch (flag) {
        case OPTION_PROFILE:
            out->profile = optarg;
            break;
        case OPTION_NOW:
            if (!time_parse(optarg, &out->now)) {
                return usage("--now wants a time like 2026-05-03T17:08:55Z");
            }
            break;
        case OPTION_ASCII:
            out->ascii = true;
            break;
        case OPTION_NO_COLOR:
            out->no_color = true;
            break;
        case OPTION_SCRIPT:
            out->script = optarg;
            break;
        case OPTION_LOG:
            out->log = true;
            break;
        case 'h':
            return help();
        case OPTION_VERSION:
            puts("portcullis " PORTCULLIS_VERSION);
            return EXIT_DONE;
        default:
            return usage(err.text);
        }
    }
    return -1;
}

int main(int argc, char **argv)
{
    struct app_options options = {.now = TIME_NONE};
    const struct command *command = NULL;
    const char *no_color;
    struct err err = {0};
    struct app app;
    int code;

    harden();
    alloc_setup();
    set_locale();
    if (!keep_standard_files()) {
        return EXIT_REFUSED;
    }
    code = parse(argc, argv, &options);
    if (code >= 0) {
        return end(command_finish(code));
    }
    if (optind < argc) {
        command = command_find(argv[optind]);
        if (command == NULL) {
            return no_command(argv[optind]);
        }
        if (options.script != NULL) {
            return usage("--script is for the console, not for a command.");
        }
    }
    options.no_environment = command != NULL && !command_takes_environment(command);
    no_color = getenv("NO_COLOR");
    options.no_color = options.no_color || (no_color != NULL && no_color[0] != '\0');
    if (!secret_setup()) {
        fputs("portcullis: libsodium could not be started; without it no secret can be kept.\n",
              stderr);
        return EXIT_REFUSED;
    }
    if (!app_init(&app, &options, &err)) {
        fprintf(stderr, "portcullis: %s\n", err.text);
        return app_exit_code(&err);
    }
    log_msg(LOG_LEVEL_INFO, "app", "portcullis %s, %s", PORTCULLIS_VERSION,
            command == NULL ? "console" : command->name);
    code = command == NULL ? console_run(&app)
                           : command_run(&app, command, argc - optind, argv + optind);
    log_msg(LOG_LEVEL_INFO, "app", "ends with exit status %d", code);
    app_done(&app);
    return end(code);
}
