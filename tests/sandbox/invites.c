/* Invites: made, told, sent again, called off, accepted, and over by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

#define NOW "2026-11-25T03:12:00Z"
#define INVITES "/admin/users/invites"
#define BODY "{\"email\":\"r.okafor@acme.example\",\"role\":\"member\"}"

static struct sandbox_process *start(const char *quirk)
{
    return sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, "--quirk",
                                               quirk != NULL ? quirk : "gone=403-AB03", NULL});
}

static void stop(struct sandbox_process *sandbox)
{
    assert_int_equal(sandbox_stop(sandbox), 0);
}

static const char *root_of(const struct sandbox_process *sandbox)
{
    return sandbox_admin_key(sandbox, 0);
}

static json_t *invite(const struct sandbox_process *sandbox, const char *body)
{
    json_t *json = expect(sandbox, root_of(sandbox), "POST", INVITES, body, 200);
    assert_int_equal(json_object_size(json), 2);
    assert_non_null(strstr(string_at(json, "invite_link"), "/invite/"));
    assert_null(strstr(string_at(json, "invite_link"), string_at(json, "id")));
    return json;
}

static char *path_of(const json_t *made)
{
    return text(INVITES "/%s", string_at(made, "id"));
}

static int accept(const struct sandbox_process *sandbox, const char *link, char user[64])
{
    char *body = text("{\"invite_link\":\"%s\"}", link);
    struct answer answer = call_root(sandbox, NULL, "POST", "/_sandbox/accept-invite", body);
    int status = answer.status;
    if (status == 200) {
        snprintf(user, 64, "%s", string_at(answer.json, "user_id"));
    }
    answer_done(&answer);
    free(body);
    return status;
}

static void status_is(const struct sandbox_process *sandbox, const char *path, const char *status)
{
    json_t *json = get(sandbox, root_of(sandbox), path);
    assert_string_equal(string_at(json, "status"), status);
    assert_int_equal(json_is_null(at(json, "accepted_at")), strcmp(status, "accepted") != 0);
    json_decref(json);
}

static void onboarding(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    const char *root = root_of(sandbox);
    char user[64];
    json_t *places = get(sandbox, root, "/admin/workspaces");
    char *body =
        text("{\"email\":\"R.Okafor@acme.example\",\"role\":\"member\",\"workspaces\":"
             "[{\"id\":\"%s\",\"role\":\"manager\"}],\"workspace_api_key_details\":"
             "{\"name\":\"first\",\"scopes\":[\"completions.write\"]},\"first_name\":\"R\"}",
             string_at(places, "data.2.slug"));
    json_t *made = invite(sandbox, body);
    char *path = path_of(made);
    json_t *told = get(sandbox, root, path);
    assert_string_equal(string_at(told, "object"), "invite");
    assert_string_equal(string_at(told, "email"), "R.Okafor@acme.example");
    assert_string_equal(string_at(told, "status"), "pending");
    assert_string_equal(string_at(told, "expires_at"), "2026-12-02T03:12:00.000Z");
    assert_string_equal(string_at(told, "workspaces.0.workspace_id"),
                        string_at(places, "data.2.id"));
    assert_string_equal(string_at(told, "workspaces.0.role"), "manager");
    assert_int_equal(json_object_size(told), 10); /* no scopes, no link [TF] */
    json_t *list = get(sandbox, root, INVITES "?pageSize=1");
    assert_true(json_equal(at(list, "data.0"), told)); /* the newest first */
    json_decref(list);
    assert_int_equal(accept(sandbox, string_at(made, "invite_link"), user), 200);
    status_is(sandbox, path, "accepted");
    assert_int_equal(accept(sandbox, string_at(made, "invite_link"), user), 400); /* once */
    char *member = text("/admin/workspaces/%s/users/%s", string_at(places, "data.2.id"), user);
    json_t *row = get(sandbox, root, member);
    assert_string_equal(string_at(row, "role"), "manager");
    assert_string_equal(string_at(row, "org_role"), "member");
    json_decref(row);
    list = get(sandbox, root, "/api-keys?page_size=1");
    assert_string_equal(string_at(list, "data.0.name"), "first");
    assert_string_equal(string_at(list, "data.0.user_id"), user);
    assert_string_equal(string_at(list, "data.0.scopes.0"), "completions.write");
    json_decref(list);
    /* Calling it off now removes nobody. */
    json_decref(expect(sandbox, root, "DELETE", path, NULL, 200));
    status_is(sandbox, path, "accepted");
    json_decref(get(sandbox, root, member));
    free(member);
    json_decref(told);
    free(path);
    json_decref(made);
    free(body);
    json_decref(places);
    stop(sandbox);
}

