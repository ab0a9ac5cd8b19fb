/* A prompter for gnome-keyring that answers by plan: prompter FOLDER. It holds the name of the
 * desktop's prompter on the session bus. At each question it reads FOLDER/plan:
 *   dismiss           closes the question
 *   password TEXT     gives this password; when it is asked again, because that was wrong, closes
 * it open              leaves it open and it adds a line to FOLDER/log: "asked TYPE", "dismissed",
 * "answered", "open", "closed" (by the keyring). Exit 77: the library that speaks the prompter's
 * secret exchange is not installed. */
#include <dlfcn.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define NAME "org.gnome.keyring.SystemPrompter"
#define PATH "/org/gnome/keyring/Prompter"
#define INTERFACE "org.gnome.keyring.internal.Prompter"
#define CALLBACK INTERFACE ".Callback"

static const char DESCRIPTION[] =
    "<node><interface name='" INTERFACE "'>"
    "<method name='BeginPrompting'><arg type='o' direction='in'/></method>"
    "<method name='PerformPrompt'><arg type='o' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='s' direction='in'/></method>"
    "<method name='StopPrompting'><arg type='o' direction='in'/></method>"
    "</interface></node>";

/* gnome-keyring brings libgcr along, whose headers would bring a whole desktop: these few of its
 * functions are all that is needed. */
struct exchange_library {
    GObject *(*make)(const char *protocols);
    char *(*begin)(GObject *exchange);
    gboolean (*receive)(GObject *exchange, const char *text);
    char *(*send)(GObject *exchange, const char *secret, gssize len);
};

struct prompter {
    const char *folder;
    struct exchange_library gcr;
    GObject *exchange; /* with the client that asks now */
    GMainLoop *loop;
    bool answered; /* the client got its password once */
    /* The question that is open. */
    GDBusConnection *bus;
    gchar *client, *callback;
};

static void note(const struct prompter *prompter, const char *what, const char *more)
{
    gchar *path = g_build_filename(prompter->folder, "log", NULL);
    FILE *file = fopen(path, "ae");

    g_assert_nonnull(file);
    fprintf(file, "%s%s\n", what, more);
    fclose(file);
    g_free(path);
}

/* The plan's line. g_free. */
static gchar *read_plan(const struct prompter *prompter)
{
    gchar *path = g_build_filename(prompter->folder, "plan", NULL);
    gchar *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        text = g_strdup("dismiss");
    }
    g_free(path);
    return g_strchomp(text);
}

static void tell(const struct prompter *prompter, const char *reply, const char *exchange)
{
    g_dbus_connection_call(
        prompter->bus, prompter->client, prompter->callback, CALLBACK, "PromptReady",
        g_variant_new("(s@a{sv}s)", reply, g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0),
                      exchange),
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static void begin(struct prompter *prompter, GDBusConnection *bus, const char *client,
                  const char *callback)
{
    char *text;

    g_free(prompter->client);
    g_free(prompter->callback);
    prompter->bus = bus;
    prompter->client = g_strdup(client);
    prompter->callback = g_strdup(callback);
    g_clear_object(&prompter->exchange);
    prompter->exchange = prompter->gcr.make(NULL);
    prompter->answered = false;
    text = prompter->gcr.begin(prompter->exchange);
    tell(prompter, "", text);
    g_free(text);
}

static void follow_plan(struct prompter *prompter, bool confirm)
{
    gchar *plan = read_plan(prompter);
    char *sent;

    if (strcmp(plan, "open") == 0) {
        note(prompter, "open", "");
    } else if (g_str_has_prefix(plan, "password ") && confirm) {
        /* Without a measure of a new password's strength it asks whether that is meant. */
        sent = prompter->gcr.send(prompter->exchange, NULL, 0);
        tell(prompter, "yes", sent);
        g_free(sent);
    } else if (g_str_has_prefix(plan, "password ") && !prompter->answered) {
        sent = prompter->gcr.send(prompter->exchange, plan + strlen("password "), -1);
        prompter->answered = true;
        note(prompter, "answered", "");
        tell(prompter, "yes", sent);
        g_free(sent);
    } else {
        sent = prompter->gcr.send(prompter->exchange, NULL, 0);
        note(prompter, "dismissed", "");
        tell(prompter, "no", sent);
        g_free(sent);
    }
    g_free(plan);
}

static gboolean on_signal(gpointer data)
{
    follow_plan(data, false);
    return G_SOURCE_CONTINUE;
}

static void on_call(GDBusConnection *bus, const gchar *client, const gchar *path,
                    const gchar *interface, const gchar *method, GVariant *arguments,
                    GDBusMethodInvocation *invocation, gpointer data)
{
    struct prompter *prompter = data;
    const char *callback, *type, *text;

    (void)path;
    (void)interface;
    g_dbus_method_invocation_return_value(invocation, NULL);
    if (strcmp(method, "PerformPrompt") == 0) {
        g_variant_get(arguments, "(&o&s@a{sv}&s)", &callback, &type, NULL, &text);
        note(prompter, "asked ", type);
        g_assert_true(prompter->gcr.receive(prompter->exchange, text));
        follow_plan(prompter, strcmp(type, "confirm") == 0);
        return;
    }
    g_variant_get(arguments, "(&o)", &callback);
    if (strcmp(method, "BeginPrompting") == 0) {
        begin(prompter, bus, client, callback);
        return;
    }
    note(prompter, "closed", "");
    g_dbus_connection_call(bus, client, callback, CALLBACK, "PromptDone", NULL, NULL,
                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static const GDBusInterfaceVTable CALLS = {.method_call = on_call};

static void on_bus(GDBusConnection *bus, const gchar *name, gpointer data)
{
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(DESCRIPTION, NULL);
    guint id;

    (void)name;
    id =
        g_dbus_connection_register_object(bus, PATH, node->interfaces[0], &CALLS, data, NULL, NULL);
    g_assert_cmpuint(id, >, 0);
    g_dbus_node_info_unref(node);
}

static void on_lost(GDBusConnection *bus, const gchar *name, gpointer data)
{
    struct prompter *prompter = data;

    (void)bus;
    (void)name;
    g_main_loop_quit(prompter->loop);
}

static bool load(struct exchange_library *gcr)
{
    void *handle = dlopen("libgcr-base-3.so.1", RTLD_NOW);

    if (handle == NULL) {
        return false;
    }
    /* What POSIX asks for where a data pointer becomes a function's. */
    *(void **)&gcr->make = dlsym(handle, "gcr_secret_exchange_new");
    *(void **)&gcr->begin = dlsym(handle, "gcr_secret_exchange_begin");
    *(void **)&gcr->receive = dlsym(handle, "gcr_secret_exchange_receive");
    *(void **)&gcr->send = dlsym(handle, "gcr_secret_exchange_send");
    return gcr->make != NULL && gcr->begin != NULL && gcr->receive != NULL && gcr->send != NULL;
}

int main(int argc, char **argv)
{
    struct prompter prompter = {.folder = argc > 1 ? argv[1] : "."};

    if (!load(&prompter.gcr)) {
        fputs("skipped: no libgcr-base-3\n", stderr);
        return 77;
    }
    prompter.loop = g_main_loop_new(NULL, FALSE);
    g_bus_own_name(G_BUS_TYPE_SESSION, NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, NULL, on_lost,
                   &prompter, NULL);
    g_unix_signal_add(SIGUSR1, on_signal, &prompter);
    g_main_loop_run(prompter.loop);
    return 1;
}
