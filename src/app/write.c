#include "app/write.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/change_look.h"
#include "app/look.h"
#include "app/proof.h"
#include "base/alloc.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/testing.h"
#include "base/text.h"
#include "model/access.h"
#include "model/mask.h"
#include "model/tag.h"

#include "base/banned.h"

#define OWN_PATIENCE_MS 3000
#define NAME_COLUMNS 60
#define NAME_SIZE 280
/* How long is looked after a write: two readings the gap apart, and what a frozen key takes. */
#define LOOK_MS 30000

struct write {
    struct operation_env env;
    const struct act *act;
    void *input;
    char target_id[64];
    enum op_phase phase;
    struct err error;
    char words[1200];
    char journal_fault[240];
    char *path, *body, *before;
    struct key_row row; /* as read a moment ago; its text is in the inventory */
    bool has_row, changed, needs_override, sending, reading_own, own;
    char *record; /* as it came */
    enum act_confirm confirm;
    char phrase[64], print[HASH_TEXT_SIZE];
    int64_t server_date, sent, until, was_expires, old_secret_until;
    api_ticket ticket;
    int timer;
    char intent[JOURNAL_ID_SIZE];
    char reason[200];
    struct err sent_error;
    long sent_status;
    bool accepted, said_no;
    struct secret *new_key;
    char new_mask[32];
    enum { HAND_NOTHING, HAND_WAITS, HAND_LEAVES, HAND_OVER } hand;
    struct change_look *look;
    enum change_state state;
    char reading[160], earlier[240];
};

static void read_target(struct write *write);

static struct inventory *inventory(const struct write *write)
{
    return write->env.inventory(write->env.ctx);
}

static const char *row_mask(const struct write *write)
{
    const char *mask = arena_text(&inventory(write)->arena, write->row.mask);

    return mask == NULL ? "" : mask;
}

static void name_of(const struct write *write, char *out, size_t size)
{
    const char *raw =
        write->has_row ? inventory_raw(inventory(write), write->row.name) : write->target_id;
    char *clean = text_cleaned(raw == NULL ? "" : raw);
    int columns;
    size_t len = text_cut(clean, NAME_COLUMNS, &columns);

    snprintf(out, size, "\"%.*s%s\"", (int)len, clean, clean[len] == '\0' ? "" : "..");
    free(clean);
}

/* -- phases -- */

static void add_fault(struct write *write)
{
    size_t used = strlen(write->words);

    if (write->journal_fault[0] != '\0') {
        snprintf(write->words + used, sizeof(write->words) - used,
                 " The journal lacks the outcome: %s", write->journal_fault);
    }
}

