/* People of the organisation. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/input.h"
#include "sandbox/json_text.h"
#include "sandbox/people.h"
#include "sandbox/shape.h"
#include "sandbox/target.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* Owners and admins are in all of them (BE 1.21.0). */
static void write_workspaces(const struct request *request, const void *record, struct buf *out)
{
    const struct user_rec *user = record;
    bool all = strcmp(user->role, "member") != 0;
    char *list = db_user_workspaces(request->sandbox->db, user->org, all ? 0 : user->seq);
    char *rest = list;
    buf_addc(out, '[');
    for (char *slug = strsep(&rest, ","); slug != NULL && *slug != '\0';
         slug = strsep(&rest, ",")) {
        buf_adds(out, slug == list ? "" : ",");
        json_text_string(out, slug);
    }
    buf_addc(out, ']');
    free(list);
}

#define ROW 1u
#define OBJECT 2u

#define USER(field) offsetof(struct user_rec, field)
/* clang-format off */
static const struct shape_member MEMBERS[] = {
    {"object", SHAPE_WORD, 0, "\"user\"", NULL, 0},
    {"id", SHAPE_TEXT, USER(id), NULL, NULL, 0},
    {"first_name", SHAPE_TEXT, USER(first_name), NULL, NULL, 0},
    {"last_name", SHAPE_TEXT, USER(last_name), NULL, NULL, 0},
    {"role", SHAPE_TEXT, USER(role), NULL, NULL, 0},
    {"email", SHAPE_TEXT, USER(email), NULL, NULL, 0},
    {"created_at", SHAPE_TIME, USER(created_at), NULL, NULL, 0},
    {"last_updated_at", SHAPE_TIME, USER(updated_at), NULL, NULL, 0},
    {"workspace_ids", SHAPE_MADE, 0, NULL, write_workspaces, OBJECT},
};
/* clang-format on */
static const struct shape SHAPE = {MEMBERS, sizeof MEMBERS / sizeof *MEMBERS};

void handle_list_users(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct user_rec users[PAGE_MAX];
    int64_t total;
    if (!request_paging(request, "pageSize", "currentPage", &paging, reply)) {
        return;
    }
    size_t count = db_list_users(
        request->sandbox->db, request->caller.org, request_parameter(request, "role"),
        request_parameter(request, "email"), paging.offset, paging.limit, users, &total);
    reply_rows(request, &SHAPE, ROW, users, sizeof *users, count, total, reply);
    for (size_t i = 0; i < count; i++) {
        user_rec_done(&users[i]);
    }
}

void handle_get_user(struct request *request, struct reply *reply)
{
    if (find_target(request, reply)) {
        reply_shape(request, &SHAPE, OBJECT, &request->target.user, reply);
    }
}

static bool is_owner(const struct user_rec *user)
{
    return strcmp(user->role, "owner") == 0;
}

void handle_update_user(struct request *request, struct reply *reply)
{
    static const char *const ROLES[] = {"admin", "member", NULL};
    struct user_rec *user = &request->target.user;
    const struct quirks *quirks = &request->sandbox->quirks;
    const char *role = json_string_value(json_object_get(request->body, "role"));
    if (!input_is_one_of(role, ROLES)) {
        reply_invalid(reply, "role must be admin or member");
    } else if (!find_target(request, reply)) {
        return;
    } else if (is_owner(user) && !quirks->owner_demotion_400) {
        reply_forbidden(reply);
    } else if (is_owner(user) || (strcmp(role, user->role) == 0 && !quirks->same_role_200)) {
        reply_invalid(reply, is_owner(user) ? "the role of an owner cannot be changed"
                                            : "the user has this role already");
    } else {
        xreplace(&user->role, role);
        user->updated_at = request->now;
        db_put_user(request->sandbox->db, user);
        reply_json(reply, json_object());
    }
}

/* Memberships go too; the record stays, for keys tell whose they are. */
void handle_delete_user(struct request *request, struct reply *reply)
{
    struct db *db = request->sandbox->db;
    struct user_rec *user = &request->target.user;
    if (!find_target(request, reply)) {
        return;
    }
    if (is_owner(user) &&
        (!request->sandbox->quirks.owner_removal_200 || db_owner_count(db, user->org) < 2)) {
        reply_forbidden(reply);
        return;
    }
    user->removed_at = request->now;
    db_put_user(db, user);
    db_delete_members(db, 0, user->seq);
    if (request->sandbox->quirks.remove_user_keys) {
        delete_keys_of(request, 0, user->seq);
    }
    reply_json(reply, json_object());
}
