/* What a create or an update of a workspace may hold. */
#ifndef PORTCULLIS_SANDBOX_WORKSPACE_INPUT_H
#define PORTCULLIS_SANDBOX_WORKSPACE_INPUT_H

#include "sandbox/server.h"

/* Reads the body into *ws, whose texts are replaced: on update (partial) absent means unchanged and
 * null clears. False when the reply is an error. */
bool workspace_input(const struct request *request, bool partial, struct workspace_rec *ws,
                     struct reply *reply);
/* The same into nothing, before the workspace is looked up: the body comes before the object. */
bool workspace_input_precheck(const struct request *request, struct reply *reply);
/* How many bytes at the start of a name are an emoji that stands for an icon; 0: none. */
size_t workspace_icon(const char *name);

#endif
