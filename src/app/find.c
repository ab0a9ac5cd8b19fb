#include "app/find.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "model/endpoint_scopes.h"

#include "base/banned.h"

#define UUID_LENGTH 36

static const char *text(const char *value)
{
    return value == NULL ? "" : value;
}

static bool is_among(const struct inventory *found, struct id id, const char *const *ids,
                     size_t count)
{
    for (size_t i = 0; i < count && !id_is_none(id); i++) {
        if (id_equal(id, inventory_find_id(found, ids[i]))) {
            return true;
        }
    }
    return false;
}

/* A time that is there and could not be read is neither before nor behind another. */
static bool tells(int64_t time)
{
    return time != TIME_NONE && time != TIME_UNREAD;
}

static bool is_older(int64_t time, int64_t than)
{
    return tells(time) && tells(than) && time < than;
}

int64_t find_newest(const struct inventory *found)
{
    int64_t newest = TIME_NONE;

    for (size_t i = 0; i < found->key_count; i++) {
        if (tells(found->keys[i].created_at) &&
            (newest == TIME_NONE || found->keys[i].created_at > newest)) {
            newest = found->keys[i].created_at;
        }
    }
    return newest;
}

enum place { PLACE_THERE, PLACE_ELSEWHERE, PLACE_UNREAD };

static enum place place_of(const struct find_wanted *wanted, const struct inventory *found,
                           const struct key_row *row)
{
    const char *workspace = text(wanted->workspace);
    char buffer[ID_TEXT_SIZE];

    if (wanted->kind == KEY_ORGANISATION_SERVICE) {
        return PLACE_THERE;
    }
    if (id_is_none(row->workspace_id)) {
        return PLACE_UNREAD;
    }
    if (strcmp(inventory_id_text(found, row->workspace_id, buffer), workspace) == 0) {
        return PLACE_THERE;
    }
    return strlen(workspace) == UUID_LENGTH ? PLACE_ELSEWHERE : PLACE_UNREAD;
}

static bool same_owner(const struct find_wanted *wanted, const struct inventory *found,
                       const struct key_row *row)
{
    char buffer[ID_TEXT_SIZE];

    return wanted->kind != KEY_WORKSPACE_USER ||
           strcmp(inventory_id_text(found, row->user_id, buffer), text(wanted->owner)) == 0;
}

static bool same_scopes(const struct find_wanted *wanted, const struct key_row *row)
{
    return wanted->scopes == NULL ||
           (scope_set_equal(wanted->scopes, &row->scopes) && row->unknown_scopes == STR_NONE);
}

bool find_was_there(const struct find_wanted *wanted, const struct inventory *found,
                    const struct key_row *row)
{
    return is_among(found, row->id, wanted->known, wanted->known_count);
}

bool find_fits(const struct find_wanted *wanted, const struct inventory *found,
               const struct key_row *row, unsigned *differs)
{
    enum place place = place_of(wanted, found, row);
    const char *name = inventory_raw(found, row->name);
    bool unread = row->kind == KEY_KIND_UNKNOWN || place == PLACE_UNREAD || !tells(row->created_at);
    bool named = name != NULL && strcmp(name, text(wanted->name)) == 0;
    bool changed = !tells(row->updated_at) || is_older(row->created_at, row->updated_at) ||
                   !tells(row->created_at);

    /* What could not be read excludes nothing. */
    if ((row->kind != wanted->kind && row->kind != KEY_KIND_UNKNOWN) || place == PLACE_ELSEWHERE ||
        (!named && !changed) || is_older(row->created_at, wanted->floor) ||
        find_was_there(wanted, found, row) ||
        is_among(found, row->id, wanted->others, wanted->other_count)) {
        return false;
    }
    if (differs != NULL) {
        *differs = (named ? 0u : FIND_NAME) | (same_owner(wanted, found, row) ? 0u : FIND_OWNER) |
                   (same_scopes(wanted, row) ? 0u : FIND_SCOPES) | (unread ? FIND_UNREAD : 0u);
    }
    return true;
}

/* An admin key reaches everywhere; a workspace key its own workspace. */
bool find_own_shows(const struct find_wanted *wanted, const struct inventory *found,
                    const struct key_row *own)
{
    if (own->kind != KEY_ORGANISATION_SERVICE && place_of(wanted, found, own) != PLACE_THERE) {
        return false;
    }
    return wanted->kind < KEY_KIND_COUNT &&
           scope_set_has_name(&own->scopes, endpoint_scope(ENDPOINT_KEYS, wanted->kind));
}

