#include "app/environment.h"

#include <stdlib.h>

#include "api/client.h"
#include "keyring/keyring.h"

#include "base/banned.h"

#define KEY_VARIABLE "PORTKEY_API_KEY"
#define URL_VARIABLE "PORTKEY_BASE_URL"
#define CA_VARIABLE "PORTKEY_CA_FILE"

static bool set_to_nothing(const char *variable, struct err *err)
{
    return err_set(err, ERR_INVALID,
                   "%s is set to nothing: give it a value, or unset it to use a stored profile.",
                   variable);
}

static bool check_key(const struct environment *environment, bool set, struct err *err)
{
    if (!set) {
        return err_set(err, ERR_INVALID,
                       URL_VARIABLE " is set and " KEY_VARIABLE
                                    " is not: set both, or unset both to "
                                    "use a stored profile.");
    }
    if (environment->key == NULL) {
        return set_to_nothing(KEY_VARIABLE, err);
    }
    if (!secret_is_key(secret_text(environment->key), secret_len(environment->key), err)) {
        err_prefix(err, KEY_VARIABLE);
        err->kind = ERR_INVALID;
        return false;
    }
    return true;
}

/* Gives the normalised form, NULL when it cannot be used. */
static char *take_url(struct err *err)
{
    const char *value = getenv(URL_VARIABLE);
    char *url = NULL;

    if (value != NULL && value[0] == '\0') {
        set_to_nothing(URL_VARIABLE, err);
    } else if (!api_check_base_url(value == NULL ? API_DEFAULT_BASE_URL : value, &url, err)) {
        err_prefix(err, URL_VARIABLE);
    }
    return url;
}

void environment_take(struct environment *environment)
{
    const char *ca_file = getenv(CA_VARIABLE);
    char *url = NULL;
    bool set;

    *environment = (struct environment){0};
    environment->key = keyring_take_env(KEY_VARIABLE, &set);
    environment->named = set || getenv(URL_VARIABLE) != NULL;
    if (!environment->named || !check_key(environment, set, &environment->err)) {
        return;
    }
    if (ca_file != NULL && ca_file[0] == '\0') {
        set_to_nothing(CA_VARIABLE, &environment->err);
        return;
    }
    url = take_url(&environment->err);
    if (url != NULL) {
        environment->profile = profile_new(PROFILE_ENVIRONMENT_NAME);
        environment->profile->source = PROFILE_SESSION;
        profile_set(&environment->profile->base_url, url);
        profile_set(&environment->profile->ca_file, ca_file);
        free(url);
    }
}

void environment_done(struct environment *environment)
{
    profile_free(environment->profile);
    secret_free(environment->key);
    *environment = (struct environment){0};
}
