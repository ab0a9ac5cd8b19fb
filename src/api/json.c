#include "api/json.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"

#include "base/banned.h"

static void wiping_free(void *block)
{
    if (block != NULL) {
        secret_wipe(block, malloc_usable_size(block));
        free(block);
    }
}

void json_setup(void)
{
    /* A member that could not be set would be left out in silence. */
    json_set_alloc_funcs(xmalloc, wiping_free);
}

/* -- repair -- */

static bool hex4(const char *text, size_t left, unsigned *out)
{
    char digits[5] = "";
    char *end;

    if (left < 6 || text[0] != '\\' || text[1] != 'u') {
        return false;
    }
    memcpy(digits, text + 2, 4);
    *out = (unsigned)strtoul(digits, &end, 16);
    return end == digits + 4 && strspn(digits, "0123456789abcdefABCDEF") == 4;
}

/* A half surrogate pair, as JavaScript writes it, becomes U+FFFD: the same length, so it is done in
 * place. */
static size_t repair_escape(char *at, size_t left)
{
    static const char replacement[] = {'\\', 'u', 'f', 'f', 'f', 'd'};
    unsigned code, low;

    if (!hex4(at, left, &code)) {
        return left < 2 ? left : 2;
    }
    if (code < 0xd800 || code > 0xdfff) {
        return 6;
    }
    if (code < 0xdc00 && hex4(at + 6, left - 6, &low) && low >= 0xdc00 && low <= 0xdfff) {
        return 12;
    }
    memcpy(at, replacement, sizeof(replacement));
    return sizeof(replacement);
}

/* The length of the UTF-8 character at text, 0 when it is none. */
static size_t utf8_length(const char *text, size_t left)
{
    unsigned char first = (unsigned char)text[0];
    size_t len = first < 0x80   ? 1
                 : first < 0xc2 ? 0
                 : first < 0xe0 ? 2
                 : first < 0xf0 ? 3
                 : first < 0xf5 ? 4
                                : 0;

    return len > 0 && len <= left && text_is_utf8(text, len) ? len : 0;
}

/* Only what is badly encoded is replaced; what is bad JSON stays bad. */
static char *repaired(const char *bytes, size_t len)
{
    char *copy = xmalloc(len + 1);
    size_t at = 0;

    if (len > 0) {
        memcpy(copy, bytes, len);
    }
    copy[len] = '\0';
    while (at < len) {
        size_t step;

        if (copy[at] == '\\') {
            at += repair_escape(copy + at, len - at);
            continue;
        }
        step = utf8_length(copy + at, len - at);
        if (step == 0) {
            copy[at] = '?';
            step = 1;
        }
        at += step;
    }
    return copy;
}

size_t json_bom(const char *bytes, size_t len)
{
    return len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

json_t *json_read(const char *bytes, size_t len, struct err *err)
{
    bool cut;

    return json_read_cut(bytes, len, &cut, err);
}

/* What is only badly encoded is repaired. lax: a whole number that is too long is read as a real.
 */
static json_t *load(const char *bytes, size_t len, bool lax, json_error_t *where)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
    json_t *value = json_loadb(bytes, len, flags, where);
    char *copy;

    if (value != NULL || json_error_code(where) == json_error_premature_end_of_input) {
        return value;
    }
    copy = repaired(bytes, len);
    value = json_loadb(copy, len, flags, where);
    if (value == NULL && lax && json_error_code(where) == json_error_numeric_overflow) {
        value = json_loadb(copy, len, flags | JSON_DECODE_INT_AS_REAL, where);
    }
    secret_wipe(copy, len);
    free(copy);
    return value;
}

json_t *json_read_cut(const char *bytes, size_t len, bool *cut, struct err *err)
{
    size_t bom = json_bom(bytes, len);
    json_error_t where;
    json_t *value;

    bytes += bom;
    len -= bom;
    *cut = len == 0;
    if (len == 0) {
        err_set(err, ERR_DECODE, "The answer is empty.");
        return NULL;
    }
    value = load(bytes, len, true, &where);
    if (value == NULL) {
        *cut = json_error_code(&where) == json_error_premature_end_of_input;
        /* where.text quotes the input, and the input may be a key. */
        err_set(err, ERR_DECODE,
                *cut ? "The answer ends in the middle (line %d, byte %d)."
                : json_error_code(&where) == json_error_duplicate_key
                    ? "The answer names a member twice (line %d, byte %d)."
                    : "The answer is no valid JSON (line %d, byte %d).",
                where.line, where.position);
    }
    secret_wipe(&where, sizeof(where));
    return value;
}

json_t *json_read_row(const char *bytes, size_t len, const char **why)
{
    json_error_t where;
    json_t *value = load(bytes, len, false, &where);

    *why = value != NULL                                            ? ""
           : json_error_code(&where) == json_error_duplicate_key    ? "it names a member twice"
           : json_error_code(&where) == json_error_numeric_overflow ? "a number in it is too long"
                                                                    : "it is no valid JSON";
    secret_wipe(&where, sizeof(where));
    return value;
}

char *json_write(const json_t *value, bool indent)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | (indent ? JSON_INDENT(2) : JSON_COMPACT));

    if (text == NULL) {
        die("a JSON value could not be written.");
    }
    return text;
}

/* -- members -- */

const char *json_get_text(const json_t *object, const char *name, size_t *len)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_string(value)) {
        return NULL;
    }
    if (len != NULL) {
        *len = json_string_length(value);
    }
    return json_string_value(value);
}

const char *json_get_word(const json_t *object, const char *name)
{
    size_t len = 0;
    const char *text = json_get_text(object, name, &len);

    return text != NULL && len > 0 && strlen(text) == len ? text : NULL;
}

bool json_get_number(const json_t *object, const char *name, double *out)
{
    const json_t *value = json_object_get(object, name);
    const char *text;
    char *end;
    double number;

    if (json_is_number(value)) {
        *out = json_number_value(value);
        return true;
    }
    text = json_get_word(object, name);
    if (text == NULL || strspn(text, "+-0123456789.eE") != strlen(text)) {
        return false;
    }
    number = strtod(text, &end);
    if (*end != '\0' || !isfinite(number)) {
        return false;
    }
    *out = number;
    return true;
}

bool json_get_whole(const json_t *object, const char *name, int64_t *out)
{
    const json_t *value = json_object_get(object, name);
    double number;

    if (json_is_integer(value)) {
        *out = (int64_t)json_integer_value(value);
        return true;
    }
    /* Beyond 2^53 a double is not whole any more. */
    if (!json_get_number(object, name, &number) || number < -9007199254740992.0 ||
        number > 9007199254740992.0 || floor(number) < number) {
        return false;
    }
    *out = (int64_t)number;
    return true;
}

int json_get_flag(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const char *text;
    double number;

    if (json_is_boolean(value)) {
        return json_is_true(value);
    }
    text = json_get_word(object, name);
    if (text != NULL && ascii_same(text, "true")) {
        return 1;
    }
    if (text != NULL && ascii_same(text, "false")) {
        return 0;
    }
    if (json_get_number(object, name, &number)) {
        return number < 0 || number > 0;
    }
    return -1;
}

int64_t json_get_time(const json_t *object, const char *name)
{
    const char *text = json_get_word(object, name);
    int64_t ms;

    return text != NULL && time_parse(text, &ms) ? ms : TIME_NONE;
}

bool json_has_value(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    switch (value == NULL ? JSON_NULL : json_typeof(value)) {
    case JSON_OBJECT:
        return json_object_size(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) < 0 || json_real_value(value) > 0;
    case JSON_TRUE:
        return true;
    default:
        return false;
    }
}
