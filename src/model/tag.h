/* The word with which a profile is tagged, and the reason that some of them ask for. */
#ifndef PORTCULLIS_MODEL_TAG_H
#define PORTCULLIS_MODEL_TAG_H

#include <stdbool.h>

/* Is this an organisation in production: does the tag hold prod, production or live as a word of
 * its own, between non-letters (PROD, eu-prod-2, live; non-prod too, to be safe; not: lively)? Its
 * writes want a reason, and the screens show it in a colour of its own. NULL is no tag. */
bool tag_is_production(const char *tag);
/* Is this a reason at all: are there three letters or digits in it? */
bool reason_is_given(const char *reason);
/* Is this reason (NULL: none) enough for a write under that tag? */
bool tag_takes_reason(const char *tag, const char *reason);

#endif
