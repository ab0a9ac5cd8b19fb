#include "app/look_back.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/change_look.h"
#include "app/find.h"
#include "app/look.h"
#include "app/open_words.h"
#include "base/alloc.h"
#include "base/testing.h"
#include "model/access.h"

#include "base/banned.h"

#define PAGE_ROWS 100
#define FOUND_FRESH_MS ((int64_t)15 * 60 * 1000)

/* What the answer to a create named, in a list read now. */
enum made_seen {
    MADE_UNSEEN,  /* no list tells */
    MADE_FITS,    /* it is what was asked for */
    MADE_ANOTHER, /* it is new, and not what was asked for: somebody else's, or changed on the way
                   */
    MADE_BEFORE,  /* it was there before */
    MADE_MISSING, /* it is not among what is new */
};

/* One open write. */
struct item {
    struct look_back *back;
    const struct journal_open *open;
    struct look *look;
    struct change_look *change;
    api_ticket ticket; /* of a page of the workspace alone */
    enum made_seen made;
    bool nothing_else; /* late enough a list shows nothing else that it may have made */
    bool over;
};

struct look_back {
    struct look_back_env env;
    struct journal_report report;
    struct item *items;
    size_t count;
    size_t left; /* that are not over */
    int timer;   /* of the begin, then of the end */
    api_ticket ticket;
    char organisation[ID_TEXT_SIZE]; /* "" not known yet */
    char own_id[ID_TEXT_SIZE];
    bool own_seen, own_admin; /* the row of the own key is known: an admin key */
    bool wide; /* it was seen to reach more than one workspace, as only an admin key does */
    struct scope_set own_scopes;
    int64_t again_ms;
    bool busy, dead; /* it tells its items' ends; it was freed meanwhile */
};

/* -- the session -- */

/* May this write be one of the organisation that is open? What neither side tells is not ruled out
 * yet. Older lines are known by address, profile and own key. */
static bool may_be_ours(const struct look_back *back, const struct journal_open *open)
{
    if (open->organisation_id[0] != '\0') {
        return back->organisation[0] == '\0' ||
               strcmp(open->organisation_id, back->organisation) == 0;
    }
    return strcmp(open->base_url, back->env.base_url) == 0 &&
           strcmp(open->profile, back->env.profile) == 0 &&
           strcmp(open->own_mask, back->env.own_mask) == 0;
}

static bool same_key(const struct look_back *back, const struct journal_open *open)
{
    return open->own_mask[0] != '\0' && strcmp(open->own_mask, back->env.own_mask) == 0;
}

static void take_organisation(struct look_back *back, const struct inventory *inv)
{
    char text[ID_TEXT_SIZE];

    if (back->organisation[0] == '\0' && !id_is_none(inv->organisation_id)) {
        snprintf(back->organisation, sizeof(back->organisation), "%s",
                 inventory_id_text(inv, inv->organisation_id, text));
    }
}

/* The row of the own key: as it was found before, by its id, or in a page by its mask. -1: none. */
static int find_own(const struct look_back *back, const struct inventory *inv)
{
    int row = inv->own_key >= 0 ? inv->own_key
                                : inventory_find_key(inv, inventory_find_id(inv, back->own_id));

    for (size_t i = 0; row < 0 && i < inv->key_count && i < PAGE_ROWS; i++) {
        const char *mask = arena_text(&inv->arena, inv->keys[i].mask);

        if (mask != NULL && back->env.mask_is_own(back->env.ctx, mask)) {
            row = (int)i;
        }
    }
    return row;
}

static void take_own(struct look_back *back, const struct inventory *inv)
{
    int own = back->own_seen ? -1 : find_own(back, inv);
    char text[ID_TEXT_SIZE];

    if (own < 0) {
        return;
    }
    back->own_seen = true;
    back->own_admin = inv->keys[own].kind == KEY_ORGANISATION_SERVICE;
    back->own_scopes = inv->keys[own].scopes;
    snprintf(back->own_id, sizeof(back->own_id), "%s",
             inventory_id_text(inv, inv->keys[own].id, text));
}

