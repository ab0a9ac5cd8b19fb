#include "app/gate.h"

#include <stdio.h>
#include <string.h>

#include "model/tag.h"

#include "base/banned.h"

bool gate_arm(struct gate *gate, const char *tag, const char *reason, int64_t now, struct err *err)
{
    if (!tag_takes_reason(tag, reason)) {
        return err_set(err, ERR_GUARD,
                       "This profile is tagged %s: say why writes are switched on (a ticket or a "
                       "sentence, three letters or digits at least).",
                       tag);
    }
    gate->armed = true;
    gate->until = now + GATE_ARMED_MS;
    snprintf(gate->reason, sizeof(gate->reason), "%s", reason == NULL ? "" : reason);
    return true;
}

void gate_disarm(struct gate *gate)
{
    *gate = (struct gate){0};
}

bool gate_check(struct gate *gate, int64_t now, struct err *err)
{
    if (!gate->armed) {
        return err_set(err, ERR_GUARD,
                       "Writes are off: arm them first (! in the console). Nothing was sent.");
    }
    if (now >= gate->until) {
        gate_disarm(gate);
        return err_set(err, ERR_GUARD,
                       "The ten minutes are over and writes are off again: arm them once more "
                       "(! in the console). Nothing was sent.");
    }
    return true;
}

int64_t gate_left_ms(const struct gate *gate, int64_t now)
{
    return gate->armed && now < gate->until ? gate->until - now : 0;
}
