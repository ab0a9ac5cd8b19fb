/* Files: modes, links, caps, atomic writes; and the log, which is a file too. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"

#include "base/banned.h"

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int setup(void **state)
{
    const char *tmp = getenv("TMPDIR");
    char *folder = xasprintf("%s/unit-file-XXXXXX", tmp != NULL ? tmp : "/tmp");

    *state = folder;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

static void put(const char *path, const char *text, mode_t mode)
{
    struct err err;

    if (!file_write_atomic(path, text, strlen(text), mode, &err)) {
        fail_msg("%s", err.text);
    }
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

/* How many files are in the folder: a failed write may leave none behind. */
static int count_files(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(dir);
    return count;
}

static void test_write_and_read(void **state)
{
    char *path = file_join(*state, "a.ini");
    struct err err = {0};
    struct buf buf;

    umask(0);
    put(path, "one", 0600);
    assert_int_equal(mode_of(path), 0600);
    put(path, "two", 0640); /* over the first, the new mode counts */
    assert_int_equal(mode_of(path), 0640);
    buf_init(&buf, 0);
    buf_adds(&buf, "> ");
    assert_true(file_read(path, &buf, &err));
    assert_string_equal(buf.data, "> two");
    assert_int_equal(err.kind, ERR_NONE);
    buf_done(&buf);
    free(path);
}

static void test_read_failures(void **state)
{
    char *path = file_join(*state, "none");
    char *link = file_join(*state, "link");
    char *fifo = file_join(*state, "fifo");
    char large[20000];
    struct err err = {0};
    struct buf buf;

    buf_init(&buf, 10);
    buf_adds(&buf, "keep");
    assert_false(file_read(path, &buf, &err));
    assert_int_equal(err.kind, ERR_FILE);
    assert_int_equal(err.status, ENOENT);
    assert_non_null(strstr(err.text, path));

    put(path, "secret", 0600);
    assert_int_equal(symlink(path, link), 0);
    assert_false(file_read(link, &buf, &err));
    assert_int_equal(err.status, ELOOP);
    assert_false(file_read_private(link, &buf, &err));

    assert_false(file_read(*state, &buf, &err));
    assert_int_equal(err.status, EISDIR);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_false(file_read(fifo, &buf, NULL)); /* and does not hang */

    put(path, "0123456", 0600);
    assert_false(file_read(path, &buf, &err));
    assert_int_equal(err.status, EFBIG);
    assert_string_equal(buf.data, "keep"); /* what was there is whole */
    assert_int_equal(buf.len, 4);
    buf_done(&buf);

    /* Too large is seen only in the second step of reading: the first is taken back. */
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    put(path, large, 0600);
    buf_init(&buf, sizeof(large) - 10);
    assert_false(file_read(path, &buf, &err));
    assert_int_equal(err.status, EFBIG);
    assert_int_equal(buf.len, 0);
    buf_done(&buf);
    free(fifo);
    free(link);
    free(path);
}

static void test_private(void **state)
{
    static const mode_t refused[] = {0644, 0640, 0620, 0610, 0604, 0602, 0601, 0660, 0666};
    char *path = file_join(*state, "key");
    struct err err = {0};
    struct buf buf;

    buf_init(&buf, 0);
    put(path, "k", 0600);
    assert_true(file_read_private(path, &buf, &err));
    assert_string_equal(buf.data, "k");
    put(path, "k", 0400);
    assert_true(file_read_private(path, &buf, &err));
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        assert_int_equal(chmod(path, refused[i]), 0);
        if (file_read_private(path, &buf, &err)) {
            fail_msg("mode %o was read", (unsigned)refused[i]);
        }
        assert_int_equal(err.kind, ERR_FILE);
        assert_int_equal(err.status, EPERM);
    }
    assert_string_equal(buf.data, "kk");
    if (geteuid() == 0) {
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(chown(path, 65534, 65534), 0);
        assert_false(file_read_private(path, &buf, &err));
    }
    buf_done(&buf);
    free(path);
}

