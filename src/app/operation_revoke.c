/* Revoke: read, review, confirm, read again, intent, DELETE once, prove that it is gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/look.h"
#include "app/operation_internal.h"
#include "app/proof.h"
#include "base/buf.h"
#include "base/testing.h"
#include "model/access.h"
#include "model/mask.h"
#include "model/tag.h"

#include "base/banned.h"

/* So long is waited for the own key's row before a review. */
#define OWN_PATIENCE_MS 3000

static void read_target(struct operation *op);

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

/* -- whose key is it -- */

static bool is_own_mask(const struct operation *op, const char *mask)
{
    return mask != NULL && op->env.mask_is_own != NULL && op->env.mask_is_own(op->env.ctx, mask);
}

/* Does a mask show anything that a secret can be compared with? */
static bool mask_tells(const char *mask)
{
    char head[64], tail[64];

    return mask_split(mask, head, sizeof(head), tail, sizeof(tail)) &&
           (head[0] != '\0' || tail[0] != '\0');
}

static const char *own_id(const struct operation *op)
{
    return op->env.own_id == NULL ? "" : op->env.own_id;
}

/* Is it known which key is the own one, by a row that has the mask of the secret in hand? A kept id
 * alone may be that of a key that was replaced since. */
static bool own_is_seen(const struct operation *op)
{
    return inventory(op)->own_key >= 0;
}

static bool may_hide_its_mask(const struct operation *op)
{
    const struct key_extra *extra = inventory_extra(inventory(op), &op->row);

    return (op->row.kind == KEY_ORGANISATION_SERVICE || op->row.kind == KEY_KIND_UNKNOWN) &&
           extra->rotation.set;
}

/* Decisions 39 and 45. The own key is refused whatever anybody says. Where nothing can tell, the
 * operator vouches: no mask to compare, or a mask that may be that of the next secret while the own
 * one still works. */
static bool guard(struct operation *op, int index, struct err *err)
{
    bool seen = own_is_seen(op);
    bool own = seen ? inventory(op)->own_key == index
                    : strcmp(op->target_id, own_id(op)) == 0 || is_own_mask(op, row_mask(op));

    op->needs_override = false;
    if (own) {
        return err_set(err, ERR_GUARD,
                       "This is the key that this profile works with: revoking it would lock you "
                       "out. Make its successor, log in with that (login --replace), then revoke "
                       "this one.");
    }
    op->needs_override =
        !seen && (!mask_tells(row_mask(op)) || (own_id(op)[0] == '\0' && may_hide_its_mask(op)));
    return op_check_scope(op, op->row.kind, err);
}

/* -- the target, read -- */

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
        look_print(inv, &inv->keys[before], old);
    }
    if (!api_key_into(inv, reply->body, reply->body_len, &index, err)) {
        return false;
    }
    op->row = inv->keys[index];
    op->has_row = true;
    op->read_at = clock_now(op->env.clock);
    op->server_date = reply->cached ? TIME_NONE : reply->server_date;
    mask_phrase(row_mask(op), op->target_id, op->phrase, sizeof(op->phrase));
    look_print(inv, &op->row, now);
    *changed = old[0] != '\0' && strcmp(old, now) != 0;
    memcpy(op->fingerprint, now, sizeof(now));
    return guard(op, index, err);
}

/* -- what became of it -- */

/* A live key of the kind and place of the target that the session holds already; "" none. */
static void find_beside(const struct operation *op, char out[ID_TEXT_SIZE])
{
    const struct inventory *inv = inventory(op);
    struct id target = inventory_find_id(inv, op->target_id);
    char text[ID_TEXT_SIZE];

    out[0] = '\0';
    for (size_t i = 0; i < inv->key_count; i++) {
        const struct key_row *row = &inv->keys[i];

        if (row->kind == op->row.kind && row->status == STATUS_ACTIVE &&
            id_equal(row->workspace_id, op->row.workspace_id) && !id_equal(row->id, target)) {
            snprintf(out, ID_TEXT_SIZE, "%s", inventory_id_text(inv, row->id, text));
            return;
        }
    }
}

static bool own_is_of_workspace(const struct operation *op)
{
    return inventory_own_is_of_workspace(inventory(op));
}

/* Is the own key known as an admin key that may do this with keys of the kind of the target? */
static bool own_may(const struct operation *op, enum endpoint endpoint)
{
    const struct inventory *inv = inventory(op);

    return own_is_seen(op) && inv->keys[inv->own_key].kind == KEY_ORGANISATION_SERVICE &&
           access_may(inv, endpoint, (enum key_kind)op->row.kind, NULL) == ANSWER_YES;
}

