/* Create: check the draft, review, read the server's clock, intent, POST once, find out when the
 * reply is lost, read back. The new key is held here until it is handed over or wiped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/operation_internal.h"
#include "base/alloc.h"
#include "base/log.h"

#include "base/banned.h"

/* The server's clock and its rows may differ by a moment (decision 14). */
#define SINCE_SLACK_MS 2000
/* When the server told no Date: our own clock, with room for it to be wrong. */
#define SINCE_BLIND_MS ((int64_t)5 * 60 * 1000)
#define UUID_LENGTH 36

static void look_for_it(void *ctx);
static void read_back(void *ctx);

static struct inventory *inventory(const struct operation *op)
{
    return op->env.inventory(op->env.ctx);
}

struct operation *operation_create_new(const struct operation_env *env,
                                       const struct key_draft *draft, struct err *err)
{
    struct operation *op = op_new(env, OP_CREATE);
    struct draft_check *check = xcalloc(1, sizeof(*check));
    int64_t now = clock_now(env->clock);

    op->draft = *draft;
    draft_check(draft, inventory(op), now, check);
    for (int i = 0; i < check->count; i++) {
        const struct draft_problem *problem = &check->problems[i];

        if (problem->severity == DRAFT_ERROR) {
            err_set(err, ERR_INVALID, "%s", problem->text);
            if (err != NULL) {
                snprintf(err->field, sizeof(err->field), "%s", draft_field_name(problem->field));
            }
            goto fail;
        }
    }
    if (!op_check_scope(op, draft->kind, err)) {
        goto fail;
    }
    free(check);
    op->path = api_create_path(env->client, draft);
    op->body = api_create_body(draft, now);
    op->phase = OP_REVIEW;
    if (op_ask_earlier(op)) {
        char time[TIME_TEXT_SIZE];

        op_earlier_time(op, time, sizeof(time));
        snprintf(op->earlier, sizeof(op->earlier),
                 "An earlier try (%s) may have made this key. It is looked for again, for ten "
                 "seconds, before this one is sent.",
                 time);
    }
    snprintf(op->words, sizeof(op->words), "Nothing was sent.");
    return op;
fail:
    free(check);
    operation_free(op);
    return NULL;
}

static bool same_scopes(const struct operation *op, const struct key_row *row)
{
    return scope_set_equal(&op->draft.scopes, &row->scopes) && row->unknown_scopes == STR_NONE;
}

static void created(struct operation *op, const char *note)
{
    char detail[256], name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    snprintf(detail, sizeof(detail), "The key was made. %s", note);
    op_outcome(op, "done", op->new_id, detail);
    op_settled(op, true);
    op_phase_set(op, OP_DONE, "Made: %s (%s). %s", name, op->new_id, note);
}

/* A list that was read stays one: the key that is new in it is counted on both sides. */
static void count_new(struct inventory *inv, size_t before)
{
    struct list_state *state = &inv->lists[LIST_KEYS];

    if (inv->key_count == before || state->loaded_at == TIME_NONE) {
        return;
    }
    state->counted = inv->key_count;
    state->total += state->total >= 0 ? 1 : 0;
}

static void on_read_back(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    struct inventory *inv = inventory(op);
    struct err err = {0};
    size_t before = inv->key_count;
    int index = -1;

    op->ticket = 0;
    if (reply->ok && api_key_into(inv, reply->body, reply->body_len, &index, &err)) {
        count_new(inv, before);
        created(op, same_scopes(op, &inv->keys[index])
                        ? "Read back: it is there."
                        : "Read back: it is there, but its scopes differ from what was asked. Look "
                          "at its detail.");
        return;
    }
    if (reply->ok || clock_mono_ms() >= op->deadline || reply->err.kind == ERR_AUTH) {
        created(op, "It could not be read back yet; the list shows it after a refresh.");
        return;
    }
    op_wait(op, read_back);
}

static void read_back(void *ctx)
{
    struct operation *op = ctx;

    op->timer = 0;
    op->ticket = api_get_key(op->env.client, op->new_id, on_read_back, op);
}

