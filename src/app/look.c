#include "app/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/load.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/testing.h"
#include "model/access.h"

#include "base/banned.h"

#define READINGS_MAX 24 /* three rounds of all that a round can read */

struct look {
    struct loop *loop;
    struct api_client *client;
    look_fn *fn;
    loop_fn *changed;
    void *ctx;

    char target[64], workspace[64], own[64], other[64];
    char before[HASH_TEXT_SIZE];
    int64_t updated_before;
    enum key_kind kind;
    bool own_is_control, own_reads, ends_on_silence;
    struct proof_delete facts;

    struct reading readings[READINGS_MAX];
    size_t count;
    bool reach_unknown;
    bool paged; /* a page was asked for a control, or none is needed */
    int64_t deadline;
    api_ticket ticket;
    struct api_load *load;
    struct inventory *list; /* that is being loaded */
    int timer;
    int limit;           /* the timer that ends it */
    bool paced;          /* it was given the time of a wait that the server asked for */
    int64_t waits_until; /* -1: it does not */
    bool telling, dead;  /* fn runs; it freed this, which goes when that is done */
};

static void go_on(struct look *look);

/* -- what is seen in rows -- */

void look_print(const struct inventory *inv, const struct key_row *row, char out[HASH_TEXT_SIZE])
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

static bool has_ended(const struct inventory *inv, const struct key_row *row)
{
    const char *status =
        row->status == STATUS_OTHER ? arena_text(&inv->arena, row->status_text) : NULL;

    return status != NULL && (strcmp(status, "cancelled") == 0 || strcmp(status, "archived") == 0);
}

static bool is_id(const struct inventory *inv, const struct key_row *row, const char *id)
{
    char text[ID_TEXT_SIZE];

    return id[0] != '\0' && strcmp(inventory_id_text(inv, row->id, text), id) == 0;
}

static bool is_beside(const struct look *look, const struct inventory *inv,
                      const struct key_row *row)
{
    char text[ID_TEXT_SIZE];

    return look->kind != KEY_KIND_UNKNOWN && row->kind == look->kind &&
           row->status == STATUS_ACTIVE &&
           strcmp(inventory_id_text(inv, row->workspace_id, text), look->workspace) == 0;
}

static bool holds(const struct key_row *row, enum endpoint endpoint, enum key_kind kind)
{
    const char *scope = endpoint_scope(endpoint, kind);

    return scope != NULL && scope_set_has_name(&row->scopes, scope);
}

/* What one row says of the rights for the kind of the target. */
static enum seen_control control_of(struct look *look, const struct inventory *inv,
                                    const struct key_row *row)
{
    if (!is_id(inv, row, look->own)) {
        return is_beside(look, inv, row) ? CONTROL_SHOWN : CONTROL_NONE;
    }
    if (row->kind == KEY_ORGANISATION_SERVICE) {
        look->facts.narrow = false;
    }
    if (!holds(row, ENDPOINT_KEY, look->kind)) {
        return CONTROL_LOST;
    }
    return is_beside(look, inv, row) ||
                   (row->kind == KEY_ORGANISATION_SERVICE && holds(row, ENDPOINT_KEYS, look->kind))
               ? CONTROL_SHOWN
               : CONTROL_NONE;
}

/* Looks through the rows of a list for the target and a control. */
static void look_through(struct look *look, const struct inventory *inv, struct reading *out)
{
    out->target = SEEN_ABSENT;
    for (size_t i = 0; i < inv->key_count; i++) {
        const struct key_row *row = &inv->keys[i];
        enum seen_control control;

        if (is_id(inv, row, look->target)) {
            out->target = has_ended(inv, row) ? SEEN_ENDED : SEEN_THERE;
            continue;
        }
        if (!is_id(inv, row, look->own) && !is_id(inv, row, look->other)) {
            out->others = true;
        }
        control = control_of(look, inv, row);
        if (out->control != CONTROL_LOST && control != CONTROL_NONE &&
            (control == CONTROL_LOST || out->control == CONTROL_NONE)) {
            char id[ID_TEXT_SIZE];

            out->control = control;
            snprintf(out->id, sizeof(out->id), "%s", inventory_id_text(inv, row->id, id));
        }
    }
}

