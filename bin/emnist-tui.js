#!/usr/bin/env node
// The built package's own, from the checkout.
import '../dist/bin/emnist-tui.js';
