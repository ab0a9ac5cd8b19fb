/* The state machines of create and revoke against an API that answers as each case says: every
 * guard, every way a reply can be lost, and what stands in the journal afterwards. What the real
 * server does is in operations_sandbox. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/operation.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "model/mask.h"

#include "base/banned.h"

#define TARGET "60571396-bd81-4e58-8c82-4858930ede0b"
#define OWN "7c9e6679-7425-40de-944b-e07fc1f90ae7"
#define OTHER_ADMIN "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
#define NEW_ID "9b2e28ba-2fa1-41d2-883f-0016d3cca427"
#define WORKSPACE "6e5a9f93-ae3a-46b4-a87d-2464d373ef7e"
#define SECRET "sk7Qm2LongSecretOfANewKeyThatNobodyMayWriteDown+/x3AX"

/* -- an API that answers as the case says -- */

enum call { CALL_GET, CALL_DELETE, CALL_CREATE, CALL_PROBE, CALL_RECENT, CALL_COUNT };

struct answer_row {
    enum err_kind kind; /* ERR_NONE: ok */
    int times;          /* 0: for ever */
};

struct fixture {
    char folder[64];
    char *path;
    struct clock clock;
    struct loop *loop;
    struct journal *journal;
    struct gate gate;
    struct inventory *inv;
    struct operation_env env;
    struct operation *op;
    /* the server */
    struct answer_row answers[CALL_COUNT][4];
    size_t at[CALL_COUNT];
    int calls[CALL_COUNT];
    const char *server_name; /* of the target */
    const char *server_mask;
    bool recent_has_it;
    int recent_count;
    bool intent_before_send; /* what the journal held when the write went out */
    int refused;
};

static struct fixture *fx;

struct pending {
    enum call call;
    api_reply_fn *fn;
    api_recent_fn *recent;
    void *ctx;
    int defer;
    bool dead;
};

static struct pending pendings[64];
static size_t pending_count;

static enum err_kind next_answer(enum call call)
{
    struct answer_row *row = &fx->answers[call][fx->at[call]];
    enum err_kind kind = row->kind;

    fx->calls[call]++;
    if (row->times > 0 && --row->times == 0) {
        fx->at[call]++;
    }
    return kind;
}

static struct key_row make_row(struct inventory *inv, const char *id, const char *name,
                               const char *mask, enum key_kind kind)
{
    struct key_row row = {
        .id = inventory_id(inv, id),
        .created_at = clock_now(&fx->clock),
        .updated_at = TIME_NONE,
        .expires_at = TIME_NONE,
        .kind = (uint8_t)kind,
        .status = STATUS_ACTIVE,
        .name = inventory_text(inv, name, strlen(name)),
        .mask = arena_intern(&inv->arena, mask, strlen(mask)),
    };

    if (kind != KEY_ORGANISATION_SERVICE) {
        row.workspace_id = inventory_id(inv, WORKSPACE);
    }
    return row;
}

static void answer_recent(struct pending *pending, const struct err *err)
{
    struct inventory *found = inventory_new();

    for (int i = 0; i < fx->recent_count; i++) {
        char id[ID_TEXT_SIZE];
        struct key_row row;

        snprintf(id, sizeof(id), "9b2e28ba-2fa1-41d2-883f-0016d3cca42%u", (unsigned)i % 10);
        row = make_row(found, id, "gira-app", "ab*****cde", KEY_WORKSPACE_SERVICE);
        inventory_add_key(found, &row);
    }
    pending->recent(pending->ctx, err == NULL ? found : NULL, err);
    inventory_free(found);
}

static void answer(void *ctx)
{
    struct pending *pending = ctx;
    struct api_reply reply = {.ok = true,
                              .status = 200,
                              .server_date = clock_now(&fx->clock),
                              .body = "{}",
                              .body_len = 2};
    enum err_kind kind = next_answer(pending->call);

    pending->dead = true;
    if (kind != ERR_NONE) {
        reply.ok = false;
        reply.status = kind == ERR_GONE || kind == ERR_FORBIDDEN ? 403 : 0;
        err_set(&reply.err, kind, "The server says %s.", err_kind_name(kind));
    }
    if (pending->call == CALL_RECENT) {
        answer_recent(pending, reply.ok ? NULL : &reply.err);
        return;
    }
    if (pending->call == CALL_CREATE && reply.ok) {
        reply.id = NEW_ID;
        reply.key = secret_new(SECRET, strlen(SECRET));
    }
    pending->fn(pending->ctx, &reply);
    secret_free(reply.key);
}