/* -- readings -- */

static void add_reading(struct look *look, const struct reading *reading)
{
    if (look->count < READINGS_MAX) {
        look->readings[look->count++] = *reading;
    }
    go_on(look);
}

static struct reading reading_of(enum reading_of of, const struct api_reply *reply)
{
    struct reading out = {
        .of = of,
        .ok = reply->ok,
        .source = reply->ok ? ERR_FROM_API : reply->err.source,
        .status = (int)reply->status,
        .cached = reply->cached,
        .total = -1,
        .at = clock_mono_ms(),
        .date = reply->server_date,
    };

    snprintf(out.code, sizeof(out.code), "%s", reply->ok ? "" : reply->err.code);
    return out;
}

/* A row read by its id, in an inventory of its own: what the screen shows does not change. NULL:
 * it cannot be understood. */
static struct inventory *decode(const struct api_reply *reply, const struct key_row **row)
{
    struct inventory *inv = inventory_new();
    int index = -1;

    if (!api_key_into(inv, reply->body, reply->body_len, &index, NULL)) {
        inventory_free(inv);
        return NULL;
    }
    *row = &inv->keys[index];
    return inv;
}

static bool not_understood(struct reading *reading)
{
    reading->ok = false;
    reading->source = ERR_FROM_BETWEEN;
    return false;
}

static void on_target(void *ctx, struct api_reply *reply)
{
    struct look *look = ctx;
    struct reading reading = reading_of(READING_TARGET, reply);
    const struct key_row *row;
    struct inventory *inv = reply->ok ? decode(reply, &row) : NULL;

    look->ticket = 0;
    if (inv != NULL) {
        char print[HASH_TEXT_SIZE];

        look_print(inv, row, print);
        reading.target = has_ended(inv, row) ? SEEN_ENDED : SEEN_THERE;
        reading.as_before =
            strcmp(print, look->before) == 0 && row->updated_at == look->updated_before;
        inventory_free(inv);
    } else if (reply->ok) {
        not_understood(&reading);
    }
    add_reading(look, &reading);
}

static void on_control(void *ctx, struct api_reply *reply)
{
    struct look *look = ctx;
    struct reading reading = reading_of(READING_CONTROL, reply);
    const struct key_row *row;
    struct inventory *inv = reply->ok ? decode(reply, &row) : NULL;

    look->ticket = 0;
    snprintf(reading.id, sizeof(reading.id), "%s",
             look->other[0] != '\0' ? look->other : look->own);
    if (inv != NULL) {
        bool own = is_id(inv, row, look->own);

        reading.control =
            own ? (holds(row, ENDPOINT_KEY, look->kind) ? CONTROL_SHOWN : CONTROL_LOST)
                : control_of(look, inv, row);
        inventory_free(inv);
    } else if (reply->ok) {
        not_understood(&reading);
    }
    add_reading(look, &reading);
}

static void on_ids(void *ctx, const struct api_keys *keys)
{
    struct look *look = ctx;
    struct reading reading = {
        .of = READING_IDS,
        .ok = keys->ok && keys->bad_rows == 0, /* one of those could be the target */
        .source = keys->ok && keys->bad_rows == 0 ? ERR_FROM_API : keys->err.source,
        .status = keys->ok ? 200 : keys->err.status,
        .cached = keys->cached,
        .total = keys->total,
        .at = clock_mono_ms(),
        .date = keys->server_date,
    };

    look->ticket = 0;
    if (reading.ok) {
        look_through(look, keys->found, &reading);
    } else if (!keys->ok) {
        snprintf(reading.code, sizeof(reading.code), "%s", keys->err.code);
    }
    add_reading(look, &reading);
}

