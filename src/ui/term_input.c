#include "ui/term_input.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/text.h"

#include "base/banned.h"

#define ESC 0x1b
#define BEL 0x07
#define CAN 0x18
#define SUB 0x1a
#define DEL 0x7f

/* A person cannot press two keys this fast, and a terminal sends a sequence at once. */
#define ESC_MS 25
/* Half a sequence on a slow line may take this long to become whole. */
#define SEQUENCE_MS 500

#define PARAMETERS_MAX 32
#define NUMBER_MAX 99999

static const char PASTE_END[] = "\033[201~";
#define PASTE_END_LEN (sizeof(PASTE_END) - 1)

enum state {
    GROUND,
    ESCAPE,     /* after ESC */
    SS3,        /* after ESC O */
    CSI,        /* after ESC [ */
    CSI_LINUX,  /* after ESC [ [: one more letter */
    X10_MOUSE,  /* after ESC [ M: three bytes that may be letters */
    STRING,     /* a late answer to a program before us: all up to its end */
    STRING_ESC, /* ESC in it */
    PASTE,
};

struct term_input {
    term_input_fn *fn;
    void *ctx;
    enum state state;
    char parameters[PARAMETERS_MAX]; /* of a control sequence */
    size_t parameter_len;
    bool too_long;
    int skip;          /* bytes left of an X10 report */
    char character[5]; /* a character in UTF-8 that is not whole yet */
    size_t character_len, character_need;
    char *paste;      /* TERM_PASTE_MAX and one for the NUL */
    size_t paste_len; /* all bytes that came, also those that found no room */
    size_t paste_end; /* how much of PASTE_END came last */
};

struct key_name {
    int code;
    enum ui_key key;
    int number;
};

static const struct key_name LETTERS[];
static const struct key_name NUMBERS[];
static const struct key_name KEYPAD[];
static const struct key_name LINUX_F[];

static void emit(struct term_input *input, enum ui_key key, int number, const char *text)
{
    struct ui_event event = {.key = key, .number = number, .text = text};

    input->fn(input->ctx, &event);
}

static bool emit_named(struct term_input *input, const struct key_name *names, int code)
{
    for (; names->code != 0; names++) {
        if (names->code == code) {
            emit(input, names->key, names->number, "");
            return true;
        }
    }
    return false;
}

static void control(struct term_input *input, unsigned char byte)
{
    switch (byte) {
    case '\t':
        emit(input, UI_KEY_TAB, 0, "");
        break;
    case '\r':
    case '\n':
        emit(input, UI_KEY_ENTER, 0, "");
        break;
    case '\b':
    case DEL:
        emit(input, UI_KEY_BACKSPACE, 0, "");
        break;
    case 0x1c:
        emit(input, UI_KEY_CTRL, '\\', "");
        break;
    default:
        if (byte >= 1 && byte <= 26) {
            emit(input, UI_KEY_CTRL, 'a' + byte - 1, "");
        }
        break;
    }
}

static void end_character(struct term_input *input)
{
    secret_wipe(input->character, sizeof(input->character));
    input->character_len = 0;
    input->character_need = 0;
}

static void start_character(struct term_input *input, unsigned char byte)
{
    input->character_need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    input->character[0] = (char)byte;
    input->character_len = 1;
    if (byte < 0xc2 || byte > 0xf4) {
        end_character(input);
    }
}

