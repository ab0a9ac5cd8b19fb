/* A draft that is right, an organisation it fits into, and what is said of one of its fields. */
#ifndef PORTCULLIS_CASES_DRAFT_CASE_H
#define PORTCULLIS_CASES_DRAFT_CASE_H

#include "model/draft.h"

/* Three workspaces (two of one name), one person, three keys; all of it read. Gives. */
struct inventory *draft_case_organisation(void);
struct key_draft draft_case_good(enum key_kind kind);
/* What is said of a field: '-' nothing, 'W' or 'E'; *words gets the first sentence. */
char draft_case_said(const struct draft_check *check, enum draft_field field, const char **words);

#endif
