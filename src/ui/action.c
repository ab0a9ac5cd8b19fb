#include "ui/action.h"

#include <string.h>

#include "base/banned.h"

static const struct action_info ACTIONS[];

struct binding {
    enum ui_key key;
    int number;
    enum action action;
};
static const struct binding BINDINGS[];

struct letter {
    const char *text;
    enum action action;
};
static const struct letter LETTERS[];

const struct action_info *action_info(enum action action)
{
    for (size_t i = 0; ACTIONS[i].action != ACTION_NONE; i++) {
        if (ACTIONS[i].action == action) {
            return &ACTIONS[i];
        }
    }
    return NULL;
}

const struct action_info *action_number(size_t number)
{
    return number < ACTION_COUNT && ACTIONS[number].action != ACTION_NONE ? &ACTIONS[number] : NULL;
}

const char *action_group_name(enum action_group group)
{
    static const char *const NAMES[GROUP_COUNT] = {"Moving", "Places", "The list", "Records",
                                                   "The console"};

    return NAMES[group];
}

enum action action_find(const char *name)
{
    for (size_t i = 0; ACTIONS[i].action != ACTION_NONE; i++) {
        if (strcmp(ACTIONS[i].name, name) == 0) {
            return ACTIONS[i].action;
        }
    }
    return ACTION_NONE;
}

enum action action_of_event(const struct ui_event *event, bool letters)
{
    if (event->key == UI_KEY_CHAR) {
        for (size_t i = 0; letters && LETTERS[i].text != NULL; i++) {
            if (strcmp(LETTERS[i].text, event->text) == 0) {
                return LETTERS[i].action;
            }
        }
        return ACTION_NONE;
    }
    for (size_t i = 0; BINDINGS[i].action != ACTION_NONE; i++) {
        if (BINDINGS[i].key == event->key && BINDINGS[i].number == event->number) {
            return BINDINGS[i].action;
        }
    }
    return ACTION_NONE;
}

#define ROW ACTION_NEEDS_ROW
#define OPENED ACTION_NEEDS_SESSION

/* In the order of the help page. */
static const struct action_info ACTIONS[] = {
    {ACTION_UP, "up", "k Up", "up", "the row above", 0, GROUP_MOVING},
    {ACTION_DOWN, "down", "j Down", "down", "the row below", 0, GROUP_MOVING},
    {ACTION_PAGE_UP, "page-up", "PgUp", "page up", "a page up", 0, GROUP_MOVING},
    {ACTION_PAGE_DOWN, "page-down", "PgDn", "page down", "a page down", 0, GROUP_MOVING},
    {ACTION_HALF_UP, "half-up", "^U", "half up", "half a page up", 0, GROUP_MOVING},
    {ACTION_HALF_DOWN, "half-down", "^D", "half down", "half a page down", 0, GROUP_MOVING},
    {ACTION_FIRST, "first", "g Home", "first", "the first row", 0, GROUP_MOVING},
    {ACTION_LAST, "last", "G End", "last", "the last row", 0, GROUP_MOVING},
    {ACTION_LEFT, "left", "Left", "left", "to the left", 0, GROUP_MOVING},
    {ACTION_RIGHT, "right", "Right", "right", "to the right", 0, GROUP_MOVING},
    {ACTION_OPEN, "open", "Enter l", "open",
     "open the row; on a workspace: show only its keys and members", ROW, GROUP_MOVING},
    {ACTION_VIEW, "view", "v F3", "view", "all about the row", ROW, GROUP_MOVING},
    {ACTION_BACK, "back", "Esc h", "back",
     "close the field; else stop the wait; else clear the filter; else go back", 0, GROUP_MOVING},
    {ACTION_ORGANISATIONS, "organisations", "1", "orgs", "the organisations (profiles)", 0,
     GROUP_PLACES},
    {ACTION_WORKSPACES, "workspaces", "2", "workspaces", "the workspaces", OPENED, GROUP_PLACES},
    {ACTION_MEMBERS, "members", "3", "members", "the people", OPENED, GROUP_PLACES},
    {ACTION_KEYS, "keys", "4", "keys", "the API keys", OPENED, GROUP_PLACES},
    {ACTION_NEXT_PANE, "next-pane", "Tab", "next", "the next list", 0, GROUP_PLACES},
    {ACTION_PREV_PANE, "previous-pane", "S-Tab", "previous", "the list before", 0, GROUP_PLACES},
    {ACTION_LAST_VIEW, "last-view", "-", "last view", "the list shown before this one", 0,
     GROUP_PLACES},
    {ACTION_NEXT_TAB, "next-tab", ".", "next tab", "the next tab of a detail", 0, GROUP_MOVING},
    {ACTION_PREV_TAB, "previous-tab", ",", "tab before", "the tab before", 0, GROUP_MOVING},
    {ACTION_FILTER, "filter", "/", "filter",
     "filter as you type: any part of a name or mask, column:value, !not", 0, GROUP_LIST},
    {ACTION_SORT, "sort", "s", "sort", "sort by the next column", 0, GROUP_LIST},
    {ACTION_SORT_REVERSE, "reverse", "S", "reverse", "turn the order round", 0, GROUP_LIST},
    {ACTION_COLUMNS, "columns", "c", "columns", "choose the columns", 0, GROUP_LIST},
    {ACTION_WIDE, "wide", "w", "wide", "all the room for the table, and back", 0, GROUP_LIST},
    {ACTION_MARK, "mark", "Space", "mark", "mark the row, or take the mark away", ROW, GROUP_LIST},
    {ACTION_MARK_ALL, "mark-all", "*", "mark all", "mark all rows shown", ROW, GROUP_LIST},
    {ACTION_MARK_NONE, "unmark", "u", "unmark", "take all marks away", 0, GROUP_LIST},
    {ACTION_COPY, "copy", "y", "copy",
     "copy: then y or i the id (of all marked rows), n name, m mask, c the command that shows it, j"
     " JSON, l the row; the clipboard cannot be cleared again",
     ROW, GROUP_RECORD},
    {ACTION_REFRESH, "refresh", "r ^R F5", "refresh", "read everything again", 0, GROUP_LIST},
    {ACTION_NEW, "new", "n F7 Ins", "new..",
     "a new key (in organisations: a new profile); nothing is sent before"
     " the review",
     0, GROUP_RECORD},
    {ACTION_REVOKE, "revoke", "X F8", "revoke..",
     "open the review of a revocation; nothing is sent before the"
     " typed phrase",
     ROW | ACTION_WRITES, GROUP_RECORD},
    {ACTION_ARM, "arm", "!", "arm", "let writes through for ten minutes, and end that", OPENED,
     GROUP_RECORD},
    {ACTION_LOGIN, "login", "", "log in..", "store another admin key as a profile", 0,
     GROUP_CONSOLE},
    {ACTION_LOGOUT, "logout", "", "log out..", "forget a profile and its key", 0, GROUP_CONSOLE},
    {ACTION_PALETTE, "palette", ": F2", "palette", "any act or command by name", 0, GROUP_CONSOLE},
    {ACTION_HELP, "help", "? F1", "help", "the keys of this view", 0, GROUP_CONSOLE},
    {ACTION_MOUSE, "mouse", "%", "mouse",
     "mouse on and off (off leaves selecting text to the terminal)", 0, GROUP_CONSOLE},
    {ACTION_REDRAW, "redraw", "^L", "redraw", "draw the screen again", 0, GROUP_CONSOLE},
    {ACTION_SUSPEND, "suspend", "^Z", "suspend", "back to the shell; fg returns", 0, GROUP_CONSOLE},
    {ACTION_QUIT, "quit", "q F10", "quit", "leave; in a detail q goes back", 0, GROUP_CONSOLE},
    {ACTION_NONE, "", "", "", "", 0, GROUP_CONSOLE},
};
#undef ROW
#undef OPENED

