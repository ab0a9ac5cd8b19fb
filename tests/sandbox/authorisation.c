/* Every cell of the authorisation table: each route with each kind of key, with the scope it needs
 * and with every other scope that is legal for the kind, on the caller's own workspace, on another
 * one, and on another organisation. The table here is written from the documents (which kinds and
 * which scope each endpoint needs), not from the server's routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

enum kind { ADMIN, SERVICE, USER, KINDS };
static const char *const KIND_WORDS[] = {"admin", "workspace_service", "workspace_user"};
static const char *const KIND_PATHS[] = {"organisation/service", "workspace/service",
                                         "workspace/user"};

/* {W} workspace id, {S} its slug, {O} {K} {U} a fresh admin, service and user key of it, {M} a
 * member of it, {P} a person, {D} a fresh workspace (its own where the caller is bound to one), {I}
 * a fresh invite, {G} a fresh mapping, {R} a fresh person, {N} one who is no member, {E} an address
 * that is nobody's, {Z} a name that no group has. */
struct row {
    const char *method, *path, *body;
    const char *scope; /* all of them, where there is a comma: each alone is enough */
    int own[KINDS];    /* with the scope, on the caller's own workspace */
    int other[KINDS];  /* on another workspace of the organisation */
    int elsewhere;     /* an admin key with all scopes, on another organisation */
    int without_scope; /* of an admin key; others get 403 */
};

#define CREATE_BODY(more) "{\"name\":\"made\",\"scopes\":[\"completions.write\"]" more "}"
#define ADMIN_BODY "{\"name\":\"made\",\"scopes\":[\"workspaces.list\"]}"
#define CHAT_BODY "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]}"
#define RENAME "{\"description\":\"changed\"}"
#define ALL_LISTS                                                                                  \
    "organisation_service_api_keys.list,workspace_service_api_keys.list,"                          \
    "workspace_user_api_keys.list"

/* Who gets in: on the own workspace; on another one. */
#define ADMINS                                                                                     \
    {200, 403, 403},                                                                               \
    {                                                                                              \
        200, 403, 403                                                                              \
    }
#define SERVICES_OF_IT                                                                             \
    {200, 200, 403},                                                                               \
    {                                                                                              \
        200, 403, 403                                                                              \
    }
#define ALL_OF_IT                                                                                  \
    {200, 200, 200},                                                                               \
    {                                                                                              \
        200, 403, 403                                                                              \
    }

/* The person of the user key is a plain member. */
#define MANAGERS_OF_IT SERVICES_OF_IT

