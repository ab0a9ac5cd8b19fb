/* What is known of one record, as a page: shared by the side summaries and the details. Reads the
 * inventory, keeps no pointer into it. */
#ifndef PORTCULLIS_UI_VIEWS_FACTS_H
#define PORTCULLIS_UI_VIEWS_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/field.h"
#include "model/view.h"
#include "ui/doc.h"
#include "ui/ui.h"

/* Appends the text of the field with this key. */
void facts_text(const struct field_context *ctx, enum list_kind list, const char *field, size_t row,
                struct buf *out);
/* Adds the field as a line, with its tone as style. An unknown field adds nothing. */
void facts_field(const struct field_context *ctx, enum list_kind list, const char *field,
                 const char *label, size_t row, struct doc *doc);
/* "2026-05-03 17:08Z (204d ago)", "in 8d", "-". */
void facts_time(int64_t when, int64_t now, struct buf *out);
/* "2026-05-03 (204d)", "2026-12-01 (in 8d)", "-": for narrow places. */
void facts_date(int64_t when, int64_t now, struct buf *out);

/* The key in one line: its state and what an operator should look at twice. */
void facts_key_verdict(const struct field_context *ctx, size_t row, struct doc *doc);
/* Identity, owner, life, limits of a key. brief: as the side pane shows it. */
void facts_key(const struct field_context *ctx, size_t row, bool brief, struct doc *doc);
/* What an operator should look at twice: no expiry, dangerous scopes... Nothing when all is well.
 */
/* narrow: beside a list, a line each. */
void facts_key_warnings(const struct field_context *ctx, size_t row, bool narrow, struct doc *doc);
/* Whose it is, and whether they left: "left ws: Grace Mwangi". */
void facts_key_owner(const struct field_context *ctx, size_t row, struct buf *out);
/* What its scopes can do, on a line: "D deletes, A logs"; the letters alone where they are many. */
void facts_key_risk(const struct field_context *ctx, size_t row, struct buf *out);
/* Its scopes grouped by category and resource, in plain words, with danger marks. */
void facts_key_scopes(const struct field_context *ctx, size_t row, struct doc *doc);
/* The same in short: a line a resource. */
void facts_key_scopes_brief(const struct field_context *ctx, size_t row, int column,
                            struct doc *doc);
/* Every field, known or not, as the server told it. */
void facts_key_raw(const struct field_context *ctx, size_t row, struct doc *doc);

void facts_user(const struct field_context *ctx, size_t row, bool brief, struct doc *doc);
/* The same from a membership, where the organisation's people could not be read. */
void facts_member_alone(const struct field_context *ctx, size_t member, struct doc *doc);
/* The role in each workspace the person is a member of; at most `most` of them. */
void facts_memberships(const struct field_context *ctx, struct id user, int column, size_t most,
                       struct doc *doc);
/* The first keys of a person, looked for in a bounded part of the list: for the side pane. */
void facts_user_keys(const struct field_context *ctx, size_t row, int column, size_t most,
                     struct doc *doc);
/* What the roles of the person allow in each workspace, and why. */
void facts_powers(const struct field_context *ctx, struct id user, size_t most, struct doc *doc);

void facts_workspace(const struct field_context *ctx, size_t row, bool brief, struct doc *doc);
/* The people of a workspace by role: `members` is a view of the memberships, narrowed to it. */
void facts_people(const struct field_context *ctx, const struct view *members, size_t workspace,
                  int column, size_t most, struct doc *doc);
/* All switches of a workspace, who may do what; `?` where the server did not tell. */
void facts_switches(const struct field_context *ctx, size_t row, struct doc *doc);
/* How many are on, off and not told, and those that let members at keys and logs. */
void facts_switches_brief(const struct field_context *ctx, size_t row, int column, struct doc *doc);
/* The keys of a view by kind. whose: LIST_USERS names their workspaces, LIST_WORKSPACES their
 * owners. */
void facts_keys(const struct field_context *ctx, const struct view *keys, enum list_kind whose,
                int column, size_t most, struct doc *doc);

#endif
