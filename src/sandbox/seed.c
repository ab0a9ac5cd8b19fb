#include "sandbox/seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/calendar.h"
#include "sandbox/people.h"

#include "base/banned.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

int64_t seed_now(const struct sandbox *sandbox)
{
    return clock_now(&sandbox->clock) / HOUR_MS * HOUR_MS;
}

int64_t seed_add_key(struct sandbox *sandbox, struct key_rec *key)
{
    char secret[DERIVED_SECRET_SIZE];
    char id[UUID_SIZE];
    int64_t seq = db_next_key_seq(sandbox->db);
    derive_uuid(sandbox->number, "key", (uint64_t)seq, id);
    if (key->secrets == 0) {
        key->secrets = 1;
    }
    derive_secret(sandbox->number, (uint64_t)seq, (uint64_t)key->secrets, secret);
    derive_hash(secret, key->hash);
    key->id = xstrdup(id);
    key->mask = xasprintf("%.2s*****%s", secret, secret + DERIVED_SECRET_SIZE - 4);
    if (key->has_old_hash) {
        derive_secret(sandbox->number, (uint64_t)seq, (uint64_t)key->secrets - 1, secret);
        derive_hash(secret, key->old_hash);
    }
    db_add_key(sandbox->db, key);
    key_rec_done(key);
    return seq;
}

static void meta_name(int64_t org, char out[32])
{
    snprintf(out, 32, "admin-%lld", (long long)org);
}

/* Remembered by number, so that its secret can be told again. */
void seed_add_admin_key(struct sandbox *sandbox, int64_t org, int64_t created_at,
                        const char *const *without)
{
    struct key_rec key = {
        .org = org,
        .name = xstrdup("console-admin"),
        .description = xstrdup("The key that the console works with"),
        .kind = KEY_ORGANISATION_SERVICE,
        .scopes = scope_set_legal(KEY_ORGANISATION_SERVICE),
        .creation_mode = xstrdup("ui"),
        .created_at = created_at,
        .updated_at = created_at,
        .expires_at = TIME_NONE,
        .last_reset_at = TIME_NONE,
        .old_until = TIME_NONE,
    };
    for (int i = 0; i < SCOPE_COUNT; i++) {
        for (const char *const *start = without; start != NULL && *start != NULL; start++) {
            if (strncmp(scope_info(i)->name, *start, strlen(*start)) == 0) {
                scope_set_remove(&key.scopes, i);
            }
        }
    }
    char name[32];
    char number[32];
    int64_t seq = seed_add_key(sandbox, &key);
    meta_name(org, name);
    snprintf(number, sizeof number, "%lld", (long long)seq);
    db_set_meta(sandbox->db, name, number);
}

void seed_admin_key(struct sandbox *sandbox, int64_t org, char out[DERIVED_SECRET_SIZE])
{
    char name[32];
    meta_name(org, name);
    derive_secret(sandbox->number, strtoull(db_meta(sandbox->db, name), NULL, 10), 1, out);
}

static void add_scale_users(struct sandbox *sandbox, int64_t org, uint32_t count, int64_t born)
{
    char id[UUID_SIZE];
    for (uint32_t i = 1; i <= count; i++) {
        struct user_rec user = {.org = org, .created_at = born, .updated_at = born};
        derive_uuid_v1(sandbox->number, "user", i, id);
        user.id = xstrdup(id);
        user.first_name = xstrdup("User");
        user.last_name = xasprintf("%07u", i);
        user.email = xasprintf("user%07u@scale.example", i);
        user.role = xstrdup(i == 1 ? "owner" : i <= 5 ? "admin" : "member");
        db_add_user(sandbox->db, &user);
        user_rec_done(&user);
    }
}

#define SCALE_MEMBERS 8

/* Member number m of workspace number i. In an empty database people and workspaces have their
 * numbers as seq. */
static uint32_t scale_member(const struct sandbox *sandbox, uint32_t i, uint32_t m, uint32_t users)
{
    return derive_below(sandbox->number, "member", (uint64_t)i << 8 | m, users) + 1;
}

static void add_scale_workspaces(struct sandbox *sandbox, int64_t org,
                                 const struct seed_sizes *sizes, int64_t born)
{
    static const char *const ROLES[] = {"admin", "manager", "member", "member"};
    char id[UUID_SIZE];
    for (uint32_t i = 1; i <= sizes->workspaces; i++) {
        struct workspace_rec ws = {
            .org = org, .created_at = born, .updated_at = born, .is_default = i == 1};
        derive_uuid(sandbox->number, "workspace", i, id);
        ws.id = xstrdup(id);
        ws.slug = xasprintf("ws-scale-%06x", i);
        ws.name = xasprintf("workspace-%05u", i);
        ws.status = xstrdup("active");
        ws.switches = sandbox_default_switches();
        int64_t seq = db_add_workspace(sandbox->db, &ws);
        workspace_rec_done(&ws);
        for (uint32_t m = 0; m < SCALE_MEMBERS && sizes->users > 0; m++) {
            db_add_member(sandbox->db, seq, scale_member(sandbox, i, m, sizes->users), ROLES[m % 4],
                          born);
        }
    }
}

