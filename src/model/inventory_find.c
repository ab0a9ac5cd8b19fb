#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "model/endpoint_scopes.h"
#include "model/inventory_index.h"
#include "model/mask.h"

#include "base/banned.h"

static int find_by_name(const struct inventory *inv, const char *text, bool archived)
{
    int found = -1;
    for (size_t i = 0; i < inv->workspace_count; i++) {
        const struct workspace_row *ws = &inv->workspaces[i];
        const char *raw = inventory_raw(inv, ws->name);
        if (ws->archived == archived && (strcmp(inventory_workspace_name(inv, ws), text) == 0 ||
                                         (raw != NULL && strcmp(raw, text) == 0))) {
            if (found >= 0) {
                return -2;
            }
            found = (int)i;
        }
    }
    return found;
}

int inventory_find_workspace_text(const struct inventory *inv, const char *text)
{
    if (text == NULL || *text == '\0') {
        return -1; /* not the workspace whose name happens to be empty */
    }
    int found = inventory_find_workspace(inv, inventory_find_id(inv, text));
    for (size_t i = 0; i < inv->workspace_count && found < 0; i++) {
        const char *slug = arena_text(&inv->arena, inv->workspaces[i].slug);
        if (slug != NULL && strcmp(slug, text) == 0) {
            found = (int)i;
        }
    }
    if (found >= 0) {
        return found;
    }
    found = find_by_name(inv, text, false);
    return found == -1 ? find_by_name(inv, text, true) : found;
}

int inventory_find_user_text(const struct inventory *inv, const char *text)
{
    if (text == NULL || *text == '\0') {
        return -1;
    }
    int found = inventory_find_user(inv, inventory_find_id(inv, text));
    for (size_t i = 0; i < inv->user_count && found < 0; i++) {
        if (inv->users[i].email.raw != STR_NONE &&
            ascii_same(inventory_raw(inv, inv->users[i].email), text)) {
            found = (int)i;
        }
    }
    return found;
}

