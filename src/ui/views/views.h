/* The screens, each in a file of its own. Each gives a pane that ui_push takes. */
#ifndef PORTCULLIS_UI_VIEWS_VIEWS_H
#define PORTCULLIS_UI_VIEWS_VIEWS_H

#include "model/inventory.h"
#include "ui/pane.h"

/* Lists (views/list_*.c). */
struct pane view_organisations_new(struct ui *ui);
struct pane view_list_new(struct ui *ui,
                          enum list_kind list); /* workspaces, users (Members), keys */
/* Details (views/detail_*.c), by id text. */
struct pane view_key_new(struct ui *ui, const char *key_id);
struct pane view_member_new(struct ui *ui, const char *user_id);
struct pane view_workspace_new(struct ui *ui, const char *workspace_id);
/* Forms and dialogs. */
struct pane view_create_new(struct ui *ui,
                            const char *workspace_id); /* the wizard; "" or NULL: none chosen */
struct pane view_revoke_new(struct ui *ui, const char *key_id);
struct pane view_login_new(struct ui *ui);
struct pane view_ask_key_new(struct ui *ui); /* SESSION_ASK */
struct pane view_logout_new(struct ui *ui, const char *profile);
struct pane view_palette_new(struct ui *ui);
struct pane view_help_new(struct ui *ui, const struct pane_ops *of);
struct table;
/* The line that asks what to copy of a row. table: whose marked rows count too; NULL: none. */
struct pane view_copy_new(struct ui *ui, enum list_kind list, size_t row, struct table *table);
/* Ends the arming, or arms: at once, or after a dialog where a reason may be wanted. */
void view_arm(struct ui *ui);

#endif
