/** The side of an influence map: a value for each 2x2 pixels of an image. */
export const INFLUENCE_SIZE = 14;
/** The most layers that an inspection shows, and the most feature maps of each. */
export const MAX_LAYERS = 12;
export const MAX_MAPS = 16;
/** The largest side of a feature map that is shown; larger ones are made smaller. */
export const MAX_MAP_SIZE = 28;
/** The most values of a vector that are shown; of longer ones, the largest of each few. */
export const MAX_STRIP = 512;

/** What a group of layers computes, by the layer that it begins with. */
export const LAYER_KINDS = ['convolution', 'dense', 'pooling', 'sum', 'branches'] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** What a layer makes of an image. */
export interface LayerView {
  /** As in Keras, where the activation is a part of the layer: `conv2d_1`. */
  name: string;
  kind: LayerKind;
  /** Whether pooling has made the maps smaller. */
  pools: boolean;
  /** Of its output: height, width, and channels, or the number of units. */
  shape: readonly number[];
  /** Of the maps: their height and width; [1, units] for a vector. */
  size: readonly [height: number, width: number];
  /** Which channels the maps are of, in order; empty for a vector. */
  channels: readonly number[];
  /** Bytes, [height, width]; 255 is the largest value in the layer, 0 is no response or a negative one. */
  maps: readonly Uint8Array[];
}

/** What a network makes of an image, and which ink it goes by. */
export interface Inspection {
  /** The class that the influence map is about: a merged class in the case that was asked for. */
  label: string;
  /** What the network makes of the image as a whole: the probability of that class. */
  probability: number;
  /** The same once the patch that counts most for the class is painted as paper. */
  without: number;
  /**
   * How much the ink around each spot counts for the class: from 1, most for it, to -1, against it. [14, 14], relative to the
   * strongest.
   */
  influence: Float32Array;
  layers: readonly LayerView[];
}

/** What to look at. */
export interface InspectOptions {
  /** The class to explain, a merged one in either case. Default, also if the model has no such class: the most probable one. */
  label?: string;
  /** The most feature maps of each layer: those with the strongest response. Default 8. */
  maps?: number;
  /** Ends it early; the signal's reason is thrown. */
  signal?: AbortSignal;
}

const SENTENCES: Readonly<Record<LayerKind, string>> = {
  convolution: 'Each map is of one filter: it is bright where the filter found its pattern',
  dense: 'Each cell is one unit, which weighs everything that the layer before it found',
  pooling: 'Each map is smaller: it has the responses of the layer before it, summed up for each few cells',
  sum: 'Each map is the sum of the maps of two or more branches',
  branches: 'The maps of two or more branches, one after the other',
};

/** A sentence on what the maps of a layer show. */
export function describeLayer({ kind, pools }: Pick<LayerView, 'kind' | 'pools'>): string {
  return `${SENTENCES[kind]}${pools && kind === 'convolution' ? ', in fewer, larger cells' : ''}.`;
}

/** The shape of a layer's output: `14×14×64`, or the number of units. */
export function shapeText(shape: readonly number[], times = '×'): string {
  return shape.join(times);
}