/* Younger than fifteen minutes, by the server's clock; an age that is not known is none. */
static bool is_young(const struct operation *op)
{
    return op->row.created_at == TIME_NONE || op->server_date == TIME_NONE ||
           op->server_date - op->row.created_at < PROOF_YOUNG_MS;
}

/* The 200 is void: two reads apart have shown the key. A later look must know that too. */
static void void_acceptance(struct operation *op)
{
    struct err err = {0};

    op->accepted = false;
    if (!journal_write_event(op->env.journal, op->intent, "void", op->target_id, NULL, &err)) {
        op_journal_fault(op, &err);
    }
}

static void on_look_changed(void *ctx)
{
    struct operation *op = ctx;
    int64_t wait = look_waits_until(op->look);

    if (op->accepted && !look_accepted(op->look)) {
        void_acceptance(op);
    }
    if (wait >= 0) {
        char last[LOOK_WORDS_SIZE];

        look_words(look_last(op->look), false, last, sizeof(last));
        wait -= clock_mono_ms();
        snprintf(op->words, sizeof(op->words), "Read: %s. Looking again in %lld s..", last,
                 (long long)(wait < 0 ? 0 : (wait + 999) / 1000));
    }
    op->env.changed(op->env.ctx);
}

static void look_for(struct operation *op, look_fn *fn)
{
    const struct inventory *inv = inventory(op);
    char workspace[ID_TEXT_SIZE], other[ID_TEXT_SIZE], own[ID_TEXT_SIZE] = "", text[ID_TEXT_SIZE];
    bool admin = false;

    find_beside(op, other);
    /* A kept id that was not seen may be that of another key: its scopes would be taken for ours.
     */
    if (own_is_seen(op)) {
        const struct key_row *row = &inv->keys[inv->own_key];

        snprintf(own, sizeof(own), "%s", inventory_id_text(inv, row->id, text));
        admin = row->kind == KEY_ORGANISATION_SERVICE;
    }
    op->look =
        look_start(op->env.loop, op->env.client,
                   &(struct look_what){
                       .target = op->target_id,
                       .kind = (enum key_kind)op->row.kind,
                       .workspace = inventory_id_text(inv, op->row.workspace_id, workspace),
                       .own_id = own,
                       .own_is_control = own_may(op, ENDPOINT_KEY) && own_may(op, ENDPOINT_KEYS),
                       .own_reads = own_may(op, ENDPOINT_KEY),
                       .other = other,
                       .before = op->fingerprint,
                       .updated_before = op->row.updated_at,
                       .accepted = op->accepted,
                       .young = is_young(op),
                       .refusal = op->said_no,
                       .narrow = !admin,
                       .reach_unknown = !own_is_seen(op),
                       .list_max = op->env.lists_whole ? -1 : LOOK_LIST_MAX,
                       .limit_ms = LOOK_AFTER_WRITE_MS,
                   },
                   fn, on_look_changed, op);
}

static void drop_look(struct operation *op)
{
    look_free(op->look);
    op->look = NULL;
}

static void keep_readings(struct operation *op, const struct proof *proof)
{
    char first[LOOK_WORDS_SIZE], second[LOOK_WORDS_SIZE];

    look_words(proof->first, true, op->reading, sizeof(op->reading));
    look_words(proof->second, true, op->control, sizeof(op->control));
    look_words(proof->first, false, first, sizeof(first));
    look_words(proof->second, false, second, sizeof(second));
    snprintf(op->read_words, sizeof(op->read_words), "%s%s%s", first, second[0] == '\0' ? "" : "; ",
             second);
}

/* "its id: 403 AB03; the list asked by ids: 200, shows ..". The times are in the record. */
static void add_readings(const struct operation *op, struct buf *out)
{
    if (op->read_words[0] != '\0') {
        buf_addf(out, " Read: %s.", op->read_words);
    }
}

/* How the answer to the DELETE itself is called, as the begin of a sentence. */
static const char *how_answered(const struct operation *op)
{
    return op->accepted  ? "The server accepted it"
           : op->was_200 ? "The server said 200"
           : op->said_no ? "The server refused the request"
                         : op_how_lost(&op->sent_error);
}

