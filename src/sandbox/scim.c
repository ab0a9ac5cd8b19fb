#include "sandbox/scim.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "sandbox/input.h"
#include "sandbox/json_text.h"
#include "sandbox/made.h"
#include "sandbox/shape.h"
#include "sandbox/target.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* What a group's name is called is not known: quirk group-name. */
#define DISPLAY_NAME 1u
#define NAME 2u

#define MAPPING(field) offsetof(struct mapping_rec, field)
#define GROUP(field) offsetof(struct group_rec, field)
/* clang-format off */
static const struct shape_member MAPPING_MEMBERS[] = {
    {"id", SHAPE_TEXT, MAPPING(id), NULL, NULL, 0},
    {"workspace_id", SHAPE_TEXT, MAPPING(workspace_id), NULL, NULL, 0},
    {"scim_group", SHAPE_TEXT, MAPPING(group_name), NULL, NULL, 0},
    {"scim_group_id", SHAPE_TEXT, MAPPING(group_id), NULL, NULL, 0},
    {"role", SHAPE_TEXT, MAPPING(role), NULL, NULL, 0},
};
static const struct shape_member GROUP_MEMBERS[] = {
    {"id", SHAPE_TEXT, GROUP(id), NULL, NULL, 0},
    {"display_name", SHAPE_TEXT, GROUP(name), NULL, NULL, DISPLAY_NAME},
    {"name", SHAPE_TEXT, GROUP(name), NULL, NULL, NAME},
    {"created_at", SHAPE_TIME, GROUP(created_at), NULL, NULL, 0},
};
/* clang-format on */
static const struct shape MAPPING_SHAPE = {MAPPING_MEMBERS,
                                           sizeof MAPPING_MEMBERS / sizeof *MAPPING_MEMBERS};
static const struct shape GROUP_SHAPE = {GROUP_MEMBERS,
                                         sizeof GROUP_MEMBERS / sizeof *GROUP_MEMBERS};

/* A page under a name of its own, with what was asked for behind it. */
static void reply_page(const struct request *request, const char *name, const struct shape *shape,
                       const void *rows, size_t size, size_t count, int64_t total,
                       const struct paging *paging, struct reply *reply)
{
    unsigned view = request->sandbox->quirks.group_name_short ? NAME : DISPLAY_NAME;
    struct buf list;
    buf_init(&list, 0);
    buf_addf(&list, "{\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        list_text_next(&list, i);
        shape_text(request, shape, view, (const char *)rows + i * size, &list);
    }
    buf_addf(&list, "],\"total_count\":%lld,\"page\":%lld,\"page_size\":%zu}", (long long)total,
             (long long)(paging->offset / (int64_t)paging->limit), paging->limit);
    reply_text(reply, &list);
    buf_done(&list);
}

/* These pages have 100 rows when nothing is asked for. */
static bool scim_paging(const struct request *request, struct paging *paging, struct reply *reply)
{
    if (!request_paging(request, "page_size", "page", paging, reply)) {
        return false;
    }
    if (request_parameter(request, "page_size") == NULL) {
        paging->offset = paging->offset / (int64_t)paging->limit * PAGE_MAX;
        paging->limit = PAGE_MAX;
    }
    return true;
}

void handle_list_mappings(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct mapping_rec mappings[PAGE_MAX];
    int64_t total;
    const char *workspace = request_parameter(request, "workspace_id");
    struct mapping_filter filter = {.org = request->caller.org,
                                    .group_id = request_parameter(request, "scim_group_id"),
                                    .role = request_parameter(request, "role")};
    if (!scim_paging(request, &paging, reply)) {
        return;
    }
    if (workspace != NULL && *workspace != '\0') {
        struct workspace_rec ws;
        if (!find_workspace_for(request, workspace, true, &ws)) {
            reply_forbidden(reply);
            return;
        }
        filter.workspace = ws.seq;
        workspace_rec_done(&ws);
    }
    size_t count = db_list_mappings(request->sandbox->db, &filter, paging.offset, paging.limit,
                                    mappings, &total);
    reply_page(request, "mappings", &MAPPING_SHAPE, mappings, sizeof *mappings, count, total,
               &paging, reply);
    for (size_t i = 0; i < count; i++) {
        mapping_rec_done(&mappings[i]);
    }
}

void handle_list_groups(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct group_rec groups[PAGE_MAX];
    int64_t total;
    if (!scim_paging(request, &paging, reply)) {
        return;
    }
    size_t count = db_list_groups(request->sandbox->db, request->caller.org,
                                  request_parameter(request, "search"), paging.offset, paging.limit,
                                  groups, &total);
    reply_page(request, "groups", &GROUP_SHAPE, groups, sizeof *groups, count, total, &paging,
               reply);
    for (size_t i = 0; i < count; i++) {
        group_rec_done(&groups[i]);
    }
}

/* -- create -- */

/* ws-..-role-..: such groups map themselves. */
static bool maps_itself(const char *name)
{
    return ascii_starts(name, "ws-") && ascii_find(name, "-role-") != NULL;
}

static bool take_workspace(struct input *in, json_t *value)
{
    if (!json_is_string(value)) {
        reply_invalid(in->reply, "workspace_id must be a string");
    }
    return json_is_string(value);
}

