export { dispatch, work } from './dispatch';

/** The first address after the module's own constants. */
export function heapBase(): usize {
  return __heap_base;
}
