/* Where the fields of a form stand, and how they look. Decides nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/form_internal.h"

#include "base/banned.h"

#define TEXT_WIDTH_MAX 64
#define STARS_MAX 24
#define GAP 2 /* columns between fields beside each other */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* -- layout -- */

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

static int label_columns(const struct form *form, int width)
{
    return least(form->label_width, width / 3);
}

/* All options in a line. */
static int inline_width(const struct item *item)
{
    int width = 0;

    for (size_t i = 0; i < item->option_count; i++) {
        width += 4 + text_width(item->options[i].label) + (i > 0 ? GAP : 0);
    }
    return width;
}

static int compact_width(const struct item *item)
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
        return !item->beside && inline_width(item) <= room ? inline_width(item)
                                                           : compact_width(item);
    case ITEM_CHECK:
        return 4 + text_width(item->text);
    case ITEM_BUTTON:
        return 8 + text_width(item->text);
    default:
        return room;
    }
}

/* The sentence under the row: the problem, else why it is disabled. */
static const char *sentence(const struct item *item)
{
    return item->problem[0] != '\0' ? item->problem : item->why;
}

/* The severity in a word: colours are not everywhere. */
static const char *prefix(const struct item *item)
{
    if (item->problem[0] == '\0') {
        return "";
    }
    return item->problem_error ? "error: " : "note: ";
}

static int sentence_lines(const struct form *form, const struct item *item, int width)
{
    int room = width - label_columns(form, width) - text_width(prefix(item));

    return wrapped_lines(sentence(item), room);
}

/* What stands after an option of a tall choice, or under it where there is no room. */
static const char *option_note(const struct option *option)
{
    return option->why[0] != '\0' ? option->why : option->note;
}

static int option_lines(const struct item *item, size_t number, int width)
{
    const char *note = option_note(&item->options[number]);

    if (text_width(note) <= width - compact_width(item) - GAP) {
        return 1;
    }
    return 1 + wrapped_lines(note, width - 4);
}

/* Lines of the options before `number`. */
static int lines_before(const struct item *item, size_t number, int width)
{
    int lines = 0;

    for (size_t i = 0; i < number; i++) {
        lines += option_lines(item, i, width);
    }
    return lines;
}

/* A sentence that begins with blanks stands under the fields, all its lines. */
static bool under_fields(const struct item *item)
{
    return item->kind == ITEM_NOTE && item->text[0] == ' ';
}

static const char *note_text(const struct item *item)
{
    return item->text + strspn(item->text, " ");
}

static int own_lines(const struct item *item, int width)
{
    if (item->kind == ITEM_NOTE) {
        return wrapped_lines(note_text(item), width);
    }
    return item->kind == ITEM_CHOICE && item->tall ? lines_before(item, item->option_count, width)
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
    int labels = label_columns(form, width);
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
        under += sentence_lines(form, item, width);
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

/* -- drawing -- */

static enum style field_style(const struct item *item, bool focus)
{
    if (item->why[0] != '\0') {
        return STYLE_DISABLED;
    }
    return focus ? STYLE_FIELD_FOCUS : STYLE_FIELD;
}

static void draw_brackets(struct canvas *canvas, struct rect at)
{
    canvas_text(canvas, at.x, at.y, "[", STYLE_DIM);
    canvas_text(canvas, at.x + at.width - 1, at.y, "]", STYLE_DIM);
}

static void draw_secret(const struct item *item, struct canvas *canvas, struct rect at, bool focus)
{
    const char *text = secret_text(item->secret);
    int count = 0;
    char stars[STARS_MAX + 1];
    int shown;

    /* Characters, not bytes, and never the characters themselves. */
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0u) != 0x80u;
    }
    shown = least(count, least(STARS_MAX, at.width - 3));
    shown = shown < 0 ? 0 : shown;
    memset(stars, '*', (size_t)shown);
    stars[shown] = '\0';
    canvas_fit(canvas, at.x + 1, at.y, at.width - 2, stars, field_style(item, focus), true);
    draw_brackets(canvas, at);
    if (count > shown) {
        canvas_textf(canvas, at.x + shown + 2, at.y, field_style(item, focus), "%d characters",
                     count);
        canvas_text(canvas, at.x + at.width - 1, at.y, "]", STYLE_DIM);
    }
    if (focus) {
        canvas_cursor(canvas, at.x + 1 + shown, at.y);
    }
}

