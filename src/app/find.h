/* What a write that makes a key, and whose answer was lost, may have made (decision 14). Pure: what
 * was read before it was sent and what is read now go in, a judgement comes out. No clock of ours
 * is compared with a row's: what is new is what was not in the list before and is not older than
 * the newest row that was. Knows no requests, no journal, no screens. */
#ifndef PORTCULLIS_APP_FIND_H
#define PORTCULLIS_APP_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/inventory.h"

/* For so long after it was sent a write may still be carried out. */
#define FIND_MAY_COME_MS ((int64_t)120 * 1000)
/* As many of those that fit are named. */
#define FIND_HITS_MAX 8

/* What was asked for, and what the newest page of the list held before. All texts are lent; "" or
 * NULL where there is none. */
struct find_wanted {
    enum key_kind kind;
    const char *workspace; /* as it was sent: an id; of a slug the place cannot be compared */
    const char *owner;     /* id of a person */
    const char *name;      /* raw */
    const struct scope_set *scopes; /* NULL: not known any more */
    const char *const *known;       /* ids on that page */
    size_t known_count;
    int64_t floor; /* find_newest of it */
    bool blind;    /* there was no such page, or it did not show keys of this kind */
    /* Ids that other writes of ours made, by their made and done lines: none of them is it. None
     * may be given when the journal is damaged. */
    const char *const *others;
    size_t other_count;
};

/* The newest created_at of a list, ms, of what could be read; TIME_NONE: there is none. */
int64_t find_newest(const struct inventory *found);

/* In what one that fits differs from what was asked: this is told, and excludes nothing. */
enum find_differs {
    FIND_NAME = 1u << 0, /* renamed since it was made, or it may have been */
    FIND_OWNER = 1u << 1,
    FIND_SCOPES = 1u << 2,
    FIND_UNREAD = 1u << 3, /* kind, place or time could not be read, or not be compared */
};

/* Can this row be what was made? *differs (may be NULL) gets enum find_differs. */
bool find_fits(const struct find_wanted *wanted, const struct inventory *found,
               const struct key_row *row, unsigned *differs);

/* Was it on the page of before? Then no later write made it. */
bool find_was_there(const struct find_wanted *wanted, const struct inventory *found,
                    const struct key_row *row);

/* Does this list show keys of that kind and place? Only then an empty hand says something: there is
 * a key of that kind and place in it, or the row of the own key, which holds the list scope of the
 * kind. own_id: its id; NULL or "" when it is not known (the mask has to tell then). */
bool find_shows(const struct find_wanted *wanted, const struct inventory *found,
                const char *own_id);

/* Does this row of the own key show that it may list that kind in that place? */
bool find_own_shows(const struct find_wanted *wanted, const struct inventory *found,
                    const struct key_row *own);

/* What a list tells. */
struct find_result {
    size_t count; /* of those that fit */
    struct find_hit {
        char id[ID_TEXT_SIZE];
        unsigned differs;
    } hits[FIND_HITS_MAX];
    bool reaches; /* back to what was there before: nothing that was made since is behind it */
    bool told;    /* and it shows that kind: none means none */
};
/* found: the newest page of the list, newest first, or more of it. */
void find_look(const struct find_wanted *wanted, const struct inventory *found, const char *own_id,
               struct find_result *out);

/* Leaves this one out of what was found. */
void find_without(struct find_result *result, const char *id);

enum find_verdict {
    FIND_CANDIDATE, /* a person has to judge: what is found is never advised to be revoked */
    FIND_NONE,      /* nothing of it is there, and nothing will come any more */
    FIND_MAY_COME,  /* nothing so far: sending now may make two */
    FIND_UNTOLD,    /* this list cannot tell */
};
/* age_ms: from when it was sent to when the list was read, both by the server's clock; < 0: not
 * known. wait_ms: FIND_MAY_COME_MS, or less in a hurry. */
enum find_verdict find_verdict(const struct find_result *result, int64_t age_ms, int64_t wait_ms);

/* "its name and its scopes differ from what was asked"; "" when nothing does. */
void find_differs_words(unsigned differs, char *out, size_t size);
/* What is to be said of those that were found, as a whole sentence; "" for none. */
void find_words(const struct find_result *result, char *out, size_t size);

#endif
