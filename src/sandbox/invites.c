#include "sandbox/invites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/input.h"
#include "sandbox/json_text.h"
#include "sandbox/made.h"
#include "sandbox/people.h"
#include "sandbox/shape.h"
#include "sandbox/stale.h"
#include "sandbox/target.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* -- what it looks like -- */

/* Invites read as over a while after they are: quirk invite-expiry. */
static int64_t reads_at(const struct sandbox *sandbox, int64_t now)
{
    return now - (int64_t)sandbox->quirks.invite_expiry_seconds * 1000;
}

static void write_status(const struct request *request, const void *record, struct buf *out)
{
    const struct invite_rec *invite = record;
    bool over = strcmp(invite->status, "pending") == 0 &&
                invite->expires_at <= reads_at(request->sandbox, request->now);
    json_text_string(out, over ? "expired" : invite->status);
}

/* By quirk invite-workspaces they are not told; scopes never are [TF]. */
#define WITH_WORKSPACES 1u
#define WITHOUT 2u

#define INVITE(field) offsetof(struct invite_rec, field)
/* clang-format off */
static const struct shape_member MEMBERS[] = {
    {"object", SHAPE_WORD, 0, "\"invite\"", NULL, 0},
    {"id", SHAPE_TEXT, INVITE(id), NULL, NULL, 0},
    {"email", SHAPE_TEXT, INVITE(email), NULL, NULL, 0},
    {"role", SHAPE_TEXT, INVITE(role), NULL, NULL, 0},
    {"created_at", SHAPE_TIME, INVITE(created_at), NULL, NULL, 0},
    {"expires_at", SHAPE_TIME, INVITE(expires_at), NULL, NULL, 0},
    {"accepted_at", SHAPE_TIME, INVITE(accepted_at), NULL, NULL, 0},
    {"status", SHAPE_MADE, 0, NULL, write_status, 0},
    {"invited_by", SHAPE_TEXT, INVITE(invited_by), NULL, NULL, 0},
    {"workspaces", SHAPE_STORED, INVITE(workspaces), "[]", NULL, WITH_WORKSPACES},
};
/* clang-format on */
static const struct shape SHAPE = {MEMBERS, sizeof MEMBERS / sizeof *MEMBERS};

static unsigned view_of(const struct request *request)
{
    return request->sandbox->quirks.no_invite_workspaces ? WITHOUT : WITH_WORKSPACES;
}

void handle_list_invites(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct invite_rec invites[PAGE_MAX];
    int64_t total;
    const struct invite_filter filter = {
        .org = request->caller.org,
        .now = reads_at(request->sandbox, request->now),
        .role = request_parameter(request, "role"),
        .email = request_parameter(request, "email"),
        .status = request_parameter(request, "status"),
    };
    if (!request_paging(request, "pageSize", "currentPage", &paging, reply)) {
        return;
    }
    size_t count = db_list_invites(request->sandbox->db, &filter, paging.offset, paging.limit,
                                   invites, &total);
    reply_rows(request, &SHAPE, view_of(request), invites, sizeof *invites, count, total, reply);
    for (size_t i = 0; i < count; i++) {
        invite_rec_done(&invites[i]);
    }
}

void handle_get_invite(struct request *request, struct reply *reply)
{
    if (find_target(request, reply)) {
        reply_shape(request, &SHAPE, view_of(request), &request->target.invite, reply);
    }
}

/* -- links -- */

void invite_new_link(const struct sandbox *sandbox, struct invite_rec *invite,
                     char out[INVITE_LINK_SIZE])
{
    char token[DERIVED_SECRET_SIZE];
    made_token(sandbox, "invite", invite->seq, invite->links, token);
    for (char *c = token; *c != '\0'; c++) { /* as URLs have them */
        *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);
    }
    derive_hash(token, invite->hash);
    snprintf(out, INVITE_LINK_SIZE, "%s%s", INVITE_LINK, token);
}

/* -- create -- */

static bool take_email(struct input *in, json_t *value)
{
    if (!input_is_email(json_string_value(value))) {
        reply_invalid(in->reply, "email must be a mail address");
        return false;
    }
    input_replace(&((struct invite_rec *)in->record)->email, xstrdup(json_string_value(value)));
    return true;
}

/* Owners are not made this way [SPEC]. */
static bool take_role(struct input *in, json_t *value)
{
    static const char *const ROLES[] = {"admin", "member", NULL};
    if (!input_is_one_of(json_string_value(value), ROLES)) {
        reply_invalid(in->reply, "role must be admin or member");
        return false;
    }
    input_replace(&((struct invite_rec *)in->record)->role, xstrdup(json_string_value(value)));
    return true;
}

