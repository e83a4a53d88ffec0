// Challenge 2, unique ids: every `generate` gets an id that nobody else gets, also while the
// network is partitioned. So nobody is asked: an id is the node's name, a random number of this
// process (a restarted node must not begin again) and a counter.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "bruit/maelstrom/node.h"

namespace bruit::examples {

struct Generate {
  static constexpr std::string_view type = "generate";
  static constexpr std::tuple<> fields{};
};

struct GenerateOk {
  static constexpr std::string_view type = "generate_ok";
  std::string id;
  static constexpr auto fields = std::tuple(maelstrom::field("id", &GenerateOk::id));
};

class UniqueIds {
 public:
  explicit UniqueIds(maelstrom::Node& node)
      : prefix_(node.id() + "-" +
                std::to_string(node.random(std::numeric_limits<std::uint64_t>::max())) + "-") {
    node.on<Generate>(
        [this](const Generate&) { return GenerateOk{prefix_ + std::to_string(next_++)}; });
  }

 private:
  std::string prefix_;
  std::uint64_t next_ = 0;
};

}  // namespace bruit::examples
