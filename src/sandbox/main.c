/* portcullis-sandbox: a local server with the Admin API's shapes and rules. */
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "sandbox/http.h"
#include "sandbox/routes.h"
#include "sandbox/seed.h"
#include "sandbox/stale.h"

#include "base/banned.h"

/* What --number is when it is not given. */
#define PUBLIC_NUMBER 1

struct options {
    const char *listen, *db, *seed, *now;
    bool allow_remote, sized;
    struct seed_sizes sizes;
};

enum {
    OPT_LISTEN = 256,
    OPT_REMOTE,
    OPT_DB,
    OPT_SEED,
    OPT_WORKSPACES,
    OPT_USERS,
    OPT_KEYS,
    OPT_AUDIT,
    OPT_NUMBER,
    OPT_QUIRK,
    OPT_FAULT,
    OPT_NOW,
    OPT_VERSION
};

static const struct option FLAGS[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"allow-remote", no_argument, NULL, OPT_REMOTE},
    {"db", required_argument, NULL, OPT_DB},
    {"seed", required_argument, NULL, OPT_SEED},
    {"workspaces", required_argument, NULL, OPT_WORKSPACES},
    {"users", required_argument, NULL, OPT_USERS},
    {"keys", required_argument, NULL, OPT_KEYS},
    {"audit", required_argument, NULL, OPT_AUDIT},
    {"number", required_argument, NULL, OPT_NUMBER},
    {"quirk", required_argument, NULL, OPT_QUIRK},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"now", required_argument, NULL, OPT_NOW},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts("usage: portcullis-sandbox [options]\n"
         "A local server with the Admin API's shapes and rules. When it is ready it prints one "
         "line of JSON.\n\n"
         "  --listen ADDRESS:PORT   127.0.0.1:0: a free port; other addresses than loopback need "
         "--allow-remote\n"
         "  --db FILE               keep the data in FILE; in memory otherwise\n"
         "  --seed demo             two organisations; only into an empty database\n"
         "  --seed scale            one organisation of --workspaces W --users U --keys K (20, "
         "100, 1000),\n"
         "                          and --audit A rows of the audit log (0)\n"
         "  --number S              what ids, secrets and times of a seed derive from; 1\n"
         "  --now TIME              start the clock here (RFC 3339); POST /_sandbox/clock "
         "{\"advance_seconds\":N} moves it,\n"
         "                          POST /_sandbox/accept-invite {\"invite_link\":LINK} accepts\n"
         "  --quirk NAME=VALUE      what is not known of the live service; the first value is the "
         "default:");
    quirks_help(stdout);
    puts("  --fault METHOD:PATH-PREFIX:KIND[=VALUE][:COUNT]   * is any method; the path is that "
         "behind /v1:");
    faults_help(stdout);
    puts("  --help, --version");
}

static bool read_count(const char *name, const char *text, uint32_t most, uint32_t *out,
                       struct err *err)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value > most) {
        return err_set(err, ERR_INVALID, "--%s is a number from 0 to %u.", name, most);
    }
    *out = (uint32_t)value;
    return true;
}

static bool take(struct sandbox *sandbox, struct options *options, int flag, struct err *err)
{
    uint32_t number = 0;
    switch (flag) {
    case OPT_LISTEN:
        options->listen = optarg;
        return true;
    case OPT_REMOTE:
        options->allow_remote = true;
        return true;
    case OPT_DB:
        options->db = optarg;
        return true;
    case OPT_SEED:
        options->seed = optarg;
        return strcmp(optarg, "demo") == 0 || strcmp(optarg, "scale") == 0 ||
               err_set(err, ERR_INVALID, "--seed is demo or scale.");
    case OPT_WORKSPACES:
        options->sized = true;
        return read_count("workspaces", optarg, 100000, &options->sizes.workspaces, err);
    case OPT_USERS:
        options->sized = true;
        return read_count("users", optarg, 1000000, &options->sizes.users, err);
    case OPT_KEYS:
        options->sized = true;
        return read_count("keys", optarg, 10000000, &options->sizes.keys, err);
    case OPT_AUDIT:
        options->sized = true;
        return read_count("audit", optarg, 10000000, &options->sizes.audit, err);
    case OPT_NUMBER:
        if (!read_count("number", optarg, UINT32_MAX - 1, &number, err)) {
            return false;
        }
        sandbox->number = number;
        return true;
    case OPT_QUIRK:
        return quirks_set(&sandbox->quirks, optarg, err);
    case OPT_FAULT:
        return faults_add(&sandbox->faults, optarg, err);
    case OPT_NOW:
        options->now = optarg;
        return true;
    default:
        return err_set(err, ERR_INVALID, "See --help.");
    }
}

/* Whole, or not at all: a file that ran full stays empty. */
static bool fill(struct sandbox *sandbox, const struct options *options, struct err *err)
{
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)sandbox->number);
    bool begun = db_begin(sandbox->db);
    if (begun) {
        db_set_meta(sandbox->db, "number", number);
        if (strcmp(options->seed, "demo") == 0) {
            seed_demo(sandbox);
        } else {
            seed_scale(sandbox, &options->sizes);
        }
    }
    return (begun && db_commit(sandbox->db)) ||
           err_set(err, ERR_FILE, "The seed cannot be written%s%s: is the disk full?",
                   options->db != NULL ? " to " : "", options->db != NULL ? options->db : "");
}

