/* UTF-8 of unknown origin. */
#ifndef SPP_BASE_UTF8_H
#define SPP_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Bytes of the character that TEXT begins with, 0 when it is no UTF-8
 * (overlong forms, surrogates and what is above U+10FFFF are none) or when
 * LENGTH is 0.
 */
size_t spp_utf8_length(const char *text, size_t length);

/*
 * The same, but 0 also for what could play tricks on a terminal: control
 * characters (C0, DEL, C1) and those that turn the writing direction.
 */
size_t spp_utf8_plain(const char *text, size_t length);

/* True when all LENGTH bytes are UTF-8. */
bool spp_utf8_valid(const char *text, size_t length);

#endif
