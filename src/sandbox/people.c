#include "sandbox/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* The 35 security switches in the order of the live capture: numbers are bits. */
#define SWITCH_COUNT 35
static const char *const SWITCHES[SWITCH_COUNT] = {
    "membersViewLogs",
    "managersUpdateWs",
    "managersViewLogs",
    "membersViewAllData",
    "membersViewApiKeys",
    "membersViewConfigs",
    "membersViewPrompts",
    "managersViewAllData",
    "managersViewApiKeys",
    "managersViewConfigs",
    "managersViewPrompts",
    "membersWriteApiKeys",
    "membersWriteConfigs",
    "membersWritePrompts",
    "managersWriteApiKeys",
    "managersWriteConfigs",
    "managersWritePrompts",
    "managersWriteWsUsers",
    "membersViewAnalytics",
    "managersViewAnalytics",
    "membersViewGuardrails",
    "managersViewGuardrails",
    "membersViewLogMetadata",
    "membersViewVirtualKeys",
    "membersWriteGuardrails",
    "managersViewLogMetadata",
    "managersViewVirtualKeys",
    "managersWriteGuardrails",
    "managersWriteMcpServers",
    "membersWriteVirtualKeys",
    "managersWriteVirtualKeys",
    "organisationAdminsViewLogs",
    "managersWriteWsIntegrations",
    "managersWriteWsMcpIntegrations",
    "organisationAdminsViewLogMetadata",
};

uint64_t sandbox_switch(const char *name)
{
    for (int i = 0; i < SWITCH_COUNT; i++) {
        if (strcmp(SWITCHES[i], name) == 0) {
            return (uint64_t)1 << i;
        }
    }
    return 0;
}

uint64_t sandbox_default_switches(void)
{
    uint64_t all = ((uint64_t)1 << SWITCH_COUNT) - 1;
    return all & ~sandbox_switch("membersWriteConfigs") & ~sandbox_switch("membersWriteGuardrails");
}

/* Members of a workspace are behind managersWriteWsUsers for people who are not its admin. One who
 * is no longer in the workspace sees nothing. True for other kinds of key: switches bind people. */
static bool people_may_see_members(const struct request *request, const struct workspace_rec *ws)
{
    if (request->caller.kind != KEY_WORKSPACE_USER || strcmp(request->caller_role, "admin") == 0) {
        return true;
    }
    return request->caller_role[0] != '\0' &&
           (ws->switches & sandbox_switch("managersWriteWsUsers")) != 0;
}

/* -- users -- */

static json_t *user_json(const struct user_rec *user)
{
    return json_pack("{s:s,s:s,s:o,s:o,s:s,s:s,s:o,s:o}", "object", "user", "id", user->id,
                     "first_name", text_json(user->first_name), "last_name",
                     text_json(user->last_name), "role", user->role, "email", user->email,
                     "created_at", time_json(user->created_at), "last_updated_at",
                     time_json(user->updated_at));
}

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
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(rows, user_json(&users[i]));
        user_rec_done(&users[i]);
    }
    reply_json(reply, list_json(total, rows));
}

void handle_get_user(struct request *request, struct reply *reply)
{
    struct user_rec user;
    struct db *db = request->sandbox->db;
    if (!db_find_user(db, request->caller.org, request->args[0], &user)) {
        reply_gone(request, reply);
        return;
    }
    json_t *json = user_json(&user);
    json_t *slugs = json_array();
    /* Owners and admins are in all of them (BE 1.21.0). */
    bool all = strcmp(user.role, "member") != 0;
    char *list = db_user_workspaces(db, user.org, all ? 0 : user.seq);
    char *rest = list;
    for (char *slug = strsep(&rest, ","); slug != NULL && *slug != '\0';
         slug = strsep(&rest, ",")) {
        json_array_append_new(slugs, json_string(slug));
    }
    json_object_set_new(json, "workspace_ids", slugs);
    free(list);
    user_rec_done(&user);
    reply_json(reply, json);
}

/* -- workspaces -- */

static json_t *switches_json(uint64_t switches)
{
    json_t *json = json_object();
    for (int i = 0; i < SWITCH_COUNT; i++) {
        json_object_set_new(json, SWITCHES[i], json_boolean((switches >> i & 1) != 0));
    }
    return json;
}

