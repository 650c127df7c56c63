/**
 * Byte offsets in the operations of layers other than convolutions, dense layers and batch norm; see layout.ts. Fields are
 * u32 unless stated otherwise. The number of channels in memory is a multiple of 16 unless stated otherwise.
 */

/** A function of each value by itself. The backward pass computes what it needs of it again, from the input. */
export const CODE_ACTIVATION = 40;
export const CODE_ACTIVATION_BACKWARD = 41;
/** Over the channels of each pixel. Has the fields of an activation. */
export const CODE_SOFTMAX = 42;
export const CODE_SOFTMAX_BACKWARD = 43;
export const ACTIVATION_FROM = 4;
/** Output (forward), or gradient of the output (backward). */
export const ACTIVATION_TO = 20;
/** Gradient of the input (backward). */
export const ACTIVATION_GRADIENT = 36;
export const ACTIVATION_HEIGHT = 52;
export const ACTIVATION_WIDTH = 56;
export const ACTIVATION_CHANNELS = 60;
/** Any number of them for rescaling. */
export const ACTIVATION_PADDED_CHANNELS = 64;
/** Zero pixels around the output (forward) or around the gradient of the input (backward). */
export const ACTIVATION_BORDER = 68;
/** One of the functions below. */
export const ACTIVATION_FUNCTION = 72;
/** f32: the slope of leaky ReLU, ELU's alpha, or the scale of rescaling. */
export const ACTIVATION_FACTOR = 76;
/** f32: the offset of rescaling. */
export const ACTIVATION_OFFSET = 80;

export const FUNCTION_RELU = 0;
export const FUNCTION_LEAKY_RELU = 1;
export const FUNCTION_ELU = 2;
export const FUNCTION_GELU = 3;
/** GELU with tanh instead of the error function. */
export const FUNCTION_GELU_TANH = 4;
export const FUNCTION_SIGMOID = 5;
export const FUNCTION_TANH = 6;
export const FUNCTION_RESCALING = 7;

/** Pooling with windows of any size, which are clipped at the edges of the image. */
export const CODE_MAX_POOL = 44;
export const CODE_MAX_POOL_BACKWARD = 45;
export const CODE_AVERAGE_POOL = 46;
export const CODE_AVERAGE_POOL_BACKWARD = 47;
/** Input; average pooling's backward pass does not need it. */
export const POOL_FROM = 4;
/** Output (forward), or gradient of the output (backward). */
export const POOL_TO = 20;
/** Gradient of the input (backward). */
export const POOL_GRADIENT = 36;
/** Size of the input, and of the output. */
export const POOL_FROM_HEIGHT = 52;
export const POOL_FROM_WIDTH = 56;
export const POOL_TO_HEIGHT = 60;
export const POOL_TO_WIDTH = 64;
/** Channels in memory. */
export const POOL_CHANNELS = 68;
/** Zero pixels around the output (forward) or around the gradient of the input (backward). */
export const POOL_BORDER = 72;
export const POOL_WINDOW_HEIGHT = 76;
export const POOL_WINDOW_WIDTH = 80;
export const POOL_STRIDE_Y = 84;
export const POOL_STRIDE_X = 88;
/** Rows of the first windows that lie above the image, and columns to its left. */
export const POOL_TOP = 92;
export const POOL_LEFT = 96;

/** Copies some channels of a rectangle of pixels. Channels in memory may be any number. */
export const CODE_COPY = 48;
export const COPY_FROM = 4;
export const COPY_TO = 20;
/** Size of the rectangle. */
export const COPY_HEIGHT = 36;
export const COPY_WIDTH = 40;
/** Bytes between pixels. */
export const COPY_FROM_PIXEL = 44;
export const COPY_TO_PIXEL = 48;
/** Channels to copy, and channels after them to fill with zeros. */
export const COPY_CHANNELS = 52;
export const COPY_ZEROS = 56;
/** Offset in bytes of the first channel in a pixel of the output. */
export const COPY_TO_OFFSET = 60;
/** Rows and columns of the output around the rectangle, which are filled with zeros. */
export const COPY_TOP = 64;
export const COPY_BOTTOM = 68;
export const COPY_LEFT = 72;
export const COPY_RIGHT = 76;
/** Zero pixels around the output. */
export const COPY_BORDER = 80;

