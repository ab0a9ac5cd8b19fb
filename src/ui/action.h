/* Every act of the console defined once: id, name, key, help, needs. Keys, footer, help, palette
 * and scripts read this table. */
#ifndef PORTCULLIS_UI_ACTION_H
#define PORTCULLIS_UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/event.h"

enum action {
    ACTION_NONE,
    ACTION_UP,
    ACTION_DOWN,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_PAGE_UP,
    ACTION_PAGE_DOWN,
    ACTION_HALF_UP,
    ACTION_HALF_DOWN,
    ACTION_FIRST,
    ACTION_LAST,
    ACTION_OPEN, /* Enter: narrow or detail */
    ACTION_VIEW, /* F3: detail */
    ACTION_BACK, /* Esc, h */
    ACTION_NEXT_PANE,
    ACTION_PREV_PANE,
    ACTION_ORGANISATIONS,
    ACTION_WORKSPACES,
    ACTION_MEMBERS,
    ACTION_KEYS,
    ACTION_LAST_VIEW,
    ACTION_NEXT_TAB, /* . */
    ACTION_PREV_TAB, /* , */
    ACTION_PALETTE,
    ACTION_FILTER,
    ACTION_MARK,
    ACTION_MARK_ALL,
    ACTION_MARK_NONE,
    ACTION_COLUMNS,
    ACTION_SORT,
    ACTION_SORT_REVERSE,
    ACTION_WIDE,
    ACTION_REFRESH,
    ACTION_NEW,
    ACTION_REVOKE,
    ACTION_COPY,
    ACTION_ARM,
    ACTION_LOGIN,
    ACTION_LOGOUT,
    ACTION_MOUSE,
    ACTION_HELP,
    ACTION_REDRAW,
    ACTION_SUSPEND,
    ACTION_QUIT,
    ACTION_COUNT,
};

#define ACTION_NEEDS_ROW (1u << 0)
#define ACTION_NEEDS_SESSION (1u << 1)
#define ACTION_WRITES (1u << 2) /* opens a review; never writes by itself */

enum action_group {
    GROUP_MOVING,
    GROUP_PLACES,
    GROUP_LIST,
    GROUP_RECORD,
    GROUP_CONSOLE,
    GROUP_COUNT,
};

struct action_info {
    enum action action;
    const char *name;  /* "revoke": palette and scripts */
    const char *keys;  /* "X F8", as shown */
    const char *label; /* "revoke..": footer */
    const char *help;  /* one line */
    unsigned needs;
    enum action_group group; /* where the help has it */
};
/* Lends "Moving". */
const char *action_group_name(enum action_group group);
const struct action_info *action_info(enum action action);
/* In the order of the help page; NULL after the last. */
const struct action_info *action_number(size_t number);
/* By name; ACTION_NONE for unknown. */
enum action action_find(const char *name);
/* The action that an event means; letters only when letters is true. */
enum action action_of_event(const struct ui_event *event, bool letters);

#endif
