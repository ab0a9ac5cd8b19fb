#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/calendar.h"
#include "sandbox/seed_world.h"
#include "sandbox/usage.h"

#include "base/banned.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* All names here are invented. */

/* What a key is for: a name to start from, and the scopes it has. */
struct purpose {
    const char *name;
    const char *scopes[10];
};

static const struct purpose SERVICES[] = {
    {"checkout-api", {"completions.write", "prompts.render", "logs.write"}},
    {"rag-prod", {"completions.write", "virtual_keys.list", "configs.read"}},
    {"embeddings-batch", {"completions.write", "logs.write", "analytics.view"}},
    {"invoice-summary", {"completions.write", "prompts.render", "prompts.read", "prompts.list"}},
    {"ci-eval-runner",
     {"completions.write", "prompts.create", "prompts.update", "prompts.publish", "logs.list"}},
    {"slack-bot", {"completions.write"}},
    {"nightly-report", {"analytics.view", "logs.list", "logs.view", "logs.export"}},
    {"prompt-deploy",
     {"prompts.create", "prompts.read", "prompts.update", "prompts.publish", "prompts.delete"}},
    {"gateway-config",
     {"configs.create", "configs.read", "configs.update", "configs.list", "providers.list"}},
    {"key-minter",
     {"workspace_user_api_keys.create", "workspace_user_api_keys.list",
      "workspace_user_api_keys.read"}},
    {"translate", {"completions.write", "guardrails.invoke"}},
    {"mcp-relay", {"mcp.invoke", "mcp_servers.list", "mcp_servers.read"}},
};

static const char *const NOTEBOOKS[] = {"notebook",    "old-notebook", "laptop",
                                        "experiments", "cursor",       "thesis"};

static void grant(struct key_rec *key, const char *const *scopes, size_t count)
{
    for (size_t i = 0; i < count && scopes[i] != NULL; i++) {
        int scope = scope_find(scopes[i]);
        if (scope >= 0 && scope_legal(scope, key->kind)) {
            scope_set_add(&key->scopes, scope);
        }
    }
}

/* The first `count` legal scopes: the key for which somebody pressed Select All. */
static void grant_many(struct key_rec *key, int count)
{
    for (int i = 0; i < SCOPE_COUNT && count > 0; i++) {
        if (scope_legal(i, key->kind) && !scope_set_has(&key->scopes, i)) {
            scope_set_add(&key->scopes, i);
            count--;
        }
    }
}

/* A key at the next moment of the organisation's life: created_at grows with every key. */
static struct key_rec next_key(struct world *w, enum key_kind kind, uint32_t workspace,
                               const char *name)
{
    int64_t span = (w->now - w->born - 2 * DAY_MS) / (w->keys_wanted + 1);
    struct key_rec key = {
        .org = w->org,
        .kind = kind,
        .workspace =
            kind == KEY_ORGANISATION_SERVICE ? 0 : w->first_workspace + workspace % w->places,
        .name = xstrdup(name),
        .description = xstrdup(""),
        .creation_mode = xstrdup(world_below(w, "mode", w->keys, 3) == 0 ? "ui" : "api"),
        .expires_at = TIME_NONE,
        .last_reset_at = TIME_NONE,
        .old_until = TIME_NONE,
    };
    if (strcmp(key.creation_mode, "ui") == 0) { /* the dashboard leaves it out [LIVE] */
        free(key.description);
        key.description = NULL;
    }
    w->keys++;
    key.created_at = key.updated_at = (w->born + span * w->keys) / 1000 * 1000;
    return key;
}

/* It ended some time between its birth and now. */
static void let_expire(const struct world *w, struct key_rec *key)
{
    int64_t life = w->now - key->created_at;
    key->expires_at = (key->created_at + life * (20 + world_below(w, "life", w->keys, 60)) / 100) /
                      HOUR_MS * HOUR_MS;
}

static void limit_usage(const struct world *w, struct key_rec *key, const char *type, int limit,
                        const char *reset, double used)
{
    json_t *limits = json_pack("{s:s,s:i,s:i}", "type", type, "credit_limit", limit,
                               "alert_threshold", limit / 5 * 4);
    if (reset != NULL) {
        json_object_set_new(limits, "periodic_reset", json_string(reset));
    }
    usage_store(key, limits, used, w->now);
    json_decref(limits);
}

static void let_rotate(const struct world *w, struct key_rec *key, const char *period)
{
    bool weekly = strcmp(period, "weekly") == 0;
    json_t *policy = json_pack("{s:s,s:I,s:o,s:s}", "rotation_period", period,
                               "key_transition_period_ms", (json_int_t)DAY_MS, "next_rotation_at",
                               time_json(weekly ? next_weekday(w->now, 1) : next_month(w->now)),
                               "status", "ACTIVE");
    key->rotation_policy = json_dumps(policy, JSON_COMPACT);
    json_decref(policy);
}

