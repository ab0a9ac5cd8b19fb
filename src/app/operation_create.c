/* Create: check the draft, review, read the newest keys, intent, POST once. The secret of the new
 * key is held here until it is handed over or wiped: that comes first, each step in the journal;
 * then the key is read back, by its id and in the list, where a second one shows that a box sent
 * the request twice. A lost answer is looked for among what is new in the list (app/find.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/operation_internal.h"
#include "app/proof.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/testing.h"
#include "model/access.h"
#include "model/mask.h"

#include "base/banned.h"

#define UUID_LENGTH 36

static void look_for_it(void *ctx);
static void read_back(void *ctx);

static struct inventory *inventory(const struct operation *op)
{
    return op->env.inventory(op->env.ctx);
}

/* -- the review -- */

/* The workspace by its id, so that rows can be compared with it; as it was given when it is not
 * known. */
static void set_place(struct operation *op)
{
    const struct inventory *inv = inventory(op);
    int row = op->draft.workspace[0] == '\0'
                  ? -1
                  : inventory_find_workspace_text(inv, op->draft.workspace);
    char text[ID_TEXT_SIZE];

    snprintf(op->place, sizeof(op->place), "%s",
             row < 0 ? op->draft.workspace : inventory_id_text(inv, inv->workspaces[row].id, text));
}

static void say_earlier(struct operation *op)
{
    char time[TIME_TEXT_SIZE];

    if (op_ask_earlier(op)) {
        op_earlier_time(op, time, sizeof(time));
        snprintf(op->earlier, sizeof(op->earlier),
                 "An earlier try (%s) may have made this key, or may still make it. It is looked "
                 "for again before this one is sent.",
                 time);
    }
}

/* Whoever confirms has to know before that nobody could find the key if its answer is lost. */
static void say_blind(struct operation *op, const char *why)
{
    op->told_blind = true;
    snprintf(op->notice, sizeof(op->notice),
             "If the answer is lost, the new key cannot be looked for: %s. A person will have to "
             "find out then.",
             why);
}

struct operation *operation_create_new(const struct operation_env *env,
                                       const struct key_draft *draft, struct err *err)
{
    struct operation *op = op_new(env, OP_CREATE);
    struct draft_check *check = xcalloc(1, sizeof(*check));
    int64_t now = clock_now(env->clock);
    const char *missing = NULL;

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
    set_place(op);
    op->path = api_create_path(env->client, draft);
    op->body = api_create_body(draft, now);
    op->phase = OP_REVIEW;
    say_earlier(op);
    if (access_may(inventory(op), ENDPOINT_KEYS, draft->kind, &missing) == ANSWER_NO) {
        char why[120];

        snprintf(why, sizeof(why), "your key lacks %.80s", missing);
        say_blind(op, why);
    }
    snprintf(op->words, sizeof(op->words), "Nothing was sent.");
    return op;
fail:
    free(check);
    operation_free(op);
    return NULL;
}

/* -- the list -- */

static struct find_wanted wanted_of(const struct operation *op)
{
    return (struct find_wanted){
        .kind = op->draft.kind,
        .workspace = op->place,
        .owner = op->draft.owner,
        .name = op->draft.name,
        .scopes = &op->draft.scopes,
        .known = op->before.ids,
        .known_count = op->before.count,
        .floor = op->before.newest,
        .blind = op->before.blind,
        .others = (const char *const *)op->others,
        .other_count = op->other_count,
    };
}

/* A page of one workspace shows keys of it where a page of a big organisation does not; the page of
 * all shows the own key in a small one. */
static const char *filter(const struct operation *op)
{
    return op->filtered ? op->place : NULL;
}

static bool may_filter(const struct operation *op)
{
    return op->draft.kind != KEY_ORGANISATION_SERVICE && strlen(op->place) == UUID_LENGTH;
}

static void drop_list(struct operation *op)
{
    inventory_free(op->list);
    op->list = NULL;
    op->own_shows = op->own_was_read = false;
}

/* The row of the own key, read right after a list that does not hold it, says whether that list
 * shows keys of this kind. */
