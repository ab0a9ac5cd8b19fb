#include "keyring/helper_asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsecret/secret.h>

#include "base/banned.h"

#define SERVICE_NAME "org.freedesktop.secrets"
/* gnome-keyring holds this name too, and leaves its questions to a prompter of that one. */
#define GNOME_NAME "org.gnome.keyring"
#define PROMPTER_NAME "org.gnome.keyring.SystemPrompter"
#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
/* A path that names nothing. */
#define NO_PROMPT "/"

/* -- outcomes -- */

static enum keyring_outcome bus_outcome(int code)
{
    switch (code) {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
    case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
    case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
    case G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND:
        return KEYRING_NO_SERVICE;
    case G_DBUS_ERROR_NOT_SUPPORTED:
        return KEYRING_NO_PROMPT;
    case G_DBUS_ERROR_TIMEOUT:
    case G_DBUS_ERROR_TIMED_OUT:
        return KEYRING_TIMEOUT;
    case G_DBUS_ERROR_NO_REPLY: /* the service left the bus during the call */
    case G_DBUS_ERROR_DISCONNECTED:
        return KEYRING_DIED;
    default:
        return KEYRING_OTHER;
    }
}

static enum keyring_outcome io_outcome(int code)
{
    switch (code) {
    case G_IO_ERROR_TIMED_OUT:
        return KEYRING_TIMEOUT;
    case G_IO_ERROR_CLOSED:
    case G_IO_ERROR_BROKEN_PIPE:
        return KEYRING_DIED;
    default:
        return KEYRING_OTHER;
    }
}

/* Its message is not handed on: only its name and number. When the service dies
 * during a call, libsecret tries once more and reports that there is none: only what was there
 * before tells the two apart. */
bool asking_fail(const struct asking *asking, GError *error)
{
    enum keyring_outcome outcome = KEYRING_OTHER;

    if (error->domain == asking->secret_error && error->code == SECRET_ERROR_IS_LOCKED) {
        outcome = KEYRING_LOCKED;
    } else if (error->domain == G_DBUS_ERROR) {
        outcome = bus_outcome(error->code);
    } else if (error->domain == G_IO_ERROR) {
        outcome = io_outcome(error->code);
    }
    if (outcome == KEYRING_NO_SERVICE && asking->was_there) {
        outcome = KEYRING_DIED;
    }
    asking->answer->outcome = outcome;
    snprintf(asking->answer->detail, sizeof(asking->answer->detail), "%s %d",
             g_quark_to_string(error->domain), error->code);
    g_error_free(error);
    return false;
}

bool asking_end_as(const struct asking *asking, enum keyring_outcome outcome)
{
    asking->answer->outcome = outcome;
    return false;
}

/* -- the bus -- */

GVariant *asking_call(const struct asking *asking, const char *path, const char *interface,
                      const char *method, GVariant *arguments, const char *type, GError **error)
{
    /* Without a deadline of its own, as libsecret's calls: a person may be asked meanwhile. */
    return g_dbus_connection_call_sync(asking->bus, asking->name, path, interface, method,
                                       arguments, G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NONE,
                                       G_MAXINT, NULL, error);
}

static GVariant *call_bus(const struct asking *asking, const char *method, GVariant *arguments,
                          const char *type)
{
    return g_dbus_connection_call_sync(asking->bus, BUS_NAME, BUS_PATH, BUS_NAME, method, arguments,
                                       G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL,
                                       NULL);
}

/* Who holds a name; NULL when nobody does. g_free. */
static gchar *owner_of(const struct asking *asking, const char *name)
{
    GVariant *answer = call_bus(asking, "GetNameOwner", g_variant_new("(s)", name), "(s)");
    gchar *owner = NULL;

    if (answer != NULL) {
        g_variant_get(answer, "(s)", &owner);
        g_variant_unref(answer);
    }
    return owner;
}

const char *asking_service(void)
{
    const char *other = getenv("SECRET_SERVICE_BUS_NAME"); /* libsecret's own variable */

    return other != NULL && other[0] != '\0' ? other : SERVICE_NAME;
}

bool asking_begin(struct service_answer *answer, struct asking *out)
{
    const char *named = getenv("DBUS_SESSION_BUS_ADDRESS");
    GError *error = NULL;
    gchar *owner;

    *out =
        (struct asking){.name = asking_service(), .secret_error = SECRET_ERROR, .answer = answer};
    out->bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
    if (out->bus == NULL) {
        g_error_free(error);
        return asking_end_as(out,
                             named != NULL && named[0] != '\0' ? KEYRING_DEAD_BUS : KEYRING_NO_BUS);
    }
    owner = owner_of(out, out->name);
    out->was_there = owner != NULL;
    g_free(owner);
    return true;
}

/* -- questions to the person -- */

struct question {
    bool done, dismissed;
    GVariant *result;
};

static void on_completed(GDBusConnection *bus, const gchar *sender, const gchar *path,
                         const gchar *interface, const gchar *signal, GVariant *arguments,
                         gpointer data)
{
    struct question *question = data;
    gboolean dismissed = TRUE;

    (void)bus;
    (void)sender;
    (void)path;
    (void)interface;
    (void)signal;
    if (question->done || !g_variant_is_of_type(arguments, G_VARIANT_TYPE("(bv)"))) {
        return;
    }
    g_variant_get(arguments, "(bv)", &dismissed, &question->result);
    question->dismissed = dismissed;
    question->done = true;
}

/* gnome-keyring reports a question that no prompter could show as dismissed. Whether one can run
 * here is found out by starting it: where it runs, or starts, the person saw the question. Other
 * services show their questions themselves. */
static bool question_was_seen(const struct asking *asking)
{
    gchar *gnome = owner_of(asking, GNOME_NAME), *service = owner_of(asking, asking->name),
          *prompter = owner_of(asking, PROMPTER_NAME);
    bool seen = g_strcmp0(gnome, service) != 0 || prompter != NULL;
    GVariant *started;

    g_free(gnome);
    g_free(service);
    g_free(prompter);
    if (seen) {
        return true;
    }
    started =
        call_bus(asking, "StartServiceByName", g_variant_new("(su)", PROMPTER_NAME, 0), "(u)");
    if (started == NULL) {
        return false;
    }
    g_variant_unref(started);
    return true;
}

bool asking_prompt(const struct asking *asking, const char *prompt, enum keyring_outcome unseen,
                   GVariant **result)
{
    struct question question = {0};
    GError *error = NULL;
    GVariant *answer;
    guint signal;

    if (result != NULL) {
        *result = NULL;
    }
    if (strcmp(prompt, NO_PROMPT) == 0) {
        return true;
    }
    signal = g_dbus_connection_signal_subscribe(
        asking->bus, asking->name, SECRET_INTERFACE "Prompt", "Completed", prompt, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_completed, &question, NULL);
    answer = asking_call(asking, prompt, SECRET_INTERFACE "Prompt", "Prompt",
                         g_variant_new("(s)", ""), "()", &error);
    while (answer != NULL && !question.done) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_dbus_connection_signal_unsubscribe(asking->bus, signal);
    if (answer == NULL) {
        return asking_fail(asking, error);
    }
    g_variant_unref(answer);
    if (question.dismissed) {
        if (question.result != NULL) {
            g_variant_unref(question.result);
        }
        return asking_end_as(asking, question_was_seen(asking) ? KEYRING_DISMISSED : unseen);
    }
    if (result != NULL) {
        *result = question.result;
    } else if (question.result != NULL) {
        g_variant_unref(question.result);
    }
    return true;
}
