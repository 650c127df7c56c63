import { isEmnistError } from '../core/errors.ts';
import { type InputFindings, pixelScale, tryInputs } from '../core/evaluation/try-inputs.ts';
import { labelsText } from '../core/labels.ts';
import { type LabelOrder, labelOrders } from '../core/model/formats/label-orders.ts';
import { nameOutputs, outputLabels } from '../core/model/formats/labels.ts';
import type { Model, ModelFile } from '../core/model/model.ts';
import { unsupportedModel } from '../core/model/model-errors.ts';
import { classCount } from '../core/model/network.ts';
import { transposeNetwork } from '../core/model/orientation.ts';
import { scaleInput } from '../core/model/scale-input.ts';
import { selectOutputs } from '../core/model/select-outputs.ts';
import type { HowKnown, ImportEvent } from './events.ts';
import type { WorkContext } from './work.ts';

/** What an imported model takes and answers, and how that is known. */
type Understanding = Pick<ImportEvent, 'transposed' | 'orientation' | 'pixels' | 'labelOrder' | 'trial'>;

/** What the user says about a model. */
interface Given {
  labels?: string | undefined;
  transposed: boolean;
  upright: boolean;
}

/**
 * Turns what was read from a file into a model with named outputs that takes upright images with pixels from 0 (paper) to 1
 * (ink). What neither the file nor the user says is tried out if a data set with its characters has been fetched, and assumed
 * otherwise. Also returns the outputs that were kept. Throws `labels-unknown`, `labels-wrong`, `usage`, and
 * `model-unsupported` if the model's layers cannot be transposed.
 */
export async function understand(
  name: string,
  imported: ModelFile,
  given: Given,
  file: string,
  { paths, signal }: WorkContext,
): Promise<{ model: Model; outputs: readonly number[]; found: Understanding }> {
  const { network, weights, training, isOurs, rejects } = imported;
  const width = classCount(network);
  const { assumed, how, orders, problem } = ordersOf({ width, rejects }, given.labels, imported.labels, file);
  const transposed = given.transposed ? true : given.upright ? false : undefined;
  const isOrderUnknown = assumed === null;
  const findings = isOurs ? null : await tryInputs(imported, { orders, isOrderUnknown, transposed }, paths, signal);
  const order = chooseOrder(findings, assumed, how, orders);
  if (order === null) throw problem;

  const { labels, outputs: named } = outputLabels(order.chosen);
  const outputs = rejects ? [...named, width - 1] : named;
  const pixels = findings?.pixels ?? { range: '0-1', inverted: false };
  const scaled = scaleInput(network, weights, ...pixelScale(pixels));
  const selected =
    outputs.length < width || outputs.some((output, index) => output !== index)
      ? selectOutputs(scaled.network, scaled.weights, outputs)
      : scaled;
  const isTransposed = transposed ?? findings?.transposed ?? false;
  const turned = isTransposed ? transposeNetwork(selected.network, selected.weights) : selected;
  if (!turned) {
    throw unsupportedModel(file, 'it was trained on transposed images, and its layers cannot be transposed');
  }
  const found = (isClear: boolean): HowKnown => (isOurs ? 'recorded' : isClear ? 'detected' : 'assumed');
  return {
    model: { name, labels, training, network: turned.network, weights: turned.weights },
    outputs,
    found: {
      transposed: isTransposed,
      orientation: transposed === undefined ? found(findings?.clear.orientation ?? false) : 'given',
      pixels: { ...pixels, how: found(findings?.clear.pixels ?? false) },
      labelOrder: { order: order.chosen.name, how: order.how, ...(order.better && { better: order.better }) },
      ...(findings && { trial: findings.trial }),
    },
  };
}

/** The assumed order of the outputs and all that are tried, the assumed one first. `problem`: why none can be assumed. */
function ordersOf(
  { width, rejects }: { width: number; rejects: boolean },
  requested: string | undefined,
  embedded: readonly string[] | null,
  file: string,
): { assumed: LabelOrder | null; how: HowKnown; orders: LabelOrder[]; problem: unknown } {
  const usual = rejects
    ? labelOrders(width - 1).map(({ name, labels }) => ({ name, labels: [...labels, null] }))
    : labelOrders(width);
  const how = requested !== undefined ? 'given' : embedded ? 'recorded' : 'assumed';
  try {
    const { labels, outputs } = nameOutputs({ width, rejects }, requested, embedded, file);
    const order = Array<string | null>(width).fill(null);
    outputs.forEach((output, index) => {
      order[output] = labels[index]!;
    });
    const same = usual.find((one) => one.labels.join('\0') === order.join('\0'));
    const assumed = { name: same?.name ?? (how === 'assumed' ? 'as in EMNIST' : how), labels: order };
    return { assumed, how, orders: [assumed, ...usual.filter((one) => one !== same)], problem: null };
  } catch (error) {
    // The trial may find them out.
    if (!isEmnistError(error, 'labels-unknown') || usual.length === 0) throw error;
    return { assumed: null, how, orders: usual, problem: error };
  }
}

interface ChosenOrder {
  chosen: LabelOrder;
  how: HowKnown;
  /** Another order that fits clearly better than the one given. */
  better: ImportEvent['labelOrder']['better'];
}

function chooseOrder(
  findings: InputFindings | null,
  assumed: LabelOrder | null,
  how: HowKnown,
  orders: readonly LabelOrder[],
): ChosenOrder | null {
  const best = findings?.clear.order ? orders[findings.order]! : null;
  if (assumed && how !== 'assumed') {
    const isBetter = best !== null && best !== assumed;
    const better = isBetter
      ? {
          order: best.name,
          labels: labelsText(outputLabels(best).labels),
          accuracy: findings!.trial.labelOrders.find(({ order }) => order === best.name)!.accuracy,
        }
      : undefined;
    return { chosen: assumed, how, better };
  }
  if (best) return { chosen: best, how: 'detected', better: undefined };
  return assumed && { chosen: assumed, how, better: undefined };
}
