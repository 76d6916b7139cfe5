/* base/: allocation with injected failures, checked sizes, spans, messages,
 * the clock and SHA-256. */
#include "check.h"

#include "base/alloc.h"
#include "base/checked.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/span.h"

static void alloc_of_nothing_is_a_pointer(void) {
  void *a = alloc_bytes(0), *b = alloc_zeroed(0), *c = alloc_array(0, 8), *d = alloc_aligned(64, 0);
  CHECK(a != NULL && b != NULL && c != NULL && d != NULL);
  CHECK(a != b);
  alloc_free(a), alloc_free(b), alloc_free(c), alloc_free_aligned(d);
}

static void alloc_array_is_zeroed_and_does_not_wrap(void) {
  uint32_t *array = alloc_array(100, sizeof *array);
  CHECK(array != NULL);
  for (int i = 0; i < 100; ++i) CHECK_INT(array[i], 0);
  alloc_free(array);
  volatile size_t huge = SIZE_MAX / 2; /* volatile: hides the size from -Walloc-size */
  CHECK(alloc_array(huge, 3) == NULL);
  CHECK(alloc_aligned(64, huge * 2) == NULL);
}

static void alloc_aligned_is_aligned(void) {
  for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
    uint8_t *memory = alloc_aligned(alignment, 100);
    CHECK(memory != NULL);
    CHECK_INT((uintptr_t)memory % alignment, 0);
    memset(memory, 1, 100);
    alloc_free_aligned(memory);
  }
}

static void alloc_fails_from_the_chosen_one(void) {
  alloc_fail_after(2);
  void *a = alloc_bytes(1), *b = alloc_zeroed(1);
  CHECK(a != NULL && b != NULL);
  CHECK(alloc_bytes(1) == NULL);
  CHECK(alloc_zeroed(1) == NULL);
  CHECK(alloc_array(1, 1) == NULL);
  CHECK(alloc_aligned(16, 1) == NULL);
  CHECK(alloc_resize(a, 2) == NULL);
  CHECK(alloc_string("x") == NULL);
  CHECK_INT(alloc_count(), 8);
  alloc_fail_after(-1);
  CHECK_INT(alloc_count(), 0);
  a = alloc_resize(a, 2);
  CHECK(a != NULL);
  CHECK_INT(alloc_count(), 1);
  alloc_free(a), alloc_free(b);
}

static void alloc_string_copies(void) {
  char *copy = alloc_string("skin");
  CHECK_STR(copy, "skin");
  insitu_free(copy);
  insitu_free(NULL);
}

static void checked_sizes(void) {
  size_t result = 0;
  CHECK(checked_mul(6, 7, &result));
  CHECK_INT(result, 42);
  CHECK(!checked_mul(SIZE_MAX / 2, 3, &result));
  CHECK(checked_add(SIZE_MAX - 1, 1, &result));
  CHECK(!checked_add(SIZE_MAX, 1, &result));
}

static void spans_check_bounds(void) {
  static const uint8_t bytes[] = {1, 2, 3, 4, 5};
  span s = {bytes, sizeof bytes};
  uint8_t u8 = 9;
  uint16_t u16 = 9;
  uint32_t u32 = 9;
  CHECK(span_u8(s, 4, &u8) && u8 == 5);
  CHECK(!span_u8(s, 5, &u8) && u8 == 5);
  CHECK(span_u16_le(s, 3, &u16) && u16 == 0x0504);
  CHECK(span_u16_be(s, 3, &u16) && u16 == 0x0405);
  CHECK(!span_u16_le(s, 4, &u16) && !span_u16_be(s, 4, &u16) && u16 == 0x0405);
  CHECK(span_u32_le(s, 1, &u32) && u32 == 0x05040302);
  CHECK(span_u32_be(s, 1, &u32) && u32 == 0x02030405);
  CHECK(!span_u32_le(s, 2, &u32) && !span_u32_be(s, SIZE_MAX, &u32) && u32 == 0x02030405);
  CHECK(!span_has(s, SIZE_MAX, SIZE_MAX));
  CHECK(span_has(s, 5, 0) && !span_has(s, 6, 0));
}

static void span_sub_stays_within(void) {
  static const uint8_t bytes[] = {1, 2, 3};
  span s = {bytes, sizeof bytes}, sub = {NULL, 0};
  CHECK(span_sub(s, 1, 2, &sub) && sub.data == bytes + 1 && sub.size_bytes == 2);
  CHECK(!span_sub(s, 2, 2, &sub) && sub.data == bytes + 1);
  CHECK(span_sub((span){NULL, 0}, 0, 0, &sub) && sub.data == NULL);
}

