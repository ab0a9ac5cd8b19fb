#include "app/settings.h"

#include <stdlib.h>
#include <string.h>

#include "app/profile.h"
#include "base/alloc.h"
#include "base/file.h"

#include "base/banned.h"

#define LAST_PROFILE "last-profile"
#define FILE_MAX 256

char *settings_last_profile(const struct paths *paths)
{
    char *path = file_join(paths->state, LAST_PROFILE);
    char *name = NULL;
    struct buf bytes;

    buf_init(&bytes, FILE_MAX);
    if (file_read_private(path, &bytes, NULL)) {
        bytes.data[strcspn(bytes.data, "\n")] = '\0';
        if (profile_name_check(bytes.data, NULL)) {
            name = xstrdup(bytes.data);
        }
    }
    buf_done(&bytes);
    free(path);
    return name;
}

void settings_set_last_profile(const struct paths *paths, const char *name)
{
    char *path = file_join(paths->state, LAST_PROFILE);
    char *line = xasprintf("%s\n", name);

    if (profile_name_check(name, NULL) && file_mkdirs(paths->state, NULL)) {
        (void)file_write_atomic(path, line, strlen(line), 0600, NULL);
    }
    free(line);
    free(path);
}
