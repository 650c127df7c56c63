/** A layer of a Keras model in one place of its graph. A layer that is applied several times is several nodes. */
export interface KerasNode {
  className: string;
  config: Readonly<Record<string, unknown>>;
  /** The layer in a message: its position, class, and name, followed by a comma. */
  what: string;
  /** The names of the models that contain it within the whole model, and its own name. */
  path: readonly string[];
  /** The same as `.keras` archives name them: by class, numbered within each model. */
  archivePath: readonly string[];
  /** Neither it nor a model that contains it is frozen. */
  trainable: boolean;
  /** The indices of the nodes whose outputs it takes; -1 is the model's input. */
  inputs: readonly number[];
}

/** A Keras model without nesting. Each node follows its inputs. */
export interface KerasGraph {
  /** The shape of an image as the model takes it, without the batch dimension; null if the model does not say. */
  inputShape: readonly unknown[] | null;
  nodes: readonly KerasNode[];
  /** The index of the node whose output is the model's. */
  output: number;
}