static const struct row ROWS[] = {
    /* keys */
    {"GET", "/api-keys", NULL, ALL_LISTS, {200, 200, 403}, {200, 200, 403}, 200, 403},
    {"GET", "/api-keys?workspace_id={W}", NULL, ALL_LISTS, SERVICES_OF_IT, 403, 403},
    {"POST", "/api-keys/organisation/service", ADMIN_BODY, "organisation_service_api_keys.create",
     ADMINS, 200, 403},
    {"POST",
     "/api-keys/organisation/user",
     ADMIN_BODY,
     "",
     {400, 403, 403},
     {400, 403, 403},
     400,
     400},
    {"POST", "/api-keys/workspace/service", CREATE_BODY(",\"workspace_id\":\"{W}\""),
     "workspace_service_api_keys.create", SERVICES_OF_IT, 403, 403},
    {"POST", "/api-keys/workspace/service", CREATE_BODY(",\"workspace_id\":\"{S}\""),
     "workspace_service_api_keys.create", SERVICES_OF_IT, 403, 403},
    {"POST",
     "/api-keys/workspace/service",
     CREATE_BODY(""),
     "workspace_service_api_keys.create",
     {400, 200, 403},
     {400, 200, 403},
     400,
     403},
    {"POST", "/api-keys/workspace/user",
     CREATE_BODY(",\"workspace_id\":\"{W}\",\"user_id\":\"{M}\""), "workspace_user_api_keys.create",
     SERVICES_OF_IT, 403, 403},
    {"GET", "/api-keys/{O}", NULL, "organisation_service_api_keys.read", ADMINS, 403, 403},
    {"GET", "/api-keys/{K}", NULL, "workspace_service_api_keys.read", SERVICES_OF_IT, 403, 403},
    {"GET", "/api-keys/{U}", NULL, "workspace_user_api_keys.read", SERVICES_OF_IT, 403, 403},
    {"PUT", "/api-keys/{O}", RENAME, "organisation_service_api_keys.update", ADMINS, 403, 403},
    {"PUT", "/api-keys/{K}", RENAME, "workspace_service_api_keys.update", SERVICES_OF_IT, 403, 403},
    {"PUT", "/api-keys/{U}", RENAME, "workspace_user_api_keys.update", SERVICES_OF_IT, 403, 403},
    {"DELETE", "/api-keys/{O}", NULL, "organisation_service_api_keys.delete", ADMINS, 403, 403},
    {"DELETE", "/api-keys/{K}", NULL, "workspace_service_api_keys.delete", SERVICES_OF_IT, 403,
     403},
    {"DELETE", "/api-keys/{U}", NULL, "workspace_user_api_keys.delete", SERVICES_OF_IT, 403, 403},
    {"POST", "/api-keys/{O}/rotate", NULL, "organisation_service_api_keys.rotate", ADMINS, 403,
     403},
    {"POST", "/api-keys/{K}/rotate", NULL, "workspace_service_api_keys.rotate", SERVICES_OF_IT, 403,
     403},
    {"POST", "/api-keys/{U}/rotate", NULL, "workspace_user_api_keys.rotate", SERVICES_OF_IT, 403,
     403},
    /* people */
    {"GET", "/admin/users", NULL, "organisation_users.list", ADMINS, 200, 403},
    {"GET", "/admin/users/{P}", NULL, "organisation_users.read", ADMINS, 403, 403},
    /* workspaces and their members */
    {"GET",
     "/admin/workspaces",
     NULL,
     "workspaces.list",
     {200, 200, 200},
     {200, 200, 200},
     200,
     403},
    {"GET", "/admin/workspaces/{W}", NULL, "workspaces.read", ALL_OF_IT, 403, 403},
    {"GET", "/admin/workspaces/{S}", NULL, "workspaces.read", ALL_OF_IT, 403, 403},
    {"GET", "/admin/workspaces/{W}/users", NULL, "workspace_users.list", ALL_OF_IT, 403, 403},
    {"GET", "/admin/workspaces/{S}/users", NULL, "workspace_users.list", ALL_OF_IT, 403, 403},
    {"GET", "/admin/workspaces/{W}/users/{M}", NULL, "workspace_users.read", ALL_OF_IT, 403, 403},
    {"POST", "/admin/workspaces", "{\"name\":\"made\"}", "workspaces.create", ADMINS, 200, 403},
    {"PUT", "/admin/workspaces/{W}", RENAME, "workspaces.update", MANAGERS_OF_IT, 403, 403},
    {"PUT", "/admin/workspaces/{S}", RENAME, "workspaces.update", MANAGERS_OF_IT, 403, 403},
    {"DELETE", "/admin/workspaces/{D}", "{\"name\":\"fresh\"}", "workspaces.delete", ADMINS, 403,
     403},
    {"POST", "/admin/workspaces/{W}/users", "{\"users\":[{\"id\":\"{N}\",\"role\":\"member\"}]}",
     "workspace_users.create", MANAGERS_OF_IT, 403, 403},
    {"PUT", "/admin/workspaces/{W}/users/{M}", "{\"role\":\"member\"}", "workspace_users.update",
     MANAGERS_OF_IT, 403, 403},
    {"DELETE", "/admin/workspaces/{W}/users/{N}", NULL, "workspace_users.delete", MANAGERS_OF_IT,
     403, 403},
    {"PUT", "/admin/users/{R}", "{\"role\":\"admin\"}", "organisation_users.update", ADMINS, 403,
     403},
    {"DELETE", "/admin/users/{R}", NULL, "organisation_users.delete", ADMINS, 403, 403},
    /* invites */
    {"GET", "/admin/users/invites", NULL, "organisation_users.list", ADMINS, 200, 403},
    {"POST", "/admin/users/invites", "{\"email\":\"{E}\",\"role\":\"member\"}",
     "organisation_users.create", ADMINS, 200, 403},
    {"POST", "/admin/users/invites",
     "{\"email\":\"{E}\",\"role\":\"member\",\"workspaces\":[{\"id\":\"{W}\",\"role\":\"member\"}]"
     "}",
     "organisation_users.create", ADMINS, 403, 403},
    {"GET", "/admin/users/invites/{I}", NULL, "organisation_users.read", ADMINS, 403, 403},
    {"DELETE", "/admin/users/invites/{I}", NULL, "organisation_users.delete", ADMINS, 403, 403},
    {"POST", "/admin/users/invites/{I}/resend", NULL, "organisation_users.create", ADMINS, 403,
     403},
    /* SCIM has no scope: an admin key of the organisation */
    {"GET", "/scim/workspaces", NULL, "", ADMINS, 200, 200},
    {"GET", "/scim/workspaces?workspace_id={W}", NULL, "", ADMINS, 403, 200},
    {"POST", "/scim/workspaces",
     "{\"workspace_id\":\"{W}\",\"role\":\"member\",\"scim_group_name\":\"{Z}\"}", "", ADMINS, 403,
     200},
    {"DELETE", "/scim/workspaces/{G}", NULL, "", ADMINS, 403, 200},
    {"GET", "/scim/groups", NULL, "", ADMINS, 200, 200},
    /* the audit log */
    {"GET", "/audit-logs?start_time=2026-01-01&end_time=2099-01-01", NULL, "audit_logs.list",
     ADMINS, 200, 403},
    /* completions: never with an admin key */
    {"POST",
     "/chat/completions",
     CHAT_BODY,
     "completions.write",
     {403, 200, 200},
     {403, 200, 200},
     403,
     403},
};

