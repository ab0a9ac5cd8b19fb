/* What an earlier console left behind: writes in the journal that have no outcome, because it died
 * between the two. The lists that were just read tell what became of them; what they cannot tell is
 * said and stays open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/session_internal.h"
#include "base/clock.h"

#include "base/banned.h"

/* The console's clock may differ from the server's. */
#define CLOCK_SLACK_MS ((int64_t)5 * 60 * 1000)
/* An older write shows in the lists, or came to nothing. */
#define UNKNOWN_AGE_MS DAY_MS

static bool is_ours(const struct session *session, const struct journal_open_intent *intent)
{
    return !intent->alive && strcmp(intent->profile, session->profile->name) == 0 &&
           strcmp(intent->base_url, session->profile->base_url) == 0;
}

static void close_intent(struct session *session, const struct journal_open_intent *intent,
                         const char *result, const char *target, const char *detail)
{
    struct journal_outcome outcome = {.result = result, .detail = detail, .target = target};
    char text[700];
    struct err err = {0};

    snprintf(text, sizeof(text), "An earlier console stopped in the middle of a write (%s). %s",
             intent->act, detail);
    session->config.say(session->config.ctx, true, text);
    if (!journal_write_outcome(session->config.journal, intent->id, &outcome, &err)) {
        session->config.say(session->config.ctx, true, err.text);
    }
}

static void settle_revoke(struct session *session, const struct journal_open_intent *intent)
{
    const struct inventory *inv = session->inv;
    bool there = inventory_find_key(inv, inventory_find_id(inv, intent->target)) >= 0;
    char detail[300];

    snprintf(detail, sizeof(detail), there ? "The key %s is still there." : "The key %s is gone.",
             intent->target);
    close_intent(session, intent, there ? "not-done" : "done", intent->target, detail);
}

static void settle_create(struct session *session, const struct journal_open_intent *intent)
{
    const struct inventory *inv = session->inv;
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
    if (count == 0) {
        close_intent(session, intent, "not-done", NULL, "No key of that name was made since.");
    } else if (count == 1) {
        snprintf(detail, sizeof(detail),
                 "The key %s may be what it made. Nobody has its secret: revoke it.", id);
        close_intent(session, intent, "unknown", id, detail);
    } else {
        snprintf(detail, sizeof(detail), "%zu keys of that name were made since: look at them.",
                 count);
        close_intent(session, intent, "unknown", NULL, detail);
    }
}

static void settle(struct session *session, const struct journal_open_intent *intent, bool complete)
{
    char text[300];

    if (!complete) {
        snprintf(text, sizeof(text),
                 "An earlier console stopped in the middle of a write (%s %s), and the list of "
                 "keys is not complete: "
                 "look for yourself what became of it.",
                 intent->act, intent->target);
        session->config.say(session->config.ctx, true, text);
    } else if (strcmp(intent->act, "revoke-key") == 0) {
        settle_revoke(session, intent);
    } else {
        settle_create(session, intent);
    }
}

/* Writes of the last day whose end nobody knows: what would do the same again looks first. */
static void take_unknown(struct session *session)
{
    struct journal_report report;
    int64_t now = clock_now(session->config.clock);

    if (!journal_read(session->config.journal, &report, NULL)) {
        return;
    }
    for (size_t i = 0; i < report.unknown_count; i++) {
        const struct journal_open_intent *intent = &report.unknown[i];
        struct operation_try what = {
            .act = intent->act,
            .name = intent->name,
            .workspace = strcmp(intent->act, "create-key") == 0 ? intent->workspace : "",
            .target = intent->target,
            .at = intent->time,
            .since = intent->time - CLOCK_SLACK_MS,
        };

        if (strcmp(intent->profile, session->profile->name) == 0 &&
            strcmp(intent->base_url, session->profile->base_url) == 0 &&
            intent->time != TIME_NONE && now - intent->time < UNKNOWN_AGE_MS) {
            session_try_settled(session, &what, false);
        }
    }
    journal_report_done(&report);
}

void session_check_journal(struct session *session)
{
    struct journal_report report;
    struct err err = {0};
    char why[INVENTORY_WHY_SIZE], text[300];

    if ((session->lists & (1u << LIST_KEYS)) == 0) {
        return;
    }
    if (!journal_read(session->config.journal, &report, &err)) {
        session->config.say(session->config.ctx, true, err.text);
        return;
    }
    if (report.broken > 0) {
        snprintf(text, sizeof(text),
                 "The journal was damaged or changed: its chain breaks at line %zu.",
                 report.first_broken);
        session->config.say(session->config.ctx, true, text);
    }
    for (size_t i = 0; i < report.open_count; i++) {
        if (is_ours(session, &report.open[i])) {
            settle(session, &report.open[i],
                   inventory_keys_complete(session->inv, why, sizeof(why)));
        }
    }
    journal_report_done(&report);
    take_unknown(session);
}
