/**
 * Byte offsets of everything the kernels and the TypeScript side share in memory. Both AssemblyScript and Node compile
 * this file, so it contains nothing but integers. Fields are u32 unless stated otherwise.
 */

// Control block, at the start of the engine's memory. Words that threads contend for have a cache line each.
/** u64: the phase's number in the high half, the next chunk to claim in the low half. */
export const CONTROL_TICKET = 0;
/** Finished chunks of the current phase. */
export const CONTROL_DONE = 64;
/** Address of the current phase. */
export const CONTROL_PHASE = 128;
/** Helper threads asleep until the ticket changes. */
export const CONTROL_SLEEPERS = 192;
/** Nonzero once a helper thread has failed. */
export const CONTROL_FAILED = 256;
export const CONTROL_BYTES = 320;

// Phase: operations that run chunk by chunk, on any thread, and end before the next phase starts.
export const PHASE_CHUNKS = 0;
export const PHASE_IMAGES = 4;
export const PHASE_IMAGES_PER_CHUNK = 8;
/** Chunks that share the same images, each computing a different part of the output. */
export const PHASE_SLICES = 12;
export const PHASE_SCRATCH = 16;
export const PHASE_SCRATCH_STRIDE = 20;
export const PHASE_OPERATIONS = 24;
/** Images of a chunk that go through all operations together; gradients accumulate over the whole chunk. */
export const PHASE_IMAGES_PER_PASS = 28;
/** u32[]: addresses of the operations. */
export const PHASE_LIST = 32;

/** Bytes at the start of each thread's scratch memory for the address table of a block of register tiles. */
export const SCRATCH_HEAD = 576;

// View of [images, height, width, channels] in memory: address of the first value, strides in bytes.
export const VIEW_BASE = 0;
export const VIEW_IMAGE = 4;
export const VIEW_ROW = 8;
/** 1: the base is relative to the thread's scratch memory, and images are counted from the first of the pass. */
export const VIEW_LOCAL = 12;

/** Columns of a register tile. Channels in memory are padded to a multiple of it. */
export const COLUMNS = 16;

// Each operation starts with its code.
export const OP_CODE = 0;

/** Bytes to floats. */
export const CODE_INPUT = 1;
export const INPUT_FROM = 4;
export const INPUT_TO = 8;
export const INPUT_HEIGHT = 24;
export const INPUT_WIDTH = 28;
export const INPUT_CHANNELS = 32;
/** Channels of the output; those beyond the input's are 0. */
export const INPUT_PADDED_CHANNELS = 36;
export const INPUT_BORDER = 40;
/** f32: values are multiplied by the scale, after which the offset is added. */
export const INPUT_SCALE = 44;
export const INPUT_OFFSET = 48;

/** Matrix product: a convolution without im2col, or a dense layer. */
export const CODE_GEMM = 2;
/** Patches. The strides of the view and of GEMM_FROM_PIXEL are those from one patch to the next. */
export const GEMM_FROM = 4;
export const GEMM_TO = 20;
export const GEMM_HEIGHT = 36;
export const GEMM_WIDTH = 40;
export const GEMM_FROM_PIXEL = 44;
export const GEMM_TO_PIXEL = 48;
export const GEMM_WEIGHTS = 52;
/** Address of the bias, or 0. */
export const GEMM_BIAS = 56;
export const GEMM_RUNS = 60;
export const GEMM_RUN_BYTES = 64;
export const GEMM_TILES = 68;
/** Bytes from one run of a patch to the next: the stride of a row of the input. */
export const GEMM_RUN_STRIDE = 112;
/**
 * Pieces of a run, of which not all values are needed, with the bytes that are, and those from one piece to the next. 0:
 * all values of a run are needed.
 */
export const GEMM_TAPS = 116;
export const GEMM_TAP_BYTES = 120;
export const GEMM_TAP_STRIDE = 124;
/** 1: only the first 8 columns of the last tile are needed. The others are 0. */
export const GEMM_HALF = 128;
/** Pixels in a block, which reads 16 columns of weights from the cache: eleven register tiles. */
export const GEMM_BLOCK = 66;

