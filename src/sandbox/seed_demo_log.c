/* The rest of the demo: invites, groups that are mapped, and the audit log of all that came to be.
 * It is made after people, places and keys, and changes nothing of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/audit.h"
#include "sandbox/calendar.h"
#include "sandbox/invites.h"
#include "sandbox/people.h"
#include "sandbox/seed_world.h"

#include "base/banned.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define MINUTE_MS ((int64_t)60 * 1000)

/* -- invites -- */

static const struct {
    const char *mail, *role, *status;
    int64_t days;  /* ago */
    int place;     /* number of a workspace; -1: none */
    bool with_key; /* scopes for a first key */
} INVITES[] = {
    {"first.intern@%s", "member", "cancelled", 210, 0, false},
    {"hr.import@%s", "member", "accepted", 180, 0, true},
    {"contractor@agency.example", "member", "pending", 41, 2, false}, /* over by now */
    {"p.almeida@%s", "admin", "pending", 5, -1, false},
    {"s.hakim+portkey@%s", "member", "pending", 2, 3, true},
};

static char *place_json(const struct world *w, int place)
{
    struct workspace_rec ws;
    if (place < 0 || !db_workspace_by_seq(w->sandbox->db, w->first_workspace + place, &ws)) {
        return xstrdup("[]");
    }
    char *json = xasprintf("[{\"workspace_id\":\"%s\",\"role\":\"member\"}]", ws.id);
    workspace_rec_done(&ws);
    return json;
}

static void add_invites(const struct world *w)
{
    struct user_rec by;
    if (!db_user_by_seq(w->sandbox->db, w->first_user, &by)) {
        return;
    }
    for (uint32_t i = 0; i < LENGTH(INVITES); i++) {
        char id[UUID_SIZE];
        char token[DERIVED_SECRET_SIZE];
        const char *at = strchr(INVITES[i].mail, '%');
        struct invite_rec invite = {.org = w->org, .links = 1, .accepted_at = TIME_NONE};
        derive_uuid(w->sandbox->number, "invite", (uint64_t)w->org << 32 | i, id);
        derive_token(w->sandbox->number, "invite-link", (uint64_t)w->org << 32 | i, 1, token);
        derive_hash(token, invite.hash);
        invite.id = xstrdup(id);
        invite.email = at == NULL ? xstrdup(INVITES[i].mail)
                                  : xasprintf("%.*s%s", (int)(at - INVITES[i].mail),
                                              INVITES[i].mail, w->domain);
        invite.role = xstrdup(INVITES[i].role);
        invite.status = xstrdup(INVITES[i].status);
        invite.invited_by = xstrdup(by.id);
        invite.workspaces = place_json(w, INVITES[i].place);
        invite.first_key =
            INVITES[i].with_key ? xstrdup("{\"scopes\":[\"completions.write\"]}") : NULL;
        invite.created_at = w->now - INVITES[i].days * DAY_MS + (int64_t)i * MINUTE_MS;
        invite.expires_at = invite.created_at + INVITE_DAYS * DAY_MS;
        if (strcmp(invite.status, "accepted") == 0) {
            invite.accepted_at = invite.created_at + 9 * HOUR_MS;
        }
        db_add_invite(w->sandbox->db, &invite);
        invite_rec_done(&invite);
    }
    user_rec_done(&by);
}

/* -- groups -- */

static const struct {
    const char *name, *role; /* role NULL: mapped to nothing */
    int places[2];           /* numbers of workspaces; 0: none */
} GROUPS[] = {
    {"All staff", NULL, {0, 0}},
    {"Platform on-call", "manager", {3, 4}},
    {"ml-users", "member", {2, 0}},
    {"财务 readers", "member", {1, 0}},
};

static void add_groups(const struct world *w)
{
    uint32_t mapped = 0;
    for (uint32_t i = 0; i < LENGTH(GROUPS); i++) {
        char id[UUID_SIZE];
        struct group_rec group = {.org = w->org,
                                  .name = (char *)GROUPS[i].name,
                                  .id = id,
                                  .created_at = w->born + (int64_t)i * DAY_MS};
        derive_uuid(w->sandbox->number, "group", (uint64_t)w->org << 32 | i, id);
        int64_t seq = db_add_group(w->sandbox->db, &group);
        for (int p = 0; p < 2 && GROUPS[i].role != NULL && GROUPS[i].places[p] > 0; p++) {
            struct mapping_rec mapping = {.org = w->org,
                                          .group = seq,
                                          .workspace = w->first_workspace + GROUPS[i].places[p],
                                          .id = id,
                                          .role = (char *)GROUPS[i].role,
                                          .created_at = group.created_at + DAY_MS};
            derive_uuid(w->sandbox->number, "mapping", (uint64_t)w->org << 32 | mapped++, id);
            db_add_mapping(w->sandbox->db, &mapping);
        }
    }
}