/* A key of a workspace is shown nothing but its workspace. */
static void take_reach(struct look_back *back, const struct inventory *inv)
{
    for (size_t i = 0; i < inv->key_count; i++) {
        const struct key_row *row = &inv->keys[i];

        back->wide = back->wide || row->kind == KEY_ORGANISATION_SERVICE ||
                     (!id_is_none(row->workspace_id) && !id_is_none(inv->keys[0].workspace_id) &&
                      !id_equal(row->workspace_id, inv->keys[0].workspace_id));
    }
}

static bool sees_all(const struct look_back *back)
{
    return back->own_admin || back->wide;
}

static bool own_holds(const struct look_back *back, enum endpoint endpoint, enum key_kind kind)
{
    const char *scope = endpoint_scope(endpoint, kind);

    return back->own_admin && scope != NULL && scope_set_has_name(&back->own_scopes, scope);
}

/* -- the end -- */

static void stop(struct look_back *back)
{
    for (size_t i = 0; i < back->count; i++) {
        look_free(back->items[i].look);
        change_look_free(back->items[i].change);
        back->items[i].change = NULL;
        api_cancel(back->env.client, back->items[i].ticket);
        back->items[i].look = NULL;
        back->items[i].ticket = 0;
    }
    api_cancel(back->env.client, back->ticket);
    loop_untimer(back->env.loop, back->timer);
    back->ticket = 0;
    back->timer = 0;
}

static void finish(struct look_back *back)
{
    stop(back);
    back->env.over(back->env.ctx, back->again_ms);
}

/* What is not known is said to be so, and what was read then; of what is known only that is said.
 */
static void say(const struct item *item, const char *what, const char *detail)
{
    struct look_back *back = item->back;
    struct buf text;

    buf_init(&text, 0);
    open_describe(item->open, &text);
    buf_addf(&text, " %s%s%s", what, detail[0] == '\0' ? "" : " ", detail);
    back->env.say(back->env.ctx, item->open, text.data);
    buf_done(&text);
}

/* words go on from "The key .." */
static void say_of_it(const struct item *item, const char *words)
{
    struct look_back *back = item->back;
    struct buf text;

    buf_init(&text, 0);
    open_name(item->open, &text);
    buf_addf(&text, " %s", words);
    back->env.say(back->env.ctx, item->open, text.data);
    buf_done(&text);
}

static void fault(const struct item *item, const struct err *err)
{
    item->back->env.say(item->back->env.ctx, item->open, err->text);
}

static void over(struct item *item)
{
    struct look_back *back = item->back;

    if (item->over) {
        return;
    }
    item->over = true;
    if (--back->left == 0) {
        finish(back);
    }
}

static void write_outcome(const struct item *item, const struct journal_outcome *outcome)
{
    struct err err = {0};

    testing_stop("before-outcome");
    if (!journal_write_outcome(item->back->env.journal, item->open->id, outcome, &err)) {
        fault(item, &err);
    }
}

/* The end is known now: words go on from "The key ..". Says it when it could be written down, so
 * that it is said once. */
static void end(struct item *item, const struct journal_outcome *outcome, const char *words,
                bool gone)
{
    struct look_back *back = item->back;
    struct journal_outcome told = *outcome;
    struct buf detail;

    buf_init(&detail, 0);
    open_name(item->open, &detail);
    buf_addf(&detail, " %s", words);
    told.detail = detail.data;
    write_outcome(item, &told);
    buf_done(&detail);
    say_of_it(item, words);
    back->env.ended(back->env.ctx, item->open, gone);
}

static bool doubtful(const struct look_back *back)
{
    return back->report.damage != JOURNAL_WHOLE;
}

static void event(const struct item *item, const char *kind, const char *id)
{
    struct err err = {0};

    if (!journal_write_event(item->back->env.journal, item->open->id, kind, id, NULL, &err)) {
        fault(item, &err);
    }
}

static void keep_found(const struct item *item, enum journal_found found, const char *reading)
{
    struct err err = {0};

    if (!journal_write_found(item->back->env.journal, item->open->id, found, reading, &err)) {
        fault(item, &err);
    }
}

