#include "ui/term_keys.h"

#include <stddef.h>
#include <string.h>

#include "base/banned.h"

#define NUMBER_MAX 0x1fffff

/* Modifiers as they are reported, less 1. */
#define SHIFT 1u
#define ALT 2u
#define CTRL 4u
#define SUPER 8u
#define HYPER 16u
#define META 32u
#define CAPS_LOCK 64u

#define RELEASED 3
#define ESC 27u
#define DEL 127u
/* Where kitty numbers keys without a character, in the private use area. */
#define FUNCTIONAL_FROM 57344u
#define FUNCTIONAL_TO 63743u

struct named {
    uint32_t code;
    enum ui_key key;
    int number;
};

static const struct named LETTERS[];
static const struct named NUMBERS[];
static const struct named KEYPAD[];
static const struct named LINUX_F[];
static const struct named FUNCTIONAL[];

/* -- reading a sequence -- */

struct term_sequence term_sequence_of(const char *parameters, char final)
{
    struct term_sequence out = {.final = final};
    const char *at = parameters;
    int field = 0;
    int part = 0;

    if (*at >= '<' && *at <= '?') {
        out.prefix = *at++;
    }
    out.count = *at == '\0' ? 0 : 1;
    for (; *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9') {
            if (field < TERM_FIELDS_MAX && part < TERM_PARTS_MAX) {
                uint32_t *number = &out.fields[field][part];

                *number = *number * 10 + (uint32_t)(*at - '0');
                *number = *number > NUMBER_MAX ? NUMBER_MAX : *number;
            }
        } else if (*at == ':') {
            part++;
        } else if (*at == ';') {
            field++;
            part = 0;
            out.count++;
        } else {
            out.middle = *at;
        }
    }
    return out;
}

/* -- answers -- */

static bool find(const struct named *names, uint32_t code, struct term_key *out)
{
    for (; names->code != 0; names++) {
        if (names->code == code) {
            *out = (struct term_key){.key = names->key, .number = names->number};
            return true;
        }
    }
    return false;
}

static bool plain(enum ui_key key, struct term_key *out)
{
    *out = (struct term_key){.key = key};
    return true;
}

/* False for what is no character: halves of UTF-16, controls, more than there are. */
static bool add_utf8(uint32_t code, char out[5])
{
    if (code < ' ' || (code >= DEL && code < 0xa0) || (code >= 0xd800 && code < 0xe000) ||
        code > 0x10ffff) {
        return false;
    }
    if (code < 0x80) {
        out[0] = (char)code;
    } else if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
    } else {
        out[0] = (char)(0xf0 | code >> 18);
        out[1] = (char)(0x80 | (code >> 12 & 0x3f));
        out[2] = (char)(0x80 | (code >> 6 & 0x3f));
        out[3] = (char)(0x80 | (code & 0x3f));
    }
    return true;
}

static bool is_lower(uint32_t code)
{
    return code >= 'a' && code <= 'z';
}

static uint32_t lower(uint32_t code)
{
    return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
}

struct term_key term_key_alt(const char *text)
{
    struct term_key key = {.key = UI_KEY_ALT};

    if (text[0] != '\0' && text[1] == '\0') {
        key.number = (int)lower((unsigned char)text[0]);
    }
    if ((unsigned char)text[0] >= ' ' && text[0] != (char)DEL) {
        memcpy(key.text, text, strnlen(text, sizeof(key.text) - 1));
    }
    return key;
}

/* -- keys that are reported by their code point -- */

/* As the same keys come from a terminal that knows no reports: there Ctrl-I is Tab. */
static bool with_ctrl(uint32_t code, unsigned modifiers, struct term_key *out)
{
    code = lower(code);
    if ((modifiers & (ALT | META)) != 0 || ((modifiers & SHIFT) != 0 && is_lower(code))) {
        return false;
    }
    switch (code) {
    case 'h':
        return plain(UI_KEY_BACKSPACE, out);
    case 'i':
        return plain(UI_KEY_TAB, out);
    case 'j':
    case 'm':
        return plain(UI_KEY_ENTER, out);
    case '[':
        return plain(UI_KEY_ESC, out);
    default:
        break;
    }
    if (!is_lower(code) && code != '\\') {
        return false;
    }
    *out = (struct term_key){.key = UI_KEY_CTRL, .number = (int)code};
    return true;
}

static bool character(uint32_t code, uint32_t shifted, uint32_t text, unsigned modifiers,
                      struct term_key *out)
{
    bool shift = (modifiers & SHIFT) != 0;
    struct term_key key = {.key = UI_KEY_CHAR};

    if (text != 0) {
        code = text;
    } else if (shift && shifted != 0) {
        code = shifted;
    } else if (is_lower(code) && shift != ((modifiers & CAPS_LOCK) != 0)) {
        code = code - 'a' + 'A';
    }
    if (!add_utf8(code, key.text)) {
        return false;
    }
    if ((modifiers & (ALT | META)) != 0) {
        key = term_key_alt(key.text);
    }
    *out = key;
    return true;
}

