/** x grows to the right and y down, in any unit; pressure is 0 to 1, where the pen reports it. */
export type Point = readonly [x: number, y: number, pressure?: number];
/** The points between pen down and pen up, in the order drawn; a dot is one point. */
export type Stroke = readonly Point[];
/** One character: its strokes in the order drawn. */
export type Drawing = readonly Stroke[];
