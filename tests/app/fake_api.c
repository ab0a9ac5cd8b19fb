#include "app/fake_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/load.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"

#include "base/banned.h"

struct fixture *fx;

struct pending {
    enum call call;
    api_reply_fn *fn;
    api_keys_fn *page;
    void *ctx;
    int defer, timer;
    bool dead;
    bool old; /* shows nothing of what was made */
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
    int64_t now = clock_now(&fx->clock);
    struct key_row row = {
        .id = inventory_id(inv, id),
        .created_at = now,
        .updated_at = now,
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

/* The newest page: the own key, an older one of the kind, and what was made. */
static void answer_page(struct pending *pending, const struct err *err)
{
    struct inventory *found = inventory_new();
    struct key_row own =
        make_row(found, OWN, "oncall-admin", "Tb*****k3Q", KEY_ORGANISATION_SERVICE);
    struct key_row old = make_row(found, TARGET, "older", "z1*****3AX", KEY_WORKSPACE_SERVICE);
    bool later = fx->calls[CALL_CREATE] > 0;
    struct key_row row;

    own.created_at = own.updated_at = old.created_at = old.updated_at =
        clock_now(&fx->clock) - DAY_MS;
    own.scopes = scope_set_legal(KEY_ORGANISATION_SERVICE);
    if (fx->own_lacks) {
        scope_set_remove(&own.scopes, scope_find("workspace_service_api_keys.list"));
    }
    if (!fx->list_lost) {
        inventory_add_key(found, &own);
    }
    if (!fx->list_lost && !fx->own_lacks) {
        inventory_add_key(found, &old);
    }
    for (int i = 0; i < fx->fitting && ((later && !pending->old) || fx->fitting_before); i++) {
        char id[ID_TEXT_SIZE];

        snprintf(id, sizeof(id), "9b2e28ba-2fa1-41d2-883f-0016d3cca41%u", (unsigned)i % 10);
        row = make_row(found, id, "gira-app", "ab*****cde", KEY_WORKSPACE_SERVICE);
        row.scopes = fx->scopes;
        inventory_add_key(found, &row);
    }
    if (fx->is_made) {
        row = make_row(found, NEW_ID, "gira-app", "sk*****3AX", KEY_WORKSPACE_SERVICE);
        row.scopes = fx->scopes;
        inventory_add_key(found, &row);
    }
    found->lists[LIST_KEYS].total = (int64_t)found->key_count;
    inventory_find_own(found, "Tb", "k3Q");
    struct api_keys keys = {.ok = err == NULL,
                            .found = found,
                            .owner = &found,
                            .total = found->lists[LIST_KEYS].total,
                            .server_date = clock_now(&fx->clock)};

    if (err != NULL) {
        keys.err = *err;
    }
    pending->page(pending->ctx, &keys);
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
    if (pending->call == CALL_PAGE) {
        answer_page(pending, reply.ok ? NULL : &reply.err);
        return;
    }
    if (pending->call == CALL_CREATE && fx->answer_code != NULL) {
        snprintf(reply.err.code, sizeof(reply.err.code), "%s", fx->answer_code);
        reply.err.source = ERR_FROM_API;
        reply.err.status = 403;
    }
    if (pending->call == CALL_CREATE && reply.ok) {
        reply.id = fx->answer_id;
        reply.key = secret_new(fx->answer_key, strlen(fx->answer_key));
        fx->is_made = true;
    }
    pending->fn(pending->ctx, &reply);
    secret_free(reply.key);
}

static api_ticket ask(enum call call, api_reply_fn *fn, api_keys_fn *page, void *ctx)
{
    struct pending *pending = &pendings[pending_count++];

    assert_true(pending_count < 64);
    *pending = (struct pending){.call = call, .fn = fn, .page = page, .ctx = ctx};
    if (call == CALL_PAGE && fx->calls[CALL_CREATE] > 0 && fx->slow_page_ms > 0) {
        pending->old = true;
        pending->timer = loop_timer(fx->loop, fx->slow_page_ms, answer, pending);
        fx->slow_page_ms = 0;
    } else {
        pending->defer = loop_defer(fx->loop, answer, pending);
    }
    return pending_count;
}

void api_cancel(struct api_client *client, api_ticket ticket)
{
    (void)client;
    if (ticket != 0 && !pendings[ticket - 1].dead) {
        loop_undefer(fx->loop, pendings[ticket - 1].defer);
        loop_untimer(fx->loop, pendings[ticket - 1].timer);
        pendings[ticket - 1].dead = true;
    }
}

/* What a revocation would read: a create does not. */
api_ticket api_keys_by_ids(struct api_client *client, const char *const *ids, size_t count,
                           api_keys_fn *fn, void *ctx)
{
    (void)client;
    (void)ids;
    (void)count;
    (void)fn;
    (void)ctx;
    fail_msg("a create asks for no ids");
    return 0;
}

const struct api_status *api_client_status(const struct api_client *client)
{
    static const struct api_status QUIET;

    (void)client;
    return &QUIET;
}

struct api_load *api_load_start(struct api_client *client, struct inventory *inv, unsigned lists,
                                api_load_fn *fn, void *ctx)
{
    (void)client;
    (void)inv;
    (void)lists;
    (void)fn;
    (void)ctx;
    fail_msg("a create reads no whole list");
    return NULL;
}

void api_load_free(struct api_load *load)
{
    assert_null(load);
}

int api_attempt(const struct api_client *client, api_ticket ticket, int *of)
{
    (void)client;
    *of = 4;
    return ticket == 0 || pendings[ticket - 1].dead ? 0 : 1;
}

api_ticket api_get_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx)
{
    (void)client;
    (void)id;
    return ask(CALL_GET, fn, NULL, ctx);
}

api_ticket api_delete_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx)
{
    (void)client;
    assert_string_equal(id, TARGET);
    fx->intent_before_send = journal_has("\"kind\":\"intent\"");
    return ask(CALL_DELETE, fn, NULL, ctx);
}