/* Esc, Enter, Tab, Backspace. */
static bool control_key(uint32_t code, unsigned modifiers, struct term_key *out)
{
    const char alone[2] = {(char)code, '\0'};

    if ((modifiers & (ALT | META)) != 0) {
        *out = term_key_alt(alone);
        return true;
    }
    switch (code) {
    case ESC:
        return plain(UI_KEY_ESC, out);
    case '\r':
    case '\n':
        return plain(UI_KEY_ENTER, out);
    case '\t':
        return plain((modifiers & SHIFT) != 0 ? UI_KEY_BACKTAB : UI_KEY_TAB, out);
    case '\b':
    case DEL:
        return plain(UI_KEY_BACKSPACE, out);
    default:
        return false;
    }
}

/* keys: the key, shifted, and where it stands on a keyboard of the US; each but the first may be 0.
 */
static bool by_code(const uint32_t keys[TERM_PARTS_MAX], unsigned modifiers, uint32_t text,
                    struct term_key *out)
{
    uint32_t code = keys[0];

    if ((modifiers & (SUPER | HYPER)) != 0) {
        return false;
    }
    if (code < ' ' || code == DEL) {
        return control_key(code, modifiers, out);
    }
    if (code >= FUNCTIONAL_FROM && code <= FUNCTIONAL_TO) {
        if (!find(FUNCTIONAL, code, out)) {
            return false;
        }
        if (out->key == UI_KEY_CHAR) {
            return character((uint32_t)out->number, 0, text, modifiers & ~SHIFT, out);
        }
        return true;
    }
    if ((modifiers & CTRL) != 0) {
        return with_ctrl(code < 0x80 || keys[2] == 0 ? code : keys[2], modifiers, out);
    }
    return character(code, keys[1], text, modifiers, out);
}

/* -- the whole -- */

bool term_key_of(const struct term_sequence *sequence, struct term_key *out)
{
    const uint32_t(*fields)[TERM_PARTS_MAX] = sequence->fields;
    unsigned modifiers = fields[1][0] == 0 ? 0 : (unsigned)fields[1][0] - 1;

    /* An answer: what is asked for is answered in the private ranges. */
    if (sequence->prefix != 0 || sequence->middle != 0 || fields[1][1] == RELEASED) {
        return false;
    }
    switch (sequence->final) {
    case 'u':
        return by_code(fields[0], modifiers, fields[2][0], out);
    case '~':
        if (fields[0][0] == ESC && sequence->count >= 3) {
            return by_code(fields[2], modifiers, 0, out);
        }
        return find(NUMBERS, fields[0][0], out);
    case '^':
    case '@':
    case '$':
        return find(NUMBERS, fields[0][0], out); /* rxvt, with Ctrl or Shift */
    case 'R':
        /* With numbers it is where the cursor stands, which somebody before us asked for. */
        return sequence->count == 0 && find(LETTERS, 'R', out);
    default:
        break;
    }
    /* With a modifier a key is ESC [ 1 ; n letter; other numbers are answers. */
    return sequence->count <= 2 && (sequence->count == 0 || fields[0][0] <= 1) &&
           find(LETTERS, (unsigned char)sequence->final, out);
}

bool term_key_of_ss3(char final, struct term_key *out)
{
    return find(LETTERS, (unsigned char) final, out) || find(KEYPAD, (unsigned char) final, out);
}

bool term_key_of_linux(char final, struct term_key *out)
{
    return find(LINUX_F, (unsigned char) final, out);
}

/* Finals of ESC [ and of ESC O; the small ones are rxvt's with Shift or Ctrl. */
static const struct named LETTERS[] = {
    {'A', UI_KEY_UP, 0},   {'B', UI_KEY_DOWN, 0}, {'C', UI_KEY_RIGHT, 0},   {'D', UI_KEY_LEFT, 0},
    {'a', UI_KEY_UP, 0},   {'b', UI_KEY_DOWN, 0}, {'c', UI_KEY_RIGHT, 0},   {'d', UI_KEY_LEFT, 0},
    {'H', UI_KEY_HOME, 0}, {'F', UI_KEY_END, 0},  {'Z', UI_KEY_BACKTAB, 0}, {'P', UI_KEY_F, 1},
    {'Q', UI_KEY_F, 2},    {'R', UI_KEY_F, 3},    {'S', UI_KEY_F, 4},       {0, UI_KEY_CHAR, 0},
};

