#include "app/login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/login_lacks.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/log.h"
#include "model/mask.h"

#include "base/banned.h"

/* So long may it take to find out what the key lacks: that is worth knowing, not waiting for. */
#define OWN_PAGES 20 /* of keys, in which it looks for itself */
#define LOOK_MS 10000

struct login {
    struct app *app;
    struct profile *profile;
    struct profile *old; /* what had this name before; NULL */
    bool replace;        /* the key of old, which has to be there */
    bool to_file;        /* the key that was given goes into the file of the profile */
    char before[160];    /* of a replaced key: what to do with it; "" nothing to say */
    struct secret *key;
    struct api_client *client;
    uint64_t key_ticket;
    api_ticket look; /* the search for the key among those that it can list */
    int late;        /* timer: enough of that */
    int deferred;
    struct host_login_state state;
    char words[1200];
    struct login_lacks lacks;
    login_fn *fn;
    void *ctx;
};

static void tell(struct login *login, enum login_phase phase, const char *words)
{
    login->state.phase = phase;
    if (words != login->words) {
        snprintf(login->words, sizeof(login->words), "%s", words);
    }
    login->state.words = login->words;
    login->fn(login->ctx, &login->state, phase == LOGIN_DONE || phase == LOGIN_FAILED);
}

static void fail(struct login *login, const struct err *err)
{
    login->state.error = *err;
    tell(login, LOGIN_FAILED, "Nothing was stored.");
}

static void done(struct login *login, const char *note)
{
    snprintf(login->words, sizeof(login->words),
             "The key works; profile %s is stored (key: %s).%s%s%s%s", login->profile->name,
             profile_source_name(login->profile->source), login->lacks.words[0] == '\0' ? "" : " ",
             login->lacks.words, login->before, note);
    tell(login, LOGIN_DONE, login->words);
}

static void on_old_removed(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                           const struct err *err)
{
    struct login *login = ctx;
    char note[600] = "";

    (void)key;
    (void)err;
    login->key_ticket = 0;
    /* No profile leads to that entry any more: whoever wants it gone has to know its name. */
    if (outcome != KEYRING_OK && outcome != KEYRING_NONE) {
        snprintf(note, sizeof(note),
                 " The key that this profile had before could not be taken out of the keyring. To "
                 "take it out: secret-tool clear application portcullis profile %s service %.300s",
                 login->old->name, login->old->base_url);
    }
    done(login, note);
}

/* A profile of that name may have kept its key under another address: nothing points to that entry
 * any more, so it goes. */
static void finish(struct login *login)
{
    const struct profile *old = login->old, *now = login->profile;
    struct err err = {0};

    if (!profile_save(login->app->paths, now, &err)) {
        fail(login, &err);
        return;
    }
    if (old != NULL && old->source == PROFILE_KEYRING &&
        (now->source != PROFILE_KEYRING || strcmp(old->base_url, now->base_url) != 0)) {
        struct keyring_entry entry = {.profile = old->name, .service = old->base_url};

        login->key_ticket = keyring_delete(login->app->keyring, &entry, 0, on_old_removed, login);
        return;
    }
    done(login, "");
}

static void on_stored(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                      const struct err *err)
{
    struct login *login = ctx;

    (void)key;
    login->key_ticket = 0;
    if (outcome != KEYRING_OK) {
        fail(login, err);
        return;
    }
    finish(login);
}

/* The old key is gone from it with that. */
static bool write_key_file(const struct login *login, struct err *err)
{
    char space[SECRET_KEY_MAX + 2];
    size_t len = secret_len(login->key);
    bool ok;

    memcpy(space, secret_text(login->key), len);
    space[len] = '\n';
    ok = file_write_atomic(login->profile->key_file, space, len + 1, S_IRUSR | S_IWUSR, err);
    secret_wipe(space, sizeof(space));
    return ok;
}

static void store(struct login *login)
{
    struct keyring_entry entry = {.profile = login->profile->name,
                                  .service = login->profile->base_url};

    if (login->profile->source != PROFILE_KEYRING) {
        struct err err = {0};

        if (login->to_file && !write_key_file(login, &err)) {
            fail(login, &err);
            return;
        }
        finish(login);
        return;
    }
    tell(login, LOGIN_STORING, "Storing the key in the keyring..");
    login->key_ticket = keyring_set(login->app->keyring, &entry, login->key, 0, on_stored, login);
}

