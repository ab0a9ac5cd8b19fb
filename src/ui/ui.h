/* The console: the stack of panes, the three lists and the organisations, title, breadcrumb, state
 * line and footer, the palette and the help. Events in, a canvas out; no terminal and no curses.
 * The host is asked for everything else. */
#ifndef PORTCULLIS_UI_UI_H
#define PORTCULLIS_UI_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/host.h"
#include "ui/pane.h"

struct ui_options {
    bool ascii; /* borders and glyphs in ASCII */
};

struct field_context; /* model/field.h */

struct ui *ui_new(const struct host *host, const struct ui_options *options);
void ui_free(struct ui *ui);
const struct host *ui_host(const struct ui *ui);
void ui_resize(struct ui *ui, int width, int height);
/* Feeds one event; everything that follows from it is done when this returns. */
void ui_event(struct ui *ui, const struct ui_event *event);
/* Ctrl-C was typed: true when that would lose something and is asked about; the second one ends. */
bool ui_interrupt(struct ui *ui);
/* The host's data or state changed. */
void ui_changed(struct ui *ui);
/* Work that views have left (filters, sorts): up to budget_us. True while more is left. */
bool ui_work(struct ui *ui, int64_t budget_us);
/* What texts about the inventory go by: as long as it is the same they are. Ages are told in
 * minutes, so that some seconds do not count. */
struct ui_look {
    uint64_t serial, generation;
    enum list_progress progress[LIST_COUNT];
    int64_t when;
};
/* Of no inventory: all 0 but the time. */
struct ui_look ui_look(const struct ui *ui);
bool ui_look_same(const struct ui_look *a, const struct ui_look *b);
/* For panes: how long a view may work now, so that all that is done in one turn of the loop is over
 * before a person can feel it. */
int64_t ui_slice_us(struct ui *ui);
/* Did the last event leave some of it? */
bool ui_work_left(const struct ui *ui);
/* Draws all into the canvas (which has the size given by ui_resize). */
void ui_draw(struct ui *ui, struct canvas *canvas);
/* When the screen changes by itself next (a countdown, an age): ms from now, -1 never. */
int64_t ui_next_tick(const struct ui *ui);

/* For panes. */
void ui_push(struct ui *ui, struct pane pane); /* takes */
void ui_message(struct ui *ui, bool bad, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ui_run(struct ui *ui, enum action action);
/* May the action run, asked from the top pane down? *why is "" when nobody has it. */
bool ui_can(const struct ui *ui, enum action action, char *why, size_t size);
/* The keys in the words of the top pane, for its help: appended; nothing where it has none. */
void ui_hints(const struct ui *ui, struct buf *out);
/* What the action does in the top pane, for its help. */
const char *ui_action_help(const struct ui *ui, const struct action_info *info);
/* The list under everything: its fields are what can be sorted by. LIST_COUNT: none. */
enum list_kind ui_list(const struct ui *ui);
/* Runs a palette line: an action's name, or "filter ...", "sort ...", "go key ID", ... ; the error
 * is a message. */
void ui_command(struct ui *ui, const char *line);
/* The same, but after the pane that asks has closed. */
void ui_command_later(struct ui *ui, const char *line);
/* The area between the title lines and the state line. A dialog over the whole body makes room for
 * a message of several lines: it must not cover the buttons. */
struct rect ui_body(const struct ui *ui);
/* Columns of the whole screen: what side panes and width classes go by. */
int ui_width(const struct ui *ui);
/* The host's state, read once for a draw. */
void ui_session(const struct ui *ui, struct host_session *out);
/* NULL while nothing is open. */
struct inventory *ui_inventory(const struct ui *ui);
int64_t ui_now(const struct ui *ui);
/* May writes be sent? As it was seen last: for words on the screen, never to decide. */
bool ui_armed(const struct ui *ui);
/* What is read by fields: the inventory and the time. */
struct field_context ui_context(const struct ui *ui);
#define MINUTE_MS INT64_C(60000)
/* "<1m", "3h": the screen wakes up once a minute, so seconds would be wrong at once. */
void ui_age_text(int64_t age_ms, char out[TIME_TEXT_SIZE]);
/* What the lists are narrowed to: the id, or "". The names are for the screen. */
const char *ui_workspace(const struct ui *ui);
const char *ui_workspace_name(const struct ui *ui);
const char *ui_user(const struct ui *ui);
const char *ui_user_name(const struct ui *ui);
/* NULL or "" widens again. */
void ui_narrow_workspace(struct ui *ui, const char *id);
void ui_narrow_user(struct ui *ui, const char *id);
/* Narrows to one of them alone, goes to its keys and says how to come back. */
void ui_show_workspace(struct ui *ui, const char *id);
void ui_show_user(struct ui *ui, const char *id);
/* The reason typed for the revocation of a key, for its next review: the last one is kept. "" when
 * that was for another key. Lent until the next is kept. */
void ui_keep_reason(struct ui *ui, const char *key_id, const char *reason);
const char *ui_kept_reason(const struct ui *ui, const char *key_id);
/* A dialog in the middle of area: draws its box and title, blanks it, returns the room inside. */
struct rect ui_dialog(struct canvas *canvas, struct rect area, int width, int height,
                      const char *title);
/* Text for the clipboard by OSC 52: kept until term.c has taken it. secret: said so in the message.
 */
void ui_copy(struct ui *ui, const char *text, bool secret);
/* How what was copied is told: OSC 52 has no answer. */
#define COPIED "Copied, unless the terminal refused: "
/* What the terminal is to do after this turn. */
struct ui_requests {
    char *clipboard; /* gives: the caller wipes and frees it */
    bool redraw;
    bool suspend;
    bool toggle_mouse;
    bool quit;
};
void ui_take_requests(struct ui *ui, struct ui_requests *out);

#endif
