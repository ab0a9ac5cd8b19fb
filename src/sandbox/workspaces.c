/* Workspaces: their shape, their lists, what is made and changed of them. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "sandbox/input.h"
#include "sandbox/json_text.h"
#include "sandbox/made.h"
#include "sandbox/people.h"
#include "sandbox/shape.h"
#include "sandbox/target.h"
#include "sandbox/workspace_input.h"

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

/* -- what it looks like -- */

static void write_switches(const struct request *request, const void *record, struct buf *out)
{
    const struct workspace_rec *ws = record;
    (void)request;
    for (int i = 0; i < SWITCH_COUNT; i++) {
        buf_addf(out, "%s\"%s\":%s", i == 0 ? "{" : ",", SWITCHES[i],
                 (ws->switches >> i & 1) != 0 ? "true" : "false");
    }
    buf_addc(out, '}');
}

/* Reads put the icon in front of the name [OBS]; name_format=plain does not (BE 1.18.0). */
static void write_name(const struct request *request, const void *record, struct buf *out)
{
    const struct workspace_rec *ws = record;
    const char *format = request_parameter(request, "name_format");
    bool plain =
        request->sandbox->quirks.plain_names || (format != NULL && strcmp(format, "plain") == 0);
    if (plain || ws->icon == NULL || *ws->icon == '\0') {
        json_text_string(out, ws->name);
        return;
    }
    char *name = xasprintf("%s %s", ws->icon, ws->name);
    json_text_string(out, name);
    free(name);
}

static void write_organisation(const struct request *request, const void *record, struct buf *out)
{
    const struct workspace_rec *ws = record;
    json_text_string(out, db_organisation_id(request->sandbox->db, ws->org));
}

static void write_users(const struct request *request, const void *record, struct buf *out)
{
    members_text(request, record, out);
}

#define SETTINGS                                                                                   \
    "{\"debug_log\":1,\"user_api_key_ttl\":0,\"user_key_metadata\":1,\"user_api_key_count\":-1,"   \
    "\"user_api_key_max_ttl\":0,\"user_key_metadata_override\":1"

static void write_source(const struct request *request, const void *record, struct buf *out)
{
    const struct workspace_rec *ws = record;
    (void)request;
    json_text_string(out, ws->source != NULL ? ws->source : "ui");
}

static void write_settings(const struct request *request, const void *record, struct buf *out)
{
    (void)record;
    buf_adds(out, SETTINGS);
    if (request->sandbox->quirks.auto_keys) {
        buf_adds(out, ",\"user_api_key_auto_create\":true,\"user_api_key_rotation_period\":null");
    }
    buf_addc(out, '}');
}

/* Lists have a status and where it came from, reads by id have not [LIVE]; the answer to a create
 * is most of the record, but not all [SCM]. */
#define ROW 1u
#define OBJECT 2u
#define MADE 4u
#define READS (ROW | OBJECT)

#define WS(field) offsetof(struct workspace_rec, field)
/* clang-format off */
static const struct shape_member MEMBERS[] = {
    {"id", SHAPE_TEXT, WS(id), NULL, NULL, 0},
    {"slug", SHAPE_TEXT, WS(slug), NULL, NULL, 0},
    {"name", SHAPE_MADE, 0, NULL, write_name, 0},
    {"icon", SHAPE_TEXT, WS(icon), NULL, NULL, READS},
    {"description", SHAPE_TEXT, WS(description), NULL, NULL, 0},
    {"created_at", SHAPE_TIME, WS(created_at), NULL, NULL, 0},
    {"last_updated_at", SHAPE_TIME, WS(updated_at), NULL, NULL, 0},
    {"defaults", SHAPE_STORED, WS(defaults), NULL, NULL, 0},
    {"is_default", SHAPE_FLAG, WS(is_default), NULL, NULL, READS},
    {"usage_limits", SHAPE_STORED, WS(usage_limits), NULL, NULL, READS},
    {"rate_limits", SHAPE_STORED, WS(rate_limits), NULL, NULL, READS},
    {"security_settings", SHAPE_MADE, 0, NULL, write_switches, READS},
    {"object", SHAPE_WORD, 0, "\"workspace\"", NULL, 0},
    {"scim_source_id", SHAPE_TEXT, WS(scim_source_id), NULL, NULL, ROW},
    {"status", SHAPE_TEXT, WS(status), NULL, NULL, ROW},
    {"settings", SHAPE_MADE, 0, NULL, write_settings, OBJECT},
    {"organisation_id", SHAPE_MADE, 0, NULL, write_organisation, OBJECT},
    {"last_reset_at", SHAPE_WORD, 0, "null", NULL, OBJECT},
    {"created_by", SHAPE_TEXT, WS(created_by), NULL, NULL, OBJECT},
    {"creation_source", SHAPE_MADE, 0, NULL, write_source, OBJECT},
    {"users", SHAPE_MADE, 0, NULL, write_users, OBJECT | MADE},
};
/* clang-format on */
static const struct shape SHAPE = {MEMBERS, sizeof MEMBERS / sizeof *MEMBERS};

/* -- reads -- */

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
        size_t start = out->len;
        shape_text(request, &SHAPE, ROW, &ws, out);
        if (keeps) {
            texts_keep(db_workspace_texts(db), seq, TIME_NONE, out->data + start, out->len - start);
        }
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

void handle_get_workspace(struct request *request, struct reply *reply)
{
    if (find_target(request, reply)) {
        reply_shape(request, &SHAPE, OBJECT, &request->target.workspace, reply);
    }
}

