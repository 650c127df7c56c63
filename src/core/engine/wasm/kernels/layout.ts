/**
 * Byte offsets of what the kernels and the TypeScript side share in memory. AssemblyScript and Node both compile this
 * file, so it holds nothing but whole numbers.
 */

// Control block, at the start of the memory the engine owns. Each word that threads contend for has its own cache line.
/** u64: number of the segment in its high half, next chunk to claim in its low half. */
export const CONTROL_TICKET = 0;
/** u32: chunks of the current segment that are finished. */
export const CONTROL_DONE = 64;
/** u32: address of the current segment. */
export const CONTROL_SEGMENT = 128;
/** u32: helper threads that sleep until the ticket changes. */
export const CONTROL_SLEEPERS = 192;
/** u32: not 0 once a helper thread failed. */
export const CONTROL_FAILED = 256;
export const CONTROL_BYTES = 320;

// Segment: what is done for one chunk after another, by any thread, before all threads meet again.
export const SEGMENT_CHUNKS = 0;
export const SEGMENT_IMAGES = 4;
export const SEGMENT_IMAGES_PER_CHUNK = 8;
/** How many chunks share the same images, each doing another part of the output. */
export const SEGMENT_SPLITS = 12;
export const SEGMENT_SCRATCH = 16;
export const SEGMENT_SCRATCH_STRIDE = 20;
export const SEGMENT_OPERATIONS = 24;
/** How many of a chunk's images go through all operations at a time; gradients are those of the whole chunk. */
export const SEGMENT_IMAGES_PER_PASS = 28;
/** u32[]: addresses of the operations. */
export const SEGMENT_LIST = 32;

/** Head of each thread's scratch memory: addresses for the register tiles of a block. */
export const SCRATCH_HEAD = 448;

// View of [images, height, width, channels] in memory: address of the first value, strides in bytes.
export const VIEW_BASE = 0;
export const VIEW_IMAGE = 4;
export const VIEW_ROW = 8;
/** 1: the base counts from the thread's scratch memory and the image from the chunk's first. */
export const VIEW_LOCAL = 12;

/** Columns of a register tile. Channels in memory are a multiple of it. */
export const COLUMNS = 16;

// Every operation starts with its code.
export const OP_CODE = 0;

export const CODE_INPUT = 1;
export const INPUT_FROM = 4;
export const INPUT_TO = 8;
export const INPUT_HEIGHT = 24;
export const INPUT_WIDTH = 28;
export const INPUT_CHANNELS = 32;
/** Channels of the output, of which those beyond the input's are 0. */
export const INPUT_PADDED_CHANNELS = 36;
export const INPUT_BORDER = 40;

export const CODE_GEMM = 2;
export const GEMM_FROM = 4;
export const GEMM_TO = 20;
export const GEMM_HEIGHT = 36;
export const GEMM_WIDTH = 40;
export const GEMM_FROM_PIXEL = 44;
export const GEMM_TO_PIXEL = 48;
export const GEMM_WEIGHTS = 52;
/** Address of the bias or 0. */
export const GEMM_BIAS = 56;
export const GEMM_RUNS = 60;
export const GEMM_RUN_BYTES = 64;
export const GEMM_TILES = 68;

export const CODE_WEIGHT_GRADIENT = 3;
export const WGRAD_FROM = 4;
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
/** Bytes between the results of one chunk of images and the next. */
export const WGRAD_TO_CHUNK = 68;
/** 1: the sum over the pixels follows the products. */
export const WGRAD_BIAS = 72;
/** 1: all images are one row of pixels (dense layers), 0: rows and images are separate. */
export const WGRAD_FLAT = 76;

