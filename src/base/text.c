#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/banned.h"

#define MARKS_MAX 3 /* a cell of curses holds a base and four more */

#define REPLACEMENT "\xef\xbf\xbd"   /* U+FFFD */
#define DOTTED_CIRCLE "\xe2\x97\x8c" /* U+25CC, the customary base of a mark that has none */

/* What becomes of one decoded character. */
enum fate {
    FATE_KEEP,
    FATE_MARK, /* takes no column: needs a base, and there may not be too many */
    FATE_DROP,
    FATE_SPACE,
    FATE_PICTURE, /* U+2400..: the picture of a control character */
    FATE_REPLACE,
};

struct cleaner {
    struct buf *out;
    int marks;      /* on the base before */
    bool has_base;  /* false at the start of the text */
    bool wide_base; /* the base before takes two columns */
    bool changed;
};

/* Letters that look like nothing: fillers of Hangul and of Braille. */
static bool is_blank_letter(utf8proc_int32_t c)
{
    return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 || c == 0x2800;
}

/* Invisible on purpose and without a direction: nothing is lost where they are dropped. Without
 * joiners and variation selectors all terminals agree on how wide an emoji is. */
static bool is_invisible(utf8proc_int32_t c)
{
    return (c >= 0x200b && c <= 0x200d) || c == 0x00ad || c == 0xfeff || c == 0x2060 ||
           c == 0x034f || (c >= 0x180b && c <= 0x180f) || c == 0x17b4 || c == 0x17b5 ||
           (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

/* A skin tone melts into the emoji before it on some terminals and stands beside it on others. */
static bool is_skin_tone(utf8proc_int32_t c)
{
    return c >= 0x1f3fb && c <= 0x1f3ff;
}

static enum fate fate_of_control(utf8proc_int32_t c)
{
    if (c == '\n' || c == '\t' || c == '\r') {
        return FATE_SPACE;
    }
    return c < 0x20 ? FATE_PICTURE : FATE_REPLACE;
}

static enum fate fate_of(utf8proc_int32_t c, bool wide_base, int *columns)
{
    *columns = 1;
    if (is_invisible(c)) {
        return FATE_DROP;
    }
    if (is_blank_letter(c)) {
        return FATE_REPLACE;
    }
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
        return fate_of_control(c);
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return FATE_SPACE;
    case UTF8PROC_CATEGORY_CF: /* directions, tags: shown, because they are a trick */
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
        return FATE_REPLACE;
    default:
        break;
    }
    if (wide_base && is_skin_tone(c)) {
        return FATE_DROP;
    }
    *columns = wcwidth((wchar_t)c);
    if (*columns < 0) {
        *columns = 1;
        return FATE_REPLACE; /* the C library does not know it, so curses could not place it */
    }
    return *columns == 0 ? FATE_MARK : FATE_KEEP;
}

static bool put_base(struct cleaner *cl, const char *bytes, size_t len, bool wide)
{
    cl->marks = 0;
    cl->has_base = true;
    cl->wide_base = wide;
    return buf_add(cl->out, bytes, len);
}

static bool put_mark(struct cleaner *cl, const char *bytes, size_t len)
{
    if (!cl->has_base) {
        cl->changed = true;
        if (!put_base(cl, DOTTED_CIRCLE, 3, false)) {
            return false;
        }
    }
    if (cl->marks == MARKS_MAX) {
        cl->changed = true;
        return true;
    }
    cl->marks++;
    return buf_add(cl->out, bytes, len);
}

/* Handles the character at bytes (len of them are left); gives its length, 0 when *out is full. */
static size_t clean_one(struct cleaner *cl, const char *bytes, size_t len)
{
    char picture[] = "\xe2\x90\x80"; /* U+2400 */
    utf8proc_int32_t c;
    utf8proc_ssize_t got =
        utf8proc_iterate((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)len, &c);
    enum fate fate = FATE_REPLACE;
    int columns = 1;
    size_t used = got > 0 ? (size_t)got : 1;
    bool ok = true;

    if (got > 0) {
        fate = fate_of(c, cl->wide_base, &columns);
    }
    if (fate != FATE_KEEP && fate != FATE_MARK) {
        cl->changed = true;
    }
    switch (fate) {
    case FATE_KEEP:
        ok = put_base(cl, bytes, used, columns > 1);
        break;
    case FATE_MARK:
        ok = put_mark(cl, bytes, used);
        break;
    case FATE_DROP:
        break;
    case FATE_SPACE:
        ok = put_base(cl, " ", 1, false);
        break;
    case FATE_PICTURE:
        picture[2] = (char)(0x80 + c);
        ok = put_base(cl, picture, 3, false);
        break;
    case FATE_REPLACE:
        ok = put_base(cl, REPLACEMENT, 3, false);
        break;
    }
    return ok ? used : 0;
}

/* Length of the run of printable ASCII at bytes. */
static size_t plain_run(const char *bytes, size_t len)
{
    size_t run = 0;

    while (run < len && bytes[run] >= 0x20 && bytes[run] < 0x7f) {
        run++;
    }
    return run;
}

/* One code point of text that is meant to be clean; what is not counts as one column a byte. */
static size_t step(const char *text, int *columns)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t got;

    if (text[0] == '\0') {
        *columns = 0;
        return 0;
    }
    *columns = 1;
    if ((unsigned char)text[0] < 0x80) {
        return 1;
    }
    got = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strnlen(text, 4), &c);
    if (got < 1) {
        return 1;
    }
    *columns = wcwidth((wchar_t)c);
    if (*columns < 0) {
        *columns = 1;
    }
    return (size_t)got;
}

