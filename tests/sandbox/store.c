/* The program around the server: its database file, its audit log, its flags. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sandbox/wire.h"

#include "base/banned.h"

#define NOW "2026-11-25T03:12:00Z"

/* -- the program by itself -- */

struct run {
    int status; /* of the end; -1: it was ready, and ended by SIGTERM */
    struct buf out, err;
};

static void take(int fd, struct buf *buf, bool *open)
{
    char bytes[4096];
    ssize_t got = read(fd, bytes, sizeof bytes);
    *open = got > 0;
    if (got > 0) {
        buf_add(buf, bytes, (size_t)got);
    }
}

/* Runs it until it ends, or until it is ready: then it is told to end. */
static struct run run_program(const char *const *args)
{
    struct run run = {.status = 0};
    int out[2];
    int err[2];
    int status = 0;
    bool open[2] = {true, true};
    bool ready = false;
    buf_init(&run.out, 0);
    buf_init(&run.err, 0);
    assert_int_equal(pipe2(out, O_CLOEXEC) + pipe2(err, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char *argv[20] = {(char *)SANDBOX_PROGRAM};
        for (int i = 0; i < 18 && args[i] != NULL; i++) {
            argv[i + 1] = (char *)args[i];
        }
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        execv(argv[0], argv);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    while (open[0] || open[1]) {
        struct pollfd fds[2] = {{open[0] ? out[0] : -1, POLLIN, 0},
                                {open[1] ? err[0] : -1, POLLIN, 0}};
        assert_true(poll(fds, 2, 60000) > 0);
        if (fds[0].revents != 0) {
            take(out[0], &run.out, &open[0]);
        }
        if (fds[1].revents != 0) {
            take(err[0], &run.err, &open[1]);
        }
        if (!ready && strncmp(run.out.data, "{\"base_url\"", 11) == 0 &&
            strchr(run.out.data, '\n') != NULL) {
            ready = true;
            kill(pid, SIGTERM);
        }
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    run.status = WEXITSTATUS(status);
    if (ready) {
        assert_int_equal(run.status, 0);
        run.status = -1;
    }
    close(out[0]);
    close(err[0]);
    return run;
}

static void run_done(struct run *run)
{
    buf_done(&run->out);
    buf_done(&run->err);
}

/* It says why in one sentence that holds this word, prints nothing else and ends with 2. */
static void refuses(const char *const *args, const char *word)
{
    struct run run = run_program(args);
    if (run.status != 2 || strstr(run.err.data, word) == NULL || run.out.len != 0) {
        fail_msg("%s %s: %d, %s%s", args[0], args[1] ? args[1] : "", run.status, run.err.data,
                 run.out.data);
    }
    run_done(&run);
}

static void wrong_flags(void **state)
{
    (void)state;
    static const struct {
        const char *args[6];
        const char *word;
    } CASES[] = {
        {{NULL}, "--seed"},
        {{"--no-such-flag"}, "no-such-flag"},
        {{"stray"}, "stray"},
        {{"--seed", "life"}, "demo or scale"},
        {{"--seed"}, "seed"},
        {{"--seed", "demo", "--keys", "7"}, "--seed scale"},
        {{"--seed", "demo", "--audit", "7"}, "--seed scale"},
        {{"--seed", "scale", "--keys", "-1"}, "--keys"},
        {{"--seed", "scale", "--keys", "7x"}, "--keys"},
        {{"--seed", "scale", "--users", "99999999"}, "--users"},
        {{"--seed", "demo", "--number", "x"}, "--number"},
        {{"--seed", "demo", "--now", "yesterday"}, "yesterday"},
        {{"--seed", "demo", "--listen", "127.0.0.1"}, "ADDRESS:PORT"},
        {{"--seed", "demo", "--listen", "127.0.0.1:99999"}, "ADDRESS:PORT"},
        {{"--seed", "demo", "--listen", "0.0.0.0:0"}, "--allow-remote"},
        {{"--seed", "demo", "--listen", "0.0.0.0:0", "--allow-remote"}, "everybody can derive"},
        {{"--seed", "demo", "--number", "1", "--allow-remote"}, "everybody can derive"},
        {{"--seed", "demo", "--db", ""}, "--db"},
        {{"--quirk", "mood=bad"}, "mood=bad"},
        {{"--quirk", "gone"}, "gone"},
        {{"--quirk", "gone=maybe"}, "403-AB03 or 404-AB08"},
        {{"--quirk", "page-size=51"}, "50 or 100"},
        {{"--quirk", "stale-reads=-1"}, "stale-reads"},
        {{"--quirk", "expiry-worker=soon"}, "expiry-worker"},
        {{"--fault", "GET"}, "METHOD:PATH-PREFIX"},
        {{"--fault", "GET:/:explode"}, "explode"},
        {{"--fault", "GET:/:status"}, "status"},
        {{"--fault", "GET:/:status=200"}, "status=200"},
        {{"--fault", "FETCH:/:status=500"}, "FETCH"},
        {{"--fault", "GET:api-keys:status=500"}, "api-keys"},
        {{"--fault", "GET:/:drop-after=1"}, "drop-after"},
        {{"--fault", "GET:/:status=500:x"}, "status=500:x"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        refuses(CASES[i].args, CASES[i].word);
    }
}

/* Every quirk, fault and flag is in the help. */
static void help(void **state)
{
    (void)state;
    static const char *const WORDS[] = {"--listen",
                                        "--allow-remote",
                                        "--db",
                                        "--seed demo",
                                        "--seed scale",
                                        "--number",
                                        "--now",
                                        "--quirk",
                                        "--fault",
                                        "unauthorized=",
                                        "gone=",
                                        "page-size=",
                                        "over-max=",
                                        "grant=",
                                        "bad-scope=",
                                        "in-transition",
                                        "rotate-scope",
                                        "stale-reads",
                                        "past-expiry=",
                                        "expiry-worker",
                                        "slug-paths",
                                        "usage-limits",
                                        "names=",
                                        "plan=",
                                        "member-id=",
                                        "status=",
                                        "retry-after=",
                                        "delay-ms=",
                                        "drop-before",
                                        "drop-after",
                                        "commit-fail",
                                        "ids=",
                                        "workspace-status=",
                                        "accept-invite",
                                        "same-role=",
                                        "owner-demotion=",
                                        "remove-user-keys=",
                                        "remove-member-keys=",
                                        "invite-duplicate=",
                                        "delete-name=",
                                        "delete-wrong-name=",
                                        "rotate-event=",
                                        "rotate-actor=",
                                        "audit-action=",
                                        "audit-org=",
                                        "scim-groups=",
                                        "invite-workspaces=",
                                        "key-makers="};
    struct run run = run_program((const char *const[]){"--help", NULL});
    assert_int_equal(run.status, 0);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strstr(run.out.data, WORDS[i]) == NULL) {
            fail_msg("no %s in --help", WORDS[i]);
        }
    }
    run_done(&run);
}

static char *read_text(const char *name);

/* Every quirk that --help names, with its values, stands in the manual. */
static void the_manual_knows_every_quirk(void **state)
{
    (void)state;
    struct run run = run_program((const char *const[]){"--help", NULL});
    char *manual = read_text(MANUAL);
    char *rest = run.out.data;
    int seen = 0;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        char *equals = strchr(line, '=');
        char *behind = equals == NULL ? NULL : strchr(equals, ' ');
        if (strncmp(line, "  ", 2) != 0 || line[2] < 'a' || behind == NULL) {
            continue;
        }
        *equals = *behind = '\0';
        char *name = text("*%s*=", line + 2);
        const char *place = strstr(manual, name);
        if (place == NULL) {
            fail_msg("the manual has no %s", name);
        }
        char *values = xstrdup(equals + 1); /* the first one at least, as the markup allows */
        values[strcspn(values, "|_")] = '\0';
        assert_int_equal(strncmp(place + strlen(name), values, strlen(values)) == 0 ||
                             strcmp(values, "N") == 0,
                         1);
        free(values);
        free(name);
        seen++;
    }
    assert_true(seen > 50);
    free(manual);
    run_done(&run);
}

/* -- the file -- */

struct place {
    char folder[64];
    char *file;
};

static void make_place(struct place *place)
{
    snprintf(place->folder, sizeof place->folder, "/tmp/portcullis-store-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->file = text("%s/sandbox.db", place->folder);
}

static void remove_place(struct place *place)
{
    static const char *const TAILS[] = {"", "-wal", "-shm", "-journal"};
    for (int i = 0; i < 4; i++) {
        char *file = text("%s%s", place->file, TAILS[i]);
        unlink(file);
        free(file);
    }
    assert_int_equal(rmdir(place->folder), 0);
    free(place->file);
}

/* Fails when this text stands in the database or beside it. */
static void not_in_files(const struct place *place, const char *secret)
{
    static const char *const TAILS[] = {"", "-wal", "-shm"};
    size_t looked = 0;
    for (int i = 0; i < 3; i++) {
        char *name = text("%s%s", place->file, TAILS[i]);
        FILE *file = fopen(name, "rb");
        struct buf bytes;
        buf_init(&bytes, 0);
        char chunk[4096];
        size_t got;
        while (file != NULL && (got = fread(chunk, 1, sizeof chunk, file)) > 0) {
            buf_add(&bytes, chunk, got);
        }
        looked += bytes.len;
        if (bytes.len > 0) {
            assert_null(memmem(bytes.data, bytes.len, secret, strlen(secret)));
        }
        if (file != NULL) {
            fclose(file);
        }
        buf_done(&bytes);
        free(name);
    }
    assert_true(looked > 10000);
}

static int mode_of(const char *file)
{
    struct stat info;
    assert_int_equal(stat(file, &info), 0);
    return (int)(info.st_mode & 07777);
}

static void a_file_keeps_all_and_no_secret(void **state)
{
    (void)state;
    struct place place;
    make_place(&place);
    const char *const args[] = {"--seed", "demo", "--db", place.file, "--now", NOW, NULL};
    struct sandbox_process *sandbox = sandbox_start(args);
    char *root = xstrdup(sandbox_admin_key(sandbox, 0));
    struct made_key made = make_key(sandbox, root, "organisation/service",
                                    "{\"name\":\"kept\",\"scopes\":[\"workspaces.list\"]}");
    char *path = text("/api-keys/%s/rotate", made.id);
    json_t *rotated = expect(sandbox, root, "POST", path, NULL, 200);
    char *wal = text("%s-wal", place.file);
    assert_int_equal(mode_of(place.file), 0600);
    assert_int_equal(mode_of(wal), 0600);
    const char *const SECRETS[] = {root, made.secret, string_at(rotated, "key"),
                                   sandbox_admin_key(sandbox, 1)};
    for (int i = 0; i < 4; i++) {
        not_in_files(&place, SECRETS[i]);
    }
    /* One server a file. */
    struct run second = run_program((const char *const[]){"--db", place.file, NULL});
    assert_int_equal(second.status, 1);
    assert_non_null(strstr(second.err.data, "locked"));
    run_done(&second);
    char *second_admin = xstrdup(sandbox_admin_key(sandbox, 1));
    assert_int_equal(sandbox_stop(sandbox), 0);
    not_in_files(&place, root);
    not_in_files(&place, made.secret);
    not_in_files(&place, string_at(rotated, "key"));

    struct run again = run_program((const char *const[]){"--db", place.file, NULL});
    assert_int_equal(again.status, -1);
    assert_non_null(strstr(again.out.data, "\"admin_key\":null"));
    assert_null(strstr(again.out.data, root));
    run_done(&again);
    refuses(args, "empty database only");

    sandbox = sandbox_start((const char *const[]){"--db", place.file, "--now", NOW, NULL});
    json_t *list = get(sandbox, root, "/api-keys"); /* both secrets live on */
    assert_int_equal(number_at(list, "total"), 151);
    assert_string_equal(string_at(list, "data.0.name"), "kept");
    json_decref(get(sandbox, made.secret, "/admin/workspaces"));
    json_decref(get(sandbox, string_at(rotated, "key"), "/admin/workspaces"));
    struct made_key more = make_key(sandbox, root, "organisation/service",
                                    "{\"name\":\"more\",\"scopes\":[\"workspaces.list\"]}");
    assert_string_not_equal(more.secret, made.secret);
    json_decref(list);
    assert_int_equal(sandbox_stop(sandbox), 0);
    json_decref(rotated);
    free(second_admin);
    free(root);
    free(path);
    free(wal);
    remove_place(&place);
}

static void what_is_no_database(void **state)
{
    (void)state;
    struct place place;
    make_place(&place);
    FILE *file = fopen(place.file, "w");
    fputs("this is a letter to my aunt, and it is longer than a header of SQLite would be...\n"
          "this is a letter to my aunt, and it is longer than a header of SQLite would be...\n",
          file);
    fclose(file);
    struct run run = run_program((const char *const[]){"--seed", "demo", "--db", place.file, NULL});
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err.data, place.file));
    run_done(&run);
    run = run_program((const char *const[]){"--seed", "demo", "--db", "/no/such/folder/x", NULL});
    assert_int_equal(run.status, 1);
    run_done(&run);
    remove_place(&place);
}

