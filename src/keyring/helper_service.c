#include "keyring/helper_service.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsecret/secret.h>

#include "base/banned.h"

#define APPLICATION "portcullis"
#define LABEL_FORMAT "portcullis admin key (%s)"
#define LABEL_MAX 300
#define SERVICE_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"
#define SECRET_INTERFACE "org.freedesktop.Secret."
/* gnome-keyring holds this name too, and leaves its questions to a prompter of that one. */
#define GNOME_NAME "org.gnome.keyring"
#define PROMPTER_NAME "org.gnome.keyring.SystemPrompter"
#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
/* A path that names nothing. */
#define NO_PATH "/"

/* Attributes and label are not encrypted: no part of the key is in them. DONT_MATCH_NAME, because a
 * keyring that was locked since its start finds nothing by the schema's name. */
static const SecretSchema SCHEMA = {
    .name = "portcullis.AdminKey",
    .flags = SECRET_SCHEMA_DONT_MATCH_NAME,
    .attributes = {{"application", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {"service", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {"profile", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {NULL, SECRET_SCHEMA_ATTRIBUTE_STRING}},
};

/* One request under way. */
struct asking {
    GDBusConnection *bus;
    const char *name; /* of the service on the bus */
    bool was_there;   /* somebody held that name before the first call */
    GHashTable *attributes;
    struct service_answer *answer;
};

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

/* Frees the error. Its message is not handed on: only its name and number. When the service dies
 * during a call, libsecret tries once more and reports that there is none: only what was there
 * before tells the two apart. */
static bool fail(const struct asking *asking, GError *error)
{
    enum keyring_outcome outcome = KEYRING_OTHER;

    if (error->domain == SECRET_ERROR && error->code == SECRET_ERROR_IS_LOCKED) {
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

static bool end_as(const struct asking *asking, enum keyring_outcome outcome)
{
    asking->answer->outcome = outcome;
    return false;
}

/* -- the bus -- */

static GVariant *call(const struct asking *asking, const char *path, const char *interface,
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

const char *service_name(void)
{
    const char *other = getenv("SECRET_SERVICE_BUS_NAME"); /* libsecret's own variable */

    return other != NULL && other[0] != '\0' ? other : SERVICE_NAME;
}

static bool begin(const struct service_entry *entry, struct service_answer *answer,
                  struct asking *out)
{
    GError *error = NULL;
    gchar *owner;

    *out = (struct asking){.name = service_name(), .answer = answer};
    out->bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
    if (out->bus == NULL) {
        g_error_free(error);
        return end_as(out, KEYRING_NO_BUS);
    }
    owner = owner_of(out, out->name);
    out->was_there = owner != NULL;
    g_free(owner);
    out->attributes = secret_attributes_build(&SCHEMA, "application", APPLICATION, "service",
                                              entry->service, "profile", entry->profile, NULL);
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

/* Shows the question of a prompt and waits for its end. False: no leave, and the answer says why;
 * unseen is the outcome where nothing can show it. *result may be NULL; g_variant_unref. */
static bool ask(const struct asking *asking, const char *prompt, enum keyring_outcome unseen,
                GVariant **result)
{
    struct question question = {0};
    GError *error = NULL;
    GVariant *answer;
    guint signal;

    signal = g_dbus_connection_signal_subscribe(
        asking->bus, asking->name, SECRET_INTERFACE "Prompt", "Completed", prompt, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_completed, &question, NULL);
    answer = call(asking, prompt, SECRET_INTERFACE "Prompt", "Prompt", g_variant_new("(s)", ""),
                  "()", &error);
    while (answer != NULL && !question.done) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_dbus_connection_signal_unsubscribe(asking->bus, signal);
    if (answer == NULL) {
        return fail(asking, error);
    }
    g_variant_unref(answer);
    if (question.dismissed) {
        if (question.result != NULL) {
            g_variant_unref(question.result);
        }
        return end_as(asking, question_was_seen(asking) ? KEYRING_DISMISSED : unseen);
    }
    if (result != NULL) {
        *result = question.result;
    } else if (question.result != NULL) {
        g_variant_unref(question.result);
    }
    return true;
}

/* -- collections and items -- */

/* Opens what is locked, which is a question to the person. Returns whether any of it is open now;
 * else the answer says why not. */
static bool unlock(const struct asking *asking, const gchar *const *paths)
{
    GVariant *answer, *unlocked = NULL, *result = NULL;
    const gchar *prompt = NO_PATH;
    GError *error = NULL;
    bool open = false, asked = true;

    answer = call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "Unlock",
                  g_variant_new("(^ao)", paths), "(aoo)", &error);
    if (answer == NULL) {
        return fail(asking, error);
    }
    g_variant_get(answer, "(@ao&o)", &unlocked, &prompt);
    open = g_variant_n_children(unlocked) > 0;
    if (strcmp(prompt, NO_PATH) != 0) {
        asked = ask(asking, prompt, KEYRING_LOCKED, &result);
        open = open ||
               (asked && result != NULL && g_variant_is_of_type(result, G_VARIANT_TYPE("ao")) &&
                g_variant_n_children(result) > 0);
    }
    if (!open && asked) {
        end_as(asking, KEYRING_LOCKED);
    }
    if (result != NULL) {
        g_variant_unref(result);
    }
    g_variant_unref(unlocked);
    g_variant_unref(answer);
    return open;
}

/* The paths of the entry's items. g_strfreev both. */
static bool search(const struct asking *asking, gchar ***unlocked, gchar ***locked)
{
    GVariantBuilder attributes;
    GHashTableIter at;
    gpointer name, value;
    GError *error = NULL;
    GVariant *answer;

    *unlocked = NULL;
    *locked = NULL;
    g_variant_builder_init(&attributes, G_VARIANT_TYPE("a{ss}"));
    g_hash_table_iter_init(&at, asking->attributes);
    while (g_hash_table_iter_next(&at, &name, &value)) {
        g_variant_builder_add(&attributes, "{ss}", name, value);
    }
    answer = call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "SearchItems",
                  g_variant_new("(a{ss})", &attributes), "(aoao)", &error);
    if (answer == NULL) {
        return fail(asking, error);
    }
    g_variant_get(answer, "(^ao^ao)", unlocked, locked);
    g_variant_unref(answer);
    return true;
}

static bool holds(gchar *const *paths)
{
    return paths != NULL && paths[0] != NULL;
}

enum door { DOOR_FAILED, DOOR_NONE, DOOR_LOCKED, DOOR_OPEN };

/* How the default keyring is; its path in *path (g_free) unless there is none. */
static enum door look_at_default(const struct asking *asking, gchar **path)
{
    GVariant *answer, *value = NULL;
    GError *error = NULL;
    enum door door = DOOR_OPEN;

    *path = NULL;
    answer = call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "ReadAlias",
                  g_variant_new("(s)", SECRET_COLLECTION_DEFAULT), "(o)", &error);
    if (answer == NULL) {
        fail(asking, error);
        return DOOR_FAILED;
    }
    g_variant_get(answer, "(o)", path);
    g_variant_unref(answer);
    if (strcmp(*path, NO_PATH) == 0) {
        return DOOR_NONE;
    }
    answer = call(asking, *path, "org.freedesktop.DBus.Properties", "Get",
                  g_variant_new("(ss)", SECRET_INTERFACE "Collection", "Locked"), "(v)", &error);
    if (answer == NULL) {
        /* The alias may name a keyring that was removed since. */
        if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
            g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)) {
            g_error_free(error);
            return DOOR_NONE;
        }
        fail(asking, error);
        return DOOR_FAILED;
    }
    g_variant_get(answer, "(v)", &value);
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean(value)) {
        door = DOOR_LOCKED;
    }
    g_variant_unref(value);
    g_variant_unref(answer);
    return door;
}

static bool unlock_default(const struct asking *asking, enum door *door)
{
    gchar *path = NULL;
    bool ok = true;

    *door = look_at_default(asking, &path);
    if (*door == DOOR_LOCKED) {
        const gchar *const paths[] = {path, NULL};

        ok = unlock(asking, paths);
    }
    g_free(path);
    return ok && *door != DOOR_FAILED;
}

/* The entry's items, all of them open. True with none: there is no such entry. Some services show
 * nothing at all while they are locked: one question to the person, then the truth. */
static bool find_open(const struct asking *asking, gchar ***items)
{
    gchar **unlocked, **locked;
    bool ok = search(asking, &unlocked, &locked);

    if (ok && !holds(unlocked) && !holds(locked)) {
        enum door door;

        g_strfreev(unlocked);
        g_strfreev(locked);
        unlocked = locked = NULL;
        ok = unlock_default(asking, &door) &&
             (door != DOOR_LOCKED || search(asking, &unlocked, &locked));
    }
    if (ok && holds(locked)) {
        ok = unlock(asking, (const gchar *const *)locked);
        if (ok) {
            g_strfreev(unlocked);
            g_strfreev(locked);
            ok = search(asking, &unlocked, &locked);
        }
    }
    g_strfreev(locked);
    if (!ok) {
        g_strfreev(unlocked);
        return false;
    }
    *items = unlocked;
    return true;
}

/* -- the three requests -- */

static bool look_up(const struct asking *asking, gchar **key)
{
    GError *error = NULL;

    *key = secret_password_lookupv_nonpageable_sync(&SCHEMA, asking->attributes, NULL, &error);
    return error == NULL || fail(asking, error);
}

void service_get(const struct service_entry *entry, struct service_answer *answer)
{
    struct asking asking;
    gchar **items = NULL;

    if (!begin(entry, answer, &asking) || !find_open(&asking, &items)) {
        return;
    }
    if (!holds(items)) {
        end_as(&asking, KEYRING_NONE);
    } else if (look_up(&asking, &answer->key)) {
        end_as(&asking, answer->key == NULL ? KEYRING_REFUSED : KEYRING_OK);
    }
    g_strfreev(items);
}

/* The first keyring of a person who has none: the service asks for its password. */
static bool make_default(const struct asking *asking)
{
    GVariantBuilder properties;
    const gchar *path = NULL, *prompt = NO_PATH;
    GError *error = NULL;
    GVariant *answer;
    bool ok = true;

    g_variant_builder_init(&properties, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&properties, "{sv}", SECRET_INTERFACE "Collection.Label",
                          g_variant_new_string("Default keyring"));
    answer =
        call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "CreateCollection",
             g_variant_new("(a{sv}s)", &properties, SECRET_COLLECTION_DEFAULT), "(oo)", &error);
    if (answer == NULL) {
        return fail(asking, error);
    }
    g_variant_get(answer, "(&o&o)", &path, &prompt);
    if (strcmp(prompt, NO_PATH) != 0) {
        ok = ask(asking, prompt, KEYRING_NO_PROMPT, NULL);
    }
    g_variant_unref(answer);
    return ok;
}

