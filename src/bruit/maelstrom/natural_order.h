// Natural order of node names: runs of digits compare as numbers, so that n2 comes before n10.
//
// Every node sorts the member list this way, whatever order `init` lists it in, and so all of them
// agree on every node's position.
#pragma once

#include <string_view>

namespace bruit::maelstrom {

// A strict total order: names that differ only in leading zeros are ordered by bytes.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace bruit::maelstrom
