/* What the operator did, free of curses. */
#ifndef PORTCULLIS_UI_EVENT_H
#define PORTCULLIS_UI_EVENT_H

#include <stdint.h>

enum ui_key {
    UI_KEY_CHAR, /* event.text holds one character in UTF-8, or a pasted run */
    UI_KEY_ENTER,
    UI_KEY_ESC,
    UI_KEY_TAB,
    UI_KEY_BACKTAB,
    UI_KEY_BACKSPACE,
    UI_KEY_DELETE,
    UI_KEY_INSERT,
    UI_KEY_UP,
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_PAGE_UP,
    UI_KEY_PAGE_DOWN,
    UI_KEY_F,     /* event.number is 1..12 */
    UI_KEY_CTRL,  /* event.number is 'a'..'z' */
    UI_KEY_PASTE, /* event.text: data, never commands */
    UI_KEY_MOUSE, /* x, y; number 1 press, 4 wheel up, 5 wheel down */
    UI_KEY_ALT, /* Alt with a key of its own: event.text is the character, event.number it in lower
                   case when it is ASCII ('\r' for Alt-Enter, with no text) */
};

struct ui_event {
    enum ui_key key;
    int number;
    int x, y;
    const char *text; /* lent; "" when none */
};

#endif
