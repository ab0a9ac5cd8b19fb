/* The records of an organisation: fixed-size rows whose text lives in the inventory's arena. Plain
 * data. Knows nothing of JSON, HTTP or screens. A str_ref of STR_NONE is null or absent; a time of
 * TIME_NONE is null or absent. */
#ifndef PORTCULLIS_MODEL_RECORD_H
#define PORTCULLIS_MODEL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/scope.h"

/* 16 bytes when the text is a canonical lower-case UUID, else a reference to interned text. All
 * zero: none. Equal ids of one inventory are equal bytes. Made and read by inventory_id /
 * inventory_id_text. */
struct id {
    uint64_t hi;
    uint64_t lo;
};

/* A text from the server: as it came, and, only where it differs, the form that is safe on a
 * terminal. */
struct text_pair {
    str_ref raw;
    str_ref clean; /* STR_NONE: raw is clean as it is */
};

/* What of a record came and was not understood, or is missing where it cannot be: one bit a member.
 * It is shown as `?`, and is no "none". */
enum unread {
    UNREAD_NAME = 1u << 0,
    UNREAD_DESCRIPTION = 1u << 1,
    UNREAD_MASK = 1u << 2,
    UNREAD_TYPE = 1u << 3,
    UNREAD_STATUS = 1u << 4,
    UNREAD_ROLE = 1u << 5,
    UNREAD_ORG_ROLE = 1u << 6,
    UNREAD_MAIL = 1u << 7,
    UNREAD_WORKSPACE = 1u << 8,
    UNREAD_OWNER = 1u << 9,
    UNREAD_SCOPES = 1u << 10,
    UNREAD_BUDGET = 1u << 11,
    UNREAD_RATES = 1u << 12,
    UNREAD_ROTATION = 1u << 13,
    UNREAD_CREATED = 1u << 14,
    UNREAD_UPDATED = 1u << 15,
    UNREAD_EXPIRES = 1u << 16,
    UNREAD_RESETS = 1u << 17,
    UNREAD_SWITCHES = 1u << 18,
    UNREAD_DEFAULT = 1u << 19, /* is_default */
    UNREAD_SLUG = 1u << 20,
    UNREAD_SCIM = 1u << 21,
    UNREAD_MORE = 1u << 22, /* mails, defaults, mode, flags */
};
#define UNREAD_COUNT 23
#define UNREAD_LIMITS (UNREAD_BUDGET | UNREAD_RATES)
/* Lends "expires", for bit number 0..UNREAD_COUNT-1. */
const char *unread_name(int number);

enum key_status { STATUS_ACTIVE, STATUS_EXHAUSTED, STATUS_EXPIRED, STATUS_OTHER };
enum org_role { ORG_OWNER, ORG_ADMIN, ORG_MEMBER, ORG_ROLE_OTHER };
enum ws_role { WS_ADMIN, WS_MANAGER, WS_MEMBER, WS_ROLE_OTHER };

enum limit_type { LIMIT_REQUESTS, LIMIT_TOKENS, LIMIT_COST, LIMIT_TYPE_OTHER };
enum rate_unit { RATE_RPS, RATE_RPM, RATE_RPH, RATE_RPD, RATE_RPW, RATE_UNIT_OTHER };

struct rate_limit {
    enum limit_type type;
    enum rate_unit unit;
    double value; /* whole on the wire, but floats are survived */
    str_ref raw;  /* the whole entry as JSON text, for types and units we do not know */
};

#define RATE_LIMITS_MAX 8

struct usage_limit {
    bool has_budget; /* credit_limit was there: a non-null object alone is no budget [LIVE] */
    enum limit_type type;
    double credit_limit;    /* cost: US dollars; tokens: tokens */
    double alert_threshold; /* an amount in the same unit, not a percentage; < 0: none */
    double current_usage;   /* < 0: not told */
    str_ref periodic_reset; /* "weekly", "monthly", or STR_NONE */
    int reset_days;         /* 0: none */
    str_ref status;         /* "active"; STR_NONE: not told */
};

struct rotation_policy {
    bool set;
    str_ref period; /* "weekly", "monthly", or STR_NONE */
    int period_days;
    int64_t next_at;       /* TIME_NONE: none */
    int64_t transition_ms; /* 0: the server's default */
    str_ref status;
};

/* What only some keys have; kept beside the rows. */
struct key_extra {
    int rate_count;  /* shown up to RATE_LIMITS_MAX */
    int rates_total; /* as many as the server sent */
    struct usage_limit usage;
    struct rotation_policy rotation;
    int64_t last_reset_at;
    int64_t next_reset_at;
    str_ref config_id;
    struct text_pair metadata;     /* JSON text of defaults.metadata */
    struct text_pair alert_emails; /* comma-separated */
    int allow_config_override;     /* -1: null or absent */
    struct text_pair unknown;      /* JSON text of fields we do not know, for the detail */
    struct text_pair as_sent;      /* JSON text of what was not understood (key_row.unread) */
    struct rate_limit rates[RATE_LIMITS_MAX]; /* last: what is not used is not kept */
};

