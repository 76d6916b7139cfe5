/* A JPEG of six MCUs with restart markers, of which it is known whether all are there:
 * segments that are whole, cut, of any bytes, and markers that are due, others or left out. */
#include "made.h"

#include "picture.h"

/* An MCU of nothing: six blocks of a mean (4 bits) and an end (8 bits). */
enum { NUM_MCUS = 6, MCU_BYTES = 9 };

typedef enum verdict { WHOLE, UNKNOWN, DAMAGED } verdict;

/* A segment of so many MCUs. */
static verdict put_segment(made *m, choices *c, uint8_t what, uint32_t num_mcus) {
  size_t size = (size_t)num_mcus * MCU_BYTES;
  if (what % 4 == 3) {
    made_coded(m, c, choose(c));
    return UNKNOWN;
  }
  if (what % 4 == 2) {
    made_zeros(m, choose(c) % size);
    return DAMAGED;
  }
  made_zeros(m, size);
  return WHOLE;
}

static verdict put_restart(made *m, uint8_t what, uint32_t index) {
  uint8_t due = index % 8, number = what / 32;
  if (what / 4 % 8 == 7) return DAMAGED; /* none */
  if (what / 4 % 8 != 6) number = due;
  if (what / 4 % 8 == 5) made_put(m, (const uint8_t[]){0xff, 0xff, 0xff}, what / 32 % 4);
  made_marker(m, (uint8_t)(JPEG_RST0 + number));
  return number == due ? WHOLE : DAMAGED;
}

static verdict worse(verdict a, verdict b) { return a > b ? a : b; }

static void compare(const made *m, verdict expected) {
  static uint8_t rgb[PICTURE_BYTES];
  insitu_error error;
  uint8_t *own = made_copy(m);
  insitu_status status = picture_try(own, m->size, 3, -1, rgb, &error);
  FUZZ_CHECK(expected != WHOLE || status == INSITU_STATUS_OK);
  FUZZ_CHECK(expected != DAMAGED || status == INSITU_STATUS_DAMAGED ||
             status == INSITU_STATUS_TRUNCATED);
  free(own);
}

void fuzz_restarts(const uint8_t *bytes, size_t size) {
  static made m;
  choices c = {bytes, size, 0};
  uint8_t head = choose(&c);
  uint32_t interval = head % 5 + 1;
  verdict expected = WHOLE;
  m.size = 0;
  made_marker(&m, JPEG_SOI);
  made_quantisation(&m);
  made_huffman(&m);
  made_segment(&m, JPEG_DRI, (const uint8_t[]){0, (uint8_t)interval}, 2);
  made_frame(&m, JPEG_SOF0, 3, 0x22);
  made_segment(&m, JPEG_SOS, (const uint8_t[]){3, 1, 0, 2, 0, 3, 0, 0, 63, 0}, 10);
  for (uint32_t mcu = 0; mcu < NUM_MCUS; mcu += interval) {
    uint32_t left = NUM_MCUS - mcu;
    uint8_t what = choose(&c);
    if (mcu > 0) expected = worse(expected, put_restart(&m, choose(&c), mcu / interval - 1));
    expected = worse(expected, put_segment(&m, &c, what, left < interval ? left : interval));
  }
  if (head / 5 % 4 != 3) {
    made_marker(&m, JPEG_EOI);
    made_coded(&m, &c, c.size); /* whatever its maker put there */
  }
  compare(&m, expected);
  made_try(&m);
}