/* -- writes -- */

/* "ws-claims-4b1e9c": at most six letters or digits of the name, and six hex digits. */
static char *slug_of(const char *name, const char *id)
{
    char start[8] = "";
    size_t n = 0;
    for (const char *c = name; *c != '\0' && n < 6; c++) {
        if (ascii_is_alnum(*c)) {
            start[n++] = ascii_lower(*c);
        }
    }
    start[n] = '\0';
    return xasprintf("ws-%s-%.6s", start, id);
}

/* The people of the body, who all have to be there. */
static bool add_first_members(struct request *request, const struct workspace_rec *ws,
                              bool for_real, struct reply *reply)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(request->body, "users"), i, item)
    {
        struct user_rec user;
        if (!db_find_user(request->sandbox->db, request->caller.org, json_string_value(item),
                          &user)) {
            reply_invalid(reply, "users: %s is not a user of this organisation",
                          json_string_value(item));
            return false;
        }
        if (for_real) {
            member_joins(request, ws, user.seq, "member");
        }
        user_rec_done(&user);
    }
    return true;
}

/* Two of one name may be, or not: quirk same-name. */
static bool name_is_free(const struct request *request, const char *name, struct reply *reply)
{
    const struct workspace_filter filter = {.org = request->caller.org, .exact_name = name};
    int64_t seq;
    int64_t total;
    db_list_workspaces(request->sandbox->db, &filter, 0, 1, &seq, &total);
    if (total == 0 || !request->sandbox->quirks.unique_names) {
        return true;
    }
    reply_error(reply, 409, "AB07", "A workspace with this name exists");
    return false;
}

void handle_create_workspace(struct request *request, struct reply *reply)
{
    struct workspace_rec ws = {.org = request->caller.org,
                               .created_at = request->now,
                               .updated_at = request->now,
                               .switches = sandbox_default_switches()};
    char id[UUID_SIZE];
    if (workspace_input(request, false, &ws, reply) &&
        input_metadata_fits(request, ws.defaults, reply) &&
        add_first_members(request, &ws, false, reply) && name_is_free(request, ws.name, reply)) {
        made_id(request->sandbox, "workspace-made", db_next_workspace_seq(request->sandbox->db),
                id);
        ws.id = xstrdup(id);
        ws.slug = slug_of(ws.name, id);
        ws.status = xstrdup("active");
        ws.created_by = xstrdup(request_actor(request));
        ws.source = xstrdup("api");
        ws.seq = db_add_workspace(request->sandbox->db, &ws);
        add_first_members(request, &ws, true, reply);
        note_workspace(request, ws.id);
        reply_shape(request, &SHAPE, MADE, &ws, reply);
    }
    workspace_rec_done(&ws);
}

void handle_update_workspace(struct request *request, struct reply *reply)
{
    struct workspace_rec *ws = &request->target.workspace;
    if (workspace_input_precheck(request, reply) && find_target(request, reply) &&
        workspace_input(request, true, ws, reply) &&
        input_metadata_fits(request, ws->defaults, reply)) {
        ws->updated_at = request->now;
        db_put_workspace(request->sandbox->db, ws);
        reply_json(reply, json_object());
    }
}

/* The name that confirms a delete, without the icon [TF]. False: answered. */
static bool name_confirms(const struct request *request, const struct workspace_rec *ws,
                          struct reply *reply)
{
    const char *name = json_string_value(json_object_get(request->body, "name"));
    if (name == NULL || strcmp(name, ws->name) == 0) {
        return true;
    }
    if (request->sandbox->quirks.wrong_name_409) {
        reply_error(reply, 409, "AB07", "The name is not the name of this workspace");
    } else {
        reply_invalid(reply, "name must be the name of this workspace");
    }
    return false;
}

static bool may_be_deleted(const struct request *request, const struct workspace_rec *ws,
                           size_t keys, struct reply *reply)
{
    bool forced = json_is_true(json_object_get(request->body, "force_delete"));
    if (!name_confirms(request, ws, reply)) {
        return false;
    }
    if (ws->is_default) {
        if (request->sandbox->quirks.delete_default_403) {
            reply_forbidden(reply);
        } else {
            reply_invalid(reply, "the default workspace cannot be deleted");
        }
        return false;
    }
    if (keys > 0 && !forced) {
        /* Whatever it is that hangs on it [TF]. */
        reply_error(reply, 409, "AB07",
                    "Unable to delete. Please ensure that all Virtual Keys are deleted");
        return false;
    }
    return true;
}

/* It is archived: there is no way to end it for good. Its keys go, its mappings too. */
void handle_delete_workspace(struct request *request, struct reply *reply)
{
    struct db *db = request->sandbox->db;
    struct workspace_rec *ws = &request->target.workspace;
    size_t count;
    if (!json_is_string(json_object_get(request->body, "name")) &&
        !request->sandbox->quirks.delete_name_optional) {
        reply_invalid(reply, "name is required");
        return;
    }
    if (!find_target(request, reply)) {
        return;
    }
    int64_t *keys = db_keys_of(db, ws->seq, 0, &count);
    if (may_be_deleted(request, ws, count, reply)) {
        for (size_t i = 0; i < count; i++) {
            db_delete_key(db, keys[i]);
        }
        db_delete_mappings_of(db, ws->seq);
        xreplace(&ws->status, "archived");
        ws->updated_at = request->now;
        db_put_workspace(db, ws);
        reply_deleted(request, reply, json_object());
    }
    free(keys);
}
