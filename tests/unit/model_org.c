#include "unit/model_org.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/filter_internal.h"

#include "base/banned.h"

static const char *const PLACES[] = {"payments", "search", "ml-eval", "tools",  "finance",
                                     "support",  "検索",   "Zürich",  "growth", "risk"};
static const char *const WORDS[] = {"checkout", "runner", "batch", "nightly", "Gira",
                                    "invoice",  "résumé", "eval",  "agent",   "تقرير"};
static const char *const FIRST[] = {"Anna", "Bruno", "Jide", "花子", "Maria", "Özgür"};
static const char *const LAST[] = {"Lindqvist", "Shah", "Okoro", "中村", "da Silva"};

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *org_id(enum list_kind list, unsigned number, char out[ID_TEXT_SIZE])
{
    /* Spread, as random UUIDs are. */
    uint64_t mixed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    snprintf(out, ID_TEXT_SIZE, "%08x-%04x-4%03x-8%03x-%012x", (unsigned)(mixed >> 32),
             (unsigned)(mixed >> 16 & 0xffff), (unsigned)list, (unsigned)(mixed & 0xfff), number);
    return out;
}

struct text_pair org_text(struct inventory *inv, const char *text)
{
    return inventory_text(inv, text, text == NULL ? 0 : strlen(text));
}

str_ref org_word(struct inventory *inv, const char *text)
{
    return text == NULL ? STR_NONE : arena_intern(&inv->arena, text, strlen(text));
}

static struct id id_of(struct inventory *inv, enum list_kind list, unsigned number)
{
    char text[ID_TEXT_SIZE];
    return inventory_id(inv, org_id(list, number, text));
}

struct workspace_row org_workspace(struct inventory *inv, unsigned number, const char *slug,
                                   const char *name)
{
    return (struct workspace_row){
        .id = id_of(inv, LIST_WORKSPACES, number),
        .slug = org_word(inv, slug),
        .name = org_text(inv, name),
        .status = org_word(inv, "active"),
        .created_at = ORG_NOW - 100 * ORG_DAY,
        .updated_at = ORG_NOW - ORG_DAY,
    };
}

struct user_row org_user(struct inventory *inv, unsigned number, const char *first,
                         const char *last, const char *mail, enum org_role role)
{
    return (struct user_row){
        .id = id_of(inv, LIST_USERS, number),
        .first_name = org_text(inv, first),
        .last_name = org_text(inv, last),
        .email = org_text(inv, mail),
        .role = (uint8_t)role,
        .created_at = ORG_NOW - 50 * ORG_DAY,
        .updated_at = TIME_NONE,
    };
}

struct member_row org_member(struct inventory *inv, unsigned workspace, unsigned user,
                             enum ws_role role)
{
    return (struct member_row){
        .workspace_id = id_of(inv, LIST_WORKSPACES, workspace),
        .user_id = id_of(inv, LIST_USERS, user),
        .role = (uint8_t)role,
        .org_role = ORG_MEMBER,
        .created_at = ORG_NOW - 20 * ORG_DAY,
    };
}

struct key_row org_key(struct inventory *inv, unsigned number, const char *name, const char *mask,
                       unsigned workspace, unsigned user)
{
    struct key_row key = {
        .id = id_of(inv, LIST_KEYS, number),
        .name = org_text(inv, name),
        .mask = org_word(inv, mask),
        .created_at = ORG_NOW - (int64_t)number % 700 * ORG_DAY,
        .updated_at = TIME_NONE,
        .expires_at = TIME_NONE,
        .kind = KEY_ORGANISATION_SERVICE,
        .status = STATUS_ACTIVE,
    };
    if (workspace != 0) {
        key.workspace_id = id_of(inv, LIST_WORKSPACES, workspace);
        key.kind = KEY_WORKSPACE_SERVICE;
    }
    if (user != 0) {
        key.user_id = id_of(inv, LIST_USERS, user);
        key.kind = KEY_WORKSPACE_USER;
    }
    return key;
}

struct key_extra org_extra(void)
{
    return (struct key_extra){
        .usage = {.alert_threshold = -1, .current_usage = -1},
        .rotation = {.next_at = TIME_NONE},
        .last_reset_at = TIME_NONE,
        .next_reset_at = TIME_NONE,
        .allow_config_override = -1,
    };
}