static api_ticket ask(enum call call, api_reply_fn *fn, api_recent_fn *recent, void *ctx)
{
    struct pending *pending = &pendings[pending_count++];

    assert_true(pending_count < 64);
    *pending = (struct pending){.call = call, .fn = fn, .recent = recent, .ctx = ctx};
    pending->defer = loop_defer(fx->loop, answer, pending);
    return pending_count;
}

static bool journal_has(const char *text);

void api_cancel(struct api_client *client, api_ticket ticket)
{
    (void)client;
    if (ticket != 0 && !pendings[ticket - 1].dead) {
        loop_undefer(fx->loop, pendings[ticket - 1].defer);
        pendings[ticket - 1].dead = true;
    }
}

api_ticket api_get_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx)
{
    (void)client;
    (void)id;
    return ask(CALL_GET, fn, NULL, ctx);
}

api_ticket api_probe(struct api_client *client, api_reply_fn *fn, void *ctx)
{
    (void)client;
    return ask(CALL_PROBE, fn, NULL, ctx);
}

api_ticket api_delete_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx)
{
    (void)client;
    assert_string_equal(id, TARGET);
    fx->intent_before_send = journal_has("\"kind\":\"intent\"");
    return ask(CALL_DELETE, fn, NULL, ctx);
}

api_ticket api_create_key(struct api_client *client, const struct key_draft *draft, int64_t now,
                          api_reply_fn *fn, void *ctx)
{
    (void)client;
    (void)now;
    assert_string_equal(draft->name, "gira-app");
    fx->intent_before_send = journal_has("\"kind\":\"intent\"");
    return ask(CALL_CREATE, fn, NULL, ctx);
}

api_ticket api_recent_keys(struct api_client *client, int64_t since, api_recent_fn *fn, void *ctx)
{
    (void)client;
    assert_true(since <= clock_now(&fx->clock) - 1900);
    return ask(CALL_RECENT, NULL, fn, ctx);
}

bool api_key_into(struct inventory *inv, const char *json, size_t len, int *row, struct err *err)
{
    struct key_row key = make_row(inv, fx->calls[CALL_CREATE] > 0 ? NEW_ID : TARGET,
                                  fx->server_name, fx->server_mask, KEY_WORKSPACE_SERVICE);
    int index = inventory_find_key(inv, key.id);

    (void)json;
    (void)len;
    (void)err;
    if (index >= 0) {
        key.kind = inv->keys[index].kind;
        key.created_at = inv->keys[index].created_at;
        key.workspace_id = inv->keys[index].workspace_id;
        key.scopes = inv->keys[index].scopes;
    }
    inventory_add_key(inv, &key);
    *row = inventory_find_key(inv, key.id);
    return true;
}

char *api_create_path(const struct api_client *client, const struct key_draft *draft)
{
    (void)client;
    (void)draft;
    return xstrdup("/v1/api-keys/workspace/service");
}

char *api_create_body(const struct key_draft *draft, int64_t now)
{
    (void)now;
    return xasprintf("{\n  \"name\": \"%s\"\n}", draft->name);
}

char *api_delete_path(const struct api_client *client, const char *id)
{
    (void)client;
    return xasprintf("/v1/api-keys/%s", id);
}

/* -- the case -- */

static struct inventory *env_inventory(void *ctx)
{
    return ((struct fixture *)ctx)->inv;
}

static int64_t env_mono(void *ctx)
{
    (void)ctx;
    return clock_mono_ms();
}

static void env_changed(void *ctx)
{
    (void)ctx;
}

static void env_refused(void *ctx, const struct err *err)
{
    assert_int_equal(err->kind, ERR_AUTH);
    ((struct fixture *)ctx)->refused++;
}

/* An organisation whose list is complete: the own admin key with all scopes, another admin key, the
 * target. */
