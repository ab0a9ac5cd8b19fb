/* What a key brings along for the calls made with it, and who is told of its alerts: metadata,
 * config, mail addresses. Their checks, and how flags of a command give them. */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "model/draft_internal.h"

#include "base/banned.h"

/* -- metadata -- */

static void check_pair(const struct key_draft *draft, int row, struct draft_check *out)
{
    const struct draft_pair *pair = &draft->metadata[row];

    for (int other = 0; other < row; other++) {
        if (pair->key[0] != '\0' && strcmp(draft->metadata[other].key, pair->key) == 0) {
            draft_problem_twins(out, DRAFT_METADATA, other + 1, row + 1, DRAFT_PART_KEY,
                                "have the same key");
            break;
        }
    }
    if (pair->key[0] == '\0') {
        draft_problem_at(out, DRAFT_METADATA, DRAFT_ERROR, row + 1, DRAFT_PART_KEY,
                         "a key is needed");
    } else if (draft_refuse_characters(pair->key, DRAFT_METADATA, row + 1, DRAFT_PART_KEY, out)) {
        return;
    } else if (pair->value[0] == '\0') {
        draft_problem_at(out, DRAFT_METADATA, DRAFT_ERROR, row + 1, DRAFT_PART_WHOLE,
                         "a value is needed");
    } else {
        draft_refuse_characters(pair->value, DRAFT_METADATA, row + 1, DRAFT_PART_WHOLE, out);
    }
}

/* -- config -- */

static bool is_slug(const char *text)
{
    for (; *text != '\0'; text++) {
        if (!ascii_is_alnum(*text) && *text != '-' && *text != '_') {
            return false;
        }
    }
    return true;
}

static bool is_uuid(const char *text)
{
    static const char SHAPE[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;

    for (; SHAPE[i] != '\0'; i++) {
        if (SHAPE[i] == 'x' ? !ascii_is_hex(text[i]) : text[i] != SHAPE[i]) {
            return false;
        }
    }
    return text[i] == '\0';
}

/* Which configs there are is not known here: only the form can be looked at. */
static void check_config(const struct key_draft *draft, struct draft_check *out)
{
    if (draft->config[0] == '\0') {
        if (draft->allow_override) {
            draft_problem(out, DRAFT_OVERRIDE, DRAFT_ERROR,
                          "there is no config that callers could override");
        }
    } else if (!is_slug(draft->config)) {
        draft_problem(out, DRAFT_CONFIG, DRAFT_ERROR,
                      "a slug (pc-...) or an id: letters, digits, - and _ only");
    } else if (strncmp(draft->config, "pc-", 3) != 0 && !is_uuid(draft->config)) {
        draft_problem(out, DRAFT_CONFIG, DRAFT_WARN,
                      "slugs of configs begin with pc-, ids are UUIDs: this is neither");
    }
}

/* -- alert mails -- */

bool draft_next_email(const char **text, const char **email, size_t *len)
{
    *text += strspn(*text, ", ");
    *email = *text;
    *len = strcspn(*text, ",");
    *text += *len;
    while (*len > 0 && (*email)[*len - 1] == ' ') {
        --*len;
    }
    return *len > 0;
}

/* Parts with dots between them, none of them empty. */
static bool dotted(const char *text, size_t len, const char *also, int *parts)
{
    size_t part = 0;

    *parts = 1;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '.') {
            if (part == 0) {
                return false;
            }
            part = 0;
            ++*parts;
        } else if (c < 0x80 && (ascii_is_alnum(c) || strchr(also, c) != NULL)) {
            part++;
        } else {
            return false;
        }
    }
    return part > 0;
}

/* Nor begins or ends a name between the dots with a hyphen. */
static bool is_domain(const char *text, size_t len)
{
    int parts;

    if (!dotted(text, len, "-", &parts) || parts < 2 || text[0] == '-' || text[len - 1] == '-') {
        return false;
    }
    for (size_t i = 1; i < len; i++) {
        if ((text[i - 1] == '.' && text[i] == '-') || (text[i - 1] == '-' && text[i] == '.')) {
            return false;
        }
    }
    return true;
}

