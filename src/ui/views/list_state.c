/* What is known of a list, in words. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/access.h"
#include "ui/views/list_internal.h"

#include "base/banned.h"

static void add_age(const struct list_state *state, int64_t now, struct buf *out)
{
    char span[TIME_TEXT_SIZE];

    if (state->loaded_at == TIME_NONE) {
        return;
    }
    ui_age_text(now - state->loaded_at, span);
    buf_addf(out, ", read %s ago", span);
}

static void add_why(const struct list_state *state, struct buf *out)
{
    buf_addf(out, "%s%s", state->why[0] == '\0' ? "" : " ", state->why);
}

static bool complete_words(const struct inventory *inv, enum list_kind list, const char *noun,
                           int64_t now, struct buf *out)
{
    const struct list_state *state = &inv->lists[list];
    char why[INVENTORY_WHY_SIZE];
    int64_t all = state->total >= 0 ? state->total : (int64_t)state->counted;
    bool held = list != LIST_KEYS || inventory_keys_held(inv, why, sizeof(why));

    buf_addf(out, "%zu", state->counted);
    if (!held) {
        buf_adds(out, " of ?");
    } else if (state->total >= 0) {
        buf_addf(out, " of %lld", (long long)state->total);
    }
    /* "1 of 1 key" */
    buf_addf(out, " %s", all == 1 && held ? table_one_of(noun) : noun);
    add_age(state, now, out);
    buf_addc(out, '.');
    if (list == LIST_KEYS && !inventory_keys_complete(inv, why, sizeof(why))) {
        buf_addf(out, " %s", why);
        return true;
    }
    if (list != LIST_KEYS && inventory_unread_rows(inv, list) > 0) {
        buf_addc(out, ' ');
        inventory_unread_words(inv, list, out);
        return true;
    }
    return false;
}

/* What the sentence guesses to be missing may be held: then it is something else. */
static bool held_words(const struct inventory *inv, const char *scope, struct buf *out)
{
    bool held = inv->own_key >= 0 && scope[0] != '\0' &&
                scope_set_has_name(&inv->keys[inv->own_key].scopes, scope);

    if (held) {
        buf_addf(out, " Your key holds %s: the reason is another.", scope);
    }
    return held;
}

void list_refused_words(const struct inventory *inv, const char *what, const char *why,
                        const char *scope, struct buf *out)
{
    if (why != NULL && why[0] != '\0') {
        buf_adds(out, why);
        (void)held_words(inv, scope, out);
        return;
    }
    buf_addf(out, "The server refused the %s.", what);
    if (!held_words(inv, scope, out) && scope[0] != '\0') {
        buf_addf(out, " Your key likely lacks %s.", scope);
    }
}

bool list_state_words(const struct inventory *inv, enum list_kind list, const char *noun,
                      int64_t now, struct buf *out)
{
    const struct list_state *state = &inv->lists[list];

    switch (state->progress) {
    case PROGRESS_NEVER:
        buf_addf(out, "The %s were not asked for yet: r reads them.", noun);
        return false;
    case PROGRESS_LOADING:
        buf_addf(out, "Loading %s: %zu", noun, state->counted);
        if (state->total >= 0) {
            buf_addf(out, " of %lld", (long long)state->total);
        }
        buf_adds(out, " so far.");
        return false;
    case PROGRESS_COMPLETE:
        return complete_words(inv, list, noun, now, out);
    case PROGRESS_PARTIAL:
        if (state->counted == 0) {
            buf_addf(out, "No %s were read.", noun);
            add_why(state, out);
            return true;
        }
        buf_addf(out, "Not all %s: %zu", noun, state->counted);
        if (state->total >= 0) {
            buf_addf(out, " of %lld", (long long)state->total);
        }
        add_age(state, now, out);
        buf_addc(out, '.');
        add_why(state, out);
        (void)held_words(inv, state->scope, out);
        buf_adds(out, " r tries again.");
        return true;
    case PROGRESS_REFUSED:
        list_refused_words(inv, noun, state->why, state->scope, out);
        return true;
    case PROGRESS_FAILED:
        buf_addf(out, "The %s could not be read.", noun);
        add_why(state, out);
        buf_adds(out, " r tries again.");
        return true;
    }
    return false;
}

/* What is under way and what went wrong stand in the state line: here is what can be done. */
static void session_words(const struct host_session *session, struct buf *out)
{
    switch (session->phase) {
    case SESSION_NONE:
        buf_adds(out, "No organisation is open: 1 lists the profiles.");
        break;
    case SESSION_KEY:
        buf_addf(out, "Waiting for the admin key of %s.", session->profile);
        break;
    case SESSION_ASK:
        buf_addf(out, "The admin key of %s has to be typed.", session->profile);
        break;
    case SESSION_FAILED:
        buf_addf(out,
                 "%s is not open, for the reason below. r tries again; 1 lists the profiles, where "
                 "n takes its key anew: typed, from the keyring, a command or a file.",
                 session->profile);
        break;
    case SESSION_OPEN:
        buf_adds(out, "Nothing was read yet.");
        break;
    }
}

