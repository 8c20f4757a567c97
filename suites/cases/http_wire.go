package cases

import (
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// How the bytes of a request are written: large, slow, compressed, and in every
// way that HTTP allows.
var wires = []run.Case{
	{
		// The junk comes first: who finds the token has read all of it.
		ID: "http-body-oversize", Level: hardening, Clauses: refs("none"),
		Requires: "a body is read up to a limit",
		Sends:    "a valid token behind a great deal of junk",
		Variants: odd(
			by("ten-mib", post().Padded(fixtures.Padding{Value: 10 << 20}).OnWire(fixtures.Wire{})),
			by("many-fields", post().Padded(fixtures.Padding{Fields: 100_000}).OnWire(fixtures.Wire{})),
			by("long-name", post().Padded(fixtures.Padding{Name: 1 << 20}).OnWire(fixtures.Wire{})),
		),
		Needs:    needs(run.Load),
		Schedule: run.Alone,
		Expect:   refuse,
	},
	{
		// A server need not speak HTTP/2.
		ID: "http-wire-variants", Level: should, Clauses: refs("9110", "9112"),
		Requires: "a request means the same in whatever way its bytes are written",
		Sends:    "a valid request, its bytes written in another way",
		Variants: variants(
			by("http-1-0", post().OnWire(fixtures.Wire{Proto: "HTTP/1.0"})),
			by("chunked", post().OnWire(fixtures.Wire{Chunk: 100})),
			by("expect-continue", post().OnWire(fixtures.Wire{Expect: true})),
			by("connection-close", post().WithHeader("Connection", "close").OnWire(fixtures.Wire{})),
			by("lower-case-header", post().OnWire(fixtures.Wire{LowerCase: true})),
			by("percent-encoded-token", fixtures.Request{Method: "POST", Body: param + "=${token|percent}"}),
			instead(oddly(by("http-2", post().OnWire(fixtures.Wire{Proto: "HTTP/2"}))), either, may),
		),
		Expect: revoke,
	},
	{
		ID: "http-content-encoding", Level: hardening, Clauses: refs("9110 8.4"),
		Requires: "a compressed body is turned away, or unpacked up to a limit",
		Sends:    "a valid token in a compressed body",
		Variants: odd(
			by("gzip", post().Gzipped()),
			needing(instead(by("bomb", post().Padded(fixtures.Padding{Value: 100 << 20}).Gzipped().OnWire(fixtures.Wire{})), refuse, hardening), run.Load),
		),
		Schedule: run.Alone,
		Expect:   either,
	},
	{
		ID: "http-slow-body", Level: hardening, Clauses: refs("none"),
		Requires: "a body that hardly moves is not awaited for ever, and keeps nobody else waiting",
		Sends:    "a valid token at one byte a second",
		Variants: odd(by("byte-a-second", post().OnWire(fixtures.Wire{Pause: time.Second, Within: time.Minute}))),
		Needs:    needs(run.Load, run.Slow),
		Schedule: run.Alone,
		Expect:   refuse,
		Steps:    besideSlow,
		Judge:    othersServed,
	},
}
