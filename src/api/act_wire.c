#include "api/act_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "base/alloc.h"
#include "base/clock.h"

#include "base/banned.h"

static const struct act_wire WIRES[ACT_COUNT] = {
    [ACT_KEY_ROTATE] = {ACT_KEY_ROTATE, ENDPOINT_ROTATE_KEY, LOST_CHANGED},
    [ACT_KEY_FREEZE] = {ACT_KEY_FREEZE, ENDPOINT_UPDATE_KEY, LOST_COMPARE},
    [ACT_KEY_THAW] = {ACT_KEY_THAW, ENDPOINT_UPDATE_KEY, LOST_COMPARE},
    [ACT_KEY_EDIT] = {ACT_KEY_EDIT, ENDPOINT_UPDATE_KEY, LOST_COMPARE},
};

const struct act_wire *act_wire(enum act_id act)
{
    return &WIRES[act];
}

/* -- the body -- */

/* null clears [OBS]. */
static json_t *time_or_null(int64_t time)
{
    char text[TIME_TEXT_SIZE];

    if (time == TIME_NONE) {
        return json_null();
    }
    time_format(time, text);
    return json_string(text);
}

static json_t *encode(const struct act_look *look)
{
    switch (look->act->id) {
    case ACT_KEY_ROTATE:
        return json_pack("{s:I}", "key_transition_period_ms",
                         (json_int_t)rotate_overlap_ms(look->input));
    case ACT_KEY_FREEZE:
        return json_pack("{s:o}", "expires_at",
                         time_or_null(look->now / 1000 * 1000 + FREEZE_AFTER_MS));
    case ACT_KEY_THAW:
        return json_pack("{s:o}", "expires_at",
                         time_or_null(input_expiry_at(
                             &((const struct thaw_input *)look->input)->expires, look->now)));
    case ACT_KEY_EDIT:
        return act_edit_body(look);
    case ACT_COUNT:
        break;
    }
    return NULL;
}

char *act_body(const struct act_look *look)
{
    json_t *body;
    char *text;

    json_setup();
    body = encode(look);
    text = json_write(body, false);

    json_decref(body);
    return text;
}

/* -- what a record shows -- */

/* The members of a record that tell what became of it. */
static json_t *shown(enum act_id act, json_t *body, const json_t *row)
{
    json_t *out = json_object();
    const char *name;
    json_t *value;

    if (WIRES[act].lost == LOST_CHANGED) {
        value = json_object_get(row, "key");
        if (value != NULL) {
            json_object_set(out, "key", value);
        }
        return out;
    }
    json_object_foreach(body, name, value)
    {
        json_t *now = json_object_get(row, name);

        json_object_set_new(out, name, now == NULL ? json_null() : json_incref(now));
    }
    return out;
}

static json_t *read(const char *text, size_t len)
{
    json_setup();
    return json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
}

char *act_before(enum act_id act, const char *body, const char *row, size_t len)
{
    json_t *asked = read(body, strlen(body)), *record = read(row, len), *out = NULL;
    char *text = NULL;

    if (json_is_object(record)) {
        json_t *updated = json_object_get(record, "last_updated_at");

        out = shown(act, asked, record);
        json_object_set_new(out, "last_updated_at",
                            updated == NULL ? json_null() : json_incref(updated));
        text = json_write(out, false);
    }
    json_decref(asked);
    json_decref(record);
    json_decref(out);
    return text;
}

static bool same_text(const char *a, const char *b)
{
    int64_t at, other;

    return strcmp(a, b) == 0 ||
           (time_parse(a, &at) && time_parse(b, &other) && at == other); /* however written */
}

static bool shows_value(json_t *asked, const json_t *now);

/* What was asked for; the record may hold more: bookkeeping, defaults. */
static bool shows_object(json_t *asked, const json_t *now)
{
    const char *name;
    json_t *value;

    json_object_foreach(asked, name, value)
    {
        if (!act_member_shows(name, value, json_object_get(now, name))) {
            return false;
        }
    }
    return true;
}

/* As many, each of them there: words in any order. */
static bool shows_array(const json_t *asked, const json_t *now)
{
    size_t count = json_array_size(asked);

    for (size_t i = 0; i < count; i++) {
        bool there = false;

        for (size_t j = 0; j < count && !there; j++) {
            there = shows_value(json_array_get(asked, i), json_array_get(now, j));
        }
        if (!there) {
            return false;
        }
    }
    return count == json_array_size(now);
}

/* 0 and 1 are no and yes, here and there [LIVE]. */
static bool same_flag(const json_t *asked, const json_t *now)
{
    return json_is_boolean(now)
               ? json_is_true(asked) == json_is_true(now)
               : json_is_integer(now) && (json_integer_value(now) != 0) == json_is_true(asked);
}

static bool shows_value(json_t *asked, const json_t *now)
{
    if (json_is_null(asked)) {
        return now == NULL || json_is_null(now) ||
               (json_is_array(now) && json_array_size(now) == 0) ||
               (json_is_object(now) && json_object_get(now, "credit_limit") == NULL &&
                json_object_get(now, "is_expired_alerts_sent") != NULL);
    }
    if (now == NULL) {
        return false;
    }
    if (json_is_object(asked)) {
        return json_is_object(now) && shows_object(asked, now);
    }
    if (json_is_array(asked)) {
        return json_is_array(now) && shows_array(asked, now);
    }
    if (json_is_string(asked)) {
        return json_is_string(now) && same_text(json_string_value(asked), json_string_value(now));
    }
    if (json_is_number(asked)) {
        return json_is_number(now) && json_number_value(asked) >= json_number_value(now) &&
               json_number_value(asked) <= json_number_value(now);
    }
    return same_flag(asked, now);
}