static void go_on_character(struct term_input *input, unsigned char byte)
{
    char text[sizeof(input->character)];
    size_t len = input->character_len + 1;
    bool c1;

    input->character[input->character_len++] = (char)byte;
    if (len < input->character_need) {
        return;
    }
    memcpy(text, input->character, len);
    text[len] = '\0';
    end_character(input);
    c1 = (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0;
    if (!c1 && text_is_utf8(text, len)) {
        emit(input, UI_KEY_CHAR, 0, text);
    }
    secret_wipe(text, sizeof(text));
}

static void ground(struct term_input *input, unsigned char byte)
{
    if (input->character_need > 0) {
        if ((byte & 0xc0) == 0x80) {
            go_on_character(input, byte);
            return;
        }
        end_character(input);
    }
    if (byte == ESC) {
        input->state = ESCAPE;
    } else if (byte < ' ' || byte == DEL) {
        control(input, byte);
    } else if (byte < 0x80) {
        char text[2] = {(char)byte, '\0'};

        emit(input, UI_KEY_CHAR, 0, text);
        secret_wipe(text, sizeof(text));
    } else {
        start_character(input, byte);
    }
}

static void escape(struct term_input *input, unsigned char byte)
{
    switch (byte) {
    case '[':
        input->state = CSI;
        input->parameter_len = 0;
        input->too_long = false;
        break;
    case 'O':
        input->state = SS3;
        break;
    case ']':
    case 'P':
    case '_':
        input->state = STRING;
        break;
    case ESC:
        emit(input, UI_KEY_ESC, 0, "");
        break;
    default:
        /* Alt with a key, or two keys that a slow line sent together: both are pressed. */
        input->state = GROUND;
        emit(input, UI_KEY_ESC, 0, "");
        ground(input, byte);
        break;
    }
}

/* Reads a number at *at and steps behind it and its semicolon. */
static int number(const char **at)
{
    int value = 0;

    while (**at >= '0' && **at <= '9') {
        value = value * 10 + (**at - '0');
        value = value > NUMBER_MAX ? NUMBER_MAX : value;
        (*at)++;
    }
    if (**at == ';') {
        (*at)++;
    }
    return value;
}

static void mouse(struct term_input *input, const char *at, bool pressed)
{
    int button = number(&at);
    int x = number(&at);
    int y = number(&at);
    struct ui_event event = {.key = UI_KEY_MOUSE, .x = x - 1, .y = y - 1, .text = ""};

    event.number = button == 0 ? 1 : button == 64 ? 4 : button == 65 ? 5 : 0;
    if (pressed && event.number != 0 && x > 0 && y > 0) {
        input->fn(input->ctx, &event);
    }
}

static void start_paste(struct term_input *input)
{
    input->state = PASTE;
    input->paste_len = 0;
    input->paste_end = 0;
}

static void control_sequence(struct term_input *input, unsigned char final)
{
    char parameters[PARAMETERS_MAX + 1];
    const char *at = parameters;
    int first;

    memcpy(parameters, input->parameters, input->parameter_len);
    parameters[input->parameter_len] = '\0';
    input->state = GROUND;
    if (input->too_long) {
        return;
    }
    if (parameters[0] == '<' && (final == 'M' || final == 'm')) {
        mouse(input, parameters + 1, final == 'M');
        return;
    }
    if (final == 'M' && parameters[0] == '\0') {
        input->state = X10_MOUSE;
        input->skip = 3;
        return;
    }
    first = number(&at);
    if (final == '~' || final == '^' || final == '@') {
        if (final == '~' && first == 200) {
            start_paste(input);
        } else {
            emit_named(input, NUMBERS, first);
        }
    } else if (first <= 1 && (parameters[0] == '\0' || parameters[0] == '1')) {
        /* With Shift or Ctrl a key is ESC [ 1 ; n letter; other numbers are answers. */
        emit_named(input, LETTERS, final);
    }
}

static void csi(struct term_input *input, unsigned char byte)
{
    if (byte == ESC) {
        input->state = ESCAPE;
    } else if (byte == CAN || byte == SUB || byte >= DEL) {
        input->state = GROUND;
    } else if (byte < ' ') {
        return;
    } else if (byte < 0x40) {
        if (input->parameter_len < PARAMETERS_MAX) {
            input->parameters[input->parameter_len++] = (char)byte;
        } else {
            input->too_long = true;
        }
    } else if (byte == '[' && input->parameter_len == 0) {
        input->state = CSI_LINUX;
    } else {
        control_sequence(input, byte);
    }
}

static void ss3(struct term_input *input, unsigned char byte)
{
    if (byte == ESC) {
        input->state = ESCAPE;
    } else if (byte < '0' || byte > ';') {
        input->state = GROUND;
        if (!emit_named(input, LETTERS, byte)) {
            emit_named(input, KEYPAD, byte);
        }
    }
}

static void string(struct term_input *input, unsigned char byte)
{
    if (input->state == STRING_ESC) {
        input->state = byte == '\\' ? GROUND : byte == ESC ? STRING_ESC : STRING;
    } else if (byte == BEL || byte == CAN || byte == SUB) {
        input->state = GROUND;
    } else if (byte == ESC) {
        input->state = STRING_ESC;
    }
}

/* Line ends as \n, no NUL. The end of the last line is how it was copied, not what was copied. */
static size_t tidy(char *text, size_t len)
{
    size_t kept = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r') {
            if (i + 1 >= len || text[i + 1] != '\n') {
                text[kept++] = '\n';
            }
        } else if (text[i] != '\0') {
            text[kept++] = text[i];
        }
    }
    while (kept > 0 && text[kept - 1] == '\n') {
        kept--;
    }
    return kept;
}