static enum style option_style(const struct item *item, size_t number, bool focus)
{
    if (item->options[number].why[0] != '\0' || item->why[0] != '\0') {
        return STYLE_DISABLED;
    }
    return (int)number == item->chosen && focus ? STYLE_FIELD_FOCUS : STYLE_NORMAL;
}

static const char *radio(const struct item *item, size_t number)
{
    if (item->options[number].why[0] != '\0') {
        return "(-)";
    }
    return (int)number == item->chosen ? "(o)" : "( )";
}

static void draw_tall(const struct item *item, struct canvas *canvas, struct rect at, bool focus)
{
    int labels = compact_width(item) + GAP;

    for (size_t i = 0; i < item->option_count; i++) {
        const char *note = option_note(&item->options[i]);
        int y = at.y + lines_before(item, i, at.width);
        int lines = option_lines(item, i, at.width);
        enum style style = item->options[i].why[0] != '\0' ? STYLE_DISABLED : STYLE_DIM;

        canvas_textf(canvas, at.x, y, option_style(item, i, focus), "%s %s", radio(item, i),
                     item->options[i].label);
        if (lines == 1) {
            canvas_text(canvas, at.x + labels, y, note, style);
        } else {
            canvas_wrap(canvas, (struct rect){at.x + 4, y + 1, at.width - 4, lines - 1}, note,
                        style);
        }
    }
    if (focus && item->chosen >= 0) {
        canvas_cursor(canvas, at.x + 1, at.y + lines_before(item, (size_t)item->chosen, at.width));
    }
}

static void draw_choice(const struct item *item, struct canvas *canvas, struct rect at, bool focus)
{
    int x = at.x;

    if (item->tall) {
        draw_tall(item, canvas, at, focus);
        return;
    }
    if (item->beside || inline_width(item) > at.width) {
        const char *label = item->chosen < 0 ? "" : item->options[item->chosen].label;

        canvas_text(canvas, x, at.y, "<", STYLE_DIM);
        canvas_fit(canvas, x + 1, at.y, at.width - 2, "", field_style(item, focus), true);
        canvas_fit(canvas, x + 2, at.y, at.width - 4, label, field_style(item, focus), true);
        canvas_text(canvas, x + at.width - 1, at.y, ">", STYLE_DIM);
        if (focus) {
            canvas_cursor(canvas, x + 2, at.y);
        }
        return;
    }
    for (size_t i = 0; i < item->option_count; i++) {
        if (focus && (int)i == item->chosen) {
            canvas_cursor(canvas, x + 1, at.y);
        }
        x += canvas_textf(canvas, x, at.y, option_style(item, i, focus), "%s %s", radio(item, i),
                          item->options[i].label);
        x += GAP;
    }
}

static void draw_button(const struct item *item, struct canvas *canvas, struct rect at, bool focus)
{
    enum style style = focus ? STYLE_BUTTON_FOCUS : STYLE_BUTTON;

    style = item->why[0] != '\0' ? STYLE_DISABLED : style;
    canvas_text(canvas, at.x, at.y, focus ? ">" : " ", focus ? style : STYLE_NORMAL);
    canvas_textf(canvas, at.x + 2, at.y, style, item->why[0] != '\0' ? "( %s )" : "[ %s ]",
                 item->text);
    canvas_text(canvas, at.x + at.width - 1, at.y, focus ? "<" : " ", focus ? style : STYLE_NORMAL);
    if (focus) {
        canvas_cursor(canvas, at.x + 4, at.y);
    }
}

static void draw_pick(const struct item *item, struct canvas *canvas, struct rect at, bool focus)
{
    bool empty = item->text[0] == '\0';

    canvas_fit(canvas, at.x + 1, at.y, at.width - 4, empty ? "Enter chooses" : item->text,
               field_style(item, focus), true);
    canvas_text(canvas, at.x + at.width - 3, at.y, " v", field_style(item, focus));
    draw_brackets(canvas, at);
    if (focus) {
        canvas_cursor(canvas, at.x + 1, at.y);
    }
}

