#include "sandbox/seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/calendar.h"
#include "sandbox/people.h"

#include "base/banned.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* All people, workspaces and keys here are invented. */

struct person {
    const char *first, *last, *role;
};

static const struct person ACME_PEOPLE[] = {
    {"Astrid", "Lindqvist", "owner"},  {"Beatriz", "Ferreira", "admin"},
    {"Claire", "Moreau", "admin"},     {"Dariusz", "Nowak", "member"},
    {"Eun-ji", "Kim", "member"},       {"Farid", "Haddad", "member"},
    {"Grace", "Mwangi", "member"},     {"Hiro", "Yamashita", "member"},
    {"Ines", "Castellano", "member"},  {"Josephine", "Okoro", "member"},
    {"Kenji", "Tanaka", "member"},     {"Lena", "Brandt", "member"},
    {"Marco", "Silva", "member"},      {"Nadia", "Petrova", "member"},
    {"Oscar", "Lindholm", "member"},   {"Pauline", "Dubois", "member"},
    {"Quentin", "Abara", "member"},    {"Rohan", "Shah", "member"},
    {"Samira", "Ibrahim", "member"},   {"Tomás", "Herrera", "member"},
    {"Ulla", "Virtanen", "member"},    {"Viktor", "Horváth", "member"},
    {"Wei", "张伟", "member"},         {"Ximena", "Rojas", "member"},
    {"Yusuf", "يوسف", "member"},       {"Zoë", "van Dijk", "member"},
    {"Anan\u0301da", "Rao", "member"}, {"Bjørn", "Aasen", "member"},
    {"Chiara", "Conti", "member"},     {"Declan", "O'Shea", "member"},
    {"Elif", "Yıldız", "member"},      {"", "", "member"},
};

static const struct person BOREALIS_PEOPLE[] = {
    {"Ragnhild", "Solberg", "owner"}, {"Mikkel", "Friis", "owner"},
    {"Sanna", "Koskinen", "admin"},   {"Aino", "Laine", "member"},
    {"Gustav", "Ekman", "member"},    {"Hedda", "Strand", "member"},
    {"Ivar", "Moen", "member"},       {"Jonna", "Salmi", "member"},
    {"Kaspar", "Tamm", "member"},     {"Liis", "Rebane", "member"},
    {"Magnus", "Dahl", "member"},     {"Nina", "Østergaard", "member"},
    {"Oluf", "Bech", "member"},
};

struct place {
    const char *name, *icon, *description;
    uint32_t people; /* about how many members */
};

static const struct place ACME_PLACES[] = {
    {"Shared Team Workspace", "", "Everybody", 30},
    {"payments", "💳", "Checkout and invoicing", 9},
    {"ml-eval", "", "Model evaluation, notebooks", 14},
    {"search", "🔎", "Search and embeddings", 8},
    {"finance", "", "Reports", 4},
    {"tools", "", "Internal tools, bots", 7},
    {"客服 support", "", "Customer support, Asia", 5},
    {"الدعم support", "", "Customer support, Middle East", 3},
    {"archive-2024", "", "Kept for the record", 0},
};

static const struct place BOREALIS_PLACES[] = {
    {"Shared Team Workspace", "", "Everybody", 12},
    {"triage", "🚑", "Patient triage assistant", 6},
    {"research", "", "Trials and papers", 5},
    {"billing", "", "Invoices", 2},
    {"sandboxed \u202egnissecorp", "", "Made by an importer", 1},
};

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

struct world {
    struct sandbox *sandbox;
    int64_t org, now, born;
    const char *domain;
    int64_t first_user, first_workspace;
    uint32_t people, places;
    uint32_t keys, keys_wanted;
};

static uint32_t below(const struct world *w, const char *what, uint64_t index, uint32_t limit)
{
    return derive_below(w->sandbox->number, what, (uint64_t)w->org << 32 | index, limit);
}

