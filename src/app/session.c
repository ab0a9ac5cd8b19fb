#include "app/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/session_internal.h"
#include "base/log.h"
#include "model/mask.h"

#include "base/banned.h"

static void on_status(void *ctx);
static void on_load(void *ctx, bool finished, const struct err *err);

struct session *session_new(const struct session_config *config)
{
    struct session *session = xcalloc(1, sizeof(*session));

    session->config = *config;
    return session;
}

void session_free(struct session *session)
{
    if (session == NULL) {
        return;
    }
    session_close(session);
    session_free_gone(session);
    free(session);
}

void session_changed(struct session *session)
{
    session->config.changed(session->config.ctx);
}

void session_fail(struct session *session, const struct err *err)
{
    session->error = *err;
    log_msg(LOG_LEVEL_WARN, "session", "%s: %s", err_kind_name(err->kind), err->text);
    session_changed(session);
}

static void drop_connection(struct session *session)
{
    session_drop_operations(session);
    session_stop_look(session);
    if (session->client != NULL) {
        api_cancel(session->client, session->read_ticket);
    }
    session->read_ticket = 0;
    api_load_free(session->load);
    session->load = NULL;
    if (session->next != NULL && !session->next_ready) {
        session_drop_inventory(session, session->next);
        session->next = NULL;
    }
    api_client_free(session->client);
    session->client = NULL;
}

/* The terminal is a key command's own while it runs. */
static void lend_tty(struct session *session, bool lend)
{
    if (session->config.use_tty && session->profile->source == PROFILE_COMMAND) {
        session->config.lend_tty(session->config.ctx, lend);
    }
}

static void cancel_key(struct session *session)
{
    keyring_cancel(session->config.keyring, session->key_ticket);
    session->key_ticket = 0;
    lend_tty(session, false);
}

void session_close(struct session *session)
{
    gate_disarm(session->config.gate);
    session->config.gate->agents = false;
    if (session->key_ticket != 0) {
        cancel_key(session);
    }
    loop_undefer(session->config.loop, session->deferred);
    session->deferred = 0;
    drop_connection(session);
    session_drop_inventory(session, session->next);
    session->next = NULL;
    session->next_ready = false;
    session_drop_inventory(session, session->inv);
    session->inv = NULL;
    secret_free(session->key);
    session->key = NULL;
    profile_free(session->profile);
    session->profile = NULL;
    session->own_mask[0] = '\0';
    session_forget_tries(session); /* the journal has them */
    session_forget_told(session);
    session->loaded = false;
    session->error = (struct err){0};
    session->phase = SESSION_NONE;
}

/* The key is there: connect and read. */
static bool connect_client(struct session *session, struct err *err)
{
    struct api_config config = {
        .base_url = session->profile->base_url,
        .ca_file = session->profile->ca_file,
        .proxy = session->profile->proxy,
        .clock = session->config.clock,
    };

    session->client = api_client_new(session->config.loop, &config, secret_dup(session->key), err);
    if (session->client == NULL) {
        return false;
    }
    api_client_on_status(session->client, on_status, session);
    return true;
}

static void start_load(struct session *session, struct inventory *inv, unsigned lists)
{
    session->heard_at = clock_mono_ms();
    session->load = api_load_start(session->client, inv, lists, on_load, session);
}

/* Only once the log knows what to hide: an address may hold the key, by a slip. */
static void log_opening(const struct profile *profile)
{
    char *route = api_describe_route(profile->base_url, profile->proxy);

    log_msg(LOG_LEVEL_INFO, "session", "opens the profile %s: %s, %s", profile->name,
            profile->base_url, route);
    free(route);
}

static void take_key(struct session *session, struct secret *key)
{
    struct err err = {0};

    secret_free(session->key);
    session->key = key;
    log_hide(key);
    log_opening(session->profile);
    mask_make(secret_text(key), session->own_mask, sizeof(session->own_mask));
    if (!connect_client(session, &err)) {
        session->phase = SESSION_FAILED;
        session_fail(session, &err);
        return;
    }
    session->inv = inventory_new();
    session->inv->keeps_all = session->keeps_all;
    session->phase = SESSION_OPEN;
    session_take_journal(session);
    if (session->lists != 0) {
        start_load(session, session->inv, session->lists);
    } else {
        session->loaded = true;
    }
    session_changed(session);
}