/* The members of one workspace that were refused are not "none". */
static bool refused_here(const struct ui *ui, const struct inventory *inv, struct buf *out)
{
    int row =
        ui_workspace(ui)[0] == '\0' ? -1 : inventory_find_workspace_text(inv, ui_workspace(ui));
    const struct member_state *state;

    if (row < 0 || inv->member_states == NULL) {
        return false;
    }
    state = &inv->member_states[row];
    if (state->progress != PROGRESS_REFUSED && state->progress != PROGRESS_FAILED) {
        return false;
    }
    if (state->progress == PROGRESS_REFUSED) {
        list_refused_words(inv, "members", arena_text(&inv->arena, state->why), state->scope, out);
    } else {
        const char *why = arena_text(&inv->arena, state->why);

        buf_addf(out, "The members of %s could not be read. %s", ui_workspace_name(ui),
                 why == NULL ? "" : why);
    }
    return true;
}

/* That there is no key is a finding only where all that could be among the rows was seen and
 * understood; else why it is none. In a narrowed list other kinds may be hidden. */
static bool may_hide_keys(const struct ui *ui, const struct inventory *inv, char *why, size_t size)
{
    const struct list_state *state = &inv->lists[LIST_KEYS];
    bool narrowed = ui_user(ui)[0] != '\0' || ui_workspace(ui)[0] != '\0';
    bool counts = state->total < 0 || (uint64_t)state->total == state->counted;
    bool placed = (inventory_unread(inv, LIST_KEYS) & (UNREAD_WORKSPACE | UNREAD_OWNER)) == 0;

    if (inventory_keys_complete(inv, why, size)) {
        return false;
    }
    return !narrowed || !counts || !placed || !inventory_kind_known(inv, KEY_WORKSPACE_USER) ||
           (ui_user(ui)[0] == '\0' && !inventory_kind_known(inv, KEY_WORKSPACE_SERVICE));
}

static void no_key_words(const struct ui *ui, const char *why, struct buf *out)
{
    bool user = ui_user(ui)[0] != '\0', workspace = ui_workspace(ui)[0] != '\0';

    buf_addf(out, "No keys%s%s%s%s came, but there may be some. %s", user ? " of " : "",
             user ? ui_user_name(ui) : "", workspace ? " in " : "",
             workspace ? ui_workspace_name(ui) : "", why);
    if (user || workspace) {
        buf_addf(out, " Esc shows %s.", user ? "those of everybody" : "all workspaces");
    }
}

void list_empty_words(const struct ui *ui, const struct list_kind_ops *kind, enum list_kind list,
                      struct buf *out)
{
    const struct inventory *inv = ui_inventory(ui);
    char why[INVENTORY_WHY_SIZE];
    struct host_session session;
    const struct list_state *state;

    if (inv == NULL) {
        ui_session(ui, &session);
        session_words(&session, out);
        return;
    }
    if (kind->list == LIST_USERS && refused_here(ui, inv, out)) {
        return;
    }
    state = &inv->lists[list];
    if (state->progress != PROGRESS_COMPLETE) {
        list_state_words(inv, list, kind->noun, ui_now(ui), out);
    } else if (list == LIST_KEYS && may_hide_keys(ui, inv, why, sizeof(why))) {
        no_key_words(ui, why, out);
    } else if (ui_user(ui)[0] != '\0' && kind->list == LIST_KEYS) {
        buf_addf(out, "%s has no keys%s%s. Esc shows those of everybody.", ui_user_name(ui),
                 ui_workspace(ui)[0] == '\0' ? "" : " in ", ui_workspace_name(ui));
    } else if (ui_workspace(ui)[0] != '\0' && kind->list != LIST_WORKSPACES) {
        buf_addf(out, "%s has no %s: asked, and none came. Esc shows all workspaces.",
                 ui_workspace_name(ui), kind->list == LIST_USERS ? "members" : kind->noun);
    } else {
        buf_adds(out, kind->empty);
    }
}

bool list_can_create(const struct inventory *inv, char *why, size_t size)
{
    const char *missing = "";

    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        if (access_may(inv, endpoint_create((enum key_kind)kind), (enum key_kind)kind, &missing) !=
            ANSWER_NO) {
            return true;
        }
    }
    snprintf(why, size, "your key needs %s, or that of another kind", missing);
    return false;
}

bool list_can_revoke(const struct inventory *inv, size_t row, char *why, size_t size)
{
    const char *missing = "";

    if (access_may(inv, ENDPOINT_DELETE_KEY, (enum key_kind)inv->keys[row].kind, &missing) ==
        ANSWER_NO) {
        snprintf(why, size, "your key needs %s", missing);
        return false;
    }
    return true;
}