#define ROW_COUNT (sizeof ROWS / sizeof *ROWS)

/* So many things were made for a single request. */
static unsigned fresh;

/* A workspace and what is in it. */
struct place {
    char *workspace, *slug, *member;
};

struct world {
    struct sandbox_process *sandbox;
    const char *root;           /* the admin key with all scopes */
    const char *root_elsewhere; /* the console's of another organisation, which lacks some */
    json_t *scopes;             /* the catalogue */
    struct place own, other, elsewhere;
    char *person, *person_elsewhere;
};

/* The first who is a plain member, of the workspace and of the organisation. */
static const char *plain_member(const json_t *members)
{
    size_t i;
    json_t *row;
    json_array_foreach(at(members, "data"), i, row)
    {
        if (strcmp(string_at(row, "org_role"), "member") == 0) {
            return string_at(row, "id");
        }
    }
    fail_msg("no plain member");
    return NULL;
}

static struct place read_place(const struct world *w, const char *admin, const char *number)
{
    json_t *list = get(w->sandbox, admin, "/admin/workspaces?page_size=100");
    json_t *row = at(at(list, "data"), number);
    char *path = text("/admin/workspaces/%s/users?role=member", string_at(row, "id"));
    json_t *members = get(w->sandbox, admin, path);
    struct place place = {xstrdup(string_at(row, "id")), xstrdup(string_at(row, "slug")),
                          xstrdup(plain_member(members))};
    json_decref(list);
    json_decref(members);
    free(path);
    return place;
}

static void place_done(struct place *place)
{
    free(place->workspace);
    free(place->slug);
    free(place->member);
}

/* Scopes for a key of this kind as a JSON array: those of the comma list (with), or all that are
 * legal but those (without). */
static char *scopes_for(const struct world *w, enum kind kind, const char *list, bool with)
{
    json_t *out = json_array();
    size_t i;
    json_t *item;
    json_array_foreach(w->scopes, i, item)
    {
        const char *name = string_at(item, "scope");
        const char *found = strstr(list, name);
        bool listed = found != NULL && (found[strlen(name)] == '\0' || found[strlen(name)] == ',');
        if (json_is_true(at(item, KIND_WORDS[kind])) && listed == with) {
            json_array_append_new(out, json_string(name));
        }
    }
    if (json_array_size(out) == 0) { /* a key needs some scope: one that opens nothing here */
        json_array_append_new(out, json_string("virtual_keys.list"));
    }
    char *dump = json_dumps(out, JSON_COMPACT);
    json_decref(out);
    return dump;
}

/* A key of a kind in a place, with these scopes. */
static struct made_key key_in(const struct world *w, enum kind kind, const struct place *place,
                              const char *scopes)
{
    char *body = kind == ADMIN ? text("{\"name\":\"k\",\"scopes\":%s}", scopes)
                               : text("{\"name\":\"k\",\"scopes\":%s,\"workspace_id\":\"%s\","
                                      "\"user_id\":\"%s\"}",
                                      scopes, place->workspace, place->member);
    struct made_key made = make_key(w->sandbox, w->root, KIND_PATHS[kind], body);
    free(body);
    return made;
}

