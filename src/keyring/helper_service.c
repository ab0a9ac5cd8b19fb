#include "keyring/helper_service.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_API_SUBJECT_TO_CHANGE /* for secret_service_encode_dbus_secret */
#include <libsecret/secret.h>

#include "keyring/helper_asking.h"

#include "base/banned.h"

#define APPLICATION "portcullis"
#define LABEL_FORMAT "portcullis admin key (%s)"
#define LABEL_MAX 300
#define SERVICE_PATH "/org/freedesktop/secrets"
#define DEFAULT_PATH SERVICE_PATH "/aliases/" SECRET_COLLECTION_DEFAULT
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

static bool begin(const struct service_entry *entry, struct service_answer *answer,
                  struct asking *out)
{
    if (!asking_begin(answer, out)) {
        return false;
    }
    out->attributes = secret_attributes_build(&SCHEMA, "application", APPLICATION, "service",
                                              entry->service, "profile", entry->profile, NULL);
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
    bool open, asked;

    answer = asking_call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "Unlock",
                         g_variant_new("(^ao)", paths), "(aoo)", &error);
    if (answer == NULL) {
        return asking_fail(asking, error);
    }
    g_variant_get(answer, "(@ao&o)", &unlocked, &prompt);
    open = g_variant_n_children(unlocked) > 0;
    asked = asking_prompt(asking, prompt, KEYRING_LOCKED, &result);
    open = open || (asked && result != NULL && g_variant_is_of_type(result, G_VARIANT_TYPE("ao")) &&
                    g_variant_n_children(result) > 0);
    if (!open && asked) {
        asking_end_as(asking, KEYRING_LOCKED);
    }
    if (result != NULL) {
        g_variant_unref(result);
    }
    g_variant_unref(unlocked);
    g_variant_unref(answer);
    return open;
}

/* Floating. schema: name it too, as libsecret does in what it stores and other programs show. */
static GVariant *attributes_of(const struct asking *asking, const char *schema)
{
    GVariantBuilder attributes;
    GHashTableIter at;
    gpointer name, value;

    g_variant_builder_init(&attributes, G_VARIANT_TYPE("a{ss}"));
    g_hash_table_iter_init(&at, asking->attributes);
    while (g_hash_table_iter_next(&at, &name, &value)) {
        g_variant_builder_add(&attributes, "{ss}", name, value);
    }
    if (schema != NULL) {
        g_variant_builder_add(&attributes, "{ss}", "xdg:schema", schema);
    }
    return g_variant_builder_end(&attributes);
}

/* The paths of the entry's items. g_strfreev both. */
static bool search(const struct asking *asking, gchar ***unlocked, gchar ***locked)
{
    GError *error = NULL;
    GVariant *answer;

    *unlocked = NULL;
    *locked = NULL;
    answer = asking_call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "SearchItems",
                         g_variant_new("(@a{ss})", attributes_of(asking, NULL)), "(aoao)", &error);
    if (answer == NULL) {
        return asking_fail(asking, error);
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
    answer = asking_call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "ReadAlias",
                         g_variant_new("(s)", SECRET_COLLECTION_DEFAULT), "(o)", &error);
    if (answer == NULL) {
        asking_fail(asking, error);
        return DOOR_FAILED;
    }
    g_variant_get(answer, "(o)", path);
    g_variant_unref(answer);
    if (strcmp(*path, NO_PATH) == 0) {
        return DOOR_NONE;
    }
    answer =
        asking_call(asking, *path, "org.freedesktop.DBus.Properties", "Get",
                    g_variant_new("(ss)", SECRET_INTERFACE "Collection", "Locked"), "(v)", &error);
    if (answer == NULL) {
        /* The alias may name a keyring that was removed since. */
        if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
            g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)) {
            g_error_free(error);
            return DOOR_NONE;
        }
        asking_fail(asking, error);
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
    return error == NULL || asking_fail(asking, error);
}

