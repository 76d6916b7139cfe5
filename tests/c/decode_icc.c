/* Colours: what profiles and PNG's chunks make of a chart, against LittleCMS (and,
 * for gAMA, against its formula); what is named and not used; damaged profiles. */
#include "check.h"
#include "pictures.h"

#include "decode/icc.h"

/* Decodes the whole; NULL and a failed check where it cannot. */
static uint8_t *decode(const char *name, decode_header *header) {
  picture p = picture_read(name);
  insitu_error error;
  uint8_t *rgb = picture_decode((span){p.bytes, p.size}, NULL, header, &error);
  if (rgb == NULL) printf("    %s: %s\n", name, error.message);
  CHECK(rgb != NULL);
  free(p.bytes);
  return rgb;
}

static int largest_difference(const uint8_t *a, const uint8_t *b, size_t size) {
  int largest = 0;
  for (size_t i = 0; i < size; ++i) {
    int difference = abs(a[i] - b[i]);
    if (difference > largest) largest = difference;
  }
  return largest;
}

typedef struct colour_case {
  const char *file, *expected;
  int tolerance;
  insitu_profile use;
  const char *name;
} colour_case;

static const colour_case cases[] = {
    {"icc-p3.png", "icc-p3.srgb.png", 2, INSITU_PROFILE_CONVERTED, "Display P3"},
    {"icc-p3-table.png", "icc-p3-table.srgb.png", 2, INSITU_PROFILE_CONVERTED, "P3 by table"},
    {"icc-adobe.png", "icc-adobe.srgb.png", 2, INSITU_PROFILE_CONVERTED, "Adobe RGB (1998)"},
    {"icc-prophoto.png", "icc-prophoto.srgb.png", 3, INSITU_PROFILE_CONVERTED, "ProPhoto"},
    {"icc-linear.png", "icc-linear.srgb.png", 2, INSITU_PROFILE_CONVERTED, "Line\xc3\xa4r"},
    {"icc-mixed.png", "icc-mixed.srgb.png", 2, INSITU_PROFILE_CONVERTED,
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"icc-srgb.png", "chart.png", 0, INSITU_PROFILE_SRGB, "sRGB again"},
    {"icc-srgb.png", "icc-srgb.srgb.png", 1, INSITU_PROFILE_SRGB, "sRGB again"},
    {"icc-p3-16.png", "icc-p3.srgb.png", 2, INSITU_PROFILE_CONVERTED, "Display P3"},
    {"icc-grey.png", "icc-grey.srgb.png", 1, INSITU_PROFILE_CONVERTED, "Grey 1.8"},
    {"gama-linear.png", "gama-linear.srgb.png", 1, INSITU_PROFILE_CONVERTED, "gAMA 1.00000"},
    {"gama-linear-16.png", "chart.png", 1, INSITU_PROFILE_CONVERTED, "gAMA 1.00000"},
    {"gama-mac.png", "gama-mac.srgb.png", 1, INSITU_PROFILE_CONVERTED, "gAMA 0.55556"},
    {"gama-srgb.png", "gama-srgb.srgb.png", 2, INSITU_PROFILE_CONVERTED, "gAMA 0.45455"},
    {"chrm-p3.png", "chrm-p3.srgb.png", 2, INSITU_PROFILE_CONVERTED, "gAMA 0.45455"},
    {"cicp-p3.png", "icc-p3.srgb.png", 2, INSITU_PROFILE_CONVERTED, "Display P3"},
    {"rgb8.png", "rgb8.png", 0, INSITU_PROFILE_NONE, ""},
};

static void gives_the_colours(const colour_case *c) {
  decode_header header, expected_header;
  uint8_t *rgb = decode(c->file, &header), *expected = decode(c->expected, &expected_header);
  if (rgb != NULL && expected != NULL) {
    CHECK_INT(header.width_px, expected_header.width_px);
    CHECK_INT(header.height_px, expected_header.height_px);
    size_t size = (size_t)header.width_px * header.height_px * 3;
    int difference = largest_difference(rgb, expected, size);
    if (difference > c->tolerance) printf("    largest difference %d\n", difference);
    CHECK(difference <= c->tolerance);
  }
  CHECK_INT(header.profile, c->use);
  CHECK_STR(header.profile_name, c->name);
  free(rgb);
  free(expected);
}

static size_t find(picture p, const char *text) {
  for (size_t i = 0; i + strlen(text) <= p.size; ++i) {
    if (memcmp(p.bytes + i, text, strlen(text)) == 0) return i;
  }
  CHECK(!"the text is there");
  return 0;
}

/* The chart in blocks of 8 x 8, as a JPEG with its profile in three pieces, of
 * which the last comes first. */
static void joins_the_pieces_of_a_jpegs_profile(void) {
  decode_header header, expected_header;
  uint8_t *rgb = decode("icc-p3-pieces.jpg", &header);
  uint8_t *expected = decode("icc-p3.srgb.png", &expected_header);
  if (rgb == NULL || expected == NULL) return;
  int largest = 0;
  for (uint32_t y = 0; y < 26; ++y) {
    for (uint32_t x = 0; x < 40; ++x) { /* a block's middle */
      int difference = largest_difference(rgb + ((y * 8 + 4) * 320 + x * 8 + 4) * 3,
                                          expected + (y * 40 + x) * 3, 3);
      if (difference > largest) largest = difference;
    }
  }
  if (largest > 5) printf("    largest difference %d\n", largest);
  CHECK(largest <= 5); /* JPEG's own 3, made larger where sRGB is steep */
  CHECK_INT(header.profile, INSITU_PROFILE_CONVERTED);
  CHECK_STR(header.profile_name, "Display P3");
  free(rgb);
  free(expected);

  picture p = picture_read("icc-p3-pieces.jpg");
  insitu_error error;
  p.bytes[find(p, "ICC_PROFILE") + 12] = 9; /* its third piece is not there */
  CHECK_INT(decode_read_header((span){p.bytes, p.size}, &header, &error), INSITU_STATUS_OK);
  CHECK_INT(header.profile, INSITU_PROFILE_NOT_USED);
  CHECK_STR(header.profile_name, "");
  free(p.bytes);
}