/* The row and its name are only looked at where the characters may be those of the name. */
int inventory_next_named(const struct inventory *inv, const char *name, size_t from)
{
    uint64_t signature = signature_of(name);
    for (size_t i = from; i < inv->key_count; i++) {
        if ((signature & ~inv->index->key_places[i].signature) == 0 &&
            strcmp(inventory_clean(inv, inv->keys[i].name), name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* A mark behind the icon belongs to the icon. */
static bool ends_at_character(const char *text, size_t len)
{
    size_t at = 0;
    int columns;
    while (at < len) {
        at += text_next(text + at, &columns);
    }
    return at == len;
}

const char *inventory_workspace_name(const struct inventory *inv, const struct workspace_row *row)
{
    const char *name = inventory_clean(inv, row->name);
    const char *icon = inventory_clean(inv, row->icon);
    size_t len = strlen(icon);
    if (len > 0 && strncmp(name, icon, len) == 0 && ends_at_character(name, len)) {
        const char *rest = name + len;
        while (*rest == ' ') {
            rest++;
        }
        if (*rest != '\0') {
            return rest;
        }
    }
    return name;
}

const char *inventory_user_name(const struct inventory *inv, const struct user_row *row, char *out,
                                size_t size)
{
    const char *first = inventory_clean(inv, row->first_name);
    const char *last = inventory_clean(inv, row->last_name);
    const char *mail = inventory_clean(inv, row->email);
    struct buf name;
    buf_init(&name, 0);
    if (*first != '\0' || *last != '\0') {
        buf_addf(&name, "%s%s%s", first, *first != '\0' && *last != '\0' ? " " : "", last);
    } else if (*mail != '\0') {
        buf_adds(&name, mail);
    } else {
        char text[ID_TEXT_SIZE];
        const char *id = inventory_id_text(inv, row->id, text);
        text_clean(id, strlen(id), &name); /* an id that is no UUID is whatever the server sent */
    }
    /* What does not fit is cut between characters. */
    size_t fits = name.len;
    while (fits >= size) {
        fits -= text_prev(name.data, fits);
    }
    memcpy(out, name.data, fits);
    out[fits] = '\0';
    buf_done(&name);
    return out;
}

void inventory_find_own(struct inventory *inv, const char *secret_head, const char *secret_tail)
{
    inv->own_key = -1;
    inv->own_candidates = 0;
    int found = -1;
    for (size_t i = 0; i < inv->key_count; i++) {
        const char *mask = arena_text(&inv->arena, inv->keys[i].mask);
        if (mask != NULL && mask_fits(mask, secret_head, secret_tail)) {
            inv->own_candidates++;
            found = (int)i;
        }
    }
    if (inv->own_candidates == 1) {
        inv->own_key = found;
    }
    inv->generation++;
}

void inventory_unread_words(const struct inventory *inv, enum list_kind list, struct buf *out)
{
    size_t rows = inventory_unread_rows(inv, list);
    unsigned bits = inventory_unread(inv, list);
    const char *gap = " (";
    if (rows == 0) {
        return;
    }
    buf_addf(out, "%zu of the %s hold%s what this program does not understand", rows,
             list_name(list), rows == 1 ? "s" : "");
    for (int i = 0; i < UNREAD_COUNT; i++) {
        if ((bits >> i & 1) != 0) {
            buf_addf(out, "%s%s", gap, unread_name(i));
            gap = ", ";
        }
    }
    buf_adds(out, "): it is shown as ?.");
}

bool inventory_list_complete(const struct inventory *inv, enum list_kind list)
{
    char why[INVENTORY_WHY_SIZE];
    return list == LIST_KEYS ? inventory_keys_complete(inv, why, sizeof why)
                             : inv->lists[list].progress == PROGRESS_COMPLETE &&
                                   inventory_unread_rows(inv, list) == 0;
}

bool inventory_list_read(const struct inventory *inv, enum list_kind list)
{
    enum list_progress progress = inv->lists[list].progress;
    return progress == PROGRESS_LOADING || progress == PROGRESS_COMPLETE ||
           progress == PROGRESS_PARTIAL;
}

bool inventory_own_is_of_workspace(const struct inventory *inv)
{
    return inv->own_key >= 0 && (inv->keys[inv->own_key].kind == KEY_WORKSPACE_SERVICE ||
                                 inv->keys[inv->own_key].kind == KEY_WORKSPACE_USER);
}

/* A workspace key can never hold the scope of the organisation's keys: it is not told to get it. */
unsigned inventory_hidden_kinds(const struct inventory *inv)
{
    unsigned hidden = 0;
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        bool seen = inv->own_key < 0
                        ? inv->index->kinds[kind] > 0
                        : scope_set_has_name(&inv->keys[inv->own_key].scopes,
                                             endpoint_scope(ENDPOINT_KEYS, (enum key_kind)kind));
        bool never = kind == KEY_ORGANISATION_SERVICE && inventory_own_is_of_workspace(inv);
        hidden |= seen || never ? 0 : 1u << kind;
    }
    return hidden;
}

bool inventory_kind_known(const struct inventory *inv, enum key_kind kind)
{
    return inv->lists[LIST_KEYS].progress == PROGRESS_COMPLETE && inv->own_key >= 0 &&
           !inventory_own_is_of_workspace(inv) && kind != KEY_KIND_UNKNOWN &&
           (inventory_unread(inv, LIST_KEYS) & UNREAD_TYPE) == 0 &&
           scope_set_has_name(&inv->keys[inv->own_key].scopes,
                              endpoint_scope(ENDPOINT_KEYS, (enum key_kind)kind));
}

/* "organisation-service and workspace-user keys", and the scopes for them. */
static void hidden_words(unsigned hidden, struct buf *kinds, struct buf *scopes)
{
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        if ((hidden & 1u << kind) != 0) {
            buf_addf(kinds, "%s%s", kinds->len > 0 ? ", " : "", key_kind_name((enum key_kind)kind));
            buf_addf(scopes, "%s%s", scopes->len > 0 ? ", " : "",
                     endpoint_scope(ENDPOINT_KEYS, (enum key_kind)kind));
        }
    }
}

static void tell_hidden(const struct inventory *inv, unsigned hidden, char *why, size_t size)
{
    struct buf kinds, scopes;
    buf_init(&kinds, 0);
    buf_init(&scopes, 0);
    hidden_words(hidden, &kinds, &scopes);
    if (inventory_own_is_of_workspace(inv)) {
        snprintf(why, size, "%s.%s%s%s", OWN_WORKSPACE_ONLY, hidden != 0 ? " It lacks " : "",
                 scopes.data, hidden != 0 ? "." : "");
    } else if (inv->own_key >= 0 && (inv->keys[inv->own_key].unread & UNREAD_SCOPES) != 0) {
        snprintf(why, size,
                 "The scopes of your own key were not understood, so %s keys may be hidden: it may "
                 "lack %s.",
                 kinds.data, scopes.data);
    } else if (inv->own_key >= 0) {
        snprintf(why, size, "Your key lacks %s: %s keys are hidden.", scopes.data, kinds.data);
    } else {
        const char *cause = inv->own_candidates > 1 ? "Several keys have the mask of your own"
                                                    : "Your own key is not in the list";
        if (hidden == 0) {
            snprintf(why, size, "%s, so it is not known whether it sees all keys.", cause);
        } else {
            snprintf(why, size, "%s, so %s keys may be hidden: it likely lacks %s.", cause,
                     kinds.data, scopes.data);
        }
    }
    buf_done(&kinds);
    buf_done(&scopes);
}

bool inventory_keys_held(const struct inventory *inv, char *why, size_t size)
{
    const struct list_state *state = &inv->lists[LIST_KEYS];
    why[0] = '\0';
    if (state->progress != PROGRESS_COMPLETE) {
        snprintf(why, size, "%s", state->why[0] != '\0' ? state->why : "Not all keys were read.");
        return false;
    }
    if (state->total >= 0 && (uint64_t)state->total != state->counted) {
        snprintf(why, size, "%zu keys were read, and the server counts %lld.", state->counted,
                 (long long)state->total);
        return false;
    }
    unsigned hidden = inventory_hidden_kinds(inv);
    if (inv->own_key < 0 || hidden != 0 || inventory_own_is_of_workspace(inv)) {
        tell_hidden(inv, hidden, why, size);
        return false;
    }
    return true;
}

bool inventory_keys_complete(const struct inventory *inv, char *why, size_t size)
{
    if (!inventory_keys_held(inv, why, size)) {
        return false;
    }
    if (inventory_unread_rows(inv, LIST_KEYS) > 0) {
        struct buf words;
        buf_init(&words, 0);
        inventory_unread_words(inv, LIST_KEYS, &words);
        snprintf(why, size, "%s", words.data);
        buf_done(&words);
        return false;
    }
    return true;
}
