/* The look at what earlier runs left open, a row for each way it can stand: what is said, what goes
 * to the journal. The server is a list of keys here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/load.h"
#include "app/journal_rig.h"
#include "app/look_back.h"
#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

#define ORG "11111111-1111-4111-8111-111111111111"
#define OTHER_ORG "22222222-2222-4222-8222-222222222222"
#define W1 "33333333-3333-4333-8333-333333333331"
#define W2 "33333333-3333-4333-8333-333333333332"
#define OWN "44444444-4444-4444-8444-444444444440"
#define OLD "44444444-4444-4444-8444-444444444441"
#define NEW "44444444-4444-4444-8444-444444444442"
#define TWIN "44444444-4444-4444-8444-444444444443"
#define OWN_MASK "Tb*****k3Q"
#define URL "https://api.example/v1"
#define BEFORE INT64_C(1777777700000) /* when the newest of before was made */
#define SENT INT64_C(1777777777000)   /* by the server's clock */
#define KEYS_MAX 6

struct key {
    const char *id, *name, *workspace;
    int64_t created, updated;
};

/* -- the server -- */

static struct world {
    struct loop *loop;
    struct key keys[KEYS_MAX];
    const char *organisation;
    int64_t now;
    bool own_is_admin, silent;
    const char *own_mask;
    struct buf said;
    bool over;
    int64_t again;
    int ended, reads;
} world;

struct call {
    api_reply_fn *reply;
    api_keys_fn *keys;
    void *ctx;
    char ids[3][ID_TEXT_SIZE];
    size_t count; /* of ids; 0: a page */
    char workspace[ID_TEXT_SIZE];
    int defer;
};
static struct call calls[64];
static size_t call_count;

static void add_row(struct inventory *inv, const struct key *key)
{
    bool own = strcmp(key->id, OWN) == 0;
    const char *mask = own ? world.own_mask : "aB*****xyz";
    enum key_kind kind =
        own && world.own_is_admin ? KEY_ORGANISATION_SERVICE : KEY_WORKSPACE_SERVICE;
    struct key_row row = {
        .id = inventory_id(inv, key->id),
        .name = inventory_text(inv, key->name, strlen(key->name)),
        .workspace_id = inventory_id(inv, kind == KEY_ORGANISATION_SERVICE ? NULL : key->workspace),
        .kind = (uint8_t)kind,
        .status = STATUS_ACTIVE,
        .created_at = key->created,
        .updated_at = key->updated,
        .expires_at = TIME_NONE,
        .mask = arena_add(&inv->arena, mask, strlen(mask)),
    };

    if (own) {
        row.scopes = scope_set_legal(kind);
    }
    inv->organisation_id = inventory_id(inv, world.organisation);
    inventory_add_key(inv, &row);
}

static const struct key *find_key(const char *id)
{
    for (size_t i = 0; i < KEYS_MAX; i++) {
        if (world.keys[i].id != NULL && strcmp(world.keys[i].id, id) == 0) {
            return &world.keys[i];
        }
    }
    return NULL;
}

static void say_no(struct err *err)
{
    err_set(err, world.silent ? ERR_TIMEOUT : ERR_GONE, "No.");
    err->source = world.silent ? ERR_FROM_NOBODY : ERR_FROM_API;
    err->status = world.silent ? 0 : 403;
    snprintf(err->code, sizeof(err->code), "%s", world.silent ? "" : "AB03");
}

static void answer_key(struct call *call)
{
    const struct key *key = world.silent ? NULL : find_key(call->ids[0]);
    struct api_reply reply = {.ok = key != NULL, .status = 200, .server_date = world.now};

    if (key == NULL) {
        say_no(&reply.err);
        reply.status = reply.err.status;
    }
    reply.body = call->ids[0];
    reply.body_len = strlen(call->ids[0]);
    call->reply(call->ctx, &reply);
}