static void wrong_invites(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "{}",
        "{\"email\":\"a@b.example\"}",
        "{\"role\":\"member\"}",
        "{\"email\":\"nobody\",\"role\":\"member\"}",
        "{\"email\":\"a@b.example\",\"role\":\"owner\"}",
        "{\"email\":\"a@b.example\",\"role\":\"manager\"}",
        "{\"email\":\"a@b.example\",\"role\":\"member\",\"workspaces\":{}}",
        "{\"email\":\"a@b.example\",\"role\":\"member\",\"workspaces\":[{\"id\":\"x\"}]}",
        "{\"email\":\"a@b.example\",\"role\":\"member\",\"workspaces\":[{\"workspace_id\":\"x\","
        "\"role\":\"member\"}]}",
        "{\"email\":\"a@b.example\",\"role\":\"member\",\"workspace_api_key_details\":{}}",
        "{\"email\":\"a@b.example\",\"role\":\"member\",\"workspace_api_key_details\":"
        "{\"scopes\":[]}}",
        "{\"email\":\"a@b.example\",\"role\":\"member\",\"workspace_api_key_details\":"
        "{\"scopes\":[\"organisation_users.list\"]}}",
    };
    struct sandbox_process *sandbox = start(NULL);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        expect_error(sandbox, root_of(sandbox), "POST", INVITES, BAD[i], 400, "AB01");
    }
    expect_error(sandbox, root_of(sandbox), "POST", INVITES,
                 "{\"email\":\"a@b.example\",\"role\":\"member\",\"workspaces\":[{\"id\":\"none\","
                 "\"role\":\"member\"}]}",
                 403, "AB03");
    expect_error(sandbox, root_of(sandbox), "POST", INVITES,
                 "{\"email\":\"B.FERREIRA@acme.example\",\"role\":\"member\"}", 409, "AB07");
    expect_error(sandbox, root_of(sandbox), "GET", INVITES "/none", NULL, 403, "AB03");
    expect_error(sandbox, root_of(sandbox), "DELETE", INVITES "/none", NULL, 403, "AB03");
    expect_error(sandbox, root_of(sandbox), "POST", INVITES "/none/resend", NULL, 403, "AB03");
    struct answer answer = call_root(sandbox, NULL, "POST", "/_sandbox/accept-invite",
                                     "{\"invite_link\":\"https://app.portkey.ai/invite/x\"}");
    assert_int_equal(answer.status, 400);
    answer_done(&answer);
    stop(sandbox);
}

static void sent_again_with_another_link(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start(NULL);
    char user[64];
    json_t *made = invite(sandbox, BODY);
    char *path = path_of(made);
    char *resend = text("%s/resend", path);
    advance(sandbox, 6 * 86400);
    json_t *again = expect(sandbox, root_of(sandbox), "POST", resend, NULL, 200);
    assert_int_equal(json_object_size(again), 1);
    assert_string_not_equal(string_at(again, "inviteLink"), string_at(made, "invite_link"));
    advance(sandbox, 6 * 86400);
    status_is(sandbox, path, "pending");
    assert_int_equal(accept(sandbox, string_at(made, "invite_link"), user), 400);
    assert_int_equal(accept(sandbox, string_at(again, "inviteLink"), user), 200);
    expect_error(sandbox, root_of(sandbox), "POST", resend, NULL, 400, "AB01");
    json_decref(again);
    free(resend);
    free(path);
    json_decref(made);
    stop(sandbox);
}

static void over_by_themselves(void **state)
{
    (void)state;
    static const struct {
        const char *quirk, *status; /* just after the end */
    } CASES[] = {{"invite-expiry=0", "expired"}, {"invite-expiry=600", "pending"}};
    for (int i = 0; i < 2; i++) {
        struct sandbox_process *sandbox = start(CASES[i].quirk);
        char user[64];
        json_t *made = invite(sandbox, BODY);
        char *path = path_of(made);
        advance(sandbox, 7 * 86400 + 1);
        status_is(sandbox, path, CASES[i].status);
        assert_int_equal(accept(sandbox, string_at(made, "invite_link"), user), 400);
        advance(sandbox, 601);
        status_is(sandbox, path, "expired");
        json_t *list =
            get(sandbox, root_of(sandbox), INVITES "?status=expired&email=r.okafor%40acme.example");
        assert_int_equal(number_at(list, "total"), 1);
        json_decref(list);
        json_decref(expect(sandbox, root_of(sandbox), "POST", INVITES, BODY, 200));
        free(path);
        json_decref(made);
        stop(sandbox);
    }
}

