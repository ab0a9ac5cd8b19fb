/* portcullis-keyring: asks the Secret Service once, over the socket pair on its standard input, and
 * ends. A program of its own because libsecret can hang for ever and GLib aborts when memory runs
 * out: the console sets a deadline and kills it. Nothing secret is in its arguments or environment.
 */
#include <errno.h>
#include <libsecret/secret.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keyring/helper_wire.h"
#include "keyring/keyring.h"

#include "base/banned.h"

#define APPLICATION "portcullis"
#define LABEL_FORMAT "portcullis admin key (%s)"

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

struct request {
    unsigned char bytes[HELPER_REQUEST_MAX];
    size_t len;
    enum helper_op op;
    char profile[HELPER_PROFILE_MAX + 1];
    char service[HELPER_SERVICE_MAX + 1];
    char secret[HELPER_SECRET_MAX + 1];
    GHashTable *attributes;
};

struct reply {
    enum keyring_outcome outcome;
    gchar *key;      /* of a get that went well; secret_password_free */
    char detail[80]; /* for KEYRING_OTHER */
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
    case G_DBUS_ERROR_UNKNOWN_METHOD: /* gnome-keyring without a keyring that cannot ask for one */
    case G_DBUS_ERROR_UNKNOWN_OBJECT:
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
    case G_IO_ERROR_FAILED: /* "Cannot autolaunch D-Bus without X11 $DISPLAY" */
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_INVALID_ARGUMENT:
    case G_IO_ERROR_CONNECTION_REFUSED:
    case G_IO_ERROR_PERMISSION_DENIED:
        return KEYRING_NO_BUS;
    case G_IO_ERROR_TIMED_OUT:
        return KEYRING_TIMEOUT;
    case G_IO_ERROR_CLOSED:
    case G_IO_ERROR_BROKEN_PIPE:
        return KEYRING_DIED;
    default:
        return KEYRING_OTHER;
    }
}

/* Frees the error. Its message is not handed on: only its name and number. */
static void set_error(struct reply *reply, GError *error)
{
    reply->outcome = KEYRING_OTHER;
    if (error->domain == SECRET_ERROR && error->code == SECRET_ERROR_IS_LOCKED) {
        reply->outcome = KEYRING_LOCKED;
    } else if (error->domain == G_DBUS_ERROR) {
        reply->outcome = bus_outcome(error->code);
    } else if (error->domain == G_IO_ERROR) {
        reply->outcome = io_outcome(error->code);
    }
    snprintf(reply->detail, sizeof(reply->detail), "%s %d", g_quark_to_string(error->domain),
             error->code);
    g_error_free(error);
}

/* -- the Secret Service -- */

/* Does somebody hold the service's name before the first call? When it dies during a call,
 * libsecret tries once more and reports that there is no service: only this tells the two apart. */
