/* What an action or a palette line does: first the panes from the top down, then the console
 * itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "ui/ui_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

/* The question before leaving stands so long. */
#define QUIT_ASKED_MS 30000

static bool pane_can(const struct ui *ui, const struct pane *pane, enum action action, char *why,
                     size_t size)
{
    why[0] = '\0';
    return pane->ops->can != NULL && pane->ops->can(pane->self, ui, action, why, size);
}

/* What the console does itself while a dialog is open. */
static bool global_in_dialog(enum action action)
{
    switch (action) {
    case ACTION_HELP:
    case ACTION_REDRAW:
    case ACTION_SUSPEND:
    case ACTION_MOUSE:
    case ACTION_QUIT:
    case ACTION_ARM:
    case ACTION_BACK:
        return true;
    default:
        return false;
    }
}

static bool global_can(const struct ui *ui, enum action action, char *why, size_t size)
{
    const struct action_info *info = action_info(action);
    struct host_session session;

    why[0] = '\0';
    if (info == NULL || (ui_top_const(ui)->ops->modal && !global_in_dialog(action))) {
        return false;
    }
    ui_session(ui, &session);
    if ((info->needs & ACTION_NEEDS_SESSION) != 0 && session.phase == SESSION_NONE) {
        snprintf(why, size, "no organisation is open");
        return false;
    }
    switch (action) {
    case ACTION_REFRESH:
    case ACTION_ORGANISATIONS:
    case ACTION_WORKSPACES:
    case ACTION_MEMBERS:
    case ACTION_KEYS:
    case ACTION_NEXT_PANE:
    case ACTION_PREV_PANE:
    case ACTION_LAST_VIEW:
    case ACTION_PALETTE:
    case ACTION_LOGIN:
    case ACTION_LOGOUT:
        return true;
    case ACTION_BACK:
        return ui->depth > 0 || ui->workspace[0] != '\0' || ui->user[0] != '\0';
    default:
        return global_in_dialog(action);
    }
}

bool ui_can(const struct ui *ui, enum action action, char *why, size_t size)
{
    for (size_t i = ui->depth + 1; i > 0; i--) {
        const struct pane *pane = i == 1 ? &ui->bases[ui->base] : &ui->stack[i - 2];

        if (i == 1 && ui->depth > 0) {
            break;
        }
        if (pane_can(ui, pane, action, why, size)) {
            return true;
        }
        if (why[0] != '\0') {
            return false;
        }
        if (pane->ops->modal || pane->ops->full_screen) {
            break;
        }
    }
    return global_can(ui, action, why, size);
}

static size_t marked(const struct ui *ui)
{
    size_t count = 0;

    for (int i = 0; i < BASE_COUNT; i++) {
        const struct pane *pane = &ui->bases[i];

        count += pane->ops->marked == NULL ? 0 : pane->ops->marked(pane->self);
    }
    return count;
}

/* Leaves, or asks first while a write runs or marks would be lost. */
static void leave(struct ui *ui)
{
    struct host_session session;
    int64_t asked = ui->quit_asked_at;
    size_t marks = marked(ui);

    ui_session(ui, &session);
    if ((session.writing[0] == '\0' && marks == 0) ||
        (asked != TIME_NONE && ui_now(ui) - asked < QUIT_ASKED_MS)) {
        ui->requests.quit = true;
        return;
    }
    ui->quit_asked_at = ui_now(ui);
    if (session.writing[0] == '\0') {
        ui_message(ui, true, "%zu marked row%s would be lost. The same again leaves.", marks,
                   marks == 1 ? "" : "s");
        return;
    }
    ui_message(ui, true,
               "%s. Leaving waits for its end, and the terminal says then what became of it. The "
               "same again leaves.",
               session.writing);
}

/* Esc at the lists: the narrowing goes, one step at a time. */
static void widen(struct ui *ui)
{
    enum ui_base from = ui->came_from;

    if (ui->user[0] != '\0') {
        ui_narrow_user(ui, NULL);
        ui_message(ui, false, "All people again.");
    } else if (ui->workspace[0] != '\0') {
        ui_narrow_workspace(ui, NULL);
        ui_message(ui, false, "All workspaces again.");
    }
    if (from != BASE_COUNT) {
        ui_go(ui, from);
    }
}

static void go_round(struct ui *ui, int step)
{
    enum ui_base to = (enum ui_base)(((int)ui->base + step + BASE_COUNT) % BASE_COUNT);

    ui_go(ui, to);
}

static void refresh(struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    /* What goes on is told by the state line, and no older sentence hides it. */
    ui_message(ui, false, "%s", "");
    if (session.phase == SESSION_FAILED || session.loading) {
        ui->host->ops->retry_now(ui->host->ctx);
    } else {
        ui->host->ops->refresh(ui->host->ctx);
    }
}

