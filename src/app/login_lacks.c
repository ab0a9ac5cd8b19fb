#include "app/login_lacks.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/endpoint_scopes.h"
#include "model/mask.h"
#include "model/scope.h"

#include "base/banned.h"

#define NOT_FOUND                                                                                  \
    "It is not among the newest keys that it can list, so what it lacks is not known for sure."

/* What the console reads at its start, and the scope that each part needs. */
static const struct need {
    const char *list;
    enum endpoint endpoint;
    enum key_kind kind;
    const char *what; /* stays hidden */
} NEEDS[] = {
    {"workspaces", ENDPOINT_WORKSPACES, KEY_KIND_UNKNOWN, "workspaces"},
    {"users", ENDPOINT_USERS, KEY_KIND_UNKNOWN, "people"},
    {"members", ENDPOINT_MEMBERS, KEY_KIND_UNKNOWN, "members of workspaces"},
    {"keys", ENDPOINT_KEYS, KEY_ORGANISATION_SERVICE, "organisation-service keys"},
    {"keys", ENDPOINT_KEYS, KEY_WORKSPACE_SERVICE, "workspace-service keys"},
    {"keys", ENDPOINT_KEYS, KEY_WORKSPACE_USER, "workspace-user keys"},
};

static void add(struct login_lacks *lacks, const char *list, const char *scope, const char *reason)
{
    if (lacks->count == LOGIN_LACKS_MAX) {
        return;
    }
    snprintf(lacks->reasons[lacks->count], sizeof(lacks->reasons[0]), "%s", reason);
    lacks->items[lacks->count] = (struct report_missing){
        .list = list, .scope = scope, .reason = lacks->reasons[lacks->count]};
    lacks->count++;
}

static void add_need(struct login_lacks *lacks, const struct need *need)
{
    const char *scope = endpoint_scope(need->endpoint, need->kind);
    char reason[200];

    snprintf(reason, sizeof(reason), "Your key lacks %s: %s stay hidden.", scope, need->what);
    add(lacks, need->list, scope, reason);
}

/* "It lacks a, b and c: what these list stays hidden." */
static void tell(struct login_lacks *lacks, const char *lacks_them, const char *end)
{
    struct buf words;

    buf_init(&words, 0);
    for (size_t i = 0; i < lacks->count; i++) {
        const char *scope = lacks->items[i].scope;
        const char *gap = words.len == 0 ? lacks_them : i + 1 == lacks->count ? " and " : ", ";

        buf_addf(&words, "%s%s", scope == NULL ? "" : gap, scope == NULL ? "" : scope);
    }
    buf_adds(&words, words.len > 0 ? ": what it lists stays hidden." : "");
    buf_addf(&words, "%s%s", words.len > 0 && end[0] != '\0' ? " " : "", end);
    snprintf(lacks->words, sizeof(lacks->words), "%s", words.data);
    buf_done(&words);
}

void login_lacks_keys(struct login_lacks *lacks)
{
    *lacks = (struct login_lacks){0};
    for (size_t i = 0; i < sizeof(NEEDS) / sizeof(NEEDS[0]); i++) {
        if (NEEDS[i].endpoint == ENDPOINT_KEYS) {
            add_need(lacks, &NEEDS[i]);
        }
    }
    tell(lacks, "It lacks ", "It may read no keys, so what else it lacks is not known.");
}

void login_lacks_unknown(struct login_lacks *lacks, const char *why)
{
    *lacks = (struct login_lacks){0};
    add(lacks, "keys", NULL, why);
    tell(lacks, "", why);
}

/* Of the kinds that it may list it would be one. */
static void own_not_found(struct login_lacks *lacks, const struct inventory *found)
{
    unsigned hidden = inventory_hidden_kinds(found);
    char reason[200];

    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        const char *scope = endpoint_scope(ENDPOINT_KEYS, (enum key_kind)kind);

        if ((hidden & 1u << kind) != 0) {
            snprintf(reason, sizeof(reason), "No %s key came: your key likely lacks %s.",
                     key_kind_name((enum key_kind)kind), scope);
            add(lacks, "keys", scope, reason);
        }
    }
    if (lacks->count == 0) {
        add(lacks, "keys", NULL, NOT_FOUND);
    }
    tell(lacks, "It likely lacks ", NOT_FOUND);
}

void login_lacks_of(struct login_lacks *lacks, struct inventory *found, const char *mask)
{
    char head[32], tail[32];

    *lacks = (struct login_lacks){0};
    if (mask_split(mask, head, sizeof(head), tail, sizeof(tail))) {
        inventory_find_own(found, head, tail);
    }
    if (found->own_key < 0) {
        own_not_found(lacks, found);
        return;
    }
    const struct key_row *own = &found->keys[found->own_key];
    struct scope_set legal = scope_set_legal((enum key_kind)own->kind);
    bool one_workspace = inventory_own_is_of_workspace(found);
    if (one_workspace) {
        add(lacks, "keys", NULL, OWN_WORKSPACE_ONLY ".");
    }
    for (size_t i = 0; i < sizeof(NEEDS) / sizeof(NEEDS[0]); i++) {
        int scope = scope_find(endpoint_scope(NEEDS[i].endpoint, NEEDS[i].kind));

        if (scope_set_has(&legal, scope) && !scope_set_has(&own->scopes, scope)) {
            add_need(lacks, &NEEDS[i]);
        }
    }
    tell(lacks, "It lacks ", one_workspace ? OWN_WORKSPACE_ONLY "." : "");
}