static bool may_be_control(const struct look *look, const struct inventory *inv,
                           const struct key_row *row)
{
    return is_beside(look, inv, row) && !is_id(inv, row, look->target) &&
           !is_id(inv, row, look->own);
}

/* One page, newest first: any live key of the kind and place will do. */
static void on_page(void *ctx, const struct api_keys *keys)
{
    struct look *look = ctx;
    const struct inventory *inv = keys->found;

    look->ticket = 0;
    for (size_t i = 0; keys->ok && i < inv->key_count; i++) {
        char id[ID_TEXT_SIZE];

        if (may_be_control(look, inv, &inv->keys[i])) {
            snprintf(look->other, sizeof(look->other), "%s",
                     inventory_id_text(inv, inv->keys[i].id, id));
            break;
        }
    }
    go_on(look);
}

/* An admin key sees admin keys, or those of more workspaces than one. */
static bool sees_more(const struct inventory *inv)
{
    for (size_t i = 0; i < inv->key_count; i++) {
        const struct key_row *row = &inv->keys[i];

        if (row->kind == KEY_ORGANISATION_SERVICE ||
            !id_equal(row->workspace_id, inv->keys[0].workspace_id)) {
            return true;
        }
    }
    return false;
}

static void on_reach(void *ctx, const struct api_keys *keys)
{
    struct look *look = ctx;

    look->ticket = 0;
    if (keys->ok && sees_more(keys->found)) {
        look->facts.narrow = false;
    }
    go_on(look);
}

static void drop_list(struct look *look)
{
    api_load_free(look->load);
    inventory_free(look->list);
    look->load = NULL;
    look->list = NULL;
}

/* How a whole list that was read counts. */
static struct reading reading_of_list(struct look *look, const struct err *err)
{
    const struct list_state *state = &look->list->lists[LIST_KEYS];
    struct reading out = {.of = READING_LIST, .total = state->total, .at = clock_mono_ms()};
    char why[INVENTORY_WHY_SIZE];

    out.date = TIME_NONE;
    out.ok = state->progress == PROGRESS_COMPLETE || state->progress == PROGRESS_PARTIAL;
    out.source = out.ok || state->progress == PROGRESS_REFUSED ? ERR_FROM_API : ERR_FROM_NOBODY;
    out.status = out.ok ? 200 : state->progress == PROGRESS_REFUSED ? 403 : 0;
    if (err != NULL) {
        out.source = err->source;
        out.status = err->status;
        snprintf(out.code, sizeof(out.code), "%s", err->code);
    }
    if (out.ok) {
        if (look->own[0] == '\0' && look->list->own_key >= 0) {
            char id[ID_TEXT_SIZE];

            snprintf(look->own, sizeof(look->own), "%s",
                     inventory_id_text(look->list, look->list->keys[look->list->own_key].id, id));
        }
        out.whole = inventory_keys_complete(look->list, why, sizeof(why));
        look_through(look, look->list, &out);
    }
    return out;
}

static void on_list(void *ctx, bool finished, const struct err *err)
{
    struct look *look = ctx;
    struct reading reading;

    if (!finished) {
        return;
    }
    reading = reading_of_list(look, err);
    drop_list(look);
    add_reading(look, &reading);
}

/* -- what to read next -- */

static void read_next(struct look *look, enum reading_of next)
{
    const char *ids[3] = {look->target};
    size_t count = 1;

    switch (next) {
    case READING_TARGET:
        look->ticket = api_get_key(look->client, look->target, on_target, look);
        break;
    case READING_IDS:
        if (look->other[0] != '\0') {
            ids[count++] = look->other;
        }
        if (look->own[0] != '\0') {
            ids[count++] = look->own;
        }
        look->ticket = api_keys_by_ids(look->client, ids, count, on_ids, look);
        break;
    case READING_LIST:
        look->list = inventory_new();
        look->load = api_load_start(look->client, look->list, 1u << LIST_KEYS, on_list, look);
        break;
    case READING_CONTROL:
        look->ticket = api_get_key(look->client, look->other[0] != '\0' ? look->other : look->own,
                                   on_control, look);
        break;
    }
}

