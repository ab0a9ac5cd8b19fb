#include "panes/fake_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "panes/fake_org.h"

#include "base/banned.h"

static bool answer(struct fake_host *fake, const struct err *stored, struct err *err)
{
    (void)fake;
    if (stored->kind == ERR_NONE) {
        return true;
    }
    if (err != NULL) {
        *err = *stored;
    }
    return false;
}

static struct inventory *get_inventory(void *ctx)
{
    return ((struct fake_host *)ctx)->inventory;
}

static void get_session(void *ctx, struct host_session *out)
{
    *out = ((struct fake_host *)ctx)->session;
}

static int64_t get_now(void *ctx)
{
    return ((struct fake_host *)ctx)->now;
}

static size_t count_profiles(void *ctx)
{
    return ((struct fake_host *)ctx)->profile_count;
}

static bool get_profile(void *ctx, size_t number, struct host_profile *out)
{
    struct fake_host *fake = ctx;

    if (number >= fake->profile_count) {
        return false;
    }
    *out = fake->profiles[number];
    return true;
}

static void open_profile(void *ctx, const char *name)
{
    buf_addf(&((struct fake_host *)ctx)->log, "open_profile %s\n", name);
}

static void give_key(void *ctx, const char *key, size_t len)
{
    (void)key;
    buf_addf(&((struct fake_host *)ctx)->log, "give_key %zu bytes\n", len);
}

static void refresh(void *ctx)
{
    buf_adds(&((struct fake_host *)ctx)->log, "refresh\n");
}

static void stop(void *ctx)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "stop\n");
    fake->session.loading = false;
    fake->session.work = "";
}

static void retry_now(void *ctx)
{
    buf_adds(&((struct fake_host *)ctx)->log, "retry_now\n");
}

static void do_login(void *ctx, const struct host_login *login, const char *key, size_t len)
{
    struct fake_host *fake = ctx;

    (void)key;
    fake->login = (struct host_login_state){.phase = LOGIN_TRYING, .words = "Trying the key.."};
    buf_addf(&fake->log, "login %s %s %s %s %zu bytes\n", login->name, login->base_url, login->tag,
             login->source, len);
}

static void login_state(void *ctx, struct host_login_state *out)
{
    *out = ((struct fake_host *)ctx)->login;
}

static bool logout(void *ctx, const char *name, struct err *err)
{
    struct fake_host *fake = ctx;

    buf_addf(&fake->log, "logout %s\n", name);
    return answer(fake, &fake->logout_error, err);
}

static bool arm(void *ctx, const char *reason, struct err *err)
{
    struct fake_host *fake = ctx;

    buf_addf(&fake->log, "arm %s\n", reason);
    if (fake->arm_needs_reason && reason[0] == '\0') {
        return err_set(err, ERR_GUARD, "%s asks for a reason before writes are let through.",
                       fake->session.tag);
    }
    if (!answer(fake, &fake->arm_error, err)) {
        return false;
    }
    fake->session.armed = true;
    fake->session.armed_left_ms = 600000;
    snprintf(fake->armed_reason, sizeof(fake->armed_reason), "%s", reason);
    fake->session.armed_reason = fake->armed_reason;
    return true;
}

static void disarm(void *ctx)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "disarm\n");
    fake->session.armed = false;
    fake->session.armed_left_ms = 0;
}

static bool create_review(void *ctx, const struct key_draft *draft, struct err *err)
{
    struct fake_host *fake = ctx;

    fake->draft = *draft;
    fake->has_draft = true;
    snprintf(fake->draft_of, sizeof(fake->draft_of), "%s", fake->session.profile);
    buf_addf(&fake->log, "create_review %s %s\n", key_kind_name(draft->kind), draft->name);
    return answer(fake, &fake->review_error, err);
}

static bool create_send(void *ctx, struct err *err)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "create_send\n");
    return answer(fake, &fake->send_error, err);
}

static bool create_again(void *ctx, struct err *err)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "create_again\n");
    return answer(fake, &fake->send_error, err);
}

static void secret_taken(void *ctx)
{
    buf_adds(&((struct fake_host *)ctx)->log, "secret_taken\n");
}

static bool hand_over(void *ctx, struct err *err)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "hand_over\n");
    if (!answer(fake, &fake->hand_error, err)) {
        return false;
    }
    fake->operation.taken = true;
    return true;
}

static void seen(void *ctx)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "seen\n");
    fake->session.result = "";
}

static void forget_secret(void *ctx)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "forget_secret\n");
    fake->operation.new_key = NULL;
}

static bool revoke_review(void *ctx, const char *key_id, struct err *err)
{
    struct fake_host *fake = ctx;

    buf_addf(&fake->log, "revoke_review %s\n", key_id);
    return answer(fake, &fake->review_error, err);
}

static bool revoke_send(void *ctx, const char *typed, const char *reason, bool i_know,
                        struct err *err)
{
    struct fake_host *fake = ctx;