static void set_phase(struct write *write, enum op_phase phase, const struct err *err,
                      const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void set_phase(struct write *write, enum op_phase phase, const struct err *err,
                      const char *format, va_list args)
{
    vsnprintf(write->words, sizeof(write->words), format, args);
    add_fault(write);
    write->phase = phase;
    write->error = err == NULL ? (struct err){0} : *err;
    log_msg(err == NULL ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "write", "%s %s: %s%s%s",
            write->act->name, write->target_id, write->words, err == NULL ? "" : " ",
            err == NULL ? "" : err->text);
    if (err != NULL && err->kind == ERR_AUTH) {
        write->env.key_refused(write->env.ctx, err);
    }
    write->env.changed(write->env.ctx);
}

static void go(struct write *write, enum op_phase phase, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void fail(struct write *write, enum op_phase phase, const struct err *err,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void go(struct write *write, enum op_phase phase, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_phase(write, phase, NULL, format, args);
    va_end(args);
}

static void fail(struct write *write, enum op_phase phase, const struct err *err,
                 const char *format, ...)
{
    struct err cause = *err; /* it may be our own */
    va_list args;

    va_start(args, format);
    set_phase(write, phase, &cause, format, args);
    va_end(args);
}

static void journal_failed(struct write *write, const struct err *err)
{
    snprintf(write->journal_fault, sizeof(write->journal_fault), "%.200s", err->text);
    add_fault(write);
}

static bool note(struct write *write, const char *event, const char *mask, struct err *err)
{
    return journal_write_event(write->env.journal, write->intent, event, write->target_id, mask,
                               err);
}

static void outcome(struct write *write, const char *result, const char *detail)
{
    const struct journal_outcome line = {.result = result,
                                         .detail = detail,
                                         .target = write->target_id,
                                         .status = (int)write->sent_status,
                                         .reading = write->reading};
    struct err err = {0};

    testing_stop("before-outcome");
    if (!journal_write_outcome(write->env.journal, write->intent, &line, &err)) {
        journal_failed(write, &err);
    }
    write->intent[0] = '\0';
}

/* -- the guards -- */

static bool is_own_mask(const struct write *write, const char *mask)
{
    return mask != NULL && write->env.mask_is_own != NULL &&
           write->env.mask_is_own(write->env.ctx, mask);
}

static bool mask_tells(const char *mask)
{
    char head[64], tail[64];

    return mask_split(mask, head, sizeof(head), tail, sizeof(tail)) &&
           (head[0] != '\0' || tail[0] != '\0');
}

static const char *own_id(const struct write *write)
{
    return write->env.own_id == NULL ? "" : write->env.own_id;
}

static bool own_is_seen(const struct write *write)
{
    return inventory(write)->own_key >= 0;
}

/* The own key is known by its row, its mask or its id; where nothing can tell, somebody vouches. */
static bool guard_own(struct write *write, int index, struct err *err)
{
    const struct key_extra *extra = inventory_extra(inventory(write), &write->row);
    bool hides = write->row.kind == KEY_ORGANISATION_SERVICE && extra->rotation.set;
    bool own = own_is_seen(write) ? inventory(write)->own_key == index
                                  : strcmp(write->target_id, own_id(write)) == 0 ||
                                        is_own_mask(write, row_mask(write));

    write->own = own;
    if (own && write->act->own == ACT_OWN_REFUSED) {
        return err_set(err, ERR_GUARD,
                       "This is the key that this profile works with, and it %s would lock you "
                       "out. Make its successor, log in with that (login --replace), then act on "
                       "this one.",
                       write->act->doing);
    }
    write->needs_override = !own_is_seen(write) &&
                            (!mask_tells(row_mask(write)) || (own_id(write)[0] == '\0' && hides));
    return true;
}

static struct act_look act_look_of(const struct write *write)
{
    return (struct act_look){write->act, inventory(write), &write->row,       write->record,
                             write->own, write->input,     write->server_date};
}

static bool guard(struct write *write, int index, struct err *err)
{
    const struct act_look look = act_look_of(write);
    const char *missing = NULL;

    if (!guard_own(write, index, err)) {
        return false;
    }
    if (access_may(inventory(write), act_wire(write->act->id)->endpoint,
                   (enum key_kind)write->row.kind, &missing) == ANSWER_NO) {
        err_set(err, ERR_FORBIDDEN, "The key of this profile lacks the scope %s. Nothing was sent.",
                missing);
        snprintf(err->scope, sizeof(err->scope), "%s", missing);
        return false;
    }
    return write->act->guard == NULL || write->act->guard(&look, err);
}

/* -- the target -- */

/* What a person decides by, and when it was changed last. */
static void print_of(const struct write *write, char out[HASH_TEXT_SIZE])
{
    char print[HASH_TEXT_SIZE];

    look_print(inventory(write), &write->row, print);
    hash_text(print, strlen(print), &write->row.updated_at, sizeof(write->row.updated_at), out);
}

static bool take_target(struct write *write, const struct api_reply *reply, bool *changed,
                        struct err *err)
{
    char now[HASH_TEXT_SIZE];
    struct act_look look;
    int index = -1;

    if (!api_key_into(inventory(write), reply->body, reply->body_len, &index, err)) {
        return false;
    }
    write->row = inventory(write)->keys[index];
    write->has_row = true;
    free(write->record);
    write->record = xstrndup(reply->body, reply->body_len);
    write->server_date = reply->cached ? TIME_NONE : reply->server_date;
    write->was_expires = write->row.expires_at;
    mask_phrase(row_mask(write), write->target_id, write->phrase, sizeof(write->phrase));
    print_of(write, now);
    *changed = write->print[0] != '\0' && strcmp(write->print, now) != 0;
    memcpy(write->print, now, sizeof(now));
    if (!guard(write, index, err)) {
        return false;
    }
    look = act_look_of(write);
    free(write->body);
    free(write->before);
    write->body = act_body(&look);
    write->confirm =
        write->act->confirm_by == NULL ? write->act->confirm : write->act->confirm_by(&look);
    if (strcmp(write->body, "{}") == 0) {
        return err_set(err, ERR_GUARD, "It is so already: there is nothing to change.");
    }
    write->before = act_before(write->act->id, write->body, reply->body, reply->body_len);
    return true;
}

/* -- what became of it -- */

/* The one sentence for each end. */
static void end_words(const struct write *write, enum change_state state, struct buf *out)
{
    const char *done = write->act->done;

    switch (state) {
    case CHANGE_IS_SO:
        buf_addf(out, write->accepted ? "was %s, and reads so." : "reads as it was to be.", done);
        break;
    case CHANGE_REFUSED:
        buf_addf(out, "was not %s: the server refused it, and it reads as before.", done);
        break;
    case CHANGE_NOT_DONE:
        buf_addf(out, "was not %s: it reads as before.", done);
        break;
    case CHANGE_TOUCHED:
        buf_addf(out, "is not %s: it reads as before, and was changed in between.", done);
        break;
    case CHANGE_OTHERWISE:
        buf_adds(out, "was set another way by somebody else: look at it, and decide anew.");
        break;
    case CHANGE_ROTATED:
        buf_adds(out, "has another secret now: it was rotated by this or by somebody else, and the "
                      "new secret is not here. Who has it is for a person to find out; if nobody "
                      "has, rotate it again.");
        break;
    case CHANGE_STALE:
        buf_addf(out, "was accepted by the server as %s, and does not read so yet.", done);
        break;
    case CHANGE_MAY_COME:
        buf_addf(out, "reads as before; the request may still come: look again in two minutes.");
        break;
    default:
        buf_adds(out, "could not be read well enough to tell.");
    }
}

static void settle(struct write *write, enum change_state state)
{
    static const char *const RESULTS[] = {
        [CHANGE_IS_SO] = "done",      [CHANGE_REFUSED] = "refused",  [CHANGE_NOT_DONE] = "none",
        [CHANGE_TOUCHED] = "none",    [CHANGE_OTHERWISE] = "none",   [CHANGE_ROTATED] = "unknown",
        [CHANGE_STALE] = "unknown",   [CHANGE_MAY_COME] = "unknown", [CHANGE_NOT_KNOWN] = "unknown",
        [CHANGE_GOES_ON] = "unknown",
    };
    char name[NAME_SIZE];
    struct err err = {0};
    struct buf words;

    write->state = state;
    name_of(write, name, sizeof(name));
    buf_init(&words, 0);
    buf_addf(&words, "The key %s (%s) ", name, write->target_id);
    end_words(write, state, &words);
    if (write->reading[0] != '\0') {
        buf_addf(&words, " Read: %s.", write->reading);
    }
    outcome(write, RESULTS[state], words.data);
    if (state == CHANGE_IS_SO) {
        go(write, OP_DONE, "%s", words.data);
    } else if (state == CHANGE_REFUSED) {
        fail(write, OP_REFUSED, &write->sent_error, "%s", words.data);
    } else {
        err_set(&err, change_is_end(state) ? ERR_REFUSED : ERR_UNKNOWN, "%s", words.data);
        fail(write, change_is_end(state) ? OP_REFUSED : OP_UNKNOWN, &err, "%s", words.data);
    }
    buf_done(&words);
}

/* The secret was handed over, and how the key reads says no more. */
static void settle_handed(struct write *write, const struct change *change)
{
    char name[NAME_SIZE];
    bool so = change->state == CHANGE_IS_SO;

    write->state = change->state;
    name_of(write, name, sizeof(name));
    outcome(write, "done", so ? "Rotated, handed over and read back." : "Rotated and handed over.");
    go(write, OP_DONE,
       so ? "Rotated and handed over: %s (%s). Read back: its mask fits the new secret."
       : change->state == CHANGE_ROTATED
           ? "Rotated and handed over: %s (%s). Its mask fits neither the old nor the new secret: "
             "look at it."
           : "Rotated and handed over: %s (%s). It was not read back.",
       name, write->target_id);
}

static void on_looked(void *ctx, const struct change *change, const struct api_reply *row)
{
    struct write *write = ctx;
    struct change found = *change;
    int index = -1;

    snprintf(write->reading, sizeof(write->reading), "%s", change_look_words(write->look));
    if (row->ok && api_key_into(inventory(write), row->body, row->body_len, &index, NULL)) {
        write->row = inventory(write)->keys[index];
    }
    change_look_free(write->look);
    write->look = NULL;
    if (write->hand == HAND_OVER) {
        settle_handed(write, &found);
    } else {
        settle(write, found.state);
    }
}

static void look(struct write *write)
{
    testing_stop("find-out");
    write->look = change_look_start(write->env.loop, write->env.client,
                                    &(struct change_look_what){.act = write->act->id,
                                                               .target = write->target_id,
                                                               .body = write->body,
                                                               .before = write->before,
                                                               .secret = write->new_key,
                                                               .accepted = write->accepted,
                                                               .said_no = write->said_no,
                                                               .sent = write->sent,
                                                               .until = write->until,
                                                               .limit_ms = LOOK_MS},
                                    on_looked, write);
    write->env.changed(write->env.ctx);
}

/* -- the request -- */

static bool was_not_sent(const struct err *err)
{
    return err->source == ERR_FROM_NOBODY && err->status == 0 && err->kind != ERR_UNKNOWN;
}

static void on_secret(struct write *write, struct api_reply *reply)
{
    struct err err = {0};

    write->new_key = reply->key;
    reply->key = NULL;
    write->hand = HAND_WAITS;
    mask_make(secret_text(write->new_key), write->new_mask, sizeof(write->new_mask));
    write->old_secret_until =
        act_answer_time(reply->body, reply->body_len, "key_transition_expires_at");
    if (!note(write, "made", write->new_mask, &err)) {
        journal_failed(write, &err);
    }
    go(write, OP_PROVING, "The server gave the new secret.");
}

static void on_accepted(struct write *write, struct api_reply *reply)
{
    char name[NAME_SIZE];
    struct err err = {0};

    write->accepted = true;
    if (!note(write, "accepted", NULL, &err)) {
        journal_failed(write, &err);
    }
    if (write->act->secret && reply->key != NULL) {
        on_secret(write, reply);
        return; /* it is read back once the secret was handed over */
    }
    name_of(write, name, sizeof(name));
    go(write, OP_PROVING, "Accepted. Reading %s back..", name);
    look(write);
}

static void on_answer(void *ctx, struct api_reply *reply)
{
    struct write *write = ctx;
    char name[NAME_SIZE];

    testing_stop("after-send");
    write->ticket = 0;
    write->sent_status = reply->status;
    if (reply->ok) {
        on_accepted(write, reply);
        return;
    }
    write->sent_error = reply->err;
    if (was_not_sent(&reply->err)) {
        outcome(write, "none", reply->err.text);
        fail(write, OP_BLOCKED, &write->sent_error, "Nothing was sent.");
        return;
    }
    write->said_no = proof_says_no(reply->err.source, reply->err.status, reply->err.code);
    name_of(write, name, sizeof(name));
    go(write, OP_LOST, "%s. Looking what became of %s..",
       write->said_no             ? "The server said no"
       : reply->err.status >= 500 ? "The server failed on it"
       : reply->err.status != 0   ? "The answer cannot be used"
                                  : "No whole answer came",
       name);
    write->error = write->sent_error; /* told at once, in the server's words */
    look(write);
}

static bool write_intent(struct write *write, struct err *err)
{
    const struct inventory *inv = inventory(write);
    char workspace[ID_TEXT_SIZE], organisation[ID_TEXT_SIZE], owner[ID_TEXT_SIZE];
    const struct journal_intent intent = {
        .act = write->act->name,
        .profile = write->env.profile,
        .base_url = write->env.base_url,
        .organisation_id = inventory_id_text(inv, inv->organisation_id, organisation),
        .own_mask = write->env.own_mask,
        .kind = write->row.kind == KEY_KIND_UNKNOWN ? NULL
                                                    : key_kind_name((enum key_kind)write->row.kind),
        .target = write->target_id,
        .name = inventory_raw(inv, write->row.name),
        .mask = row_mask(write),
        .workspace = inventory_id_text(inv, write->row.workspace_id, workspace),
        .owner = inventory_id_text(inv, write->row.user_id, owner),
        .method = act_method(write->act->id),
        .path = write->path,
        .body = write->body,
        .before = write->before,
        .reason = write->reason,
        .server_time = write->server_date,
    };

    return journal_write_intent(write->env.journal, &intent, write->intent, err);
}

static bool may_write(const struct write *write, struct err *err)
{
    const struct operation *other =
        write->env.running == NULL ? NULL : write->env.running(write->env.ctx, NULL);
    char doing[400];

    if (other != NULL) {
        operation_doing(other, doing, sizeof(doing));
        return err_set(err, ERR_GUARD, "%s: wait for its end. Nothing was sent.", doing);
    }
    return gate_check(write->env.gate, write->env.mono(write->env.ctx), err);
}

static void send_it(struct write *write)
{
    char name[NAME_SIZE];
    struct err err = {0};

    testing_stop("before-intent");
    if (!may_write(write, &err) || !write_intent(write, &err)) {
        fail(write, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    testing_stop("after-intent");
    write->sent = write->server_date;
    write->until = write->act->id == ACT_KEY_FREEZE
                       ? act_answer_time(write->body, strlen(write->body), "expires_at")
                       : TIME_NONE;
    name_of(write, name, sizeof(name));
    go(write, OP_SENDING, "The key %s %s..", name, write->act->doing);
    write->ticket = act_send(write->env.client, write->act->id, (enum key_kind)write->row.kind,
                             write->target_id, write->body, on_answer, write);
}

/* -- the review -- */

/* Whoever does it again has to know that it may have been done. */
static void say_earlier(struct write *write)
{
    const char *name = inventory_raw(inventory(write), write->row.name);
    struct operation_try what = {.intent = "",
                                 .act = write->act->name,
                                 .name = name == NULL ? "" : name,
                                 .workspace = "",
                                 .target = write->target_id,
                                 .server_time = TIME_NONE,
                                 .newest = TIME_NONE};
    char at[TIME_TEXT_SIZE];

    write->earlier[0] = '\0';
    if (write->env.earlier != NULL && write->env.earlier(write->env.ctx, &what)) {
        time_strftime(what.at, "%Y-%m-%d %H:%MZ", at, sizeof(at));
        snprintf(write->earlier, sizeof(write->earlier),
                 "An earlier %s of this key was sent at %s, and its end is not known: it may have "
                 "been done (portcullis pending --look).",
                 write->act->name, at);
    }
}

static void on_target(void *ctx, struct api_reply *reply)
{
    struct write *write = ctx;
    bool changed = false, vouched = write->needs_override;
    struct err err = {0};

    write->ticket = 0;
    if (!reply->ok) {
        write->sending = false;
        fail(write, OP_BLOCKED, &reply->err, "The key could not be read. Nothing was sent.");
        return;
    }
    if (!take_target(write, reply, &changed, &err)) {
        fail(write, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    if (write->sending && !changed && (vouched || !write->needs_override)) {
        write->sending = false;
        send_it(write);
        return;
    }
    write->changed = changed;
    say_earlier(write);
    go(write, OP_REVIEW,
       write->sending ? "The key changed since you looked at it. Nothing was sent: look again."
                      : "Read a moment ago. Nothing was sent.");
    write->sending = false;
}

static void read_target(struct write *write)
{
    write->ticket = api_get_key(write->env.client, write->target_id, on_target, write);
}

static void on_own(void *ctx, struct api_reply *reply)
{
    struct write *write = ctx;
    struct inventory *inv = inventory(write);
    int index = -1;

    write->ticket = 0;
    write->reading_own = false;
    loop_untimer(write->env.loop, write->timer);
    write->timer = 0;
    if (reply->ok && api_key_into(inv, reply->body, reply->body_len, &index, NULL) &&
        is_own_mask(write, arena_text(&inv->arena, inv->keys[index].mask))) {
        inventory_set_own(inv, &inv->keys[index].id, 1);
    }
    read_target(write);
}

static void own_is_slow(void *ctx)
{
    struct write *write = ctx;

    write->timer = 0;
    write->reading_own = false;
    api_cancel(write->env.client, write->ticket);
    read_target(write);
}

static void begin(struct write *write)
{
    if (own_id(write)[0] == '\0' || own_is_seen(write) ||
        strcmp(own_id(write), write->target_id) == 0) {
        read_target(write);
        return;
    }
    write->reading_own = true;
    write->timer =
        loop_timer(write->env.loop, testing_deadline_ms(OWN_PATIENCE_MS), own_is_slow, write);
    write->ticket = api_get_key(write->env.client, own_id(write), on_own, write);
}

struct write *write_new(const struct operation_env *env, const struct act *act, const char *target,
                        const void *input, struct err *err)
{
    struct write *write;

    if (target == NULL || target[0] == '\0' || strlen(target) >= sizeof(write->target_id)) {
        err_set(err, ERR_INVALID, "No key is chosen.");
        return NULL;
    }
    write = xcalloc(1, sizeof(*write));
    write->env = *env;
    write->act = act;
    write->input = xcalloc(1, act->input_size + 1);
    if (act->input_size > 0) {
        memcpy(write->input, input, act->input_size);
    }
    snprintf(write->target_id, sizeof(write->target_id), "%s", target);
    write->path = act_path(env->client, act->id, target);
    write->server_date = write->sent = write->until = write->old_secret_until = TIME_NONE;
    write->was_expires = TIME_NONE;
    write->phase = OP_READING;
    snprintf(write->words, sizeof(write->words), "Reading the key..");
    begin(write);
    return write;
}

void write_free(struct write *write)
{
    if (write == NULL) {
        return;
    }
    api_cancel(write->env.client, write->ticket);
    loop_untimer(write->env.loop, write->timer);
    change_look_free(write->look);
    journal_let_go(write->env.journal, write->intent);
    secret_free(write->new_key);
    free(write->input);
    free(write->path);
    free(write->body);
    free(write->before);
    free(write->record);
    free(write);
}

static bool phrase_fits(const struct write *write, const char *typed)
{
    size_t verb = strlen(write->act->verb);

    if (typed == NULL) {
        return false;
    }
    if (ascii_same_start(typed, write->act->verb, verb) && typed[verb] == ' ') {
        typed += verb + 1;
    }
    return write->phrase[0] != '\0' && strcmp(typed, write->phrase) == 0;
}

bool write_send(struct write *write, const struct consent *consent, struct err *err)
{
    if (write->phase != OP_REVIEW) {
        return err_set(err, ERR_GUARD, "There is no review to confirm. Nothing was sent.");
    }
    if (!may_write(write, err)) {
        return false;
    }
    if (write->needs_override && !consent->i_know) {
        return err_set(err, ERR_GUARD,
                       "It is not known which key is your own, and this could be it. Nothing was "
                       "sent; say that you know that it is not your key.");
    }
    if (write->confirm == CONFIRM_PHRASE && consent->typed == NULL && !consent->counted) {
        return err_set(err, ERR_GUARD,
                       "This gives the key more than it had, or may: --confirm SUFFIX is needed, "
                       "what its mask shows after its last star. Nothing was sent.");
    }
    if (write->confirm == CONFIRM_PHRASE && !consent->counted &&
        !phrase_fits(write, consent->typed)) {
        return err_set(err, ERR_GUARD,
                       "--confirm is not what the mask of this key shows after its last star. "
                       "Nothing was sent.");
    }
    snprintf(write->reason, sizeof(write->reason), "%s",
             consent->reason != NULL && consent->reason[0] != '\0' ? consent->reason
                                                                   : write->env.gate->reason);
    if (!tag_takes_reason(write->env.tag, write->reason)) {
        return err_set(err, ERR_GUARD,
                       "This profile is tagged %s: a reason is needed. Nothing was sent.",
                       write->env.tag);
    }
    write->sending = true;
    write->changed = false;
    go(write, OP_READING, "Reading the key once more..");
    read_target(write);
    return true;
}

/* -- the secret -- */

bool write_secret_waits(const struct write *write)
{
    return write->hand == HAND_WAITS;
}

bool write_is_handed(const struct write *write)
{
    return write->hand == HAND_OVER;
}

bool write_hand_over(struct write *write, struct err *err)
{
    testing_stop("before-hand-over");
    if (!note(write, "handing", write->new_mask, err)) {
        write->hand = HAND_NOTHING;
        err_prefix(err, "The new secret is not shown");
        err->kind = ERR_UNKNOWN;
        go(write, OP_UNKNOWN, "%s", err->text);
        return false;
    }
    write->hand = HAND_LEAVES;
    return true;
}

void write_secret_taken(struct write *write)
{
    struct err err = {0};

    testing_stop("after-hand-over");
    write->hand = HAND_OVER;
    if (!note(write, "taken", write->new_mask, &err)) {
        journal_failed(write, &err);
    }
    look(write);
}

void write_stop_reading(struct write *write)
{
    const struct change none = {.state = CHANGE_NOT_KNOWN};

    change_look_free(write->look);
    write->look = NULL;
    settle_handed(write, &none);
}

/* -- what it is at -- */

bool write_settled(const struct write *write)
{
    switch (write->phase) {
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

bool write_in_flight(const struct write *write)
{
    return write->intent[0] != '\0' && !write_settled(write);
}

bool write_can_do_without(const struct write *write)
{
    return write->reading_own;
}

void write_doing(const struct write *write, char *out, size_t size)
{
    char name[NAME_SIZE];

    name_of(write, name, sizeof(name));
    snprintf(out, size, "The key %s %s", name, write->act->doing);
}

void write_look(const struct write *write, struct write_look *out)
{
    *out = (struct write_look){
        .phase = write->phase,
        .error = write->error,
        .words = write->words,
        .method = act_method(write->act->id),
        .path = write->path,
        .body = write->body == NULL ? "" : write->body,
        .earlier = write->earlier,
        .before = write->before == NULL ? "" : write->before,
        .confirm = write->confirm,
        .target = write->has_row ? &write->row : NULL,
        .target_id = write->target_id,
        .phrase = write->phrase,
        .changed = write->changed,
        .needs_override = write->needs_override,
        .new_key = write->new_key,
        .read_back = write->state == CHANGE_IS_SO,
        .state = write->state,
        .until = write->until,
        .old_secret_until = write->old_secret_until,
        .was_expires = write->was_expires,
        .status = write->has_row ? (enum key_status)write->row.status : STATUS_OTHER,
        .reading = write->reading,
    };
}
