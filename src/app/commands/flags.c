/* Reading of flags. Every message cleans what it quotes: an argument may hold anything. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands/common.h"
#include "base/text.h"

#include "base/banned.h"

#define QUOTED_MAX 60 /* columns of an argument in a message */

/* What stands before the command, and is often written behind it. */
static const char *const GLOBAL[] = {"--profile", "--now", "--ascii",  "--no-color",
                                     "--script",  "--log", "--version"};

int command_usage(const char *name, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "portcullis %s: ", name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nusage: portcullis %s\n", command_find(name)->usage);
    return EXIT_USAGE;
}

int command_help(const char *name)
{
    const struct command *command = command_find(name);

    printf("usage: portcullis %s\n%s\n", command->usage, command->summary);
    return EXIT_DONE;
}

/* The first len bytes of an argument, cleaned and cut (gives). */
static char *quoted(const char *text, size_t len)
{
    struct buf clean;
    int used;

    buf_init(&clean, 0);
    text_clean(text, len, &clean);
    if (text_width(clean.data) > QUOTED_MAX) {
        clean.len = text_cut(clean.data, QUOTED_MAX, &used);
        clean.data[clean.len] = '\0';
        buf_adds(&clean, "..");
    }
    return buf_take(&clean);
}

int command_surplus(const char *name, const char *argument)
{
    char *text = quoted(argument, strlen(argument));
    int code = command_usage(name, "takes no argument \"%s\"", text);

    free(text);
    return code;
}

static int wrong(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int wrong(const char *name, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    command_usage(name, "%s", text);
    return '?';
}

static const struct option *with_value(const struct option *options, int value)
{
    for (; options->name != NULL; options++) {
        if (options->val == value) {
            return options;
        }
    }
    return NULL;
}

/* What follows a '=' may be a secret that somebody put in the wrong place: it is not repeated. */
static int unknown(const char *name, const char *text)
{
    size_t len = strcspn(text, "=");
    char *flag;
    int code;

    for (size_t i = 0; i < sizeof(GLOBAL) / sizeof(GLOBAL[0]); i++) {
        if (strlen(GLOBAL[i]) == len && strncmp(text, GLOBAL[i], len) == 0) {
            return wrong(name, "%s stands before the command: portcullis %s .. %s", GLOBAL[i],
                         GLOBAL[i], name);
        }
    }
    flag = quoted(text, len);
    code = wrong(name, "there is no flag %s", flag);
    free(flag);
    return code;
}

/* getopt told '?' or ':'. optopt is a letter, the value of a known flag, or 0. */
static int told(char **argv, int what, const struct option *options)
{
    const struct option *option = optopt == 0 ? NULL : with_value(options, optopt);
    const char *text = argv[optind - 1];
    bool is_long = strncmp(text, "--", 2) == 0;

    if (what == ':' && option != NULL) {
        return wrong(argv[0], "--%s needs a value", option->name);
    }
    if (option != NULL && is_long && strchr(text, '=') != NULL) {
        return wrong(argv[0], "--%s takes no value", option->name);
    }
    if (optopt != 0) {
        /* Of a letter the rest is not repeated: "-s3cret" */
        return wrong(argv[0], "there is no flag -%c", optopt > ' ' && optopt < 127 ? optopt : '?');
    }
    return unknown(argv[0], text);
}

/* As it was written: the argument before the value, when that stands alone. */
static const char *written(char **argv)
{
    return argv[optind - (optarg != NULL && optarg == argv[optind - 1] ? 2 : 1)];
}

int command_flag(int argc, char **argv, struct flag_reader *reader)
{
    int index = -1;
    const char *text;
    int flag;

    opterr = 0;
    flag = getopt_long(argc, argv, ":h", reader->options, &index);
    if (flag == '?' || flag == ':') {
        return told(argv, flag, reader->options);
    }
    if (index < 0) {
        return flag;
    }
    text = written(argv);
    if (strcspn(text, "=") != strlen(reader->options[index].name) + 2) {
        return unknown(argv[0], text);
    }
    if (optarg == NULL) {
        return flag;
    }
    if (text != argv[optind - 1] && strncmp(optarg, "--", 2) == 0) {
        return wrong(argv[0],
                     "--%s needs a value, and a flag follows; a value that begins so is "
                     "written --%s=--..",
                     reader->options[index].name, reader->options[index].name);
    }
    if ((flag & FLAG_MANY) == 0 && (reader->seen & UINT64_C(1) << index) != 0) {
        return wrong(argv[0], "--%s is given twice", reader->options[index].name);
    }
    reader->seen |= UINT64_C(1) << index;
    return flag;
}

/* Ids are UUIDs as far as anybody has seen [LIVE], but nothing promises it, and a server of another
 * version is asked for what it may know: whether there is such a key is its to say. What can never
 * be part of one is refused here. It would go out percent-encoded, but there are proxies and
 * servers that decode a path before they split it, and then "../users/1" is another object. */
bool command_id_ok(const char *name, const char *id)
{
    static const char ALLOWED[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_.~:+=@$";
    size_t len = strlen(id);
    char *text;

    if (len > 0 && len < ID_TEXT_SIZE && strspn(id, ALLOWED) == len && strcmp(id, ".") != 0 &&
        strcmp(id, "..") != 0) {
        return true;
    }
    text = quoted(id, len);
    command_usage(
        name, "\"%s\" can be no key id. Nothing was sent. (`portcullis keys` lists them.)", text);
    free(text);
    return false;
}

bool command_format(const char *name, const char *text, struct report_options *options)
{
    if (report_format_parse(text, &options->format)) {
        options->given = true;
        return true;
    }
    command_usage(name, "--format is table, json or csv");
    return false;
}

int command_parse(struct app *app, int argc, char **argv, int arguments, const char *what,
                  struct report_options *out, int *first)
{
    static const struct option OPTIONS[] = {{"format", required_argument, NULL, 'F'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct flag_reader reader = {.options = OPTIONS};
    int flag;

    *out = (struct report_options){.width = command_width(), .now = clock_now(&app->clock)};
    optind = 0;
    while ((flag = command_flag(argc, argv, &reader)) != -1) {
        if (flag == 'h') {
            return command_help(argv[0]);
        }
        if (flag == '?' || !command_format(argv[0], optarg, out)) {
            return EXIT_USAGE;
        }
    }
    if (argc - optind > arguments && arguments == 0) {
        return command_surplus(argv[0], argv[optind]);
    }
    if (argc - optind != arguments) {
        return command_usage(argv[0], "takes %s", what);
    }
    if (first != NULL) {
        *first = optind;
    }
    return -1;
}
