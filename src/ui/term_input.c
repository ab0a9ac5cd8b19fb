#include "ui/term_input.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/term_keys.h"

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
/* A paste whose end does not come, and a long answer that breaks off, is over after this silence;
 * what follows is dropped until this one: it would be read as keys. */
#define PASTE_MS 1000
#define DROP_MS 200

#define PARAMETERS_MAX 64
#define MOUSE_MAX 99999

static const char PASTE_END[] = "\033[201~";
#define PASTE_END_LEN (sizeof(PASTE_END) - 1)

enum state {
    GROUND,
    ESCAPE,     /* after ESC */
    ESCAPE_TWO, /* after another: Alt with a key of rxvt, or pressed twice */
    SS3,        /* after ESC O */
    CSI,        /* after ESC [ */
    CSI_LINUX,  /* after ESC [ [: one more letter */
    X10_MOUSE,  /* after ESC [ M: three bytes that may be letters */
    STRING,     /* an answer that nobody here asked for: all up to its end */
    STRING_ESC, /* ESC in it */
    PASTE,
    DROP, /* the rest of what broke off */
};

struct term_input {
    term_input_fn *fn;
    term_answer_fn *answer; /* NULL: nobody asked */
    void *ctx;
    enum state state;
    char parameters[PARAMETERS_MAX]; /* of a control sequence */
    size_t parameter_len;
    bool too_long;
    char opened;       /* the byte that opened a string; Alt with it when nothing follows */
    bool any;          /* something followed */
    bool alt;          /* ESC stood before the character that is not whole yet */
    int skip;          /* bytes left of an X10 report */
    char character[5]; /* a character in UTF-8 that is not whole yet */
    size_t character_len, character_need;
    char *paste;      /* TERM_PASTE_MAX and one for the NUL */
    size_t paste_len; /* all bytes that came, also those that found no room */
    size_t paste_end; /* how much of PASTE_END came last */
};

static void emit(struct term_input *input, enum ui_key key, int number, const char *text)
{
    struct ui_event event = {.key = key, .number = number, .text = text};

    input->fn(input->ctx, &event);
}

static void emit_key(struct term_input *input, struct term_key *key)
{
    emit(input, key->key, key->number, key->text);
    secret_wipe(key->text, sizeof(key->text));
}

