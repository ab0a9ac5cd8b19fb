/* JSON from outside: read with every doubt, written for people. The members of a record come in
 * several types, so each getter says what it makes of them. Only for files of api. */
#ifndef PORTCULLIS_API_JSON_H
#define PORTCULLIS_API_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Makes jansson wipe what it frees: answers hold keys. Call once before the first use; again does
 * no harm. */
void json_setup(void);

/* Skips a byte order mark. Gives the value, or NULL with ERR_DECODE that says where, never what:
 * jansson's own words quote the input. Duplicate members are refused. What is only badly encoded
 * (broken UTF-8, half a surrogate pair) is read with replacements. */
json_t *json_read(const char *bytes, size_t len, struct err *err);
/* The same; *cut: it failed because the text ends in the middle, or is empty. */
json_t *json_read_cut(const char *bytes, size_t len, bool *cut, struct err *err);
/* One object or array by itself; more strict with numbers. NULL: *why says in words (a constant).
 */
json_t *json_read_row(const char *bytes, size_t len, const char **why);
/* Bytes of a byte order mark at the beginning; 0: there is none. */
size_t json_bom(const char *bytes, size_t len);
/* The same a part at a time, for pages: lends the bytes. A row that is no JSON by itself (NaN, a
 * member named twice, a number too long) does not take the others down: null stands for it. */
struct json_reader;
#define JSON_WHY_SIZE 120
struct json_reader *json_reader_new(const char *bytes, size_t len);
void json_reader_free(struct json_reader *reader);
/* What is wrong with the first row that null stands for, and its id where one can be seen:
 * "it names a member twice (id 0a1b)"; "" when all rows are sound. Lends. */
const char *json_reader_broken(const struct json_reader *reader);
/* Reads on until about until_us (clock_mono_us), a row at the least. True at the end: then *out has
 * what json_read gives, and the reader is good for nothing else; *cut says whether it failed
 * because the text ends in the middle. */
bool json_reader_work(struct json_reader *reader, int64_t until_us, json_t **out, bool *cut,
                      struct err *err);

/* One line or, with indent, many (gives). The caller wipes it when it holds a secret. */
char *json_write(const json_t *value, bool indent);

/* The member as text with its length; NULL when it is absent, null or no string. Lends. */
const char *json_get_text(const json_t *object, const char *name, size_t *len);
/* The same, but only text that has no NUL in it and is not empty. For ids and words. */
const char *json_get_word(const json_t *object, const char *name);
/* A number, also one that came as text ("12.5"). False when there is none. */
bool json_get_number(const json_t *object, const char *name, double *out);
/* A whole number within 64 bits; 10.0 counts. */
bool json_get_whole(const json_t *object, const char *name, int64_t *out);
/* 1 true, 0 false, -1 absent or something else. Numbers, "true", "false", "1", "0" count. */
int json_get_flag(const json_t *object, const char *name);
/* TIME_NONE when absent, null or unreadable. */
int64_t json_get_time(const json_t *object, const char *name);
/* True when the member is there and not null, [], {}, "", 0 or false. */
bool json_has_value(const json_t *object, const char *name);

#endif
