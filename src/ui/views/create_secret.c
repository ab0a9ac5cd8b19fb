/* The secret of the new key, handed over once. It stays in the host's locked memory: it is drawn
 * character by character, so that no copy is left in freed memory. */
#include <string.h>

#include "base/secret.h"
#include "ui/views/create_internal.h"

#include "base/banned.h"

static bool is_letter(const struct ui_event *event, const char *letter)
{
    return event->key == UI_KEY_CHAR && strcmp(event->text, letter) == 0;
}

/* The journal has it before it is seen; otherwise a later look would say that nobody has it. */
static bool take(struct create *create)
{
    const struct host *host = ui_host(create->ui);
    struct err err = {0};

    if (!host->ops->hand_over(host->ctx, &err)) {
        ui_message(create->ui, true, "%s", err.text);
        return false;
    }
    create->taken = true;
    return true;
}

void create_secret_seen(struct create *create)
{
    const struct host *host = ui_host(create->ui);

    if (create->seen) {
        create->seen = false;
        host->ops->secret_taken(host->ctx);
    }
}

bool create_secret_event(struct create *create, const struct ui_event *event)
{
    struct host_operation op;

    create_operation(create, &op);
    if (op.new_key == NULL) {
        return false;
    }
    if (event->key == UI_KEY_ENTER || is_letter(event, " ") || is_letter(event, "s")) {
        create->revealed = !create->revealed && take(create);
        return true;
    }
    if (is_letter(event, "c") || is_letter(event, "y")) {
        if (take(create)) {
            ui_copy(create->ui, secret_text(op.new_key), true);
            create->seen = true;
        }
        return true;
    }
    return false;
}

/* Wraps at any character; returns the lines used. */
static int draw_text(struct canvas *canvas, struct rect area, const struct secret *secret)
{
    const char *text = secret_text(secret);
    size_t len = secret_len(secret);
    char one[2] = "";
    int width = area.width < 1 ? 1 : area.width;

    for (size_t i = 0; i < len && (int)i / width < area.height; i++) {
        one[0] = text[i];
        canvas_text(canvas, area.x + (int)i % width, area.y + (int)i / width, one, STYLE_SECRET);
    }
    secret_wipe(one, sizeof(one));
    return ((int)len + width - 1) / width;
}

void create_draw_secret(const struct create *create, struct canvas *canvas, struct rect area)
{
    struct host_operation op;
    struct rect at = area;

    create_operation(create, &op);
    at.y += 1;
    at.height -= 1;
    if (op.new_key == NULL) {
        canvas_wrap(canvas, at,
                    "The secret is not here any more. If nobody has it, revoke the key and make "
                    "another.",
                    STYLE_WARN);
        return;
    }
    at.y += canvas_wrap(canvas, at, op.words == NULL ? "" : op.words,
                        op.phase == OP_UNKNOWN ? STYLE_WARN : STYLE_GOOD) +
            1;
    if (op.phase == OP_UNKNOWN) {
        at.height = area.y + area.height - at.y;
        at.y += canvas_wrap(canvas, at, op.error.text, STYLE_WARN) + 1;
    }
    at.height = area.y + area.height - at.y;
    at.y += canvas_wrap(canvas, at,
                        "This is the only time that the secret can be seen: the server never tells "
                        "it again, and nothing here keeps it.",
                        STYLE_BOLD) +
            1;
    at.height = area.y + area.height - at.y;
    if (at.height < 1) {
        return;
    }
    if (create->revealed) {
        at.y += draw_text(canvas, at, op.new_key) + 1;
    } else {
        at.y += canvas_wrap(canvas, at, "(hidden: Enter shows it)", STYLE_DIM) + 1;
    }
    at.height = area.y + area.height - at.y;
    canvas_wrap(canvas, at,
                "c sends it to the clipboard of the terminal, which cannot be cleared from here. "
                "Esc wipes it and leaves.",
                STYLE_DIM);
}