/* A config is asked for by slug or id and answered by its id [LIVE]. */
static bool is_slug(const json_t *value)
{
    const char *text = json_string_value(value);

    return text != NULL && strncmp(text, "pc-", 3) == 0;
}

bool act_member_shows(const char *name, json_t *asked, const json_t *now)
{
    if (strcmp(name, "reset_usage") == 0) {
        return true; /* it is never shown */
    }
    if (strcmp(name, "config_id") == 0 && is_slug(asked)) {
        return json_is_string(now);
    }
    if (strcmp(name, "description") == 0 && json_string_length(asked) == 0) {
        return now == NULL || json_is_null(now) || json_string_length(now) == 0;
    }
    return shows_value(asked, now);
}

/* Does the record show all of these members? */
static bool shows(json_t *members, const json_t *record)
{
    const char *name;
    json_t *value;

    json_object_foreach(members, name, value)
    {
        if (!act_member_shows(name, value, json_object_get(record, name))) {
            return false;
        }
    }
    return true;
}

static bool was_touched(const json_t *before, const json_t *record)
{
    json_t *then = json_object_get(before, "last_updated_at");
    const json_t *now = json_object_get(record, "last_updated_at");

    return then == NULL || now == NULL || !json_is_string(then) || !shows_value(then, now);
}

static enum act_seen compare(enum act_id act, json_t *body, json_t *before, const json_t *record)
{
    json_t *then;
    bool as_before;

    if (!json_is_object(record) || !json_is_object(before)) {
        return ACT_SEEN_NOTHING;
    }
    if (WIRES[act].lost == LOST_CHANGED) {
        const char *mask = json_string_value(json_object_get(before, "key"));
        const char *now = json_string_value(json_object_get(record, "key"));

        return mask == NULL || now == NULL ? ACT_SEEN_NOTHING
               : strcmp(mask, now) == 0    ? ACT_SEEN_BEFORE
                                           : ACT_SEEN_WANTED;
    }
    then = json_copy(before);
    json_object_del(then, "last_updated_at");
    as_before = shows(then, record);
    json_decref(then);
    return shows(body, record) ? ACT_SEEN_WANTED : as_before ? ACT_SEEN_BEFORE : ACT_SEEN_THIRD;
}

enum act_seen act_compare(enum act_id act, const char *body, const char *before, const char *row,
                          size_t len, bool *touched)
{
    json_t *asked = read(body, strlen(body)), *then = read(before, strlen(before)),
           *record = read(row, len);
    enum act_seen seen = compare(act, asked, then, record);

    *touched = was_touched(then, record);
    json_decref(asked);
    json_decref(then);
    json_decref(record);
    return seen;
}

/* -- old and new -- */

static bool holds(const json_t *list, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_equal(json_array_get(list, i), value) == 1) {
            return true;
        }
    }
    return false;
}

/* What only the first list has. */
static json_t *without(const json_t *list, const json_t *other)
{
    json_t *out = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *value = json_array_get(list, i);

        if (!holds(other, value)) {
            json_array_append(out, value);
        }
    }
    return out;
}

static void tell_change(const char *name, const json_t *was, const json_t *now, act_change_fn *fn,
                        void *ctx)
{
    bool lists = json_is_array(was) && json_is_array(now);
    json_t *goes = lists ? without(was, now) : NULL, *comes = lists ? without(now, was) : NULL;
    char *old = json_write(lists ? goes : was, false),
         *anew = json_write(lists ? comes : now, false);

    fn(ctx, name, old, anew);
    free(old);
    free(anew);
    json_decref(goes);
    json_decref(comes);
}

void act_each_change(const char *before, const char *body, act_change_fn *fn, void *ctx)
{
    json_t *then = read(before, strlen(before)), *asked = read(body, strlen(body));
    const char *name;
    json_t *value;

    json_object_foreach(asked, name, value)
    {
        json_t *was = json_object_get(then, name);

        if (was != NULL) {
            tell_change(name, was, value, fn, ctx);
        }
    }
    json_decref(then);
    json_decref(asked);
}

/* -- the request -- */

const char *act_method(enum act_id act)
{
    return endpoint_info(WIRES[act].endpoint)->method == HTTP_PUT ? "PUT" : "POST";
}

int64_t act_answer_time(const char *body, size_t len, const char *member)
{
    json_t *answer = read(body, len);
    const char *text = json_string_value(json_object_get(answer, member));
    int64_t time = TIME_NONE;

    if (text != NULL && !time_parse(text, &time)) {
        time = TIME_NONE;
    }
    json_decref(answer);
    return time;
}

bool act_answer_text(const char *body, size_t len, const char *member, char *out, size_t size)
{
    json_t *answer = read(body, len);
    const char *text = json_string_value(json_object_get(answer, member));

    snprintf(out, size, "%s", text == NULL ? "" : text);
    json_decref(answer);
    return out[0] != '\0';
}
