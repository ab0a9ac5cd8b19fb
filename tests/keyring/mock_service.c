/* A Secret Service that asks the person where gnome-keyring does not: mock_service FOLDER. It holds
 * the name of the service on the session bus and one open keyring, in memory. At each call it reads
 * the words of FOLDER/plan:
 *   ask-create ask-delete    put a question before they do it
 *   dismiss answer pretend   how the question ends: closed; done; reported as done and not done
 *   open                     it stays open; SIGUSR1 ends it by the plan of that time
 *   locked                   a delete fails because the item is locked
 * and adds a line to FOLDER/log: "asked create", "asked delete", "open", "dismissed", "answered",
 * "created", "deleted". The only session is a plain one. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define NAME "org.freedesktop.secrets"
#define ROOT "/org/freedesktop/secrets"
#define KEYRING ROOT "/collection/mock"
#define SECRET "org.freedesktop.Secret."
#define SESSION ROOT "/session/plain"
#define NO_PATH "/"
#define IN(type) "<arg type='" type "' direction='in'/>"
#define OUT(type) "<arg type='" type "' direction='out'/>"

static const char DESCRIPTION[] =
    "<node><interface name='" SECRET "Service'>"
    "<method name='OpenSession'>" IN("s") IN("v") OUT("v") OUT(
        "o") "</method>"
             "<method name='SearchItems'>" IN("a{ss}") OUT("ao") OUT(
                 "ao") "</method>"
                       "<method name='Unlock'>" IN("ao") OUT("ao") OUT(
                           "o") "</method>"
                                "<method name='GetSecrets'>" IN("ao") IN("o") OUT(
                                    "a{o(oayays)}") "</method>"
                                                    "<method name='ReadAlias'>" IN("s") OUT(
                                                        "o") "</method>"
                                                             "</interface><interface name='" SECRET
                                                             "Collection'>"
                                                             "<method name='CreateItem'>" IN(
                                                                 "a{sv}") IN("(oayays)") IN("b")
                                                                 OUT("o") OUT(
                                                                     "o") "</method>"
                                                                          "<property name='Locked' "
                                                                          "type='b' access='read'/>"
                                                                          "</interface><interface "
                                                                          "name='" SECRET "Item'>"
                                                                          "<method "
                                                                          "name='Delete'>" OUT(
                                                                              "o") "</method>"
                                                                                   "<method "
                                                                                   "name='"
                                                                                   "GetSecret'>" IN("o") OUT(
                                                                                       "(oayays"
                                                                                       ")") "</"
                                                                                            "me"
                                                                                            "th"
                                                                                            "od"
                                                                                            ">"
                                                                                            "</"
                                                                                            "in"
                                                                                            "te"
                                                                                            "rf"
                                                                                            "ac"
                                                                                            "e>"
                                                                                            "<i"
                                                                                            "nt"
                                                                                            "er"
                                                                                            "fa"
                                                                                            "ce"
                                                                                            " n"
                                                                                            "am"
                                                                                            "e="
                                                                                            "'" SECRET
                                                                                            "Pr"
                                                                                            "om"
                                                                                            "pt"
                                                                                            "'>"
                                                                                            "<m"
                                                                                            "et"
                                                                                            "ho"
                                                                                            "d "
                                                                                            "na"
                                                                                            "me"
                                                                                            "='"
                                                                                            "Pr"
                                                                                            "om"
                                                                                            "pt"
                                                                                            "'"
                                                                                            ">" IN(
                                                                                                "s") "</method>"
                                                                                                     "<signal name='Completed'><arg type='b'/><arg type='v'/></signal>"
                                                                                                     "</interface></node>";
enum { SERVICE, COLLECTION, ITEM, PROMPT };

struct item {
    struct mock *mock;
    gchar *path;
    GVariant *attributes, *secret; /* a{ss} and the bytes */
    guint id;
};

struct mock {
    const char *folder;
    GMainLoop *loop;
    GDBusConnection *bus;
    GDBusNodeInfo *node;
    GPtrArray *items; /* of struct item */
    int made;         /* so many paths */
    struct question *open;
};

