package receiver

// surfaces are the pages besides me that tell who is logged in.
var surfaces = []string{"api/me", "api/token/me", "events"}