static char *audit_rows(const char *file)
{
    sqlite3 *db;
    sqlite3_stmt *rows;
    struct buf out;
    buf_init(&out, 0);
    assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT method||' '||action||' '||resource_type||' '||"
                                        "status||' '||actor_type||' '||(actor=(SELECT id FROM keys "
                                        "WHERE name='console-admin' AND org=1))||' '||"
                                        "(workspace<>'')||' '||substr(uri,1,14)||' '||"
                                        "coalesce(request_body,'-') FROM audit_log ORDER BY seq",
                                        -1, &rows, NULL),
                     SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        buf_addf(&out, "%s\n", (const char *)sqlite3_column_text(rows, 0));
    }
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return buf_take(&out);
}

/* Makes a database of these statements. */
static void write_database(const struct place *place, const char *sql)
{
    sqlite3 *db;
    char *wrong = NULL;
    assert_int_equal(sqlite3_open(place->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &wrong) != SQLITE_OK) {
        fail_msg("%s", wrong);
    }
    sqlite3_close(db);
}

static char *read_text(const char *name)
{
    FILE *file = fopen(name, "r");
    struct buf out;
    char chunk[4096];
    size_t got;
    assert_non_null(file);
    buf_init(&out, 0);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        buf_add(&out, chunk, got);
    }
    fclose(file);
    return buf_take(&out);
}

