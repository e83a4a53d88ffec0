#include "bruit/cli/output/table.h"

#include <gtest/gtest.h>

namespace bruit::cli {
namespace {

TEST(Table, AlignsItsColumns) {
  Table table({"name", "value"});
  table.add({"a", "1"});
  table.add({"longer name", "22"});
  EXPECT_EQ(table.text(),
            "name         value\n"
            "------------------\n"
            "a            1\n"
            "longer name  22\n");
}

TEST(Table, WithoutRowsIsItsHeader) {
  EXPECT_EQ(Table({"one", "two"}).text(), "one  two\n--------\n");
}

}  // namespace
}  // namespace bruit::cli
