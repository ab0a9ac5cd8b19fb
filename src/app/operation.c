#include "app/operation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/operation_internal.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/testing.h"
#include "base/text.h"
#include "model/access.h"
#include "model/mask.h"

#include "base/banned.h"

#define NAME_COLUMNS 60
/* Not longer ago than this the time of day says which day it was. */
#define TODAY_MS ((int64_t)12 * 3600 * 1000)

struct operation *op_new(const struct operation_env *env, enum op_kind kind)
{
    struct operation *op = xcalloc(1, sizeof(*op));

    op->env = *env;
    op->kind = kind;
    if (env->own_id != NULL) { /* the profile may learn another while this runs */
        snprintf(op->own_id, sizeof(op->own_id), "%s", env->own_id);
    }
    op->env.own_id = op->own_id;
    op->held = HELD_UNKNOWN;
    op->read_at = TIME_NONE;
    op->sent_at = TIME_NONE;
    op->earlier_at = TIME_NONE;
    op->proven_at = TIME_NONE;
    op->began = clock_mono_ms();
    return op;
}

void operation_free(struct operation *op)
{
    if (op == NULL) {
        return;
    }
    api_cancel(op->env.client, op->ticket);
    loop_untimer(op->env.loop, op->timer);
    look_free(op->look);
    journal_let_go(op->env.journal, op->intent);
    secret_free(op->new_key);
    for (size_t i = 0; i < op->other_count; i++) {
        free(op->others[i]);
    }
    free(op->others);
    inventory_free(op->list);
    free(op->path);
    free(op->body);
    free(op);
}

/* What was done is done, even when it could not be written down: both are said. */
static void add_fault(struct operation *op)
{
    size_t used = strlen(op->words);

    if (op->journal_fault[0] != '\0') {
        snprintf(op->words + used, sizeof(op->words) - used, " The journal lacks the outcome: %s",
                 op->journal_fault);
    }
}

static void log_phase(const struct operation *op, const char *reason)
{
    static const char *const WORDS[] = {
        [OP_NONE] = "none",       [OP_READING] = "reading", [OP_REVIEW] = "review",
        [OP_BLOCKED] = "blocked", [OP_SENDING] = "sending", [OP_PROVING] = "proving",
        [OP_LOST] = "lost",       [OP_DONE] = "done",       [OP_REFUSED] = "refused",
        [OP_UNKNOWN] = "unknown",
    };

    log_msg(reason == NULL ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "write", "%s %s: %s: %s%s%s",
            op->kind == OP_CREATE ? "create" : "revoke",
            op->kind == OP_CREATE ? op->path : op->target_id, WORDS[op->phase], op->words,
            reason == NULL ? "" : " ", reason == NULL ? "" : reason);
}

void op_phase_set(struct operation *op, enum op_phase phase, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(op->words, sizeof(op->words), format, args);
    va_end(args);
    add_fault(op);
    op->phase = phase;
    op->began = clock_mono_ms();
    op->error = (struct err){0};
    log_phase(op, NULL);
    op->env.changed(op->env.ctx);
}

/* What was answered to a create whose end is not known: the server's own words, if it is its. */
static void add_answer(struct operation *op)
{
    size_t used = strlen(op->error.text);

    if (op->kind == OP_CREATE && op->phase == OP_UNKNOWN && op->sent_error.text[0] != '\0' &&
        op->sent_error.source != ERR_FROM_NOBODY && used > 0) {
        snprintf(op->error.text + used, sizeof(op->error.text) - used,
                 " The answer to the request was: %s", op->sent_error.text);
    }
}

void op_fail(struct operation *op, enum op_phase phase, const struct err *err, const char *format,
             ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(op->words, sizeof(op->words), format, args);
    va_end(args);
    add_fault(op);
    op->phase = phase;
    op->error = *err;
    add_answer(op);
    log_phase(op, err->text);
    if (err->kind == ERR_AUTH) {
        op->env.key_refused(op->env.ctx, err);
    }
    op->env.changed(op->env.ctx);
}

void op_name(const struct operation *op, char *out, size_t size)
{
    const char *raw = op->kind == OP_CREATE ? op->draft.name
                      : op->has_row ? inventory_raw(op->env.inventory(op->env.ctx), op->row.name)
                                    : op->target_id;
    char *clean = text_cleaned(raw == NULL ? "" : raw);
    int columns;
    size_t len = text_cut(clean, NAME_COLUMNS, &columns);

    snprintf(out, size, "\"%.*s%s\"", (int)len, clean, clean[len] == '\0' ? "" : "..");
    free(clean);
}

const char *op_how_lost(const struct err *err)
{
    return err->status >= 500 ? "The server failed on it"
           : err->status != 0 ? "The answer cannot be used"
                              : "No whole answer came";
}

/* The mask of the key, "" when it is not known yet. */
static void mask_of(const struct operation *op, char *out, size_t size)
{
    const struct inventory *inv = op->env.inventory(op->env.ctx);
    const char *mask = NULL;

    out[0] = '\0';
    if (op->kind == OP_REVOKE && op->has_row) {
        mask = arena_text(&inv->arena, op->row.mask);
    } else if (op->new_key != NULL) {
        mask_make(secret_text(op->new_key), out, size);
    }
    if (mask != NULL) {
        snprintf(out, size, "%s", mask);
    }
}

