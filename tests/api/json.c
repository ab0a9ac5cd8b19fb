/* Reading JSON with every doubt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/json.h"
#include "base/alloc.h"
#include "base/clock.h"

#include "base/banned.h"

/* -- whole texts -- */

static void test_read(void **state)
{
    static const struct {
        const char *text, *out; /* NULL: refused */
        const char *says;
    } rows[] = {
        {"{\"a\":1}", "{\"a\":1}", NULL},
        {"[]", "[]", NULL},
        {"", NULL, "empty"},
        {"{\"a\":", NULL, "ends in the middle"},
        {"{\"a\":1", NULL, "ends in the middle"},
        {"{\"a\":1}}", NULL, "no valid JSON"},
        {"{\"a\":1,\"a\":2}", NULL, "a member twice"},
        {"nonsense", NULL, "no valid JSON"},
        {"\"text\"", NULL, "no valid JSON"},
        {"7", NULL, "no valid JSON"},
        /* Broken UTF-8 and half pairs are read with replacements. */
        {"{\"a\":\"x\xff\"}", "{\"a\":\"x?\"}", NULL},
        {"{\"a\":\"x\xc3\"}", "{\"a\":\"x?\"}", NULL},
        {"{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"???\"}", NULL},
        {"{\"a\":\"\\ud83d\"}", "{\"a\":\"\xef\xbf\xbd\"}", NULL},
        {"{\"a\":\"\\udc00x\"}", "{\"a\":\"\xef\xbf\xbdx\"}", NULL},
        {"{\"a\":\"\\ud83d\\ude80\xff\"}", "{\"a\":\"\xf0\x9f\x9a\x80?\"}", NULL},
        {"{\"a\":\"\\\\\xff\"}", "{\"a\":\"\\\\?\"}", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {0};
        json_t *value = json_read(rows[i].text, strlen(rows[i].text), &err);

        if ((value != NULL) != (rows[i].out != NULL)) {
            fail_msg("%s: %s", rows[i].text, err.text);
        }
        if (value == NULL) {
            assert_int_equal(err.kind, ERR_DECODE);
            assert_non_null(strstr(err.text, rows[i].says));
        } else {
            char *text = json_write(value, false);

            assert_string_equal(text, rows[i].out);
            free(text);
        }
        json_decref(value);
    }
}

/* What the parser says quotes its input, and the input may be a key. */
static void test_no_quotes(void **state)
{
    static const char text[] = "{\"key\":\"pkSecret0123456789\" oops}";
    struct err err = {0};

    (void)state;
    assert_null(json_read(text, sizeof(text) - 1, &err));
    assert_null(strstr(err.text, "Secret"));
    assert_null(json_read(text, 20, &err));
    assert_null(strstr(err.text, "Secret"));
    assert_null(json_read(text, 20, NULL));
}

/* A number beyond 64 bits is one all the same. */
static void test_huge_number(void **state)
{
    static const char text[] = "{\"a\":99999999999999999999}";
    json_t *value = json_read(text, sizeof(text) - 1, NULL);
    double number = 0;

    (void)state;
    assert_true(json_get_number(value, "a", &number));
    assert_true(number > 9e19 && number < 2e20);
    json_decref(value);
}

static void test_deep(void **state)
{
    char text[20001];

    (void)state;
    memset(text, '[', 10000);
    memset(text + 10000, ']', 10000);
    assert_null(json_read(text, 20000, NULL));
}

/* -- a part at a time -- */

/* Reads as json_read does, a row a time. Gives in how many parts. broken may be NULL. */
static int read_in_parts(const char *text, size_t len, json_t **out, char *broken, struct err *err)
{
    struct json_reader *reader = json_reader_new(text, len);
    int parts = 1;
    bool cut;

    *out = NULL;
    while (!json_reader_work(reader, 0, out, &cut, err)) {
        parts++;
    }
    if (broken != NULL) {
        snprintf(broken, JSON_WHY_SIZE, "%s", json_reader_broken(reader));
    }
    json_reader_free(reader);
    return parts;
}

static void check_parts(const char *text)
{
    struct err whole_err = {0}, err = {0};
    char broken[JSON_WHY_SIZE];
    char *copy = xstrndup(text, strlen(text)); /* so that a byte too far is seen */
    json_t *whole = json_read(copy, strlen(text), &whole_err);
    json_t *parts;

    read_in_parts(copy, strlen(text), &parts, broken, &err);
    if (broken[0] != '\0') {
        assert_non_null(parts); /* a row is lost, and no more */
    } else if ((whole == NULL) != (parts == NULL) || (whole != NULL && !json_equal(whole, parts)) ||
               strcmp(whole_err.text, err.text) != 0) {
        fail_msg("%s: \"%s\", not \"%s\"", text, err.text, whole_err.text);
    }
    json_decref(whole);
    json_decref(parts);
    free(copy);
}

static void test_parts(void **state)
{
    static const char *const TEXTS[] = {
        "",
        " ",
        "{",
        "{}",
        " { } ",
        "[]",
        "7",
        "{}x",
        "{\"data\":[]}",
        "{\"data\":[",
        "{\"data\":[]",
        "{\"data\":[]]",
        "{\"data\":[}",
        "{\"data\":[,]}",
        "{\"data\":[1,]}",
        "{\"data\":[1 2]}",
        "{\"data\":[1,2],}",
        "{\"data\":[{\"a\":1},{\"a\":[1,[2,{}]]},null,true,false,\"x\"],\"total\":3}",
        "{\"data\":[{\"a\":1},{\"a\":1,\"a\":2}]}",
        "{\"data\":[1],\"data\":[2]}",
        "{\"a\":1,\"a\":[]}",
        "{ \"data\" : [ 1 , 2 ] , \"more\" : [ { } , [ ] ] ,\n\t\"end\" : 0 }\r\n",
        "{\"n\":[0,-0,-1,007,1.5,1e3,-,+1,1-2]}",
        "{\"n\":[0,-0,-1,1.5,-1.5e-3,1e3,123456789012345678,1234567890123456789]}",
        "{\"n\":[99999999999999999999]}",
        "{\"n\":[01]}",
        "{\"n\":[1x]}",
        "{\"n\":[1e]}",
        "{\"n\":[nul]}",
        "{\"n\":[nulll]}",
        "{\"s\":[\"\\u00e9\",\"\xc3\xa9\",\"a\\\"b\",\"\\\\\",\"\x7f\",\"\\u0000\"]}",
        "{\"s\":[\"\xff\",\"\\ud83d\"]}",
        "{\"s\":[\"\n\"]}",
        "{\"s\":[\"open]}",
        "{\"s\":[\"open\\",
        "{\"s\":[\"\\x\"]}",
        "{\"\\u0061\":1,\"a\":2}",
        "{\"\xc3\xa9\":[1]}",
        "{\"\":1}",
        "{a:1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\" 1}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        check_parts(TEXTS[i]);
    }
    for (size_t depth = 1; depth < 40; depth++) {
        struct buf text;

        buf_init(&text, 0);
        buf_adds(&text, "{\"data\":");
        for (size_t i = 0; i < 2 * depth; i++) {
            buf_addc(&text, i < depth ? '[' : ']');
        }
        buf_addc(&text, '}');
        check_parts(text.data);
        buf_done(&text);
    }
}

/* No more than a row when there is no time. */
static void test_row_a_time(void **state)
{
    static const char text[] = "{\"total\":3,\"data\":[{\"id\":1},{\"id\":2},{\"id\":3}]}";
    struct json_reader *given_up = json_reader_new(text, sizeof(text) - 1);
    json_t *value;
    bool cut;

    (void)state;
    assert_true(read_in_parts(text, sizeof(text) - 1, &value, NULL, NULL) > 5);
    assert_int_equal(json_array_size(json_object_get(value, "data")), 3);
    json_decref(value);
    assert_false(json_reader_work(given_up, 0, &value, &cut, NULL));
    json_reader_free(given_up);
    json_reader_free(NULL);
}

/* What no JSON reader takes loses its row, and is named. */
static void test_broken_rows(void **state)
{
    static const struct {
        const char *row, *why;
    } rows[] = {
        {"{\"id\":\"0a1b-2c\",\"x\":NaN}", "it is no valid JSON (id 0a1b-2c)"},
        {"{\"x\":{\"y\":[-Infinity]}, \"id\": \"b\"}", "it is no valid JSON (id b)"},
        {"{\"id\":\"b\",\"id\":\"c\"}", "it names a member twice (id b)"},
        {"{\"x\":1,\"x\":2}", "it names a member twice"},
        {"{\"n\":123456789012345678901234567890}", "a number in it is too long"},
        {"{\"n\":1e999}", "a number in it is too long"},
        {"{\"n\":01}", "it is no valid JSON"},
        {"{\"n\":\"a\nb\"}", "it is no valid JSON"},
        {"{\"a\":\"}]\\\"\",\"b\":undefined}", "it is no valid JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text =
            xasprintf("\xef\xbb\xbf{\"data\":[{\"id\":1},%s,{\"id\":3}],\"total\":3}", rows[i].row);
        char broken[JSON_WHY_SIZE];
        json_t *root;

        read_in_parts(text, strlen(text), &root, broken, NULL);
        if (json_array_size(json_object_get(root, "data")) != 3 ||
            !json_is_null(json_array_get(json_object_get(root, "data"), 1)) ||
            strcmp(broken, rows[i].why) != 0) {
            fail_msg("%s: %s", rows[i].row, broken);
        }
        json_decref(root);
        free(text);
    }
}

/* -- members -- */

struct member {
    const char *value; /* JSON; NULL: absent */
    const char *text;  /* json_get_text */
    const char *word;
    int flag;
    int is_number, is_whole;
    double number;
    long long whole;
    int has;
};

static const struct member MEMBERS[] = {
    {NULL, NULL, NULL, -1, 0, 0, 0, 0, 0},
    {"null", NULL, NULL, -1, 0, 0, 0, 0, 0},
    {"\"\"", "", NULL, -1, 0, 0, 0, 0, 0},
    {"\"abc\"", "abc", "abc", -1, 0, 0, 0, 0, 1},
    {"\"a\\u0000b\"", "a", NULL, -1, 0, 0, 0, 0, 1},
    {"true", NULL, NULL, 1, 0, 0, 0, 0, 1},
    {"false", NULL, NULL, 0, 0, 0, 0, 0, 0},
    {"\"true\"", "true", "true", 1, 0, 0, 0, 0, 1},
    {"\"FALSE\"", "FALSE", "FALSE", 0, 0, 0, 0, 0, 1},
    {"0", NULL, NULL, 0, 1, 1, 0, 0, 0},
    {"1", NULL, NULL, 1, 1, 1, 1, 1, 1},
    {"-3", NULL, NULL, 1, 1, 1, -3, -3, 1},
    {"10.0", NULL, NULL, 1, 1, 1, 10, 10, 1},
    {"10.5", NULL, NULL, 1, 1, 0, 10.5, 0, 1},
    {"0.0", NULL, NULL, 0, 1, 1, 0, 0, 0},
    {"1e300", NULL, NULL, 1, 1, 0, 1e300, 0, 1},
    {"\"12\"", "12", "12", 1, 1, 1, 12, 12, 1},
    {"\"12.5\"", "12.5", "12.5", 1, 1, 0, 12.5, 0, 1},
    {"\"1e999\"", "1e999", "1e999", -1, 0, 0, 0, 0, 1},
    {"\"0x10\"", "0x10", "0x10", -1, 0, 0, 0, 0, 1},
    {"\" 12\"", " 12", " 12", -1, 0, 0, 0, 0, 1},
    {"\"nan\"", "nan", "nan", -1, 0, 0, 0, 0, 1},
    {"\"--1\"", "--1", "--1", -1, 0, 0, 0, 0, 1},
    {"9223372036854775807", NULL, NULL, 1, 1, 1, 9223372036854775807.0, 9223372036854775807LL, 1},
    {"[]", NULL, NULL, -1, 0, 0, 0, 0, 0},
    {"[0]", NULL, NULL, -1, 0, 0, 0, 0, 1},
    {"{}", NULL, NULL, -1, 0, 0, 0, 0, 0},
    {"{\"x\":0}", NULL, NULL, -1, 0, 0, 0, 0, 1},
};

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void check_member(const struct member *m, const json_t *object)
{
    double number = 0;
    int64_t whole = 0;
    size_t len = 0;

    if (!same(json_get_text(object, "m", &len), m->text) ||
        !same(json_get_word(object, "m"), m->word) || json_get_flag(object, "m") != m->flag ||
        json_get_number(object, "m", &number) != m->is_number ||
        json_get_whole(object, "m", &whole) != m->is_whole || number < m->number ||
        number > m->number || whole != m->whole || json_has_value(object, "m") != m->has) {
        fail_msg("%s: flag %d, number %f, whole %lld", m->value == NULL ? "absent" : m->value,
                 json_get_flag(object, "m"), number, (long long)whole);
    }
}

static void test_members(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++) {
        struct buf text;
        json_t *object;

        buf_init(&text, 0);
        if (MEMBERS[i].value == NULL) {
            buf_adds(&text, "{}");
        } else {
            buf_addf(&text, "{\"m\":%s}", MEMBERS[i].value);
        }
        object = json_read(text.data, text.len, NULL);
        assert_non_null(object);
        check_member(&MEMBERS[i], object);
        json_decref(object);
        buf_done(&text);
    }
    /* Of what is no object nothing is a member. */
    check_member(&MEMBERS[0], NULL);
}

static void test_times(void **state)
{
    json_t *object = json_pack("{s:s,s:s,s:s,s:i,s:n}", "a", "2026-05-03T17:08:55.000Z", "b",
                               "2024-01-25 11:35:07", "c", "yesterday", "d", 7, "e");

    (void)state;
    assert_int_equal(json_get_time(object, "a"), 1777828135000);
    assert_int_equal(json_get_time(object, "b"), 1706182507000);
    assert_int_equal(json_get_time(object, "c"), TIME_NONE);
    assert_int_equal(json_get_time(object, "d"), TIME_NONE);
    assert_int_equal(json_get_time(object, "e"), TIME_NONE);
    assert_int_equal(json_get_time(object, "f"), TIME_NONE);
    json_decref(object);
}

static int set_up(void **state)
{
    (void)state;
    json_setup();
    json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_rows), cmocka_unit_test(test_read),
        cmocka_unit_test(test_no_quotes),   cmocka_unit_test(test_deep),
        cmocka_unit_test(test_huge_number), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_row_a_time),  cmocka_unit_test(test_members),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
