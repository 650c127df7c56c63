/** All keys of the app. The key hints at the bottom of each screen and the help screen are generated from here. */
export interface Binding {
  readonly keys: readonly string[];
  readonly action: string;
  /** What the key does, for the hints. Keys without a label work but are only in the list of a screen's keys. */
  readonly label?: string;
  /** What the key does, for that list, if neither the label nor the action makes it clear. */
  readonly about?: string;
}

const up = { keys: ['up', 'k'], action: 'up' } as const;
const down = { keys: ['down', 'j'], action: 'down' } as const;
const pages = [
  { keys: ['pageUp'], action: 'pageUp' },
  { keys: ['pageDown'], action: 'pageDown' },
] as const;
/** Through long lists. */
const jumps = [
  ...pages,
  { keys: ['home', 'g'], action: 'first', about: 'to the first' },
  { keys: ['end', 'G'], action: 'last', about: 'to the last' },
] as const;
/** The same where letters are text. */
const jumpsBesideText = [
  ...pages,
  { keys: ['home'], action: 'first', about: 'to the first' },
  { keys: ['end'], action: 'last', about: 'to the last' },
] as const;
const filter = { keys: ['/'], action: 'filter', label: 'filter' } as const;
/** One level back. Asks first if that would stop something. */
const back = { keys: ['escape'], action: 'back', label: 'back' } as const;
/** The same where it discards what was started. */
const cancel = { ...back, label: 'cancel' } as const;
const submitPath = { keys: ['enter'], action: 'submit' } as const;
/** Where leaving the screen stops what runs on it, Esc asks and `x` does not. Esc leaves a training run running, so there `x` asks. */
const stopNow = { keys: ['x'], action: 'stopNow', label: 'stop now' } as const;

const runKeys = [
  { keys: ['space'], action: 'pause', label: 'pause' },
  { keys: ['s'], action: 'stopAfterEpoch', label: 'stop after epoch' },
  { ...stopNow, label: 'stop' },
] as const;
const backFromRun = { ...back, label: 'leave running' } as const;

const start = { keys: ['enter'], action: 'start', label: 'start' } as const;
/** In a list with fields below it: the entry stays marked when the focus moves on. It is marked before, so there is nothing to see. */
const choose = { keys: ['space'], action: 'choose', about: 'keep the marked entry' } as const;
const nextField = { keys: ['tab'], action: 'nextField', label: 'next field' } as const;
const previousField = { keys: ['shift+tab'], action: 'previousField' } as const;
/** A form in which letters are text. */
const formWithText = [
  { keys: ['up'], action: 'up' },
  { keys: ['down'], action: 'down' },
  ...jumpsBesideText,
  start,
  choose,
  nextField,
  previousField,
  back,
] as const;

/** Label the drawing on display; `reading` has the hints. */
const labeling = [
  { keys: ['enter'], action: 'confirm' },
  { keys: ['1'], action: 'first', about: 'correct' },
  { keys: ['2'], action: 'second', about: 'correct' },
  { keys: ['3'], action: 'third', about: 'correct' },
  { keys: ['4'], action: 'fourth', about: 'correct' },
  { keys: ['5'], action: 'fifth', about: 'correct' },
  { keys: ['l'], action: 'label' },
  { keys: ['u'], action: 'unlabel', about: 'undo label' },
] as const;
const confirmReading = { keys: ['enter'], action: 'confirm', label: 'confirm' } as const;
const chooseAnswer = { keys: ['1', '2', '3', '4', '5'], action: 'first', label: 'correct' } as const;
const typeLabel = { keys: ['l'], action: 'label', label: 'label' } as const;
/** Without a label where there may be nothing to inspect. */
const lookInside = { keys: ['i'], action: 'inside' } as const;
const insideHint = { ...lookInside, label: 'inside' } as const;
const undoLabel = { keys: ['u'], action: 'unlabel', label: 'undo', about: 'undo label' } as const;

