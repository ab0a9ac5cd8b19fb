/* The headless commands: every act of the console has one. Each gets its own name as argv[0] and
 * gives an exit code (app/app.h). Results go to stdout, all else to stderr. */
#ifndef PORTCULLIS_APP_COMMANDS_COMMANDS_H
#define PORTCULLIS_APP_COMMANDS_COMMANDS_H

#include <stdbool.h>

struct app;

struct command {
    const char *name;    /* "keys" */
    const char *summary; /* one line for --help; NULL, as usage: it is an act */
    const char *usage;   /* "keys [--workspace W] [--format table|json|csv]" */
    int (*run)(struct app *app, int argc, char **argv);
};

/* Ended by a row whose name is NULL. */
extern const struct command COMMANDS[];

/* One line for --help: that of an act stands in its row. Lends. */
const char *command_summary(const struct command *command);
/* NULL for an unknown name. */
const struct command *command_find(const char *name);
/* Does the key of the environment count for it? */
bool command_takes_environment(const struct command *command);
/* Runs it, says on stderr what it waits for, and sees to it that all of its output was written. */
int command_run(struct app *app, const struct command *command, int argc, char **argv);

/* Nobody reads the output any more (`portcullis keys | head -1`): no fault to tell, but what was
 * printed is not whole. Whoever gets this from here ends by SIGPIPE, as cat and git do. */
#define EXIT_PIPE 141
/* Flushes stdout behind a command or a help text. The code, or that of the failure, which is told.
 */
int command_finish(int code);

#endif
