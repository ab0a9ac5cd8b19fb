/* JSON written as text, for the rows of long lists: the same bytes that jansson writes, made
 * without a tree. */
#ifndef PORTCULLIS_SANDBOX_JSON_TEXT_H
#define PORTCULLIS_SANDBOX_JSON_TEXT_H

#include <stdint.h>

#include "base/buf.h"

/* A string with its quotes; NULL is null. */
void json_text_string(struct buf *out, const char *text);
/* Milliseconds since 1970 as the wire has them; TIME_NONE is null. */
void json_text_time(struct buf *out, int64_t ms);

#endif
