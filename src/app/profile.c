#include "app/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/profile_file.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

#include "base/banned.h"

#define SUFFIX ".ini"
#define NAME_MAX_LEN 64
#define FILE_MAX ((size_t)64 << 10)

/* -- the thing itself -- */

struct profile *profile_new(const char *name)
{
    struct profile *profile = xcalloc(1, sizeof(*profile));

    profile->name = xstrdup(name);
    return profile;
}

static char *dup_text(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

struct profile *profile_dup(const struct profile *profile)
{
    struct profile *copy = profile_new(profile->name);

    copy->source = profile->source;
    copy->base_url = dup_text(profile->base_url);
    copy->key_command = dup_text(profile->key_command);
    copy->key_file = dup_text(profile->key_file);
    copy->ca_file = dup_text(profile->ca_file);
    copy->proxy = dup_text(profile->proxy);
    copy->tag = dup_text(profile->tag);
    copy->agents = profile->agents;
    copy->own_key_id = dup_text(profile->own_key_id);
    return copy;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL) {
        return;
    }
    free(profile->name);
    free(profile->base_url);
    free(profile->key_command);
    free(profile->key_file);
    free(profile->ca_file);
    free(profile->proxy);
    free(profile->tag);
    free(profile->own_key_id);
    free(profile);
}

void profile_set(char **slot, const char *text)
{
    char *copy = text == NULL || text[0] == '\0' ? NULL : xstrdup(text);

    free(*slot);
    *slot = copy;
}

void profile_set_proxy(struct profile *profile, const char *text)
{
    profile_set(&profile->proxy, text);
    if (profile->proxy != NULL && strcmp(profile->proxy, "none") == 0) {
        profile->proxy[0] = '\0';
    }
}

static const char *const SOURCES[] = {
    [PROFILE_KEYRING] = "keyring", [PROFILE_COMMAND] = "command", [PROFILE_FILE] = "file",
    [PROFILE_ASK] = "ask",         [PROFILE_SESSION] = "session", [PROFILE_UNKNOWN] = "?",
};

const char *profile_source_name(enum profile_source source)
{
    return SOURCES[(size_t)source <= PROFILE_UNKNOWN ? source : PROFILE_UNKNOWN];
}

enum profile_source profile_source_parse(const char *word)
{
    if (word == NULL || word[0] == '\0') {
        return PROFILE_KEYRING;
    }
    for (size_t i = PROFILE_KEYRING; i <= PROFILE_ASK; i++) {
        if (strcmp(word, SOURCES[i]) == 0) {
            return (enum profile_source)i;
        }
    }
    return PROFILE_UNKNOWN;
}

/* -- checks -- */

static bool invalid(struct err *err, const char *field, const char *text)
{
    err_set(err, ERR_INVALID, "%s", text);
    if (err != NULL) {
        snprintf(err->field, sizeof(err->field), "%s", field);
    }
    return false;
}

bool profile_name_check(const char *name, struct err *err)
{
    static const char ALLOWED[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    size_t len = strlen(name);

    if (len == 0) {
        return invalid(err, "name", "A profile needs a name.");
    }
    if (len > NAME_MAX_LEN) {
        return invalid(err, "name", "A profile's name has at most 64 characters.");
    }
    if (strspn(name, ALLOWED) != len || name[0] == '.' || name[0] == '-') {
        return invalid(err, "name",
                       "A profile's name is made of letters, digits, \".\", \"_\" and \"-\", and "
                       "begins with none of \".\" and \"-\".");
    }
    if (strcmp(name, PROFILE_ENVIRONMENT_NAME) == 0) {
        return invalid(err, "name",
                       "The name \"" PROFILE_ENVIRONMENT_NAME "\" is kept for the profile that "
                       "PORTKEY_API_KEY makes.");
    }
    return true;
}

static bool check_values(const struct profile *profile, struct err *err)
{
    const struct {
        const char *field;
        const char *value;
    } values[] = {
        {"base_url", profile->base_url},     {"key_command", profile->key_command},
        {"key_file", profile->key_file},     {"ca_file", profile->ca_file},
        {"proxy", profile->proxy},           {"tag", profile->tag},
        {"own_key_id", profile->own_key_id},
    };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (values[i].value != NULL &&
            !profile_value_check(values[i].field, values[i].value, err)) {
            return false;
        }
    }
    return true;
}

