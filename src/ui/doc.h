/* A page of labelled values and sections: what details, summaries and the help are made of. Content
 * is put in first; drawing wraps it into any width and decides nothing. Holds copies of all text.
 */
#ifndef PORTCULLIS_UI_DOC_H
#define PORTCULLIS_UI_DOC_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/canvas.h"

struct doc;

/* label_width: columns of the labels in wide pages; narrow ones cut it to a third. */
struct doc *doc_new(int label_width);
void doc_free(struct doc *doc);
void doc_clear(struct doc *doc);
/* Begins a section ("" for none); what follows goes to the left (0) or the right (1) half where
 * there is room for two. */
void doc_section(struct doc *doc, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void doc_field(struct doc *doc, const char *label, enum style style, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A line of its own, indented by two columns; wrapped ones hang by two more. */
void doc_text(struct doc *doc, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void doc_gap(struct doc *doc);
/* Pages of this width have two halves, where there is anything for the right one. */
bool doc_two_columns(int width);
/* Lines it takes in this width. */
int doc_lines(const struct doc *doc, int width);
/* Where an item of a page of one column begins and ends (the line after it). The blank line over a
 * section belongs to nothing. */
struct doc_span {
    int from, to;
    bool section;
};
/* Gives one for each item, in order; *count gets how many. */
struct doc_span *doc_spans(const struct doc *doc, int width, size_t *count);
/* Draws from line `scroll` on. Returns the lines it takes. */
int doc_draw(const struct doc *doc, struct canvas *canvas, struct rect area, int scroll);

#endif