bool find_shows(const struct find_wanted *wanted, const struct inventory *found, const char *own_id)
{
    int own = text(own_id)[0] == '\0' ? found->own_key
                                      : inventory_find_key(found, inventory_find_id(found, own_id));

    if (own >= 0 && find_own_shows(wanted, found, &found->keys[own])) {
        return true;
    }
    for (size_t i = 0; i < found->key_count; i++) {
        const struct key_row *row = &found->keys[i];

        if (row->kind == wanted->kind && place_of(wanted, found, row) == PLACE_THERE) {
            return true;
        }
    }
    return false;
}

/* A list goes from the newest down: one older than all that was new before, or the end, and nothing
 * that was made since is behind it. Unless a row could not be understood: that may be it. */
static bool reaches_back(const struct find_wanted *wanted, const struct inventory *found)
{
    const struct list_state *state = &found->lists[LIST_KEYS];

    if (state->progress == PROGRESS_PARTIAL) {
        return false;
    }
    if (state->total >= 0 && (size_t)state->total == found->key_count) {
        return true;
    }
    for (size_t i = 0; i < found->key_count; i++) {
        if (is_older(found->keys[i].created_at, wanted->floor)) {
            return true;
        }
    }
    return false;
}

void find_look(const struct find_wanted *wanted, const struct inventory *found, const char *own_id,
               struct find_result *out)
{
    *out = (struct find_result){0};
    if (wanted->blind) {
        return; /* all that is there could be new */
    }
    for (size_t i = 0; i < found->key_count; i++) {
        const struct key_row *row = &found->keys[i];
        char buffer[ID_TEXT_SIZE];
        unsigned differs;

        if (find_fits(wanted, found, row, &differs) && out->count++ < FIND_HITS_MAX) {
            struct find_hit *hit = &out->hits[out->count - 1];

            hit->differs = differs;
            snprintf(hit->id, sizeof(hit->id), "%s", inventory_id_text(found, row->id, buffer));
        }
    }
    out->reaches = reaches_back(wanted, found);
    out->told = out->reaches && find_shows(wanted, found, own_id);
}

void find_without(struct find_result *result, const char *id)
{
    size_t named = result->count < FIND_HITS_MAX ? result->count : FIND_HITS_MAX;

    for (size_t i = 0; i < named; i++) {
        if (strcmp(result->hits[i].id, id) == 0) {
            memmove(&result->hits[i], &result->hits[i + 1],
                    (named - i - 1) * sizeof(result->hits[0]));
            result->count--;
            return;
        }
    }
}

enum find_verdict find_verdict(const struct find_result *result, int64_t age_ms, int64_t wait_ms)
{
    if (result->count > 0) {
        return FIND_CANDIDATE;
    }
    if (!result->told) {
        return FIND_UNTOLD;
    }
    return age_ms >= wait_ms ? FIND_NONE : FIND_MAY_COME;
}

/* -- words -- */

void find_differs_words(unsigned differs, char *out, size_t size)
{
    static const struct {
        unsigned bit;
        const char *word;
    } parts[] = {{FIND_NAME, "its name"}, {FIND_OWNER, "its owner"}, {FIND_SCOPES, "its scopes"}};
    struct buf words;
    size_t count = 0, left = 0;

    buf_init(&words, 0);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        left += (differs & parts[i].bit) != 0;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if ((differs & parts[i].bit) != 0) {
            buf_addf(&words, "%s%s", count == 0 ? "" : --left == 1 ? " and " : ", ", parts[i].word);
            count++;
        }
    }
    if (count > 0) {
        buf_addf(&words, " %s from what was asked", count == 1 ? "differs" : "differ");
    }
    if ((differs & FIND_UNREAD) != 0) {
        buf_addf(&words, "%snot all of it could be read", count == 0 ? "" : ", and ");
    }
    snprintf(out, size, "%s", words.data);
    buf_done(&words);
}

void find_words(const struct find_result *result, char *out, size_t size)
{
    size_t named = result->count < FIND_HITS_MAX ? result->count : FIND_HITS_MAX;
    struct buf words;

    buf_init(&words, 0);
    for (size_t i = 0; i < named; i++) {
        char differs[160];

        find_differs_words(result->hits[i].differs, differs, sizeof(differs));
        buf_addf(&words, "%s%s",
                 i == 0           ? "The key "
                 : i + 1 == named ? " or "
                                  : ", ",
                 result->hits[i].id);
        if (differs[0] != '\0') {
            buf_addf(&words, " (%s)", differs);
        }
    }
    if (result->count > named) {
        buf_addf(&words, " or one of %zu more", result->count - named);
    }
    if (result->count > 0) {
        buf_adds(&words,
                 " may be what it made; if nobody else made it, nobody has its secret. Look "
                 "at it and ask before it is revoked.");
    }
    snprintf(out, size, "%s", words.data);
    buf_done(&words);
}
