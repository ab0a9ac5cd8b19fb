/* Choosing a workspace, an owner, a preset among what there is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/picker.h"
#include "ui/views/create_internal.h"

#include "base/banned.h"

static const char *text_or(const struct inventory *inv, str_ref ref, const char *otherwise)
{
    const char *text = ref == STR_NONE ? NULL : arena_text(&inv->arena, ref);

    return text == NULL ? otherwise : text;
}

bool create_workspaces_known(const struct ui *ui)
{
    const struct inventory *inv = ui_inventory(ui);

    return inv != NULL && inv->workspace_count > 0;
}

static int workspace_row(const struct create *create)
{
    const struct inventory *inv = ui_inventory(create->ui);

    if (inv == NULL || create->draft.workspace[0] == '\0') {
        return -1;
    }
    return inventory_find_workspace_text(inv, create->draft.workspace);
}

void create_workspace_words(const struct create *create, struct buf *out)
{
    const struct inventory *inv = ui_inventory(create->ui);
    int row = workspace_row(create);

    if (row < 0) {
        char *clean = text_cleaned(create->draft.workspace);

        buf_adds(out, clean);
        free(clean);
        return;
    }
    buf_addf(out, "%s  %s", inventory_workspace_name(inv, &inv->workspaces[row]),
             text_or(inv, inv->workspaces[row].slug, ""));
}

/* What was picked is done: what is typed next is meant for the next field. */
static void picked(struct create *create, enum draft_field field)
{
    create_changed(create, field);
    create_build(create);
    form_focus_next(create->form);
}

/* -- workspace -- */

static void workspace_chosen(void *ctx, const char *id)
{
    struct create *create = ctx;

    snprintf(create->draft.workspace, sizeof(create->draft.workspace), "%s", id);
    picked(create, DRAFT_WORKSPACE);
}

void create_pick_workspace(struct create *create)
{
    const struct inventory *inv = ui_inventory(create->ui);
    struct pane pane = picker_new("Workspace", "There is no workspace that your key can list.",
                                  workspace_chosen, create);

    for (size_t i = 0; inv != NULL && i < inv->workspace_count; i++) {
        const struct workspace_row *row = &inv->workspaces[i];
        char id[ID_TEXT_SIZE], detail[160];

        if (row->archived) {
            continue;
        }
        snprintf(detail, sizeof(detail), "%-18s %s", text_or(inv, row->slug, "?"),
                 inventory_id_text(inv, row->id, id));
        picker_add(pane, inventory_id_text(inv, row->id, id), inventory_workspace_name(inv, row),
                   detail);
    }
    picker_select(pane, create->draft.workspace);
    picker_type(pane, create->typed);
    ui_push(create->ui, pane);
}

/* -- owner -- */

bool create_members_known(const struct create *create, char *why, size_t size)
{
    const struct inventory *inv = ui_inventory(create->ui);
    int row = workspace_row(create);
    const struct member_state *state;

    if (row < 0) {
        if (create->draft.workspace[0] == '\0' && create_workspaces_known(create->ui)) {
            return true; /* the picker says to choose the workspace first */
        }
        snprintf(why, size, "The members of this workspace are not known: type the user's id.");
        return false;
    }
    state = &inv->member_states[row];
    if (state->progress == PROGRESS_REFUSED) {
        snprintf(why, size,
                 "The members of this workspace could not be read (needs %s): type the user's id.",
                 state->scope[0] == '\0' ? "workspace_users.list" : state->scope);
        return false;
    }
    if (state->progress == PROGRESS_FAILED || state->progress == PROGRESS_NEVER) {
        snprintf(why, size, "The members of this workspace could not be read: type the user's id.");
        return false;
    }
    return true;
}

static void member_name(const struct inventory *inv, const struct member_row *member, char *out,
                        size_t size)
{
    int user = inventory_find_user(inv, member->user_id);
    const char *first = inventory_clean(inv, member->first_name);
    const char *last = inventory_clean(inv, member->last_name);
    char id[ID_TEXT_SIZE];

    if (user >= 0) {
        inventory_user_name(inv, &inv->users[user], out, size);
    } else if (first[0] != '\0' || last[0] != '\0') {
        snprintf(out, size, "%s%s%s", first, first[0] != '\0' && last[0] != '\0' ? " " : "", last);
    } else {
        snprintf(out, size, "%s", inventory_id_text(inv, member->user_id, id));
    }
}