static void answer_keys(struct call *call)
{
    struct inventory *found = inventory_new();
    struct api_keys keys = {.ok = !world.silent, .found = found, .server_date = world.now};

    if (world.silent) {
        say_no(&keys.err);
    }
    for (size_t i = 0; keys.ok && i < KEYS_MAX; i++) {
        const struct key *key = &world.keys[i];
        bool wanted = call->count == 0 &&
                      (call->workspace[0] == '\0' ||
                       (key->workspace != NULL && strcmp(key->workspace, call->workspace) == 0));

        for (size_t k = 0; key->id != NULL && k < call->count; k++) {
            wanted = wanted || strcmp(key->id, call->ids[k]) == 0;
        }
        if (key->id != NULL && wanted) {
            add_row(found, key);
        }
    }
    keys.total = (int64_t)found->key_count;
    found->lists[LIST_KEYS].total = keys.total;
    call->keys(call->ctx, &keys);
    inventory_free(found);
}

static void answer(void *ctx)
{
    struct call *call = ctx;

    call->defer = 0;
    if (call->reply != NULL) {
        answer_key(call);
    } else {
        answer_keys(call);
    }
}

static api_ticket ask(struct call call)
{
    struct call *kept = &calls[call_count++];

    assert_true(call_count < sizeof(calls) / sizeof(calls[0]));
    *kept = call;
    kept->defer = loop_defer(world.loop, answer, kept);
    world.reads++;
    return call_count;
}

void api_cancel(struct api_client *client, api_ticket ticket)
{
    (void)client;
    if (ticket != 0 && calls[ticket - 1].defer != 0) {
        loop_undefer(world.loop, calls[ticket - 1].defer);
        calls[ticket - 1].defer = 0;
    }
}

api_ticket api_get_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx)
{
    struct call call = {.reply = fn, .ctx = ctx, .count = 1};

    (void)client;
    snprintf(call.ids[0], sizeof(call.ids[0]), "%s", id);
    return ask(call);
}

api_ticket api_keys_by_ids(struct api_client *client, const char *const *ids, size_t count,
                           api_keys_fn *fn, void *ctx)
{
    struct call call = {.keys = fn, .ctx = ctx, .count = count};

    (void)client;
    assert_true(count <= 3);
    for (size_t i = 0; i < count; i++) {
        snprintf(call.ids[i], sizeof(call.ids[i]), "%s", ids[i]);
    }
    return ask(call);
}

api_ticket api_keys_page(struct api_client *client, const char *workspace_id, api_keys_fn *fn,
                         void *ctx)
{
    struct call call = {.keys = fn, .ctx = ctx};

    (void)client;
    snprintf(call.workspace, sizeof(call.workspace), "%s",
             workspace_id == NULL ? "" : workspace_id);
    return ask(call);
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
    fail_msg("no list is read where ids are known");
    return NULL;
}

void api_load_free(struct api_load *load)
{
    assert_null(load);
}

bool api_key_into(struct inventory *inv, const char *json, size_t len, int *row, struct err *err)
{
    char id[ID_TEXT_SIZE];

    (void)err;
    snprintf(id, sizeof(id), "%.*s", (int)len, json);
    add_row(inv, find_key(id));
    *row = inventory_find_key(inv, inventory_find_id(inv, id));
    return true;
}

/* -- the session -- */

static struct inventory *empty;

static const struct inventory *held(void *ctx)
{
    (void)ctx;
    return empty;
}

static bool mask_is_own(void *ctx, const char *mask)
{
    (void)ctx;
    return strcmp(mask, OWN_MASK) == 0;
}

static void say(void *ctx, const struct journal_open *open, const char *text)
{
    (void)ctx;
    (void)open;
    buf_addf(&world.said, "%s\n", text);
}

static void ended(void *ctx, const struct journal_open *open, bool gone)
{
    (void)ctx;
    (void)open;
    (void)gone;
    world.ended++;
}