static void on_own(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    struct inventory *inv = inventory(op);
    struct find_wanted wanted = wanted_of(op);
    int row = -1;

    op->ticket = 0;
    op->own_was_read =
        reply->ok && !reply->cached && api_key_into(inv, reply->body, reply->body_len, &row, NULL);
    op->own_shows = op->own_was_read && find_own_shows(&wanted, inv, &inv->keys[row]);
    op->next(op);
}

static void on_list(void *ctx, const struct api_keys *keys)
{
    struct operation *op = ctx;
    struct find_wanted wanted = wanted_of(op);

    op->ticket = 0;
    op->look_error = keys->ok ? (struct err){0} : keys->err;
    if (keys->ok && keys->cached) {
        err_set(&op->look_error, ERR_DECODE, "The list came from a cache in between.");
    } else if (keys->ok) {
        op->list = keys->found;
        op->list_date = keys->server_date;
        *keys->owner = NULL;
    }
    if (op->list != NULL && op->env.own_id != NULL && op->env.own_id[0] != '\0' &&
        !find_shows(&wanted, op->list, op->env.own_id)) {
        op->ticket = api_get_key(op->env.client, op->env.own_id, on_own, op);
        return;
    }
    op->next(op);
}

/* Reads the newest keys into op->list (NULL: op->look_error says why), then goes on. */
static void read_list(struct operation *op, void (*next)(struct operation *op))
{
    drop_list(op);
    op->next = next;
    op->list_asked = clock_mono_ms();
    op->ticket = api_keys_page(op->env.client, filter(op), on_list, op);
}

/* What op->list tells of a write. */
static void look_in(const struct operation *op, const struct find_wanted *wanted,
                    struct find_result *out)
{
    *out = (struct find_result){0};
    if (op->list != NULL) {
        find_look(wanted, op->list, op->env.own_id, out);
        out->told = out->told || (out->reaches && op->own_shows);
    }
}

/* What our own creates made is not what this one made; a damaged journal may lie about that. */
static void read_others(struct operation *op)
{
    struct journal_report report;

    if (!journal_read(op->env.journal, &report, NULL)) {
        return;
    }
    if (report.damage == JOURNAL_WHOLE) {
        op->others = xcalloc(report.named_count + 1, sizeof(*op->others));
        for (size_t i = 0; i < report.named_count; i++) {
            op->others[op->other_count++] = xstrdup(report.named[i].id);
        }
    }
    journal_report_done(&report);
}

/* -- made -- */

/* From here on all that is known is in the journal, which the next start reads: the write is left
 * open there, and holds nothing up here. */
static void leave_open(struct operation *op)
{
    journal_let_go(op->env.journal, op->intent);
    op->intent[0] = '\0';
}

/* The end is written down only when somebody has the secret: until then it is a key that nobody can
 * use. */
static void conclude(struct operation *op)
{
    if (op->phase != OP_DONE || op->hand != HAND_TAKEN || op->intent[0] == '\0') {
        return;
    }
    op_settled(op, true);
    if (op->listed || op->before.blind) {
        op_outcome(op, "done", op->new_id,
                   op->was_read ? "The key was made, handed over and read back."
                                : "The key was made and handed over; it was not read back.");
    } else {
        leave_open(op); /* the next look sees whether there is a second one */
    }
}

static bool event(struct operation *op, const char *event, struct err *err)
{
    return op->intent[0] == '\0' ||
           journal_write_event(op->env.journal, op->intent, event, op->new_id, op->new_mask, err);
}

bool operation_secret_waits(const struct operation *op)
{
    return op->new_key != NULL && op->hand == HAND_MADE;
}

bool operation_hand_over(struct operation *op, struct err *err)
{
    struct err why = {0};

    if (op->new_key == NULL) {
        return err_set(err, ERR_GUARD, "There is no secret here any more.");
    }
    if (op->hand >= HAND_HANDING) {
        return true;
    }
    testing_stop("before-hand-over");
    if ((!op->made_noted && !(op->made_noted = event(op, "made", &why))) ||
        !event(op, "handing", &why)) {
        /* Were it shown, a later look would say that nobody has it. */
        return err_set(err, ERR_UNKNOWN,
                       "The secret is not handed over, since that cannot be noted: %s", why.text);
    }
    op->hand = HAND_HANDING;
    return true;
}