static void finish(struct operation *op)
{
    struct buf why;
    char name[200];

    snprintf(name, sizeof(name), "%s", row_name(op));
    buf_init(&why, 0);
    buf_addf(&why, "%s, %s%s", how_answered(op), op->accepted ? "and" : "but",
             own_is_of_workspace(op) ? " the key is gone from this workspace."
                                     : " the key is gone.");
    add_readings(op, &why);
    op_outcome(op, "done", op->target_id, why.data);
    op_settled(op, true);
    inventory_remove_key(inventory(op), inventory_find_id(inventory(op), op->target_id));
    op_phase_set(op, OP_DONE, "Revoked: %s (%s). %s", name, op->target_id, why.data);
    buf_done(&why);
}

/* The API said no, and the key is as it was. */
static void refused(struct operation *op)
{
    struct err err = op->sent_error;
    char name[OP_NAME_SIZE];
    struct buf words;

    buf_init(&words, 0);
    op_name(op, name, sizeof(name));
    buf_addf(&words, "Refused: %s was not revoked, and is as it was.", name);
    add_readings(op, &words);
    op_outcome(op, "refused", op->target_id, err.text);
    op_settled(op, true);
    op_fail(op, OP_REFUSED, &err, "%s", words.data);
    buf_done(&words);
}

/* What is to be said when it is neither gone for sure nor refused for sure. */
static const char *unknown_words(const struct operation *op)
{
    switch (op->proven) {
    case PROOF_STILL_THERE:
        return "the key can still be read: it still works. Revoke it again.";
    case PROOF_ACCEPTED:
        return "the server answers no more for it. Nothing is left to compare with, so that is no "
               "proof";
    case PROOF_OUT_OF_REACH:
        return "it is gone from where this key looks; it may have been moved.";
    default:
        return "what was read afterwards does not tell whether it is gone.";
    }
}

static void give_up(struct operation *op)
{
    const char *list = endpoint_scope(ENDPOINT_KEYS, (enum key_kind)op->row.kind);
    bool accepted = op->proven == PROOF_ACCEPTED;
    struct err err = {0};
    char name[OP_NAME_SIZE];
    struct buf words;

    op_name(op, name, sizeof(name));
    buf_init(&words, 0);
    buf_addf(&words, "%s, %s %s", how_answered(op), op->accepted ? "and" : "but",
             unknown_words(op));
    if (accepted && list != NULL) {
        buf_addf(&words, ": an admin key with %s could show it.", list);
    }
    add_readings(op, &words);
    if (!accepted && op->proven != PROOF_STILL_THERE) {
        buf_adds(&words, " Look again; if it is still there, revoke it again.");
    }
    if (op->sent_error.source != ERR_FROM_NOBODY) {
        buf_addf(&words, " The answer to the request was: %s", op->sent_error.text);
    }
    err_set(&err, ERR_UNKNOWN, "%s", words.data);
    buf_done(&words);
    op_outcome(op, accepted ? "accepted" : "unknown", op->target_id, err.text);
    op_settled(op, false);
    op_fail(op, OP_UNKNOWN, &err,
            accepted                          ? "%s is accepted as revoked, not proven."
            : op->proven == PROOF_STILL_THERE ? "%s still works."
                                              : "It is not known whether %s is revoked.",
            name);
}

/* The own key died on the way: nothing can be read with it. */
static void on_dead_key(struct operation *op)
{
    struct err err = {0};

    err_set(&err, ERR_AUTH, "The server does not accept the key of this profile any more (401).");
    err.source = ERR_FROM_API;
    err.status = 401;
    op->env.key_refused(op->env.ctx, &err);
}

static void on_looked(void *ctx, const struct proof *proof)
{
    struct operation *op = ctx;
    bool dead =
        proof->first != NULL && proof->first->status == 401 && proof->first->source == ERR_FROM_API;

    op->proven = proof->state;
    keep_readings(op, proof);
    if (op->accepted && !proof->accepted) {
        void_acceptance(op);
    }
    drop_look(op);
    if (dead) {
        on_dead_key(op);
    }
    if (op->proven == PROOF_GONE) {
        finish(op);
    } else if (op->proven == PROOF_REFUSED) {
        refused(op);
    } else {
        give_up(op);
    }
}

/* -- the request -- */

/* No byte of it left: the client calls it unknown from the first byte on. */
static bool was_not_sent(const struct err *err)
{
    return err->source == ERR_FROM_NOBODY && err->status == 0 && err->kind != ERR_UNKNOWN;
}