static bool service_is_there(void)
{
    const char *other = getenv("SECRET_SERVICE_BUS_NAME");
    const char *name = other != NULL && other[0] != '\0' ? other : "org.freedesktop.secrets";
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    GVariant *answer;
    gboolean there = FALSE;

    if (bus == NULL) {
        return false;
    }
    answer = g_dbus_connection_call_sync(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                         "org.freedesktop.DBus", "NameHasOwner",
                                         g_variant_new("(s)", name), G_VARIANT_TYPE("(b)"),
                                         G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    if (answer != NULL) {
        g_variant_get(answer, "(b)", &there);
        g_variant_unref(answer);
    }
    g_object_unref(bus);
    return there;
}

static SecretCollection *default_collection(void)
{
    SecretService *service = secret_service_get_sync(SECRET_SERVICE_NONE, NULL, NULL);

    return service == NULL ? NULL
                           : secret_collection_for_alias_sync(service, SECRET_COLLECTION_DEFAULT,
                                                              SECRET_COLLECTION_NONE, NULL, NULL);
}

static bool default_is_locked(void)
{
    SecretCollection *collection = default_collection();

    return collection != NULL && secret_collection_get_locked(collection);
}

/* Looks for the entry without unlocking anything. */
static void find(const struct request *request, bool *found, bool *locked)
{
    GList *items = secret_service_search_sync(NULL, &SCHEMA, request->attributes, SECRET_SEARCH_ALL,
                                              NULL, NULL);

    *found = items != NULL;
    *locked = false;
    for (GList *at = items; at != NULL; at = at->next) {
        *locked = *locked || secret_item_get_locked(at->data);
    }
    g_list_free_full(items, g_object_unref);
}

static gchar *look_up(const struct request *request, GError **error)
{
    return secret_password_lookupv_nonpageable_sync(&SCHEMA, request->attributes, NULL, error);
}

/* Some services show nothing at all while they are locked: one question to the person, then the
 * truth. Returns whether it is open now. */
static bool unlock_default(void)
{
    SecretCollection *collection = default_collection();
    GList *list;
    bool open;

    if (collection == NULL) {
        return false;
    }
    list = g_list_append(NULL, collection);
    open = secret_service_unlock_sync(NULL, list, NULL, NULL, NULL) == 1;
    g_list_free(list);
    return open;
}

/* libsecret gives NULL and no error both for "nothing stored" and for "locked and not unlocked". */
static void get(const struct request *request, struct reply *reply)
{
    GError *error = NULL;
    bool found, locked;

    reply->key = look_up(request, &error);
    if (reply->key == NULL && error == NULL) {
        find(request, &found, &locked);
        if (found) {
            reply->outcome = locked ? KEYRING_LOCKED : KEYRING_REFUSED;
            return;
        }
        if (!default_is_locked()) {
            reply->outcome = KEYRING_NONE;
            return;
        }
        if (!unlock_default()) {
            reply->outcome = KEYRING_LOCKED;
            return;
        }
        reply->key = look_up(request, &error);
    }
    if (error != NULL) {
        set_error(reply, error);
        return;
    }
    reply->outcome = reply->key == NULL ? KEYRING_NONE : KEYRING_OK;
}

static void set(const struct request *request, struct reply *reply)
{
    char label[sizeof(LABEL_FORMAT) + HELPER_PROFILE_MAX];
    GError *error = NULL;
    gchar *back;

    snprintf(label, sizeof(label), LABEL_FORMAT, request->profile);
    secret_password_storev_sync(&SCHEMA, request->attributes, SECRET_COLLECTION_DEFAULT, label,
                                request->secret, NULL, &error);
    if (error != NULL) {
        set_error(reply, error);
        return;
    }
    /* Stored is what can be read back. */
    back = look_up(request, &error);
    if (error != NULL) {
        set_error(reply, error);
        return;
    }
    reply->outcome =
        back != NULL && strcmp(back, request->secret) == 0 ? KEYRING_OK : KEYRING_REFUSED;
    secret_password_free(back);
}

static void delete_entry(const struct request *request, struct reply *reply)
{
    GError *error = NULL;
    gboolean cleared = secret_password_clearv_sync(&SCHEMA, request->attributes, NULL, &error);
    bool found, locked;

    if (error != NULL) {
        set_error(reply, error);
        return;
    }
    /* TRUE does not mean that it is gone: the person may have said no to the question. */
    find(request, &found, &locked);
    if (found) {
        reply->outcome = locked ? KEYRING_LOCKED : KEYRING_REFUSED;
    } else if (!cleared && default_is_locked()) {
        reply->outcome = KEYRING_LOCKED;
    } else {
        reply->outcome = cleared ? KEYRING_OK : KEYRING_NONE;
    }
}

/* -- request and reply -- */

static bool read_request(struct request *request)
{
    while (request->len < sizeof(request->bytes)) {
        ssize_t got = read(STDIN_FILENO, request->bytes + request->len,
                           sizeof(request->bytes) - request->len);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0;
        }
        request->len += (size_t)got;
    }
    return true;
}

static bool take_field(struct request *request, size_t *at, char *out, size_t max)
{
    size_t len;

    if (request->len - *at < 2) {
        return false;
    }
    len = ((size_t)request->bytes[*at] << 8) | request->bytes[*at + 1];
    *at += 2;
    if (len > max || len > request->len - *at || memchr(request->bytes + *at, '\0', len) != NULL) {
        return false;
    }
    memcpy(out, request->bytes + *at, len);
    out[len] = '\0';
    *at += len;
    return true;
}