/** Copies the values of an image in their order to an image of another shape. Channels in memory may be any number. */
export const CODE_RESHAPE = 49;
export const RESHAPE_FROM = 4;
export const RESHAPE_TO = 20;
export const RESHAPE_FROM_WIDTH = 36;
export const RESHAPE_FROM_CHANNELS = 40;
export const RESHAPE_FROM_PADDED_CHANNELS = 44;
export const RESHAPE_TO_HEIGHT = 48;
export const RESHAPE_TO_WIDTH = 52;
export const RESHAPE_TO_CHANNELS = 56;
export const RESHAPE_TO_PADDED_CHANNELS = 60;
/** Zero pixels around the output. */
export const RESHAPE_BORDER = 64;

/** Sum of two tensors of the same shape. The output may be one of them. */
export const CODE_ADD = 50;
export const ADD_A = 4;
export const ADD_B = 20;
export const ADD_TO = 36;
export const ADD_HEIGHT = 52;
export const ADD_WIDTH = 56;
/** Channels in memory. */
export const ADD_CHANNELS = 60;
/** Zero pixels around the output. */
export const ADD_BORDER = 64;

/** Dropout of whole channels of an image. Has the fields of dropout. */
export const CODE_SPATIAL_DROPOUT = 51;

/** Depthwise convolution. Weights are [taps, outputs] and may be followed by the bias; gradients have the same order. */
export const CODE_DEPTHWISE = 52;
export const CODE_DEPTHWISE_INPUT_GRADIENT = 53;
export const CODE_DEPTHWISE_WEIGHT_GRADIENT = 54;
/** Input, or its gradient. */
export const DEPTHWISE_FROM = 4;
/** Output, or its gradient. */
export const DEPTHWISE_TO = 20;
/** Size of the input, and of the output. */
export const DEPTHWISE_FROM_HEIGHT = 36;
export const DEPTHWISE_FROM_WIDTH = 40;
export const DEPTHWISE_TO_HEIGHT = 44;
export const DEPTHWISE_TO_WIDTH = 48;
/** Channels of the input, and in memory, where they may be any number. */
export const DEPTHWISE_CHANNELS = 52;
export const DEPTHWISE_PADDED_CHANNELS = 56;
/** Outputs for each channel. */
export const DEPTHWISE_MULTIPLIER = 60;
/** Channels of the output in memory. */
export const DEPTHWISE_OUTPUTS = 64;
/** Zero pixels around the output (forward) or around the gradient of the input (backward). */
export const DEPTHWISE_BORDER = 68;
export const DEPTHWISE_KERNEL_HEIGHT = 72;
export const DEPTHWISE_KERNEL_WIDTH = 76;
export const DEPTHWISE_STRIDE_Y = 80;
export const DEPTHWISE_STRIDE_X = 84;
/** Rows of the first windows that lie above the image, and columns to its left. */
export const DEPTHWISE_TOP = 88;
export const DEPTHWISE_LEFT = 92;
/** Address of the weights; of their gradients in `CODE_DEPTHWISE_WEIGHT_GRADIENT`. */
export const DEPTHWISE_WEIGHTS = 96;
/** Forward: address of the bias, or 0. Weight gradient: 1 if there is a bias, else 0. */
export const DEPTHWISE_BIAS = 100;
/** Bytes between the gradients of successive image groups. */
export const DEPTHWISE_GROUP_STRIDE = 104;
/**
 * 1: input and output do not have the same channels in memory. The input is expanded to those of the output, [height,
 * width, outputs], in scratch memory at the offset below.
 */
export const DEPTHWISE_EXPANDED = 108;
export const DEPTHWISE_WORKSPACE = 112;