static const struct binding BINDINGS[] = {
    {UI_KEY_UP, 0, ACTION_UP},
    {UI_KEY_DOWN, 0, ACTION_DOWN},
    {UI_KEY_LEFT, 0, ACTION_LEFT},
    {UI_KEY_RIGHT, 0, ACTION_RIGHT},
    {UI_KEY_PAGE_UP, 0, ACTION_PAGE_UP},
    {UI_KEY_PAGE_DOWN, 0, ACTION_PAGE_DOWN},
    {UI_KEY_HOME, 0, ACTION_FIRST},
    {UI_KEY_END, 0, ACTION_LAST},
    {UI_KEY_ENTER, 0, ACTION_OPEN},
    {UI_KEY_ESC, 0, ACTION_BACK},
    {UI_KEY_TAB, 0, ACTION_NEXT_PANE},
    {UI_KEY_BACKTAB, 0, ACTION_PREV_PANE},
    {UI_KEY_INSERT, 0, ACTION_NEW},
    {UI_KEY_F, 1, ACTION_HELP},
    {UI_KEY_F, 2, ACTION_PALETTE},
    {UI_KEY_F, 3, ACTION_VIEW},
    {UI_KEY_F, 5, ACTION_REFRESH},
    {UI_KEY_F, 7, ACTION_NEW},
    {UI_KEY_F, 8, ACTION_REVOKE},
    {UI_KEY_F, 10, ACTION_QUIT},
    {UI_KEY_CTRL, 'd', ACTION_HALF_DOWN},
    {UI_KEY_CTRL, 'u', ACTION_HALF_UP},
    {UI_KEY_CTRL, 'r', ACTION_REFRESH},
    {UI_KEY_CTRL, 'l', ACTION_REDRAW},
    {UI_KEY_CTRL, 'z', ACTION_SUSPEND},
    {UI_KEY_CHAR, 0, ACTION_NONE},
};

static const struct letter LETTERS[] = {
    {"k", ACTION_UP},           {"j", ACTION_DOWN},          {"g", ACTION_FIRST},
    {"G", ACTION_LAST},         {"l", ACTION_OPEN},          {"h", ACTION_BACK},
    {"v", ACTION_VIEW},         {"1", ACTION_ORGANISATIONS}, {"2", ACTION_WORKSPACES},
    {"3", ACTION_MEMBERS},      {"4", ACTION_KEYS},          {"-", ACTION_LAST_VIEW},
    {".", ACTION_NEXT_TAB},     {",", ACTION_PREV_TAB},      {":", ACTION_PALETTE},
    {"/", ACTION_FILTER},       {" ", ACTION_MARK},          {"*", ACTION_MARK_ALL},
    {"u", ACTION_MARK_NONE},    {"c", ACTION_COLUMNS},       {"s", ACTION_SORT},
    {"S", ACTION_SORT_REVERSE}, {"w", ACTION_WIDE},          {"r", ACTION_REFRESH},
    {"n", ACTION_NEW},          {"X", ACTION_REVOKE},        {"y", ACTION_COPY},
    {"!", ACTION_ARM},          {"%", ACTION_MOUSE},         {"?", ACTION_HELP},
    {"q", ACTION_QUIT},         {NULL, ACTION_NONE},
};
