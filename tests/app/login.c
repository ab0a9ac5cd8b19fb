/* Login: what an answer to the one read makes of a key, and what is left in the folder of profiles
 * and written down about it. */
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

#include "app/login.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/file.h"
#include "support/proxy.h"

#include "base/banned.h"

#define KEY "pkSecret0123456789abcdefGHIJ"

struct place {
    char home[32];
    char *key_file;
    struct app app;
    struct login *login;
    enum login_phase phase;
    struct err err;
    char words[1200];
    int ends;
};

static int set_up(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));
    struct app_options options = {.now = TIME_NONE};

    umask(077);
    snprintf(place->home, sizeof(place->home), "/tmp/login.XXXXXX");
    assert_non_null(mkdtemp(place->home));
    setenv("HOME", place->home, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_STATE_HOME");
    unsetenv("PORTKEY_API_KEY");
    unsetenv("PORTKEY_BASE_URL");
    assert_true(secret_setup());
    assert_true(app_init(&place->app, &options, NULL));
    place->key_file = file_join(place->home, "key");
    assert_true(file_write_atomic(place->key_file, KEY "\n", strlen(KEY) + 1, 0600, NULL));
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;

    login_free(place->login);
    app_done(&place->app);
    temp_remove(place->home);
    free(place->key_file);
    free(place);
    return 0;
}

static void on_login(void *ctx, const struct host_login_state *state, bool done)
{
    struct place *place = ctx;

    if (!done) {
        return;
    }
    place->ends++;
    place->phase = state->phase;
    place->err = state->error;
    snprintf(place->words, sizeof(place->words), "%s", state->words);
}

static bool has_ended(void *ctx)
{
    return ((const struct place *)ctx)->ends > 0;
}

/* Logs in as acme where this is the answer to every request. Gives how many came. */
static int log_in(struct place *place, const char *answer)
{
    const struct proxy_rule rule = {.act = PROXY_BYTES, .bytes = answer};
    struct proxy *server = proxy_start(0, &rule, 1);
    struct host_login params = {.name = "acme",
                                .base_url = proxy_base_url(server),
                                .source = "file",
                                .key_file = place->key_file,
                                .tag = ""};
    int seen;

    login_free(place->login);
    place->ends = 0;
    place->login = login_start(&place->app, &params, NULL, on_login, place);
    assert_int_equal(place->ends, 0); /* never from inside the call */
    app_wait(&place->app, has_ended, place);
    assert_int_equal(place->ends, 1);
    seen = proxy_seen(server, NULL, NULL);
    assert_null(strstr(place->words, KEY));
    assert_null(strstr(place->err.text, KEY));
    login_free(place->login);
    place->login = NULL;
    proxy_stop(server);
    return seen;
}

#define HEAD(status, type) "HTTP/1.1 " status "\r\nConnection: close\r\nContent-Type: " type "\r\n"
#define JSON "application/json"
#define DENIED                                                                                     \
    "{\"success\":false,\"data\":{\"message\":\"You do not have enough permissions to execute "    \
    "this request\",\"errorCode\":\"AB03\"}}"

static void only_an_answer_of_the_api_stores(void **state)
{
    static const struct {
        const char *answer;
        bool stored;
        int most; /* requests */
        const char *says;
    } rows[] = {
        {HEAD("403 No", "text/html") "\r\n<title>Access denied</title>", false, 1, "Access denied"},
        {HEAD("200 OK", "text/html") "\r\n<title>Portal</title>", false, 1, "Portal"},
        {HEAD("200 OK", JSON) "\r\n{}", false, 4, ""},
        {HEAD("403 No", JSON) "\r\n{\"message\":\"Forbidden\"}", false, 1, ""},
        {HEAD("403 No", JSON) "Age: 9\r\n\r\n" DENIED, false, 1, "cache"},
        {HEAD("401 No", JSON) "\r\n{\"success\":false,\"data\":{\"message\":\"Unauthorised "
                              "Request\",\"errorCode\":\"AB05\"}}",
         false, 1, "key"},
        {HEAD("407 No", "text/html") "\r\n<title>Proxy</title>", false, 1, "407"},
        {HEAD("511 No", "text/html") "\r\n<title>Hotel</title>", false, 1, "511"},
        {HEAD("302 No", "text/html") "Location: https://login.example/\r\n\r\n", false, 1, "302"},
        {HEAD("204 No", JSON) "\r\n", false, 4, ""},
        {HEAD("403 No", JSON) "\r\n" DENIED, true, 1, ""},
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int seen = log_in(place, rows[i].answer);
        struct profile *profile = profile_load(place->app.paths, "acme", NULL);
        const char *said = rows[i].stored ? place->words : place->err.text;

        if ((profile != NULL) != rows[i].stored || seen < 1 || seen > rows[i].most ||
            place->phase != (rows[i].stored ? LOGIN_DONE : LOGIN_FAILED) ||
            strstr(said, rows[i].says) == NULL || said[0] == '\0') {
            fail_msg("row %zu: phase %d after %d requests: %s", i, (int)place->phase, seen, said);
        }
        profile_free(profile);
    }
}

static void what_is_there_stays_when_it_fails(void **state)
{
    struct place *place = *state;
    struct profile *profile;

    log_in(place, HEAD("403 No", JSON) "\r\n" DENIED);
    assert_int_equal(place->phase, LOGIN_DONE);
    log_in(place, HEAD("403 No", "text/html") "\r\n<title>Access denied</title>");
    assert_int_equal(place->phase, LOGIN_FAILED);
    profile = profile_load(place->app.paths, "acme", NULL);
    assert_non_null(profile);
    profile_free(profile);
}

/* Freed while the read is under way: nothing is called, nothing stored. */
static void one_that_is_given_up_stores_nothing(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_NEVER};
    struct place *place = *state;
    struct proxy *server = proxy_start(0, &rule, 1);
    struct host_login params = {.name = "acme",
                                .base_url = proxy_base_url(server),
                                .source = "file",
                                .key_file = place->key_file,
                                .tag = ""};

    place->login = login_start(&place->app, &params, NULL, on_login, place);
    for (int i = 0; i < 500 && proxy_seen(server, NULL, NULL) == 0; i++) {
        loop_turn(place->app.loop, 20);
    }
    assert_int_equal(proxy_seen(server, NULL, NULL), 1);
    login_free(place->login);
    place->login = NULL;
    loop_turn(place->app.loop, 0);
    assert_int_equal(place->ends, 0);
    assert_null(profile_load(place->app.paths, "acme", NULL));
    proxy_stop(server);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(only_an_answer_of_the_api_stores),
        PLACED(what_is_there_stays_when_it_fails),
        PLACED(one_that_is_given_up_stores_nothing),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
