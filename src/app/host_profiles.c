/* The pane of organisations: the profiles, and what was seen of each while it was open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/host_internal.h"
#include "base/alloc.h"

#include "base/banned.h"

void host_drop_known(struct app_host *host)
{
    for (size_t i = 0; i < host->known_count; i++) {
        profile_free(host->known[i].profile);
    }
    free(host->known);
    host->known = NULL;
    host->known_count = 0;
}

static void add_known(struct app_host *host, struct profile *profile, const struct known *old,
                      size_t old_count)
{
    struct known *known;

    host->known = xreallocarray(host->known, host->known_count + 1, sizeof(*host->known));
    known = &host->known[host->known_count++];
    *known = (struct known){.profile = profile, .scopes = -1};
    snprintf(known->state, sizeof(known->state), "not opened");
    for (size_t i = 0; i < old_count; i++) {
        if (strcmp(old[i].profile->name, profile->name) == 0) {
            memcpy(known->mask, old[i].mask, sizeof(known->mask));
            memcpy(known->state, old[i].state, sizeof(known->state));
            known->scopes = old[i].scopes;
        }
    }
}

void app_host_reload_profiles(struct app_host *host)
{
    struct known *old = host->known;
    size_t old_count = host->known_count, count = 0;
    struct profile **list;
    struct err err = {0};

    host->known = NULL;
    host->known_count = 0;
    if (host->app->environment.profile != NULL) {
        add_known(host, profile_dup(host->app->environment.profile), old, old_count);
    }
    list = profile_list(host->app->paths, &count, &err);
    for (size_t i = 0; i < count; i++) {
        add_known(host, list[i], old, old_count);
    }
    free(list);
    if (err.kind != ERR_NONE) {
        host->hooks.say(host->hooks.ctx, true, err.text);
    }
    for (size_t i = 0; i < old_count; i++) {
        profile_free(old[i].profile);
    }
    free(old);
}

struct known *host_find_known(struct app_host *host, const char *name)
{
    for (size_t i = 0; i < host->known_count; i++) {
        if (strcmp(host->known[i].profile->name, name) == 0) {
            return &host->known[i];
        }
    }
    return NULL;
}

void host_learn(struct app_host *host)
{
    struct known *known = host_find_known(host, session_profile_name(host->app->session));
    const struct err *error = session_error(host->app->session);
    struct host_session look;

    if (known == NULL) {
        return;
    }
    session_look(host->app->session, &look);
    if (look.own_mask[0] != '\0') {
        snprintf(known->mask, sizeof(known->mask), "%s", look.own_mask);
    }
    if (look.own_scopes >= 0) {
        known->scopes = look.own_scopes;
    }
    switch (look.phase) {
    case SESSION_OPEN:
        snprintf(known->state, sizeof(known->state), "open");
        break;
    case SESSION_KEY:
    case SESSION_ASK:
        snprintf(known->state, sizeof(known->state), "reading key");
        break;
    case SESSION_FAILED:
        /* The column has room for a word or two; the state line says all of it. */
        if (error != NULL && error->kind == ERR_CANCELLED) {
            snprintf(known->state, sizeof(known->state), "stopped");
        } else {
            snprintf(known->state, sizeof(known->state), "failed: %.180s",
                     error == NULL || error->kind == ERR_NO_KEY ? "no key" : error->text);
        }
        break;
    default:
        snprintf(known->state, sizeof(known->state), "not opened");
        break;
    }
}

void host_leave_session(struct app_host *host)
{
    struct known *known = host_find_known(host, session_profile_name(host->app->session));

    if (known != NULL) {
        snprintf(known->state, sizeof(known->state), "not opened");
    }
}

size_t host_profile_count(void *ctx)
{
    return ((struct app_host *)ctx)->known_count;
}

bool host_profile_at(void *ctx, size_t number, struct host_profile *out)
{
    struct app_host *host = ctx;
    const struct known *known;

    if (number >= host->known_count) {
        return false;
    }
    known = &host->known[number];
    *out = (struct host_profile){
        .name = known->profile->name,
        .base_url = known->profile->base_url,
        .tag = known->profile->tag == NULL ? "" : known->profile->tag,
        .source = profile_source_name(known->profile->source),
        .current = strcmp(known->profile->name, session_profile_name(host->app->session)) == 0,
        .mask = known->mask,
        .scopes = known->scopes,
        .state = known->state,
    };
    return true;
}
