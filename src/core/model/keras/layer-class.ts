import { lookupTable } from '../../lookup-table.ts';

/** Other names of layers. */
const ALIASES = lookupTable<string>({
  Convolution2D: 'Conv2D',
  DepthwiseConvolution2D: 'DepthwiseConv2D',
  SeparableConvolution2D: 'SeparableConv2D',
  MaxPool2D: 'MaxPooling2D',
  AvgPool2D: 'AveragePooling2D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
});

/** The class without the package of a registered class, under its usual name. */
export function canonicalClass(className: string): string {
  const name = className.replace(/^.*>/, '');
  return ALIASES.get(name) ?? name;
}

/** Names of layers by their class, as Keras numbers them: `conv2d`, `conv2d_1`, … */
export function numberedByClass(classNames: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return classNames.map((className) => {
    const name = className
      .replace(/^.*>/, '')
      .replace(/\W+/g, '')
      .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase();
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}