/** Gradient of the weights and bias. */
export const CODE_WEIGHT_GRADIENT = 3;
/** Patches of the activations, with strides from one patch to the next. */
export const WGRAD_FROM = 4;
/** Gradient of the output. */
export const WGRAD_GRADIENT = 20;
export const WGRAD_HEIGHT = 36;
export const WGRAD_WIDTH = 40;
export const WGRAD_FROM_PIXEL = 44;
export const WGRAD_GRADIENT_PIXEL = 48;
export const WGRAD_RUNS = 52;
/** Values in a run. */
export const WGRAD_RUN = 56;
export const WGRAD_TILES = 60;
export const WGRAD_TO = 64;
/** Bytes between the results of successive image groups. */
export const WGRAD_GROUP_STRIDE = 68;
/** 1: the gradient of the bias follows that of the weights. */
export const WGRAD_BIAS = 72;
/** 1: all images form a single row of pixels (dense layers); 0: each image has its own rows. */
export const WGRAD_FLAT = 76;
/** Bytes from one run of a patch to the next. */
export const WGRAD_RUN_STRIDE = 80;
/** Pieces of a run, and how many values of each are needed. The gradients of the others are 0. */
export const WGRAD_TAPS = 84;
export const WGRAD_TAP_VALUES = 88;
/** 1: only the first 8 columns of the last tile are needed. The others are 0. */
export const WGRAD_HALF = 92;

// Batch norm, ReLU and max pooling, each of them optional, in this order.
export const CODE_BN_RELU_FORWARD = 4;
export const CODE_BN_STATISTICS = 5;
export const CODE_BN_GRADIENT_SUMS = 6;
export const CODE_BN_RELU_BACKWARD = 7;
/** Input of the layers. */
export const BN_RELU_FROM = 4;
/** Output (forward) or gradient of the output (backward). */
export const BN_RELU_TO = 20;
/** Gradient of the input (backward). */
export const BN_RELU_GRADIENT = 36;
export const BN_RELU_HEIGHT = 52;
export const BN_RELU_WIDTH = 56;
export const BN_RELU_CHANNELS = 60;
export const BN_RELU_HAS_RELU = 64;
export const BN_RELU_HAS_POOL = 68;
/** Address of the batch norm's vectors, or 0. */
export const BN_RELU_VECTORS = 72;
/** Zero pixels around the output (forward) or around the gradient of the input (backward). */
export const BN_RELU_BORDER = 76;
/**
 * Address of bytes, or 0: which value of the pooling window is the maximum, 0 to 3, or 4 where ReLU is inactive,
 * [images, height / 2, width / 2, channels].
 */
export const BN_RELU_ARGMAX = 80;
/** Partial results of the image groups, [groups, 2, channels]. */
export const BN_RELU_PARTIALS = 84;

// Vectors of a batch norm, each [channels], one after another.
export const BATCH_NORM_SCALE = 0;
export const BATCH_NORM_SHIFT = 1;
export const BATCH_NORM_MEAN = 2;
/** 1 / standard deviation. */
export const BATCH_NORM_INVERSE_STD = 3;
/** Means over the batch of the gradient, and of the gradient times the normalized value. */
export const BATCH_NORM_MEAN_GRADIENT = 4;
export const BATCH_NORM_MEAN_PRODUCT = 5;
export const BATCH_NORM_VECTORS = 6;

export const CODE_BATCH_NORM_FORWARD = 8;
export const CODE_BATCH_NORM_BACKWARD = 9;
export const CODE_BATCH_NORM_INFERENCE = 10;
export const BATCH_NORM_VECTORS_AT = 4;
export const BATCH_NORM_CHANNELS = 8;
export const BATCH_NORM_GAMMA = 12;
export const BATCH_NORM_BETA = 16;
export const BATCH_NORM_MOVING_MEAN = 20;
export const BATCH_NORM_MOVING_VARIANCE = 24;
export const BATCH_NORM_PARTIALS = 28;
export const BATCH_NORM_GROUP_IMAGES = 32;
/** Pixels in an image. */
export const BATCH_NORM_PIXELS = 36;
/** f32 */
export const BATCH_NORM_MOMENTUM = 40;
/** f32 */
export const BATCH_NORM_EPSILON = 44;
export const BATCH_NORM_GRADIENT_GAMMA = 48;
export const BATCH_NORM_GRADIENT_BETA = 52;

