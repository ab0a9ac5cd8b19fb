/* What the rows of model/act.c are made of, where that has a file of its own. */
#ifndef PORTCULLIS_MODEL_ACT_ROWS_H
#define PORTCULLIS_MODEL_ACT_ROWS_H

#include "model/act.h"

#define EDIT_FIELD_COUNT 16
extern const struct input_field EDIT_FIELDS[EDIT_FIELD_COUNT];
bool edit_same_for_all(const struct edit_input *edit, struct err *err);
bool edit_may(const struct act_look *look, struct err *err);
enum act_confirm edit_confirm(const struct act_look *look);

#endif
