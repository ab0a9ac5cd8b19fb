#include "keyring/helper_death.h"

#include <gio/gio.h>

#include "base/banned.h"

#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
/* So long a call may still fail by itself after the service went away. */
#define GRACE_MS 1000

struct watch {
    const char *name;
    void (*fn)(void);
    GDBusConnection *bus;
};

static gboolean on_grace_over(gpointer data)
{
    const struct watch *watch = data;

    watch->fn();
    return G_SOURCE_REMOVE;
}

static void on_owner(GDBusConnection *bus, const gchar *sender, const gchar *path,
                     const gchar *interface, const gchar *signal, GVariant *arguments,
                     gpointer data)
{
    const gchar *name = "", *before = "", *after = "";
    GSource *timer;

    (void)bus;
    (void)sender;
    (void)path;
    (void)interface;
    (void)signal;
    if (!g_variant_is_of_type(arguments, G_VARIANT_TYPE("(sss)"))) {
        return;
    }
    g_variant_get(arguments, "(&s&s&s)", &name, &before, &after);
    if (before[0] == '\0') {
        return;
    }
    timer = g_timeout_source_new(GRACE_MS);
    g_source_set_callback(timer, on_grace_over, data, NULL);
    g_source_attach(timer, g_main_context_get_thread_default());
    g_source_unref(timer);
}

static gpointer watch_thread(gpointer data)
{
    struct watch *watch = data;
    GMainContext *context = g_main_context_new();

    g_main_context_push_thread_default(context);
    g_dbus_connection_signal_subscribe(watch->bus, BUS_NAME, BUS_NAME, "NameOwnerChanged", BUS_PATH,
                                       watch->name, G_DBUS_SIGNAL_FLAGS_NONE, on_owner, watch,
                                       NULL);
    for (;;) {
        g_main_context_iteration(context, TRUE);
    }
    return NULL;
}

void death_watch(const char *name, void (*fn)(void))
{
    static struct watch watch;

    watch.name = name;
    watch.fn = fn;
    watch.bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    if (watch.bus != NULL) {
        g_thread_unref(g_thread_new("watch", watch_thread, &watch));
    }
}
