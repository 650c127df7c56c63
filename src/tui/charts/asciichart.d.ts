/** The part of asciichart 1.5 that the app uses; it ships no types. */
declare module 'asciichart' {
  export function plot(
    series: readonly number[],
    options: {
      min: number;
      max: number;
      height: number;
      offset: number;
      format: (value: number) => string;
      symbols: readonly string[];
    },
  ): string;
}
