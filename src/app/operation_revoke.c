/* Revoke: read, review, confirm, read again, intent, DELETE once, prove that it is gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/operation_internal.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "model/access.h"
#include "model/mask.h"
#include "model/tag.h"

#include "base/banned.h"

static void read_target(struct operation *op);
static void find_out(void *ctx);

static struct inventory *inventory(const struct operation *op)
{
    return op->env.inventory(op->env.ctx);
}

static const char *row_name(const struct operation *op)
{
    return inventory_clean(inventory(op), op->row.name);
}

static const char *row_mask(const struct operation *op)
{
    const char *mask = arena_text(&inventory(op)->arena, op->row.mask);

    return mask == NULL ? "" : mask;
}

/* What must not change between the review and the request: what a person decides by. */
static void fingerprint(const struct inventory *inv, const struct key_row *row,
                        char out[HASH_TEXT_SIZE])
{
    char workspace[ID_TEXT_SIZE], user[ID_TEXT_SIZE];
    const char *name = inventory_raw(inv, row->name);
    const char *mask = arena_text(&inv->arena, row->mask);
    const char *unknown = arena_text(&inv->arena, row->unknown_scopes);
    struct buf text;

    buf_init(&text, 0);
    buf_addf(&text, "%u\n%u\n%lld\n%s\n%s\n", row->kind, row->status, (long long)row->expires_at,
             inventory_id_text(inv, row->workspace_id, workspace),
             inventory_id_text(inv, row->user_id, user));
    buf_addf(&text, "%s\n%s\n%s\n", name == NULL ? "" : name, mask == NULL ? "" : mask,
             unknown == NULL ? "" : unknown);
    hash_text(text.data, text.len, row->scopes.bits, sizeof(row->scopes.bits), out);
    buf_done(&text);
}

/* The mask alone decides when the list could not tell which key is the operator's own. */
static bool mask_is_own(const struct operation *op)
{
    char own_head[32], own_tail[32], head[32], tail[32];

    return op->env.own_mask != NULL &&
           mask_split(op->env.own_mask, own_head, sizeof(own_head), own_tail, sizeof(own_tail)) &&
           mask_split(row_mask(op), head, sizeof(head), tail, sizeof(tail)) &&
           strcmp(own_head, head) == 0 && strcmp(own_tail, tail) == 0 &&
           (own_head[0] != '\0' || own_tail[0] != '\0');
}

/* Decision 12: an admin key that may be the own one is revoked only when the operator vouches for
 * it. */
static bool guard(struct operation *op, int index, struct err *err)
{
    const struct inventory *inv = inventory(op);
    bool admin = op->row.kind == KEY_ORGANISATION_SERVICE || op->row.kind == KEY_KIND_UNKNOWN;
    enum answer own = access_is_own(inv, (size_t)index);
    enum answer last = admin ? access_is_last_admin(inv, (size_t)index) : ANSWER_NO;

    op->needs_override = false;
    if (own == ANSWER_YES) {
        return err_set(err, ERR_GUARD,
                       "This is the key that this profile works with: revoking it would lock you "
                       "out. Log in with "
                       "another admin key first.");
    }
    if (last == ANSWER_YES) {
        return err_set(err, ERR_GUARD,
                       "This is the last active admin key of the organisation: nobody could manage "
                       "it through the API "
                       "any more. Make another admin key first.");
    }
    if (own == ANSWER_UNKNOWN && (admin || mask_is_own(op))) {
        op->needs_override = true;
    }
    if (last == ANSWER_UNKNOWN && own == ANSWER_UNKNOWN) {
        op->needs_override = true;
    }
    return op_check_scope(op, op->row.kind, err);
}

/* Takes what was read as the target. *changed: it differs from what was known before. */
static bool take_target(struct operation *op, const struct api_reply *reply, bool *changed,
                        struct err *err)
{
    struct inventory *inv = inventory(op);
    int before = inventory_find_key(inv, inventory_find_id(inv, op->target_id));
    char old[HASH_TEXT_SIZE] = "", now[HASH_TEXT_SIZE];
    int index = -1;

    if (op->fingerprint[0] != '\0') {
        memcpy(old, op->fingerprint, sizeof(old));
    } else if (before >= 0) {
        fingerprint(inv, &inv->keys[before], old);
    }
    if (!api_key_into(inv, reply->body, reply->body_len, &index, err)) {
        return false;
    }
    op->row = inv->keys[index];
    op->has_row = true;
    op->read_at = clock_now(op->env.clock);
    mask_phrase(row_mask(op), op->target_id, op->phrase, sizeof(op->phrase));
    fingerprint(inv, &op->row, now);
    *changed = old[0] != '\0' && strcmp(old, now) != 0;
    memcpy(op->fingerprint, now, sizeof(now));
    return guard(op, index, err);
}

