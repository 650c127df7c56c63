import type { InkStyle } from './pen-data.ts';

/** Styles of writing, and those that are counted together. */
export const STYLES: readonly { title: string; has: (written: { inkStyle?: InkStyle | undefined }) => boolean }[] = [
  { title: 'Printed', has: ({ inkStyle }) => inkStyle === 'printed' },
  { title: 'Mixed', has: ({ inkStyle }) => inkStyle === 'mixed' },
  { title: 'Cursive', has: ({ inkStyle }) => inkStyle === 'cursive' },
  { title: 'Joined: mixed and cursive', has: ({ inkStyle }) => inkStyle === 'mixed' || inkStyle === 'cursive' },
  { title: 'All', has: () => true },
];
