/* Ids, secrets and random choices that follow from a number: the same seed makes the same data
 * every time. */
#ifndef PORTCULLIS_SANDBOX_DERIVE_H
#define PORTCULLIS_SANDBOX_DERIVE_H

#include <stdint.h>

#include "sandbox/db.h"

/* A version 4 UUID for (number, what, index). */
void derive_uuid(uint64_t number, const char *what, uint64_t index, char out[UUID_SIZE]);
/* A version 1 shaped one, as people and defaults of keys have them [LIVE]. */
void derive_uuid_v1(uint64_t number, const char *what, uint64_t index, char out[UUID_SIZE]);
#define DERIVED_SECRET_SIZE 29
/* 28 characters of the base64 alphabet. */
void derive_secret(uint64_t number, uint64_t index, uint64_t version,
                   char out[DERIVED_SECRET_SIZE]);
/* The same for other things than keys, whose word is "secret". */
void derive_token(uint64_t number, const char *what, uint64_t index, uint64_t version,
                  char out[DERIVED_SECRET_SIZE]);
/* A number below limit. */
uint32_t derive_below(uint64_t number, const char *what, uint64_t index, uint32_t limit);
/* The same two, of chance. */
void random_uuid(char out[UUID_SIZE]);
void random_secret(char out[DERIVED_SECRET_SIZE]);
/* What is stored of a secret. */
void derive_hash(const char *secret, unsigned char out[HASH_SIZE]);

#endif