/* Which they are is looked up later. */
static bool take_workspaces(struct input *in, json_t *value)
{
    static const char *const ROLES[] = {"admin", "manager", "member", NULL};
    size_t i;
    json_t *item;
    bool ok = value == NULL || json_is_array(value);
    json_array_foreach(value, i, item)
    {
        ok = ok && json_is_string(json_object_get(item, "id")) &&
             input_is_one_of(json_string_value(json_object_get(item, "role")), ROLES);
    }
    if (!ok) {
        reply_invalid(in->reply,
                      "workspaces must be an array of {id, role: admin, manager or member}");
    }
    return ok;
}

/* The key is one of a user. Other members are sent by clients, and kept. */
static bool take_first_key(struct input *in, json_t *value)
{
    const json_t *scopes = json_object_get(value, "scopes");
    size_t i;
    json_t *item;
    if (value == NULL) {
        return true;
    }
    bool ok = json_is_array(scopes) && json_array_size(scopes) > 0;
    json_array_foreach(scopes, i, item)
    {
        int scope = json_is_string(item) ? scope_find(json_string_value(item)) : -1;
        ok = ok && scope >= 0 && scope_legal(scope, KEY_WORKSPACE_USER);
    }
    if (!ok) {
        reply_invalid(in->reply,
                      "workspace_api_key_details.scopes must be scopes of keys of type %s",
                      key_kind_name(KEY_WORKSPACE_USER));
        return false;
    }
    input_replace(&((struct invite_rec *)in->record)->first_key, json_dumps(value, JSON_COMPACT));
    return true;
}

/* clang-format off */
static const struct input_member INPUTS[] = {
    {"email",                     take_email,      INPUT_ALWAYS, INPUT_IGNORED},
    {"role",                      take_role,       INPUT_ALWAYS, INPUT_IGNORED},
    {"workspaces",                take_workspaces, INPUT_GIVEN,  INPUT_IGNORED},
    {"workspace_api_key_details", take_first_key,  INPUT_GIVEN,  INPUT_IGNORED},
};
/* clang-format on */

/* `id` comes in, a slug or an id; `workspace_id` goes out. */
static bool find_workspaces(const struct request *request, struct invite_rec *invite,
                            struct reply *reply)
{
    json_t *kept = json_array();
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(request->body, "workspaces"), i, item)
    {
        struct workspace_rec ws;
        if (!find_workspace_for(request, json_string_value(json_object_get(item, "id")), true,
                                &ws)) {
            json_decref(kept);
            reply_forbidden(reply);
            return false;
        }
        json_array_append_new(kept, json_pack("{s:s,s:O}", "workspace_id", ws.id, "role",
                                              json_object_get(item, "role")));
        workspace_rec_done(&ws);
    }
    input_replace(&invite->workspaces, json_dumps(kept, JSON_COMPACT));
    json_decref(kept);
    return true;
}

static bool is_new(const struct request *request, const char *email, struct reply *reply)
{
    struct db *db = request->sandbox->db;
    int64_t org = request->caller.org;
    if (request->sandbox->quirks.invite_duplicate_200 ||
        (!db_has_email(db, org, email) && !db_has_invite(db, org, email, request->now))) {
        return true;
    }
    reply_error(reply, 409, "AB07", "The user is already invited or in the organisation");
    return false;
}

void handle_create_invite(struct request *request, struct reply *reply)
{
    struct invite_rec invite = {.org = request->caller.org,
                                .created_at = request->now,
                                .expires_at = request->now + INVITE_DAYS * DAY_MS,
                                .accepted_at = TIME_NONE,
                                .links = 1};
    struct input in = {request, false, &invite, reply};
    if (input_run(&in, INPUTS, sizeof INPUTS / sizeof *INPUTS) &&
        find_workspaces(request, &invite, reply) && is_new(request, invite.email, reply)) {
        char id[UUID_SIZE];
        char link[INVITE_LINK_SIZE];
        invite.seq = db_next_seq(request->sandbox->db, "invites");
        made_id(request->sandbox, "invite-made", invite.seq, id);
        invite.id = xstrdup(id);
        invite.status = xstrdup("pending");
        invite.invited_by = xstrdup(request_actor(request));
        invite_new_link(request->sandbox, &invite, link);
        db_add_invite(request->sandbox->db, &invite);
        reply_json(reply, json_pack("{s:s,s:s}", "id", id, "invite_link", link));
    }
    invite_rec_done(&invite);
}

/* -- resend, delete -- */

/* Only what waits can be sent again, or be called off. */
static bool waits(const struct request *request, bool also_over, struct reply *reply)
{
    const struct invite_rec *invite = &request->target.invite;
    bool pending =
        strcmp(invite->status, "pending") == 0 && (also_over || invite->expires_at > request->now);
    if (!pending) {
        reply_invalid(reply, "the invite is not pending");
    }
    return pending;
}

