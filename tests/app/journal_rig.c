#include <fcntl.h>
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

#include "app/journal_rig.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/secret.h"

#include "base/banned.h"

int journal_rig_setup(void **state)
{
    struct journal_rig *fx = xcalloc(1, sizeof(*fx));

    assert_true(secret_setup());
    snprintf(fx->folder, sizeof(fx->folder), "/tmp/portcullis-journal-XXXXXX");
    assert_non_null(mkdtemp(fx->folder));
    fx->path = xasprintf("%s/state/deep/journal.jsonl", fx->folder);
    clock_init(&fx->clock);
    clock_fix(&fx->clock, 1777777777000);
    fx->journal = journal_new(fx->path, &fx->clock);
    *state = fx;
    return 0;
}

int journal_rig_teardown(void **state)
{
    struct journal_rig *fx = *state;
    temp_remove(fx->folder);
    journal_free(fx->journal);
    free(fx->path);
    free(fx);
    return 0;
}

const struct journal_intent journal_rig_revocation = {
    .act = "revoke-key",
    .profile = "acme",
    .base_url = "http://127.0.0.1:1/v1",
    .own_mask = "Tb*****k3Q",
    .target = "60571396-bd81-4e58-8c82-4858930ede0b",
    .name = "gira \x1b[31m\xff app",
    .method = "DELETE",
    .path = "/v1/api-keys/60571396-bd81-4e58-8c82-4858930ede0b",
    .reason = "INC-2210",
};

void journal_rig_pair(struct journal_rig *fx, const char *result)
{
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};
    struct journal_outcome outcome = {.result = result, .detail = "as asked", .status = 200};

    assert_true(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
    assert_true(journal_write_outcome(fx->journal, id, &outcome, &err));
}

struct journal_report journal_rig_report(struct journal_rig *fx)
{
    struct journal_report report = {0};
    struct err err = {0};

    assert_true(journal_read(fx->journal, &report, &err));
    return report;
}

char *journal_rig_slurp(struct journal_rig *fx, size_t *len)
{
    struct buf buf;
    struct err err = {0};
    char *bytes;

    buf_init(&buf, 0);
    assert_true(file_read_private(fx->path, &buf, &err));
    *len = buf.len;
    bytes = buf_take(&buf);
    buf_done(&buf);
    return bytes;
}

void journal_rig_spill(struct journal_rig *fx, const char *bytes, size_t len)
{
    int fd = open(fx->path, O_WRONLY | O_TRUNC | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

char *journal_rig_head_path(const struct journal_rig *rig)
{
    return xasprintf("%s/state/deep/journal.head", rig->folder);
}

char *journal_rig_head(const struct journal_rig *rig)
{
    char *path = journal_rig_head_path(rig), *bytes;
    struct buf buf;
    struct err err = {0};

    buf_init(&buf, 0);
    assert_true(file_read_private(path, &buf, &err));
    bytes = buf_take(&buf);
    buf_done(&buf);
    free(path);
    return bytes;
}

void journal_rig_put_head(const struct journal_rig *rig, const char *bytes)
{
    char *path = journal_rig_head_path(rig);
    struct err err = {0};

    assert_true(file_write_atomic(path, bytes, strlen(bytes), 0600, &err));
    free(path);
}