/* Opens the database and fills it. *seeded: its secrets are known. */
static bool prepare(struct sandbox *sandbox, const struct options *options, bool *seeded,
                    struct err *err)
{
    int64_t start;
    if (options->now != NULL) {
        if (!time_parse(options->now, &start)) {
            return err_set(err, ERR_INVALID, "--now \"%s\" is no RFC 3339 time.", options->now);
        }
        clock_fix(&sandbox->clock, start);
        sandbox->clock_moves = true;
    }
    if (options->sized && (options->seed == NULL || strcmp(options->seed, "scale") != 0)) {
        return err_set(err, ERR_INVALID,
                       "--workspaces, --users, --keys and --audit are for --seed scale only.");
    }
    if (options->db != NULL && options->db[0] == '\0') {
        return err_set(err, ERR_INVALID, "--db needs the name of a file.");
    }
    sandbox->db = db_open(options->db, err);
    if (sandbox->db == NULL || !routes_check(err)) {
        return false;
    }
    bool empty = db_organisation_count(sandbox->db) == 0;
    if (empty && options->seed == NULL) {
        return err_set(err, ERR_INVALID, "The database is empty: add --seed demo or --seed scale.");
    }
    if (!empty && options->seed != NULL) {
        return err_set(err, ERR_INVALID, "--seed works on an empty database only, and %s is not.",
                       options->db);
    }
    *seeded = empty;
    if (empty) {
        return fill(sandbox, options, err);
    }
    sandbox->number = strtoull(db_meta(sandbox->db, "number"), NULL, 10);
    return true;
}

static void print_ready(struct sandbox *sandbox, const char *listen, int port, bool seeded)
{
    json_t *organisations = json_array();
    struct org_row org;
    for (size_t i = 0; db_organisation(sandbox->db, i, &org); i++) {
        char secret[DERIVED_SECRET_SIZE];
        seed_admin_key(sandbox, org.seq, secret);
        json_array_append_new(organisations,
                              json_pack("{s:s,s:s,s:o}", "id", org.id, "name", org.name,
                                        "admin_key", seeded ? json_string(secret) : json_null()));
        free(org.id);
        free(org.name);
    }
    char *host = xstrndup(listen, strcspn(listen, ":"));
    char *url = xasprintf("http://%s:%d/v1", host, port);
    json_t *ready = json_pack("{s:s,s:o}", "base_url", url, "organisations", organisations);
    json_dumpf(ready, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(ready);
    free(url);
    free(host);
}

static int serve(struct sandbox *sandbox, const struct options *options, const sigset_t *ends,
                 struct err *err)
{
    bool seeded = false;
    int port = 0;
    if (!prepare(sandbox, options, &seeded, err)) {
        return err->kind == ERR_INVALID ? 2 : 1;
    }
    if (options->allow_remote && sandbox->number == PUBLIC_NUMBER) {
        err_set(err, ERR_INVALID,
                "--allow-remote refuses the number %d: everybody can derive the secrets of its "
                "seed. Give a --number of your own, into a new database.",
                PUBLIC_NUMBER);
        return 2;
    }
    struct http_server *server =
        http_start(sandbox, options->listen, options->allow_remote, &port, err);
    if (server == NULL) {
        return err->kind == ERR_INVALID ? 2 : 1;
    }
    print_ready(sandbox, options->listen, port, seeded);
    int signal_number;
    sigwait(ends, &signal_number);
    http_stop(server);
    return 0;
}

int main(int argc, char **argv)
{
    struct sandbox sandbox = {.number = PUBLIC_NUMBER, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct options options = {.listen = "127.0.0.1:0", .sizes = {20, 100, 1000, 0}};
    struct err err = {0};
    sigset_t ends;
    setlocale(LC_ALL, "C.UTF-8");
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a disk that is full */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL); /* before any thread: sigwait alone takes them */
    clock_init(&sandbox.clock);
    quirks_init(&sandbox.quirks);
    if (!secret_setup()) {
        fputs("portcullis-sandbox: libsodium does not start\n", stderr);
        return 1;
    }
    int flag;
    while ((flag = getopt_long(argc, argv, "h", FLAGS, NULL)) != -1) {
        if (flag == 'h') {
            help();
            return 0;
        }
        if (flag == OPT_VERSION) {
            puts("portcullis-sandbox " PORTCULLIS_VERSION);
            return 0;
        }
        if (!take(&sandbox, &options, flag, &err)) {
            fprintf(stderr, "portcullis-sandbox: %s\n", err.text);
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "portcullis-sandbox: takes no argument \"%s\"\n", argv[optind]);
        return 2;
    }
    int status = serve(&sandbox, &options, &ends, &err);
    if (status != 0) {
        fprintf(stderr, "portcullis-sandbox: %s\n", err.text);
    }
    stale_end(&sandbox);
    rates_done(&sandbox.rates);
    db_free(sandbox.db);
    return status;
}
