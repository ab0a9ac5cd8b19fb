/* How the revoke dialog shares its room: which key it is and the form are always seen, what lies
 * between them is scrolled where it does not fit. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/scroll.h"
#include "ui/views/revoke_internal.h"

#include "base/banned.h"

#define FORM_LEAST 3 /* a field, the buttons and what they wait for */

struct layout {
    int target, facts, request, form; /* lines of each; lines between them are apart */
    bool whole;                       /* all of the target is seen, and some of the form */
    bool low; /* request and facts are one scrolled page, of `facts` lines */
};

static struct layout lay_out(const struct revoke *self, struct rect area)
{
    int width = area.width - 2;
    struct layout out = {.target = doc_lines(self->target, width),
                         .request = doc_lines(self->request, width),
                         .form = form_lines(self->form, width)};
    int least = out.form < FORM_LEAST ? out.form : FORM_LEAST;
    int left = area.height - out.target - 1;

    out.whole = left >= least;
    if (!out.whole) {
        out.form = least < area.height ? least : area.height;
        out.target = area.height - out.form;
        out.request = 0;
        return out;
    }
    out.low = left < out.form + 1 + out.request;
    if (out.low) {
        /* A line at least is left for what is scrolled. */
        out.form = out.form < left ? out.form : left - 1;
        out.form = out.form < least ? least : out.form;
        out.facts = left - out.form;
        out.request = 0;
        return out;
    }
    left -= out.form + 1 + out.request;
    out.facts = doc_lines(self->facts, width);
    out.facts = out.facts < left ? out.facts : left;
    return out;
}

bool revoke_all_seen(const struct revoke *self, const struct ui *ui)
{
    return lay_out(self, ui_body(ui)).whole;
}

/* Lines that can be scrolled. */
static int scrolled_lines(const struct revoke *self, const struct layout *lay, int width)
{
    return doc_lines(self->facts, width) + (lay->low ? doc_lines(self->request, width) : 0);
}

static void draw_more(struct canvas *canvas, struct rect area, int y, int scroll, int hidden)
{
    canvas_hline(canvas, area.x, y, area.width);
    if (hidden > 0 || scroll > 0) {
        char *text = hidden > 0 ? xasprintf(" %d more: PgDn ", hidden) : xstrdup(" PgUp ");

        canvas_text(canvas, area.x + area.width - text_width(text) - 2, y, text, STYLE_KEY);
        free(text);
    }
}

/* Where there is no room for both: what will be sent, and under it what else is known. */
static void draw_low(const struct revoke *self, struct canvas *canvas, struct rect at, int scroll)
{
    int above = doc_lines(self->request, at.width) - scroll;

    above = above < 0 ? 0 : above > at.height ? at.height : above;
    if (above > 0) {
        doc_draw(self->request, canvas, (struct rect){at.x, at.y, at.width, above}, scroll);
    }
    if (above < at.height) {
        int from = scroll - doc_lines(self->request, at.width);

        doc_draw(self->facts, canvas,
                 (struct rect){at.x, at.y + above, at.width, at.height - above},
                 from < 0 ? 0 : from);
    }
}

/* All but the target and the form, with the line above the form. */
static void draw_middle(const struct revoke *self, const struct layout *lay, struct canvas *canvas,
                        struct rect area, int y)
{
    struct rect at = {area.x + 1, y, area.width - 2, lay->facts};
    int lines = scrolled_lines(self, lay, at.width);
    int scroll = scroll_limit(self->scroll, lay->facts, lines);
    int hidden = lines - lay->facts - scroll;

    if (lay->low) {
        draw_low(self, canvas, at, scroll);
        draw_more(canvas, area, y + lay->facts, scroll, hidden);
        return;
    }
    if (lay->facts > 0) {
        doc_draw(self->facts, canvas, at, scroll);
    }
    y += lay->facts;
    draw_more(canvas, area, y, scroll, hidden);
    doc_draw(self->request, canvas, (struct rect){at.x, y + 1, at.width, lay->request}, 0);
    canvas_hline(canvas, area.x, y + 1 + lay->request, area.width);
}

void revoke_draw(const void *pane, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct revoke *self = pane;
    struct layout lay = lay_out(self, area);
    int y = area.y + lay.target;

    (void)ui;
    canvas_fill(canvas, area, STYLE_NORMAL);
    if (lay.target > 0) {
        doc_draw(self->target, canvas,
                 (struct rect){area.x + 1, area.y, area.width - 2, lay.target}, 0);
    }
    if (lay.whole) {
        draw_middle(self, &lay, canvas, area, y);
        y += lay.facts + 1 + (lay.low ? 0 : lay.request + 1);
    }
    form_draw(self->form, canvas, (struct rect){area.x + 1, y, area.width - 2, lay.form}, true);
}

void revoke_scroll(struct revoke *self, struct ui *ui, int pages)
{
    struct rect area = ui_body(ui);
    struct layout lay = lay_out(self, area);
    int step = pages * (lay.facts < 4 && lay.low ? lay.facts : 4);

    self->scroll =
        scroll_limit(self->scroll + step, lay.facts, scrolled_lines(self, &lay, area.width - 2));
}