/* All of it is there, the number of a deleted key is not given again, and a second start finds the
 * form of now. */
static void opens_the_database_of(const char *version)
{
    static const char ADMIN[] = "ipNaPQK/V8+thx4EOtX8Q2r/8Y0Y";
    static const char OLD[] = "lJmAfacLmnrw3inlXO1qJKSMigSx";
    struct place place;
    make_place(&place);
    char *sql = read_text(version);
    write_database(&place, sql);
    for (int start = 0; start < 2; start++) {
        struct sandbox_process *sandbox =
            sandbox_start((const char *const[]){"--db", place.file, "--now", NOW, NULL});
        json_t *list = get(sandbox, ADMIN, "/api-keys");
        assert_int_equal(number_at(list, "total"), 4 + start);
        json_t *key = at(at(list, "data"), start == 0 ? "0" : "1");
        assert_string_equal(string_at(key, "name"), "rotated");
        assert_string_equal(string_at(key, "defaults.metadata.team"), "x");
        assert_int_equal(number_at(key, "allow_config_override"), 1);
        expect_error(sandbox, OLD, "GET", "/api-keys", NULL, 403, "AB03"); /* in transition */
        struct made_key made = make_key(sandbox, ADMIN, "organisation/service",
                                        "{\"name\":\"n\",\"scopes\":[\"workspaces.list\"]}");
        assert_string_not_equal(made.id, "ad8e4bfe-86aa-48f1-810a-84ae7957d180");
        json_decref(list);
        /* What the older ones lacked is there: people, invites, the whole of the audit log. */
        list = get(sandbox, ADMIN, "/admin/users");
        assert_int_equal(number_at(list, "total"), 2);
        json_decref(list);
        list = get(sandbox, ADMIN, "/admin/users/invites");
        assert_int_equal(number_at(list, "total"), 0);
        json_decref(list);
        list = get(sandbox, ADMIN, "/audit-logs?start_time=2026-01-01&end_time=2027-01-01");
        assert_int_equal(number_at(list, "total"), 5 + start);
        assert_string_equal(string_at(list, "records.0.country"), "");
        json_decref(list);
        assert_int_equal(sandbox_stop(sandbox), 0);
    }
    char *rows = audit_rows(place.file);
    assert_non_null(strstr(rows, "DELETE delete api-keys 200"));
    free(rows);
    free(sql);
    remove_place(&place);
}