static void test_atomic(void **state)
{
    char *path = file_join(*state, "f");
    char *folder = file_join(*state, "folder");
    char *inside = file_join(folder, "x");
    char *link = file_join(*state, "link");
    struct err err = {0};
    struct buf buf;
    int held;

    put(path, "old", 0600);
    held = open(path, O_RDONLY | O_CLOEXEC);
    put(path, "new and longer", 0600);
    buf_init(&buf, 0);
    assert_true(buf_add(&buf, "...", 3));
    assert_int_equal(read(held, buf.data, 3), 3);
    assert_string_equal(buf.data, "old"); /* who had it open still has the old one, whole */
    close(held);

    /* It cannot take the place of a folder: that fails, and nothing is left behind. */
    assert_true(file_mkdirs(folder, &err));
    put(inside, "x", 0600);
    assert_int_equal(count_files(*state), 2);
    assert_false(file_write_atomic(folder, "y", 1, 0600, &err));
    assert_int_equal(err.kind, ERR_FILE);
    assert_int_equal(count_files(*state), 2);

    /* A link is replaced, not followed. */
    assert_int_equal(symlink(path, link), 0);
    put(link, "mine", 0600);
    buf_clear(&buf);
    assert_true(file_read(path, &buf, &err));
    assert_string_equal(buf.data, "new and longer");
    buf_clear(&buf);
    assert_true(file_read(link, &buf, &err));
    assert_string_equal(buf.data, "mine");

    free(inside);
    inside = file_join(folder, "none/x");
    assert_false(file_write_atomic(inside, "y", 1, 0600, &err));
    assert_int_equal(err.status, ENOENT);
    buf_done(&buf);
    free(link);
    free(inside);
    free(folder);
    free(path);
}

static void test_mkdirs(void **state)
{
    char *deep = file_join(*state, "a/b//c/");
    char *a = file_join(*state, "a");
    char *b = file_join(*state, "a/b");
    char *file = file_join(*state, "a/file");
    char *below = file_join(file, "x");
    struct err err = {0};

    umask(0);
    assert_true(file_mkdirs(deep, &err));
    assert_true(file_mkdirs(deep, &err));
    assert_int_equal(mode_of(a), 0700);
    assert_int_equal(mode_of(b), 0700);
    assert_int_equal(mode_of(deep), 0700);
    put(file, "", 0600);
    assert_false(file_mkdirs(file, &err));
    assert_int_equal(err.status, ENOTDIR);
    assert_false(file_mkdirs(below, &err));
    assert_int_equal(err.status, ENOTDIR);
    free(below);
    free(file);
    free(b);
    free(a);
    free(deep);
}

static void test_join(void **state)
{
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *joined = file_join(cases[i][0], cases[i][1]);

        assert_string_equal(joined, cases[i][2]);
        free(joined);
    }
}

/* The log as one text (gives). */
static char *log_text(const char *path)
{
    struct buf buf;
    struct err err;

    buf_init(&buf, 0);
    if (!file_read_private(path, &buf, &err)) {
        fail_msg("%s", err.text);
    }
    return buf_take(&buf);
}

static void test_log_lines(void **state)
{
    char *path = file_join(*state, "log");
    struct err err = {0};
    char *text;

    log_msg(LOG_LEVEL_ERROR, "test", "closed: goes nowhere");
    put(path, "", 0644); /* left behind with the wrong mode */
    assert_true(log_open(path, LOG_LEVEL_INFO, &err));
    assert_int_equal(mode_of(path), 0600);
    log_msg(LOG_LEVEL_INFO, "a\"rea", "say \"%s\" \\ %d", "hi\n\x1b[2J", 7);
    log_msg(LOG_LEVEL_DEBUG, "test", "too fine");
    log_msg(LOG_LEVEL_ERROR, "test", "bytes \xff");
    log_close();
    log_close();
    log_msg(LOG_LEVEL_ERROR, "test", "closed again");
    text = log_text(path);
    assert_non_null(strstr(text, "{\"time\":\"20"));
    assert_non_null(strstr(text, "\"level\":\"info\",\"area\":\"a\\\"rea\",\"text\":\"say "
                                 "\\\"hi \xe2\x90\x9b[2J\\\" \\\\ 7\"}\n"));
    assert_non_null(strstr(text, "\"bytes \xef\xbf\xbd\"}\n"));
    assert_null(strstr(text, "fine"));
    assert_null(strstr(text, "closed"));
    assert_int_equal(strchr(strchr(text, '\n') + 1, '\n')[1], '\0'); /* two lines */
    free(text);
    free(path);
}