static const char *kind_word(enum key_kind kind)
{
    return kind == KEY_ORGANISATION_SERVICE ? "organisation"
           : kind == KEY_WORKSPACE_USER     ? "user"
                                            : "service";
}

void operation_doing(const struct operation *op, char *out, size_t size)
{
    char name[OP_NAME_SIZE], mask[64];

    op_name(op, name, sizeof(name));
    mask_of(op, mask, sizeof(mask));
    if (op->kind == OP_CREATE) {
        snprintf(out, size, "A new %s key %s is being made", kind_word(op->draft.kind), name);
    } else {
        snprintf(out, size, "The key %s%s%s is being revoked", name, mask[0] == '\0' ? "" : " ",
                 mask);
    }
}

/* Of the key that is named first, not of a second one that was named on the way. Another's key that
 * the answer named has nothing to do with that secret. */
static void add_hand(const struct operation *op, struct buf *text)
{
    char whose[96] = "Its secret";

    if (op->is_another) {
        return;
    }
    if (op->twins.count > 0) {
        snprintf(whose, sizeof(whose), "The secret of %s", op->new_id);
    }
    if (op->hand == HAND_MADE) {
        buf_addf(text, " %s was never shown, and it is wiped now: revoke it.", whose);
    } else if (op->hand == HAND_HANDING) {
        buf_addf(text, " %s may have been seen: revoke it unless somebody has it.", whose);
    }
}

void operation_result(const struct operation *op, bool *bad, char *out, size_t size)
{
    const char *id = op->kind == OP_CREATE ? op->new_id : op->target_id;
    struct buf text;
    char mask[64];

    mask_of(op, mask, sizeof(mask));
    buf_init(&text, 0);
    buf_adds(&text, op->words);
    add_hand(op, &text);
    if (op->error.kind != ERR_NONE) {
        buf_addf(&text, " %s", op->error.text);
    }
    if (id[0] != '\0' && strstr(text.data, id) == NULL) {
        buf_addf(&text, " Its id is %s.", id);
    }
    if (mask[0] != '\0' && strstr(text.data, mask) == NULL) {
        buf_addf(&text, " Its mask is %s.", mask);
    }
    *bad = op->phase != OP_DONE || op->hand == HAND_MADE || op->hand == HAND_HANDING;
    snprintf(out, size, "%s", text.data);
    buf_done(&text);
}

bool op_gate(struct operation *op, struct err *err)
{
    const struct operation *other =
        op->env.running == NULL ? NULL : op->env.running(op->env.ctx, op);
    char doing[400];

    if (other != NULL) {
        operation_doing(other, doing, sizeof(doing));
        return err_set(err, ERR_GUARD, "%s: wait for its end. Nothing was sent.", doing);
    }
    return gate_check(op->env.gate, op->env.mono(op->env.ctx), err);
}

void op_journal_fault(struct operation *op, const struct err *err)
{
    snprintf(op->journal_fault, sizeof(op->journal_fault), "%.200s", err->text);
    add_fault(op);
}

static enum journal_found found_of(const struct operation *op)
{
    return op->is_another                     ? FOUND_ANOTHER
           : op->proven == PROOF_STILL_THERE  ? FOUND_THERE
           : op->proven == PROOF_OUT_OF_REACH ? FOUND_OUT_OF_REACH
                                              : FOUND_NOTHING;
}

void op_outcome(struct operation *op, const char *result, const char *target, const char *detail)
{
    struct journal_outcome outcome = {.result = result,
                                      .detail = detail,
                                      .target = target,
                                      .status = (int)op->sent_status,
                                      .found = found_of(op),
                                      .reading = op->reading,
                                      .control = op->control};
    struct err err = {0};

    if (op->intent[0] == '\0') {
        return;
    }
    testing_stop("before-outcome");
    if (!journal_write_outcome(op->env.journal, op->intent, &outcome, &err)) {
        op_journal_fault(op, &err);
    }
    memcpy(op->closed, op->intent, sizeof(op->closed));
    op->intent[0] = '\0';
}

static struct operation_try try_of(const struct operation *op)
{
    bool create = op->kind == OP_CREATE;
    const char *name = create        ? op->draft.name
                       : op->has_row ? inventory_raw(op->env.inventory(op->env.ctx), op->row.name)
                                     : NULL;

    return (struct operation_try){
        .intent = op->closed,
        .act = create ? "create-key" : "revoke-key",
        .name = name == NULL ? "" : name,
        .workspace = create ? op->place : "",
        .kind = create ? key_kind_name(op->draft.kind) : NULL,
        .owner = create ? op->draft.owner : NULL,
        .target = op->target_id,
        .at = op->sent_at,
        .seen = op->before.ids,
        .seen_count = op->before.count,
        .newest = op->before.newest,
        .blind = op->before.blind,
        .server_time = op->before.date,
    };
}

