/* Flags and arguments of the commands. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands/common.h"
#include "base/text.h"
#include "model/act.h"
#include "model/tag.h"

#include "base/banned.h"

/* Flags of the program that need a value: with one they would not have come here. */
static const char *const GLOBAL[] = {"--profile", "--now", "--script"};

/* That of an act is made from its row. */
static void print_usage(FILE *out, const struct command *command)
{
    char *made = command->usage == NULL ? act_usage(act_find(command->name)) : NULL;

    fprintf(out, "%susage: portcullis %s\n", out == stderr ? "\n" : "",
            made == NULL ? command->usage : made);
    free(made);
}

int command_usage(const char *name, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "portcullis %s: ", name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    print_usage(stderr, command_find(name));
    return EXIT_USAGE;
}

int command_help(const char *name)
{
    const struct command *command = command_find(name);

    print_usage(stdout, command);
    puts(command_summary(command));
    return EXIT_DONE;
}

int command_surplus(const char *name, const char *argument)
{
    char *text = flags_quoted(argument, strlen(argument));
    int code = command_usage(name, "takes no argument \"%s\"", text);

    free(text);
    return code;
}

/* Is it one that stands before the command? */
static const char *global(const char *text)
{
    size_t len = strcspn(text, "=");

    for (size_t i = 0; i < sizeof(GLOBAL) / sizeof(GLOBAL[0]); i++) {
        if (strlen(GLOBAL[i]) == len && strncmp(text, GLOBAL[i], len) == 0) {
            return GLOBAL[i];
        }
    }
    return NULL;
}

int command_flag(int argc, char **argv, struct flag_reader *reader)
{
    struct err err = {0};
    int flag = flags_next(argc, argv, reader, &err);
    const char *before = flag == '?' ? global(argv[optind - 1]) : NULL;

    if (before != NULL) {
        command_usage(argv[0], "%s needs a value", before);
    } else if (flag == '?') {
        command_usage(argv[0], "%s", err.text);
    }
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

    if (command_is_uuid(id) && strpbrk(id, "ABCDEF") != NULL) {
        command_usage(name, "an id is written in small letters. Nothing was sent.");
        return false;
    }
    if (len > 0 && len < ID_TEXT_SIZE && strspn(id, ALLOWED) == len && strcmp(id, ".") != 0 &&
        strcmp(id, "..") != 0) {
        return true;
    }
    text = flags_quoted(id, len);
    command_usage(
        name, "\"%s\" can be no key id. Nothing was sent. (`portcullis keys` lists them.)", text);
    free(text);
    return false;
}

bool command_reason_ok(const char *tag, const char *reason, struct err *err)
{
    return tag_takes_reason(tag, reason) ||
           err_set(err, ERR_GUARD,
                   "This profile is tagged %s: --reason is needed, with three letters or digits at "
                   "least. Nothing was sent.",
                   tag);
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

#define REASON_MAX 190

int command_word_of_person(const char *name, const char *flag, const char *value)
{
    struct err err = {0};

    if (!flags_text_ok(flag, value, REASON_MAX, &err)) {
        return command_usage(name, "%s", err.text);
    }
    return reason_is_given(value)
               ? -1
               : command_usage(name, "--%s takes a reason, with three letters or digits at least",
                               flag);
}
