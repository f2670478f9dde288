// Runs the program (AX_PROGRAM) as its user does.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace ax::testing {

struct Result {
  int code = -1;
  std::string out;
};

// By the shell: `environment` precedes the program ("COLUMNS=40"); `errors` says where standard error goes,
// by default to the same text.
inline Result run_program(const std::string& program, const std::string& arguments,
                          const std::string& environment = "", const std::string& errors = "2>&1") {
  Result r;
  const std::string command = environment + " " + program + " " + arguments + " " + errors;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return r;
  char buffer[4096];
  for (size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) r.out.append(buffer, n);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) r.code = WEXITSTATUS(status);
  return r;
}

inline Result run(const std::string& arguments, const std::string& environment = "",
                  const std::string& errors = "2>&1") {
  return run_program(AX_PROGRAM, arguments, environment, errors);
}

}  // namespace ax::testing
