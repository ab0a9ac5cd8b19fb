/* Reads a page some rows at a time, so that no key press waits for all of it. What nearly every row
 * is made of (ASCII text, whole numbers) is read here, which is several times as fast; other
 * scalars are given to jansson one by one. Whatever does not look right here is left to json_read
 * as a whole, so what is refused, repaired and said about it is decided there alone. */
#include "api/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"

#include "base/banned.h"

/* No row of the API is half as deep. */
#define DEPTH_MAX 32
/* So many digits always fit into 64 bits. */
#define DIGITS_MAX 18

struct json_reader {
    const char *bytes, *at, *end;
    json_t *root;
    json_t *rows; /* the array of the root that is being read; lent; NULL: none */
    char broken[JSON_WHY_SIZE];
};

const char *json_reader_broken(const struct json_reader *reader)
{
    return reader->broken;
}

struct json_reader *json_reader_new(const char *bytes, size_t len)
{
    struct json_reader *reader = xcalloc(1, sizeof(*reader));

    *reader = (struct json_reader){
        .bytes = bytes, .at = bytes + json_bom(bytes, len), .end = bytes + len};
    return reader;
}

void json_reader_free(struct json_reader *reader)
{
    if (reader != NULL) {
        json_decref(reader->root);
        free(reader);
    }
}

/* -- values: each gives NULL for what is not read here -- */

static json_t *read_value(struct json_reader *reader, int depth);

/* The next character that is no blank; NUL at the end. */
static char skip_blanks(struct json_reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\r' || *reader->at == '\t')) {
        reader->at++;
    }
    return reader->at < reader->end ? *reader->at : '\0';
}

enum step { STEP_ITEM, STEP_END, STEP_BAD };

/* What is next in an object or array. An item that a comma promised and that is not there is no
 * value. */
static enum step next_item(struct json_reader *reader, bool first, char close)
{
    char c = skip_blanks(reader);

    if (c == close) {
        reader->at++;
        return STEP_END;
    }
    if (first) {
        return STEP_ITEM;
    }
    if (c != ',') {
        return STEP_BAD;
    }
    reader->at++;
    skip_blanks(reader);
    return STEP_ITEM;
}

