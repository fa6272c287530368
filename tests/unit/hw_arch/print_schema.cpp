// Prints the JSON Schema under the tests' vocabulary; schema_test.py runs it.
#include <cstdio>

#include "tests/unit/hw_arch/test_vocabulary.h"

int main() {
  std::fputs(systolith::machine_json_schema(systolith::test_vocabulary()).c_str(), stdout);
}