static void over(void *ctx, int64_t again_ms)
{
    (void)ctx;
    world.over = true;
    world.again = again_ms;
}

static void look(struct journal_rig *rig)
{
    struct look_back_env env = {
        .loop = world.loop,
        .clock = &rig->clock,
        .journal = rig->journal,
        .profile = "acme",
        .base_url = URL,
        .own_mask = world.own_mask,
        .own_id = OWN,
        .mask_is_own = mask_is_own,
        .inventory = held,
        .list_max = 500,
        .say = say,
        .ended = ended,
        .over = over,
    };
    struct err err = {0};
    struct look_back *back;

    buf_clear(&world.said);
    world.over = false;
    world.again = 0;
    world.ended = world.reads = 0;
    call_count = 0;
    back = look_back_start(&env, &err);
    assert_int_equal(err.kind, ERR_NONE);
    while (back != NULL && !world.over) {
        loop_turn(world.loop, -1);
    }
    look_back_free(back);
}

static void says(const char *text)
{
    if (strstr(world.said.data == NULL ? "" : world.said.data, text) == NULL) {
        fail_msg("lacks: %s\nsaid: %s", text, world.said.data);
    }
}

static void hushes(const char *text)
{
    if (world.said.data != NULL && strstr(world.said.data, text) != NULL) {
        fail_msg("has: %s\nsaid: %s", text, world.said.data);
    }
}

static size_t open_count(struct journal_rig *rig)
{
    struct journal_report report = journal_rig_report(rig);
    size_t count = report.open_count;

    journal_report_done(&report);
    return count;
}

static int setup(void **state)
{
    int code = journal_rig_setup(state);

    world = (struct world){
        .loop = loop_new(),
        .keys = {{OWN, "own", NULL, BEFORE - 1000, BEFORE - 1000},
                 {OLD, "old", W1, BEFORE, BEFORE}},
        .organisation = ORG,
        .now = SENT + 5000,
        .own_is_admin = true,
        .own_mask = OWN_MASK,
    };
    buf_init(&world.said, 0);
    empty = inventory_new();
    return code;
}

static int teardown(void **state)
{
    buf_done(&world.said);
    inventory_free(empty);
    loop_free(world.loop);
    return journal_rig_teardown(state);
}

/* -- what was left open -- */

static void leave(struct journal_rig *rig, const struct journal_intent *intent,
                  char id[JOURNAL_ID_SIZE])
{
    struct err err = {0};

    assert_true(journal_write_intent(rig->journal, intent, id, &err));
    journal_let_go(rig->journal, id);
}

static void leave_revocation(struct journal_rig *rig, char id[JOURNAL_ID_SIZE])
{
    struct journal_intent intent = {.act = "revoke-key",
                                    .profile = "acme",
                                    .base_url = URL,
                                    .organisation_id = ORG,
                                    .own_mask = OWN_MASK,
                                    .kind = "workspace-service",
                                    .target = NEW,
                                    .name = "ci",
                                    .mask = "aB*****xyz",
                                    .workspace = W1,
                                    .server_time = SENT};

    leave(rig, &intent, id);
}

static void leave_create(struct journal_rig *rig, bool blind, char id[JOURNAL_ID_SIZE])
{
    static const char *const seen[] = {OWN, OLD};
    struct journal_intent intent = {.act = "create-key",
                                    .profile = "acme",
                                    .base_url = URL,
                                    .organisation_id = ORG,
                                    .own_mask = OWN_MASK,
                                    .kind = "workspace-service",
                                    .name = "ci",
                                    .workspace = W1,
                                    .server_time = SENT,
                                    .seen = seen,
                                    .seen_count = 2,
                                    .newest = BEFORE,
                                    .blind = blind};

    leave(rig, &intent, id);
}

static void add_key(const char *id, const char *name, const char *workspace, bool changed)
{
    for (size_t i = 0; i < KEYS_MAX; i++) {
        if (world.keys[i].id == NULL) {
            world.keys[i] = (struct key){id, name, workspace, SENT, SENT + (changed ? 1000 : 0)};
            return;
        }
    }
}