/* In any case of its letters (BE 1.14.0). */
static bool take_role(struct input *in, json_t *value)
{
    static const char *const ROLES[] = {"admin", "manager", "member"};
    const char *role = json_string_value(value);
    for (size_t i = 0; role != NULL && i < sizeof ROLES / sizeof *ROLES; i++) {
        if (ascii_same(role, ROLES[i])) {
            input_replace(&((struct mapping_rec *)in->record)->role, xstrdup(ROLES[i]));
            return true;
        }
    }
    reply_invalid(in->reply, "role must be admin, manager or member");
    return false;
}

static bool take_group_id(struct input *in, json_t *value)
{
    const json_t *name = input_value(in->request->body, "scim_group_name");
    if ((value == NULL) == (name == NULL) || (value != NULL && !json_is_string(value))) {
        reply_invalid(in->reply, "exactly one of scim_group_id and scim_group_name is required");
        return false;
    }
    return true;
}

static bool take_group_name(struct input *in, json_t *value)
{
    const char *name = json_string_value(value);
    if (value != NULL && (name == NULL || *name == '\0' || maps_itself(name))) {
        reply_invalid(in->reply,
                      "scim_group_name must be a name that is not of the form ws-..-role-..");
        return false;
    }
    return true;
}

/* clang-format off */
static const struct input_member INPUTS[] = {
    {"workspace_id",    take_workspace,  INPUT_ALWAYS, INPUT_IGNORED},
    {"role",            take_role,       INPUT_ALWAYS, INPUT_IGNORED},
    {"scim_group_id",   take_group_id,   INPUT_ALWAYS, INPUT_IGNORED},
    {"scim_group_name", take_group_name, INPUT_ALWAYS, INPUT_IGNORED},
};
/* clang-format on */

static void add_group(const struct request *request, const char *name, struct group_rec *out)
{
    char id[UUID_SIZE];
    *out = (struct group_rec){.org = request->caller.org, .created_at = request->now};
    made_id(request->sandbox, "group-made", db_next_seq(request->sandbox->db, "scim_groups"), id);
    out->id = xstrdup(id);
    out->name = xstrdup(name);
    out->seq = db_add_group(request->sandbox->db, out);
}

/* The group by its id, or by its name, which makes it when it is not there. */
static bool find_group(const struct request *request, struct group_rec *out, struct reply *reply)
{
    const char *id = json_string_value(json_object_get(request->body, "scim_group_id"));
    const char *name = json_string_value(json_object_get(request->body, "scim_group_name"));
    struct db *db = request->sandbox->db;
    if (id != NULL) {
        if (!db_find_group(db, request->caller.org, id, out)) {
            reply_gone(request, reply);
            return false;
        }
        return true;
    }
    if (!db_find_group_by_name(db, request->caller.org, name, out)) {
        add_group(request, name, out);
    }
    return true;
}

/* Many workspaces, one role (BE 1.18.0). */
static bool may_map(const struct request *request, const struct group_rec *group,
                    const struct mapping_rec *mapping, struct reply *reply)
{
    struct db *db = request->sandbox->db;
    char *role = db_group_role(db, group->seq);
    const char *wrong = NULL;
    if (role != NULL && strcmp(role, mapping->role) != 0) {
        wrong = "The group is mapped with another role";
    } else if (db_is_mapped(db, group->seq, mapping->workspace)) {
        wrong = "The group is mapped to this workspace already";
    }
    free(role);
    if (wrong != NULL && request->sandbox->quirks.mapping_conflict_400) {
        reply_invalid(reply, "%s", wrong);
    } else if (wrong != NULL) {
        reply_error(reply, 409, "AB07", wrong);
    }
    return wrong == NULL;
}

static void create_mapping(struct request *request, struct mapping_rec *mapping,
                           const struct workspace_rec *ws, struct reply *reply)
{
    const char *sent = json_string_value(json_object_get(request->body, "workspace_id"));
    struct group_rec group;
    char id[UUID_SIZE];
    if (!find_group(request, &group, reply)) {
        return;
    }
    if (may_map(request, &group, mapping, reply)) {
        made_id(request->sandbox, "mapping-made",
                db_next_seq(request->sandbox->db, "scim_mappings"), id);
        mapping->id = xstrdup(id);
        mapping->group = group.seq;
        mapping->workspace_id = xstrdup(request->sandbox->quirks.mapping_as_sent ? sent : ws->id);
        mapping->group_id = xstrdup(group.id);
        mapping->group_name = xstrdup(group.name);
        db_add_mapping(request->sandbox->db, mapping);
        reply_shape(request, &MAPPING_SHAPE, 0, mapping, reply);
    }
    group_rec_done(&group);
}

void handle_create_mapping(struct request *request, struct reply *reply)
{
    struct mapping_rec mapping = {.org = request->caller.org, .created_at = request->now};
    struct input in = {request, false, &mapping, reply};
    struct workspace_rec ws = {0};
    if (input_run(&in, INPUTS, sizeof INPUTS / sizeof *INPUTS)) {
        const char *text = json_string_value(json_object_get(request->body, "workspace_id"));
        if (find_workspace_for(request, text, true, &ws)) {
            mapping.workspace = ws.seq;
            note_workspace(request, ws.id);
            create_mapping(request, &mapping, &ws, reply);
        } else {
            reply_forbidden(reply);
        }
    }
    workspace_rec_done(&ws);
    mapping_rec_done(&mapping);
}

/* It unlinks only: the members stay. */
void handle_delete_mapping(struct request *request, struct reply *reply)
{
    if (find_target(request, reply)) {
        db_delete_mapping(request->sandbox->db, request->target.mapping.seq);
        reply_deleted(request, reply, json_pack("{s:b}", "success", 1));
    }
}
