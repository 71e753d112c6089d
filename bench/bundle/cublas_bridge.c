// libcublas.so.12 for hosts that have only libcublas.so.13. Each symbol that JCublas imports is a jump through a slot, so that
// arguments in registers and on the stack pass as they are; symbols.inc lists them as BRIDGE(name). The functions that the
// library calls have the same signatures in both versions. x86-64 Linux. CUBLAS13 names the file where the loader does not find it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static int not_loaded(void) { return 1; /* CUBLAS_STATUS_NOT_INITIALIZED */ }

static int not_there(void) { return 15; /* CUBLAS_STATUS_NOT_SUPPORTED */ }

#define BRIDGE(name) \
  __attribute__((visibility("hidden"))) void *slot_##name = (void *)not_loaded; \
  __asm__(".text\n.globl " #name "\n.type " #name ",@function\n" #name ":\n\tendbr64\n\tjmp *slot_" #name "(%rip)\n");
#include "symbols.inc"
#undef BRIDGE

struct entry {
  const char *name;
  void **slot;
};

static const struct entry entries[] = {
#define BRIDGE(name) {#name, &slot_##name},
#include "symbols.inc"
#undef BRIDGE
};

__attribute__((constructor)) static void connect(void) {
  const char *named = getenv("CUBLAS13");
  void *library = dlopen(named != NULL ? named : "libcublas.so.13", RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "cuBLAS bridge: %s\n", dlerror());
    return;
  }
  for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
    void *function = dlsym(library, entries[i].name);
    *entries[i].slot = function != NULL ? function : (void *)not_there;
  }
}
