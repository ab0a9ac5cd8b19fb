/* Logout: the key leaves the keyring first; the profile goes only when that is sure, so that no key
 * is forgotten where nobody looks for it. */
#include <stdio.h>
#include <stdlib.h>

#include "app/login.h"
#include "app/settings.h"
#include "base/alloc.h"

#include "base/banned.h"

struct logout {
    struct app *app;
    struct profile *profile;
    uint64_t ticket;
    int deferred;
    bool key_removed;
    enum err_kind failure;
    logout_fn *fn;
    void *ctx;
};

static void remove_profile(struct logout *logout, const char *about_key)
{
    struct err err = {0};
    char words[300];

    if (!profile_remove(logout->app->paths, logout->profile->name, &err)) {
        logout->failure = err.kind;
        logout->fn(logout->ctx, false, err.text);
        return;
    }
    snprintf(words, sizeof(words), "The profile %s is removed. %s", logout->profile->name,
             about_key);
    logout->fn(logout->ctx, true, words);
}

static void on_deleted(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                       const struct err *err)
{
    struct logout *logout = ctx;
    char words[700];

    (void)key;
    logout->ticket = 0;
    logout->key_removed = outcome == KEYRING_OK;
    if (outcome == KEYRING_OK || outcome == KEYRING_NONE) {
        remove_profile(logout, outcome == KEYRING_OK ? "Its key is out of the keyring."
                                                     : "The keyring held no key for it.");
        return;
    }
    logout->failure = ERR_NO_KEY;
    snprintf(words, sizeof(words),
             "%.500s The profile %s stays, since its key may still be stored.", err->text,
             logout->profile->name);
    logout->fn(logout->ctx, false, words);
}

static void start(void *ctx)
{
    struct logout *logout = ctx;
    struct keyring_entry entry = {.profile = logout->profile->name,
                                  .service = logout->profile->base_url};

    logout->deferred = 0;
    if (logout->profile->source == PROFILE_KEYRING) {
        logout->ticket = keyring_delete(logout->app->keyring, &entry, 0, on_deleted, logout);
        return;
    }
    remove_profile(logout, "Its key was not stored by portcullis.");
}

struct logout *logout_start(struct app *app, const char *name, logout_fn *fn, void *ctx,
                            struct err *err)
{
    struct profile *profile = profile_load(app->paths, name, err);
    struct logout *logout;

    if (profile == NULL) {
        return NULL;
    }
    logout = xcalloc(1, sizeof(*logout));
    logout->app = app;
    logout->profile = profile;
    logout->fn = fn;
    logout->ctx = ctx;
    app->logout = logout;
    logout->deferred = loop_defer(app->loop, start, logout);
    return logout;
}

void logout_free(struct logout *logout)
{
    if (logout == NULL) {
        return;
    }
    if (logout->app->logout == logout) {
        logout->app->logout = NULL;
    }
    loop_undefer(logout->app->loop, logout->deferred);
    if (logout->ticket != 0) {
        keyring_cancel(logout->app->keyring, logout->ticket);
    }
    profile_free(logout->profile);
    free(logout);
}

const char *logout_slow_words(const struct logout *logout)
{
    return keyring_slow(logout->app->keyring, logout->ticket);
}

bool logout_key_removed(const struct logout *logout)
{
    return logout->key_removed;
}

enum err_kind logout_failure(const struct logout *logout)
{
    return logout->failure;
}