static void global_act(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_ORGANISATIONS:
        ui_go(ui, BASE_ORGANISATIONS);
        break;
    case ACTION_WORKSPACES:
        ui_go(ui, BASE_WORKSPACES);
        break;
    case ACTION_MEMBERS:
        ui_go(ui, BASE_MEMBERS);
        break;
    case ACTION_KEYS:
        ui_go(ui, BASE_KEYS);
        break;
    case ACTION_NEXT_PANE:
        go_round(ui, 1);
        break;
    case ACTION_PREV_PANE:
        go_round(ui, -1);
        break;
    case ACTION_LAST_VIEW:
        ui_go(ui, ui->last_base);
        break;
    case ACTION_BACK:
        if (ui->depth > 0) {
            ui_close_top(ui);
        } else {
            widen(ui);
        }
        break;
    case ACTION_REFRESH:
        refresh(ui);
        break;
    case ACTION_PALETTE:
        ui_push(ui, view_palette_new(ui));
        break;
    case ACTION_HELP:
        ui_push(ui, view_help_new(ui, ui_top(ui)->ops));
        break;
    case ACTION_LOGIN:
        ui_push(ui, view_login_new(ui));
        break;
    case ACTION_LOGOUT:
        ui_push(ui, view_logout_new(ui, ui->profile));
        break;
    case ACTION_ARM:
        view_arm(ui);
        break;
    case ACTION_MOUSE:
        ui->requests.toggle_mouse = true;
        break;
    case ACTION_REDRAW:
        ui->requests.redraw = true;
        break;
    case ACTION_SUSPEND:
        ui->requests.suspend = true;
        break;
    case ACTION_QUIT:
        leave(ui);
        break;
    default:
        break;
    }
}

/* True when the pane took it. */
static bool pane_act(struct ui *ui, struct pane pane, enum action action)
{
    enum pane_result result = PANE_IGNORED;

    if (pane.ops->act != NULL) {
        ui->running++;
        result = pane.ops->act(pane.self, ui, action);
        ui->running--;
    }
    if (result == PANE_CLOSE) {
        ui_close(ui, pane.self);
    }
    return result != PANE_IGNORED;
}

void ui_run(struct ui *ui, enum action action)
{
    char why[256];
    struct pane top = *ui_top(ui);

    if (!ui_can(ui, action, why, sizeof(why))) {
        const struct action_info *info = action_info(action);

        if (why[0] != '\0' && info != NULL) {
            ui_message(ui, true, "%s: %s.", info->name, why);
        }
        return;
    }
    if (pane_can(ui, &top, action, why, sizeof(why)) && pane_act(ui, top, action)) {
        ui_bury(ui);
        return;
    }
    if (global_can(ui, action, why, sizeof(why))) {
        ui->running++;
        global_act(ui, action);
        ui->running--;
    }
    ui_bury(ui);
}

/* -- palette lines -- */

static bool go_by_name(struct ui *ui, const char *rest)
{
    static const char *const NAMES[BASE_COUNT] = {"organisations", "workspaces", "members", "keys"};

    for (int i = 0; i < BASE_COUNT; i++) {
        if (strcmp(rest, NAMES[i]) == 0) {
            ui_go(ui, (enum ui_base)i);
            return true;
        }
    }
    ui_message(ui, true,
               "go: there is no list called \"%s\", but organisations, workspaces, members"
               " and keys.",
               rest);
    return true;
}

static void open_workspace(struct ui *ui, const char *rest)
{
    struct inventory *inv = ui_inventory(ui);
    char id[ID_TEXT_SIZE];
    int row;

    if (rest[0] == '\0' || strcmp(rest, "all") == 0) {
        ui_narrow_workspace(ui, NULL);
        ui_message(ui, false, "All workspaces again.");
        return;
    }
    row = inv == NULL ? -1 : inventory_find_workspace_text(inv, rest);
    if (row < 0) {
        ui_message(ui, true,
                   row == -2 ? "Several workspaces are called %s: give the slug or the id."
                             : "No workspace %s is known here.",
                   rest);
        return;
    }
    ui_show_workspace(ui, inventory_id_text(inv, inv->workspaces[row].id, id));
}

/* The keys that a text may mean. */
struct meant {
    size_t by_name, by_mask, whole; /* how many; whole: called exactly so */
    size_t row, whole_row;          /* one of them */
};

static struct meant keys_meant(const struct inventory *inv, const char *text)
{
    struct meant out = {0};