void operation_secret_taken(struct operation *op)
{
    struct err err = {0};

    if (op->hand != HAND_HANDING) {
        return;
    }
    testing_stop("after-hand-over");
    op->hand = HAND_TAKEN;
    if (!event(op, "taken", &err)) {
        snprintf(op->journal_fault, sizeof(op->journal_fault), "%.200s", err.text);
    }
    conclude(op);
}

/* -- reading it back -- */

static const char *taken_words(const struct operation *op)
{
    return op->hand == HAND_TAKEN ? "Made and handed over" : "Made";
}

/* A second one that fits: a box between may have sent the request twice. Nobody has its secret, if
 * it is ours; that is for a person to find out. */
static void add_twin(const struct operation *op, struct buf *note)
{
    char words[600];

    if (op->twins.count > 0) {
        find_words(&op->twins, words, sizeof(words));
        buf_addf(note,
                 " A second one that fits is there: a box in between may have sent it twice. %s",
                 words);
    }
}

static void made_well(struct operation *op)
{
    char name[OP_NAME_SIZE], differs[160];
    struct buf note;

    buf_init(&note, 0);
    find_differs_words(op->row_differs & ~(unsigned)FIND_UNREAD, differs, sizeof(differs));
    if (!op->was_read) {
        buf_addf(&note, "It was not read back: %s",
                 op->error.text[0] != '\0' ? op->error.text : "it did not show in time.");
    } else if (differs[0] != '\0') {
        buf_addf(&note, "Read back: it is there, but %s. Look at its detail.", differs);
    } else {
        buf_adds(&note, "Read back: it is there.");
    }
    add_twin(op, &note);
    op_name(op, name, sizeof(name));
    op_phase_set(op, OP_DONE, "%s: %s (%s). %s", taken_words(op), name, op->new_id, note.data);
    buf_done(&note);
    conclude(op);
}

/* The answer named a key that is not what was asked for: of that one nothing is known, and this one
 * is somebody's. */
static void made_another(struct operation *op)
{
    struct err err = {0};
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    err_set(&err, ERR_UNKNOWN,
            "The answer named %s, but that is another key: its name, kind or place is not what was "
            "asked for. Leave it alone, and look for %s in the list.",
            op->new_id, name);
    op_outcome(op, "unknown", NULL, err.text);
    op_settled(op, false);
    op_fail(op, OP_UNKNOWN, &err, "It is not known whether %s was made.", name);
}

static void made_with_another_mask(struct operation *op)
{
    struct err err = {0};
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    err_set(&err, ERR_UNKNOWN,
            "%s is there as it was asked for, but for ten seconds its mask did not fit the secret "
            "that came with it: look at it, and try the secret, before it is used.",
            op->new_id);
    op_outcome(op, "unknown", op->new_id, err.text);
    op_settled(op, false);
    op_fail(op, OP_UNKNOWN, &err, "%s: %s, and its mask does not fit.", taken_words(op), name);
}

static void end_read_back(struct operation *op)
{
    op->ticket = 0;
    if (op->was_read && op->is_another) {
        made_another(op);
    } else if (op->was_read && op->mask_differs) {
        made_with_another_mask(op);
    } else {
        made_well(op);
    }
}

bool operation_is_handed(const struct operation *op)
{
    return op->phase == OP_PROVING && op->hand == HAND_TAKEN;
}

void operation_stop_reading(struct operation *op)
{
    if (op->phase != OP_PROVING || op->kind != OP_CREATE) {
        return;
    }
    api_cancel(op->env.client, op->ticket);
    loop_untimer(op->env.loop, op->timer);
    op->timer = 0;
    op->ticket = 0;
    op->was_read = false;
    err_set(&op->error, ERR_CANCELLED, "the reading was stopped.");
    made_well(op);
}

/* One round is over: enough, or once more? */
static void judge(struct operation *op)
{
    bool whole =
        op->was_read && !op->is_another && !op->mask_differs && (op->listed || op->before.blind);

    if (whole || clock_mono_ms() >= op->deadline || op->error.kind == ERR_AUTH) {
        end_read_back(op);
        return;
    }
    op_wait(op, read_back);
}

/* Is this row what was asked for? Only name, kind and place make it another's; of all else it is
 * told. */
