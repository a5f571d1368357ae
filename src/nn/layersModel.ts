/** Models in the format of tfjs's own layers: `tf.loadLayersModel` of any program reads them. The weights are the same
 *  bytes; model.json says them in tfjs's words, and keeps the card for takagi in "userDefinedMetadata". */
import type { ModelCard } from "./card.ts";
import type { NetworkSpec } from "./network.ts";

/** What model.json is called inside. */
export const LAYERS_FORMAT = "layers-model";

/** What readers start from, at once overwritten: nothing random is drawn. */
const EMPTY = { kernel_initializer: { class_name: "Zeros", config: {} } };

/** One layer of Keras. */
interface LayerConfig {
  readonly name: string;
  readonly class_name: string;
  readonly config: object;
  readonly inbound_nodes: readonly (readonly (readonly [
    layer: string,
    node: 0,
    tensor: 0,
    more: object,
  ])[])[];
}

/** Text of a model.json for `tf.loadLayersModel`, beside the weights.bin of that card. Inputs: curves [count, points], and
 *  for models with extra numbers those [count, extras]; output: [count, outputs], which `card.outputs` turns into labels. */
export function layersModelJson(card: ModelCard): string {
  const { network, weights, takagi } = card;
  const quantization =
    weights.dtype === "float16" ? { quantization: { dtype: "float16", original_dtype: "float32" } } : {};
  const manifest = weights.arrays.map(({ name, shape }) => ({
    name: weightName(name),
    shape,
    dtype: "float32",
    ...quantization,
  }));
  return `${JSON.stringify({
    format: LAYERS_FORMAT,
    generatedBy: `takagi ${takagi}`,
    convertedBy: null,
    modelTopology: {
      class_name: "Model",
      config: topology(network),
      keras_version: "2.4.0",
      backend: "tensor_flow.js",
    },
    weightsManifest: [{ paths: [weights.file], weights: manifest }],
    userDefinedMetadata: { takagi: card },
  })}\n`;
}

/** The card inside such a model.json; undefined where there is none. */
export function cardOfLayersModel(json: object): unknown {
  return (json as { userDefinedMetadata?: { takagi?: unknown } }).userDefinedMetadata?.takagi;
}

/** "residual2.first.filters" → "residual2_first/kernel". */
function weightName(name: string): string {
  const at = name.lastIndexOf("."),
    layer = layerName(name.slice(0, at)),
    part = name.slice(at + 1);
  if (part === "filters" || part === "matrix") return `${layer}/kernel`;
  if (part === "bias") return `${layer}/bias`;
  return `${layer}_normalisation/${part === "mean" || part === "variance" ? `moving_${part}` : part}`;
}

function layerName(name: string): string {
  return name.replaceAll(".", "_");
}

function topology({ name, inputLength, extras, outputs, layers, normalisation }: NetworkSpec): object {
  const list: LayerConfig[] = [];
  const add = (class_name: string, own: string, config: object, ...from: readonly string[]): string => {
    const named = layerName(own);
    list.push({
      name: named,
      class_name,
      config: { name: named, ...config },
      inbound_nodes: from.length === 0 ? [] : [from.map((layer) => [layer, 0, 0, {}] as const)],
    });
    return named;
  };
  const input = (own: string, width: number): string =>
    add("InputLayer", own, { batch_input_shape: [null, width], dtype: "float32", sparse: false });
  const normal = (own: string, from: string): string =>
    add(
      "BatchNormalization",
      `${own}.normalisation`,
      { axis: -1, epsilon: normalisation.epsilon, momentum: 0.99, center: true, scale: normalisation.gamma },
      from,
    );
  const rectified = (own: string, from: string): string =>
    add("Activation", `${own}.rectified`, { activation: "relu" }, from);
  /** A convolution with its normalisation. */
  const convolution = (
    own: string,
    {
      taps,
      stride,
      channels,
      bias = false,
    }: { taps: number; stride: number; channels: number; bias?: boolean },
    from: string,
  ): string =>
    normal(
      own,
      add(
        "Conv1D",
        own,
        {
          filters: channels,
          kernel_size: [taps],
          strides: [stride],
          padding: "same",
          use_bias: bias,
          activation: "linear",
          ...EMPTY,
        },
        from,
      ),
    );
  const matrix = (own: string, units: number, bias: boolean, from: string): string =>
    add("Dense", own, { units, use_bias: bias, activation: "linear", ...EMPTY }, from);

  const curves = input("curves", inputLength),
    known = extras === 0 ? undefined : input("extras", extras);
  let last = add("Reshape", "channel", { target_shape: [inputLength, 1] }, curves),
    isFlat = false;
  const flatten = (): void => {
    if (isFlat) return;
    isFlat = true;
    last = add("Flatten", "flat", {}, last);
    if (known !== undefined) last = add("Concatenate", "joined", { axis: -1 }, last, known);
  };
  for (const [i, layer] of layers.entries()) {
    const own = `${layer.kind}${i + 1}`;
    switch (layer.kind) {
      case "convolution":
        last = rectified(own, convolution(own, layer, last));
        break;
      case "residual": {
        const { stride, channels } = layer,
          inner = rectified(`${own}.first`, convolution(`${own}.first`, layer, last));
        const second = convolution(`${own}.second`, { taps: 3, stride: 1, channels }, inner),
          short = convolution(`${own}.short`, { taps: 1, stride, channels }, last);
        last = rectified(own, add("Add", `${own}.sum`, {}, second, short));
        break;
      }
      case "pool":
        last = add("MaxPooling1D", own, { pool_size: [2], strides: [2], padding: "valid" }, last);
        break;
      case "dense":
        flatten();
        last = rectified(own, normal(own, matrix(own, layer.channels, layer.bias, last)));
        break;
    }
  }
  flatten();
  const output = matrix("output", outputs, true, last);
  return {
    name,
    layers: list,
    input_layers: [curves, ...(known === undefined ? [] : [known])].map((layer) => [layer, 0, 0]),
    output_layers: [[output, 0, 0]],
  };
}