const openPage = { keys: ['o'], action: 'open', label: 'browser' } as const;
const copyText = { keys: ['c'], action: 'copy' } as const;
const clearText = { keys: ['delete', 'backspace'], action: 'clear' } as const;
const drawHere = { keys: ['h'], action: 'here', label: 'draw here' } as const;
const drawing = [
  ...labeling,
  { keys: ['w'], action: 'mode', label: 'words' },
  openPage,
  { keys: ['m'], action: 'model', label: 'model' },
  { keys: ['p'], action: 'expect', label: 'expect' },
  lookInside,
] as const;
const pen = { keys: ['space'], action: 'pen', label: 'pen', about: 'pen down or up' } as const;
const undoStroke = { keys: ['backspace'], action: 'undoStroke', about: 'undo stroke' } as const;
const clearCanvas = { keys: ['delete', 'x'], action: 'clear' } as const;
const writing = [copyText, clearText, { keys: ['w'], action: 'mode', label: 'characters' }, openPage] as const;
const share = { keys: ['s'], action: 'share', label: 'share' } as const;
const unshare = { keys: ['s'], action: 'share', label: 'unshare' } as const;
const adaptReadings = { keys: ['a'], action: 'adapt', label: 'adapt' } as const;

const list = [up, down, ...jumps] as const;
const evaluateModel = { keys: ['e'], action: 'evaluate', label: 'evaluate' } as const;

/** Of the viewer of data sets: PgUp and PgDn leaf through the images of a class. */
const images = [
  up,
  down,
  { keys: ['home', 'g'], action: 'first', about: 'to the first class' },
  { keys: ['end', 'G'], action: 'last', about: 'to the last class' },
  { keys: ['space', 'n', 'pageDown'], action: 'more', about: 'more images' },
  { keys: ['b', 'pageUp'], action: 'less', about: 'the images before' },
  { keys: ['tab', ']'], action: 'nextSet', about: 'next data set' },
  { keys: ['shift+tab', '['], action: 'previousSet', about: 'previous data set' },
] as const;
const imagesOf = [
  { keys: ['p'], action: 'part', label: 'train/test' },
  { keys: ['z'], action: 'zoom', label: 'size' },
  { keys: ['t'], action: 'train', label: 'train on it' },
  filter,
  back,
] as const;
const lookAtImages = { keys: ['i'], action: 'images', label: 'look at the images' } as const;
const makeDefault = { keys: ['u'], action: 'makeDefault', label: 'use by default' } as const;
const resumeRun = { keys: ['r'], action: 'resume', label: 'resume' } as const;
/** The key called delete sends a backspace on a Mac. */
const deleteModel = { keys: ['delete', 'backspace'], action: 'delete', label: 'delete' } as const;
const heatMap = { keys: ['h'], action: 'heatMap', label: 'confusion matrix' } as const;
const renameModel = { keys: ['n'], action: 'rename', label: 'rename' } as const;
const noteModel = { keys: ['w'], action: 'note', label: 'write a note' } as const;
const exportModel = { keys: ['x'], action: 'export', label: 'export' } as const;
/** What can be done with a model, where Enter has another meaning. */
const withModel = [{ keys: ['d'], action: 'draw', label: 'draw' }, evaluateModel] as const;
/** The same in the details of a model. */
const withShownModel = [{ keys: ['enter', 'd'], action: 'draw', label: 'draw' }, evaluateModel] as const;
/** Of models of the user's own. */
const keepModel = [renameModel, noteModel, exportModel] as const;
/** In the list of models; Enter opens the details or, if models are selected, overlays these. */
const openModel = [
  { keys: ['enter'], action: 'open', label: 'details' },
  { keys: ['p'], action: 'details' },
] as const;
const inModels = [
  { keys: ['space'], action: 'select', label: 'select' },
  // Listed once something is selected.
  { keys: ['o'], action: 'overlay', about: 'overlay selected' },
  { keys: ['s'], action: 'sort', label: 'sort' },
  filter,
] as const;
const practice = { keys: ['p'], action: 'practice', label: 'practice' } as const;
const importSamples = { keys: ['i'], action: 'import', label: 'import' } as const;
const withSamples = [
  practice,
  { keys: ['delete', 'backspace'], action: 'delete', label: 'delete' },
  filter,
  importSamples,
  { keys: ['x'], action: 'export', label: 'export' },
  back,
] as const;
const learnAgain = { keys: ['l', 'r'], action: 'restart', label: 'learn again' } as const;
/** Keys that mean this model must not open a screen with another one. */
const notUsable = { keys: ['d', 'e'], action: 'refuse' } as const;
const chartLook = [
  { keys: ['v'], action: 'style', label: 'lines' },
  { keys: ['y'], action: 'scale', label: 'log' },
] as const;
const charts = [...chartLook, { keys: ['z'], action: 'zoom', label: 'zoom' }] as const;