/* Reads put the icon in front of the name [OBS]; name_format=plain does not (BE 1.18.0). */
static json_t *workspace_name(const struct request *request, const struct workspace_rec *ws)
{
    const char *format = request_parameter(request, "name_format");
    bool plain =
        request->sandbox->quirks.plain_names || (format != NULL && strcmp(format, "plain") == 0);
    if (plain || ws->icon == NULL || *ws->icon == '\0') {
        return json_string(ws->name);
    }
    char *name = xasprintf("%s %s", ws->icon, ws->name);
    json_t *json = json_string(name);
    free(name);
    return json;
}

static json_t *workspace_json(const struct request *request, const struct workspace_rec *ws)
{
    return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:i,s:o,s:o,s:o,s:s}", "id", ws->id, "slug",
                     ws->slug, "name", workspace_name(request, ws), "icon", text_json(ws->icon),
                     "description", text_json(ws->description), "created_at",
                     time_json(ws->created_at), "last_updated_at", time_json(ws->updated_at),
                     "defaults", stored_json(ws->defaults), "is_default", (int)ws->is_default,
                     "usage_limits", stored_json(ws->usage_limits), "rate_limits",
                     stored_json(ws->rate_limits), "security_settings", switches_json(ws->switches),
                     "object", "workspace");
}

