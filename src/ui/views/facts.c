#include "ui/views/facts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#include "base/banned.h"

static const enum style TONES[] = {
    [TONE_PLAIN] = STYLE_NORMAL, [TONE_DIM] = STYLE_DIM, [TONE_GOOD] = STYLE_GOOD,
    [TONE_WARN] = STYLE_WARN,    [TONE_BAD] = STYLE_BAD, [TONE_OWN] = STYLE_OWN,
};

void facts_text(const struct field_context *ctx, enum list_kind list, const char *field, size_t row,
                struct buf *out)
{
    size_t count;
    const struct field *fields = field_table(list, &count);
    int number = field_find(list, field);

    if (number >= 0) {
        fields[number].text(ctx, row, out);
    }
}

void facts_field(const struct field_context *ctx, enum list_kind list, const char *field,
                 const char *label, size_t row, struct doc *doc)
{
    size_t count;
    const struct field *fields = field_table(list, &count);
    int number = field_find(list, field);
    enum field_tone tone;
    struct buf text;

    if (number < 0) {
        return;
    }
    buf_init(&text, 0);
    fields[number].text(ctx, row, &text);
    tone = fields[number].tone == NULL ? TONE_PLAIN : fields[number].tone(ctx, row);
    doc_field(doc, label, strcmp(text.data, "?") == 0 ? STYLE_WARN : TONES[tone], "%s", text.data);
    buf_done(&text);
}

void facts_time(int64_t when, int64_t now, struct buf *out)
{
    char text[TIME_TEXT_SIZE];

    if (when == TIME_NONE) {
        buf_adds(out, "-");
        return;
    }
    time_strftime(when, "%Y-%m-%d %H:%MZ", text, sizeof(text));
    buf_adds(out, text);
    time_span(when - now, text);
    buf_addf(out, when > now ? "  (in %s)" : "  (%s ago)", text);
}

void facts_date(int64_t when, int64_t now, struct buf *out)
{
    char text[TIME_TEXT_SIZE];

    if (when == TIME_NONE) {
        buf_adds(out, "-");
        return;
    }
    time_strftime(when, "%Y-%m-%d", text, sizeof(text));
    buf_adds(out, text);
    time_span(when - now, text);
    buf_addf(out, when > now ? " (in %s)" : " (%s)", text);
}