static void compare(struct operation *op, const struct inventory *inv, const struct key_row *row)
{
    struct find_wanted wanted = wanted_of(op);
    const char *mask = arena_text(&inv->arena, row->mask);
    char head[64], tail[64];

    wanted.known_count = wanted.other_count = 0;
    wanted.floor = TIME_NONE;
    op->was_read = true;
    op->is_another = !find_fits(&wanted, inv, row, &op->row_differs);
    op->mask_differs =
        mask != NULL && mask_split(mask, head, sizeof(head), tail, sizeof(tail)) &&
        (head[0] != '\0' || tail[0] != '\0') &&
        (op->new_key != NULL ? !mask_fits(mask, secret_text(op->new_key), secret_text(op->new_key))
                             : strcmp(mask, op->new_mask) != 0);
}

static void listed(struct operation *op)
{
    struct find_wanted wanted = wanted_of(op);
    int row = op->list == NULL
                  ? -1
                  : inventory_find_key(op->list, inventory_find_id(op->list, op->new_id));

    if (row >= 0 && !op->was_read) {
        compare(op, op->list, &op->list->keys[row]);
    }
    look_in(op, &wanted, &op->twins);
    find_without(&op->twins, op->new_id);
    op->listed = row >= 0 && op->twins.reaches;
    judge(op);
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
    op->error = reply->err;
    if (reply->ok && !reply->cached &&
        api_key_into(inv, reply->body, reply->body_len, &index, &err)) {
        count_new(inv, before);
        compare(op, inv, &inv->keys[index]);
    } else if (err.kind != ERR_NONE) {
        op->error = err;
    }
    if (op->before.blind || op->error.kind == ERR_AUTH) {
        judge(op);
        return;
    }
    read_list(op, listed);
}

static void read_back(void *ctx)
{
    struct operation *op = ctx;

    op->timer = 0;
    op->ticket = api_get_key(op->env.client, op->new_id, on_read_back, op);
}

/* -- the answer to the POST -- */

/* A mask or a placeholder is no secret; whoever got it for one would find out too late. */
static bool is_secret(const struct secret *key)
{
    return key != NULL && strpbrk(secret_text(key), "* \t[") == NULL;
}

static void no_secret(struct operation *op)
{
    struct err err = {0};
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    err_set(&err, ERR_UNKNOWN,
            "What the answer gave as its secret is none (a mask?), and is shown nowhere. Nobody "
            "has the secret of %s: revoke it, and make it again.",
            op->new_id);
    op_outcome(op, "unknown", op->new_id, err.text);
    op_settled(op, true); /* another of that name is no second one */
    op_fail(op, OP_UNKNOWN, &err, "Made, without a secret: %s (%s).", name, op->new_id);
}

/* Its id is safe before the secret goes out. */
static void made(struct operation *op, struct api_reply *reply)
{
    char name[OP_NAME_SIZE];
    struct err err = {0};

    snprintf(op->new_id, sizeof(op->new_id), "%s", reply->id);
    if (is_secret(reply->key)) {
        op->new_key = reply->key;
        reply->key = NULL;
        log_hide(op->new_key);
        mask_make(secret_text(op->new_key), op->new_mask, sizeof(op->new_mask));
        op->hand = HAND_MADE;
    }
    op->made_noted = event(op, "made", &err);
    if (op->new_key == NULL) {
        no_secret(op);
        return;
    }
    op_name(op, name, sizeof(name));
    op_phase_set(op, OP_PROVING, "Made: %s (%s). Reading it back..", name, op->new_id);
    op_start_clock(op);
    /* In another turn: who waits for the secret has it before the first read goes out. */
    op->timer = loop_timer(op->env.loop, 0, read_back, op);
}

static void refused(struct operation *op, const char *detail)
{
    struct err err = op->sent_error;
    char name[OP_NAME_SIZE];

    op_name(op, name, sizeof(name));
    op_outcome(op, "refused", NULL, err.text);
    op_fail(op, OP_REFUSED, &err, "Refused%s: %s was not made.", detail, name);
}

