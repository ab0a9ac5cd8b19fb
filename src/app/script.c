#include "app/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/file.h"

#include "base/banned.h"

#define SCRIPT_MAX ((size_t)1 << 20)

struct key_name {
    const char *name;
    enum ui_key key;
};

static const struct key_name key_names[] = {
    {"Enter", UI_KEY_ENTER},
    {"Esc", UI_KEY_ESC},
    {"Tab", UI_KEY_TAB},
    {"Backtab", UI_KEY_BACKTAB},
    {"Backspace", UI_KEY_BACKSPACE},
    {"Delete", UI_KEY_DELETE},
    {"Insert", UI_KEY_INSERT},
    {"Up", UI_KEY_UP},
    {"Down", UI_KEY_DOWN},
    {"Left", UI_KEY_LEFT},
    {"Right", UI_KEY_RIGHT},
    {"Home", UI_KEY_HOME},
    {"End", UI_KEY_END},
    {"PageUp", UI_KEY_PAGE_UP},
    {"PageDown", UI_KEY_PAGE_DOWN},
    {NULL, UI_KEY_CHAR},
};

static bool bad(int line, const char *what, struct err *err)
{
    return err_set(err, ERR_INVALID, "Line %d of the script: %s.", line, what);
}

/* Appends the value of ${NAME}; *at is behind "${" and moves behind "}". */
static bool expand(const char **at, struct buf *out)
{
    char name[64];
    size_t len = strcspn(*at, "}");
    const char *value;

    if ((*at)[len] != '}' || len >= sizeof(name)) {
        return false;
    }
    memcpy(name, *at, len);
    name[len] = '\0';
    *at += len + 1;
    value = getenv(name);
    return value != NULL && buf_adds(out, value);
}

/* The rest of a line as text: quoted, or as it stands. Gives; NULL on a fault. */
static char *take_text(const char *rest, int line, struct err *err)
{
    struct buf out;
    char *taken;
    bool quoted = *rest == '"';
    bool ok = true;

    buf_init(&out, SCRIPT_MAX);
    rest += quoted ? 1 : 0;
    while (ok && *rest != '\0' && !(quoted && *rest == '"')) {
        if (quoted && rest[0] == '\\' && rest[1] != '\0') {
            ok = buf_addc(&out, rest[1] == 'n' ? '\n' : rest[1]);
            rest += 2;
        } else if (rest[0] == '$' && rest[1] == '{') {
            rest += 2;
            ok = expand(&rest, &out);
        } else {
            ok = buf_addc(&out, *rest++);
        }
    }
    if (!ok || (quoted && (rest[0] != '"' || rest[1] != '\0'))) {
        bad(line,
            ok ? "the quotes do not end at its end" : "${..} names nothing in the environment",
            err);
        buf_done(&out);
        return NULL;
    }
    taken = buf_take(&out);
    buf_done(&out);
    return taken;
}

static bool parse_key(struct script_step *step)
{
    const char *text = step->text;

    step->event.text = "";
    if ((text[0] == 'F' || text[0] == 'f') && ascii_is_digit(text[1])) {
        long number = strtol(text + 1, NULL, 10);

        step->event.key = UI_KEY_F;
        step->event.number = (int)number;
        return number >= 1 && number <= 12;
    }
    if (ascii_same_start(text, "ctrl-", 5) && ascii_is_letter(text[5]) && text[6] == '\0') {
        step->event.key = UI_KEY_CTRL;
        step->event.number = (unsigned char)ascii_lower(text[5]);
        return true;
    }
    for (const struct key_name *name = key_names; name->name != NULL; name++) {
        if (ascii_same(name->name, text)) {
            step->event.key = name->key;
            return true;
        }
    }
    step->event.key = UI_KEY_CHAR;
    step->event.text = text;
    return text[0] != '\0' && (text[1] == '\0' || (unsigned char)text[0] >= 0x80);
}

static bool parse_size(struct script_step *step)
{
    return sscanf(step->text, "%dx%d", &step->width, &step->height) == 2 && step->width > 0 &&
           step->height > 0 && step->width <= 1000 && step->height <= 1000;
}