bool profile_check(const struct profile *profile, struct err *err)
{
    if (!profile_name_check(profile->name, err) || !check_values(profile, err)) {
        return false;
    }
    if (profile->base_url == NULL) {
        return invalid(err, "base_url", "A profile needs a base URL (base_url).");
    }
    if (profile->source > PROFILE_ASK) {
        return invalid(err, "key", "The key comes from keyring, command, file or ask.");
    }
    if (profile->source == PROFILE_COMMAND && profile->key_command == NULL) {
        return invalid(err, "key_command", "With key = command a key_command is needed.");
    }
    if (profile->source == PROFILE_FILE && profile->key_file == NULL) {
        return invalid(err, "key_file", "With key = file a key_file is needed.");
    }
    if (profile->source != PROFILE_COMMAND && profile->key_command != NULL) {
        return invalid(err, "key_command", "A key_command belongs to key = command only.");
    }
    if (profile->source != PROFILE_FILE && profile->key_file != NULL) {
        return invalid(err, "key_file", "A key_file belongs to key = file only.");
    }
    return true;
}

/* -- files -- */

/* Gives. The name has been checked: it cannot lead out of the folder. */
static char *path_of(const struct paths *paths, const char *name)
{
    char *file = xasprintf("%s" SUFFIX, name);
    char *path = file_join(paths->profiles, file);

    free(file);
    return path;
}

/* Whoever can write the folder can put a key command into it. *there says whether it exists. */
static bool check_folder(const struct paths *paths, bool *there, struct err *err)
{
    struct stat st;

    *there = false;
    if (stat(paths->profiles, &st) != 0) {
        return errno == ENOENT || errno == ENOTDIR ||
               err_set(err, ERR_FILE, "Could not look at the folder %s: %s.", paths->profiles,
                       strerrordesc_np(errno));
    }
    if (!S_ISDIR(st.st_mode)) {
        return err_set(err, ERR_FILE, "%s is not a folder.", paths->profiles);
    }
    if (st.st_uid != geteuid()) {
        return err_set(err, ERR_FILE,
                       "The folder %s belongs to somebody else: no profile in it is "
                       "used.",
                       paths->profiles);
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return err_set(err, ERR_FILE,
                       "Others may read or write the folder %s (mode %04o): no profile in it is "
                       "used. `chmod 700` mends that.",
                       paths->profiles, (unsigned)(st.st_mode & 07777));
    }
    *there = true;
    return true;
}

static bool no_such(const char *name, struct err *err)
{
    return err_set(err, ERR_INVALID,
                   "There is no profile %s: `portcullis login --name %s` makes it.", name, name);
}

/* The folder and the name have been checked. */
static struct profile *load(const struct paths *paths, const char *name, struct err *err)
{
    struct profile *profile = profile_new(name);
    char *path = path_of(paths, name);
    struct err mine = {0};
    struct buf bytes;
    bool ok;

    buf_init(&bytes, FILE_MAX);
    ok = file_read_private(path, &bytes, &mine);
    if (!ok && mine.status == ENOENT) {
        no_such(name, &mine);
    } else if (ok && (!profile_parse(bytes.data, bytes.len, profile, &mine) ||
                      !profile_check(profile, &mine))) {
        err_prefix(&mine, "%s", path);
        ok = false;
    }
    if (!ok) {
        if (err != NULL) {
            *err = mine;
        }
        profile_free(profile);
        profile = NULL;
    }
    buf_done(&bytes);
    free(path);
    return profile;
}

struct profile *profile_load(const struct paths *paths, const char *name, struct err *err)
{
    bool there;

    if (!profile_name_check(name, err) || !check_folder(paths, &there, err)) {
        return NULL;
    }
    return load(paths, name, err);
}

