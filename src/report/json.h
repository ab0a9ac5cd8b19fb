/* Records as JSON objects with the API's field names; texts as they came. Only for the files of
 * this folder. */
#ifndef PORTCULLIS_REPORT_JSON_H
#define PORTCULLIS_REPORT_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "model/inventory.h"
#include "report/report.h"

/* Give new references. NULL texts and unset times become null. */
json_t *report_json_text(const struct inventory *inv, struct text_pair text);
json_t *report_json_ref(const struct inventory *inv, str_ref ref);
json_t *report_json_id(const struct inventory *inv, struct id id);
/* workspace: people get "access" to it; none: they do not. */
json_t *report_json_row(struct inventory *inv, enum list_kind list, size_t row,
                        struct id workspace);
/* The words for the danger marks of a set of scopes: ["keys","delete"]. */
json_t *report_json_marks(unsigned marks);
/* Does a report of this list tell of the other one, and could that not be read whole? Of the keys
 * only the kinds count that the report tells of. */
bool report_lacks(const struct inventory *inv, enum list_kind list, enum list_kind other);
/* What is missing of a list: [{"list","scope","reason"}]. */
json_t *report_json_missing(const struct inventory *inv, enum list_kind list);

/* {"as_of","organisation_id","read_with"}, with which a document of the organisation begins (a new
 * reference). as_of: when it was read, ms; TIME_NONE: not read. */
json_t *report_json_head(const struct inventory *inv, int64_t as_of,
                         const struct report_options *options);
/* Writes one value, then frees it. What a screen would not show as it is (C1, DEL, bidi marks)
 * stands there as \uXXXX. */
void report_json_write(FILE *out, json_t *value, size_t flags);

#endif
