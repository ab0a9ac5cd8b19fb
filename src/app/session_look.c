/* What a session shows of itself. */
#include <stdio.h>
#include <string.h>

#include "app/session_internal.h"
#include "model/field.h"

#include "base/banned.h"

/* A server that is silent so long may be gone. */
#define SILENCE_MS 3000

struct inventory *session_inventory(const struct session *session)
{
    return session->inv;
}

struct api_client *session_client(const struct session *session)
{
    return session->client;
}

const struct profile *session_profile(const struct session *session)
{
    return session->profile;
}

const char *session_profile_name(const struct session *session)
{
    return session->profile == NULL ? "" : session->profile->name;
}

const char *session_own_mask(const struct session *session)
{
    return session->own_mask;
}

const char *session_own_id(const struct session *session)
{
    const char *id = session->profile == NULL ? NULL : session->profile->own_key_id;

    return id == NULL ? "" : id;
}

enum session_phase session_phase(const struct session *session)
{
    return session->phase;
}

bool session_loaded(const struct session *session)
{
    return session->loaded || session->phase == SESSION_FAILED;
}

bool session_loading(const struct session *session)
{
    return session->load != NULL;
}

const struct err *session_error(const struct session *session)
{
    return session->error.kind == ERR_NONE ? NULL : &session->error;
}

const char *session_slow_words(const struct session *session)
{
    return session->key_ticket == 0 ? NULL
                                    : keyring_slow(session->config.keyring, session->key_ticket);
}

/* The list that is being read now, in words. */
static void describe_load(const struct session *session, char *out, size_t size)
{
    const struct inventory *inv =
        session->next != NULL && !session->next_ready ? session->next : session->inv;
    const char *verb = inv == session->inv ? "loading" : "refreshing";

    for (int list = LIST_COUNT - 1; list >= 0; list--) {
        const struct list_state *state = &inv->lists[list];

        if (state->progress != PROGRESS_LOADING) {
            continue;
        }
        if (state->total >= 0) {
            snprintf(out, size, "%s %s: %zu of %lld", verb, list_name((enum list_kind)list),
                     state->counted, (long long)state->total);
        } else {
            snprintf(out, size, "%s %s", verb, list_name((enum list_kind)list));
        }
        return;
    }
    snprintf(out, size, "%s", verb);
}

/* How long a wait lasts still, or has lasted already: what stands still looks dead. */
static void add_seconds(struct session *session, const struct api_status *status)
{
    size_t used = strlen(session->work);
    int64_t now = clock_mono_ms();

    session->work_stem = used;
    if (session->config.still) {
        return;
    }
    if (status != NULL && status->waiting && status->until_mono > now) {
        snprintf(session->work + used, sizeof(session->work) - used, "%s, %lld s left",
                 status->asks ? "; r tries now" : "",
                 (long long)(status->until_mono - now + 999) / 1000);
    } else if (session->load != NULL && now - session->heard_at >= SILENCE_MS) {
        snprintf(session->work + used, sizeof(session->work) - used, ", no answer for %lld s",
                 (long long)(now - session->heard_at) / 1000);
    }
}

static void describe_work(struct session *session)
{
    const struct api_status *status =
        session->client == NULL ? NULL : api_client_status(session->client);

    session->work[0] = '\0';
    session->work_stem = sizeof(session->work); /* nothing is counted in it */
    if (session_slow_words(session) != NULL) {
        snprintf(session->work, sizeof(session->work), "%s", session_slow_words(session));
    } else if (session->phase == SESSION_KEY) {
        snprintf(session->work, sizeof(session->work), "reading the key (%s)",
                 profile_source_name(session->profile->source));
    } else if (status != NULL && status->text[0] != '\0') {
        snprintf(session->work, sizeof(session->work), "%s", status->text);
        add_seconds(session, status);
    } else if (session->load != NULL) {
        describe_load(session, session->work, sizeof(session->work));
        add_seconds(session, status);
    } else if (session->back != NULL) {
        snprintf(session->work, sizeof(session->work), "looking what became of an earlier write");
    }
}

static int64_t data_age(const struct session *session)
{
    int64_t oldest = TIME_NONE, age;

    if (session->inv == NULL) {
        return -1;
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        int64_t at = session->inv->lists[list].loaded_at;

        if (at != TIME_NONE && (oldest == TIME_NONE || at < oldest)) {
            oldest = at;
        }
    }
    if (oldest == TIME_NONE) {
        return -1;
    }
    age = clock_now(session->config.clock) - oldest;
    return age < 0 ? 0 : age;
}

void session_look(struct session *session, struct host_session *out)
{
    const struct inventory *inv = session->inv;
    const struct api_status *status =
        session->client == NULL ? NULL : api_client_status(session->client);
    int64_t left = gate_left_ms(session->config.gate, session->config.mono(session->config.ctx));

    describe_work(session);
    *out = (struct host_session){
        .phase = session->phase,
        .profile = session_profile_name(session),
        .tag =
            session->profile == NULL || session->profile->tag == NULL ? "" : session->profile->tag,
        .agents = session->profile != NULL && session->profile->agents,
        .base_url = session->profile == NULL ? "" : session->profile->base_url,
        .own_name = "",
        .own_mask = session->own_mask,
        .own_scopes = -1,
        .armed = left > 0,
        .armed_left_ms = left,
        .armed_reason = left > 0 ? session->config.gate->reason : "",
        .loading = session->load != NULL || session->phase == SESSION_KEY,
        .work = session->work,
        .work_stem = session->work_stem,
        .api_ms = status == NULL ? -1 : status->last_ms,
        .data_age_ms = data_age(session),
        .clock_off_ms = session->config.clock->server_ms,
        .error = session_error(session),
        .writing = session_writing(session),
        .writing_left = session_writing_left(session),
        .result = session->result.text,
        .result_bad = session->result.bad,
    };
    if (inv != NULL && inv->own_key >= 0) {
        const struct key_row *row = &inv->keys[inv->own_key];

        out->own_name = inventory_clean(inv, row->name);
        out->own_scopes = (row->unread & UNREAD_SCOPES) != 0 ? -1 : field_key_scope_count(inv, row);
    }
}