export const CODE_DROPOUT = 11;
export const DROPOUT_VALUES = 4;
export const DROPOUT_HEIGHT = 20;
export const DROPOUT_WIDTH = 24;
export const DROPOUT_CHANNELS = 28;
export const DROPOUT_PADDED_CHANNELS = 32;
/** Values whose hash is below it are dropped. */
export const DROPOUT_THRESHOLD = 36;
/** f32: 1 / (1 - rate). */
export const DROPOUT_SCALE = 40;
/** Hash of the training step's seed and the layer. */
export const DROPOUT_SEED = 44;

export const CODE_LOSS = 12;
export const LOSS_LOGITS = 4;
export const LOSS_GRADIENT = 8;
export const LOSS_LABELS = 12;
/** Two f64 for each image: its loss, and 1 if its highest logit is the right one, else 0. */
export const LOSS_RESULTS = 16;
export const LOSS_CLASSES = 20;
export const LOSS_PADDED_CLASSES = 24;
/** f32 */
export const LOSS_SMOOTHING = 28;

/** Weights in the order in which a GEMM reads them. */
export const CODE_PACK = 13;
export const PACK_FROM = 4;
export const PACK_TO = 8;
/** Rows of the packed matrix, as taps times channels. */
export const PACK_TAPS = 12;
export const PACK_CHANNELS = 16;
/** i32: strides of the source in bytes; those of taps may be negative. */
export const PACK_TAP_STRIDE = 20;
export const PACK_CHANNEL_STRIDE = 24;
export const PACK_COLUMN_STRIDE = 28;
/** Tiles of 16 columns. */
export const PACK_TILES = 32;
/** Taps in a row of the kernel, and i32: the stride of rows. Winograd's pack does not need them. */
export const PACK_ROW_TAPS = 36;
export const PACK_ROW_STRIDE = 40;

/** Optimizer step. */
export const CODE_UPDATE = 14;
export const UPDATE_WEIGHTS = 4;
export const UPDATE_GRADIENTS = 8;
/** First and second moments, or velocity. */
export const UPDATE_STATE = 20;
export const UPDATE_STATE_2 = 24;
/** Number of values; a multiple of 4. */
export const UPDATE_COUNT = 28;
/** Address of the hyperparameters of the step, STEP_* below. */
export const UPDATE_STEP = 32;
/** How many of the values, counted from the first, are subject to weight decay. */
export const UPDATE_DECAYING = 36;
/** Values in a chunk; a multiple of 4. */
export const UPDATE_CHUNK = 40;

// Backward pass of a convolution, ReLU and max pooling in one. All that it needs to know of the values before pooling
// is which of them is the maximum (see BN_RELU_ARGMAX); most of their gradient is 0.
export const CODE_CONV_POOL_BACKWARD = 15;
/** First value of the first patch. */
export const CONV_POOL_FROM = 4;
/** Gradient of the pooled output. */
export const CONV_POOL_GRADIENT = 20;
/** Gradient of the input, at the first value of the first patch. */
export const CONV_POOL_TO = 36;
/** Height and width of the pooled output, channels of the input (CHANNELS) and of the output (FILTERS). */
export const CONV_POOL_HEIGHT = 52;
export const CONV_POOL_WIDTH = 56;
export const CONV_POOL_CHANNELS = 60;
export const CONV_POOL_FILTERS = 64;
export const CONV_POOL_ARGMAX = 68;
/** Weights, [filters, 9 * channels]; gradients have the same order and are followed by those of the bias. */
export const CONV_POOL_WEIGHTS = 72;
export const CONV_POOL_GRADIENTS = 76;
/** Bytes between the gradients of successive image groups. */
export const CONV_POOL_GROUP_STRIDE = 80;
export const CONV_POOL_BIAS = 84;
/** Offset in scratch memory: lists of (address, value). */
export const CONV_POOL_LISTS = 88;
/** Bytes of an image's input gradient, which are cleared first; 0: no gradient of the input is computed. */
export const CONV_POOL_CLEAR_BYTES = 92;