/* What callers of the key send along, and the config that is theirs. */
static void give_defaults(const struct world *w, struct key_rec *key)
{
    static const char *const TEAMS[] = {"checkout", "search", "support", "data"};
    static const char *const STAGES[] = {"prod", "staging"};
    uint32_t dice = world_below(w, "defaults", w->keys, 16);
    if (dice >= 6) {
        return;
    }
    json_t *defaults = json_object();
    if (dice < 4) {
        json_object_set_new(defaults, "metadata",
                            json_pack("{s:s,s:s}", "team", TEAMS[dice], "env", STAGES[dice % 2]));
    }
    if (dice >= 3) {
        char id[UUID_SIZE];
        derive_uuid(w->sandbox->number, "config", dice, id);
        json_object_set_new(defaults, "config_id", json_string(id));
    }
    if (dice == 5) {
        json_object_set_new(defaults, "allow_config_override", json_false());
    }
    key->defaults = json_dumps(defaults, JSON_COMPACT);
    json_decref(defaults);
}

static void describe(struct key_rec *key, const char *text)
{
    free(key->description);
    key->description = xstrdup(text);
}

/* Some member of the key's workspace; 0 when it has none. */
static int64_t some_member(const struct world *w, const struct key_rec *key, uint32_t index)
{
    for (uint32_t i = 0; i < w->people; i++) {
        int64_t user = w->first_user + (index * 5 + i) % w->people;
        char *role = db_member_role(w->sandbox->db, key->workspace, user);
        if (role != NULL) {
            free(role);
            return user;
        }
    }
    return 0;
}

static void add_admin_keys(struct world *w)
{
    static const char *const ONCALL[] = {"organisation_service_api_keys.list",
                                         "organisation_service_api_keys.read",
                                         "workspace_service_api_keys.list",
                                         "workspace_service_api_keys.read",
                                         "workspace_service_api_keys.delete",
                                         "workspace_user_api_keys.list",
                                         "workspace_user_api_keys.read",
                                         "workspace_user_api_keys.delete",
                                         "workspaces.list",
                                         "workspaces.read",
                                         "organisation_users.list",
                                         "organisation_users.read",
                                         "workspace_users.list",
                                         "audit_logs.list"};
    struct key_rec key = next_key(w, KEY_ORGANISATION_SERVICE, 0, "oncall-admin");
    describe(&key, "For the engineer on call: reads, and revokes workspace keys");
    grant(&key, ONCALL, LENGTH(ONCALL));
    key.expires_at = w->now + 7 * DAY_MS;
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_ORGANISATION_SERVICE, 0, "tf-provisioner");
    describe(&key, "Terraform; owner platform team");
    grant_many(&key, 98);
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_ORGANISATION_SERVICE, 0, "siem-export");
    grant(&key, (const char *const[]){"audit_logs.list", "analytics.view"}, 2);
    key.expires_at = w->now + 200 * DAY_MS;
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_ORGANISATION_SERVICE, 0, "migration");
    describe(&key, "Move to the new tenant; done");
    grant(&key, ONCALL, LENGTH(ONCALL));
    let_expire(w, &key);
    seed_add_key(w->sandbox, &key);
}

#define SPECIAL_COUNT 7

/* The keys that a tool has to get right: statuses, hostile names, too many scopes. */
static void add_special_keys(struct world *w)
{
    struct key_rec key = next_key(w, KEY_WORKSPACE_SERVICE, 5, "gira-app");
    describe(&key, "Service key for gira");
    grant(&key, SERVICES[3].scopes, 10);
    grant(&key, SERVICES[6].scopes, 10);
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 2, "eval-everything");
    grant_many(&key, 60);
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 3, "embeddings-rotating");
    grant(&key, SERVICES[2].scopes, 10);
    let_rotate(w, &key, "weekly");
    key.secrets = 2;
    key.has_old_hash = true;
    key.old_until = w->now + 22 * HOUR_MS;
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 3, "loadtest-2025");
    grant(&key, SERVICES[0].scopes, 10);
    let_expire(w, &key);
    key.rate_limits = xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":6000}]");
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 1, "promo-campaign");
    grant(&key, SERVICES[0].scopes, 10);
    limit_usage(w, &key, "cost", 50, "monthly", 50.37);
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 4, "blocked-by-limit");
    grant(&key, SERVICES[5].scopes, 10);
    key.rate_limits = xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":0}]");
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 1, "expires-this-week");
    grant(&key, SERVICES[1].scopes, 10);
    key.expires_at = w->now + 3 * DAY_MS;
    limit_usage(w, &key, "tokens", 5000000, NULL, 1200345);
    seed_add_key(w->sandbox, &key);
}

