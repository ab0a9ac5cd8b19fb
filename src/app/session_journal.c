/* What earlier runs left open in the journal: what would do the same again has to look first, and
 * it is looked what became of them: by the console by itself, for a command after its work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/look.h"
#include "app/look_back.h"
#include "app/session_internal.h"
#include "model/mask.h"

#include "base/banned.h"

static struct operation_try try_of(const struct journal_open *open)
{
    return (struct operation_try){
        .intent = open->id,
        .act = open->act,
        .name = open->name,
        .workspace = open->workspace,
        .kind = open->kind,
        .owner = open->owner,
        .target = open->target,
        .at = open->time,
        .seen = (const char *const *)open->seen,
        .seen_count = open->seen_count,
        .newest = open->newest,
        .blind = open->blind,
        .server_time = open->server_time,
    };
}

static void say_words(struct session *session, const char *words)
{
    session->config.say(session->config.ctx, true, words);
}

static void say_damage(struct session *session, const struct journal_report *report)
{
    struct buf words;

    if (session->journal_told) {
        return;
    }
    session->journal_told = true;
    buf_init(&words, 0);
    journal_damage_words(session->config.journal, report, &words);
    if (words.len > 0) {
        say_words(session, words.data);
    } else if (report->cut_tail) {
        say_words(session, "The last line of the journal was cut short while it was written; the "
                           "next write cuts it off.");
    }
    buf_done(&words);
}

void session_take_journal(struct session *session)
{
    struct journal_report report;
    struct err err = {0};

    if (!journal_read(session->config.journal, &report, &err)) {
        if (!session->journal_told) {
            say_words(session, err.text);
        }
        session->journal_told = true;
        return;
    }
    say_damage(session, &report);
    for (size_t i = 0; i < report.open_count; i++) {
        struct trace trace;
        struct operation_try what = try_of(&report.open[i]);

        if (report.open[i].made[0] != '\0') {
            continue; /* its answer came: it is known what it made */
        }
        journal_open_trace(&report.open[i], &trace);
        session_try_keep(session, &trace, &what);
    }
    journal_report_done(&report);
}

/* -- looking back -- */

static bool mask_is_own(void *ctx, const char *mask)
{
    const struct session *session = ctx;
    const char *secret = session->key == NULL ? "" : secret_text(session->key);

    return mask_fits(mask, secret, secret);
}

static const struct inventory *held(void *ctx)
{
    return ((const struct session *)ctx)->inv;
}

/* The console looks again and again: what stands as it stood is told once. */
static void say_once(void *ctx, const struct journal_open *open, const char *text)
{
    struct session *session = ctx;
    char *line = xasprintf("%s %s", open->id, text);

    for (size_t i = 0; i < session->told_count; i++) {
        if (strcmp(session->told[i], line) == 0) {
            free(line);
            return;
        }
    }
    session->told =
        xgrow(session->told, &session->told_cap, session->told_count + 1, sizeof(char *));
    session->told[session->told_count++] = line;
    say_words(session, text);
}

static void ended(void *ctx, const struct journal_open *open, bool gone)
{
    struct session *session = ctx;
    struct operation_try what = try_of(open);
    const char *target = open->target[0] != '\0' ? open->target : open->made;

    session_try_settled(session, &what, true);
    if (gone) {
        inventory_remove_key(session->inv, inventory_find_id(session->inv, target));
    }
    session_changed(session);
}

static void on_look_again(void *ctx)
{
    struct session *session = ctx;

    session->look_again = 0;
    session_look_back(session);
}

static void over(void *ctx, int64_t again_ms)
{
    struct session *session = ctx;

    look_back_free(session->back);
    session->back = NULL;
    if (session->looks_back && again_ms > 0) {
        session->look_again = loop_timer(session->config.loop, again_ms, on_look_again, session);
    }
    session_changed(session);
}

void session_look_back(struct session *session)
{
    struct look_back_env env = {
        .loop = session->config.loop,
        .clock = session->config.clock,
        .client = session->client,
        .journal = session->config.journal,
        .own_mask = session->own_mask,
        .own_id = session_own_id(session),
        .mask_is_own = mask_is_own,
        .inventory = held,
        .not_mine = !session->looks_back,
        .list_max = session->looks_back ? -1 : LOOK_LIST_MAX,
        .say = say_once,
        .ended = ended,
        .over = over,
        .ctx = session,
    };
    struct err err = {0};

    if (session->phase != SESSION_OPEN || session->client == NULL || session->back != NULL) {
        return;
    }
    loop_untimer(session->config.loop, session->look_again);
    session->look_again = 0;
    env.profile = session->profile->name;
    env.base_url = session->profile->base_url;
    session->back = look_back_start(&env, &err); /* what cannot be read was told when it opened */
}

bool session_looking_back(const struct session *session)
{
    return session->back != NULL;
}

void session_looks_by_itself(struct session *session)
{
    session->looks_back = true;
}

void session_check_journal(struct session *session)
{
    if (session->looks_back) {
        session_look_back(session);
    }
}

void session_stop_look(struct session *session)
{
    look_back_free(session->back);
    session->back = NULL;
    loop_untimer(session->config.loop, session->look_again);
    session->look_again = 0;
}

void session_forget_told(struct session *session)
{
    for (size_t i = 0; i < session->told_count; i++) {
        free(session->told[i]);
    }
    free(session->told);
    session->told = NULL;
    session->journal_told = false;
    session->told_count = session->told_cap = 0;
}