/* "a.lindqvist@acme.example": ASCII only, else "user07". */
static char *mail_of(const struct world *w, const struct person *person, uint32_t index)
{
    char last[64];
    size_t n = 0;
    for (const char *c = person->last; *c != '\0' && n + 1 < sizeof last; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z')) {
            last[n++] = (char)(*c | 0x20);
        }
    }
    last[n] = '\0';
    if (n < 2 || (unsigned char)person->first[0] >= 0x80) {
        return xasprintf("user%02u@%s", index + 1, w->domain);
    }
    return xasprintf("%c.%s@%s", person->first[0] | 0x20, last, w->domain);
}

static void add_people(struct world *w, const struct person *people, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char id[UUID_SIZE];
        struct user_rec user = {.org = w->org};
        derive_uuid_v1(w->sandbox->number, (uint64_t)w->org << 32 | i, id);
        user.id = xstrdup(id);
        user.first_name = people[i].first[0] != '\0' ? xstrdup(people[i].first) : NULL;
        user.last_name = people[i].last[0] != '\0' ? xstrdup(people[i].last) : NULL;
        user.email = mail_of(w, &people[i], i);
        user.role = xstrdup(people[i].role);
        user.created_at = user.updated_at = w->born + (int64_t)i * 5 * DAY_MS;
        int64_t seq = db_add_user(w->sandbox->db, &user);
        w->first_user = i == 0 ? seq : w->first_user;
        user_rec_done(&user);
    }
    w->people = count;
}

static char *slug_of(const struct world *w, const struct place *place, uint32_t index)
{
    char start[8] = "";
    size_t n = 0;
    for (const char *c = place->name; *c != '\0' && n < 6; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')) {
            start[n++] = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
        }
    }
    start[n] = '\0';
    return xasprintf("ws-%s-%06x", start, below(w, "slug", index, 0x1000000));
}

/* Most workspaces have the switches as recorded live; some are closed down. */
static uint64_t switches_of(uint32_t index)
{
    uint64_t all = sandbox_default_switches();
    switch (index % 5) {
    case 1:
        return all & ~sandbox_switch("membersWriteApiKeys") &
               ~sandbox_switch("membersViewApiKeys") & ~sandbox_switch("membersViewLogs");
    case 3:
        return all & ~sandbox_switch("managersWriteApiKeys") &
               ~sandbox_switch("membersWriteApiKeys");
    case 4:
        return all & ~sandbox_switch("managersWriteWsUsers") &
               ~sandbox_switch("organisationAdminsViewLogs");
    default:
        return all;
    }
}

static void add_members(const struct world *w, int64_t workspace, uint32_t index, uint32_t people)
{
    static const char *const ROLES[] = {"admin",  "manager", "member",
                                        "member", "member",  "manager"};
    for (uint32_t i = 0; i < people; i++) {
        uint32_t user = people >= w->people - 2 ? i : (index * 7 + i * 3) % w->people;
        db_add_member(w->sandbox->db, workspace, w->first_user + user, ROLES[i % LENGTH(ROLES)],
                      w->born + (int64_t)(index + i + 1) * 2 * DAY_MS);
    }
}

static void add_places(struct world *w, const struct place *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char id[UUID_SIZE];
        struct workspace_rec ws = {.org = w->org, .is_default = i == 0};
        derive_uuid(w->sandbox->number, "workspace", (uint64_t)w->org << 32 | i, id);
        ws.id = xstrdup(id);
        ws.slug = slug_of(w, &places[i], i);
        ws.name = xstrdup(places[i].name);
        ws.icon = places[i].icon[0] != '\0' ? xstrdup(places[i].icon) : NULL;
        ws.description = xstrdup(places[i].description);
        ws.status = xstrdup(strncmp(places[i].name, "archive", 7) == 0 ? "archived" : "active");
        ws.scim_source_id = i == 2 ? xstrdup("scim-ml-users") : NULL;
        ws.usage_limits =
            i == 1 ? xstrdup("[{\"type\":\"cost\",\"credit_limit\":500,\"alert_threshold\":400,"
                             "\"periodic_reset\":\"monthly\"}]")
                   : NULL;
        ws.rate_limits =
            i == 3 ? xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":600}]") : NULL;
        ws.switches = switches_of(i);
        ws.created_at = ws.updated_at = w->born + (int64_t)i * DAY_MS;
        int64_t seq = db_add_workspace(w->sandbox->db, &ws);
        w->first_workspace = i == 0 ? seq : w->first_workspace;
        workspace_rec_done(&ws);
        add_members(w, seq, i, places[i].people);
    }
    w->places = count;
}