static json_t *read_by_jansson(const char *from, const char *to)
{
    return json_loadb(from, (size_t)(to - from), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

/* At an opening quote. Goes behind the closing one and tells whether all between is ASCII that
 * stands for itself. False when there is no closing one. */
static bool skip_text(struct json_reader *reader, bool *plain)
{
    const char *at = reader->at + 1;

    for (*plain = true; at < reader->end && *at != '"'; at++) {
        unsigned char c = (unsigned char)*at;

        if (c < ' ' || c >= 0x80 || c == '\\') {
            *plain = false;
            at += c == '\\';
        }
    }
    if (at >= reader->end) {
        return false;
    }
    reader->at = at + 1;
    return true;
}

static json_t *read_text(struct json_reader *reader)
{
    const char *from = reader->at;
    bool plain;

    if (!skip_text(reader, &plain)) {
        return NULL;
    }
    return plain ? json_stringn_nocheck(from + 1, (size_t)(reader->at - from) - 2)
                 : read_by_jansson(from, reader->at);
}

static json_t *read_number(struct json_reader *reader)
{
    const char *from = reader->at;
    bool minus = *from == '-';
    const char *digits = from + minus;
    const char *at = digits;
    json_int_t number = 0;

    while (at < reader->end && *at >= '0' && *at <= '9' && at - digits < DIGITS_MAX) {
        number = number * 10 + (*at++ - '0');
    }
    if (at > digits && (at - digits == 1 || *digits != '0') &&
        (at == reader->end || strchr("0123456789.eE", *at) == NULL)) {
        reader->at = at;
        return json_integer(minus ? -number : number);
    }
    while (at < reader->end && *at != '\0' && strchr("+-0123456789.eE", *at) != NULL) {
        at++;
    }
    reader->at = at;
    return read_by_jansson(from, at);
}

static json_t *read_word(struct json_reader *reader, const char *word, json_t *value)
{
    size_t len = strlen(word);

    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0) {
        return NULL;
    }
    reader->at += len;
    return value;
}

/* A member up to its value. The name lends from the input. */
static bool read_name(struct json_reader *reader, const char **name, size_t *len)
{
    bool plain;

    *name = reader->at + 1;
    if (reader->at == reader->end || *reader->at != '"' || !skip_text(reader, &plain) || !plain) {
        return false;
    }
    *len = (size_t)(reader->at - *name) - 1;
    if (skip_blanks(reader) != ':') {
        return false;
    }
    reader->at++;
    skip_blanks(reader);
    return true;
}

/* Takes the value. False when the object has such a member. */
static bool add_member(json_t *object, const char *name, size_t len, json_t *value)
{
    size_t before = json_object_size(object);

    return json_object_setn_new_nocheck(object, name, len, value) == 0 &&
           json_object_size(object) > before;
}

static json_t *read_object(struct json_reader *reader, int depth)
{
    json_t *object = json_object();
    enum step step;

    reader->at++;
    while ((step = next_item(reader, json_object_size(object) == 0, '}')) == STEP_ITEM) {
        const char *name;
        size_t len;
        json_t *value = read_name(reader, &name, &len) ? read_value(reader, depth) : NULL;

        if (value == NULL || !add_member(object, name, len, value)) {
            step = STEP_BAD;
            break;
        }
    }
    if (step == STEP_END) {
        return object;
    }
    json_decref(object);
    return NULL;
}

static json_t *read_array(struct json_reader *reader, int depth)
{
    json_t *array = json_array();
    enum step step;

    reader->at++;
    while ((step = next_item(reader, json_array_size(array) == 0, ']')) == STEP_ITEM) {
        json_t *value = read_value(reader, depth);

        if (value == NULL || json_array_append_new(array, value) != 0) {
            step = STEP_BAD;
            break;
        }
    }
    if (step == STEP_END) {
        return array;
    }
    json_decref(array);
    return NULL;
}

static json_t *read_value(struct json_reader *reader, int depth)
{
    if (reader->at == reader->end) {
        return NULL;
    }
    switch (*reader->at) {
    case '"':
        return read_text(reader);
    case '{':
        return depth < DEPTH_MAX ? read_object(reader, depth + 1) : NULL;
    case '[':
        return depth < DEPTH_MAX ? read_array(reader, depth + 1) : NULL;
    case 'n':
        return read_word(reader, "null", json_null());
    case 't':
        return read_word(reader, "true", json_true());
    case 'f':
        return read_word(reader, "false", json_false());
    default:
        return read_number(reader);
    }
}

/* -- the whole, step by step -- */

/* Goes behind an object or array whatever is in it. False when it has no end. */
static bool skip_row(struct json_reader *reader)
{
    int open = 0;

    while (reader->at < reader->end) {
        char c = *reader->at;
        bool plain;

        if (c == '"') {
            if (!skip_text(reader, &plain)) {
                return false;
            }
            continue;
        }
        reader->at++;
        open += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        if (open == 0) {
            return true;
        }
    }
    return false;
}

/* ` (id 0a1b-..)` of a row that cannot be read, when that stands in it where nobody can mistake it.
 */
static void name_row(const char *from, const char *to, char *out, size_t size)
{
    static const char ID[] = "\"id\":";
    const char *at = memmem(from, (size_t)(to - from), ID, sizeof(ID) - 1);
    size_t len = 0;

    out[0] = '\0';
    if (at == NULL) {
        return;
    }
    at += sizeof(ID) - 1;
    while (at < to && *at == ' ') {
        at++;
    }
    if (at == to || *at++ != '"') {
        return;
    }
    while (at + len < to && len < 40 && (ascii_is_alnum(at[len]) || at[len] == '-')) {
        len++;
    }
    if (len > 0 && at + len < to && at[len] == '"') {
        snprintf(out, size, " (id %.*s)", (int)len, at);
    }
}

/* A row that is not read here: jansson reads it by itself, or null stands for it. False when nobody
 * knows where it ends. */
static json_t *read_odd_row(struct json_reader *reader, const char *from)
{
    const char *why;
    char id[60];
    json_t *value;

    reader->at = from;
    if (from == reader->end || (*from != '{' && *from != '[') || !skip_row(reader)) {
        return NULL;
    }
    value = json_read_row(from, (size_t)(reader->at - from), &why);
    if (value != NULL) {
        return value;
    }
    if (reader->broken[0] == '\0') {
        name_row(from, reader->at, id, sizeof(id));
        snprintf(reader->broken, sizeof(reader->broken), "%s%s", why, id);
    }
    return json_null();
}

/* One row, or the end of the rows. False when that is not read here. */
static bool read_row(struct json_reader *reader)
{
    const char *from;
    json_t *value;

    switch (next_item(reader, json_array_size(reader->rows) == 0, ']')) {
    case STEP_ITEM:
        from = reader->at;
        value = read_value(reader, 2);
        if (value == NULL) {
            value = read_odd_row(reader, from);
        }
        return value != NULL && json_array_append_new(reader->rows, value) == 0;
    case STEP_END:
        reader->rows = NULL;
        return true;
    default:
        return false;
    }
}

/* One member of the root, of an array only its beginning. */
static bool read_member(struct json_reader *reader)
{
    const char *name;
    size_t len;
    json_t *value;

    if (!read_name(reader, &name, &len)) {
        return false;
    }
    if (reader->at < reader->end && *reader->at == '[') {
        reader->at++;
        value = reader->rows = json_array();
    } else {
        value = read_value(reader, 1);
    }
    return value != NULL && add_member(reader->root, name, len, value);
}

/* *whole: the end was reached. */
static bool read_on(struct json_reader *reader, bool *whole)
{
    if (reader->rows != NULL) {
        return read_row(reader);
    }
    if (reader->root == NULL) {
        if (skip_blanks(reader) != '{') {
            return false;
        }
        reader->at++;
        reader->root = json_object();
    }
    switch (next_item(reader, json_object_size(reader->root) == 0, '}')) {
    case STEP_ITEM:
        return read_member(reader);
    case STEP_END:
        skip_blanks(reader);
        *whole = reader->at == reader->end;
        return *whole;
    default:
        return false;
    }
}

bool json_reader_work(struct json_reader *reader, int64_t until_us, json_t **out, bool *cut,
                      struct err *err)
{
    bool whole = false;

    *cut = false;
    do {
        if (!read_on(reader, &whole)) {
            reader->broken[0] = '\0';
            *out = json_read_cut(reader->bytes, (size_t)(reader->end - reader->bytes), cut, err);
            return true;
        }
    } while (!whole && clock_mono_us() < until_us);
    if (whole) {
        *out = reader->root;
        reader->root = NULL;
    }
    return whole;
}