static void finish(struct operation *op, const char *why)
{
    char name[200];

    snprintf(name, sizeof(name), "%s", row_name(op));
    op_outcome(op, "done", op->target_id, why);
    op_settled(op, true);
    inventory_remove_key(inventory(op), inventory_find_id(inventory(op), op->target_id));
    op_phase_set(op, OP_DONE, "Revoked: %s (%s). %s", name, op->target_id, why);
}

/* The reads did not show it gone in time. After a 200 it may be the server's reads that lag; after
 * silence the request may never have arrived. Either way only a person may decide to send again. */
static void give_up(struct operation *op, const char *seen)
{
    struct err err = {0};
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    if (op->phase == OP_PROVING) {
        err_set(&err, ERR_UNKNOWN,
                "The server accepted the request, but %s. Look again in a while before you rely "
                "on it.",
                seen);
    } else {
        err_set(&err, ERR_UNKNOWN,
                "%s, and %s. Look again; if the key is still there, open the review and send once "
                "more.",
                op_how_lost(&op->sent_error), seen);
    }
    op_outcome(op, "unknown", op->target_id, err.text);
    op_settled(op, false);
    op_fail(op, OP_UNKNOWN, &err, "It is not known whether %s is revoked.", name);
}

static void on_found_out(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    char why[120];

    op->ticket = 0;
    if (!reply->ok && reply->err.kind == ERR_GONE) {
        snprintf(why, sizeof(why), "%s, but the key is gone.", op_how_lost(&op->sent_error));
        finish(op,
               op->phase == OP_PROVING ? "Read back: the server does not know it any more." : why);
        return;
    }
    if (!reply->ok && reply->err.kind == ERR_AUTH) {
        op->env.key_refused(op->env.ctx, &reply->err);
    }
    if (clock_mono_ms() >= op->deadline || (!reply->ok && reply->err.kind == ERR_AUTH)) {
        give_up(op, reply->ok ? "the key can still be read" : "it could not be read back");
        return;
    }
    op_wait(op, find_out);
}

static void find_out(void *ctx)
{
    struct operation *op = ctx;

    op->timer = 0;
    op->ticket = api_get_key(op->env.client, op->target_id, on_found_out, op);
}

static void start_finding_out(struct operation *op)
{
    op_start_clock(op);
    find_out(op);
}

static void refused(struct operation *op, const struct err *err)
{
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    op_fail(op, OP_REFUSED, err, "Refused: %s was not revoked.", name);
}

/* A 403 to the DELETE says "scope missing" and "gone" with the same words [OBS]: one read tells
 * them apart. */
static void on_refused_read(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    struct err err = op->sent_error;

    op->ticket = 0;
    if (!reply->ok && reply->err.kind == ERR_GONE) {
        finish(op, "The server refused the request, but the key is gone: another was faster.");
        return;
    }
    op_outcome(op, "refused", op->target_id, err.text);
    refused(op, &err);
}

static void on_deleted(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    op->ticket = 0;
    op->sent_status = reply->status;
    if (reply->ok) {
        op_phase_set(op, OP_PROVING, "Accepted. Reading %s back..", name);
        start_finding_out(op);
        return;
    }
    op->sent_error = reply->err;
    if (!op_not_done(&reply->err)) {
        op_phase_set(op, OP_LOST, "%s. Looking whether %s is gone..", op_how_lost(&reply->err),
                     name);
        op->error = reply->err;
        start_finding_out(op);
        return;
    }
    if (reply->err.kind == ERR_FORBIDDEN || reply->err.kind == ERR_GONE) {
        op->ticket = api_get_key(op->env.client, op->target_id, on_refused_read, op);
        return;
    }
    op_outcome(op, "refused", op->target_id, reply->err.text);
    refused(op, &reply->err);
}

