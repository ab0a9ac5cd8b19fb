/* What the files of the draft share. Included by draft*.c only. */
#ifndef PORTCULLIS_MODEL_DRAFT_INTERNAL_H
#define PORTCULLIS_MODEL_DRAFT_INTERNAL_H

#include "model/draft.h"

/* Adds a sentence; what does not fit is counted all the same. */
void draft_problem(struct draft_check *out, enum draft_field field, enum draft_severity severity,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same of a part of a row (from 1; 0: of no row), which the sentence names first. */
void draft_problem_at(struct draft_check *out, enum draft_field field, enum draft_severity severity,
                      int row, enum draft_part part, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* "rows 1 and 2 WORDS", about the second. */
void draft_problem_twins(struct draft_check *out, enum draft_field field, int first, int second,
                         enum draft_part part, const char *words);

/* The first character of a text that must not be there, as an error; true when there is one. */
bool draft_refuse_characters(const char *text, enum draft_field field, int row,
                             enum draft_part part, struct draft_check *out);
/* Name and description. */
void draft_check_texts(const struct key_draft *draft, const struct inventory *inv,
                       struct draft_check *out);
/* Metadata, config and its override, alert mails. */
void draft_check_defaults(const struct key_draft *draft, struct draft_check *out);
/* Rate limits and budget. */
void draft_check_limits(const struct key_draft *draft, int64_t now, struct draft_check *out);
/* Expiry and rotation. */
void draft_check_life(const struct key_draft *draft, int64_t now, struct draft_check *out);

#endif
