#include "app/proof.h"

#include <string.h>

#include "base/banned.h"

/* How often it is looked from the start: what lags or answers badly gets two more chances. */
#define ROUNDS 3

static bool is_any(const char *code, const char *const *codes)
{
    for (; *codes != NULL; codes++) {
        if (strcmp(code, *codes) == 0) {
            return true;
        }
    }
    return false;
}

bool proof_says_no(enum err_source source, int status, const char *code)
{
    static const char *const KNOWN[] = {"",     "AB01", "AB02", "AB03", "AB05",
                                        "AB07", "AB08", "AB09", NULL};

    if (source != ERR_FROM_API) {
        return false;
    }
    switch (status) {
    case 400:
    case 401:
    case 402:
    case 403:
    case 404:
    case 409:
        return is_any(code, KNOWN);
    case 429:
        return strcmp(code, "AB06") == 0;
    default:
        return false;
    }
}

bool proof_says_no_before_making(enum err_source source, int status, const char *code)
{
    static const char *const BEFORE[] = {"AB01", "AB05", "AB09", NULL};

    return proof_says_no(source, status, code) && is_any(code, BEFORE);
}

/* An answer that counts: the API's own, and not an old one. */
static bool counts(const struct reading *reading)
{
    return reading->source == ERR_FROM_API && !reading->cached;
}

bool proof_answers_no_more(const struct reading *reading)
{
    return reading->of == READING_TARGET && !reading->ok && counts(reading) &&
           ((reading->status == 403 && strcmp(reading->code, "AB03") == 0) ||
            (reading->status == 404 && strcmp(reading->code, "AB08") == 0));
}

static bool shows_target(const struct reading *reading)
{
    return reading->ok && counts(reading) && reading->target == SEEN_THERE;
}

enum proof_made proof_of_making(enum err_source source, int status, const char *code,
                                const struct reading *list)
{
    if (list != NULL && shows_target(list)) {
        return MADE_SOMETHING;
    }
    if (proof_says_no_before_making(source, status, code)) {
        return MADE_NOTHING;
    }
    return proof_says_no(source, status, code) && list != NULL && list->ok && counts(list) &&
                   list->target == SEEN_ABSENT && list->control == CONTROL_SHOWN
               ? MADE_NOTHING
               : MADE_NOT_KNOWN;
}

bool proof_unchanged(const struct reading *readings, size_t count, int64_t gap_ms,
                     const struct reading **first, const struct reading **second)
{
    const struct reading *from = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct reading *reading = &readings[i];

        if (reading->of != READING_TARGET || !counts(reading) || !reading->ok) {
            continue;
        }
        if (reading->target != SEEN_THERE || !reading->as_before) {
            from = NULL; /* it is not what it was, or was not for a while */
        } else if (from == NULL) {
            from = reading;
        } else if (reading->at - from->at >= gap_ms) {
            if (first != NULL) {
                *first = from;
            }
            if (second != NULL) {
                *second = reading;
            }
            return true;
        }
    }
    return false;
}

/* -- the replay -- */

/* What a control came to. */
enum compared {
    COMPARED_WANTS,   /* another reading first: replay.next */
    COMPARED_LIST,    /* a list that shows the kind, and not the target */
    COMPARED_ALONE,   /* another key that can be read */
    COMPARED_NOTHING, /* there is nothing to compare with */
    COMPARED_UNKNOWN, /* it tells nothing now: the target stands in it, or the right is lost */
};

struct replay {
    const struct proof_delete *what;
    const struct reading *at, *end; /* the next one to be looked at */
    bool accepted;
    bool knows_no_ids;             /* seen in an earlier answer: not asked again */
    bool failed;                   /* a control could not be read this time: it may the next */
    int64_t total;                 /* of the whole list; -1: not known */
    const struct reading *there;   /* the first that showed the target */
    const struct reading *control; /* the last that was looked at */
    enum reading_of next;
    struct proof last; /* what is to be said when there is no time for another round */
};

/* The next reading of this, when it was made already; NULL: it is wanted. */
static const struct reading *take(struct replay *replay, enum reading_of of)
{
    while (replay->at != replay->end && replay->at->of != of) {
        replay->at++;
    }
    if (replay->at == replay->end) {
        replay->next = of;
        return NULL;
    }
    return replay->at++;
}

/* May this be looked at? The API's own no to it comes again; anything else may pass. */
static bool is_usable(struct replay *replay, const struct reading *reading)
{
    if (reading->ok && counts(reading)) {
        return true;
    }
    replay->failed =
        replay->failed || !proof_says_no(reading->source, reading->status, reading->code);
    return false;
}

