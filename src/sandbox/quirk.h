/* What is not known of the live service, as switches: each has the assumed answer first. A client
 * must survive all. */
#ifndef PORTCULLIS_SANDBOX_QUIRK_H
#define PORTCULLIS_SANDBOX_QUIRK_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

enum unauthorized { UNAUTHORIZED_AB05, UNAUTHORIZED_BARE, UNAUTHORIZED_GATEWAY };

enum rotate_event { ROTATE_EVENT_BODY, ROTATE_EVENT_TOP, ROTATE_EVENT_ABSENT };

struct quirks {
    enum unauthorized unauthorized;
    bool gone_404;          /* a missing object: 404 AB08 instead of 403 AB03 */
    int page_size;          /* when none is given */
    bool over_max_400;      /* page_size above 100 */
    bool grant_own_only;    /* a key hands out only scopes it has */
    bool in_transition_400; /* rotating during a transition */
    bool rotate_by_update;  /* *.update rotates too */
    int stale_seconds;      /* reads lag behind writes */
    bool past_expiry_400;
    int expiry_worker_seconds;
    bool no_slug_paths;
    bool no_usage_extra; /* usage_limits without bookkeeping */
    bool plain_names;    /* the icon is not put in front of the name */
    bool plan_pro;       /* users and organisation keys answer 403 */
    bool single_status;  /* the list of workspaces takes one status, no comma list */
    bool ids_ignored;    /* ?ids= of the list of keys */
    bool no_member_id;   /* GET of a member lacks its id */
    bool same_role_200, same_member_role_400; /* the role that somebody has already */
    bool owner_demotion_400, owner_removal_200;
    bool remove_user_keys, remove_member_keys;
    bool member_again_409, members_each;
    bool defaults_replace; /* of a workspace: members that are not sent go */
    bool delete_name_optional, wrong_name_409, delete_default_403; /* of a workspace */
    bool delete_empty; /* nothing where others have an object */
    bool auto_keys;    /* who joins a workspace gets a key */
    bool invite_duplicate_200, invite_delete_gone, no_invite_workspaces;
    int invite_expiry_seconds; /* how long after its end an invite reads as over */
    bool groups_v2, scim_errors_bare, mapping_conflict_400;
    enum rotate_event rotate_event; /* where the audit log tells of a rotation */
    bool rotate_no_actor, empty_actions, audit_org_ignored;
    bool key_makers; /* keys tell who made them */
    bool member_role_prefixed, unique_names, mapping_as_sent, group_name_short;
    bool audit_off, scim_off; /* families that an installation has switched off */
    bool needs_team;          /* metadata has to name a team, of keys and of workspaces */
};

void quirks_init(struct quirks *quirks);
/* "name=value". ERR_INVALID names what there is. */
bool quirks_set(struct quirks *quirks, const char *setting, struct err *err);
void quirks_help(FILE *out);

#endif
