export { dispatch, work } from './schedule';

/** The first address that the module's own constants do not take. */
export function heapBase(): usize {
  return __heap_base;
}