static void a_database_of_the_first_version(void **state)
{
    (void)state;
    opens_the_database_of(FIRST_VERSION);
}

static void a_database_of_the_second_version(void **state)
{
    (void)state;
    opens_the_database_of(SECOND_VERSION);
}

/* Refused with what to do, and left as they are. */
static void databases_of_others(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *word;
    } CASES[] = {
        {"CREATE TABLE recipes(name TEXT);", "another program"},
        {"CREATE TABLE organisations(seq INTEGER); PRAGMA user_version=4;", "a later version"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct place place;
        make_place(&place);
        write_database(&place, CASES[i].sql);
        struct run run =
            run_program((const char *const[]){"--seed", "demo", "--db", place.file, NULL});
        assert_int_equal(run.status, 1);
        assert_non_null(strstr(run.err.data, CASES[i].word));
        assert_non_null(strstr(run.err.data, "another --db"));
        run_done(&run);
        remove_place(&place);
    }
}

/* How large a file of this process may grow. */
static void limit_files(const struct sandbox_process *sandbox, rlim_t bytes)
{
    const struct rlimit limit = {bytes, RLIM_INFINITY};
    assert_int_equal(prlimit(sandbox_pid(sandbox), RLIMIT_FSIZE, &limit, NULL), 0);
}