/* A key that stands in a path, made for this one request. In another organisation one that is
 * there. */
static char *target(const struct world *w, enum kind kind, const struct place *place)
{
    static const char *const SCOPES[] = {"[\"workspaces.list\"]", "[\"completions.write\"]",
                                         "[\"completions.write\"]"};
    if (place == &w->elsewhere) {
        json_t *list = get(w->sandbox, sandbox_admin_key(w->sandbox, 1), "/api-keys");
        json_t *rows = at(list, "data"); /* the oldest is an admin key */
        size_t number = kind == ADMIN ? json_array_size(rows) - 1 : 0;
        char *id = xstrdup(string_at(json_array_get(rows, number), "id"));
        json_decref(list);
        return id;
    }
    return xstrdup(key_in(w, kind, place, SCOPES[kind]).id);
}

/* Something made for this one request, with the console's key: the id of the answer. In another
 * organisation what is made there. */
static char *made_for(const struct world *w, const struct place *place, const char *path,
                      const char *body)
{
    const char *root = place == &w->elsewhere ? w->root_elsewhere : w->root;
    json_t *json = expect(w->sandbox, root, "POST", path, body, 200);
    char *id = xstrdup(string_at(json, "id"));
    json_decref(json);
    return id;
}

static char *fresh_invite(const struct world *w, const struct place *place)
{
    if (place == &w->elsewhere) { /* its console sees no people: an id that is not in ours */
        return xstrdup("0b6f6d0e-5d0c-4f8e-9a0e-4a5b0f6f2b11");
    }
    char *body = text("{\"email\":\"fresh%u@x.example\",\"role\":\"member\"}", ++fresh);
    char *id = made_for(w, place, "/admin/users/invites", body);
    free(body);
    return id;
}

static char *fresh_mapping(const struct world *w, const struct place *place)
{
    char *body = text("{\"workspace_id\":\"%s\",\"role\":\"member\",\"scim_group_name\":\"g%u\"}",
                      place->workspace, ++fresh);
    char *id = made_for(w, place, "/scim/workspaces", body);
    free(body);
    return id;
}

/* Who has accepted an invite; to the workspace, or to the organisation alone. */
static char *fresh_person(const struct world *w, const struct place *place, bool member)
{
    if (place == &w->elsewhere) {
        return xstrdup(place->member);
    }
    char *places =
        member ? text(",\"workspaces\":[{\"id\":\"%s\",\"role\":\"member\"}]", place->workspace)
               : xstrdup("");
    char *body = text("{\"email\":\"fresh%u@x.example\",\"role\":\"member\"%s}", ++fresh, places);
    json_t *json = expect(w->sandbox, w->root, "POST", "/admin/users/invites", body, 200);
    char *accept = text("{\"invite_link\":\"%s\"}", string_at(json, "invite_link"));
    struct answer answer = call_root(w->sandbox, NULL, "POST", "/_sandbox/accept-invite", accept);
    assert_int_equal(answer.status, 200);
    char *id = xstrdup(string_at(answer.json, "user_id"));
    answer_done(&answer);
    json_decref(json);
    free(accept);
    free(body);
    free(places);
    return id;
}

/* What stands for a letter in braces. */
static char *piece(const struct world *w, char letter, const char *path, const struct place *place)
{
    switch (letter) {
    case 'W':
        return xstrdup(place->workspace);
    case 'S':
        return xstrdup(place->slug);
    case 'M':
        return xstrdup(place->member);
    case 'P':
        return xstrdup(place == &w->elsewhere ? w->person_elsewhere : w->person);
    case 'D':
        return made_for(w, place, "/admin/workspaces", "{\"name\":\"fresh\"}");
    case 'I':
        return fresh_invite(w, place);
    case 'G':
        return fresh_mapping(w, place);
    case 'R':
        return fresh_person(w, place, false);
    case 'N':
        return fresh_person(w, place, strstr(path, "{N}") != NULL);
    case 'E':
        return text("fresh%u@x.example", ++fresh);
    case 'Z':
        return text("g%u", ++fresh);
    case 'O':
        return target(w, ADMIN, place);
    case 'K':
        return target(w, SERVICE, place);
    default:
        return target(w, USER, place);
    }
}

