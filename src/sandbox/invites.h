/* Invites to the organisation, and their links. */
#ifndef PORTCULLIS_SANDBOX_INVITES_H
#define PORTCULLIS_SANDBOX_INVITES_H

#include "sandbox/server.h"

handler_fn handle_list_invites;
handler_fn handle_create_invite;
handler_fn handle_get_invite;
handler_fn handle_delete_invite;
handler_fn handle_resend_invite;

/* What the person does who has the link ({"invite_link": ..}): joins the organisation and its
 * workspaces, and gets the first keys. The whole of a request without a caller. */
void accept_invite(struct sandbox *sandbox, const json_t *body, struct reply *reply);

/* The start of each link; the token stands behind it. */
#define INVITE_LINK "https://app.portkey.ai/invite/"
/* How long a link is good for. */
#define INVITE_DAYS 7
/* Gives an invite a new link; out gets it. */
#define INVITE_LINK_SIZE (sizeof INVITE_LINK + 28)
void invite_new_link(const struct sandbox *sandbox, struct invite_rec *invite,
                     char out[INVITE_LINK_SIZE]);

#endif
