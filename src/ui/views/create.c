/* The wizard that makes a key: five steps over one draft. Nothing is sent before the button of the
 * review; what was typed outlives leaving. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "ui/views/create_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define LABELS 14
#define PAGE 8

void create_operation(const struct create *create, struct host_operation *out)
{
    const struct host *host = ui_host(create->ui);

    host->ops->operation(host->ctx, out);
}

/* -- steps -- */

/* What was left once is looked at: its problems are shown from now on. */
static void touch_step(struct create *create, enum create_step step)
{
    for (int field = 0; field < DRAFT_FIELD_COUNT; field++) {
        if (step == STEP_REVIEW || create_step_of((enum draft_field)field) == step) {
            create->touched |= 1u << field;
        }
    }
}

void create_go(struct create *create, enum create_step step)
{
    touch_step(create, create->step);
    if (step == STEP_REVIEW) {
        touch_step(create, STEP_REVIEW);
    }
    create->step = step;
    create->grid.typing = false;
    form_set_focus(create->form, -1);
    create_build(create);
    if (step == STEP_REVIEW) {
        create_review(create);
    }
}

static void step_by(struct create *create, int by)
{
    int to = (int)create->step + by;

    if (create->mode == MODE_FILL && to >= 0 && to < STEP_COUNT) {
        create_go(create, (enum create_step)to);
    }
}

/* Shift-Tab before the first field of a step: the last of the one before. */
static void tab_back(struct create *create)
{
    if (create->step != STEP_KIND) {
        step_by(create, -1);
        form_focus_last(create->form);
    }
}

/* -- events -- */

static enum pane_result grid_answer(struct create *create, const struct ui_event *what)
{
    switch (grid_event(&create->grid, &create->draft, what)) {
    case GRID_CHANGED:
        create_changed(create, DRAFT_SCOPES);
        return PANE_HANDLED;
    case GRID_PRESET:
        create_pick_preset(create);
        return PANE_HANDLED;
    case GRID_HANDLED:
        return PANE_HANDLED;
    case GRID_IGNORED:
        break;
    }
    if (what->key == UI_KEY_TAB || what->key == UI_KEY_ENTER) {
        step_by(create, 1);
        return PANE_HANDLED;
    }
    if (what->key == UI_KEY_BACKTAB) {
        tab_back(create);
        return PANE_HANDLED;
    }
    return PANE_IGNORED;
}

/* Where there is nothing more to see it ends: create_write_page sees to that. */
static bool scroll_page(struct create *create, const struct ui_event *what)
{
    switch (what->key) {
    case UI_KEY_UP:
        create->scroll--;
        break;
    case UI_KEY_DOWN:
        create->scroll++;
        break;
    case UI_KEY_PAGE_UP:
        create->scroll -= PAGE;
        break;
    case UI_KEY_PAGE_DOWN:
        create->scroll += PAGE;
        break;
    case UI_KEY_HOME:
        create->scroll = 0;
        break;
    default:
        return false;
    }
    return true;
}

static bool is_letter(const struct ui_event *what)
{
    return what->key == UI_KEY_PASTE ||
           (what->key == UI_KEY_CHAR &&
            (ascii_is_alnum(what->text[0]) || (what->text[0] & 0x80) != 0));
}

static enum pane_result form_answer(struct create *create, const struct ui_event *what)
{
    int id = -1;

    switch (form_event(create->form, what, &id)) {
    case FORM_CHANGED:
        create_read(create, id);
        return PANE_HANDLED;
    case FORM_PRESSED:
        if (id == F_CANCEL) {
            return create_leave(create);
        }
        if (id == F_LOOK) {
            return create_look_at_candidate(create);
        }
        /* A letter on a field that is picked for begins the search for it. */
        create->typed = is_letter(what) ? what->text : "";
        create_press(create, id);
        create->typed = "";
        return PANE_HANDLED;
    case FORM_PAST_END:
        step_by(create, 1);
        return PANE_HANDLED;
    case FORM_PAST_START:
        tab_back(create);
        return PANE_HANDLED;
    case FORM_HANDLED:
        return PANE_HANDLED;
    case FORM_IGNORED:
        break;
    }
    return PANE_IGNORED;
}

/* On the review, which has no field, the letters of moving are arrows. */
static struct ui_event arrows(const struct ui_event *what)
{
    static const struct {
        char letter;
        enum ui_key key;
    } moves[] = {{'h', UI_KEY_LEFT}, {'j', UI_KEY_DOWN}, {'k', UI_KEY_UP}, {'l', UI_KEY_RIGHT}};
    struct ui_event out = *what;

    for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++) {
        if (what->key == UI_KEY_CHAR && what->text[0] == moves[i].letter && what->text[1] == '\0') {
            out.key = moves[i].key;
            out.text = "";
        }
    }
    return out;
}

