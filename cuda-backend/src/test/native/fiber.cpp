#include "fiber.h"

#include <sys/mman.h>

#include <cstdint>

#if !defined(__x86_64__)
#error "the software CUDA device switches stacks on x86-64 only"
#endif

namespace {
constexpr size_t STACK = 64 << 10;
constexpr uint64_t MARK = 0x5eed5eed5eed5eedull;
constexpr int SAVED_REGISTERS = 6;
}  // namespace

asm(".text\n"
    ".globl swcuda_switch\n"
    ".hidden swcuda_switch\n"
    ".type swcuda_switch, @function\n"
    "swcuda_switch:\n"
    "  pushq %rbx\n"
    "  pushq %rbp\n"
    "  pushq %r12\n"
    "  pushq %r13\n"
    "  pushq %r14\n"
    "  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n"
    "  popq %r14\n"
    "  popq %r13\n"
    "  popq %r12\n"
    "  popq %rbp\n"
    "  popq %rbx\n"
    "  ret\n"
    ".size swcuda_switch, .-swcuda_switch\n");

void prepare(Fiber &fiber, void (*entry)()) {
  if (fiber.stack == nullptr) {
    fiber.stack = (char *)mmap(
        nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  }
  *(uint64_t *)fiber.stack = MARK;
  // A function starts with a stack pointer of 8 modulo 16; here its return address is never used.
  void **top = (void **)(fiber.stack + STACK - 64);
  *--top = nullptr;
  *--top = (void *)entry;
  fiber.stack_pointer = top - SAVED_REGISTERS;
}

bool stack_is_whole(const Fiber &fiber) { return *(const uint64_t *)fiber.stack == MARK; }
