#include "api/act_wire.h"

#include <stdio.h>
#include <string.h>

#include "api/json.h"
#include "base/alloc.h"
#include "base/clock.h"

#include "base/banned.h"

static const struct act_wire WIRES[ACT_COUNT] = {
    [ACT_KEY_ROTATE] = {ACT_KEY_ROTATE, ENDPOINT_ROTATE_KEY, LOST_CHANGED},
    [ACT_KEY_FREEZE] = {ACT_KEY_FREEZE, ENDPOINT_UPDATE_KEY, LOST_COMPARE},
    [ACT_KEY_THAW] = {ACT_KEY_THAW, ENDPOINT_UPDATE_KEY, LOST_COMPARE},
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

/* Times are one however they are written. */
static bool same_value(const json_t *a, const json_t *b)
{
    const char *x = json_string_value(a), *y = json_string_value(b);
    int64_t at, other;

    if (x != NULL && y != NULL && time_parse(x, &at) && time_parse(y, &other)) {
        return at == other;
    }
    return json_equal(a, b) == 1;
}

/* Does the record show all of these members? */
static bool shows(json_t *members, const json_t *record)
{
    const char *name;
    json_t *value;

    json_object_foreach(members, name, value)
    {
        const json_t *now = json_object_get(record, name);

        if (!same_value(value, now == NULL ? json_null() : now)) {
            return false;
        }
    }
    return true;
}

static bool was_touched(const json_t *before, const json_t *record)
{
    const json_t *then = json_object_get(before, "last_updated_at");
    const json_t *now = json_object_get(record, "last_updated_at");

    return then == NULL || now == NULL || !json_is_string(then) || !same_value(then, now);
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
