package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

func TestConclusion(t *testing.T) {
	of := func(verdict run.Verdict, level run.Level) run.CaseResult {
		return run.CaseResult{
			ID: string(verdict), Group: "CLM", Level: level, Verdict: verdict,
			Variants: []run.VariantResult{{Slug: "only", Level: level, Verdict: verdict}},
		}
	}
	pass, warn := of(run.Pass, run.Must), of(run.Warn, run.Should)
	stopped := document("", pass, of(run.Inconclusive, run.Must))
	stopped.Interrupted, stopped.Summary.Conformant = true, false
	partly := "1 of 44 cases (--case clm-exp-past)"
	for _, c := range []struct {
		doc    *run.Run
		strict bool
		want   string
	}{
		{document("", pass, warn), false, "conformant to the oidc profile"},
		{document("", pass, warn), true, "conformant to the oidc profile; 1 warn, which --strict counts as broken"},
		{document(partly, pass), false, "covers " + partly + "; nothing stands against the target there"},
		{document(partly, of(run.NotApplicable, run.Must)), false, "covers " + partly + "; no case passed, so nothing is proved"},
		{document("", pass, of(run.Fail, run.Must)), false, "not conformant: 1 fail"},
		{document("", pass, of(run.Inconclusive, run.Must)), false, "incomplete: 1 MUST case inconclusive"},
		{document("", pass, of(run.Inconclusive, run.May)), false, "conformant to the oidc profile"},
		{document("", pass, of(run.HarnessError, run.May)), false, "1 case ended in a fault of the harness"},
		{document("", of(run.Note, run.May)), false, "no case passed, so nothing is proved"},
		{document(""), false, "no case was run"},
		{stopped, false, "interrupted after 3.2 s; incomplete: 1 MUST case inconclusive"},
		{unprovedDoc(), false, "incomplete: nothing was judged"},
	} {
		if got := conclusion(c.doc, c.strict); got != c.want {
			t.Errorf("the conclusion is %q, want %q", got, c.want)
		}
	}
}

func TestTheInvariantIsNamed(t *testing.T) {
	v := variant("only", run.Finding{Verdict: run.Fail, Text: "the request ended the session of another user"})
	v.Level = run.May
	c := judged("clm-x", "CLM", run.May, "something", v)
	if got, want := tell(c)[0].demanded(c), "MUST, as in every case (this one is MAY, by BCL 2.6(4), CORE 3.1.3.7(9))"; got != want {
		t.Errorf("demanded: %q, want %q", got, want)
	}
}

func TestExitMeaning(t *testing.T) {
	if ExitMeaning(0) != "" {
		t.Error("0 needs no words")
	}
	seen := []string{}
	for _, code := range []int{1, 2, 3, 4, 130, 99} {
		if text := ExitMeaning(code); text == "" || slices.Contains(seen, text) {
			t.Errorf("%d means %q", code, text)
		} else {
			seen = append(seen, text)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"abcdefghij k", 4, "abcd|efgh|ij k"},
		{"日本語 text", 4, "日本|語|text"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301"},
	} {
		if got := strings.Join(wrap(c.text, c.n), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.n, got, c.want)
		}
	}
	if got := cut("日本語", 5); got != "日本…" {
		t.Errorf("cut gives %q", got)
	}
}

func TestClean(t *testing.T) {
	got := clean("a\x1b[31m\r\n\tb\x00\u009b\u202e\ufffe\xff\U0001ffff")
	if want := "a·[31m\n\tb···\ufffd\ufffd\ufffd"; got != want {
		t.Errorf("clean gives %q, want %q", got, want)
	}
}

func TestMarkdownStaysText(t *testing.T) {
	got := marked("a|b <i>&amp;</i> [l](http://x) `c` *d* www.x\n# e")
	want := "a\\|b &lt;i&gt;&amp;amp;&lt;/i&gt; \\[l\\](http\\://x) \\`c\\` \\*d\\* www\\.x \\# e"
	if got != want {
		t.Errorf("marked gives %s, want %s", got, want)
	}
	if got := code("a`|b"); got != "`a'\\|b`" {
		t.Errorf("code gives %s", got)
	}
	var out strings.Builder
	if err := WriteMarkdown(&out, mixedDoc()); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.HasPrefix(line, "| `") && n != 6 {
			t.Errorf("a row of %d cells: %s", n-1, line)
		}
	}
}
