#include "panes/wizard_screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/inventory.h"
#include "ui/views/views.h"

#include "base/banned.h"

void screen_init_console(struct screen *screen, int width, int height)
{
    fake_host_init(&screen->fake);
    screen_own_scope(screen, "organisation_service_api_keys.create", true);
    screen_own_scope(screen, "workspace_service_api_keys.create", true);
    screen_own_scope(screen, "workspace_user_api_keys.create", true);
    screen->ui = ui_new(&screen->fake.host, NULL);
    screen->canvas = canvas_new(width, height);
    ui_resize(screen->ui, width, height);
}

void screen_open(struct screen *screen, const char *workspace)
{
    ui_push(screen->ui, view_create_new(screen->ui, workspace));
    ui_work(screen->ui, 1000);
}

void screen_init(struct screen *screen, int width, int height, const char *workspace)
{
    screen_init_console(screen, width, height);
    screen_open(screen, workspace);
}

void screen_done(struct screen *screen)
{
    ui_free(screen->ui);
    canvas_free(screen->canvas);
    fake_host_done(&screen->fake);
}

void screen_own_scope(struct screen *screen, const char *scope, bool held)
{
    struct inventory *inv = screen->fake.inventory;
    struct scope_set *scopes = &inv->keys[inv->own_key].scopes;

    if (held) {
        scope_set_add(scopes, scope_find(scope));
    } else {
        scope_set_remove(scopes, scope_find(scope));
    }
}

void screen_key(struct screen *screen, enum ui_key key, int number)
{
    const struct ui_event event = {.key = key, .number = number, .text = ""};

    ui_event(screen->ui, &event);
}

void screen_ctrl(struct screen *screen, char letter)
{
    screen_key(screen, UI_KEY_CTRL, letter);
}

void screen_type(struct screen *screen, const char *text)
{
    for (; *text != '\0'; text++) {
        const char one[2] = {*text, '\0'};
        const struct ui_event event = {.key = UI_KEY_CHAR, .text = one};

        if (*text == '\n') {
            screen_key(screen, UI_KEY_ENTER, 0);
        } else if (*text == '\t') {
            screen_key(screen, UI_KEY_TAB, 0);
        } else {
            ui_event(screen->ui, &event);
        }
    }
}

char *screen_dump(struct screen *screen)
{
    struct buf out;

    buf_init(&out, 0);
    ui_draw(screen->ui, screen->canvas);
    canvas_dump(screen->canvas, &out);
    return buf_take(&out);
}

bool screen_has(struct screen *screen, const char *text)
{
    char *dump = screen_dump(screen);
    bool found = strstr(dump, text) != NULL;

    free(dump);
    return found;
}

void screen_expect(struct screen *screen, const char *text)
{
    if (!screen_has(screen, text)) {
        fail_msg("\"%s\" is not on the screen:\n%s", text, screen_dump(screen));
    }
}

void screen_expect_not(struct screen *screen, const char *text)
{
    if (screen_has(screen, text)) {
        fail_msg("\"%s\" is on the screen:\n%s", text, screen_dump(screen));
    }
}

bool screen_asked(const struct screen *screen, const char *line)
{
    return strstr(screen->fake.log.data, line) != NULL;
}

void screen_fill(struct screen *screen, const char *name)
{
    screen_ctrl(screen, 'n');
    screen_type(screen, "\ntools\n");
    screen_type(screen, name);
    screen_type(screen, "\tfor the tests");
    screen_ctrl(screen, 'n');
    screen_type(screen, "pinference\n");
    screen_ctrl(screen, 'n');
    screen_key(screen, UI_KEY_F, 7);
}
