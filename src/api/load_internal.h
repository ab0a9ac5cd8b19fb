/* What the files of a load share. Included by load*.c only. */
#ifndef PORTCULLIS_API_LOAD_INTERNAL_H
#define PORTCULLIS_API_LOAD_INTERNAL_H

#include <jansson.h>

#include "api/client_internal.h"
#include "api/load.h"

/* Two that look like the operator's own key are as ambiguous as any number. */
#define OWN_MAX 8

/* Which rows of a list one reading of it has met: a bit for each. */
struct seen {
    unsigned char *bits;
    size_t cap;
};

/* One list that is read page by page: a whole list, or the members of one workspace. */
struct reader {
    struct api_load *load;
    struct reader *next;
    enum list_kind list;
    size_t workspace;     /* members: the index */
    const char *filter;   /* a constant; NULL: none */
    int64_t total;        /* as it was told last; -1: not told */
    int64_t first_total;  /* as it was told first; -1: not told */
    int64_t others;       /* in a part of the list that was read before */
    int64_t came;         /* rows of all pages, whatever they are */
    bool endless;         /* far more came than there are */
    long long next_page;  /* to be asked for */
    long long next_taken; /* rows are taken in by the order of pages, however they come */
    long long end_page;   /* behind the last that is to be asked for, as far as is known */
    int rows_a_page;      /* as the server gives them: it may give less than it is asked for */
    int open;             /* pages under way */
    int pass;             /* 1: it is read once more */
    int pages;            /* read in this pass */
    size_t rows_before;   /* held when this pass began */
    size_t held;          /* keys after the last page */
    size_t seen;          /* distinct rows that this pass met */
    size_t bad_rows;      /* could not be decoded */
    bool moved;           /* something came or went while it was read */
    bool ended;           /* a page showed that nothing comes behind it */
    struct err err;       /* a page failed: no more are asked for */
    char row_error[160];  /* which the first bad row is and what is wrong with it; "" none */
};

struct page {
    struct reader *reader;
    struct page *prev, *next;
    api_ticket ticket;
    long long number;
    size_t taken; /* of its rows */
    size_t fresh; /* of these, not met before in this pass */
};

struct api_load {
    unsigned check_url; /* lists, a bit each: the base URL may be the cause (struct err) */
    struct api_client *client;
    struct inventory *inv;
    unsigned lists;
    api_load_fn *fn;
    void *ctx;
    struct reader *readers;
    struct page *pages;
    int open;
    int turn; /* the list that was served last */
    struct seen seen[LIST_COUNT][2];

    bool members_wait;     /* for the list of workspaces */
    struct err archived;   /* why the server gave no archived workspaces */
    bool archived_alone;   /* they are asked for by themselves */
    size_t next_workspace; /* whose members are asked for next */
    size_t refusals, failures, workspaces_read;
    int64_t members_total; /* of the workspaces that told; -1: one did not */

    struct id own[OWN_MAX]; /* keys with the mask of the operator's own */
    size_t own_count;
    bool reached; /* the server answered like an API */
    bool finished;
    struct err err;
    int deferred;
};

/* -- load_rows.c: pages to rows -- */

enum taking { TAKE_MORE, TAKE_DONE, TAKE_FAILED };

/* Takes the rows of a page in, until about answer->until_us, and at its end notes what it tells
 * about the pages behind it. TAKE_FAILED with err when it is no page. */
enum taking load_take_page(struct page *page, const struct answer *answer, struct err *err);
/* Rows held of a list. */
size_t load_rows_held(const struct inventory *inv, enum list_kind list);
/* After a second reading: takes away the keys that it did not meet. False when there are rows that
 * it cannot take away. */
bool load_drop_unseen(struct reader *reader);
/* Says which key is the operator's own, from the masks that were met. */
void load_find_own(struct api_load *load);

/* -- load_people.c -- */

/* Shows the members of the workspaces as people when the list of people could not be read. */
void load_people_of_members(struct api_load *load);

/* -- load_state.c: what a list has come to -- */

void load_state_begin(struct api_load *load, enum list_kind list);
void load_state_progress(struct reader *reader);
/* The reader came to its end. */
void load_state_end(struct reader *reader);
/* So it did, and another part of the list comes. */
void load_state_end_part(struct reader *reader);
/* So did that of the archived workspaces, which were asked for by themselves. */
void load_state_end_archived(struct reader *reader);
/* The list of people could not be read, but holds those who are members of a workspace: partial. */
void load_state_people(struct api_load *load);
/* A server that answers for other lists is no wrong base URL. */
void load_state_words(struct api_load *load);
/* What the operator's own key cannot see by its kind: a workspace key knows one workspace. */
void load_state_reach(struct api_load *load);
/* The members of all workspaces were read or given up. */
void load_members_end(struct api_load *load);
/* Every list that still loads ends here: stopped, or the key was refused. */
void load_state_stop(struct api_load *load, const char *why);

#endif