/* A prompt object, and what is done once it is answered. */
struct question {
    struct mock *mock;
    gchar *path;
    gchar *item;        /* to delete; NULL: */
    GVariant *creation; /* to create: (a{sv}(oayays)b) */
};

static void note(const struct mock *mock, const char *what)
{
    gchar *path = g_build_filename(mock->folder, "log", NULL);
    FILE *file = fopen(path, "ae");

    g_assert_nonnull(file);
    fprintf(file, "%s\n", what);
    fclose(file);
    g_free(path);
}

static bool planned(const struct mock *mock, const char *word)
{
    gchar *path = g_build_filename(mock->folder, "plan", NULL), *text = NULL;
    gchar **words;
    bool found;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        text = g_strdup("");
    }
    words = g_strsplit_set(text, " \n", -1);
    found = g_strv_contains((const gchar *const *)words, word);
    g_strfreev(words);
    g_free(text);
    g_free(path);
    return found;
}

static guint show(struct mock *mock, const char *path, int interface,
                  const GDBusInterfaceVTable *calls, gpointer data)
{
    guint id = g_dbus_connection_register_object(mock->bus, path, mock->node->interfaces[interface],
                                                 calls, data, NULL, NULL);

    g_assert_cmpuint(id, >, 0);
    return id;
}

/* -- items -- */

static bool matches(const struct item *item, GVariant *wanted)
{
    GVariantIter at;
    const gchar *name, *value, *own;

    g_variant_iter_init(&at, wanted);
    while (g_variant_iter_next(&at, "{&s&s}", &name, &value)) {
        if (!g_variant_lookup(item->attributes, name, "&s", &own) || strcmp(own, value) != 0) {
            return false;
        }
    }
    return true;
}

static GVariant *secret_of(const struct item *item)
{
    return g_variant_new("(o@ay@ays)", SESSION, g_variant_new_array(G_VARIANT_TYPE_BYTE, NULL, 0),
                         item->secret, "text/plain");
}

static struct item *find(const struct mock *mock, const char *path)
{
    for (guint i = 0; i < mock->items->len; i++) {
        struct item *item = g_ptr_array_index(mock->items, i);

        if (strcmp(item->path, path) == 0) {
            return item;
        }
    }
    return NULL;
}

static void delete_item(struct mock *mock, struct item *item)
{
    g_dbus_connection_unregister_object(mock->bus, item->id);
    g_ptr_array_remove(mock->items, item);
    g_free(item->path);
    g_variant_unref(item->attributes);
    g_variant_unref(item->secret);
    g_free(item);
    note(mock, "deleted");
}

static void on_item_call(GDBusConnection *bus, const gchar *client, const gchar *path,
                         const gchar *interface, const gchar *method, GVariant *arguments,
                         GDBusMethodInvocation *invocation, gpointer data);
static const GDBusInterfaceVTable ITEM_CALLS = {.method_call = on_item_call};

/* Lends the path of the item that was made or, as the caller may ask, replaced. */
static const char *create_item(struct mock *mock, GVariant *creation)
{
    GVariant *properties, *attributes, *secret;
    struct item *item = NULL;
    gboolean replace;

    g_variant_get(creation, "(@a{sv}(oay@ays)b)", &properties, NULL, NULL, &secret, NULL, &replace);
    attributes =
        g_variant_lookup_value(properties, SECRET "Item.Attributes", G_VARIANT_TYPE("a{ss}"));
    g_assert_nonnull(attributes);
    for (guint i = 0; replace && item == NULL && i < mock->items->len; i++) {
        if (matches(g_ptr_array_index(mock->items, i), attributes)) {
            item = g_ptr_array_index(mock->items, i);
        }
    }
    if (item == NULL) {
        item = g_new0(struct item, 1);
        item->mock = mock;
        item->path = g_strdup_printf(KEYRING "/%d", ++mock->made);
        item->id = show(mock, item->path, ITEM, &ITEM_CALLS, item);
        g_ptr_array_add(mock->items, item);
    } else {
        g_variant_unref(item->attributes);
        g_variant_unref(item->secret);
    }
    item->attributes = attributes;
    item->secret = secret;
    g_variant_unref(properties);
    note(mock, "created");
    return item->path;
}

/* -- questions -- */

