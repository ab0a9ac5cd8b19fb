#include "ui/views/facts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/field_style.h"

#include "base/banned.h"

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
    struct buf text;

    if (number < 0) {
        return;
    }
    buf_init(&text, 0);
    fields[number].text(ctx, row, &text);
    doc_field(doc, label, field_style(&fields[number], ctx, row, text.data), "%s", text.data);
    buf_done(&text);
}

/* past: what follows the span of a time that is over. */
static void add_time(int64_t when, int64_t now, const char *format, const char *gap,
                     const char *past, struct buf *out)
{
    char text[TIME_TEXT_SIZE];

    if (when == TIME_NONE) {
        buf_adds(out, "-");
        return;
    }
    if (when == TIME_UNREAD) {
        buf_adds(out, "?");
        return;
    }
    time_strftime(when, format, text, sizeof(text));
    buf_adds(out, text);
    /* Clocks differ by seconds, and the screen wakes up once a minute. */
    if (when - now < MINUTE_MS && now - when < MINUTE_MS) {
        buf_addf(out, "%s(now)", gap);
        return;
    }
    /* To the nearest minute: "90d" does not become "89d" while the screen is drawn. */
    time_span(when > now ? when - now + MINUTE_MS / 2 : now - when, text);
    buf_addf(out, "%s(%s%s%s)", gap, when > now ? "in " : "", text, when > now ? "" : past);
}

void facts_time(int64_t when, int64_t now, struct buf *out)
{
    add_time(when, now, "%Y-%m-%d %H:%MZ", "  ", " ago", out);
}

void facts_date(int64_t when, int64_t now, struct buf *out)
{
    add_time(when, now, "%Y-%m-%d", " ", "", out);
}
