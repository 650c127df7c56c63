/** Lines of source code, nested to any depth. */
export type Lines = string | readonly Lines[];

/** A template of source code in which each interpolated list stands for its lines, indented like the first one. */
export function code(strings: TemplateStringsArray, ...parts: readonly (Lines | number)[]): string {
  let text = strings[0]!;
  parts.forEach((part, index) => {
    const indent = /[^\S\n]*$/.exec(text)![0];
    text += linesOf(part).join(`\n${indent}`) + strings[index + 1]!;
  });
  return text;
}

function linesOf(part: Lines | number): string[] {
  return Array.isArray(part) ? part.flatMap(linesOf) : String(part).split('\n');
}

/** The numbers from 0 to `count - 1`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
