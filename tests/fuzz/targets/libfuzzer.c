/* libFuzzer's entry for one target, named by -DFUZZ_TARGET=fuzz_jpeg. Owns the
 * mutator: PNG's chunks get true checksums again in most files, since a fuzzer
 * does not find a CRC-32 by chance. What a picture or model takes longer than 5 s
 * of processor time for is a finding; the sanitizers slow our own code down by
 * about three, so this asks for more than users need. */
#include <string.h>
#include <time.h>

#include "targets.h"

#define MAX_SECONDS 5

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max_size, unsigned seed);
void FUZZ_TARGET(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  clock_t start = clock();
  FUZZ_TARGET(bytes, size);
  FUZZ_CHECK((double)(clock() - start) / CLOCKS_PER_SEC < MAX_SECONDS);
  return 0;
}

static void mend_checksums(uint8_t *bytes, size_t size) {
  for (size_t at = 8; at + 12 <= size;) {
    size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                    (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    if (length > size - at - 12) break;
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length + 4; ++i) {
      crc ^= bytes[at + 4 + i];
      for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
    }
    for (int i = 0; i < 4; ++i) {
      bytes[at + 8 + length + (size_t)i] = (uint8_t)(~crc >> (24 - 8 * i));
    }
    at += 12 + length;
  }
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max_size, unsigned seed) {
  size = LLVMFuzzerMutate(bytes, size, max_size);
  if (seed % 16 != 0 && size > 8 && memcmp(bytes, "\x89PNG", 4) == 0) mend_checksums(bytes, size);
  return size;
}