/* -- the audit log -- */

/* One row; texts are lent. Whoever has no id acts by itself. */
struct line {
    int64_t time;
    const char *method, *path, *body, *actor, *actor_type, *workspace, *resource, *action, *event;
    int status;
};

static void add_line(const struct world *w, uint32_t *count, const struct line *line)
{
    static const char *const ADDRESSES[] = {"203.0.113.7", "198.51.100.23", "2001:db8::7:1", ""};
    static const char *const COUNTRIES[] = {"SE", "NZ", "BR", ""};
    char id[UUID_SIZE];
    uint32_t number = (*count)++;
    bool asked = *line->method != '\0';
    bool by_person = strcmp(line->actor_type, "user") == 0;
    uint32_t dice = asked ? world_below(w, "audit", number, 4) : 3;
    derive_uuid(w->sandbox->number, "audit", (uint64_t)w->org << 32 | number, id);
    /* The dashboard is behind /v2 [DOC]. */
    char *uri = asked ? xasprintf("%s%s", by_person ? "/v2" : "/v1", line->path) : xstrdup("");
    const struct audit_rec rec = {
        .time = line->time / 1000 * 1000,
        .org = w->org,
        .workspace = (char *)(line->workspace != NULL ? line->workspace : ""),
        .actor = (char *)line->actor,
        .actor_type = (char *)line->actor_type,
        .method = (char *)line->method,
        .uri = uri,
        .request_id = id,
        .request_body = (char *)line->body,
        .status = line->status,
        .resource_type = (char *)line->resource,
        .action = (char *)line->action,
        .client_ip = (char *)ADDRESSES[dice],
        .country = (char *)COUNTRIES[dice],
        .event = (char *)line->event,
    };
    db_add_audit(w->sandbox->db, &rec);
    free(uri);
}

static json_t *scopes_json(const struct scope_set *set)
{
    json_t *scopes = json_array();
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(set, i)) {
            json_array_append_new(scopes, json_string(scope_info(i)->name));
        }
    }
    return scopes;
}

/* Each key that somebody made: by a person in the dashboard, or by the console's key. */
static void log_keys(const struct world *w, uint32_t *count, const char *person,
                     const char *machine)
{
    static const char *const PATHS[] = {"/api-keys/organisation/service",
                                        "/api-keys/workspace/service", "/api-keys/workspace/user"};
    for (uint32_t i = 1; i <= w->keys; i++) {
        struct key_rec key;
        if (!db_key_by_seq(w->sandbox->db, w->first_key + i, &key)) {
            continue;
        }
        bool by_person = strcmp(key.creation_mode, "ui") == 0;
        json_t *body = json_pack("{s:s,s:o}", "name", key.name, "scopes", scopes_json(&key.scopes));
        if (key.workspace_id != NULL) {
            json_object_set_new(body, "workspace_id", json_string(key.workspace_id));
        }
        if (key.user_id != NULL) {
            json_object_set_new(body, "user_id", json_string(key.user_id));
        }
        char *text = json_dumps(body, JSON_COMPACT);
        const struct line line = {.time = key.created_at,
                                  .method = "POST",
                                  .path = PATHS[key.kind],
                                  .body = text,
                                  .actor = by_person ? person : machine,
                                  .actor_type = by_person ? "user" : "api_key",
                                  .workspace = key.workspace_id,
                                  .resource = "api-keys",
                                  .action = "create",
                                  .status = 200};
        if (strcmp(key.creation_mode, "auto") != 0) { /* those nobody asked for */
            add_line(w, count, &line);
        }
        free(text);
        json_decref(body);
        key_rec_done(&key);
    }
}

