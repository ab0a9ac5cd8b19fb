/* What a page that is not of the API says of itself: its title or its first words, and a reference
 * number, for the person who asks whoever runs the box that sent it. */
#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "api/origin.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/text.h"

#include "base/banned.h"

/* Of a page: what identifies it stands near its beginning. */
#define PAGE_LOOKED_AT ((size_t)32 << 10)
/* Of its text, where it has no title. */
#define FIRST_WORDS 100
#define REFERENCE_MIN 5
#define REFERENCE_MAX 60

/* -- HTML to words -- */

static const struct {
    const char *name;
    const char *text;
} ENTITIES[] = {
    {"&amp;", "&"},     {"&lt;", "<"},   {"&gt;", ">"},   {"&quot;", "\""}, {"&#39;", "'"},
    {"&#32;", " "},     {"&apos;", "'"}, {"&nbsp;", " "}, {"&#x27;", "'"},  {"&#35;", "#"},
    {"&#46;", "."},     {"&#x23;", "#"}, {"&#x2e;", "."}, {"&ndash;", "-"}, {"&mdash;", "-"},
    {"&hellip;", ".."}, {"&#45;", "-"},
};

static const char *entity_at(const char *at, size_t *len)
{
    for (size_t i = 0; i < sizeof(ENTITIES) / sizeof(ENTITIES[0]); i++) {
        if (ascii_starts(at, ENTITIES[i].name)) {
            *len = strlen(ENTITIES[i].name);
            return ENTITIES[i].text;
        }
    }
    return NULL;
}

/* One blank for any number of them. */
static void add_blank(struct buf *out)
{
    if (out->len > 0 && out->data[out->len - 1] != ' ') {
        buf_addc(out, ' ');
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Goes behind a tag, a comment, or all of an element that is not shown. */
static const char *skip_markup(const char *at)
{
    static const char *const HIDDEN[] = {"script", "style", "title", "svg", "noscript"};
    const char *end;

    if (strncmp(at, "<!--", 4) == 0) {
        end = strstr(at, "-->");
        return end == NULL ? at + strlen(at) : end + 3;
    }
    for (size_t i = 0; i < sizeof(HIDDEN) / sizeof(HIDDEN[0]); i++) {
        size_t len = strlen(HIDDEN[i]);

        if (ascii_starts(at + 1, HIDDEN[i]) && !ascii_is_alnum(at[1 + len])) {
            char close[16] = "</";

            memcpy(close + 2, HIDDEN[i], len + 1);
            end = ascii_find(at, close);
            at = end == NULL ? at : end;
            break;
        }
    }
    end = strchr(at, '>');
    return end == NULL ? at + strlen(at) : end + 1;
}

/* Appends what a reader of the page sees of it. */
static void add_shown(const char *html, const char *end, bool markup, struct buf *out)
{
    while (html < end) {
        size_t len = 0;
        const char *entity = markup && *html == '&' ? entity_at(html, &len) : NULL;

        if (markup && *html == '<') {
            html = skip_markup(html);
            add_blank(out);
        } else if (entity != NULL) {
            buf_adds(out, entity);
            html += len;
        } else if (is_blank(*html)) {
            add_blank(out);
            html++;
        } else {
            buf_addc(out, *html++);
        }
    }
}

/* Cleaned, without blanks at its ends, cut at a word. */
static void put_words(const char *raw, size_t len, size_t most, char *out, size_t size)
{
    struct buf clean;
    size_t end;

    buf_init(&clean, 0);
    while (len > 0 && is_blank(*raw)) {
        raw++;
        len--;
    }
    while (len > 0 && is_blank(raw[len - 1])) {
        len--;
    }
    text_clean(raw, len, &clean);
    end = clean.len;
    most = most < size - 3 ? most : size - 3;
    if (end > most) {
        end = most;
        while (end > most / 2 && clean.data[end] != ' ') {
            end--;
        }
        if (clean.data[end] != ' ') {
            end = most;
            while (end > 0 && ((unsigned char)clean.data[end] & 0xc0u) == 0x80u) {
                end--;
            }
        }
        memcpy(out, clean.data, end);
        memcpy(out + end, "..", 3);
    } else {
        memcpy(out, clean.data, end + 1);
    }
    buf_done(&clean);
}

static void find_title(const char *html, char *out, size_t size)
{
    const char *from = ascii_find(html, "<title");
    const char *to;
    struct buf shown;

    from = from == NULL ? NULL : strchr(from, '>');
    to = from == NULL ? NULL : ascii_find(from, "</title");
    if (to == NULL) {
        return;
    }
    buf_init(&shown, 0);
    add_shown(from + 1, to, true, &shown);
    put_words(shown.data, shown.len, size, out, size);
    buf_done(&shown);
}

/* -- a reference number -- */

/* What stands before one, as boxes write it. The number itself has a digit in it. */
static const char *const BEFORE_REFERENCE[] = {
    "ray id",   "reference",  "incident",    "support id",  "request id",     "request-id",
    "event id", "error id",   "transaction", "trace id",    "correlation id", "case number",
    "ticket",   "session id", "unique id",   "activity id", "ref id",
};

static bool is_reference_char(char c)
{
    return ascii_is_alnum(c) || (c != '\0' && strchr("-._:/=+", c) != NULL);
}

/* A number that begins within some words behind `at`. */
static bool take_reference(const char *at, char *out, size_t size)
{
    const char *end = at + strnlen(at, 48);

    while (at < end) {
        size_t len = 0, last;
        bool digit = false;

        while (is_reference_char(at[len])) {
            digit = digit || ascii_is_digit(at[len]);
            len++;
        }
        last = len;
        while (last > 0 && !ascii_is_alnum(at[last - 1])) {
            last--;
        }
        if (digit && last >= REFERENCE_MIN && last <= REFERENCE_MAX) {
            put_words(at, last, size, out, size);
            return true;
        }
        at += len > 0 ? len : 1;
    }
    return false;
}

static void find_reference(const char *shown, char *out, size_t size)
{
    for (size_t i = 0; i < sizeof(BEFORE_REFERENCE) / sizeof(BEFORE_REFERENCE[0]); i++) {
        const char *word = BEFORE_REFERENCE[i];

        for (const char *at = ascii_find(shown, word); at != NULL; at = ascii_find(at + 1, word)) {
            if (take_reference(at + strlen(word), out, size)) {
                return;
            }
        }
    }
}

/* -- all of it -- */

/* A gateway of another kind says its piece in JSON. */
static void read_json(const json_t *root, struct page_words *out)
{
    static const char *const WORDS[] = {"message", "title", "error_description", "error", "detail",
                                        "msg",     "reason"};
    static const char *const REFERENCES[] = {"request_id", "requestId", "ray_id",
                                             "trace_id",   "reference", "incident"};
    const char *text;

    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]) && out->title[0] == '\0'; i++) {
        text = json_get_word(root, WORDS[i]);
        if (text != NULL) {
            put_words(text, strlen(text), FIRST_WORDS, out->title, sizeof(out->title));
        }
    }
    for (size_t i = 0; i < sizeof(REFERENCES) / sizeof(REFERENCES[0]) && out->reference[0] == '\0';
         i++) {
        text = json_get_word(root, REFERENCES[i]);
        if (text != NULL) {
            put_words(text, strlen(text), REFERENCE_MAX, out->reference, sizeof(out->reference));
        }
    }
}