bool profile_save(const struct paths *paths, const struct profile *profile, struct err *err)
{
    struct buf bytes;
    char *path;
    bool there, ok;

    if (!profile_check(profile, err) || !file_mkdirs(paths->profiles, err) ||
        !check_folder(paths, &there, err)) {
        return false;
    }
    buf_init(&bytes, FILE_MAX);
    profile_write(profile, &bytes);
    path = path_of(paths, profile->name);
    ok = file_write_atomic(path, bytes.data, bytes.len, S_IRUSR | S_IWUSR, err);
    free(path);
    buf_done(&bytes);
    return ok;
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Is the file still that of the profile that works? */
static bool is_same(const struct profile *stored, const struct profile *profile)
{
    return stored->source == profile->source && same_text(stored->base_url, profile->base_url) &&
           same_text(stored->key_file, profile->key_file) &&
           same_text(stored->key_command, profile->key_command);
}

static bool write_own(const struct paths *paths, const char *name, const char *id, struct err *err)
{
    struct buf old, text;
    char *path = path_of(paths, name);
    bool ok;

    buf_init(&old, FILE_MAX);
    buf_init(&text, FILE_MAX);
    ok = file_read(path, &old, err);
    if (ok) {
        profile_write_own(old.data, id, &text);
        ok = file_write_atomic(path, text.data, text.len, S_IRUSR | S_IWUSR, err);
    }
    buf_done(&old);
    buf_done(&text);
    free(path);
    return ok;
}

bool profile_keep_own(const struct paths *paths, const struct profile *profile, const char *id,
                      struct err *err)
{
    struct profile *stored;
    bool ok = true;

    if (profile->source == PROFILE_SESSION) {
        return true;
    }
    if (!profile_value_check("own_key_id", id, err)) {
        return false;
    }
    stored = profile_load(paths, profile->name, err);
    if (stored == NULL) {
        return false;
    }
    if (is_same(stored, profile) && !same_text(stored->own_key_id, id)) {
        ok = write_own(paths, profile->name, id, err);
    }
    profile_free(stored);
    return ok;
}

bool profile_remove(const struct paths *paths, const char *name, struct err *err)
{
    char *path;
    bool there, ok;

    if (!profile_name_check(name, err) || !check_folder(paths, &there, err)) {
        return false;
    }
    path = path_of(paths, name);
    ok = unlink(path) == 0;
    if (!ok && (errno == ENOENT || errno == ENOTDIR)) {
        err_set(err, ERR_INVALID, "There is no profile %s.", name);
    } else if (!ok) {
        err_set(err, ERR_FILE, "Could not remove %s: %s.", path, strerrordesc_np(errno));
    }
    free(path);
    return ok;
}

/* -- list -- */

static int by_name(const void *a, const void *b)
{
    const struct profile *const *first = a, *const *second = b;

    return strcmp((*first)->name, (*second)->name);
}

/* A folder is the operator's: what is no profile by its name is left alone, but what looks like one
 * and cannot be, is told. Returns NULL for both; *err is set in the second case. */
static struct profile *load_entry(const struct paths *paths, const char *file, struct err *err)
{
    size_t len = strlen(file);
    struct profile *profile = NULL;
    char *name;

    if (len <= strlen(SUFFIX) || strcmp(file + len - strlen(SUFFIX), SUFFIX) != 0 ||
        file[0] == '.') {
        return NULL;
    }
    name = xstrndup(file, len - strlen(SUFFIX));
    if (profile_name_check(name, err)) {
        profile = load(paths, name, err);
    } else {
        char *clean = text_cleaned(file);

        err_prefix(err, "%s/%.80s", paths->profiles, clean);
        free(clean);
    }
    free(name);
    return profile;
}

struct profile **profile_list(const struct paths *paths, size_t *count, struct err *err)
{
    struct profile **list = NULL;
    struct err first = {0};
    const struct dirent *entry;
    size_t bad = 0, cap = 0;
    bool there;
    DIR *folder;

    *count = 0;
    if (!check_folder(paths, &there, err) || !there) {
        return NULL;
    }
    folder = opendir(paths->profiles);
    if (folder == NULL && errno == ENOMEM) {
        die_no_memory();
    }
    if (folder == NULL) {
        err_set(err, ERR_FILE, "Could not read the folder %s: %s.", paths->profiles,
                strerrordesc_np(errno));
        return NULL;
    }
    while ((entry = readdir(folder)) != NULL) {
        struct err mine = {0};
        struct profile *profile = load_entry(paths, entry->d_name, &mine);

        if (profile != NULL) {
            list = xgrow(list, &cap, *count + 1, sizeof(struct profile *));
            list[(*count)++] = profile;
        } else if (mine.kind != ERR_NONE && bad++ == 0) {
            first = mine;
        }
    }
    closedir(folder);
    if (*count > 1) {
        qsort(list, *count, sizeof(struct profile *), by_name);
    }
    if (bad > 0 && err != NULL) {
        *err = first;
        if (bad > 1) {
            err_set(err, first.kind, "%.800s (and %zu more profiles cannot be used)", first.text,
                    bad - 1);
        }
    }
    return list;
}

/* -- key -- */

uint64_t profile_open_key(struct keyring *keyring, const struct profile *profile, bool use_tty,
                          keyring_fn *fn, void *ctx)
{
    const struct keyring_entry entry = {.profile = profile->name, .service = profile->base_url};

    switch (profile->source) {
    case PROFILE_KEYRING:
        return keyring_get(keyring, &entry, 0, fn, ctx);
    case PROFILE_COMMAND:
        return keyring_command(keyring, profile->key_command, use_tty, fn, ctx);
    case PROFILE_FILE:
        return keyring_file(keyring, profile->key_file, fn, ctx);
    case PROFILE_ASK:
    case PROFILE_SESSION:
    case PROFILE_UNKNOWN:
        break;
    }
    return 0;
}
