#include "app/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/load.h"
#include "app/host_internal.h"
#include "base/alloc.h"
#include "report/report.h"

#include "base/banned.h"

/* -- sessions -- */

static struct inventory *host_inventory(void *ctx)
{
    return session_inventory(((struct app_host *)ctx)->app->session);
}

static void host_session(void *ctx, struct host_session *out)
{
    struct app_host *host = ctx;

    session_look(host->app->session, out);
    if (host->app->frozen) {
        out->api_ms = -1; /* how long an answer took is no part of a scripted screen */
    }
}

static int64_t host_now(void *ctx)
{
    return clock_now(&((struct app_host *)ctx)->app->clock);
}

static bool writes_pending(struct app_host *host)
{
    if (!session_writes_pending(host->app->session)) {
        return false;
    }
    host->hooks.say(host->hooks.ctx, true, "A write is under way: wait for its end first.");
    return true;
}

static void open_profile(void *ctx, const char *name)
{
    struct app_host *host = ctx;
    struct known *known = host_find_known(host, name);
    struct secret *key = NULL;

    if (known == NULL || writes_pending(host)) {
        return;
    }
    host_leave_session(host);
    if (host->app->environment.profile != NULL && strcmp(name, PROFILE_ENVIRONMENT_NAME) == 0) {
        key = secret_dup(host->app->environment.key);
    }
    app_open(host->app, known->profile, key, LOAD_ALL);
}

static void give_key(void *ctx, const char *key, size_t len)
{
    struct app_host *host = ctx;
    struct err err = {0};

    if (!secret_is_key(key, len, &err)) {
        host->hooks.say(host->hooks.ctx, true, err.text);
        return;
    }
    session_give_key(host->app->session, secret_new(key, len));
}

/* The profiles too: another process may have made or forgotten some. */
static void host_refresh(void *ctx)
{
    struct app_host *host = ctx;

    app_host_reload_profiles(host);
    session_refresh(host->app->session);
    host->hooks.changed(host->hooks.ctx);
}

static void stop_login(struct app_host *host)
{
    login_free(host->login);
    host->login = NULL;
    session_resume(host->app->session);
}

static void host_stop(void *ctx)
{
    struct app_host *host = ctx;

    if (host->login != NULL) {
        struct err err = {0};

        stop_login(host);
        err_set(&err, ERR_CANCELLED, "Stopped. Nothing was stored.");
        host->login_state =
            (struct host_login_state){.phase = LOGIN_FAILED, .words = "", .error = err};
        host->hooks.changed(host->hooks.ctx);
        return;
    }
    session_stop(host->app->session);
}

static void host_retry_now(void *ctx)
{
    struct app_host *host = ctx;

    app_host_reload_profiles(host);
    session_retry_now(host->app->session);
    host->hooks.changed(host->hooks.ctx);
}

/* -- login and logout -- */

static void after_login(void *ctx)
{
    struct app_host *host = ctx;
    struct login *login = host->login;

    host->deferred = 0;
    host->login = NULL;
    if (host->login_state.phase == LOGIN_DONE) {
        app_host_reload_profiles(host);
        /* The name may stand for another organisation now. */
        host_save_draft(host, login_profile(login)->name, NULL);
        host_leave_session(host);
        app_open(host->app, login_profile(login), login_take_key(login), LOAD_ALL);
    } else {
        session_resume(host->app->session);
    }
    login_free(login);
    host->hooks.changed(host->hooks.ctx);
}

static void on_login(void *ctx, const struct host_login_state *state, bool done)
{
    struct app_host *host = ctx;

    host->login_state = *state;
    snprintf(host->login_words, sizeof(host->login_words), "%s", state->words);
    host->login_state.words = host->login_words;
    if (done && host->deferred == 0) {
        host->deferred = loop_defer(host->app->loop, after_login, host);
    }
    host->hooks.changed(host->hooks.ctx);
}

static void host_login(void *ctx, const struct host_login *params, const char *key, size_t len)
{
    struct app_host *host = ctx;

    if (host->login != NULL || host->logout != NULL || writes_pending(host)) {
        return;
    }
    session_pause(host->app->session);
    host->login_state = (struct host_login_state){.phase = LOGIN_TRYING, .words = ""};
    host->login =
        login_start(host->app, params, len == 0 ? NULL : secret_new(key, len), on_login, host);
}

static void host_login_state(void *ctx, struct host_login_state *out)
{
    struct app_host *host = ctx;

    *out = host->login_state;
    if (out->words == NULL) {
        out->words = "";
    }
}