static void drop_client(void *ctx)
{
    struct login *login = ctx;

    login->deferred = 0;
    api_client_free(login->client);
    login->client = NULL;
    if (login->state.error.kind != ERR_NONE) {
        tell(login, LOGIN_FAILED, "Nothing was stored.");
    } else {
        store(login);
    }
}

/* A client is not freed from inside its own callback. */
static void drop_client_soon(struct login *login)
{
    loop_untimer(login->app->loop, login->late);
    login->late = 0;
    login->deferred = loop_defer(login->app->loop, drop_client, login);
}

/* The key that is replaced works on until it is revoked; it is no own key any more. */
static void on_before(void *ctx, struct api_reply *reply)
{
    struct login *login = ctx;
    const char *id = login->old->own_key_id;

    login->look = 0;
    if (reply->ok) {
        snprintf(login->before, sizeof(login->before),
                 " The key that it had before (%.40s) still works: it can be revoked now.", id);
    } else {
        snprintf(login->before, sizeof(login->before),
                 " The key that it had before (%.40s) cannot be read with this one: it is gone, or "
                 "another organisation's.",
                 id);
    }
    drop_client_soon(login);
}

static void after_keys(struct login *login)
{
    const char *before = login->old == NULL ? NULL : login->old->own_key_id;
    const char *now = login->profile->own_key_id;

    if (!login->replace || before == NULL || (now != NULL && strcmp(before, now) == 0)) {
        drop_client_soon(login);
        return;
    }
    login->look = api_get_key(login->client, before, on_before, login);
}

/* What is kept goes into the profile with all else. */
static void keep_own(struct login *login, const struct inventory *found)
{
    char text[ID_TEXT_SIZE];

    if (found->own_key >= 0) {
        profile_set(&login->profile->own_key_id,
                    inventory_id_text(found, found->keys[found->own_key].id, text));
    }
}

/* No API tells a key its own scopes: it has to find itself in the list [INF]. */
static void on_keys(void *ctx, const struct api_newest *newest)
{
    struct login *login = ctx;
    char mask[32];

    login->look = 0;
    if (!newest->ok) {
        login_lacks_unknown(&login->lacks,
                            "Its keys could not be listed, so what it lacks is not known.");
    } else {
        mask_make(secret_text(login->key), mask, sizeof(mask));
        login_lacks_of(&login->lacks, newest->found, mask);
        keep_own(login, newest->found);
    }
    after_keys(login);
}

static void on_late(void *ctx)
{
    struct login *login = ctx;

    login->late = 0;
    api_cancel(login->client, login->look);
    login->look = 0;
    if (login->lacks.count == 0 && login->lacks.words[0] == '\0' &&
        login->profile->own_key_id == NULL) {
        login_lacks_unknown(&login->lacks, "To find out what it lacks took too long.");
    }
    drop_client_soon(login);
}

/* 200 is a key that reads keys; the API's own 403 AB03 is a good key without that scope [OBS];
 * anything else, above all a page of something in between, stores nothing. */
static void on_probed(void *ctx, struct api_reply *reply)
{
    struct login *login = ctx;

    if (reply->cached) {
        err_set(
            &login->state.error, ERR_NETWORK,
            "The answer came from a cache in between (its Age or Date says so): it says nothing "
            "about this key.");
    } else if (reply->ok) {
        login->late = loop_timer(login->app->loop, LOOK_MS, on_late, login);
        login->look = api_newest_keys(login->client, OWN_PAGES, on_keys, login);
        return;
    } else if (reply->err.source == ERR_FROM_API && reply->err.status == 403 &&
               strcmp(reply->err.code, "AB03") == 0) {
        login_lacks_keys(&login->lacks);
    } else {
        login->state.error = reply->err;
    }
    drop_client_soon(login);
}

/* A wait that the server asked for, or another try. */
static void on_status(void *ctx)
{
    struct login *login = ctx;
    const struct api_status *status = api_client_status(login->client);

    if (status->text[0] != '\0') {
        tell(login, LOGIN_TRYING, status->text);
    }
}

static void probe(struct login *login)
{
    struct api_config config = {
        .base_url = login->profile->base_url,
        .ca_file = login->profile->ca_file,
        .proxy = login->profile->proxy,
        .clock = &login->app->clock,
    };
    struct err err = {0};

    log_hide(login->key);
    login->client = api_client_new(login->app->loop, &config, secret_dup(login->key), &err);
    if (login->client == NULL) {
        fail(login, &err);
        return;
    }
    api_client_on_status(login->client, on_status, login);
    tell(login, LOGIN_TRYING, "Trying the key with one read..");
    api_probe(login->client, on_probed, login);
}

