/* Members of a workspace. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/input.h"
#include "sandbox/json_text.h"
#include "sandbox/made.h"
#include "sandbox/people.h"
#include "sandbox/shape.h"
#include "sandbox/target.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* A member in a workspace; both are lent. */
struct shown_member {
    struct member_rec member;
    const char *workspace_id;
};

/* Organisation owners show as admin whatever they were given [OBS]. */
static const char *shown_role(const void *record)
{
    const struct member_rec *member = &((const struct shown_member *)record)->member;
    return strcmp(member->user.role, "owner") == 0 ? "admin" : member->role;
}

static void write_role(const struct request *request, const void *record, struct buf *out)
{
    (void)request;
    json_text_string(out, shown_role(record));
}

/* As some servers tell it of one member: "ws-admin" (quirk member-role). */
static void write_one_role(const struct request *request, const void *record, struct buf *out)
{
    bool prefixed = request->sandbox->quirks.member_role_prefixed;
    buf_addf(out, "\"%s%s\"", prefixed ? "ws-" : "", shown_role(record));
}

/* In the users[] of a workspace there is no mail address and no object [LIVE]; the GET of one may
 * lack its id. */
#define IN_WORKSPACE 1u
#define ROW 2u
#define OBJECT 4u
#define OBJECT_WITHOUT_ID 8u
#define READS (ROW | OBJECT | OBJECT_WITHOUT_ID)

#define MEMBER(field) offsetof(struct shown_member, field)
/* clang-format off */
static const struct shape_member MEMBERS[] = {
    {"id", SHAPE_TEXT, MEMBER(member.user.id), NULL, NULL, IN_WORKSPACE | ROW | OBJECT},
    {"first_name", SHAPE_TEXT, MEMBER(member.user.first_name), NULL, NULL, 0},
    {"last_name", SHAPE_TEXT, MEMBER(member.user.last_name), NULL, NULL, 0},
    {"org_role", SHAPE_TEXT, MEMBER(member.user.role), NULL, NULL, 0},
    {"role", SHAPE_MADE, 0, NULL, write_role, IN_WORKSPACE | ROW},
    {"role", SHAPE_MADE, 0, NULL, write_one_role, OBJECT | OBJECT_WITHOUT_ID},
    {"created_at", SHAPE_TIME, MEMBER(member.created_at), NULL, NULL, 0},
    {"last_updated_at", SHAPE_TIME, MEMBER(member.updated_at), NULL, NULL, 0},
    {"status", SHAPE_WORD, 0, "\"active\"", NULL, 0},
    {"workspace_id", SHAPE_TEXT, MEMBER(workspace_id), NULL, NULL, 0},
    {"object", SHAPE_WORD, 0, "\"workspace-user\"", NULL, READS},
    {"email", SHAPE_TEXT, MEMBER(member.user.email), NULL, NULL, READS},
    {"scopes", SHAPE_WORD, 0, "[]", NULL, READS},
    {"settings", SHAPE_WORD, 0, "null", NULL, READS},
};
/* clang-format on */
static const struct shape SHAPE = {MEMBERS, sizeof MEMBERS / sizeof *MEMBERS};

/* A page of them; done with members_done. */
static size_t read_members(const struct request *request, const struct workspace_rec *ws,
                           const char *role, const char *email, const struct paging *paging,
                           struct shown_member *out, int64_t *total)
{
    struct member_rec members[PAGE_MAX];
    size_t count = db_list_members(request->sandbox->db, ws->seq, role, email, paging->offset,
                                   paging->limit, members, total);
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct shown_member){members[i], ws->id};
    }
    return count;
}

static void members_done(struct shown_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        member_rec_done(&members[i].member);
    }
}

void members_text(const struct request *request, const struct workspace_rec *ws, struct buf *out)
{
    struct shown_member members[PAGE_MAX];
    struct paging paging = {0, PAGE_MAX};
    int64_t total;
    size_t count;
    buf_addc(out, '[');
    do {
        count = read_members(request, ws, NULL, NULL, &paging, members, &total);
        for (size_t i = 0; i < count; i++) {
            list_text_next(out, (size_t)paging.offset + i);
            shape_text(request, &SHAPE, IN_WORKSPACE, &members[i], out);
        }
        members_done(members, count);
        paging.offset += (int64_t)count;
    } while (count == PAGE_MAX);
    buf_addc(out, ']');
}

void handle_list_members(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct shown_member members[PAGE_MAX];
    int64_t total;
    if (!request_paging(request, "page_size", "current_page", &paging, reply) ||
        !find_target(request, reply)) {
        return;
    }
    size_t count =
        read_members(request, &request->target.workspace, request_parameter(request, "role"),
                     request_parameter(request, "email"), &paging, members, &total);
    reply_rows(request, &SHAPE, ROW, members, sizeof *members, count, total, reply);
    members_done(members, count);
}

void handle_get_member(struct request *request, struct reply *reply)
{
    if (find_target(request, reply)) {
        struct shown_member shown = {request->target.member, request->target.workspace.id};
        bool no_id = request->sandbox->quirks.no_member_id;
        reply_shape(request, &SHAPE, no_id ? OBJECT_WITHOUT_ID : OBJECT, &shown, reply);
    }
}

