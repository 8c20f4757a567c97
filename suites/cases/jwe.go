package cases

import "github.com/loggedout/loggedout/internal/run"

// Encrypted tokens. Only the first two need a receiver that is registered for
// encryption; the others go to every receiver, as an attacker would send them.
var encrypted = []run.Case{}
