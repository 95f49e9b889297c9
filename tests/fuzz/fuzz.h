/* What libFuzzer, or main.c in its place, calls with each input. */
#ifndef SPP_TESTS_FUZZ_FUZZ_H
#define SPP_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