// Batch normalization, ReLU and max-pooling, any of them, in this order.
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
/** Address of the normalization's vectors or 0. */
export const BN_RELU_VECTORS = 72;
/** Zeroed pixels around the output (forward) or around the gradient of the input (backward). */
export const BN_RELU_BORDER = 76;
/**
 * Address of bytes, or 0: which of the four values was the highest, 0 to 3, or 4 where ReLU let nothing through,
 * [images, height / 2, width / 2, channels].
 */
export const BN_RELU_ARGMAX = 80;
/** Where chunks put their sums, [chunks, 2, channels]. */
export const BN_RELU_PARTIAL = 84;

// Vectors of a normalization, each [channels], one after the other.
export const BATCH_NORM_SCALE = 0;
export const BATCH_NORM_SHIFT = 1;
export const BATCH_NORM_MEAN = 2;
/** 1 / standard deviation. */
export const BATCH_NORM_INVERSE_STD = 3;
/** Means over the batch of the gradient and of the gradient times the normalized value. */
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
export const BATCH_NORM_PARTIAL = 28;
export const BATCH_NORM_PARTIALS_IMAGES = 32;
/** Pixels of an image. */
export const BATCH_NORM_PIXELS = 36;
export const BATCH_NORM_MOMENTUM = 40;
export const BATCH_NORM_EPSILON = 44;
export const BATCH_NORM_GRADIENT_GAMMA = 48;
export const BATCH_NORM_GRADIENT_BETA = 52;

export const CODE_DROPOUT = 11;
export const DROPOUT_VALUES = 4;
export const DROPOUT_HEIGHT = 20;
export const DROPOUT_WIDTH = 24;
export const DROPOUT_CHANNELS = 28;
export const DROPOUT_PADDED_CHANNELS = 32;
/** u32: hashes below it drop their value. */
export const DROPOUT_THRESHOLD = 36;
/** f32: 1 / (1 - rate). */
export const DROPOUT_SCALE = 40;
/** u32: hash of the step's seed and the layer. */
export const DROPOUT_SEED = 44;

export const CODE_LOSS = 12;
export const LOSS_LOGITS = 4;
export const LOSS_GRADIENT = 8;
export const LOSS_LABELS = 12;
/** f64 loss and f64 correct (0 or 1) of each image. */
export const LOSS_RESULTS = 16;
export const LOSS_CLASSES = 20;
export const LOSS_PADDED_CLASSES = 24;
/** f32 */
export const LOSS_SMOOTHING = 28;

export const CODE_PACK = 13;
export const PACK_FROM = 4;
export const PACK_TO = 8;
/** Values reduced over (rows of the packed matrix), as taps times channels. */
export const PACK_TAPS = 12;
export const PACK_CHANNELS = 16;
/** Strides in bytes in the source; the tap's may be negative. */
export const PACK_TAP_STRIDE = 20;
export const PACK_CHANNEL_STRIDE = 24;
export const PACK_COLUMN_STRIDE = 28;
/** Tiles of 16 columns. */
export const PACK_TILES = 32;

export const CODE_UPDATE = 14;
export const UPDATE_WEIGHTS = 4;
export const UPDATE_GRADIENTS = 8;
/** First and second moment, or velocity. */
export const UPDATE_STATE = 20;
export const UPDATE_STATE_2 = 24;
/** Values in all; a multiple of 4. */
export const UPDATE_COUNT = 28;
/** Address of the step's numbers. */
export const UPDATE_STEP = 32;
/** How many of the values, from the first, weight decay applies to. */
export const UPDATE_DECAYING = 36;
/** Values that a chunk takes; a multiple of 4. */
export const UPDATE_CHUNK = 40;

