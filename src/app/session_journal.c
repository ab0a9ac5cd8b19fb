/* What an earlier console left behind: writes in the journal that have no outcome, because it died
 * between the two, and those whose outcome is that nobody knows. The lists that were just read tell
 * what became of them; what they cannot tell is said and stays open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/session_internal.h"
#include "base/clock.h"
#include "base/testing.h"
#include "base/text.h"

#include "base/banned.h"

/* The console's clock may differ from the server's. */
#define CLOCK_SLACK_MS ((int64_t)5 * 60 * 1000)
/* An older write shows in the lists, or came to nothing. */
#define UNKNOWN_AGE_MS DAY_MS
/* A younger write may still be under way: that a console gave it up stops no server. An attempt has
 * ten seconds; a gateway or a server that is busy holds a request for some tens of seconds more,
 * and its lists lag. By our own clock, from the intent on to the moment the lists were asked for.
 */
#define SETTLE_AGE_MS testing_ms((int64_t)60 * 1000)
#define NAME_COLUMNS 60

/* A write that is looked at. */
struct settling {
    struct session *session;
    const struct journal_open *intent;
    bool was_unknown; /* it has that outcome already */
    bool old;         /* what does not show now will not */
};

static bool is_create(const struct journal_open *intent)
{
    return strcmp(intent->act, "create-key") == 0;
}

static bool is_of(const struct session *session, const struct journal_open *intent)
{
    return strcmp(intent->profile, session->profile->name) == 0 &&
           strcmp(intent->base_url, session->profile->base_url) == 0;
}

static int64_t age_of(const struct session *session, const struct journal_open *intent)
{
    return intent->time == TIME_NONE ? SETTLE_AGE_MS : session->asked_at - intent->time;
}

static struct operation_try try_of(const struct journal_open *intent)
{
    return (struct operation_try){
        .intent = intent->id,
        .act = intent->act,
        .name = intent->name,
        .workspace = intent->workspace,
        .kind = intent->kind,
        .owner = intent->owner,
        .target = intent->target,
        .at = intent->time,
        .seen = (const char *const *)intent->seen,
        .seen_count = intent->seen_count,
        .newest = intent->newest,
        .blind = intent->blind,
        .server_time = intent->server_time,
    };
}

/* What the write was to do: the key by its name, and one to be revoked by its mask and id too. */
static void describe(const struct settling *what, struct buf *out)
{
    const struct journal_open *intent = what->intent;
    char *name = text_cleaned(intent->name), *mask = text_cleaned(intent->mask),
         *id = text_cleaned(intent->target);
    int columns;
    int len = (int)text_cut(name, NAME_COLUMNS, &columns);
    const char *more = name[len] == '\0' ? "" : "..";

    if (is_create(intent)) {
        buf_addf(out,
                 what->was_unknown ? "It was not known whether the key \"%.*s%s\" was made. "
                                   : "An earlier console stopped while it made the key "
                                     "\"%.*s%s\". ",
                 len, name, more);
    } else {
        buf_addf(out,
                 what->was_unknown
                     ? "It was not known whether the key \"%.*s%s\" (%s%s%s) was revoked. "
                     : "An earlier console stopped while it revoked the key \"%.*s%s\" (%s%s%s). ",
                 len, name, more, mask, mask[0] == '\0' ? "" : " ", id);
    }
    free(name);
    free(mask);
    free(id);
}

static void say(const struct settling *what, const char *detail)
{
    struct session *session = what->session;
    struct buf text;

    buf_init(&text, 0);
    describe(what, &text);
    buf_adds(&text, detail);
    session->config.say(session->config.ctx, true, text.data);
    buf_done(&text);
}

static void write_outcome(const struct settling *what, const char *result, const char *target,
                          const char *detail)
{
    struct session *session = what->session;
    struct journal_outcome outcome = {.result = result, .detail = detail, .target = target};
    struct err err = {0};

    if (!journal_write_outcome(session->config.journal, what->intent->id, &outcome, &err)) {
        session->config.say(session->config.ctx, true, err.text);
    }
}

/* The end is known now. */
static void close_known(const struct settling *what, const char *result, const char *target,
                        const char *detail)
{
    struct operation_try ended = try_of(what->intent);

    say(what, detail);
    write_outcome(what, result, target, detail);
    session_try_settled(what->session, &ended, true);
}

/* It will not be known, but there is something to look at. */
static void close_unknown(const struct settling *what, const char *target, const char *detail)
{
    if (!what->was_unknown) {
        write_outcome(what, "unknown", target, detail);
    } else if (what->intent->time == TIME_NONE ||
               what->session->asked_at - what->intent->time >= UNKNOWN_AGE_MS) {
        return;
    }
    say(what, detail);
}

/* These tell whether it may still come. */
static bool settle_revoke(const struct settling *what)
{
    const struct inventory *inv = what->session->inv;
    const char *id = what->intent->target;

    if (inventory_find_key(inv, inventory_find_id(inv, id)) < 0) {
        close_known(what, "done", id, "It is gone.");
    } else if (what->old) {
        close_known(what, "not-done", id, "It is still there: it was not revoked.");
    } else {
        say(what, "Unknown so far: it is still there, but the request may be under way. It is "
                  "looked for again in a minute, with r, and at the next start.");
        return true;
    }
    return false;
}

