#include "adapterx/suite/child_processes.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr int kCannotRun = 127;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(const std::vector<std::string>& changes) {
  std::vector<std::string> all = changes;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('=') + 1);
    const auto replaces = [&](const std::string& change) { return change.starts_with(name); };
    if (std::ranges::none_of(changes, replaces)) all.push_back(text);
  }
  return all;
}

// In the child, between fork and exec: calls that are safe there alone.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment, int log,
                         pid_t parent, const sigset_t& mask) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(kCannotRun);
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::execve(program, arguments, environment);
  ::_exit(kCannotRun);
}

}  // namespace

ChildProcesses::ChildProcesses(std::filesystem::path program) : program_(std::move(program)) {
  ::sigemptyset(&waited_);
  for (const int number : {SIGINT, SIGTERM, SIGCHLD}) ::sigaddset(&waited_, number);
  ::pthread_sigmask(SIG_BLOCK, &waited_, &before_);
}

ChildProcesses::~ChildProcesses() {
  for (const pid_t pid : pids_) ::kill(pid, SIGKILL);
  for (const pid_t pid : pids_) ::waitpid(pid, nullptr, 0);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

pid_t ChildProcesses::start(const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment, const std::filesystem::path& log) {
  std::vector<std::string> texts = arguments, variables = environment_with(environment);
  texts.insert(texts.begin(), "adapterx");
  const std::vector<char*> argv = pointers(texts), envp = pointers(variables);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) fail("{}: cannot create: {}", log.string(), std::strerror(errno));
  const pid_t parent = ::getpid(), pid = ::fork();
  if (pid == 0) become(program_.c_str(), argv.data(), envp.data(), file, parent, before_);
  const int error = errno;
  ::close(file);
  if (pid < 0) fail("cannot start a process: {}", std::strerror(error));
  pids_.push_back(pid);
  return pid;
}

ChildProcesses::Ended ChildProcesses::next() {
  while (true) {
    for (auto pid = pids_.begin(); pid != pids_.end(); ++pid) {
      Ended ended;
      ended.pid = ::waitpid(*pid, &ended.status, WNOHANG);
      if (ended.pid == 0) continue;
      ended.pid = *pid;
      pids_.erase(pid);
      return ended;
    }
    pass_on(::sigwaitinfo(&waited_, nullptr));
  }
}

int ChildProcesses::signal() {
  const timespec now = {};
  pass_on(::sigtimedwait(&waited_, nullptr, &now));
  return signal_;
}

void ChildProcesses::pass_on(int number) {
  if (number != SIGINT && number != SIGTERM) return;
  if (signal_ == 0) signal_ = number;
  for (const pid_t pid : pids_) ::kill(pid, number);
}

}  // namespace ax
