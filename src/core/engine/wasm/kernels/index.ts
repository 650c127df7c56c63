export { dispatch, work } from './dispatch';

/** The first address that the module's own constants do not take. */
export function heapBase(): usize {
  return __heap_base;
}
