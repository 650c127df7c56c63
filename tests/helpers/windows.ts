/** The environment that makes Node behave as on Windows; see as-on-windows.ts. */
export const AS_ON_WINDOWS = {
  NODE_OPTIONS: `--import=${new URL('as-on-windows.ts', import.meta.url).href}`,
} as const;