/* -- writes -- */

static const char *const ROLES[] = {"admin", "manager", "member", NULL};

void member_joins(struct request *request, const struct workspace_rec *ws, int64_t user,
                  const char *role)
{
    struct scope_set scopes = {{0}};
    db_add_member(request->sandbox->db, ws->seq, user, role, request->now);
    if (request->sandbox->quirks.auto_keys) {
        scope_set_add(&scopes, scope_find("completions.write"));
        made_user_key(request->sandbox, ws, user, "default_user_key", "auto", &scopes,
                      request->now);
    }
}

void delete_keys_of(struct request *request, int64_t workspace, int64_t user)
{
    size_t count;
    int64_t *keys = db_keys_of(request->sandbox->db, workspace, user, &count);
    for (size_t i = 0; i < count; i++) {
        db_delete_key(request->sandbox->db, keys[i]);
    }
    free(keys);
}

/* People give and take roles up to their own: managers none of an admin (BE 1.6.1), members none at
 * all. Other kinds of key are bound by their scopes alone. */
static bool may_give(const struct request *request, const char *role)
{
    if (request->caller.kind != KEY_WORKSPACE_USER || strcmp(request->caller_role, "admin") == 0) {
        return true;
    }
    return strcmp(request->caller_role, "manager") == 0 && strcmp(role, "admin") != 0;
}

static const char *role_of(const json_t *object)
{
    const char *role = json_string_value(json_object_get(object, "role"));
    return input_is_one_of(role, ROLES) ? role : NULL;
}

static bool users_are_legal(const struct request *request, struct reply *reply)
{
    const json_t *users = json_object_get(request->body, "users");
    size_t i;
    json_t *item;
    bool ok = json_is_array(users) && json_array_size(users) > 0;
    json_array_foreach(users, i, item)
    {
        ok = ok && json_is_string(json_object_get(item, "id")) && role_of(item) != NULL;
    }
    if (!ok) {
        reply_invalid(reply, "users must be an array of {id, role: admin, manager or member}");
    }
    return ok;
}

/* One of the users of the body. for_real false: is only looked at, before any is added. */
static bool add_user(struct request *request, const json_t *item, bool for_real,
                     struct reply *reply)
{
    struct db *db = request->sandbox->db;
    const struct workspace_rec *ws = &request->target.workspace;
    const char *id = json_string_value(json_object_get(item, "id"));
    struct user_rec user;
    if (!db_find_user(db, request->caller.org, id, &user)) {
        if (request->sandbox->quirks.members_each) {
            return true;
        }
        reply_invalid(reply, "users: %s is not a user of this organisation", id);
        return false;
    }
    char *had = db_member_role(db, ws->seq, user.seq);
    bool again = had != NULL && request->sandbox->quirks.member_again_409;
    if (again && !for_real) {
        reply_error(reply, 409, "AB07", "The user is already a member of this workspace");
    } else if (for_real && had == NULL) {
        member_joins(request, ws, user.seq, role_of(item));
    }
    free(had);
    user_rec_done(&user);
    return for_real || !again;
}

void handle_add_members(struct request *request, struct reply *reply)
{
    const json_t *users = json_object_get(request->body, "users");
    size_t i;
    json_t *item;
    if (!users_are_legal(request, reply) || !find_target(request, reply)) {
        return;
    }
    json_array_foreach(users, i, item)
    {
        if (!may_give(request, role_of(item))) {
            reply_forbidden(reply);
            return;
        }
    }
    for (int for_real = 0; for_real < 2; for_real++) {
        json_array_foreach(users, i, item)
        {
            if (!add_user(request, item, for_real == 1, reply)) {
                return;
            }
        }
    }
    reply_json(reply, json_object());
}

void handle_update_member(struct request *request, struct reply *reply)
{
    const char *role = role_of(request->body);
    if (role == NULL) {
        reply_invalid(reply, "role must be admin, manager or member");
        return;
    }
    if (!find_target(request, reply)) {
        return;
    }
    const struct member_rec *member = &request->target.member;
    if (!may_give(request, role) || !may_give(request, member->role)) {
        reply_forbidden(reply);
        return;
    }
    if (strcmp(role, member->role) == 0 && request->sandbox->quirks.same_member_role_400) {
        reply_invalid(reply, "the member has this role already");
        return;
    }
    /* Whatever an owner is given, it reads admin [TF]. */
    db_set_member_role(request->sandbox->db, member->workspace, member->user.seq, role,
                       request->now);
    reply_json(reply, json_object());
}

void handle_delete_member(struct request *request, struct reply *reply)
{
    if (!find_target(request, reply)) {
        return;
    }
    const struct member_rec *member = &request->target.member;
    if (!may_give(request, member->role)) {
        reply_forbidden(reply);
        return;
    }
    db_delete_members(request->sandbox->db, member->workspace, member->user.seq);
    if (request->sandbox->quirks.remove_member_keys) {
        delete_keys_of(request, member->workspace, member->user.seq);
    }
    reply_json(reply, json_object());
}