static void error_message_is_formatted(void) {
  insitu_error error;
  CHECK_INT(error_set(&error, INSITU_STATUS_TOO_LARGE, "width is %u px", 7u),
            INSITU_STATUS_TOO_LARGE);
  CHECK_INT(error.status, INSITU_STATUS_TOO_LARGE);
  CHECK_STR(error.message, "width is 7 px");
  CHECK_INT(error_set(&error, INSITU_STATUS_DAMAGED, "in a.png: %s", error.message),
            INSITU_STATUS_DAMAGED);
  CHECK_STR(error.message, "in a.png: width is 7 px");
  CHECK_INT(error_clear(&error), INSITU_STATUS_OK);
  CHECK_STR(error.message, "");
  CHECK_INT(error_out_of_memory(&error, "the file", 12), INSITU_STATUS_OUT_OF_MEMORY);
  CHECK_STR(error.message, "out of memory: the file needs 12 bytes");
  CHECK_INT(error_set(NULL, INSITU_STATUS_IO, "nobody listens"), INSITU_STATUS_IO);
  CHECK_INT(error_clear(NULL), INSITU_STATUS_OK);
}

static void error_message_is_cut_between_characters(void) {
  insitu_error error;
  char text[sizeof error.message + 200];
  size_t room = sizeof error.message - 1;
  for (int lead = 0; lead < 4; ++lead) { /* 3-byte characters, at every phase */
    memset(text, 'a', (size_t)lead);
    for (size_t i = (size_t)lead; i + 3 < sizeof text; i += 3) memcpy(text + i, "\xe2\x82\xac", 4);
    CHECK_INT(error_set(&error, INSITU_STATUS_IO, "%s", text), INSITU_STATUS_IO);
    size_t length = strlen(error.message);
    CHECK(length + 2 >= room && length <= room);
    CHECK_INT((length - (size_t)lead) % 3, 0);
    CHECK_INT(strncmp(error.message, text, length), 0);
  }
  memset(text, 'b', room);
  text[room] = '\0';
  CHECK_INT(error_set(&error, INSITU_STATUS_IO, "%s", text), INSITU_STATUS_IO);
  CHECK_INT(strlen(error.message), room); /* fits exactly */
}

static void statuses_have_names(void) {
  CHECK_STR(insitu_status_name(INSITU_STATUS_OK), "ok");
  CHECK_STR(insitu_status_name(INSITU_STATUS_TOO_LARGE), "too-large");
  CHECK_STR(insitu_status_name((insitu_status)999), "internal");
  CHECK_STR(insitu_status_text((insitu_status)999), "An internal error");
  CHECK_STR(insitu_status_text(INSITU_STATUS_UNKNOWN_FORMAT),
            "This file is not a JPEG, PNG or WebP");
}

static void clock_never_goes_back(void) {
  double first = clock_ms(), last = first;
  for (int i = 0; i < 1000; ++i) {
    double now = clock_ms();
    CHECK(now >= last);
    last = now;
  }
  CHECK(last - first < 10000.0);
}

/* Expected: FIPS 180-4's examples, the others from coreutils' sha256sum. */
static void sha256_of_known_texts(void) {
  static const struct {
    size_t count;
    const char *unit, *hex;
  } rows[] = {
      {0, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {1, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {1000000, "a", "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      {55, "a", "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
      {56, "a", "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
      {64, "a", "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
  };
  for (size_t row = 0; row < sizeof rows / sizeof rows[0]; ++row) {
    size_t unit_size = strlen(rows[row].unit), size = unit_size * rows[row].count;
    uint8_t *bytes = malloc(size + 1);
    for (size_t i = 0; i < rows[row].count; ++i) {
      memcpy(bytes + i * unit_size, rows[row].unit, unit_size);
    }
    char hex[65];
    sha256_hex((span){bytes, size}, hex);
    CHECK_STR(hex, rows[row].hex);
    free(bytes);
  }
}

int main(void) {
  RUN(alloc_of_nothing_is_a_pointer);
  RUN(alloc_array_is_zeroed_and_does_not_wrap);
  RUN(alloc_aligned_is_aligned);
  RUN(alloc_fails_from_the_chosen_one);
  RUN(alloc_string_copies);
  RUN(checked_sizes);
  RUN(spans_check_bounds);
  RUN(span_sub_stays_within);
  RUN(error_message_is_formatted);
  RUN(error_message_is_cut_between_characters);
  RUN(statuses_have_names);
  RUN(clock_never_goes_back);
  RUN(sha256_of_known_texts);
  return check_summary();
}
