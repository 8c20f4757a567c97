package engine_test

// departures are where a defect comes out otherwise than its declaration says,
// each with the reason. The declarations were written before any run.
var departures = map[string]map[string]string{
	"nobody-means-everybody": {
		"sem-bystander-user": "the bystanders are among everybody",
	},
	"sid-ends-all-of-user": {
		"ok-sid-only": "a baseline asks for the named session alone; which others end is judged by sem-sid-ends-one",
	},
	"sub-ends-newest-only": {
		"ok-sub-only": "a baseline asks for the named session alone; which others end is judged by sem-sub-ends-all",
	},
}

// hides are cases that a defect keeps from being judged, each with the reason.
var hides = map[string]map[string]string{}

// baselineFails is the reason of a whole class: a defect that stops every
// valid token is found by the baselines, and the other cases that expect
// success are inconclusive, as everything else that rests on a baseline.
var baselineFails = map[string]bool{"csrf-required": true, "late-death-70s": true}

// tooLong are defects that are left to -full, each with the reason.
var tooLong = map[string]string{
	"late-death-70s": "its sessions die after more than a minute, and cases wait for them",
}