static struct scope_set scale_scopes(enum key_kind kind, uint32_t dice)
{
    struct scope_set set = {{0}};
    struct scope_set legal = scope_set_legal(kind);
    for (int s = 0; s < SCOPE_COUNT; s++) {
        if (scope_set_has(&legal, s) && (dice >> (s % 17) & 7) == 0) {
            scope_set_add(&set, s);
        }
    }
    return scope_set_count(&set) > 0 ? set : legal;
}

static void add_scale_key(struct sandbox *sandbox, int64_t org, const struct seed_sizes *sizes,
                          uint32_t i, int64_t created_at)
{
    uint32_t dice = derive_below(sandbox->number, "dice", i, 1000000);
    bool is_user = dice % 3 == 0 && sizes->users > 0;
    struct key_rec key = {
        .org = org,
        .kind = is_user ? KEY_WORKSPACE_USER : KEY_WORKSPACE_SERVICE,
        .name = xasprintf("key-%07u", i),
        .description = xstrdup(""),
        .creation_mode = xstrdup("api"),
        .created_at = created_at,
        .updated_at = created_at,
        .last_reset_at = TIME_NONE,
        .old_until = TIME_NONE,
    };
    if (sizes->workspaces == 0) {
        key.kind = KEY_ORGANISATION_SERVICE;
    } else {
        uint32_t workspace = dice / 7 % sizes->workspaces + 1;
        key.workspace = workspace;
        key.user =
            is_user ? scale_member(sandbox, workspace, dice % SCALE_MEMBERS, sizes->users) : 0;
    }
    key.expires_at = dice % 5 == 0
                         ? TIME_NONE
                         : seed_now(sandbox) + (int64_t)(dice % 400) * DAY_MS - 30 * DAY_MS;
    if (key.expires_at != TIME_NONE && key.expires_at <= created_at) {
        key.expires_at = created_at + DAY_MS;
    }
    key.scopes = scale_scopes(key.kind, dice);
    seed_add_key(sandbox, &key);
}

/* A year of the audit log: the keys change each other. */
static void add_scale_audit(struct sandbox *sandbox, int64_t org, const struct seed_sizes *sizes)
{
    static const struct {
        const char *method, *tail, *body, *action;
        int status;
    } ACTS[] = {
        {"PUT", "", "{\"description\":\"changed\"}", "update", 200},
        {"PUT", "", "{\"expires_at\":null}", "update", 200},
        {"POST", "/rotate", NULL, "rotate", 200},
        {"DELETE", "", NULL, "delete", 403},
    };
    int64_t step = 365 * DAY_MS / (sizes->audit + (int64_t)1);
    int64_t first = seed_now(sandbox) - 365 * DAY_MS;
    uint32_t keys = sizes->keys > 0 ? sizes->keys : 1;
    for (uint32_t i = 1; i <= sizes->audit; i++) {
        uint32_t dice = derive_below(sandbox->number, "audit-dice", i, 1u << 30);
        char actor[UUID_SIZE], target[UUID_SIZE], request[UUID_SIZE];
        derive_uuid(sandbox->number, "key", 1 + dice % keys % 50, actor);
        derive_uuid(sandbox->number, "key", 1 + dice / 64 % keys, target);
        derive_uuid(sandbox->number, "audit", i, request);
        char *uri = xasprintf("/v1/api-keys/%s%s", target, ACTS[dice % LENGTH(ACTS)].tail);
        const struct audit_rec rec = {.time = (first + step * i) / 1000 * 1000,
                                      .org = org,
                                      .workspace = "",
                                      .actor = actor,
                                      .actor_type = "api_key",
                                      .method = (char *)ACTS[dice % LENGTH(ACTS)].method,
                                      .uri = uri,
                                      .request_id = request,
                                      .request_body = (char *)ACTS[dice % LENGTH(ACTS)].body,
                                      .status = ACTS[dice % LENGTH(ACTS)].status,
                                      .resource_type = "api-keys",
                                      .action = (char *)ACTS[dice % LENGTH(ACTS)].action,
                                      .client_ip = "203.0.113.7"};
        db_add_audit(sandbox->db, &rec);
        free(uri);
    }
}

void seed_scale(struct sandbox *sandbox, const struct seed_sizes *sizes)
{
    int64_t born = seed_now(sandbox) - 700 * DAY_MS;
    int64_t step = 690 * DAY_MS / (sizes->keys + 1);
    char id[UUID_SIZE];
    derive_uuid(sandbox->number, "organisation", 1, id);
    int64_t org = db_add_organisation(sandbox->db, id, "Scale");
    seed_add_admin_key(sandbox, org, born, NULL);
    add_scale_users(sandbox, org, sizes->users, born);
    add_scale_workspaces(sandbox, org, sizes, born);
    for (uint32_t i = 1; i < sizes->keys; i++) {
        add_scale_key(sandbox, org, sizes, i, (born + step * i) / 1000 * 1000);
    }
    add_scale_audit(sandbox, org, sizes);
}
