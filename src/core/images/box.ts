/** A half-open rectangle of pixels: `left` and `top` are in it, `right` and `bottom` are not. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function boxWidth({ left, right }: Box): number {
  return right - left;
}

export function boxHeight({ top, bottom }: Box): number {
  return bottom - top;
}

export function longerSide(box: Box): number {
  return Math.max(boxWidth(box), boxHeight(box));
}

/** The smallest box that holds both. */
export function unionBox(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}