static bool settle_create(const struct settling *what)
{
    const struct journal_open *intent = what->intent;
    const struct inventory *inv = what->session->inv;
    char id[ID_TEXT_SIZE] = "", detail[400];
    size_t count = 0;

    for (size_t i = 0; i < inv->key_count; i++) {
        const char *name = inventory_raw(inv, inv->keys[i].name);

        if (name != NULL && strcmp(name, intent->name) == 0 &&
            inv->keys[i].created_at != TIME_NONE &&
            inv->keys[i].created_at >= intent->time - CLOCK_SLACK_MS && count++ == 0) {
            char text[ID_TEXT_SIZE];

            snprintf(id, sizeof(id), "%s", inventory_id_text(inv, inv->keys[i].id, text));
        }
    }
    if (count == 1) {
        snprintf(detail, sizeof(detail),
                 "The key %s may be what it made. Nobody has its secret: revoke it.", id);
        close_unknown(what, id, detail);
    } else if (count > 1) {
        snprintf(detail, sizeof(detail), "%zu keys of that name were made since: look at them.",
                 count);
        close_unknown(what, NULL, detail);
    } else if (what->old) {
        close_known(what, "not-done", NULL, "No key of that name that was made since is there.");
    } else {
        say(what, "Unknown so far: it is not seen yet, but the request may be under way. It is "
                  "looked for again in a minute, with r, and at the next start.");
        return true;
    }
    return false;
}

static bool settle(const struct settling *what, bool complete)
{
    if (complete) {
        return is_create(what->intent) ? settle_create(what) : settle_revoke(what);
    }
    if (!what->was_unknown) {
        say(what, "The list of keys is not complete: look for yourself what became of that.");
    }
    return false;
}

/* How long, in ms, until the youngest of those that may still come is old enough; 0: none may. */
static int64_t settle_all(struct session *session, const struct journal_open *intents, size_t count)
{
    char why[INVENTORY_WHY_SIZE];
    bool complete = inventory_keys_complete(session->inv, why, sizeof(why));
    int64_t wait = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t left = SETTLE_AGE_MS - age_of(session, &intents[i]);
        bool was_unknown = intents[i].state != JOURNAL_SENT;
        struct settling what = {.session = session,
                                .intent = &intents[i],
                                .was_unknown = was_unknown,
                                .old = left <= 0};

        /* A console that still runs finds out for itself, until it gives up. */
        if (is_of(session, &intents[i]) && !intents[i].held && settle(&what, complete) &&
            left > wait) {
            wait = left;
        }
    }
    return wait > SETTLE_AGE_MS ? SETTLE_AGE_MS : wait;
}

static void on_look_again(void *ctx)
{
    struct session *session = ctx;

    session->look_again = 0;
    session_refresh(session);
}

/* Writes of the last day whose end nobody knows: what would do the same again looks first. */
static void take_tries(struct session *session, const struct journal_open *intents, size_t count)
{
    int64_t now = clock_now(session->config.clock);

    for (size_t i = 0; i < count; i++) {
        struct operation_try what = try_of(&intents[i]);

        if (is_of(session, &intents[i]) && !intents[i].held && intents[i].made[0] == '\0' &&
            intents[i].time != TIME_NONE && now - intents[i].time < UNKNOWN_AGE_MS) {
            session_try_settled(session, &what, false);
        }
    }
}

static void look_again_in(struct session *session, int64_t ms)
{
    loop_untimer(session->config.loop, session->look_again);
    session->look_again = ms > 0 ? loop_timer(session->config.loop, ms, on_look_again, session) : 0;
}

void session_stop_journal(struct session *session)
{
    loop_untimer(session->config.loop, session->look_again);
    session->look_again = 0;
    session->journal_taken = false;
}

void session_take_journal(struct session *session)
{
    struct journal_report report;

    if (session->journal_taken || !journal_read(session->config.journal, &report, NULL)) {
        return;
    }
    session->journal_taken = true;
    take_tries(session, report.open, report.open_count);
    journal_report_done(&report);
}

void session_check_journal(struct session *session)
{
    struct journal_report report;
    struct err err = {0};
    struct buf words;
    int64_t wait;

    if ((session->lists & (1u << LIST_KEYS)) == 0) {
        return;
    }
    if (!journal_read(session->config.journal, &report, &err)) {
        session->config.say(session->config.ctx, true, err.text);
        return;
    }
    if (report.damage != JOURNAL_WHOLE && !session->journal_taken) {
        buf_init(&words, 0);
        journal_damage_words(session->config.journal, &report, &words);
        session->config.say(session->config.ctx, true, words.data);
        buf_done(&words);
    } else if (report.cut_tail && !session->journal_taken) {
        session->config.say(session->config.ctx, true,
                            "The last line of the journal was cut short while it was written; the "
                            "next one takes its place.");
    }
    if (!session->journal_taken) {
        session->journal_taken = true;
        take_tries(session, report.open, report.open_count);
    }
    wait = settle_all(session, report.open, report.open_count);
    look_again_in(session, wait);
    journal_report_done(&report);
}