/* In lists there are two members more. */
static char *workspace_row(const struct request *request, const struct workspace_rec *ws)
{
    json_t *json = workspace_json(request, ws);
    json_object_set_new(json, "scim_source_id", text_json(ws->scim_source_id));
    json_object_set_new(json, "status", json_string(ws->status));
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static void add_workspace_row(const struct request *request, int64_t seq, struct buf *out)
{
    struct db *db = request->sandbox->db;
    /* Kept are rows in the format that is not asked for by name. */
    bool keeps = request_parameter(request, "name_format") == NULL;
    size_t len;
    const char *kept = keeps ? texts_find(db_workspace_texts(db), seq, request->now, &len) : NULL;
    struct workspace_rec ws;
    if (kept != NULL) {
        buf_add(out, kept, len);
    } else if (db_workspace_by_seq(db, seq, &ws)) {
        char *text = workspace_row(request, &ws);
        buf_adds(out, text);
        if (keeps) {
            texts_keep(db_workspace_texts(db), seq, TIME_NONE, text, strlen(text));
        }
        free(text);
        workspace_rec_done(&ws);
    }
}

/* One status, or a comma list of them where the server takes one. */
static bool status_is_legal(const struct request *request, const char *status, struct reply *reply)
{
    if (status == NULL || !request->sandbox->quirks.single_status ||
        strcmp(status, "active") == 0 || strcmp(status, "archived") == 0) {
        return true;
    }
    reply_invalid(reply, "status must be active or archived");
    return false;
}

void handle_list_workspaces(struct request *request, struct reply *reply)
{
    struct paging paging;
    int64_t seqs[PAGE_MAX];
    struct buf list;
    int64_t total;
    struct workspace_filter filter = {
        .org = request->caller.org,
        .only = request->caller.workspace,
        .name = request_parameter(request, "name"),
        .exact_name = request_parameter(request, "exact_name"),
        .status = request_parameter(request, "status"),
    };
    if (!request_paging(request, "page_size", "current_page", &paging, reply) ||
        !status_is_legal(request, filter.status, reply)) {
        return;
    }
    /* Archived ones are for the organisation's owners and admins (BE 1.11.2). */
    if (filter.status != NULL && strstr(filter.status, "archived") != NULL &&
        request->caller.kind != KEY_ORGANISATION_SERVICE) {
        reply_forbidden(reply);
        return;
    }
    size_t count = db_list_workspaces(request->sandbox->db, &filter, paging.offset, paging.limit,
                                      seqs, &total);
    buf_init(&list, 0);
    list_text_start(&list, total);
    for (size_t i = 0; i < count; i++) {
        list_text_next(&list, i);
        add_workspace_row(request, seqs[i], &list);
    }
    list_text_end(&list);
    reply_text(reply, &list);
    buf_done(&list);
}

bool find_workspace_for(const struct request *request, const char *text, bool by_slug,
                        struct workspace_rec *out)
{
    if (!db_find_workspace(request->sandbox->db, request->caller.org, text, by_slug, out)) {
        return false;
    }
    if (request->caller.workspace != 0 && request->caller.workspace != out->seq) {
        workspace_rec_done(out);
        return false;
    }
    return true;
}

static bool find_workspace_of_path(const struct request *request, struct workspace_rec *out)
{
    return find_workspace_for(request, request->args[0], !request->sandbox->quirks.no_slug_paths,
                              out);
}

/* Organisation owners show as admin whatever they were given [OBS]. */
static const char *shown_role(const struct member_rec *member)
{
    return strcmp(member->user.role, "owner") == 0 ? "admin" : member->role;
}

/* As in the users[] of a workspace: no mail address, no object [LIVE]. */
static json_t *member_in_workspace(const struct member_rec *member, const char *workspace_id)
{
    return json_pack("{s:s,s:o,s:o,s:s,s:s,s:o,s:o,s:s,s:s}", "id", member->user.id, "first_name",
                     text_json(member->user.first_name), "last_name",
                     text_json(member->user.last_name), "org_role", member->user.role, "role",
                     shown_role(member), "created_at", time_json(member->created_at),
                     "last_updated_at", time_json(member->updated_at), "status", "active",
                     "workspace_id", workspace_id);
}

static json_t *all_members(struct db *db, const struct workspace_rec *ws)
{
    json_t *users = json_array();
    struct member_rec members[PAGE_MAX];
    int64_t total;
    int64_t offset = 0;
    size_t count;
    do {
        count = db_list_members(db, ws->seq, NULL, NULL, offset, PAGE_MAX, members, &total);
        for (size_t i = 0; i < count; i++) {
            json_array_append_new(users, member_in_workspace(&members[i], ws->id));
            member_rec_done(&members[i]);
        }
        offset += (int64_t)count;
    } while (count == PAGE_MAX);
    return users;
}

void handle_get_workspace(struct request *request, struct reply *reply)
{
    struct workspace_rec ws;
    if (!find_workspace_of_path(request, &ws)) {
        reply_gone(request, reply);
        return;
    }
    /* No status and no scim_source_id here [LIVE]. */
    json_t *json = workspace_json(request, &ws);
    json_t *settings = json_pack("{s:i,s:i,s:i,s:i,s:i,s:i}", "debug_log", 1, "user_api_key_ttl", 0,
                                 "user_key_metadata", 1, "user_api_key_count", -1,
                                 "user_api_key_max_ttl", 0, "user_key_metadata_override", 1);
    json_object_set_new(json, "settings", settings);
    json_object_set_new(json, "organisation_id",
                        text_json(db_organisation_id(request->sandbox->db, ws.org)));
    json_object_set_new(json, "last_reset_at", json_null());
    json_object_set_new(json, "created_by", text_json(ws.created_by));
    json_object_set_new(json, "creation_source", json_string("ui"));
    json_object_set_new(json, "users", all_members(request->sandbox->db, &ws));
    workspace_rec_done(&ws);
    reply_json(reply, json);
}

/* -- members -- */

static json_t *member_json(const struct member_rec *member, const char *workspace_id)
{
    json_t *json = member_in_workspace(member, workspace_id);
    json_object_set_new(json, "object", json_string("workspace-user"));
    json_object_set_new(json, "email", json_string(member->user.email));
    json_object_set_new(json, "scopes", json_array());
    json_object_set_new(json, "settings", json_null());
    return json;
}

/* The workspace of the path, with the switch that binds the people who look at its members. */
static bool members_of(struct request *request, struct workspace_rec *ws, struct reply *reply)
{
    if (!find_workspace_of_path(request, ws)) {
        reply_gone(request, reply);
        return false;
    }
    if (!people_may_see_members(request, ws)) {
        workspace_rec_done(ws);
        reply_forbidden(reply);
        return false;
    }
    return true;
}

void handle_list_members(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct member_rec members[PAGE_MAX];
    struct workspace_rec ws;
    int64_t total;
    if (!request_paging(request, "page_size", "current_page", &paging, reply) ||
        !members_of(request, &ws, reply)) {
        return;
    }
    size_t count = db_list_members(request->sandbox->db, ws.seq, request_parameter(request, "role"),
                                   request_parameter(request, "email"), paging.offset, paging.limit,
                                   members, &total);
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(rows, member_json(&members[i], ws.id));
        member_rec_done(&members[i]);
    }
    workspace_rec_done(&ws);
    reply_json(reply, list_json(total, rows));
}

void handle_get_member(struct request *request, struct reply *reply)
{
    struct workspace_rec ws;
    struct member_rec member;
    if (!members_of(request, &ws, reply)) {
        return;
    }
    if (!db_find_member(request->sandbox->db, ws.seq, request->args[1], &member)) {
        reply_gone(request, reply);
    } else {
        json_t *json = member_json(&member, ws.id);
        if (request->sandbox->quirks.no_member_id) {
            json_object_del(json, "id");
        }
        member_rec_done(&member);
        reply_json(reply, json);
    }
    workspace_rec_done(&ws);
}
