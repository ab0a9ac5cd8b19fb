#include "app/commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands/common.h"
#include "app/commands/progress.h"
#include "base/text.h"
#include "model/act.h"

#include "base/banned.h"

#define PLAIN_WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,:/@%+="
#define FORMAT_FLAG "[--format table|json|csv]"
#define LIST_FLAGS                                                                                 \
    "[--filter TEXT] [--sort [-]COLUMN] [--columns A,B]\n      [--format table|json|csv|ids] "     \
    "[--evidence] [--eol lf|crlf] [--no-header]"

const struct command COMMANDS[] = {
    {"login", "store an admin key for an organisation",
     "login --name NAME [--base-url URL] [--key keyring|command|file|ask]\n"
     "      [--key-command CMD] [--key-file FILE] [--ca-file FILE] [--proxy URL] [--tag TAG]\n"
     "      [--agents] [--replace] " FORMAT_FLAG "\n"
     "The key is typed, or read from standard input.",
     run_login},
    {"logout", "remove a key and its profile", "logout NAME " FORMAT_FLAG, run_logout},
    {"profiles", "list the profiles", "profiles " FORMAT_FLAG, run_profiles},
    {"info", "paths, profile, where the key is kept, limits in force", "info " FORMAT_FLAG,
     run_info},
    {"whoami", "your own key, until when it lives, and what it lacks",
     "whoami [--all] " FORMAT_FLAG, run_whoami},
    {"overview", "the organisation at a glance", "overview " FORMAT_FLAG, run_overview},
    {"workspaces", "list workspaces", "workspaces " LIST_FLAGS, run_workspaces},
    {"members", "list people with their roles", "members [--workspace W] " LIST_FLAGS, run_members},
    {"keys", "list keys", "keys [--workspace W] " LIST_FLAGS, run_keys},
    {"key", "show one key and its scopes", "key ID|NAME|MASK " FORMAT_FLAG, run_key},
    {"create-key", "make a key",
     "create-key --kind workspace-service|workspace-user|organisation-service\n"
     "      --name N [--workspace W] [--owner U] [--description D] [--scope S]... [--preset P]\n"
     "      [--metadata KEY=VALUE]... [--config ID [--allow-config-override yes|no]]\n"
     "      [--rate-limit requests:rpm:100]... [--budget cost:100 [--alert N]\n"
     "      [--reset weekly|monthly|Nd [--first-reset DATE]]] [--alert-email MAIL]...\n"
     "      [--expires TIME|Nd] [--rotate weekly|monthly|Nd|DATE [--overlap 24h]]\n"
     "      [--hand-to COMMAND] [--reason R] " FORMAT_FLAG " [--dry-run] --yes",
     run_create_key},
    {"revoke-key", "delete a key",
     "revoke-key ID --confirm SUFFIX [--reason R] [--ensure] [--i-know-this-is-not-my-key]\n"
     "      " FORMAT_FLAG " [--dry-run]\n"
     "A dry run takes NAME or MASK, too: the end of a mask (RvI), or both ends (W6*RvI).",
     run_revoke},
    {"rotate-key", NULL, NULL, run_act},
    {"freeze-key", NULL, NULL, run_act},
    {"thaw-key", NULL, NULL, run_act},
    {"edit-key", NULL, NULL, run_act},
    {"pending", "list the writes whose end is not known",
     "pending [--look] " FORMAT_FLAG "\n"
     "--look opens a session and looks what became of them; else the journal alone is read.",
     run_pending},
    {"settle", "close one of them by your word",
     "settle INTENT --as done|not-done --reason R " FORMAT_FLAG, run_settle},
    {"journal", "is the journal whole, and what stands in it",
     "journal verify [--accept REASON] " FORMAT_FLAG "\n"
     "       portcullis journal list " FORMAT_FLAG,
     run_journal},
    {NULL, NULL, NULL, NULL},
};

const struct command *command_find(const char *name)
{
    if (strcmp(name, "revoke") == 0) {
        name = "revoke-key"; /* its name before acts had one of their own */
    }
    for (const struct command *command = COMMANDS; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

const char *command_summary(const struct command *command)
{
    return command->summary != NULL ? command->summary : act_find(command->name)->help;
}

bool command_takes_environment(const struct command *command)
{
    static const char *const NOT[] = {"pending", "settle", "journal"};

    for (size_t i = 0; i < sizeof(NOT) / sizeof(NOT[0]); i++) {
        if (strcmp(command->name, NOT[i]) == 0) {
            return false;
        }
    }
    return true;
}

bool command_is_person(const struct app *app, struct err *err)
{
    return app->gate.who.kind != ACTOR_AGENT ||
           err_set(err, ERR_GUARD,
                   "An agent is at work here (%s is set), and this is for a person to say. Nothing "
                   "was written.",
                   app->gate.who.agent);
}

int command_fail(const struct err *err)
{
    if (err->kind == ERR_FILE && err->status == EPIPE) {
        return EXIT_PIPE;
    }
    fprintf(stderr, "portcullis: %s\n", err->text);
    return app_exit_code(err);
}

/* One word of a command line, as a shell takes it. */
static void put_word(const char *word, struct buf *out)
{
    char *clean = text_cleaned(word);

    if (clean[0] != '\0' && clean[strspn(clean, PLAIN_WORD)] == '\0') {
        buf_addf(out, " %s", clean);
    } else {
        buf_adds(out, " '");
        for (const char *c = clean; *c != '\0'; c++) {
            if (*c == '\'') {
                buf_adds(out, "'\\''");
            } else {
                buf_addc(out, *c);
            }
        }
        buf_addc(out, '\'');
    }
    free(clean);
}

/* What was refused to an agent: the line that a person can run. */
static void say_instead(const struct app *app, int argc, char **argv)
{
    struct buf line;

    buf_init(&line, 0);
    if (session_profile(app->session) != NULL && app->environment.profile == NULL) {
        buf_adds(&line, " --profile");
        put_word(session_profile_name(app->session), &line);
    }
    for (int i = 0; i < argc; i++) {
        put_word(argv[i], &line);
    }
    fprintf(stderr, "portcullis: A person can run: portcullis%s\n", line.data);
    buf_done(&line);
}

int command_fail_once(const struct app *app, const struct err *err)
{
    return progress_told(app, err->text) ? app_exit_code(err) : command_fail(err);
}

int command_run(struct app *app, const struct command *command, int argc, char **argv)
{
    struct progress *progress = progress_new(app);
    int code = command_finish(command->run(app, argc, argv));

    if (app->gate.refused) {
        say_instead(app, argc, argv);
    }

    /* A server that does not answer, or a key that it does not take, tells nothing more. */
    if (code != EXIT_PIPE && code != EXIT_NETWORK && code != EXIT_NO_KEY && !app->looked_back) {
        app_look_back(app);
    }
    progress_free(progress);
    return code;
}
