/* One request to the Secret Service under way: the calls over the bus, the questions that the
 * service puts to the person, and what became of both in words of ours. Knows nothing of keys. */
#ifndef PORTCULLIS_KEYRING_HELPER_ASKING_H
#define PORTCULLIS_KEYRING_HELPER_ASKING_H

#include <gio/gio.h>
#include <stdbool.h>

#include "keyring/helper_service.h"

#define SECRET_INTERFACE "org.freedesktop.Secret."

struct asking {
    GDBusConnection *bus;
    const char *name; /* of the service on the bus */
    bool was_there;   /* somebody held that name before the first call */
    /* SECRET_ERROR. That it was asked for before the first call is what makes GLib know these
     * errors when they come. */
    GQuark secret_error;
    struct service_answer *answer;
    GHashTable *attributes; /* of the entry; not used here */
};

/* What the service is called on the bus. Lends. */
const char *asking_service(void);

/* Opens the bus. False: there is none, and the answer (lent) says so. */
bool asking_begin(struct service_answer *answer, struct asking *out);

/* Each writes the answer and returns false. The first frees the error. */
bool asking_fail(const struct asking *asking, GError *error);
bool asking_end_as(const struct asking *asking, enum keyring_outcome outcome);

/* A call to the service. NULL: *error says why. g_variant_unref. */
GVariant *asking_call(const struct asking *asking, const char *path, const char *interface,
                      const char *method, GVariant *arguments, const char *type, GError **error);

/* Shows the question of a prompt and waits for its end; true at once for "/", which is none. False:
 * no leave, and the answer says why; unseen is the outcome where nothing can show it. result may be
 * NULL; *result is NULL where there is none; g_variant_unref. */
bool asking_prompt(const struct asking *asking, const char *prompt, enum keyring_outcome unseen,
                   GVariant **result);

#endif