export const KEYMAP = {
  /**
   * Active on every screen, except where a form has a text field or something runs. There, only help and quitting are; in a form
   * for a path only help is, and while a text field has the focus, all letters are text.
   */
  global: [
    { keys: ['f'], action: 'fetch', label: 'fetch' },
    { keys: ['t'], action: 'train', label: 'train' },
    { keys: ['d'], action: 'draw', label: 'draw' },
    { keys: ['l'], action: 'learn', label: 'learn' },
    { keys: ['e'], action: 'evaluate', label: 'evaluate' },
    { keys: ['m'], action: 'models', label: 'models' },
    { keys: ['i'], action: 'images', label: 'images' },
    { keys: ['c'], action: 'clean', label: 'clean' },
    { keys: ['?'], action: 'help', label: 'help' },
    { keys: ['q'], action: 'quit', label: 'quit' },
  ],
  home: [up, down, ...jumps, { keys: ['enter'], action: 'open', label: 'open' }],
  /** A form with a long list. */
  filterForm: [
    up,
    down,
    ...jumps,
    { keys: ['left'], action: 'previous' },
    { keys: ['right'], action: 'next' },
    start,
    choose,
    filter,
    nextField,
    previousField,
    back,
  ],
  /** A form for entering a path, while the list has the focus: what is typed is the path, whatever it begins with. */
  pathForm: [...formWithText, { keys: ['?'], action: 'help', label: 'help' }],
  /** The form for own data, while its list has the focus: what is typed is the path. */
  ownDataSets: [
    { keys: ['up'], action: 'up' },
    { keys: ['down'], action: 'down' },
    ...jumpsBesideText,
    { keys: ['enter'], action: 'start', label: 'show images' },
    nextField,
    previousField,
    back,
    { keys: ['?'], action: 'help', label: 'help' },
  ],
  /** A form with a name, while another field has the focus: other letters are the beginning of the name. */
  trainForm: [...formWithText, { keys: ['left'], action: 'previous' }, { keys: ['right'], action: 'next' }],
  /** For the hints only: a form while a field has the focus that Left and Right change. */
  field: [start, { keys: ['left', 'right'], action: 'change', label: 'change' }, nextField, back],
  /** The page of options of the form for training: digits are the beginning of a number. */
  trainOptions: [
    { keys: ['up'], action: 'up' },
    { keys: ['down'], action: 'down' },
    ...jumps,
    { keys: ['tab'], action: 'nextField' },
    previousField,
    { keys: ['left'], action: 'previous', label: 'change' },
    { keys: ['right'], action: 'next' },
    { keys: ['delete'], action: 'reset', about: 'back to the default' },
    { keys: ['enter', 'escape'], action: 'back', label: 'done' },
  ],
  /** For the hints only: an option that was changed, and one that cannot be. */
  changedOption: [{ keys: ['delete'], action: 'reset', label: 'default' }],
  fixedOption: [{ keys: ['enter'], action: 'back', label: 'done' }],
  /** For the hints only: the field that leads to that page. */
  optionsField: [{ keys: ['enter'], action: 'start', label: 'options' }, nextField, back],
  /** For the hints only: a field that cannot be changed. */
  fixedField: [start, nextField, back],
  /** For the hints only, before those of the form: there, Enter resumes a run. */
  resumedRun: [{ ...start, label: 'resume' }],
  /** For the hints only: what was entered is invalid. */
  invalidField: [nextField, back],
  /** A form whose text field has the focus: letters are text. */
  text: [{ keys: ['up'], action: 'up' }, { keys: ['down'], action: 'down' }, start, nextField, previousField, back],
  /** A list whose filter has the focus: letters are text. */
  filtering: [
    { keys: ['up'], action: 'up' },
    { keys: ['down'], action: 'down' },
    { keys: ['pageUp'], action: 'pageUp' },
    { keys: ['pageDown'], action: 'pageDown' },
    { keys: ['enter'], action: 'accept', label: 'apply' },
    { keys: ['escape'], action: 'clear', label: 'clear' },
  ],
  fetching: [stopNow, { keys: ['escape', 'c'], action: 'back', label: 'back' }],
  fetched: [
    { keys: ['enter', 't'], action: 'train', label: 'train on it' },
    lookAtImages,
    { keys: ['r'], action: 'restart', label: 'fetch another' },
    back,
  ],
  /** Own data, with images to scroll through. */
  ownData: [
    ...list,
    { keys: ['enter', 't'], action: 'train', label: 'train on it' },
    lookAtImages,
    { keys: ['r'], action: 'restart', label: 'your data' },
    back,
  ],
  images: [
    ...images,
    { keys: ['a'], action: 'augment', label: 'augment' },
    { keys: ['left'], action: 'weaker', about: 'weaker augmentation, while it is shown' },
    { keys: ['right'], action: 'stronger', about: 'stronger augmentation, while it is shown' },
    { keys: ['r'], action: 'redraw', about: 'other versions, while they are shown' },
    ...imagesOf,
  ],
  /** Images beside what augmentation makes of them. */
  augmentedImages: [
    ...images,
    { keys: ['left'], action: 'weaker', label: 'strength' },
    { keys: ['right'], action: 'stronger' },
    { keys: ['r'], action: 'redraw', label: 'redraw' },
    { keys: ['a'], action: 'augment', label: 'originals' },
    ...imagesOf,
  ],
  /** For the hints only: a class has more images than are shown. */
  moreImages: [{ keys: ['space'], action: 'more', label: 'more' }],
  /** For the hints only: there are several data sets. */
  otherImages: [{ keys: ['tab'], action: 'nextSet', label: 'data set' }],
  failed: [{ keys: ['enter', 'r'], action: 'restart', label: 'try again' }, back],
  samples: [
    ...list,
    { keys: ['enter', 'l'], action: 'learn', label: 'learn' },
    { keys: ['o'], action: 'choose', label: 'options' },
    ...withSamples,
  ],
  /** Too few to learn from. */
  fewSamples: [...list, ...withSamples],
  noSamples: [practice, importSamples, back],
  /** A path is being typed: letters are text. */
  importPath: [{ ...submitPath, label: 'import' }, cancel],
  exportPath: [{ ...submitPath, label: 'export' }, cancel],
  savePath: [{ ...submitPath, label: 'save' }, cancel],
  /** The import, export, or saving that the path was for is in progress. */
  pathRunning: [cancel],
  learning: [stopNow, { keys: ['escape', 'c'], action: 'back', label: 'back' }],
  learned: [
    { keys: ['d', 'enter'], action: 'draw', label: 'draw with it' },
    { keys: ['u'], action: 'undo', label: 'undo' },
    learnAgain,
    back,
  ],
  learnUndone: [{ keys: ['u'], action: 'use', label: 'use it' }, learnAgain, back],
  notLearned: [{ ...learnAgain, keys: ['enter', 'l', 'r'] }, practice, back],
  /** In addition to the keys of the screen. */
  retry: [{ keys: ['r'], action: 'retry', label: 'try again' }],
  /** In addition to the keys of a screen with charts. Neither the menu nor these screens have any of them. */
  charts,
  /** The same for charts of whole runs. */
  recordCharts: chartLook,
  trainCharts: [...charts, { keys: ['a'], action: 'rate', label: 'learning rate' }],
  /** Before the end of its first epoch, a run has no model to draw with. */
  training: [...runKeys, { keys: ['d'], action: 'draw' }, backFromRun],
  trainingModel: [...runKeys, { keys: ['d'], action: 'draw', label: 'draw' }, backFromRun],
  trained: [
    { keys: ['enter', 'e'], action: 'evaluate', label: 'evaluate it' },
    { keys: ['d'], action: 'draw', label: 'draw with it' },
    // As in the menu, but at this model.
    { keys: ['m'], action: 'models', label: 'models' },
    { keys: ['r'], action: 'restart', label: 'train another' },
    back,
  ],
  /** For the hints only, before those of drawing: how to label the drawing on display, or undo the last label. */
  reading: [confirmReading, chooseAnswer, typeLabel, insideHint],
  readingAfterLabel: [confirmReading, chooseAnswer, typeLabel, undoLabel, insideHint],
  labeled: [chooseAnswer, typeLabel, undoLabel, insideHint],
  afterLabel: [undoLabel],
  /** A label, the name of a model, or a note about it is being typed: letters are text. */
  labelText: [{ keys: ['enter'], action: 'save', label: 'save' }, cancel],
  /** For the hints only: what is being typed cannot be a label, or a name. */
  invalidLabel: [cancel],
  /** A label could not be saved or undone. */
  labelFailed: [{ keys: ['r'], action: 'retry', label: 'try again' }, cancel],
  drawing: [...drawing, share, adaptReadings, drawHere, back],
  drawingShared: [...drawing, unshare, adaptReadings, drawHere, back],
  /** For the hints only, before those of drawing in the terminal: something is drawn. */
  drawnHere: [pen, { ...clearCanvas, label: 'clear' }, { ...undoStroke, label: 'undo stroke' }],
  /** Drawing in the terminal. The keys in the corners of a number pad move diagonally. */
  drawingHere: [
    ...labeling,
    pen,
    undoStroke,
    clearCanvas,
    { keys: ['up'], action: 'up' },
    { keys: ['down'], action: 'down' },
    { keys: ['left'], action: 'left' },
    { keys: ['right'], action: 'right' },
    { keys: ['home'], action: 'upLeft', about: 'up and left' },
    { keys: ['pageUp'], action: 'upRight', about: 'up and right' },
    { keys: ['end'], action: 'downLeft', about: 'down and left' },
    { keys: ['pageDown'], action: 'downRight', about: 'down and right' },
    { keys: ['m'], action: 'model', label: 'model' },
    { keys: ['p'], action: 'expect', label: 'expect' },
    lookInside,
    adaptReadings,
    { keys: ['escape', 'h'], action: 'back', label: 'back' },
  ],
  /** What the network makes of the drawing. */
  inside: [
    up,
    down,
    { keys: ['tab'], action: 'nextLayer', label: 'next layer' },
    { keys: ['shift+tab'], action: 'previousLayer' },
    { keys: ['y'], action: 'why', label: 'why not another' },
    openPage,
    { keys: ['i', 'escape'], action: 'back', label: 'close' },
  ],
  /** Pages are in Word mode. */
  writing: [...writing, share, back],
  writingShared: [...writing, unshare, back],
  /** For the hints only, before those of writing: text has been accepted and not copied yet. */
  accepted: [{ ...copyText, label: 'copy' }],
  /** For the hints only: there is accepted text, copied or not. */
  collected: [{ ...clearText, label: 'clear' }],
  drawModels: [up, down, ...jumps, { keys: ['enter'], action: 'choose', label: 'draw with it' }, filter, back],
  evaluating: [stopNow, { keys: ['escape', 'c'], action: 'back', label: 'back' }],
  /** A list of classes and one of confusions. */
  evaluated: [
    ...list,
    { keys: ['left', 'right', 'tab', 'shift+tab'], action: 'switch', label: 'other list' },
    { keys: ['enter'], action: 'mistakes', label: 'mistakes' },
    heatMap,
    { keys: ['r'], action: 'restart', label: 'evaluate another' },
    back,
  ],
  /** Without mistakes. */
  evaluatedWell: [heatMap, { keys: ['enter', 'r'], action: 'restart', label: 'evaluate another' }, back],
  /** A confusion matrix: its cursor moves in both directions. */
  confusions: [
    { keys: ['left'], action: 'left', label: 'move' },
    { keys: ['right'], action: 'right' },
    up,
    down,
    { keys: ['pageUp'], action: 'pageUp' },
    { keys: ['pageDown'], action: 'pageDown' },
    { keys: ['home'], action: 'firstColumn' },
    { keys: ['end'], action: 'lastColumn' },
    { keys: ['g'], action: 'first' },
    { keys: ['G'], action: 'last' },
    { keys: ['tab'], action: 'nextConfusion', label: 'next confusion' },
    { keys: ['shift+tab'], action: 'previousConfusion' },
    { keys: ['enter'], action: 'mistakes', label: 'mistakes' },
    back,
  ],
  /** For the hints only: a cell without mistakes. */
  emptyCell: [
    { keys: ['left'], action: 'left', label: 'move' },
    { keys: ['tab'], action: 'nextConfusion', label: 'next confusion' },
    back,
  ],
  /** For the hints only: a matrix without mistakes. */
  diagonalMatrix: [{ keys: ['left'], action: 'left', label: 'move' }, back],
  /** Misread images, one at a time. */
  mistakes: [
    { keys: ['left', 'up', 'k'], action: 'up', label: 'move' },
    { keys: ['right', 'down', 'j', 'space'], action: 'down' },
    { keys: ['pageUp'], action: 'pageUp' },
    { keys: ['pageDown'], action: 'pageDown' },
    { keys: ['home', 'g'], action: 'first' },
    { keys: ['end', 'G'], action: 'last' },
    { keys: ['s'], action: 'save', label: 'save' },
    { keys: ['S'], action: 'saveAll', label: 'save all' },
    { keys: ['d'], action: 'draw', label: 'draw it yourself' },
    back,
  ],
  /** The built-in model, which can be neither trained further, renamed, nor deleted. */
  models: [...list, ...openModel, ...withModel, ...inModels, makeDefault, noteModel, exportModel, back],
  ownModels: [...list, ...openModel, ...withModel, ...inModels, deleteModel, ...keepModel, makeDefault, back],
  resumableModels: [
    ...list,
    ...openModel,
    ...withModel,
    resumeRun,
    ...inModels,
    deleteModel,
    ...keepModel,
    makeDefault,
    back,
  ],
  /** The keys of all of them, for the help. */
  everyModel: [
    ...list,
    ...openModel,
    ...withModel,
    resumeRun,
    ...inModels,
    { keys: ['o'], action: 'overlay', label: 'overlay' },
    makeDefault,
    ...keepModel,
    deleteModel,
    back,
  ],
  /** A run without a model that can be used. */
  unfinishedRuns: [...list, ...openModel, resumeRun, notUsable, ...inModels, deleteModel, back],
  unusableModels: [...list, ...openModel, notUsable, ...inModels, deleteModel, back],
  noModels: [...list, filter, back],
  /** For the hints only, before those of the list: models are selected. */
  selectedModels: [{ keys: ['enter', 'o'], action: 'overlay', label: 'overlay' }],
  /** The details of a model, in the same order. */
  modelDetails: [...list, ...withShownModel, makeDefault, noteModel, exportModel, back],
  ownModelDetails: [...list, ...withShownModel, ...keepModel, deleteModel, makeDefault, back],
  resumableModelDetails: [...list, ...withShownModel, resumeRun, ...keepModel, deleteModel, makeDefault, back],
  runDetails: [...list, { ...resumeRun, keys: ['enter', 'r'] }, notUsable, deleteModel, back],
  unusableDetails: [...list, notUsable, deleteModel, back],
  modelOverlay: [...list, { keys: ['a'], action: 'metric', label: 'accuracy/loss' }, back],
  clean: [
    up,
    down,
    ...jumps,
    { keys: ['space'], action: 'toggle', label: 'select' },
    { keys: ['enter'], action: 'delete', label: 'delete' },
    back,
  ],
  /** For the hints only: nothing is selected, or there is nothing to select. */
  cleanUnselected: [{ keys: ['space'], action: 'toggle', label: 'select' }, back],
  cleanEmpty: [back],
  cleaned: [
    { keys: ['enter'], action: 'back', label: 'done' },
    { keys: ['escape'], action: 'back' },
  ],
  confirm: [
    { keys: ['y'], action: 'yes', label: 'yes' },
    { keys: ['n', 'escape'], action: 'no', label: 'no' },
    { keys: ['left', 'right', 'up', 'down', 'tab', 'shift+tab'], action: 'toggle' },
    { keys: ['enter'], action: 'choose' },
  ],
  /** A screen without its own keys. */
  view: [back],
  help: [up, down, ...jumps, { keys: ['escape', '?'], action: 'back', label: 'back' }],
  /** The list of a screen's keys. */
  keys: [up, down, ...jumps, { keys: ['?'], action: 'help', label: 'about' }, back],
  /** In addition to the keys of the screen. */
  theme: [{ keys: ['T'], action: 'switch', label: 'light/dark' }],
  /** For the list of keys only: what the mouse does. */
  listMouse: [
    { keys: ['click'], action: 'focus', about: 'focus; on the focused row: Enter' },
    { keys: ['wheel'], action: 'move' },
    { keys: ['shift+drag'], action: 'select', about: 'select text' },
  ],
  /** In a form, where Enter starts something. */
  formMouse: [
    { keys: ['click'], action: 'focus', about: 'focus; on the focused row: next value, or Enter' },
    { keys: ['wheel'], action: 'move' },
    { keys: ['shift+drag'], action: 'select', about: 'select text' },
  ],
  imagesMouse: [
    { keys: ['click'], action: 'focus', about: 'focus; on the focused class: more images' },
    { keys: ['wheel'], action: 'move' },
    { keys: ['shift+drag'], action: 'select', about: 'select text' },
  ],
  /** In a list where Enter does not act on the focused entry. */
  focusMouse: [
    { keys: ['click'], action: 'focus' },
    { keys: ['wheel'], action: 'move' },
    { keys: ['shift+drag'], action: 'select', about: 'select text' },
  ],
  textMouse: [
    { keys: ['wheel'], action: 'move' },
    { keys: ['shift+drag'], action: 'select', about: 'select text' },
  ],
  canvasMouse: [
    { keys: ['drag'], action: 'draw' },
    { keys: ['rightClick'], action: 'undoStroke', label: 'undo stroke' },
    { keys: ['shift+drag'], action: 'select', about: 'select text' },
  ],
  /** The terminal is too small for any screen: no key may do something that cannot be seen. */
  tooSmall: [{ keys: ['q'], action: 'quit', label: 'quit' }],
} as const satisfies Record<string, readonly Binding[]>;

