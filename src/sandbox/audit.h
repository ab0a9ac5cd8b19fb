/* The audit log: each request that changes something, and what happened by itself. */
#ifndef PORTCULLIS_SANDBOX_AUDIT_H
#define PORTCULLIS_SANDBOX_AUDIT_H

#include "sandbox/server.h"

handler_fn handle_list_audit;

/* Writes the request and its answer down; reads are none of it, nor are completions. */
void audit_request(const struct request *request, const char *api_key, const struct reply *reply);
/* Writes down that a key was rotated by its schedule: the act of nobody who can be found. */
void audit_by_itself(struct sandbox *sandbox, const struct key_rec *key, int64_t at,
                     const char *old_mask);
/* What is told of a rotation beside the request, as a JSON object (gives). */
char *audit_rotation(const struct key_rec *key, const char *mode, const char *old_mask);

#endif
