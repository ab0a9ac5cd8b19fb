/* An inventory as a table, CSV or JSON on a stream. Tables and CSV hold cleaned text; JSON holds
 * the text as it came. Knows nothing of curses or HTTP; the JSON shapes are a promise to scripts.
 */
#ifndef PORTCULLIS_REPORT_REPORT_H
#define PORTCULLIS_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/inventory.h"

enum report_format { REPORT_TABLE, REPORT_JSON, REPORT_CSV };

/* "table", "json", "csv"; false for anything else. */
bool report_format_parse(const char *text, enum report_format *out);

struct report_options {
    enum report_format format;
    bool given; /* it was asked for: what has another form by itself takes this one */
    const char *
        columns; /* "name,type,mask"; NULL: those that fit (table) or all (CSV). JSON ignores it. */
    const char *sort; /* what the rows were sorted by, as it was given; NULL: the server's order */
    int width;        /* columns of the terminal; 0: no limit */
    int64_t now;      /* ms */
    const char *read_with; /* the mask of the own key; NULL: not known */
    bool evidence;         /* CSV: each row tells when, of whom, and whether all was read */
    bool crlf;             /* CSV: lines end so; else in LF */
    bool no_header;        /* CSV */
    struct id
        workspace; /* only what is of it is given: those who can reach it, its keys; none: all */
    bool filtered; /* not all rows of that are given */
};

/* Is this one list complete? */
bool report_list_complete(const struct inventory *inv, enum list_kind list);
/* Is everything that a list report shows complete? A row of one list tells of others: the people of
 * their memberships and keys, the keys of workspaces and owners by name. */
bool report_complete(const struct inventory *inv, enum list_kind list);

/* Are there such columns? ERR_INVALID names the first that is not, and those that are. */
bool report_columns_check(enum list_kind list, const struct report_options *options,
                          struct err *err);
/* Of keys: does one of the columns hang on who is a member of what? */
bool report_columns_of_members(enum list_kind list, const struct report_options *options);
/* Writes the rows (row numbers of the list, in this order). A table has "-" for what is not set and
 * days with their year; CSV has whole times and nothing for what is not set. JSON:
 * {"as_of","organisation_id","read_with","complete","counted","total","missing","shown","items"}:
 * of one workspace also "workspace_id" and "acting_everywhere" (keys of the organisation, or people
 * by their role in it), of people "members"; of workspaces "organisation_keys" and "unplaced_keys",
 * with which theirs are all. The items of LIST_USERS carry "workspaces":[{"workspace_id","role"}],
 * null where they could not be read, and, for one workspace, "access":{"workspace_id","role","by"}.
 * A CSV of all workspaces has those keys as lines of their own. A table ends with a line that tells
 * completeness. ERR_INVALID for an unknown column, ERR_FILE when writing fails. */
bool report_list(FILE *out, struct inventory *inv, enum list_kind list, const uint32_t *rows,
                 size_t count, const struct report_options *options, struct err *err);

/* One row as the JSON object that it is among the items of a list. */
bool report_item(FILE *out, struct inventory *inv, enum list_kind list, size_t row,
                 struct err *err);
/* The ids alone, a line each, for another command. */
bool report_ids(FILE *out, struct inventory *inv, enum list_kind list, const uint32_t *rows,
                size_t count, struct err *err);
/* When was this list read? ms; TIME_NONE: never. */
int64_t report_as_of(const struct inventory *inv, enum list_kind list);

/* What these rows are of the list, as sentences: how many of how many, who and what else acts in
 * the workspace they are of, and in what order they stand. Appends. */
void report_shown_words(const struct inventory *inv, enum list_kind list, size_t shown,
                        const struct report_options *options, struct buf *out);
void report_order_words(const struct inventory *inv, enum list_kind list, size_t shown,
                        const struct report_options *options, struct buf *out);

/* The sentence about a list: "218 of 218 keys, complete" or what is missing and which scope would
 * help. Appends. */