static void end_question(struct question *question)
{
    struct mock *mock = question->mock;
    bool dismissed = planned(mock, "dismiss"), pretended = planned(mock, "pretend");
    struct item *item = question->item == NULL ? NULL : find(mock, question->item);
    const char *result = "";

    if (planned(mock, "open")) {
        note(mock, "open");
        mock->open = question;
        return;
    }
    if (question->creation != NULL) {
        result = dismissed || pretended ? NO_PATH : create_item(mock, question->creation);
    } else if (item != NULL && !dismissed && !pretended) {
        delete_item(mock, item);
    }
    note(mock, dismissed ? "dismissed" : "answered");
    g_dbus_connection_emit_signal(mock->bus, NULL, question->path, SECRET "Prompt", "Completed",
                                  g_variant_new("(bv)", dismissed,
                                                question->creation != NULL
                                                    ? g_variant_new_object_path(result)
                                                    : g_variant_new_string(result)),
                                  NULL);
}

static gboolean on_signal(gpointer data)
{
    struct mock *mock = data;

    if (mock->open != NULL) {
        end_question(mock->open);
    }
    return G_SOURCE_CONTINUE;
}

static void on_prompt_call(GDBusConnection *bus, const gchar *client, const gchar *path,
                           const gchar *interface, const gchar *method, GVariant *arguments,
                           GDBusMethodInvocation *invocation, gpointer data)
{
    struct question *question = data;

    (void)bus;
    (void)client;
    (void)path;
    (void)interface;
    (void)method;
    (void)arguments;
    g_dbus_method_invocation_return_value(invocation, NULL);
    note(question->mock, question->creation != NULL ? "asked create" : "asked delete");
    end_question(question);
}

static const GDBusInterfaceVTable PROMPT_CALLS = {.method_call = on_prompt_call};

/* Lends the path of a prompt, which lives as long as the program. */
static const char *put_question(struct mock *mock, const char *item, GVariant *creation)
{
    struct question *question = g_new0(struct question, 1);

    question->mock = mock;
    question->path = g_strdup_printf(ROOT "/prompt/%d", ++mock->made);
    question->item = g_strdup(item);
    question->creation = creation == NULL ? NULL : g_variant_ref(creation);
    show(mock, question->path, PROMPT, &PROMPT_CALLS, question);
    return question->path;
}

/* -- calls -- */

static void on_item_call(GDBusConnection *bus, const gchar *client, const gchar *path,
                         const gchar *interface, const gchar *method, GVariant *arguments,
                         GDBusMethodInvocation *invocation, gpointer data)
{
    struct item *item = data;
    const char *prompt = NO_PATH;

    (void)bus;
    (void)client;
    (void)interface;
    (void)arguments;
    if (strcmp(method, "GetSecret") == 0) {
        g_dbus_method_invocation_return_value(invocation,
                                              g_variant_new("(@(oayays))", secret_of(item)));
        return;
    }
    if (planned(item->mock, "locked")) {
        g_dbus_method_invocation_return_dbus_error(invocation, SECRET "Error.IsLocked", "locked");
        return;
    }
    if (planned(item->mock, "ask-delete")) {
        prompt = put_question(item->mock, path, NULL);
    } else {
        delete_item(item->mock, item);
    }
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", prompt));
}

static void on_collection_call(GDBusConnection *bus, const gchar *client, const gchar *path,
                               const gchar *interface, const gchar *method, GVariant *arguments,
                               GDBusMethodInvocation *invocation, gpointer data)
{
    struct mock *mock = data;
    const char *item = NO_PATH, *prompt = NO_PATH;

    (void)bus;
    (void)client;
    (void)path;
    (void)interface;
    (void)method;
    if (planned(mock, "ask-create")) {
        prompt = put_question(mock, NULL, arguments);
    } else {
        item = create_item(mock, arguments);
    }
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(oo)", item, prompt));
}

static GVariant *on_property(GDBusConnection *bus, const gchar *client, const gchar *path,
                             const gchar *interface, const gchar *property, GError **error,
                             gpointer data)
{
    (void)bus;
    (void)client;
    (void)path;
    (void)interface;
    (void)property;
    (void)error;
    (void)data;
    return g_variant_new_boolean(FALSE);
}

