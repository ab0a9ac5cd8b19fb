/* The one door of the screens, on a real server: a session through its phases, a login beside it,
 * drafts by profile. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/host.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/file.h"
#include "support/sandbox.h"

#include "base/banned.h"

struct place {
    char home[32];
    struct sandbox_process *sandbox;
    struct app app;
    struct app_host *host;
    const struct host_ops *ops;
    void *ctx; /* of ops */
    int changes, quits;
    char said[600];
};

static void on_changed(void *ctx)
{
    ((struct place *)ctx)->changes++;
}

static void on_say(void *ctx, bool bad, const char *text)
{
    struct place *place = ctx;

    (void)bad;
    snprintf(place->said, sizeof(place->said), "%s", text);
}

static void on_quit(void *ctx)
{
    ((struct place *)ctx)->quits++;
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    char *path = file_join(place->home, name);

    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    free(path);
}

static void write_profile(const struct place *place, const char *name, const char *rest)
{
    char *file = xasprintf(".config/portcullis/profiles/%s.ini", name);
    char *text = xasprintf("base_url = %s\n%s\n", sandbox_base_url(place->sandbox), rest);

    write_file(place, file, text);
    free(text);
    free(file);
}

/* Two profiles: `kept` with a key file, `asked` whose key is typed. */
static int set_up(void **state)
{
    static const char *const args[] = {"--seed", "scale",   "--keys", "3", "--workspaces",
                                       "1",      "--users", "2",      NULL};
    struct place *place = xcalloc(1, sizeof(*place));
    struct app_options options = {.now = TIME_NONE};
    const struct app_host_hooks hooks = {
        .changed = on_changed, .say = on_say, .quit = on_quit, .ctx = place};
    char *profiles, *rest;

    umask(077);
    place->sandbox = sandbox_start(args);
    snprintf(place->home, sizeof(place->home), "/tmp/host.XXXXXX");
    assert_non_null(mkdtemp(place->home));
    setenv("HOME", place->home, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_STATE_HOME");
    unsetenv("PORTKEY_API_KEY");
    unsetenv("PORTKEY_BASE_URL");
    profiles = file_join(place->home, ".config/portcullis/profiles");
    assert_true(file_mkdirs(profiles, NULL));
    free(profiles);
    write_file(place, "key", sandbox_admin_key(place->sandbox, 0));
    rest = xasprintf("key = file\nkey_file = %s/key\ntag = PROD", place->home);
    write_profile(place, "kept", rest);
    free(rest);
    write_profile(place, "asked", "key = ask");
    assert_true(secret_setup());
    assert_true(app_init(&place->app, &options, NULL));
    place->host = app_host_new(&place->app, &hooks);
    place->ops = app_host_door(place->host)->ops;
    place->ctx = app_host_door(place->host)->ctx;
    app_host_reload_profiles(place->host);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;

    app_host_free(place->host);
    app_done(&place->app);
    assert_int_equal(sandbox_stop(place->sandbox), 0);
    temp_remove(place->home);
    free(place);
    return 0;
}

static struct host_session session_of(const struct place *place)
{
    struct host_session session;

    place->ops->session(place->ctx, &session);
    return session;
}

/* Until the session is in this phase and nothing loads; ten seconds at most. */
static void wait_phase(struct place *place, enum session_phase phase)
{
    struct host_session session = {0};

    for (int64_t end = clock_mono_ms() + 10000; clock_mono_ms() < end;) {
        session = session_of(place);
        if (session.phase == phase && !session.loading) {
            return;
        }
        loop_turn(place->app.loop, 50);
        app_tick(&place->app);
    }
    fail_msg("the session is in phase %d, not %d", (int)session.phase, (int)phase);
}

static void profiles_are_told(void **state)
{
    struct place *place = *state;
    struct host_profile profile;

    assert_int_equal(place->ops->profile_count(place->ctx), 2);
    assert_true(place->ops->profile(place->ctx, 0, &profile));
    assert_string_equal(profile.name, "asked");
    assert_string_equal(profile.source, "ask");
    assert_true(place->ops->profile(place->ctx, 1, &profile));
    assert_string_equal(profile.tag, "PROD");
    assert_false(place->ops->profile(place->ctx, 2, &profile));
    assert_int_equal(session_of(place).phase, SESSION_NONE);
    assert_null(place->ops->inventory(place->ctx));
    write_profile(place, "new", "key = ask"); /* by another process */
    place->ops->refresh(place->ctx);
    assert_int_equal(place->ops->profile_count(place->ctx), 3);
}

static void a_session_opens_and_another_takes_its_place(void **state)
{
    struct place *place = *state;
    struct host_session session;

    place->ops->open_profile(place->ctx, "nobody");
    assert_int_equal(session_of(place).phase, SESSION_NONE);
    place->ops->open_profile(place->ctx, "kept");
    wait_phase(place, SESSION_OPEN);
    session = session_of(place);
    assert_string_equal(session.profile, "kept");
    assert_string_equal(session.own_name, "console-admin");
    assert_int_equal(place->ops->inventory(place->ctx)->key_count, 3);
    place->ops->open_profile(place->ctx, "asked");
    wait_phase(place, SESSION_ASK);
    place->ops->give_key(place->ctx, "two words", 9);
    assert_non_null(strstr(place->said, "key"));
    assert_null(strstr(place->said, "two words"));
    assert_int_equal(session_of(place).phase, SESSION_ASK);
    place->ops->give_key(place->ctx, sandbox_admin_key(place->sandbox, 0),
                         strlen(sandbox_admin_key(place->sandbox, 0)));
    wait_phase(place, SESSION_OPEN);
    assert_string_equal(session_of(place).profile, "asked");
    assert_true(place->changes > 0);
    place->ops->quit(place->ctx);
    assert_int_equal(place->quits, 1);
}

/* A login that fails leaves the session that was open as it was; one that works opens its own. */
static void a_login_beside_a_session(void **state)
{
    struct place *place = *state;
    struct host_login params = {
        .name = "fresh", .base_url = sandbox_base_url(place->sandbox), .source = "ask", .tag = ""};
    struct host_login_state login = {0};

    place->ops->open_profile(place->ctx, "kept");
    wait_phase(place, SESSION_OPEN);
    place->ops->login(place->ctx, &params, "not-a-real-key-0123456789", 25);
    for (int i = 0; i < 200 && login.phase != LOGIN_FAILED; i++) {
        loop_turn(place->app.loop, 50);
        place->ops->login_state(place->ctx, &login);
    }
    assert_int_equal(login.phase, LOGIN_FAILED);
    assert_int_equal(login.error.kind, ERR_AUTH);
    loop_turn(place->app.loop, 50); /* it is put away after its last call */
    assert_string_equal(session_of(place).profile, "kept");
    assert_int_equal(place->ops->inventory(place->ctx)->key_count, 3);
    place->ops->login(place->ctx, &params, sandbox_admin_key(place->sandbox, 0),
                      strlen(sandbox_admin_key(place->sandbox, 0)));
    for (int i = 0; i < 200 && strcmp(session_of(place).profile, "fresh") != 0; i++) {
        loop_turn(place->app.loop, 50);
    }
    wait_phase(place, SESSION_OPEN);
    assert_string_equal(session_of(place).profile, "fresh");
    assert_int_equal(place->ops->profile_count(place->ctx), 3);
}

static void drafts_belong_to_their_profile(void **state)
{
    struct place *place = *state;
    struct key_draft draft;

    draft_init(&draft, KEY_WORKSPACE_SERVICE);
    snprintf(draft.name, sizeof(draft.name), "gira");
    assert_null(place->ops->saved_draft(place->ctx, "kept"));
    place->ops->save_draft(place->ctx, "kept", &draft);
    assert_string_equal(place->ops->saved_draft(place->ctx, "kept")->name, "gira");
    assert_null(place->ops->saved_draft(place->ctx, "asked"));
    place->ops->save_draft(place->ctx, "kept", NULL);
    assert_null(place->ops->saved_draft(place->ctx, "kept"));
}

/* Nothing is armed without a reason where the tag says so. */
static void arming_asks_for_a_reason(void **state)
{
    struct place *place = *state;
    struct err err = {0};

    place->ops->open_profile(place->ctx, "kept");
    wait_phase(place, SESSION_OPEN);
    assert_false(place->ops->arm(place->ctx, "", &err));
    assert_false(session_of(place).armed);
    assert_true(place->ops->arm(place->ctx, "INC-2210", &err));
    assert_true(session_of(place).armed);
    assert_string_equal(session_of(place).armed_reason, "INC-2210");
    place->ops->disarm(place->ctx);
    assert_false(session_of(place).armed);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(profiles_are_told),        PLACED(a_session_opens_and_another_takes_its_place),
        PLACED(a_login_beside_a_session), PLACED(drafts_belong_to_their_profile),
        PLACED(arming_asks_for_a_reason),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