static void after_logout(void *ctx)
{
    struct app_host *host = ctx;

    host->deferred = 0;
    logout_free(host->logout);
    host->logout = NULL;
    app_host_reload_profiles(host);
    host->hooks.changed(host->hooks.ctx);
}

static void on_logout(void *ctx, bool ok, const char *words)
{
    struct app_host *host = ctx;

    host->hooks.say(host->hooks.ctx, !ok, words);
    host->deferred = loop_defer(host->app->loop, after_logout, host);
}

static bool host_logout(void *ctx, const char *name, struct err *err)
{
    struct app_host *host = ctx;

    if (host->logout != NULL || host->login != NULL) {
        return err_set(err, ERR_GUARD, "A login or logout is under way: wait for its end.");
    }
    if (host->app->environment.profile != NULL && strcmp(name, PROFILE_ENVIRONMENT_NAME) == 0) {
        return err_set(err, ERR_GUARD,
                       "The profile %s is that of PORTKEY_API_KEY: there is nothing stored.", name);
    }
    if (session_writes_pending(host->app->session)) {
        return err_set(err, ERR_GUARD, "A write is under way: wait for its end first.");
    }
    host->logout = logout_start(host->app, name, on_logout, host, err);
    if (host->logout == NULL) {
        return false;
    }
    /* The name may be given to another organisation next. */
    host_save_draft(host, name, NULL);
    if (strcmp(name, session_profile_name(host->app->session)) == 0) {
        session_close(host->app->session);
        host->hooks.changed(host->hooks.ctx);
    }
    return true;
}

/* -- writes -- */

static bool host_arm(void *ctx, const char *reason, struct err *err)
{
    struct app_host *host = ctx;
    const struct profile *profile = session_profile(host->app->session);

    if (session_phase(host->app->session) != SESSION_OPEN) {
        return err_set(err, ERR_GUARD, "No organisation is open.");
    }
    if (!gate_arm(&host->app->gate, profile->tag, reason, app_mono(host->app), err)) {
        return false;
    }
    host->hooks.changed(host->hooks.ctx);
    return true;
}

static void host_disarm(void *ctx)
{
    struct app_host *host = ctx;

    gate_disarm(&host->app->gate);
    host->hooks.changed(host->hooks.ctx);
}

static bool create_review(void *ctx, const struct key_draft *draft, struct err *err)
{
    return session_create(((struct app_host *)ctx)->app->session, draft, err);
}

static struct operation *current(void *ctx, struct err *err)
{
    struct operation *op = session_operation(((struct app_host *)ctx)->app->session);

    if (op == NULL) {
        err_set(err, ERR_GUARD, "There is no review to send.");
    }
    return op;
}

static bool create_send(void *ctx, struct err *err)
{
    struct operation *op = current(ctx, err);

    /* Its secret would stand on the screen. */
    return op != NULL && gate_lets_secrets(&((struct app_host *)ctx)->app->gate, err) &&
           operation_create_send(op, err);
}

static bool create_again(void *ctx, struct err *err)
{
    struct operation *op = current(ctx, err);

    return op != NULL && gate_lets_secrets(&((struct app_host *)ctx)->app->gate, err) &&
           operation_create_again(op, err);
}

static void is_taken(void *ctx)
{
    struct app_host *host = ctx;
    struct operation *op = session_operation(host->app->session);

    host->taking = 0;
    if (op != NULL) {
        operation_secret_taken(op);
    }
}

/* What a deferred call defers runs in the next turn: after this one was painted. */
static void is_painted_soon(void *ctx)
{
    struct app_host *host = ctx;

    host->taking = loop_defer(host->app->loop, is_taken, host);
}

static void secret_taken(void *ctx)
{
    struct app_host *host = ctx;

    loop_undefer(host->app->loop, host->taking);
    is_taken(host);
}

static bool hand_over(void *ctx, struct err *err)
{
    struct app_host *host = ctx;
    struct operation *op = current(ctx, err);

    if (op == NULL || !operation_hand_over(op, err)) {
        return false;
    }
    if (host->taking == 0) {
        host->taking = loop_defer(host->app->loop, is_painted_soon, host);
    }
    return true;
}

static void forget_secret(void *ctx)
{
    struct operation *op = current(ctx, NULL);

    if (op != NULL) {
        operation_forget_secret(op);
    }
}

static bool revoke_review(void *ctx, const char *key_id, struct err *err)
{
    return session_revoke(((struct app_host *)ctx)->app->session, key_id, err);
}

static bool revoke_send(void *ctx, const char *typed, const char *reason, bool i_know,
                        struct err *err)
{
    struct operation *op = current(ctx, err);

    return op != NULL && operation_revoke_send(op, typed, reason, i_know, err);
}

