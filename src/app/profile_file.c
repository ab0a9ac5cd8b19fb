#include "app/profile_file.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

#define VALUE_MAX 4096
/* inih cuts lines at the size of its buffer and takes a ';' after a space for a comment, silently:
 * half a URL or half a key command would be a nasty thing to run. So it is handed short pieces, the
 * later ones as its own continuation lines, with these two bytes in them. A file has neither:
 * control characters are refused first. */
#define MARK_SEMICOLON '\001'
#define MARK_PIECE '\002'
#define PIECE_MAX 120

struct reader {
    const char *at; /* the next physical line */
    const char *end;
    const char *line; /* what is left of a line that is handed over in pieces; NULL */
    size_t line_left;
    int number; /* of the line that was handed over last, from 1 */
    struct profile *profile;
    char *key; /* of the value that is being read, for its pieces; NULL */
    struct buf value;
    unsigned seen;  /* bits of FIELDS */
    struct err err; /* the first */
};

enum field {
    FIELD_BASE_URL,
    FIELD_KEY,
    FIELD_COMMAND,
    FIELD_FILE,
    FIELD_CA,
    FIELD_PROXY,
    FIELD_TAG,
    FIELD_AGENTS,
    FIELD_OWN
};

static const char *const FIELDS[] = {
    [FIELD_BASE_URL] = "base_url", [FIELD_KEY] = "key",        [FIELD_COMMAND] = "key_command",
    [FIELD_FILE] = "key_file",     [FIELD_CA] = "ca_file",     [FIELD_PROXY] = "proxy",
    [FIELD_TAG] = "tag",           [FIELD_OWN] = "own_key_id", [FIELD_AGENTS] = "agents",
};
#define FIELD_COUNT (sizeof(FIELDS) / sizeof(FIELDS[0]))

static bool fail(struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fail(struct reader *reader, const char *format, ...)
{
    va_list args;

    if (reader->err.kind == ERR_NONE) {
        va_start(args, format);
        err_vset(&reader->err, ERR_INVALID, format, args);
        va_end(args);
        err_prefix(&reader->err, "line %d", reader->number);
    }
    return false;
}

/* -- lines -- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Is there anything in this line that a profile must not have, whatever it means? */
static bool check_line(struct reader *reader, const char *line, size_t len)
{
    if (!text_is_utf8(line, len)) {
        return fail(reader, "this is not UTF-8.");
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];

        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return fail(reader, "a control character stands here.");
        }
    }
    size_t blanks = 0;
    while (blanks < len && is_space(line[blanks])) {
        blanks++;
    }
    if (blanks > 0 && blanks < len) {
        return fail(reader, "a line must not begin with a space.");
    }
    if (len > 0 && line[0] == '[') {
        return fail(reader, "a profile has no [sections].");
    }
    return true;
}

/* The next piece of a line into out, which is inih's buffer. */
static void hand_over(struct reader *reader, char *out, bool first)
{
    size_t len = reader->line_left < PIECE_MAX ? reader->line_left : PIECE_MAX;
    bool comment = first && (reader->line[0] == '#' || reader->line[0] == ';');
    size_t at = 0;

    if (!first) {
        out[at++] = ' ';
        out[at++] = MARK_PIECE;
    }
    for (size_t i = 0; i < len; i++) {
        char c = reader->line[i];

        out[at++] = c == ';' && !comment ? MARK_SEMICOLON : c;
    }
    reader->line += len;
    reader->line_left -= len;
    if (comment) {
        reader->line_left = 0;
    }
    if (!first || reader->line_left > 0) {
        out[at++] = MARK_PIECE;
    }
    out[at++] = '\n';
    out[at] = '\0';
    if (reader->line_left == 0) {
        reader->line = NULL;
    }
}

static char *next_line(char *out, int size, void *stream)
{
    struct reader *reader = stream;
    const char *line = reader->at;
    const char *newline;
    size_t len;

    if (size < PIECE_MAX + 8 || reader->err.kind != ERR_NONE) {
        return NULL;
    }
    if (reader->line != NULL) {
        hand_over(reader, out, false);
        return out;
    }
    if (line == reader->end) {
        return NULL;
    }
    newline = memchr(line, '\n', (size_t)(reader->end - line));
    len = (size_t)((newline != NULL ? newline : reader->end) - line);
    reader->at = newline != NULL ? newline + 1 : reader->end;
    reader->number++;
    if (len > 0 && line[len - 1] == '\r') {
        len--;
    }
    if (!check_line(reader, line, len)) {
        return NULL;
    }
    reader->line = line;
    reader->line_left = len;
    hand_over(reader, out, true);
    return out;
}

/* -- values -- */

static char **slot(struct profile *profile, enum field field)
{
    char **const slots[] = {
        [FIELD_BASE_URL] = &profile->base_url, [FIELD_COMMAND] = &profile->key_command,
        [FIELD_FILE] = &profile->key_file,     [FIELD_CA] = &profile->ca_file,
        [FIELD_PROXY] = &profile->proxy,       [FIELD_TAG] = &profile->tag,
        [FIELD_OWN] = &profile->own_key_id,
    };

    return field == FIELD_KEY || field == FIELD_AGENTS ? NULL : slots[field];
}