/* Is this key what our lost request may have made? */
static bool may_be_it(const struct operation *op, const struct inventory *found,
                      const struct key_row *row)
{
    const struct inventory *inv = inventory(op);
    const char *name = inventory_raw(found, row->name);
    char text[ID_TEXT_SIZE], workspace[ID_TEXT_SIZE] = "";
    int index = op->draft.workspace[0] == '\0'
                    ? -1
                    : inventory_find_workspace_text(inv, op->draft.workspace);

    if (row->kind != op->draft.kind || name == NULL || strcmp(name, op->draft.name) != 0 ||
        row->created_at < op->since) {
        return false;
    }
    if (op->draft.kind == KEY_ORGANISATION_SERVICE) {
        return true;
    }
    inventory_id_text(found, row->workspace_id, text);
    if (index >= 0) {
        inventory_id_text(inv, inv->workspaces[index].id, workspace);
    } else {
        snprintf(workspace, sizeof(workspace), "%.39s", op->draft.workspace);
    }
    /* A slug of a workspace that we could not list says nothing about the id: kind, name and time
     * have to do. */
    return strcmp(workspace, text) == 0 ||
           (index < 0 && strlen(op->draft.workspace) != UUID_LENGTH);
}

/* Nothing was sent: what an earlier try made is there. */
static void made_before(struct operation *op)
{
    char name[OP_NAME_SIZE], time[TIME_TEXT_SIZE], which[100];
    struct err err = {0};

    op_name(op, name, sizeof(name));
    op_earlier_time(op, time, sizeof(time));
    if (op->candidates == 1) {
        snprintf(which, sizeof(which), "a key that fits: %s", op->candidate_id);
    } else {
        snprintf(which, sizeof(which), "one of %zu keys that fit", op->candidates);
    }
    err_set(&err, ERR_CONFLICT,
            "An earlier try (%s) seems to have made %s. Nobody has its secret. Revoke that one "
            "first, or give this one another name.",
            time, which);
    op_fail(op, OP_UNKNOWN, &err, "Nothing was sent: %s may be there already.", name);
}

static void lost(struct operation *op)
{
    const char *how = op_how_lost(&op->sent_error);
    char name[OP_NAME_SIZE];
    struct err err = {0};

    op_name(op, name, sizeof(name));
    if (op->candidates == 1) {
        err_set(&err, ERR_UNKNOWN,
                "%s, but one key fits what was sent: %s. Nobody has its secret. "
                "Revoke it and make "
                "the key again.",
                how, op->candidate_id);
    } else if (op->candidates > 1) {
        err_set(&err, ERR_UNKNOWN,
                "%s, and %zu keys of that name were made since. Look at them in "
                "the list before you "
                "make another.",
                how, op->candidates);
    } else if (op->found_out) {
        err_set(&err, ERR_UNKNOWN,
                "%s, and for ten seconds no such key appeared. A list that lags may show it later: "
                "look once more before it is sent again.",
                how);
    } else {
        err_set(&err, ERR_UNKNOWN,
                "%s, and the list of keys could not be read to find out. Refresh "
                "when the server "
                "answers, and look for the key before you make it again.",
                how);
    }
    op_outcome(op, "unknown", op->candidate_id, err.text);
    op_settled(op, false);
    op_fail(op, OP_UNKNOWN, &err, "It is not known whether %s was made.", name);
}

static void send_post(struct operation *op);

static void on_recent(void *ctx, struct inventory *found, const struct err *err)
{
    struct operation *op = ctx;
    bool over = clock_mono_ms() >= op->deadline || (err != NULL && err->kind == ERR_AUTH);

    op->ticket = 0;
    op->candidates = 0;
    op->candidate_id[0] = '\0';
    if (err == NULL && found != NULL) {
        op->found_out = true;
        for (size_t i = 0; i < found->key_count; i++) {
            if (may_be_it(op, found, &found->keys[i]) && op->candidates++ == 0) {
                inventory_id_text(found, found->keys[i].id, op->candidate_id);
            }
        }
        if (op->candidates > 1) {
            op->candidate_id[0] = '\0';
        }
    }
    if (op->again && op->candidates == 0 && over) {
        if (err != NULL) {
            op_fail(op, op->sent_at == TIME_NONE ? OP_BLOCKED : OP_UNKNOWN, err,
                    "The list of keys could not be read. Nothing was sent now.");
        } else {
            send_post(op);
        }
        return;
    }
    if (op->again && op->candidates > 0 && op->sent_at == TIME_NONE) {
        made_before(op);
        return;
    }
    if (op->candidates > 0 || over) {
        lost(op);
        return;
    }
    op_wait(op, look_for_it);
}

