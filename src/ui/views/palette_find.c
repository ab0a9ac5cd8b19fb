/* What the palette offers. Acts come from the table of actions with their keys; commands take a
 * word or more, and what may follow is offered. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/field.h"
#include "ui/ui.h"
#include "ui/views/facts.h"
#include "ui/views/palette_internal.h"

#include "base/banned.h"

/* Names looked at for one key press; what lies behind is reached by typing it whole. */
#define LOOKED_AT 5000

enum argument {
    ARGUMENT_TEXT,
    ARGUMENT_WORKSPACE,
    ARGUMENT_MEMBER,
    ARGUMENT_KEY,
    ARGUMENT_COLUMN,
    ARGUMENT_PROFILE,
    ARGUMENT_PLACE
};

struct command {
    const char *verb;
    enum argument argument;
    const char *form;
    const char *help;
    enum action needs; /* it can be said where this can be done; ACTION_NONE: always */
};
static const struct command COMMANDS[];

void palette_clear(struct palette *palette)
{
    for (size_t i = 0; i < palette->count; i++) {
        free(palette->items[i].line);
        free(palette->items[i].text);
        free(palette->items[i].keys);
        free(palette->items[i].help);
    }
    palette->count = 0;
}

/* Takes line. */
static struct item *add(struct palette *palette, char *line, const char *text, const char *keys,
                        const char *help, int score)
{
    struct item *item;

    if (palette->count == ITEMS_MAX) {
        free(line);
        return NULL;
    }
    item = &palette->items[palette->count++];
    *item = (struct item){.line = line,
                          .text = xstrdup(text),
                          .keys = xstrdup(keys),
                          .help = xstrdup(help),
                          .can = true,
                          .score = score};
    return item;
}

/* Acts that can run before those that cannot, then the better match; else as they were added. */
static bool before(const struct item *a, const struct item *b)
{
    return a->can != b->can ? a->can : a->score > b->score;
}

static void sort_items(struct palette *palette)
{
    for (size_t i = 1; i < palette->count; i++) {
        struct item item = palette->items[i];
        size_t j = i;

        for (; j > 0 && before(&item, &palette->items[j - 1]); j--) {
            palette->items[j] = palette->items[j - 1];
        }
        palette->items[j] = item;
    }
}

/* A match of the name counts far more than one of the help. */
static int score(const char *name, const char *help, const char *typed)
{
    int by_name = text_fuzzy(name, typed);

    if (typed[0] == '\0') {
        return 1;
    }
    if (strcmp(name, typed) == 0) {
        return 1 << 20;
    }
    if (strncmp(name, typed, strlen(typed)) == 0) {
        return (1 << 19) - (int)strlen(name);
    }
    return by_name > 0 ? 1000 + by_name : text_contains(help, typed) ? 1 : 0;
}

/* Movement is for keys; the palette would be full of it. */
static bool offered(const struct action_info *info)
{
    return info->action != ACTION_PALETTE &&
           (info->group != GROUP_MOVING || info->action == ACTION_VIEW ||
            info->action == ACTION_OPEN);
}

static void add_actions(struct palette *palette, const char *typed)
{
    const struct action_info *info;

    for (size_t i = 0; (info = action_number(i)) != NULL; i++) {
        const char *reason = palette->reasons[info->action];
        struct item *item;
        int found;

        if (!offered(info) || (found = score(info->name, info->help, typed)) == 0) {
            continue;
        }
        item = add(palette, xstrdup(info->name), info->name, info->keys,
                   reason == NULL ? info->help : reason, found);
        if (item != NULL) {
            item->can = reason == NULL;
        }
    }
}

static void add_commands(struct palette *palette, const char *typed)
{
    for (const struct command *command = COMMANDS; command->verb != NULL; command++) {
        int found = score(command->verb, command->help, typed);
        const char *reason = palette->reasons[command->needs];
        struct item *item;

        if (found == 0) {
            continue;
        }
        item = add(palette, xasprintf("%s ", command->verb), command->form, "",
                   reason == NULL ? command->help : reason, found > 1 ? found - 1 : found);
        if (item != NULL) {
            item->can = reason == NULL;
            item->wants = true;
        }
    }
}

/* -- what may follow a command -- */

static void add_workspaces(struct palette *palette, struct inventory *inv, const char *typed)
{
    for (size_t i = 0; inv != NULL && i < inv->workspace_count && i < LOOKED_AT; i++) {
        const char *name = inventory_workspace_name(inv, &inv->workspaces[i]);
        int found = score(name, "", typed);
        char id[ID_TEXT_SIZE];

        if (found > 0) {
            add(palette,
                xasprintf("workspace %s", inventory_id_text(inv, inv->workspaces[i].id, id)), name,
                "", "show only its keys and members", found);
        }
    }
}

static void add_members(struct palette *palette, struct inventory *inv, const char *typed)
{
    for (size_t i = 0; inv != NULL && i < inv->user_count && i < LOOKED_AT; i++) {
        char out[256];
        char id[ID_TEXT_SIZE];
        const char *name = inventory_user_name(inv, &inv->users[i], out, sizeof(out));
        const char *mail = inventory_clean(inv, inv->users[i].email);
        int found = score(name, mail, typed);

        if (found > 0) {
            add(palette, xasprintf("member %s", inventory_id_text(inv, inv->users[i].id, id)), name,
                "", mail, found);
        }
    }
}

