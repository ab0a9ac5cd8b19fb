/* What the files of the journal share. Included by journal*.c only. */
#ifndef PORTCULLIS_APP_JOURNAL_INTERNAL_H
#define PORTCULLIS_APP_JOURNAL_INTERNAL_H

#include <jansson.h>
#include <sys/types.h>

#include "app/journal.h"
#include "base/hash.h"

/* Of the lines that are written now. */
#define JOURNAL_VERSION 2

struct journal {
    char *path;
    char *folder;
    char *head_path;
    const struct clock *clock;
    const struct actor *actor; /* NULL: not told */
    struct journal_holds *holds;
    char (*mine)[JOURNAL_ID_SIZE]; /* the intents that were written with this */
    size_t mine_count, mine_cap;
};

/* -- the intents that this process works on -- */

/* Each is a file in a folder beside the journal that is locked for as long as the process lives and
 * its work lasts. */
struct journal_holds;
struct journal_holds *journal_holds_new(const char *folder);
/* Lets go of all. */
void journal_holds_free(struct journal_holds *holds);
bool journal_hold(struct journal_holds *holds, const char *intent, struct err *err);
/* Does nothing for one that is not held here, but for what a process that died left of it. */
void journal_release(struct journal_holds *holds, const char *intent);
/* Does any process hold it, this one included? */
bool journal_is_held(const struct journal_holds *holds, const char *intent);

/* -- the files -- */

/* "The journal PATH could not be WHAT: ..", with the way out of a full or read-only disk. False;
 * its status is the number. */
bool journal_fail(const char *path, const char *what, int number, struct err *err);

/* What journal.head says: how far the journal came. It is written after the journal is synced, so
 * the journal may go on from it, and never ends before it. */
struct journal_head {
    bool there;
    int64_t length; /* bytes */
    int64_t lines;
    char hash[HASH_TEXT_SIZE]; /* of the last line; "" when there is none */
};

/* The journal, open and locked. fd -1: there is no such file. */
struct journal_file {
    int fd;
    bool made; /* by this opening */
    struct journal_head head;
};

/* Opens and locks it for reading or for writing (which makes it and its folder). Refuses what is no
 * regular file, or open to others. */
bool journal_file_open(const struct journal *journal, bool write, struct journal_file *out,
                       struct err *err);
/* Lets go of the lock. */
void journal_file_close(struct journal_file *file);
/* Calls fn for each line from this offset on: its bytes without the newline, whether it had one,
 * and the offset behind it. False with the error when it could not be read to its end. */
typedef void journal_line_fn(void *ctx, const char *text, size_t len, bool ended, int64_t end);
bool journal_file_scan(const struct journal *journal, const struct journal_file *file, int64_t from,
                       journal_line_fn *fn, void *ctx, struct err *err);
/* Adds a line (takes it) and syncs it, then the head. What a crash left at the end is cut off, and
 * what is wrong with the file is written down, each in a line of its own before it. */
bool journal_file_append(const struct journal *journal, struct journal_file *file, json_t *line,
                         struct err *err);

/* A new line with version, time, kind, id (NULL: none) and pid. */
json_t *journal_new_line(const struct journal *journal, const char *kind, const char *id);
/* Sets a text, cleaned where it is no UTF-8; none for NULL and "". */
void journal_set_text(json_t *object, const char *key, const char *text);

/* -- what is wrong -- */

/* JOURNAL_BROKEN for a word that is none of them. */
enum journal_damage journal_damage_of(const char *name);

/* Reads what is open already. */
bool journal_read_file(const struct journal *journal, const struct journal_file *file,
                       struct journal_report *report, struct err *err);

#endif
