/* A console on a canvas with the fake host: keys in, text out. For tests of the screens. */
#ifndef PORTCULLIS_PANES_STAGE_H
#define PORTCULLIS_PANES_STAGE_H

#include "panes/fake_host.h"
#include "ui/canvas.h"
#include "ui/ui.h"

struct stage {
    struct fake_host fake;
    struct ui *ui;
    struct canvas *canvas;
    struct buf text;
};

/* The organisation of the fake host, open and read. */
void stage_init(struct stage *stage, int width, int height);
void stage_done(struct stage *stage);
void stage_size(struct stage *stage, int width, int height);
/* Words with blanks between: Enter Esc Tab S-Tab Up Down Left Right PgUp PgDn Home End Bs Del Ins
 * Space F1..F12 ^A..^Z; any other word is typed as it is, a character an event. */
void stage_keys(struct stage *stage, const char *words);
/* The event of one such word (lends the word); false when it is none. */
bool stage_event(const char *word, struct ui_event *event);
/* Typed with its blanks. */
void stage_type(struct stage *stage, const char *text);
/* Does all work that is left, draws, lends the screen as text. */
const char *stage_text(struct stage *stage);
bool stage_has(struct stage *stage, const char *text);
/* Line y of the screen (lends until the next call of any). */
const char *stage_line(struct stage *stage, int y);
/* The style of the first cell of the first place where text stands on the screen; fails the test
 * when it does not. */
enum style stage_style(struct stage *stage, const char *text);
/* Fails unless the screen has, or has not, the text; shows the screen. */
void stage_expect(struct stage *stage, const char *text);
void stage_expect_not(struct stage *stage, const char *text);
/* Compares the screen with expected/NAME.txt beside this file; UPDATE=1 writes it. */
void stage_expect_screen(struct stage *stage, const char *name);

/* A case whose state is a stage of 80x24. */
#define STAGE_TEST(function)                                                                       \
    {                                                                                              \
#function, function, stage_setup, stage_teardown, NULL                                     \
    }
int stage_setup(void **state);
int stage_teardown(void **state);

#endif
