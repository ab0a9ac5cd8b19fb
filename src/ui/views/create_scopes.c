/* The step Scopes: the count, the search and what the grid says of the cell under the cursor. */
#include <stdio.h>
#include <string.h>

#include "ui/views/create_internal.h"

#include "base/banned.h"

#define FOOT_LINES 3

static void draw_scope_foot(const struct create *create, struct canvas *canvas, struct rect area)
{
    int scope = grid_scope(&create->grid);
    struct buf words;
    int y = area.y + 1;

    canvas_hline(canvas, area.x, area.y, area.width);
    buf_init(&words, 0);
    if (scope >= 0) {
        const struct scope_info *info = scope_info(scope);
        int used = canvas_fit(canvas, area.x + 1, y, area.width - 1, info->name, STYLE_BOLD, false);

        buf_addf(&words, "  %s", info->description);
        canvas_fit(canvas, area.x + 1 + used, y, area.width - 1 - used, words.data, STYLE_NORMAL,
                   false);
        buf_clear(&words);
        create_marks_words(info->marks, &words);
        if (words.len > 0) {
            int x = area.x + 1 + canvas_text(canvas, area.x + 1, y + 1, "! ", STYLE_WARN);

            canvas_fit(canvas, x, y + 1, area.x + area.width - x, words.data, STYLE_WARN, false);
        }
    }
    buf_done(&words);
}

static void draw_scope_head(const struct create *create, struct canvas *canvas, struct rect area)
{
    const struct key_draft *draft = &create->draft;
    struct scope_set legal = scope_set_legal(draft->kind);
    unsigned marks = scope_set_marks(&draft->scopes);
    int x = area.x + 1;
    char count[64];
    size_t at = 0;

    snprintf(count, sizeof(count), "%d of %d chosen", scope_set_count(&draft->scopes),
             scope_set_count(&legal));
    x += canvas_fit(canvas, x, area.y, area.width - 1, count, STYLE_BOLD, false);
    count[0] = '\0';
    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        if ((marks & 1u << i) != 0) {
            at += (size_t)snprintf(count + at, sizeof(count) - at, " %c", scope_mark_letter(i));
        }
    }
    if (at > 0) {
        x += canvas_text(canvas, x, area.y, "   danger:", STYLE_WARN);
        x += canvas_text(canvas, x, area.y, count, STYLE_WARN);
    }
    x += 3;
    if (x + 20 < area.x + area.width) {
        x += canvas_text(canvas, x, area.y, "/ ", STYLE_KEY);
        if (create->grid.typing || create->grid.filter.text.len > 0) {
            line_draw(&create->grid.filter, canvas, x, area.y, area.x + area.width - x - 1,
                      create->grid.typing);
        } else {
            canvas_text(canvas, x, area.y, "search", STYLE_DIM);
        }
    } else if (create->grid.typing) {
        line_draw(&create->grid.filter, canvas, area.x + 1, area.y, area.width - 1, true);
    }
}

/* What the ticked scopes can do, in words: it says more than the check's warning. */
static enum style danger_words(const struct create *create, struct buf *out)
{
    create_marks_words(scope_set_marks(&create->draft.scopes), out);
    return STYLE_WARN;
}

/* The sentence for the scopes as a whole; nothing when there is none. */
static enum style scope_words(const struct create *create, struct buf *out)
{
    if (create->refused_field == DRAFT_SCOPES) {
        buf_addf(out, "error: the server says: %s", create->refused);
        return STYLE_BAD;
    }
    for (int i = 0; i < create->check.count; i++) {
        const struct draft_problem *problem = &create->check.problems[i];

        if (problem->field == DRAFT_SCOPES && problem->severity == DRAFT_ERROR &&
            (create->touched & 1u << DRAFT_SCOPES) != 0) {
            buf_addf(out, "error: %s", problem->text);
            return STYLE_BAD;
        }
    }
    return danger_words(create, out);
}

/* In the lines under the count; returns how many. */
static int draw_scope_problem(const struct create *create, struct canvas *canvas, struct rect area)
{
    struct buf words;
    enum style style;
    int lines = 0;

    buf_init(&words, 0);
    style = scope_words(create, &words);
    if (words.len > 0) {
        lines = canvas_wrap(canvas, area, words.data, style);
    }
    buf_done(&words);
    return lines;
}

void create_draw_scopes(const struct create *create, struct canvas *canvas, struct rect area)
{
    struct rect grid = {area.x, area.y + 1, area.width, area.height - 1};
    int words;

    draw_scope_head(create, canvas, area);
    words = draw_scope_problem(
        create, canvas, (struct rect){area.x + 1, area.y + 1, area.width - 1, area.height / 2});

    grid.y += words;
    grid.height -= words;
    if (area.height >= 9) {
        grid.height -= FOOT_LINES;
        draw_scope_foot(create, canvas,
                        (struct rect){area.x, grid.y + grid.height, area.width, FOOT_LINES});
    }
    grid_draw(&create->grid, &create->draft, canvas, grid);
}