/* What stands as it stood is written again after a while only: a look is made after each command.
 */
static void keep_read(const struct item *item, enum journal_found found, const struct proof *proof)
{
    const struct journal_open *open = item->open;
    int64_t now = clock_now(item->back->env.clock);
    char reading[LOOK_WORDS_SIZE];

    if (open->found == found && open->found_at != TIME_NONE && now >= open->found_at &&
        now - open->found_at < FOUND_FRESH_MS) {
        return;
    }
    look_words(proof->second == NULL ? proof->first : proof->second, true, reading,
               sizeof(reading));
    keep_found(item, found, reading);
}

static void not_told(struct item *item)
{
    say(item, "That cannot be told with this key.", "");
    over(item);
}

/* -- what deletes -- */

static void gone(struct item *item, const struct proof *proof)
{
    char reading[LOOK_WORDS_SIZE], control[LOOK_WORDS_SIZE];
    bool made = item->open->made[0] != '\0';
    const char *words = made                   ? "is gone: nothing is left of it."
                        : sees_all(item->back) ? "is gone."
                                               : "is gone from this workspace.";
    const struct journal_outcome outcome = {
        .result = made ? "none" : "done",
        .target = made ? item->open->made : item->open->target,
        .reading = reading,
        .control = control,
    };

    look_words(proof->first, true, reading, sizeof(reading));
    look_words(proof->second, true, control, sizeof(control));
    end(item, &outcome, words, true);
}

static void still_accepted(struct item *item, const struct proof *proof)
{
    char reading[LOOK_WORDS_SIZE], control[LOOK_WORDS_SIZE];
    struct buf words;
    const char *list = endpoint_scope(ENDPOINT_KEYS, key_kind_parse(item->open->kind));
    const struct journal_outcome outcome = {
        .result = "accepted",
        .detail = "The server accepted it and answers no more for it.",
        .target = item->open->target,
        .reading = reading,
        .control = control,
    };

    look_words(proof->first, true, reading, sizeof(reading));
    look_words(proof->second, true, control, sizeof(control));
    if (item->open->state != JOURNAL_ACCEPTED || item->open->found != FOUND_NOTHING) {
        write_outcome(item, &outcome);
    }
    buf_init(&words, 0);
    buf_adds(&words, "is accepted as revoked, not proven: the server answers no more for it, and "
                     "nothing is left to compare with.");
    if (list != NULL) {
        buf_addf(&words, " An admin key with %s could show it.", list);
    }
    say_of_it(item, words.data);
    buf_done(&words);
}

static void not_told_by_reading(const struct item *item)
{
    char last[LOOK_WORDS_SIZE];
    struct buf words;

    look_words(look_last(item->look), false, last, sizeof(last));
    buf_init(&words, 0);
    buf_addf(&words, "What was read does not tell%s%s%s.", last[0] == '\0' ? "" : " (", last,
             last[0] == '\0' ? "" : ")");
    say(item, words.data, "");
    buf_done(&words);
}

static void later(struct look_back *back, int64_t ms)
{
    ms = ms < 1000 ? 1000 : ms;
    back->again_ms = back->again_ms == 0 || ms < back->again_ms ? ms : back->again_ms;
}

/* What the answer to a create named, and no list has shown: it was read by its id. An id that is
 * gone may be a wrong one, so it ends nothing while something else may be there. */
static void looked_for_made(struct item *item, const struct proof *proof)
{
    const struct journal_open *open = item->open;
    struct buf words;

    if (proof->state == PROOF_GONE && item->nothing_else) {
        gone(item, proof);
    } else if (proof->state == PROOF_GONE && open->blind) {
        say(item,
            "That id is gone. Whether something else was made cannot be told with this key: "
            "a person has to decide.",
            "");
    } else if (proof->state == PROOF_GONE) {
        later(item->back, testing_ms(PROOF_GAP_MS));
        say(item, "That id is gone. Whether something else was made cannot be told so far.", "");
    } else if (open->taken) {
        say(item, "Its secret was handed over. Whether there is a second one of it cannot be told.",
            "");
    } else if (item->made == MADE_MISSING) {
        say(item,
            "It is not among what is new in the list, so it may be another key: look at it "
            "before anything is done to it.",
            "");
    } else {
        buf_init(&words, 0);
        if (item->made == MADE_FITS) { /* what was told once is not in that list any more */
            open_advise_secret(open, doubtful(item->back), &words);
        } else {
            open_advise(open, doubtful(item->back), &words);
        }
        say(item, words.data + (words.data[0] == ' '), "");
        buf_done(&words);
    }
}

