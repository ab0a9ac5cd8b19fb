/* A host for tests of the screens: an organisation made by hand, names that mean harm, and a record
 * of what was asked. Nothing is ever sent. Fields may be set freely; call ui_changed() after. */
#ifndef PORTCULLIS_PANES_FAKE_HOST_H
#define PORTCULLIS_PANES_FAKE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/draft.h"
#include "ui/host.h"

/* 2026-11-23T02:47:09Z */
#define FAKE_NOW INT64_C(1795402029000)

#define FAKE_PROFILES 3

struct fake_host {
    struct host host;
    int64_t now;
    struct inventory *inventory; /* owned; NULL: no session */
    struct host_session session; /* what session() tells; texts are lent */
    struct host_profile profiles[FAKE_PROFILES];
    size_t profile_count;
    struct host_operation operation; /* what operation() tells */
    struct host_login_state login;
    struct err last_error;
    /* What refuses: set kind to make the next call of that sort fail with it. */
    struct err arm_error, review_error, send_error, hand_error, logout_error;
    bool arm_needs_reason;
    char armed_reason[64];
    /* What was asked, one call a line: "open_profile acme", "revoke_send 3AX INC-1 0". Keys that
     * were typed are told by their length alone. */
    struct buf log;
    bool quit;
    struct key_draft draft; /* the last reviewed or saved */
    bool has_draft;
    char draft_of[64];         /* its profile */
    struct key_row target_row; /* for operation.target */
};

/* profile "acme" (PROD), open and complete. */
void fake_host_init(struct fake_host *fake);
void fake_host_done(struct fake_host *fake);
/* Makes the organisation anew in another inventory, as a refresh does; more keys of the same sort
 * when extra > 0. */
void fake_host_refill(struct fake_host *fake, size_t extra);
/* Nothing open and no profile: the first start. */
void fake_host_empty(struct fake_host *fake);
/* Ids of the organisation. */
#define FAKE_WS_PAYMENTS "6e5a9f93-ae3a-46b4-a87d-2464d373ef01"
#define FAKE_WS_TOOLS "6e5a9f93-ae3a-46b4-a87d-2464d373ef03"
#define FAKE_KEY_GIRA "60571396-bd81-4e58-8c82-000000000007"
#define FAKE_KEY_OWN "60571396-bd81-4e58-8c82-00000000000d"
#define FAKE_USER_SHAH "a1b2c3d4-0000-4000-8000-000000000003"

#endif
