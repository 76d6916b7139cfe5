/* PNG's colour chunks (W3C PNG, third edition, 11.3.2). */
#include "decode/png_colour.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/format.h"
#include "decode/icc.h"
#include "decode/stb.h"

/* Profiles of matrix and curves have at most some 50 KB; of larger ones only the
 * beginning is read, for the name. */
enum { MAX_ICC_BYTES = 1 << 20 };

static void set_name(decode_profile *profile, const char *name) {
  format_text(profile->name, sizeof profile->name, "%s", name);
}

static void fill_curves(decode_profile *profile, const profile_curve *curve) {
  for (int c = 0; c < 3; ++c) profile_fill_curve(curve, profile->space.curves[c]);
}

static const profile_curve srgb_curve = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0, 0};

/* ---- cICP: numbers of ITU-T H.273 ---------------------------------------------- */

typedef struct code_point {
  uint8_t number;
  const char *name;
  uint16_t chromaticities[8]; /* of white and the primaries, times 10000 */
} code_point;

static const code_point primaries[] = {
    {1, "BT.709", {3127, 3290, 6400, 3300, 3000, 6000, 1500, 600}},
    {4, "BT.470 M", {3100, 3160, 6700, 3300, 2100, 7100, 1400, 800}},
    {5, "BT.601 625", {3127, 3290, 6400, 3300, 2900, 6000, 1500, 600}},
    {6, "BT.601 525", {3127, 3290, 6300, 3400, 3100, 5950, 1550, 700}},
    {7, "SMPTE 240M", {3127, 3290, 6300, 3400, 3100, 5950, 1550, 700}},
    {9, "BT.2020", {3127, 3290, 7080, 2920, 1700, 7970, 1310, 460}},
    {11, "DCI-P3", {3140, 3510, 6800, 3200, 2650, 6900, 1500, 600}},
    {12, "Display P3", {3127, 3290, 6800, 3200, 2650, 6900, 1500, 600}},
    {22, "EBU 3213", {3127, 3290, 6300, 3400, 2950, 6050, 1550, 770}},
};

static bool find_transfer(uint8_t number, profile_curve *curve) {
  switch (number) {
    case 1:
    case 6:
    case 14:
    case 15: /* BT.709 and what is the same, as screens show it (BT.1886) */
      *curve = (profile_curve){.g = 2.4, .a = 1};
      return true;
    case 4: *curve = (profile_curve){.g = 2.2, .a = 1}; return true;
    case 5: *curve = (profile_curve){.g = 2.8, .a = 1}; return true;
    case 8: *curve = (profile_curve){.g = 1, .a = 1}; return true;
    case 13: *curve = srgb_curve; return true;
    default: /* brighter than white: PQ, HLG */ return false;
  }
}

static void read_cicp(span cicp, decode_profile *profile) {
  const uint8_t *p = cicp.data; /* primaries, transfer, matrix, full range */
  format_text(profile->name, sizeof profile->name, "cICP %u/%u/%u/%u", p[0], p[1], p[2], p[3]);
  profile_curve curve;
  if (!find_transfer(p[1], &curve) || p[2] != 0 || p[3] != 1) return;
  for (size_t i = 0; i < sizeof primaries / sizeof primaries[0]; ++i) {
    double chromaticities[8], to_xyz[3][3];
    if (primaries[i].number != p[0]) continue;
    for (int k = 0; k < 8; ++k) chromaticities[k] = primaries[i].chromaticities[k] / 10000.0;
    if (!profile_primaries(chromaticities, to_xyz)) return;
    fill_curves(profile, &curve);
    profile_finish(profile, (const double(*)[3])to_xyz);
    if (p[1] == 13) set_name(profile, p[0] == 1 ? "sRGB" : primaries[i].name);
  }
}

/* ---- iCCP: a name, a method, and a zlib stream ----------------------------------- */