static void not_sent(struct operation *op, const struct err *err)
{
    struct err cause = *err;

    op_outcome(op, "none", op->target_id, cause.text);
    op_settled(op, true);
    op_fail(op, OP_BLOCKED, &cause, "Nothing was sent.");
}

static void on_accepted(struct operation *op, const char *name)
{
    struct err err = {0};

    op->accepted = op->was_200 = true;
    if (!journal_write_event(op->env.journal, op->intent, "accepted", op->target_id, NULL, &err)) {
        op_journal_fault(op, &err);
    }
    op_phase_set(op, OP_PROVING, "Accepted. Reading %s back..", name);
}

static void on_deleted(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    char name[OP_NAME_SIZE];

    testing_stop("after-send");
    op_name(op, name, sizeof(name));
    op->ticket = 0;
    op->sent_status = reply->status;
    if (reply->ok) {
        on_accepted(op, name);
    } else if (was_not_sent(&reply->err)) {
        not_sent(op, &reply->err);
        return;
    } else {
        op->sent_error = reply->err;
        op->said_no = proof_says_no(reply->err.source, reply->err.status, reply->err.code);
        op_phase_set(op, OP_LOST, "%s. Looking what became of %s..",
                     op->said_no ? "The server said no" : op_how_lost(&reply->err), name);
        op->error = reply->err;
    }
    testing_stop("find-out");
    look_for(op, on_looked);
}