static void draw_item(const struct item *item, struct canvas *canvas, struct rect at, bool focus)
{
    switch (item->kind) {
    case ITEM_TEXT:
        draw_brackets(canvas, at);
        line_draw(&item->line, canvas, at.x + 1, at.y, at.width - 2, focus);
        break;
    case ITEM_SECRET:
        draw_secret(item, canvas, at, focus);
        break;
    case ITEM_CHOICE:
        draw_choice(item, canvas, at, focus);
        break;
    case ITEM_CHECK:
        canvas_textf(canvas, at.x, at.y, field_style(item, focus), "[%c] %s",
                     item->checked ? 'x' : ' ', item->text);
        if (focus) {
            canvas_cursor(canvas, at.x + 1, at.y);
        }
        break;
    case ITEM_PICK:
        draw_pick(item, canvas, at, focus);
        break;
    case ITEM_BUTTON:
        draw_button(item, canvas, at, focus);
        break;
    case ITEM_SECTION:
        canvas_fit(canvas, at.x, at.y, at.width, item->text, STYLE_HEADER, false);
        break;
    case ITEM_NOTE:
        canvas_wrap(canvas, at, note_text(item), item->style);
        break;
    case ITEM_GAP:
        break;
    }
}

static void draw_sentence(const struct form *form, const struct item *item, struct canvas *canvas,
                          int y, int width)
{
    int x = label_columns(form, width);
    int lines = sentence_lines(form, item, width);
    enum style style = STYLE_DISABLED;

    if (item->problem[0] != '\0') {
        style = item->problem_error ? STYLE_BAD : STYLE_WARN;
    }
    if (lines > 0) {
        x += canvas_text(canvas, x, y, prefix(item), style);
        canvas_wrap(canvas, (struct rect){x, y, width - x, lines}, sentence(item), style);
    }
}

/* Draws all into a page of the whole height; what is seen is cut out by form_draw. */
static void draw_page(const struct form *form, struct canvas *page, const struct place *places,
                      int width, bool focus)
{
    int labels = label_columns(form, width);
    int at = focus ? form_focus_index(form) : -1;
    int row = 0, under = 0;

    for (size_t i = 0; i < form->count; i++) {
        const struct item *item = &form->items[i];
        const struct place *place = &places[i];

        if (item->hidden) {
            continue;
        }
        if (place->row != row) {
            row = place->row;
            under = place->y;
            for (size_t j = i; j < form->count && (places[j].row == row || form->items[j].hidden);
                 j++) {
                int end = place->y + places[j].lines;

                under = !form->items[j].hidden && end > under ? end : under;
            }
            canvas_fit(page, 0, place->y, labels - 1, item->label, STYLE_DIM, false);
        } else if (item->label[0] != '\0') {
            canvas_text(page, place->x - text_width(item->label) - 1, place->y, item->label,
                        STYLE_DIM);
        }
        draw_item(item, page, (struct rect){place->x, place->y, place->width, place->lines},
                  at == (int)i);
        draw_sentence(form, item, page, under, width);
        under += sentence_lines(form, item, width);
    }
}

/* The first line that is shown: the focus stays a third from the top, with what is under it. */
static int scroll_to(const struct form *form, const struct place *places, int lines, int height)
{
    int index = form_focus_index(form);
    int top = index < 0 ? 0 : places[index].y - height / 3;

    if (index >= 0 && form->items[index].tall && form->items[index].chosen > 0) {
        top += lines_before(&form->items[index], (size_t)form->items[index].chosen,
                            places[index].width);
    }
    if (top > lines - height) {
        top = lines - height;
    }
    return top < 0 ? 0 : top;
}

static void copy_line(const struct canvas *page, int from, struct canvas *canvas, int x, int y,
                      int width)
{
    for (int i = 0; i < width;) {
        int columns;
        enum style style;
        const char *text = canvas_cell(page, i, from, &columns, &style);

        columns = columns < 1 ? 1 : columns;
        if (i + columns <= width) {
            canvas_text(canvas, x + i, y, text[0] == '\0' ? " " : text, style);
        }
        i += columns;
    }
}

void form_draw(const struct form *form, struct canvas *canvas, struct rect area, bool focus)
{
    int lines, scroll, x, y;
    struct place *places;
    struct canvas *page;

    if (area.width < 1 || area.height < 1) {
        return;
    }
    places = form_layout(form, area.width, &lines);
    page = canvas_new(area.width, lines < 1 ? 1 : lines);
    draw_page(form, page, places, area.width, focus);
    scroll = scroll_to(form, places, lines, area.height);
    for (int i = 0; i < area.height && scroll + i < lines; i++) {
        copy_line(page, scroll + i, canvas, area.x, area.y + i, area.width);
    }
    if (canvas_cursor_at(page, &x, &y) && y >= scroll && y < scroll + area.height) {
        canvas_cursor(canvas, area.x + x, area.y + y - scroll);
    }
    canvas_free(page);
    free(places);
}
