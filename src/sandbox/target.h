/* The record that a path names, found by one rule for each kind of record. */
#ifndef PORTCULLIS_SANDBOX_TARGET_H
#define PORTCULLIS_SANDBOX_TARGET_H

#include "sandbox/server.h"

/* Fills request->target with the record of the route: when it is there, in the caller's reach, and
 * may be acted on. False: the reply is made. */
bool find_target(struct request *request, struct reply *reply);
/* The audit log tells this workspace. id NULL: none. */
void note_workspace(struct request *request, const char *id);
void target_done(struct target *target);

/* The caller holds the scope that the route's action needs on this kind of key. */
bool caller_may(const struct request *request, enum key_kind kind);
/* The workspace with this id (or slug), when the caller may act in it. */
bool find_workspace_for(const struct request *request, const char *text, bool by_slug,
                        struct workspace_rec *out);

#endif