static enum compared compare_list(const struct reading *list)
{
    if (list->target == SEEN_THERE || list->target == SEEN_ENDED || list->control == CONTROL_LOST) {
        return COMPARED_UNKNOWN;
    }
    return list->target == SEEN_ABSENT && list->control == CONTROL_SHOWN ? COMPARED_LIST
                                                                         : COMPARED_NOTHING;
}

static enum compared by_ids(struct replay *replay)
{
    const struct reading *list;
    enum compared came;

    if (!replay->what->ids || replay->knows_no_ids) {
        return COMPARED_NOTHING;
    }
    list = take(replay, READING_IDS);
    if (list == NULL) {
        return COMPARED_WANTS;
    }
    replay->control = list;
    if (!is_usable(replay, list)) {
        return COMPARED_NOTHING; /* the next way may do better */
    }
    came = compare_list(list);
    if (list->others) {
        replay->knows_no_ids = true;
        replay->total = list->total;
        return came == COMPARED_LIST ? COMPARED_NOTHING : came;
    }
    return came;
}

static enum compared by_list(struct replay *replay)
{
    int64_t max = replay->what->list_max;
    const struct reading *list;
    enum compared came;

    if (max >= 0 && (replay->total < 0 || replay->total > max)) {
        return COMPARED_NOTHING;
    }
    list = take(replay, READING_LIST);
    if (list == NULL) {
        return COMPARED_WANTS;
    }
    replay->control = list;
    if (!is_usable(replay, list)) {
        return COMPARED_NOTHING;
    }
    came = compare_list(list);
    /* The target may stand where it was not read. */
    return came == COMPARED_LIST && !list->whole ? COMPARED_NOTHING : came;
}

static enum compared by_another(struct replay *replay)
{
    const struct reading *one;

    if (!replay->what->another || !replay->accepted) {
        return COMPARED_NOTHING;
    }
    one = take(replay, READING_CONTROL);
    if (one == NULL) {
        return COMPARED_WANTS;
    }
    replay->control = one;
    return is_usable(replay, one) && one->control == CONTROL_SHOWN ? COMPARED_ALONE
                                                                   : COMPARED_UNKNOWN;
}

/* A list says more than another key that is read alone; the cheapest list goes first. */
static enum compared compare(struct replay *replay)
{
    static enum compared (*const WAYS[])(struct replay *) = {by_ids, by_list, by_another};
    enum compared came = COMPARED_NOTHING;

    replay->control = NULL;
    replay->failed = false;
    for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]) && came == COMPARED_NOTHING; i++) {
        came = WAYS[i](replay);
    }
    return came;
}

static struct proof says(const struct replay *replay, enum proof_state state,
                         const struct reading *first, const struct reading *second)
{
    return (struct proof){
        .state = state, .first = first, .second = second, .accepted = replay->accepted};
}

static struct proof wants(const struct replay *replay, int64_t wait_ms)
{
    struct proof out = says(replay, PROOF_GOES_ON, NULL, NULL);

    out.next = replay->next;
    out.wait_ms = wait_ms;
    return out;
}

/* The round leads nowhere: another may. */
static bool round_is_over(struct replay *replay, enum proof_state state,
                          const struct reading *first, const struct reading *second,
                          struct proof *out)
{
    replay->last = says(replay, state, first, second);
    *out = replay->last;
    return false;
}

/* The target is there. Twice, the gap apart: then a 200 said nothing, and a no was one. */
static bool on_there(struct replay *replay, const struct reading *reading, struct proof *out)
{
    const struct reading *first = replay->there;

    if (first == NULL) {
        replay->there = reading;
        return round_is_over(replay, PROOF_STILL_THERE, reading, NULL, out);
    }
    if (reading->at - first->at >= replay->what->gap_ms) {
        if (replay->what->refusal && first->as_before && reading->as_before) {
            *out = says(replay, PROOF_REFUSED, first, reading);
            return true;
        }
        replay->accepted = false;
    }
    return round_is_over(replay, PROOF_STILL_THERE, first, reading, out);
}

/* What the id answers. SILENT: no more; else *out is the verdict, or the end of the round. */
enum answered { SILENT, VERDICT, NOTHING_NEW };

