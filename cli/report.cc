// adapterx report: the page of a run, made anew from the run's files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "adapterx/report/run_folder.h"
#include "cli/command.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {

void add_report(CLI::App& app) {
  auto folder = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("report", "Write report.html from a run folder's other files.");
  command->add_option("run", *folder, "Run folder")->required()->type_name("FOLDER");
  command->add_option("--out", *out, "The page's file [report.html in the run folder]")->type_name("FILE");
  command->callback([folder, out] {
    const std::filesystem::path page(out->empty() ? *folder + "/report.html" : *out);
    write_report(*folder, page);
    fmt::print("{}\n", printable(page.string()));
  });
}

}  // namespace ax::cli
