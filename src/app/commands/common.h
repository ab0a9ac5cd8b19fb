/* What the commands share: flags, errors on stderr, numbers of rows. Only for the files of this
 * folder. */
#ifndef PORTCULLIS_APP_COMMANDS_COMMON_H
#define PORTCULLIS_APP_COMMANDS_COMMON_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "app/app.h"
#include "base/err.h"
#include "report/report.h"

/* Prints "portcullis: sentence" and gives the exit code for it. */
int command_fail(const struct err *err);
/* Prints the sentence, then the usage of the command; EXIT_USAGE. */
int command_usage(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* getopt_long for a command: -1 at the end. An unknown flag was told by getopt ('?'). --help is
 * 'h'. Call with optind = 0 before the first. */
int command_flag(int argc, char **argv, const struct option *flags);
/* Prints the usage on stdout; EXIT_DONE. */
int command_help(const char *name);
/* Reads --format into options; false with a usage error told. */
bool command_format(const char *name, const char *text, struct report_options *options);
/* Columns of the terminal on stdout; 0 when it is none. */
int command_width(void);

int run_login(struct app *app, int argc, char **argv);
int run_logout(struct app *app, int argc, char **argv);
int run_profiles(struct app *app, int argc, char **argv);
int run_info(struct app *app, int argc, char **argv);
int run_overview(struct app *app, int argc, char **argv);
int run_workspaces(struct app *app, int argc, char **argv);
int run_members(struct app *app, int argc, char **argv);
int run_keys(struct app *app, int argc, char **argv);
int run_key(struct app *app, int argc, char **argv);
int run_create_key(struct app *app, int argc, char **argv);
int run_revoke(struct app *app, int argc, char **argv);

#endif