/* An id that was there before is not what this request made. */
static bool was_there(const struct operation *op, const char *id)
{
    for (size_t i = 0; i < op->before.count; i++) {
        if (strcmp(op->before.ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* No byte of it went out: the client says ERR_UNKNOWN otherwise. */
static bool not_sent(const struct api_reply *reply)
{
    switch (reply->err.kind) {
    case ERR_INVALID:
    case ERR_NO_KEY:
    case ERR_NETWORK:
    case ERR_TIMEOUT:
        return !reply->ok && reply->err.status == 0;
    default:
        return false;
    }
}

static void on_created(void *ctx, struct api_reply *reply)
{
    struct operation *op = ctx;
    const struct err *err = &reply->err;
    char name[OP_NAME_SIZE];

    testing_stop("after-send");
    op_name(op, name, sizeof(name));
    op->ticket = 0;
    op->sent_status = reply->status;
    if (reply->id != NULL && !was_there(op, reply->id)) {
        made(op, reply);
        return;
    }
    op->sent_error = *err;
    if (reply->id != NULL) {
        err_set(&op->sent_error, ERR_UNKNOWN,
                "The answer names %s, which was there before: it is not about what was sent.",
                reply->id);
    }
    if (not_sent(reply) || proof_says_no_before_making(err->source, err->status, err->code)) {
        refused(op, "");
        return;
    }
    op->said_no = proof_says_no(err->source, err->status, err->code);
    op_phase_set(op, OP_LOST, "%s. Looking whether %s was made..",
                 op->said_no ? "The server said no" : op_how_lost(&op->sent_error), name);
    op->error = op->sent_error;
    op_start_clock(op);
    look_for_it(op);
}

/* -- after a lost answer, or one that says no -- */

static void note_candidates(struct operation *op)
{
    op->candidates = op->found.count;
    op->candidate_id[0] = '\0';
    if (op->found.count == 1) {
        snprintf(op->candidate_id, sizeof(op->candidate_id), "%s", op->found.hits[0].id);
    }
    for (size_t i = 0; i < op->found.count && i < FIND_HITS_MAX && op->intent[0] != '\0'; i++) {
        (void)journal_write_event(op->env.journal, op->intent, "candidate", op->found.hits[i].id,
                                  NULL, NULL); /* the outcome tells of a journal that fails */
    }
}

static void lost(struct operation *op)
{
    const char *how = op->said_no ? "The server said no" : op_how_lost(&op->sent_error);
    char name[OP_NAME_SIZE], words[900];
    struct err err = {0};

    op_name(op, name, sizeof(name));
    note_candidates(op);
    if (op->found.count > 0) {
        find_words(&op->found, words, sizeof(words));
        err_set(&err, ERR_UNKNOWN, "%s, and something that fits is there. %s", how, words);
    } else if (op->found.told) {
        err_set(&err, ERR_UNKNOWN,
                "%s, and nothing of it is there so far. It may still come, for two minutes: "
                "sending now may make two.",
                how);
    } else {
        err_set(&err, ERR_UNKNOWN,
                "%s, and it cannot be found out here whether it was made%s%s. Look for it in the "
                "list, by a person who sees it, before it is made again.",
                how, op->look_error.text[0] == '\0' ? "" : ": ", op->look_error.text);
    }
    op->found_out = op->found.told;
    op_outcome(op, "unknown", op->candidate_id, err.text);
    op_settled(op, false);
    op_fail(op, OP_UNKNOWN, &err, "It is not known whether %s was made.", name);
}

/* Lists lag: an empty one counts when it was asked for at the end of that time. One that was slow
 * to come may be as old as its question. */
static bool is_late_enough(const struct operation *op)
{
    return (op->list == NULL ? clock_mono_ms() : op->list_asked) >= op->deadline ||
           op->look_error.kind == ERR_AUTH;
}

static void looked(struct operation *op)
{
    struct find_wanted wanted = wanted_of(op);
    bool over = is_late_enough(op);

    look_in(op, &wanted, &op->found);
    if (op->found.count == 0 && !over) {
        op_wait(op, look_for_it);
    } else if (op->found.count == 0 && op->found.told && op->said_no) {
        op_settled(op, true);
        refused(op, "; nothing of it is there");
    } else {
        lost(op);
    }
}

static void look_for_it(void *ctx)
{
    struct operation *op = ctx;

    op->timer = 0;
    testing_stop("find-out");
    read_list(op, looked);
}

/* -- sending -- */

static void send_post(struct operation *op)
{
    char organisation[ID_TEXT_SIZE];
    const struct inventory *inv = inventory(op);
    struct journal_intent intent = {
        .act = "create-key",
        .profile = op->env.profile,
        .base_url = op->env.base_url,
        .organisation_id = inventory_id_text(inv, inv->organisation_id, organisation),
        .own_mask = op->env.own_mask,
        .kind = key_kind_name(op->draft.kind),
        .name = op->draft.name,
        .workspace = op->place,
        .owner = op->draft.owner,
        .method = "POST",
        .path = op->path,
        .body = op->body,
        .reason = op->env.gate->reason,
        .server_time = op->before.date,
        .seen = op->before.ids,
        .seen_count = op->before.count,
        .newest = op->before.newest,
        .blind = op->before.blind,
    };
    struct err err = {0};
    char name[OP_NAME_SIZE];

    testing_stop("before-intent");
    if (!op_gate(op, &err) || !journal_write_intent(op->env.journal, &intent, op->intent, &err)) {
        op_fail(op, OP_BLOCKED, &err, "Nothing was sent.");
        return;
    }
    testing_stop("after-intent");
    op_name(op, name, sizeof(name));
    op->sent_at = clock_now(op->env.clock);
    op->said_no = false;
    op->candidates = 0;
    op_phase_set(op, OP_SENDING, "Making %s..", name);
    op->ticket = api_create_key(op->env.client, op->draft.kind, op->body, on_created, op);
}

/* What an earlier try made is there: nothing is sent. */
static void made_before(struct operation *op, const struct operation_try *what)
{
    char name[OP_NAME_SIZE], time[TIME_TEXT_SIZE], words[900];
    struct err err = {0};

    op_name(op, name, sizeof(name));
    op_earlier_time(op, time, sizeof(time));
    find_words(&op->found, words, sizeof(words));
    err_set(&err, ERR_CONFLICT,
            "An earlier try (%s) may have made it: %s Give this one another name, or settle that "
            "one first.",
            time, words);
    op->candidates = op->found.count;
    if (op->found.count == 1) {
        snprintf(op->candidate_id, sizeof(op->candidate_id), "%s", op->found.hits[0].id);
    }
    for (size_t i = 0; i < op->found.count && i < FIND_HITS_MAX && what->intent[0] != '\0'; i++) {
        (void)journal_write_event(op->env.journal, what->intent, "candidate", op->found.hits[i].id,
                                  NULL, NULL);
    }
    op_fail(op, OP_UNKNOWN, &err, "Nothing was sent: %s may be there already.", name);
}

static void settle_earlier(struct operation *op, const struct operation_try *what)
{
    const struct journal_outcome outcome = {
        .result = "none", .detail = "Nothing of it is in a list that shows its kind."};

    if (what->intent[0] != '\0') {
        (void)journal_write_outcome(op->env.journal, what->intent, &outcome, NULL);
    }
    if (op->env.settled != NULL) {
        op->env.settled(op->env.ctx, what, true);
    }
}

/* How long ago the earlier one was sent, by the server's clock where both ends are told by it. */
static int64_t age_of(const struct operation *op, const struct operation_try *what)
{
    if (op->before.date != TIME_NONE && what->server_time != TIME_NONE && what->server_time != 0) {
        return op->before.date - what->server_time;
    }
    return -1;
}

/* May this be sent, as far as earlier tries of the same go? False: it came to an end, or back to
 * the review. */
static bool earlier_is_over(struct operation *op)
{
    struct operation_try what;
    char name[OP_NAME_SIZE], time[TIME_TEXT_SIZE];
    struct err err = {0};

    while (op_earlier_try(op, &what)) {
        struct find_wanted wanted = wanted_of(op);
        enum find_verdict verdict;

        wanted.known = what.seen;
        wanted.known_count = what.seen_count;
        wanted.floor = what.newest;
        wanted.blind = what.blind;
        look_in(op, &wanted, &op->found);
        verdict = find_verdict(&op->found, age_of(op, &what), testing_ms(FIND_MAY_COME_MS));
        if (verdict == FIND_NONE) {
            settle_earlier(op, &what);
            continue;
        }
        if (verdict == FIND_CANDIDATE) {
            made_before(op, &what);
            return false;
        }
        op_name(op, name, sizeof(name));
        op_earlier_time(op, time, sizeof(time));
        err_set(&err, ERR_UNKNOWN,
                verdict == FIND_MAY_COME
                    ? "An earlier try (%s) is not seen so far, but it may still come: sending now "
                      "may make two. Wait until two minutes have passed since."
                    : "An earlier try (%s) may have made this key, and that cannot be told from "
                      "what this key can list. A person has to settle it first.",
                time);
        op_fail(op, OP_BLOCKED, &err, "Nothing was sent: %s may be there already.", name);
        return false;
    }
    return true;
}

static void take_list(struct operation *op)
{
    const struct inventory *found = op->list;
    int64_t newest = find_newest(found);
    char text[ID_TEXT_SIZE];

    for (size_t i = 0; i < found->key_count && op->before.count < OP_SEEN_MAX; i++) {
        char *room = op->before.texts[op->before.count];

        snprintf(room, ID_TEXT_SIZE, "%s", inventory_id_text(found, found->keys[i].id, text));
        op->before.ids[op->before.count++] = room;
    }
    if (op->before.newest == TIME_NONE || newest > op->before.newest) {
        op->before.newest = newest;
    }
}

/* Why a lost answer could not be looked for; NULL when it can. */
static const char *why_blind(const struct operation *op)
{
    const char *missing;
    struct find_wanted wanted = wanted_of(op);

    if (op->list == NULL) {
        return op->look_error.kind == ERR_FORBIDDEN ? "your key may list no keys"
                                                    : "the list comes from a cache in between";
    }
    /* What was read before counts where neither tells otherwise now. */
    if (find_shows(&wanted, op->list, op->env.own_id) || op->own_shows ||
        (op->list->own_key < 0 && !op->own_was_read &&
         access_may(inventory(op), ENDPOINT_KEYS, op->draft.kind, &missing) == ANSWER_YES)) {
        return NULL;
    }
    return "the list shows no key of this kind, nor your own";
}

/* The newest keys before the POST: what is among them is not what it makes. It shows as well that
 * key and connection work before anything hangs on them. */
static void newest_is_read(struct operation *op)
{
    const char *blind = why_blind(op);
    struct err why = op->look_error;

    if (op->list == NULL && why.kind != ERR_DECODE &&
        (why.kind != ERR_FORBIDDEN || why.source == ERR_FROM_BETWEEN)) {
        err_prefix(&why, "Nothing was sent, for the read that comes before it failed");
        op_fail(op, OP_BLOCKED, &why, "Nothing was sent.");
        return;
    }
    if (op->list != NULL) {
        op->before.date = op->list_date;
        take_list(op);
    }
    if (blind != NULL && op->list != NULL && !op->filtered && may_filter(op) &&
        op->list->lists[LIST_KEYS].total > (int64_t)op->list->key_count) {
        op->filtered = true;
        read_list(op, newest_is_read);
        return;
    }
    op->before.blind = blind != NULL;
    if (!earlier_is_over(op)) {
        return;
    }
    if (blind != NULL && !op->told_blind) {
        say_blind(op, blind);
        op_phase_set(op, OP_REVIEW, "Nothing was sent: see what is said of a lost answer.");
        return;
    }
    send_post(op);
}

static void read_newest(struct operation *op)
{
    op->before = (struct op_before){.newest = TIME_NONE, .date = TIME_NONE};
    op->filtered = false;
    if (op->others == NULL) {
        read_others(op);
    }
    op_phase_set(op, OP_READING,
                 "Reading the newest keys: the new one is told from them by that..");
    read_list(op, newest_is_read);
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
    read_newest(op);
    return true;
}

bool operation_create_again(struct operation *op, struct err *err)
{
    if (op->kind != OP_CREATE || op->phase != OP_UNKNOWN || op->candidates > 0 ||
        op->new_id[0] != '\0') {
        return err_set(err, ERR_GUARD, "There is nothing to send again.");
    }
    if (!op_gate(op, err)) {
        return false;
    }
    read_newest(op);
    return true;
}
