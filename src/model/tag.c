#include "model/tag.h"

#include <stddef.h>

#include "base/ascii.h"
#include "base/text.h"

#include "base/banned.h"

#define REASON_LETTERS 3

/* The bytes of this word at text, with no letter behind it; 0: it is not there. */
static size_t word_at(const char *text, const char *word)
{
    size_t len = 0;
    uint32_t code;

    for (; word[len] != '\0'; len++) {
        if (ascii_lower(text[len]) != word[len]) {
            return 0;
        }
    }
    return text_code(text + len, &code) > 0 && text_is_letter(code) ? 0 : len;
}

bool tag_is_production(const char *tag)
{
    static const char *const WORDS[] = {"prod", "production", "live"};
    bool in_word = false; /* behind a letter no word begins */

    while (tag != NULL && *tag != '\0') {
        uint32_t code;
        size_t len = text_code(tag, &code);

        for (size_t i = 0; !in_word && i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
            if (word_at(tag, WORDS[i]) > 0) {
                return true;
            }
        }
        in_word = text_is_letter(code);
        tag += len;
    }
    return false;
}

bool reason_is_given(const char *reason)
{
    int count = 0;

    while (reason != NULL && *reason != '\0' && count < REASON_LETTERS) {
        uint32_t code;

        reason += text_code(reason, &code);
        count += text_is_letter(code) || text_is_digit(code) ? 1 : 0;
    }
    return count >= REASON_LETTERS;
}

bool tag_takes_reason(const char *tag, const char *reason)
{
    return !tag_is_production(tag) || reason_is_given(reason);
}
