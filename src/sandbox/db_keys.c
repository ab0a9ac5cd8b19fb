#include "sandbox/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

#define AT(field) offsetof(struct key_rec, field)
static const struct column KEY_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"org", COL_INT, AT(org), 0},
    {"id", COL_TEXT, AT(id), 0},
    {"name", COL_TEXT, AT(name), 0},
    {"description", COL_TEXT, AT(description), 0},
    {"kind", COL_ENUM, AT(kind), 0},
    {"workspace", COL_INT, AT(workspace), 0},
    {"user", COL_INT, AT(user), 0},
    {"scopes", COL_SCOPES, AT(scopes), 0},
    {"creation_mode", COL_TEXT, AT(creation_mode), 0},
    {"created_at", COL_TIME, AT(created_at), 0},
    {"updated_at", COL_TIME, AT(updated_at), 0},
    {"expires_at", COL_TIME, AT(expires_at), 0},
    {"rate_limits", COL_TEXT, AT(rate_limits), 0},
    {"usage_limits", COL_TEXT, AT(usage_limits), 0},
    {"alert_emails", COL_TEXT, AT(alert_emails), 0},
    {"rotation_policy", COL_TEXT, AT(rotation_policy), 0},
    {"defaults", COL_TEXT, AT(defaults), 0},
    {"last_reset_at", COL_TIME, AT(last_reset_at), 0},
    {"mask", COL_TEXT, AT(mask), 0},
    {"hash", COL_HASH, AT(hash), 0},
    {"old_hash", COL_HASH, AT(old_hash), AT(has_old_hash)},
    {"old_until", COL_TIME, AT(old_until), 0},
    {"secrets", COL_INT, AT(secrets), 0},
    {"created_by", COL_TEXT, AT(created_by), 0},
    {"updated_by", COL_TEXT, AT(updated_by), 0},
    {"w.id", COL_TEXT, AT(workspace_id), 0},
    {"u.id", COL_TEXT, AT(user_id), 0},
};
#undef AT
const struct record_info KEY_RECORD = {
    "keys k",
    "LEFT JOIN workspaces w ON w.seq=k.workspace LEFT JOIN users u ON u.seq=k.user",
    KEY_COLUMNS,
    sizeof KEY_COLUMNS / sizeof *KEY_COLUMNS,
    sizeof(struct key_rec),
    false};

void key_rec_done(struct key_rec *key)
{
    record_done(&KEY_RECORD, key);
}

static void add_place(struct db *db, struct key_place place)
{
    db->places = xgrow(db->places, &db->place_cap, db->place_count + 1, sizeof *db->places);
    db->places[db->place_count++] = place;
    db->passing_of.org = 0;
}

/* NULL when there is no such key. */
static struct key_place *find_place(struct db *db, int64_t seq)
{
    size_t low = 0;
    size_t high = db->place_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (db->places[middle].seq < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < db->place_count && db->places[low].seq == seq ? &db->places[low] : NULL;
}

bool db_load_places(struct db *db)
{
    sqlite3_stmt *s = NULL;
    db->failed = false;
    db->place_count = 0;
    db->passing_of.org = 0;
    sqlite3_prepare_v2(db->sqlite, "SELECT seq,workspace,org,kind FROM keys ORDER BY seq", -1, &s,
                       NULL);
    while (db_step(db, s)) {
        add_place(db, (struct key_place){(uint32_t)sqlite3_column_int64(s, 0),
                                         (uint32_t)sqlite3_column_int64(s, 1),
                                         (uint16_t)sqlite3_column_int(s, 2),
                                         (uint8_t)sqlite3_column_int(s, 3)});
    }
    sqlite3_finalize(s);
    return !db->failed;
}

int64_t db_next_key_seq(struct db *db)
{
    return db_number(db, SQL_NEXT_KEY, "");
}

int64_t db_add_key(struct db *db, const struct key_rec *key)
{
    int64_t seq = db_add(db, SQL_ADD_KEY, key);
    if (seq != 0) {
        add_place(db, (struct key_place){(uint32_t)seq, (uint32_t)key->workspace,
                                         (uint16_t)key->org, (uint8_t)key->kind});
    }
    return seq;
}

bool db_update_key(struct db *db, const struct key_rec *key)
{
    texts_drop(&db->key_texts, key->seq);
    return db_put(db, SQL_UPDATE_KEY, key);
}

bool db_delete_key(struct db *db, int64_t seq)
{
    db_do(db, SQL_DELETE_KEY, "i", seq);
    texts_drop(&db->key_texts, seq);
    struct key_place *place = find_place(db, seq);
    if (place == NULL) {
        return false;
    }
    db->place_count--;
    memmove(place, place + 1, (size_t)(db->places + db->place_count - place) * sizeof *place);
    db->passing_of.org = 0;
    return true;
}

int64_t *db_keys_of(struct db *db, int64_t workspace, int64_t user, size_t *count)
{
    return db_numbers(db, SQL_KEYS_OF, count, "ii", workspace, user);
}

int64_t *db_rotating_keys(struct db *db, size_t *count)
{
    return db_numbers(db, SQL_ROTATING_KEYS, count, "");
}

bool db_find_key(struct db *db, int64_t org, const char *id, struct key_rec *out)
{
    return db_one(db, SQL_FIND_KEY, out, "it", org, id);
}

bool db_find_key_by_hash(struct db *db, const unsigned char hash[HASH_SIZE], struct key_rec *out)
{
    return db_one(db, SQL_KEY_BY_HASH, out, "h", hash) ||
           db_one(db, SQL_KEY_BY_OLD_HASH, out, "h", hash);
}

static bool place_passes(const struct key_place *place, const struct key_filter *filter)
{
    return place->org == filter->org &&
           (filter->workspace == 0 || place->workspace == filter->workspace) &&
           (filter->kinds & 1u << place->kind) != 0;
}

static void add_passing(struct db *db, const struct key_place *place,
                        const struct key_filter *filter)
{
    if (place != NULL && place_passes(place, filter)) {
        db->passing =
            xgrow(db->passing, &db->passing_cap, db->passing_count + 1, sizeof *db->passing);
        db->passing[db->passing_count++] = place->seq;
    }
}

/* Pages of one list are asked for one after the other: the keys are gone through once for all of
 * them. */
static void find_passing(struct db *db, const struct key_filter *filter)
{
    const struct key_filter *held = &db->passing_of;
    if (!filter->by_only && !held->by_only && held->org == filter->org &&
        held->workspace == filter->workspace && held->kinds == filter->kinds) {
        return;
    }
    db->passing_of = *filter;
    db->passing_of.only = NULL; /* the caller's */
    db->passing_count = 0;
    if (filter->by_only) {
        for (size_t i = 0; i < filter->only_count; i++) {
            if (i == 0 || filter->only[i] != filter->only[i - 1]) {
                add_passing(db, find_place(db, filter->only[i]), filter);
            }
        }
        return;
    }
    for (size_t i = db->place_count; i > 0; i--) {
        add_passing(db, &db->places[i - 1], filter);
    }
}

bool db_key_by_seq(struct db *db, int64_t seq, struct key_rec *out)
{
    return db_one(db, SQL_KEY_SEQ, out, "i", seq);
}

size_t db_list_keys(struct db *db, const struct key_filter *filter, int64_t offset, size_t limit,
                    int64_t *out, int64_t *total)
{
    size_t count = 0;
    find_passing(db, filter);
    for (size_t i = (size_t)offset; i < db->passing_count && count < limit; i++) {
        out[count++] = db->passing[i];
    }
    *total = (int64_t)db->passing_count;
    return count;
}
