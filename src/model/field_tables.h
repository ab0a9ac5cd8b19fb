/* The field tables, one a list, and what their texts share. Only for the field_*.c files and
 * view.c. */
#ifndef PORTCULLIS_MODEL_FIELD_TABLES_H
#define PORTCULLIS_MODEL_FIELD_TABLES_H

#include "model/field.h"

extern const struct field KEY_FIELDS[];
extern const size_t KEY_FIELD_COUNT;
extern const struct field WORKSPACE_FIELDS[];
extern const size_t WORKSPACE_FIELD_COUNT;
extern const struct field USER_FIELDS[];
extern const size_t USER_FIELD_COUNT;
extern const struct field MEMBER_FIELDS[];
extern const size_t MEMBER_FIELD_COUNT;

/* What stands for nothing: "-", "" for a file. */
void field_none(const struct field_context *ctx, struct buf *out);
/* "2026-05-03 17:08Z", for a file "2026-05-03T17:08:55.000Z"; field_none for none. */
void field_time(const struct field_context *ctx, int64_t ms, struct buf *out);
/* "03 May" this year, else "May 2025"; dated "2025-05-03"; for a file as field_time. */
void field_day(const struct field_context *ctx, int64_t ms, struct buf *out);
void field_id(const struct field_context *ctx, struct id id, struct buf *out);
/* The workspace's name; "(org)" for none; "?" with the start of the id when the workspaces could
 * not be read. */
void field_workspace_name(const struct inventory *inv, struct id workspace, struct buf *out);
void field_user_name(const struct inventory *inv, struct id user, struct buf *out);
/* The owner of a key that has one. In a cell (ctx->room) who has left is marked, and who shares a
 * name goes by the mail address; in a file one who is not known goes by the whole id. */
void field_owner(const struct field_context *ctx, size_t key, struct buf *out);
/* What else a workspace goes by: slug and id; a person: mail and id. A line each, cleaned. */
void field_workspace_also(const struct inventory *inv, struct id workspace, struct buf *out);
void field_user_also(const struct inventory *inv, struct id user, struct buf *out);
/* A time and a count as what a filter compares. known: all of them were counted. */
enum field_known field_value_time(int64_t ms, int64_t *out);
enum field_known field_value_count(uint64_t count, bool known, int64_t *out);
/* A time as a rank: none comes before all, one that was not understood behind. */
uint64_t field_rank_time(int64_t ms);
/* Are all keys of this kind in the list? Only where it is complete and the operator's own key may
 * list them. */
bool field_keys_known(const struct inventory *inv, enum key_kind kind);
/* A count: "5", "5?" when there may be more, and "?" rather than a zero that is not known. */
void field_count(uint32_t count, bool known, struct buf *out);
/* A count as a rank: those that are not known come before those that are zero. */
uint64_t field_rank_count(uint32_t count, bool known);
/* "100", "0.5", "5000000": no exponent where the number is whole. */
void field_number(double value, struct buf *out);
/* "?" for what was not told, "-" for empty, else the text, cleaned. */
void field_word(const struct inventory *inv, str_ref ref, struct buf *out);
/* The same as a field by itself: field_none for empty. */
void field_told(const struct field_context *ctx, str_ref ref, struct buf *out);
/* A word that was not understood: "? suspended"; "?" where there is none. */
void field_odd(const struct field_context *ctx, str_ref ref, struct buf *out);
/* The cleaned text, field_none for empty; "?" where it was not understood. */
void field_text(const struct field_context *ctx, struct text_pair text, bool unread,
                struct buf *out);

#endif