void service_get(const struct service_entry *entry, struct service_answer *answer)
{
    struct asking asking;
    gchar **items = NULL;

    if (!begin(entry, answer, &asking) || !find_open(&asking, &items)) {
        return;
    }
    if (!holds(items)) {
        asking_end_as(&asking, KEYRING_NONE);
    } else if (look_up(&asking, &answer->key)) {
        asking_end_as(&asking, answer->key == NULL ? KEYRING_REFUSED : KEYRING_OK);
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
    bool ok;

    g_variant_builder_init(&properties, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&properties, "{sv}", SECRET_INTERFACE "Collection.Label",
                          g_variant_new_string("Default keyring"));
    answer = asking_call(asking, SERVICE_PATH, SECRET_INTERFACE "Service", "CreateCollection",
                         g_variant_new("(a{sv}s)", &properties, SECRET_COLLECTION_DEFAULT), "(oo)",
                         &error);
    if (answer == NULL) {
        return asking_fail(asking, error);
    }
    g_variant_get(answer, "(&o&o)", &path, &prompt);
    ok = asking_prompt(asking, prompt, KEYRING_NO_PROMPT, NULL);
    g_variant_unref(answer);
    return ok;
}

/* The key as it goes over the bus, encrypted where the service can. NULL: the answer says why.
 * Floating. */
static GVariant *encode(const struct asking *asking, const char *secret)
{
    GError *error = NULL;
    SecretService *service = secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, NULL, &error);
    SecretValue *value;
    GVariant *encoded;

    if (service == NULL) {
        asking_fail(asking, error);
        return NULL;
    }
    value = secret_value_new(secret, -1, "text/plain");
    encoded = secret_service_encode_dbus_secret(service, value);
    secret_value_unref(value);
    g_object_unref(service);
    return encoded;
}

/* Takes the place of the item that is there. Not by libsecret's own store: where the service asks
 * first, that one reports a question that was closed as stored. */
static bool create_item(const struct asking *asking, const char *profile, const char *secret)
{
    GVariant *encoded = encode(asking, secret), *answer;
    const gchar *path = NULL, *prompt = NO_PATH;
    GVariantBuilder properties;
    char label[LABEL_MAX];
    GError *error = NULL;
    bool ok;

    if (encoded == NULL) {
        return false;
    }
    snprintf(label, sizeof(label), LABEL_FORMAT, profile);
    g_variant_builder_init(&properties, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&properties, "{sv}", SECRET_INTERFACE "Item.Label",
                          g_variant_new_string(label));
    g_variant_builder_add(&properties, "{sv}", SECRET_INTERFACE "Item.Attributes",
                          attributes_of(asking, SCHEMA.name));
    answer =
        asking_call(asking, DEFAULT_PATH, SECRET_INTERFACE "Collection", "CreateItem",
                    g_variant_new("(a{sv}@(oayays)b)", &properties, encoded, TRUE), "(oo)", &error);
    if (answer == NULL) {
        return asking_fail(asking, error);
    }
    g_variant_get(answer, "(&o&o)", &path, &prompt);
    ok = asking_prompt(asking, prompt, KEYRING_NO_PROMPT, NULL);
    g_variant_unref(answer);
    return ok;
}

void service_set(const struct service_entry *entry, const char *secret,
                 struct service_answer *answer)
{
    struct asking asking;
    enum door door;
    gchar *back = NULL;

    if (!begin(entry, answer, &asking) || !unlock_default(&asking, &door) ||
        (door == DOOR_NONE && !make_default(&asking)) ||
        !create_item(&asking, entry->profile, secret)) {
        return;
    }
    /* Stored is what can be read back. */
    if (look_up(&asking, &back)) {
        asking_end_as(&asking,
                      back != NULL && strcmp(back, secret) == 0 ? KEYRING_OK : KEYRING_REFUSED);
    }
    secret_password_free(back);
}

static bool delete_item(const struct asking *asking, const char *item)
{
    const gchar *prompt = NO_PATH;
    GError *error = NULL;
    GVariant *answer =
        asking_call(asking, item, SECRET_INTERFACE "Item", "Delete", NULL, "(o)", &error);
    bool ok;

    if (answer == NULL) {
        return asking_fail(asking, error);
    }
    g_variant_get(answer, "(&o)", &prompt);
    ok = asking_prompt(asking, prompt, KEYRING_NO_PROMPT, NULL);
    g_variant_unref(answer);
    return ok;
}

void service_delete(const struct service_entry *entry, struct service_answer *answer)
{
    gchar **items = NULL, **unlocked = NULL, **locked = NULL;
    struct asking asking;
    bool ok = begin(entry, answer, &asking) && find_open(&asking, &items);

    if (ok && !holds(items)) {
        asking_end_as(&asking, KEYRING_NONE);
        ok = false;
    }
    for (size_t i = 0; ok && items[i] != NULL; i++) {
        ok = delete_item(&asking, items[i]);
    }
    /* Deleted is what cannot be found any more. */
    if (ok && search(&asking, &unlocked, &locked)) {
        asking_end_as(&asking, holds(unlocked) || holds(locked) ? KEYRING_REFUSED : KEYRING_OK);
    }
    g_strfreev(items);
    g_strfreev(unlocked);
    g_strfreev(locked);
}