static enum answered answer_of_id(struct replay *replay, const struct reading *reading,
                                  struct proof *out)
{
    if (proof_answers_no_more(reading)) {
        return SILENT;
    }
    if (counts(reading) && reading->status == 401) { /* our own key: nothing can be read any more */
        *out = says(replay, PROOF_NOT_KNOWN, reading, NULL);
        return VERDICT;
    }
    if (reading->ok && counts(reading) && reading->target == SEEN_ENDED) {
        *out = says(replay, PROOF_GONE, reading, NULL);
        return VERDICT;
    }
    if (shows_target(reading)) {
        return on_there(replay, reading, out) ? VERDICT : NOTHING_NEW;
    }
    round_is_over(replay, PROOF_NOT_KNOWN, reading, NULL, out);
    return NOTHING_NEW;
}

/* Everything that was wanted after the wait was read: what does it come to? True: a verdict. */
static bool judge_late(struct replay *replay, enum compared came, const struct reading *first,
                       const struct reading *again, struct proof *out)
{
    const struct reading *control = replay->control;
    int64_t gap_ms = replay->what->gap_ms;

    if (again->at - first->at < gap_ms || (control != NULL && control->at - first->at < gap_ms)) {
        return round_is_over(replay, PROOF_NOT_KNOWN, first, again, out);
    }
    if (came == COMPARED_NOTHING) {
        if (replay->failed) {
            return round_is_over(replay, PROOF_ACCEPTED, first, again, out);
        }
        *out = says(replay, PROOF_ACCEPTED, first, again);
    } else if (!replay->accepted && replay->what->narrow) {
        *out = says(replay, PROOF_OUT_OF_REACH, first, control);
    } else {
        *out = says(replay, PROOF_GONE, first, control);
    }
    return true;
}

/* After the wait: a control, and the id once more. True: *out is final, or tells what to read. */
static bool look_late(struct replay *replay, const struct reading *first, struct proof *out)
{
    const struct reading *from = replay->at, *again;
    enum compared came = compare(replay);
    enum answered answered;

    if (came == COMPARED_WANTS) {
        *out = wants(replay, replay->at == from ? replay->what->gap_ms : 0);
        return true;
    }
    if (came == COMPARED_UNKNOWN || (came == COMPARED_NOTHING && !replay->accepted)) {
        round_is_over(replay, PROOF_NOT_KNOWN, first, replay->control, out);
        return came == COMPARED_NOTHING && !replay->failed;
    }
    again = take(replay, READING_TARGET);
    if (again == NULL) {
        *out = wants(replay, replay->at == from ? replay->what->gap_ms : 0);
        return true;
    }
    answered = answer_of_id(replay, again, out);
    return answered == SILENT ? judge_late(replay, came, first, again, out) : answered == VERDICT;
}

/* One look from its start. True: *out is final, or tells what to read. */
static bool one_round(struct replay *replay, bool is_first, struct proof *out)
{
    const struct reading *first = take(replay, READING_TARGET);
    enum answered answered;
    enum compared came;

    if (first == NULL) {
        *out = wants(replay, is_first ? 0 : replay->what->gap_ms);
        return true;
    }
    answered = answer_of_id(replay, first, out);
    if (answered != SILENT) {
        return answered == VERDICT;
    }
    replay->last = says(replay, PROOF_NOT_KNOWN, first, NULL);
    if (!replay->accepted || replay->what->young) {
        return look_late(replay, first, out);
    }
    came = compare(replay);
    switch (came) {
    case COMPARED_WANTS:
        *out = wants(replay, 0);
        return true;
    case COMPARED_LIST:
        *out = says(replay, PROOF_GONE, first, replay->control);
        return true;
    case COMPARED_UNKNOWN:
        return round_is_over(replay, PROOF_NOT_KNOWN, first, replay->control, out);
    default:
        return look_late(replay, first, out);
    }
}

static struct proof replay_all(struct replay *replay)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct proof out;

        if (one_round(replay, round == 0, &out)) {
            return out;
        }
    }
    replay->last.accepted = replay->accepted;
    return replay->last;
}

static struct replay begin(const struct proof_delete *what, const struct reading *readings,
                           size_t count)
{
    return (struct replay){
        .what = what,
        .at = readings,
        .end = readings + count,
        .accepted = what->accepted,
        .total = what->total,
        .last = {.state = PROOF_NOT_KNOWN, .accepted = what->accepted},
    };
}

struct proof proof_of_delete(const struct proof_delete *what, const struct reading *readings,
                             size_t count)
{
    struct replay replay = begin(what, readings, count);

    return replay_all(&replay);
}

struct proof proof_of_delete_now(const struct proof_delete *what, const struct reading *readings,
                                 size_t count)
{
    struct replay replay = begin(what, readings, count);
    struct proof out = replay_all(&replay);

    replay.last.accepted = replay.accepted;
    return out.state == PROOF_GOES_ON ? replay.last : out;
}