export type KeyContext = keyof typeof KEYMAP;
export type Action<C extends KeyContext> = (typeof KEYMAP)[C][number]['action'];
export type Handlers<C extends KeyContext> = { readonly [A in Action<C>]: () => void };

/** The action of a key in a context; undefined if the key is not bound. */
export function findAction<C extends KeyContext>(context: C, key: string): Action<C> | undefined {
  const bindings: readonly Binding[] = KEYMAP[context];
  return bindings.find(({ keys }) => keys.includes(key))?.action as Action<C> | undefined;
}

export interface KeyHint {
  readonly key: string;
  readonly label: string;
  /** What to press for it; undefined if it stands for several keys that do different things. */
  readonly name?: string;
}

const KEY_NAMES: Record<string, string> = {
  ...{ escape: 'Esc', enter: 'Enter', space: 'Space', tab: 'Tab', left: 'Left/Right', delete: 'Del', 1: '1-5' },
  backspace: 'Backspace',
};

/** Names of several keys that do different things. */
const SEVERAL: readonly string[] = ['Left/Right', '1-5'];

/** The labeled bindings of a context, each with the first of its keys. */
export function keyHints(context: KeyContext): KeyHint[] {
  const bindings: readonly Binding[] = KEYMAP[context];
  return bindings.flatMap(({ keys, label }) => {
    const [name] = keys;
    if (!label || name === undefined) return [];
    const key = KEY_NAMES[name] ?? name;
    return [{ key, label, ...(SEVERAL.includes(key) ? {} : { name }) }];
  });
}

/** Whether a context binds a key, named as in a hint. */
export function bindsKey(context: KeyContext, key: string): boolean {
  const bindings: readonly Binding[] = KEYMAP[context];
  return bindings.some(({ keys }) => keys.some((name) => (KEY_NAMES[name] ?? name) === key));
}