static bool step_key(struct create *create, const struct ui_event *what)
{
    if (what->key != UI_KEY_CTRL || (what->number != 'n' && what->number != 'p')) {
        return false;
    }
    step_by(create, what->number == 'n' ? 1 : -1);
    return true;
}

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *what)
{
    struct create *create = self;
    enum pane_result answer;
    struct ui_event moved;

    (void)ui;
    if (what->key != UI_KEY_ESC && !(what->key == UI_KEY_F && what->number == 10)) {
        create->asked = false;
    }
    create_secret_seen(create);
    if (create_throw_away(create, what) || step_key(create, what)) {
        return PANE_HANDLED;
    }
    if (create->mode == MODE_SECRET) {
        return create_secret_event(create, what) ? PANE_HANDLED : PANE_IGNORED;
    }
    if (create->step == STEP_SCOPES) {
        return grid_answer(create, what);
    }
    if (create->step == STEP_REVIEW) {
        create_write_page(create, create_review_area(ui_body(
                                      ui))); /* the size may be another, or a message gone */
    }
    moved = create->step == STEP_REVIEW ? arrows(what) : *what;
    if (create->step == STEP_REVIEW && scroll_page(create, &moved)) {
        return PANE_HANDLED;
    }
    if (create_form_page(create, ui, &moved)) {
        return PANE_HANDLED;
    }
    answer = form_answer(create, &moved);
    /* What is typed on a field that takes no text does nothing: it was meant for another. */
    return answer == PANE_IGNORED && create->step != STEP_REVIEW && is_letter(what) ? PANE_HANDLED
                                                                                    : answer;
}

/* F7 goes to the review and never sends; all that is not asked for here stays closed below. */
static bool can(const void *self, const struct ui *ui, enum action action, char *why, size_t size)
{
    const struct create *create = self;

    (void)ui;
    (void)why;
    (void)size;
    if (action == ACTION_NEW) {
        return create->mode == MODE_FILL;
    }
    return action == ACTION_BACK || action == ACTION_QUIT;
}

static enum pane_result act(void *self, struct ui *ui, enum action action)
{
    struct create *create = self;

    (void)ui;
    if (action == ACTION_NEW) {
        create_go(create, STEP_REVIEW);
        return PANE_HANDLED;
    }
    return create_leave(create);
}

static const char *help(const void *self, enum action action)
{
    (void)self;
    return action == ACTION_NEW    ? "to the review; nothing is sent by it"
           : action == ACTION_BACK ? "leave; the draft is kept"
           : action == ACTION_QUIT ? "leave, as Esc does; the draft is kept"
                                   : NULL;
}

/* F10 leaves the wizard here, not the console; F7 never makes anything. */
static const char *label(const void *self, enum action action)
{
    const struct create *create = self;

    if (action == ACTION_QUIT) {
        return create->mode == MODE_SECRET ? "wipe" : "leave";
    }
    return action == ACTION_NEW ? "review" : NULL;
}

static bool interrupted(void *self, struct ui *ui)
{
    (void)ui;
    return create_asks_to_end(self);
}

static void shown(void *self, struct ui *ui)
{
    struct create *create = self;

    (void)ui;
    create_follow(create);
    create_check(create);
}

static bool prepare(void *self, struct ui *ui)
{
    struct create *create = self;

    create_follow(create);
    create->seen = create->seen || create->revealed;
    if (create->step == STEP_REVIEW) {
        create_write_page(create, create_review_area(ui_body(ui)));
    } else if (ui_width(ui) >= CREATE_SIDE_FROM) {
        create_write_side(create);
    }
    create_measure(create, ui);
    return false;
}

/* -- life -- */

static void create_free(void *self)
{
    struct create *create = self;

    form_free(create->form);
    grid_done(&create->grid);
    doc_free(create->target);
    doc_free(create->page);
    doc_free(create->side);
    free(create->profile);
    free(create);
}

static const struct pane_ops OPS = {
    .name = "create",
    .draw = create_draw,
    .event = event,
    .act = act,
    .can = can,
    .prepare = prepare,
    .title = create_title,
    .shown = shown,
    .help = help,
    .modal = true,
    .full_screen = true,
    .free = create_free,
    .state = create_state,
    .hints = create_hints,
    .label = label,
    .interrupted = interrupted,
};

struct pane view_create_new(struct ui *ui, const char *workspace_id)
{
    struct create *create = xcalloc(1, sizeof(*create));
    const struct host *host = ui_host(ui);
    const struct key_draft *saved;
    struct host_session session;

    ui_session(ui, &session);
    saved = host->ops->saved_draft(host->ctx, session.profile);
    create->ui = ui;
    create->typed = "";
    create->profile = xstrdup(session.profile);
    create->target = doc_new(14);
    create->form = form_new(LABELS);
    create->page = doc_new(14);
    create->side = doc_new(16);
    grid_init(&create->grid);
    create_fresh(create);
    if (saved != NULL) {
        create->draft = *saved;
        create->restored = true;
        grid_set_kind(&create->grid, create->draft.kind);
        ui_message(ui, false,
                   "The draft that you left is back. Alt-D throws it away, to begin anew.");
    }
    if (workspace_id != NULL && create->draft.workspace[0] == '\0' &&
        create->draft.kind != KEY_ORGANISATION_SERVICE) {
        snprintf(create->draft.workspace, sizeof(create->draft.workspace), "%s", workspace_id);
    }
    create_build(create);
    return (struct pane){&OPS, create};
}