void report_list_words(const struct inventory *inv, enum list_kind list, struct buf *out);
/* The same, where the name of the list stands before it. */
void report_list_words_unnamed(const struct inventory *inv, enum list_kind list, struct buf *out);
/* The same for a list report: the list, and of the others that it tells of those that are not
 * complete (memberships always). Appends. */
void report_words(const struct inventory *inv, enum list_kind list, struct buf *out);

/* The organisation at a glance: the own key, each list's completeness, counts by kind, status and
 * role. profile: the name it goes by here, since the API tells none; NULL: none. A number that is
 * not the whole truth is "12?" in a table and CSV; in JSON it is null, and 12 under "at_least". */
bool report_overview(FILE *out, struct inventory *inv, const char *profile, const char *base_url,
                     const struct report_options *options, struct err *err);

/* One key: json is the API's object (key value masked); own: its mask is that of the key that
 * portcullis works with. JSON adds "own" and "scope_marks"; the table is the detail. */
bool report_key(FILE *out, struct inventory *inv, size_t row, bool own, const char *json,
                size_t len, const struct report_options *options, struct err *err);

/* The operator's own key (inv->own_key; -1: not known which it is, then its mask alone) and the
 * scopes that it lacks, each with what it is needed for. */
bool report_whoami(FILE *out, struct inventory *inv, const char *mask,
                   const struct report_options *options, struct err *err);

/* A table that is no list of the inventory: cells row by row, NULL for what is not set. JSON: as
 * for lists, complete, with the heads as names; a head that ends in [] holds words with blanks
 * between them, which are an array there. Tables and CSV clean what they print. */
bool report_plain(FILE *out, const char *const *heads, size_t columns, const char *const *cells,
                  size_t rows, const struct report_options *options, struct err *err);
/* One object: a name and a value each, NULL for what is not set. JSON: an object; CSV: the head
 * "name,value" and a line for each. */
struct report_fact {
    const char *name; /* "base_url" */
    const char *value;
};
bool report_facts(FILE *out, const struct report_fact *facts, size_t count,
                  const struct report_options *options, struct err *err);

enum report_item_kind {
    REPORT_TEXT,
    REPORT_YES_NO, /* "yes", "no": a boolean in JSON */
    REPORT_SECRET, /* a key: never cleaned, since it has to be used as it is */
    REPORT_BODY,   /* JSON text: an object in JSON */
};
struct report_item {
    const char *name;
    const char *value; /* NULL: not set */
    enum report_item_kind kind;
};
/* What the own key may not read: as in the lists. An array ends with a reason of NULL. */
struct report_missing {
    const char *list;
    const char *scope; /* NULL: not told */
    const char *reason;
};
/* What a command did. JSON: an object on one line, with "missing":[{"list","scope","reason"}] when
 * missing is given (an array); a table: a line for each; CSV: the names, then the values. Nothing
 * of it stays here, so a secret may be in it; what the stream keeps is the caller's to wipe. */
bool report_act(FILE *out, const struct report_item *items, size_t count,
                const struct report_missing *missing, enum report_format format, struct err *err);

/* The same in two parts, for a record whose last item is known later: all but that, flushed, and
 * then the last one. last: its name. */
bool report_act_begin(FILE *out, const struct report_item *items, size_t count, const char *last,
                      enum report_format format, struct err *err);
bool report_act_end(FILE *out, const struct report_item *last, enum report_format format,
                    struct err *err);

/* One CSV cell, quoted where needed (RFC 4180). What a spreadsheet would run or take for something
 * else gets a ' in front: a leading = + - @ (wide ones too), TAB or CR, a formula behind a ; (where
 * that separates cells), and what reads as a day but is none: 1/2/9, 3-4. */
void report_csv_cell(FILE *out, const char *text);
/* The same without that ', for a value that a program takes out again: a key. */
void report_csv_exact(FILE *out, const char *text);

/* A stream that could not be written to is an error of its own: ERR_FILE with the errno as its
 * status, EPIPE when nobody reads the pipe any more. */
bool report_flush(FILE *out, struct err *err);

#endif
