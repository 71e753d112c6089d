// Stacks that take turns on one operating-system thread; x86-64, System V calling convention.
#pragma once
#include <cstddef>

struct Fiber {
  void *stack_pointer;
  char *stack;
};

void prepare(Fiber &fiber, void (*entry)());
// Saves the stack that runs now in *from and goes on with the other one.
extern "C" void swcuda_switch(void **from, void *to);
// False if the fiber has run out of its stack.
bool stack_is_whole(const Fiber &fiber);