// The first convolution, of an image with one channel, with ReLU and max pooling. Weights and gradients are [9,
// filters].
export const CODE_CONV1_FORWARD = 16;
export const CODE_CONV1_WEIGHT_GRADIENT = 17;
export const CONV1_FROM = 4;
/** Pooled output or its gradient. */
export const CONV1_TO = 20;
export const CONV1_HEIGHT = 36;
export const CONV1_WIDTH = 40;
export const CONV1_FILTERS = 44;
export const CONV1_ARGMAX = 48;
export const CONV1_WEIGHTS = 52;
/** Forward: address of the bias, or 0. Backward: 1 if there is a bias, else 0. */
export const CONV1_BIAS = 56;
export const CONV1_RELU = 60;
export const CONV1_BORDER = 64;
export const CONV1_GRADIENTS = 68;
/** Bytes between the gradients of successive image groups. */
export const CONV1_GROUP_STRIDE = 72;
/** Offset in scratch memory: 9 vectors for each pooled pixel. */
export const CONV1_WINDOWS = 76;

/** 3x3 convolution as 16 small GEMMs over 2x2 output tiles (Winograd). Has the fields of a GEMM and those below. */
export const CODE_WINOGRAD = 18;
/** Offsets in scratch memory: transformed inputs, and products, of a block of tiles, [16, WINOGRAD_BLOCK, channels]. */
export const WINOGRAD_INPUTS = 72;
export const WINOGRAD_PRODUCTS = 76;
/** Tiles in a block: nine register tiles. */
export const WINOGRAD_BLOCK = 54;
/** Gradient of the transformed weights. Has the input's fields of a GEMM, and those below. */
export const CODE_WINOGRAD_WEIGHT_GRADIENT = 19;
export const WINOGRAD_GRADIENT = 80;
export const WINOGRAD_GRADIENT_PIXEL = 96;
export const WINOGRAD_TO = 100;
/** Bytes between the results of successive image groups. */
export const WINOGRAD_GROUP_STRIDE = 104;
export const WINOGRAD_BIAS = 108;
/** Transformed and packed weights, [16][column / 16][channel][16]. Has the fields of a pack. */
export const CODE_WINOGRAD_PACK = 20;
/** From the gradients of transformed weights and bias to those of the weights, [3, 3, channels, columns], and bias. */
export const CODE_WINOGRAD_UNPACK = 21;
export const UNPACK_FROM = 4;
export const UNPACK_TO = 8;
export const UNPACK_CHANNELS = 12;
export const UNPACK_COLUMNS = 16;

/** Sum over the image groups, in their order, into the first one's values. */
export const CODE_REDUCE = 22;
export const REDUCE_VALUES = 4;
/** Bytes between the groups. */
export const REDUCE_GROUP_STRIDE = 8;
export const REDUCE_GROUP_IMAGES = 12;
/** Values in a group, and how many of them a chunk takes; multiples of 4. */
export const REDUCE_COUNT = 16;
export const REDUCE_CHUNK = 20;

// Hyperparameters of an optimizer step, f32.
export const STEP_RATE = 0;
/** u32; 0: Adam, 1: momentum, 2: Nesterov momentum. */
export const STEP_KIND = 4;
/** Adam: learning rate * sqrt(1 - beta2^t) / (1 - beta1^t). */
export const STEP_ALPHA = 8;
export const STEP_BETA1 = 12;
export const STEP_BETA2 = 16;
export const STEP_EPSILON = 20;
export const STEP_DECAY = 24;
export const STEP_BYTES = 32;
