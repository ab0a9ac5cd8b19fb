#include "ui/field_style.h"

#include <string.h>

#include "base/banned.h"

enum style field_style(const struct field *field, const struct field_context *ctx, size_t row,
                       const char *text)
{
    static const enum style STYLES[] = {
        [TONE_PLAIN] = STYLE_NORMAL, [TONE_DIM] = STYLE_DIM, [TONE_GOOD] = STYLE_GOOD,
        [TONE_WARN] = STYLE_WARN,    [TONE_BAD] = STYLE_BAD, [TONE_OWN] = STYLE_OWN,
    };

    if (strcmp(text, "?") == 0) {
        return STYLE_WARN;
    }
    return field->tone == NULL ? STYLE_NORMAL : STYLES[field->tone(ctx, row)];
}