static char *fill(const struct world *w, const char *template, const char *path,
                  const struct place *place)
{
    char *out = xstrdup("");
    for (const char *c = template; c != NULL && *c != '\0'; c++) {
        char *next;
        if (*c == '{' && c[1] >= 'A' && c[1] <= 'Z' && c[2] == '}') {
            next = piece(w, c[1], path, place);
            c += 2;
        } else {
            next = xstrndup(c, 1);
        }
        char *longer = text("%s%s", out, next);
        free(out);
        free(next);
        out = longer;
    }
    return out;
}

static void check(const struct world *w, const struct row *row, const char *what, const char *key,
                  const struct place *place, int status)
{
    char *path = fill(w, row->path, row->path, place);
    char *body = row->body != NULL ? fill(w, row->body, row->path, place) : NULL;
    struct answer answer = call(w->sandbox, key, row->method, path, body);
    if (answer.status != status) {
        char *json = json_dumps(answer.json, 0);
        fail_msg("%s %s, %s: %d is not %d: %s", row->method, path, what, answer.status, status,
                 json);
    }
    if (status == 403) {
        assert_string_equal(string_at(answer.json, "data.errorCode"), "AB03");
    }
    answer_done(&answer);
    free(path);
    free(body);
}

static void check_row(const struct world *w, const struct row *row)
{
    static const char *const WHAT[] = {"admin", "service", "user"};
    static const char *const WITHOUT[] = {"admin without", "service without", "user without"};
    for (int kind = 0; kind < KINDS; kind++) {
        int denied = kind == ADMIN ? row->without_scope : 403;
        char *with = scopes_for(w, (enum kind)kind, row->scope, true);
        char *without = scopes_for(w, (enum kind)kind, row->scope, false);
        struct made_key holder = key_in(w, (enum kind)kind, &w->own, with);
        struct made_key lacking = key_in(w, (enum kind)kind, &w->own, without);
        check(w, row, WHAT[kind], holder.secret, &w->own, row->own[kind]);
        check(w, row, WHAT[kind], holder.secret, &w->other, row->other[kind]);
        check(w, row, WITHOUT[kind], lacking.secret, &w->own, denied);
        check(w, row, WITHOUT[kind], lacking.secret, &w->other, denied);
        free(with);
        free(without);
    }
    check(w, row, "elsewhere", w->root, &w->elsewhere, row->elsewhere);
}

static void every_cell(void **state)
{
    const struct world *w = *state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        check_row(w, &ROWS[i]);
    }
}

/* Each scope of a comma list lets in by itself, and no key at all does not. */
static void each_list_scope_and_no_key(void **state)
{
    const struct world *w = *state;
    static const char *const LISTS[] = {"organisation_service_api_keys.list",
                                        "workspace_service_api_keys.list",
                                        "workspace_user_api_keys.list"};
    static const char *const TYPES[] = {"organisation-service", "workspace-service",
                                        "workspace-user"};
    for (int i = 0; i < 3; i++) {
        char *scopes = text("[\"%s\"]", LISTS[i]);
        struct made_key key = key_in(w, ADMIN, &w->own, scopes);
        json_t *list = get(w->sandbox, key.secret, "/api-keys?page_size=100");
        size_t n;
        json_t *row;
        assert_true(number_at(list, "total") > 0);
        json_array_foreach(at(list, "data"), n, row)
        {
            assert_string_equal(string_at(row, "type"), TYPES[i]);
        }
        json_decref(list);
        free(scopes);
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char *path = fill(w, ROWS[i].path, ROWS[i].path, &w->own);
        expect_error(w->sandbox, NULL, ROWS[i].method, path, ROWS[i].body, 401, "AB05");
        expect_error(w->sandbox, "nobody's", ROWS[i].method, path, ROWS[i].body, 401, "AB05");
        free(path);
    }
}

/* A workspace key sees its own workspace and the keys of it, and nothing else. */
static void own_workspace_only(void **state)
{
    const struct world *w = *state;
    struct made_key key = key_in(w, SERVICE, &w->own,
                                 "[\"workspaces.list\",\"workspace_service_api_keys.list\","
                                 "\"workspace_user_api_keys.list\"]");
    json_t *list = get(w->sandbox, key.secret, "/admin/workspaces");
    assert_int_equal(number_at(list, "total"), 1);
    assert_string_equal(string_at(list, "data.0.id"), w->own.workspace);
    json_decref(list);
    list = get(w->sandbox, key.secret, "/api-keys?page_size=100");
    size_t n;
    json_t *row;
    assert_true(json_array_size(at(list, "data")) > 2);
    json_array_foreach(at(list, "data"), n, row)
    {
        assert_string_equal(string_at(row, "workspace_id"), w->own.workspace);
        assert_string_not_equal(string_at(row, "type"), "organisation-service");
    }
    json_decref(list);
    expect_error(w->sandbox, key.secret, "GET", "/admin/workspaces?status=archived", NULL, 403,
                 "AB03");
}