/* Half a character that the cap left at the end is no text. */
static size_t whole_characters(const char *text, size_t len)
{
    size_t at = len;

    while (at > 0 && len - at < 3 && ((unsigned char)text[at - 1] & 0xc0) == 0x80) {
        at--;
    }
    if (at > 0 && (unsigned char)text[at - 1] >= 0xc0 &&
        !text_is_utf8(text + at - 1, len - at + 1)) {
        return at - 1;
    }
    return len;
}

static void end_paste(struct term_input *input)
{
    size_t stored = input->paste_len < TERM_PASTE_MAX ? input->paste_len : TERM_PASTE_MAX;
    size_t meant = input->paste_len - PASTE_END_LEN;
    size_t len = meant <= stored ? meant : whole_characters(input->paste, stored);

    len = tidy(input->paste, len);
    input->state = GROUND;
    input->paste[len] = '\0';
    if (len > 0) {
        emit(input, UI_KEY_PASTE, 0, input->paste);
    }
    secret_wipe(input->paste, stored + 1);
    input->paste_len = 0;
}

static void paste(struct term_input *input, unsigned char byte)
{
    if (input->paste_len < TERM_PASTE_MAX) {
        input->paste[input->paste_len] = (char)byte;
    }
    input->paste_len++;
    if (byte == (unsigned char)PASTE_END[input->paste_end]) {
        input->paste_end++;
    } else {
        input->paste_end = byte == ESC ? 1 : 0;
    }
    if (input->paste_end == PASTE_END_LEN) {
        end_paste(input);
    }
}

static void step(struct term_input *input, unsigned char byte)
{
    switch (input->state) {
    case GROUND:
        ground(input, byte);
        break;
    case ESCAPE:
        escape(input, byte);
        break;
    case SS3:
        ss3(input, byte);
        break;
    case CSI:
        csi(input, byte);
        break;
    case CSI_LINUX:
        input->state = GROUND;
        emit_named(input, LINUX_F, byte);
        break;
    case X10_MOUSE:
        if (--input->skip == 0) {
            input->state = GROUND;
        }
        break;
    case STRING:
    case STRING_ESC:
        string(input, byte);
        break;
    case PASTE:
        paste(input, byte);
        break;
    }
}

struct term_input *term_input_new(term_input_fn *fn, void *ctx)
{
    struct term_input *input = xcalloc(1, sizeof(*input));

    input->fn = fn;
    input->ctx = ctx;
    input->paste = xcalloc(1, TERM_PASTE_MAX + 1);
    return input;
}

void term_input_free(struct term_input *input)
{
    if (input == NULL) {
        return;
    }
    term_input_reset(input);
    free(input->paste);
    free(input);
}

void term_input_feed(struct term_input *input, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        step(input, (unsigned char)bytes[i]);
    }
}

