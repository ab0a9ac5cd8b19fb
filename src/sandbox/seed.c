#include "sandbox/seed.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "sandbox/calendar.h"
#include "sandbox/people.h"

#include "base/banned.h"

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

/* The full admin key of an organisation: all that is legal, and remembered by number. */
void seed_add_admin_key(struct sandbox *sandbox, int64_t org, int64_t created_at)
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

void seed_scale(struct sandbox *sandbox, const struct seed_sizes *sizes)
{
    struct db *db = sandbox->db;
    uint64_t number = sandbox->number;
    int64_t now = seed_now(sandbox);
    int64_t born = now - 700 * DAY_MS;
    char id[UUID_SIZE];
    db_begin(db);
    derive_uuid(number, "organisation", 1, id);
    int64_t org = db_add_organisation(db, id, "Scale");
    seed_add_admin_key(sandbox, org, born);
    for (uint32_t i = 1; i <= sizes->users; i++) {
        struct user_rec user = {.org = org, .created_at = born, .updated_at = born};
        derive_uuid_v1(number, i, id);
        user.id = xstrdup(id);
        user.first_name = xstrdup("User");
        user.last_name = xasprintf("%07u", i);
        user.email = xasprintf("user%07u@scale.example", i);
        user.role = xstrdup(i == 1 ? "owner" : i <= 5 ? "admin" : "member");
        db_add_user(db, &user);
        user_rec_done(&user);
    }
    for (uint32_t i = 1; i <= sizes->workspaces; i++) {
        struct workspace_rec ws = {
            .org = org, .created_at = born, .updated_at = born, .is_default = i == 1};
        derive_uuid(number, "workspace", i, id);
        ws.id = xstrdup(id);
        ws.slug = xasprintf("ws-scale-%06x", i);
        ws.name = xasprintf("workspace-%05u", i);
        ws.status = xstrdup("active");
        ws.switches = sandbox_default_switches();
        int64_t seq = db_add_workspace(db, &ws);
        workspace_rec_done(&ws);
        for (uint32_t m = 0; m < 8 && sizes->users > 0; m++) {
            static const char *const ROLES[] = {"admin", "manager", "member", "member"};
            uint32_t user = derive_below(number, "member", (uint64_t)i << 8 | m, sizes->users) + 1;
            db_add_member(db, seq, user, ROLES[m % 4], born);
        }
    }
    int64_t step = 690 * DAY_MS / (sizes->keys + 1);
    for (uint32_t i = 1; i < sizes->keys; i++) {
        uint32_t dice = derive_below(number, "dice", i, 1000000);
        bool is_user = dice % 3 == 0 && sizes->users > 0;
        struct key_rec key = {
            .org = org,
            .kind = is_user ? KEY_WORKSPACE_USER : KEY_WORKSPACE_SERVICE,
            .workspace = sizes->workspaces > 0 ? dice / 7 % sizes->workspaces + 1 : 0,
            .user = is_user ? dice / 11 % sizes->users + 1 : 0,
            .name = xasprintf("key-%07u", i),
            .description = xstrdup(""),
            .creation_mode = xstrdup("api"),
            .created_at = (born + step * i) / 1000 * 1000,
            .last_reset_at = TIME_NONE,
            .old_until = TIME_NONE,
        };
        if (sizes->workspaces == 0) {
            key.kind = KEY_ORGANISATION_SERVICE;
            key.user = 0;
        }
        key.updated_at = key.created_at;
        key.expires_at = dice % 5 == 0
                             ? TIME_NONE
                             : now / 1000 * 1000 + (int64_t)(dice % 400) * DAY_MS - 30 * DAY_MS;
        struct scope_set legal = scope_set_legal(key.kind);
        for (int s = 0; s < SCOPE_COUNT; s++) {
            if (scope_set_has(&legal, s) && (dice >> (s % 17) & 7) == 0) {
                scope_set_add(&key.scopes, s);
            }
        }
        if (scope_set_count(&key.scopes) == 0) {
            key.scopes = legal;
        }
        seed_add_key(sandbox, &key);
    }
    db_commit(db);
}