/* Scopes are legal for the kind or not: each scope of the catalogue on each kind. */
static void scopes_by_kind(void **state)
{
    const struct world *w = *state;
    size_t i;
    json_t *item;
    json_array_foreach(w->scopes, i, item)
    {
        for (int kind = 0; kind < KINDS; kind++) {
            bool legal = json_is_true(at(item, KIND_WORDS[kind]));
            char *body = text("{\"name\":\"k\",\"scopes\":[\"%s\"],\"workspace_id\":\"%s\","
                              "\"user_id\":\"%s\"}",
                              string_at(item, "scope"), w->own.workspace, w->own.member);
            char *path = text("/api-keys/%s", KIND_PATHS[kind]);
            struct answer answer = call(w->sandbox, w->root, "POST", path, body);
            if (answer.status != (legal ? 200 : 400)) {
                fail_msg("%s on %s: %d", string_at(item, "scope"), KIND_WORDS[kind], answer.status);
            }
            answer_done(&answer);
            free(path);
            free(body);
        }
    }
}

/* managersWriteWsUsers, where it is off, keeps people from the members, and only people. */
static void switches_bind_people(void **state)
{
    const struct world *w = *state;
    json_t *list = get(w->sandbox, w->root, "/admin/workspaces");
    size_t n;
    json_t *row;
    int closed = 0;
    json_array_foreach(at(list, "data"), n, row)
    {
        bool open = json_is_true(at(row, "security_settings.managersWriteWsUsers"));
        char *path = text("/admin/workspaces/%s/users", string_at(row, "id"));
        json_t *members = get(w->sandbox, w->root, path);
        size_t m;
        json_t *member;
        json_array_foreach(at(members, "data"), m, member)
        {
            struct place place = {(char *)string_at(row, "id"), NULL,
                                  (char *)string_at(member, "id")};
            bool over_all = strcmp(string_at(member, "org_role"), "member") != 0 ||
                            strcmp(string_at(member, "role"), "admin") == 0;
            struct made_key user = key_in(w, USER, &place, "[\"workspace_users.list\"]");
            struct made_key service = key_in(w, SERVICE, &place, "[\"workspace_users.list\"]");
            json_decref(
                expect(w->sandbox, user.secret, "GET", path, NULL, open || over_all ? 200 : 403));
            json_decref(expect(w->sandbox, service.secret, "GET", path, NULL, 200));
            closed += !open && !over_all;
        }
        json_decref(members);
        free(path);
    }
    assert_true(closed > 0); /* the demo has such a workspace */
    json_decref(list);
}

static int setup(void **state)
{
    struct world *w = xcalloc(1, sizeof *w);
    w->sandbox = sandbox_start(
        (const char *const[]){"--seed", "demo", "--now", "2026-11-25T03:12:00Z", NULL});
    w->root = sandbox_admin_key(w->sandbox, 0);
    w->root_elsewhere = sandbox_admin_key(w->sandbox, 1);
    w->scopes = json_load_file(SCOPES_FILE, 0, NULL);
    assert_non_null(w->scopes);
    w->own = read_place(w, w->root, "0");
    w->other = read_place(w, w->root, "2");
    w->elsewhere = read_place(w, sandbox_admin_key(w->sandbox, 1), "0");
    json_t *people = get(w->sandbox, w->root, "/admin/users");
    w->person = xstrdup(string_at(people, "data.7.id"));
    w->person_elsewhere = xstrdup(w->elsewhere.member);
    json_decref(people);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    int status = sandbox_stop(w->sandbox);
    json_decref(w->scopes);
    place_done(&w->own);
    place_done(&w->other);
    place_done(&w->elsewhere);
    free(w->person);
    free(w->person_elsewhere);
    free(w);
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell),           cmocka_unit_test(each_list_scope_and_no_key),
        cmocka_unit_test(own_workspace_only),   cmocka_unit_test(scopes_by_kind),
        cmocka_unit_test(switches_bind_people),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
