package cases

import "github.com/loggedout/loggedout/internal/run"

// Genuinely signed unless said otherwise. The receiver's parser and its
// verifier may disagree.
var serializations = []run.Case{}