/* A copy of the beginning, without NUL in it. */
static void copy_page(const struct http_result *result, struct buf *out)
{
    size_t len = result->body.len < PAGE_LOOKED_AT ? result->body.len : PAGE_LOOKED_AT;

    buf_init(out, PAGE_LOOKED_AT);
    buf_add(out, result->body.data, len);
    for (size_t i = 0; i < out->len; i++) {
        out->data[i] = out->data[i] == '\0' ? ' ' : out->data[i];
    }
}

/* The text of a page or plain text, unless it looks like a record. */
static void read_text(const char *page, size_t len, bool html, struct page_words *out)
{
    struct buf shown;
    const char *text;

    buf_init(&shown, 0);
    add_shown(page, page + len, html, &shown);
    text = shown.data + strspn(shown.data, "\xef\xbb\xbf ");
    if (*text != '\0' && strchr("{[\"", *text) == NULL) {
        if (out->title[0] == '\0') {
            put_words(text, strlen(text), FIRST_WORDS, out->title, sizeof(out->title));
        }
        find_reference(text, out->reference, sizeof(out->reference));
    }
    buf_wipe_done(&shown);
}

void page_read(const struct http_result *result, const json_t *root, bool secret,
               struct page_words *out)
{
    struct buf page;
    bool html;

    *out = (struct page_words){0};
    if (result->encoding[0] == '\0' && json_is_object(root) && !secret) {
        read_json(root, out);
    } else if (result->encoding[0] == '\0' && root == NULL && result->body.len > 0) {
        copy_page(result, &page);
        html = ascii_find(result->content_type, "html") != NULL ||
               ascii_find(page.data, "<html") != NULL;
        if (html) {
            find_title(page.data, out->title, sizeof(out->title));
        }
        if (!secret) {
            read_text(page.data, page.len, html, out);
        }
        buf_wipe_done(&page);
    }
    if (out->reference[0] == '\0' && result->reference[0] != '\0') {
        put_words(result->reference, strlen(result->reference), REFERENCE_MAX, out->reference,
                  sizeof(out->reference));
    }
}