static void fill_inventory(void)
{
    struct key_row own =
        make_row(fx->inv, OWN, "oncall-admin", "Tb*****k3Q", KEY_ORGANISATION_SERVICE);
    struct key_row admin =
        make_row(fx->inv, OTHER_ADMIN, "tf-provisioner", "M0*****kHV", KEY_ORGANISATION_SERVICE);
    struct key_row target =
        make_row(fx->inv, TARGET, fx->server_name, fx->server_mask, KEY_WORKSPACE_SERVICE);

    own.scopes = scope_set_legal(KEY_ORGANISATION_SERVICE);
    inventory_add_key(fx->inv, &own);
    inventory_add_key(fx->inv, &admin);
    inventory_add_key(fx->inv, &target);
    fx->inv->lists[LIST_KEYS] =
        (struct list_state){.progress = PROGRESS_COMPLETE, .counted = 3, .total = 3};
    inventory_find_own(fx->inv, "Tb", "k3Q");
    assert_int_equal(fx->inv->own_key, 0);
}

static int setup(void **state)
{
    (void)state;
    assert_true(secret_setup());
    fx = xcalloc(1, sizeof(*fx));
    pending_count = 0;
    snprintf(fx->folder, sizeof(fx->folder), "/tmp/portcullis-operations-XXXXXX");
    assert_non_null(mkdtemp(fx->folder));
    fx->path = xasprintf("%s/journal.jsonl", fx->folder);
    clock_init(&fx->clock);
    fx->loop = loop_new();
    fx->journal = journal_new(fx->path, &fx->clock);
    fx->inv = inventory_new();
    fx->server_name = "gira-app";
    fx->server_mask = "z1*****3AX";
    fill_inventory();
    fx->env = (struct operation_env){
        .loop = fx->loop,
        .clock = &fx->clock,
        .journal = fx->journal,
        .gate = &fx->gate,
        .profile = "acme",
        .tag = "",
        .base_url = "http://127.0.0.1:1/v1",
        .own_mask = "Tb*****k3Q",
        .find_out_ms = 400,
        .inventory = env_inventory,
        .mono = env_mono,
        .changed = env_changed,
        .key_refused = env_refused,
        .ctx = fx,
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    operation_free(fx->op);
    temp_remove(fx->folder);
    inventory_free(fx->inv);
    journal_free(fx->journal);
    loop_free(fx->loop);
    free(fx->path);
    free(fx);
    fx = NULL;
    return 0;
}

static bool journal_has(const char *text)
{
    struct buf buf;
    struct err err = {0};
    bool has;

    buf_init(&buf, 0);
    has = file_read(fx->path, &buf, &err) && strstr(buf.data, text) != NULL;
    buf_done(&buf);
    return has;
}

static void arm(void)
{
    struct err err = {0};

    assert_true(gate_arm(&fx->gate, fx->env.tag, "INC-1", clock_mono_ms(), &err));
}

static void settle(void)
{
    int64_t deadline = clock_mono_ms() + 20000;

    while (!operation_settled(fx->op)) {
        assert_true(clock_mono_ms() < deadline);
        loop_turn(fx->loop, 100);
    }
}

static struct host_operation look(void)
{
    struct host_operation out;

    operation_look(fx->op, &out);
    return out;
}

static void review_revoke(void)
{
    struct err err = {0};

    fx->op = operation_revoke_new(&fx->env, TARGET, &err);
    assert_non_null(fx->op);
    settle();
}

static void review_create(void)
{
    struct key_draft draft;
    struct err err = {0};

    draft_init(&draft, KEY_WORKSPACE_SERVICE);
    snprintf(draft.workspace, sizeof(draft.workspace), "%s", WORKSPACE);
    snprintf(draft.name, sizeof(draft.name), "gira-app");
    scope_set_add(&draft.scopes, scope_find("completions.write"));
    fx->op = operation_create_new(&fx->env, &draft, &err);
    assert_string_equal(err.text, "");
    assert_non_null(fx->op);
}

static void answers(enum call call, enum err_kind first, int times, enum err_kind then)
{
    fx->answers[call][0] = (struct answer_row){first, times};
    fx->answers[call][1] = (struct answer_row){then, 0};
}

/* -- revoke -- */

static void revokes(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_string_equal(look().phrase, "3AX");
    assert_string_equal(look().method, "DELETE");
    assert_int_equal(look().scope_held, HELD_YES);
    assert_string_equal(look().scope, "workspace_service_api_keys.delete");
    assert_false(look().changed);
    assert_int_equal(fx->calls[CALL_GET], 1);
    answers(CALL_GET, ERR_NONE, 2, ERR_GONE); /* read once more, then still there once, then gone */
    assert_true(operation_revoke_send(fx->op, "REVOKE 3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->calls[CALL_DELETE], 1);
    assert_true(fx->intent_before_send);
    assert_true(journal_has("\"result\":\"done\""));
    assert_true(journal_has("\"reason\":\"INC-1\""));
    assert_true(journal_has("\"name\":\"gira-app\""));
    assert_int_equal(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)), -1);
}

static void refuses_unarmed_and_wrong_phrase(void **state)
{
    static const char *const wrong[] = {"",     "3ax",     "REVOKE 3AY", "REVOKE", "REVOKE 3AX ",
                                        " 3AX", "gira-app"};
    struct err err = {0};

    (void)state;
    review_revoke();
    assert_false(operation_revoke_send(fx->op, "REVOKE 3AX", NULL, false, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    arm();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        err = (struct err){0};
        assert_false(operation_revoke_send(fx->op, wrong[i], NULL, false, &err));
        assert_int_equal(err.kind, ERR_GUARD);
        assert_int_equal(look().phase, OP_REVIEW);
    }
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    assert_int_equal(access(fx->path, F_OK), -1);
}

static void production_needs_a_reason(void **state)
{
    struct err err = {0};

    (void)state;
    fx->env.tag = "PROD";
    fx->gate = (struct gate){.armed = true, .until = clock_mono_ms() + 60000};
    review_revoke();
    assert_false(operation_revoke_send(fx->op, "3AX", "", false, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    answers(CALL_GET, ERR_NONE, 1, ERR_GONE);
    assert_true(operation_revoke_send(fx->op, "3AX", "INC-7", false, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_true(journal_has("\"reason\":\"INC-7\""));
}

static void own_key_is_refused(void **state)
{
    (void)state;
    arm();
    inventory_find_own(fx->inv, "z1", "3AX");
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_GUARD);
    assert_non_null(strstr(look().error.text, "lock you out"));
}

/* The list does not show which key is the own one: an admin key, or one with the own mask, needs a
 * word. */
static void unknown_own_key_needs_a_word(void **state)
{
    struct err err = {0};
    int index = inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET));

    (void)state;
    arm();
    inventory_find_own(fx->inv, "Qx", "none");
    fx->inv->keys[index].kind = KEY_ORGANISATION_SERVICE;
    review_revoke();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_true(look().needs_own_override);
    assert_false(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    answers(CALL_GET, ERR_NONE, 1, ERR_GONE);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, true, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
}

static void own_mask_needs_a_word(void **state)
{
    (void)state;
    arm();
    inventory_find_own(fx->inv, "Qx", "none");
    fx->env.own_mask = "z1*****3AX";
    review_revoke();
    assert_true(look().needs_own_override);
}

static void last_admin_is_refused(void **state)
{
    int index;

    (void)state;
    arm();
    /* The operator works with a workspace key here, and the target is the only admin key. */
    inventory_remove_key(fx->inv, inventory_find_id(fx->inv, OTHER_ADMIN));
    index = inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET));
    fx->inv->keys[index].kind = KEY_ORGANISATION_SERVICE;
    fx->inv->keys[0].kind = KEY_WORKSPACE_SERVICE;
    fx->inv->lists[LIST_KEYS].counted = 2;
    fx->inv->lists[LIST_KEYS].total = 2;
    inventory_find_own(fx->inv, "Tb", "k3Q");
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_non_null(strstr(look().error.text, "last active admin"));
}

static void missing_scope_is_said_early(void **state)
{
    (void)state;
    arm();
    scope_set_remove(&fx->inv->keys[0].scopes, scope_find("workspace_service_api_keys.delete"));
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_FORBIDDEN);
    assert_string_equal(look().error.scope, "workspace_service_api_keys.delete");
    assert_int_equal(look().scope_held, HELD_NO);
}

static void a_changed_target_comes_back(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    fx->server_name = "prod-router";
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_true(look().changed);
    assert_int_equal(fx->calls[CALL_DELETE], 0);
    /* Rotated meanwhile: the phrase is another. */
    fx->server_mask = "Qq*****9zZ";
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_string_equal(look().phrase, "9zZ");
    assert_false(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    answers(CALL_GET, ERR_NONE, 1, ERR_GONE);
    fx->at[CALL_GET] = 0;
    assert_true(operation_revoke_send(fx->op, "9zZ", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->calls[CALL_DELETE], 1);
}

static void gone_before_the_review(void **state)
{
    (void)state;
    answers(CALL_GET, ERR_GONE, 0, ERR_GONE);
    review_revoke();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_GONE);
    assert_null(look().target);
}

static void a_lost_delete_is_found_out(void **state)
{
    static const enum err_kind lost[] = {ERR_UNKNOWN, ERR_SERVER, ERR_DECODE, ERR_INTERNAL};

    (void)state;
    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
        struct err err = {0};

        if (i > 0) {
            teardown(NULL);
            setup(NULL);
        }
        arm();
        review_revoke();
        answers(CALL_DELETE, lost[i], 0, lost[i]);
        answers(CALL_GET, ERR_NONE, 2, ERR_GONE);
        assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
        settle();
        assert_int_equal(look().phase, OP_DONE);
        assert_int_equal(fx->calls[CALL_DELETE], 1);
        assert_true(journal_has("\"result\":\"done\""));
    }
}

static void a_lost_delete_that_did_not_arrive(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    answers(CALL_DELETE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().error.kind, ERR_UNKNOWN);
    assert_int_equal(fx->calls[CALL_DELETE], 1);
    assert_true(journal_has("\"result\":\"unknown\""));
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, TARGET)) >= 0);
}

