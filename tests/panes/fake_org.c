#include "panes/fake_org.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#include "base/banned.h"

#define DAY INT64_C(86400000)

static const struct org_workspace {
    const char *id, *slug, *name, *icon;
    const char *off; /* switches that are off, blanks between */
} WORKSPACES[] = {
    {"6e5a9f93-ae3a-46b4-a87d-2464d373ef01", "ws-paymen-a1b2c3", "payments", "",
     "membersWriteApiKeys membersViewApiKeys"},
    {"6e5a9f93-ae3a-46b4-a87d-2464d373ef02", "ws-mleval-b2c3d4", "🧪 ml-eval", "🧪", ""},
    {"6e5a9f93-ae3a-46b4-a87d-2464d373ef03", "ws-tools-e2a85b", "tools", "", "membersWriteConfigs"},
    {"6e5a9f93-ae3a-46b4-a87d-2464d373ef04", "ws-search-c3d4e5", "検索 search", "", ""},
    {"6e5a9f93-ae3a-46b4-a87d-2464d373ef05", "ws-financ-d4e5f6", "finance", "",
     "membersViewLogs managersWriteApiKeys"},
    {"6e5a9f93-ae3a-46b4-a87d-2464d373ef06", "ws-empty-e5f6a7", "empty\x1b[31m\nroom", "", ""},
};

static const struct org_user {
    const char *id, *first, *last, *mail, *role;
} USERS[] = {
    {"a1b2c3d4-0000-4000-8000-000000000001", "Anna", "Lindqvist", "a.lindqvist@acme.example",
     "owner"},
    {"a1b2c3d4-0000-4000-8000-000000000002", "Bruno", "Ferreira", "b.ferreira@acme.example",
     "admin"},
    {"a1b2c3d4-0000-4000-8000-000000000003", "R", "Shah", "r.shah@acme.example", "member"},
    {"a1b2c3d4-0000-4000-8000-000000000004", "Jide", "Okoro", "j.okoro@acme.example", "member"},
    {"a1b2c3d4-0000-4000-8000-000000000005", "中村", "花子", "nakamura@acme.example", "member"},
    {"a1b2c3d4-0000-4000-8000-000000000006",
     "\xe2\x80\xae"
     "evil",
     "Name\x1b]0;x\x07", "evil@acme.example", "member"},
    {"a1b2c3d4-0000-4000-8000-000000000007", "", "", "mail.only@contract.example", "member"},
};

static const struct org_member {
    int workspace, user;
    const char *role;
} MEMBERS[] = {
    {0, 0, "admin"},   {0, 3, "member"}, {1, 2, "member"},  {1, 3, "member"},
    {1, 4, "manager"}, {2, 1, "admin"},  {2, 2, "manager"}, {3, 4, "admin"},
    {3, 5, "manager"}, {3, 6, "member"}, {4, 5, "member"},
};

