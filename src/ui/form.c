#include "ui/form.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/form_internal.h"

#include "base/banned.h"

static void set_text(char **slot, const char *text)
{
    xreplace(slot, text == NULL ? "" : text);
}

/* -- life -- */

struct form *form_new(int label_width)
{
    struct form *form = xcalloc(1, sizeof(*form));

    form->label_width = label_width;
    form->focus = -1;
    return form;
}

static void item_done(struct item *item)
{
    free(item->label);
    free(item->text);
    free(item->problem);
    free(item->why);
    line_done(&item->line);
    secret_free(item->secret);
    for (size_t i = 0; i < item->option_count; i++) {
        free(item->options[i].label);
        free(item->options[i].note);
        free(item->options[i].why);
    }
    free(item->options);
}

void form_clear(struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        item_done(&form->items[i]);
    }
    form->count = 0;
}

void form_free(struct form *form)
{
    if (form == NULL) {
        return;
    }
    form_clear(form);
    free(form->items);
    free(form);
}

/* -- fields -- */

static struct item *add(struct form *form, enum item_kind kind, int id, const char *label)
{
    struct item *item;

    form->items = xgrow(form->items, &form->cap, form->count + 1, sizeof(*form->items));
    item = &form->items[form->count++];
    *item = (struct item){.kind = kind, .id = id, .chosen = -1};
    set_text(&item->label, label);
    set_text(&item->text, "");
    set_text(&item->problem, "");
    set_text(&item->why, "");
    return item;
}

void form_add_text(struct form *form, int id, const char *label, size_t max, int width)
{
    struct item *item = add(form, ITEM_TEXT, id, label);

    line_init(&item->line, max);
    item->width = width;
}

void form_add_secret(struct form *form, int id, const char *label)
{
    add(form, ITEM_SECRET, id, label)->secret = secret_new_empty();
}

bool form_item_can_choose(const struct item *item, int number)
{
    return number >= 0 && (size_t)number < item->option_count &&
           item->options[number].why[0] == '\0';
}

void form_add_choice(struct form *form, int id, const char *label,
                     const struct form_option *options, size_t count, bool tall)
{
    struct item *item = add(form, ITEM_CHOICE, id, label);

    item->options = xcalloc(count, sizeof(*item->options));
    item->option_count = count;
    item->tall = tall;
    for (size_t i = 0; i < count; i++) {
        set_text(&item->options[i].label, options[i].label);
        set_text(&item->options[i].note, options[i].note);
        set_text(&item->options[i].why, options[i].why);
        if (item->chosen < 0 && form_item_can_choose(item, (int)i)) {
            item->chosen = (int)i;
        }
    }
}

void form_add_check(struct form *form, int id, const char *label, const char *words)
{
    set_text(&add(form, ITEM_CHECK, id, label)->text, words);
}

void form_add_pick(struct form *form, int id, const char *label, int width)
{
    add(form, ITEM_PICK, id, label)->width = width;
}

void form_add_button(struct form *form, int id, const char *words)
{
    set_text(&add(form, ITEM_BUTTON, id, "")->text, words);
}

void form_add_section(struct form *form, const char *text)
{
    set_text(&add(form, ITEM_SECTION, -1, "")->text, text);
}

void form_add_note(struct form *form, int id, enum style style, const char *text)
{
    struct item *item = add(form, ITEM_NOTE, id, "");

    item->style = style;
    set_text(&item->text, text);
}

void form_add_gap(struct form *form)
{
    add(form, ITEM_GAP, -1, "");
}

void form_label(struct form *form, const char *label)
{
    assert(form->count > 0);
    set_text(&form->items[form->count - 1].label, label);
}

void form_beside(struct form *form)
{
    assert(form->count > 1);
    form->items[form->count - 1].beside = true;
}

/* -- values -- */

static struct item *find(const struct form *form, int id)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->items[i].id == id) {
            return &form->items[i];
        }
    }
    die("a form was asked for a field that it does not have.");
}

const char *form_text(const struct form *form, int id)
{
    const struct item *item = find(form, id);

    return item->kind == ITEM_TEXT ? item->line.text.data : item->text;
}

void form_set_text(struct form *form, int id, const char *text)
{
    struct item *item = find(form, id);

    if (item->kind == ITEM_TEXT) {
        line_set(&item->line, text);
    } else {
        set_text(&item->text, text);
    }
}

const struct secret *form_secret(const struct form *form, int id)
{
    return find(form, id)->secret;
}

void form_wipe(struct form *form, int id)
{
    struct item *item = find(form, id);

    secret_free(item->secret);
    item->secret = secret_new_empty();
}

bool form_has(const struct form *form, int id)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->items[i].id == id) {
            return true;
        }
    }
    return false;
}

int form_choice(const struct form *form, int id)
{
    return find(form, id)->chosen;
}

void form_set_choice(struct form *form, int id, int number)
{
    find(form, id)->chosen = number;
}

bool form_checked(const struct form *form, int id)
{
    return find(form, id)->checked;
}

void form_set_checked(struct form *form, int id, bool checked)
{
    find(form, id)->checked = checked;
}

void form_keep_raw(struct form *form, int id)
{
    find(form, id)->line.raw = true;
}

/* -- state -- */

void form_set_problem(struct form *form, int id, bool error, const char *text)
{
    struct item *item = find(form, id);

    item->problem_error = error;
    set_text(&item->problem, text);
}

void form_clear_problems(struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        set_text(&form->items[i].problem, "");
    }
}

void form_set_disabled(struct form *form, int id, const char *why)
{
    set_text(&find(form, id)->why, why);
}

void form_set_hidden(struct form *form, int id, bool hidden)
{
    find(form, id)->hidden = hidden;
}

bool form_item_can_focus(const struct item *item)
{
    return item->kind < ITEM_SECTION && !item->hidden;
}

int form_focus_index(const struct form *form)
{
    int first = -1;

    for (size_t i = 0; i < form->count; i++) {
        if (!form_item_can_focus(&form->items[i])) {
            continue;
        }
        if (form->items[i].id == form->focus) {
            return (int)i;
        }
        if (first < 0) {
            first = (int)i;
        }
    }
    return first;
}

int form_focus(const struct form *form)
{
    int index = form_focus_index(form);

    return index < 0 ? -1 : form->items[index].id;
}

void form_set_round(struct form *form, bool round)
{
    form->once = !round;
}

void form_focus_last(struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form_item_can_focus(&form->items[i])) {
            form->focus = form->items[i].id;
        }
    }
}

void form_set_focus(struct form *form, int id)
{
    form->focus = id;
}

bool form_takes_text(const struct form *form)
{
    int index = form_focus_index(form);

    return index >= 0 &&
           (form->items[index].kind == ITEM_TEXT || form->items[index].kind == ITEM_SECRET) &&
           form->items[index].why[0] == '\0';
}
