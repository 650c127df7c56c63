import {
  LOSS_CLASSES,
  LOSS_GRADIENT,
  LOSS_LABELS,
  LOSS_LOGITS,
  LOSS_PADDED_CLASSES,
  LOSS_RESULTS,
  LOSS_SMOOTHING,
} from './layout';

/**
 * Softmax cross-entropy of each image with label smoothing (Szegedy et al. 2016), whether its highest logit is the
 * right one, and the gradient of the mean loss over the batch of `images` images.
 */
export function loss(op: usize, first: u32, last: u32, images: u32): void {
  const classes = <usize>load<u32>(op, LOSS_CLASSES) * 4;
  const stride = <usize>load<u32>(op, LOSS_PADDED_CLASSES) * 4;
  const smoothing = <f64>load<f32>(op, LOSS_SMOOTHING);
  const share = smoothing / <f64>load<u32>(op, LOSS_CLASSES);
  const labels = <usize>load<u32>(op, LOSS_LABELS);
  for (let image = first; image < last; image++) {
    const logits = <usize>load<u32>(op, LOSS_LOGITS) + image * stride;
    const gradient = <usize>load<u32>(op, LOSS_GRADIENT) + image * stride;
    const truth = <usize>load<u8>(labels + image) * 4;
    let highest: usize = 0;
    for (let c: usize = 4; c < classes; c += 4) {
      if (load<f32>(logits + c) > load<f32>(logits + highest)) highest = c;
    }
    const top = <f64>load<f32>(logits + highest);
    let sum: f64 = 0;
    for (let c: usize = 0; c < classes; c += 4) sum += Math.exp(<f64>load<f32>(logits + c) - top);
    const logSum = top + Math.log(sum);
    let result: f64 = 0;
    for (let c: usize = 0; c < classes; c += 4) {
      const logProbability = <f64>load<f32>(logits + c) - logSum;
      const target = (c == truth ? 1 - smoothing : 0) + share;
      if (target > 0) result -= target * logProbability;
      store<f32>(gradient + c, <f32>((Math.exp(logProbability) - target) / <f64>images));
    }
    for (let c = classes; c < stride; c += 4) store<f32>(gradient + c, 0);
    const at = <usize>load<u32>(op, LOSS_RESULTS) + image * 16;
    store<f64>(at, result);
    store<f64>(at, highest == truth ? 1 : 0, 8);
  }
}