static void on_key(void *ctx, enum keyring_outcome outcome, const struct secret *key,
                   const struct err *err)
{
    struct session *session = ctx;

    session->key_ticket = 0;
    lend_tty(session, false);
    if (outcome != KEYRING_OK) {
        session->phase = SESSION_FAILED;
        session_fail(session, err);
        return;
    }
    take_key(session, secret_dup(key));
}

/* A key that is at hand is used from the loop as well, so that opening never answers from inside
 * the call. */
static void on_key_at_hand(void *ctx)
{
    struct session *session = ctx;
    struct secret *key = session->key;

    session->deferred = 0;
    session->key = NULL;
    take_key(session, key);
}

static void start_reading_key(struct session *session)
{
    if (session->profile->source == PROFILE_ASK || session->profile->source == PROFILE_SESSION) {
        session->phase = SESSION_ASK;
        return;
    }
    lend_tty(session, true);
    session->key_ticket = profile_open_key(session->config.keyring, session->profile,
                                           session->config.use_tty, on_key, session);
}

void session_keep_all(struct session *session)
{
    session->keeps_all = true;
}

void session_open(struct session *session, const struct profile *profile, struct secret *key,
                  unsigned lists)
{
    struct profile *copy = profile_dup(profile); /* it may be our own */

    session_close(session);
    session->profile = copy;
    session->config.gate->agents = copy->agents;
    session->lists = lists;
    log_msg(LOG_LEVEL_INFO, "session", "reads the key of the profile %s: %s", copy->name,
            profile_source_name(copy->source));
    session->phase = SESSION_KEY;
    if (key != NULL) {
        session->key = key;
        session->deferred = loop_defer(session->config.loop, on_key_at_hand, session);
    } else {
        start_reading_key(session);
    }
    session_changed(session);
}

void session_give_key(struct session *session, struct secret *key)
{
    if (session->phase != SESSION_ASK) {
        secret_free(key);
        return;
    }
    session->phase = SESSION_KEY;
    session->error = (struct err){0};
    session->key = key;
    session->deferred = loop_defer(session->config.loop, on_key_at_hand, session);
    session_changed(session);
}

void session_pause(struct session *session)
{
    session->interrupted = session->load != NULL;
    drop_connection(session);
}

void session_resume(struct session *session)
{
    struct err err = {0};

    if (session->phase == SESSION_OPEN && session->client == NULL &&
        !connect_client(session, &err)) {
        session_fail(session, &err);
    }
    if (session->interrupted) {
        session->interrupted = false;
        session_refresh(session);
    }
    session_changed(session);
}

/* -- loads -- */

static void on_status(void *ctx)
{
    session_changed(ctx);
}

/* A refresh that could not read what is held already would put worse in the place of better. */
static bool next_is_worse(const struct session *session)
{
    for (int list = 0; list < LIST_COUNT; list++) {
        enum list_progress old = session->inv->lists[list].progress,
                           now = session->next->lists[list].progress;

        if (now == PROGRESS_FAILED && (old == PROGRESS_COMPLETE || old == PROGRESS_PARTIAL)) {
            return true;
        }
    }
    return false;
}

static const struct list_state *first_failure(const struct inventory *inv)
{
    for (int list = 0; list < LIST_COUNT; list++) {
        if (inv->lists[list].progress == PROGRESS_FAILED) {
            return &inv->lists[list];
        }
    }
    return NULL;
}

void session_swap(struct session *session)
{
    struct inventory *old = session->inv;

    if (!session->next_ready || session->op != NULL || session_writes_pending(session)) {
        return;
    }
    session->next_ready = false;
    /* Views know an inventory by its generation: it must never come again. */
    if (session->next->generation <= old->generation) {
        session->next->generation = old->generation + 1;
    }
    session->inv = session->next;
    session->next = NULL;
    session_drop_inventory(session, old);
    if (session->try_count > 0) {
        session_check_journal(session);
    }
    session_changed(session);
}

static void finish_refresh(struct session *session, const struct err *err)
{
    const struct list_state *failed;
    struct err made = {0};

    if (err == NULL && !next_is_worse(session)) {
        session->error = (struct err){0};
        session->next_ready = true;
        session_swap(session);
        return;
    }
    if (err == NULL) {
        failed = first_failure(session->next);
        err_set(&made, ERR_NETWORK, "%s", failed == NULL ? "The refresh failed." : failed->why);
        err = &made;
    }
    session_drop_inventory(session, session->next);
    session->next = NULL;
    session_fail(session, err);
}