static void nothing_open_reads_nothing(void **state)
{
    look(*state);
    assert_int_equal(world.reads, 0);
}

static void a_key_that_is_gone_is_proven_gone(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];
    size_t len;
    char *bytes;

    leave_revocation(rig, id);
    look(rig);
    says("The key \"ci\" (aB*****xyz " NEW ") is gone.");
    hushes("not known");
    assert_int_equal(open_count(rig), 0);
    assert_int_equal(world.ended, 1);
    bytes = journal_rig_slurp(rig, &len);
    assert_non_null(strstr(bytes, "\"result\":\"done\""));
    assert_non_null(strstr(bytes, "\"reading\":\""));
    assert_non_null(strstr(bytes, "\"control\":\""));
    free(bytes);
    look(rig);
    assert_int_equal(world.reads, 0);
}

static void a_key_that_is_there_is_never_not_revoked(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];

    leave_revocation(rig, id);
    add_key(NEW, "ci", W1, false);
    world.now = SENT + 3600 * 1000;
    look(rig);
    says("The key \"ci\" (aB*****xyz " NEW ") still works. Revoke it again.");
    hushes("not known");
    assert_int_equal(open_count(rig), 1);
    assert_int_equal(world.ended, 0);
}

/* What a look has seen is kept, once for as long as it is fresh, and a look that sees nothing does
 * not take it away. */
static void what_was_seen_is_kept(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_report report;
    char id[JOURNAL_ID_SIZE];
    size_t lines;

    leave_revocation(rig, id);
    add_key(NEW, "ci", W1, false);
    look(rig);
    report = journal_rig_report(rig);
    assert_int_equal(report.open[0].found, FOUND_THERE);
    assert_true(report.open[0].found_at != TIME_NONE);
    lines = report.lines;
    journal_report_done(&report);
    look(rig);
    world.silent = true;
    look(rig);
    report = journal_rig_report(rig);
    assert_int_equal(report.lines, lines);
    assert_int_equal(report.open[0].found, FOUND_THERE);
    journal_report_done(&report);
    world.silent = false;
    clock_fix(&rig->clock, clock_now(&rig->clock) + 20 * 60 * 1000);
    look(rig);
    report = journal_rig_report(rig);
    assert_int_equal(report.lines, lines + 1);
    journal_report_done(&report);
}

/* Another key of the organisation, which sees one workspace only. */
static void a_narrow_key_settles_nothing(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];

    leave_revocation(rig, id);
    world.own_is_admin = false;
    world.own_mask = "Zz*****zzz";
    world.keys[0].workspace = W2;
    look(rig);
    says("That cannot be told with this key.");
    assert_int_equal(open_count(rig), 1);
}

/* The key that sent it, but of one workspace: what it does not see may have been moved. */
static void a_key_of_one_workspace_proves_no_gone_by_itself(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];

    leave_revocation(rig, id);
    world.own_is_admin = false;
    world.keys[0].workspace = W1;
    look(rig);
    says("that cannot be told with this key.");
    hushes(") is gone.");
    assert_int_equal(open_count(rig), 1);
}

static void nothing_of_another_organisation_is_said(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];

    leave_revocation(rig, id);
    leave_create(rig, false, id);
    world.organisation = OTHER_ORG;
    world.own_mask = "Zz*****zzz";
    look(rig);
    assert_int_equal(world.said.len, 0);
    assert_int_equal(open_count(rig), 2);
}

static void a_writer_that_lives_is_left_alone(void **state)
{
    struct journal_rig *rig = *state;
    struct err err = {0};
    char id[JOURNAL_ID_SIZE];

    assert_true(journal_write_intent(rig->journal, &journal_rig_revocation, id, &err));
    look(rig);
    assert_int_equal(world.reads, 0);
    assert_int_equal(open_count(rig), 1);
}