/* By a part of the name or the mask as it stands: this leads to one key, so nothing is guessed. */
static void add_keys(struct palette *palette, const struct ui *ui, const char *typed)
{
    struct field_context ctx = ui_context(ui);
    const struct inventory *inv = ctx.inv;
    size_t found = 0;

    for (size_t i = 0; inv != NULL && i < inv->key_count && i < LOOKED_AT; i++) {
        const struct key_row *key = &inv->keys[i];
        const char *name = inventory_clean(inv, key->name);
        const char *mask = arena_text(&inv->arena, key->mask);
        bool by_mask = mask != NULL && text_contains(mask, typed);
        char id[ID_TEXT_SIZE];
        struct buf words;

        if (!by_mask && !text_contains(name, typed)) {
            continue;
        }
        buf_init(&words, 0);
        buf_addf(&words, "%s  ", mask == NULL ? "?" : mask);
        facts_text(&ctx, LIST_KEYS, "workspace", i, &words);
        add(palette, xasprintf("key %s", inventory_id_text(inv, key->id, id)), name, "", words.data,
            text_casecmp(name, typed) == 0 ? 3
            : by_mask                      ? 2
                                           : 1);
        buf_done(&words);
        found++;
    }
    if (found > 1 && typed[0] != '\0') {
        add(palette, xasprintf("key %s", typed), "all of these", "", "show them in the list", 4);
    }
}

static void add_columns(struct palette *palette, const struct ui *ui, const char *typed)
{
    size_t count = 0;
    const struct field *fields =
        ui_list(ui) == LIST_COUNT ? NULL : field_table(ui_list(ui), &count);

    for (size_t i = 0; i < count; i++) {
        int found = score(fields[i].key, fields[i].label, typed);

        if (found > 0) {
            add(palette, xasprintf("sort %s", fields[i].key), fields[i].key, "",
                "sort by it; S turns the order round", found);
        }
    }
}

static void add_profiles(struct palette *palette, const struct ui *ui, const char *verb,
                         const char *typed)
{
    const struct host *host = ui_host(ui);
    struct host_profile profile;

    for (size_t i = 0; host->ops->profile(host->ctx, i, &profile); i++) {
        int found = score(profile.name, profile.base_url, typed);

        if (found > 0) {
            add(palette, xasprintf("%s %s", verb, profile.name), profile.name, "", profile.base_url,
                found);
        }
    }
}

static void add_places(struct palette *palette, const char *typed)
{
    static const char *const PLACES[] = {"organisations", "workspaces", "members", "keys"};

    for (size_t i = 0; i < sizeof(PLACES) / sizeof(*PLACES); i++) {
        int found = score(PLACES[i], "", typed);

        if (found > 0) {
            add(palette, xasprintf("go %s", PLACES[i]), PLACES[i], "", "", found);
        }
    }
}

static void add_arguments(struct palette *palette, struct ui *ui, const struct command *command,
                          const char *typed)
{
    switch (command->argument) {
    case ARGUMENT_WORKSPACE:
        if (score("all", "", typed) > 0) {
            add(palette, xstrdup("workspace all"), "all", "", "all workspaces again",
                score("all", "", typed));
        }
        add_workspaces(palette, ui_inventory(ui), typed);
        break;
    case ARGUMENT_MEMBER:
        add_members(palette, ui_inventory(ui), typed);
        break;
    case ARGUMENT_KEY:
        add_keys(palette, ui, typed);
        break;
    case ARGUMENT_COLUMN:
        add_columns(palette, ui, typed);
        break;
    case ARGUMENT_PROFILE:
        add_profiles(palette, ui, command->verb, typed);
        break;
    case ARGUMENT_PLACE:
        add_places(palette, typed);
        break;
    case ARGUMENT_TEXT:
        break;
    }
}

static const struct command *command_of(const char *text, size_t len)
{
    for (const struct command *command = COMMANDS; command->verb != NULL; command++) {
        if (strlen(command->verb) == len && strncmp(command->verb, text, len) == 0) {
            return command;
        }
    }
    return NULL;
}

void palette_find(struct palette *palette, struct ui *ui)
{
    const char *typed = palette->line.text.data;
    const struct command *command;
    size_t verb;

    palette_clear(palette);
    palette->place = 0;
    typed += strspn(typed, " ");
    verb = strcspn(typed, " ");
    command = typed[verb] == ' ' ? command_of(typed, verb) : NULL;
    if (command == NULL) {
        add_actions(palette, typed);
        add_commands(palette, typed);
    } else {
        const char *rest = typed + verb + strspn(typed + verb, " ");

        add_arguments(palette, ui, command, rest);
        if (palette->count == 0) {
            /* Nothing to offer: it runs as it was typed. */
            struct item *item = add(palette, xstrdup(typed), typed, "", command->help, 1);

            item->wants = rest[0] == '\0' && command->argument != ARGUMENT_TEXT;
        }
    }
    sort_items(palette);
}

static const struct command COMMANDS[] = {
    {"filter", ARGUMENT_TEXT, "filter WORDS", "show only the rows that match", ACTION_FILTER},
    {"sort", ARGUMENT_COLUMN, "sort COLUMN [desc]", "sort by a column", ACTION_SORT},
    {"workspace", ARGUMENT_WORKSPACE, "workspace NAME", "show only its keys and members",
     ACTION_WORKSPACES},
    {"member", ARGUMENT_MEMBER, "member NAME", "all about a person", ACTION_MEMBERS},
    {"key", ARGUMENT_KEY, "key NAME", "all about a key, by name, end of the mask or id",
     ACTION_KEYS},
    {"profile", ARGUMENT_PROFILE, "profile NAME", "open another organisation", ACTION_NONE},
    {"logout", ARGUMENT_PROFILE, "logout NAME", "forget a profile and its key; asks first",
     ACTION_NONE},
    {"go", ARGUMENT_PLACE, "go PLACE", "to a list", ACTION_NONE},
    {NULL, ARGUMENT_TEXT, NULL, NULL, ACTION_NONE},
};