static bool parse_request(struct request *request)
{
    size_t at = HELPER_REQUEST_HEAD;

    if (request->len < HELPER_REQUEST_HEAD || request->bytes[0] != HELPER_REQUEST_MARK ||
        request->bytes[1] != HELPER_VERSION || request->bytes[2] < HELPER_GET ||
        request->bytes[2] > HELPER_DELETE) {
        return false;
    }
    request->op = (enum helper_op)request->bytes[2];
    return take_field(request, &at, request->profile, HELPER_PROFILE_MAX) &&
           take_field(request, &at, request->service, HELPER_SERVICE_MAX) &&
           take_field(request, &at, request->secret, HELPER_SECRET_MAX) && at == request->len &&
           (request->op == HELPER_SET) == (request->secret[0] != '\0');
}

static void send_all(const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t sent = send(STDIN_FILENO, at, len, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return;
        }
        at += sent;
        len -= (size_t)sent;
    }
}

static void send_reply(struct reply *reply)
{
    const char *field = reply->key != NULL                ? reply->key
                        : reply->outcome == KEYRING_OTHER ? reply->detail
                                                          : "";
    size_t len = strlen(field);
    unsigned char head[HELPER_REPLY_HEAD] = {HELPER_REPLY_MARK, (unsigned char)reply->outcome};

    if (len > HELPER_SECRET_MAX) {
        head[1] = KEYRING_OTHER;
        len = 0;
    }
    head[2] = (unsigned char)(len >> 8);
    head[3] = (unsigned char)(len & 0xff);
    send_all(head, sizeof(head));
    send_all(field, len);
    secret_password_free(reply->key);
    reply->key = NULL;
}

/* -- the process -- */

static GLogWriterOutput stay_quiet(GLogLevelFlags level, const GLogField *fields, gsize count,
                                   gpointer data)
{
    (void)level;
    (void)fields;
    (void)count;
    (void)data;
    return G_LOG_WRITER_HANDLED;
}

/* No core, no ptrace, no life after the program that asked. */
static void harden(void)
{
    const char *backend = getenv("SECRET_BACKEND");
    struct rlimit none = {0, 0};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &none);
    /* libsecret waits for ever on a backend that it does not know. */
    if (backend != NULL && strcmp(backend, "service") != 0 && strcmp(backend, "file") != 0) {
        unsetenv("SECRET_BACKEND");
    }
    g_log_set_writer_func(stay_quiet, NULL, NULL);
}

static bool stdin_is_socket(void)
{
    int type = 0;
    socklen_t len = sizeof(type);

    return getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

static void do_request(struct request *request, struct reply *reply)
{
    bool was_there = service_is_there();

    request->attributes =
        secret_attributes_build(&SCHEMA, "application", APPLICATION, "service", request->service,
                                "profile", request->profile, NULL);
    if (request->op == HELPER_GET) {
        get(request, reply);
    } else if (request->op == HELPER_SET) {
        set(request, reply);
    } else {
        delete_entry(request, reply);
    }
    if (was_there && reply->outcome == KEYRING_NO_SERVICE) {
        reply->outcome = KEYRING_DIED;
    }
}

int main(void)
{
    static struct request request;
    struct reply reply = {.outcome = KEYRING_OTHER};

    if (!stdin_is_socket()) {
        fputs("portcullis-keyring is started by portcullis and has no use by itself.\n", stderr);
        return 2;
    }
    harden();
    mlock(&request, sizeof(request));
    if (!read_request(&request) || !parse_request(&request)) {
        snprintf(reply.detail, sizeof(reply.detail), "request not understood");
    } else {
        do_request(&request, &reply);
    }
    explicit_bzero(request.bytes, sizeof(request.bytes));
    explicit_bzero(request.secret, sizeof(request.secret));
    send_reply(&reply);
    /* Not exit: GLib's own threads and a bus that hangs must not hold the end up. */
    _exit(0);
}
