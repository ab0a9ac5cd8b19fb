/* A session without a terminal: keys and commands from a file, waits for what must appear, the
 * screen written as text. Parses and keeps the place; what a step does is up to the caller. One
 * step a line: size 80x24 | keys "text" | key Enter | type "text" | paste "text" | typefile FILE |
 * command "text" wait text "..." | wait gone "..." | wait idle | dump NAME | advance 61s | stop
 * ${NAME} in a quoted text is taken from the environment. `#` starts a comment line. */
#ifndef PORTCULLIS_APP_SCRIPT_H
#define PORTCULLIS_APP_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/event.h"

enum script_verb {
    SCRIPT_SIZE,      /* width, height */
    SCRIPT_KEYS,      /* text: each character is a key */
    SCRIPT_KEY,       /* event */
    SCRIPT_PASTE,     /* text */
    SCRIPT_TYPEFILE,  /* text: a path whose first line is typed */
    SCRIPT_COMMAND,   /* text: a palette line */
    SCRIPT_WAIT_TEXT, /* text */
    SCRIPT_WAIT_GONE, /* text */
    SCRIPT_WAIT_IDLE,
    SCRIPT_DUMP,    /* text: a file name without folder */
    SCRIPT_ADVANCE, /* ms */
    SCRIPT_STOP,
};

struct script_step {
    enum script_verb verb;
    int line;
    char *text;
    struct ui_event event; /* its text lends from `text` */
    int width, height;
    int64_t ms;
};

struct script {
    struct script_step *steps;
    size_t count;
    size_t at; /* the next step; owned by whoever runs it */
};

/* Gives. NULL with ERR_INVALID that names the line, or ERR_FILE. */
struct script *script_load(const char *path, struct err *err);
struct script *script_parse(const char *text, struct err *err);
void script_free(struct script *script);

#endif
