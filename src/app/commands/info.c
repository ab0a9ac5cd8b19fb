#include "app/commands/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ui/term.h"

#include "base/banned.h"

/* -- profiles -- */

#define PROFILE_COLUMNS 5

int run_profiles(struct app *app, int argc, char **argv)
{
    static const char *const heads[PROFILE_COLUMNS] = {"name", "base_url", "key", "tag", "chosen"};
    struct report_options options;
    int parsed = command_parse(app, argc, argv, 0, NULL, &options, NULL);
    struct profile *chosen, **list;
    struct err err = {0}, broken = {0};
    const char **cells;
    size_t count = 0;
    bool ok;

    if (parsed >= 0) {
        return parsed;
    }
    chosen = app_stored_profile(app, &err);
    list = profile_list(app->paths, &count, &broken);
    cells = xcalloc(count + 1, sizeof(*cells) * PROFILE_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        const char **row = cells + i * PROFILE_COLUMNS;

        row[0] = list[i]->name;
        row[1] = list[i]->base_url;
        row[2] = profile_source_name(list[i]->source);
        row[3] = list[i]->tag;
        row[4] = chosen != NULL && strcmp(chosen->name, list[i]->name) == 0 ? "yes" : NULL;
    }
    err = (struct err){0};
    ok = report_plain(stdout, heads, PROFILE_COLUMNS, cells, count, &options, &err);
    for (size_t i = 0; i < count; i++) {
        profile_free(list[i]);
    }
    free(list);
    free(cells);
    profile_free(chosen);
    if (ok && broken.kind == ERR_NONE) {
        return EXIT_DONE;
    }
    return command_fail(ok ? &broken : &err);
}

/* -- info -- */

/* Where the key of a profile is, in words (gives). */
static char *key_words(const struct profile *profile)
{
    switch (profile->source) {
    case PROFILE_KEYRING:
        return xasprintf("the OS keyring (application portcullis, profile %s)", profile->name);
    case PROFILE_COMMAND:
        return xasprintf("printed by: %s", profile->key_command);
    case PROFILE_FILE:
        return xasprintf("the file %s", profile->key_file);
    case PROFILE_ASK:
        return xstrdup("typed for each session, kept in memory");
    default:
        return xstrdup("PORTKEY_API_KEY, taken out of the environment at the start");
    }
}

static bool print_info(struct app *app, const struct profile *profile, const char *none,
                       const struct report_options *options, struct err *err)
{
    char *journal = file_join(app->paths->state, "journal.jsonl");
    char *log = file_join(app->paths->state, "portcullis.log");
    char *terminal = term_describe();
    char *actor = actor_words(&app->gate.who);
    char *key = profile == NULL ? NULL : key_words(profile);
    char *route = profile == NULL ? NULL : api_describe_route(profile->base_url, profile->proxy);
    const struct report_fact facts[] = {
        {"version", PORTCULLIS_VERSION},
        {"profile", profile == NULL ? none : profile->name},
        {"base_url", profile == NULL ? NULL : profile->base_url},
        {"tag", profile == NULL ? NULL : profile->tag},
        {"key", key},
        {"agents", profile == NULL || !profile->agents ? "read only" : "may write"},
        {"actor", actor},
        {"route", route},
        {"ca_file",
         profile == NULL || profile->ca_file == NULL ? "the system's roots" : profile->ca_file},
        {"profiles", app->paths->profiles},
        {"journal", journal},
        {"log", app->options.log ? log : "off (--log)"},
        {"keyring_helper", keyring_helper_path(app->keyring)},
        {"terminal", terminal},
        {"deadlines",
         "connect 5 s, an answer 10 s, a page of a list 30 s; reads are tried 4 times"},
        {"caps", "an answer 8 MiB, its headers 64 KiB"},
        {"armed", "10 minutes"},
    };
    bool ok = report_facts(stdout, facts, sizeof(facts) / sizeof(facts[0]), options, err);

    free(journal);
    free(log);
    free(terminal);
    free(actor);
    free(key);
    free(route);
    return ok;
}

int run_info(struct app *app, int argc, char **argv)
{
    struct report_options options;
    int parsed = command_parse(app, argc, argv, 0, NULL, &options, NULL);
    struct err none = {0}, err = {0};
    struct profile *profile;
    bool ok;

    if (parsed >= 0) {
        return parsed;
    }
    profile = app_choose_profile(app, &none);
    ok = print_info(app, profile, none.text, &options, &err);
    profile_free(profile);
    return ok ? EXIT_DONE : command_fail(&err);
}