static const struct org_key {
    int number;
    const char *name, *kind, *mask, *scopes;
    int workspace, user; /* -1: none */
    int age, expires;    /* days; expires 0: never, < 0: over */
    const char *status;
    int rate;      /* requests a minute; 0: none */
    double budget; /* 0: none */
    const char *rotation;
} KEYS[] = {
    {1, "checkout-api", "workspace-service", "9f*****Qm4",
     "completions.write logs.list logs.view prompts.read prompts.list prompts.render configs.read",
     0, -1, 400, 0, "active", 0, 0, NULL},
    {2, "ci-eval-runner", "workspace-service", "Kd*****8wZ",
     "completions.write workspace_service_api_keys.create workspace_service_api_keys.delete "
     "prompts.delete logs.view",
     1, -1, 120, 0, "active", 0, 0, NULL},
    {3, "old-notebook", "workspace-user", "Zl*****t6N", "completions.write logs.view configs.read",
     1, 2, 204, 0, "active", 0, 0, NULL},
    {4, "default_user_key", "workspace-user", "Jh*****uxC", "completions.write", 1, 3, 30, 50,
     "active", 0, 0, NULL},
    {5, "default_user_key", "workspace-user", "Av*****BlV", "completions.write", 1, 4, 31, 50,
     "active", 0, 0, NULL},
    {6, "embeddings-batch", "workspace-service", "oE*****m+o", "completions.write", 3, -1, 300, 5,
     "active", 600, 0, "weekly"},
    {7, "gira-app", "workspace-service", "z1*****3AX",
     "prompts.create prompts.read prompts.update prompts.list prompts.publish prompts.render "
     "logs.view logs.list configs.read",
     2, -1, 204, 0, "active", 0, 0, NULL},
    {8, "invoice-summary", "workspace-service", "Id*****8By", "completions.write configs.read", 4,
     -1, 90, 98, "active", 0, 50, "monthly"},
    {9, "loadtest-2025", "workspace-service", "UI*****fAa", "completions.write", 3, -1, 500, -20,
     "expired", 100, 0, NULL},
    {10, "spent 💸", "workspace-service", "Sp*****ent", "completions.write", 4, -1, 60, 200,
     "exhausted", 0, 10, NULL},
    {11, "rag-prod", "workspace-service", "GF*****LDu", "completions.write prompts.render", 3, -1,
     45, 84, "active", 300, 20, "monthly"},
    {12, "tf-provisioner", "organisation-service", "M0*****kHV",
     "organisation_service_api_keys.create organisation_service_api_keys.delete workspaces.create "
     "workspaces.delete"
     " organisation_users.create audit_logs.list logs.export",
     -1, -1, 700, 0, "active", 0, 0, NULL},
    {13, "oncall-admin", "organisation-service", "Tb*****k3Q",
     "organisation_service_api_keys.list organisation_service_api_keys.read "
     "workspace_service_api_keys.list"
     " workspace_service_api_keys.read workspace_service_api_keys.create "
     "workspace_user_api_keys.list"
     " workspace_user_api_keys.read workspace_user_api_keys.delete workspaces.list workspaces.read"
     " organisation_users.list organisation_users.read workspace_users.list workspace_users.read "
     "made.up",
     -1, -1, 265, 8, "active", 0, 0, NULL},
    {14,
     "\x1b[2J\xe2\x80\xae"
     "gnp.exe and a name that goes on for a hundred characters and more, as names in life do",
     "workspace-user", "Ev*****il0", "completions.write", 3, 5, 3, 300, "active", 0, 0, NULL},
    {15, "تقرير الفواتير e\xcc\x81\xcc\x81", "workspace-service", "Ar*****ab1", "completions.write",
     4, -1, 12, 365, "active", 60, 5, NULL},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct text_pair text(struct inventory *inv, const char *raw)
{
    return inventory_text(inv, raw, strlen(raw));
}

static str_ref word(struct inventory *inv, const char *raw)
{
    return raw == NULL ? STR_NONE : arena_intern(&inv->arena, raw, strlen(raw));
}

static void add_workspaces(struct inventory *inv, int64_t now)
{
    for (size_t i = 0; i < COUNT(WORKSPACES); i++) {
        struct workspace_row row = {
            .id = inventory_id(inv, WORKSPACES[i].id),
            .slug = word(inv, WORKSPACES[i].slug),
            .name = text(inv, WORKSPACES[i].name),
            .icon = text(inv, WORKSPACES[i].icon),
            .description = inventory_text(inv, NULL, 0),
            .status = word(inv, "active"),
            .created_at = now - 800 * DAY,
            .updated_at = now - 10 * DAY,
            .is_default = i == 0,
        };

        for (int s = 0; s < SWITCH_COUNT; s++) {
            row.switches_known |= UINT64_C(1) << s;
            if (strstr(WORKSPACES[i].off, switch_info(s)->name) == NULL) {
                row.switches_on |= UINT64_C(1) << s;
            }
        }
        inventory_add_workspace(inv, &row);
    }
}

static void add_people(struct inventory *inv, int64_t now)
{
    for (size_t i = 0; i < COUNT(USERS); i++) {
        struct user_row row = {
            .id = inventory_id(inv, USERS[i].id),
            .first_name = text(inv, USERS[i].first),
            .last_name = text(inv, USERS[i].last),
            .email = text(inv, USERS[i].mail),
            .role = (uint8_t)org_role_parse(USERS[i].role),
            .created_at = now - (int64_t)(i + 1) * 90 * DAY,
            .updated_at = now - 5 * DAY,
        };

        inventory_add_user(inv, &row);
    }
    for (size_t i = 0; i < COUNT(MEMBERS); i++) {
        const struct org_user *user = &USERS[MEMBERS[i].user];
        struct member_row row = {
            .workspace_id = inventory_id(inv, WORKSPACES[MEMBERS[i].workspace].id),
            .user_id = inventory_id(inv, user->id),
            .first_name = text(inv, user->first),
            .last_name = text(inv, user->last),
            .role = (uint8_t)ws_role_parse(MEMBERS[i].role),
            .org_role = (uint8_t)org_role_parse(user->role),
            .created_at = now - 50 * DAY,
        };

        inventory_add_member(inv, &row);
    }
}

static void add_scopes(struct inventory *inv, struct key_row *row, const char *names)
{
    char name[80];
    int used;

    while (sscanf(names, "%79s%n", name, &used) == 1) {
        int scope = scope_find(name);

        if (scope >= 0) {
            scope_set_add(&row->scopes, scope);
        } else {
            row->unknown_scopes = word(inv, name);
        }
        names += used;
    }
}

static uint32_t add_extra(struct inventory *inv, const struct org_key *key, int64_t now)
{
    struct key_extra extra = {
        .last_reset_at = TIME_NONE,
        .next_reset_at = TIME_NONE,
        .allow_config_override = -1,
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
    };

    if (key->rate > 0) {
        extra.rates[0] =
            (struct rate_limit){.type = LIMIT_REQUESTS, .unit = RATE_RPM, .value = key->rate};
        extra.rate_count = 1;
        extra.rates_total = 1;
    }
    if (key->budget > 0) {
        extra.usage.has_budget = true;
        extra.usage.type = LIMIT_COST;
        extra.usage.credit_limit = key->budget;
        extra.usage.alert_threshold = key->budget / 2;
        extra.usage.current_usage = key->budget / 4;
        extra.usage.periodic_reset = word(inv, "monthly");
    }
    if (key->rotation != NULL) {
        extra.rotation.set = true;
        extra.rotation.period = word(inv, key->rotation);
        extra.rotation.next_at = now + 3 * DAY;
        extra.rotation.transition_ms = 1800000;
    }
    return inventory_add_extra(inv, &extra);
}

static void add_key(struct inventory *inv, const struct org_key *key, int64_t now, const char *id,
                    const char *name)
{
    struct key_row row = {
        .id = inventory_id(inv, id),
        .name = text(inv, name),
        .description = inventory_text(inv, NULL, 0),
        .mask = word(inv, key->mask),
        .creation_mode = word(inv, "api"),
        .created_at = now - key->age * DAY,
        .updated_at = now - key->age * DAY,
        .expires_at = key->expires == 0 ? TIME_NONE : now + key->expires * DAY,
        .kind = (uint8_t)key_kind_parse(key->kind),
        .status = (uint8_t)key_status_parse(key->status),
    };

    if (key->workspace >= 0) {
        row.workspace_id = inventory_id(inv, WORKSPACES[key->workspace].id);
    }
    if (key->user >= 0) {
        row.user_id = inventory_id(inv, USERS[key->user].id);
    }
    add_scopes(inv, &row, key->scopes);
    row.extra = add_extra(inv, key, now);
    inventory_add_key(inv, &row);
}

static void set_list(struct inventory *inv, enum list_kind list, size_t counted, int64_t now)
{
    inv->lists[list].progress = PROGRESS_COMPLETE;
    inv->lists[list].counted = counted;
    inv->lists[list].total = (int64_t)counted;
    inv->lists[list].loaded_at = now - 14000;
}

struct inventory *fake_org_new(int64_t now, size_t extra)
{
    struct inventory *inv = inventory_new();
    char id[ID_TEXT_SIZE];

    add_workspaces(inv, now);
    add_people(inv, now);
    for (size_t i = 0; i < COUNT(KEYS); i++) {
        snprintf(id, sizeof(id), "60571396-bd81-4e58-8c82-%012x", (unsigned)KEYS[i].number);
        add_key(inv, &KEYS[i], now, id, KEYS[i].name);
    }
    for (size_t i = 0; i < extra; i++) {
        char name[40];

        snprintf(id, sizeof(id), "70000000-bd81-4e58-8c82-%012x", (unsigned)i);
        snprintf(name, sizeof(name), "batch-%05zu", i);
        add_key(inv, &KEYS[i % 8], now, id, name);
    }
    set_list(inv, LIST_WORKSPACES, inv->workspace_count, now);
    set_list(inv, LIST_USERS, inv->user_count, now);
    set_list(inv, LIST_MEMBERS, inv->member_count, now);
    set_list(inv, LIST_KEYS, inv->key_count, now);
    for (size_t i = 0; i < inv->workspace_count && inv->member_states != NULL; i++) {
        inv->member_states[i].progress = PROGRESS_COMPLETE;
    }
    inventory_find_own(inv, "Tb", "k3Q");
    return inv;
}
