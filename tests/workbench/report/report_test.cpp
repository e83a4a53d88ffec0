// The page: one file with everything in it, which no body of a message can break out of.
#include "bruit/workbench/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "bruit/workbench/report/report_data.h"

namespace bruit::workbench::report {
namespace {

using testing::HasSubstr;
using testing::Not;

RunRecord hostile_run() {
  std::istringstream in(
      R"({"at":0,"event":"start","workload":"broadcast","nodes":["n0","</script><b>"]}
{"at":0,"event":"operation","type":"invoke","process":0,"f":"broadcast","value":"<!--<script>"}
{"at":1,"event":"sent","id":1,"from":"n0","to":"</script><b>","body":{"type":"</script>","value":"<!--<script>"}}
{"at":2,"event":"operation","type":"ok","process":0,"f":"broadcast","value":"<!--<script>"}
)");
  RunRecord record;
  record.folder = "store/<b>&";
  read_trace(in, "trace.jsonl", {}, record);
  return record;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(Report, IsOneFileThatLoadsNothing) {
  const std::string page = make_report(RunRecord{});
  EXPECT_THAT(page, testing::StartsWith("<!doctype html>"));
  EXPECT_THAT(page, HasSubstr("Chart.js v"));  // its licence notice
  EXPECT_THAT(page, Not(HasSubstr(" src=")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
}

TEST(Report, CannotBeLeftByWhatAMessageSays) {
  const std::string calm = make_report(RunRecord{});
  const std::string page = make_report(hostile_run());
  EXPECT_EQ(count(page, "</script"), count(calm, "</script"));
  EXPECT_EQ(count(page, "<!--"), count(calm, "<!--"));
  EXPECT_THAT(page, HasSubstr("\\u003c/script>"));
  EXPECT_THAT(page, Not(HasSubstr("<title>broadcast <b>")));
}

TEST(Report, DataIsJsonThatSaysWhatTheRunWas) {
  const auto data = boost::json::parse(report_data(hostile_run(), {})).as_object();
  EXPECT_EQ(data.at("nodes").as_array().at(1).as_string(), "</script><b>");
  EXPECT_EQ(data.at("operations").at("took").as_array(), (boost::json::array{2000}));
  EXPECT_EQ(data.at("messages").at("sent").as_array(), (boost::json::array{1000}));
  EXPECT_EQ(data.at("values").at("text").as_array(), (boost::json::array{"\"<!--<script>\""}));
  EXPECT_EQ(data.at("values").at("carriers").as_array(), (boost::json::array{1}));
}

TEST(Report, OfACounterHasNoValuesToFollow) {
  std::istringstream in(
      R"({"at":0,"event":"start","workload":"g-counter","nodes":["n0"]}
{"at":0,"event":"operation","type":"invoke","process":0,"f":"add","value":3}
{"at":1,"event":"operation","type":"ok","process":0,"f":"add","value":3}
{"at":2,"event":"operation","type":"invoke","process":0,"f":"read"}
{"at":3,"event":"operation","type":"ok","process":0,"f":"read","value":3}
)");
  RunRecord record;
  read_trace(in, "trace.jsonl", {}, record);
  const auto data = boost::json::parse(report_data(record, {})).as_object();
  EXPECT_EQ(data.at("values").at("text").as_array().size(), 0U);
  EXPECT_EQ(data.at("operations").at("kinds").as_array(), (boost::json::array{"add", "read"}));
}

TEST(Report, NamesALimitOnlyIfTheRunWasAChallenge) {
  RunRecord record;
  EXPECT_THAT(report_data(record, {}), Not(HasSubstr("\"limits\"")));
  record.results = Edn::map({{"challenge", "3d"}, {"valid?", true}});
  EXPECT_THAT(
      report_data(record, {}),
      HasSubstr(
          R"("limits":{"messages_per_operation":30,"median_stable_ms":400,"worst_stable_ms":600})"));
}

TEST(Report, UrlOfAFileCanBeClickedOn) {
  EXPECT_EQ(file_url("/store/a b/r%.html"), "file:///store/a%20b/r%25.html");
}

}  // namespace
}  // namespace bruit::workbench::report