static bool set_value(struct reader *reader, enum field field, const char *value)
{
    struct profile *profile = reader->profile;
    struct err err = {0};

    if (value[0] == '\0') {
        return fail(reader, "%s has no value.", FIELDS[field]);
    }
    if (!profile_value_check(FIELDS[field], value, &err)) {
        return fail(reader, "%s", err.text);
    }
    if (field == FIELD_PROXY) {
        profile_set_proxy(profile, value);
    } else if (field == FIELD_AGENTS) {
        profile->agents = strcmp(value, "allow") == 0;
        if (!profile->agents) {
            return fail(reader, "agents is allow, or the line is not there.");
        }
    } else if (field != FIELD_KEY) {
        profile_set(slot(profile, field), value);
    } else {
        profile->source = profile_source_parse(value);
        if (profile->source == PROFILE_UNKNOWN) {
            return fail(reader, "key is keyring, command, file or ask.");
        }
    }
    return true;
}

/* The value whose pieces are all here goes to its place. */
static bool finish_value(struct reader *reader)
{
    unsigned field = 0;
    bool ok;

    if (reader->key == NULL) {
        return true;
    }
    while (field < FIELD_COUNT && strcmp(FIELDS[field], reader->key) != 0) {
        field++;
    }
    if (field == FIELD_COUNT) {
        char *clean = text_cleaned(reader->key);

        ok = fail(reader, "\"%.60s\" is not known here.", clean);
        free(clean);
    } else if ((reader->seen & (1u << field)) != 0) {
        ok = fail(reader, "%s is given twice.", FIELDS[field]);
    } else {
        reader->seen |= 1u << field;
        ok = set_value(reader, (enum field)field, reader->value.data);
    }
    free(reader->key);
    reader->key = NULL;
    buf_clear(&reader->value);
    return ok;
}

/* inih calls this once a line and once a piece. A value is over when no piece of it is left. */
static int on_value(void *ctx, const char *section, const char *name, const char *value)
{
    struct reader *reader = ctx;

    (void)section;
    if (reader->key == NULL) {
        reader->key = xstrdup(name);
    }
    for (; *value != '\0'; value++) {
        if (*value != MARK_PIECE) {
            buf_addc(&reader->value, *value == MARK_SEMICOLON ? ';' : *value);
        }
    }
    return reader->line != NULL || finish_value(reader) ? 1 : 0;
}

bool profile_value_check(const char *field, const char *value, struct err *err)
{
    size_t len = strlen(value);
    bool ok = true;

    if (len > VALUE_MAX) {
        ok = err_set(err, ERR_INVALID, "%s is longer than %d bytes.", field, VALUE_MAX);
    } else if (!text_is_utf8(value, len)) {
        ok = err_set(err, ERR_INVALID, "%s is not UTF-8.", field);
    } else if (len > 0 && (is_space(value[0]) || is_space(value[len - 1]))) {
        ok = err_set(err, ERR_INVALID, "%s begins or ends with a space.", field);
    }
    for (size_t i = 0; ok && i < len; i++) {
        unsigned char c = (unsigned char)value[i];

        if (c < ' ' || c == 0x7f) {
            ok = err_set(err, ERR_INVALID, "%s has a newline or a control character in it.", field);
        }
    }
    if (!ok && err != NULL) {
        memcpy(err->field, field, strnlen(field, sizeof(err->field) - 1) + 1);
    }
    return ok;
}

bool profile_parse(const char *text, size_t len, struct profile *profile, struct err *err)
{
    struct reader reader = {.at = text, .end = text + len, .profile = profile};
    int line;

    buf_init(&reader.value, (size_t)2 * VALUE_MAX);
    line = ini_parse_stream(next_line, &reader, on_value, &reader);
    if (line != 0) {
        fail(&reader, "this is not \"name = value\".");
    }
    buf_done(&reader.value);
    free(reader.key);
    if (reader.err.kind != ERR_NONE) {
        if (err != NULL) {
            *err = reader.err;
        }
        return false;
    }
    return true;
}

static void write_value(struct buf *out, enum field field, const char *value)
{
    if (value != NULL) {
        buf_addf(out, "%s = %s\n", FIELDS[field], value);
    }
}

void profile_write(const struct profile *profile, struct buf *out)
{
    buf_adds(out, "# A profile of portcullis. The admin key is never in here.\n");
    write_value(out, FIELD_BASE_URL, profile->base_url);
    write_value(out, FIELD_KEY, profile_source_name(profile->source));
    write_value(out, FIELD_COMMAND, profile->key_command);
    write_value(out, FIELD_FILE, profile->key_file);
    write_value(out, FIELD_CA, profile->ca_file);
    write_value(out, FIELD_PROXY,
                profile->proxy != NULL && profile->proxy[0] == '\0' ? "none" : profile->proxy);
    write_value(out, FIELD_TAG, profile->tag);
    write_value(out, FIELD_AGENTS, profile->agents ? "allow" : NULL);
    write_value(out, FIELD_OWN, profile->own_key_id);
}

void profile_write_own(const char *text, const char *id, struct buf *out)
{
    const char *name = FIELDS[FIELD_OWN];

    while (*text != '\0') {
        size_t len = strcspn(text, "\n"), used = strspn(text, " \t");
        bool own = strncmp(text + used, name, strlen(name)) == 0 &&
                   strchr(" \t=:", text[used + strlen(name)]) != NULL;

        len += text[len] == '\n';
        if (!own && len > 0) {
            buf_add(out, text, len);
            if (text[len - 1] != '\n') {
                buf_addc(out, '\n');
            }
        }
        text += len;
    }
    write_value(out, FIELD_OWN, id);
}
