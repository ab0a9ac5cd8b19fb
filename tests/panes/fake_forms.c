/* Stand-ins for the forms, so that what is around them can be tested alone: a full screen that says
 * its name and what it was given. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/ui.h"
#include "ui/views/views.h"

#include "base/banned.h"

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    (void)ui;
    canvas_text(canvas, area.x, area.y, self, STYLE_NORMAL);
}

static void title(const void *self, const struct ui *ui, struct buf *out)
{
    (void)ui;
    buf_adds(out, self);
}

#define FORM(NAME)                                                                                 \
    {                                                                                              \
        .name = (NAME), .draw = draw, .title = title, .modal = true, .free = free,                 \
    }
static const struct pane_ops CREATE = FORM("create");
static const struct pane_ops REVOKE = FORM("revoke");
static const struct pane_ops LOGIN = FORM("login");
static const struct pane_ops ASK_KEY = FORM("ask-key");
static const struct pane_ops ARM = FORM("arm");
static const struct pane_ops LOGOUT = FORM("logout");
#undef FORM

static struct pane form(const struct pane_ops *ops, const char *given)
{
    return (struct pane){ops, xasprintf("form:%s %s", ops->name, given == NULL ? "" : given)};
}

struct pane view_create_new(struct ui *ui, const char *workspace_id)
{
    (void)ui;
    return form(&CREATE, workspace_id);
}

struct pane view_revoke_new(struct ui *ui, const char *key_id)
{
    (void)ui;
    return form(&REVOKE, key_id);
}

struct pane view_login_new(struct ui *ui)
{
    (void)ui;
    return form(&LOGIN, NULL);
}

struct pane view_ask_key_new(struct ui *ui)
{
    (void)ui;
    return form(&ASK_KEY, NULL);
}

struct pane view_arm_new(struct ui *ui)
{
    (void)ui;
    return form(&ARM, NULL);
}

struct pane view_logout_new(struct ui *ui, const char *profile)
{
    (void)ui;
    return form(&LOGOUT, profile);
}
