/* A portcullis-sandbox for one test: started on a free port, stopped with it. Fails the cmocka test
 * with a sentence when it does not come up. The process dies with the test program. */
#ifndef PORTCULLIS_SUPPORT_SANDBOX_H
#define PORTCULLIS_SUPPORT_SANDBOX_H

#include <stddef.h>
#include <sys/types.h>

struct sandbox_process;

/* Gives. args: NULL-terminated, behind "--listen 127.0.0.1:0", e.g. {"--seed", "demo", NULL}.
 * Returns when its ready line was read. */
struct sandbox_process *sandbox_start(const char *const *args);
/* SIGTERM, waits for the end, frees. Returns its exit status (0: it ended cleanly); 128 + the
 * signal when it was killed. NULL is accepted and gives 0. */
int sandbox_stop(struct sandbox_process *sandbox);

/* All lend until the stop. */
const char *
sandbox_base_url(const struct sandbox_process *sandbox); /* "http://127.0.0.1:PORT/v1" */
int sandbox_port(const struct sandbox_process *sandbox);
pid_t sandbox_pid(const struct sandbox_process *sandbox); /* for SIGSTOP and SIGCONT */
size_t sandbox_organisation_count(const struct sandbox_process *sandbox);
const char *sandbox_organisation_id(const struct sandbox_process *sandbox, size_t number);
const char *sandbox_organisation_name(const struct sandbox_process *sandbox, size_t number);
const char *sandbox_admin_key(const struct sandbox_process *sandbox, size_t number);

#endif