static void on_looked(void *ctx, const struct proof *proof)
{
    struct item *item = ctx;

    if (item->open->accepted && !proof->accepted) {
        event(item, "void", item->open->target);
    }
    if (item->open->made[0] != '\0') {
        looked_for_made(item, proof);
    } else if (proof->state == PROOF_GONE) {
        gone(item, proof);
    } else if (proof->state == PROOF_STILL_THERE) {
        keep_read(item, FOUND_THERE, proof);
        say_of_it(item, doubtful(item->back) ? "still works." : "still works. Revoke it again.");
    } else if (proof->state == PROOF_ACCEPTED) {
        still_accepted(item, proof);
    } else if (proof->state == PROOF_OUT_OF_REACH) {
        keep_read(item, FOUND_OUT_OF_REACH, proof);
        say_of_it(item, "is gone from where this key looks, and may be somewhere else: that cannot "
                        "be told with this key.");
    } else {
        not_told_by_reading(item);
    }
    look_free(item->look);
    item->look = NULL;
    over(item);
}

/* Is this id gone? */
static void look_for(struct item *item, const char *target)
{
    struct look_back *back = item->back;
    const struct journal_open *open = item->open;
    enum key_kind kind = open->kind[0] == '\0' ? KEY_KIND_UNKNOWN : key_kind_parse(open->kind);

    item->look = look_start(back->env.loop, back->env.client,
                            &(struct look_what){
                                .target = target,
                                .kind = kind,
                                .workspace = open->workspace,
                                .own_id = back->own_id,
                                .own_is_control = own_holds(back, ENDPOINT_KEY, kind) &&
                                                  own_holds(back, ENDPOINT_KEYS, kind),
                                .own_reads = own_holds(back, ENDPOINT_KEY, kind),
                                .accepted = open->accepted,
                                .young = open->young,
                                .narrow = !sees_all(back),
                                .list_max = back->env.list_max,
                                .limit_ms = LOOK_AT_START_MS,
                                .ends_on_silence = true,
                            },
                            on_looked, NULL, item);
}

/* -- what changes -- */

/* Goes on from "The key ..". */
static const char *change_words(const struct journal_open *open, enum change_state state)
{
    switch (state) {
    case CHANGE_IS_SO:
        return "reads as it was to be.";
    case CHANGE_REFUSED:
    case CHANGE_NOT_DONE:
        return "reads as before: nothing came of it.";
    case CHANGE_TOUCHED:
        return "reads as before, and was changed in between: nothing of it is left.";
    case CHANGE_OTHERWISE:
        return "was set another way by somebody else since.";
    case CHANGE_ROTATED:
        return "has another secret now: it was rotated by this or by somebody else. If nobody has "
               "the new secret, rotate it again.";
    case CHANGE_STALE:
    case CHANGE_MAY_COME:
        return open->accepted ? "was accepted, and does not read so yet."
                              : "reads as before; the request may still come.";
    default:
        return "could not be read well enough to tell.";
    }
}

static void on_change_looked(void *ctx, const struct change *change, const struct api_reply *row)
{
    struct item *item = ctx;
    enum change_state state = change->state;
    const struct journal_outcome outcome = {.result = state == CHANGE_IS_SO ? "done" : "none",
                                            .target = item->open->target,
                                            .reading = change_look_words(item->change)};

    (void)row;
    testing_stop("before-outcome");
    if (change_is_end(state)) {
        end(item, &outcome, change_words(item->open, state), false);
    } else {
        if (state == CHANGE_MAY_COME || state == CHANGE_STALE) {
            later(item->back, testing_ms(CHANGE_LATE_MS));
        }
        say_of_it(item, change_words(item->open, state));
    }
    change_look_free(item->change);
    item->change = NULL;
    over(item);
}