void org_scope(struct key_row *key, const char *name)
{
    scope_set_add(&key->scopes, scope_find(name));
}

void org_complete(struct inventory *inv, enum list_kind list)
{
    const size_t counts[LIST_COUNT] = {inv->workspace_count, inv->user_count, inv->member_count,
                                       inv->key_count};
    inv->lists[list].progress = PROGRESS_COMPLETE;
    inv->lists[list].counted = counts[list];
    inv->lists[list].total = (int64_t)counts[list];
    inv->lists[list].loaded_at = ORG_NOW;
    for (size_t i = 0; list == LIST_MEMBERS && i < inv->workspace_count; i++) {
        inv->member_states[i].progress = PROGRESS_COMPLETE;
    }
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void add_people(struct inventory *inv, struct org_size size, uint64_t *state)
{
    char name[64];
    char slug[32];
    for (unsigned i = 1; i <= size.workspaces; i++) {
        snprintf(name, sizeof name, "%s %u", PLACES[next(state) % COUNT(PLACES)], i);
        snprintf(slug, sizeof slug, "ws-team-%06x", i);
        struct workspace_row row = org_workspace(inv, i, slug, name);
        inventory_add_workspace(inv, &row);
    }
    for (unsigned i = 1; i <= size.users; i++) {
        char mail[64];
        snprintf(mail, sizeof mail, "user.%u@acme.example", i);
        struct user_row row =
            org_user(inv, i, FIRST[next(state) % COUNT(FIRST)], LAST[next(state) % COUNT(LAST)],
                     mail, (enum org_role)(i % 9 == 0 ? ORG_ADMIN : ORG_MEMBER));
        inventory_add_user(inv, &row);
        unsigned workspace = (unsigned)(next(state) % size.workspaces) + 1;
        struct member_row member = org_member(inv, workspace, i, (enum ws_role)(next(state) % 3));
        inventory_add_member(inv, &member);
    }
}

void org_add_keys(struct inventory *inv, struct org_size size, unsigned from, unsigned count,
                  uint64_t seed)
{
    static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (unsigned i = from; i < from + count; i++) {
        uint64_t state =
            (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) + i * UINT64_C(0xd1342543de82ef95);
        next(&state);
        char name[96];
        char mask[] = "xx*****xxx";
        snprintf(name, sizeof name, "%s-%s-%05u", WORDS[next(&state) % COUNT(WORDS)],
                 WORDS[next(&state) % 4], (unsigned)(next(&state) % 100000));
        for (size_t at = 0; at < sizeof mask - 1; at++) {
            mask[at] = mask[at] == 'x' ? BASE64[next(&state) % 64] : mask[at];
        }
        unsigned workspace = (unsigned)(next(&state) % size.workspaces) + 1;
        unsigned user = (unsigned)(next(&state) % size.users) + 1;
        uint64_t kind = next(&state) % 10;
        struct key_row key = org_key(inv, i, name, NULL, kind == 0 ? 0 : workspace,
                                     kind == 0 || kind > 6 ? 0 : user);
        key.mask = arena_add(&inv->arena, mask, sizeof mask - 1);
        if (next(&state) % 3 != 0) {
            key.expires_at = ORG_NOW + (int64_t)(next(&state) % 500 - 100) * ORG_DAY;
        }
        if (next(&state) % 20 == 0) {
            key.status = STATUS_EXHAUSTED;
        }
        key.scopes.bits[0] = next(&state) & UINT64_C(0x8421084210842108);
        struct key_extra extra = org_extra();
        if (next(&state) % 2 == 0) {
            extra.rates[0] = (struct rate_limit){LIMIT_REQUESTS, RATE_RPM, 100, STR_NONE};
            extra.rate_count = extra.rates_total = 1;
            key.extra = inventory_add_extra(inv, &extra);
        }
        inventory_add_key(inv, &key);
    }
}

struct inventory *org_new(struct org_size size, uint64_t seed)
{
    struct inventory *inv = inventory_new();
    uint64_t state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
    add_people(inv, size, &state);
    org_add_keys(inv, size, 1, size.keys, seed);
    for (int list = 0; list < LIST_COUNT; list++) {
        org_complete(inv, (enum list_kind)list);
    }
    return inv;
}

enum filter_hit org_filter_hit(struct filter *filter, const struct field_context *ctx, size_t row)
{
    return filter_passes_plainly(filter, ctx, row);
}
