// What the files of the driver interface share: the lock, and the checks at the entry of each call.
#pragma once
#include <mutex>

#include "device.h"

#define API extern "C" __attribute__((visibility("default")))

extern std::recursive_mutex &device_lock;
extern thread_local std::vector<void *> current_contexts;
bool is_initialised();
void *primary();  // the one context

// Each entry holds the lock; after a fault every one returns it.
#define ENTER                                                    \
  std::lock_guard<std::recursive_mutex> entered(device_lock);    \
  if (!is_initialised()) return NOT_INITIALIZED;                 \
  if (context_error != SUCCESS) return context_error
#define NEEDS_CONTEXT                                                     \
  do {                                                                    \
    if (current_contexts.empty() || current_contexts.back() == nullptr) { \
      report("%s: no context is current", __func__);                      \
      return INVALID_CONTEXT;                                             \
    }                                                                     \
  } while (0)
