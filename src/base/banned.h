/* Functions that have a safer twin here. Included by every .c of ours, after the system headers. */
#ifndef PORTCULLIS_BASE_BANNED_H
#define PORTCULLIS_BASE_BANNED_H

/* Under _FORTIFY_SOURCE some of them are macros for clang; a poisoned name may not be one. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll gets
#pragma GCC poison gmtime localtime ctime asctime mktemp tmpnam

#endif
