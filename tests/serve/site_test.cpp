// What the site answers, and what cannot be had from it.
#include "bruit/serve/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "cli/bruit_command.h"

namespace bruit::serve {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// A store with two runs, a file beside it, and a link out of it.
class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    write("secret", "not for you");
    write("store/broadcast/20260101T000000.000Z/results.json",
          R"({"valid": true, "stats": {"count": 40}, "net": {"servers": {"msgs-per-op": 1.5}},
              "workload": {"lost-count": 0, "stable-latencies": {"0.5": 12, "1": 34}}})");
    write("store/broadcast/20260101T000000.000Z/report.html", "<p>report");
    write("store/broadcast/20260101T000000.000Z/node-logs/n0.log", "hello");
    write("store/echo/20260202T000000.000Z/history.txt", "");
    fs::create_directory_symlink("20260101T000000.000Z", root() / "broadcast/latest");
    fs::create_symlink("../../../secret", root() / "broadcast/20260101T000000.000Z/link");
    fs::create_directory_symlink("..", root() / "out");
  }

  fs::path root() const { return folder_.path() / "store"; }
  void write(const std::string& name, const std::string& text) {
    const fs::path path = folder_.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  Response get(const std::string& target, const std::string& host = "localhost:8080") {
    return site_.respond(
        {.method = Method::get, .target = target, .host = host, .content_type = {}, .body = {}});
  }
  boost::json::value get_json(const std::string& target) {
    const Response response = get(target);
    EXPECT_EQ(response.status, 200U);
    return boost::json::parse(std::get<std::string>(response.body));
  }
  Response post(const std::string& target, const std::string& type, const std::string& body) {
    return site_.respond({.method = Method::post,
                          .target = target,
                          .host = "127.0.0.1:1",
                          .content_type = type,
                          .body = body});
  }

 private:
  cli::TemporaryFolder folder_;
  Site site_{{.store = folder_.path() / "store", .hosts = {"localhost", "127.0.0.1", "[::1]"}}};
};

TEST_F(SiteTest, ListsRunsNewestFirstAlsoThoseWithoutResults) {
  const auto listed = get_json("/api/runs");
  const auto& runs = listed.at("runs").as_array();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].at("workload").as_string(), "echo");
  EXPECT_EQ(runs[0].as_object().if_contains("valid"), nullptr);
  EXPECT_EQ(runs[1].at("time").as_string(), "20260101T000000.000Z");
  EXPECT_EQ(runs[1].at("valid").as_bool(), true);
  EXPECT_EQ(runs[1].at("msgs_per_op").as_double(), 1.5);
  EXPECT_EQ(runs[1].at("median_ms").as_int64(), 12);
  EXPECT_EQ(runs[1].at("worst_ms").as_int64(), 34);
}

TEST_F(SiteTest, DescribesARunWithItsFiles) {
  const auto run = get_json("/api/run/broadcast/20260101T000000.000Z");
  EXPECT_EQ(run.at_pointer("/results/stats/count").as_int64(), 40);
  std::vector<std::string> names;
  for (const auto& file : run.at("files").as_array()) {
    names.emplace_back(file.at("name").as_string());
  }
  // The link is a file as well, until somebody asks for it.
  EXPECT_THAT(names, ElementsAre("link", "node-logs/n0.log", "report.html", "results.json"));
  EXPECT_EQ(run.at_pointer("/files/1/size").as_int64(), 5);
  EXPECT_EQ(get("/api/run/broadcast/20250101T000000.000Z").status, 404U);
  EXPECT_EQ(get("/run/broadcast/20250101T000000.000Z").status, 404U);
}

TEST_F(SiteTest, TruncatedResultsAreNoResults) {
  write("store/echo/20260202T000000.000Z/results.json", R"({"valid": tr)");
  const auto run = get_json("/api/run/echo/20260202T000000.000Z");
  EXPECT_TRUE(run.at("results").is_null());
}

