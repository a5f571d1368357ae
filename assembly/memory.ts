/** The only file that knows where memory begins. The host owns everything from here up; kernels never allocate. */

/** First byte of linear memory that the core does not use itself, 16-byte aligned. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15;
}
