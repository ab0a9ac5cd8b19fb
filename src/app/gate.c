#include "app/gate.h"

#include <stdio.h>
#include <string.h>

#include "model/tag.h"

#include "base/banned.h"

bool gate_lets(const struct gate *gate, struct err *err)
{
    return gate->who.kind != ACTOR_AGENT || gate->agents ||
           err_set(
               err, ERR_GUARD,
               "An agent is at work here (%s is set), and this profile does not let agents "
               "change anything. A person does it in a terminal of their own, or writes `agents "
               "= allow` into the profile (login --agents). Nothing was sent.",
               gate->who.agent);
}

bool gate_lets_secrets(const struct gate *gate, struct err *err)
{
    return gate_lets(gate, err) &&
           (gate->who.kind != ACTOR_AGENT ||
            err_set(err, ERR_GUARD,
                    "An agent is at work here (%s is set), and a new secret is shown to none: "
                    "`create-key "
                    "--hand-to COMMAND` gives it to a program that keeps it. Nothing was sent.",
                    gate->who.agent));
}

bool gate_arm(struct gate *gate, const char *tag, const char *reason, int64_t now, struct err *err)
{
    gate->refused = !gate_lets(gate, err);
    if (gate->refused) {
        return false;
    }
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
    gate->armed = false;
    gate->until = 0;
    gate->reason[0] = '\0';
}

bool gate_check(struct gate *gate, int64_t now, struct err *err)
{
    if (!gate_lets(gate, err)) {
        return false;
    }
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