bool text_clean(const char *raw, size_t len, struct buf *out)
{
    struct cleaner cl = {.out = out};
    size_t at = 0;

    while (at < len) {
        size_t used = plain_run(raw + at, len - at);

        if (used > 0) {
            if (!put_base(&cl, raw + at, used, false)) {
                return true;
            }
        } else {
            used = clean_one(&cl, raw + at, len - at);
            if (used == 0) {
                return true;
            }
        }
        at += used;
    }
    return cl.changed;
}

char *text_cleaned(const char *raw)
{
    struct buf out;

    buf_init(&out, 0);
    text_clean(raw, strlen(raw), &out);
    return buf_take(&out);
}

void text_escape(const char *raw, size_t len, struct buf *out)
{
    size_t at = 0;

    while (at < len) {
        utf8proc_int32_t c;
        utf8proc_ssize_t got =
            utf8proc_iterate((const utf8proc_uint8_t *)raw + at, (utf8proc_ssize_t)(len - at), &c);

        if (got < 1) {
            buf_addf(out, "\\x%02x", (unsigned)(unsigned char)raw[at]);
            got = 1;
        } else if (c == '\\') {
            buf_adds(out, "\\\\");
        } else if (c >= 0x20 && c < 0x7f) {
            buf_addc(out, (char)c);
        } else {
            buf_addf(out, "\\u{%x}", (unsigned)c);
        }
        at += (size_t)got;
    }
}

static void put_json_escape(utf8proc_int32_t c, struct buf *out)
{
    unsigned code = (unsigned)c;

    if (code > 0xffff) {
        code -= 0x10000;
        buf_addf(out, "\\u%04X\\u%04X", 0xd800u + (code >> 10), 0xdc00u + (code & 0x3ffu));
    } else {
        buf_addf(out, "\\u%04X", code);
    }
}

/* Would a screen show all of these bytes as they are? */
static bool is_seen(const char *text, size_t len)
{
    struct buf clean;
    bool changed;

    buf_init(&clean, 0);
    changed = text_clean(text, len, &clean);
    buf_done(&clean);
    return !changed;
}

void text_escape_unseen(const char *json, struct buf *out)
{
    const char *base = json; /* the character that the marks after it stand on */

    while (*json != '\0') {
        utf8proc_int32_t c = 0;
        utf8proc_ssize_t got = utf8proc_iterate((const utf8proc_uint8_t *)json,
                                                (utf8proc_ssize_t)strnlen(json, 4), &c);
        size_t used = got < 1 ? 1 : (size_t)got;
        int columns;

        step(json, &columns);
        base = columns > 0 && !is_skin_tone(c) ? json : base;
        /* Line ends are those between the members: in a string they are escaped already. What is
         * no UTF-8 has no other form in JSON. */
        if (got < 1 || c == '\n' || is_seen(base, (size_t)(json - base) + used)) {
            buf_add(out, json, used);
        } else {
            put_json_escape(c, out);
            base = json + used; /* a mark behind it has nothing to stand on */
        }
        json += used;
    }
}

bool text_is_utf8(const char *raw, size_t len)
{
    size_t at = 0;

    while (at < len) {
        utf8proc_int32_t c;
        utf8proc_ssize_t got =
            utf8proc_iterate((const utf8proc_uint8_t *)raw + at, (utf8proc_ssize_t)(len - at), &c);

        if (got < 1) {
            return false;
        }
        at += (size_t)got;
    }
    return true;
}

bool text_is_letter(uint32_t code)
{
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return true;
    default:
        return false;
    }
}

bool text_is_digit(uint32_t code)
{
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

size_t text_code(const char *text, uint32_t *code)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t got;

    if (text[0] == '\0') {
        *code = 0;
        return 0;
    }
    got = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strnlen(text, 4), &c);
    *code = got < 1 ? 0xfffdu : (uint32_t)c;
    return got < 1 ? 1 : (size_t)got;
}