static void send_delete(struct operation *op)
{
    const struct inventory *inv = inventory(op);
    char workspace[ID_TEXT_SIZE];
    struct journal_intent intent = {
        .act = "revoke-key",
        .profile = op->env.profile,
        .base_url = op->env.base_url,
        .own_mask = op->env.own_mask,
        .target = op->target_id,
        .name = inventory_raw(inv, op->row.name),
        .mask = row_mask(op),
        .workspace = inventory_id_text(inv, op->row.workspace_id, workspace),
        .method = "DELETE",
        .path = op->path,
        .reason = op->reason,
    };
    struct err err = {0};

    if (!op_gate(op, &err) || !journal_write_intent(op->env.journal, &intent, op->intent, &err)) {
        op_fail(op, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    op->sent_at = clock_now(op->env.clock);
    op_phase_set(op, OP_SENDING, "Revoking %s..", row_name(op));
    op->ticket = api_delete_key(op->env.client, op->target_id, on_deleted, op);
}

/* A 403 or 404 means many things [OBS], but only one for a key that was seen and that the own key
 * is allowed to read: then it goes from the list too. */
static bool drop_gone(struct operation *op, const struct err *err)
{
    struct inventory *inv = inventory(op);
    struct id id = inventory_find_id(inv, op->target_id);
    int index = inventory_find_key(inv, id);
    const char *missing = NULL;
    struct err gone = *err;

    if (err->kind != ERR_GONE || index < 0 ||
        access_own_key(inv, OWN_READ, (enum key_kind)inv->keys[index].kind, &missing) !=
            ANSWER_YES) {
        return false;
    }
    err_set(&gone, ERR_GONE, "The key is gone: the server does not know it any more (%d%s%s).",
            err->status, err->code[0] == '\0' ? "" : " ", err->code);
    inventory_remove_key(inv, id);
    op_fail(op, OP_BLOCKED, &gone, "It is taken from the list. Nothing was sent.");
    return true;
}

static void say_earlier(struct operation *op)
{
    char time[TIME_TEXT_SIZE];

    if (op_ask_earlier(op)) {
        op_earlier_time(op, time, sizeof(time));
        snprintf(op->earlier, sizeof(op->earlier),
                 "An earlier revocation of this key (%s) was sent, and its end is not known. The "
                 "key was read again now: it is still there.",
                 time);
    }
}

static void on_target(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    struct err err = {0};
    bool changed = false, vouched = op->needs_override;

    op->ticket = 0;
    if (!reply->ok) {
        err = reply->err;
        if (!drop_gone(op, &err)) {
            op_fail(op, OP_BLOCKED, &err,
                    err.kind == ERR_GONE ? "The key is gone, or not one of yours. Nothing was sent."
                                         : "The key could not be read again. Nothing was sent.");
        }
        return;
    }
    if (!take_target(op, reply, &changed, &err)) {
        op_fail(op, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    if (op->sending && !changed && (vouched || !op->needs_override)) {
        op->sending = false;
        send_delete(op);
        return;
    }
    op->changed = changed;
    say_earlier(op);
    if (op->sending) {
        op_phase_set(op, OP_REVIEW,
                     "The key changed since you looked at it. Nothing was sent: look again.");
    } else {
        op_phase_set(op, OP_REVIEW, "%s",
                     changed ? "Read a moment ago; it differs from what the list showed."
                             : "Read a moment ago. Nothing was sent.");
    }
    op->sending = false;
}

static void read_target(struct operation *op)
{
    op->ticket = api_get_key(op->env.client, op->target_id, on_target, op);
}

struct operation *operation_revoke_new(const struct operation_env *env, const char *key_id,
                                       struct err *err)
{
    struct operation *op;

    if (key_id == NULL || key_id[0] == '\0' || strlen(key_id) >= sizeof(op->target_id)) {
        err_set(err, ERR_INVALID, "No key is chosen.");
        return NULL;
    }
    op = op_new(env, OP_REVOKE);
    snprintf(op->target_id, sizeof(op->target_id), "%s", key_id);
    op->path = api_delete_path(env->client, key_id);
    op->phase = OP_READING;
    snprintf(op->words, sizeof(op->words), "Reading the key..");
    read_target(op);
    return op;
}

static bool phrase_fits(const struct operation *op, const char *typed)
{
    static const char verb[] = "REVOKE ";

    if (typed == NULL) {
        return false;
    }
    if (strncmp(typed, verb, sizeof(verb) - 1) == 0) {
        typed += sizeof(verb) - 1;
    }
    return op->phrase[0] != '\0' && strcmp(typed, op->phrase) == 0;
}

bool operation_revoke_send(struct operation *op, const char *typed, const char *reason, bool i_know,
                           struct err *err)
{
    if (op->kind != OP_REVOKE || op->phase != OP_REVIEW) {
        return err_set(err, ERR_GUARD, "There is no review to confirm. Nothing was sent.");
    }
    if (!op_gate(op, err)) {
        return false;
    }
    if (op->needs_override && !i_know) {
        return err_set(err, ERR_GUARD,
                       "It is not known which key is your own, and this could be it. Nothing was "
                       "sent; say that you "
                       "know that it is not your key.");
    }
    if (!phrase_fits(op, typed)) {
        return err_set(err, ERR_GUARD, "What was typed is not REVOKE %s. Nothing was sent.",
                       op->phrase);
    }
    snprintf(op->reason, sizeof(op->reason), "%s",
             reason != NULL && reason[0] != '\0' ? reason : op->env.gate->reason);
    if (!tag_takes_reason(op->env.tag, op->reason)) {
        return err_set(err, ERR_GUARD,
                       "This profile is tagged %s: a reason is needed. Nothing was sent.",
                       op->env.tag);
    }
    op->sending = true;
    op->changed = false;
    op_phase_set(op, OP_READING, "Reading the key once more before it is revoked..");
    read_target(op);
    return true;
}