/* As the "email" of JSON schemas has it, which the server's description asks for: no quotes, no
 * comments, a domain of two parts at least. */
static bool is_email(const char *text, size_t len)
{
    const char *at = memchr(text, '@', len);
    size_t before = at == NULL ? 0 : (size_t)(at - text);
    int parts;

    return at != NULL && dotted(text, before, "!#$%&'*+/=?^_`{|}~-", &parts) &&
           is_domain(at + 1, len - before - 1);
}

/* The number of the same address before this one; 0: none. Who writes one does not mind its case.
 */
static int same_before(const char *all, const char *email, size_t len)
{
    const char *other;
    size_t other_len;

    for (int number = 1; draft_next_email(&all, &other, &other_len) && other != email; number++) {
        if (other_len == len && ascii_same_start(other, email, len)) {
            return number;
        }
    }
    return 0;
}

/* The sentences tell addresses by number: what was given may be anything, a key by mistake too. */
static void check_emails(const struct key_draft *draft, struct draft_check *out)
{
    const char *text = draft->emails;
    const char *email;
    size_t len;

    if (draft_refuse_characters(text, DRAFT_EMAILS, 0, DRAFT_PART_WHOLE, out)) {
        return;
    }
    for (int number = 1; draft_next_email(&text, &email, &len); number++) {
        int same = same_before(draft->emails, email, len);

        if (!is_email(email, len)) {
            draft_problem(out, DRAFT_EMAILS, DRAFT_ERROR,
                          "address %d: not like name@example.com; commas between them", number);
        } else if (same > 0) {
            draft_problem(out, DRAFT_EMAILS, DRAFT_WARN, "addresses %d and %d are the same", same,
                          number);
        }
    }
}

void draft_check_defaults(const struct key_draft *draft, struct draft_check *out)
{
    for (int row = 0; row < draft->pair_count; row++) {
        check_pair(draft, row, out);
    }
    check_config(draft, out);
    check_emails(draft, out);
}

/* -- flags -- */

bool draft_parse_metadata(struct key_draft *draft, const char *text, struct err *err)
{
    const char *value = strchr(text, '=');
    struct draft_pair pair = {"", ""};

    if (value == NULL || value == text) {
        return err_set(err, ERR_INVALID, "Metadata reads owner=team-tools: a key, =, a value.");
    }
    if ((size_t)(value - text) >= sizeof pair.key || strlen(value + 1) >= sizeof pair.value) {
        return err_set(err, ERR_INVALID,
                       "A key of the metadata has %zu bytes at most, a value %zu.",
                       sizeof pair.key - 1, sizeof pair.value - 1);
    }
    if (draft->pair_count == DRAFT_PAIRS_MAX) {
        return err_set(err, ERR_INVALID, "At most %d entries of metadata.", DRAFT_PAIRS_MAX);
    }
    snprintf(pair.key, sizeof pair.key, "%.*s", (int)(value - text), text);
    snprintf(pair.value, sizeof pair.value, "%s", value + 1);
    draft->metadata[draft->pair_count++] = pair;
    return true;
}

bool draft_parse_override(struct key_draft *draft, const char *text, struct err *err)
{
    bool yes = strcmp(text, "yes") == 0;

    if (!yes && strcmp(text, "no") != 0) {
        return err_set(err, ERR_INVALID, "Whether callers may override the config is yes or no.");
    }
    draft->allow_override = yes;
    return true;
}

bool draft_parse_email(struct key_draft *draft, const char *text, struct err *err)
{
    size_t used = strlen(draft->emails);
    const char *between = used > 0 ? ", " : "";
    size_t gap = strlen(between), len = strlen(text);

    if (used + gap + len >= sizeof draft->emails) {
        return err_set(err, ERR_INVALID, "The mail addresses are longer than %zu bytes together.",
                       sizeof draft->emails - 1);
    }
    memcpy(draft->emails + used, between, gap);
    memcpy(draft->emails + used + gap, text, len + 1);
    return true;
}
