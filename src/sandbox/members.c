/* Members of a workspace. */
#include <string.h>

#include "sandbox/json_text.h"
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
static void write_role(const struct request *request, const void *record, struct buf *out)
{
    const struct member_rec *member = &((const struct shown_member *)record)->member;
    (void)request;
    json_text_string(out, strcmp(member->user.role, "owner") == 0 ? "admin" : member->role);
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
    {"role", SHAPE_MADE, 0, NULL, write_role, 0},
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
