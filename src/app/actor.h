/* Who is at work: a person at a terminal, a job that nobody watches, or an agent, a program that
 * decides by itself what to run and says so in its environment. A guard that a person has to type
 * guards against a slip; a program that reads the mask can type it too, so an agent is told apart.
 */
#ifndef PORTCULLIS_APP_ACTOR_H
#define PORTCULLIS_APP_ACTOR_H

#include <stdbool.h>

enum actor_kind {
    ACTOR_PERSON,     /* it has a terminal, which sends its keys to us */
    ACTOR_UNATTENDED, /* it has none */
    ACTOR_AGENT,
};

struct actor {
    enum actor_kind kind;
    char agent[80];  /* the variable that told, and the name it gave: "AI_AGENT=goose"; "" none */
    char parent[32]; /* the program that started this one; "" not known */
};

/* Looks at the environment, the terminal and the program above. */
void actor_find(struct actor *out);
/* The same of what is handed in. environment: "NAME=value" each, ended by NULL. */
void actor_of(char *const *environment, bool has_terminal, const char *parent, struct actor *out);
/* "an agent (CLAUDECODE), started by bash" (gives). */
char *actor_words(const struct actor *actor);
/* "person", "unattended", "agent": lends a constant. */
const char *actor_name(enum actor_kind kind);

#endif