static void test_log_hides_keys(void **state)
{
    char *path = file_join(*state, "log");
    struct secret *secret = secret_new("hidden/-key.1", 13);
    struct err err = {0};
    char *text;

    assert_true(log_open(path, LOG_LEVEL_DEBUG, &err));
    log_hide(secret);
    log_hide(secret);
    log_msg(LOG_LEVEL_DEBUG, "http", "x-portkey-api-key: %s!", "hidden/-key.1");
    log_msg(LOG_LEVEL_DEBUG, "http", "Bearer %s", "OrFTrzvuBOy2vfYVZdTcD8Ld3AsI");
    log_msg(LOG_LEVEL_DEBUG, "http", "GET %s", "/v1/api-keys/183497e5-0a2c-4e2a-9b26-f6ac2a4d2d3b");
    log_msg(LOG_LEVEL_DEBUG, "http", "scope %s", "organisation_service_api_keys.create");
    log_msg(LOG_LEVEL_DEBUG, "http", "word %s", "internationalisations");
    log_close();
    text = log_text(path);
    assert_null(strstr(text, "hidden/-key"));
    assert_null(strstr(text, "OrFTrz"));
    assert_null(strstr(text, "D8Ld3AsI"));
    assert_non_null(strstr(text, "x-portkey-api-key: ***!"));
    assert_non_null(strstr(text, "Bearer ***\""));
    assert_non_null(strstr(text, "/v1/api-keys/183497e5-0a2c-4e2a-9b26-f6ac2a4d2d3b"));
    assert_non_null(strstr(text, "organisation_service_api_keys.create"));
    assert_non_null(strstr(text, "internationalisations"));
    free(text);
    secret_free(secret);
    free(path);
}

static void test_log_many_hidden(void **state)
{
    char *path = file_join(*state, "log");
    struct err err = {0};
    char *text;

    assert_true(log_open(path, LOG_LEVEL_DEBUG, &err));
    for (int i = 0; i < 40; i++) {
        char *key = xasprintf("key-number-%02d", i);
        struct secret *secret = secret_new(key, strlen(key));

        log_hide(secret);
        secret_free(secret);
        log_msg(LOG_LEVEL_DEBUG, "test", "<%s>", key);
        free(key);
    }
    log_close();
    text = log_text(path);
    assert_null(strstr(text, "key-number"));
    free(text);
    free(path);
}

static void test_log_refuses(void **state)
{
    char *path = file_join(*state, "log");
    char *link = file_join(*state, "link");
    struct err err = {0};

    put(path, "", 0600);
    assert_int_equal(symlink(path, link), 0);
    assert_false(log_open(link, LOG_LEVEL_INFO, &err));
    assert_int_equal(err.kind, ERR_FILE);
    assert_false(log_open(*state, LOG_LEVEL_INFO, &err));
    free(link);
    free(path);
}

static int group_setup(void **state)
{
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") != NULL && secret_setup() ? 0 : -1;
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_write_and_read),  FILE_TEST(test_read_failures),
        FILE_TEST(test_private),         FILE_TEST(test_atomic),
        FILE_TEST(test_mkdirs),          cmocka_unit_test(test_join),
        FILE_TEST(test_log_lines),       FILE_TEST(test_log_hides_keys),
        FILE_TEST(test_log_many_hidden), FILE_TEST(test_log_refuses),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
