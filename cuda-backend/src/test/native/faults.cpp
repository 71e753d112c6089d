// A kernel that touches a guard page ends its launch; any other fault goes on to the JVM's handler: its
// other threads fault on purpose (polls of a safepoint, null checks) while a kernel runs.
#include <csignal>
#include <cstdlib>

#include "device.h"

namespace {
struct sigaction before[2];

[[noreturn]] void explain(char *at) {
  char *begin = nullptr;
  size_t bytes = 0;
  const char *fault = memory_fault(at, 1);
  if (!is_device_address(at)) {
    fault = "outside device memory (past the end of shared memory, or a host address)";
  }
  bool known = allocation_of(at, &begin, &bytes);
  fail_launch(ILLEGAL_ADDRESS, "illegal access at %p: %s, offset %ld of an allocation of %zu bytes, block %s",
              (void *)at, fault != nullptr ? fault : "no access", known ? (long)(at - begin) : 0L, bytes,
              where().c_str());
}

void on_fault(int signal_number, siginfo_t *info, void *context) {
  if (kernel_runs_here()) {
    explain((char *)info->si_addr);
  }
  struct sigaction &old = before[signal_number == SIGSEGV ? 0 : 1];
  if (old.sa_flags & SA_SIGINFO) {
    old.sa_sigaction(signal_number, info, context);
  } else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
    old.sa_handler(signal_number);
  } else {
    signal(signal_number, SIG_DFL);  // the access is tried again and ends the process
  }
}
}  // namespace

void catch_faults() {
  static bool caught = false;
  if (caught) {
    return;
  }
  caught = true;
  struct sigaction ours {};
  ours.sa_sigaction = on_fault;
  ours.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigemptyset(&ours.sa_mask);
  sigaction(SIGSEGV, &ours, &before[0]);
  sigaction(SIGBUS, &ours, &before[1]);
}
