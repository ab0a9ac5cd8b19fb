/* The console: wires loop, host, screens and the terminal; or, with a script, screens without a
 * terminal. */
#ifndef PORTCULLIS_APP_CONSOLE_H
#define PORTCULLIS_APP_CONSOLE_H

#include "app/app.h"

/* Runs until the operator leaves; gives the exit code. Without a terminal and without a script it
 * says so on stderr and names the command to use instead (EXIT_USAGE). */
int console_run(struct app *app);

#endif
