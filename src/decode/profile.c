/* Colour spaces by their numbers: primaries and curves. Only + - * / and our own
 * power, so that tables are equal on every platform. */
#include "decode/profile.h"

/* XYZ under D50 to sRGB's light: the inverse of the colorants that sRGB's own ICC
 * profile gives (ICC.1, s15Fixed16). */
static const double xyz_to_srgb[3][3] = {{3.134112153, -1.617392460, -0.490633405},
                                         {-0.978787296, 1.916279586, 0.033454714},
                                         {0.071983044, -0.228985850, 1.405385132}};

static const double d50[3] = {0.9642, 1.0, 0.8249};

/* Bradford's cone responses, and back (ICC.1, annex E). */
static const double bradford[3][3] = {
    {0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}};
static const double from_bradford[3][3] = {{0.9869929, -0.1470543, 0.1599627},
                                           {0.4323053, 0.5183603, 0.0492912},
                                           {-0.0085287, 0.0400428, 0.9684867}};

static void multiply(const double a[3][3], const double b[3][3], double product[3][3]) {
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      product[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
    }
  }
}

static double determinant(const double m[3][3]) {
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
         m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

void profile_fill_curve(const profile_curve *curve, uint16_t table[256]) {
  for (int i = 0; i < 256; ++i) {
    double x = i / 255.0, base = curve->a * x + curve->b;
    double light =
        x >= curve->d ? image_colour_power(base, curve->g) + curve->e : curve->c * x + curve->f;
    if (!(light > 0.0)) light = 0.0; /* NaN too */
    table[i] = light < 1.0 ? (uint16_t)(light * 65535.0 + 0.5) : 65535;
  }
}

static void compare_with_srgb(decode_profile *profile) {
  profile->use =
      image_colour_space_is_srgb(&profile->space) ? INSITU_PROFILE_SRGB : INSITU_PROFILE_CONVERTED;
}

void profile_finish(decode_profile *profile, const double to_xyz[3][3]) {
  double to_srgb[3][3], white = to_xyz[1][0] + to_xyz[1][1] + to_xyz[1][2];
  multiply(xyz_to_srgb, to_xyz, to_srgb);
  profile->use = INSITU_PROFILE_NOT_USED;
  if (!(white > 0.5 && white < 2.0)) return;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      double value = to_srgb[i][j];
      if (!(value > -4.0 && value < 4.0)) return;
      profile->space.to_srgb[i][j] = (int32_t)(value * 65536.0 + (value < 0.0 ? -0.5 : 0.5));
    }
  }
  compare_with_srgb(profile);
}

void profile_finish_plain(decode_profile *profile) {
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) profile->space.to_srgb[i][j] = i == j ? 65536 : 0;
  }
  compare_with_srgb(profile);
}

static void to_xyz_of(double x, double y, double xyz[3]) {
  xyz[0] = x / y;
  xyz[1] = 1.0;
  xyz[2] = (1.0 - x - y) / y;
}

bool profile_primaries(const double chromaticities[8], double to_xyz[3][3]) {
  double columns[4][3]; /* white, red, green, blue, each with Y = 1 */
  for (int i = 0; i < 4; ++i) {
    double x = chromaticities[2 * i], y = chromaticities[2 * i + 1];
    if (!(x >= 0.0 && y >= 0.00001 && x + y <= 1.0)) return false; /* ProPhoto: 0.0001 */
    to_xyz_of(x, y, columns[i]);
  }
  /* how much of each primary makes white: Cramer's rule */
  double whole = determinant((const double(*)[3])(columns + 1));
  if (!(whole * whole > 1e-12)) return false;
  double unadapted[3][3];
  for (int j = 0; j < 3; ++j) {
    double swapped[3][3];
    for (int i = 0; i < 3; ++i) {
      for (int k = 0; k < 3; ++k) swapped[i][k] = columns[i == j ? 0 : i + 1][k];
    }
    double share = determinant((const double(*)[3])swapped) / whole;
    for (int i = 0; i < 3; ++i) unadapted[i][j] = columns[j + 1][i] * share;
  }
  /* white to D50, cone by cone */
  double cones[3][3];
  multiply(bradford, (const double(*)[3])unadapted, cones);
  for (int i = 0; i < 3; ++i) {
    double white = 0.0, wanted = 0.0;
    for (int k = 0; k < 3; ++k) {
      white += bradford[i][k] * columns[0][k];
      wanted += bradford[i][k] * d50[k];
    }
    if (!(white > 0.01)) return false;
    for (int j = 0; j < 3; ++j) cones[i][j] *= wanted / white;
  }
  multiply(from_bradford, (const double(*)[3])cones, to_xyz);
  return true;
}