int term_input_wait_ms(const struct term_input *input)
{
    switch (input->state) {
    case GROUND:
        return input->character_need > 0 ? SEQUENCE_MS : 0;
    case ESCAPE:
        return ESC_MS;
    case PASTE:
        return 0;
    default:
        return SEQUENCE_MS;
    }
}

void term_input_timeout(struct term_input *input)
{
    bool pressed = input->state == ESCAPE;

    if (input->state == PASTE) {
        return;
    }
    term_input_reset(input);
    if (pressed) {
        emit(input, UI_KEY_ESC, 0, "");
    }
}

void term_input_reset(struct term_input *input)
{
    size_t stored = input->paste_len < TERM_PASTE_MAX ? input->paste_len : TERM_PASTE_MAX;

    secret_wipe(input->paste, stored + 1);
    input->paste_len = 0;
    input->paste_end = 0;
    input->parameter_len = 0;
    input->state = GROUND;
    end_character(input);
}

/* Finals of ESC [ and of ESC O; the small ones are rxvt's with Shift or Ctrl. */
static const struct key_name LETTERS[] = {
    {'A', UI_KEY_UP, 0},   {'B', UI_KEY_DOWN, 0}, {'C', UI_KEY_RIGHT, 0},   {'D', UI_KEY_LEFT, 0},
    {'a', UI_KEY_UP, 0},   {'b', UI_KEY_DOWN, 0}, {'c', UI_KEY_RIGHT, 0},   {'d', UI_KEY_LEFT, 0},
    {'H', UI_KEY_HOME, 0}, {'F', UI_KEY_END, 0},  {'Z', UI_KEY_BACKTAB, 0}, {'P', UI_KEY_F, 1},
    {'Q', UI_KEY_F, 2},    {'R', UI_KEY_F, 3},    {'S', UI_KEY_F, 4},       {0, UI_KEY_CHAR, 0},
};

/* ESC [ number ~ */
static const struct key_name NUMBERS[] = {
    {1, UI_KEY_HOME, 0},    {2, UI_KEY_INSERT, 0},    {3, UI_KEY_DELETE, 0}, {4, UI_KEY_END, 0},
    {5, UI_KEY_PAGE_UP, 0}, {6, UI_KEY_PAGE_DOWN, 0}, {7, UI_KEY_HOME, 0},   {8, UI_KEY_END, 0},
    {11, UI_KEY_F, 1},      {12, UI_KEY_F, 2},        {13, UI_KEY_F, 3},     {14, UI_KEY_F, 4},
    {15, UI_KEY_F, 5},      {17, UI_KEY_F, 6},        {18, UI_KEY_F, 7},     {19, UI_KEY_F, 8},
    {20, UI_KEY_F, 9},      {21, UI_KEY_F, 10},       {23, UI_KEY_F, 11},    {24, UI_KEY_F, 12},
    {0, UI_KEY_CHAR, 0},
};

/* ESC O of a keypad in application mode. */
static const struct key_name KEYPAD[] = {
    {'M', UI_KEY_ENTER, 0},     {'I', UI_KEY_TAB, 0},  {'n', UI_KEY_DELETE, 0},
    {'p', UI_KEY_INSERT, 0},    {'q', UI_KEY_END, 0},  {'r', UI_KEY_DOWN, 0},
    {'s', UI_KEY_PAGE_DOWN, 0}, {'t', UI_KEY_LEFT, 0}, {'v', UI_KEY_RIGHT, 0},
    {'w', UI_KEY_HOME, 0},      {'x', UI_KEY_UP, 0},   {'y', UI_KEY_PAGE_UP, 0},
    {0, UI_KEY_CHAR, 0},
};

/* ESC [ [ letter: F1 to F5 of the Linux console. */
static const struct key_name LINUX_F[] = {
    {'A', UI_KEY_F, 1}, {'B', UI_KEY_F, 2}, {'C', UI_KEY_F, 3},
    {'D', UI_KEY_F, 4}, {'E', UI_KEY_F, 5}, {0, UI_KEY_CHAR, 0},
};