static const char *const HOSTILE[] = {
    "🚀 launch 🧑‍🚀 bot",
    "客服机器人 – 生产",
    "\u0628\u0648\u062a \u0627\u0644\u062f\u0639\u0645 \u0627\u0644\u0641\u0646\u064a",
    "Zürich-Ånström café",
    "z\u0301\u0302\u0303\u0304\u0305a\u0301\u0302\u0303lgo",
    "\x1b]0;owned\a\x1b[31mred\x1b[0m",
    /* NOLINTNEXTLINE(misc-misleading-bidirectional): misleading is what it is here for */
    "backup-\u202eyek-niмda",
    "zero\u200bwidth",
    "=HYPERLINK(\"http://x.example\")",
    ("a-name-of-one-hundred-characters-that-somebody-once-made-with-a-script-and-never-looked-"
     "at-again-001"),
    "  leading blanks",
    "tab\tand\nnewline",
};

static void add_hostile_keys(struct world *w)
{
    for (uint32_t i = 0; i < LENGTH(HOSTILE); i++) {
        struct key_rec key = next_key(w, KEY_WORKSPACE_SERVICE, i + 1, HOSTILE[i]);
        grant(&key, SERVICES[i % LENGTH(SERVICES)].scopes, 10);
        key.expires_at = i % 2 == 0 ? w->now + (int64_t)(i + 1) * 30 * DAY_MS : TIME_NONE;
        seed_add_key(w->sandbox, &key);
    }
}

/* default_user_key: made by Portkey itself, all of one name [LIVE]. */
static void add_twins(struct world *w, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct key_rec key = next_key(w, KEY_WORKSPACE_USER, 2, "default_user_key");
        free(key.creation_mode);
        key.creation_mode = xstrdup("auto");
        describe(&key, "Created by portkey on joining organisation");
        key.user = some_member(w, &key, i);
        key.expires_at = w->now + 49 * DAY_MS;
        grant(&key, (const char *const[]){"completions.write"}, 1);
        seed_add_key(w->sandbox, &key);
    }
}

static void add_user_key(struct world *w, uint32_t i)
{
    struct key_rec key = next_key(w, KEY_WORKSPACE_USER, world_below(w, "user-ws", i, w->places),
                                  NOTEBOOKS[world_below(w, "notebook", i, LENGTH(NOTEBOOKS))]);
    key.user = some_member(w, &key, i);
    if (key.user == 0) { /* nobody there: the default workspace has everybody */
        key.workspace = w->first_workspace;
        key.user = some_member(w, &key, i);
    }
    grant(&key,
          (const char *const[]){"completions.write", "prompts.render", "prompts.read", "logs.list"},
          1 + world_below(w, "user-scopes", i, 4));
    if (world_below(w, "user-wide", i, 9) == 0) {
        grant_many(&key, 70);
    }
    uint32_t expiry = world_below(w, "user-expiry", i, 6);
    if (expiry == 0) {
        let_expire(w, &key);
    } else if (expiry > 2) {
        key.expires_at = w->now + (int64_t)world_below(w, "days", i, 300) * DAY_MS + DAY_MS;
    }
    if (world_below(w, "user-limits", i, 5) == 0) {
        limit_usage(w, &key, "cost", 20, "weekly", i % 2 == 0 ? 20.11 : 3.5);
    }
    seed_add_key(w->sandbox, &key);
}

static void add_service_key(struct world *w, uint32_t i)
{
    static const char *const TAILS[] = {"", "-staging", "-dev", "-2", "-eu", "-batch"};
    const struct purpose *purpose = &SERVICES[world_below(w, "purpose", i, LENGTH(SERVICES))];
    char *name = xasprintf("%s%s", purpose->name, TAILS[world_below(w, "tail", i, LENGTH(TAILS))]);
    struct key_rec key =
        next_key(w, KEY_WORKSPACE_SERVICE, world_below(w, "service-ws", i, w->places), name);
    free(name);
    grant(&key, purpose->scopes, LENGTH(purpose->scopes));
    uint32_t dice = world_below(w, "limits", i, 6);
    if (dice == 0) {
        key.rate_limits = xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":100}]");
    } else if (dice == 1) {
        bool used_up = world_below(w, "used-up", i, 5) == 0;
        limit_usage(w, &key, "cost", 200, i % 2 == 0 ? "monthly" : NULL, used_up ? 200.04 : 61.02);
    } else if (dice == 2) {
        let_rotate(w, &key, "monthly");
    }
    uint32_t expiry = world_below(w, "service-expiry", i, 8);
    if (expiry == 0) {
        let_expire(w, &key);
    } else if (expiry < 4) {
        key.expires_at = w->now + (int64_t)(8 + world_below(w, "future", i, 350)) * DAY_MS;
    }
    give_defaults(w, &key);
    seed_add_key(w->sandbox, &key);
}

void world_add_keys(struct world *w, uint32_t twins)
{
    add_admin_keys(w);
    add_twins(w, twins);
    while (w->keys + 1 + LENGTH(HOSTILE) + SPECIAL_COUNT < w->keys_wanted) {
        if (w->keys % 3 == 0) {
            add_user_key(w, w->keys);
        } else {
            add_service_key(w, w->keys);
        }
    }
    add_hostile_keys(w);
    add_special_keys(w);
}