/* -- keys -- */

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
        .creation_mode = xstrdup(below(w, "mode", w->keys, 3) == 0 ? "ui" : "api"),
        .expires_at = TIME_NONE,
        .last_reset_at = TIME_NONE,
        .old_until = TIME_NONE,
    };
    w->keys++;
    key.created_at = key.updated_at = (w->born + span * w->keys) / 1000 * 1000;
    return key;
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
}

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
    key.rotation_policy =
        xstrdup("{\"rotation_period\":\"weekly\",\"key_transition_period_ms\":86400000,"
                "\"next_rotation_at\":\"2026-11-30T00:00:00.000Z\",\"status\":\"ACTIVE\"}");
    key.secrets = 2;
    key.has_old_hash = true;
    key.old_until = w->now + 22 * HOUR_MS;
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 3, "loadtest-2025");
    grant(&key, SERVICES[0].scopes, 10);
    key.expires_at = w->now - 40 * DAY_MS;
    key.rate_limits = xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":6000}]");
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 1, "promo-campaign");
    grant(&key, SERVICES[0].scopes, 10);
    key.usage_limits = xstrdup(
        "{\"type\":\"cost\",\"credit_limit\":50,\"alert_threshold\":40,\"current_usage\":50.37,"
        "\"periodic_reset\":\"monthly\"}");
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 4, "blocked-by-limit");
    grant(&key, SERVICES[5].scopes, 10);
    key.rate_limits = xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":0}]");
    seed_add_key(w->sandbox, &key);
    key = next_key(w, KEY_WORKSPACE_SERVICE, 1, "expires-this-week");
    grant(&key, SERVICES[1].scopes, 10);
    key.expires_at = w->now + 3 * DAY_MS;
    key.usage_limits =
        xstrdup("{\"type\":\"tokens\",\"credit_limit\":5000000,\"current_usage\":1200345}");
    seed_add_key(w->sandbox, &key);
}

static void add_hostile_keys(struct world *w)
{
    static const char *const NAMES[] = {
        "🚀 launch 🧑‍🚀 bot",
        "客服机器人 – 生产",
        "بوت الدعم الفني",
        "Zürich-Ånström café",
        "z\u0301\u0302\u0303\u0304\u0305a\u0301\u0302\u0303lgo",
        "\x1b]0;owned\a\x1b[31mred\x1b[0m",
        "backup-\u202eyek-niмda",
        "zero\u200bwidth",
        "=HYPERLINK(\"http://x.example\")",
        ("a-name-of-one-hundred-characters-that-somebody-once-made-with-a-script-and-never-looked-"
         "at-again-01"),
        "  leading blanks",
        "tab\tand\nnewline",
    };
    for (uint32_t i = 0; i < LENGTH(NAMES); i++) {
        struct key_rec key = next_key(w, KEY_WORKSPACE_SERVICE, i + 1, NAMES[i]);
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
        key.user = some_member(w, &key, i);
        key.expires_at = w->now + 49 * DAY_MS;
        grant(&key, (const char *const[]){"completions.write"}, 1);
        seed_add_key(w->sandbox, &key);
    }
}

