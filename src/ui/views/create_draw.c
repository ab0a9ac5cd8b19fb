/* How the wizard looks: the steps, the panel beside them, its lines of the frame. Decides nothing.
 */
#include <stdio.h>
#include <string.h>

#include "ui/views/create_internal.h"

#include "base/banned.h"

#define SIDE_WIDTH 44
#define SIDE_WIDTH_WIDE 50
#define SIDE_WIDE_FROM 140

static const char *const STEP_NAMES[STEP_COUNT] = {"Kind", "Identity", "Scopes", "Limits and life",
                                                   "Review"};

static bool step_has_error(const struct create *create, enum create_step step)
{
    for (int i = 0; i < create->check.count; i++) {
        const struct draft_problem *problem = &create->check.problems[i];

        if (problem->severity == DRAFT_ERROR && (create->touched & 1u << problem->field) != 0 &&
            create_step_of(problem->field) == step) {
            return true;
        }
    }
    return create->refused_field >= 0 &&
           create_step_of((enum draft_field)create->refused_field) == step;
}

static void draw_steps(const struct create *create, struct canvas *canvas, struct rect area)
{
    int x = area.x + 1;
    int right = area.x + area.width;

    for (int i = 0; i < STEP_COUNT; i++) {
        bool here = i == (int)create->step;
        bool wrong = step_has_error(create, (enum create_step)i);
        char text[40];

        snprintf(text, sizeof(text), "%s%d %s%s%s", here ? "[" : "", i + 1, STEP_NAMES[i],
                 wrong ? " !" : "", here ? "]" : "");
        if (area.width < 68 && !here) {
            snprintf(text, sizeof(text), "%d%s", i + 1, wrong ? "!" : "");
        }
        x += canvas_fit(canvas, x, area.y, right - x, text,
                        wrong  ? STYLE_BAD
                        : here ? STYLE_BOLD
                               : STYLE_DIM,
                        false);
        if (i + 1 < STEP_COUNT) {
            x += canvas_fit(canvas, x, area.y, right - x, area.width < 76 ? " > " : "  >  ",
                            STYLE_DIM, false);
        }
    }
}

/* Columns of the panel beside the steps in a body of this width; 0: there is none. */
static int side_width(const struct ui *ui, int body_width)
{
    int wide = ui_width(ui) >= SIDE_WIDE_FROM ? SIDE_WIDTH_WIDE : SIDE_WIDTH;

    return ui_width(ui) >= CREATE_SIDE_FROM && body_width > wide * 2 ? wide : 0;
}

/* The room of a step in the body: low windows have none for the names of the steps. */
static struct rect step_area(struct rect body)
{
    int steps = body.height < 3 ? 0 : 2;

    return (struct rect){body.x, body.y + steps, body.width, body.height - steps};
}

static struct rect form_area(const struct ui *ui, struct rect body)
{
    struct rect area = step_area(body);
    int side = side_width(ui, body.width);

    area.width -= side > 0 ? side + 2 : 0;
    return (struct rect){area.x + 1, area.y, area.width - 2, area.height};
}

static void draw_step(const struct create *create, const struct ui *ui, struct canvas *canvas,
                      struct rect body)
{
    struct rect area = step_area(body);
    int wide = side_width(ui, body.width);

    if (wide > 0) {
        struct rect side = {area.x + area.width - wide + 1, area.y, wide - 2, area.height};

        canvas_vline(canvas, side.x - 2, area.y, area.height);
        doc_draw(create->side, canvas, side, 0);
        area.width -= wide + 2;
    }
    if (create->step == STEP_SCOPES) {
        create_draw_scopes(create, canvas, area);
    } else {
        form_draw(create->form, canvas, form_area(ui, body), true);
    }
}

void create_draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct create *create = self;

    if (create->mode == MODE_SECRET) {
        create_draw_secret(
            create, canvas,
            (struct rect){area.x + 2, area.y, area.width > 4 ? area.width - 4 : 1, area.height});
        return;
    }
    if (create->step == STEP_REVIEW) {
        struct rect review = create_review_area(area);

        if (review.y > area.y) {
            draw_steps(create, canvas, area);
            canvas_hline(canvas, area.x, area.y + 1, area.width);
        }
        create_draw_review(create, canvas, review);
        return;
    }
    if (step_area(area).y > area.y) {
        draw_steps(create, canvas, area);
        canvas_hline(canvas, area.x, area.y + 1, area.width);
    }
    draw_step(create, ui, canvas, area);
}

void create_title(const void *self, const struct ui *ui, struct buf *out)
{
    const struct create *create = self;

    (void)ui;
    if (create->mode == MODE_SECRET) {
        buf_adds(out, "New key  made");
    } else {
        buf_addf(out, "New key  step %d of %d", (int)create->step + 1, STEP_COUNT);
    }
}

void create_measure(struct create *create, const struct ui *ui)
{
    struct rect area = form_area(ui, ui_body(ui));

    create->above = create->below = 0;
    if (create->step != STEP_SCOPES && create->step != STEP_REVIEW) {
        form_hidden(create->form, area.width, area.height, &create->above, &create->below);
    }
}

bool create_form_page(struct create *create, const struct ui *ui, const struct ui_event *what)
{
    struct rect area = form_area(ui, ui_body(ui));

    return create->step != STEP_REVIEW && form_page(create->form, what, area.width, area.height);
}

static void fill_words(const struct create *create, struct buf *out)
{
    if (create->above + create->below > 0) {
        int more = create->below > 0 ? create->below : create->above;

        buf_addf(out, "%d more %s %s. Nothing is sent yet.", more, more == 1 ? "line" : "lines",
                 create->below > 0 ? "below: PgDn" : "above: PgUp");
        return;
    }
    buf_adds(out, "Nothing is sent before Create in step 5.");
    buf_adds(out, create->restored ? " This is the draft that you left." : "");
}

bool create_state(const void *self, const struct ui *ui, struct buf *out)
{
    const struct create *create = self;
    struct host_operation op;

    (void)ui;
    switch (create->mode) {
    case MODE_FILL:
        fill_words(create, out);
        return false;
    case MODE_WAIT:
        create_operation(create, &op);
        buf_adds(out, op.words == NULL ? "" : op.words);
        return false;
    case MODE_LOST:
        buf_adds(out, "It is not known whether the key was made.");
        return true;
    case MODE_SECRET:
        buf_adds(out, create->taken ? "" : "The secret was not taken yet.");
        return true;
    }
    return false;
}

void create_hints(const void *self, const struct ui *ui, struct buf *out)
{
    const struct create *create = self;

    if (create->mode == MODE_SECRET) {
        buf_adds(out, create->revealed ? "Enter s hide  " : "Enter s show  ");
        buf_adds(out, "c y copy  Esc wipe and leave");
    } else if (create->mode != MODE_FILL) {
        buf_adds(out, "Tab move  Enter press  Esc leave");
    } else if (create->step == STEP_SCOPES && create->grid.typing) {
        buf_adds(out, "type to search  Enter keep  Esc clear");
    } else if (create->step == STEP_SCOPES) {
        buf_adds(out, "space tick  a row  A reads  p preset  / search  ^N next  ^P back  "
                      "F7 review  Esc keep draft");
    } else if (create->step == STEP_REVIEW) {
        buf_addf(out, "Tab Enter press  Up Down scroll  ^P back  ! %s  Alt-D anew  Esc keep draft",
                 ui_armed(ui) ? "disarm" : "arm");
    } else {
        buf_adds(out, "Tab next  Enter open  ^N next step  ^P back  F7 review  Esc keep the draft");
    }
}
