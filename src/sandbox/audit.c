#include "sandbox/audit.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "sandbox/derive.h"
#include "sandbox/json_text.h"
#include "sandbox/routes.h"
#include "sandbox/shape.h"
#include "sandbox/target.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* -- writing -- */

/* Members by whose name a client may have sent a secret: they are stored masked. */
static bool names_a_secret(const char *name)
{
    static const char *const WORDS[] = {"key",      "api_key",       "apikey", "x-portkey-api-key",
                                        "password", "authorization", "token",  "secret"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (ascii_same(name, WORDS[i])) {
            return true;
        }
    }
    return false;
}

/* Masks secrets wherever they stand: by the name of the member, and the caller's own by its value.
 */
static void mask_secrets(json_t *json, const char *api_key)
{
    const char *name;
    json_t *value;
    void *next;
    size_t i;
    json_object_foreach_safe(json, next, name, value)
    {
        const char *text = json_string_value(value);
        if (text != NULL && (names_a_secret(name) || strstr(text, api_key) != NULL)) {
            json_object_set_new(json, name, json_string("*****"));
        } else {
            mask_secrets(value, api_key);
        }
    }
    json_array_foreach(json, i, value)
    {
        const char *text = json_string_value(value);
        if (text != NULL && strstr(text, api_key) != NULL) {
            json_array_set_new(json, i, json_string("*****"));
        } else {
            mask_secrets(value, api_key);
        }
    }
}

static enum MHD_Result add_parameter(void *cls, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    (void)kind;
    json_object_set_new(cls, name, json_string(value != NULL ? value : ""));
    return MHD_YES;
}

/* Gives an object as text, masked; takes it. NULL for none. */
static char *masked_text(json_t *json, const char *api_key)
{
    mask_secrets(json, api_key);
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static char *query_text(const struct request *request, const char *api_key)
{
    json_t *query = json_object();
    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, add_parameter, query);
    return masked_text(query, api_key);
}

/* The key by its mask, and who the client says that it is. */
static char *headers_text(const struct request *request)
{
    const char *agent = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
                                                    MHD_HTTP_HEADER_USER_AGENT);
    json_t *headers = json_pack("{s:s}", "x-portkey-api-key", request->caller.mask);
    if (agent != NULL) {
        json_object_set_new(headers, "user-agent", json_string(agent));
    }
    char *text = json_dumps(headers, JSON_COMPACT);
    json_decref(headers);
    return text;
}

