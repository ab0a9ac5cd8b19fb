#include "app/paths.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#include "base/banned.h"

#define FOLDER "portcullis"

static const char *absolute(const char *path)
{
    return path != NULL && path[0] == '/' ? path : NULL;
}

/* The file first: where there is no memory, the switch of glibc that asks files, LDAP and the like
 * crashes. */
const struct passwd *paths_user(void)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *user = NULL;

    if (file == NULL && errno == ENOMEM) {
        die_no_memory();
    }
    do {
        errno = 0;
        user = file == NULL ? NULL : fgetpwent(file);
    } while (user != NULL && user->pw_uid != geteuid());
    if (user == NULL && errno == ENOMEM) {
        die_no_memory();
    }
    if (file != NULL) {
        fclose(file);
    }
    return user != NULL ? user : getpwuid(geteuid());
}

/* Gives; NULL when nobody knows. */
static char *find_home(void)
{
    const char *home = absolute(getenv("HOME"));
    const struct passwd *user;

    if (home != NULL) {
        return xstrdup(home);
    }
    user = paths_user();
    return user != NULL && absolute(user->pw_dir) != NULL ? xstrdup(user->pw_dir) : NULL;
}

/* Gives "$variable/portcullis", or "home/fallback/portcullis"; NULL when there is neither. */
static char *folder(const char *variable, const char *home, const char *fallback)
{
    const char *named = absolute(getenv(variable));
    char *base, *out;

    if (named == NULL && home == NULL) {
        return NULL;
    }
    base = named != NULL ? xstrdup(named) : file_join(home, fallback);
    out = file_join(base, FOLDER);
    free(base);
    return out;
}

struct paths *paths_new(struct err *err)
{
    struct paths *paths = xcalloc(1, sizeof(*paths));
    char *home = find_home();

    paths->config = folder("XDG_CONFIG_HOME", home, ".config");
    paths->state = folder("XDG_STATE_HOME", home, ".local/state");
    paths->cache = folder("XDG_CACHE_HOME", home, ".cache");
    free(home);
    if (paths->config == NULL || paths->state == NULL || paths->cache == NULL) {
        err_set(err, ERR_FILE,
                "There is no home folder to keep profiles in: set HOME, or XDG_CONFIG_HOME, "
                "XDG_STATE_HOME and XDG_CACHE_HOME, to absolute paths.");
        paths_free(paths);
        return NULL;
    }
    paths->profiles = file_join(paths->config, "profiles");
    return paths;
}

void paths_free(struct paths *paths)
{
    if (paths == NULL) {
        return;
    }
    free(paths->config);
    free(paths->profiles);
    free(paths->state);
    free(paths->cache);
    free(paths);
}