// Convolution, ReLU and max-pooling together. Which of the four values won (see BN_RELU_ARGMAX) says all that the backward
// pass must know, and most of the gradient before pooling is zero.
export const CODE_CONV_POOL_BACKWARD = 15;
/** First patch's first value. */
export const CONV_POOL_FROM = 4;
/** Gradient of the pooled output. */
export const CONV_POOL_GRADIENT = 20;
/** Gradient of the input, where the first patch's first value is. */
export const CONV_POOL_TO = 36;
/** Height and width of the pooled output, channels of the input and of the output. */
export const CONV_POOL_HEIGHT = 52;
export const CONV_POOL_WIDTH = 56;
export const CONV_POOL_CHANNELS = 60;
export const CONV_POOL_FILTERS = 64;
export const CONV_POOL_ARGMAX = 68;
/** Weights, [filters, 9 * channels]; their gradients have the same order, those of the bias follow. */
export const CONV_POOL_WEIGHTS = 72;
export const CONV_POOL_GRADIENTS = 76;
/** Bytes between the gradients of one group of images and the next. */
export const CONV_POOL_GRADIENTS_GROUP = 80;
export const CONV_POOL_BIAS = 84;
/** Offset in the thread's memory: lists of (address, value). */
export const CONV_POOL_LISTS = 88;
/** Bytes of the input's gradient of an image; 0: it is not wanted. */
export const CONV_POOL_CLEAR_BYTES = 92;

// The same for an image with one channel: weights and gradients are [9, filters].
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
/** Address or 0. */
export const CONV1_BIAS = 56;
export const CONV1_RELU = 60;
export const CONV1_BORDER = 64;
export const CONV1_GRADIENTS = 68;
export const CONV1_GRADIENTS_GROUP = 72;
/** Offset in the thread's memory: 9 vectors for each pooled pixel. */
export const CONV1_WINDOWS = 76;

// 3x3 convolution as 16 small GEMMs over 2x2 output tiles (Winograd). Fields as of a GEMM, and more.
export const CODE_WINOGRAD = 18;
/** Offsets in the thread's memory: transformed inputs and products of a block of tiles, [16, WINOGRAD_BLOCK, channels]. */
export const WINOGRAD_INPUTS = 72;
export const WINOGRAD_PRODUCTS = 76;
/** Tiles of a block: nine register tiles. */
export const WINOGRAD_BLOCK = 54;
/** Gradients of the transformed weights: input fields as above, then the gradient's. */
export const CODE_WINOGRAD_WEIGHT_GRADIENT = 19;
export const WINOGRAD_GRADIENT = 80;
export const WINOGRAD_GRADIENT_PIXEL = 96;
export const WINOGRAD_TO = 100;
/** Bytes between the results of one group of images and the next. */
export const WINOGRAD_TO_GROUP = 104;
export const WINOGRAD_BIAS = 108;
/** Transforms packed weights: [16][column / 16][channel][16]. Fields as of a pack. */
export const CODE_WINOGRAD_PACK = 20;
/** Gradient of the weights, [3, 3, channels, columns], and of the bias from those of the transformed ones and of the bias. */
export const CODE_WINOGRAD_UNPACK = 21;
export const UNPACK_FROM = 4;
export const UNPACK_TO = 8;
export const UNPACK_CHANNELS = 12;
export const UNPACK_COLUMNS = 16;

/** Adds the values of all groups of images, in their order, to those of the first. */
export const CODE_REDUCE = 22;
export const REDUCE_VALUES = 4;
/** Bytes between the groups. */
export const REDUCE_GROUP = 8;
export const REDUCE_GROUP_IMAGES = 12;
/** Values of a group, and how many of them a chunk takes; multiples of 4. */
export const REDUCE_COUNT = 16;
export const REDUCE_CHUNK = 20;

// The step's numbers, f32.
export const STEP_RATE = 0;
/** 0: Adam; 1: momentum; 2: Nesterov's momentum. */
export const STEP_KIND = 4;
/** Adam: lr sqrt(1 - beta2^t) / (1 - beta1^t). */
export const STEP_ALPHA = 8;
export const STEP_BETA1 = 12;
export const STEP_BETA2 = 16;
export const STEP_EPSILON = 20;
export const STEP_DECAY = 24;
export const STEP_BYTES = 32;