static const char *member_mail(const struct inventory *inv, const struct member_row *member)
{
    int user = inventory_find_user(inv, member->user_id);

    return user >= 0 ? inventory_clean(inv, inv->users[user].email)
                     : inventory_clean(inv, member->email);
}

void create_owner_words(const struct create *create, struct buf *out)
{
    const struct inventory *inv = ui_inventory(create->ui);
    int user = inv == NULL || create->draft.owner[0] == '\0'
                   ? -1
                   : inventory_find_user_text(inv, create->draft.owner);
    int row = workspace_row(create);
    int member;
    char name[256];

    if (user >= 0) {
        const char *mail = inventory_clean(inv, inv->users[user].email);

        inventory_user_name(inv, &inv->users[user], name, sizeof(name));
        buf_adds(out, name);
        if (mail[0] != '\0' && strcmp(mail, name) != 0) {
            buf_addf(out, "  %s", mail);
        }
        return;
    }
    member = inv == NULL || row < 0
                 ? -1
                 : inventory_find_member(inv, inv->workspaces[row].id,
                                         inventory_find_id(inv, create->draft.owner));
    if (member >= 0) {
        member_name(inv, &inv->members[member], name, sizeof(name));
        buf_adds(out, name);
    } else {
        char *clean = text_cleaned(create->draft.owner);

        buf_adds(out, clean);
        free(clean);
    }
}

static void owner_chosen(void *ctx, const char *id)
{
    struct create *create = ctx;

    snprintf(create->draft.owner, sizeof(create->draft.owner), "%s", id);
    picked(create, DRAFT_OWNER);
}

void create_pick_owner(struct create *create)
{
    const struct inventory *inv = ui_inventory(create->ui);
    int row = workspace_row(create);
    struct pane pane;

    if (row < 0) {
        ui_message(create->ui, true,
                   "Choose the workspace first: its owner is one of its members.");
        return;
    }
    pane = picker_new("Owner: a member of this workspace", "This workspace has no members.",
                      owner_chosen, create);
    for (size_t i = 0; i < inv->member_count; i++) {
        const struct member_row *member = &inv->members[i];
        char id[ID_TEXT_SIZE], name[256], detail[320];

        if (member->granted || !id_equal(member->workspace_id, inv->workspaces[row].id)) {
            continue;
        }
        member_name(inv, member, name, sizeof(name));
        snprintf(detail, sizeof(detail), "%-8s %s", ws_role_name((enum ws_role)member->role),
                 member_mail(inv, member));
        picker_add(pane, inventory_id_text(inv, member->user_id, id), name, detail);
    }
    picker_select(pane, create->draft.owner);
    picker_type(pane, create->typed);
    ui_push(create->ui, pane);
}

/* -- preset -- */

static void preset_chosen(void *ctx, const char *id)
{
    struct create *create = ctx;
    int before = scope_set_count(&create->draft.scopes);

    if (draft_apply_preset(&create->draft, id)) {
        int now = scope_set_count(&create->draft.scopes);

        ui_message(create->ui, false, "Preset %s: %d scope%s in place of %d.", id, now,
                   now == 1 ? "" : "s", before);
        create_changed(create, DRAFT_SCOPES);
    }
}

void create_pick_preset(struct create *create)
{
    size_t count;
    const struct draft_preset *presets = draft_presets(create->draft.kind, &count);
    struct pane pane = picker_new("Preset: takes the place of what is ticked",
                                  "There is no preset for this kind.", preset_chosen, create);

    for (size_t i = 0; i < count; i++) {
        struct key_draft copy = create->draft;
        char detail[160];

        draft_apply_preset(&copy, presets[i].name);
        snprintf(detail, sizeof(detail), "%3d scope%s  %s", scope_set_count(&copy.scopes),
                 scope_set_count(&copy.scopes) == 1 ? " " : "s", presets[i].words);
        picker_add(pane, presets[i].name, presets[i].name, detail);
    }
    ui_push(create->ui, pane);
}
