/* A record decoder (DECODE: key, workspace, user or member) on any JSON: what it takes can be held,
 * shown and found again; a secret is never kept. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "api/codec.h"
#include "api/json.h"
#include "base/buf.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

#include "base/banned.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    json_setup();
    return 0;
}

static void check_clean(const char *text)
{
    struct buf again;

    buf_init(&again, 0);
    if (text != NULL &&
        (!text_is_utf8(text, strlen(text)) || text_clean(text, strlen(text), &again))) {
        fuzz_broken("what goes on the screen is not clean");
    }
    buf_done(&again);
}

static void check_pair(const struct inventory *inv, struct text_pair pair)
{
    check_clean(inventory_clean(inv, pair));
    if (pair.raw == STR_NONE && pair.clean != STR_NONE) {
        fuzz_broken("a cleaned text without the text");
    }
}

static void check_word(const struct inventory *inv, str_ref ref)
{
    check_clean(arena_text(&inv->arena, ref));
}

static void check_id(const struct inventory *inv, struct id id)
{
    char text[ID_TEXT_SIZE];
    const char *shown = inventory_id_text(inv, id, text);

    if (id_is_none(id)) {
        fuzz_broken("a row without an id was taken");
    }
    for (; *shown != '\0'; shown++) {
        if (*shown < 0x21 || *shown > 0x7e) {
            fuzz_broken("an id with a blank or a control");
        }
    }
}

static bool take_key(const json_t *json, struct inventory *inv)
{
    struct key_row row;
    const struct key_extra *extra;
    const char *mask;

    if (!key_decode(json, inv, &row, NULL)) {
        return false;
    }
    inventory_add_key(inv, &row);
    if (inv->key_count != 1 || inventory_find_key(inv, row.id) != 0) {
        fuzz_broken("a key is not found by its id");
    }
    extra = inventory_extra(inv, &inv->keys[0]);
    if (extra->rate_count < 0 || extra->rate_count > RATE_LIMITS_MAX ||
        extra->rates_total < extra->rate_count || row.kind > KEY_KIND_UNKNOWN ||
        row.status > STATUS_OTHER) {
        fuzz_broken("a number out of its range");
    }
    mask = arena_text(&inv->arena, row.mask);
    if (mask != NULL && mask[0] != '\0' && strchr(mask, '*') == NULL) {
        fuzz_broken("a key that was not masked is kept");
    }
    check_id(inv, row.id);
    check_clean(mask);
    check_pair(inv, row.name);
    check_pair(inv, row.description);
    check_word(inv, row.status_text);
    check_word(inv, row.type_text);
    check_word(inv, row.creation_mode);
    check_pair(inv, extra->metadata);
    check_pair(inv, extra->unknown);
    check_pair(inv, extra->alert_emails);
    check_word(inv, extra->config_id);
    return true;
}

static bool take_workspace(const json_t *json, struct inventory *inv)
{
    struct workspace_row row;

    if (!workspace_decode(json, inv, &row, NULL)) {
        return false;
    }
    inventory_add_workspace(inv, &row);
    if (inv->workspace_count != 1 || inventory_find_workspace(inv, row.id) != 0) {
        fuzz_broken("a workspace is not found by its id");
    }
    if ((row.switches_on & ~row.switches_known) != 0) {
        fuzz_broken("a switch is on that is not known");
    }
    check_id(inv, row.id);
    check_clean(inventory_workspace_name(inv, &row));
    check_pair(inv, row.name);
    check_pair(inv, row.icon);
    check_pair(inv, row.limits);
    check_word(inv, row.slug);
    check_word(inv, row.status);
    return true;
}

static bool take_user(const json_t *json, struct inventory *inv)
{
    struct user_row row;
    char name[128];

    if (!user_decode(json, inv, &row, NULL)) {
        return false;
    }
    inventory_add_user(inv, &row);
    if (inv->user_count != 1 || inventory_find_user(inv, row.id) != 0) {
        fuzz_broken("a user is not found by its id");
    }
    check_id(inv, row.id);
    check_clean(inventory_user_name(inv, &row, name, sizeof(name)));
    check_pair(inv, row.email);
    check_word(inv, row.role_text);
    return true;
}

static bool take_member(const json_t *json, struct inventory *inv)
{
    struct member_row row;
    struct id workspace = inventory_id(inv, "w");

    if (!member_decode(json, inv, workspace, &row, NULL)) {
        return false;
    }
    inventory_add_member(inv, &row);
    if (inv->member_count != 1 || inventory_find_member(inv, workspace, row.user_id) != 0) {
        fuzz_broken("a member is not found");
    }
    check_id(inv, row.user_id);
    check_pair(inv, row.first_name);
    check_pair(inv, row.email);
    check_word(inv, row.role_text);
    check_word(inv, row.status);
    return true;
}

typedef bool take_fn(const json_t *json, struct inventory *inv);

/* One program for each: the name chooses. */
static take_fn *chosen(void)
{
    static const struct {
        const char *name;
        take_fn *take;
    } takes[] = {{"key", take_key},
                 {"workspace", take_workspace},
                 {"user", take_user},
                 {"member", take_member}};

    for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
        if (strcmp(takes[i].name, DECODE) == 0) {
            return takes[i].take;
        }
    }
    fuzz_broken("there is no such record");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    char *text = fuzz_copy(data, size, 0);
    json_t *json = json_read(text, size, &err);
    struct inventory *inv;

    free(text);
    if (json == NULL) {
        return 0;
    }
    inv = inventory_new();
    /* The same row twice is one row. */
    if (chosen()(json, inv) && !chosen()(json, inv)) {
        fuzz_broken("taken once and not again");
    }
    keys_mask(json);
    if (keys_mask(json)) {
        fuzz_broken("masked twice");
    }
    inventory_free(inv);
    json_decref(json);
    return 0;
}