static void on_key(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                   const struct err *err)
{
    struct login *login = ctx;

    login->key_ticket = 0;
    if (outcome != KEYRING_OK) {
        fail(login, err);
        return;
    }
    login->key = secret_dup(key);
    probe(login);
}

static void start(void *ctx)
{
    struct login *login = ctx;
    struct err err = {0};

    login->deferred = 0;
    if (login->state.error.kind != ERR_NONE) {
        err = login->state.error;
        snprintf(err.field, sizeof(err.field), "base_url");
        fail(login, &err);
        return;
    }
    if (!profile_check(login->profile, &err)) {
        fail(login, &err);
        return;
    }
    login->old = profile_load(login->app->paths, login->profile->name, NULL);
    if (login->replace && login->old == NULL) {
        err_set(&err, ERR_GONE, "There is no profile %s whose key could be replaced.",
                login->profile->name);
        fail(login, &err);
        return;
    }
    if (login->profile->source == PROFILE_COMMAND) {
        tell(login, LOGIN_TRYING, "Running the key command..");
        login->key_ticket =
            keyring_command(login->app->keyring, login->profile->key_command, false, on_key, login);
        return;
    }
    login->to_file = login->replace && login->profile->source == PROFILE_FILE && login->key != NULL;
    if (login->profile->source == PROFILE_FILE && !login->to_file) {
        secret_free(login->key);
        login->key = keyring_read_file(login->profile->key_file, &err);
        if (login->key == NULL) {
            fail(login, &err);
            return;
        }
    }
    if (login->key == NULL ||
        !secret_is_key(secret_text(login->key), secret_len(login->key), &err)) {
        if (err.kind == ERR_NONE) {
            err_set(&err, ERR_NO_KEY, "No key was given.");
        }
        fail(login, &err);
        return;
    }
    probe(login);
}

struct login *login_start(struct app *app, const struct host_login *params, struct secret *key,
                          login_fn *fn, void *ctx)
{
    struct login *login = xcalloc(1, sizeof(*login));
    char *url = NULL;

    login->app = app;
    login->fn = fn;
    login->ctx = ctx;
    login->key = key;
    login->replace = params->replace;
    login->profile = profile_new(params->name);
    /* The normalised form names the entry in the keyring. A bad URL is told from the loop. */
    if (api_check_base_url(params->base_url, &url, &login->state.error)) {
        profile_set(&login->profile->base_url, url);
    } else {
        profile_set(&login->profile->base_url, params->base_url);
    }
    free(url);
    login->profile->agents = params->agents;
    profile_set(&login->profile->tag, params->tag);
    profile_set(&login->profile->key_command, params->key_command);
    profile_set(&login->profile->key_file, params->key_file);
    profile_set(&login->profile->ca_file, params->ca_file);
    profile_set_proxy(login->profile, params->proxy);
    login->profile->source = profile_source_parse(params->source);
    login->deferred = loop_defer(app->loop, start, login);
    app->login = login;
    return login;
}

void login_free(struct login *login)
{
    if (login == NULL) {
        return;
    }
    if (login->app->login == login) {
        login->app->login = NULL;
    }
    loop_undefer(login->app->loop, login->deferred);
    loop_untimer(login->app->loop, login->late);
    if (login->key_ticket != 0) {
        keyring_cancel(login->app->keyring, login->key_ticket);
    }
    api_client_free(login->client);
    secret_free(login->key);
    profile_free(login->profile);
    profile_free(login->old);
    free(login);
}

void login_tell_slow(struct login *login)
{
    const char *words = keyring_slow(login->app->keyring, login->key_ticket);

    if (words != NULL) {
        tell(login, login->state.phase, words);
    }
}

const struct profile *login_profile(const struct login *login)
{
    return login->profile;
}

struct secret *login_take_key(struct login *login)
{
    struct secret *key = login->key;

    login->key = NULL;
    return key;
}

const struct report_missing *login_missing(const struct login *login)
{
    return login->lacks.items;
}

bool login_asked_to_wait(const struct login *login, struct err *err)
{
    if (login->client == NULL || !api_client_status(login->client)->asks) {
        return false;
    }
    err_set(err, ERR_RATE_LIMIT, "%s: that is long; try again after it.",
            api_client_status(login->client)->text);
    return true;
}