/* Our own answer gave a new secret: what became of that is all there is to know. */
static void tell_secret(struct item *item)
{
    const struct journal_open *open = item->open;
    const struct journal_outcome outcome = {.result = "done", .target = open->target};
    struct buf words;

    if (open->taken) {
        end(item, &outcome, "has a new secret, which was handed over.", false);
    } else {
        buf_init(&words, 0);
        open_advise(open, doubtful(item->back), &words);
        say(item, words.data + (words.data[0] == ' '), "");
        buf_done(&words);
    }
    over(item);
}

static void look_for_change(struct item *item, const struct act *act)
{
    struct look_back *back = item->back;
    const struct journal_open *open = item->open;

    if (open->made[0] != '\0') {
        tell_secret(item);
        return;
    }
    if (open->body[0] == '\0' || open->before[0] == '\0') {
        say_of_it(item, "could not be compared: the line of the journal lacks what was before.");
        over(item);
        return;
    }
    item->change = change_look_start(
        back->env.loop, back->env.client,
        &(struct change_look_what){
            .act = act->id,
            .target = open->target,
            .body = open->body,
            .before = open->before,
            .accepted = open->accepted,
            .sent = open->server_time,
            .until = act_answer_time(open->body, strlen(open->body),
                                     act->id == ACT_KEY_FREEZE ? "expires_at" : ""),
            .limit_ms = LOOK_AT_START_MS,
        },
        on_change_looked, item);
}

/* -- what makes -- */

/* What other writes of ours made is none of its candidates; a damaged journal says nothing. Gives
 * the array. */
static const char **others(const struct item *item, size_t *count)
{
    const struct journal_report *report = &item->back->report;
    const char **ids = xcalloc(report->named_count + 1, sizeof(*ids));

    *count = 0;
    for (size_t i = 0; i < report->named_count && !doubtful(item->back); i++) {
        if (strcmp(report->named[i].intent, item->open->id) != 0) {
            ids[(*count)++] = report->named[i].id;
        }
    }
    return ids;
}

static struct find_wanted wanted_of(const struct journal_open *open)
{
    return (struct find_wanted){
        .kind = open->kind[0] == '\0' ? KEY_KIND_UNKNOWN : key_kind_parse(open->kind),
        .workspace = open->workspace,
        .owner = open->owner,
        .name = open->name,
        .known = (const char *const *)open->seen,
        .known_count = open->seen_count,
        .floor = open->newest,
        .blind = open->blind || open->kind[0] == '\0',
    };
}

/* What may be what it made, in this list. */
static void search(const struct item *item, const struct inventory *found, struct find_result *out)
{
    struct find_wanted wanted = wanted_of(item->open);
    const char **ids = others(item, &wanted.other_count);

    wanted.others = ids;
    find_look(&wanted, found, item->back->own_id, out);
    if (item->open->made[0] != '\0') {
        find_without(out, item->open->made);
    }
    free(ids);
}

/* Is what the answer named what was asked for? */
static enum made_seen see_made(const struct item *item, const struct inventory *found,
                               const struct find_result *result)
{
    struct find_wanted wanted = wanted_of(item->open);
    int index = inventory_find_key(found, inventory_find_id(found, item->open->made));
    const struct key_row *row = index < 0 ? NULL : &found->keys[index];

    if (row == NULL) {
        return result->reaches ? MADE_MISSING : MADE_UNSEEN;
    }
    if (find_was_there(&wanted, found, row)) {
        return MADE_BEFORE;
    }
    wanted.floor = TIME_NONE; /* it counts as made now, whatever its time is */
    return wanted.kind == KEY_KIND_UNKNOWN || find_fits(&wanted, found, row, NULL) ? MADE_FITS
                                                                                   : MADE_ANOTHER;
}

static bool is_another(const struct item *item)
{
    return item->made == MADE_ANOTHER || item->made == MADE_BEFORE;
}

