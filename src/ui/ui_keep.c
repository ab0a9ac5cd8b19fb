/* What the console keeps for its panes: what the lists are narrowed to, the message, the reason of
 * a revocation, what the terminal is to do. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "ui/ui_internal.h"

#include "base/banned.h"

/* A sentence of the host stays at least this long, whatever is typed. */
#define MESSAGE_MS 4000

const char *ui_workspace(const struct ui *ui)
{
    return ui->workspace;
}

const char *ui_workspace_name(const struct ui *ui)
{
    return ui->workspace_name;
}

const char *ui_user(const struct ui *ui)
{
    return ui->user;
}

const char *ui_user_name(const struct ui *ui)
{
    return ui->user_name;
}

void ui_narrow_workspace(struct ui *ui, const char *id)
{
    struct inventory *inv = ui_inventory(ui);
    const char *name = "";

    id = id == NULL ? "" : id;
    if (id[0] != '\0' && inv != NULL) {
        int row = inventory_find_workspace_text(inv, id);

        name = row >= 0 ? inventory_workspace_name(inv, &inv->workspaces[row]) : id;
    }
    xreplace(&ui->workspace_name, name);
    xreplace(&ui->workspace, id);
}

void ui_narrow_user(struct ui *ui, const char *id)
{
    struct inventory *inv = ui_inventory(ui);
    char name[256];

    snprintf(name, sizeof(name), "%s", id == NULL ? "" : id);
    if (name[0] != '\0' && inv != NULL) {
        int row = inventory_find_user_text(inv, id);

        if (row >= 0) {
            char out[256];

            snprintf(name, sizeof(name), "%s",
                     inventory_user_name(inv, &inv->users[row], out, sizeof(out)));
        }
    }
    xreplace(&ui->user_name, name);
    xreplace(&ui->user, id == NULL ? "" : id);
}

/* To the keys; Esc leads back to the list, where the row is still chosen. */
static void from_list(struct ui *ui, enum ui_base list)
{
    bool there = ui->base == list;

    ui_go(ui, BASE_KEYS);
    ui->came_from = there ? list : BASE_COUNT;
}

void ui_show_workspace(struct ui *ui, const char *id)
{
    ui_narrow_user(ui, NULL);
    ui_narrow_workspace(ui, id);
    from_list(ui, BASE_WORKSPACES);
    ui_message(ui, false, "Only %s: its keys and members. Esc shows all workspaces.",
               ui->workspace_name);
}

void ui_show_user(struct ui *ui, const char *id)
{
    ui_narrow_workspace(ui, NULL);
    ui_narrow_user(ui, id);
    from_list(ui, BASE_MEMBERS);
    ui_message(ui, false, "Only the keys of %s. Esc shows those of everybody.", ui->user_name);
}

void ui_message(struct ui *ui, bool bad, const char *format, ...)
{
    va_list args;

    free(ui->message);
    va_start(args, format);
    ui->message = xvasprintf(format, args);
    va_end(args);
    ui->message_bad = bad;
    ui->message_by_key = ui->running > 0;
    ui->message_at = ui_now(ui);
}

void ui_fade_message(struct ui *ui)
{
    if (ui->message_by_key || ui_now(ui) - ui->message_at >= MESSAGE_MS) {
        xreplace(&ui->message, "");
    }
}

void ui_keep_reason(struct ui *ui, const char *key_id, const char *reason)
{
    xreplace(&ui->reason_of, key_id);
    xreplace(&ui->reason, reason);
}

const char *ui_kept_reason(const struct ui *ui, const char *key_id)
{
    return strcmp(ui->reason_of, key_id) == 0 ? ui->reason : "";
}

void ui_copy(struct ui *ui, const char *text, bool secret)
{
    if (ui->requests.clipboard != NULL) {
        secret_wipe(ui->requests.clipboard, strlen(ui->requests.clipboard));
        free(ui->requests.clipboard);
    }
    ui->requests.clipboard = xstrdup(text);
    ui_message(
        ui, false,
        secret ? "Sent to the clipboard, if the terminal allows it. It cannot be cleared from here."
               : COPIED "%.200s",
        text);
}

void ui_take_requests(struct ui *ui, struct ui_requests *out)
{
    *out = ui->requests;
    ui->requests = (struct ui_requests){0};
}