static void a_forbidden_delete(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    answers(CALL_DELETE, ERR_FORBIDDEN, 0, ERR_FORBIDDEN);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    while (operation_in_flight(fx->op) || !operation_settled(fx->op)) {
        loop_turn(fx->loop, 100);
    }
    assert_int_equal(look().phase, OP_REFUSED);
    assert_int_equal(look().error.kind, ERR_FORBIDDEN);
    assert_true(journal_has("\"result\":\"refused\""));
}

static void a_dead_key_in_the_middle(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    answers(CALL_DELETE, ERR_AUTH, 0, ERR_AUTH);
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_REFUSED);
    assert_int_equal(look().error.kind, ERR_AUTH);
    assert_int_equal(fx->refused, 1);
}

static void no_journal_no_request(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_revoke();
    assert_int_equal(mkdir(fx->path, 0700),
                     0); /* a folder in its place cannot be written, not even by root */
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(look().error.kind, ERR_FILE);
    assert_non_null(strstr(look().error.text, "Nothing was sent"));
    assert_int_equal(fx->calls[CALL_DELETE], 0);
}

static void closing_leaves_a_trace(void **state)
{
    struct err err = {0};
    struct journal_report report;

    (void)state;
    arm();
    review_revoke();
    assert_true(operation_revoke_send(fx->op, "3AX", NULL, false, &err));
    while (!operation_in_flight(fx->op)) {
        loop_turn(fx->loop, 100);
    }
    operation_free(fx->op);
    fx->op = NULL;
    assert_true(journal_read(fx->journal, &report, &err));
    assert_int_equal(report.open_count, 0);
    assert_true(journal_has("\"result\":\"unknown\""));
    journal_report_done(&report);
}