static void on_timer(void *ctx)
{
    struct look *look = ctx;
    struct proof proof = proof_of_delete(&look->facts, look->readings, look->count);

    look->timer = 0;
    look->waits_until = -1;
    read_next(look, proof.next);
    if (look->changed != NULL) {
        look->changed(look->ctx);
    }
}

static void stop(struct look *look)
{
    api_cancel(look->client, look->ticket);
    loop_untimer(look->loop, look->timer);
    loop_untimer(look->loop, look->limit);
    drop_list(look);
    look->ticket = 0;
    look->timer = look->limit = 0;
    look->waits_until = -1;
}

static void finish(struct look *look, const struct proof *proof)
{
    stop(look);
    look->telling = true;
    look->fn(look->ctx, proof);
    look->telling = false;
    if (look->dead) {
        free(look);
    }
}

/* The time is over. A wait that the server asked for comes on top, once, unless it is so long that
 * a person is asked. */
static void on_limit(void *ctx)
{
    struct look *look = ctx;
    const struct api_status *status = api_client_status(look->client);
    int64_t more = status->until_mono - clock_mono_ms();
    struct proof proof;

    look->limit = 0;
    if (!look->paced && status->waiting && !status->asks && more > 0) {
        look->paced = true;
        look->deadline += more;
        look->limit = loop_timer(look->loop, more + testing_ms(PROOF_GAP_MS), on_limit, look);
        return;
    }
    proof = proof_of_delete_now(&look->facts, look->readings, look->count);
    finish(look, &proof);
}

/* Is a control still to be found? Only once the id is silent: what can be read needs none. */
static bool needs_page(const struct look *look)
{
    return !look->paged && look->kind != KEY_KIND_UNKNOWN && look->other[0] == '\0' &&
           !look->own_is_control && look->count > 0 &&
           proof_answers_no_more(&look->readings[look->count - 1]);
}

/* What is asked next gets no answer either, and nobody waits for this. */
static bool is_silent(const struct look *look)
{
    return look->ends_on_silence && look->count > 0 &&
           look->readings[look->count - 1].source == ERR_FROM_NOBODY;
}

static void begin(void *ctx)
{
    struct look *look = ctx;

    look->timer = 0;
    go_on(look);
}

static void go_on(struct look *look)
{
    struct proof proof;

    if (needs_page(look)) {
        look->paged = true;
        look->ticket = api_keys_page(
            look->client, look->workspace[0] == '\0' ? NULL : look->workspace, on_page, look);
        return;
    }
    look->facts.ids = look->kind != KEY_KIND_UNKNOWN;
    look->facts.another = look->other[0] != '\0' || look->own_reads;
    proof = proof_of_delete(&look->facts, look->readings, look->count);
    if (proof.state == PROOF_GOES_ON && (clock_mono_ms() + proof.wait_ms > look->deadline ||
                                         look->count == READINGS_MAX || is_silent(look))) {
        proof = proof_of_delete_now(&look->facts, look->readings, look->count);
    }
    if (proof.state == PROOF_OUT_OF_REACH && look->reach_unknown) {
        look->reach_unknown = false;
        look->ticket = api_keys_page(look->client, NULL, on_reach, look);
        return;
    }
    if (proof.state != PROOF_GOES_ON) {
        finish(look, &proof);
        return;
    }
    if (proof.wait_ms > 0) {
        look->waits_until = clock_mono_ms() + proof.wait_ms;
        look->timer = loop_timer(look->loop, proof.wait_ms, on_timer, look);
    } else {
        read_next(look, proof.next);
    }
    if (look->changed != NULL) {
        look->changed(look->ctx);
    }
}

