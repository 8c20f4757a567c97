package target

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
)

// maxExpect is how long 100 Continue is waited for: a client must not wait for
// it without end (RFC 9110, section 10.1.1).
const maxExpect = time.Second

// writeRequest writes a request in the form of HTTP/1 (RFC 9112), with nothing
// refused and nothing put right: fields in their order and as they are spelled.
// It stops when the context does.
func writeRequest(ctx context.Context, to io.Writer, at destination, what fixtures.Prepared, goAhead <-chan struct{}) error {
	how := fixtures.Wire{}
	if what.Wire != nil {
		how = *what.Wire
	}
	out := bufio.NewWriter(to)
	_, _ = out.WriteString(head(at, what, how)) // flush tells
	if how.Expect {
		if err := out.Flush(); err != nil {
			return err
		}
		if err := await(ctx, maxExpect, goAhead); err != nil {
			return err
		}
	}
	if err := writeBody(ctx, out, what.Body, how); err != nil {
		return err
	}
	return out.Flush()
}

// head is the request line and the header, with the empty line behind it.
func head(at destination, what fixtures.Prepared, how fixtures.Wire) string {
	fields := append([]fixtures.Field{{Name: "Host", Value: at.Host}}, what.Header...)
	if named(what.Header, "Host") {
		fields = fields[1:]
	}
	if how.Expect {
		fields = append(fields, fixtures.Field{Name: "Expect", Value: "100-continue"})
	}
	switch {
	case named(what.Header, "Content-Length"), named(what.Header, "Transfer-Encoding"):
	case how.Chunk > 0:
		fields = append(fields, fixtures.Field{Name: "Transfer-Encoding", Value: "chunked"})
	case what.Body != "" || what.Method == "POST" || what.Method == "PUT" || what.Method == "PATCH":
		fields = append(fields, fixtures.Field{Name: "Content-Length", Value: fmt.Sprint(len(what.Body))})
	}
	proto := how.Proto
	if proto == "" {
		proto = "HTTP/1.1"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s %s\r\n", what.Method, at.target, proto)
	for _, f := range fields {
		if f.Value == "" {
			continue
		}
		if how.LowerCase {
			f.Name = strings.ToLower(f.Name)
		}
		fmt.Fprintf(&out, "%s: %s\r\n", f.Name, f.Value)
	}
	return out.String() + "\r\n"
}

func named(fields []fixtures.Field, name string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// writeBody writes a body in pieces, with a pause between them, and as chunks
// (RFC 9112, section 7.1) if asked to.
func writeBody(ctx context.Context, out *bufio.Writer, body string, how fixtures.Wire) error {
	size := len(body)
	switch {
	case how.Chunk > 0:
		size = how.Chunk
	case how.Pause > 0:
		size = max(how.PauseBytes, 1)
	}
	for rest := body; rest != ""; {
		piece := rest[:min(size, len(rest))]
		rest = rest[len(piece):]
		if how.Chunk > 0 {
			piece = fmt.Sprintf("%x\r\n%s\r\n", len(piece), piece)
		}
		if _, err := out.WriteString(piece); err != nil {
			return err
		}
		if how.Pause == 0 || rest == "" {
			continue
		}
		if err := out.Flush(); err != nil {
			return err
		}
		if err := await(ctx, how.Pause, nil); err != nil {
			return err
		}
	}
	if how.Chunk > 0 {
		_, err := out.WriteString("0\r\n\r\n")
		return err
	}
	return nil
}

// await waits for a signal, and for that long at most.
func await(ctx context.Context, most time.Duration, signal <-chan struct{}) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-signal:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}