static void host_operation(void *ctx, struct host_operation *out)
{
    struct operation *op = session_operation(((struct app_host *)ctx)->app->session);

    if (op == NULL) {
        *out = (struct host_operation){.earlier = "",
                                       .notice = "",
                                       .waited_ms = -1,
                                       .phase = OP_NONE,
                                       .words = "",
                                       .path = "",
                                       .body = "",
                                       .method = ""};
        return;
    }
    operation_look(op, out);
    if (((struct app_host *)ctx)->app->frozen) {
        out->waited_ms = -1; /* no part of a scripted screen */
    }
}

static void close_operation(void *ctx)
{
    session_close_operation(((struct app_host *)ctx)->app->session);
}

static void host_seen(void *ctx)
{
    session_result_seen(((struct app_host *)ctx)->app->session);
}

static void read_key(void *ctx, const char *key_id)
{
    session_read_key(((struct app_host *)ctx)->app->session, key_id);
}

static int row_of(const struct inventory *inv, enum list_kind list, const char *id)
{
    struct id wanted = inventory_find_id(inv, id);

    return list == LIST_KEYS         ? inventory_find_key(inv, wanted)
           : list == LIST_WORKSPACES ? inventory_find_workspace(inv, wanted)
                                     : inventory_find_user(inv, wanted);
}

static char *host_json(void *ctx, enum list_kind list, const char *id)
{
    struct inventory *inv = host_inventory(ctx);
    int row = inv == NULL ? -1 : row_of(inv, list, id);
    char *text = NULL;
    size_t len = 0;
    FILE *out;

    if (row < 0 || (out = open_memstream(&text, &len)) == NULL) {
        return NULL;
    }
    if (!report_item(out, inv, list, (size_t)row, NULL) || fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static void host_quit(void *ctx)
{
    struct app_host *host = ctx;

    host->hooks.quit(host->hooks.ctx);
}

/* -- the whole -- */

static const struct host_ops ops = {
    .inventory = host_inventory,
    .session = host_session,
    .now = host_now,
    .profile_count = host_profile_count,
    .profile = host_profile_at,
    .open_profile = open_profile,
    .give_key = give_key,
    .refresh = host_refresh,
    .stop = host_stop,
    .retry_now = host_retry_now,
    .login = host_login,
    .login_state = host_login_state,
    .logout = host_logout,
    .arm = host_arm,
    .disarm = host_disarm,
    .create_review = create_review,
    .create_send = create_send,
    .create_again = create_again,
    .hand_over = hand_over,
    .secret_taken = secret_taken,
    .forget_secret = forget_secret,
    .revoke_review = revoke_review,
    .revoke_send = revoke_send,
    .operation = host_operation,
    .close_operation = close_operation,
    .seen = host_seen,
    .saved_draft = host_saved_draft,
    .save_draft = host_save_draft,
    .read_key = read_key,
    .json = host_json,
    .quit = host_quit,
};

static void on_changed(void *front)
{
    struct app_host *host = front;

    host_learn(host);
    host->hooks.changed(host->hooks.ctx);
}

static void on_say(void *front, bool bad, const char *text)
{
    struct app_host *host = front;

    host->hooks.say(host->hooks.ctx, bad, text);
}

struct app_host *app_host_new(struct app *app, const struct app_host_hooks *hooks)
{
    struct app_host *host = xcalloc(1, sizeof(*host));

    host->app = app;
    host->hooks = *hooks;
    host->door = (struct host){.ops = &ops, .ctx = host};
    app->front = host;
    app->on_changed = on_changed;
    app->on_say = on_say;
    session_looks_by_itself(app->session);
    app->on_made = host_drop_made;
    app_host_reload_profiles(host);
    return host;
}

void app_host_free(struct app_host *host)
{
    if (host == NULL) {
        return;
    }
    host->app->on_changed = NULL;
    host->app->on_say = NULL;
    host->app->on_made = NULL;
    loop_undefer(host->app->loop, host->deferred);
    loop_undefer(host->app->loop, host->taking);
    login_free(host->login);
    logout_free(host->logout);
    host_drop_known(host);
    host_drop_drafts(host);
    free(host);
}

const struct host *app_host_door(struct app_host *host)
{
    return &host->door;
}

bool app_host_idle(const struct app_host *host)
{
    const struct session *session = host->app->session;
    const struct api_client *client = session_client(session);
    const struct operation *op = session_operation(session);

    return host->login == NULL && host->logout == NULL && host->deferred == 0 &&
           !session_loading(session) && session_phase(session) != SESSION_KEY &&
           (op == NULL || operation_settled(op)) && !session_writes_pending(session) &&
           (client == NULL || api_client_status(client)->in_flight == 0);
}