void service_set(const struct service_entry *entry, const char *secret,
                 struct service_answer *answer)
{
    char label[LABEL_MAX];
    struct asking asking;
    GError *error = NULL;
    enum door door;
    gchar *back = NULL;

    if (!begin(entry, answer, &asking) || !unlock_default(&asking, &door) ||
        (door == DOOR_NONE && !make_default(&asking))) {
        return;
    }
    snprintf(label, sizeof(label), LABEL_FORMAT, entry->profile);
    secret_password_storev_sync(&SCHEMA, asking.attributes, SECRET_COLLECTION_DEFAULT, label,
                                secret, NULL, &error);
    if (error != NULL) {
        fail(&asking, error);
        return;
    }
    /* Stored is what can be read back. */
    if (look_up(&asking, &back)) {
        end_as(&asking, back != NULL && strcmp(back, secret) == 0 ? KEYRING_OK : KEYRING_REFUSED);
    }
    secret_password_free(back);
}

static bool delete_item(const struct asking *asking, const char *item)
{
    const gchar *prompt = NO_PATH;
    GError *error = NULL;
    GVariant *answer = call(asking, item, SECRET_INTERFACE "Item", "Delete", NULL, "(o)", &error);
    bool ok = true;

    if (answer == NULL) {
        return fail(asking, error);
    }
    g_variant_get(answer, "(&o)", &prompt);
    if (strcmp(prompt, NO_PATH) != 0) {
        ok = ask(asking, prompt, KEYRING_NO_PROMPT, NULL);
    }
    g_variant_unref(answer);
    return ok;
}

void service_delete(const struct service_entry *entry, struct service_answer *answer)
{
    gchar **items = NULL, **unlocked = NULL, **locked = NULL;
    struct asking asking;
    bool ok = begin(entry, answer, &asking) && find_open(&asking, &items);

    if (ok && !holds(items)) {
        end_as(&asking, KEYRING_NONE);
        ok = false;
    }
    for (size_t i = 0; ok && items[i] != NULL; i++) {
        ok = delete_item(&asking, items[i]);
    }
    /* Deleted is what cannot be found any more. */
    if (ok && search(&asking, &unlocked, &locked)) {
        end_as(&asking, holds(unlocked) || holds(locked) ? KEYRING_REFUSED : KEYRING_OK);
    }
    g_strfreev(items);
    g_strfreev(unlocked);
    g_strfreev(locked);
}
