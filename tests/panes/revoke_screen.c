#include "panes/revoke_screen.h"

#include <stdio.h>
#include <string.h>

#include "ui/views/views.h"

#include "base/banned.h"

struct key_row *row_of(struct fake_host *fake, const char *id)
{
    struct inventory *inv = fake->inventory;

    return &inv->keys[inventory_find_key(inv, inventory_find_id(inv, id))];
}

void set_operation(struct stage *stage, enum op_phase phase, const char *id)
{
    static char path[100];
    struct fake_host *fake = &stage->fake;

    snprintf(path, sizeof(path), "/v1/api-keys/%s", id);
    fake->target_row = *row_of(fake, id);
    fake->operation = (struct host_operation){
        .phase = phase,
        .words = "Read a moment ago. Nothing was sent.",
        .method = "DELETE",
        .path = path,
        .body = "",
        .scope = "workspace_service_api_keys.delete",
        .scope_held = HELD_YES,
        .target = &fake->target_row,
        .target_id = id,
        .phrase = "3AX",
        .read_at = FAKE_NOW - 2000,
    };
}

void open_review(struct stage *stage, int width, int height)
{
    stage_init(stage, width, height);
    set_operation(stage, OP_REVIEW, FAKE_KEY_GIRA);
    ui_push(stage->ui, view_revoke_new(stage->ui, FAKE_KEY_GIRA));
}

void go_to_phase(struct stage *stage, enum op_phase phase, const char *words)
{
    stage->fake.operation.phase = phase;
    stage->fake.operation.words = words;
    ui_changed(stage->ui);
}

void arm(struct stage *stage)
{
    stage->fake.session.armed = true;
    stage->fake.session.armed_left_ms = 300000;
    ui_changed(stage->ui);
}

void fill(struct stage *stage, const char *reason, const char *phrase)
{
    stage_keys(stage, TO_REASON);
    stage_type(stage, reason);
    stage_keys(stage, "Tab");
    stage_type(stage, phrase);
}

bool asked(const struct stage *stage, const char *line)
{
    return strstr(stage->fake.log.data, line) != NULL;
}

void expect_closed(struct stage *stage)
{
    stage_expect_not(stage, "Cannot be undone");
    stage_expect(stage, "checkout-api");
}