static bool is_hit(const struct find_result *result, const char *id)
{
    for (size_t i = 0; i < result->count && i < FIND_HITS_MAX; i++) {
        if (strcmp(result->hits[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static bool was_told(const struct journal_open *open, const char *id)
{
    for (size_t i = 0; i < open->candidate_count; i++) {
        if (strcmp(open->candidates[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* What was found once and fits no more, but is there. */
static void keep_told(const struct item *item, const struct inventory *found,
                      struct find_result *result)
{
    const struct journal_open *open = item->open;

    for (size_t i = 0; i < open->candidate_count; i++) {
        const char *id = open->candidates[i];

        if (inventory_find_key(found, inventory_find_id(found, id)) < 0 || is_hit(result, id) ||
            strcmp(id, open->made) == 0) {
            continue;
        }
        if (result->count < FIND_HITS_MAX) {
            struct find_hit *hit = &result->hits[result->count];

            *hit = (struct find_hit){.differs = FIND_UNREAD};
            snprintf(hit->id, sizeof(hit->id), "%s", id);
        }
        result->count++;
    }
}

static void note_candidates(const struct item *item, const struct find_result *result)
{
    for (size_t i = 0; i < result->count && i < FIND_HITS_MAX; i++) {
        if (!was_told(item->open, result->hits[i].id)) {
            event(item, "candidate", result->hits[i].id);
        }
    }
}

static void tell_candidates(struct item *item, const struct find_result *result)
{
    char words[1200];

    note_candidates(item, result);
    find_words(result, words, sizeof(words));
    say(item, words, "");
}

/* Beside what the answer named there is something that fits: it was sent twice, or the answer was
 * about another. */
static void tell_second(struct item *item, const struct find_result *result)
{
    const struct journal_open *open = item->open;
    char words[1200];
    struct buf text;

    note_candidates(item, result);
    find_words(result, words, sizeof(words));
    buf_init(&text, 0);
    if (is_another(item)) {
        buf_addf(&text, OPEN_ANOTHER " %s", words);
        say_of_it(item, text.data);
    } else {
        if (!open->taken && item->made == MADE_FITS) {
            open_advise_secret(open, doubtful(item->back), &text);
        }
        buf_addf(&text, " A second one may have been made. %s", words);
        say(item, text.data + 1, "");
    }
    buf_done(&text);
}

/* The answer named another key, and nothing that fits is there. */
static void judge_another(struct item *item)
{
    const struct journal_outcome outcome = {.result = "none"};

    if (item->made == MADE_ANOTHER) {
        say_of_it(item, OPEN_ANOTHER " Nothing else of it is there: a person has to decide.");
    } else if (item->nothing_else) {
        end(item, &outcome, OPEN_ANOTHER " Nothing of what was asked for is there.", false);
    } else {
        later(item->back, testing_ms(PROOF_GAP_MS));
        say_of_it(item, OPEN_ANOTHER " What was made instead cannot be told so far.");
    }
}

/* Our own answer named what it made: was the secret handed over, and is there a second one? */
static void judge_made(struct item *item, const struct find_result *result)
{
    const struct journal_open *open = item->open;
    const struct journal_outcome outcome = {.result = "done", .target = open->made};

    if (is_another(item) && open->found != FOUND_ANOTHER) {
        keep_found(item, FOUND_ANOTHER, "");
    }
    if (result->count > 0) {
        tell_second(item, result);
    } else if (is_another(item)) {
        judge_another(item);
    } else if (open->taken && (open->blind || (item->made == MADE_FITS && result->reaches))) {
        end(item, &outcome, "was made. Its secret was handed over; no second one of it is there.",
            false);
    } else {
        look_for(item, open->made);
        return;
    }
    over(item);
}

/* What was named once is named again. */
static void tell_untold(struct item *item)
{
    struct buf words;

    buf_init(&words, 0);
    open_advise(item->open, doubtful(item->back), &words);
    say(item, "What this key can list does not tell: a person has to decide.",
        words.data + (words.len > 0 ? 1 : 0));
    buf_done(&words);
}

/* How long ago it was sent, by the server's clock at both ends; -1: not told. */
static int64_t age_of(const struct journal_open *open, int64_t date)
{
    return date == TIME_NONE || open->server_time == TIME_NONE ? -1 : date - open->server_time;
}

static void judge_lost(struct item *item, const struct find_result *result, int64_t date)
{
    const struct journal_open *open = item->open;
    int64_t wait = testing_ms(FIND_MAY_COME_MS);
    int64_t age = age_of(open, date);
    const char *words = open->candidate_count > 0
                            ? "is not there: what may have been it is gone, and nothing else of it "
                              "is there."
                            : "is not there: nothing of it is.";
    const struct journal_outcome outcome = {.result = "none"};

    switch (find_verdict(result, age, wait)) {
    case FIND_CANDIDATE:
        tell_candidates(item, result);
        break;
    case FIND_NONE:
        end(item, &outcome, words, false);
        break;
    case FIND_MAY_COME:
        later(item->back, age < 0 ? wait : wait - age);
        say_of_it(item, "is not seen so far, but it may still come: sending now may make two.");
        break;
    case FIND_UNTOLD:
        tell_untold(item);
        break;
    }
    over(item);
}

/* A list was read for it; keys NULL: it could not be. */
static void judge(struct item *item, const struct api_keys *keys)
{
    bool read = keys != NULL && keys->ok && !keys->cached;
    int64_t date = read ? keys->server_date : TIME_NONE;
    struct find_result result = {0};

    if (read) {
        search(item, keys->found, &result);
        keep_told(item, keys->found, &result);
    }
    if (item->open->made[0] == '\0') {
        judge_lost(item, &result, date);
        return;
    }
    if (read) {
        item->made = see_made(item, keys->found, &result);
        item->nothing_else =
            find_verdict(&result, age_of(item->open, date), testing_ms(PROOF_GAP_MS)) == FIND_NONE;
    }
    judge_made(item, &result);
}

static void on_workspace_page(void *ctx, const struct api_keys *keys)
{
    struct item *item = ctx;

    item->ticket = 0;
    judge(item, keys);
}

/* The newest of all tell it, or those of its workspace alone do. */
static void begin_making(struct item *item, const struct api_keys *keys)
{
    struct find_result result = {0};
    bool read = keys != NULL && keys->ok && !keys->cached;

    if (read) {
        search(item, keys->found, &result);
    }
    if (read && result.count == 0 && !result.told && !item->open->blind &&
        item->open->workspace[0] != '\0') {
        item->ticket =
            api_keys_page(item->back->env.client, item->open->workspace, on_workspace_page, item);
        return;
    }
    judge(item, keys);
}

/* -- the reads -- */

static void begin_item(struct item *item, const struct api_keys *keys)
{
    struct look_back *back = item->back;
    const struct journal_open *open = item->open;

    if (!may_be_ours(back, open) || (back->organisation[0] == '\0' && !same_key(back, open))) {
        over(item); /* of another organisation: nothing is said of it */
    } else if (!sees_all(back) && !same_key(back, open)) {
        not_told(item);
    } else if (act_find(open->act) != NULL) {
        look_for_change(item, act_find(open->act));
    } else if (open->target[0] != '\0') {
        look_for(item, open->target);
    } else {
        begin_making(item, keys);
    }
}

static void destroy(struct look_back *back)
{
    journal_report_done(&back->report);
    free(back->items);
    free(back);
}

/* Whoever was told of an end may have freed it. */
static void no_more_busy(struct look_back *back)
{
    back->busy = false;
    if (back->dead) {
        destroy(back);
    }
}

/* The page is lent for now; the row of the own key is known by now, as far as it can be. */
static void begin_items(struct look_back *back, const struct api_keys *keys)
{
    static const struct api_keys UNREAD = {0};

    keys = keys == NULL ? &UNREAD : keys;
    back->busy = true;
    for (size_t i = 0; !back->dead && i < back->count; i++) {
        begin_item(&back->items[i], keys);
    }
    no_more_busy(back);
}

/* Says the same of all that are not over. */
static void end_all(struct look_back *back, const char *what, const char *detail)
{
    back->busy = true;
    for (size_t i = 0; !back->dead && i < back->count; i++) {
        if (!back->items[i].over) {
            say(&back->items[i], what, detail);
            over(&back->items[i]);
        }
    }
    no_more_busy(back);
}

/* With all its tries nothing came: whatever is asked next gets no answer either. */
static bool ends_in_silence(struct look_back *back, const struct err *err)
{
    if (err->source != ERR_FROM_NOBODY) {
        return false;
    }
    end_all(back, "It could not be looked for:", err->text);
    return true;
}

static void on_page(void *ctx, const struct api_keys *keys)
{
    struct look_back *back = ctx;

    back->ticket = 0;
    if (!keys->ok && ends_in_silence(back, &keys->err)) {
        return;
    }
    if (keys->ok && !keys->cached) {
        take_organisation(back, keys->found);
        take_own(back, keys->found);
        take_reach(back, keys->found);
    }
    begin_items(back, keys);
}

/* Does anything hang on the newest keys: a write that makes, or who we are? */
static bool needs_page(const struct look_back *back)
{
    bool making = false;

    for (size_t i = 0; i < back->count; i++) {
        making = making || back->items[i].open->target[0] == '\0';
    }
    return making || back->organisation[0] == '\0' || !back->own_seen;
}

static void read_page(struct look_back *back)
{
    if (!needs_page(back)) {
        begin_items(back, NULL);
        return;
    }
    back->ticket = api_keys_page(back->env.client, NULL, on_page, back);
}

static void on_own(void *ctx, struct api_reply *reply)
{
    struct look_back *back = ctx;
    struct inventory *inv;
    int row;

    back->ticket = 0;
    if (!reply->ok && ends_in_silence(back, &reply->err)) {
        return;
    }
    inv = inventory_new();
    if (reply->ok && !reply->cached &&
        api_key_into(inv, reply->body, reply->body_len, &row, NULL)) {
        take_organisation(back, inv);
        take_own(back, inv);
    }
    inventory_free(inv);
    read_page(back);
}

static void on_late(void *ctx)
{
    struct look_back *back = ctx;
    const char *why = api_client_status(back->env.client)->text;
    char *words = xasprintf("There was no time to find it out%s%s%s.", why[0] == '\0' ? "" : " (",
                            why, why[0] == '\0' ? "" : ")");

    back->timer = 0;
    end_all(back, words, "");
    free(words);
}

static void begin(void *ctx)
{
    struct look_back *back = ctx;
    back->timer = loop_timer(back->env.loop, testing_limit_ms(LOOK_AT_START_MS), on_late, back);
    if (!back->own_seen && back->own_id[0] != '\0') {
        back->ticket = api_get_key(back->env.client, back->own_id, on_own, back);
    } else {
        read_page(back);
    }
}

static void take_items(struct look_back *back)
{
    back->items = xcalloc(back->report.open_count + 1, sizeof(*back->items));
    for (size_t i = 0; i < back->report.open_count; i++) {
        const struct journal_open *open = &back->report.open[i];

        if (!open->held && may_be_ours(back, open) &&
            !(back->env.not_mine && journal_is_mine(back->env.journal, open->id))) {
            back->items[back->count++] = (struct item){.back = back, .open = open};
        }
    }
    back->left = back->count;
}

struct look_back *look_back_start(const struct look_back_env *env, struct err *err)
{
    struct look_back *back = xcalloc(1, sizeof(*back));
    const struct inventory *inv = env->inventory(env->ctx);

    back->env = *env;
    if (!journal_read(env->journal, &back->report, err)) {
        free(back);
        return NULL;
    }
    snprintf(back->own_id, sizeof(back->own_id), "%s", env->own_id == NULL ? "" : env->own_id);
    take_organisation(back, inv);
    take_own(back, inv);
    take_items(back);
    if (back->count == 0) {
        look_back_free(back);
        return NULL;
    }
    back->timer = loop_timer(env->loop, 0, begin, back);
    return back;
}

void look_back_free(struct look_back *back)
{
    if (back == NULL) {
        return;
    }
    stop(back);
    if (back->busy) {
        back->dead = true;
    } else {
        destroy(back);
    }
}