/* ESC [ number ~ */
static const struct named NUMBERS[] = {
    {1, UI_KEY_HOME, 0},    {2, UI_KEY_INSERT, 0},    {3, UI_KEY_DELETE, 0}, {4, UI_KEY_END, 0},
    {5, UI_KEY_PAGE_UP, 0}, {6, UI_KEY_PAGE_DOWN, 0}, {7, UI_KEY_HOME, 0},   {8, UI_KEY_END, 0},
    {11, UI_KEY_F, 1},      {12, UI_KEY_F, 2},        {13, UI_KEY_F, 3},     {14, UI_KEY_F, 4},
    {15, UI_KEY_F, 5},      {17, UI_KEY_F, 6},        {18, UI_KEY_F, 7},     {19, UI_KEY_F, 8},
    {20, UI_KEY_F, 9},      {21, UI_KEY_F, 10},       {23, UI_KEY_F, 11},    {24, UI_KEY_F, 12},
    {0, UI_KEY_CHAR, 0},
};

/* ESC O of a keypad in application mode. */
static const struct named KEYPAD[] = {
    {'M', UI_KEY_ENTER, 0},     {'I', UI_KEY_TAB, 0},  {'n', UI_KEY_DELETE, 0},
    {'p', UI_KEY_INSERT, 0},    {'q', UI_KEY_END, 0},  {'r', UI_KEY_DOWN, 0},
    {'s', UI_KEY_PAGE_DOWN, 0}, {'t', UI_KEY_LEFT, 0}, {'v', UI_KEY_RIGHT, 0},
    {'w', UI_KEY_HOME, 0},      {'x', UI_KEY_UP, 0},   {'y', UI_KEY_PAGE_UP, 0},
    {0, UI_KEY_CHAR, 0},
};

/* ESC [ [ letter: F1 to F5 of the Linux console. */
static const struct named LINUX_F[] = {
    {'A', UI_KEY_F, 1}, {'B', UI_KEY_F, 2}, {'C', UI_KEY_F, 3},
    {'D', UI_KEY_F, 4}, {'E', UI_KEY_F, 5}, {0, UI_KEY_CHAR, 0},
};

/* Keys that kitty numbers: those of the keypad above all. UI_KEY_CHAR: the number is the character.
 */
static const struct named FUNCTIONAL[] = {
    {57344, UI_KEY_ESC, 0},       {57345, UI_KEY_ENTER, 0},     {57346, UI_KEY_TAB, 0},
    {57347, UI_KEY_BACKSPACE, 0}, {57348, UI_KEY_INSERT, 0},    {57349, UI_KEY_DELETE, 0},
    {57350, UI_KEY_LEFT, 0},      {57351, UI_KEY_RIGHT, 0},     {57352, UI_KEY_UP, 0},
    {57353, UI_KEY_DOWN, 0},      {57354, UI_KEY_PAGE_UP, 0},   {57355, UI_KEY_PAGE_DOWN, 0},
    {57356, UI_KEY_HOME, 0},      {57357, UI_KEY_END, 0},       {57364, UI_KEY_F, 1},
    {57365, UI_KEY_F, 2},         {57366, UI_KEY_F, 3},         {57367, UI_KEY_F, 4},
    {57368, UI_KEY_F, 5},         {57369, UI_KEY_F, 6},         {57370, UI_KEY_F, 7},
    {57371, UI_KEY_F, 8},         {57372, UI_KEY_F, 9},         {57373, UI_KEY_F, 10},
    {57374, UI_KEY_F, 11},        {57375, UI_KEY_F, 12},        {57399, UI_KEY_CHAR, '0'},
    {57400, UI_KEY_CHAR, '1'},    {57401, UI_KEY_CHAR, '2'},    {57402, UI_KEY_CHAR, '3'},
    {57403, UI_KEY_CHAR, '4'},    {57404, UI_KEY_CHAR, '5'},    {57405, UI_KEY_CHAR, '6'},
    {57406, UI_KEY_CHAR, '7'},    {57407, UI_KEY_CHAR, '8'},    {57408, UI_KEY_CHAR, '9'},
    {57409, UI_KEY_CHAR, '.'},    {57410, UI_KEY_CHAR, '/'},    {57411, UI_KEY_CHAR, '*'},
    {57412, UI_KEY_CHAR, '-'},    {57413, UI_KEY_CHAR, '+'},    {57414, UI_KEY_ENTER, 0},
    {57415, UI_KEY_CHAR, '='},    {57416, UI_KEY_CHAR, ','},    {57417, UI_KEY_LEFT, 0},
    {57418, UI_KEY_RIGHT, 0},     {57419, UI_KEY_UP, 0},        {57420, UI_KEY_DOWN, 0},
    {57421, UI_KEY_PAGE_UP, 0},   {57422, UI_KEY_PAGE_DOWN, 0}, {57423, UI_KEY_HOME, 0},
    {57424, UI_KEY_END, 0},       {57425, UI_KEY_INSERT, 0},    {57426, UI_KEY_DELETE, 0},
    {0, UI_KEY_CHAR, 0},
};