int text_width(const char *text)
{
    int width = 0;
    int columns;

    while (*text >= ' ' && *text < 0x7f) { /* most texts are nothing else */
        width++;
        text++;
    }
    for (size_t len = step(text, &columns); len > 0; len = step(text, &columns)) {
        width += columns;
        text += len;
    }
    return width;
}

size_t text_next(const char *text, int *columns)
{
    size_t len;
    size_t more;
    int extra;

    /* Two of ASCII: the second is no mark. */
    if (text[0] != '\0' && (unsigned char)text[0] < 0x80 && (unsigned char)text[1] < 0x80) {
        *columns = 1;
        return 1;
    }
    len = step(text, columns);
    if (len == 0) {
        return 0;
    }
    while ((more = step(text + len, &extra)) > 0 && extra == 0) {
        len += more;
    }
    return len;
}

size_t text_prev(const char *text, size_t at)
{
    size_t start = at;
    int columns = 0;

    while (start > 0 && columns == 0) {
        do {
            start--;
        } while (start > 0 && ((unsigned char)text[start] & 0xc0u) == 0x80u);
        step(text + start, &columns);
    }
    return at - start;
}

size_t text_cut(const char *text, int columns, int *used)
{
    size_t len = 0;
    int width = 0;

    /* The character before one that is not of ASCII may have a mark behind it. */
    while (width < columns && text[len] >= ' ' && text[len] < 0x7f &&
           (unsigned char)text[len + 1] < 0x80) {
        len++;
        width++;
    }
    for (;;) {
        int next;
        size_t bytes = text_next(text + len, &next);

        if (bytes == 0 || next > columns - width) {
            break;
        }
        len += bytes;
        width += next;
    }
    if (used != NULL) {
        *used = width;
    }
    return len;
}

/* What stands for what was cut away: in few columns one dot has to do. */
static const char *dots(int columns)
{
    return columns < 4 ? "." : "..";
}

/* Appends the text, or as much as fits and the dots. Returns the columns used. */
static int add_cut(const char *text, int columns, struct buf *out)
{
    int used;
    size_t len = text_cut(text, columns, &used);

    if (text[len] == '\0') {
        buf_adds(out, text);
        return used;
    }
    buf_add(out, text, text_cut(text, columns - (int)strlen(dots(columns)), &used));
    buf_adds(out, dots(columns));
    return used + (int)strlen(dots(columns));
}

void text_shorten(const char *text, int columns, struct buf *out)
{
    if (columns > 0) {
        add_cut(text, columns, out);
    }
}

void text_fit(const char *text, int columns, struct buf *out)
{
    if (columns <= 0) {
        return;
    }
    for (int used = add_cut(text, columns, out); used < columns; used++) {
        buf_addc(out, ' ');
    }
}

/* Where the text begins whose end takes no more than these columns. */
static size_t end_from(const char *text, int columns)
{
    size_t at = strlen(text);

    for (int used = 0; at > 0;) {
        size_t before = at - text_prev(text, at);
        int width;

        text_next(text + before, &width);
        used += width;
        if (used > columns) {
            break;
        }
        at = before;
    }
    return at;
}

/* The bytes that both begin with, whole characters of them. */
static size_t same_start(const char *a, const char *b)
{
    size_t at = 0;
    int columns;

    for (size_t len; (len = text_next(a + at, &columns)) > 0; at += len) {
        if (strncmp(a + at, b + at, len) != 0) {
            break;
        }
    }
    return at;
}

/* How far the text is as another that is not it and would be cut to the same; 0: none. */
static size_t shared(const char *text, const char *const *others, size_t count, int columns)
{
    size_t kept = text_cut(text, columns - (int)strlen(dots(columns)), NULL);
    size_t most = 0;

    for (size_t i = 0; i < count; i++) {
        size_t same = same_start(text, others[i]);

        if (same >= kept && (text[same] != '\0' || others[i][same] != '\0')) {
            most = same > most ? same : most;
        }
    }
    return most;
}

void text_cut_apart(const char *text, const char *const *others, size_t count, int columns,
                    struct buf *out)
{
    size_t same, from;
    int room, head;

    if (columns <= 0) {
        return;
    }
    /* Less than five columns tell nothing apart. */
    same = columns < 5 || text_width(text) <= columns ? 0 : shared(text, others, count, columns);
    if (same == 0) {
        add_cut(text, columns, out);
        return;
    }
    /* A third of it tells the family, the rest where it differs. */
    head = columns < 9 ? 0 : columns / 3;
    buf_add(out, text, text_cut(text, head, &head));
    buf_adds(out, dots(columns));
    room = columns - head - (int)strlen(dots(columns));
    from = end_from(text, room);
    if (from > same) { /* from a character before the difference on */
        from = same - text_prev(text, same);
    }
    add_cut(text + from, room, out);
}