/* Nothing is stored, nothing is told as stored, and the server lives on. */
static void a_full_disk_changes_nothing(void **state)
{
    (void)state;
    static const char BODY[] = "{\"name\":\"n\",\"scopes\":[\"workspaces.list\"]}";
    struct place place;
    make_place(&place);
    struct sandbox_process *sandbox = sandbox_start(
        (const char *const[]){"--seed", "demo", "--db", place.file, "--now", NOW, NULL});
    char *root = xstrdup(sandbox_admin_key(sandbox, 0));
    struct made_key kept = make_key(sandbox, root, "organisation/service", BODY);
    char *path = text("/api-keys/%s", kept.id);
    limit_files(sandbox, 0);
    expect_error(sandbox, root, "POST", "/api-keys/organisation/service", BODY, 500, "AB04");
    expect_error(sandbox, root, "DELETE", path, NULL, 500, "AB04");
    limit_files(sandbox, RLIM_INFINITY);
    json_decref(get(sandbox, root, path));
    json_decref(get(sandbox, kept.secret, "/admin/workspaces"));
    json_t *list = get(sandbox, root, "/api-keys");
    assert_int_equal(number_at(list, "total"), 151);
    json_decref(list);
    json_decref(expect(sandbox, root, "DELETE", path, NULL, 200));
    assert_int_equal(sandbox_stop(sandbox), 0);
    free(path);
    free(root);
    remove_place(&place);
}

