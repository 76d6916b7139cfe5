/* The program: its arguments to cli_main. */
#include "cli/cli.h"
#include "cli/platform.h"

int main(int argc, char **argv) {
  platform_read_arguments(argc, argv);
  return cli_main(argc, argv);
}
