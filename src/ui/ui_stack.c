/* The stack of panes over the lists: what is pushed on it, closed, and freed when nothing of it
 * runs any more. */
#include <assert.h>
#include <string.h>

#include "ui/ui_internal.h"

#include "base/banned.h"

struct pane *ui_top(struct ui *ui)
{
    return ui->depth > 0 ? &ui->stack[ui->depth - 1] : &ui->bases[ui->base];
}

const struct pane *ui_top_const(const struct ui *ui)
{
    return ui->depth > 0 ? &ui->stack[ui->depth - 1] : &ui->bases[ui->base];
}

static void show_top(struct ui *ui)
{
    struct pane *top = ui_top(ui);

    if (top->ops->shown != NULL) {
        top->ops->shown(top->self, ui);
    }
}

void ui_free_pane(struct pane *pane)
{
    if (pane->ops != NULL && pane->ops->free != NULL) {
        pane->ops->free(pane->self);
    }
    pane->ops = NULL;
    pane->self = NULL;
}

void ui_bury(struct ui *ui)
{
    if (ui->running > 0) {
        return;
    }
    while (ui->dead_count > 0) {
        ui_free_pane(&ui->dead[--ui->dead_count]);
    }
}

void ui_take_off(struct ui *ui, size_t number)
{
    assert(ui->dead_count < UI_DEAD_MAX);
    ui->dead[ui->dead_count++] = ui->stack[number];
    memmove(&ui->stack[number], &ui->stack[number + 1],
            (ui->depth - number - 1) * sizeof(*ui->stack));
    ui->depth--;
}

void ui_close(struct ui *ui, const void *self)
{
    for (size_t i = ui->depth; i > 0; i--) {
        if (ui->stack[i - 1].self == self) {
            ui_take_off(ui, i - 1);
            show_top(ui);
            return;
        }
    }
}

void ui_close_top(struct ui *ui)
{
    if (ui->depth > 0) {
        ui_take_off(ui, ui->depth - 1);
        show_top(ui);
    }
}

void ui_push(struct ui *ui, struct pane pane)
{
    if (ui->depth == UI_STACK_MAX) {
        ui_free_pane(&pane);
        ui_message(ui, true, "Too many screens on top of each other: Esc closes one.");
        return;
    }
    ui->stack[ui->depth++] = pane;
    show_top(ui);
}

void ui_go(struct ui *ui, enum ui_base base)
{
    while (ui->depth > 0) {
        ui_take_off(ui, ui->depth - 1);
    }
    ui->came_from = BASE_COUNT;
    if (base != ui->base) {
        ui->last_base = ui->base;
        ui->base = base;
    }
    show_top(ui);
}

bool ui_on_stack(const struct ui *ui, const char *name)
{
    for (size_t i = 0; i < ui->depth; i++) {
        if (strcmp(ui->stack[i].ops->name, name) == 0) {
            return true;
        }
    }
    return false;
}
