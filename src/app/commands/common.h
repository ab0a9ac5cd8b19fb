/* What the commands share: flags, errors on stderr, what is written on stdout. Only for the files
 * of this folder. */
#ifndef PORTCULLIS_APP_COMMANDS_COMMON_H
#define PORTCULLIS_APP_COMMANDS_COMMON_H

#include <stdbool.h>
#include <stddef.h>

#include "app/app.h"
#include "app/commands/commands.h"
#include "app/flags.h"
#include "base/err.h"
#include "report/report.h"

/* Prints "portcullis: sentence" and gives the exit code for it: EXIT_PIPE, without a word, when
 * nobody reads the output any more. */
int command_fail(const struct err *err);
/* The same of what may have been told at once, while the end was looked for: it is told once. */
int command_fail_once(const struct app *app, const struct err *err);
/* Prints the sentence, then the usage of the command; EXIT_USAGE. */
int command_usage(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The usage error for an argument too many, quoted harmlessly. */
int command_surplus(const char *name, const char *argument);
/* Prints the usage on stdout; EXIT_DONE. */
int command_help(const char *name);

/* Is this a reason that the journal can keep as a person's word? -1; else a usage error told. */
int command_word_of_person(const char *name, const char *flag, const char *value);
/* flags_next, which tells an error as a usage error by itself. */
int command_flag(int argc, char **argv, struct flag_reader *reader);

/* Reads --format into options; false with a usage error told. */
bool command_format(const char *name, const char *text, struct report_options *options);
/* Columns of the terminal on stdout; 0 when it is none. */
int command_width(void);
/* The flags of a command that takes only --format and `arguments` of others (what: "one key id").
 * *first (may be NULL) gets the index of the first argument. -1: parsed; else the exit code. */
int command_parse(struct app *app, int argc, char **argv, int arguments, const char *what,
                  struct report_options *out, int *first);

bool command_is_uuid(const char *text);
/* May this mean a key? False with a usage error told. */
bool command_key_ok(const char *name, const char *text);
/* The one key of the list that has this name or id, or whose mask ends in these three characters or
 * has these ends (ab*Kot). -1 and its id; else the exit code, with what was found told on stderr:
 * none, several, or a list that is not complete, where another may be meant. */
int command_find_key(const char *name, struct inventory *inv, const char *text,
                     char id[ID_TEXT_SIZE]);

/* May this be the id of a key? False with a usage error told: nothing is sent then. */
bool command_id_ok(const char *name, const char *id);

/* May something be sent with this reason (NULL: none) under a profile with this tag? ERR_GUARD. */
bool command_reason_ok(const char *tag, const char *reason, struct err *err);

/* May a person's word be given here? ERR_GUARD for an agent. */
bool command_is_person(const struct app *app, struct err *err);

/* Can stdout take what cannot be had again? Asked before a key is made: closed, a pipe without a
 * reader, and a full disk are told now, not when the secret is there. ERR_FILE. */
bool command_output_ready(struct err *err);
/* Writes a record that holds a new key to stdout, and leaves no copy of it. Its last item is still
 * to come (report_act_end). ERR_FILE. */
bool command_write_secret(const struct report_item *items, size_t count, const char *last,
                          enum report_format format, struct err *err);

/* Says on stderr what is wrong with the journal as a whole; nothing when it is whole. */
void command_say_damage(const struct app *app, const struct journal_report *report);

int run_login(struct app *app, int argc, char **argv);
int run_logout(struct app *app, int argc, char **argv);
int run_profiles(struct app *app, int argc, char **argv);
int run_info(struct app *app, int argc, char **argv);
int run_whoami(struct app *app, int argc, char **argv);
int run_overview(struct app *app, int argc, char **argv);
int run_workspaces(struct app *app, int argc, char **argv);
int run_members(struct app *app, int argc, char **argv);
int run_keys(struct app *app, int argc, char **argv);
int run_key(struct app *app, int argc, char **argv);
int run_create_key(struct app *app, int argc, char **argv);
int run_revoke(struct app *app, int argc, char **argv);
int run_act(struct app *app, int argc, char **argv);
/* The usage text of an act, from its row (gives). */
struct act;
char *act_usage(const struct act *act);
int run_pending(struct app *app, int argc, char **argv);
int run_settle(struct app *app, int argc, char **argv);
int run_journal(struct app *app, int argc, char **argv);

#endif