    for (size_t i = 0; i < inv->key_count; i++) {
        const char *name = inventory_clean(inv, inv->keys[i].name);
        const char *mask = arena_text(&inv->arena, inv->keys[i].mask);

        if (text_contains(name, text)) {
            out.by_name++;
            out.row = i;
        } else if (mask != NULL && text_contains(mask, text)) {
            out.by_mask++;
            out.row = i;
        }
        if (text_casecmp(name, text) == 0) {
            out.whole++;
            out.whole_row = i;
        }
    }
    return out;
}

static void list_keys_meant(struct ui *ui, const struct meant *meant, const char *text)
{
    struct pane *list = &ui->bases[BASE_KEYS];
    char *filter = xasprintf("%s\"%s\"",
                             meant->by_mask == 0   ? "name:"
                             : meant->by_name == 0 ? "mask:"
                                                   : "",
                             text);

    ui_narrow_workspace(ui, NULL);
    ui_narrow_user(ui, NULL);
    ui_go(ui, BASE_KEYS);
    list->ops->command(list->self, ui, "filter", filter);
    ui_message(ui, false, "%zu keys have %s in their name or mask. Esc shows all.",
               meant->by_name + meant->by_mask, text);
    free(filter);
}

/* By id, by name, by a part of the name or the mask; where that means several, the list has them.
 */
static void open_key(struct ui *ui, const char *rest)
{
    struct inventory *inv = ui_inventory(ui);
    struct meant meant = {0};
    char id[ID_TEXT_SIZE];

    if (inv != NULL && inventory_find_key(inv, inventory_find_id(inv, rest)) >= 0) {
        ui_push(ui, view_key_new(ui, rest));
        return;
    }
    if (inv != NULL && rest[0] != '\0') {
        meant = keys_meant(inv, rest);
    }
    if (meant.whole == 1 || meant.by_name + meant.by_mask == 1) {
        size_t row = meant.whole == 1 ? meant.whole_row : meant.row;

        ui_push(ui, view_key_new(ui, inventory_id_text(inv, inv->keys[row].id, id)));
    } else if (meant.by_name + meant.by_mask > 1) {
        list_keys_meant(ui, &meant, rest);
    } else {
        ui_message(ui, true, "No key here has \"%s\" as its id or in its name or mask.", rest);
    }
}

static void open_member(struct ui *ui, const char *rest)
{
    struct inventory *inv = ui_inventory(ui);
    int row = inv == NULL ? -1 : inventory_find_user_text(inv, rest);
    char id[ID_TEXT_SIZE];

    if (row < 0) {
        ui_message(ui, true, "Nobody here has the id or mail address \"%s\".", rest);
        return;
    }
    ui_push(ui, view_member_new(ui, inventory_id_text(inv, inv->users[row].id, id)));
}

static bool console_command(struct ui *ui, const char *verb, const char *rest)
{
    if (strcmp(verb, "go") == 0) {
        return go_by_name(ui, rest);
    }
    if (strcmp(verb, "workspace") == 0) {
        open_workspace(ui, rest);
    } else if (strcmp(verb, "key") == 0) {
        open_key(ui, rest);
    } else if (strcmp(verb, "member") == 0) {
        open_member(ui, rest);
    } else if (strcmp(verb, "profile") == 0) {
        ui->host->ops->open_profile(ui->host->ctx, rest);
    } else if (strcmp(verb, "logout") == 0 && rest[0] != '\0') {
        ui_push(ui, view_logout_new(ui, rest));
    } else if (strcmp(verb, "q") == 0) {
        leave(ui);
    } else {
        return false;
    }
    return true;
}

static void run_line(struct ui *ui, const char *verb, const char *rest)
{
    enum action action = action_find(verb);
    struct pane *list = &ui->bases[ui->base];

    if (rest[0] == '\0' && action != ACTION_NONE) {
        ui_run(ui, action);
        return;
    }
    if (ui->depth == 0 && list->ops->command != NULL &&
        list->ops->command(list->self, ui, verb, rest)) {
        return;
    }
    if (!console_command(ui, verb, rest)) {
        ui_message(ui, true, "There is no act or command called \"%s\": the palette lists all.",
                   verb);
    }
}

void ui_command(struct ui *ui, const char *line)
{
    char *verb;
    size_t len;

    line += strspn(line, " ");
    len = strcspn(line, " ");
    if (len == 0) {
        return;
    }
    verb = xstrndup(line, len);
    line += len;
    line += strspn(line, " ");
    ui->running++;
    if (ui_top(ui)->ops->modal) {
        ui_message(ui, true, "Close this first: Esc.");
    } else {
        run_line(ui, verb, line);
    }
    ui->running--;
    free(verb);
    ui_bury(ui);
    ui_work(ui, 0);
}