struct key_row {
    struct id id;
    struct id workspace_id; /* none for organisation keys */
    struct id user_id;      /* the owner of a user key */
    struct scope_set scopes;
    str_ref unknown_scopes; /* names outside the catalogue, verbatim, '\n' between them */
    struct text_pair name;
    struct text_pair description;
    str_ref mask; /* "z1*****3AX", cleaned. A list could hold the caller's own raw key: api masks it
                     first. */
    str_ref creation_mode;
    str_ref type_text;   /* only when kind is KEY_KIND_UNKNOWN */
    str_ref status_text; /* only when status is STATUS_OTHER */
    int64_t created_at;
    int64_t updated_at;
    int64_t expires_at;
    uint32_t extra;         /* what inventory_add_extra gave, 0: none */
    uint32_t unread;        /* enum unread */
    uint8_t kind;           /* enum key_kind */
    uint8_t status;         /* enum key_status */
    int8_t expiry_enforced; /* 0, 1; -1: not told */
    bool no_answer;         /* it answers no more by its id; that it is gone is not proven */
};

#define SWITCH_COUNT 35

/* The name on the wire ("membersWriteApiKeys") and plain words of switch 0..SWITCH_COUNT-1, in the
 * order of the live capture. */
struct switch_info {
    const char *name;
    const char *words;
};
const struct switch_info *switch_info(int number);
/* -1 for an unknown name. */
int switch_find(const char *name);

struct workspace_row {
    struct id id;
    str_ref slug;
    struct text_pair name; /* as read: the icon may be in front of it [OBS] */
    struct text_pair icon;
    struct text_pair description;
    str_ref status; /* absent in a GET by id [LIVE] */
    str_ref scim_source;
    int64_t created_at;
    int64_t updated_at;
    uint64_t switches_on;    /* bit n: switch n is true */
    uint64_t switches_known; /* bit n: the server told switch n */
    bool is_default;
    bool has_usage_limits;
    bool has_rate_limits;
    bool archived;            /* held for those who look; nobody can work in it any more */
    struct text_pair limits;  /* JSON text of the two arrays, as they came */
    uint32_t extra;           /* the same as numbers, by inventory_extra_at; 0: none */
    struct text_pair rest;    /* JSON text of defaults and of what we do not know; STR_NONE: none */
    uint32_t unread;          /* enum unread */
    struct text_pair as_sent; /* JSON text of what was not understood */
};

struct user_row {
    struct id id;
    struct text_pair first_name;
    struct text_pair last_name;
    struct text_pair email;
    str_ref role_text;        /* only when ORG_ROLE_OTHER */
    struct text_pair unknown; /* JSON text of members that we do not know */
    struct text_pair as_sent; /* JSON text of what was not understood */
    uint32_t unread;          /* enum unread */
    int64_t created_at;
    int64_t updated_at;
    uint8_t role;    /* enum org_role */
    bool of_members; /* known from a membership only: the list of people did not tell of them */
};

struct member_row {
    struct id workspace_id;
    struct id user_id;
    struct text_pair first_name;
    struct text_pair last_name;
    struct text_pair email; /* absent in the users[] of a workspace [LIVE] */
    str_ref role_text;
    str_ref status;
    uint32_t unread; /* enum unread */
    struct text_pair as_sent;
    int64_t created_at;
    uint8_t role;     /* enum ws_role; a ws- prefix is stripped [?] */
    uint8_t org_role; /* enum org_role */
    bool granted;     /* no member: acts as admin by the role in the organisation (access_grant) */
};

/* Words on the wire, both ways. The names lend constants. */
enum key_status key_status_parse(const char *text);
const char *key_status_name(enum key_status status);
/* Is it expired? The server says so by its status, which turns minutes late; or the time is past by
 * more than clocks differ. */
bool key_is_expired(const struct key_row *key, int64_t now);
enum org_role org_role_parse(const char *text);
const char *org_role_name(enum org_role role);
/* Do people with this role act as admin in all workspaces, members or not? */
bool org_role_everywhere(enum org_role role);
enum ws_role ws_role_parse(const char *text);
const char *ws_role_name(enum ws_role role);
enum limit_type limit_type_parse(const char *text);
const char *limit_type_name(enum limit_type type);
enum rate_unit rate_unit_parse(const char *text);
const char *rate_unit_name(enum rate_unit unit);

#endif
