const measure = document.createElement('canvas').getContext('2d');

/** How wide a label may be in a large tile, relative to the size of its font. */
const TILE_EMS = 1.3;

/** The width of a text in the font of an element, relative to the size of the font. */
export function widthInEms(text: string, element: HTMLElement): number {
  if (!measure) return text.length;
  const { fontFamily } = getComputedStyle(element);
  measure.font = `600 100px ${fontFamily}`;
  return measure.measureText(text).width / 100;
}

/** Shows a label in a large tile, smaller if it is wide. */
export function showInTile(tile: HTMLElement, label: string): void {
  tile.textContent = label;
  tile.style.setProperty('--fit', String(Math.min(1, TILE_EMS / widthInEms(label, tile))));
}