/* -- create -- */

static void creates(void **state)
{
    struct err err = {0};

    (void)state;
    review_create();
    assert_int_equal(look().phase, OP_REVIEW);
    assert_string_equal(look().method, "POST");
    assert_non_null(strstr(look().body, "gira-app"));
    assert_string_equal(look().scope, "workspace_service_api_keys.create");
    assert_false(operation_create_send(fx->op, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    arm();
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_string_equal(look().new_id, NEW_ID);
    assert_string_equal(secret_text(look().new_key), SECRET);
    assert_true(fx->intent_before_send);
    assert_true(journal_has("\"result\":\"done\""));
    assert_false(journal_has(SECRET));
    assert_true(inventory_find_key(fx->inv, inventory_find_id(fx->inv, NEW_ID)) >= 0);
    operation_forget_secret(fx->op);
    assert_null(look().new_key);
}

static void a_bad_draft_is_no_review(void **state)
{
    struct key_draft draft;
    struct err err = {0};

    (void)state;
    draft_init(&draft, KEY_WORKSPACE_SERVICE);
    snprintf(draft.workspace, sizeof(draft.workspace), "%s", WORKSPACE);
    scope_set_add(&draft.scopes, scope_find("completions.write"));
    assert_null(operation_create_new(&fx->env, &draft, &err));
    assert_int_equal(err.kind, ERR_INVALID);
    assert_string_equal(err.field, "name");
}

static void an_unreachable_server_gets_nothing(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_PROBE, ERR_NETWORK, 0, ERR_NETWORK);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_BLOCKED);
    assert_int_equal(fx->calls[CALL_CREATE], 0);
    assert_int_equal(access(fx->path, F_OK), -1);
}

