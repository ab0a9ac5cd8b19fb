/* What a screen is: a table of functions and private state. Panes stand on a stack; a dialog is a
 * pane on top. A pane never reads keys itself, never blocks, and decides nothing while it draws. */
#ifndef PORTCULLIS_UI_PANE_H
#define PORTCULLIS_UI_PANE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/action.h"
#include "ui/canvas.h"
#include "ui/event.h"

struct ui; /* ui/ui.h: the stack, the host, the message line */

enum pane_result {
    PANE_HANDLED,
    PANE_IGNORED, /* not mine: the next below, then the global keys, may take it */
    PANE_CLOSE,   /* done: take me off the stack and free me */
};

struct pane_ops {
    const char *name; /* "keys": for help and scripts */
    /* Draws into area of the canvas; const; copes with any size from 1x1 up. */
    void (*draw)(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area);
    /* A raw event, before actions are looked up: for text fields. NULL: all are ignored. */
    enum pane_result (*event)(void *self, struct ui *ui, const struct ui_event *event);
    /* An action from a key, the palette, the footer or a script. */
    enum pane_result (*act)(void *self, struct ui *ui, enum action action);
    /* May this action run now? False with an empty why: not an action of this pane, the next below
     * may have it. Fills why when it is but cannot run now ("needs
     * workspace_service_api_keys.delete"). NULL: false for all. */
    bool (*can)(const void *self, const struct ui *ui, enum action action, char *why, size_t size);
    /* Once a turn before painting: prepare what is drawn (bounded work). NULL: nothing. Returns
     * true if more is left. */
    bool (*prepare)(void *self, struct ui *ui);
    /* The breadcrumb part ("Keys", "New key  step 3 of 5"): appended to out. */
    void (*title)(const void *self, const struct ui *ui, struct buf *out);
    /* It is on top again, or the data changed. */
    void (*shown)(void *self, struct ui *ui);
    bool modal; /* keys do not fall through to panes below; drawn over them when not full_screen */
    bool full_screen; /* takes the whole body */
    bool takes_text;  /* letters are text while it has the focus: no letter actions */
    void (*free)(void *self);
    /* All below may be NULL. */
    /* The right part of the second line (filter, sort, counts); draws into area. */
    void (*status)(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area);
    /* The state line while nothing else has to be said: appended to out. True: it is bad news. */
    bool (*state)(const void *self, const struct ui *ui, struct buf *out);
    /* The first footer line in the pane's own words ("Tab move  Esc cancel"), in place of the
     * actions: appended to out. Nothing appended: the actions after all. */
    void (*hints)(const void *self, const struct ui *ui, struct buf *out);
    /* What the action is called here, where its own name is not the word. NULL: its own name. */
    const char *(*label)(const void *self, enum action action);
    /* Ctrl-C ends the program: true when that would lose something and the pane has asked. NULL:
     * nothing is lost. */
    bool (*interrupted)(void *self, struct ui *ui);
    /* What the action does here, where the table's own words are not the ones. NULL: those. */
    const char *(*help)(const void *self, enum action action);
    /* Rows that are marked: leaving the program asks first. NULL: none. */
    size_t (*marked)(const void *self);
    /* Another organisation was opened: what was looked for in the one before goes. NULL: nothing.
     */
    void (*forget)(void *self);
    /* The columns its status would like to have. NULL: as most. */
    int (*status_room)(const void *self);
    /* The columns without which its status says nothing: the path gives way to them at any width.
     * NULL: none. */
    int (*status_least)(const void *self, const struct ui *ui);
    /* Is its status what is being typed in? Then the path gives way to it. NULL: never. */
    bool (*status_typed)(const void *self, const struct ui *ui);
    /* A palette line that is no action's name: "filter", "x y". False: not mine. */
    bool (*command)(void *self, struct ui *ui, const char *verb, const char *rest);
};

struct pane {
    const struct pane_ops *ops;
    void *self;
};

#endif
