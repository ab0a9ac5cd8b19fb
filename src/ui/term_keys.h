/* What a control sequence of the terminal says: a key of the VT family, of xterm, rxvt, the Linux
 * console, a key as xterm's modifyOtherKeys or kitty's protocol report it, or an answer that nobody
 * presses. Pure: a sequence in, a key out. */
#ifndef PORTCULLIS_UI_TERM_KEYS_H
#define PORTCULLIS_UI_TERM_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/event.h"

/* Of ESC [ .. final: numbers between semicolons, each with more behind colons. */
#define TERM_FIELDS_MAX 6
#define TERM_PARTS_MAX 4

struct term_sequence {
    char prefix; /* one of < = > ? that stood first; 0 */
    char middle; /* the last of the bytes from blank to / before the final; 0 */
    char final;
    int count; /* fields that stood there */
    uint32_t fields[TERM_FIELDS_MAX][TERM_PARTS_MAX];
};

struct term_key {
    enum ui_key key;
    int number;
    char text[5]; /* UI_KEY_CHAR and UI_KEY_ALT: the character; "" else */
};

/* parameters: what stood between ESC [ and the final. */
struct term_sequence term_sequence_of(const char *parameters, char final);
/* False when it is no key, or none that means anything here: an answer, a release, a modifier
 * alone, Super with a key. */
bool term_key_of(const struct term_sequence *sequence, struct term_key *out);
/* ESC O final, and ESC [ [ final of the Linux console. */
bool term_key_of_ss3(char final, struct term_key *out);
bool term_key_of_linux(char final, struct term_key *out);
/* Alt with a character of a terminal that sends ESC before it; text is one in UTF-8. */
struct term_key term_key_alt(const char *text);

#endif
