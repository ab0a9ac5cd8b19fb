/* The writes of a session: the one that is open, and those that were left before their end. */
#include <stdio.h>
#include <string.h>

#include "app/journal_find.h"
#include "app/session_internal.h"
#include "base/log.h"
#include "model/access.h"
#include "model/mask.h"

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

/* What became of a write that was left is kept until somebody has read it. */
static void keep_result(struct session *session, const struct operation *op)
{
    struct session_result *result = &session->result;
    struct host_operation look;

    operation_look(op, &look);
    operation_result(op, &result->bad, result->text, sizeof(result->text));
    result->unknown = look.phase == OP_UNKNOWN;
    if (look.phase == OP_DONE && operation_draft(op) != NULL) {
        session->config.made(session->config.ctx, operation_draft(op));
    }
    log_msg(result->bad ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "write", "%s", result->text);
}

const struct session_result *session_result(const struct session *session)
{
    return &session->result;
}

void session_result_seen(struct session *session)
{
    session->result = (struct session_result){0};
    session_changed(session);
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
            keep_result(session, op);
            operation_free(op);
        }
    }
    session_swap(session);
    session_changed(session);
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

static const struct operation *operation_running(void *ctx, const struct operation *but)
{
    const struct session *session = ctx;

    if (session->op != NULL && session->op != but && operation_in_flight(session->op)) {
        return session->op;
    }
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        const struct operation *op = session->left[i];

        if (op != NULL && op != but && operation_in_flight(op)) {
            return op;
        }
    }
    return NULL;
}

const char *session_writing(struct session *session)
{
    const struct operation *op = operation_running(session, NULL);

    session->writing[0] = '\0';
    if (op != NULL) {
        operation_doing(op, session->writing, sizeof(session->writing));
    }
    return session->writing;
}

static bool mask_is_own(void *ctx, const char *mask)
{
    const struct session *session = ctx;
    const char *secret = session->key == NULL ? "" : secret_text(session->key);

    return mask_fits(mask, secret, secret);
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
        .own_id = session_own_id(session),
        .mask_is_own = mask_is_own,
        .lists_whole = session->lists != 0,
        .inventory = operation_inventory,
        .mono = operation_mono,
        .changed = operation_changed,
        .key_refused = operation_key_refused,
        .running = operation_running,
        .settled = session_try_settled,
        .earlier = session_try_earlier,
        .ctx = session,
    };
}

static bool may_start(struct session *session, struct err *err)
{
    if (session->phase != SESSION_OPEN || session->client == NULL) {
        return err_set(err, ERR_GUARD, "No organisation is open.");
    }
    if (session->op != NULL && operation_in_flight(session->op)) {
        return err_set(err, ERR_GUARD, "%s: wait for its end.", session_writing(session));
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
    session_take_journal(session);
    env = operation_env(session);
    session->op = operation_create_new(&env, draft, err);
    return session->op != NULL;
}

bool session_act(struct session *session, const struct act *act, const char *target,
                 const void *input, struct err *err)
{
    struct operation_env env;

    if (!may_start(session, err)) {
        return false;
    }
    write_free(session->write);
    session_take_journal(session);
    env = operation_env(session);
    session->write = write_new(&env, act, target, input, err);
    return session->write != NULL;
}

struct write *session_write(const struct session *session)
{
    return session->write;
}

/* The revocation of this key that was left and still runs becomes the open one again: a DELETE is
 * sent once. */
static bool take_up_again(struct session *session, const char *key_id)
{
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        struct operation *op = session->left[i];

        if (op != NULL && operation_revokes(op, key_id)) {
            session->left[i] = NULL;
            session_close_operation(session);
            session->op = op;
            return true;
        }
    }
    return session->op != NULL && operation_in_flight(session->op) &&
           operation_revokes(session->op, key_id);
}

/* What was proven once is told, unless lines of the journal may be others than were written. */
static void tell_proof(struct session *session, const char *key_id)
{
    struct journal_report report;
    struct journal_known known;

    if (!journal_find_key(session->config.journal, key_id, session->profile->name,
                          session->profile->base_url, &known) ||
        known.proven_at == TIME_NONE || !journal_read(session->config.journal, &report, NULL)) {
        return;
    }
    if (report.damage == JOURNAL_WHOLE) {
        operation_revoke_proven(session->op, known.proven_at, known.reading, known.control);
    }
    journal_report_done(&report);
}

bool session_revoke(struct session *session, const char *key_id, struct err *err)
{
    struct operation_env env;

    if (take_up_again(session, key_id)) {
        return true;
    }
    if (!may_start(session, err)) {
        return false;
    }
    env = operation_env(session);
    session->op = operation_revoke_new(&env, key_id, err);
    if (session->op != NULL) {
        tell_proof(session, key_id);
    }
    return session->op != NULL;
}

bool session_revoke_ensure(struct session *session, const char *key_id)
{
    struct journal_known known;

    if (session->op == NULL ||
        !journal_find_key(session->config.journal, key_id, session->profile->name,
                          session->profile->base_url, &known)) {
        return false;
    }
    operation_revoke_expect(session->op, key_kind_parse(known.kind), known.workspace,
                            known.organisation);
    return true;
}

void session_close_operation(struct session *session)
{
    struct operation *op = session->op;
    struct host_operation look;

    if (op == NULL) {
        return;
    }
    session->op = NULL;
    operation_look(op, &look);
    if (look.new_id[0] != '\0' && !look.taken && !operation_in_flight(op)) {
        keep_result(session, op); /* nobody ever saw its secret */
    }
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

bool session_writing_left(const struct session *session)
{
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        if (session->left[i] != NULL) {
            return true;
        }
    }
    return false;
}

bool session_writes_pending(const struct session *session)
{
    return session_writing_left(session) ||
           (session->op != NULL && operation_in_flight(session->op)) ||
           (session->write != NULL && write_in_flight(session->write));
}

void session_drop_operations(struct session *session)
{
    operation_free(session->op);
    session->op = NULL;
    write_free(session->write);
    session->write = NULL;
    for (int i = 0; i < SESSION_LEFT_MAX; i++) {
        operation_free(session->left[i]);
        session->left[i] = NULL;
    }
}

/* Where the own key may not read keys of that kind, none of them answers. */
static void answers_no_more(struct session *session)
{
    struct inventory *inv = session->inv;
    struct id id = inventory_find_id(inv, session->read_id);
    int row = inventory_find_key(inv, id);

    if (row >= 0 &&
        access_may(inv, ENDPOINT_KEY, (enum key_kind)inv->keys[row].kind, NULL) == ANSWER_YES) {
        inventory_key_answers_no_more(inv, id);
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
    if (err.kind == ERR_GONE && err.source == ERR_FROM_API) {
        answers_no_more(session);
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
    snprintf(session->read_id, sizeof(session->read_id), "%s", key_id);
    session->read_ticket = api_get_key(session->client, key_id, on_read_key, session);
}
