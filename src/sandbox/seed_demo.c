
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/calendar.h"
#include "sandbox/people.h"
#include "sandbox/seed_world.h"

#include "base/banned.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* All people, workspaces and keys here are invented. */

struct person {
    const char *first, *last, *role;
};

static const struct person ACME_PEOPLE[] = {
    {"Astrid", "Lindqvist", "owner"},
    {"Beatriz", "Ferreira", "admin"},
    {"Claire", "Moreau", "admin"},
    {"Dariusz", "Nowak", "member"},
    {"Eun-ji", "Kim", "member"},
    {"Farid", "Haddad", "member"},
    {"Grace", "Mwangi", "member"},
    {"Hiro", "Yamashita", "member"},
    {"Ines", "Castellano", "member"},
    {"Josephine", "Okoro", "member"},
    {"Kenji", "Tanaka", "member"},
    {"Lena", "Brandt", "member"},
    {"Marco", "Silva", "member"},
    {"Nadia", "Petrova", "member"},
    {"Oscar", "Lindholm", "member"},
    {"Pauline", "Dubois", "member"},
    {"Quentin", "Abara", "member"},
    {"Rohan", "Shah", "member"},
    {"Samira", "Ibrahim", "member"},
    {"Tomás", "Herrera", "member"},
    {"Ulla", "Virtanen", "member"},
    {"Viktor", "Horváth", "member"},
    {"Wei", "张伟", "member"},
    {"Ximena", "Rojas", "member"},
    {"Yusuf", "\u064a\u0648\u0633\u0641", "member"},
    {"Zoë", "van Dijk", "member"},
    {"Anan\u0301da", "Rao", "member"},
    {"Bjørn", "Aasen", "member"},
    {"Chiara", "Conti", "member"},
    {"Declan", "O'Shea", "member"},
    {"Elif", "Yıldız", "member"},
    {"", "", "member"},
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
    {"\u0627\u0644\u062f\u0639\u0645 support", "", "Customer support, Middle East", 3},
    {"archive-2024", "", "Kept for the record", 0},
};

static const struct place BOREALIS_PLACES[] = {
    {"Shared Team Workspace", "", "Everybody", 12},
    {"triage", "🚑", "Patient triage assistant", 6},
    {"research", "", "Trials and papers", 5},
    {"billing", "", "Invoices", 2},
    /* NOLINTNEXTLINE(misc-misleading-bidirectional): misleading is what it is here for */
    {"sandboxed \u202egnissecorp", "", "Made by an importer", 1},
};

uint32_t world_below(const struct world *w, const char *what, uint64_t index, uint32_t limit)
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

/* When this person came. */
static int64_t born_of(const struct world *w, uint32_t person)
{
    return w->born + (int64_t)person * DAY_MS;
}

static void add_people(struct world *w, const struct person *people, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char id[UUID_SIZE];
        struct user_rec user = {.org = w->org};
        derive_uuid_v1(w->sandbox->number, "user", (uint64_t)w->org << 32 | i, id);
        user.id = xstrdup(id);
        user.first_name = people[i].first[0] != '\0' ? xstrdup(people[i].first) : NULL;
        user.last_name = people[i].last[0] != '\0' ? xstrdup(people[i].last) : NULL;
        user.email = mail_of(w, &people[i], i);
        user.role = xstrdup(people[i].role);
        user.created_at = user.updated_at = born_of(w, i);
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
    return xasprintf("ws-%s-%06x", start, world_below(w, "slug", index, 0x1000000));
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

/* Nobody is a member before there is the workspace and the person. */
static void add_members(const struct world *w, int64_t workspace, uint32_t index, uint32_t people)
{
    static const char *const ROLES[] = {"admin",  "manager", "member",
                                        "member", "member",  "manager"};
    for (uint32_t i = 0; i < people; i++) {
        uint32_t user = people >= w->people - 2 ? i : (index * 7 + i * 3) % w->people;
        db_add_member(w->sandbox->db, workspace, w->first_user + user, ROLES[i % LENGTH(ROLES)],
                      born_of(w, user) + (int64_t)(index + 1) * DAY_MS);
    }
}

static void add_places(struct world *w, const struct place *places, uint32_t count)
{
    struct user_rec owner;
    db_user_by_seq(w->sandbox->db, w->first_user, &owner);
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
        ws.defaults = i == 1 ? xstrdup("{\"metadata\":{\"cost_centre\":\"4711\"}}") : NULL;
        ws.created_by = xstrdup(owner.id);
        ws.switches = switches_of(i);
        ws.created_at = ws.updated_at = w->born + (int64_t)i * DAY_MS;
        int64_t seq = db_add_workspace(w->sandbox->db, &ws);
        w->first_workspace = i == 0 ? seq : w->first_workspace;
        w->places += strcmp(ws.status, "active") == 0;
        workspace_rec_done(&ws);
        add_members(w, seq, i, places[i].people);
    }
    user_rec_done(&owner);
}

static struct world new_world(struct sandbox *sandbox, uint64_t index, const char *name,
                              const char *domain, uint32_t keys, const char *const *without)
{
    char id[UUID_SIZE];
    struct world w = {
        .sandbox = sandbox, .now = seed_now(sandbox), .domain = domain, .keys_wanted = keys};
    w.born = w.now - 620 * DAY_MS;
    derive_uuid(sandbox->number, "organisation", index, id);
    w.org = db_add_organisation(sandbox->db, id, name);
    w.first_key = db_next_key_seq(sandbox->db);
    seed_add_admin_key(sandbox, w.org, w.born, without);
    return w;
}

/* The console of the second organisation meets refusals: it knows nothing of people's roles in the
 * organisation, nor of their keys, and makes no admin keys. */
static const char *const LACKING[] = {
    "organisation_users.",
    "workspace_user_api_keys.",
    "organisation_service_api_keys.create",
    "organisation_service_api_keys.update",
    "organisation_service_api_keys.delete",
    "organisation_service_api_keys.rotate",
    NULL,
};

void seed_demo(struct sandbox *sandbox)
{
    struct world acme = new_world(sandbox, 1, "Acme Robotics", "acme.example", 150, NULL);
    add_people(&acme, ACME_PEOPLE, LENGTH(ACME_PEOPLE));
    add_places(&acme, ACME_PLACES, LENGTH(ACME_PLACES));
    world_add_keys(&acme, 6);
    world_add_rest(&acme);
    struct world borealis =
        new_world(sandbox, 2, "Borealis Health", "borealis.example", 50, LACKING);
    add_people(&borealis, BOREALIS_PEOPLE, LENGTH(BOREALIS_PEOPLE));
    add_places(&borealis, BOREALIS_PLACES, LENGTH(BOREALIS_PLACES));
    world_add_keys(&borealis, 3);
    world_add_rest(&borealis);
}