/* -- the audit log -- */

static void each_mutation_is_written_down(void **state)
{
    (void)state;
    struct place place;
    make_place(&place);
    struct sandbox_process *sandbox =
        sandbox_start((const char *const[]){"--seed", "scale", "--workspaces", "1", "--users", "3",
                                            "--keys", "2", "--db", place.file, "--now", NOW, NULL});
    char *root = xstrdup(sandbox_admin_key(sandbox, 0));
    json_t *places = get(sandbox, root, "/admin/workspaces");
    char *body = text("{\"name\":\"n\",\"scopes\":[\"completions.write\"],\"workspace_id\":\"%s\"}",
                      string_at(places, "data.0.id"));
    struct made_key made = make_key(sandbox, root, "workspace/service", body);
    char *path = text("/api-keys/%s", made.id);
    char *rotate = text("%s/rotate", path);
    char *leak =
        text("{\"description\":\"my key is %s\",\"key\":\"abc\",\"list\":[\"%s\"]}", root, root);
    json_decref(expect(sandbox, root, "PUT", path, leak, 200));
    json_decref(expect(sandbox, root, "PUT", path, "{\"name\":7}", 400));
    json_decref(expect(sandbox, made.secret, "DELETE", path, NULL, 403));
    json_decref(expect(sandbox, made.secret, "POST", "/chat/completions",
                       "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                       200));
    json_decref(expect(sandbox, root, "POST", rotate, NULL, 200));
    json_decref(expect(sandbox, root, "POST", rotate, NULL, 409));
    json_decref(expect(sandbox, root, "DELETE", path, NULL, 200));
    json_decref(expect(sandbox, root, "DELETE", path, NULL, 403));
    assert_int_equal(sandbox_stop(sandbox), 0);
    char *rows = audit_rows(place.file);
    char *wanted = text("POST create api-keys 200 api_key 1 1 /v1/api-keys/w %s\n"
                        "PUT update api-keys 200 api_key 1 1 /v1/api-keys/%c "
                        "{\"description\":\"*****\",\"key\":\"*****\",\"list\":[\"*****\"]}\n"
                        "PUT update api-keys 400 api_key 1 0 /v1/api-keys/%c {\"name\":7}\n"
                        "DELETE delete api-keys 403 api_key 0 1 /v1/api-keys/%c -\n"
                        "POST rotate api-keys 200 api_key 1 1 /v1/api-keys/%c -\n"
                        "POST rotate api-keys 409 api_key 1 1 /v1/api-keys/%c -\n"
                        "DELETE delete api-keys 200 api_key 1 1 /v1/api-keys/%c -\n"
                        "DELETE delete api-keys 403 api_key 1 0 /v1/api-keys/%c -\n",
                        body, made.id[0], made.id[0], made.id[0], made.id[0], made.id[0],
                        made.id[0], made.id[0]);
    assert_string_equal(rows, wanted);
    json_decref(places);
    free(wanted);
    free(rows);
    free(leak);
    free(rotate);
    free(path);
    free(body);
    free(root);
    remove_place(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_flags),
        cmocka_unit_test(help),
        cmocka_unit_test(the_manual_knows_every_quirk),
        cmocka_unit_test(a_file_keeps_all_and_no_secret),
        cmocka_unit_test(what_is_no_database),
        cmocka_unit_test(a_database_of_the_first_version),
        cmocka_unit_test(a_database_of_the_second_version),
        cmocka_unit_test(databases_of_others),
        cmocka_unit_test(a_full_disk_changes_nothing),
        cmocka_unit_test(each_mutation_is_written_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
