/* What the files of the console's frame share. Included by ui*.c only; panes use ui/ui.h. */
#ifndef PORTCULLIS_UI_UI_INTERNAL_H
#define PORTCULLIS_UI_UI_INTERNAL_H

#include "ui/ui.h"

/* More dialogs than this on top of each other are our own mistake. */
#define UI_STACK_MAX 16u
#define UI_DEAD_MAX ((size_t)2 * UI_STACK_MAX)
/* Smaller screens get a plain sentence. */
#define UI_MIN_WIDTH 40
#define UI_MIN_HEIGHT 10

enum ui_base { BASE_ORGANISATIONS, BASE_WORKSPACES, BASE_MEMBERS, BASE_KEYS, BASE_COUNT };

struct ui {
    const struct host *host;
    struct ui_options options;
    int width, height;
    struct pane bases[BASE_COUNT];
    enum ui_base base, last_base;
    enum ui_base came_from; /* the list from which it was narrowed; BASE_COUNT: none */
    struct pane stack[UI_STACK_MAX];
    size_t depth;
    struct pane dead[UI_DEAD_MAX]; /* closed, freed when no pane's function runs any more */
    size_t dead_count;
    int running; /* panes' functions that run now */
    char *message;
    bool message_bad;
    bool message_by_key; /* the next key takes it away */
    int64_t message_at;
    int64_t quit_asked_at; /* leaving was asked about then; TIME_NONE: not */
    char *result;          /* of a write that was left, as it was shown last */
    char *workspace, *workspace_name, *user, *user_name;
    char *reason, *reason_of; /* typed for the revocation of that key */
    char *profile;            /* of the session shown */
    char *later;              /* a palette line to run */
    bool asked_login;
    bool work_left;    /* by what was prepared last */
    int64_t slice_end; /* of what views may work in this turn, clock_mono_us; 0: all is left */
    bool armed;        /* as it was seen last */
    int state_lines;   /* of the state line, when what stays there needs more than one */
    struct ui_requests requests;
};

/* ui_stack.c */
/* The pane with the focus: the top of the stack, else the list. */
struct pane *ui_top(struct ui *ui);
const struct pane *ui_top_const(const struct ui *ui);
bool ui_on_stack(const struct ui *ui, const char *name);
/* Closes all panes and shows this list. */
void ui_go(struct ui *ui, enum ui_base base);
/* Closes the pane with this state, wherever it stands; a list is never closed. */
void ui_close(struct ui *ui, const void *self);
void ui_close_top(struct ui *ui);
/* Off the stack, but not freed yet: the pane may be in the middle of a function of its own. */
void ui_take_off(struct ui *ui, size_t number);
/* Frees what was taken off, unless a pane's function runs. */
void ui_bury(struct ui *ui);
void ui_free_pane(struct pane *pane);

/* ui_keep.c */
/* An event came: the message goes, unless it is too new to have been read. */
void ui_fade_message(struct ui *ui);

/* ui_chrome.c */
/* The lines that the state of things takes: a list that could not be read whole says so for long,
 * and must not lie over what is shown. A message passes, and may. */
int ui_count_state_lines(const struct ui *ui);
/* The body as it is without the room for ui_dialog_lines. */
struct rect ui_whole_body(const struct ui *ui);
/* The lines of the message or of what has to be said: a dialog over the whole body makes room for
 * them, they must not cover its buttons. */
int ui_dialog_lines(const struct ui *ui);
void ui_draw_frame(const struct ui *ui, struct canvas *canvas);

#endif
