/* A full inventory against a sandbox of its own, beside `curl --parallel` on the same URLs with as
 * many connections: by the wall, and what the process itself worked (the sandbox works too, and
 * takes what it gets of the same processors). What a key held costs in memory; what a page costs to
 * decode. What it costs that pages are placed by their number, beside the same program in which
 * each is taken as it comes. The first argument is the number of keys. */
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/codec.h"
#include "api/json.h"
#include "api/load.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "bench/bench.h"

#include "base/banned.h"

/* As client_request.c has it for HTTP/1.1. */
#define CONNECTIONS "4"
#define ROUNDS 3
#define PAIRS 7

struct world {
    pid_t pid;
    int out;
    char *base_url;
    char *key;
};

/* -- the sandbox -- */

static void start(struct world *world, const char *keys, const char *fault)
{
    const char *argv[] = {
        SANDBOX_PROGRAM, "--listen", "127.0.0.1:0", "--seed", "scale",   "--workspaces", "20",
        "--users",       "500",      "--keys",      keys,     "--fault", fault,          NULL};
    struct buf line;
    json_t *ready;
    int out[2];
    char c;

    if (fault == NULL) {
        argv[11] = NULL;
    }
    if (pipe2(out, O_CLOEXEC) != 0) {
        die("there is no pipe.");
    }
    world->pid = fork();
    if (world->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(out[1], STDOUT_FILENO);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(out[1]);
    world->out = out[0];
    buf_init(&line, 0);
    while (read(world->out, &c, 1) == 1 && c != '\n') {
        buf_addc(&line, c);
    }
    ready = json_loads(line.data, 0, NULL);
    if (ready == NULL) {
        die("the sandbox does not start.");
    }
    world->base_url = xstrdup(json_string_value(json_object_get(ready, "base_url")));
    world->key = xstrdup(json_string_value(
        json_object_get(json_array_get(json_object_get(ready, "organisations"), 0), "admin_key")));
    json_decref(ready);
    buf_done(&line);
}

static void stop(struct world *world)
{
    kill(world->pid, SIGTERM);
    waitpid(world->pid, NULL, 0);
    close(world->out);
    free(world->base_url);
    free(world->key);
}

static double now_ms(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static double worked_ms(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* -- ours -- */

struct cost {
    double wall_ms, worked_ms;
};

static void on_load(void *ctx, bool finished, const struct err *err)
{
    if (finished) {
        *(bool *)ctx = true;
    }
    if (err != NULL) {
        die(err->text);
    }
}

static struct inventory *load(const struct world *world, unsigned lists, struct cost *cost)
{
    struct loop *loop = loop_new();
    struct clock clock;
    struct err err = {0};
    struct api_config config = {.base_url = world->base_url, .clock = &clock};
    struct api_client *client;
    struct inventory *inv = inventory_new();
    struct api_load *load;
    bool done = false;
    struct cost before = {now_ms(), worked_ms(RUSAGE_SELF)};

    clock_init(&clock);
    client = api_client_new(loop, &config, secret_new(world->key, strlen(world->key)), &err);
    if (client == NULL) {
        die(err.text);
    }
    load = api_load_start(client, inv, lists, on_load, &done);
    while (!done) {
        loop_turn(loop, -1);
    }
    *cost = (struct cost){now_ms() - before.wall_ms, worked_ms(RUSAGE_SELF) - before.worked_ms};
    api_load_free(load);
    api_client_free(client);
    loop_free(loop);
    return inv;
}

/* -- the peer -- */

/* The URLs that a load asks for, as a config file of curl. */
static char *write_urls(const struct world *world, const struct inventory *inv)
{
    char *path = xstrdup("/tmp/portcullis-bench-XXXXXX");
    int fd = mkstemp(path);
    struct buf text;

    buf_init(&text, 0);
    buf_addf(&text, "header = \"x-portkey-api-key: %s\"\n", world->key);
    for (size_t page = 0; page <= inv->key_count / 100; page++) {
        buf_addf(&text,
                 "url = \"%s/api-keys?page_size=100&current_page=%zu\"\noutput = /dev/null\n",
                 world->base_url, page);
    }
    for (size_t page = 0; page <= inv->user_count / 100; page++) {
        buf_addf(&text,
                 "url = \"%s/admin/users?pageSize=100&currentPage=%zu\"\noutput = /dev/null\n",
                 world->base_url, page);
    }
    buf_addf(&text,
             "url = \"%s/admin/workspaces?page_size=100&current_page=0\"\noutput = /dev/null\n",
             world->base_url);
    for (size_t i = 0; i < inv->workspace_count; i++) {
        char id[ID_TEXT_SIZE];

        buf_addf(&text,
                 "url = \"%s/admin/workspaces/%s/users?page_size=100&current_page=0\"\n"
                 "output = /dev/null\n",
                 world->base_url, inventory_id_text(inv, inv->workspaces[i].id, id));
    }
    if (fd < 0 || write(fd, text.data, text.len) != (ssize_t)text.len) {
        die("the list of URLs cannot be written.");
    }
    close(fd);
    buf_done(&text);
    return path;
}

static struct cost run_curl(const char *config)
{
    struct cost before = {now_ms(), worked_ms(RUSAGE_CHILDREN)};
    int status = 1;
    pid_t pid = fork();

    if (pid == 0) {
        int nothing = open("/dev/null", O_WRONLY);

        dup2(nothing, STDERR_FILENO); /* its meter */
        execlp("curl", "curl", "--silent", "--parallel", "--parallel-immediate", "--parallel-max",
               CONNECTIONS, "--config", config, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    if (status != 0) {
        die("curl failed.");
    }
    return (struct cost){now_ms() - before.wall_ms, worked_ms(RUSAGE_CHILDREN) - before.worked_ms};
}

static void take_best(struct cost *best, struct cost cost, int round)
{
    if (round == 0 || cost.wall_ms < best->wall_ms) {
        best->wall_ms = cost.wall_ms;
    }
    if (round == 0 || cost.worked_ms < best->worked_ms) {
        best->worked_ms = cost.worked_ms;
    }
}

static void compare(const char *name, const char *keys, const char *fault)
{
    struct world world;
    struct cost ours = {0}, peer = {0};
    char *urls = NULL;
    size_t held = 0;

    start(&world, keys, fault);
    for (int round = 0; round < ROUNDS; round++) {
        struct cost cost;
        struct inventory *inv = load(&world, LOAD_ALL, &cost);

        take_best(&ours, cost, round);
        if (urls == NULL) {
            urls = write_urls(&world, inv);
        }
        held = inv->key_count;
        inventory_free(inv);
        take_best(&peer, run_curl(urls), round);
    }
    printf("%-28s %9.0f ms   %-22s %9.0f ms   ratio %.2f   (%zu keys; worked %.0f and %.0f ms)\n",
           name, ours.wall_ms, "curl --parallel", peer.wall_ms, ours.wall_ms / peer.wall_ms, held,
           ours.worked_ms, peer.worked_ms);
    fflush(stdout);
    unlink(urls);
    free(urls);
    stop(&world);
}

/* -- memory -- */

static void measure_memory(const char *keys)
{
    struct world world;
    struct mallinfo2 before, after;
    struct inventory *inv;
    struct cost cost;

    start(&world, keys, NULL);
    /* Once without measuring: what libraries keep for themselves is not a key's. */
    inventory_free(load(&world, 1u << LIST_USERS, &cost));
    before = mallinfo2();
    inv = load(&world, 1u << LIST_KEYS, &cost);
    after = mallinfo2();
    printf("%-28s %9.0f bytes a key, all included   (%zu keys, loaded in %.1f s)\n", "memory",
           (double)(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) /
               (double)inv->key_count,
           inv->key_count, cost.wall_ms / 1000);
    inventory_free(inv);
    stop(&world);
}

/* -- the order of pages -- */

/* One load by a program of its own: what it prints of itself. The key comes by its input. */
static struct cost load_apart(const char *program, const struct world *world)
{
    struct cost cost = {0};
    int in[2], out[2], status = 1;
    FILE *told;

    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
        die("there is no pipe.");
    }
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execl(program, program, "once", world->base_url, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    if (write(in[1], world->key, strlen(world->key)) != (ssize_t)strlen(world->key)) {
        die("the key cannot be handed over.");
    }
    close(in[1]);
    told = fdopen(out[0], "r");
    if (told == NULL || fscanf(told, "%lf %lf", &cost.wall_ms, &cost.worked_ms) != 2) {
        die("the other program tells nothing.");
    }
    fclose(told);
    waitpid(pid, &status, 0);
    return cost;
}

static int once(const char *base_url)
{
    char key[256] = "";
    struct world world = {.base_url = xstrdup(base_url), .key = key};
    struct cost cost;

    if (read(STDIN_FILENO, key, sizeof(key) - 1) < 1) {
        die("there is no key.");
    }
    inventory_free(load(&world, 1u << LIST_KEYS, &cost));
    printf("%f %f\n", cost.wall_ms, cost.worked_ms);
    free(world.base_url);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* In pairs, so that whatever else the machine does meets both. */
static void compare_order(const char *self, const char *keys)
{
    struct world world;
    double walls[PAIRS], works[PAIRS];

    start(&world, keys, NULL);
    load_apart(self, &world);
    for (int pair = 0; pair < PAIRS; pair++) {
        bool first = pair % 2 == 0;
        struct cost a = load_apart(first ? self : LOAD_AS_IT_COMES, &world);
        struct cost b = load_apart(first ? LOAD_AS_IT_COMES : self, &world);

        walls[pair] = first ? a.wall_ms / b.wall_ms : b.wall_ms / a.wall_ms;
        works[pair] = first ? a.worked_ms / b.worked_ms : b.worked_ms / a.worked_ms;
    }
    qsort(walls, PAIRS, sizeof(*walls), by_value);
    qsort(works, PAIRS, sizeof(*works), by_value);
    printf("%-28s worked %.3f x, by the wall %.3f x of taking them as they come   (%s keys, median "
           "of %d pairs)\n",
           "pages by their number", works[PAIRS / 2], walls[PAIRS / 2], keys, PAIRS);
    stop(&world);
}

/* -- one page -- */

static char *page;
static size_t page_len;

static void make_page(void)
{
    struct buf out;

    buf_init(&out, 0);
    buf_adds(&out, "{\"object\":\"list\",\"total\":100,\"data\":[");
    for (int i = 0; i < 100; i++) {
        buf_addf(&out,
                 "%s{\"id\":\"0b2f2f36-6b9c-4c1c-8a3e-%012d\",\"key\":\"z1*****3AX\","
                 "\"name\":\"service %d\",\"description\":\"what it is for\","
                 "\"type\":\"workspace-service\",\"organisation_id\":"
                 "\"11111111-2222-4333-8444-555555555555\",\"workspace_id\":"
                 "\"aaaaaaaa-2222-4333-8444-555555555555\",\"user_id\":null,\"status\":\"active\","
                 "\"created_at\":\"2026-05-03T17:08:55.000Z\",\"last_updated_at\":"
                 "\"2026-05-03T17:08:55.000Z\",\"creation_mode\":\"api\",\"rate_limits\":[],"
                 "\"usage_limits\":null,\"reset_usage\":null,\"expires_at\":null,"
                 "\"alert_emails\":null,\"expiry_enforced\":0,\"scopes\":[\"completions.write\","
                 "\"logs.list\",\"logs.view\",\"configs.read\",\"configs.list\"],\"defaults\":"
                 "{\"metadata\":null,\"config_id\":null},\"object\":\"api-key\"}",
                 i == 0 ? "" : ",", i, i);
    }
    buf_adds(&out, "]}");
    page_len = out.len;
    page = buf_take(&out);
}

static unsigned long decode_page(void *ctx, unsigned times)
{
    unsigned long total = 0;

    (void)ctx;
    for (unsigned i = 0; i < times; i++) {
        struct json_reader *reader = json_reader_new(page, page_len);
        struct inventory *inv = inventory_new();
        const json_t *rows;
        json_t *root = NULL;

        json_reader_work(reader, INT64_MAX, &root, &(bool){false}, NULL);
        rows = json_object_get(root, "data");

        for (size_t j = 0; j < json_array_size(rows); j++) {
            struct key_row row;

            if (key_decode(json_array_get(rows, j), inv, &row, NULL)) {
                total += inventory_add_key(inv, &row);
            }
        }
        inventory_free(inv);
        json_decref(root);
        json_reader_free(reader);
    }
    return total;
}

/* Jansson alone, with nothing made of it. */
static unsigned long parse_page(void *ctx, unsigned times)
{
    unsigned long total = 0;

    (void)ctx;
    for (unsigned i = 0; i < times; i++) {
        json_t *root = json_loadb(page, page_len, 0, NULL);

        total += json_array_size(json_object_get(root, "data"));
        json_decref(root);
    }
    return total;
}

int main(int argc, char **argv)
{
    const char *keys = argc > 1 ? argv[1] : "100000";
    bool many = strtoul(keys, NULL, 10) > 100000;

    setlocale(LC_ALL, "C.UTF-8");
    if (!secret_setup()) {
        die("libsodium does not start.");
    }
    json_setup();
    if (argc > 2 && strcmp(argv[1], "once") == 0) {
        return once(argv[2]);
    }
    if (argc > 2 && strcmp(argv[1], "order") == 0) {
        compare_order(argv[0], argv[2]);
        return 0;
    }
    make_page();
    bench_pair("a page of 100 keys", decode_page, "jansson alone", parse_page, NULL, 20);
    free(page);
    compare("full inventory, 50 ms a reply", "10000", "GET:/:delay-ms=50");
    compare("full inventory, no delay", many ? keys : "10000", NULL);
    compare_order(argv[0], many ? "100000" : keys);
    measure_memory(keys);
    return 0;
}
