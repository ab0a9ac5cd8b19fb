#include "sandbox/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

void key_rec_done(struct key_rec *key)
{
    char *texts[] = {key->id,          key->name,         key->description,  key->creation_mode,
                     key->rate_limits, key->usage_limits, key->alert_emails, key->rotation_policy,
                     key->defaults,    key->mask,         key->workspace_id, key->user_id};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        free(texts[i]);
    }
    *key = (struct key_rec){0};
}

static void read_hash(sqlite3_stmt *s, int column, unsigned char out[HASH_SIZE])
{
    const void *hash = sqlite3_column_blob(s, column);
    if (hash != NULL && sqlite3_column_bytes(s, column) == HASH_SIZE) {
        memcpy(out, hash, HASH_SIZE);
    }
}

static void read_key(sqlite3_stmt *s, struct key_rec *out)
{
    *out = (struct key_rec){
        .seq = sqlite3_column_int64(s, 0),
        .org = sqlite3_column_int64(s, 1),
        .id = db_text(s, 2),
        .name = db_text(s, 3),
        .description = db_text(s, 4),
        .kind = (enum key_kind)sqlite3_column_int(s, 5),
        .workspace = sqlite3_column_int64(s, 6),
        .user = sqlite3_column_int64(s, 7),
        .creation_mode = db_text(s, 9),
        .created_at = db_time(s, 10),
        .updated_at = db_time(s, 11),
        .expires_at = db_time(s, 12),
        .rate_limits = db_text(s, 13),
        .usage_limits = db_text(s, 14),
        .alert_emails = db_text(s, 15),
        .rotation_policy = db_text(s, 16),
        .defaults = db_text(s, 17),
        .last_reset_at = db_time(s, 18),
        .mask = db_text(s, 19),
        .old_until = db_time(s, 22),
        .has_old_hash = sqlite3_column_type(s, 21) != SQLITE_NULL,
        .secrets = sqlite3_column_int64(s, 23),
        .workspace_id = db_text(s, 24),
        .user_id = db_text(s, 25),
    };
    const void *scopes = sqlite3_column_blob(s, 8);
    if (scopes != NULL && sqlite3_column_bytes(s, 8) == (int)sizeof out->scopes) {
        memcpy(&out->scopes, scopes, sizeof out->scopes);
    }
    read_hash(s, 20, out->hash);
    read_hash(s, 21, out->old_hash);
}

static void bind_key(sqlite3_stmt *s, const struct key_rec *key)
{
    sqlite3_bind_int64(s, 1, key->org);
    db_bind_text(s, 2, key->id);
    db_bind_text(s, 3, key->name);
    db_bind_text(s, 4, key->description);
    sqlite3_bind_int(s, 5, (int)key->kind);
    sqlite3_bind_int64(s, 6, key->workspace);
    sqlite3_bind_int64(s, 7, key->user);
    sqlite3_bind_blob(s, 8, &key->scopes, (int)sizeof key->scopes, SQLITE_TRANSIENT);
    db_bind_text(s, 9, key->creation_mode);
    db_bind_time(s, 10, key->created_at);
    db_bind_time(s, 11, key->updated_at);
    db_bind_time(s, 12, key->expires_at);
    db_bind_text(s, 13, key->rate_limits);
    db_bind_text(s, 14, key->usage_limits);
    db_bind_text(s, 15, key->alert_emails);
    db_bind_text(s, 16, key->rotation_policy);
    db_bind_text(s, 17, key->defaults);
    db_bind_time(s, 18, key->last_reset_at);
    db_bind_text(s, 19, key->mask);
    sqlite3_bind_blob(s, 20, key->hash, HASH_SIZE, SQLITE_TRANSIENT);
    if (key->has_old_hash) {
        sqlite3_bind_blob(s, 21, key->old_hash, HASH_SIZE, SQLITE_TRANSIENT);
        db_bind_time(s, 22, key->old_until);
    }
    sqlite3_bind_int64(s, 23, key->secrets);
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
    return db_number(db, db_statement(db, SQL_NEXT_KEY));
}

int64_t db_add_key(struct db *db, const struct key_rec *key)
{
    sqlite3_stmt *s = db_statement(db, SQL_ADD_KEY);
    bind_key(s, key);
    if (!db_run(db, s)) {
        return 0;
    }
    int64_t seq = sqlite3_last_insert_rowid(db->sqlite);
    add_place(db, (struct key_place){(uint32_t)seq, (uint32_t)key->workspace, (uint16_t)key->org,
                                     (uint8_t)key->kind});
    return seq;
}

bool db_update_key(struct db *db, const struct key_rec *key)
{
    sqlite3_stmt *s = db_statement(db, SQL_UPDATE_KEY);
    bind_key(s, key);
    sqlite3_bind_int64(s, 24, key->seq);
    texts_drop(&db->key_texts, key->seq);
    return db_run(db, s);
}

bool db_delete_key(struct db *db, int64_t seq)
{
    sqlite3_stmt *s = db_statement(db, SQL_DELETE_KEY);
    sqlite3_bind_int64(s, 1, seq);
    db_run(db, s);
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

static bool one_key(struct db *db, sqlite3_stmt *s, struct key_rec *out)
{
    bool found = db_step(db, s);
    if (found) {
        read_key(s, out);
    }
    sqlite3_reset(s);
    return found;
}

bool db_find_key(struct db *db, int64_t org, const char *id, struct key_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_FIND_KEY);
    sqlite3_bind_int64(s, 1, org);
    db_bind_text(s, 2, id);
    return one_key(db, s, out);
}

bool db_find_key_by_hash(struct db *db, const unsigned char hash[HASH_SIZE], struct key_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_KEY_BY_HASH);
    sqlite3_bind_blob(s, 1, hash, HASH_SIZE, SQLITE_TRANSIENT);
    return one_key(db, s, out);
}

int64_t db_first_key_since(struct db *db, int64_t time)
{
    sqlite3_stmt *s = db_statement(db, SQL_FIRST_KEY_SINCE);
    sqlite3_bind_int64(s, 1, time);
    return db_number(db, s);
}

static bool place_passes(const struct key_place *place, const struct key_filter *filter)
{
    return place->org == filter->org &&
           (filter->workspace == 0 || place->workspace == filter->workspace) &&
           (filter->kinds & 1u << place->kind) != 0 &&
           (filter->below == 0 || place->seq < filter->below);
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
        held->workspace == filter->workspace && held->kinds == filter->kinds &&
        held->below == filter->below) {
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
    sqlite3_stmt *s = db_statement(db, SQL_KEY_SEQ);
    sqlite3_bind_int64(s, 1, seq);
    return one_key(db, s, out);
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
