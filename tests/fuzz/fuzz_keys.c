/* Whatever bytes a terminal sends: the events are whole, texts are UTF-8, a paste is never keys,
 * and how the bytes were cut makes no difference. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "ui/term_input.h"

#include "base/banned.h"

struct seen {
    struct buf story;
    struct term_input *input;
    bool resets; /* forgets at every third event, from inside the callback */
    int count;
};

static bool in_range(const struct ui_event *event)
{
    switch (event->key) {
    case UI_KEY_F:
        return event->number >= 1 && event->number <= 12;
    case UI_KEY_CTRL:
        return (event->number >= 'a' && event->number <= 'z') || event->number == '\\';
    case UI_KEY_MOUSE:
        return (event->number == 1 || event->number == 4 || event->number == 5) && event->x >= 0 &&
               event->y >= 0 && event->x < 100000 && event->y < 100000;
    case UI_KEY_ALT:
        return event->number >= 0 && event->number < 0x80;
    default:
        return event->key <= UI_KEY_MOUSE && event->number == 0;
    }
}

static void check_text(const struct ui_event *event)
{
    size_t len = strlen(event->text);

    if (event->key == UI_KEY_CHAR) {
        unsigned char first = (unsigned char)event->text[0];

        if (len < 1 || len > 4 || !text_is_utf8(event->text, len) || first < ' ' || first == 0x7f) {
            fuzz_broken("a character that is none");
        }
    } else if (event->key == UI_KEY_PASTE) {
        if (len < 1 || len > TERM_PASTE_MAX || event->text[len - 1] == '\n' ||
            strchr(event->text, '\r') != NULL) {
            fuzz_broken("a paste that is not tidy");
        }
    } else if (event->key == UI_KEY_ALT) {
        if (len > 4 || !text_is_utf8(event->text, len) || (len == 0 && event->number == 0)) {
            fuzz_broken("Alt with nothing");
        }
    } else if (len != 0) {
        fuzz_broken("a key with a text");
    }
}

static void on_event(void *ctx, const struct ui_event *event)
{
    struct seen *seen = ctx;

    if (!in_range(event)) {
        fuzz_broken("an event out of its range");
    }
    check_text(event);
    buf_addf(&seen->story, "%d %d %d %d ", event->key, event->number, event->x, event->y);
    buf_adds(&seen->story, event->text);
    buf_addc(&seen->story, '\n');
    if (seen->resets && ++seen->count % 3 == 0) {
        term_input_reset(seen->input);
    }
}

static void start(struct seen *seen, bool resets)
{
    *seen = (struct seen){.resets = resets};
    buf_init(&seen->story, 0);
    seen->input = term_input_new(on_event, seen);
}

static void finish(struct seen *seen)
{
    int ms = term_input_wait_ms(seen->input);

    if (ms != 0 && ms != 25 && ms != 200 && ms != 500 && ms != 1000) {
        fuzz_broken("a wait of its own");
    }
    term_input_timeout(seen->input);
    if (ms > 200 && term_input_wait_ms(seen->input) == 200) {
        term_input_timeout(seen->input); /* the rest of what broke off was dropped until now */
    }
    if (ms != 0 && term_input_wait_ms(seen->input) != 0) {
        fuzz_broken("still waiting after the wait");
    }
    term_input_free(seen->input);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = fuzz_copy(data, size, 0);
    struct seen whole, single, reset;
    size_t at = 0;

    start(&whole, false);
    term_input_feed(whole.input, bytes, size);
    finish(&whole);
    start(&single, false);
    while (at < size) {
        /* Pieces of one byte to sixteen, as the bytes themselves say. */
        size_t len = ((size_t)data[at] & 15) + 1;

        len = len < size - at ? len : size - at;
        term_input_feed(single.input, bytes + at, len);
        at += len;
    }
    finish(&single);
    if (whole.story.len != single.story.len ||
        memcmp(whole.story.data, single.story.data, whole.story.len) != 0) {
        fuzz_broken("the cut makes a difference");
    }
    start(&reset, true);
    term_input_feed(reset.input, bytes, size);
    finish(&reset);
    buf_done(&whole.story);
    buf_done(&single.story);
    buf_done(&reset.story);
    free(bytes);
    return 0;
}
