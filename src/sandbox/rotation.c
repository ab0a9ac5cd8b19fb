#include "sandbox/rotation.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/audit.h"
#include "sandbox/calendar.h"
#include "sandbox/made.h"

#include "base/banned.h"

int64_t rotation_period_ms(const json_t *policy)
{
    const char *period = json_string_value(json_object_get(policy, "rotation_period"));
    const json_t *days = json_object_get(policy, "rotation_period_days");
    if (json_is_integer(days)) {
        return json_integer_value(days) * DAY_MS;
    }
    if (period == NULL) {
        return 0;
    }
    return strcmp(period, "weekly") == 0 ? 7 * DAY_MS : 28 * DAY_MS;
}

int64_t rotation_next(const json_t *policy, int64_t after)
{
    const char *period = json_string_value(json_object_get(policy, "rotation_period"));
    const json_t *days = json_object_get(policy, "rotation_period_days");
    if (json_is_integer(days)) {
        return next_midnight(after) + (json_integer_value(days) - 1) * DAY_MS;
    }
    return period != NULL && strcmp(period, "weekly") == 0 ? next_weekday(after, 1)
                                                           : next_month(after);
}

int64_t rotation_transition_ms(const json_t *policy)
{
    const json_t *transition = json_object_get(policy, "key_transition_period_ms");
    return json_is_integer(transition) ? json_integer_value(transition) : TRANSITION_MIN_MS;
}

void rotation_turn(const struct sandbox *sandbox, struct key_rec *key, int64_t at,
                   int64_t transition, char out[DERIVED_SECRET_SIZE])
{
    memcpy(key->old_hash, key->hash, HASH_SIZE);
    key->has_old_hash = true;
    key->old_until = at + transition;
    key->secrets++;
    key->updated_at = at;
    made_secret(sandbox, key, out);
}

/* -- by schedule -- */

/* When this key is due; TIME_NONE: never. */
static int64_t due_at(const struct key_rec *key)
{
    json_t *policy = stored_json(key->rotation_policy);
    const char *text = json_string_value(json_object_get(policy, "next_rotation_at"));
    int64_t at = TIME_NONE;
    if (text != NULL && !time_parse(text, &at)) {
        at = TIME_NONE;
    }
    json_decref(policy);
    return at;
}

/* The next time stands in the policy; one that named a single time is over with it. */
static void move_on(struct key_rec *key, int64_t at)
{
    json_t *policy = stored_json(key->rotation_policy);
    free(key->rotation_policy);
    key->rotation_policy = NULL;
    if (rotation_period_ms(policy) > 0) {
        json_object_set_new(policy, "next_rotation_at", time_json(rotation_next(policy, at)));
        key->rotation_policy = json_dumps(policy, JSON_COMPACT);
    }
    json_decref(policy);
}

static void rotate(struct sandbox *sandbox, struct key_rec *key, int64_t at)
{
    char secret[DERIVED_SECRET_SIZE];
    bool expired = key->expires_at != TIME_NONE && key->expires_at <= at;
    if (!expired) { /* a dead key is left alone */
        json_t *policy = stored_json(key->rotation_policy);
        char *old_mask = xstrdup(key->mask);
        rotation_turn(sandbox, key, at, rotation_transition_ms(policy), secret);
        audit_by_itself(sandbox, key, at, old_mask);
        free(old_mask);
        json_decref(policy);
    }
    move_on(key, at);
    db_update_key(sandbox->db, key);
}

/* Rotates what is due, as often as it is, and finds out when the next one will be. */
static void settle(struct sandbox *sandbox, int64_t now)
{
    size_t count;
    int64_t *seqs = db_rotating_keys(sandbox->db, &count);
    sandbox->next_rotation = TIME_NONE;
    for (size_t i = 0; i < count; i++) {
        struct key_rec key;
        if (!db_key_by_seq(sandbox->db, seqs[i], &key)) {
            continue;
        }
        int64_t at = due_at(&key);
        while (at != TIME_NONE && at <= now) {
            rotate(sandbox, &key, at);
            at = due_at(&key);
        }
        if (at != TIME_NONE &&
            (sandbox->next_rotation == TIME_NONE || at < sandbox->next_rotation)) {
            sandbox->next_rotation = at;
        }
        key_rec_done(&key);
    }
    free(seqs);
    sandbox->rotations_known = true;
}

void rotations_settle(struct sandbox *sandbox, int64_t now)
{
    if (!sandbox->rotations_known ||
        (sandbox->next_rotation != TIME_NONE && sandbox->next_rotation <= now)) {
        settle(sandbox, now);
    }
}

void rotations_forget(struct sandbox *sandbox)
{
    sandbox->rotations_known = false;
}
