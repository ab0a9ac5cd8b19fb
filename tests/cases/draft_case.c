#include "cases/draft_case.h"

#include <stdio.h>

#include "unit/model_org.h"

#include "base/banned.h"

struct inventory *draft_case_organisation(void)
{
    struct inventory *inv = inventory_new();
    struct workspace_row rows[] = {
        org_workspace(inv, 1, "ws-tools-e2a85b", "tools"),
        org_workspace(inv, 2, "ws-lab-b2c3d4", "lab"),
        org_workspace(inv, 3, "ws-lab-c2c3d4", "lab"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        inventory_add_workspace(inv, &rows[i]);
    }
    struct user_row user = org_user(inv, 1, "R", "Shah", "r.shah@acme.example", ORG_MEMBER);
    inventory_add_user(inv, &user);
    struct member_row member = org_member(inv, 1, 1, WS_MEMBER);
    inventory_add_member(inv, &member);
    struct key_row keys[] = {
        org_key(inv, 1, "gira-app", "z1*****3AX", 1, 0),
        org_key(inv, 2, "elsewhere", "z2*****3AX", 2, 0),
        org_key(inv, 3, "org-wide", "z3*****3AX", 0, 0),
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        inventory_add_key(inv, &keys[i]);
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        org_complete(inv, (enum list_kind)list);
    }
    return inv;
}

struct key_draft draft_case_good(enum key_kind kind)
{
    struct key_draft draft;
    draft_init(&draft, kind);
    snprintf(draft.name, sizeof draft.name, "new-key");
    snprintf(draft.description, sizeof draft.description, "INC-2210");
    snprintf(draft.expires, sizeof draft.expires, "90d");
    if (kind != KEY_ORGANISATION_SERVICE) {
        snprintf(draft.workspace, sizeof draft.workspace, "ws-tools-e2a85b");
        scope_set_add(&draft.scopes, scope_find("completions.write"));
    } else {
        scope_set_add(&draft.scopes, scope_find("workspaces.list"));
    }
    if (kind == KEY_WORKSPACE_USER) {
        org_id(LIST_USERS, 1, draft.owner);
    }
    return draft;
}

char draft_case_said(const struct draft_check *check, enum draft_field field, const char **words)
{
    *words = "";
    for (int i = 0; i < check->count; i++) {
        if (check->problems[i].field == field) {
            *words = check->problems[i].text;
            return check->problems[i].severity == DRAFT_ERROR ? 'E' : 'W';
        }
    }
    return '-';
}
