/* What a key press does in a form: where the focus goes, and what the field that has it makes of
 * the key. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "ui/form_internal.h"

#include "base/banned.h"

/* Where moving up and down goes by: rows are the same in any width but very narrow ones. */
#define MOVE_WIDTH 200

static enum form_answer move_focus(struct form *form, int step)
{
    int index = form_focus_index(form);
    int count = (int)form->count;

    for (int i = 1; i <= count; i++) {
        int to = index + i * step;

        if (form->once && (to < 0 || to >= count)) {
            return step > 0 ? FORM_PAST_END : FORM_PAST_START;
        }
        to = (to % count + count) % count;
        if (form_item_can_focus(&form->items[to])) {
            form->focus = form->items[to].id;
            break;
        }
    }
    return FORM_HANDLED;
}

void form_focus_next(struct form *form)
{
    for (int i = form_focus_index(form) + 1; i < (int)form->count; i++) {
        if (form_item_can_focus(&form->items[i])) {
            form->focus = form->items[i].id;
            return;
        }
    }
}

/* Up and Down go by rows and stop at the ends. In the row above, the first field: what stands left
 * is what is looked for. */
static void move_row(struct form *form, int step)
{
    int lines;
    struct place *places = form_layout(form, MOVE_WIDTH, &lines);
    int index = form_focus_index(form);
    int to = -1;

    for (int i = index + step; i >= 0 && i < (int)form->count; i += step) {
        if (!form_item_can_focus(&form->items[i]) || places[i].row == places[index].row) {
            continue;
        }
        if (to >= 0 && places[i].row != places[to].row) {
            break;
        }
        to = i;
        if (step > 0) {
            break;
        }
    }
    if (to >= 0) {
        form->focus = form->items[to].id;
    }
    free(places);
}

/* False: there is no other that can be chosen that way. */
static bool choose(struct item *item, int step, bool round)
{
    int count = (int)item->option_count;

    for (int i = 1; i < count; i++) {
        int to = item->chosen + i * step;

        if (!round && (to < 0 || to >= count)) {
            return false;
        }
        to = (to % count + count) % count;
        if (form_item_can_choose(item, to)) {
            item->chosen = to;
            return true;
        }
    }
    return false;
}

static bool is_space(const struct ui_event *event)
{
    return event->key == UI_KEY_CHAR && strcmp(event->text, " ") == 0;
}

/* What a name may begin with. */
static bool is_text(const struct ui_event *event)
{
    return event->key == UI_KEY_CHAR &&
           (ascii_is_alnum(event->text[0]) || (event->text[0] & 0x80) != 0);
}

static enum form_answer choice_event(struct item *item, const struct ui_event *event)
{
    /* What the arrows reached is chosen already: to go on would be to choose another. */
    if (is_space(event)) {
        return FORM_HANDLED;
    }
    if (event->key == UI_KEY_RIGHT) {
        return choose(item, 1, true) ? FORM_CHANGED : FORM_HANDLED;
    }
    if (event->key == UI_KEY_LEFT) {
        return choose(item, -1, true) ? FORM_CHANGED : FORM_HANDLED;
    }
    if (item->tall && (event->key == UI_KEY_DOWN || event->key == UI_KEY_UP)) {
        return choose(item, event->key == UI_KEY_DOWN ? 1 : -1, false) ? FORM_CHANGED
                                                                       : FORM_IGNORED;
    }
    return FORM_IGNORED;
}

static enum form_answer secret_event(struct item *item, const struct ui_event *event)
{
    const char *text = event->text;
    size_t len;

    switch (event->key) {
    case UI_KEY_CHAR:
    case UI_KEY_PASTE:
        text += strspn(text, " \t\r\n");
        len = strlen(text);
        while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL) {
            len--;
        }
        return len > 0 && secret_add(item->secret, text, len) ? FORM_CHANGED : FORM_HANDLED;
    case UI_KEY_BACKSPACE:
        secret_backspace(item->secret);
        return FORM_CHANGED;
    case UI_KEY_CTRL:
        if (event->number == 'u' || event->number == 'w') {
            secret_free(item->secret);
            item->secret = secret_new_empty();
            return FORM_CHANGED;
        }
        return FORM_IGNORED;
    default:
        return FORM_IGNORED;
    }
}

static enum form_answer text_event(struct item *item, const struct ui_event *event)
{
    bool moves = event->key == UI_KEY_LEFT || event->key == UI_KEY_RIGHT ||
                 event->key == UI_KEY_HOME || event->key == UI_KEY_END;

    if (!line_event(&item->line, event)) {
        return FORM_IGNORED;
    }
    return moves ? FORM_HANDLED : FORM_CHANGED;
}

/* What the field with the focus makes of it. */
static enum form_answer item_event(struct form *form, struct item *item,
                                   const struct ui_event *event)
{
    switch (item->kind) {
    case ITEM_TEXT:
        return text_event(item, event);
    case ITEM_SECRET:
        return secret_event(item, event);
    case ITEM_CHOICE:
        return choice_event(item, event);
    case ITEM_CHECK:
        if (is_space(event)) {
            item->checked = !item->checked;
            return FORM_CHANGED;
        }
        return FORM_IGNORED;
    case ITEM_PICK:
    case ITEM_BUTTON:
        if (event->key == UI_KEY_ENTER || is_space(event) ||
            (item->kind == ITEM_PICK && is_text(event))) {
            return FORM_PRESSED;
        }
        if (event->key == UI_KEY_LEFT || event->key == UI_KEY_RIGHT) {
            move_focus(form, event->key == UI_KEY_RIGHT ? 1 : -1);
            return FORM_HANDLED;
        }
        return FORM_IGNORED;
    default:
        return FORM_IGNORED;
    }
}

enum form_answer form_event(struct form *form, const struct ui_event *event, int *id)
{
    int index = form_focus_index(form);
    enum form_answer answer = FORM_IGNORED;

    if (index < 0) {
        return FORM_IGNORED;
    }
    *id = form->items[index].id;
    if (form->items[index].why[0] == '\0') {
        answer = item_event(form, &form->items[index], event);
    }
    if (answer != FORM_IGNORED) {
        return answer;
    }
    switch (event->key) {
    case UI_KEY_TAB:
    case UI_KEY_ENTER:
        /* A disabled button keeps the focus: what it waits for stands under it. */
        if (event->key == UI_KEY_TAB || form->items[index].kind != ITEM_BUTTON) {
            return move_focus(form, 1);
        }
        return FORM_HANDLED;
    case UI_KEY_BACKTAB:
        return move_focus(form, -1);
    case UI_KEY_LEFT:
    case UI_KEY_RIGHT:
        move_focus(form, event->key == UI_KEY_RIGHT ? 1 : -1);
        return FORM_HANDLED;
    case UI_KEY_UP:
    case UI_KEY_DOWN:
        move_row(form, event->key == UI_KEY_DOWN ? 1 : -1);
        return FORM_HANDLED;
    default:
        return FORM_IGNORED;
    }
}
