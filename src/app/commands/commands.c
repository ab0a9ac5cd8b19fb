#include "app/commands/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/commands/common.h"

#include "base/banned.h"

#define LIST_FLAGS "[--filter TEXT] [--sort [-]COLUMN] [--columns A,B] [--format table|json|csv]"

const struct command COMMANDS[] = {
    {"login", "store an admin key for an organisation",
     "login --name NAME [--base-url URL] [--key keyring|command|file|ask] [--key-command CMD] "
     "[--key-file FILE]\n"
     "      [--ca-file FILE] [--proxy URL] [--tag TAG]     the key is typed, or read from standard "
     "input",
     run_login},
    {"logout", "remove a key and its profile", "logout NAME", run_logout},
    {"profiles", "list the profiles", "profiles [--format table|json|csv]", run_profiles},
    {"info", "paths, profile, where the key is kept, limits in force",
     "info [--format table|json|csv]", run_info},
    {"overview", "the organisation at a glance", "overview [--format table|json|csv]",
     run_overview},
    {"workspaces", "list workspaces", "workspaces " LIST_FLAGS, run_workspaces},
    {"members", "list people with their roles", "members [--workspace W] " LIST_FLAGS, run_members},
    {"keys", "list keys", "keys [--workspace W] " LIST_FLAGS, run_keys},
    {"key", "show one key and its scopes", "key ID [--format table|json|csv]", run_key},
    {"create-key", "make a key",
     "create-key --kind workspace-service|workspace-user|organisation-service --name N "
     "[--workspace W] [--owner U]\n"
     "      [--description D] [--scope S]... [--preset P] [--rate-limit requests:rpm:100]... "
     "[--budget cost:100]\n"
     "      [--expires TIME|Nd] [--rotate weekly|monthly] [--dry-run] --yes",
     run_create_key},
    {"revoke", "delete a key",
     "revoke ID --confirm SUFFIX [--reason R] [--dry-run] [--i-know-this-is-not-my-key]",
     run_revoke},
    {NULL, NULL, NULL, NULL},
};

const struct command *command_find(const char *name)
{
    for (const struct command *command = COMMANDS; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

int command_fail(const struct err *err)
{
    fprintf(stderr, "portcullis: %s\n", err->text);
    return app_exit_code(err);
}

int command_usage(const char *name, const char *format, ...)
{
    fprintf(stderr, "portcullis %s: ", name);
    va_list args;
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

int command_flag(int argc, char **argv, const struct option *flags)
{
    return getopt_long(argc, argv, "h", flags, NULL);
}

bool command_format(const char *name, const char *text, struct report_options *options)
{
    if (report_format_parse(text, &options->format)) {
        return true;
    }
    command_usage(name, "--format is table, json or csv");
    return false;
}

int command_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return 0;
    }
    return size.ws_col;
}