void handle_resend_invite(struct request *request, struct reply *reply)
{
    struct invite_rec *invite = &request->target.invite;
    char link[INVITE_LINK_SIZE];
    if (!find_target(request, reply) || !waits(request, true, reply)) {
        return;
    }
    invite->links++;
    invite->expires_at = request->now + INVITE_DAYS * DAY_MS;
    invite_new_link(request->sandbox, invite, link);
    db_put_invite(request->sandbox->db, invite);
    reply_json(reply, json_pack("{s:s}", "inviteLink", link)); /* not as in create [SPEC] */
}

/* Whoever has accepted stays [INF]. */
void handle_delete_invite(struct request *request, struct reply *reply)
{
    struct invite_rec *invite = &request->target.invite;
    if (!find_target(request, reply)) {
        return;
    }
    if (request->sandbox->quirks.invite_delete_gone) {
        db_delete_invite(request->sandbox->db, invite->seq);
    } else if (strcmp(invite->status, "pending") == 0) {
        xreplace(&invite->status, "cancelled");
        db_put_invite(request->sandbox->db, invite);
    }
    reply_json(reply, json_object());
}

/* -- accept -- */

/* The person of the invite: who is there already by this address, or somebody new. */
static int64_t person_of(struct sandbox *sandbox, const struct invite_rec *invite, int64_t now,
                         char id[UUID_SIZE])
{
    struct user_rec users[1];
    int64_t total;
    if (db_list_users(sandbox->db, invite->org, NULL, invite->email, 0, 1, users, &total) == 1) {
        int64_t seq = users[0].seq;
        snprintf(id, UUID_SIZE, "%s", users[0].id);
        user_rec_done(&users[0]);
        return seq;
    }
    derive_uuid_v1(sandbox->number, "user-made", (uint64_t)db_next_user_seq(sandbox->db), id);
    struct user_rec user = {.org = invite->org,
                            .id = id,
                            .first_name = "",
                            .last_name = "",
                            .email = invite->email,
                            .role = invite->role,
                            .created_at = now,
                            .updated_at = now};
    return db_add_user(sandbox->db, &user);
}

/* Each workspace, and a first key in each. */
static void join_all(struct request *request, const struct invite_rec *invite, int64_t user)
{
    json_t *places = stored_json(invite->workspaces);
    json_t *first = stored_json(invite->first_key);
    const char *name = json_string_value(json_object_get(first, "name"));
    struct scope_set scopes = {{0}};
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(first, "scopes"), i, item)
    {
        scope_set_add(&scopes, scope_find(json_string_value(item)));
    }
    json_array_foreach(places, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "workspace_id"));
        struct workspace_rec ws;
        if (!db_find_workspace(request->sandbox->db, invite->org, id, false, &ws)) {
            continue; /* archived meanwhile */
        }
        member_joins(request, &ws, user, json_string_value(json_object_get(item, "role")));
        if (json_is_object(first)) {
            made_user_key(request->sandbox, &ws, user, name != NULL ? name : "default_user_key",
                          "auto", &scopes, request->now);
        }
        workspace_rec_done(&ws);
    }
    json_decref(places);
    json_decref(first);
}

static void accept(struct request *request, const char *link, struct reply *reply)
{
    struct db *db = request->sandbox->db;
    unsigned char hash[HASH_SIZE];
    char id[UUID_SIZE];
    struct invite_rec *invite = &request->target.invite;
    if (strncmp(link, INVITE_LINK, strlen(INVITE_LINK)) != 0) {
        reply_invalid(reply, "invite_link must be the link of an invite");
        return;
    }
    derive_hash(link + strlen(INVITE_LINK), hash);
    if (!db_find_invite_by_hash(db, hash, invite)) {
        reply_invalid(reply, "invite_link is the link of no invite");
        return;
    }
    if (waits(request, false, reply)) {
        int64_t user = person_of(request->sandbox, invite, request->now, id);
        join_all(request, invite, user);
        xreplace(&invite->status, "accepted");
        invite->accepted_at = request->now;
        db_put_invite(db, invite);
        reply_json(reply, json_pack("{s:s}", "user_id", id));
    }
}

void accept_invite(struct sandbox *sandbox, const json_t *body, struct reply *reply)
{
    struct request request = {.sandbox = sandbox, .now = clock_now(&sandbox->clock) / 1000 * 1000};
    const char *link = json_string_value(json_object_get(body, "invite_link"));
    struct db *before = stale_take(sandbox);
    db_begin(sandbox->db);
    accept(&request, link != NULL ? link : "", reply);
    bool done = db_commit(sandbox->db);
    stale_keep(sandbox, before, done && reply->status == 200, request.now);
    if (!done) {
        reply_error(reply, 500, "AB04", "Something went wrong");
    }
    target_done(&request.target);
}