static void add_user_key(struct world *w, uint32_t i)
{
    struct key_rec key = next_key(w, KEY_WORKSPACE_USER, below(w, "user-ws", i, w->places),
                                  NOTEBOOKS[below(w, "notebook", i, LENGTH(NOTEBOOKS))]);
    key.user = some_member(w, &key, i);
    if (key.user == 0) { /* nobody there: the default workspace has everybody */
        key.workspace = w->first_workspace;
        key.user = some_member(w, &key, i);
    }
    grant(&key,
          (const char *const[]){"completions.write", "prompts.render", "prompts.read", "logs.list"},
          1 + below(w, "user-scopes", i, 4));
    if (below(w, "user-wide", i, 9) == 0) {
        grant_many(&key, 70);
    }
    key.expires_at = below(w, "user-expiry", i, 3) == 0
                         ? TIME_NONE
                         : w->now + (int64_t)below(w, "days", i, 300) * DAY_MS + DAY_MS;
    seed_add_key(w->sandbox, &key);
}

static void add_service_key(struct world *w, uint32_t i)
{
    static const char *const TAILS[] = {"", "-staging", "-dev", "-2", "-eu", "-batch"};
    const struct purpose *purpose = &SERVICES[below(w, "purpose", i, LENGTH(SERVICES))];
    char *name = xasprintf("%s%s", purpose->name, TAILS[below(w, "tail", i, LENGTH(TAILS))]);
    struct key_rec key =
        next_key(w, KEY_WORKSPACE_SERVICE, below(w, "service-ws", i, w->places), name);
    free(name);
    grant(&key, purpose->scopes, LENGTH(purpose->scopes));
    uint32_t dice = below(w, "limits", i, 6);
    if (dice == 0) {
        key.rate_limits = xstrdup("[{\"type\":\"requests\",\"unit\":\"rpm\",\"value\":100}]");
    } else if (dice == 1) {
        key.usage_limits = xstrdup("{\"type\":\"cost\",\"credit_limit\":200,\"alert_threshold\":"
                                   "160,\"current_usage\":61.02}");
    } else if (dice == 2) {
        key.rotation_policy = xstrdup(
            "{\"rotation_period\":\"monthly\",\"next_rotation_at\":\"2026-12-01T00:00:00.000Z\","
            "\"status\":\"ACTIVE\"}");
    }
    uint32_t expiry = below(w, "service-expiry", i, 8);
    if (expiry == 0) {
        key.expires_at = w->now - (int64_t)(1 + below(w, "past", i, 60)) * DAY_MS;
    } else if (expiry < 4) {
        key.expires_at = w->now + (int64_t)(8 + below(w, "future", i, 350)) * DAY_MS;
    }
    seed_add_key(w->sandbox, &key);
}

static void add_keys(struct world *w, uint32_t twins)
{
    add_admin_keys(w);
    add_twins(w, twins);
    while (w->keys + 20 < w->keys_wanted) {
        if (w->keys % 3 == 0) {
            add_user_key(w, w->keys);
        } else {
            add_service_key(w, w->keys);
        }
    }
    add_hostile_keys(w);
    add_special_keys(w);
}

static struct world new_world(struct sandbox *sandbox, uint64_t index, const char *name,
                              const char *domain, uint32_t keys)
{
    char id[UUID_SIZE];
    struct world w = {
        .sandbox = sandbox, .now = seed_now(sandbox), .domain = domain, .keys_wanted = keys};
    w.born = w.now - 620 * DAY_MS;
    derive_uuid(sandbox->number, "organisation", index, id);
    w.org = db_add_organisation(sandbox->db, id, name);
    seed_add_admin_key(sandbox, w.org, w.born);
    return w;
}

void seed_demo(struct sandbox *sandbox)
{
    db_begin(sandbox->db);
    struct world acme = new_world(sandbox, 1, "Acme Robotics", "acme.example", 150);
    add_people(&acme, ACME_PEOPLE, LENGTH(ACME_PEOPLE));
    add_places(&acme, ACME_PLACES, LENGTH(ACME_PLACES));
    add_keys(&acme, 6);
    struct world borealis = new_world(sandbox, 2, "Borealis Health", "borealis.example", 50);
    add_people(&borealis, BOREALIS_PEOPLE, LENGTH(BOREALIS_PEOPLE));
    add_places(&borealis, BOREALIS_PLACES, LENGTH(BOREALIS_PLACES));
    add_keys(&borealis, 3);
    db_commit(sandbox->db);
}
