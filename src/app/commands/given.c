#include "app/commands/given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/flags.h"

#include "base/banned.h"

#define UUID_LENGTH 36

struct answer {
    struct app *app;
    bool done, ok, whole;
    struct err err;
};

static void on_given(void *ctx, const struct api_given *given)
{
    struct answer *answer = ctx;

    answer->done = true;
    answer->ok = given->ok;
    answer->whole = given->whole;
    answer->err = *given->err;
}

static bool is_over(void *ctx)
{
    const struct answer *answer = ctx;

    return answer->done || app_asked_to_wait(answer->app, NULL);
}

/* False when nothing came to go on with: *err says why. That it is refused is an answer: the key
 * may use what it may not read. */
static bool wait_for(api_ticket ticket, struct answer *answer, struct err *err)
{
    struct app *app = answer->app;

    app_wait(app, is_over, answer);
    if (!answer->done) {
        api_cancel(session_client(app->session), ticket);
        (void)app_asked_to_wait(app, err);
        return false;
    }
    if (answer->ok || (answer->err.source != ERR_FROM_BETWEEN &&
                       (answer->err.kind == ERR_GONE || answer->err.kind == ERR_FORBIDDEN ||
                        answer->err.kind == ERR_REFUSED))) {
        return true;
    }
    *err = answer->err;
    return false;
}

static bool not_found(const char *what, const char *name, const char *where, struct err *err)
{
    char *text = flags_quoted(name, strlen(name));

    err_set(err, ERR_GONE, "There is %s \"%s\" in %s.", what, text, where);
    free(text);
    return false;
}

static bool is_uuid(const char *text)
{
    return strlen(text) == UUID_LENGTH && strspn(text, "0123456789abcdefABCDEF-") == UUID_LENGTH;
}

static bool give(const char *flag, const char *text, char *out, size_t size, struct err *err)
{
    if (strlen(text) >= size) {
        return err_set(err, ERR_INVALID, "--%s is longer than %zu bytes.", flag, size - 1);
    }
    memcpy(out, text, strlen(text) + 1);
    return true;
}

/* The list of those in use has no archived one, and a read by id does not tell that it is one: the
 * list of the archived ones does. That it cannot be had holds nothing up; false only when the wait
 * for it was ended. *whole: all of them with this name (NULL: any) came. */
static bool look_among_archived(struct app *app, const char *name, bool *whole, struct err *err)
{
    struct answer answer = {.app = app};
    struct err why = {0};

    if (!wait_for(api_find_workspace(session_client(app->session), session_inventory(app->session),
                                     name, true, on_given, &answer),
                  &answer, &why)) {
        if (!answer.done) {
            *err = why;
            return false;
        }
    }
    *whole = answer.ok && answer.whole;
    return true;
}

/* row: as inventory_find_workspace_text has it. */
static bool status_told(const struct inventory *inv, int row)
{
    return row >= 0 && inv->workspaces[row].status != STR_NONE;
}

bool given_workspace(struct app *app, const char *workspace, char *out, size_t size,
                     struct err *err)
{
    struct api_client *client = session_client(app->session);
    struct inventory *inv = session_inventory(app->session);
    struct answer answer = {.app = app};
    bool by_id = is_uuid(workspace) || strncmp(workspace, "ws-", 3) == 0, whole = true;
    char id[ID_TEXT_SIZE];
    int row;

    if (!wait_for(by_id ? api_read_workspace(client, inv, workspace, on_given, &answer)
                        : api_find_workspace(client, inv, workspace, false, on_given, &answer),
                  &answer, err)) {
        return false;
    }
    row = inventory_find_workspace_text(inv, workspace);
    if (row != -2 && !status_told(inv, row)) {
        const char *name =
            by_id ? row < 0 ? NULL : inventory_raw(inv, inv->workspaces[row].name) : workspace;

        if (!look_among_archived(app, name, &whole, err)) {
            return false;
        }
        row = inventory_find_workspace_text(inv, workspace);
    }
    if (row == -2) {
        return err_set(err, ERR_REFUSED,
                       "Several workspaces have this name: give the slug or the id.");
    }
    if (row < 0 && !by_id && answer.ok) {
        return !answer.whole ? err_set(err, ERR_REFUSED,
                                       "Too many workspaces have that in their names: give the "
                                       "slug or the id.")
                             : not_found("no workspace", workspace,
                                         whole ? "what this key can list"
                                               : "what this key can list; whether one that is "
                                                 "archived has this name could not be read",
                                         err);
    }
    return give("workspace",
                row < 0 ? workspace : inventory_id_text(inv, inv->workspaces[row].id, id), out,
                size, err);
}

/* Is the person a member? Only a whole answer without them says no. */
static bool check_member(struct app *app, const char *workspace, const struct user_row *user,
                         struct err *err)
{
    struct inventory *inv = session_inventory(app->session);
    const char *mail = inventory_raw(inv, user->email);
    struct answer answer = {.app = app};
    struct id place = inventory_find_id(inv, workspace);

    if (mail == NULL || inventory_find_workspace(inv, place) < 0) {
        return true;
    }
    if (!wait_for(
            api_find_member(session_client(app->session), inv, workspace, mail, on_given, &answer),
            &answer, err)) {
        return false;
    }
    if (!answer.ok || !answer.whole || inventory_find_member(inv, place, user->id) >= 0) {
        return true;
    }
    return err_set(err, ERR_INVALID, "--owner: the owner is not a member of this workspace.");
}

bool given_owner(struct app *app, const char *owner, const char *workspace, char *out, size_t size,
                 struct err *err)
{
    struct api_client *client = session_client(app->session);
    struct inventory *inv = session_inventory(app->session);
    struct answer answer = {.app = app};
    bool by_mail = strchr(owner, '@') != NULL;
    char id[ID_TEXT_SIZE];
    int row;

    if (!wait_for(by_mail ? api_find_user(client, inv, owner, on_given, &answer)
                          : api_read_user(client, inv, owner, on_given, &answer),
                  &answer, err)) {
        return false;
    }
    row = inventory_find_user_text(inv, owner);
    if (row < 0 && by_mail && answer.ok && answer.whole) {
        return not_found("nobody with the id or mail address", owner, "the organisation", err);
    }
    if (row >= 0 && !check_member(app, workspace, &inv->users[row], err)) {
        return false;
    }
    return give("owner", row < 0 ? owner : inventory_id_text(inv, inv->users[row].id, id), out,
                size, err);
}

static void on_page(void *ctx, const struct api_keys *keys)
{
    struct answer *answer = ctx;

    answer->done = true;
    answer->ok = keys->ok;
    answer->err = keys->err;
}

bool given_time(struct app *app, struct err *err)
{
    struct api_client *client = session_client(app->session);
    struct answer answer = {.app = app};
    int64_t skew;

    if (!api_server_skew(client, &skew) &&
        !wait_for(api_keys_page(client, NULL, on_page, &answer), &answer, err)) {
        return false;
    }
    app_tick(app);
    return true;
}