api_ticket api_create_key(struct api_client *client, enum key_kind kind, const char *body,
                          api_reply_fn *fn, void *ctx)
{
    (void)client;
    assert_int_equal(kind, KEY_WORKSPACE_SERVICE);
    assert_non_null(strstr(body, "\"name\": \"gira-app\""));
    snprintf(fx->sent_body, sizeof(fx->sent_body), "%s", body);
    fx->intent_before_send = journal_has("\"kind\":\"intent\"");
    return ask(CALL_CREATE, fn, NULL, ctx);
}

api_ticket api_keys_page(struct api_client *client, const char *workspace, api_keys_fn *fn,
                         void *ctx)
{
    (void)client;
    (void)workspace;
    return ask(CALL_PAGE, NULL, fn, ctx);
}

bool api_key_into(struct inventory *inv, const char *json, size_t len, int *row, struct err *err)
{
    bool made = fx->calls[CALL_CREATE] > 0;
    struct key_row key =
        make_row(inv, made ? NEW_ID : TARGET, made ? fx->made_name : fx->server_name,
                 made ? fx->made_mask : fx->server_mask, KEY_WORKSPACE_SERVICE);
    int index = inventory_find_key(inv, key.id);

    if (made) {
        key.scopes = fx->scopes;
    }
    (void)json;
    (void)len;
    (void)err;
    if (index >= 0) {
        key.kind = inv->keys[index].kind;
        key.created_at = inv->keys[index].created_at;
        key.updated_at = inv->keys[index].updated_at;
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

static const struct operation *env_running(void *ctx, const struct operation *but)
{
    const struct operation *other = ((struct fixture *)ctx)->other;

    return other != but && other != NULL && operation_in_flight(other) ? other : NULL;
}

static void env_settled(void *ctx, const struct operation_try *what, bool known)
{
    struct fixture *fixture = ctx;

    (void)what;
    if (known) {
        fixture->kept.at = 0;
    }
    fixture->settled_known += known ? 1 : 0;
    fixture->settled_unknown += known ? 0 : 1;
}

static bool env_earlier(void *ctx, struct operation_try *what)
{
    struct fixture *fixture = ctx;
    const struct operation_try *kept = &fixture->kept;

    if (kept->at == 0 || strcmp(kept->act, what->act) != 0) {
        return false;
    }
    what->at = kept->at;
    what->intent = "";
    what->seen = fixture->kept_seen;
    what->seen_count = 2;
    what->newest = kept->newest;
    what->blind = kept->blind;
    what->server_time = kept->server_time;
    return true;
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

int fake_setup(void **state)
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
    fx->made_name = "gira-app";
    fx->made_mask = "sk*****3AX";
    fx->answer_id = NEW_ID;
    fx->answer_key = SECRET;
    fx->kept_seen[0] = OWN;
    fx->kept_seen[1] = TARGET;
    scope_set_add(&fx->scopes, scope_find("completions.write"));
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
        .running = env_running,
        .settled = env_settled,
        .earlier = env_earlier,
        .ctx = fx,
    };
    return 0;
}

int fake_teardown(void **state)
{
    (void)state;
    operation_free(fx->op);
    fx->op = NULL;
    temp_remove(fx->folder);
    inventory_free(fx->inv);
    journal_free(fx->journal);
    loop_free(fx->loop);
    free(fx->path);
    free(fx);
    fx = NULL;
    return 0;
}

bool journal_has(const char *text)
{
    struct buf buf;
    struct err err = {0};
    bool has;

    buf_init(&buf, 0);
    has = file_read(fx->path, &buf, &err) && strstr(buf.data, text) != NULL;
    buf_done(&buf);
    return has;
}

void arm(void)
{
    struct err err = {0};

    assert_true(gate_arm(&fx->gate, fx->env.tag, "INC-1", clock_mono_ms(), &err));
}

void settle(void)
{
    int64_t deadline = clock_mono_ms() + 20000;

    while (!operation_settled(fx->op)) {
        assert_true(clock_mono_ms() < deadline);
        loop_turn(fx->loop, 100);
    }
}

struct host_operation look(void)
{
    struct host_operation out;

    operation_look(fx->op, &out);
    return out;
}

void review_revoke(void)
{
    struct err err = {0};

    fx->op = operation_revoke_new(&fx->env, TARGET, &err);
    assert_non_null(fx->op);
    settle();
}

void review_create(void)
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

void answers(enum call call, enum err_kind first, int times, enum err_kind then)
{
    fx->answers[call][0] = (struct answer_row){first, times};
    fx->answers[call][1] = (struct answer_row){then, 0};
}
