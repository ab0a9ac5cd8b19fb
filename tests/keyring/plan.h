/* A program of the tests that answers by plan: started with a folder, it reads what to do in
 * FOLDER/plan and adds what it did to FOLDER/log, a line each. One at a time. */
#ifndef PORTCULLIS_TESTS_KEYRING_PLAN_H
#define PORTCULLIS_TESTS_KEYRING_PLAN_H

#include <sys/types.h>

#include "base/loop.h"

/* Starts it with a folder of its own. Returns 0 once it holds the name on the bus, else the exit
 * code. */
int plan_start(const char *program, const char *name);
/* Kills it and starts it again, in the same folder. */
int plan_restart(void);
void plan_kill(void);
/* Kills it and removes the folder. */
void plan_end(void);
pid_t plan_pid(void);

/* What it does from now on; its log begins anew. */
void plan(const char *text);
/* How often the log says so. */
int plan_count(const char *what);
/* Turns the loop until the log says so; fails the test after 20 s. */
void plan_wait(struct loop *loop, const char *what);

#endif
