/* The checks of what is typed as text: the name and the description of a key. What a screen would
 * not show as it is has no place in a name by which people tell keys apart. */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "model/draft_internal.h"
#include "model/inventory_index.h"

#include "base/banned.h"

#define NAME_MAX_CHARACTERS 100
#define DESCRIPTION_MAX_CHARACTERS 200

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

/* -- characters that are not shown -- */

static bool is_line_break(uint32_t c)
{
    return (c >= 0x0a && c <= 0x0d) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* Embeddings, overrides and isolates: they turn the text round, so that what is read is not what is
 * there. */
static bool is_turn(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Joiners, variation selectors and skin tones are parts of an emoji or of a script's spelling: they
 * mean no harm where something stands before them that they can belong to. */
static bool is_part(uint32_t c, uint32_t before)
{
    bool selector = c == 0xfe0e || c == 0xfe0f;
    bool joins = c == 0x200c || c == 0x200d || (c >= 0x1f3fb && c <= 0x1f3ff);
    return (selector && before > 0x20) || (joins && before > 0x7f);
}

/* Does a screen show this character as it is? Marks stand on a letter. */
static bool is_shown(const char *at, size_t len)
{
    struct buf raw, clean;
    buf_init(&raw, 0);
    buf_init(&clean, 0);
    buf_adds(&raw, "a");
    buf_add(&raw, at, len);
    bool changed = text_clean(raw.data, raw.len, &clean);
    buf_done(&raw);
    buf_done(&clean);
    return !changed;
}

bool draft_refuse_characters(const char *text, enum draft_field field, int row,
                             enum draft_part part, struct draft_check *out)
{
    uint32_t c;
    if (!text_is_utf8(text, strlen(text))) {
        draft_problem_at(out, field, DRAFT_ERROR, row, part, "it holds bytes that are no UTF-8");
        return true;
    }
    for (size_t len = text_code(text, &c); len > 0; text += len, len = text_code(text, &c)) {
        if (is_line_break(c)) {
            draft_problem_at(out, field, DRAFT_ERROR, row, part,
                             "it holds U+%04X, a line break: one line only", (unsigned)c);
            return true;
        }
        if (is_control(c)) {
            draft_problem_at(out, field, DRAFT_ERROR, row, part,
                             "it holds U+%04X, a control character: nobody would see it",
                             (unsigned)c);
            return true;
        }
        if (is_turn(c)) {
            draft_problem_at(out, field, DRAFT_ERROR, row, part,
                             "it holds U+%04X, which turns the direction of text: what is read "
                             "would not be what is there",
                             (unsigned)c);
            return true;
        }
    }
    return false;
}

/* The first one that is not shown, as a warning. */
static void warn_characters(const char *text, enum draft_field field, struct draft_check *out)
{
    uint32_t c, before = 0;
    for (size_t len = text_code(text, &c); len > 0; text += len, len = text_code(text, &c)) {
        if (!is_part(c, before) && !is_shown(text, len)) {
            draft_problem(out, field, DRAFT_WARN,
                          "it holds U+%04X, which is not shown: another may look the same",
                          (unsigned)c);
            return;
        }
        before = c;
    }
}

/* -- the checks -- */

/* Asked at every key press, of a million keys: the rows are looked at last. */
static bool name_is_taken(const struct key_draft *draft, const struct inventory *inv)
{
    const struct id_index *index = inv->index;
    int ws = inventory_find_workspace_text(inv, draft->workspace);
    struct id workspace = ws >= 0 ? inv->workspaces[ws].id : (struct id){0, 0};
    ptrdiff_t place = places_find(&index->workspaces, workspace);
    for (size_t i = 0; place >= 0 && i < inv->key_count; i++) {
        if (index->key_places[i].workspace != (size_t)place) {
            continue;
        }
        const char *name = inventory_raw(inv, inv->keys[i].name);
        if (name != NULL && text_casecmp(name, draft->name) == 0) {
            return true;
        }
    }
    return false;
}

static void check_name(const struct key_draft *draft, const struct inventory *inv,
                       struct draft_check *out)
{
    if (is_blank(draft->name)) {
        draft_problem(out, DRAFT_NAME, DRAFT_ERROR, "a name is needed");
    } else if (draft_refuse_characters(draft->name, DRAFT_NAME, 0, DRAFT_PART_WHOLE, out)) {
        return;
    } else if (characters(draft->name) > NAME_MAX_CHARACTERS) {
        draft_problem(out, DRAFT_NAME, DRAFT_ERROR, "at most %d characters; these are %zu",
                      NAME_MAX_CHARACTERS, characters(draft->name));
    } else if (ascii_same(draft->name, "default_user_key")) {
        draft_problem(out, DRAFT_NAME, DRAFT_ERROR,
                      "this is the name of keys that Portkey makes by itself");
    } else if (inv != NULL && name_is_taken(draft, inv)) {
        draft_problem(out, DRAFT_NAME, DRAFT_WARN, "a key of this name is there already");
    } else {
        warn_characters(draft->name, DRAFT_NAME, out);
    }
}

static void check_description(const struct key_draft *draft, struct draft_check *out)
{
    if (draft_refuse_characters(draft->description, DRAFT_DESCRIPTION, 0, DRAFT_PART_WHOLE, out)) {
        return;
    }
    if (characters(draft->description) > DESCRIPTION_MAX_CHARACTERS) {
        draft_problem(out, DRAFT_DESCRIPTION, DRAFT_ERROR, "at most %d characters; these are %zu",
                      DESCRIPTION_MAX_CHARACTERS, characters(draft->description));
    } else if (is_blank(draft->description)) {
        draft_problem(out, DRAFT_DESCRIPTION, DRAFT_WARN, "say what the key is for, or a ticket");
    } else {
        warn_characters(draft->description, DRAFT_DESCRIPTION, out);
    }
}

void draft_check_texts(const struct key_draft *draft, const struct inventory *inv,
                       struct draft_check *out)
{
    check_name(draft, inv, out);
    check_description(draft, out);
}
