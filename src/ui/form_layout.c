/* Where the fields of a form stand: their lines and columns in any width, and what of them is seen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/form_internal.h"

#include "base/banned.h"

#define TEXT_WIDTH_MAX 64
/* A field of so many columns leaves its label whole: what has to be typed may stand in that. */
#define FIELD_LEAST 20
/* A narrower form has no column for signs. */
#define SIGNS_FROM 24
#define GAP FORM_GAP

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int wrapped_lines(const char *text, int width)
{
    int lines = 0;
    size_t len;

    width = width < 1 ? 1 : width;
    while (*text != '\0') {
        size_t next = canvas_wrap_next(text, width, &len);

        if (next == 0) {
            break;
        }
        text += next;
        lines++;
    }
    return lines;
}

int form_label_columns(const struct form *form, int width)
{
    return form->label_width + FIELD_LEAST <= width ? form->label_width
                                                    : least(form->label_width, width / 3);
}

/* All options in a line. */
int form_inline_width(const struct item *item)
{
    int width = 0;

    for (size_t i = 0; i < item->option_count; i++) {
        width += 4 + text_width(item->options[i].label) + (i > 0 ? GAP : 0);
    }
    return width;
}

int form_compact_width(const struct item *item)
{
    int widest = 0;

    for (size_t i = 0; i < item->option_count; i++) {
        int width = text_width(item->options[i].label);

        widest = width > widest ? width : widest;
    }
    return widest + 4;
}

/* The columns of the part that is not the label. */
static int body_width(const struct item *item, int room)
{
    switch (item->kind) {
    case ITEM_TEXT:
    case ITEM_PICK:
        return least(room, (item->width > 0 ? item->width : least(room - 2, TEXT_WIDTH_MAX)) + 2);
    case ITEM_CHOICE:
        if (item->tall) {
            return room;
        }
        return !item->beside && form_inline_width(item) <= room ? form_inline_width(item)
                                                                : form_compact_width(item);
    case ITEM_CHECK:
        return 4 + text_width(item->text);
    case ITEM_BUTTON:
        return 8 + text_width(item->text);
    default:
        return room;
    }
}

/* The sentence under the row: the problem, else why it is disabled. */
const char *form_sentence(const struct item *item)
{
    return item->problem[0] != '\0' ? item->problem : item->why;
}

/* The severity in a word: colours are not everywhere. */
const char *form_prefix(const struct item *item)
{
    if (item->problem[0] == '\0') {
        return "";
    }
    return item->problem_error ? "error: " : "note: ";
}

int form_sentence_lines(const struct form *form, const struct item *item, int width)
{
    int room = width - form_label_columns(form, width) - text_width(form_prefix(item));

    return wrapped_lines(form_sentence(item), room);
}

/* What stands after an option of a tall choice, or under it where there is no room. */
const char *form_option_note(const struct option *option)
{
    return option->why[0] != '\0' ? option->why : option->note;
}

int form_option_lines(const struct item *item, size_t number, int width)
{
    const char *note = form_option_note(&item->options[number]);

    if (text_width(note) <= width - form_compact_width(item) - GAP) {
        return 1;
    }
    return 1 + wrapped_lines(note, width - 4);
}

/* Lines of the options before `number`. */
int form_lines_before(const struct item *item, size_t number, int width)
{
    int lines = 0;

    for (size_t i = 0; i < number; i++) {
        lines += form_option_lines(item, i, width);
    }
    return lines;
}

/* A sentence that begins with blanks stands under the fields, all its lines. */
static bool under_fields(const struct item *item)
{
    return item->kind == ITEM_NOTE && item->text[0] == ' ';
}

const char *form_note_text(const struct item *item)
{
    return item->text + strspn(item->text, " ");
}

static int own_lines(const struct item *item, int width)
{
    if (item->kind == ITEM_NOTE) {
        return wrapped_lines(form_note_text(item), width);
    }
    return item->kind == ITEM_CHOICE && item->tall
               ? form_lines_before(item, item->option_count, width)
               : 1;
}

