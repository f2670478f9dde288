// Programs run beside this one, ended with it: SIGINT and SIGTERM are passed on to them, once each.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace ax {

// While one exists, SIGINT and SIGTERM of this thread, and of threads begun meanwhile, wait for next().
// Children are in process groups of their own: a terminal's Ctrl-C reaches them through here alone. A child
// gets SIGTERM where this process is killed.
class ChildProcesses {
 public:
  // program: the file that is run; "/proc/self/exe" is this very program.
  explicit ChildProcesses(std::filesystem::path program);
  ~ChildProcesses();  // kills and awaits what is left
  ChildProcesses(const ChildProcesses&) = delete;
  ChildProcesses& operator=(const ChildProcesses&) = delete;

  // Starts the program with the arguments; output and errors go to the file, which is replaced.
  // environment: "NAME=VALUE" over this process's. Throws Error where that fails.
  pid_t start(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
              const std::filesystem::path& log);

  struct Ended {
    pid_t pid = 0;
    int status = 0;  // as waitpid has it
  };
  // Waits for a child to end.
  Ended next();

  size_t running() const { return pids_.size(); }
  int signal();  // the first that came; 0: none

 private:
  void pass_on(int number);

  std::filesystem::path program_;
  sigset_t waited_, before_;
  std::vector<pid_t> pids_;
  int signal_ = 0;
};

}  // namespace ax
