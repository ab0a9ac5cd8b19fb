/* How the text of a field looks on the screen, in tables and in pages alike. */
#ifndef PORTCULLIS_UI_FIELD_STYLE_H
#define PORTCULLIS_UI_FIELD_STYLE_H

#include <stddef.h>

#include "model/field.h"
#include "ui/canvas.h"

/* By its tone; `?`, which could not be read, stands out. text: what the field says of the row. */
enum style field_style(const struct field *field, const struct field_context *ctx, size_t row,
                       const char *text);

#endif