    buf_addf(&fake->log, "revoke_send [%s] [%s] %d\n", typed, reason, i_know ? 1 : 0);
    return answer(fake, &fake->send_error, err);
}

static void get_operation(void *ctx, struct host_operation *out)
{
    *out = ((struct fake_host *)ctx)->operation;
}

static void close_operation(void *ctx)
{
    struct fake_host *fake = ctx;

    buf_adds(&fake->log, "close_operation\n");
    memset(&fake->operation, 0, sizeof(fake->operation));
}

static const struct key_draft *saved_draft(void *ctx, const char *profile)
{
    struct fake_host *fake = ctx;

    return fake->has_draft && strcmp(fake->draft_of, profile) == 0 ? &fake->draft : NULL;
}

static void save_draft(void *ctx, const char *profile, const struct key_draft *draft)
{
    struct fake_host *fake = ctx;

    fake->has_draft = draft != NULL;
    snprintf(fake->draft_of, sizeof(fake->draft_of), "%s", profile);
    if (draft != NULL && draft != &fake->draft) {
        fake->draft = *draft;
    }
}

static void read_key(void *ctx, const char *key_id)
{
    buf_addf(&((struct fake_host *)ctx)->log, "read_key %s\n", key_id);
}

static void quit(void *ctx)
{
    ((struct fake_host *)ctx)->quit = true;
}

static char *json(void *ctx, enum list_kind list, const char *id)
{
    buf_addf(&((struct fake_host *)ctx)->log, "json %s %s\n", list_name(list), id);
    return xasprintf("{\"id\":\"%s\"}", id);
}

static const struct host_ops OPS = {
    .inventory = get_inventory,
    .session = get_session,
    .now = get_now,
    .profile_count = count_profiles,
    .profile = get_profile,
    .open_profile = open_profile,
    .give_key = give_key,
    .refresh = refresh,
    .stop = stop,
    .retry_now = retry_now,
    .login = do_login,
    .login_state = login_state,
    .logout = logout,
    .arm = arm,
    .disarm = disarm,
    .create_review = create_review,
    .create_send = create_send,
    .create_again = create_again,
    .hand_over = hand_over,
    .secret_taken = secret_taken,
    .forget_secret = forget_secret,
    .seen = seen,
    .revoke_review = revoke_review,
    .revoke_send = revoke_send,
    .operation = get_operation,
    .close_operation = close_operation,
    .saved_draft = saved_draft,
    .save_draft = save_draft,
    .read_key = read_key,
    .json = json,
    .quit = quit,
};

void fake_host_init(struct fake_host *fake)
{
    *fake = (struct fake_host){.now = FAKE_NOW};
    buf_init(&fake->log, 0);
    fake->host.ops = &OPS;
    fake->host.ctx = fake;
    fake->session = (struct host_session){
        .phase = SESSION_OPEN,
        .profile = "acme-corp",
        .tag = "PROD",
        .base_url = "https://api.portkey.ai/v1",
        .own_name = "oncall-admin",
        .own_mask = "Tb*****k3Q",
        .own_scopes = 15,
        .work = "",
        .armed_reason = "",
        .writing = "",
        .result = "",
        .api_ms = 300,
        .data_age_ms = 14000,
    };
    fake->profiles[0] = (struct host_profile){
        "acme-corp", "https://api.portkey.ai/v1", "PROD", "keyring", true, "Tb*****k3Q", 15,
        "open"};
    fake->profiles[1] = (struct host_profile){
        "acme-eu",   "https://portkey.eu.acme.example/v1", "PROD", "command", false, "", -1,
        "not opened"};
    fake->profiles[2] =
        (struct host_profile){"sandbox", "http://127.0.0.1:8787/v1",          "", "file", false, "",
                              -1,        "failed: the server does not answer"};
    fake->profile_count = FAKE_PROFILES;
    fake->login.words = "";
    fake->operation.words = "";
    fake_host_refill(fake, 0);
}

void fake_host_done(struct fake_host *fake)
{
    inventory_free(fake->inventory);
    fake->inventory = NULL;
    buf_done(&fake->log);
}

void fake_host_refill(struct fake_host *fake, size_t extra)
{
    uint64_t generation = fake->inventory == NULL ? 0 : fake->inventory->generation;

    inventory_free(fake->inventory);
    fake->inventory = fake_org_new(fake->now, extra);
    fake->inventory->generation += generation + 1;
}

void fake_host_empty(struct fake_host *fake)
{
    inventory_free(fake->inventory);
    fake->inventory = NULL;
    fake->profile_count = 0;
    fake->session = (struct host_session){
        .phase = SESSION_NONE,
        .profile = "",
        .tag = "",
        .base_url = "",
        .own_name = "",
        .own_mask = "",
        .own_scopes = -1,
        .work = "",
        .armed_reason = "",
        .writing = "",
        .result = "",
        .api_ms = -1,
        .data_age_ms = -1,
    };
}
