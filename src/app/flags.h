/* Flags on a command line, strictly: for the program and for each of its commands. Every sentence
 * cleans what it quotes, since an argument may hold anything, and repeats no value, since it may be
 * a key in the wrong place. */
#ifndef PORTCULLIS_APP_FLAGS_H
#define PORTCULLIS_APP_FLAGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The value of a flag that may be given more than once has this bit. */
#define FLAG_MANY 0x1000

/* Set what is wanted, the rest is zero. Set optind = 0 before the first. */
struct flag_reader {
    const struct option *options; /* at most 64; each value is > 0 and another one */
    bool stop;                    /* at the first argument that is no flag */
    uint64_t seen;
};

/* getopt_long, but a flag cut short, one that is given twice, and a value that looks like a flag
 * are errors: a slip must not become another key. -1 at the end, 'h' for --help and -h, '?' with
 * ERR_INVALID. */
int flags_next(int argc, char **argv, struct flag_reader *reader, struct err *err);
/* Moves the flags of the program that stand behind a command in front of it, with their values, in
 * their order. One without its value stays where it is, and so does what follows "--". */
void flags_hoist(int argc, char **argv, const struct option *options);
/* Is this text that can be sent and written down as it is: at most max bytes of UTF-8, no control
 * characters? ERR_INVALID names the flag. */
bool flags_text_ok(const char *flag, const char *value, size_t max, struct err *err);
/* The first len bytes of an argument, cleaned and cut, for a sentence (gives). */
char *flags_quoted(const char *text, size_t len);

#endif