static void called_off(void **state)
{
    (void)state;
    for (int gone = 0; gone < 2; gone++) {
        struct sandbox_process *sandbox =
            start(gone ? "invite-delete=gone" : "invite-delete=cancelled");
        char user[64];
        json_t *made = invite(sandbox, BODY);
        char *path = path_of(made);
        json_t *deleted = expect(sandbox, root_of(sandbox), "DELETE", path, NULL, 200);
        assert_int_equal(json_object_size(deleted), 0);
        json_decref(deleted);
        json_t *list = get(sandbox, root_of(sandbox), INVITES "?email=r.okafor%40acme.example");
        assert_int_equal(number_at(list, "total"), gone ? 0 : 1);
        json_decref(list);
        if (gone) {
            expect_error(sandbox, root_of(sandbox), "GET", path, NULL, 403, "AB03");
        } else {
            status_is(sandbox, path, "cancelled");
        }
        assert_int_equal(accept(sandbox, string_at(made, "invite_link"), user), 400);
        json_decref(expect(sandbox, root_of(sandbox), "POST", INVITES, BODY, 200));
        free(path);
        json_decref(made);
        stop(sandbox);
    }
}

static void invited_twice(void **state)
{
    (void)state;
    for (int allowed = 0; allowed < 2; allowed++) {
        struct sandbox_process *sandbox =
            start(allowed ? "invite-duplicate=200" : "invite-duplicate=409");
        json_t *made = invite(sandbox, BODY);
        json_decref(expect(sandbox, root_of(sandbox), "POST", INVITES, BODY, allowed ? 200 : 409));
        json_decref(expect(sandbox, root_of(sandbox), "POST", INVITES,
                           "{\"email\":\"b.ferreira@acme.example\",\"role\":\"member\"}",
                           allowed ? 200 : 409));
        json_decref(made);
        stop(sandbox);
    }
}

static void workspaces_that_are_not_told(void **state)
{
    (void)state;
    for (int told = 0; told < 2; told++) {
        struct sandbox_process *sandbox =
            start(told ? "invite-workspaces=yes" : "invite-workspaces=no");
        json_t *made = invite(sandbox, BODY);
        char *path = path_of(made);
        json_t *json = get(sandbox, root_of(sandbox), path);
        assert_int_equal(json_object_get(json, "workspaces") != NULL, told);
        json_decref(json);
        free(path);
        json_decref(made);
        stop(sandbox);
    }
}

static void lists_by_role_mail_and_status(void **state)
{
    (void)state;
    static const char *const STATUSES[] = {"pending", "accepted", "expired", "cancelled"};
    struct sandbox_process *sandbox = start(NULL);
    long long sum = 0;
    json_decref(invite(sandbox, BODY));
    json_t *all = get(sandbox, root_of(sandbox), INVITES "?pageSize=100&currentPage=0");
    for (int i = 0; i < 4; i++) {
        char *path = text(INVITES "?status=%s", STATUSES[i]);
        json_t *list = get(sandbox, root_of(sandbox), path);
        size_t n;
        json_t *row;
        json_array_foreach(at(list, "data"), n, row)
        {
            assert_string_equal(string_at(row, "status"), STATUSES[i]);
        }
        sum += number_at(list, "total");
        json_decref(list);
        free(path);
    }
    assert_int_equal(sum, number_at(all, "total"));
    json_t *one =
        get(sandbox, root_of(sandbox), INVITES "?email=R.OKAFOR%40acme.example&role=member");
    assert_int_equal(number_at(one, "total"), 1);
    json_decref(one);
    one = get(sandbox, root_of(sandbox), INVITES "?email=r.okafor%40acme.example&role=admin");
    assert_int_equal(number_at(one, "total"), 0);
    json_decref(one);
    json_decref(all);
    stop(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(onboarding),
        cmocka_unit_test(wrong_invites),
        cmocka_unit_test(sent_again_with_another_link),
        cmocka_unit_test(over_by_themselves),
        cmocka_unit_test(called_off),
        cmocka_unit_test(invited_twice),
        cmocka_unit_test(workspaces_that_are_not_told),
        cmocka_unit_test(lists_by_role_mail_and_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
