/* The wizard on a canvas with the fake host, for the tests of its steps. */
#ifndef PORTCULLIS_PANES_WIZARD_SCREEN_H
#define PORTCULLIS_PANES_WIZARD_SCREEN_H

#include <stdbool.h>

#include "panes/fake_host.h"
#include "ui/canvas.h"
#include "ui/ui.h"

struct screen {
    struct fake_host fake;
    struct ui *ui;
    struct canvas *canvas;
};

/* The own key holds every scope that makes keys. Opens the wizard for the workspace ("" none). */
void screen_init(struct screen *screen, int width, int height, const char *workspace);
/* The console alone; the fake may be changed before the wizard is opened. */
void screen_init_console(struct screen *screen, int width, int height);
void screen_open(struct screen *screen, const char *workspace);
void screen_done(struct screen *screen);

/* Adds a scope to the own key, or takes it away. */
void screen_own_scope(struct screen *screen, const char *scope, bool held);
void screen_key(struct screen *screen, enum ui_key key, int number);
void screen_ctrl(struct screen *screen, char letter);
/* Each character is a key; '\n' is Enter, '\t' Tab. */
void screen_type(struct screen *screen, const char *text);
/* Gives the screen as text. */
char *screen_dump(struct screen *screen);
bool screen_has(struct screen *screen, const char *text);
void screen_expect(struct screen *screen, const char *text);
void screen_expect_not(struct screen *screen, const char *text);
/* Is the line in what the host was asked? */
bool screen_asked(const struct screen *screen, const char *line);
/* Fills in what a key needs, up to the review: a service key of the workspace tools that may do
 * completions. Begins in step 1. */
void screen_fill(struct screen *screen, const char *name);

#endif