/* The profile out of a JPEG's pieces. */
static size_t extract(uint8_t icc[1024]) {
  picture p = picture_read("icc-p3-pieces.jpg");
  size_t size = 0;
  for (uint8_t number = 1; number <= 3; ++number) {
    for (size_t i = 2; i + 18 < p.size; ++i) {
      if (memcmp(p.bytes + i, "ICC_PROFILE", 12) != 0 || p.bytes[i + 12] != number) continue;
      size_t length = (size_t)(p.bytes[i - 2] << 8 | p.bytes[i - 1]) - 16;
      memcpy(icc + size, p.bytes + i + 14, length);
      size += length;
    }
  }
  free(p.bytes);
  return size;
}

static void names_what_it_does_not_use(void) {
  uint8_t icc[1024];
  size_t size = extract(icc);
  span all = {icc, size};
  decode_profile profile;
  icc_read(all, ICC_RGB, &profile);
  CHECK_INT(profile.use, INSITU_PROFILE_CONVERTED);
  icc_read(all, ICC_GREY, &profile); /* neutral colours of an RGB profile */
  CHECK_INT(profile.use, INSITU_PROFILE_CONVERTED);
  icc_read(all, ICC_CMYK, &profile);
  CHECK_INT(profile.use, INSITU_PROFILE_NOT_USED);
  CHECK_STR(profile.name, "Display P3");
  static const struct {
    size_t offset;
    const char *bytes;
  } changes[] = {{16, "CMYK"}, {16, "GRAY"}, {16, "Lab "}};
  for (size_t i = 0; i < 3; ++i) {
    uint8_t other[1024];
    memcpy(other, icc, size);
    memcpy(other + changes[i].offset, changes[i].bytes, 4);
    icc_read((span){other, size}, ICC_RGB, &profile);
    CHECK_INT(profile.use, INSITU_PROFILE_NOT_USED);
    CHECK_STR(profile.name, "Display P3");
  }
  icc[36] = 'x'; /* no profile at all */
  icc_read(all, ICC_RGB, &profile);
  CHECK_INT(profile.use, INSITU_PROFILE_NOT_USED);
  CHECK_STR(profile.name, "");
}

/* Cut anywhere, and with each byte changed: no read outside, no odd name. */
static void survives_damaged_profiles(void) {
  uint8_t icc[1024];
  size_t size = extract(icc);
  decode_profile profile;
  for (size_t cut = 0; cut < size; ++cut) {
    uint8_t *part = malloc(cut + 1);
    memcpy(part, icc, cut);
    icc_read((span){part, cut}, ICC_RGB, &profile);
    if (cut + 64 < size) CHECK_INT(profile.use, INSITU_PROFILE_NOT_USED);
    free(part);
  }
  for (size_t at = 0; at < size; ++at) {
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < 5; ++i) {
      uint8_t *changed = malloc(size);
      memcpy(changed, icc, size);
      changed[at] = values[i];
      icc_read((span){changed, size}, ICC_RGB, &profile);
      CHECK(strlen(profile.name) < sizeof profile.name);
      for (const char *c = profile.name; *c != '\0'; ++c) CHECK((unsigned char)*c >= 0x20);
      if (profile.use == INSITU_PROFILE_CONVERTED) { /* its numbers are within bounds */
        image_colour *colour = image_colour_create(&profile.space);
        uint8_t r[2] = {0, 255}, g[2] = {0, 255}, b[2] = {255, 255};
        uint8_t *planes[3] = {r, g, b};
        image_colour_row(colour, planes, 0, 2);
        image_colour_destroy(colour);
      }
      free(changed);
    }
  }
}

static void power_is_precise(void) {
  static const struct {
    double base, exponent, power;
  } rows[] = {{0.5, 2.4, 0.18946457081379978},
              {0.001, 1 / 2.4, 0.056234132519034905},
              {1.0, 7.0, 1.0},
              {0.0, 2.2, 0.0},
              {0.9, 0.45, 0.9536941732457854},
              {3.0, 5.0, 243.0},
              {1e-6, 2.0, 1e-12},
              {0.2, 100.0, 0.0},
              {1e-4, -20.0, 1e18}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    double power = image_colour_power(rows[i].base, rows[i].exponent);
    CHECK_NEAR(power, rows[i].power, rows[i].power * 1e-12 + 1e-30);
  }
}

int main(void) {
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    char name[128];
    check_begin();
    gives_the_colours(&cases[i]);
    snprintf(name, sizeof name, "%s gives %s within %d", cases[i].file, cases[i].expected,
             cases[i].tolerance);
    check_end(name);
  }
  RUN(joins_the_pieces_of_a_jpegs_profile);
  RUN(names_what_it_does_not_use);
  RUN(survives_damaged_profiles);
  RUN(power_is_precise);
  return check_summary();
}