void op_settled(struct operation *op, bool known)
{
    struct operation_try what = try_of(op);

    if (op->env.settled != NULL && op->sent_at != TIME_NONE) {
        op->env.settled(op->env.ctx, &what, known);
    }
}

bool op_earlier_try(struct operation *op, struct operation_try *what)
{
    *what = try_of(op);
    if (op->env.earlier == NULL || !op->env.earlier(op->env.ctx, what)) {
        return false;
    }
    op->earlier_at = what->at;
    return true;
}

bool op_ask_earlier(struct operation *op)
{
    struct operation_try what;

    return op_earlier_try(op, &what);
}

void op_earlier_time(const struct operation *op, char *out, size_t size)
{
    int64_t age = clock_now(op->env.clock) - op->earlier_at;

    time_strftime(op->earlier_at, age < TODAY_MS ? "%H:%MZ" : "%Y-%m-%d %H:%MZ", out, size);
}

static int find_out_ms(const struct operation *op)
{
    return op->env.find_out_ms == 0 ? (int)testing_ms(OPERATION_FIND_OUT_MS) : op->env.find_out_ms;
}

void op_start_clock(struct operation *op)
{
    op->deadline = clock_mono_ms() + find_out_ms(op);
}

void op_wait(struct operation *op, loop_fn *fn)
{
    int every = find_out_ms(op) / 8;

    loop_untimer(op->env.loop, op->timer);
    op->timer = loop_timer(
        op->env.loop, every < OPERATION_FIND_OUT_EVERY_MS ? every : OPERATION_FIND_OUT_EVERY_MS, fn,
        op);
}

bool op_check_scope(struct operation *op, enum key_kind kind, struct err *err)
{
    const char *missing = NULL;
    enum endpoint endpoint = op->kind == OP_CREATE ? endpoint_create(kind) : ENDPOINT_DELETE_KEY;
    const char *scope = endpoint_scope(endpoint, kind);
    enum answer answer = access_may(op->env.inventory(op->env.ctx), endpoint, kind, &missing);

    snprintf(op->scope, sizeof(op->scope), "%s", scope == NULL ? "" : scope);
    op->held = answer == ANSWER_YES ? HELD_YES : answer == ANSWER_NO ? HELD_NO : HELD_UNKNOWN;
    if (answer != ANSWER_NO) {
        return true;
    }
    err_set(err, ERR_FORBIDDEN, "The key of this profile lacks the scope %s. Nothing was sent.",
            missing);
    if (err != NULL) {
        snprintf(err->scope, sizeof(err->scope), "%s", missing);
    }
    return false;
}

void operation_forget_secret(struct operation *op)
{
    secret_free(op->new_key);
    op->new_key = NULL;
    op->env.changed(op->env.ctx);
}

void operation_look(const struct operation *op, struct host_operation *out)
{
    int attempts = 0;
    api_ticket ticket = op->look == NULL ? op->ticket : look_ticket(op->look);
    int attempt = ticket == 0 ? 0 : api_attempt(op->env.client, ticket, &attempts);

    *out = (struct host_operation){
        .earlier = op->earlier,
        .notice = op->notice,
        .waited_ms = operation_settled(op) ? -1 : clock_mono_ms() - op->began,
        .attempt = attempt,
        .attempts = attempts,
        .phase = op->phase,
        .error = op->error,
        .words = op->words,
        .method = op->kind == OP_CREATE ? "POST" : "DELETE",
        .path = op->path == NULL ? "" : op->path,
        .body = op->body == NULL ? "" : op->body,
        .scope = op->scope,
        .scope_held = op->held,
        .target = op->has_row ? &op->row : NULL,
        .target_id = op->target_id,
        .phrase = op->phrase,
        .changed = op->changed,
        .needs_own_override = op->needs_override,
        .read_at = op->read_at,
        .said_no = op->said_no,
        .proven = op->proven == PROOF_GONE,
        .accepted = op->proven == PROOF_ACCEPTED,
        .still_works = op->proven == PROOF_STILL_THERE,
        .reading = op->reading,
        .control = op->control,
        .new_id = op->new_id,
        .new_key = op->new_key,
        .taken = op->hand == HAND_TAKEN,
        .read_back = op->was_read,
        .candidates = op->candidates,
        .candidate_id = op->candidate_id,
    };
}

bool operation_settled(const struct operation *op)
{
    switch (op->phase) {
    case OP_NONE:
    case OP_REVIEW:
    case OP_BLOCKED:
    case OP_DONE:
    case OP_REFUSED:
    case OP_UNKNOWN:
        return true;
    default:
        return false;
    }
}

bool operation_can_do_without(const struct operation *op)
{
    return op->reading_own;
}

bool operation_in_flight(const struct operation *op)
{
    return op->intent[0] != '\0' && !operation_settled(op);
}

const struct key_draft *operation_draft(const struct operation *op)
{
    return op->kind == OP_CREATE ? &op->draft : NULL;
}

bool operation_revokes(const struct operation *op, const char *key_id)
{
    return op->kind == OP_REVOKE && strcmp(op->target_id, key_id) == 0;
}