static void log_load(const struct inventory *inv, const struct err *err)
{
    static const char *const WORDS[] = {
        [PROGRESS_NEVER] = "not asked",   [PROGRESS_LOADING] = "broken off",
        [PROGRESS_COMPLETE] = "complete", [PROGRESS_PARTIAL] = "partial",
        [PROGRESS_REFUSED] = "refused",   [PROGRESS_FAILED] = "failed",
    };

    for (int list = 0; list < LIST_COUNT; list++) {
        const struct list_state *state = &inv->lists[list];

        log_msg(LOG_LEVEL_INFO, "load", "%s: %s, %zu of %lld%s%s", list_name((enum list_kind)list),
                WORDS[state->progress], state->counted, (long long)state->total,
                state->why[0] == '\0' ? "" : ": ", state->why);
    }
    if (err != NULL) {
        log_msg(LOG_LEVEL_WARN, "load", "%s: %s", err_kind_name(err->kind), err->text);
    }
}

static bool has_data(const struct inventory *inv)
{
    return inv->key_count + inv->workspace_count + inv->user_count > 0;
}

/* Its id outlives a mask that says less or that another key shares. */
static void keep_own(struct session *session, struct inventory *inv)
{
    const char *kept = session_own_id(session);
    int row = inventory_find_key(inv, inventory_find_id(inv, kept));
    const char *mask = row < 0 ? NULL : arena_text(&inv->arena, inv->keys[row].mask);
    const char *secret = secret_text(session->key);
    char text[ID_TEXT_SIZE], space[ID_TEXT_SIZE];

    /* Several masks fit, and that of the one that is known is among them. */
    if (inv->own_key < 0 && inv->own_candidates > 1 && mask != NULL &&
        mask_fits(mask, secret, secret)) {
        inventory_set_own(inv, &inv->keys[row].id, 1);
    }
    if (inv->own_key < 0) {
        return;
    }
    snprintf(text, sizeof(text), "%s", inventory_id_text(inv, inv->keys[inv->own_key].id, space));
    if (strcmp(kept, text) != 0) {
        profile_set(&session->profile->own_key_id, text);
        session->config.own(session->config.ctx, session->profile, text);
    }
}

static void on_load(void *ctx, bool finished, const struct err *err)
{
    struct session *session = ctx;
    struct err own;

    session->heard_at = clock_mono_ms();
    if (!finished) {
        session_changed(session);
        return;
    }
    if (err != NULL) {
        own = *err; /* it is the load's */
        err = &own;
    }
    api_load_free(session->load);
    session->load = NULL;
    log_load(session->next != NULL ? session->next : session->inv, err);
    keep_own(session, session->next != NULL ? session->next : session->inv);
    if (err != NULL && err->kind == ERR_AUTH) {
        gate_disarm(session->config.gate);
    }
    if (session->next != NULL) {
        finish_refresh(session, err);
        return;
    }
    session->loaded = true;
    if (err != NULL) {
        if (!has_data(session->inv) && err->kind == ERR_AUTH) {
            session->phase = SESSION_FAILED;
        }
        session_fail(session, err);
    } else {
        session->error = (struct err){0};
        session_check_journal(session);
    }
    session_changed(session);
}

void session_refresh(struct session *session)
{
    if (session->phase == SESSION_FAILED && session->profile != NULL) {
        struct profile *again = profile_dup(session->profile);

        session_open(session, again, NULL, session->lists);
        profile_free(again);
        return;
    }
    if (session->phase != SESSION_OPEN || session->client == NULL || session->load != NULL) {
        return;
    }
    session_drop_inventory(
        session, session->next); /* a finished one that waits is older than what comes now */
    session->next_ready = false;
    session->next = inventory_new();
    session->next->organisation_name = (struct text_pair){0};
    start_load(session, session->next, LOAD_ALL);
    session_changed(session);
}

void session_stop(struct session *session)
{
    if (session->key_ticket != 0) {
        struct err err = {0};

        cancel_key(session);
        session->phase = SESSION_FAILED;
        err_set(&err, ERR_CANCELLED, "Reading the key was stopped.");
        session_fail(session, &err);
        return;
    }
    if (session->read_ticket != 0) {
        api_cancel(session->client, session->read_ticket);
        session->read_ticket = 0;
    }
    if (session->load == NULL) {
        return;
    }
    api_load_free(session->load);
    session->load = NULL;
    if (session->next != NULL && !session->next_ready) {
        session_drop_inventory(session, session->next);
        session->next = NULL;
    }
    session->loaded = true;
    session_changed(session);
}

void session_retry_now(struct session *session)
{
    if (session->client != NULL) {
        api_retry_now(session->client);
    }
}