TEST_F(SiteTest, SendsFilesOfRunsAsPagesOfNobody) {
  const Response report = get("/store/broadcast/20260101T000000.000Z/report.html");
  EXPECT_EQ(report.status, 200U);
  EXPECT_EQ(report.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(report.policy, HasSubstr("sandbox"));
  EXPECT_EQ(std::get<fs::path>(report.body).filename(), "report.html");
  const Response log = get("/store/broadcast/20260101T000000.000Z/node-logs/n0.log");
  EXPECT_EQ(log.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(get("/store/broadcast/latest/report.html").status, 200U);
}

TEST_F(SiteTest, SendsNothingFromOutsideTheStore) {
  for (const char* target :
       {"/store/broadcast/20260101T000000.000Z/link", "/store/../secret", "/store/%2e%2e/secret/x",
        "/store/broadcast/..%2f..%2f..%2fsecret/x", "/store/broadcast/20260101T000000.000Z/..",
        "/store/broadcast/20260101T000000.000Z/../../../secret", "/store/out/secret/x",
        "/store/out/store/secret", "/store/out/..%2fsecret/x", "/store/broadcast//secret",
        "/store/broadcast/20260101T000000.000Z/%00", "/store/broadcast/20260101T000000.000Z",
        "/store/broadcast/20260101T000000.000Z/node-logs", "/store/broadcast/x/results.json"}) {
    EXPECT_EQ(get(target).status, 404U) << target;
  }
}

TEST_F(SiteTest, AnswersOnlyUnderItsOwnNames) {
  EXPECT_EQ(get("/", "localhost").status, 200U);
  EXPECT_EQ(get("/", "127.0.0.1:8080").status, 200U);
  EXPECT_EQ(get("/", "[::1]:8080").status, 200U);
  EXPECT_EQ(get("/", "[::1]").status, 200U);
  EXPECT_EQ(get("/", "evil.example:8080").status, 403U);
  EXPECT_EQ(get("/", "").status, 403U);
}

TEST_F(SiteTest, HasItsPages) {
  for (const char* target : {"/", "/live", "/compare?a=x&b=y", "/run/broadcast/latest"}) {
    const Response page = get(target);
    EXPECT_EQ(page.status, 200U) << target;
    EXPECT_THAT(std::get<std::string>(page.body), HasSubstr("<!doctype html>")) << target;
    EXPECT_THAT(page.policy, HasSubstr("default-src 'self'")) << target;
  }
  EXPECT_EQ(get("/web/live.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/web/style.css").content_type, "text/css; charset=utf-8");
  EXPECT_EQ(get("/nothing").status, 404U);
  EXPECT_EQ(get("/web/nothing.js").status, 404U);
}

TEST_F(SiteTest, SimulatesOnlyWhatItsOwnPageAsksFor) {
  const std::string small = R"({"nodes": 3, "seconds": 1})";
  EXPECT_EQ(post("/api/simulate", "application/json", small).status, 200U);
  EXPECT_EQ(post("/api/simulate", "text/plain", small).status, 415U);
  const Response refused = post("/api/simulate", "application/json", "[");
  EXPECT_EQ(refused.status, 400U);
  EXPECT_THAT(std::get<std::string>(refused.body), HasSubstr("not JSON"));
  EXPECT_EQ(post("/", "application/json", small).status, 404U);
}

TEST_F(SiteTest, RefusesOtherMethods) {
  Site site({.store = root(), .hosts = {}});
  EXPECT_EQ(site.respond({.method = Method::other,
                          .target = "/",
                          .host = "any",
                          .content_type = {},
                          .body = {}})
                .status,
            405U);
}

TEST(SiteWithoutStore, HasNoRuns) {
  Site site({.store = "/nonexistent/store", .hosts = {}});
  const Response response = site.respond(
      {.method = Method::get, .target = "/api/runs", .host = "", .content_type = {}, .body = {}});
  EXPECT_THAT(std::get<std::string>(response.body), HasSubstr(R"("runs":[])"));
}

}  // namespace
}  // namespace bruit::serve