static void silence_tells_nothing(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];

    leave_revocation(rig, id);
    leave_create(rig, false, id);
    world.silent = true;
    world.now = SENT + 3600 * 1000;
    look(rig);
    hushes("gone");
    hushes("Nothing of it");
    says("was revoked. It could not be looked for: No.");
    says("was made. It could not be looked for: No.");
    assert_int_equal(open_count(rig), 2);
    assert_int_equal(world.reads, 1); /* whatever else is asked gets no answer either */
}

/* -- what makes -- */

static void what_may_be_it_is_named_and_never_forgotten(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_report report;
    char id[JOURNAL_ID_SIZE];

    leave_create(rig, false, id);
    add_key(NEW, "ci", W1, false);
    look(rig);
    says("The key " NEW " may be what it made; if nobody else made it, nobody has its secret.");
    hushes("evoke it");
    report = journal_rig_report(rig);
    assert_int_equal(report.open[0].candidate_count, 1);
    journal_report_done(&report);
    /* Much later, and renamed or moved elsewhere: it is named for as long as it is there. */
    world.now = SENT + 86400 * 1000;
    world.keys[2].name = "other";
    world.keys[2].workspace = W2;
    look(rig);
    says(NEW);
    assert_int_equal(open_count(rig), 1);
    world.keys[2].id = NULL;
    look(rig);
    says("what may have been it is gone, and nothing else of it is there.");
    assert_int_equal(open_count(rig), 0);
}

static void what_fits_decides_and_no_name_alone(void **state)
{
    static const struct {
        const char *what, *name, *workspace;
        bool changed, fits;
    } rows[] = {
        {"the name in that place", "ci", W1, false, true},
        {"renamed since", "cd", W1, true, true},
        {"another name, not changed since", "cd", W1, false, false},
        {"the name in another workspace", "ci", W2, false, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_rig *rig;
        char id[JOURNAL_ID_SIZE];

        if (i > 0) {
            teardown(state);
            setup(state);
        }
        rig = *state;
        leave_create(rig, false, id);
        add_key(NEW, rows[i].name, rows[i].workspace, rows[i].changed);
        look(rig);
        if ((strstr(world.said.data, NEW) != NULL) != rows[i].fits) {
            fail_msg("%s: %s", rows[i].what, world.said.data);
        }
    }
}

/* The server's clock alone counts, from its answer before the write to this list. */
static void only_two_minutes_of_the_server_settle_it(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];

    leave_create(rig, false, id);
    world.now = SENT + 4000; /* the waits are hurried: 6 s */
    clock_advance(&rig->clock, 3600 * 1000);
    look(rig);
    says("The key \"ci\" is not seen so far, but it may still come: sending now may make two.");
    assert_true(world.again > 0);
    assert_int_equal(open_count(rig), 1);
    clock_advance(&rig->clock, -2 * 3600 * 1000);
    world.now = SENT + 7000;
    look(rig);
    says("The key \"ci\" is not there: nothing of it is.");
    assert_int_equal(open_count(rig), 0);
    assert_int_equal(world.ended, 1);
}

static void one_that_nobody_could_look_for_is_for_a_person(void **state)
{
    struct journal_rig *rig = *state;
    char id[JOURNAL_ID_SIZE];

    leave_create(rig, true, id);
    world.now = SENT + 3600 * 1000;
    look(rig);
    says("a person has to decide.");
    assert_int_equal(open_count(rig), 1);
}

static void what_another_write_made_is_no_candidate(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_outcome done = {.result = "done", .target = NEW};
    struct err err = {0};
    char id[JOURNAL_ID_SIZE];

    leave_create(rig, false, id);
    leave_create(rig, false, id);
    assert_true(journal_write_outcome(rig->journal, id, &done, &err));
    add_key(NEW, "ci", W1, false);
    look(rig);
    hushes(NEW);
    /* A damaged journal may name what it never made. */
    size_t len;
    char *bytes = journal_rig_slurp(rig, &len);

    strstr(bytes, "acme")[1] = 'x';
    journal_rig_spill(rig, bytes, len);
    free(bytes);
    leave_create(rig, false, id);
    look(rig);
    says(NEW);
}