static void look_for_it(void *ctx)
{
    struct operation *op = ctx;

    op->timer = 0;
    op->ticket = api_recent_keys(op->env.client, op->since, on_recent, op);
}

static void on_created(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    struct err err = reply->err;
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    op->ticket = 0;
    op->sent_status = reply->status;
    if (reply->ok && reply->id != NULL && reply->key != NULL) {
        snprintf(op->new_id, sizeof(op->new_id), "%s", reply->id);
        op->new_key = reply->key;
        reply->key = NULL;
        log_hide(op->new_key);
        op_phase_set(op, OP_PROVING, "Made: %s (%s). Reading it back..", name, op->new_id);
        op_start_clock(op);
        read_back(op);
        return;
    }
    if (!reply->ok && op_not_done(&err)) {
        op_outcome(op, "refused", NULL, err.text);
        op_fail(op, OP_REFUSED, &err, "Refused: %s was not made.", name);
        return;
    }
    op->sent_error = err;
    op_phase_set(op, OP_LOST, "%s. Looking whether %s was made..", op_how_lost(&err), name);
    op->error = err;
    op_start_clock(op);
    op->found_out = false;
    look_for_it(op);
}

static void send_post(struct operation *op)
{
    struct journal_intent intent = {
        .act = "create-key",
        .profile = op->env.profile,
        .base_url = op->env.base_url,
        .own_mask = op->env.own_mask,
        .name = op->draft.name,
        .workspace = op->draft.workspace,
        .method = "POST",
        .path = op->path,
        .body = op->body,
        .reason = op->env.gate->reason,
    };
    struct err err = {0};
    char name[OP_NAME_SIZE];

    op->again = false;
    if (!op_gate(op, &err) || !journal_write_intent(op->env.journal, &intent, op->intent, &err)) {
        op_fail(op, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    op_name(op, name, sizeof(name));
    op->sent_at = clock_now(op->env.clock);
    op_phase_set(op, OP_SENDING, "Making %s..", name);
    op->ticket = api_create_key(op->env.client, op->draft.kind, op->body, on_created, op);
}

/* What an earlier try may have made is looked for as long as after a lost answer: the lists of a
 * server may lag. */
static void look_first(struct operation *op)
{
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    op->again = true;
    op_phase_set(op, OP_READING, "Looking whether %s is there already, before it is sent..", name);
    op_start_clock(op);
    look_for_it(op);
}

/* One read before the POST tells the server's own time, by which a lost create is found again, and
 * shows that the key and the connection work before anything hangs on them. */
static void on_clock(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    struct err err = reply->err;

    op->ticket = 0;
    if (!reply->ok && err.kind != ERR_FORBIDDEN) {
        err_prefix(&err, "Nothing was sent, for the read that comes before it failed");
        op_fail(op, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    op->since = reply->server_date != TIME_NONE ? reply->server_date - SINCE_SLACK_MS
                                                : clock_now(op->env.clock) - SINCE_BLIND_MS;
    if (op->earlier_at != TIME_NONE) {
        op->since = op->earlier_since;
        look_first(op);
        return;
    }
    send_post(op);
}

bool operation_create_send(struct operation *op, struct err *err)
{
    if (op->kind != OP_CREATE ||
        (op->phase != OP_REVIEW && op->phase != OP_REFUSED && op->phase != OP_BLOCKED)) {
        return err_set(err, ERR_GUARD, "There is no review to send. Nothing was sent.");
    }
    if (!op_gate(op, err)) {
        return false;
    }
    op_phase_set(op, OP_READING,
                 "Asking the server for its time: the new key is sent after that..");
    op->ticket = api_probe(op->env.client, on_clock, op);
    return true;
}

bool operation_create_again(struct operation *op, struct err *err)
{
    if (op->kind != OP_CREATE || op->phase != OP_UNKNOWN || op->candidates > 0) {
        return err_set(err, ERR_GUARD, "There is nothing to send again.");
    }
    if (!op->found_out) {
        return err_set(err, ERR_GUARD,
                       "It could not be found out whether the key was made: refresh and look for "
                       "it first. Nothing was "
                       "sent.");
    }
    if (!op_gate(op, err)) {
        return false;
    }
    look_first(op);
    return true;
}
