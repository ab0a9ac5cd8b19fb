/* Functions that have a safer twin here. Included by every .c of ours, after the system headers. */
#ifndef PORTCULLIS_BASE_BANNED_H
#define PORTCULLIS_BASE_BANNED_H

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll gets
#pragma GCC poison gmtime localtime ctime asctime mktemp tmpnam

#endif