static void a_refused_create_can_be_mended(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_REFUSED, 1, ERR_NONE);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_REFUSED);
    assert_true(journal_has("\"result\":\"refused\""));
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
}

static void a_lost_create_offers_the_one(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    fx->recent_count = 1;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 1);
    assert_string_equal(look().candidate_id, "9b2e28ba-2fa1-41d2-883f-0016d3cca420");
    assert_int_equal(fx->calls[CALL_CREATE], 1);
    assert_true(journal_has("9b2e28ba-2fa1-41d2-883f-0016d3cca420"));
    assert_false(operation_create_again(fx->op, &err));
}

static void a_lost_create_with_several(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_SERVER, 0, ERR_SERVER);
    fx->recent_count = 2;
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 2);
    assert_string_equal(look().candidate_id, "");
    assert_false(operation_create_again(fx->op, &err));
}

static void a_create_that_did_not_arrive(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 1, ERR_NONE);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 0);
    assert_int_equal(fx->calls[CALL_CREATE], 1);
    assert_true(fx->calls[CALL_RECENT] > 3);
    /* It shows up late: asking to send again finds it instead. */
    fx->recent_count = 1;
    assert_true(operation_create_again(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 1);
    assert_int_equal(fx->calls[CALL_CREATE], 1);
}

static void sends_again_when_asked(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 1, ERR_NONE);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    gate_disarm(&fx->gate);
    assert_false(operation_create_again(fx->op, &err));
    arm();
    assert_true(operation_create_again(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_DONE);
    assert_int_equal(fx->calls[CALL_CREATE], 2);
}

/* Nothing could be found out: then sending again could make a second key. */
static void no_list_no_second_send(void **state)
{
    struct err err = {0};

    (void)state;
    arm();
    review_create();
    answers(CALL_CREATE, ERR_UNKNOWN, 0, ERR_UNKNOWN);
    answers(CALL_RECENT, ERR_NETWORK, 0, ERR_NETWORK);
    assert_true(operation_create_send(fx->op, &err));
    settle();
    assert_int_equal(look().phase, OP_UNKNOWN);
    assert_int_equal(look().candidates, 0);
    assert_false(operation_create_again(fx->op, &err));
    assert_int_equal(err.kind, ERR_GUARD);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(revokes),
        TEST(refuses_unarmed_and_wrong_phrase),
        TEST(production_needs_a_reason),
        TEST(own_key_is_refused),
        TEST(unknown_own_key_needs_a_word),
        TEST(own_mask_needs_a_word),
        TEST(last_admin_is_refused),
        TEST(missing_scope_is_said_early),
        TEST(a_changed_target_comes_back),
        TEST(gone_before_the_review),
        TEST(a_lost_delete_is_found_out),
        TEST(a_lost_delete_that_did_not_arrive),
        TEST(a_forbidden_delete),
        TEST(a_dead_key_in_the_middle),
        TEST(no_journal_no_request),
        TEST(closing_leaves_a_trace),
        TEST(creates),
        TEST(a_bad_draft_is_no_review),
        TEST(an_unreachable_server_gets_nothing),
        TEST(a_refused_create_can_be_mended),
        TEST(a_lost_create_offers_the_one),
        TEST(a_lost_create_with_several),
        TEST(a_create_that_did_not_arrive),
        TEST(sends_again_when_asked),
        TEST(no_list_no_second_send),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