/* -- life -- */

static void keep(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text == NULL ? "" : text);
}

struct look *look_start(struct loop *loop, struct api_client *client, const struct look_what *what,
                        look_fn *fn, loop_fn *changed, void *ctx)
{
    struct look *look = xcalloc(1, sizeof(*look));
    int64_t limit;

    *look = (struct look){.loop = loop, .client = client, .fn = fn, .changed = changed, .ctx = ctx};
    keep(look->target, sizeof(look->target), what->target);
    keep(look->workspace, sizeof(look->workspace), what->workspace);
    keep(look->own, sizeof(look->own), what->own_id);
    keep(look->other, sizeof(look->other), what->other);
    keep(look->before, sizeof(look->before), what->before);
    look->reach_unknown = what->reach_unknown;
    look->updated_before = what->updated_before;
    look->kind = what->kind;
    look->own_is_control = what->own_is_control && look->own[0] != '\0';
    look->ends_on_silence = what->ends_on_silence;
    look->own_reads = what->own_reads && look->own[0] != '\0';
    look->facts = (struct proof_delete){
        .accepted = what->accepted,
        .young = what->young,
        .refusal = what->refusal,
        .narrow = what->narrow,
        .list_max = what->kind == KEY_KIND_UNKNOWN ? 0 : what->list_max,
        .total = -1,
        .gap_ms = testing_ms(PROOF_GAP_MS),
    };
    limit = testing_limit_ms(what->limit_ms);
    look->deadline = clock_mono_ms() + limit;
    look->limit = loop_timer(loop, limit, on_limit, look);
    look->waits_until = -1;
    look->timer = loop_timer(loop, 0, begin, look);
    return look;
}

void look_free(struct look *look)
{
    if (look == NULL) {
        return;
    }
    stop(look);
    if (look->telling) {
        look->dead = true;
        return;
    }
    free(look);
}

int64_t look_waits_until(const struct look *look)
{
    return look->waits_until;
}

api_ticket look_ticket(const struct look *look)
{
    return look->ticket;
}

const struct reading *look_last(const struct look *look)
{
    return look->count == 0 ? NULL : &look->readings[look->count - 1];
}

bool look_accepted(const struct look *look)
{
    return proof_of_delete(&look->facts, look->readings, look->count).accepted;
}

/* -- words -- */

void look_words(const struct reading *reading, bool time, char *out, size_t size)
{
    static const char *const ASKED[] = {
        [READING_TARGET] = "its id",
        [READING_IDS] = "the list asked by ids",
        [READING_LIST] = "the whole list",
        [READING_CONTROL] = "the id of another key",
    };
    char at[TIME_TEXT_SIZE] = "", answer[80];

    out[0] = '\0';
    if (reading == NULL) {
        return;
    }
    if (time && reading->date != TIME_NONE) {
        time_strftime(reading->date, " at %H:%M:%SZ", at, sizeof(at));
    }
    if (reading->status == 0) {
        snprintf(answer, sizeof(answer), "no answer");
    } else {
        snprintf(answer, sizeof(answer), "%d%s%s", reading->status,
                 reading->code[0] == '\0' ? "" : " ", reading->code);
    }
    snprintf(out, size, "%s: %s%s%s", ASKED[reading->of], answer, at,
             reading->cached                       ? ", from a cache"
             : reading->source == ERR_FROM_BETWEEN ? ", not the API's own"
             : reading->of == READING_TARGET && reading->ok
                 ? (reading->target == SEEN_ENDED ? ", ended" : ", it is there")
                 : "");
    if (reading->control == CONTROL_SHOWN) {
        size_t used = strlen(out);

        snprintf(out + used, size - used, ", shows %s%s", reading->id,
                 reading->of == READING_CONTROL ? "" : " and not this one");
    }
}
