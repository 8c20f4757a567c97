package cases

// Retired are the ids of the corpus that the catalogue does not hold, each with
// the reason. An id that was once in an edition comes here when it goes, and is
// never used again.
var Retired = map[string]string{}
