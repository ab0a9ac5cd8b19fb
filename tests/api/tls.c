/* TLS and HTTP/2: nghttpx stands in front of the sandbox with a certificate of an authority that
 * the test makes itself. Skipped (77) where nghttpx or openssl is not installed. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/client_internal.h"
#include "api/rig.h"
#include "base/alloc.h"
#include "base/file.h"
#include "support/sandbox.h"

#include "base/banned.h"

#define SKIPPED 77

static struct sandbox_process *world;
static char folder[] = "/tmp/portcullis-tls-XXXXXX";

/* -- programs -- */

static pid_t spawn(const char *const *argv)
{
    pid_t pid = fork();

    if (pid == 0) {
        int nothing = open("/dev/null", O_RDWR);

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        if (chdir(folder) == 0) {
            execvp(argv[0], (char *const *)argv);
        }
        _exit(127);
    }
    return pid;
}

static int finish(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run(const char *const *argv)
{
    return finish(spawn(argv));
}

static bool can_run(const char *program)
{
    const char *const argv[] = {program, "--version", NULL};
    const char *const openssl[] = {program, "version", NULL};

    return run(strcmp(program, "openssl") == 0 ? openssl : argv) == 0;
}

static char *in_folder(const char *name)
{
    return file_join(folder, name);
}

static void write_text(const char *name, const char *text)
{
    char *path = in_folder(name);

    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    free(path);
}

/* -- certificates -- */

static void make_authority(const char *name)
{
    char *key = xasprintf("%s.key", name), *pem = xasprintf("%s.pem", name);
    const char *const argv[] = {"openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:prime256v1",
                                "-nodes",
                                "-keyout",
                                key,
                                "-out",
                                pem,
                                "-days",
                                "2",
                                "-subj",
                                "/CN=Test Authority",
                                NULL};

    assert_int_equal(run(argv), 0);
    free(key);
    free(pem);
}

/* For names as in a subjectAltName, signed by the authority `ca`. */
static void make_certificate(const char *name, const char *names, const char *days)
{
    char *key = xasprintf("%s.key", name), *csr = xasprintf("%s.csr", name);
    char *pem = xasprintf("%s.pem", name), *ext = xasprintf("%s.ext", name);
    char *text = xasprintf("subjectAltName=%s\n", names);
    const char *const request[] = {
        "openssl",  "req",     "-newkey", "ec",   "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes",   "-keyout", key,       "-out", csr,        "-subj",
        "/CN=test", NULL};
    const char *const sign[] = {
        "openssl",         "x509",  "-req", "-in",      csr, "-CA",  "ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-days", days,   "-extfile", ext, "-out", pem,      NULL};

    write_text(ext, text);
    assert_int_equal(run(request), 0);
    assert_int_equal(run(sign), 0);
    free(key);
    free(csr);
    free(pem);
    free(ext);
    free(text);
}

/* -- the front -- */

struct front {
    pid_t pid;
    char base_url[64];
};

static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static bool answers(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

    close(fd);
    return ok;
}

/* http2: offered by ALPN. */
static void start_front(struct front *front, const char *certificate, bool http2)
{
    int64_t deadline = clock_mono_ms() + 20000;
    int port = free_port();
    char *frontend = xasprintf("--frontend=127.0.0.1,%d", port);
    char *backend = xasprintf("--backend=127.0.0.1,%d", sandbox_port(world));
    char *key = xasprintf("%s.key", certificate), *pem = xasprintf("%s.pem", certificate);
    const char *const argv[] = {"nghttpx",
                                frontend,
                                backend,
                                http2 ? "--npn-list=h2,http/1.1" : "--npn-list=http/1.1",
                                "--conf=/dev/null",
                                "--workers=1",
                                "--no-ocsp",
                                "--single-process",
                                "--errorlog-file=/dev/null",
                                key,
                                pem,
                                NULL};

    front->pid = spawn(argv);
    snprintf(front->base_url, sizeof(front->base_url), "https://127.0.0.1:%d/v1", port);
    while (!answers(port)) {
        if (clock_mono_ms() > deadline || waitpid(front->pid, NULL, WNOHANG) == front->pid) {
            fail_msg("nghttpx does not start");
        }
        poll(NULL, 0, 10); /* until it listens */
    }
    free(frontend);
    free(backend);
    free(key);
    free(pem);
}

static void stop_front(struct front *front)
{
    kill(front->pid, SIGKILL);
    finish(front->pid);
}

static void open_rig(struct rig *rig, const struct front *front, const char *ca)
{
    char *ca_file = ca != NULL ? in_folder(ca) : NULL;

    rig_init(
        rig,
        &(struct api_config){.base_url = front->base_url, .ca_file = ca_file, .patience_ms = 20000},
        sandbox_admin_key(world, 0));
    rig->hurry = true;
    free(ca_file);
}

/* -- tests -- */

static void load_over(bool http2)
{
    struct front front;
    struct loaded loaded;
    struct kept kept = {0};
    struct key_draft draft;
    struct rig rig;
    char *body;

    start_front(&front, "good", http2);
    open_rig(&rig, &front, "ca.pem");
    load_all(&rig, LOAD_ALL, &loaded);
    for (int list = 0; list < LIST_COUNT; list++) {
        if (loaded.inv->lists[list].progress != PROGRESS_COMPLETE) {
            fail_msg("%s: %s", list_name((enum list_kind)list), loaded.inv->lists[list].why);
        }
    }
    assert_true(loaded.inv->key_count > 100);
    assert_int_equal(client_bulk_places(rig.client) > 4, http2);
    draft_init(&draft, KEY_ORGANISATION_SERVICE);
    snprintf(draft.name, sizeof(draft.name), "over TLS");
    scope_set_add(&draft.scopes, scope_find("workspaces.list"));
    body = api_create_body(&draft, 0);
    api_create_key(rig.client, draft.kind, body, keep_reply, &kept);
    free(body);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    assert_non_null(kept.key);
    kept_clear(&kept);
    loaded_clear(&loaded);
    rig_done(&rig);
    stop_front(&front);
}

static void test_http1(void **state)
{
    (void)state;
    load_over(false);
}

static void test_http2(void **state)
{
    (void)state;
    load_over(true);
}

static void expect_untrusted(const char *certificate, const char *ca)
{
    struct front front;
    struct kept kept = {0};
    struct rig rig;

    start_front(&front, certificate, true);
    open_rig(&rig, &front, ca);
    api_probe(rig.client, keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_int_equal(kept.err.kind, ERR_NETWORK);
    if (strstr(kept.err.text, "cannot be trusted") == NULL) {
        fail_msg("%s", kept.err.text);
    }
    kept_clear(&kept);
    rig_done(&rig);
    stop_front(&front);
}

static void test_untrusted(void **state)
{
    (void)state;
    expect_untrusted("good", NULL);          /* the system's roots do not know it */
    expect_untrusted("good", "other.pem");   /* nor does this authority */
    expect_untrusted("elsewhere", "ca.pem"); /* for another host */
}

/* A plain server where TLS is expected, and the other way round. */
static void test_not_tls(void **state)
{
    struct front front;
    struct kept kept = {0};
    struct rig rig;
    char url[64];

    (void)state;
    snprintf(front.base_url, sizeof(front.base_url), "https://127.0.0.1:%d/v1",
             sandbox_port(world));
    open_rig(&rig, &front, "ca.pem");
    api_probe(rig.client, keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_int_equal(kept.err.kind, ERR_NETWORK);
    assert_non_null(strstr(kept.err.text, "https"));
    kept_clear(&kept);
    rig_done(&rig);
    start_front(&front, "good", true);
    snprintf(url, sizeof(url), "http%s", front.base_url + 5);
    memcpy(front.base_url, url, sizeof(url));
    open_rig(&rig, &front, NULL);
    kept.done = false;
    api_probe(rig.client, keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_false(kept.ok);
    kept_clear(&kept);
    rig_done(&rig);
    stop_front(&front);
}

/* A CA file that is none is told before anything is sent. */
static void test_bad_ca_files(void **state)
{
    static const char *const names[] = {"missing.pem", "empty.pem", "text.pem", "."};
    struct loop *loop = loop_new();
    struct clock clock;

    (void)state;
    clock_init(&clock);
    write_text("empty.pem", "");
    write_text("text.pem", "no certificate\n");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = in_folder(names[i]);
        struct api_config config = {
            .base_url = "https://127.0.0.1/v1", .ca_file = path, .clock = &clock};
        struct err err = {0};

        assert_null(api_client_new(loop, &config, secret_new("abcdefgh", 8), &err));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_non_null(strstr(err.text, "CA file"));
        free(path);
    }
    loop_free(loop);
}

/* What operators are given in the place of PEM is told as what it is, with the command that makes
 * PEM of it. */
static void other_forms_are_told(void **state)
{
    static const struct {
        const char *argv[14];
        const char *name, *says; /* NULL: it can be used */
    } rows[] = {
        {{"openssl", "x509", "-in", "ca.pem", "-outform", "DER", "-out", "form.der"},
         "form.der",
         "is in DER form"},
        {{"openssl", "crl2pkcs7", "-nocrl", "-certfile", "ca.pem", "-out", "form.p7b"},
         "form.p7b",
         "P7B"},
        {{"openssl", "crl2pkcs7", "-nocrl", "-certfile", "ca.pem", "-outform", "DER", "-out",
          "form.p7c"},
         "form.p7c",
         "P7B"},
        {{"openssl", "pkcs12", "-export", "-nokeys", "-in", "ca.pem", "-passout", "pass:x", "-out",
          "form.p12"},
         "form.p12",
         "P12"},
        {{"openssl", "pkcs12", "-export", "-in", "ca.pem", "-inkey", "ca.key", "-passout",
          "pass:", "-out", "form.pfx"},
         "form.pfx",
         "P12"},
        {{"cp", "ca.key", "form.key"}, "form.key", "holds no certificate: what stands in it"},
        {{"openssl", "req", "-new", "-key", "ca.key", "-subj", "/CN=x", "-out", "form.csr"},
         "form.csr",
         "holds no certificate: what stands in it"},
        {{"openssl", "x509", "-in", "ca.pem", "-text", "-out", "form.txt"}, "form.txt", NULL},
        {{"openssl", "x509", "-in", "ca.pem", "-addtrust", "serverAuth", "-trustout", "-out",
          "form.trusted"},
         "form.trusted",
         NULL},
    };
    struct loop *loop = loop_new();
    struct clock clock;

    (void)state;
    clock_init(&clock);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = in_folder(rows[i].name);
        struct api_config config = {
            .base_url = "https://127.0.0.1/v1", .ca_file = path, .clock = &clock};
        struct err err = {0};
        struct api_client *client;

        assert_int_equal(run(rows[i].argv), 0);
        client = api_client_new(loop, &config, secret_new("abcdefgh", 8), &err);
        if ((client != NULL) != (rows[i].says == NULL) ||
            (rows[i].says != NULL && strstr(err.text, rows[i].says) == NULL)) {
            fail_msg("%s: %s", rows[i].name, err.text);
        }
        api_client_free(client);
        free(path);
    }
    loop_free(loop);
}

static int set_up(void **state)
{
    static const char *const args[] = {"--seed", "demo", NULL};

    (void)state;
    world = sandbox_start(args);
    make_authority("ca");
    make_authority("other");
    make_certificate("good", "IP:127.0.0.1,DNS:localhost", "1");
    make_certificate("elsewhere", "DNS:elsewhere.example", "1");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return sandbox_stop(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http1),        cmocka_unit_test(test_http2),
        cmocka_unit_test(test_untrusted),    cmocka_unit_test(test_not_tls),
        cmocka_unit_test(test_bad_ca_files), cmocka_unit_test(other_forms_are_told),
    };
    const char *const clean[] = {"rm", "-rf", folder, NULL};
    int failed;

    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    if (!can_run("nghttpx") || !can_run("openssl")) {
        fputs("nghttpx or openssl is not installed\n", stderr);
        (void)run(clean);
        return SKIPPED;
    }
    failed = cmocka_run_group_tests(tests, set_up, tear_down);
    (void)run(clean);
    return failed;
}
