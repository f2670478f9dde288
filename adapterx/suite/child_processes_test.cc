#include "adapterx/suite/child_processes.h"

#include <sys/wait.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/suite/fake_program_test.h"

namespace ax {
namespace {

class ChildProcessesTest : public testing::FakeProgram {
 protected:
  // Until a child says by the file that it has come so far.
  void wait_for(const std::string& name) const {
    for (int i = 0; i < 2000 && !std::filesystem::exists(folder_ / name); ++i) ::usleep(5000);
    ASSERT_TRUE(std::filesystem::exists(folder_ / name));
  }
};

TEST_F(ChildProcessesTest, RunsAProgramWithArgumentsEnvironmentAndLog) {
  ::setenv("AX_OF_PARENT", "kept", 1);
  ::setenv("AX_CHANGED", "old", 1);
  ChildProcesses children(program("echo \"$1|$2|$AX_OF_PARENT|$AX_CHANGED\"; echo trouble >&2; exit 3"));
  const std::filesystem::path log = folder_ / "log";
  std::ofstream(log) << "what was there before, and longer than what comes";
  const pid_t pid = children.start({"two words", "second"}, {"AX_CHANGED=new"}, log);
  EXPECT_EQ(children.running(), 1U);
  const ChildProcesses::Ended ended = children.next();
  EXPECT_EQ(ended.pid, pid);
  EXPECT_TRUE(WIFEXITED(ended.status));
  EXPECT_EQ(WEXITSTATUS(ended.status), 3);
  EXPECT_EQ(children.running(), 0U);
  EXPECT_EQ(read(log), "two words|second|kept|new\ntrouble\n");
}

TEST_F(ChildProcessesTest, TellsWhichEnded) {
  ChildProcesses children(program("[ $1 = slow ] && while [ ! -e $HERE/go ]; do sleep 0.01; done; exit 0"));
  const pid_t slow = children.start({"slow"}, {}, folder_ / "slow.log");
  const pid_t fast = children.start({"fast"}, {}, folder_ / "fast.log");
  EXPECT_EQ(children.next().pid, fast);
  std::ofstream(folder_ / "go") << "";
  EXPECT_EQ(children.next().pid, slow);
}

TEST_F(ChildProcessesTest, AProgramThatIsNotThereEndsAsShellsSayIt) {
  ChildProcesses children(folder_ / "nothing");
  children.start({}, {}, folder_ / "log");
  EXPECT_EQ(WEXITSTATUS(children.next().status), 127);
  expect_part(error_text([&] { children.start({}, {}, folder_ / "no/such/log"); }),
              "no/such/log: cannot create");
}

TEST_F(ChildProcessesTest, ASignalIsPassedOnAndToldOf) {
  ChildProcesses children(
      program("trap 'echo caught; exit 5' TERM; : >$HERE/ready; while :; do sleep 0.01; done"));
  children.start({}, {}, folder_ / "log");
  wait_for("ready");
  EXPECT_EQ(children.signal(), 0);
  ::kill(::getpid(), SIGTERM);
  const ChildProcesses::Ended ended = children.next();
  EXPECT_EQ(WEXITSTATUS(ended.status), 5);
  EXPECT_EQ(read(folder_ / "log"), "caught\n");
  EXPECT_EQ(children.signal(), SIGTERM);
}

TEST_F(ChildProcessesTest, WhatIsLeftIsKilled) {
  {
    ChildProcesses children(program("trap '' TERM INT; : >$HERE/ready; while :; do sleep 0.01; done"));
    children.start({}, {}, folder_ / "log");
    wait_for("ready");
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // there is no child any more
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(ChildProcessesTest, SignalsAreAsBeforeAfterwards) {
  sigset_t before, after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  { const ChildProcesses children("/bin/true"); }
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int number : {SIGINT, SIGTERM, SIGCHLD}) {
    EXPECT_EQ(sigismember(&before, number), sigismember(&after, number));
  }
}

}  // namespace
}  // namespace ax
