#include "bruit/workbench/report/report.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "bruit/workbench/history/store.h"
#include "bruit/workbench/report/report_data.h"
#include "bruit_workbench/embedded.h"

namespace bruit::workbench::report {
namespace {

namespace fs = std::filesystem;

std::string escape_for_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string title_of(const RunRecord& record) {
  const fs::path folder = fs::path(record.folder);
  return escape_for_html(fmt::format("{} {}: bruit",
                                     record.workload.empty() ? "run" : record.workload,
                                     folder.filename().string()));
}

// The page's own scripts, in the order in which they need each other.
std::string page_script() {
  std::string script;
  for (const auto part :
       {embedded::data_js, embedded::format_js, embedded::theme_js, embedded::spread_js,
        embedded::summary_js, embedded::why_js, embedded::charts_js, embedded::view_js, embedded::timeline_js,
        embedded::operations_js, embedded::spacetime_js, embedded::journey_js, embedded::main_js}) {
    script += part();
  }
  return script;
}

}  // namespace

std::string make_report(const RunRecord& record, const Bounds& bounds) {
  const std::string data = report_data(record, bounds);
  std::string bodies = record.bodies;
  escape_for_script(bodies);
  const std::string title = title_of(record);
  const std::string script = page_script();
  const std::array<std::pair<std::string_view, std::string_view>, 6> parts{
      {{"TITLE", title},
       {"STYLE", embedded::report_css()},
       {"DATA", data},
       {"BODIES", bodies},
       {"CHARTS", embedded::chart_js()},
       {"SCRIPT", script}}};

  const std::string_view page_template = embedded::report_html();
  std::string page;
  std::size_t size = page_template.size();
  for (const auto& [name, text] : parts) size += text.size();
  page.reserve(size);
  // @NAME@ stands for a part; the parts themselves are not looked into.
  std::string_view rest = page_template;
  for (std::size_t at = rest.find('@'); at != std::string_view::npos; at = rest.find('@')) {
    const std::string_view name = rest.substr(at + 1, rest.find('@', at + 1) - at - 1);
    page += rest.substr(0, at);
    rest.remove_prefix(at);
    bool known = false;
    for (const auto& [part, text] : parts) {
      if (part != name) continue;
      page += text;
      rest.remove_prefix(name.size() + 2);
      known = true;
    }
    if (!known) throw std::logic_error("report.html: no part is called " + std::string(name));
  }
  page += rest;
  return page;
}

fs::path write_report(const fs::path& given) {
  std::error_code ignored;  // what is wrong with the folder is said by those who read it
  const fs::path folder = fs::weakly_canonical(given, ignored);  // `latest` will point elsewhere
  const RunRecord record = read_run(folder);
  const std::string page = make_report(record);
  const fs::path path = folder / "report.html";
  write_whole_file(path, page);
  return path;
}

std::string file_url(const fs::path& path) {
  std::string url = "file://";
  for (const char c : fs::absolute(path).lexically_normal().string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-._~").find(c) != std::string_view::npos;
    if (plain) {
      url += c;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

}  // namespace bruit::workbench::report