char *audit_rotation(const struct key_rec *key, const char *mode, const char *old_mask)
{
    json_t *json =
        json_pack("{s:s,s:s,s:s,s:o}", "api_key_id", key->id, "rotation_mode", mode,
                  "old_key_masked", old_mask, "transition_expires_at", time_json(key->old_until));
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

void audit_by_itself(struct sandbox *sandbox, const struct key_rec *key, int64_t at,
                     const char *old_mask)
{
    char nobody[UUID_SIZE];
    char id[UUID_SIZE];
    derive_uuid(sandbox->number, "nobody", (uint64_t)key->org, nobody);
    derive_uuid(sandbox->number, "rotation", (uint64_t)key->seq << 32 | (uint64_t)key->secrets, id);
    char *uri = xasprintf("/v2/api-keys/%s/rotate", key->id);
    char *event = audit_rotation(key, "auto", old_mask);
    const struct audit_rec rec = {
        .time = at,
        .org = key->org,
        .workspace = key->workspace_id != NULL ? key->workspace_id : "",
        .actor = nobody,
        .actor_type = "api_key",
        .method = "POST",
        .uri = uri,
        .request_id = id,
        .resource_type = (char *)resource_name(RESOURCE_KEYS),
        .action = (char *)action_name(ACTION_ROTATE),
        .client_ip = "",
        .event = event,
        .status = 200,
    };
    db_add_audit(sandbox->db, &rec);
    free(event);
    free(uri);
}

/* Failures too [OBS]. */
void audit_request(const struct request *request, const char *api_key, const struct reply *reply)
{
    const struct route *route = request->route;
    if (route->resource == RESOURCE_NONE || strcmp(request->method, "GET") == 0) {
        return;
    }
    char id[UUID_SIZE];
    derive_uuid(request->sandbox->number, "request", request->sandbox->requests, id);
    const char *own = request->caller.workspace_id != NULL ? request->caller.workspace_id : "";
    bool leaks = strstr(request->path, api_key) != NULL;
    struct audit_rec rec = {
        .time = request->now,
        .org = request->caller.org,
        .workspace = xstrdup(request->workspace_id[0] != '\0' ? request->workspace_id : own),
        .actor = xstrdup(request->caller.id),
        .actor_type = xstrdup("api_key"),
        .method = xstrdup(request->method),
        .uri = leaks ? xstrdup("/v1/*****")
                     : xasprintf("%s%s", request->v2 ? "/v2" : "/v1", request->path),
        .request_id = xstrdup(id),
        .request_body = masked_text(json_deep_copy(request->body), api_key),
        .resource_type = xstrdup(resource_name(route->resource)),
        .action = xstrdup(action_name(route->action)),
        .client_ip = xstrdup("127.0.0.1"),
        .query_params = query_text(request, api_key),
        .request_headers = headers_text(request),
        .event = request->event != NULL ? xstrdup(request->event) : NULL,
        .status = reply->status,
    };
    db_add_audit(request->sandbox->db, &rec);
    audit_rec_done(&rec);
}

/* -- reading -- */

/* A row as it is told: all texts are there. Lent. */
struct shown_audit {
    struct audit_rec rec;
    const char *organisation, *body, *query, *headers, *action, *actor, *actor_type;
};

static void write_status(const struct request *request, const void *record, struct buf *out)
{
    (void)request;
    buf_addf(out, "%d", ((const struct shown_audit *)record)->rec.status);
}

#define AUDIT(field) offsetof(struct shown_audit, field)
/* clang-format off */
static const struct shape_member MEMBERS[] = {
    {"timestamp", SHAPE_TIME, AUDIT(rec.time), NULL, NULL, 0},
    {"method", SHAPE_TEXT, AUDIT(rec.method), NULL, NULL, 0},
    {"uri", SHAPE_TEXT, AUDIT(rec.uri), NULL, NULL, 0},
    {"request_id", SHAPE_TEXT, AUDIT(rec.request_id), NULL, NULL, 0},
    {"request_body", SHAPE_TEXT, AUDIT(body), NULL, NULL, 0},
    {"query_params", SHAPE_TEXT, AUDIT(query), NULL, NULL, 0},
    {"request_headers", SHAPE_TEXT, AUDIT(headers), NULL, NULL, 0},
    {"user_id", SHAPE_TEXT, AUDIT(actor), NULL, NULL, 0},
    {"user_type", SHAPE_TEXT, AUDIT(actor_type), NULL, NULL, 0},
    {"organisation_id", SHAPE_TEXT, AUDIT(organisation), NULL, NULL, 0},
    {"workspace_id", SHAPE_TEXT, AUDIT(rec.workspace), NULL, NULL, 0},
    {"response_status_code", SHAPE_MADE, 0, NULL, write_status, 0},
    {"resource_type", SHAPE_TEXT, AUDIT(rec.resource_type), NULL, NULL, 0},
    {"action", SHAPE_TEXT, AUDIT(action), NULL, NULL, 0},
    {"client_ip", SHAPE_TEXT, AUDIT(rec.client_ip), NULL, NULL, 0},
    {"country", SHAPE_TEXT, AUDIT(rec.country), NULL, NULL, 0},
};
/* clang-format on */
static const struct shape SHAPE = {MEMBERS, sizeof MEMBERS / sizeof *MEMBERS};

/* Where the four members of a rotation stand is not known: quirk rotate-event. */
static void add_row(const struct request *request, struct audit_rec *rec, struct buf *out)
{
    const struct quirks *quirks = &request->sandbox->quirks;
    bool asked = *rec->method != '\0'; /* else nobody's request */
    bool by_itself = rec->event != NULL && strstr(rec->event, "\"auto\"") != NULL;
    bool nobody = by_itself && quirks->rotate_no_actor;
    const char *none = asked ? "{}" : "";
    struct shown_audit shown = {
        .rec = *rec,
        .organisation = db_organisation_id(request->sandbox->db, rec->org),
        .body = rec->request_body != NULL ? rec->request_body : none,
        .query = rec->query_params != NULL ? rec->query_params : none,
        .headers = rec->request_headers != NULL ? rec->request_headers : none,
        .action = quirks->empty_actions && rec->seq % 3 == 0 ? "" : rec->action,
        .actor = nobody ? "" : rec->actor,
        .actor_type = nobody ? "" : rec->actor_type,
    };
    if (shown.rec.country == NULL) {
        shown.rec.country = "";
    }
    if (rec->event != NULL && quirks->rotate_event == ROTATE_EVENT_BODY) {
        shown.body = rec->event;
    }
    struct buf text;
    buf_init(&text, 0);
    shape_text(request, &SHAPE, 0, &shown, &text);
    bool top = rec->event != NULL && quirks->rotate_event == ROTATE_EVENT_TOP;
    buf_add(out, text.data, top ? text.len - 1 : text.len);
    if (top) {
        buf_addf(out, ",%s", rec->event + 1);
    }
    buf_done(&text);
}

static bool read_time(const struct request *request, const char *name, int64_t *out,
                      struct reply *reply)
{
    const char *text = request_parameter(request, name);
    if (text == NULL || !time_parse(text, out)) {
        reply_invalid(reply, "%s must be an ISO 8601 time", name);
        return false;
    }
    return true;
}

/* A parameter that narrows; "" does not. */
static const char *narrowing(const struct request *request, const char *name)
{
    const char *text = request_parameter(request, name);
    return text == NULL || *text == '\0' ? NULL : text;
}

static bool read_filter(const struct request *request, struct audit_filter *filter,
                        struct reply *reply)
{
    const char *status = narrowing(request, "response_status_code");
    *filter = (struct audit_filter){
        .org = request->caller.org,
        .method = narrowing(request, "method"),
        .uri = narrowing(request, "uri"),
        .request_id = narrowing(request, "request_id"),
        .actor = narrowing(request, "user_id"),
        .actor_type = narrowing(request, "user_type"),
        .workspace = narrowing(request, "workspace_id"),
        .resource_type = narrowing(request, "resource_type"),
        .action = narrowing(request, "action"),
        .client_ip = narrowing(request, "client_ip"),
        .country = narrowing(request, "country"),
    };
    if (status != NULL) {
        char *end;
        filter->status = strtol(status, &end, 10);
        if (*end != '\0' || filter->status < 100 || filter->status > 599) {
            reply_invalid(reply, "response_status_code must be a status");
            return false;
        }
    }
    return read_time(request, "start_time", &filter->from, reply) &&
           read_time(request, "end_time", &filter->to, reply);
}

static void reply_list(const struct request *request, const struct audit_filter *filter,
                       const struct paging *paging, struct reply *reply)
{
    struct db *db = request->sandbox->db;
    int64_t seqs[PAGE_MAX];
    int64_t total;
    struct buf list;
    size_t count = db_list_audit(db, filter, paging->offset, paging->limit, seqs, &total);
    buf_init(&list, 0);
    buf_adds(&list, "{\"records\":[");
    for (size_t i = 0; i < count; i++) {
        struct audit_rec rec;
        if (db_audit_by_seq(db, seqs[i], &rec)) {
            list_text_next(&list, i);
            add_row(request, &rec, &list);
            audit_rec_done(&rec);
        }
    }
    /* Past the last page there is no total [OBS]. */
    buf_addf(&list, "],\"total\":%lld,\"object\":\"analytics-graph\"}",
             (long long)(count > 0 ? total : 0));
    reply_text(reply, &list);
    buf_done(&list);
}

void handle_list_audit(struct request *request, struct reply *reply)
{
    struct paging paging;
    struct audit_filter filter;
    struct workspace_rec ws = {0};
    /* Required by the specification, and refused all the same [OBS]. */
    if (request_parameter(request, "organisation_id") != NULL &&
        !request->sandbox->quirks.audit_org_ignored) {
        reply_forbidden(reply);
        return;
    }
    if (!request_paging(request, "page_size", "current_page", &paging, reply) ||
        !read_filter(request, &filter, reply)) {
        return;
    }
    if (filter.workspace != NULL && find_workspace_for(request, filter.workspace, true, &ws)) {
        filter.workspace = ws.id; /* a slug stands for its id */
    }
    reply_list(request, &filter, &paging, reply);
    workspace_rec_done(&ws);
}