/* Does it still fit into the row that ends at column x? */
static bool fits_beside(const struct form *form, size_t number, int x, int width)
{
    const struct item *item = &form->items[number];
    int need = GAP + body_width(item, width);

    need += item->label[0] != '\0' ? text_width(item->label) + 1 : 0;
    return item->beside && x > 0 && x + need <= width;
}

struct place *form_layout(const struct form *form, int width, int *lines)
{
    struct place *places = xcalloc(form->count + 1, sizeof(*places));
    int labels = form_label_columns(form, width);
    int row_top = 0, row_lines = 0, under = 0, x = 0, row = 0;

    for (size_t i = 0; i < form->count; i++) {
        const struct item *item = &form->items[i];
        struct place *place = &places[i];
        bool whole = item->kind >= ITEM_SECTION && !under_fields(item);

        if (item->hidden) {
            *place = (struct place){.row = -1};
            continue;
        }
        if (fits_beside(form, i, x, width)) {
            place->x = x + GAP + (item->label[0] != '\0' ? text_width(item->label) + 1 : 0);
        } else {
            row_top += row_lines + under;
            row_lines = under = 0;
            row++;
            place->x = whole ? 0 : labels;
        }
        place->y = row_top;
        place->row = row;
        place->width = body_width(item, width - place->x);
        place->lines = own_lines(item, place->width);
        row_lines = place->lines > row_lines ? place->lines : row_lines;
        under += form_sentence_lines(form, item, width);
        x = place->x + place->width;
    }
    *lines = row_top + row_lines + under;
    return places;
}

int form_lines(const struct form *form, int width)
{
    int lines;

    free(form_layout(form, width, &lines));
    return lines;
}

/* The line after the row of an item and the sentences under it. */
static int end_of_row(const struct form *form, const struct place *places, int index, int lines)
{
    for (size_t i = (size_t)index + 1; i < form->count; i++) {
        if (places[i].row > places[index].row) {
            return places[i].y;
        }
    }
    return lines;
}

/* The first line that is shown: the focus stays a third from the top, and higher where what is
 * under it needs the room. */
int form_scroll_to(const struct form *form, const struct place *places, int lines, int height)
{
    int index = form_focus_index(form);
    int top = index < 0 ? 0 : places[index].y - height / 3;

    if (index >= 0 && form->items[index].tall && form->items[index].chosen > 0) {
        top += form_lines_before(&form->items[index], (size_t)form->items[index].chosen,
                                 places[index].width);
    } else if (index >= 0) {
        int end = end_of_row(form, places, index, lines);

        top = top < end - height ? end - height : top;
        top = top > places[index].y ? places[index].y : top;
    }
    top = top < 0 ? 0 : top > lines - height ? lines - height : top;
    top += form->peek;
    if (top > lines - height) {
        top = lines - height;
    }
    return top < 0 ? 0 : top;
}

int form_shown_width(const struct form *form, int width, int height)
{
    return width >= SIGNS_FROM && form_lines(form, width) > height ? width - 1 : width;
}

void form_hidden(const struct form *form, int width, int height, int *above, int *below)
{
    int lines;
    struct place *places = form_layout(form, form_shown_width(form, width, height), &lines);

    *above = form_scroll_to(form, places, lines, height);
    *below = lines - height - *above;
    *below = *below > 0 ? *below : 0;
    free(places);
}

bool form_page(struct form *form, const struct ui_event *event, int width, int height)
{
    int step = event->key == UI_KEY_PAGE_UP ? -1 : event->key == UI_KEY_PAGE_DOWN ? 1 : 0;
    int above, below;

    if (step == 0) {
        form->peek = 0;
        return false;
    }
    form_hidden(form, width, height, &above, &below);
    step *= height > 2 ? height - 1 : 1;
    step = step < -above ? -above : step > below ? below : step;
    form->peek += step;
    return above + below > 0;
}
