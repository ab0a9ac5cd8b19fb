#include "sandbox/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

#define ORGS_MAX (sizeof((struct db *)0)->org_keys / sizeof(size_t))

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
    assert(place.org < ORGS_MAX);
    db->places = xgrow(db->places, &db->place_cap, db->place_count + 1, sizeof *db->places);
    db->places[db->place_count++] = place;
    db->org_keys[place.org]++;
}

void db_load_places(struct db *db)
{
    sqlite3_stmt *s = NULL;
    sqlite3_prepare_v2(db->sqlite, "SELECT seq,workspace,org,kind FROM keys ORDER BY seq", -1, &s,
                       NULL);
    while (sqlite3_step(s) == SQLITE_ROW) {
        add_place(db, (struct key_place){(uint32_t)sqlite3_column_int64(s, 0),
                                         (uint32_t)sqlite3_column_int64(s, 1),
                                         (uint16_t)sqlite3_column_int(s, 2),
                                         (uint8_t)sqlite3_column_int(s, 3)});
    }
    sqlite3_finalize(s);
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
    return db_run(db, s);
}

bool db_delete_key(struct db *db, int64_t seq)
{
    sqlite3_stmt *s = db_statement(db, SQL_DELETE_KEY);
    sqlite3_bind_int64(s, 1, seq);
    db_run(db, s);
    for (size_t i = db->place_count; i > 0; i--) {
        struct key_place *place = &db->places[i - 1];
        if (place->seq == (uint32_t)seq) {
            db->org_keys[place->org]--;
            memmove(place, place + 1, (db->place_count - i) * sizeof *place);
            db->place_count--;
            return true;
        }
    }
    return false;
}

static bool one_key(sqlite3_stmt *s, struct key_rec *out)
{
    bool found = sqlite3_step(s) == SQLITE_ROW;
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
    return one_key(s, out);
}

bool db_find_key_by_hash(struct db *db, const unsigned char hash[HASH_SIZE], struct key_rec *out)
{
    sqlite3_stmt *s = db_statement(db, SQL_KEY_BY_HASH);
    sqlite3_bind_blob(s, 1, hash, HASH_SIZE, SQLITE_TRANSIENT);
    return one_key(s, out);
}

int64_t db_first_key_since(struct db *db, int64_t time)
{
    sqlite3_stmt *s = db_statement(db, SQL_FIRST_KEY_SINCE);
    sqlite3_bind_int64(s, 1, time);
    return db_number(db, s);
}

static bool is_one_of(int64_t seq, const struct key_filter *filter)
{
    for (size_t i = 0; i < filter->only_count; i++) {
        if (filter->only[i] == seq) {
            return true;
        }
    }
    return false;
}

static bool place_passes(const struct key_place *place, const struct key_filter *filter)
{
    return place->org == filter->org &&
           (filter->workspace == 0 || place->workspace == filter->workspace) &&
           (filter->kinds & 1u << place->kind) != 0 &&
           (filter->below == 0 || place->seq < filter->below) &&
           (!filter->by_only || is_one_of(place->seq, filter));
}

static bool takes_all(const struct db *db, const struct key_filter *filter)
{
    return filter->workspace == 0 && filter->below == 0 && !filter->by_only &&
           filter->kinds == (1u << KEY_KIND_COUNT) - 1 &&
           db->org_keys[filter->org] == db->place_count;
}

size_t db_list_keys(struct db *db, const struct key_filter *filter, int64_t offset, size_t limit,
                    struct key_rec *out, int64_t *total)
{
    size_t count = 0;
    int64_t passed = 0;
    size_t from = db->place_count;
    if (takes_all(db, filter)) {
        /* Every key passes: the page is found at once, however far down it is. */
        passed = offset < (int64_t)db->place_count ? offset : (int64_t)db->place_count;
        from = db->place_count - (size_t)passed;
    }
    for (size_t i = from; i > 0; i--) {
        const struct key_place *place = &db->places[i - 1];
        if (!place_passes(place, filter)) {
            continue;
        }
        if (passed++ >= offset && count < limit) {
            sqlite3_stmt *s = db_statement(db, SQL_KEY_SEQ);
            sqlite3_bind_int64(s, 1, place->seq);
            count += one_key(s, &out[count]);
        }
        if (count == limit && takes_all(db, filter)) {
            break;
        }
    }
    *total = takes_all(db, filter) ? (int64_t)db->place_count : passed;
    return count;
}