static GVariant *search(const struct mock *mock, GVariant *arguments)
{
    GVariant *wanted = g_variant_get_child_value(arguments, 0);
    GVariantBuilder found;

    g_variant_builder_init(&found, G_VARIANT_TYPE("ao"));
    for (guint i = 0; i < mock->items->len; i++) {
        const struct item *item = g_ptr_array_index(mock->items, i);

        if (matches(item, wanted)) {
            g_variant_builder_add(&found, "o", item->path);
        }
    }
    g_variant_unref(wanted);
    return g_variant_new("(ao@ao)", &found, g_variant_new_array(G_VARIANT_TYPE("o"), NULL, 0));
}

static GVariant *secrets(const struct mock *mock, GVariant *arguments)
{
    GVariantBuilder found;
    GVariantIter *paths;
    const gchar *path;

    g_variant_builder_init(&found, G_VARIANT_TYPE("a{o(oayays)}"));
    g_variant_get(arguments, "(ao&o)", &paths, NULL);
    while (g_variant_iter_next(paths, "&o", &path)) {
        const struct item *item = find(mock, path);

        if (item != NULL) {
            g_variant_builder_add(&found, "{o@(oayays)}", path, secret_of(item));
        }
    }
    g_variant_iter_free(paths);
    return g_variant_new("(a{o(oayays)})", &found);
}

static void on_service_call(GDBusConnection *bus, const gchar *client, const gchar *path,
                            const gchar *interface, const gchar *method, GVariant *arguments,
                            GDBusMethodInvocation *invocation, gpointer data)
{
    const struct mock *mock = data;
    const gchar *algorithm;
    GVariant *answer = NULL;

    (void)bus;
    (void)client;
    (void)path;
    (void)interface;
    if (strcmp(method, "OpenSession") == 0) {
        g_variant_get(arguments, "(&sv)", &algorithm, NULL);
        if (strcmp(algorithm, "plain") != 0) {
            g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR,
                                                  G_DBUS_ERROR_NOT_SUPPORTED, "only plain");
            return;
        }
        answer = g_variant_new("(vo)", g_variant_new_string(""), SESSION);
    } else if (strcmp(method, "SearchItems") == 0) {
        answer = search(mock, arguments);
    } else if (strcmp(method, "Unlock") == 0) {
        answer = g_variant_new("(@aoo)", g_variant_get_child_value(arguments, 0), NO_PATH);
    } else if (strcmp(method, "GetSecrets") == 0) {
        answer = secrets(mock, arguments);
    } else {
        answer = g_variant_new("(o)", KEYRING);
    }
    g_dbus_method_invocation_return_value(invocation, answer);
}

static const GDBusInterfaceVTable SERVICE_CALLS = {.method_call = on_service_call};
static const GDBusInterfaceVTable COLLECTION_CALLS = {.method_call = on_collection_call,
                                                      .get_property = on_property};

/* -- the program -- */

static void on_bus(GDBusConnection *bus, const gchar *name, gpointer data)
{
    struct mock *mock = data;

    (void)name;
    mock->bus = bus;
    show(mock, ROOT, SERVICE, &SERVICE_CALLS, mock);
    show(mock, KEYRING, COLLECTION, &COLLECTION_CALLS, mock);
    show(mock, ROOT "/aliases/default", COLLECTION, &COLLECTION_CALLS, mock);
}

static void on_lost(GDBusConnection *bus, const gchar *name, gpointer data)
{
    struct mock *mock = data;

    (void)bus;
    (void)name;
    g_main_loop_quit(mock->loop);
}

int main(int argc, char **argv)
{
    struct mock mock = {.folder = argc > 1 ? argv[1] : "."};

    mock.loop = g_main_loop_new(NULL, FALSE);
    mock.node = g_dbus_node_info_new_for_xml(DESCRIPTION, NULL);
    mock.items = g_ptr_array_new();
    g_bus_own_name(G_BUS_TYPE_SESSION, NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, NULL, on_lost,
                   &mock, NULL);
    g_unix_signal_add(SIGUSR1, on_signal, &mock);
    g_main_loop_run(mock.loop);
    return 1;
}