/* Twelve days of work on the newest keys: changes, refusals, rotations, and what came by itself. */
static const struct {
    int minutes;              /* ago */
    const char *method, *end; /* behind /api-keys/ID, or from the / of its own */
    const char *body;
    const char *resource, *action;
    int status;
    char who;  /* p a person, m the console's key, x the key itself, n nobody, - none */
    char mode; /* of a rotation: m by hand, a by schedule; else 0 */
} WORK[] = {
    {17280, "PUT", "", "{\"expires_at\":null}", "api-keys", "update", 200, 'p', 0},
    {17000, "PUT", "", "{\"rate_limits\":null,\"usage_limits\":null}", "api-keys", "update", 200,
     'p', 0},
    {15840, "DELETE", "", NULL, "api-keys", "delete", 403, 'x', 0},
    {14400, "POST", "/rotate", "{\"key_transition_period_ms\":86400000}", "api-keys", "rotate", 200,
     'm', 'm'},
    {12960, "POST", "/rotate", NULL, "api-keys", "rotate", 409, 'm', 0},
    {10080, "POST", "/rotate", NULL, "api-keys", "rotate", 200, 'n', 'a'},
    {8640, "POST", "/virtual-keys",
     "{\"name\":\"openai-prod\",\"provider\":\"openai\",\"key\":\"pr*****123\","
     "\"awsSecretAccessKey\":"
     "\"wJalrXUtnFEMI/K7MDENG/"
     "bPxRfiCYEXAMPLEKEY\",\"credentials\":{\"client_secret\":\"in-clear\"}}",
     "virtual-keys", "create", 200, 'p', 0},
    {7200, "PUT", "/prompts/7d1f0f3e-0d5a-4a51-9d6e-3f1f6f1f9a10/publish", "{\"version\":12}",
     "prompts", "publish", 200, 'p', 0},
    {5760, "POST", "/configs", "{\"name\":\"\\u001b[31mred\\u202e\\u0000\"}", "configs", "create",
     200, 'm', 0},
    {4320, "POST", "/guardrails", "not JSON at all {\"secret\":\"x", "guardrails", "create", 400,
     'm', 0},
    {2880, "PUT", "", "{\"scopes\":[\"completions.write\",\"logs.list\"]}", "api-keys", "update",
     200, 'p', 0},
    {1500, "", "", NULL, "", "", 0, '-', 0},
    {1300, "PUT", "", "{\"name\":7}", "api-keys", "update", 400, 'm', 0},
    {600, "POST", "/rotate", NULL, "api-keys", "rotate", 200, 'n', 'a'},
    {240, "PUT", "", "{\"description\":\"checked\"}", "api-keys", "update", 200, 'p', 0},
    {30, "DELETE", "", NULL, "api-keys", "delete", 403, 'm', 0},
};

static void log_work(const struct world *w, uint32_t *count, const char *person,
                     const char *machine)
{
    char nobody[UUID_SIZE];
    derive_uuid(w->sandbox->number, "nobody", (uint64_t)w->org, nobody);
    for (uint32_t i = 0; i < LENGTH(WORK); i++) {
        struct key_rec key;
        if (!db_key_by_seq(w->sandbox->db, w->first_key + w->keys - i % 9, &key)) {
            continue;
        }
        bool own_path = strlen(WORK[i].end) > 0 && strcmp(WORK[i].end, "/rotate") != 0;
        int64_t time = w->now - WORK[i].minutes * MINUTE_MS;
        char who = WORK[i].who;
        char *path =
            own_path ? xstrdup(WORK[i].end) : xasprintf("/api-keys/%s%s", key.id, WORK[i].end);
        key.old_until = time + DAY_MS;
        char *event = WORK[i].mode == 0
                          ? NULL
                          : audit_rotation(&key, WORK[i].mode == 'a' ? "auto" : "manual",
                                           i % 2 == 0 ? "aB*****9+Z" : "k1*****x/0");
        const struct line line = {.time = time,
                                  .method = WORK[i].method,
                                  .path = path,
                                  .body = WORK[i].body,
                                  .actor = who == 'p'   ? person
                                           : who == 'm' ? machine
                                           : who == 'x' ? key.id
                                           : who == 'n' ? nobody
                                                        : "",
                                  .actor_type = who == '-'   ? ""
                                                : who == 'p' ? "user"
                                                             : "api_key",
                                  .workspace = key.workspace_id,
                                  .resource = WORK[i].resource,
                                  .action = WORK[i].action,
                                  .event = event,
                                  .status = WORK[i].status};
        add_line(w, count, &line);
        free(event);
        free(path);
        key_rec_done(&key);
    }
}

static void add_log(const struct world *w)
{
    struct user_rec person;
    struct key_rec machine;
    uint32_t count = 0;
    if (!db_user_by_seq(w->sandbox->db, w->first_user + 1, &person)) {
        return;
    }
    if (db_key_by_seq(w->sandbox->db, w->first_key, &machine)) {
        log_keys(w, &count, person.id, machine.id);
        log_work(w, &count, person.id, machine.id);
        key_rec_done(&machine);
    }
    user_rec_done(&person);
}

void world_add_rest(const struct world *w)
{
    add_invites(w);
    add_groups(w);
    add_log(w);
}