/* -- its secret -- */

static void a_secret_that_nobody_has_is_said(void **state)
{
    static const struct {
        const char *events[3];
        const char *words;
        bool ends;
    } rows[] = {
        {{"made"}, "Nobody has its secret: revoke it.", false},
        {{"made", "handing"}, "Its secret may have been printed: revoke it unless", false},
        {{"made", "handing", "taken"}, "Its secret was handed over", true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_rig *rig;
        struct err err = {0};
        char id[JOURNAL_ID_SIZE];

        if (i > 0) {
            teardown(state);
            setup(state);
        }
        rig = *state;
        leave_create(rig, false, id);
        add_key(NEW, "ci", W1, false);
        for (size_t k = 0; k < 3 && rows[i].events[k] != NULL; k++) {
            assert_true(
                journal_write_event(rig->journal, id, rows[i].events[k], NEW, "aB*****xyz", &err));
        }
        look(rig);
        says(rows[i].words);
        assert_int_equal(open_count(rig), rows[i].ends ? 0 : 1);
        if (!rows[i].ends) { /* the advice was followed */
            world.keys[2].id = NULL;
            look(rig);
            says(") is gone: nothing is left of it.");
            assert_int_equal(open_count(rig), 0);
        }
    }
}

static void a_second_one_is_named(void **state)
{
    struct journal_rig *rig = *state;
    struct err err = {0};
    char id[JOURNAL_ID_SIZE];

    leave_create(rig, false, id);
    add_key(NEW, "ci", W1, false);
    add_key(TWIN, "ci", W1, false);
    assert_true(journal_write_event(rig->journal, id, "made", NEW, "aB*****xyz", &err));
    assert_true(journal_write_event(rig->journal, id, "handing", NEW, NULL, &err));
    assert_true(journal_write_event(rig->journal, id, "taken", NEW, NULL, &err));
    look(rig);
    says("A second one may have been made.");
    says("The key " TWIN " may be what it made");
    assert_int_equal(open_count(rig), 1);
}

static void leave_made(struct journal_rig *rig, const char *named, bool blind, bool taken)
{
    struct err err = {0};
    char id[JOURNAL_ID_SIZE];

    leave_create(rig, blind, id);
    assert_true(journal_write_event(rig->journal, id, "made", named, "aB*****xyz", &err));
    if (taken) {
        assert_true(journal_write_event(rig->journal, id, "handing", named, NULL, &err));
        assert_true(journal_write_event(rig->journal, id, "taken", named, NULL, &err));
    }
}

/* A box may put another id into the answer: then what it made is what fits in the list. */
static void an_answer_that_named_no_key_of_ours_hides_nothing(void **state)
{
    static const char *const named[] = {TWIN, "44444444-4444-4444-8444-444444444449"};

    for (int i = 0; i < 4; i++) {
        struct journal_report report;
        struct journal_rig *rig;

        if (i > 0) {
            teardown(state);
            setup(state);
        }
        rig = *state;
        leave_made(rig, named[i % 2], false, i >= 2);
        add_key(NEW, "ci", W1, false);
        add_key(TWIN, "hers", W2, false);
        look(rig);
        says(i % 2 == 0 ? "it is not what was asked for, so it may be somebody else's"
                        : "A second one may have been made.");
        says("The key " NEW " may be what it made; if nobody else made it, nobody has its secret.");
        hushes("evoke it");
        report = journal_rig_report(rig);
        assert_int_equal(report.open_count, 1);
        assert_int_equal(report.open[0].found, i % 2 == 0 ? FOUND_ANOTHER : FOUND_NOTHING);
        journal_report_done(&report);
    }
}

/* The list may be as old as the answer: what the id says alone ends nothing. */
static void an_id_that_is_gone_ends_nothing_while_the_list_may_lag(void **state)
{
    struct journal_rig *rig = *state;

    leave_made(rig, TWIN, false, false);
    world.now = SENT;
    look(rig);
    says("That id is gone. Whether something else was made cannot be told so far.");
    assert_true(world.again > 0);
    assert_int_equal(open_count(rig), 1);
    world.now = SENT + 5000;
    look(rig);
    says("is gone: nothing is left of it.");
    assert_int_equal(open_count(rig), 0);
    /* Nobody can look beside it. */
    leave_made(rig, TWIN, true, false);
    look(rig);
    says("a person has to decide.");
    assert_int_equal(open_count(rig), 1);
}

static void another_key_that_the_answer_named_is_nobodys_success(void **state)
{
    struct journal_rig *rig = *state;

    leave_made(rig, OLD, false, true);
    world.now = SENT;
    look(rig);
    says("so it may be somebody else's: look at it before anything is done to it. What was made "
         "instead cannot be told so far.");
    assert_int_equal(open_count(rig), 1);
    world.now = SENT + 5000;
    look(rig);
    says("Nothing of what was asked for is there.");
    assert_int_equal(open_count(rig), 0);
    hushes("handed over");
    /* One that is new may be what it made, changed on the way. */
    leave_made(rig, TWIN, false, true);
    add_key(TWIN, "hers", W2, false);
    look(rig);
    says("Nothing else of it is there: a person has to decide.");
    assert_int_equal(open_count(rig), 1);
}

/* Lines may be missing that say that somebody has it. */
static void a_damaged_journal_advises_nothing(void **state)
{
    struct journal_rig *rig = *state;
    struct err err = {0};
    char id[JOURNAL_ID_SIZE];
    char *bytes, *last = NULL;
    size_t len;

    leave_create(rig, false, id);
    add_key(NEW, "ci", W1, false);
    assert_true(journal_write_event(rig->journal, id, "made", NEW, "aB*****xyz", &err));
    leave_revocation(rig, id);
    bytes = journal_rig_slurp(rig, &len);
    for (char *at = strstr(bytes, "acme"); at != NULL; at = strstr(at + 1, "acme")) {
        last = at;
    }
    last[0] = 'x';
    journal_rig_spill(rig, bytes, len);
    free(bytes);
    look(rig);
    hushes("evoke it");
    assert_true(journal_accept(rig->journal, "INC-2210", &err));
    look(rig);
    says("Nobody has its secret: revoke it.");
}

#undef TEST
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_open_reads_nothing),
        TEST(a_key_that_is_gone_is_proven_gone),
        TEST(a_key_that_is_there_is_never_not_revoked),
        TEST(what_was_seen_is_kept),
        TEST(a_narrow_key_settles_nothing),
        TEST(a_key_of_one_workspace_proves_no_gone_by_itself),
        TEST(nothing_of_another_organisation_is_said),
        TEST(a_writer_that_lives_is_left_alone),
        TEST(silence_tells_nothing),
        TEST(what_may_be_it_is_named_and_never_forgotten),
        TEST(what_fits_decides_and_no_name_alone),
        TEST(only_two_minutes_of_the_server_settle_it),
        TEST(one_that_nobody_could_look_for_is_for_a_person),
        TEST(what_another_write_made_is_no_candidate),
        TEST(a_secret_that_nobody_has_is_said),
        TEST(a_second_one_is_named),
        TEST(an_answer_that_named_no_key_of_ours_hides_nothing),
        TEST(an_id_that_is_gone_ends_nothing_while_the_list_may_lag),
        TEST(another_key_that_the_answer_named_is_nobodys_success),
        TEST(a_damaged_journal_advises_nothing),
    };

    setenv("PORTCULLIS_TEST_HURRY", "20", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
