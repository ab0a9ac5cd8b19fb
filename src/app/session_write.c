/* The writes of a session: the one that is open, and those that were left before their end. */
#include <stdio.h>
#include <string.h>

#include "app/session_internal.h"

#include "base/banned.h"

static struct inventory *operation_inventory(void *ctx)
{
    return ((struct session *)ctx)->inv;
}

static int64_t operation_mono(void *ctx)
{
    const struct session *session = ctx;

    return session->config.mono(session->config.ctx);
}

static void say_left(struct session *session, const struct operation *op)
{
    struct host_operation look;
    char text[700];

    operation_look(op, &look);
    if (look.new_id[0] != '\0' && look.new_key != NULL) {
        snprintf(text, sizeof(text),
                 "%s Nobody has seen its secret, and it is wiped now: revoke it.", look.words);
        session->config.say(session->config.ctx, true, text);
        return;
    }
    session->config.say(session->config.ctx, look.phase != OP_DONE, look.words);
}

/* Drops the writes that were left and have come to their end. */
static void sweep(void *ctx)
{
    struct session *session = ctx;

    session->deferred = 0;
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        struct operation *op = session->left[i];

        if (op != NULL && operation_settled(op)) {
            session->left[i] = NULL;
            say_left(session, op);
            operation_free(op);
        }
    }
    session_swap(session);
}

static void operation_changed(void *ctx)
{
    struct session *session = ctx;

    /* An operation may not be freed from inside its own callback. */
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        if (session->left[i] != NULL && session->deferred == 0) {
            session->deferred = loop_defer(session->config.loop, sweep, session);
        }
    }
    session_changed(session);
}

static void operation_key_refused(void *ctx, const struct err *err)
{
    struct session *session = ctx;

    gate_disarm(session->config.gate);
    session_fail(session, err);
}

static struct operation_env operation_env(struct session *session)
{
    return (struct operation_env){
        .loop = session->config.loop,
        .clock = session->config.clock,
        .client = session->client,
        .journal = session->config.journal,
        .gate = session->config.gate,
        .profile = session->profile->name,
        .tag = session->profile->tag,
        .base_url = session->profile->base_url,
        .own_mask = session->own_mask,
        .inventory = operation_inventory,
        .mono = operation_mono,
        .changed = operation_changed,
        .key_refused = operation_key_refused,
        .ctx = session,
    };
}

static bool may_start(struct session *session, struct err *err)
{
    if (session->phase != SESSION_OPEN || session->client == NULL) {
        return err_set(err, ERR_GUARD, "No organisation is open.");
    }
    if (session->op != NULL && operation_in_flight(session->op)) {
        return err_set(err, ERR_GUARD, "Another write is under way: wait for its end.");
    }
    session_close_operation(session);
    return true;
}

struct operation *session_operation(const struct session *session)
{
    return session->op;
}

bool session_create(struct session *session, const struct key_draft *draft, struct err *err)
{
    struct operation_env env;

    if (!may_start(session, err)) {
        return false;
    }
    env = operation_env(session);
    session->op = operation_create_new(&env, draft, err);
    return session->op != NULL;
}

bool session_revoke(struct session *session, const char *key_id, struct err *err)
{
    struct operation_env env;

    if (!may_start(session, err)) {
        return false;
    }
    env = operation_env(session);
    session->op = operation_revoke_new(&env, key_id, err);
    return session->op != NULL;
}

void session_close_operation(struct session *session)
{
    struct operation *op = session->op;

    if (op == NULL) {
        return;
    }
    session->op = NULL;
    for (int i = 0; i < SESSION_LEFT_MAX && op != NULL && operation_in_flight(op); i++) {
        if (session->left[i] == NULL) {
            session->left[i] = op;
            op = NULL;
        }
    }
    operation_free(op);
    session_swap(session);
    session_changed(session);
}

bool session_writes_pending(const struct session *session)
{
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        if (session->left[i] != NULL) {
            return true;
        }
    }
    return session->op != NULL && operation_in_flight(session->op);
}

void session_drop_operations(struct session *session)
{
    operation_free(session->op);
    session->op = NULL;
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        operation_free(session->left[i]);
        session->left[i] = NULL;
    }
}

static void on_read_key(void *ctx, struct api_reply *reply)
{
    struct session *session = ctx;
    struct err err = reply->err;
    int row = -1;

    session->read_ticket = 0;
    if (reply->ok) {
        (void)api_key_into(session->inv, reply->body, reply->body_len, &row, &err);
    }
    if (err.kind != ERR_NONE) {
        session_fail(session, &err);
        return;
    }
    session_changed(session);
}

void session_read_key(struct session *session, const char *key_id)
{
    if (session->client == NULL || session->phase != SESSION_OPEN) {
        return;
    }
    api_cancel(session->client, session->read_ticket);
    session->read_ticket = api_get_key(session->client, key_id, on_read_key, session);
}
