/* How the fields of a form look. Decides nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/form_internal.h"

#include "base/banned.h"

#define STARS_MAX 24
#define GAP FORM_GAP

static int least(int a, int b)
{
    return a < b ? a : b;
}

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
    int labels = form_compact_width(item) + GAP;

    for (size_t i = 0; i < item->option_count; i++) {
        const char *note = form_option_note(&item->options[i]);
        int y = at.y + form_lines_before(item, i, at.width);
        int lines = form_option_lines(item, i, at.width);
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
        canvas_cursor(canvas, at.x + 1,
                      at.y + form_lines_before(item, (size_t)item->chosen, at.width));
    }
}

static void draw_choice(const struct item *item, struct canvas *canvas, struct rect at, bool focus)
{
    int x = at.x;

    if (item->tall) {
        draw_tall(item, canvas, at, focus);
        return;
    }
    if (item->beside || form_inline_width(item) > at.width) {
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
        canvas_wrap(canvas, at, form_note_text(item), item->style);
        break;
    case ITEM_GAP:
        break;
    }
}

static void draw_sentence(const struct form *form, const struct item *item, struct canvas *canvas,
                          int y, int width)
{
    int x = form_label_columns(form, width);
    int lines = form_sentence_lines(form, item, width);
    enum style style = STYLE_DISABLED;

    if (item->problem[0] != '\0') {
        style = item->problem_error ? STYLE_BAD : STYLE_WARN;
    }
    if (lines > 0) {
        x += canvas_text(canvas, x, y, form_prefix(item), style);
        canvas_wrap(canvas, (struct rect){x, y, width - x, lines}, form_sentence(item), style);
    }
}

/* Draws all into a page of the whole height; what is seen is cut out by form_draw. */
static void draw_page(const struct form *form, struct canvas *page, const struct place *places,
                      int width, bool focus)
{
    int labels = form_label_columns(form, width);
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
        under += form_sentence_lines(form, item, width);
    }
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
    int width = form_shown_width(form, area.width, area.height);
    int lines, scroll, x, y;
    struct place *places;
    struct canvas *page;

    if (area.width < 1 || area.height < 1) {
        return;
    }
    places = form_layout(form, width, &lines);
    page = canvas_new(width, lines < 1 ? 1 : lines);
    draw_page(form, page, places, width, focus);
    scroll = form_scroll_to(form, places, lines, area.height);
    for (int i = 0; i < area.height && scroll + i < lines; i++) {
        copy_line(page, scroll + i, canvas, area.x, area.y + i, width);
    }
    /* There is more above, and below. */
    if (width < area.width && scroll > 0) {
        canvas_text(canvas, area.x + width, area.y, "^", STYLE_KEY);
    }
    if (width < area.width && scroll + area.height < lines) {
        canvas_text(canvas, area.x + width, area.y + area.height - 1, "v", STYLE_KEY);
    }
    if (canvas_cursor_at(page, &x, &y) && y >= scroll && y < scroll + area.height) {
        canvas_cursor(canvas, area.x + x, area.y + y - scroll);
    }
    canvas_free(page);
    free(places);
}
