/* Workspaces: their shape, their lists, what is made and changed of them. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/json_text.h"
#include "sandbox/people.h"
#include "sandbox/shape.h"
#include "sandbox/target.h"

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
    "\"user_api_key_max_ttl\":0,\"user_key_metadata_override\":1}"

/* Lists have a status and where it came from, reads by id have not [LIVE]. */
#define ROW 1u
#define OBJECT 2u

#define WS(field) offsetof(struct workspace_rec, field)
/* clang-format off */
static const struct shape_member MEMBERS[] = {
    {"id", SHAPE_TEXT, WS(id), NULL, NULL, 0},
    {"slug", SHAPE_TEXT, WS(slug), NULL, NULL, 0},
    {"name", SHAPE_MADE, 0, NULL, write_name, 0},
    {"icon", SHAPE_TEXT, WS(icon), NULL, NULL, 0},
    {"description", SHAPE_TEXT, WS(description), NULL, NULL, 0},
    {"created_at", SHAPE_TIME, WS(created_at), NULL, NULL, 0},
    {"last_updated_at", SHAPE_TIME, WS(updated_at), NULL, NULL, 0},
    {"defaults", SHAPE_STORED, WS(defaults), NULL, NULL, 0},
    {"is_default", SHAPE_FLAG, WS(is_default), NULL, NULL, 0},
    {"usage_limits", SHAPE_STORED, WS(usage_limits), NULL, NULL, 0},
    {"rate_limits", SHAPE_STORED, WS(rate_limits), NULL, NULL, 0},
    {"security_settings", SHAPE_MADE, 0, NULL, write_switches, 0},
    {"object", SHAPE_WORD, 0, "\"workspace\"", NULL, 0},
    {"scim_source_id", SHAPE_TEXT, WS(scim_source_id), NULL, NULL, ROW},
    {"status", SHAPE_TEXT, WS(status), NULL, NULL, ROW},
    {"settings", SHAPE_WORD, 0, SETTINGS, NULL, OBJECT},
    {"organisation_id", SHAPE_MADE, 0, NULL, write_organisation, OBJECT},
    {"last_reset_at", SHAPE_WORD, 0, "null", NULL, OBJECT},
    {"created_by", SHAPE_TEXT, WS(created_by), NULL, NULL, OBJECT},
    {"creation_source", SHAPE_WORD, 0, "\"ui\"", NULL, OBJECT},
    {"users", SHAPE_MADE, 0, NULL, write_users, OBJECT},
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
