/* The word with which a profile is tagged. */
#ifndef PORTCULLIS_MODEL_TAG_H
#define PORTCULLIS_MODEL_TAG_H

#include <stdbool.h>

/* Is this an organisation in production (PROD, production-eu, live; case-blind)? Its writes want a
 * reason, and the screens show it in a colour of its own. NULL is no tag. */
bool tag_is_production(const char *tag);

#endif
