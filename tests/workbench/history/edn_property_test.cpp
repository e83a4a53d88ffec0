// Properties of EDN that hold for any value and any bytes.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "bruit/workbench/basics/utf8.h"
#include "bruit/workbench/history/edn.h"
#include "workbench/history/edn_show.h"

namespace bruit::workbench {
namespace {

rc::Gen<std::string> arbitrary_text() {
  // What a printer or a parser could stumble over comes up often.
  const auto code_point = rc::gen::weightedOneOf<std::uint32_t>(
      {{4, rc::gen::inRange<std::uint32_t>(0, 0x80)},
       {2, rc::gen::element<std::uint32_t>('"', '\\', '\n', '\r', '\t', '\b', '\f', ',', ';')},
       {1, rc::gen::inRange<std::uint32_t>(0x80, 0xd800)},
       {1, rc::gen::inRange<std::uint32_t>(0xe000, 0x110000)}});
  return rc::gen::map(rc::gen::container<std::vector<std::uint32_t>>(code_point),
                      [](const std::vector<std::uint32_t>& code_points) {
                        std::string text;
                        for (const std::uint32_t c : code_points) append_utf8(text, c);
                        return text;
                      });
}

rc::Gen<std::string> arbitrary_name() {
  return rc::gen::element<std::string>("a", "valid?", "ok-count", "jepsen.history.Op", "x/y", "+",
                                       "é");
}

// The equal ones taken out, as sets and maps need it.
std::vector<Edn> distinct(std::vector<Edn> values) {
  std::vector<Edn> kept;
  for (Edn& value : values) {
    if (std::find(kept.begin(), kept.end(), value) == kept.end()) kept.push_back(std::move(value));
  }
  return kept;
}

rc::Gen<Edn> arbitrary_edn(int depth) {
  using rc::gen::map;
  const auto from = [](auto gen) {
    return map(std::move(gen), [](auto value) { return Edn(value); });
  };
  std::vector<rc::Gen<Edn>> kinds = {
      rc::gen::just(Edn()),
      from(rc::gen::arbitrary<bool>()),
      from(rc::gen::arbitrary<std::int64_t>()),
      from(rc::gen::arbitrary<std::uint64_t>()),
      from(rc::gen::arbitrary<double>()),
      from(rc::gen::arbitrary<float>()),
      from(arbitrary_text()),
      map(arbitrary_name(), [](const std::string& name) { return Edn::keyword(name); }),
      map(arbitrary_name(), [](std::string name) { return Edn(EdnSymbol{std::move(name)}); }),
      map(rc::gen::element<std::string>("\\a", "\\newline", "\\u00e9", "\\(", "\\é"),
          [](std::string text) { return Edn(EdnCharacter{std::move(text)}); }),
      rc::gen::element(Edn(EdnExactNumber{"2/3"}), Edn(EdnExactNumber{"1.50M"})),
  };
  if (depth > 0) {
    const auto items =
        rc::gen::resize(6, rc::gen::container<std::vector<Edn>>(arbitrary_edn(depth - 1)));
    kinds.push_back(map(items, [](std::vector<Edn> v) { return Edn(EdnList{std::move(v)}); }));
    kinds.push_back(map(items, [](std::vector<Edn> v) { return Edn(EdnVector{std::move(v)}); }));
    kinds.push_back(
        map(items, [](std::vector<Edn> v) { return Edn(EdnSet{distinct(std::move(v))}); }));
    kinds.push_back(map(items, [](std::vector<Edn> v) {
      EdnMap result;
      for (Edn& key : distinct(std::move(v))) result.entries.push_back({key, EdnVector{{key}}});
      return Edn(std::move(result));
    }));
    kinds.push_back(
        map(rc::gen::pair(arbitrary_name(), arbitrary_edn(depth - 1)),
            [](const auto& pair) { return Edn::tagged("t" + pair.first, pair.second); }));
  }
  return rc::gen::join(rc::gen::map(rc::gen::inRange<std::size_t>(0, kinds.size()),
                                    [kinds](std::size_t i) { return kinds[i]; }));
}

RC_GTEST_PROP(EdnProperty, ReadsBackWhatItPrintsOnOneLine, ()) {
  const Edn value = *arbitrary_edn(3);
  RC_ASSERT(parse_edn(to_string(value)) == value);
}

RC_GTEST_PROP(EdnProperty, ReadsBackWhatItPrintsOnManyLines, ()) {
  const Edn value = *arbitrary_edn(3);
  const auto width = *rc::gen::inRange<std::size_t>(0, 100);
  RC_ASSERT(parse_edn(to_pretty_string(value, width)) == value);
}

RC_GTEST_PROP(EdnProperty, KeepsTheOrderOfWriting, ()) {
  const std::string text = to_string(*arbitrary_edn(3));
  RC_ASSERT(to_string(parse_edn(text)) == text);
}

RC_GTEST_PROP(EdnProperty, ItsOrderIsTotal, ()) {
  const Edn a = *arbitrary_edn(2);
  const Edn b = *arbitrary_edn(2);
  const Edn c = *arbitrary_edn(2);
  RC_ASSERT((a <=> b) == (0 <=> (b <=> a)));
  RC_ASSERT((a <=> a) == std::strong_ordering::equal);
  if (a < b && b < c) RC_ASSERT(a < c);
}

RC_GTEST_PROP(EdnProperty, AnyBytesGiveAValueOrAnError, (const std::string& bytes)) {
  try {
    const Edn value = parse_edn(bytes);
    RC_ASSERT(parse_edn(to_string(value)) == value);
  } catch (const EdnError& error) {
    RC_ASSERT(error.line() >= 1U);
    RC_ASSERT(error.column() >= 1U);
  }
}

RC_GTEST_PROP(EdnProperty, ACutTextIsAnErrorOrAnotherValueButNeverACrash, ()) {
  std::string text = to_string(*arbitrary_edn(3));
  text.resize(*rc::gen::inRange<std::size_t>(0, text.size()));
  try {
    parse_edn(text);
  } catch (const EdnError&) {
  }
}

}  // namespace
}  // namespace bruit::workbench
