// bin/systolith: one file per subcommand; this one only hands over.
#include "sim/cli/cli.h"

int main(int argc, char** argv) { return systolith::cli::run(argc, argv); }
