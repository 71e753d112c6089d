// copy_pieces.h: copies from memory to shared memory that are under way while the thread does other
// things, in PTX (cp.async, from compute capability 8.0 on), and their plain C++ twins. A thread ends a
// group of copies and waits until no more than some groups are under way, the latest ones; before that
// nobody may read where they go, afterwards the thread itself may, others behind a barrier. They pass by
// the caches of a multiprocessor. Needs exchange_pieces.h.

#if PLAIN_PIECES
#ifdef __CUDACC__
PIECE void copy_ahead(quad *to, const quad *from) { *to = *from; }
PIECE void end_copies() {}
template <int LEFT>
PIECE void await_copies() {}
#else
// On the software device bytes come when somebody waits for them and no earlier; until then there is NaN.
PIECE void copy_ahead(quad *to, const quad *from) {
  const quad v = *from;
  *to = quad{~0u, ~0u, ~0u, ~0u};
  swcuda_copy_ahead(to, &v);
}
PIECE void end_copies() { swcuda_end_copies(); }
template <int LEFT>
PIECE void await_copies() {
  swcuda_await_copies(LEFT);
}
#endif
#else
PIECE void copy_ahead(quad *to, const quad *from) {
  const unsigned at = (unsigned)__cvta_generic_to_shared(to);
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" : : "r"(at), "l"(from) : "memory");
}
PIECE void end_copies() { asm volatile("cp.async.commit_group;" : : : "memory"); }
template <int LEFT>
PIECE void await_copies() {
  asm volatile("cp.async.wait_group %0;" : : "n"(LEFT) : "memory");
}
#endif