static void send_delete(struct operation *op)
{
    const struct inventory *inv = inventory(op);
    char workspace[ID_TEXT_SIZE], organisation[ID_TEXT_SIZE], owner[ID_TEXT_SIZE];
    struct journal_intent intent = {
        .act = "revoke-key",
        .profile = op->env.profile,
        .base_url = op->env.base_url,
        .organisation_id = inventory_id_text(inv, inv->organisation_id, organisation),
        .own_mask = op->env.own_mask,
        .kind =
            op->row.kind == KEY_KIND_UNKNOWN ? NULL : key_kind_name((enum key_kind)op->row.kind),
        .target = op->target_id,
        .name = inventory_raw(inv, op->row.name),
        .mask = row_mask(op),
        .workspace = inventory_id_text(inv, op->row.workspace_id, workspace),
        .owner = inventory_id_text(inv, op->row.user_id, owner),
        .method = "DELETE",
        .path = op->path,
        .reason = op->reason,
        .server_time = op->server_date,
        .young = is_young(op),
    };
    struct err err = {0};

    testing_stop("before-intent");
    if (!op_gate(op, &err) || !journal_write_intent(op->env.journal, &intent, op->intent, &err)) {
        op_fail(op, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    testing_stop("after-intent");
    op->sent_at = clock_now(op->env.clock);
    op_phase_set(op, OP_SENDING, "Revoking %s..", row_name(op));
    op->ticket = api_delete_key(op->env.client, op->target_id, on_deleted, op);
}

/* -- the review -- */

static void could_not_read(struct operation *op, const struct err *err)
{
    op_fail(op, OP_BLOCKED, err, "The key could not be read. Nothing was sent.");
}

/* The id answered no more while the key was reviewed: what the look came to. */
static void on_missing(void *ctx, const struct proof *proof)
{
    struct operation *op = ctx;
    struct inventory *inv = inventory(op);
    struct err gone = {0};
    struct buf words;

    op->proven = proof->state;
    keep_readings(op, proof);
    drop_look(op);
    if (op->proven == PROOF_STILL_THERE) {
        op->read_again = true; /* what is missing once more now stays so */
        read_target(op);
        return;
    }
    if (op->proven != PROOF_GONE) {
        could_not_read(op, &op->read_error);
        return;
    }
    buf_init(&words, 0);
    buf_adds(&words, "The key is gone: the server does not know it any more.");
    add_readings(op, &words);
    err_set(&gone, ERR_GONE, "%s", words.data);
    gone.status = op->read_error.status;
    buf_done(&words);
    inventory_remove_key(inv, inventory_find_id(inv, op->target_id));
    op_fail(op, OP_BLOCKED, &gone, "It is taken from the list. Nothing was sent.");
}

void operation_revoke_proven(struct operation *op, int64_t at, const char *reading,
                             const char *control)
{
    op->proven_at = at;
    snprintf(op->proven_reading, sizeof(op->proven_reading), "%s", reading);
    snprintf(op->proven_control, sizeof(op->proven_control), "%s", control);
}

/* An id that is gone never comes back: what proved it once stands. */
static void gone_already(struct operation *op)
{
    struct inventory *inv = inventory(op);
    char at[TIME_TEXT_SIZE];
    struct err err = {0};

    memcpy(op->reading, op->proven_reading, sizeof(op->reading));
    memcpy(op->control, op->proven_control, sizeof(op->control));
    time_strftime(op->proven_at, "%Y-%m-%d %H:%MZ", at, sizeof(at));
    err_set(
        &err, ERR_GONE,
        "It is gone already: that was proven at %s, and stands in the journal (%s; %s). Now the "
        "server answers %d %s.",
        at, op->reading, op->control, op->read_error.status, op->read_error.code);
    err.source = op->read_error.source;
    err.status = op->read_error.status;
    op->proven = PROOF_GONE;
    inventory_remove_key(inv, inventory_find_id(inv, op->target_id));
    op_fail(op, OP_BLOCKED, &err, "Nothing was sent.");
}

void operation_revoke_expect(struct operation *op, enum key_kind kind, const char *workspace,
                             const char *organisation)
{
    op->row.kind = (uint8_t)kind;
    op->row.workspace_id = inventory_id(inventory(op), workspace);
    snprintf(op->expected_in, sizeof(op->expected_in), "%s", organisation);
}

/* What was told of it was told of another organisation. */
static bool is_elsewhere(const struct operation *op)
{
    const struct inventory *inv = inventory(op);
    char text[ID_TEXT_SIZE];

    return op->expected_in[0] != '\0' && !id_is_none(inv->organisation_id) &&
           strcmp(inventory_id_text(inv, inv->organisation_id, text), op->expected_in) != 0;
}

/* Is it known what key it was, so that its absence can be compared with others of its kind? */
static bool was_held(struct operation *op)
{
    struct inventory *inv = inventory(op);
    int index = inventory_find_key(inv, inventory_find_id(inv, op->target_id));

    if (index < 0) {
        return op->row.kind != KEY_KIND_UNKNOWN && !is_elsewhere(op);
    }
    op->row = inv->keys[index];
    return true;
}

/* A 403 or 404 means many things [OBS]: one says nothing of the key, and takes no row away. */
static void on_unreadable(struct operation *op, const struct err *err)
{
    struct reading reading = {.of = READING_TARGET, .source = err->source, .status = err->status};

    snprintf(reading.code, sizeof(reading.code), "%s", err->code);
    op->read_error = *err;
    op->sending = false;
    if (op->proven_at != TIME_NONE && proof_answers_no_more(&reading)) {
        gone_already(op);
        return;
    }
    if (op->read_again || !proof_answers_no_more(&reading) || !was_held(op) ||
        access_may(inventory(op), ENDPOINT_KEY, (enum key_kind)op->row.kind, NULL) == ANSWER_NO) {
        could_not_read(op, err);
        return;
    }
    op_phase_set(op, OP_READING, "The server does not show it: %d %s. Looking whether it is gone..",
                 err->status, err->code);
    look_for(op, on_missing);
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
        on_unreadable(op, &reply->err);
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

/* The own key, where its id is kept: its mask must still be that of the secret in hand. Nothing
 * waits for it longer than a moment: the mask of the target says enough. */
static void on_own(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    struct inventory *inv = inventory(op);
    int index = -1;

    op->ticket = 0;
    op->reading_own = false;
    loop_untimer(op->env.loop, op->timer);
    op->timer = 0;
    if (reply->ok && api_key_into(inv, reply->body, reply->body_len, &index, NULL) &&
        is_own_mask(op, arena_text(&inv->arena, inv->keys[index].mask))) {
        inventory_set_own(inv, &inv->keys[index].id, 1);
    }
    read_target(op);
}

static void own_is_slow(void *ctx)
{
    struct operation *op = ctx;

    op->timer = 0;
    op->reading_own = false;
    api_cancel(op->env.client, op->ticket);
    read_target(op);
}

static void read_keys(struct operation *op)
{
    if (own_id(op)[0] == '\0' || own_is_seen(op) || strcmp(own_id(op), op->target_id) == 0) {
        read_target(op);
        return;
    }
    op->reading_own = true;
    op->timer = loop_timer(op->env.loop, testing_deadline_ms(OWN_PATIENCE_MS), own_is_slow, op);
    op->ticket = api_get_key(op->env.client, own_id(op), on_own, op);
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
    op->row.kind = KEY_KIND_UNKNOWN;
    op->phase = OP_READING;
    snprintf(op->words, sizeof(op->words), "Reading the key..");
    read_keys(op);
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
