/* Decodes a JPEG by libjpeg(-turbo) or a PNG by libpng to RGB on white, 8 bits,
 * as the file has it: not turned, no colour converted. make.py compiles it.
 *   reference FILE > rgb          prints "width height" to stderr */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

static void write_row(const unsigned char *rgb, unsigned width) {
  if (fwrite(rgb, 3, width, stdout) != width) exit(1);
}

static void read_jpeg(FILE *file) {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, file);
  jpeg_read_header(&jpeg, TRUE);
  int is_cmyk = jpeg.num_components == 4;
  jpeg.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&jpeg);
  fprintf(stderr, "%u %u\n", jpeg.output_width, jpeg.output_height);
  unsigned char *row = malloc(4 * jpeg.output_width), *rgb = malloc(3 * jpeg.output_width);
  while (jpeg.output_scanline < jpeg.output_height) {
    jpeg_read_scanlines(&jpeg, &row, 1);
    for (unsigned x = 0; x < jpeg.output_width; x++) {
      for (unsigned c = 0; c < 3; c++) { /* Adobe's CMYK is kept inverted: 255 is no ink */
        rgb[3 * x + c] = is_cmyk ? (row[4 * x + c] * row[4 * x + 3] + 127) / 255 : row[3 * x + c];
      }
    }
    write_row(rgb, jpeg.output_width);
  }
}

static void read_png(FILE *file) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  const png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
  png_init_io(png, file);
  png_read_info(png, info);
  unsigned width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  fprintf(stderr, "%u %u\n", width, height);
  if (png_get_rowbytes(png, info) != 3 * (size_t)width) exit(1);
  unsigned char **rows = malloc(height * sizeof *rows);
  for (unsigned y = 0; y < height; y++) rows[y] = malloc(3 * (size_t)width);
  png_read_image(png, rows);
  for (unsigned y = 0; y < height; y++) write_row(rows[y], width);
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (file == NULL) return 1;
  int first = fgetc(file);
  rewind(file);
  if (first == 0xff) read_jpeg(file);
  else read_png(file);
  return 0;
}
