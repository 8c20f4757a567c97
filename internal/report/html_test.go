package report

import (
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// voids are the elements of the page that have no end tag.
var voids = map[string]bool{"meta": true}

// allowed are the attributes that the page uses; none of them runs or loads
// anything but an address, which is checked.
var allowed = map[string]bool{
	"lang": true, "charset": true, "name": true, "content": true, "http-equiv": true, "class": true, "id": true,
	"scope": true, "colspan": true, "open": true, "href": true, "aria-label": true,
}

func TestHTMLIsInertAndBalanced(t *testing.T) {
	for name, document := range documents {
		var text strings.Builder
		if err := WriteHTML(&text, document()); err != nil {
			t.Fatal(err)
		}
		ids, links := map[string]bool{}, map[string]bool{}
		var open []string
		for z := html.NewTokenizer(strings.NewReader(text.String())); ; {
			kind := z.Next()
			if kind == html.ErrorToken {
				if !errors.Is(z.Err(), io.EOF) {
					t.Fatal(z.Err())
				}
				break
			}
			token := z.Token()
			switch kind {
			case html.StartTagToken:
				if !voids[token.Data] {
					open = append(open, token.Data)
				}
				checkElement(t, token, ids, links)
			case html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != token.Data {
					t.Fatalf("%s: </%s> closes %v", name, token.Data, open)
				}
				open = open[:len(open)-1]
			case html.CommentToken, html.SelfClosingTagToken:
				t.Errorf("%s: %s", name, token)
			case html.ErrorToken, html.TextToken, html.DoctypeToken:
			}
		}
		if len(open) > 0 {
			t.Errorf("%s: %v are never closed", name, open)
		}
		for link := range links {
			if !ids[strings.TrimPrefix(link, "#")] {
				t.Errorf("%s: the link %s leads nowhere", name, link)
			}
		}
		if strings.ContainsAny(text.String(), "\x00\x07\x1b\u202e") {
			t.Errorf("%s: control characters", name)
		}
	}
}

func checkElement(t *testing.T, token html.Token, ids, links map[string]bool) {
	t.Helper()
	switch token.Data {
	case "script", "iframe", "img", "link", "object", "embed", "form", "base", "b>":
		t.Errorf("the element %s", token)
	}
	for _, a := range token.Attr {
		switch {
		case !allowed[a.Key]:
			t.Errorf("the attribute %s in %s", a.Key, token)
		case a.Key == "href" && !strings.HasPrefix(a.Val, "#"):
			t.Errorf("a link to %s", a.Val)
		case a.Key == "href":
			links[a.Val] = true
		case a.Key == "id" && ids[a.Val]:
			t.Errorf("the id %s is there twice", a.Val)
		case a.Key == "id":
			ids[a.Val] = true
		}
	}
}

func TestHTMLShowsTheEvidence(t *testing.T) {
	var text strings.Builder
	if err := WriteHTML(&text, mixedDoc()); err != nil {
		t.Fatal(err)
	}
	tree, err := html.Parse(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for n := range tree.Descendants() {
		if n.Type == html.TextNode {
			shown.WriteString(n.Data + "\n")
		}
	}
	for _, want := range []string{
		"my \"app\" <b>", "aGVhZA.cGF5bG9hZA.c2ln", "\"exp\": 1,\n  \"exp\": 2", "form: logout_token=${token}", "no-store",
		"10 ms: sessions of this target end late", "dead: 401, 11 ms after the answer", "first exchange, which was then repeated alone", "first answer",
		"not JSON at all", "the target's clock is off", "its signature left out", "<script>alert(\"x\")</script>", "${now-3600}",
		"User-Agent: (left out)",
	} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

func TestHTMLNeedsNothingFromOutside(t *testing.T) {
	var text strings.Builder
	if err := WriteHTML(&text, conformantDoc()); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"url(", "@import", "src=", "ZgotmplZ"} {
		if strings.Contains(text.String(), bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	if !strings.Contains(text.String(), "prefers-color-scheme") || !strings.Contains(text.String(), "default-src &#39;none&#39;") &&
		!strings.Contains(text.String(), "default-src 'none'") {
		t.Error("the style or the policy is missing")
	}
}
