/* What the three lists share: a table, the side lists of wide screens, the summary of the selected
 * row. Each list gives a struct list_kind_ops. */
#ifndef PORTCULLIS_UI_VIEWS_LIST_INTERNAL_H
#define PORTCULLIS_UI_VIEWS_LIST_INTERNAL_H

#include "model/field.h"
#include "model/inventory.h"
#include "ui/doc.h"
#include "ui/pane.h"
#include "ui/table.h"
#include "ui/ui.h"

struct list_kind_ops {
    enum list_kind list;
    const char *noun;      /* "keys" */
    const char *empty;     /* complete, and there is none */
    const char *open_help; /* what Enter does */
    /* The side pane: all that matters of one row. list: of the row, where the pane has two. */
    void (*summary)(const struct field_context *ctx, enum list_kind list, size_t row,
                    struct doc *out);
    /* The three lines below the table of a narrow screen, '\n' between. */
    void (*foot)(const struct field_context *ctx, enum list_kind list, size_t row, struct buf *out);
    /* Enter (ACTION_OPEN) and F3 (ACTION_VIEW) on the record with this id. */
    void (*open)(struct ui *ui, const char *id, enum action action);
    /* May the row be revoked and so on; as pane_ops.can, for actions the table does not know. */
    bool (*can)(const struct ui *ui, const struct inventory *inv, bool has_row, size_t row,
                enum action action, char *why, size_t size);
    void (*act)(struct ui *ui, const char *id, enum action action);
};

extern const struct list_kind_ops LIST_OF_KEYS;
extern const struct list_kind_ops LIST_OF_MEMBERS;
extern const struct list_kind_ops LIST_OF_WORKSPACES;

/* A field with what stands before it; the last has no field. */
struct list_part {
    const char *before, *field;
};
void list_add_parts(const struct field_context *ctx, enum list_kind list,
                    const struct list_part *parts, size_t row, struct buf *out);
/* What the list's state means in words: "318 of 318 keys, read 2m ago." True when it is bad news.
 */
bool list_state_words(const struct inventory *inv, enum list_kind list, const char *noun,
                      int64_t now, struct buf *out);
/* What a refusal says: the server's sentence, which names the scope; a guess at the scope only
 * where there is none. */
void list_refused_words(const struct inventory *inv, const char *what, const char *why,
                        const char *scope, struct buf *out);
/* Why there is no row: for the empty body. */
void list_empty_words(const struct ui *ui, const struct list_kind_ops *kind, enum list_kind list,
                      struct buf *out);
/* May a key be made at all with the operator's own key? Fills why with the scopes. */
bool list_can_create(const struct inventory *inv, char *why, size_t size);
/* May this key be revoked with the operator's own? Not known counts as yes: the server decides. */
bool list_can_revoke(const struct inventory *inv, size_t row, char *why, size_t size);

/* The lists on the left of a wide screen. They are drawn again when what they show changed; current
 * is always the same. */
struct nav;
struct nav *nav_new(void);
void nav_free(struct nav *nav);
void nav_draw(struct nav *nav, const struct ui *ui, struct canvas *canvas, struct rect area,
              enum list_kind current);

#endif