/* Alt with a character: ESC before it. */
static void emit_alt(struct term_input *input, const char *text)
{
    struct term_key key = term_key_alt(text);

    emit_key(input, &key);
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

static void open_sequence(struct term_input *input, enum state state, char opened)
{
    input->state = state;
    input->parameter_len = 0;
    input->too_long = false;
    input->opened = opened;
    input->any = false;
}

/* Opens what a control character of eight bits opens. */
static void control_of_eight_bits(struct term_input *input, unsigned char byte)
{
    switch (byte) {
    case 0x8f:
        open_sequence(input, SS3, 0);
        break;
    case 0x9b:
        open_sequence(input, CSI, 0);
        break;
    case 0x90:
    case 0x98:
    case 0x9d:
    case 0x9e:
    case 0x9f:
        open_sequence(input, STRING, 0);
        break;
    default:
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
        input->alt = false;
        if (byte < 0xa0) {
            control_of_eight_bits(input, byte);
        }
    }
}

static void go_on_character(struct term_input *input, unsigned char byte)
{
    char text[sizeof(input->character)];
    size_t len = input->character_len + 1;
    bool alt = input->alt;
    bool c1;

    input->character[input->character_len++] = (char)byte;
    if (len < input->character_need) {
        return;
    }
    memcpy(text, input->character, len);
    text[len] = '\0';
    end_character(input);
    input->alt = false;
    c1 = (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0;
    if (c1) {
        control_of_eight_bits(input, (unsigned char)text[1]);
    } else if (text_is_utf8(text, len)) {
        if (alt) {
            emit_alt(input, text);
        } else {
            emit(input, UI_KEY_CHAR, 0, text);
        }
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
        input->alt = false;
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
    const char text[2] = {(char)byte, '\0'};

    switch (byte) {
    case '[':
        open_sequence(input, CSI, '[');
        break;
    case 'O':
        open_sequence(input, SS3, 'O');
        break;
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
        open_sequence(input, STRING, (char)byte);
        break;
    case ESC:
        input->state = ESCAPE_TWO;
        break;
    default:
        input->state = GROUND;
        if (byte >= 0x80) {
            input->alt = true;
            start_character(input, byte);
        } else if (byte != 0) {
            emit_alt(input, text);
        }
        break;
    }
}

/* Alt with a key that has a sequence, or Esc and then whatever comes. */
static void escape_two(struct term_input *input, unsigned char byte)
{
    input->state = ESCAPE;
    if (byte != '[' && byte != 'O') {
        emit(input, UI_KEY_ESC, 0, "");
    }
    escape(input, byte);
}

/* Reads a number at *at and steps behind it and its semicolon. */
static int number(const char **at)
{
    int value = 0;

    while (**at >= '0' && **at <= '9') {
        value = value * 10 + (**at - '0');
        value = value > MOUSE_MAX ? MOUSE_MAX : value;
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
    struct term_sequence sequence;
    struct term_key key;

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
    sequence = term_sequence_of(parameters, (char) final);
    if (sequence.prefix == 0 && final == '~' && sequence.fields[0][0] == 200) {
        start_paste(input);
    } else if (term_key_of(&sequence, &key)) {
        emit_key(input, &key);
    } else if (input->answer != NULL) {
        input->answer(input->ctx, &sequence);
    }
    secret_wipe(parameters, sizeof(parameters));
}

/* rxvt ends a key with Shift in $; in an answer that is in the middle. */
static bool ends_in_dollar(const struct term_input *input)
{
    for (size_t i = 0; i < input->parameter_len; i++) {
        if (input->parameters[i] < '0' || input->parameters[i] > '9') {
            return false;
        }
    }
    return input->parameter_len > 0;
}

static void csi(struct term_input *input, unsigned char byte)
{
    input->any = true;
    if (byte == ESC) {
        input->state = ESCAPE;
    } else if (byte == CAN || byte == SUB || byte >= DEL) {
        input->state = GROUND;
    } else if (byte < ' ') {
        return;
    } else if (byte < 0x40 && !(byte == '$' && ends_in_dollar(input))) {
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
    struct term_key key;

    input->any = true;
    if (byte == ESC) {
        input->state = ESCAPE;
    } else if (byte < '0' || byte > ';') {
        input->state = GROUND;
        if (term_key_of_ss3((char)byte, &key)) {
            emit_key(input, &key);
        }
    }
}

static void linux_key(struct term_input *input, unsigned char byte)
{
    struct term_key key;

    input->state = GROUND;
    if (term_key_of_linux((char)byte, &key)) {
        emit_key(input, &key);
    }
}

static void string(struct term_input *input, unsigned char byte)
{
    input->any = true;
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

/* Half a character that the cap, or a paste that broke off, left at the end is no text. */
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

/* end_len: how much of its end came; that is no part of it. */
static void end_paste(struct term_input *input, size_t end_len)
{
    size_t stored = input->paste_len < TERM_PASTE_MAX ? input->paste_len : TERM_PASTE_MAX;
    size_t meant = input->paste_len - end_len;
    size_t len = whole_characters(input->paste, meant <= stored ? meant : stored);

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
        end_paste(input, PASTE_END_LEN);
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
    case ESCAPE_TWO:
        escape_two(input, byte);
        break;
    case SS3:
        ss3(input, byte);
        break;
    case CSI:
        csi(input, byte);
        break;
    case CSI_LINUX:
        linux_key(input, byte);
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
    case DROP:
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

void term_input_on_answer(struct term_input *input, term_answer_fn *fn)
{
    input->answer = fn;
}

void term_input_feed(struct term_input *input, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        step(input, (unsigned char)bytes[i]);
    }
}

/* Only the two bytes that open a sequence came: it may be Alt with the second. */
static bool only_opened(const struct term_input *input)
{
    return !input->any && input->opened != 0 &&
           (input->state == CSI || input->state == SS3 || input->state == STRING);
}

int term_input_wait_ms(const struct term_input *input)
{
    switch (input->state) {
    case GROUND:
        return input->character_need > 0 ? SEQUENCE_MS : 0;
    case ESCAPE:
    case ESCAPE_TWO:
        return ESC_MS;
    case PASTE:
    case STRING:
    case STRING_ESC:
        return only_opened(input) ? SEQUENCE_MS : PASTE_MS;
    case DROP:
        return DROP_MS;
    default:
        return SEQUENCE_MS;
    }
}

void term_input_timeout(struct term_input *input)
{
    enum state state = input->state;
    const char alt[2] = {only_opened(input) ? input->opened : '\0', '\0'};

    if (state == PASTE) {
        end_paste(input, input->paste_end);
    }
    term_input_reset(input);
    if (state == ESCAPE || state == ESCAPE_TWO) {
        emit(input, UI_KEY_ESC, 0, "");
    }
    if (state == ESCAPE_TWO) {
        emit(input, UI_KEY_ESC, 0, "");
    } else if (alt[0] != '\0') {
        emit_alt(input, alt);
    } else if (state != GROUND && state != ESCAPE && state != DROP) {
        input->state = DROP;
    }
}

void term_input_reset(struct term_input *input)
{
    size_t stored = input->paste_len < TERM_PASTE_MAX ? input->paste_len : TERM_PASTE_MAX;

    secret_wipe(input->paste, stored + 1);
    input->paste_len = 0;
    input->paste_end = 0;
    input->parameter_len = 0;
    input->any = input->alt = false;
    input->opened = 0;
    input->state = GROUND;
    end_character(input);
}