static bool parse_advance(struct script_step *step)
{
    char *end;
    long long number = strtoll(step->text, &end, 10);
    int64_t unit = 1000;

    if (*end == 'm') {
        unit = (int64_t)60 * 1000;
    } else if (*end == 'h') {
        unit = (int64_t)3600 * 1000;
    }
    step->ms = (int64_t)number * unit;
    return number > 0 && number < 1000000 && (end[0] == '\0' || end[1] == '\0');
}

static bool check_dump(struct script_step *step)
{
    for (const char *c = step->text; *c != '\0'; c++) {
        if (!ascii_is_alnum(*c) && *c != '-' && *c != '_') {
            return false;
        }
    }
    return step->text[0] != '\0';
}

struct verb_name {
    const char *name;
    enum script_verb verb;
    bool (*parse)(struct script_step *step); /* NULL: the text is all */
    const char *fault;
};

static const struct verb_name verbs[] = {
    {"size", SCRIPT_SIZE, parse_size, "a size looks like 80x24"},
    {"keys", SCRIPT_KEYS, NULL, NULL},
    {"key", SCRIPT_KEY, parse_key, "there is no such key"},
    {"typefile", SCRIPT_TYPEFILE, NULL, NULL},
    {"type", SCRIPT_KEYS, NULL, NULL},
    {"paste", SCRIPT_PASTE, NULL, NULL},
    {"command", SCRIPT_COMMAND, NULL, NULL},
    {"wait text", SCRIPT_WAIT_TEXT, NULL, NULL},
    {"wait gone", SCRIPT_WAIT_GONE, NULL, NULL},
    {"wait idle", SCRIPT_WAIT_IDLE, NULL, NULL},
    {"dump", SCRIPT_DUMP, check_dump, "a dump's name is letters, digits, - and _"},
    {"advance", SCRIPT_ADVANCE, parse_advance, "a span looks like 61s, 5m or 2h"},
    {"stop", SCRIPT_STOP, NULL, NULL},
    {NULL, SCRIPT_STOP, NULL, NULL},
};

static const struct verb_name *find_verb(const char *line, const char **rest)
{
    for (const struct verb_name *verb = verbs; verb->name != NULL; verb++) {
        size_t len = strlen(verb->name);

        if (strncmp(line, verb->name, len) == 0 && (line[len] == '\0' || line[len] == ' ')) {
            *rest = line + len + strspn(line + len, " ");
            return verb;
        }
    }
    return NULL;
}

static bool parse_line(const char *line, int number, struct script_step *out, struct err *err)
{
    const char *rest;
    const struct verb_name *verb = find_verb(line, &rest);

    if (verb == NULL) {
        return bad(number, "there is no such step", err);
    }
    out->verb = verb->verb;
    out->line = number;
    out->text = take_text(rest, number, err);
    if (out->text == NULL) {
        return false;
    }
    out->event.text = "";
    if (verb->parse != NULL && !verb->parse(out)) {
        free(out->text);
        return bad(number, verb->fault, err);
    }
    return true;
}

struct script *script_parse(const char *text, struct err *err)
{
    struct script *script = xcalloc(1, sizeof(*script));
    size_t cap = 0;
    int number = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        char *line = xstrndup(text, len);
        size_t end = len;
        char *start = line + strspn(line, " \t");
        struct script_step step = {0};
        bool ok = true;

        number++;
        while (end > 0 &&
               (line[end - 1] == ' ' || line[end - 1] == '\r' || line[end - 1] == '\t')) {
            line[--end] = '\0';
        }
        if (*start != '\0' && *start != '#') {
            ok = parse_line(start, number, &step, err);
            if (ok) {
                script->steps = xgrow(script->steps, &cap, script->count + 1, sizeof(step));
                script->steps[script->count++] = step;
            }
        }
        free(line);
        if (!ok) {
            script_free(script);
            return NULL;
        }
        text += len + (text[len] == '\n' ? 1 : 0);
    }
    return script;
}

struct script *script_load(const char *path, struct err *err)
{
    struct buf text;
    struct script *script = NULL;

    buf_init(&text, SCRIPT_MAX);
    if (file_read(path, &text, err)) {
        script = script_parse(text.data, err);
    }
    buf_done(&text);
    return script;
}

void script_free(struct script *script)
{
    if (script == NULL) {
        return;
    }
    for (size_t i = 0; i < script->count; i++) {
        free(script->steps[i].text);
    }
    free(script->steps);
    free(script);
}
