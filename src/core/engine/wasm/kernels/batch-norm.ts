import {
  BATCH_NORM_BETA,
  BATCH_NORM_CHANNELS,
  BATCH_NORM_EPSILON,
  BATCH_NORM_GAMMA,
  BATCH_NORM_GRADIENT_BETA,
  BATCH_NORM_GRADIENT_GAMMA,
  BATCH_NORM_GROUP_IMAGES,
  BATCH_NORM_INVERSE_STD,
  BATCH_NORM_MEAN,
  BATCH_NORM_MEAN_GRADIENT,
  BATCH_NORM_MEAN_PRODUCT,
  BATCH_NORM_MOMENTUM,
  BATCH_NORM_MOVING_MEAN,
  BATCH_NORM_MOVING_VARIANCE,
  BATCH_NORM_PARTIALS,
  BATCH_NORM_PIXELS,
  BATCH_NORM_SCALE,
  BATCH_NORM_SHIFT,
  BATCH_NORM_VECTORS_AT,
} from './layout';

/*
 * Batch normalization (Ioffe & Szegedy 2015) over batch, height and width, as in Keras: biased variance, and
 * moving = moving * momentum + batch * (1 - momentum).
 */

/** Computes the scale and shift of this batch from the statistics of its image groups; updates the moving averages. */
export function batchNormForward(op: usize, images: u32): void {
  const channels = <usize>load<u32>(op, BATCH_NORM_CHANNELS);
  const groupImages = load<u32>(op, BATCH_NORM_GROUP_IMAGES);
  const pixels = <f64>load<u32>(op, BATCH_NORM_PIXELS);
  const momentum = load<f32>(op, BATCH_NORM_MOMENTUM);
  const movingMean = <usize>load<u32>(op, BATCH_NORM_MOVING_MEAN);
  const movingVariance = <usize>load<u32>(op, BATCH_NORM_MOVING_VARIANCE);
  const count = <f64>images * pixels;
  for (let c: usize = 0; c < channels * 4; c += 4) {
    // Combines the groups as in Chan, Golub & LeVeque (1979).
    let sum: f64 = 0;
    let at = <usize>load<u32>(op, BATCH_NORM_PARTIALS) + c;
    for (let image: u32 = 0; image < images; image += groupImages, at += channels * 8) {
      sum += <f64>load<f32>(at) * <f64>min(groupImages, images - image) * pixels;
    }
    const mean = sum / count;
    let squares: f64 = 0;
    at = <usize>load<u32>(op, BATCH_NORM_PARTIALS) + c;
    for (let image: u32 = 0; image < images; image += groupImages, at += channels * 8) {
      const deviation = <f64>load<f32>(at) - mean;
      squares += <f64>load<f32>(at + channels * 4);
      squares += deviation * deviation * <f64>min(groupImages, images - image) * pixels;
    }
    const variance = squares / count;
    setVectors(op, c, mean, variance);
    store<f32>(movingMean + c, load<f32>(movingMean + c) * momentum + <f32>mean * (1 - momentum));
    store<f32>(movingVariance + c, load<f32>(movingVariance + c) * momentum + <f32>variance * (1 - momentum));
  }
}

/** Computes the scale and shift from the moving averages. */
export function batchNormInference(op: usize): void {
  const bytes = <usize>load<u32>(op, BATCH_NORM_CHANNELS) * 4;
  const mean = <usize>load<u32>(op, BATCH_NORM_MOVING_MEAN);
  const variance = <usize>load<u32>(op, BATCH_NORM_MOVING_VARIANCE);
  for (let c: usize = 0; c < bytes; c += 4) setVectors(op, c, load<f32>(mean + c), load<f32>(variance + c));
}

function setVectors(op: usize, c: usize, mean: f64, variance: f64): void {
  const bytes = <usize>load<u32>(op, BATCH_NORM_CHANNELS) * 4;
  const at = <usize>load<u32>(op, BATCH_NORM_VECTORS_AT) + c;
  const gamma = <f64>load<f32>(<usize>load<u32>(op, BATCH_NORM_GAMMA) + c);
  const beta = <f64>load<f32>(<usize>load<u32>(op, BATCH_NORM_BETA) + c);
  const inverse = 1 / sqrt<f64>(variance + <f64>load<f32>(op, BATCH_NORM_EPSILON));
  store<f32>(at + BATCH_NORM_SCALE * bytes, <f32>(gamma * inverse));
  store<f32>(at + BATCH_NORM_SHIFT * bytes, <f32>(beta - mean * gamma * inverse));
  store<f32>(at + BATCH_NORM_MEAN * bytes, <f32>mean);
  store<f32>(at + BATCH_NORM_INVERSE_STD * bytes, <f32>inverse);
}

/**
 * Computes, from the sums of the image groups, the gradients of gamma and beta and the means that the gradient of the
 * input needs.
 */
export function batchNormBackward(op: usize, images: u32): void {
  const bytes = <usize>load<u32>(op, BATCH_NORM_CHANNELS) * 4;
  const groupImages = load<u32>(op, BATCH_NORM_GROUP_IMAGES);
  const vectors = <usize>load<u32>(op, BATCH_NORM_VECTORS_AT);
  const gamma = <usize>load<u32>(op, BATCH_NORM_GRADIENT_GAMMA);
  const beta = <usize>load<u32>(op, BATCH_NORM_GRADIENT_BETA);
  const count = <f64>images * <f64>load<u32>(op, BATCH_NORM_PIXELS);
  for (let c: usize = 0; c < bytes; c += 4) {
    let gradient: f64 = 0;
    let product: f64 = 0;
    let at = <usize>load<u32>(op, BATCH_NORM_PARTIALS) + c;
    for (let image: u32 = 0; image < images; image += groupImages, at += 2 * bytes) {
      gradient += load<f32>(at);
      product += load<f32>(at + bytes);
    }
    store<f32>(beta + c, <f32>gradient);
    store<f32>(gamma + c, <f32>product);
    store<f32>(vectors + BATCH_NORM_MEAN_GRADIENT * bytes + c, <f32>(gradient / count));
    store<f32>(vectors + BATCH_NORM_MEAN_PRODUCT * bytes + c, <f32>(product / count));
  }
}