/* *is_icc: what it holds is a profile, be it one that is not used. */
static insitu_status read_iccp(span iccp, icc_pixels pixels, bool *is_icc, decode_profile *profile,
                               insitu_error *error) {
  if (iccp.size_bytes == 0) return error_clear(error);
  const uint8_t *end = memchr(iccp.data, 0, iccp.size_bytes < 80 ? iccp.size_bytes : 80);
  if (end == NULL || end == iccp.data) return error_clear(error);
  size_t skipped = (size_t)(end - iccp.data) + 2;
  if (skipped > iccp.size_bytes || end[1] != 0) return error_clear(error); /* the only method */
  span stream = {iccp.data + skipped, iccp.size_bytes - skipped};
  size_t room = MAX_ICC_BYTES + STB_INFLATE_STEP;
  uint8_t *icc = alloc_bytes(room);
  if (icc == NULL) return error_out_of_memory(error, "the colour profile", room);
  *is_icc = icc_read((span){icc, stb_inflate(stream, icc, room)}, pixels, profile);
  alloc_free(icc);
  return error_clear(error);
}

/* ---- gAMA and cHRM: units of 1/100000 --------------------------------------------- */

static void read_gamma(const png_colour *colour, bool is_grey, decode_profile *profile) {
  uint32_t gamma;
  /* libpng's bounds */
  if (colour->gama.size_bytes != 4 || !span_u32_be(colour->gama, 0, &gamma) || gamma < 16 ||
      gamma > 625000000) {
    return;
  }
  profile_curve curve = {.g = 100000.0 / gamma, .a = 1};
  format_text(profile->name, sizeof profile->name, "gAMA %u.%05u", gamma / 100000, gamma % 100000);
  bool has_primaries = colour->chrm.size_bytes == 32;
  /* Files that mean sRGB say 45455 and no primaries; browsers do not tell what is
   * within 5 % of it apart. With primaries the number is meant. */
  if (!has_primaries && gamma > 43182 && gamma < 47728) curve = srgb_curve;
  fill_curves(profile, &curve);
  double chromaticities[8], to_xyz[3][3];
  has_primaries = has_primaries && !is_grey;
  for (size_t i = 0; i < 8; ++i) {
    uint32_t value;
    has_primaries = has_primaries && span_u32_be(colour->chrm, 4 * i, &value);
    if (has_primaries) chromaticities[i] = value / 100000.0;
  }
  if (has_primaries && profile_primaries(chromaticities, to_xyz)) {
    profile_finish(profile, (const double(*)[3])to_xyz);
  } else {
    profile_finish_plain(profile);
  }
}

/* A rendering intent is all that it holds. */
static bool is_srgb(span srgb) { return srgb.size_bytes == 1 && srgb.data[0] <= 3; }

insitu_status png_read_profile(const png_colour *colour, bool is_grey, decode_profile *profile,
                               insitu_error *error) {
  decode_profile first = {.use = INSITU_PROFILE_NONE}; /* of those that cannot be used */
  *profile = first;
  if (colour->cicp.size_bytes == 4) {
    profile->use = INSITU_PROFILE_NOT_USED;
    read_cicp(colour->cicp, profile);
    if (profile->use != INSITU_PROFILE_NOT_USED) return error_clear(error);
    first = *profile;
  }
  if (colour->iccp.data != NULL) {
    bool is_icc = false;
    *profile = (decode_profile){.use = INSITU_PROFILE_NOT_USED};
    insitu_status status =
        read_iccp(colour->iccp, is_grey ? ICC_GREY : ICC_RGB, &is_icc, profile, error);
    if (status != INSITU_STATUS_OK || is_icc) return status;
    if (first.use == INSITU_PROFILE_NONE) first = *profile;
  }
  *profile = (decode_profile){.use = INSITU_PROFILE_NONE};
  if (is_srgb(colour->srgb)) {
    profile->use = INSITU_PROFILE_SRGB;
    set_name(profile, "sRGB");
  } else {
    read_gamma(colour, is_grey, profile);
  }
  if (profile->use == INSITU_PROFILE_NONE) *profile = first;
  return error_clear(error);
}
